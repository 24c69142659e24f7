/* What an earlier rollout of this database, or Alembic itself, left behind. */
#pragma once

#include "retort/run/recovery.h"
#include "retort/run/repair.h"
#include "session.h"

/* The examined record of the newest rollout that nobody finished; NULL without error: there is none.  Needs the
 * session's connection; system_id may be NULL. */
Recovery *interrupted_find(Session *session, const char *system_id, GError **error);
/* Whether it ended within this very step. */
gboolean interrupted_concerns(const Recovery *recovery, const PlanStep *step);
/* The step's statements beside the catalog; recovery: of this very step, or NULL.  NULL with an error. */
Repair *interrupted_repair(Session *session, const Script *script, const Recovery *recovery, GError **error);
/* Statements outside transactions: only then can half of it be there. */
gboolean interrupted_can_be_half(const Script *script);
/* The state, the rows and the record. */
void interrupted_print(const Session *session, const Recovery *recovery);
/* Statement by statement what is done and what is not, beside what the catalog says. */
void interrupted_print_repair(const Session *session, const Repair *repair);
