/* The real program on a real (if imaginary) terminal. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "bench.h"
#include "vt.h"

#define PATIENCE 20.0

static Vt *open_project(const char *const *environment, int columns, int rows)
{
  static const char *const no_server[] = {"PGHOST", "PGHOSTADDR", "PGSERVICE",   "PGDATABASE",
                                          "PGPORT", "PGUSER",     "DATABASE_URL"};
  for (gsize i = 0; i < G_N_ELEMENTS(no_server); i++)
    g_unsetenv(no_server[i]);
  g_autofree char *config = g_build_filename(bench_srcdir(), "tests", "tui", "project", "alembic.ini", NULL);
  const char *argv[] = {"tests/tui/open_screen", config, NULL};
  Vt *vt = vt_spawn(argv, environment, columns, rows);
  gboolean up = vt_wait(vt, "customers: phone", PATIENCE) && vt_wait(vt, "q quit", PATIENCE);
  cr_assert(up, "the graph does not come up:\n%s", vt_last(vt));
  return vt;
}

static void expect_screen(Vt *vt, const char *text)
{
  cr_expect(vt_wait(vt, text, PATIENCE), "there is no \"%s\" in\n%s", text, vt_last(vt));
}

static void expect_restored(Vt *vt, const char *how)
{
  cr_expect_not(vt_alternate(vt), "%s: the alternate screen is still up", how);
  cr_expect(vt_cursor(vt), "%s: the cursor is hidden", how);
  cr_expect_not(vt_mouse(vt), "%s: the mouse is still reported", how);
}

Test(pty, keys_mouse_and_resize_reach_the_screen)
{
  g_autoptr(Vt) vt = open_project(NULL, 120, 32);
  expect_screen(vt, "no database");
  vt_keys(vt, "# 2 4 Enter");
  expect_screen(vt, "┌ 24000000000b");
  vt_keys(vt, "Home PgDn k F1");
  expect_screen(vt, "┌ Help");
  vt_keys(vt, "Esc / b i l l i n g Enter");
  expect_screen(vt, "┌ 210000000008");
  vt_resize(vt, 80, 24);
  cr_expect(vt_wait_gone(vt, "┌", PATIENCE), "the frames go when the window gets narrow:\n%s", vt_last(vt));
  vt_resize(vt, 30, 8);
  expect_screen(vt, "too small: 30x8");
  vt_resize(vt, 120, 32);
  expect_screen(vt, "┌ 210000000008");
  vt_keys(vt, "y");
  expect_screen(vt, "copied");
  cr_expect_str_eq(vt_clipboard(vt) ? vt_clipboard(vt) : "", "c;MjEwMDAwMDAwMDA4", "clipboard: %s",
                   vt_clipboard(vt));
  vt_keys(vt, "q");
  cr_expect_eq(vt_exit(vt, PATIENCE), 0, "status");
  expect_restored(vt, "quit");
}

static gboolean selects_merge(Vt *vt, void *data)
{
  (void)data;
  return strstr(vt_last(vt), "┌ 1e0000000005") != NULL;
}

Test(pty, a_click_selects_the_row_under_it)
{
  g_autoptr(Vt) vt = open_project(NULL, 120, 32);
  expect_screen(vt, "create customers"); /* the last row: all are painted */
  g_auto(GStrv) lines = g_strsplit(vt_last(vt), "\n", -1);
  int row = 0;
  while (lines[row] && !strstr(lines[row], "merge stock"))
    row++;
  vt_click(vt, 12, row);
  cr_expect(vt_wait_until(vt, selects_merge, NULL, PATIENCE), "row %d:\n%s", row, vt_last(vt));
}

Test(pty, the_terminal_is_given_back_after_every_end)
{
  static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGSEGV, SIGABRT};
  for (gsize i = 0; i < G_N_ELEMENTS(signals); i++) {
    g_autoptr(Vt) vt = open_project(NULL, 80, 24);
    cr_expect(vt_alternate(vt), "the screen is up");
    kill(vt_pid(vt), signals[i]);
    int status = vt_exit(vt, PATIENCE);
    cr_expect(status > 0, "signal %d: status %d", signals[i], status);
    expect_restored(vt, strsignal(signals[i]));
  }
}

Test(pty, ascii_and_no_color_hold)
{
  const char *environment[] = {"RETORT_ASCII=1", "NO_COLOR=1", NULL};
  g_autoptr(Vt) vt = open_project(environment, 120, 32);
  expect_screen(vt, "+ Revisions");
  for (const char *p = vt_last(vt); *p; p++)
    cr_assert((guchar)*p < 0x80, "not ASCII:\n%s", vt_last(vt));
}
