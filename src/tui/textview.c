#include "textview.h"

#include <stdio.h>
#include <string.h>

#include "retort/base/text.h"

#define TAB_WIDTH 4
/* More colour than this is not worth the wait; the text itself is shown whole. */
#define HIGHLIGHT_LIMIT (1024 * 1024)

typedef struct {
  char *text;
  GArray *runs;  /* StyleRun */
  guint hanging; /* columns that continuations are indented by */
} TextLine;

/* One row on the screen: a part of a line. */
typedef struct {
  guint line;
  guint start, end; /* bytes */
} TextRow;

struct TextView {
  GPtrArray *lines; /* TextLine* */
  GArray *rows;     /* TextRow, for width */
  int width;        /* 0: rows must be worked out */
  int height;
  guint top;        /* row */
  gboolean follows; /* the end stays in sight as lines are added ... */
  gboolean held;    /* ... unless somebody scrolled up */
  guint wanted;     /* line to show, from 1, once rows are worked out */
  char *search;     /* folded, or NULL */
};

static void line_free(void *data)
{
  TextLine *line = data;
  g_free(line->text);
  g_array_unref(line->runs);
  g_free(line);
}

TextView *textview_new(void)
{
  TextView *view = g_new0(TextView, 1);
  view->lines = g_ptr_array_new_with_free_func(line_free);
  view->rows = g_array_new(FALSE, FALSE, sizeof(TextRow));
  view->height = 1;
  return view;
}

void textview_free(TextView *view)
{
  if (!view)
    return;
  g_ptr_array_unref(view->lines);
  g_array_unref(view->rows);
  g_free(view->search);
  g_free(view);
}

void textview_clear(TextView *view)
{
  g_ptr_array_set_size(view->lines, 0);
  g_array_set_size(view->rows, 0);
  view->width = 0;
  view->wanted = 0;
}

void textview_rewind(TextView *view)
{
  view->top = 0;
}

guint textview_lines(const TextView *view)
{
  return view->lines->len;
}

/* Foreign bytes to one printable line: escaped, tabs expanded. */
static char *clean_line(const char *text, gsize len)
{
  g_autofree char *escaped = text_escape(text, (gssize)len, TRUE);
  if (!strchr(escaped, '\t'))
    return g_steal_pointer(&escaped);
  GString *out = g_string_new(NULL);
  for (const char *p = escaped; *p; p++) {
    if (*p != '\t') {
      g_string_append_c(out, *p);
      continue;
    }
    int blanks = TAB_WIDTH - text_width(out->str) % TAB_WIDTH;
    for (int i = 0; i < blanks; i++)
      g_string_append_c(out, ' ');
  }
  return g_string_free(out, FALSE);
}

static TextLine *add_line(TextView *view, char *text)
{
  TextLine *line = g_new0(TextLine, 1);
  line->text = text;
  line->runs = g_array_new(FALSE, FALSE, sizeof(StyleRun));
  g_ptr_array_add(view->lines, line);
  view->width = 0;
  gsize blanks = strspn(text, " ");
  line->hanging = (guint)blanks;
  return line;
}

static void add_run(TextLine *line, guint start, Style style)
{
  StyleRun run = {start, style};
  g_array_append_val(line->runs, run);
}

/* Calls add for each line of text, without newlines. */
static gsize next_line(const char *text, gsize len)
{
  const char *end = memchr(text, '\n', len);
  return end ? (gsize)(end - text) : len;
}

static gsize without_return(const char *text, gsize len)
{
  return len > 0 && text[len - 1] == '\r' ? len - 1 : len;
}

void textview_add(TextView *view, Style style, const char *text)
{
  gsize len = strlen(text);
  for (gsize at = 0; at <= len;) {
    gsize n = next_line(text + at, len - at);
    TextLine *line = add_line(view, clean_line(text + at, without_return(text + at, n)));
    add_run(line, 0, style);
    at += n + 1;
  }
}

void textview_addf(TextView *view, Style style, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  textview_add(view, style, text);
}

void textview_add_marked(TextView *view, Style mark_style, const char *mark, Style style, const char *text)
{
  gsize len = strlen(text);
  g_autofree char *rest = clean_line(text, len);
  TextLine *line = add_line(view, g_strconcat(mark, rest, NULL));
  add_run(line, 0, mark_style);
  add_run(line, (guint)strlen(mark), style);
  line->hanging = (guint)text_width(mark);
}

/* One line of code behind prefix, which stays faint. */
static void add_code_line(TextView *view, Highlighter *state, const char *prefix, const char *code, gsize len)
{
  g_autofree char *clean = clean_line(code, without_return(code, len));
  TextLine *line = add_line(view, g_strconcat(prefix, clean, NULL));
  guint offset = (guint)strlen(prefix);
  add_run(line, 0, STYLE_FAINT);
  add_run(line, offset, STYLE_NORMAL);
  guint first = line->runs->len;
  highlight_line(state, clean, strlen(clean), line->runs);
  for (guint i = first; i < line->runs->len; i++)
    g_array_index(line->runs, StyleRun, i).start += offset;
  line->hanging = (guint)(text_width(prefix) + (int)strspn(clean, " ") + 2);
}

void textview_add_code(TextView *view, Language language, guint indent, const char *first_prefix,
                       const char *code, gssize size)
{
  gsize len = size < 0 ? strlen(code) : (gsize)size;
  Highlighter state = {.language = len > HIGHLIGHT_LIMIT ? LANGUAGE_NONE : language};
  /* Blank lines in front say nothing and cost room. */
  gsize blank = strspn(code, " \t\r\n");
  while (blank > 0 && blank < len && code[blank - 1] != '\n')
    blank--;
  if (blank < len) {
    code += blank;
    len -= blank;
  }
  g_autofree char *blanks = g_strnfill(indent, ' ');
  for (gsize at = 0; at <= len;) {
    gsize n = next_line(code + at, len - at);
    if (n == 0 && at == len && at > 0)
      break;
    add_code_line(view, &state, at == 0 && first_prefix ? first_prefix : blanks, code + at, n);
    at += n + 1;
  }
}

void textview_add_sql(TextView *view, guint indent, const char *first_prefix, const char *sql)
{
  g_autofree char *text = g_strchomp(g_strdup(sql));
  g_autofree char *closed = g_strconcat(text, g_str_has_suffix(text, ";") ? NULL : ";", NULL);
  textview_add_code(view, LANGUAGE_SQL, indent, first_prefix, closed, -1);
}

void textview_add_numbered(TextView *view, Language language, const char *code, gssize size)
{
  gsize len = size < 0 ? strlen(code) : (gsize)size;
  Highlighter state = {.language = len > HIGHLIGHT_LIMIT ? LANGUAGE_NONE : language};
  guint number = 1;
  for (gsize at = 0; at <= len; number++) {
    gsize n = next_line(code + at, len - at);
    if (n == 0 && at == len && at > 0)
      break;
    char prefix[16];
    snprintf(prefix, sizeof prefix, "%4u ", number);
    add_code_line(view, &state, prefix, code + at, n);
    at += n + 1;
  }
}

char *textview_text(const TextView *view)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < view->lines->len; i++) {
    TextLine *line = g_ptr_array_index(view->lines, i);
    g_string_append_printf(out, "%s\n", line->text);
  }
  return g_string_free(out, FALSE);
}

static guint hanging(const TextLine *line, int width)
{
  return MIN(line->hanging, (guint)width / 2);
}

/* Cuts a line into rows: after the last blank that fits, or in the middle of a word that is too long. */
static void wrap_line(TextView *view, guint number, int width)
{
  const TextLine *line = g_ptr_array_index(view->lines, number);
  const char *text = line->text;
  TextRow row = {number, 0, 0};
  int used = 0, room = width;
  gssize blank = -1;
  for (const char *p = text; *p;) {
    gunichar c = g_utf8_get_char(p);
    int w = text_char_width(c);
    gsize at = (gsize)(p - text);
    if (used + w > room && at > row.start) {
      row.end = (guint)(blank > (gssize)row.start ? (gsize)blank : at);
      g_array_append_val(view->rows, row);
      row.start = row.end;
      while (text[row.start] == ' ')
        row.start++;
      room = width - (int)hanging(line, width);
      used = 0;
      blank = -1;
      p = text + row.start;
      continue;
    }
    used += w;
    p = g_utf8_next_char(p);
    if (c == ' ' && strspn(text, " ") < (gsize)(p - text))
      blank = p - text;
  }
  row.end = (guint)strlen(text);
  g_array_append_val(view->rows, row);
}

static void layout(TextView *view, int width, int height)
{
  view->height = MAX(height, 1);
  width = MAX(width, 4);
  if (view->width != width) {
    /* The first visible line stays the first visible line. */
    guint line = view->top < view->rows->len ? g_array_index(view->rows, TextRow, view->top).line : 0;
    guint old_width = (guint)view->width;
    view->width = width;
    g_array_set_size(view->rows, 0);
    for (guint i = 0; i < view->lines->len; i++)
      wrap_line(view, i, width);
    if (view->wanted > 0)
      textview_show_line(view, view->wanted - 1);
    else if (old_width > 0)
      textview_show_line(view, line);
    view->wanted = 0;
  }
  guint n = view->rows->len, h = (guint)view->height, last = n > h ? n - h : 0;
  view->top = view->follows && !view->held ? last : MIN(view->top, last);
}

/* Bytes [*from, *to) of the first match in text at or after at; case is ignored. */
static gboolean find(const char *text, const char *folded, gsize at, gsize *from, gsize *to)
{
  gsize n = strlen(folded);
  for (const char *p = text + at; *p; p = g_utf8_next_char(p)) {
    const char *q = p;
    gsize matched = 0;
    while (*q && matched < n) {
      g_autofree char *c = g_utf8_casefold(q, g_utf8_next_char(q) - q);
      gsize len = strlen(c);
      if (strncmp(folded + matched, c, len) != 0)
        break;
      matched += len;
      q = g_utf8_next_char(q);
    }
    if (matched == n) {
      *from = (gsize)(p - text);
      *to = (gsize)(q - text);
      return TRUE;
    }
  }
  return FALSE;
}

static Style style_at(const TextLine *line, gsize byte)
{
  Style style = STYLE_NORMAL;
  for (guint i = 0; i < line->runs->len; i++) {
    StyleRun *run = &g_array_index(line->runs, StyleRun, i);
    if (run->start > byte)
      break;
    style = run->style;
  }
  return style;
}

static void paint_row(const TextView *view, const TextRow *row, Canvas *canvas, int x, int y, int width)
{
  const TextLine *line = g_ptr_array_index(view->lines, row->line);
  gsize from = 0, to = 0;
  gboolean match = view->search && find(line->text, view->search, 0, &from, &to);
  if (row->start > 0)
    x += (int)hanging(line, view->width);
  int used = 0;
  for (gsize at = row->start; at < row->end;) {
    const char *p = line->text + at;
    gsize next = (gsize)(g_utf8_next_char(p) - line->text);
    while (match && at >= to)
      match = find(line->text, view->search, to, &from, &to);
    Style style = match && at >= from ? STYLE_MATCH : style_at(line, at);
    /* Combining marks go with their base. */
    while (next < row->end && text_char_width(g_utf8_get_char(line->text + next)) == 0)
      next = (gsize)(g_utf8_next_char(line->text + next) - line->text);
    used += canvas_textn(canvas, x + used, y, width - used, style, p, next - at);
    at = next;
  }
}

void textview_paint(TextView *view, Canvas *canvas, Rect rect)
{
  layout(view, rect.width, rect.height);
  Rect before = canvas_clip(canvas, rect);
  for (int y = 0; y < rect.height; y++) {
    guint row = view->top + (guint)y;
    if (row < view->rows->len)
      paint_row(view, &g_array_index(view->rows, TextRow, row), canvas, rect.x, rect.y + y, rect.width);
  }
  canvas_unclip(canvas, before);
}

void textview_scroll(TextView *view, int rows)
{
  guint n = view->rows->len, h = (guint)view->height;
  gint64 last = n > h ? (gint64)(n - h) : 0;
  view->top = (guint)CLAMP((gint64)view->top + rows, 0, last);
  view->held = view->top < last;
}

void textview_follow(TextView *view)
{
  view->follows = TRUE;
}

gboolean textview_act(TextView *view, ActionId action)
{
  int page = MAX(view->height - 1, 1);
  switch (action) {
  case ACTION_UP: textview_scroll(view, -1); return TRUE;
  case ACTION_DOWN: textview_scroll(view, 1); return TRUE;
  case ACTION_PAGE_UP: textview_scroll(view, -page); return TRUE;
  case ACTION_PAGE_DOWN: textview_scroll(view, page); return TRUE;
  case ACTION_FIRST: textview_scroll(view, G_MININT / 2); return TRUE;
  case ACTION_LAST: textview_scroll(view, G_MAXINT / 2); return TRUE;
  default: return FALSE;
  }
}

void textview_show_line(TextView *view, guint line)
{
  if (view->width == 0)
    view->wanted = line + 1;
  for (guint i = 0; i < view->rows->len; i++)
    if (g_array_index(view->rows, TextRow, i).line >= line) {
      view->top = i;
      return;
    }
}

/* The first row of the view at or after (before, for direction < 0) row whose line matches; -1: none. */
static int matching_row(const TextView *view, guint start, int direction)
{
  guint n = view->rows->len;
  for (guint i = 0; i < n; i++) {
    guint row = (start + (direction > 0 ? i : n - i)) % n;
    const TextRow *r = &g_array_index(view->rows, TextRow, row);
    const TextLine *line = g_ptr_array_index(view->lines, r->line);
    gsize from, to;
    if (find(line->text, view->search, r->start, &from, &to) && from < r->end)
      return (int)row;
  }
  return -1;
}

static gboolean show_match(TextView *view, guint start, int direction)
{
  if (!view->search || view->rows->len == 0)
    return FALSE;
  int row = matching_row(view, start % view->rows->len, direction);
  if (row < 0)
    return FALSE;
  view->top = (guint)row;
  return TRUE;
}

gboolean textview_search(TextView *view, const char *text)
{
  g_free(view->search);
  view->search = text && *text ? g_utf8_casefold(text, -1) : NULL;
  return show_match(view, view->top, 1);
}

gboolean textview_search_next(TextView *view, int direction)
{
  guint n = view->rows->len;
  return n > 0 && show_match(view, view->top + (direction > 0 ? 1 : n - 1), direction);
}

const char *textview_place(const TextView *view, char *buffer, gsize size)
{
  guint n = view->rows->len, h = (guint)view->height;
  if (n <= h)
    return "";
  snprintf(buffer, size, "%u%%", (view->top + h) * 100 / n);
  return buffer;
}
