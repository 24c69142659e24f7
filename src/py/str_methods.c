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
    {"encode", str_encode, "encoding='utf-8', errors='strict'", PY_PURE},
    {"expandtabs", str_expandtabs, "tabsize=8", PY_PURE},
    {"format", str_format, NULL, PY_TAKES_UNKNOWN},
    {"format_map", str_format_map, "mapping, /", PY_PURE},
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
    {"ljust", str_ljust, "width, fillchar=' ', /", PY_PURE},
    {"lower", str_lower, "", PY_PURE},
    {"lstrip", str_lstrip, "chars=None, /", PY_PURE},
    {"maketrans", str_maketrans, "x, y=?, z=?, /", PY_PURE | PY_STATIC},
    {"rjust", str_rjust, "width, fillchar=' ', /", PY_PURE},
    {"rstrip", str_rstrip, "chars=None, /", PY_PURE},
    {"strip", str_strip, "chars=None, /", PY_PURE},
    {"swapcase", str_swapcase, "", PY_PURE},
    {"title", str_title, "", PY_PURE},
    {"translate", str_translate, "table, /", PY_PURE},
    {"upper", str_upper, "", PY_PURE},
    {"zfill", str_zfill, "width, /", PY_PURE},
    {0},
};
