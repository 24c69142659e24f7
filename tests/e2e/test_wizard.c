/* From two heads to one on the demo, as an operator does it: merge, undo, rebase, undo; read through libvterm. */
#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../tui/vt.h"

/* Making the sample shop and its server takes a few seconds, more under sanitizers on a busy machine. */
#define START 120
#define SOON 60

#define expect(vt, text) \
  cr_assert(vt_wait(vt, text, SOON), "the screen never showed \"%s\":\n%s", text, vt_last(vt))

static Vt *open_demo(const char *tmp)
{
  const char *srcdir = g_getenv("srcdir") != NULL ? g_getenv("srcdir") : ".";
  g_autofree char *demo = g_build_filename(srcdir, "data", "demo", "demo", NULL);
  g_autofree char *retort =
      g_build_filename(g_getenv("top_builddir") != NULL ? g_getenv("top_builddir") : ".", "retort", NULL);
  const char *argv[] = {demo, retort, NULL};
  g_autofree char *tmpdir = g_strconcat("TMPDIR=", tmp, NULL);
  const char *environment[] = {tmpdir, NULL};
  return vt_spawn(argv, environment, 120, 40);
}

/* A sum of the shop's revision files. */
static char *revisions(const char *tmp)
{
  g_autofree char *command =
      g_strdup_printf("cd %s/retort-demo.*/shop/migrations/versions && cat *.py | cksum", tmp);
  const char *argv[] = {"sh", "-c", command, NULL};
  char *out = NULL;
  cr_assert(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, NULL, NULL, NULL));
  return out;
}

static void merge_and_undo(Vt *vt)
{
  vt_keys(vt, "m");
  expect(vt, "Resolve 2 heads");
  expect(vt, "merge billing and c0ffee15ab1e");
  expect(vt, "independent");
  vt_keys(vt, "e C-u");
  vt_type(vt, "join billing");
  vt_keys(vt, "Enter");
  expect(vt, "_join_billing.py");
  vt_keys(vt, "Enter");
  expect(vt, "1 head left.  z undoes it");
  vt_keys(vt, "z");
  expect(vt, "undone: the files are as they were");
  expect(vt, "2 HEADS");
  vt_keys(vt, "Esc");
}

static void rebase_and_undo(Vt *vt, const char *tmp, const char *before)
{
  vt_keys(vt, "# ");
  vt_type(vt, "51c2");
  vt_keys(vt, "Enter r");
  /* The whole side cannot go: the database has its first revision. */
  expect(vt, "has 2f0b6d1e77c4");
  vt_keys(vt, "z");
  expect(vt, "nothing has moved yet");
  /* So the first that is not applied comes to stand on both sides. */
  vt_keys(vt, "G p");
  expect(vt, "parents of 51c2aa90d3f1");
  vt_type(vt, ", 77ab19fe01c2");
  vt_keys(vt, "Enter");
  expect(vt, "+Revises: 2f0b6d1e77c4, 77ab19fe01c2");
  /* Enter waits for whoever has not answered yet. */
  vt_keys(vt, "Enter");
  expect(vt, "1 head left.  z undoes it");
  g_autofree char *changed = revisions(tmp);
  cr_expect(strcmp(changed, before) != 0, "no file has changed");
  vt_keys(vt, "z");
  expect(vt, "undone: the files are as they were");
  vt_keys(vt, "Esc");
}

Test(wizard, from_two_heads_to_one_and_back, .timeout = 600)
{
  g_autofree char *tmp = g_dir_make_tmp("retort-e2e-XXXXXX", NULL);
  cr_assert(g_chmod(tmp, 0711) == 0);
  g_autoptr(Vt) vt = open_demo(tmp);
  cr_assert(vt_wait(vt, "2 HEADS", START), "the demo did not open:\n%s", vt_last(vt));
  expect(vt, "9 pending");
  g_autofree char *before = revisions(tmp);

  merge_and_undo(vt);
  g_autofree char *merged = revisions(tmp);
  cr_expect_str_eq(merged, before, "undoing the merge left something behind");
  rebase_and_undo(vt, tmp, before);
  g_autofree char *rebased = revisions(tmp);
  cr_expect_str_eq(rebased, before, "undoing the rebase left something behind");

  expect(vt, "2 HEADS");
  vt_keys(vt, "q");
  int status = vt_exit(vt, SOON);
  cr_expect(status == 0, "the demo ended with status %d", status);
  g_rmdir(tmp);
}
