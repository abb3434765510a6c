/* MKL asks whether the processor is Intel's before it takes its widest code. Preloaded, these say yes: the instructions are there. */
int mkl_serv_intel_cpu_true(void) { return 1; }
int mkl_serv_intel_cpu(void) { return 1; }
