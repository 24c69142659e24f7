/* One list for every screen: a selection, a window over the rows and a search, over a model's callbacks.
 *
 * The list knows numbers of rows only; what a row is, and how it is painted, is the model's business.  It asks for
 * visible rows and never for others, except when it searches.
 */
#pragma once

#include "action.h"
#include "canvas.h"

typedef struct {
  guint (*count)(void *data);
  /* Paints one row; selected and focused are for models that paint more than the background. */
  void (*paint)(void *data, guint row, Canvas *canvas, Rect rect, gboolean selected, gboolean focused);
  /* Whether a row can be selected; NULL: all can. */
  gboolean (*selectable)(void *data, guint row);
  /* Whether a row matches a search text (folded for case); NULL: no search. */
  gboolean (*matches)(void *data, guint row, const char *folded);
} ListModel;

typedef struct {
  const ListModel *model;
  void *data;
  guint top;
  guint selected;
  int height;   /* rows visible at the last layout */
  char *search; /* folded for case, or NULL */
} List;

void list_init(List *list, const ListModel *model, void *data);
void list_clear(List *list);

/* Tells how many rows are visible; keeps the selection in view. */
void list_layout(List *list, int height);
void list_paint(List *list, Canvas *canvas, Rect rect, gboolean focused);
/* Selects a row (or the nearest selectable one) and scrolls as little as needed. */
void list_select(List *list, guint row);
/* The same, and puts it that many rows below the top: for reloads that must not move the eye. */
void list_select_at(List *list, guint row, int height_in_view);
/* Selects a row and shows it in the middle if it was out of view. */
void list_show(List *list, guint row);
/* Moves; FALSE when the action is no movement. */
gboolean list_act(List *list, ActionId action);
void list_scroll(List *list, int rows);
/* Row under a line of the window; -1 when there is none. */
int list_row_at(const List *list, int line);

/* Sets the search text (NULL or "" ends it) and goes to the first match at or after the selection. */
gboolean list_search(List *list, const char *text);
/* The next match in that direction, around the end; FALSE when there is none. */
gboolean list_search_next(List *list, int direction);
