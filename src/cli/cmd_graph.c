#include <glib/gi18n.h>

#include "commands.h"
#include "graph_text.h"
#include "out.h"
#include "refs.h"
#include "retort/base/error.h"

const ArgOption graph_options[] = {
    {0, "format", ARG_VALUE, NULL, N_("text, json, mermaid or dot (Graphviz)."), FALSE},
    {0, "at", ARG_VALUE, "REF", N_("As of a branch, tag or commit; nothing is checked out."), FALSE},
    {0, "diff", ARG_VALUE, "A..B",
     N_("Of two commits in one: what B adds, changes and no longer has is marked."), FALSE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static void mark(GHashTable *marks, const RevisionMap *map, const GPtrArray *revisions, const char *word)
{
  for (guint i = 0; i < revisions->len; i++) {
    Revision *revision = revision_map_get(map, ((Revision *)revisions->pdata[i])->id);
    if (revision)
      g_hash_table_insert(marks, revision, (char *)word);
  }
}

static gboolean graph_diff(Session *session, const char *range, const char *format, GError **error)
{
  g_autoptr(GitRevisions) a = NULL;
  g_autoptr(GitRevisions) b = NULL;

  if (!refs_open_range(session, range, &a, &b, error))
    return FALSE;
  g_autoptr(GitDifference) difference = git_difference_new(a, b);
  g_autoptr(RevisionMap) map = git_difference_map(difference, b);
  g_autoptr(GHashTable) marks = g_hash_table_new(NULL, NULL);
  mark(marks, map, difference->added, "added");
  mark(marks, map, difference->removed, "removed");
  mark(marks, map, difference->changed, "changed");
  mark(marks, map, difference->moved, "moved");
  GraphPicture picture = {map, marks};
  return graph_print(session, &picture, format, error);
}

static gboolean graph_at(Session *session, const char *ref, const char *format, GError **error)
{
  gboolean bare;
  g_autoptr(GitRefs) refs = refs_open(session, ref, &bare, error);
  g_autoptr(GitRevisions) then = refs ? git_revisions_at(refs, ref, error) : NULL;

  if (!then)
    return FALSE;
  session->status = refs_report(then) ? 1 : 0;
  GraphPicture picture = {then->map, NULL};
  return graph_print(session, &picture, format, error);
}

COMMAND_RUN(graph)
{
  const char *format = session->json ? "json" : args_value(session->args, "format");
  const char *at = args_value(session->args, "at");
  const char *range = args_value(session->args, "diff");

  if (at && range) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--at and --diff do not go together"));
    return FALSE;
  }
  if (range)
    return graph_diff(session, range, format, error);
  if (at || git_is_bare("."))
    return graph_at(session, at ? at : "HEAD", format, error);
  RevisionMap *map = session_map_to_read(session, error);
  if (!map)
    return FALSE;
  GraphPicture picture = {map, NULL};
  return graph_print(session, &picture, format, error);
}
