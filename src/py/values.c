#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "object.h"

/* ---- strings ---- */

PyValue py_from_str(PyStr *s)
{
  return (PyValue){.type = PY_STR, .str = s};
}

PyValue py_str(PyInterp *interp, const char *utf8, gssize len)
{
  gsize n = len < 0 ? strlen(utf8) : (gsize)len;
  if (g_utf8_validate_len(utf8, n, NULL))
    return py_from_str(py_str_in(interp->arena, utf8, n));
  g_autofree char *valid = g_utf8_make_valid(utf8, (gssize)n);
  return py_from_str(py_str_in(interp->arena, valid, strlen(valid)));
}

PyValue py_strf(PyInterp *interp, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return py_str(interp, text, -1);
}

PyValue py_bytes(PyInterp *interp, const void *data, gsize len)
{
  PyStr *s = py_str_in(interp->arena, data, len);
  s->chars = len;
  return (PyValue){.type = PY_BYTES, .str = s};
}

gsize py_byte_offset(const PyStr *s, gsize chars)
{
  if (s->chars == s->len)
    return MIN(chars, s->len);
  gsize at = 0;
  while (chars-- && at < s->len)
    do
      at++;
    while (at < s->len && ((guchar)s->data[at] & 0xc0) == 0x80);
  return at;
}

PyValue py_substring(PyInterp *interp, PyValue s, gsize from, gsize to)
{
  gsize start = py_byte_offset(s.str, from);
  gsize end = s.str->chars == s.str->len ? MIN(to, s.str->len) : py_byte_offset(s.str, to);
  if (end < start)
    end = start;
  if (s.type == PY_BYTES)
    return py_bytes(interp, s.str->data + start, end - start);
  return py_from_str(py_str_in(interp->arena, s.str->data + start, end - start));
}

PyValue py_char_at(PyInterp *interp, const PyStr *s, gsize index)
{
  return py_substring(interp, py_from_str((PyStr *)s), index, index + 1);
}

/* ---- lists and tuples ---- */

PyValue py_list(PyInterp *interp, gsize reserve)
{
  PyList *list = new0(interp, PyList);
  if (reserve && py_reserve(interp, reserve * sizeof(PyValue))) {
    list->items = new_array(interp, PyValue, reserve);
    list->capacity = reserve;
  }
  return (PyValue){.type = PY_LIST, .list = list};
}

PyValue py_tuple_take(PyInterp *interp, PyValue *items, gsize n)
{
  PyList *list = new0(interp, PyList);
  *list = (PyList){items, n, n};
  return (PyValue){.type = PY_TUPLE, .list = list};
}

PyValue py_tuple(PyInterp *interp, const PyValue *items, gsize n)
{
  PyValue *copy = new_array(interp, PyValue, n + 1);
  for (gsize i = 0; i < n; i++)
    copy[i] = items ? items[i] : py_none();
  return py_tuple_take(interp, copy, n);
}

PyValue py_list_of(PyInterp *interp, const PyValue *items, gsize n)
{
  PyValue list = py_list(interp, n);
  if (list.list->capacity < n)
    return py_null();
  if (n)
    memcpy(list.list->items, items, n * sizeof(PyValue));
  list.list->len = n;
  return list;
}

void py_list_append(PyInterp *interp, PyList *list, PyValue item)
{
  if (list->len == list->capacity) {
    gsize capacity = list->capacity ? list->capacity * 2 : 8;
    if (!py_reserve(interp, capacity * sizeof(PyValue)))
      return;
    PyValue *items = new_array(interp, PyValue, capacity);
    if (list->len)
      memcpy(items, list->items, list->len * sizeof(PyValue));
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->len++] = item;
}

gboolean py_sequence(PyValue v, PyValue **items, gsize *n)
{
  v = py_plain(v);
  if (v.type != PY_LIST && v.type != PY_TUPLE)
    return FALSE;
  *items = v.list->items;
  *n = v.list->len;
  return TRUE;
}

/* ---- unknown values ---- */

PyValue py_unknown_because(const PyReason *reason)
{
  return (PyValue){.type = PY_UNKNOWN, .reason = reason};
}

PyValue py_unknown_name(PyInterp *interp, const char *module, const char *name)
{
  PyValue unknown = py_unknown(interp, PY_NEEDS_PYTHON, _("%s.%s is not understood"), module, name);
  ((PyReason *)unknown.reason)->host = TRUE;
  return unknown;
}

PyValue py_unknown(PyInterp *interp, PyReasonKind kind, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  PyReason *reason = new0(interp, PyReason);
  *reason = (PyReason){kind, py_here(interp), arena_strdup(interp->arena, text), FALSE};
  return py_unknown_because(reason);
}

/* Containers may hold themselves, or each other many times over: more than this is not looked through. */
#define SEARCH_DEPTH 50
#define SEARCH_ITEMS 1000000

static const PyReason *find_unknown(PyValue v, guint depth, guint *items);

static const PyReason *find_in_dict(const PyDict *dict, guint depth, guint *items)
{
  for (gsize i = 0; i < dict->used; i++) {
    if (py_is_null(dict->entries[i].key))
      continue;
    const PyReason *reason = find_unknown(dict->entries[i].key, depth, items);
    if (!reason)
      reason = find_unknown(dict->entries[i].value, depth, items);
    if (reason)
      return reason;
  }
  return NULL;
}

static const PyReason *find_unknown(PyValue v, guint depth, guint *items)
{
  static const PyReason too_large = {.kind = PY_NEEDS_PYTHON,
                                     .text = N_("a value too large to look through")};
  if (v.type == PY_UNKNOWN)
    return v.reason;
  if (++*items > SEARCH_ITEMS)
    return &too_large;
  if (depth > SEARCH_DEPTH)
    return NULL;
  v = py_plain(v);
  switch (v.type) {
  case PY_LIST:
  case PY_TUPLE:
    for (gsize i = 0; i < v.list->len; i++) {
      const PyReason *reason = find_unknown(v.list->items[i], depth + 1, items);
      if (reason)
        return reason;
    }
    return NULL;
  case PY_DICT:
  case PY_SET:
  case PY_FROZENSET: return find_in_dict(v.dict, depth + 1, items);
  default: return NULL;
  }
}

const PyReason *py_find_unknown(PyValue v)
{
  guint items = 0;
  return find_unknown(v, 0, &items);
}

/* ---- numbers ---- */

PyValue py_plain(PyValue v)
{
  return v.type == PY_INSTANCE && v.instance->value.type != PY_NULL ? v.instance->value : v;
}

gboolean py_is_int(PyValue v)
{
  return v.type == PY_INT || v.type == PY_BOOL || v.type == PY_BIGINT;
}

gboolean py_is_number(PyValue v)
{
  return py_is_int(v) || v.type == PY_FLOAT;
}

gdouble py_to_double(PyValue v)
{
  return v.type == PY_FLOAT ? v.f : v.type == PY_BIGINT ? big_to_double(v) : (gdouble)v.i;
}

gboolean py_as_int64(PyValue v, gint64 *i)
{
  v = py_plain(v);
  if (v.type != PY_INT && v.type != PY_BOOL)
    return FALSE;
  *i = v.i;
  return TRUE;
}

const char *py_int_text(PyInterp *interp, PyValue v)
{
  v = py_plain(v);
  if (!py_is_int(v))
    return NULL;
  return v.type == PY_BIGINT ? big_text(interp->arena, v, 10)
                             : arena_printf(interp->arena, "%" G_GINT64_FORMAT, v.i);
}

gboolean py_identical(PyValue a, PyValue b)
{
  if (a.type != b.type)
    return FALSE;
  switch (a.type) {
  case PY_NULL:
  case PY_NONE:
  case PY_ELLIPSIS:
  case PY_NOT_IMPLEMENTED: return TRUE;
  case PY_BOOL:
  case PY_INT: return a.i == b.i;
  case PY_FLOAT: return a.f == b.f;
  case PY_STR:
  case PY_BYTES: return py_str_equal(a.str, b.str);
  case PY_TUPLE: return a.list == b.list || (!a.list->len && !b.list->len);
  default: return a.pointer == b.pointer;
  }
}
