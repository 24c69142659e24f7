/* Plans that are pinned, rollouts that are supervised, and what stands around them, on a real server. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"
#include "server.h"

TestSuite(rollout, .fini = server_clean);

/* The plan of `words` in plan.json. */
static void pin(const char *folder, const char *words)
{
  g_autofree char *line = g_strdup_printf("plan %s -o plan.json", words);
  server_expect(folder, line, 0, NULL, "retort rollout plan.json");
}

/* Where a program that was started says what goes wrong. */
static char *errors_path(const char *folder, GPid pid)
{
  return g_strdup_printf("%s/errors.%d", folder, (int)pid);
}

/* The program beside us, and how it ended. */
static GPid start(const char *folder, const char *const *words)
{
  g_autofree char *program = program_path();
  g_autofree char *name = server_database();
  g_autofree char *url = g_strconcat("dbname=", name, NULL);
  g_autoptr(GPtrArray) argv = g_ptr_array_new();
  g_ptr_array_add(argv, program);
  g_ptr_array_add(argv, (char *)"--url");
  g_ptr_array_add(argv, url);
  for (; *words; words++)
    g_ptr_array_add(argv, (char *)*words);
  g_ptr_array_add(argv, NULL);
  GPid pid = 0;
  g_autofree char *early = errors_path(folder, 0);
  int errors = g_open(early, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  cr_assert(errors >= 0, "%s is made", early);
  cr_assert(g_spawn_async_with_fds(folder, (char **)argv->pdata, NULL,
                                   G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &pid,
                                   -1, -1, errors, NULL),
            "%s runs", program);
  close(errors);
  g_autofree char *path = errors_path(folder, pid);
  g_rename(early, path);
  return pid;
}

static int end_of(GPid pid)
{
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The same, where it has to succeed. */
static void expect_success(const char *folder, GPid pid, const char *which)
{
  int status = end_of(pid);
  g_autofree char *path = errors_path(folder, pid);
  g_autofree char *said = NULL;
  g_file_get_contents(path, &said, NULL, NULL);
  cr_expect(status == 0, "%s ended with %d: %s", which, status, said);
}

static void wait_until(PgConn *conn, const char *sql, const char *want)
{
  gint64 deadline = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;
  for (;;) {
    server_tell(conn, "SELECT pg_stat_clear_snapshot()");
    g_autofree char *got = server_ask(conn, sql);
    if (strcmp(got, want) == 0)
      return;
    cr_assert(g_get_monotonic_time() < deadline, "%s says %s, not %s", sql, got, want);
    g_usleep(5000);
  }
}

static const char *const quick[] = {"rollout", "plan.json", "--skip-backup", NULL};

Test(rollout, a_plan_from_a_file_is_carried_out_once)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  pin(copy, "s002");
  g_autofree char *output = NULL;
  cr_expect(server_run(copy, "rollout plan.json --skip-backup", &output, NULL) == 0, "%s", output);
  static const char *const in_order[] = {"preflight", "Skip the backup", "1/2  upgrade  -> s001",
                                         "BEGIN",     "CREATE TABLE t1", "2/2  upgrade s001 -> s002",
                                         "COMMIT",    "verify",          "the database stands at s002"};
  const char *at = output;
  for (guint i = 0; i < G_N_ELEMENTS(in_order); i++) {
    const char *found = strstr(at, in_order[i]);
    cr_assert(found != NULL, "\"%s\" comes next in\n%s", in_order[i], output);
    at = found + 1;
  }
  server_expect_rows(conn, "s002", "after the rollout");
  server_expect(copy, "rollout plan.json --skip-backup", 0,
                "nothing is left to do: the database stands where this plan leads\n", NULL);
  server_remove_copy(copy);
}

Test(rollout, a_plan_names_what_it_rests_on)
{
  g_autoptr(PgConn) conn G_GNUC_UNUSED = server_fresh();
  char *copy = server_copy_project("linear");
  pin(copy, "+2");
  g_autofree char *path = g_build_filename(copy, "plan.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new();
  cr_assert(json_parser_load_from_file(parser, path, NULL), "it is JSON");
  JsonObject *plan = json_node_get_object(json_parser_get_root(parser));
  JsonArray *steps = json_object_get_array_member(plan, "steps");
  JsonObject *last = json_array_get_object_element(steps, 1);
  g_autofree char *name = server_database();
  cr_expect(strcmp(json_object_get_string_member(plan, "database"), name) == 0, "the database");
  cr_expect(json_object_get_string_member(plan, "system_id") != NULL, "the cluster");
  cr_expect(strcmp(json_object_get_string_member(last, "revision"), "s002") == 0, "explicit ids");
  cr_expect(strlen(json_object_get_string_member(last, "sha256")) == 64, "the file's hash");
  cr_expect(strcmp(json_object_get_string_member(last, "engine"), "native") == 0, "the engine");
  /* Without -o the shape for programs stays what it was. */
  g_autofree char *output = NULL;
  server_run(copy, "plan s001 --json", &output, NULL);
  cr_expect(strstr(output, "\"rows_after\"") != NULL && strstr(output, "sha256") == NULL, "%s", output);
  server_remove_copy(copy);
}

Test(rollout, what_differs_is_shown_and_nothing_is_touched)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('SELECT 5')");
  server_expect(copy, "upgrade s003", 0, "", NULL);
  pin(copy, "heads");
  server_add_migration(copy, "s005", "s004", "op.execute('SELECT 6')");
  server_expect(copy, "rollout plan.json --skip-backup", 1, "", "The file of revision s005 changed");
  server_expect(copy, "rollout plan.json --skip-backup", 1, "", "+ SELECT 6");
  server_add_migration(copy, "s005", "s004", "op.execute('SELECT 5')");
  server_tell(conn, "UPDATE alembic_version SET version_num = 's001'");
  server_expect(copy, "rollout plan.json --skip-backup", 1, "", "stands at s001, where this plan never is");
  server_expect_rows(conn, "s001", "after the refusals");
  server_tell(conn, "UPDATE alembic_version SET version_num = 's003'");
  g_autofree char *elsewhere = NULL;
  cr_expect(program_run(copy, "--url dbname=postgres rollout plan.json --skip-backup", NULL, &elsewhere) == 1,
            "another database");
  cr_expect(strstr(elsewhere, "The plan was made for the database") != NULL, "%s", elsewhere);
  g_autofree char *file = g_build_filename(copy, "migrations/versions/s005.py", NULL);
  g_unlink(file);
  server_expect(copy, "rollout plan.json --skip-backup", 1, "", "No file has revision s005");
  /* What the project has grown meanwhile is none of the plan's business. */
  server_add_migration(copy, "s005", "s004", "op.execute('SELECT 5')");
  server_add_migration(copy, "s006", "s005", "op.execute('SELECT 6')");
  server_expect(copy, "rollout plan.json --skip-backup", 0, NULL, NULL);
  server_expect_rows(conn, "s005", "after the rollout");
  server_expect(copy, "rollout alembic.ini", 1, "", "no plan");
  server_remove_copy(copy);
}

Test(rollout, one_step_back_from_a_merge_is_refused_as_alembic_does)
{
  g_autoptr(PgConn) conn G_GNUC_UNUSED = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "left", "s004", "pass");
  server_add_migration(copy, "right", "s004", "pass");
  server_add_migration(copy, "join", "left', 'right", "pass");
  g_autofree char *path = g_build_filename(copy, "migrations/versions/join.py", NULL);
  g_autofree char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "the merge");
  g_autoptr(GString) merge = g_string_new(text);
  g_string_replace(merge, "down_revision = 'left', 'right'", "down_revision = ('left', 'right')", 0);
  cr_assert(g_file_set_contents(path, merge->str, -1, NULL), "the merge is written");
  server_expect(copy, "upgrade join", 0, "", NULL);
  server_expect(copy, "plan --downgrade -o plan.json -- -1", 255, "FAILED: Ambiguous walk\n", NULL);
  pin(copy, "left");
  server_remove_copy(copy);
}

/* A configuration with one target; the folder of it. */
static char *configure(const char *keys)
{
  g_autofree char *config = g_dir_make_tmp("retort-config-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename(config, "retort", NULL);
  g_autofree char *path = g_build_filename(inner, "config", NULL);
  g_autofree char *name = server_database();
  g_autofree char *text = g_strdup_printf("[target live]\nurl = dbname=%s\n%s", name, keys);
  g_mkdir(inner, 0755);
  g_file_set_contents(path, text, -1, NULL);
  g_setenv("XDG_CONFIG_HOME", config, TRUE);
  return g_steal_pointer(&config);
}

static void unconfigure(char *config)
{
  g_autofree char *inner = g_build_filename(config, "retort", NULL);
  g_autofree char *path = g_build_filename(inner, "config", NULL);
  g_unlink(path);
  g_rmdir(inner);
  g_rmdir(config);
  g_free(config);
  g_unsetenv("XDG_CONFIG_HOME");
}

Test(rollout, production_wants_its_name)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  pin(copy, "s001");
  char *config = configure("production = yes\nbackup = required\n");
  g_autofree char *missing = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *unsaved = NULL;
  cr_expect(program_run(copy, "--target live rollout plan.json", NULL, &missing) == 1, "no name");
  cr_expect(strstr(missing, "--confirm live") != NULL, "%s", missing);
  cr_expect(program_run(copy, "--target live rollout plan.json --confirm life", NULL, &wrong) == 1,
            "a wrong name");
  cr_expect(strstr(wrong, "\"life\" is not live") != NULL, "%s", wrong);
  cr_expect(
      program_run(copy, "--target live rollout plan.json --confirm live --skip-backup", NULL, &unsaved) == 1,
      "a backup is required");
  cr_expect(strstr(unsaved, "--override backup") != NULL, "%s", unsaved);
  g_autofree char *n = server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 't1'");
  cr_expect(strcmp(n, "0") == 0, "nothing was touched");
  cr_expect(program_run(copy, "--target live rollout plan.json --confirm live", NULL, NULL) == 0,
            "the right name");
  server_expect_rows(conn, "s001", "after the right name");
  g_autofree char *record = NULL;
  server_run(copy, "log 1 --json", &record, NULL);
  cr_expect(strstr(record, ".dump") != NULL, "with its backup:\n%s", record);
  server_remove_copy(copy);
  unconfigure(config);
}

/* Stands in for the project's Alembic: knows one revision. */
static char *fake_alembic(const char *folder)
{
  char *path = g_build_filename(folder, "fake-alembic", NULL);
  g_autofree char *name = server_database();
  g_autofree char *text = g_strdup_printf("#!/bin/sh\ncase \"$*\" in\n*'upgrade s005') psql -qX -v "
                                          "ON_ERROR_STOP=1 -d %s -c 'ALTER TABLE t1 ADD COLUMN note "
                                          "text' -c \"UPDATE alembic_version SET version_num = "
                                          "'s005'\";;\n*current*) echo 's005 (head)';;\nesac\n",
                                          name);
  cr_assert(g_file_set_contents(path, text, -1, NULL) && g_chmod(path, 0755) == 0, "%s is written", path);
  return path;
}

Test(rollout, what_needs_python_is_run_by_alembic_once_that_is_allowed)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "import shop.models; shop.models.fill(op.get_bind())");
  g_autofree char *alembic = fake_alembic(copy);
  g_autofree char *keys = g_strconcat("alembic = ", alembic, "\n[retort]\nalembic = ", alembic, "\n", NULL);
  char *config = configure(keys);
  server_expect(copy, "upgrade s003", 0, "", NULL);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  cr_expect(program_run(copy, "--target live plan heads -o plan.json", &output, NULL) == 0, "%s", output);
  cr_expect(strstr(output, "by the project's own Alembic") != NULL && strstr(output, "s005.py:9") != NULL,
            "the engine, and why:\n%s", output);
  cr_expect(program_run(copy, "--target live rollout plan.json --skip-backup", NULL, &errors) == 1,
            "not allowed");
  cr_expect(strstr(errors, "needs Python") != NULL, "%s", errors);
  server_expect_rows(conn, "s003", "while it is not allowed");
  g_autofree char *done = NULL;
  cr_expect(program_run(copy, "--target live rollout plan.json --skip-backup --allow-python", &done, NULL) ==
                0,
            "%s", done);
  server_expect_rows(conn, "s005", "after Alembic ran");
  g_autofree char *note = server_ask(conn, "SELECT count(*) FROM pg_attribute WHERE attname = 'note'");
  cr_expect(strcmp(note, "1") == 0, "it ran once");
  server_remove_copy(copy);
  unconfigure(config);
}

/* What env.py does besides is said everywhere in the same words, and the project's own Alembic can do it. */
Test(rollout, an_env_py_with_more_in_it_is_for_alembic)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('ALTER TABLE t1 ADD COLUMN note text')");
  server_expect(copy, "upgrade s004", 0, "", NULL);
  pin(copy, "heads");
  g_autofree char *path = g_build_filename(copy, "migrations/env.py", NULL);
  g_autofree char *text = NULL;
  cr_assert(g_file_get_contents(path, &text, NULL, NULL), "env.py");
  g_auto(GStrv) around = g_strsplit(text, "context.configure(connection=connection,)", -1);
  g_autofree char *changed = g_strjoinv(
      "connection.exec_driver_sql('SET work_mem = 65536'); context.configure(connection=connection)", around);
  cr_assert(g_file_set_contents(path, changed, -1, NULL), "env.py is written");
  static const char words[] =
      "env.py runs statements or sets up the connection by itself, which retort does not";
  g_autofree char *card = NULL;
  cr_expect(server_run(copy, "preflight heads", &card, NULL) == 1 && strstr(card, words), "preflight: %s",
            card);
  server_expect(copy, "rollout plan.json --skip-backup", 1, "", words);
  server_expect(copy, "upgrade heads", 1, "", words);
  server_expect_rows(conn, "s004", "after the refusals");

  g_autofree char *alembic = fake_alembic(copy);
  g_autofree char *keys = g_strconcat(
      "alembic = ", alembic, "\n[project linear]\nengine = alembic\nalembic = ", alembic, "\n", NULL);
  char *config = configure(keys);
  server_expect(copy, "rollout plan.json --skip-backup", 1, "", "is now for the project's own Alembic");
  g_autofree char *plan = NULL;
  cr_expect(server_run(copy, "plan heads -o plan.json", &plan, NULL) == 0 &&
                strstr(plan, "because the configuration says engine = alembic") &&
                strstr(plan, "ALTER TABLE t1 ADD COLUMN note text"),
            "the plan: %s", plan);
  server_expect(copy, "preflight plan.json", 0, NULL, NULL);
  server_expect(copy, "rollout plan.json --skip-backup", 1, NULL, "needs Python");
  g_autofree char *done = NULL;
  cr_expect(server_run(copy, "rollout plan.json --skip-backup --allow-python", &done, NULL) == 0, "%s", done);
  server_expect_rows(conn, "s005", "after Alembic ran");
  server_remove_copy(copy);
  unconfigure(config);
}

Test(rollout, upgrade_keeps_a_targets_lock_timeout)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('ALTER TABLE t1 ADD COLUMN note text')");
  server_expect(copy, "upgrade s004", 0, "", NULL);
  char *config = configure("ddl_lock_timeout = 50ms\n");
  server_tell(conn, "BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
  g_autofree char *errors = NULL;
  cr_expect(program_run(copy, "--target live upgrade head --retries 1", NULL, &errors) == 1, "it gives up");
  cr_expect(strstr(errors, "attempt 2") && !strstr(errors, "attempt 3"), "after another try: %s", errors);
  g_auto(GStrv) said = g_strsplit(errors, "Running upgrade s004 -> s005", -1);
  cr_expect(g_strv_length(said) == 2, "the step is logged once: %s", errors);
  cr_expect(strstr(errors, "lock timeout") != NULL, "%s", errors);
  server_tell(conn, "COMMIT");
  server_expect_rows(conn, "s004", "after the time-out");
  server_remove_copy(copy);
  unconfigure(config);
}

static void wait_for_sessions(PgConn *conn, const char *application, guint wanted)
{
  g_autofree char *sql =
      g_strdup_printf("SELECT count(*) FROM pg_stat_activity WHERE application_name = '%s' AND datname = "
                      "current_database() AND "
                      "query LIKE '%%pg_try_advisory_lock%%'",
                      application);
  gint64 deadline = g_get_monotonic_time() + 120 * G_USEC_PER_SEC;
  for (;;) {
    server_tell(conn, "SELECT pg_stat_clear_snapshot()");
    g_autofree char *n = server_ask(conn, sql);
    if (strtoul(n, NULL, 10) == wanted)
      return;
    cr_assert(g_get_monotonic_time() < deadline, "%s sessions of %s", n, application);
    g_usleep(10000);
  }
}

/* A plain upgrade keeps out others as any rollout does, and is kept out; or it waits, and starts from where they
 * ended. */
Test(rollout, upgrades_take_turns)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('ALTER TABLE t1 ADD COLUMN note text')");
  server_expect(copy, "upgrade s004", 0, "", NULL);
  server_tell(conn, "BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
  static const char *const first[] = {"upgrade", "--ddl-lock-timeout", "none", "head", NULL};
  static const char *const second[] = {"upgrade", "--mutex-wait", "forever", "head", NULL};
  GPid pids[2];
  pids[0] = start(copy, first);
  server_wait_for_statement(conn, "ALTER TABLE t1%");
  server_expect(copy, "upgrade head", 1, "", "Another rollout is at work");
  /* The session of the one that was refused may still be ending. */
  wait_for_sessions(conn, "retort-mutex", 1);
  pids[1] = start(copy, second);
  wait_for_sessions(conn, "retort-mutex", 2);
  server_tell(conn, "COMMIT");
  expect_success(copy, pids[0], "the first");
  expect_success(copy, pids[1], "the second");
  server_expect_rows(conn, "s005", "after both");
  server_expect(copy, "upgrade head", 0, "", NULL);
  server_remove_copy(copy);
}

Test(rollout, a_plain_upgrade_of_production_is_confirmed)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  char *config = configure("production = yes\n");
  g_autofree char *errors = NULL;
  cr_expect(program_run(copy, "--target live upgrade head", NULL, &errors) == 1, "not without its name");
  cr_expect(strstr(errors, "--confirm live") != NULL, "%s", errors);
  g_autofree char *tables = server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 't1'");
  cr_expect_str_eq(tables, "0", "something was done");
  cr_expect(program_run(copy, "--target live upgrade head --confirm live", NULL, NULL) == 0, "with its name");
  server_expect_rows(conn, "s004", "after the upgrade");
  server_remove_copy(copy);
  unconfigure(config);
}

/* A plan whose last step waits as long as the test holds t1. */
static char *waiting_project(PgConn *conn)
{
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('ALTER TABLE t1 ADD COLUMN note text')");
  server_expect(copy, "upgrade s004", 0, "", NULL);
  pin(copy, "heads");
  server_tell(conn, "BEGIN; LOCK TABLE t1 IN ACCESS SHARE MODE");
  return copy;
}

Test(rollout, of_two_at_the_same_instant_one_runs)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = waiting_project(conn);
  static const char *const patient[] = {"rollout", "plan.json", "--skip-backup", "--ddl-lock-timeout",
                                        "none",    NULL};
  GPid pids[] = {start(copy, patient), start(copy, patient)};
  server_wait_for_statement(conn, "ALTER TABLE t1%");
  int status = 0;
  GPid loser = waitpid(-1, &status, 0);
  cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 1, "the other one is refused: %x", status);
  g_autofree char *errors = NULL;
  cr_expect(server_run(copy, "rollout plan.json --skip-backup", NULL, &errors) == 1, "a third, too");
  g_autofree char *holder =
      server_ask(conn, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = "
                       "(SELECT oid FROM pg_database WHERE datname = current_database())");
  cr_expect(strlen(holder) > 0 && strstr(errors, holder) != NULL, "it says that pid %s holds it:\n%s", holder,
            errors);
  server_tell(conn, "COMMIT");
  expect_success(copy, loser == pids[0] ? pids[1] : pids[0], "the first one");
  server_expect_rows(conn, "s005", "after both");
  server_remove_copy(copy);
}

Test(rollout, ctrl_c_rolls_back_and_the_same_file_goes_on)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = waiting_project(conn);
  GPid pid = start(copy, quick);
  server_wait_for_statement(conn, "ALTER TABLE t1%");
  kill(pid, SIGINT);
  cr_expect(end_of(pid) == 130, "it is cancelled");
  pid = start(copy, quick);
  server_wait_for_statement(conn, "ALTER TABLE t1%");
  kill(pid, SIGKILL);
  cr_expect(end_of(pid) == 137, "it is killed");
  server_tell(conn, "COMMIT");
  wait_until(conn,
             "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'retort-rollout' AND datname = "
             "current_database()",
             "0");
  g_autofree char *note = server_ask(conn, "SELECT count(*) FROM pg_attribute WHERE attname = 'note'");
  cr_expect(strcmp(note, "0") == 0, "nothing of it remains");
  server_expect(copy, "rollout plan.json --skip-backup", 0, NULL, NULL);
  server_expect_rows(conn, "s005", "after the second try");
  server_remove_copy(copy);
}

/* On top of linear, one that leaves the transaction in its middle. */
static char *leaving_project(void)
{
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004",
                       "op.execute('ALTER TABLE t1 ADD COLUMN note text')\n"
                       "    with op.get_context().autocommit_block():\n"
                       "        op.execute('CREATE INDEX CONCURRENTLY ix_note ON t1 (note)')\n"
                       "    op.execute('ALTER TABLE t2 ADD COLUMN note text')");
  server_expect(copy, "upgrade s004", 0, "", NULL);
  pin(copy, "heads");
  return copy;
}

static void expect_whole(PgConn *conn, const char *when)
{
  g_autofree char *columns = server_ask(conn, "SELECT count(*) FROM pg_attribute WHERE attname = 'note' AND "
                                              "attrelid IN ('t1'::regclass, 't2'::regclass)");
  g_autofree char *valid =
      server_ask(conn, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_note'::regclass");
  cr_expect(strcmp(columns, "2") == 0 && strcmp(valid, "t") == 0, "%s: %s columns, index valid: %s", when,
            columns, valid);
  server_expect_rows(conn, "s005", when);
}

/* The rollout is killed while CREATE INDEX CONCURRENTLY waits for an old snapshot, and leaves an invalid index. */
static void kill_in_the_middle(PgConn *conn, const char *folder)
{
  g_autofree char *name = server_database();
  g_autoptr(PgParams) params = pg_params_default();
  pg_params_set(params, "dbname", name);
  g_autoptr(PgConn) old = pg_conn_new(params, NULL);
  cr_assert(pg_conn_connect_sync(old, NULL), "a second session");
  server_tell(old, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
  static const char *const words[] = {"rollout", "plan.json", "--skip-backup", "--override", "all", NULL};
  GPid pid = start(folder, words);
  wait_until(conn, "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for old%'",
             "1");
  kill(pid, SIGKILL);
  cr_expect(end_of(pid) == 137, "it is killed");
  wait_until(conn,
             "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'retort-rollout' AND datname = "
             "current_database()",
             "0");
  server_tell(old, "COMMIT");
}

Test(rollout, half_a_migration_is_looked_at_before_it_goes_on)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = leaving_project();
  kill_in_the_middle(conn, copy);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  cr_expect(server_run(copy, "rollout plan.json --skip-backup", &output, &errors) == 1,
            "it wants to be told");
  cr_expect(strstr(output, "DROP INDEX CONCURRENTLY") != NULL && strstr(errors, "--continue") != NULL, "%s%s",
            output, errors);
  server_expect_rows(conn, "s004", "while nobody has looked");
  server_expect(copy, "rollout plan.json --skip-backup --continue", 0, NULL, NULL);
  expect_whole(conn, "after it went on");
  server_remove_copy(copy);
}

Test(rollout, recover_says_what_is_there_and_goes_on)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = leaving_project();
  g_autofree char *calm = NULL;
  cr_expect(server_run(copy, "recover", &calm, NULL) == 0, "nothing is half applied yet:\n%s", calm);
  kill_in_the_middle(conn, copy);
  g_autofree char *output = NULL;
  g_autofree char *undo = NULL;
  cr_expect(server_run(copy, "recover", &output, NULL) == 1, "%s", output);
  static const char *const parts[] = {"done       ALTER TABLE t1", "CREATE INDEX CONCURRENTLY ix_note",
                                      "not done   ALTER TABLE t2", "retort recover --continue",
                                      "retort recover --stamp"};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    cr_expect(strstr(output, parts[i]) != NULL, "\"%s\" is in\n%s", parts[i], output);
  cr_expect(server_run(copy, "recover --undo", &undo, NULL) == 0 && strstr(undo, "DROP COLUMN") != NULL,
            "the SQL to take it back:\n%s", undo);
  server_expect(copy, "recover --continue", 0, NULL, NULL);
  expect_whole(conn, "after it went on");
  server_expect(copy, "recover --continue", 1, NULL, "nothing");
  server_remove_copy(copy);
}

Test(rollout, what_alembic_left_half_is_seen_without_a_record)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = leaving_project();
  server_tell(conn, "ALTER TABLE t1 ADD COLUMN note text");
  server_tell(conn, "CREATE INDEX ix_note ON t1 (note)");
  g_autofree char *output = NULL;
  cr_expect(server_run(copy, "recover", &output, NULL) == 1, "%s", output);
  server_expect(copy, "rollout plan.json --skip-backup", 1, NULL, "--continue");
  g_autofree char *stamped = NULL;
  cr_expect(server_run(copy, "recover --stamp", &stamped, NULL) == 0, "%s", stamped);
  cr_expect(strstr(stamped, "later migrations may fail") != NULL, "with a plain warning:\n%s", stamped);
  server_expect_rows(conn, "s005", "after the stamp");
  g_autofree char *columns = server_ask(
      conn, "SELECT count(*) FROM pg_attribute WHERE attname = 'note' AND attrelid = 't2'::regclass");
  cr_expect(strcmp(columns, "0") == 0, "nothing else was run");
  server_remove_copy(copy);
}

static void git(const char *folder, const char *line)
{
  g_autofree char *command =
      g_strconcat("git -c user.name=T -c user.email=t@example.org -c init.defaultBranch=main ", line, NULL);
  g_auto(GStrv) argv = NULL;
  int status = 1;
  g_shell_parse_argv(command, NULL, &argv, NULL);
  cr_assert(g_spawn_sync(folder, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                         NULL, NULL, &status, NULL) &&
                status == 0,
            "%s", command);
}

Test(rollout, recover_brings_back_what_the_files_lack)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  git(copy, "init -q");
  git(copy, "add .");
  git(copy, "commit -qm base");
  git(copy, "checkout -qb feature");
  server_add_migration(copy, "s005", "s004", "op.execute('CREATE TABLE extra (id int)')");
  git(copy, "add .");
  git(copy, "commit -qm extra");
  server_expect(copy, "upgrade heads", 0, NULL, NULL);
  git(copy, "checkout -q main");
  g_autofree char *output = NULL;
  cr_expect(server_run(copy, "recover", &output, NULL) == 1, "%s", output);
  cr_expect(strstr(output, "feature") != NULL && strstr(output, "--restore") != NULL, "%s", output);
  server_expect(copy, "rollout nowhere.json", 1, NULL, NULL);
  server_expect(copy, "recover --restore", 0, NULL, NULL);
  server_expect(copy, "current", 0, "s005 (head)\n", NULL);
  server_expect(copy, "recover --restore", 1, NULL, "the files have everything");
  server_expect_rows(conn, "s005", "nothing was changed in the database");
  server_remove_copy(copy);
}

Test(rollout, every_event_is_a_line_of_json)
{
  g_autoptr(PgConn) conn G_GNUC_UNUSED = server_fresh();
  char *copy = server_copy_project("linear");
  pin(copy, "s001");
  g_autofree char *output = NULL;
  cr_expect(server_run(copy, "rollout plan.json --skip-backup --json", &output, NULL) == 0, "%s", output);
  g_auto(GStrv) lines = g_strsplit(g_strchomp(output), "\n", -1);
  g_autofree char *last = NULL;
  for (char **line = lines; *line; line++) {
    g_autoptr(JsonParser) parser = json_parser_new();
    cr_assert(json_parser_load_from_data(parser, *line, -1, NULL), "JSON: %s", *line);
    g_free(last);
    last =
        g_strdup(json_object_get_string_member(json_node_get_object(json_parser_get_root(parser)), "event"));
  }
  cr_expect(g_strcmp0(last, "end") == 0, "the last is the end: %s", last);
  server_remove_copy(copy);
}

Test(rollout, wrong_words_are_usage)
{
  g_autoptr(PgConn) conn G_GNUC_UNUSED = server_fresh();
  char *copy = server_copy_project("linear");
  pin(copy, "s001");
  static const char *const lines[] = {"rollout plan.json --ddl-lock-timeout soon",
                                      "rollout plan.json --brake maybe",
                                      "rollout plan.json --retries -1",
                                      "rollout plan.json --backup --skip-backup",
                                      "rollout plan.json --pause sometimes",
                                      "rollout plan.json --pause statement", /* no terminal */
                                      "rehearse s001 --scratch somewhere",
                                      "backup --format tar",
                                      "log none"};
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
    g_autofree char *errors = NULL;
    int status = server_run(copy, lines[i], NULL, &errors);
    cr_expect(status == 2, "%s: status %d\n%s", lines[i], status, errors);
  }
  server_remove_copy(copy);
}

Test(rollout, a_preflight_that_says_stop_stops)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  pin(copy, "s001");
  g_autofree char *good = NULL;
  cr_expect(server_run(copy, "preflight plan.json --json", &good, NULL) == 0, "%s", good);
  g_autofree char *name = server_database();
  g_autofree char *close = g_strdup_printf("ALTER DATABASE %s SET default_transaction_read_only = on", name);
  server_tell(conn, close);
  g_autofree char *bad = NULL;
  cr_expect(server_run(copy, "preflight heads", &bad, NULL) == 1, "%s", bad);
  cr_expect(strstr(bad, "STOP     writable") != NULL, "%s", bad);
  server_expect(copy, "rollout plan.json --skip-backup", 1, NULL, NULL);
  g_autofree char *n = server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 't1'");
  cr_expect(strcmp(n, "0") == 0, "nothing was touched");
  server_remove_copy(copy);
}

Test(rollout, a_rehearsal_leaves_nothing)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_expect(copy, "upgrade s001", 0, "", NULL);
  server_add_migration(copy, "s005", "s004", "op.execute('ALTER TABLE t1 ADD COLUMN note text')");
  g_autofree char *output = NULL;
  cr_expect(server_run(copy, "rehearse heads", &output, NULL) == 0, "%s", output);
  cr_expect(strstr(output, "ACCESS EXCLUSIVE public.t1") != NULL, "its locks are told:\n%s", output);
  cr_expect(strstr(output, "not forecast") == NULL, "as they were forecast:\n%s", output);
  server_expect_rows(conn, "s001", "after the rehearsal");
  g_autofree char *tables = server_ask(conn, "SELECT count(*) FROM pg_class WHERE relname = 't2'");
  cr_expect(strcmp(tables, "0") == 0, "nothing remains");

  g_autofree char *trip = NULL;
  /* What add_migration() writes has a downgrade that does nothing. */
  cr_expect(server_run(copy, "rehearse heads --scratch schema --round-trip", &trip, NULL) == 1, "%s", trip);
  cr_expect(strstr(trip, "column \"note\" of relation \"t1\" already exists") != NULL ||
                strstr(trip, "column public.t1.note is new") != NULL,
            "what the downgrade left is told:\n%s", trip);
  g_autofree char *scratches =
      server_ask(conn, "SELECT count(*) FROM pg_database WHERE datname LIKE current_database() "
                       "|| '_retort_scratch%'");
  cr_expect(strcmp(scratches, "0") == 0, "%s scratch databases are left", scratches);
  server_expect(copy, "rehearse s004 --scratch schema --round-trip", 0, NULL, NULL);
  server_remove_copy(copy);
}

Test(rollout, a_rehearsal_that_is_interrupted_leaves_no_scratch_database)
{
  g_autoptr(PgConn) conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_add_migration(copy, "s005", "s004", "op.execute('SELECT pg_sleep(120)')");
  static const char *const words[] = {"rehearse", "heads", "--scratch", "schema", NULL};
  GPid pid = start(copy, words);
  server_wait_for_statement(conn, "SELECT pg_sleep(120)");
  kill(pid, SIGINT);
  cr_expect(end_of(pid) == 130, "it is cancelled");
  g_autofree char *scratches =
      server_ask(conn, "SELECT count(*) FROM pg_database WHERE datname LIKE current_database() "
                       "|| '_retort_scratch%'");
  cr_expect(strcmp(scratches, "0") == 0, "%s scratch databases are left", scratches);
  server_remove_copy(copy);
}

Test(rollout, a_template_has_the_rows_too)
{
  PgConn *conn = server_fresh();
  char *copy = server_copy_project("linear");
  server_expect(copy, "upgrade s001", 0, "", NULL);
  server_tell(conn, "INSERT INTO t1 VALUES (1), (2)");
  server_add_migration(copy, "s005", "s004",
                       "op.execute('DO $$ BEGIN IF (SELECT count(*) FROM t1) <> 2 THEN RAISE EXCEPTION USING "
                       "MESSAGE = chr(33); "
                       "END IF; END $$')");
  g_autofree char *errors = NULL;
  cr_expect(server_run(copy, "rehearse heads --scratch template", NULL, &errors) == 1,
            "while we are connected");
  cr_expect(strstr(errors, "Somebody is connected") != NULL, "%s", errors);
  pg_conn_free(conn);
  int status = 1;
  /* The server notices a moment later that we left. */
  for (guint i = 0; status != 0 && i < 100; i++) {
    g_clear_pointer(&errors, g_free);
    status = server_run(copy, "rehearse heads --scratch template", NULL, &errors);
  }
  cr_expect(status == 0, "%s", errors);
  server_remove_copy(copy);
}

Test(rollout, a_backup_has_its_name_when_it_is_whole)
{
  g_autoptr(PgConn) conn G_GNUC_UNUSED = server_fresh();
  char *copy = server_copy_project("linear");
  server_expect(copy, "upgrade s001", 0, "", NULL);
  g_autofree char *output = NULL;
  cr_expect(server_run(copy, "backup -o saved --format directory -j 2 --json", &output, NULL) == 0, "%s",
            output);
  g_autoptr(JsonParser) parser = json_parser_new();
  cr_assert(json_parser_load_from_data(parser, output, -1, NULL), "JSON: %s", output);
  const char *path =
      json_object_get_string_member(json_node_get_object(json_parser_get_root(parser)), "path");
  cr_expect(g_file_test(path, G_FILE_TEST_IS_DIR) && strstr(path, "-s001") != NULL, "%s", path);
  server_remove_copy(copy);
}

Test(rollout, its_record_can_be_read_in_three_ways)
{
  g_autoptr(PgConn) conn G_GNUC_UNUSED = server_fresh();
  char *copy = server_copy_project("linear");
  pin(copy, "s001");
  server_expect(copy, "rollout plan.json --skip-backup", 0, NULL, NULL);
  g_autofree char *timeline = NULL;
  g_autofree char *page = NULL;
  g_autofree char *watched = NULL;
  cr_expect(server_run(copy, "log 1", &timeline, NULL) == 0 && strstr(timeline, "CREATE TABLE t1") &&
                strstr(timeline, "the database stands at s001"),
            "the timeline:\n%s", timeline);
  cr_expect(server_run(copy, "log --markdown", &page, NULL) == 0 &&
                g_str_has_prefix(page, "# Rollout: rollout plan") &&
                strstr(page, "```sql\nCREATE TABLE t1 (id int)\n```") && strstr(page, "Skip the backup"),
            "the page:\n%s", page);
  cr_expect(server_run(copy, "log --watch", &watched, NULL) == 0 && strcmp(watched, timeline) == 0,
            "watching one that is over shows it and ends:\n%s", watched);
  server_remove_copy(copy);
}
