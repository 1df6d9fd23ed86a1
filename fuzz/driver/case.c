// SPDX-License-Identifier: MIT OR Apache-2.0
/* Cases: what the driver is fuzzed with, in a process and in a kernel. */
#include "case.h"

static int take_part(struct sensor_bytes *bytes, struct sensor_part *part)
{
	u32 len = sensor_take_u32(bytes, "length of a part");
	const u8 *data = sensor_take(bytes, len, "fewer bytes than its length says");

	if (bytes->failed)
		return -EINVAL;
	part->data = sensor_alloc(1, len);
	if (!part->data)
		return -ENOMEM;
	memcpy(part->data, data, len);
	part->len = len;
	return 0;
}

int sensor_run_parts(const struct sensor_part *parts, u32 *num_instances,
		     struct sensor_outcome *outcome, struct sensor_refusal *why)
{
	struct sensor_record *record = sensor_alloc(1, sizeof(*record));
	struct sensor_content content;
	int err;

	if (!record)
		return -ENOMEM;
	/* What is loaded stays loaded, whatever comes: first the content. */
	err = sensor_load(&content, parts[0].data, parts[0].len, parts[1].data,
			  parts[1].len, why);
	if (!err) {
		err = sensor_read_event(record, parts[2].data, parts[2].len, why);
		if (!err)
			err = sensor_cause(record, &content, outcome);
		*num_instances = content.num_instances;
		sensor_unload(&content);
	}
	sensor_free(record);
	return err;
}

int sensor_run_case(const u8 *data, size_t len, u32 *num_instances,
		    struct sensor_outcome *outcome, struct sensor_refusal *why)
{
	struct sensor_part parts[3] = { { NULL, 0 } };
	struct sensor_bytes bytes = sensor_bytes_open("case", data, len, why);
	int i, err = 0;

	for (i = 0; i < 3 && !err; i++)
		err = take_part(&bytes, &parts[i]);
	if (!err) {
		sensor_bytes_end(&bytes, "bytes behind the event");
		err = bytes.failed ? -EINVAL : 0;
	}
	if (!err)
		err = sensor_run_parts(parts, num_instances, outcome, why);
	for (i = 0; i < 3; i++)
		sensor_free(parts[i].data);
	return err;
}
