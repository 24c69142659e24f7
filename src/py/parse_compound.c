/* Statements with blocks. */
#include <string.h>
#include <glib/gi18n.h>

#include "parser-private.h"

static gboolean parse_loop_body(Parser *p, PyBlock *body, PyBlock *orelse)
{
  p->loops++;
  gboolean ok = parse_block(p, body);
  p->loops--;
  if (ok && parser_accept_keyword(p, PY_KW_ELSE))
    ok = parse_block(p, orelse);
  return ok;
}

/* At "if" or "elif". */
static PyStmt *parse_if(Parser *p)
{
  PySpan start = parser_span(p);
  parser_next(p);
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_IF, start);
  stmt->if_.test = parse_named_expression(p);
  if (!stmt->if_.test || !parse_block(p, &stmt->if_.body))
    return NULL;
  if (at_keyword(p, PY_KW_ELIF)) {
    if (!parser_enter(p))
      return NULL;
    PyStmt *elif = parse_if(p);
    parser_leave(p);
    if (!elif)
      return NULL;
    stmt->if_.orelse.items = arena_new0(p->arena, PyStmt *);
    stmt->if_.orelse.items[0] = elif;
    stmt->if_.orelse.n = 1;
  } else if (parser_accept_keyword(p, PY_KW_ELSE) && !parse_block(p, &stmt->if_.orelse)) {
    return NULL;
  }
  stmt->span = parser_span_from(p, start);
  return stmt;
}

static PyStmt *parse_while(Parser *p, PySpan start)
{
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_WHILE, start);
  stmt->if_.test = parse_named_expression(p);
  if (!stmt->if_.test || !parse_loop_body(p, &stmt->if_.body, &stmt->if_.orelse))
    return NULL;
  return stmt;
}

static PyStmt *parse_for(Parser *p, PySpan start, gboolean is_async)
{
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_FOR, start);
  stmt->for_.is_async = is_async;
  stmt->for_.target = parse_targets(p);
  if (!stmt->for_.target || !parser_bind_target(p, stmt->for_.target, FALSE) ||
      !parser_expect_keyword(p, PY_KW_IN))
    return NULL;
  stmt->for_.iter = parse_expressions(p);
  if (!stmt->for_.iter || !parse_loop_body(p, &stmt->for_.body, &stmt->for_.orelse))
    return NULL;
  return stmt;
}

/* ---- with ---- */

static gboolean parse_with_item(Parser *p)
{
  PyWithItem *item = arena_new0(p->arena, PyWithItem);
  item->context = parse_expression(p);
  if (!item->context)
    return FALSE;
  if (parser_accept_keyword(p, PY_KW_AS)) {
    PySpan start = parser_span(p);
    item->target = parser_accept_op(p, PY_OP_STAR)
                       ? parser_fail_at(p, start, _("cannot assign to this expression"))
                       : parse_bit_or(p);
    if (!item->target || !parser_bind_target(p, item->target, FALSE))
      return FALSE;
  }
  parser_push(p, item);
  return TRUE;
}

/* with (a as b, c): tried first; whatever does not end in "):" is an expression in parentheses after all. */
static gboolean parse_with_parens(Parser *p)
{
  ParserMark mark;
  parser_mark(p, &mark);
  PySyntaxError problem = *p->problem;
  parser_next(p);
  gboolean ok = TRUE;
  while (ok && !at_op(p, PY_OP_RPAR)) {
    ok = parse_with_item(p);
    if (!parser_accept_op(p, PY_OP_COMMA))
      break;
  }
  if (ok && parser_accept_op(p, PY_OP_RPAR) && at_op(p, PY_OP_COLON) && p->n_scratch > mark.n_scratch)
    return TRUE;
  parser_rewind(p, &mark);
  *p->problem = problem;
  return FALSE;
}

static PyStmt *parse_with(Parser *p, PySpan start, gboolean is_async)
{
  gsize mark = p->n_scratch;
  if (!at_op(p, PY_OP_LPAR) || !parse_with_parens(p)) {
    do {
      if (!parse_with_item(p))
        return NULL;
    } while (parser_accept_op(p, PY_OP_COMMA));
  }
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_WITH, start);
  stmt->with.is_async = is_async;
  stmt->with.items = parser_pop_structs(p, mark, sizeof(PyWithItem), &stmt->with.n);
  return parse_block(p, &stmt->with.body) ? stmt : NULL;
}

/* ---- try ---- */

static gboolean parse_handler(Parser *p, PyStmt *stmt)
{
  PyHandler *handler = arena_new0(p->arena, PyHandler);
  PySpan start = parser_span(p);
  parser_next(p);
  stmt->try_.is_star |= parser_accept_op(p, PY_OP_STAR);
  if (!at_op(p, PY_OP_COLON)) {
    handler->type = parse_expressions(p); /* 3.14 allows a bare tuple */
    if (!handler->type)
      return FALSE;
    if (parser_accept_keyword(p, PY_KW_AS)) {
      handler->name = parser_expect_name(p);
      if (!handler->name)
        return FALSE;
      parser_bind_name(p, p->scope, handler->name);
    }
  }
  handler->span = parser_span_from(p, start);
  parser_push(p, handler);
  return parse_block(p, &handler->body);
}

static PyStmt *parse_try(Parser *p, PySpan start)
{
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_TRY, start);
  if (!parse_block(p, &stmt->try_.body))
    return NULL;
  gsize mark = p->n_scratch;
  while (at_keyword(p, PY_KW_EXCEPT))
    if (!parse_handler(p, stmt))
      return NULL;
  stmt->try_.handlers = parser_pop_structs(p, mark, sizeof(PyHandler), &stmt->try_.n);
  if (stmt->try_.n && parser_accept_keyword(p, PY_KW_ELSE) && !parse_block(p, &stmt->try_.orelse))
    return NULL;
  gboolean finally = parser_accept_keyword(p, PY_KW_FINALLY);
  if (finally && !parse_block(p, &stmt->try_.finalbody))
    return NULL;
  if (!finally && !stmt->try_.n)
    return parser_fail(p, _("expected 'except' or 'finally' block"));
  return stmt;
}

/* ---- def and class ---- */

/* Type parameters, "[T: bound, *Ts, **P]": their names matter to annotations only, which are not evaluated. */
static gboolean skip_type_params(Parser *p)
{
  if (!at_op(p, PY_OP_LSQB))
    return TRUE;
  parser_next(p);
  while (!at_op(p, PY_OP_RSQB)) {
    if (!parser_accept_op(p, PY_OP_STAR))
      parser_accept_op(p, PY_OP_STARSTAR);
    PyStr *name = parser_expect_name(p);
    if (!name || (parser_accept_op(p, PY_OP_COLON) && !parse_expression(p)) ||
        (parser_accept_op(p, PY_OP_ASSIGN) && !parse_expression(p)))
      return FALSE;
    if (!parser_accept_op(p, PY_OP_COMMA))
      break;
  }
  return parser_expect_op(p, PY_OP_RSQB);
}

/* Steps over a block without parsing it. */
static gboolean skip_block(Parser *p)
{
  if (!parser_expect_op(p, PY_OP_COLON))
    return FALSE;
  while (p->token.kind != PY_TOKEN_NEWLINE && p->token.kind != PY_TOKEN_END &&
         p->token.kind != PY_TOKEN_ERROR)
    parser_next(p);
  if (p->token.kind == PY_TOKEN_NEWLINE)
    parser_next(p);
  guint depth = 0;
  if (p->token.kind != PY_TOKEN_INDENT)
    return p->token.kind != PY_TOKEN_ERROR || parser_fail(p, _("invalid syntax")) != NULL;
  do {
    if (p->token.kind == PY_TOKEN_INDENT)
      depth++;
    else if (p->token.kind == PY_TOKEN_DEDENT)
      depth--;
    else if (p->token.kind == PY_TOKEN_ERROR || p->token.kind == PY_TOKEN_END)
      return parser_fail(p, _("invalid syntax")) != NULL;
    parser_next(p);
  } while (depth);
  return TRUE;
}

static PyStr *docstring(const PyBlock *body)
{
  if (!body->n || body->items[0]->kind != PY_STMT_EXPR)
    return NULL;
  const PyExpr *first = body->items[0]->expr;
  return first->kind == PY_EXPR_CONSTANT && first->constant.type == PY_STR ? first->constant.str : NULL;
}

static gboolean parse_function_body(Parser *p, PyStmt *stmt)
{
  if (p->flags & PY_PARSE_HEADER)
    return skip_block(p);
  guint loops = p->loops;
  p->loops = 0;
  gboolean ok = parse_block(p, &stmt->function.body);
  p->loops = loops;
  stmt->function.doc = docstring(&stmt->function.body);
  return ok;
}

static PyStmt *parse_function(Parser *p, PySpan start, gboolean is_async)
{
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_FUNCTION, start);
  stmt->function.is_async = is_async;
  stmt->function.name = parser_expect_name(p);
  if (!stmt->function.name || !skip_type_params(p) || !parser_expect_op(p, PY_OP_LPAR) ||
      !parse_params(p, &stmt->function.params, PY_OP_RPAR, TRUE))
    return NULL;
  if (parser_accept_op(p, PY_OP_ARROW) && !(stmt->function.returns = parse_expression(p)))
    return NULL;
  parser_bind_name(p, p->scope, stmt->function.name);
  stmt->function.scope = parser_open_scope(p, PY_SCOPE_FUNCTION);
  parser_bind_params(p, &stmt->function.params);
  gboolean ok = parse_function_body(p, stmt);
  parser_close_scope(p, stmt->function.scope);
  stmt->span = parser_span_from(p, start);
  return ok && !p->failed ? stmt : NULL;
}

static PyStmt *parse_class(Parser *p, PySpan start)
{
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_CLASS, start);
  stmt->class.name = parser_expect_name(p);
  if (!stmt->class.name || !skip_type_params(p))
    return NULL;
  if (parser_accept_op(p, PY_OP_LPAR) && !parse_arguments(p, &stmt->class.bases, &stmt->class.n_bases,
                                                          &stmt->class.keywords, &stmt->class.n_keywords))
    return NULL;
  parser_bind_name(p, p->scope, stmt->class.name);
  guint loops = p->loops;
  p->loops = 0;
  stmt->class.scope = parser_open_scope(p, PY_SCOPE_CLASS);
  gboolean ok = p->flags & PY_PARSE_HEADER ? skip_block(p) : parse_block(p, &stmt->class.body);
  parser_close_scope(p, stmt->class.scope);
  p->loops = loops;
  stmt->span = parser_span_from(p, start);
  return ok ? stmt : NULL;
}

static PyStmt *parse_decorated(Parser *p)
{
  gsize mark = p->n_scratch;
  while (parser_accept_op(p, PY_OP_AT)) {
    PyExpr *decorator = parse_named_expression(p);
    if (!decorator)
      return NULL;
    if (p->token.kind != PY_TOKEN_NEWLINE)
      return parser_fail(p, _("invalid syntax"));
    parser_next(p);
    parser_push(p, decorator);
  }
  guint n;
  PyExpr **decorators = parser_pop(p, mark, &n);
  PySpan start = parser_span(p);
  gboolean is_async = parser_accept_keyword(p, PY_KW_ASYNC);
  if (!is_async && parser_accept_keyword(p, PY_KW_CLASS)) {
    PyStmt *stmt = parse_class(p, start);
    if (stmt) {
      stmt->class.decorators = decorators;
      stmt->class.n_decorators = n;
    }
    return stmt;
  }
  PyStmt *stmt = parser_expect_keyword(p, PY_KW_DEF) ? parse_function(p, start, is_async) : NULL;
  if (stmt) {
    stmt->function.decorators = decorators;
    stmt->function.n_decorators = n;
  }
  return stmt;
}

static PyStmt *parse_async(Parser *p, PySpan start)
{
  parser_next(p);
  if (parser_accept_keyword(p, PY_KW_DEF))
    return parse_function(p, start, TRUE);
  if (parser_accept_keyword(p, PY_KW_FOR))
    return parse_for(p, start, TRUE);
  if (parser_accept_keyword(p, PY_KW_WITH))
    return parse_with(p, start, TRUE);
  return parser_fail(p, _("invalid syntax"));
}

PyStmt *parse_compound(Parser *p)
{
  PySpan start = parser_span(p);
  if (at_op(p, PY_OP_AT))
    return parse_decorated(p);
  if (p->token.kind != PY_TOKEN_NAME)
    return NULL;
  switch (p->token.keyword) {
  case PY_KW_IF: return parse_if(p);
  case PY_KW_ASYNC: return parse_async(p, start);
  case PY_KW_NONE: return parser_at_soft(p, "match") ? parse_match(p) : NULL;
  case PY_KW_WHILE:
  case PY_KW_FOR:
  case PY_KW_WITH:
  case PY_KW_TRY:
  case PY_KW_DEF:
  case PY_KW_CLASS: break;
  default: return NULL;
  }
  PyKeyword keyword = p->token.keyword;
  parser_next(p);
  switch (keyword) {
  case PY_KW_WHILE: return parse_while(p, start);
  case PY_KW_FOR: return parse_for(p, start, FALSE);
  case PY_KW_WITH: return parse_with(p, start, FALSE);
  case PY_KW_TRY: return parse_try(p, start);
  case PY_KW_DEF: return parse_function(p, start, FALSE);
  default: return parse_class(p, start);
  }
}
