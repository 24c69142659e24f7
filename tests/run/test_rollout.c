/* The rollout on a real server: what is sent, in which transactions, and how every ending leaves the database. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/pg/locks.h"
#include "rollout_support.h"

static void expect_log(const RolloutFixture *fixture, const char *expected)
{
  cr_expect(strcmp(fixture->log->str, expected) == 0, "events\n  \"%s\"\nexpected\n  \"%s\"\n%s",
            fixture->log->str, expected, fixture->error != NULL ? fixture->error->message : "");
}

static void expect_rows(const RolloutFixture *fixture, const char *expected)
{
  g_autofree char *rows = rollout_fixture_rows(fixture);
  cr_expect(strcmp(rows, expected) == 0, "rows \"%s\", expected \"%s\"", rows, expected);
}

static void expect_sql(PgConn *conn, const char *sql, const char *expected)
{
  g_autofree char *answer = test_ask(conn, sql);
  cr_expect(strcmp(answer, expected) == 0, "%s: \"%s\", expected \"%s\"", sql, answer, expected);
}

Test(rollout, commits_each_migration)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("commits_each");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "ALTER TABLE t ADD y text DEFAULT ':x %(y)s $1'", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok 0.2 ok commit stepdone "
                "step1 begin 1.0 ok 1.1 ok commit stepdone done");
  expect_rows(f, "b");
  expect_sql(f->other, "SELECT y FROM t", ":x %(y)s $1");
  cr_expect(rollout_step_statements(f->rollout, 0) == 3 && rollout_finished(f->rollout), "counts");
  cr_expect(f->text == NULL, "nothing odd: %s", f->text);
}

Test(rollout, holds_all_in_one_transaction_when_told)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("all_in_one");
  f->options.transaction = ROLLOUT_ALL;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "SELECT 1/0", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok stepdone step1 1.0 failed");
  expect_rows(f, "");
  cr_expect(f->rolled_back, "rolled back");
  expect_sql(f->other, "SELECT to_regclass('t') IS NULL AND to_regclass('alembic_version') IS NULL", "t");
}

Test(rollout, failure_in_the_middle_keeps_what_was_committed)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("fails_middle");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "ALTER TABLE t ADD y int", "ALTER TABLE nope ADD z int",
                      NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "b>c", "CREATE TABLE never (x int)", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok commit stepdone step1 begin 1.0 ok 1.1 failed");
  expect_rows(f, "a");
  cr_expect(f->rolled_back && !f->unknown, "rolled back");
  cr_expect(strcmp(pg_error_sqlstate(f->error), "42P01") == 0, "SQLSTATE %s", pg_error_sqlstate(f->error));
  cr_expect(strcmp(f->text, "The transaction was rolled back.") == 0, "%s", f->text);
  expect_sql(f->other,
             "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'fails_middle' AND "
             "table_name = 't'",
             "1");
  cr_expect(pg_conn_state(f->conn) == PG_CONN_IDLE && pg_conn_transaction(f->conn) == PQTRANS_IDLE,
            "usable again");
}

Test(rollout, leaves_the_transaction_around_autocommit_statements)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("autocommit");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)",
                      "!CREATE INDEX CONCURRENTLY t_x ON t (x)", "!CREATE INDEX CONCURRENTLY t_x2 ON t (x)",
                      "INSERT INTO t VALUES (1)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "!DROP INDEX CONCURRENTLY t_x2", NULL);
  rollout_fixture_run(f, "");
  expect_log(f,
             "started step0 begin table ok 0.0 ok commit 0.1! ok 0.2! ok begin 0.3 ok 0.4 ok commit stepdone "
             "step1 1.0! ok begin 1.1 ok commit stepdone done");
  expect_rows(f, "b");
}

Test(rollout, failure_outside_a_transaction_says_what_remains)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("autocommit_fails");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", "INSERT INTO t VALUES (1), (1)",
                      "!CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok commit 0.2! failed");
  expect_rows(f, "");
  cr_expect(!f->rolled_back, "nothing was open");
  cr_expect(strstr(f->text, "outside a transaction") != NULL, "%s", f->text);
  expect_sql(f->other, "SELECT count(*) FROM t", "2");
}

Test(rollout, a_migration_that_commits_by_itself_goes_on)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("own_commit");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", "COMMIT",
                      "CREATE INDEX CONCURRENTLY t_x ON t (x)", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok 0.2! ok 0.3! ok "
                "[WARNING: there is no transaction in progress] commit stepdone done");
  expect_rows(f, "a");
}

Test(rollout, downgrades_and_merges)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("merges");
  test_sql(f->other, "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
                     "INSERT INTO alembic_version VALUES ('b1'), ('b2')");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "-b1 b2>m", NULL);
  rollout_fixture_run(f, "b2 b1");
  expect_log(f, "started step0 begin 0.0 ok 0.1 ok commit stepdone done");
  expect_rows(f, "m");
  g_ptr_array_set_size(f->plan, 0);
  g_ptr_array_set_size(f->scripts, 0);
  g_clear_pointer(&f->rows, g_strfreev);
  rollout_fixture_add(f, DIRECTION_DOWNGRADE, "m>b2 +b1", NULL);
  rollout_fixture_add(f, DIRECTION_DOWNGRADE, "-b2", NULL);
  rollout_fixture_add(f, DIRECTION_DOWNGRADE, "-b1", NULL);
  rollout_fixture_run(f, "m");
  expect_rows(f, "");
  expect_sql(f->other, "SELECT count(*) FROM alembic_version", "0");
}

Test(rollout, stamps)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("stamps");
  rollout_fixture_add(f, DIRECTION_STAMP, "+a", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok commit stepdone done");
  expect_rows(f, "a");
}

Test(rollout, an_empty_plan_only_makes_the_table)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("empty_plan");
  rollout_fixture_run(f, "");
  expect_log(f, "started begin table ok commit done");
  expect_rows(f, "");
  g_clear_pointer(&f->rows, g_strfreev);
  rollout_fixture_run(f, "");
  expect_log(f, "started done");
}

Test(rollout, stops_when_the_rows_are_not_the_plans)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("rows_changed");
  test_sql(
      f->other,
      "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('z')");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_run(f, "a");
  expect_log(f, "failed");
  expect_rows(f, "z");
  cr_expect(g_error_matches(f->error, RETORT_ERROR, RETORT_ERROR_REFUSED), "%s", f->error->message);
  cr_expect(strstr(f->error->message, "stands at z") != NULL, "%s", f->error->message);
  cr_expect(strcmp(f->text, "Nothing was changed.") == 0, "%s", f->text);
}

static void change_rows(const RolloutEvent *event, void *data)
{
  RolloutFixture *f = data;
  if (event->kind == ROLLOUT_EVENT_STATEMENT && event->statement == 0)
    test_sql(f->other, "UPDATE alembic_version SET version_num = 'z'");
}

Test(rollout, notices_rows_that_change_meanwhile)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("rows_meanwhile");
  test_sql(
      f->other,
      "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('a')");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "CREATE TABLE t (x int)", NULL);
  f->on_event = change_rows;
  rollout_fixture_run(f, "a");
  expect_log(f, "started step0 begin 0.0 ok 0.1 failed");
  expect_rows(f, "z");
  cr_expect(g_error_matches(f->error, RETORT_ERROR, RETORT_ERROR_COMMAND), "as Alembic");
  cr_expect(strcmp(f->error->message,
                   "Online migration expected to match one row when updating 'a' to 'b' in "
                   "'alembic_version'; 0 found") == 0,
            "%s", f->error->message);
  expect_sql(f->other, "SELECT to_regclass('t') IS NULL", "t");
}

Test(rollout, stops_when_a_file_changed)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("file_changed");
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("retort-XXXXXX.py", &path, NULL);
  cr_assert(fd >= 0 && write(fd, "x", 1) == 1, "a file");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  PlanStep *step = g_ptr_array_index(f->plan, 0);
  step->revision->path = g_strdup(path);
  cr_assert(file_stamp(path, &step->revision->stamp), "a stamp");
  cr_assert(write(fd, "y", 1) == 1, "changed");
  close(fd);
  rollout_fixture_run(f, "");
  expect_log(f, "failed");
  cr_expect(strstr(f->error->message, path) != NULL, "%s", f->error->message);
  g_unlink(path);
}

/* ---- Waiting, cancelling, pausing ------------------------------------------------------------------------------ */

static int waiting_blockers(PgConn *conn, int pid)
{
  g_autofree char *sql = g_strdup_printf("SELECT cardinality(pg_blocking_pids(%d))", pid);
  g_autofree char *n = test_ask(conn, sql);
  return atoi(n);
}

static gboolean cancel_when_waiting(void *data)
{
  RolloutFixture *f = data;
  if (waiting_blockers(f->other, pg_conn_backend_pid(f->conn)) == 0)
    return G_SOURCE_CONTINUE;
  rollout_cancel(f->rollout);
  return G_SOURCE_REMOVE;
}

Test(rollout, cancels_while_it_waits_for_a_lock)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("cancel_waiting");
  test_sql(f->other, "CREATE TABLE t (x int)");
  test_sql(f->other, "BEGIN; SELECT * FROM t");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE u (x int)", "ALTER TABLE t ADD y int", NULL);
  rollout_fixture_start(f, "");
  g_timeout_add(5, cancel_when_waiting, f);
  rollout_fixture_wait(f);
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 cancelled");
  expect_rows(f, "");
  cr_expect(f->rolled_back, "rolled back");
  test_sql(f->other, "ROLLBACK");
  expect_sql(f->other, "SELECT to_regclass('u') IS NULL", "t");
}

static void continue_or_cancel(const RolloutEvent *event, void *data)
{
  RolloutFixture *f = data;
  if (event->kind == ROLLOUT_EVENT_PAUSED && event->step == 0)
    rollout_continue(f->rollout);
  else if (event->kind == ROLLOUT_EVENT_PAUSED)
    rollout_cancel(f->rollout);
}

Test(rollout, pauses_where_it_is_told)
{
  static const struct {
    const char *schema;
    RolloutPause pause;
    const char *log;
    const char *rows;
  } cases[] = {
      {"pause_statement", ROLLOUT_PAUSE_STATEMENT,
       "started step0 begin table ok paused 0.0 ok 0.1 ok commit stepdone step1 begin paused cancelled", "a"},
      {"pause_commit", ROLLOUT_PAUSE_COMMIT,
       "started step0 begin table ok 0.0 ok 0.1 ok paused commit stepdone step1 begin 1.0 ok 1.1 ok paused "
       "cancelled",
       "a"},
      {"pause_migration", ROLLOUT_PAUSE_MIGRATION,
       "started step0 begin table ok 0.0 ok 0.1 ok commit stepdone paused cancelled", "a"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(RolloutFixture) f = rollout_fixture_new(cases[i].schema);
    f->options.pause = cases[i].pause;
    f->on_event = continue_or_cancel;
    rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
    rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "CREATE TABLE u (x int)", NULL);
    rollout_fixture_run(f, "");
    expect_log(f, cases[i].log);
    expect_rows(f, cases[i].rows);
  }
}

static void cancel_at_commit_done(const RolloutEvent *event, void *data)
{
  if (event->kind == ROLLOUT_EVENT_COMMIT)
    rollout_cancel(((RolloutFixture *)data)->rollout);
}

Test(rollout, a_cancel_after_commit_keeps_the_commit)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("cancel_commit");
  f->on_event = cancel_at_commit_done;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "CREATE TABLE u (x int)", NULL);
  rollout_fixture_run(f, "");
  expect_rows(f, "a");
  cr_expect(g_str_has_suffix(f->log->str, "commit cancelled"), "%s", f->log->str);
}

static void cancel_at_statement(const RolloutEvent *event, void *data)
{
  if (event->kind == ROLLOUT_EVENT_STATEMENT && event->statement == 1)
    rollout_cancel(((RolloutFixture *)data)->rollout);
}

Test(rollout, can_be_cancelled_from_any_event)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("cancel_event");
  f->on_event = cancel_at_statement;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", "CREATE TABLE u (x int)", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 cancelled");
  expect_rows(f, "");
}

static void free_at_statement(const RolloutEvent *event, void *data)
{
  RolloutFixture *f = data;
  if (event->kind != ROLLOUT_EVENT_STATEMENT || event->statement != 0)
    return;
  g_clear_pointer(&f->rollout, rollout_free);
  f->finished = TRUE;
}

Test(rollout, can_be_freed_from_an_event)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("free_event");
  f->on_event = free_at_statement;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "SELECT pg_sleep(60)", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0");
}

/* ---- Lost connections ------------------------------------------------------------------------------------------ */

static void terminate(RolloutFixture *f)
{
  g_autofree char *sql = g_strdup_printf("SELECT pg_terminate_backend(%d)", pg_conn_backend_pid(f->conn));
  test_sql(f->other, sql);
}

static gboolean terminate_soon(void *data)
{
  terminate(data);
  return G_SOURCE_REMOVE;
}

static void terminate_at_sleep(const RolloutEvent *event, void *data)
{
  if (event->kind == ROLLOUT_EVENT_STATEMENT && strstr(event->sql, "pg_sleep") != NULL)
    g_timeout_add(50, terminate_soon, data);
}

Test(rollout, connection_terminated_in_a_transaction)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("term_tx");
  f->on_event = terminate_at_sleep;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "CREATE TABLE u (x int)", "SELECT pg_sleep(60)", NULL);
  rollout_fixture_run(f, "");
  expect_rows(f, "a");
  cr_expect(g_error_matches(f->error, RETORT_ERROR, RETORT_ERROR_CONNECTION), "%s", f->error->message);
  cr_expect(f->rolled_back && !f->unknown, "%s", f->text);
  cr_expect(pg_conn_state(f->conn) == PG_CONN_IDLE, "connected again");
}

Test(rollout, connection_terminated_outside_a_transaction)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("term_auto");
  f->on_event = terminate_at_sleep;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "!SELECT pg_sleep(60)", NULL);
  rollout_fixture_run(f, "");
  expect_rows(f, "");
  cr_expect(!f->rolled_back && f->unknown, "%s", f->text);
}

static void terminate_at_pause(const RolloutEvent *event, void *data)
{
  if (event->kind == ROLLOUT_EVENT_PAUSED)
    g_timeout_add(1, terminate_soon, data);
}

Test(rollout, connection_terminated_while_paused)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("term_paused");
  f->options.pause = ROLLOUT_PAUSE_COMMIT;
  f->on_event = terminate_at_pause;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok paused failed");
  expect_rows(f, "");
  cr_expect(f->rolled_back && !f->unknown, "%s", f->text);
}

/* A deferred trigger that ends its own session makes the connection go away in the middle of COMMIT. */
Test(rollout, connection_lost_during_commit_is_decided_by_the_server)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("term_commit");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)",
                      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
                      "$$BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END$$",
                      "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED "
                      "FOR EACH ROW EXECUTE FUNCTION die()",
                      "INSERT INTO t VALUES (1)", NULL);
  rollout_fixture_run(f, "");
  expect_rows(f, "");
  cr_expect(f->rolled_back && !f->unknown, "%s", f->text);
  cr_expect(strstr(f->text, "during COMMIT") != NULL, "%s", f->text);
}

/* ---- Time-outs and retries ------------------------------------------------------------------------------------- */

static void release_at_retry(const RolloutEvent *event, void *data)
{
  RolloutFixture *f = data;
  if (event->kind != ROLLOUT_EVENT_RETRY)
    return;
  cr_expect(strcmp(pg_error_sqlstate(event->error), "55P03") == 0, "%s", event->error->message);
  if (event->attempt == 3)
    test_sql(f->other, "ROLLBACK");
  rollout_continue(f->rollout);
}

Test(rollout, tries_again_after_a_lock_timeout)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("retries");
  test_sql(f->other, "CREATE TABLE t (x int)");
  test_sql(f->other, "BEGIN; SELECT * FROM t");
  f->options.lock_timeout_ms = 50;
  f->options.retries = 5;
  f->on_event = release_at_retry;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "ALTER TABLE t ADD y int",
                      "!CREATE INDEX CONCURRENTLY i ON t (x)", NULL);
  rollout_fixture_run(f, "");
  expect_log(f,
             "started step0 begin table ok 0.0 retry2 begin table ok 0.0 retry3 begin table ok 0.0 ok commit "
             "0.1! ok begin 0.2 ok commit stepdone done");
  expect_rows(f, "a");
  expect_sql(f->conn, "SHOW lock_timeout", "0");
}

Test(rollout, compares_the_rows_again_before_it_retries)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("retry_rows");
  test_sql(f->other, "CREATE TABLE t (x int); CREATE TABLE alembic_version (version_num varchar(32));"
                     "INSERT INTO alembic_version VALUES ('z')");
  test_sql(f->other, "BEGIN; SELECT * FROM t");
  f->options.lock_timeout_ms = 50;
  f->options.retries = 5;
  f->on_event = release_at_retry;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "z>a", "ALTER TABLE t ADD y int", NULL);
  rollout_fixture_run(f, "z");
  expect_log(f, "started step0 begin 0.0 retry2 begin 0.0 retry3 begin 0.0 ok 0.1 ok commit stepdone done");
  expect_rows(f, "a");
}

Test(rollout, gives_up_after_its_retries)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("gives_up");
  test_sql(f->other, "CREATE TABLE t (x int)");
  test_sql(f->other, "BEGIN; SELECT * FROM t");
  f->options.lock_timeout_ms = 20;
  f->options.retries = 2;
  f->options.retry_first_ms = 1;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "ALTER TABLE t ADD y int", NULL);
  rollout_fixture_run(f, "");
  expect_log(f,
             "started step0 begin table ok 0.0 retry2 begin table ok 0.0 retry3 begin table ok 0.0 failed");
  expect_rows(f, "");
  test_sql(f->other, "ROLLBACK");
}

/* The steps of one transaction are tried again together, and together no more often. */
Test(rollout, gives_up_after_its_retries_in_a_later_step_of_the_transaction)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("gives_up_later");
  test_sql(f->other, "CREATE TABLE t (x int)");
  test_sql(f->other, "BEGIN; SELECT * FROM t");
  f->options.transaction = ROLLOUT_ALL;
  f->options.lock_timeout_ms = 20;
  f->options.retries = 2;
  f->options.retry_first_ms = 1;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE u (x int)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "a>b", "ALTER TABLE t ADD y int", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok stepdone step1 1.0 "
                "retry2 begin table ok 0.0 ok 0.1 ok stepdone step1 1.0 "
                "retry3 begin table ok 0.0 ok 0.1 ok stepdone step1 1.0 failed");
  expect_rows(f, "");
  test_sql(f->other, "ROLLBACK");
}

Test(rollout, does_not_retry_behind_a_commit_of_the_migration)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("no_retry");
  test_sql(f->other, "CREATE TABLE t (x int)");
  test_sql(f->other, "BEGIN; SELECT * FROM t");
  f->options.lock_timeout_ms = 20;
  f->options.retries = 2;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE u (x int)", "COMMIT", "BEGIN",
                      "ALTER TABLE t ADD y int", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok 0.2! ok 0.3 failed");
  test_sql(f->other, "ROLLBACK");
}

static void cancel_at_retry(const RolloutEvent *event, void *data)
{
  if (event->kind == ROLLOUT_EVENT_RETRY)
    rollout_cancel(((RolloutFixture *)data)->rollout);
}

Test(rollout, can_be_cancelled_between_attempts)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("cancel_retry");
  test_sql(f->other, "CREATE TABLE t (x int)");
  test_sql(f->other, "BEGIN; SELECT * FROM t");
  f->options.lock_timeout_ms = 20;
  f->options.retries = 9;
  f->options.retry_first_ms = 60000;
  f->on_event = cancel_at_retry;
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "ALTER TABLE t ADD y int", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 retry2 cancelled");
  expect_rows(f, "");
  test_sql(f->other, "ROLLBACK");
}

Test(rollout, refuses_a_connection_in_a_transaction)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("in_tx");
  test_sql(f->conn, "BEGIN");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_run(f, "");
  cr_expect(g_error_matches(f->error, RETORT_ERROR, RETORT_ERROR_REFUSED), "%s", f->error->message);
}

Test(rollout, reads_a_million_rows_without_keeping_them)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("many_rows");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a", "SELECT repeat('x', 1000) FROM generate_series(1, 100000)",
                      "COPY (SELECT repeat('x', 1000) FROM generate_series(1, 100000)) TO STDOUT", "", NULL);
  rollout_fixture_run(f, "");
  expect_log(f, "started step0 begin table ok 0.0 ok 0.1 ok 0.2 ok 0.3 ok commit stepdone done");
}

Test(rollout, a_killed_client_does_not_go_on_waiting)
{
  g_autoptr(RolloutFixture) f = rollout_fixture_new("liveness");
  rollout_fixture_add(f, DIRECTION_UPGRADE, "+a",
                      "CREATE TABLE seen AS SELECT current_setting('"
                      "client_connection_check_interval', true) AS v",
                      NULL);
  rollout_fixture_run(f, "");
  expect_sql(f->other, "SELECT v IS NULL OR v = '2s' FROM seen", "t");
  expect_sql(f->conn, "SELECT coalesce(current_setting('client_connection_check_interval', true), '0')", "0");
}
