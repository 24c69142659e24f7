/* The preflight of a plan that was reviewed: what it locks and rewrites comes from its forecasts, the limits from the
 * policy. */
#pragma once

#include "retort/review/findings.h"
#include "retort/run/policy.h"
#include "retort/run/preflight.h"

/* reviews: Review*, one a step, in order; may hold NULL.  rows: version rows as they were read, or NULL.  mutex_held:
 * this very rollout holds the lock against others. */
void preflight_run_reviews(PgConn *conn, const GPtrArray *reviews, const RolloutPolicy *policy,
                           const char *const *rows, gboolean mutex_held, PreflightFunc func, void *data);
