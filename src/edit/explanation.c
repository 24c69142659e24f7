/* The sides of a collision of branches, put into one map and compared. */
#include <glib/gi18n.h>

#include "retort/edit/conflict.h"

/* Sides that are compared, each with each. */
#define MANY_SIDES 12

static void add_revisions(GPtrArray *all, GHashTable *ids, const RevisionMap *map)
{
  for (guint i = 0; i < map->revisions->len; i++) {
    const Revision *revision = map->revisions->pdata[i];
    if (!revision->shadowed && !g_hash_table_contains(ids, revision->id)) {
      Revision *copy = revision_copy(revision);
      g_hash_table_add(ids, copy->id);
      g_ptr_array_add(all, copy);
    }
  }
}

/* What the sides' branches have, in one map; the trunk is the first side, when it is one. */
static RevisionMap *common_map(GitRefs *refs, const Collision *collision, guint n, const RevisionMap *working,
                               GError **error)
{
  g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
  GPtrArray *all = g_ptr_array_new();

  for (guint i = 0; i < n; i++) {
    const CollisionSide *side = collision->sides->pdata[i];
    const CollisionBranch *branch = side->branches->pdata[0];
    if (!branch->commit && working) {
      add_revisions(all, ids, working);
      continue;
    }
    g_autoptr(GitRevisions) there = git_revisions_at(refs, branch->commit ? branch->commit : "HEAD", error);
    if (!there) {
      g_ptr_array_set_free_func(all, (GDestroyNotify)revision_free);
      g_ptr_array_unref(all);
      return NULL;
    }
    add_revisions(all, ids, there->map);
  }
  return revision_map_new(all);
}

static char *read_source(const Revision *revision, gsize *len, void *data)
{
  return git_refs_source(data, revision, len, NULL);
}

Explanation *explanation_new(GitRefs *refs, RenderSession *render, const Collision *collision,
                             const RevisionMap *working)
{
  Explanation *explanation = g_new0(Explanation, 1);
  guint n = MIN(collision->sides->len, MANY_SIDES);
  g_autoptr(GError) error = NULL;
  GPtrArray *heads = explanation->heads = g_ptr_array_new();

  explanation->left_out = collision->sides->len - n;
  explanation->map = common_map(refs, collision, n, working, &error);
  if (!explanation->map || explanation->map->fault) {
    explanation->why = g_strdup(error ? error->message : explanation->map->fault->message);
    return explanation;
  }
  for (guint i = 0; i < n; i++) {
    Revision *head = revision_map_get(explanation->map, ((CollisionSide *)collision->sides->pdata[i])->head);
    if (head && !g_ptr_array_find(heads, head, NULL))
      g_ptr_array_add(heads, head);
  }
  if (heads->len > 1)
    explanation->conflict = conflict_new(render, explanation->map, heads, read_source, refs);
  else
    explanation->why = g_strdup(_("the sides cannot be told apart by their ids"));
  return explanation;
}

void explanation_free(Explanation *explanation)
{
  if (!explanation)
    return;
  conflict_free(explanation->conflict);
  g_ptr_array_unref(explanation->heads);
  revision_map_free(explanation->map);
  g_free(explanation->why);
  g_free(explanation);
}
