/* The revisions as a list: the graph's rows with their marks, what is broken on top of them.
 *
 * Rebuilt from the workspace whenever revisions, position or git change; the selection stays on its revision, at the
 * same height in the window.  Painting looks at visible rows only.
 */
#pragma once

#include "list.h"
#include "workspace.h"

typedef struct GraphView GraphView;

/* What is selected; everything is borrowed and lives until the next rebuild. */
typedef struct {
  const Revision *revision;   /* of the project's map, or NULL */
  const ForeignNote *foreign; /* a revision of another branch, or NULL */
  const Diag *diag;           /* a broken file, or NULL */
  const char *text;           /* a sentence for a row that is neither, or NULL */
  guint folded;               /* > 0: the row is a fold of so many, revision is the newest */
} GraphSelection;

GraphView *graphview_new(Workspace *ws);
void graphview_free(GraphView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GraphView, graphview_free)

void graphview_rebuild(GraphView *view);
void graphview_paint(GraphView *view, Canvas *canvas, Rect rect, gboolean focused);
/* "12/340": the selected revision's place; the caller's. */
char *graphview_place(const GraphView *view);

GraphSelection graphview_selection(const GraphView *view);
/* Movement, jumps and folds: FALSE when the action is none of them; *problem is set (static, translated) when there is
 * nowhere to go. */
gboolean graphview_act(GraphView *view, ActionId action, const char **problem);
/* Goes to the next (previous) revision with a finding; FALSE when there is none. */
gboolean graphview_finding(GraphView *view, int direction);
/* Unfolds the selected fold; FALSE when it is none. */
gboolean graphview_unfold(GraphView *view);
/* Selects by the start of an id or a label; FALSE when there is none, or *ambiguous. */
gboolean graphview_goto(GraphView *view, const char *prefix, gboolean *ambiguous);
gboolean graphview_search(GraphView *view, const char *text);
gboolean graphview_search_next(GraphView *view, int direction);
/* Shows only what matches; NULL or "" shows all again.  FALSE with error for a filter that cannot be read. */
gboolean graphview_filter(GraphView *view, const char *text, GError **error);
gboolean graphview_filtered(const GraphView *view);
/* Rows of the list. */
guint graphview_rows(const GraphView *view);
void graphview_click(GraphView *view, int line);
void graphview_scroll(GraphView *view, int rows);
