/* Shared by the files of the supervised rollout: supervise.c has its life and the operator's controls, the others one
 * phase or duty each. */
#pragma once

#include "child.h"
#include "retort/review/findings.h"
#include "retort/run/supervise.h"
#include "rollout-private.h"

/* A step and what the review says of it. */
typedef struct {
  SupervisedEngine engine;
  char *target;   /* SUPERVISED_ALEMBIC: the revision id given to the command, or "base" */
  char *label;    /* revision id */
  Review *review; /* of the statements; NULL without any */
  char **rows_before;
} StepInfo;

struct Supervision {
  guint refs; /* the owner's, and one while something of it is on the stack */
  gboolean freed;
  GMainContext *context;
  PgParams *params;
  const Project *project;
  char *version_table;
  char *version_schema; /* or NULL */
  GPtrArray *steps;     /* StepCopy* */
  GPtrArray *infos;     /* StepInfo* */
  char **rows_after;    /* of the whole plan */
  RolloutPolicy *policy;
  SupervisionOptions options; /* its pointers are not used but for command, a copy */
  char *command;
  SupervisionFunc func;
  void *data;

  SupervisionPhase phase;
  SupervisionQuestion question;
  guint answers;
  gboolean cancelled;
  gboolean ending; /* the outcome is set, what still runs is being stopped */
  GSource *idle;

  PgConn *conn;
  PgConn *side; /* for RolloutOptions.side; NULL when no step commits on its way */
  ServerInfo *server;
  RolloutMutex *mutex;
  gboolean mutex_gone; /* held once, and lost since */
  LockMonitor *monitor;
  Journal *journal;
  GPtrArray *preflight; /* PreflightItem*: the newest card */
  Backup *backup;
  AlembicCommand *alembic;
  Child *current; /* alembic current */
  GString *current_said;

  /* The steps. */
  guint at;            /* step in work */
  gboolean table_made; /* the version table was seen to, for a plan without steps */
  guint part_to;       /* behind the last step of the rollout under way */
  Rollout *rollout;
  AlembicRun *run;
  int run_pid;
  guint engine_attempt;   /* of that step, from 1 */
  gboolean engine_locked; /* it spoke of a lock time-out or a deadlock */
  gboolean engine_yields; /* the brake or the operator gave the queue behind it way */
  gboolean engine_waits;  /* for its next attempt, or the operator */
  guint engine_paused;    /* steps for which it has waited for the operator */
  GSource *engine_timer;
  gboolean at_work;                /* a statement or a transaction of ours is there to be in the way */
  gboolean brake_silent;           /* for the rest of this statement */
  guint statement_step, statement; /* the one that runs or ran last */
  guint transaction_step, transaction_first; /* the statement that began the transaction */
  char **rows;                               /* as last read */
  gboolean unknown;
  guint steps_committed;
  char *sample; /* what the last one said, so that only changes are recorded */

  /* A statement outside a transaction that was not answered with success. */
  Aftermath *aftermath;
  char *aftermath_sql;
  guint aftermath_step, aftermath_statement;
  gboolean checking;                 /* nothing has run yet: leftovers of earlier failures are looked for */
  guint check_step, check_statement; /* the next one to look at */
  char **prepare;                    /* or NULL */
  guint prepared;                    /* how many of them have run */
  SupervisionAnswer repair;          /* under way */
  GError *aftermath_error;           /* what the statement failed with */
  SupervisionOutcome aftermath_outcome;

  GHashTable *tables_before; /* OIDs */
  char *leftovers_before;    /* what was invalid before us */
  GPtrArray *verified;       /* PreflightItem* */
  SupervisionOutcome outcome;
  GError *error;
};

/* Around everything that may emit: it keeps the machine alive though an event frees it. */
void supervision_enter(Supervision *s);
void supervision_leave(Supervision *s);

SupervisionEvent supervision_event(const Supervision *s, SupervisionEventKind kind);
void supervision_emit(Supervision *s, SupervisionEvent *event);
void supervision_set_phase(Supervision *s, SupervisionPhase phase);
void supervision_note(Supervision *s, const char *text);
/* Opens a question; text is a sentence, translated. */
void supervision_ask(Supervision *s, SupervisionQuestion question, guint answers, const char *text);
/* Closes it without an answer. */
void supervision_unask(Supervision *s);
/* The end; error is copied and may be NULL. */
void supervision_end(Supervision *s, SupervisionOutcome outcome, const GError *error);
/* Stops the wait for another attempt of the project's Alembic. */
void supervision_stop_timer(Supervision *s);
/* TRUE when it has to stop: freed, ended or cancelled (then it has been ended). */
gboolean supervision_stopped(Supervision *s);

/* supervise_start.c: from the connection to the backup. */
void supervision_do_connect(Supervision *s);
void supervision_do_rows(Supervision *s);
void supervision_do_preflight(Supervision *s);
void supervision_do_consent(Supervision *s);
void supervision_after_consent(Supervision *s);
void supervision_do_backup(Supervision *s);
void supervision_start_backup(Supervision *s);
void supervision_skip_backup(Supervision *s, const char *why);

/* supervise_steps.c: rollouts and runs of Alembic, one after the other. */
void supervision_do_steps(Supervision *s);
/* Goes on with this step from that statement. */
void supervision_resume(Supervision *s, guint step, guint statement);

/* The rows as read, and how many steps they imply. */
void supervision_take_rows(Supervision *s, char **rows);

/* supervise_engine.c: steps of the project's Alembic. */
void supervision_start_engine(Supervision *s);
/* Cancels what it runs, to try again later. */
void supervision_yield_engine(Supervision *s);
/* Ends the wait before its next attempt. */
void supervision_engine_now(Supervision *s);

/* supervise_watch.c: locks, progress, brake. */
void supervision_start_watch(Supervision *s);
void supervision_watch_pid(Supervision *s, int pid);
void supervision_check_locks(Supervision *s, const GPtrArray *held);

/* supervise_repair.c: what a statement outside a transaction left behind. */
void supervision_do_aftermath(Supervision *s);
void supervision_repair(Supervision *s, SupervisionAnswer answer);

/* supervise_prepare.c: what has to be seen to before the first step. */
void supervision_do_prepare(Supervision *s);
/* Goes on behind a leftover that was seen to. */
void supervision_check_next(Supervision *s);

/* supervise_verify.c */
void supervision_do_verify(Supervision *s);
/* Asks which leftovers there are now, as one text. */
extern const char supervision_leftovers_sql[];

/* supervise_record.c: lines of the record. */
void supervision_open_journal(Supervision *s);
/* details is taken over; may be NULL. */
void supervision_record(Supervision *s, const char *event, JsonObject *details, JournalSync sync);
JsonObject *supervision_object(const char *name, const char *value);
void supervision_record_items(Supervision *s, const char *event, const GPtrArray *items);
void supervision_record_report(Supervision *s, const LockReport *report, const Blast *blast);
void supervision_record_end(Supervision *s);
