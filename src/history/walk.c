#include "walk.h"

#include <glib/gi18n.h>

#include "symbol.h"

NodeSet *node_set_new(const RevisionMap *map)
{
  return g_new0(NodeSet, map->revisions->len + 1);
}

static void push_all(GPtrArray *todo, const GPtrArray *neighbours)
{
  for (guint i = 0; i < neighbours->len; i++)
    g_ptr_array_add(todo, neighbours->pdata[i]);
}

static void push_neighbours(GPtrArray *todo, const Revision *revision, WalkEdge edge)
{
  switch (edge) {
  case WALK_DOWN: push_all(todo, revision->down); break;
  case WALK_PARENTS: push_all(todo, revision->parents); break;
  case WALK_ALL_DOWN:
    push_all(todo, revision->down);
    push_all(todo, revision->deps);
    break;
  case WALK_NEXT: push_all(todo, revision->next); break;
  case WALK_ALL_NEXT: push_all(todo, revision->all_next); break;
  }
}

/* Walks on from what is in todo; with targets given, counts in *met how many of those other than from are met. */
static void drain(NodeSet *set, GPtrArray *todo, WalkEdge edge, const NodeSet *targets, const Revision *from,
                  GPtrArray *met)
{
  while (todo->len > 0) {
    Revision *revision = g_ptr_array_steal_index_fast(todo, todo->len - 1);
    if (targets && targets[revision->index] && revision != from && !g_ptr_array_find(met, revision, NULL))
      g_ptr_array_add(met, revision);
    if (set[revision->index])
      continue;
    set[revision->index] = 1;
    push_neighbours(todo, revision, edge);
  }
}

void walk_add(NodeSet *set, Revision *from, WalkEdge edge)
{
  if (set[from->index])
    return;
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_ptr_array_add(todo, from);
  drain(set, todo, edge, NULL, NULL, NULL);
}

NodeSet *walk_reach(const RevisionMap *map, const GPtrArray *from, WalkEdge edge)
{
  NodeSet *set = node_set_new(map);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  push_all(todo, from);
  drain(set, todo, edge, NULL, NULL, NULL);
  return set;
}

static int by_rank(const void *a, const void *b)
{
  const Revision *x = *(Revision *const *)a, *y = *(Revision *const *)b;
  return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* Results of relative words may be none. */
static gboolean is_revision(const Revision *item)
{
  return item && item != SYMBOL_BASE;
}

NodeSet *walk_reach_checked(const RevisionMap *map, const GPtrArray *from, WalkEdge edge, GError **error)
{
  g_autofree NodeSet *set = node_set_new(map);
  g_autofree NodeSet *targets = node_set_new(map);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_autoptr(GPtrArray) met = g_ptr_array_new();

  for (guint i = 0; i < from->len; i++)
    if (is_revision(from->pdata[i]))
      targets[((Revision *)from->pdata[i])->index] = 1;
  for (guint i = 0; i < from->len; i++) {
    Revision *target = from->pdata[i];
    if (!is_revision(target)) {
      g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_TRACEBACK,
                          _("a relative word leads past the end, to no revision"));
      return NULL;
    }
    g_ptr_array_add(todo, target);
    drain(set, todo, edge, targets, target, met);
    if (met->len == 0)
      continue;
    g_autoptr(GString) names = g_string_new(NULL);
    g_ptr_array_sort(met, by_rank);
    for (guint j = 0; j < met->len; j++)
      g_string_append_printf(names, "%s%s", j > 0 ? ", " : "", ((Revision *)met->pdata[j])->id);
    g_set_error(error, SYMBOL_ERROR, SYMBOL_ERROR_REVISION,
                "Requested revision %s overlaps with other requested revisions %s", target->id, names->str);
    return NULL;
  }
  return g_steal_pointer(&set);
}
