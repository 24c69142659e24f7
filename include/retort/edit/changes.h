/* Several files changed together: all of them or none, shown before, taken back afterwards.
 *
 *   g_autoptr(Changes) changes = changes_new();
 *   changes_edit(changes, path, NULL, text, len, &error);
 *   changes_create(changes, other, text, len, &error);
 *   char *diff = changes_diff(changes, folder);
 *   changes_apply(changes, &error);
 *   changes_settle(changes, &error);                      after post-write hooks had their way with the files
 *   changes_stage(changes, &error);                       git add
 *   changes_undo(changes, &error);
 *
 * Applying first looks whether every file still is what was read, then writes everything beside its place, and only
 * then moves it there; what fails on the way (a full disk, a folder that cannot be written) is rolled back without
 * needing space.  Undoing is the same in the other direction and refuses when a file was changed since.  Symbolic
 * links are followed; modes and, where allowed, owners stay.
 */
#pragma once

#include <glib.h>

typedef struct {
  char *path;     /* where the file will be; absolute */
  char *old_path; /* where it is; NULL: it is new.  Differs from path when the file is renamed */
  char *before;   /* NULL: it is new */
  gsize before_len;
  char *after; /* NULL: it goes away */
  gsize after_len;
} FileChange;

typedef struct {
  GPtrArray *files;   /* FileChange* */
  GPtrArray *folders; /* char*: made by changes_apply(), outermost first */
  gboolean applied;
  GPtrArray *index_before; /* what staging replaced: private to stage.c; NULL: not staged */
} Changes;

Changes *changes_new(void);
void changes_free(Changes *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Changes, changes_free)

/* Reads the file as it is; after is copied.  new_path NULL: it keeps its name. */
gboolean changes_edit(Changes *changes, const char *path, const char *new_path, const char *after, gsize len,
                      GError **error);
/* A new file; one that exists already is replaced, as Alembic does. */
gboolean changes_create(Changes *changes, const char *path, const char *text, gsize len, GError **error);
/* A new file that another program has written just now: to be staged and undone, not to be applied. */
gboolean changes_adopt(Changes *changes, const char *path, GError **error);
gboolean changes_delete(Changes *changes, const char *path, GError **error);

/* Unified, as git writes it, paths relative to the folder; the caller's.  Foreign bytes are not escaped. */
char *changes_diff(const Changes *changes, const char *folder);

/* RETORT_ERROR_REFUSED when a file is not what it was, RETORT_ERROR_FILE when one cannot be written; the tree is then
 * as before. */
gboolean changes_apply(Changes *changes, GError **error);
/* Takes the files as they are now for what undoing expects; one that was taken away is gone. */
gboolean changes_settle(Changes *changes, GError **error);
gboolean changes_undo(Changes *changes, GError **error);

/* Puts the files into git's index as they are now, and takes renamed and deleted ones out.  Refused when a file had
 * changes before that were not committed: they would go along.  changes_undo() takes this back, too. */
gboolean changes_stage(Changes *changes, GError **error);
