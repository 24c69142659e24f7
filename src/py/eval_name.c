/* Names: locals, enclosing functions, globals, builtins; and assignment to any target. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

static int slot_of(const PyScope *scope, const PyStr *name)
{
  for (guint i = 0; i < scope->n_names; i++)
    if (scope->names[i] == name)
      return (int)i;
  return -1;
}

static gboolean listed(PyStr *const *names, guint n, const PyStr *name)
{
  for (guint i = 0; i < n; i++)
    if (names[i] == name)
      return TRUE;
  return FALSE;
}

static PyValue unbound(PyInterp *interp, PyStr *name, gboolean local)
{
  if (local)
    return py_raise_name(interp, "UnboundLocalError", name,
                         "cannot access local variable '%s' where it is not associated with a value");
  return py_raise_name(
      interp, "NameError", name,
      "cannot access free variable '%s' where it is not associated with a value in enclosing scope");
}

/* Builtin in Python, but not here. */
static gboolean is_builtin_elsewhere(const PyStr *name)
{
  static const char *const names[] = {
      "aiter",       "anext",        "bytearray", "compile", "complex",    "eval",        "exec",
      "globals",     "help",         "input",     "locals",  "memoryview", "breakpoint",  "open",
      "vars",        "dir",          "id",        "delattr", "__import__", "classmethod", "hash",
      "copyright",   "credits",      "exit",      "license", "quit",       "__spec__",    "__loader__",
      "__package__", "__builtins__", "__cached__"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (py_str_is(name, names[i]))
      return TRUE;
  return FALSE;
}

static PyValue load_global(PyInterp *interp, Frame *frame, PyStr *name)
{
  PyValue *found = py_dict_find(frame->module->globals, name);
  if (!found)
    found = py_dict_find(interp->runtime->builtins, name);
  if (!found && is_builtin_elsewhere(name))
    return py_unknown(interp, PY_NEEDS_PYTHON, _("%s is not understood"), name->data);
  return found ? *found : py_raise_name(interp, "NameError", name, "name '%s' is not defined");
}

PyValue py_load_name(PyInterp *interp, Frame *frame, PyStr *name)
{
  for (Frame *f = frame; f; f = f->outer) {
    const PyScope *scope = f->scope;
    if (scope->n_globals && listed(scope->globals, scope->n_globals, name))
      break;
    if (scope->kind == PY_SCOPE_FUNCTION) {
      int slot = slot_of(scope, name);
      if (slot >= 0)
        return py_is_null(f->slots[slot]) ? unbound(interp, name, f == frame) : f->slots[slot];
    } else if (f == frame && scope->kind == PY_SCOPE_CLASS) {
      PyValue *found = py_dict_find(f->namespace, name);
      if (found)
        return *found;
    }
  }
  return load_global(interp, frame, name);
}

/* Where the frame's scope keeps a name it binds; NULL: in a dict. */
static PyValue *find_slot(Frame *frame, PyStr *name)
{
  const PyScope *scope = frame->scope;
  if (scope->kind == PY_SCOPE_FUNCTION) {
    int slot = slot_of(scope, name);
    if (slot >= 0)
      return &frame->slots[slot];
  }
  if (scope->is_comprehension) /* a walrus binds outside */
    return frame->outer ? find_slot(frame->outer, name) : NULL;
  if (!listed(scope->nonlocals, scope->n_nonlocals, name))
    return NULL;
  for (Frame *f = frame->outer; f; f = f->outer) {
    int slot = f->scope->kind == PY_SCOPE_FUNCTION ? slot_of(f->scope, name) : -1;
    if (slot >= 0)
      return &f->slots[slot];
  }
  return NULL;
}

/* The dict that holds a name without a slot. */
static PyDict *find_namespace(Frame *frame, PyStr *name)
{
  while (frame->scope->is_comprehension && frame->outer)
    frame = frame->outer;
  gboolean global = frame->scope->n_globals && listed(frame->scope->globals, frame->scope->n_globals, name);
  return global || !frame->namespace ? frame->module->globals : frame->namespace;
}

gboolean py_store_name(PyInterp *interp, Frame *frame, PyStr *name, PyValue value)
{
  PyValue *slot = find_slot(frame, name);
  if (slot)
    *slot = value;
  else
    py_dict_put(interp, find_namespace(frame, name), name, value);
  return TRUE;
}

gboolean py_delete_name(PyInterp *interp, Frame *frame, PyStr *name)
{
  PyValue *slot = find_slot(frame, name);
  if (slot && !py_is_null(*slot)) {
    *slot = py_null();
    return TRUE;
  }
  if (!slot && py_dict_remove(find_namespace(frame, name), name))
    return TRUE;
  if (slot)
    unbound(interp, name, TRUE);
  else
    py_raise_name(interp, "NameError", name, "name '%s' is not defined");
  return FALSE;
}

/* ---- targets ---- */

static gboolean assign_starred(PyInterp *interp, Frame *frame, const PyExpr *target, guint star,
                               PyValue value)
{
  PyList *items = py_collect(interp, value);
  if (!items)
    return FALSE;
  guint n = target->list.n;
  if (items->len < n - 1) {
    py_raise(interp, "ValueError",
             "not enough values to unpack (expected at least %u, got %" G_GSIZE_FORMAT ")", n - 1,
             items->len);
    return FALSE;
  }
  gsize middle = items->len - (n - 1);
  for (guint i = 0; i < n; i++) {
    gboolean ok;
    if (i == star)
      ok = py_assign(interp, frame, target->list.items[i]->operand,
                     py_list_of(interp, items->items + star, middle));
    else
      ok = py_assign(interp, frame, target->list.items[i], items->items[i < star ? i : i - 1 + middle]);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

static gboolean assign_sequence(PyInterp *interp, Frame *frame, const PyExpr *target, PyValue value)
{
  guint n = target->list.n;
  if (value.type == PY_UNKNOWN) { /* each part is as unknown as the whole */
    for (guint i = 0; i < n; i++) {
      const PyExpr *item = target->list.items[i];
      if (!py_assign(interp, frame, item->kind == PY_EXPR_STARRED ? item->operand : item, value))
        return FALSE;
    }
    return TRUE;
  }
  for (guint i = 0; i < n; i++)
    if (target->list.items[i]->kind == PY_EXPR_STARRED)
      return assign_starred(interp, frame, target, i, value);
  PyValue *items = new_array(interp, PyValue, n + 1);
  if (!py_unpack(interp, value, n, items))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!py_assign(interp, frame, target->list.items[i], items[i]))
      return FALSE;
  return TRUE;
}

gboolean py_assign(PyInterp *interp, Frame *frame, const PyExpr *target, PyValue value)
{
  switch (target->kind) {
  case PY_EXPR_NAME: return py_store_name(interp, frame, target->name, value);
  case PY_EXPR_ATTRIBUTE: {
    PyValue owner = py_eval(interp, frame, target->attribute.value);
    frame->at = target->span;
    return !py_is_null(owner) && py_set_attr(interp, owner, target->attribute.name, value);
  }
  case PY_EXPR_SUBSCRIPT: {
    PyValue owner = py_eval(interp, frame, target->subscript.value);
    PyValue key = py_is_null(owner) ? owner : py_eval(interp, frame, target->subscript.index);
    frame->at = target->span;
    return !py_is_null(key) && py_set_item(interp, owner, key, value);
  }
  default: return assign_sequence(interp, frame, target, value);
  }
}
