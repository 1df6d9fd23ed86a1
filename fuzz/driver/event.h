/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Events: what happened, as the call sites of the sensor hand it over. */
#ifndef SENSOR_EVENT_H
#define SENSOR_EVENT_H

#include "content.h"
#include "interpreter.h"

/* How many inputs each call site fills in. Without IPC, the build is an older one. */
#ifndef BOOTGATE_INPUTS_PROCESS
#define BOOTGATE_INPUTS_PROCESS 14
#endif
#ifndef BOOTGATE_INPUTS_FILE
#define BOOTGATE_INPUTS_FILE 12
#endif
#ifndef BOOTGATE_INPUTS_IPC
#define BOOTGATE_INPUTS_IPC 20
#endif

/* How long the array for them is: that says nothing about what is filled in. */
#ifndef BOOTGATE_STORAGE_IPC
#define BOOTGATE_STORAGE_IPC BOOTGATE_INPUTS_IPC
#endif

#define SENSOR_MAX_VALUES 64

/* An event as recorded in a file of event.ksy. */
struct sensor_record {
	enum sensor_site site;
	u32 num_values;
	struct sensor_value values[SENSOR_MAX_VALUES];
};

/* The call site of the template type with this name, if the build has one. */
enum sensor_site sensor_site(const u8 *name, u32 len);

/*
 * Reads an event. Its texts stay where they are in the file, which has to stay
 * as well. Returns 0, or -EINVAL and why.
 */
int sensor_read_event(struct sensor_record *record, const u8 *file, size_t len,
		      struct sensor_refusal *why);

/*
 * Lets the event happen: its call site fills in its inputs and asks the
 * interpreter. Values that the record lacks are absent, further ones are not
 * used. Returns 0, or -ENOMEM.
 */
int sensor_cause(const struct sensor_record *record,
		 const struct sensor_content *content,
		 struct sensor_outcome *outcome);

#endif
