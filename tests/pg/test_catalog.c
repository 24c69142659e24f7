/* The catalog questions against a real server. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/pg/catalog.h"
#include "support.h"

typedef struct {
  gboolean done;
  void *answer;
} Box;

static void wait_for(Box *box)
{
  while (!box->done)
    g_main_context_iteration(NULL, TRUE);
}

static void put(Box *box, void *answer, const GError *error)
{
  cr_assert(error == NULL, "%s", error != NULL ? error->message : "");
  *box = (Box){TRUE, answer};
}

static void got_server(ServerInfo *info, const GError *error, void *data)
{
  put(data, info, error);
}

static void got_array(GPtrArray *array, const GError *error, void *data)
{
  put(data, array, error);
}

static void got_progress(Progress *progress, const GError *error, void *data)
{
  put(data, progress, error);
}

Test(catalog, knows_the_server)
{
  g_autoptr(PgConn) conn = test_conn();
  Box box = {0};
  catalog_server(conn, got_server, &box);
  wait_for(&box);
  g_autoptr(ServerInfo) info = box.answer;
  cr_expect(info->version == pg_conn_server_version(conn), "version %d", info->version);
  cr_expect(strcmp(info->identity, "postgres@local/postgres") == 0, "identity %s", info->identity);
  cr_expect(info->system_id != NULL && strlen(info->system_id) > 10, "system id");
  cr_expect(!info->standby && !info->read_only && info->superuser && info->may_signal, "what we may");
  cr_expect(info->deadlock_timeout_ms == 1000 && info->lock_timeout_ms == 0, "time-outs");
}

Test(catalog, works_for_a_plain_role)
{
  g_autoptr(PgConn) conn = test_conn();
  test_sql(conn, "CREATE ROLE plain; CREATE TABLE not_plains (x int)");
  test_sql(conn, "SET ROLE plain");
  Box box = {0};
  catalog_server(conn, got_server, &box);
  wait_for(&box);
  g_autoptr(ServerInfo) info = box.answer;
  cr_expect(!info->superuser && !info->may_signal, "a plain role may not signal");
  RelationName name = {NULL, "not_plains"};
  box = (Box){0};
  catalog_tables(conn, &name, 1, got_array, &box);
  wait_for(&box);
  g_autoptr(GPtrArray) tables = box.answer;
  cr_expect(!((TableInfo *)g_ptr_array_index(tables, 0))->owned, "not its table");
  test_sql(conn, "RESET ROLE; DROP TABLE not_plains; DROP ROLE plain");
}

Test(catalog, sizes_tables_without_waiting_for_them)
{
  g_autoptr(PgConn) conn = test_conn();
  g_autoptr(PgConn) other = test_conn();
  test_sql(conn,
           "CREATE SCHEMA \"S'p\"; CREATE TABLE \"S'p\".\"T\"\"x\" AS SELECT generate_series(1, 10000) AS a;"
           "ANALYZE \"S'p\".\"T\"\"x\"; CREATE TABLE fresh (x int);");
  const RelationName names[] = {{"S'p", "T\"x"}, {NULL, "nowhere"}, {NULL, "fresh"}, {NULL, "pg_class"}};
  for (guint locked = 0; locked < 2; locked++) {
    Box box = {0};
    catalog_tables(conn, names, G_N_ELEMENTS(names), got_array, &box);
    wait_for(&box);
    g_autoptr(GPtrArray) tables = box.answer;
    cr_assert(tables->len == 4, "%u answers", tables->len);
    TableInfo **t = (TableInfo **)tables->pdata;
    cr_expect(t[0]->rows == 10000 && t[0]->bytes > 300000,
              "%" G_GINT64_FORMAT " rows, %" G_GUINT64_FORMAT " bytes", t[0]->rows, t[0]->bytes);
    cr_expect(strcmp(t[0]->schema, "S'p") == 0 && t[0]->kind == 'r' && t[0]->owned, "found");
    cr_expect(t[0]->estimated == (locked == 1), "estimated only while locked");
    cr_expect(t[1]->oid == 0 && t[1]->schema == NULL, "no such table");
    /* Before 14 an empty table cannot be told from one that was never counted. */
    cr_expect(t[2]->rows == (pg_conn_server_version(conn) >= 140000 ? -1 : 0) &&
                  strcmp(t[2]->schema, "public") == 0,
              "never counted");
    cr_expect(t[3]->oid == 1259, "pg_class");
    if (locked == 0)
      test_sql(other, "BEGIN; LOCK TABLE \"S'p\".\"T\"\"x\"");
  }
  test_sql(other, "ROLLBACK");
  test_sql(conn, "DROP SCHEMA \"S'p\" CASCADE; DROP TABLE fresh");
}

Test(catalog, sees_locks_and_who_uses_a_table)
{
  g_autoptr(PgConn) conn = test_conn();
  g_autoptr(PgConn) idle = test_conn();
  test_sql(conn, "CREATE TABLE used (x int)");
  test_sql(idle, "BEGIN; SELECT * FROM used; INSERT INTO used VALUES (1); ALTER TABLE used ADD y int; CREATE "
                 "TABLE unseen ()");
  Box box = {0};
  catalog_locks(conn, pg_conn_backend_pid(idle), got_array, &box);
  wait_for(&box);
  g_autoptr(GPtrArray) locks = box.answer;
  cr_assert(locks->len == 2, "%u locks", locks->len);
  HeldLock **held = (HeldLock **)locks->pdata;
  cr_expect(held[0]->mode == LOCK_MODE_ACCESS_EXCLUSIVE && held[0]->granted, "%s", held[0]->relation);
  cr_expect(strcmp(held[1]->relation, "public.used") == 0 || strcmp(held[0]->relation, "public.used") == 0,
            "used");
  box = (Box){0};
  const RelationName names[] = {{"public", "used"}, {NULL, "nowhere"}};
  catalog_table_users(conn, names, 2, got_array, &box);
  wait_for(&box);
  g_autoptr(GPtrArray) users = box.answer;
  cr_assert(users->len == 1, "%u users", users->len);
  TableUser *user = g_ptr_array_index(users, 0);
  cr_expect(user->pid == pg_conn_backend_pid(idle) && user->mode == LOCK_MODE_ACCESS_EXCLUSIVE,
            "its strongest lock");
  cr_expect(strcmp(user->state, "idle in transaction") == 0 && user->xact_s >= 0, "state %s", user->state);
  test_sql(idle, "ROLLBACK");
  test_sql(conn, "DROP TABLE used");
}

static void ended(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results,
                  G_GNUC_UNUSED const GError *error, void *data)
{
  *(gboolean *)data = TRUE;
}

Test(catalog, reports_progress_of_an_index_that_waits)
{
  g_autoptr(PgConn) conn = test_conn();
  g_autoptr(PgConn) writer = test_conn();
  g_autoptr(PgConn) builder = test_conn();
  test_sql(conn, "CREATE TABLE building (x int)");
  test_sql(writer, "BEGIN; INSERT INTO building VALUES (1)");
  gboolean done = FALSE;
  pg_conn_exec(builder, "CREATE INDEX CONCURRENTLY building_x ON building (x)", NULL, ended, &done);
  for (;;) {
    Box box = {0};
    catalog_progress(conn, pg_conn_backend_pid(builder), got_progress, &box);
    wait_for(&box);
    g_autoptr(Progress) progress = box.answer;
    if (progress == NULL || progress->waits_for == 0)
      continue;
    cr_expect(strcmp(progress->command, "CREATE INDEX CONCURRENTLY") == 0, "command %s", progress->command);
    cr_expect(strcmp(progress->phase, "waiting for writers before build") == 0, "phase %s", progress->phase);
    cr_expect(strcmp(progress->relation, "public.building") == 0, "relation %s", progress->relation);
    cr_expect(progress->waits_for == pg_conn_backend_pid(writer), "waits for %d", progress->waits_for);
    break;
  }
  test_sql(writer, "ROLLBACK");
  while (!done)
    g_main_context_iteration(NULL, TRUE);
  Box box = {0};
  catalog_progress(conn, pg_conn_backend_pid(builder), got_progress, &box);
  wait_for(&box);
  cr_expect(box.answer == NULL, "nothing to report afterwards");
  test_sql(conn, "DROP TABLE building");
}

static void got_privilege(gboolean granted, const GError *error, void *data)
{
  put(data, GINT_TO_POINTER(granted), error);
}

Test(catalog, estimates_how_far_a_rewrite_is)
{
  g_autoptr(PgConn) conn = test_conn();
  g_autoptr(PgConn) alter = test_conn();
  Box box = {0};
  catalog_may_see_files(conn, got_privilege, &box);
  wait_for(&box);
  cr_assert(box.answer != NULL, "a superuser sees files");
  test_sql(
      conn,
      "CREATE TABLE rewritten AS SELECT i AS x, repeat('x', 200) AS y FROM generate_series(1, 400000) i");
  gboolean done = FALSE;
  guint seen = 0;
  double last = 0;
  pg_conn_exec(alter, "ALTER TABLE rewritten ALTER x TYPE bigint", NULL, ended, &done);
  while (!done) {
    box = (Box){0};
    catalog_rewrite(conn, pg_conn_backend_pid(alter), got_progress, &box);
    wait_for(&box);
    g_autoptr(Progress) progress = box.answer;
    if (progress == NULL)
      continue;
    seen++;
    cr_expect(strcmp(progress->relation, "public.rewritten") == 0, "relation %s", progress->relation);
    cr_expect(progress->fraction >= last && progress->fraction <= 1, "%.2f after %.2f", progress->fraction,
              last);
    last = progress->fraction;
  }
  cr_expect(seen > 0 && last > 0.1, "seen %u times, last %.2f", seen, last);
  test_sql(conn, "DROP TABLE rewritten");
}
