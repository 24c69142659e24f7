/* What statements outside a transaction leave behind, on a real server. */
#include <criterion/criterion.h>
#include <string.h>

#include "../pg/support.h"
#include "retort/run/aftermath.h"

typedef struct {
  gboolean done;
  Aftermath *aftermath;
} Answer;

static void examined(Aftermath *aftermath, const GError *error, void *data)
{
  cr_assert(error == NULL, "%s", error != NULL ? error->message : "");
  *(Answer *)data = (Answer){TRUE, aftermath};
}

static Aftermath *examine(PgConn *conn, const char *sql)
{
  Answer answer = {0};
  aftermath_examine(conn, sql, examined, &answer);
  while (!answer.done)
    g_main_context_iteration(NULL, TRUE);
  return answer.aftermath;
}

static PgConn *own_schema(const char *name)
{
  PgConn *conn = test_conn();
  g_autofree char *sql = g_strdup_printf("CREATE SCHEMA %s; SET search_path = %s", name, name);
  test_sql(conn, sql);
  return conn;
}

Test(aftermath, is_read_from_the_catalog)
{
  static const struct {
    const char *sql;
    AftermathState state;
    const char *cleanup, *finish;
  } cases[] = {
      {"CREATE INDEX CONCURRENTLY whole ON t (x)", AFTERMATH_DONE, NULL, NULL},
      {"CREATE INDEX CONCURRENTLY IF NOT EXISTS \"Odd\" ON mess.t (x)", AFTERMATH_DONE, NULL, NULL},
      {"CREATE UNIQUE INDEX CONCURRENTLY broken ON t (x)", AFTERMATH_BROKEN, "DROP INDEX CONCURRENTLY broken",
       NULL},
      {"CREATE INDEX CONCURRENTLY absent ON t (x)", AFTERMATH_NOT_DONE, NULL, NULL},
      {"CREATE INDEX CONCURRENTLY whole ON nowhere (x)", AFTERMATH_NOT_DONE, NULL, NULL},
      {"CREATE INDEX CONCURRENTLY ON t (x)", AFTERMATH_UNKNOWN, NULL, NULL},
      {"DROP INDEX CONCURRENTLY absent", AFTERMATH_DONE, NULL, NULL},
      {"DROP INDEX CONCURRENTLY mess.whole", AFTERMATH_NOT_DONE, NULL, NULL},
      {"DROP INDEX CONCURRENTLY whole, absent", AFTERMATH_UNKNOWN, NULL, NULL},
      {"DROP TABLE t", AFTERMATH_NOT_DONE, NULL, NULL},
      {"DROP TABLE t, u", AFTERMATH_UNKNOWN, NULL, NULL},
      {"DROP TABLE gone", AFTERMATH_DONE, NULL, NULL},
      {"DROP TYPE mess.mood", AFTERMATH_NOT_DONE, NULL, NULL},
      {"CREATE TABLE t (x int)", AFTERMATH_DONE, NULL, NULL},
      {"CREATE TABLE mess.u (x int)", AFTERMATH_NOT_DONE, NULL, NULL},
      {"CREATE TYPE mood AS ENUM ('x')", AFTERMATH_DONE, NULL, NULL},
      {"CREATE SCHEMA mess", AFTERMATH_DONE, NULL, NULL},
      {"CREATE OR REPLACE VIEW t AS SELECT 1", AFTERMATH_UNKNOWN, NULL, NULL},
      {"ALTER TABLE t ADD COLUMN y int", AFTERMATH_DONE, NULL, NULL},
      {"ALTER TABLE t ADD COLUMN z int, ALTER y SET DEFAULT 1", AFTERMATH_NOT_DONE, NULL, NULL},
      {"ALTER TABLE t DROP COLUMN y", AFTERMATH_NOT_DONE, NULL, NULL},
      {"ALTER TABLE t DROP COLUMN z", AFTERMATH_DONE, NULL, NULL},
      {"ALTER TABLE nowhere DROP COLUMN z", AFTERMATH_NOT_DONE, NULL, NULL},
      {"ALTER TABLE t ADD CONSTRAINT now CHECK (x > 0)", AFTERMATH_DONE, NULL, NULL},
      {"ALTER TABLE t DROP CONSTRAINT gone", AFTERMATH_DONE, NULL, NULL},
      {"ALTER TABLE t ALTER y SET NOT NULL", AFTERMATH_NOT_DONE, NULL, NULL},
      {"ALTER TABLE t ALTER y TYPE bigint", AFTERMATH_UNKNOWN, NULL, NULL},
      {"ALTER TABLE t RENAME COLUMN old TO y", AFTERMATH_DONE, NULL, NULL},
      {"ALTER TABLE t RENAME TO v", AFTERMATH_NOT_DONE, NULL, NULL},
      {"INSERT INTO t VALUES (1)", AFTERMATH_UNKNOWN, NULL, NULL},
      {"REINDEX INDEX CONCURRENTLY whole", AFTERMATH_UNKNOWN, NULL, NULL},
      {"REINDEX TABLE CONCURRENTLY r", AFTERMATH_BROKEN, "DROP INDEX CONCURRENTLY r_ccnew", NULL},
      {"ALTER TYPE mood ADD VALUE 'ok'", AFTERMATH_DONE, NULL, NULL},
      {"ALTER TYPE mess.mood ADD VALUE 'it''s \\ new' AFTER 'ok'", AFTERMATH_NOT_DONE, NULL, NULL},
      {"ALTER TYPE mood RENAME VALUE 'ok' TO 'well'", AFTERMATH_UNKNOWN, NULL, NULL},
      {"ALTER TABLE t VALIDATE CONSTRAINT later", AFTERMATH_NOT_DONE, NULL, NULL},
      {"ALTER TABLE t VALIDATE CONSTRAINT now", AFTERMATH_DONE, NULL, NULL},
      {"ALTER TABLE t VALIDATE CONSTRAINT nope", AFTERMATH_UNKNOWN, NULL, NULL},
      {"ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", AFTERMATH_NOT_DONE, NULL, NULL},
      {"ALTER TABLE p DETACH PARTITION t CONCURRENTLY", AFTERMATH_DONE, NULL, NULL},
      {"VACUUM t", AFTERMATH_UNKNOWN, NULL, NULL},
      {"SELECT 1; SELECT 2", AFTERMATH_UNKNOWN, NULL, NULL},
      {"", AFTERMATH_UNKNOWN, NULL, NULL},
      {"no sql", AFTERMATH_UNKNOWN, NULL, NULL},
  };
  g_autoptr(PgConn) conn = own_schema("mess");
  test_sql(conn,
           "CREATE TABLE t (x int, y int); INSERT INTO t VALUES (1), (1); CREATE INDEX whole ON t (x);"
           "CREATE INDEX \"Odd\" ON t (x); CREATE TYPE mood AS ENUM ('ok');"
           "ALTER TABLE t ADD CONSTRAINT later CHECK (y > 0) NOT VALID, ADD CONSTRAINT now CHECK (x > 0);"
           "CREATE TABLE p (x int) PARTITION BY LIST (x); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
           "CREATE TABLE r (x int)");
  g_autofree char *failed = test_ask(conn, "CREATE UNIQUE INDEX CONCURRENTLY broken ON t (x)");
  cr_assert(strstr(failed, "23505") != NULL, "fails: %s", failed);
  test_sql(conn, "CREATE INDEX r_ccnew ON r (x); UPDATE pg_index SET indisvalid = false WHERE indexrelid = "
                 "'r_ccnew'::regclass");
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Aftermath) aftermath = examine(conn, cases[i].sql);
    cr_expect(aftermath->state == cases[i].state, "%s: %d (%s), expected %d", cases[i].sql, aftermath->state,
              aftermath->text, cases[i].state);
    cr_expect(g_strcmp0(aftermath->cleanup, cases[i].cleanup) == 0, "%s: cleanup %s", cases[i].sql,
              aftermath->cleanup);
    cr_expect(g_strcmp0(aftermath->finish, cases[i].finish) == 0, "%s: finish %s", cases[i].sql,
              aftermath->finish);
    if (aftermath->cleanup != NULL) {
      test_sql(conn, aftermath->cleanup);
      g_autoptr(Aftermath) after = examine(conn, cases[i].sql);
      cr_expect(after->state == AFTERMATH_NOT_DONE || after->state == AFTERMATH_UNKNOWN, "%s: clean",
                cases[i].sql);
    }
  }
}

static void ended(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results,
                  G_GNUC_UNUSED const GError *error, void *data)
{
  *(gboolean *)data = TRUE;
}

Test(aftermath, sees_that_somebody_is_still_at_work)
{
  g_autoptr(PgConn) conn = own_schema("at_work");
  g_autoptr(PgConn) writer = test_conn();
  g_autoptr(PgConn) builder = test_conn();
  gboolean done = FALSE;
  test_sql(conn, "CREATE TABLE t (x int)");
  test_sql(writer, "BEGIN; INSERT INTO at_work.t VALUES (1)");
  pg_conn_exec(builder, "CREATE INDEX CONCURRENTLY i ON at_work.t (x)", NULL, ended, &done);
  for (AftermathState state = AFTERMATH_UNKNOWN; state != AFTERMATH_RUNNING;) {
    g_autoptr(Aftermath) aftermath = examine(conn, "CREATE INDEX CONCURRENTLY i ON at_work.t (x)");
    state = aftermath->state;
    cr_assert(state == AFTERMATH_RUNNING || state == AFTERMATH_NOT_DONE || state == AFTERMATH_BROKEN, "%d",
              state);
  }
  test_sql(writer, "COMMIT");
  while (!done)
    g_main_context_iteration(NULL, TRUE);
  g_autoptr(Aftermath) after = examine(conn, "CREATE INDEX CONCURRENTLY i ON at_work.t (x)");
  cr_expect(after->state == AFTERMATH_DONE, "%s", after->text);
}

Test(aftermath, a_half_detached_partition_is_finished)
{
  g_autoptr(PgConn) conn = own_schema("half_detached");
  if (pg_conn_server_version(conn) < 140000)
    cr_skip_test("DETACH CONCURRENTLY is there since 14");
  g_autoptr(PgConn) reader = test_conn();
  test_sql(conn,
           "CREATE TABLE p (x int) PARTITION BY LIST (x); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)");
  test_sql(reader, "BEGIN; SELECT * FROM half_detached.p");
  g_autofree char *failed = test_ask(conn, "SET lock_timeout = 100; ");
  g_autofree char *detach = test_ask(conn, "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY");
  cr_assert(strstr(detach, "55P03") != NULL, "%s %s", failed, detach);
  test_sql(reader, "COMMIT");
  test_sql(conn, "RESET lock_timeout");
  g_autoptr(Aftermath) aftermath = examine(conn, "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY");
  cr_assert(aftermath->state == AFTERMATH_BROKEN && aftermath->finish != NULL, "%s", aftermath->text);
  test_sql(conn, aftermath->finish);
  g_autoptr(Aftermath) after = examine(conn, "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY");
  cr_expect(after->state == AFTERMATH_DONE, "%s", after->text);
}

/* What is done and can be taken back has an undo, and that works. */
Test(aftermath, knows_how_to_take_back)
{
  static const char *const statements[] = {
      "CREATE TABLE made (x int)",       "ALTER TABLE kept ADD COLUMN \"Odd one\" int",
      "CREATE SCHEMA undone_2",          "ALTER TABLE kept ADD CONSTRAINT c CHECK (x > 0)",
      "CREATE TYPE kind AS ENUM ('a')",  "ALTER TABLE kept RENAME COLUMN y TO z",
      "CREATE INDEX kept_x ON kept (x)", "ALTER TABLE kept ALTER x SET NOT NULL",
  };
  g_autoptr(PgConn) conn = own_schema("undone");
  test_sql(conn, "CREATE TABLE kept (x int, y int)");
  for (gsize i = 0; i < G_N_ELEMENTS(statements); i++) {
    test_sql(conn, statements[i]);
    g_autoptr(Aftermath) after = examine(conn, statements[i]);
    cr_assert(after->state == AFTERMATH_DONE && after->undo != NULL, "%s: state %d", statements[i],
              after->state);
    test_sql(conn, after->undo);
    g_autoptr(Aftermath) undone = examine(conn, statements[i]);
    cr_expect(undone->state == AFTERMATH_NOT_DONE && undone->undo == NULL, "%s: undone by %s", statements[i],
              after->undo);
  }
}
