#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/rebase.h"

static char *rewrite(const char *text, const char *parents, GError **error)
{
  g_auto(GStrv) list = parents[0] != '\0' ? g_strsplit(parents, ",", -1) : g_new0(char *, 1);
  gsize len = 0;
  return revision_with_parents("r.py", text, strlen(text), (const char *const *)list, &len, error);
}

Test(rebase, only_the_parent_changes)
{
  static const struct {
    const char *before, *parents, *after;
  } cases[] = {
      {"revision = 'b'\ndown_revision = 'a'  # first\nx = 1\n", "c",
       "revision = 'b'\ndown_revision = 'c'  # first\nx = 1\n"},
      {"down_revision = \"a\"\n", "c", "down_revision = \"c\"\n"},
      {"down_revision: Union[str, None] = \"a\"\n", "c,d",
       "down_revision: Union[str, None] = (\"c\", \"d\")\n"},
      {"down_revision = None\n", "c", "down_revision = 'c'\n"},
      {"down_revision = 'a'\n", "", "down_revision = None\n"},
      {"down_revision = (\n    'a',\n    'b',\n)\n", "c", "down_revision = 'c'\n"},
      {"down_revision = ['a', 'b']\n", "c", "down_revision = 'c'\n"},
      {"\"\"\"msg\n\nRevision ID: b\nRevises: a\nCreate Date: x\n\n\"\"\"\ndown_revision = 'a'\n", "c,d",
       "\"\"\"msg\n\nRevision ID: b\nRevises: c, d\nCreate Date: x\n\n\"\"\"\ndown_revision = ('c', 'd')\n"},
      {"\"\"\"msg\r\n\r\nRevises: a\r\n\"\"\"\r\ndown_revision = 'a'\r\n", "c",
       "\"\"\"msg\r\n\r\nRevises: c\r\n\"\"\"\r\ndown_revision = 'c'\r\n"},
      {"\xef\xbb\xbf"
       "down_revision = 'a'\n",
       "c",
       "\xef\xbb\xbf"
       "down_revision = 'c'\n"},
      {"down_revision = 'a'\ndef upgrade():\n    down_revision = 'not this'\n", "c",
       "down_revision = 'c'\ndef upgrade():\n    down_revision = 'not this'\n"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *after = rewrite(cases[i].before, cases[i].parents, &error);
    cr_expect(after != NULL, "case %zu: %s", i, error != NULL ? error->message : "");
    if (after != NULL)
      cr_expect_str_eq(after, cases[i].after, "case %zu: got\n%s", i, after);
  }
}

Test(rebase, what_is_not_plain_is_refused)
{
  static const char *const cases[] = {
      "down_revision = get_down_revision(revision)\n",
      "if x:\n    down_revision = 'a'\n",
      "revision, down_revision = 'b', 'a'\n",
      "down_revision = 'a'\ndown_revision = 'b'\n",
      "revision = 'b'\n",
      "down_revision = f'{x}'\n",
      "down_revision = \n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *after = rewrite(cases[i], "c", &error);
    cr_expect(after == NULL, "case %zu (%s): got %s", i, cases[i], after);
    cr_expect(error != NULL && strstr(error->message, "r.py") != NULL, "case %zu: %s", i,
              error != NULL ? error->message : "no error");
  }
}
