/* What backends are doing: progress, locks they hold, who uses a table. */
#include <string.h>

#include "catalog-private.h"

/* ---- Progress -------------------------------------------------------------------------------------------------- */

/* One branch a view, in the columns: command, phase, relation, done, total, unit, pid waited for. */
static const struct {
  int since; /* server version that has the view */
  const char *sql;
} progress_views[] = {
    {120000,
     "SELECT pid, command, phase, relid, "
     "CASE WHEN lockers_total > lockers_done THEN lockers_done WHEN tuples_total > 0 THEN tuples_done ELSE "
     "blocks_done "
     "END, CASE WHEN lockers_total > lockers_done THEN lockers_total WHEN tuples_total > 0 THEN tuples_total "
     "ELSE blocks_total END, CASE WHEN lockers_total > lockers_done THEN 'sessions' WHEN tuples_total > 0 "
     "THEN 'tuples' ELSE 'blocks' END, CASE WHEN lockers_total > lockers_done THEN current_locker_pid ELSE 0 "
     "END "
     "FROM pg_catalog.pg_stat_progress_create_index"},
    {120000, "SELECT pid, command, phase, relid, heap_blks_scanned, heap_blks_total, 'blocks', 0 "
             "FROM pg_catalog.pg_stat_progress_cluster"},
    {90600,
     "SELECT pid, 'VACUUM', phase, relid, CASE WHEN phase = 'vacuuming heap' THEN heap_blks_vacuumed "
     "ELSE heap_blks_scanned END, heap_blks_total, 'blocks', 0 FROM pg_catalog.pg_stat_progress_vacuum"},
    {130000, "SELECT pid, 'ANALYZE', phase, relid, sample_blks_scanned, sample_blks_total, 'blocks', 0 "
             "FROM pg_catalog.pg_stat_progress_analyze"},
    {140000, "SELECT pid, command, 'copying', relid, bytes_processed, bytes_total, 'bytes', 0 "
             "FROM pg_catalog.pg_stat_progress_copy"},
};

void progress_free(Progress *progress)
{
  if (progress == NULL)
    return;
  g_free(progress->command);
  g_free(progress->phase);
  g_free(progress->relation);
  g_free(progress->unit);
  g_free(progress);
}

/* The phases of CREATE INDEX CONCURRENTLY come in this order; shares are of its usual running time.  Waits are no
 * progress. */
static const struct {
  const char *prefix;
  double from, share;
} index_phases[] = {
    {"initializing", 0, 0},
    {"waiting for writers before build", 0, 0},
    {"building index: scanning table", 0, 0.35},
    {"building index: sorting", 0.35, 0.05},
    {"building index: loading tuples in tree", 0.40, 0.20},
    {"building index", 0, 0.60},
    {"waiting for writers before validation", 0.60, 0},
    {"index validation: scanning index", 0.60, 0.10},
    {"index validation: sorting tuples", 0.70, 0},
    {"index validation: scanning table", 0.70, 0.30},
    {"waiting for old snapshots", 1.0, 0},
    {"waiting for readers", 1.0, 0},
};

/* Of everything the command has to do.  Without CONCURRENTLY building is all there is. */
static double overall(const Progress *progress)
{
  gboolean index = progress->command != NULL && strstr(progress->command, "INDEX") != NULL;
  if (!index || progress->phase == NULL)
    return g_strcmp0(progress->command, "VACUUM") == 0 ? -1 : progress->fraction;
  double whole = strstr(progress->command, "CONCURRENTLY") != NULL ? 1.0 : 1 / 0.60;
  for (guint i = 0; i < G_N_ELEMENTS(index_phases); i++)
    if (g_str_has_prefix(progress->phase, index_phases[i].prefix))
      return MIN(1.0, whole * (index_phases[i].from + index_phases[i].share * MAX(progress->fraction, 0)));
  return -1;
}

static void read_progress(const PGresult *result, const GError *error, CatalogFunc func, void *data)
{
  Progress *progress = NULL;
  if (result != NULL && PQntuples(result) > 0) {
    progress = g_new0(Progress, 1);
    progress->command = cell_text(result, 0, 0);
    progress->phase = cell_text(result, 0, 1);
    progress->relation = cell_text(result, 0, 2);
    progress->done = (guint64)cell_int(result, 0, 3);
    progress->total = (guint64)cell_int(result, 0, 4);
    progress->unit = cell_text(result, 0, 5);
    progress->waits_for = (int)cell_int(result, 0, 6);
    progress->fraction =
        progress->total > 0 ? CLAMP((double)progress->done / (double)progress->total, 0.0, 1.0) : -1.0;
    progress->overall = overall(progress);
  }
  ((ProgressFunc)func)(progress, error, data);
}

void catalog_progress(PgConn *conn, int pid, ProgressFunc func, void *data)
{
  g_autoptr(GString) sql =
      g_string_new("SELECT p.command, p.phase, CASE WHEN c.oid IS NOT NULL THEN "
                   "n.nspname || '.' || c.relname END, p.done, p.total, p.unit, p.waits_for FROM (");
  gboolean first = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(progress_views); i++) {
    if (pg_conn_server_version(conn) < progress_views[i].since)
      continue;
    g_string_append_printf(sql, "%s%s", first ? "" : " UNION ALL ", progress_views[i].sql);
    first = FALSE;
  }
  g_string_append_printf(sql,
                         ") p (pid, command, phase, relid, done, total, unit, waits_for) "
                         "LEFT JOIN pg_catalog.pg_class c ON c.oid = p.relid "
                         "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE p.pid = %d",
                         pid);
  catalog_ask(conn, sql->str, read_progress, (CatalogFunc)func, data);
}

/* ---- Rewrites -------------------------------------------------------------------------------------------------- */

/* The new heap is a relation that its session has locked and that pg_class does not show us yet; its file is named by
 * its OID, in the folder (the tablespace) of the old one.  Sizes come from the files, because the size functions would
 * wait for the lock.  Relations are cut into segments of 1 GB: the next one is looked at only when the last was full. */
static const char rewrite_sql[] =
    "WITH RECURSIVE db AS (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
    "pg_catalog.current_database()), "
    "locks AS (SELECT l.relation, c.oid, c.relkind, n.nspname || '.' || c.relname AS name FROM "
    "pg_catalog.pg_locks l "
    "LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation LEFT JOIN pg_catalog.pg_namespace n ON n.oid = "
    "c.relnamespace "
    "WHERE l.pid = %d AND l.locktype = 'relation' AND l.granted AND l.mode = 'AccessExclusiveLock' "
    "AND l.database = (SELECT oid FROM db)), "
    "places AS (SELECT DISTINCT pg_catalog.regexp_replace(pg_catalog.pg_relation_filepath(oid), '[^/]*$', "
    "'') "
    "AS folder FROM locks WHERE relkind IN ('r', 'm')), "
    "files AS (SELECT NULL::text AS name, places.folder || locks.relation AS path FROM locks, places "
    "WHERE locks.oid IS NULL UNION ALL SELECT name, pg_catalog.pg_relation_filepath(oid) FROM locks "
    "WHERE relkind IN ('r', 'm')), "
    "segments AS (SELECT name, path, 0 AS n, (pg_catalog.pg_stat_file(path, true)).size AS size FROM files "
    "UNION ALL SELECT name, path, n + 1, (pg_catalog.pg_stat_file(path || '.' || (n + 1), true)).size FROM "
    "segments "
    "WHERE size = 1073741824), "
    "sizes AS (SELECT name, path, sum(size)::bigint AS size FROM segments GROUP BY name, path) "
    "SELECT 'ALTER TABLE', 'rewriting the table', old.name, new.size, old.size, 'bytes', 0 FROM "
    "(SELECT max(size) AS size FROM sizes WHERE name IS NULL) new, "
    "(SELECT name, size FROM sizes WHERE name IS NOT NULL ORDER BY size DESC NULLS LAST LIMIT 1) old "
    "WHERE new.size > 0 AND old.size > 0";

void catalog_rewrite(PgConn *conn, int pid, ProgressFunc func, void *data)
{
  g_autofree char *sql = g_strdup_printf(rewrite_sql, pid);
  catalog_ask(conn, sql, read_progress, (CatalogFunc)func, data);
}

static void read_privilege(const PGresult *result, const GError *error, CatalogFunc func, void *data)
{
  ((PrivilegeFunc)func)(result != NULL && cell_true(result, 0, 0), error, data);
}

void catalog_may_see_files(PgConn *conn, PrivilegeFunc func, void *data)
{
  static const char sql[] =
      "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_stat_file(text,boolean)', 'EXECUTE')";
  catalog_ask(conn, sql, read_privilege, (CatalogFunc)func, data);
}

/* ---- Replicas -------------------------------------------------------------------------------------------------- */

static void read_lag(const PGresult *result, const GError *error, CatalogFunc func, void *data)
{
  ((ReplicaLagFunc)func)(result != NULL ? cell_seconds(result, 0, 0) : -1, error, data);
}

void catalog_replica_lag(PgConn *conn, ReplicaLagFunc func, void *data)
{
  /* An idle replica that has caught up reports no lag at all. */
  static const char sql[] = "SELECT max(coalesce(extract(epoch FROM replay_lag), 0)) FROM "
                            "pg_catalog.pg_stat_replication WHERE state IN ('streaming', 'catchup')";
  static const char none[] = "SELECT NULL";
  catalog_ask(conn, pg_conn_server_version(conn) >= 100000 ? sql : none, read_lag, (CatalogFunc)func, data);
}

/* ---- Locks of one backend -------------------------------------------------------------------------------------- */

static const char locks_sql[] =
    "SELECT CASE WHEN c.oid IS NOT NULL THEN n.nspname || '.' || c.relname ELSE 'new relation ' || "
    "l.relation END, "
    "l.mode, l.granted, coalesce(c.relkind, ''), l.relation FROM pg_catalog.pg_locks l LEFT JOIN "
    "pg_catalog.pg_class c "
    "ON c.oid = l.relation "
    "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE l.pid = %s AND l.locktype = "
    "'relation' "
    "AND l.database IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
    "pg_catalog.current_database())) "
    "AND coalesce(n.nspname, '') NOT IN ('pg_catalog', 'pg_toast') ORDER BY 1";

static int compare_held(const void *a, const void *b)
{
  const HeldLock *x = *(HeldLock *const *)a, *y = *(HeldLock *const *)b;
  /* What we made ourselves is in nobody's way. */
  if ((x->kind == 0) != (y->kind == 0))
    return x->kind == 0 ? 1 : -1;
  return x->mode != y->mode ? (int)y->mode - (int)x->mode : g_strcmp0(x->relation, y->relation);
}

static void held_lock_free(void *data)
{
  HeldLock *lock = data;
  g_free(lock->relation);
  g_free(lock);
}

GPtrArray *catalog_locks_read(const PGresult *result)
{
  GPtrArray *locks = g_ptr_array_new_with_free_func(held_lock_free);
  HeldLock *last = NULL;
  for (int i = 0; i < PQntuples(result); i++) {
    g_autofree char *relation = cell_text(result, i, 0);
    LockMode mode = lock_mode_from_pg(PQgetvalue(result, i, 1));
    gboolean granted = cell_true(result, i, 2);
    if (last == NULL || g_strcmp0(last->relation, relation) != 0) {
      last = g_new0(HeldLock, 1);
      last->relation = g_steal_pointer(&relation);
      last->granted = TRUE;
      last->kind = *PQgetvalue(result, i, 3);
      last->oid = (guint)cell_int(result, i, 4);
      g_ptr_array_add(locks, last);
    }
    if (mode > last->mode) {
      last->mode = mode;
      last->granted = granted;
    }
  }
  g_ptr_array_sort(locks, compare_held);
  return locks;
}

static void read_locks(const PGresult *result, const GError *error, CatalogFunc func, void *data)
{
  ((HeldLocksFunc)func)(result != NULL ? catalog_locks_read(result) : NULL, error, data);
}

char *catalog_locks_sql(int pid)
{
  g_autofree char *number = g_strdup_printf("%d", pid);
  return g_strdup_printf(locks_sql, pid != 0 ? number : "pg_catalog.pg_backend_pid()");
}

void catalog_locks(PgConn *conn, int pid, HeldLocksFunc func, void *data)
{
  g_autofree char *sql = catalog_locks_sql(pid);
  catalog_ask(conn, sql, read_locks, (CatalogFunc)func, data);
}

/* ---- Users of tables ------------------------------------------------------------------------------------------- */

static const char users_sql[] =
    "SELECT coalesce(l.pid, 0), coalesce(a.usename, p.owner), coalesce(a.application_name, p.gid), "
    "a.backend_type, "
    "CASE WHEN l.pid IS NULL THEN 'prepared' ELSE a.state END, (extract(epoch FROM a.backend_start) * "
    "1000000)::bigint, "
    "extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, p.prepared)), "
    "extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.state_change, p.prepared)), "
    "n.nspname || '.' || c.relname, l.mode, l.granted, pg_catalog.left(a.query, 500) "
    "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation "
    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
    "LEFT JOIN pg_catalog.pg_locks x ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = 'transactionid' "
    "AND x.granted AND x.virtualtransaction = l.virtualtransaction "
    "LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid "
    "WHERE l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() "
    "AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) "
    "AND l.relation IN (SELECT pg_catalog.to_regclass(u.name)::oid FROM pg_catalog.unnest(%s) u(name)) "
    "ORDER BY 7 DESC NULLS LAST, 1, 9";

static void table_user_free(void *data)
{
  TableUser *user = data;
  char *texts[] = {user->user,          user->application, user->backend_type, user->state,
                   user->backend_start, user->relation,    user->query};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_free(user);
}

static TableUser *read_user(const PGresult *result, int row)
{
  TableUser *user = g_new0(TableUser, 1);
  user->pid = (int)cell_int(result, row, 0);
  user->user = cell_text(result, row, 1);
  user->application = cell_text(result, row, 2);
  user->backend_type = cell_text(result, row, 3);
  user->state = cell_text(result, row, 4);
  user->backend_start = cell_text(result, row, 5);
  user->xact_s = cell_seconds(result, row, 6);
  user->state_s = cell_seconds(result, row, 7);
  user->relation = cell_text(result, row, 8);
  user->mode = lock_mode_from_pg(PQgetvalue(result, row, 9));
  user->granted = cell_true(result, row, 10);
  user->query = cell_text(result, row, 11);
  return user;
}

static void read_users(const PGresult *result, const GError *error, CatalogFunc func, void *data)
{
  GPtrArray *users = result != NULL ? g_ptr_array_new_with_free_func(table_user_free) : NULL;
  for (int i = 0; result != NULL && i < PQntuples(result); i++) {
    TableUser *user = read_user(result, i);
    TableUser *last = users->len > 0 ? g_ptr_array_index(users, users->len - 1) : NULL;
    /* One line a session and relation, with the strongest of its modes. */
    if (last != NULL && last->pid == user->pid && g_strcmp0(last->relation, user->relation) == 0 &&
        g_strcmp0(last->application, user->application) == 0) {
      if (user->mode > last->mode) {
        last->mode = user->mode;
        last->granted = user->granted;
      }
      table_user_free(user);
      continue;
    }
    g_ptr_array_add(users, user);
  }
  ((TableUsersFunc)func)(users, error, data);
}

void catalog_table_users(PgConn *conn, const RelationName *names, guint n, TableUsersFunc func, void *data)
{
  g_autofree char *array = catalog_names_array(names, n);
  g_autofree char *sql = g_strdup_printf(users_sql, array);
  catalog_ask(conn, sql, read_users, (CatalogFunc)func, data);
}
