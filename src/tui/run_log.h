/* The record of a rollout as it is shown: statements and what came back, what happens now, how it ended. */
#pragma once

#include "retort/run/supervise.h"
#include "textview.h"

typedef struct RunLog RunLog;

/* name: of where it runs, for the sentence at the end. */
RunLog *run_log_new(const char *name, guint n_steps);
void run_log_free(RunLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunLog, run_log_free)

/* engine: who sends its statements, when it is not retort; or NULL. */
void run_log_step(RunLog *log, const PlanStep *step, guint n_statements, const char *engine);
/* An event of the statements. */
void run_log_event(RunLog *log, const RolloutEvent *event);
/* A line of the project's own Alembic. */
void run_log_engine(RunLog *log, const EngineEvent *event);
/* Checks, one a line: the good ones in brief, the others with what to do. */
void run_log_items(RunLog *log, const char *what, const GPtrArray *items);
/* A sentence with a mark before it. */
void run_log_note(RunLog *log, Style style, const char *mark, const char *text);
/* Locks held next to those foreseen: GPtrArray of ForecastLock*, the step's. */
void run_log_locks(RunLog *log, const GPtrArray *held, const GPtrArray *foreseen);
/* The operator let it go on. */
void run_log_resume(RunLog *log);
/* The wait for the next attempt stands still. */
void run_log_hold(RunLog *log);

typedef struct {
  SupervisionOutcome outcome;
  const GError *error;
  char **rows;      /* NULL: unknown */
  gboolean unknown; /* what became of the last statement */
  double elapsed_s;
  guint steps;      /* committed */
  double longest_s; /* that anybody waited behind us */
} RunEnd;
void run_log_end(RunLog *log, const RunEnd *end);

TextView *run_log_view(RunLog *log);
gboolean run_log_paused(const RunLog *log); /* also while waiting to try again */
/* Waiting to try again: the moment, monotonic; 0: it does not. */
gint64 run_log_retry_at(const RunLog *log);
gboolean run_log_held(const RunLog *log);
/* Of the statement under way: since when, monotonic; 0: none is. */
gint64 run_log_began(const RunLog *log);
/* ... and whether it stands inside a transaction. */
gboolean run_log_inside(const RunLog *log);
gboolean run_log_succeeded(const RunLog *log);
gint64 run_log_ended(const RunLog *log); /* monotonic */
/* "Statement 2", "Paused"; the caller's. */
char *run_log_title(const RunLog *log);
/* "try 2", "" on the first; the caller's. */
char *run_log_try(const RunLog *log);
/* "12 s", or what it is paused for; the caller's. */
char *run_log_now(const RunLog *log, gint64 now);
/* The end, told apart at a glance: rows it wants, and painting it. */
int run_log_result_rows(RunLog *log, int width);
void run_log_paint_result(RunLog *log, Canvas *canvas, Rect rect);
