/* Builtin functions about iterables. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

/* ---- lazy iterators ---- */

static gboolean next_enumerated(PyInterp *interp, PyIterator *self, PyValue *item)
{
  PyValue inner;
  if (!py_next(interp, self->source, &inner))
    return FALSE;
  PyValue index = self->extra;
  self->extra = py_binary(interp, PY_ADD, index, py_int(1));
  *item = py_tuple(interp, (PyValue[]){index, inner}, 2);
  return TRUE;
}

static PyValue builtin_enumerate(PyInterp *interp, PyCall *call)
{
  PyValue source = py_iter(interp, call->values[0]);
  PyValue v = py_is_null(source) ? source : py_iterator_new(interp, "enumerate", next_enumerated, source);
  if (!py_is_null(v))
    v.iterator->extra = call->values[1];
  return v;
}

/* zip and map: parts are the iterators, extra the function or strict. */
static gboolean next_parts(PyInterp *interp, PyIterator *self, PyValue **items)
{
  *items = new_array(interp, PyValue, self->n + 1);
  for (gsize i = 0; i < self->n; i++)
    if (!py_next(interp, self->parts[i], &(*items)[i])) {
      if (!py_failed(interp) && py_is_true(self->extra) && self->source.type == PY_NULL) {
        PyValue other;
        for (gsize j = i ? 0 : 1; j < self->n; j++)
          if (i || py_next(interp, self->parts[j], &other))
            py_raise(interp, "ValueError", "zip() arguments have different lengths");
      }
      return FALSE;
    }
  return self->n > 0;
}

static gboolean next_zipped(PyInterp *interp, PyIterator *self, PyValue *item)
{
  PyValue *items;
  if (!next_parts(interp, self, &items))
    return FALSE;
  *item = py_tuple_take(interp, items, self->n);
  return TRUE;
}

static gboolean next_mapped(PyInterp *interp, PyIterator *self, PyValue *item)
{
  PyValue *items;
  if (!next_parts(interp, self, &items))
    return FALSE;
  *item = py_call_args(interp, self->source, &(PyArgs){.args = items, .n = (guint)self->n});
  return !py_is_null(*item);
}

static PyValue over_parts(PyInterp *interp, const char *name,
                          gboolean (*next)(PyInterp *interp, PyIterator *self, PyValue *item),
                          const PyList *iterables)
{
  PyValue v = py_iterator_new(interp, name, next, py_null());
  v.iterator->n = iterables->len;
  v.iterator->parts = new_array(interp, PyValue, iterables->len + 1);
  for (gsize i = 0; i < iterables->len; i++) {
    v.iterator->parts[i] = py_iter(interp, iterables->items[i]);
    if (py_is_null(v.iterator->parts[i]))
      return py_null();
  }
  return v;
}

static PyValue builtin_zip(PyInterp *interp, PyCall *call)
{
  PyValue v = over_parts(interp, "zip", next_zipped, call->values[0].list);
  if (!py_is_null(v))
    v.iterator->extra = call->values[1];
  return v;
}

/* A function applied to items nobody knows: it might have had effects. */
static PyValue refuse_unknown(PyInterp *interp, PyValue unknown)
{
  return py_loading(interp) ? unknown : py_stop_because(interp, unknown.reason);
}

static PyValue builtin_map(PyInterp *interp, PyCall *call)
{
  for (guint i = 0; i < call->n_args; i++)
    if (call->args[i].type == PY_UNKNOWN)
      return refuse_unknown(interp, call->args[i]);
  PyValue v = over_parts(interp, "map", next_mapped, call->values[1].list);
  if (!py_is_null(v))
    v.iterator->source = call->values[0];
  return v;
}

static gboolean next_filtered(PyInterp *interp, PyIterator *self, PyValue *item)
{
  while (py_next(interp, self->source, item)) {
    PyValue keep = py_is_none(self->extra) ? *item : py_call_1(interp, self->extra, *item);
    int truth = py_is_null(keep) ? -1 : py_truth(interp, keep);
    if (truth)
      return truth > 0;
  }
  return FALSE;
}

static PyValue builtin_filter(PyInterp *interp, PyCall *call)
{
  for (guint i = 0; i < 2; i++)
    if (call->values[i].type == PY_UNKNOWN)
      return refuse_unknown(interp, call->values[i]);
  PyValue source = py_iter(interp, call->values[1]);
  PyValue v = py_is_null(source) ? source : py_iterator_new(interp, "filter", next_filtered, source);
  if (!py_is_null(v))
    v.iterator->extra = call->values[0];
  return v;
}

static gboolean next_reversed(PyInterp *interp, PyIterator *self, PyValue *item)
{
  if (!self->n)
    return FALSE;
  *item = py_get_item(interp, self->source, py_int((gint64)--self->n));
  return !py_is_null(*item);
}

static PyValue builtin_reversed(PyInterp *interp, PyCall *call)
{
  PyValue v = call->values[0], plain = py_plain(v);
  PyValue method = py_special(interp, v, "__reversed__");
  if (!py_is_null(method))
    return py_call_self(interp, method, v, &(PyArgs){0});
  if (plain.type == PY_DICT || py_is_host(v, &dict_keys_class) || py_is_host(v, &dict_values_class) ||
      py_is_host(v, &dict_items_class)) {
    PyList *items = py_collect(interp, v);
    plain = items ? (PyValue){.type = PY_LIST, .list = items} : py_null();
  }
  if (py_is_null(plain))
    return plain;
  if (plain.type == PY_SET || plain.type == PY_ITERATOR || plain.type == PY_GENERATOR)
    return py_raise(interp, "TypeError", "'%s' object is not reversible", py_type_name(interp, v));
  gssize n = py_len(interp, plain);
  if (n < 0)
    return py_null();
  PyValue reversed = py_iterator_new(interp, "reversed", next_reversed, plain);
  reversed.iterator->n = (gsize)n;
  return reversed;
}

static gboolean next_until(PyInterp *interp, PyIterator *self, PyValue *item)
{
  *item = py_call_args(interp, self->source, &(PyArgs){0});
  int end = py_is_null(*item) ? -1 : py_equal(interp, *item, self->extra);
  return end == 0;
}

static PyValue builtin_iter(PyInterp *interp, PyCall *call)
{
  if (py_is_null(call->values[1]))
    return py_iter(interp, call->values[0]);
  PyValue v = py_iterator_new(interp, "callable_iterator", next_until, call->values[0]);
  v.iterator->extra = call->values[1];
  return v;
}

static PyValue builtin_next(PyInterp *interp, PyCall *call)
{
  PyValue v = call->values[0], item;
  PyValue method = py_special(interp, v, "__next__");
  if (!py_is_null(method)) {
    item = py_call_self(interp, method, v, &(PyArgs){0});
    if (interp->outcome == PY_RAISED && !py_is_null(call->values[1]) &&
        py_class_is_subclass(interp->exception.instance->cls, py_builtin_class(interp, "StopIteration"))) {
      py_clear(interp);
      return call->values[1];
    }
    return item;
  }
  if (py_next(interp, v, &item))
    return item;
  if (py_failed(interp))
    return py_null();
  if (!py_is_null(call->values[1]))
    return call->values[1];
  PyValue result = v.type == PY_GENERATOR ? v.generator->result : py_none();
  gboolean with_value = !py_is_null(result) && !py_is_none(result);
  return py_raise_value(
      interp, py_exception_new(interp, py_builtin_class(interp, "StopIteration"), &result, with_value));
}

/* ---- reductions ---- */

/* any (stop at truth) and all (stop at falsehood). */
static PyValue any_all(PyInterp *interp, PyValue v, gboolean any)
{
  PyValue iterator = py_iter_unordered(interp, v), item, unknown = py_null();
  if (py_is_null(iterator))
    return iterator;
  while (py_next(interp, iterator, &item)) {
    if (item.type == PY_UNKNOWN) {
      unknown = item;
      continue;
    }
    int truth = py_truth(interp, item);
    if (truth < 0)
      return py_null();
    if (truth == any)
      return py_bool(any);
  }
  return py_failed(interp) ? py_null() : py_is_null(unknown) ? py_bool(!any) : unknown;
}

static PyValue builtin_any(PyInterp *interp, PyCall *call)
{
  return any_all(interp, call->values[0], TRUE);
}

static PyValue builtin_all(PyInterp *interp, PyCall *call)
{
  return any_all(interp, call->values[0], FALSE);
}

static PyValue extreme(PyInterp *interp, PyCall *call, gboolean smallest)
{
  PyValue key = call->values[1], otherwise = call->values[2];
  const PyList *args = call->values[0].list;
  if (!args->len)
    return py_raise(interp, "TypeError", "%s expected at least 1 argument, got 0", call->function);
  PyList *items = args->len == 1 ? py_collect_unordered(interp, args->items[0]) : (PyList *)args;
  if (!items)
    return py_null();
  if (!items->len)
    return py_is_null(otherwise)
               ? py_raise(interp, "ValueError", "%s() iterable argument is empty", call->function)
               : otherwise;
  PyValue best = py_null(), best_key = py_null();
  for (gsize i = 0; i < items->len; i++) {
    PyValue item = items->items[i];
    if (item.type == PY_UNKNOWN)
      return item;
    PyValue item_key = py_is_none(key) ? item : py_call_1(interp, key, item);
    if (py_is_null(item_key) || item_key.type == PY_UNKNOWN)
      return item_key;
    int better = i == 0     ? 1
                 : smallest ? py_less(interp, item_key, best_key)
                            : py_less(interp, best_key, item_key);
    if (better < 0)
      return py_null();
    if (better) {
      best = item;
      best_key = item_key;
    }
  }
  return best;
}

static PyValue builtin_min(PyInterp *interp, PyCall *call)
{
  return extreme(interp, call, TRUE);
}

static PyValue builtin_max(PyInterp *interp, PyCall *call)
{
  return extreme(interp, call, FALSE);
}

static PyValue builtin_sum(PyInterp *interp, PyCall *call)
{
  PyValue total = call->values[1], iterator = py_iter_unordered(interp, call->values[0]), item;
  if (total.type == PY_STR)
    return py_raise(interp, "TypeError", "sum() can't sum strings [use ''.join(seq) instead]");
  guint floats = 0;
  while (!py_is_null(iterator) && py_next(interp, iterator, &item)) {
    floats += item.type == PY_FLOAT;
    total = py_binary(interp, PY_ADD, total, item);
    if (py_is_null(total))
      return total;
  }
  if (floats > 2) /* newer versions compensate for rounding, older do not */
    return py_unknown(interp, PY_NEEDS_PYTHON, _("the sum of floats depends on the version of Python"));
  return py_failed(interp) ? py_null() : total;
}

static PyValue builtin_sorted(PyInterp *interp, PyCall *call)
{
  PyList *items = py_collect_unordered(interp, call->values[0]);
  int reverse = py_arg_bool(call, 2, FALSE);
  if (!items || reverse < 0)
    return py_null();
  for (gsize i = 0; i < items->len; i++)
    if (items->items[i].type == PY_UNKNOWN)
      return items->items[i];
  return py_sort_values(interp, items->items, items->len, call->values[1], reverse)
             ? (PyValue){.type = PY_LIST, .list = items}
             : py_null();
}

static PyValue builtin_dir(PyInterp *interp, PyCall *call)
{
  (void)call;
  return py_unknown(interp, PY_NEEDS_PYTHON, _("dir() is not supported"));
}

const PyMethod builtin_functions_more[] = {
    {"all", builtin_all, "iterable, /", PY_PURE},
    {"any", builtin_any, "iterable, /", PY_PURE},
    {"dir", builtin_dir, "object=None, /", PY_PURE},
    {"enumerate", builtin_enumerate, "iterable, start=0", PY_PURE},
    {"filter", builtin_filter, "function, iterable, /", PY_TAKES_UNKNOWN},
    {"iter", builtin_iter, "object, sentinel=?, /", PY_PURE},
    {"map", builtin_map, "func, *iterables", PY_TAKES_UNKNOWN},
    {"max", builtin_max, "*args, key=None, default=?", PY_PURE},
    {"min", builtin_min, "*args, key=None, default=?", PY_PURE},
    {"next", builtin_next, "iterator, default=?, /", PY_PURE},
    {"reversed", builtin_reversed, "sequence, /", PY_PURE},
    {"sorted", builtin_sorted, "iterable, /, *, key=None, reverse=False", PY_PURE},
    {"sum", builtin_sum, "iterable, /, start=0", PY_PURE},
    {"zip", builtin_zip, "*iterables, strict=False", PY_PURE},
    {0},
};
