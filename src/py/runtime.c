/* What all runs of a session share: builtin classes, builtin names, host modules, parsed files. */
#include <string.h>

#include "modules.h"
#include "object.h"

typedef struct {
  const char *name;
  PyType type, base;
  const PyMethod *methods;
} TypeRow;

static const TypeRow types[] = {
    {"NoneType", PY_NONE, PY_NULL, NULL},
    {"int", PY_INT, PY_NULL, int_methods},
    {"bool", PY_BOOL, PY_INT, NULL},
    {"float", PY_FLOAT, PY_NULL, float_methods},
    {"str", PY_STR, PY_NULL, str_methods},
    {"bytes", PY_BYTES, PY_NULL, bytes_methods},
    {"list", PY_LIST, PY_NULL, list_methods},
    {"tuple", PY_TUPLE, PY_NULL, tuple_methods},
    {"dict", PY_DICT, PY_NULL, dict_methods},
    {"set", PY_SET, PY_NULL, set_methods},
    {"frozenset", PY_FROZENSET, PY_NULL, frozenset_methods},
    {"range", PY_RANGE, PY_NULL, range_methods},
    {"slice", PY_SLICE, PY_NULL, NULL},
    {"function", PY_FUNCTION, PY_NULL, NULL},
    {"builtin_function_or_method", PY_NATIVE, PY_NULL, NULL},
    {"method", PY_METHOD, PY_NULL, NULL},
    {"type", PY_CLASS, PY_NULL, NULL},
    {"module", PY_MODULE, PY_NULL, NULL},
    {"iterator", PY_ITERATOR, PY_NULL, NULL},
    {"generator", PY_GENERATOR, PY_NULL, generator_methods},
    {"property", PY_DESCRIPTOR, PY_NULL, NULL},
    {"ellipsis", PY_ELLIPSIS, PY_NULL, NULL},
    {"NotImplementedType", PY_NOT_IMPLEMENTED, PY_NULL, NULL},
};

/* Classes that are builtin names as well. */
static const PyType named_types[] = {PY_INT,  PY_BOOL, PY_FLOAT,     PY_STR,   PY_BYTES, PY_LIST, PY_TUPLE,
                                     PY_DICT, PY_SET,  PY_FROZENSET, PY_RANGE, PY_SLICE, PY_CLASS};

void py_make_types(PyRuntime *runtime)
{
  runtime->object = py_builtin_class_new(runtime, "object", NULL, PY_NULL, object_methods);
  for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
    PyClass *base = types[i].base ? runtime->types[types[i].base] : runtime->object;
    py_builtin_class_new(runtime, types[i].name, base, types[i].type, types[i].methods);
  }
  for (const PyMethod *m = str_part_methods; m->name; m++)
    py_dict_set_text(runtime->builder, runtime->types[PY_STR]->attrs, m->name,
                     py_native_value(runtime->builder, m, py_null(), "str"));
  runtime->types[PY_BIGINT] = runtime->types[PY_INT];
  runtime->types[PY_NULL] = runtime->types[PY_UNKNOWN] = runtime->object;
  runtime->type = runtime->types[PY_CLASS];
}

static void add_name(PyRuntime *runtime, const char *name, PyValue v)
{
  py_dict_set_text(runtime->builder, runtime->builtins, name, v);
}

static void add_exception(gpointer name, gpointer cls, gpointer runtime)
{
  if (((PyClass *)cls)->is_exception)
    add_name(runtime, name, py_class_value(cls));
}

static void make_builtins(PyRuntime *runtime)
{
  PyInterp *builder = runtime->builder;
  runtime->builtins = py_dict_new(builder);
  for (const PyMethod *m = builtin_functions; m->name; m++)
    add_name(runtime, m->name, py_native(builder, m));
  for (const PyMethod *m = builtin_functions_more; m->name; m++)
    add_name(runtime, m->name, py_native(builder, m));
  for (gsize i = 0; i < G_N_ELEMENTS(named_types); i++) {
    PyClass *cls = runtime->types[named_types[i]];
    add_name(runtime, cls->name->data, py_class_value(cls));
  }
  add_name(runtime, "object", py_class_value(runtime->object));
  add_name(runtime, "Ellipsis", (PyValue){.type = PY_ELLIPSIS});
  add_name(runtime, "NotImplemented", py_not_implemented());
  add_name(runtime, "__debug__", py_bool(TRUE));
  g_hash_table_foreach(runtime->classes, add_exception, runtime);
  add_name(runtime, "IOError", py_class_value(g_hash_table_lookup(runtime->classes, "OSError")));
  add_name(runtime, "EnvironmentError", py_class_value(g_hash_table_lookup(runtime->classes, "OSError")));
}

PyRuntime *py_runtime_new(void)
{
  PyRuntime *runtime = g_new0(PyRuntime, 1);
  runtime->modules = g_hash_table_new(g_str_hash, g_str_equal);
  runtime->packages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  runtime->made = g_hash_table_new(NULL, NULL);
  runtime->host_classes = g_hash_table_new(NULL, NULL);
  runtime->classes = g_hash_table_new(g_str_hash, g_str_equal);
  runtime->data_files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  runtime->trees = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  runtime->unknown_prefixes = g_ptr_array_new_with_free_func(g_free);
  runtime->libraries = g_hash_table_new(g_str_hash, g_str_equal);
  runtime->library_packages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  py_runtime_add_library(runtime, py_library);
  PyLimits unlimited = {.memory = G_MAXSIZE / 2};
  runtime->builder = py_interp_new(runtime, &unlimited, NULL);
  runtime->arena = runtime->builder->arena;
  py_make_types(runtime);
  py_make_exceptions(runtime);
  py_make_enums(runtime);
  make_builtins(runtime);
  py_add_standard_modules(runtime);
  return runtime;
}

/* "a" and "a.b" for "a.b.c". */
static void add_parents(GHashTable *packages, const char *name)
{
  for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.'))
    g_hash_table_add(packages, g_strndup(name, (gsize)(dot - name)));
}

void py_runtime_add_library(PyRuntime *runtime, const PyLibrary *library)
{
  for (; library->name; library++) {
    if (!g_hash_table_contains(runtime->libraries, library->name))
      g_hash_table_insert(runtime->libraries, (char *)library->name, (gpointer)library);
    add_parents(runtime->library_packages, library->name);
  }
}

void py_runtime_free(PyRuntime *runtime)
{
  if (!runtime)
    return;
  g_hash_table_unref(runtime->libraries);
  g_hash_table_unref(runtime->library_packages);
  g_hash_table_unref(runtime->modules);
  g_hash_table_unref(runtime->packages);
  g_hash_table_unref(runtime->made);
  g_hash_table_unref(runtime->host_classes);
  g_hash_table_unref(runtime->classes);
  g_hash_table_unref(runtime->trees);
  g_hash_table_unref(runtime->data_files);
  g_ptr_array_unref(runtime->unknown_prefixes);
  py_interp_free(runtime->builder);
  g_free(runtime);
}

void py_runtime_set_resolver(PyRuntime *runtime, PyResolve resolve, void *data)
{
  runtime->resolve = resolve;
  runtime->resolve_data = data;
}

void py_runtime_set_may_read(PyRuntime *runtime, PyMayRead may_read, void *data)
{
  runtime->may_read = may_read;
  runtime->may_read_data = data;
}

void py_runtime_add_module(PyRuntime *runtime, const PyModuleDef *module)
{
  g_hash_table_insert(runtime->modules, (char *)module->name, (void *)module);
  add_parents(runtime->packages, module->name);
}

void py_runtime_add_unknown(PyRuntime *runtime, const char *prefix)
{
  g_ptr_array_add(runtime->unknown_prefixes, g_strdup(prefix));
}

PyClass *py_builtin_class(PyInterp *interp, const char *name)
{
  return g_hash_table_lookup(interp->runtime->classes, name);
}
