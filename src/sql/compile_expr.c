/* Expressions as text. */
#include <string.h>

#include "compile-private.h"

/* --- Leaves --- */

static void put_column(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  SqlName name = expr->name;

  /* An unnamed column of a subquery: numbered before the subquery's own name. */
  if (name.text == NULL && expr->left != NULL)
    name = sql_anonymous_label(c, expr->left);
  gboolean has_prefix = !c->hide_table && expr->from != NULL && sql_put_from_name(c, out, expr->from);
  if (has_prefix && name.text != NULL)
    g_string_append_c(out, '.');
  if (name.text != NULL)
    sql_put_name(c, out, name);
}

static void put_nextval(SqlCompiler *c, GString *out, const SqlSequence *sequence)
{
  g_autoptr(GString) name = g_string_new(NULL);

  sql_put_qualified(c, name, sequence->schema, sequence->name);
  if (!sql_is_old(c))
    g_string_replace(name, "'", "''", 0);
  g_string_append_printf(out, "nextval('%s')", name->str);
}

/* (NULL), or ((NULL, NULL)) beside a tuple. */
static void put_empty_list(GString *out, guint n_items)
{
  g_string_append(out, n_items > 1 ? "((NULL" : "(NULL");
  for (guint i = 1; i < n_items; i++)
    g_string_append(out, ", NULL");
  g_string_append(out, n_items > 1 ? "))" : ")");
}

void sql_put_empty_set(SqlCompiler *c, GString *out, const SqlExpr *bind)
{
  if (c->expand_op == SQL_OP_NOT_IN) {
    put_empty_list(out, bind->args.n);
    g_string_append(out, " OR (1 = 1)");
  } else if (c->expand_op == SQL_OP_IN) {
    put_empty_list(out, bind->args.n);
    g_string_append(out, " AND (1 != 1)");
  } else {
    g_string_append(out, "(SELECT CAST(NULL AS ");
    sql_put_type(c, out, sql_has_type(bind) ? bind->type : sql_type(SQL_TYPE_INTEGER));
    g_string_append(out, ") WHERE 1!=1)");
  }
}

/* --- Binary operators --- */

/* The binary operator inside parentheses, or NULL. */
static const SqlExpr *grouped_binary(const SqlExpr *x)
{
  const SqlExpr *inner = x->kind == SQL_EXPR_GROUPING ? x->left : NULL;
  return inner != NULL && inner->kind == SQL_EXPR_BINARY ? inner : NULL;
}

/* Precedence in SQLAlchemy 1.4, where it differs: || and the operators of JSON and arrays bind tighter. */
static int old_precedence(SqlOperator op)
{
  if (op == SQL_OP_CONCAT)
    return 6;
  return sql_is_eager(op) || op == SQL_OP_OVERLAP ? 15 : sql_precedence(op);
}

/* The operand without parentheses that only 2.0 puts there. */
static const SqlExpr *ungrouped_when_old(const SqlCompiler *c, SqlOperator around, const SqlExpr *operand)
{
  const SqlExpr *inner = grouped_binary(operand);

  if (inner == NULL || !sql_is_old(c) || inner->op == SQL_OP_CUSTOM || around == SQL_OP_CUSTOM)
    return operand;
  gboolean moved = old_precedence(inner->op) != sql_precedence(inner->op) || around == SQL_OP_NOT;
  return moved && old_precedence(inner->op) > old_precedence(around) ? inner : operand;
}

/* 1.4 negates a comparison with ANY by its operator, and prints other conditions after a bare NOT. */
static gboolean put_old_negation(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  const SqlExpr *inner = grouped_binary(expr->left);

  if (inner == NULL || !sql_is_old(c) || expr->op != SQL_OP_IS_FALSE)
    return FALSE;
  gboolean rewritten = sql_negation(inner->op) != SQL_OP_NONE;
  SqlExpr negated = *inner;
  if (rewritten)
    negated.op = sql_negation(inner->op);
  else
    g_string_append(out, "NOT ");
  sql_put_expr(c, out, &negated);
  return TRUE;
}

/* left op right; JSON's operators take parentheses below another operator. */
static void put_generic(SqlCompiler *c, GString *out, const SqlExpr *expr, const char *spelling)
{
  gboolean outer = c->in_operator;
  gboolean parentheses = outer && sql_is_eager(expr->op);

  c->in_operator = TRUE;
  if (parentheses)
    g_string_append_c(out, '(');
  sql_put_expr(c, out, ungrouped_when_old(c, expr->op, expr->left));
  g_string_append(out, spelling);
  sql_put_expr(c, out, ungrouped_when_old(c, expr->op, expr->right));
  if (parentheses)
    g_string_append_c(out, ')');
  c->in_operator = outer;
}

static void put_escape(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  if (expr->escape == NULL)
    return;
  g_string_append(out, " ESCAPE ");
  sql_put_string(c, out, expr->escape);
}

/* LIKE with '%' joined before and after the pattern. */
static void put_like(SqlCompiler *c, GString *out, const SqlExpr *expr, gboolean before, gboolean after)
{
  const char *percent = sql_double_percents(c) ? "'%%'" : "'%'";

  sql_put_expr(c, out, ungrouped_when_old(c, expr->op, expr->left));
  g_string_append(out, sql_spelling(expr->op));
  if (before)
    g_string_append_printf(out, "%s || ", percent);
  sql_put_expr(c, out, before || after ? expr->right : ungrouped_when_old(c, expr->op, expr->right));
  if (after)
    g_string_append_printf(out, " || %s", percent);
  put_escape(c, out, expr);
}

static void put_regexp(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  const char *word = expr->op == SQL_OP_REGEXP_MATCH ? "~" : "!~";
  gboolean insensitive = g_strcmp0(expr->flags, "i") == 0;

  if (expr->flags == NULL || insensitive) {
    g_autofree char *spelling = g_strdup_printf(" %s%s ", word, insensitive ? "*" : "");
    put_generic(c, out, expr, spelling);
    return;
  }
  sql_put_expr(c, out, expr->left);
  g_string_append_printf(out, " %s CONCAT('(?', ", word);
  sql_put_string(c, out, expr->flags);
  g_string_append(out, ", ')', ");
  sql_put_expr(c, out, expr->right);
  g_string_append_c(out, ')');
}

static void put_regexp_replace(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  g_string_append(out, "REGEXP_REPLACE(");
  sql_put_expr(c, out, expr->left);
  g_string_append(out, ", ");
  sql_put_expr(c, out, expr->right);
  if (expr->flags != NULL) {
    g_string_append(out, ", ");
    sql_put_string(c, out, expr->flags);
  }
  g_string_append_c(out, ')');
}

static void put_match(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  SqlCompiler outer = *c;

  /* Negated, SQLAlchemy forgets what surrounds the expression: binds stay, tables show. */
  if (expr->op == SQL_OP_NOT_MATCH) {
    g_string_append(out, "NOT ");
    c->named_binds = TRUE;
    c->ddl = c->hide_table = FALSE;
  }
  sql_put_expr(c, out, expr->left);
  g_string_append(out, sql_is_old(c) ? " @@ to_tsquery(" : " @@ plainto_tsquery(");
  sql_put_expr(c, out, expr->right);
  g_string_append_c(out, ')');
  c->named_binds = outer.named_binds;
  c->ddl = outer.ddl;
  c->hide_table = outer.hide_table;
}

static gboolean is_numeric(const SqlExpr *x)
{
  return sql_type_affinity(x->type) == SQL_AFFINITY_NUMERIC;
}

/* "/" must not be the server's integer division: the right side becomes numeric. */
static void put_division(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  if (sql_is_old(c)) {
    put_generic(c, out, expr, " / ");
    return;
  }
  const SqlType *type = is_numeric(expr->right) ? expr->right->type : sql_type(SQL_TYPE_NUMERIC);
  sql_put_expr(c, out, expr->left);
  g_string_append(out, " / CAST(");
  sql_put_expr(c, out, expr->right);
  g_string_append(out, " AS ");
  sql_put_type(c, out, type);
  g_string_append_c(out, ')');
}

static void put_floor_division(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  gboolean integer = sql_type_affinity(expr->right->type) == SQL_AFFINITY_INTEGER &&
                     sql_type_affinity(expr->left->type) == SQL_AFFINITY_INTEGER;

  g_string_append(out, integer ? "" : "FLOOR(");
  sql_put_expr(c, out, expr->left);
  g_string_append(out, " / ");
  sql_put_expr(c, out, expr->right);
  g_string_append(out, integer ? "" : ")");
}

/* An item of JSON that as_string() or the like gave another type. */
static gboolean is_converted_item(const SqlExpr *expr)
{
  return sql_type_affinity(expr->left->type) == SQL_AFFINITY_JSON &&
         sql_type_affinity(expr->type) != SQL_AFFINITY_JSON;
}

static void put_converted_item(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  g_string_append(out, "CAST(");
  put_generic(c, out, expr, expr->op == SQL_OP_JSON_GETITEM ? " ->> " : " #>> ");
  g_string_append(out, " AS ");
  sql_put_type(c, out, expr->type);
  g_string_append_c(out, ')');
}

static void put_json_getitem(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  gboolean subscript = !sql_is_old(c) && expr->left->type != NULL && expr->left->type->kind == SQL_TYPE_JSONB;
  gboolean group = expr->left->kind == SQL_EXPR_FUNCTION || expr->left->kind == SQL_EXPR_CAST;

  if (!subscript) {
    put_generic(c, out, expr, " -> ");
    return;
  }
  g_string_append(out, group ? "(" : "");
  sql_put_expr(c, out, expr->left);
  g_string_append(out, group ? ")[" : "[");
  sql_put_expr(c, out, expr->right);
  g_string_append_c(out, ']');
}

static void put_in(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  SqlOperator outer = c->expand_op;

  c->expand_op = expr->op;
  g_string_append(out, expr->op == SQL_OP_NOT_IN ? "(" : "");
  put_generic(c, out, expr, sql_spelling(expr->op));
  g_string_append(out, expr->op == SQL_OP_NOT_IN ? ")" : "");
  c->expand_op = outer;
}

static void put_between(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  g_autofree char *spelling =
      g_strconcat(sql_spelling(expr->op), expr->flags != NULL ? "SYMMETRIC " : "", NULL);
  put_generic(c, out, expr, spelling);
}

static void put_custom(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  g_autoptr(GString) spelling = g_string_new(" ");

  sql_put_verbatim(c, spelling, expr->text);
  g_string_append_c(spelling, ' ');
  put_generic(c, out, expr, spelling->str);
}

static void put_binary(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  switch (expr->op) {
  case SQL_OP_LIKE:
  case SQL_OP_NOT_LIKE:
  case SQL_OP_ILIKE:
  case SQL_OP_NOT_ILIKE: put_like(c, out, expr, FALSE, FALSE); break;
  case SQL_OP_CONTAINS:
  case SQL_OP_NOT_CONTAINS:
  case SQL_OP_ICONTAINS:
  case SQL_OP_NOT_ICONTAINS: put_like(c, out, expr, TRUE, TRUE); break;
  case SQL_OP_STARTSWITH:
  case SQL_OP_NOT_STARTSWITH:
  case SQL_OP_ISTARTSWITH:
  case SQL_OP_NOT_ISTARTSWITH: put_like(c, out, expr, FALSE, TRUE); break;
  case SQL_OP_ENDSWITH:
  case SQL_OP_NOT_ENDSWITH:
  case SQL_OP_IENDSWITH:
  case SQL_OP_NOT_IENDSWITH: put_like(c, out, expr, TRUE, FALSE); break;
  case SQL_OP_REGEXP_MATCH:
  case SQL_OP_NOT_REGEXP_MATCH: put_regexp(c, out, expr); break;
  case SQL_OP_REGEXP_REPLACE: put_regexp_replace(c, out, expr); break;
  case SQL_OP_MATCH:
  case SQL_OP_NOT_MATCH: put_match(c, out, expr); break;
  case SQL_OP_DIV: put_division(c, out, expr); break;
  case SQL_OP_FLOORDIV: put_floor_division(c, out, expr); break;
  case SQL_OP_MOD: put_generic(c, out, expr, sql_double_percents(c) ? " %% " : " % "); break;
  case SQL_OP_GETITEM:
    sql_put_expr(c, out, expr->left);
    g_string_append_c(out, '[');
    sql_put_expr(c, out, expr->right);
    g_string_append_c(out, ']');
    break;
  case SQL_OP_JSON_GETITEM:
  case SQL_OP_JSON_PATH_GETITEM:
    if (is_converted_item(expr))
      put_converted_item(c, out, expr);
    else if (expr->op == SQL_OP_JSON_GETITEM)
      put_json_getitem(c, out, expr);
    else
      put_generic(c, out, expr, sql_spelling(expr->op));
    break;
  case SQL_OP_IN:
  case SQL_OP_NOT_IN: put_in(c, out, expr); break;
  case SQL_OP_BETWEEN:
  case SQL_OP_NOT_BETWEEN: put_between(c, out, expr); break;
  case SQL_OP_CUSTOM: put_custom(c, out, expr); break;
  default: put_generic(c, out, expr, sql_spelling(expr->op));
  }
}

/* --- Composites --- */

/* x DESC NULLS LAST: inside ORDER BY a label stays a bare name. */
static void put_unary(SqlCompiler *c, GString *out, const SqlExpr *expr, gboolean in_order_by)
{
  if (put_old_negation(c, out, expr))
    return;
  if (expr->op == SQL_OP_NOT && expr->left->kind == SQL_EXPR_TEXT && !sql_is_old(c))
    sql_fail(c, SQL_ERROR_ASSERTION, "%s", ""); /* SQLAlchemy 2.0 cannot negate text() */
  if (!sql_is_modifier(expr->op))
    g_string_append(out, sql_spelling(expr->op));
  else
    c->in_order_by = in_order_by;
  sql_put_expr(c, out, ungrouped_when_old(c, expr->op, expr->left));
  c->in_order_by = FALSE;
  if (sql_is_modifier(expr->op))
    g_string_append(out, sql_spelling(expr->op));
}

static void put_case(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  g_string_append(out, "CASE ");
  if (expr->left != NULL) {
    sql_put_expr(c, out, expr->left);
    g_string_append_c(out, ' ');
  }
  for (guint i = 0; i + 1 < expr->args.n; i += 2) {
    g_string_append(out, "WHEN ");
    sql_put_expr(c, out, expr->args.items[i]);
    g_string_append(out, " THEN ");
    sql_put_expr(c, out, expr->args.items[i + 1]);
    g_string_append_c(out, ' ');
  }
  if (expr->right != NULL) {
    g_string_append(out, "ELSE ");
    sql_put_expr(c, out, expr->right);
    g_string_append_c(out, ' ');
  }
  g_string_append(out, "END");
}

static void put_array(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  const SqlType *item = expr->type != NULL ? expr->type->item : NULL;

  g_string_append(out, "ARRAY[");
  sql_put_exprs(c, out, &expr->args, ", ");
  g_string_append_c(out, ']');
  if (expr->args.n == 0 && item != NULL && item->kind != SQL_TYPE_NULL && !sql_is_old(c)) {
    g_string_append(out, "::");
    sql_put_type(c, out, expr->type);
  }
}

static void put_frame_limit(GString *out, SqlInt limit, gboolean is_start)
{
  if (!limit.given)
    g_string_append(out, is_start ? "UNBOUNDED PRECEDING" : "UNBOUNDED FOLLOWING");
  else if (limit.value == 0)
    g_string_append(out, "CURRENT ROW");
  else
    g_string_append_printf(out, "%" G_GINT64_FORMAT " %s", ABS(limit.value),
                           limit.value < 0 ? "PRECEDING" : "FOLLOWING");
}

static void put_over(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  static const char *const words[] = {"", "ROWS", "RANGE", "GROUPS"};
  const char *before = "";

  sql_put_expr(c, out, expr->left);
  g_string_append(out, " OVER (");
  if (expr->args.n > 0) {
    g_string_append(out, "PARTITION BY ");
    sql_put_exprs(c, out, &expr->args, ", ");
    before = " ";
  }
  if (expr->order.n > 0) {
    g_string_append_printf(out, "%sORDER BY ", before);
    sql_put_exprs(c, out, &expr->order, ", ");
    before = " ";
  }
  if (expr->frame.kind != SQL_FRAME_NONE) {
    g_string_append_printf(out, "%s%s BETWEEN ", before, words[expr->frame.kind]);
    put_frame_limit(out, expr->frame.start, TRUE);
    g_string_append(out, " AND ");
    put_frame_limit(out, expr->frame.end, FALSE);
  }
  g_string_append_c(out, ')');
}

static void put_label(SqlCompiler *c, GString *out, const SqlExpr *expr, gboolean in_order_by)
{
  if (expr->left == NULL)
    sql_put_label_reference(c, out, expr);
  else if (in_order_by && sql_is_selected_label(c, expr))
    sql_put_name(c, out, sql_label_name(c, expr));
  else
    sql_put_expr(c, out, expr->left);
}

static void put_pair(SqlCompiler *c, GString *out, const SqlExpr *expr, const char *word,
                     const SqlExpr *right)
{
  sql_put_expr(c, out, expr->left);
  g_string_append(out, word);
  sql_put_expr(c, out, right);
}

static void put_ordered(SqlCompiler *c, GString *out, const SqlExpr *expr, const char *word, const char *end)
{
  sql_put_expr(c, out, expr->left);
  g_string_append(out, word);
  sql_put_exprs(c, out, &expr->order, ", ");
  g_string_append(out, end);
}

/* Below and_() and or_() JSON's operators take parentheses; below where(a, b) they do not. */
static void put_list(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  gboolean in_operator = c->in_operator;

  c->in_operator = in_operator || (!expr->criteria && !sql_is_old(c));
  sql_put_exprs(c, out, &expr->args, sql_spelling(expr->op));
  c->in_operator = in_operator;
}

/* "type)" of a CAST, with the collation behind it (1.4: inside). */
static void put_cast_type(SqlCompiler *c, GString *out, const SqlType *type)
{
  const SqlType *innermost = sql_type_innermost(type);
  gboolean spelled = innermost->kind != SQL_TYPE_CITEXT && innermost->kind != SQL_TYPE_ENUM;
  const char *collation = sql_is_old(c) || !spelled ? NULL : innermost->collation;

  if (collation == NULL) {
    sql_put_type(c, out, type);
    g_string_append_c(out, ')');
    return;
  }
  SqlType plain = *innermost, array = *type;
  plain.collation = NULL;
  array.item = &plain;
  sql_put_type(c, out, type == innermost ? &plain : &array);
  g_string_append(out, ") COLLATE ");
  sql_put_name(c, out, (SqlName){.text = collation, .quote = SQL_QUOTE_ALWAYS});
}

static void put_node(SqlCompiler *c, GString *out, const SqlExpr *expr, gboolean in_order_by)
{
  switch (expr->kind) {
  case SQL_EXPR_COLUMN: put_column(c, out, expr); break;
  case SQL_EXPR_LITERAL_COLUMN: sql_put_verbatim(c, out, expr->text); break;
  case SQL_EXPR_BIND: sql_put_bind(c, out, expr); break;
  case SQL_EXPR_INLINE: sql_put_literal(c, out, expr->value, expr->type); break;
  case SQL_EXPR_TEXT: sql_put_text(c, out, expr); break;
  case SQL_EXPR_FUNCTION: sql_put_function(c, out, expr); break;
  case SQL_EXPR_BINARY: put_binary(c, out, expr); break;
  case SQL_EXPR_UNARY: put_unary(c, out, expr, in_order_by); break;
  case SQL_EXPR_LIST: put_list(c, out, expr); break;
  case SQL_EXPR_GROUPING:
    g_string_append_c(out, '(');
    sql_put_expr(c, out, expr->left);
    g_string_append_c(out, ')');
    break;
  case SQL_EXPR_TUPLE:
    g_string_append_c(out, '(');
    sql_put_exprs(c, out, &expr->args, ", ");
    g_string_append_c(out, ')');
    break;
  case SQL_EXPR_ARRAY: put_array(c, out, expr); break;
  case SQL_EXPR_CAST:
    g_string_append(out, "CAST(");
    sql_put_expr(c, out, expr->left);
    g_string_append(out, " AS ");
    put_cast_type(c, out, expr->type);
    break;
  case SQL_EXPR_TYPE_COERCE: sql_put_expr(c, out, expr->left); break;
  case SQL_EXPR_CASE: put_case(c, out, expr); break;
  case SQL_EXPR_COLLATION: sql_put_name(c, out, expr->name); break;
  case SQL_EXPR_EXTRACT:
    g_string_append_printf(out, "EXTRACT(%s FROM ", expr->text);
    sql_put_expr(c, out, expr->left);
    g_string_append_c(out, ')');
    break;
  case SQL_EXPR_NULL: g_string_append(out, "NULL"); break;
  case SQL_EXPR_TRUE: g_string_append(out, "true"); break;
  case SQL_EXPR_FALSE: g_string_append(out, "false"); break;
  case SQL_EXPR_LABEL: put_label(c, out, expr, in_order_by); break;
  case SQL_EXPR_SUBQUERY: sql_put_nested_query(c, out, expr->query); break;
  case SQL_EXPR_NEXTVAL: put_nextval(c, out, expr->sequence); break;
  case SQL_EXPR_OVER: put_over(c, out, expr); break;
  case SQL_EXPR_FILTER:
    put_pair(c, out, expr, " FILTER (WHERE ", expr->right);
    g_string_append_c(out, ')');
    break;
  case SQL_EXPR_WITHIN_GROUP: put_ordered(c, out, expr, " WITHIN GROUP (ORDER BY ", ")"); break;
  case SQL_EXPR_ORDERED: put_ordered(c, out, expr, " ORDER BY ", ""); break;
  case SQL_EXPR_SLICE: put_pair(c, out, expr, ":", expr->right); break;
  case SQL_EXPR_STAR: g_string_append_c(out, '*'); break;
  case SQL_EXPR_DEFAULT: g_string_append(out, "DEFAULT"); break;
  }
}

void sql_put_expr(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  gboolean in_order_by = c->in_order_by;

  if (!sql_enter(c))
    return;
  c->in_order_by = FALSE;
  put_node(c, out, expr, in_order_by);
  c->in_order_by = in_order_by;
  sql_leave(c);
}

void sql_put_exprs(SqlCompiler *c, GString *out, const SqlExprList *list, const char *separator)
{
  for (guint i = 0; i < list->n && c->error == NULL; i++) {
    if (i > 0)
      g_string_append(out, separator);
    sql_put_expr(c, out, list->items[i]);
  }
}

void sql_put_ddl_expr(SqlCompiler *c, GString *out, const SqlExpr *expr)
{
  gboolean ddl = c->ddl;
  gboolean hide_table = c->hide_table;

  c->ddl = TRUE;
  c->hide_table = TRUE;
  sql_put_expr(c, out, expr);
  c->ddl = ddl;
  c->hide_table = hide_table;
}
