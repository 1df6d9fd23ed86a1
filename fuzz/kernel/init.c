// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * All of the user space of the guest that loads the sensor at boot: loads the
 * module with its content, and causes an event a moment later. What it does is
 * said in the kernel's log, between the kernel's own messages.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const parameters =
	"definitions=definitions.bin channel=channel.bin dyndbg=+p";

static int log_file = -1;

__attribute__((format(printf, 1, 2))) static void say(const char *fmt, ...)
{
	char line[256];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (len > 0 && write(log_file, line, (size_t)len) < 0)
		_exit(1);
}

/* Ends in a panic that names no driver: the guest itself is at fault. */
static void cannot(const char *what)
{
	say("boot: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static void load_sensor(void)
{
	int module = open("/sensor.ko", O_RDONLY | O_CLOEXEC);

	if (module < 0)
		cannot("/sensor.ko");
	if (syscall(SYS_finit_module, module, parameters, 0))
		cannot("sensor.ko is not loaded");
	close(module);
}

static void cause_event(void)
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

int main(void)
{
	if (mount("dev", "/dev", "devtmpfs", 0, NULL) && errno != EBUSY)
		return 1;
	log_file = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (log_file < 0)
		return 1;
	say("boot: user space begins\n");
	load_sensor();
	say("boot: the sensor and its content are loaded\n");
	sleep(1);
	say("boot: an event happens\n");
	cause_event();
	sleep(1);
	say("boot: still running\n");
	for (;;)
		pause();
}
