/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Cases (case.ksy): a content set, and the event that comes after the load. */
#ifndef SENSOR_CASE_H
#define SENSOR_CASE_H

#include "event.h"

/* One part of a case, in a block of its own, so that each read behind it shows. */
struct sensor_part {
	u8 *data;
	u32 len;
};

/*
 * Loads the content of a case, lets its event happen, and unloads. Returns 0,
 * and how many instances there were and what the event came to; -EINVAL, and
 * why; or -ENOMEM.
 */
int sensor_run_case(const u8 *data, size_t len, u32 *num_instances,
		    struct sensor_outcome *outcome,
		    struct sensor_refusal *why);

/* The same of the three parts of a case: definitions, channel and event. */
int sensor_run_parts(const struct sensor_part *parts, u32 *num_instances,
		     struct sensor_outcome *outcome,
		     struct sensor_refusal *why);

#endif
