/* Questions readers of trees ask. */
#include <string.h>

#include "retort/py/ast.h"

static const char *const op_texts[] = {
    [PY_ADD] = "+",         [PY_SUB] = "-",   [PY_MUL] = "*",         [PY_MATMUL] = "@",  [PY_DIV] = "/",
    [PY_FLOORDIV] = "//",   [PY_MOD] = "%",   [PY_POW] = "**",        [PY_LSHIFT] = "<<", [PY_RSHIFT] = ">>",
    [PY_AND] = "&",         [PY_OR] = "|",    [PY_XOR] = "^",         [PY_EQ] = "==",     [PY_NE] = "!=",
    [PY_LT] = "<",          [PY_LE] = "<=",   [PY_GT] = ">",          [PY_GE] = ">=",     [PY_IN] = "in",
    [PY_NOT_IN] = "not in", [PY_IS] = "is",   [PY_IS_NOT] = "is not", [PY_NEG] = "-",     [PY_POS] = "+",
    [PY_INVERT] = "~",      [PY_NOT] = "not",
};

const char *py_op_text(PyOp op)
{
  return op_texts[op];
}

const char *py_expr_name(const PyExpr *expr)
{
  return expr && expr->kind == PY_EXPR_NAME ? expr->name->data : NULL;
}

const char *py_expr_dotted(Arena *arena, const PyExpr *expr)
{
  if (!expr || expr->kind != PY_EXPR_ATTRIBUTE)
    return py_expr_name(expr);
  const char *left = py_expr_dotted(arena, expr->attribute.value);
  return left ? arena_printf(arena, "%s.%s", left, expr->attribute.name->data) : NULL;
}

const char *py_expr_text(const PyExpr *expr)
{
  return expr && expr->kind == PY_EXPR_CONSTANT ? py_text(expr->constant) : NULL;
}

const PyExpr *py_call_keyword(const PyExpr *call, const char *name)
{
  if (!call || call->kind != PY_EXPR_CALL)
    return NULL;
  for (guint i = 0; i < call->call.n_keywords; i++)
    if (call->call.keywords[i].name && py_str_is(call->call.keywords[i].name, name))
      return call->call.keywords[i].value;
  return NULL;
}

/* ---- literals ---- */

static gboolean literal_items(Arena *arena, const PyExpr *expr, PyValue *value)
{
  PyList *list = arena_new0(arena, PyList);
  list->items = arena_array(arena, PyValue, expr->list.n + 1);
  list->len = list->capacity = expr->list.n;
  for (guint i = 0; i < expr->list.n; i++)
    if (!py_expr_literal(arena, expr->list.items[i], &list->items[i]))
      return FALSE;
  *value = (PyValue){.type = expr->kind == PY_EXPR_LIST ? PY_LIST : PY_TUPLE, .list = list};
  return TRUE;
}

static gboolean literal_concat(Arena *arena, const PyExpr *expr, PyValue *value)
{
  PyValue left, right;
  if (expr->op != PY_ADD || !py_expr_literal(arena, expr->binary.left, &left) ||
      !py_expr_literal(arena, expr->binary.right, &right) || left.type != PY_STR || right.type != PY_STR)
    return FALSE;
  gsize len = left.str->len + right.str->len;
  char *text = arena_alloc(arena, len + 1);
  memcpy(text, left.str->data, left.str->len);
  memcpy(text + left.str->len, right.str->data, right.str->len);
  *value = (PyValue){.type = PY_STR, .str = py_str_in(arena, text, len)};
  return TRUE;
}

static gboolean literal_sign(Arena *arena, const PyExpr *expr, PyValue *value)
{
  if ((expr->op != PY_NEG && expr->op != PY_POS) || !py_expr_literal(arena, expr->operand, value))
    return FALSE;
  if (expr->op == PY_POS)
    return value->type == PY_INT || value->type == PY_FLOAT;
  if (value->type == PY_INT && value->i != G_MININT64)
    value->i = -value->i;
  else if (value->type == PY_FLOAT)
    value->f = -value->f;
  else
    return FALSE;
  return TRUE;
}

gboolean py_expr_literal(Arena *arena, const PyExpr *expr, PyValue *value)
{
  switch (expr->kind) {
  case PY_EXPR_CONSTANT: *value = expr->constant; return value->type != PY_UNKNOWN;
  case PY_EXPR_TUPLE:
  case PY_EXPR_LIST: return literal_items(arena, expr, value);
  case PY_EXPR_BINARY: return literal_concat(arena, expr, value);
  case PY_EXPR_UNARY: return literal_sign(arena, expr, value);
  default: return FALSE;
  }
}

/* ---- walking ---- */

typedef struct {
  PyVisit visit;
  void *data;
} Walk;

static gboolean walk_expr(const Walk *walk, const PyExpr *expr);

static gboolean walk_list(const Walk *walk, PyExpr *const *items, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!walk_expr(walk, items[i]))
      return FALSE;
  return TRUE;
}

static gboolean walk_keywords(const Walk *walk, const PyKeywordArg *keywords, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!walk_expr(walk, keywords[i].value))
      return FALSE;
  return TRUE;
}

static gboolean walk_comprehension(const Walk *walk, const PyExpr *expr)
{
  for (guint i = 0; i < expr->comp.n; i++) {
    const PyComprehension *comp = &expr->comp.generators[i];
    if (!walk_expr(walk, comp->target) || !walk_expr(walk, comp->iter) ||
        !walk_list(walk, comp->conditions, comp->n_conditions))
      return FALSE;
  }
  return walk_expr(walk, expr->comp.element) && walk_expr(walk, expr->comp.value);
}

static gboolean walk_params(const Walk *walk, const PyParams *params)
{
  for (guint i = 0; i < params->n_params; i++)
    if (!walk_expr(walk, params->params[i].value))
      return FALSE;
  return TRUE;
}

static gboolean walk_children(const Walk *walk, const PyExpr *expr)
{
  switch (expr->kind) {
  case PY_EXPR_CONSTANT:
  case PY_EXPR_NAME: return TRUE;
  case PY_EXPR_ATTRIBUTE: return walk_expr(walk, expr->attribute.value);
  case PY_EXPR_SUBSCRIPT:
    return walk_expr(walk, expr->subscript.value) && walk_expr(walk, expr->subscript.index);
  case PY_EXPR_CALL:
    return walk_expr(walk, expr->call.function) && walk_list(walk, expr->call.args, expr->call.n_args) &&
           walk_keywords(walk, expr->call.keywords, expr->call.n_keywords);
  case PY_EXPR_BINARY: return walk_expr(walk, expr->binary.left) && walk_expr(walk, expr->binary.right);
  case PY_EXPR_COMPARE:
    return walk_expr(walk, expr->compare.first) && walk_list(walk, expr->compare.rest, expr->compare.n);
  case PY_EXPR_IF:
    return walk_expr(walk, expr->if_exp.test) && walk_expr(walk, expr->if_exp.body) &&
           walk_expr(walk, expr->if_exp.orelse);
  case PY_EXPR_LAMBDA: return walk_params(walk, &expr->lambda.params) && walk_expr(walk, expr->lambda.body);
  case PY_EXPR_TUPLE:
  case PY_EXPR_LIST:
  case PY_EXPR_SET:
  case PY_EXPR_BOOL:
  case PY_EXPR_JOINED: return walk_list(walk, expr->list.items, expr->list.n);
  case PY_EXPR_DICT:
    return walk_list(walk, expr->dict.keys, expr->dict.n) && walk_list(walk, expr->dict.values, expr->dict.n);
  case PY_EXPR_LIST_COMP:
  case PY_EXPR_SET_COMP:
  case PY_EXPR_DICT_COMP:
  case PY_EXPR_GENERATOR: return walk_comprehension(walk, expr);
  case PY_EXPR_NAMED: return walk_expr(walk, expr->named.value);
  case PY_EXPR_FORMATTED:
    return walk_expr(walk, expr->formatted.value) && walk_expr(walk, expr->formatted.spec);
  case PY_EXPR_SLICE:
    return walk_expr(walk, expr->slice.lower) && walk_expr(walk, expr->slice.upper) &&
           walk_expr(walk, expr->slice.step);
  default: return walk_expr(walk, expr->operand);
  }
}

static gboolean walk_expr(const Walk *walk, const PyExpr *expr)
{
  return !expr || (walk->visit(expr, walk->data) && walk_children(walk, expr));
}

static gboolean walk_block(const Walk *walk, const PyBlock *block);

static gboolean walk_try(const Walk *walk, const PyStmt *stmt)
{
  if (!walk_block(walk, &stmt->try_.body))
    return FALSE;
  for (guint i = 0; i < stmt->try_.n; i++)
    if (!walk_expr(walk, stmt->try_.handlers[i].type) || !walk_block(walk, &stmt->try_.handlers[i].body))
      return FALSE;
  return walk_block(walk, &stmt->try_.orelse) && walk_block(walk, &stmt->try_.finalbody);
}

static gboolean walk_with(const Walk *walk, const PyStmt *stmt)
{
  for (guint i = 0; i < stmt->with.n; i++)
    if (!walk_expr(walk, stmt->with.items[i].context) || !walk_expr(walk, stmt->with.items[i].target))
      return FALSE;
  return walk_block(walk, &stmt->with.body);
}

static gboolean walk_match(const Walk *walk, const PyStmt *stmt)
{
  if (!walk_expr(walk, stmt->match.subject))
    return FALSE;
  for (guint i = 0; i < stmt->match.n; i++)
    if (!walk_expr(walk, stmt->match.cases[i].guard) || !walk_block(walk, &stmt->match.cases[i].body))
      return FALSE;
  return TRUE;
}

static gboolean walk_stmt(const Walk *walk, const PyStmt *stmt)
{
  switch (stmt->kind) {
  case PY_STMT_EXPR:
  case PY_STMT_RETURN: return walk_expr(walk, stmt->expr);
  case PY_STMT_ASSIGN:
    return walk_list(walk, stmt->assign.targets, stmt->assign.n) && walk_expr(walk, stmt->assign.value);
  case PY_STMT_ANN_ASSIGN:
    return walk_expr(walk, stmt->ann_assign.target) && walk_expr(walk, stmt->ann_assign.value);
  case PY_STMT_AUG_ASSIGN:
    return walk_expr(walk, stmt->aug_assign.target) && walk_expr(walk, stmt->aug_assign.value);
  case PY_STMT_RAISE: return walk_expr(walk, stmt->raise.exc) && walk_expr(walk, stmt->raise.cause);
  case PY_STMT_DELETE: return walk_list(walk, stmt->del.targets, stmt->del.n);
  case PY_STMT_ASSERT: return walk_expr(walk, stmt->assert_.test) && walk_expr(walk, stmt->assert_.message);
  case PY_STMT_IF:
  case PY_STMT_WHILE:
    return walk_expr(walk, stmt->if_.test) && walk_block(walk, &stmt->if_.body) &&
           walk_block(walk, &stmt->if_.orelse);
  case PY_STMT_FOR:
    return walk_expr(walk, stmt->for_.target) && walk_expr(walk, stmt->for_.iter) &&
           walk_block(walk, &stmt->for_.body) && walk_block(walk, &stmt->for_.orelse);
  case PY_STMT_WITH: return walk_with(walk, stmt);
  case PY_STMT_TRY: return walk_try(walk, stmt);
  case PY_STMT_FUNCTION:
    return walk_list(walk, stmt->function.decorators, stmt->function.n_decorators) &&
           walk_params(walk, &stmt->function.params) && walk_block(walk, &stmt->function.body);
  case PY_STMT_CLASS:
    return walk_list(walk, stmt->class.decorators, stmt->class.n_decorators) &&
           walk_list(walk, stmt->class.bases, stmt->class.n_bases) &&
           walk_keywords(walk, stmt->class.keywords, stmt->class.n_keywords) &&
           walk_block(walk, &stmt->class.body);
  case PY_STMT_MATCH: return walk_match(walk, stmt);
  default: return TRUE;
  }
}

static gboolean walk_block(const Walk *walk, const PyBlock *block)
{
  for (guint i = 0; i < block->n; i++)
    if (!walk_stmt(walk, block->items[i]))
      return FALSE;
  return TRUE;
}

gboolean py_visit_block(const PyBlock *block, PyVisit visit, void *data)
{
  Walk walk = {visit, data};
  return walk_block(&walk, block);
}
