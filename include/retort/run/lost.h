/* A database that stands at a revision which the files lack: a deploy was rolled back, or a branch is not merged.  The
 * files are looked for in other branches and in history, and offered from there.
 *
 *   g_autoptr(LostRevisions) lost = lost_revisions_find(project, map, rows, NULL, &error);
 *   if (lost->missing->len == 0)
 *     plan = plan_downgrade(lost->map, rows, target, &error);
 *
 * lost->map has the revisions of the files and the found ones together, so that plans lead from where the database
 * stands to where the files are; a step of a lost revision is rendered from its source (render_source()).  Nothing is
 * written; lost_revision_restore() puts a file back where it was.  This reads git and may take a while: in a GTask.
 */
#pragma once

#include <gio/gio.h>

#include "retort/history/project.h"
#include "retort/history/revmap.h"

typedef struct {
  char *id;
  char *path;   /* below the repository's root, where it is or was last */
  char *commit; /* the newest that has it */
  char *branch; /* that has it; NULL: it is only in history */
  char *source; /* the file, NUL-terminated beyond len */
  gsize len;
  Revision *revision; /* borrowed from the map; its path is "commit:path" */
} LostRevision;

typedef struct {
  GPtrArray *found;   /* LostRevision*: the rows' own first, then what they stand on */
  GPtrArray *missing; /* char*: ids that are nowhere */
  RevisionMap *map;
} LostRevisions;

/* NULL without an error: the files have all that the rows name. */
LostRevisions *lost_revisions_find(const Project *project, const RevisionMap *map, const char *const *rows,
                                   GCancellable *cancellable, GError **error);
void lost_revisions_free(LostRevisions *lost);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LostRevisions, lost_revisions_free)
/* The one of a step, or NULL when the files have it. */
const LostRevision *lost_revisions_get(const LostRevisions *lost, const Revision *revision);
/* "51c2aa90d3f1 is on origin/main (versions/51c2_note.py).", translated and escaped; the caller's. */
char *lost_revision_text(const LostRevision *lost);
/* Writes the file into the project's versions folder, under its old name; the path, the caller's.  RETORT_ERROR_FILE
 * when there is a file of that name already. */
char *lost_revision_restore(const Project *project, const LostRevision *lost, GError **error);
