#include "retort/base/diag.h"

#include <glib/gi18n.h>
#include <stdarg.h>

#include "retort/base/text.h"

static void diag_free(gpointer data)
{
  Diag *diag = data;
  g_free(diag->path);
  g_free(diag->text);
  g_free(diag->about);
  g_free(diag);
}

DiagList *diag_list_new(void)
{
  DiagList *list = g_new0(DiagList, 1);
  list->items = g_ptr_array_new_with_free_func(diag_free);
  return list;
}

void diag_list_free(DiagList *list)
{
  if (list == NULL)
    return;
  g_ptr_array_unref(list->items);
  g_free(list);
}

void diag_add(DiagList *list, DiagSeverity severity, const char *path, guint line, guint column,
              const char *format, ...)
{
  va_list args;
  va_start(args, format);
  Diag *diag = g_new0(Diag, 1);
  diag->severity = severity;
  diag->path = g_strdup(path);
  diag->line = line;
  diag->column = column;
  diag->text = g_strdup_vprintf(format, args);
  va_end(args);
  g_ptr_array_add(list->items, diag);
}

void diag_about(DiagList *list, const char *about)
{
  Diag *last = g_ptr_array_index(list->items, list->items->len - 1);
  g_free(last->about);
  last->about = g_strdup(about);
}

void diag_list_take(DiagList *list, DiagList *from)
{
  g_ptr_array_extend_and_steal(list->items, g_steal_pointer(&from->items));
  from->items = g_ptr_array_new_with_free_func(diag_free);
}

guint diag_count(const DiagList *list, DiagSeverity at_least)
{
  guint n = 0;
  for (guint i = 0; i < list->items->len; i++) {
    const Diag *diag = g_ptr_array_index(list->items, i);
    n += diag->severity >= at_least;
  }
  return n;
}

static const char *severity_word(DiagSeverity severity)
{
  switch (severity) {
  case DIAG_NOTE: return _("note");
  case DIAG_WARNING: return _("warning");
  case DIAG_ERROR: break;
  }
  return _("error");
}

char *diag_format(const Diag *diag)
{
  g_autoptr(GString) out = g_string_new(NULL);
  if (diag->path != NULL) {
    g_autofree char *path = text_escape(diag->path, -1, FALSE);
    g_string_append(out, path);
    if (diag->line > 0)
      g_string_append_printf(out, ":%u", diag->line);
    if (diag->line > 0 && diag->column > 0)
      g_string_append_printf(out, ":%u", diag->column);
    g_string_append(out, ": ");
  }
  g_autofree char *text = text_escape(diag->text, -1, FALSE);
  g_string_append_printf(out, "%s: %s", severity_word(diag->severity), text);
  return g_string_free(g_steal_pointer(&out), FALSE);
}
