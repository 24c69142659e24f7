/* The whole program as an operator meets it: the demo on a pty, with its own PostgreSQL, read through libvterm. */
#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../tui/vt.h"

/* Making the sample shop and its server takes a few seconds, more under sanitizers on a busy machine. */
#define START 120
#define SOON 30

static Vt *open_demo(const char *tmp, int columns, int rows)
{
  const char *srcdir = g_getenv("srcdir") != NULL ? g_getenv("srcdir") : ".";
  g_autofree char *demo = g_build_filename(srcdir, "data", "demo", "demo", NULL);
  g_autofree char *retort =
      g_build_filename(g_getenv("top_builddir") != NULL ? g_getenv("top_builddir") : ".", "retort", NULL);
  const char *argv[] = {demo, retort, NULL};
  g_autofree char *tmpdir = g_strconcat("TMPDIR=", tmp, NULL);
  const char *environment[] = {tmpdir, NULL};
  return vt_spawn(argv, environment, columns, rows);
}

#define expect(vt, text) \
  cr_assert(vt_wait(vt, text, SOON), "the screen never showed \"%s\":\n%s", text, vt_last(vt))

/* The line of the screen that holds both texts. */
typedef struct {
  const char *a, *b;
} Both;

static gboolean on_one_line(Vt *vt, void *data)
{
  const Both *both = data;
  g_auto(GStrv) lines = g_strsplit(vt_last(vt), "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (strstr(*line, both->a) != NULL && strstr(*line, both->b) != NULL)
      return TRUE;
  return FALSE;
}

static void expect_line(Vt *vt, const char *a, const char *b)
{
  Both both = {a, b};
  cr_assert(vt_wait_until(vt, on_one_line, &both, SOON), "no line with \"%s\" and \"%s\":\n%s", a, b,
            vt_last(vt));
}

/* What the demo left in its folder for temporary files, or NULL. */
static char *left_behind(const char *tmp)
{
  g_autoptr(GDir) dir = g_dir_open(tmp, 0, NULL);
  return dir != NULL ? g_strdup(g_dir_read_name(dir)) : NULL;
}

Test(demo, browse_preview_step_up_past_a_lock_and_down_again, .timeout = 400)
{
  /* A folder of its own for temporary files: what the demo leaves behind shows. */
  g_autofree char *tmp = g_dir_make_tmp("retort-e2e-XXXXXX", NULL);
  cr_assert(g_chmod(tmp, 0711) == 0);
  g_autoptr(Vt) vt = open_demo(tmp, 160, 40);
  cr_assert(vt_wait(vt, "2 HEADS", START), "the demo did not open:\n%s", vt_last(vt));
  expect(vt, "9 pending");
  expect_line(vt, "◉", "2f0b6d1e77c4");
  expect_line(vt, "HEAD", "77ab19fe01c2");
  expect_line(vt, "on feature/loyalty", "a7c5e4f2910b");

  vt_keys(vt, "#");
  vt_type(vt, "51c2");
  vt_keys(vt, "Enter");
  expect(vt, "ALTER TABLE orders ADD COLUMN courier_note TEXT;");

  vt_keys(vt, "u");
  expect(vt, "Upgrade shop by 1 revision");
  expect(vt, "idle in transaction");
  expect_line(vt, "orders", "ACCESS EXCLUSIVE");
  vt_keys(vt, "Enter");
  expect_line(vt, "waits for orders ACCESS EXCLUSIVE", "ALTER TABLE");
  expect_line(vt, "checkout-web3", "holds orders ACCESS SHARE");

  vt_keys(vt, "t");
  expect(vt, "checkout-web3 (idle in transaction");
  vt_type(vt, "y");
  vt_keys(vt, "Enter");
  expect_line(vt, "✓", "51c2aa90d3f1");
  expect(vt, "✓ shop stands at 51c2aa90d3f1");
  vt_keys(vt, "Enter");
  expect_line(vt, "◉", "51c2aa90d3f1");
  expect(vt, "8 pending");

  vt_keys(vt, "d");
  expect(vt, "data is gone afterwards: column orders.courier_note");
  vt_keys(vt, "Enter");
  expect(vt, "Type shop");
  vt_type(vt, "shop");
  vt_keys(vt, "Enter");
  expect_line(vt, "✓", "51c2aa90d3f1");
  expect(vt, "✓ shop stands at 2f0b6d1e77c4");
  vt_keys(vt, "Enter");
  expect_line(vt, "◉", "2f0b6d1e77c4");
  expect(vt, "9 pending");

  vt_keys(vt, "q");
  int status = vt_exit(vt, SOON);
  cr_expect(status == 0, "the demo ended with status %d", status);
  g_autofree char *left = left_behind(tmp);
  cr_expect_null(left, "%s was left behind", left);
  g_rmdir(tmp);
}
