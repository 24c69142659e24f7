/* What would be lost, counted. */
#include <criterion/criterion.h>
#include <string.h>

#include "../pg/support.h"
#include "retort/run/losses.h"

typedef struct {
  GPtrArray *counts;
  gboolean done;
} Seen;

static void arrived(GPtrArray *counts, const GError *error, void *data)
{
  Seen *seen = data;
  cr_expect(error == NULL, "%s", error != NULL ? error->message : "");
  seen->counts = counts;
  seen->done = TRUE;
}

static GPtrArray *count(PgConn *conn, guint timeout_ms, const char *const *sql)
{
  g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  g_autoptr(ForecastSession) session = forecast_session_new(150000);
  for (; *sql != NULL; sql++)
    g_ptr_array_add(statements, statement_new(*sql, FALSE, 0, 0));
  g_autoptr(Review) review = review_statements(session, statements);
  g_autoptr(GPtrArray) reviews = g_ptr_array_new();
  g_ptr_array_add(reviews, NULL);
  g_ptr_array_add(reviews, review);
  Seen seen = {0};
  losses_count(conn, reviews, timeout_ms, arrived, &seen);
  while (!seen.done)
    g_main_context_iteration(NULL, TRUE);
  return seen.counts;
}

static char *words(const GPtrArray *counts)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < counts->len; i++) {
    g_autofree char *text = loss_count_text(g_ptr_array_index(counts, i));
    g_string_append_printf(out, "%s%s", i > 0 ? "; " : "", text);
  }
  g_auto(GStrv) parts = g_strsplit(out->str, "public.", -1);
  g_string_free(out, TRUE);
  return g_strjoinv("", parts);
}

Test(losses, tables_and_columns_are_counted)
{
  g_autoptr(PgConn) conn = test_conn();
  test_sql(
      conn,
      "CREATE TABLE losses_t (a int, b text, c int); INSERT INTO losses_t SELECT i, nullif(i % 2, 0), "
      "NULL FROM generate_series(1, 10) i; CREATE TABLE losses_u (a int); INSERT INTO losses_u VALUES (1)");
  g_autoptr(GPtrArray) counts = count(
      conn, 0,
      (const char *const[]){"ALTER TABLE losses_t DROP COLUMN b", "ALTER TABLE losses_t DROP COLUMN c",
                            "DROP TABLE losses_u", "DROP TABLE losses_gone", "DROP TABLE losses_u", NULL});
  g_autofree char *text = words(counts);
  cr_expect(strcmp(text, "column losses_t.b: 5 values in 10 rows; column losses_t.c: 0 values in 10 rows; "
                         "table losses_u: 1 row; table losses_gone: not there yet") == 0,
            "%s", text);
  g_autofree char *after = test_ask(conn, "SHOW statement_timeout");
  cr_expect(strcmp(after, "0") == 0, "the session is as before: %s", after);
}

Test(losses, what_takes_too_long_is_estimated)
{
  g_autoptr(PgConn) conn = test_conn();
  test_sql(
      conn,
      "CREATE TABLE losses_v (a int, b int); INSERT INTO losses_v SELECT i, CASE WHEN i % 4 = 0 THEN i END "
      "FROM generate_series(1, 1000) i; ANALYZE losses_v");
  g_autoptr(PgConn) other = test_conn();
  test_sql(other, "BEGIN; LOCK TABLE losses_v");
  g_autoptr(GPtrArray) counts =
      count(conn, 0, (const char *const[]){"ALTER TABLE losses_v DROP COLUMN b", NULL});
  g_autofree char *text = words(counts);
  cr_expect(strcmp(text, "column losses_v.b: 250 values in 1.0k rows (estimated)") == 0, "%s", text);
  cr_expect(pg_conn_transaction(conn) == PQTRANS_IDLE, "no transaction is left open");
}

Test(losses, nothing_lost_is_an_empty_list)
{
  g_autoptr(PgConn) conn = test_conn();
  g_autoptr(GPtrArray) counts = count(conn, 0, (const char *const[]){"CREATE TABLE losses_w (a int)", NULL});
  cr_expect(counts->len == 0, "%u losses", counts->len);
}
