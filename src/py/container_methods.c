/* Methods of list, tuple, dict, set, bytes and numbers. */
#include <math.h>
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
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

/* ---- bytes ---- */

/* Python has it, we do not. */
static PyValue unsupported(PyInterp *interp, PyCall *call)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, _("%s.%s() is not supported"), py_type_name(interp, call->self),
                    call->function);
}

#define UNSUPPORTED(name)            \
  {                                  \
    name, unsupported, NULL, PY_PURE \
  }

static PyValue bytes_decode(PyInterp *interp, PyCall *call)
{
  const char *encoding = py_arg_text(call, 0);
  const PyStr *s = call->self.str;
  if (!encoding)
    return py_null();
  gboolean utf8 = !g_ascii_strcasecmp(encoding, "utf-8") || !g_ascii_strcasecmp(encoding, "utf8") ||
                  !g_ascii_strcasecmp(encoding, "ascii");
  if (!utf8)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("decoding from %s is not supported"), encoding);
  if (!g_utf8_validate_len(s->data, s->len, NULL))
    return py_raise(interp, "UnicodeDecodeError", "'utf-8' codec can't decode byte");
  return py_from_str(py_str_in(interp->arena, s->data, s->len));
}

static PyValue bytes_hex(PyInterp *interp, PyCall *call)
{
  Builder b;
  builder_init(&b, interp);
  for (gsize i = 0; i < call->self.str->len; i++)
    builder_printf(&b, "%02x", (guchar)call->self.str->data[i]);
  return builder_end(&b);
}

static PyValue bytes_fromhex(PyInterp *interp, PyCall *call)
{
  const char *p = py_arg_text(call, 0);
  Builder b;
  builder_init(&b, interp);
  while (p && *p) {
    if (g_ascii_isspace(*p)) {
      p++;
      continue;
    }
    if (!g_ascii_isxdigit(p[0]) || !g_ascii_isxdigit(p[1]))
      return py_raise(interp, "ValueError", "non-hexadecimal number found in fromhex() arg");
    builder_char(&b, (char)(g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1])));
    p += 2;
  }
  return p ? builder_end_bytes(&b) : py_null();
}

static PyValue bytes_join(PyInterp *interp, PyCall *call)
{
  PyList *items = py_collect(interp, call->values[0]);
  Builder b;
  builder_init(&b, interp);
  for (gsize i = 0; items && i < items->len; i++) {
    if (items->items[i].type != PY_BYTES)
      return py_raise(interp, "TypeError", "sequence item %" G_GSIZE_FORMAT ": expected a bytes-like object",
                      i);
    if (i)
      builder_put(&b, call->self.str->data, call->self.str->len);
    builder_put(&b, items->items[i].str->data, items->items[i].str->len);
  }
  return items ? builder_end_bytes(&b) : py_null();
}

static PyValue bytes_startswith(PyInterp *interp, PyCall *call)
{
  PyValue part = call->values[0];
  if (part.type != PY_BYTES)
    return py_raise(interp, "TypeError", "%s first arg must be bytes", call->function);
  const PyStr *s = call->self.str;
  gboolean end = call->function[0] == 'e';
  return py_bool(part.str->len <= s->len &&
                 !memcmp(end ? s->data + s->len - part.str->len : s->data, part.str->data, part.str->len));
}

const PyMethod bytes_methods[] = {
    {"decode", bytes_decode, "encoding='utf-8', errors='strict'", PY_PURE},
    {"endswith", bytes_startswith, "suffix, /", PY_PURE},
    {"fromhex", bytes_fromhex, "string, /", PY_PURE | PY_STATIC},
    {"hex", bytes_hex, "", PY_PURE},
    {"join", bytes_join, "iterable, /", PY_PURE},
    {"startswith", bytes_startswith, "prefix, /", PY_PURE},
    UNSUPPORTED("capitalize"),
    UNSUPPORTED("center"),
    UNSUPPORTED("count"),
    UNSUPPORTED("expandtabs"),
    UNSUPPORTED("find"),
    UNSUPPORTED("index"),
    UNSUPPORTED("isalnum"),
    UNSUPPORTED("isalpha"),
    UNSUPPORTED("isascii"),
    UNSUPPORTED("isdigit"),
    UNSUPPORTED("islower"),
    UNSUPPORTED("isspace"),
    UNSUPPORTED("istitle"),
    UNSUPPORTED("isupper"),
    UNSUPPORTED("ljust"),
    UNSUPPORTED("lower"),
    UNSUPPORTED("lstrip"),
    UNSUPPORTED("maketrans"),
    UNSUPPORTED("partition"),
    UNSUPPORTED("removeprefix"),
    UNSUPPORTED("removesuffix"),
    UNSUPPORTED("replace"),
    UNSUPPORTED("rfind"),
    UNSUPPORTED("rindex"),
    UNSUPPORTED("rjust"),
    UNSUPPORTED("rpartition"),
    UNSUPPORTED("rsplit"),
    UNSUPPORTED("rstrip"),
    UNSUPPORTED("split"),
    UNSUPPORTED("splitlines"),
    UNSUPPORTED("strip"),
    UNSUPPORTED("swapcase"),
    UNSUPPORTED("title"),
    UNSUPPORTED("translate"),
    UNSUPPORTED("upper"),
    UNSUPPORTED("zfill"),
    {0},
};

/* ---- numbers ---- */

static PyValue int_bit_length(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_int(big_bits(call->self));
}

static PyValue number_self(PyInterp *interp, PyCall *call)
{
  return py_unary(interp, PY_POS, call->self);
}

static PyValue int_zero(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_int(call->function[0] == 'd' ? 1 : 0);
}

static PyValue float_is_integer(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return py_bool(call->self.f == floor(call->self.f) && isfinite(call->self.f));
}

const PyMethod int_methods[] = {
    {"bit_length", int_bit_length, "", PY_PURE},
    UNSUPPORTED("as_integer_ratio"),
    UNSUPPORTED("bit_count"),
    UNSUPPORTED("from_bytes"),
    UNSUPPORTED("is_integer"),
    UNSUPPORTED("to_bytes"),
    {"conjugate", number_self, "", PY_PURE},
    {"real", number_self, "", PY_PURE | PY_PROPERTY},
    {"numerator", number_self, "", PY_PURE | PY_PROPERTY},
    {"imag", int_zero, "", PY_PURE | PY_PROPERTY},
    {"denominator", int_zero, "", PY_PURE | PY_PROPERTY},
    {0},
};

const PyMethod float_methods[] = {
    {"is_integer", float_is_integer, "", PY_PURE},
    UNSUPPORTED("as_integer_ratio"),
    UNSUPPORTED("conjugate"),
    UNSUPPORTED("fromhex"),
    UNSUPPORTED("hex"),
    UNSUPPORTED("imag"),
    {"real", number_self, "", PY_PURE | PY_PROPERTY},
    {0},
};

static PyValue range_part(PyInterp *interp, PyCall *call)
{
  (void)interp;
  const PyRange *range = call->self.range;
  return py_int(call->function[2] == 'a'   ? range->start
                : call->function[2] == 'o' ? range->stop
                                           : range->step);
}

const PyMethod range_methods[] = {
    {"start", range_part, "", PY_PURE | PY_PROPERTY},
    {"stop", range_part, "", PY_PURE | PY_PROPERTY},
    {"step", range_part, "", PY_PURE | PY_PROPERTY},
    {0},
};
