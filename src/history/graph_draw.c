/* From lanes to cells: a sweep down the rows that knows which lanes have a line. */
#include <string.h>

#include "graph-private.h"
#include "retort/base/arena.h"

/* The end of a line in the gap below a row. */
typedef struct {
  guint lane;
  guint target; /* lane it joins, or GRAPH_NONE: the parent is missing */
  gboolean dashed;
} End;

/* Ends that share one horizontal line: those of one target, or a missing one alone. */
typedef struct {
  guint first, last; /* in the ends of the gap */
  guint low, high;   /* lanes it spans */
  guint link;        /* link row of the gap it is drawn in */
} EndGroup;

typedef struct {
  const GraphLayout *layout;
  Graph *graph;
  guint8 *on;     /* by lane: there is a line */
  guint8 *dashed; /* by lane */
  guint width;    /* lanes up to the last one with a line */
  guint max_lanes;
  GraphCell *cells; /* the row in work: 2 * max_lanes */
  guint used;       /* lanes used in it */
  guint *gap_start; /* edges that end below a row, by row */
  guint *gap_edges;
} Draw;

static void begin_row(Draw *draw)
{
  memset(draw->cells, 0, sizeof(GraphCell) * 2 * draw->max_lanes);
  while (draw->width > 0 && !draw->on[draw->width - 1])
    draw->width--;
  draw->used = draw->width;
  for (guint lane = 0; lane < draw->width; lane++) {
    GraphCell *cell = &draw->cells[2 * lane];
    cell->lane = lane;
    if (draw->on[lane])
      cell->bits = GRAPH_UP | GRAPH_DOWN | (draw->dashed[lane] ? GRAPH_DASHED : 0);
  }
}

static GraphRow *end_row(Draw *draw)
{
  guint n_cells = draw->used > 0 ? 2 * draw->used - 1 : 0;
  GraphRow *row = arena_new0(draw->graph->cells, GraphRow);
  GraphCell *cells = arena_array(draw->graph->cells, GraphCell, n_cells);

  memcpy(cells, draw->cells, sizeof(GraphCell) * n_cells);
  row->cells = cells;
  row->n_cells = n_cells;
  draw->graph->n_lanes = MAX(draw->graph->n_lanes, draw->used);
  g_ptr_array_add(draw->graph->rows, row);
  return row;
}

static GraphCell *use_lane(Draw *draw, guint lane)
{
  draw->used = MAX(draw->used, lane + 1);
  draw->cells[2 * lane].lane = lane;
  return &draw->cells[2 * lane];
}

static void set_line(Draw *draw, guint lane, gboolean on, gboolean dashed)
{
  draw->on[lane] = on;
  draw->dashed[lane] = dashed;
  if (on)
    draw->width = MAX(draw->width, lane + 1);
}

/* A horizontal line strictly between two lanes; it passes behind vertical ones. */
static void draw_between(Draw *draw, guint from, guint to, guint owner, gboolean dashed)
{
  guint style = dashed ? GRAPH_DASHED : 0;
  guint low = MIN(from, to), high = MAX(from, to);

  for (guint i = 2 * low + 1; i < 2 * high; i++) {
    GraphCell *cell = &draw->cells[i];
    if (cell->bits & GRAPH_UP) {
      cell->bits |= GRAPH_CROSS;
      continue;
    }
    cell->bits = GRAPH_LEFT | GRAPH_RIGHT | style;
    cell->lane = owner;
  }
}

static int by_lane(const void *a, const void *b)
{
  const End *x = a, *y = b;
  if (x->target != y->target)
    return x->target < y->target ? -1 : 1;
  return x->lane < y->lane ? -1 : x->lane > y->lane;
}

/* The ends on one side of a lane, drawn from it outwards: where a line comes from or goes to one of them the cell gets
 * vertical, and the side the line goes on to. */
static void draw_side(Draw *draw, guint from, const End *ends, guint n, int step, guint vertical)
{
  guint inward = step > 0 ? GRAPH_LEFT : GRAPH_RIGHT, outward = step > 0 ? GRAPH_RIGHT : GRAPH_LEFT;

  for (guint i = 0; i < n; i++) {
    const End *end = step > 0 ? &ends[i] : &ends[n - 1 - i];
    gboolean dashed = TRUE;
    for (guint j = i; j < n; j++)
      dashed &= (step > 0 ? &ends[j] : &ends[n - 1 - j])->dashed;
    GraphCell *cell = use_lane(draw, end->lane);
    draw_between(draw, from, end->lane, end->lane, dashed);
    cell->bits = vertical | inward | (i + 1 < n ? outward : 0) | (end->dashed ? GRAPH_DASHED : 0);
    from = end->lane;
  }
}

/* Both sides of a lane; ends sorted by lane.  Returns the bits for the cell in the middle. */
static guint draw_sides(Draw *draw, guint lane, const End *ends, guint n, guint vertical)
{
  guint left = 0;
  while (left < n && ends[left].lane < lane)
    left++;
  draw_side(draw, lane, ends, left, -1, vertical);
  draw_side(draw, lane, ends + left, n - left, 1, vertical);
  return (left > 0 ? GRAPH_LEFT : 0) | (left < n ? GRAPH_RIGHT : 0);
}

/* The revision whose edges leave the unit at its foot. */
static guint unit_foot(const GraphLayout *layout, const GraphUnit *unit)
{
  guint foot = unit->first->index;
  for (guint i = 1; i < unit->count; i++)
    foot = layout->down[foot];
  return foot;
}

static void draw_unit(Draw *draw, guint number)
{
  const GraphLayout *layout = draw->layout;
  const GraphUnit *unit = layout->units->pdata[number];
  guint foot = unit_foot(layout, unit), lane = layout->lane[foot];
  g_autoptr(GArray) corners = g_array_new(FALSE, FALSE, sizeof(End));
  const GraphEdge *straight = NULL;

  begin_row(draw);
  for (guint i = layout->out_start[foot]; i < layout->out_start[foot + 1]; i++) {
    const GraphEdge *edge = graph_edge(layout, i);
    End corner = {.lane = edge->lane, .dashed = edge->dashed};
    if (edge->kind == EDGE_CHAIN || edge->kind == EDGE_DOWN)
      straight = edge;
    else if (edge->kind != EDGE_HIDDEN)
      g_array_append_val(corners, corner);
  }
  g_array_sort(corners, by_lane);
  GraphCell *node = use_lane(draw, lane);
  guint sides = draw_sides(draw, lane, (End *)corners->data, corners->len, GRAPH_DOWN);
  node->bits = GRAPH_NODE | (draw->on[lane] ? GRAPH_UP : 0) | (straight ? GRAPH_DOWN : 0) | sides;

  GraphRow *row = end_row(draw);
  row->node = 2 * lane;
  row->revision = unit->count == 1 ? unit->first : NULL;
  row->folded = unit->count == 1 ? 0 : unit->count;
  row->fold_first = unit->count == 1 ? NULL : unit->first;
  set_line(draw, lane, straight != NULL, straight && straight->dashed);
  for (guint i = 0; i < corners->len; i++) {
    const End *corner = &g_array_index(corners, End, i);
    set_line(draw, corner->lane, TRUE, corner->dashed);
  }
}

static guint join_lane(const GraphLayout *layout, const GraphEdge *edge)
{
  if (edge->parent == GRAPH_NONE)
    return GRAPH_NONE;
  return edge->carrier == GRAPH_NONE ? layout->lane[edge->parent] : graph_edge(layout, edge->carrier)->lane;
}

/* Groups the ends, and spreads groups that would overlap over several link rows.  Returns how many rows. */
static guint group_ends(const GArray *ends, GArray *groups)
{
  guint links = 0;
  for (guint i = 0; i < ends->len;) {
    const End *end = &g_array_index(ends, End, i);
    EndGroup group = {.first = i, .low = end->lane, .high = end->lane};
    for (i++; i < ends->len && end->target != GRAPH_NONE && g_array_index(ends, End, i).target == end->target;
         i++)
      group.high = g_array_index(ends, End, i).lane;
    group.last = i;
    if (end->target != GRAPH_NONE) {
      group.low = MIN(group.low, end->target);
      group.high = MAX(group.high, end->target);
    }
    for (guint j = 0; j < groups->len; j++) {
      const EndGroup *other = &g_array_index(groups, EndGroup, j);
      if (other->link == group.link && other->low <= group.high && group.low <= other->high) {
        group.link++;
        j = -1;
      }
    }
    links = MAX(links, group.link + 1);
    g_array_append_val(groups, group);
  }
  return links;
}

static void draw_group(Draw *draw, const GArray *all, const EndGroup *group)
{
  const End *ends = &g_array_index(all, End, group->first);
  guint n = group->last - group->first, target = ends[0].target;

  if (target == GRAPH_NONE) {
    use_lane(draw, ends[0].lane)->bits = GRAPH_UP | GRAPH_MISSING | (ends[0].dashed ? GRAPH_DASHED : 0);
    set_line(draw, ends[0].lane, FALSE, FALSE);
    return;
  }
  gboolean dashed = TRUE;
  for (guint i = 0; i < n; i++)
    dashed &= ends[i].dashed;
  guint sides = draw_sides(draw, target, ends, n, GRAPH_UP);
  GraphCell *cell = use_lane(draw, target);
  if (!draw->on[target]) {
    cell->bits = GRAPH_DOWN | (dashed ? GRAPH_DASHED : 0);
    set_line(draw, target, TRUE, dashed);
  }
  cell->bits |= sides;
  for (guint i = 0; i < n; i++)
    set_line(draw, ends[i].lane, FALSE, FALSE);
}

static void draw_gap(Draw *draw, guint row)
{
  guint n = draw->gap_start[row + 1] - draw->gap_start[row];
  if (n == 0)
    return;
  g_autoptr(GArray) ends = g_array_sized_new(FALSE, FALSE, sizeof(End), n);
  g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(EndGroup));

  for (guint i = 0; i < n; i++) {
    const GraphEdge *edge = graph_edge(draw->layout, draw->gap_edges[draw->gap_start[row] + i]);
    End end = {.lane = edge->lane, .dashed = edge->dashed, .target = join_lane(draw->layout, edge)};
    g_array_append_val(ends, end);
  }
  g_array_sort(ends, by_lane);
  guint links = group_ends(ends, groups);
  for (guint link = 0; link < links; link++) {
    begin_row(draw);
    for (guint i = 0; i < groups->len; i++)
      if (g_array_index(groups, EndGroup, i).link == link)
        draw_group(draw, ends, &g_array_index(groups, EndGroup, i));
    end_row(draw);
  }
}

/* In the gap below which row an edge ends, or GRAPH_NONE when it runs into its parent. */
static guint end_gap(const GraphLayout *layout, const GraphEdge *edge)
{
  if (edge->kind != EDGE_DOWN && edge->kind != EDGE_FREE)
    return GRAPH_NONE;
  return edge->parent == GRAPH_NONE ? layout->unit[edge->child] : edge->join;
}

static void collect_gaps(Draw *draw)
{
  const GraphLayout *layout = draw->layout;
  guint rows = layout->units->len;

  draw->gap_start = g_new0(guint, rows + 3);
  draw->gap_edges = g_new(guint, layout->edges->len + 1);
  for (guint i = 0; i < layout->edges->len; i++) {
    guint gap = end_gap(layout, graph_edge(layout, i));
    if (gap != GRAPH_NONE)
      draw->gap_start[gap + 2]++;
  }
  for (guint i = 2; i < rows + 3; i++)
    draw->gap_start[i] += draw->gap_start[i - 1];
  for (guint i = 0; i < layout->edges->len; i++) {
    guint gap = end_gap(layout, graph_edge(layout, i));
    if (gap != GRAPH_NONE)
      draw->gap_edges[draw->gap_start[gap + 1]++] = i;
  }
}

void graph_draw(const GraphLayout *layout, Graph *graph)
{
  Draw draw = {.layout = layout, .graph = graph, .max_lanes = 1};

  for (guint i = 0; i < layout->n; i++)
    draw.max_lanes = MAX(draw.max_lanes, layout->lane[i] + 1);
  for (guint i = 0; i < layout->edges->len; i++)
    draw.max_lanes = MAX(draw.max_lanes, graph_edge(layout, i)->lane + 1);
  draw.on = g_new0(guint8, draw.max_lanes);
  draw.dashed = g_new0(guint8, draw.max_lanes);
  draw.cells = g_new0(GraphCell, 2 * draw.max_lanes);
  graph->n_hidden = layout->hidden;
  collect_gaps(&draw);
  for (guint i = 0; i < layout->units->len; i++) {
    const GraphUnit *unit = layout->units->pdata[i];
    guint revision = unit->first->index;
    for (guint j = 0; j < unit->count; j++, revision = layout->down[revision])
      graph->row_by_index[revision] = graph->rows->len;
    draw_unit(&draw, i);
    draw_gap(&draw, i);
  }
  g_free(draw.on);
  g_free(draw.dashed);
  g_free(draw.cells);
  g_free(draw.gap_start);
  g_free(draw.gap_edges);
}
