/* The score card, each check with something to find, and the brake. */
#include <criterion/criterion.h>
#include <string.h>

#include "../pg/support.h"
#include "retort/run/brake.h"
#include "retort/run/preflight.h"

/* ---- The brake ------------------------------------------------------------------------------------------------- */

static LockNode *waiter(int pid, int behind, double wait_s, const char *application)
{
  LockNode *node = lock_node_new(pid);
  if (behind != 0)
    g_array_append_val(node->blocked_by, behind);
  node->wait_s = wait_s;
  node->application = g_strdup(application);
  return node;
}

Test(brake, measures_who_is_behind_us)
{
  GPtrArray *nodes = g_ptr_array_new();
  g_ptr_array_add(nodes, waiter(1, 0, -1, "idle"));
  g_ptr_array_add(nodes, waiter(2, 1, 5, "retort"));
  g_ptr_array_add(nodes, waiter(3, 2, 4, "web"));
  g_ptr_array_add(nodes, waiter(4, 2, 1, "web"));
  g_ptr_array_add(nodes, waiter(5, 4, 0.5, "ev\033il"));
  g_autoptr(LockSnapshot) snapshot = lock_snapshot_build(nodes);
  g_auto(Blast) blast = {0};
  blast_measure(snapshot, 2, &blast);
  cr_expect(blast.waiting == 3 && blast.longest_pid == 3 && blast.longest_s > 3.9, "%u, %d", blast.waiting,
            blast.longest_pid);
  cr_expect(strcmp(blast.applications, "web (2), ev^[il") == 0, "%s", blast.applications);
  static const struct {
    BrakeLimits limits;
    gboolean stops;
  } cases[] = {{{.waiting = 0}, FALSE},    {{.waiting = 3}, FALSE},
               {{.waiting = 2}, TRUE},     {{.longest_s = 4}, FALSE},
               {{.longest_s = 3.5}, TRUE}, {{.waiting = 9, .longest_s = 3.5}, TRUE}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *reason = brake_reason(&cases[i].limits, &blast);
    cr_expect((reason != NULL) == cases[i].stops, "%u, %.1f: %s", cases[i].limits.waiting,
              cases[i].limits.longest_s, reason);
  }
  g_auto(Blast) nobody = {0};
  blast_measure(snapshot, 99, &nobody);
  g_autofree char *none = brake_reason(&(BrakeLimits){.waiting = 1, .longest_s = 1}, &nobody);
  cr_expect(nobody.waiting == 0 && none == NULL, "nobody behind");
}

/* ---- Preflight ------------------------------------------------------------------------------------------------- */

typedef struct {
  gboolean done;
  GPtrArray *items;
} Answer;

static void finished(GPtrArray *items, const GError *error, void *data)
{
  cr_assert(error == NULL, "%s", error != NULL ? error->message : "");
  *(Answer *)data = (Answer){TRUE, items};
}

static GPtrArray *fly(PgConn *conn, const PreflightInput *input)
{
  Answer answer = {0};
  preflight_run(conn, input, finished, &answer);
  while (!answer.done)
    g_main_context_iteration(NULL, TRUE);
  return answer.items;
}

static const PreflightItem *find(GPtrArray *items, const char *check)
{
  for (guint i = 0; i < items->len; i++)
    if (strcmp(((PreflightItem *)g_ptr_array_index(items, i))->check, check) == 0)
      return g_ptr_array_index(items, i);
  cr_assert_fail("%s is on the card", check);
  return NULL;
}

static void expect_item(GPtrArray *items, const char *check, PreflightLevel level, const char *word)
{
  const PreflightItem *item = find(items, check);
  cr_expect(item->level == level, "%s: level %d, expected %d: %s", check, item->level, level, item->text);
  cr_expect(strstr(item->text, word) != NULL, "%s: \"%s\" holds \"%s\"", check, item->text, word);
  cr_expect(level == PREFLIGHT_OK || item->advice != NULL, "%s gives advice", check);
}

/* A database of this test alone, and a connection to it. */
static PgConn *own_database(const char *name)
{
  g_autoptr(PgConn) conn = test_conn();
  g_autofree char *sql = g_strdup_printf("CREATE DATABASE %s TEMPLATE template0", name);
  test_sql(conn, sql);
  g_setenv("PGDATABASE", name, TRUE);
  return test_conn();
}

Test(preflight, finds_nothing_on_a_quiet_server)
{
  g_autoptr(PgConn) conn = own_database("flight_quiet");
  test_sql(conn, "CREATE TABLE t (x int)");
  const RelationName relations[] = {{NULL, "t"}, {NULL, "not_there_yet"}};
  PreflightInput input = {.relations = relations, .n_relations = 2, .lock_timeout_ms = 2500};
  g_autoptr(GPtrArray) items = fly(conn, &input);
  for (guint i = 0; i < items->len; i++) {
    const PreflightItem *item = g_ptr_array_index(items, i);
    /* The cluster is shared: another test's slots or replicas would be seen here. */
    cr_expect(item->level == PREFLIGHT_OK, "%s: %s", item->check, item->text);
  }
  cr_expect(items->len >= 14, "%u items", items->len);
  cr_expect(preflight_level(items) == PREFLIGHT_OK, "all is well");
}

Test(preflight, finds_what_is_in_the_way)
{
  g_autoptr(PgConn) conn = own_database("flight_busy");
  test_sql(conn,
           "CREATE TABLE t (x int, y int); CREATE TABLE u (x int); INSERT INTO t VALUES (1, -1), (1, 1);"
           "ALTER TABLE t ADD CONSTRAINT positive CHECK (y > 0) NOT VALID;"
           "CREATE TABLE p (x int) PARTITION BY LIST (x); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)");
  g_autofree char *failed = test_ask(conn, "CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)");
  cr_expect(strstr(failed, "23505") != NULL, "the index fails: %s", failed);
  test_sql(conn, "BEGIN; INSERT INTO u VALUES (1); PREPARE TRANSACTION 'left'");
  g_autoptr(PgConn) idle = test_conn();
  g_autoptr(PgConn) other = test_conn();
  test_sql(idle, "BEGIN; SELECT * FROM t; SELECT pg_sleep(1.1)");
  test_sql(other, "SELECT pg_advisory_lock(77)");
  const RelationName relations[] = {{"public", "t"}};
  PreflightInput input = {.relations = relations,
                          .n_relations = 1,
                          .lock_timeout_ms = 500,
                          .old_transaction_s = 1,
                          .concurrently = TRUE,
                          .mutex_key = 77};
  g_autoptr(GPtrArray) items = fly(conn, &input);
  expect_item(items, "writable", PREFLIGHT_OK, "");
  expect_item(items, "pooler", PREFLIGHT_OK, "");
  expect_item(items, "timeouts", PREFLIGHT_WARNING, "500 ms");
  expect_item(items, "other-rollout", PREFLIGHT_STOP, "postgres");
  expect_item(items, "old-transactions", PREFLIGHT_WARNING, "idle in transaction");
  expect_item(items, "prepared-transactions", PREFLIGHT_WARNING, "left");
  expect_item(items, "table-users", PREFLIGHT_WARNING, " on t that");
  expect_item(items, "invalid-indexes", PREFLIGHT_WARNING, "t_x");
  expect_item(items, "unvalidated-constraints", PREFLIGHT_WARNING, "t.positive");
  cr_expect(strstr(find(items, "old-transactions")->advice, "CONCURRENTLY") != NULL,
            "it says what waits for them");
  cr_expect(preflight_level(items) == PREFLIGHT_STOP, "stop");
  /* A lock that a reader does not hinder is not in the way. */
  const LockMode modes[] = {LOCK_MODE_SHARE_UPDATE_EXCLUSIVE};
  input.modes = modes;
  g_autoptr(GPtrArray) again = fly(conn, &input);
  expect_item(again, "table-users", PREFLIGHT_OK, "");
  /* Every transaction is told, one that is prepared by its name. */
  const RelationName both[] = {{"public", "t"}, {"public", "u"}};
  input.relations = both;
  input.n_relations = 2;
  input.modes = NULL;
  g_autoptr(GPtrArray) users = fly(conn, &input);
  GString *told = g_string_new(NULL);
  for (guint i = 0; i < users->len; i++) {
    const PreflightItem *item = g_ptr_array_index(users, i);
    if (strcmp(item->check, "table-users") == 0)
      g_string_append_printf(told, "%s\n", item->text);
  }
  cr_expect(strstr(told->str, "idle in transaction") &&
                strstr(told->str, "The prepared transaction left (for") &&
                strstr(told->str, "a lock on u that"),
            "%s", told->str);
  g_string_free(told, TRUE);
  test_sql(conn, "ROLLBACK PREPARED 'left'");
}

Test(preflight, tells_what_env_py_does_besides)
{
  g_autoptr(PgConn) conn = own_database("flight_env");
  PreflightInput input = {.judge_env = TRUE, .project_name = "shop"};
  g_autoptr(GPtrArray) quiet = fly(conn, &input);
  expect_item(quiet, "env", PREFLIGHT_OK, "");
  input.env_obstacle = "env.py:7: env.py runs statements";
  g_autoptr(GPtrArray) items = fly(conn, &input);
  expect_item(items, "env", PREFLIGHT_STOP, "env.py:7: env.py runs statements, which retort does not");
  const char *advice = find(items, "env")->advice;
  input.env_database = 12;
  g_autoptr(GPtrArray) elsewhere = fly(conn, &input);
  expect_item(elsewhere, "env-database", PREFLIGHT_WARNING, "env.py:12 chooses");
  cr_expect(strstr(advice, "[project shop]") && strstr(advice, "ignore_env = yes"), "%s", advice);
}

Test(preflight, a_plain_role_is_told_what_it_cannot_do)
{
  g_autoptr(PgConn) conn = own_database("flight_plain");
  test_sql(conn, "CREATE TABLE t (x int); CREATE ROLE flight_role; SET ROLE flight_role");
  const RelationName relations[] = {{NULL, "t"}};
  PreflightInput input = {.relations = relations, .n_relations = 1};
  g_autoptr(GPtrArray) items = fly(conn, &input);
  expect_item(items, "owner", PREFLIGHT_STOP, "t");
  expect_item(items, "signal", PREFLIGHT_WARNING, "");
  expect_item(items, "timeouts", PREFLIGHT_WARNING, "no lock_timeout");
  test_sql(conn, "RESET ROLE; SET default_transaction_read_only = on");
  g_autoptr(GPtrArray) again = fly(conn, &input);
  expect_item(again, "writable", PREFLIGHT_STOP, "read-only");
}
