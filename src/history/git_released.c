/* Tags: what was released. */
#include "git_refs.h"

/* Tags of other lines that are newer than the one looked for; more are not asked about. */
#define TAGS_TRIED 30

static int newest_first(gconstpointer a, gconstpointer b)
{
  const RepoCommit *first = *(RepoCommit *const *)a, *second = *(RepoCommit *const *)b;
  return first->time < second->time ? 1 : first->time > second->time ? -1 : 0;
}

char *git_refs_newest_tag(GitRefs *refs)
{
  git_repository *git = refs->reader->git;
  git_oid head;
  if (git_reference_name_to_id(&head, git, "HEAD") != 0)
    return NULL;
  g_autoptr(GPtrArray) tags = repo_refs_matching(git, "refs/tags/*");
  g_autoptr(GPtrArray) commits = g_ptr_array_new();
  g_autoptr(GHashTable) names = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < tags->len; i++) {
    const RepoRef *tag = g_ptr_array_index(tags, i);
    RepoCommit *commit = repo_commit(refs->reader, &tag->commit);
    if (commit && g_hash_table_insert(names, commit, tag->name))
      g_ptr_array_add(commits, commit);
  }
  g_ptr_array_sort(commits, newest_first);
  for (guint i = 0; i < commits->len && i < TAGS_TRIED; i++) {
    RepoCommit *commit = g_ptr_array_index(commits, i);
    if (git_oid_equal(&commit->id, &head) || git_graph_descendant_of(git, &head, &commit->id) == 1)
      return g_strdup(g_hash_table_lookup(names, commit));
  }
  return NULL;
}
