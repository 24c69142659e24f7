/* Operators as Python applies them: coercion of bare values, adaptation of the operator, the resulting type. */
#include <string.h>

#include "compile-private.h"

static SqlExpr *node(Arena *arena, SqlExprKind kind, SqlOperator op, const SqlType *type)
{
  SqlExpr *expr = arena_new0(arena, SqlExpr);
  expr->kind = kind;
  expr->op = op;
  expr->type = type;
  return expr;
}

static SqlExpr *binary(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, const SqlType *type)
{
  SqlExpr *expr = node(arena, SQL_EXPR_BINARY, op, type);
  expr->left = sql_self_group(arena, left, op);
  expr->right = sql_self_group(arena, right, op);
  return expr;
}

/* --- Coercion of bare values --- */

static gboolean is_bare(const SqlExpr *x)
{
  return x->kind == SQL_EXPR_BIND && x->free_type;
}

static gboolean is_collection(const SqlExpr *x)
{
  return x->kind == SQL_EXPR_UNARY && (x->op == SQL_OP_ANY || x->op == SQL_OP_ALL);
}

/* The type a bare value takes beside something of type (coerce_compared_value). */
static const SqlType *compared_type(const SqlType *type, const SqlValue *value, SqlOperator op)
{
  const SqlType *own = sql_type_of_value(value);
  gboolean is_text = value != NULL && value->kind == SQL_VALUE_STRING;

  if (type == NULL || type->kind == SQL_TYPE_NULL)
    return own;
  switch (type->kind) {
  case SQL_TYPE_INET:
  case SQL_TYPE_CIDR:
  case SQL_TYPE_MACADDR:
  case SQL_TYPE_MACADDR8:
  case SQL_TYPE_CITEXT:
  case SQL_TYPE_CUSTOM: return type;
  case SQL_TYPE_JSONB:
    if (op == SQL_OP_PATH_MATCH || op == SQL_OP_PATH_EXISTS)
      return sql_type(SQL_TYPE_JSONPATH);
    break;
  default: break;
  }
  if (is_text &&
      (sql_type_affinity(type) == SQL_AFFINITY_UUID || sql_type_affinity(type) == SQL_AFFINITY_BINARY))
    return type;
  if (own->kind == SQL_TYPE_NULL || sql_type_affinity(own) == sql_type_affinity(type))
    return type;
  return own;
}

/* What anonymous binds beside x are named after. */
static const char *bind_key(const SqlExpr *x)
{
  switch (x->kind) {
  case SQL_EXPR_COLUMN:
  case SQL_EXPR_LABEL: return x->name.text;
  case SQL_EXPR_FUNCTION: {
    const char *dot = strrchr(x->name.text, '.');
    return dot != NULL ? dot + 1 : x->name.text;
  }
  case SQL_EXPR_LITERAL_COLUMN: return x->text;
  default: return NULL;
  }
}

/* right as an operand beside left. */
static SqlExpr *coerced(Arena *arena, SqlExpr *right, const SqlExpr *left, SqlOperator op)
{
  const SqlType *type = left->type;

  if (is_collection(left) && sql_type_affinity(left->left->type) == SQL_AFFINITY_ARRAY)
    type = left->left->kind == SQL_EXPR_GROUPING ? left->left->type->item : left->left->type->item;
  if (is_bare(right)) {
    SqlExpr *bind = arena_new0(arena, SqlExpr);
    const char *key = bind_key(left);
    *bind = *right;
    bind->free_type = FALSE;
    bind->type = compared_type(type, right->value, op);
    if (key != NULL)
      bind->name = sql_name(key);
    return bind;
  }
  if (right->kind == SQL_EXPR_BIND && !sql_has_type(right) && sql_has_type(left)) {
    SqlExpr *bind = arena_new0(arena, SqlExpr);
    *bind = *right;
    bind->type = type;
    return bind;
  }
  return right;
}

/* Both operands with bare values settled: beside each other, or on their own when both are bare. */
static void coerce_both(Arena *arena, SqlOperator op, SqlExpr **left, SqlExpr **right)
{
  if (is_bare(*left) && is_bare(*right))
    *left = sql_settle(arena, *left, NULL, NULL);
  if (is_bare(*left))
    *left = coerced(arena, *left, *right, op);
  *right = coerced(arena, *right, *left, op);
}

/* --- Comparisons --- */

/* None, True, False and their SQL constants; NULL for anything else. */
static SqlExpr *constant(Arena *arena, SqlExpr *x)
{
  if (x->kind == SQL_EXPR_NULL || x->kind == SQL_EXPR_TRUE || x->kind == SQL_EXPR_FALSE)
    return x;
  if (!is_bare(x))
    return NULL;
  if (x->value == NULL || x->value->kind == SQL_VALUE_NULL)
    return sql_null(arena);
  if (x->value->kind == SQL_VALUE_BOOL)
    return x->value->boolean ? sql_true(arena) : sql_false(arena);
  return NULL;
}

static SqlExpr *compare_constant(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, GError **error)
{
  const SqlType *boolean = sql_type(SQL_TYPE_BOOLEAN);

  switch (op) {
  case SQL_OP_EQ:
  case SQL_OP_NE:
    if (right->kind != SQL_EXPR_NULL)
      return binary(arena, op, left, right, boolean);
    return binary(arena, op == SQL_OP_EQ ? SQL_OP_IS : SQL_OP_IS_NOT, left, right, boolean);
  case SQL_OP_IS:
  case SQL_OP_IS_NOT:
  case SQL_OP_IS_DISTINCT_FROM:
  case SQL_OP_IS_NOT_DISTINCT_FROM: return binary(arena, op, left, right, boolean);
  default:
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_ARGUMENT,
                        "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' "
                        "operators can be used with None/True/False");
    return NULL;
  }
}

static SqlOperator mirrored(SqlOperator op)
{
  switch (op) {
  case SQL_OP_LT: return SQL_OP_GT;
  case SQL_OP_GT: return SQL_OP_LT;
  case SQL_OP_LE: return SQL_OP_GE;
  case SQL_OP_GE: return SQL_OP_LE;
  default: return op;
  }
}

/* A column of a Table (or of an alias or subquery of one) rather than of sa.table() or sa.column(). */
static gboolean is_schema_column(const SqlExpr *x)
{
  const SqlFrom *from = x->kind == SQL_EXPR_COLUMN ? x->from : NULL;

  while (from != NULL && from->kind == SQL_FROM_ALIAS)
    from = from->element;
  if (from == NULL)
    return FALSE;
  if (from->kind == SQL_FROM_TABLE)
    return !from->table->light;
  return x->left != NULL && is_schema_column(x->left);
}

/* Column is a subclass of what sa.column() makes, so Python asks the right side first. */
static gboolean asks_right_side(SqlOperator op, const SqlExpr *left, const SqlExpr *right)
{
  return op >= SQL_OP_EQ && op <= SQL_OP_GE && left->kind == SQL_EXPR_COLUMN && !is_schema_column(left) &&
         is_schema_column(right);
}

static SqlExpr *compare(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, GError **error)
{
  SqlExpr *fixed = constant(arena, right);

  if (is_collection(left) && !is_collection(right)) {
    /* any_(x) == 5 is 5 = ANY (x) */
    SqlExpr *swap = left;
    left = right;
    right = swap;
    op = mirrored(op);
    fixed = NULL;
  }
  if (is_collection(right)) {
    SqlExpr *operand = constant(arena, left);
    operand = operand != NULL ? operand : coerced(arena, left, right, op);
    return binary(arena, op, operand, right, sql_type(SQL_TYPE_BOOLEAN));
  }
  if (constant(arena, left) != NULL && is_bare(left) && fixed == NULL)
    return compare_constant(arena, mirrored(op), right, constant(arena, left), error);
  if (fixed == NULL && ((is_bare(left) && !is_bare(right)) || asks_right_side(op, left, right))) {
    /* Python has mirrored 5 < column into column > 5. */
    SqlExpr *swap = left;
    left = right;
    right = swap;
    op = mirrored(op);
  }
  if (fixed != NULL)
    return compare_constant(arena, op, sql_settle(arena, left, NULL, NULL), fixed, error);
  coerce_both(arena, op, &left, &right);
  return binary(arena, op, left, right, sql_type(SQL_TYPE_BOOLEAN));
}

/* --- Arithmetic --- */

static gboolean concatenates(const SqlType *type)
{
  switch (sql_type_affinity(type)) {
  case SQL_AFFINITY_STRING:
  case SQL_AFFINITY_ARRAY:
  case SQL_AFFINITY_HSTORE:
  case SQL_AFFINITY_JSON: return TRUE;
  default: return FALSE;
  }
}

typedef struct {
  SqlOperator op;
  SqlAffinity left;
  SqlAffinity right;
  SqlTypeKind result;
} Adaptation;

/* Results that are neither operand's type as it stands. */
static const Adaptation adaptations[] = {
    {SQL_OP_ADD, SQL_AFFINITY_INTEGER, SQL_AFFINITY_DATE, SQL_TYPE_DATE},
    {SQL_OP_ADD, SQL_AFFINITY_INTEGER, SQL_AFFINITY_NUMERIC, SQL_TYPE_NUMERIC},
    {SQL_OP_SUB, SQL_AFFINITY_INTEGER, SQL_AFFINITY_NUMERIC, SQL_TYPE_NUMERIC},
    {SQL_OP_MUL, SQL_AFFINITY_INTEGER, SQL_AFFINITY_NUMERIC, SQL_TYPE_NUMERIC},
    {SQL_OP_MUL, SQL_AFFINITY_INTEGER, SQL_AFFINITY_INTERVAL, SQL_TYPE_INTERVAL},
    {SQL_OP_DIV, SQL_AFFINITY_INTEGER, SQL_AFFINITY_INTEGER, SQL_TYPE_NUMERIC},
    {SQL_OP_DIV, SQL_AFFINITY_INTEGER, SQL_AFFINITY_NUMERIC, SQL_TYPE_NUMERIC},
    {SQL_OP_FLOORDIV, SQL_AFFINITY_INTEGER, SQL_AFFINITY_NUMERIC, SQL_TYPE_NUMERIC},
    {SQL_OP_MUL, SQL_AFFINITY_NUMERIC, SQL_AFFINITY_INTERVAL, SQL_TYPE_INTERVAL},
    {SQL_OP_ADD, SQL_AFFINITY_DATE, SQL_AFFINITY_INTERVAL, SQL_TYPE_TIMESTAMP},
    {SQL_OP_ADD, SQL_AFFINITY_DATE, SQL_AFFINITY_TIME, SQL_TYPE_TIMESTAMP},
    {SQL_OP_SUB, SQL_AFFINITY_DATE, SQL_AFFINITY_DATE, SQL_TYPE_INTEGER},
    {SQL_OP_SUB, SQL_AFFINITY_DATE, SQL_AFFINITY_INTERVAL, SQL_TYPE_TIMESTAMP},
    {SQL_OP_SUB, SQL_AFFINITY_DATE, SQL_AFFINITY_DATETIME, SQL_TYPE_INTERVAL},
    {SQL_OP_SUB, SQL_AFFINITY_DATETIME, SQL_AFFINITY_DATETIME, SQL_TYPE_INTERVAL},
    {SQL_OP_ADD, SQL_AFFINITY_TIME, SQL_AFFINITY_DATE, SQL_TYPE_TIMESTAMP},
    {SQL_OP_SUB, SQL_AFFINITY_TIME, SQL_AFFINITY_TIME, SQL_TYPE_INTERVAL},
    {SQL_OP_ADD, SQL_AFFINITY_INTERVAL, SQL_AFFINITY_DATE, SQL_TYPE_TIMESTAMP},
    {SQL_OP_ADD, SQL_AFFINITY_INTERVAL, SQL_AFFINITY_DATETIME, SQL_TYPE_TIMESTAMP},
    {SQL_OP_ADD, SQL_AFFINITY_INTERVAL, SQL_AFFINITY_TIME, SQL_TYPE_TIME},
};

static const SqlType *adapted_type(SqlOperator op, const SqlType *left, const SqlType *right)
{
  for (gsize i = 0; i < G_N_ELEMENTS(adaptations); i++) {
    const Adaptation *a = &adaptations[i];
    if (a->op == op && a->left == sql_type_affinity(left) && a->right == sql_type_affinity(right)) {
      if (sql_type_affinity(sql_type(a->result)) == a->right)
        return right;
      return sql_type(a->result);
    }
  }
  return left;
}

static SqlExpr *arithmetic(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right)
{
  coerce_both(arena, op, &left, &right);
  const SqlType *left_type = left->type;
  const SqlType *right_type = right->type;
  gboolean commutes = op == SQL_OP_ADD || op == SQL_OP_MUL;

  /* An untyped left side lets the right side decide, where the order does not matter. */
  if (!sql_has_type(left) && sql_has_type(right) && commutes) {
    left_type = right->type;
    right_type = left->type;
  }
  gboolean other_joins = right_type == NULL || right_type->kind == SQL_TYPE_NULL || concatenates(right_type);
  if (op == SQL_OP_ADD && concatenates(left_type) && other_joins)
    return binary(arena, SQL_OP_CONCAT, left, right, left_type);
  return binary(arena, op, left, right, adapted_type(op, left_type, right_type));
}

SqlExpr *sql_operate(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, GError **error)
{
  SqlExprList both = {0};

  switch (op) {
  case SQL_OP_AND:
  case SQL_OP_OR:
    sql_expr_list_add(arena, &both, left);
    sql_expr_list_add(arena, &both, right);
    return sql_conjunction(arena, op, both);
  case SQL_OP_JSON_ASTEXT:
  case SQL_OP_JSON_PATH_ASTEXT:
    coerce_both(arena, op, &left, &right);
    return binary(arena, op, left, right, sql_type(SQL_TYPE_TEXT));
  case SQL_OP_CONCAT:
    coerce_both(arena, op, &left, &right);
    return binary(arena, op, left, right, left->type);
  default:
    if (is_collection(left) && !sql_is_comparison(op)) {
      g_set_error_literal(error, SQL_ERROR, SQL_ERROR_ARGUMENT,
                          "Only comparison operators may be used with ANY/ALL");
      return NULL;
    }
    if (!sql_is_comparison(op))
      return arithmetic(arena, op, left, right);
    if (op >= SQL_OP_EQ && op <= SQL_OP_NOT_REGEXP_MATCH)
      return compare(arena, op, left, right, error);
    coerce_both(arena, op, &left, &right);
    return binary(arena, op, left, right, sql_type(SQL_TYPE_BOOLEAN));
  }
}

SqlExpr *sql_custom_op(Arena *arena, const char *text, int precedence, gboolean comparison, SqlExpr *left,
                       SqlExpr *right, GError **error)
{
  SqlAgainst against = {.op = SQL_OP_CUSTOM, .precedence = precedence};
  SqlExpr *expr = node(arena, SQL_EXPR_BINARY, SQL_OP_CUSTOM, NULL);

  if (is_collection(left) && !comparison) {
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_ARGUMENT,
                        "Only comparison operators may be used with ANY/ALL");
    return NULL;
  }
  coerce_both(arena, SQL_OP_CUSTOM, &left, &right);
  expr->text = arena_strdup(arena, text);
  expr->precedence = precedence;
  expr->comparison = comparison;
  expr->type = comparison ? sql_type(SQL_TYPE_BOOLEAN) : left->type;
  expr->left = sql_group_against(arena, left, against);
  expr->right = sql_group_against(arena, right, against);
  return expr;
}

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
    if (!is_bare(right) || right->value == NULL || right->value->kind != SQL_VALUE_STRING) {
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
  SqlExpr *expr = binary(arena, SQL_OP_REGEXP_MATCH, left, coerced(arena, pattern, left, SQL_OP_COMMA),
                         sql_type(SQL_TYPE_BOOLEAN));
  expr->flags = arena_strdup(arena, flags);
  return expr;
}

SqlExpr *sql_regexp_replace(Arena *arena, SqlExpr *left, SqlExpr *pattern, SqlExpr *replacement,
                            const char *flags, GError **error)
{
  SqlExpr *pair = node(arena, SQL_EXPR_LIST, SQL_OP_COMMA, NULL);

  (void)error;
  pair->ungrouped = TRUE;
  sql_expr_list_add(arena, &pair->args, coerced(arena, pattern, left, SQL_OP_COMMA));
  sql_expr_list_add(arena, &pair->args, coerced(arena, replacement, left, SQL_OP_COMMA));
  SqlExpr *expr = binary(arena, SQL_OP_REGEXP_REPLACE, left, pair, NULL);
  expr->flags = arena_strdup(arena, flags);
  return expr;
}

/* --- IN, BETWEEN --- */

static SqlExpr *in_values(Arena *arena, SqlExpr *left, SqlExpr *right, gboolean negated)
{
  return binary(arena, negated ? SQL_OP_NOT_IN : SQL_OP_IN, left, right, sql_type(SQL_TYPE_BOOLEAN));
}

/* (1, 2), (3, 4) against (a, b): each element by the type of its column. */
static SqlExpr *row_of_values(Arena *arena, const SqlExpr *left, const SqlValue *row)
{
  SqlExpr *tuple = node(arena, SQL_EXPR_TUPLE, SQL_OP_NONE, sql_type(SQL_TYPE_TUPLE));

  for (guint i = 0; i < row->items.n; i++) {
    const SqlType *type = i < left->args.n ? left->args.items[i]->type : NULL;
    type = compared_type(type, row->items.items[i], SQL_OP_IN);
    sql_expr_list_add(arena, &tuple->args, sql_bind_value(arena, row->items.items[i], type));
  }
  return tuple;
}

static SqlExpr *comma_group(Arena *arena, SqlExprList items)
{
  SqlExpr *list = node(arena, SQL_EXPR_LIST, SQL_OP_COMMA, NULL);
  SqlExpr *group = node(arena, SQL_EXPR_GROUPING, SQL_OP_NONE, NULL);

  list->args = items;
  group->left = list;
  return group;
}

/* One bind that prints as a list. */
static SqlExpr *expanding(Arena *arena, SqlExpr *left, const SqlExprList *values)
{
  SqlValueList items = {0};
  SqlExpr *bind = node(arena, SQL_EXPR_BIND, SQL_OP_NONE, left->type);
  const char *key = bind_key(left);

  for (guint i = 0; i < values->n; i++)
    sql_value_list_add(arena, &items, values->items[i]->value);
  if (items.n > 0)
    bind->type = compared_type(left->type, items.items[0], SQL_OP_IN);
  bind->name = sql_name(key != NULL ? key : "param");
  bind->unique = TRUE;
  bind->expanding = TRUE;
  bind->value = sql_value_list(arena, items, NULL);
  return bind;
}

SqlExpr *sql_in(Arena *arena, SqlExpr *left, SqlExprList values, gboolean negated, GError **error)
{
  gboolean all_bare = TRUE;
  SqlExprList items = {0};

  (void)error;
  left = sql_settle(arena, left, NULL, NULL);
  for (guint i = 0; i < values.n; i++)
    all_bare = all_bare && values.items[i]->kind == SQL_EXPR_BIND && values.items[i]->value != NULL &&
               values.items[i]->unique;
  if (all_bare && (left->kind != SQL_EXPR_TUPLE || values.n == 0))
    return in_values(arena, left, expanding(arena, left, &values), negated);
  for (guint i = 0; i < values.n; i++) {
    SqlExpr *item = values.items[i];
    if (left->kind == SQL_EXPR_TUPLE && is_bare(item) && item->value != NULL &&
        item->value->kind == SQL_VALUE_LIST)
      item = row_of_values(arena, left, item->value);
    else
      item = coerced(arena, item, left, SQL_OP_IN);
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
  if (!sql_has_type(copy) && sql_has_type(left))
    copy->type = left->type;
  return in_values(arena, left, copy, negated);
}

SqlExpr *sql_between(Arena *arena, SqlExpr *left, SqlExpr *low, SqlExpr *high, gboolean symmetric,
                     GError **error)
{
  SqlExpr *pair = node(arena, SQL_EXPR_LIST, SQL_OP_AND, NULL);

  (void)error;
  left = sql_settle(arena, left, NULL, NULL);
  pair->ungrouped = TRUE;
  sql_expr_list_add(arena, &pair->args, coerced(arena, low, left, SQL_OP_AND));
  sql_expr_list_add(arena, &pair->args, coerced(arena, high, left, SQL_OP_AND));
  SqlExpr *expr = binary(arena, SQL_OP_BETWEEN, left, pair, NULL);
  expr->flags = symmetric ? "symmetric" : NULL;
  return expr;
}

/* --- Conditions --- */

static SqlExpr *as_condition(Arena *arena, SqlExpr *x)
{
  SqlExpr *fixed = constant(arena, x);
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
    if (arg->kind == decisive) {
      kept = (SqlExprList){0};
      sql_expr_list_add(arena, &kept, arg);
      return kept;
    }
    if (arg->kind != skipped)
      sql_expr_list_add(arena, &kept, arg);
  }
  if (kept.n == 0 && args.n > 0)
    sql_expr_list_add(arena, &kept, op == SQL_OP_AND ? sql_true(arena) : sql_false(arena));
  return kept;
}

SqlExpr *sql_conjunction(Arena *arena, SqlOperator op, SqlExprList args)
{
  SqlExprList kept = needed_conditions(arena, op, args);
  SqlExpr *expr = node(arena, SQL_EXPR_LIST, op, sql_type(SQL_TYPE_BOOLEAN));

  if (kept.n == 1)
    return sql_self_group(arena, kept.items[0], SQL_OP_ASBOOL);
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

  SqlExpr *expr = node(arena, SQL_EXPR_LIST, SQL_OP_AND, sql_type(SQL_TYPE_BOOLEAN));
  expr->criteria = TRUE;
  for (guint i = 0; i < kept.n; i++)
    sql_expr_list_add(arena, &expr->args, sql_self_group(arena, kept.items[i], SQL_OP_AND));
  return expr;
}

/* --- One operand --- */

static SqlExpr *unary(Arena *arena, SqlOperator op, SqlExpr *x, const SqlType *type)
{
  SqlExpr *expr = node(arena, SQL_EXPR_UNARY, op, type);
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
  SqlExpr *name = node(arena, SQL_EXPR_COLLATION, SQL_OP_NONE, NULL);

  x = sql_settle(arena, x, NULL, NULL);
  name->name = sql_name(arena_strdup(arena, collation));
  return binary(arena, SQL_OP_COLLATE, x, name, x->type);
}

SqlExpr *sql_scalar_subquery(Arena *arena, SqlQuery *query)
{
  const SqlQuery *typed = query;
  SqlExpr *expr = node(arena, SQL_EXPR_SUBQUERY, SQL_OP_NONE, NULL);

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

/* "{a, b}": a path as the server reads it. */
static const SqlValue *path_value(Arena *arena, const SqlValue *list)
{
  g_autoptr(GString) path = g_string_new("{");

  for (guint i = 0; i < list->items.n; i++) {
    const SqlValue *item = list->items.items[i];
    g_string_append_printf(path, "%s%s", i > 0 ? ", " : "", item->text != NULL ? item->text : "None");
  }
  g_string_append_c(path, '}');
  return sql_value_string(arena, path->str);
}

static SqlExpr *json_getitem(Arena *arena, SqlExpr *x, SqlExpr *index)
{
  SqlOperator op = SQL_OP_JSON_GETITEM;
  const SqlType *type = sql_type(SQL_TYPE_TEXT);

  if (is_bare(index) && index->value != NULL && index->value->kind == SQL_VALUE_LIST) {
    op = SQL_OP_JSON_PATH_GETITEM;
    index = sql_bind_value(arena, path_value(arena, index->value), NULL);
  } else if (is_bare(index) && index->value != NULL && index->value->kind == SQL_VALUE_INT) {
    type = sql_type(SQL_TYPE_INTEGER);
  }
  return binary(arena, op, x, sql_settle(arena, index, type, bind_key(x)), x->type);
}

SqlExpr *sql_getitem(Arena *arena, SqlExpr *x, SqlExpr *index, GError **error)
{
  switch (sql_type_affinity(x->type)) {
  case SQL_AFFINITY_JSON: return json_getitem(arena, x, index);
  case SQL_AFFINITY_HSTORE: {
    SqlExpr *key = sql_settle(arena, index, sql_type(SQL_TYPE_TEXT), bind_key(x));
    SqlExpr *expr = binary(arena, SQL_OP_JSON_GETITEM, x, key, sql_type(SQL_TYPE_TEXT));
    return expr;
  }
  case SQL_AFFINITY_ARRAY:
    index = index->kind == SQL_EXPR_SLICE ? index
                                          : sql_settle(arena, index, sql_type(SQL_TYPE_INTEGER), bind_key(x));
    return binary(arena, SQL_OP_GETITEM, x, index, x->type->item);
  default:
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_NOT_IMPLEMENTED,
                        "Operator 'getitem' is not supported on this expression");
    return NULL;
  }
}

SqlExpr *sql_getslice(Arena *arena, SqlExpr *x, SqlExpr *start, SqlExpr *end)
{
  SqlExpr *slice = node(arena, SQL_EXPR_SLICE, SQL_OP_NONE, NULL);

  slice->left = sql_settle(arena, start, sql_type(SQL_TYPE_INTEGER), bind_key(x));
  slice->right = sql_settle(arena, end, sql_type(SQL_TYPE_INTEGER), bind_key(x));
  return binary(arena, SQL_OP_GETITEM, x, slice, x->type);
}

SqlExpr *sql_astext(Arena *arena, SqlExpr *x, GError **error)
{
  gboolean is_item = x->kind == SQL_EXPR_BINARY && x->op == SQL_OP_JSON_GETITEM;
  gboolean is_path = x->kind == SQL_EXPR_BINARY && x->op == SQL_OP_JSON_PATH_GETITEM;

  if (!is_item && !is_path) {
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_ATTRIBUTE, "'astext' needs an item of a JSON column");
    return NULL;
  }
  return binary(arena, is_item ? SQL_OP_JSON_ASTEXT : SQL_OP_JSON_PATH_ASTEXT, x->left, x->right,
                sql_type(SQL_TYPE_TEXT));
}
