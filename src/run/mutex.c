#include "retort/run/mutex.h"

#include <string.h>

/* Between two tries. */
#define POLL_MS 500

struct RolloutMutex {
  guint refs; /* the owner's, and one while func runs */
  gboolean freed;
  GMainContext *context;
  PgConn *conn;
  gint64 key;
  MutexState state;
  gint64 deadline; /* monotonic; G_MAXINT64: none */
  GSource *timer;
  MutexHolder holder;
  RolloutMutexFunc func;
  void *data;
};

/* The holder comes with the answer, so that the two cannot disagree for long. */
static const char try_sql[] =
    "SELECT pg_catalog.pg_try_advisory_lock($1::bigint), h.* FROM (VALUES (1)) one (x) LEFT JOIN LATERAL "
    "(SELECT a.pid, a.usename, a.application_name, coalesce(pg_catalog.host(a.client_addr), 'local'), "
    "extract(epoch FROM pg_catalog.clock_timestamp() - a.backend_start) "
    "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = "
    "'advisory' "
    "AND l.granted AND l.objsubid = 1 AND (l.classid::bigint << 32) | l.objid::bigint = $1::bigint "
    "AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) "
    "AND l.pid <> pg_catalog.pg_backend_pid() LIMIT 1) h ON true";

static void holder_clear(MutexHolder *holder)
{
  g_free(holder->user);
  g_free(holder->application);
  g_free(holder->client);
  *holder = (MutexHolder){0};
}

static void stop_timer(RolloutMutex *mutex)
{
  if (mutex->timer == NULL)
    return;
  g_source_destroy(mutex->timer);
  g_clear_pointer(&mutex->timer, g_source_unref);
}

static void mutex_unref(RolloutMutex *mutex)
{
  if (--mutex->refs > 0)
    return;
  holder_clear(&mutex->holder);
  g_main_context_unref(mutex->context);
  g_free(mutex);
}

static void change(RolloutMutex *mutex, MutexState state, const GError *error)
{
  mutex->state = state;
  mutex->refs++;
  mutex->func(mutex, state, state == MUTEX_WAITING || state == MUTEX_TIMED_OUT ? &mutex->holder : NULL, error,
              mutex->data);
  mutex_unref(mutex);
}

static void try_now(RolloutMutex *mutex);

static gboolean timer_fired(void *data)
{
  RolloutMutex *mutex = data;
  stop_timer(mutex);
  try_now(mutex);
  return G_SOURCE_REMOVE;
}

static void try_later(RolloutMutex *mutex)
{
  mutex->timer = g_timeout_source_new(POLL_MS);
  g_source_set_callback(mutex->timer, timer_fired, mutex, NULL);
  g_source_attach(mutex->timer, mutex->context);
}

static MutexHolder holder_from(const PGresult *result)
{
  if (PQgetisnull(result, 0, 1))
    return (MutexHolder){0};
  return (MutexHolder){
      .pid = (int)g_ascii_strtoll(PQgetvalue(result, 0, 1), NULL, 10),
      .user = g_utf8_make_valid(PQgetvalue(result, 0, 2), -1),
      .application = g_utf8_make_valid(PQgetvalue(result, 0, 3), -1),
      .client = g_utf8_make_valid(PQgetvalue(result, 0, 4), -1),
      .since_s = g_ascii_strtod(PQgetvalue(result, 0, 5), NULL),
  };
}

static void refused(RolloutMutex *mutex, const PGresult *result)
{
  gboolean first = mutex->state != MUTEX_WAITING;
  MutexHolder holder = holder_from(result);
  gboolean other = holder.pid != mutex->holder.pid;
  holder_clear(&mutex->holder);
  mutex->holder = holder;
  if (g_get_monotonic_time() >= mutex->deadline) {
    change(mutex, MUTEX_TIMED_OUT, NULL);
    return;
  }
  try_later(mutex);
  if (first || other)
    change(mutex, MUTEX_WAITING, NULL);
}

static void tried(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  RolloutMutex *mutex = data;
  const PGresult *result = error == NULL ? g_ptr_array_index(results, 0) : NULL;
  if (error != NULL)
    change(mutex, MUTEX_FAILED, error);
  else if (*PQgetvalue(result, 0, 0) == 't')
    change(mutex, MUTEX_HELD, NULL);
  else
    refused(mutex, result);
}

static void try_now(RolloutMutex *mutex)
{
  g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, mutex->key);
  pg_conn_exec(mutex->conn, try_sql, (const char *const[]){key, NULL}, tried, mutex);
}

static void connected(G_GNUC_UNUSED PgConn *conn, const GError *error, void *data)
{
  RolloutMutex *mutex = data;
  if (error != NULL)
    change(mutex, MUTEX_FAILED, error);
  else
    try_now(mutex);
}

static void connection_lost(G_GNUC_UNUSED PgConn *conn, const GError *error, void *data)
{
  RolloutMutex *mutex = data;
  stop_timer(mutex);
  change(mutex, mutex->state == MUTEX_HELD ? MUTEX_LOST : MUTEX_FAILED, error);
}

RolloutMutex *rollout_mutex_new(const PgParams *params, gint64 key, RolloutMutexFunc func, void *data)
{
  RolloutMutex *mutex = g_new0(RolloutMutex, 1);
  mutex->refs = 1;
  mutex->context = g_main_context_ref_thread_default();
  mutex->conn = pg_conn_new(params, &(PgConnOptions){.application_name = "retort-mutex"});
  pg_conn_on_lost(mutex->conn, connection_lost, mutex);
  mutex->key = key;
  mutex->func = func;
  mutex->data = data;
  return mutex;
}

void rollout_mutex_free(RolloutMutex *mutex)
{
  if (mutex == NULL || mutex->freed)
    return;
  mutex->freed = TRUE;
  stop_timer(mutex);
  g_clear_pointer(&mutex->conn, pg_conn_free);
  mutex_unref(mutex);
}

void rollout_mutex_acquire(RolloutMutex *mutex, guint wait_ms)
{
  g_return_if_fail(mutex->state != MUTEX_WAITING && mutex->state != MUTEX_HELD);
  mutex->deadline = wait_ms == G_MAXUINT ? G_MAXINT64 : g_get_monotonic_time() + (gint64)wait_ms * 1000;
  if (pg_conn_state(mutex->conn) == PG_CONN_IDLE)
    try_now(mutex);
  else
    pg_conn_connect(mutex->conn, connected, mutex);
}

MutexState rollout_mutex_state(const RolloutMutex *mutex)
{
  return mutex->state;
}
