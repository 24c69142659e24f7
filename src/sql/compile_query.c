/* Row statements: dispatch, and text. */
#include "compile-private.h"

void sql_put_query(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  if (query->kind == SQL_QUERY_TEXT)
    sql_put_expr(c, out, query->expr);
  else
    sql_fail(c, SQL_ERROR_UNSUPPORTED_COMPILATION, "row statements are not printed yet");
}

void sql_put_nested_query(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  g_string_append_c(out, '(');
  sql_put_query(c, out, query);
  g_string_append_c(out, ')');
}

gboolean sql_is_selected_label(SqlCompiler *c, const SqlExpr *label)
{
  (void)label;
  return c->in_order_by;
}
