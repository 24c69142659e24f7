/* The screen as a value: a grid of cells that screens paint into, a terminal shows and tests compare.
 *
 *   g_autoptr(Canvas) canvas = canvas_new(80, 24, FALSE);
 *   canvas_text(canvas, 0, 0, 80, STYLE_NORMAL, "hello");
 *   g_autofree char *text = canvas_dump(canvas);
 *
 * Whatever is painted is cut at the clip rectangle; a wide character that does not fit becomes a blank, and one whose
 * half is painted over vanishes whole.  Control characters cannot be stored (they become U+FFFD), so nothing painted
 * here can reach the terminal as a command; texts from outside should still pass text_escape() for people to read.
 * An ASCII canvas translates line drawing and marks to their ASCII forms of the same width.
 */
#pragma once

#include <glib.h>

#include "theme.h"

typedef struct {
  int x, y, width, height;
} Rect;

typedef struct {
  gunichar ch;       /* 0: right half of a wide character */
  gunichar marks[2]; /* combining characters */
  Style style;
} CanvasCell;

typedef struct {
  int width, height;
  gboolean ascii;
  CanvasCell *cells;
  Rect clip;
  int cursor_x, cursor_y; /* < 0: hidden */
} Canvas;

Canvas *canvas_new(int width, int height, gboolean ascii);
void canvas_free(Canvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Canvas, canvas_free)

/* Blank, unclipped, no cursor. */
void canvas_clear(Canvas *canvas);
/* Narrows painting to the part of rect inside the canvas; returns what it was, for canvas_unclip(). */
Rect canvas_clip(Canvas *canvas, Rect rect);
void canvas_unclip(Canvas *canvas, Rect before);

/* Paints text and returns the columns used, at most max; max < 0: no limit but the clip. */
int canvas_text(Canvas *canvas, int x, int y, int max, Style style, const char *text);
int canvas_textn(Canvas *canvas, int x, int y, int max, Style style, const char *text, gsize len);
/* The same, ending in an ellipsis when text is longer than max. */
int canvas_text_clipped(Canvas *canvas, int x, int y, int max, Style style, const char *text);
int canvas_printf(Canvas *canvas, int x, int y, int max, Style style, const char *format, ...)
    G_GNUC_PRINTF(6, 7);
void canvas_put(Canvas *canvas, int x, int y, Style style, gunichar ch);
void canvas_fill(Canvas *canvas, Rect rect, Style style, gunichar ch);
/* Adds style flags (not the named style) to cells that are painted already. */
void canvas_restyle(Canvas *canvas, Rect rect, Style flags);
/* A frame with a title in its upper edge and a note at the right of it; returns the inside.  title, note may be NULL. */
Rect canvas_box(Canvas *canvas, Rect rect, Style border, Style title_style, const char *title,
                const char *note);

const CanvasCell *canvas_cell(const Canvas *canvas, int x, int y);
/* Every row as text without trailing blanks; the caller's. */
char *canvas_dump(const Canvas *canvas);
/* One row of it; the caller's. */
char *canvas_row(const Canvas *canvas, int y);

/* Cuts a strip off rect, at most what is there, and returns it. */
Rect rect_cut_top(Rect *rect, int height);
Rect rect_cut_bottom(Rect *rect, int height);
Rect rect_cut_left(Rect *rect, int width);
gboolean rect_contains(Rect rect, int x, int y);
