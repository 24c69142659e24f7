#include "canvas.h"

#include <string.h>

#include "retort/base/text.h"

static const CanvasCell blank = {' ', {0, 0}, STYLE_NORMAL};

Canvas *canvas_new(int width, int height, gboolean ascii)
{
  Canvas *canvas = g_new0(Canvas, 1);
  canvas->width = MAX(width, 1);
  canvas->height = MAX(height, 1);
  canvas->ascii = ascii;
  canvas->cells = g_new(CanvasCell, (gsize)canvas->width * (gsize)canvas->height);
  canvas_clear(canvas);
  return canvas;
}

void canvas_free(Canvas *canvas)
{
  if (!canvas)
    return;
  g_free(canvas->cells);
  g_free(canvas);
}

void canvas_clear(Canvas *canvas)
{
  for (int i = 0; i < canvas->width * canvas->height; i++)
    canvas->cells[i] = blank;
  canvas->clip = (Rect){0, 0, canvas->width, canvas->height};
  canvas->cursor_x = canvas->cursor_y = -1;
}

Rect canvas_clip(Canvas *canvas, Rect rect)
{
  Rect before = canvas->clip;
  int right = MIN(before.x + before.width, rect.x + rect.width);
  int bottom = MIN(before.y + before.height, rect.y + rect.height);
  canvas->clip.x = MAX(before.x, rect.x);
  canvas->clip.y = MAX(before.y, rect.y);
  canvas->clip.width = MAX(right - canvas->clip.x, 0);
  canvas->clip.height = MAX(bottom - canvas->clip.y, 0);
  return before;
}

void canvas_unclip(Canvas *canvas, Rect before)
{
  canvas->clip = before;
}

static CanvasCell *cell_at(const Canvas *canvas, int x, int y)
{
  return &canvas->cells[(gsize)y * (gsize)canvas->width + (gsize)x];
}

/* A wide character loses its other half when one half is painted over. */
static void break_wide(Canvas *canvas, int x, int y)
{
  CanvasCell *cell = cell_at(canvas, x, y);
  if (cell->ch == 0 && x > 0)
    cell_at(canvas, x - 1, y)->ch = ' ';
  if (x + 1 < canvas->width && cell_at(canvas, x + 1, y)->ch == 0)
    cell_at(canvas, x + 1, y)->ch = ' ';
}

static gboolean is_control(gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c > 0x10ffff ||
         (c >= 0xd800 && c < 0xe000);
}

static void add_mark(Canvas *canvas, int x, int y, gunichar mark)
{
  if (canvas->ascii || x < canvas->clip.x || x >= canvas->clip.x + canvas->clip.width)
    return;
  CanvasCell *cell = cell_at(canvas, x, y);
  if (cell->ch == 0 && x > 0)
    cell = cell_at(canvas, x - 1, y);
  for (gsize i = 0; i < G_N_ELEMENTS(cell->marks); i++)
    if (!cell->marks[i]) {
      cell->marks[i] = mark;
      return;
    }
}

void canvas_put(Canvas *canvas, int x, int y, Style style, gunichar ch)
{
  Rect clip = canvas->clip;
  if (y < clip.y || y >= clip.y + clip.height || x < clip.x || x >= clip.x + clip.width)
    return;
  if (is_control(ch))
    ch = 0xfffd;
  int width = text_char_width(ch);
  if (canvas->ascii && ch >= 0x80)
    ch = theme_ascii(ch);
  gboolean wide = width == 2;
  if (wide && x + 1 >= clip.x + clip.width)
    ch = ' ', wide = FALSE;
  break_wide(canvas, x, y);
  *cell_at(canvas, x, y) = (CanvasCell){ch, {0, 0}, style};
  if (wide) {
    break_wide(canvas, x + 1, y);
    *cell_at(canvas, x + 1, y) = (CanvasCell){canvas->ascii ? ' ' : 0, {0, 0}, style};
  }
}

int canvas_textn(Canvas *canvas, int x, int y, int max, Style style, const char *text, gsize len)
{
  if (max < 0)
    max = canvas->clip.x + canvas->clip.width - x;
  gboolean visible = y >= canvas->clip.y && y < canvas->clip.y + canvas->clip.height;
  int used = 0;
  const char *end = text + len;
  while (text < end) {
    gunichar c = g_utf8_get_char_validated(text, end - text);
    gboolean bad = c >= (gunichar)-2;
    if (bad || is_control(c))
      c = 0xfffd;
    int width = text_char_width(c);
    if (used + width > max)
      break;
    if (width > 0)
      canvas_put(canvas, x + used, y, style, c);
    else if (used > 0 && visible)
      add_mark(canvas, x + used - 1, y, c);
    used += width;
    text = bad ? text + 1 : g_utf8_next_char(text);
  }
  return used;
}

int canvas_text(Canvas *canvas, int x, int y, int max, Style style, const char *text)
{
  return canvas_textn(canvas, x, y, max, style, text, strlen(text));
}

int canvas_text_clipped(Canvas *canvas, int x, int y, int max, Style style, const char *text)
{
  if (max <= 0)
    return 0;
  g_autofree char *clipped = text_clip(text, max, canvas->ascii);
  return canvas_text(canvas, x, y, max, style, clipped);
}

int canvas_printf(Canvas *canvas, int x, int y, int max, Style style, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  return canvas_text(canvas, x, y, max, style, text);
}

void canvas_fill(Canvas *canvas, Rect rect, Style style, gunichar ch)
{
  for (int y = rect.y; y < rect.y + rect.height; y++)
    for (int x = rect.x; x < rect.x + rect.width; x++)
      canvas_put(canvas, x, y, style, ch);
}

void canvas_restyle(Canvas *canvas, Rect rect, Style flags)
{
  Rect before = canvas_clip(canvas, rect);
  Rect r = canvas->clip;
  for (int y = r.y; y < r.y + r.height; y++)
    for (int x = r.x; x < r.x + r.width; x++)
      cell_at(canvas, x, y)->style |= flags;
  canvas_unclip(canvas, before);
}

static void box_edges(Canvas *canvas, Rect r, Style border)
{
  int right = r.x + r.width - 1, bottom = r.y + r.height - 1;
  for (int x = r.x + 1; x < right; x++) {
    canvas_put(canvas, x, r.y, border, 0x2500);
    canvas_put(canvas, x, bottom, border, 0x2500);
  }
  for (int y = r.y + 1; y < bottom; y++) {
    canvas_put(canvas, r.x, y, border, 0x2502);
    canvas_put(canvas, right, y, border, 0x2502);
  }
  canvas_put(canvas, r.x, r.y, border, 0x250c);
  canvas_put(canvas, right, r.y, border, 0x2510);
  canvas_put(canvas, r.x, bottom, border, 0x2514);
  canvas_put(canvas, right, bottom, border, 0x2518);
}

Rect canvas_box(Canvas *canvas, Rect rect, Style border, Style title_style, const char *title,
                const char *note)
{
  if (rect.width < 2 || rect.height < 2)
    return (Rect){rect.x, rect.y, 0, 0};
  box_edges(canvas, rect, border);
  int room = rect.width - 4, used = 0;
  if (title && *title && room > 2) {
    canvas_put(canvas, rect.x + 1, rect.y, border, ' ');
    used = canvas_text_clipped(canvas, rect.x + 2, rect.y, room, title_style, title);
    canvas_put(canvas, rect.x + 2 + used, rect.y, border, ' ');
    used += 2;
  }
  int note_width = note ? text_width(note) : 0;
  if (note_width > 0 && used + note_width + 3 <= room) {
    int x = rect.x + rect.width - 3 - note_width;
    canvas_put(canvas, x - 1, rect.y, border, ' ');
    canvas_text(canvas, x, rect.y, note_width, title_style, note);
    canvas_put(canvas, x + note_width, rect.y, border, ' ');
  }
  return (Rect){rect.x + 1, rect.y + 1, rect.width - 2, rect.height - 2};
}

const CanvasCell *canvas_cell(const Canvas *canvas, int x, int y)
{
  g_return_val_if_fail(x >= 0 && y >= 0 && x < canvas->width && y < canvas->height, &blank);
  return cell_at(canvas, x, y);
}

char *canvas_row(const Canvas *canvas, int y)
{
  GString *out = g_string_new(NULL);
  for (int x = 0; x < canvas->width; x++) {
    const CanvasCell *cell = cell_at(canvas, x, y);
    if (cell->ch == 0)
      continue;
    g_string_append_unichar(out, cell->ch);
    for (gsize i = 0; i < G_N_ELEMENTS(cell->marks) && cell->marks[i]; i++)
      g_string_append_unichar(out, cell->marks[i]);
  }
  while (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate(out, out->len - 1);
  return g_string_free(out, FALSE);
}

char *canvas_dump(const Canvas *canvas)
{
  GString *out = g_string_new(NULL);
  for (int y = 0; y < canvas->height; y++) {
    g_autofree char *row = canvas_row(canvas, y);
    g_string_append_printf(out, "%s\n", row);
  }
  return g_string_free(out, FALSE);
}

Rect rect_cut_top(Rect *rect, int height)
{
  height = CLAMP(height, 0, rect->height);
  Rect strip = {rect->x, rect->y, rect->width, height};
  rect->y += height;
  rect->height -= height;
  return strip;
}

Rect rect_cut_bottom(Rect *rect, int height)
{
  height = CLAMP(height, 0, rect->height);
  rect->height -= height;
  return (Rect){rect->x, rect->y + rect->height, rect->width, height};
}

Rect rect_cut_left(Rect *rect, int width)
{
  width = CLAMP(width, 0, rect->width);
  Rect strip = {rect->x, rect->y, width, rect->height};
  rect->x += width;
  rect->width -= width;
  return strip;
}

gboolean rect_contains(Rect rect, int x, int y)
{
  return x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
}
