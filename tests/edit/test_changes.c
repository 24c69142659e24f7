#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "retort/base/error.h"
#include "retort/edit/changes.h"

static char *folder;

static char *path_of(const char *name)
{
  return g_build_filename(folder, name, NULL);
}

static void put(const char *name, const char *text)
{
  g_autofree char *path = path_of(name);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "cannot write %s", path);
}

static int by_text(gconstpointer a, gconstpointer b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Every file with its content, sorted by name. */
static char *tree(void)
{
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *path = path_of(name), *text = NULL;
    if (strcmp(name, ".git") == 0)
      continue;
    if (!g_file_get_contents(path, &text, NULL, NULL))
      text = g_strdup("/");
    g_ptr_array_add(lines, g_strdup_printf("%s=%s", name, text));
  }
  g_ptr_array_sort(lines, by_text);
  g_ptr_array_add(lines, NULL);
  return g_strjoinv(" ", (char **)lines->pdata);
}

static void expect_tree(const char *expected, const char *when)
{
  g_autofree char *now = tree();
  cr_expect_str_eq(now, expected, "%s: \"%s\" rather than \"%s\"", when, now, expected);
}

static void run(const char *command)
{
  g_autofree char *line = g_strdup_printf("cd '%s' && (%s) >/dev/null 2>&1", folder, command);
  const char *argv[] = {"sh", "-c", line, NULL};
  int status = -1;
  cr_assert(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, NULL) &&
          status == 0,
      "%s ended with %d", command, status);
}

static char *output_of(const char *command)
{
  g_autofree char *line = g_strdup_printf("cd '%s' && %s", folder, command);
  const char *argv[] = {"sh", "-c", line, NULL};
  char *out = NULL;
  cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL));
  return out;
}

static void begin(void)
{
  folder = g_dir_make_tmp("retort-test-XXXXXX", NULL);
  cr_assert_not_null(folder);
}

static void end(void)
{
  run("chmod -R u+w . && rm -rf \"$PWD\"");
  g_free(folder);
}

TestSuite(changes, .init = begin, .fini = end);

/* a edited, b renamed, c gone, new/d made. */
static Changes *four_changes(void)
{
  g_autoptr(Changes) changes = changes_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *a = path_of("a"), *b = path_of("b"), *b2 = path_of("b2"), *c = path_of("c"),
                  *d = path_of("new/d");
  put("a", "1");
  put("b", "2");
  put("c", "3");
  gboolean good = changes_edit(changes, a, NULL, "one", 3, &error) &&
                  changes_edit(changes, b, b2, "two", 3, &error) && changes_delete(changes, c, &error) &&
                  changes_create(changes, d, "four", 4, &error);
  cr_assert(good, "%s", error != NULL ? error->message : "");
  return g_steal_pointer(&changes);
}

Test(changes, all_are_done_and_undone)
{
  g_autoptr(Changes) changes = four_changes();
  g_autoptr(GError) error = NULL;
  g_autofree char *a = path_of("a");
  cr_assert(g_chmod(a, 0640) == 0);
  cr_assert(changes_apply(changes, &error), "%s", error != NULL ? error->message : "");
  expect_tree("a=one b2=two new=/", "applied");
  struct stat st;
  cr_assert(stat(a, &st) == 0);
  cr_expect((st.st_mode & 07777) == 0640, "the mode became %o", st.st_mode & 07777);
  cr_assert(changes_undo(changes, &error), "%s", error != NULL ? error->message : "");
  expect_tree("a=1 b=2 c=3", "undone");
}

Test(changes, what_was_changed_meanwhile_is_left_alone)
{
  g_autoptr(Changes) changes = four_changes();
  g_autoptr(GError) refused = NULL, again = NULL;
  put("c", "theirs");
  cr_expect(!changes_apply(changes, &refused));
  cr_expect(g_error_matches(refused, RETORT_ERROR, RETORT_ERROR_REFUSED));
  expect_tree("a=1 b=2 c=theirs", "refused");
  put("c", "3");
  cr_assert(changes_apply(changes, NULL));
  put("b2", "theirs");
  cr_expect(!changes_undo(changes, &again));
  cr_expect(again != NULL && strstr(again->message, "changed meanwhile") != NULL, "%s",
            again != NULL ? again->message : "no error");
  expect_tree("a=one b2=theirs new=/", "not undone");
}

Test(changes, a_name_that_is_taken_stops_all)
{
  g_autoptr(Changes) changes = four_changes();
  g_autoptr(GError) refused = NULL;
  put("b2", "in the way");
  cr_expect(!changes_apply(changes, &refused));
  expect_tree("a=1 b2=in the way b=2 c=3", "refused");
}

Test(changes, a_full_disk_leaves_the_tree_as_it_was)
{
  g_autoptr(Changes) changes = four_changes();
  g_autoptr(GError) full = NULL;
  g_autofree char *e = path_of("e"), *large = g_strnfill(100000, 'x');
  cr_assert(changes_create(changes, e, large, 100000, NULL));
  /* A limit on the size of files stands for the disk. */
  struct rlimit limit = {50000, RLIM_INFINITY};
  signal(SIGXFSZ, SIG_IGN);
  cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  gboolean done = changes_apply(changes, &full);
  limit.rlim_cur = RLIM_INFINITY;
  cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  cr_expect(!done && g_error_matches(full, RETORT_ERROR, RETORT_ERROR_FILE), "%s",
            full != NULL ? full->message : "no error");
  expect_tree("a=1 b=2 c=3", "full");
}

Test(changes, what_fails_in_the_middle_is_rolled_back)
{
  g_autoptr(Changes) changes = four_changes();
  g_autoptr(GError) error = NULL;
  g_autofree char *deep = path_of("a/deep");
  /* A folder that cannot be made, as a file has its name. */
  cr_assert(changes_create(changes, deep, "x", 1, NULL));
  cr_expect(!changes_apply(changes, &error));
  cr_expect(error != NULL);
  expect_tree("a=1 b=2 c=3", "rolled back");
}

Test(changes, a_read_only_file_is_refused)
{
  g_autoptr(Changes) changes = four_changes();
  g_autoptr(GError) error = NULL;
  g_autofree char *b = path_of("b");
  cr_assert(g_chmod(b, 0444) == 0);
  if (g_access(b, W_OK) == 0)
    return; /* root may write everything */
  cr_expect(!changes_apply(changes, &error));
  expect_tree("a=1 b=2 c=3", "read-only");
}

Test(changes, hooks_may_have_their_way_before_undo)
{
  g_autoptr(Changes) changes = four_changes();
  cr_assert(changes_apply(changes, NULL));
  put("a", "formatted");
  cr_assert(changes_settle(changes, NULL));
  cr_assert(changes_undo(changes, NULL));
  expect_tree("a=1 b=2 c=3", "undone");
}

Test(changes, the_difference_as_git_writes_it)
{
  g_autoptr(Changes) changes = four_changes();
  g_autofree char *diff = changes_diff(changes, folder);
  static const char *const parts[] = {
      "--- a/a\n+++ b/a\n",           "-1\n",   "+one\n", "--- a/b\n+++ b/b2\n", "+++ /dev/null\n",
      "--- /dev/null\n+++ b/new/d\n", "+four\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
    cr_expect(strstr(diff, parts[i]) != NULL, "no \"%s\" in\n%s", parts[i], diff);
}

static const char init[] = "git init -q && git config user.email a@b && git config user.name a && "
                           "git config core.hooksPath /dev/null";

Test(changes, staged_and_taken_back)
{
  g_autoptr(Changes) changes = four_changes();
  g_autoptr(GError) error = NULL;
  run(init);
  run("git add -A && git commit -qm one");
  cr_assert(changes_apply(changes, NULL));
  cr_assert(changes_stage(changes, &error), "%s", error != NULL ? error->message : "");
  g_autofree char *staged = output_of("git status --porcelain --no-renames");
  cr_expect_str_eq(staged, "M  a\nD  b\nA  b2\nD  c\nA  new/d\n", "%s", staged);
  cr_assert(changes_undo(changes, &error), "%s", error != NULL ? error->message : "");
  g_autofree char *clean = output_of("git status --porcelain");
  cr_expect_str_eq(clean, "", "%s", clean);
}

Test(changes, a_dirty_file_is_written_but_not_staged)
{
  g_autoptr(Changes) changes = changes_new();
  g_autoptr(GError) error = NULL;
  g_autofree char *a = path_of("a");
  put("a", "1");
  run(init);
  run("git add -A && git commit -qm one");
  put("a", "mine");
  cr_assert(changes_edit(changes, a, NULL, "one", 3, NULL));
  cr_assert(changes_apply(changes, NULL));
  cr_expect(!changes_stage(changes, &error));
  cr_expect(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_REFUSED));
  g_autofree char *status = output_of("git status --porcelain");
  cr_expect_str_eq(status, " M a\n", "%s", status);
  cr_assert(changes_undo(changes, NULL));
  expect_tree("a=mine", "undone");
}
