/* SELECT and UNION. */
#include <string.h>

#include "compile-private.h"

/* --- Labels in ORDER BY --- */

/* The columns that ORDER BY can name. */
static const SqlExprList *scope_columns(const SqlCompiler *c)
{
  static const SqlExprList none;
  const SqlQuery *query = c->scope != NULL ? c->scope->query : NULL;

  while (query != NULL && query->kind == SQL_QUERY_COMPOUND && query->selects.n > 0)
    query = query->selects.items[0];
  return query != NULL ? &query->columns : &none;
}

SqlName sql_label_name(SqlCompiler *c, const SqlExpr *label)
{
  const SqlExpr *inner = label->left;
  const char *key = "anon";

  if (label->name.text != NULL)
    return label->name;
  if (inner->kind == SQL_EXPR_FUNCTION)
    key = strrchr(inner->name.text, '.') != NULL ? strrchr(inner->name.text, '.') + 1 : inner->name.text;
  else if (sql_natural_name(inner) != NULL)
    key = sql_natural_name(inner);
  return sql_name(sql_anonymous_name(c, label, key));
}

gboolean sql_is_selected_label(SqlCompiler *c, const SqlExpr *label)
{
  const SqlExprList *columns = scope_columns(c);

  for (guint i = 0; i < columns->n; i++) {
    const SqlExpr *column = columns->items[i];
    if (column == label || (column->kind == SQL_EXPR_LABEL && column->left == label->left &&
                            g_strcmp0(column->name.text, label->name.text) == 0))
      return TRUE;
  }
  return FALSE;
}

/* A column of one of the select's tables, by its key.  FALSE: none has it. */
static gboolean put_from_column(SqlCompiler *c, GString *out, const char *key)
{
  for (guint i = 0; i < c->scope->froms.n; i++) {
    SqlFrom *from = c->scope->froms.items[i];
    SqlName name = from->kind == SQL_FROM_JOIN || from->kind == SQL_FROM_TEXT
                       ? (SqlName){0}
                       : sql_from_column_name(from, key);
    if (name.text == NULL)
      continue;
    sql_put_expr(c, out, sql_column(c->arena, name, NULL, from));
    return TRUE;
  }
  return FALSE;
}

static gboolean is_select(const SqlQuery *query)
{
  return query->kind == SQL_QUERY_SELECT || query->kind == SQL_QUERY_COMPOUND;
}

static void fail_label_reference(SqlCompiler *c, const SqlExpr *reference)
{
  const char *repr = sql_value_repr(c->arena, sql_value_string(c->arena, reference->name.text));

  sql_fail(c, SQL_ERROR_COMPILE,
           "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression %s "
           "should "
           "be explicitly declared as text(%s)",
           repr, repr);
}

void sql_put_label_reference(SqlCompiler *c, GString *out, const SqlExpr *reference)
{
  const SqlExprList *columns = scope_columns(c);
  SqlExpr text = {.kind = SQL_EXPR_TEXT, .text = reference->name.text};
  gboolean in_compound = c->scope != NULL && c->scope->query->kind == SQL_QUERY_COMPOUND;

  /* Outside a SELECT (an index's desc("a")) the name is text. */
  if (c->scope == NULL) {
    sql_put_text(c, out, &text);
    return;
  }
  if (c->scope->in_columns) {
    sql_fail(c, SQL_ERROR_UNKNOWN, "the name of a selected column among those columns");
    return;
  }
  if (!is_select(c->scope->query)) {
    fail_label_reference(c, reference);
    return;
  }
  for (guint i = 0; i < columns->n; i++) {
    const char *name = sql_natural_name(columns->items[i]);
    if (name == NULL || strcmp(name, reference->name.text) != 0)
      continue;
    if (columns->items[i]->kind == SQL_EXPR_LABEL || in_compound)
      sql_put_name(c, out, sql_name(name));
    else
      sql_put_expr(c, out, columns->items[i]);
    return;
  }
  if (put_from_column(c, out, reference->name.text))
    return;
  fail_label_reference(c, reference);
}

/* --- FROM and correlation --- */

static gboolean list_has(const SqlFromList *list, const SqlFrom *from)
{
  for (guint i = 0; i < list->n; i++) {
    if (list->items[i] == from)
      return TRUE;
  }
  return FALSE;
}

/* Whether an enclosing statement has from; those from scope on. */
static gboolean is_enclosing(const SqlScope *scope, const SqlFrom *from)
{
  for (; scope != NULL; scope = scope->outer) {
    if (sql_from_set_has(&scope->froms, from))
      return TRUE;
  }
  return FALSE;
}

/* In a FROM list the neighbours are out of sight (unless LATERAL), what surrounds them is not. */
static const SqlScope *visible_scope(const SqlCompiler *c, gboolean as_from, gboolean lateral)
{
  if (as_from && !lateral && c->scope != NULL)
    return c->scope->outer;
  return c->scope;
}

static gboolean is_correlated(const SqlCompiler *c, const SqlQuery *query, const SqlFrom *from,
                              gboolean as_from, gboolean lateral)
{
  const SqlScope *visible = visible_scope(c, as_from, lateral);

  if (query->correlate.n > 0 && list_has(&query->correlate, from) && is_enclosing(visible, from))
    return TRUE;
  return query->has_correlate_except && !list_has(&query->correlate_except, from) &&
         is_enclosing(visible, from);
}

static void tables_of(const SqlFrom *from, SqlFromSet *tables, Arena *arena)
{
  if (from->kind == SQL_FROM_JOIN) {
    tables_of(from->left, tables, arena);
    tables_of(from->right, tables, arena);
  } else if (from->kind == SQL_FROM_TABLE) {
    sql_from_set_add(arena, tables, (SqlFrom *)from);
  }
}

/* Beside s.t a plain t is given an alias, in ways that are not followed. */
static void check_same_names(SqlCompiler *c, const SqlFromSet *froms)
{
  SqlFromSet tables = {0};

  for (guint i = 0; i < froms->n; i++)
    tables_of(froms->items[i], &tables, c->arena);
  for (guint i = 0; i < tables.n; i++)
    for (guint k = 0; k < tables.n; k++) {
      const SqlTable *a = tables.items[i]->table, *b = tables.items[k]->table;
      if (a->schema.text == NULL && b->schema.text != NULL && strcmp(a->name.text, b->name.text) == 0)
        sql_fail(c, SQL_ERROR_UNKNOWN, "%s and %s.%s in one SELECT", a->name.text, b->schema.text,
                 b->name.text);
    }
}

/* What the select shows in its FROM: without what an enclosing statement already gives. */
static SqlFromSet displayed_froms(SqlCompiler *c, const SqlQuery *query, gboolean as_from, gboolean lateral)
{
  SqlFromSet froms = sql_select_froms(c->arena, query);
  SqlFromSet shown = {0};
  SqlFromSet own = {0};
  gboolean automatic = query->correlate.n == 0 && !query->correlate_none && !query->has_correlate_except;

  check_same_names(c, &froms);
  for (guint i = 0; i < froms.n; i++) {
    if (!is_correlated(c, query, froms.items[i], as_from, lateral))
      sql_from_set_add(c->arena, &shown, froms.items[i]);
  }
  if (!automatic || shown.n < 2 || c->scope == NULL || (as_from && !lateral))
    return shown;
  for (guint i = 0; i < shown.n; i++) {
    if (!sql_from_set_has(&c->scope->froms, shown.items[i]))
      sql_from_set_add(c->arena, &own, shown.items[i]);
  }
  if (own.n == 0)
    sql_fail(
        c, SQL_ERROR_INVALID_REQUEST,
        "Select statement returned no FROM clauses due to auto-correlation; specify correlate(<tables>) to "
        "control correlation manually.");
  return own;
}

static void put_froms(SqlCompiler *c, GString *out, const SqlFromSet *froms)
{
  for (guint i = 0; i < froms->n; i++) {
    g_string_append(out, i == 0 ? " \nFROM " : ", ");
    sql_put_from(c, out, froms->items[i]);
  }
}

/* --- Clauses --- */

void sql_put_condition(SqlCompiler *c, GString *out, SqlExpr *condition)
{
  sql_put_expr(c, out, sql_and_where(c->arena, NULL, condition));
}

static void put_order_by(SqlCompiler *c, GString *out, const SqlExprList *order_by)
{
  if (order_by->n == 0)
    return;
  g_string_append(out, " ORDER BY ");
  for (guint i = 0; i < order_by->n && c->error == NULL; i++) {
    if (i > 0)
      g_string_append(out, ", ");
    c->in_order_by = TRUE;
    sql_put_expr(c, out, order_by->items[i]);
    c->in_order_by = FALSE;
  }
}

static void put_fetch(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  if (query->offset != NULL) {
    g_string_append(out, "\n OFFSET (");
    sql_put_expr(c, out, query->offset);
    g_string_append(out, ") ROWS");
  }
  g_string_append(out, "\n FETCH FIRST (");
  sql_put_expr(c, out, query->fetch);
  g_string_append_printf(out, ")%s ROWS %s", query->fetch_percent ? " PERCENT" : "",
                         query->fetch_with_ties ? "WITH TIES" : "ONLY");
}

static void put_limit(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  if (query->fetch != NULL) {
    put_fetch(c, out, query);
    return;
  }
  if (query->limit != NULL) {
    g_string_append(out, " \n LIMIT ");
    sql_put_expr(c, out, query->limit);
  }
  if (query->offset != NULL) {
    g_string_append(out, query->limit == NULL ? "\n LIMIT ALL OFFSET " : " OFFSET ");
    sql_put_expr(c, out, query->offset);
  }
}

static void put_for_update(SqlCompiler *c, GString *out, const SqlForUpdate *lock)
{
  if (!lock->given)
    return;
  if (lock->read)
    g_string_append(out, lock->key_share ? " FOR KEY SHARE" : " FOR SHARE");
  else
    g_string_append(out, lock->key_share ? " FOR NO KEY UPDATE" : " FOR UPDATE");
  for (guint i = 0; i < lock->of.n; i++) {
    g_string_append(out, i == 0 ? " OF " : ", ");
    if (lock->of.items[i]->kind == SQL_FROM_TABLE)
      sql_put_name(c, out, lock->of.items[i]->table->name);
    else
      sql_put_from_name(c, out, lock->of.items[i]);
  }
  if (lock->nowait)
    g_string_append(out, " NOWAIT");
  if (lock->skip_locked)
    g_string_append(out, " SKIP LOCKED");
}

static void put_distinct(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  if (query->distinct_on.n > 0) {
    g_string_append(out, "DISTINCT ON (");
    sql_put_exprs(c, out, &query->distinct_on, ", ");
    g_string_append(out, ") ");
  } else if (query->distinct) {
    g_string_append(out, "DISTINCT ");
  }
}

static void put_tail(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  if (query->where != NULL) {
    g_string_append(out, " \nWHERE ");
    sql_put_condition(c, out, query->where);
  }
  if (query->group_by.n > 0) {
    g_string_append(out, " GROUP BY ");
    sql_put_exprs(c, out, &query->group_by, ", ");
  }
  if (query->having != NULL) {
    g_string_append(out, " \nHAVING ");
    sql_put_condition(c, out, query->having);
  }
  put_order_by(c, out, &query->order_by);
  put_limit(c, out, query);
  put_for_update(c, out, &query->for_update);
}

void sql_put_select(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean as_from, gboolean lateral)
{
  SqlFromSet froms = displayed_froms(c, query, as_from, lateral);
  SqlScope scope = {.outer = c->scope, .query = query};

  for (guint i = 0; i < froms.n; i++)
    sql_flatten_from(c->arena, froms.items[i], &scope.froms);
  c->scope = &scope;
  g_string_append(out, "SELECT ");
  for (guint i = 0; i < query->ctes.n; i++)
    sql_need_cte(c, query->ctes.items[i]);
  for (guint i = 0; i < query->prefixes.n; i++)
    g_string_append_printf(out, "%s ", query->prefixes.items[i]);
  put_distinct(c, out, query);
  sql_put_columns(c, out, &query->columns, as_from);
  if (query->columns.n == 0 && !sql_is_old(c))
    g_string_truncate(out, out->len - 1);
  put_froms(c, out, &froms);
  put_tail(c, out, query);
  c->scope = scope.outer;
}

/* --- UNION and its likes --- */

/* A part with an order, a limit or parts of its own of another kind stands in parentheses. */
static gboolean needs_group(const SqlQuery *compound, const SqlQuery *part)
{
  gboolean limited = part->order_by.n > 0 || part->limit != NULL || part->offset != NULL ||
                     part->fetch != NULL || part->for_update.given;
  return limited || (part->kind == SQL_QUERY_COMPOUND && compound->kind == SQL_QUERY_COMPOUND);
}

void sql_put_compound(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean as_from)
{
  static const char *const words[] = {" UNION ",      " UNION ALL ", " EXCEPT ",
                                      " EXCEPT ALL ", " INTERSECT ", " INTERSECT ALL "};
  SqlScope scope = {.outer = c->scope, .query = query};

  /* The parts see what surrounds the whole. */
  if (c->scope != NULL)
    scope.froms = c->scope->froms;
  c->scope = &scope;
  for (guint i = 0; i < query->selects.n; i++) {
    gboolean group = needs_group(query, query->selects.items[i]);
    if (i > 0)
      g_string_append(out, words[query->compound]);
    g_string_append(out, group ? "(" : "");
    sql_put_body(c, out, query->selects.items[i], as_from);
    g_string_append(out, group ? ")" : "");
  }
  if (query->group_by.n > 0) {
    g_string_append(out, " GROUP BY ");
    sql_put_exprs(c, out, &query->group_by, ", ");
  }
  put_order_by(c, out, &query->order_by);
  put_limit(c, out, query);
  c->scope = scope.outer;
}
