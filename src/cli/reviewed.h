/* What a pinned plan will do to the live database: its reviews, and what it loses. */
#pragma once

#include "retort/run/pinned.h"
#include "session.h"

/* Review* by step, from the statements of the plan. */
GPtrArray *reviewed_pinned(const PinnedPlan *plan);
/* The worst findings by name, of care and danger, a few of them; nothing when there are none. */
void reviewed_print_worst(const Session *session, const GPtrArray *reviews);
/* Tables and columns whose data will be gone, with their live counts; nothing when nothing is lost.  Needs the
 * session's connection. */
gboolean reviewed_print_losses(Session *session, const GPtrArray *reviews, GError **error);
