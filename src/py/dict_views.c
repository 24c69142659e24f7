/* d.keys(), d.values(), d.items(). */
#include "object.h"

typedef enum {
  VIEW_KEYS,
  VIEW_VALUES,
  VIEW_ITEMS,
} ViewKind;

static ViewKind kind_of(PyValue self)
{
  return py_is_host(self, &dict_keys_class)     ? VIEW_KEYS
         : py_is_host(self, &dict_values_class) ? VIEW_VALUES
                                                : VIEW_ITEMS;
}

static PyValue part(PyInterp *interp, ViewKind kind, PyValue key, PyValue value)
{
  return kind == VIEW_KEYS ? key : kind == VIEW_VALUES ? value : py_tuple(interp, (PyValue[]){key, value}, 2);
}

static gboolean next_part(PyInterp *interp, PyIterator *self, PyValue *item)
{
  const PyDict *dict = self->source.instance->payload;
  PyValue key, value;
  if (self->n != py_dict_len(dict)) {
    py_raise(interp, "RuntimeError", "dictionary changed size during iteration");
    return FALSE;
  }
  if (!py_dict_next(dict, &self->at, &key, &value))
    return FALSE;
  *item = part(interp, kind_of(self->source), key, value);
  return TRUE;
}

static PyValue view_iter(PyInterp *interp, PyValue self)
{
  PyValue v = py_iterator_new(interp, "dict_iterator", next_part, self);
  v.iterator->n = py_dict_len(self.instance->payload);
  return v;
}

static gssize view_len(PyInterp *interp, PyValue self)
{
  (void)interp;
  return (gssize)py_dict_len(self.instance->payload);
}

static int view_contains(PyInterp *interp, PyValue self, PyValue item)
{
  const PyDict *dict = self.instance->payload;
  ViewKind kind = kind_of(self);
  PyValue value;
  if (kind == VIEW_KEYS)
    return py_dict_get(interp, dict, item, NULL) ? 1 : py_failed(interp) ? -1 : 0;
  if (kind == VIEW_ITEMS) {
    if (item.type != PY_TUPLE || item.list->len != 2 ||
        !py_dict_get(interp, dict, item.list->items[0], &value))
      return py_failed(interp) ? -1 : 0;
    return py_equal(interp, value, item.list->items[1]);
  }
  PyValue key;
  for (gsize at = 0; py_dict_next(dict, &at, &key, &value);) {
    int same = py_equal(interp, value, item);
    if (same)
      return same;
  }
  return 0;
}

static PyValue view_repr(PyInterp *interp, PyValue self)
{
  PyList *items = py_collect(interp, view_iter(interp, self));
  if (!items)
    return py_null();
  Builder b;
  builder_init(&b, interp);
  builder_text(&b, py_type_name(interp, self));
  builder_char(&b, '(');
  builder_repr(&b, (PyValue){.type = PY_LIST, .list = items});
  builder_char(&b, ')');
  return builder_end(&b);
}

static PyValue as_set(PyInterp *interp, PyValue v)
{
  return py_construct_builtin(interp, interp->runtime->types[PY_SET], PY_SET, &(PyArgs){.args = &v, .n = 1});
}

/* keys and items are sets to operators. */
static PyValue view_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  if (kind_of(self) == VIEW_VALUES || other.type == PY_UNKNOWN)
    return py_not_implemented();
  gboolean comparison = op >= PY_EQ && op <= PY_GE;
  PyValue plain = py_plain(other);
  gboolean like_set = plain.type == PY_SET || plain.type == PY_FROZENSET ||
                      py_is_host(other, &dict_keys_class) || py_is_host(other, &dict_items_class);
  if (!like_set && (comparison || (op != PY_OR && op != PY_AND && op != PY_SUB && op != PY_XOR)))
    return py_not_implemented();
  PyValue a = as_set(interp, self), b = as_set(interp, other);
  if (a.type != PY_SET || b.type != PY_SET)
    return a.type != PY_SET ? a : b;
  if (comparison)
    return py_compare(interp, op, a, b);
  return reflected ? py_set_binary(interp, op, b, a) : py_set_binary(interp, op, a, b);
}

#define VIEW(text)                                                                                  \
  {                                                                                                 \
    .name = text, .iter = view_iter, .len = view_len, .contains = view_contains, .repr = view_repr, \
    .binary = view_binary                                                                           \
  }
const PyHostClass dict_keys_class = VIEW("dict_keys");
const PyHostClass dict_values_class = VIEW("dict_values");
const PyHostClass dict_items_class = VIEW("dict_items");
