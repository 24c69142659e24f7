/* Column() and what is written inside: defaults, identity, computed, sequences. */
#include <glib/gi18n.h>
#include <string.h>

#include "schema.h"

/* ---- server defaults ---- */

typedef struct {
  SqlDefault def;
} DefaultObject;

static PyValue default_object(PyInterp *interp, const PyHostClass *host, SqlDefault def)
{
  DefaultObject *object = arena_new0(py_arena(interp), DefaultObject);
  object->def = def;
  return py_host_object(interp, host, object);
}

static PyValue default_clause_new(PyInterp *interp, PyCall *call);

static const PyHostClass fetched_class;

static PyValue fetched_new(PyInterp *interp, PyCall *call)
{
  (void)call;
  return default_object(interp, &fetched_class, (SqlDefault){.kind = SQL_DEFAULT_FETCHED});
}

static const PyHostClass fetched_class = {
    .name = "FetchedValue",
    .module = "sqlalchemy.sql.schema",
    .construct = fetched_new,
    .params = "for_update=False",
    REFUSE_REST,
};

static const PyHostClass default_clause_class = {
    .name = "DefaultClause",
    .module = "sqlalchemy.sql.schema",
    .base = &fetched_class,
    .construct = default_clause_new,
    .flags = PY_PURE,
    .params = "arg, for_update=False, _reflected=False",
};

static PyValue default_clause_new(PyInterp *interp, PyCall *call)
{
  SqlDefault def;
  if (!to_default(interp, call->values[0], &def))
    return py_null();
  return default_object(interp, &default_clause_class, def);
}

/* Identity(always=False, on_null=None, start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, cache,
 * order) and Sequence share their options. */
static gboolean to_options(PyInterp *interp, const PyValue *args, SqlSequenceOptions *options)
{
  if (!to_int(interp, args[0], "start", &options->start) ||
      !to_int(interp, args[1], "increment", &options->increment) ||
      !to_int(interp, args[2], "minvalue", &options->min_value) ||
      !to_int(interp, args[3], "maxvalue", &options->max_value))
    return FALSE;
  options->no_min_value = to_tri(interp, args[4]) == SQL_YES;
  options->no_max_value = to_tri(interp, args[5]) == SQL_YES;
  options->cycle = to_tri(interp, args[6]);
  options->order = to_tri(interp, args[8]) == SQL_YES;
  return to_int(interp, args[7], "cache", &options->cache);
}

#define OPTION_PARAMS                                                                                        \
  "start=None, increment=None, minvalue=None, maxvalue=None, nominvalue=None, nomaxvalue=None, cycle=None, " \
  "cache=None, order=None"

static const PyHostClass identity_class;

static PyValue identity_new(PyInterp *interp, PyCall *call)
{
  SqlIdentity *identity = arena_new0(py_arena(interp), SqlIdentity);
  identity->always = arg_tri(call, 0) == SQL_YES;
  identity->on_null = arg_tri(call, 1);
  if (!to_options(interp, call->values + 2, &identity->options))
    return py_null();
  return default_object(interp, &identity_class,
                        (SqlDefault){.kind = SQL_DEFAULT_IDENTITY, .identity = identity});
}

static const PyHostClass identity_class = {
    .name = "Identity",
    .module = "sqlalchemy.sql.schema",
    .base = &fetched_class,
    .construct = identity_new,
    .flags = PY_PURE,
    .params = "always=False, on_null=None, " OPTION_PARAMS,
};

static const PyHostClass computed_class;

static PyValue computed_new(PyInterp *interp, PyCall *call)
{
  SqlComputed *computed = arena_new0(py_arena(interp), SqlComputed);
  computed->expression = to_sql_text(interp, call->values[0]);
  computed->persisted = arg_tri(call, 1);
  if (!computed->expression)
    return py_null();
  return default_object(interp, &computed_class,
                        (SqlDefault){.kind = SQL_DEFAULT_COMPUTED, .computed = computed});
}

static const PyHostClass computed_class = {
    .name = "Computed",
    .module = "sqlalchemy.sql.schema",
    .base = &fetched_class,
    .construct = computed_new,
    .flags = PY_PURE,
    .params = "sqltext, persisted=None",
};

gboolean to_default(PyInterp *interp, PyValue v, SqlDefault *def)
{
  Arena *arena = py_arena(interp);
  *def = (SqlDefault){0};
  if (!py_require_known(interp, v))
    return FALSE;
  DefaultObject *object = py_payload(v, &fetched_class);
  if (object) {
    *def = object->def;
    return TRUE;
  }
  if (to_text(v)) {
    if (!check_text(interp, v))
      return FALSE;
    *def = (SqlDefault){.kind = SQL_DEFAULT_STRING, .text = arena_strdup(arena, to_text(v))};
    return TRUE;
  }
  SqlExpr *expr = as_expr(interp, v);
  if (expr) {
    *def = (SqlDefault){.kind = SQL_DEFAULT_EXPRESSION, .expression = expr};
    return TRUE;
  }
  if (py_failed(interp))
    return FALSE;
  if (py_host_of(v) || py_is(v, PY_INSTANCE) || py_is(v, PY_CLASS)) {
    refuse(interp, _("server_default=%s"), py_type_name(interp, v));
    return FALSE;
  }
  raise_sa(interp, "ArgumentError",
           "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class "
           "'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', got "
           "'<class "
           "'%s'>'",
           py_type_name(interp, v));
  return FALSE;
}

/* ---- sequences ---- */

/* Sequence(name, start .. order as above, schema, data_type, optional, quote, metadata, quote_schema, for_update) */
static PyValue sequence_new(PyInterp *interp, PyCall *call)
{
  SqlSequence *sequence = arena_new0(py_arena(interp), SqlSequence);
  /* start, increment, minvalue, maxvalue, nominvalue, nomaxvalue, cycle, schema, cache, order */
  const PyValue *a = call->values;
  PyValue options[] = {a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[9], a[10]};
  if (!arg_name(call, 0, &sequence->name) || !arg_name(call, 8, &sequence->schema) ||
      !to_options(interp, options, &sequence->options) || !to_type(interp, a[11], &sequence->data_type))
    return py_null();
  MetaDataObject *metadata = py_payload(a[14], &metadata_class);
  if (metadata && !sequence->schema.text)
    sequence->schema = metadata->schema;
  if (metadata)
    sql_sequence_list_add(py_arena(interp), &metadata->sequences, sequence);
  sequence->optional = to_tri(interp, a[12]) == SQL_YES;
  if (py_arg_given(call, 13))
    sequence->name.quote = py_is_true(a[13]) ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
  if (py_arg_given(call, 15))
    sequence->schema.quote = py_is_true(a[15]) ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
  return py_host_new(interp, call->cls, sequence);
}

static PyValue sequence_emit(PyInterp *interp, PyCall *call, SqlOpKind kind)
{
  SqlSequence *sequence = py_payload(call->self, &sequence_class);
  if (!is_bind(call->values[0]))
    return refuse(interp, _("%s() without a connection"), call->function);
  if (py_is_true(call->values[1]) && run_of(interp)->options->online)
    return needs_database(interp, _("whether the sequence %s exists decides what is done"),
                          sequence->name.text);
  if (sequence->optional) /* PostgreSQL can do without */
    return py_none();
  SqlOp *op = op_new(interp, kind);
  op->sequence.sequence = sequence;
  return run_emit(interp, op) ? py_none() : py_null();
}

static PyValue sequence_create(PyInterp *interp, PyCall *call)
{
  return sequence_emit(interp, call, SQL_CREATE_SEQUENCE);
}

static PyValue sequence_drop(PyInterp *interp, PyCall *call)
{
  return sequence_emit(interp, call, SQL_DROP_SEQUENCE);
}

static PyValue sequence_next(PyInterp *interp, PyCall *call)
{
  return expr_value(interp, sql_nextval(py_arena(interp), py_payload(call->self, &sequence_class)));
}

static const PyMethod sequence_methods[] = {
    {"create", sequence_create, "bind, checkfirst=True", 0},
    {"drop", sequence_drop, "bind, checkfirst=True", 0},
    {"next_value", sequence_next, "", 0},
    {NULL, NULL, NULL, 0},
};

static PyValue sequence_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  SqlSequence *sequence = py_payload(self, &sequence_class);
  if (strcmp(name->data, "name") == 0)
    return py_str(interp, sequence->name.text, -1);
  return refuse_getattr(interp, self, name);
}

const PyHostClass sequence_class = {
    .name = "Sequence",
    .module = "sqlalchemy.sql.schema",
    .construct = sequence_new,
    .params =
        "name, start=None, increment=None, minvalue=None, maxvalue=None, nominvalue=None, nomaxvalue=None, "
        "cycle=None, schema=None, cache=None, order=None, data_type=None, optional=False, quote=None, "
        "metadata=None, quote_schema=None, for_update=False",
    .methods = sequence_methods,
    .getattr = sequence_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
};

/* ---- Column ---- */

enum {
  ARG_ITEMS, /* *args: name, type and SchemaItems */
  ARG_NAME,
  ARG_TYPE,
  ARG_AUTOINCREMENT,
  ARG_DEFAULT,
  ARG_INSERT_DEFAULT,
  ARG_DOC,
  ARG_KEY,
  ARG_INDEX,
  ARG_UNIQUE,
  ARG_INFO,
  ARG_NULLABLE,
  ARG_ONUPDATE,
  ARG_PRIMARY_KEY,
  ARG_SERVER_DEFAULT,
  ARG_SERVER_ONUPDATE,
  ARG_QUOTE,
  ARG_SYSTEM,
  ARG_COMMENT,
  ARG_INSERT_SENTINEL,
  ARG_PROXIES,
  ARG_DIALECT,
};
#define COLUMN_PARAMS                                                                                       \
  "*args, name=None, type_=None, autoincrement='auto', default=?, insert_default=?, doc=None, key=None, "   \
  "index=None, unique=None, info=None, nullable=?, onupdate=None, primary_key=False, server_default=None, " \
  "server_onupdate=None, quote=None, system=False, comment=None, insert_sentinel=False, _proxies=None, "    \
  "**dialect_kwargs"

static gboolean is_generated(const SqlColumn *column)
{
  return column->server_default.kind == SQL_DEFAULT_COMPUTED ||
         column->server_default.kind == SQL_DEFAULT_IDENTITY;
}

/* What Column() says when both stand in it. */
static PyValue generated_twice(PyInterp *interp, const SqlColumn *column)
{
  return raise_sa(
      interp, "ArgumentError", "%s",
      column->server_default.kind == SQL_DEFAULT_COMPUTED
          ? "A generated column cannot specify a server_default or a server_onupdate argument"
          : "A column with an Identity object cannot specify a server_default or a server_onupdate "
            "argument");
}

static gboolean take_item(PyInterp *interp, PyValue item, SqlColumn *column)
{
  SqlConstraint *constraint = py_payload(item, &constraint_class);
  if (constraint && constraint->kind != SQL_CONSTRAINT_CHECK && !is_foreign_key(item))
    constraint = NULL;
  DefaultObject *def = py_payload(item, &fetched_class);
  SqlSequence *sequence = py_payload(item, &sequence_class);
  if (constraint && constraint->name.final && constraint->expression &&
      constraint->expression->kind != SQL_EXPR_TEXT) {
    refuse(interp, _("a named CheckConstraint of an expression inside Column()"));
    return FALSE;
  }
  if (constraint)
    sql_constraint_list_add(py_arena(interp), &column->constraints, constraint);
  else if (def)
    column->server_default = def->def;
  else if (sequence)
    column->sequence = sequence;
  else
    refuse(interp, _("%s inside Column()"), py_type_name(interp, item));
  return constraint || def || sequence;
}

/* The name and the type may stand in front, in this order. */
static gboolean take_items(PyInterp *interp, PyCall *call, SqlColumn *column)
{
  PyValue *items;
  gsize n, i = 0;
  py_sequence(call->values[ARG_ITEMS], &items, &n);
  if (!arg_name(call, ARG_NAME, &column->name) || !to_type(interp, call->values[ARG_TYPE], &column->type))
    return FALSE;
  if (i < n && (to_text(items[i]) || py_is_none(items[i]))) {
    if (column->name.text && to_text(items[i])) {
      raise_sa(interp, "ArgumentError", "May not pass name positionally and as a keyword.");
      return FALSE;
    }
    if (to_text(items[i]) && !to_name(interp, items[i], &column->name))
      return FALSE;
    i++;
  }
  if (i < n && (is_type(items[i]) || py_is_none(items[i]))) {
    if (column->type && !py_is_none(items[i])) {
      raise_sa(interp, "ArgumentError", "May not pass type_ positionally and as a keyword.");
      return FALSE;
    }
    if (!py_is_none(items[i]) && !to_type(interp, items[i], &column->type))
      return FALSE;
    i++;
  }
  for (; i < n; i++)
    if (!take_item(interp, items[i], column))
      return FALSE;
  return TRUE;
}

/* default= and onupdate=: what INSERT and UPDATE would say for a value or an expression. */
static gboolean python_default(PyInterp *interp, PyValue v, gboolean *has, const SqlExpr **value)
{
  if (py_is_null(v) || py_is_none(v))
    return TRUE;
  *has = TRUE;
  if (py_is_unknown(v) || py_callable(interp, v))
    return TRUE;
  SqlExpr *expr = as_expr(interp, v);
  /* literal(5) is an expression, not the value 5 that Python would bind. */
  if (expr && expr->kind == SQL_EXPR_BIND)
    expr = sql_type_coerce(py_arena(interp), expr, expr->type);
  *value = expr;
  if (!*value && !py_failed(interp) && !py_host_of(v)) {
    const SqlValue *plain = to_sql_value(interp, v);
    *value = plain ? sql_bind_value(py_arena(interp), plain, NULL) : NULL;
  }
  return !py_failed(interp);
}

static gboolean take_default(PyInterp *interp, PyCall *call, SqlColumn *column)
{
  PyValue v = call->values[arg_passed(call, ARG_INSERT_DEFAULT) ? ARG_INSERT_DEFAULT : ARG_DEFAULT];
  SqlSequence *sequence = py_payload(v, &sequence_class);
  if (sequence) {
    column->sequence = sequence;
    return TRUE;
  }
  return python_default(interp, v, &column->has_python_default, &column->default_value) &&
         python_default(interp, call->values[ARG_ONUPDATE], &column->has_python_onupdate,
                        &column->onupdate_value);
}

static gboolean take_autoincrement(PyInterp *interp, PyValue v, SqlColumn *column)
{
  const char *text = to_text(v);
  if (text && strcmp(text, "ignore_fk") == 0)
    column->autoincrement = SQL_AUTOINCREMENT_IGNORE_FK;
  else if (text && strcmp(text, "auto") == 0)
    column->autoincrement = SQL_AUTOINCREMENT_AUTO;
  else if (py_is_true(v))
    column->autoincrement = SQL_AUTOINCREMENT_ON;
  else if (py_is(v, PY_BOOL) || py_is_none(v))
    column->autoincrement = SQL_AUTOINCREMENT_OFF;
  else
    refuse(interp, _("Column(autoincrement=%s)"), text ? text : py_type_name(interp, v));
  return !py_failed(interp);
}

/* No option of PostgreSQL's has to do with columns. */
static gboolean take_column_option(PyInterp *interp, const char *name, PyValue value, void *data,
                                   gboolean *known)
{
  (void)interp;
  (void)name;
  (void)value;
  (void)data;
  *known = FALSE;
  return TRUE;
}

/* The first argument that has to be known and is not. */
static const PyReason *missing_argument(PyCall *call)
{
  const PyReason *reason = NULL;
  for (guint i = 0; i < call->n_values && !reason; i++) {
    /* What only Python ever runs or reads may be unknown. */
    if (i == ARG_DEFAULT || i == ARG_INSERT_DEFAULT || i == ARG_ONUPDATE || i == ARG_DOC || i == ARG_INFO)
      continue;
    reason = py_find_unknown(call->values[i]);
  }
  return reason;
}

/* An Enum that knows only its MetaData takes the schema of that once it is a column's. */
static const SqlType *in_metadata_schema(Arena *arena, const SqlType *type)
{
  if (type->kind == SQL_TYPE_ARRAY && type->item) {
    SqlType *array = arena_new0(arena, SqlType);
    *array = *type;
    array->item = in_metadata_schema(arena, type->item);
    return array->item == type->item ? type : array;
  }
  const SqlEnum *e = type->kind == SQL_TYPE_ENUM ? type->enumeration : NULL;
  if (!e || e->schema.text || e->inherit_schema || !e->metadata_schema.text)
    return type;
  SqlType *copy = arena_new0(arena, SqlType);
  *copy = *type;
  copy->enumeration = arena_new0(arena, SqlEnum);
  *copy->enumeration = *e;
  copy->enumeration->schema = e->metadata_schema;
  return copy;
}

static PyValue column_new(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  ColumnObject *object = arena_new0(arena, ColumnObject);
  SqlColumn *column = object->column = arena_new0(arena, SqlColumn);
  gboolean ok = TRUE;
  const PyReason *missing = missing_argument(call);
  if (missing)
    return py_unknown_because(missing);
  if (!take_items(interp, call, column) ||
      !take_dialect_options(interp, call->values[ARG_DIALECT], "Column", take_column_option, NULL) ||
      !take_default(interp, call, column) ||
      !take_autoincrement(interp, call->values[ARG_AUTOINCREMENT], column))
    return py_null();
  column->key = arena_strdup(arena, py_arg_text_opt(call, ARG_KEY, &ok));
  if (ok)
    column->comment = arena_strdup(arena, py_arg_text_opt(call, ARG_COMMENT, &ok));
  if (!ok)
    return py_null();
  column->type = column->type ? in_metadata_schema(arena, column->type) : sql_type(SQL_TYPE_NULL);
  column->nullable = arg_tri(call, ARG_NULLABLE);
  if (arg_passed(call, ARG_NULLABLE) && py_is_none(call->values[ARG_NULLABLE]))
    column->nullable = SQL_NO;
  column->primary_key = arg_tri(call, ARG_PRIMARY_KEY) == SQL_YES;
  column->index = arg_tri(call, ARG_INDEX) == SQL_YES;
  column->unique = arg_tri(call, ARG_UNIQUE) == SQL_YES;
  column->system = arg_tri(call, ARG_SYSTEM) == SQL_YES;
  if (py_arg_given(call, ARG_QUOTE))
    column->name.quote = py_is_true(call->values[ARG_QUOTE]) ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
  gboolean given = py_arg_given(call, ARG_SERVER_DEFAULT);
  if (given && is_generated(column))
    return generated_twice(interp, column);
  if (given && !to_default(interp, call->values[ARG_SERVER_DEFAULT], &column->server_default))
    return py_null();
  if (is_generated(column) && py_arg_given(call, ARG_SERVER_ONUPDATE))
    return generated_twice(interp, column);
  if (column->server_default.kind == SQL_DEFAULT_IDENTITY && column->autoincrement == SQL_AUTOINCREMENT_OFF)
    return raise_sa(interp, "ArgumentError",
                    "A column with an Identity object cannot specify autoincrement=False");
  if (column->server_default.kind == SQL_DEFAULT_IDENTITY && column->sequence)
    return raise_sa(interp, "ArgumentError", "An column cannot specify both Identity and Sequence.");
  return py_failed(interp) ? py_null() : py_host_new(interp, call->cls, object);
}

SqlExpr *column_expr(PyInterp *interp, ColumnObject *object)
{
  Arena *arena = py_arena(interp);
  const SqlColumn *column = object->column;
  if (object->table)
    return sql_from_column(arena, sql_table_from(arena, object->table),
                           column->key ? column->key : column->name.text);
  return sql_column(arena, column->name, column->type, NULL);
}

/* column.copy() of SQLAlchemy 1.4; 2.0 has it with an underscore. */
static PyValue column_copy(PyInterp *interp, PyCall *call)
{
  ColumnObject *old = py_payload(call->self, &column_class),
               *object = arena_new0(py_arena(interp), ColumnObject);
  object->column = arena_new0(py_arena(interp), SqlColumn);
  *object->column = *old->column;
  return py_host_object(interp, &column_class, object);
}

static PyValue column_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  ColumnObject *object = py_payload(self, &column_class);
  const SqlColumn *column = object->column;
  const char *n = name->data;
  if (strcmp(n, "name") == 0)
    return column->name.text ? py_str(interp, column->name.text, -1) : py_none();
  if (strcmp(n, "key") == 0)
    return py_str(interp, column->key ? column->key : column->name.text, -1);
  if (strcmp(n, "type") == 0)
    return type_value(interp, column->type);
  if (strcmp(n, "comment") == 0)
    return column->comment ? py_str(interp, column->comment, -1) : py_none();
  if (strcmp(n, "primary_key") == 0)
    return py_bool(column->primary_key);
  if (strcmp(n, "nullable") == 0)
    return py_bool(column->nullable == SQL_UNSAID ? !column->primary_key : column->nullable == SQL_YES);
  return column_element_class.getattr(interp, self, name);
}

/* Python may still change a Column before it is used. */
static gboolean column_setattr(PyInterp *interp, PyValue self, PyStr *name, PyValue value)
{
  ColumnObject *object = py_payload(self, &column_class);
  if (object->table == NULL && strcmp(name->data, "nullable") == 0 && py_is(value, PY_BOOL)) {
    object->column->nullable = to_tri(interp, value);
    return TRUE;
  }
  return refuse_setattr(interp, self, name, value);
}

static const PyMethod column_methods[] = {
    {"copy", column_copy, "", 0},
    {"_copy", column_copy, "", 0},
    {NULL, NULL, NULL, 0},
};

const PyHostClass column_class = {
    .name = "Column",
    .module = "sqlalchemy.sql.schema",
    .base = &column_element_class,
    .construct = column_new,
    .params = COLUMN_PARAMS,
    .flags = PY_TAKES_UNKNOWN,
    .methods = column_methods,
    .getattr = column_getattr,
    .setattr = column_setattr,
};

const PyHostClass *const column_classes[] = {
    &column_class, &sequence_class, &identity_class, &computed_class, &default_clause_class, &fetched_class,
    NULL,
};
