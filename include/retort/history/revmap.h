/* The revision map: every revision of a project and how they hang together, by Alembic's rules.
 *
 * Load order (version locations in configured order, names sorted) is part of the semantics: it decides the order of
 * heads, bases and walks.  One broken file never hides the others: it is a diagnostic.  Faults that make Alembic refuse
 * the whole map (cycles, bad ids, missing parents, ...) are kept in map->fault for commands that need Alembic's answer;
 * the screen draws what there is all the same.
 */
#pragma once

#include <glib.h>

#include "retort/history/project.h"
#include "retort/history/revision.h"

typedef struct {
  char *child;         /* revision that names it */
  char *missing;       /* identifier that no file has */
  gboolean dependency; /* in depends_on rather than down_revision */
} MissingParent;

typedef struct {
  GPtrArray *revisions;  /* Revision*, owned, load order */
  GHashTable *by_id;     /* char* -> Revision*: ids and branch labels */
  GPtrArray *heads;      /* Revision*, load order */
  GPtrArray *real_heads; /* heads that nobody depends on */
  GPtrArray *bases;
  GPtrArray *real_bases;
  GPtrArray *missing;  /* MissingParent* */
  GPtrArray *warnings; /* char*: Alembic's UserWarning texts, in order */
  DiagList *diags;     /* broken files, duplicate ids, ... with path and line */
  GError *fault;       /* why Alembic would refuse this map, or NULL */
} RevisionMap;

/* Reads all revision files of the project.  Fails only when nothing can be listed. */
RevisionMap *revision_map_load(const Project *project, GError **error);
/* Builds a map from revisions in load order and takes them over; for tests, git refs and what-if graphs. */
RevisionMap *revision_map_new(GPtrArray *revisions);
void revision_map_free(RevisionMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RevisionMap, revision_map_free)

/* The revision with exactly this id, or NULL. */
Revision *revision_map_get(const RevisionMap *map, const char *id);

/* The newest revisions that all of these come from, by parents: those that none of the others comes after; empty when
 * there are none.  Revision*, borrowed, in the map's order; the array is the caller's. */
GPtrArray *revision_map_common(const RevisionMap *map, const GPtrArray *revisions);
/* What one side has and the other has not, oldest first: Revision*, borrowed; the array is the caller's. */
GPtrArray *revision_map_own(const RevisionMap *map, const GPtrArray *side, const GPtrArray *other);
