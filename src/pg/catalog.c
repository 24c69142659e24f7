/* The server, our session, and the size of tables. */
#include "catalog-private.h"

#include "retort/base/text.h"

char *cell_text(const PGresult *result, int row, int column)
{
  return PQgetisnull(result, row, column)
             ? NULL
             : text_utf8(PQgetvalue(result, row, column), PQgetlength(result, row, column));
}

gboolean cell_true(const PGresult *result, int row, int column)
{
  return *PQgetvalue(result, row, column) == 't';
}

gint64 cell_int(const PGresult *result, int row, int column)
{
  return g_ascii_strtoll(PQgetvalue(result, row, column), NULL, 10);
}

double cell_seconds(const PGresult *result, int row, int column)
{
  return PQgetisnull(result, row, column) ? -1
                                          : MAX(0, g_ascii_strtod(PQgetvalue(result, row, column), NULL));
}

char *catalog_names_array(const RelationName *names, guint n)
{
  g_autoptr(GString) out = g_string_new("ARRAY[");
  for (guint i = 0; i < n; i++) {
    g_autofree char *schema = names[i].schema != NULL ? pg_quote_ident(names[i].schema) : NULL;
    g_autofree char *name = pg_quote_ident(names[i].name);
    g_autofree char *both = g_strconcat(schema != NULL ? schema : "", schema != NULL ? "." : "", name, NULL);
    g_autofree char *literal = pg_quote_literal(both);
    g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", literal);
  }
  g_string_append(out, "]::text[]");
  return g_string_free(g_steal_pointer(&out), FALSE);
}

typedef struct {
  CatalogReader reader;
  CatalogFunc func;
  void *data;
} CatalogQuestion;

static void question_answered(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  g_autofree CatalogQuestion *question = data;
  question->reader(error == NULL ? g_ptr_array_index(results, results->len - 1) : NULL, error, question->func,
                   question->data);
}

void catalog_ask(PgConn *conn, const char *sql, CatalogReader reader, CatalogFunc func, void *data)
{
  CatalogQuestion *question = g_new0(CatalogQuestion, 1);
  *question = (CatalogQuestion){reader, func, data};
  pg_conn_exec_owned(conn, sql, NULL, question_answered, question, g_free);
}

/* ---- Server ---------------------------------------------------------------------------------------------------- */

/* pg_control_system() is not everybody's to call, and CASE keeps it from being called then. */
static const char server_sql[] =
    "SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.current_setting('server_version'), "
    "pg_catalog.current_database(), current_user, pg_catalog.host(pg_catalog.inet_server_addr()), "
    "pg_catalog.inet_server_port(), "
    "CASE WHEN pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') "
    "THEN (SELECT system_identifier FROM pg_catalog.pg_control_system()) END, "
    "pg_catalog.pg_is_in_recovery(), "
    "pg_catalog.pg_is_in_recovery() OR pg_catalog.current_setting('default_transaction_read_only') = 'on', "
    "pg_catalog.current_setting('is_superuser') = 'on', "
    "pg_catalog.pg_has_role('pg_signal_backend', 'MEMBER'), "
    "(SELECT setting FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'), "
    "(SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'), "
    "(SELECT setting FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'), "
    "pg_catalog.pg_backend_pid() <> %d";

void server_info_free(ServerInfo *info)
{
  if (info == NULL)
    return;
  g_free(info->version_text);
  g_free(info->database);
  g_free(info->user);
  g_free(info->identity);
  g_free(info->system_id);
  g_free(info);
}

static void read_server(const PGresult *result, const GError *error, CatalogFunc func, void *data)
{
  ServerInfo *info = NULL;
  if (result != NULL) {
    info = g_new0(ServerInfo, 1);
    info->version = (int)cell_int(result, 0, 0);
    info->version_text = cell_text(result, 0, 1);
    info->database = cell_text(result, 0, 2);
    info->user = cell_text(result, 0, 3);
    g_autofree char *host = cell_text(result, 0, 4);
    g_autofree char *port = cell_text(result, 0, 5);
    info->identity = g_strdup_printf("%s@%s%s%s/%s", info->user, host != NULL ? host : "local",
                                     port != NULL ? ":" : "", port != NULL ? port : "", info->database);
    info->system_id = cell_text(result, 0, 6);
    info->standby = cell_true(result, 0, 7);
    info->read_only = cell_true(result, 0, 8);
    info->superuser = cell_true(result, 0, 9);
    info->may_signal = cell_true(result, 0, 10) || info->superuser;
    info->deadlock_timeout_ms = (guint)cell_int(result, 0, 11);
    info->lock_timeout_ms = (guint)cell_int(result, 0, 12);
    info->statement_timeout_ms = (guint)cell_int(result, 0, 13);
    info->pooled = cell_true(result, 0, 14);
  }
  ((ServerInfoFunc)func)(info, error, data);
}

void catalog_server(PgConn *conn, ServerInfoFunc func, void *data)
{
  g_autofree char *sql = g_strdup_printf(server_sql, pg_conn_backend_pid(conn));
  catalog_ask(conn, sql, read_server, (CatalogFunc)func, data);
}

/* ---- Tables ---------------------------------------------------------------------------------------------------- */

/* The size functions lock the table for a moment and would queue behind whoever locks it, so then pages as last counted
 * have to do.  reltuples is -1 (before 14: 0) until the first VACUUM or ANALYZE. */
static const char tables_sql[] =
    "SELECT u.name, n.nspname, c.oid, c.relkind, "
    "CASE WHEN c.oid IS NULL THEN 0 WHEN b.busy THEN "
    "(SELECT coalesce(sum(p.relpages), 0) FROM pg_catalog.pg_class p WHERE p.oid IN (c.oid, c.reltoastrelid) "
    "OR p.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid = c.oid)) "
    "* pg_catalog.current_setting('block_size')::bigint "
    "ELSE pg_catalog.pg_total_relation_size(c.oid) END, "
    "CASE WHEN c.reltuples > 0 THEN c.reltuples::bigint "
    "ELSE coalesce(nullif(pg_catalog.pg_stat_get_live_tuples(c.oid), 0), "
    "CASE WHEN c.reltuples < 0 OR c.relpages > 0 OR c.oid IS NULL THEN -1 ELSE 0 END) END, "
    "coalesce(b.busy, false), coalesce(pg_catalog.pg_has_role(c.relowner, 'USAGE'), false) "
    "FROM pg_catalog.unnest(%s) WITH ORDINALITY u(name, place) "
    "LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(u.name) "
    "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.relation = c.oid "
    "AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()) AS busy) b "
    "ON true "
    "ORDER BY u.place";

static void table_info_free(void *data)
{
  TableInfo *table = data;
  g_free(table->schema);
  g_free(table->name);
  g_free(table);
}

static void read_tables(const PGresult *result, const GError *error, CatalogFunc func, void *data)
{
  GPtrArray *tables = result != NULL ? g_ptr_array_new_with_free_func(table_info_free) : NULL;
  for (int i = 0; result != NULL && i < PQntuples(result); i++) {
    TableInfo *table = g_new0(TableInfo, 1);
    table->name = cell_text(result, i, 0);
    table->schema = cell_text(result, i, 1);
    table->oid = (guint)cell_int(result, i, 2);
    table->kind = *PQgetvalue(result, i, 3);
    table->bytes = (guint64)cell_int(result, i, 4);
    table->rows = cell_int(result, i, 5);
    table->estimated = cell_true(result, i, 6);
    table->owned = cell_true(result, i, 7);
    g_ptr_array_add(tables, table);
  }
  ((TablesFunc)func)(tables, error, data);
}

void catalog_tables(PgConn *conn, const RelationName *names, guint n, TablesFunc func, void *data)
{
  g_autofree char *array = catalog_names_array(names, n);
  g_autofree char *sql = g_strdup_printf(tables_sql, array);
  catalog_ask(conn, sql, read_tables, (CatalogFunc)func, data);
}
