#include "list.h"

static guint count(const List *list)
{
  return list->model->count(list->data);
}

static gboolean selectable(const List *list, guint row)
{
  return !list->model->selectable || list->model->selectable(list->data, row);
}

void list_init(List *list, const ListModel *model, void *data)
{
  *list = (List){.model = model, .data = data, .height = 1};
}

void list_clear(List *list)
{
  g_clear_pointer(&list->search, g_free);
}

/* The selectable row nearest to row, looking first in the direction of travel. */
static guint settle(const List *list, guint row, int direction)
{
  guint n = count(list);
  if (n == 0)
    return 0;
  row = MIN(row, n - 1);
  for (int turn = 0; turn < 2; turn++, direction = -direction)
    for (gint64 i = row; i >= 0 && i < n; i += direction)
      if (selectable(list, (guint)i))
        return (guint)i;
  return row;
}

static void keep_in_view(List *list)
{
  guint n = count(list), height = (guint)MAX(list->height, 1);
  if (list->selected < list->top)
    list->top = list->selected;
  if (list->selected >= list->top + height)
    list->top = list->selected - height + 1;
  if (list->top + height > n)
    list->top = n > height ? n - height : 0;
}

static void go(List *list, gint64 row, int direction)
{
  guint n = count(list);
  row = CLAMP(row, 0, n > 0 ? (gint64)n - 1 : 0);
  list->selected = settle(list, (guint)row, direction);
  keep_in_view(list);
}

void list_layout(List *list, int height)
{
  list->height = MAX(height, 1);
  list->selected = settle(list, list->selected, 1);
  keep_in_view(list);
}

void list_paint(List *list, Canvas *canvas, Rect rect, gboolean focused)
{
  list_layout(list, rect.height);
  guint n = count(list);
  for (int y = 0; y < rect.height; y++) {
    guint row = list->top + (guint)y;
    if (row >= n)
      break;
    Rect line = {rect.x, rect.y + y, rect.width, 1};
    Rect before = canvas_clip(canvas, line);
    gboolean selected = row == list->selected && selectable(list, row);
    list->model->paint(list->data, row, canvas, line, selected, focused);
    if (selected)
      canvas_restyle(canvas, line, focused ? STYLE_SELECTED : STYLE_SELECTED | STYLE_UNFOCUSED);
    canvas_unclip(canvas, before);
  }
}

void list_select(List *list, guint row)
{
  go(list, row, 1);
}

void list_select_at(List *list, guint row, int height_in_view)
{
  list->selected = settle(list, row, 1);
  list->top =
      list->selected > (guint)MAX(height_in_view, 0) ? list->selected - (guint)MAX(height_in_view, 0) : 0;
  keep_in_view(list);
}

void list_show(List *list, guint row)
{
  gboolean visible = row >= list->top && row < list->top + (guint)list->height;
  if (visible)
    list_select(list, row);
  else
    list_select_at(list, row, list->height / 2);
}

gboolean list_act(List *list, ActionId action)
{
  gint64 page = MAX(list->height - 1, 1), row = list->selected;
  switch (action) {
  case ACTION_UP: go(list, row - 1, -1); return TRUE;
  case ACTION_DOWN: go(list, row + 1, 1); return TRUE;
  case ACTION_PAGE_UP: go(list, row - page, -1); return TRUE;
  case ACTION_PAGE_DOWN: go(list, row + page, 1); return TRUE;
  case ACTION_FIRST: go(list, 0, 1); return TRUE;
  case ACTION_LAST: go(list, G_MAXUINT, -1); return TRUE;
  default: return FALSE;
  }
}

void list_scroll(List *list, int rows)
{
  guint n = count(list), height = (guint)MAX(list->height, 1);
  gint64 top = CLAMP((gint64)list->top + rows, 0, n > height ? (gint64)(n - height) : 0);
  list->top = (guint)top;
  guint lowest = list->top + height - 1;
  list->selected = settle(list, CLAMP(list->selected, list->top, lowest), rows < 0 ? -1 : 1);
  keep_in_view(list);
}

int list_row_at(const List *list, int line)
{
  guint row = list->top + (guint)MAX(line, 0);
  return line >= 0 && line < list->height && row < count(list) ? (int)row : -1;
}

static gboolean search_from(List *list, guint start, int direction)
{
  guint n = count(list);
  if (!list->search || !list->model->matches || n == 0)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    guint step = direction > 0 ? i : n - i;
    guint row = (start + step) % n;
    if (selectable(list, row) && list->model->matches(list->data, row, list->search)) {
      list_show(list, row);
      return TRUE;
    }
  }
  return FALSE;
}

gboolean list_search(List *list, const char *text)
{
  g_free(list->search);
  list->search = text && *text ? g_utf8_casefold(text, -1) : NULL;
  return search_from(list, list->selected, 1);
}

gboolean list_search_next(List *list, int direction)
{
  guint n = count(list);
  if (n == 0)
    return FALSE;
  return search_from(list, (list->selected + (direction > 0 ? 1 : n - 1)) % n, direction);
}
