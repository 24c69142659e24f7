/* State of the graph view, shared by graphview.c (rows), graphview_paint.c (cells) and graphview_go.c (moving). */
#pragma once

#include "filter.h"
#include "graphview.h"
#include "retort/history/graph.h"

typedef enum {
  FACT_APPLIED = 1 << 0,
  FACT_PENDING = 1 << 1,
  FACT_POSITION = 1 << 2,
  FACT_ELSEWHERE = 1 << 3, /* only on another branch */
  FACT_HEAD = 1 << 4,
  FACT_NEAR = 1 << 5, /* too interesting to fold */
} FactBits;

/* A row above the graph. */
typedef struct {
  const Diag *diag; /* or NULL */
  char *text;
  Style style;
  gunichar glyph;
} NoteRow;

typedef struct {
  guint16 lane;
  int from, to; /* graph rows */
} PathPart;

struct GraphView {
  Workspace *ws;
  Snapshot *snapshot;  /* that the rows were made from */
  RevisionMap *merged; /* own map when other branches' revisions are drawn too, else NULL */
  RevisionMap *map;    /* merged, or the snapshot's */
  Graph *graph;
  Filter *filter;       /* or NULL */
  GArray *matching;     /* guint: graph rows that the filter lets through; NULL without one */
  GPtrArray *notes;     /* NoteRow* */
  guint8 *facts;        /* FactBits by index in map */
  GHashTable *missing;  /* id -> first missing parent, borrowed */
  GHashTable *foreign;  /* id -> ForeignNote, borrowed */
  GHashTable *unfolded; /* set of ids */
  gboolean fold;
  gboolean touched; /* the operator has moved: the selection is theirs */
  List list;
  guint jump; /* which parent or child of jump_from comes next */
  const Revision *jump_from, *jump_to;

  /* Of the window that is painted. */
  int lanes_width, id_width, author_width;
  int lane_scroll;        /* cells */
  GArray *path;           /* PathPart: lines between the selection and its ancestors */
  GHashTable *path_nodes; /* set of Revision*, the selection and its visible ancestors */
  gint64 now;
};

/* Index of a list row in the graph, or -1. */
int graphview_graph_row(const GraphView *view, guint row);
/* The graph row of a list row, or NULL. */
const GraphRow *graphview_row(const GraphView *view, guint row);
/* The list row of a revision of the view's map; -1: none. */
int graphview_find(const GraphView *view, const Revision *revision);
/* Revision of a row (newest of a fold), of the view's map, or NULL. */
Revision *graphview_revision(const GraphView *view, guint row);
void graphview_paint_row(void *data, guint row, Canvas *canvas, Rect rect, gboolean selected,
                         gboolean focused);
gboolean graphview_matches(void *data, guint row, const char *folded);
const NoteRow *graphview_note(const GraphView *view, guint row);
