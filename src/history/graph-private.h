/* Laying out a graph, step by step: edges, chains, order of rows, folds, lanes, cells. */
#pragma once

#include "retort/history/graph.h"

#define GRAPH_NONE G_MAXUINT

/* How the vertical part of an edge lies. */
typedef enum {
  EDGE_CHAIN,  /* straight from child to parent in their common lane */
  EDGE_UP,     /* straight up from the parent, in the parent's lane, to the child's row */
  EDGE_DOWN,   /* straight down from the child, in the child's lane, to where it joins */
  EDGE_FREE,   /* in a lane of its own */
  EDGE_HIDDEN, /* inside a fold, or left out */
} EdgeKind;

typedef struct {
  guint child;
  guint parent; /* GRAPH_NONE: missing, or cut because it closes a cycle */
  gboolean dashed;
  gboolean carries; /* others join its line */
  EdgeKind kind;
  guint lane;    /* of the vertical part */
  guint join;    /* EDGE_DOWN, EDGE_FREE: it ends in the gap below this row... */
  guint carrier; /* ...in the line of this edge, or GRAPH_NONE: in the parent's lane */
} GraphEdge;

typedef struct {
  const RevisionMap *map;
  guint n; /* revisions */

  GArray *edges;    /* GraphEdge, by child */
  guint *out_start; /* n + 1: edges of a child */
  guint *in_start;  /* n + 1: into in_edges */
  guint *in_edges;  /* edge numbers by parent, in load order of children */

  gint64 *time;     /* when a revision was made, never before its parents */
  guint *up, *down; /* neighbours in the chain, or GRAPH_NONE */
  guint *chain;     /* chain number: the older, the lower */
  guint n_chains;

  guint *sequence;  /* revisions, oldest first: rows from the bottom */
  GPtrArray *units; /* GraphUnit*: rows with a node, from the top */
  guint *unit;      /* number of a revision's unit */
  guint *lane;      /* of a revision */
  guint hidden;     /* edges left out */
} GraphLayout;

/* A row with a node: one revision or a fold of several. */
typedef struct {
  Revision *first; /* newest */
  guint count;
} GraphUnit;

static inline GraphEdge *graph_edge(const GraphLayout *layout, guint i)
{
  return &g_array_index(layout->edges, GraphEdge, i);
}

static inline Revision *graph_revision(const GraphLayout *layout, guint i)
{
  return layout->map->revisions->pdata[i];
}

/* Fills edges, time, chains; cuts cycles. */
void graph_collect(GraphLayout *layout);
/* Fills sequence. */
void graph_order(GraphLayout *layout);
/* Fills units and unit. */
void graph_fold(GraphLayout *layout, const GraphOptions *options);
/* Fills lane, and kind, lane, join and carrier of edges. */
void graph_lanes(GraphLayout *layout);
/* Turns it all into rows of cells. */
void graph_draw(const GraphLayout *layout, Graph *graph);
