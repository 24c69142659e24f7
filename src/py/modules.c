/* import: host modules, modules written in Python that come with the program, the project's own, and unknown ones. */
#include <string.h>
#include <glib/gi18n.h>

#include "modules.h"
#include "object.h"
#include "retort/base/file.h"
#include "retort/py/parser.h"

PyValue py_text_value(PyInterp *interp, const char *text)
{
  return py_from_str(py_str_in(interp->arena, text, strlen(text)));
}

static PyValue module_value(PyModule *module)
{
  return (PyValue){.type = PY_MODULE, .module = module};
}

static PyModule *module_new(PyInterp *interp, const char *name, const char *path)
{
  PyModule *module = new0(interp, PyModule);
  module->name = arena_strdup(interp->arena, name);
  module->path = arena_strdup(interp->arena, path);
  module->globals = py_dict_new(interp);
  py_dict_set_text(interp, module->globals, "__name__", py_text_value(interp, name));
  return module;
}

static void remember(PyInterp *interp, const char *name, PyModule *module)
{
  py_dict_set_text(interp, interp->modules, name, module_value(module));
}

/* ---- running a tree ---- */

/* Absolute, as Python's loaders make it. */
static void set_file(PyInterp *interp, PyModule *module, const char *path)
{
  g_autofree char *full = *path == '<' ? g_strdup(path) : g_canonicalize_filename(path, NULL);
  py_dict_set_text(interp, module->globals, "__file__", py_text_value(interp, full));
}

static gboolean run_tree(PyInterp *interp, PyModule *module, const PyTree *tree)
{
  Frame *frame = new0(interp, Frame);
  frame->scope = tree->scope;
  frame->namespace = module->globals;
  frame->module = module;
  frame->tree = tree;
  frame->caller = interp->frame;
  char *saved = interp->stack_limit;
  if (!saved)
    interp->stack_limit = (char *)__builtin_frame_address(0) - PY_STACK_BYTES;
  py_dict_set_text(interp, module->globals, "__doc__", tree->doc ? py_from_str(tree->doc) : py_none());
  if (tree->path && *tree->path)
    set_file(interp, module, tree->path);
  interp->frame = frame;
  interp->loading++;
  interp->depth++;
  module->loading = TRUE;
  Flow flow = py_deep(interp) ? FLOW_FAIL : py_exec_block(interp, frame, &tree->body);
  module->loading = FALSE;
  interp->depth--;
  interp->loading--;
  interp->frame = frame->caller;
  interp->stack_limit = saved;
  return flow != FLOW_FAIL;
}

PyModule *py_run(PyInterp *interp, const PyTree *tree, const char *name)
{
  PyModule *module = module_new(interp, name, tree->path);
  remember(interp, name, module);
  return !py_failed(interp) && run_tree(interp, module, tree) ? module : NULL;
}

PyValue py_module_get(PyModule *module, const char *name)
{
  return py_dict_get_text(module->globals, name);
}

void py_module_set(PyInterp *interp, PyModule *module, const char *name, PyValue value)
{
  py_dict_set_text(interp, module->globals, name, value);
}

gboolean py_call_named(PyInterp *interp, PyModule *module, const char *name)
{
  PyValue function = py_module_get(module, name);
  if (py_is_null(function)) {
    py_raise(interp, "AttributeError", "module '%s' has no attribute '%s'", module->name, name);
    return FALSE;
  }
  return !py_is_null(py_call(interp, function, NULL, 0));
}

/* ---- host modules ---- */

static PyModule *host_module(PyInterp *interp, const PyModuleDef *def)
{
  PyRuntime *runtime = interp->runtime;
  PyModule *module = g_hash_table_lookup(runtime->made, def);
  if (module)
    return module;
  PyInterp *builder = runtime->builder;
  module = module_new(builder, def->name, NULL);
  module->def = def;
  module->in_runtime = TRUE;
  g_hash_table_insert(runtime->made, (void *)def, module);
  for (const PyMethod *m = def->functions; m && m->name; m++)
    py_dict_set_text(builder, module->globals, m->name, py_native(builder, m));
  for (const PyHostClass *const *cls = def->classes; cls && *cls; cls++)
    py_dict_set_text(builder, module->globals, (*cls)->name, py_class_value(py_host_class(builder, *cls)));
  for (const PyClassMember *alias = def->aliases; alias && alias->name; alias++)
    py_dict_set_text(builder, module->globals, alias->name,
                     py_class_value(py_host_class(builder, alias->host)));
  return module;
}

/* A package that exists only because something below it does. */
static PyModule *package_module(PyInterp *interp, const char *name)
{
  PyModule *module = module_new(interp, name, NULL);
  module->is_package = TRUE;
  return module;
}

/* ---- modules in Python ---- */

typedef struct {
  const PyTree *tree;
  FileStamp stamp; /* of a project's file: it is read again when it has changed */
} Parsed;

static const PyTree *parse_module(PyInterp *interp, const char *path, const char *source, gsize len,
                                  const FileStamp *stamp)
{
  PyRuntime *runtime = interp->runtime;
  PySyntaxError problem = {0};
  const PyTree *tree = py_parse(runtime->arena, path, source, len, PY_PARSE_DEFAULT, &problem);
  if (!tree) {
    py_raise(interp, "SyntaxError", "%s (%s, line %u)", problem.text, path, problem.line);
    return NULL;
  }
  Parsed *parsed = arena_new0(runtime->arena, Parsed);
  *parsed = (Parsed){.tree = tree, .stamp = stamp ? *stamp : (FileStamp){0}};
  g_hash_table_insert(runtime->trees, g_strdup(path), parsed);
  return tree;
}

static const char *library_source(const PyRuntime *runtime, const char *name)
{
  const PyLibrary *library = g_hash_table_lookup(runtime->libraries, name);
  return library ? library->source : NULL;
}

/* Why a project's module could not be loaded, and the failure forgotten: the run goes on without it. */
static PyValue forget_failure(PyInterp *interp, const char *name)
{
  const char *text = interp->outcome == PY_RAISED ? py_exception_text(interp) : interp->reason->text;
  interp->outcome = PY_OK;
  interp->exception = py_null();
  return py_unknown(interp, PY_NEEDS_PYTHON, _("module %s cannot be loaded here: %s"), name, text);
}

static PyValue run_module(PyInterp *interp, const char *name, const PyTree *tree, gboolean is_package)
{
  if (!tree)
    return interp->outcome == PY_RAISED ? forget_failure(interp, name) : py_null();
  PyModule *module = module_new(interp, name, tree->path);
  module->is_package = is_package;
  remember(interp, name, module);
  guint inside_try = interp->inside_try;
  interp->inside_try = 0;
  gboolean ok = run_tree(interp, module, tree);
  interp->inside_try = inside_try;
  if (ok)
    return module_value(module);
  if (interp->outcome == PY_BUDGET)
    return py_null();
  PyValue unknown = forget_failure(interp, name);
  py_dict_set_text(interp, interp->modules, name, unknown);
  return unknown;
}

static PyValue run_file(PyInterp *interp, const char *name, const char *path, gboolean is_package)
{
  const Parsed *known = g_hash_table_lookup(interp->runtime->trees, path);
  FileStamp stamp;
  if (known && file_stamp(path, &stamp) && file_stamp_equal(&stamp, &known->stamp))
    return run_module(interp, name, known->tree, is_package);
  gsize len;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = file_read(path, FILE_LIMIT, &len, &stamp, &error);
  if (!text)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("module %s cannot be read: %s"), name, error->message);
  const char *kept = arena_strndup(interp->runtime->arena, text, (gssize)len);
  return run_module(interp, name, parse_module(interp, path, kept, len, &stamp), is_package);
}

gboolean py_files_unchanged(PyRuntime *runtime)
{
  static const FileStamp none;
  GHashTableIter iter;
  gpointer path, value;
  g_hash_table_iter_init(&iter, runtime->trees);
  while (g_hash_table_iter_next(&iter, &path, &value)) {
    const Parsed *parsed = value;
    FileStamp stamp;
    if (!file_stamp_equal(&parsed->stamp, &none) &&
        (!file_stamp(path, &stamp) || !file_stamp_equal(&stamp, &parsed->stamp)))
      return FALSE;
  }
  return py_data_files_unchanged(runtime);
}

static PyValue run_library(PyInterp *interp, const char *name, const char *source, gboolean is_package)
{
  g_autofree char *path = g_strdup_printf("<%s>", name);
  const Parsed *known = g_hash_table_lookup(interp->runtime->trees, path);
  return run_module(interp, name,
                    known ? known->tree : parse_module(interp, path, source, strlen(source), NULL),
                    is_package);
}

/* Whether a library module lies below this name. */
static gboolean library_package(const PyRuntime *runtime, const char *name)
{
  return g_hash_table_contains(runtime->library_packages, name);
}

static gboolean below(const char *name, const char *prefix)
{
  gsize len = strlen(prefix);
  return !strncmp(name, prefix, len) && (!name[len] || name[len] == '.');
}

static gboolean declared_unknown(const PyRuntime *runtime, const char *name)
{
  for (guint i = 0; i < runtime->unknown_prefixes->len; i++)
    if (below(name, runtime->unknown_prefixes->pdata[i]))
      return TRUE;
  return FALSE;
}

gboolean py_is_project_module(PyRuntime *runtime, const char *name)
{
  g_autofree char *top = g_strndup(name, strcspn(name, "."));
  gboolean is_package = FALSE;
  if (g_hash_table_contains(runtime->modules, top) || library_source(runtime, top) ||
      g_hash_table_contains(runtime->packages, top) || library_package(runtime, top) ||
      declared_unknown(runtime, name) || !runtime->resolve)
    return FALSE;
  g_autofree char *path = runtime->resolve(runtime->resolve_data, top, &is_package);
  return path != NULL;
}

/* One module without its parents; PY_NULL without failure: there is none of this name. */
static PyValue find_module(PyInterp *interp, const char *name)
{
  PyRuntime *runtime = interp->runtime;
  const PyModuleDef *def = g_hash_table_lookup(runtime->modules, name);
  if (def)
    return module_value(host_module(interp, def));
  const char *source = library_source(runtime, name);
  if (source)
    return run_library(interp, name, source, library_package(runtime, name));
  if (g_hash_table_contains(runtime->packages, name) || library_package(runtime, name)) {
    PyModule *module = package_module(interp, name);
    remember(interp, name, module);
    return module_value(module);
  }
  if (declared_unknown(runtime, name) || !runtime->resolve)
    return py_null();
  gboolean is_package = FALSE;
  g_autofree char *path = runtime->resolve(runtime->resolve_data, name, &is_package);
  if (!path)
    return py_null();
  if (!*path) {
    PyModule *module = package_module(interp, name);
    remember(interp, name, module);
    return module_value(module);
  }
  return run_file(interp, name, path, is_package);
}

/* A package whose __init__.py could not be followed says nothing about itself, but a module in it is its own file. */
static PyValue below_unknown(PyInterp *interp, const char *name, PyValue package)
{
  PyValue module = find_module(interp, name);
  return py_is_null(module) && !py_failed(interp) ? package : module;
}

/* Imports the dotted name with its parents; *missing: what nobody knows gives an unknown. */
PyValue py_import_module(PyInterp *interp, const char *name, gboolean *missing)
{
  *missing = FALSE;
  PyValue known = py_dict_get_text(interp->modules, name);
  if (!py_is_null(known))
    return known;
  const char *dot = strrchr(name, '.');
  PyValue parent = py_null();
  if (dot) {
    parent = py_import_module(interp, arena_strndup(interp->arena, name, dot - name), missing);
    if (parent.type == PY_UNKNOWN && !*missing)
      return below_unknown(interp, name, parent);
    if (parent.type != PY_MODULE)
      return parent;
  }
  PyValue module = find_module(interp, name);
  if (py_failed(interp))
    return py_null();
  if (py_is_null(module)) {
    *missing = TRUE;
    return py_unknown(interp, PY_NEEDS_PYTHON, _("module %s is not available"), name);
  }
  if (module.type == PY_MODULE && dot && !parent.module->in_runtime)
    py_dict_set_text(interp, parent.module->globals, dot + 1, module);
  return module;
}

PyValue py_import(PyInterp *interp, const char *name)
{
  gboolean missing;
  return py_import_module(interp, name, &missing);
}

/* ---- module attributes ---- */

static PyValue submodule(PyInterp *interp, PyModule *module, PyStr *name)
{
  PyRuntime *runtime = interp->runtime;
  if (!module->def && !module->is_package)
    return py_null();
  const char *full = arena_printf(interp->arena, "%s.%s", module->name, name->data);
  if (g_hash_table_contains(runtime->modules, full) || g_hash_table_contains(runtime->packages, full) ||
      library_source(runtime, full))
    return py_import(interp, full);
  return py_dict_get_text(interp->modules, full);
}

static gboolean is_library(const PyModule *module)
{
  return module->def ? py_is_standard(module->def) : module->path && module->path[0] == '<';
}

/* What a module lacks.  Python's own has names that are not known here; a package of the project may have been given
 * its submodules by somebody's import.  Only modules of the host are known to be complete. */
static PyValue missing_attr(PyInterp *interp, PyModule *module, PyStr *name)
{
  if (g_str_has_prefix(name->data, "__") || (module->def && !py_is_standard(module->def)))
    return py_null();
  const char *full = arena_printf(interp->arena, "%s.%s", module->name, name->data);
  gboolean missing = TRUE;
  PyValue found =
      module->is_package && !is_library(module) ? py_import_module(interp, full, &missing) : py_null();
  if (!missing || py_failed(interp))
    return found;
  PyValue unknown = py_unknown(interp, PY_NEEDS_PYTHON, _("%s is not known here"), full);
  ((PyReason *)unknown.reason)->host = is_library(module);
  return unknown;
}

PyValue py_module_attr(PyInterp *interp, PyModule *module, PyStr *name)
{
  PyValue *found = py_dict_find(module->globals, name);
  if (found)
    return *found;
  if (module->def && module->def->getattr) {
    /* Kept for the run, under a name no module can have. */
    const char *key = arena_printf(interp->arena, "%s:%s", module->name, name->data);
    PyValue v = py_dict_get_text(interp->modules, key);
    if (!py_is_null(v))
      return v;
    v = module->def->getattr(interp, module->def, name->data);
    if (py_failed(interp))
      return py_null();
    if (!py_is_null(v)) {
      py_dict_set_text(interp, interp->modules, key, v);
      return v;
    }
  }
  PyValue below_it = submodule(interp, module, name);
  if (!py_is_null(below_it) || py_failed(interp))
    return below_it;
  PyValue hook = py_dict_get_text(module->globals, "__getattr__");
  if (hook.type == PY_FUNCTION)
    return py_call_1(interp, hook, py_from_str(name));
  if (py_str_is(name, "__dict__"))
    return (PyValue){.type = PY_DICT, .dict = module->globals};
  return missing_attr(interp, module, name);
}

/* ---- import statements ---- */

/* The module a relative import starts from, "" when it leaves the top. */
static const char *relative_base(PyInterp *interp, const Frame *frame, const PyStmt *stmt)
{
  g_autofree char *base = g_strdup(frame->module->name);
  guint level = stmt->import.level - (frame->module->is_package ? 1 : 0);
  for (guint i = 0; i < level; i++) {
    char *dot = strrchr(base, '.');
    if (!dot)
      return "";
    *dot = 0;
  }
  if (!stmt->import.module)
    return arena_strdup(interp->arena, base);
  return arena_printf(interp->arena, "%s.%s", base, stmt->import.module->data);
}

/* Notes an import that the real Python may carry out, or may fail to. */
static PyValue note_missing(PyInterp *interp, PyValue v)
{
  return v.type == PY_UNKNOWN ? py_doubt(interp, v) : v;
}

/* What a star stands for. */
static PyList *starred(PyInterp *interp, PyValue module)
{
  const PyModuleDef *def = module.module->def;
  PyValue names = py_dict_get_text(module.module->globals, "__all__");
  PyList *list = py_list(interp, 0).list;
  const char *const *star = def && def->star_names ? def->star_names(interp, def) : def ? def->star : NULL;
  if (!star && def && def->star_names) {
    py_stop(interp, PY_NEEDS_PYTHON, _("the names in %s are not known"), def->name);
    return NULL;
  }
  if (star) {
    for (; *star; star++)
      py_list_append(interp, list, py_text_value(interp, *star));
  } else if (!py_is_null(names)) {
    list = py_collect(interp, names);
  } else {
    PyValue key;
    for (gsize at = 0; py_dict_next(module.module->globals, &at, &key, NULL);)
      if (key.str->data[0] != '_')
        py_list_append(interp, list, key);
  }
  return list;
}

static gboolean import_star(PyInterp *interp, Frame *frame, PyValue module)
{
  if (module.type == PY_UNKNOWN) {
    /* Any name might come from there; nothing that follows could be trusted. */
    py_stop_because(interp, module.reason);
    return FALSE;
  }
  const PyModuleDef *def = module.module->def;
  gboolean lenient = def && def->star_names;
  PyList *list = starred(interp, module);
  for (gsize i = 0; list && i < list->len; i++) {
    if (list->items[i].type != PY_STR)
      continue;
    PyValue v = lenient ? py_find_attr(interp, module, list->items[i].str)
                        : py_get_attr(interp, module, list->items[i].str);
    if (lenient && py_is_null(v) && !py_failed(interp))
      continue;
    if (py_is_null(v) || !py_store_name(interp, frame, list->items[i].str, v))
      return FALSE;
  }
  return list != NULL;
}

/* absent: nobody knows the module at all. */
static PyValue imported_name(PyInterp *interp, PyValue module, gboolean absent, const char *module_name,
                             PyStr *name)
{
  if (module.type == PY_UNKNOWN && absent)
    return py_unknown(interp, module.reason->kind, _("%s.%s is not available"), module_name, name->data);
  if (module.type == PY_UNKNOWN)
    return py_unknown(interp, module.reason->kind, _("%s.%s is not available: %s"), module_name, name->data,
                      module.reason->text);
  PyValue v = py_find_attr(interp, module, name);
  if (!py_is_null(v) || py_failed(interp))
    return v;
  gboolean missing;
  v = py_import_module(interp, arena_printf(interp->arena, "%s.%s", module_name, name->data), &missing);
  if (!missing)
    return v;
  gboolean of_project = module.module->path && module.module->path[0] != '<';
  if (of_project || module.module->is_package)
    return py_unknown(interp, PY_NEEDS_PYTHON, _("%s.%s is not available"), module_name, name->data);
  return py_raise(interp, "ImportError", "cannot import name '%s' from '%s'", name->data, module_name);
}

static Flow import_from(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  const char *name = stmt->import.level ? relative_base(interp, frame, stmt) : stmt->import.module->data;
  gboolean missing = FALSE;
  PyValue module =
      *name ? py_import_module(interp, name, &missing)
            : py_unknown(interp, PY_NEEDS_PYTHON, _("a relative import beyond the top-level package"));
  if (py_is_null(module))
    return FLOW_FAIL;
  for (guint i = 0; i < stmt->import.n; i++) {
    const PyAlias *alias = &stmt->import.names[i];
    if (py_str_is(alias->name, "*"))
      return import_star(interp, frame, module) ? FLOW_NEXT : FLOW_FAIL;
    PyValue v = note_missing(interp, imported_name(interp, module, missing, name, alias->name));
    if (py_is_null(v) || !py_store_name(interp, frame, alias->asname ? alias->asname : alias->name, v))
      return FLOW_FAIL;
  }
  return FLOW_NEXT;
}

static Flow import_plain(PyInterp *interp, Frame *frame, const PyAlias *alias)
{
  gboolean missing;
  PyValue module = note_missing(interp, py_import_module(interp, alias->name->data, &missing));
  if (py_is_null(module))
    return FLOW_FAIL;
  PyStr *name = alias->asname ? alias->asname : alias->name;
  const char *dot = alias->asname ? NULL : strchr(name->data, '.');
  if (dot) { /* import a.b binds a */
    gsize len = (gsize)(dot - name->data);
    name = py_str_in(interp->arena, alias->name->data, len);
    const char *known = arena_strndup(interp->arena, alias->name->data, (gssize)len);
    PyValue top = py_dict_get_text(interp->modules, known);
    if (py_is_null(top))
      top = py_import_module(interp, known, &missing);
    module = py_is_null(top) ? module : top;
  }
  for (guint i = 0; dot && i < frame->scope->n_names; i++) /* slots go by the tree's own name */
    if (py_str_equal(frame->scope->names[i], name))
      name = frame->scope->names[i];
  return py_store_name(interp, frame, name, module) ? FLOW_NEXT : FLOW_FAIL;
}

Flow py_exec_import(PyInterp *interp, Frame *frame, const PyStmt *stmt)
{
  if (stmt->kind == PY_STMT_IMPORT_FROM)
    return import_from(interp, frame, stmt);
  for (guint i = 0; i < stmt->import.n; i++)
    if (import_plain(interp, frame, &stmt->import.names[i]) == FLOW_FAIL)
      return FLOW_FAIL;
  return FLOW_NEXT;
}
