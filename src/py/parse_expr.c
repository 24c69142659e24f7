/* Expressions from the loosest binding down to operators; primaries are in parse_atom.c. */
#include <string.h>
#include <glib/gi18n.h>

#include "parser-private.h"

/* Binding power of binary operators, loosest first; unary and ** are handled on their own. */
typedef struct {
  guint8 power;
  guint8 op;
} Binary;

enum {
  POWER_NONE,
  POWER_OR,
  POWER_XOR,
  POWER_AND,
  POWER_SHIFT,
  POWER_SUM,
  POWER_TERM,
};

static Binary binary_of(const Parser *p)
{
  if (p->token.kind != PY_TOKEN_OP)
    return (Binary){0};
  switch (p->token.op) {
  case PY_OP_BAR: return (Binary){POWER_OR, PY_OR};
  case PY_OP_CARET: return (Binary){POWER_XOR, PY_XOR};
  case PY_OP_AMP: return (Binary){POWER_AND, PY_AND};
  case PY_OP_LSHIFT: return (Binary){POWER_SHIFT, PY_LSHIFT};
  case PY_OP_RSHIFT: return (Binary){POWER_SHIFT, PY_RSHIFT};
  case PY_OP_PLUS: return (Binary){POWER_SUM, PY_ADD};
  case PY_OP_MINUS: return (Binary){POWER_SUM, PY_SUB};
  case PY_OP_STAR: return (Binary){POWER_TERM, PY_MUL};
  case PY_OP_SLASH: return (Binary){POWER_TERM, PY_DIV};
  case PY_OP_SLASHSLASH: return (Binary){POWER_TERM, PY_FLOORDIV};
  case PY_OP_PERCENT: return (Binary){POWER_TERM, PY_MOD};
  case PY_OP_AT: return (Binary){POWER_TERM, PY_MATMUL};
  default: return (Binary){0};
  }
}

static PyExpr *new_binary(Parser *p, PyOp op, PyExpr *left, PyExpr *right)
{
  PyExpr *expr = parser_new_expr(p, PY_EXPR_BINARY, left->span);
  expr->op = op;
  expr->binary.left = left;
  expr->binary.right = right;
  return expr;
}

static PyExpr *parse_await(Parser *p)
{
  PySpan start = parser_span(p);
  if (!parser_accept_keyword(p, PY_KW_AWAIT))
    return parse_primary(p);
  PyExpr *operand = parse_primary(p);
  if (!operand)
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_AWAIT, start);
  expr->operand = operand;
  return expr;
}

/* + - ~, and ** which binds tighter than a sign on its left but looser than one on its right. */
static PyExpr *parse_factor(Parser *p)
{
  PySpan start = parser_span(p);
  PyOp op = at_op(p, PY_OP_MINUS) ? PY_NEG : at_op(p, PY_OP_PLUS) ? PY_POS : PY_INVERT;
  if (at_op(p, PY_OP_MINUS) || at_op(p, PY_OP_PLUS) || at_op(p, PY_OP_TILDE)) {
    if (!parser_enter(p))
      return NULL;
    parser_next(p);
    PyExpr *operand = parse_factor(p);
    parser_leave(p);
    if (!operand)
      return NULL;
    PyExpr *expr = parser_new_expr(p, PY_EXPR_UNARY, start);
    expr->op = op;
    expr->operand = operand;
    return expr;
  }
  PyExpr *base = parse_await(p);
  if (!base || !at_op(p, PY_OP_STARSTAR))
    return base;
  if (!parser_enter(p))
    return NULL;
  parser_next(p);
  PyExpr *exponent = parse_factor(p);
  parser_leave(p);
  return exponent ? new_binary(p, PY_POW, base, exponent) : NULL;
}

static PyExpr *parse_binary(Parser *p, guint power)
{
  PyExpr *left = parse_factor(p);
  while (left) {
    Binary binary = binary_of(p);
    if (binary.power < power || !binary.power)
      return left;
    parser_next(p);
    PyExpr *right = parse_binary(p, binary.power + 1u);
    left = right ? new_binary(p, (PyOp)binary.op, left, right) : NULL;
  }
  return NULL;
}

PyExpr *parse_bit_or(Parser *p)
{
  return parse_binary(p, POWER_OR);
}

/* Takes a comparison operator; FALSE when there is none here. */
static gboolean accept_comparison(Parser *p, PyOp *op)
{
  if (p->token.kind == PY_TOKEN_OP) {
    switch (p->token.op) {
    case PY_OP_EQ: *op = PY_EQ; break;
    case PY_OP_NE: *op = PY_NE; break;
    case PY_OP_LT: *op = PY_LT; break;
    case PY_OP_LE: *op = PY_LE; break;
    case PY_OP_GT: *op = PY_GT; break;
    case PY_OP_GE: *op = PY_GE; break;
    default: return FALSE;
    }
    parser_next(p);
    return TRUE;
  }
  if (parser_accept_keyword(p, PY_KW_IN)) {
    *op = PY_IN;
    return TRUE;
  }
  if (parser_accept_keyword(p, PY_KW_IS)) {
    *op = parser_accept_keyword(p, PY_KW_NOT) ? PY_IS_NOT : PY_IS;
    return TRUE;
  }
  if (parser_accept_keyword(p, PY_KW_NOT)) {
    *op = PY_NOT_IN;
    return parser_expect_keyword(p, PY_KW_IN);
  }
  return FALSE;
}

static PyExpr *parse_comparison(Parser *p)
{
  PyExpr *first = parse_bit_or(p);
  PyOp op;
  if (!first || !accept_comparison(p, &op))
    return p->failed ? NULL : first;
  gsize mark = p->n_scratch;
  gsize room = 4, n = 0;
  PyOp *ops = arena_array(p->arena, PyOp, room);
  do {
    if (n == room) {
      PyOp *more = arena_array(p->arena, PyOp, room * 2);
      memcpy(more, ops, sizeof(PyOp) * room);
      ops = more;
      room *= 2;
    }
    ops[n++] = op;
    PyExpr *right = parse_bit_or(p);
    if (!right)
      return NULL;
    parser_push(p, right);
  } while (accept_comparison(p, &op));
  if (p->failed)
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_COMPARE, first->span);
  expr->compare.first = first;
  expr->compare.ops = ops;
  expr->compare.rest = parser_pop(p, mark, &expr->compare.n);
  return expr;
}

static PyExpr *parse_not(Parser *p)
{
  PySpan start = parser_span(p);
  if (!at_keyword(p, PY_KW_NOT))
    return parse_comparison(p);
  if (!parser_enter(p))
    return NULL;
  parser_next(p);
  PyExpr *operand = parse_not(p);
  parser_leave(p);
  if (!operand)
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_UNARY, start);
  expr->op = PY_NOT;
  expr->operand = operand;
  return expr;
}

/* One level of "and" or "or". */
static PyExpr *parse_bool(Parser *p, PyKeyword keyword)
{
  PyExpr *first = keyword == PY_KW_OR ? parse_bool(p, PY_KW_AND) : parse_not(p);
  if (!first || !at_keyword(p, keyword))
    return first;
  gsize mark = p->n_scratch;
  parser_push(p, first);
  while (parser_accept_keyword(p, keyword)) {
    PyExpr *next = keyword == PY_KW_OR ? parse_bool(p, PY_KW_AND) : parse_not(p);
    if (!next)
      return NULL;
    parser_push(p, next);
  }
  PyExpr *expr = parser_new_expr(p, PY_EXPR_BOOL, first->span);
  expr->op = keyword == PY_KW_OR ? PY_OR : PY_AND;
  expr->list.items = parser_pop(p, mark, &expr->list.n);
  return expr;
}

PyExpr *parse_or(Parser *p)
{
  return parse_bool(p, PY_KW_OR);
}

static PyExpr *parse_lambda(Parser *p)
{
  PySpan start = parser_span(p);
  parser_next(p);
  PyParams params = {0};
  if (!parse_params(p, &params, PY_OP_COLON, FALSE))
    return NULL;
  PyScope *scope = parser_open_scope(p, PY_SCOPE_FUNCTION);
  parser_bind_params(p, &params);
  PyExpr *body = parse_expression(p);
  parser_close_scope(p, scope);
  if (!body)
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_LAMBDA, start);
  expr->lambda.params = params;
  expr->lambda.body = body;
  expr->lambda.scope = scope;
  return expr;
}

static PyExpr *parse_conditional(Parser *p)
{
  if (at_keyword(p, PY_KW_LAMBDA))
    return parse_lambda(p);
  PyExpr *body = parse_bool(p, PY_KW_OR);
  if (!body || !at_keyword(p, PY_KW_IF))
    return body;
  parser_next(p);
  PyExpr *test = parse_bool(p, PY_KW_OR);
  if (!test || !parser_expect_keyword(p, PY_KW_ELSE))
    return NULL;
  PyExpr *orelse = parse_expression(p);
  if (!orelse)
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_IF, body->span);
  expr->if_exp.test = test;
  expr->if_exp.body = body;
  expr->if_exp.orelse = orelse;
  return expr;
}

PyExpr *parse_expression(Parser *p)
{
  if (!parser_enter(p))
    return NULL;
  PyExpr *expr = parse_conditional(p);
  parser_leave(p);
  return expr;
}

/* The scope a walrus binds in: comprehensions are looked through. */
static PyScope *walrus_scope(const Parser *p)
{
  PyScope *scope = p->scope;
  while (scope && scope->is_comprehension)
    scope = scope->parent;
  return scope;
}

PyExpr *parse_named_expression(Parser *p)
{
  PyExpr *left = parse_expression(p);
  if (!left || !at_op(p, PY_OP_WALRUS))
    return left;
  if (left->kind != PY_EXPR_NAME || left->parenthesized)
    return parser_fail(p, _("cannot use this expression with ':='"));
  parser_next(p);
  PyExpr *value = parse_expression(p);
  if (!value)
    return NULL;
  parser_bind_name(p, walrus_scope(p), left->name);
  PyExpr *expr = parser_new_expr(p, PY_EXPR_NAMED, left->span);
  expr->named.name = left->name;
  expr->named.value = value;
  return expr;
}

/* expression or *expression */
static PyExpr *parse_star_item(Parser *p, gboolean target)
{
  PySpan start = parser_span(p);
  if (!parser_accept_op(p, PY_OP_STAR))
    return target ? parse_bit_or(p) : parse_expression(p);
  PyExpr *operand = parse_bit_or(p);
  if (!operand)
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_STARRED, start);
  expr->operand = operand;
  return expr;
}

/* Whether another item of a bare tuple can follow a comma here. */
static gboolean tuple_ends(const Parser *p)
{
  if (p->token.kind == PY_TOKEN_OP) {
    switch (p->token.op) {
    case PY_OP_RPAR:
    case PY_OP_RSQB:
    case PY_OP_RBRACE:
    case PY_OP_COLON:
    case PY_OP_SEMI: return TRUE;
    default: return p->token.op >= PY_OP_PLUS_ASSIGN || p->token.op == PY_OP_ASSIGN;
    }
  }
  return p->token.kind == PY_TOKEN_NEWLINE || p->token.kind == PY_TOKEN_END || at_keyword(p, PY_KW_IN);
}

static PyExpr *parse_bare_tuple(Parser *p, gboolean target)
{
  PySpan start = parser_span(p);
  PyExpr *first = parse_star_item(p, target);
  if (!first)
    return NULL;
  if (!at_op(p, PY_OP_COMMA)) {
    if (first->kind == PY_EXPR_STARRED && !target)
      return parser_fail_at(p, first->span, _("can't use starred expression here"));
    return first;
  }
  gsize mark = p->n_scratch;
  parser_push(p, first);
  while (parser_accept_op(p, PY_OP_COMMA) && !tuple_ends(p)) {
    PyExpr *item = parse_star_item(p, target);
    if (!item)
      return NULL;
    parser_push(p, item);
  }
  PyExpr *expr = parser_new_expr(p, PY_EXPR_TUPLE, start);
  expr->list.items = parser_pop(p, mark, &expr->list.n);
  return expr;
}

PyExpr *parse_expressions(Parser *p)
{
  return at_keyword(p, PY_KW_YIELD) ? parse_yield(p) : parse_bare_tuple(p, FALSE);
}

PyExpr *parse_targets(Parser *p)
{
  return parse_bare_tuple(p, TRUE);
}

PyExpr *parse_yield(Parser *p)
{
  PySpan start = parser_span(p);
  parser_next(p);
  if (!p->scope || p->scope->kind != PY_SCOPE_FUNCTION || p->scope->is_comprehension)
    return parser_fail_at(p, start, _("'yield' outside function"));
  p->scope->is_generator = TRUE;
  gboolean from = parser_accept_keyword(p, PY_KW_FROM);
  PyExpr *operand = NULL;
  if (from)
    operand = parse_expression(p);
  else if (!tuple_ends(p))
    operand = parse_bare_tuple(p, FALSE);
  if (p->failed)
    return NULL;
  PyExpr *expr = parser_new_expr(p, from ? PY_EXPR_YIELD_FROM : PY_EXPR_YIELD, start);
  expr->operand = operand;
  return expr;
}
