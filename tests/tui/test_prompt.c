#include <criterion/criterion.h>
#include <string.h>

#include "../../src/tui/prompt.h"

static char *answer;

static void done(const char *text, void *data)
{
  (void)data;
  g_free(answer);
  answer = g_strdup(text ? text : "(left)");
}

static GPtrArray *complete(const char *word, void *data)
{
  (void)data;
  static const char *const names[] = {"goto", "goto-base", "quit"};
  GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_has_prefix(names[i], word))
      g_ptr_array_add(found, g_strdup(names[i]));
  return found;
}

static PromptState press(Prompt *prompt, const char *keys)
{
  PromptState state = PROMPT_OPEN;
  g_auto(GStrv) names = g_strsplit(keys, " ", -1);
  for (guint i = 0; names[i] && state == PROMPT_OPEN; i++) {
    Key key;
    cr_assert(key_parse(names[i], &key), "%s", names[i]);
    state = prompt_key(prompt, key);
  }
  if (state != PROMPT_OPEN)
    prompt_finish(prompt, state);
  return state;
}

Test(prompt, edits_like_a_line)
{
  static const struct {
    const char *keys, *expected;
  } cases[] = {
      {"a b c Enter", "abc"},
      {"a b Left X Enter", "aXb"},
      {"a b Home X End Y Enter", "XabY"},
      {"ä Backspace b Enter", "b"},
      {"a Space b C-w c Enter", "a c"},
      {"a b C-a C-d Enter", "b"},
      {"a b C-u c Enter", "c"},
      {"a b Left C-k Enter", "a"},
      {"a Esc", "(left)"},
      {"a Backspace Backspace", "(left)"},
      {"g Tab Enter", "goto"},
      {"g Tab Tab Enter", "goto-base"},
      {"g S-Tab Enter", "goto-base"},
      {"z Tab Enter", "z"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    PromptSpec spec = {.label = g_strdup(":"), .complete = complete, .done = done};
    g_autoptr(Prompt) prompt = prompt_new(&spec);
    press(prompt, cases[i].keys);
    cr_expect_str_eq(answer, cases[i].expected, "%s: got \"%s\", expected \"%s\"", cases[i].keys, answer,
                     cases[i].expected);
  }
}

Test(prompt, remembers_what_was_typed)
{
  g_autoptr(GPtrArray) history = g_ptr_array_new_with_free_func(g_free);
  static const char *const lines[] = {"o n e Enter", "t w o Enter", "x Up Up Enter", "x Up Down Enter"};
  static const char *const expected[] = {"one", "two", "one", "x"};
  for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
    PromptSpec spec = {.label = g_strdup("/"), .history = history, .done = done};
    g_autoptr(Prompt) prompt = prompt_new(&spec);
    press(prompt, lines[i]);
    cr_expect_str_eq(answer, expected[i], "%s: got %s", lines[i], answer);
  }
}

Test(prompt, keeps_the_cursor_in_sight)
{
  PromptSpec spec = {.label = g_strdup("/"), .initial = g_strdup("0123456789abcdefghijklmnop"), .done = done};
  g_autoptr(Prompt) prompt = prompt_new(&spec);
  g_autoptr(Canvas) canvas = canvas_new(12, 1, FALSE);
  prompt_paint(prompt, canvas, (Rect){0, 0, 12, 1});
  g_autofree char *row = canvas_row(canvas, 0);
  cr_expect(g_str_has_suffix(row, "mnop"), "got |%s|", row);
  cr_expect_eq(canvas->cursor_x, 11, "cursor at %d", canvas->cursor_x);
}
