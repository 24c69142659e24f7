/* Simple statements, blocks, imports. */
#include <string.h>
#include <glib/gi18n.h>

#include "parser-private.h"

/* The augmented assignment operator here, or 0 (no PyOp that can be augmented but PY_ADD is 0, so + 1). */
static guint augmented(const Parser *p)
{
  if (p->token.kind != PY_TOKEN_OP)
    return 0;
  switch (p->token.op) {
  case PY_OP_PLUS_ASSIGN: return PY_ADD + 1;
  case PY_OP_MINUS_ASSIGN: return PY_SUB + 1;
  case PY_OP_STAR_ASSIGN: return PY_MUL + 1;
  case PY_OP_SLASH_ASSIGN: return PY_DIV + 1;
  case PY_OP_SLASHSLASH_ASSIGN: return PY_FLOORDIV + 1;
  case PY_OP_PERCENT_ASSIGN: return PY_MOD + 1;
  case PY_OP_AT_ASSIGN: return PY_MATMUL + 1;
  case PY_OP_AMP_ASSIGN: return PY_AND + 1;
  case PY_OP_BAR_ASSIGN: return PY_OR + 1;
  case PY_OP_CARET_ASSIGN: return PY_XOR + 1;
  case PY_OP_LSHIFT_ASSIGN: return PY_LSHIFT + 1;
  case PY_OP_RSHIFT_ASSIGN: return PY_RSHIFT + 1;
  case PY_OP_STARSTAR_ASSIGN: return PY_POW + 1;
  default: return 0;
  }
}

/* a = b = value; the first target is parsed. */
static PyStmt *parse_assign(Parser *p, PyExpr *first)
{
  gsize mark = p->n_scratch;
  PyExpr *value = first;
  while (parser_accept_op(p, PY_OP_ASSIGN)) {
    if (!parser_bind_target(p, value, FALSE))
      return NULL;
    parser_push(p, value);
    value = parse_expressions(p);
    if (!value)
      return NULL;
  }
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_ASSIGN, first->span);
  stmt->assign.targets = parser_pop(p, mark, &stmt->assign.n);
  stmt->assign.value = value;
  return stmt;
}

static PyStmt *parse_annotated(Parser *p, PyExpr *target)
{
  parser_next(p);
  if (target->kind != PY_EXPR_NAME && target->kind != PY_EXPR_ATTRIBUTE && target->kind != PY_EXPR_SUBSCRIPT)
    return parser_fail_at(p, target->span, _("only single target (not tuple) can be annotated"));
  if (!parser_bind_target(p, target, FALSE))
    return NULL;
  PyExpr *annotation = parse_expression(p), *value = NULL;
  if (!annotation || (parser_accept_op(p, PY_OP_ASSIGN) && !(value = parse_expressions(p))))
    return NULL;
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_ANN_ASSIGN, target->span);
  stmt->ann_assign.target = target;
  stmt->ann_assign.annotation = annotation;
  stmt->ann_assign.value = value;
  return stmt;
}

static PyStmt *parse_expression_stmt(Parser *p)
{
  PySpan start = parser_span(p);
  PyExpr *expr = parse_expressions(p);
  if (!expr)
    return NULL;
  if (at_op(p, PY_OP_ASSIGN))
    return parse_assign(p, expr);
  if (at_op(p, PY_OP_COLON))
    return parse_annotated(p, expr);
  guint op = augmented(p);
  if (op) {
    if (expr->kind != PY_EXPR_NAME && expr->kind != PY_EXPR_ATTRIBUTE && expr->kind != PY_EXPR_SUBSCRIPT)
      return parser_fail_at(p, expr->span, _("illegal expression for augmented assignment"));
    parser_next(p);
    PyExpr *value = parse_expressions(p);
    if (!value || !parser_bind_target(p, expr, FALSE))
      return NULL;
    PyStmt *stmt = parser_new_stmt(p, PY_STMT_AUG_ASSIGN, start);
    stmt->op = (PyOp)(op - 1);
    stmt->aug_assign.target = expr;
    stmt->aug_assign.value = value;
    return stmt;
  }
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_EXPR, start);
  stmt->expr = expr;
  return stmt;
}

static gboolean at_line_end(const Parser *p)
{
  return p->token.kind == PY_TOKEN_NEWLINE || p->token.kind == PY_TOKEN_END || at_op(p, PY_OP_SEMI);
}

static PyStmt *parse_return(Parser *p, PySpan start)
{
  if (p->scope->kind != PY_SCOPE_FUNCTION)
    return parser_fail_at(p, start, _("'return' outside function"));
  PyExpr *value = NULL;
  if (!at_line_end(p) && !(value = parse_expressions(p)))
    return NULL;
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_RETURN, start);
  stmt->expr = value;
  return stmt;
}

static PyStmt *parse_raise(Parser *p, PySpan start)
{
  PyExpr *exc = NULL, *cause = NULL;
  if (!at_line_end(p)) {
    exc = parse_expression(p);
    if (!exc || (parser_accept_keyword(p, PY_KW_FROM) && !(cause = parse_expression(p))))
      return NULL;
  }
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_RAISE, start);
  stmt->raise.exc = exc;
  stmt->raise.cause = cause;
  return stmt;
}

static PyStmt *parse_del(Parser *p, PySpan start)
{
  PyExpr *targets = parse_targets(p);
  if (!targets || !parser_bind_target(p, targets, TRUE))
    return NULL;
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_DELETE, start);
  if (targets->kind == PY_EXPR_TUPLE) {
    stmt->del.targets = targets->list.items;
    stmt->del.n = targets->list.n;
  } else {
    stmt->del.targets = arena_new0(p->arena, PyExpr *);
    stmt->del.targets[0] = targets;
    stmt->del.n = 1;
  }
  return stmt;
}

static PyStmt *parse_assert(Parser *p, PySpan start)
{
  PyExpr *test = parse_expression(p), *message = NULL;
  if (!test || (parser_accept_op(p, PY_OP_COMMA) && !(message = parse_expression(p))))
    return NULL;
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_ASSERT, start);
  stmt->assert_.test = test;
  stmt->assert_.message = message;
  return stmt;
}

static PyStr **append_names(Parser *p, PyStr **old, guint *n, PyStr *const *more, guint n_more)
{
  PyStr **names = arena_array(p->arena, PyStr *, *n + n_more);
  for (guint i = 0; i < *n; i++)
    names[i] = old[i];
  for (guint i = 0; i < n_more; i++)
    names[*n + i] = more[i];
  *n += n_more;
  return names;
}

/* global and nonlocal */
static PyStmt *parse_scope_names(Parser *p, PySpan start, gboolean global)
{
  gsize mark = p->n_scratch;
  do {
    PyStr *name = parser_expect_name(p);
    if (!name)
      return NULL;
    for (guint i = 0; p->scope->kind == PY_SCOPE_FUNCTION && i < p->scope->n_names; i++)
      if (p->scope->names[i] == name)
        return parser_fail_at(p, start,
                              global ? _("name is assigned to before global declaration")
                                     : _("name is assigned to before nonlocal declaration"));
    parser_push(p, name);
  } while (parser_accept_op(p, PY_OP_COMMA));
  if (!global && p->scope->kind == PY_SCOPE_MODULE)
    return parser_fail_at(p, start, _("nonlocal declaration not allowed at module level"));
  PyStmt *stmt = parser_new_stmt(p, global ? PY_STMT_GLOBAL : PY_STMT_NONLOCAL, start);
  stmt->names.names = parser_pop(p, mark, &stmt->names.n);
  PyScope *scope = p->scope;
  if (global)
    scope->globals = append_names(p, scope->globals, &scope->n_globals, stmt->names.names, stmt->names.n);
  else
    scope->nonlocals =
        append_names(p, scope->nonlocals, &scope->n_nonlocals, stmt->names.names, stmt->names.n);
  return stmt;
}

/* ---- imports ---- */

static guint hash_text(const char *text, gsize len)
{
  guint hash = 5381;
  for (gsize i = 0; i < len; i++)
    hash = hash * 33 + (guchar)text[i];
  return hash ? hash : 1;
}

/* a.b.c as one interned name; white space between the parts is dropped. */
static PyStr *parse_dotted(Parser *p)
{
  PyStr *name = parser_expect_name(p);
  if (!name || !at_op(p, PY_OP_DOT))
    return name;
  g_autoptr(GString) dotted = g_string_new_len(name->data, (gssize)name->len);
  while (parser_accept_op(p, PY_OP_DOT)) {
    PyStr *part = parser_expect_name(p);
    if (!part)
      return NULL;
    g_string_append_c(dotted, '.');
    g_string_append_len(dotted, part->data, (gssize)part->len);
  }
  return parser_intern(p, dotted->str, dotted->len, hash_text(dotted->str, dotted->len));
}

/* The name an import binds: the first part of a dotted one. */
static void bind_alias(Parser *p, const PyAlias *alias)
{
  PyStr *name = alias->asname ? alias->asname : alias->name;
  const char *dot = alias->asname ? NULL : memchr(name->data, '.', name->len);
  if (dot) {
    gsize len = (gsize)(dot - name->data);
    name = parser_intern(p, name->data, len, hash_text(name->data, len));
  }
  parser_bind_name(p, p->scope, name);
}

static gboolean parse_alias(Parser *p, gboolean dotted)
{
  PySpan start = parser_span(p);
  PyAlias *alias = arena_new0(p->arena, PyAlias);
  alias->name = dotted ? parse_dotted(p) : parser_expect_name(p);
  if (!alias->name || (parser_accept_keyword(p, PY_KW_AS) && !(alias->asname = parser_expect_name(p))))
    return FALSE;
  alias->span = parser_span_from(p, start);
  bind_alias(p, alias);
  parser_push(p, alias);
  return TRUE;
}

static PyStmt *parse_import(Parser *p, PySpan start)
{
  gsize mark = p->n_scratch;
  do {
    if (!parse_alias(p, TRUE))
      return NULL;
  } while (parser_accept_op(p, PY_OP_COMMA));
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_IMPORT, start);
  stmt->import.names = parser_pop_structs(p, mark, sizeof(PyAlias), &stmt->import.n);
  return stmt;
}

static gboolean parse_import_names(Parser *p)
{
  if (at_op(p, PY_OP_STAR)) {
    PyAlias *alias = arena_new0(p->arena, PyAlias);
    alias->span = parser_span(p);
    alias->name = parser_intern(p, "*", 1, hash_text("*", 1));
    parser_next(p);
    parser_push(p, alias);
    return TRUE;
  }
  gboolean parens = parser_accept_op(p, PY_OP_LPAR);
  do {
    if (parens && at_op(p, PY_OP_RPAR))
      break;
    if (!parse_alias(p, FALSE))
      return FALSE;
  } while (parser_accept_op(p, PY_OP_COMMA));
  return !parens || parser_expect_op(p, PY_OP_RPAR);
}

static PyStmt *parse_import_from(Parser *p, PySpan start)
{
  guint level = 0;
  PyStr *module = NULL;
  while (at_op(p, PY_OP_DOT) || at_op(p, PY_OP_ELLIPSIS)) {
    level += at_op(p, PY_OP_DOT) ? 1 : 3;
    parser_next(p);
  }
  if (!(level && at_keyword(p, PY_KW_IMPORT)) && !(module = parse_dotted(p)))
    return NULL;
  gsize mark = p->n_scratch;
  if (!parser_expect_keyword(p, PY_KW_IMPORT) || !parse_import_names(p))
    return NULL;
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_IMPORT_FROM, start);
  stmt->import.module = module;
  stmt->import.level = level;
  stmt->import.names = parser_pop_structs(p, mark, sizeof(PyAlias), &stmt->import.n);
  return stmt;
}

/* ---- lines and blocks ---- */

static PyStmt *parse_loop_jump(Parser *p, PySpan start, PyStmtKind kind)
{
  if (!p->loops)
    return parser_fail_at(
        p, start, kind == PY_STMT_BREAK ? _("'break' outside loop") : _("'continue' not properly in loop"));
  return parser_new_stmt(p, kind, start);
}

/* type X = ...: NULL without failure when it is something else named "type". */
static PyStmt *parse_type_alias(Parser *p)
{
  PySpan start = parser_span(p);
  ParserMark mark;
  parser_mark(p, &mark);
  parser_next(p);
  if (p->token.kind == PY_TOKEN_NAME && !p->token.keyword) {
    PyStr *name = parser_expect_name(p);
    if (at_op(p, PY_OP_LSQB) && !parse_atom(p))
      return NULL;
    if (parser_accept_op(p, PY_OP_ASSIGN)) {
      PyExpr *value = parse_expression(p);
      if (!value)
        return NULL;
      parser_bind_name(p, p->scope, name);
      PyStmt *stmt = parser_new_stmt(p, PY_STMT_TYPE_ALIAS, start);
      stmt->type_alias.name = name;
      stmt->type_alias.value = value;
      return stmt;
    }
  }
  parser_rewind(p, &mark);
  return NULL;
}

static PyStmt *parse_simple(Parser *p)
{
  PySpan start = parser_span(p);
  if (p->token.kind != PY_TOKEN_NAME || !p->token.keyword) {
    PyStmt *alias = parser_at_soft(p, "type") ? parse_type_alias(p) : NULL;
    return alias || p->failed ? alias : parse_expression_stmt(p);
  }
  PyKeyword keyword = p->token.keyword;
  switch (keyword) {
  case PY_KW_PASS:
  case PY_KW_BREAK:
  case PY_KW_CONTINUE:
  case PY_KW_RETURN:
  case PY_KW_RAISE:
  case PY_KW_DEL:
  case PY_KW_ASSERT:
  case PY_KW_GLOBAL:
  case PY_KW_NONLOCAL:
  case PY_KW_IMPORT:
  case PY_KW_FROM: parser_next(p); break;
  default: return parse_expression_stmt(p);
  }
  switch (keyword) {
  case PY_KW_PASS: return parser_new_stmt(p, PY_STMT_PASS, start);
  case PY_KW_BREAK: return parse_loop_jump(p, start, PY_STMT_BREAK);
  case PY_KW_CONTINUE: return parse_loop_jump(p, start, PY_STMT_CONTINUE);
  case PY_KW_RETURN: return parse_return(p, start);
  case PY_KW_RAISE: return parse_raise(p, start);
  case PY_KW_DEL: return parse_del(p, start);
  case PY_KW_ASSERT: return parse_assert(p, start);
  case PY_KW_GLOBAL: return parse_scope_names(p, start, TRUE);
  case PY_KW_NONLOCAL: return parse_scope_names(p, start, FALSE);
  case PY_KW_IMPORT: return parse_import(p, start);
  default: return parse_import_from(p, start);
  }
}

gboolean parse_simple_line(Parser *p)
{
  do {
    if (at_line_end(p))
      break;
    PyStmt *stmt = parse_simple(p);
    if (!stmt)
      return FALSE;
    parser_push(p, stmt);
  } while (parser_accept_op(p, PY_OP_SEMI));
  if (p->token.kind == PY_TOKEN_END)
    return TRUE;
  if (p->token.kind != PY_TOKEN_NEWLINE)
    return parser_fail(p, _("invalid syntax")) != NULL;
  parser_next(p);
  return TRUE;
}

gboolean parse_statement(Parser *p)
{
  PyStmt *compound = parse_compound(p);
  if (compound)
    parser_push(p, compound);
  return compound || (!p->failed && parse_simple_line(p));
}

gboolean parse_block(Parser *p, PyBlock *block)
{
  if (!parser_expect_op(p, PY_OP_COLON) || !parser_enter(p))
    return FALSE;
  gsize mark = p->n_scratch;
  gboolean ok = TRUE;
  if (p->token.kind != PY_TOKEN_NEWLINE) {
    ok = parse_simple_line(p);
  } else {
    parser_next(p);
    if (p->token.kind != PY_TOKEN_INDENT)
      return parser_fail(p, _("expected an indented block")) != NULL;
    parser_next(p);
    while (ok && p->token.kind != PY_TOKEN_DEDENT && p->token.kind != PY_TOKEN_END)
      ok = parse_statement(p);
    if (ok && p->token.kind == PY_TOKEN_DEDENT)
      parser_next(p);
  }
  parser_leave(p);
  if (ok)
    block->items = parser_pop(p, mark, &block->n);
  return ok;
}
