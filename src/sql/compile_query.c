/* Row statements: dispatch, nesting, and the WITH clause before them. */
#include "compile-private.h"

static gboolean is_rows(const SqlQuery *query)
{
  return query->kind == SQL_QUERY_SELECT || query->kind == SQL_QUERY_COMPOUND;
}

static void put_body(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean as_from, gboolean is_top)
{
  if (!sql_enter(c))
    return;
  for (guint i = 0; !is_rows(query) && i < query->ctes.n; i++)
    sql_need_cte(c, query->ctes.items[i]);
  switch (query->kind) {
  case SQL_QUERY_SELECT: sql_put_select(c, out, query, as_from, FALSE); break;
  case SQL_QUERY_COMPOUND: sql_put_compound(c, out, query, as_from); break;
  case SQL_QUERY_INSERT: sql_put_insert(c, out, query, is_top); break;
  case SQL_QUERY_UPDATE: sql_put_update(c, out, query); break;
  case SQL_QUERY_DELETE: sql_put_delete(c, out, query); break;
  case SQL_QUERY_TEXT: sql_put_expr(c, out, query->expr); break;
  }
  sql_leave(c);
}

void sql_put_body(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean as_from)
{
  put_body(c, out, query, as_from, FALSE);
}

void sql_put_nested_query(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  g_string_append_c(out, '(');
  sql_put_body(c, out, query, FALSE);
  g_string_append_c(out, ')');
}

/* --- WITH --- */

static const SqlExprList *cte_columns(const SqlQuery *query)
{
  while (query->kind == SQL_QUERY_COMPOUND && query->selects.n > 0)
    query = query->selects.items[0];
  return &query->columns;
}

void sql_need_cte(SqlCompiler *c, SqlFrom *cte)
{
  if (c->cte_seen == NULL) {
    c->cte_seen = g_hash_table_new(NULL, NULL);
    c->ctes = g_ptr_array_new_with_free_func(g_free);
  }
  if (!g_hash_table_add(c->cte_seen, cte))
    return;

  GString *text = g_string_new(NULL);
  SqlName name = cte->name.text != NULL ? cte->name : sql_name(sql_anonymous_name(c, cte, "anon"));
  sql_put_name(c, text, name);
  if (cte->recursive) {
    c->cte_recursive = TRUE;
    g_string_append_c(text, '(');
    sql_put_column_names(c, text, cte_columns(cte->query));
    g_string_append_c(text, ')');
  }
  g_string_append(text, " AS ");
  if (cte->materialized != SQL_UNSAID)
    g_string_append(text, cte->materialized == SQL_YES ? "MATERIALIZED " : "NOT MATERIALIZED ");
  g_string_append(text, "\n(");
  sql_put_body(c, text, cte->query, TRUE);
  g_string_append_c(text, ')');
  g_ptr_array_add(c->ctes, g_string_free(text, FALSE));
}

static void put_with(SqlCompiler *c, GString *out)
{
  if (c->ctes == NULL || c->ctes->len == 0)
    return;
  g_string_append(out, c->cte_recursive ? "WITH RECURSIVE " : "WITH ");
  for (guint i = 0; i < c->ctes->len; i++)
    g_string_append_printf(out, "%s%s", i > 0 ? ", \n" : "", (const char *)c->ctes->pdata[i]);
  g_string_append(out, "\n ");
}

void sql_put_query(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  g_autoptr(GString) body = g_string_new(NULL);

  put_body(c, body, query, FALSE, TRUE);
  put_with(c, out);
  g_string_append_len(out, body->str, (gssize)body->len);
}
