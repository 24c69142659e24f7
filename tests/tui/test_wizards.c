/* The wizards that rebase, write and delete revisions, driven by keys. */
#include <criterion/criterion.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "wizard.h"

static void expect_parent(const Wizard *fixture, const char *id, const char *value)
{
  g_autofree char *text = wizard_read(fixture, id);
  g_autofree char *line = g_strdup_printf("down_revision = %s  # kept\n", value);
  cr_expect(strstr(text, line), "%s has no %sbut\n%s", id, line, text);
}

Test(wizards, a_side_moves_on_top_of_the_other_after_its_id_was_typed)
{
  Wizard f;
  wizard_open(&f, "");
  Bench *bench = f.bench;
  wizard_expect(bench, "r", "1 file changes");
  wizard_expect(bench, "", "no database is configured");
  wizard_expect(bench, "Tab Tab", "Who has it");
  g_autofree char *screen = bench_screen(bench);
  gboolean ccc = strstr(screen, "ccc HEAD") || strstr(screen, "versions/ccc.py");
  if (!ccc)
    wizard_expect(bench, "x", "versions/ccc.py");
  wizard_expect(bench, "Enter", "Type ccc:");
  bench_type(bench, "no");
  wizard_expect(bench, "Enter", "was not typed");
  expect_parent(&f, "ccc", "'aaa'");
  bench_keys(bench, "Enter");
  bench_type(bench, "ccc");
  wizard_expect(bench, "Enter", "1 head left");
  expect_parent(&f, "ccc", "'bbb'");
  wizard_expect(bench, "J", "z undoes that first");
  wizard_expect(bench, "z", "undone");
  expect_parent(&f, "ccc", "'aaa'");
  wizard_close(&f);
}

Test(wizards, where_every_database_is_free_of_it_nothing_is_asked)
{
  Wizard f;
  wizard_open(&f, "");
  static const char *const rows[] = {"aaa", NULL};
  bench_stand_at(f.bench, rows);
  wizard_expect(f.bench, "r", "1 file changes");
  wizard_expect(f.bench, "z", "nothing has moved yet");
  /* Rewiring one parent by hand, and taking it back. */
  bench_keys(f.bench, "p C-u");
  bench_type(f.bench, "nope");
  wizard_expect(f.bench, "Enter", "Can't locate revision identified by 'nope'");
  bench_keys(f.bench, "p C-u");
  bench_type(f.bench, "bbb, aaa");
  wizard_expect(f.bench, "Enter", "would stand on");
  wizard_close(&f);
}

/* A server that takes connections and says nothing. */
static GSocket *mute_server(guint *port)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
  GSocket *socket = g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  cr_assert(socket && g_socket_bind(socket, any, TRUE, NULL) && g_socket_listen(socket, NULL), "no socket");
  g_autoptr(GSocketAddress) bound = g_socket_get_local_address(socket, NULL);
  *port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
  return socket;
}

static void expect_at_last(Bench *bench, const char *expected)
{
  for (;;) {
    g_autofree char *screen = canvas_dump(app_paint(bench->app));
    if (strstr(screen, expected))
      return;
    g_main_context_iteration(NULL, TRUE);
  }
}

Test(wizards, writing_waits_for_a_database_that_has_not_answered, .timeout = 120)
{
  Wizard f;
  guint port;
  g_autoptr(GSocket) server = mute_server(&port);
  wizard_open(&f, "");
  g_autofree char *retort = g_build_filename(f.folder, "retort", NULL);
  g_autofree char *target = g_strdup_printf("[target far]\nurl = postgresql://me@127.0.0.1:%u/shop\n"
                                            "[target other]\nurl = postgresql://me@nowhere.invalid/x\n"
                                            "project = another one\n",
                                            port);
  g_mkdir(retort, 0755);
  wizard_write(&f, "retort/config", target);
  bench_keys(f.bench, "r");
  expect_at_last(f.bench, "asking far");
  bench_keys(f.bench, "Enter");
  expect_at_last(f.bench, "writes as soon as far");
  bench_keys(f.bench, "Esc");
  expect_at_last(f.bench, "nothing will be written");
  expect_parent(&f, "ccc", "'aaa'");
  bench_keys(f.bench, "Enter");
  expect_at_last(f.bench, "writes as soon as far");
  /* It hangs up: so what it has is not known, and Enter asks for the id. */
  g_autoptr(GSocket) client = g_socket_accept(server, NULL, NULL);
  cr_assert(client, "nobody asked");
  g_socket_close(client, NULL);
  g_socket_close(server, NULL);
  expect_at_last(f.bench, "Type ");
  g_autofree char *screen = canvas_dump(app_paint(f.bench->app));
  cr_expect(strstr(screen, "far could not be asked"), "far is not named in\n%s", screen);
  cr_expect(!strstr(screen, "other could not"), "another project's database was asked:\n%s", screen);
  wizard_close(&f);
}

Test(wizards, applied_revisions_are_not_in_the_list)
{
  Wizard f;
  wizard_open(&f, "");
  static const char *const rows[] = {"ccc", NULL};
  bench_stand_at(f.bench, rows);
  bench_keys(f.bench, "r");
  g_autofree char *screen = bench_screen(f.bench);
  cr_expect(strstr(screen, "○ bbb") && strstr(screen, "○ ddd"), "bbb and ddd are not in\n%s", screen);
  cr_expect(!strstr(screen, "│ ○ ccc") && !strstr(screen, "│ ○ aaa"), "ccc or aaa is in\n%s", screen);
  cr_expect(strstr(screen, "versions/bbb.py"), "not bbb is moved in\n%s", screen);
  wizard_close(&f);
}

Test(wizards, a_new_revision_is_written_shown_and_taken_back)
{
  Wizard f;
  wizard_open(&f, "");
  bench_keys(f.bench, "# d d d Enter a");
  bench_type(f.bench, "add colours");
  wizard_expect(f.bench, "Enter", "_add_colours.py");
  wizard_expect(f.bench, "", "+down_revision = 'ddd'");
  bench_keys(f.bench, "l");
  bench_type(f.bench, "paint");
  wizard_expect(f.bench, "Enter", "+branch_labels = ('paint',)");
  bench_keys(f.bench, "d");
  bench_type(f.bench, "nope");
  wizard_expect(f.bench, "Enter", "Can't locate revision identified by 'nope'");
  bench_keys(f.bench, "d C-u Enter p C-u");
  bench_type(f.bench, "aaa");
  wizard_expect(f.bench, "Enter", "+down_revision = 'aaa'");
  wizard_expect(f.bench, "z", "nothing is written yet");
  wizard_expect(f.bench, "Enter", "3 heads left");
  bench_reloaded(f.bench);
  wizard_expect(f.bench, "", "SELECT 1;");
  wizard_expect(f.bench, "e", "z undoes that first");
  wizard_expect(f.bench, "z", "undone");
  bench_reloaded(f.bench);
  cr_expect_eq(workspace_heads(f.bench->ws), 2, "%u heads", workspace_heads(f.bench->ws));
  wizard_close(&f);
}

Test(wizards, a_hook_that_cannot_run_leaves_nothing)
{
  Wizard f;
  wizard_open(&f, "[post_write_hooks]\nhooks = x\nx.type = exec\nx.executable = no-such-program-anywhere\n");
  bench_keys(f.bench, "a Enter");
  wizard_expect(f.bench, "Enter", "taken back: post write hook 'x' cannot be run");
  bench_reloaded(f.bench);
  cr_expect_eq(workspace_heads(f.bench->ws), 2, "%u heads", workspace_heads(f.bench->ws));
  wizard_close(&f);
}

Test(wizards, a_hook_that_hangs_is_stopped_with_esc)
{
  Wizard f;
  wizard_open(&f, "[post_write_hooks]\nhooks = x\nx.type = exec\nx.executable = sh\n"
                  "x.options = -c 'echo at work; exec sleep 1000' REVISION_SCRIPT_FILENAME\n");
  bench_keys(f.bench, "a Enter Enter");
  for (;;) {
    g_autofree char *screen = canvas_dump(app_paint(f.bench->app));
    if (strstr(screen, "at work"))
      break;
    g_main_context_iteration(NULL, TRUE);
  }
  bench_keys(f.bench, "z");
  g_autofree char *refused = canvas_dump(app_paint(f.bench->app));
  cr_expect(strstr(refused, "Esc stops them"), "z is not refused in\n%s", refused);
  bench_keys(f.bench, "Esc");
  wizard_expect(f.bench, "", "taken back: post write hook 'x' was stopped");
  bench_reloaded(f.bench);
  cr_expect_eq(workspace_heads(f.bench->ws), 2, "%u heads", workspace_heads(f.bench->ws));
  wizard_close(&f);
}

Test(wizards, deleting_asks_who_has_it)
{
  Wizard f;
  wizard_open(&f, "");
  wizard_expect(f.bench, "# c c c Enter X", "ddd (");
  wizard_expect(f.bench, "Enter", "stands on ccc");
  wizard_expect(f.bench, "Esc # d d d Enter X", "Delete ddd");
  bench_keys(f.bench, "Enter");
  bench_type(f.bench, "ddd");
  wizard_expect(f.bench, "Enter", "written");
  g_autofree char *path = g_build_filename(f.folder, "versions", "ddd.py", NULL);
  cr_expect(!g_file_test(path, G_FILE_TEST_EXISTS), "the file is still there");
  wizard_expect(f.bench, "z", "undone");
  cr_expect(g_file_test(path, G_FILE_TEST_EXISTS), "the file is gone");
  wizard_close(&f);
}
