/* Expressions over one operand: modifiers, collations, subqueries, items of arrays and JSON. */
#include "compile-private.h"

/* --- One operand --- */

static SqlExpr *unary(Arena *arena, SqlOperator op, SqlExpr *x, const SqlType *type)
{
  SqlExpr *expr = sql_expr_node(arena, SQL_EXPR_UNARY, op, type);
  expr->left = sql_self_group(arena, x, op);
  return expr;
}

SqlExpr *sql_negative(Arena *arena, SqlExpr *x)
{
  x = sql_settle(arena, x, NULL, NULL);
  return unary(arena, SQL_OP_NEG, x, x->type);
}

SqlExpr *sql_modifier(Arena *arena, SqlOperator op, SqlExpr *x)
{
  x = sql_settle(arena, x, NULL, NULL);
  if (op == SQL_OP_ANY || op == SQL_OP_ALL)
    return unary(arena, op, sql_self_group(arena, x, SQL_OP_NONE), sql_type(SQL_TYPE_BOOLEAN));
  return unary(arena, op, x, sql_is_modifier(op) ? NULL : x->type);
}

SqlExpr *sql_collate(Arena *arena, SqlExpr *x, const char *collation)
{
  SqlExpr *name = sql_expr_node(arena, SQL_EXPR_COLLATION, SQL_OP_NONE, NULL);

  x = sql_settle(arena, x, NULL, NULL);
  name->name = sql_name(arena_strdup(arena, collation));
  return sql_expr_binary(arena, SQL_OP_COLLATE, x, name, x->type);
}

SqlExpr *sql_scalar_subquery(Arena *arena, SqlQuery *query)
{
  const SqlQuery *typed = query;
  SqlExpr *expr = sql_expr_node(arena, SQL_EXPR_SUBQUERY, SQL_OP_NONE, NULL);

  while (typed->kind == SQL_QUERY_COMPOUND && typed->selects.n > 0)
    typed = typed->selects.items[0];
  expr->query = query;
  if (typed->columns.n > 0)
    expr->type = typed->columns.items[0]->type;
  return expr;
}

SqlExpr *sql_exists(Arena *arena, SqlQuery *query)
{
  return unary(arena, SQL_OP_EXISTS, sql_scalar_subquery(arena, query), sql_type(SQL_TYPE_BOOLEAN));
}

/* --- Indexing --- */

/* str() of a Python value; NULL when it is not known here. */
static const char *value_str(Arena *arena, const SqlValue *value)
{
  switch (value->kind) {
  case SQL_VALUE_INT:
  case SQL_VALUE_FLOAT:
  case SQL_VALUE_DECIMAL:
  case SQL_VALUE_STRING:
  case SQL_VALUE_DATE:
  case SQL_VALUE_TIME:
  case SQL_VALUE_DATETIME:
  case SQL_VALUE_UUID: return value->text;
  case SQL_VALUE_NULL:
  case SQL_VALUE_BOOL:
  case SQL_VALUE_BYTES:
  case SQL_VALUE_LIST:
  case SQL_VALUE_JSON: return sql_value_repr(arena, value);
  default: return NULL;
  }
}

/* "{a, b}": a path as the server reads it. */
static const SqlValue *path_value(Arena *arena, const SqlValue *list, GError **error)
{
  g_autoptr(GString) path = g_string_new("{");

  for (guint i = 0; i < list->items.n; i++) {
    const char *text = value_str(arena, list->items.items[i]);
    if (text == NULL) {
      g_set_error(error, SQL_ERROR, SQL_ERROR_UNKNOWN, "%s in a JSON path",
                  sql_value_repr(arena, list->items.items[i]));
      return NULL;
    }
    g_string_append_printf(path, "%s%s", i > 0 ? ", " : "", text);
  }
  g_string_append_c(path, '}');
  return sql_value_string(arena, path->str);
}

static SqlExpr *json_getitem(Arena *arena, SqlExpr *x, SqlExpr *index, GError **error)
{
  SqlOperator op = SQL_OP_JSON_GETITEM;
  const SqlType *type = sql_type(SQL_TYPE_TEXT);

  if (sql_is_bare(index) && index->value != NULL && index->value->kind == SQL_VALUE_LIST) {
    op = SQL_OP_JSON_PATH_GETITEM;
    const SqlValue *path = path_value(arena, index->value, error);
    if (path == NULL)
      return NULL;
    index = sql_bind_value(arena, path, NULL);
  } else if (sql_is_bare(index) && index->value != NULL && index->value->kind == SQL_VALUE_INT) {
    type = sql_type(SQL_TYPE_INTEGER);
  }
  return sql_expr_binary(arena, op, x, sql_settle(arena, index, type, sql_bind_key(x)), x->type);
}

SqlExpr *sql_getitem(Arena *arena, SqlExpr *x, SqlExpr *index, GError **error)
{
  switch (sql_type_affinity(x->type)) {
  case SQL_AFFINITY_JSON: return json_getitem(arena, x, index, error);
  case SQL_AFFINITY_HSTORE: {
    SqlExpr *key = sql_settle(arena, index, sql_type(SQL_TYPE_TEXT), sql_bind_key(x));
    SqlExpr *expr = sql_expr_binary(arena, SQL_OP_JSON_GETITEM, x, key, sql_type(SQL_TYPE_TEXT));
    return expr;
  }
  case SQL_AFFINITY_ARRAY:
    index = index->kind == SQL_EXPR_SLICE
                ? index
                : sql_settle(arena, index, sql_type(SQL_TYPE_INTEGER), sql_bind_key(x));
    return sql_expr_binary(arena, SQL_OP_GETITEM, x, index, x->type->item);
  default:
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_NOT_IMPLEMENTED,
                        "Operator 'getitem' is not supported on this expression");
    return NULL;
  }
}

SqlExpr *sql_getslice(Arena *arena, SqlExpr *x, SqlExpr *start, SqlExpr *end)
{
  SqlExpr *slice = sql_expr_node(arena, SQL_EXPR_SLICE, SQL_OP_NONE, NULL);

  slice->left = sql_settle(arena, start, sql_type(SQL_TYPE_INTEGER), sql_bind_key(x));
  slice->right = sql_settle(arena, end, sql_type(SQL_TYPE_INTEGER), sql_bind_key(x));
  return sql_expr_binary(arena, SQL_OP_GETITEM, x, slice, x->type);
}

SqlExpr *sql_astext(Arena *arena, SqlExpr *x, GError **error)
{
  gboolean is_item = x->kind == SQL_EXPR_BINARY && x->op == SQL_OP_JSON_GETITEM;
  gboolean is_path = x->kind == SQL_EXPR_BINARY && x->op == SQL_OP_JSON_PATH_GETITEM;

  if (!is_item && !is_path) {
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_ATTRIBUTE, "'astext' needs an item of a JSON column");
    return NULL;
  }
  return sql_expr_binary(arena, is_item ? SQL_OP_JSON_ASTEXT : SQL_OP_JSON_PATH_ASTEXT, x->left, x->right,
                         sql_type(SQL_TYPE_TEXT));
}
