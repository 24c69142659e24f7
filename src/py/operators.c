/* Operators on all kinds of values, truth, length. */
#include <string.h>

#include "bigint.h"
#include "object.h"

static const char *const special_names[][2] = {
    [PY_ADD] = {"__add__", "__radd__"},          [PY_SUB] = {"__sub__", "__rsub__"},
    [PY_MUL] = {"__mul__", "__rmul__"},          [PY_MATMUL] = {"__matmul__", "__rmatmul__"},
    [PY_DIV] = {"__truediv__", "__rtruediv__"},  [PY_FLOORDIV] = {"__floordiv__", "__rfloordiv__"},
    [PY_MOD] = {"__mod__", "__rmod__"},          [PY_POW] = {"__pow__", "__rpow__"},
    [PY_LSHIFT] = {"__lshift__", "__rlshift__"}, [PY_RSHIFT] = {"__rshift__", "__rrshift__"},
    [PY_AND] = {"__and__", "__rand__"},          [PY_OR] = {"__or__", "__ror__"},
    [PY_XOR] = {"__xor__", "__rxor__"},
};

/* ---- sequences and sets ---- */

static PyValue repeat_text(PyInterp *interp, PyValue s, gint64 n)
{
  gsize len = s.str->len;
  if (n <= 0 || !len)
    return s.type == PY_STR ? py_str(interp, "", 0) : py_bytes(interp, "", 0);
  if ((guint64)n > interp->limits.memory / len || !py_reserve(interp, len * (gsize)n)) {
    py_reserve(interp, interp->limits.memory + 1);
    return py_null();
  }
  PyStr *out = arena_alloc(interp->arena, sizeof(PyStr) + len * (gsize)n + 1);
  for (gint64 i = 0; i < n; i++)
    memcpy(out->data + (gsize)i * len, s.str->data, len);
  out->len = len * (gsize)n;
  out->chars = s.str->chars * (gsize)n;
  return (PyValue){.type = s.type, .str = out};
}

static PyValue repeat_list(PyInterp *interp, PyValue list, gint64 n)
{
  gsize len = list.list->len;
  gsize count = n > 0 && len ? (gsize)n : 0;
  if (count && (count > interp->limits.memory / sizeof(PyValue) / len ||
                !py_reserve(interp, len * count * sizeof(PyValue)))) {
    py_reserve(interp, interp->limits.memory + 1);
    return py_null();
  }
  PyValue *items = new_array(interp, PyValue, len * count + 1);
  for (gsize i = 0; i < count; i++)
    memcpy(items + i * len, list.list->items, len * sizeof(PyValue));
  PyValue out = py_tuple_take(interp, items, len * count);
  out.type = list.type;
  return out;
}

static PyValue concat_text(PyInterp *interp, PyValue a, PyValue b)
{
  gsize len = a.str->len + b.str->len;
  if (!py_reserve(interp, len))
    return py_null();
  PyStr *out = arena_alloc(interp->arena, sizeof(PyStr) + len + 1);
  memcpy(out->data, a.str->data, a.str->len);
  memcpy(out->data + a.str->len, b.str->data, b.str->len);
  out->len = len;
  out->chars = a.str->chars + b.str->chars;
  return (PyValue){.type = a.type, .str = out};
}

static PyValue concat_lists(PyInterp *interp, PyValue a, PyValue b)
{
  gsize len = a.list->len + b.list->len;
  if (!py_reserve(interp, len * sizeof(PyValue)))
    return py_null();
  PyValue *items = new_array(interp, PyValue, len + 1);
  if (a.list->len)
    memcpy(items, a.list->items, a.list->len * sizeof(PyValue));
  if (b.list->len)
    memcpy(items + a.list->len, b.list->items, b.list->len * sizeof(PyValue));
  PyValue out = py_tuple_take(interp, items, len);
  out.type = a.type;
  return out;
}

PyValue py_sequence_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  gboolean text_a = a.type == PY_STR || a.type == PY_BYTES, list_a = a.type == PY_LIST || a.type == PY_TUPLE;
  if (op == PY_ADD && a.type == b.type && text_a)
    return concat_text(interp, a, b);
  if (op == PY_ADD && a.type == b.type && list_a)
    return concat_lists(interp, a, b);
  if (op == PY_ADD && (text_a || list_a))
    return py_raise(interp, "TypeError", "can only concatenate %s (not \"%s\") to %s",
                    py_type_name(interp, a), py_type_name(interp, b), py_type_name(interp, a));
  if (op == PY_MUL && (b.type == PY_INT || b.type == PY_BOOL) && (text_a || list_a))
    return text_a ? repeat_text(interp, a, b.i) : repeat_list(interp, a, b.i);
  if (op == PY_MUL && (a.type == PY_INT || a.type == PY_BOOL) && b.type != PY_INT)
    return b.type == PY_STR || b.type == PY_BYTES || b.type == PY_LIST || b.type == PY_TUPLE
               ? py_sequence_binary(interp, op, b, a)
               : py_not_implemented();
  if (op == PY_MOD && text_a)
    return py_percent_format(interp, a, b);
  if (op == PY_OR && a.type == PY_DICT && b.type == PY_DICT) {
    PyDict *merged = py_dict_copy(interp, a.dict);
    return py_dict_update(interp, merged, b.dict) ? (PyValue){.type = PY_DICT, .dict = merged} : py_null();
  }
  return py_not_implemented();
}

static gboolean is_set(PyValue v)
{
  return v.type == PY_SET || v.type == PY_FROZENSET;
}

PyValue py_set_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  if (!is_set(a) || !is_set(b) || (op != PY_OR && op != PY_AND && op != PY_SUB && op != PY_XOR))
    return py_not_implemented();
  PyDict *out = op == PY_OR ? py_dict_copy(interp, a.dict) : py_dict_new(interp);
  PyValue key;
  if (op == PY_OR && !py_dict_update(interp, out, b.dict))
    return py_null();
  for (gsize at = 0; op != PY_OR && py_dict_next(a.dict, &at, &key, NULL);)
    if (py_dict_get(interp, b.dict, key, NULL) == (op == PY_AND) && !py_dict_set(interp, out, key, py_none()))
      return py_null();
  for (gsize at = 0; op == PY_XOR && py_dict_next(b.dict, &at, &key, NULL);)
    if (!py_dict_get(interp, a.dict, key, NULL) && !py_dict_set(interp, out, key, py_none()))
      return py_null();
  return py_failed(interp) ? py_null() : (PyValue){.type = a.type, .dict = out};
}

/* ---- dispatch ---- */

/* int | None, list[str] | None: a type for annotations, which nobody looks into. */
static PyValue union_type(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  gboolean class_a = a.type == PY_CLASS || a.type == PY_NONE,
           class_b = b.type == PY_CLASS || b.type == PY_NONE;
  if (op == PY_OR && class_a && class_b && (a.type == PY_CLASS || b.type == PY_CLASS))
    return py_tuple(interp, (PyValue[]){a, b}, 2);
  return py_not_implemented();
}

static PyValue plain_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  PyValue formatted = b;
  a = py_plain(a);
  b = py_plain(b);
  if (py_is_number(a) && py_is_number(b))
    return py_numeric_binary(interp, op, a, b);
  /* "%s" % value wants the value itself, whatever it is derived from. */
  PyValue result = py_sequence_binary(interp, op, a, op == PY_MOD && a.type == PY_STR ? formatted : b);
  if (result.type == PY_NOT_IMPLEMENTED)
    result = py_set_binary(interp, op, a, b);
  if (result.type == PY_NOT_IMPLEMENTED)
    result = union_type(interp, op, a, b);
  return result;
}

static PyValue try_overload(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  if (self.type != PY_INSTANCE)
    return py_not_implemented();
  PyValue method = py_special(interp, self, special_names[op][reflected ? 1 : 0]);
  if (!py_is_null(method))
    return other.type == PY_UNKNOWN ? other
                                    : py_call_self(interp, method, self, &(PyArgs){.args = &other, .n = 1});
  PyClass *cls = self.instance->cls;
  return cls->host && cls->host->binary ? cls->host->binary(interp, op, self, other, reflected)
                                        : py_not_implemented();
}

PyValue py_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  if (op >= PY_EQ && op <= PY_IS_NOT)
    return py_compare(interp, op, a, b);
  if (py_is_number(a) && py_is_number(b))
    return py_numeric_binary(interp, op, a, b);
  PyValue result = try_overload(interp, op, a, b, FALSE);
  if (result.type == PY_NOT_IMPLEMENTED)
    result = try_overload(interp, op, b, a, TRUE);
  if (result.type != PY_NOT_IMPLEMENTED)
    return result;
  if (a.type == PY_UNKNOWN)
    return a;
  if (b.type == PY_UNKNOWN)
    return b;
  result = plain_binary(interp, op, a, b);
  if (result.type != PY_NOT_IMPLEMENTED)
    return result;
  return py_raise(interp, "TypeError", "unsupported operand type(s) for %s: '%s' and '%s'",
                  op == PY_POW ? "** or pow()" : py_op_text(op), py_type_name(interp, a),
                  py_type_name(interp, b));
}

static const char *inplace_name(PyOp op)
{
  switch (op) {
  case PY_ADD: return "__iadd__";
  case PY_SUB: return "__isub__";
  case PY_MUL: return "__imul__";
  case PY_OR: return "__ior__";
  case PY_AND: return "__iand__";
  case PY_XOR: return "__ixor__";
  default: return NULL;
  }
}

PyValue py_inplace_binary(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  const char *name = inplace_name(op);
  PyValue method = name ? py_special(interp, a, name) : py_null();
  if (!py_is_null(method))
    return py_call_self(interp, method, a, &(PyArgs){.args = &b, .n = 1});
  PyValue plain = py_plain(a), other = py_plain(b);
  if (op == PY_ADD && plain.type == PY_LIST && b.type != PY_UNKNOWN) {
    PyList *more = py_collect(interp, b);
    for (gsize i = 0; more && i < more->len; i++)
      py_list_append(interp, plain.list, more->items[i]);
    return py_failed(interp) ? py_null() : a;
  }
  if (op == PY_OR && plain.type == PY_DICT && other.type == PY_DICT)
    return py_dict_update(interp, plain.dict, other.dict) ? a : py_null();
  if (plain.type == PY_SET && is_set(other)) {
    PyValue result = py_set_binary(interp, op, plain, other);
    if (result.type != PY_SET)
      return result;
    *plain.dict = *result.dict;
    return a;
  }
  return py_binary(interp, op, a, b);
}

/* ---- unary ---- */

static PyValue unary_number(PyInterp *interp, PyOp op, PyValue v)
{
  if (v.type == PY_FLOAT)
    return op == PY_INVERT ? py_not_implemented() : py_float(op == PY_NEG ? -v.f : v.f);
  if (op == PY_POS)
    return v.type == PY_BOOL ? py_int(v.i) : v;
  PyValue negative = py_numeric_binary(interp, PY_SUB, py_int(0), v);
  return op == PY_NEG || py_is_null(negative) ? negative
                                              : py_numeric_binary(interp, PY_SUB, negative, py_int(1));
}

PyValue py_unary(PyInterp *interp, PyOp op, PyValue v)
{
  if (v.type == PY_UNKNOWN)
    return v;
  if (op == PY_NOT) {
    int truth = py_truth(interp, v);
    return truth < 0 ? py_null() : py_bool(!truth);
  }
  PyValue result = py_not_implemented();
  if (v.type == PY_INSTANCE) {
    PyValue method = py_special(interp, v,
                                op == PY_NEG   ? "__neg__"
                                : op == PY_POS ? "__pos__"
                                               : "__invert__");
    PyClass *cls = v.instance->cls;
    if (!py_is_null(method))
      return py_call_self(interp, method, v, &(PyArgs){0});
    if (cls->host && cls->host->unary)
      result = cls->host->unary(interp, op, v);
  }
  PyValue plain = py_plain(v);
  if (result.type == PY_NOT_IMPLEMENTED && py_is_number(plain))
    result = unary_number(interp, op, plain);
  if (result.type != PY_NOT_IMPLEMENTED)
    return result;
  return py_raise(interp, "TypeError", "bad operand type for unary %s: '%s'", py_op_text(op),
                  py_type_name(interp, v));
}

/* ---- truth and length ---- */

gsize py_range_len(const PyRange *range)
{
  if (range->step > 0 ? range->start >= range->stop : range->start <= range->stop)
    return 0;
  guint64 distance = range->step > 0 ? (guint64)range->stop - (guint64)range->start
                                     : (guint64)range->start - (guint64)range->stop;
  guint64 step = range->step > 0 ? (guint64)range->step : 0 - (guint64)range->step;
  return (gsize)((distance - 1) / step + 1);
}

static int truth_of_instance(PyInterp *interp, PyValue v)
{
  PyValue method = py_special(interp, v, "__bool__");
  if (!py_is_null(method)) {
    PyValue result = py_call_self(interp, method, v, &(PyArgs){0});
    return py_is_null(result) ? -1 : py_truth(interp, result);
  }
  PyClass *cls = v.instance->cls;
  if (cls->host && cls->host->truth)
    return cls->host->truth(interp, v);
  if (!py_is_null(py_special(interp, v, "__len__")) || (cls->host && cls->host->len)) {
    gssize len = py_len(interp, v);
    return len < 0 ? -1 : len > 0;
  }
  return v.instance->value.type == PY_NULL ? 1 : py_truth(interp, v.instance->value);
}

int py_truth(PyInterp *interp, PyValue v)
{
  switch (v.type) {
  case PY_NULL: return -1;
  case PY_NONE: return 0;
  case PY_BOOL:
  case PY_INT: return v.i != 0;
  case PY_FLOAT: return v.f != 0;
  case PY_STR:
  case PY_BYTES: return v.str->len > 0;
  case PY_LIST:
  case PY_TUPLE: return v.list->len > 0;
  case PY_DICT:
  case PY_SET:
  case PY_FROZENSET: return v.dict->live > 0;
  case PY_RANGE: return py_range_len(v.range) > 0;
  case PY_INSTANCE: return truth_of_instance(interp, v);
  case PY_UNKNOWN: py_stop_because(interp, v.reason); return -1;
  default: return 1;
  }
}

static gssize len_of_instance(PyInterp *interp, PyValue v)
{
  PyValue method = py_special(interp, v, "__len__");
  if (!py_is_null(method)) {
    PyValue result = py_call_self(interp, method, v, &(PyArgs){0});
    gint64 n = -1;
    if (result.type == PY_UNKNOWN)
      py_stop_because(interp, result.reason);
    else if (!py_is_null(result) && (!py_as_int64(result, &n) || n < 0))
      py_raise(interp, "ValueError", "__len__() should return >= 0");
    return py_failed(interp) ? -1 : (gssize)n;
  }
  PyClass *cls = v.instance->cls;
  if (cls->host && cls->host->len)
    return cls->host->len(interp, v);
  if (v.instance->value.type != PY_NULL)
    return py_len(interp, v.instance->value);
  py_raise(interp, "TypeError", "object of type '%s' has no len()", cls->name->data);
  return -1;
}

gssize py_len(PyInterp *interp, PyValue v)
{
  switch (v.type) {
  case PY_STR:
  case PY_BYTES: return (gssize)v.str->chars;
  case PY_LIST:
  case PY_TUPLE: return (gssize)v.list->len;
  case PY_DICT:
  case PY_SET:
  case PY_FROZENSET: return (gssize)v.dict->live;
  case PY_RANGE: return (gssize)py_range_len(v.range);
  case PY_INSTANCE: return len_of_instance(interp, v);
  case PY_CLASS:
    if (v.cls->is_enum && v.cls->enum_members)
      return (gssize)v.cls->enum_members->len;
    break;
  case PY_UNKNOWN: py_stop_because(interp, v.reason); return -1;
  default: break;
  }
  py_raise(interp, "TypeError", "object of type '%s' has no len()", py_type_name(interp, v));
  return -1;
}

/* ---- isinstance ---- */

gboolean py_isinstance(PyInterp *interp, PyValue v, const PyClass *cls)
{
  const PyClass *own = py_class_of(interp, v);
  if (v.type == PY_BIGINT && cls->builtin == PY_INT)
    return TRUE;
  return cls == interp->runtime->object || py_class_is_subclass(own, cls);
}
