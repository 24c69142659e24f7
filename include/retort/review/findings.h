/* A migration's statements reviewed together: what only shows beside their neighbours.
 *
 *   g_autoptr(Review) review = review_statements(session, statements);
 *   for each statement i: review->forecasts[i], and its findings in order
 *
 * One call is one migration: its statements share transactions as `autocommit` says.  The session goes on to the next
 * migration of the plan.
 */
#pragma once

#include <glib.h>

#include "retort/review/forecast.h"
#include "retort/sql/stmt.h"

typedef struct {
  GPtrArray *forecasts; /* Forecast*, one a statement */
} Review;

/* statements: Statement*, in order. */
Review *review_statements(ForecastSession *session, const GPtrArray *statements);
void review_free(Review *review);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Review, review_free)

/* The most severe finding of a forecast or of all of them; -1 when there is none. */
int forecast_worst(const Forecast *forecast);
int review_worst(const Review *review);
