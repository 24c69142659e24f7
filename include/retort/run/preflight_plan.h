/* The preflight of a plan that was reviewed: what it locks and rewrites comes from its forecasts, the limits from the
 * policy. */
#pragma once

#include "retort/history/project.h"
#include "retort/review/findings.h"
#include "retort/run/policy.h"
#include "retort/run/preflight.h"

/* Everything is borrowed for the call. */
typedef struct {
  const GPtrArray *reviews; /* Review*, one a step, in order; may hold NULL */
  const RolloutPolicy *policy;
  const char *const *rows; /* version rows as they were read, or NULL */
  gboolean mutex_held;     /* this very rollout holds the lock against others */
  const Project *project;  /* whose env.py is looked at, or NULL */
  gboolean native;         /* retort takes a step, without env.py */
  gboolean by_alembic;     /* the project's own Alembic does, with it */
  gboolean x_given;        /* -x was */
} PreflightPlan;

void preflight_run_plan(PgConn *conn, const PreflightPlan *plan, PreflightFunc func, void *data);
