/* The program against a real server: rows, refusals, failures, interruption. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"
#include "server.h"

TestSuite(server, .fini = server_clean);

Test(server, the_position_moves_as_told)
{
  g_autoptr(PgConn) conn = server_fresh();
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  server_expect(folder, "current", 0, "", "Context impl PostgresqlImpl.");
  server_expect(folder, "upgrade +2", 0, "",
                "INFO  [alembic.runtime.migration] Running upgrade s001 -> s002, step 2\n");
  server_expect_rows(conn, "s002", "upgrade +2");
  server_expect(folder, "current", 0, "s002\n", NULL);
  server_expect(folder, "current --check-heads", 255, "FAILED: Database is not on all head revisions\n",
                "ERROR [alembic.util.messaging] Database is not on all head revisions");
  server_expect(folder, "upgrade heads", 0, "", "Running upgrade s003 -> s004, step 4");
  server_expect(folder, "current -c", 0, "s004 (head)\n", NULL);
  server_expect(folder, "downgrade -3", 0, "", "Running downgrade s002 -> s001");
  server_expect_rows(conn, "s001", "downgrade -3");
  server_expect(folder, "history -i -r s001:s002", 0,
                "s001 -> s002, step 2\n<base> -> s001 (current), step 1\n", NULL);
  server_expect(folder, "stamp s003", 0, "", "Running stamp_revision s001 -> s003");
  server_expect(folder, "stamp --purge s002", 0, "", "Running stamp_revision  -> s002");
  server_expect_rows(conn, "s002", "stamp --purge");
  server_expect(folder, "plan +1", 0, "upgrade s002 -> s003, step 3\n    then at s003\n", NULL);
  g_autofree char *tables =
      server_ask(conn, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]'");
  cr_expect(strcmp(tables, "t1") == 0, "tables: %s", tables);
}

Test(server, looking_writes_nothing)
{
  g_autoptr(PgConn) conn = server_fresh();
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  static const char *const lines[] = {
      "current", "history -i", "history -r current:", "show current", "plan heads", "locks", "review"};
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
    server_run(folder, lines[i], NULL, NULL);
  g_autofree char *n = server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 'alembic_version'");
  cr_expect(strcmp(n, "0") == 0, "no version table appears");
}

Test(server, a_row_without_a_file_is_named)
{
  g_autoptr(PgConn) conn = server_fresh();
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  server_expect(folder, "ensure_version", 0, "", NULL);
  server_tell(conn, "INSERT INTO alembic_version VALUES ('lost')");
  server_expect(folder, "current", 255, "FAILED: Can't locate revision identified by 'lost'\n", "lost");
  server_expect(folder, "upgrade head", 255, "FAILED: Can't locate revision identified by 'lost'\n", "lost");
  server_expect_rows(conn, "lost", "after the refusals");
}

Test(server, what_fails_is_rolled_back)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('SELECT 1/0')");
  server_expect(copy, "upgrade head", 1, "", "division by zero");
  g_autofree char *tables =
      server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname IN ('t1', 'alembic_version')");
  cr_expect(strcmp(tables, "0") == 0, "%s tables are left behind", tables);
  server_expect(copy, "upgrade s004", 0, "", NULL);
  server_expect(copy, "upgrade head", 1, "", "stands at s004");
  server_expect_rows(conn, "s004", "after the failure");
  server_remove_copy(copy);
}

Test(server, what_is_not_exact_is_refused_before_anything_runs)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "import shop.models; shop.models.fill(op.get_bind())");
  server_expect(copy, "upgrade head", 1, "", "s005.py:9");
  server_expect(copy, "upgrade head", 1, "", "alembic upgrade head");
  g_autofree char *tables =
      server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname IN ('t1', 'alembic_version')");
  cr_expect(strcmp(tables, "0") == 0, "%s tables were made", tables);
  server_expect(copy, "upgrade s004", 0, "", NULL);
  server_remove_copy(copy);
}

Test(server, a_target_may_be_read_only)
{
  g_autoptr(PgConn) conn = server_fresh();
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  g_autofree char *config = g_dir_make_tmp("retort-config-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename(config, "retort", NULL);
  g_autofree char *path = g_build_filename(inner, "config", NULL);
  g_mkdir(inner, 0755);
  g_autofree char *name = server_database();
  g_autofree char *text = g_strdup_printf("[target live]\nurl = dbname=%s\nread_only = yes\n", name);
  g_file_set_contents(path, text, -1, NULL);
  g_setenv("XDG_CONFIG_HOME", config, TRUE);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  server_expect(folder, "upgrade s001", 0, "", NULL);
  cr_expect(program_run(folder, "--target live current", &output, NULL) == 0, "it can be read");
  cr_expect(strcmp(output, "s001\n") == 0, "it is found by its name: %s", output);
  cr_expect(program_run(folder, "--target live upgrade head", NULL, &errors) == 1, "it cannot be changed");
  cr_expect(strstr(errors, "read-only") != NULL, "%s", errors);
  server_expect_rows(conn, "s001", "after the refusal");
  g_unsetenv("XDG_CONFIG_HOME");
  g_unlink(path);
  g_rmdir(inner);
  g_rmdir(config);
}

Test(server, ctrl_c_cancels_and_rolls_back)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('SELECT pg_sleep(120)')");
  GPid pid = 0;
  g_autofree char *program = program_path();
  g_autofree char *name = server_database();
  g_autofree char *url = g_strconcat("dbname=", name, NULL);
  const char *argv[] = {program, "--url", url, "upgrade", "head", NULL};
  cr_assert(g_spawn_async(copy, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                          NULL, NULL, &pid, NULL),
            "%s runs", program);
  server_wait_for_statement(conn, "%pg_sleep(120)%");
  kill(pid, SIGINT);
  int status = 0;
  waitpid(pid, &status, 0);
  cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 130, "wait status %x", status);
  g_autofree char *tables =
      server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname IN ('t1', 'alembic_version')");
  cr_expect(strcmp(tables, "0") == 0, "%s tables are left behind", tables);
  server_remove_copy(copy);
}

Test(server, locks_show_who_waits_for_whom)
{
  g_autoptr(PgConn) blocker = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('ALTER TABLE t1 ADD COLUMN note text')");
  server_expect(copy, "upgrade s004", 0, "", NULL);
  server_tell(blocker, "BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
  GPid pid = 0;
  g_autofree char *program = program_path();
  g_autofree char *name = server_database();
  g_autofree char *url = g_strconcat("dbname=", name, NULL);
  const char *argv[] = {program, "--url", url, "upgrade", "head", NULL};
  cr_assert(g_spawn_async(copy, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                          NULL, NULL, &pid, NULL),
            "%s runs", program);
  g_autofree char *output = NULL;
  gint64 deadline = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;
  do {
    g_clear_pointer(&output, g_free);
    server_run(copy, "locks", &output, NULL);
    cr_assert(g_get_monotonic_time() < deadline, "nobody waits:\n%s", output);
  } while (!strstr(output, "ACCESS EXCLUSIVE"));
  cr_expect(strstr(output, "idle in transaction") != NULL, "the blocker is shown:\n%s", output);
  cr_expect(strstr(output, "ACCESS EXCLUSIVE on public.t1") != NULL, "the lock is shown:\n%s", output);
  server_tell(blocker, "COMMIT");
  int status = 0;
  waitpid(pid, &status, 0);
  cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "wait status %x", status);
  server_expect_rows(blocker, "s005", "after the wait");
  server_remove_copy(copy);
}

Test(server, rollouts_are_recorded)
{
  g_autoptr(PgConn) conn G_GNUC_UNUSED = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('SELECT 1/0')");
  server_expect(copy, "log", 0, "no rollout was recorded yet\n", NULL);
  server_expect(copy, "upgrade s002", 0, "", NULL);
  server_expect(copy, "upgrade heads", 1, "", NULL);
  g_autofree char *output = NULL;
  cr_expect(server_run(copy, "log", &output, NULL) == 0, "it can be listed");
  g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
  cr_assert(g_strv_length(lines) == 3, "two records:\n%s", output);
  cr_expect(strstr(lines[0], "failed") && strstr(lines[0], "upgrade heads"), "newest: %s", lines[0]);
  cr_expect(strstr(lines[1], "done") && strstr(lines[1], "-> s002"), "before: %s", lines[1]);
  g_autofree char *record = NULL;
  cr_expect(server_run(copy, "log 2", &record, NULL) == 0, "one can be shown");
  cr_expect(strstr(record, "CREATE TABLE t2") != NULL, "with its statements:\n%s", record);
  server_expect(copy, "log 3", 1, "", "only 2");
  server_remove_copy(copy);
}

/* Adds a line to the copy's env.py. */
static void add_to_env(const char *copy, const char *line)
{
  g_autofree char *path = g_build_filename(copy, "migrations", "env.py", NULL);
  g_autofree char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
  g_autofree char *longer = g_strconcat(text, line, "\n", NULL);
  cr_assert(g_file_set_contents(path, longer, -1, NULL), "%s", path);
}

Test(server, what_only_env_can_do_is_left_to_alembic)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  add_to_env(copy, "connection.execute('SET lock_timeout = 1')");
  server_expect(copy, "upgrade head", 1, "", "env.py runs statements or sets up the connection by itself");
  server_expect(copy, "stamp head", 1, "", "run: alembic stamp head");
  g_autofree char *table =
      server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 'alembic_version'");
  cr_expect_str_eq(table, "0", "something was done");
  server_expect(copy, "current", 0, "", NULL);
  add_to_env(copy, "connection.execute('SET search_path TO tenant')");
  server_expect(copy, "current", 1, "", "env.py chooses a schema");
  server_expect(copy, "upgrade head --sql", 1, "", "env.py chooses the schema that migrations work in");
  server_remove_copy(copy);
}

Test(server, the_database_is_never_guessed)
{
  g_autofree char *errors = NULL;
  char *copy = server_copy_project("linear");
  add_to_env(copy, "config.set_main_option('sqlalchemy.url', get_url())");
  cr_expect_eq(program_run(copy, "upgrade head", NULL, &errors), 1, "%s", errors);
  cr_expect(strstr(errors, "env.py takes its database from elsewhere than sqlalchemy.url"), "%s", errors);
  server_remove_copy(copy);
}

/* Where Alembic answers for each of several databases, or for the one that -x names. */
Test(server, one_database_is_not_taken_for_several)
{
  static const struct {
    const char *env, *words, *expected;
  } cases[] = {
      {"for name in names:\n    context.run_migrations(engine_name=name)", "current",
       "env.py runs for several databases, or with arguments"},
      {"for name in names:\n    context.run_migrations(engine_name=name)", "history -i",
       "or run: alembic history --indicate-current"},
      {"tenant = context.get_x_argument(as_dictionary=True).get('tenant')", "-x tenant=a current",
       "env.py decides something by -x"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *output = NULL, *errors = NULL;
    char *copy = server_copy_project("linear");
    add_to_env(copy, cases[i].env);
    cr_expect_eq(program_run(copy, cases[i].words, &output, &errors), 1, "%s: %s", cases[i].words, errors);
    cr_expect(strstr(errors, cases[i].expected), "%s: %s", cases[i].words, errors);
    cr_expect_str_eq(output, "", "%s", cases[i].words);
    server_remove_copy(copy);
  }
}
