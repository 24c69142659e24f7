/* One question at a time on a connection of its own: connect, set up, snapshot, progress, locks, rest. */
#include "retort/run/monitor.h"

#include <glib/gi18n.h>

#include "retort/base/error.h"

#define INTERVAL_MS 1000
#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS 30000
/* An answer that takes longer than the server's own limit will not come: the network is gone. */
#define DEADLINE_MS 3000

typedef enum {
  MONITOR_CLOSED,     /* no connection; a retry may be due */
  MONITOR_CONNECTING, /* until the session is set up */
  MONITOR_RESTING,    /* connected, waits for the next second */
  MONITOR_ASKING,     /* a question is under way */
} MonitorState;

typedef struct {
  LockNode *node; /* pid and backend_start only */
  SignalVerb verb;
  SignalFunc func;
  void *data;
} SignalJob;

typedef struct {
  LockSnapshot *snapshot;
  Progress *progress;
  GPtrArray *locks;
} Findings;

struct LockMonitor {
  guint refs; /* the owner's, and one while a report is delivered */
  gboolean freed;
  GMainContext *context;
  PgConn *conn;
  MonitorState state;
  gboolean active;
  gboolean wanted; /* a refresh was asked for */
  GSource *timer;  /* the next question, or the next attempt to connect */
  guint retry_ms;
  gboolean sees_files; /* may ask how far a rewrite is */
  GArray *pids;        /* int, zero-terminated */
  GQueue signals;      /* SignalJob* */
  SignalJob *signal;   /* the one under way */
  gboolean replicas;   /* are asked about */
  double replica_lag_s;
  LockReportFunc func;
  void *data;

  /* What the round under way has gathered, and what the last report showed: that stays until the next one. */
  Findings gathered;
  Findings shown;
  GError *error;
  LockReport report;
};

static const char setup_sql[] = "SET statement_timeout = '2s'; SET lock_timeout = '200ms'; "
                                "SET idle_in_transaction_session_timeout = '5s'";

static void next(LockMonitor *monitor);

static void findings_clear(Findings *findings)
{
  g_clear_pointer(&findings->snapshot, lock_snapshot_free);
  g_clear_pointer(&findings->progress, progress_free);
  g_clear_pointer(&findings->locks, g_ptr_array_unref);
}

static void signal_job_free(SignalJob *job)
{
  lock_node_free(job->node);
  g_free(job);
}

static void stop_timer(LockMonitor *monitor)
{
  if (monitor->timer == NULL)
    return;
  g_source_destroy(monitor->timer);
  g_clear_pointer(&monitor->timer, g_source_unref);
}

static gboolean timer_fired(void *data)
{
  LockMonitor *monitor = data;
  stop_timer(monitor);
  monitor->wanted = monitor->wanted || monitor->active;
  next(monitor);
  return G_SOURCE_REMOVE;
}

static void start_timer(LockMonitor *monitor, guint ms)
{
  stop_timer(monitor);
  monitor->timer = g_timeout_source_new(ms);
  g_source_set_callback(monitor->timer, timer_fired, monitor, NULL);
  g_source_attach(monitor->timer, monitor->context);
}

static void monitor_unref(LockMonitor *monitor)
{
  if (--monitor->refs > 0)
    return;
  findings_clear(&monitor->gathered);
  findings_clear(&monitor->shown);
  g_clear_error(&monitor->error);
  g_array_unref(monitor->pids);
  g_main_context_unref(monitor->context);
  g_free(monitor);
}

static void deliver(LockMonitor *monitor)
{
  monitor->report = (LockReport){monitor->shown.snapshot,
                                 monitor->shown.progress,
                                 monitor->shown.locks,
                                 monitor->error,
                                 monitor->state == MONITOR_RESTING || monitor->state == MONITOR_ASKING,
                                 monitor->replica_lag_s};
  monitor->refs++;
  monitor->func(monitor, &monitor->report, monitor->data);
  monitor_unref(monitor);
}

static void set_error(LockMonitor *monitor, const GError *error)
{
  g_clear_error(&monitor->error);
  monitor->error = error != NULL ? g_error_copy(error) : NULL;
}

/* No connection: says so, and tries again later. */
static void closed(LockMonitor *monitor, const GError *error)
{
  monitor->state = MONITOR_CLOSED;
  set_error(monitor, error);
  start_timer(monitor, monitor->retry_ms);
  monitor->retry_ms = MIN(monitor->retry_ms * 2, LAST_RETRY_MS);
  deliver(monitor);
}

/* A round of questions is over, well or not. */
static void round_over(LockMonitor *monitor, const GError *error)
{
  if (pg_conn_state(monitor->conn) != PG_CONN_IDLE) {
    closed(monitor, error);
    return;
  }
  monitor->state = MONITOR_RESTING;
  set_error(monitor, error);
  if (error == NULL) {
    findings_clear(&monitor->shown);
    monitor->shown = monitor->gathered;
    monitor->gathered = (Findings){0};
  }
  monitor->refs++;
  deliver(monitor);
  if (!monitor->freed)
    next(monitor);
  monitor_unref(monitor);
}

/* ---- The questions of a round ---------------------------------------------------------------------------------- */

static void lag_arrived(double lag_s, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  monitor->replica_lag_s = lag_s;
  round_over(monitor, error);
}

static void locks_arrived(GPtrArray *locks, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  monitor->gathered.locks = locks;
  if (error == NULL && monitor->replicas)
    catalog_replica_lag(monitor->conn, lag_arrived, monitor);
  else
    round_over(monitor, error);
}

static void progress_arrived(Progress *progress, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  monitor->gathered.progress = progress;
  if (error != NULL)
    round_over(monitor, error);
  else
    catalog_locks(monitor->conn, g_array_index(monitor->pids, int, 0), locks_arrived, monitor);
}

static void view_arrived(Progress *progress, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  if (error == NULL && progress == NULL && monitor->sees_files)
    catalog_rewrite(monitor->conn, g_array_index(monitor->pids, int, 0), progress_arrived, monitor);
  else
    progress_arrived(progress, error, data);
}

static void snapshot_arrived(LockSnapshot *snapshot, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  findings_clear(&monitor->gathered);
  monitor->gathered.snapshot = snapshot;
  if (error != NULL || monitor->pids->len == 0)
    round_over(monitor, error);
  else
    catalog_progress(monitor->conn, g_array_index(monitor->pids, int, 0), view_arrived, monitor);
}

static void signalled(gboolean sent, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  SignalJob *job = g_steal_pointer(&monitor->signal);
  monitor->refs++;
  if (job->func != NULL)
    job->func(sent, error, job->data);
  signal_job_free(job);
  if (!monitor->freed) {
    monitor->wanted = TRUE;
    if (pg_conn_state(monitor->conn) == PG_CONN_IDLE) {
      monitor->state = MONITOR_RESTING;
      next(monitor);
    } else {
      closed(monitor, error);
    }
  }
  monitor_unref(monitor);
}

/* ---- Connecting ------------------------------------------------------------------------------------------------ */

static void files_known(gboolean granted, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  if (pg_conn_state(monitor->conn) != PG_CONN_IDLE) {
    closed(monitor, error);
    return;
  }
  monitor->sees_files = granted;
  monitor->retry_ms = FIRST_RETRY_MS;
  monitor->state = MONITOR_RESTING;
  monitor->wanted = TRUE;
  next(monitor);
}

static void set_up(PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  if (pg_conn_state(conn) == PG_CONN_IDLE)
    catalog_may_see_files(conn, files_known, monitor);
  else
    closed(monitor, error);
}

static void connected(PgConn *conn, const GError *error, void *data)
{
  LockMonitor *monitor = data;
  if (error != NULL)
    closed(monitor, error);
  else
    pg_conn_exec(conn, setup_sql, NULL, set_up, monitor);
}

static void connection_lost(G_GNUC_UNUSED PgConn *conn, const GError *error, void *data)
{
  closed(data, error);
}

/* What follows from the state; called whenever something has changed. */
static void next(LockMonitor *monitor)
{
  gboolean signal_due = !g_queue_is_empty(&monitor->signals);
  if (monitor->state == MONITOR_CLOSED && monitor->timer == NULL && (monitor->wanted || signal_due)) {
    monitor->state = MONITOR_CONNECTING;
    pg_conn_connect(monitor->conn, connected, monitor);
  }
  if (monitor->state != MONITOR_RESTING)
    return;
  if (signal_due) {
    monitor->state = MONITOR_ASKING;
    monitor->signal = g_queue_pop_head(&monitor->signals);
    lock_signal(monitor->conn, monitor->signal->node, monitor->signal->verb, signalled, monitor);
  } else if (monitor->wanted) {
    monitor->wanted = FALSE;
    monitor->state = MONITOR_ASKING;
    stop_timer(monitor);
    lock_snapshot_take(monitor->conn,
                       monitor->pids->len > 0 ? (const int *)(const void *)monitor->pids->data : NULL,
                       snapshot_arrived, monitor);
  } else if (monitor->active && monitor->timer == NULL) {
    start_timer(monitor, INTERVAL_MS);
  }
}

/* ---- For its owner --------------------------------------------------------------------------------------------- */

LockMonitor *lock_monitor_new(const PgParams *params, LockReportFunc func, void *data)
{
  LockMonitor *monitor = g_new0(LockMonitor, 1);
  monitor->refs = 1;
  monitor->context = g_main_context_ref_thread_default();
  monitor->conn = pg_conn_new(params, &(PgConnOptions){.application_name = "retort-monitor"});
  pg_conn_set_deadline(monitor->conn, DEADLINE_MS);
  pg_conn_on_lost(monitor->conn, connection_lost, monitor);
  monitor->retry_ms = FIRST_RETRY_MS;
  monitor->replica_lag_s = -1;
  monitor->pids = g_array_new(TRUE, TRUE, sizeof(int));
  g_queue_init(&monitor->signals);
  monitor->func = func;
  monitor->data = data;
  return monitor;
}

void lock_monitor_free(LockMonitor *monitor)
{
  if (monitor == NULL || monitor->freed)
    return;
  monitor->freed = TRUE;
  stop_timer(monitor);
  g_queue_clear_full(&monitor->signals, (GDestroyNotify)signal_job_free);
  g_clear_pointer(&monitor->signal, signal_job_free);
  g_clear_pointer(&monitor->conn, pg_conn_free);
  monitor_unref(monitor);
}

void lock_monitor_watch(LockMonitor *monitor, const int *pids)
{
  g_array_set_size(monitor->pids, 0);
  for (const int *pid = pids; pid != NULL && *pid != 0; pid++)
    g_array_append_val(monitor->pids, *pid);
}

void lock_monitor_watch_replicas(LockMonitor *monitor, gboolean watch)
{
  monitor->replicas = watch;
  monitor->replica_lag_s = -1;
}

void lock_monitor_set_active(LockMonitor *monitor, gboolean active)
{
  if (monitor->active == active)
    return;
  monitor->active = active;
  if (active)
    lock_monitor_refresh(monitor);
  else if (monitor->state == MONITOR_RESTING)
    stop_timer(monitor);
}

void lock_monitor_refresh(LockMonitor *monitor)
{
  monitor->wanted = TRUE;
  if (monitor->state == MONITOR_RESTING)
    stop_timer(monitor);
  next(monitor);
}

const LockReport *lock_monitor_report(const LockMonitor *monitor)
{
  return &monitor->report;
}

void lock_monitor_signal(LockMonitor *monitor, const LockNode *node, SignalVerb verb, SignalFunc func,
                         void *data)
{
  SignalJob *job = g_new0(SignalJob, 1);
  *job = (SignalJob){lock_node_new(node->pid), verb, func, data};
  job->node->backend_start = g_strdup(node->backend_start);
  g_queue_push_tail(&monitor->signals, job);
  next(monitor);
}
