/* The server goes down in the middle of rollouts, as in a power failure.  This program has a server of its own, and
 * one test only, because it is stopped and started again.  RETORT_STRESS=N makes it N times as long. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "retort/base/error.h"
#include "rollout_support.h"

#define STEPS 12
#define ROUNDS 4

static GPid crash_pid;

static gboolean crash(G_GNUC_UNUSED void *data)
{
  const char *argv[] = {g_getenv("RETORT_TEST_CRASH"), NULL};
  cr_assert(argv[0] != NULL, "tests/with-postgres says how to crash its server");
  cr_assert(g_spawn_async(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &crash_pid, NULL),
            "crashes");
  return G_SOURCE_REMOVE;
}

/* The steps from the rows on; the second statement of each makes it take a moment. */
static void plan_from(RolloutFixture *f, guint at)
{
  g_ptr_array_set_size(f->plan, 0);
  g_ptr_array_set_size(f->scripts, 0);
  for (guint i = at; i < STEPS; i++) {
    g_autofree char *rows = i == 0 ? g_strdup("+r0") : g_strdup_printf("r%u>r%u", i - 1, i);
    g_autofree char *create = g_strdup_printf("CREATE TABLE t%u (x int)", i);
    g_autofree char *fill = g_strdup_printf("INSERT INTO t%u SELECT generate_series(1, 1000)", i);
    rollout_fixture_add(f, DIRECTION_UPGRADE, rows, create, "SELECT pg_sleep(0.02)", fill, NULL);
  }
}

/* Carries out what is left while the server goes down after delay_ms; where it stands then. */
static guint run_through_crash(RolloutFixture *f, guint at, guint delay_ms)
{
  g_autofree char *before = at > 0 ? g_strdup_printf("r%u", at - 1) : g_strdup("");
  plan_from(f, at);
  g_clear_pointer(&f->rows, g_strfreev);
  g_clear_pointer(&f->text, g_free);
  g_clear_error(&f->error);
  if (delay_ms > 0)
    g_timeout_add(delay_ms, crash, NULL);
  rollout_fixture_run(f, before);
  cr_assert(f->rows != NULL, "the rows are known afterwards: %s: %s", f->text,
            f->error != NULL ? f->error->message : "");
  cr_expect(!f->unknown, "what became of it is known: %s", f->text);
  return f->rows[0] != NULL ? (guint)strtoul(f->rows[0] + 1, NULL, 10) + 1 : 0;
}

Test(crash, the_server_goes_down_at_any_moment)
{
  guint rounds = ROUNDS * (g_getenv("RETORT_STRESS") != NULL ? (guint)atoi(g_getenv("RETORT_STRESS")) : 1);
  for (guint round = 0; round < rounds; round++) {
    g_autofree char *schema = g_strdup_printf("crash_%u", round);
    g_autoptr(RolloutFixture) f = rollout_fixture_new(schema);
    pg_conn_free(g_steal_pointer(&f->other));
    guint delay = (guint)g_random_int_range(1, 300);
    guint at = run_through_crash(f, 0, delay);
    /* The crash may come late: then it is waited for, and the next run starts on a lost connection. */
    while (crash_pid == 0)
      g_main_context_iteration(NULL, TRUE);
    int status;
    waitpid(crash_pid, &status, 0);
    crash_pid = 0;
    for (guint tries = 0; at < STEPS; tries++) {
      cr_assert(tries < 3, "round %u (%u ms) goes on from step %u: %s", round, delay, at,
                f->error != NULL ? f->error->message : "");
      if (pg_conn_state(f->conn) != PG_CONN_IDLE)
        cr_assert(pg_conn_connect_sync(f->conn, NULL), "connects again");
      at = run_through_crash(f, at, 0);
    }
    g_autoptr(RolloutFixture) after = rollout_fixture_adopt(schema);
    g_autoptr(GString) sql = g_string_new("SELECT ");
    for (guint i = 0; i < STEPS; i++)
      g_string_append_printf(sql, "%s(SELECT count(*) FROM t%u)", i > 0 ? " + " : "", i);
    g_autofree char *rows = test_ask(after->conn, sql->str);
    cr_expect(strcmp(rows, "12000") == 0, "round %u (%u ms): every step ran once: %s", round, delay, rows);
  }
}
