/* The lock monitor on a real server. */
#include <criterion/criterion.h>
#include <string.h>

#include "../pg/support.h"
#include "retort/run/monitor.h"

typedef struct {
  LockMonitor *monitor;
  guint reports;
  int blocker;  /* pid */
  guint behind; /* sessions that wait for it */
  gboolean error;
  gboolean connected;
  gboolean progress;
  guint locks;
  gboolean signalled, sent;
  gboolean free_at_report;
} Watch;

static void report(LockMonitor *monitor, const LockReport *report, void *data)
{
  Watch *watch = data;
  watch->reports++;
  /* Other tests have locks of their own: only the session looked for counts. */
  LockNode *root = report->snapshot != NULL ? lock_snapshot_find(report->snapshot, watch->blocker) : NULL;
  watch->behind = root != NULL ? root->descendants : 0;
  watch->error = report->error != NULL;
  watch->connected = report->connected;
  watch->progress = report->progress != NULL;
  watch->locks = report->locks != NULL ? report->locks->len : 0;
  cr_expect(lock_monitor_report(monitor)->snapshot == report->snapshot, "the report stays");
  if (watch->free_at_report)
    g_clear_pointer(&watch->monitor, lock_monitor_free);
}

static void signalled(gboolean sent, G_GNUC_UNUSED const GError *error, void *data)
{
  Watch *watch = data;
  watch->signalled = TRUE;
  watch->sent = sent;
}

static void ended(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results,
                  G_GNUC_UNUSED const GError *error, void *data)
{
  *(gboolean *)data = TRUE;
}

/* A database of its own: the sessions of other tests are not in it. */
static PgParams *own_database(const char *name)
{
  g_autoptr(PgConn) conn = test_conn();
  g_autofree char *sql = g_strdup_printf("CREATE DATABASE %s TEMPLATE template0", name);
  test_sql(conn, sql);
  PgParams *params = pg_params_default();
  pg_params_set(params, "dbname", name);
  return params;
}

#define TURN_UNTIL(condition) \
  while (!(condition))        \
  g_main_context_iteration(NULL, TRUE)

Test(monitor, shows_who_is_in_the_way_and_signals)
{
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(PgConn) idle = test_conn();
  g_autoptr(PgConn) alter = test_conn();
  Watch watch = {.blocker = pg_conn_backend_pid(idle)};
  watch.monitor = lock_monitor_new(params, report, &watch);
  test_sql(idle, "CREATE TABLE monitored (x int)");
  test_sql(idle, "BEGIN; SELECT * FROM monitored");
  gboolean done = FALSE;
  lock_monitor_watch(watch.monitor, (int[]){pg_conn_backend_pid(alter), 0});
  pg_conn_exec(alter, "ALTER TABLE monitored ADD y int", NULL, ended, &done);
  lock_monitor_set_active(watch.monitor, TRUE);
  TURN_UNTIL(watch.behind > 0);
  cr_expect(watch.behind == 1 && watch.connected && !watch.error, "%u behind it", watch.behind);
  cr_expect(watch.locks >= 1, "locks of ours are known");
  LockNode *node = lock_snapshot_find(lock_monitor_report(watch.monitor)->snapshot, watch.blocker);
  lock_monitor_signal(watch.monitor, node, SIGNAL_TERMINATE, signalled, &watch);
  TURN_UNTIL(watch.signalled && done);
  cr_expect(watch.sent, "sent");
  TURN_UNTIL(watch.behind == 0);
  lock_monitor_free(watch.monitor);
  test_sql(alter, "DROP TABLE monitored");
}

Test(monitor, does_not_hold_a_transaction_open)
{
  g_autoptr(PgParams) params = own_database("monitor_idle");
  g_autoptr(PgConn) conn = test_conn();
  Watch watch = {0};
  watch.monitor = lock_monitor_new(params, report, &watch);
  lock_monitor_refresh(watch.monitor);
  TURN_UNTIL(watch.reports > 0);
  g_autofree char *state = test_ask(
      conn, "SELECT string_agg(state || coalesce(backend_xmin::text, ''), ',') FROM pg_stat_activity "
            "WHERE datname = 'monitor_idle'");
  cr_expect(strcmp(state, "idle") == 0, "%s", state);
  lock_monitor_free(watch.monitor);
}

static gboolean fired(void *data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

Test(monitor, is_quiet_while_paused)
{
  g_autoptr(PgParams) params = pg_params_default();
  Watch watch = {0};
  watch.monitor = lock_monitor_new(params, report, &watch);
  lock_monitor_set_active(watch.monitor, TRUE);
  TURN_UNTIL(watch.reports > 1);
  lock_monitor_set_active(watch.monitor, FALSE);
  guint before = watch.reports;
  gboolean later = FALSE;
  g_timeout_add(1300, fired, &later);
  TURN_UNTIL(later);
  cr_expect(watch.reports <= before + 1, "%u reports while paused", watch.reports - before);
  lock_monitor_set_active(watch.monitor, TRUE);
  before = watch.reports;
  TURN_UNTIL(watch.reports > before);
  lock_monitor_free(watch.monitor);
}

Test(monitor, comes_back_after_a_loss)
{
  g_autoptr(PgParams) params = own_database("monitor_loss");
  g_autoptr(PgConn) conn = test_conn();
  Watch watch = {0};
  watch.monitor = lock_monitor_new(params, report, &watch);
  lock_monitor_set_active(watch.monitor, TRUE);
  TURN_UNTIL(watch.connected);
  g_autofree char *sql =
      test_ask(conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                     "'monitor_loss'");
  TURN_UNTIL(watch.error);
  cr_expect(!watch.connected, "says that it is gone: %s", sql);
  TURN_UNTIL(watch.connected && !watch.error);
  lock_monitor_free(watch.monitor);
}

Test(monitor, says_when_it_cannot_connect)
{
  g_autoptr(PgParams) params = pg_params_parse("host=/nonexistent", "test", NULL);
  Watch watch = {.free_at_report = TRUE};
  watch.monitor = lock_monitor_new(params, report, &watch);
  lock_monitor_set_active(watch.monitor, TRUE);
  TURN_UNTIL(watch.reports > 0);
  cr_expect(watch.error && !watch.connected, "and may be freed from its report");
}
