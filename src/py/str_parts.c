/* Methods of str that search, split and join. */
#include <string.h>
#include <glib/gi18n.h>

#include "object.h"

#define SELF(call) ((call)->self.str)

static gboolean is_space(gunichar c)
{
  return g_unichar_isspace(c) || (c >= 0x1c && c <= 0x1f) || c == 0x85 || c == 0xb;
}

/* A str argument; NULL with TypeError. */
static PyStr *str_arg(PyCall *call, guint i)
{
  return py_arg_text(call, i) ? py_plain(call->values[i]).str : NULL;
}

static gboolean optional_str(PyCall *call, guint i, PyStr **s)
{
  *s = NULL;
  return !py_arg_given(call, i) || (*s = str_arg(call, i));
}

static PyValue text_of(PyInterp *interp, const char *data, gsize len)
{
  return py_from_str(py_str_in(interp->arena, data, len));
}

/* ---- searching ---- */

/* The part of self between the optional positions in arguments i and i + 1, as bytes. */
static gboolean range_of(PyCall *call, guint i, gsize *from, gsize *to)
{
  PySlice slice = {py_is_null(call->values[i]) ? py_none() : call->values[i],
                   py_is_null(call->values[i + 1]) ? py_none() : call->values[i + 1], py_none()};
  gint64 start, step;
  gsize n;
  if (!py_slice_indices(call->interp, &slice, SELF(call)->chars, &start, &step, &n))
    return FALSE;
  *from = py_byte_offset(SELF(call), (gsize)start);
  *to = py_byte_offset(SELF(call), (gsize)start + n);
  return TRUE;
}

static const char *find_last(const char *data, gsize len, const char *part, gsize part_len)
{
  for (gsize i = len - part_len + 1; part_len <= len && i-- > 0;)
    if (!memcmp(data + i, part, part_len))
      return data + i;
  return NULL;
}

static gsize chars_in(const char *data, gsize len)
{
  gsize n = 0;
  for (gsize i = 0; i < len; i++)
    n += ((guchar)data[i] & 0xc0) != 0x80;
  return n;
}

/* -2: failed. */
static gint64 search(PyCall *call, gboolean last)
{
  gsize from, to;
  PyStr *part = str_arg(call, 0);
  if (!part || !range_of(call, 1, &from, &to))
    return -2;
  const char *data = SELF(call)->data + from;
  const char *found = last ? find_last(data, to - from, part->data, part->len)
                           : memmem(data, to - from, part->data, part->len);
  return found ? (gint64)chars_in(SELF(call)->data, (gsize)(found - SELF(call)->data)) : -1;
}

static PyValue str_find(PyInterp *interp, PyCall *call)
{
  (void)interp;
  gint64 at = search(call, call->function[0] == 'r');
  return at == -2 ? py_null() : py_int(at);
}

static PyValue str_index(PyInterp *interp, PyCall *call)
{
  gint64 at = search(call, call->function[0] == 'r');
  if (at == -1)
    return py_raise(interp, "ValueError", "substring not found");
  return at == -2 ? py_null() : py_int(at);
}

static PyValue str_count(PyInterp *interp, PyCall *call)
{
  (void)interp;
  gsize from, to;
  PyStr *part = str_arg(call, 0);
  if (!part || !range_of(call, 1, &from, &to))
    return py_null();
  const char *at = SELF(call)->data + from, *end = SELF(call)->data + to;
  if (!part->len)
    return py_int((gint64)chars_in(at, (gsize)(end - at)) + 1);
  gint64 n = 0;
  while ((at = memmem(at, (gsize)(end - at), part->data, part->len))) {
    n++;
    at += part->len;
  }
  return py_int(n);
}

static gboolean has_affix(const char *data, gsize len, const PyStr *affix, gboolean end)
{
  return affix->len <= len && !memcmp(end ? data + len - affix->len : data, affix->data, affix->len);
}

static PyValue str_affix(PyInterp *interp, PyCall *call)
{
  gboolean end = call->function[0] == 'e';
  gsize from, to;
  if (!range_of(call, 1, &from, &to))
    return py_null();
  const char *data = SELF(call)->data + from;
  PyValue v = py_plain(call->values[0]);
  if (v.type == PY_STR)
    return py_bool(has_affix(data, to - from, v.str, end));
  if (v.type != PY_TUPLE)
    return py_raise(interp, "TypeError", "%s first arg must be str or a tuple of str, not %s", call->function,
                    py_type_name(interp, v));
  for (gsize i = 0; i < v.list->len; i++) {
    PyValue affix = py_plain(v.list->items[i]);
    if (affix.type == PY_UNKNOWN)
      return affix;
    if (affix.type == PY_STR && has_affix(data, to - from, affix.str, end))
      return py_bool(TRUE);
  }
  return py_bool(FALSE);
}

static PyValue str_removeprefix(PyInterp *interp, PyCall *call)
{
  PyStr *part = str_arg(call, 0);
  if (!part)
    return py_null();
  const PyStr *s = SELF(call);
  return has_affix(s->data, s->len, part, FALSE) ? text_of(interp, s->data + part->len, s->len - part->len)
                                                 : call->self;
}

static PyValue str_removesuffix(PyInterp *interp, PyCall *call)
{
  PyStr *part = str_arg(call, 0);
  if (!part)
    return py_null();
  const PyStr *s = SELF(call);
  return part->len && has_affix(s->data, s->len, part, TRUE) ? text_of(interp, s->data, s->len - part->len)
                                                             : call->self;
}

static PyValue str_replace(PyInterp *interp, PyCall *call)
{
  gint64 count;
  PyStr *old = str_arg(call, 0), *new = old ? str_arg(call, 1) : NULL;
  if (!new || !py_arg_int(call, 2, &count))
    return py_null();
  const char *at = SELF(call)->data, *end = at + SELF(call)->len;
  Builder b;
  builder_init(&b, interp);
  while (count && !b.failed) {
    const char *found = at;
    if (old->len)
      found = memmem(at, (gsize)(end - at), old->data, old->len);
    if (!found)
      break;
    builder_put(&b, at, (gsize)(found - at));
    builder_put(&b, new->data, new->len);
    at = found + old->len;
    count--;
    if (!old->len) { /* between all characters */
      if (at >= end)
        return builder_end(&b);
      builder_put(&b, at, (gsize)(g_utf8_next_char(at) - at));
      at = g_utf8_next_char(at);
    }
  }
  builder_put(&b, at, (gsize)(end - at));
  return builder_end(&b);
}

/* ---- splitting and joining ---- */

static void add_part(PyInterp *interp, PyValue list, const char *start, const char *end)
{
  py_list_append(interp, list.list, text_of(interp, start, (gsize)(end - start)));
}

static PyValue split_space(PyInterp *interp, const PyStr *s, gint64 limit)
{
  PyValue list = py_list(interp, 0);
  const char *p = s->data, *end = p + s->len;
  for (;;) {
    while (p < end && is_space(g_utf8_get_char(p)))
      p = g_utf8_next_char(p);
    if (p >= end || py_failed(interp))
      return list;
    const char *start = p;
    if (limit-- == 0) {
      while (end > start && is_space(g_utf8_get_char(g_utf8_prev_char(end))))
        end = g_utf8_prev_char(end);
      add_part(interp, list, start, end);
      return list;
    }
    while (p < end && !is_space(g_utf8_get_char(p)))
      p = g_utf8_next_char(p);
    add_part(interp, list, start, p);
  }
}

static PyValue rsplit_space(PyInterp *interp, const PyStr *s, gint64 limit)
{
  PyValue list = py_list(interp, 0);
  const char *start = s->data, *p = start + s->len;
  for (;;) {
    while (p > start && is_space(g_utf8_get_char(g_utf8_prev_char(p))))
      p = g_utf8_prev_char(p);
    if (p <= start || py_failed(interp))
      break;
    const char *end = p;
    if (limit-- == 0) {
      while (start < end && is_space(g_utf8_get_char(start)))
        start = g_utf8_next_char(start);
      add_part(interp, list, start, end);
      break;
    }
    while (p > start && !is_space(g_utf8_get_char(g_utf8_prev_char(p))))
      p = g_utf8_prev_char(p);
    add_part(interp, list, p, end);
  }
  for (gsize i = 0, n = list.list->len; i < n / 2; i++) {
    PyValue v = list.list->items[i];
    list.list->items[i] = list.list->items[n - 1 - i];
    list.list->items[n - 1 - i] = v;
  }
  return list;
}

static PyValue split_by(PyInterp *interp, const PyStr *s, const PyStr *by, gint64 limit)
{
  PyValue list = py_list(interp, 0);
  const char *at = s->data, *end = at + s->len;
  for (; limit && !py_failed(interp); limit--) {
    const char *found = memmem(at, (gsize)(end - at), by->data, by->len);
    if (!found)
      break;
    add_part(interp, list, at, found);
    at = found + by->len;
  }
  add_part(interp, list, at, end);
  return list;
}

static PyValue rsplit_by(PyInterp *interp, const PyStr *s, const PyStr *by, gint64 limit)
{
  PyValue list = py_list(interp, 0);
  gsize len = s->len;
  for (; limit && !py_failed(interp); limit--) {
    const char *found = find_last(s->data, len, by->data, by->len);
    if (!found)
      break;
    add_part(interp, list, found + by->len, s->data + len);
    len = (gsize)(found - s->data);
  }
  add_part(interp, list, s->data, s->data + len);
  PyValue *items = list.list->items;
  for (gsize i = 0, n = list.list->len; i < n / 2; i++) {
    PyValue v = items[i];
    items[i] = items[n - 1 - i];
    items[n - 1 - i] = v;
  }
  return list;
}

static PyValue str_split(PyInterp *interp, PyCall *call)
{
  PyStr *by;
  gint64 limit;
  gboolean right = call->function[0] == 'r';
  if (!optional_str(call, 0, &by) || !py_arg_int(call, 1, &limit))
    return py_null();
  if (!by)
    return right ? rsplit_space(interp, SELF(call), limit) : split_space(interp, SELF(call), limit);
  if (!by->len)
    return py_raise(interp, "ValueError", "empty separator");
  return right ? rsplit_by(interp, SELF(call), by, limit) : split_by(interp, SELF(call), by, limit);
}

static gboolean is_line_break(gunichar c)
{
  return (c >= 0xa && c <= 0xd) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static PyValue str_splitlines(PyInterp *interp, PyCall *call)
{
  int keep = py_arg_bool(call, 0, FALSE);
  PyValue list = py_list(interp, 0);
  const char *start = SELF(call)->data, *end = start + SELF(call)->len;
  for (const char *p = start; keep >= 0 && p < end;) {
    const char *next = g_utf8_next_char(p);
    if (is_line_break(g_utf8_get_char(p))) {
      if (*p == '\r' && next < end && *next == '\n')
        next++;
      add_part(interp, list, start, keep ? next : p);
      start = next;
    }
    p = next;
  }
  if (start < end)
    add_part(interp, list, start, end);
  return keep < 0 ? py_null() : list;
}

static PyValue str_partition(PyInterp *interp, PyCall *call)
{
  gboolean right = call->function[0] == 'r';
  PyStr *by = str_arg(call, 0);
  const PyStr *s = SELF(call);
  if (!by)
    return py_null();
  if (!by->len)
    return py_raise(interp, "ValueError", "empty separator");
  const char *found =
      right ? find_last(s->data, s->len, by->data, by->len) : memmem(s->data, s->len, by->data, by->len);
  PyValue empty = py_str(interp, "", 0);
  if (!found)
    return py_tuple(interp,
                    right ? (PyValue[]){empty, empty, call->self} : (PyValue[]){call->self, empty, empty}, 3);
  gsize before = (gsize)(found - s->data);
  PyValue parts[] = {text_of(interp, s->data, before), py_from_str(by),
                     text_of(interp, found + by->len, s->len - before - by->len)};
  return py_tuple(interp, parts, 3);
}

static PyValue str_join(PyInterp *interp, PyCall *call)
{
  PyValue plain = py_plain(call->values[0]);
  if ((plain.type == PY_SET || plain.type == PY_FROZENSET) && plain.dict->live > 1)
    return py_unknown(interp, PY_NONDETERMINISTIC,
                      _("the order of a set's items may differ from run to run"));
  PyList *items = py_collect(interp, call->values[0]);
  if (!items)
    return py_null();
  Builder b;
  builder_init(&b, interp);
  for (gsize i = 0; i < items->len && !b.failed; i++) {
    PyValue item = py_plain(items->items[i]);
    if (item.type == PY_UNKNOWN)
      return item;
    if (item.type != PY_STR)
      return py_raise(interp, "TypeError",
                      "sequence item %" G_GSIZE_FORMAT ": expected str instance, %s found", i,
                      py_type_name(interp, item));
    if (i)
      builder_put(&b, SELF(call)->data, SELF(call)->len);
    builder_put(&b, item.str->data, item.str->len);
  }
  return builder_end(&b);
}

const PyMethod str_part_methods[] = {
    {"count", str_count, "sub, start=?, end=?, /", PY_PURE},
    {"endswith", str_affix, "suffix, start=?, end=?, /", PY_PURE},
    {"find", str_find, "sub, start=?, end=?, /", PY_PURE},
    {"index", str_index, "sub, start=?, end=?, /", PY_PURE},
    {"join", str_join, "iterable, /", PY_PURE},
    {"partition", str_partition, "sep, /", PY_PURE},
    {"removeprefix", str_removeprefix, "prefix, /", PY_PURE},
    {"removesuffix", str_removesuffix, "suffix, /", PY_PURE},
    {"replace", str_replace, "old, new, count=-1", PY_PURE},
    {"rfind", str_find, "sub, start=?, end=?, /", PY_PURE},
    {"rindex", str_index, "sub, start=?, end=?, /", PY_PURE},
    {"rpartition", str_partition, "sep, /", PY_PURE},
    {"rsplit", str_split, "sep=None, maxsplit=-1", PY_PURE},
    {"split", str_split, "sep=None, maxsplit=-1", PY_PURE},
    {"splitlines", str_splitlines, "keepends=False", PY_PURE},
    {"startswith", str_affix, "prefix, start=?, end=?, /", PY_PURE},
    {0},
};
