/* Iteration. */
#include <glib/gi18n.h>

#include "object.h"

PyValue py_iterator_new(PyInterp *interp, const char *type_name,
                        gboolean (*next)(PyInterp *interp, PyIterator *self, PyValue *item), PyValue source)
{
  PyIterator *iterator = new0(interp, PyIterator);
  iterator->type_name = type_name;
  iterator->next = next;
  iterator->source = source;
  return (PyValue){.type = PY_ITERATOR, .iterator = iterator};
}

static gboolean next_in_list(PyInterp *interp, PyIterator *self, PyValue *item)
{
  (void)interp;
  if (self->at >= self->source.list->len)
    return FALSE;
  *item = self->source.list->items[self->at++];
  return TRUE;
}

static gboolean next_in_str(PyInterp *interp, PyIterator *self, PyValue *item)
{
  const PyStr *s = self->source.str;
  if (self->at >= s->len)
    return FALSE;
  if (self->source.type == PY_BYTES) {
    *item = py_int((guchar)s->data[self->at++]);
    return TRUE;
  }
  gsize start = self->at++;
  while (self->at < s->len && ((guchar)s->data[self->at] & 0xc0) == 0x80)
    self->at++;
  *item = py_from_str(py_str_in(interp->arena, s->data + start, self->at - start));
  return TRUE;
}

static gboolean next_in_dict(PyInterp *interp, PyIterator *self, PyValue *item)
{
  const PyDict *dict = self->source.dict;
  if (self->n != dict->live) {
    py_raise(interp, "RuntimeError", "%s changed size during iteration",
             self->source.type == PY_DICT ? "dictionary" : "Set");
    return FALSE;
  }
  return py_dict_next(dict, &self->at, item, NULL);
}

static gboolean next_in_range(PyInterp *interp, PyIterator *self, PyValue *item)
{
  (void)interp;
  const PyRange *range = self->source.range;
  if (self->at >= self->n)
    return FALSE;
  *item = py_int(range->start + (gint64)self->at++ * range->step);
  return TRUE;
}

static gboolean next_of_user(PyInterp *interp, PyIterator *self, PyValue *item)
{
  *item = py_call_self(interp, self->extra, self->source, &(PyArgs){0});
  if (interp->outcome == PY_RAISED &&
      py_class_is_subclass(interp->exception.instance->cls, py_builtin_class(interp, "StopIteration")))
    py_clear(interp);
  return !py_is_null(*item);
}

/* An old-style sequence: __getitem__ with 0, 1, 2 ... until IndexError. */
static gboolean next_by_index(PyInterp *interp, PyIterator *self, PyValue *item)
{
  *item = py_get_item(interp, self->source, py_int((gint64)self->at++));
  if (interp->outcome == PY_RAISED &&
      py_class_is_subclass(interp->exception.instance->cls, py_builtin_class(interp, "IndexError")))
    py_clear(interp);
  return !py_is_null(*item);
}

/* Python makes the hashes of strings anew in every process. */
static gboolean order_is_known(const PyDict *set)
{
  return set->live <= 1;
}

static PyValue iter_instance(PyInterp *interp, PyValue v)
{
  PyValue method = py_special(interp, v, "__iter__");
  if (!py_is_null(method)) {
    PyValue iterator = py_call_self(interp, method, v, &(PyArgs){0});
    if (iterator.type == PY_INSTANCE && py_is_null(py_special(interp, iterator, "__next__")) &&
        !(iterator.instance->cls->host && iterator.instance->cls->host->iter))
      return py_raise(interp, "TypeError", "iter() returned non-iterator of type '%s'",
                      py_type_name(interp, iterator));
    if (iterator.type != PY_INSTANCE || py_is_null(py_special(interp, iterator, "__next__")))
      return py_is_null(iterator) ? iterator : py_iter(interp, iterator);
    PyValue wrapped = py_iterator_new(interp, "iterator", next_of_user, iterator);
    wrapped.iterator->extra = py_special(interp, iterator, "__next__");
    return wrapped;
  }
  PyClass *cls = v.instance->cls;
  if (cls->host && cls->host->iter) {
    PyValue items = cls->host->iter(interp, v);
    return py_is_null(items) ? items : py_iter(interp, items);
  }
  if (v.instance->value.type != PY_NULL)
    return py_iter(interp, v.instance->value);
  if (!py_is_null(py_special(interp, v, "__getitem__")))
    return py_iterator_new(interp, "iterator", next_by_index, v);
  return py_raise(interp, "TypeError", "'%s' object is not iterable", cls->name->data);
}

static PyValue iter_dict(PyInterp *interp, PyValue v, const char *name)
{
  PyValue iterator = py_iterator_new(interp, name, next_in_dict, v);
  iterator.iterator->n = v.dict->live;
  return iterator;
}

PyValue py_iter_unordered(PyInterp *interp, PyValue v)
{
  PyValue plain = py_plain(v);
  return plain.type == PY_SET || plain.type == PY_FROZENSET ? iter_dict(interp, plain, "set_iterator")
                                                            : py_iter(interp, v);
}

PyValue py_iter(PyInterp *interp, PyValue v)
{
  switch (v.type) {
  case PY_LIST: return py_iterator_new(interp, "list_iterator", next_in_list, v);
  case PY_TUPLE: return py_iterator_new(interp, "tuple_iterator", next_in_list, v);
  case PY_STR: return py_iterator_new(interp, "str_iterator", next_in_str, v);
  case PY_BYTES: return py_iterator_new(interp, "bytes_iterator", next_in_str, v);
  case PY_DICT: return iter_dict(interp, v, "dict_keyiterator");
  case PY_SET:
  case PY_FROZENSET:
    if (!order_is_known(v.dict))
      return py_stop(interp, PY_NONDETERMINISTIC, _("the order of a set's items may differ from run to run"));
    return iter_dict(interp, v, "set_iterator");
  case PY_RANGE: {
    PyValue iterator = py_iterator_new(interp, "range_iterator", next_in_range, v);
    iterator.iterator->n = py_range_len(v.range);
    return iterator;
  }
  case PY_ITERATOR:
  case PY_GENERATOR:
  case PY_NULL: return v;
  case PY_INSTANCE: return iter_instance(interp, v);
  case PY_CLASS:
    if (v.cls->is_enum && v.cls->enum_members)
      return py_iterator_new(interp, "iterator", next_in_list,
                             (PyValue){.type = PY_LIST, .list = v.cls->enum_members});
    break;
  case PY_UNKNOWN: return py_stop_because(interp, v.reason);
  default: break;
  }
  return py_raise(interp, "TypeError", "'%s' object is not iterable", py_type_name(interp, v));
}

gboolean py_next(PyInterp *interp, PyValue iterator, PyValue *item)
{
  if (!py_spend(interp, 1))
    return FALSE;
  if (iterator.type == PY_GENERATOR)
    return py_generator_resume(interp, iterator.generator, py_none(), py_null(), item);
  if (iterator.type == PY_ITERATOR)
    return !py_deep(interp) && iterator.iterator->next(interp, iterator.iterator, item) && !py_failed(interp);
  py_raise(interp, "TypeError", "'%s' object is not an iterator", py_type_name(interp, iterator));
  return FALSE;
}

static PyList *collect_from(PyInterp *interp, PyValue iterator)
{
  PyValue list = py_list(interp, 0), item;
  while (!py_is_null(iterator) && py_next(interp, iterator, &item))
    py_list_append(interp, list.list, item);
  return py_failed(interp) ? NULL : list.list;
}

static PyList *collect(PyInterp *interp, PyValue v, gboolean ordered)
{
  if (v.type == PY_LIST || v.type == PY_TUPLE) {
    PyValue copy = py_list_of(interp, v.list->items, v.list->len);
    return py_is_null(copy) ? NULL : copy.list;
  }
  return collect_from(interp, ordered ? py_iter(interp, v) : py_iter_unordered(interp, v));
}

PyList *py_collect(PyInterp *interp, PyValue v)
{
  return collect(interp, v, TRUE);
}

PyList *py_collect_unordered(PyInterp *interp, PyValue v)
{
  return collect(interp, v, FALSE);
}

gboolean py_unpack(PyInterp *interp, PyValue v, guint n, PyValue *out)
{
  PyValue iterator = py_iter(interp, v), item;
  if (py_is_null(iterator)) {
    if (interp->outcome == PY_RAISED && v.type != PY_INSTANCE) {
      py_clear(interp);
      py_raise(interp, "TypeError", "cannot unpack non-iterable %s object", py_type_name(interp, v));
    }
    return FALSE;
  }
  guint got = 0;
  while (got < n && py_next(interp, iterator, &item))
    out[got++] = item;
  if (py_failed(interp))
    return FALSE;
  if (got < n) {
    py_raise(interp, "ValueError", "not enough values to unpack (expected %u, got %u)", n, got);
    return FALSE;
  }
  if (py_next(interp, iterator, &item))
    py_raise(interp, "ValueError", "too many values to unpack (expected %u)", n);
  return !py_failed(interp);
}
