/* Files that a program reads beside its modules. */
#include <glib/gi18n.h>
#include <string.h>

#include "modules.h"
#include "object.h"
#include "retort/base/file.h"

static gboolean is_utf8_name(const char *encoding)
{
  static const char *const names[] = {"utf-8", "utf8", "utf_8"};
  for (guint i = 0; encoding && i < G_N_ELEMENTS(names); i++)
    if (g_ascii_strcasecmp(names[i], encoding) == 0)
      return TRUE;
  return !encoding;
}

/* In place: text files have their line ends made plain. */
static gsize plain_line_ends(char *text, gsize len)
{
  gsize n = 0;
  for (gsize i = 0; i < len; i++) {
    if (text[i] != '\r')
      text[n++] = text[i];
    else if (i + 1 == len || text[i + 1] != '\n')
      text[n++] = '\n';
  }
  return n;
}

PyValue py_read_file(PyInterp *interp, const char *path, const char *encoding)
{
  PyRuntime *runtime = interp->runtime;
  gsize len;
  FileStamp stamp;
  /* What a relative path means depends on where the program is started. */
  gboolean may = g_path_is_absolute(path) && is_utf8_name(encoding) && runtime->may_read &&
                 runtime->may_read(runtime->may_read_data, path);
  g_autofree char *text = may ? file_read(path, FILE_LIMIT, &len, &stamp, NULL) : NULL;
  if (!text || !g_utf8_validate_len(text, len, NULL))
    return py_unknown(interp, PY_NEEDS_PYTHON, _("the file %s is not read here"), path);
  g_hash_table_insert(runtime->data_files, g_strdup(path), g_memdup2(&stamp, sizeof stamp));
  len = plain_line_ends(text, len);
  return py_reserve(interp, len) ? py_str(interp, text, (gssize)len) : py_null();
}

gboolean py_data_files_unchanged(PyRuntime *runtime)
{
  GHashTableIter iter;
  gpointer path, known;
  g_hash_table_iter_init(&iter, runtime->data_files);
  while (g_hash_table_iter_next(&iter, &path, &known)) {
    FileStamp stamp;
    if (!file_stamp(path, &stamp) || !file_stamp_equal(&stamp, known))
      return FALSE;
  }
  return TRUE;
}
