/* The order of rows, found from the bottom: parents before children, chain by chain.
 *
 * The chain in work goes on while it can.  It gives way to another one that is older by a few revisions; to one whose
 * next revision only is older it gives way later, so that branches do not alternate row by row.  Only the next few
 * revisions are compared, so one that is added at the top changes nothing below.  Where many branches wait at once,
 * the oldest are placed early, which keeps the picture narrow.
 */
#include "graph-private.h"

/* So many revisions of a chain stay together although another chain is due. */
enum { TOGETHER = 5 };
/* So many open branches side by side are still readable. */
enum { OPEN_BRANCHES = 24 };

typedef struct {
  gint64 time; /* when the chain's next revision was made */
  guint
      turn; /* of equal times the chain that was met last goes first: what hangs on a revision stands above it */
  guint chain;
} Waiting;

typedef struct {
  GraphLayout *layout;
  guint *foreign; /* parents outside the own chain that are not placed yet, by revision */
  guint *next;    /* next revision of each chain, or GRAPH_NONE */
  GArray *heap;   /* Waiting, the first to go on top */
  guint *turn;    /* of each chain, from 1; 0: not met yet */
  guint turns;
  guint current; /* chain in work, or GRAPH_NONE */
  guint overdue; /* revisions placed since another chain is due */
  guint placed;
} Order;

static gboolean before(const Waiting *a, const Waiting *b)
{
  return a->time != b->time ? a->time < b->time : a->turn > b->turn;
}

static Waiting *heap_at(const Order *order, guint i)
{
  return &g_array_index(order->heap, Waiting, i);
}

static void heap_swap(const Order *order, guint i, guint j)
{
  Waiting item = *heap_at(order, i);
  *heap_at(order, i) = *heap_at(order, j);
  *heap_at(order, j) = item;
}

static void heap_push(Order *order, guint chain)
{
  if (order->turn[chain] == 0)
    order->turn[chain] = ++order->turns;
  Waiting item = {
      .time = order->layout->time[order->next[chain]], .turn = order->turn[chain], .chain = chain};
  g_array_append_val(order->heap, item);
  for (guint i = order->heap->len - 1; i > 0 && before(heap_at(order, i), heap_at(order, (i - 1) / 2));
       i = (i - 1) / 2)
    heap_swap(order, i, (i - 1) / 2);
}

static guint heap_pop(Order *order)
{
  guint chain = heap_at(order, 0)->chain;
  heap_swap(order, 0, order->heap->len - 1);
  g_array_set_size(order->heap, order->heap->len - 1);
  for (guint i = 0;;) {
    guint first = i;
    for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < order->heap->len; child++)
      if (before(heap_at(order, child), heap_at(order, first)))
        first = child;
    if (first == i)
      return chain;
    heap_swap(order, i, first);
    i = first;
  }
}

/* Gives the work to the chain that is first in line. */
static void change_chain(Order *order)
{
  guint chain = heap_pop(order);
  if (order->current != GRAPH_NONE)
    heap_push(order, order->current);
  order->current = chain;
  order->overdue = 0;
}

static gboolean can_go_on(const Order *order)
{
  guint revision = order->current == GRAPH_NONE ? GRAPH_NONE : order->next[order->current];
  return revision != GRAPH_NONE && order->foreign[revision] == 0;
}

/* Places the next revision of the chain in work.  TRUE when that set free a chain of the same age as what follows,
 * which is then finished first: it hangs right above. */
static gboolean place(Order *order)
{
  GraphLayout *layout = order->layout;
  guint revision = order->next[order->current], next = layout->up[revision];
  gboolean tie = FALSE;

  layout->sequence[order->placed++] = revision;
  order->next[order->current] = next;
  for (guint i = layout->in_start[revision]; i < layout->in_start[revision + 1]; i++) {
    const GraphEdge *edge = graph_edge(layout, layout->in_edges[i]);
    guint child = edge->child, chain = layout->chain[child];
    if (edge->parent != revision || layout->down[child] == revision)
      continue;
    if (--order->foreign[child] > 0 || order->next[chain] != child || chain == order->current)
      continue;
    heap_push(order, chain);
    tie |= next != GRAPH_NONE && layout->time[child] == layout->time[next];
  }
  return tie;
}

/* A chain that has so many older revisions to place that they stay together. */
static gboolean is_far_behind(const Order *order, guint chain, gint64 time)
{
  guint revision = order->next[chain];
  for (guint i = 1; i < TOGETHER && revision != GRAPH_NONE; i++)
    revision = order->layout->up[revision];
  return revision != GRAPH_NONE && order->layout->time[revision] < time;
}

static gboolean should_change(Order *order)
{
  if (order->heap->len == 0)
    return FALSE;
  if (order->heap->len > OPEN_BRANCHES && order->overdue == 0)
    return TRUE;
  gint64 time = order->layout->time[order->next[order->current]];
  const Waiting *first = heap_at(order, 0);
  if (first->time >= time) {
    order->overdue = 0;
    return FALSE;
  }
  order->overdue++;
  return order->overdue > TOGETHER || is_far_behind(order, first->chain, time);
}

static void run(Order *order)
{
  gboolean tie = FALSE;
  for (;;) {
    if (!can_go_on(order)) {
      order->current = GRAPH_NONE;
      if (order->heap->len == 0)
        return;
      change_chain(order);
    } else if (tie || should_change(order)) {
      change_chain(order);
    }
    tie = place(order);
  }
}

/* The line to begin with: the one of the oldest base, of those the longest.  It gets the first lane. */
static guint first_chain(const Order *order)
{
  GraphLayout *layout = order->layout;
  g_autofree guint *length = g_new0(guint, layout->n_chains + 1);
  guint best = GRAPH_NONE;

  for (guint i = 0; i < layout->n; i++)
    length[layout->chain[i]]++;
  for (guint i = 0; i < layout->n_chains; i++) {
    if (order->foreign[order->next[i]] > 0)
      continue;
    gint64 time = layout->time[order->next[i]];
    gint64 best_time = best == GRAPH_NONE ? G_MAXINT64 : layout->time[order->next[best]];
    if (time < best_time || (time == best_time && length[i] > length[best]))
      best = i;
  }
  return best;
}

void graph_order(GraphLayout *layout)
{
  Order order = {.layout = layout};
  order.foreign = g_new0(guint, layout->n + 1);
  order.next = g_new(guint, layout->n_chains + 1);
  order.turn = g_new0(guint, layout->n_chains + 1);
  order.heap = g_array_new(FALSE, FALSE, sizeof(Waiting));
  layout->sequence = g_new(guint, layout->n + 1);

  for (guint i = 0; i < layout->edges->len; i++) {
    const GraphEdge *edge = graph_edge(layout, i);
    if (edge->parent != GRAPH_NONE && layout->down[edge->child] != edge->parent)
      order.foreign[edge->child]++;
  }
  for (guint i = 0; i < layout->n; i++)
    if (layout->down[i] == GRAPH_NONE)
      order.next[layout->chain[i]] = i;
  order.current = first_chain(&order);
  if (order.current != GRAPH_NONE)
    order.turn[order.current] = ++order.turns;
  for (guint i = 0; i < layout->n_chains; i++)
    if (i != order.current && order.foreign[order.next[i]] == 0)
      heap_push(&order, i);
  run(&order);

  g_free(order.foreign);
  g_free(order.next);
  g_free(order.turn);
  g_array_unref(order.heap);
}
