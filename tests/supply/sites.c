/* A consumer in C or C++ with a call site for each way to state what it fills in. */
#include "bootgate_supply.h"

#ifdef __cplusplus
extern "C"
#endif
int evaluate(const int *const *inputs, unsigned count);

enum { IPC_INPUTS = 20 };

#ifdef __cplusplus
extern "C"
#endif
int check(const int *seen)
{
	const int *ipc[32] = { seen };
	const int *file[12] = { seen };
	BOOTGATE_INPUTS(const int *, process, "inputs.process", seen, seen, seen);
	BOOTGATE_SUPPLY_BEYOND("inputs.file", file, sizeof(file) / sizeof(file[0]), BOOTGATE_NO_MATCH);
	BOOTGATE_SUPPLY("inputs.ipc", ipc, IPC_INPUTS);
	return evaluate(BOOTGATE_PASS("inputs.ipc", ipc, IPC_INPUTS), IPC_INPUTS) + evaluate(process, 3) +
	       evaluate(file, 12);
}
