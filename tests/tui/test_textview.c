#include <criterion/criterion.h>
#include <string.h>

#include "../../src/tui/textview.h"

static char *paint(TextView *view, int width, int height)
{
  g_autoptr(Canvas) canvas = canvas_new(width, height, FALSE);
  textview_paint(view, canvas, (Rect){0, 0, width, height});
  return canvas_dump(canvas);
}

static void expect(TextView *view, int width, int height, const char *expected, const char *what)
{
  g_autofree char *got = paint(view, width, height);
  cr_expect_str_eq(got, expected, "%s: got\n%s\nexpected\n%s", what, got, expected);
}

Test(textview, wraps_at_words_and_hangs_continuations)
{
  g_autoptr(TextView) view = textview_new();
  textview_add(view, STYLE_NORMAL, "  one two three four");
  textview_add_marked(view, STYLE_CARE, "! ", STYLE_NORMAL, "five six seven");
  expect(view, 12, 6, "  one two\n  three four\n! five six\n  seven\n\n\n", "words");
  g_autoptr(TextView) long_word = textview_new();
  textview_add(long_word, STYLE_NORMAL, "abcdefghijkl");
  expect(long_word, 5, 3, "abcde\nfghij\nkl\n", "a word that is too long");
  g_autoptr(TextView) wide = textview_new();
  textview_add(wide, STYLE_NORMAL, "注文合計金額");
  expect(wide, 5, 3, "注文\n合計\n金額\n", "wide characters");
}

Test(textview, shows_foreign_bytes_harmlessly)
{
  g_autoptr(TextView) view = textview_new();
  textview_add_code(view, LANGUAGE_SQL, 0, NULL, "SELECT '\x1b[31m';\tx\r\n", -1);
  g_autofree char *text = textview_text(view);
  cr_expect_null(strchr(text, '\x1b'), "an escape: %s", text);
  cr_expect_null(strchr(text, '\t'), "a tab: %s", text);
  cr_expect_eq(textview_lines(view), 1, "%u lines", textview_lines(view));
}

Test(textview, scrolls_within_its_text)
{
  g_autoptr(TextView) view = textview_new();
  for (int i = 0; i < 9; i++)
    textview_addf(view, STYLE_NORMAL, "line %d", i);
  expect(view, 10, 3, "line 0\nline 1\nline 2\n", "top");
  textview_act(view, ACTION_PAGE_DOWN);
  expect(view, 10, 3, "line 2\nline 3\nline 4\n", "a page keeps one line");
  textview_act(view, ACTION_LAST);
  expect(view, 10, 3, "line 6\nline 7\nline 8\n", "end");
  textview_act(view, ACTION_DOWN);
  expect(view, 10, 3, "line 6\nline 7\nline 8\n", "and not beyond");
}

Test(textview, follows_the_end_until_somebody_scrolls)
{
  g_autoptr(TextView) view = textview_new();
  textview_follow(view);
  for (int i = 0; i < 5; i++)
    textview_addf(view, STYLE_NORMAL, "%d", i);
  expect(view, 10, 2, "3\n4\n", "follows");
  textview_act(view, ACTION_UP);
  textview_add(view, STYLE_NORMAL, "5");
  expect(view, 10, 2, "2\n3\n", "held");
  textview_act(view, ACTION_LAST);
  textview_add(view, STYLE_NORMAL, "6");
  expect(view, 10, 2, "5\n6\n", "follows again");
}

Test(textview, finds_text_in_any_case)
{
  g_autoptr(TextView) view = textview_new();
  for (int i = 0; i < 20; i++)
    textview_addf(view, STYLE_NORMAL, i % 7 == 6 ? "Größe %d" : "other %d", i);
  g_free(paint(view, 20, 3));
  cr_expect(textview_search(view, "GRÖSSE"), "folded");
  expect(view, 20, 3, "Größe 6\nother 7\nother 8\n", "first");
  cr_expect(textview_search_next(view, 1), "next");
  expect(view, 20, 3, "Größe 13\nother 14\nother 15\n", "next");
  cr_expect_not(textview_search(view, "absent"), "absent");
}

/* Styles of a line, one letter a byte run: k keyword, s string, c comment, n number, . other. */
static char *styles(Language language, const char *const *lines)
{
  Highlighter state = {.language = language};
  GString *out = g_string_new(NULL);
  for (guint i = 0; lines[i]; i++) {
    g_autoptr(GArray) runs = g_array_new(FALSE, FALSE, sizeof(StyleRun));
    gsize len = strlen(lines[i]);
    highlight_line(&state, lines[i], len, runs);
    for (gsize at = 0; at < len; at++) {
      Style style = STYLE_NORMAL;
      for (guint r = 0; r < runs->len && g_array_index(runs, StyleRun, r).start <= at; r++)
        style = g_array_index(runs, StyleRun, r).style;
      g_string_append_c(out, style == STYLE_KEYWORD   ? 'k'
                             : style == STYLE_STRING  ? 's'
                             : style == STYLE_COMMENT ? 'c'
                             : style == STYLE_NUMBER  ? 'n'
                                                      : '.');
    }
    g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}

Test(highlight, knows_where_strings_and_comments_end)
{
  static const struct {
    Language language;
    const char *lines[4];
    const char *expected;
  } cases[] = {
      {LANGUAGE_SQL, {"SELECT 1", NULL}, "kkkkkk.n\n"},
      {LANGUAGE_SQL, {"a -- b", NULL}, "..cccc\n"},
      {LANGUAGE_SQL, {"'a", "b' IN", NULL}, "ss\nss.kk\n"},
      {LANGUAGE_SQL, {"$f$ a", "b $f$;", NULL}, "sssss\nsssss.\n"},
      {LANGUAGE_SQL, {"/* a", "b */ OR", NULL}, "cccc\ncccc.kk\n"},
      {LANGUAGE_SQL, {"\"select\" x", NULL}, "..........\n"},
      {LANGUAGE_PYTHON, {"def f(): # c", NULL}, "kkk......ccc\n"},
      {LANGUAGE_PYTHON, {"x = \"\"\"a", "b\"\"\" + 1", NULL}, "....ssss\nssss...n\n"},
      {LANGUAGE_PYTHON, {"r'\\'' if", NULL}, "sssss.kk\n"},
      {LANGUAGE_PYTHON, {"'open", "if", NULL}, "sssss\nkk\n"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = styles(cases[i].language, cases[i].lines);
    cr_expect_str_eq(got, cases[i].expected, "%s: got\n%sexpected\n%s", cases[i].lines[0], got,
                     cases[i].expected);
  }
  static const char *const keywords[] = {"ADD", "Concurrently", "without", "inner", "initially", "desc"};
  for (gsize i = 0; i < G_N_ELEMENTS(keywords); i++)
    cr_expect(highlight_sql_keyword(keywords[i], strlen(keywords[i])), "%s is a keyword", keywords[i]);
}
