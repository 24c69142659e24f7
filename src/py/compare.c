/* Equality, order, membership, sorting. */
#include <math.h>
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "object.h"

/* ---- builtin values ---- */

static int compare_numbers(PyValue a, PyValue b)
{
  if (a.type == PY_FLOAT || b.type == PY_FLOAT) {
    gdouble x = py_to_double(a), y = py_to_double(b);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a.type == PY_BIGINT || b.type == PY_BIGINT)
    return big_compare(a, b);
  return a.i < b.i ? -1 : a.i > b.i;
}

static gboolean is_nan(PyValue v)
{
  return v.type == PY_FLOAT && isnan(v.f);
}

/* UTF-8 sorts by code point when compared as bytes. */
static int compare_str(const PyStr *a, const PyStr *b)
{
  int order = memcmp(a->data, b->data, MIN(a->len, b->len));
  return order ? order : a->len < b->len ? -1 : a->len > b->len;
}

static int equal_lists(PyInterp *interp, const PyList *a, const PyList *b)
{
  if (a->len != b->len)
    return 0;
  for (gsize i = 0; i < a->len && i < b->len; i++) {
    int same = py_spend(interp, 1) ? py_equal(interp, a->items[i], b->items[i]) : -1;
    if (same <= 0)
      return same;
  }
  return 1;
}

static int equal_dicts(PyInterp *interp, const PyDict *a, const PyDict *b, gboolean values)
{
  if (a->live != b->live)
    return 0;
  PyValue key, value, other;
  for (gsize at = 0; py_dict_next(a, &at, &key, &value);) {
    if (!py_dict_get(interp, b, key, &other))
      return py_failed(interp) ? -1 : 0;
    int same = values ? py_equal(interp, value, other) : 1;
    if (same <= 0)
      return same;
  }
  return 1;
}

static int equal_plain(PyInterp *interp, PyValue a, PyValue b)
{
  if (py_is_number(a) && py_is_number(b))
    return !is_nan(a) && !is_nan(b) && compare_numbers(a, b) == 0;
  gboolean set_a = a.type == PY_SET || a.type == PY_FROZENSET,
           set_b = b.type == PY_SET || b.type == PY_FROZENSET;
  if (set_a && set_b)
    return equal_dicts(interp, a.dict, b.dict, FALSE);
  if (a.type != b.type)
    return 0;
  switch (a.type) {
  case PY_LIST:
  case PY_TUPLE: return py_deep(interp) ? -1 : equal_lists(interp, a.list, b.list);
  case PY_DICT: return py_deep(interp) ? -1 : equal_dicts(interp, a.dict, b.dict, TRUE);
  case PY_RANGE: {
    gsize n = py_range_len(a.range);
    return n == py_range_len(b.range) &&
           (n == 0 || (a.range->start == b.range->start && (n == 1 || a.range->step == b.range->step)));
  }
  case PY_METHOD:
    return py_identical(a.method->self, b.method->self) &&
           py_identical(a.method->function, b.method->function);
  default: return py_identical(a, b);
  }
}

/* -1, 0, 1 as *order; FALSE: no order between them (no failure), or failed. */
static gboolean order_plain(PyInterp *interp, PyValue a, PyValue b, int *order);

static gboolean order_lists(PyInterp *interp, const PyList *a, const PyList *b, int *order)
{
  for (gsize i = 0; i < a->len && i < b->len; i++) {
    int same = py_spend(interp, 1) ? py_equal(interp, a->items[i], b->items[i]) : -1;
    if (same < 0)
      return FALSE;
    if (same)
      continue;
    int is_less = py_less(interp, a->items[i], b->items[i]);
    if (is_less < 0)
      return FALSE;
    *order = is_less ? -1 : 1;
    return TRUE;
  }
  *order = a->len < b->len ? -1 : a->len > b->len;
  return TRUE;
}

static gboolean order_plain(PyInterp *interp, PyValue a, PyValue b, int *order)
{
  if (py_is_number(a) && py_is_number(b)) {
    *order = compare_numbers(a, b);
    return TRUE;
  }
  if (a.type != b.type)
    return FALSE;
  if (a.type == PY_STR || a.type == PY_BYTES) {
    *order = compare_str(a.str, b.str);
    return TRUE;
  }
  return (a.type == PY_LIST || a.type == PY_TUPLE) && !py_deep(interp) &&
         order_lists(interp, a.list, b.list, order);
}

static gboolean is_set(PyValue v)
{
  return v.type == PY_SET || v.type == PY_FROZENSET;
}

static int subset(PyInterp *interp, const PyDict *a, const PyDict *b)
{
  PyValue key;
  for (gsize at = 0; py_dict_next(a, &at, &key, NULL);)
    if (!py_dict_get(interp, b, key, NULL))
      return py_failed(interp) ? -1 : 0;
  return 1;
}

static PyValue compare_sets(PyInterp *interp, PyOp op, const PyDict *a, const PyDict *b)
{
  if (op == PY_GT || op == PY_GE)
    return compare_sets(interp, op == PY_GT ? PY_LT : PY_LE, b, a);
  int holds = subset(interp, a, b);
  return holds < 0 ? py_null() : py_bool(holds && (op == PY_LE || a->live < b->live));
}

static PyValue compare_plain(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  if (op == PY_EQ || op == PY_NE) {
    int same = equal_plain(interp, a, b);
    return same < 0 ? py_null() : py_bool(same == (op == PY_EQ));
  }
  if (is_set(a) && is_set(b))
    return compare_sets(interp, op, a.dict, b.dict);
  int order;
  if (!order_plain(interp, a, b, &order)) {
    if (py_failed(interp))
      return py_null();
    return py_raise(interp, "TypeError", "'%s' not supported between instances of '%s' and '%s'",
                    py_op_text(op), py_type_name(interp, a), py_type_name(interp, b));
  }
  if (is_nan(a) || is_nan(b))
    return py_bool(FALSE);
  return py_bool(op == PY_LT ? order < 0 : op == PY_LE ? order <= 0 : op == PY_GT ? order > 0 : order >= 0);
}

/* ---- overloaded comparison ---- */

static const char *special_name(PyOp op)
{
  switch (op) {
  case PY_EQ: return "__eq__";
  case PY_NE: return "__ne__";
  case PY_LT: return "__lt__";
  case PY_LE: return "__le__";
  case PY_GT: return "__gt__";
  default: return "__ge__";
  }
}

static PyOp turned(PyOp op)
{
  return op == PY_LT ? PY_GT : op == PY_LE ? PY_GE : op == PY_GT ? PY_LT : op == PY_GE ? PY_LE : op;
}

/* What a's class makes of it; NotImplemented when it has no say. */
static PyValue try_compare(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  if (a.type != PY_INSTANCE)
    return py_not_implemented();
  PyValue method = py_special(interp, a, special_name(op));
  if (!py_is_null(method))
    return b.type == PY_UNKNOWN ? b : py_call_self(interp, method, a, &(PyArgs){.args = &b, .n = 1});
  if (op == PY_NE && !py_is_null(py_special(interp, a, "__eq__"))) {
    PyValue same = try_compare(interp, PY_EQ, a, b);
    if (same.type == PY_NOT_IMPLEMENTED || py_is_null(same) || same.type == PY_UNKNOWN)
      return same;
    int truth = py_truth(interp, same);
    return truth < 0 ? py_null() : py_bool(!truth);
  }
  PyClass *cls = a.instance->cls;
  return cls->host && cls->host->binary ? cls->host->binary(interp, op, a, b, FALSE) : py_not_implemented();
}

static gboolean is_enum(PyValue v)
{
  return v.type == PY_INSTANCE && v.instance->cls->is_enum;
}

static PyValue compare_rich(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  PyValue result = try_compare(interp, op, a, b);
  if (result.type == PY_NOT_IMPLEMENTED)
    result = try_compare(interp, turned(op), b, a);
  if (result.type != PY_NOT_IMPLEMENTED)
    return result;
  if (a.type == PY_UNKNOWN)
    return a;
  if (b.type == PY_UNKNOWN)
    return b;
  /* An enum member is equal to itself only, unless its class is also a str or int. */
  PyValue plain_a = is_enum(a) && a.instance->value.type == PY_NULL ? a : py_plain(a);
  PyValue plain_b = is_enum(b) && b.instance->value.type == PY_NULL ? b : py_plain(b);
  return compare_plain(interp, op, plain_a, plain_b);
}

/* Long operands count for more than a step. */
static guint64 size_steps(PyValue v)
{
  return v.type == PY_STR || v.type == PY_BYTES    ? v.str->len / 64
         : v.type == PY_LIST || v.type == PY_TUPLE ? v.list->len / 8
                                                   : 0;
}

PyValue py_compare(PyInterp *interp, PyOp op, PyValue a, PyValue b)
{
  if (!py_spend(interp, size_steps(a) + size_steps(b)))
    return py_null();
  switch (op) {
  case PY_IS:
  case PY_IS_NOT:
    if (a.type == PY_UNKNOWN)
      return a;
    if (b.type == PY_UNKNOWN)
      return b;
    return py_bool(py_identical(a, b) == (op == PY_IS));
  case PY_IN:
  case PY_NOT_IN: {
    if (b.type == PY_UNKNOWN)
      return b;
    if (a.type == PY_UNKNOWN)
      return a;
    const PyReason *reason = b.type == PY_LIST || b.type == PY_TUPLE ? py_find_unknown(b) : NULL;
    if (reason)
      return py_unknown_because(reason);
    int inside = py_contains(interp, b, a);
    return inside < 0 ? py_null() : py_bool(inside == (op == PY_IN));
  }
  default: break;
  }
  if (a.type == PY_INSTANCE || b.type == PY_INSTANCE || a.type == PY_UNKNOWN || b.type == PY_UNKNOWN)
    return compare_rich(interp, op, a, b);
  if (a.type == PY_LIST || a.type == PY_TUPLE || a.type == PY_DICT) {
    const PyReason *reason = py_find_unknown(a);
    if (!reason)
      reason = py_find_unknown(b);
    if (reason)
      return py_unknown_because(reason);
  }
  return compare_plain(interp, op, a, b);
}

int py_equal(PyInterp *interp, PyValue a, PyValue b)
{
  if (a.type == b.type && a.type != PY_FLOAT && py_identical(a, b))
    return 1;
  if (a.type == PY_STR && b.type == PY_STR)
    return 0;
  PyValue same = py_compare(interp, PY_EQ, a, b);
  return py_is_null(same) ? -1 : py_truth(interp, same);
}

int py_less(PyInterp *interp, PyValue a, PyValue b)
{
  PyValue result = py_compare(interp, PY_LT, a, b);
  return py_is_null(result) ? -1 : py_truth(interp, result);
}

/* ---- membership ---- */

static int contains_item(PyInterp *interp, PyValue container, PyValue item)
{
  PyValue iterator = py_iter_unordered(interp, container), other;
  if (py_is_null(iterator))
    return -1;
  while (py_next(interp, iterator, &other)) {
    int same = py_equal(interp, other, item);
    if (same)
      return same;
  }
  return py_failed(interp) ? -1 : 0;
}

static int contains_text(PyInterp *interp, PyValue container, PyValue item)
{
  if (container.type == PY_BYTES && item.type == PY_INT)
    return item.i >= 0 && item.i < 256 &&
           memchr(container.str->data, (int)item.i, container.str->len) != NULL;
  if (item.type != container.type) {
    py_raise(interp, "TypeError",
             container.type == PY_STR ? "'in <string>' requires string as left operand, not %s"
                                      : "a bytes-like object is required, not '%s'",
             py_type_name(interp, item));
    return -1;
  }
  return item.str->len == 0 ||
         memmem(container.str->data, container.str->len, item.str->data, item.str->len) != NULL;
}

static int contains_number(const PyRange *range, gint64 i)
{
  if (range->step > 0 ? i < range->start || i >= range->stop : i > range->start || i <= range->stop)
    return 0;
  return (i - range->start) % range->step == 0;
}

int py_contains(PyInterp *interp, PyValue container, PyValue item)
{
  if (container.type == PY_INSTANCE) {
    PyValue method = py_special(interp, container, "__contains__");
    if (!py_is_null(method)) {
      PyValue result = py_call_self(interp, method, container, &(PyArgs){.args = &item, .n = 1});
      return py_is_null(result) ? -1 : py_truth(interp, result);
    }
    PyClass *cls = container.instance->cls;
    if (cls->host && cls->host->contains)
      return cls->host->contains(interp, container, item);
  }
  PyValue plain = py_plain(container);
  switch (plain.type) {
  case PY_STR:
  case PY_BYTES: return contains_text(interp, plain, py_plain(item));
  case PY_DICT:
  case PY_SET:
  case PY_FROZENSET:
    if (py_dict_get(interp, plain.dict, item, NULL))
      return 1;
    return py_failed(interp) ? -1 : 0;
  case PY_RANGE:
    if (item.type == PY_INT || item.type == PY_BOOL)
      return contains_number(plain.range, item.i);
    return contains_item(interp, plain, item);
  case PY_CLASS:
    if (plain.cls->is_enum && item.type != PY_INSTANCE) { /* by value, since 3.12 */
      PyValue found = py_enum_call(interp, plain.cls, &(PyArgs){.args = &item, .n = 1});
      gboolean inside = !py_is_null(found);
      py_clear(interp);
      return py_failed(interp) ? -1 : inside;
    }
    return contains_item(interp, plain, item);
  default: return contains_item(interp, plain.type == PY_NULL ? container : plain, item);
  }
}

/* ---- sorting: stable merge sort, as comparisons may fail ---- */

typedef struct {
  PyInterp *interp;
  PyValue *keys;
  guint *order, *scratch;
  gboolean reverse;
} Sort;

static gboolean merge_sort(Sort *sort, gsize from, gsize to)
{
  if (to - from < 2)
    return TRUE;
  gsize middle = from + (to - from) / 2;
  if (!merge_sort(sort, from, middle) || !merge_sort(sort, middle, to))
    return FALSE;
  gsize left = from, right = middle, out = from;
  while (left < middle && right < to) {
    PyValue a = sort->keys[sort->order[left]], b = sort->keys[sort->order[right]];
    int second = sort->reverse ? py_less(sort->interp, a, b) : py_less(sort->interp, b, a);
    if (second < 0 || !py_spend(sort->interp, 1))
      return FALSE;
    sort->scratch[out++] = sort->order[second ? right++ : left++];
  }
  while (left < middle)
    sort->scratch[out++] = sort->order[left++];
  while (right < to)
    sort->scratch[out++] = sort->order[right++];
  memcpy(sort->order + from, sort->scratch + from, (to - from) * sizeof(guint));
  return TRUE;
}

gboolean py_sort_values(PyInterp *interp, PyValue *items, gsize n, PyValue key, gboolean reverse)
{
  if (!n)
    return TRUE;
  if (!py_reserve(interp, n * (2 * sizeof(PyValue) + 2 * sizeof(guint))))
    return FALSE;
  Sort sort = {interp, items, new_array(interp, guint, n + 1), new_array(interp, guint, n + 1), reverse};
  if (!py_is_null(key) && !py_is_none(key)) {
    sort.keys = new_array(interp, PyValue, n + 1);
    for (gsize i = 0; i < n; i++) {
      sort.keys[i] = py_call_1(interp, key, items[i]);
      if (py_is_null(sort.keys[i]))
        return FALSE;
    }
  }
  for (gsize i = 0; i < n; i++)
    sort.order[i] = (guint)i;
  if (!merge_sort(&sort, 0, n))
    return FALSE;
  PyValue *copy = new_array(interp, PyValue, n + 1);
  memcpy(copy, items, n * sizeof(PyValue));
  for (gsize i = 0; i < n; i++)
    items[i] = copy[sort.order[i]];
  return TRUE;
}
