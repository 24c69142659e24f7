/* A supervised rollout on the command line: its events as lines, its questions answered by options or by the operator.
 *
 * On a terminal every question that the options do not answer is asked; elsewhere the careful answer is given
 * (run/supervise.h).  Ctrl-C cancels what runs and rolls back.
 */
#pragma once

#include "retort/run/supervise.h"
#include "session.h"

/* What the operator said beforehand. */
typedef struct {
  const char *const *overrides; /* names of checks whose stop does not count; "all" */
  gboolean skip_backup;
  gboolean allow_python;
  gboolean interactive; /* somebody is there to be asked */
} SupervisedAnswers;

/* Runs it to its end.  TRUE: everything is done.  The session's own connection must be idle, and is left alone. */
gboolean supervised_run(Session *session, const PgParams *params, const SupervisedStep *steps, guint n_steps,
                        const char *const *rows, const SupervisionOptions *options,
                        const SupervisedAnswers *answers, GError **error);

/* ---- Shared by the files of the room ---------------------------------------------------------------------------- */

/* An event as one line of JSON; NULL for those that say nothing to programs.  The caller's. */
char *supervised_json(const SupervisionEvent *event);

/* What is printed for people, and what has been printed last. */
typedef struct {
  const Session *session;
  GPtrArray *titles; /* char*: of the steps */
  char *last_wait;   /* what was said of whom we wait for */
  char *last_phase;  /* of progress */
  gboolean status;   /* a line stands on the terminal that the next one replaces */
  gboolean status_possible;
  gint64 statement_began;
} SupervisedText;

void supervised_text(SupervisedText *text, const Supervision *supervision, const SupervisionEvent *event);
/* Ends the line that would be replaced. */
void supervised_text_settle(SupervisedText *text);
/* "ok  connection  ...": a score card; with the advice below each that is not ok. */
void supervised_print_items(const Session *session, const GPtrArray *items);
/* Who was in the way at the last look, escaped; NULL: nobody.  The caller's. */
char *supervised_culprits(const Supervision *supervision);
/* "812 ms", "3 s": the caller's. */
char *supervised_duration(double seconds);
