/* Alembic's order of the selected revisions (alembic.md 5.3), in near-linear time.
 *
 * A list of tips is walked down with a cursor.  A tip waits while another tip lies above it; the cursor then jumps to
 * the first such tip in the list.  Without gaps in the selection a tip has another one above it exactly while it has
 * a pending child, which is a counter; only to find out which one the list is searched, with a reachability index.
 */
#include <glib/gi18n.h>

#include "reach.h"
#include "select.h"
#include "symbol.h"

typedef struct {
  const RevisionMap *map;
  const NodeSet *set; /* selected */
  NodeSet *pending;   /* selected and not placed yet */
  gboolean gaps;      /* something unselected lies between selected ones */
  guint *children;    /* pending selected children, by index */
  GPtrArray *tips;    /* Revision*, NULL where one was taken out */
  GArray *depths;     /* guint: of the tips, 0 where one was taken out: what a search looks at first */
  guint *slot;        /* 1 + place in tips, or 0, by index */
  guint *from;        /* by index: no tip in an earlier place lies above this one */
  guint dead;         /* places without a tip */
  ReachIndex *reach;
} Sort;

static void set_tip(Sort *sort, guint place, Revision *tip)
{
  sort->tips->pdata[place] = tip;
  g_array_index(sort->depths, guint, place) = tip ? tip->depth : 0;
  if (tip)
    sort->slot[tip->index] = place + 1;
}

static void append_tip(Sort *sort, Revision *tip)
{
  g_ptr_array_add(sort->tips, NULL);
  g_array_set_size(sort->depths, sort->tips->len);
  set_tip(sort, sort->tips->len - 1, tip);
}

/* Closes the gaps between tips. */
static void compact(Sort *sort)
{
  g_autofree guint *moved = g_new(guint, sort->tips->len + 1);
  guint kept = 0;
  for (guint i = 0; i < sort->tips->len; i++) {
    moved[i] = kept;
    kept += sort->tips->pdata[i] != NULL;
  }
  moved[sort->tips->len] = kept;
  for (guint i = 0; i < sort->tips->len; i++) {
    Revision *tip = sort->tips->pdata[i];
    if (!tip)
      continue;
    sort->from[tip->index] = moved[MIN(sort->from[tip->index], sort->tips->len)];
    set_tip(sort, moved[i], tip);
  }
  g_ptr_array_set_size(sort->tips, (int)kept);
  g_array_set_size(sort->depths, kept);
  sort->dead = 0;
}

/* Takes a tip out and returns the one before it, or else the first. */
static Revision *remove_tip(Sort *sort, Revision *tip)
{
  guint place = sort->slot[tip->index] - 1;
  Revision *back = NULL;

  sort->slot[tip->index] = 0;
  set_tip(sort, place, NULL);
  sort->dead++;
  for (guint i = place; i > 0 && !back; i--)
    back = sort->tips->pdata[i - 1];
  for (guint i = place; i < sort->tips->len && !back; i++)
    back = sort->tips->pdata[i];
  while (sort->tips->len > 0 && !sort->tips->pdata[sort->tips->len - 1]) {
    g_ptr_array_set_size(sort->tips, (int)sort->tips->len - 1);
    g_array_set_size(sort->depths, sort->tips->len);
    sort->dead--;
  }
  if (sort->dead > 16 && sort->dead > sort->tips->len / 2)
    compact(sort);
  return back;
}

/* The first tip in the list that lies above another one, or NULL.  What lies above a tip only ever moves towards it
 * or splits to the end of the list, so a later search goes on where the last one stopped. */
static Revision *first_above(Sort *sort, const Revision *tip)
{
  if (!sort->gaps && sort->children[tip->index] == 0)
    return NULL;
  for (guint i = sort->from[tip->index]; i < sort->tips->len; i++) {
    if (g_array_index(sort->depths, guint, i) <= tip->depth)
      continue;
    Revision *other = sort->tips->pdata[i];
    if (!reach_is_below(sort->reach, tip, other))
      continue;
    sort->from[tip->index] = i;
    return other;
  }
  return NULL;
}

static void place(Sort *sort, Revision *revision, GPtrArray *output)
{
  sort->pending[revision->index] = 0;
  g_ptr_array_add(output, revision);
  for (guint i = 0; i < revision->parents->len; i++)
    sort->children[((Revision *)revision->parents->pdata[i])->index]--;
}

/* Replaces a tip that is placed by its pending parents; returns where the cursor goes on. */
static Revision *descend(Sort *sort, Revision *tip)
{
  Revision *first = NULL;

  for (guint i = 0; i < tip->parents->len; i++) {
    Revision *parent = tip->parents->pdata[i];
    if (!sort->pending[parent->index] || sort->slot[parent->index] > 0)
      continue;
    if (first) {
      append_tip(sort, parent);
      continue;
    }
    first = parent;
    set_tip(sort, sort->slot[tip->index] - 1, first);
  }
  if (!first)
    return remove_tip(sort, tip);
  sort->slot[tip->index] = 0;
  return first;
}

/* Counts children; a child below the tips that is not selected is a gap. */
static void count_children(Sort *sort, const NodeSet *below_tips)
{
  const GPtrArray *all = sort->map->revisions;
  for (guint i = 0; i < all->len; i++) {
    const Revision *revision = all->pdata[i];
    if (!sort->set[i])
      continue;
    for (guint j = 0; j < revision->parents->len; j++)
      sort->children[((Revision *)revision->parents->pdata[j])->index]++;
    for (guint j = 0; j < revision->all_next->len && !sort->gaps; j++) {
      const Revision *child = revision->all_next->pdata[j];
      sort->gaps = below_tips[child->index] && !sort->set[child->index];
    }
  }
}

static int by_rank(const void *a, const void *b)
{
  const Revision *x = *(Revision *const *)a, *y = *(Revision *const *)b;
  return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static GPtrArray *selected_tips(const Selection *selection)
{
  GPtrArray *tips = g_ptr_array_new();
  for (guint i = 0; i < selection->heads->len; i++)
    if (selection->set[((Revision *)selection->heads->pdata[i])->index])
      g_ptr_array_add(tips, selection->heads->pdata[i]);
  g_ptr_array_sort(tips, by_rank);
  return tips;
}

static void walk_down(Sort *sort, const GPtrArray *tips, GPtrArray *output)
{
  for (guint i = 0; i < tips->len; i++)
    if (sort->slot[((Revision *)tips->pdata[i])->index] == 0)
      append_tip(sort, tips->pdata[i]);
  for (Revision *at = tips->len > 0 ? tips->pdata[0] : NULL; at;) {
    Revision *other = first_above(sort, at);
    if (!other)
      place(sort, at, output);
    at = other ? other : descend(sort, at);
  }
}

static void sort_clear(Sort *sort)
{
  g_ptr_array_unref(sort->tips);
  g_array_unref(sort->depths);
  reach_index_free(sort->reach);
  g_free(sort->pending);
  g_free(sort->children);
  g_free(sort->slot);
  g_free(sort->from);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sort, sort_clear)

static void sort_init(Sort *sort, const RevisionMap *map, const NodeSet *set, const GPtrArray *tips)
{
  guint n = map->revisions->len + 1;
  *sort = (Sort){.map = map, .set = set};
  sort->tips = g_ptr_array_new();
  sort->depths = g_array_new(FALSE, TRUE, sizeof(guint));
  sort->pending = g_memdup2(set, n * sizeof(NodeSet));
  sort->children = g_new0(guint, n);
  sort->slot = g_new0(guint, n);
  sort->from = g_new0(guint, n);
  sort->reach = reach_index_new(map, tips);
}

GPtrArray *select_sort(const RevisionMap *map, const Selection *selection, GError **error)
{
  g_autoptr(GPtrArray) tips = selected_tips(selection), output = g_ptr_array_new();
  g_autofree NodeSet *below_tips = walk_reach(map, tips, WALK_PARENTS);
  guint selected = 0, covered = 0;
  g_auto(Sort) sort;

  sort_init(&sort, map, selection->set, tips);
  for (guint i = 0; i < map->revisions->len; i++) {
    selected += selection->set[i];
    covered += selection->set[i] && below_tips[i];
  }
  if (covered == selected) {
    count_children(&sort, below_tips);
    walk_down(&sort, tips, output);
  }
  if (output->len == selected)
    return g_steal_pointer(&output);
  g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_TRACEBACK,
                      _("the range leaves out revisions that others in it depend on, and has no order"));
  return NULL;
}
