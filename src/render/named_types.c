/* Enum, ENUM, DOMAIN: types that PostgreSQL knows by name and that are created and dropped. */
#include <glib/gi18n.h>
#include <string.h>

#include "answers.h"
#include "types.h"

/* ---- what Enum(*enums, **kw) says ---- */

typedef struct {
  SqlEnum *enumeration;
  PyValue values_callable;
  gboolean has_name;
  gboolean omit_aliases;
  SqlQuote quote;
  gboolean length_given;
} EnumArgs;

/* The MetaData's schema counts when none is given, in whatever order the keywords stand. */
static void take_metadata(SqlEnum *e, PyValue value)
{
  MetaDataObject *metadata = py_payload(value, &metadata_class);
  e->has_metadata = !py_is_none(value);
  if (metadata)
    e->metadata_schema = metadata->schema;
}

/* Only these mean something; SQLAlchemy lets every other keyword of Enum(...) pass in silence. */
static gboolean take_enum_keyword(PyInterp *interp, const char *name, PyValue value, EnumArgs *args)
{
  SqlEnum *e = args->enumeration;
  if (!py_require_known(interp, value))
    return FALSE;
  if (strcmp(name, "name") == 0) {
    args->has_name = TRUE;
    return to_name(interp, value, &e->name);
  }
  if (strcmp(name, "schema") == 0)
    return to_name(interp, value, &e->schema);
  if (strcmp(name, "metadata") == 0)
    take_metadata(e, value);
  else if (strcmp(name, "inherit_schema") == 0)
    e->inherit_schema = to_tri(interp, value) == SQL_YES;
  else if (strcmp(name, "create_constraint") == 0)
    e->create_constraint = to_tri(interp, value) == SQL_YES;
  else if (strcmp(name, "native_enum") == 0)
    e->non_native = to_tri(interp, value) != SQL_YES;
  else if (strcmp(name, "values_callable") == 0)
    args->values_callable = value;
  else if (strcmp(name, "quote") == 0 && !py_is_none(value))
    args->quote = to_tri(interp, value) == SQL_YES ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
  else if (strcmp(name, "length") == 0) {
    args->length_given = TRUE;
    return to_int(interp, value, "Enum", &e->length);
  }
  return !py_failed(interp);
}

static gboolean add_labels(PyInterp *interp, PyValue items, SqlTextList *labels)
{
  PyList *list = py_collect(interp, items);
  for (gsize i = 0; list && i < list->len; i++) {
    PyValue item = list->items[i], name, value;
    if (!py_require_known(interp, item))
      return FALSE;
    /* A str that is an enum member, too, is stored by what str methods see: its value. */
    if (py_enum_member(interp, item, &name, &value))
      item = value;
    if (!to_text(item)) {
      refuse(interp, _("an enum label that is no text"));
      return FALSE;
    }
    sql_text_list_add(py_arena(interp), labels, arena_strdup(py_arena(interp), to_text(item)));
  }
  return list != NULL;
}

/* Enum(SomeClass): the names of its members, or what values_callable makes of it. */
static gboolean labels_of_class(PyInterp *interp, PyValue cls, EnumArgs *args)
{
  PyList *names, *values;
  if (!py_enum_members(interp, cls.cls, &names, &values)) {
    refuse(interp, _("Enum(%s)"), py_class_name(cls.cls));
    return FALSE;
  }
  PyValue labels = {.type = PY_LIST, .list = names};
  if (!py_is_null(args->values_callable) && !py_is_none(args->values_callable)) {
    labels = py_call(interp, args->values_callable, &cls, 1);
    if (py_is_null(labels) || !py_require_known(interp, labels))
      return FALSE;
  }
  gsize n;
  PyValue *items;
  if (!py_sequence(labels, &items, &n) || n != names->len) {
    refuse(interp, _("values_callable that does not give a list of as many values as there are members"));
    return FALSE;
  }
  args->enumeration->python_class = cls.cls;
  if (!args->has_name && names->len > 0) {
    g_autofree char *lower = g_utf8_strdown(py_class_name(cls.cls), -1);
    args->enumeration->name = sql_name(arena_strdup(py_arena(interp), lower));
  }
  return add_labels(interp, labels, &args->enumeration->labels);
}

static gboolean check_length(PyInterp *interp, const EnumArgs *args)
{
  gint64 longest = 0;
  for (guint i = 0; i < args->enumeration->labels.n; i++)
    longest = MAX(longest, g_utf8_strlen(args->enumeration->labels.items[i], -1));
  if (!args->length_given || !args->enumeration->length.given || args->enumeration->length.value >= longest)
    return TRUE;
  py_raise(interp, "ValueError",
           "When provided, length must be larger or equal than the length of the longest enum value. "
           "%" G_GINT64_FORMAT " < %" G_GINT64_FORMAT,
           args->enumeration->length.value, longest);
  return FALSE;
}

static SqlType *build_enum(PyInterp *interp, PyValue enums, PyValue kw, gboolean postgresql)
{
  EnumArgs args = {.enumeration = arena_new0(py_arena(interp), SqlEnum), .values_callable = py_null()};
  PyValue key, value;
  for (gsize at = 0; py_dict_next(kw.dict, &at, &key, &value);)
    if (!take_enum_keyword(interp, py_text(key), value, &args))
      return NULL;
  args.enumeration->generic = !postgresql;
  if (postgresql)
    args.enumeration->non_native = FALSE;
  PyValue *items;
  gsize n;
  py_sequence(enums, &items, &n);
  gboolean ok = n == 1 && py_is(items[0], PY_CLASS) ? labels_of_class(interp, items[0], &args)
                                                    : add_labels(interp, enums, &args.enumeration->labels);
  if (!ok || !check_length(interp, &args))
    return NULL;
  if (args.quote != SQL_QUOTE_AUTO)
    args.enumeration->name.quote = args.quote;
  SqlType *type = arena_new0(py_arena(interp), SqlType);
  type->kind = SQL_TYPE_ENUM;
  type->enumeration = args.enumeration;
  return type;
}

/* An enum of which something is unknown is unknown, unless a MetaData would come to hold it; values are the labels and,
 * at the place kw, the keywords. */
static gboolean is_unknown_enum(PyInterp *interp, PyCall *call, guint kw, PyValue *unknown)
{
  const PyReason *reason = NULL;
  for (guint i = 0; i < call->n_values && !reason; i++)
    reason = py_find_unknown(call->values[i]);
  if (!reason)
    return FALSE;
  gboolean held = !py_is_null(py_dict_get_text(call->values[kw].dict, "metadata"));
  *unknown = held ? py_stop_because(interp, reason) : py_unknown_because(reason);
  return TRUE;
}

static PyValue enum_new(PyInterp *interp, PyCall *call)
{
  PyValue unknown;
  if (is_unknown_enum(interp, call, 1, &unknown))
    return unknown;
  SqlType *type = build_enum(interp, call->values[0], call->values[1], FALSE);
  return type ? py_host_new(interp, call->cls, type) : py_null();
}

/* ENUM(*enums, name=?, create_type=True, **kw) */
static PyValue pg_enum_new(PyInterp *interp, PyCall *call)
{
  PyValue unknown;
  if (is_unknown_enum(interp, call, 3, &unknown))
    return unknown;
  if (arg_passed(call, 1))
    py_dict_set_text(interp, call->values[3].dict, "name", call->values[1]);
  SqlType *type = build_enum(interp, call->values[0], call->values[3], TRUE);
  if (!type)
    return py_null();
  type->enumeration->no_create = arg_tri(call, 2) != SQL_YES;
  return py_host_new(interp, call->cls, type);
}

/* DOMAIN(name, data_type, *, collation, default, constraint_name, not_null, check, create_type, **kw) */
static PyValue domain_new(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  SqlDomain *domain = arena_new0(arena, SqlDomain);
  gboolean ok = TRUE;
  domain->collation = arena_strdup(arena, py_arg_text_opt(call, 2, &ok));
  if (!ok || !arg_name(call, 0, &domain->name) || !to_type(interp, call->values[1], &domain->type) ||
      !arg_name(call, 4, &domain->constraint_name))
    return py_null();
  domain->not_null = arg_tri(call, 5);
  domain->no_create = arg_tri(call, 7) != SQL_YES;
  if (py_arg_given(call, 3)) {
    SqlExpr *value = py_text(call->values[3]) ? sql_bind_value(arena, to_sql_value(interp, call->values[3]),
                                                               sql_type(SQL_TYPE_VARCHAR))
                                              : as_expr(interp, call->values[3]);
    if (!value)
      return refuse(interp, _("default= of a DOMAIN"));
    domain->default_value = value;
  }
  if (py_arg_given(call, 6) && !(domain->check = to_sql_text(interp, call->values[6])))
    return py_null();
  PyValue key, value;
  for (gsize at = 0; py_dict_next(call->values[8].dict, &at, &key, &value);) {
    if (strcmp(py_text(key), "schema") == 0) {
      if (!to_name(interp, value, &domain->schema))
        return py_null();
    } else if (strcmp(py_text(key), "metadata") == 0) {
      domain->has_metadata = !py_is_none(value);
    } else {
      return refuse(interp, _("DOMAIN(%s=...)"), py_text(key));
    }
  }
  SqlType *type = arena_new0(arena, SqlType);
  type->kind = SQL_TYPE_DOMAIN;
  type->domain = domain;
  return py_host_new(interp, call->cls, type);
}

/* ---- create() and drop() ---- */

static int ask_for_type(PyInterp *interp, const SqlType *type, SqlOpKind kind)
{
  SqlName name = type->kind == SQL_TYPE_ENUM ? type->enumeration->name : type->domain->name;
  SqlName schema = type->kind == SQL_TYPE_ENUM ? type->enumeration->schema : type->domain->schema;
  g_autofree char *what =
      g_strdup_printf(_("whether the type %s exists decides whether it is %s"), name.text ? name.text : "?",
                      kind == SQL_CREATE_TYPE ? _("created") : _("dropped"));
  if (name.text && answers_available(interp))
    return catalog_has_type(interp, name, schema, what);
  needs_database(interp, "%s", what);
  return -1;
}

/* Online, checkfirst asks the catalog; --sql never does. */
static PyValue create_or_drop(PyInterp *interp, PyCall *call, SqlOpKind kind)
{
  const SqlType *type = py_payload(call->self, &type_engine_class);
  if (!is_bind(call->values[0]))
    return refuse(interp, _("%s() without a connection"), call->function);
  if (type->kind == SQL_TYPE_ENUM && type->enumeration->non_native)
    return py_none();
  int check = py_arg_bool(call, 1, FALSE);
  if (check < 0)
    return py_null();
  if (check && run_of(interp)->options->online) {
    int exists = ask_for_type(interp, type, kind);
    if (exists < 0)
      return py_null();
    if (exists == (kind == SQL_CREATE_TYPE))
      return py_none();
  }
  SqlOp *op = op_new(interp, kind);
  op->type.enumeration = type->enumeration;
  op->type.domain = type->domain;
  op->type.checkfirst = check > 0;
  return run_emit(interp, op) ? py_none() : py_null();
}

static PyValue named_create(PyInterp *interp, PyCall *call)
{
  return create_or_drop(interp, call, SQL_CREATE_TYPE);
}

static PyValue named_drop(PyInterp *interp, PyCall *call)
{
  return create_or_drop(interp, call, SQL_DROP_TYPE);
}

static PyValue named_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  const SqlType *type = py_payload(self, &type_engine_class);
  const SqlEnum *e = type ? type->enumeration : NULL;
  if (e && strcmp(name->data, "name") == 0)
    return e->name.text ? py_str(interp, e->name.text, -1) : py_none();
  if (e && strcmp(name->data, "schema") == 0)
    return e->schema.text ? py_str(interp, e->schema.text, -1) : py_none();
  if (e && strcmp(name->data, "enums") == 0) {
    PyValue list = py_list(interp, e->labels.n);
    for (guint i = 0; i < e->labels.n; i++)
      py_list_append(interp, list.list, py_str(interp, e->labels.items[i], -1));
    return list;
  }
  return refuse_getattr(interp, self, name);
}

static const PyMethod enum_methods[] = {
    {"create", named_create, "bind=None, checkfirst=False", 0},
    {"drop", named_drop, "bind=None, checkfirst=False", 0},
    {NULL, NULL, NULL, 0},
};

static const PyMethod named_methods[] = {
    {"create", named_create, "bind=None, checkfirst=True", 0},
    {"drop", named_drop, "bind=None, checkfirst=True", 0},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass enum_class = {
    .name = "Enum",
    .module = "sqlalchemy.sql.sqltypes",
    .base = &type_engine_class,
    .construct = enum_new,
    .flags = PY_TAKES_UNKNOWN,
    .params = "*enums, **kw",
    .methods = enum_methods,
    .getattr = named_getattr,
};

static const PyHostClass pg_enum_class = {
    .name = "ENUM",
    .module = "sqlalchemy.dialects.postgresql.named_types",
    .base = &enum_class,
    .construct = pg_enum_new,
    .flags = PY_TAKES_UNKNOWN,
    .params = "*enums, name=?, create_type=True, **kw",
    .methods = named_methods,
    .getattr = named_getattr,
};

static const PyHostClass domain_class = {
    .name = "DOMAIN",
    .module = "sqlalchemy.dialects.postgresql.named_types",
    .base = &type_engine_class,
    .construct = domain_new,
    .params =
        "name, data_type, *, collation=None, default=None, constraint_name=None, not_null=None, check=None, "
        "create_type=True, **kw",
    .methods = named_methods,
};

PyValue enum_type_value(PyInterp *interp, const SqlType *type)
{
  return py_host_object(interp, &enum_class, (gpointer)type);
}

PyValue named_types_lookup(PyInterp *interp, gboolean postgresql, const char *name)
{
  const PyHostClass *host = NULL;
  if (!postgresql && strcmp(name, "Enum") == 0)
    host = &enum_class;
  else if (postgresql && strcmp(name, "ENUM") == 0)
    host = &pg_enum_class;
  else if (postgresql && strcmp(name, "DOMAIN") == 0 && !run_is_old(interp))
    host = &domain_class;
  else if (!postgresql)
    return user_types_lookup(interp, name);
  return host ? py_class_value(py_host_class(interp, host)) : py_null();
}
