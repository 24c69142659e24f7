/* int(...), str(...), list(...) and the other builtin classes called. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <glib/gi18n.h>

#include "bigint.h"
#include "object.h"

static gboolean bind_to(PyInterp *interp, const char *signature, const char *name, const PyArgs *args,
                        PyValue *values)
{
  return py_signature_bind(interp, py_signature_parse(interp->arena, signature), name, args, values);
}

/* ---- numbers ---- */

static PyValue bad_int(PyInterp *interp, PyValue text, guint base)
{
  PyValue repr = py_repr(interp, text);
  return py_raise(interp, "ValueError", "invalid literal for int() with base %u: %s", base, py_text(repr));
}

static PyValue int_from_text(PyInterp *interp, PyValue text, gint64 base)
{
  g_autofree char *copy = g_strstrip(g_strndup(text.str->data, text.str->len));
  const char *p = copy;
  gboolean negative = *p == '-';
  if (*p == '-' || *p == '+')
    p++;
  if (p[0] == '0' && p[1] && (base == 0 || base == 16 || base == 8 || base == 2)) {
    char c = g_ascii_tolower(p[1]);
    guint named = c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
    if (named && (base == 0 || base == named)) {
      base = named;
      p += 2;
    }
  }
  if (base == 0)
    base = 10;
  if (base < 2 || base > 36)
    return py_raise(interp, "ValueError", "int() base must be >= 2 and <= 36, or 0");
  char *digits = arena_alloc(interp->arena, strlen(p) + 1);
  gsize n = 0;
  char before = '_';
  for (; *p; before = *p++) {
    int digit = g_ascii_isdigit(*p) ? *p - '0' : g_ascii_isalpha(*p) ? g_ascii_tolower(*p) - 'a' + 10 : 99;
    if (*p == '_' && before != '_')
      continue;
    if (digit >= base)
      return bad_int(interp, text, (guint)base);
    digits[n++] = *p;
  }
  if (!n || before == '_')
    return bad_int(interp, text, (guint)base);
  PyValue v = n > 4300 && base == 10 ? py_null() : big_from_text(interp->arena, digits, n, (guint)base);
  if (py_is_null(v))
    return py_raise(interp, "ValueError", "Exceeds the limit (4300 digits) for integer string conversion");
  return negative ? py_numeric_binary(interp, PY_SUB, py_int(0), v) : v;
}

static PyValue call_conversion(PyInterp *interp, PyValue v, const char *name)
{
  PyValue method = py_special(interp, v, name);
  return py_is_null(method) ? method : py_call_self(interp, method, v, &(PyArgs){0});
}

static PyValue make_int(PyInterp *interp, const PyArgs *args)
{
  PyValue values[2];
  if (!bind_to(interp, "x=0, /, base=?", "int", args, values))
    return py_null();
  PyValue converted = call_conversion(interp, values[0], "__int__");
  if (!py_is_null(converted) || py_failed(interp))
    return converted;
  PyValue v = py_plain(values[0]);
  if (v.type == PY_STR || v.type == PY_BYTES) {
    gint64 base = 10;
    if (!py_is_null(values[1]) && !py_index_value(interp, values[1], &base))
      return py_null();
    return int_from_text(interp, v, base);
  }
  if (v.type == PY_FLOAT) {
    if (!isfinite(v.f))
      return py_raise(interp, isnan(v.f) ? "ValueError" : "OverflowError",
                      "cannot convert float %s to integer", isnan(v.f) ? "NaN" : "infinity");
    return py_int_from_double(interp, trunc(v.f));
  }
  if (v.type == PY_BOOL)
    return py_int(v.i);
  if (py_is_int(v))
    return v;
  if (v.type == PY_INSTANCE && v.instance->cls->host) {
    const char *text = py_as_decimal(interp, v);
    if (text)
      return py_int_from_double(interp, trunc(g_ascii_strtod(text, NULL)));
  }
  return py_raise(interp, "TypeError",
                  "int() argument must be a string, a bytes-like object or a real number, not '%s'",
                  py_type_name(interp, v));
}

static PyValue make_float(PyInterp *interp, const PyArgs *args)
{
  PyValue values[1];
  if (!bind_to(interp, "x=0, /", "float", args, values))
    return py_null();
  PyValue converted = call_conversion(interp, values[0], "__float__");
  if (!py_is_null(converted) || py_failed(interp))
    return converted;
  PyValue v = py_plain(values[0]);
  if (py_is_number(v))
    return py_float(py_to_double(v));
  const char *text = v.type == PY_STR ? v.str->data : py_as_decimal(interp, v);
  if (!text)
    return py_raise(interp, "TypeError", "float() argument must be a string or a real number, not '%s'",
                    py_type_name(interp, v));
  g_autofree char *copy = g_strstrip(g_strdup(text));
  for (char *p = copy; *p;) /* underscores between digits */
    if (*p == '_' && p > copy && g_ascii_isdigit(p[-1]) && g_ascii_isdigit(p[1]))
      memmove(p, p + 1, strlen(p));
    else
      p++;
  char *end;
  gdouble d = g_ascii_strtod(copy, &end);
  if (end == copy || *end || g_ascii_strncasecmp(copy, "0x", 2) == 0) {
    PyValue repr = py_repr(interp, v);
    return py_raise(interp, "ValueError", "could not convert string to float: %s", py_text(repr));
  }
  return py_float(d);
}

/* ---- text ---- */

static PyValue make_str(PyInterp *interp, const PyArgs *args)
{
  PyValue values[3];
  if (!bind_to(interp, "object='', encoding=?, errors=?", "str", args, values))
    return py_null();
  if (values[0].type == PY_BYTES && !py_is_null(values[1]))
    return py_call_method(interp, values[0], "decode", &values[1], py_is_null(values[2]) ? 1 : 2);
  return py_str_of(interp, values[0]);
}

static PyValue make_bytes(PyInterp *interp, const PyArgs *args)
{
  PyValue values[3];
  if (!bind_to(interp, "source=?, encoding=?, errors=?", "bytes", args, values))
    return py_null();
  PyValue v = py_plain(values[0]);
  if (py_is_null(v))
    return py_bytes(interp, "", 0);
  if (v.type == PY_BYTES)
    return v;
  if (v.type == PY_STR)
    return py_is_null(values[1]) ? py_raise(interp, "TypeError", "string argument without an encoding")
                                 : py_call_method(interp, v, "encode", &values[1], 1);
  if (v.type == PY_INT || v.type == PY_BOOL) {
    if (v.i < 0)
      return py_raise(interp, "ValueError", "negative count");
    if (!py_reserve(interp, (gsize)v.i))
      return py_null();
    return py_bytes(interp, arena_alloc(interp->arena, (gsize)v.i + 1), (gsize)v.i);
  }
  PyList *list = py_collect(interp, v);
  Builder b;
  builder_init(&b, interp);
  for (gsize i = 0; list && i < list->len; i++) {
    gint64 byte;
    if (!py_index_value(interp, list->items[i], &byte))
      return py_null();
    if (byte < 0 || byte > 255)
      return py_raise(interp, "ValueError", "bytes must be in range(0, 256)");
    builder_char(&b, (char)byte);
  }
  return list ? builder_end_bytes(&b) : py_null();
}

/* ---- containers ---- */

static gboolean is_unordered(PyValue v)
{
  v = py_plain(v);
  return (v.type == PY_SET || v.type == PY_FROZENSET) && v.dict->live > 1;
}

static PyValue make_list(PyInterp *interp, PyType type, const PyArgs *args)
{
  PyValue values[1];
  if (!bind_to(interp, "iterable=(), /", type == PY_LIST ? "list" : "tuple", args, values))
    return py_null();
  if (is_unordered(values[0]))
    return py_unknown(interp, PY_NONDETERMINISTIC,
                      _("the order of a set's items may differ from run to run"));
  if (type == PY_TUPLE && values[0].type == PY_TUPLE)
    return values[0];
  PyList *list = py_collect(interp, values[0]);
  return list ? (PyValue){.type = type, .list = list} : py_null();
}

static PyValue make_set(PyInterp *interp, PyType type, const PyArgs *args)
{
  PyValue values[1];
  if (!bind_to(interp, "iterable=(), /", type == PY_SET ? "set" : "frozenset", args, values))
    return py_null();
  PyValue set = py_set(interp), iterator = py_iter_unordered(interp, values[0]), item;
  set.type = type;
  while (!py_is_null(iterator) && py_next(interp, iterator, &item)) {
    if (item.type == PY_UNKNOWN)
      return item;
    if (!py_dict_set(interp, set.dict, item, py_none()))
      break;
  }
  return py_failed(interp) ? py_null() : set;
}

static gboolean fill_from_pairs(PyInterp *interp, PyDict *dict, PyValue pairs)
{
  PyValue iterator = py_iter(interp, pairs), item, pair[2];
  gsize at = 0;
  for (; !py_is_null(iterator) && py_next(interp, iterator, &item); at++) {
    if (py_is_number(item)) {
      py_raise(interp, "TypeError",
               "cannot convert dictionary update sequence element #%" G_GSIZE_FORMAT " to a sequence", at);
      return FALSE;
    }
    if (!py_unpack(interp, item, 2, pair) || !py_dict_set(interp, dict, pair[0], pair[1]))
      return FALSE;
  }
  return !py_failed(interp);
}

static PyValue make_dict(PyInterp *interp, const PyArgs *args)
{
  PyValue dict = py_dict(interp);
  if (args->n > 1)
    return py_raise(interp, "TypeError", "dict expected at most 1 argument, got %u", args->n);
  if (args->n) {
    PyValue v = py_plain(args->args[0]);
    gboolean ok;
    if (v.type == PY_DICT) {
      ok = py_dict_update(interp, dict.dict, v.dict);
    } else {
      PyValue keys = py_getattr_opt(interp, v, "keys");
      PyList *list = py_is_null(keys) ? NULL : py_collect(interp, py_call(interp, keys, NULL, 0));
      ok = !py_failed(interp);
      if (ok && !list)
        ok = fill_from_pairs(interp, dict.dict, v);
      for (gsize i = 0; ok && list && i < list->len; i++) {
        PyValue value = py_get_item(interp, v, list->items[i]);
        ok = !py_is_null(value) && py_dict_set(interp, dict.dict, list->items[i], value);
      }
    }
    if (!ok)
      return py_null();
  }
  for (guint i = 0; i < args->n_keywords; i++)
    py_dict_put(interp, dict.dict, args->names[i], args->keywords[i]);
  return dict;
}

static PyValue make_range(PyInterp *interp, const PyArgs *args)
{
  gint64 n[3] = {0, 0, 1};
  if (args->n < 1 || args->n > 3 || args->n_keywords)
    return py_raise(interp, "TypeError", "range expected 1 to 3 arguments, got %u", args->n);
  for (guint i = 0; i < args->n; i++)
    if (!py_index_value(interp, args->args[i], &n[i]))
      return py_null();
  if (n[2] == 0)
    return py_raise(interp, "ValueError", "range() arg 3 must not be zero");
  PyRange *range = new0(interp, PyRange);
  *range = args->n == 1 ? (PyRange){0, n[0], 1} : (PyRange){n[0], n[1], n[2]};
  return (PyValue){.type = PY_RANGE, .range = range};
}

static PyValue make_slice(PyInterp *interp, const PyArgs *args)
{
  PySlice *slice = new0(interp, PySlice);
  if (args->n < 1 || args->n > 3)
    return py_raise(interp, "TypeError", "slice expected 1 to 3 arguments, got %u", args->n);
  *slice = args->n == 1 ? (PySlice){py_none(), args->args[0], py_none()}
                        : (PySlice){args->args[0], args->args[1], args->n == 3 ? args->args[2] : py_none()};
  return (PyValue){.type = PY_SLICE, .slice = slice};
}

/* type(v) and type(name, bases, attributes). */
static PyValue make_type(PyInterp *interp, const PyArgs *args)
{
  if (args->n == 1 && args->args[0].type == PY_UNKNOWN)
    return args->args[0];
  if (args->n == 1)
    return py_class_value(py_class_of(interp, args->args[0]));
  PyValue *bases;
  gsize n;
  if (args->n != 3 || args->args[0].type != PY_STR || !py_sequence(args->args[1], &bases, &n) ||
      args->args[2].type != PY_DICT)
    return py_raise(interp, "TypeError", "type() takes 1 or 3 arguments");
  PyClass **classes = new_array(interp, PyClass *, n + 1);
  for (gsize i = 0; i < n; i++) {
    if (bases[i].type == PY_UNKNOWN)
      return bases[i];
    if (bases[i].type != PY_CLASS)
      return py_raise(interp, "TypeError", "bases must be types");
    classes[i] = bases[i].cls;
  }
  return py_make_class(interp, args->args[0].str, classes, (guint)n,
                       py_dict_copy(interp, args->args[2].dict));
}

PyValue py_construct_builtin(PyInterp *interp, PyClass *cls, PyType type, const PyArgs *args)
{
  for (guint i = 0; i < args->n && type != PY_CLASS && type != PY_SLICE; i++)
    if (args->args[i].type == PY_UNKNOWN)
      return args->args[i];
  switch (type) {
  case PY_INT: return make_int(interp, args);
  case PY_BOOL: {
    int truth = args->n ? py_truth(interp, args->args[0]) : 0;
    return truth < 0 ? py_null() : py_bool(truth);
  }
  case PY_FLOAT: return make_float(interp, args);
  case PY_STR: return make_str(interp, args);
  case PY_BYTES: return make_bytes(interp, args);
  case PY_LIST:
  case PY_TUPLE: return make_list(interp, type, args);
  case PY_SET:
  case PY_FROZENSET: return make_set(interp, type, args);
  case PY_DICT: return make_dict(interp, args);
  case PY_RANGE: return make_range(interp, args);
  case PY_SLICE: return make_slice(interp, args);
  case PY_CLASS: return make_type(interp, args);
  case PY_NONE: return py_none();
  default: return py_raise(interp, "TypeError", "cannot create '%s' instances", cls->name->data);
  }
}
