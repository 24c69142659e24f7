/* One rollout at a time: an advisory lock of the session, on a connection of its own.
 *
 *   RolloutMutex *mutex = rollout_mutex_new(params, ROLLOUT_MUTEX_KEY, changed, data);
 *   rollout_mutex_acquire(mutex, 0);              changed() hears HELD, or WAITING and then TIMED_OUT
 *   ...
 *   rollout_mutex_free(mutex);                    the session ends, and the lock with it
 *
 * The lock is tried for, again and again: a session that blocks in pg_advisory_lock() holds a snapshot, and CREATE
 * INDEX CONCURRENTLY of the holder would wait for it for ever (deadlock).  Between two tries the connection is idle
 * and outside any transaction.  Projects that take such a lock in their own env.py configure their key here.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"

/* "retort" in ASCII. */
#define ROLLOUT_MUTEX_KEY G_GINT64_CONSTANT(0x7265746f7274)

typedef struct RolloutMutex RolloutMutex;

typedef enum {
  MUTEX_FREE,    /* not asked for yet */
  MUTEX_WAITING, /* somebody has it: holder tells who */
  MUTEX_HELD,
  MUTEX_TIMED_OUT, /* gave up waiting */
  MUTEX_LOST,      /* it was held, and its connection went away: somebody else may have it now */
  MUTEX_FAILED,    /* error tells why */
} MutexState;

typedef struct {
  int pid; /* 0: unknown */
  char *user;
  char *application;
  char *client;
  double since_s; /* age of that session */
} MutexHolder;

/* Called on every change of state, and while waiting whenever the holder changes; holder and error are borrowed. */
typedef void (*RolloutMutexFunc)(RolloutMutex *mutex, MutexState state, const MutexHolder *holder,
                                 const GError *error, void *data);

RolloutMutex *rollout_mutex_new(const PgParams *params, gint64 key, RolloutMutexFunc func, void *data);
/* May be called from func. */
void rollout_mutex_free(RolloutMutex *mutex);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RolloutMutex, rollout_mutex_free)
/* wait_ms: how long to go on trying; 0: once, G_MAXUINT: for ever. */
void rollout_mutex_acquire(RolloutMutex *mutex, guint wait_ms);
MutexState rollout_mutex_state(const RolloutMutex *mutex);
