/* Everything importable: which names each module of sqlalchemy and alembic has. */
#include <glib/gi18n.h>
#include <string.h>

#include "context.h"
#include "dml.h"
#include "op.h"
#include "types.h"

typedef struct {
  const char *name;
  const PyMethod *functions[8];
  const PyHostClass *const *classes[6];
  const char *const *submodules;
  gboolean types;      /* types_lookup() knows more */
  gboolean exceptions; /* exception_class() knows more */
} ModuleRow;

static const PyHostClass *const name_classes[] = {&quoted_name_class, &conv_class, NULL};
static const PyHostClass *const reflection_classes[] = {&inspector_class, NULL};

static const char *const sqlalchemy_modules[] = {"sql",    "types", "schema", "exc", "dialects",
                                                 "engine", "orm",   "event",  NULL};
static const char *const sql_modules[] = {"expression", "elements", "functions", "schema", "sqltypes", NULL};
static const char *const dialect_modules[] = {"postgresql", "mysql", "sqlite", "mssql", "oracle", NULL};
static const char *const alembic_modules[] = {"op", "context", "util", NULL};
static const char *const util_modules[] = {"exc", NULL};

#define EXPRESSIONS expr_functions, select_functions, dml_functions, table_functions

/* What would change how everything else is rendered. */
static PyValue fn_hook(PyInterp *interp, PyCall *call)
{
  return refuse(interp, _("%s() changes what SQLAlchemy sends"), call->function);
}

static PyValue fn_itself(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->values[0];
}

/* What happens to connections, sessions and mapped objects, none of which a migration's statements come from. */
static gboolean is_remote_event(const char *name)
{
  static const char *const names[] = {"connect",
                                      "first_connect",
                                      "checkout",
                                      "checkin",
                                      "close",
                                      "engine_connect",
                                      "after_begin",
                                      "before_commit",
                                      "after_commit",
                                      "before_flush",
                                      "after_flush",
                                      "after_rollback",
                                      "after_attach",
                                      "before_attach",
                                      "after_insert",
                                      "before_insert",
                                      "after_update",
                                      "before_update",
                                      "after_delete",
                                      "before_delete",
                                      "load",
                                      "refresh",
                                      "init",
                                      "set",
                                      "append",
                                      "remove",
                                      "modified",
                                      "do_orm_execute",
                                      "before_compile",
                                      "loaded_as_persistent",
                                      "after_soft_rollback",
                                      "persistent_to_deleted",
                                      "pending_to_persistent",
                                      "after_flush_postexec"};
  for (guint i = 0; name && i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], name) == 0)
      return TRUE;
  return FALSE;
}

/* listen(target, identifier, fn), listens_for(target, identifier) */
static PyValue fn_listen(PyInterp *interp, PyCall *call)
{
  static const PyMethod decorate = {"decorate", fn_itself, "fn", PY_PURE};
  if (!is_remote_event(to_text(call->values[1])))
    return fn_hook(interp, call);
  return strcmp(call->function, "listens_for") == 0 ? py_native(interp, &decorate) : py_none();
}

static const PyMethod event_functions[] = {
    {"listen", fn_listen, "target, identifier, *args, **kw", PY_TAKES_UNKNOWN},
    {"listens_for", fn_listen, "target, identifier, *args, **kw", PY_TAKES_UNKNOWN},
    {"remove", fn_hook, "*args, **kw", PY_TAKES_UNKNOWN},
    {NULL, NULL, NULL, 0},
};

/* compiles(class_, *dialects) as a decorator: for other dialects it changes nothing here. */
static PyValue fn_compiles(PyInterp *interp, PyCall *call)
{
  static const PyMethod decorate = {"decorate", fn_itself, "fn", PY_PURE};
  PyValue *dialects;
  gsize n;
  py_sequence(call->values[1], &dialects, &n);
  gboolean others = n > 0;
  for (gsize i = 0; i < n; i++) {
    const char *name = to_text(dialects[i]);
    others = others && name && strcmp(name, "postgresql") != 0 && strcmp(name, "default") != 0;
  }
  return others ? py_native(interp, &decorate) : fn_hook(interp, call);
}

static const PyMethod compiler_functions[] = {
    {"compiles", fn_compiles, "class_, *specs", PY_TAKES_UNKNOWN},
    {NULL, NULL, NULL, 0},
};

static const ModuleRow module_rows[] = {
    {.name = "sqlalchemy",
     .functions = {EXPRESSIONS, inspect_functions},
     .classes = {column_classes, constraint_classes, table_classes, ddl_classes, name_classes},
     .submodules = sqlalchemy_modules,
     .types = TRUE},
    {.name = "sqlalchemy.sql",
     .functions = {EXPRESSIONS},
     .classes = {name_classes},
     .submodules = sql_modules},
    {.name = "sqlalchemy.sql.expression", .functions = {EXPRESSIONS}, .classes = {name_classes}},
    {.name = "sqlalchemy.sql.elements", .functions = {expr_functions}, .classes = {name_classes}},
    {.name = "sqlalchemy.sql.functions"},
    {.name = "sqlalchemy.sql.schema",
     .classes = {column_classes, constraint_classes, table_classes, ddl_classes, name_classes}},
    {.name = "sqlalchemy.sql.ddl", .classes = {ddl_classes}},
    {.name = "sqlalchemy.schema",
     .classes = {column_classes, constraint_classes, table_classes, ddl_classes, name_classes}},
    {.name = "sqlalchemy.types", .types = TRUE},
    {.name = "sqlalchemy.sql.sqltypes", .types = TRUE},
    {.name = "sqlalchemy.exc", .exceptions = TRUE},
    {.name = "sqlalchemy.dialects", .submodules = dialect_modules},
    {.name = "sqlalchemy.dialects.postgresql",
     .functions = {pg_expr_functions, pg_dml_functions},
     .classes = {pg_ddl_classes, pg_constraint_classes},
     .types = TRUE},
    {.name = "sqlalchemy.dialects.postgresql.base", .types = TRUE},
    {.name = "sqlalchemy.dialects.postgresql.json", .types = TRUE},
    {.name = "sqlalchemy.dialects.postgresql.array", .functions = {pg_expr_functions}, .types = TRUE},
    {.name = "sqlalchemy.dialects.postgresql.types", .types = TRUE},
    {.name = "sqlalchemy.engine", .classes = {reflection_classes}},
    {.name = "sqlalchemy.engine.reflection", .classes = {reflection_classes}},
    {.name = "sqlalchemy.inspection", .functions = {inspect_functions}},
    {.name = "sqlalchemy.event", .functions = {event_functions}},
    {.name = "sqlalchemy.ext.compiler", .functions = {compiler_functions}},
    {.name = "sqlalchemy.ext.declarative", .functions = {orm_functions}},
    {.name = "sqlalchemy.ext.mutable", .classes = {mutable_classes}},
    {.name = "sqlalchemy.orm", .functions = {orm_functions}, .classes = {orm_classes}},
    {.name = "sqlalchemy.orm.session", .classes = {orm_classes}},
    {.name = "sqlalchemy.orm.scoping", .classes = {orm_classes}},
    {.name = "alembic", .submodules = alembic_modules},
    {.name = "alembic.op",
     .functions = {op_column_methods, op_constraint_methods, op_table_methods, op_run_methods}},
    {.name = "alembic.context", .functions = {alembic_context_functions}},
    {.name = "alembic.util", .submodules = util_modules, .exceptions = TRUE},
    {.name = "alembic.util.exc", .exceptions = TRUE},
};

static const ModuleRow *row_named(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(module_rows); i++)
    if (strcmp(module_rows[i].name, name) == 0)
      return &module_rows[i];
  return NULL;
}

/* In Alembic 1.8 the arguments of directives may all be given by position. */
static const PyMethod *directive(PyInterp *interp, const ModuleRow *row, const PyMethod *method)
{
  const char *star = method->params ? strstr(method->params, "*, ") : NULL;
  if (!star || !run_is_old(interp) || strcmp(row->name, "alembic.op") != 0)
    return method;
  PyMethod *copy = arena_new0(py_arena(interp), PyMethod);
  *copy = *method;
  copy->params =
      arena_printf(py_arena(interp), "%.*s%s", (int)(star - method->params), method->params, star + 3);
  return copy;
}

static PyValue lookup_function(PyInterp *interp, const ModuleRow *row, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(row->functions) && row->functions[i]; i++)
    for (const PyMethod *m = row->functions[i]; m->name; m++)
      if (strcmp(m->name, name) == 0)
        return py_native(interp, directive(interp, row, m));
  return py_null();
}

static PyValue lookup_class(PyInterp *interp, const ModuleRow *row, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(row->classes) && row->classes[i]; i++)
    for (const PyHostClass *const *c = row->classes[i]; *c; c++)
      if (strcmp((*c)->name, name) == 0)
        return py_class_value(py_host_class(interp, *c));
  return py_null();
}

static PyValue lookup_submodule(PyInterp *interp, const ModuleRow *row, const char *name)
{
  for (const char *const *m = row->submodules; m && *m; m++)
    if (strcmp(*m, name) == 0) {
      g_autofree char *dotted = g_strdup_printf("%s.%s", row->name, name);
      return py_import(interp, dotted);
    }
  return py_null();
}

static PyValue lookup_exception(PyInterp *interp, const ModuleRow *row, const char *name)
{
  if (!row->exceptions)
    return py_null();
  PyClass *cls = exception_class(interp, name);
  return cls ? py_class_value(cls) : py_null();
}

/* func is one object; every module of expressions has it. */
static gboolean has_func(const ModuleRow *row)
{
  return row->functions[0] == expr_functions || strcmp(row->name, "sqlalchemy.sql.functions") == 0;
}

/* What plugins add to op; they do so when anybody imports them, env.py included. */
static PyValue plugin_operation(PyInterp *interp, const char *name)
{
  static const struct {
    const char *name;
    const char *module;
  } operations[] = {
      {"create_entity", "alembic_utils.reversible_op"},
      {"drop_entity", "alembic_utils.reversible_op"},
      {"replace_entity", "alembic_utils.reversible_op"},
      {"sync_enum_values", "alembic_postgresql_enum"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(operations); i++)
    if (strcmp(operations[i].name, name) == 0)
      return py_getattr(interp, py_import(interp, operations[i].module), name);
  return py_null();
}

static PyValue module_getattr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  const ModuleRow *row = row_named(module->name);
  if (run_is_old(interp) && strcmp(name, "run_async") == 0)
    return py_null();
  if (strcmp(name, "func") == 0 && has_func(row))
    return func_namespace(interp);
  PyValue found = lookup_function(interp, row, name);
  if (py_is_null(found))
    found = lookup_class(interp, row, name);
  if (py_is_null(found) && row->types) {
    gboolean missing = FALSE;
    found = types_lookup(interp, row->name, name, &missing);
    if (missing)
      return py_null();
  }
  if (py_is_null(found))
    found = lookup_submodule(interp, row, name);
  if (py_is_null(found))
    found = lookup_exception(interp, row, name);
  if (py_is_null(found) && strcmp(row->name, "alembic.op") == 0)
    found = plugin_operation(interp, name);
  if (!py_is_null(found) || py_failed(interp) || g_str_has_prefix(name, "__"))
    return found;
  return py_unknown_name(interp, row->name, name);
}

/* ---- dialects of other databases: their types are made, and only handed to with_variant() or existing_type= ---- */

static const PyHostClass foreign_type_class;

gboolean is_foreign_type(PyValue v)
{
  return py_is_host(v, &foreign_type_class) || py_is_host_class(v, &foreign_type_class);
}

static PyValue foreign_new(PyInterp *interp, PyCall *call)
{
  return py_host_new(interp, call->cls, NULL);
}

static const PyHostClass foreign_type_class = {
    .name = "ForeignType",
    .module = "sqlalchemy.dialects",
    .construct = foreign_new,
    .params = "*args, **kw",
    .flags = PY_TAKES_UNKNOWN,
    REFUSE_REST,
};

/* Types that SQLAlchemy's own types are re-exported as, or that are spelled as those here. */
static PyValue sqlite_type(PyInterp *interp, const char *name)
{
  static const char *const names[] = {"BLOB",    "BOOLEAN",   "CHAR",    "DECIMAL", "FLOAT",
                                      "INTEGER", "JSON",      "NUMERIC", "REAL",    "SMALLINT",
                                      "TEXT",    "TIMESTAMP", "VARCHAR"};
  gboolean missing = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], name) == 0)
      return types_lookup(interp, "sqlalchemy.types", name, &missing);
  return py_null();
}

static PyValue foreign_getattr(PyInterp *interp, const PyModuleDef *module, const char *name)
{
  if (g_str_has_suffix(module->name, ".sqlite")) {
    PyValue type = sqlite_type(interp, name);
    if (!py_is_null(type) || py_failed(interp))
      return type;
  }
  if (g_ascii_isupper(name[0]))
    return py_class_value(py_host_class(interp, &foreign_type_class));
  return py_unknown_name(interp, module->name, name);
}

static const char *const foreign_modules[] = {"sqlalchemy.dialects.mysql", "sqlalchemy.dialects.sqlite",
                                              "sqlalchemy.dialects.mssql", "sqlalchemy.dialects.oracle"};

extern const PyLibrary render_library[];

PyModuleDef *register_modules(PyRuntime *runtime)
{
  py_runtime_add_library(runtime, render_library);
  PyModuleDef *defs = g_new0(PyModuleDef, G_N_ELEMENTS(module_rows) + G_N_ELEMENTS(foreign_modules));
  guint n = 0;
  for (guint i = 0; i < G_N_ELEMENTS(module_rows); i++, n++)
    defs[n] = (PyModuleDef){.name = module_rows[i].name, .getattr = module_getattr, .star_names = star_names};
  for (guint i = 0; i < G_N_ELEMENTS(foreign_modules); i++, n++)
    defs[n] = (PyModuleDef){.name = foreign_modules[i], .getattr = foreign_getattr, .star_names = star_names};
  py_runtime_add_unknown(runtime, "sqlalchemy");
  py_runtime_add_unknown(runtime, "alembic");
  for (guint i = 0; i < n; i++)
    py_runtime_add_module(runtime, &defs[i]);
  return defs;
}
