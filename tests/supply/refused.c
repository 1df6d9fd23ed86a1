/* What the compiler must refuse: one statement for each number. */
#include "bootgate_supply.h"

void statements(const int *parameter[32], int variable);

void statements(const int *parameter[32], int variable)
{
	const int *inputs[32] = { 0 };
	const int **pointer = inputs;
	const int **const fixed = inputs;
	static const char name[] = "inputs";
	(void)parameter;
	(void)variable;
	(void)pointer;
	(void)fixed;
	(void)name;
#if STATEMENT == 0
	BOOTGATE_SUPPLY("inputs", inputs, 32);
#elif STATEMENT == 1
	BOOTGATE_SUPPLY("inputs", inputs, 33);
#elif STATEMENT == 2
	BOOTGATE_SUPPLY("inputs", pointer, 1);
#elif STATEMENT == 3
	BOOTGATE_SUPPLY("inputs", parameter, 1);
#elif STATEMENT == 4
	BOOTGATE_SUPPLY("inputs", fixed, 1);
#elif STATEMENT == 5
	BOOTGATE_SUPPLY("inputs", inputs, variable);
#elif STATEMENT == 6
	BOOTGATE_SUPPLY("inputs", inputs, -1);
#elif STATEMENT == 7
	BOOTGATE_SUPPLY("inputs", inputs, 1.5);
#elif STATEMENT == 8
	BOOTGATE_SUPPLY("", inputs, 1);
#elif STATEMENT == 9
	BOOTGATE_SUPPLY(name, inputs, 1);
#elif STATEMENT == 10
	(void)BOOTGATE_PASS("inputs", inputs, 33);
#elif STATEMENT == 11
	BOOTGATE_SUPPLY_BEYOND("inputs", inputs, 20, 3);
#elif STATEMENT == 12
	BOOTGATE_INPUTS(const int *, none, "inputs");
#endif
}
