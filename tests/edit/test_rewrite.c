#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/edit/rewrite.h"

static char *rewrite(const char *text, const char *parents, GError **error)
{
  g_auto(GStrv) list = parents[0] != '\0' ? g_strsplit(parents, ",", -1) : g_new0(char *, 1);
  gsize len = 0;
  return revision_rewrite("r.py", text, strlen(text), (const char *const *)list, NULL, &len, error);
}

Test(rewrite, only_the_parent_changes)
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
      {"down_revision = (\n    'a',  # theirs\n    \"b\",  # ours\n)\n", "a,c",
       "down_revision = (\n    'a',  # theirs\n    \"c\",  # ours\n)\n"},
      {"down_revision = [u'a', r'b']\n", "c,d", "down_revision = [u'c', r'd']\n"},
      {"down_revision = 'a' 'b'\n", "c", "down_revision = 'c'\n"},
      {"'''m\n\nRevises: a (rebased)\n'''\ndown_revision = 'a'\n", "c",
       "'''m\n\nRevises: c (rebased)\n'''\ndown_revision = 'c'\n"},
      {"'''m\n\nRevises: a'''\ndown_revision = 'a'\n", "", "'''m\n\nRevises:'''\ndown_revision = None\n"},
      /* comments within the value stay where parents come or go */
      {"down_revision = (  # x\n    'a',  # theirs\n    'b'  # ours\n)\n", "c",
       "down_revision = (  # x\n    'c',  # theirs\n      # ours\n)\n"},
      {"down_revision = [\n    'a',  # theirs\n]\n", "c,d",
       "down_revision = [\n    'c', 'd',  # theirs\n]\n"},
      {"down_revision = (\n    'a'  # theirs\n)\n", "", "down_revision = (\n    None  # theirs\n)\n"},
      {"# coding: latin-1\ndown_revision = 'a'  # \xfc\n", "c",
       "# coding: latin-1\ndown_revision = 'c'  # \xfc\n"},
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

Test(rewrite, the_date_on_request)
{
  static const char before[] =
      "\"\"\"m\n\nRevises: a\nCreate Date: 2020-01-01 00:00:00\n\"\"\"\ndown_revision = 'a'\n";
  static const char *const parents[] = {"c", NULL};
  g_autoptr(GError) error = NULL;
  gsize len = 0;
  g_autofree char *after =
      revision_rewrite("r.py", before, strlen(before), parents, "2026-02-03 04:05:06", &len, &error);
  cr_assert(after != NULL, "%s", error != NULL ? error->message : "");
  cr_expect_str_eq(after,
                   "\"\"\"m\n\nRevises: c\nCreate Date: 2026-02-03 04:05:06\n\"\"\"\ndown_revision = 'c'\n",
                   "got\n%s", after);
}

Test(rewrite, what_is_not_plain_is_refused)
{
  static const char *const cases[] = {
      "down_revision = get_down_revision(revision)\n",
      "if x:\n    down_revision = 'a'\n",
      "revision, down_revision = 'b', 'a'\n",
      "down_revision = 'a'\ndown_revision = 'b'\n",
      "revision = 'b'\n",
      "first = down_revision = 'a'\n",
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
