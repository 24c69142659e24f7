/* A revision map drawn as it would be: for wizards, beside the files they would write. */
#pragma once

#include "canvas.h"
#include "retort/history/graph.h"
#include "workspace.h"

typedef struct GraphPane GraphPane;

GraphPane *graphpane_new(void);
void graphpane_free(GraphPane *pane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GraphPane, graphpane_free)

/* Takes map over; NULL: nothing to draw.  ws: whose position says what is applied.  marked: char*, ids of what is new or
 * moved, copied; they are told apart and stay in sight.  Linear runs of others are folded. */
void graphpane_show(GraphPane *pane, RevisionMap *map, const Workspace *ws, const GPtrArray *marked);
const RevisionMap *graphpane_map(const GraphPane *pane);
void graphpane_paint(GraphPane *pane, Canvas *canvas, Rect rect);
void graphpane_scroll(GraphPane *pane, int rows);
