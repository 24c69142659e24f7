/* Operators as Python applies them: coercion of bare values, adaptation of the operator, the resulting type. */
#include <string.h>

#include "compile-private.h"

SqlExpr *sql_expr_node(Arena *arena, SqlExprKind kind, SqlOperator op, const SqlType *type)
{
  SqlExpr *expr = arena_new0(arena, SqlExpr);
  expr->kind = kind;
  expr->op = op;
  expr->type = type;
  return expr;
}

SqlExpr *sql_expr_binary(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, const SqlType *type)
{
  SqlExpr *expr = sql_expr_node(arena, SQL_EXPR_BINARY, op, type);
  expr->left = sql_self_group(arena, left, op);
  expr->right = sql_self_group(arena, right, op);
  return expr;
}

/* --- Coercion of bare values --- */

gboolean sql_is_bare(const SqlExpr *x)
{
  return x->kind == SQL_EXPR_BIND && x->free_type;
}

static gboolean is_collection(const SqlExpr *x)
{
  return x->kind == SQL_EXPR_UNARY && (x->op == SQL_OP_ANY || x->op == SQL_OP_ALL);
}

/* The type a bare value takes beside something of type (coerce_compared_value). */
const SqlType *sql_compared_type(const SqlType *type, const SqlValue *value, SqlOperator op)
{
  const SqlType *own = sql_type_of_value(value);
  gboolean is_text = value != NULL && value->kind == SQL_VALUE_STRING;

  if (type == NULL || type->kind == SQL_TYPE_NULL)
    return own;
  if (type->decorated)
    return type;
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
const char *sql_bind_key(const SqlExpr *x)
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

/* A list beside array(...) becomes one, too, its items as they would be beside that. */
static SqlExpr *array_beside(Arena *arena, const SqlValue *list, const SqlExpr *left, SqlOperator op)
{
  SqlExprList items = {0};

  for (guint i = 0; i < list->items.n; i++) {
    const SqlValue *item = list->items.items[i];
    sql_expr_list_add(arena, &items, sql_bind_value(arena, item, sql_compared_type(left->type, item, op)));
  }
  return sql_array(arena, items, NULL);
}

/* A list beside tuple_(...) becomes one, as far as both go. */
SqlExpr *sql_tuple_beside(Arena *arena, const SqlValue *list, const SqlExpr *left, SqlOperator op)
{
  SqlExprList items = {0};

  for (guint i = 0; i < MIN(list->items.n, left->args.n); i++) {
    const SqlValue *item = list->items.items[i];
    const SqlType *type = sql_compared_type(left->args.items[i]->type, item, op);
    sql_expr_list_add(arena, &items, sql_bind_value(arena, item, type));
  }
  return sql_tuple(arena, items);
}

/* right as an operand beside left. */
SqlExpr *sql_coerced(Arena *arena, SqlExpr *right, const SqlExpr *left, SqlOperator op)
{
  const SqlType *type = left->type;

  if (is_collection(left) && sql_type_affinity(left->left->type) == SQL_AFFINITY_ARRAY)
    type = left->left->type->item;
  if (sql_is_bare(right) && right->value != NULL && right->value->kind == SQL_VALUE_LIST) {
    if (left->kind == SQL_EXPR_ARRAY)
      return array_beside(arena, right->value, left, op);
    if (left->kind == SQL_EXPR_TUPLE)
      return sql_tuple_beside(arena, right->value, left, op);
  }
  if (sql_is_bare(right)) {
    SqlExpr *bind = arena_new0(arena, SqlExpr);
    const char *key = sql_bind_key(left);
    *bind = *right;
    bind->free_type = FALSE;
    bind->type = sql_compared_type(type, right->value, op);
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
  if (sql_is_bare(*left) && sql_is_bare(*right))
    *left = sql_settle(arena, *left, NULL, NULL);
  if (sql_is_bare(*left))
    *left = sql_coerced(arena, *left, *right, op);
  *right = sql_coerced(arena, *right, *left, op);
}

/* --- Comparisons --- */

/* None, True, False and their SQL constants; NULL for anything else, and_(False, x) among it. */
SqlExpr *sql_constant(Arena *arena, SqlExpr *x)
{
  if (x->as_boolean)
    return NULL;
  if (x->kind == SQL_EXPR_NULL || x->kind == SQL_EXPR_TRUE || x->kind == SQL_EXPR_FALSE)
    return x;
  if (!sql_is_bare(x))
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
      return sql_expr_binary(arena, op, left, right, boolean);
    return sql_expr_binary(arena, op == SQL_OP_EQ ? SQL_OP_IS : SQL_OP_IS_NOT, left, right, boolean);
  case SQL_OP_IS:
  case SQL_OP_IS_NOT:
  case SQL_OP_IS_DISTINCT_FROM:
  case SQL_OP_IS_NOT_DISTINCT_FROM: return sql_expr_binary(arena, op, left, right, boolean);
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
  while (x != NULL && x->kind == SQL_EXPR_COLUMN && x->from != NULL) {
    const SqlFrom *from = x->from;
    while (from->kind == SQL_FROM_ALIAS)
      from = from->element;
    if (from->kind == SQL_FROM_TABLE)
      return !from->table->light;
    x = x->left; /* what a subquery's column stands for */
  }
  return FALSE;
}

/* What SQLAlchemy has a subclass for of what -x and x.desc() are. */
static gboolean is_special_unary(const SqlExpr *x)
{
  if (x->kind != SQL_EXPR_UNARY)
    return x->as_boolean;
  return x->op == SQL_OP_IS_TRUE || x->op == SQL_OP_IS_FALSE || x->op == SQL_OP_EXISTS;
}

/* Column is a subclass of what sa.column() makes, so Python asks the right side first; so are the functions that
 * SQLAlchemy knows of the others, and conditions of a single boolean of other unary expressions. */
static gboolean asks_right_side(SqlOperator op, const SqlExpr *left, const SqlExpr *right)
{
  gboolean next = right->kind == SQL_EXPR_NEXTVAL;
  if (left->kind == SQL_EXPR_UNARY && !is_special_unary(left))
    return op >= SQL_OP_EQ && op <= SQL_OP_GE && is_special_unary(right);
  if (left->kind == SQL_EXPR_FUNCTION && (next || right->kind == SQL_EXPR_FUNCTION))
    return op >= SQL_OP_EQ && op <= SQL_OP_GE && !sql_is_known_function(left) &&
           (next || sql_is_known_function(right));
  return op >= SQL_OP_EQ && op <= SQL_OP_GE && left->kind == SQL_EXPR_COLUMN && !is_schema_column(left) &&
         is_schema_column(right);
}

static SqlExpr *compare(Arena *arena, SqlOperator op, SqlExpr *left, SqlExpr *right, GError **error)
{
  SqlExpr *fixed = sql_constant(arena, right);

  if (is_collection(left) && !is_collection(right)) {
    /* any_(x) == 5 is 5 = ANY (x) */
    SqlExpr *swap = left;
    left = right;
    right = swap;
    op = mirrored(op);
    fixed = NULL;
  }
  if (is_collection(right)) {
    SqlExpr *operand = sql_constant(arena, left);
    operand = operand != NULL ? operand : sql_coerced(arena, left, right, op);
    return sql_expr_binary(arena, op, operand, right, sql_type(SQL_TYPE_BOOLEAN));
  }
  if (sql_constant(arena, left) != NULL && sql_is_bare(left) && fixed == NULL)
    return compare_constant(arena, mirrored(op), right, sql_constant(arena, left), error);
  if (fixed == NULL && ((sql_is_bare(left) && !sql_is_bare(right)) || asks_right_side(op, left, right))) {
    /* Python has mirrored 5 < column into column > 5. */
    SqlExpr *swap = left;
    left = right;
    right = swap;
    op = mirrored(op);
  }
  if (fixed != NULL)
    return compare_constant(arena, op, sql_settle(arena, left, NULL, NULL), fixed, error);
  coerce_both(arena, op, &left, &right);
  return sql_expr_binary(arena, op, left, right, sql_type(SQL_TYPE_BOOLEAN));
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
    return sql_expr_binary(arena, SQL_OP_CONCAT, left, right, left_type);
  return sql_expr_binary(arena, op, left, right, adapted_type(op, left_type, right_type));
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
    return sql_expr_binary(arena, op, left, right, sql_type(SQL_TYPE_TEXT));
  case SQL_OP_CONCAT:
    coerce_both(arena, op, &left, &right);
    return sql_expr_binary(arena, op, left, right, left->type);
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
    return sql_expr_binary(arena, op, left, right, sql_type(SQL_TYPE_BOOLEAN));
  }
}

SqlExpr *sql_custom_op(Arena *arena, const char *text, int precedence, gboolean comparison, SqlExpr *left,
                       SqlExpr *right, GError **error)
{
  SqlAgainst against = {.op = SQL_OP_CUSTOM, .precedence = precedence};
  SqlExpr *expr = sql_expr_node(arena, SQL_EXPR_BINARY, SQL_OP_CUSTOM, NULL);

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
