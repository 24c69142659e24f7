/* Plans for a rollout from the command line: rendered against the database, and pinned. */
#pragma once

#include "retort/run/pinned.h"
#include "session.h"

/* Down when the target is relative and negative, or is applied already and no row itself; else up. */
Direction pin_direction(const RevisionMap *map, const char *const *rows, const char *target);
Plan *pin_towards(const RevisionMap *map, const char *const *rows, const char *target, GError **error);
/* Scripts (Script*) by step, NULL for a stamp, as the migrations stand now: with a connection the database is asked,
 * read-only, what they ask it, and where the project's Python may run, its Alembic renders what needs it (for reading
 * only).  Nothing is refused here. */
GPtrArray *pin_render(Session *session, const Plan *plan, GError **error);
/* Both, and pinned; scripts may be NULL.  Without a connection the plan names no server. */
PinnedPlan *pin_plan(Session *session, const Plan *plan, GPtrArray **scripts, GError **error);
/* Rows the database must stand at, files and statements: everything as it was when the plan was made?  FALSE with
 * RETORT_ERROR_REFUSED after all differences were printed on stderr.  Gives what is left to do from the present rows:
 * its position, the plan (NULL when nothing is left) and its scripts. */
typedef struct {
  guint position;
  Plan *left;
  GPtrArray *scripts;
} PinnedRest;

void pinned_rest_clear(PinnedRest *rest);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PinnedRest, pinned_rest_clear)
gboolean pin_compare(Session *session, const PinnedPlan *pinned, const char *const *rows, PinnedRest *rest,
                     GError **error);
