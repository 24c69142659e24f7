/* Running a translated template: names that nobody binds become UNDEFINED, what it wrote is joined. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/mako.h"
#include "retort/py/interp.h"
#include "retort/py/parser.h"

/* A template writes a page of text. */
static const PyLimits limits = {.steps = 1000000, .memory = (gsize)64 * 1024 * 1024};

static const char prologue[] =
    "class _Undefined:\n"
    "    def __init__(self, name):\n"
    "        self._name = name\n"
    "    def __bool__(self):\n"
    "        return False\n"
    "    def __str__(self):\n"
    "        raise NameError(self._name + ' is not defined')\n"
    "class _Context:\n"
    "    def get(self, name, default=None):\n"
    "        return globals().get(name, default)\n"
    "    def write(self, text):\n"
    "        _out.append(text)\n"
    "_out = []\n"
    "context = _Context()\n"
    "UNDEFINED = _Undefined('UNDEFINED')\n"
    "def _filter_trim(text):\n"
    "    return text.strip()\n"
    "def _filter_unicode(text):\n"
    "    return str(text)\n"
    "def _filter_h(text):\n"
    "    for c, e in (('&', '&amp;'), ('>', '&gt;'), ('<', '&lt;'), ('\"', '&#34;'), "
    "(\"'\", '&#39;')):\n"
    "        text = text.replace(c, e)\n"
    "    return text\n"
    "_filter_x = _filter_h\n";

static gboolean note_name(const PyExpr *expr, void *data)
{
  const char *name = py_expr_name(expr);
  if (name != NULL)
    g_hash_table_add(data, g_strdup(name));
  return TRUE;
}

static int by_name(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* For every name the program uses: bound by somebody (the prelude, Python itself), or UNDEFINED. */
static char *bind_names(const PyTree *tree)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  py_visit_block(&tree->body, note_name, names);
  g_autoptr(GPtrArray) sorted = g_ptr_array_new();
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init(&iter, names);
  while (g_hash_table_iter_next(&iter, &name, NULL))
    g_ptr_array_add(sorted, name);
  g_ptr_array_sort(sorted, by_name);
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < sorted->len; i++) {
    const char *n = g_ptr_array_index(sorted, i);
    g_string_append_printf(out, "try:\n    %s\nexcept NameError:\n    %s = _Undefined('%s')\n", n, n, n);
  }
  return g_string_free(out, FALSE);
}

static const PyTree *parse(Arena *arena, const char *path, const char *source, GError **error)
{
  PySyntaxError problem = {0};
  const PyTree *tree = py_parse(arena, path, source, strlen(source), PY_PARSE_DEFAULT, &problem);
  if (tree == NULL)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, _("%s: its Python does not parse: %s"), path,
                problem.text);
  return tree;
}

static char *joined_output(PyInterp *interp, PyModule *module)
{
  PyValue out = py_module_get(module, "_out");
  PyValue *items;
  gsize n;
  if (!py_sequence(out, &items, &n))
    return NULL;
  GString *text = g_string_new(NULL);
  for (gsize i = 0; i < n; i++) {
    const char *piece = py_is(items[i], PY_STR) ? py_text(items[i]) : NULL;
    if (piece == NULL) {
      g_string_free(text, TRUE);
      py_require_known(interp, items[i]);
      return NULL;
    }
    g_string_append(text, piece);
  }
  return g_string_free(text, FALSE);
}

static void set_run_error(PyInterp *interp, const char *path, GError **error)
{
  if (py_outcome(interp) == PY_RAISED) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, _("%s fails: %s"), path,
                py_exception_text(interp));
    return;
  }
  const PyReason *reason = py_stop_reason(interp);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s needs Python: %s"), path,
              reason != NULL ? reason->text : _("it writes something that is no text"));
}

char *mako_render(const char *path, const char *text, gsize len, const char *prelude, GError **error)
{
  g_autofree char *program = mako_to_python(path, text, len, error);
  if (program == NULL)
    return NULL;
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  const PyTree *alone = parse(arena, path, program, error);
  if (alone == NULL)
    return NULL;
  g_autofree char *names = bind_names(alone);
  g_autofree char *whole = g_strconcat(prologue, prelude, names, program, NULL);
  const PyTree *tree = parse(arena, path, whole, error);
  if (tree == NULL)
    return NULL;
  g_autoptr(PyRuntime) runtime = py_runtime_new();
  g_autoptr(PyInterp) interp = py_interp_new(runtime, &limits, NULL);
  PyModule *module = py_run(interp, tree, "template");
  char *output = module != NULL ? joined_output(interp, module) : NULL;
  if (output == NULL)
    set_run_error(interp, path, error);
  return output;
}
