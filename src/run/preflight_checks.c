/* The checks, one function to ask and one to judge each; the table at the end is their order on the card. */
#include "preflight-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/settings.h"
#include "retort/base/text.h"
#include "retort/run/backup.h"

/* A list that names more than these says how many more. */
#define NAMED 5

static char *cell(const PGresult *result, int row, int column)
{
  return text_escape(PQgetvalue(result, row, column), PQgetlength(result, row, column), FALSE);
}

static gboolean is_true(const PGresult *result, int row, int column)
{
  return *PQgetvalue(result, row, column) == 't';
}

static guint64 number(const PGresult *result, int row, int column)
{
  return g_ascii_strtoull(PQgetvalue(result, row, column), NULL, 10);
}

static char *duration(const PGresult *result, int row, int column)
{
  return text_duration(g_ascii_strtod(PQgetvalue(result, row, column), NULL));
}

/* "a, b, c and 4 more" of one column; the caller's. */
static char *names(const PGresult *result, int column)
{
  GString *out = g_string_new(NULL);
  for (int i = 0; i < PQntuples(result) && i < NAMED; i++) {
    g_autofree char *name = cell(result, i, column);
    g_string_append_printf(out, i > 0 ? ", %s" : "%s", name);
  }
  if (PQntuples(result) > NAMED)
    g_string_append_printf(out, _(" and %d more"), PQntuples(result) - NAMED);
  return g_string_free(out, FALSE);
}

static void ok(Preflight *preflight, const char *text)
{
  preflight_add(preflight, PREFLIGHT_OK, g_strdup(text), NULL);
}

/* ---- Can it work at all ---------------------------------------------------------------------------------------- */

static char *ask_writable(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup(
      "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('default_transaction_read_only') = "
      "'on'");
}

static void judge_writable(Preflight *preflight, const PGresult *result)
{
  if (is_true(result, 0, 0))
    preflight_add(
        preflight, PREFLIGHT_STOP, g_strdup(_("This server is a standby: nothing can be written here.")),
        g_strdup(
            _("Connect to the primary (target_session_attrs=read-write chooses it among several hosts).")));
  else if (is_true(result, 0, 1))
    preflight_add(preflight, PREFLIGHT_STOP,
                  g_strdup(_("Transactions of this session are read-only by default.")),
                  g_strdup(_("Look at default_transaction_read_only of the role and the database.")));
  else
    ok(preflight, _("The server accepts changes."));
}

static char *ask_pooler(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup("SELECT pg_catalog.pg_backend_pid()");
}

/* A pooler makes up the process id it gives a client. */
static void judge_pooler(Preflight *preflight, const PGresult *result)
{
  if ((int)number(result, 0, 0) == pg_conn_backend_pid(preflight->conn))
    ok(preflight, _("The connection goes straight to the server."));
  else
    preflight_add(
        preflight, PREFLIGHT_STOP,
        g_strdup(_("A connection pooler is in between: time-outs, locks and cancelling would not hold.")),
        g_strdup(_("Give the server's own address and port for rollouts.")));
}

static char *ask_owner(const Preflight *preflight)
{
  return g_strdup_printf("SELECT c.oid::regclass::text, pg_catalog.pg_get_userbyid(c.relowner) FROM "
                         "pg_catalog.unnest(%s) u (name) "
                         "JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(u.name) "
                         "WHERE NOT pg_catalog.pg_has_role(c.relowner, 'USAGE') ORDER BY 1",
                         preflight->names);
}

static void judge_owner(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("All tables of this plan are ours to alter."));
    return;
  }
  g_autofree char *tables = names(result, 0);
  g_autofree char *owner = cell(result, 0, 1);
  preflight_add(preflight, PREFLIGHT_STOP, g_strdup_printf(_("This role does not own %s."), tables),
                g_strdup_printf(_("Connect as %s, or become a member of that role."), owner));
}

static char *ask_signal(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup("SELECT pg_catalog.current_setting('is_superuser') = 'on' OR "
                  "pg_catalog.pg_has_role('pg_signal_backend', 'MEMBER'), "
                  "pg_catalog.current_setting('is_superuser') = 'on' OR "
                  "pg_catalog.pg_has_role('pg_read_all_stats', 'MEMBER')");
}

static void judge_signal(Preflight *preflight, const PGresult *result)
{
  if (is_true(result, 0, 0) && is_true(result, 0, 1)) {
    ok(preflight, _("Sessions in the way can be seen and signalled."));
    return;
  }
  preflight_add(
      preflight, PREFLIGHT_WARNING,
      g_strdup(is_true(result, 0, 1)
                   ? _("Only sessions of this role can be cancelled or terminated.")
                   : _("What sessions of other roles do cannot be seen, nor can they be signalled.")),
      g_strdup(_("Grant pg_signal_backend and pg_monitor to this role, or have somebody at hand who may.")));
}

/* ---- Where we are ---------------------------------------------------------------------------------------------- */

static char *ask_position(const Preflight *preflight)
{
  return preflight->rows != NULL ? g_strdup("SELECT pg_catalog.current_database()") : NULL;
}

static void judge_position(Preflight *preflight, const PGresult *result)
{
  g_autofree char *database = cell(result, 0, 0);
  g_autofree char *rows = preflight->rows[0] != NULL ? g_strjoinv(", ", preflight->rows) : g_strdup("base");
  g_autofree char *safe = text_escape(rows, -1, FALSE);
  preflight_add(preflight, PREFLIGHT_OK,
                g_strdup_printf(_("%s stands at %s, where this plan starts."), database, safe), NULL);
}

static char *ask_env(const Preflight *preflight)
{
  return preflight->input.judge_env ? g_strdup("SELECT 1") : NULL;
}

/* The words are those in which the command line refuses. */
static void judge_env(Preflight *preflight, G_GNUC_UNUSED const PGresult *result)
{
  if (preflight->env_obstacle == NULL) {
    ok(preflight, _("env.py does nothing that retort leaves out."));
    return;
  }
  g_autofree char *path = settings_path();
  g_autofree char *safe = text_escape(preflight->env_obstacle, -1, FALSE);
  preflight_add(
      preflight, PREFLIGHT_STOP, g_strdup_printf(_("%s, which retort does not."), safe),
      g_strdup_printf(_("Have the project's own Alembic take the steps (engine = alembic) or, where it "
                        "makes no difference, set ignore_env = yes; in %s under [project %s]."),
                      path, preflight->project_name));
}

static char *ask_env_database(const Preflight *preflight)
{
  return preflight->input.env_database != 0 ? g_strdup("SELECT pg_catalog.current_database()") : NULL;
}

static void judge_env_database(Preflight *preflight, const PGresult *result)
{
  g_autofree char *database = cell(result, 0, 0);
  preflight_add(
      preflight, PREFLIGHT_WARNING,
      g_strdup_printf(
          _("env.py:%u chooses the database by itself, and the project's own Alembic goes there."),
          preflight->input.env_database),
      g_strdup_printf(_("See that it is this one, %s; whether it was is only known afterwards."), database));
}

static char *ask_sizes(const Preflight *preflight)
{
  return g_strdup_printf(
      "SELECT c.oid::regclass::text, c.relpages::bigint * pg_catalog.current_setting('block_size')::bigint, "
      "u.place - 1 FROM pg_catalog.unnest(%s) WITH ORDINALITY u (name, place) "
      "JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(u.name) AND c.relkind IN ('r', 'm') "
      "ORDER BY 2 DESC",
      preflight->names);
}

/* Written anew, it needs the room twice, and nobody uses it meanwhile. */
#define LARGE_REWRITE (G_GUINT64_CONSTANT(100) * 1024 * 1024)

static void judge_sizes(Preflight *preflight, const PGresult *result)
{
  g_autoptr(GString) list = g_string_new(NULL);
  for (int i = 0; i < PQntuples(result); i++) {
    guint64 place = number(result, i, 2);
    g_autofree char *table = cell(result, i, 0);
    g_autofree char *size = text_size(number(result, i, 1));
    if (preflight->rewritten != NULL && place < preflight->input.n_relations && preflight->rewritten[place] &&
        number(result, i, 1) >= LARGE_REWRITE) {
      preflight_add(
          preflight, PREFLIGHT_WARNING,
          g_strdup_printf(_("%s (%s) is written anew as a whole."), table, size),
          g_strdup(_("It needs as much room again, and as much WAL; nobody can use it meanwhile.")));
      return;
    }
    if (i < NAMED)
      g_string_append_printf(list, "%s%s %s", i > 0 ? ", " : "", table, size);
  }
  if (list->len > 0)
    preflight_add(preflight, PREFLIGHT_OK, g_strdup_printf(_("Tables of this plan: %s."), list->str), NULL);
}

static char *ask_backup(const Preflight *preflight)
{
  return preflight->backup_folder != NULL ? g_strdup("SELECT pg_catalog.current_database()") : NULL;
}

#define OLD_BACKUP_S (24 * 3600)

static void judge_backup(Preflight *preflight, const PGresult *result)
{
  double age = 0;
  g_autofree char *path = backup_newest(preflight->backup_folder, PQgetvalue(result, 0, 0), &age);
  g_autofree char *when = text_duration(age);
  if (path == NULL)
    preflight_add(preflight, PREFLIGHT_WARNING,
                  g_strdup(_("retort has made no backup of this database yet.")),
                  g_strdup(_("Take one now, unless it is backed up in another way.")));
  else
    preflight_add(preflight, age > OLD_BACKUP_S ? PREFLIGHT_WARNING : PREFLIGHT_OK,
                  g_strdup_printf(_("The last backup by retort is %s old."), when),
                  age > OLD_BACKUP_S ? g_strdup(_("Take a new one, unless it is backed up in another way."))
                                     : NULL);
}

/* ---- Time-outs ------------------------------------------------------------------------------------------------- */

static char *ask_timeouts(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup("SELECT (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'), "
                  "(SELECT setting FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout')");
}

static void judge_timeouts(Preflight *preflight, const PGresult *result)
{
  guint64 lock =
      preflight->input.lock_timeout_ms > 0 ? preflight->input.lock_timeout_ms : number(result, 0, 0);
  guint64 deadlock = number(result, 0, 1);
  if (lock == 0)
    preflight_add(
        preflight, PREFLIGHT_WARNING,
        g_strdup(_("There is no lock_timeout: a statement that waits makes everybody behind it wait too.")),
        g_strdup(_("Set ddl_lock_timeout to a few seconds.")));
  else if (lock <= deadlock)
    preflight_add(
        preflight, PREFLIGHT_WARNING,
        g_strdup_printf(_("lock_timeout (%u ms) is not above deadlock_timeout (%u ms): a running autovacuum "
                          "would never give way."),
                        (guint)lock, (guint)deadlock),
        g_strdup_printf(_("Set ddl_lock_timeout to %u ms or more."), (guint)deadlock + 1500));
  else
    ok(preflight, _("lock_timeout leaves room for an autovacuum to give way."));
}

/* ---- Who is at work -------------------------------------------------------------------------------------------- */

static char *ask_mutex(const Preflight *preflight)
{
  /* Who holds the lock lets others work no further than to wait for it. */
  if (preflight->input.mutex_held)
    return g_strdup("SELECT WHERE false");
  return g_strdup_printf(
      "SELECT a.pid, a.usename, a.application_name, extract(epoch FROM pg_catalog.clock_timestamp() - "
      "a.backend_start) "
      "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = "
      "'advisory' "
      "AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32) | l.objid::bigint = %" G_GINT64_FORMAT
      " "
      "AND l.pid <> pg_catalog.pg_backend_pid() AND a.application_name <> 'retort-mutex' "
      "AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
      "pg_catalog.current_database()) "
      "UNION ALL SELECT a.pid, a.usename, a.application_name, "
      "extract(epoch FROM pg_catalog.clock_timestamp() - a.backend_start) FROM pg_catalog.pg_stat_activity a "
      "WHERE a.application_name IN ('retort', 'retort-rollout') AND a.datname = "
      "pg_catalog.current_database() "
      "AND a.pid <> pg_catalog.pg_backend_pid() AND a.xact_start IS NOT NULL",
      preflight->input.mutex_key);
}

static void judge_mutex(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("No other rollout is at work."));
    return;
  }
  g_autofree char *pid = cell(result, 0, 0);
  g_autofree char *user = cell(result, 0, 1);
  g_autofree char *application = cell(result, 0, 2);
  g_autofree char *since = duration(result, 0, 3);
  preflight_add(preflight, PREFLIGHT_STOP,
                g_strdup_printf(_("Another rollout is at work: %s (%s, backend %s, connected for %s)."), user,
                                application, pid, since),
                g_strdup(_("Wait until it is over, or talk to whoever runs it.")));
}

static char *ask_old_transactions(const Preflight *preflight)
{
  return g_strdup_printf(
      "SELECT a.pid, a.usename, a.application_name, a.state, "
      "extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) FROM pg_catalog.pg_stat_activity a "
      "WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid() "
      "AND a.xact_start < pg_catalog.clock_timestamp() - interval '%u s' "
      "AND coalesce(a.backend_type, '') <> 'walsender' ORDER BY a.xact_start",
      preflight->input.old_transaction_s);
}

static void judge_old_transactions(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("No transaction has been open for long."));
    return;
  }
  g_autofree char *pid = cell(result, 0, 0);
  g_autofree char *user = cell(result, 0, 1);
  g_autofree char *state = cell(result, 0, 3);
  g_autofree char *age = duration(result, 0, 4);
  preflight_add(
      preflight, PREFLIGHT_WARNING,
      g_strdup_printf(
          ngettext("%d transaction has been open for long; the oldest: backend %s of %s, %s, for %s.",
                   "%d transactions have been open for long; the oldest: backend %s of %s, %s, "
                   "for %s.",
                   (gulong)PQntuples(result)),
          PQntuples(result), pid, user, state, age),
      g_strdup(preflight->input.concurrently
                   ? _("CONCURRENTLY waits until every one of them has ended; end them first.")
                   : _("Should one of them have used a table of this plan, its lock is in the way.")));
}

static char *ask_prepared(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup(
      "SELECT gid, owner, extract(epoch FROM pg_catalog.clock_timestamp() - prepared) "
      "FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database() ORDER BY prepared");
}

static void judge_prepared(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("No prepared transactions are left over."));
    return;
  }
  g_autofree char *gids = names(result, 0);
  g_autofree char *age = duration(result, 0, 2);
  g_autofree char *first = pg_quote_literal(PQgetvalue(result, 0, 0));
  g_autofree char *shown = text_escape(first, -1, FALSE);
  preflight_add(
      preflight, PREFLIGHT_WARNING,
      g_strdup_printf(_("Prepared transactions hold their locks without a session: %s (the oldest for %s)."),
                      gids, age),
      g_strdup_printf(_("Whoever prepared it ends it with COMMIT PREPARED or ROLLBACK PREPARED %s."), shown));
}

static char *ask_table_users(const Preflight *preflight)
{
  return g_strdup_printf(
      "SELECT u.place - 1, l.relation::regclass::text, l.mode, coalesce(l.pid, 0), a.usename, "
      "coalesce(a.application_name, ''), "
      "a.state, "
      "extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, p.prepared)), p.gid "
      "FROM pg_catalog.unnest(%s) WITH ORDINALITY u (name, place) "
      "JOIN pg_catalog.pg_locks l ON l.relation = pg_catalog.to_regclass(u.name) AND l.locktype = 'relation' "
      "AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid() AND l.granted "
      "AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
      "pg_catalog.current_database()) "
      "LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
      "LEFT JOIN pg_catalog.pg_locks x ON l.pid IS NULL AND x.pid IS NULL AND x.locktype = 'transactionid' "
      "AND x.virtualtransaction = l.virtualtransaction "
      "LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = x.transactionid "
      "WHERE coalesce(a.backend_type, '') <> 'autovacuum worker' "
      "ORDER BY coalesce(a.xact_start, p.prepared) NULLS FIRST, l.pid, u.place",
      preflight->names);
}

static gboolean in_the_way(const Preflight *preflight, const PGresult *result, int row)
{
  guint64 place = number(result, row, 0);
  LockMode ours = preflight->input.modes != NULL && place < preflight->input.n_relations
                      ? preflight->input.modes[place]
                      : LOCK_MODE_ACCESS_EXCLUSIVE;
  return lock_mode_conflicts(ours, lock_mode_from_pg(PQgetvalue(result, row, 2)));
}

/* A prepared transaction has no session that could be asked. */
static void tell_table_user(Preflight *preflight, const PGresult *result, int row)
{
  g_autofree char *table = cell(result, row, 1);
  g_autofree char *age = duration(result, row, 7);
  if (!PQgetisnull(result, row, 8)) {
    g_autofree char *gid = cell(result, row, 8);
    preflight_add(
        preflight, PREFLIGHT_WARNING,
        g_strdup_printf(_("The prepared transaction %s (for %s) holds a lock on %s that is in the way."), gid,
                        age, table),
        g_strdup(_("It does not end by itself: COMMIT PREPARED or ROLLBACK PREPARED does that.")));
    return;
  }
  g_autofree char *pid = cell(result, row, 3);
  g_autofree char *user = cell(result, row, 4);
  g_autofree char *state = cell(result, row, 6);
  g_autofree char *application = cell(result, row, 5);
  g_autofree char *what = g_strdup_printf("%s%s%s", application, *application != '\0' ? ", " : "", state);
  preflight_add(
      preflight, PREFLIGHT_WARNING,
      g_strdup_printf(_("Backend %s of %s (%s, for %s) holds a lock on %s that is in the way."), pid, user,
                      what, age, table),
      g_strdup(strncmp(state, "idle in transaction", 19) == 0
                   ? _("It does nothing and would not end by itself: terminate it, or ask its owner.")
                   : _("Wait for it, or expect the first statements to wait.")));
}

/* One item a transaction, for the first table of each. */
static void judge_table_users(Preflight *preflight, const PGresult *result)
{
  g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  guint more = 0;
  for (int i = 0; i < PQntuples(result); i++) {
    if (!in_the_way(preflight, result, i))
      continue;
    char *who = g_strdup_printf("%s %s", PQgetvalue(result, i, 3), PQgetvalue(result, i, 8));
    if (!g_hash_table_add(told, who))
      continue;
    if (g_hash_table_size(told) > NAMED)
      more++;
    else
      tell_table_user(preflight, result, i);
  }
  if (g_hash_table_size(told) == 0)
    ok(preflight, _("Nobody holds a lock that is in the way of this plan."));
  if (more > 0)
    preflight_add(preflight, PREFLIGHT_WARNING,
                  g_strdup_printf(ngettext("%u more transaction holds a lock that is in the way.",
                                           "%u more transactions hold locks that are in the way.", more),
                                  more),
                  g_strdup(_("retort locks shows them all.")));
}

static char *ask_autovacuum(const Preflight *preflight)
{
  return g_strdup_printf(
      "SELECT l.relation::regclass::text, a.pid, a.query LIKE '%%to prevent wraparound%%', "
      "CASE WHEN p.heap_blks_total > 0 THEN (100 * p.heap_blks_scanned / p.heap_blks_total)::text ELSE '' "
      "END "
      "FROM pg_catalog.unnest(%s) u (name) JOIN pg_catalog.pg_locks l ON l.relation = "
      "pg_catalog.to_regclass(u.name) "
      "JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid AND a.backend_type = 'autovacuum worker' "
      "LEFT JOIN pg_catalog.pg_stat_progress_vacuum p ON p.pid = a.pid ORDER BY 3 DESC",
      preflight->names);
}

static void judge_autovacuum(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("No autovacuum works on the tables of this plan."));
    return;
  }
  g_autofree char *table = cell(result, 0, 0);
  g_autofree char *percent = cell(result, 0, 3);
  if (is_true(result, 0, 2))
    preflight_add(
        preflight, PREFLIGHT_STOP,
        g_strdup_printf(_("An autovacuum against transaction id wraparound works on %s (%s %% read); it does "
                          "not give way."),
                        table, percent),
        g_strdup(_("Let it finish first.")));
  else
    preflight_add(preflight, PREFLIGHT_WARNING,
                  g_strdup_printf(_("An autovacuum works on %s (%s %% read)."), table, percent),
                  g_strdup(_("It gives way after deadlock_timeout, if lock_timeout is longer.")));
}

/* ---- Leftovers and replicas ------------------------------------------------------------------------------------ */

static char *ask_invalid_indexes(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup(
      "SELECT i.indexrelid::regclass::text FROM pg_catalog.pg_index i "
      "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i' "
      "WHERE NOT i.indisvalid AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.relation = "
      "i.indrelid AND l.mode = 'ShareUpdateExclusiveLock') ORDER BY 1");
}

static void judge_invalid_indexes(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("No invalid indexes are left over."));
    return;
  }
  g_autofree char *indexes = names(result, 0);
  g_autofree char *first = cell(result, 0, 0);
  preflight_add(preflight, PREFLIGHT_WARNING,
                g_strdup_printf(_("Invalid indexes, left by a CONCURRENTLY that failed: %s."), indexes),
                g_strdup_printf(_("DROP INDEX CONCURRENTLY %s, unless it is being built right now."), first));
}

static char *ask_unvalidated(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup("SELECT c.conrelid::regclass::text || '.' || c.conname FROM pg_catalog.pg_constraint c "
                  "WHERE NOT c.convalidated AND c.conrelid <> 0 ORDER BY 1");
}

static void judge_unvalidated(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("All constraints are validated."));
    return;
  }
  g_autofree char *constraints = names(result, 0);
  preflight_add(preflight, PREFLIGHT_WARNING,
                g_strdup_printf(_("Constraints not validated yet: %s."), constraints),
                g_strdup(_("ALTER TABLE ... VALIDATE CONSTRAINT, when that was not meant to be.")));
}

static char *ask_detaching(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup("SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_catalog.pg_inherits "
                  "WHERE inhdetachpending ORDER BY 1");
}

static void judge_detaching(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("No partition is half detached."));
    return;
  }
  g_autofree char *partition = cell(result, 0, 0);
  g_autofree char *parent = cell(result, 0, 1);
  preflight_add(preflight, PREFLIGHT_WARNING,
                g_strdup_printf(_("The partition %s is half detached."), partition),
                g_strdup_printf("ALTER TABLE %s DETACH PARTITION %s FINALIZE", parent, partition));
}

static char *ask_replicas(const Preflight *preflight)
{
  return g_strdup_printf(
      "SELECT application_name, coalesce(extract(epoch FROM replay_lag), 0) "
      "FROM pg_catalog.pg_stat_replication WHERE replay_lag > interval '%u s' ORDER BY 2 DESC",
      preflight->input.replica_lag_s);
}

static void judge_replicas(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("No replica is far behind."));
    return;
  }
  g_autofree char *name = cell(result, 0, 0);
  g_autofree char *lag = duration(result, 0, 1);
  preflight_add(preflight, PREFLIGHT_WARNING, g_strdup_printf(_("The replica %s is %s behind."), name, lag),
                g_strdup(_("A rewrite makes it fall behind further; let it catch up first.")));
}

static char *ask_slots(G_GNUC_UNUSED const Preflight *preflight)
{
  return g_strdup(
      "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE NOT active AND NOT temporary ORDER BY 1");
}

static void judge_slots(Preflight *preflight, const PGresult *result)
{
  if (PQntuples(result) == 0) {
    ok(preflight, _("No replication slot is unused."));
    return;
  }
  g_autofree char *slots = names(result, 0);
  preflight_add(
      preflight, PREFLIGHT_WARNING,
      g_strdup_printf(_("Replication slots that nobody reads keep all WAL: %s."), slots),
      g_strdup(_("A rewrite writes as much WAL as the table is large; see that the disk has room.")));
}

const PreflightCheck preflight_checks[] = {
    {"writable", 0, ask_writable, judge_writable},
    {"pooler", 0, ask_pooler, judge_pooler},
    {"owner", 0, ask_owner, judge_owner},
    {"signal", 100000, ask_signal, judge_signal},
    {"position", 0, ask_position, judge_position},
    {"env", 0, ask_env, judge_env},
    {"env-database", 0, ask_env_database, judge_env_database},
    {"timeouts", 0, ask_timeouts, judge_timeouts},
    {"other-rollout", 0, ask_mutex, judge_mutex},
    {"old-transactions", 100000, ask_old_transactions, judge_old_transactions},
    {"prepared-transactions", 0, ask_prepared, judge_prepared},
    {"table-users", 100000, ask_table_users, judge_table_users},
    {"autovacuum", 100000, ask_autovacuum, judge_autovacuum},
    {"sizes", 0, ask_sizes, judge_sizes},
    {"invalid-indexes", 0, ask_invalid_indexes, judge_invalid_indexes},
    {"unvalidated-constraints", 0, ask_unvalidated, judge_unvalidated},
    {"pending-detach", 140000, ask_detaching, judge_detaching},
    {"replica-lag", 100000, ask_replicas, judge_replicas},
    {"replication-slots", 100000, ask_slots, judge_slots},
    {"backup", 0, ask_backup, judge_backup},
};
const guint n_preflight_checks = G_N_ELEMENTS(preflight_checks);
