struct context { int num_inputs; void *inputs[]; } context;
