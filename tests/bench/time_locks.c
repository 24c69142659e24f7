/* time_locks CONNECTIONS ROUNDS: what a look at the locks costs the server when many sessions are connected.
 *
 * One session holds a table, one ALTER TABLE waits for it, three fifths of all queue up behind that, the others sit in
 * transactions with locks on tables of their own.  Then the lock monitor's questions are asked again and again.  The
 * server has to run on this machine: its processor time is read from /proc. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "retort/base/error.h"
#include "retort/pg/catalog.h"
#include "retort/pg/locks.h"

static PGconn *session(void)
{
  PGconn *pq = PQconnectdb("application_name=crowd");
  if (PQstatus(pq) != CONNECTION_OK)
    g_error("%s", PQerrorMessage(pq));
  return pq;
}

static void run(PGconn *pq, const char *sql)
{
  PGresult *result = PQexec(pq, sql);
  if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
    g_error("%s: %s", sql, PQerrorMessage(pq));
  PQclear(result);
}

static void gather_crowd(guint n)
{
  PGconn *holder = session();
  run(holder, "CREATE TABLE crowded (x int)");
  for (guint i = 0; i < 20; i++) {
    g_autofree char *sql = g_strdup_printf("CREATE TABLE quiet_%u (x int PRIMARY KEY)", i);
    run(holder, sql);
  }
  run(holder, "BEGIN");
  run(holder, "LOCK TABLE crowded IN ROW EXCLUSIVE MODE");
  PQsendQuery(session(), "ALTER TABLE crowded ADD COLUMN y int");
  for (guint i = 2; i < n; i++) {
    PGconn *pq = session();
    g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM quiet_%u", i % 20);
    run(pq, "BEGIN");
    run(pq, sql);
    if (i % 5 < 3)
      PQsendQuery(pq, "SELECT count(*) FROM crowded");
  }
}

/* Processor time of a process, in seconds. */
static double processor(int pid)
{
  g_autofree char *path = g_strdup_printf("/proc/%d/schedstat", pid);
  g_autofree char *text = NULL;
  return g_file_get_contents(path, &text, NULL, NULL) ? g_ascii_strtod(text, NULL) / 1e9 : 0;
}

typedef struct {
  gboolean done;
  guint nodes;
} Look;

static void locks_arrived(GPtrArray *locks, const GError *error, void *data)
{
  if (error != NULL)
    g_error("%s", error->message);
  g_ptr_array_unref(locks);
  ((Look *)data)->done = TRUE;
}

static PgConn *conn;

static void progress_arrived(Progress *progress, const GError *error, void *data)
{
  if (error != NULL)
    g_error("%s", error->message);
  g_clear_pointer(&progress, progress_free);
  catalog_locks(conn, pg_conn_backend_pid(conn), locks_arrived, data);
}

static void snapshot_arrived(LockSnapshot *snapshot, const GError *error, void *data)
{
  if (error != NULL)
    g_error("%s", error->message);
  ((Look *)data)->nodes = snapshot->nodes->len;
  lock_snapshot_free(snapshot);
  catalog_progress(conn, pg_conn_backend_pid(conn), progress_arrived, data);
}

static guint look(void)
{
  Look look = {0};
  lock_snapshot_take(conn, (int[]){pg_conn_backend_pid(conn), 0}, snapshot_arrived, &look);
  while (!look.done)
    g_main_context_iteration(NULL, TRUE);
  return look.nodes;
}

static int compare(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
  guint n = argc > 1 ? (guint)atoi(argv[1]) : 500, rounds = argc > 2 ? (guint)atoi(argv[2]) : 50, nodes = 0;
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(GError) error = NULL;
  g_autofree double *server = g_new0(double, rounds), *wall = g_new0(double, rounds);
  conn = pg_conn_new(params, NULL);
  if (!pg_conn_connect_sync(conn, &error))
    g_error("%s", error->message);
  gather_crowd(n);
  while (look() < n * 3 / 5)
    ; /* until all of them wait */
  for (guint i = 0; i < rounds; i++) {
    gint64 began = g_get_monotonic_time();
    double before = processor(pg_conn_backend_pid(conn));
    nodes = look();
    wall[i] = (double)(g_get_monotonic_time() - began) / 1000;
    server[i] = (processor(pg_conn_backend_pid(conn)) - before) * 1000;
  }
  qsort(server, rounds, sizeof *server, compare);
  qsort(wall, rounds, sizeof *wall, compare);
  printf("%u connections, %u in the lock tree: server %.1f ms of processor a look (median; most %.1f), %.1f "
         "ms until "
         "the tree is built (median)\n",
         n, nodes, server[rounds / 2], server[rounds - 1], wall[rounds / 2]);
  fflush(stdout);
  _exit(0); /* the crowd ends with us */
}
