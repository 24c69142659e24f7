/* Other commits in the screen: heads to come, the graph as of a commit, differences. */
#include <criterion/criterion.h>
#include <string.h>

#include "../history/fs.h"
#include "bench.h"

/* main: aaa, then ccc; feature: bbb beside ccc. */
static char *new_repository(void)
{
  char *root = fs_new();

  fs_write(root, "alembic.ini", "[alembic]\nscript_location = %(here)s\n");
  fs_write(root, "env.py", "");
  fs_git(root, 0, "init -q");
  fs_revision(root, "aaa", "");
  fs_commit(root, 0, "start");
  fs_git(root, 0, "tag v1");
  fs_git(root, 0, "checkout -q -b feature");
  fs_revision(root, "bbb", "aaa");
  fs_commit(root, 10, "add bbb");
  fs_git(root, 0, "checkout -q main");
  fs_revision(root, "ccc", "aaa");
  fs_commit(root, 20, "add ccc");
  return root;
}

static gboolean wake(void *data)
{
  (void)data;
  return G_SOURCE_CONTINUE;
}

/* Turns the main loop until the screen shows the text. */
static void expect_shown(Bench *bench, const char *expected)
{
  gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
  g_autofree char *screen = bench_screen(bench);
  guint timer = g_timeout_add(50, wake, NULL);

  while (!strstr(screen, expected) && g_get_monotonic_time() < end) {
    g_main_context_iteration(NULL, TRUE);
    g_free(screen);
    screen = bench_screen(bench);
  }
  g_source_remove(timer);
  cr_expect(strstr(screen, expected), "there is no \"%s\" in\n%s", expected, screen);
}

Test(refs, heads_to_come_and_other_commits_are_shown)
{
  char *root = new_repository();
  g_autofree char *config = g_build_filename(root, "alembic.ini", NULL);
  g_autoptr(Bench) bench = bench_open(120, 32, config);

  workspace_find_conflicts(bench->ws);
  expect_shown(bench, "1 to come");
  bench_keys(bench, "K");
  expect_shown(bench, "after aaa: 2 lines of revisions");
  expect_shown(bench, "ccc … bbb: independent: no object in common");
  bench_keys(bench, "@");
  bench_type(bench, "v1..feature");
  bench_keys(bench, "Enter");
  expect_shown(bench, "+ 1 added");
  expect_shown(bench, "Difference v1..feature");
  bench_keys(bench, "@ C-u");
  bench_type(bench, "v9");
  bench_keys(bench, "Enter");
  expect_shown(bench, "git knows no branch, tag or commit v9");
  bench_keys(bench, "Esc Esc @");
  bench_type(bench, "v1");
  bench_keys(bench, "Enter");
  expect_shown(bench, "1 revision, 1 head");
  fs_remove(root);
}
