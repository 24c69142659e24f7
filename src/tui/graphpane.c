#include "graphpane.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"

#define FOLD_AT_LEAST 4
/* Neighbours of what is marked stay in sight, too. */
#define NEAR 2

struct GraphPane {
  RevisionMap *map;
  Graph *graph;
  GHashTable *marked;  /* set of ids, owned */
  GHashTable *near;    /* set of Revision* that do not fold */
  GHashTable *applied; /* set of ids, owned; NULL: not known */
  int top, height;
  gboolean placed; /* the window has been moved to what is marked */
};

GraphPane *graphpane_new(void)
{
  GraphPane *pane = g_new0(GraphPane, 1);
  pane->marked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  pane->near = g_hash_table_new(NULL, NULL);
  return pane;
}

static void forget(GraphPane *pane)
{
  g_clear_pointer(&pane->graph, graph_free);
  g_clear_pointer(&pane->map, revision_map_free);
  g_clear_pointer(&pane->applied, g_hash_table_unref);
  g_hash_table_remove_all(pane->marked);
  g_hash_table_remove_all(pane->near);
}

void graphpane_free(GraphPane *pane)
{
  if (!pane)
    return;
  forget(pane);
  g_hash_table_unref(pane->marked);
  g_hash_table_unref(pane->near);
  g_free(pane);
}

const RevisionMap *graphpane_map(const GraphPane *pane)
{
  return pane->map;
}

static void add_near(GraphPane *pane, const Revision *revision, int distance)
{
  if (distance < 0)
    return;
  g_hash_table_add(pane->near, (void *)revision);
  for (guint i = 0; i < revision->parents->len; i++)
    add_near(pane, g_ptr_array_index(revision->parents, i), distance - 1);
}

static gboolean may_fold(const Revision *revision, void *data)
{
  const GraphPane *pane = data;
  return !g_hash_table_contains(pane->near, revision) && !revision_is_branch_point(revision) &&
         !revision_is_merge_point(revision);
}

static void note_applied(GraphPane *pane, const Workspace *ws)
{
  if (!ws->applied || !ws->snapshot)
    return;
  const GPtrArray *revisions = ws->snapshot->map->revisions;
  pane->applied = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < revisions->len; i++)
    if (ws->applied[i])
      g_hash_table_add(pane->applied, g_strdup(((const Revision *)g_ptr_array_index(revisions, i))->id));
}

void graphpane_show(GraphPane *pane, RevisionMap *map, const Workspace *ws, const GPtrArray *marked)
{
  forget(pane);
  pane->map = map;
  pane->placed = FALSE;
  if (!map)
    return;
  note_applied(pane, ws);
  for (guint i = 0; i < marked->len; i++) {
    const Revision *revision = revision_map_get(map, g_ptr_array_index(marked, i));
    g_hash_table_add(pane->marked, g_strdup(g_ptr_array_index(marked, i)));
    if (revision)
      add_near(pane, revision, NEAR);
  }
  for (guint i = 0; i < map->heads->len; i++)
    add_near(pane, g_ptr_array_index(map->heads, i), NEAR);
  GraphOptions options = {.may_fold = may_fold, .data = pane, .fold_at_least = FOLD_AT_LEAST};
  pane->graph = graph_layout(map, &options);
}

static gboolean is_marked(const GraphPane *pane, const Revision *revision)
{
  return revision && g_hash_table_contains(pane->marked, revision->id);
}

static gunichar node_glyph(const GraphPane *pane, const GraphRow *row)
{
  if (row->folded > 1)
    return GLYPH_FOLD;
  gboolean merge = revision_is_merge_point(row->revision);
  if (!pane->applied)
    return merge ? GLYPH_MERGE : GLYPH_UNPLACED;
  gboolean applied = g_hash_table_contains(pane->applied, row->revision->id);
  return merge ? applied ? GLYPH_MERGE_APPLIED : GLYPH_MERGE : applied ? GLYPH_APPLIED : GLYPH_PENDING;
}

static int paint_cells(const GraphPane *pane, Canvas *canvas, Rect rect, const GraphRow *row)
{
  int x = rect.x;
  for (guint i = 0; i < row->n_cells && x < rect.x + rect.width; i++, x++) {
    const GraphCell *cell = &row->cells[i];
    Style style = theme_lane(cell->lane);
    if (cell->bits & GRAPH_NODE)
      canvas_put(canvas, x, rect.y, style | STYLE_BOLD, node_glyph(pane, row));
    else
      canvas_text(canvas, x, rect.y, 1, style, graph_cell_glyph(cell, canvas->ascii));
  }
  return x - rect.x;
}

static void paint_row(const GraphPane *pane, Canvas *canvas, Rect rect, guint index, int lanes)
{
  const GraphRow *row = graph_row(pane->graph, index);
  paint_cells(pane, canvas, (Rect){rect.x, rect.y, MIN(lanes, rect.width), 1}, row);
  int x = rect.x + lanes + 1, end = rect.x + rect.width;
  if (row->folded > 1) {
    canvas_printf(canvas, x, rect.y, end - x, STYLE_FAINT,
                  ngettext("%u revision", "%u revisions", row->folded), row->folded);
    return;
  }
  if (!row->revision || x >= end)
    return;
  g_autofree char *id = text_escape(row->revision->id, -1, FALSE);
  g_autofree char *doc = text_escape(row->revision->doc ? row->revision->doc : "", -1, FALSE);
  gboolean marked = is_marked(pane, row->revision);
  x += canvas_text_clipped(canvas, x, rect.y, MIN(24, end - x), marked ? STYLE_ADDED | STYLE_BOLD : STYLE_ID,
                           id) +
       1;
  if (marked)
    x += canvas_text(canvas, x, rect.y, MAX(end - x, 0), STYLE_ADDED | STYLE_BOLD, "◀") + 1;
  if (revision_is_head(row->revision))
    x += canvas_text(canvas, x, rect.y, MAX(end - x, 0), STYLE_HEAD, _("HEAD")) + 1;
  if (x < end)
    canvas_text_clipped(canvas, x, rect.y, end - x, STYLE_NORMAL, doc);
}

/* The topmost mark comes into sight. */
static void place(GraphPane *pane)
{
  pane->placed = TRUE;
  pane->top = 0;
  for (guint i = 0; i < pane->graph->rows->len; i++) {
    if (!is_marked(pane, graph_row(pane->graph, i)->revision))
      continue;
    if ((int)i >= pane->height)
      pane->top = (int)i - pane->height / 2;
    return;
  }
}

void graphpane_paint(GraphPane *pane, Canvas *canvas, Rect rect)
{
  pane->height = rect.height;
  if (!pane->graph)
    return;
  if (!pane->placed)
    place(pane);
  graphpane_scroll(pane, 0);
  int lanes = MIN((int)pane->graph->n_lanes * 2 - 1, rect.width / 3);
  int rows = MIN(rect.height, (int)pane->graph->rows->len - pane->top);
  for (int i = 0; i < rows; i++)
    paint_row(pane, canvas, (Rect){rect.x + 1, rect.y + i, rect.width - 1, 1}, (guint)(pane->top + i), lanes);
}

void graphpane_scroll(GraphPane *pane, int rows)
{
  int last = pane->graph ? MAX((int)pane->graph->rows->len - pane->height, 0) : 0;
  pane->top = CLAMP(pane->top + rows, 0, last);
}
