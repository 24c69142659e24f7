/* select() and what is made of it. */
#include <glib/gi18n.h>
#include <string.h>

#include "dml.h"

SqlQuery *as_query(PyValue v)
{
  return py_payload(v, &query_class);
}

PyValue query_value(PyInterp *interp, SqlQuery *query)
{
  switch (query->kind) {
  case SQL_QUERY_SELECT:
  case SQL_QUERY_COMPOUND: return py_host_object(interp, &select_class, query);
  case SQL_QUERY_INSERT: return py_host_object(interp, &insert_class, query);
  case SQL_QUERY_UPDATE: return py_host_object(interp, &update_class, query);
  case SQL_QUERY_DELETE: return py_host_object(interp, &delete_class, query);
  default: return py_host_object(interp, &query_class, query);
  }
}

/* The generative copy a method changes. */
static SqlQuery *copy(PyInterp *interp, PyCall *call)
{
  return sql_query_copy(py_arena(interp), as_query(call->self));
}

/* Numbers and "*" are SQL text in a list of columns; None, True and False are themselves. */
static SqlExpr *to_selected(PyInterp *interp, PyValue v)
{
  Arena *arena = py_arena(interp);
  if (py_is(v, PY_BOOL) || py_is_none(v))
    return to_condition(interp, v);
  if (to_text(v) && strcmp(to_text(v), "*") == 0)
    return sql_star(arena);
  if (!py_is(v, PY_INT) && !py_is(v, PY_BIGINT) && !py_is(v, PY_FLOAT) && !py_as_decimal(interp, v))
    return as_expr(interp, v);
  PyValue text = py_str_of(interp, v);
  return py_is_null(text) ? NULL : sql_literal_column(arena, arena_strdup(arena, py_text(text)), NULL);
}

gboolean select_add(PyInterp *interp, SqlQuery *query, const PyValue *items, gsize n)
{
  Arena *arena = py_arena(interp);
  for (gsize i = 0; i < n; i++) {
    SqlFrom *from = as_from(interp, items[i]);
    if (from) {
      SqlExprList columns = sql_from_columns(arena, from);
      for (guint k = 0; k < columns.n; k++)
        sql_expr_list_add(arena, &query->columns, columns.items[k]);
      if (columns.n == 0 || from->kind == SQL_FROM_JOIN)
        sql_from_list_add(arena, &query->from, from);
      continue;
    }
    SqlExpr *x = py_require_known(interp, items[i]) ? to_selected(interp, items[i]) : NULL;
    if (!x) {
      if (!py_failed(interp))
        refuse(interp, _("select(%s), which SQLAlchemy 2 does not take"), py_type_name(interp, items[i]));
      return FALSE;
    }
    sql_expr_list_add(arena, &query->columns, x);
  }
  return TRUE;
}

static PyValue fn_select(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = sql_select(py_arena(interp));
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  if (n == 1 && py_is(items[0], PY_LIST) && run_is_old(interp))
    py_sequence(items[0], &items, &n);
  return select_add(interp, query, items, n) ? query_value(interp, query) : py_null();
}

/* ---- WHERE, shared by UPDATE and DELETE ---- */

static gboolean add_where(PyInterp *interp, SqlExpr **where, PyValue criteria)
{
  PyValue *items;
  gsize n;
  py_sequence(criteria, &items, &n);
  for (gsize i = 0; i < n; i++) {
    SqlExpr *x = to_condition(interp, items[i]);
    if (!x)
      return FALSE;
    *where = sql_and_where(py_arena(interp), *where, x);
  }
  return TRUE;
}

PyValue query_where(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  return add_where(interp, &query->where, call->values[0]) ? query_value(interp, query) : py_null();
}

/* filter_by(name=value) looks at the one table there is. */
static PyValue select_filter_by(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  SqlFrom *from = query->from.n == 1 ? query->from.items[0] : NULL;
  PyValue key, value;
  for (guint i = 0; i < query->columns.n && query->from.n == 0; i++) {
    if (from && query->columns.items[i]->from != from)
      return refuse(interp, _("filter_by() of several tables"));
    from = query->columns.items[i]->from;
  }
  for (gsize at = 0; py_dict_next(call->values[0].dict, &at, &key, &value);) {
    SqlExpr *column = from ? sql_from_column(py_arena(interp), from, py_text(key)) : NULL;
    SqlExpr *x = column ? to_expr(interp, value) : NULL;
    GError *error = NULL;
    if (!column)
      return refuse(interp, _("filter_by(%s=...)"), py_text(key));
    if (!x || !check_opaque(interp, column, x))
      return py_null();
    if (!(x = sql_operate(py_arena(interp), SQL_OP_EQ, column, x, &error)))
      return raise_error(interp, error);
    query->where = sql_and_where(py_arena(interp), query->where, x);
  }
  return query_value(interp, query);
}

static PyValue select_having(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  return add_where(interp, &query->having, call->values[0]) ? query_value(interp, query) : py_null();
}

/* ---- lists of expressions ---- */

/* order_by("a") names a label or column of the select. */
static gboolean add_exprs(PyInterp *interp, SqlExprList *list, PyValue tuple, const char *role)
{
  PyValue *items;
  gsize n;
  py_sequence(tuple, &items, &n);
  for (gsize i = 0; i < n; i++) {
    const char *text = to_text(items[i]);
    if (!check_role(interp, items[i], role))
      return FALSE;
    SqlExpr *x = text ? sql_label_reference(py_arena(interp), arena_strdup(py_arena(interp), text))
                      : to_expr(interp, items[i]);
    if (!x)
      return FALSE;
    sql_expr_list_add(py_arena(interp), list, x);
  }
  return TRUE;
}

static PyValue select_order_by(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  if (n == 1 && py_is_none(items[0])) {
    query->order_by = (SqlExprList){0};
    return query_value(interp, query);
  }
  return add_exprs(interp, &query->order_by, call->values[0], "ORDER BY expression")
             ? query_value(interp, query)
             : py_null();
}

static PyValue select_group_by(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  return add_exprs(interp, &query->group_by, call->values[0], "GROUP BY expression")
             ? query_value(interp, query)
             : py_null();
}

static PyValue select_distinct(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  query->distinct = TRUE;
  return add_exprs(interp, &query->distinct_on, call->values[0],
                   "Column expression, FROM clause, or other columns clause element")
             ? query_value(interp, query)
             : py_null();
}

PyValue query_prefix_with(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  for (gsize i = 0; i < n; i++) {
    if (!to_text(items[i]))
      return refuse(interp, _("prefix_with(%s)"), py_type_name(interp, items[i]));
    sql_text_list_add(py_arena(interp), &query->prefixes, arena_strdup(py_arena(interp), to_text(items[i])));
  }
  return query_value(interp, query);
}

PyValue query_execution_options(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->self;
}

/* ---- LIMIT, OFFSET ---- */

static gboolean set_count(PyInterp *interp, PyValue v, SqlExpr **slot)
{
  *slot = NULL;
  if (py_is_none(v))
    return TRUE;
  if (py_is_host(v, &text_clause_class) || (!py_is(v, PY_INT) && !(py_host_of(v) && as_expr(interp, v)))) {
    refuse(interp, _("LIMIT or OFFSET that is no number"));
    return FALSE;
  }
  return (*slot = to_expr(interp, v)) != NULL;
}

static PyValue select_limit(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  SqlExpr **slot = strcmp(call->function, "limit") == 0 ? &query->limit : &query->offset;
  return set_count(interp, call->values[0], slot) ? query_value(interp, query) : py_null();
}

static PyValue select_fetch(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  query->fetch_with_ties = py_is_true(call->values[1]);
  query->fetch_percent = py_is_true(call->values[2]);
  return set_count(interp, call->values[0], &query->fetch) ? query_value(interp, query) : py_null();
}

/* ---- FROM ---- */

static PyValue select_select_from(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  for (gsize i = 0; i < n; i++) {
    SqlFrom *from = to_from(interp, items[i]);
    if (!from)
      return py_null();
    sql_from_list_add(py_arena(interp), &query->from, from);
  }
  return query_value(interp, query);
}

/* args: target, onclause, isouter, full */
static PyValue join_select(PyInterp *interp, SqlQuery *query, const PyValue *args, gboolean outer)
{
  SqlFrom *right = to_from(interp, args[0]);
  SqlExpr *on = NULL;
  GError *error = NULL;
  if (!right || (!py_is_none(args[1]) && !(on = to_condition(interp, args[1]))))
    return py_null();
  if (!sql_select_join(py_arena(interp), query, right, on, outer || py_is_true(args[2]), py_is_true(args[3]),
                       &error))
    return raise_error(interp, error);
  return query_value(interp, query);
}

static PyValue select_join(PyInterp *interp, PyCall *call)
{
  return join_select(interp, copy(interp, call), call->values, FALSE);
}

static PyValue select_outerjoin(PyInterp *interp, PyCall *call)
{
  PyValue args[] = {call->values[0], call->values[1], py_bool(TRUE), call->values[2]};
  return join_select(interp, copy(interp, call), args, TRUE);
}

static PyValue select_join_from(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  SqlFrom *left = to_from(interp, call->values[0]);
  PyValue joined = left ? join_value(interp, left, call->values + 1, FALSE) : py_null();
  if (py_is_null(joined))
    return joined;
  sql_from_list_add(py_arena(interp), &query->from, as_from(interp, joined));
  return query_value(interp, query);
}

static PyValue select_correlate(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  gboolean except = strcmp(call->function, "correlate_except") == 0;
  if (except)
    query->has_correlate_except = TRUE;
  if (n == 1 && py_is_none(items[0])) {
    query->correlate_none = !except;
    return query_value(interp, query);
  }
  for (gsize i = 0; i < n; i++) {
    SqlFrom *from = to_from(interp, items[i]);
    if (!from)
      return py_null();
    sql_from_list_add(py_arena(interp), except ? &query->correlate_except : &query->correlate, from);
  }
  return query_value(interp, query);
}

static PyValue select_for_update(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  query->for_update = (SqlForUpdate){
      .given = TRUE,
      .nowait = py_is_true(call->values[0]),
      .read = py_is_true(call->values[1]),
      .skip_locked = py_is_true(call->values[3]),
      .key_share = py_is_true(call->values[4]),
  };
  if (py_arg_given(call, 2)) {
    SqlFrom *of = as_from(interp, call->values[2]);
    if (!of)
      return refuse(interp, _("with_for_update(of=...)"));
    sql_from_list_add(py_arena(interp), &query->for_update.of, of);
  }
  return query_value(interp, query);
}

/* ---- columns ---- */

static PyValue select_add_columns(PyInterp *interp, PyCall *call)
{
  SqlQuery *query = copy(interp, call);
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  if (strcmp(call->function, "with_only_columns") == 0)
    query->columns = (SqlExprList){0};
  return select_add(interp, query, items, n) ? query_value(interp, query) : py_null();
}

/* ---- a select as something else ---- */

static PyValue select_subquery(PyInterp *interp, PyCall *call)
{
  SqlName name;
  if (!arg_name(call, 0, &name))
    return py_null();
  return from_value(interp, sql_subquery(py_arena(interp), as_query(call->self), name));
}

static PyValue select_lateral(PyInterp *interp, PyCall *call)
{
  SqlName name;
  if (!arg_name(call, 0, &name))
    return py_null();
  SqlFrom *from = sql_subquery(py_arena(interp), as_query(call->self), name);
  from->lateral = TRUE;
  return from_value(interp, from);
}

PyValue query_cte(PyInterp *interp, PyCall *call)
{
  SqlName name;
  if (!arg_name(call, 0, &name))
    return py_null();
  SqlFrom *from = sql_cte(py_arena(interp), as_query(call->self), name, py_is_true(call->values[1]));
  from->nesting = py_is_true(call->values[2]);
  return from_value(interp, from);
}

static PyValue select_scalar_subquery(PyInterp *interp, PyCall *call)
{
  return expr_value(interp, sql_scalar_subquery(py_arena(interp), as_query(call->self)));
}

static PyValue select_label(PyInterp *interp, PyCall *call)
{
  SqlName name;
  if (!arg_name(call, 0, &name))
    return py_null();
  return expr_value(
      interp, sql_label(py_arena(interp), name, sql_scalar_subquery(py_arena(interp), as_query(call->self))));
}

/* exists(...) remembers its select, because where() may still be called on it. */
static PyValue exists_value(PyInterp *interp, SqlQuery *query)
{
  return py_host_object(interp, &exists_class, sql_exists(py_arena(interp), query));
}

static PyValue exists_change(PyInterp *interp, PyCall *call)
{
  SqlExpr *exists = py_payload(call->self, &exists_class);
  PyValue select = query_value(interp, exists->left->query);
  PyValue changed = py_call_method(interp, select, call->function, call->args, call->n_args);
  return py_is_null(changed) ? changed : exists_value(interp, as_query(changed));
}

static const PyMethod exists_methods[] = {
    {"where", exists_change, NULL, PY_PURE},
    {"select_from", exists_change, NULL, PY_PURE},
    {"correlate", exists_change, NULL, PY_PURE},
    {"correlate_except", exists_change, NULL, PY_PURE},
    {NULL, NULL, NULL, 0},
};

const PyHostClass exists_class = {
    .name = "Exists",
    .module = "sqlalchemy.sql.selectable",
    .base = &column_element_class,
    .methods = exists_methods,
};

static PyValue select_exists(PyInterp *interp, PyCall *call)
{
  return exists_value(interp, as_query(call->self));
}

/* exists(select), exists(expressions), exists() */
static PyValue fn_exists(PyInterp *interp, PyCall *call)
{
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  SqlQuery *query = n == 1 ? as_query(items[0]) : NULL;
  if (query)
    return exists_value(interp, query);
  query = sql_select(py_arena(interp));
  if (n == 0)
    sql_expr_list_add(py_arena(interp), &query->columns, sql_star(py_arena(interp)));
  return select_add(interp, query, items, n) ? exists_value(interp, query) : py_null();
}

/* ---- UNION and its likes ---- */

static const struct {
  const char *name;
  SqlCompound kind;
} compound_rows[] = {
    {"union", SQL_UNION},           {"union_all", SQL_UNION_ALL}, {"except_", SQL_EXCEPT},
    {"except_all", SQL_EXCEPT_ALL}, {"intersect", SQL_INTERSECT}, {"intersect_all", SQL_INTERSECT_ALL},
};

static PyValue compound(PyInterp *interp, PyCall *call, SqlQuery *first)
{
  Arena *arena = py_arena(interp);
  SqlQueryList selects = {0};
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  if (first)
    sql_query_list_add(arena, &selects, first);
  for (gsize i = 0; i < n; i++) {
    SqlQuery *query = as_query(items[i]);
    if (!query)
      return refuse(interp, _("%s(%s)"), call->function, py_type_name(interp, items[i]));
    sql_query_list_add(arena, &selects, query);
  }
  for (guint i = 0; i < G_N_ELEMENTS(compound_rows); i++)
    if (strcmp(compound_rows[i].name, call->function) == 0)
      return query_value(interp, sql_compound(arena, compound_rows[i].kind, selects));
  g_assert_not_reached();
}

static PyValue select_compound(PyInterp *interp, PyCall *call)
{
  return compound(interp, call, as_query(call->self));
}

static PyValue fn_compound(PyInterp *interp, PyCall *call)
{
  return compound(interp, call, NULL);
}

#define FROM_PARAMS "target, onclause=None, isouter=False, full=False"

const PyMethod select_methods[] = {
    {"where", query_where, "*whereclause", PY_PURE},
    {"filter", query_where, "*criteria", PY_PURE},
    {"filter_by", select_filter_by, "**kwargs", PY_PURE},
    {"having", select_having, "*having", PY_PURE},
    {"order_by", select_order_by, "*clauses", PY_PURE},
    {"group_by", select_group_by, "*clauses", PY_PURE},
    {"distinct", select_distinct, "*expr", PY_PURE},
    {"limit", select_limit, "limit", PY_PURE},
    {"offset", select_limit, "offset", PY_PURE},
    {"fetch", select_fetch, "count, with_ties=False, percent=False", PY_PURE},
    {"select_from", select_select_from, "*froms", PY_PURE},
    {"join", select_join, FROM_PARAMS, PY_PURE},
    {"outerjoin", select_outerjoin, "target, onclause=None, full=False", PY_PURE},
    {"join_from", select_join_from, "from_, " FROM_PARAMS, PY_PURE},
    {"correlate", select_correlate, "*fromclauses", PY_PURE},
    {"correlate_except", select_correlate, "*fromclauses", PY_PURE},
    {"with_for_update", select_for_update,
     "nowait=False, read=False, of=None, skip_locked=False, key_share=False", PY_PURE},
    {"add_columns", select_add_columns, "*entities", PY_PURE},
    {"with_only_columns", select_add_columns, "*entities, maintain_column_froms=False", PY_PURE},
    {"subquery", select_subquery, "name=None", PY_PURE},
    {"alias", select_subquery, "name=None, flat=False", PY_PURE},
    {"lateral", select_lateral, "name=None", PY_PURE},
    {"cte", query_cte, "name=None, recursive=False, nesting=False", PY_PURE},
    {"scalar_subquery", select_scalar_subquery, "", PY_PURE},
    {"label", select_label, "name", PY_PURE},
    {"exists", select_exists, "", PY_PURE},
    {"union", select_compound, "*other", PY_PURE},
    {"union_all", select_compound, "*other", PY_PURE},
    {"except_", select_compound, "*other", PY_PURE},
    {"except_all", select_compound, "*other", PY_PURE},
    {"intersect", select_compound, "*other", PY_PURE},
    {"intersect_all", select_compound, "*other", PY_PURE},
    {"prefix_with", query_prefix_with, "*prefixes, dialect='*'", PY_PURE},
    {"execution_options", query_execution_options, "**kw", PY_PURE},
    {NULL, NULL, NULL, 0},
};

static PyValue query_str(PyInterp *interp, PyValue self)
{
  return refuse(interp, _("%s as text"), py_type_name(interp, self));
}

const PyHostClass query_class = {
    .name = "Executable",
    .module = "sqlalchemy.sql.base",
    .getattr = refuse_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
    .str = query_str,
    .repr = query_str,
    .unary = clause_unary,
};

const PyHostClass select_class = {
    .name = "Select",
    .module = "sqlalchemy.sql.selectable",
    .base = &query_class,
    .methods = select_methods,
};

static PyValue fn_join(PyInterp *interp, PyCall *call)
{
  SqlFrom *left = to_from(interp, call->values[0]);
  gboolean outer = strcmp(call->function, "outerjoin") == 0;
  PyValue args[] = {call->values[1], call->values[2], outer ? py_bool(TRUE) : call->values[3],
                    call->values[outer ? 3 : 4]};
  return join_value(interp, left, args, outer);
}

static PyValue fn_alias(PyInterp *interp, PyCall *call)
{
  return py_call_method(interp, call->values[0], "alias", &call->values[1], 1);
}

const PyMethod select_functions[] = {
    {"select", fn_select, "*entities", PY_PURE},
    {"exists", fn_exists, "*args", PY_PURE},
    {"union", fn_compound, "*selects", PY_PURE},
    {"union_all", fn_compound, "*selects", PY_PURE},
    {"except_", fn_compound, "*selects", PY_PURE},
    {"except_all", fn_compound, "*selects", PY_PURE},
    {"intersect", fn_compound, "*selects", PY_PURE},
    {"intersect_all", fn_compound, "*selects", PY_PURE},
    {"join", fn_join, "left, right, onclause=None, isouter=False, full=False", PY_PURE},
    {"outerjoin", fn_join, "left, right, onclause=None, full=False", PY_PURE},
    {"alias", fn_alias, "selectable, name=None, flat=False", PY_PURE},
    {"values", fn_values, "*columns, name=None, literal_binds=False", PY_PURE},
    {NULL, NULL, NULL, 0},
};
