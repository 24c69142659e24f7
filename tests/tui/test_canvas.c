#include <criterion/criterion.h>

#include "../../src/tui/canvas.h"

static void expect_row(const Canvas *canvas, int y, const char *expected, const char *what)
{
  g_autofree char *row = canvas_row(canvas, y);
  cr_expect_str_eq(row, expected, "%s: got |%s|, expected |%s|", what, row, expected);
}

Test(canvas, cuts_text_at_its_room_and_at_the_clip)
{
  g_autoptr(Canvas) canvas = canvas_new(10, 3, FALSE);
  cr_expect_eq(canvas_text(canvas, 0, 0, 4, STYLE_NORMAL, "abcdef"), 4);
  expect_row(canvas, 0, "abcd", "room");
  Rect before = canvas_clip(canvas, (Rect){2, 1, 3, 1});
  canvas_text(canvas, 0, 1, -1, STYLE_NORMAL, "abcdefghij");
  canvas_text(canvas, 2, 2, -1, STYLE_NORMAL, "below");
  canvas_unclip(canvas, before);
  expect_row(canvas, 1, "  cde", "clip");
  expect_row(canvas, 2, "", "below the clip");
  cr_expect_eq(canvas_text_clipped(canvas, 0, 2, 5, STYLE_NORMAL, "abcdefgh"), 5);
  expect_row(canvas, 2, "abcd…", "ellipsis");
}

Test(canvas, keeps_wide_characters_whole)
{
  g_autoptr(Canvas) canvas = canvas_new(8, 4, FALSE);
  canvas_text(canvas, 0, 0, -1, STYLE_NORMAL, "a注文b");
  expect_row(canvas, 0, "a注文b", "wide");
  canvas_put(canvas, 2, 0, STYLE_NORMAL, 'x');
  expect_row(canvas, 0, "a x文b", "right half painted over");
  canvas_put(canvas, 3, 0, STYLE_NORMAL, 'y');
  expect_row(canvas, 0, "a xy b", "left half painted over");
  cr_expect_eq(canvas_text(canvas, 0, 1, 4, STYLE_NORMAL, "a注文"), 3,
               "a wide character that does not fit stays out");
  expect_row(canvas, 1, "a注", "no half of it");
  canvas_put(canvas, 7, 2, STYLE_NORMAL, 0x6ce8);
  expect_row(canvas, 2, "", "at the right edge it becomes a blank");
  canvas_text(canvas, 0, 3, -1, STYLE_NORMAL, "e\xcc\x81x");
  expect_row(canvas, 3, "e\xcc\x81x", "combining");
}

Test(canvas, never_holds_what_a_terminal_obeys)
{
  g_autoptr(Canvas) canvas = canvas_new(20, 1, FALSE);
  canvas_text(canvas, 0, 0, -1, STYLE_NORMAL, "a\x1b[31mb\x07\xc2\x9b\xe2\x80\xae\xff");
  for (int x = 0; x < 20; x++) {
    gunichar c = canvas_cell(canvas, x, 0)->ch;
    cr_expect(c >= 0x20 && (c < 0x7f || c >= 0xa0) && c != 0x202e, "cell %d holds U+%04X", x, c);
  }
}

Test(canvas, translates_glyphs_to_ascii_of_the_same_width)
{
  g_autoptr(Canvas) canvas = canvas_new(30, 3, TRUE);
  Rect inside = canvas_box(canvas, (Rect){0, 0, 30, 3}, STYLE_BORDER, STYLE_TITLE, "Revisions", "1/2");
  cr_expect_eq(inside.width, 28, "inside is %d wide", inside.width);
  canvas_text(canvas, 1, 1, -1, STYLE_NORMAL, "● ◉ ○ ◇ ◆ ✕ ◌ ‼ ⟲ λ ⋮ ü注");
  expect_row(canvas, 0, "+ Revisions ----------- 1/2 -+", "edge");
  expect_row(canvas, 1, "|* @ o m M x ? # d p : ??    |", "glyphs");
}

Test(canvas, boxes_have_title_and_note)
{
  g_autoptr(Canvas) canvas = canvas_new(20, 3, FALSE);
  canvas_box(canvas, (Rect){0, 0, 20, 3}, STYLE_BORDER, STYLE_TITLE, "Locks", "quiet");
  expect_row(canvas, 0, "┌ Locks ─── quiet ─┐", "edge");
}
