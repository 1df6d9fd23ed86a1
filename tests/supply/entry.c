/* A Windows program without a runtime. */
#include "bootgate_supply.h"

#ifdef __cplusplus
extern "C"
#endif
int entry(void);

int entry(void)
{
	static const int *ipc[32];
	BOOTGATE_INPUTS(const int *, process, "inputs.process", ipc[0], ipc[1], ipc[2]);
	BOOTGATE_SUPPLY_BEYOND("inputs.ipc", ipc, 20, BOOTGATE_FAULT);
	return process[2] != 0;
}
