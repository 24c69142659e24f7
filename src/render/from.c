/* What stands in FROM: tables, aliases, subqueries, CTEs, joins, and their columns. */
#include <glib/gi18n.h>
#include <string.h>

#include "dml.h"

SqlFrom *as_from(PyInterp *interp, PyValue v)
{
  TableObject *table = py_payload(v, &table_class);
  if (table)
    return sql_table_from(py_arena(interp), table->table);
  return py_payload(v, &from_class);
}

PyValue from_value(PyInterp *interp, SqlFrom *from)
{
  if (from->kind == SQL_FROM_TABLE)
    return table_value(interp, from->table, py_none());
  return py_host_object(interp, &from_class, from);
}

SqlFrom *to_from(PyInterp *interp, PyValue v)
{
  if (!py_require_known(interp, v))
    return NULL;
  SqlFrom *from = as_from(interp, v);
  SqlExpr *text = from ? NULL : py_payload(v, &text_clause_class);
  if (text) {
    from = arena_new0(py_arena(interp), SqlFrom);
    from->kind = SQL_FROM_TEXT;
    from->text = text->text;
    if (text->args.n > 0 || strchr(text->text, ':'))
      from = NULL;
  }
  if (!from)
    refuse(interp, _("%s where a table is expected"), py_type_name(interp, v));
  return from;
}

/* ---- from.c: the columns ---- */

static const PyHostClass columns_class;

static PyValue column_at(PyInterp *interp, SqlFrom *from, const char *key)
{
  SqlExpr *column = sql_from_column(py_arena(interp), from, key);
  return column ? expr_value(interp, column) : py_null();
}

static PyValue columns_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  PyValue column = column_at(interp, py_payload(self, &columns_class), name->data);
  if (!py_is_null(column) || g_str_has_prefix(name->data, "__"))
    return column;
  const SqlFrom *from = py_payload(self, &columns_class);
  if (from->kind == SQL_FROM_JOIN)
    return refuse(interp, _("column %s of a join"), name->data);
  return py_raise(interp, "AttributeError", "%s", name->data);
}

static PyValue columns_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  SqlFrom *from = py_payload(self, &columns_class);
  gint64 i;
  if (py_as_int64(key, &i)) {
    SqlTextList keys = sql_from_keys(py_arena(interp), from);
    if (i < 0)
      i += keys.n;
    if (i < 0 || i >= keys.n)
      return py_raise(interp, "IndexError", "list index out of range");
    return column_at(interp, from, keys.items[i]);
  }
  if (!to_text(key))
    return refuse(interp, _("columns[%s]"), py_type_name(interp, key));
  PyValue column = column_at(interp, from, to_text(key));
  return py_is_null(column) ? py_raise(interp, "KeyError", "%s", to_text(key)) : column;
}

static PyValue columns_list(PyInterp *interp, SqlFrom *from, gboolean keys_only)
{
  SqlTextList keys = sql_from_keys(py_arena(interp), from);
  PyValue list = py_list(interp, keys.n);
  for (guint i = 0; i < keys.n; i++)
    py_list_append(interp, list.list,
                   keys_only ? py_str(interp, keys.items[i], -1) : column_at(interp, from, keys.items[i]));
  return list;
}

static PyValue columns_iter(PyInterp *interp, PyValue self)
{
  return columns_list(interp, py_payload(self, &columns_class), FALSE);
}

static gssize columns_len(PyInterp *interp, PyValue self)
{
  return sql_from_keys(py_arena(interp), py_payload(self, &columns_class)).n;
}

static int columns_contains(PyInterp *interp, PyValue self, PyValue item)
{
  if (!to_text(item)) {
    refuse(interp, _("%s in columns"), py_type_name(interp, item));
    return -1;
  }
  return sql_from_column(py_arena(interp), py_payload(self, &columns_class), to_text(item)) != NULL;
}

static PyValue columns_keys(PyInterp *interp, PyCall *call)
{
  return columns_list(interp, py_payload(call->self, &columns_class), TRUE);
}

static PyValue columns_values(PyInterp *interp, PyCall *call)
{
  return columns_list(interp, py_payload(call->self, &columns_class), FALSE);
}

static PyValue columns_get(PyInterp *interp, PyCall *call)
{
  const char *key = py_arg_text(call, 0);
  PyValue column = key ? column_at(interp, py_payload(call->self, &columns_class), key) : py_null();
  return key && py_is_null(column) ? call->values[1] : column;
}

static const PyMethod columns_methods[] = {
    {"keys", columns_keys, "", PY_PURE},
    {"values", columns_values, "", PY_PURE},
    {"get", columns_get, "key, default=None", PY_PURE},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass columns_class = {
    .name = "ReadOnlyColumnCollection",
    .module = "sqlalchemy.sql.base",
    .methods = columns_methods,
    .getattr = columns_getattr,
    .setattr = refuse_setattr,
    .getitem = columns_getitem,
    .iter = columns_iter,
    .len = columns_len,
    .contains = columns_contains,
};

PyValue columns_value(PyInterp *interp, SqlFrom *from)
{
  return py_host_object(interp, &columns_class, from);
}

/* ---- functions as tables ---- */

/* func.f(...).table_valued("a", column("b", T), name=None, with_ordinality=None, joins_implicitly=False) */
PyValue function_table(PyInterp *interp, SqlExpr *function, PyCall *call)
{
  Arena *arena = py_arena(interp);
  SqlExprList columns = {0};
  PyValue *items;
  gsize n;
  SqlName name, ordinality;
  py_sequence(call->values[0], &items, &n);
  for (gsize i = 0; i < n; i++) {
    const char *text = to_text(items[i]);
    SqlExpr *x =
        text ? sql_column(arena, sql_name(arena_strdup(arena, text)), NULL, NULL) : as_expr(interp, items[i]);
    if (!x || x->kind != SQL_EXPR_COLUMN)
      return py_failed(interp) ? py_null()
                               : refuse(interp, _("table_valued(%s)"), py_type_name(interp, items[i]));
    sql_expr_list_add(arena, &columns, x);
  }
  if (!arg_name(call, 1, &name) || !arg_name(call, 2, &ordinality))
    return py_null();
  if (py_is_true(call->values[3]))
    return refuse(interp, _("table_valued(joins_implicitly=True)"));
  if (ordinality.text)
    sql_expr_list_add(arena, &columns, sql_column(arena, ordinality, sql_type(SQL_TYPE_INTEGER), NULL));
  SqlFrom *from = sql_function_from(arena, function, columns, name);
  from->with_ordinality = ordinality.text != NULL;
  return from_value(interp, from);
}

/* The same table function once more, under another name; its columns are new ones, too. */
static SqlFrom *function_again(PyInterp *interp, SqlFrom *from, SqlName name)
{
  SqlFrom *again = sql_function_from(py_arena(interp), from->function, from->columns, name);
  again->element = from;
  again->with_ordinality = from->with_ordinality;
  again->render_derived = from->render_derived;
  again->lateral = from->lateral;
  return again;
}

static PyValue from_render_derived(PyInterp *interp, PyCall *call)
{
  SqlFrom *from = as_from(interp, call->self);
  SqlName name;
  if (!arg_name(call, 0, &name))
    return py_null();
  if (from->kind != SQL_FROM_FUNCTION || py_is_true(call->values[1]))
    return refuse(interp, _("render_derived() like this"));
  from = function_again(interp, from, name);
  from->name = name; /* that of table_valued() is not handed on */
  from->element = NULL;
  from->render_derived = TRUE;
  return from_value(interp, from);
}

static PyValue from_lateral(PyInterp *interp, PyCall *call)
{
  SqlFrom *from = as_from(interp, call->self);
  SqlName name;
  if (!arg_name(call, 0, &name))
    return py_null();
  if (from->kind != SQL_FROM_FUNCTION)
    return refuse(interp, _("lateral() of %s"), py_type_name(interp, call->self));
  from = function_again(interp, from, name);
  from->lateral = TRUE;
  return from_value(interp, from);
}

/* ---- methods of everything that can be selected from ---- */

static PyValue from_alias(PyInterp *interp, PyCall *call)
{
  SqlName name;
  SqlFrom *from = as_from(interp, call->self);
  if (!arg_name(call, 0, &name))
    return py_null();
  if (from->kind == SQL_FROM_FUNCTION)
    return from_value(interp, function_again(interp, from, name));
  if (from->kind == SQL_FROM_VALUES && !from->name.text && name.text)
    return from_value(interp, sql_values(py_arena(interp), from->columns, from->rows, name));
  return from_value(interp, sql_alias(py_arena(interp), from, name));
}

PyValue join_value(PyInterp *interp, SqlFrom *left, const PyValue *args, gboolean outer)
{
  SqlFrom *right = left ? to_from(interp, args[0]) : NULL;
  SqlExpr *on = NULL;
  GError *error = NULL;
  if (!right || (!py_is_none(args[1]) && !(on = to_condition(interp, args[1]))))
    return py_null();
  SqlFrom *join =
      sql_join(py_arena(interp), left, right, on, outer || py_is_true(args[2]), py_is_true(args[3]), &error);
  return join ? from_value(interp, join) : raise_error(interp, error);
}

static PyValue from_join(PyInterp *interp, PyCall *call)
{
  return join_value(interp, as_from(interp, call->self), call->values, FALSE);
}

static PyValue from_outerjoin(PyInterp *interp, PyCall *call)
{
  PyValue args[] = {call->values[0], call->values[1], py_bool(TRUE), call->values[2]};
  return join_value(interp, as_from(interp, call->self), args, TRUE);
}

/* 1.4 takes conditions and values right away, 2.0 by methods only. */
gboolean no_more_arguments(PyInterp *interp, PyCall *call, guint first)
{
  PyValue *items;
  gsize n;
  py_sequence(call->values[first], &items, &n);
  if (n == 0 && py_dict_len(call->values[first + 1].dict) == 0)
    return TRUE;
  if (run_is_old(interp))
    refuse(interp, _("%s() with arguments that SQLAlchemy 2 does not take"), call->function);
  else
    py_raise(interp, "TypeError", "%s() got an unexpected argument", call->function);
  return FALSE;
}

static PyValue from_select(PyInterp *interp, PyCall *call)
{
  if (!no_more_arguments(interp, call, 0))
    return py_null();
  SqlQuery *query = sql_select(py_arena(interp));
  return select_add(interp, query, &call->self, 1) ? query_value(interp, query) : py_null();
}

/* The methods stand in one list for every FROM; only tables have rows to change. */
static gboolean has_rows(PyInterp *interp, PyCall *call)
{
  if (!no_more_arguments(interp, call, 0))
    return FALSE;
  if (as_from(interp, call->self)->kind == SQL_FROM_TABLE)
    return TRUE;
  refuse(interp, _("%s() of something else than a table"), call->function);
  return FALSE;
}

static PyValue from_insert(PyInterp *interp, PyCall *call)
{
  return has_rows(interp, call)
             ? query_value(interp, sql_insert(py_arena(interp), as_from(interp, call->self)))
             : py_null();
}

static PyValue from_update(PyInterp *interp, PyCall *call)
{
  return has_rows(interp, call)
             ? query_value(interp, sql_update(py_arena(interp), as_from(interp, call->self)))
             : py_null();
}

static PyValue from_delete(PyInterp *interp, PyCall *call)
{
  return has_rows(interp, call)
             ? query_value(interp, sql_delete(py_arena(interp), as_from(interp, call->self)))
             : py_null();
}

/* cte.union(select): a recursive CTE's second part. */
static PyValue from_union(PyInterp *interp, PyCall *call)
{
  SqlFrom *from = as_from(interp, call->self);
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  if (from->kind != SQL_FROM_CTE || n != 1 || !as_query(items[0]))
    return refuse(interp, _("%s() of anything but a CTE and one select"), call->function);
  SqlCompound compound = strcmp(call->function, "union") == 0 ? SQL_UNION : SQL_UNION_ALL;
  sql_cte_extend(py_arena(interp), from, compound, as_query(items[0]));
  return call->self;
}

/* values(column("a", T), ...).data([(1, ...), ...]) */
static PyValue from_data(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  SqlFrom *from = as_from(interp, call->self);
  SqlExprList rows = {0};
  PyList *items = from->kind == SQL_FROM_VALUES ? py_collect(interp, call->values[0]) : NULL;
  for (gsize i = 0; items && i < items->len; i++) {
    PyValue *cells;
    gsize width;
    SqlExpr *row = arena_new0(arena, SqlExpr);
    row->kind = SQL_EXPR_TUPLE;
    if (!py_sequence(items->items[i], &cells, &width))
      return refuse(interp, _("a row of values() that is no tuple"));
    if (!to_expr_list(interp, cells, width, &row->args))
      return py_null();
    sql_expr_list_add(arena, &rows, row);
  }
  if (!items)
    return py_failed(interp) ? py_null() : refuse(interp, _("data() of no values()"));
  if (from->rows.n > 0)
    return refuse(interp, _("data() called twice"));
  return from_value(interp, sql_values(arena, from->columns, rows, from->name));
}

/* values(*columns, name=None, literal_binds=False) */
PyValue fn_values(PyInterp *interp, PyCall *call)
{
  SqlExprList columns = {0};
  PyValue *items;
  gsize n;
  SqlName name;
  py_sequence(call->values[0], &items, &n);
  if (!to_expr_list(interp, items, n, &columns) || !arg_name(call, 1, &name))
    return py_null();
  return from_value(interp, sql_values(py_arena(interp), columns, (SqlExprList){0}, name));
}

#define JOIN_PARAMS "right, onclause=None, isouter=False, full=False"

const PyMethod from_methods[] = {
    {"alias", from_alias, "name=None, flat=False", PY_PURE},
    {"join", from_join, JOIN_PARAMS, PY_PURE},
    {"outerjoin", from_outerjoin, "right, onclause=None, full=False", PY_PURE},
    {"select", from_select, "*more, **kw", PY_PURE},
    {"insert", from_insert, "*more, **kw", PY_PURE},
    {"update", from_update, "*more, **kw", PY_PURE},
    {"delete", from_delete, "*more, **kw", PY_PURE},
    {"union", from_union, "*other", PY_PURE},
    {"union_all", from_union, "*other", PY_PURE},
    {"data", from_data, "values", PY_PURE},
    {"render_derived", from_render_derived, "name=None, with_types=False", PY_PURE},
    {"lateral", from_lateral, "name=None", PY_PURE},
    {NULL, NULL, NULL, 0},
};

static PyValue from_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  SqlFrom *from = as_from(interp, self);
  if (strcmp(name->data, "c") == 0 || strcmp(name->data, "columns") == 0)
    return columns_value(interp, from);
  if (strcmp(name->data, "name") == 0 && from->name.text)
    return py_str(interp, from->name.text, -1);
  return refuse_getattr(interp, self, name);
}

PyValue clause_unary(PyInterp *interp, PyOp op, PyValue self)
{
  if (op == PY_INVERT)
    return py_raise(interp, "AssertionError", "%s", "");
  return py_raise(interp, "TypeError", "bad operand type for unary %s: '%s'", py_op_text(op),
                  py_type_name(interp, self));
}

const PyHostClass from_class = {
    .name = "FromClause",
    .module = "sqlalchemy.sql.selectable",
    .methods = from_methods,
    .getattr = from_getattr,
    .unary = clause_unary,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
};
