/* LIKE, IN, BETWEEN, and what joins conditions. */
#include <string.h>

#include "compile-private.h"

/* --- LIKE and regular expressions --- */

/* The pattern with its wildcards escaped (autoescape=True). */
static const SqlValue *escaped_pattern(Arena *arena, const SqlValue *value, const char *escape)
{
  g_autoptr(GString) out = g_string_new(NULL);
  gboolean escapes_itself = strcmp(escape, "%") != 0 && strcmp(escape, "_") != 0;

  for (const char *p = value->text; *p != '\0'; p++) {
    gboolean is_escape = escapes_itself && g_str_has_prefix(p, escape);
    if (is_escape || *p == '%' || *p == '_')
      g_string_append(out, escape);
    g_string_append_c(out, *p);
  }
  return sql_value_string(arena, out->str);
}

SqlExpr *sql_like(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, const char *escape,
                  gboolean autoescape, GError **error)
{
  if (autoescape) {
    if (!sql_is_bare(right) || right->value == NULL || right->value->kind != SQL_VALUE_STRING) {
      g_set_error_literal(error, SQL_ERROR, SQL_ERROR_TYPE, "String value expected when autoescape=True");
      return NULL;
    }
    escape = escape != NULL ? escape : "/";
    right = sql_bind_value(arena, escaped_pattern(arena, right->value, escape), NULL);
  }
  SqlExpr *expr = sql_operate(arena, op, left, right, error);
  if (expr != NULL)
    expr->escape = arena_strdup(arena, escape);
  return expr;
}

SqlExpr *sql_regexp_match(Arena *arena, SqlExpr *left, SqlExpr *pattern, const char *flags, GError **error)
{
  (void)error;
  SqlExpr *expr = sql_expr_binary(arena, SQL_OP_REGEXP_MATCH, left,
                                  sql_coerced(arena, pattern, left, SQL_OP_COMMA), NULL);
  expr->flags = arena_strdup(arena, flags);
  return expr;
}

SqlExpr *sql_regexp_replace(Arena *arena, SqlExpr *left, SqlExpr *pattern, SqlExpr *replacement,
                            const char *flags, GError **error)
{
  SqlExpr *pair = sql_expr_node(arena, SQL_EXPR_LIST, SQL_OP_COMMA, NULL);

  (void)error;
  pair->ungrouped = TRUE;
  sql_expr_list_add(arena, &pair->args, sql_coerced(arena, pattern, left, SQL_OP_COMMA));
  sql_expr_list_add(arena, &pair->args, sql_coerced(arena, replacement, left, SQL_OP_COMMA));
  SqlExpr *expr = sql_expr_binary(arena, SQL_OP_REGEXP_REPLACE, left, pair, NULL);
  expr->flags = arena_strdup(arena, flags);
  return expr;
}

/* --- IN, BETWEEN --- */

static SqlExpr *in_values(Arena *arena, SqlExpr *left, SqlExpr *right, gboolean negated)
{
  return sql_expr_binary(arena, negated ? SQL_OP_NOT_IN : SQL_OP_IN, left, right, sql_type(SQL_TYPE_BOOLEAN));
}

static SqlExpr *comma_group(Arena *arena, SqlExprList items)
{
  SqlExpr *list = sql_expr_node(arena, SQL_EXPR_LIST, SQL_OP_COMMA, NULL);
  SqlExpr *group = sql_expr_node(arena, SQL_EXPR_GROUPING, SQL_OP_NONE, NULL);

  list->args = items;
  group->left = list;
  return group;
}

/* One bind that prints as a list.  Its args are the items of the tuple it stands beside: an empty list has a NULL for
 * each of them. */
static SqlExpr *expanding(Arena *arena, SqlExpr *left, const SqlExprList *values)
{
  SqlValueList items = {0};
  SqlExpr *bind = sql_expr_node(arena, SQL_EXPR_BIND, SQL_OP_NONE, left->type);
  const char *key = sql_bind_key(left);

  for (guint i = 0; i < values->n; i++)
    sql_value_list_add(arena, &items, values->items[i]->value);
  if (items.n > 0)
    bind->type = sql_compared_type(left->type, items.items[0], SQL_OP_IN);
  bind->name = sql_name(key != NULL ? key : "param");
  bind->unique = TRUE;
  bind->expanding = TRUE;
  if (left->kind == SQL_EXPR_TUPLE)
    bind->args = left->args;
  bind->value = sql_value_list(arena, items, NULL);
  return bind;
}

SqlExpr *sql_in(Arena *arena, SqlExpr *left, SqlExprList values, gboolean negated, GError **error)
{
  gboolean all_bare = TRUE;
  SqlExprList items = {0};

  left = sql_settle(arena, left, NULL, NULL);
  for (guint i = 0; i < values.n; i++)
    all_bare = all_bare && sql_is_bare(values.items[i]) && values.items[i]->value != NULL;
  if (all_bare && left->kind == SQL_EXPR_ARRAY) {
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_UNKNOWN, "array(...).in_() of plain values");
    return NULL;
  }
  if (all_bare && (left->kind != SQL_EXPR_TUPLE || values.n == 0))
    return in_values(arena, left, expanding(arena, left, &values), negated);
  for (guint i = 0; i < values.n; i++) {
    SqlExpr *item = values.items[i];
    if (left->kind == SQL_EXPR_TUPLE && sql_is_bare(item) && item->value != NULL &&
        item->value->kind == SQL_VALUE_LIST)
      item = sql_tuple_beside(arena, item->value, left, SQL_OP_IN);
    else
      item = sql_coerced(arena, item, left, SQL_OP_IN);
    sql_expr_list_add(arena, &items, sql_self_group(arena, item, SQL_OP_COMMA));
  }
  return in_values(arena, left, comma_group(arena, items), negated);
}

SqlExpr *sql_in_query(Arena *arena, SqlExpr *left, SqlQuery *query, gboolean negated)
{
  return in_values(arena, left, sql_scalar_subquery(arena, query), negated);
}

SqlExpr *sql_in_bind(Arena *arena, SqlExpr *left, SqlExpr *bind, gboolean negated)
{
  SqlExpr *copy = arena_new0(arena, SqlExpr);

  *copy = *bind;
  copy->expanding = TRUE;
  if (left->kind == SQL_EXPR_TUPLE)
    copy->args = left->args;
  if (!sql_has_type(copy) && sql_has_type(left))
    copy->type = left->type;
  return in_values(arena, left, copy, negated);
}

SqlExpr *sql_between(Arena *arena, SqlExpr *left, SqlExpr *low, SqlExpr *high, gboolean symmetric,
                     GError **error)
{
  SqlExpr *pair = sql_expr_node(arena, SQL_EXPR_LIST, SQL_OP_AND, NULL);

  (void)error;
  left = sql_settle(arena, left, NULL, NULL);
  pair->ungrouped = TRUE;
  sql_expr_list_add(arena, &pair->args, sql_coerced(arena, low, left, SQL_OP_AND));
  sql_expr_list_add(arena, &pair->args, sql_coerced(arena, high, left, SQL_OP_AND));
  SqlExpr *expr = sql_expr_binary(arena, SQL_OP_BETWEEN, left, pair, NULL);
  expr->flags = symmetric ? "symmetric" : NULL;
  return expr;
}

/* --- Conditions --- */

static SqlExpr *as_condition(Arena *arena, SqlExpr *x)
{
  SqlExpr *fixed = sql_constant(arena, x);
  return fixed != NULL ? fixed : sql_settle(arena, x, NULL, NULL);
}

/* args without those that change nothing, or the one that decides it all. */
static SqlExprList needed_conditions(Arena *arena, SqlOperator op, SqlExprList args)
{
  SqlExprKind skipped = op == SQL_OP_AND ? SQL_EXPR_TRUE : SQL_EXPR_FALSE;
  SqlExprKind decisive = op == SQL_OP_AND ? SQL_EXPR_FALSE : SQL_EXPR_TRUE;
  SqlExprList kept = {0};

  for (guint i = 0; i < args.n; i++) {
    SqlExpr *arg = as_condition(arena, args.items[i]);
    if (arg->kind == decisive && !arg->as_boolean) {
      kept = (SqlExprList){0};
      sql_expr_list_add(arena, &kept, arg);
      return kept;
    }
    if (arg->kind != skipped || arg->as_boolean)
      sql_expr_list_add(arena, &kept, arg);
  }
  if (kept.n == 0 && args.n > 0)
    sql_expr_list_add(arena, &kept, op == SQL_OP_AND ? sql_true(arena) : sql_false(arena));
  return kept;
}

static SqlExpr *single_condition(Arena *arena, SqlExpr *x)
{
  if (x->kind != SQL_EXPR_TRUE && x->kind != SQL_EXPR_FALSE)
    return sql_self_group(arena, x, SQL_OP_ASBOOL);
  SqlExpr *constant = arena_new0(arena, SqlExpr);
  *constant = *x;
  constant->as_boolean = TRUE;
  return constant;
}

SqlExpr *sql_conjunction(Arena *arena, SqlOperator op, SqlExprList args)
{
  SqlExprList kept = needed_conditions(arena, op, args);
  SqlExpr *expr = sql_expr_node(arena, SQL_EXPR_LIST, op, sql_type(SQL_TYPE_BOOLEAN));

  if (kept.n == 1)
    return single_condition(arena, kept.items[0]);
  for (guint i = 0; i < kept.n; i++) {
    SqlExpr *arg = sql_self_group(arena, kept.items[i], op);
    if (arg->kind != SQL_EXPR_LIST || arg->op != op) {
      sql_expr_list_add(arena, &expr->args, arg);
      continue;
    }
    for (guint k = 0; k < arg->args.n; k++)
      sql_expr_list_add(arena, &expr->args, arg->args.items[k]);
  }
  return expr;
}

SqlExpr *sql_and_where(Arena *arena, SqlExpr *where, SqlExpr *condition)
{
  SqlExprList all = {0};

  for (guint i = 0; where != NULL && where->criteria && i < where->args.n; i++)
    sql_expr_list_add(arena, &all, where->args.items[i]);
  if (where != NULL && !where->criteria)
    sql_expr_list_add(arena, &all, where);
  sql_expr_list_add(arena, &all, condition);
  SqlExprList kept = needed_conditions(arena, SQL_OP_AND, all);
  if (kept.n == 1)
    return sql_self_group(arena, kept.items[0], SQL_OP_ASBOOL);

  SqlExpr *expr = sql_expr_node(arena, SQL_EXPR_LIST, SQL_OP_AND, sql_type(SQL_TYPE_BOOLEAN));
  expr->criteria = TRUE;
  for (guint i = 0; i < kept.n; i++)
    sql_expr_list_add(arena, &expr->args, sql_self_group(arena, kept.items[i], SQL_OP_AND));
  return expr;
}
