/* The wizards that rebase, write and delete revisions, driven by keys. */
#include <criterion/criterion.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bench.h"

typedef struct {
  char *folder;
  Bench *bench;
} Fixture;

static void write_file(const Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "cannot write %s", path);
}

static char *read_revision(const Fixture *fixture, const char *id)
{
  g_autofree char *path = g_strdup_printf("%s/versions/%s.py", fixture->folder, id);
  char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "cannot read %s", path);
  return text;
}

static void write_revision(const Fixture *fixture, const char *id, const char *down)
{
  g_autofree char *name = g_strdup_printf("versions/%s.py", id);
  g_autofree char *text = g_strdup_printf(
      "\"\"\"make %s\"\"\"\nfrom alembic import op\nrevision = '%s'\ndown_revision = %s  # kept\n\n\n"
      "def upgrade():\n    op.execute('CREATE TABLE %s()')\n",
      id, id, down, id);
  write_file(fixture, name, text);
}

/* aaa below bbb, and below ccc with ddd on it. */
static void open_fixture(Fixture *fixture, const char *options)
{
  fixture->folder = g_dir_make_tmp("retort-wizard-XXXXXX", NULL);
  g_autofree char *versions = g_build_filename(fixture->folder, "versions", NULL);
  g_autofree char *config = g_build_filename(fixture->folder, "alembic.ini", NULL);
  g_autofree char *ini = g_strconcat("[alembic]\nscript_location = %(here)s\n", options, NULL);
  g_mkdir(versions, 0755);
  /* Nobody's own targets are asked. */
  g_setenv("XDG_CONFIG_HOME", fixture->folder, TRUE);
  write_file(fixture, "alembic.ini", ini);
  write_file(fixture, "script.py.mako",
             "\"\"\"${message}\"\"\"\nfrom alembic import op\nrevision = ${repr(up_revision)}\n"
             "down_revision = ${repr(down_revision)}\nbranch_labels = ${repr(branch_labels)}\n"
             "depends_on = ${repr(depends_on)}\n\n\ndef upgrade():\n    op.execute('SELECT 1')\n");
  write_revision(fixture, "aaa", "None");
  write_revision(fixture, "bbb", "'aaa'");
  write_revision(fixture, "ccc", "'aaa'");
  write_revision(fixture, "ddd", "'ccc'");
  fixture->bench = bench_open(110, 40, config);
}

static void close_fixture(Fixture *fixture)
{
  const char *argv[] = {"rm", "-rf", fixture->folder, NULL};
  bench_free(fixture->bench);
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free(fixture->folder);
}

static void expect(Bench *bench, const char *keys, const char *expected)
{
  bench_keys(bench, keys);
  g_autofree char *screen = bench_screen(bench);
  cr_expect(strstr(screen, expected), "after %s there is no \"%s\" in\n%s", keys, expected, screen);
}

static void expect_parent(const Fixture *fixture, const char *id, const char *value)
{
  g_autofree char *text = read_revision(fixture, id);
  g_autofree char *line = g_strdup_printf("down_revision = %s  # kept\n", value);
  cr_expect(strstr(text, line), "%s has no %sbut\n%s", id, line, text);
}

Test(wizards, a_side_moves_on_top_of_the_other_after_its_id_was_typed)
{
  Fixture f;
  open_fixture(&f, "");
  Bench *bench = f.bench;
  expect(bench, "r", "1 file changes");
  expect(bench, "", "no database is configured");
  expect(bench, "Tab Tab", "Who has it");
  g_autofree char *screen = bench_screen(bench);
  gboolean ccc = strstr(screen, "ccc HEAD") || strstr(screen, "versions/ccc.py");
  if (!ccc)
    expect(bench, "x", "versions/ccc.py");
  expect(bench, "Enter", "Type ccc:");
  bench_type(bench, "no");
  expect(bench, "Enter", "was not typed");
  expect_parent(&f, "ccc", "'aaa'");
  bench_keys(bench, "Enter");
  bench_type(bench, "ccc");
  expect(bench, "Enter", "1 head left");
  expect_parent(&f, "ccc", "'bbb'");
  expect(bench, "J", "z undoes that first");
  expect(bench, "z", "undone");
  expect_parent(&f, "ccc", "'aaa'");
  close_fixture(&f);
}

Test(wizards, where_every_database_is_free_of_it_nothing_is_asked)
{
  Fixture f;
  open_fixture(&f, "");
  static const char *const rows[] = {"aaa", NULL};
  bench_stand_at(f.bench, rows);
  expect(f.bench, "r", "1 file changes");
  expect(f.bench, "z", "nothing has moved yet");
  /* Rewiring one parent by hand, and taking it back. */
  bench_keys(f.bench, "p C-u");
  bench_type(f.bench, "nope");
  expect(f.bench, "Enter", "Can't locate revision identified by 'nope'");
  bench_keys(f.bench, "p C-u");
  bench_type(f.bench, "bbb, aaa");
  expect(f.bench, "Enter", "would stand on");
  close_fixture(&f);
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
  Fixture f;
  guint port;
  g_autoptr(GSocket) server = mute_server(&port);
  open_fixture(&f, "");
  g_autofree char *retort = g_build_filename(f.folder, "retort", NULL);
  g_autofree char *target = g_strdup_printf("[target far]\nurl = postgresql://me@127.0.0.1:%u/shop\n"
                                            "[target other]\nurl = postgresql://me@nowhere.invalid/x\n"
                                            "project = another one\n",
                                            port);
  g_mkdir(retort, 0755);
  write_file(&f, "retort/config", target);
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
  close_fixture(&f);
}

Test(wizards, applied_revisions_are_not_in_the_list)
{
  Fixture f;
  open_fixture(&f, "");
  static const char *const rows[] = {"ccc", NULL};
  bench_stand_at(f.bench, rows);
  bench_keys(f.bench, "r");
  g_autofree char *screen = bench_screen(f.bench);
  cr_expect(strstr(screen, "○ bbb") && strstr(screen, "○ ddd"), "bbb and ddd are not in\n%s", screen);
  cr_expect(!strstr(screen, "│ ○ ccc") && !strstr(screen, "│ ○ aaa"), "ccc or aaa is in\n%s", screen);
  cr_expect(strstr(screen, "versions/bbb.py"), "not bbb is moved in\n%s", screen);
  close_fixture(&f);
}

Test(wizards, a_new_revision_is_written_shown_and_taken_back)
{
  Fixture f;
  open_fixture(&f, "");
  bench_keys(f.bench, "# d d d Enter a");
  bench_type(f.bench, "add colours");
  expect(f.bench, "Enter", "_add_colours.py");
  expect(f.bench, "", "+down_revision = 'ddd'");
  bench_keys(f.bench, "l");
  bench_type(f.bench, "paint");
  expect(f.bench, "Enter", "+branch_labels = ('paint',)");
  bench_keys(f.bench, "d");
  bench_type(f.bench, "nope");
  expect(f.bench, "Enter", "Can't locate revision identified by 'nope'");
  bench_keys(f.bench, "d C-u Enter p C-u");
  bench_type(f.bench, "aaa");
  expect(f.bench, "Enter", "+down_revision = 'aaa'");
  expect(f.bench, "z", "nothing is written yet");
  expect(f.bench, "Enter", "3 heads left");
  bench_reloaded(f.bench);
  expect(f.bench, "", "SELECT 1;");
  expect(f.bench, "e", "z undoes that first");
  expect(f.bench, "z", "undone");
  bench_reloaded(f.bench);
  cr_expect_eq(workspace_heads(f.bench->ws), 2, "%u heads", workspace_heads(f.bench->ws));
  close_fixture(&f);
}

Test(wizards, a_hook_that_cannot_run_leaves_nothing)
{
  Fixture f;
  open_fixture(&f, "[post_write_hooks]\nhooks = x\nx.type = exec\nx.executable = no-such-program-anywhere\n");
  bench_keys(f.bench, "a Enter");
  expect(f.bench, "Enter", "taken back: post write hook 'x' cannot be run");
  bench_reloaded(f.bench);
  cr_expect_eq(workspace_heads(f.bench->ws), 2, "%u heads", workspace_heads(f.bench->ws));
  close_fixture(&f);
}

Test(wizards, a_hook_that_hangs_is_stopped_with_esc)
{
  Fixture f;
  open_fixture(&f, "[post_write_hooks]\nhooks = x\nx.type = exec\nx.executable = sh\n"
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
  expect(f.bench, "", "taken back: post write hook 'x' was stopped");
  bench_reloaded(f.bench);
  cr_expect_eq(workspace_heads(f.bench->ws), 2, "%u heads", workspace_heads(f.bench->ws));
  close_fixture(&f);
}

Test(wizards, deleting_asks_who_has_it)
{
  Fixture f;
  open_fixture(&f, "");
  expect(f.bench, "# c c c Enter X", "ddd (");
  expect(f.bench, "Enter", "stands on ccc");
  expect(f.bench, "Esc # d d d Enter X", "Delete ddd");
  bench_keys(f.bench, "Enter");
  bench_type(f.bench, "ddd");
  expect(f.bench, "Enter", "written");
  g_autofree char *path = g_build_filename(f.folder, "versions", "ddd.py", NULL);
  cr_expect(!g_file_test(path, G_FILE_TEST_EXISTS), "the file is still there");
  expect(f.bench, "z", "undone");
  cr_expect(g_file_test(path, G_FILE_TEST_EXISTS), "the file is gone");
  close_fixture(&f);
}
