#include "reach.h"

#include "walk.h"

/* How many different walks the reachability intervals come from: what one lets pass, the other may not. */
enum { WALKS = 2 };

struct ReachIndex {
  const RevisionMap *map;
  guint *tree_first, *tree_size;   /* interval in the tree of first parents, by index */
  guint *low[WALKS], *rank[WALKS]; /* everything below has its rank in low..rank */
  guint *seen;                     /* by index: number of the search */
  guint search;
};

/* Revisions of the set from the bases up: by depth. */
static GPtrArray *by_depth(const RevisionMap *map, const NodeSet *set)
{
  guint n = map->revisions->len, deepest = 0, total = 0;
  for (guint i = 0; i < n; i++)
    deepest = MAX(deepest, ((Revision *)map->revisions->pdata[i])->depth);
  g_autofree guint *start = g_new0(guint, deepest + 2);
  for (guint i = 0; i < n; i++) {
    total += set[i];
    start[((Revision *)map->revisions->pdata[i])->depth + 1] += set[i];
  }
  for (guint i = 1; i <= deepest; i++)
    start[i] += start[i - 1];
  GPtrArray *sorted = g_ptr_array_sized_new(total);
  g_ptr_array_set_size(sorted, (int)total);
  for (guint i = 0; i < n; i++)
    if (set[i])
      sorted->pdata[start[((Revision *)map->revisions->pdata[i])->depth]++] = map->revisions->pdata[i];
  return sorted;
}

static Revision *first_parent(const Revision *revision)
{
  return revision->parents->len > 0 ? revision->parents->pdata[0] : NULL;
}

static void number_tree(ReachIndex *index, const GPtrArray *sorted)
{
  g_autofree guint *slot = g_new0(guint, index->map->revisions->len + 1);
  guint next = 0;

  for (guint i = sorted->len; i > 0; i--) {
    const Revision *revision = sorted->pdata[i - 1], *parent = first_parent(revision);
    index->tree_size[revision->index]++;
    if (parent)
      index->tree_size[parent->index] += index->tree_size[revision->index];
  }
  for (guint i = 0; i < sorted->len; i++) {
    const Revision *revision = sorted->pdata[i], *parent = first_parent(revision);
    guint *from = parent ? &slot[parent->index] : &next;
    index->tree_first[revision->index] = *from;
    *from += index->tree_size[revision->index];
    slot[revision->index] = index->tree_first[revision->index] + 1;
  }
}

typedef struct {
  Revision *revision;
  guint next; /* parent to look at */
} Visit;

/* Ranks in the order in which a depth-first walk leaves the revisions.  Odd walks take the parents from the end. */
static void number_walk(ReachIndex *index, const GPtrArray *tips, guint walk)
{
  guint *low = index->low[walk], *rank = index->rank[walk], next = 1;
  g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Visit));

  for (guint i = 0; i < tips->len; i++) {
    Visit visit = {.revision = tips->pdata[walk % 2 ? tips->len - 1 - i : i]};
    if (low[visit.revision->index] == 0)
      g_array_append_val(stack, visit);
    while (stack->len > 0) {
      Visit *top = &g_array_index(stack, Visit, stack->len - 1);
      const Revision *at = top->revision;
      if (top->next == 0)
        low[at->index] = G_MAXUINT;
      if (top->next < at->parents->len) {
        guint which = walk % 2 ? at->parents->len - 1 - top->next : top->next;
        top->next++;
        Visit below = {.revision = at->parents->pdata[which]};
        if (low[below.revision->index] == 0)
          g_array_append_val(stack, below);
        continue;
      }
      rank[at->index] = next++;
      low[at->index] = rank[at->index];
      for (guint j = 0; j < at->parents->len; j++)
        low[at->index] = MIN(low[at->index], low[((Revision *)at->parents->pdata[j])->index]);
      g_array_set_size(stack, stack->len - 1);
    }
  }
}

ReachIndex *reach_index_new(const RevisionMap *map, const GPtrArray *tips)
{
  ReachIndex *index = g_new0(ReachIndex, 1);
  guint n = map->revisions->len + 1;
  g_autofree NodeSet *set = walk_reach(map, tips, WALK_PARENTS);
  g_autoptr(GPtrArray) sorted = by_depth(map, set);

  index->map = map;
  index->tree_first = g_new0(guint, n);
  index->tree_size = g_new0(guint, n);
  index->seen = g_new0(guint, n);
  number_tree(index, sorted);
  for (guint walk = 0; walk < WALKS; walk++) {
    index->low[walk] = g_new0(guint, n);
    index->rank[walk] = g_new0(guint, n);
    number_walk(index, tips, walk);
  }
  return index;
}

void reach_index_free(ReachIndex *index)
{
  for (guint walk = 0; walk < WALKS; walk++) {
    g_free(index->low[walk]);
    g_free(index->rank[walk]);
  }
  g_free(index->tree_first);
  g_free(index->tree_size);
  g_free(index->seen);
  g_free(index);
}

typedef enum { NO, YES, PERHAPS } Verdict;

static Verdict judge(const ReachIndex *index, const Revision *below, const Revision *above)
{
  guint b = below->index, a = above->index;

  if (below->depth >= above->depth)
    return NO;
  if (index->tree_first[a] - index->tree_first[b] < index->tree_size[b])
    return YES;
  for (guint walk = 0; walk < WALKS; walk++)
    if (index->low[walk][b] < index->low[walk][a] || index->rank[walk][b] > index->rank[walk][a])
      return NO;
  return PERHAPS;
}

gboolean reach_is_below(ReachIndex *index, const Revision *below, const Revision *above)
{
  Verdict verdict = judge(index, below, above);
  if (verdict != PERHAPS)
    return verdict == YES;

  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  index->search++;
  for (;; above = g_ptr_array_steal_index_fast(todo, todo->len - 1)) {
    for (guint i = 0; i < above->parents->len; i++) {
      Revision *parent = above->parents->pdata[i];
      if (index->seen[parent->index] == index->search)
        continue;
      index->seen[parent->index] = index->search;
      verdict = judge(index, below, parent);
      if (parent == below || verdict == YES)
        return TRUE;
      if (verdict == PERHAPS)
        g_ptr_array_add(todo, parent);
    }
    if (todo->len == 0)
      return FALSE;
  }
}
