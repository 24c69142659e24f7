/* Generators: functions with yield run on a stack of their own; generator expressions keep their loops' state. */
#include <glib/gi18n.h>

#include "object.h"

PyValue py_generator_new(PyInterp *interp, Frame *frame, PyFunction *function)
{
  PyGenerator *generator = new0(interp, PyGenerator);
  generator->frame = frame;
  generator->function = function;
  return (PyValue){.type = PY_GENERATOR, .generator = generator};
}

PyValue py_generator_expression_new(PyInterp *interp, Frame *frame, const PyExpr *expr, PyValue first_iter)
{
  PyGenerator *generator = new0(interp, PyGenerator);
  generator->frame = frame;
  generator->expression = expr;
  generator->iterators = new_array(interp, PyValue, expr->comp.n);
  generator->iterators[0] = first_iter;
  return (PyValue){.type = PY_GENERATOR, .generator = generator};
}

/* ---- generator expressions ---- */

/* Takes one item of the innermost open loop.  1: an element is due, 0: go on, -1: ended or failed. */
static int advance(PyInterp *interp, PyGenerator *g)
{
  const PyExpr *expr = g->expression;
  PyValue item;
  if (!py_step(interp))
    return -1;
  if (!py_next(interp, g->iterators[g->level], &item)) {
    if (py_failed(interp) || g->level == 0)
      return -1;
    g->level--;
    return 0;
  }
  const PyComprehension *part = &expr->comp.generators[g->level];
  int hold =
      py_assign(interp, g->frame, part->target, item) ? py_conditions_hold(interp, g->frame, part) : -1;
  if (hold <= 0 || g->level + 1 == expr->comp.n)
    return hold;
  PyValue inner = py_eval(interp, g->frame, expr->comp.generators[g->level + 1].iter);
  PyValue iterator = py_is_null(inner) ? inner : py_iter(interp, inner);
  if (py_is_null(iterator))
    return -1;
  g->iterators[++g->level] = iterator;
  return 0;
}

static gboolean next_of_expression(PyInterp *interp, PyGenerator *g, PyValue *item)
{
  int state;
  while ((state = advance(interp, g)) == 0)
    ;
  *item = state > 0 ? py_eval(interp, g->frame, g->expression->comp.element) : py_null();
  return !py_is_null(*item);
}

/* ---- generator functions ---- */

static gboolean is_stop_iteration(PyInterp *interp)
{
  return interp->outcome == PY_RAISED &&
         py_class_is_subclass(interp->exception.instance->cls, py_builtin_class(interp, "StopIteration"));
}

static void run_body(PyInterp *interp, void *data)
{
  PyGenerator *g = data;
  Flow flow = py_exec_block(interp, g->frame, g->function->body);
  g->result = flow == FLOW_RETURN ? g->frame->result : py_none();
  g->finished = TRUE;
  if (is_stop_iteration(interp)) {
    py_clear(interp);
    py_raise(interp, "RuntimeError", "generator raised StopIteration");
  }
}

static gboolean switch_to(PyInterp *interp, PyGenerator *g, PyValue *item)
{
  PyGenerator *outer = interp->generator;
  guint depth = interp->depth, inside_try = interp->inside_try;
  interp->generator = g;
  interp->depth++;
  interp->inside_try += g->inside_try;
  coroutine_switch_in(interp, g->coroutine);
  g->inside_try = g->finished ? 0 : interp->inside_try - inside_try;
  interp->generator = outer;
  interp->depth = depth;
  interp->inside_try = inside_try;
  *item = g->yielded;
  return !g->finished;
}

static gboolean next_of_function(PyInterp *interp, PyGenerator *g, PyValue sent, PyValue thrown,
                                 PyValue *item)
{
  if (!g->coroutine && py_is_null(sent)) {
    g->finished = TRUE;
    py_raise_value(interp, thrown);
    return FALSE;
  }
  if (!g->coroutine)
    g->coroutine = coroutine_new(interp, run_body, g);
  if (!g->coroutine)
    return FALSE;
  g->sent = sent;
  g->thrown = thrown;
  return switch_to(interp, g, item);
}

gboolean py_generator_resume(PyInterp *interp, PyGenerator *g, PyValue sent, PyValue thrown, PyValue *item)
{
  if (g->finished) {
    if (py_is_null(sent))
      py_raise_value(interp, thrown);
    return FALSE;
  }
  if (g->running) {
    py_raise(interp, "ValueError", "generator already executing");
    return FALSE;
  }
  if (py_deep(interp))
    return FALSE;
  g->running = TRUE;
  g->frame->caller = interp->frame;
  Frame *before = interp->frame;
  interp->frame = g->frame;
  gboolean more;
  if (!g->expression) {
    more = next_of_function(interp, g, sent, thrown, item);
  } else {
    if (py_is_null(sent))
      py_raise_value(interp, thrown);
    more = !py_is_null(sent) && next_of_expression(interp, g, item);
    g->finished = !more;
    g->result = py_none();
  }
  interp->frame = before;
  g->running = FALSE;
  return more;
}

PyValue py_generator_yield(PyInterp *interp, PyValue value)
{
  PyGenerator *g = interp->generator;
  if (!g || interp->frame != g->frame)
    return py_raise(interp, "RuntimeError", "yield outside a generator");
  g->yielded = value;
  coroutine_switch_out(interp, g->coroutine, FALSE);
  return py_is_null(g->sent) ? py_raise_value(interp, g->thrown) : g->sent;
}

PyValue py_eval_yield_from(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue v = py_eval(interp, frame, expr->operand);
  PyValue iterator = py_is_null(v) ? v : py_iter(interp, v), item;
  if (py_is_null(iterator))
    return iterator;
  frame->at = expr->span;
  PyValue sent = py_none();
  gboolean generator = iterator.type == PY_GENERATOR;
  while (generator ? py_generator_resume(interp, iterator.generator, sent, py_null(), &item)
                   : py_next(interp, iterator, &item)) {
    sent = py_generator_yield(interp, item);
    if (py_is_null(sent))
      return sent;
  }
  if (py_failed(interp))
    return py_null();
  return generator && iterator.generator->result.type != PY_NULL ? iterator.generator->result : py_none();
}

/* ---- methods ---- */

static PyValue end_of(PyInterp *interp, PyGenerator *g)
{
  if (py_failed(interp))
    return py_null();
  gboolean value = g->result.type != PY_NULL && g->result.type != PY_NONE;
  return py_raise_value(
      interp, py_exception_new(interp, py_builtin_class(interp, "StopIteration"), &g->result, value));
}

static PyValue generator_send(PyInterp *interp, PyCall *call)
{
  PyValue item;
  PyGenerator *g = call->self.generator;
  if (py_generator_resume(interp, g, call->n_values ? call->values[0] : py_none(), py_null(), &item))
    return item;
  return end_of(interp, g);
}

static PyValue generator_throw(PyInterp *interp, PyCall *call)
{
  PyValue exception =
      py_is_null(call->values[1]) || py_is_none(call->values[1]) ? call->values[0] : call->values[1];
  if (exception.type == PY_CLASS)
    exception = py_call_args(interp, exception, &(PyArgs){0});
  PyValue item;
  if (py_is_null(exception))
    return exception;
  if (py_generator_resume(interp, call->self.generator, py_null(), exception, &item))
    return item;
  return end_of(interp, call->self.generator);
}

static PyValue generator_close(PyInterp *interp, PyCall *call)
{
  PyGenerator *g = call->self.generator;
  PyValue exit = py_exception_new(interp, py_builtin_class(interp, "GeneratorExit"), NULL, 0), item;
  if (g->finished || !g->coroutine) {
    g->finished = TRUE;
    return py_none();
  }
  if (py_generator_resume(interp, g, py_null(), exit, &item))
    return py_raise(interp, "RuntimeError", "generator ignored GeneratorExit");
  if (interp->outcome == PY_RAISED && py_identical(interp->exception, exit))
    py_clear(interp);
  return py_failed(interp) ? py_null() : py_none();
}

static PyValue generator_self(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->self;
}

const PyMethod generator_methods[] = {
    {"__iter__", generator_self, "", PY_METHOD_PLAIN},
    {"__next__", generator_send, "", PY_METHOD_PLAIN},
    {"send", generator_send, "value", PY_TAKES_UNKNOWN},
    {"throw", generator_throw, "typ, val=?, tb=?", PY_METHOD_PLAIN},
    {"close", generator_close, "", PY_METHOD_PLAIN},
    {0},
};
