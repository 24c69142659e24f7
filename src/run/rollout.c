/* The machine: from its start, operation by operation, to where it has to end (rollout_end.c). */
#include "rollout-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/render/offline.h"
#include "rollout_journal.h"

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS 60000

/* ---- Tools of all states --------------------------------------------------------------------------------------- */

const Op *rollout_op(const Rollout *rollout)
{
  return rollout->ops != NULL && rollout->pc < rollout->ops->len
             ? g_ptr_array_index(rollout->ops, rollout->pc)
             : NULL;
}

double rollout_since(gint64 began)
{
  return (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC;
}

RolloutEvent rollout_event(const Rollout *rollout, RolloutEventKind kind)
{
  const Op *op = rollout_op(rollout);
  PGTransactionStatusType transaction = pg_conn_transaction(rollout->conn);
  return (RolloutEvent){
      .kind = kind,
      .step = op != NULL ? op->step : MAX(rollout->steps->len, 1) - 1,
      .statement = op != NULL ? op->statement : 0,
      .sql = op != NULL ? op->sql : NULL,
      .in_transaction = transaction != PQTRANS_IDLE && transaction != PQTRANS_UNKNOWN,
  };
}

void rollout_emit(Rollout *rollout, RolloutEvent *event)
{
  /* The record may be gone as well. */
  if (rollout->freed)
    return;
  rollout_journal(rollout, event);
  event->step += rollout->options.first_step;
  rollout->sink.event(event, rollout->data);
}

void rollout_send(Rollout *rollout, const char *sql, PgResultFunc func)
{
  rollout->waiting = TRUE;
  pg_conn_exec(rollout->conn, sql, NULL, func, rollout);
}

void rollout_stop_timer(Rollout *rollout)
{
  if (rollout->timer == NULL)
    return;
  g_source_destroy(rollout->timer);
  g_clear_pointer(&rollout->timer, g_source_unref);
}

void rollout_start_timer(Rollout *rollout, guint ms, GSourceFunc func)
{
  rollout_stop_timer(rollout);
  rollout->timer = g_timeout_source_new(ms);
  g_source_set_callback(rollout->timer, func, rollout, NULL);
  g_source_attach(rollout->timer, rollout->context);
}

static void destroy(Rollout *rollout)
{
  rollout_stop_timer(rollout);
  g_ptr_array_unref(rollout->steps);
  g_clear_pointer(&rollout->ops, g_ptr_array_unref);
  g_main_context_unref(rollout->context);
  g_strfreev(rollout->rows_expected);
  g_strfreev(rollout->rows_pending);
  g_strfreev(rollout->rows);
  g_clear_error(&rollout->error);
  char *texts[] = {rollout->version_table, rollout->version_schema, rollout->create_sql,   rollout->xid,
                   rollout->old_settings,  rollout->verdict,        rollout->server_start, rollout->yielding};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_free(rollout);
}

void rollout_enter(Rollout *rollout)
{
  rollout->busy++;
}

void rollout_leave(Rollout *rollout)
{
  if (--rollout->busy == 0 && rollout->freed)
    destroy(rollout);
}

/* ---- Operations ------------------------------------------------------------------------------------------------ */

static void finish_step(Rollout *rollout)
{
  RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_STEP_DONE);
  event.elapsed_s = rollout_since(rollout->step_began);
  rollout->pc++;
  rollout_emit(rollout, &event);
}

static void begin_step(Rollout *rollout, const Op *op)
{
  g_autoptr(GError) error = NULL;
  rollout->step_began = g_get_monotonic_time();
  if (!rollout_file_unchanged(g_ptr_array_index(rollout->steps, op->step), &error)) {
    rollout_end(rollout, OUTCOME_FAILED, error);
    return;
  }
  RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_STEP);
  rollout->pc++;
  rollout_emit(rollout, &event);
}

/* The rows change with the COMMIT that follows the last row of a step. */
static void note_rows(Rollout *rollout, const Op *op)
{
  const StepCopy *step = g_ptr_array_index(rollout->steps, op->step);
  if (op->statement + 1 < step->statements->len + step->row_ops->len)
    return;
  g_strfreev(rollout->rows_pending);
  rollout->rows_pending = g_strdupv(step->rows_after);
  rollout->steps_pending = op->step + 1;
}

static void note_commit(Rollout *rollout)
{
  rollout->witnessed = rollout->side_tried = FALSE;
  g_clear_pointer(&rollout->xid, g_free);
  rollout->attempt = 1;
  if (rollout->rows_pending == NULL)
    return;
  rollout->steps_committed = rollout->steps_pending;
  g_strfreev(rollout->rows_expected);
  rollout->rows_expected = g_steal_pointer(&rollout->rows_pending);
}

static gboolean row_changed(Rollout *rollout, const Op *op, const PGresult *result, GError **error)
{
  guint64 n = g_ascii_strtoull(PQcmdTuples((PGresult *)result), NULL, 10);
  g_autofree char *complaint = rollout_row_complaint(op->row, rollout->version_table, n);
  if (complaint == NULL)
    return TRUE;
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, complaint);
  return FALSE;
}

/* What success of an operation means; the event for it, if there is one. */
static void tell_locks(Rollout *rollout, const PGresult *result)
{
  g_autoptr(GPtrArray) locks = catalog_locks_read(result);
  RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_LOCKS);
  event.locks = locks;
  rollout_emit(rollout, &event);
}

/* results: what the transaction's id was asked with, from index on. */
static void take_xid(Rollout *rollout, GPtrArray *results, guint index)
{
  const PGresult *result = g_ptr_array_index(results, index);
  if (rollout->options.observe_locks)
    tell_locks(rollout, g_ptr_array_index(results, results->len - 1));
  g_free(rollout->xid);
  g_free(rollout->server_start);
  rollout->xid = PQgetisnull(result, 0, 0) ? NULL : g_strdup(PQgetvalue(result, 0, 0));
  rollout->server_start = g_strdup(PQgetvalue(result, 0, 1));
}

static gboolean operation_done(Rollout *rollout, const Op *op, GPtrArray *results, GError **error)
{
  guint answer = op->asks != NULL ? 0 : results->len - 1;
  const PGresult *result = results->len > 0 ? g_ptr_array_index(results, answer) : NULL;
  RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_STATEMENT_DONE);
  event.text = result != NULL ? PQcmdStatus((PGresult *)result) : "";
  event.elapsed_s = rollout_since(rollout->op_began);
  switch (op->kind) {
  case OP_BEGIN:
    rollout->unit = rollout->pc;
    rollout->unit_whole = TRUE;
    rollout->witnessed = rollout->side_tried = FALSE;
    event.kind = ROLLOUT_EVENT_BEGIN;
    break;
  case OP_ROW:
    if (!row_changed(rollout, op, result, error))
      return FALSE;
    note_rows(rollout, op);
    break;
  case OP_ANSWER: {
    g_autofree char *complaint = rollout_answer_complaint(op->answer, result);
    if (complaint == NULL)
      break;
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED, complaint);
    return FALSE;
  }
  case OP_COMMIT:
    note_commit(rollout);
    event.kind = ROLLOUT_EVENT_COMMIT;
    break;
  case OP_XID: take_xid(rollout, results, 0); break;
  default: break;
  }
  if (!op->outside && op->kind == OP_STATEMENT && pg_conn_transaction(rollout->conn) == PQTRANS_IDLE)
    rollout->unit_whole = FALSE;
  rollout->pc++;
  if (op->kind != OP_XID && op->kind != OP_PATIENT && op->kind != OP_STRICT && op->kind != OP_ANSWER)
    rollout_emit(rollout, &event);
  if (op->asks != NULL)
    take_xid(rollout, results, 1);
  return TRUE;
}

/* COMMIT of a transaction in which something failed unnoticed answers ROLLBACK without an error. */
static gboolean commit_held(const Op *op, const PGresult *result, GError **error)
{
  if (op->kind != OP_COMMIT || strcmp(PQcmdStatus((PGresult *)result), "ROLLBACK") != 0)
    return TRUE;
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_DATABASE,
                      _("The server rolled the transaction back instead of committing it."));
  return FALSE;
}

/* Lock time-out or deadlock, inside a transaction that can be run again from its BEGIN. */
static gboolean worth_retrying(const Rollout *rollout, const Op *op, const GError *error)
{
  const char *sqlstate = pg_error_sqlstate(error);
  gboolean yields = rollout->yielding != NULL && strcmp(sqlstate, "57014") == 0;
  return (yields || strcmp(sqlstate, "55P03") == 0 || strcmp(sqlstate, "40P01") == 0) && !op->outside &&
         rollout->unit_whole && rollout->attempt <= rollout->options.retries &&
         pg_conn_state(rollout->conn) == PG_CONN_IDLE &&
         pg_conn_transaction(rollout->conn) == PQTRANS_INERROR;
}

/* The error says why rather than that it was cancelled; what yields once has yielded. */
static void explain_yield(Rollout *rollout, GError **error)
{
  g_clear_error(error);
  *error = g_error_new_literal(RETORT_ERROR, RETORT_ERROR_DATABASE, rollout->yielding);
  g_clear_pointer(&rollout->yielding, g_free);
}

static void operation_answered(PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Rollout *rollout = data;
  const Op *op = rollout_op(rollout);
  const PGresult *last = results->len > 0 ? g_ptr_array_index(results, results->len - 1) : NULL;
  g_autoptr(GError) problem = error != NULL ? g_error_copy(error) : NULL;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  rollout->state = STATE_READY;
  rollout->committing = rollout->committing && pg_conn_state(conn) != PG_CONN_IDLE;
  if (problem != NULL || !commit_held(op, last, &problem) ||
      !operation_done(rollout, op, results, &problem)) {
    gboolean stopped = rollout->cancelled && strcmp(pg_error_sqlstate(problem), "57014") == 0;
    gboolean again = !rollout->cancelled && worth_retrying(rollout, op, problem);
    if (rollout->yielding != NULL && !stopped && strcmp(pg_error_sqlstate(problem), "57014") == 0)
      explain_yield(rollout, &problem);
    rollout_end(rollout, stopped ? OUTCOME_CANCELLED : again ? OUTCOME_RETRY : OUTCOME_FAILED, problem);
  }
  rollout_turn(rollout);
  rollout_leave(rollout);
}

static gboolean is_warned_of(const Rollout *rollout, const Op *op)
{
  const StepCopy *step = op->step < rollout->steps->len ? g_ptr_array_index(rollout->steps, op->step) : NULL;
  return op->kind == OP_STATEMENT && op->own && step != NULL && step->levels != NULL &&
         step->levels[op->statement] > 0;
}

static const char *pause_reason(const Rollout *rollout, const Op *op)
{
  if (rollout->pause_passed)
    return NULL;
  switch (rollout->options.pause) {
  case ROLLOUT_PAUSE_STATEMENT: return op->kind == OP_STATEMENT && op->own ? _("before a statement") : NULL;
  case ROLLOUT_PAUSE_COMMIT: return op->kind == OP_COMMIT ? _("before COMMIT") : NULL;
  case ROLLOUT_PAUSE_MIGRATION:
    return op->kind == OP_STEP && rollout->options.first_step + op->step > 0 ? _("before a migration") : NULL;
  case ROLLOUT_PAUSE_WARNING:
    return is_warned_of(rollout, op) ? _("before a statement with a warning") : NULL;
  default: return NULL;
  }
}

static void rest(Rollout *rollout, const char *reason)
{
  rollout->state = STATE_PAUSED;
  rollout->waiting = TRUE;
  RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_PAUSED);
  event.text = reason;
  rollout_emit(rollout, &event);
}

static void side_answered(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error,
                          void *data)
{
  Rollout *rollout = data;
  rollout_enter(rollout);
  rollout->witnessing = FALSE;
  rollout->witnessed = error == NULL;
  rollout->pause_passed = TRUE;
  rollout->waiting = FALSE;
  rollout_turn(rollout);
  rollout_leave(rollout);
}

/* A transaction id of which nothing reached the disk is given out again after a crash.  Committing anything else that
 * writes makes the server flush what it has written so far, this transaction's id with it. */
static gboolean find_witness(Rollout *rollout, const Op *op)
{
  static const char sql[] = "SELECT pg_catalog.pg_logical_emit_message(true, 'retort', '')";
  PgConn *side = rollout->options.side;
  if (op->kind != OP_COMMIT || rollout->rows_pending != NULL || rollout->xid == NULL || rollout->witnessed ||
      rollout->side_tried || side == NULL || pg_conn_state(side) != PG_CONN_IDLE)
    return FALSE;
  rollout->side_tried = TRUE;
  rollout->witnessing = TRUE;
  rollout->waiting = TRUE;
  pg_conn_exec(side, sql, NULL, side_answered, rollout);
  return TRUE;
}

static void run_operation(Rollout *rollout, const Op *op)
{
  if (find_witness(rollout, op))
    return;
  gboolean changes = op->kind == OP_STATEMENT || op->kind == OP_ROW;
  RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_STATEMENT);
  rollout->op_began = g_get_monotonic_time();
  if (changes)
    rollout_emit(rollout, &event);
  else if (op->kind == OP_COMMIT)
    rollout_journal_commit(rollout);
  if (rollout->freed || rollout->cancelled)
    return;
  rollout->sent = rollout->sent || changes;
  rollout->committing = op->kind == OP_COMMIT;
  rollout->state = STATE_RUNNING;
  pg_conn_set_drop_rows(rollout->conn, op->kind == OP_STATEMENT);
  g_autofree char *both = op->asks != NULL ? g_strconcat(op->sql, "; ", op->asks, NULL) : NULL;
  rollout_send(rollout, both != NULL ? both : op->sql, operation_answered);
}

/* What was to be cancelled is over already, or nothing ran: a transaction that is open goes all the same. */
static void give_way(Rollout *rollout)
{
  PGTransactionStatusType status = pg_conn_transaction(rollout->conn);
  g_autoptr(GError) error = NULL;
  explain_yield(rollout, &error);
  gboolean again = rollout->unit_whole && rollout->attempt <= rollout->options.retries;
  if (status != PQTRANS_IDLE)
    rollout_end(rollout, again ? OUTCOME_RETRY : OUTCOME_FAILED, error);
}

static void do_ready(Rollout *rollout)
{
  const Op *op = rollout_op(rollout);
  if (op == NULL || rollout->cancelled) {
    rollout_end(rollout, op == NULL ? OUTCOME_DONE : OUTCOME_CANCELLED, NULL);
    return;
  }
  if (rollout->yielding != NULL) {
    give_way(rollout);
    return;
  }
  const char *reason = pause_reason(rollout, op);
  if (reason != NULL) {
    rest(rollout, reason);
    return;
  }
  rollout->pause_passed = FALSE;
  if (op->kind == OP_STEP) {
    begin_step(rollout, op);
  } else if (op->kind == OP_STEP_DONE) {
    finish_step(rollout);
  } else {
    run_operation(rollout, op);
  }
}

/* ---- The loop -------------------------------------------------------------------------------------------------- */

static void do_nothing(Rollout *rollout)
{
  rollout->waiting = TRUE;
}

static void (*const actions[])(Rollout *) = {
    [STATE_NEW] = do_nothing,
    [STATE_ROWS] = rollout_do_rows,
    [STATE_SETTINGS] = rollout_do_settings,
    [STATE_READY] = do_ready,
    [STATE_RUNNING] = do_nothing,
    [STATE_PAUSED] = do_nothing,
    [STATE_DELAY] = do_nothing,
    [STATE_ROLLBACK] = rollout_do_rollback,
    [STATE_RESTORE] = rollout_do_restore,
    [STATE_RECONNECT] = rollout_do_reconnect,
    [STATE_VERDICT] = rollout_do_verdict,
    [STATE_REREAD] = rollout_do_reread,
    [STATE_OVER] = rollout_do_over,
    [STATE_FINISHED] = do_nothing,
};

void rollout_turn(Rollout *rollout)
{
  rollout_enter(rollout);
  while (!rollout->waiting && !rollout->freed) {
    gboolean rests = rollout->state == STATE_PAUSED || rollout->state == STATE_DELAY;
    if (rests && rollout->cancelled) {
      rollout_stop_timer(rollout);
      rollout_end(rollout, OUTCOME_CANCELLED, NULL);
    } else if (rollout->state == STATE_PAUSED && rollout->yielding != NULL) {
      rollout->state = STATE_READY;
    }
    actions[rollout->state](rollout);
  }
  rollout_leave(rollout);
}

static gboolean kicked(void *data)
{
  Rollout *rollout = data;
  rollout_stop_timer(rollout);
  rollout->waiting = FALSE;
  rollout_turn(rollout);
  return G_SOURCE_REMOVE;
}

/* What the operator asks for happens from the loop, never inside the call. */
static void kick(Rollout *rollout)
{
  rollout_start_timer(rollout, 0, kicked);
}

/* ---- For its owner --------------------------------------------------------------------------------------------- */

Rollout *rollout_new_copied(PgConn *conn, const Project *project, GPtrArray *steps,
                            const char *const *rows_before, const RolloutOptions *options,
                            const RolloutSink *sink, void *data)
{
  Rollout *rollout = g_new0(Rollout, 1);
  const char *schema = NULL;
  rollout->conn = conn;
  rollout->context = g_main_context_ref_thread_default();
  rollout->version_table =
      g_strdup(project != NULL ? project_version_table(project, &schema) : "alembic_version");
  rollout->version_schema = g_strdup(schema);
  rollout->create_sql = version_table_create_sql(project);
  rollout->options = *options;
  if (rollout->options.retry_first_ms == 0)
    rollout->options.retry_first_ms = RETRY_FIRST_MS;
  if (rollout->options.retry_max_ms == 0)
    rollout->options.retry_max_ms = RETRY_MAX_MS;
  rollout->sink = *sink;
  rollout->data = data;
  rollout->steps = g_ptr_array_ref(steps);
  rollout->rows_expected = rows_before != NULL ? g_strdupv((char **)rows_before) : g_new0(char *, 1);
  rollout->waiting = TRUE;
  return rollout;
}

Rollout *rollout_new(PgConn *conn, const Project *project, const RolloutStep *steps, guint n_steps,
                     const char *const *rows_before, const RolloutOptions *options, const RolloutSink *sink,
                     void *data)
{
  g_autoptr(GPtrArray) copies = g_ptr_array_new_with_free_func((GDestroyNotify)step_copy_free);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
  for (const char *const *row = rows_before; row != NULL && *row != NULL; row++)
    g_ptr_array_add(rows, g_strdup(*row));
  for (guint i = 0; i < n_steps; i++)
    g_ptr_array_add(copies, step_copy_new(project, &steps[i], rows));
  return rollout_new_copied(conn, project, copies, rows_before, options, sink, data);
}

void rollout_free(Rollout *rollout)
{
  if (rollout == NULL || rollout->freed)
    return;
  if (rollout->state != STATE_NEW && rollout->state != STATE_FINISHED) {
    pg_conn_forget(rollout->conn);
    pg_conn_cancel(rollout->conn);
    pg_conn_on_notice(rollout->conn, NULL, NULL);
    pg_conn_on_lost(rollout->conn, NULL, NULL);
  }
  if (rollout->witnessing)
    pg_conn_forget(rollout->options.side);
  rollout_stop_timer(rollout);
  rollout->freed = TRUE;
  if (rollout->busy == 0)
    destroy(rollout);
}

static void on_notice(G_GNUC_UNUSED PgConn *conn, const char *severity, const char *message, void *data)
{
  Rollout *rollout = data;
  rollout_enter(rollout);
  RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_NOTICE);
  g_autofree char *text = g_strdup_printf("%s: %s", severity, message);
  event.text = text;
  rollout_emit(rollout, &event);
  rollout_leave(rollout);
}

/* While it rests: paused, or between two attempts. */
static void on_lost(G_GNUC_UNUSED PgConn *conn, const GError *error, void *data)
{
  Rollout *rollout = data;
  if (rollout->state != STATE_PAUSED && rollout->state != STATE_DELAY)
    return;
  rollout_enter(rollout);
  rollout_stop_timer(rollout);
  rollout->waiting = FALSE;
  rollout_end(rollout, OUTCOME_FAILED, error);
  rollout_turn(rollout);
  rollout_leave(rollout);
}

void rollout_start(Rollout *rollout)
{
  g_return_if_fail(rollout->state == STATE_NEW);
  pg_conn_on_notice(rollout->conn, on_notice, rollout);
  pg_conn_on_lost(rollout->conn, on_lost, rollout);
  rollout->began = g_get_monotonic_time();
  rollout->attempt = 1;
  rollout->state = STATE_ROWS;
  kick(rollout);
}

void rollout_continue(Rollout *rollout)
{
  if (rollout->state == STATE_PAUSED) {
    rollout->state = STATE_READY;
    rollout->pause_passed = TRUE;
    kick(rollout);
  } else if (rollout->state == STATE_DELAY) {
    rollout->state = STATE_ROWS;
    kick(rollout);
  }
}

void rollout_hold(Rollout *rollout)
{
  if (rollout->state == STATE_DELAY)
    rollout_stop_timer(rollout);
}

void rollout_set_pause(Rollout *rollout, RolloutPause mode)
{
  rollout->options.pause = mode;
}

void rollout_cancel(Rollout *rollout)
{
  const Op *op = rollout_op(rollout);
  if (rollout->cancelled || (rollout->outcome != OUTCOME_NONE && rollout->outcome != OUTCOME_RETRY))
    return;
  rollout->cancelled = TRUE;
  if (rollout->state == STATE_RUNNING && op != NULL && op->kind != OP_COMMIT)
    pg_conn_cancel(rollout->conn);
  else if (rollout->state == STATE_PAUSED || rollout->state == STATE_DELAY)
    kick(rollout);
}

void rollout_yield(Rollout *rollout, const char *reason)
{
  const Op *op = rollout_op(rollout);
  if (rollout->cancelled || rollout->yielding != NULL || rollout->outcome != OUTCOME_NONE)
    return;
  if (rollout->state == STATE_RUNNING && op != NULL && op->kind != OP_COMMIT) {
    rollout->yielding = g_strdup(reason);
    pg_conn_cancel(rollout->conn);
  } else if (rollout->state == STATE_PAUSED && pg_conn_transaction(rollout->conn) != PQTRANS_IDLE) {
    rollout->yielding = g_strdup(reason);
    kick(rollout);
  }
}

gboolean rollout_finished(const Rollout *rollout)
{
  return rollout->state == STATE_FINISHED;
}

guint rollout_step_statements(const Rollout *rollout, guint step)
{
  if (step >= rollout->steps->len)
    return 0;
  const StepCopy *copy = g_ptr_array_index(rollout->steps, step);
  return copy->statements->len + copy->row_ops->len;
}
