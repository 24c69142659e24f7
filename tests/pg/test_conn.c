/* The connection against a real server. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/pg/conn.h"
#include "retort/pg/version_table.h"
#include "support.h"

static PgConn *open_conn(const char *options)
{
  g_autoptr(PgParams) params = pg_params_default();
  PgConn *conn = pg_conn_new(params, &(PgConnOptions){.options = options});
  g_autoptr(GError) error = NULL;
  cr_assert(pg_conn_connect_sync(conn, &error), "connects: %s", error != NULL ? error->message : "");
  return conn;
}

static void expect_answer(PgConn *conn, const char *sql, const char *expected)
{
  g_autofree char *answer = test_ask(conn, sql);
  cr_expect(strcmp(answer, expected) == 0, "%s: \"%s\", expected \"%s\"", sql, answer, expected);
}

Test(conn, sets_the_session_up)
{
  g_setenv("PGOPTIONS", "-c work_mem=5MB", TRUE);
  g_autoptr(PgConn) conn = open_conn("-c lock_timeout=2500");
  expect_answer(conn, "SHOW application_name", "retort");
  expect_answer(conn, "SHOW client_encoding", "UTF8");
  expect_answer(conn, "SHOW lock_timeout", "2500ms");
  expect_answer(conn, "SHOW work_mem", "5MB");
  expect_answer(conn, "SHOW search_path", "\"$user\", public");
  cr_expect(pg_conn_server_version(conn) >= 90600, "version %d", pg_conn_server_version(conn));
  cr_expect(pg_conn_backend_pid(conn) > 0, "pid %d", pg_conn_backend_pid(conn));
}

Test(conn, gives_all_results_of_a_string)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  g_autoptr(GPtrArray) results =
      pg_conn_exec_sync(conn, "SELECT 1; SELECT 2, 3; CREATE TEMP TABLE t (x int)", NULL, NULL);
  cr_assert(results != NULL && results->len == 3, "three results");
  cr_expect(strcmp(PQgetvalue(g_ptr_array_index(results, 1), 0, 1), "3") == 0, "second result");
  cr_expect(strcmp(PQcmdStatus(g_ptr_array_index(results, 2)), "CREATE TABLE") == 0, "third result");
}

Test(conn, sends_text_as_it_is)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  expect_answer(conn, "SELECT ':a %s %(x)s $1 ? ''q'' \\'", ":a %s %(x)s $1 ? 'q' \\");
  expect_answer(conn, "SELECT $$x'y$$ || 'ä€😀'", "x'yä€😀");
  g_autoptr(GPtrArray) results =
      pg_conn_exec_sync(conn, "SELECT $1::text || $2", (const char *const[]){"a'b", "\\", NULL}, NULL);
  cr_assert(results != NULL, "parameters");
  cr_expect(strcmp(PQgetvalue(g_ptr_array_index(results, 0), 0, 0), "a'b\\") == 0, "parameters arrive");
}

Test(conn, keeps_what_the_server_says_about_an_error)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  g_autoptr(GError) error = NULL;
  cr_expect(pg_conn_exec_sync(conn, "SELECT 1; SELECT nope FROM pg_class", NULL, &error) == NULL, "fails");
  cr_assert(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_DATABASE), "a database error");
  g_autoptr(GError) copy = g_error_copy(error);
  const PgErrorInfo *info = pg_error_info(copy);
  cr_assert(info != NULL, "details come with a copy");
  cr_expect(strcmp(pg_error_sqlstate(copy), "42703") == 0, "SQLSTATE %s", info->sqlstate);
  cr_expect(info->position == 18, "position %u", info->position);
  cr_expect(strcmp(error->message, "ERROR 42703: column \"nope\" does not exist") == 0, "message %s",
            error->message);
  cr_expect(pg_conn_state(conn) == PG_CONN_IDLE, "the connection goes on");
  expect_answer(conn, "SELECT 1", "1");
}

Test(conn, survives_hostile_messages)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  g_autoptr(GError) error = NULL;
  pg_conn_exec_sync(conn,
                    "DO $$BEGIN RAISE EXCEPTION '%', E'\\x1b]0;owned\\x07' || repeat('x', 3000000); END$$",
                    NULL, &error);
  cr_assert(error != NULL, "fails");
  cr_expect(strlen(error->message) < 20000, "message is clipped: %zu bytes", strlen(error->message));
  cr_expect(strchr(error->message, '\033') == NULL, "no escape character in the message");
  cr_expect(g_utf8_validate(error->message, -1, NULL), "valid UTF-8");
  /* Nothing the server sends is trusted to be UTF-8. */
  expect_answer(conn, "SET client_encoding = 'SQL_ASCII'", "SET");
  g_clear_error(&error);
  pg_conn_exec_sync(conn, "SELECT \"\xff\xfe\" FROM pg_class", NULL, &error);
  cr_assert(error != NULL, "fails");
  cr_expect(g_utf8_validate(error->message, -1, NULL), "valid UTF-8");
}

static void note(G_GNUC_UNUSED PgConn *conn, const char *severity, const char *message, void *data)
{
  g_string_append_printf(data, "[%s %s]", severity, message);
}

Test(conn, passes_notices_on)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  g_autoptr(GString) notes = g_string_new(NULL);
  pg_conn_on_notice(conn, note, notes);
  expect_answer(conn, "DROP TABLE IF EXISTS nowhere", "DROP TABLE");
  cr_expect(strcmp(notes->str, "[NOTICE table \"nowhere\" does not exist, skipping]") == 0, "%s", notes->str);
}

Test(conn, ends_copy_instead_of_hanging)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  expect_answer(conn, "CREATE TEMP TABLE t (x int)", "CREATE TABLE");
  g_autofree char *in = test_ask(conn, "COPY t FROM STDIN");
  cr_expect(strstr(in, "57014") != NULL, "COPY FROM STDIN fails: %s", in);
  expect_answer(conn, "INSERT INTO t SELECT generate_series(1, 100000)", "INSERT 0 100000");
  expect_answer(conn, "COPY t TO STDOUT", "COPY 100000");
  expect_answer(conn, "SELECT count(*) FROM t", "100000");
}

Test(conn, drops_rows_when_told)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  pg_conn_set_drop_rows(conn, TRUE);
  expect_answer(conn, "SELECT generate_series(1, 5000)", "SELECT 5000");
  pg_conn_set_drop_rows(conn, FALSE);
  expect_answer(conn, "SELECT 7", "7");
}

Test(conn, sends_a_large_statement)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  GString *sql = g_string_new("SELECT length('");
  for (guint i = 0; i < 8 * 1024 * 1024 / 16; i++)
    g_string_append(sql, "0123456789abcdef");
  g_string_append(sql, "')");
  expect_answer(conn, sql->str, "8388608");
  g_string_free(sql, TRUE);
}

typedef struct {
  GMainLoop *loop;
  GError *error;
} Wait;

static void waited(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error,
                   void *data)
{
  Wait *wait = data;
  wait->error = error != NULL ? g_error_copy(error) : NULL;
  g_main_loop_quit(wait->loop);
}

static gboolean cancel_when_running(void *data)
{
  pg_conn_cancel(data);
  return G_SOURCE_REMOVE;
}

Test(conn, cancels_what_runs)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
  Wait wait = {loop, NULL};
  pg_conn_exec(conn, "SELECT pg_sleep(60)", NULL, waited, &wait);
  cr_expect(pg_conn_state(conn) == PG_CONN_BUSY, "busy");
  g_timeout_add(50, cancel_when_running, conn);
  g_main_loop_run(loop);
  cr_expect(strcmp(pg_error_sqlstate(wait.error), "57014") == 0, "%s", wait.error->message);
  g_clear_error(&wait.error);
  expect_answer(conn, "SELECT 1", "1");
}

Test(conn, keeps_its_deadline)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  pg_conn_set_deadline(conn, 100);
  g_autofree char *answer = test_ask(conn, "SELECT pg_sleep(60)");
  cr_expect(strstr(answer, "57014") != NULL, "cancelled: %s", answer);
  expect_answer(conn, "SELECT 1", "1");
}

Test(conn, notices_that_it_was_terminated_at_work)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  g_autoptr(PgConn) other = open_conn(NULL);
  g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
  Wait wait = {loop, NULL};
  pg_conn_exec(conn, "SELECT pg_sleep(60)", NULL, waited, &wait);
  g_autofree char *sql = g_strdup_printf("SELECT pg_terminate_backend(%d)", pg_conn_backend_pid(conn));
  expect_answer(other, sql, "t");
  if (wait.error == NULL)
    g_main_loop_run(loop);
  cr_expect(g_error_matches(wait.error, RETORT_ERROR, RETORT_ERROR_CONNECTION), "%s", wait.error->message);
  cr_expect(strcmp(pg_error_sqlstate(wait.error), "57P01") == 0, "SQLSTATE %s",
            pg_error_sqlstate(wait.error));
  cr_expect(pg_conn_state(conn) == PG_CONN_LOST, "lost");
  g_clear_error(&wait.error);
  cr_expect(pg_conn_exec_sync(conn, "SELECT 1", NULL, &wait.error) == NULL, "a lost connection says so");
  cr_expect(g_error_matches(wait.error, RETORT_ERROR, RETORT_ERROR_CONNECTION), "%s", wait.error->message);
  g_clear_error(&wait.error);
  cr_expect(pg_conn_connect_sync(conn, NULL), "it connects again");
  expect_answer(conn, "SELECT 1", "1");
}

static void lost(G_GNUC_UNUSED PgConn *conn, const GError *error, void *data)
{
  Wait *wait = data;
  wait->error = g_error_copy(error);
  g_main_loop_quit(wait->loop);
}

Test(conn, notices_that_it_was_terminated_while_idle)
{
  PgConn *conn = open_conn(NULL);
  g_autoptr(PgConn) other = open_conn(NULL);
  g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
  Wait wait = {loop, NULL};
  pg_conn_on_lost(conn, lost, &wait);
  g_autofree char *sql = g_strdup_printf("SELECT pg_terminate_backend(%d)", pg_conn_backend_pid(conn));
  expect_answer(other, sql, "t");
  if (wait.error == NULL)
    g_main_loop_run(loop);
  cr_expect(strcmp(pg_error_sqlstate(wait.error), "57P01") == 0, "%s", wait.error->message);
  pg_conn_free(conn);
  g_clear_error(&wait.error);
}

Test(conn, says_why_it_cannot_connect)
{
  static const char *const cases[][2] = {
      {"host=/nonexistent", "/nonexistent"},
      {"host=no-such-host.invalid", "no-such-host.invalid"},
      {"dbname=nowhere", "nowhere"},
      {"user=locked_out password=hunter2", "locked_out"},
  };
  g_autoptr(PgConn) admin = open_conn(NULL);
  test_sql(admin, "CREATE ROLE locked_out LOGIN PASSWORD 'x'");
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(PgParams) params = pg_params_parse(cases[i][0], "test", NULL);
    g_autoptr(PgConn) conn = pg_conn_new(params, NULL);
    g_autoptr(GError) error = NULL;
    cr_expect(!pg_conn_connect_sync(conn, &error), "%s fails", cases[i][0]);
    cr_assert(g_error_matches(error, RETORT_ERROR, RETORT_ERROR_CONNECTION), "%s: code", cases[i][0]);
    cr_expect(strstr(error->message, cases[i][1]) != NULL, "%s: %s", cases[i][0], error->message);
    cr_expect(strstr(error->message, "hunter2") == NULL, "no password: %s", error->message);
    cr_expect(pg_conn_state(conn) == PG_CONN_CLOSED, "%s: closed", cases[i][0]);
  }
}

static void never(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results,
                  G_GNUC_UNUSED const GError *error, G_GNUC_UNUSED void *data)
{
  cr_assert_fail("a freed connection reports nothing");
}

Test(conn, can_be_freed_at_any_moment)
{
  g_autoptr(PgParams) params = pg_params_default();
  pg_conn_free(pg_conn_new(params, NULL));
  PgConn *conn = pg_conn_new(params, NULL);
  pg_conn_connect(conn, NULL, NULL);
  pg_conn_free(conn);
  conn = open_conn(NULL);
  pg_conn_exec(conn, "SELECT pg_sleep(10)", NULL, never, NULL);
  pg_conn_cancel(conn);
  pg_conn_free(conn);
  conn = open_conn(NULL);
  version_rows_read(conn, NULL, NULL, NULL, NULL);
  pg_conn_free(conn);
  g_autoptr(PgConn) other = open_conn(NULL);
  expect_answer(other, "SELECT 1", "1");
}

Test(version_table, is_found_where_alembic_looks)
{
  g_autoptr(PgConn) conn = open_conn(NULL);
  g_autofree char *setup = test_ask(conn, "CREATE SCHEMA \"Odd\"\"Name\"; CREATE SCHEMA other;"
                                          "CREATE TABLE other.alembic_version (version_num text);"
                                          "CREATE TABLE \"Odd\"\"Name\".\"Ver\" (version_num text);"
                                          "INSERT INTO other.alembic_version VALUES ('b'), ('a'), (NULL);");
  g_autoptr(VersionRows) none = version_rows_read_sync(conn, NULL, NULL, NULL);
  cr_expect(none != NULL && !none->exists && none->rows[0] == NULL, "not on the search path: %s", setup);
  g_autoptr(VersionRows) odd = version_rows_read_sync(conn, "Ver", "Odd\"Name", NULL);
  cr_expect(odd != NULL && odd->exists && odd->rows[0] == NULL, "quoted names");
  g_autoptr(VersionRows) other = version_rows_read_sync(conn, "alembic_version", "other", NULL);
  cr_assert(other != NULL && other->exists, "in a schema");
  cr_expect(g_strv_equal((const char *const *)other->rows, (const char *const[]){"b", "a", NULL}),
            "as returned");
  g_autofree char *path = test_ask(conn, "SET search_path = other");
  g_autoptr(VersionRows) visible = version_rows_read_sync(conn, NULL, NULL, NULL);
  cr_expect(visible != NULL && visible->exists, "on the search path: %s", path);
  test_sql(conn, "DROP SCHEMA other CASCADE; DROP SCHEMA \"Odd\"\"Name\" CASCADE");
}
