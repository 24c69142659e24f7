/* Expressions. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

gboolean py_harmless(const PyExpr *expr)
{
  if (!expr)
    return TRUE;
  switch (expr->kind) {
  case PY_EXPR_CONSTANT:
  case PY_EXPR_NAME:
  case PY_EXPR_LAMBDA: return TRUE;
  case PY_EXPR_ATTRIBUTE: return py_harmless(expr->attribute.value);
  case PY_EXPR_SUBSCRIPT: return py_harmless(expr->subscript.value) && py_harmless(expr->subscript.index);
  case PY_EXPR_BINARY: return py_harmless(expr->binary.left) && py_harmless(expr->binary.right);
  case PY_EXPR_UNARY: return py_harmless(expr->operand);
  case PY_EXPR_IF:
    return py_harmless(expr->if_exp.test) && py_harmless(expr->if_exp.body) &&
           py_harmless(expr->if_exp.orelse);
  case PY_EXPR_FORMATTED: return py_harmless(expr->formatted.value) && py_harmless(expr->formatted.spec);
  case PY_EXPR_COMPARE:
    if (!py_harmless(expr->compare.first))
      return FALSE;
    for (guint i = 0; i < expr->compare.n; i++)
      if (!py_harmless(expr->compare.rest[i]))
        return FALSE;
    return TRUE;
  case PY_EXPR_TUPLE:
  case PY_EXPR_LIST:
  case PY_EXPR_BOOL:
  case PY_EXPR_JOINED:
    for (guint i = 0; i < expr->list.n; i++)
      if (!py_harmless(expr->list.items[i]))
        return FALSE;
    return TRUE;
  case PY_EXPR_DICT:
    for (guint i = 0; i < expr->dict.n; i++)
      if (!py_harmless(expr->dict.keys[i]) || !py_harmless(expr->dict.values[i]))
        return FALSE;
    return TRUE;
  default: return FALSE;
  }
}

/* ---- displays ---- */

/* Pushes the items, stars expanded, on the list. */
static gboolean eval_items(PyInterp *interp, Frame *frame, const PyExpr *expr, PyList *list)
{
  for (guint i = 0; i < expr->list.n; i++) {
    const PyExpr *item = expr->list.items[i];
    if (item->kind != PY_EXPR_STARRED) {
      PyValue value = py_eval(interp, frame, item);
      if (py_is_null(value))
        return FALSE;
      py_list_append(interp, list, value);
      continue;
    }
    PyValue many = py_eval(interp, frame, item->operand);
    PyList *items = py_is_null(many) ? NULL : py_collect(interp, many);
    if (!items)
      return FALSE;
    for (gsize j = 0; j < items->len; j++)
      py_list_append(interp, list, items->items[j]);
  }
  return !py_failed(interp);
}

static PyValue eval_list(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue list = py_list(interp, expr->list.n);
  if (!eval_items(interp, frame, expr, list.list))
    return py_null();
  if (expr->kind == PY_EXPR_TUPLE)
    list.type = PY_TUPLE;
  return list;
}

static PyValue eval_set(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue list = py_list(interp, expr->list.n), set = py_set(interp);
  if (!eval_items(interp, frame, expr, list.list))
    return py_null();
  for (gsize i = 0; i < list.list->len; i++) {
    if (list.list->items[i].type == PY_UNKNOWN)
      return list.list->items[i];
    if (!py_dict_set(interp, set.dict, list.list->items[i], py_none()))
      return py_null();
  }
  return set;
}

/* **mapping in a dict display. */
static gboolean merge_mapping(PyInterp *interp, PyDict *dict, PyValue mapping)
{
  PyValue plain = py_plain(mapping);
  if (plain.type == PY_DICT)
    return py_dict_update(interp, dict, plain.dict);
  PyValue keys = py_call_method(interp, mapping, "keys", NULL, 0);
  PyList *list = py_is_null(keys) ? NULL : py_collect(interp, keys);
  for (gsize i = 0; list && i < list->len; i++) {
    PyValue value = py_get_item(interp, mapping, list->items[i]);
    if (py_is_null(value) || !py_dict_set(interp, dict, list->items[i], value))
      return FALSE;
  }
  return list != NULL;
}

static PyValue eval_dict(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue dict = py_dict(interp), unknown = py_null();
  for (guint i = 0; i < expr->dict.n; i++) {
    PyValue key = expr->dict.keys[i] ? py_eval(interp, frame, expr->dict.keys[i]) : py_none();
    PyValue value = py_is_null(key) ? key : py_eval(interp, frame, expr->dict.values[i]);
    if (py_is_null(value))
      return value;
    if (key.type == PY_UNKNOWN)
      unknown = key;
    else if (!expr->dict.keys[i] && value.type == PY_UNKNOWN)
      unknown = value;
    else if (!expr->dict.keys[i] ? !merge_mapping(interp, dict.dict, value)
                                 : !py_dict_set(interp, dict.dict, key, value))
      return py_null();
  }
  return py_is_null(unknown) ? dict : unknown;
}

/* ---- operators ---- */

static PyValue eval_bool(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue value = py_null();
  for (guint i = 0; i < expr->list.n; i++) {
    value = py_eval(interp, frame, expr->list.items[i]);
    if (py_is_null(value) || i + 1 == expr->list.n)
      return value;
    if (value.type == PY_UNKNOWN) {
      gboolean rest_harmless = TRUE;
      for (guint j = i + 1; j < expr->list.n; j++)
        rest_harmless &= py_harmless(expr->list.items[j]);
      return rest_harmless || interp->loading ? value : py_stop_because(interp, value.reason);
    }
    frame->at = expr->span;
    int truth = py_truth(interp, value);
    if (truth < 0)
      return py_null();
    if (truth == (expr->op == PY_OR))
      return value;
  }
  return value;
}

static PyValue eval_compare(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue left = py_eval(interp, frame, expr->compare.first);
  for (guint i = 0; !py_is_null(left); i++) {
    PyValue right = py_eval(interp, frame, expr->compare.rest[i]);
    if (py_is_null(right))
      return right;
    frame->at = expr->span;
    PyValue result = py_compare(interp, expr->compare.ops[i], left, right);
    if (i + 1 == expr->compare.n || py_is_null(result))
      return result;
    if (result.type == PY_UNKNOWN)
      return interp->loading || py_harmless(expr) ? result : py_stop_because(interp, result.reason);
    int truth = py_truth(interp, result);
    if (truth <= 0)
      return truth < 0 ? py_null() : result;
    left = right;
  }
  return left;
}

static PyValue eval_binary(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue left = py_eval(interp, frame, expr->binary.left);
  PyValue right = py_is_null(left) ? left : py_eval(interp, frame, expr->binary.right);
  if (py_is_null(right))
    return right;
  frame->at = expr->span;
  return py_binary(interp, expr->op, left, right);
}

static PyValue eval_unary(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue v = py_eval(interp, frame, expr->operand);
  if (py_is_null(v))
    return v;
  frame->at = expr->span;
  return py_unary(interp, expr->op, v);
}

static PyValue eval_if(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue test = py_eval(interp, frame, expr->if_exp.test);
  if (py_is_null(test))
    return test;
  if (test.type == PY_UNKNOWN &&
      (interp->loading || (py_harmless(expr->if_exp.body) && py_harmless(expr->if_exp.orelse))))
    return test;
  frame->at = expr->span;
  int truth = py_truth(interp, test);
  if (truth < 0)
    return py_null();
  return py_eval(interp, frame, truth ? expr->if_exp.body : expr->if_exp.orelse);
}

/* ---- attributes, items ---- */

static PyValue eval_attribute(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue v = py_eval(interp, frame, expr->attribute.value);
  if (py_is_null(v))
    return v;
  frame->at = expr->span;
  return py_get_attr(interp, v, expr->attribute.name);
}

static PyValue eval_subscript(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue v = py_eval(interp, frame, expr->subscript.value);
  PyValue key = py_is_null(v) ? v : py_eval(interp, frame, expr->subscript.index);
  if (py_is_null(key))
    return key;
  frame->at = expr->span;
  return py_get_item(interp, v, key);
}

static PyValue eval_slice(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PySlice *slice = new0(interp, PySlice);
  slice->start = expr->slice.lower ? py_eval(interp, frame, expr->slice.lower) : py_none();
  slice->stop =
      expr->slice.upper && !py_is_null(slice->start) ? py_eval(interp, frame, expr->slice.upper) : py_none();
  slice->step =
      expr->slice.step && !py_is_null(slice->stop) ? py_eval(interp, frame, expr->slice.step) : py_none();
  if (py_failed(interp))
    return py_null();
  if (slice->start.type == PY_UNKNOWN)
    return slice->start;
  if (slice->stop.type == PY_UNKNOWN)
    return slice->stop;
  return (PyValue){.type = PY_SLICE, .slice = slice};
}

/* ---- f-strings ---- */

static gboolean put_formatted(PyInterp *interp, Frame *frame, const PyExpr *field, Builder *b)
{
  PyValue v = py_eval(interp, frame, field->formatted.value);
  if (py_is_null(v))
    return FALSE;
  frame->at = field->span;
  if (field->formatted.conversion) {
    v = field->formatted.conversion == 's' ? py_str_of(interp, v) : py_repr(interp, v);
    if (py_is_null(v))
      return FALSE;
  }
  PyValue spec = field->formatted.spec ? py_eval_joined(interp, frame, field->formatted.spec) : py_null();
  if (py_failed(interp))
    return FALSE;
  if (v.type == PY_UNKNOWN || spec.type == PY_UNKNOWN) {
    builder_unknown(b, v.type == PY_UNKNOWN ? v.reason : spec.reason);
    return TRUE;
  }
  if (v.type == PY_STR && (py_is_null(spec) || !spec.str->len)) {
    builder_put(b, v.str->data, v.str->len);
    return TRUE;
  }
  PyValue text = py_format_value(interp, v, py_is_null(spec) ? py_str_in(interp->arena, "", 0) : spec.str);
  if (text.type == PY_UNKNOWN)
    builder_unknown(b, text.reason);
  else if (text.type == PY_STR)
    builder_put(b, text.str->data, text.str->len);
  return !py_failed(interp);
}

PyValue py_eval_joined(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  Builder b;
  builder_init(&b, interp);
  for (guint i = 0; i < expr->list.n; i++) {
    const PyExpr *piece = expr->list.items[i];
    if (piece->kind == PY_EXPR_FORMATTED) {
      if (!put_formatted(interp, frame, piece, &b))
        return py_null();
    } else if (piece->constant.type == PY_STR) {
      builder_put(&b, piece->constant.str->data, piece->constant.str->len);
    } else {
      builder_unknown(&b, piece->constant.reason);
    }
  }
  return builder_end(&b);
}

/* ---- functions ---- */

const char *py_qualname(PyInterp *interp, const Frame *frame, const PyStr *name)
{
  while (frame && frame->scope->is_comprehension)
    frame = frame->outer;
  if (!frame || frame->scope->kind == PY_SCOPE_MODULE)
    return name->data;
  return frame->function
             ? arena_printf(interp->arena, "%s.<locals>.%s", frame->function->qualname, name->data)
             : arena_printf(interp->arena, "%s.%s", frame->qualname, name->data);
}

PyValue py_make_function(PyInterp *interp, Frame *frame, PyStr *name, const PyParams *params,
                         const PyScope *scope)
{
  PyFunction *function = new0(interp, PyFunction);
  function->name = name;
  function->qualname = py_qualname(interp, frame, name);
  function->params = params;
  function->scope = scope;
  function->closure = frame->scope->kind == PY_SCOPE_MODULE ? NULL : frame;
  function->module = frame->module;
  function->tree = frame->tree;
  function->owner = frame->owner;
  for (const Frame *f = frame; f && !function->owner; f = f->outer)
    if (f->function)
      function->owner = f->function->owner;
  function->defaults = new_array(interp, PyValue, params->n_params + 1);
  for (guint i = 0; i < params->n_params; i++) {
    if (!params->params[i].value)
      continue;
    function->defaults[i] = py_eval(interp, frame, params->params[i].value);
    if (py_is_null(function->defaults[i]))
      return py_null();
  }
  return (PyValue){.type = PY_FUNCTION, .function = function};
}

static PyValue eval_lambda(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyStr *name = py_str_in(interp->arena, "<lambda>", 8);
  PyValue function = py_make_function(interp, frame, name, &expr->lambda.params, expr->lambda.scope);
  if (!py_is_null(function))
    function.function->expr = expr->lambda.body;
  return function;
}

static PyValue eval_named(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue v = py_eval(interp, frame, expr->named.value);
  if (!py_is_null(v))
    py_store_name(interp, frame, expr->named.name, v);
  return v;
}

static PyValue eval_yield(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  PyValue v = expr->operand ? py_eval(interp, frame, expr->operand) : py_none();
  if (py_is_null(v))
    return v;
  frame->at = expr->span;
  return py_generator_yield(interp, v);
}

static PyValue eval_await(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  frame->at = expr->span;
  return py_stop(interp, PY_NEEDS_PYTHON, _("await is not supported"));
}

PyValue py_eval(PyInterp *interp, Frame *frame, const PyExpr *expr)
{
  if (expr->kind == PY_EXPR_CONSTANT)
    return expr->constant;
  if (!py_step(interp) || py_deep(interp))
    return py_null();
  switch (expr->kind) {
  case PY_EXPR_CONSTANT: return expr->constant;
  case PY_EXPR_NAME: frame->at = expr->span; return py_load_name(interp, frame, expr->name);
  case PY_EXPR_ATTRIBUTE: return eval_attribute(interp, frame, expr);
  case PY_EXPR_SUBSCRIPT: return eval_subscript(interp, frame, expr);
  case PY_EXPR_CALL: return py_eval_call(interp, frame, expr);
  case PY_EXPR_UNARY: return eval_unary(interp, frame, expr);
  case PY_EXPR_BINARY: return eval_binary(interp, frame, expr);
  case PY_EXPR_BOOL: return eval_bool(interp, frame, expr);
  case PY_EXPR_COMPARE: return eval_compare(interp, frame, expr);
  case PY_EXPR_IF: return eval_if(interp, frame, expr);
  case PY_EXPR_LAMBDA: return eval_lambda(interp, frame, expr);
  case PY_EXPR_TUPLE:
  case PY_EXPR_LIST: return eval_list(interp, frame, expr);
  case PY_EXPR_SET: return eval_set(interp, frame, expr);
  case PY_EXPR_DICT: return eval_dict(interp, frame, expr);
  case PY_EXPR_LIST_COMP:
  case PY_EXPR_SET_COMP:
  case PY_EXPR_DICT_COMP:
  case PY_EXPR_GENERATOR: return py_eval_comprehension(interp, frame, expr);
  case PY_EXPR_NAMED: return eval_named(interp, frame, expr);
  case PY_EXPR_JOINED: return py_eval_joined(interp, frame, expr);
  case PY_EXPR_SLICE: return eval_slice(interp, frame, expr);
  case PY_EXPR_YIELD: return eval_yield(interp, frame, expr);
  case PY_EXPR_YIELD_FROM: return py_eval_yield_from(interp, frame, expr);
  case PY_EXPR_AWAIT: return eval_await(interp, frame, expr);
  default: return py_raise(interp, "SyntaxError", "can't use starred expression here");
  }
}
