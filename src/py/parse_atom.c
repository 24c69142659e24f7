/* Primaries: atoms, displays, comprehensions, calls, subscripts, attributes; and parameter lists. */
#include <string.h>
#include <glib/gi18n.h>

#include "parser-private.h"

static PyExpr *parse_star_or_named(Parser *p)
{
  PySpan start = parser_span(p);
  if (!parser_accept_op(p, PY_OP_STAR))
    return parse_named_expression(p);
  PyExpr *operand = parse_bit_or(p);
  if (!operand)
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_STARRED, start);
  expr->operand = operand;
  return expr;
}

static gboolean at_comprehension(const Parser *p)
{
  return at_keyword(p, PY_KW_FOR) || at_keyword(p, PY_KW_ASYNC);
}

/* One "for target in iter if ..." */
static PyComprehension *parse_comp_for(Parser *p, gboolean first, PyScope *scope)
{
  PyComprehension *comp = arena_new0(p->arena, PyComprehension);
  comp->is_async = parser_accept_keyword(p, PY_KW_ASYNC);
  if (!parser_expect_keyword(p, PY_KW_FOR))
    return NULL;
  comp->target = parse_targets(p);
  if (!comp->target || !parser_bind_target(p, comp->target, FALSE) || !parser_expect_keyword(p, PY_KW_IN))
    return NULL;
  /* The first iterable is evaluated outside. */
  if (first)
    p->scope = scope->parent;
  comp->iter = parse_or(p);
  p->scope = scope;
  if (!comp->iter)
    return NULL;
  gsize mark = p->n_scratch;
  while (parser_accept_keyword(p, PY_KW_IF)) {
    PyExpr *condition = parse_or(p);
    if (!condition)
      return NULL;
    parser_push(p, condition);
  }
  comp->conditions = parser_pop(p, mark, &comp->n_conditions);
  return comp;
}

PyExpr *parse_comprehension(Parser *p, PyExprKind kind, PyExpr *element, PyExpr *value, PySpan start)
{
  PyScope *scope = parser_open_scope(p, PY_SCOPE_FUNCTION);
  scope->is_comprehension = TRUE;
  gsize mark = p->n_scratch;
  while (at_comprehension(p)) {
    PyComprehension *comp = parse_comp_for(p, p->n_scratch == mark, scope);
    if (!comp) {
      parser_close_scope(p, scope);
      return NULL;
    }
    parser_push(p, comp);
  }
  parser_close_scope(p, scope);
  if (element->kind == PY_EXPR_STARRED)
    return parser_fail_at(p, element->span, _("iterable unpacking cannot be used in comprehension"));
  PyExpr *expr = parser_new_expr(p, kind, start);
  expr->comp.element = element;
  expr->comp.value = value;
  expr->comp.scope = scope;
  expr->comp.generators = parser_pop_structs(p, mark, sizeof(PyComprehension), &expr->comp.n);
  return expr;
}

/* Items up to the closing bracket, the first one given; takes the bracket. */
static gboolean parse_items(Parser *p, PyExpr *first, PyOperator close)
{
  parser_push(p, first);
  while (parser_accept_op(p, PY_OP_COMMA) && !at_op(p, close)) {
    PyExpr *item = parse_star_or_named(p);
    if (!item)
      return FALSE;
    parser_push(p, item);
  }
  return parser_expect_op(p, close);
}

static PyExpr *finish_list(Parser *p, PyExprKind kind, PySpan start, gsize mark)
{
  PyExpr *expr = parser_new_expr(p, kind, start);
  expr->list.items = parser_pop(p, mark, &expr->list.n);
  return expr;
}

/* Finishes a comprehension whose closing bracket is still to come. */
static PyExpr *close_comprehension(Parser *p, PyExprKind kind, PyExpr *element, PyExpr *value, PySpan start,
                                   PyOperator close)
{
  PyExpr *expr = parse_comprehension(p, kind, element, value, start);
  if (!expr || !parser_expect_op(p, close))
    return NULL;
  expr->span = parser_span_from(p, start);
  return expr;
}

static PyExpr *parse_parenthesized(Parser *p, PySpan start)
{
  gsize mark = p->n_scratch;
  if (parser_accept_op(p, PY_OP_RPAR))
    return finish_list(p, PY_EXPR_TUPLE, start, mark);
  PyExpr *first = at_keyword(p, PY_KW_YIELD) ? parse_yield(p) : parse_star_or_named(p);
  if (!first)
    return NULL;
  if (at_comprehension(p))
    return close_comprehension(p, PY_EXPR_GENERATOR, first, NULL, start, PY_OP_RPAR);
  if (at_op(p, PY_OP_COMMA)) {
    if (!parse_items(p, first, PY_OP_RPAR))
      return NULL;
    PyExpr *tuple = finish_list(p, PY_EXPR_TUPLE, start, mark);
    tuple->parenthesized = TRUE;
    return tuple;
  }
  if (first->kind == PY_EXPR_STARRED)
    return parser_fail_at(p, first->span, _("can't use starred expression here"));
  if (!parser_expect_op(p, PY_OP_RPAR))
    return NULL;
  first->parenthesized = TRUE;
  first->span = parser_span_from(p, start);
  return first;
}

static PyExpr *parse_list(Parser *p, PySpan start)
{
  gsize mark = p->n_scratch;
  if (parser_accept_op(p, PY_OP_RSQB))
    return finish_list(p, PY_EXPR_LIST, start, mark);
  PyExpr *first = parse_star_or_named(p);
  if (!first)
    return NULL;
  if (at_comprehension(p))
    return close_comprehension(p, PY_EXPR_LIST_COMP, first, NULL, start, PY_OP_RSQB);
  return parse_items(p, first, PY_OP_RSQB) ? finish_list(p, PY_EXPR_LIST, start, mark) : NULL;
}

/* The dict display from its second entry on; keys and values lie on the scratch stack in turn. */
static PyExpr *finish_dict(Parser *p, PySpan start, gsize mark)
{
  while (parser_accept_op(p, PY_OP_COMMA) && !at_op(p, PY_OP_RBRACE)) {
    PyExpr *key = NULL, *value;
    if (parser_accept_op(p, PY_OP_STARSTAR)) {
      value = parse_bit_or(p);
    } else {
      key = parse_expression(p);
      value = key && parser_expect_op(p, PY_OP_COLON) ? parse_expression(p) : NULL;
    }
    if (!value)
      return NULL;
    parser_push(p, key);
    parser_push(p, value);
  }
  if (!parser_expect_op(p, PY_OP_RBRACE))
    return NULL;
  guint n;
  PyExpr **pairs = parser_pop(p, mark, &n);
  PyExpr *expr = parser_new_expr(p, PY_EXPR_DICT, start);
  expr->dict.n = n / 2;
  expr->dict.keys = arena_array(p->arena, PyExpr *, n / 2 + 1);
  expr->dict.values = arena_array(p->arena, PyExpr *, n / 2 + 1);
  for (guint i = 0; i < n / 2; i++) {
    expr->dict.keys[i] = pairs[2 * i];
    expr->dict.values[i] = pairs[2 * i + 1];
  }
  return expr;
}

static PyExpr *parse_braces(Parser *p, PySpan start)
{
  gsize mark = p->n_scratch;
  if (parser_accept_op(p, PY_OP_RBRACE))
    return parser_new_expr(p, PY_EXPR_DICT, start);
  if (parser_accept_op(p, PY_OP_STARSTAR)) {
    PyExpr *value = parse_bit_or(p);
    if (!value)
      return NULL;
    parser_push(p, NULL);
    parser_push(p, value);
    return finish_dict(p, start, mark);
  }
  PyExpr *first = parse_star_or_named(p);
  if (!first)
    return NULL;
  if (parser_accept_op(p, PY_OP_COLON)) {
    PyExpr *value = parse_expression(p);
    if (!value)
      return NULL;
    if (at_comprehension(p))
      return close_comprehension(p, PY_EXPR_DICT_COMP, first, value, start, PY_OP_RBRACE);
    parser_push(p, first);
    parser_push(p, value);
    return finish_dict(p, start, mark);
  }
  if (at_comprehension(p))
    return close_comprehension(p, PY_EXPR_SET_COMP, first, NULL, start, PY_OP_RBRACE);
  return parse_items(p, first, PY_OP_RBRACE) ? finish_list(p, PY_EXPR_SET, start, mark) : NULL;
}

static PyExpr *constant(Parser *p, PyValue value)
{
  PySpan start = parser_span(p);
  parser_next(p);
  PyExpr *expr = parser_new_expr(p, PY_EXPR_CONSTANT, start);
  expr->constant = value;
  return expr;
}

static PyExpr *parse_name(Parser *p)
{
  switch (p->token.keyword) {
  case PY_KW_NONE: break;
  case PY_KW_NONE_: return constant(p, py_none());
  case PY_KW_TRUE: return constant(p, py_bool(TRUE));
  case PY_KW_FALSE: return constant(p, py_bool(FALSE));
  default: return parser_fail(p, _("invalid syntax"));
  }
  PySpan start = parser_span(p);
  PyStr *name = parser_expect_name(p);
  PyExpr *expr = parser_new_expr(p, PY_EXPR_NAME, start);
  expr->name = name;
  return expr;
}

static PyExpr *parse_bracketed(Parser *p)
{
  PySpan start = parser_span(p);
  PyOperator open = p->token.op;
  if (!parser_enter(p))
    return NULL;
  parser_next(p);
  PyExpr *expr = open == PY_OP_LPAR   ? parse_parenthesized(p, start)
                 : open == PY_OP_LSQB ? parse_list(p, start)
                                      : parse_braces(p, start);
  parser_leave(p);
  return expr;
}

PyExpr *parse_atom(Parser *p)
{
  switch (p->token.kind) {
  case PY_TOKEN_NAME: return parse_name(p);
  case PY_TOKEN_NUMBER: return parse_number(p);
  case PY_TOKEN_STRING: return parse_strings(p);
  case PY_TOKEN_OP:
    if (p->token.op == PY_OP_LPAR || p->token.op == PY_OP_LSQB || p->token.op == PY_OP_LBRACE)
      return parse_bracketed(p);
    if (p->token.op == PY_OP_ELLIPSIS)
      return constant(p, (PyValue){.type = PY_ELLIPSIS});
    return parser_fail(p, _("invalid syntax"));
  case PY_TOKEN_INDENT: return parser_fail(p, _("unexpected indent"));
  case PY_TOKEN_END: return parser_fail(p, _("unexpected end of file"));
  default: return parser_fail(p, _("invalid syntax"));
  }
}

/* ---- calls ---- */

static gboolean push_keyword(Parser *p, PyStr *name, PyExpr *value, PySpan start)
{
  if (!value)
    return FALSE;
  PyKeywordArg *keyword = arena_new0(p->arena, PyKeywordArg);
  *keyword = (PyKeywordArg){name, value, parser_span_from(p, start)};
  parser_push(p, keyword);
  parser_push(p, p); /* marks a keyword: no expression has the parser's address */
  return TRUE;
}

/* One argument: pushes the expression and NULL, or a keyword and its mark. */
static gboolean parse_argument(Parser *p, gboolean *keywords)
{
  PySpan start = parser_span(p);
  if (parser_accept_op(p, PY_OP_STARSTAR)) {
    *keywords = TRUE;
    return push_keyword(p, NULL, parse_expression(p), start);
  }
  PyExpr *expr;
  if (parser_accept_op(p, PY_OP_STAR)) {
    PyExpr *operand = parse_expression(p);
    if (!operand)
      return FALSE;
    expr = parser_new_expr(p, PY_EXPR_STARRED, start);
    expr->operand = operand;
  } else {
    expr = parse_named_expression(p);
    if (!expr)
      return FALSE;
    if (at_op(p, PY_OP_ASSIGN)) {
      if (expr->kind != PY_EXPR_NAME || expr->parenthesized)
        return parser_fail_at(p, expr->span,
                              _("expression cannot contain assignment, perhaps you meant \"==\"?")) != NULL;
      parser_next(p);
      *keywords = TRUE;
      return push_keyword(p, expr->name, parse_expression(p), start);
    }
    if (at_comprehension(p)) {
      expr = parse_comprehension(p, PY_EXPR_GENERATOR, expr, NULL, start);
      if (!expr)
        return FALSE;
    }
    if (*keywords)
      return parser_fail_at(p, expr->span, _("positional argument follows keyword argument")) != NULL;
  }
  parser_push(p, expr);
  parser_push(p, NULL);
  return TRUE;
}

gboolean parse_arguments(Parser *p, PyExpr ***args, guint *n_args, PyKeywordArg **keywords, guint *n_keywords)
{
  gsize mark = p->n_scratch;
  gboolean seen_keyword = FALSE;
  while (!at_op(p, PY_OP_RPAR)) {
    if (!parse_argument(p, &seen_keyword))
      return FALSE;
    if (!parser_accept_op(p, PY_OP_COMMA))
      break;
  }
  if (!parser_expect_op(p, PY_OP_RPAR))
    return FALSE;
  gsize n = (p->n_scratch - mark) / 2, plain = 0, named = 0;
  for (gsize i = 0; i < n; i++)
    if (p->scratch[mark + 2 * i + 1])
      named++;
  *args = arena_array(p->arena, PyExpr *, n - named + 1);
  *keywords = arena_array(p->arena, PyKeywordArg, named + 1);
  named = 0;
  for (gsize i = 0; i < n; i++) {
    void *item = p->scratch[mark + 2 * i];
    if (p->scratch[mark + 2 * i + 1])
      (*keywords)[named++] = *(PyKeywordArg *)item;
    else
      (*args)[plain++] = item;
  }
  *n_args = (guint)plain;
  *n_keywords = (guint)named;
  p->n_scratch = mark;
  return TRUE;
}

static PyExpr *parse_call(Parser *p, PyExpr *function)
{
  PyExpr **args;
  PyKeywordArg *keywords;
  guint n_args, n_keywords;
  parser_next(p);
  if (!parse_arguments(p, &args, &n_args, &keywords, &n_keywords))
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_CALL, function->span);
  expr->call.function = function;
  expr->call.args = args;
  expr->call.n_args = n_args;
  expr->call.keywords = keywords;
  expr->call.n_keywords = n_keywords;
  return expr;
}

/* ---- subscripts and attributes ---- */

static gboolean at_slice_end(const Parser *p)
{
  return at_op(p, PY_OP_RSQB) || at_op(p, PY_OP_COMMA) || at_op(p, PY_OP_COLON);
}

static PyExpr *parse_slice_item(Parser *p)
{
  PySpan start = parser_span(p);
  PyExpr *lower = NULL, *upper = NULL, *step = NULL;
  if (!at_op(p, PY_OP_COLON)) {
    lower = parse_star_or_named(p);
    if (!lower || !at_op(p, PY_OP_COLON))
      return lower;
  }
  parser_next(p);
  if (!at_slice_end(p) && !(upper = parse_expression(p)))
    return NULL;
  if (parser_accept_op(p, PY_OP_COLON) && !at_slice_end(p) && !(step = parse_expression(p)))
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_SLICE, start);
  expr->slice.lower = lower;
  expr->slice.upper = upper;
  expr->slice.step = step;
  return expr;
}

static PyExpr *parse_subscript(Parser *p, PyExpr *value)
{
  parser_next(p);
  PySpan start = parser_span(p);
  PyExpr *index = parse_slice_item(p);
  if (!index)
    return NULL;
  if (at_op(p, PY_OP_COMMA) || index->kind == PY_EXPR_STARRED) {
    gsize mark = p->n_scratch;
    parser_push(p, index);
    while (parser_accept_op(p, PY_OP_COMMA) && !at_op(p, PY_OP_RSQB)) {
      PyExpr *item = parse_slice_item(p);
      if (!item)
        return NULL;
      parser_push(p, item);
    }
    index = finish_list(p, PY_EXPR_TUPLE, start, mark);
  }
  if (!parser_expect_op(p, PY_OP_RSQB))
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_SUBSCRIPT, value->span);
  expr->subscript.value = value;
  expr->subscript.index = index;
  return expr;
}

static PyExpr *parse_attribute(Parser *p, PyExpr *value)
{
  parser_next(p);
  PySpan name_span = parser_span(p);
  PyStr *name = parser_expect_name(p);
  if (!name)
    return NULL;
  PyExpr *expr = parser_new_expr(p, PY_EXPR_ATTRIBUTE, value->span);
  expr->attribute.value = value;
  expr->attribute.name = name;
  expr->attribute.name_span = name_span;
  return expr;
}

PyExpr *parse_primary(Parser *p)
{
  PyExpr *expr = parse_atom(p);
  guint entered = 0; /* each call or subscript nests the tree, which the evaluator walks by recursion */
  while (expr && p->token.kind == PY_TOKEN_OP) {
    PyOperator op = p->token.op;
    if (op != PY_OP_DOT && op != PY_OP_LPAR && op != PY_OP_LSQB)
      break;
    if (!parser_enter(p)) {
      expr = NULL;
      break;
    }
    entered++;
    expr = op == PY_OP_DOT    ? parse_attribute(p, expr)
           : op == PY_OP_LPAR ? parse_call(p, expr)
                              : parse_subscript(p, expr);
  }
  p->depth -= entered;
  return expr;
}

/* ---- parameters ---- */

static PyParam *parse_param(Parser *p, gboolean annotations)
{
  PySpan start = parser_span(p);
  PyParam *param = arena_new0(p->arena, PyParam);
  param->name = parser_expect_name(p);
  if (!param->name)
    return NULL;
  if (annotations && parser_accept_op(p, PY_OP_COLON)) {
    parser_accept_op(p, PY_OP_STAR); /* *args: *Ts */
    param->annotation = parse_expression(p);
    if (!param->annotation)
      return NULL;
  }
  param->span = parser_span_from(p, start);
  return param;
}

static gboolean parse_plain_param(Parser *p, PyParams *params, gboolean annotations, gboolean keyword_only,
                                  gboolean *defaults)
{
  PyParam *param = parse_param(p, annotations);
  if (!param)
    return FALSE;
  if (parser_accept_op(p, PY_OP_ASSIGN)) {
    param->value = parse_expression(p);
    if (!param->value)
      return FALSE;
    *defaults = TRUE;
  } else if (*defaults && !keyword_only) {
    parser_fail_at(p, param->span, _("parameter without a default follows parameter with a default"));
    return FALSE;
  }
  if (!keyword_only)
    params->n_positional++;
  parser_push(p, param);
  return TRUE;
}

gboolean parse_params(Parser *p, PyParams *params, PyOperator end, gboolean annotations)
{
  gsize mark = p->n_scratch;
  gboolean keyword_only = FALSE, defaults = FALSE;
  while (!at_op(p, end) && !p->failed) {
    if (params->star_star)
      return parser_fail(p, _("arguments cannot follow var-keyword argument")) != NULL;
    if (parser_accept_op(p, PY_OP_STARSTAR)) {
      params->star_star = parse_param(p, annotations);
    } else if (at_op(p, PY_OP_STAR)) {
      if (keyword_only)
        return parser_fail(p, _("* argument may appear only once")) != NULL;
      parser_next(p);
      keyword_only = TRUE;
      if (!at_op(p, PY_OP_COMMA))
        params->star = parse_param(p, annotations);
    } else if (parser_accept_op(p, PY_OP_SLASH)) {
      if (keyword_only || params->n_positional_only || !params->n_positional)
        return parser_fail(p, _("/ must come after parameters and before *")) != NULL;
      params->n_positional_only = params->n_positional;
    } else if (!parse_plain_param(p, params, annotations, keyword_only, &defaults)) {
      return FALSE;
    }
    if (!parser_accept_op(p, PY_OP_COMMA))
      break;
  }
  if (p->failed || !parser_expect_op(p, end))
    return FALSE;
  params->params = parser_pop_structs(p, mark, sizeof(PyParam), &params->n_params);
  return TRUE;
}

/* Fails on a duplicate: parser_bind_name() would silently share its slot. */
static void bind_param(Parser *p, const PyParam *param)
{
  guint before = p->scope->n_names;
  parser_bind_name(p, p->scope, param->name);
  if (p->scope->n_names == before)
    parser_fail_at(p, param->span, _("duplicate argument in function definition"));
}

void parser_bind_params(Parser *p, const PyParams *params)
{
  for (guint i = 0; i < params->n_params; i++)
    bind_param(p, &params->params[i]);
  if (params->star)
    bind_param(p, params->star);
  if (params->star_star)
    bind_param(p, params->star_star);
}
