/* Preflight: is this a good moment, on this server, for this plan?  A score card of ok, warning and stop.
 *
 *   preflight_run(conn, &input, done, data);
 *
 * Nothing is changed and no table is locked.  Every check is one question; what cannot be asked (for want of a
 * privilege) is a warning that says so, never an ok.  Adding a check is one row and one function in preflight_checks.c.
 */
#pragma once

#include <glib.h>

#include "retort/pg/catalog.h"

typedef enum {
  PREFLIGHT_OK,
  PREFLIGHT_WARNING,
  PREFLIGHT_STOP, /* the rollout would fail, or do harm */
} PreflightLevel;

typedef struct {
  const char *check; /* its name: "old-transactions" */
  PreflightLevel level;
  char *text;   /* what was found, a sentence, translated; foreign names are escaped */
  char *advice; /* what to do about it, or NULL */
} PreflightItem;

/* What the plan will do.  Everything but relations may be 0. */
typedef struct {
  const RelationName *relations; /* that it locks, and that exist before it */
  const LockMode *modes;         /* parallel: the strongest lock; NULL: ACCESS EXCLUSIVE everywhere */
  const gboolean *rewritten;     /* parallel: written anew as a whole; NULL: none is */
  guint n_relations;
  gboolean concurrently;     /* some statement waits for old snapshots */
  guint lock_timeout_ms;     /* the rollout's; 0: the session's */
  gint64 mutex_key;          /* 0: ROLLOUT_MUTEX_KEY */
  guint old_transaction_s;   /* what counts as old; 0: 300 */
  guint replica_lag_s;       /* what counts as far behind; 0: 10 */
  const char *backup_folder; /* where the age of the newest backup is looked up; NULL: not asked */
  const char *const *rows;   /* version rows as they were read; NULL: not asked */
  gboolean mutex_held;       /* by this very rollout */
  gboolean judge_env;        /* FALSE: nothing is said about env.py */
  const char *env_obstacle;  /* project_env_obstacle(); NULL: there is none */
  const char *project_name;  /* for the advice about it */
  guint env_database; /* line where env.py, which runs for a step, chooses the database itself; 0: nowhere */
} PreflightInput;

/* items: PreflightItem*, in the order of the checks; the callee's.  error: the connection failed on the way. */
typedef void (*PreflightFunc)(GPtrArray *items, const GError *error, void *data);
/* input is copied. */
void preflight_run(PgConn *conn, const PreflightInput *input, PreflightFunc func, void *data);
/* The worst of them. */
PreflightLevel preflight_level(const GPtrArray *items);
