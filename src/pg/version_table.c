#include "retort/pg/version_table.h"

#include "conn-private.h"

static const char exists_sql[] =
    "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'f', 'v', 'm') "
    "AND CASE WHEN $2 = '' THEN pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog' "
    "ELSE n.nspname = $2 END";

typedef struct {
  char *table;
  char *schema; /* or NULL */
  VersionRowsFunc func;
  void *data;
} VersionRead;

void version_rows_free(VersionRows *rows)
{
  if (rows == NULL)
    return;
  g_strfreev(rows->rows);
  g_free(rows);
}

static void version_read_free(void *data)
{
  VersionRead *read = data;
  g_free(read->table);
  g_free(read->schema);
  g_free(read);
}

static void answer(VersionRead *read, VersionRows *rows, const GError *error)
{
  read->func(rows, error, read->data);
  version_read_free(read);
}

static void rows_arrived(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  if (error != NULL) {
    answer(data, NULL, error);
    return;
  }
  const PGresult *result = g_ptr_array_index(results, 0);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  for (int i = 0; i < PQntuples(result); i++)
    if (!PQgetisnull(result, i, 0))
      g_strv_builder_add(builder, PQgetvalue(result, i, 0));
  VersionRows *rows = g_new0(VersionRows, 1);
  rows->exists = TRUE;
  rows->rows = g_strv_builder_end(builder);
  answer(data, rows, NULL);
}

static void existence_known(PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  VersionRead *read = data;
  if (error != NULL) {
    answer(read, NULL, error);
    return;
  }
  if (PQntuples(g_ptr_array_index(results, 0)) == 0) {
    VersionRows *rows = g_new0(VersionRows, 1);
    rows->rows = g_new0(char *, 1);
    answer(read, rows, NULL);
    return;
  }
  g_autofree char *table = pg_quote_ident(read->table);
  g_autofree char *schema = read->schema != NULL ? pg_quote_ident(read->schema) : NULL;
  g_autofree char *sql = g_strconcat("SELECT version_num FROM ", schema != NULL ? schema : "",
                                     schema != NULL ? "." : "", table, NULL);
  pg_conn_exec_owned(conn, sql, NULL, rows_arrived, read, version_read_free);
}

void version_rows_read(PgConn *conn, const char *table, const char *schema, VersionRowsFunc func, void *data)
{
  VersionRead *read = g_new0(VersionRead, 1);
  read->table = g_strdup(table != NULL ? table : "alembic_version");
  read->schema = schema != NULL && *schema != '\0' ? g_strdup(schema) : NULL;
  read->func = func;
  read->data = data;
  const char *params[] = {read->table, read->schema != NULL ? read->schema : "", NULL};
  pg_conn_exec_owned(conn, exists_sql, params, existence_known, read, version_read_free);
}

typedef struct {
  gboolean done;
  VersionRows *rows;
  GError *error;
} SyncRead;

static void sync_rows(VersionRows *rows, const GError *error, void *data)
{
  SyncRead *read = data;
  *read = (SyncRead){TRUE, rows, error != NULL ? g_error_copy(error) : NULL};
}

VersionRows *version_rows_read_sync(PgConn *conn, const char *table, const char *schema, GError **error)
{
  SyncRead read = {0};
  version_rows_read(conn, table, schema, sync_rows, &read);
  while (!read.done)
    g_main_context_iteration(pg_conn_context(conn), TRUE);
  if (read.error != NULL)
    g_propagate_error(error, read.error);
  return read.rows;
}
