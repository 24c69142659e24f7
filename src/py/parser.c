#include "parser-private.h"

#include <string.h>
#include <glib/gi18n.h>

#include "retort/base/error.h"

#define FIRST_NAMES 256 /* slots of the table of names: enough for most migrations */

void py_parser_init(Parser *p, Arena *arena, const char *path, const char *text, gsize len,
                    PySyntaxError *problem)
{
  memset(p, 0, sizeof *p);
  p->arena = arena;
  p->path = path;
  p->text = p->last = text;
  p->problem = problem;
  p->intern_mask = FIRST_NAMES - 1;
  p->interned = arena_array(arena, PyStr *, FIRST_NAMES);
  p->room = 256;
  p->scratch = g_new(void *, p->room);
  py_lexer_init(&p->lexer, text, len);
}

void parser_clear(Parser *p)
{
  g_clear_pointer(&p->scratch, g_free);
}

void *parser_fail_at(Parser *p, PySpan span, const char *message)
{
  if (!p->failed) {
    p->failed = TRUE;
    *p->problem = (PySyntaxError){span.line, span.column, arena_strdup(p->arena, message)};
  }
  return NULL;
}

void *parser_fail(Parser *p, const char *message)
{
  if (p->token.kind == PY_TOKEN_ERROR && p->lexer.error)
    message = p->lexer.error;
  return parser_fail_at(p, parser_span(p), message);
}

void parser_next(Parser *p)
{
  p->last = p->token.text ? p->token.text + p->token.len : p->text;
  py_lexer_next(&p->lexer, &p->token);
}

gboolean parser_enter(Parser *p)
{
  if (p->depth >= PY_MAX_DEPTH) {
    parser_fail(p, _("too many nested expressions or blocks"));
    return FALSE;
  }
  p->depth++;
  return TRUE;
}

void parser_leave(Parser *p)
{
  p->depth--;
}

void parser_mark(Parser *p, ParserMark *mark)
{
  *mark = (ParserMark){p->lexer, p->token, p->last, p->n_scratch, p->depth};
}

void parser_rewind(Parser *p, const ParserMark *mark)
{
  p->lexer = mark->lexer;
  p->token = mark->token;
  p->last = mark->last;
  p->n_scratch = mark->n_scratch;
  p->depth = mark->depth;
  p->failed = FALSE;
}

/* ---- tokens ---- */

gboolean parser_at_soft(const Parser *p, const char *word)
{
  return p->token.kind == PY_TOKEN_NAME && !p->token.keyword && p->token.len == strlen(word) &&
         !memcmp(p->token.text, word, p->token.len);
}

gboolean parser_accept_op(Parser *p, PyOperator op)
{
  if (!at_op(p, op))
    return FALSE;
  parser_next(p);
  return TRUE;
}

gboolean parser_accept_keyword(Parser *p, PyKeyword keyword)
{
  if (!at_keyword(p, keyword))
    return FALSE;
  parser_next(p);
  return TRUE;
}

gboolean parser_expect_op(Parser *p, PyOperator op)
{
  if (parser_accept_op(p, op))
    return TRUE;
  g_autofree char *message = g_strdup_printf(_("invalid syntax: expected '%s'"), py_operator_text(op));
  parser_fail(p, message);
  return FALSE;
}

gboolean parser_expect_keyword(Parser *p, PyKeyword keyword)
{
  if (parser_accept_keyword(p, keyword))
    return TRUE;
  g_autofree char *message = g_strdup_printf(_("invalid syntax: expected '%s'"), py_keyword_text(keyword));
  parser_fail(p, message);
  return FALSE;
}

PyStr *parser_expect_name(Parser *p)
{
  if (p->token.kind != PY_TOKEN_NAME || p->token.keyword)
    return parser_fail(p, _("invalid syntax: expected a name"));
  PyStr *name = parser_intern(p, p->token.text, p->token.len, p->token.hash);
  parser_next(p);
  return name;
}

static void grow_names(Parser *p)
{
  gsize old = p->intern_mask + 1, size = old * 4;
  PyStr **table = arena_array(p->arena, PyStr *, size);
  for (gsize i = 0; i < old; i++) {
    PyStr *name = p->interned[i];
    if (!name)
      continue;
    gsize at = name->hash & (size - 1);
    while (table[at])
      at = (at + 1) & (size - 1);
    table[at] = name;
  }
  p->interned = table;
  p->intern_mask = size - 1;
}

PyStr *parser_intern(Parser *p, const char *text, gsize len, guint hash)
{
  gsize at = hash & p->intern_mask;
  for (; p->interned[at]; at = (at + 1) & p->intern_mask) {
    PyStr *name = p->interned[at];
    if (name->hash == hash && name->len == len && !memcmp(name->data, text, len))
      return name;
  }
  PyStr *name = py_str_in(p->arena, text, len);
  name->hash = hash;
  p->interned[at] = name;
  if (++p->n_interned * 2 > p->intern_mask)
    grow_names(p);
  return name;
}

/* ---- nodes ---- */

PySpan parser_span(const Parser *p)
{
  guint start = (guint)(p->token.text - p->text);
  return (PySpan){p->token.line, p->token.column, start, start + p->token.len};
}

PySpan parser_span_from(const Parser *p, PySpan start)
{
  start.end = (guint)(p->last - p->text);
  return start;
}

PyExpr *parser_new_expr(Parser *p, PyExprKind kind, PySpan start)
{
  PyExpr *expr = arena_new0(p->arena, PyExpr);
  expr->kind = kind;
  expr->span = parser_span_from(p, start);
  return expr;
}

PyStmt *parser_new_stmt(Parser *p, PyStmtKind kind, PySpan start)
{
  PyStmt *stmt = arena_new0(p->arena, PyStmt);
  stmt->kind = kind;
  stmt->span = parser_span_from(p, start);
  return stmt;
}

void parser_push(Parser *p, void *item)
{
  if (p->n_scratch == p->room) {
    p->room *= 2;
    p->scratch = g_renew(void *, p->scratch, p->room);
  }
  p->scratch[p->n_scratch++] = item;
}

void *parser_pop(Parser *p, gsize mark, guint *n)
{
  *n = (guint)(p->n_scratch - mark);
  p->n_scratch = mark;
  if (!*n)
    return NULL;
  void **items = arena_array(p->arena, void *, *n);
  memcpy(items, p->scratch + mark, sizeof(void *) * *n);
  return items;
}

void *parser_pop_structs(Parser *p, gsize mark, gsize size, guint *n)
{
  *n = (guint)(p->n_scratch - mark);
  p->n_scratch = mark;
  if (!*n)
    return NULL;
  char *items = arena_alloc(p->arena, size * *n);
  for (guint i = 0; i < *n; i++)
    memcpy(items + size * i, p->scratch[mark + i], size);
  return items;
}

/* ---- scopes ---- */

PyScope *parser_open_scope(Parser *p, PyScopeKind kind)
{
  PyScope *scope = arena_new0(p->arena, PyScope);
  scope->kind = kind;
  scope->parent = p->scope;
  p->scope = scope;
  return scope;
}

void parser_close_scope(Parser *p, PyScope *scope)
{
  p->scope = scope->parent;
}

static gboolean listed(PyStr *const *names, guint n, const PyStr *name)
{
  for (guint i = 0; i < n; i++)
    if (names[i] == name)
      return TRUE;
  return FALSE;
}

void parser_bind_name(Parser *p, PyScope *scope, PyStr *name)
{
  if (!scope || scope->kind != PY_SCOPE_FUNCTION || listed(scope->globals, scope->n_globals, name) ||
      listed(scope->nonlocals, scope->n_nonlocals, name) || listed(scope->names, scope->n_names, name))
    return;
  guint n = scope->n_names;
  if (n == 0 || (n >= 4 && !(n & (n - 1)))) { /* full: capacity is 4, then powers of two */
    PyStr **names = arena_array(p->arena, PyStr *, n ? n * 2 : 4);
    if (n)
      memcpy(names, scope->names, sizeof(PyStr *) * n);
    scope->names = names;
  }
  scope->names[scope->n_names++] = name;
}

gboolean parser_bind_target(Parser *p, PyExpr *target, gboolean deleting)
{
  switch (target->kind) {
  case PY_EXPR_NAME: parser_bind_name(p, p->scope, target->name); return TRUE;
  case PY_EXPR_ATTRIBUTE:
  case PY_EXPR_SUBSCRIPT: return TRUE;
  case PY_EXPR_STARRED:
    if (!deleting)
      return parser_bind_target(p, target->operand, FALSE);
    break;
  case PY_EXPR_TUPLE:
  case PY_EXPR_LIST:
    for (guint i = 0; i < target->list.n; i++)
      if (!parser_bind_target(p, target->list.items[i], deleting))
        return FALSE;
    return TRUE;
  default: break;
  }
  parser_fail_at(p, target->span,
                 deleting ? _("cannot delete this expression") : _("cannot assign to this expression"));
  return FALSE;
}

/* ---- entry points ---- */

static PyStr *docstring(const PyBlock *body)
{
  if (!body->n || body->items[0]->kind != PY_STMT_EXPR)
    return NULL;
  const PyExpr *first = body->items[0]->expr;
  return first->kind == PY_EXPR_CONSTANT && first->constant.type == PY_STR ? first->constant.str : NULL;
}

static PyTree *parse_file(Parser *p, gsize len)
{
  PyTree *tree = arena_new0(p->arena, PyTree);
  tree->path = arena_strdup(p->arena, p->path);
  tree->text = p->text;
  tree->len = len;
  tree->bodies_skipped = (p->flags & PY_PARSE_HEADER) != 0;
  tree->scope = parser_open_scope(p, PY_SCOPE_MODULE);
  parser_next(p);
  while (p->token.kind != PY_TOKEN_END)
    if (!parse_statement(p))
      return NULL;
  tree->body.items = parser_pop(p, 0, &tree->body.n);
  tree->doc = docstring(&tree->body);
  return tree;
}

const PyTree *py_parse(Arena *arena, const char *path, const char *bytes, gsize len, PyParseFlags flags,
                       PySyntaxError *problem)
{
  gsize text_len = 0;
  guint line = 0;
  const char *message = NULL;
  const char *text = py_source_decode(arena, bytes, len, &text_len, &line, &message);
  if (!text) {
    *problem = (PySyntaxError){line, 0, arena_strdup(arena, message)};
    return NULL;
  }
  Parser p;
  py_parser_init(&p, arena, path, text, text_len, problem);
  p.flags = flags;
  PyTree *tree = parse_file(&p, text_len);
  parser_clear(&p);
  return p.failed ? NULL : tree;
}

const PyExpr *py_parse_expression(Arena *arena, const char *text, gsize len, PySyntaxError *problem)
{
  const char *end;
  if (!g_utf8_validate_len(text, len, &end)) {
    *problem = (PySyntaxError){1, (guint)(end - text) + 1, arena_strdup(arena, _("not UTF-8"))};
    return NULL;
  }
  Parser p;
  py_parser_init(&p, arena, "", text, len, problem);
  py_lexer_init_expression(&p.lexer, text, len, 1, 1);
  parser_open_scope(&p, PY_SCOPE_MODULE);
  parser_next(&p);
  PyExpr *expr = parse_expressions(&p);
  if (expr && p.token.kind != PY_TOKEN_END)
    expr = parser_fail(&p, _("invalid syntax"));
  parser_clear(&p);
  return expr;
}

void py_syntax_error_set(GError **error, const char *path, const PySyntaxError *problem)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s, line %u: %s"), path, problem->line,
              problem->text);
}

void py_syntax_error_diag(DiagList *list, const char *path, const PySyntaxError *problem)
{
  diag_add(list, DIAG_ERROR, path, problem->line, problem->column, "%s", problem->text);
}
