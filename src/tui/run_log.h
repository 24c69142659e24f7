/* The record of a rollout as it is shown: statements and what came back, what happens now, how it ended. */
#pragma once

#include "retort/run/rollout.h"
#include "textview.h"

typedef struct RunLog RunLog;

/* name: of where it runs, for the sentence at the end. */
RunLog *run_log_new(const char *name, guint n_steps);
void run_log_free(RunLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunLog, run_log_free)

void run_log_step(RunLog *log, const PlanStep *step, guint n_statements);
void run_log_event(RunLog *log, const RolloutEvent *event);
/* The operator let it go on. */
void run_log_resume(RunLog *log);

TextView *run_log_view(RunLog *log);
gboolean run_log_paused(const RunLog *log); /* also while waiting to try again */
gboolean run_log_succeeded(const RunLog *log);
gint64 run_log_ended(const RunLog *log); /* monotonic */
/* "Statement 2", "Paused"; the caller's. */
char *run_log_title(const RunLog *log);
/* "12 s", or what it is paused for; the caller's. */
char *run_log_now(const RunLog *log, gint64 now);
/* The end, told apart at a glance: rows it wants, and painting it. */
int run_log_result_rows(RunLog *log, int width);
void run_log_paint_result(RunLog *log, Canvas *canvas, Rect rect);
