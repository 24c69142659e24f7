#include "stage.h"

#include <git2.h>
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"

/* What the index said of a path before, and what staging made of it. */
typedef struct {
  char *path; /* below the working folder */
  gboolean had;
  git_oid before;
  guint32 mode;
  gboolean has;
  git_oid after;
} IndexNote;

static void index_note_free(void *data)
{
  IndexNote *note = data;
  g_free(note->path);
  g_free(note);
}

static void *initialize(void *data)
{
  (void)data;
  git_libgit2_init();
  return NULL;
}

static void need_git(void)
{
  static GOnce once = G_ONCE_INIT;
  g_once(&once, initialize, NULL);
}

gboolean stage_git_failed(GError **error, const char *what)
{
  const git_error *last = git_error_last();
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED, "%s: %s", what,
              last != NULL ? last->message : _("unknown error"));
  return FALSE;
}

git_repository *stage_open_around(const char *path, GError **error)
{
  git_repository *git = NULL;
  g_autofree char *folder = g_path_get_dirname(path);
  need_git();
  int code = git_repository_open_ext(&git, folder, GIT_REPOSITORY_OPEN_CROSS_FS, NULL);
  if (code == GIT_ENOTFOUND)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s is in no git repository"), folder);
  else if (code < 0)
    stage_git_failed(error, _("the git repository cannot be opened"));
  return code < 0 ? NULL : git;
}

/* path below the working folder; its folder is resolved, as the file itself may be gone. */
static char *relative(git_repository *git, const char *path, GError **error)
{
  const char *workdir = git_repository_workdir(git);
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *name = g_path_get_basename(path);
  char *top = workdir != NULL ? realpath(workdir, NULL) : NULL;
  char *real = realpath(folder, NULL);
  char *found = NULL;
  if (top != NULL && real != NULL) {
    g_autofree char *whole = g_build_filename(real, name, NULL);
    g_autofree char *below = file_relative(whole, top);
    if (!g_path_is_absolute(below))
      found = g_steal_pointer(&below);
  }
  free(top);
  free(real);
  if (found == NULL)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s is outside of git's working folder"), path);
  return found;
}

/* Whether the index has the file just as it was before our change (or has none of it). */
static gboolean was_clean(git_repository *git, git_index *index, const char *path, const FileChange *change)
{
  const git_index_entry *entry = git_index_get_bypath(index, path, 0);
  git_oid before;
  if (entry == NULL || change->before == NULL)
    return TRUE;
  git_blob *blob = NULL;
  gboolean equal = FALSE;
  /* Bytes in the index are bytes of the file where no line endings are converted. */
  if (git_odb_hash(&before, change->before, change->before_len, GIT_OBJECT_BLOB) == 0 &&
      git_oid_equal(&before, &entry->id))
    return TRUE;
  if (git_blob_lookup(&blob, git, &entry->id) == 0) {
    g_autoptr(GString) plain = g_string_new_len(change->before, (gssize)change->before_len);
    g_string_replace(plain, "\r\n", "\n", 0);
    equal = plain->len == (gsize)git_blob_rawsize(blob) &&
            memcmp(plain->str, git_blob_rawcontent(blob), plain->len) == 0;
  }
  git_blob_free(blob);
  return equal;
}

static IndexNote *note_entry(GPtrArray *notes, git_index *index, const char *path)
{
  const git_index_entry *entry = git_index_get_bypath(index, path, 0);
  IndexNote *note = g_new0(IndexNote, 1);
  note->path = g_strdup(path);
  note->had = entry != NULL;
  if (entry != NULL) {
    note->before = entry->id;
    note->mode = entry->mode;
  }
  g_ptr_array_add(notes, note);
  return note;
}

static gboolean add_path(git_index *index, GPtrArray *notes, const char *path, GError **error)
{
  IndexNote *note = note_entry(notes, index, path);
  if (git_index_add_bypath(index, path) < 0)
    return stage_git_failed(error, path);
  const git_index_entry *entry = git_index_get_bypath(index, path, 0);
  note->has = entry != NULL;
  if (entry != NULL)
    note->after = entry->id;
  return TRUE;
}

static gboolean drop_path(git_index *index, GPtrArray *notes, const char *path, GError **error)
{
  note_entry(notes, index, path);
  return git_index_remove_bypath(index, path) >= 0 || stage_git_failed(error, path);
}

static gboolean stage_file(git_repository *git, git_index *index, GPtrArray *notes, const FileChange *change,
                           GError **error)
{
  g_autofree char *path = relative(git, change->path, error);
  g_autofree char *old =
      path != NULL && change->old_path != NULL ? relative(git, change->old_path, error) : NULL;
  if (path == NULL || (change->old_path != NULL && old == NULL))
    return FALSE;
  if (old != NULL && !was_clean(git, index, old, change)) {
    g_set_error(
        error, RETORT_ERROR, RETORT_ERROR_REFUSED,
        _("%s had changes before that are not committed: git add would take them along; add it by hand"),
        old);
    return FALSE;
  }
  if (change->after != NULL && !add_path(index, notes, path, error))
    return FALSE;
  if (old != NULL && (change->after == NULL || strcmp(old, path) != 0))
    return drop_path(index, notes, old, error);
  return TRUE;
}

gboolean changes_stage(Changes *changes, GError **error)
{
  if (changes->files->len == 0)
    return TRUE;
  g_return_val_if_fail(changes->applied, FALSE);
  git_repository *git = stage_open_around(((const FileChange *)changes->files->pdata[0])->path, error);
  git_index *index = NULL;
  g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(index_note_free);
  gboolean good = git != NULL && (git_repository_index(&index, git) == 0 || stage_git_failed(error, "git"));
  for (guint i = 0; good && i < changes->files->len; i++)
    good = stage_file(git, index, notes, changes->files->pdata[i], error);
  /* Only now does the index on the disk change. */
  good = good && (git_index_write(index) == 0 || stage_git_failed(error, _("git's index cannot be written")));
  if (good) {
    g_clear_pointer(&changes->index_before, g_ptr_array_unref);
    changes->index_before = g_steal_pointer(&notes);
  }
  git_index_free(index);
  git_repository_free(git);
  return good;
}

static void restore(git_index *index, const IndexNote *note)
{
  const git_index_entry *now = git_index_get_bypath(index, note->path, 0);
  gboolean ours = note->has ? now != NULL && git_oid_equal(&now->id, &note->after) : now == NULL;
  if (!ours)
    return;
  if (note->had) {
    git_index_entry entry = {.path = note->path, .id = note->before, .mode = note->mode};
    git_index_add(index, &entry);
  } else {
    git_index_remove_bypath(index, note->path);
  }
}

gboolean stage_undo(Changes *changes, GError **error)
{
  git_repository *git = stage_open_around(((const FileChange *)changes->files->pdata[0])->path, error);
  git_index *index = NULL;
  gboolean good = git != NULL && (git_repository_index(&index, git) == 0 || stage_git_failed(error, "git"));
  for (guint i = changes->index_before->len; good && i > 0; i--)
    restore(index, changes->index_before->pdata[i - 1]);
  good = good && (git_index_write(index) == 0 || stage_git_failed(error, _("git's index cannot be written")));
  if (good)
    g_clear_pointer(&changes->index_before, g_ptr_array_unref);
  git_index_free(index);
  git_repository_free(git);
  return good;
}

/* ---- diffs ---- */

static void append_diff(GString *out, const FileChange *change, const char *folder)
{
  git_patch *patch = NULL;
  git_buf text = {0};
  g_autofree char *path = file_relative(change->path, folder);
  g_autofree char *old = change->old_path != NULL ? file_relative(change->old_path, folder) : g_strdup(path);
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.flags |= GIT_DIFF_FORCE_TEXT;
  if (git_patch_from_buffers(&patch, change->before, change->before_len, old, change->after,
                             change->after_len, path, &options) == 0 &&
      git_patch_to_buf(&text, patch) == 0 && text.ptr != NULL)
    g_string_append_len(out, text.ptr, (gssize)text.size);
  git_buf_dispose(&text);
  git_patch_free(patch);
}

char *changes_diff(const Changes *changes, const char *folder)
{
  GString *out = g_string_new(NULL);
  need_git();
  for (guint i = 0; i < changes->files->len; i++)
    append_diff(out, changes->files->pdata[i], folder != NULL ? folder : "/");
  return g_string_free(out, FALSE);
}
