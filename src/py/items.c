/* v[key]: reading, setting, deleting. */
#include <string.h>

#include "object.h"

gboolean py_index_value(PyInterp *interp, PyValue v, gint64 *index)
{
  if (py_as_int64(v, index))
    return TRUE;
  PyValue method = py_special(interp, v, "__index__");
  if (!py_is_null(method)) {
    PyValue result = py_call_self(interp, method, v, &(PyArgs){0});
    return !py_is_null(result) && py_as_int64(result, index);
  }
  if (v.type == PY_UNKNOWN)
    py_stop_because(interp, v.reason);
  else if (v.type == PY_BIGINT)
    py_raise(interp, "IndexError", "cannot fit 'int' into an index-sized integer");
  else
    py_raise(interp, "TypeError", "'%s' object cannot be interpreted as an integer", py_type_name(interp, v));
  return FALSE;
}

/* A slice's bound, clamped to [low, high] after adding len to negative ones. */
static gboolean slice_bound(PyInterp *interp, PyValue v, gint64 len, gint64 low, gint64 high,
                            gint64 otherwise, gint64 *out)
{
  if (py_is_none(v)) {
    *out = otherwise;
    return TRUE;
  }
  if (!py_index_value(interp, v, out))
    return FALSE;
  if (*out < 0)
    *out += len;
  *out = CLAMP(*out, low, high);
  return TRUE;
}

gboolean py_slice_indices(PyInterp *interp, const PySlice *slice, gsize len, gint64 *start, gint64 *step,
                          gsize *n)
{
  gint64 size = (gint64)len, stop;
  *step = 1;
  if (!py_is_none(slice->step) && !py_index_value(interp, slice->step, step))
    return FALSE;
  if (*step == 0) {
    py_raise(interp, "ValueError", "slice step cannot be zero");
    return FALSE;
  }
  gboolean back = *step < 0;
  gint64 low = back ? -1 : 0, high = back ? size - 1 : size;
  if (!slice_bound(interp, slice->start, size, low, high, back ? high : low, start) ||
      !slice_bound(interp, slice->stop, size, low, high, back ? low : high, &stop))
    return FALSE;
  PyRange range = {*start, stop, *step};
  *n = py_range_len(&range);
  return TRUE;
}

/* Index of an item; FALSE with IndexError. */
static gboolean item_index(PyInterp *interp, PyValue v, PyValue key, gsize len, gsize *index)
{
  gint64 i;
  if (key.type != PY_INT && key.type != PY_BOOL && key.type != PY_INSTANCE && key.type != PY_BIGINT) {
    py_raise(interp, "TypeError", "%s indices must be integers%s, not %s",
             v.type == PY_STR ? "string" : py_type_name(interp, v), v.type == PY_STR ? "" : " or slices",
             v.type == PY_STR ? arena_printf(interp->arena, "'%s'", py_type_name(interp, key))
                              : py_type_name(interp, key));
    return FALSE;
  }
  if (!py_index_value(interp, key, &i))
    return FALSE;
  if (i < 0)
    i += (gint64)len;
  if (i < 0 || i >= (gint64)len) {
    py_raise(interp, "IndexError", "%s index out of range",
             v.type == PY_STR     ? "string"
             : v.type == PY_BYTES ? "index"
             : v.type == PY_RANGE ? "range object"
                                  : py_type_name(interp, v));
    return FALSE;
  }
  *index = (gsize)i;
  return TRUE;
}

static PyValue slice_list(PyInterp *interp, PyValue v, const PySlice *slice)
{
  gint64 start, step;
  gsize n;
  if (!py_slice_indices(interp, slice, v.list->len, &start, &step, &n) ||
      !py_reserve(interp, n * sizeof(PyValue)))
    return py_null();
  PyValue *items = new_array(interp, PyValue, n + 1);
  for (gsize i = 0; i < n; i++)
    items[i] = v.list->items[start + (gint64)i * step];
  PyValue out = py_tuple_take(interp, items, n);
  out.type = v.type;
  return out;
}

static PyValue slice_text(PyInterp *interp, PyValue v, const PySlice *slice)
{
  gint64 start, step;
  gsize n;
  if (!py_slice_indices(interp, slice, v.str->chars, &start, &step, &n))
    return py_null();
  if (step == 1)
    return py_substring(interp, v, (gsize)start, (gsize)start + n);
  Builder b;
  builder_init(&b, interp);
  for (gsize i = 0; i < n && py_spend(interp, 1); i++) {
    PyValue one =
        py_substring(interp, v, (gsize)(start + (gint64)i * step), (gsize)(start + (gint64)i * step) + 1);
    builder_put(&b, one.str->data, one.str->len);
  }
  return v.type == PY_STR ? builder_end(&b) : builder_end_bytes(&b);
}

static PyValue slice_range(PyInterp *interp, const PyRange *range, const PySlice *slice)
{
  gint64 start, step;
  gsize n;
  if (!py_slice_indices(interp, slice, py_range_len(range), &start, &step, &n))
    return py_null();
  PyRange *out = new0(interp, PyRange);
  out->start = range->start + start * range->step;
  out->step = range->step * step;
  out->stop = out->start + (gint64)n * out->step;
  return (PyValue){.type = PY_RANGE, .range = out};
}

static PyValue get_sequence_item(PyInterp *interp, PyValue v, PyValue key)
{
  gsize index;
  switch (v.type) {
  case PY_LIST:
  case PY_TUPLE:
    if (key.type == PY_SLICE)
      return slice_list(interp, v, key.slice);
    return item_index(interp, v, key, v.list->len, &index) ? v.list->items[index] : py_null();
  case PY_STR:
  case PY_BYTES:
    if (key.type == PY_SLICE)
      return slice_text(interp, v, key.slice);
    if (!item_index(interp, v, key, v.str->chars, &index))
      return py_null();
    return v.type == PY_STR ? py_char_at(interp, v.str, index) : py_int((guchar)v.str->data[index]);
  default:
    if (key.type == PY_SLICE)
      return slice_range(interp, v.range, key.slice);
    return item_index(interp, v, key, py_range_len(v.range), &index)
               ? py_int(v.range->start + (gint64)index * v.range->step)
               : py_null();
  }
}

static PyValue key_error(PyInterp *interp, PyValue key)
{
  return py_raise_value(interp, py_exception_new(interp, py_builtin_class(interp, "KeyError"), &key, 1));
}

static PyValue get_dict_item(PyInterp *interp, PyValue v, PyValue plain, PyValue key)
{
  PyValue value;
  if (py_dict_get(interp, plain.dict, key, &value))
    return value;
  if (py_failed(interp))
    return py_null();
  PyValue missing = py_special(interp, v, "__missing__");
  return py_is_null(missing) ? key_error(interp, key)
                             : py_call_self(interp, missing, v, &(PyArgs){.args = &key, .n = 1});
}

static PyValue get_class_item(PyInterp *interp, PyClass *cls, PyValue key)
{
  if (cls->is_enum && cls->enum_members)
    return py_enum_by_name(interp, cls, key);
  PyValue hook = py_class_get_user(interp, cls, "__class_getitem__");
  if (hook.type == PY_DESCRIPTOR)
    hook = hook.descriptor->get;
  PyValue self = py_class_value(cls);
  if (!py_is_null(hook))
    return py_call_self(interp, hook, self, &(PyArgs){.args = &key, .n = 1});
  return self; /* list[int]: only annotations see the difference */
}

PyValue py_get_item(PyInterp *interp, PyValue v, PyValue key)
{
  if (v.type == PY_UNKNOWN)
    return py_doubt(interp, v);
  if (v.type == PY_INSTANCE) {
    PyValue method = py_special(interp, v, "__getitem__");
    if (!py_is_null(method))
      return py_call_self(interp, method, v, &(PyArgs){.args = &key, .n = 1});
    PyClass *cls = v.instance->cls;
    if (cls->host && cls->host->getitem)
      return cls->host->getitem(interp, v, key);
  }
  if (key.type == PY_UNKNOWN)
    return key;
  PyValue plain = py_plain(v);
  switch (plain.type) {
  case PY_LIST:
  case PY_TUPLE:
  case PY_STR:
  case PY_BYTES:
  case PY_RANGE: return get_sequence_item(interp, plain, key);
  case PY_DICT: return get_dict_item(interp, v, plain, key);
  case PY_CLASS: return get_class_item(interp, plain.cls, key);
  default: return py_raise(interp, "TypeError", "'%s' object is not subscriptable", py_type_name(interp, v));
  }
}

/* ---- setting and deleting ---- */

static gboolean set_slice(PyInterp *interp, PyList *list, const PySlice *slice, PyValue value)
{
  gint64 start, step;
  gsize n;
  PyList *items = py_collect(interp, value);
  if (!items || !py_slice_indices(interp, slice, list->len, &start, &step, &n))
    return FALSE;
  if (step != 1) {
    if (items->len != n) {
      py_raise(interp, "ValueError",
               "attempt to assign sequence of size %" G_GSIZE_FORMAT
               " to extended slice of size %" G_GSIZE_FORMAT,
               items->len, n);
      return FALSE;
    }
    for (gsize i = 0; i < n; i++)
      list->items[start + (gint64)i * step] = items->items[i];
    return TRUE;
  }
  gsize at = (gsize)start, rest = list->len - at - n;
  gsize len = at + items->len + rest;
  if (!py_reserve(interp, len * sizeof(PyValue)))
    return FALSE;
  PyValue *fresh = new_array(interp, PyValue, len + 1);
  if (at)
    memcpy(fresh, list->items, at * sizeof(PyValue));
  if (items->len)
    memcpy(fresh + at, items->items, items->len * sizeof(PyValue));
  if (rest)
    memcpy(fresh + at + items->len, list->items + at + n, rest * sizeof(PyValue));
  list->items = fresh;
  list->len = list->capacity = len;
  return TRUE;
}

static gboolean delete_slice(PyInterp *interp, PyList *list, const PySlice *slice)
{
  gint64 start, step;
  gsize n, kept = 0;
  if (!py_slice_indices(interp, slice, list->len, &start, &step, &n))
    return FALSE;
  if (step < 0 && n) { /* the same items from the other end */
    start += (gint64)(n - 1) * step;
    step = -step;
  }
  gint64 next = start;
  for (gsize i = 0; i < list->len; i++) {
    if (n && (gint64)i == next) {
      next += step;
      n--;
    } else {
      list->items[kept++] = list->items[i];
    }
  }
  list->len = kept;
  return TRUE;
}

gboolean py_set_item(PyInterp *interp, PyValue v, PyValue key, PyValue value)
{
  if (v.type == PY_INSTANCE) {
    PyValue method = py_special(interp, v, "__setitem__");
    PyValue args[] = {key, value};
    if (!py_is_null(method))
      return !py_is_null(py_call_self(interp, method, v, &(PyArgs){.args = args, .n = 2}));
    PyClass *cls = v.instance->cls;
    if (cls->host && cls->host->setitem)
      return cls->host->setitem(interp, v, key, value);
  }
  PyValue plain = py_plain(v);
  gsize index;
  switch (plain.type) {
  case PY_DICT: return py_dict_set(interp, plain.dict, key, value);
  case PY_LIST:
    if (key.type == PY_SLICE)
      return set_slice(interp, plain.list, key.slice, value);
    if (key.type == PY_UNKNOWN) {
      py_stop_because(interp, key.reason);
      return FALSE;
    }
    if (!item_index(interp, plain, key, plain.list->len, &index))
      return FALSE;
    plain.list->items[index] = value;
    return TRUE;
  case PY_UNKNOWN: return py_change_unknown(interp, v);
  default:
    py_raise(interp, "TypeError", "'%s' object does not support item assignment", py_type_name(interp, v));
    return FALSE;
  }
}

gboolean py_del_item(PyInterp *interp, PyValue v, PyValue key)
{
  if (v.type == PY_INSTANCE) {
    PyValue method = py_special(interp, v, "__delitem__");
    if (!py_is_null(method))
      return !py_is_null(py_call_self(interp, method, v, &(PyArgs){.args = &key, .n = 1}));
    PyClass *cls = v.instance->cls;
    if (cls->host && cls->host->delitem)
      return cls->host->delitem(interp, v, key);
  }
  PyValue plain = py_plain(v);
  gsize index;
  switch (plain.type) {
  case PY_DICT:
    if (py_dict_del(interp, plain.dict, key))
      return TRUE;
    if (!py_failed(interp))
      key_error(interp, key);
    return FALSE;
  case PY_LIST: {
    if (key.type == PY_SLICE)
      return delete_slice(interp, plain.list, key.slice);
    if (!item_index(interp, plain, key, plain.list->len, &index))
      return FALSE;
    memmove(plain.list->items + index, plain.list->items + index + 1,
            (plain.list->len - index - 1) * sizeof(PyValue));
    plain.list->len--;
    return TRUE;
  }
  case PY_UNKNOWN: return py_change_unknown(interp, v);
  default:
    py_raise(interp, "TypeError", "'%s' object doesn't support item deletion", py_type_name(interp, v));
    return FALSE;
  }
}

PyValue py_getitem(PyInterp *interp, PyValue v, PyValue key)
{
  return py_get_item(interp, v, key);
}

gboolean py_setitem(PyInterp *interp, PyValue v, PyValue key, PyValue value)
{
  return py_set_item(interp, v, key, value);
}
