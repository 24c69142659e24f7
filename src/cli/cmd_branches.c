#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "list.h"
#include "out.h"
#include "retort/history/target.h"

const ArgOption verbose_options[] = {
    {'v', "verbose", ARG_FLAG, NULL, N_("Print whole blocks rather than lines."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static void print_branch(const Session *session, const Revision *revision, gboolean verbose)
{
  g_autofree char *head =
      verbose ? format_block(revision, 0) : format_line(revision, FORMAT_LABELS | FORMAT_TREE);
  out_line(session, "%s", head);
  int width = (int)g_utf8_strlen(revision->id, -1);
  for (guint i = 0; i < revision->next->len; i++) {
    FormatBits bits = FORMAT_LABELS | FORMAT_TREE | (verbose ? FORMAT_DOC : 0);
    g_autofree char *child = format_line(revision->next->pdata[i], bits);
    out_line(session, "%*s -> %s", width, "", child);
  }
  out_line(session, "%s", "");
}

COMMAND_RUN(branches)
{
  RevisionMap *map = session_map(session, error);
  if (!map)
    return FALSE;
  g_autoptr(GPtrArray) revisions = target_history_range(map, ":", NULL, error);
  if (!revisions)
    return FALSE;
  g_autoptr(GPtrArray) points = g_ptr_array_new();
  for (guint i = 0; i < revisions->len; i++)
    if (revision_is_branch_point(revisions->pdata[i]))
      g_ptr_array_add(points, revisions->pdata[i]);
  if (session->json) {
    list_print(session, points, 0, NULL);
    return TRUE;
  }
  for (guint i = 0; i < points->len; i++)
    print_branch(session, points->pdata[i], args_has(session->args, "verbose"));
  return TRUE;
}
