/* The plan as a flat program: what the machine in rollout.c does, one operation after the other. */
#pragma once

#include "retort/run/rollout.h"

typedef enum {
  OP_STEP, /* announces a step and checks its file */
  OP_BEGIN,
  OP_STATEMENT, /* of the migration, or the version table's creation */
  OP_ROW,       /* of the version table: has to change exactly one row */
  OP_ANSWER,    /* a question of the preview: the answer has to be the same */
  OP_XID,       /* asks for the transaction's id, to know it should COMMIT go astray */
  OP_COMMIT,
  OP_PATIENT, /* no lock_timeout: an autocommit statement follows */
  OP_STRICT,  /* lock_timeout as the options say again */
  OP_STEP_DONE,
} OpKind;

typedef struct {
  OpKind kind;
  guint step;
  guint statement;
  char *sql;        /* what is sent; NULL: nothing */
  char *asks;       /* OP_ROW, the last before a COMMIT: sent behind it, instead of an OP_XID; or NULL */
  gboolean own;     /* OP_STATEMENT: of the migration rather than the version table's */
  gboolean outside; /* OP_STATEMENT: outside a transaction */
  RowOp *row;       /* OP_ROW */
  const QueryAnswer *answer; /* OP_ANSWER: of the step */
} Op;

/* A step as it was given, copied: it outlives the history it came from. */
typedef struct {
  GPtrArray *statements; /* Statement* */
  GPtrArray *answers;    /* QueryAnswer*, or NULL */
  GPtrArray *row_ops;    /* RowOp* */
  GPtrArray *row_sql;    /* char*, parallel */
  char **rows_after;
  char *path; /* NULL: no file to check */
  FileStamp stamp;
  char *revision; /* id, or "base" */
  Direction direction;
  guint skip;     /* first statement to run */
  guint8 *levels; /* by statement; NULL: all calm */
} StepCopy;

/* rows: the version rows (char*) before the step; the step is done to them. */
StepCopy *step_copy_new(const Project *project, const RolloutStep *step, GPtrArray *rows);
void step_copy_free(StepCopy *step);
/* Its file has to be the one that was looked at. */
void step_copy_pin(StepCopy *step, const Revision *revision);
/* Op*; create_table: SQL that comes first in the first transaction, or NULL. */
GPtrArray *rollout_program(GPtrArray *steps, const RolloutOptions *options, const char *create_table);
/* Alembic's message when a version row statement changed n rows instead of one; NULL when n is right. */
char *rollout_row_complaint(const RowOp *row, const char *version_table, guint64 n);
/* What differs between the answer of the preview and this one, as a sentence; NULL: they are the same. */
char *rollout_answer_complaint(const QueryAnswer *answer, const PGresult *result);
/* The same rows, in whatever order. */
gboolean rollout_rows_equal(const char *const *a, const char *const *b);
/* "a, b", or "base"; the caller's. */
char *rollout_rows_text(const char *const *rows);

/* ---- The machine ----------------------------------------------------------------------------------------------- */

typedef enum {
  STATE_NEW,
  STATE_ROWS,      /* reads the version rows, before the start and before a retry */
  STATE_SETTINGS,  /* sets time-outs and checks that they hold */
  STATE_READY,     /* the operation at pc is next */
  STATE_RUNNING,   /* ... is at the server */
  STATE_PAUSED,    /* ... waits for the operator */
  STATE_DELAY,     /* rolled back, waits for its next attempt */
  STATE_ROLLBACK,  /* from here on the rollout ends (or tries again), in this order */
  STATE_RESTORE,   /* puts the session's time-outs back */
  STATE_RECONNECT, /* instead of the two above, when the connection is lost */
  STATE_VERDICT,   /* asks what became of a COMMIT */
  STATE_REREAD,    /* reads the rows for the last event */
  STATE_OVER,      /* the last event is due */
  STATE_FINISHED,
} RolloutState;

/* How it ends; OUTCOME_RETRY only ends the attempt. */
typedef enum {
  OUTCOME_NONE,
  OUTCOME_DONE,
  OUTCOME_FAILED,
  OUTCOME_CANCELLED,
  OUTCOME_RETRY,
} RolloutOutcome;

struct Rollout {
  PgConn *conn;
  GMainContext *context;
  char *version_table;
  char *version_schema; /* or NULL */
  char *create_sql;
  RolloutOptions options;
  RolloutSink sink;
  void *data;
  GPtrArray *steps; /* StepCopy* */
  GPtrArray *ops;   /* Op*; NULL until the rows are known */

  RolloutState state;
  gboolean waiting; /* for an answer, the operator or a timer */
  guint busy;       /* depth of calls that touch it after events */
  gboolean freed;
  gboolean cancelled;
  char *yielding; /* why the transaction is to be given up for now, or NULL */
  GSource *timer;

  guint pc;              /* next operation */
  guint unit;            /* operation that began the open transaction */
  gboolean unit_whole;   /* it contains no COMMIT of the migration's own: it can be tried again */
  gboolean pause_passed; /* the operator let the operation at pc go */
  guint attempt;         /* of the open transaction, from 1 */
  gboolean committing;   /* COMMIT was sent and has not been answered */
  char *xid;             /* of the transaction to be committed, or NULL */
  gboolean witnessed;    /* that transaction survives a restart of the server, in its memory of ids */
  gboolean side_tried;
  gboolean witnessing;  /* the side connection has a question of ours */
  char *server_start;   /* when the server was started, as of the last COMMIT */
  char **rows_expected; /* as of the last COMMIT */
  char **rows_pending;  /* as of the COMMIT to come; NULL: unchanged */
  guint steps_pending;  /* ... and the steps that are committed with them */
  guint steps_committed;
  gboolean outside_journaled;         /* the last line of the record was a statement outside a transaction */
  gboolean liveness_set;              /* client_connection_check_interval */
  char *old_settings;                 /* statements that put the session back, or NULL */
  gint64 began, step_began, op_began; /* monotonic */

  RolloutOutcome outcome;
  GError *error;
  gboolean sent;        /* anything that changes something was sent */
  gboolean was_open;    /* a transaction, when it ended */
  gboolean was_outside; /* ... a statement outside one ran */
  gboolean rolled_back;
  gboolean unknown;
  gboolean lost;      /* the connection, on the way */
  guint tries;        /* to connect again, or to hear a verdict */
  gboolean restarted; /* the server, since the COMMIT was sent */
  char *verdict;      /* of txid_status(), or NULL */
  char **rows;        /* read again at the end; NULL: unknown */
};

/* A rollout of steps that were copied already (StepCopy*, not owned by it when the array does not free them). */
Rollout *rollout_new_copied(PgConn *conn, const Project *project, GPtrArray *steps,
                            const char *const *rows_before, const RolloutOptions *options,
                            const RolloutSink *sink, void *data);
/* Why these rows are not the ones that a plan starts from, as a sentence; NULL: they are. */
char *rollout_rows_complaint(const char *const *now, const char *const *expected);

const Op *rollout_op(const Rollout *rollout); /* at pc, or NULL behind the last */
/* Goes on from the state it is in until something has to be waited for. */
void rollout_turn(Rollout *rollout);
/* Every callback is wrapped in these, so that an event may free the rollout. */
void rollout_enter(Rollout *rollout);
void rollout_leave(Rollout *rollout);
void rollout_emit(Rollout *rollout, RolloutEvent *event);
RolloutEvent rollout_event(const Rollout *rollout, RolloutEventKind kind);
void rollout_send(Rollout *rollout, const char *sql, PgResultFunc func);
void rollout_start_timer(Rollout *rollout, guint ms, GSourceFunc func);
void rollout_stop_timer(Rollout *rollout);
double rollout_since(gint64 began);
/* The pause behind this attempt (from 1): random, of up to first_ms, doubled each time, at most max_ms. */
guint rollout_retry_delay(guint first_ms, guint max_ms, guint attempt);

/* The file of a step is the one that was previewed. */
gboolean rollout_file_unchanged(const StepCopy *step, GError **error);
/* The actions of the states ROWS and SETTINGS. */
void rollout_do_rows(Rollout *rollout);
void rollout_do_settings(Rollout *rollout);

/* Begins the end; error is copied. */
void rollout_end(Rollout *rollout, RolloutOutcome outcome, const GError *error);
/* The actions of the states from ROLLBACK to OVER. */
void rollout_do_rollback(Rollout *rollout);
void rollout_do_restore(Rollout *rollout);
void rollout_do_reconnect(Rollout *rollout);
void rollout_do_verdict(Rollout *rollout);
void rollout_do_reread(Rollout *rollout);
void rollout_do_over(Rollout *rollout);
