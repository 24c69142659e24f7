/* Precedence: which operand takes parentheses, and what NOT makes of an expression. */
#include "compile-private.h"

static const struct {
  const char *spelling;
  int precedence;
  SqlOperator negation;
} operators[] = {
#define X(op, spelling, precedence, negation) [SQL_OP_##op] = {spelling, precedence, SQL_OP_##negation},
    SQL_OPERATORS(X)
#undef X
};

/* What stands for "not in the table": it binds loosest as an operand and tightest as what surrounds one. */
#define UNLISTED (-100)

int sql_precedence(SqlOperator op)
{
  return operators[op].precedence;
}

const char *sql_spelling(SqlOperator op)
{
  return operators[op].spelling;
}

SqlOperator sql_negation(SqlOperator op)
{
  return operators[op].negation;
}

gboolean sql_is_modifier(SqlOperator op)
{
  return op == SQL_OP_DESC || op == SQL_OP_ASC || op == SQL_OP_NULLS_FIRST || op == SQL_OP_NULLS_LAST;
}

gboolean sql_is_comparison(SqlOperator op)
{
  switch (op) {
  case SQL_OP_HAS_KEY:
  case SQL_OP_HAS_ALL:
  case SQL_OP_HAS_ANY:
  case SQL_OP_PG_CONTAINS:
  case SQL_OP_CONTAINED_BY:
  case SQL_OP_PATH_EXISTS:
  case SQL_OP_PATH_MATCH:
  case SQL_OP_OVERLAP:
  case SQL_OP_STRICTLY_LEFT_OF:
  case SQL_OP_STRICTLY_RIGHT_OF:
  case SQL_OP_NOT_EXTEND_RIGHT_OF:
  case SQL_OP_NOT_EXTEND_LEFT_OF:
  case SQL_OP_ADJACENT_TO: return TRUE;
  default: return op >= SQL_OP_EQ && op <= SQL_OP_NOT_REGEXP_MATCH;
  }
}

gboolean sql_is_eager(SqlOperator op)
{
  switch (op) {
  case SQL_OP_JSON_GETITEM:
  case SQL_OP_JSON_PATH_GETITEM:
  case SQL_OP_JSON_ASTEXT:
  case SQL_OP_JSON_PATH_ASTEXT:
  case SQL_OP_HAS_KEY:
  case SQL_OP_HAS_ALL:
  case SQL_OP_HAS_ANY:
  case SQL_OP_PG_CONTAINS:
  case SQL_OP_CONTAINED_BY:
  case SQL_OP_DELETE_PATH:
  case SQL_OP_PATH_EXISTS:
  case SQL_OP_PATH_MATCH: return TRUE;
  default: return FALSE;
  }
}

/* (a op b) op c needs no parentheses. */
static gboolean is_natural(SqlOperator op)
{
  switch (op) {
  case SQL_OP_AND:
  case SQL_OP_OR:
  case SQL_OP_ADD:
  case SQL_OP_MUL:
  case SQL_OP_CONCAT:
  case SQL_OP_GETITEM: return TRUE;
  default: return sql_is_eager(op);
  }
}

static gboolean is_precedent(const SqlExpr *x, SqlAgainst against)
{
  int precedence = x->op == SQL_OP_CUSTOM ? x->precedence : operators[x->op].precedence;
  int surrounding = against.op == SQL_OP_CUSTOM ? against.precedence : operators[against.op].precedence;

  if (x->op == against.op && is_natural(x->op))
    return FALSE;
  if (against.op == SQL_OP_NONE)
    return TRUE;
  if (surrounding == UNLISTED)
    surrounding = -UNLISTED;
  return precedence <= surrounding;
}

static gboolean is_boolean_type(const SqlExpr *x)
{
  return sql_type_affinity(x->type) == SQL_AFFINITY_BOOLEAN;
}

static SqlExpr *wrap(Arena *arena, SqlExprKind kind, SqlOperator op, SqlExpr *x, const SqlType *type)
{
  SqlExpr *outer = arena_new0(arena, SqlExpr);
  outer->kind = kind;
  outer->op = op;
  outer->left = x;
  outer->type = type;
  return outer;
}

static SqlExpr *grouping(Arena *arena, SqlExpr *x)
{
  return wrap(arena, SQL_EXPR_GROUPING, SQL_OP_NONE, x, x->type);
}

/* The same label (or type_coerce) around another element. */
static SqlExpr *with_inner(Arena *arena, SqlExpr *outer, SqlExpr *inner)
{
  if (inner == outer->left)
    return outer;
  SqlExpr *copy = arena_new0(arena, SqlExpr);
  *copy = *outer;
  copy->left = inner;
  return copy;
}

static SqlExpr *group_plain(Arena *arena, SqlExpr *x, SqlAgainst against)
{
  gboolean in_condition = against.op == SQL_OP_AND || against.op == SQL_OP_OR || against.op == SQL_OP_ASBOOL;

  if (in_condition && is_boolean_type(x))
    return wrap(arena, SQL_EXPR_UNARY, SQL_OP_IS_TRUE, x, sql_type(SQL_TYPE_BOOLEAN));
  if (against.op == SQL_OP_ANY || against.op == SQL_OP_ALL)
    return grouping(arena, x);
  return x;
}

static SqlExpr *group_operator(Arena *arena, SqlExpr *x, SqlAgainst against)
{
  gboolean is_condition = sql_is_comparison(x->op) || x->op == SQL_OP_AND || x->op == SQL_OP_OR ||
                          (x->op == SQL_OP_CUSTOM && x->comparison);

  if (x->kind == SQL_EXPR_LIST && (x->ungrouped || x->args.n == 0))
    return x;
  if (is_precedent(x, against) || (against.op == SQL_OP_NOT && !is_condition))
    return grouping(arena, x);
  return x;
}

SqlExpr *sql_group_against(Arena *arena, SqlExpr *x, SqlAgainst against)
{
  switch (x->kind) {
  case SQL_EXPR_BINARY:
  case SQL_EXPR_LIST: return group_operator(arena, x, against);
  case SQL_EXPR_UNARY:
    if (x->op == SQL_OP_IS_TRUE || x->op == SQL_OP_IS_FALSE || sql_is_modifier(x->op))
      return x;
    return is_precedent(x, against) ? grouping(arena, x) : x;
  case SQL_EXPR_TEXT: return against.op == SQL_OP_IN ? grouping(arena, x) : x;
  case SQL_EXPR_GROUPING:
  case SQL_EXPR_TUPLE:
  case SQL_EXPR_SLICE:
  case SQL_EXPR_SUBQUERY:
  case SQL_EXPR_ORDERED:
  case SQL_EXPR_STAR:
  case SQL_EXPR_DEFAULT: return x;
  case SQL_EXPR_LABEL:
  case SQL_EXPR_TYPE_COERCE:
    return x->left == NULL ? x : with_inner(arena, x, sql_group_against(arena, x->left, against));
  case SQL_EXPR_FILTER: {
    SqlExpr as_filter = {.op = SQL_OP_CUSTOM, .precedence = 6};
    return is_precedent(&as_filter, against) ? grouping(arena, x) : x;
  }
  case SQL_EXPR_ARRAY:
    if (against.op == SQL_OP_ANY || against.op == SQL_OP_ALL || against.op == SQL_OP_GETITEM)
      return grouping(arena, x);
    return x;
  case SQL_EXPR_FUNCTION:
    if (against.op == SQL_OP_GETITEM && sql_type_affinity(x->type) == SQL_AFFINITY_ARRAY)
      return grouping(arena, x);
    return group_plain(arena, x, against);
  default: return group_plain(arena, x, against);
  }
}

SqlExpr *sql_self_group(Arena *arena, SqlExpr *x, SqlOperator against)
{
  return sql_group_against(arena, x, (SqlAgainst){.op = against});
}

/* --- Negation --- */

static SqlExpr *not_operator(Arena *arena, SqlExpr *x, const SqlType *type)
{
  return wrap(arena, SQL_EXPR_UNARY, SQL_OP_NOT, sql_self_group(arena, x, SQL_OP_NOT), type);
}

static SqlExpr *negate_plain(Arena *arena, SqlExpr *x)
{
  if (is_boolean_type(x))
    return wrap(arena, SQL_EXPR_UNARY, SQL_OP_IS_FALSE, x, sql_type(SQL_TYPE_BOOLEAN));
  return not_operator(arena, x, NULL);
}

static gboolean is_collection(const SqlExpr *x)
{
  return x->kind == SQL_EXPR_UNARY && (x->op == SQL_OP_ANY || x->op == SQL_OP_ALL);
}

static SqlExpr *negate_binary(Arena *arena, SqlExpr *x)
{
  SqlOperator negation = operators[x->op].negation;

  if (negation == SQL_OP_NONE || is_collection(x->right))
    return negate_plain(arena, sql_self_group(arena, x, SQL_OP_NONE));
  SqlExpr *negated = arena_new0(arena, SqlExpr);
  *negated = *x;
  negated->op = negation;
  return negated;
}

static SqlExpr *negate_unary(Arena *arena, SqlExpr *x)
{
  SqlExpr *inner = x->left;

  if (x->op != SQL_OP_IS_TRUE && x->op != SQL_OP_IS_FALSE) {
    if (is_boolean_type(x))
      return not_operator(arena, x, sql_type(SQL_TYPE_BOOLEAN));
    return negate_plain(arena, x);
  }
  if (inner->kind == SQL_EXPR_TRUE || inner->kind == SQL_EXPR_FALSE)
    return sql_not(arena, inner);
  return wrap(arena, SQL_EXPR_UNARY, operators[x->op].negation, inner, x->type);
}

SqlExpr *sql_not(Arena *arena, SqlExpr *x)
{
  switch (x->kind) {
  case SQL_EXPR_TRUE: return sql_false(arena);
  case SQL_EXPR_FALSE: return sql_true(arena);
  case SQL_EXPR_BINARY: return negate_binary(arena, x);
  case SQL_EXPR_LIST: return not_operator(arena, x, NULL);
  case SQL_EXPR_UNARY: return negate_unary(arena, x);
  case SQL_EXPR_LABEL: return with_inner(arena, x, sql_not(arena, x->left));
  case SQL_EXPR_BIND:
    if (x->free_type && x->value != NULL && x->value->kind == SQL_VALUE_BOOL)
      return x->value->boolean ? sql_false(arena) : sql_true(arena);
    return negate_plain(arena, x);
  default: return negate_plain(arena, x);
  }
}
