/* The rollout: one state machine that carries out a plan, used by the screen and the command line alike.
 *
 *   g_autoptr(Rollout) rollout = rollout_new(conn, project, steps, n, rows, &options, &sink, data);
 *   rollout_start(rollout);                       events arrive on the main context
 *   rollout_cancel(rollout);                      at any moment: cancels the statement, rolls back
 *
 * Before anything is sent the version rows are read again and compared with the plan's; each step's statements are the
 * ones given here (what was shown), and its file is checked to be unchanged.  Transactions: one a migration (or one for
 * the whole plan), left and entered again around autocommit statements; the version rows change in the transaction of
 * the step's last statements.
 *
 * Whatever happens ends in exactly one of DONE, FAILED or CANCELLED, after the version rows were read again (on a fresh
 * session if the connection was lost).  A COMMIT is never cancelled: a cancel that meets one takes effect behind it.
 * When the connection is lost during COMMIT, the server is asked afterwards what became of the transaction.
 *
 * Events may call every function below, rollout_free() included.  While a rollout is at work the connection and its
 * notice callback are the rollout's; after freeing one that was not finished, free the connection too.
 */
#pragma once

#include <glib.h>

#include "retort/history/plan.h"
#include "retort/history/project.h"
#include "retort/pg/catalog.h"
#include "retort/pg/conn.h"
#include "retort/render/render.h"
#include "retort/run/journal.h"

typedef struct {
  const PlanStep *step; /* borrowed until rollout_new() returns, as the script */
  /* RENDER_EXACT, or answered: then every question is asked again in the step's own transaction, before its first
   * statement, and another answer fails the step.  NULL for a stamp. */
  const Script *script;
  guint skip;           /* statements of the script that are done already (run/recovery.h) */
  const guint8 *levels; /* ForecastLevel of each statement of the script, copied; NULL: all are calm */
} RolloutStep;

typedef enum {
  ROLLOUT_PER_MIGRATION, /* a transaction a migration */
  ROLLOUT_ALL,           /* one around everything */
  ROLLOUT_NO_DDL,        /* transactional_ddl=False: a transaction a migration, as Alembic does online */
} RolloutTransaction;

typedef enum {
  ROLLOUT_PAUSE_NEVER,
  ROLLOUT_PAUSE_STATEMENT, /* before each statement of a migration */
  ROLLOUT_PAUSE_COMMIT,    /* before each COMMIT */
  ROLLOUT_PAUSE_MIGRATION, /* before each migration but the first */
  ROLLOUT_PAUSE_WARNING,   /* before each statement whose level is above calm */
} RolloutPause;

typedef struct {
  RolloutTransaction transaction;
  RolloutPause pause;
  gboolean create_version_table; /* when it is missing */
  guint
      lock_timeout_ms; /* of statements inside transactions (others wait as long as it takes); 0: leave as it is */
  guint statement_timeout_ms; /* 0: leave as it is */
  /* A transaction that failed for a lock time-out (55P03) or a deadlock (40P01) is rolled back and tried again this
   * often, after a random pause of up to first_ms, doubled each time, at most max_ms. */
  guint retries;
  guint retry_first_ms; /* 0: 1 s */
  guint retry_max_ms;   /* 0: 60 s */
  Journal *journal;     /* borrowed; NULL: nothing is recorded */
  /* Borrowed, idle, to the same database, or NULL: over it the server is made to write down that the transaction exists
   * before a COMMIT that moves no version rows, so that its word about that COMMIT counts even after a restart. */
  PgConn *side;
  gboolean observe_locks; /* says before each COMMIT which locks are held */
  gboolean shared;        /* the session is a pooler's: nothing is set in it that others would find */
  /* Of a rollout that is part of a larger one (run/supervise.h): what is added to the number of its steps, in events
   * and in the record; and that its end is not the end of the record. */
  guint first_step;
  gboolean part;
} RolloutOptions;

typedef enum {
  ROLLOUT_EVENT_STARTED,        /* rows are as planned, work begins */
  ROLLOUT_EVENT_STEP,           /* step begins */
  ROLLOUT_EVENT_BEGIN,          /* BEGIN was sent */
  ROLLOUT_EVENT_STATEMENT,      /* statement begins */
  ROLLOUT_EVENT_STATEMENT_DONE, /* command tag and elapsed time */
  ROLLOUT_EVENT_NOTICE,         /* server notice */
  ROLLOUT_EVENT_COMMIT,         /* COMMIT succeeded */
  ROLLOUT_EVENT_STEP_DONE,      /* in ROLLOUT_ALL: not yet committed */
  ROLLOUT_EVENT_PAUSED,         /* waits for rollout_continue() or rollout_cancel() */
  ROLLOUT_EVENT_FAILED,         /* error is set; rolled_back tells whether the open transaction is gone */
  ROLLOUT_EVENT_CANCELLED,
  ROLLOUT_EVENT_DONE,  /* all steps are committed; rows are the rows read again */
  ROLLOUT_EVENT_RETRY, /* rolled back; the transaction begins again after wait_s, or at rollout_continue() */
  ROLLOUT_EVENT_LOCKS, /* what the transaction holds before its COMMIT: locks */
} RolloutEventKind;

/* Index of the statement that creates the version table, before the first step's own. */
#define ROLLOUT_VERSION_TABLE G_MAXUINT

typedef struct {
  RolloutEventKind kind;
  guint step;          /* index */
  guint statement;     /* index within the step; the version rows' statements follow the script's */
  const char *sql;     /* of that statement */
  const char *text;    /* command tag, notice text, reason of a pause; after FAILED what became of the work */
  double elapsed_s;    /* of the statement or the step or the whole */
  const GError *error; /* FAILED, RETRY: with the server's details (pg_error_info) */
  char **rows;         /* version rows after FAILED, CANCELLED, DONE: re-read; NULL when unknown */
  gboolean rolled_back;     /* a transaction was open and is gone */
  gboolean in_transaction;  /* as the server sees it */
  gboolean outcome_unknown; /* FAILED: nobody could tell whether the last COMMIT or statement took effect */
  guint attempt;            /* RETRY: the one that follows, from 2 */
  double wait_s;            /* RETRY */
  gboolean outside;         /* FAILED, CANCELLED: a statement outside a transaction was at work */
  const GPtrArray *locks;   /* LOCKS: HeldLock* */
} RolloutEvent;

typedef struct {
  void (*event)(const RolloutEvent *event, void *data);
} RolloutSink;

typedef struct Rollout Rollout;

/* conn is borrowed and must be idle; everything of steps is copied. */
Rollout *rollout_new(PgConn *conn, const Project *project, const RolloutStep *steps, guint n_steps,
                     const char *const *rows_before, const RolloutOptions *options, const RolloutSink *sink,
                     void *data);
void rollout_free(Rollout *rollout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rollout, rollout_free)

void rollout_start(Rollout *rollout);
void rollout_continue(Rollout *rollout); /* after PAUSED, or RETRY: now */
void rollout_hold(Rollout *rollout);     /* after RETRY: wait for rollout_continue() */
void rollout_set_pause(Rollout *rollout, RolloutPause pause);
void rollout_cancel(Rollout *rollout);
/* Cancels what runs and rolls back, as a lock time-out would: the transaction is tried again later while there are
 * attempts left, else it has failed.  reason is what its error says. */
void rollout_yield(Rollout *rollout, const char *reason);
gboolean rollout_finished(const Rollout *rollout);
/* Number of statements of a step, version rows included. */
guint rollout_step_statements(const Rollout *rollout, guint step);
