#include <glib/gi18n.h>

#include "commands.h"
#include "list.h"
#include "out.h"
#include "refs.h"
#include "retort/history/target.h"

const ArgOption verbose_options[] = {
    {'v', "verbose", ARG_FLAG, NULL, N_("Print whole blocks rather than lines."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

COMMAND_RUN(branches)
{
  g_autoptr(GitRevisions) then = NULL;
  RevisionMap *map = refs_map_to_read(session, &then, error);
  if (!map)
    return FALSE;
  g_autoptr(GPtrArray) revisions = target_history_range(map, NULL, NULL, error);
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
  for (guint i = 0; i < points->len; i++) {
    g_autofree char *text = format_branch_point(points->pdata[i], args_has(session->args, "verbose"));
    out_line(session, "%s", text);
  }
  return TRUE;
}
