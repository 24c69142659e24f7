/* Wrapping against answers of Python's textwrap (initial and subsequent indent of two). */
#include <criterion/criterion.h>
#include <string.h>

#include "out.h"

static const struct {
  const char *text;
  int columns;
  const char *want;
} cases[] = {
    {"FAILED: no", 80, "  FAILED: no"},
    {"FAILED: Multiple head revisions are present", 20,
     "  FAILED: Multiple\n  head revisions are\n  present"},
    {"a -b e-mail-ling x", 10, "  a -b\n  e-mail-\n  ling x"},
    {"foo--bar baz", 8, "  foo--\n  bar\n  baz"},
    {"abcdefghijklmnop", 8, "  abcdef\n  ghijkl\n  mnop"},
    {"two  blanks\tand a tab", 40, "  two  blanks     and a tab"},
    {"w\xc3\xb6rter mit \xc3\xa4 sind", 12, "  w\xc3\xb6rter mit\n  \xc3\xa4 sind"},
};

Test(wrap, lines_break_where_textwrap_breaks_them)
{
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = out_wrap(cases[i].text, cases[i].columns);
    cr_expect(strcmp(got, cases[i].want) == 0, "%s at %d: got\n%s\nwant\n%s", cases[i].text, cases[i].columns,
              got, cases[i].want);
  }
}
