/* An index that answers "is this revision below that one?", mostly at once.
 *
 * Two intervals say yes or no in nearly all cases: one in the tree of first parents (a revision in it lies below for
 * certain), one over everything reachable (a revision outside it does not).  What is left is searched.
 */
#pragma once

#include "retort/history/revmap.h"

typedef struct ReachIndex ReachIndex;

/* Knows everything at or below the tips, along parents.  The map must be free of cycles. */
ReachIndex *reach_index_new(const RevisionMap *map, const GPtrArray *tips);
void reach_index_free(ReachIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReachIndex, reach_index_free)

/* TRUE when below is a proper ancestor of above; both at or below the tips. */
gboolean reach_is_below(ReachIndex *index, const Revision *below, const Revision *above);
