/* FROM: finding what a statement selects from, and printing it. */
#include "compile-private.h"

/* --- Finding --- */

gboolean sql_from_set_has(const SqlFromSet *set, const SqlFrom *from)
{
  for (guint i = 0; i < set->n; i++) {
    if (set->items[i] == from)
      return TRUE;
  }
  return FALSE;
}

static void add_once(Arena *arena, SqlFromSet *set, SqlFrom *from)
{
  if (!sql_from_set_has(set, from))
    sql_from_set_add(arena, set, from);
}

static void collect_list(Arena *arena, const SqlExprList *list, SqlFromSet *set, guint depth);

static void collect(Arena *arena, const SqlExpr *expr, SqlFromSet *set, guint depth)
{
  if (expr == NULL || depth > SQL_MAX_NESTING)
    return;
  if (expr->kind == SQL_EXPR_COLUMN) {
    if (expr->from != NULL)
      add_once(arena, set, expr->from);
    return; /* what a subquery's column stands for is the subquery's matter */
  }
  collect(arena, expr->left, set, depth + 1);
  collect_list(arena, &expr->args, set, depth);
  collect(arena, expr->right, set, depth + 1);
  collect_list(arena, &expr->order, set, depth);
}

static void collect_list(Arena *arena, const SqlExprList *list, SqlFromSet *set, guint depth)
{
  for (guint i = 0; i < list->n; i++)
    collect(arena, list->items[i], set, depth + 1);
}

void sql_collect_froms(Arena *arena, const SqlExpr *expr, SqlFromSet *set)
{
  collect(arena, expr, set, 0);
}

static void flatten(Arena *arena, SqlFrom *from, SqlFromSet *set, guint depth)
{
  add_once(arena, set, from);
  if (from->kind != SQL_FROM_JOIN || depth > SQL_MAX_NESTING)
    return;
  flatten(arena, from->left, set, depth + 1);
  flatten(arena, from->right, set, depth + 1);
}

void sql_flatten_from(Arena *arena, SqlFrom *from, SqlFromSet *set)
{
  flatten(arena, from, set, 0);
}

/* Whether one of the joins in set already brings from. */
static gboolean is_joined(Arena *arena, const SqlFromSet *set, const SqlFrom *from)
{
  for (guint i = 0; i < set->n; i++) {
    SqlFromSet inner = {0};
    if (set->items[i] == from || set->items[i]->kind != SQL_FROM_JOIN)
      continue;
    sql_flatten_from(arena, set->items[i], &inner);
    if (sql_from_set_has(&inner, from))
      return TRUE;
  }
  return FALSE;
}

SqlFromSet sql_select_froms(Arena *arena, const SqlQuery *query)
{
  SqlFromSet all = {0};
  SqlFromSet kept = {0};

  for (guint i = 0; i < query->from.n; i++)
    add_once(arena, &all, query->from.items[i]);
  for (guint i = 0; i < query->columns.n; i++)
    sql_collect_froms(arena, query->columns.items[i], &all);
  sql_collect_froms(arena, query->where, &all);
  for (guint i = 0; i < all.n; i++) {
    if (!is_joined(arena, &all, all.items[i]))
      sql_from_set_add(arena, &kept, all.items[i]);
  }
  return kept;
}

/* --- Printing --- */

/* What an anonymous alias is numbered under. */
static const char *base_name(const SqlFrom *from)
{
  if (from->element != NULL && from->element->name.text != NULL)
    return from->element->name.text;
  return "anon";
}

static SqlName alias_name(SqlCompiler *c, const SqlFrom *from)
{
  if (from->name.text != NULL)
    return from->name;
  return sql_name(sql_anonymous_name(c, from, base_name(from)));
}

gboolean sql_put_from_name(SqlCompiler *c, GString *out, const SqlFrom *from)
{
  switch (from->kind) {
  case SQL_FROM_TABLE: sql_put_qualified(c, out, from->table->schema, from->table->name); return TRUE;
  case SQL_FROM_JOIN:
  case SQL_FROM_TEXT: return FALSE;
  default: sql_put_name(c, out, alias_name(c, from)); return TRUE;
  }
}

static void put_as(SqlCompiler *c, GString *out, const SqlFrom *from)
{
  g_string_append(out, " AS ");
  sql_put_name(c, out, alias_name(c, from));
}

static void put_join(SqlCompiler *c, GString *out, const SqlFrom *from)
{
  gboolean group = from->right->kind == SQL_FROM_JOIN;

  sql_put_from(c, out, from->left);
  g_string_append(out, from->full ? " FULL OUTER JOIN " : from->outer ? " LEFT OUTER JOIN " : " JOIN ");
  g_string_append(out, group ? "(" : "");
  sql_put_from(c, out, from->right);
  g_string_append(out, group ? ") ON " : " ON ");
  sql_put_expr(c, out, sql_self_group(c->arena, from->on, SQL_OP_ASBOOL));
}

static void put_names(SqlCompiler *c, GString *out, const SqlExprList *columns)
{
  for (guint i = 0; i < columns->n; i++) {
    if (i > 0)
      g_string_append(out, ", ");
    sql_put_name(c, out, columns->items[i]->name);
  }
}

static void put_values(SqlCompiler *c, GString *out, const SqlFrom *from)
{
  g_string_append(out, "(VALUES ");
  sql_put_exprs(c, out, &from->rows, ", ");
  g_string_append_c(out, ')');
  put_as(c, out, from);
  g_string_append(out, " (");
  put_names(c, out, &from->columns);
  g_string_append_c(out, ')');
}

static void put_table_function(SqlCompiler *c, GString *out, const SqlFrom *from)
{
  if (from->lateral)
    g_string_append(out, "LATERAL ");
  sql_put_expr(c, out, from->function);
  if (from->with_ordinality)
    g_string_append(out, " WITH ORDINALITY");
  put_as(c, out, from);
  if (!from->render_derived)
    return;
  g_string_append_c(out, '(');
  put_names(c, out, &from->columns);
  g_string_append_c(out, ')');
}

static void put_subquery(SqlCompiler *c, GString *out, const SqlFrom *from)
{
  g_string_append(out, from->lateral ? "LATERAL (" : "(");
  if (from->query->kind == SQL_QUERY_SELECT)
    sql_put_select(c, out, from->query, TRUE, from->lateral);
  else
    sql_put_body(c, out, from->query, TRUE);
  g_string_append_c(out, ')');
  put_as(c, out, from);
}

static void put_entry(SqlCompiler *c, GString *out, SqlFrom *from)
{
  switch (from->kind) {
  case SQL_FROM_TABLE:
    sql_put_qualified(c, out, c->hide_schema ? (SqlName){0} : from->table->schema, from->table->name);
    break;
  case SQL_FROM_EXCLUDED: sql_put_from_name(c, out, from); break;
  case SQL_FROM_ALIAS:
    sql_put_from(c, out, from->element);
    put_as(c, out, from);
    break;
  case SQL_FROM_SUBQUERY: put_subquery(c, out, from); break;
  case SQL_FROM_CTE:
    sql_need_cte(c, from);
    sql_put_name(c, out, alias_name(c, from));
    break;
  case SQL_FROM_JOIN: put_join(c, out, from); break;
  case SQL_FROM_VALUES: put_values(c, out, from); break;
  case SQL_FROM_FUNCTION: put_table_function(c, out, from); break;
  case SQL_FROM_TEXT: sql_put_verbatim(c, out, from->text); break;
  }
}

void sql_put_from(SqlCompiler *c, GString *out, SqlFrom *from)
{
  if (!sql_enter(c))
    return;
  put_entry(c, out, from);
  sql_leave(c);
}
