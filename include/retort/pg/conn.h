/* A libpq connection as an event source of a GMainContext.
 *
 * Nothing here blocks: connecting (names are looked up too) happens in a helper thread, sending and reading as the
 * socket allows, in the context that was the thread's default when pg_conn_new() was called.  One statement at a time;
 * its outcome arrives in a callback exactly once, never from inside the call that asked for it.  A callback may free
 * the connection or send the next statement; pg_conn_free() forgets callbacks that are still due.
 *
 *   g_autoptr(PgConn) conn = pg_conn_new(params, NULL);
 *   pg_conn_connect(conn, connected, data);
 *   pg_conn_exec(conn, "SELECT 1", NULL, finished, data);
 *
 * Cancelling asks the server from a helper thread; the statement then ends with SQLSTATE 57014 as usual, and is
 * reported only after that request has ended, so that it cannot hit the next statement.
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
  const char *application_name; /* NULL: "retort" */
  const char *options;          /* "-c lock_timeout=2500 ..." after the user's own, or NULL */
  guint connect_timeout_s;      /* 0: 10, unless the URL says otherwise */
} PgConnOptions;

PgConn *pg_conn_new(const PgParams *params, const PgConnOptions *options);
void pg_conn_free(PgConn *conn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PgConn, pg_conn_free)

typedef void (*PgConnectFunc)(PgConn *conn, const GError *error, void *data);
/* results: PGresult*, one a statement of the string, borrowed; the last is the failed one when error is set.  error:
 * RETORT_ERROR_DATABASE or _CONNECTION, or NULL. */
typedef void (*PgResultFunc)(PgConn *conn, GPtrArray *results, const GError *error, void *data);
/* A notice or warning the server sent: valid UTF-8, escaped nowhere yet. */
typedef void (*PgNoticeFunc)(PgConn *conn, const char *severity, const char *message, void *data);
/* The connection went away while nothing ran. */
typedef void (*PgLostFunc)(PgConn *conn, const GError *error, void *data);

/* From CLOSED or LOST (to connect again). */
void pg_conn_connect(PgConn *conn, PgConnectFunc func, void *data);
/* The connection must not be busy; one that is closed or lost reports so.  params: NULL-terminated texts for $1..., or NULL, which also allows several statements in one string.  Without
 * params the text goes to the server as it is. */
void pg_conn_exec(PgConn *conn, const char *sql, const char *const *params, PgResultFunc func, void *data);
/* The same with data that destroy frees should the connection be freed, or forget, before func was called. */
void pg_conn_exec_owned(PgConn *conn, const char *sql, const char *const *params, PgResultFunc func,
                        void *data, GDestroyNotify destroy);
/* The statement (or the connecting) in work goes on, but nobody is told of its outcome. */
void pg_conn_forget(PgConn *conn);
void pg_conn_on_notice(PgConn *conn, PgNoticeFunc func, void *data);
void pg_conn_on_lost(PgConn *conn, PgLostFunc func, void *data);
/* Asks the server to cancel what runs now; returns at once. */
void pg_conn_cancel(PgConn *conn);
/* From now on a statement without an answer for ms is cancelled, and after as long again (at least 2 s) the connection
 * counts as lost.  0: wait for ever. */
void pg_conn_set_deadline(PgConn *conn, guint ms);
/* From now on rows are dropped as they arrive, however many; results keep their command tags. */
void pg_conn_set_drop_rows(PgConn *conn, gboolean drop);

PgConnState pg_conn_state(const PgConn *conn);
int pg_conn_backend_pid(const PgConn *conn);
int pg_conn_server_version(const PgConn *conn); /* 150008 */
PGTransactionStatusType pg_conn_transaction(const PgConn *conn);
const char *pg_conn_display(const PgConn *conn); /* "app@db1:5432/shop", safe to show */
/* A setting the server reports by itself ("TimeZone", "in_hot_standby", "is_superuser"); borrowed, or NULL. */
const char *pg_conn_parameter(const PgConn *conn, const char *name);

/* What the server said about an error.  Valid UTF-8, clipped, not yet escaped; absent texts are NULL. */
typedef struct {
  char sqlstate[6];
  char *severity; /* "ERROR", "FATAL" */
  char *message;
  char *detail;
  char *hint;
  char *context;
  char *schema, *table, *column, *constraint;
  guint position; /* character of the statement, from 1; 0: unknown */
} PgErrorInfo;

/* Belongs to the error; NULL when the server said nothing (or the error is none of a database). */
const PgErrorInfo *pg_error_info(const GError *error);
/* SQLSTATE of an error that pg_conn_exec() reported, or "". */
const char *pg_error_sqlstate(const GError *error);

/* "name" quoted as an identifier; the caller's. */
char *pg_quote_ident(const char *name);
/* 'text' quoted as a literal; the caller's. */
char *pg_quote_literal(const char *text);

/* For the command line: the same calls, turning the context until the answer is there.  results is the caller's
 * (elements are cleared with it). */
gboolean pg_conn_connect_sync(PgConn *conn, GError **error);
GPtrArray *pg_conn_exec_sync(PgConn *conn, const char *sql, const char *const *params, GError **error);
