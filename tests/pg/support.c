#include "support.h"

#include <criterion/criterion.h>

PgConn *test_conn(void)
{
  g_autoptr(PgParams) params = pg_params_default();
  PgConn *conn = pg_conn_new(params, NULL);
  g_autoptr(GError) error = NULL;
  cr_assert(pg_conn_connect_sync(conn, &error), "connects: %s", error != NULL ? error->message : "");
  return conn;
}

void test_sql(PgConn *conn, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, &error);
  cr_assert(results != NULL, "%s: %s", sql, error != NULL ? error->message : "");
}

char *test_ask(PgConn *conn, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, &error);
  if (results == NULL)
    return g_strdup(error->message);
  const PGresult *last = g_ptr_array_index(results, results->len - 1);
  return g_strdup(PQntuples(last) > 0 ? PQgetvalue(last, 0, 0) : PQcmdStatus((PGresult *)last));
}

void test_remove(const char *folder)
{
  char *const argv[] = {(char *)"rm", (char *)"-rf", (char *)"--", (char *)folder, NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
}
