/* What an earlier rollout of this database left behind. */
#pragma once

#include "retort/run/aftermath.h"
#include "retort/run/recovery.h"
#include "session.h"

/* The examined record of the newest rollout that nobody finished; NULL without error: there is none.  Needs the
 * session's connection; system_id may be NULL. */
Recovery *interrupted_find(Session *session, const char *system_id, GError **error);
/* What the catalog says of a statement; NULL with an error. */
Aftermath *interrupted_look(Session *session, const char *sql, GError **error);
/* The state, and statement by statement what is done, in doubt and not done. */
void interrupted_print(const Session *session, const Recovery *recovery);
/* Statements of its migration that need not run again, from the first on.  One in doubt is looked up in the catalog;
 * RETORT_ERROR_REFUSED when that does not decide it, with what to do. */
gboolean interrupted_resume_at(Session *session, const Recovery *recovery, guint *resume_at, GError **error);
