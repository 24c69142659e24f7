/* What a plan will do, as text: the score card, what data it costs, transitions, engines, statements with their
 * transaction boundaries, forecasts. */
#pragma once

#include "forecast_text.h"
#include "step_facts.h"
#include "steps.h"
#include "workspace.h"

typedef struct {
  const Workspace *ws;
  const PlannedScripts *planned;
  const StepFacts *facts; /* NULL: nothing is known yet */
  const RolloutPolicy *policy;
  BackupChoice backup;
  const char *pinned;           /* the file it comes from, or NULL */
  const GPtrArray *differences; /* char*: from that file; NULL: not compared yet */
} StepText;

void step_text_write(const StepText *step, TextView *view);
/* "2f0b6d1e77c4 → 51c2aa90d3f1"; the caller's. */
char *step_text_transition(const PlanStep *step);
/* Why the plan cannot be run by retort, as a sentence naming the line; NULL when it can.  The caller's. */
char *step_text_obstacle(const PlannedScripts *planned);
/* "table orders, column customers.phone": data that is gone afterwards; NULL: none.  The caller's. */
char *step_text_losses(const PlannedScripts *planned);
/* "2 dangers: index built while writes wait (orders), ..."; NULL: none.  The caller's. */
char *step_text_dangers(const PlannedScripts *planned);
/* The relations a plan locks that exist before it, without repeats: char*. */
GPtrArray *step_text_relations(const PlannedScripts *planned);
