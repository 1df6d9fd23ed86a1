// SPDX-License-Identifier: MIT OR Apache-2.0
/* The call sites of the sensor, and the records that stand in for their world. */
#include "event.h"
#include "bootgate_supply.h"

/* What the interpreter does with a criterion on an input that is not there. */
#ifdef BOOTGATE_CHECKED
#define BEYOND BOOTGATE_NO_MATCH
#else
#define BEYOND BOOTGATE_FAULT
#endif

struct process_ctx {
	const struct sensor_value *inputs[BOOTGATE_INPUTS_PROCESS];
};

struct file_ctx {
	const struct sensor_value *inputs[BOOTGATE_INPUTS_FILE];
};

#if BOOTGATE_INPUTS_IPC
struct ipc_ctx {
	const struct sensor_value *inputs[BOOTGATE_STORAGE_IPC];
};
#endif

static bool is_name(const u8 *name, u32 len, const char *word)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (!word[i] || name[i] != (u8)word[i])
			return false;
	return !word[len];
}

enum sensor_site sensor_site(const u8 *name, u32 len)
{
	if (is_name(name, len, "process"))
		return SENSOR_PROCESS;
	if (is_name(name, len, "file"))
		return SENSOR_FILE;
	if (BOOTGATE_INPUTS_IPC && is_name(name, len, "ipc"))
		return SENSOR_IPC;
	return SENSOR_NO_SITE;
}

static void read_value(struct sensor_bytes *bytes, struct sensor_value *value)
{
	u8 kind = sensor_take_u8_in(bytes, SENSOR_ABSENT, SENSOR_NUMBER,
				    "kind of a value");
	u16 len = sensor_take_u16(bytes, "length of a value");

	if (!bytes->failed && ((kind == SENSOR_ABSENT && len) ||
			       (kind == SENSOR_NUMBER && len != 8) ||
			       len > SENSOR_MAX_TEXT))
		sensor_bytes_fail(bytes, "length of a value", bytes->at - 2);
	value->kind = kind;
	value->len = len;
	value->text = NULL;
	value->number = 0;
	if (kind == SENSOR_NUMBER)
		value->number = sensor_take_u64(bytes, "value");
	else
		value->text = sensor_take(bytes, len, "value");
}

int sensor_read_event(struct sensor_record *record, const u8 *file, size_t len,
		      struct sensor_refusal *why)
{
	struct sensor_bytes bytes = sensor_bytes_open("event", file, len, why);
	u32 i;

	record->site = sensor_take_u8_in(&bytes, SENSOR_PROCESS, SENSOR_IPC,
					 "call site");
	record->num_values = sensor_take_u8_in(&bytes, 0, SENSOR_MAX_VALUES,
					       "number of values");
	for (i = 0; i < record->num_values && !bytes.failed; i++)
		read_value(&bytes, &record->values[i]);
	sensor_bytes_end(&bytes, "bytes behind the last value");
	return bytes.failed ? -EINVAL : 0;
}

/* As if each call site gathered its inputs one by one. */
static void fill(const struct sensor_value **inputs, u32 supplied,
		 const struct sensor_record *record)
{
	static const struct sensor_value absent;
	u32 i;

	for (i = 0; i < supplied; i++)
		inputs[i] = i < record->num_values ? &record->values[i] : &absent;
}

static int cause_process(const struct sensor_record *record,
			 const struct sensor_content *content,
			 struct sensor_outcome *outcome)
{
	struct process_ctx *ctx = sensor_alloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	fill(ctx->inputs, BOOTGATE_INPUTS_PROCESS, record);
	BOOTGATE_SUPPLY_BEYOND("inputs.process", ctx->inputs,
			       BOOTGATE_INPUTS_PROCESS, BEYOND);
	sensor_evaluate(content, SENSOR_PROCESS, ctx->inputs,
			BOOTGATE_INPUTS_PROCESS, outcome);
	sensor_free(ctx);
	return 0;
}

static int cause_file(const struct sensor_record *record,
		      const struct sensor_content *content,
		      struct sensor_outcome *outcome)
{
	struct file_ctx *ctx = sensor_alloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	fill(ctx->inputs, BOOTGATE_INPUTS_FILE, record);
	BOOTGATE_SUPPLY_BEYOND("inputs.file", ctx->inputs,
			       BOOTGATE_INPUTS_FILE, BEYOND);
	sensor_evaluate(content, SENSOR_FILE, ctx->inputs,
			BOOTGATE_INPUTS_FILE, outcome);
	sensor_free(ctx);
	return 0;
}

static int cause_ipc(const struct sensor_record *record,
		     const struct sensor_content *content,
		     struct sensor_outcome *outcome)
{
#if BOOTGATE_INPUTS_IPC
	struct ipc_ctx *ctx = sensor_alloc(1, sizeof(*ctx));

	if (!ctx)
		return -ENOMEM;
	fill(ctx->inputs, BOOTGATE_INPUTS_IPC, record);
	BOOTGATE_SUPPLY_BEYOND("inputs.ipc", ctx->inputs,
			       BOOTGATE_INPUTS_IPC, BEYOND);
	sensor_evaluate(content, SENSOR_IPC, ctx->inputs,
			BOOTGATE_INPUTS_IPC, outcome);
	sensor_free(ctx);
#endif
	return 0;
}

int sensor_cause(const struct sensor_record *record,
		 const struct sensor_content *content,
		 struct sensor_outcome *outcome)
{
	static const struct sensor_outcome nothing;

	*outcome = nothing;
	switch (record->site) {
	case SENSOR_PROCESS:
		return cause_process(record, content, outcome);
	case SENSOR_FILE:
		return cause_file(record, content, outcome);
	case SENSOR_IPC:
		return cause_ipc(record, content, outcome);
	case SENSOR_NO_SITE:
		break;
	}
	return 0;
}
