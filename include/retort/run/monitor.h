/* The lock monitor: a second connection that looks at locks and progress while something runs.
 *
 *   g_autoptr(LockMonitor) monitor = lock_monitor_new(params, report, data);
 *   lock_monitor_watch(monitor, (int[]){pg_conn_backend_pid(conn), 0});
 *   lock_monitor_set_active(monitor, TRUE);        reports arrive every second on the main context
 *
 * It connects on first use, stays in autocommit (a snapshot held open would stall CREATE INDEX CONCURRENTLY), gives
 * every question 2 s at most, never asks while a question is under way, and connects again after a loss, waiting 1 s
 * at first and 30 s at most.  While it is paused the connection stays open and idle.
 */
#pragma once

#include <glib.h>

#include "retort/pg/catalog.h"
#include "retort/pg/locks.h"

typedef struct LockMonitor LockMonitor;

/* All borrowed, valid until the next report (or the monitor's end). */
typedef struct {
  const LockSnapshot *snapshot; /* the newest; NULL before the first */
  const Progress *progress;     /* of the first watched pid; NULL: no progress view speaks of it */
  const GPtrArray *locks;       /* HeldLock*: of the first watched pid; NULL: not asked */
  const GError *error; /* why the newest question failed, or why there is no connection; NULL: all is well */
  gboolean connected;
  double replica_lag_s; /* of the replica furthest behind; < 0: not asked, or there is none */
} LockReport;

typedef void (*LockReportFunc)(LockMonitor *monitor, const LockReport *report, void *data);

LockMonitor *lock_monitor_new(const PgParams *params, LockReportFunc func, void *data);
/* May be called from a report. */
void lock_monitor_free(LockMonitor *monitor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LockMonitor, lock_monitor_free)

/* Pids that are ours, zero-terminated: marked, always included; progress and locks are asked for the first. */
void lock_monitor_watch(LockMonitor *monitor, const int *pids);
/* Whether reports speak of replicas. */
void lock_monitor_watch_replicas(LockMonitor *monitor, gboolean watch);
/* Starts or pauses the reports; starting asks at once. */
void lock_monitor_set_active(LockMonitor *monitor, gboolean active);
/* Asks now rather than at the next second, active or not. */
void lock_monitor_refresh(LockMonitor *monitor);
/* What the last report held; borrowed. */
const LockReport *lock_monitor_report(const LockMonitor *monitor);

/* Signals a backend over the monitor's connection, as soon as it is free; see lock_signal().  A refresh follows. */
void lock_monitor_signal(LockMonitor *monitor, const LockNode *node, SignalVerb verb, SignalFunc func,
                         void *data);
