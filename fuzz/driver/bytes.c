// SPDX-License-Identifier: MIT OR Apache-2.0
/* Reading of untrusted bytes. */
#include "bytes.h"

struct sensor_bytes sensor_bytes_open(const char *file, const u8 *data,
				      size_t len, struct sensor_refusal *why)
{
	struct sensor_bytes bytes = { .data = data, .why = why };

	why->file = file;
	why->what = NULL;
	why->at = 0;
	if (len > (u32)-1)
		sensor_bytes_fail(&bytes, "more than 4 GiB", 0);
	else
		bytes.len = (u32)len;
	return bytes;
}

void sensor_bytes_fail(struct sensor_bytes *bytes, const char *what, u32 at)
{
	if (!bytes->failed) {
		bytes->failed = true;
		bytes->why->what = what;
		bytes->why->at = bytes->base + at;
	}
}

const u8 *sensor_take(struct sensor_bytes *bytes, u32 len, const char *what)
{
	const u8 *here;

	if (bytes->failed)
		return NULL;
	if (len > bytes->len - bytes->at) {
		sensor_bytes_fail(bytes, what, bytes->at);
		return NULL;
	}
	here = bytes->data + bytes->at;
	bytes->at += len;
	return here;
}

u8 sensor_take_u8(struct sensor_bytes *bytes, const char *what)
{
	const u8 *p = sensor_take(bytes, 1, what);

	return p ? *p : 0;
}

u16 sensor_take_u16(struct sensor_bytes *bytes, const char *what)
{
	const u8 *p = sensor_take(bytes, 2, what);

	return p ? sensor_le16(p) : 0;
}

u32 sensor_take_u32(struct sensor_bytes *bytes, const char *what)
{
	const u8 *p = sensor_take(bytes, 4, what);

	return p ? sensor_le32(p) : 0;
}

u64 sensor_take_u64(struct sensor_bytes *bytes, const char *what)
{
	const u8 *p = sensor_take(bytes, 8, what);

	return p ? sensor_le64(p) : 0;
}

u8 sensor_take_u8_in(struct sensor_bytes *bytes, u8 least, u8 most,
		     const char *what)
{
	u8 value = sensor_take_u8(bytes, what);

	if (!bytes->failed && (value < least || value > most))
		sensor_bytes_fail(bytes, what, bytes->at - 1);
	return bytes->failed ? 0 : value;
}

u16 sensor_take_u16_in(struct sensor_bytes *bytes, u16 least, u16 most,
		       const char *what)
{
	u16 value = sensor_take_u16(bytes, what);

	if (!bytes->failed && (value < least || value > most))
		sensor_bytes_fail(bytes, what, bytes->at - 2);
	return bytes->failed ? 0 : value;
}

void sensor_take_magic(struct sensor_bytes *bytes, const char *magic)
{
	const u8 *p = sensor_take(bytes, 4, "no magic number");
	u32 i;

	for (i = 0; p && i < 4; i++)
		if (p[i] != (u8)magic[i])
			sensor_bytes_fail(bytes, "another magic number", 0);
}

/* Four bits at a time: the table fits into a cache line. */
static u32 crc32_more(u32 crc, const u8 *data, u32 len)
{
	static const u32 table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	while (len--) {
		crc ^= *data++;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

void sensor_take_crc32(struct sensor_bytes *bytes)
{
	static const u8 zeros[4];
	u32 own = bytes->at;
	u32 stated = sensor_take_u32(bytes, "no checksum");
	u32 crc;

	if (bytes->failed)
		return;
	crc = crc32_more(~0u, bytes->data, own);
	crc = crc32_more(crc, zeros, sizeof(zeros));
	crc = crc32_more(crc, bytes->data + bytes->at, bytes->len - bytes->at);
	if (~crc != stated)
		sensor_bytes_fail(bytes, "another checksum", own);
}

struct sensor_bytes sensor_bytes_within(const struct sensor_bytes *bytes,
					u32 at, u32 len, const char *what)
{
	struct sensor_bytes inner = { .why = bytes->why, .failed = bytes->failed };

	if (bytes->failed)
		return inner;
	if (at > bytes->len || len > bytes->len - at) {
		inner.base = bytes->base;
		sensor_bytes_fail(&inner, what, bytes->len);
		return inner;
	}
	inner.data = bytes->data + at;
	inner.len = len;
	inner.base = bytes->base + at;
	return inner;
}

void sensor_bytes_end(struct sensor_bytes *bytes, const char *what)
{
	if (bytes->at != bytes->len)
		sensor_bytes_fail(bytes, what, bytes->at);
}

bool sensor_is_ascii(const u8 *text, u32 len)
{
	while (len--)
		if (*text++ > 0x7f)
			return false;
	return true;
}

/* How many bytes the first character has; 0 when it is none. */
static u32 utf8_char(const u8 *text, u32 len)
{
	u8 least = 0x80, most = 0xbf;
	u32 more, i;

	if (text[0] < 0x80)
		return 1;
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	more = text[0] < 0xe0 ? 1 : text[0] < 0xf0 ? 2 : 3;
	if (more >= len)
		return 0;
	/* No longer form than needed, no surrogate, nothing above U+10FFFF. */
	if (text[0] == 0xe0)
		least = 0xa0;
	else if (text[0] == 0xed)
		most = 0x9f;
	else if (text[0] == 0xf0)
		least = 0x90;
	else if (text[0] == 0xf4)
		most = 0x8f;
	if (text[1] < least || text[1] > most)
		return 0;
	for (i = 2; i <= more; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return more + 1;
}

bool sensor_is_utf8(const u8 *text, u32 len)
{
	while (len) {
		u32 size = utf8_char(text, len);

		if (!size)
			return false;
		text += size;
		len -= size;
	}
	return true;
}
