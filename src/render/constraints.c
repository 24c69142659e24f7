/* Constraints and indexes. */
#include <glib/gi18n.h>
#include <string.h>

#include "schema.h"

/* ---- keywords for PostgreSQL ---- */

/* nulls_not_distinct=False says NULLS DISTINCT; None says nothing. */
gboolean take_constraint_option(PyInterp *interp, const char *name, PyValue value, void *data,
                                gboolean *known)
{
  SqlConstraint *constraint = data;
  gboolean unique = constraint->kind == SQL_CONSTRAINT_UNIQUE,
           pk = constraint->kind == SQL_CONSTRAINT_PRIMARY_KEY;
  *known = TRUE;
  unique = unique && !run_is_old(interp);
  pk = pk && !run_is_old(interp);
  if (strcmp(name, "postgresql_include") == 0 && (unique || pk))
    return to_name_list(interp, value, &constraint->include);
  if (strcmp(name, "postgresql_nulls_not_distinct") == 0 && unique) {
    constraint->nulls_not_distinct = to_tri(interp, value);
    return !py_failed(interp);
  }
  if (strcmp(name, "postgresql_not_valid") == 0 &&
      (constraint->kind == SQL_CONSTRAINT_CHECK || constraint->kind == SQL_CONSTRAINT_FOREIGN_KEY)) {
    constraint->not_valid = to_tri(interp, value) == SQL_YES;
    return !py_failed(interp);
  }
  *known = FALSE;
  return TRUE;
}

static const char *class_name(SqlConstraintKind kind)
{
  switch (kind) {
  case SQL_CONSTRAINT_PRIMARY_KEY: return "PrimaryKeyConstraint";
  case SQL_CONSTRAINT_UNIQUE: return "UniqueConstraint";
  case SQL_CONSTRAINT_CHECK: return "CheckConstraint";
  case SQL_CONSTRAINT_FOREIGN_KEY: return "ForeignKeyConstraint";
  case SQL_CONSTRAINT_EXCLUDE: return "ExcludeConstraint";
  }
  return "Constraint";
}

static SqlConstraint *constraint_new(PyInterp *interp, SqlConstraintKind kind)
{
  SqlConstraint *constraint = arena_new0(py_arena(interp), SqlConstraint);
  constraint->kind = kind;
  return constraint;
}

static gboolean copy_text(PyCall *call, guint i, const char **text)
{
  gboolean ok = TRUE;
  *text = arena_strdup(py_arena(call->interp), py_arg_text_opt(call, i, &ok));
  return ok;
}

/* SQLAlchemy 1.4 knows no comment=. */
static gboolean check_comment(PyInterp *interp, PyCall *call, guint i)
{
  if (!run_is_old(interp) || !py_arg_given(call, i))
    return TRUE;
  py_raise(interp, "TypeError",
           "Additional arguments should be named <dialectname>_<argument>, got 'comment'");
  return FALSE;
}

/* ---- UniqueConstraint, PrimaryKeyConstraint: *columns, name, deferrable, initially, info, comment, **dialect_kw ---- */

static PyValue key_new(PyInterp *interp, PyCall *call, SqlConstraintKind kind)
{
  SqlConstraint *constraint = constraint_new(interp, kind);
  if (!to_name_list(interp, call->values[0], &constraint->columns) || !arg_name(call, 1, &constraint->name) ||
      !copy_text(call, 3, &constraint->initially) || !check_comment(interp, call, 5))
    return py_null();
  constraint->deferrable = arg_tri(call, 2);
  if (!take_dialect_options(interp, call->values[6], class_name(kind), take_constraint_option, constraint))
    return py_null();
  return py_host_new(interp, call->cls, constraint);
}

static PyValue unique_new(PyInterp *interp, PyCall *call)
{
  return key_new(interp, call, SQL_CONSTRAINT_UNIQUE);
}

static PyValue primary_key_new(PyInterp *interp, PyCall *call)
{
  return key_new(interp, call, SQL_CONSTRAINT_PRIMARY_KEY);
}

/* ---- CheckConstraint(sqltext, name, deferrable, initially, table, info, **dialect_kw) ---- */

static PyValue check_new(PyInterp *interp, PyCall *call)
{
  SqlConstraint *constraint = constraint_new(interp, SQL_CONSTRAINT_CHECK);
  if (!(constraint->expression = to_sql_text(interp, call->values[0])) ||
      !arg_name(call, 1, &constraint->name) || !copy_text(call, 3, &constraint->initially))
    return py_null();
  constraint->deferrable = arg_tri(call, 2);
  if (py_arg_given(call, 4))
    return refuse(interp, _("CheckConstraint(table=...)"));
  if (!take_dialect_options(interp, call->values[6], "CheckConstraint", take_constraint_option, constraint))
    return py_null();
  return py_host_new(interp, call->cls, constraint);
}

/* ---- ForeignKey, ForeignKeyConstraint ---- */

/* "t.c", "s.t.c", or the column of a table that is known. */
static gboolean add_reference(PyInterp *interp, PyValue v, SqlConstraint *constraint)
{
  Arena *arena = py_arena(interp);
  SqlName schema = {0}, table = {0}, name = {0};
  ColumnObject *column = py_payload(v, &column_class);
  SqlExpr *expr = to_text(v) ? NULL : as_expr(interp, v);
  SqlTable *target = column                                                ? column->table
                     : expr && expr->kind == SQL_EXPR_COLUMN && expr->from ? expr->from->table
                                                                           : NULL;
  if (to_text(v)) {
    sql_split_reference(arena, arena_strdup(arena, to_text(v)), &schema, &table, &name);
  } else if (target) {
    schema = target->schema;
    table = target->name;
    name = column ? column->column->name : expr->name;
  }
  if (!table.text || !name.text) {
    refuse(interp, _("a foreign key to %s"), to_text(v) ? to_text(v) : py_type_name(interp, v));
    return FALSE;
  }
  constraint->referred_schema = schema;
  constraint->referred_table = table;
  sql_name_list_add(arena, &constraint->referred_columns, name);
  return TRUE;
}

/* args: name, onupdate, ondelete, deferrable, initially, use_alter, match */
static gboolean foreign_key_options(PyCall *call, SqlConstraint *constraint, const guint *args)
{
  if (!arg_name(call, args[0], &constraint->name) || !copy_text(call, args[1], &constraint->onupdate) ||
      !copy_text(call, args[2], &constraint->ondelete) || !copy_text(call, args[4], &constraint->initially) ||
      !copy_text(call, args[6], &constraint->match))
    return FALSE;
  constraint->deferrable = arg_tri(call, args[3]);
  constraint->use_alter = arg_tri(call, args[5]) == SQL_YES;
  return TRUE;
}

/* ForeignKey(column, _constraint, use_alter, name, onupdate, ondelete, deferrable, initially, link_to_name, match,
 * info, comment, _unresolvable, **dialect_kw) */
static PyValue foreign_key_new(PyInterp *interp, PyCall *call)
{
  static const guint options[] = {3, 4, 5, 6, 7, 2, 9};
  SqlConstraint *constraint = constraint_new(interp, SQL_CONSTRAINT_FOREIGN_KEY);
  if (!add_reference(interp, call->values[0], constraint) ||
      !foreign_key_options(call, constraint, options) || !check_comment(interp, call, 11) ||
      !take_dialect_options(interp, call->values[13], "ForeignKeyConstraint", take_constraint_option,
                            constraint))
    return py_null();
  return py_host_new(interp, call->cls, constraint);
}

/* ForeignKeyConstraint(columns, refcolumns, name, onupdate, ondelete, deferrable, initially, use_alter, link_to_name,
 * match, table, info, comment, **dialect_kw) */
static PyValue foreign_key_constraint_new(PyInterp *interp, PyCall *call)
{
  static const guint options[] = {2, 3, 4, 5, 6, 7, 9};
  SqlConstraint *constraint = constraint_new(interp, SQL_CONSTRAINT_FOREIGN_KEY);
  PyList *references = py_collect(interp, call->values[1]);
  if (!references || !to_name_list(interp, call->values[0], &constraint->columns) ||
      !foreign_key_options(call, constraint, options) || !check_comment(interp, call, 12))
    return py_null();
  for (gsize i = 0; i < references->len; i++)
    if (!add_reference(interp, references->items[i], constraint))
      return py_null();
  if (constraint->columns.n != constraint->referred_columns.n)
    return raise_sa(
        interp, "ArgumentError",
        "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.");
  if (py_arg_given(call, 10))
    return refuse(interp, _("ForeignKeyConstraint(table=...)"));
  if (!take_dialect_options(interp, call->values[13], "ForeignKeyConstraint", take_constraint_option,
                            constraint))
    return py_null();
  return py_host_new(interp, call->cls, constraint);
}

/* ---- ExcludeConstraint(*elements, **kw) ---- */

static gboolean has_value(const SqlExpr *x)
{
  if (!x || x->kind == SQL_EXPR_BIND)
    return x != NULL;
  for (guint i = 0; i < x->args.n; i++)
    if (has_value(x->args.items[i]))
      return TRUE;
  return has_value(x->left) || has_value(x->right);
}

gboolean exclude_elements(PyInterp *interp, PyValue elements, SqlConstraint *constraint)
{
  Arena *arena = py_arena(interp);
  PyValue *items, *pair;
  gsize n, width;
  py_sequence(elements, &items, &n);
  if (n == 0)
    refuse(interp, _("an exclude constraint of nothing"));
  for (gsize i = 0; i < n; i++) {
    if (!py_sequence(items[i], &pair, &width) || width != 2 || !to_text(pair[1])) {
      refuse(interp, _("an element of an exclude constraint"));
      return FALSE;
    }
    const char *text = to_text(pair[0]);
    if (!check_filled(interp, sql_name(text)))
      return FALSE;
    SqlExpr *x =
        text ? sql_column(arena, sql_name(arena_strdup(arena, text)), NULL, NULL) : to_expr(interp, pair[0]);
    if (!x)
      return FALSE;
    if (run_is_old(interp) && has_value(x)) { /* 1.4 prints its name */
      refuse(interp, _("a value in an exclude constraint with SQLAlchemy 1.4"));
      return FALSE;
    }
    sql_exclude_list_add(arena, &constraint->excludes,
                         (SqlExcludeItem){x, arena_strdup(arena, to_text(pair[1]))});
  }
  return n > 0;
}

gboolean exclude_options(PyInterp *interp, PyValue kw, SqlConstraint *constraint)
{
  Arena *arena = py_arena(interp);
  PyValue key, value;
  for (gsize at = 0; py_dict_next(kw.dict, &at, &key, &value);) {
    const char *name = py_text(key);
    gboolean ok = TRUE;
    if (strcmp(name, "name") == 0)
      ok = to_name(interp, value, &constraint->name);
    else if (strcmp(name, "deferrable") == 0)
      constraint->deferrable = to_tri(interp, value);
    else if (strcmp(name, "initially") == 0)
      constraint->initially = arena_strdup(arena, to_text(value));
    else if (strcmp(name, "using") == 0)
      constraint->using = arena_strdup(arena, to_text(value));
    else if (strcmp(name, "where") == 0)
      ok = py_is_none(value) || (constraint->where = to_sql_text(interp, value));
    else if (strcmp(name, "ops") == 0)
      ok = to_pairs(interp, value, &constraint->ops);
    else if (strcmp(name, "info") != 0)
      ok = (refuse(interp, _("ExcludeConstraint(%s=...)"), name), FALSE);
    if (!ok || py_failed(interp))
      return FALSE;
  }
  return TRUE;
}

static PyValue exclude_new(PyInterp *interp, PyCall *call)
{
  SqlConstraint *constraint = constraint_new(interp, SQL_CONSTRAINT_EXCLUDE);
  if (!exclude_elements(interp, call->values[0], constraint) ||
      !exclude_options(interp, call->values[1], constraint))
    return py_null();
  return py_host_new(interp, call->cls, constraint);
}

/* ---- the classes ---- */

static PyValue constraint_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  SqlConstraint *constraint = py_payload(self, &constraint_class);
  if (constraint && strcmp(name->data, "name") == 0)
    return constraint->name.text ? py_str(interp, constraint->name.text, -1) : py_none();
  return refuse_getattr(interp, self, name);
}

const PyHostClass constraint_class = {
    .name = "Constraint",
    .module = "sqlalchemy.sql.schema",
    .getattr = constraint_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
};

#define CONSTRAINT_CLASS(symbol, class_name_, constructor, signature) \
  static const PyHostClass symbol = {                                 \
      .name = class_name_,                                            \
      .module = "sqlalchemy.sql.schema",                              \
      .base = &constraint_class,                                      \
      .construct = constructor,                                       \
      .params = signature,                                            \
  }

#define KEY_PARAMS \
  "*columns, name=None, deferrable=None, initially=None, info=None, comment=None, **dialect_kw"
CONSTRAINT_CLASS(unique_class, "UniqueConstraint", unique_new, KEY_PARAMS);
CONSTRAINT_CLASS(primary_key_class, "PrimaryKeyConstraint", primary_key_new, KEY_PARAMS);
CONSTRAINT_CLASS(check_class, "CheckConstraint", check_new,
                 "sqltext, name=None, deferrable=None, initially=None, table=None, info=None, **dialect_kw");
CONSTRAINT_CLASS(foreign_key_class, "ForeignKey", foreign_key_new,
                 "column, _constraint=None, use_alter=False, name=None, onupdate=None, ondelete=None, "
                 "deferrable=None, initially=None, link_to_name=False, match=None, info=None, comment=None, "
                 "_unresolvable=False, **dialect_kw");
CONSTRAINT_CLASS(
    foreign_key_constraint_class, "ForeignKeyConstraint", foreign_key_constraint_new,
    "columns, refcolumns, name=None, onupdate=None, ondelete=None, deferrable=None, initially=None, "
    "use_alter=False, link_to_name=False, match=None, table=None, info=None, comment=None, "
    "**dialect_kw");
CONSTRAINT_CLASS(exclude_class, "ExcludeConstraint", exclude_new, "*elements, **kw");

gboolean is_foreign_key(PyValue v)
{
  return py_is_host(v, &foreign_key_class);
}

/* ---- Index(name, *expressions, unique, quote, info, _table, _column_flag, **dialect_kw) ---- */

gboolean take_index_option(PyInterp *interp, const char *name, PyValue value, void *data, gboolean *known)
{
  SqlIndex *index = data;
  *known = TRUE;
  if (strcmp(name, "postgresql_using") == 0) {
    index->using = arena_strdup(py_arena(interp), to_text(value));
    return index->using || py_is(value, PY_BOOL) || py_is_none(value) ||
           (refuse(interp, _("postgresql_using=%s"), py_type_name(interp, value)), FALSE);
  }
  if (strcmp(name, "postgresql_where") == 0)
    return py_is_none(value) || (index->where = to_sql_text(interp, value));
  if (strcmp(name, "postgresql_ops") == 0)
    return to_pairs(interp, value, &index->ops);
  if (strcmp(name, "postgresql_include") == 0)
    return to_name_list(interp, value, &index->include);
  if (strcmp(name, "postgresql_with") == 0)
    return to_pairs(interp, value, &index->with);
  if (strcmp(name, "postgresql_tablespace") == 0)
    return to_name(interp, value, &index->tablespace);
  if (strcmp(name, "postgresql_concurrently") == 0)
    index->concurrently = to_tri(interp, value) == SQL_YES;
  else if (strcmp(name, "postgresql_nulls_not_distinct") == 0 && !run_is_old(interp))
    index->nulls_not_distinct = to_tri(interp, value);
  else
    *known = FALSE;
  return !py_failed(interp);
}

/* desc("a") in an index: its text as it stands, there is no select to look the name up in. */
static SqlExpr *without_references(Arena *arena, SqlExpr *x)
{
  if (x->kind == SQL_EXPR_LABEL && !x->left)
    return sql_literal_column(arena, x->name.text, NULL);
  if (x->kind != SQL_EXPR_UNARY)
    return x;
  SqlExpr *copy = arena_new0(arena, SqlExpr);
  *copy = *x;
  copy->left = without_references(arena, x->left);
  return copy;
}

gboolean to_index_expressions(PyInterp *interp, PyValue columns, SqlExprList *list)
{
  Arena *arena = py_arena(interp);
  PyList *items = py_collect(interp, columns);
  for (gsize i = 0; items && i < items->len; i++) {
    PyValue item = items->items[i];
    const char *text = to_text(item);
    SqlExpr *x = NULL;
    SqlName name;
    if (text && to_name(interp, item, &name) && check_filled(interp, name))
      x = sql_column(arena, name, NULL, NULL);
    else if (!text && py_require_known(interp, item))
      x = as_expr(interp, item);
    if (!x && !py_failed(interp)) {
      if (py_host_of(item) || py_is(item, PY_INSTANCE))
        refuse(interp, _("%s as a column of an index"), py_type_name(interp, item));
      else
        py_raise(interp, "ValueError", "String or text() construct expected");
    }
    if (!x)
      return FALSE;
    sql_expr_list_add(arena, list, without_references(arena, x));
  }
  return items != NULL;
}

/* A column of a Table, or the name of one. */
static gboolean is_table_column(PyInterp *interp, PyValue item)
{
  if (to_text(item) || py_is_host(item, &column_class))
    return TRUE;
  const SqlExpr *x = as_expr(interp, item);
  return x && x->kind == SQL_EXPR_COLUMN && x->from && x->from->kind == SQL_FROM_TABLE &&
         !x->from->table->light;
}

gboolean check_unnamed_index(PyInterp *interp, PyValue columns, gboolean of_operation)
{
  PyList *items = py_collect(interp, columns);
  guint n_columns = 0, n_texts = 0;
  for (gsize i = 0; items && i < items->len; i++) {
    n_columns += is_table_column(interp, items->items[i]);
    n_texts += py_is_host(items->items[i], &text_clause_class);
  }
  if (!items || py_failed(interp))
    return FALSE;
  /* What no column ties to the table gets no name, and then fails. */
  if (of_operation && n_columns + n_texts == 0 && run_is_old(interp))
    py_raise(interp, "TypeError", "object of type 'NoneType' has no len()");
  else if (of_operation && n_columns + n_texts == 0)
    py_raise(interp, "AssertionError", "%s", "");
  else if (n_columns + n_texts < items->len)
    refuse(interp, _("an index of expressions without a name"));
  return !py_failed(interp);
}

SqlTable *index_table(const SqlIndex *index)
{
  for (guint i = 0; i < index->expressions.n; i++) {
    const SqlExpr *x = index->expressions.items[i];
    while (x && x->kind != SQL_EXPR_COLUMN)
      x = x->left ? x->left : x->args.n > 0 ? x->args.items[0] : NULL;
    if (x && x->from && x->from->kind == SQL_FROM_TABLE)
      return x->from->table;
  }
  return NULL;
}

static PyValue index_new(PyInterp *interp, PyCall *call)
{
  IndexObject *object = arena_new0(py_arena(interp), IndexObject);
  SqlIndex *index = object->index = arena_new0(py_arena(interp), SqlIndex);
  if (!arg_name(call, 0, &index->name) || !to_index_expressions(interp, call->values[1], &index->expressions))
    return py_null();
  if (!index->name.text && !check_unnamed_index(interp, call->values[1], FALSE))
    return py_null();
  index->unique = arg_tri(call, 2) == SQL_YES;
  if (py_arg_given(call, 3))
    index->name.quote = py_is_true(call->values[3]) ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
  if (!take_dialect_options(interp, call->values[5], "Index", take_index_option, index))
    return py_null();
  object->table = index_table(index);
  if (object->table)
    sql_index_list_add(py_arena(interp), &object->table->indexes, index);
  return py_host_new(interp, call->cls, object);
}

static PyValue index_emit(PyInterp *interp, PyCall *call, SqlOpKind kind)
{
  IndexObject *object = py_payload(call->self, &index_class);
  if (!is_bind(call->values[0]) || !object->table)
    return refuse(interp, _("%s() of an index without a table or connection"), call->function);
  if (py_is_true(call->values[1]) && run_of(interp)->options->online)
    return needs_database(interp, _("whether an index exists decides what is done"));
  SqlOp *op = op_new(interp, kind);
  if (kind == SQL_CREATE_INDEX) {
    op->create_index.table = object->table->name;
    op->create_index.schema = object->table->schema;
    op->create_index.index = object->index;
    op->create_index.direct = TRUE;
  } else {
    op->drop_index.name = object->index->name;
    op->drop_index.expressions = object->index->expressions;
    op->drop_index.table = object->table->name;
    op->drop_index.schema = object->table->schema;
    op->drop_index.direct = TRUE;
    op->drop_index.concurrently = object->index->concurrently;
  }
  return run_emit(interp, op) ? py_none() : py_null();
}

static PyValue index_create(PyInterp *interp, PyCall *call)
{
  return index_emit(interp, call, SQL_CREATE_INDEX);
}

static PyValue index_drop(PyInterp *interp, PyCall *call)
{
  return index_emit(interp, call, SQL_DROP_INDEX);
}

static const PyMethod index_methods[] = {
    {"create", index_create, "bind, checkfirst=False", 0},
    {"drop", index_drop, "bind, checkfirst=False", 0},
    {NULL, NULL, NULL, 0},
};

static PyValue index_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  IndexObject *object = py_payload(self, &index_class);
  if (strcmp(name->data, "name") == 0)
    return object->index->name.text ? py_str(interp, object->index->name.text, -1) : py_none();
  return refuse_getattr(interp, self, name);
}

const PyHostClass index_class = {
    .name = "Index",
    .module = "sqlalchemy.sql.schema",
    .construct = index_new,
    .params = "name, *expressions, unique=False, quote=None, info=None, **dialect_kw",
    .methods = index_methods,
    .getattr = index_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
};

const PyHostClass *const constraint_classes[] = {
    &unique_class, &primary_key_class, &check_class, &foreign_key_class, &foreign_key_constraint_class,
    &index_class,  &constraint_class,  NULL,
};

const PyHostClass *const pg_constraint_classes[] = {&exclude_class, NULL};
