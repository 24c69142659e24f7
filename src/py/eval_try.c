/* try and with. */
#include <glib/gi18n.h>

#include "object.h"

/* ---- with ---- */

static gboolean has_context_hooks(PyValue v)
{
  return v.type == PY_INSTANCE && v.instance->cls->host && v.instance->cls->host->enter;
}

static PyValue enter(PyInterp *interp, PyValue manager)
{
  if (manager.type == PY_UNKNOWN)
    return manager.reason->kind == PY_NEEDS_PYTHON ? py_stop_because(interp, manager.reason) : manager;
  PyValue method = py_special(interp, manager, "__enter__");
  if (!py_is_null(method))
    return py_call_self(interp, method, manager, &(PyArgs){0});
  if (has_context_hooks(manager))
    return manager.instance->cls->host->enter(interp, manager);
  method = py_find_attr(interp, manager, py_str_in(interp->arena, "__enter__", 9));
  if (!py_is_null(method))
    return py_call_args(interp, method, &(PyArgs){0});
  return py_failed(interp)
             ? py_null()
             : py_raise(interp, "TypeError", "'%s' object does not support the context manager protocol",
                        py_type_name(interp, manager));
}

/* 1: the exception is swallowed, 0: not, -1: another failure. */
static int leave(PyInterp *interp, PyValue manager, PyValue exception)
{
  if (manager.type == PY_UNKNOWN) {
    if (py_is_null(exception))
      return 0;
    py_stop_because(interp, manager.reason); /* nobody knows whether it swallows */
    return -1;
  }
  PyValue method = py_special(interp, manager, "__exit__");
  if (py_is_null(method) && has_context_hooks(manager))
    return manager.instance->cls->host->exit ? manager.instance->cls->host->exit(interp, manager, exception)
                                             : 0;
  if (py_is_null(method)) {
    method = py_getattr(interp, manager, "__exit__");
    manager = py_null();
  }
  if (py_is_null(method))
    return -1;
  PyValue args[3] = {py_none(), py_none(), py_none()};
  if (!py_is_null(exception)) {
    args[0] = py_class_value(exception.instance->cls);
    args[1] = exception;
  }
  PyValue result = py_call_self(interp, method, manager, &(PyArgs){.args = args, .n = 3});
  if (py_is_null(result))
    return -1;
  return py_is_null(exception) ? 0 : py_truth(interp, result);
}

/* A failure put aside while other code runs. */
typedef struct {
  PyValue exception;
  const PyPlace *trace;
  guint n_trace;
} Aside;

static Aside put_aside(PyInterp *interp)
{
  Aside aside = {interp->exception, interp->trace, interp->n_trace};
  py_clear(interp);
  return aside;
}

static void bring_back(PyInterp *interp, const Aside *aside)
{
  interp->outcome = PY_RAISED;
  interp->exception = aside->exception;
  interp->trace = aside->trace;
  interp->n_trace = aside->n_trace;
}

static Flow run_with_body(PyInterp *interp, Frame *frame, const PyStmt *stmt, guint item)
{
  return item + 1 < stmt->with.n ? py_exec_with(interp, frame, stmt, item + 1)
                                 : py_exec_block(interp, frame, &stmt->with.body);
}

Flow py_exec_with(PyInterp *interp, Frame *frame, const PyStmt *stmt, guint item)
{
  const PyWithItem *with = &stmt->with.items[item];
  PyValue manager = py_eval(interp, frame, with->context);
  if (py_is_null(manager) || py_deep(interp))
    return FLOW_FAIL;
  frame->at = with->context->span;
  if (stmt->with.is_async) {
    py_stop(interp, PY_NEEDS_PYTHON, _("async with is not supported"));
    return FLOW_FAIL;
  }
  PyValue entered = enter(interp, manager);
  if (py_is_null(entered))
    return FLOW_FAIL;
  Flow flow = FLOW_NEXT;
  if (with->target && !py_assign(interp, frame, with->target, entered))
    flow = FLOW_FAIL;
  if (flow == FLOW_NEXT)
    flow = run_with_body(interp, frame, stmt, item);
  if (flow != FLOW_FAIL) {
    PyValue result = frame->result;
    frame->at = with->context->span;
    int left = leave(interp, manager, py_null());
    frame->result = result;
    return left < 0 ? FLOW_FAIL : flow;
  }
  if (interp->outcome != PY_RAISED)
    return FLOW_FAIL;
  Aside aside = put_aside(interp);
  int swallowed = leave(interp, manager, aside.exception);
  if (swallowed == 0)
    bring_back(interp, &aside);
  return swallowed > 0 ? FLOW_NEXT : FLOW_FAIL;
}

/* ---- try ---- */

/* The handler for the exception put aside; NULL: none, or failed. */
static const PyHandler *find_handler(PyInterp *interp, Frame *frame, const PyStmt *stmt, PyValue exception)
{
  for (guint i = 0; i < stmt->try_.n; i++) {
    const PyHandler *handler = &stmt->try_.handlers[i];
    if (!handler->type)
      return handler;
    PyValue type = py_eval(interp, frame, handler->type);
    if (py_is_null(type))
      return NULL;
    frame->at = handler->span;
    int match = py_exception_matches(interp, exception, type);
    if (match)
      return match > 0 ? handler : NULL;
  }
  return NULL;
}

static Flow run_handler(PyInterp *interp, Frame *frame, const PyHandler *handler, PyValue exception)
{
  PyValue before = frame->handled;
  frame->handled = exception;
  if (handler->name)
    py_store_name(interp, frame, handler->name, exception);
  Flow flow = py_exec_block(interp, frame, &handler->body);
  frame->handled = before;
  if (handler->name && !py_failed(interp) && !py_delete_name(interp, frame, handler->name))
    py_clear(interp); /* the body deleted it already */
  return flow;
}

static Flow handle(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  if (stmt->try_.is_star) {
    py_clear(interp);
    py_stop(interp, PY_NEEDS_PYTHON, _("an exception reaches except*, which is not supported"));
    return FLOW_FAIL;
  }
  Aside aside = put_aside(interp);
  const PyHandler *handler = find_handler(interp, frame, stmt, aside.exception);
  if (handler)
    return run_handler(interp, frame, handler, aside.exception);
  if (!py_failed(interp))
    bring_back(interp, &aside);
  return FLOW_FAIL;
}

/* A handler that gives up: then the run we are after is one where it was not needed. */
static gboolean gives_up(const PyBlock *block)
{
  return block->n && block->items[block->n - 1]->kind == PY_STMT_RAISE;
}

static gboolean returns(const PyBlock *block)
{
  return block->n && block->items[block->n - 1]->kind == PY_STMT_RETURN;
}

/* Whether the block has no effect but names it binds and, at its end, a value it returns. */
static gboolean no_effect(const PyInterp *interp, const PyBlock *block)
{
  PyBlock rest = {block->items, returns(block) ? block->n - 1 : block->n};
  if (returns(block) && block->items[rest.n]->expr && !py_harmless(block->items[rest.n]->expr))
    return FALSE;
  for (guint i = 0; i < rest.n && !interp->loading; i++)
    if (rest.items[i]->kind == PY_STMT_ASSIGN && !py_harmless(rest.items[i]->assign.value))
      return FALSE;
  return py_only_binds(&rest);
}

/* Whether all ways through the statement end alike (in a return, or behind it) and have no other effect. */
static gboolean ways_alike(PyInterp *interp, const PyStmt *stmt, Flow flow)
{
  if (!no_effect(interp, &stmt->try_.body) || !no_effect(interp, &stmt->try_.orelse) ||
      returns(&stmt->try_.orelse))
    return FALSE;
  for (guint i = 0; i < stmt->try_.n; i++) {
    const PyBlock *body = &stmt->try_.handlers[i].body;
    if (!gives_up(body) && (!no_effect(interp, body) || returns(body) != (flow == FLOW_RETURN)))
      return FALSE;
  }
  return TRUE;
}

/* try: import x / except ImportError, or os.environ["X"] / except KeyError: when nobody here knows whether the body
 * fails, either way may be taken.  What both bind is unknown then; if they do more than that, so is what they do. */
static Flow undecided(PyInterp *interp, Frame *frame, const PyStmt *stmt, Flow flow)
{
  PyValue unknown = py_unknown_because(interp->doubt);
  gboolean alternative = FALSE;
  for (guint i = 0; i < stmt->try_.n; i++)
    alternative |= !gives_up(&stmt->try_.handlers[i].body);
  if (!alternative)
    return flow == FLOW_NEXT ? py_exec_block(interp, frame, &stmt->try_.orelse) : flow;
  if (!ways_alike(interp, stmt, flow)) {
    py_stop_because(interp, interp->doubt);
    return FLOW_FAIL;
  }
  if (flow == FLOW_RETURN) {
    frame->result = unknown;
    return flow;
  }
  py_bind_unknown(interp, frame, &stmt->try_.body, unknown);
  py_bind_unknown(interp, frame, &stmt->try_.orelse, unknown);
  for (guint i = 0; i < stmt->try_.n; i++)
    py_bind_unknown(interp, frame, &stmt->try_.handlers[i].body, unknown);
  return FLOW_NEXT;
}

static Flow exec_protected(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  guint n_doubts = interp->n_doubts;
  if (stmt->try_.n)
    interp->inside_try++;
  Flow flow = py_exec_block(interp, frame, &stmt->try_.body);
  if (stmt->try_.n)
    interp->inside_try--;
  if (flow == FLOW_FAIL && interp->outcome == PY_RAISED && stmt->try_.n)
    return handle(interp, frame, stmt);
  if (flow != FLOW_FAIL && stmt->try_.n && interp->n_doubts > n_doubts)
    return undecided(interp, frame, stmt, flow);
  return flow == FLOW_NEXT ? py_exec_block(interp, frame, &stmt->try_.orelse) : flow;
}

Flow py_exec_try(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  Flow flow = exec_protected(interp, frame, stmt);
  if (!stmt->try_.finalbody.n)
    return flow;
  if (flow != FLOW_FAIL) {
    PyValue result = frame->result;
    Flow last = py_exec_block(interp, frame, &stmt->try_.finalbody);
    if (last == FLOW_NEXT)
      frame->result = result;
    return last == FLOW_NEXT ? flow : last;
  }
  if (interp->outcome != PY_RAISED)
    return FLOW_FAIL;
  Aside aside = put_aside(interp);
  Flow last = py_exec_block(interp, frame, &stmt->try_.finalbody);
  if (last != FLOW_NEXT)
    return last;
  bring_back(interp, &aside);
  return FLOW_FAIL;
}
