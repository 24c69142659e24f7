/* Who else has or needs a revision: branches of other repositories, and revisions that stand on it on other branches.
 *
 * Only git objects are read.  A tree that many branches share is read once.
 */
#pragma once

#include <gio/gio.h>

#include "retort/history/project.h"
#include "retort/history/revmap.h"

typedef struct {
  const Revision *revision; /* of those asked about */
  char *ref;                /* "origin/main" */
  char *dependant; /* id of a revision there that stands on it or depends on it, which the map does not
                               have; NULL: the branch has the revision itself, and is a remote one */
} RevisionUse;

/* moved: Revision* of the map.  RevisionUse*, each revision's first few; empty without a repository.  NULL with an
 * error when objects cannot be read. */
GPtrArray *revision_uses(const Project *project, const RevisionMap *map, const GPtrArray *moved,
                         GCancellable *cancellable, GError **error);
