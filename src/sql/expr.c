/* Leaves and composites of the expression tree. */
#include "retort/sql/expr.h"

#include <string.h>

#include "compile-private.h"

static SqlExpr *node(Arena *arena, SqlExprKind kind, const SqlType *type)
{
  SqlExpr *expr = arena_new0(arena, SqlExpr);
  expr->kind = kind;
  expr->type = type;
  return expr;
}

SqlExpr *sql_column(Arena *arena, SqlName name, const SqlType *type, SqlFrom *from)
{
  SqlExpr *expr = node(arena, SQL_EXPR_COLUMN, type);
  expr->name = name;
  expr->from = from;
  return expr;
}

SqlExpr *sql_literal_column(Arena *arena, const char *text, const SqlType *type)
{
  SqlExpr *expr = node(arena, SQL_EXPR_LITERAL_COLUMN, type);
  expr->text = arena_strdup(arena, text);
  return expr;
}

SqlExpr *sql_bind_value(Arena *arena, const SqlValue *value, const SqlType *type)
{
  SqlExpr *expr = node(arena, SQL_EXPR_BIND, type);
  expr->value = value;
  expr->name = sql_name("param");
  expr->unique = TRUE;
  expr->free_type = type == NULL;
  return expr;
}

SqlExpr *sql_bind_named(Arena *arena, const char *key, const SqlValue *value, const SqlType *type)
{
  SqlExpr *expr = node(arena, SQL_EXPR_BIND, type);
  expr->name = sql_name(arena_strdup(arena, key));
  expr->value = value;
  expr->required = value == NULL;
  if (type == NULL && value != NULL)
    expr->type = sql_type_of_value(value);
  return expr;
}

SqlExpr *sql_inline_literal(Arena *arena, const SqlValue *value, const SqlType *type)
{
  SqlExpr *expr = node(arena, SQL_EXPR_INLINE, type != NULL ? type : sql_type_of_value(value));
  expr->value = value;
  return expr;
}

SqlExpr *sql_text(Arena *arena, const char *text)
{
  SqlExpr *expr = node(arena, SQL_EXPR_TEXT, NULL);
  g_autofree char *valid = g_utf8_make_valid(text, -1); /* it is read character by character */
  expr->text = arena_strdup(arena, valid);
  return expr;
}

SqlExpr *sql_text_with_bind(Arena *arena, const SqlExpr *text, SqlExpr *bind, GError **error)
{
  SqlExpr *copy = arena_new0(arena, SqlExpr);
  SqlExprList binds = {0};

  if (!sql_text_has_bind(text->text, bind->name.text)) {
    g_set_error(error, SQL_ERROR, SQL_ERROR_ARGUMENT,
                "This text() construct doesn't define a bound parameter named '%s'", bind->name.text);
    return NULL;
  }
  *copy = *text;
  for (guint i = 0; i < text->args.n; i++) {
    if (strcmp(text->args.items[i]->name.text, bind->name.text) != 0)
      sql_expr_list_add(arena, &binds, text->args.items[i]);
  }
  sql_expr_list_add(arena, &binds, bind);
  copy->args = binds;
  return copy;
}

/* There is one of each, and what has no name of its own is numbered by which it is.  Nobody changes a tree. */
static SqlExpr the_null = {.kind = SQL_EXPR_NULL};
static SqlExpr the_true = {.kind = SQL_EXPR_TRUE};
static SqlExpr the_false = {.kind = SQL_EXPR_FALSE};

SqlExpr *sql_null(Arena *arena)
{
  (void)arena;
  return &the_null;
}

static gpointer type_the_constants(gpointer unused)
{
  (void)unused;
  the_true.type = the_false.type = sql_type(SQL_TYPE_BOOLEAN);
  return NULL;
}

SqlExpr *sql_true(Arena *arena)
{
  static GOnce once = G_ONCE_INIT;
  (void)arena;
  g_once(&once, type_the_constants, NULL);
  return &the_true;
}

SqlExpr *sql_false(Arena *arena)
{
  sql_true(arena);
  return &the_false;
}

SqlExpr *sql_star(Arena *arena)
{
  return node(arena, SQL_EXPR_STAR, NULL);
}

SqlExpr *sql_label_reference(Arena *arena, const char *name)
{
  SqlExpr *expr = node(arena, SQL_EXPR_LABEL, NULL);
  expr->name = sql_name(arena_strdup(arena, name));
  return expr;
}

SqlExpr *sql_nextval(Arena *arena, const SqlSequence *sequence)
{
  const SqlType *type = sequence->data_type != NULL ? sequence->data_type : sql_type(SQL_TYPE_INTEGER);
  SqlExpr *expr = node(arena, SQL_EXPR_NEXTVAL, type);
  expr->sequence = sequence;
  return expr;
}

const char *sql_expr_key(const SqlExpr *x)
{
  if (x->kind == SQL_EXPR_COLUMN || x->kind == SQL_EXPR_LABEL)
    return x->name.text;
  return x->kind == SQL_EXPR_TEXT || x->kind == SQL_EXPR_LITERAL_COLUMN ? x->text : NULL;
}

SqlExpr *sql_settle(Arena *arena, SqlExpr *x, const SqlType *type, const char *key)
{
  if (x == NULL || x->kind != SQL_EXPR_BIND || !x->free_type)
    return x;
  if (x->value == NULL || x->value->kind == SQL_VALUE_NULL)
    return sql_null(arena);

  SqlExpr *settled = arena_new0(arena, SqlExpr);
  *settled = *x;
  settled->free_type = FALSE;
  settled->type = type != NULL ? type : sql_type_of_value(x->value);
  if (key != NULL)
    settled->name = sql_name(key);
  return settled;
}

static SqlExprList settle_all(Arena *arena, SqlExprList list, const char *key)
{
  SqlExprList settled = {0};

  for (guint i = 0; i < list.n; i++)
    sql_expr_list_add(arena, &settled, sql_settle(arena, list.items[i], NULL, key));
  return settled;
}

SqlExpr *sql_cast(Arena *arena, SqlExpr *x, const SqlType *type)
{
  SqlExpr *expr = node(arena, SQL_EXPR_CAST, type);
  expr->left = sql_settle(arena, x, type, NULL);
  return expr;
}

SqlExpr *sql_type_coerce(Arena *arena, SqlExpr *x, const SqlType *type)
{
  SqlExpr *expr = node(arena, SQL_EXPR_TYPE_COERCE, type);

  expr->left = sql_settle(arena, x, type, NULL);
  if (expr->left->kind == SQL_EXPR_TYPE_COERCE)
    expr->left = expr->left->left; /* the last one counts */
  if (expr->left->kind == SQL_EXPR_BIND) {
    SqlExpr *typed = arena_new0(arena, SqlExpr);
    *typed = *expr->left;
    typed->type = type;
    expr->left = typed;
  }
  return expr;
}

/* The last result that has a type, else the one of ELSE. */
static const SqlType *case_type(const SqlExpr *expr)
{
  for (guint i = expr->args.n; i >= 2; i -= 2) {
    if (sql_has_type(expr->args.items[i - 1]))
      return expr->args.items[i - 1]->type;
  }
  return expr->right != NULL ? expr->right->type : NULL;
}

SqlExpr *sql_case(Arena *arena, SqlExpr *value, SqlExprList whens, SqlExpr *otherwise)
{
  SqlExpr *expr = node(arena, SQL_EXPR_CASE, NULL);

  expr->left = sql_settle(arena, value, NULL, NULL);
  expr->right = sql_settle(arena, otherwise, NULL, NULL);
  for (guint i = 0; i + 1 < whens.n; i += 2) {
    SqlExpr *when = sql_settle(arena, whens.items[i], NULL, NULL);
    sql_expr_list_add(arena, &expr->args, sql_self_group(arena, when, SQL_OP_NONE));
    sql_expr_list_add(arena, &expr->args, sql_settle(arena, whens.items[i + 1], NULL, NULL));
  }
  expr->type = case_type(expr);
  return expr;
}

SqlExpr *sql_extract(Arena *arena, const char *field, SqlExpr *x)
{
  SqlExpr *expr = node(arena, SQL_EXPR_EXTRACT, sql_type(SQL_TYPE_INTEGER));
  expr->text = arena_strdup(arena, field);
  expr->left = sql_settle(arena, x, NULL, NULL);
  return expr;
}

SqlExpr *sql_label(Arena *arena, SqlName name, SqlExpr *x)
{
  SqlExpr *expr = node(arena, SQL_EXPR_LABEL, NULL);
  SqlExpr *inner = sql_settle(arena, x, NULL, NULL);

  while (inner->kind == SQL_EXPR_LABEL)
    inner = inner->left;
  expr->name = name;
  expr->left = sql_self_group(arena, inner, SQL_OP_AS);
  expr->type = inner->type;
  return expr;
}

SqlExpr *sql_tuple(Arena *arena, SqlExprList items)
{
  SqlExpr *expr = node(arena, SQL_EXPR_TUPLE, sql_type(SQL_TYPE_TUPLE));
  SqlExprList settled = settle_all(arena, items, NULL);

  for (guint i = 0; i < settled.n; i++)
    sql_expr_list_add(arena, &expr->args, sql_self_group(arena, settled.items[i], SQL_OP_COMMA));
  return expr;
}

SqlExpr *sql_array(Arena *arena, SqlExprList items, const SqlType *item_type)
{
  SqlType *type = arena_new0(arena, SqlType);
  SqlExpr *expr = node(arena, SQL_EXPR_ARRAY, type);

  for (guint i = 0; i < items.n; i++) {
    SqlExpr *item = sql_settle(arena, items.items[i], item_type, NULL);
    if (item_type == NULL && sql_has_type(item))
      item_type = item->type;
    sql_expr_list_add(arena, &expr->args, sql_self_group(arena, item, SQL_OP_COMMA));
  }
  type->kind = SQL_TYPE_ARRAY;
  type->item = item_type;
  if (item_type != NULL && item_type->kind == SQL_TYPE_ARRAY) {
    type->item = item_type->item;
    type->dimensions = SQL_INT(item_type->dimensions.given ? item_type->dimensions.value + 1 : 2);
  }
  return expr;
}

SqlExpr *sql_over(Arena *arena, SqlExpr *x, SqlExprList partition_by, SqlExprList order_by, SqlFrame frame)
{
  SqlExpr *expr = node(arena, SQL_EXPR_OVER, x->type);
  expr->left = x;
  expr->args = partition_by;
  expr->order = order_by;
  expr->frame = frame;
  return expr;
}

SqlExpr *sql_filter(Arena *arena, SqlExpr *x, SqlExpr *condition)
{
  SqlExpr *expr = node(arena, SQL_EXPR_FILTER, x->type);
  SqlExprList conditions = {0};

  sql_expr_list_add(arena, &conditions, condition);
  expr->left = x;
  expr->right = sql_conjunction(arena, SQL_OP_AND, conditions);
  return expr;
}

SqlExpr *sql_within_group(Arena *arena, SqlExpr *x, SqlExprList order_by)
{
  static const char *const ordered[] = {"mode", "percentile_cont", "percentile_disc"};
  const SqlType *type = x->type;
  const SqlExpr *first = order_by.n > 0 ? order_by.items[0] : NULL;

  /* These give what they order; of an array of fractions, an array of it. */
  while (first != NULL && first->kind == SQL_EXPR_UNARY)
    first = first->left;
  for (guint i = 0; i < G_N_ELEMENTS(ordered) && x->kind == SQL_EXPR_FUNCTION && first != NULL; i++)
    if (strcmp(x->name.text, ordered[i]) == 0)
      type = first->type;
  SqlExpr *expr = node(arena, SQL_EXPR_WITHIN_GROUP, type);
  expr->left = x;
  expr->order = order_by;
  return expr;
}

SqlExpr *sql_aggregate_order_by(Arena *arena, SqlExpr *x, SqlExprList order_by)
{
  SqlExpr *expr = node(arena, SQL_EXPR_ORDERED, x->type);
  expr->left = x;
  expr->order = order_by;
  return expr;
}
