/* Any program runs to an outcome within its budget. */
#include <stdint.h>

#include "retort/py/interp.h"
#include "retort/py/parser.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static PyRuntime *runtime;
  static guint runs;
  if (runs++ % 500 == 0) { /* a runtime keeps what it made; do not let that pile up */
    py_runtime_free(runtime);
    runtime = py_runtime_new();
  }
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  PySyntaxError problem;
  const PyTree *tree = py_parse(arena, "fuzz", (const char *)data, size, PY_PARSE_DEFAULT, &problem);
  if (!tree)
    return 0;
  PyLimits limits = {.steps = 20000, .memory = 4 * 1024 * 1024, .recursion = 60};
  g_autoptr(PyInterp) interp = py_interp_new(runtime, &limits, NULL);
  PyModule *module = py_run(interp, tree, "__main__");
  if (module)
    py_call_named(interp, module, "upgrade");
  if (py_outcome(interp) == PY_RAISED)
    py_exception_text(interp);
  return 0;
}
