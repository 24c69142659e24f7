/* A migration's statements reviewed together: what only shows beside their neighbours.
 *
 *   g_autoptr(Review) review = review_statements(session, statements);
 *   for each statement i: review->forecasts[i], and its findings in order
 *
 * One call is one migration: its statements share transactions as `autocommit` says, and as BEGIN and COMMIT among them
 * do.  The session goes on to the next migration of the plan.  Where more than the statements is known,
 * review_migration() (migration.h) does all of this and more.
 */
#pragma once

#include <glib.h>

#include "retort/review/forecast.h"
#include "retort/sql/stmt.h"

typedef struct {
  GPtrArray *forecasts; /* Forecast*, one a statement */
  GPtrArray *findings;  /* Finding*: about the migration as a whole, with a line of their own */
} Review;

/* statements: Statement*, in order. */
Review *review_statements(ForecastSession *session, const GPtrArray *statements);
void review_free(Review *review);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Review, review_free)

/* The most severe finding of a forecast, or of all of a review; silenced ones do not count; -1 when there is none. */
int forecast_worst(const Forecast *forecast);
int review_worst(const Review *review);
/* How many findings were silenced. */
guint review_silenced(const Review *review);

/* One finding with where it stands. */
typedef struct {
  const Finding *finding;
  int statement; /* -1: the migration as a whole */
} PlacedFinding;

/* All of them that are not silenced and at least that severe, the worst first, at most limit (0: all): what a
 * confirmation or a preflight shows.  Of PlacedFinding; the caller's, valid as long as the review. */
GArray *review_worst_findings(const Review *review, Severity at_least, guint limit);
