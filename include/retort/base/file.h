/* Reading files that somebody else controls.
 *
 * Only regular files are read, never past a limit, so that a FIFO or /dev/zero named like a migration is an error and
 * not a hang.  A stamp tells whether a file is still the one that was read.
 */
#pragma once

#include <glib.h>

/* Larger than any migration or configuration seen; anything above is refused by name. */
#define FILE_LIMIT ((gsize)16 * 1024 * 1024)

typedef struct {
  gint64 mtime_ns;
  guint64 size;
  guint64 inode;
  guint64 device;
} FileStamp;

/* The whole file, NUL-terminated beyond *len (which may be NULL); the caller's (g_free).  stamp may be NULL. */
char *file_read(const char *path, gsize limit, gsize *len, FileStamp *stamp, GError **error);
gboolean file_stamp(const char *path, FileStamp *stamp);
gboolean file_stamp_equal(const FileStamp *a, const FileStamp *b);
/* Writes beside path and renames, so that a reader sees the old file or the new one; keeps the old mode. */
gboolean file_write_atomic(const char *path, const char *data, gsize len, GError **error);
/* Names in the folder, sorted by code point (bytes of UTF-8), NULL-terminated; the caller's (g_strfreev). */
char **file_list(const char *folder, GError **error);
/* path relative to the folder when it lies below it, else path itself; the caller's. */
char *file_relative(const char *path, const char *folder);
/* pathlib's spelling of a path: no ".", no doubled or trailing slashes; ".." stays.  The caller's. */
char *file_tidy_path(const char *path);
