static void *inputs[20]; void **of_ipc(void) { return inputs; }
