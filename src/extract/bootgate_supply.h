/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * How many inputs this program really fills, stated where it passes them on.
 *
 *     input_t inputs[32];
 *     ...fill inputs[0] to inputs[19]...
 *     hit = evaluate(criteria, BOOTGATE_PASS("inputs.ipc", inputs, 20));
 *
 * The compiler refuses a count that is no constant, a count beyond the array's length, and a pointer in place of
 * the array. What it has accepted becomes a record in the binary: a note in the section `.note.bootgate` (ELF), or
 * in the section `.bgsup` (PE). `bootgate contract extract` reads it as evidence `emitted`.
 *
 * Inside functions, not in templates or inline functions of C++. C99 or later with GCC or clang, also in the Linux
 * kernel and for Windows; C++11 or later; C with MSVC from Visual Studio 2022 17.9, with /std:c11 or later.
 *
 *     BOOTGATE_SUPPLY(name, array, count)                  a statement: the first `count` elements are filled
 *     BOOTGATE_SUPPLY_BEYOND(name, array, count, beyond)   the same, with what happens to a read beyond them:
 *                                                          BOOTGATE_FAULT or BOOTGATE_NO_MATCH
 *     BOOTGATE_PASS(name, array, count)                    an expression: the array, as the call's argument
 *     BOOTGATE_INPUTS(type, array, name, value, ...)       a declaration: the array with exactly these values;
 *                                                          the count is that of the values
 */
#ifndef BOOTGATE_SUPPLY_H
#define BOOTGATE_SUPPLY_H

/* A read beyond the count takes what is not there; or it is checked, and never matches. */
#define BOOTGATE_FAULT 1
#define BOOTGATE_NO_MATCH 2

/* Where records go. Nothing refers to them: the compiler is told to keep them. */
#if defined(__GNUC__) || defined(__clang__)
#if defined(_WIN32) || defined(__CYGWIN__)
#define BOOTGATE_RECORD_ __attribute__((section(".bgsup"), used, aligned(4)))
#elif defined(__ELF__)
#define BOOTGATE_RECORD_ __attribute__((section(".note.bootgate"), used, aligned(4)))
#else
#error "bootgate_supply.h: this is neither an ELF nor a Windows target"
#endif
#define BOOTGATE_KEEP_(record)
#elif defined(_MSC_VER)
#pragma section(".bgsup", read)
#define BOOTGATE_RECORD_ __declspec(allocate(".bgsup")) __declspec(align(4))
/* MSVC has no `used`: reading the first byte keeps the record. */
#define BOOTGATE_KEEP_(record) ; (void)*(const volatile unsigned char *)&(record)
#else
#error "bootgate_supply.h: this compiler is not known: GCC, clang and MSVC are"
#endif

/* Whether it is an array rather than a pointer; how many elements it has. */
#if defined(__cplusplus)
#define BOOTGATE_ASSERT_(condition, message) static_assert(condition, message)
template <typename Element, decltype(sizeof(0)) Length>
char (&bootgate_array_not_pointer(Element (&)[Length]))[Length];
#define BOOTGATE_IS_ARRAY_(array) (sizeof(bootgate_array_not_pointer(array)) != 0)
#define BOOTGATE_LENGTH_(array) sizeof(bootgate_array_not_pointer(array))
#elif defined(__GNUC__) || defined(__clang__)
#define BOOTGATE_ASSERT_(condition, message) __extension__ _Static_assert(condition, message)
#define BOOTGATE_IS_ARRAY_(array) (!__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0])))
#define BOOTGATE_LENGTH_(array) (sizeof(array) / sizeof((array)[0]))
#elif _MSC_VER >= 1939 && defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define BOOTGATE_ASSERT_(condition, message) _Static_assert(condition, message)
#define BOOTGATE_IS_ARRAY_(array)                              \
	_Generic(&(array),                                     \
		__typeof__(&(array)[0]) *: 0,                  \
		__typeof__(&(array)[0]) const *: 0,            \
		__typeof__(&(array)[0]) volatile *: 0,         \
		__typeof__(&(array)[0]) const volatile *: 0,   \
		default: 1)
#define BOOTGATE_LENGTH_(array) (sizeof(array) / sizeof((array)[0]))
#else
#error "bootgate_supply.h: C needs Visual Studio 2022 17.9 and /std:c11; or compile this file as C++"
#endif

/* `| 0` takes whole numbers alone; one below zero becomes a very large one. */
#define BOOTGATE_COUNT_(count) ((unsigned long long)((count) | 0))

#define BOOTGATE_CHECK_(array, count)                                                                            \
	BOOTGATE_ASSERT_(BOOTGATE_IS_ARRAY_(array), "bootgate: a pointer has no length: pass the array itself"); \
	BOOTGATE_ASSERT_(BOOTGATE_COUNT_(count) <= BOOTGATE_LENGTH_(array),                                      \
			 "bootgate: more is stated than the array has elements")

/* One record: an ELF note of the owner "bootgate" and type 1. `src/extract/emitting.md` has its layout. */
#define BOOTGATE_EMIT_(record, text, count, beyond)                                                             \
	BOOTGATE_ASSERT_(sizeof("" text) > 1, "bootgate: the name is empty");                                   \
	static BOOTGATE_RECORD_ const struct {                                                                  \
		unsigned int owner_size, body_size, type;                                                       \
		char owner[12];                                                                                 \
		unsigned int version, after, count_low, count_high, name_size;                                  \
		char name[(sizeof("" text) + 3) / 4 * 4];                                                       \
	} record = { 9u,                                                                                        \
		     (unsigned int)(20 + (sizeof("" text) + 3) / 4 * 4),                                        \
		     1u,                                                                                        \
		     "bootgate",                                                                                \
		     1u,                                                                                        \
		     beyond,                                                                                    \
		     (unsigned int)(BOOTGATE_COUNT_(count) & 0xffffffffu),                                 \
		     (unsigned int)(BOOTGATE_COUNT_(count) >> 32),                                         \
		     (unsigned int)(sizeof("" text) - 1),                                                       \
		     "" text } BOOTGATE_KEEP_(record)

#define BOOTGATE_STATE_(name, array, count, beyond)                   \
	do {                                                          \
		BOOTGATE_CHECK_(array, count);                  \
		BOOTGATE_EMIT_(bootgate_record, name, count, beyond); \
	} while (0)

#define BOOTGATE_SUPPLY(name, array, count) BOOTGATE_STATE_(name, array, count, 0u)

#define BOOTGATE_SUPPLY_BEYOND(name, array, count, beyond)                                                     \
	do {                                                                                                   \
		BOOTGATE_ASSERT_((beyond) == BOOTGATE_FAULT || (beyond) == BOOTGATE_NO_MATCH,                  \
				 "bootgate: beyond is BOOTGATE_FAULT or BOOTGATE_NO_MATCH");                   \
		BOOTGATE_STATE_(name, array, count, beyond);                                                   \
	} while (0)

#if defined(__GNUC__) || defined(__clang__)
#define BOOTGATE_PASS(name, array, count) \
	(__extension__({                  \
		BOOTGATE_SUPPLY(name, array, count); \
		&(array)[0];              \
	}))
#elif defined(__cplusplus)
#define BOOTGATE_PASS(name, array, count)            \
	([&] {                                       \
		BOOTGATE_SUPPLY(name, array, count); \
		return &(array)[0];                  \
	}())
#endif

#define BOOTGATE_INPUTS(type, array, name, ...)                                 \
	type array[] = { __VA_ARGS__ };                                         \
	BOOTGATE_ASSERT_(sizeof(array) > 0, "bootgate: there are no values");   \
	BOOTGATE_EMIT_(bootgate_record_##array, name, sizeof(array) / sizeof((array)[0]), 0u)

#endif
