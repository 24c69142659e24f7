/* Before files are written: what speaks against it, the difference, and the operator's word. */
#pragma once

#include "retort/edit/changes.h"
#include "retort/edit/guard.h"
#include "session.h"

/* Asks the configured databases and git about the guard's revisions. */
void consent_ask_everybody(Session *session, Guard *guard);
/* Its reasons, one a line on stderr. */
void consent_print_reasons(const Guard *guard);
/* Whether it may be done: with GUARD_CONFIRM the id has to be given as --confirm or typed, otherwise --yes or a y at
 * the terminal is enough, too.  question: "Write 2 files?"; instead: what to do if not. */
gboolean consent_given(Session *session, Guard *guard, const char *id, const char *question,
                       const char *instead, GError **error);
/* Applies the changes and, with --stage, puts them into git's index: both or neither. */
gboolean consent_apply(Session *session, Changes *changes, GError **error);
