/* match statements and their patterns. */
#include <glib/gi18n.h>

#include "parser-private.h"

static PyPattern *parse_or_pattern(Parser *p);
static PyPattern *parse_as_pattern(Parser *p);

static PyPattern *new_pattern(Parser *p, PyPatternKind kind, PySpan start)
{
  PyPattern *pattern = arena_new0(p->arena, PyPattern);
  pattern->kind = kind;
  pattern->span = parser_span_from(p, start);
  return pattern;
}

static PyStr *capture_name(Parser *p)
{
  gboolean wildcard = parser_at_soft(p, "_");
  PyStr *name = parser_expect_name(p);
  if (!name || wildcard)
    return NULL;
  parser_bind_name(p, p->scope, name);
  return name;
}

static PyPattern *parse_star_pattern(Parser *p)
{
  PySpan start = parser_span(p);
  if (!parser_accept_op(p, PY_OP_STAR))
    return parse_as_pattern(p);
  PyStr *name = capture_name(p);
  if (p->failed)
    return NULL;
  PyPattern *pattern = new_pattern(p, PY_PATTERN_STAR, start);
  pattern->name = name;
  return pattern;
}

/* Patterns up to close, which is taken. */
static PyPattern *parse_sequence(Parser *p, PySpan start, PyOperator close)
{
  gsize mark = p->n_scratch;
  gboolean comma = FALSE;
  while (!at_op(p, close)) {
    PyPattern *item = parse_star_pattern(p);
    if (!item)
      return NULL;
    parser_push(p, item);
    if (!parser_accept_op(p, PY_OP_COMMA))
      break;
    comma = TRUE;
  }
  if (!parser_expect_op(p, close))
    return NULL;
  guint n;
  PyPattern **items = parser_pop(p, mark, &n);
  if (close == PY_OP_RPAR && n == 1 && !comma && items[0]->kind != PY_PATTERN_STAR)
    return items[0]; /* only parentheses */
  PyPattern *pattern = new_pattern(p, PY_PATTERN_SEQUENCE, start);
  pattern->items = items;
  pattern->n = n;
  return pattern;
}

static PyPattern *parse_mapping(Parser *p, PySpan start)
{
  gsize mark = p->n_scratch;
  PyStr *rest = NULL;
  while (!at_op(p, PY_OP_RBRACE)) {
    if (parser_accept_op(p, PY_OP_STARSTAR)) {
      rest = capture_name(p);
    } else {
      PyExpr *key = parse_bit_or(p);
      PyPattern *value = key && parser_expect_op(p, PY_OP_COLON) ? parse_as_pattern(p) : NULL;
      if (!value)
        return NULL;
      parser_push(p, key);
      parser_push(p, value);
    }
    if (p->failed || !parser_accept_op(p, PY_OP_COMMA))
      break;
  }
  if (p->failed || !parser_expect_op(p, PY_OP_RBRACE))
    return NULL;
  guint n;
  void **pairs = parser_pop(p, mark, &n);
  PyPattern *pattern = new_pattern(p, PY_PATTERN_MAPPING, start);
  pattern->name = rest;
  pattern->n = n / 2;
  pattern->keys = arena_array(p->arena, PyExpr *, n / 2 + 1);
  pattern->items = arena_array(p->arena, PyPattern *, n / 2 + 1);
  for (guint i = 0; i < n / 2; i++) {
    pattern->keys[i] = pairs[2 * i];
    pattern->items[i] = pairs[2 * i + 1];
  }
  return pattern;
}

/* Behind "Class(". */
static PyPattern *parse_class_pattern(Parser *p, PySpan start, PyExpr *cls)
{
  gsize mark = p->n_scratch;
  guint n_keywords = 0;
  PyPattern *pattern = new_pattern(p, PY_PATTERN_CLASS, start);
  pattern->value = cls;
  while (!at_op(p, PY_OP_RPAR)) {
    ParserMark before;
    parser_mark(p, &before);
    PyStr *name = p->token.kind == PY_TOKEN_NAME && !p->token.keyword ? parser_expect_name(p) : NULL;
    if (name && parser_accept_op(p, PY_OP_ASSIGN)) {
      n_keywords++;
    } else {
      parser_rewind(p, &before);
      if (n_keywords)
        return parser_fail(p, _("positional patterns follow keyword patterns"));
      name = NULL;
    }
    PyPattern *item = parse_as_pattern(p);
    if (!item)
      return NULL;
    parser_push(p, name);
    parser_push(p, item);
    if (!parser_accept_op(p, PY_OP_COMMA))
      break;
  }
  if (!parser_expect_op(p, PY_OP_RPAR))
    return NULL;
  guint n;
  void **pairs = parser_pop(p, mark, &n);
  pattern->n = n / 2 - n_keywords;
  pattern->n_keywords = n_keywords;
  pattern->items = arena_array(p->arena, PyPattern *, pattern->n + 1);
  pattern->keyword_names = arena_array(p->arena, PyStr *, n_keywords + 1);
  pattern->keyword_items = arena_array(p->arena, PyPattern *, n_keywords + 1);
  for (guint i = 0; i < pattern->n; i++)
    pattern->items[i] = pairs[2 * i + 1];
  for (guint i = 0; i < n_keywords; i++) {
    pattern->keyword_names[i] = pairs[2 * (pattern->n + i)];
    pattern->keyword_items[i] = pairs[2 * (pattern->n + i) + 1];
  }
  return pattern;
}

/* A name: capture, dotted value or class. */
static PyPattern *parse_name_pattern(Parser *p, PySpan start)
{
  ParserMark mark;
  parser_mark(p, &mark);
  gboolean wildcard = parser_at_soft(p, "_");
  PyStr *name = parser_expect_name(p);
  if (!name)
    return NULL;
  if (!at_op(p, PY_OP_DOT) && !at_op(p, PY_OP_LPAR)) {
    PyPattern *pattern = new_pattern(p, PY_PATTERN_CAPTURE, start);
    pattern->name = wildcard ? NULL : name;
    if (!wildcard)
      parser_bind_name(p, p->scope, name);
    return pattern;
  }
  PyExpr *value = parser_new_expr(p, PY_EXPR_NAME, start);
  value->name = name;
  while (parser_accept_op(p, PY_OP_DOT)) {
    PySpan name_span = parser_span(p);
    PyStr *attribute = parser_expect_name(p);
    if (!attribute)
      return NULL;
    PyExpr *outer = parser_new_expr(p, PY_EXPR_ATTRIBUTE, start);
    outer->attribute.value = value;
    outer->attribute.name = attribute;
    outer->attribute.name_span = name_span;
    value = outer;
  }
  if (parser_accept_op(p, PY_OP_LPAR))
    return parse_class_pattern(p, start, value);
  PyPattern *pattern = new_pattern(p, PY_PATTERN_VALUE, start);
  pattern->value = value;
  return pattern;
}

static PyPattern *parse_closed(Parser *p)
{
  PySpan start = parser_span(p);
  if (p->token.kind == PY_TOKEN_NAME && !p->token.keyword)
    return parse_name_pattern(p, start);
  if (parser_accept_op(p, PY_OP_LPAR))
    return parse_sequence(p, start, PY_OP_RPAR);
  if (parser_accept_op(p, PY_OP_LSQB))
    return parse_sequence(p, start, PY_OP_RSQB);
  if (parser_accept_op(p, PY_OP_LBRACE))
    return parse_mapping(p, start);
  /* A literal: a signed number, strings, None, True, False; "|" belongs to the pattern. */
  PyExpr *value;
  if (parser_accept_op(p, PY_OP_MINUS)) {
    PyExpr *operand = parse_atom(p);
    if (!operand)
      return NULL;
    value = parser_new_expr(p, PY_EXPR_UNARY, start);
    value->op = PY_NEG;
    value->operand = operand;
  } else {
    value = parse_atom(p);
  }
  if (!value)
    return NULL;
  PyPattern *pattern = new_pattern(p, PY_PATTERN_VALUE, start);
  pattern->value = value;
  return pattern;
}

static PyPattern *parse_or_pattern(Parser *p)
{
  PySpan start = parser_span(p);
  PyPattern *first = parse_closed(p);
  if (!first || !at_op(p, PY_OP_BAR))
    return first;
  gsize mark = p->n_scratch;
  parser_push(p, first);
  while (parser_accept_op(p, PY_OP_BAR)) {
    PyPattern *next = parse_closed(p);
    if (!next)
      return NULL;
    parser_push(p, next);
  }
  PyPattern *pattern = new_pattern(p, PY_PATTERN_OR, start);
  pattern->items = parser_pop(p, mark, &pattern->n);
  return pattern;
}

static PyPattern *parse_as_pattern(Parser *p)
{
  PySpan start = parser_span(p);
  if (!parser_enter(p))
    return NULL;
  PyPattern *inner = parse_or_pattern(p);
  parser_leave(p);
  if (!inner || !parser_accept_keyword(p, PY_KW_AS))
    return inner;
  PyStr *name = capture_name(p);
  if (p->failed)
    return NULL;
  PyPattern *pattern = new_pattern(p, PY_PATTERN_AS, start);
  pattern->name = name;
  pattern->items = arena_new0(p->arena, PyPattern *);
  pattern->items[0] = inner;
  pattern->n = 1;
  return pattern;
}

/* The pattern behind "case": a bare sequence needs no brackets. */
static PyPattern *parse_top_pattern(Parser *p)
{
  PySpan start = parser_span(p);
  PyPattern *first = parse_star_pattern(p);
  if (!first || (!at_op(p, PY_OP_COMMA) && first->kind != PY_PATTERN_STAR))
    return first;
  gsize mark = p->n_scratch;
  parser_push(p, first);
  while (parser_accept_op(p, PY_OP_COMMA) && !at_op(p, PY_OP_COLON) && !at_keyword(p, PY_KW_IF)) {
    PyPattern *item = parse_star_pattern(p);
    if (!item)
      return NULL;
    parser_push(p, item);
  }
  PyPattern *pattern = new_pattern(p, PY_PATTERN_SEQUENCE, start);
  pattern->items = parser_pop(p, mark, &pattern->n);
  return pattern;
}

static gboolean parse_case(Parser *p)
{
  if (!parser_at_soft(p, "case"))
    return parser_fail(p, _("invalid syntax: expected 'case'")) != NULL;
  parser_next(p);
  PyCase *arm = arena_new0(p->arena, PyCase);
  arm->pattern = parse_top_pattern(p);
  if (!arm->pattern || (parser_accept_keyword(p, PY_KW_IF) && !(arm->guard = parse_named_expression(p))))
    return FALSE;
  if (!parse_block(p, &arm->body))
    return FALSE;
  parser_push(p, arm);
  return TRUE;
}

/* Whether "match" begins a statement here: then a subject, a colon, an indented "case" follow. */
static PyExpr *match_subject(Parser *p)
{
  ParserMark mark;
  parser_mark(p, &mark);
  PySyntaxError problem = *p->problem;
  parser_next(p);
  PyExpr *subject = p->token.kind == PY_TOKEN_NEWLINE ? NULL : parse_expressions(p);
  if (subject && parser_accept_op(p, PY_OP_COLON) && p->token.kind == PY_TOKEN_NEWLINE) {
    parser_next(p);
    if (p->token.kind == PY_TOKEN_INDENT) {
      parser_next(p);
      if (parser_at_soft(p, "case"))
        return subject;
    }
  }
  parser_rewind(p, &mark);
  *p->problem = problem;
  return NULL;
}

PyStmt *parse_match(Parser *p)
{
  PySpan start = parser_span(p);
  PyExpr *subject = match_subject(p);
  if (!subject || !parser_enter(p))
    return NULL;
  gsize mark = p->n_scratch;
  while (p->token.kind != PY_TOKEN_DEDENT && p->token.kind != PY_TOKEN_END)
    if (!parse_case(p))
      return NULL;
  if (p->token.kind == PY_TOKEN_DEDENT)
    parser_next(p);
  parser_leave(p);
  PyStmt *stmt = parser_new_stmt(p, PY_STMT_MATCH, start);
  stmt->match.subject = subject;
  stmt->match.cases = parser_pop_structs(p, mark, sizeof(PyCase), &stmt->match.n);
  return stmt;
}
