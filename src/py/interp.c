/* A run: its budget, its outcome, where it stands. */
#include <stdarg.h>
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

/* How many steps go by between two looks at the memory used. */
#define MEMORY_CHECK_STEPS 256

PyInterp *py_interp_new(PyRuntime *runtime, const PyLimits *limits, void *data)
{
  PyInterp *interp = g_new0(PyInterp, 1);
  interp->runtime = runtime;
  interp->data = data;
  if (limits)
    interp->limits = *limits;
  if (!interp->limits.steps)
    interp->limits.steps = PY_DEFAULT_STEPS;
  if (!interp->limits.memory)
    interp->limits.memory = PY_DEFAULT_MEMORY;
  if (!interp->limits.recursion)
    interp->limits.recursion = PY_DEFAULT_RECURSION;
  interp->steps_left = interp->limits.steps;
  interp->arena = arena_new(interp->limits.memory);
  interp->modules = py_dict_new(interp);
  return interp;
}

void py_interp_free(PyInterp *interp)
{
  if (!interp)
    return;
  coroutines_free(interp);
  arena_free(interp->arena);
  g_free(interp);
}

Arena *py_arena(PyInterp *interp)
{
  return interp->arena;
}

PyRuntime *py_runtime_of(PyInterp *interp)
{
  return interp->runtime;
}

void *py_data(PyInterp *interp)
{
  return interp->data;
}

void py_set_print(PyInterp *interp, PyPrint print, void *data)
{
  interp->print = print;
  interp->print_data = data;
}

/* ---- starting over ---- */

struct PySaved {
  PyInterp state;
  ArenaImage *image;
};

PySaved *py_save(PyInterp *interp)
{
  if (interp->outcome != PY_OK || interp->frame || (interp->coroutines && interp->coroutines->len > 0))
    return NULL;
  coroutines_free(interp);
  interp->steps_left = interp->limits.steps;
  PySaved *saved = g_new0(PySaved, 1);
  saved->state = *interp;
  saved->image = arena_save(interp->arena);
  return saved;
}

void py_restore(PyInterp *interp, const PySaved *saved, void *data)
{
  coroutines_free(interp);
  arena_restore(interp->arena, saved->image);
  *interp = saved->state;
  interp->data = data;
}

void py_saved_free(PySaved *saved)
{
  if (!saved)
    return;
  arena_image_free(saved->image);
  g_free(saved);
}

/* ---- outcome ---- */

PyOutcome py_outcome(PyInterp *interp)
{
  return interp->outcome;
}

gboolean py_failed(PyInterp *interp)
{
  return interp->outcome != PY_OK;
}

PyValue py_exception(PyInterp *interp)
{
  return interp->outcome == PY_RAISED ? interp->exception : py_null();
}

const PyReason *py_stop_reason(PyInterp *interp)
{
  return interp->outcome == PY_STOPPED || interp->outcome == PY_BUDGET ? interp->reason : NULL;
}

void py_clear(PyInterp *interp)
{
  if (interp->outcome == PY_RAISED) {
    interp->outcome = PY_OK;
    interp->exception = py_null();
    interp->n_trace = 0;
  }
}

static PyPlace trace_place(PyInterp *interp, const char *path)
{
  for (guint i = 0; path && i < interp->n_trace; i++)
    if (interp->trace[i].path && !strcmp(interp->trace[i].path, path))
      return interp->trace[i];
  return interp->n_trace ? interp->trace[0] : (PyPlace){0};
}

PyPlace py_exception_place(PyInterp *interp, const char *path)
{
  return trace_place(interp, path);
}

PyPlace py_stop_place(PyInterp *interp, const char *path)
{
  return trace_place(interp, path);
}

static PyPlace frame_place(const Frame *frame)
{
  return (PyPlace){frame->tree ? frame->tree->path : NULL, frame->at.line, frame->at.column};
}

/* Remembers where all frames stand, innermost first. */
void py_note_place(PyInterp *interp)
{
  guint depth = 0;
  for (const Frame *frame = interp->frame; frame && depth < PY_TRACE_DEPTH; frame = frame->caller)
    depth++;
  PyPlace *trace = new_array(interp, PyPlace, depth + 1);
  interp->n_trace = 0;
  interp->trace = trace;
  for (const Frame *frame = interp->frame; frame && interp->n_trace < PY_TRACE_DEPTH; frame = frame->caller)
    if (frame->at.line)
      trace[interp->n_trace++] = frame_place(frame);
}

static PyValue end_run(PyInterp *interp, PyOutcome outcome, const PyReason *reason)
{
  if (interp->outcome == PY_STOPPED || interp->outcome == PY_BUDGET)
    return py_null();
  py_note_place(interp);
  interp->outcome = outcome;
  interp->reason = reason;
  return py_null();
}

PyValue py_stop_because(PyInterp *interp, const PyReason *reason)
{
  return end_run(interp, PY_STOPPED, reason);
}

PyValue py_stop(PyInterp *interp, PyReasonKind kind, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  PyReason *reason = new0(interp, PyReason);
  *reason = (PyReason){kind, py_here(interp), arena_strdup(interp->arena, text), FALSE};
  return py_stop_because(interp, reason);
}

gboolean py_require_known(PyInterp *interp, PyValue v)
{
  const PyReason *reason = py_find_unknown(v);
  if (reason)
    py_stop_because(interp, reason);
  return !reason;
}

/* ---- budget ---- */

gboolean py_exhausted(PyInterp *interp, const char *text)
{
  PyReason *reason = new0(interp, PyReason);
  *reason = (PyReason){PY_NEEDS_PYTHON, py_here(interp), text, FALSE};
  end_run(interp, PY_BUDGET, reason);
  return FALSE;
}

gboolean py_reserve(PyInterp *interp, gsize bytes)
{
  if (bytes <= interp->limits.memory && arena_used(interp->arena) <= interp->limits.memory - bytes)
    return TRUE;
  return py_exhausted(interp, _("it needs more memory than a migration may use here"));
}

gboolean py_spend(PyInterp *interp, guint64 n)
{
  if (n >= interp->steps_left) {
    interp->steps_left = 0;
    return py_exhausted(interp, _("it takes more steps than a migration may take here (an endless loop?)"));
  }
  guint64 before = interp->steps_left / MEMORY_CHECK_STEPS;
  interp->steps_left -= n;
  return before == interp->steps_left / MEMORY_CHECK_STEPS || py_reserve(interp, 0);
}

PyValue py_doubt(PyInterp *interp, PyValue unknown)
{
  interp->n_doubts++;
  interp->doubt = unknown.reason;
  return unknown;
}

gboolean py_step(PyInterp *interp)
{
  return py_spend(interp, 1);
}

gboolean py_deep(PyInterp *interp)
{
  char here;
  if (interp->depth<interp->limits.recursion && & here> interp->stack_limit)
    return FALSE;
  py_exhausted(interp, _("it calls itself too deeply"));
  return TRUE;
}

/* ---- where we are ---- */

PyPlace py_here(PyInterp *interp)
{
  for (const Frame *frame = interp->frame; frame; frame = frame->caller)
    if (frame->at.line)
      return frame_place(frame);
  return (PyPlace){0};
}

PyPlace py_here_in(PyInterp *interp, const char *path)
{
  for (const Frame *frame = interp->frame; frame; frame = frame->caller)
    if (frame->at.line && frame->tree && !g_strcmp0(frame->tree->path, path))
      return frame_place(frame);
  return py_here(interp);
}

const char *py_here_text(PyInterp *interp)
{
  const Frame *frame = interp->frame;
  if (!frame || !frame->tree || frame->at.end <= frame->at.start || frame->at.end > frame->tree->len)
    return NULL;
  return arena_strndup(interp->arena, frame->tree->text + frame->at.start, frame->at.end - frame->at.start);
}

guint py_inside_try(PyInterp *interp)
{
  return interp->inside_try;
}

gboolean py_loading(PyInterp *interp)
{
  return interp->loading > 0;
}
