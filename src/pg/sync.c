/* Waiting for an answer by turning the connection's context, and quoting. */
#include "conn-private.h"

#include "retort/base/error.h"

typedef struct {
  gboolean done;
  GPtrArray *results;
  GError *error;
} SyncWait;

static void sync_connected(G_GNUC_UNUSED PgConn *conn, const GError *error, void *data)
{
  SyncWait *wait = data;
  wait->done = TRUE;
  wait->error = error != NULL ? g_error_copy(error) : NULL;
}

static void sync_result(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  SyncWait *wait = data;
  wait->done = TRUE;
  wait->results = g_ptr_array_ref(results);
  wait->error = error != NULL ? g_error_copy(error) : NULL;
}

static gboolean turn(PgConn *conn, SyncWait *wait, GError **error)
{
  GMainContext *context = pg_conn_context(conn);
  while (!wait->done)
    g_main_context_iteration(context, TRUE);
  if (wait->error == NULL)
    return TRUE;
  g_propagate_error(error, wait->error);
  return FALSE;
}

gboolean pg_conn_connect_sync(PgConn *conn, GError **error)
{
  SyncWait wait = {0};
  pg_conn_connect(conn, sync_connected, &wait);
  return turn(conn, &wait, error);
}

GPtrArray *pg_conn_exec_sync(PgConn *conn, const char *sql, const char *const *params, GError **error)
{
  SyncWait wait = {0};
  pg_conn_exec(conn, sql, params, sync_result, &wait);
  if (turn(conn, &wait, error))
    return wait.results;
  g_ptr_array_unref(wait.results);
  return NULL;
}

static char *quote(const char *text, char mark)
{
  GString *out = g_string_new(NULL);
  g_string_append_c(out, mark);
  for (; *text != '\0'; text++) {
    if (*text == mark)
      g_string_append_c(out, mark);
    g_string_append_c(out, *text);
  }
  g_string_append_c(out, mark);
  return g_string_free(out, FALSE);
}

char *pg_quote_ident(const char *name)
{
  return quote(name, '"');
}

char *pg_quote_literal(const char *text)
{
  g_autofree char *quoted = quote(text, '\'');
  g_auto(GStrv) parts = g_strsplit(quoted, "\\", -1);
  if (parts[1] == NULL)
    return g_steal_pointer(&quoted);
  /* The same value whatever standard_conforming_strings says. */
  g_autofree char *doubled = g_strjoinv("\\\\", parts);
  return g_strconcat(" E", doubled, NULL);
}
