/* Types that the migration (or a readable module of the project) derives from TypeDecorator or UserDefinedType.
 *
 * DDL only asks how they are spelled: load_dialect_impl(), impl or get_col_spec().  What they do to values is Python;
 * such a type is marked opaque, and a value that meets it stops the run (expr.c, dml.c). */
#include <glib/gi18n.h>
#include <string.h>

#include "types.h"

typedef struct {
  PyValue args;
  PyValue kw;
  const SqlType *type; /* found on first use */
} UserType;

static UserType *user_type_of(PyInterp *interp, PyCall *call)
{
  UserType *user = arena_new0(py_arena(interp), UserType);
  user->args = call->values[0];
  user->kw = call->values[1];
  return user;
}

static PyValue user_type_new(PyInterp *interp, PyCall *call)
{
  if (!py_class_is_user(call->cls))
    return refuse(interp, _("%s(...) itself"), py_class_name(call->cls));
  return py_host_new(interp, call->cls, user_type_of(interp, call));
}

static PyValue user_type_init(PyInterp *interp, PyCall *call)
{
  py_set_payload(call->self, user_type_of(interp, call));
  return py_none();
}

/* Methods that change how a value becomes a literal; the first three are all that can be followed. */
static gboolean converts_values(PyInterp *interp, PyClass *cls, gboolean *followed)
{
  static const char *const names[] = {
      "process_bind_param", "process_literal_param", "process_result_value",  "bind_expression",
      "bind_processor",     "literal_processor",     "coerce_compared_value", "comparator_factory"};
  *followed = TRUE;
  for (guint i = 3; i < G_N_ELEMENTS(names); i++)
    if (!py_is_null(py_class_get_user(interp, cls, names[i])))
      *followed = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (!py_is_null(py_class_get_user(interp, cls, names[i])))
      return TRUE;
  return FALSE;
}

const SqlValue *to_typed_value(PyInterp *interp, PyValue v, const SqlType *type)
{
  if (!run_is_opaque(interp, type))
    return to_sql_value(interp, v);
  gboolean online = run_of(interp)->options->online;
  const PyValue *converter = g_hash_table_lookup(run_of(interp)->opaque, type);
  if (!converter) {
    refuse(interp, _("a value of a type that converts it in Python"));
    return NULL;
  }
  if (!to_sql_value(interp, v)) /* no value at all */
    return NULL;
  /* In --sql mode None never reaches the type. */
  if (!online && py_is_none(v))
    return to_sql_value(interp, v);
  PyClass *cls = py_class_of(interp, *converter);
  const char *method = !online && !py_is_null(py_class_get_user(interp, cls, "process_literal_param"))
                           ? "process_literal_param"
                           : "process_bind_param";
  if (py_is_null(py_class_get_user(interp, cls, method)))
    return to_sql_value(interp, v);
  PyValue args[] = {v, dialect_value(interp)};
  PyValue made = py_call_method(interp, *converter, method, args, 2);
  if (py_outcome(interp) == PY_RAISED) {
    /* SQLAlchemy wraps the exception, with the type in words of its own. */
    py_clear(interp);
    refuse(interp, _("%s(), which raises an exception"), method);
    return NULL;
  }
  if (py_is_null(made) || !py_require_known(interp, made))
    return NULL;
  if (!online && py_is_none(made)) {
    refuse(interp, _("%s(), which gives None"), method);
    return NULL;
  }
  return to_sql_value(interp, made);
}

/* impl = String, or impl = String(36): called with the arguments of the decorator when it is a class. */
static PyValue decorator_impl(PyInterp *interp, PyValue v, const UserType *user)
{
  PyClass *cls = py_class_of(interp, v);
  PyValue method = py_class_get_user(interp, cls, "load_dialect_impl");
  if (!py_is_null(method)) {
    PyValue dialect = dialect_value(interp);
    return py_call_method(interp, v, "load_dialect_impl", &dialect, 1);
  }
  PyValue impl = py_class_get_user(interp, cls, "impl");
  if (py_is_null(impl))
    return py_raise(
        interp, "AttributeError",
        "TypeDecorator implementations require a class-level variable 'impl' which refers to the class of "
        "type being decorated");
  if (!py_is(impl, PY_CLASS))
    return impl;
  PyValue *items;
  gsize n;
  py_sequence(user->args, &items, &n);
  return py_call_keywords(interp, impl, items, (guint)n, user->kw.dict);
}

static const SqlType *custom_type(PyInterp *interp, PyValue v)
{
  PyValue spec = py_call_method(interp, v, "get_col_spec", NULL, 0);
  if (py_is_null(spec) || !py_require_known(interp, spec))
    return NULL;
  if (!py_text(spec)) {
    refuse(interp, _("get_col_spec() of %s"), py_type_name(interp, v));
    return NULL;
  }
  SqlType *type = arena_new0(py_arena(interp), SqlType);
  type->kind = SQL_TYPE_CUSTOM;
  type->spec = arena_strdup(py_arena(interp), py_text(spec));
  run_mark_opaque(interp, type, py_null());
  return type;
}

const SqlType *user_type(PyInterp *interp, PyValue v)
{
  UserType *user = py_payload(v, &user_type_class);
  PyClass *cls = py_class_of(interp, v);
  if (!user) {
    refuse(interp, _("%s, whose __init__ does not reach TypeDecorator"), py_class_name(cls));
    return NULL;
  }
  if (user->type)
    return user->type;
  if (!py_is_null(py_class_get_user(interp, cls, "get_col_spec")))
    return user->type = custom_type(interp, v);
  PyValue impl = decorator_impl(interp, v, user);
  const SqlType *found;
  if (py_is_null(impl) || !to_type(interp, impl, &found))
    return NULL;
  if (!found) {
    refuse(interp, _("%s is not understood as a type"), py_class_name(cls));
    return NULL;
  }
  SqlType *type = arena_new0(py_arena(interp), SqlType);
  *type = *found;
  type->decorated = TRUE;
  gboolean followed;
  if (converts_values(interp, cls, &followed))
    run_mark_opaque(interp, type, followed && !run_is_opaque(interp, found) ? v : py_null());
  return user->type = type;
}

static PyValue decorator_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  const SqlType *type = strcmp(name->data, "impl") == 0 ? user_type(interp, self) : NULL;
  return type ? type_value(interp, type) : refuse_getattr(interp, self, name);
}

/* Attributes set by a user's __init__ are the user's. */
static gboolean user_setattr(PyInterp *interp, PyValue self, PyStr *name, PyValue value)
{
  if (strcmp(name->data, "impl") == 0)
    return refuse_setattr(interp, self, name, value);
  py_instance_set_attr(interp, self, name->data, value);
  return TRUE;
}

const PyHostClass user_type_class = {
    .name = "TypeDecorator",
    .module = "sqlalchemy.sql.type_api",
    .base = &type_engine_class,
    .construct = user_type_new,
    .init = user_type_init,
    .params = "*args, **kwargs",
    .getattr = decorator_getattr,
    .setattr = user_setattr,
};

static const PyHostClass user_defined_class = {
    .name = "UserDefinedType",
    .module = "sqlalchemy.sql.type_api",
    .base = &user_type_class,
};

PyValue user_types_lookup(PyInterp *interp, const char *name)
{
  const PyHostClass *host = strcmp(name, "TypeDecorator") == 0     ? &user_type_class
                            : strcmp(name, "UserDefinedType") == 0 ? &user_defined_class
                            : strcmp(name, "TypeEngine") == 0      ? &type_engine_class
                                                                   : NULL;
  return host ? py_class_value(py_host_class(interp, host)) : py_null();
}
