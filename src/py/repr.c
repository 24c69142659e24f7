/* repr() and str(). */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "object.h"

/* Containers may hold themselves. */
#define REPR_DEPTH 100

static void put_repr(Builder *b, PyValue v, guint depth);

/* ---- floats: the shortest digits that read back as the same number ---- */

char *py_float_repr(Arena *arena, gdouble d)
{
  if (isnan(d))
    return arena_strdup(arena, "nan");
  if (isinf(d))
    return arena_strdup(arena, d < 0 ? "-inf" : "inf");
  char digits[40];
  for (int precision = 1; precision <= 17; precision++) {
    g_ascii_formatd(digits, sizeof digits, arena_printf(arena, "%%.%de", precision - 1), d);
    if (g_ascii_strtod(digits, NULL) == d)
      break;
  }
  char *e = strchr(digits, 'e');
  int exponent = atoi(e + 1);
  gboolean negative = digits[0] == '-';
  char plain[40];
  int n = 0;
  for (const char *p = digits + negative; p < e; p++)
    if (*p != '.')
      plain[n++] = *p;
  g_autoptr(GString) out = g_string_new(negative ? "-" : "");
  if (exponent < -4 || exponent >= 16) {
    g_string_append_c(out, plain[0]);
    if (n > 1) {
      g_string_append_c(out, '.');
      g_string_append_len(out, plain + 1, n - 1);
    }
    g_string_append_printf(out, "e%c%02d", exponent < 0 ? '-' : '+', ABS(exponent));
  } else if (exponent < 0) {
    g_string_append(out, "0.");
    for (int i = -1; i > exponent; i--)
      g_string_append_c(out, '0');
    g_string_append_len(out, plain, n);
  } else {
    for (int i = 0; i <= exponent || i < n; i++) {
      if (i == exponent + 1)
        g_string_append_c(out, '.');
      g_string_append_c(out, i < n ? plain[i] : '0');
    }
    if (n <= exponent + 1)
      g_string_append(out, ".0");
  }
  return arena_strndup(arena, out->str, (gssize)out->len);
}

void builder_float(Builder *b, gdouble d)
{
  builder_text(b, py_float_repr(b->interp->arena, d));
}

/* ---- strings ---- */

/* One character of (nearly) UTF-8; surrogates come through as such. */
static gunichar next_char(const char **at, const char *end)
{
  const guchar *p = (const guchar *)*at;
  guint n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
  gunichar c = n == 1 ? *p : *p & (0x7fu >> n);
  for (guint i = 1; i < n && (const char *)p + i < end; i++)
    c = c << 6 | (p[i] & 0x3f);
  *at = MIN(*at + n, end);
  return c;
}

static gboolean printable(gunichar c)
{
  if (c >= 0xd800 && c < 0xe000)
    return FALSE;
  switch (g_unichar_type(c)) {
  case G_UNICODE_CONTROL:
  case G_UNICODE_FORMAT:
  case G_UNICODE_UNASSIGNED:
  case G_UNICODE_PRIVATE_USE:
  case G_UNICODE_SURROGATE:
  case G_UNICODE_LINE_SEPARATOR:
  case G_UNICODE_PARAGRAPH_SEPARATOR:
  case G_UNICODE_SPACE_SEPARATOR: return c == ' ';
  default: return TRUE;
  }
}

static char quote_for(const PyStr *s)
{
  return memchr(s->data, '\'', s->len) && !memchr(s->data, '"', s->len) ? '"' : '\'';
}

static void put_escaped(Builder *b, gunichar c, char quote)
{
  switch (c) {
  case '\n': builder_text(b, "\\n"); return;
  case '\r': builder_text(b, "\\r"); return;
  case '\t': builder_text(b, "\\t"); return;
  case '\\': builder_text(b, "\\\\"); return;
  default: break;
  }
  if (c == (gunichar)quote) {
    builder_char(b, '\\');
    builder_char(b, quote);
  } else if (c < 0x20 || c == 0x7f) {
    builder_printf(b, "\\x%02x", c);
  } else if (c < 0x7f) {
    builder_char(b, (char)c);
  } else if (printable(c)) {
    builder_unichar(b, c);
  } else {
    builder_printf(b, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
  }
}

void builder_str_repr(Builder *b, const PyStr *s)
{
  char quote = quote_for(s);
  builder_char(b, quote);
  const char *end = s->data + s->len;
  for (const char *p = s->data; p < end;)
    put_escaped(b, next_char(&p, end), quote);
  builder_char(b, quote);
}

static void put_bytes(Builder *b, const PyStr *s)
{
  char quote = quote_for(s);
  builder_char(b, 'b');
  builder_char(b, quote);
  for (gsize i = 0; i < s->len; i++) {
    guchar c = (guchar)s->data[i];
    if (c >= 0x7f)
      builder_printf(b, "\\x%02x", c);
    else
      put_escaped(b, c, quote);
  }
  builder_char(b, quote);
}

/* ---- containers ---- */

static void put_items(Builder *b, const PyList *list, char open, char close, guint depth)
{
  builder_char(b, open);
  for (gsize i = 0; i < list->len && !b->failed; i++) {
    if (i)
      builder_text(b, ", ");
    put_repr(b, list->items[i], depth);
  }
  if (open == '(' && list->len == 1)
    builder_char(b, ',');
  builder_char(b, close);
}

static void put_dict(Builder *b, const PyDict *dict, guint depth)
{
  builder_char(b, '{');
  PyValue key, value;
  gboolean first = TRUE;
  for (gsize at = 0; py_dict_next(dict, &at, &key, &value) && !b->failed; first = FALSE) {
    if (!first)
      builder_text(b, ", ");
    put_repr(b, key, depth);
    builder_text(b, ": ");
    put_repr(b, value, depth);
  }
  builder_char(b, '}');
}

static void put_set(Builder *b, PyValue v, guint depth)
{
  gboolean frozen = v.type == PY_FROZENSET;
  if (!v.dict->live) {
    builder_text(b, frozen ? "frozenset()" : "set()");
    return;
  }
  if (v.dict->live > 1) {
    PyValue unknown = py_unknown(b->interp, PY_NONDETERMINISTIC,
                                 _("the order of a set's items may differ from run to run"));
    builder_unknown(b, unknown.reason);
    return;
  }
  PyValue key;
  gsize at = 0;
  py_dict_next(v.dict, &at, &key, NULL);
  builder_text(b, frozen ? "frozenset({" : "{");
  put_repr(b, key, depth);
  builder_text(b, frozen ? "})" : "}");
}

/* ---- objects ---- */

static void put_result(Builder *b, PyValue text)
{
  if (text.type == PY_UNKNOWN)
    builder_unknown(b, text.reason);
  else if (py_plain(text).type == PY_STR)
    builder_put(b, py_plain(text).str->data, py_plain(text).str->len);
  else if (!py_failed(b->interp))
    py_raise(b->interp, "TypeError", "__repr__ returned non-string");
  if (py_failed(b->interp))
    b->failed = TRUE;
}

static void put_address(Builder *b, PyValue v)
{
  PyValue unknown = py_unknown(b->interp, PY_NONDETERMINISTIC, _("the repr of a %s object holds its address"),
                               py_type_name(b->interp, v));
  builder_unknown(b, unknown.reason);
}

static void put_exception(Builder *b, PyValue v, guint depth)
{
  PyValue args = py_instance_attr(v, "args");
  builder_text(b, v.instance->cls->name->data);
  if (args.type != PY_TUPLE || args.list->len != 1) {
    if (args.type == PY_TUPLE)
      put_items(b, args.list, '(', ')', depth);
    return;
  }
  builder_char(b, '(');
  put_repr(b, args.list->items[0], depth);
  builder_char(b, ')');
}

static void put_enum(Builder *b, PyValue v, guint depth)
{
  const char *name = py_text(py_instance_attr(v, "_name_"));
  builder_printf(b, "<%s.%s: ", v.instance->cls->name->data, name ? name : "?");
  put_repr(b, py_instance_attr(v, "_value_"), depth);
  builder_char(b, '>');
}

static void put_instance(Builder *b, PyValue v, guint depth)
{
  PyInterp *interp = b->interp;
  PyValue method = py_special(interp, v, "__repr__");
  PyClass *cls = v.instance->cls;
  if (!py_is_null(method))
    put_result(b, py_call_self(interp, method, v, &(PyArgs){0}));
  else if (cls->host && cls->host->repr)
    put_result(b, cls->host->repr(interp, v));
  else if (cls->is_exception)
    put_exception(b, v, depth);
  else if (cls->is_enum)
    put_enum(b, v, depth);
  else if (v.instance->value.type != PY_NULL)
    put_repr(b, v.instance->value, depth);
  else
    put_address(b, v);
}

static void put_range(Builder *b, const PyRange *range)
{
  builder_printf(b, "range(%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT, range->start, range->stop);
  if (range->step != 1)
    builder_printf(b, ", %" G_GINT64_FORMAT, range->step);
  builder_char(b, ')');
}

static void put_class(Builder *b, const PyClass *cls)
{
  gboolean builtin = !strcmp(cls->module, "builtins");
  if (cls->is_enum && cls->user)
    builder_printf(b, "<enum '%s'>", cls->name->data);
  else
    builder_printf(b, "<class '%s%s%s'>", builtin ? "" : cls->module, builtin ? "" : ".", cls->name->data);
}

static void put_repr(Builder *b, PyValue v, guint depth)
{
  if (b->failed || !py_spend(b->interp, 1) || py_deep(b->interp)) {
    b->failed = TRUE;
    return;
  }
  if (depth > REPR_DEPTH) {
    builder_text(b, "...");
    return;
  }
  depth++;
  switch (v.type) {
  case PY_NULL: b->failed = TRUE; return;
  case PY_NONE: builder_text(b, "None"); return;
  case PY_BOOL: builder_text(b, v.i ? "True" : "False"); return;
  case PY_INT: builder_printf(b, "%" G_GINT64_FORMAT, v.i); return;
  case PY_BIGINT: builder_text(b, big_text(b->interp->arena, v, 10)); return;
  case PY_FLOAT: builder_float(b, v.f); return;
  case PY_STR: builder_str_repr(b, v.str); return;
  case PY_BYTES: put_bytes(b, v.str); return;
  case PY_LIST: put_items(b, v.list, '[', ']', depth); return;
  case PY_TUPLE: put_items(b, v.list, '(', ')', depth); return;
  case PY_DICT: put_dict(b, v.dict, depth); return;
  case PY_SET:
  case PY_FROZENSET: put_set(b, v, depth); return;
  case PY_RANGE: put_range(b, v.range); return;
  case PY_CLASS: put_class(b, v.cls); return;
  case PY_INSTANCE: put_instance(b, v, depth); return;
  case PY_ELLIPSIS: builder_text(b, "Ellipsis"); return;
  case PY_NOT_IMPLEMENTED: builder_text(b, "NotImplemented"); return;
  case PY_UNKNOWN: builder_unknown(b, v.reason); return;
  case PY_SLICE:
    builder_text(b, "slice(");
    put_repr(b, v.slice->start, depth);
    builder_text(b, ", ");
    put_repr(b, v.slice->stop, depth);
    builder_text(b, ", ");
    put_repr(b, v.slice->step, depth);
    builder_text(b, ")");
    return;
  case PY_NATIVE:
    if (v.native->self.type == PY_NULL && !v.native->owner) {
      builder_printf(b, "<built-in function %s>", v.native->def->name);
      return;
    }
    put_address(b, v);
    return;
  default: put_address(b, v); return;
  }
}

void builder_repr(Builder *b, PyValue v)
{
  put_repr(b, v, 0);
}

/* ---- str() ---- */

static void put_exception_text(Builder *b, PyValue v)
{
  PyValue args = py_instance_attr(v, "args");
  if (args.type != PY_TUPLE || !args.list->len)
    return;
  if (args.list->len > 1) {
    if (py_class_is_subclass(v.instance->cls, py_builtin_class(b->interp, "OSError"))) {
      builder_text(b, "[Errno ");
      builder_str(b, args.list->items[0]);
      builder_text(b, "] ");
      builder_str(b, args.list->items[1]);
      return;
    }
    builder_repr(b, args);
  } else if (py_class_is_subclass(v.instance->cls, py_builtin_class(b->interp, "KeyError"))) {
    builder_repr(b, args.list->items[0]);
  } else {
    builder_str(b, args.list->items[0]);
  }
}

static void put_enum_text(Builder *b, PyValue v)
{
  const PyClass *cls = v.instance->cls;
  PyRuntime *runtime = b->interp->runtime;
  if (py_class_is_subclass(cls, runtime->str_enum)) {
    builder_str(b, py_instance_attr(v, "_value_"));
    return;
  }
  if (cls->builtin == PY_INT) {
    PyValue unknown =
        py_unknown(b->interp, PY_NEEDS_PYTHON, _("what str() of %s gives depends on the version of Python"),
                   cls->name->data);
    builder_unknown(b, unknown.reason);
    return;
  }
  const char *name = py_text(py_instance_attr(v, "_name_"));
  builder_printf(b, "%s.%s", cls->name->data, name ? name : "?");
}

static void put_instance_text(Builder *b, PyValue v)
{
  PyInterp *interp = b->interp;
  PyValue method = py_special(interp, v, "__str__");
  PyClass *cls = v.instance->cls;
  if (!py_is_null(method)) {
    put_result(b, py_call_self(interp, method, v, &(PyArgs){0}));
  } else if (cls->host && cls->host->str) {
    put_result(b, cls->host->str(interp, v));
  } else if (cls->is_exception) {
    put_exception_text(b, v);
  } else if (cls->is_enum && py_is_null(py_special(interp, v, "__repr__"))) {
    put_enum_text(b, v);
  } else if (v.instance->value.type == PY_STR) {
    builder_put(b, v.instance->value.str->data, v.instance->value.str->len);
  } else {
    builder_repr(b, v);
  }
}

void builder_str(Builder *b, PyValue v)
{
  if (v.type == PY_STR)
    builder_put(b, v.str->data, v.str->len);
  else if (v.type == PY_INSTANCE && !py_deep(b->interp))
    put_instance_text(b, v);
  else
    builder_repr(b, v);
}

PyValue py_str_of(PyInterp *interp, PyValue v)
{
  if (v.type == PY_STR || v.type == PY_UNKNOWN || v.type == PY_NULL)
    return v;
  Builder b;
  builder_init(&b, interp);
  builder_str(&b, v);
  return builder_end(&b);
}

PyValue py_repr(PyInterp *interp, PyValue v)
{
  if (v.type == PY_UNKNOWN || v.type == PY_NULL)
    return v;
  Builder b;
  builder_init(&b, interp);
  builder_repr(&b, v);
  return builder_end(&b);
}
