/* Where revisions part, and what each side has from there on. */
#include "walk.h"

GPtrArray *revision_map_common(const RevisionMap *map, const GPtrArray *revisions)
{
  GPtrArray *common = g_ptr_array_new();
  g_autofree NodeSet *in_all = NULL;
  g_autofree NodeSet *below = node_set_new(map);

  for (guint i = 0; i < revisions->len; i++) {
    NodeSet *set = node_set_new(map);
    walk_add(set, revisions->pdata[i], WALK_PARENTS);
    for (guint k = 0; in_all && k < map->revisions->len; k++)
      set[k] &= in_all[k];
    g_free(in_all);
    in_all = set;
  }
  if (!in_all)
    return common;
  for (guint i = 0; i < map->revisions->len; i++) {
    const Revision *revision = map->revisions->pdata[i];
    for (guint k = 0; in_all[i] && k < revision->parents->len; k++)
      below[((Revision *)revision->parents->pdata[k])->index] = 1;
  }
  for (guint i = 0; i < map->revisions->len; i++)
    if (in_all[i] && !below[i])
      g_ptr_array_add(common, map->revisions->pdata[i]);
  return common;
}

static int by_depth(const void *a, const void *b)
{
  const Revision *x = *(Revision *const *)a;
  const Revision *y = *(Revision *const *)b;

  if (x->depth != y->depth)
    return x->depth < y->depth ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

GPtrArray *revision_map_own(const RevisionMap *map, const GPtrArray *side, const GPtrArray *other)
{
  g_autofree NodeSet *mine = walk_reach(map, side, WALK_PARENTS);
  g_autofree NodeSet *theirs = walk_reach(map, other, WALK_PARENTS);
  GPtrArray *own = g_ptr_array_new();

  for (guint i = 0; i < map->revisions->len; i++)
    if (mine[i] && !theirs[i])
      g_ptr_array_add(own, map->revisions->pdata[i]);
  g_ptr_array_sort(own, by_depth);
  return own;
}
