// SPDX-License-Identifier: MIT OR Apache-2.0
/* Evaluation of template instances against the inputs of an event. */
#include "interpreter.h"

/* What the contract calls the inputs of each call site. */
static const char *const site_names[] = { "process", "file", "ipc" };

struct inputs {
	const struct sensor_value *const *values;
	u32 supplied;
	u32 steps;		/* left for this event */
};

static u8 folded(u8 c, bool fold)
{
	return fold && c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* Whether the event has a step left; takes it. */
static bool step(struct inputs *in)
{
	if (!in->steps)
		return false;
	in->steps--;
	return true;
}

static bool begins_with(struct inputs *in, const struct sensor_value *value,
			const u8 *text, u32 len, bool fold)
{
	u32 i;

	if (len > value->len)
		return false;
	for (i = 0; i < len; i++)
		if (!step(in) ||
		    folded(value->text[i], fold) != folded(text[i], fold))
			return false;
	return true;
}

/* Where the character after the one at this place begins. */
static u32 next_char(const u8 *text, u32 len, u32 at)
{
	do
		at++;
	while (at < len && (text[at] & 0xc0) == 0x80);
	return at;
}

/*
 * `*` stands for any text and `?` for any character. Only the last `*` is ever
 * tried again: the cost is at most the product of the two lengths.
 */
static bool is_like(struct inputs *in, const struct sensor_value *value,
		    const u8 *pattern, u32 len, bool fold)
{
	u32 at = 0, p = 0;
	u32 star = len, resume = 0;

	while (at < value->len || p < len) {
		if (!step(in))
			return false;
		if (p < len && pattern[p] == '*') {
			star = p++;
			resume = at;
		} else if (at < value->len && p < len && pattern[p] == '?') {
			p++;
			at = next_char(value->text, value->len, at);
		} else if (at < value->len && p < len &&
			   folded(value->text[at], fold) ==
				   folded(pattern[p], fold)) {
			p++;
			at++;
		} else if (star < len && resume < value->len) {
			p = star + 1;
			at = ++resume;
		} else {
			return false;
		}
	}
	return true;
}

static bool is_within(const struct sensor_value *value, const u8 *operand)
{
	return value->number >= sensor_le64(operand) &&
	       value->number <= sensor_le64(operand + 8);
}

static bool criterion_matches(const struct sensor_content *content,
			      struct inputs *in, u8 kind, const u8 *operand,
			      const struct sensor_value *value, bool fold)
{
	const u8 *text;
	u32 len;

	if (kind == SENSOR_RANGE)
		return value->kind == SENSOR_NUMBER && is_within(value, operand);
	if (value->kind != SENSOR_TEXT)
		return false;
	text = content->pool + sensor_le32(operand);
	len = sensor_le32(operand + 4);
	switch (kind) {
	case SENSOR_EXACT:
		return len == value->len &&
		       begins_with(in, value, text, len, fold);
	case SENSOR_PREFIX:
		return begins_with(in, value, text, len, fold);
	case SENSOR_PATTERN:
		return is_like(in, value, text, len, fold);
	}
	return false;
}

/* Whether an input is there: a question that only a checked build asks. */
static bool is_supplied(const struct inputs *in, u16 index)
{
#ifdef BOOTGATE_CHECKED
	return index < in->supplied;
#else
	return true;
#endif
}

static bool instance_matches(const struct sensor_content *content, u32 index,
			     struct inputs *in, struct sensor_outcome *outcome)
{
	const struct sensor_instance *instance = &content->instances[index];
	const struct sensor_type *type = &content->types[instance->type_index];
	const u8 *at = content->channel + instance->ofs_criteria;
	u16 i;

	for (i = 0; i < instance->num_criteria; i++) {
		u16 field = sensor_le16(at);
		u8 kind = at[2];
		const u8 *operand = at + 4;
		const struct sensor_value *value;

		at = operand + at[3];
		if (kind == SENSOR_WILDCARD)
			continue;
		sensor_trace("instances[%u].criteria[%u] reads input %u",
			     index, i, field);
		if (!is_supplied(in, field)) {
			sensor_observe("no-match inputs.%s %u",
				       site_names[type->site], field);
			outcome->dead++;
			return false;
		}
		sensor_observe("reads inputs.%s %u", site_names[type->site], field);
		value = in->values[field];
		if (!criterion_matches(content, in, kind, operand, value,
				       type->kinds[field] == SENSOR_DATA_TEXT))
			return false;
	}
	return true;
}

void sensor_evaluate(const struct sensor_content *content, enum sensor_site site,
		     const struct sensor_value *const *inputs, u32 num_inputs,
		     struct sensor_outcome *outcome)
{
	struct inputs in = {
		.values = inputs,
		.supplied = num_inputs,
		.steps = SENSOR_MAX_STEPS,
	};
	u32 i;

	for (i = 0; i < content->num_instances; i++) {
		const struct sensor_instance *instance = &content->instances[i];

		if (content->types[instance->type_index].site != site)
			continue;
		outcome->evaluated++;
		if (!instance_matches(content, i, &in, outcome))
			continue;
		sensor_trace("instances[%u] matches", i);
		outcome->matched++;
		outcome->flags |= instance->flags;
	}
	outcome->exhausted = !in.steps;
}
