/* The connection: its life, and one statement at a time through the socket. */
#include "conn-private.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"

/* How long the outcome of a statement waits for its cancel request to end, before it is reported all the same. */
#define CANCEL_GRACE_MS 5000
/* Least time between the cancel request of a deadline and giving the connection up. */
#define DEADLINE_GRACE_MS 2000

typedef struct {
  GSource source;
  PgConn *conn;
} ConnSource;

struct PgConn {
  guint refs;     /* one of the owner, one while callbacks run */
  gboolean freed; /* the owner let go */
  GMainContext *context;
  char **keywords; /* as PQconnectdbParams() takes them */
  char **values;
  char *display;
  PGconn *pq;
  PgConnState state;
  GCancellable *connecting; /* cancelled when nobody waits for the connection any more */
  PgConnectFunc connect_func;
  void *connect_data;
  PgNoticeFunc notice_func;
  void *notice_data;
  PgLostFunc lost_func;
  void *lost_data;

  GSource *socket;
  void *socket_tag;

  /* The statement in work. */
  PgResultFunc result_func;
  void *result_data;
  GDestroyNotify result_destroy; /* for result_data, when result_func is not called any more */
  GPtrArray *results;
  GError *error;      /* first one of the statement, or why the connection is lost */
  GPtrArray *notices; /* Notice*, not yet delivered */
  GError *fatal;      /* what the server said before it closed an idle connection */
  gboolean drop_rows;
  gboolean complete; /* all results are here, only the cancel request is out */
  guint cancels;     /* requests under way */
  GSource *grace;    /* CANCEL_GRACE_MS */
  guint deadline_ms;
  GSource *deadline;
  gboolean overdue; /* the deadline passed once */
};

typedef struct {
  char *severity;
  char *message;
} Notice;

static void notice_free(void *data)
{
  Notice *notice = data;
  g_free(notice->severity);
  g_free(notice->message);
  g_free(notice);
}

static void finish(PgConn *conn);
static void lose(PgConn *conn, GError *error);

static void stop_source(GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy(*source);
  g_clear_pointer(source, g_source_unref);
}

static GSource *start_timer(PgConn *conn, guint ms, GSourceFunc func)
{
  GSource *source = g_timeout_source_new(ms);
  g_source_set_callback(source, func, conn, NULL);
  g_source_attach(source, conn->context);
  return source;
}

/* ---- Parameters ------------------------------------------------------------------------------------------------ */

static void add_param(GPtrArray *keywords, GPtrArray *values, const char *keyword, const char *value)
{
  g_ptr_array_add(keywords, g_strdup(keyword));
  g_ptr_array_add(values, g_strdup(value));
}

/* Everything a session of ours gets.  The search path stays the user's: migrations depend on it. */
static void startup_params(PgConn *conn, const PgParams *params, const PgConnOptions *options)
{
  static const char *const ours[] = {"application_name", "client_encoding", "options"};
  static const char *const defaults[][2] = {{"connect_timeout", NULL},
                                            {"keepalives_idle", "30"},
                                            {"keepalives_interval", "10"},
                                            {"keepalives_count", "3"}};
  GPtrArray *keywords = g_ptr_array_new(), *values = g_ptr_array_new();
  const char *user_options = pg_params_get(params, "options");
  for (guint i = 0; i < params->keywords->len; i++)
    if (!g_strv_contains((const char *const[]){ours[0], ours[1], ours[2], NULL},
                         g_ptr_array_index(params->keywords, i)))
      add_param(keywords, values, g_ptr_array_index(params->keywords, i),
                g_ptr_array_index(params->values, i));
  add_param(keywords, values, "application_name",
            options != NULL && options->application_name != NULL ? options->application_name : "retort");
  add_param(keywords, values, "client_encoding", "UTF8");
  /* Poolers refuse the parameter, even an empty one. */
  if (options != NULL && options->options != NULL && *options->options != '\0') {
    const char *before = user_options != NULL ? user_options : g_getenv("PGOPTIONS");
    g_autofree char *both = g_strjoin(" ", before != NULL ? before : "", options->options, NULL);
    add_param(keywords, values, "options", both);
  } else if (user_options != NULL) {
    add_param(keywords, values, "options", user_options);
  }
  guint timeout = options != NULL && options->connect_timeout_s > 0 ? options->connect_timeout_s : 10;
  g_autofree char *timeout_text = g_strdup_printf("%u", timeout);
  for (guint i = 0; i < G_N_ELEMENTS(defaults); i++)
    if (pg_params_get(params, defaults[i][0]) == NULL)
      add_param(keywords, values, defaults[i][0], defaults[i][1] != NULL ? defaults[i][1] : timeout_text);
  g_ptr_array_add(keywords, NULL);
  g_ptr_array_add(values, NULL);
  conn->keywords = (char **)g_ptr_array_free(keywords, FALSE);
  conn->values = (char **)g_ptr_array_free(values, FALSE);
}

PgConn *pg_conn_new(const PgParams *params, const PgConnOptions *options)
{
  PgConn *conn = g_new0(PgConn, 1);
  conn->refs = 1;
  conn->context = g_main_context_ref_thread_default();
  conn->notices = g_ptr_array_new_with_free_func(notice_free);
  conn->display = g_strdup(params->display);
  startup_params(conn, params, options);
  return conn;
}

static void close_connection(PgConn *conn)
{
  stop_source(&conn->socket);
  stop_source(&conn->deadline);
  stop_source(&conn->grace);
  g_clear_pointer(&conn->pq, PQfinish);
}

static void conn_unref(PgConn *conn)
{
  if (--conn->refs > 0)
    return;
  close_connection(conn);
  g_clear_pointer(&conn->results, g_ptr_array_unref);
  g_ptr_array_unref(conn->notices);
  g_clear_error(&conn->error);
  g_clear_error(&conn->fatal);
  g_clear_object(&conn->connecting);
  g_strfreev(conn->keywords);
  g_strfreev(conn->values);
  g_free(conn->display);
  g_main_context_unref(conn->context);
  g_free(conn);
}

void pg_conn_forget(PgConn *conn)
{
  if (conn->result_func != NULL && conn->result_destroy != NULL)
    conn->result_destroy(conn->result_data);
  conn->result_func = NULL;
  conn->connect_func = NULL;
}

void pg_conn_free(PgConn *conn)
{
  if (conn == NULL)
    return;
  conn->freed = TRUE;
  pg_conn_forget(conn);
  conn->notice_func = NULL;
  conn->lost_func = NULL;
  if (conn->connecting != NULL)
    g_cancellable_cancel(conn->connecting);
  close_connection(conn);
  conn_unref(conn);
}

/* ---- Connecting ------------------------------------------------------------------------------------------------ */

typedef struct {
  char **keywords;
  char **values;
} ConnectJob;

static void connect_job_free(void *data)
{
  ConnectJob *job = data;
  g_strfreev(job->keywords);
  g_strfreev(job->values);
  g_free(job);
}

static void connect_in_thread(GTask *task, G_GNUC_UNUSED void *source, void *data,
                              G_GNUC_UNUSED GCancellable *cancellable)
{
  ConnectJob *job = data;
  PGconn *pq = PQconnectdbParams((const char *const *)job->keywords, (const char *const *)job->values, 0);
  g_task_return_pointer(task, pq, (GDestroyNotify)PQfinish);
}

/* Called from inside libpq, where nobody may touch the connection: notices are kept until it returns. */
static void on_pq_notice(void *data, const PGresult *result)
{
  PgConn *conn = data;
  g_autofree char *severity = pg_clean_text(PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED));
  if (g_strcmp0(severity, "FATAL") == 0 || g_strcmp0(severity, "PANIC") == 0) {
    g_clear_error(&conn->fatal);
    conn->fatal = pg_error_from_result(result, RETORT_ERROR_CONNECTION);
    return;
  }
  if (conn->notice_func == NULL)
    return;
  Notice *notice = g_new0(Notice, 1);
  notice->severity = severity != NULL ? g_steal_pointer(&severity) : g_strdup("NOTICE");
  notice->message = pg_clean_text(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
  if (notice->message == NULL)
    notice->message = pg_clean_text(PQresultErrorMessage(result));
  g_ptr_array_add(conn->notices, notice);
}

static void deliver_notices(PgConn *conn)
{
  if (conn->notices->len == 0)
    return;
  g_autoptr(GPtrArray) notices = g_steal_pointer(&conn->notices);
  conn->notices = g_ptr_array_new_with_free_func(notice_free);
  for (guint i = 0; i < notices->len; i++) {
    const Notice *notice = g_ptr_array_index(notices, i);
    if (conn->notice_func != NULL)
      conn->notice_func(conn, notice->severity, notice->message, conn->notice_data);
  }
}

static gboolean socket_ready(GSource *source, GSourceFunc callback, void *data);

static GSourceFuncs socket_funcs = {.dispatch = socket_ready};

static void watch_socket(PgConn *conn)
{
  conn->socket = g_source_new(&socket_funcs, sizeof(ConnSource));
  ((ConnSource *)conn->socket)->conn = conn;
  conn->socket_tag = g_source_add_unix_fd(conn->socket, PQsocket(conn->pq), G_IO_IN);
  g_source_set_name(conn->socket, "libpq");
  g_source_attach(conn->socket, conn->context);
}

static void connected(G_GNUC_UNUSED GObject *object, GAsyncResult *result, void *data)
{
  PgConn *conn = data;
  PGconn *pq = g_task_propagate_pointer(G_TASK(result), NULL);
  g_clear_object(&conn->connecting);
  if (conn->freed || pq == NULL || PQstatus(pq) != CONNECTION_OK || PQsetnonblocking(pq, 1) != 0) {
    g_autoptr(GError) error = pg_error_from_connection(pq, conn->display);
    g_clear_pointer(&pq, PQfinish);
    conn->state = PG_CONN_CLOSED;
    if (conn->connect_func != NULL)
      conn->connect_func(conn, error, conn->connect_data);
  } else {
    conn->pq = pq;
    conn->state = PG_CONN_IDLE;
    PQsetNoticeReceiver(pq, on_pq_notice, conn);
    watch_socket(conn);
    if (conn->connect_func != NULL)
      conn->connect_func(conn, NULL, conn->connect_data);
  }
  conn_unref(conn);
}

void pg_conn_connect(PgConn *conn, PgConnectFunc func, void *data)
{
  g_return_if_fail(conn->state == PG_CONN_CLOSED || conn->state == PG_CONN_LOST);
  close_connection(conn);
  g_clear_error(&conn->error);
  g_clear_error(&conn->fatal);
  conn->state = PG_CONN_CONNECTING;
  conn->connect_func = func;
  conn->connect_data = data;
  conn->connecting = g_cancellable_new();
  ConnectJob *job = g_new0(ConnectJob, 1);
  job->keywords = g_strdupv(conn->keywords);
  job->values = g_strdupv(conn->values);
  conn->refs++;
  g_main_context_push_thread_default(conn->context);
  g_autoptr(GTask) task = g_task_new(NULL, conn->connecting, connected, conn);
  g_main_context_pop_thread_default(conn->context);
  g_task_set_return_on_cancel(task, TRUE);
  g_task_set_task_data(task, job, connect_job_free);
  g_task_run_in_thread(task, connect_in_thread);
}

/* ---- Deadline and cancelling ----------------------------------------------------------------------------------- */

static void cancel_in_thread(GTask *task, G_GNUC_UNUSED void *source, void *data,
                             G_GNUC_UNUSED GCancellable *cancellable)
{
  char message[256];
  g_task_return_boolean(task, PQcancel(data, message, sizeof message) == 1);
}

static void cancel_ended(G_GNUC_UNUSED GObject *object, GAsyncResult *result, void *data)
{
  PgConn *conn = data;
  g_task_propagate_boolean(G_TASK(result), NULL);
  conn->cancels--;
  if (conn->cancels == 0 && conn->complete)
    finish(conn);
  conn_unref(conn);
}

void pg_conn_cancel(PgConn *conn)
{
  PGcancel *cancel =
      conn->state == PG_CONN_BUSY && !conn->complete && conn->pq != NULL ? PQgetCancel(conn->pq) : NULL;
  if (cancel == NULL)
    return;
  conn->cancels++;
  conn->refs++;
  g_main_context_push_thread_default(conn->context);
  g_autoptr(GTask) task = g_task_new(NULL, NULL, cancel_ended, conn);
  g_main_context_pop_thread_default(conn->context);
  g_task_set_task_data(task, cancel, (GDestroyNotify)PQfreeCancel);
  g_task_run_in_thread(task, cancel_in_thread);
}

static gboolean deadline_passed(void *data)
{
  PgConn *conn = data;
  stop_source(&conn->deadline);
  if (!conn->overdue) {
    conn->overdue = TRUE;
    pg_conn_cancel(conn);
    conn->deadline = start_timer(conn, MAX(conn->deadline_ms, DEADLINE_GRACE_MS), deadline_passed);
  } else {
    lose(conn, g_error_new(RETORT_ERROR, RETORT_ERROR_CONNECTION, _("%s does not answer any more."),
                           conn->display));
  }
  return G_SOURCE_REMOVE;
}

void pg_conn_set_deadline(PgConn *conn, guint ms)
{
  conn->deadline_ms = ms;
}

void pg_conn_set_drop_rows(PgConn *conn, gboolean drop)
{
  conn->drop_rows = drop;
}

/* ---- One statement --------------------------------------------------------------------------------------------- */

/* Reports the outcome; the connection may be gone afterwards. */
static void finish(PgConn *conn)
{
  PgResultFunc func = g_steal_pointer(&conn->result_func);
  g_autoptr(GPtrArray) results = g_steal_pointer(&conn->results);
  g_autoptr(GError) error = g_steal_pointer(&conn->error);
  stop_source(&conn->deadline);
  stop_source(&conn->grace);
  conn->complete = FALSE;
  conn->overdue = FALSE;
  if (conn->state == PG_CONN_BUSY)
    conn->state = PG_CONN_IDLE;
  conn->refs++;
  if (func != NULL)
    func(conn, results, error, conn->result_data);
  conn_unref(conn);
}

static gboolean grace_passed(void *data)
{
  finish(data);
  return G_SOURCE_REMOVE;
}

/* All results are here. */
static void complete(PgConn *conn)
{
  conn->complete = TRUE;
  stop_source(&conn->deadline);
  if (conn->cancels == 0)
    finish(conn);
  else
    conn->grace = start_timer(conn, CANCEL_GRACE_MS, grace_passed);
}

/* The connection is gone.  error is taken over; what the server said before it went is the better one. */
static void lose(PgConn *conn, GError *error)
{
  gboolean busy = conn->state == PG_CONN_BUSY;
  const PgErrorInfo *info = pg_error_info(conn->error);
  if (conn->fatal == NULL && info != NULL && g_strcmp0(info->severity, "ERROR") != 0) {
    conn->fatal = g_steal_pointer(&conn->error);
    conn->fatal->code = RETORT_ERROR_CONNECTION;
  }
  g_clear_error(&conn->error);
  if (conn->fatal != NULL) {
    g_error_free(error);
    error = g_steal_pointer(&conn->fatal);
  }
  close_connection(conn);
  conn->state = PG_CONN_LOST;
  if (busy) {
    conn->error = error;
    finish(conn);
    return;
  }
  conn->refs++;
  if (conn->lost_func != NULL)
    conn->lost_func(conn, error, conn->lost_data);
  conn_unref(conn);
  g_error_free(error);
}

/* Sends what libpq holds back; the socket is watched for room while something is left. */
static void flush(PgConn *conn)
{
  int left = PQflush(conn->pq);
  g_source_modify_unix_fd(conn->socket, conn->socket_tag, left > 0 ? G_IO_IN | G_IO_OUT : G_IO_IN);
}

/* COPY in a statement: nothing is copied in, and what comes out is dropped. */
typedef enum {
  COPY_ENDED,
  COPY_WAITS,
  COPY_BROKEN, /* also the replication protocol, which no statement of ours starts */
} CopyState;

static CopyState end_copy(PgConn *conn, ExecStatusType status)
{
  if (status == PGRES_COPY_IN) {
    int ended = PQputCopyEnd(conn->pq, "retort sends no data for COPY FROM STDIN");
    flush(conn);
    return ended == 1 ? COPY_ENDED : ended == 0 ? COPY_WAITS : COPY_BROKEN;
  }
  if (status != PGRES_COPY_OUT)
    return COPY_BROKEN;
  char *row = NULL;
  int len;
  while ((len = PQgetCopyData(conn->pq, &row, 1)) > 0)
    PQfreemem(row);
  return len == 0 ? COPY_WAITS : len == -1 ? COPY_ENDED : COPY_BROKEN;
}

static void take_result(PgConn *conn, PGresult *result)
{
  ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_SINGLE_TUPLE) {
    PQclear(result);
    return;
  }
  if ((status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) && conn->error == NULL)
    conn->error = pg_error_from_result(result, RETORT_ERROR_DATABASE);
  g_ptr_array_add(conn->results, result);
}

/* The next result, once it is whole; FALSE: wait for more (or the connection was closed by a notice's callback). */
static gboolean next_result(PgConn *conn, PGresult **result)
{
  gboolean ready = !PQisBusy(conn->pq);
  deliver_notices(conn);
  if (!ready || conn->pq == NULL)
    return FALSE;
  *result = PQgetResult(conn->pq);
  return TRUE;
}

static void read_results(PgConn *conn)
{
  PGresult *result;
  while (next_result(conn, &result)) {
    if (result == NULL) {
      if (PQstatus(conn->pq) == CONNECTION_BAD)
        lose(conn, pg_error_from_connection(conn->pq, conn->display));
      else
        complete(conn);
      return;
    }
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COPY_IN && status != PGRES_COPY_OUT && status != PGRES_COPY_BOTH) {
      take_result(conn, result);
      continue;
    }
    PQclear(result);
    CopyState copy = end_copy(conn, status);
    if (copy == COPY_BROKEN)
      lose(conn, pg_error_from_connection(conn->pq, conn->display));
    if (copy != COPY_ENDED)
      return;
  }
}

static gboolean socket_ready(GSource *source, G_GNUC_UNUSED GSourceFunc callback, G_GNUC_UNUSED void *data)
{
  PgConn *conn = ((ConnSource *)source)->conn;
  conn->refs++;
  gboolean alive = PQconsumeInput(conn->pq) == 1;
  if (!conn->freed && conn->state == PG_CONN_BUSY && !conn->complete) {
    if (alive)
      flush(conn);
    read_results(conn);
  } else if (!conn->freed && conn->pq != NULL) {
    /* Asking for notifications makes libpq read what came unasked: notices, and why the server goes away. */
    PGnotify *notification = PQnotifies(conn->pq);
    PQfreemem(notification);
    deliver_notices(conn);
  }
  if (!conn->freed && conn->pq != NULL && (!alive || PQstatus(conn->pq) == CONNECTION_BAD))
    lose(conn, pg_error_from_connection(conn->pq, conn->display));
  conn_unref(conn);
  return G_SOURCE_CONTINUE;
}

/* Errors found while sending are reported from the loop, like all others. */
static gboolean report_unsent(void *data)
{
  PgConn *conn = data;
  stop_source(&conn->grace);
  if (conn->pq != NULL && PQstatus(conn->pq) == CONNECTION_BAD)
    lose(conn, g_steal_pointer(&conn->error));
  else
    finish(conn);
  return G_SOURCE_REMOVE;
}

static gboolean send_statement(PgConn *conn, const char *sql, const char *const *params)
{
  int sent = params != NULL ? PQsendQueryParams(conn->pq, sql, (int)g_strv_length((char **)params), NULL,
                                                params, NULL, NULL, 0)
                            : PQsendQuery(conn->pq, sql);
  if (sent == 1 && conn->drop_rows)
    PQsetSingleRowMode(conn->pq);
  return sent == 1;
}

void pg_conn_exec_owned(PgConn *conn, const char *sql, const char *const *params, PgResultFunc func,
                        void *data, GDestroyNotify destroy)
{
  g_return_if_fail(conn->state != PG_CONN_BUSY && conn->state != PG_CONN_CONNECTING);
  gboolean open = conn->state == PG_CONN_IDLE;
  PgConnState before = conn->state;
  conn->state = PG_CONN_BUSY;
  conn->result_func = func;
  conn->result_data = data;
  conn->result_destroy = destroy;
  conn->results = g_ptr_array_new_with_free_func((GDestroyNotify)PQclear);
  if (open && send_statement(conn, sql, params)) {
    flush(conn);
    if (conn->deadline_ms > 0)
      conn->deadline = start_timer(conn, conn->deadline_ms, deadline_passed);
    return;
  }
  conn->error = pg_error_from_connection(open ? conn->pq : NULL, conn->display);
  if (!open)
    conn->state = before;
  conn->complete = TRUE;
  conn->grace = start_timer(conn, 0, report_unsent);
}

void pg_conn_exec(PgConn *conn, const char *sql, const char *const *params, PgResultFunc func, void *data)
{
  pg_conn_exec_owned(conn, sql, params, func, data, NULL);
}

/* ---- Looking at it --------------------------------------------------------------------------------------------- */

void pg_conn_on_notice(PgConn *conn, PgNoticeFunc func, void *data)
{
  conn->notice_func = func;
  conn->notice_data = data;
}

void pg_conn_on_lost(PgConn *conn, PgLostFunc func, void *data)
{
  conn->lost_func = func;
  conn->lost_data = data;
}

GMainContext *pg_conn_context(PgConn *conn)
{
  return conn->context;
}

PgConnState pg_conn_state(const PgConn *conn)
{
  return conn->state;
}

int pg_conn_backend_pid(const PgConn *conn)
{
  return conn->pq != NULL ? PQbackendPID(conn->pq) : 0;
}

int pg_conn_server_version(const PgConn *conn)
{
  return conn->pq != NULL ? PQserverVersion(conn->pq) : 0;
}

PGTransactionStatusType pg_conn_transaction(const PgConn *conn)
{
  return conn->pq != NULL ? PQtransactionStatus(conn->pq) : PQTRANS_UNKNOWN;
}

const char *pg_conn_display(const PgConn *conn)
{
  return conn->display;
}

const char *pg_conn_parameter(const PgConn *conn, const char *name)
{
  return conn->pq != NULL ? PQparameterStatus(conn->pq, name) : NULL;
}
