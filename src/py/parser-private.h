/* What the parser's files share.
 *
 * Every parse_* function gives NULL (or FALSE) once the parse has failed; parser_fail() keeps the first problem.  Lists
 * are gathered on the parser's scratch stack and copied to the arena when their length is known.
 */
#pragma once

#include "retort/py/lexer.h"
#include "retort/py/parser.h"

#pragma GCC visibility push(hidden)

typedef struct {
  Arena *arena;
  const char *path;
  const char *text;
  PyLexer lexer;
  PyToken token;    /* the one in work */
  const char *last; /* end of the token before it */
  PyScope *scope;
  guint depth;
  guint loops; /* open loops of this function */
  PyParseFlags flags;
  gboolean failed;
  PySyntaxError *problem;
  void **scratch;
  gsize n_scratch, room;
  PyStr **interned;
  gsize n_interned, intern_mask;
} Parser;

/* ---- parser.c ---- */
void py_parser_init(Parser *p, Arena *arena, const char *path, const char *text, gsize len,
                    PySyntaxError *problem);
void parser_clear(Parser *p);
/* Keeps the first problem; gives NULL. */
void *parser_fail(Parser *p, const char *message);
void *parser_fail_at(Parser *p, PySpan span, const char *message);
void parser_next(Parser *p);
/* Counts nesting; FALSE when too deep.  parser_leave() after every successful one. */
gboolean parser_enter(Parser *p);
void parser_leave(Parser *p);

/* A state to come back to when a guess at a soft keyword fails. */
typedef struct {
  PyLexer lexer;
  PyToken token;
  const char *last;
  gsize n_scratch;
  guint depth;
} ParserMark;
void parser_mark(Parser *p, ParserMark *mark);
void parser_rewind(Parser *p, const ParserMark *mark);

static inline gboolean at_op(const Parser *p, PyOperator op)
{
  return p->token.kind == PY_TOKEN_OP && p->token.op == op;
}
static inline gboolean at_keyword(const Parser *p, PyKeyword keyword)
{
  return p->token.kind == PY_TOKEN_NAME && p->token.keyword == keyword;
}
gboolean parser_at_soft(const Parser *p, const char *word);
gboolean parser_accept_op(Parser *p, PyOperator op);
gboolean parser_accept_keyword(Parser *p, PyKeyword keyword);
gboolean parser_expect_op(Parser *p, PyOperator op);
gboolean parser_expect_keyword(Parser *p, PyKeyword keyword);
/* The name in work, interned; fails on keywords. */
PyStr *parser_expect_name(Parser *p);
PyStr *parser_intern(Parser *p, const char *text, gsize len, guint hash);

PySpan parser_span(const Parser *p);
/* From start to the end of the last token taken. */
PySpan parser_span_from(const Parser *p, PySpan start);
PyExpr *parser_new_expr(Parser *p, PyExprKind kind, PySpan start);

void parser_push(Parser *p, void *item);
/* Copies what was pushed since mark to the arena and drops it. */
void *parser_pop(Parser *p, gsize mark, guint *n);
/* The same where pointers to structs of size were pushed: an array of the structs. */
void *parser_pop_structs(Parser *p, gsize mark, gsize size, guint *n);

PyScope *parser_open_scope(Parser *p, PyScopeKind kind);
void parser_close_scope(Parser *p, PyScope *scope);
void parser_bind_name(Parser *p, PyScope *scope, PyStr *name);
/* Binds the names a target assigns; fails on what cannot be assigned to. */
gboolean parser_bind_target(Parser *p, PyExpr *target, gboolean deleting);

/* ---- parse_expr.c, parse_atom.c ---- */
PyExpr *parse_expression(Parser *p);       /* no tuple without parentheses, no walrus */
PyExpr *parse_named_expression(Parser *p); /* walrus allowed */
PyExpr *parse_expressions(Parser *p);      /* tuple, stars: what may stand right of "=" */
PyExpr *parse_targets(Parser *p);          /* between "for" and "in" */
PyExpr *parse_or(Parser *p); /* no lambda, no conditional: iterables and conditions of comprehensions */
PyExpr *parse_bit_or(Parser *p);
PyExpr *parse_primary(Parser *p);
PyExpr *parse_atom(Parser *p);
PyExpr *parse_yield(Parser *p);
PyExpr *parse_comprehension(Parser *p, PyExprKind kind, PyExpr *element, PyExpr *value, PySpan start);
/* Behind "(": arguments and the ")". */
gboolean parse_arguments(Parser *p, PyExpr ***args, guint *n_args, PyKeywordArg **keywords,
                         guint *n_keywords);
gboolean parse_params(Parser *p, PyParams *params, PyOperator end, gboolean annotations);
void parser_bind_params(Parser *p, const PyParams *params);

/* ---- parse_literal.c ---- */
PyExpr *parse_number(Parser *p);
PyExpr *parse_strings(Parser *p);

/* ---- parse_stmt.c, parse_compound.c, parse_match.c ---- */
gboolean parse_statement(Parser *p); /* pushes one or more statements */
gboolean parse_simple_line(Parser *p);
gboolean parse_block(Parser *p, PyBlock *block);
PyStmt *parse_compound(Parser *p); /* NULL without failure: none begins here */
PyStmt *parse_match(Parser *p);    /* the same */
PyStmt *parser_new_stmt(Parser *p, PyStmtKind kind, PySpan start);

#pragma GCC visibility pop
