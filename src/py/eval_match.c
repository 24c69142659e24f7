/* match statements. */
#include <string.h>

#include "object.h"

/* 1: matches (names bound), 0: does not, -1: failed. */
static int match(PyInterp *interp, Frame *frame, const PyPattern *pattern, PyValue v);

static int match_value(PyInterp *interp, Frame *frame, const PyPattern *pattern, PyValue v)
{
  PyValue expected = py_eval(interp, frame, pattern->value);
  if (py_is_null(expected))
    return -1;
  if (expected.type == PY_NONE || expected.type == PY_BOOL)
    return py_identical(v, expected);
  PyValue same = py_compare(interp, PY_EQ, v, expected);
  return py_is_null(same) ? -1 : py_truth(interp, same);
}

static int match_sequence(PyInterp *interp, Frame *frame, const PyPattern *pattern, PyValue v)
{
  PyValue *items;
  gsize n;
  if (!py_sequence(v, &items, &n))
    return 0;
  guint star = pattern->n;
  for (guint i = 0; i < pattern->n; i++)
    if (pattern->items[i]->kind == PY_PATTERN_STAR)
      star = i;
  gboolean open = star < pattern->n;
  if (open ? n < pattern->n - 1 : n != pattern->n)
    return 0;
  gsize middle = open ? n - (pattern->n - 1) : 0;
  for (guint i = 0; i < pattern->n; i++) {
    int matched = 1;
    if (i == star) {
      if (pattern->items[i]->name)
        py_store_name(interp, frame, pattern->items[i]->name, py_list_of(interp, items + star, middle));
    } else {
      matched = match(interp, frame, pattern->items[i], items[i < star ? i : i - 1 + middle]);
    }
    if (matched <= 0)
      return matched;
  }
  return 1;
}

static int match_mapping(PyInterp *interp, Frame *frame, const PyPattern *pattern, PyValue v)
{
  v = py_plain(v);
  if (v.type != PY_DICT)
    return 0;
  PyDict *rest = pattern->name ? py_dict_copy(interp, v.dict) : NULL;
  for (guint i = 0; i < pattern->n; i++) {
    PyValue key = py_eval(interp, frame, pattern->keys[i]), value;
    if (py_is_null(key))
      return -1;
    if (!py_dict_get(interp, v.dict, key, &value))
      return py_failed(interp) ? -1 : 0;
    int matched = match(interp, frame, pattern->items[i], value);
    if (matched <= 0)
      return matched;
    if (rest)
      py_dict_del(interp, rest, key);
  }
  if (rest)
    py_store_name(interp, frame, pattern->name, (PyValue){.type = PY_DICT, .dict = rest});
  return 1;
}

static int match_attribute(PyInterp *interp, Frame *frame, PyValue v, PyStr *name, const PyPattern *pattern)
{
  PyValue value = py_getattr_opt(interp, v, name->data);
  if (py_is_null(value))
    return py_failed(interp) ? -1 : 0;
  return match(interp, frame, pattern, value);
}

static int match_class(PyInterp *interp, Frame *frame, const PyPattern *pattern, PyValue v)
{
  PyValue cls = py_eval(interp, frame, pattern->value);
  if (py_is_null(cls) || cls.type == PY_UNKNOWN) {
    if (cls.type == PY_UNKNOWN)
      py_stop_because(interp, cls.reason);
    return -1;
  }
  if (cls.type != PY_CLASS) {
    py_raise(interp, "TypeError", "called match pattern must be a class");
    return -1;
  }
  if (!py_isinstance(interp, v, cls.cls))
    return 0;
  if (pattern->n && cls.cls->builtin && !cls.cls->user) { /* int(x), str(x): the value itself */
    int matched = match(interp, frame, pattern->items[0], v);
    if (matched <= 0)
      return matched;
  } else if (pattern->n) {
    PyValue names = py_class_lookup_text(cls.cls, "__match_args__"), *items = NULL;
    gsize n = 0;
    if (!py_sequence(names, &items, &n) || n < pattern->n) {
      py_raise(interp, "TypeError", "%s() accepts %" G_GSIZE_FORMAT " positional sub-patterns (%u given)",
               cls.cls->name->data, n, pattern->n);
      return -1;
    }
    for (guint i = 0; i < pattern->n; i++) {
      int matched =
          items[i].type == PY_STR ? match_attribute(interp, frame, v, items[i].str, pattern->items[i]) : 0;
      if (matched <= 0)
        return matched;
    }
  }
  for (guint i = 0; i < pattern->n_keywords; i++) {
    int matched = match_attribute(interp, frame, v, pattern->keyword_names[i], pattern->keyword_items[i]);
    if (matched <= 0)
      return matched;
  }
  return 1;
}

static int match_or(PyInterp *interp, Frame *frame, const PyPattern *pattern, PyValue v)
{
  for (guint i = 0; i < pattern->n; i++) {
    int matched = match(interp, frame, pattern->items[i], v);
    if (matched)
      return matched;
  }
  return 0;
}

static int match(PyInterp *interp, Frame *frame, const PyPattern *pattern, PyValue v)
{
  if (py_deep(interp) || !py_step(interp))
    return -1;
  frame->at = pattern->span;
  if (v.type == PY_UNKNOWN && pattern->kind != PY_PATTERN_CAPTURE && pattern->kind != PY_PATTERN_AS) {
    py_stop_because(interp, v.reason);
    return -1;
  }
  switch (pattern->kind) {
  case PY_PATTERN_VALUE: return match_value(interp, frame, pattern, v);
  case PY_PATTERN_SEQUENCE: return match_sequence(interp, frame, pattern, v);
  case PY_PATTERN_MAPPING: return match_mapping(interp, frame, pattern, v);
  case PY_PATTERN_CLASS: return match_class(interp, frame, pattern, v);
  case PY_PATTERN_OR: return match_or(interp, frame, pattern, v);
  case PY_PATTERN_AS: {
    int matched = match(interp, frame, pattern->items[0], v);
    if (matched > 0 && pattern->name)
      py_store_name(interp, frame, pattern->name, v);
    return matched;
  }
  default:
    if (pattern->name)
      py_store_name(interp, frame, pattern->name, v);
    return 1;
  }
}

Flow py_exec_match(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  PyValue subject = py_eval(interp, frame, stmt->match.subject);
  if (py_is_null(subject))
    return FLOW_FAIL;
  for (guint i = 0; i < stmt->match.n; i++) {
    const PyCase *arm = &stmt->match.cases[i];
    int matched = match(interp, frame, arm->pattern, subject);
    if (matched > 0 && arm->guard) {
      PyValue guard = py_eval(interp, frame, arm->guard);
      matched = py_is_null(guard) ? -1 : py_truth(interp, guard);
    }
    if (matched < 0)
      return FLOW_FAIL;
    if (matched)
      return py_exec_block(interp, frame, &arm->body);
  }
  return FLOW_NEXT;
}
