#include "support.h"

#include <string.h>

static void collect(void *data, const char *text, gsize len)
{
  g_string_append_len(data, text, (gssize)len);
}

static void run_with(Run *run, const char *text, const PyLimits *limits, void *data)
{
  run->arena = arena_new(ARENA_NO_LIMIT);
  run->printed = g_string_new(NULL);
  run->interp = py_interp_new(run->runtime, limits, data);
  py_set_print(run->interp, collect, run->printed);
  PySyntaxError problem = {0};
  const PyTree *tree = py_parse(run->arena, "test.py", text, strlen(text), PY_PARSE_DEFAULT, &problem);
  if (tree)
    run->module = py_run(run->interp, tree, "__main__");
  else
    g_string_append_printf(run->printed, "line %u: %s", problem.line, problem.text);
}

void run_text(Run *run, const char *text, const PyLimits *limits)
{
  *run = (Run){.runtime = py_runtime_new()};
  run_with(run, text, limits, NULL);
}

void run_hosted(Run *run, const char *text, const PyModuleDef *const *modules, void *data)
{
  *run = (Run){.runtime = py_runtime_new()};
  for (; *modules; modules++)
    py_runtime_add_module(run->runtime, *modules);
  run_with(run, text, NULL, data);
}

void run_end(Run *run)
{
  py_interp_free(run->interp);
  py_runtime_free(run->runtime);
  arena_free(run->arena);
  g_string_free(run->printed, TRUE);
}

char *run_outcome(Run *run)
{
  PyInterp *interp = run->interp;
  PyOutcome outcome = py_outcome(interp);
  if (outcome == PY_OK)
    return g_strdup("ok");
  if (outcome == PY_RAISED)
    return g_strdup_printf("raised %s at %u", py_exception_text(interp),
                           py_exception_place(interp, "test.py").line);
  return g_strdup_printf("%s: %s at %u", outcome == PY_STOPPED ? "stopped" : "budget",
                         py_stop_reason(interp)->text, py_stop_place(interp, "test.py").line);
}

char *source_path(const char *name)
{
  const char *srcdir = g_getenv("srcdir");
  return g_build_filename(srcdir ? srcdir : ".", name, NULL);
}
