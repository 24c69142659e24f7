#include "position.h"

#include <glib/gi18n.h>

#include "out.h"
#include "retort/base/error.h"
#include "retort/history/git.h"
#include "retort/history/target.h"

static void note_sighting(Session *session, const char *id)
{
  g_autoptr(GitSighting) seen = git_find_revision(session->project, id, NULL, NULL);
  if (!seen) {
    out_note(_("the database stands at %s, which no file here has and git has not seen"), id);
    return;
  }
  if (seen->ref)
    out_note(_("the database stands at %s, which no file here has; branch %s has it: %s"), id, seen->ref,
             seen->path);
  else
    out_note(_("the database stands at %s, which no file here has; git last saw it in commit %.12s: %s"), id,
             seen->commit, seen->path);
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
