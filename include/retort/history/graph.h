/* The graph as rows of symbols, newest on top: what to draw in which lane; how it looks is the screen's business.
 *
 *   g_autoptr(Graph) graph = graph_layout(map, &options);
 *   for (guint i = 0; i < graph->rows->len; i++) draw(graph_row(graph, i));
 *
 * Each revision has one row.  Between two revisions there may be link rows (no node) where lanes fork, join or cross.
 * A lane is never reused directly below a tip, so that ancestry cannot be misread.  Layout takes linear time in
 * revisions and drawn cells.  In text (graph_to_text(), for tests):
 *
 *   M    0c9a
 *   |\
 *   | *  6f00
 *   * |  2f0b
 *   |/
 *   *    1a1a
 */
#pragma once

#include <glib.h>

#include "retort/history/revmap.h"

/* What one cell (one lane's column, or the gap right of it) connects to. */
typedef enum {
  GRAPH_UP = 1 << 0,
  GRAPH_DOWN = 1 << 1,
  GRAPH_LEFT = 1 << 2,
  GRAPH_RIGHT = 1 << 3,
  GRAPH_NODE = 1 << 4,     /* the revision stands here */
  GRAPH_DASHED = 1 << 5,   /* the line is a depends_on */
  GRAPH_MISSING = 1 << 6,  /* the line ends in a parent that no file has */
} GraphCellBits;

typedef struct {
  guint8 bits;  /* GraphCellBits */
  guint16 lane; /* which line it belongs to, for its colour: stable along the line */
} GraphCell;

typedef struct {
  Revision *revision;  /* NULL for a link row and for a fold */
  guint folded;        /* > 0: this row stands for so many linear revisions */
  Revision *fold_first; /* newest of them, when folded */
  guint node;          /* cell index of the node */
  guint n_cells;       /* cells used: 2 * lanes - 1; even indexes are lanes, odd ones gaps */
  const GraphCell *cells;
} GraphRow;

typedef struct {
  /* TRUE: this revision may vanish into a fold of linear revisions; NULL: nothing folds. */
  gboolean (*may_fold)(const Revision *revision, void *data);
  void *data;
  guint fold_at_least; /* shortest run worth folding */
} GraphOptions;

typedef struct {
  GPtrArray *rows; /* GraphRow* */
  guint n_lanes;   /* widest row */
} Graph;

Graph *graph_layout(const RevisionMap *map, const GraphOptions *options);
void graph_free(Graph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Graph, graph_free)
/* Row number of a revision (or of the fold it is in); -1 when it has none. */
int graph_find(const Graph *graph, const Revision *revision);
char *graph_to_text(const Graph *graph);
