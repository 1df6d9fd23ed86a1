static void *inputs[14]; void **of_process(void) { return inputs; }
