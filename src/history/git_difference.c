/* Two commits compared by the revisions they have. */
#include <glib/gi18n.h>
#include <string.h>

#include "git_refs.h"
#include "retort/base/error.h"

gboolean git_revisions_range(GitRefs *refs, const char *range, const RevisionMap *working, GitRevisions **a,
                             GitRevisions **b, GError **error)
{
  const char *dots = strstr(range, "..");
  gboolean fork = dots && dots[2] == '.';
  g_autofree char *from = dots ? g_strndup(range, (gsize)(dots - range)) : g_strdup(range);
  const char *behind = dots ? dots + (fork ? 3 : 2) : "";
  const char *to = *behind ? behind : "HEAD";
  const char *since = *from ? from : "HEAD";
  g_autoptr(GError) inner = NULL;
  g_autofree char *base = fork ? git_refs_base(refs, since, to, &inner) : NULL;

  *a = *b = NULL;
  if (fork && !base) {
    if (inner)
      g_propagate_error(error, g_steal_pointer(&inner));
    else
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s and %s have no commit in common"), since, to);
    return FALSE;
  }
  *a = git_revisions_at(refs, base ? base : since, error);
  *b = !*a                   ? NULL
       : working && !*behind ? git_revisions_working(refs, working)
                             : git_revisions_at(refs, to, error);
  if (!*b)
    g_clear_pointer(a, git_revisions_free);
  return *b != NULL;
}

GitDifference *git_difference_new(const GitRevisions *a, const GitRevisions *b)
{
  GitDifference *difference = g_new0(GitDifference, 1);

  difference->added = g_ptr_array_new();
  difference->removed = g_ptr_array_new();
  difference->changed = g_ptr_array_new();
  difference->moved = g_ptr_array_new();
  for (guint i = 0; i < b->map->revisions->len; i++) {
    Revision *revision = b->map->revisions->pdata[i];
    const Revision *old = revision_map_get(a->map, revision->id);
    const char *from = g_hash_table_lookup(a->blobs, revision->id);
    const char *to = g_hash_table_lookup(b->blobs, revision->id);
    if (revision->shadowed)
      continue;
    if (!old)
      g_ptr_array_add(difference->added, revision);
    else if (g_strcmp0(from, to) != 0)
      g_ptr_array_add(difference->changed, revision);
    else if (strcmp(git_revision_place(a, old), git_revision_place(b, revision)) != 0)
      g_ptr_array_add(difference->moved, revision);
  }
  for (guint i = 0; i < a->map->revisions->len; i++) {
    Revision *revision = a->map->revisions->pdata[i];
    if (!revision->shadowed && !revision_map_get(b->map, revision->id))
      g_ptr_array_add(difference->removed, revision);
  }
  return difference;
}

void git_difference_free(GitDifference *difference)
{
  if (!difference)
    return;
  g_ptr_array_unref(difference->added);
  g_ptr_array_unref(difference->removed);
  g_ptr_array_unref(difference->changed);
  g_ptr_array_unref(difference->moved);
  g_free(difference);
}

RevisionMap *git_difference_map(const GitDifference *difference, const GitRevisions *b)
{
  GPtrArray *all = g_ptr_array_new();

  for (guint i = 0; i < b->map->revisions->len; i++)
    g_ptr_array_add(all, revision_copy(b->map->revisions->pdata[i]));
  for (guint i = 0; difference && i < difference->removed->len; i++)
    g_ptr_array_add(all, revision_copy(difference->removed->pdata[i]));
  return revision_map_new(all);
}
