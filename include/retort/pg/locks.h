/* Who waits for whom: a snapshot of pg_locks and pg_stat_activity as a forest.
 *
 * Edges come from pg_blocking_pids(); the tree is built here, so that a backend that waits behind several others is
 * shown once under each root without repeating its subtree.  pid 0 is a prepared transaction.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"

typedef struct {
  int pid;
  GArray *blocked_by;  /* int */
  char *user;
  char *application;
  char *client;        /* address, or "local" */
  char *backend_type;
  char *state;         /* "active", "idle in transaction", ... */
  char *wait_event;    /* "Lock: relation" or NULL */
  char *backend_start; /* as text: identity of the backend together with pid */
  double xact_s;       /* age of the transaction, < 0: none */
  double state_s;      /* time in this state */
  double wait_s;       /* time waiting for a lock, < 0: not waiting */
  char *query;         /* first 500 bytes, foreign */
  /* The lock it waits for, or, for a blocker, the strongest one that stands in the way; NULL when unknown. */
  char *lock_mode;     /* "ACCESS EXCLUSIVE" */
  char *lock_relation; /* "public.orders" */
  gboolean lock_granted;
  gboolean own;        /* one of our pids */
  GPtrArray *children; /* LockNode*, borrowed: those that wait for this one */
  guint descendants;   /* distinct backends below */
  guint depth;         /* in the forest as it is listed */
} LockNode;

typedef struct {
  GPtrArray *nodes; /* LockNode*, owned */
  GPtrArray *roots; /* LockNode*, borrowed, those that wait for nobody but are waited for; oldest transaction first */
  GPtrArray *listed; /* LockNode*, borrowed, depth first as drawn; depth is set */
  gint64 taken;     /* monotonic µs */
} LockSnapshot;

void lock_snapshot_free(LockSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LockSnapshot, lock_snapshot_free)

typedef void (*LockSnapshotFunc)(LockSnapshot *snapshot, const GError *error, void *data); /* the callee's to keep */
/* own: pids to mark and always to include, zero-terminated, or NULL. */
void lock_snapshot_take(PgConn *conn, const int *own, LockSnapshotFunc func, void *data);
LockNode *lock_snapshot_find(const LockSnapshot *snapshot, int pid);
/* From rows built by hand, for tests: takes the nodes over, sets children, roots, listed. */
LockSnapshot *lock_snapshot_build(GPtrArray *nodes);

typedef enum {
  SIGNAL_CANCEL,
  SIGNAL_TERMINATE,
} SignalVerb;
/* Signals a backend after checking that pid and backend_start still belong together. sent FALSE: gone already. */
typedef void (*SignalFunc)(gboolean sent, const GError *error, void *data);
void lock_signal(PgConn *conn, const LockNode *node, SignalVerb verb, SignalFunc func, void *data);
/* What helps against this blocker: cancel for an active query, terminate for idle in transaction. */
SignalVerb lock_verb(const LockNode *node);
