/* What a rollout's screen knows: built up from the events of run/supervise.h alone, so that tests can play any.
 *
 *   RunState *state = run_state_new(name, planned, policy);
 *   run_state_event(state, event);                 each event, in order
 *   run_view_paint(state, canvas, rect);           (run_view.h)
 */
#pragma once

#include "run_log.h"
#include "workspace.h"

typedef enum {
  STEP_WAITING,
  STEP_RUNNING,
  STEP_DONE,
  STEP_FAILED,
} StepMark;

typedef struct {
  StepMark mark;
  double elapsed_s;
  SupervisedEngine engine;
} RunStep;

/* The backup, as far as it has come. */
typedef struct {
  BackupEventKind kind;
  gboolean begun;
  char *path, *table;
  guint64 done, total;
  double elapsed_s, remaining_s;
} RunBackup;

typedef struct {
  char *name;                    /* of where it runs */
  const PlannedScripts *planned; /* borrowed */
  RolloutPolicy *policy;         /* owned */
  RunLog *log;
  RunStep *steps;
  guint step; /* in work */
  gint64 started;
  gint64 now; /* monotonic, for tests that make time stand still; 0: the clock */
  SupervisionPhase phase;
  char *holder; /* who has the mutex we wait for, or NULL */
  RunBackup backup;
  SupervisionQuestion question;
  guint answers;            /* SupervisionAnswer bits */
  GPtrArray *asked;         /* char*: what the question is about, line by line; "> " before SQL */
  const LockReport *report; /* borrowed, until the next one; NULL: none yet */
  int pid;                  /* of the session at work; 0: unknown */
  double replica_lag_s;
  LockSnapshot *kept; /* who was in our way when we last waited, until a statement gets through; or NULL */
  double longest_s;   /* that anybody waited behind us so far */
  gboolean finished;
  gboolean cancelling;
  RolloutPause pause;
} RunState;

/* Takes policy over. */
RunState *run_state_new(const char *name, const PlannedScripts *planned, RolloutPolicy *policy);
void run_state_free(RunState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunState, run_state_free)
void run_state_event(RunState *state, const SupervisionEvent *event);

const PlanStep *run_state_step(const RunState *state, guint index);
/* ForecastLock* of the step, borrowed elements; the caller's array. */
GPtrArray *run_state_foreseen(const RunState *state, guint step);
/* Our session in the newest look at the locks; NULL: it is not in it. */
const LockNode *run_state_own(const RunState *state);
/* Of those we wait for, directly or not, the one that waits for nobody, longest in its transaction; between two tries
 * the one of the last try; or NULL. */
const LockNode *run_state_culprit(const RunState *state);
/* Whether it waits to try again, with kept for what was in the way. */
gboolean run_state_between_tries(const RunState *state);
