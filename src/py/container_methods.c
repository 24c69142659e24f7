/* Methods of list, tuple, dict and set. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

#define LIST(call) ((call)->self.list)
#define DICT(call) ((call)->self.dict)

static PyValue key_error(PyInterp *interp, PyValue key)
{
  return py_raise_value(interp, py_exception_new(interp, py_builtin_class(interp, "KeyError"), &key, 1));
}

/* ---- list and tuple ---- */

static PyValue list_append(PyInterp *interp, PyCall *call)
{
  py_list_append(interp, LIST(call), call->values[0]);
  return py_none();
}

static PyValue list_extend(PyInterp *interp, PyCall *call)
{
  PyList *more = py_collect(interp, call->values[0]);
  for (gsize i = 0; more && i < more->len; i++)
    py_list_append(interp, LIST(call), more->items[i]);
  return more ? py_none() : py_null();
}

static PyValue list_insert(PyInterp *interp, PyCall *call)
{
  gint64 at;
  PyList *list = LIST(call);
  if (!py_arg_int(call, 0, &at))
    return py_null();
  if (at < 0)
    at += (gint64)list->len;
  at = CLAMP(at, 0, (gint64)list->len);
  py_list_append(interp, list, py_none());
  if (py_failed(interp))
    return py_null();
  memmove(list->items + at + 1, list->items + at, (list->len - 1 - (gsize)at) * sizeof(PyValue));
  list->items[at] = call->values[1];
  return py_none();
}

/* Index of the value, -1: none, -2: failed. */
static gssize find_item(PyInterp *interp, const PyList *list, PyValue v, gsize from, gsize to)
{
  for (gsize i = from; i < to && i < list->len; i++) {
    int same = py_spend(interp, 1) ? py_equal(interp, list->items[i], v) : -1;
    if (same)
      return same < 0 ? -2 : (gssize)i;
  }
  return -1;
}

static void remove_at(PyList *list, gsize at)
{
  memmove(list->items + at, list->items + at + 1, (list->len - at - 1) * sizeof(PyValue));
  list->len--;
}

static PyValue list_remove(PyInterp *interp, PyCall *call)
{
  gssize at = find_item(interp, LIST(call), call->values[0], 0, G_MAXSIZE);
  if (at == -1)
    return py_raise(interp, "ValueError", "list.remove(x): x not in list");
  if (at >= 0)
    remove_at(LIST(call), (gsize)at);
  return at < 0 ? py_null() : py_none();
}

static PyValue list_pop(PyInterp *interp, PyCall *call)
{
  gint64 at;
  PyList *list = LIST(call);
  if (!py_arg_int(call, 0, &at))
    return py_null();
  if (!list->len)
    return py_raise(interp, "IndexError", "pop from empty list");
  if (at < 0)
    at += (gint64)list->len;
  if (at < 0 || at >= (gint64)list->len)
    return py_raise(interp, "IndexError", "pop index out of range");
  PyValue v = list->items[at];
  remove_at(list, (gsize)at);
  return v;
}

static PyValue list_clear(PyInterp *interp, PyCall *call)
{
  (void)interp;
  LIST(call)->len = 0;
  return py_none();
}

static PyValue list_index(PyInterp *interp, PyCall *call)
{
  PySlice slice = {call->values[1], call->values[2], py_none()};
  gint64 start, step;
  gsize n;
  if (!py_slice_indices(interp, &slice, LIST(call)->len, &start, &step, &n))
    return py_null();
  gssize at = find_item(interp, LIST(call), call->values[0], (gsize)start, (gsize)start + n);
  if (at == -1) {
    PyValue repr = py_repr(interp, call->values[0]);
    return py_raise(interp, "ValueError", "%s is not in %s", py_text(repr) ? py_text(repr) : "it",
                    py_type_name(interp, call->self));
  }
  return at < 0 ? py_null() : py_int(at);
}

static PyValue list_count(PyInterp *interp, PyCall *call)
{
  gint64 n = 0;
  for (gsize i = 0; i < LIST(call)->len; i++) {
    int same = py_equal(interp, LIST(call)->items[i], call->values[0]);
    if (same < 0)
      return py_null();
    n += same;
  }
  return py_int(n);
}

static PyValue list_reverse(PyInterp *interp, PyCall *call)
{
  (void)interp;
  PyList *list = LIST(call);
  for (gsize i = 0; i < list->len / 2; i++) {
    PyValue v = list->items[i];
    list->items[i] = list->items[list->len - 1 - i];
    list->items[list->len - 1 - i] = v;
  }
  return py_none();
}

static PyValue list_sort(PyInterp *interp, PyCall *call)
{
  int reverse = py_arg_bool(call, 1, FALSE);
  if (reverse < 0 || !py_require_known(interp, call->self))
    return py_null();
  return py_sort_values(interp, LIST(call)->items, LIST(call)->len, call->values[0], reverse) ? py_none()
                                                                                              : py_null();
}

static PyValue list_copy(PyInterp *interp, PyCall *call)
{
  return py_list_of(interp, LIST(call)->items, LIST(call)->len);
}

const PyMethod list_methods[] = {
    {"append", list_append, "object, /", PY_TAKES_UNKNOWN},
    {"clear", list_clear, "", PY_METHOD_PLAIN},
    {"copy", list_copy, "", PY_PURE},
    {"count", list_count, "value, /", PY_PURE},
    {"extend", list_extend, "iterable, /", PY_METHOD_PLAIN},
    {"index", list_index, "value, start=None, stop=None, /", PY_PURE},
    {"insert", list_insert, "index, object, /", PY_TAKES_UNKNOWN},
    {"pop", list_pop, "index=-1, /", PY_METHOD_PLAIN},
    {"remove", list_remove, "value, /", PY_METHOD_PLAIN},
    {"reverse", list_reverse, "", PY_METHOD_PLAIN},
    {"sort", list_sort, "*, key=None, reverse=False", PY_METHOD_PLAIN},
    {0},
};

const PyMethod tuple_methods[] = {
    {"count", list_count, "value, /", PY_PURE},
    {"index", list_index, "value, start=None, stop=None, /", PY_PURE},
    {0},
};

/* ---- dict ---- */

static PyValue dict_get(PyInterp *interp, PyCall *call)
{
  PyValue value;
  if (py_dict_get(interp, DICT(call), call->values[0], &value))
    return value;
  return py_failed(interp) ? py_null() : call->values[1];
}

static PyValue dict_setdefault(PyInterp *interp, PyCall *call)
{
  PyValue value;
  if (py_dict_get(interp, DICT(call), call->values[0], &value))
    return value;
  return !py_failed(interp) && py_dict_set(interp, DICT(call), call->values[0], call->values[1])
             ? call->values[1]
             : py_null();
}

static PyValue dict_pop(PyInterp *interp, PyCall *call)
{
  PyValue value;
  if (py_dict_get(interp, DICT(call), call->values[0], &value)) {
    py_dict_del(interp, DICT(call), call->values[0]);
    return value;
  }
  if (py_failed(interp))
    return py_null();
  return py_is_null(call->values[1]) ? key_error(interp, call->values[0]) : call->values[1];
}

static PyValue dict_popitem(PyInterp *interp, PyCall *call)
{
  PyDict *dict = DICT(call);
  for (gsize i = dict->used; i-- > 0;) {
    PyEntry *entry = &dict->entries[i];
    if (py_is_null(entry->key))
      continue;
    PyValue pair = py_tuple(interp, (PyValue[]){entry->key, entry->value}, 2);
    entry->key = py_null();
    dict->live--;
    return pair;
  }
  return key_error(interp, py_str(interp, "popitem(): dictionary is empty", -1));
}

static PyValue dict_update_method(PyInterp *interp, PyCall *call)
{
  PyArgs args = {call->args, call->n_args, call->names, call->keywords, call->n_keywords};
  PyValue from = py_construct_builtin(interp, interp->runtime->types[PY_DICT], PY_DICT, &args);
  if (from.type == PY_UNKNOWN)
    return py_stop_because(interp, from.reason);
  return from.type == PY_DICT && py_dict_update(interp, DICT(call), from.dict) ? py_none() : py_null();
}

static PyValue dict_clear_method(PyInterp *interp, PyCall *call)
{
  (void)interp;
  py_dict_clear(DICT(call));
  return py_none();
}

static PyValue dict_copy_method(PyInterp *interp, PyCall *call)
{
  return (PyValue){.type = call->self.type, .dict = py_dict_copy(interp, DICT(call))};
}

static PyValue dict_fromkeys(PyInterp *interp, PyCall *call)
{
  PyValue dict = py_dict(interp), iterator = py_iter(interp, call->values[0]), key;
  while (!py_is_null(iterator) && py_next(interp, iterator, &key))
    if (!py_dict_set(interp, dict.dict, key, call->values[1]))
      break;
  return py_failed(interp) ? py_null() : dict;
}

static PyValue dict_keys(PyInterp *interp, PyCall *call)
{
  return py_host_object(interp, &dict_keys_class, DICT(call));
}

static PyValue dict_values(PyInterp *interp, PyCall *call)
{
  return py_host_object(interp, &dict_values_class, DICT(call));
}

static PyValue dict_items(PyInterp *interp, PyCall *call)
{
  return py_host_object(interp, &dict_items_class, DICT(call));
}

const PyMethod dict_methods[] = {
    {"clear", dict_clear_method, "", PY_METHOD_PLAIN},
    {"copy", dict_copy_method, "", PY_PURE},
    {"fromkeys", dict_fromkeys, "iterable, value=None, /", PY_STATIC | PY_TAKES_UNKNOWN},
    {"get", dict_get, "key, default=None, /", PY_TAKES_UNKNOWN},
    {"items", dict_items, "", PY_PURE},
    {"keys", dict_keys, "", PY_PURE},
    {"pop", dict_pop, "key, default=?, /", PY_TAKES_UNKNOWN},
    {"popitem", dict_popitem, "", PY_METHOD_PLAIN},
    {"setdefault", dict_setdefault, "key, default=None, /", PY_TAKES_UNKNOWN},
    {"update", dict_update_method, NULL, PY_METHOD_PLAIN},
    {"values", dict_values, "", PY_PURE},
    {0},
};

/* ---- set ---- */

/* Another iterable as a set; PY_NULL on failure. */
static PyValue as_set(PyInterp *interp, PyValue v)
{
  v = py_plain(v);
  if (v.type == PY_SET || v.type == PY_FROZENSET)
    return v;
  PyValue set =
      py_construct_builtin(interp, interp->runtime->types[PY_SET], PY_SET, &(PyArgs){.args = &v, .n = 1});
  return set.type == PY_UNKNOWN ? py_stop_because(interp, set.reason) : set;
}

static PyOp set_op(const char *name)
{
  return name[0] == 'u' ? PY_OR : name[0] == 'i' ? PY_AND : name[0] == 's' ? PY_XOR : PY_SUB;
}

/* union, intersection, difference, symmetric_difference of any number of iterables. */
static PyValue set_combine(PyInterp *interp, PyCall *call)
{
  PyValue result = {.type = call->self.type, .dict = py_dict_copy(interp, DICT(call))};
  for (guint i = 0; i < call->n_args && !py_is_null(result); i++) {
    PyValue other = as_set(interp, call->args[i]);
    result = py_is_null(other) ? other : py_set_binary(interp, set_op(call->function), result, other);
  }
  return result;
}

static PyValue set_combine_update(PyInterp *interp, PyCall *call)
{
  PyValue result = call->self;
  for (guint i = 0; i < call->n_args; i++) {
    PyValue other = as_set(interp, call->args[i]);
    PyOp op = call->function[0] == 'u' ? PY_OR : set_op(call->function);
    result = py_is_null(other) ? other : py_set_binary(interp, op, result, other);
    if (py_is_null(result))
      return result;
  }
  *DICT(call) = *py_dict_copy(interp, result.dict);
  return py_none();
}

static PyValue set_add(PyInterp *interp, PyCall *call)
{
  return py_dict_set(interp, DICT(call), call->values[0], py_none()) ? py_none() : py_null();
}

static PyValue set_discard(PyInterp *interp, PyCall *call)
{
  py_dict_del(interp, DICT(call), call->values[0]);
  return py_failed(interp) ? py_null() : py_none();
}

static PyValue set_remove(PyInterp *interp, PyCall *call)
{
  if (py_dict_del(interp, DICT(call), call->values[0]))
    return py_none();
  return py_failed(interp) ? py_null() : key_error(interp, call->values[0]);
}

static PyValue set_pop(PyInterp *interp, PyCall *call)
{
  PyDict *dict = DICT(call);
  if (!dict->live)
    return key_error(interp, py_str(interp, "pop from an empty set", -1));
  if (dict->live > 1)
    return py_stop(interp, PY_NONDETERMINISTIC, _("the order of a set's items may differ from run to run"));
  gsize at = 0;
  PyValue key;
  py_dict_next(dict, &at, &key, NULL);
  py_dict_clear(dict);
  return key;
}

static PyValue set_compare(PyInterp *interp, PyCall *call)
{
  PyValue other = as_set(interp, call->values[0]);
  if (py_is_null(other))
    return other;
  if (!strcmp(call->function, "issubset"))
    return py_compare(interp, PY_LE, call->self, other);
  if (!strcmp(call->function, "issuperset"))
    return py_compare(interp, PY_GE, call->self, other);
  PyValue common = py_set_binary(interp, PY_AND, call->self, other);
  return py_is_null(common) ? common : py_bool(!common.dict->live);
}

#define SET_READING                                                                                     \
  {"copy", dict_copy_method, "", PY_PURE}, {"difference", set_combine, NULL, PY_PURE},                  \
      {"intersection", set_combine, NULL, PY_PURE}, {"isdisjoint", set_compare, "other, /", PY_PURE},   \
      {"issubset", set_compare, "other, /", PY_PURE}, {"issuperset", set_compare, "other, /", PY_PURE}, \
      {"symmetric_difference", set_combine, NULL, PY_PURE},                                             \
  {                                                                                                     \
    "union", set_combine, NULL, PY_PURE                                                                 \
  }

const PyMethod set_methods[] = {
    SET_READING,
    {"add", set_add, "elem, /", PY_METHOD_PLAIN},
    {"clear", dict_clear_method, "", PY_METHOD_PLAIN},
    {"difference_update", set_combine_update, NULL, PY_METHOD_PLAIN},
    {"discard", set_discard, "elem, /", PY_METHOD_PLAIN},
    {"intersection_update", set_combine_update, NULL, PY_METHOD_PLAIN},
    {"pop", set_pop, "", PY_METHOD_PLAIN},
    {"remove", set_remove, "elem, /", PY_METHOD_PLAIN},
    {"symmetric_difference_update", set_combine_update, NULL, PY_METHOD_PLAIN},
    {"update", set_combine_update, NULL, PY_METHOD_PLAIN},
    {0},
};

const PyMethod frozenset_methods[] = {SET_READING, {0}};
