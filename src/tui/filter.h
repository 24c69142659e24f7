/* Filters for the graph: words that a revision must all satisfy.
 *
 *   text            in the id, the message, a label or the author
 *   author:NAME     in the author's name
 *   branch:LABEL    carries the branch label, by itself or from below
 *   table:NAME      its upgrade locks or writes that table (known once the survey has come by)
 *   pending applied head
 *
 * A word after "-" must not hold.
 */
#pragma once

#include "workspace.h"

typedef struct Filter Filter;

/* NULL with error for a keyword that there is none of. */
Filter *filter_parse(const char *text, GError **error);
void filter_free(Filter *filter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filter, filter_free)

/* own: the project's revision, or NULL when only another branch has it, then foreign says more. */
gboolean filter_matches(const Filter *filter, const Workspace *ws, const Revision *revision,
                        const Revision *own, const ForeignNote *foreign);
