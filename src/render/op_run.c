/* op.execute(), bulk_insert(), and the rest of what op offers. */
#include <glib/gi18n.h>
#include <string.h>

#include "op.h"
#include "dml.h"

/* ---- execute ---- */

static gboolean emit_query(PyInterp *interp, SqlQuery *query)
{
  SqlOp *op = op_new(interp, SQL_EXECUTE);
  op->execute.query = query;
  return run_emit(interp, op);
}

static SqlQuery *query_of(PyInterp *interp, PyValue sql)
{
  Arena *arena = py_arena(interp);
  if (to_text(sql)) {
    if (!check_text(interp, sql))
      return NULL;
    return sql_query_of(arena, sql_text(arena, arena_strdup(arena, to_text(sql))));
  }
  SqlQuery *query = as_query(sql);
  if (query)
    return query;
  SqlExpr *expr = as_expr(interp, sql);
  return expr ? sql_query_of(arena, expr) : NULL;
}

/* What SQLAlchemy says of something that is no statement. */
static gboolean not_executable(PyInterp *interp, PyValue sql)
{
  if (py_failed(interp))
    return FALSE;
  if (py_host_of(sql) || py_is(sql, PY_INSTANCE))
    refuse(interp, _("executing %s"), py_type_name(interp, sql));
  else
    py_raise(interp, "AttributeError", "'%s' object has no attribute 'compile'", py_type_name(interp, sql));
  return FALSE;
}

/* One set of parameters for one statement. */
static gboolean execute_with(PyInterp *interp, SqlQuery *query, PyValue parameters)
{
  Arena *arena = py_arena(interp);
  GError *error = NULL;
  PyValue key, value;
  if (!py_is(parameters, PY_DICT)) {
    refuse(interp, _("parameters that are no dict"));
    return FALSE;
  }
  if (query->kind == SQL_QUERY_INSERT && query->rows.n == 0 && !query->select) {
    SqlQuery *insert = sql_query_copy(arena, query);
    return query_add_values(interp, insert, &parameters, 1, NULL) && emit_query(interp, insert);
  }
  if (query->kind != SQL_QUERY_TEXT || query->expr->kind != SQL_EXPR_TEXT) {
    refuse(interp, _("parameters for a statement that is no text"));
    return FALSE;
  }
  SqlExpr *text = query->expr;
  for (gsize at = 0; py_dict_next(parameters.dict, &at, &key, &value);) {
    const SqlValue *plain = to_text(key) ? to_sql_value(interp, value) : NULL;
    if (!plain)
      return FALSE;
    SqlExpr *bind = text_bind(interp, text, arena_strdup(arena, to_text(key)), plain);
    if (!(text = sql_text_with_bind(arena, text, bind, &error))) {
      raise_error(interp, error);
      return FALSE;
    }
  }
  return emit_query(interp, sql_query_of(arena, text));
}

/* In --sql mode parameters given beside a statement are dropped; online they count. */
static gboolean execute_query(PyInterp *interp, SqlQuery *query, PyValue parameters)
{
  PyValue *rows;
  gsize n;
  if (py_is_null(parameters) || py_is_none(parameters) || !run_of(interp)->options->online)
    return emit_query(interp, query);
  if (!py_sequence(parameters, &rows, &n))
    return execute_with(interp, query, parameters);
  for (gsize i = 0; i < n; i++)
    if (!execute_with(interp, query, rows[i]))
      return FALSE;
  return n > 0 || emit_query(interp, query);
}

gboolean execute_value(PyInterp *interp, PyValue sql, PyValue parameters)
{
  gboolean counts = run_of(interp)->options->online && !py_is_null(parameters);
  if (!py_require_known(interp, sql) || (counts && !py_require_known(interp, parameters)))
    return FALSE;
  SqlOp *ddl = as_ddl(sql);
  if (ddl)
    return run_emit(interp, ddl);
  SqlQuery *query = query_of(interp, sql);
  return query ? execute_query(interp, query, parameters) : not_executable(interp, sql);
}

static PyValue op_execute(PyInterp *interp, PyCall *call)
{
  return execute_value(interp, call->values[0], py_null()) ? py_none() : py_null();
}

/* ---- bulk_insert ---- */

static gboolean add_cell(PyInterp *interp, SqlTable *table, SqlCellList *row, PyValue key, PyValue value)
{
  const char *text = to_text(key);
  const SqlColumn *column = text ? sql_table_column(table, text) : NULL;
  SqlCell cell = {0};
  SqlExpr *expr = py_is_host(value, &column_element_class) ? as_expr(interp, value) : NULL;
  if (!text) {
    refuse(interp, _("bulk_insert() with a key that is no text"));
    return FALSE;
  }
  gboolean inline_literal = expr && expr->kind == SQL_EXPR_INLINE;
  if (!column && run_of(interp)->options->online) {
    refuse(interp, _("bulk_insert() of %s, which the table does not have"), text);
    return FALSE;
  }
  if (!column && !inline_literal) {
    py_raise(interp, "KeyError", "%s", text);
    return FALSE;
  }
  cell.column = sql_name(arena_strdup(py_arena(interp), text));
  if (inline_literal)
    cell.expr = expr;
  else if (!(cell.value = to_typed_value(interp, value, column ? column->type : NULL)))
    return FALSE;
  sql_cell_list_add(py_arena(interp), row, cell);
  return TRUE;
}

/* With a server, one statement serves all rows: it takes its columns from the first, and a row that lacks one of them
 * fails.  What else SQLAlchemy would do with uneven rows depends on more than we follow. */
static gboolean rows_are_even(PyInterp *interp, const PyList *rows)
{
  PyValue key, value;
  const PyDict *first = rows->items[0].dict;
  for (gsize i = 0; i < rows->len; i++) {
    gboolean even = py_is(rows->items[i], PY_DICT) && py_dict_len(rows->items[i].dict) == py_dict_len(first);
    for (gsize at = 0; even && py_dict_next(rows->items[i].dict, &at, &key, &value);)
      even = to_text(key) && !py_is_null(py_dict_get_text(first, to_text(key))) &&
             !py_is_host(value, &column_element_class) && !as_query(value);
    if (!even) {
      refuse(interp, _("bulk_insert() of uneven rows or SQL expressions with a live connection"));
      return FALSE;
    }
  }
  return TRUE;
}

static PyValue op_bulk_insert(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  TableObject *object = py_payload(call->values[0], &table_class);
  PyValue rows = call->values[1], key, value;
  if (!object)
    return refuse(interp, _("bulk_insert() into %s"), py_type_name(interp, call->values[0]));
  if (!py_is(rows, PY_LIST))
    return py_raise(interp, "TypeError", "List expected");
  if (rows.list->len > 0 && !py_is(rows.list->items[0], PY_DICT))
    return py_raise(interp, "TypeError", "List of dictionaries expected");
  if (run_of(interp)->options->online && rows.list->len > 0 && !rows_are_even(interp, rows.list))
    return py_null();
  SqlOp *op = op_new(interp, SQL_BULK_INSERT);
  op->bulk_insert.table = object->table;
  op->bulk_insert.multiinsert = arg_tri(call, 2) == SQL_YES;
  for (gsize i = 0; i < rows.list->len; i++) {
    SqlCellList *row = arena_new0(arena, SqlCellList);
    if (!py_is(rows.list->items[i], PY_DICT))
      return refuse(interp, _("bulk_insert() with a row that is no dict"));
    for (gsize at = 0; py_dict_next(rows.list->items[i].dict, &at, &key, &value);)
      if (!add_cell(interp, object->table, row, key, value))
        return py_null();
    sql_cell_row_list_add(arena, &op->bulk_insert.rows, row);
  }
  return run_emit(interp, op) ? py_none() : py_null();
}

/* ---- the rest ---- */

static PyValue op_f(PyInterp *interp, PyCall *call)
{
  SqlName name;
  if (!arg_name(call, 0, &name))
    return py_null();
  if (!name.text)
    return refuse(interp, _("f() without a name"));
  name.final = TRUE;
  return name_value(interp, name);
}

static PyValue op_inline_literal(PyInterp *interp, PyCall *call)
{
  const SqlType *type;
  const SqlValue *value = to_sql_value(interp, call->values[0]);
  if (!value || !to_type(interp, call->values[1], &type))
    return py_null();
  return expr_value(interp, sql_inline_literal(py_arena(interp), value, type));
}

static PyValue op_get_bind(PyInterp *interp, PyCall *call)
{
  (void)call;
  return bind_value(interp);
}

static PyValue op_get_context(PyInterp *interp, PyCall *call)
{
  (void)call;
  return context_value(interp);
}

static PyValue op_run_async(PyInterp *interp, PyCall *call)
{
  (void)call;
  if (run_of(interp)->options->online)
    return refuse(interp, _("op.run_async()"));
  return py_raise(interp, "ValueError", "Cannot call run_async with a sync engine");
}

static PyValue op_invoke(PyInterp *interp, PyCall *call)
{
  return refuse(interp, _("op.%s()"), call->function);
}

const PyMethod op_run_methods[] = {
    {"execute", op_execute, "sqltext, *, execution_options=None", 0},
    {"bulk_insert", op_bulk_insert, "table, rows, *, multiinsert=True", 0},
    {"batch_alter_table", op_batch_alter_table, BATCH_ALTER_PARAMS, 0},
    {"f", op_f, "name", 0},
    {"inline_literal", op_inline_literal, "value, type_=None", 0},
    {"get_bind", op_get_bind, "", 0},
    {"get_context", op_get_context, "", 0},
    {"run_async", op_run_async, "async_function, *args, **kw_args", PY_TAKES_UNKNOWN},
    {"invoke", op_invoke, "*args, **kw", PY_TAKES_UNKNOWN},
    {"register_operation", op_invoke, "*args, **kw", PY_TAKES_UNKNOWN},
    {"implementation_for", op_invoke, "*args, **kw", PY_TAKES_UNKNOWN},
    {NULL, NULL, NULL, 0},
};
