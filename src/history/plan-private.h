/* Building plans: steps, and what each of them does to the version rows (alembic.md 5.4). */
#pragma once

#include "retort/history/plan.h"

/* A vector of the words that are not NULL. */
char **plan_words(const char *first, const char *second);

/* The version rows while a plan is being made. */
typedef struct PlanRows PlanRows;

PlanRows *plan_rows_new(const RevisionMap *map, const char *const *rows, GError **error);
void plan_rows_free(PlanRows *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanRows, plan_rows_free)

/* Each adds the row operations of one step and moves the state on. */
void plan_rows_upgrade(PlanRows *state, Revision *revision, PlanStep *step);
gboolean plan_rows_downgrade(PlanRows *state, Revision *revision, PlanStep *step, GError **error);
