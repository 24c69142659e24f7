#include "prompt.h"

#include <string.h>

#include "retort/base/text.h"

#define HISTORY_LIMIT 100
/* Columns that are kept for what is typed, however long the label is. */
#define INPUT_LEAST 8

struct Prompt {
  PromptSpec spec;
  GString *text;
  gsize cursor;          /* byte */
  guint history_at;      /* == history->len: the line being edited */
  char *draft;           /* what was typed before going into the history */
  GPtrArray *candidates; /* char*, while completing */
  guint candidate;
};

Prompt *prompt_new(const PromptSpec *spec)
{
  Prompt *prompt = g_new0(Prompt, 1);
  prompt->spec = *spec;
  prompt->text = g_string_new(spec->initial);
  prompt->cursor = prompt->text->len;
  prompt->history_at = spec->history ? spec->history->len : 0;
  return prompt;
}

void prompt_free(Prompt *prompt)
{
  if (!prompt)
    return;
  g_free(prompt->spec.label);
  g_free(prompt->spec.initial);
  g_string_free(prompt->text, TRUE);
  g_free(prompt->draft);
  g_clear_pointer(&prompt->candidates, g_ptr_array_unref);
  g_free(prompt);
}

const char *prompt_text(const Prompt *prompt)
{
  return prompt->text->str;
}

static gsize step_back(const Prompt *prompt, gsize at)
{
  return at == 0 ? 0 : (gsize)(g_utf8_prev_char(prompt->text->str + at) - prompt->text->str);
}

static gsize step_on(const Prompt *prompt, gsize at)
{
  return at >= prompt->text->len ? at : (gsize)(g_utf8_next_char(prompt->text->str + at) - prompt->text->str);
}

static void erase(Prompt *prompt, gsize from, gsize to)
{
  g_string_erase(prompt->text, (gssize)from, (gssize)(to - from));
  prompt->cursor = from;
}

static void set_text(Prompt *prompt, const char *text)
{
  g_string_assign(prompt->text, text);
  prompt->cursor = prompt->text->len;
}

static void walk_history(Prompt *prompt, int direction)
{
  GPtrArray *history = prompt->spec.history;
  if (!history || history->len == 0)
    return;
  gint64 at = CLAMP((gint64)prompt->history_at + direction, 0, (gint64)history->len);
  if (at == prompt->history_at)
    return;
  if (prompt->history_at == history->len) {
    g_free(prompt->draft);
    prompt->draft = g_strdup(prompt->text->str);
  }
  prompt->history_at = (guint)at;
  set_text(prompt, at == history->len ? prompt->draft : g_ptr_array_index(history, at));
}

static void complete(Prompt *prompt, int direction)
{
  if (!prompt->spec.complete)
    return;
  if (!prompt->candidates) {
    prompt->candidates = prompt->spec.complete(prompt->text->str, prompt->spec.data);
    if (!prompt->candidates)
      return;
    prompt->candidate = direction > 0 ? 0 : prompt->candidates->len - 1;
  } else if (prompt->candidates->len > 0) {
    guint n = prompt->candidates->len;
    prompt->candidate = (prompt->candidate + (direction > 0 ? 1 : n - 1)) % n;
  }
  if (prompt->candidates->len > 0)
    set_text(prompt, g_ptr_array_index(prompt->candidates, prompt->candidate));
}

static void erase_word(Prompt *prompt)
{
  gsize from = prompt->cursor;
  while (from > 0 && prompt->text->str[from - 1] == ' ')
    from--;
  while (from > 0 && prompt->text->str[from - 1] != ' ')
    from--;
  erase(prompt, from, prompt->cursor);
}

static void edit(Prompt *prompt, Key key)
{
  switch (key) {
  case TKEY_LEFT:
  case KEY_MOD_CTRL | 'b': prompt->cursor = step_back(prompt, prompt->cursor); return;
  case TKEY_RIGHT:
  case KEY_MOD_CTRL | 'f': prompt->cursor = step_on(prompt, prompt->cursor); return;
  case TKEY_HOME:
  case KEY_MOD_CTRL | 'a': prompt->cursor = 0; return;
  case TKEY_END:
  case KEY_MOD_CTRL | 'e': prompt->cursor = prompt->text->len; return;
  case TKEY_BACKSPACE: erase(prompt, step_back(prompt, prompt->cursor), prompt->cursor); return;
  case TKEY_DELETE:
  case KEY_MOD_CTRL | 'd': erase(prompt, prompt->cursor, step_on(prompt, prompt->cursor)); return;
  case KEY_MOD_CTRL | 'u': erase(prompt, 0, prompt->cursor); return;
  case KEY_MOD_CTRL | 'k': erase(prompt, prompt->cursor, prompt->text->len); return;
  case KEY_MOD_CTRL | 'w': erase_word(prompt); return;
  case TKEY_UP:
  case KEY_MOD_CTRL | 'p': walk_history(prompt, -1); return;
  case TKEY_DOWN:
  case KEY_MOD_CTRL | 'n': walk_history(prompt, 1); return;
  default: break;
  }
  gunichar c = key_text(key);
  if (c) {
    char utf8[6];
    int n = g_unichar_to_utf8(c, utf8);
    g_string_insert_len(prompt->text, (gssize)prompt->cursor, utf8, n);
    prompt->cursor += (gsize)n;
  }
}

PromptState prompt_key(Prompt *prompt, Key key)
{
  if (key == TKEY_ENTER)
    return PROMPT_ACCEPTED;
  if (key == TKEY_ESCAPE || key == (KEY_MOD_CTRL | 'c') || (key == TKEY_BACKSPACE && prompt->text->len == 0))
    return PROMPT_LEFT;
  if (key == TKEY_TAB || key == (TKEY_TAB | KEY_MOD_SHIFT)) {
    complete(prompt, key == TKEY_TAB ? 1 : -1);
    return PROMPT_OPEN;
  }
  g_clear_pointer(&prompt->candidates, g_ptr_array_unref);
  g_autofree char *before = g_strdup(prompt->text->str);
  edit(prompt, key);
  if (prompt->spec.changed && strcmp(before, prompt->text->str) != 0)
    prompt->spec.changed(prompt->text->str, prompt->spec.data);
  return PROMPT_OPEN;
}

void prompt_finish(Prompt *prompt, PromptState state)
{
  GPtrArray *history = prompt->spec.history;
  if (state == PROMPT_ACCEPTED && history && prompt->text->len > 0) {
    g_ptr_array_add(history, g_strdup(prompt->text->str));
    if (history->len > HISTORY_LIMIT)
      g_ptr_array_remove_index(history, 0);
  }
  prompt->spec.done(state == PROMPT_ACCEPTED ? prompt->text->str : NULL, prompt->spec.data);
}

static void paint_candidates(const Prompt *prompt, Canvas *canvas, Rect rect, int x)
{
  if (!prompt->candidates)
    return;
  for (guint i = 0; i < prompt->candidates->len && x < rect.x + rect.width; i++) {
    Style style = i == prompt->candidate ? STYLE_TITLE : STYLE_FAINT;
    x += canvas_text(canvas, x, rect.y, -1, style, g_ptr_array_index(prompt->candidates, i)) + 2;
  }
}

void prompt_paint(const Prompt *prompt, Canvas *canvas, Rect rect)
{
  Rect before = canvas_clip(canvas, rect);
  canvas_fill(canvas, rect, STYLE_NORMAL, ' ');
  int label_room = MAX(rect.width - MIN(INPUT_LEAST, rect.width / 2), 0);
  int x = rect.x + canvas_text_clipped(canvas, rect.x, rect.y, label_room, STYLE_TITLE, prompt->spec.label);
  int room = rect.x + rect.width - 1 - x;
  /* The text scrolls so that the cursor stays in view. */
  const char *start = prompt->text->str, *cursor = start + prompt->cursor;
  g_autofree char *left = g_strndup(start, prompt->cursor);
  int skipped = text_width(left);
  while (skipped > room && start < cursor) {
    skipped -= text_char_width(g_utf8_get_char(start));
    start = g_utf8_next_char(start);
  }
  int used = canvas_text(canvas, x, rect.y, room, STYLE_NORMAL, start);
  canvas->cursor_x = x + skipped;
  canvas->cursor_y = rect.y;
  paint_candidates(prompt, canvas, rect, x + used + 3);
  canvas_unclip(canvas, before);
}
