#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../../src/tui/merge_sides.h"
#include "bench.h"

static void write_file(const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(folder, name, NULL);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "cannot write %s", path);
}

static void write_revision(const char *versions, const char *id, const char *down, const char *label)
{
  g_autofree char *name = g_strconcat(id, ".py", NULL);
  g_autofree char *text = g_strdup_printf("\"\"\"revision %s\"\"\"\nrevision = '%s'\ndown_revision = %s\n"
                                          "branch_labels = %s\ndepends_on = None\n",
                                          id, id, down, label);
  write_file(versions, name, text);
}

/* A project with two heads in a folder of its own; the path of its configuration, the caller's. */
static char *two_heads(char **folder)
{
  *folder = g_dir_make_tmp("retort-merge-XXXXXX", NULL);
  g_autofree char *versions = g_build_filename(*folder, "versions", NULL);
  g_mkdir(versions, 0755);
  write_file(*folder, "alembic.ini", "[alembic]\nscript_location = %(here)s\n");
  write_file(
      *folder, "script.py.mako",
      "\"\"\"${message}\"\"\"\nrevision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n");
  write_revision(versions, "aaa", "None", "None");
  write_revision(versions, "bbb", "'aaa'", "('billing',)");
  write_revision(versions, "ccc", "'aaa'", "None");
  return g_build_filename(*folder, "alembic.ini", NULL);
}

static void expect_line(Bench *bench, const char *keys, const char *expected)
{
  bench_keys(bench, keys);
  g_autofree char *screen = bench_screen(bench);
  cr_expect(strstr(screen, expected), "after %s there is no \"%s\" in\n%s", keys, expected, screen);
}

static guint count_files(const char *folder)
{
  g_autofree char *versions = g_build_filename(folder, "versions", NULL);
  g_autoptr(GDir) dir = g_dir_open(versions, 0, NULL);
  guint n = 0;
  while (g_dir_read_name(dir))
    n++;
  return n;
}

Test(merge, writes_what_it_shows_and_takes_it_back)
{
  g_autofree char *folder = NULL;
  g_autofree char *config = two_heads(&folder);
  g_autoptr(Bench) bench = bench_open(100, 30, config);
  expect_line(bench, "m", "Resolve 2 heads");
  expect_line(bench, "", "merge billing and ccc");
  expect_line(bench, "", "down_revision = ('bbb', 'ccc')");
  expect_line(bench, "z", "nothing is written yet");
  expect_line(bench, "x", "choose two heads or more");
  expect_line(bench, "Enter", "choose two heads or more");
  expect_line(bench, "x", "down_revision = ('bbb', 'ccc')");
  bench_keys(bench, "e C-u");
  bench_type(bench, "join both");
  expect_line(bench, "Enter", "_join_both.py");
  cr_expect_eq(count_files(folder), 3, "nothing is written before Enter");
  expect_line(bench, "Enter", "1 head left");
  cr_expect_eq(count_files(folder), 4, "the file is there");
  bench_reloaded(bench);
  cr_expect_eq(workspace_heads(bench->ws), 1, "%u heads", workspace_heads(bench->ws));
  expect_line(bench, "x", "z undoes that first");
  expect_line(bench, "z", "undone: the files are as they were");
  cr_expect_eq(count_files(folder), 3, "the file is gone");
  bench_reloaded(bench);
  expect_line(bench, "Esc m", "Resolve 2 heads");
}

Test(merge, says_which_tables_the_sides_have_in_common)
{
  g_autofree char *folder = NULL;
  g_autofree char *config = two_heads(&folder);
  g_autoptr(Bench) bench = bench_open(100, 30, config);
  g_autoptr(GPtrArray) sides = merge_sides_new(bench->ws);
  gboolean calm;
  merge_sides_compare(sides, bench->ws);
  g_autofree char *unknown = merge_sides_verdict(sides, &calm);
  cr_expect(!calm && strstr(unknown, "not known yet"), "%s", unknown);
  static const char *const tables[][2] = {{"orders users", "orders stock"}, {"users", "stock"}};
  for (int i = 0; i < 2; i++) {
    for (guint r = 0; r < bench->ws->snapshot->map->revisions->len; r++) {
      const Revision *revision = g_ptr_array_index(bench->ws->snapshot->map->revisions, r);
      g_free(bench->ws->tables[r]);
      /* What both have below them is no difference. */
      bench->ws->tables[r] = g_strdup(strcmp(revision->id, "aaa") == 0   ? "shared"
                                      : strcmp(revision->id, "bbb") == 0 ? tables[i][0]
                                                                         : tables[i][1]);
    }
    merge_sides_compare(sides, bench->ws);
    g_autofree char *verdict = merge_sides_verdict(sides, &calm);
    cr_expect_eq(calm, i == 1, "%s", verdict);
    cr_expect(i == 1 || strstr(verdict, "touch orders:"), "%s", verdict);
  }
}
