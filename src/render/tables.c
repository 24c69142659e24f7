/* Table(), table(), MetaData(). */
#include <glib/gi18n.h>
#include <string.h>

#include "answers.h"
#include "dml.h"
#include "schema.h"

/* ---- keywords of Table(...) ---- */

typedef struct {
  SqlTable *table;
  gboolean *if_not_exists; /* op.create_table() only */
} TableKeywords;

static gboolean take_prefixes(PyInterp *interp, PyValue value, SqlTable *table)
{
  PyList *items = py_collect(interp, value);
  for (gsize i = 0; items && i < items->len; i++) {
    if (!to_text(items->items[i])) {
      refuse(interp, _("a prefix of CREATE TABLE that is no text"));
      return FALSE;
    }
    sql_text_list_add(py_arena(interp), &table->prefixes,
                      arena_strdup(py_arena(interp), to_text(items->items[i])));
  }
  return items != NULL;
}

static gboolean take_inherits(PyInterp *interp, PyValue value, SqlTable *table)
{
  SqlName name;
  if (!to_text(value))
    return to_name_list(interp, value, &table->inherits);
  if (!to_name(interp, value, &name))
    return FALSE;
  sql_name_list_add(py_arena(interp), &table->inherits, name);
  return TRUE;
}

static gboolean take_plain_text(PyInterp *interp, const char *name, PyValue value, const char **text)
{
  *text = arena_strdup(py_arena(interp), to_text(value));
  if (*text || py_is_none(value))
    return TRUE;
  refuse(interp, "%s=%s", name, py_type_name(interp, value));
  return FALSE;
}

/* What changes nothing in what is sent. */
static gboolean is_silent(const char *name)
{
  static const char *const names[] = {"info",
                                      "keep_existing",
                                      "extend_existing",
                                      "implicit_returning",
                                      "postgresql_ignore_search_path",
                                      "_constraints_included"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean take_postgresql(PyInterp *interp, const char *name, PyValue value, SqlTable *table,
                                gboolean *known)
{
  if (strcmp(name, "postgresql_inherits") == 0)
    return take_inherits(interp, value, table);
  if (strcmp(name, "postgresql_partition_by") == 0)
    return take_plain_text(interp, name, value, &table->partition_by);
  if (strcmp(name, "postgresql_using") == 0 && !run_is_old(interp))
    return take_plain_text(interp, name, value, &table->using);
  if (strcmp(name, "postgresql_on_commit") == 0)
    return take_plain_text(interp, name, value, &table->on_commit);
  if (strcmp(name, "postgresql_tablespace") == 0)
    return to_name(interp, value, &table->tablespace);
  if (strcmp(name, "postgresql_with_oids") == 0) {
    table->with_oids = to_tri(interp, value);
    return !py_failed(interp);
  }
  *known = FALSE;
  return TRUE;
}

static gboolean take_table_option(PyInterp *interp, const char *name, PyValue value, void *data,
                                  gboolean *known)
{
  TableKeywords *keywords = data;
  SqlTable *table = keywords->table;
  *known = TRUE;
  if (!py_require_known(interp, value))
    return FALSE;
  if (is_silent(name))
    return TRUE;
  if (strcmp(name, "must_exist") == 0 && py_truth(interp, value) == 0)
    return TRUE;
  if (strcmp(name, "schema") == 0) {
    SqlName schema = {0};
    gboolean ok = to_name(interp, value, &schema);
    if (table->schema.quote != SQL_QUOTE_AUTO) /* quote_schema stood before it */
      schema.quote = table->schema.quote;
    table->schema = schema;
    return ok;
  }
  if (strcmp(name, "comment") == 0)
    return take_plain_text(interp, name, value, &table->comment);
  if (strcmp(name, "prefixes") == 0)
    return take_prefixes(interp, value, table);
  if (strcmp(name, "quote") == 0 || strcmp(name, "quote_schema") == 0) {
    SqlName *quoted = strcmp(name, "quote") == 0 ? &table->name : &table->schema;
    if (!py_is_none(value))
      quoted->quote = py_is_true(value) ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
    return TRUE;
  }
  if (strcmp(name, "if_not_exists") == 0 && keywords->if_not_exists) {
    *keywords->if_not_exists = to_tri(interp, value) == SQL_YES;
    return TRUE;
  }
  if (strcmp(name, "autoload_with") == 0 || strcmp(name, "autoload") == 0) {
    if (py_is_none(value) || (py_is(value, PY_BOOL) && !py_is_true(value)))
      return TRUE;
    needs_database(interp, _("Table(%s) is read from the database"), table->name.text);
    return FALSE;
  }
  if (strcmp(name, "listeners") == 0 || strcmp(name, "include_columns") == 0 ||
      strcmp(name, "autoload_replace") == 0 || strcmp(name, "resolve_fks") == 0) {
    refuse(interp, _("Table(%s=...)"), name);
    return FALSE;
  }
  return take_postgresql(interp, name, value, table, known);
}

/* ---- items of Table(...) ---- */

/* SQLAlchemy 1.4 let a second column of a name take the first one's place. */
static void add_column(PyInterp *interp, SqlTable *table, SqlColumn *column)
{
  for (guint i = 0; i < table->columns.n && run_is_old(interp); i++)
    if (strcmp(table->columns.items[i]->name.text, column->name.text) == 0) {
      table->columns.items[i] = column;
      return;
    }
  sql_column_list_add(py_arena(interp), &table->columns, column);
}

static gboolean has_primary_key(const SqlTable *table)
{
  for (guint i = 0; i < table->constraints.n; i++)
    if (table->constraints.items[i]->kind == SQL_CONSTRAINT_PRIMARY_KEY)
      return TRUE;
  return FALSE;
}

/* Alembic's op.create_table() is lenient: it passes over what is neither a column nor a constraint nor an index. */
static gboolean take_table_item(PyInterp *interp, PyValue item, SqlTable *table, gboolean lenient)
{
  Arena *arena = py_arena(interp);
  ColumnObject *column = py_payload(item, &column_class);
  SqlConstraint *constraint = is_foreign_key(item) ? NULL : py_payload(item, &constraint_class);
  IndexObject *index = py_payload(item, &index_class);
  if (column) {
    if (!column->column->name.text || !*column->column->name.text) {
      raise_sa(interp, "ArgumentError",
               "Column must be constructed with a non-blank name or assign a non-blank .name before adding "
               "to a Table.");
      return FALSE;
    }
    add_column(interp, table, column->column);
    if (!column->table)
      column->table = table;
  } else if (constraint && constraint->kind == SQL_CONSTRAINT_PRIMARY_KEY && has_primary_key(table)) {
    refuse(interp, _("a second PrimaryKeyConstraint in one table"));
    return FALSE;
  } else if (constraint) {
    sql_constraint_list_add(arena, &table->constraints, constraint);
  } else if (index) {
    index->table = table;
    sql_index_list_add(arena, &table->indexes, index->index);
  } else if (!lenient) {
    refuse(interp, _("%s inside a table"), py_type_name(interp, item));
    return FALSE;
  }
  return TRUE;
}

/* The columns that indexes name must be there; SQLAlchemy looks when it puts them together. */
static gboolean check_index_columns(PyInterp *interp, const SqlTable *table)
{
  for (guint i = 0; i < table->indexes.n; i++) {
    const SqlIndex *index = table->indexes.items[i];
    for (guint k = 0; k < index->expressions.n; k++) {
      const SqlExpr *x = index->expressions.items[k];
      if (x->kind != SQL_EXPR_COLUMN || x->from || sql_table_column(table, x->name.text))
        continue;
      raise_sa(interp, "ConstraintColumnNotFoundError",
               "Can't create Index on table '%s': no column named '%s' is present.", table->name.text,
               x->name.text);
      return FALSE;
    }
  }
  return TRUE;
}

PyValue table_value(PyInterp *interp, SqlTable *table, PyValue metadata)
{
  TableObject *object = arena_new0(py_arena(interp), TableObject);
  object->table = table;
  object->metadata = metadata;
  return py_host_object(interp, &table_class, object);
}

char *table_key(Arena *arena, const SqlTable *table)
{
  return table->schema.text ? arena_printf(arena, "%s.%s", table->schema.text, table->name.text)
                            : arena_strdup(arena, table->name.text);
}

/* The type of what column refers to through fk, when the table is known and the type is, too. */
static const SqlType *referred_type(const PyDict *tables, const SqlConstraint *fk, guint at)
{
  if (at >= fk->referred_columns.n)
    return NULL;
  g_autofree char *key = fk->referred_schema.text
                             ? g_strdup_printf("%s.%s", fk->referred_schema.text, fk->referred_table.text)
                             : g_strdup(fk->referred_table.text);
  TableObject *object = py_payload(py_dict_get_text(tables, key), &table_class);
  const SqlColumn *column =
      object ? sql_table_column(object->table, fk->referred_columns.items[at].text) : NULL;
  return column && column->type->kind != SQL_TYPE_NULL ? column->type : NULL;
}

/* By its own ForeignKey() first, then by the table's constraints. */
static const SqlType *type_by_reference(const PyDict *tables, const SqlTable *table, const SqlColumn *column)
{
  const SqlType *type = NULL;
  for (guint i = 0; i < column->constraints.n && !type; i++)
    if (column->constraints.items[i]->kind == SQL_CONSTRAINT_FOREIGN_KEY)
      type = referred_type(tables, column->constraints.items[i], 0);
  for (guint i = 0; i < table->constraints.n; i++) {
    const SqlConstraint *fk = table->constraints.items[i];
    for (guint k = 0; k < fk->columns.n && !type && fk->kind == SQL_CONSTRAINT_FOREIGN_KEY; k++)
      if (strcmp(fk->columns.items[k].text, column->name.text) == 0)
        type = referred_type(tables, fk, k);
  }
  return type;
}

static gboolean type_columns(const PyDict *tables, SqlTable *table)
{
  gboolean changed = FALSE;
  for (guint i = 0; i < table->columns.n; i++) {
    SqlColumn *column = table->columns.items[i];
    const SqlType *type =
        column->type->kind == SQL_TYPE_NULL ? type_by_reference(tables, table, column) : NULL;
    if (!type)
      continue;
    column->type = type;
    changed = TRUE;
  }
  return changed;
}

/* A column without a type takes that of the column its foreign key refers to, once both are there; what refers to it
 * may take it on. */
static void type_references(const PyDict *tables)
{
  PyValue key, value;
  gboolean changed = TRUE;
  while (changed) {
    changed = FALSE;
    for (gsize at = 0; py_dict_next(tables, &at, &key, &value);)
      changed = type_columns(tables, ((TableObject *)py_payload(value, &table_class))->table) || changed;
  }
}

/* Whether the type of a column of it may come from a table that is not known. */
static gboolean has_untyped_reference(const SqlTable *table)
{
  gboolean untyped = FALSE, refers = FALSE;
  for (guint i = 0; i < table->columns.n; i++) {
    untyped = untyped || table->columns.items[i]->type->kind == SQL_TYPE_NULL;
    refers = refers || table->columns.items[i]->constraints.n > 0;
  }
  return untyped && (refers || table->constraints.n > 0);
}

static gboolean is_true_keyword(PyInterp *interp, PyValue kw, const char *name)
{
  PyValue value = py_dict_get_text(kw.dict, name);
  return !py_is_null(value) && py_require_known(interp, value) && py_truth(interp, value) == 1;
}

SqlTable *table_build(PyInterp *interp, SqlName name, PyValue items, PyValue kw, gboolean *if_not_exists)
{
  SqlTable *table = arena_new0(py_arena(interp), SqlTable);
  TableKeywords keywords = {table, if_not_exists};
  PyValue *list;
  gsize n;
  table->name = name;
  if (is_true_keyword(interp, kw, "keep_existing") && is_true_keyword(interp, kw, "extend_existing")) {
    raise_sa(interp, "ArgumentError", "keep_existing and extend_existing are mutually exclusive.");
    return NULL;
  }
  if (is_true_keyword(interp, kw, "must_exist")) {
    refuse(interp, _("Table(must_exist=True)"));
    return NULL;
  }
  if (py_failed(interp) || !take_dialect_options(interp, kw, "Table", take_table_option, &keywords))
    return NULL;
  py_sequence(items, &list, &n);
  for (gsize i = 0; i < n; i++)
    if (!py_require_known(interp, list[i]) || !take_table_item(interp, list[i], table, if_not_exists != NULL))
      return NULL;
  PyDict *alone = py_dict(interp).dict;
  py_dict_set_text(interp, alone, table_key(py_arena(interp), table), table_value(interp, table, py_none()));
  type_references(alone);
  return check_index_columns(interp, table) ? table : NULL;
}

/* A Table of which something is not known does no harm before it is needed; but its MetaData is not whole any more. */
static PyValue unknown_table(PyCall *call, const PyReason *reason)
{
  MetaDataObject *metadata = py_payload(call->values[1], &metadata_class);
  if (metadata && !metadata->missing)
    metadata->missing = reason;
  return py_unknown_because(reason);
}

/* Table(name, metadata, *args, **kw) */
static PyValue table_new(PyInterp *interp, PyCall *call)
{
  SqlName name;
  MetaDataObject *metadata = py_payload(call->values[1], &metadata_class);
  for (guint i = 0; i < call->n_values; i++) {
    const PyReason *reason = py_find_unknown(call->values[i]);
    if (reason)
      return unknown_table(call, reason);
  }
  if (!arg_name(call, 0, &name))
    return py_null();
  if (!metadata || !name.text)
    return refuse(interp, _("Table() without a name or MetaData"));
  SqlTable *table = table_build(interp, name, call->values[2], call->values[3], NULL);
  if (!table)
    return py_null();
  if (!table->schema.text && py_is_null(py_dict_get_text(call->values[3].dict, "schema")))
    table->schema = metadata->schema;
  table->naming = metadata->naming;
  const char *key = table_key(py_arena(interp), table);
  if (!py_is_null(py_dict_get_text(metadata->tables, key))) {
    if (table->columns.n == 0 && table->constraints.n == 0)
      return py_dict_get_text(metadata->tables, key);
    return refuse(interp, _("Table(%s) a second time in one MetaData"), key);
  }
  if (metadata->missing && has_untyped_reference(table))
    return py_unknown_because(metadata->missing);
  PyValue value = table_value(interp, table, call->values[1]);
  py_dict_set_text(interp, metadata->tables, key, value);
  type_references(metadata->tables);
  return value;
}

/* table(name, *columns, schema=None) */
static PyValue fn_table(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  SqlTable *table = arena_new0(arena, SqlTable);
  PyValue *items;
  gsize n;
  table->light = TRUE;
  if (!arg_name(call, 0, &table->name) || !arg_name(call, 2, &table->schema))
    return py_null();
  py_sequence(call->values[1], &items, &n);
  for (gsize i = 0; i < n; i++) {
    ColumnObject *full = py_payload(items[i], &column_class);
    SqlExpr *light = full ? NULL : as_expr(interp, items[i]);
    SqlColumn *column = full ? full->column : arena_new0(arena, SqlColumn);
    if (!full && (!light || light->kind != SQL_EXPR_COLUMN))
      return py_failed(interp) ? py_null()
                               : refuse(interp, _("table(..., %s)"), py_type_name(interp, items[i]));
    if (light) {
      column->name = light->name;
      column->type = light->type ? light->type : sql_type(SQL_TYPE_NULL);
    }
    sql_column_list_add(arena, &table->columns, column);
    if (full && !full->table)
      full->table = table;
  }
  return table_value(interp, table, py_none());
}

/* ---- CREATE and DROP ---- */

static PyValue emit_table(PyInterp *interp, const TableObject *object, SqlOpKind kind)
{
  SqlTable *table = object->table;
  SqlOp *op = op_new(interp, kind);
  if (kind == SQL_CREATE_TABLE && !table_check_references(interp, object))
    return py_null();
  if (kind == SQL_CREATE_TABLE) {
    op->create_table.table = table;
    op->create_table.direct = TRUE;
  } else {
    op->drop_table.name = table->name;
    op->drop_table.schema = table->schema;
    op->drop_table.drop_types_of = table;
    op->drop_table.direct = TRUE;
  }
  return run_emit(interp, op) ? py_none() : py_null();
}

gboolean table_has_companions(const SqlTable *table)
{
  for (guint i = 0; i < table->columns.n; i++) {
    const SqlType *type = sql_type_innermost(table->columns.items[i]->type);
    gboolean named = type && ((type->kind == SQL_TYPE_ENUM && !type->enumeration->non_native) ||
                              type->kind == SQL_TYPE_DOMAIN);
    if (named || table->columns.items[i]->sequence)
      return TRUE;
  }
  return FALSE;
}

int table_exists(PyInterp *interp, const SqlTable *table)
{
  const char *what =
      arena_printf(py_arena(interp), _("whether the table %s exists decides what is done"), table->name.text);
  if (answers_available(interp) && !table_has_companions(table))
    return catalog_has_table(interp, table->name, table->schema, what);
  needs_database(interp, "%s", what);
  return -1;
}

static PyValue table_create_drop(PyInterp *interp, PyCall *call, SqlOpKind kind)
{
  TableObject *object = py_payload(call->self, &table_class);
  if (!is_bind(call->values[0]) || object->table->light)
    return refuse(interp, _("%s() without a connection"), call->function);
  if (py_is_true(call->values[1]) && run_of(interp)->options->online) {
    int exists = table_exists(interp, object->table);
    if (exists < 0 || exists == (kind == SQL_CREATE_TABLE))
      return exists < 0 ? py_null() : py_none();
  }
  return emit_table(interp, object, kind);
}

static PyValue table_create(PyInterp *interp, PyCall *call)
{
  return table_create_drop(interp, call, SQL_CREATE_TABLE);
}

static PyValue table_drop(PyInterp *interp, PyCall *call)
{
  return table_create_drop(interp, call, SQL_DROP_TABLE);
}

static PyValue table_append(PyInterp *interp, PyCall *call)
{
  TableObject *object = py_payload(call->self, &table_class);
  return take_table_item(interp, call->values[0], object->table, FALSE) ? py_none() : py_null();
}

/* The methods of every FROM stand in the list from_methods; these are a table's own. */
static const PyMethod table_methods[] = {
    {"create", table_create, "bind, checkfirst=False", 0},
    {"drop", table_drop, "bind, checkfirst=False", 0},
    {"append_constraint", table_append, "constraint", 0},
    {NULL, NULL, NULL, 0},
};

static PyValue table_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  TableObject *object = py_payload(self, &table_class);
  const SqlTable *table = object->table;
  const char *n = name->data;
  if (strcmp(n, "name") == 0)
    return py_str(interp, table->name.text, -1);
  if (strcmp(n, "schema") == 0)
    return table->schema.text ? py_str(interp, table->schema.text, -1) : py_none();
  if (strcmp(n, "metadata") == 0 && !py_is_none(object->metadata))
    return object->metadata;
  if (strcmp(n, "key") == 0 || strcmp(n, "fullname") == 0)
    return py_str(interp, table_key(py_arena(interp), table), -1);
  return from_class.getattr(interp, self, name);
}

static PyValue table_text(PyInterp *interp, PyValue self)
{
  TableObject *object = py_payload(self, &table_class);
  return py_str(interp, table_key(py_arena(interp), object->table), -1);
}

static PyValue table_format(PyInterp *interp, PyValue self, const char *spec)
{
  return py_format(interp, table_text(interp, self), spec);
}

const PyHostClass table_class = {
    .name = "Table",
    .module = "sqlalchemy.sql.schema",
    .base = &from_class,
    .construct = table_new,
    .params = "name, metadata, *args, **kw",
    .flags = PY_TAKES_UNKNOWN,
    .methods = table_methods,
    .getattr = table_getattr,
    .str = table_text,
    .format = table_format,
};

const PyHostClass *const table_classes[] = {&table_class, &metadata_class, NULL};

const PyMethod table_functions[] = {
    {"table", fn_table, "name, *columns, schema=None", PY_PURE},
    {NULL, NULL, NULL, 0},
};
