/* Folds, and which lane each line takes.
 *
 * Rows are counted in half steps here: row r is 2r, the gap below it 2r + 1.  Lanes are given to the oldest lines
 * first, so that what is new moves nothing that was there.
 */
#include "graph-private.h"

/* A fold that is not worth it hides more than it saves. */
enum { FOLD_DEFAULT = 3 };

static guint edge_count(const GraphLayout *layout, guint revision)
{
  return layout->out_start[revision + 1] - layout->out_start[revision];
}

static guint child_count(const GraphLayout *layout, guint revision)
{
  guint n = 0;
  for (guint i = layout->in_start[revision]; i < layout->in_start[revision + 1]; i++)
    n += graph_edge(layout, layout->in_edges[i])->parent == revision;
  return n;
}

/* In the middle of a line: one parent below, one child above. */
static gboolean is_linear(const GraphLayout *layout, guint revision)
{
  return layout->up[revision] != GRAPH_NONE && layout->down[revision] != GRAPH_NONE &&
         edge_count(layout, revision) == 1 && child_count(layout, revision) == 1;
}

static gboolean folds(const GraphLayout *layout, const GraphOptions *options, guint revision)
{
  return options && options->may_fold && is_linear(layout, revision) &&
         options->may_fold(graph_revision(layout, revision), options->data);
}

static void add_unit(GraphLayout *layout, guint at, guint count)
{
  GraphUnit *unit = g_new(GraphUnit, 1);
  unit->first = graph_revision(layout, layout->sequence[at]);
  unit->count = count;
  for (guint i = 0; i < count; i++)
    layout->unit[layout->sequence[at - i]] = layout->units->len;
  g_ptr_array_add(layout->units, unit);
}

void graph_fold(GraphLayout *layout, const GraphOptions *options)
{
  guint least = options && options->fold_at_least > 1 ? options->fold_at_least : FOLD_DEFAULT;

  layout->units = g_ptr_array_new_with_free_func(g_free);
  layout->unit = g_new0(guint, layout->n + 1);
  for (guint at = layout->n; at > 0;) {
    guint count = 0;
    while (count < at && folds(layout, options, layout->sequence[at - 1 - count]) &&
           (count == 0 || layout->down[layout->sequence[at - count]] == layout->sequence[at - 1 - count]))
      count++;
    if (count < least)
      count = 1;
    add_unit(layout, at - 1, count);
    at -= count;
  }
}

static guint row(const GraphLayout *layout, guint revision)
{
  return layout->unit[revision];
}

/* What goes straight down from each revision and straight up to it. */
static void choose_straight(const GraphLayout *layout, guint *straight_down, guint *straight_up)
{
  for (guint i = 0; i < layout->n; i++)
    straight_down[i] = straight_up[i] = GRAPH_NONE;
  for (guint i = 0; i < layout->edges->len; i++) {
    GraphEdge *edge = graph_edge(layout, i);
    gboolean chain = edge->parent != GRAPH_NONE && layout->down[edge->child] == edge->parent && !edge->dashed;
    gboolean first = straight_down[edge->child] == GRAPH_NONE;
    edge->kind = EDGE_FREE;
    if (chain) {
      edge->kind = row(layout, edge->child) == row(layout, edge->parent) ? EDGE_HIDDEN : EDGE_CHAIN;
      straight_down[edge->child] = straight_up[edge->parent] = i;
    } else if (first && layout->down[edge->child] == GRAPH_NONE) {
      edge->kind = EDGE_DOWN;
      straight_down[edge->child] = i;
    }
  }
}

/* At the end of a chain the nearest child, one that is no dependent first, draws its line straight up from there. */
static void choose_up(const GraphLayout *layout, guint parent, guint *straight_up)
{
  guint best = GRAPH_NONE;
  if (straight_up[parent] != GRAPH_NONE)
    return;
  for (guint j = layout->in_start[parent]; j < layout->in_start[parent + 1]; j++) {
    guint i = layout->in_edges[j];
    const GraphEdge *edge = graph_edge(layout, i),
                    *other = best == GRAPH_NONE ? NULL : graph_edge(layout, best);
    if (edge->parent != parent || edge->kind != EDGE_FREE)
      continue;
    if (!other || edge->dashed < other->dashed ||
        (edge->dashed == other->dashed && row(layout, edge->child) > row(layout, other->child)))
      best = i;
  }
  if (best == GRAPH_NONE)
    return;
  graph_edge(layout, best)->kind = EDGE_UP;
  straight_up[parent] = best;
}

/* Lines that end at one parent by joining: sorted from the parent upwards. */
static int nearest_first(const void *a, const void *b, void *data)
{
  const GraphLayout *layout = data;
  guint x = row(layout, graph_edge(layout, *(const guint *)a)->child);
  guint y = row(layout, graph_edge(layout, *(const guint *)b)->child);
  return x > y ? -1 : x < y;
}

/* Up to so many lines run beside each other to the same parent, and so far, before they join on the way. */
enum { JOIN_AT_MOST = 4, JOIN_WITHIN = 12 };

/* Where the lines of one style join: right above the parent, or, when that is many or far, on the way, in a line
 * (carrier) that leads there already.  Below row straight that is the parent's own line; above it, that of the next
 * lower child, which is left where it would be without the others. */
static void choose_joins(const GraphLayout *layout, GArray *lines, guint parent, guint straight)
{
  guint join = row(layout, parent) - 1, carrier = GRAPH_NONE, count = 0;

  g_array_sort_with_data(lines, nearest_first, (void *)layout);
  for (guint i = 0; i < lines->len; i++) {
    GraphEdge *edge = graph_edge(layout, g_array_index(lines, guint, i));
    guint at = row(layout, edge->child);
    if (count == JOIN_AT_MOST || join - at > JOIN_WITHIN) {
      guint below = i > 0 ? g_array_index(lines, guint, i - 1) : GRAPH_NONE;
      if (straight != GRAPH_NONE && at > straight) {
        join = at;
        count = 0;
      } else if (below != GRAPH_NONE &&
                 graph_edge(layout, below)->join > row(layout, graph_edge(layout, below)->child)) {
        join = row(layout, graph_edge(layout, below)->child);
        carrier = below;
        count = 0;
      }
    }
    count++;
    edge->join = join;
    edge->carrier = carrier;
    if (carrier != GRAPH_NONE && edge->kind == EDGE_DOWN)
      graph_edge(layout, carrier)->carries = TRUE;
  }
}

/* Lines of the two styles do not share a way, so that a dependency stays one to its end. */
static void join_at(const GraphLayout *layout, guint parent, const guint *straight_up)
{
  g_autoptr(GArray) solid = g_array_new(FALSE, FALSE, sizeof(guint));
  g_autoptr(GArray) dashed = g_array_new(FALSE, FALSE, sizeof(guint));
  guint straight[2] = {GRAPH_NONE, GRAPH_NONE};

  if (straight_up[parent] != GRAPH_NONE) {
    const GraphEdge *edge = graph_edge(layout, straight_up[parent]);
    straight[edge->dashed] = row(layout, edge->child);
  }
  for (guint j = layout->in_start[parent]; j < layout->in_start[parent + 1]; j++) {
    guint i = layout->in_edges[j];
    const GraphEdge *edge = graph_edge(layout, i);
    if (edge->parent == parent && (edge->kind == EDGE_DOWN || edge->kind == EDGE_FREE))
      g_array_append_val(edge->dashed ? dashed : solid, i);
  }
  choose_joins(layout, solid, parent, straight[FALSE]);
  choose_joins(layout, dashed, parent, straight[TRUE]);
}

/* A line that wants a lane: a chain, or an edge of its own. */
typedef struct {
  gint64 time;       /* of the oldest revision it belongs to */
  guint top, bottom; /* half steps, both ends included */
  guint chain;       /* or GRAPH_NONE */
  guint edge;        /* the edge of its own, or the one that leaves a chain at its foot, or GRAPH_NONE */
} Line;

static guint edge_bottom(const GraphEdge *edge, const GraphLayout *layout)
{
  return edge->parent == GRAPH_NONE ? 2 * row(layout, edge->child) + 1 : 2 * edge->join + 1;
}

/* Above a head the lane stays free, so that what comes on top of it has its place: to the top of the picture, unless
 * there are many heads. */
enum { FEW_HEADS = 8, ROOM_ABOVE = 4 };

static guint line_top(const GraphLayout *layout, guint top, guint straight_up)
{
  guint at = row(layout, top);
  if (straight_up != GRAPH_NONE)
    return 2 * row(layout, graph_edge(layout, straight_up)->child);
  if (child_count(layout, top) > 0)
    return 2 * at - 1; /* lines join right above it */
  if (layout->map->heads->len <= FEW_HEADS || at < ROOM_ABOVE)
    return 0;
  return 2 * (at - ROOM_ABOVE);
}

static void add_chain_lines(const GraphLayout *layout, const guint *straight_down, const guint *straight_up,
                            GArray *lines)
{
  for (guint i = 0; i < layout->n; i++) {
    if (layout->down[i] != GRAPH_NONE)
      continue;
    guint top = i, foot = straight_down[i];
    while (layout->up[top] != GRAPH_NONE)
      top = layout->up[top];
    Line line = {.time = layout->time[i], .chain = layout->chain[i], .edge = foot};
    /* Nothing may begin right below a revision that ends a line. */
    line.bottom = foot == GRAPH_NONE ? 2 * row(layout, i) + 3 : edge_bottom(graph_edge(layout, foot), layout);
    line.top = line_top(layout, top, straight_up[top]);
    g_array_append_val(lines, line);
  }
}

static void add_edge_lines(const GraphLayout *layout, GArray *lines)
{
  for (guint i = 0; i < layout->edges->len; i++) {
    const GraphEdge *edge = graph_edge(layout, i);
    if (edge->kind != EDGE_FREE)
      continue;
    Line line = {.time = layout->time[edge->child], .chain = GRAPH_NONE, .edge = i};
    line.top = 2 * row(layout, edge->child);
    line.bottom = edge_bottom(edge, layout);
    g_array_append_val(lines, line);
  }
}

/* Oldest first; chains in the order they were made, which is parents first, before edges of their own. */
static int oldest_first(const void *a, const void *b)
{
  const Line *x = a, *y = b;
  if (x->time != y->time)
    return x->time < y->time ? -1 : 1;
  if (x->chain != y->chain)
    return x->chain < y->chain ? -1 : 1;
  return x->edge < y->edge ? -1 : x->edge > y->edge;
}

/* A stretch of a lane that is taken. */
typedef struct {
  guint top, bottom;
} Stretch;

/* Where the stretch belongs among those taken, which are sorted from the bottom of the picture to the top; -1 when it
 * is not free. */
static int find_place(const GArray *taken, Stretch want)
{
  guint low = 0, high = taken->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (g_array_index(taken, Stretch, middle).top > want.bottom)
      low = middle + 1;
    else
      high = middle;
  }
  return low < taken->len && g_array_index(taken, Stretch, low).bottom >= want.top ? -1 : (int)low;
}

static guint find_lane(GPtrArray *lanes, guint from, Stretch want)
{
  guint lane = from;
  while (lane < lanes->len && find_place(lanes->pdata[lane], want) < 0)
    lane++;
  while (lanes->len <= lane)
    g_ptr_array_add(lanes, g_array_new(FALSE, FALSE, sizeof(Stretch)));
  return lane;
}

/* Farther to the right than this a line would rather stand left of the one it leads to. */
enum { DRIFT = 8 };

static guint take_lane(GPtrArray *lanes, guint from, const Line *line)
{
  Stretch want = {line->top, line->bottom};
  guint lane = find_lane(lanes, from, want);

  if (lane >= DRIFT) {
    guint first = find_lane(lanes, 0, want);
    if (lane - first >= DRIFT)
      lane = first;
  }
  GArray *taken = lanes->pdata[lane];
  g_array_insert_val(taken, (guint)find_place(taken, want), want);
  return lane;
}

/* No screen is as wide; beyond it only lines that chains need are drawn, lest a hostile graph fill the memory. */
enum { LANES_AT_MOST = 400 };

static gboolean leave_out(GraphLayout *layout, const Line *line, guint lanes)
{
  if (line->chain != GRAPH_NONE)
    return FALSE;
  GraphEdge *edge = graph_edge(layout, line->edge);
  GraphEdge *carrier = edge->carrier == GRAPH_NONE ? NULL : graph_edge(layout, edge->carrier);
  if ((lanes < LANES_AT_MOST || edge->carries) && !(carrier && carrier->kind == EDGE_HIDDEN)) {
    if (carrier)
      carrier->carries = TRUE;
    return FALSE;
  }
  edge->kind = EDGE_HIDDEN;
  layout->hidden++;
  return TRUE;
}

static void assign_lanes(GraphLayout *layout, GArray *lines)
{
  g_autoptr(GPtrArray) lanes = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  g_autofree guint *chain_lane = g_new0(guint, layout->n_chains + 1);

  g_array_sort(lines, oldest_first);
  for (guint i = 0; i < lines->len; i++) {
    const Line *line = &g_array_index(lines, Line, i);
    if (leave_out(layout, line, lanes->len))
      continue;
    GraphEdge *edge = line->edge == GRAPH_NONE ? NULL : graph_edge(layout, line->edge);
    /* Right of the line it leads to, so that it joins leftwards. */
    guint from = edge && edge->parent != GRAPH_NONE ? chain_lane[layout->chain[edge->parent]] + 1 : 0;
    guint lane = take_lane(lanes, from, line);
    if (line->chain != GRAPH_NONE)
      chain_lane[line->chain] = lane;
    else
      edge->lane = lane;
  }
  for (guint i = 0; i < layout->n; i++)
    layout->lane[i] = chain_lane[layout->chain[i]];
  for (guint i = 0; i < layout->edges->len; i++) {
    GraphEdge *edge = graph_edge(layout, i);
    if (edge->kind == EDGE_UP)
      edge->lane = layout->lane[edge->parent];
    else if (edge->kind != EDGE_FREE)
      edge->lane = layout->lane[edge->child];
  }
}

void graph_lanes(GraphLayout *layout)
{
  g_autofree guint *straight_down = g_new(guint, layout->n + 1), *straight_up = g_new(guint, layout->n + 1);
  g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(Line));

  layout->lane = g_new0(guint, layout->n + 1);
  choose_straight(layout, straight_down, straight_up);
  for (guint i = 0; i < layout->n; i++) {
    choose_up(layout, i, straight_up);
    if (layout->in_start[i + 1] > layout->in_start[i])
      join_at(layout, i, straight_up);
  }
  add_chain_lines(layout, straight_down, straight_up, lines);
  add_edge_lines(layout, lines);
  assign_lanes(layout, lines);
}
