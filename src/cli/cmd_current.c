#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "list.h"
#include "out.h"
#include "position.h"
#include "retort/base/error.h"
#include "retort/history/target.h"

const ArgOption current_options[] = {
    {'c', "check-heads", ARG_FLAG, NULL, N_("Fail unless the database is on all heads."), FALSE},
    {'v', "verbose", ARG_FLAG, NULL, N_("Print whole blocks rather than lines."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

/* Whether rows, taken as a set, are exactly the heads. */
static gboolean on_all_heads(const RevisionMap *map, const char *const *rows)
{
  for (guint i = 0; i < map->heads->len; i++)
    if (!g_strv_contains(rows, ((const Revision *)map->heads->pdata[i])->id))
      return FALSE;
  for (; *rows; rows++) {
    const Revision *revision = revision_map_get(map, *rows);
    if (!revision || !revision_is_head(revision))
      return FALSE;
  }
  return TRUE;
}

COMMAND_RUN(current)
{
  if (!session_project(session, error))
    return FALSE;
  g_autoptr(VersionRows) rows = session_rows(session, error);
  if (!rows)
    return FALSE;
  const char *const *ids = (const char *const *)rows->rows;
  if (args_has(session->args, "verbose") && !session->json) {
    g_autofree char *shown = session_display_url(session);
    out_line(session, "Current revision(s) for %s:", shown);
  }
  RevisionMap *map = session_map_to_read(session, error);
  if (!map)
    return FALSE;
  if (args_has(session->args, "check-heads") && !on_all_heads(map, ids)) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Database is not on all head revisions");
    return FALSE;
  }
  g_autoptr(GPtrArray) tips = position_check(session, ids, error) ? target_current(map, ids, error) : NULL;
  if (!tips)
    return FALSE;
  list_print(session, tips, FORMAT_OF_CURRENT, NULL);
  return TRUE;
}
