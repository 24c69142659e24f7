/* Who waits for whom: a snapshot of pg_locks and pg_stat_activity as a forest.
 *
 * Edges come from pg_blocking_pids(); the tree is built here, so that a backend that waits behind several others is
 * shown once under each root without repeating its subtree.  pid 0 stands for prepared transactions.
 *
 * A blocker either holds a lock that is in the way, or only waits further ahead in the queue for one that will be
 * (queued_behind).  In the drawing a waiter hangs under those who hold something, and under queue neighbours only
 * when nobody holds anything against it: readers behind a waiting ALTER hang under the ALTER.
 *
 *   lock_snapshot_take(conn, (int[]){pg_conn_backend_pid(ours), 0}, arrived, data);
 */
#pragma once

#include <glib.h>

#include "retort/pg/catalog.h"
#include "retort/pg/conn.h"

typedef struct {
  int pid;
  GArray *blocked_by;    /* int */
  GArray *queued_behind; /* int: those of blocked_by that hold nothing it needs and only wait ahead of it */
  char *database;
  char *user;
  char *application;
  char *client; /* address, or "local" */
  char *backend_type;
  char *state;         /* "active", "idle in transaction", ...; "prepared" for pid 0 */
  char *wait_event;    /* "Lock: relation" or NULL */
  char *backend_start; /* as text: identity of the backend together with pid */
  double xact_s;       /* age of the transaction, < 0: none */
  double state_s;      /* time in this state */
  double wait_s;       /* time waiting for a lock, < 0: not waiting */
  char *query;         /* first 500 characters, foreign */
  /* The lock it waits for, or, for a blocker, the strongest one that stands in the way; NULL when unknown. */
  char *lock_mode;     /* "ACCESS EXCLUSIVE" */
  char *lock_relation; /* "public.orders" */
  char *lock_type;     /* "relation", "transactionid" (a row), "virtualxid" (a snapshot), "advisory", ... */
  gboolean lock_granted;
  char **gids;         /* pid 0: names of the prepared transactions that are in the way; else NULL */
  gboolean own;        /* one of our pids */
  GPtrArray *children; /* LockNode*, borrowed: those that wait for this one */
  guint descendants;   /* distinct backends below */
  guint depth;         /* in listed */
} LockNode;

/* A line of the drawing. */
typedef struct {
  LockNode *node;   /* borrowed */
  LockNode *parent; /* borrowed; NULL at a root */
  guint depth;
  gboolean queued; /* waits behind parent's place in the queue, not for a lock parent holds: draw it dashed */
  gboolean again;  /* was drawn before, with what is below it */
  gboolean last;   /* no further line hangs under parent */
} LockRow;

typedef struct {
  GPtrArray *nodes; /* LockNode*, owned */
  GPtrArray *
      roots; /* LockNode*, borrowed, those that wait for nobody but are waited for; oldest transaction first */
  GPtrArray *rows; /* LockRow*, owned: the drawing; backends that neither wait nor are waited for come last */
  GPtrArray *listed; /* LockNode*, borrowed: the nodes of rows, each at its first place; depth is set */
  gint64 taken;      /* monotonic µs */
} LockSnapshot;

void lock_snapshot_free(LockSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LockSnapshot, lock_snapshot_free)

typedef void (*LockSnapshotFunc)(LockSnapshot *snapshot, const GError *error,
                                 void *data); /* the callee's to keep */
/* own: pids to mark and always to include, zero-terminated, or NULL. */
void lock_snapshot_take(PgConn *conn, const int *own, LockSnapshotFunc func, void *data);
LockNode *lock_snapshot_find(const LockSnapshot *snapshot, int pid);
/* Sets of pids around a backend: everybody it waits for, at any distance (ancestors), and everybody who waits for it
 * (descendants).  Of borrowed LockNode*, the caller's. */
GPtrArray *lock_snapshot_culprits(const LockSnapshot *snapshot, int pid);
GPtrArray *lock_snapshot_victims(const LockSnapshot *snapshot, int pid);

/* A node as the server would give it, for tests and for building by hand: numbers unset, arrays empty. */
LockNode *lock_node_new(int pid);
void lock_node_free(LockNode *node);
/* Who it is and what it does, without its edges: to be kept while the operator is asked.  lock_signal() asks the server
 * whether that backend is still there; the next snapshot may leave out one that nobody waits for at that moment. */
LockNode *lock_node_copy(const LockNode *node);
/* Takes the nodes over, sets children, descendants, roots, rows, listed. Edges to unknown pids are dropped. */
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
/* Why this verb would not help or is not allowed, as a sentence, the caller's; NULL: it is available.  server: whether
 * we may signal sessions of others; NULL: not known. */
char *lock_verb_unavailable(const LockNode *node, SignalVerb verb, const ServerInfo *server);
/* Why one should not signal this backend lightly (a wal sender, a vacuum against wraparound, our own, ...) or cannot
 * (a prepared transaction), as a sentence, the caller's; NULL when nothing speaks against it. */
char *lock_signal_caution(const LockNode *node);
