// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * All of the user space of the guest whose content is guarded: the guard runs
 * before the sensor, on a store that is on a disk, and the sensor loads what
 * the guard lets it see.
 *
 * A release that came meanwhile lies in /store/incoming: it is staged once the
 * machine runs, and is to be active from the next boot on. With /storm there,
 * the machine changes its store without end instead, to be killed meanwhile;
 * the number in it is the seed of what it does.
 */
#include "guest.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define STORE "--store", "/store", "--set", "sensor"
#define PLAN "--plan", "/etc/bootgate/sensor.plan"
#define QUIET "--kernel-log", "none"

/* Runs the guard, and gives each line that it prints to a function. */
static int guard(void (*take)(char *line), const char *const arguments[])
{
	char line[400];
	int ends[2], status;
	FILE *told;
	pid_t child;

	if (pipe(ends))
		cannot("pipe");
	child = fork();
	if (child < 0)
		cannot("fork");
	if (child == 0) {
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		close(ends[0]);
		close(ends[1]);
		execv("/usr/sbin/bootgate-guard", (char *const *)arguments);
		_exit(127);
	}
	close(ends[1]);
	told = fdopen(ends[0], "r");
	if (!told)
		cannot("fdopen");
	while (fgets(line, sizeof(line), told))
		if (take)
			take(line);
	fclose(told);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		cannot("the guard did not end by itself");
	return WEXITSTATUS(status);
}

static void as_guard(char *line)
{
	say("guard: %s", line);
}

static void as_status(char *line)
{
	say("status: %s", line);
}

#define GUARD(take, ...) \
	guard(take, (const char *const[]){ "bootgate-guard", __VA_ARGS__, NULL })

/* The first word of a small file. */
static int word(const char *path, char *text, int size)
{
	FILE *file = fopen(path, "r");
	char format[16];
	int found;

	if (!file)
		return 0;
	snprintf(format, sizeof(format), "%%%ds", size - 1);
	found = fscanf(file, format, text);
	fclose(file);
	return found == 1;
}

/* The stock kernel has its disk's driver in modules. */
static void load_disk(void)
{
	char name[64], path[96];
	FILE *order = fopen("/modules/order", "r");
	int i;

	while (order && fscanf(order, "%63s", name) == 1) {
		snprintf(path, sizeof(path), "/modules/%s", name);
		load_module(path, "");
	}
	if (order)
		fclose(order);
	for (i = 0; i < 100; i++) {
		if (!mount("/dev/vda", "/store", "ext4", MS_NOSUID | MS_NODEV, NULL))
			return;
		usleep(100000);
	}
	cannot("/dev/vda");
}

static void load_sensor(void)
{
	if (access("/lib/firmware/sensor/channel", R_OK)) {
		load_module("/sensor.ko", "dyndbg=+p");
		say("boot: the sensor is loaded, without content\n");
		return;
	}
	load_module("/sensor.ko",
		    "definitions=sensor/definitions channel=sensor/channel dyndbg=+p");
	say("boot: the sensor and its content are loaded\n");
}

static void end_cleanly(void)
{
	GUARD(as_guard, "shutdown", STORE, QUIET);
	say("boot: the machine is shut down and boots again\n");
	if (umount("/store"))
		cannot("/store");
	reboot(RB_AUTOBOOT);
	cannot("reboot");
}

/* Stages what came; gives whether there is something to boot again for. */
static int update(void)
{
	char set[65];
	int staged;

	if (!word("/store/incoming/set", set, sizeof(set)))
		return 0;
	say("boot: a release has come\n");
	staged = GUARD(as_guard, "stage", STORE, PLAN, QUIET, "--verdict",
		       "/store/incoming/verdict.json",
		       "definitions=/store/incoming/definitions.bin",
		       "channel=/store/incoming/channel.bin");
	if (rename("/store/incoming", "/store/taken"))
		cannot("/store/incoming");
	if (staged)
		return 0;
	return !GUARD(as_guard, "activate", set, STORE, PLAN, QUIET, "--next-boot");
}

static unsigned long events;
static int found;

static void as_json(char *line)
{
	const char *number = strstr(line, "\"number\": ");

	if (number)
		events = strtoul(number + 10, NULL, 10);
	if (strstr(line, "\"record\": \"found\""))
		found = 1;
}

/* Says how many events the record tells of, and what the consumer sees. */
static void say_state(const char *when)
{
	char seen[128] = "nothing";
	ssize_t len = readlink("/store/sensor/active", seen, sizeof(seen) - 1);

	if (len > 0)
		seen[len] = 0;
	events = 0;
	found = 0;
	if (GUARD(as_json, "status", STORE, "--format", "json"))
		found = 0;
	say("storm: %s: record %s, event %lu, %s\n", when, found ? "found" : "lost", events, seen);
}

static uint32_t state;

static uint32_t below(uint32_t bound)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % bound;
}

/* What a store can be asked to do, in no order; boots that others would be are made up. */
static void storm(void)
{
	static const char *const names[] = { "a", "b", "c" };
	char boot[32], set[65], files[4][64];
	unsigned long turn, run = 0;
	const char *name;
	int i, code;

	for (turn = 1;; turn++) {
		name = names[below(3)];
		for (i = 0; i < 4; i++) {
			static const char *const ends[] = { "set", "verdict.json", "definitions.bin", "channel.bin" };
			static const char *const roles[] = { "", "", "definitions=", "channel=" };

			snprintf(files[i], sizeof(files[i]), "%s/pool/%s/%s", roles[i], name, ends[i]);
		}
		if (!word(files[0], set, sizeof(set)))
			cannot(files[0]);
		snprintf(boot, sizeof(boot), "storm-%lu", run);
		switch (below(6)) {
		case 0:
			say("storm: %lu: stage\n", turn);
			code = GUARD(NULL, "stage", STORE, PLAN, QUIET, "--verdict", files[1], files[2], files[3]);
			break;
		case 1:
			say("storm: %lu: activate\n", turn);
			code = GUARD(NULL, "activate", set, STORE, PLAN, QUIET, "--boot-id", boot, "--uptime", "20");
			break;
		case 2:
			snprintf(boot, sizeof(boot), "storm-%lu", ++run);
			say("storm: %lu: boot\n", turn);
			code = GUARD(NULL, "boot", STORE, PLAN, QUIET, "--boot-id", boot, "--uptime", "10");
			break;
		case 3:
			say("storm: %lu: commit\n", turn);
			code = GUARD(NULL, "commit", STORE, QUIET, "--events", "9", "--boot-id", boot, "--uptime", "900");
			break;
		case 4:
			say("storm: %lu: release\n", turn);
			code = GUARD(NULL, "release", set, STORE, QUIET);
			break;
		default:
			say("storm: %lu: shutdown\n", turn);
			code = GUARD(NULL, "shutdown", STORE, QUIET, "--boot-id", boot);
			break;
		}
		snprintf(boot, sizeof(boot), "%lu ended with %d", turn, code);
		say_state(boot);
	}
}

int main(void)
{
	char seed[16];

	begin();
	if (mount("proc", "/proc", "proc", 0, NULL))
		cannot("/proc");
	load_disk();
	if (GUARD(NULL, "boot", STORE, PLAN))
		cannot("the guard did not boot");
	if (word("/storm", seed, sizeof(seed)))
		say_state("booted");
	load_sensor();
	if (word("/storm", seed, sizeof(seed))) {
		cause_event();
		say("storm: begins, seed %s\n", seed);
		state = (uint32_t)strtoul(seed, NULL, 10);
		storm();
	}
	sleep(1);
	say("boot: an event happens\n");
	cause_event();
	sleep(1);
	say("boot: still running\n");
	if (update())
		end_cleanly();
	GUARD(as_status, "status", STORE);
	say("boot: that is all\n");
	for (;;)
		pause();
}
