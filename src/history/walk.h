/* Walks over the revision map: which revisions are above or below some others.
 *
 * A NodeSet is one byte for each revision, by Revision index; walks are iterative and visit a revision once.
 */
#pragma once

#include "retort/history/revmap.h"

typedef guint8 NodeSet;

/* Which neighbours a walk follows. */
typedef enum {
  WALK_DOWN,     /* down_revision */
  WALK_PARENTS,  /* down_revision and normalized dependencies */
  WALK_ALL_DOWN, /* down_revision and all dependencies */
  WALK_NEXT,     /* who names it in down_revision */
  WALK_ALL_NEXT, /* and who depends on it */
} WalkEdge;

/* An empty set for this map; the caller's (g_free). */
NodeSet *node_set_new(const RevisionMap *map);
/* Adds everything reachable from one revision, itself included; what is in the set already is not walked again. */
void walk_add(NodeSet *set, Revision *from, WalkEdge edge);
/* Everything reachable from the revisions, themselves included. */
NodeSet *walk_reach(const RevisionMap *map, const GPtrArray *from, WalkEdge edge);
/* The same; an error (symbol.h: SYMBOL_ERROR_REVISION) when one of the revisions is reachable from another,
 * or (SYMBOL_ERROR_TRACEBACK) when an item, taken in order, is no revision but what a relative word ran into. */
NodeSet *walk_reach_checked(const RevisionMap *map, const GPtrArray *from, WalkEdge edge, GError **error);
