/* What the server is asked about locks, and its answer as nodes. */
#include "locks-private.h"

#include <string.h>

#include "catalog-private.h"
#include "retort/pg/lockmode.h"

/* Waiting backends, those that block them, and ours.  %1$s: pids of ours; %2$s: since when a lock is waited for.
 * pg_blocking_pids() stops all lock traffic for a moment, so it is called once for each waiting backend only. */
static const char activity_sql[] =
    "WITH waiting AS (SELECT pid, pg_catalog.pg_blocking_pids(pid) AS blocked_by "
    "FROM pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock'), "
    "involved AS (SELECT pid FROM waiting UNION SELECT pg_catalog.unnest(blocked_by) FROM waiting "
    "UNION SELECT pg_catalog.unnest('{%1$s}'::int[])) "
    "SELECT i.pid, coalesce(pg_catalog.array_to_string(w.blocked_by, ' '), ''), a.datname, a.usename, "
    "a.application_name, coalesce(pg_catalog.host(a.client_addr), CASE WHEN a.pid IS NOT NULL THEN 'local' "
    "END), "
    "a.backend_type, a.state, a.wait_event_type || ': ' || a.wait_event, "
    "(extract(epoch FROM a.backend_start) * 1000000)::bigint, "
    "extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start), "
    "extract(epoch FROM pg_catalog.clock_timestamp() - a.state_change), "
    "CASE WHEN w.pid IS NOT NULL THEN extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(s.since, "
    "a.query_start)) END, "
    "pg_catalog.left(a.query, 500) "
    "FROM involved i LEFT JOIN waiting w ON w.pid = i.pid LEFT JOIN (%2$s) s ON s.pid = i.pid "
    "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = i.pid WHERE a.pid IS NOT NULL OR i.pid = 0 OR w.pid "
    "IS NOT NULL;";

/* Every lock, held or wanted, on an object that somebody waits for.  pg_locks speaks of the whole cluster: names are
 * looked up for this database only.  A prepared transaction has no pid; it is known by the lock on its own id. */
static const char facts_sql[] =
    "WITH l AS (SELECT *, pg_catalog.concat_ws('/', locktype, database, relation, page, tuple, virtualxid, "
    "transactionid, classid, objid, objsubid) AS key FROM pg_catalog.pg_locks) "
    "SELECT coalesce(l.pid, 0), l.key, l.mode, l.locktype, "
    "CASE WHEN c.oid IS NOT NULL THEN n.nspname || '.' || c.relname ELSE l.relation::text END, "
    "p.gid, p.owner, extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared), l.granted "
    "FROM l LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation AND l.database IN (0, "
    "(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())) "
    "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN l x ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = 'transactionid' "
    "AND x.granted AND x.virtualtransaction = l.virtualtransaction "
    "LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid "
    "WHERE l.key IN (SELECT key FROM l WHERE NOT granted)";

/* Exact since 14; before, a statement is taken to wait since it began. */
static const char waits_14[] =
    "SELECT pid, min(waitstart) AS since FROM pg_catalog.pg_locks WHERE NOT granted GROUP BY pid";
static const char waits_10[] = "SELECT NULL::int AS pid, NULL::timestamptz AS since";

char *lock_query(int server_version, const int *own)
{
  g_autoptr(GString) pids = g_string_new(NULL);
  for (const int *pid = own; pid != NULL && *pid != 0; pid++)
    g_string_append_printf(pids, "%s%d", pids->len > 0 ? "," : "", *pid);
  GString *sql = g_string_new(NULL);
  g_string_append_printf(sql, activity_sql, pids->str, server_version >= 140000 ? waits_14 : waits_10);
  g_string_append(sql, facts_sql);
  return g_string_free(sql, FALSE);
}

static void add_pids(GArray *pids, const char *text)
{
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  for (char **word = words; *word != NULL; word++) {
    int pid = (int)g_ascii_strtoll(*word, NULL, 10);
    gboolean known = **word == '\0';
    /* Parallel workers make the same blocker appear several times. */
    for (guint i = 0; i < pids->len && !known; i++)
      known = g_array_index(pids, int, i) == pid;
    if (!known)
      g_array_append_val(pids, pid);
  }
}

GPtrArray *lock_nodes_from_result(const PGresult *result)
{
  GPtrArray *nodes = g_ptr_array_new_with_free_func((GDestroyNotify)lock_node_free);
  for (int row = 0; row < PQntuples(result); row++) {
    LockNode *node = lock_node_new((int)g_ascii_strtoll(PQgetvalue(result, row, 0), NULL, 10));
    add_pids(node->blocked_by, PQgetvalue(result, row, 1));
    node->database = cell_text(result, row, 2);
    node->user = cell_text(result, row, 3);
    node->application = cell_text(result, row, 4);
    node->client = cell_text(result, row, 5);
    node->backend_type = cell_text(result, row, 6);
    node->state = cell_text(result, row, 7);
    node->wait_event = cell_text(result, row, 8);
    node->backend_start = cell_text(result, row, 9);
    node->xact_s = cell_seconds(result, row, 10);
    node->state_s = cell_seconds(result, row, 11);
    node->wait_s = cell_seconds(result, row, 12);
    node->query = cell_text(result, row, 13);
    g_ptr_array_add(nodes, node);
  }
  return nodes;
}

static void lock_fact_free(void *data)
{
  LockFact *fact = data;
  g_free(fact->key);
  g_free(fact->mode);
  g_free(fact->type);
  g_free(fact->relation);
  g_free(fact->gid);
  g_free(fact->owner);
  g_free(fact);
}

GPtrArray *lock_facts_from_result(const PGresult *result)
{
  GPtrArray *facts = g_ptr_array_new_with_free_func(lock_fact_free);
  for (int row = 0; row < PQntuples(result); row++) {
    LockFact *fact = g_new0(LockFact, 1);
    fact->pid = (int)g_ascii_strtoll(PQgetvalue(result, row, 0), NULL, 10);
    fact->key = cell_text(result, row, 1);
    fact->mode = cell_text(result, row, 2);
    fact->type = cell_text(result, row, 3);
    fact->relation = cell_text(result, row, 4);
    fact->gid = cell_text(result, row, 5);
    fact->owner = cell_text(result, row, 6);
    fact->prepared_s = cell_seconds(result, row, 7);
    fact->granted = *PQgetvalue(result, row, 8) == 't';
    g_ptr_array_add(facts, fact);
  }
  return facts;
}

/* ---- Facts into nodes ------------------------------------------------------------------------------------------ */

static GPtrArray *facts_of(GHashTable *by_pid, int pid)
{
  return g_hash_table_lookup(by_pid, GINT_TO_POINTER(pid));
}

static GHashTable *index_facts(GPtrArray *facts)
{
  GHashTable *by_pid = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < facts->len; i++) {
    LockFact *fact = g_ptr_array_index(facts, i);
    GPtrArray *own = facts_of(by_pid, fact->pid);
    if (own == NULL) {
      own = g_ptr_array_new();
      g_hash_table_insert(by_pid, GINT_TO_POINTER(fact->pid), own);
    }
    g_ptr_array_add(own, fact);
  }
  return by_pid;
}

static const LockFact *wanted_by(GHashTable *by_pid, int pid)
{
  GPtrArray *facts = facts_of(by_pid, pid);
  for (guint i = 0; facts != NULL && i < facts->len; i++)
    if (!((LockFact *)g_ptr_array_index(facts, i))->granted)
      return g_ptr_array_index(facts, i);
  return NULL;
}

static void set_lock(LockNode *node, const LockFact *fact)
{
  LockMode mode = lock_mode_from_pg(fact->mode);
  g_free(node->lock_mode);
  g_free(node->lock_relation);
  g_free(node->lock_type);
  node->lock_mode = g_strdup(mode != LOCK_MODE_NONE ? lock_mode_name(mode) : fact->mode);
  node->lock_relation = g_strdup(fact->relation);
  node->lock_type = g_strdup(fact->type);
  node->lock_granted = fact->granted;
}

/* The strongest lock of blocker against the one wanted: held ones before those it only waits for. */
static const LockFact *obstacle(GHashTable *by_pid, int blocker, const LockFact *wanted)
{
  GPtrArray *facts = facts_of(by_pid, blocker);
  const LockFact *best = NULL;
  LockMode mode = lock_mode_from_pg(wanted->mode);
  for (guint i = 0; facts != NULL && i < facts->len; i++) {
    const LockFact *fact = g_ptr_array_index(facts, i);
    LockMode its = lock_mode_from_pg(fact->mode);
    if (strcmp(fact->key, wanted->key) != 0 || !lock_mode_conflicts(its, mode))
      continue;
    if (best == NULL || (fact->granted && !best->granted) ||
        (fact->granted == best->granted && its > lock_mode_from_pg(best->mode)))
      best = fact;
  }
  return best;
}

static LockNode *node_of(GHashTable *nodes, int pid)
{
  return g_hash_table_lookup(nodes, GINT_TO_POINTER(pid));
}

static void name_prepared(LockNode *node, GPtrArray *facts)
{
  g_autoptr(GPtrArray) gids = g_ptr_array_new();
  for (guint i = 0; facts != NULL && i < facts->len; i++) {
    const LockFact *fact = g_ptr_array_index(facts, i);
    if (fact->gid == NULL || g_ptr_array_find_with_equal_func(gids, fact->gid, g_str_equal, NULL))
      continue;
    g_ptr_array_add(gids, fact->gid);
    node->xact_s = MAX(node->xact_s, fact->prepared_s);
    if (node->user == NULL)
      node->user = g_strdup(fact->owner);
  }
  g_ptr_array_add(gids, NULL);
  node->gids = g_strdupv((char **)gids->pdata);
  g_free(node->state);
  node->state = g_strdup("prepared");
}

static void add_edge_facts(LockNode *node, GHashTable *nodes, GHashTable *by_pid)
{
  const LockFact *wanted = wanted_by(by_pid, node->pid);
  if (wanted == NULL)
    return;
  set_lock(node, wanted);
  for (guint i = 0; i < node->blocked_by->len; i++) {
    int pid = g_array_index(node->blocked_by, int, i);
    const LockFact *fact = obstacle(by_pid, pid, wanted);
    LockNode *blocker = node_of(nodes, pid);
    if (fact == NULL)
      continue;
    if (!fact->granted)
      g_array_append_val(node->queued_behind, pid);
    else if (blocker != NULL && wanted_by(by_pid, pid) == NULL &&
             (blocker->lock_mode == NULL ||
              strcmp(blocker->lock_mode, lock_mode_name(lock_mode_from_pg(fact->mode))) != 0))
      set_lock(blocker, fact);
  }
}

void lock_nodes_add_facts(GPtrArray *nodes, GPtrArray *facts)
{
  g_autoptr(GHashTable) by_pid = index_facts(facts);
  g_autoptr(GHashTable) by_node = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < nodes->len; i++) {
    LockNode *node = g_ptr_array_index(nodes, i);
    g_hash_table_insert(by_node, GINT_TO_POINTER(node->pid), node);
  }
  for (guint i = 0; i < nodes->len; i++) {
    LockNode *node = g_ptr_array_index(nodes, i);
    add_edge_facts(node, by_node, by_pid);
    if (node->pid == 0)
      name_prepared(node, facts_of(by_pid, 0));
  }
}
