/* The rollout: one state machine that carries out a plan, used by the screen and the command line alike.
 *
 *   g_autoptr(Rollout) rollout = rollout_new(conn, project, steps, &options, &sink, data);
 *   rollout_start(rollout);                       events arrive on the main context
 *   rollout_cancel(rollout);                      at any moment: cancels the statement, rolls back
 *
 * Before anything is sent the version rows are read again and compared with the plan's; each step's statements are the
 * ones given here (what was shown), and its file is checked to be unchanged.  Transactions: one a migration (or one for
 * the whole plan), left and entered again around autocommit statements; the version rows change in the transaction of
 * the step's last statements.
 */
#pragma once

#include <glib.h>

#include "retort/history/plan.h"
#include "retort/history/project.h"
#include "retort/pg/conn.h"
#include "retort/render/render.h"

typedef struct {
  const PlanStep *step;  /* borrowed */
  const Script *script;  /* borrowed; RENDER_EXACT.  NULL for a stamp */
} RolloutStep;

typedef enum {
  ROLLOUT_PER_MIGRATION, /* a transaction a migration */
  ROLLOUT_ALL,           /* one around everything */
  ROLLOUT_NO_DDL,        /* transactional_ddl=False: a transaction a migration, as Alembic does online */
} RolloutTransaction;

typedef enum {
  ROLLOUT_PAUSE_NEVER,
  ROLLOUT_PAUSE_STATEMENT, /* before each statement */
  ROLLOUT_PAUSE_COMMIT,    /* before each COMMIT */
  ROLLOUT_PAUSE_MIGRATION, /* before each migration but the first */
} RolloutPause;

typedef struct {
  RolloutTransaction transaction;
  RolloutPause pause;
  gboolean create_version_table; /* when it is missing */
  guint lock_timeout_ms;         /* 0: leave as it is */
  guint statement_timeout_ms;    /* 0: leave as it is */
} RolloutOptions;

typedef enum {
  ROLLOUT_EVENT_STARTED,         /* rows are as planned, work begins */
  ROLLOUT_EVENT_STEP,            /* step begins */
  ROLLOUT_EVENT_BEGIN,           /* BEGIN was sent */
  ROLLOUT_EVENT_STATEMENT,       /* statement begins */
  ROLLOUT_EVENT_STATEMENT_DONE,  /* command tag and elapsed time */
  ROLLOUT_EVENT_NOTICE,          /* server notice */
  ROLLOUT_EVENT_COMMIT,          /* COMMIT succeeded */
  ROLLOUT_EVENT_STEP_DONE,
  ROLLOUT_EVENT_PAUSED,          /* waits for rollout_continue() or rollout_cancel() */
  ROLLOUT_EVENT_FAILED,          /* error is set; rolled_back tells whether the open transaction is gone */
  ROLLOUT_EVENT_CANCELLED,
  ROLLOUT_EVENT_DONE,            /* all steps are committed; rows are the rows read again */
} RolloutEventKind;

typedef struct {
  RolloutEventKind kind;
  guint step;            /* index */
  guint statement;       /* index within the step; the version rows' statements follow the script's */
  const char *sql;       /* of that statement */
  const char *text;      /* command tag, notice text, reason of a pause */
  double elapsed_s;      /* of the statement or the step or the whole */
  const GError *error;
  char **rows;           /* version rows after FAILED, CANCELLED, DONE: re-read; NULL when unknown */
  gboolean rolled_back;
  gboolean in_transaction;
} RolloutEvent;

typedef struct {
  void (*event)(const RolloutEvent *event, void *data);
} RolloutSink;

typedef struct Rollout Rollout;

/* conn is borrowed and must be idle; steps: RolloutStep, copied. */
Rollout *rollout_new(PgConn *conn, const Project *project, const RolloutStep *steps, guint n_steps,
                     const char *const *rows_before, const RolloutOptions *options, const RolloutSink *sink,
                     void *data);
void rollout_free(Rollout *rollout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rollout, rollout_free)

void rollout_start(Rollout *rollout);
void rollout_continue(Rollout *rollout);                /* after PAUSED */
void rollout_set_pause(Rollout *rollout, RolloutPause pause);
void rollout_cancel(Rollout *rollout);
gboolean rollout_finished(const Rollout *rollout);
/* Number of statements of a step, version rows included. */
guint rollout_step_statements(const Rollout *rollout, guint step);
