// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * All of the user space of the guest that loads the sensor at boot: loads the
 * module with its content, and causes an event a moment later.
 */
#include "guest.h"

int main(void)
{
	begin();
	load_module("/sensor.ko",
		    "definitions=definitions.bin channel=channel.bin dyndbg=+p");
	say("boot: the sensor and its content are loaded\n");
	sleep(1);
	say("boot: an event happens\n");
	cause_event();
	sleep(1);
	say("boot: still running\n");
	for (;;)
		pause();
}
