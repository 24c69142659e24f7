/* Running small programs and looking at what they do. */
#pragma once

#include "retort/py/host.h"
#include "retort/py/parser.h"

typedef struct {
  PyRuntime *runtime;
  Arena *arena;
  PyInterp *interp;
  PyModule *module;
  GString *printed;
} Run;

/* Parses and runs the text as "test.py"; run->module is NULL when it did not come to its end. */
void run_text(Run *run, const char *text, const PyLimits *limits);
/* The same with host modules registered first (NULL-terminated), and a data pointer for them. */
void run_hosted(Run *run, const char *text, const PyModuleDef *const *modules, void *data);
void run_end(Run *run);
/* "ok", "raised TypeError: ... at 3", "stopped: ... at 3", "budget: ... at 3". */
char *run_outcome(Run *run);
/* The file below $srcdir. */
char *source_path(const char *name);
