/* Steps: from a key on the graph to a plan that waits for confirmation, and from there to the rollout. */
#pragma once

#include "graphview.h"
#include "retort/run/supervise.h"
#include "screen.h"

/* Why a step is not possible now, translated; NULL when it is.  Interned or static. */
const char *steps_refuse(const Workspace *ws, ActionId action, const GraphSelection *selection);
const char *steps_refuse_database(const Workspace *ws);
/* Makes the plan and opens the confirmation, or says why not. */
void steps_begin(App *app, ActionId action, const GraphSelection *selection);
/* Asks for a plan's file and opens its confirmation, or says why not. */
void steps_open_plan(App *app);
/* Opens the repair of what an interrupted rollout left, of a position that no file has, or of the next step. */
void steps_repair(App *app, const GraphSelection *selection);
const char *steps_refuse_repair(const Workspace *ws);
/* The target, in Alembic's words, of the one step over a revision; the caller's. */
char *steps_target(const Workspace *ws, Direction direction, const Revision *revision);
/* The transactions env.py asks for. */
RolloutTransaction steps_transaction(const Project *project);

/* Plans for a target in Alembic's words and opens the confirmation, or says why not. */
void steps_plan(App *app, Direction direction, const char *target);

/* scr_step.c: takes the plan over; target as the plan was made for.  NULL with error when the configuration does not
 * say how to roll out. */
Screen *screen_step_new(App *app, Plan *plan, const char *target, GError **error);
/* The same for what is left of a plan that was written to a file: it runs only while nothing differs from it. */
Screen *screen_step_pinned(App *app, const char *path, GError **error);

typedef enum {
  BACKUP_CHOICE_ASK, /* as the policy says */
  BACKUP_CHOICE_TAKE,
  BACKUP_CHOICE_SKIP,
} BackupChoice;

/* How the operator wants it run. */
typedef struct {
  RolloutPause pause;
  RolloutPolicy *policy; /* taken over */
  BackupChoice backup;
  const char *target;  /* of the plan; copied */
  const char *command; /* for the record; NULL: upgrade, downgrade or stamp to the target */
} StepChoices;

/* scr_run.c: takes planned over and starts at once. */
Screen *screen_run_new(App *app, PlannedScripts *planned, StepChoices *choices);
