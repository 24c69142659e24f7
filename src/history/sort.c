/* Alembic's order of the selected revisions (alembic.md 5.3), in near-linear time.
 *
 * A list of tips is walked down with a cursor.  A tip waits while another tip lies above it; the cursor then jumps to
 * the first such tip in the list.  Two facts keep that cheap: without gaps in the selection a tip has another one
 * above it exactly while it has a pending child, which is a counter; and to find that tip only one revision of each
 * straight run has to be looked at.
 */
#include <glib/gi18n.h>

#include "select.h"
#include "symbol.h"

typedef struct {
  const RevisionMap *map;
  const NodeSet *set; /* selected */
  NodeSet *reach;     /* everything at or below the tips, selected or not */
  NodeSet *emitted;
  gboolean gaps;     /* something unselected lies between selected ones */
  guint *children;   /* pending selected children, by index */
  guint *run;        /* straight run a revision is in, by index */
  GPtrArray *top;    /* Revision* or NULL: highest pending one of each run */
  GPtrArray **above; /* pending children, compacted when looked at; by index */
  guint *key;        /* place of a tip in the list; 0: no tip; by index */
  guint last_key;
  Revision **prev, **next; /* the list of tips, by index */
  Revision *first, *last;
  guint *seen; /* by index: search number */
  guint search;
} Sort;

static void list_append(Sort *sort, Revision *tip)
{
  sort->key[tip->index] = ++sort->last_key;
  sort->prev[tip->index] = sort->last;
  sort->next[tip->index] = NULL;
  if (sort->last)
    sort->next[sort->last->index] = tip;
  else
    sort->first = tip;
  sort->last = tip;
}

/* Puts by in tip's place; NULL takes tip out. */
static void list_replace(Sort *sort, Revision *tip, Revision *by)
{
  Revision *prev = sort->prev[tip->index], *next = sort->next[tip->index];
  if (by) {
    sort->key[by->index] = sort->key[tip->index];
    sort->prev[by->index] = prev;
    sort->next[by->index] = next;
  }
  sort->key[tip->index] = 0;
  if (prev)
    sort->next[prev->index] = by ? by : next;
  else
    sort->first = by ? by : next;
  if (next)
    sort->prev[next->index] = by ? by : prev;
  else
    sort->last = by ? by : prev;
}

static gboolean is_pending(const Sort *sort, const Revision *revision)
{
  return sort->set[revision->index] && !sort->emitted[revision->index];
}

/* The one selected parent of a revision that has exactly one, else NULL. */
static Revision *only_parent(const Sort *sort, const Revision *revision)
{
  Revision *only = NULL;
  for (guint i = 0; i < revision->parents->len; i++) {
    Revision *parent = revision->parents->pdata[i];
    if (!sort->set[parent->index])
      continue;
    if (only)
      return NULL;
    only = parent;
  }
  return only;
}

/* A run goes on to the parent when nothing else comes in there: no second child, and no tip that starts there. */
static Revision *run_next(const Sort *sort, const Revision *revision)
{
  Revision *parent = only_parent(sort, revision);
  return parent && sort->children[parent->index] == 1 && !sort->key[parent->index] ? parent : NULL;
}

static void find_runs(Sort *sort)
{
  g_autofree NodeSet *continued = node_set_new(sort->map);
  const GPtrArray *all = sort->map->revisions;

  for (guint i = 0; i < all->len; i++) {
    const Revision *next = sort->set[i] ? run_next(sort, all->pdata[i]) : NULL;
    if (next)
      continued[next->index] = 1;
  }
  for (guint i = 0; i < all->len; i++) {
    if (!sort->set[i] || continued[i])
      continue;
    for (Revision *at = all->pdata[i]; at; at = run_next(sort, at))
      sort->run[at->index] = sort->top->len;
    g_ptr_array_add(sort->top, all->pdata[i]);
  }
}

static void count_children(Sort *sort)
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
      sort->gaps = sort->reach[child->index] && !sort->set[child->index];
    }
  }
}

/* The children of a revision through which a tip may still be reached. */
static const GPtrArray *pending_above(Sort *sort, const Revision *revision)
{
  GPtrArray **above = &sort->above[revision->index];
  guint kept = 0;

  if (!*above) {
    *above = g_ptr_array_sized_new(revision->all_next->len);
    g_ptr_array_extend(*above, revision->all_next, NULL, NULL);
  }
  for (guint i = 0; i < (*above)->len; i++) {
    Revision *child = (*above)->pdata[i];
    if (sort->reach[child->index] && !sort->emitted[child->index])
      (*above)->pdata[kept++] = child;
  }
  g_ptr_array_set_size(*above, kept);
  return *above;
}

/* The first tip in the list that lies above from, or NULL. */
static Revision *first_above(Sort *sort, Revision *from)
{
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  Revision *lowest = sort->first == from ? sort->next[from->index] : sort->first, *best = NULL;

  sort->search++;
  g_ptr_array_add(todo, from);
  while (todo->len > 0 && best != lowest) {
    Revision *at = g_ptr_array_steal_index_fast(todo, todo->len - 1);
    const GPtrArray *above = pending_above(sort, at);
    for (guint i = 0; i < above->len && best != lowest; i++) {
      Revision *child = above->pdata[i];
      if (!sort->gaps)
        child = sort->top->pdata[sort->run[child->index]];
      if (sort->seen[child->index] == sort->search)
        continue;
      sort->seen[child->index] = sort->search;
      guint key = sort->key[child->index];
      if (key && (!best || key < sort->key[best->index]))
        best = child;
      g_ptr_array_add(todo, child);
    }
  }
  return best;
}

static void emit(Sort *sort, Revision *revision, GPtrArray *output)
{
  Revision *next = NULL;
  if (!sort->gaps && (next = only_parent(sort, revision)) &&
      sort->run[next->index] != sort->run[revision->index])
    next = NULL;
  if (!sort->gaps)
    sort->top->pdata[sort->run[revision->index]] = next;
  sort->emitted[revision->index] = 1;
  g_ptr_array_add(output, revision);
  for (guint i = 0; i < revision->parents->len; i++)
    sort->children[((Revision *)revision->parents->pdata[i])->index]--;
}

/* Replaces an emitted tip by its pending parents; returns where the cursor goes on. */
static Revision *descend(Sort *sort, Revision *tip)
{
  Revision *first = NULL, *back = sort->prev[tip->index];

  for (guint i = 0; i < tip->parents->len; i++) {
    Revision *parent = tip->parents->pdata[i];
    if (!is_pending(sort, parent) || sort->key[parent->index])
      continue;
    if (first) {
      list_append(sort, parent);
      continue;
    }
    first = parent;
    list_replace(sort, tip, first);
  }
  if (first)
    return first;
  list_replace(sort, tip, NULL);
  return back ? back : sort->first;
}

static int by_rank(const void *a, const void *b)
{
  const Revision *x = *(Revision *const *)a, *y = *(Revision *const *)b;
  return x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void start(Sort *sort, const Selection *selection)
{
  g_autoptr(GPtrArray) tips = g_ptr_array_new();
  guint n = sort->map->revisions->len + 1;

  for (guint i = 0; i < selection->heads->len; i++)
    if (sort->set[((Revision *)selection->heads->pdata[i])->index])
      g_ptr_array_add(tips, selection->heads->pdata[i]);
  g_ptr_array_sort(tips, by_rank);
  sort->emitted = node_set_new(sort->map);
  sort->reach = walk_reach(sort->map, tips, WALK_PARENTS);
  sort->children = g_new0(guint, n);
  sort->run = g_new0(guint, n);
  sort->key = g_new0(guint, n);
  sort->seen = g_new0(guint, n);
  sort->prev = g_new0(Revision *, n);
  sort->next = g_new0(Revision *, n);
  sort->above = g_new0(GPtrArray *, n);
  sort->top = g_ptr_array_new();
  for (guint i = 0; i < tips->len; i++)
    if (!sort->key[((Revision *)tips->pdata[i])->index])
      list_append(sort, tips->pdata[i]);
  count_children(sort);
  if (!sort->gaps)
    find_runs(sort);
}

static void finish(Sort *sort)
{
  for (guint i = 0; i < sort->map->revisions->len; i++)
    if (sort->above[i])
      g_ptr_array_unref(sort->above[i]);
  g_free(sort->above);
  g_free(sort->emitted);
  g_free(sort->reach);
  g_free(sort->children);
  g_free(sort->run);
  g_free(sort->key);
  g_free(sort->seen);
  g_free(sort->prev);
  g_free(sort->next);
  g_ptr_array_unref(sort->top);
}

GPtrArray *select_sort(const RevisionMap *map, const Selection *selection, GError **error)
{
  Sort sort = {.map = map, .set = selection->set};
  g_autoptr(GPtrArray) output = g_ptr_array_new();
  guint selected = 0, covered = 0;

  start(&sort, selection);
  for (guint i = 0; i < map->revisions->len; i++) {
    selected += sort.set[i];
    covered += sort.set[i] && sort.reach[i];
  }
  for (Revision *at = covered == selected ? sort.first : NULL; at;) {
    Revision *other = sort.gaps || sort.children[at->index] > 0 ? first_above(&sort, at) : NULL;
    if (other) {
      at = other;
      continue;
    }
    emit(&sort, at, output);
    at = descend(&sort, at);
  }
  finish(&sort);
  if (output->len == selected)
    return g_steal_pointer(&output);
  g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_TRACEBACK,
                      _("the range leaves out revisions that others in it depend on, and has no order"));
  return NULL;
}
