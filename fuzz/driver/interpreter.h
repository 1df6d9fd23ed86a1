/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The content interpreter: which instances does an event match? */
#ifndef SENSOR_INTERPRETER_H
#define SENSOR_INTERPRETER_H

#include "content.h"

/* Bytes of the longest text of an event. */
#define SENSOR_MAX_TEXT 1024

/* Steps of comparing texts that one event may cost. */
#define SENSOR_MAX_STEPS (1u << 20)

enum sensor_value_kind {
	SENSOR_ABSENT,
	SENSOR_TEXT,
	SENSOR_NUMBER,
};

/* One input of an event. */
struct sensor_value {
	u8 kind;
	u16 len;		/* of the text, in bytes */
	const u8 *text;		/* mostly UTF-8; the kernel does not promise it */
	u64 number;
};

struct sensor_outcome {
	u32 evaluated;		/* instances for this kind of event */
	u32 matched;		/* those of them of which all criteria matched */
	u32 dead;		/* those with a criterion on an input that is not there */
	u16 flags;		/* what the matches ask for together */
	bool exhausted;		/* the steps were used up: nothing matched from then on */
};

/*
 * Holds the inputs of an event against all instances for its call site.
 *
 * A build with BOOTGATE_CHECKED takes a criterion on an input that is not there
 * as one that does not match. One without it takes every index as it is: what
 * the content names has to be there.
 */
void sensor_evaluate(const struct sensor_content *content, enum sensor_site site,
		     const struct sensor_value *const *inputs, u32 num_inputs,
		     struct sensor_outcome *outcome);

#endif
