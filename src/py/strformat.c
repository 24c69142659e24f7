/* "..." % values and "...".format(...). */
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "object.h"

/* ---- % ---- */

typedef struct {
  PyInterp *interp;
  Builder out;
  PyValue values;  /* right operand */
  gsize used;      /* of a tuple */
  gboolean mapped; /* a %(name) was seen */
} Percent;

static gboolean next_value(Percent *p, PyValue *v)
{
  if (p->values.type == PY_TUPLE) {
    if (p->used < p->values.list->len) {
      *v = p->values.list->items[p->used++];
      return TRUE;
    }
  } else if (!p->used) {
    p->used = 1;
    *v = p->values;
    return TRUE;
  }
  py_raise(p->interp, "TypeError", "not enough arguments for format string");
  return FALSE;
}

/* %(name): the value of that key; *at is behind the "(". */
static gboolean mapped_value(Percent *p, const char **at, const char *end, PyValue *v)
{
  const char *start = *at;
  guint depth = 1;
  for (; *at < end; ++*at) {
    if (**at == '(')
      depth++;
    else if (**at == ')' && !--depth)
      break;
  }
  if (*at >= end) {
    py_raise(p->interp, "ValueError", "incomplete format key");
    return FALSE;
  }
  PyValue plain = py_plain(p->values);
  if (plain.type == PY_TUPLE || plain.type == PY_STR || py_is_number(plain) || plain.type == PY_NONE) {
    py_raise(p->interp, "TypeError", "format requires a mapping");
    return FALSE;
  }
  PyValue key = py_str(p->interp, start, *at - start);
  ++*at;
  p->mapped = TRUE;
  *v = py_get_item(p->interp, p->values, key);
  return !py_is_null(*v);
}

/* A width or precision: digits, or * from the values. */
static gboolean parse_size(Percent *p, const char **at, gint64 *size)
{
  if (**at == '*') {
    PyValue v;
    ++*at;
    if (!next_value(p, &v))
      return FALSE;
    if (py_as_int64(v, size))
      return TRUE;
    py_raise(p->interp, "TypeError", "* wants int");
    return FALSE;
  }
  *size = -1;
  if (g_ascii_isdigit(**at)) {
    char *stop;
    *size = g_ascii_strtoll(*at, &stop, 10);
    *at = stop;
  }
  return TRUE;
}

/* The value rendered by the mini-language with the same meaning. */
static void put_number(Percent *p, PyValue v, const char *flags, gint64 width, gint64 precision, char type)
{
  PyInterp *interp = p->interp;
  gboolean left = strchr(flags, '-') != NULL, zero = strchr(flags, '0') != NULL && !left;
  v = py_plain(v);
  if (!py_is_number(v)) {
    py_raise(interp, "TypeError", "%%%c format: a real number is required, not %s", type,
             py_type_name(interp, v));
    return;
  }
  gboolean integral = strchr("diuoxX", type) != NULL;
  if (integral && v.type == PY_FLOAT) {
    if (strchr("oxX", type)) {
      py_raise(interp, "TypeError", "%%%c format: an integer is required, not float", type);
      return;
    }
    v = py_int_from_double(interp, v.f);
    if (py_is_null(v))
      return;
  }
  if (v.type == PY_BOOL)
    v = py_int(v.i);
  const char *digits_spec = "";
  if (integral && precision >= 0) { /* at least that many digits */
    digits_spec = arena_printf(interp->arena, "0%d", (int)precision);
    PyValue digits = py_format(interp, v, digits_spec);
    if (digits.type != PY_STR)
      return;
    PyValue padded =
        py_format(interp, digits, arena_printf(interp->arena, "%s%d", left ? "<" : ">", (int)MAX(width, 0)));
    if (padded.type == PY_STR)
      builder_put(&p->out, padded.str->data, padded.str->len);
    return;
  }
  g_autoptr(GString) spec = g_string_new(left ? "<" : zero ? "=" : ">");
  if (zero)
    g_string_prepend_c(spec, '0');
  if (strchr(flags, '+'))
    g_string_append_c(spec, '+');
  else if (strchr(flags, ' '))
    g_string_append_c(spec, ' ');
  if (strchr(flags, '#'))
    g_string_append_c(spec, '#');
  if (width > 0)
    g_string_append_printf(spec, "%" G_GINT64_FORMAT, width);
  if (precision >= 0)
    g_string_append_printf(spec, ".%" G_GINT64_FORMAT, precision);
  g_string_append_c(spec, strchr("iu", type) ? 'd' : type);
  PyValue text = py_format(interp, v, arena_strdup(interp->arena, spec->str));
  if (text.type == PY_STR)
    builder_put(&p->out, text.str->data, text.str->len);
}

static void put_text(Percent *p, PyValue v, const char *flags, gint64 width, gint64 precision, char type)
{
  PyInterp *interp = p->interp;
  PyValue text;
  if (type == 'c') {
    text = v.type == PY_INT ? py_format(interp, v, "c") : v;
    if (text.type != PY_STR || text.str->chars != 1) {
      py_raise(interp, "TypeError", "%%c requires int or char");
      return;
    }
  } else {
    text = type == 's' ? py_str_of(interp, v) : py_repr(interp, v);
  }
  if (text.type == PY_UNKNOWN)
    builder_unknown(&p->out, text.reason);
  text = py_plain(text);
  if (text.type != PY_STR)
    return;
  if (precision >= 0 && (gsize)precision < text.str->chars)
    text = py_substring(interp, text, 0, (gsize)precision);
  if (width > 0)
    text = py_format(interp, text,
                     arena_printf(interp->arena, "%s%d", strchr(flags, '-') ? "<" : ">", (int)width));
  if (text.type == PY_STR)
    builder_put(&p->out, text.str->data, text.str->len);
}

/* Behind a "%". */
static gboolean put_conversion(Percent *p, const char **at, const char *end)
{
  PyValue v = py_null();
  if (*at < end && **at == '(') {
    ++*at;
    if (!mapped_value(p, at, end, &v))
      return FALSE;
  }
  gsize n_flags = strspn(*at, "#0- +");
  const char *flags = arena_strndup(p->interp->arena, *at, (gssize)n_flags);
  *at += n_flags;
  gint64 width, precision = -1;
  if (!parse_size(p, at, &width))
    return FALSE;
  if (**at == '.') {
    ++*at;
    if (!parse_size(p, at, &precision))
      return FALSE;
    precision = MAX(precision, 0);
  }
  *at += strspn(*at, "hlL");
  if (*at >= end) {
    py_raise(p->interp, "ValueError", "incomplete format");
    return FALSE;
  }
  char type = *(*at)++;
  if (width > 100000 || precision > 100000)
    return py_exhausted(p->interp, _("it formats a value to an absurd width"));
  if (type == '%') {
    builder_char(&p->out, '%');
    return TRUE;
  }
  if (py_is_null(v) && !next_value(p, &v))
    return FALSE;
  if (v.type == PY_UNKNOWN)
    builder_unknown(&p->out, v.reason);
  else if (strchr("srac", type))
    put_text(p, v, flags, width, precision, type);
  else if (strchr("diuoxXeEfFgG", type))
    put_number(p, v, flags, width, precision, type);
  else
    py_raise(p->interp, "ValueError", "unsupported format character '%c' (0x%x)", type, (guint)type);
  return !py_failed(p->interp);
}

PyValue py_percent_format(PyInterp *interp, PyValue format, PyValue values)
{
  if (values.type == PY_UNKNOWN)
    return values;
  Percent p = {.interp = interp, .values = values};
  if (values.type == PY_INSTANCE && values.instance->value.type == PY_TUPLE)
    p.values = values.instance->value;
  if (format.type == PY_BYTES)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("%% formatting of bytes is not supported"));
  builder_init(&p.out, interp);
  const char *end = format.str->data + format.str->len;
  for (const char *at = format.str->data; at < end;) {
    const char *percent = memchr(at, '%', (gsize)(end - at));
    if (!percent)
      percent = end;
    builder_put(&p.out, at, (gsize)(percent - at));
    at = percent + 1;
    if (percent < end && !put_conversion(&p, &at, end))
      return py_null();
  }
  PyValue plain = py_plain(values);
  gboolean left = p.values.type == PY_TUPLE
                      ? p.used < p.values.list->len
                      : !p.used && !p.mapped && plain.type != PY_DICT && plain.type != PY_LIST;
  if (left && !p.mapped && !(values.type == PY_INSTANCE && p.values.type != PY_TUPLE))
    return py_raise(interp, "TypeError", "not all arguments converted during string formatting");
  return builder_end(&p.out);
}

PyValue py_percent(PyInterp *interp, PyValue text, PyValue values)
{
  return py_percent_format(interp, text, values);
}

/* ---- str.format ---- */

typedef struct {
  PyInterp *interp;
  const PyArgs *args;
  PyValue mapping; /* format_map's argument, or PY_NULL */
  gint64 next;     /* automatic number; -1: numbers are given */
} Brace;

static PyValue brace_format_text(Brace *f, const char *start, const char *end, guint depth);

static PyValue positional(Brace *f, gint64 index)
{
  if (py_is_null(f->mapping) && index >= 0 && index < f->args->n)
    return f->args->args[index];
  return py_raise(f->interp, "IndexError",
                  "Replacement index %" G_GINT64_FORMAT " out of range for positional args tuple", index);
}

static PyValue named(Brace *f, const char *name, gsize len)
{
  PyValue key = py_str(f->interp, name, (gssize)len);
  if (!py_is_null(f->mapping))
    return py_get_item(f->interp, f->mapping, key);
  for (guint i = 0; i < f->args->n_keywords; i++)
    if (py_str_equal(f->args->names[i], key.str))
      return f->args->keywords[i];
  return py_raise_value(f->interp,
                        py_exception_new(f->interp, py_builtin_class(f->interp, "KeyError"), &key, 1));
}

static gboolean all_digits(const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isdigit(text[i]))
      return FALSE;
  return len > 0 && len < 10;
}

/* "name.attr[key]": from start to end. */
static PyValue field_value(Brace *f, const char *start, const char *end)
{
  gsize len = strcspn(start, ".[");
  len = MIN(len, (gsize)(end - start));
  PyValue v;
  if (!len) {
    if (f->next < 0)
      return py_raise(f->interp, "ValueError",
                      "cannot switch from manual field specification to automatic field numbering");
    v = positional(f, f->next++);
  } else if (all_digits(start, len)) {
    if (f->next > 0)
      return py_raise(f->interp, "ValueError",
                      "cannot switch from automatic field numbering to manual field specification");
    f->next = -1;
    v = positional(f, g_ascii_strtoll(start, NULL, 10));
  } else {
    v = named(f, start, len);
  }
  for (const char *at = start + len; at < end && !py_is_null(v);) {
    if (*at == '.') {
      gsize n = strcspn(at + 1, ".[");
      n = MIN(n, (gsize)(end - at - 1));
      v = py_get_attr(f->interp, v, py_str_in(f->interp->arena, at + 1, n));
      at += n + 1;
    } else {
      const char *close = memchr(at, ']', (gsize)(end - at));
      if (*at != '[' || !close)
        return py_raise(f->interp, "ValueError", "Missing ']' in format string");
      gsize n = (gsize)(close - at - 1);
      v = py_get_item(f->interp, v,
                      all_digits(at + 1, n) ? py_int(g_ascii_strtoll(at + 1, NULL, 10))
                                            : py_str(f->interp, at + 1, (gssize)n));
      at = close + 1;
    }
  }
  return v;
}

/* The "}" that ends the field begun before at; NULL: none. */
static const char *field_end(const char *at, const char *end)
{
  guint depth = 1;
  for (; at < end; at++) {
    if (*at == '{')
      depth++;
    else if (*at == '}' && !--depth)
      return at;
  }
  return NULL;
}

static gboolean put_field(Brace *f, Builder *b, const char *start, const char *end, guint depth)
{
  const char *stop = start;
  for (; stop < end && *stop != '!' && *stop != ':'; stop++)
    if (*stop == '[')
      while (stop + 1 < end && *stop != ']')
        stop++;
  PyValue v = field_value(f, start, stop);
  if (py_is_null(v))
    return FALSE;
  if (stop + 1 < end && *stop == '!') {
    v = stop[1] == 's' ? py_str_of(f->interp, v) : py_repr(f->interp, v);
    stop += 2;
  }
  PyValue spec = py_str(f->interp, "", 0);
  if (stop < end && *stop == ':')
    spec = brace_format_text(f, stop + 1, end, depth + 1);
  if (py_failed(f->interp))
    return FALSE;
  PyValue text = spec.type == PY_UNKNOWN ? spec : py_format_value(f->interp, v, spec.str);
  if (text.type == PY_UNKNOWN)
    builder_unknown(b, text.reason);
  else if (py_plain(text).type == PY_STR)
    builder_put(b, py_plain(text).str->data, py_plain(text).str->len);
  return !py_failed(f->interp);
}

static PyValue brace_format_text(Brace *f, const char *start, const char *end, guint depth)
{
  Builder b;
  builder_init(&b, f->interp);
  if (depth > 2)
    return py_raise(f->interp, "ValueError", "Max string recursion exceeded");
  for (const char *at = start; at < end;) {
    if ((*at == '{' || *at == '}') && at + 1 < end && at[1] == *at && depth == 0) {
      builder_char(&b, *at);
      at += 2;
    } else if (*at == '{') {
      const char *close = field_end(at + 1, end);
      if (!close)
        return py_raise(f->interp, "ValueError", "expected '}' before end of string");
      if (!put_field(f, &b, at + 1, close, depth))
        return py_null();
      at = close + 1;
    } else if (*at == '}') {
      return py_raise(f->interp, "ValueError", "Single '}' encountered in format string");
    } else {
      gsize n = strcspn(at, "{}");
      n = MAX(1, MIN(n, (gsize)(end - at)));
      builder_put(&b, at, n);
      at += n;
    }
  }
  return builder_end(&b);
}

PyValue py_brace_format(PyInterp *interp, const PyStr *format, const PyArgs *args, PyValue mapping)
{
  Brace f = {interp, args, mapping, 0};
  return brace_format_text(&f, format->data, format->data + format->len, 0);
}
