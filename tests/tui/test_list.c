#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../../src/tui/list.h"

/* Numbers; odd multiples of 5 cannot be selected. */
static guint painted;

static guint count(void *data)
{
  return *(guint *)data;
}

static void paint(void *data, guint row, Canvas *canvas, Rect rect, gboolean selected, gboolean focused)
{
  (void)data;
  (void)focused;
  painted++;
  canvas_printf(canvas, rect.x, rect.y, -1, STYLE_NORMAL, "%s%u", selected ? ">" : " ", row);
}

static gboolean selectable(void *data, guint row)
{
  (void)data;
  return row % 10 != 5;
}

static gboolean matches(void *data, guint row, const char *folded)
{
  (void)data;
  char text[16];
  snprintf(text, sizeof text, "%u", row);
  return strstr(text, folded) != NULL;
}

static const ListModel model = {count, paint, selectable, matches};

static void setup(List *list, guint *n, int height)
{
  list_init(list, &model, n);
  list_layout(list, height);
}

Test(list, moves_over_what_cannot_be_selected)
{
  guint n = 30;
  List list;
  setup(&list, &n, 10);
  list_select(&list, 4);
  list_act(&list, ACTION_DOWN);
  cr_expect_eq(list.selected, 6, "down from 4: %u", list.selected);
  list_act(&list, ACTION_UP);
  cr_expect_eq(list.selected, 4, "up from 6: %u", list.selected);
  list_act(&list, ACTION_LAST);
  cr_expect_eq(list.selected, 29);
  cr_expect_eq(list.top, 20, "the last page is full: top %u", list.top);
  list_act(&list, ACTION_PAGE_UP);
  cr_expect_eq(list.selected, 20, "page: %u", list.selected);
  list_act(&list, ACTION_FIRST);
  cr_expect_eq(list.top, 0);
}

Test(list, paints_only_what_is_visible)
{
  guint n = 100000;
  List list;
  setup(&list, &n, 10);
  g_autoptr(Canvas) canvas = canvas_new(12, 10, FALSE);
  list_select(&list, 77777);
  painted = 0;
  list_paint(&list, canvas, (Rect){0, 0, 12, 10}, TRUE);
  cr_expect_eq(painted, 10, "painted %u rows", painted);
  g_autofree char *row = canvas_row(canvas, 9);
  cr_expect_str_eq(row, ">77777", "got %s", row);
  cr_expect(canvas_cell(canvas, 11, 9)->style & STYLE_SELECTED, "the whole row is marked");
}

Test(list, keeps_its_height_over_a_reload)
{
  guint n = 100;
  List list;
  setup(&list, &n, 10);
  list_select_at(&list, 50, 3);
  cr_expect_eq(list.top, 47);
  list_select_at(&list, 61, 3);
  cr_expect_eq(list.top, 58, "top %u", list.top);
  n = 5;
  list_layout(&list, 10);
  cr_expect_eq(list.selected, 4, "a list that shrank: %u", list.selected);
  n = 0;
  list_layout(&list, 10);
  list_act(&list, ACTION_DOWN);
  cr_expect_eq(list.selected, 0, "an empty one");
}

Test(list, searches_around_the_end)
{
  guint n = 100;
  List list;
  setup(&list, &n, 10);
  list_select(&list, 50);
  cr_expect(list_search(&list, "7"), "found");
  cr_expect_eq(list.selected, 57, "first: %u", list.selected);
  list_search_next(&list, -1);
  cr_expect_eq(list.selected, 47, "previous: %u", list.selected);
  list_act(&list, ACTION_LAST);
  list_search_next(&list, 1);
  cr_expect_eq(list.selected, 7, "around: %u", list.selected);
  cr_expect_not(list_search(&list, "x"), "nothing");
  list_clear(&list);
}

Test(list, scrolling_takes_the_selection_along)
{
  guint n = 100;
  List list;
  setup(&list, &n, 10);
  list_scroll(&list, 3);
  cr_expect_eq(list.top, 3);
  cr_expect_eq(list.selected, 3);
  cr_expect_eq(list_row_at(&list, 2), 5);
  cr_expect_eq(list_row_at(&list, 10), -1);
}
