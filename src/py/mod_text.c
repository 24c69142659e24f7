/* textwrap, base64 and hashlib: small functions on text and bytes. */
#include <glib/gi18n.h>
#include <string.h>

#include "modules.h"
#include "object.h"

/* ---- textwrap ---- */

/* The lines without their ends; also of a million of them. */
static char **split_lines(const char *text)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_new();
  const char *end = text + strlen(text), *newline;
  for (; (newline = memchr(text, '\n', (gsize)(end - text))) != NULL; text = newline + 1)
    g_ptr_array_add(lines, g_strndup(text, (gsize)(newline - text)));
  g_ptr_array_add(lines, g_strdup(text));
  g_ptr_array_add(lines, NULL);
  return (char **)g_ptr_array_steal(lines, NULL);
}

static gboolean is_blank_line(const char *line)
{
  return line[strspn(line, " \t\r\f\v")] == '\0';
}

/* The indentation that all lines but blank ones share. */
static gsize common_margin(char **lines)
{
  const char *margin = NULL;
  gsize len = 0;
  for (; *lines != NULL; lines++) {
    if (is_blank_line(*lines))
      continue;
    gsize indent = strspn(*lines, " \t");
    if (margin == NULL) {
      margin = *lines;
      len = indent;
      continue;
    }
    gsize same = 0;
    while (same < MIN(len, indent) && margin[same] == (*lines)[same])
      same++;
    len = same;
  }
  return len;
}

static PyValue dedent(PyInterp *interp, PyCall *call)
{
  const char *text = py_arg_text(call, 0);
  if (text == NULL)
    return py_null();
  g_auto(GStrv) lines = split_lines(text);
  gsize margin = common_margin(lines);
  g_autoptr(GString) out = g_string_new(NULL);
  for (char **line = lines; *line != NULL; line++) {
    if (line != lines)
      g_string_append_c(out, '\n');
    /* Blank lines lose their blanks. */
    if (!is_blank_line(*line))
      g_string_append(out, *line + margin);
    else if ((*line)[strspn(*line, " \t")] != '\0')
      g_string_append(out, *line + strspn(*line, " \t"));
  }
  return py_str(interp, out->str, (gssize)out->len);
}

static PyValue indent(PyInterp *interp, PyCall *call)
{
  const char *text = py_arg_text(call, 0), *prefix = text != NULL ? py_arg_text(call, 1) : NULL;
  if (prefix == NULL)
    return py_null();
  if (py_arg_given(call, 2))
    return py_stop(interp, PY_NEEDS_PYTHON, _("textwrap.indent with a predicate"));
  g_auto(GStrv) lines = split_lines(text);
  Builder b;
  builder_init(&b, interp);
  for (char **line = lines; *line != NULL && !b.failed; line++) {
    builder_text(&b, line != lines ? "\n" : "");
    builder_text(&b, is_blank_line(*line) ? "" : prefix);
    builder_text(&b, *line);
  }
  return builder_end(&b);
}

static const PyMethod textwrap_functions[] = {
    {"dedent", dedent, "text", PY_PURE},
    {"indent", indent, "text, prefix, predicate=None", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static PyValue unknown_attr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, "%s.%s", module->name, name);
}

const PyModuleDef py_module_textwrap = {
    .name = "textwrap", .functions = textwrap_functions, .getattr = unknown_attr};

/* ---- bytes ---- */

/* Bytes of a bytes argument, or of a str where the function takes both; NULL and TypeError otherwise. */
static const char *take_bytes(PyInterp *interp, PyValue v, gboolean or_text, gsize *len)
{
  if (v.type != PY_BYTES && !(or_text && v.type == PY_STR)) {
    py_raise(interp, "TypeError", "a bytes-like object is required, not '%s'", py_type_name(interp, v));
    return NULL;
  }
  *len = v.str->len;
  return v.str->data;
}

/* ---- base64 ---- */

static PyValue b64encode(PyInterp *interp, PyCall *call)
{
  gsize len;
  const char *data = take_bytes(interp, call->values[0], FALSE, &len);
  if (data == NULL)
    return py_null();
  g_autofree char *text = g_base64_encode((const guchar *)data, len);
  if (strncmp(call->function, "urlsafe", 7) == 0) {
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
  }
  return py_bytes(interp, text, strlen(text));
}

static PyValue b64decode(PyInterp *interp, PyCall *call)
{
  gsize len;
  const char *data = take_bytes(interp, call->values[0], TRUE, &len);
  if (data == NULL)
    return py_null();
  g_autofree char *text = g_strndup(data, len);
  if (strncmp(call->function, "urlsafe", 7) == 0) {
    g_strdelimit(text, "-", '+');
    g_strdelimit(text, "_", '/');
  }
  if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != len ||
      len % 4 != 0)
    return py_stop(interp, PY_NEEDS_PYTHON, _("base64 text that is not plain"));
  gsize n = 0;
  g_autofree guchar *bytes = g_base64_decode(text, &n);
  return py_bytes(interp, bytes, n);
}

static const PyMethod base64_functions[] = {
    {"b64encode", b64encode, "s", PY_PURE},
    {"standard_b64encode", b64encode, "s", PY_PURE},
    {"urlsafe_b64encode", b64encode, "s", PY_PURE},
    {"b64decode", b64decode, "s", PY_PURE},
    {"standard_b64decode", b64decode, "s", PY_PURE},
    {"urlsafe_b64decode", b64decode, "s", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

const PyModuleDef py_module_base64 = {
    .name = "base64", .functions = base64_functions, .getattr = unknown_attr};

/* ---- hashlib ---- */

static const struct {
  const char *name;
  GChecksumType type;
} algorithms[] = {{"md5", G_CHECKSUM_MD5},
                  {"sha1", G_CHECKSUM_SHA1},
                  {"sha256", G_CHECKSUM_SHA256},
                  {"sha384", G_CHECKSUM_SHA384},
                  {"sha512", G_CHECKSUM_SHA512}};

static const PyHostClass hash_class;

static void free_checksum(gpointer data)
{
  g_checksum_free(data);
}

static PyValue make_hash(PyInterp *interp, PyCall *call)
{
  GChecksumType type = G_CHECKSUM_MD5;
  for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++)
    if (strcmp(call->function, algorithms[i].name) == 0)
      type = algorithms[i].type;
  gsize len = 0;
  const char *data = "";
  if (py_arg_given(call, 0) && (data = take_bytes(interp, call->values[0], FALSE, &len)) == NULL)
    return py_null();
  GChecksum *checksum = g_checksum_new(type);
  arena_own(py_arena(interp), checksum, free_checksum);
  g_checksum_update(checksum, (const guchar *)data, (gssize)len);
  return py_host_object(interp, &hash_class, checksum);
}

static PyValue hash_update(PyInterp *interp, PyCall *call)
{
  gsize len;
  const char *data = take_bytes(interp, call->values[0], FALSE, &len);
  if (data == NULL)
    return py_null();
  g_checksum_update(py_payload(call->self, &hash_class), (const guchar *)data, (gssize)len);
  return py_none();
}

static PyValue hash_hexdigest(PyInterp *interp, PyCall *call)
{
  g_autoptr(GChecksum) copy = g_checksum_copy(py_payload(call->self, &hash_class));
  return py_str(interp, g_checksum_get_string(copy), -1);
}

static PyValue hash_digest(PyInterp *interp, PyCall *call)
{
  g_autoptr(GChecksum) copy = g_checksum_copy(py_payload(call->self, &hash_class));
  guint8 digest[64];
  gsize len = sizeof digest;
  g_checksum_get_digest(copy, digest, &len);
  return py_bytes(interp, digest, len);
}

static const PyMethod hash_methods[] = {
    {"update", hash_update, "data", PY_METHOD_PLAIN},
    {"hexdigest", hash_hexdigest, "", PY_METHOD_PLAIN},
    {"digest", hash_digest, "", PY_METHOD_PLAIN},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

static const PyHostClass hash_class = {.name = "HASH", .module = "_hashlib", .methods = hash_methods};

static const PyMethod hashlib_functions[] = {
    {"md5", make_hash, "string=?, *, usedforsecurity=True", PY_PURE},
    {"sha1", make_hash, "string=?, *, usedforsecurity=True", PY_PURE},
    {"sha256", make_hash, "string=?, *, usedforsecurity=True", PY_PURE},
    {"sha384", make_hash, "string=?, *, usedforsecurity=True", PY_PURE},
    {"sha512", make_hash, "string=?, *, usedforsecurity=True", PY_PURE},
    {NULL, NULL, NULL, PY_METHOD_PLAIN},
};

const PyModuleDef py_module_hashlib = {
    .name = "hashlib", .functions = hashlib_functions, .getattr = unknown_attr};
