/* The format specification mini-language: format(value, "<10,.2f"). */
#include <math.h>
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "object.h"

/* Wider fields and more digits than this are a mistake or an attack. */
#define MAX_WIDTH 100000
#define MAX_PRECISION 1000

typedef struct {
  char fill[5]; /* one character */
  char align;   /* < > = ^ or 0 */
  char sign;    /* + - space or 0 */
  gboolean alternate, zero;
  gint width, precision; /* -1: none */
  char grouping;         /* , _ or 0 */
  char type;             /* or 0 */
} Spec;

static gsize char_len(const char *p)
{
  guchar c = (guchar)*p;
  return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static gboolean is_align(char c)
{
  return c && strchr("<>=^", c);
}

/* Digits at *p; -1: none, -2: too large. */
static gint parse_number(const char **p)
{
  if (!g_ascii_isdigit(**p))
    return -1;
  gint n = 0;
  for (; g_ascii_isdigit(**p); ++*p) {
    n = n * 10 + (**p - '0');
    if (n > MAX_WIDTH)
      return -2;
  }
  return n;
}

static gboolean parse_spec(PyInterp *interp, PyValue v, const PyStr *text, Spec *spec)
{
  *spec = (Spec){.fill = " ", .width = -1, .precision = -1};
  const char *p = text->data, *end = p + text->len;
  gsize first = p < end ? char_len(p) : 0;
  if (first && p + first < end && is_align(p[first])) {
    memcpy(spec->fill, p, first);
    spec->fill[first] = 0;
    spec->align = p[first];
    p += first + 1;
  } else if (is_align(*p)) {
    spec->align = *p++;
  }
  if (*p == '+' || *p == '-' || *p == ' ')
    spec->sign = *p++;
  if (*p == 'z')
    p++;
  if (*p == '#') {
    spec->alternate = TRUE;
    p++;
  }
  if (*p == '0') {
    spec->zero = TRUE;
    p++;
  }
  spec->width = parse_number(&p);
  if (*p == ',' || *p == '_')
    spec->grouping = *p++;
  if (*p == '.') {
    p++;
    spec->precision = parse_number(&p);
    if (spec->precision == -1) {
      py_raise(interp, "ValueError", "Format specifier missing precision");
      return FALSE;
    }
  }
  if (spec->width == -2 || spec->precision == -2 || spec->precision > MAX_PRECISION) {
    py_exhausted(interp, _("it formats a value to an absurd width"));
    return FALSE;
  }
  if (p < end)
    spec->type = *p++;
  if (p < end) {
    py_raise(interp, "ValueError", "Invalid format specifier '%s' for object of type '%s'", text->data,
             py_type_name(interp, v));
    return FALSE;
  }
  return TRUE;
}

static void put_fill(Builder *b, const Spec *spec, gint n)
{
  for (gint i = 0; i < n; i++)
    builder_text(b, spec->fill);
}

/* Body padded to the width; sign first, so that "=" can pad between. */
static PyValue pad(PyInterp *interp, const Spec *spec, const char *sign, const char *body, gsize len,
                   gsize chars, char align)
{
  Builder b;
  builder_init(&b, interp);
  gint missing = spec->width - (gint)chars - (gint)strlen(sign);
  if (missing < 0)
    missing = 0;
  if (spec->align)
    align = spec->align;
  gint left = align == '>' ? missing : align == '^' ? missing / 2 : 0;
  put_fill(&b, spec, left);
  builder_text(&b, sign);
  if (align == '=')
    put_fill(&b, spec, missing);
  builder_put(&b, body, len);
  put_fill(&b, spec, align == '<' || align == '^' ? missing - left : 0);
  return builder_end(&b);
}

static PyValue format_str(PyInterp *interp, PyValue v, Spec *spec)
{
  if (spec->type && spec->type != 's')
    return py_raise(interp, "ValueError", "Unknown format code '%c' for object of type 'str'", spec->type);
  if (spec->sign || spec->grouping || spec->align == '=')
    return py_raise(interp, "ValueError", "Sign or '=' alignment not allowed in string format specifier");
  if (spec->zero && !spec->align)
    spec->fill[0] = '0';
  if (spec->precision >= 0 && (gsize)spec->precision < v.str->chars)
    v = py_substring(interp, v, 0, (gsize)spec->precision);
  return pad(interp, spec, "", v.str->data, v.str->len, v.str->chars, '<');
}

/* Digits with separators every `every`; zero: padded with grouped zeros to width. */
static char *group_digits(Arena *arena, const char *digits, char separator, gint every, gint min_width)
{
  gint n = (gint)strlen(digits);
  gint total = n + (n - 1) / every;
  gint lead = 0;
  while (total < min_width) {
    lead++;
    total = n + lead + (n + lead - 1) / every;
  }
  char *out = arena_alloc(arena, (gsize)total + 1);
  gint count = n + lead, at = 0;
  for (gint i = 0; i < count; i++) {
    if (i && (count - i) % every == 0)
      out[at++] = separator;
    out[at++] = i < lead ? '0' : digits[i - lead];
  }
  return out;
}

/* Number body (digits, maybe fraction) with grouping, sign and padding. */
static PyValue finish_number(PyInterp *interp, Spec *spec, gboolean negative, const char *prefix,
                             const char *body, gint every)
{
  gsize integer = strspn(body, "0123456789abcdefABCDEF");
  if (every == 3)
    integer = strspn(body, "0123456789");
  const char *sign = negative ? "-" : spec->sign == '+' ? "+" : spec->sign == ' ' ? " " : "";
  gboolean pads_zero = spec->zero && (!spec->align || spec->align == '=');
  if (pads_zero) {
    if (!spec->align)
      spec->fill[0] = '0';
    spec->align = '=';
  }
  const char *full = body;
  if (spec->grouping && integer) {
    char *digits = arena_strndup(interp->arena, body, (gssize)integer);
    gint width = pads_zero
                     ? spec->width - (gint)strlen(sign) - (gint)strlen(prefix) - (gint)strlen(body + integer)
                     : 0;
    full = arena_printf(interp->arena, "%s%s",
                        group_digits(interp->arena, digits, spec->grouping, every, width), body + integer);
  }
  const char *signs = arena_printf(interp->arena, "%s%s", sign, prefix);
  return pad(interp, spec, signs, full, strlen(full), strlen(full), '>');
}

static PyValue format_int(PyInterp *interp, PyValue v, Spec *spec)
{
  guint base = spec->type == 'b'                        ? 2
               : spec->type == 'o'                      ? 8
               : spec->type == 'x' || spec->type == 'X' ? 16
                                                        : 10;
  if (spec->precision >= 0)
    return py_raise(interp, "ValueError", "Precision not allowed in integer format specifier");
  if (spec->type == 'c') {
    gint64 c = v.type == PY_BIGINT ? -1 : v.i;
    if (c < 0 || c > 0x10ffff)
      return py_raise(interp, "OverflowError", "%%c arg not in range(0x110000)");
    char utf8[8] = {0};
    gint n = g_unichar_to_utf8((gunichar)c, utf8);
    return pad(interp, spec, "", utf8, (gsize)n, 1, '<');
  }
  PyValue plain = v.type == PY_BOOL ? py_int(v.i) : v;
  char *digits = big_text(interp->arena, plain, base);
  gboolean negative = digits[0] == '-';
  if (negative)
    digits++;
  if (spec->type == 'X')
    for (char *p = digits; *p; p++)
      *p = g_ascii_toupper(*p);
  const char *prefix = "";
  if (spec->alternate && base != 10)
    prefix = spec->type == 'b' ? "0b" : spec->type == 'o' ? "0o" : spec->type == 'x' ? "0x" : "0X";
  return finish_number(interp, spec, negative, prefix, digits, base == 10 ? 3 : 4);
}

/* A float without type: like repr, but with precision like 'g' that keeps ".0". */
static char *general_text(PyInterp *interp, gdouble d, const Spec *spec, gboolean none)
{
  gint precision = spec->precision < 0 ? 6 : spec->precision == 0 ? 1 : spec->precision;
  if (none && spec->precision < 0)
    return py_float_repr(interp->arena, d);
  char format[16], *text = arena_alloc(interp->arena, 400);
  g_snprintf(format, sizeof format, "%%%s.%d%c", spec->alternate ? "#" : "", precision,
             spec->type == 'G' ? 'G' : 'g');
  g_ascii_formatd(text, 400, format, d);
  if (none && strchr(text, 'e') == NULL && strchr(text, '.') == NULL) {
    gint exponent = d == 0 ? 0 : (gint)floor(log10(d));
    if (exponent >= precision - 1 && d != 0) {
      g_snprintf(format, sizeof format, "%%.%de", precision - 1);
      g_ascii_formatd(text, 400, format, d);
      return text;
    }
    strcat(text, ".0");
  }
  return text;
}

static PyValue format_float(PyInterp *interp, gdouble d, Spec *spec)
{
  gboolean negative = signbit(d) && !isnan(d);
  gdouble size = fabs(d);
  char type = spec->type ? spec->type : 'r';
  char *body;
  if (type == '%')
    size *= 100;
  if (isnan(size) || isinf(size)) {
    const char *word = isnan(size) ? "nan" : "inf";
    body = g_ascii_isupper(type) ? arena_strdup(interp->arena, isnan(size) ? "NAN" : "INF")
                                 : arena_strdup(interp->arena, word);
  } else if (strchr("eEfF%", type)) {
    gint precision = spec->precision < 0 ? 6 : spec->precision;
    char format[16];
    gsize room = (gsize)precision + 400;
    body = arena_alloc(interp->arena, room);
    g_snprintf(format, sizeof format, "%%%s.%d%c", spec->alternate ? "#" : "", precision,
               type == '%' ? 'f' : type);
    g_ascii_formatd(body, (gint)room, format, size);
  } else if (strchr("gGnr", type)) {
    body = general_text(interp, size, spec, type == 'r');
  } else {
    return py_raise(interp, "ValueError", "Unknown format code '%c' for object of type 'float'", type);
  }
  if (type == '%')
    body = arena_printf(interp->arena, "%s%%", body);
  return finish_number(interp, spec, negative, "", body, 3);
}

static PyValue format_number(PyInterp *interp, PyValue v, Spec *spec)
{
  gboolean as_float = spec->type && strchr("eEfFgG%", spec->type);
  if (v.type == PY_FLOAT || as_float)
    return format_float(interp, py_to_double(v), spec);
  if (spec->type && !strchr("bcdoxXn", spec->type))
    return py_raise(interp, "ValueError", "Unknown format code '%c' for object of type '%s'", spec->type,
                    py_type_name(interp, v));
  return format_int(interp, v, spec);
}

/* A class derived from str or int with enum: what format() gives changed in Python 3.12. */
static gboolean mixed_enum(PyInterp *interp, PyValue v)
{
  return v.type == PY_INSTANCE && v.instance->cls->is_enum && v.instance->value.type != PY_NULL &&
         !py_class_is_subclass(v.instance->cls, interp->runtime->str_enum) &&
         !py_class_is_subclass(v.instance->cls, interp->runtime->int_enum) &&
         py_is_null(py_special(interp, v, "__str__"));
}

static PyValue format_instance(PyInterp *interp, PyValue v, const PyStr *spec)
{
  PyValue method = py_special(interp, v, "__format__");
  PyValue text = py_from_str((PyStr *)spec);
  if (!py_is_null(method))
    return py_call_self(interp, method, v, &(PyArgs){.args = &text, .n = 1});
  PyClass *cls = v.instance->cls;
  if (cls->host && cls->host->format)
    return cls->host->format(interp, v, spec->data);
  if (mixed_enum(interp, v))
    return py_unknown(interp, PY_NEEDS_PYTHON, _("what formatting %s gives depends on the version of Python"),
                      cls->name->data);
  if (py_class_is_subclass(cls, interp->runtime->int_enum) && py_is_null(py_special(interp, v, "__str__")))
    return py_format_value(interp, v.instance->value, spec);
  if (!spec->len || cls->is_enum) {
    PyValue s = py_str_of(interp, v);
    return s.type == PY_STR && spec->len ? py_format_value(interp, s, spec) : s;
  }
  if (v.instance->value.type != PY_NULL)
    return py_format_value(interp, v.instance->value, spec);
  return py_raise(interp, "TypeError", "unsupported format string passed to %s.__format__", cls->name->data);
}

PyValue py_format_value(PyInterp *interp, PyValue v, const PyStr *text)
{
  if (v.type == PY_UNKNOWN || v.type == PY_NULL)
    return v;
  if (v.type == PY_INSTANCE)
    return format_instance(interp, v, text);
  if (!text->len)
    return py_str_of(interp, v);
  Spec spec;
  if (v.type != PY_STR && !py_is_number(v))
    return py_raise(interp, "TypeError", "unsupported format string passed to %s.__format__",
                    py_type_name(interp, v));
  if (!parse_spec(interp, v, text, &spec))
    return py_null();
  if (v.type == PY_STR)
    return format_str(interp, v, &spec);
  if (v.type == PY_BOOL && !spec.type) {
    PyValue word = py_str_of(interp, v);
    return format_str(interp, word, &spec);
  }
  return format_number(interp, v, &spec);
}

PyValue py_format(PyInterp *interp, PyValue v, const char *spec)
{
  return py_format_value(interp, v, py_str_in(interp->arena, spec, strlen(spec)));
}
