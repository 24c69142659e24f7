/* Several files at once.
 *
 * Before the first file is touched everything that needs space is on the disk: the new contents and, as a second link,
 * each old file.  What remains are renames, and going back is renames, too. */
#include "retort/edit/changes.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "stage.h"

/* A file on its way. */
typedef struct {
  const FileChange *change;
  char *fresh;    /* the new content beside its place; NULL: the file goes away */
  char *backup;   /* the old one; NULL: there is none */
  gboolean moved; /* the new content is in its place (or the old one is gone) */
} Move;

static void file_change_free(void *data)
{
  FileChange *change = data;
  g_free(change->path);
  g_free(change->old_path);
  g_free(change->before);
  g_free(change->after);
  g_free(change);
}

Changes *changes_new(void)
{
  Changes *changes = g_new0(Changes, 1);
  changes->files = g_ptr_array_new_with_free_func(file_change_free);
  changes->folders = g_ptr_array_new_with_free_func(g_free);
  return changes;
}

void changes_free(Changes *changes)
{
  if (changes == NULL)
    return;
  g_ptr_array_unref(changes->files);
  g_ptr_array_unref(changes->folders);
  g_clear_pointer(&changes->index_before, g_ptr_array_unref);
  g_free(changes);
}

static gboolean file_error(GError **error, const char *format, const char *path, int code)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, format, path, g_strerror(code));
  return FALSE;
}

static char *resolve(const char *path)
{
  char *real = realpath(path, NULL);
  char *copy = g_strdup(real != NULL ? real : path);
  free(real);
  return copy;
}

static char *copy(const char *data, gsize len)
{
  char *made = g_malloc(len + 1);
  memcpy(made, data, len);
  made[len] = '\0';
  return made;
}

gboolean changes_edit(Changes *changes, const char *path, const char *new_path, const char *after, gsize len,
                      GError **error)
{
  g_autofree char *real = resolve(path);
  gsize before_len = 0;
  char *before = file_read(real, FILE_LIMIT, &before_len, NULL, error);
  if (before == NULL)
    return FALSE;
  FileChange *change = g_new0(FileChange, 1);
  *change = (FileChange){.path = g_strdup(new_path != NULL ? new_path : real),
                         .old_path = g_steal_pointer(&real),
                         .before = before,
                         .before_len = before_len,
                         .after = after != NULL ? copy(after, len) : NULL,
                         .after_len = len};
  g_ptr_array_add(changes->files, change);
  return TRUE;
}

gboolean changes_create(Changes *changes, const char *path, const char *text, gsize len, GError **error)
{
  if (g_file_test(path, G_FILE_TEST_EXISTS))
    return changes_edit(changes, path, NULL, text, len, error);
  FileChange *change = g_new0(FileChange, 1);
  *change = (FileChange){.path = g_strdup(path), .after = copy(text, len), .after_len = len};
  g_ptr_array_add(changes->files, change);
  return TRUE;
}

gboolean changes_adopt(Changes *changes, const char *path, GError **error)
{
  gsize len = 0;
  char *text = file_read(path, FILE_LIMIT, &len, NULL, error);
  if (text == NULL)
    return FALSE;
  FileChange *change = g_new0(FileChange, 1);
  *change = (FileChange){.path = g_strdup(path), .after = text, .after_len = len};
  g_ptr_array_add(changes->files, change);
  changes->applied = TRUE;
  return TRUE;
}

gboolean changes_delete(Changes *changes, const char *path, GError **error)
{
  return changes_edit(changes, path, NULL, NULL, 0, error);
}

/* ---- looking ---- */

static gboolean same(const char *a, gsize a_len, const char *b, gsize b_len)
{
  return a_len == b_len && memcmp(a, b, a_len) == 0;
}

/* A link that leads nowhere takes the name as well. */
static gboolean is_taken(const char *path)
{
  return g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_SYMLINK);
}

/* The file is what was read, may be written, and its new name is free. */
static gboolean check(const FileChange *change, GError **error)
{
  gboolean renamed = change->old_path != NULL && strcmp(change->old_path, change->path) != 0;
  if ((change->old_path == NULL || renamed) && is_taken(change->path)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s exists already"), change->path);
    return FALSE;
  }
  if (change->old_path == NULL)
    return TRUE;
  gsize len = 0;
  g_autofree char *now = file_read(change->old_path, FILE_LIMIT, &len, NULL, error);
  if (now == NULL)
    return FALSE;
  if (!same(now, len, change->before, change->before_len)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s was changed meanwhile"), change->old_path);
    return FALSE;
  }
  if (g_access(change->old_path, W_OK) != 0)
    return file_error(error, _("cannot write %s: %s"), change->old_path, errno);
  return TRUE;
}

/* ---- preparing ---- */

static gboolean make_folders(Changes *changes, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname(path);
  g_autoptr(GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
  while (!g_file_test(folder, G_FILE_TEST_EXISTS)) {
    char *above = g_path_get_dirname(folder);
    g_ptr_array_insert(missing, 0, g_steal_pointer(&folder));
    folder = above;
  }
  for (guint i = 0; i < missing->len; i++) {
    if (g_mkdir(missing->pdata[i], 0777) != 0)
      return file_error(error, _("cannot create %s: %s"), missing->pdata[i], errno);
    g_ptr_array_add(changes->folders, g_strdup(missing->pdata[i]));
  }
  return TRUE;
}

static void remove_folders(Changes *changes)
{
  for (guint i = changes->folders->len; i > 0; i--)
    g_rmdir(changes->folders->pdata[i - 1]);
  g_ptr_array_set_size(changes->folders, 0);
}

/* A name beside path that Alembic does not take for a revision. */
static char *name_beside(const char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);
  g_autofree char *name = g_path_get_basename(path);
  return g_strdup_printf("%s/.%s.%08x.retort", folder, name, g_random_int());
}

static gboolean write_all(int fd, const char *data, gsize len)
{
  for (gsize done = 0; done < len;) {
    gssize n = write(fd, data + done, len - done);
    if (n < 0 && errno != EINTR)
      return FALSE;
    done += n > 0 ? (gsize)n : 0;
  }
  return fsync(fd) == 0;
}

/* data in a new file that looks like the model (its mode and owner), or by the umask without one. */
static char *write_beside(const char *path, const char *model, const char *data, gsize len, GError **error)
{
  struct stat st;
  g_autofree char *name = name_beside(path);
  gboolean known = model != NULL && stat(model, &st) == 0;
  int fd = g_open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, known ? 0600 : 0666);
  if (fd < 0) {
    file_error(error, _("cannot write %s: %s"), path, errno);
    return NULL;
  }
  gboolean good = write_all(fd, data, len);
  if (good && known) {
    /* Only root can give files away; the mode comes after, as a new owner clears bits of it. */
    if (fchown(fd, st.st_uid, st.st_gid) != 0)
      errno = 0;
    good = fchmod(fd, st.st_mode & 07777) == 0;
  }
  int code = errno;
  if (close(fd) != 0 && good) {
    good = FALSE;
    code = errno;
  }
  if (good)
    return g_steal_pointer(&name);
  g_unlink(name);
  file_error(error, _("cannot write %s: %s"), path, code);
  return NULL;
}

/* The old file under a second name: a link costs no space; where there are none, a copy. */
static char *keep(const FileChange *change, GError **error)
{
  g_autofree char *name = name_beside(change->old_path);
  if (link(change->old_path, name) == 0)
    return g_steal_pointer(&name);
  return write_beside(change->old_path, change->old_path, change->before, change->before_len, error);
}

static gboolean prepare(Changes *changes, Move *move, GError **error)
{
  const FileChange *change = move->change;
  if (change->after != NULL) {
    if (!make_folders(changes, change->path, error))
      return FALSE;
    move->fresh = write_beside(change->path, change->old_path, change->after, change->after_len, error);
    if (move->fresh == NULL)
      return FALSE;
  }
  if (change->old_path != NULL) {
    move->backup = keep(change, error);
    return move->backup != NULL;
  }
  return TRUE;
}

/* ---- moving ---- */

static gboolean move_there(Move *move, GError **error)
{
  const FileChange *change = move->change;
  if (move->fresh != NULL && g_rename(move->fresh, change->path) != 0)
    return file_error(error, _("cannot write %s: %s"), change->path, errno);
  if (move->fresh != NULL)
    g_clear_pointer(&move->fresh, g_free);
  move->moved = TRUE;
  gboolean elsewhere = change->after == NULL || g_strcmp0(change->old_path, change->path) != 0;
  if (change->old_path != NULL && elsewhere && g_unlink(change->old_path) != 0)
    return file_error(error, _("cannot remove %s: %s"), change->old_path, errno);
  return TRUE;
}

static void move_back(Move *move)
{
  const FileChange *change = move->change;
  if (!move->moved)
    return;
  if (change->after != NULL && g_strcmp0(change->old_path, change->path) != 0)
    g_unlink(change->path);
  /* Where both names are one file still, renaming leaves the second: clean() takes it away. */
  if (change->old_path != NULL)
    g_rename(move->backup, change->old_path);
}

/* Renames are on the disk once their folder is. */
static void sync_folder(const char *path)
{
  g_autofree char *folder = g_path_get_dirname(path);
  int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0)
    return;
  fsync(fd);
  close(fd);
}

static void clean(Move *moves, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (moves[i].fresh != NULL)
      g_unlink(moves[i].fresh);
    if (moves[i].backup != NULL)
      g_unlink(moves[i].backup);
    g_free(moves[i].fresh);
    g_free(moves[i].backup);
  }
}

static gboolean carry_out(Changes *changes, GError **error)
{
  guint n = changes->files->len;
  g_autofree Move *moves = g_new0(Move, n + 1);
  gboolean good = TRUE;
  for (guint i = 0; good && i < n; i++)
    good = check(changes->files->pdata[i], error);
  for (guint i = 0; good && i < n; i++) {
    moves[i].change = changes->files->pdata[i];
    good = prepare(changes, &moves[i], error);
  }
  guint done = 0;
  while (good && done < n)
    good = move_there(&moves[done++], error);
  for (guint i = done; !good && i > 0; i--)
    move_back(&moves[i - 1]);
  clean(moves, n);
  for (guint i = 0; good && i < n; i++)
    sync_folder(((const FileChange *)changes->files->pdata[i])->path);
  return good;
}

gboolean changes_apply(Changes *changes, GError **error)
{
  g_return_val_if_fail(!changes->applied, FALSE);
  changes->applied = carry_out(changes, error);
  if (!changes->applied)
    remove_folders(changes);
  return changes->applied;
}

gboolean changes_settle(Changes *changes, GError **error)
{
  for (guint i = 0; i < changes->files->len; i++) {
    FileChange *change = changes->files->pdata[i];
    if (change->after == NULL)
      continue;
    gsize len = 0;
    gboolean gone = !is_taken(change->path);
    char *now = gone ? NULL : file_read(change->path, FILE_LIMIT, &len, NULL, error);
    if (now == NULL && !gone)
      return FALSE;
    g_free(change->after);
    change->after = now;
    change->after_len = len;
  }
  return TRUE;
}

gboolean changes_undo(Changes *changes, GError **error)
{
  g_return_val_if_fail(changes->applied, FALSE);
  g_autoptr(Changes) reverse = changes_new();
  for (guint i = 0; i < changes->files->len; i++) {
    const FileChange *change = changes->files->pdata[i];
    FileChange *back = g_new0(FileChange, 1);
    *back = (FileChange){.path = g_strdup(change->old_path != NULL ? change->old_path : change->path),
                         .old_path = change->after != NULL ? g_strdup(change->path) : NULL,
                         .before = change->after != NULL ? copy(change->after, change->after_len) : NULL,
                         .before_len = change->after_len,
                         .after = change->before != NULL ? copy(change->before, change->before_len) : NULL,
                         .after_len = change->before_len};
    g_ptr_array_add(reverse->files, back);
  }
  /* The index first: where it is locked, nothing has happened yet. */
  gboolean staged = changes->index_before != NULL;
  if (staged && !stage_undo(changes, error))
    return FALSE;
  if (!carry_out(reverse, error)) {
    remove_folders(reverse);
    if (staged)
      changes_stage(changes, NULL);
    return FALSE;
  }
  changes->applied = FALSE;
  remove_folders(changes);
  return TRUE;
}
