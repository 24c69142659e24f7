#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "list.h"
#include "refs.h"
#include "retort/base/error.h"
#include "retort/history/target.h"

const ArgOption history_options[] = {
    {'r', "rev-range", ARG_VALUE, NULL, N_("Only this range: [start]:[end]."), FALSE},
    {'v', "verbose", ARG_FLAG, NULL, N_("Print whole blocks rather than lines."), FALSE},
    {'i', "indicate-current", ARG_FLAG, NULL, N_("Mark where the database stands."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static gboolean names_current(const char *range)
{
  g_auto(GStrv) ends = g_strsplit(range, ":", 2);
  return strcmp(ends[0], "current") == 0 || (ends[1] && strcmp(ends[1], "current") == 0);
}

COMMAND_RUN(history)
{
  g_autofree char *range = g_strdup(args_value(session->args, "rev-range"));
  gboolean indicate = args_has(session->args, "indicate-current");
  if (!git_is_bare(".") && !session_project(session, error))
    return FALSE;
  if (range && !strchr(range, ':')) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND,
                        "History range requires [start]:[end], [start]:, or :[end]");
    return FALSE;
  }
  if (range)
    g_strstrip(range);
  g_autoptr(VersionRows) rows = NULL;
  if (indicate || (range && names_current(range))) {
    rows = session_rows(session, error);
    if (!rows)
      return FALSE;
  }
  g_autoptr(GitRevisions) then = NULL;
  RevisionMap *map = refs_map_to_read(session, &then, error);
  if (!map)
    return FALSE;
  const char *const *ids = rows ? (const char *const *)rows->rows : NULL;
  g_autoptr(GPtrArray) revisions = target_history_range(map, range, ids, error);
  if (!revisions)
    return FALSE;
  list_print(session, revisions, FORMAT_OF_HISTORY, indicate ? ids : NULL);
  return TRUE;
}
