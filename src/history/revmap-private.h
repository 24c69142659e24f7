/* Parts of building a revision map: what Alembic refuses, and what follows from the links. */
#pragma once

#include "retort/history/revmap.h"

/* Sets map->fault unless an earlier fault stands there: Alembic reports only the first. */
void revmap_fault(RevisionMap *map, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* Adds to one of a revision's lists, which start out as one shared empty array. */
void revmap_list_add(GPtrArray **list, void *item);

/* Reserved characters, and a revision that is its own parent or dependency. */
void revmap_check_id(RevisionMap *map, const Revision *revision);
/* Fills depth.  FALSE when there is a cycle, which is then the map's fault.  counting: the revisions that are not
 * shadowed, in the map's order. */
gboolean revmap_check_cycles(RevisionMap *map, const GPtrArray *counting);
/* Fills normalized_deps: deps without those that a down_revision ancestor lists already. */
void revmap_normalize(RevisionMap *map, gboolean acyclic);
/* Fills labels with own and inherited ones. */
void revmap_spread_labels(RevisionMap *map);
