/* Call expressions and comprehensions. */
#include <string.h>
#include <alloca.h>

#include "object.h"

/* ---- calls ---- */

static gboolean has_stars(const PyExpr *expr)
{
  for (guint i = 0; i < expr->call.n_args; i++)
    if (expr->call.args[i]->kind == PY_EXPR_STARRED)
      return TRUE;
  for (guint i = 0; i < expr->call.n_keywords; i++)
    if (!expr->call.keywords[i].name)
      return TRUE;
  return FALSE;
}

static gboolean expand_positional(PyInterp *interp, Frame *frame, const PyExpr *expr, PyList *list)
{
  for (guint i = 0; i < expr->call.n_args; i++) {
    const PyExpr *arg = expr->call.args[i];
    gboolean star = arg->kind == PY_EXPR_STARRED;
    PyValue v = py_eval(interp, frame, star ? arg->operand : arg);
    if (py_is_null(v))
      return FALSE;
    frame->at = expr->span;
    if (!star) {
      py_list_append(interp, list, v);
      continue;
    }
    PyList *items = py_collect(interp, v);
    if (!items)
      return FALSE;
    for (gsize j = 0; j < items->len; j++)
      py_list_append(interp, list, items->items[j]);
  }
  return !py_failed(interp);
}

static gboolean add_keyword(PyInterp *interp, PyDict *dict, PyValue key, PyValue value)
{
  if (key.type != PY_STR) {
    py_raise(interp, "TypeError", "keywords must be strings");
    return FALSE;
  }
  if (py_dict_find(dict, key.str)) {
    py_raise_name(interp, "TypeError", key.str, "got multiple values for keyword argument '%s'");
    return FALSE;
  }
  py_dict_put(interp, dict, key.str, value);
  return TRUE;
}

static gboolean expand_mapping(PyInterp *interp, PyDict *dict, PyValue mapping)
{
  PyValue plain = py_plain(mapping);
  if (plain.type == PY_DICT) {
    PyValue key, value;
    for (gsize at = 0; py_dict_next(plain.dict, &at, &key, &value);)
      if (!add_keyword(interp, dict, key, value))
        return FALSE;
    return TRUE;
  }
  if (mapping.type == PY_UNKNOWN) {
    py_stop_because(interp, mapping.reason);
    return FALSE;
  }
  PyValue keys = py_call_method(interp, mapping, "keys", NULL, 0);
  PyList *list = py_is_null(keys) ? NULL : py_collect(interp, keys);
  for (gsize i = 0; list && i < list->len; i++) {
    PyValue value = py_get_item(interp, mapping, list->items[i]);
    if (py_is_null(value) || !add_keyword(interp, dict, list->items[i], value))
      return FALSE;
  }
  return list != NULL;
}

/* A call with * or ** in it. */
static PyValue call_expanded(PyInterp *interp, Frame *frame, const PyExpr *expr, PyValue function,
                             PyValue self)
{
  PyValue list = py_list(interp, expr->call.n_args + 4);
  if (!expand_positional(interp, frame, expr, list.list))
    return py_null();
  PyDict *dict = py_dict_new(interp);
  for (guint i = 0; i < expr->call.n_keywords; i++) {
    const PyKeywordArg *keyword = &expr->call.keywords[i];
    PyValue v = py_eval(interp, frame, keyword->value);
    if (py_is_null(v))
      return v;
    frame->at = expr->span;
    if (!(keyword->name ? add_keyword(interp, dict, py_from_str(keyword->name), v)
                        : expand_mapping(interp, dict, v)))
      return py_null();
  }
  guint n = (guint)py_dict_len(dict);
  PyStr **names = new_array(interp, PyStr *, n + 1);
  PyValue *values = new_array(interp, PyValue, n + 1);
  PyValue key, value;
  guint used = 0;
  for (gsize at = 0; py_dict_next(dict, &at, &key, &value); used++) {
    names[used] = key.str;
    values[used] = value;
  }
  return py_call_self(interp, function, self,
                      &(PyArgs){list.list->items, (guint)list.list->len, names, values, n});
}

static PyValue call_plain(PyInterp *interp, Frame *frame, const PyExpr *expr, PyValue function, PyValue self)
{
  guint n = expr->call.n_args, n_keywords = expr->call.n_keywords;
  PyValue *args = alloca(sizeof(PyValue) * (n + n_keywords + 1));
  PyStr **names = alloca(sizeof(PyStr *) * (n_keywords + 1));
  for (guint i = 0; i < n; i++) {
    args[i] = py_eval(interp, frame, expr->call.args[i]);
    if (py_is_null(args[i]))
      return py_null();
  }
  for (guint i = 0; i < n_keywords; i++) {
    names[i] = expr->call.keywords[i].name;
    args[n + i] = py_eval(interp, frame, expr->call.keywords[i].value);
    if (py_is_null(args[n + i]))
      return py_null();
    for (guint j = 0; j < i; j++)
      if (names[j] == names[i])
        return py_raise_name(interp, "SyntaxError", names[i], "keyword argument repeated: %s");
  }
  frame->at = expr->span;
  return py_call_self(interp, function, self, &(PyArgs){args, n, names, args + n, n_keywords});
}

/* More arguments than this go through the arena rather than the stack. */
#define STACK_ARGUMENTS 64

PyValue py_eval_call(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  const PyExpr *callee = expr->call.function;
  PyValue function, self = py_null();
  if (callee->kind == PY_EXPR_ATTRIBUTE) {
    PyValue owner = py_eval(interp, frame, callee->attribute.value);
    if (py_is_null(owner))
      return owner;
    frame->at = callee->span;
    if (!py_find_method(interp, owner, callee->attribute.name, &function, &self))
      return py_null();
  } else {
    function = py_eval(interp, frame, callee);
    if (py_is_null(function))
      return function;
  }
  frame->at = expr->span;
  if (has_stars(expr) || expr->call.n_args + expr->call.n_keywords > STACK_ARGUMENTS)
    return call_expanded(interp, frame, expr, function, self);
  return call_plain(interp, frame, expr, function, self);
}

/* ---- comprehensions ---- */

typedef struct {
  const PyExpr *expr;
  PyValue out;     /* list, set or dict; PY_NULL: yields */
  PyValue unknown; /* a part of a set or dict that cannot be known makes the whole unknown */
} Comprehension;

static Frame *comprehension_frame(PyInterp *interp, Frame *outer, const PyExpr *expr)
{
  Frame *frame = new0(interp, Frame);
  frame->scope = expr->comp.scope;
  frame->slots = new_array(interp, PyValue, expr->comp.scope->n_names + 1);
  frame->outer = outer;
  frame->caller = interp->frame;
  frame->module = outer->module;
  frame->tree = outer->tree;
  frame->at = expr->span;
  return frame;
}

static gboolean put_element(PyInterp *interp, Frame *frame, Comprehension *c)
{
  PyValue element = py_eval(interp, frame, c->expr->comp.element);
  if (py_is_null(element))
    return FALSE;
  switch (c->expr->kind) {
  case PY_EXPR_LIST_COMP: py_list_append(interp, c->out.list, element); return !py_failed(interp);
  case PY_EXPR_SET_COMP:
    if (element.type == PY_UNKNOWN) {
      c->unknown = element;
      return TRUE;
    }
    return py_dict_set(interp, c->out.dict, element, py_none());
  default: {
    PyValue value = py_eval(interp, frame, c->expr->comp.value);
    if (py_is_null(value))
      return FALSE;
    if (element.type == PY_UNKNOWN) {
      c->unknown = element;
      return TRUE;
    }
    return py_dict_set(interp, c->out.dict, element, value);
  }
  }
}

int py_conditions_hold(PyInterp *interp, Frame *frame, const PyComprehension *part)
{
  for (guint i = 0; i < part->n_conditions; i++) {
    PyValue v = py_eval(interp, frame, part->conditions[i]);
    int truth = py_is_null(v) ? -1 : py_truth(interp, v);
    if (truth <= 0)
      return truth;
  }
  return 1;
}

/* The loop of one "for" and those inside it; iterator is its iterable's. */
static gboolean run_loop(PyInterp *interp, Frame *frame, Comprehension *c, guint level, PyValue iterator)
{
  const PyComprehension *part = &c->expr->comp.generators[level];
  PyValue item;
  while (py_next(interp, iterator, &item)) {
    if (!py_step(interp) || !py_assign(interp, frame, part->target, item))
      return FALSE;
    int hold = py_conditions_hold(interp, frame, part);
    if (hold < 0)
      return FALSE;
    if (!hold)
      continue;
    if (level + 1 == c->expr->comp.n) {
      if (!put_element(interp, frame, c))
        return FALSE;
      continue;
    }
    PyValue inner = py_eval(interp, frame, c->expr->comp.generators[level + 1].iter);
    PyValue next = py_is_null(inner) ? inner : py_iter(interp, inner);
    if (py_is_null(next) || py_deep(interp) || !run_loop(interp, frame, c, level + 1, next))
      return FALSE;
  }
  return !py_failed(interp);
}

static PyValue empty_result(PyInterp *interp, PyExprKind kind)
{
  return kind == PY_EXPR_LIST_COMP  ? py_list(interp, 0)
         : kind == PY_EXPR_SET_COMP ? py_set(interp)
                                    : py_dict(interp);
}

static gboolean only_makes(const PyExpr *expr)
{
  if (!py_harmless(expr->comp.element) || !py_harmless(expr->comp.value))
    return FALSE;
  for (guint i = 0; i < expr->comp.n; i++) {
    const PyComprehension *part = &expr->comp.generators[i];
    if (i && !py_harmless(part->iter))
      return FALSE;
    for (guint j = 0; j < part->n_conditions; j++)
      if (!py_harmless(part->conditions[j]))
        return FALSE;
  }
  return TRUE;
}

PyValue py_eval_comprehension(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue first = py_eval(interp, frame, expr->comp.generators[0].iter);
  if (py_is_null(first))
    return first;
  /* What is made from an unknown's items is unknown; that is all when making it has no other effect. */
  if (first.type == PY_UNKNOWN && (interp->loading || only_makes(expr)))
    return first;
  frame->at = expr->span;
  for (guint i = 0; i < expr->comp.n; i++)
    if (expr->comp.generators[i].is_async)
      return py_stop(interp, PY_NEEDS_PYTHON, "async for");
  PyValue iterator = expr->kind == PY_EXPR_SET_COMP && expr->comp.n == 1 ? py_iter_unordered(interp, first)
                                                                         : py_iter(interp, first);
  if (py_is_null(iterator))
    return iterator;
  Frame *inner = comprehension_frame(interp, frame, expr);
  if (expr->kind == PY_EXPR_GENERATOR)
    return py_generator_expression_new(interp, inner, expr, iterator);
  Comprehension c = {.expr = expr, .out = empty_result(interp, expr->kind), .unknown = py_null()};
  interp->frame = inner;
  gboolean ok = run_loop(interp, inner, &c, 0, iterator);
  interp->frame = inner->caller;
  if (!ok)
    return py_null();
  return py_is_null(c.unknown) ? c.out : c.unknown;
}
