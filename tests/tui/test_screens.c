#include <criterion/criterion.h>
#include <string.h>

#include "bench.h"

static const char *const position[] = {"1f0000000006", NULL};

/* Size, where the database stands (NULL: none), locks, keys, name of the file. */
static const struct {
  int width, height;
  gboolean database, locks;
  const char *keys;
  const char *name;
} cases[] = {
    {80, 24, FALSE, FALSE, "", "graph-80x24-no-database"},
    {80, 24, TRUE, FALSE, "", "graph-80x24"},
    {120, 32, TRUE, TRUE, "", "graph-120x32"},
    {200, 50, TRUE, FALSE, "", "graph-200x50"},
    {40, 10, TRUE, FALSE, "", "graph-40x10"},
    {39, 9, TRUE, FALSE, "", "too-small"},
    {80, 24, TRUE, FALSE, "j Enter 3", "source-80x24"},
    {80, 24, TRUE, FALSE, "g", "problem-80x24"},
    {120, 32, TRUE, FALSE, "?", "help-120x32"},
    {120, 32, TRUE, TRUE, "L", "locks-120x32"},
    {80, 24, TRUE, TRUE, "L j", "locks-80x24"},
    {80, 24, TRUE, FALSE, ": g o Tab", "command-80x24"},
};

Test(screens, are_as_they_were_read)
{
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Bench) bench = bench_new(cases[i].width, cases[i].height, TRUE);
    if (cases[i].database)
      bench_stand_at(bench, position);
    if (cases[i].locks)
      bench_lock(bench);
    bench_keys(bench, cases[i].keys);
    bench_compare(bench, cases[i].name);
  }
}

Test(screens, survive_every_size_and_key)
{
  static const char *const keys[] = {"j", "Enter", "Tab", "PgDn", "?",   "Esc", "L", "q", "u", "d",  "U",
                                     "D", "z",     "n",   "p",    "c",   "M",   "H", "B", ".", "]",  "[",
                                     "4", "G",     "g",   "t",    "C-l", "y",   "Y", "e", "#", "Esc"};
  g_autoptr(Bench) bench = bench_new(80, 24, TRUE);
  for (int round = 0; round < 3; round++) {
    if (round == 1)
      bench_stand_at(bench, position);
    if (round == 2)
      bench_lock(bench);
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
      bench_keys(bench, keys[i]);
      app_resize(bench->app, 1 + (int)(i * 37 % 210), 1 + (int)(i * 17 % 60));
      g_autofree char *screen = bench_screen(bench);
      cr_expect(*screen, "key %s", keys[i]);
    }
  }
}

static void expect_line(Bench *bench, const char *keys, const char *expected)
{
  bench_keys(bench, keys);
  g_autofree char *screen = bench_screen(bench);
  cr_expect(strstr(screen, expected), "after %s there is no \"%s\" in\n%s", keys, expected, screen);
}

Test(screens, say_why_a_key_does_not_work)
{
  g_autoptr(Bench) bench = bench_new(80, 24, TRUE);
  expect_line(bench, "u", "no database");
  expect_line(bench, "Z", "Z does nothing");
  expect_line(bench, "t", "t (lock-timeout) works in: confirming a step");
  bench_stand_at(bench, position);
  expect_line(bench, "u", "Alembic would refuse this project");
}

Test(screens, jump_to_what_is_asked_for)
{
  g_autoptr(Bench) bench = bench_new(120, 40, TRUE);
  bench_stand_at(bench, position);
  bench_keys(bench, "g H");
  g_autofree char *screen = bench_screen(bench);
  gboolean head = strstr(screen, "┌ 23000000000a") || strstr(screen, "┌ 220000000009") ||
                  strstr(screen, "┌ 24000000000b");
  cr_expect(head, "H goes to a head:\n%s", screen);
  expect_line(bench, ".", "┌ 1f0000000006");
  expect_line(bench, "p", "┌ 1e0000000005");
  expect_line(bench, "p", "┌ 1c0000000003");
  expect_line(bench, "p", "┌ 1d0000000004");
  bench_keys(bench, "#");
  bench_type(bench, "billing");
  expect_line(bench, "Enter", "┌ 210000000008");
  bench_keys(bench, "#");
  bench_type(bench, "zzz");
  expect_line(bench, "Enter", "no revision begins with “zzz”");
  bench_keys(bench, "/");
  bench_type(bench, "MERGE");
  expect_line(bench, "Enter", "┌ 1e0000000005");
  bench_keys(bench, ":");
  bench_type(bench, "goto-bsae");
  expect_line(bench, "Enter", "did you mean goto-base?");
}

Test(screens, show_only_what_a_filter_lets_through)
{
  static const struct {
    const char *filter, *shown, *hidden;
  } filters[] = {
      {"PENDING", "nothing matches", "create orders"},
      {"pending", "invoices [billing]", "create orders"},
      {"applied -merge", "create orders", "merge stock"},
      {"branch:billing -head", "invoices [billing]", "invoices: lines"},
      {"head", "invoices: lines", "invoices [billing]"},
      {"stock", "merge stock", "create orders"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
    g_autoptr(Bench) bench = bench_new(120, 32, TRUE);
    bench_stand_at(bench, position);
    bench_keys(bench, "&");
    bench_type(bench, filters[i].filter);
    bench_keys(bench, "Enter");
    g_autofree char *screen = bench_screen(bench);
    cr_expect(strstr(screen, filters[i].shown), "%s does not show \"%s\":\n%s", filters[i].filter,
              filters[i].shown, screen);
    cr_expect_not(strstr(screen, filters[i].hidden), "%s shows \"%s\":\n%s", filters[i].filter,
                  filters[i].hidden, screen);
    expect_line(bench, "Esc", "create orders");
    expect_line(bench, "Esc", "there is nothing to leave");
  }
  g_autoptr(Bench) bench = bench_new(120, 32, TRUE);
  bench_keys(bench, "&");
  bench_type(bench, "owner:ana");
  expect_line(bench, "Enter", "filters are author:");
}

Test(screens, keep_the_selection_over_a_reload)
{
  g_autoptr(Bench) bench = bench_new(80, 24, TRUE);
  bench_stand_at(bench, position);
  bench_keys(bench, ". j j");
  g_autofree char *before = bench_screen(bench);
  g_autoptr(GError) error = NULL;
  Project *project = project_open(&bench->options.project, &error);
  g_free(project->name);
  project->name = g_strdup("shop");
  RevisionMap *map = revision_map_load(project, &error);
  workspace_take_snapshot(bench->ws, snapshot_new(project, map));
  g_autofree char *after = bench_screen(bench);
  cr_expect_str_eq(before, after, "before\n%s\nafter\n%s", before, after);
}

Test(screens, say_what_is_missing)
{
  g_autoptr(Bench) bench = bench_new(80, 24, FALSE);
  bench->ws->load_error = g_strdup("No config file 'alembic.ini' found");
  workspace_announce(bench->ws, CHANGED_PROJECT);
  expect_line(bench, "", "✗ No config file 'alembic.ini' found");
  expect_line(bench, "", "name it: retort -c FILE");
  expect_line(bench, "j", "name it: retort -c FILE");
}

Test(screens, show_a_position_that_no_file_has)
{
  static const char *const unknown[] = {"f00dbabe1234", NULL};
  g_autoptr(Bench) bench = bench_new(120, 32, TRUE);
  bench_stand_at(bench, unknown);
  expect_line(bench, "", "✕ f00dbabe1234: the database stands here, but no file has");
  expect_line(bench, "", "1 position unknown");
}

Test(screens, report_a_lost_connection_and_the_key_that_helps)
{
  g_autoptr(Bench) bench = bench_new(80, 24, TRUE);
  bench_stand_at(bench, position);
  bench->ws->database = DATABASE_LOST;
  bench->ws->database_error = g_strdup("server closed the connection unexpectedly");
  workspace_announce(bench->ws, CHANGED_DATABASE);
  expect_line(bench, "", "✗ server closed the connection unexpectedly");
  expect_line(bench, "", "C tries again");
  expect_line(bench, "u", "not connected: C tries again");
}
