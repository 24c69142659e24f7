/* A plan carried out as Alembic would, with what Alembic lacks: one rollout at a time, lock time-outs that are tried
 * again, a record.  The state machine is the supervised rollout's (run/supervise.h), without its questions: nobody may be
 * there to answer.  Standard output stays Alembic's; what else there is to say goes to standard error.
 */
#pragma once

#include "retort/history/plan.h"
#include "session.h"

/* scripts: Script* by step, NULL for a stamp.  *again: nothing was done because another rollout moved the rows while this
 * one waited for it. */
gboolean migrate_run(Session *session, const Plan *plan, const GPtrArray *scripts, gboolean *again,
                     GError **error);
