// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * The driver as a process: for fuzzers, and for people who run one case.
 */
#include "case.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED
#endif

/* How a case ended, if it did; also the exit codes. */
enum ending {
	LOADED = 0,
	REFUSED = 1,
	NOT_RUN = 2,
};

bool sensor_tracing;
bool sensor_observing;
static const char *case_name = "";

void sensor_print(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("%s: ", case_name);
	vprintf(fmt, args);
	putchar('\n');
	va_end(args);
}

#ifdef SANITIZED

void *sensor_alloc(size_t count, size_t size)
{
	return size && count > SIZE_MAX / size ? NULL : malloc(count * size);
}

void sensor_free(void *block)
{
	free(block);
}

#else

#include <sys/mman.h>
#include <unistd.h>

/*
 * Without a sanitizer a read behind a block would find what happens to be there.
 * So each block ends where a page begins that cannot be read.
 */
static size_t mapped(size_t size, size_t page)
{
	return (sizeof(size) + size + page - 1) / page * page;
}

void *sensor_alloc(size_t count, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t total;
	u8 *start;

	if (size && count > SIZE_MAX / 2 / size)
		return NULL;
	size *= count;
	total = mapped(size, page);
	start = mmap(NULL, total + page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED)
		return NULL;
	if (mprotect(start + total, page, PROT_NONE)) {
		munmap(start, total + page);
		return NULL;
	}
	memcpy(start + total - size - sizeof(size), &size, sizeof(size));
	return start + total - size;
}

void sensor_free(void *block)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size, total;

	if (!block)
		return;
	memcpy(&size, (u8 *)block - sizeof(size), sizeof(size));
	total = mapped(size, page);
	munmap((u8 *)block + size - total, total + page);
}

#endif

static void report(u32 num_instances, const struct sensor_outcome *outcome)
{
	sensor_print("loaded, %u instances: %u evaluated, %u matched, %u dead, flags %u%s",
		     num_instances, outcome->evaluated, outcome->matched,
		     outcome->dead, outcome->flags,
		     outcome->exhausted ? ", out of steps" : "");
}

static enum ending ended(int err, const struct sensor_refusal *why, bool verbose)
{
	if (err == -EINVAL) {
		if (verbose)
			sensor_print("refused: %s: %s, at byte %u", why->file,
				     why->what, why->at);
		return REFUSED;
	}
	if (err && verbose)
		sensor_print("not run: no memory");
	return err ? NOT_RUN : LOADED;
}

static enum ending run_case(const u8 *data, size_t len, bool verbose)
{
	struct sensor_outcome outcome;
	struct sensor_refusal why;
	u32 num_instances;
	int err = sensor_run_case(data, len, &num_instances, &outcome, &why);

	if (!err && verbose)
		report(num_instances, &outcome);
	return ended(err, &why, verbose);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	run_case(data, len, false);
	return 0;
}

#ifdef SENSOR_STANDALONE

#ifdef SANITIZED
const char *__asan_default_options(void);

/* A report ends the process with a signal, as a fault does: exit codes are ours. */
const char *__asan_default_options(void)
{
	return "abort_on_error=1";
}
#endif

/* Bytes of the longest case that is read. */
#define MAX_CASE (64u << 20)

static const char *const usage =
	"usage: %s [-v] [FILE]...\n"
	"       %s -o DEFINITIONS CHANNEL EVENT\n"
	"\n"
	"Runs cases (case.ksy): content is loaded, then an event is caused. Without\n"
	"FILE, or for -, the case is read from standard input.\n"
	"\n"
	"  -v  also says which inputs are read, and which instances match\n"
	"  -o  runs a case whose parts are files of their own, and says what is read\n"
	"      as `bootgate contract observe` asks for it\n"
	"\n"
	"Exit code 0: all were loaded; 1: content or an event was refused; 2: could\n"
	"not run. A crash ends it with a signal.\n"
	"\n"
	"This build: %s, with %d inputs for process, %d for file, %d for ipc\n"
	"(in an array of %d).\n";

static void print_usage(FILE *out, const char *program)
{
#ifdef BOOTGATE_CHECKED
	const char *kind = "checked";
#else
	const char *kind = "legacy";
#endif

	fprintf(out, usage, program, program, kind, BOOTGATE_INPUTS_PROCESS,
		BOOTGATE_INPUTS_FILE, BOOTGATE_INPUTS_IPC, BOOTGATE_STORAGE_IPC);
}

/* Reads all; NULL, and why on standard error, when that is not possible. */
static u8 *read_all(FILE *in, size_t *len)
{
	const char *why = NULL;
	u8 *data = NULL;
	size_t room = 0, got;

	*len = 0;
	do {
		if (*len == room) {
			u8 *more;

			room = room ? 2 * room : 1 << 16;
			more = realloc(data, room);
			if (!more) {
				why = "no memory";
				break;
			}
			data = more;
		}
		got = fread(data + *len, 1, room - *len, in);
		*len += got;
	} while (got && *len <= MAX_CASE);
	if (ferror(in))
		why = strerror(errno);
	else if (*len > MAX_CASE)
		why = "more than 64 MiB";
	if (!why)
		return data;
	fprintf(stderr, "%s: %s\n", case_name, why);
	free(data);
	return NULL;
}

/* A file as a part, which ends where its block ends. */
static enum ending read_part(const char *path, struct sensor_part *part)
{
	FILE *in = fopen(path, "rb");
	size_t len;
	u8 *data;

	case_name = path;
	if (!in) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return NOT_RUN;
	}
	data = read_all(in, &len);
	fclose(in);
	part->data = data ? sensor_alloc(1, len) : NULL;
	if (part->data) {
		memcpy(part->data, data, len);
		part->len = (u32)len;
	}
	free(data);
	return part->data ? LOADED : NOT_RUN;
}

static enum ending run_file(const char *path)
{
	bool piped = !strcmp(path, "-");
	FILE *in = piped ? stdin : fopen(path, "rb");
	enum ending ending = NOT_RUN;
	size_t len;
	u8 *data;

	case_name = piped ? "standard input" : path;
	if (!in) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return NOT_RUN;
	}
	data = read_all(in, &len);
	if (!piped)
		fclose(in);
	if (data)
		ending = run_case(data, len, true);
	free(data);
	return ending;
}

/* A content set and an event, each in a file of its own. */
static enum ending run_set(char **paths)
{
	struct sensor_part parts[3] = { { NULL, 0 } };
	struct sensor_outcome outcome;
	struct sensor_refusal why;
	enum ending ending = LOADED;
	u32 num_instances;
	int i, err;

	sensor_observing = true;
	for (i = 0; i < 3 && ending == LOADED; i++)
		ending = read_part(paths[i], &parts[i]);
	case_name = "case";
	if (ending == LOADED) {
		err = sensor_run_parts(parts, &num_instances, &outcome, &why);
		if (!err)
			report(num_instances, &outcome);
		ending = ended(err, &why, true);
	}
	for (i = 0; i < 3; i++)
		sensor_free(parts[i].data);
	return ending;
}

int main(int argc, char **argv)
{
	enum ending worst = LOADED, ending;
	int i = 1;

	/* What is printed before a crash is to be seen. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (i < argc && !strcmp(argv[i], "-v")) {
		sensor_tracing = true;
		i++;
	}
	if (argc == 5 && !strcmp(argv[1], "-o"))
		return run_set(argv + 2);
	if (i < argc && argv[i][0] == '-' && argv[i][1]) {
		bool asked = !strcmp(argv[i], "-h") || !strcmp(argv[i], "--help");

		print_usage(asked ? stdout : stderr, argv[0]);
		return asked ? LOADED : NOT_RUN;
	}
	if (i == argc)
		return run_file("-");
	for (; i < argc; i++) {
		ending = run_file(argv[i]);
		worst = ending > worst ? ending : worst;
	}
	return worst;
}

#endif
