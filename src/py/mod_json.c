/* The json module: dumps as Python writes it, loads. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "modules.h"
#include "object.h"

#define MAX_DEPTH 200 /* Python's recursion limit stops it as well, deeper */

/* ---- writing ---- */

typedef struct {
  PyInterp *interp;
  GString *out;
  gboolean ensure_ascii, sort_keys;
  const char *indent; /* NULL: one line */
  const char *item_separator, *key_separator;
  PyValue fallback; /* default=, or PY_NULL */
  guint depth;
} Writer;

static gboolean write_value(Writer *w, PyValue v);

static void write_text(Writer *w, const char *text)
{
  g_string_append_c(w->out, '"');
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    static const char escapes[] = "\"\"\\\\\nn\rr\tt\ff\bb";
    const char *e = c < 128 && c != 0 ? strchr(escapes, (int)c) : NULL;
    if (e != NULL && (e - escapes) % 2 == 0)
      g_string_append_printf(w->out, "\\%c", e[1]);
    else if (c < 0x20)
      g_string_append_printf(w->out, "\\u%04x", c);
    else if (c < 0x80 || !w->ensure_ascii)
      g_string_append_unichar(w->out, c);
    else if (c < 0x10000)
      g_string_append_printf(w->out, "\\u%04x", c);
    else
      g_string_append_printf(w->out, "\\u%04x\\u%04x", 0xD800 + ((c - 0x10000) >> 10),
                             0xDC00 + ((c - 0x10000) & 0x3FF));
  }
  g_string_append_c(w->out, '"');
}

static void newline(Writer *w)
{
  if (w->indent == NULL)
    return;
  g_string_append_c(w->out, '\n');
  for (guint i = 0; i < w->depth; i++)
    g_string_append(w->out, w->indent);
}

static gboolean write_items(Writer *w, const PyValue *items, gsize n)
{
  g_string_append_c(w->out, '[');
  w->depth++;
  for (gsize i = 0; i < n; i++) {
    if (i > 0)
      g_string_append(w->out, w->item_separator);
    newline(w);
    if (!write_value(w, items[i]))
      return FALSE;
  }
  w->depth--;
  if (n > 0)
    newline(w);
  g_string_append_c(w->out, ']');
  return TRUE;
}

/* A key as text: str, and what Python turns into it. */
static const char *key_text(Writer *w, PyValue key)
{
  switch (key.type) {
  case PY_STR: return py_text(key);
  case PY_NONE: return "null";
  case PY_BOOL: return key.i ? "true" : "false";
  case PY_FLOAT:
  case PY_INT: return py_text(py_repr(w->interp, key));
  default:
    py_raise(w->interp, "TypeError", "keys must be str, int, float, bool or None, not %s",
             py_type_name(w->interp, key));
    return NULL;
  }
}

typedef struct {
  const char *key;
  PyValue value;
} Pair;

static int compare_pairs(gconstpointer a, gconstpointer b)
{
  return strcmp(((const Pair *)a)->key, ((const Pair *)b)->key);
}

static gboolean write_dict(Writer *w, const PyDict *dict)
{
  GArray *pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
  gsize at = 0;
  Pair pair;
  PyValue key;
  gboolean good = TRUE;
  while (good && py_dict_next(dict, &at, &key, &pair.value)) {
    pair.key = key_text(w, key);
    good = pair.key != NULL;
    if (good)
      g_array_append_val(pairs, pair);
  }
  if (w->sort_keys)
    g_array_sort(pairs, compare_pairs);
  /* The pairs move to the arena: writing a value may come back to Python and end the run. */
  guint n = pairs->len;
  Pair *kept = arena_array(py_arena(w->interp), Pair, n + 1);
  if (n > 0)
    memcpy(kept, pairs->data, n * sizeof(Pair));
  g_array_free(pairs, TRUE);
  g_string_append_c(w->out, '{');
  w->depth++;
  for (guint i = 0; good && i < n; i++) {
    if (i > 0)
      g_string_append(w->out, w->item_separator);
    newline(w);
    write_text(w, kept[i].key);
    g_string_append(w->out, w->key_separator);
    good = write_value(w, kept[i].value);
  }
  w->depth--;
  if (n > 0)
    newline(w);
  g_string_append_c(w->out, '}');
  return good;
}

static gboolean write_float(Writer *w, PyValue v)
{
  if (isnan(v.f))
    g_string_append(w->out, "NaN");
  else if (isinf(v.f))
    g_string_append(w->out, v.f < 0 ? "-Infinity" : "Infinity");
  else
    g_string_append(w->out, py_text(py_repr(w->interp, v)));
  return TRUE;
}

static gboolean write_other(Writer *w, PyValue v)
{
  if (py_is_unknown(v))
    return py_require_known(w->interp, v);
  if (py_is_null(w->fallback)) {
    py_raise(w->interp, "TypeError", "Object of type %s is not JSON serializable",
             py_type_name(w->interp, v));
    return FALSE;
  }
  PyValue replaced = py_call(w->interp, w->fallback, &v, 1);
  return !py_is_null(replaced) && write_value(w, replaced);
}

static gboolean write_value(Writer *w, PyValue v)
{
  PyValue *items;
  gsize n;
  if (w->depth > MAX_DEPTH) {
    py_raise(w->interp, "RecursionError", "maximum recursion depth exceeded while encoding a JSON object");
    return FALSE;
  }
  if (!py_spend(w->interp, 1) || !py_reserve(w->interp, w->out->len))
    return FALSE;
  v = py_plain(v); /* of a class derived from str, int, list, dict */
  switch (v.type) {
  case PY_NONE: g_string_append(w->out, "null"); return TRUE;
  case PY_BOOL: g_string_append(w->out, v.i ? "true" : "false"); return TRUE;
  case PY_STR: write_text(w, py_text(v)); return py_spend(w->interp, v.str->len / 4);
  case PY_FLOAT: return write_float(w, v);
  case PY_DICT: return write_dict(w, v.dict);
  case PY_LIST:
  case PY_TUPLE: return py_sequence(v, &items, &n) && write_items(w, items, n);
  default: break;
  }
  if (v.type != PY_INT && v.type != PY_BIGINT)
    return write_other(w, v);
  g_string_append(w->out, py_int_text(w->interp, v));
  return TRUE;
}

static void free_string(gpointer data)
{
  g_string_free(data, TRUE);
}

static gboolean take_layout(Writer *w, PyCall *call)
{
  PyValue indent = call->values[3], separators = call->values[4];
  gint64 spaces;
  PyValue *items;
  gsize n;
  w->key_separator = ": ";
  w->item_separator = ", ";
  if (py_as_int64(indent, &spaces)) {
    g_autofree char *text = g_strnfill((gsize)CLAMP(spaces, 0, 64), ' ');
    w->indent = arena_strdup(py_arena(w->interp), text);
  } else if (indent.type == PY_STR)
    w->indent = py_text(indent);
  if (w->indent != NULL)
    w->item_separator = ",";
  if (!py_is_none(separators)) {
    if (!py_sequence(separators, &items, &n) || n != 2 || items[0].type != PY_STR ||
        items[1].type != PY_STR) {
      py_raise(w->interp, "ValueError", "separators must be a pair of strings");
      return FALSE;
    }
    w->item_separator = py_text(items[0]);
    w->key_separator = py_text(items[1]);
  }
  return TRUE;
}

static PyValue dumps(PyInterp *interp, PyCall *call)
{
  Writer w = {.interp = interp, .out = g_string_new(NULL), .fallback = py_null()};
  arena_own(py_arena(interp), w.out, free_string);
  w.ensure_ascii = py_arg_bool(call, 1, TRUE) != 0;
  w.sort_keys = py_arg_bool(call, 2, FALSE) == 1;
  if (py_arg_given(call, 5))
    w.fallback = call->values[5];
  if (py_arg_given(call, 6))
    return py_stop(interp, PY_NEEDS_PYTHON, _("json.dumps with an encoder of its own"));
  const PyReason *reason = py_find_unknown(call->values[0]);
  if (reason)
    return py_unknown_because(reason);
  if (!take_layout(&w, call) || !write_value(&w, call->values[0]))
    return py_null();
  return py_str(interp, w.out->str, (gssize)w.out->len);
}

/* ---- reading ---- */

typedef struct {
  PyInterp *interp;
  const char *start, *p;
  guint depth;
} Reader;

static PyValue read_value(Reader *r);

static PyValue bad(Reader *r, const char *what)
{
  return py_raise(r->interp, "ValueError", "%s: char %d", what, (int)(r->p - r->start));
}

static void skip_blanks(Reader *r)
{
  r->p += strspn(r->p, " \t\r\n");
}

static gboolean read_escape(Reader *r, GString *out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *e = *r->p != '\0' ? strchr(from, *r->p) : NULL;
  if (e != NULL) {
    g_string_append_c(out, to[e - from]);
    r->p++;
    return TRUE;
  }
  gunichar c = 0;
  for (int half = 0; half < 2; half++) {
    if (*r->p++ != 'u')
      return FALSE;
    guint unit = 0;
    for (int i = 0; i < 4; i++, r->p++) {
      int digit = g_ascii_xdigit_value(*r->p);
      if (digit < 0)
        return FALSE;
      unit = unit * 16 + (guint)digit;
    }
    if (half == 0 && unit >= 0xD800 && unit < 0xDC00 && r->p[0] == '\\' && r->p[1] == 'u') {
      c = 0x10000 + ((unit - 0xD800) << 10);
      r->p++;
      continue;
    }
    c = half == 0 ? unit : c + (unit - 0xDC00);
    break;
  }
  if (!g_unichar_validate(c))
    return FALSE;
  g_string_append_unichar(out, c);
  return TRUE;
}

static PyValue read_text(Reader *r)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (r->p++; *r->p != '"';) {
    if ((guchar)*r->p < 0x20)
      return bad(r, "Invalid control character or unterminated string");
    if (*r->p != '\\')
      g_string_append_c(out, *r->p++);
    else if (r->p++, !read_escape(r, out))
      return bad(r, "Invalid \\escape");
  }
  r->p++;
  return py_str(r->interp, out->str, (gssize)out->len);
}

static PyValue read_number(Reader *r)
{
  const char *start = r->p;
  r->p += *r->p == '-';
  gsize digits = strspn(r->p, "0123456789");
  r->p += digits;
  gsize fraction = strspn(r->p, ".eE+-0123456789");
  if (digits == 0)
    return bad(r, "Expecting value");
  g_autofree char *text = g_strndup(start, (gsize)(r->p - start) + fraction);
  r->p += fraction;
  if (fraction > 0)
    return py_float(g_ascii_strtod(text, NULL));
  PyValue literal = py_str(r->interp, text, -1);
  return py_call(r->interp, py_class_value(py_builtin_class(r->interp, "int")), &literal, 1);
}

static PyValue read_array(Reader *r)
{
  PyValue list = py_list(r->interp, 4);
  r->p++;
  skip_blanks(r);
  for (gboolean more = *r->p != ']'; more;) {
    PyValue item = read_value(r);
    if (py_is_null(item))
      return item;
    py_list_append(r->interp, list.list, item);
    skip_blanks(r);
    more = *r->p == ',';
    if (!more && *r->p != ']')
      return bad(r, "Expecting ',' delimiter");
    r->p += more;
  }
  r->p++;
  return list;
}

static PyValue read_object(Reader *r)
{
  PyValue dict = py_dict(r->interp);
  r->p++;
  skip_blanks(r);
  for (gboolean more = *r->p != '}'; more;) {
    skip_blanks(r);
    if (*r->p != '"')
      return bad(r, "Expecting property name enclosed in double quotes");
    PyValue key = read_text(r);
    if (py_is_null(key))
      return key;
    skip_blanks(r);
    if (*r->p++ != ':')
      return bad(r, "Expecting ':' delimiter");
    PyValue value = read_value(r);
    if (py_is_null(value) || !py_dict_set(r->interp, dict.dict, key, value))
      return py_null();
    skip_blanks(r);
    more = *r->p == ',';
    if (!more && *r->p != '}')
      return bad(r, "Expecting ',' delimiter");
    r->p += more;
  }
  r->p++;
  return dict;
}

static PyValue read_word(Reader *r)
{
  static const struct {
    const char *word;
    PyType type;
    gboolean truth;
  } words[] = {{"null", PY_NONE, FALSE}, {"true", PY_BOOL, TRUE}, {"false", PY_BOOL, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
    if (!g_str_has_prefix(r->p, words[i].word))
      continue;
    r->p += strlen(words[i].word);
    return words[i].type == PY_NONE ? py_none() : py_bool(words[i].truth);
  }
  return bad(r, "Expecting value");
}

static PyValue read_value(Reader *r)
{
  if (!py_spend(r->interp, 1))
    return py_null();
  if (r->depth >= MAX_DEPTH)
    return py_raise(r->interp, "RecursionError",
                    "maximum recursion depth exceeded while decoding a JSON array");
  skip_blanks(r);
  r->depth++;
  PyValue value = *r->p == '"'                             ? read_text(r)
                  : *r->p == '['                           ? read_array(r)
                  : *r->p == '{'                           ? read_object(r)
                  : *r->p == '-' || g_ascii_isdigit(*r->p) ? read_number(r)
                                                           : read_word(r);
  r->depth--;
  return value;
}

static PyValue loads(PyInterp *interp, PyCall *call)
{
  const char *text = py_arg_text(call, 0);
  if (text == NULL)
    return py_null();
  Reader r = {.interp = interp, .start = text, .p = text};
  PyValue value = read_value(&r);
  if (py_is_null(value))
    return value;
  skip_blanks(&r);
  return *r.p == '\0' ? value : bad(&r, "Extra data");
}

static const PyMethod functions[] = {
    {"dumps", dumps,
     "obj, *, ensure_ascii=True, sort_keys=False, indent=None, separators=None, default=None, cls=None",
     PY_PURE},
    {"loads", loads, "s", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static PyValue module_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  (void)module;
  if (strcmp(name, "JSONDecodeError") == 0)
    return py_class_value(py_builtin_class(interp, "ValueError"));
  if (strcmp(name, "JSONEncoder") == 0 || strcmp(name, "JSONDecoder") == 0 || strcmp(name, "load") == 0 ||
      strcmp(name, "dump") == 0)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("json.%s"), name);
  return py_null();
}

const PyModuleDef py_module_json = {.name = "json", .functions = functions, .getattr = module_attr};
