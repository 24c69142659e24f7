/* A statement, its time and its locks. */
#include <string.h>

#include "rehearse-private.h"
#include "retort/pg/lockmode.h"

/* Short beside any lock that matters, long beside the question. */
#define LOOK_EVERY_US 5000
/* Relations that people know by name: indexes and TOAST follow their table. */
#define RELATION_KINDS "('r', 'p', 'm', 'v', 'f')"

static const char known_sql[] =
    "SELECT n.nspname || '.' || c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
    "ON n.oid = c.relnamespace WHERE c.relkind IN " RELATION_KINDS
    " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

static const char locks_sql[] =
    "SELECT n.nspname || '.' || c.relname, l.mode FROM pg_catalog.pg_locks l "
    "JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace "
    "WHERE l.pid = %d AND l.locktype = 'relation' AND l.granted AND l.database = (SELECT oid FROM "
    "pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND c.relkind IN " RELATION_KINDS
    " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1";

void rehearsed_statement_free(void *data)
{
  RehearsedStatement *statement = data;
  g_free(statement->sql);
  g_ptr_array_unref(statement->locks);
  g_ptr_array_unref(statement->unforeseen);
  g_free(statement);
}

gboolean stage_tell(Stage *stage, const char *sql, GError **error)
{
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(stage->conn, sql, NULL, error);
  return results != NULL;
}

void stage_forget_locks(Stage *stage)
{
  g_hash_table_remove_all(stage->held);
}

static gboolean learn_relations(Stage *stage, GError **error)
{
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(stage->conn, known_sql, NULL, error);
  if (results == NULL)
    return FALSE;
  const PGresult *result = g_ptr_array_index(results, 0);
  for (int row = 0; row < PQntuples(result); row++)
    g_hash_table_add(stage->known, g_strdup(PQgetvalue(result, row, 0)));
  return TRUE;
}

void stage_ignore(Stage *stage, const char *table)
{
  g_autofree char *tail = g_strconcat(".", table, NULL);
  GHashTableIter iter;
  gpointer relation;
  g_hash_table_iter_init(&iter, stage->known);
  while (g_hash_table_iter_next(&iter, &relation, NULL))
    if (g_str_has_suffix(relation, tail))
      g_hash_table_iter_remove(&iter);
}

gboolean stage_open(Stage *stage, const PgParams *params, guint lock_timeout_ms, GError **error)
{
  g_autofree char *options = g_strdup_printf("-c lock_timeout=%u", lock_timeout_ms);
  stage->conn =
      pg_conn_new(params, &(PgConnOptions){.application_name = "retort-rehearsal", .options = options});
  stage->watcher = pg_conn_new(params, &(PgConnOptions){.application_name = "retort-monitor"});
  stage->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  stage->held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (!pg_conn_connect_sync(stage->conn, error) || !pg_conn_connect_sync(stage->watcher, error))
    return FALSE;
  stage->forecasts = forecast_session_new(pg_conn_server_version(stage->conn));
  stage->catalog = review_catalog_load_sync(stage->conn, NULL, error);
  if (stage->catalog == NULL)
    return FALSE;
  forecast_session_use(stage->forecasts, stage->catalog);
  return learn_relations(stage, error);
}

void stage_clear(Stage *stage)
{
  g_clear_pointer(&stage->conn, pg_conn_free);
  g_clear_pointer(&stage->watcher, pg_conn_free);
  g_clear_pointer(&stage->known, g_hash_table_unref);
  g_clear_pointer(&stage->held, g_hash_table_unref);
  g_clear_pointer(&stage->forecasts, forecast_session_free);
  g_clear_pointer(&stage->catalog, review_catalog_unref);
}

/* ---- Locks ----------------------------------------------------------------------------------------------------- */

/* Every relation's strongest lock that is new since it was last looked, into seen. */
static void look(PgConn *conn, const Stage *stage, GHashTable *seen)
{
  g_autofree char *sql = g_strdup_printf(locks_sql, pg_conn_backend_pid(stage->conn));
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, NULL);
  const PGresult *result = results != NULL ? g_ptr_array_index(results, 0) : NULL;
  for (int row = 0; result != NULL && row < PQntuples(result); row++) {
    const char *relation = PQgetvalue(result, row, 0);
    LockMode mode = lock_mode_from_pg(PQgetvalue(result, row, 1));
    LockMode before = (LockMode)GPOINTER_TO_INT(g_hash_table_lookup(stage->held, relation));
    LockMode now = (LockMode)GPOINTER_TO_INT(g_hash_table_lookup(seen, relation));
    if (g_hash_table_contains(stage->known, relation) && mode > before && mode > now)
      g_hash_table_insert(seen, g_strdup(relation), GINT_TO_POINTER(mode));
  }
}

/* "public.orders" is what a statement calls orders, or public.orders. */
static gboolean is_named(const char *relation, const char *written)
{
  const char *dot = strchr(relation, '.');
  return strcmp(relation, written) == 0 || (dot != NULL && strcmp(dot + 1, written) == 0);
}

static LockMode foreseen(const Forecast *forecast, const char *relation)
{
  LockMode mode = LOCK_MODE_NONE;
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (is_named(relation, lock->relation))
      mode = MAX(mode, lock->mode);
  }
  return mode;
}

static int by_text(gconstpointer a, gconstpointer b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void note_locks(Stage *stage, RehearsedStatement *statement, GHashTable *seen)
{
  g_autoptr(Forecast) forecast = forecast_statement(stage->forecasts, statement->sql);
  GHashTableIter iter;
  gpointer relation, mode;
  g_hash_table_iter_init(&iter, seen);
  while (g_hash_table_iter_next(&iter, &relation, &mode)) {
    LockMode taken = (LockMode)GPOINTER_TO_INT(mode);
    g_autofree char *text = g_strdup_printf("%s %s", lock_mode_name(taken), (char *)relation);
    g_ptr_array_add(statement->locks, g_strdup(text));
    /* Reading, and looking up a foreign key, are in nobody's way. */
    if (taken > foreseen(forecast, relation) && taken > LOCK_MODE_ROW_SHARE)
      g_ptr_array_add(statement->unforeseen, g_strdup(text));
    if (!statement->autocommit)
      g_hash_table_insert(stage->held, g_strdup(relation), mode);
  }
  g_ptr_array_sort(statement->locks, by_text);
  g_ptr_array_sort(statement->unforeseen, by_text);
}

/* ---- Statements ------------------------------------------------------------------------------------------------ */

typedef struct {
  gboolean done;
  GError *error;
} Answer;

static void answered(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error,
                     void *data)
{
  Answer *answer = data;
  answer->done = TRUE;
  answer->error = error != NULL ? g_error_copy(error) : NULL;
}

static void wait_a_moment(const Answer *answer)
{
  GMainContext *context = g_main_context_get_thread_default();
  gint64 until = g_get_monotonic_time() + LOOK_EVERY_US;
  while (!answer->done && g_get_monotonic_time() < until)
    if (!g_main_context_iteration(context, FALSE))
      g_usleep(500);
}

/* Outside a transaction its locks are gone with it, so the watcher has to look meanwhile. */
static gboolean run(Stage *stage, const Statement *statement, GHashTable *seen, GError **error)
{
  Answer answer = {FALSE, NULL};
  pg_conn_exec(stage->conn, statement->sql, NULL, answered, &answer);
  while (!answer.done) {
    if (statement->autocommit) {
      look(stage->watcher, stage, seen);
      wait_a_moment(&answer);
    } else {
      g_main_context_iteration(g_main_context_get_thread_default(), TRUE);
    }
  }
  if (answer.error == NULL)
    return TRUE;
  g_propagate_error(error, answer.error);
  return FALSE;
}

RehearsedStatement *stage_perform(Stage *stage, const Statement *statement, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  gint64 began = g_get_monotonic_time();
  if (!run(stage, statement, seen, error))
    return NULL;
  RehearsedStatement *done = g_new0(RehearsedStatement, 1);
  done->sql = g_strdup(statement->sql);
  done->autocommit = statement->autocommit;
  done->elapsed_s = (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
  done->locks = g_ptr_array_new_with_free_func(g_free);
  done->unforeseen = g_ptr_array_new_with_free_func(g_free);
  if (!statement->autocommit)
    look(stage->conn, stage, seen);
  note_locks(stage, done, seen);
  return done;
}
