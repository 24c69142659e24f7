/* A libpq connection as an event source of a GMainContext.
 *
 * Nothing here blocks: connecting, sending and reading happen as the socket allows, in the context that was the
 * thread's default when pg_conn_new() was called.  One statement at a time; its outcome arrives in a callback exactly
 * once.  Cancelling asks the server from a helper thread; the statement then ends with SQLSTATE 57014 as usual.
 *
 *   g_autoptr(PgConn) conn = pg_conn_new(params);
 *   pg_conn_connect(conn, connected, data);
 *   pg_conn_exec(conn, "SELECT 1", NULL, finished, data);
 */
#pragma once

#include <glib.h>
#include <libpq-fe.h>

#include "retort/pg/url.h"

typedef struct PgConn PgConn;

typedef enum {
  PG_CONN_CLOSED,
  PG_CONN_CONNECTING,
  PG_CONN_IDLE,
  PG_CONN_BUSY,
  PG_CONN_LOST,
} PgConnState;

/* Options set on every connection, over what the URL says. */
typedef struct {
  const char *application_name;
  const char *options; /* "-c lock_timeout=2500 ..." or NULL */
  guint connect_timeout_s; /* 0: 10 */
} PgConnOptions;

PgConn *pg_conn_new(const PgParams *params, const PgConnOptions *options);
void pg_conn_free(PgConn *conn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PgConn, pg_conn_free)

typedef void (*PgConnectFunc)(PgConn *conn, const GError *error, void *data);
/* results: PGresult*, one a statement of the string, borrowed; error: RETORT_ERROR_DATABASE or _CONNECTION, or NULL. */
typedef void (*PgResultFunc)(PgConn *conn, GPtrArray *results, const GError *error, void *data);
/* A notice or warning the server sent, escaped nowhere yet. */
typedef void (*PgNoticeFunc)(PgConn *conn, const char *severity, const char *message, void *data);

void pg_conn_connect(PgConn *conn, PgConnectFunc func, void *data);
/* params: NULL-terminated texts for $1..., or NULL, which also allows several statements in one string. */
void pg_conn_exec(PgConn *conn, const char *sql, const char *const *params, PgResultFunc func, void *data);
void pg_conn_on_notice(PgConn *conn, PgNoticeFunc func, void *data);
/* Asks the server to cancel what runs now; returns at once. */
void pg_conn_cancel(PgConn *conn);

PgConnState pg_conn_state(const PgConn *conn);
int pg_conn_backend_pid(const PgConn *conn);
int pg_conn_server_version(const PgConn *conn); /* 150008 */
PGTransactionStatusType pg_conn_transaction(const PgConn *conn);
const char *pg_conn_display(const PgConn *conn); /* "app@db1:5432/shop", safe to show */
/* SQLSTATE of an error that pg_conn_exec() reported, or "". */
const char *pg_error_sqlstate(const GError *error);

/* For the command line: the same calls, turning the context until the answer is there.  results is the caller's
 * (elements are cleared with it). */
gboolean pg_conn_connect_sync(PgConn *conn, GError **error);
GPtrArray *pg_conn_exec_sync(PgConn *conn, const char *sql, const char *const *params, GError **error);
