/* The program against a real server: rows, refusals, failures, interruption. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"
#include "retort/pg/conn.h"

/* Tests run at the same time: each is a process and has a database of its own. */
static char *database(void)
{
  return g_strdup_printf("retort_cli_%d", (int)getpid());
}

static int run(const char *folder, const char *words, char **output, char **errors)
{
  g_autofree char *name = database();
  g_autofree char *line = g_strdup_printf("--url dbname=%s %s", name, words);
  return program_run(folder, line, output, errors);
}

/* Records of rollouts go where the test can see and remove them. */
static char *state_folder;

static void remove_state(void)
{
  const char *argv[] = {"rm", "-rf", state_folder, NULL};
  if (state_folder)
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_clear_pointer(&state_folder, g_free);
}

TestSuite(server, .fini = remove_state);

/* A connection to the test's database, newly made. */
static PgConn *fresh_database(void)
{
  state_folder = g_dir_make_tmp("retort-state-XXXXXX", NULL);
  g_setenv("XDG_STATE_HOME", state_folder, TRUE);
  g_autofree char *name = database();
  g_autoptr(GError) error = NULL;
  PgConnOptions options = {.application_name = "test"};
  g_autoptr(PgParams) admin = pg_params_default();
  g_autoptr(PgConn) conn = pg_conn_new(admin, &options);
  cr_assert(pg_conn_connect_sync(conn, &error), "%s", error ? error->message : "");
  g_autofree char *create = g_strconcat("CREATE DATABASE ", name, NULL);
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, create, NULL, &error);
  cr_assert(results != NULL, "%s: %s", create, error ? error->message : "");
  g_autoptr(PgParams) params = pg_params_default();
  pg_params_set(params, "dbname", name);
  PgConn *own = pg_conn_new(params, &options);
  cr_assert(pg_conn_connect_sync(own, &error), "%s", error ? error->message : "");
  return own;
}

/* All values of a query, parted by blanks; the caller's. */
static char *ask(PgConn *conn, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, &error);
  cr_assert(results != NULL, "%s: %s", sql, error ? error->message : "");
  GString *out = g_string_new(NULL);
  PGresult *result = results->pdata[results->len - 1];
  for (int row = 0; row < PQntuples(result); row++)
    g_string_append_printf(out, "%s%s", row ? " " : "", PQgetvalue(result, row, 0));
  return g_string_free(out, FALSE);
}

static void tell(PgConn *conn, const char *sql)
{
  g_free(ask(conn, sql));
}

static void expect_rows(PgConn *conn, const char *want, const char *when)
{
  g_autofree char *rows = ask(conn, "SELECT version_num FROM alembic_version ORDER BY 1");
  cr_expect(strcmp(rows, want) == 0, "%s: rows are \"%s\", want \"%s\"", when, rows, want);
}

static void expect(const char *folder, const char *words, int status, const char *out, const char *err)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int got = run(folder, words, &output, &errors);
  cr_expect(got == status, "%s: status %d, want %d\n%s%s", words, got, status, output, errors);
  cr_expect(!out || strcmp(output, out) == 0, "%s: stdout is\n%s\nwant\n%s", words, output, out);
  cr_expect(!err || strstr(errors, err) != NULL, "%s: stderr is\n%s\nwithout \"%s\"", words, errors, err);
}

static char *copy_project(const char *name)
{
  g_autofree char *source = program_source("tests/cli/projects", name);
  g_autofree char *folder = g_dir_make_tmp("retort-cli-XXXXXX", NULL);
  const char *argv[] = {"cp", "-R", source, folder, NULL};
  const char *chmod_argv[] = {"chmod", "-R", "u+w", folder, NULL};
  cr_assert(
      g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL) &&
          g_spawn_sync(NULL, (char **)chmod_argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                       NULL),
      "%s is copied", source);
  return g_build_filename(folder, name, NULL);
}

static void remove_copy(char *copy)
{
  g_autofree char *folder = g_path_get_dirname(copy);
  const char *argv[] = {"rm", "-rf", folder, NULL};
  g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free(copy);
}

/* One more migration on top of s004. */
static void add_migration(const char *folder, const char *id, const char *down, const char *body)
{
  g_autofree char *path = g_strdup_printf("%s/migrations/versions/%s.py", folder, id);
  g_autofree char *text =
      g_strdup_printf("\"\"\"%s\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n"
                      "revision = '%s'\ndown_revision = '%s'\n\n\ndef upgrade():\n    %s\n\n\n"
                      "def downgrade():\n    pass\n",
                      id, id, down, body);
  cr_assert(g_file_set_contents(path, text, -1, NULL), "%s is written", path);
}

Test(server, the_position_moves_as_told)
{
  g_autoptr(PgConn) conn = fresh_database();
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  expect(folder, "current", 0, "", "Context impl PostgresqlImpl.");
  expect(folder, "upgrade +2", 0, "",
         "INFO  [alembic.runtime.migration] Running upgrade s001 -> s002, step 2\n");
  expect_rows(conn, "s002", "upgrade +2");
  expect(folder, "current", 0, "s002\n", NULL);
  expect(folder, "current --check-heads", 255, "FAILED: Database is not on all head revisions\n",
         "ERROR [alembic.util.messaging] Database is not on all head revisions");
  expect(folder, "upgrade heads", 0, "", "Running upgrade s003 -> s004, step 4");
  expect(folder, "current -c", 0, "s004 (head)\n", NULL);
  expect(folder, "downgrade -3", 0, "", "Running downgrade s002 -> s001");
  expect_rows(conn, "s001", "downgrade -3");
  expect(folder, "history -i -r s001:s002", 0, "s001 -> s002, step 2\n<base> -> s001 (current), step 1\n",
         NULL);
  expect(folder, "stamp s003", 0, "", "Running stamp_revision s001 -> s003");
  expect(folder, "stamp --purge s002", 0, "", "Running stamp_revision  -> s002");
  expect_rows(conn, "s002", "stamp --purge");
  expect(folder, "plan +1", 0, "upgrade s002 -> s003, step 3\n    then at s003\n", NULL);
  g_autofree char *tables =
      ask(conn, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]'");
  cr_expect(strcmp(tables, "t1") == 0, "tables: %s", tables);
}

Test(server, looking_writes_nothing)
{
  g_autoptr(PgConn) conn = fresh_database();
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  static const char *const lines[] = {
      "current", "history -i", "history -r current:", "show current", "plan heads", "locks", "review"};
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
    run(folder, lines[i], NULL, NULL);
  g_autofree char *n = ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 'alembic_version'");
  cr_expect(strcmp(n, "0") == 0, "no version table appears");
}

Test(server, a_row_without_a_file_is_named)
{
  g_autoptr(PgConn) conn = fresh_database();
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  expect(folder, "ensure_version", 0, "", NULL);
  tell(conn, "INSERT INTO alembic_version VALUES ('lost')");
  expect(folder, "current", 255, "FAILED: Can't locate revision identified by 'lost'\n", "lost");
  expect(folder, "upgrade head", 255, "FAILED: Can't locate revision identified by 'lost'\n", "lost");
  expect_rows(conn, "lost", "after the refusals");
}

Test(server, what_fails_is_rolled_back)
{
  g_autoptr(PgConn) conn = fresh_database();
  char *copy = copy_project("linear");
  add_migration(copy, "s005", "s004", "op.execute('SELECT 1/0')");
  expect(copy, "upgrade head", 1, "", "division by zero");
  g_autofree char *tables =
      ask(conn, "SELECT count(*) FROM pg_class WHERE relname IN ('t1', 'alembic_version')");
  cr_expect(strcmp(tables, "0") == 0, "%s tables are left behind", tables);
  expect(copy, "upgrade s004", 0, "", NULL);
  expect(copy, "upgrade head", 1, "", "stands at s004");
  expect_rows(conn, "s004", "after the failure");
  remove_copy(copy);
}

Test(server, what_is_not_exact_is_refused_before_anything_runs)
{
  g_autoptr(PgConn) conn = fresh_database();
  char *copy = copy_project("linear");
  add_migration(copy, "s005", "s004", "import shop.models; shop.models.fill(op.get_bind())");
  expect(copy, "upgrade head", 1, "", "s005.py:9");
  expect(copy, "upgrade head", 1, "", "alembic upgrade head");
  g_autofree char *tables =
      ask(conn, "SELECT count(*) FROM pg_class WHERE relname IN ('t1', 'alembic_version')");
  cr_expect(strcmp(tables, "0") == 0, "%s tables were made", tables);
  expect(copy, "upgrade s004", 0, "", NULL);
  remove_copy(copy);
}

Test(server, a_target_may_be_read_only)
{
  g_autoptr(PgConn) conn = fresh_database();
  g_autofree char *folder = program_source("tests/cli/projects", "linear");
  g_autofree char *config = g_dir_make_tmp("retort-config-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename(config, "retort", NULL);
  g_autofree char *path = g_build_filename(inner, "config", NULL);
  g_mkdir(inner, 0755);
  g_autofree char *name = database();
  g_autofree char *text = g_strdup_printf("[target live]\nurl = dbname=%s\nread_only = yes\n", name);
  g_file_set_contents(path, text, -1, NULL);
  g_setenv("XDG_CONFIG_HOME", config, TRUE);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  expect(folder, "upgrade s001", 0, "", NULL);
  cr_expect(program_run(folder, "--target live current", &output, NULL) == 0, "it can be read");
  cr_expect(strcmp(output, "s001\n") == 0, "it is found by its name: %s", output);
  cr_expect(program_run(folder, "--target live upgrade head", NULL, &errors) == 1, "it cannot be changed");
  cr_expect(strstr(errors, "read-only") != NULL, "%s", errors);
  expect_rows(conn, "s001", "after the refusal");
  g_unsetenv("XDG_CONFIG_HOME");
  g_unlink(path);
  g_rmdir(inner);
  g_rmdir(config);
}

/* Waits until somebody runs a statement like this one. */
static void wait_for_statement(PgConn *conn, const char *like)
{
  g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%s' AND "
                                         "state = 'active' AND pid <> pg_backend_pid()",
                                         like);
  gint64 deadline = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;
  for (;;) {
    g_autofree char *n = ask(conn, sql);
    if (strcmp(n, "0") != 0)
      return;
    cr_assert(g_get_monotonic_time() < deadline, "nobody runs %s", like);
    g_usleep(10000);
  }
}

Test(server, ctrl_c_cancels_and_rolls_back)
{
  g_autoptr(PgConn) conn = fresh_database();
  char *copy = copy_project("linear");
  add_migration(copy, "s005", "s004", "op.execute('SELECT pg_sleep(120)')");
  GPid pid = 0;
  g_autofree char *program = program_path();
  g_autofree char *name = database();
  g_autofree char *url = g_strconcat("dbname=", name, NULL);
  const char *argv[] = {program, "--url", url, "upgrade", "head", NULL};
  cr_assert(g_spawn_async(copy, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                          NULL, NULL, &pid, NULL),
            "%s runs", program);
  wait_for_statement(conn, "%pg_sleep(120)%");
  kill(pid, SIGINT);
  int status = 0;
  waitpid(pid, &status, 0);
  cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 130, "wait status %x", status);
  g_autofree char *tables =
      ask(conn, "SELECT count(*) FROM pg_class WHERE relname IN ('t1', 'alembic_version')");
  cr_expect(strcmp(tables, "0") == 0, "%s tables are left behind", tables);
  remove_copy(copy);
}

Test(server, locks_show_who_waits_for_whom)
{
  g_autoptr(PgConn) blocker = fresh_database();
  char *copy = copy_project("linear");
  add_migration(copy, "s005", "s004", "op.execute('ALTER TABLE t1 ADD COLUMN note text')");
  expect(copy, "upgrade s004", 0, "", NULL);
  tell(blocker, "BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
  GPid pid = 0;
  g_autofree char *program = program_path();
  g_autofree char *name = database();
  g_autofree char *url = g_strconcat("dbname=", name, NULL);
  const char *argv[] = {program, "--url", url, "upgrade", "head", NULL};
  cr_assert(g_spawn_async(copy, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                          NULL, NULL, &pid, NULL),
            "%s runs", program);
  g_autofree char *output = NULL;
  gint64 deadline = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;
  do {
    g_clear_pointer(&output, g_free);
    run(copy, "locks", &output, NULL);
    cr_assert(g_get_monotonic_time() < deadline, "nobody waits:\n%s", output);
  } while (!strstr(output, "ACCESS EXCLUSIVE"));
  cr_expect(strstr(output, "idle in transaction") != NULL, "the blocker is shown:\n%s", output);
  cr_expect(strstr(output, "ACCESS EXCLUSIVE on public.t1") != NULL, "the lock is shown:\n%s", output);
  tell(blocker, "COMMIT");
  int status = 0;
  waitpid(pid, &status, 0);
  cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "wait status %x", status);
  expect_rows(blocker, "s005", "after the wait");
  remove_copy(copy);
}

Test(server, rollouts_are_recorded)
{
  g_autoptr(PgConn) conn G_GNUC_UNUSED = fresh_database();
  char *copy = copy_project("linear");
  add_migration(copy, "s005", "s004", "op.execute('SELECT 1/0')");
  expect(copy, "log", 0, "no rollout was recorded yet\n", NULL);
  expect(copy, "upgrade s002", 0, "", NULL);
  expect(copy, "upgrade heads", 1, "", NULL);
  g_autofree char *output = NULL;
  cr_expect(run(copy, "log", &output, NULL) == 0, "it can be listed");
  g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
  cr_assert(g_strv_length(lines) == 3, "two records:\n%s", output);
  cr_expect(strstr(lines[0], "failed") && strstr(lines[0], "upgrade heads"), "newest: %s", lines[0]);
  cr_expect(strstr(lines[1], "done") && strstr(lines[1], "-> s002"), "before: %s", lines[1]);
  g_autofree char *record = NULL;
  cr_expect(run(copy, "log 2", &record, NULL) == 0, "one can be shown");
  cr_expect(strstr(record, "CREATE TABLE t2") != NULL, "with its statements:\n%s", record);
  expect(copy, "log 3", 1, "", "only 2");
  remove_copy(copy);
}
