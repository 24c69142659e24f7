/* The order of rows, found from the bottom: parents before children, chain by chain.
 *
 * The chain in work goes on until another one is due: one whose run, up to where it must wait, ends before the next
 * revision of the chain in work was made.  So a branch stays together and stands where its last revision belongs by
 * date.  Where many branches wait at once, the first are placed early, which keeps the picture narrow.
 */
#include "graph-private.h"

/* So many open branches side by side are still readable. */
enum { OPEN_BRANCHES = 24 };

typedef struct {
  gint64 key; /* when the last revision of the run was made */
  guint chain;
} Waiting;

typedef struct {
  GraphLayout *layout;
  guint *foreign;  /* parents outside the own chain that are not placed yet */
  guint *next;     /* next revision of each chain, or GRAPH_NONE */
  guint *run_end;  /* last revision of each chain that is known not to wait */
  GArray *heap;    /* Waiting, lowest key first */
  GArray *stack;   /* guint: chains in work, innermost last */
  guint8 *in_work; /* by chain */
  guint placed;
} Order;

static gboolean before(const Waiting *a, const Waiting *b)
{
  return a->key != b->key ? a->key < b->key : a->chain < b->chain;
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

static void heap_sink(const Order *order, guint i)
{
  for (;;) {
    guint least = i;
    for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < order->heap->len; child++)
      if (before(heap_at(order, child), heap_at(order, least)))
        least = child;
    if (least == i)
      return;
    heap_swap(order, i, least);
    i = least;
  }
}

static gint64 run_key(Order *order, guint chain)
{
  GraphLayout *layout = order->layout;
  guint at = order->run_end[chain];
  while (layout->up[at] != GRAPH_NONE && order->foreign[layout->up[at]] == 0)
    at = layout->up[at];
  order->run_end[chain] = at;
  return layout->time[at];
}

static void heap_push(Order *order, guint chain)
{
  order->run_end[chain] = order->next[chain];
  Waiting item = {.key = run_key(order, chain), .chain = chain};
  g_array_append_val(order->heap, item);
  for (guint i = order->heap->len - 1; i > 0 && before(heap_at(order, i), heap_at(order, (i - 1) / 2));
       i = (i - 1) / 2)
    heap_swap(order, i, (i - 1) / 2);
}

/* The chain that is due first, its key brought up to date. */
static const Waiting *heap_peek(Order *order)
{
  while (order->heap->len > 0) {
    Waiting *first = heap_at(order, 0);
    gint64 key = run_key(order, first->chain);
    if (key == first->key)
      return first;
    first->key = key;
    heap_sink(order, 0);
  }
  return NULL;
}

static guint heap_pop(Order *order)
{
  guint chain = heap_at(order, 0)->chain;
  heap_swap(order, 0, order->heap->len - 1);
  g_array_set_size(order->heap, order->heap->len - 1);
  heap_sink(order, 0);
  return chain;
}

static void place(Order *order, guint revision)
{
  GraphLayout *layout = order->layout;
  guint chain = layout->chain[revision];

  layout->sequence[order->placed++] = revision;
  order->next[chain] = layout->up[revision];
  for (guint i = layout->in_start[revision]; i < layout->in_start[revision + 1]; i++) {
    const GraphEdge *edge = graph_edge(layout, layout->in_edges[i]);
    guint child = edge->child;
    if (edge->parent != revision || layout->down[child] == revision)
      continue;
    if (--order->foreign[child] == 0 && order->next[layout->chain[child]] == child &&
        !order->in_work[layout->chain[child]])
      heap_push(order, layout->chain[child]);
  }
}

static void begin_work(Order *order, guint chain)
{
  order->in_work[chain] = 1;
  g_array_append_val(order->stack, chain);
}

static gboolean is_due(Order *order, guint revision)
{
  const Waiting *first = heap_peek(order);
  if (!first)
    return FALSE;
  return first->key <= order->layout->time[revision] || order->heap->len > OPEN_BRANCHES * order->stack->len;
}

static void run(Order *order)
{
  for (;;) {
    if (order->stack->len == 0) {
      if (!heap_peek(order))
        return;
      begin_work(order, heap_pop(order));
    }
    guint chain = g_array_index(order->stack, guint, order->stack->len - 1);
    guint revision = order->next[chain];
    if (revision == GRAPH_NONE || order->foreign[revision] > 0) {
      order->in_work[chain] = 0;
      g_array_set_size(order->stack, order->stack->len - 1);
    } else if (is_due(order, revision)) {
      begin_work(order, heap_pop(order));
    } else {
      place(order, revision);
    }
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
  order.run_end = g_new(guint, layout->n_chains + 1);
  order.in_work = g_new0(guint8, layout->n_chains + 1);
  order.heap = g_array_new(FALSE, FALSE, sizeof(Waiting));
  order.stack = g_array_new(FALSE, FALSE, sizeof(guint));
  layout->sequence = g_new(guint, layout->n + 1);

  for (guint i = 0; i < layout->edges->len; i++) {
    const GraphEdge *edge = graph_edge(layout, i);
    if (edge->parent != GRAPH_NONE && layout->down[edge->child] != edge->parent)
      order.foreign[edge->child]++;
  }
  for (guint i = 0; i < layout->n; i++)
    if (layout->down[i] == GRAPH_NONE)
      order.next[layout->chain[i]] = i;
  guint first = first_chain(&order);
  if (first != GRAPH_NONE)
    begin_work(&order, first);
  for (guint i = 0; i < layout->n_chains; i++)
    if (i != first && order.foreign[order.next[i]] == 0)
      heap_push(&order, i);
  run(&order);

  g_free(order.foreign);
  g_free(order.next);
  g_free(order.run_end);
  g_free(order.in_work);
  g_array_unref(order.heap);
  g_array_unref(order.stack);
}
