/* Methods of str. */
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

/* ---- case ---- */

static PyValue take(PyInterp *interp, char *text)
{
  PyValue v = text_of(interp, text, strlen(text));
  g_free(text);
  return v;
}

static PyValue str_upper(PyInterp *interp, PyCall *call)
{
  return take(interp, g_utf8_strup(SELF(call)->data, (gssize)SELF(call)->len));
}

static PyValue str_lower(PyInterp *interp, PyCall *call)
{
  return take(interp, g_utf8_strdown(SELF(call)->data, (gssize)SELF(call)->len));
}

static PyValue str_casefold(PyInterp *interp, PyCall *call)
{
  return take(interp, g_utf8_casefold(SELF(call)->data, (gssize)SELF(call)->len));
}

typedef gunichar (*CaseChange)(gunichar c, gboolean word_begins);

static PyValue change_case(PyInterp *interp, const PyStr *s, CaseChange change)
{
  Builder b;
  builder_init(&b, interp);
  gboolean begins = TRUE;
  const char *end = s->data + s->len;
  for (const char *p = s->data; p < end; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    builder_unichar(&b, change(c, begins));
    begins = !g_unichar_isalpha(c);
  }
  return builder_end(&b);
}

static gunichar title_char(gunichar c, gboolean begins)
{
  return begins ? g_unichar_totitle(c) : g_unichar_tolower(c);
}

static gunichar swap_char(gunichar c, gboolean begins)
{
  (void)begins;
  return g_unichar_isupper(c) ? g_unichar_tolower(c) : g_unichar_toupper(c);
}

static PyValue str_title(PyInterp *interp, PyCall *call)
{
  return change_case(interp, SELF(call), title_char);
}

static PyValue str_swapcase(PyInterp *interp, PyCall *call)
{
  return change_case(interp, SELF(call), swap_char);
}

static PyValue str_capitalize(PyInterp *interp, PyCall *call)
{
  const PyStr *s = SELF(call);
  if (!s->len)
    return call->self;
  g_autofree char *rest = g_utf8_strdown(g_utf8_next_char(s->data), -1);
  Builder b;
  builder_init(&b, interp);
  builder_unichar(&b, g_unichar_totitle(g_utf8_get_char(s->data)));
  builder_text(&b, rest);
  return builder_end(&b);
}

/* ---- classification ---- */

static gboolean is_decimal(gunichar c)
{
  return g_unichar_type(c) == G_UNICODE_DECIMAL_NUMBER;
}

static gboolean is_alnum(gunichar c)
{
  return g_unichar_isalpha(c) || g_unichar_type(c) == G_UNICODE_DECIMAL_NUMBER ||
         g_unichar_type(c) == G_UNICODE_OTHER_NUMBER || g_unichar_type(c) == G_UNICODE_LETTER_NUMBER;
}

static gboolean is_ascii(gunichar c)
{
  return c < 0x80;
}

static gboolean is_alpha(gunichar c)
{
  return g_unichar_isalpha(c);
}

static gboolean is_printable(gunichar c)
{
  return g_unichar_isprint(c);
}

static PyValue all_chars(const PyStr *s, gboolean (*test)(gunichar c), gboolean empty)
{
  const char *end = s->data + s->len;
  for (const char *p = s->data; p < end; p = g_utf8_next_char(p))
    if (!test(g_utf8_get_char(p)))
      return py_bool(FALSE);
  return py_bool(s->len ? TRUE : empty);
}

#define CHAR_TEST(name, test, empty)                  \
  static PyValue name(PyInterp *interp, PyCall *call) \
  {                                                   \
    (void)interp;                                     \
    return all_chars(SELF(call), test, empty);        \
  }
CHAR_TEST(str_isdigit, is_decimal, FALSE)
CHAR_TEST(str_isalpha, is_alpha, FALSE)
CHAR_TEST(str_isalnum, is_alnum, FALSE)
CHAR_TEST(str_isspace, is_space, FALSE)
CHAR_TEST(str_isascii, is_ascii, TRUE)
CHAR_TEST(str_isprintable, is_printable, TRUE)

/* Whether there is a cased character and all of them are of this case. */
static PyValue one_case(const PyStr *s, gboolean upper)
{
  gboolean cased = FALSE;
  const char *end = s->data + s->len;
  for (const char *p = s->data; p < end; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (g_unichar_isupper(c) ? !upper : g_unichar_islower(c) && upper)
      return py_bool(FALSE);
    cased |= g_unichar_isupper(c) || g_unichar_islower(c);
  }
  return py_bool(cased);
}

static PyValue str_isupper(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return one_case(SELF(call), TRUE);
}

static PyValue str_islower(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return one_case(SELF(call), FALSE);
}

static PyValue str_istitle(PyInterp *interp, PyCall *call)
{
  PyValue title = str_title(interp, call);
  return py_bool(title.type == PY_STR && py_str_equal(title.str, SELF(call)) &&
                 !py_is_true(one_case(SELF(call), FALSE)));
}

static PyValue str_isidentifier(PyInterp *interp, PyCall *call)
{
  (void)interp;
  const PyStr *s = SELF(call);
  for (gsize i = 0; i < s->len; i++) {
    char c = s->data[i];
    if (!g_ascii_isalpha(c) && c != '_' && (guchar)c < 0x80 && !(i && g_ascii_isdigit(c)))
      return py_bool(FALSE);
  }
  return py_bool(s->len > 0);
}

/* ---- stripping and padding ---- */

static gboolean strips(gunichar c, const PyStr *set)
{
  if (!set)
    return is_space(c);
  const char *end = set->data + set->len;
  for (const char *p = set->data; p < end; p = g_utf8_next_char(p))
    if (g_utf8_get_char(p) == c)
      return TRUE;
  return FALSE;
}

static PyValue strip(PyInterp *interp, PyCall *call, gboolean left, gboolean right)
{
  PyStr *set;
  if (!optional_str(call, 0, &set))
    return py_null();
  const char *start = SELF(call)->data, *end = start + SELF(call)->len;
  while (left && start < end && strips(g_utf8_get_char(start), set))
    start = g_utf8_next_char(start);
  while (right && start < end) {
    const char *last = g_utf8_prev_char(end);
    if (!strips(g_utf8_get_char(last), set))
      break;
    end = last;
  }
  return text_of(interp, start, (gsize)(end - start));
}

static PyValue str_strip(PyInterp *interp, PyCall *call)
{
  return strip(interp, call, TRUE, TRUE);
}

static PyValue str_lstrip(PyInterp *interp, PyCall *call)
{
  return strip(interp, call, TRUE, FALSE);
}

static PyValue str_rstrip(PyInterp *interp, PyCall *call)
{
  return strip(interp, call, FALSE, TRUE);
}

static PyValue justify(PyInterp *interp, PyCall *call, char align)
{
  gint64 width;
  PyStr *fill = str_arg(call, 1);
  if (!fill || !py_arg_int(call, 0, &width))
    return py_null();
  if (fill->chars != 1)
    return py_raise(interp, "TypeError", "The fill character must be exactly one character long");
  gsize chars = SELF(call)->chars;
  gsize missing = width > 0 && (gsize)width > chars ? (gsize)width - chars : 0;
  if (!py_reserve(interp, missing * fill->len))
    return py_null();
  /* center() puts the odd one left when both the gap and the width are odd. */
  gsize left = align == '>' ? missing : align == '^' ? missing / 2 + (missing & (gsize)width & 1) : 0;
  Builder b;
  builder_init(&b, interp);
  for (gsize i = 0; i < left; i++)
    builder_put(&b, fill->data, fill->len);
  builder_put(&b, SELF(call)->data, SELF(call)->len);
  for (gsize i = left; i < missing; i++)
    builder_put(&b, fill->data, fill->len);
  return builder_end(&b);
}

static PyValue str_ljust(PyInterp *interp, PyCall *call)
{
  return justify(interp, call, '<');
}

static PyValue str_rjust(PyInterp *interp, PyCall *call)
{
  return justify(interp, call, '>');
}

static PyValue str_center(PyInterp *interp, PyCall *call)
{
  return justify(interp, call, '^');
}

static PyValue str_zfill(PyInterp *interp, PyCall *call)
{
  gint64 width;
  const PyStr *s = SELF(call);
  if (!py_arg_int(call, 0, &width) || !py_reserve(interp, width > 0 ? (gsize)width : 0))
    return py_null();
  gsize sign = s->len && (s->data[0] == '-' || s->data[0] == '+') ? 1 : 0;
  Builder b;
  builder_init(&b, interp);
  builder_put(&b, s->data, sign);
  for (gsize i = s->chars; (gint64)i < width; i++)
    builder_char(&b, '0');
  builder_put(&b, s->data + sign, s->len - sign);
  return builder_end(&b);
}

static PyValue str_expandtabs(PyInterp *interp, PyCall *call)
{
  gint64 size, column = 0;
  if (!py_arg_int(call, 0, &size))
    return py_null();
  Builder b;
  builder_init(&b, interp);
  const PyStr *s = SELF(call);
  for (gsize i = 0; i < s->len && !b.failed; i++) {
    if (s->data[i] == '\t' && size > 0) {
      gint64 n = size - column % size;
      column += n;
      while (n-- && !b.failed)
        builder_char(&b, ' ');
    } else {
      builder_char(&b, s->data[i]);
      column = s->data[i] == '\n' || s->data[i] == '\r' ? 0 : column + (((guchar)s->data[i] & 0xc0) != 0x80);
    }
  }
  return builder_end(&b);
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

/* ---- formatting, translating, encoding ---- */

static PyValue str_format(PyInterp *interp, PyCall *call)
{
  PyArgs args = {call->args, call->n_args, call->names, call->keywords, call->n_keywords};
  return py_brace_format(interp, SELF(call), &args, py_null());
}

static PyValue str_format_map(PyInterp *interp, PyCall *call)
{
  return py_brace_format(interp, SELF(call), &(PyArgs){0}, call->values[0]);
}

static PyValue str_translate(PyInterp *interp, PyCall *call)
{
  Builder b;
  builder_init(&b, interp);
  const char *end = SELF(call)->data + SELF(call)->len;
  for (const char *p = SELF(call)->data; p < end; p = g_utf8_next_char(p)) {
    PyValue key = py_int((gint64)g_utf8_get_char(p)), value;
    PyValue table = py_plain(call->values[0]);
    gboolean found = table.type == PY_DICT && py_dict_get(interp, table.dict, key, &value);
    if (py_failed(interp))
      return py_null();
    if (!found)
      builder_put(&b, p, (gsize)(g_utf8_next_char(p) - p));
    else if (value.type == PY_INT)
      builder_unichar(&b, (gunichar)value.i);
    else if (!py_is_none(value))
      builder_str(&b, value);
  }
  return builder_end(&b);
}

static PyValue str_maketrans(PyInterp *interp, PyCall *call)
{
  PyValue table = py_dict(interp), key, value;
  if (py_is_null(call->values[1])) {
    PyValue from = py_plain(call->values[0]);
    if (from.type != PY_DICT)
      return py_raise(interp, "TypeError", "if you give only one argument to maketrans it must be a dict");
    for (gsize at = 0; py_dict_next(from.dict, &at, &key, &value);)
      py_dict_set(interp, table.dict,
                  key.type == PY_STR ? py_int((gint64)g_utf8_get_char(key.str->data)) : key, value);
    return table;
  }
  PyStr *from = str_arg(call, 0), *to = from ? str_arg(call, 1) : NULL, *gone;
  if (!to || !optional_str(call, 2, &gone))
    return py_null();
  if (from->chars != to->chars)
    return py_raise(interp, "ValueError", "the first two maketrans arguments must have equal length");
  const char *q = to->data;
  for (const char *p = from->data; *p; p = g_utf8_next_char(p), q = g_utf8_next_char(q))
    py_dict_set(interp, table.dict, py_int((gint64)g_utf8_get_char(p)), py_int((gint64)g_utf8_get_char(q)));
  for (const char *p = gone ? gone->data : ""; *p; p = g_utf8_next_char(p))
    py_dict_set(interp, table.dict, py_int((gint64)g_utf8_get_char(p)), py_none());
  return table;
}

static PyValue str_encode(PyInterp *interp, PyCall *call)
{
  const char *encoding = py_arg_text(call, 0);
  const PyStr *s = SELF(call);
  if (!encoding)
    return py_null();
  if (s->chars == s->len || !g_ascii_strcasecmp(encoding, "utf-8") || !g_ascii_strcasecmp(encoding, "utf8"))
    return py_bytes(interp, s->data, s->len);
  return py_unknown(interp, PY_NEEDS_PYTHON, _("encoding to %s is not supported"), encoding);
}

const PyMethod str_methods[] = {
    {"capitalize", str_capitalize, "", PY_PURE},
    {"casefold", str_casefold, "", PY_PURE},
    {"center", str_center, "width, fillchar=' ', /", PY_PURE},
    {"count", str_count, "sub, start=?, end=?, /", PY_PURE},
    {"encode", str_encode, "encoding='utf-8', errors='strict'", PY_PURE},
    {"endswith", str_affix, "suffix, start=?, end=?, /", PY_PURE},
    {"expandtabs", str_expandtabs, "tabsize=8", PY_PURE},
    {"find", str_find, "sub, start=?, end=?, /", PY_PURE},
    {"format", str_format, NULL, PY_TAKES_UNKNOWN},
    {"format_map", str_format_map, "mapping, /", PY_PURE},
    {"index", str_index, "sub, start=?, end=?, /", PY_PURE},
    {"isalnum", str_isalnum, "", PY_PURE},
    {"isalpha", str_isalpha, "", PY_PURE},
    {"isascii", str_isascii, "", PY_PURE},
    {"isdecimal", str_isdigit, "", PY_PURE},
    {"isdigit", str_isdigit, "", PY_PURE},
    {"isidentifier", str_isidentifier, "", PY_PURE},
    {"islower", str_islower, "", PY_PURE},
    {"isnumeric", str_isdigit, "", PY_PURE},
    {"isprintable", str_isprintable, "", PY_PURE},
    {"isspace", str_isspace, "", PY_PURE},
    {"istitle", str_istitle, "", PY_PURE},
    {"isupper", str_isupper, "", PY_PURE},
    {"join", str_join, "iterable, /", PY_PURE},
    {"ljust", str_ljust, "width, fillchar=' ', /", PY_PURE},
    {"lower", str_lower, "", PY_PURE},
    {"lstrip", str_lstrip, "chars=None, /", PY_PURE},
    {"maketrans", str_maketrans, "x, y=?, z=?, /", PY_PURE | PY_STATIC},
    {"partition", str_partition, "sep, /", PY_PURE},
    {"removeprefix", str_removeprefix, "prefix, /", PY_PURE},
    {"removesuffix", str_removesuffix, "suffix, /", PY_PURE},
    {"replace", str_replace, "old, new, count=-1", PY_PURE},
    {"rfind", str_find, "sub, start=?, end=?, /", PY_PURE},
    {"rindex", str_index, "sub, start=?, end=?, /", PY_PURE},
    {"rjust", str_rjust, "width, fillchar=' ', /", PY_PURE},
    {"rpartition", str_partition, "sep, /", PY_PURE},
    {"rsplit", str_split, "sep=None, maxsplit=-1", PY_PURE},
    {"rstrip", str_rstrip, "chars=None, /", PY_PURE},
    {"split", str_split, "sep=None, maxsplit=-1", PY_PURE},
    {"splitlines", str_splitlines, "keepends=False", PY_PURE},
    {"startswith", str_affix, "prefix, start=?, end=?, /", PY_PURE},
    {"strip", str_strip, "chars=None, /", PY_PURE},
    {"swapcase", str_swapcase, "", PY_PURE},
    {"title", str_title, "", PY_PURE},
    {"translate", str_translate, "table, /", PY_PURE},
    {"upper", str_upper, "", PY_PURE},
    {"zfill", str_zfill, "width, /", PY_PURE},
    {0},
};
