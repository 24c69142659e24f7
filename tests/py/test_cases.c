/* tests/py/cases/NAME.py must print what NAME.out holds, which is what Python 3.11 printed. */
#include <criterion/criterion.h>

#include "support.h"

static char *first_difference(const char *got, const char *expected)
{
  g_auto(GStrv) a = g_strsplit(got, "\n", -1), b = g_strsplit(expected, "\n", -1);
  for (guint i = 0; a[i] || b[i]; i++)
    if (!a[i] || !b[i] || !g_str_equal(a[i], b[i]))
      return g_strdup_printf("line %u of the output\n got:      %s\n expected: %s", i + 1,
                             a[i] ? a[i] : "(end)", b[i] ? b[i] : "(end)");
  return NULL;
}

Test(cases, print_what_python_prints)
{
  g_autofree char *folder = source_path("tests/py/cases");
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  cr_assert(dir, "no %s", folder);
  guint n = 0;
  for (const char *name; (name = g_dir_read_name(dir));) {
    if (!g_str_has_suffix(name, ".py"))
      continue;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *stem = g_strndup(path, strlen(path) - 3);
    g_autofree char *out = g_strconcat(stem, ".out", NULL);
    g_autofree char *text = NULL, *expected = NULL;
    cr_assert(g_file_get_contents(path, &text, NULL, NULL) && g_file_get_contents(out, &expected, NULL, NULL),
              "%s", path);
    Run run;
    run_text(&run, text, NULL);
    g_autofree char *outcome = run_outcome(&run), *difference = first_difference(run.printed->str, expected);
    cr_expect_str_eq(outcome, "ok", "%s: %s", name, outcome);
    cr_expect(!difference, "%s: %s", name, difference);
    run_end(&run);
    n++;
  }
  cr_expect(n >= 9, "only %u cases found", n);
}
