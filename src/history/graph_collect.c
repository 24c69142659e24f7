/* Edges and chains.
 *
 * A chain is a line of revisions that share a lane.  At a fork the oldest child goes on with it, so that a younger
 * one added later changes nothing; only a stub gives way to a line many times as long.  At a merge the oldest of the
 * chains that end there goes on.
 */
#include <string.h>

#include "graph-private.h"

static void add_edge(GraphLayout *layout, guint child, guint parent, gboolean dashed)
{
  GraphEdge edge = {.child = child, .parent = parent, .dashed = dashed, .carrier = GRAPH_NONE};
  g_array_append_val(layout->edges, edge);
}

static void add_missing(GraphLayout *layout, const Revision *revision, char *const *names, gboolean dashed)
{
  for (; names && *names; names++)
    if (!g_hash_table_contains(layout->map->by_id, *names))
      add_edge(layout, revision->index, GRAPH_NONE, dashed);
}

static void collect_edges(GraphLayout *layout)
{
  layout->edges = g_array_sized_new(FALSE, FALSE, sizeof(GraphEdge), layout->n + layout->n / 8);
  layout->out_start = g_new(guint, layout->n + 1);
  for (guint i = 0; i < layout->n; i++) {
    const Revision *revision = graph_revision(layout, i);
    layout->out_start[i] = layout->edges->len;
    for (guint j = 0; j < revision->parents->len; j++) {
      const Revision *parent = revision->parents->pdata[j];
      add_edge(layout, i, parent->index, !g_ptr_array_find(revision->down, parent, NULL));
    }
    if (layout->map->missing->len > 0) {
      add_missing(layout, revision, revision->down_revision, FALSE);
      add_missing(layout, revision, revision->depends_on, TRUE);
    }
  }
  layout->out_start[layout->n] = layout->edges->len;
}

static void index_parents(GraphLayout *layout)
{
  layout->in_start = g_new0(guint, layout->n + 2);
  layout->in_edges = g_new(guint, layout->edges->len + 1);
  for (guint i = 0; i < layout->edges->len; i++)
    if (graph_edge(layout, i)->parent != GRAPH_NONE)
      layout->in_start[graph_edge(layout, i)->parent + 2]++;
  for (guint i = 2; i < layout->n + 2; i++)
    layout->in_start[i] += layout->in_start[i - 1];
  /* Shifted by one while filling, so that it ends where it belongs. */
  for (guint i = 0; i < layout->edges->len; i++) {
    guint parent = graph_edge(layout, i)->parent;
    if (parent != GRAPH_NONE)
      layout->in_edges[layout->in_start[parent + 1]++] = i;
  }
}

static gboolean number(const char **s, guint digits, gint64 *value)
{
  *value = 0;
  for (guint i = 0; i < digits; i++, (*s)++) {
    if (!g_ascii_isdigit(**s))
      return FALSE;
    *value = *value * 10 + (**s - '0');
  }
  return TRUE;
}

/* Seconds, in an order that is all that matters: 0 when there is no date.  Zones are left aside. */
static gint64 parse_time(const char *text)
{
  gint64 year, month, day, hour = 0, minute = 0, second = 0;

  if (!text)
    return 0;
  while (*text == ' ')
    text++;
  if (!number(&text, 4, &year) || *text++ != '-' || !number(&text, 2, &month) || *text++ != '-' ||
      !number(&text, 2, &day))
    return 0;
  if ((*text == ' ' || *text == 'T') && text++ && number(&text, 2, &hour) && *text == ':' && text++ &&
      number(&text, 2, &minute) && *text == ':' && text++)
    number(&text, 2, &second);
  return ((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60 + second;
}

/* Cuts the edges that keep a revision of a cycle waiting. */
static void cut(GraphLayout *layout, guint revision, const guint8 *done, guint *waiting)
{
  for (guint i = layout->out_start[revision]; i < layout->out_start[revision + 1]; i++) {
    GraphEdge *edge = graph_edge(layout, i);
    if (edge->parent != GRAPH_NONE && !done[edge->parent])
      edge->parent = GRAPH_NONE;
  }
  waiting[revision] = 0;
}

/* Parents before children.  Edges that close a cycle are cut on the way. */
static guint *sort_up(GraphLayout *layout)
{
  guint *order = g_new(guint, layout->n + 1), len = 0, next_cut = 0;
  g_autofree guint *waiting = g_new0(guint, layout->n + 1);
  g_autofree guint8 *done = g_new0(guint8, layout->n + 1);

  for (guint i = 0; i < layout->edges->len; i++)
    if (graph_edge(layout, i)->parent != GRAPH_NONE)
      waiting[graph_edge(layout, i)->child]++;
  for (guint i = 0; i < layout->n; i++)
    if (waiting[i] == 0)
      order[len++] = i;
  for (guint at = 0; at < layout->n; at++) {
    while (at == len) {
      if (waiting[next_cut] > 0) {
        cut(layout, next_cut, done, waiting);
        order[len++] = next_cut;
      }
      next_cut++;
    }
    guint revision = order[at];
    done[revision] = 1;
    for (guint i = layout->in_start[revision]; i < layout->in_start[revision + 1]; i++) {
      const GraphEdge *edge = graph_edge(layout, layout->in_edges[i]);
      if (edge->parent == revision && waiting[edge->child] > 0 && --waiting[edge->child] == 0)
        order[len++] = edge->child;
    }
  }
  return order;
}

static void set_times(GraphLayout *layout, const guint *order, guint *height)
{
  layout->time = g_new0(gint64, layout->n + 1);
  for (guint at = 0; at < layout->n; at++) {
    guint revision = order[at];
    gint64 time = parse_time(graph_revision(layout, revision)->create_date);
    for (guint i = layout->out_start[revision]; i < layout->out_start[revision + 1]; i++)
      if (graph_edge(layout, i)->parent != GRAPH_NONE)
        time = MAX(time, layout->time[graph_edge(layout, i)->parent]);
    layout->time[revision] = time;
  }
  for (guint at = layout->n; at > 0; at--) {
    guint revision = order[at - 1];
    for (guint i = layout->out_start[revision]; i < layout->out_start[revision + 1]; i++) {
      const GraphEdge *edge = graph_edge(layout, i);
      if (edge->parent != GRAPH_NONE && !edge->dashed)
        height[edge->parent] = MAX(height[edge->parent], height[revision] + 1);
    }
  }
}

static gboolean is_older(const GraphLayout *layout, guint a, guint b)
{
  return layout->time[a] != layout->time[b] ? layout->time[a] < layout->time[b] : a < b;
}

/* How much longer another line must be to take the lane from the oldest: much, so that this changes hardly ever. */
enum { STUB_FACTOR = 8, STUB_MARGIN = 32 };

static guint main_child(const GraphLayout *layout, guint parent, const guint *height)
{
  guint oldest = GRAPH_NONE, tallest = GRAPH_NONE;
  for (guint i = layout->in_start[parent]; i < layout->in_start[parent + 1]; i++) {
    const GraphEdge *edge = graph_edge(layout, layout->in_edges[i]);
    if (edge->parent != parent || edge->dashed)
      continue;
    if (oldest == GRAPH_NONE || is_older(layout, edge->child, oldest))
      oldest = edge->child;
    if (tallest == GRAPH_NONE || height[edge->child] > height[tallest])
      tallest = edge->child;
  }
  if (tallest != GRAPH_NONE && height[tallest] > STUB_FACTOR * height[oldest] + STUB_MARGIN)
    return tallest;
  return oldest;
}

static void join_chain(GraphLayout *layout, guint revision, guint parent)
{
  layout->down[revision] = parent;
  layout->up[parent] = revision;
  layout->chain[revision] = layout->chain[parent];
}

/* The chain below that a revision goes on with.  One whose heir has gone on with another chain is free for a merge
 * that comes by; a mere child of it starts a chain of its own. */
static guint chain_below(const GraphLayout *layout, guint revision, const guint *heir, const guint8 *made)
{
  guint below = GRAPH_NONE, spare = GRAPH_NONE, solid = 0;

  for (guint i = layout->out_start[revision]; i < layout->out_start[revision + 1]; i++) {
    const GraphEdge *edge = graph_edge(layout, i);
    if (edge->parent == GRAPH_NONE || edge->dashed)
      continue;
    solid++;
    guint *best = heir[edge->parent] == revision ? &below : &spare;
    if (layout->up[edge->parent] != GRAPH_NONE || !(best == &below || made[heir[edge->parent]]))
      continue;
    if (*best == GRAPH_NONE || layout->chain[edge->parent] < layout->chain[*best])
      *best = edge->parent;
  }
  return below == GRAPH_NONE && solid > 1 ? spare : below;
}

static void make_chains(GraphLayout *layout, const guint *order, const guint *height)
{
  g_autofree guint *heir = g_new(guint, layout->n + 1);
  g_autofree guint8 *made = g_new0(guint8, layout->n + 1);

  layout->up = g_new(guint, layout->n + 1);
  layout->down = g_new(guint, layout->n + 1);
  layout->chain = g_new(guint, layout->n + 1);
  for (guint i = 0; i < layout->n; i++) {
    layout->up[i] = layout->down[i] = GRAPH_NONE;
    heir[i] = main_child(layout, i, height);
  }
  for (guint at = 0; at < layout->n; at++) {
    guint revision = order[at], below = chain_below(layout, revision, heir, made);
    made[revision] = 1;
    if (below == GRAPH_NONE)
      layout->chain[revision] = layout->n_chains++;
    else
      join_chain(layout, revision, below);
  }
}

void graph_collect(GraphLayout *layout)
{
  g_autofree guint *height = g_new0(guint, layout->n + 1);

  collect_edges(layout);
  index_parents(layout);
  g_autofree guint *order = sort_up(layout);
  set_times(layout, order, height);
  make_chains(layout, order, height);
}
