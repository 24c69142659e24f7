#include "position.h"

#include <glib/gi18n.h>

#include "out.h"
#include "retort/base/error.h"
#include "retort/history/target.h"
#include "retort/history/where.h"

static void note_sighting(Session *session, const char *id)
{
  g_autoptr(GitRefs) refs = git_refs_open(session->project, NULL);
  g_autoptr(GPtrArray) found = refs ? git_where(refs, id, NULL, NULL) : NULL;
  g_autofree char *advice = where_advice(found && found->len > 0 ? found->pdata[0] : NULL, id);

  out_note(_("the database stands at %s"), id);
  out_note("%s", advice);
}

gboolean position_check(Session *session, const char *const *rows, GError **error)
{
  for (; *rows; rows++) {
    if (revision_map_get(session->map, *rows))
      continue;
    g_autoptr(GPtrArray) found = target_resolve(session->map, *rows, NULL, error);
    if (!found) {
      note_sighting(session, *rows);
      return FALSE;
    }
  }
  return TRUE;
}

GPtrArray *position_revisions(Session *session, GError **error)
{
  g_autoptr(VersionRows) rows = session_rows(session, error);
  if (!rows || !session_map_to_read(session, error) ||
      !position_check(session, (const char *const *)rows->rows, error))
    return NULL;
  g_autoptr(GPtrArray) revisions = g_ptr_array_new();
  for (char **row = rows->rows; *row; row++) {
    g_autoptr(GPtrArray) found = target_resolve(session->map, *row, NULL, error);
    if (!found)
      return NULL;
    g_ptr_array_extend(revisions, found, NULL, NULL);
  }
  return g_steal_pointer(&revisions);
}
