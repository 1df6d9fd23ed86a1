/*
 * A small consumer, as the sensor of July 2024 was: its interpreter reads inputs[field_index] without a check, unless
 * the criterion is a wildcard. Released with 20 inputs for the IPC type as 7.15, and with -DINPUTS=21 as 8.0.
 */
#include <stdio.h>
#include <string.h>

#include "bootgate_supply.h"

#ifndef INPUTS
#define INPUTS 20
#endif

enum kind { WILDCARD, EXACT };

struct criterion {
	unsigned field_index;
	enum kind kind;
	const char *operand;
};

/* There is room for more than is filled in: the length of an array does not say what is supplied. */
struct ipc_ctx {
	const char *inputs[32];
};

struct process_ctx {
	const char *inputs[14];
};

struct file_ctx {
	const char *inputs[12];
};

static int evaluate(const struct criterion *criteria, size_t count, const char *const *inputs)
{
	for (size_t i = 0; i < count; i++)
		if (criteria[i].kind != WILDCARD && strcmp(inputs[criteria[i].field_index], criteria[i].operand) != 0)
			return 0;
	return 1;
}

static void fill(const char **inputs, size_t count, const char *event)
{
	for (size_t i = 0; i < count; i++)
		inputs[i] = event;
}

static int on_ipc(const struct criterion *criteria, size_t count, const char *event)
{
	struct ipc_ctx ctx;

	fill(ctx.inputs, INPUTS, event);
	return evaluate(criteria, count, BOOTGATE_PASS("inputs.ipc", ctx.inputs, INPUTS));
}

static int on_process(const struct criterion *criteria, size_t count, const char *event)
{
	struct process_ctx ctx;

	fill(ctx.inputs, 14, event);
	return evaluate(criteria, count, BOOTGATE_PASS("inputs.process", ctx.inputs, 14));
}

static int on_file(const struct criterion *criteria, size_t count, const char *event)
{
	struct file_ctx ctx;

	fill(ctx.inputs, 12, event);
	return evaluate(criteria, count, BOOTGATE_PASS("inputs.file", ctx.inputs, 12));
}

int main(void)
{
	static const struct criterion criteria[] = { { 3, EXACT, "pipe" }, { 20, WILDCARD, "" } };
	int hits = on_ipc(criteria, 2, "pipe") + on_process(criteria, 2, "pipe") + on_file(criteria, 2, "other");

	printf("%d\n", hits);
	return hits != 2;
}
