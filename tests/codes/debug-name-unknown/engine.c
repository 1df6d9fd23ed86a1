struct context { void *inputs[32]; } context;
