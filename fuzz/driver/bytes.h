/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A region of bytes and a place in it: nothing is read that is not there. */
#ifndef SENSOR_BYTES_H
#define SENSOR_BYTES_H

#include "platform.h"

/* Why the driver does not take a file. */
struct sensor_refusal {
	const char *file;	/* "definitions", "channel" or "event" */
	const char *what;	/* the part concerned, and what is wrong with it */
	u32 at;			/* bytes from the start of the file */
};

/*
 * The first thing wrong ends all reading: from then on each value is zero and
 * each region empty, so a caller may read a few values before it looks.
 */
struct sensor_bytes {
	const u8 *data;		/* the region */
	u32 len;
	u32 at;			/* the next byte */
	u32 base;		/* where in the file the region begins */
	bool failed;
	struct sensor_refusal *why;
};

static inline u16 sensor_le16(const u8 *p)
{
	return (u16)(p[0] | p[1] << 8);
}

static inline u32 sensor_le32(const u8 *p)
{
	return sensor_le16(p) | (u32)sensor_le16(p + 2) << 16;
}

static inline u64 sensor_le64(const u8 *p)
{
	return sensor_le32(p) | (u64)sensor_le32(p + 4) << 32;
}

/* A whole file; one that 32 bits cannot measure is refused. */
struct sensor_bytes sensor_bytes_open(const char *file, const u8 *data,
				      size_t len, struct sensor_refusal *why);

/* Notes what is wrong, if nothing was before. */
void sensor_bytes_fail(struct sensor_bytes *bytes, const char *what, u32 at);

/* Steps over len bytes; NULL when there are fewer. */
const u8 *sensor_take(struct sensor_bytes *bytes, u32 len, const char *what);

u8 sensor_take_u8(struct sensor_bytes *bytes, const char *what);
u16 sensor_take_u16(struct sensor_bytes *bytes, const char *what);
u32 sensor_take_u32(struct sensor_bytes *bytes, const char *what);
u64 sensor_take_u64(struct sensor_bytes *bytes, const char *what);

/* The same; a value outside of least..most is wrong. */
u8 sensor_take_u8_in(struct sensor_bytes *bytes, u8 least, u8 most,
		     const char *what);
u16 sensor_take_u16_in(struct sensor_bytes *bytes, u16 least, u16 most,
		       const char *what);

/* These four bytes and no others. */
void sensor_take_magic(struct sensor_bytes *bytes, const char *magic);

/* CRC-32 of the whole region, the four bytes here counted as zero. */
void sensor_take_crc32(struct sensor_bytes *bytes);

/* A region of its own within a region. */
struct sensor_bytes sensor_bytes_within(const struct sensor_bytes *bytes,
					u32 at, u32 len, const char *what);

/* Nothing may be left of the region. */
void sensor_bytes_end(struct sensor_bytes *bytes, const char *what);

bool sensor_is_ascii(const u8 *text, u32 len);
bool sensor_is_utf8(const u8 *text, u32 len);

#endif
