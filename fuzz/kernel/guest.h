/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * What the first programs of the guests share. What they do is said in the
 * kernel's log, between the kernel's own messages.
 */
#ifndef GUEST_H
#define GUEST_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static int log_file = -1;

__attribute__((format(printf, 1, 2))) static inline void say(const char *fmt, ...)
{
	char line[512];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (len >= (int)sizeof(line))
		len = sizeof(line) - 1;
	if (len > 0 && write(log_file, line, (size_t)len) < 0)
		_exit(1);
}

/* Ends in a panic that names no driver: the guest itself is at fault. */
static inline void cannot(const char *what)
{
	say("boot: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static inline void begin(void)
{
	if (mount("dev", "/dev", "devtmpfs", 0, NULL) && errno != EBUSY)
		_exit(1);
	log_file = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (log_file < 0)
		_exit(1);
	say("boot: user space begins\n");
}

static inline void load_module(const char *path, const char *parameters)
{
	int module = open(path, O_RDONLY | O_CLOEXEC);

	if (module < 0 || syscall(SYS_finit_module, module, parameters, 0))
		cannot(path);
	close(module);
}

static inline void cause_event(void)
{
	char event[4096];
	int from = open("/event", O_RDONLY | O_CLOEXEC);
	int device = open("/dev/sensor-event", O_WRONLY | O_CLOEXEC);
	ssize_t len;

	if (from < 0 || device < 0)
		cannot("/event, /dev/sensor-event");
	len = read(from, event, sizeof(event));
	if (len < 0)
		cannot("/event");
	if (write(device, event, (size_t)len) != len)
		cannot("the event is not taken");
}

#endif
