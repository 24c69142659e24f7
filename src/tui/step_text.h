/* What a plan will do, as text: transitions, statements with their transaction boundaries, forecasts, warnings. */
#pragma once

#include "retort/pg/catalog.h"
#include "retort/run/rollout.h"
#include "forecast_text.h"
#include "workspace.h"

typedef struct {
  const Workspace *ws;
  const PlannedScripts *planned;
  TableSizes sizes;
  const GPtrArray *users; /* TableUser*: who is on these tables now, or NULL */
  guint lock_timeout_ms;
} StepText;

void step_text_write(const StepText *step, TextView *view);
/* "2f0b6d1e77c4 → 51c2aa90d3f1"; the caller's. */
char *step_text_transition(const PlanStep *step);
/* Why the plan cannot be run by retort, as a sentence naming the line; NULL when it can.  The caller's. */
char *step_text_obstacle(const PlannedScripts *planned);
/* "table orders, column customers.phone": data that is gone afterwards; NULL: none.  The caller's. */
char *step_text_losses(const PlannedScripts *planned);
/* The relations a plan locks that exist before it, without repeats: char*. */
GPtrArray *step_text_relations(const PlannedScripts *planned);
