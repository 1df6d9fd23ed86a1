// SPDX-License-Identifier: MIT OR Apache-2.0
/* The loader of content sets: definitions first, then the channel file. */
#include "content.h"
#include "event.h"

#define MAX_SECTIONS 16

/* Bytes of the smallest instance, without confidence and criteria. */
#define MIN_INSTANCE 10

/*
 * Bytes of text that one load checks, counted anew for each operand that names
 * them: operands may share strings, and a small file could ask for the same
 * long one again and again.
 */
#define MAX_CHECKED_TEXT (64u << 20)

enum section_kind {
	SECTION_INSTANCES = 1,
	SECTION_STRINGS,
	SECTION_NOTES,
};

struct section {
	u16 kind;
	u32 num_entries;
	struct sensor_bytes body;
};

/* What instances are checked against. */
struct channel {
	struct sensor_content *content;
	u16 version;
	struct sensor_bytes *pool;
	u32 unchecked;		/* bytes of text that may still be checked */
};

static const u8 *take_name(struct sensor_bytes *bytes, u8 *len)
{
	u32 start;
	const u8 *name;

	*len = sensor_take_u8_in(bytes, 1, 32, "length of a name");
	start = bytes->at;
	name = sensor_take(bytes, *len, "name");
	if (name && !sensor_is_ascii(name, *len))
		sensor_bytes_fail(bytes, "name: not ASCII", start);
	return name;
}

static void load_type(struct sensor_bytes *bytes, struct sensor_type *type)
{
	const u8 *name;
	u8 len;
	u16 i;

	sensor_take_u16(bytes, "number of a type");
	name = take_name(bytes, &len);
	type->site = bytes->failed ? SENSOR_NO_SITE : sensor_site(name, len);
	type->num_fields = sensor_take_u16_in(bytes, 1, SENSOR_MAX_FIELDS,
					      "number of fields");
	for (i = 0; i < type->num_fields && !bytes->failed; i++) {
		type->kinds[i] = sensor_take_u8_in(bytes, SENSOR_DATA_TEXT,
						   SENSOR_DATA_DIGEST,
						   "kind of a field");
		take_name(bytes, &len);
	}
}

static int load_definitions(struct sensor_content *content,
			    struct sensor_bytes *bytes)
{
	u32 i;

	sensor_take_magic(bytes, "BGTD");
	sensor_take_u16_in(bytes, 1, 1, "format version");
	content->num_types = sensor_take_u16_in(bytes, 1, SENSOR_MAX_TYPES,
						"number of types");
	sensor_take_u64(bytes, "build stamp");
	sensor_take_crc32(bytes);
	if (bytes->failed)
		return -EINVAL;
	content->types = sensor_alloc(content->num_types,
				      sizeof(*content->types));
	if (!content->types)
		return -ENOMEM;
	for (i = 0; i < content->num_types && !bytes->failed; i++)
		load_type(bytes, &content->types[i]);
	sensor_bytes_end(bytes, "bytes behind the last type");
	return bytes->failed ? -EINVAL : 0;
}

static void check_text(struct channel *channel, struct sensor_bytes *bytes)
{
	struct sensor_bytes *pool = channel->pool;
	u32 start = bytes->at;
	u32 ofs = sensor_take_u32(bytes, "offset of a string");
	u32 len = sensor_take_u32(bytes, "length of a string");

	if (bytes->failed)
		return;
	if (ofs > pool->len)
		sensor_bytes_fail(bytes, "string: outside of the pool", start);
	else if (!len || len > pool->len - ofs)
		sensor_bytes_fail(bytes, "length of a string", start + 4);
	else if (len > channel->unchecked)
		sensor_bytes_fail(bytes, "strings: too long together", start);
	else if (!sensor_is_utf8(pool->data + ofs, len))
		sensor_bytes_fail(bytes, "string: not UTF-8", start);
	else
		channel->unchecked -= len;
}

static void check_range(struct sensor_bytes *bytes)
{
	u64 lo = sensor_take_u64(bytes, "start of a range");
	u64 hi = sensor_take_u64(bytes, "end of a range");

	if (!bytes->failed && hi < lo)
		sensor_bytes_fail(bytes, "range: reversed", bytes->at - 8);
}

static void check_criterion(struct channel *channel, struct sensor_bytes *bytes,
			    const struct sensor_type *type)
{
	u16 field = sensor_take_u16(bytes, "index of a field");
	u8 kind, len;

	/* A field that is not declared has no kind to compare by. */
	if (!bytes->failed && field >= type->num_fields)
		sensor_bytes_fail(bytes, "index of a field", bytes->at - 2);
	kind = sensor_take_u8_in(bytes, SENSOR_WILDCARD, SENSOR_PATTERN,
				 "kind of a criterion");
	len = kind == SENSOR_WILDCARD ? 0 : kind == SENSOR_RANGE ? 16 : 8;
	sensor_take_u8_in(bytes, len, len, "length of an operand");
	if (kind == SENSOR_RANGE)
		check_range(bytes);
	else if (kind != SENSOR_WILDCARD)
		check_text(channel, bytes);
}

static void load_instance(struct channel *channel, struct sensor_bytes *bytes,
			  struct sensor_instance *instance)
{
	const struct sensor_content *content = channel->content;
	u16 i;

	instance->id = sensor_take_u32(bytes, "number of an instance");
	instance->type_index = sensor_take_u16(bytes, "index of a type");
	if (!bytes->failed && instance->type_index >= content->num_types)
		sensor_bytes_fail(bytes, "index of a type", bytes->at - 2);
	instance->flags = sensor_take_u16_in(bytes, 0, 7, "flags");
	instance->num_criteria = sensor_take_u16(bytes, "number of criteria");
	instance->confidence = 100;
	if (channel->version >= 2)
		instance->confidence =
			sensor_take_u8_in(bytes, 0, 100, "confidence");
	instance->ofs_criteria = bytes->base + bytes->at;
	for (i = 0; i < instance->num_criteria && !bytes->failed; i++)
		check_criterion(channel, bytes,
				&content->types[instance->type_index]);
}

static int load_instances(struct channel *channel, struct section *section)
{
	struct sensor_content *content = channel->content;
	struct sensor_bytes *bytes = &section->body;
	u32 i;

	if (section->num_entries > bytes->len / MIN_INSTANCE) {
		sensor_bytes_fail(bytes, "fewer bytes than instances", bytes->len);
		return -EINVAL;
	}
	content->num_instances = section->num_entries;
	if (content->num_instances) {
		content->instances = sensor_alloc(content->num_instances,
						  sizeof(*content->instances));
		if (!content->instances)
			return -ENOMEM;
	}
	for (i = 0; i < content->num_instances && !bytes->failed; i++)
		load_instance(channel, bytes, &content->instances[i]);
	sensor_bytes_end(bytes, "bytes behind the last instance");
	return bytes->failed ? -EINVAL : 0;
}

/* Nobody needs the notes here; a file with bad ones is no sound file, though. */
static int check_notes(struct section *section)
{
	struct sensor_bytes *bytes = &section->body;
	u32 i;

	for (i = 0; i < section->num_entries && !bytes->failed; i++) {
		const u8 *text;
		u32 start, len = 0;

		sensor_take_u8_in(bytes, 1, 3, "kind of a note");
		start = bytes->at;
		text = bytes->data + start;
		while (sensor_take_u8(bytes, "note: without an end"))
			len++;
		if (!bytes->failed && !sensor_is_utf8(text, len))
			sensor_bytes_fail(bytes, "note: not UTF-8", start);
	}
	sensor_bytes_end(bytes, "bytes behind the last note");
	return bytes->failed ? -EINVAL : 0;
}

static void load_section(struct sensor_bytes *bytes, struct section *section)
{
	u32 ofs, len;

	section->kind = sensor_take_u16_in(bytes, SECTION_INSTANCES,
					   SECTION_NOTES, "kind of a section");
	sensor_take_u16_in(bytes, 0, 0, "reserved bytes of a section");
	section->num_entries = sensor_take_u32(bytes, "number of entries");
	if (section->kind == SECTION_STRINGS && section->num_entries)
		sensor_bytes_fail(bytes, "number of strings", bytes->at - 4);
	ofs = sensor_take_u32(bytes, "offset of a section");
	len = sensor_take_u32(bytes, "length of a section");
	section->body = sensor_bytes_within(bytes, ofs, len,
					    "section: outside of the file");
	bytes->failed = section->body.failed;
}

static void check_release(struct sensor_bytes *bytes)
{
	u32 i;

	sensor_take_u32(bytes, "number of the release");
	sensor_take_u8_in(bytes, 0, 2, "ring");
	for (i = 0; i < 3; i++)
		sensor_take_u8_in(bytes, 0, 0, "reserved bytes of the release");
}

static int load_channel(struct sensor_content *content,
			struct sensor_bytes *bytes)
{
	struct channel channel = {
		.content = content,
		.unchecked = MAX_CHECKED_TEXT,
	};
	struct section sections[MAX_SECTIONS];
	u16 num_sections, idx_instances, idx_strings, i;
	int err = 0;

	sensor_take_magic(bytes, "BGCF");
	channel.version = sensor_take_u16_in(bytes, 1, 2, "format version");
	num_sections = sensor_take_u16_in(bytes, 2, MAX_SECTIONS,
					  "number of sections");
	sensor_take_u32(bytes, "number of the channel");
	idx_instances = sensor_take_u16(bytes, "index of the instances");
	idx_strings = sensor_take_u16(bytes, "index of the strings");
	sensor_take_u64(bytes, "build stamp");
	sensor_take_crc32(bytes);
	if (channel.version >= 2)
		check_release(bytes);
	for (i = 0; i < num_sections && !bytes->failed; i++)
		load_section(bytes, &sections[i]);
	if (bytes->failed)
		return -EINVAL;
	if (idx_instances >= num_sections ||
	    sections[idx_instances].kind != SECTION_INSTANCES)
		sensor_bytes_fail(bytes, "index of the instances", 12);
	else if (idx_strings >= num_sections ||
		 sections[idx_strings].kind != SECTION_STRINGS)
		sensor_bytes_fail(bytes, "index of the strings", 14);
	if (bytes->failed)
		return -EINVAL;
	for (i = 0; i < num_sections && !err; i++)
		if (sections[i].kind == SECTION_NOTES)
			err = check_notes(&sections[i]);
	if (err)
		return err;
	channel.pool = &sections[idx_strings].body;
	content->channel = bytes->data;
	content->pool = channel.pool->data;
	return load_instances(&channel, &sections[idx_instances]);
}

int sensor_load(struct sensor_content *content,
		const u8 *definitions, size_t len_definitions,
		const u8 *channel, size_t len_channel,
		struct sensor_refusal *why)
{
	static const struct sensor_content nothing;
	struct sensor_bytes bytes;
	int err;

	*content = nothing;
	bytes = sensor_bytes_open("definitions", definitions, len_definitions,
				  why);
	err = load_definitions(content, &bytes);
	if (!err) {
		bytes = sensor_bytes_open("channel", channel, len_channel, why);
		err = load_channel(content, &bytes);
	}
	if (err)
		sensor_unload(content);
	return err;
}

void sensor_unload(struct sensor_content *content)
{
	sensor_free(content->types);
	sensor_free(content->instances);
	content->types = NULL;
	content->instances = NULL;
	content->num_types = 0;
	content->num_instances = 0;
}
