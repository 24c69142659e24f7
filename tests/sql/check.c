#include "check.h"

#include <pg_query.h>
#include <stdarg.h>

Arena *A;
const SqlContext new_offline = {.flavor = SQL_FLAVOR_NEW};
const SqlContext old_offline = {.flavor = SQL_FLAVOR_OLD};
const SqlContext new_online = {.flavor = SQL_FLAVOR_NEW, .online = TRUE};

void begin(void)
{
  A = arena_new(ARENA_NO_LIMIT);
}

void end(void)
{
  arena_free(A);
}

SqlExpr *num(gint64 n)
{
  return sql_bind_value(A, sql_value_int(A, n), NULL);
}

SqlExpr *str(const char *s)
{
  return sql_bind_value(A, sql_value_string(A, s), NULL);
}

SqlExpr *none(void)
{
  return sql_bind_value(A, sql_value_null(A), NULL);
}

SqlExpr *yes(void)
{
  return sql_bind_value(A, sql_value_bool(A, TRUE), NULL);
}

SqlExprList exprs(SqlExpr *first, ...)
{
  SqlExprList list = {0};
  va_list args;

  va_start(args, first);
  for (SqlExpr *expr = first; expr != NULL; expr = va_arg(args, SqlExpr *))
    sql_expr_list_add(A, &list, expr);
  va_end(args);
  return list;
}

SqlNameList names(const char *first, ...)
{
  SqlNameList list = {0};
  va_list args;

  va_start(args, first);
  for (const char *name = first; name != NULL; name = va_arg(args, const char *))
    sql_name_list_add(A, &list, sql_name(name));
  va_end(args);
  return list;
}

SqlExpr *col(const char *name, SqlTypeKind kind)
{
  return sql_column(A, sql_name(name), sql_type(kind), NULL);
}

SqlExpr *op2(SqlOperator op, SqlExpr *left, SqlExpr *right)
{
  g_autoptr(GError) error = NULL;
  SqlExpr *expr = sql_operate(A, op, left, right, &error);
  cr_assert(expr != NULL, "sql_operate: %s", error != NULL ? error->message : "no error");
  return expr;
}

SqlColumn *column(const char *name, SqlTypeKind kind)
{
  SqlColumn *made = arena_new0(A, SqlColumn);
  made->name = sql_name(name);
  made->type = sql_type(kind);
  return made;
}

SqlColumn *add_column(SqlTable *table, const char *name, SqlTypeKind kind)
{
  SqlColumn *made = column(name, kind);
  sql_column_list_add(A, &table->columns, made);
  return made;
}

SqlTable *table_named(const char *name)
{
  SqlTable *table = arena_new0(A, SqlTable);
  table->name = sql_name(name);
  return table;
}

static void check_parses(const char *name, const char *sql)
{
  if (*name == '~')
    return;
  PgQueryParseResult result = pg_query_parse(sql);
  cr_expect(result.error == NULL, "%s: PostgreSQL cannot read \"%s\": %s", name, sql,
            result.error != NULL ? result.error->message : "");
  pg_query_free_parse_result(result);
}

static void check_text(const char *name, const char *actual, const char *expected)
{
  cr_expect(g_strcmp0(actual, expected) == 0, "%s:\n  got      \"%s\"\n  expected \"%s\"", name, actual,
            expected);
}

/* The text, or "!! Class: message"; takes both. */
static void check_result(const char *name, char *text, GError *error, const char *expected)
{
  g_autofree char *actual =
      error == NULL ? g_strdup(text) : g_strdup_printf("!! %s: %s", sql_error_class(error), error->message);
  check_text(name, actual, expected);
  g_free(text);
  g_clear_error(&error);
}

void check_op(const char *name, const SqlContext *context, const SqlOp *op, const char *expected)
{
  g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  g_autoptr(GString) actual = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  gboolean ok = sql_compile(context, op, (SqlPlace){.line = 7}, out, &error);

  for (guint i = 0; i < out->len; i++) {
    const Statement *statement = out->pdata[i];
    g_autofree char *text = statement_offline_text(statement);
    cr_expect(statement->line == 7, "%s: statement %u is from line %u", name, i, statement->line);
    g_string_append_printf(actual, "%s;\n", text);
    check_parses(name, statement->sql);
  }
  cr_expect(ok == (error == NULL), "%s: result %d, error %s", name, ok,
            error != NULL ? error->message : "none");
  if (error != NULL)
    g_string_append_printf(actual, "!! %s: %s", sql_error_class(error), error->message);
  check_text(name, actual->str, expected);
}

void check_expr(const char *name, const SqlContext *context, const SqlExpr *expr, const char *expected)
{
  GError *error = NULL;
  char *text = sql_compile_expr(context, expr, &error);

  if (text != NULL) {
    g_autofree char *select = g_strdup_printf("SELECT %s", text);
    check_parses(name, select);
  }
  check_result(name, text, error, expected);
}

void check_query(const char *name, const SqlContext *context, const SqlQuery *query, const char *expected)
{
  GError *error = NULL;
  char *text = sql_compile_query(context, query, &error);

  if (text != NULL)
    check_parses(name, text);
  check_result(name, text, error, expected);
}

void check_type(const char *name, const SqlContext *context, const SqlType *type, const char *expected)
{
  GError *error = NULL;
  char *text = sql_compile_type(context, type, &error);

  check_result(name, text, error, expected);
}

void check_literal(const char *name, const SqlContext *context, const SqlValue *value, const SqlType *type,
                   const char *expected)
{
  GError *error = NULL;
  char *text = sql_compile_literal(context, value, type, &error);

  check_result(name, text, error, expected);
}
