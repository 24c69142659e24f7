/* The supervised rollout: everything around the statements, as one state machine that both faces drive.
 *
 *   g_autoptr(Supervision) supervision = supervision_new(params, project, steps, n, rows, &options, event, data);
 *   supervision_start(supervision);                events arrive on the main context
 *   supervision_answer(supervision, ANSWER_...);   whenever a question is open
 *   supervision_cancel(supervision);               at any moment
 *
 * In this order: its own connections are made (time-outs through connection options, checked with SHOW), the mutex is
 * taken, the version rows are read again under it and compared with the plan's; preflight; consent to run the project's
 * Python where a step needs it; the backup; the steps, natively (run/rollout.h) or by the project's own Alembic
 * (run/engine.h), watched by a lock monitor with the brake; what a failed statement outside a transaction left behind
 * is examined and offered for repair; and at the end the result is verified.  Everything goes to the journal, choices
 * too.
 *
 * When the operator has to decide, QUESTION says what and which answers there are; nothing goes on until
 * supervision_answer().  A face that cannot ask (a script) answers by its options: supervision_default_answer() is the
 * careful one.  Whatever happens ends in exactly one SUPERVISION_ENDED.
 *
 * Events may call every function below, supervision_free() included.
 */
#pragma once

#include <glib.h>

#include "retort/run/aftermath.h"
#include "retort/run/backup.h"
#include "retort/run/brake.h"
#include "retort/run/engine.h"
#include "retort/run/monitor.h"
#include "retort/run/mutex.h"
#include "retort/run/policy.h"
#include "retort/run/preflight.h"
#include "retort/run/rollout.h"

typedef enum {
  SUPERVISED_NATIVE,  /* retort sends the statements */
  SUPERVISED_ALEMBIC, /* the project's own Alembic upgrades exactly this revision */
} SupervisedEngine;

typedef struct {
  const PlanStep *step; /* borrowed until supervision_new() returns, as the script */
  const Script *script; /* as in RolloutStep; NULL for a stamp and for SUPERVISED_ALEMBIC */
  SupervisedEngine engine;
  guint skip; /* statements that are done already (run/recovery.h); SUPERVISED_NATIVE only */
} SupervisedStep;

typedef struct {
  const RolloutPolicy *policy; /* copied */
  RolloutTransaction transaction;
  RolloutPause pause;
  gboolean create_version_table;
  gboolean no_mutex;     /* somebody else holds it for us */
  gboolean no_preflight; /* not asked for (the record says so) */
  gboolean no_verify;
  /* As Alembic would: no forecasts, and nobody looks for leftovers before the first step. */
  gboolean plain;
  gboolean alembic_allowed; /* the operator has agreed already: no question */
  /* Whether `alembic current` may be run at the end; needs alembic_allowed. */
  gboolean verify_with_alembic;
  /* As the operator gave it, for the record: "rollout release-42.json"; NULL: left out. */
  const char *command;
  /* What has to be run before the first step, each outside a transaction (run/repair.h); NULL-terminated, or NULL. */
  const char *const *prepare;
  gboolean no_journal;
} SupervisionOptions;

/* Where it is.  The order is the order of events, but what is not wanted is left out. */
typedef enum {
  PHASE_NEW,
  PHASE_CONNECTING,
  PHASE_MUTEX, /* polls for the mutex */
  PHASE_ROWS,  /* reads the version rows under it */
  PHASE_PREFLIGHT,
  PHASE_CONSENT, /* waits for an answer about the project's Python */
  PHASE_BACKUP,
  PHASE_STEPS,
  PHASE_AFTERMATH, /* examines or repairs what a statement left behind */
  PHASE_VERIFY,
  PHASE_OVER,
} SupervisionPhase;

/* Why it waits for the operator. */
typedef enum {
  QUESTION_NONE,
  QUESTION_PREFLIGHT,     /* the score card has stops: OVERRIDE, AGAIN (look again), ABORT */
  QUESTION_CONSENT,       /* a step runs Python of the project: ALLOW, ABORT */
  QUESTION_BACKUP,        /* BACKUP, SKIP, ABORT */
  QUESTION_BACKUP_FAILED, /* AGAIN, SKIP, ABORT */
  QUESTION_BRAKE,     /* too much waits behind us: CANCEL_STATEMENT, GO_ON; the statement runs meanwhile */
  QUESTION_AFTERMATH, /* RETRY, CLEANUP, FINISH, GO_ON, ABORT, as far as it has them */
} SupervisionQuestion;

/* Bits, so that a question can name those it takes. */
typedef enum {
  ANSWER_ABORT = 1 << 0,    /* ends; what is open is rolled back, what is left behind stays */
  ANSWER_OVERRIDE = 1 << 1, /* in spite of the stops */
  ANSWER_AGAIN = 1 << 2,    /* the same thing once more */
  ANSWER_ALLOW = 1 << 3,
  ANSWER_BACKUP = 1 << 4,
  ANSWER_SKIP = 1 << 5,             /* no backup */
  ANSWER_CANCEL_STATEMENT = 1 << 6, /* rolled back; tried again while there are retries left */
  ANSWER_GO_ON = 1 << 7,   /* brake: silent for the rest of this statement; aftermath: it counts as done */
  ANSWER_RETRY = 1 << 8,   /* cleans up where needed and runs the statement again */
  ANSWER_CLEANUP = 1 << 9, /* removes what it left, and ends */
  ANSWER_FINISH = 1 << 10, /* completes what was begun, and goes on behind it */
} SupervisionAnswer;

typedef enum {
  SUPERVISION_PHASE,     /* phase has changed */
  SUPERVISION_MUTEX,     /* waits; holder is known, or has changed */
  SUPERVISION_PREFLIGHT, /* items */
  SUPERVISION_BACKUP,    /* backup */
  SUPERVISION_ROLLOUT,   /* rollout: an event of the statements; its step counts over the whole plan */
  SUPERVISION_ENGINE,    /* engine: an event of the project's Alembic; step */
  SUPERVISION_REPORT,    /* a look at the locks: report, blast, replica_lag_s */
  SUPERVISION_BRAKE,     /* text: the brake acts by itself (with BRAKE_ASK there is a question instead) */
  SUPERVISION_LOCKS,     /* text: locks held at the end of a transaction that no forecast spoke of */
  SUPERVISION_QUESTION,  /* question, answers, text; more in the accessors below */
  SUPERVISION_ANSWERED,  /* the question is closed */
  SUPERVISION_NOTE,      /* text: a sentence worth a line */
  SUPERVISION_VERIFIED,  /* items: the outcome, check by check */
  SUPERVISION_ENDED,     /* outcome, error, rows; the last one */
} SupervisionEventKind;

typedef enum {
  SUPERVISED_DONE,
  SUPERVISED_FAILED,
  SUPERVISED_CANCELLED,
} SupervisionOutcome;

/* Everything is borrowed for the call. */
typedef struct {
  SupervisionEventKind kind;
  SupervisionPhase phase;
  guint step; /* of the whole plan: the one in work */
  const char *text;
  const MutexHolder *holder;
  const GPtrArray *items; /* PreflightItem*: PREFLIGHT, VERIFIED */
  const BackupEvent *backup;
  const RolloutEvent *rollout;
  const EngineEvent *engine;
  const LockReport *report;
  const Blast *blast;
  double replica_lag_s; /* < 0: not known */
  SupervisionQuestion question;
  guint answers;              /* SupervisionAnswer bits */
  const Aftermath *aftermath; /* QUESTION_AFTERMATH */
  const char *sql;            /* ... of that statement */
  SupervisionOutcome outcome;
  const GError *error;
  char **rows;           /* ENDED: read again; NULL: unknown */
  gboolean unknown;      /* ENDED: nobody could tell what became of the last COMMIT or statement */
  guint steps_committed; /* ENDED */
} SupervisionEvent;

typedef void (*SupervisionFunc)(const SupervisionEvent *event, void *data);

typedef struct Supervision Supervision;

/* rows: version rows that the plan starts from.  Everything is copied; project has to live as long. */
Supervision *supervision_new(const PgParams *params, const Project *project, const SupervisedStep *steps,
                             guint n_steps, const char *const *rows, const SupervisionOptions *options,
                             SupervisionFunc func, void *data);
/* Stops what still runs; the server rolls back what is open. */
void supervision_free(Supervision *supervision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Supervision, supervision_free)

void supervision_start(Supervision *supervision);
/* One of the answers of the open question; anything else is ignored. */
void supervision_answer(Supervision *supervision, SupervisionAnswer answer);
/* After a pause, or in the wait before another attempt: now. */
void supervision_continue(Supervision *supervision);
/* In the wait before another attempt: no countdown any more, until supervision_continue(). */
void supervision_hold(Supervision *supervision);
void supervision_set_pause(Supervision *supervision, RolloutPause pause);
/* At any moment, also while a question is open: cancels, rolls back, ends in ENDED.  A COMMIT is never cancelled. */
void supervision_cancel(Supervision *supervision);
/* Signals a session in the way, over the monitor's connection; recorded. */
void supervision_signal(Supervision *supervision, const LockNode *node, SignalVerb verb, SignalFunc func,
                        void *data);

SupervisionPhase supervision_phase(const Supervision *supervision);
gboolean supervision_finished(const Supervision *supervision);
SupervisionQuestion supervision_question(const Supervision *supervision, guint *answers);
/* What an operator who is not there would say: abort, but take a backup when asked, and cancel for the brake. */
SupervisionAnswer supervision_default_answer(SupervisionQuestion question);
/* A button's words for an answer, translated: "Skip the backup". */
const char *supervision_answer_label(SupervisionQuestion question, SupervisionAnswer answer);
/* The newest look at the locks; NULL before the first. */
const LockReport *supervision_report(const Supervision *supervision);
/* Backend of the session at work: ours, or the one of the project's Alembic; 0: none yet. */
int supervision_backend_pid(const Supervision *supervision);
/* The record; NULL: none is written. */
const char *supervision_journal_path(const Supervision *supervision);
