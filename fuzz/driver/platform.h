/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What the driver takes from its surroundings: those of a kernel, or of a
 * process that stands in for one and defines the functions below.
 */
#ifndef SENSOR_PLATFORM_H
#define SENSOR_PLATFORM_H

#ifdef __KERNEL__

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>

#define sensor_trace(fmt, ...) pr_debug("sensor: " fmt "\n", ##__VA_ARGS__)
#define sensor_observe(fmt, ...) no_printk("bootgate: " fmt "\n", ##__VA_ARGS__)

/* Small blocks come from the slab, so that KASAN knows where they end. */
static inline void *sensor_alloc(size_t count, size_t size)
{
	return kvmalloc_array(count, size, GFP_KERNEL);
}

static inline void sensor_free(void *block)
{
	kvfree(block);
}

#else

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* One line, without its end, about what the interpreter does next. */
extern bool sensor_tracing;
void sensor_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define sensor_trace(fmt, ...)                                  \
	do {                                                    \
		if (sensor_tracing)                             \
			sensor_print(fmt, ##__VA_ARGS__);       \
	} while (0)

/* The same about each read, by the names of the contract, before it happens. */
extern bool sensor_observing;

#define sensor_observe(fmt, ...)                                         \
	do {                                                             \
		if (sensor_observing)                                    \
			sensor_print("bootgate: " fmt, ##__VA_ARGS__);   \
	} while (0)

/* A block of count * size bytes and not one more, or NULL; not cleared. */
void *sensor_alloc(size_t count, size_t size);
void sensor_free(void *block);

#endif
#endif
