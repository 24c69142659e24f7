/* The graph as rows of symbols, newest on top: what to draw in which lane; how it looks is the screen's business.
 *
 *   g_autoptr(Graph) graph = graph_layout(map, &options);
 *   for (guint i = 0; i < graph->rows->len; i++) draw(graph_row(graph, i));
 *
 * Each revision has one row.  Between two revisions there may be link rows (no node) where lanes join.  Lines lead
 * down from a revision to its parents: they leave it downwards or sideways in its own row, and reach a parent from
 * above, joining in link rows with what leads to the same parent.  Every line keeps its lane.  A lane is never reused
 * directly below the end of a line, so that ancestry cannot be misread.  A branch keeps its revisions together; where
 * it stands among the others is told by create dates.  Lanes go to the oldest branches first, so that one revision
 * more leaves the lanes of the others alone.  Layout takes near-linear time in revisions and drawn cells, also for a
 * map with a fault: a cycle is cut where it closes, and the cut ends like a missing parent.
 *
 * In text (graph_to_text(), for tests and pipes):
 *
 *   M-.  0c9a
 *   | *  6f00
 *   * |  2f0b
 *   +-'
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
  GRAPH_NODE = 1 << 4,    /* the revision (or the fold) stands here */
  GRAPH_DASHED = 1 << 5,  /* the line is a depends_on */
  GRAPH_MISSING = 1 << 6, /* the line ends in a parent that no file has */
  GRAPH_CROSS = 1 << 7,   /* a vertical line; another line passes behind it from left to right */
} GraphCellBits;

typedef struct {
  guint8 bits;  /* GraphCellBits */
  guint16 lane; /* which line it belongs to, for its colour: stable along the line */
} GraphCell;

typedef struct {
  Revision *revision;   /* NULL for a link row and for a fold */
  guint folded;         /* > 0: this row stands for so many linear revisions */
  Revision *fold_first; /* newest of them, when folded */
  guint node;           /* cell index of the node */
  guint n_cells;        /* cells used: 2 * lanes - 1; even indexes are lanes, odd ones gaps */
  const GraphCell *cells;
} GraphRow;

typedef struct {
  /* TRUE: this revision may vanish into a fold of linear revisions; NULL: nothing folds. */
  gboolean (*may_fold)(const Revision *revision, void *data);
  void *data;
  guint fold_at_least; /* shortest run worth folding */
} GraphOptions;

typedef struct {
  GPtrArray *rows;     /* GraphRow*; they live as long as the graph */
  guint n_lanes;       /* widest row */
  guint n_hidden;      /* lines left out of a picture hundreds of lanes wide */
  guint n_revisions;   /* of the map it was made from */
  int *row_by_index;   /* row number by Revision index */
  struct Arena *cells; /* holds rows and cells */
} Graph;

/* options may be NULL.  The map must outlive the graph. */
Graph *graph_layout(const RevisionMap *map, const GraphOptions *options);
void graph_free(Graph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Graph, graph_free)

#define graph_row(graph, i) ((const GraphRow *)g_ptr_array_index((graph)->rows, i))
/* Row number of a revision (or of the fold it is in); -1 when it has none. */
int graph_find(const Graph *graph, const Revision *revision);

/* The character for a cell, as UTF-8: lines as drawn ("│", "╮", dashed "┆", ...), "*" and "x" ("●", "✕") for nodes and
 * missing parents, which screens draw in their own way, and " " for an empty cell. */
const char *graph_cell_glyph(const GraphCell *cell, gboolean ascii);
/* The whole picture with identifiers, one row a line, in ASCII or with line drawing; the caller's. */
char *graph_to_text(const Graph *graph, gboolean ascii);
