/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A content set in the form that the interpreter works on. */
#ifndef SENSOR_CONTENT_H
#define SENSOR_CONTENT_H

#include "bytes.h"

#define SENSOR_MAX_TYPES 256
#define SENSOR_MAX_FIELDS 64

/* Where the sensor's code causes events: one call site for a template type. */
enum sensor_site {
	SENSOR_PROCESS,
	SENSOR_FILE,
	SENSOR_IPC,
	SENSOR_NO_SITE,		/* a template type that this build does not know */
};

/* What a field holds, as numbered in type_definitions.ksy. */
enum sensor_data_kind {
	SENSOR_DATA_TEXT = 1,
	SENSOR_DATA_DIGEST = 6,
};

/* How a criterion compares, as numbered in channel_file.ksy. */
enum sensor_criterion_kind {
	SENSOR_WILDCARD,
	SENSOR_EXACT,
	SENSOR_PREFIX,
	SENSOR_RANGE,
	SENSOR_PATTERN,
};

struct sensor_type {
	enum sensor_site site;
	u16 num_fields;
	u8 kinds[SENSOR_MAX_FIELDS];
};

/* What one detection looks for; its criteria stay where they are in the file. */
struct sensor_instance {
	u32 id;
	u32 ofs_criteria;	/* in bytes from the start of the channel file */
	u16 type_index;
	u16 flags;
	u16 num_criteria;
	u8 confidence;		/* in percent */
};

struct sensor_content {
	struct sensor_type *types;
	u32 num_types;
	struct sensor_instance *instances;
	u32 num_instances;
	const u8 *channel;	/* the file, of which every offset is checked */
	const u8 *pool;		/* the strings in it */
};

/*
 * Loads a content set. Every byte is checked against what the two formats ask
 * for, checksums first; memory is asked for only where the file has the bytes.
 *
 * The channel file has to stay as it is until sensor_unload(). Returns 0;
 * -EINVAL, and why; or -ENOMEM. After a failure there is nothing to unload.
 */
int sensor_load(struct sensor_content *content,
		const u8 *definitions, size_t len_definitions,
		const u8 *channel, size_t len_channel,
		struct sensor_refusal *why);

void sensor_unload(struct sensor_content *content);

#endif
