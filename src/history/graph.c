#include "retort/history/graph.h"

#include "graph-private.h"
#include "retort/base/arena.h"

static void layout_clear(GraphLayout *layout)
{
  g_array_unref(layout->edges);
  g_free(layout->out_start);
  g_free(layout->in_start);
  g_free(layout->in_edges);
  g_free(layout->time);
  g_free(layout->up);
  g_free(layout->down);
  g_free(layout->chain);
  g_free(layout->sequence);
  g_ptr_array_unref(layout->units);
  g_free(layout->unit);
  g_free(layout->lane);
}

Graph *graph_layout(const RevisionMap *map, const GraphOptions *options)
{
  GraphLayout layout = {.map = map, .n = map->revisions->len};
  Graph *graph = g_new0(Graph, 1);

  graph->rows = g_ptr_array_new();
  graph->cells = arena_new(ARENA_NO_LIMIT);
  graph->n_revisions = layout.n;
  graph->row_by_index = g_new(int, layout.n + 1);
  graph_collect(&layout);
  graph_order(&layout);
  graph_fold(&layout, options);
  graph_lanes(&layout);
  graph_draw(&layout, graph);
  layout_clear(&layout);
  return graph;
}

void graph_free(Graph *graph)
{
  if (!graph)
    return;
  g_ptr_array_unref(graph->rows);
  arena_free(graph->cells);
  g_free(graph->row_by_index);
  g_free(graph);
}

int graph_find(const Graph *graph, const Revision *revision)
{
  return revision && revision->index < graph->n_revisions ? graph->row_by_index[revision->index] : -1;
}

const char *graph_cell_glyph(const GraphCell *cell, gboolean ascii)
{
  /* By UP, DOWN, LEFT, RIGHT as bits 0 to 3. */
  static const char *const lines[16] = {" ", "│", "│", "│", "─", "╯", "╮", "┤",
                                        "─", "╰", "╭", "├", "─", "┴", "┬", "┼"};
  static const char *const plain[16] = {" ", "|", "|", "|", "-", "'", ".", "+",
                                        "-", "`", ".", "+", "-", "+", "+", "+"};
  guint shape = cell->bits & (GRAPH_UP | GRAPH_DOWN | GRAPH_LEFT | GRAPH_RIGHT);
  gboolean dashed = cell->bits & GRAPH_DASHED;

  if (cell->bits & GRAPH_NODE)
    return ascii ? "*" : "●";
  if (cell->bits & GRAPH_MISSING)
    return ascii ? "x" : "✕";
  if (dashed && shape == (GRAPH_UP | GRAPH_DOWN))
    return ascii ? ":" : "┆";
  if (dashed && shape == (GRAPH_LEFT | GRAPH_RIGHT))
    return ascii ? "~" : "╌";
  return ascii ? plain[shape] : lines[shape];
}

static const char *node_glyph(const GraphRow *row, gboolean ascii)
{
  if (row->folded > 0)
    return ascii ? "=" : "⋮";
  if (revision_is_merge_point(row->revision))
    return ascii ? "M" : "◆";
  return ascii ? "*" : "●";
}

char *graph_to_text(const Graph *graph, gboolean ascii)
{
  GString *text = g_string_new(NULL);
  guint width = graph->n_lanes > 0 ? 2 * graph->n_lanes - 1 : 0;

  for (guint i = 0; i < graph->rows->len; i++) {
    const GraphRow *row = graph_row(graph, i);
    gboolean node = row->revision || row->folded > 0;
    for (guint j = 0; j < row->n_cells; j++)
      g_string_append(text, node && j == row->node ? node_glyph(row, ascii)
                                                   : graph_cell_glyph(&row->cells[j], ascii));
    if (node)
      g_string_append_printf(text, "%*s", (int)(width - row->n_cells + 2), "");
    if (row->revision)
      g_string_append(text, row->revision->id);
    else if (row->folded > 0)
      g_string_append_printf(text, "(%u revisions)", row->folded);
    g_string_append_c(text, '\n');
  }
  return g_string_free(text, FALSE);
}
