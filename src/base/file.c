#include "retort/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retort/base/error.h"

static void stamp_from_stat(FileStamp *stamp, const struct stat *st)
{
  stamp->mtime_ns = (gint64)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
  stamp->size = (guint64)st->st_size;
  stamp->inode = st->st_ino;
  stamp->device = st->st_dev;
}

static char *file_error(GError **error, const char *path, int code)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s: %s"), path, g_strerror(code));
  return NULL;
}

/* Opens without waiting (a FIFO without a writer would block) and insists on a regular file within the limit. */
static int open_regular(const char *path, gsize limit, struct stat *st, GError **error)
{
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 || fstat(fd, st) != 0) {
    file_error(error, path, errno);
    if (fd >= 0)
      close(fd);
    return -1;
  }
  if (!S_ISREG(st->st_mode))
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is not a regular file"), path);
  else if ((guint64)st->st_size > limit)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is larger than %lu bytes"), path,
                (gulong)limit);
  else
    return fd;
  close(fd);
  return -1;
}

char *file_read(const char *path, gsize limit, gsize *len, FileStamp *stamp, GError **error)
{
  struct stat st;
  int fd = open_regular(path, limit, &st, error);
  if (fd < 0)
    return NULL;

  gsize size = (gsize)st.st_size;
  g_autofree char *data = g_malloc(size + 1);
  gsize done = 0;
  while (done < size) {
    gssize n = read(fd, data + done, size - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      int code = errno;
      close(fd);
      return file_error(error, path, code);
    }
    if (n == 0)
      break; /* it shrank meanwhile: what is there is what counts */
    done += (gsize)n;
  }
  close(fd);
  data[done] = '\0';
  if (len != NULL)
    *len = done;
  if (stamp != NULL)
    stamp_from_stat(stamp, &st);
  return g_steal_pointer(&data);
}

gboolean file_stamp(const char *path, FileStamp *stamp)
{
  struct stat st;
  if (stat(path, &st) != 0)
    return FALSE;
  stamp_from_stat(stamp, &st);
  return TRUE;
}

gboolean file_stamp_equal(const FileStamp *a, const FileStamp *b)
{
  return a->mtime_ns == b->mtime_ns && a->size == b->size && a->inode == b->inode && a->device == b->device;
}

gboolean file_write_atomic(const char *path, const char *data, gsize len, GError **error)
{
  struct stat st;
  int mode = stat(path, &st) == 0 ? (int)(st.st_mode & 07777) : 0666;
  g_autoptr(GError) failure = NULL;
  if (g_file_set_contents_full(path, data, (gssize)len,
                               G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode, &failure))
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("cannot write %s: %s"), path, failure->message);
  return FALSE;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **file_list(const char *folder, GError **error)
{
  g_autoptr(GError) failure = NULL;
  g_autoptr(GDir) dir = g_dir_open(folder, 0, &failure);
  if (dir == NULL) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, "%s", failure->message);
    return NULL;
  }
  GPtrArray *names = g_ptr_array_new();
  const char *name;
  while ((name = g_dir_read_name(dir)) != NULL)
    g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(names, FALSE);
}

char *file_relative(const char *path, const char *folder)
{
  gsize n = strlen(folder);
  while (n > 1 && folder[n - 1] == G_DIR_SEPARATOR)
    n--;
  if (strncmp(path, folder, n) == 0 && path[n] == G_DIR_SEPARATOR)
    return g_strdup(path + n + 1);
  return g_strdup(path);
}

char *file_tidy_path(const char *path)
{
  g_auto(GStrv) parts = g_strsplit(path, "/", -1);
  g_autoptr(GString) out = g_string_new(*path == '/' ? "/" : NULL);

  for (char **part = parts; *part; part++) {
    if (**part == '\0' || strcmp(*part, ".") == 0)
      continue;
    if (out->len > 0 && out->str[out->len - 1] != '/')
      g_string_append_c(out, '/');
    g_string_append(out, *part);
  }
  if (out->len == 0)
    g_string_append_c(out, '.');
  return g_string_free(g_steal_pointer(&out), FALSE);
}
