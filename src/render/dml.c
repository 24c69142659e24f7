/* insert(), update(), delete(). */
#include <glib/gi18n.h>
#include <string.h>

#include "dml.h"

static SqlQuery *copy(PyInterp *interp, PyCall *call)
{
  return sql_query_copy(py_arena(interp), as_query(call->self));
}

/* ---- values() ---- */

/* The key of a column given as text, Column or t.c.x. */
static gboolean column_key(PyInterp *interp, PyValue v, SqlName *name)
{
  ColumnObject *column = py_payload(v, &column_class);
  if (column) {
    *name = column->column->key ? sql_name(column->column->key) : column->column->name;
    return TRUE;
  }
  SqlExpr *expr = to_text(v) ? NULL : as_expr(interp, v);
  if (expr && expr->kind == SQL_EXPR_COLUMN) {
    *name = expr->name;
    return TRUE;
  }
  return to_name(interp, v, name) && name->text;
}

/* A column whose type converts values converts None, too, but only for a server. */
static gboolean take_typed(PyInterp *interp, SqlExpr *column, PyValue v, SqlExpr **value)
{
  gboolean none = py_is_none(v) && run_of(interp)->options->online;
  if (!run_is_opaque(interp, column->type))
    return TRUE;
  if (py_host_of(v) || !(*value)->free_type)
    return check_opaque(interp, column, *value);
  const SqlValue *typed = !none && py_is_none(v) ? (*value)->value : to_typed_value(interp, v, column->type);
  if (typed)
    *value = sql_bind_value(py_arena(interp), typed, NULL);
  return typed != NULL;
}

static gboolean assign(PyInterp *interp, SqlQuery *query, SqlAssignmentList *row, PyValue key, PyValue value)
{
  Arena *arena = py_arena(interp);
  SqlAssignment a;
  if (!column_key(interp, key, &a.column))
    return py_failed(interp) ? FALSE : (refuse(interp, _("values() of no column")), FALSE);
  a.value = to_expr(interp, value);
  if (!a.value)
    return FALSE;
  SqlExpr *column = sql_from_column(arena, query->target, a.column.text);
  if (column && a.value->kind == SQL_EXPR_BIND && !take_typed(interp, column, value, &a.value))
    return FALSE;
  for (guint i = 0; i < row->n; i++)
    if (strcmp(row->items[i].column.text, a.column.text) == 0) {
      row->items[i].value = a.value;
      return TRUE;
    }
  sql_assignment_list_add(arena, row, a);
  return TRUE;
}

static gboolean assign_dict(PyInterp *interp, SqlQuery *query, SqlAssignmentList *row, const PyDict *dict)
{
  PyValue key, value;
  for (gsize at = 0; py_dict_next(dict, &at, &key, &value);)
    if (!assign(interp, query, row, key, value))
      return FALSE;
  return TRUE;
}

/* values((1, 2)): by position. */
static gboolean assign_tuple(PyInterp *interp, SqlQuery *query, SqlAssignmentList *row, const PyValue *items,
                             gsize n)
{
  SqlTextList keys = sql_from_keys(py_arena(interp), query->target);
  if (n > keys.n) {
    refuse(interp, _("values() with more values than columns"));
    return FALSE;
  }
  for (gsize i = 0; i < n; i++)
    if (!assign(interp, query, row, py_str(interp, keys.items[i], -1), items[i]))
      return FALSE;
  return TRUE;
}

static SqlAssignmentList *first_row(PyInterp *interp, SqlQuery *query)
{
  SqlAssignmentList *row = arena_new0(py_arena(interp), SqlAssignmentList);
  if (query->rows.n > 0)
    for (guint i = 0; i < query->rows.items[0]->n; i++)
      sql_assignment_list_add(py_arena(interp), row, query->rows.items[0]->items[i]);
  query->rows = (SqlRowList){0};
  sql_row_list_add(py_arena(interp), &query->rows, row);
  return row;
}

static gboolean add_rows(PyInterp *interp, SqlQuery *query, const PyValue *items, gsize n)
{
  query->multi = TRUE;
  for (gsize i = 0; i < n; i++) {
    SqlAssignmentList *row = arena_new0(py_arena(interp), SqlAssignmentList);
    PyValue *cells;
    gsize width;
    gboolean ok = FALSE;
    if (py_is(items[i], PY_DICT))
      ok = assign_dict(interp, query, row, items[i].dict);
    else if (py_sequence(items[i], &cells, &width))
      ok = assign_tuple(interp, query, row, cells, width);
    else
      refuse(interp, _("values([%s])"), py_type_name(interp, items[i]));
    if (!ok)
      return FALSE;
    if (query->rows.n > 0 && row->n < query->rows.items[0]->n) {
      refuse(interp, _("values() of uneven rows"));
      return FALSE;
    }
    sql_row_list_add(py_arena(interp), &query->rows, row);
  }
  return TRUE;
}

gboolean query_add_values(PyInterp *interp, SqlQuery *query, const PyValue *items, gsize n, PyDict *keywords)
{
  PyValue *inner;
  gsize width;
  if (n > 1 || (n == 1 && py_dict_len(keywords) > 0) || query->multi ||
      (n == 0 && py_dict_len(keywords) == 0)) {
    refuse(interp, _("values() called like this"));
    return FALSE;
  }
  if (n == 0)
    return assign_dict(interp, query, first_row(interp, query), keywords);
  if (py_is(items[0], PY_DICT))
    return assign_dict(interp, query, first_row(interp, query), items[0].dict);
  if (!py_sequence(items[0], &inner, &width)) {
    refuse(interp, _("values(%s)"), py_type_name(interp, items[0]));
    return FALSE;
  }
  gboolean rows =
      width > 0 && (py_is(inner[0], PY_DICT) || py_is(inner[0], PY_TUPLE) || py_is(inner[0], PY_LIST));
  if (rows && query->kind == SQL_QUERY_INSERT && query->rows.n == 0)
    return add_rows(interp, query, inner, width);
  if (rows || (py_is(items[0], PY_LIST) && query->kind != SQL_QUERY_INSERT)) {
    refuse(interp, _("values([...])"));
    return FALSE;
  }
  return assign_tuple(interp, query, first_row(interp, query), inner, width);
}

static PyValue query_values(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  if (!query_add_values(interp, query, items, n, call->values[1].dict))
    return py_null();
  return query_value(interp, query);
}

static PyValue update_ordered_values(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  SqlAssignmentList *row = first_row(interp, query);
  PyValue *items, *pair;
  gsize n, width;
  query->ordered = TRUE;
  py_sequence(call->values[0], &items, &n);
  for (gsize i = 0; i < n; i++) {
    if (!py_sequence(items[i], &pair, &width) || width != 2)
      return refuse(interp, _("ordered_values(%s)"), py_type_name(interp, items[i]));
    if (!assign(interp, query, row, pair[0], pair[1]))
      return py_null();
  }
  return query_value(interp, query);
}

/* ---- RETURNING, INSERT ... SELECT ---- */

static PyValue query_returning(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call), *columns = sql_select(py_arena(interp));
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  if (!select_add(interp, columns, items, n))
    return py_null();
  query->has_returning = TRUE;
  for (guint i = 0; i < columns->columns.n; i++)
    sql_expr_list_add(py_arena(interp), &query->returning, columns->columns.items[i]);
  return query_value(interp, query);
}

static PyValue insert_from_select(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call), *select = as_query(call->values[1]);
  PyList *names = py_collect(interp, call->values[0]);
  if (!names)
    return py_null();
  if (!select)
    return refuse(interp, _("from_select(..., %s)"), py_type_name(interp, call->values[1]));
  query->names = (SqlNameList){0};
  for (gsize i = 0; i < names->len; i++) {
    SqlName name;
    if (!column_key(interp, names->items[i], &name))
      return py_failed(interp) ? py_null() : refuse(interp, _("from_select() of no column"));
    sql_name_list_add(py_arena(interp), &query->names, name);
  }
  query->select = select;
  query->no_defaults = to_tri(interp, call->values[2]) == SQL_NO;
  return query_value(interp, query);
}

static PyValue insert_inline(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  query->inline_ = TRUE;
  return query_value(interp, query);
}

/* ---- ON CONFLICT ---- */

static gboolean conflict_target(PyInterp *interp, SqlConflict *conflict, PyValue constraint, PyValue elements,
                                PyValue where)
{
  Arena *arena = py_arena(interp);
  if (!py_is_none(constraint) && !to_text(constraint)) {
    refuse(interp, _("on_conflict(constraint=%s)"), py_type_name(interp, constraint));
    return FALSE;
  }
  if (!to_name(interp, constraint, &conflict->constraint))
    return FALSE;
  if (!py_is_none(elements)) {
    PyList *items = py_collect(interp, elements);
    for (gsize i = 0; items && i < items->len; i++) {
      const char *text = to_text(items->items[i]);
      SqlExpr *x = text ? sql_column(arena, sql_name(arena_strdup(arena, text)), NULL, NULL)
                        : to_expr(interp, items->items[i]);
      if (!x)
        return FALSE;
      sql_expr_list_add(arena, &conflict->elements, x);
    }
    if (!items)
      return FALSE;
  }
  return py_is_none(where) || (conflict->element_where = to_condition(interp, where));
}

static PyValue insert_do_nothing(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  query->conflict = (SqlConflict){.action = SQL_CONFLICT_DO_NOTHING};
  if (!conflict_target(interp, &query->conflict, call->values[0], call->values[1], call->values[2]))
    return py_null();
  return query_value(interp, query);
}

static PyValue insert_do_update(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  query->conflict = (SqlConflict){.action = SQL_CONFLICT_DO_UPDATE};
  if (!conflict_target(interp, &query->conflict, call->values[0], call->values[1], call->values[2]))
    return py_null();
  if (!py_is(call->values[3], PY_DICT))
    return refuse(interp, _("on_conflict_do_update(set_=%s)"), py_type_name(interp, call->values[3]));
  if (!query->conflict.constraint.text && query->conflict.elements.n == 0)
    return py_raise(interp, "ValueError",
                    "Either constraint or index_elements, but not both, must be specified unless DO NOTHING");
  if (py_dict_len(call->values[3].dict) == 0)
    return py_raise(interp, "ValueError", "set parameter dictionary must not be empty");
  if (!assign_dict(interp, query, &query->conflict.set, call->values[3].dict))
    return py_null();
  if (py_arg_given(call, 4) && !(query->conflict.where = to_condition(interp, call->values[4])))
    return py_null();
  return query_value(interp, query);
}

static PyValue insert_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  SqlQuery *query = as_query(self);
  if (strcmp(name->data, "excluded") == 0) {
    if (!query->target->table)
      return refuse(interp, _("excluded of no table"));
    return columns_value(interp, sql_excluded(py_arena(interp), query->target->table));
  }
  if (strcmp(name->data, "table") == 0)
    return from_value(interp, query->target);
  return refuse_getattr(interp, self, name);
}

#define TARGET_PARAMS "constraint=None, index_elements=None, index_where=None"

/* delete.returning(...).cte(): what SQLAlchemy prints inside for a SELECT or an expression, it prints differently there. */
static PyValue dml_cte(PyInterp *interp, PyCall *call)
{
  const SqlQuery *query = as_query(call->self);
  gboolean plain = !run_is_old(interp) && !query->select && !py_is_true(call->values[1]);
  for (guint i = 0; i < query->returning.n; i++) {
    const SqlExpr *x = query->returning.items[i];
    plain = plain && (x->kind == SQL_EXPR_LABEL ? x->left : x)->kind == SQL_EXPR_COLUMN;
  }
  return plain ? query_cte(interp, call)
               : refuse(interp, _("%s.cte() like this"), py_type_name(interp, call->self));
}

static const PyMethod insert_methods[] = {
    {"cte", dml_cte, "name=None, recursive=False, nesting=False", PY_PURE},
    {"values", query_values, "*args, **kwargs", PY_PURE},
    {"from_select", insert_from_select, "names, select, include_defaults=True", PY_PURE},
    {"returning", query_returning, "*cols, sort_by_parameter_order=False", PY_PURE},
    {"inline", insert_inline, "", PY_PURE},
    {"on_conflict_do_nothing", insert_do_nothing, TARGET_PARAMS, PY_PURE},
    {"on_conflict_do_update", insert_do_update, TARGET_PARAMS ", set_=None, where=None", PY_PURE},
    {"prefix_with", query_prefix_with, "*prefixes, dialect='*'", PY_PURE},
    {"execution_options", query_execution_options, "**kw", PY_PURE},
    {NULL, NULL, NULL, 0},
};

static const PyMethod update_methods[] = {
    {"cte", dml_cte, "name=None, recursive=False, nesting=False", PY_PURE},
    {"where", query_where, "*whereclause", PY_PURE},
    {"values", query_values, "*args, **kwargs", PY_PURE},
    {"ordered_values", update_ordered_values, "*args", PY_PURE},
    {"returning", query_returning, "*cols", PY_PURE},
    {"prefix_with", query_prefix_with, "*prefixes, dialect='*'", PY_PURE},
    {"execution_options", query_execution_options, "**kw", PY_PURE},
    {NULL, NULL, NULL, 0},
};

static const PyMethod delete_methods[] = {
    {"cte", dml_cte, "name=None, recursive=False, nesting=False", PY_PURE},
    {"where", query_where, "*whereclause", PY_PURE},
    {"returning", query_returning, "*cols", PY_PURE},
    {"prefix_with", query_prefix_with, "*prefixes, dialect='*'", PY_PURE},
    {"execution_options", query_execution_options, "**kw", PY_PURE},
    {NULL, NULL, NULL, 0},
};

const PyHostClass insert_class = {
    .name = "Insert",
    .module = "sqlalchemy.sql.dml",
    .base = &query_class,
    .methods = insert_methods,
    .getattr = insert_getattr,
};

const PyHostClass update_class = {
    .name = "Update",
    .module = "sqlalchemy.sql.dml",
    .base = &query_class,
    .methods = update_methods,
};

const PyHostClass delete_class = {
    .name = "Delete",
    .module = "sqlalchemy.sql.dml",
    .base = &query_class,
    .methods = delete_methods,
};

/* ---- functions ---- */

static SqlFrom *to_target(PyInterp *interp, PyCall *call)
{
  SqlFrom *from = no_more_arguments(interp, call, 1) ? to_from(interp, call->values[0]) : NULL;
  if (from && from->kind != SQL_FROM_TABLE) {
    refuse(interp, _("%s() of something else than a table"), call->function);
    return NULL;
  }
  return from;
}

static PyValue fn_insert(PyInterp *interp, PyCall *call)
{
  SqlFrom *from = to_target(interp, call);
  return from ? query_value(interp, sql_insert(py_arena(interp), from)) : py_null();
}

static PyValue fn_update(PyInterp *interp, PyCall *call)
{
  SqlFrom *from = to_target(interp, call);
  return from ? query_value(interp, sql_update(py_arena(interp), from)) : py_null();
}

static PyValue fn_delete(PyInterp *interp, PyCall *call)
{
  SqlFrom *from = to_target(interp, call);
  return from ? query_value(interp, sql_delete(py_arena(interp), from)) : py_null();
}

const PyMethod dml_functions[] = {
    {"insert", fn_insert, "table, *more, **kw", PY_PURE},
    {"update", fn_update, "table, *more, **kw", PY_PURE},
    {"delete", fn_delete, "table, *more, **kw", PY_PURE},
    {NULL, NULL, NULL, 0},
};

const PyMethod pg_dml_functions[] = {
    {"insert", fn_insert, "table, *more, **kw", PY_PURE},
    {NULL, NULL, NULL, 0},
};
