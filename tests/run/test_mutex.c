/* One rollout at a time. */
#include <criterion/criterion.h>
#include <string.h>

#include "../pg/support.h"
#include "retort/run/mutex.h"

typedef struct {
  RolloutMutex *mutex;
  MutexState state;
  guint calls;
  int holder;
  char *application;
  gboolean free_now;
} Seen;

static void changed(RolloutMutex *mutex, MutexState state, const MutexHolder *holder, const GError *error,
                    void *data)
{
  Seen *seen = data;
  seen->state = state;
  seen->calls++;
  seen->holder = holder != NULL ? holder->pid : 0;
  g_free(seen->application);
  seen->application = g_strdup(holder != NULL ? holder->application : NULL);
  cr_expect((state == MUTEX_FAILED || state == MUTEX_LOST) == (error != NULL),
            "an error comes with a failure");
  if (seen->free_now)
    rollout_mutex_free(mutex);
}

#define TURN_UNTIL(condition) \
  while (!(condition))        \
  g_main_context_iteration(NULL, TRUE)

Test(mutex, is_held_by_one_and_says_who)
{
  g_autoptr(PgParams) params = pg_params_default();
  Seen first = {0}, second = {0}, third = {0};
  RolloutMutex *one = rollout_mutex_new(params, 1001, changed, &first);
  g_autoptr(RolloutMutex) two = rollout_mutex_new(params, 1001, changed, &second);
  g_autoptr(RolloutMutex) other = rollout_mutex_new(params, -1002, changed, &third);
  rollout_mutex_acquire(one, 0);
  TURN_UNTIL(first.state == MUTEX_HELD);
  rollout_mutex_acquire(two, 0);
  TURN_UNTIL(second.state == MUTEX_TIMED_OUT);
  cr_expect(second.holder > 0 && strcmp(second.application, "retort-mutex") == 0, "held by %d",
            second.holder);
  rollout_mutex_acquire(other, 0);
  TURN_UNTIL(third.state == MUTEX_HELD);
  rollout_mutex_acquire(two, G_MAXUINT);
  TURN_UNTIL(second.state == MUTEX_WAITING);
  rollout_mutex_free(one);
  TURN_UNTIL(second.state == MUTEX_HELD);
  cr_expect(rollout_mutex_state(two) == MUTEX_HELD, "its turn");
  g_free(second.application);
}

Test(mutex, waits_without_a_snapshot)
{
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(PgConn) conn = test_conn();
  Seen seen = {0};
  test_sql(conn, "SELECT pg_advisory_lock(1003)");
  g_autoptr(RolloutMutex) mutex = rollout_mutex_new(params, 1003, changed, &seen);
  rollout_mutex_acquire(mutex, G_MAXUINT);
  TURN_UNTIL(seen.state == MUTEX_WAITING);
  cr_expect(seen.holder == pg_conn_backend_pid(conn), "held by %d", seen.holder);
  g_autofree char *waiting =
      test_ask(conn, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
  cr_expect(strcmp(waiting, "0") == 0, "nobody blocks in pg_advisory_lock()");
  g_free(seen.application);
}

Test(mutex, says_when_it_was_lost)
{
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(PgConn) conn = test_conn();
  Seen seen = {0};
  g_autoptr(RolloutMutex) mutex = rollout_mutex_new(params, 1004, changed, &seen);
  rollout_mutex_acquire(mutex, 0);
  TURN_UNTIL(seen.state == MUTEX_HELD);
  g_autofree char *killed =
      test_ask(conn, "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                     "AND objid = 1004");
  cr_assert(strcmp(killed, "t") == 0, "terminated: %s", killed);
  TURN_UNTIL(seen.state == MUTEX_LOST);
  rollout_mutex_acquire(mutex, 0);
  TURN_UNTIL(seen.state == MUTEX_HELD);
}

Test(mutex, may_be_freed_from_its_callback)
{
  g_autoptr(PgParams) params = pg_params_parse("host=/nonexistent", "test", NULL);
  Seen seen = {.free_now = TRUE};
  rollout_mutex_acquire(rollout_mutex_new(params, 1005, changed, &seen), 0);
  TURN_UNTIL(seen.calls > 0);
  cr_expect(seen.state == MUTEX_FAILED, "cannot connect");
}
