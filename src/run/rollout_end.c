/* How a rollout ends: roll back, put the session right, find out where the database stands, say so. */
#include "rollout-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/pg/version_table.h"

/* A server that restarts is back within this, or the operator is told that nobody knows. */
#define CONNECT_TRIES 15
#define CONNECT_PAUSE_MS 1000
/* The old session may still be finishing its COMMIT when the new one asks. */
#define VERDICT_TRIES 50
#define VERDICT_PAUSE_MS 200

static gboolean transaction_open(const Rollout *rollout)
{
  PGTransactionStatusType status = pg_conn_transaction(rollout->conn);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

/* By the program, for when the connection can no longer be asked. */
static gboolean transaction_was_open(const Rollout *rollout)
{
  for (guint i = MIN(rollout->pc, rollout->ops != NULL ? rollout->ops->len : 0); i-- > 0;) {
    const Op *op = g_ptr_array_index(rollout->ops, i);
    if (op->kind == OP_BEGIN || op->kind == OP_COMMIT)
      return op->kind == OP_BEGIN && rollout->unit_whole;
  }
  return FALSE;
}

void rollout_end(Rollout *rollout, RolloutOutcome outcome, const GError *error)
{
  const Op *op = rollout_op(rollout);
  rollout->outcome = outcome;
  g_clear_error(&rollout->error);
  rollout->error = error != NULL ? g_error_copy(error) : NULL;
  rollout->lost = pg_conn_state(rollout->conn) != PG_CONN_IDLE;
  rollout->was_open = rollout->lost ? transaction_was_open(rollout) : transaction_open(rollout);
  rollout->was_outside = rollout->sent && !rollout->was_open && op != NULL &&
                         (op->kind == OP_STATEMENT || op->kind == OP_ROW) && error != NULL;
  rollout->state = rollout->lost ? STATE_RECONNECT : rollout->was_open ? STATE_ROLLBACK : STATE_RESTORE;
}

/* ---- Rolling back ---------------------------------------------------------------------------------------------- */

static gboolean delay_passed(void *data)
{
  Rollout *rollout = data;
  rollout_stop_timer(rollout);
  rollout->state = STATE_ROWS;
  rollout->waiting = FALSE;
  rollout_turn(rollout);
  return G_SOURCE_REMOVE;
}

/* Full jitter: several rollouts that met once do not meet again in step. */
guint rollout_retry_delay(guint first_ms, guint max_ms, guint attempt)
{
  guint64 most = first_ms;
  for (guint i = 1; i < attempt && most < max_ms; i++)
    most *= 2;
  return (guint)g_random_int_range(0, (gint32)MIN(most, max_ms) + 1);
}

static void schedule_retry(Rollout *rollout)
{
  guint delay =
      rollout_retry_delay(rollout->options.retry_first_ms, rollout->options.retry_max_ms, rollout->attempt);
  rollout->outcome = OUTCOME_NONE;
  rollout->attempt++;
  rollout->state = STATE_DELAY;
  rollout->waiting = TRUE;
  rollout_start_timer(rollout, delay, delay_passed);
  RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_RETRY);
  event.error = rollout->error;
  event.rolled_back = TRUE;
  event.attempt = rollout->attempt;
  event.wait_s = delay / 1000.0;
  rollout->pc = rollout->unit;
  g_clear_pointer(&rollout->rows_pending, g_strfreev);
  rollout_emit(rollout, &event);
}

static void rolled_back(PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error, void *data)
{
  Rollout *rollout = data;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  if (error != NULL || pg_conn_state(conn) != PG_CONN_IDLE) {
    rollout->lost = TRUE;
    rollout->outcome = rollout->outcome == OUTCOME_RETRY ? OUTCOME_FAILED : rollout->outcome;
    rollout->state = STATE_RECONNECT;
  } else {
    if (rollout->outcome == OUTCOME_RETRY && rollout->cancelled)
      rollout->outcome = OUTCOME_CANCELLED;
    rollout->rolled_back = rollout->outcome != OUTCOME_RETRY;
    rollout->state = STATE_RESTORE;
    if (rollout->outcome == OUTCOME_RETRY)
      schedule_retry(rollout);
  }
  rollout_turn(rollout);
  rollout_leave(rollout);
}

void rollout_do_rollback(Rollout *rollout)
{
  rollout_send(rollout, "ROLLBACK", rolled_back);
}

/* ---- The session's settings ------------------------------------------------------------------------------------ */

static void restored(PgConn *conn, G_GNUC_UNUSED GPtrArray *results, G_GNUC_UNUSED const GError *error,
                     void *data)
{
  Rollout *rollout = data;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  rollout->state = pg_conn_state(conn) == PG_CONN_IDLE ? STATE_REREAD : STATE_RECONNECT;
  rollout_turn(rollout);
  rollout_leave(rollout);
}

void rollout_do_restore(Rollout *rollout)
{
  pg_conn_set_drop_rows(rollout->conn, FALSE);
  g_autofree char *sql =
      g_strconcat(rollout->old_settings != NULL ? rollout->old_settings : "",
                  rollout->liveness_set ? "RESET client_connection_check_interval" : "", NULL);
  if (*sql != '\0')
    rollout_send(rollout, sql, restored);
  else
    rollout->state = STATE_REREAD;
}

/* ---- After a loss ---------------------------------------------------------------------------------------------- */

static gboolean wait_passed(void *data)
{
  Rollout *rollout = data;
  rollout_stop_timer(rollout);
  rollout->waiting = FALSE;
  rollout_turn(rollout);
  return G_SOURCE_REMOVE;
}

static void wait_a_little(Rollout *rollout, guint ms)
{
  rollout->waiting = TRUE;
  rollout_start_timer(rollout, ms, wait_passed);
}

static void connected(G_GNUC_UNUSED PgConn *conn, const GError *error, void *data)
{
  Rollout *rollout = data;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  if (error == NULL) {
    rollout->tries = 0;
    rollout->state = rollout->committing && rollout->xid != NULL ? STATE_VERDICT : STATE_REREAD;
  } else if (++rollout->tries < CONNECT_TRIES) {
    wait_a_little(rollout, CONNECT_PAUSE_MS);
  } else {
    rollout->state = STATE_OVER;
  }
  rollout_turn(rollout);
  rollout_leave(rollout);
}

void rollout_do_reconnect(Rollout *rollout)
{
  if (pg_conn_state(rollout->conn) == PG_CONN_IDLE) {
    rollout->state = STATE_REREAD;
    return;
  }
  rollout->waiting = TRUE;
  pg_conn_connect(rollout->conn, connected, rollout);
}

/* An id that the server has not given out yet was given out before it went down, by a transaction of which nothing
 * reached the disk. */
#define IN_THE_FUTURE "22023"

static void verdict_given(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Rollout *rollout = data;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  const PGresult *result = error == NULL ? g_ptr_array_index(results, 0) : NULL;
  g_clear_pointer(&rollout->verdict, g_free);
  if (result != NULL && !PQgetisnull(result, 0, 0))
    rollout->verdict = g_strdup(PQgetvalue(result, 0, 0));
  else if (strcmp(pg_error_sqlstate(error), IN_THE_FUTURE) == 0)
    rollout->verdict = g_strdup("aborted");
  rollout->restarted = result == NULL || g_strcmp0(PQgetvalue(result, 0, 1), rollout->server_start) != 0;
  if (g_strcmp0(rollout->verdict, "in progress") == 0 && !rollout->restarted &&
      ++rollout->tries < VERDICT_TRIES)
    wait_a_little(rollout, VERDICT_PAUSE_MS);
  else
    rollout->state = STATE_REREAD;
  rollout_turn(rollout);
  rollout_leave(rollout);
}

void rollout_do_verdict(Rollout *rollout)
{
  g_autofree char *sql = g_strdup_printf(
      "SELECT pg_catalog.txid_status(%s), extract(epoch FROM pg_catalog.pg_postmaster_start_time())",
      rollout->xid);
  rollout_send(rollout, sql, verdict_given);
}

/* ---- The last event -------------------------------------------------------------------------------------------- */

static void reread(VersionRows *rows, G_GNUC_UNUSED const GError *error, void *data)
{
  Rollout *rollout = data;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  if (rows != NULL)
    rollout->rows = g_strdupv(rows->rows);
  version_rows_free(rows);
  rollout->state = STATE_OVER;
  rollout_turn(rollout);
  rollout_leave(rollout);
}

void rollout_do_reread(Rollout *rollout)
{
  rollout->waiting = TRUE;
  pg_conn_set_drop_rows(rollout->conn, FALSE);
  version_rows_read(rollout->conn, rollout->version_table, rollout->version_schema, reread, rollout);
}

static gboolean rows_are(const Rollout *rollout, char **rows)
{
  return rollout->rows != NULL && rows != NULL &&
         rollout_rows_equal((const char *const *)rollout->rows, (const char *const *)rows);
}

/* Whether the COMMIT that nobody heard the answer of took effect.  The version rows tell when they were to change with
 * it.  Otherwise the server's word counts, but after a restart "committed" may be said of somebody else, unless the id
 * was seen to reach the disk: one that never did is given out again. */
static const char *fate_of_commit(Rollout *rollout)
{
  gboolean moves = rollout->rows_pending != NULL;
  gboolean by_rows = moves && rows_are(rollout, rollout->rows_pending);
  gboolean by_word =
      !moves && (!rollout->restarted || rollout->witnessed) && g_strcmp0(rollout->verdict, "committed") == 0;
  if (by_rows || by_word)
    return _("The connection was lost during COMMIT, but the transaction was committed.");
  if (rollout->xid == NULL || g_strcmp0(rollout->verdict, "aborted") == 0 ||
      (moves && rows_are(rollout, rollout->rows_expected))) {
    rollout->rolled_back = TRUE;
    return _("The connection was lost during COMMIT, and the transaction was rolled back.");
  }
  rollout->unknown = TRUE;
  return _("The connection was lost during COMMIT; whether the transaction was committed is unknown.");
}

/* What became of the work, as a sentence; sets rolled_back and unknown. */
static const char *fate(Rollout *rollout)
{
  if (rollout->lost && rollout->committing)
    return fate_of_commit(rollout);
  if (rollout->lost && rollout->was_open) {
    rollout->rolled_back = TRUE;
    return _("The connection was lost; the server rolls the open transaction back.");
  }
  if (rollout->lost && rollout->was_outside) {
    rollout->unknown = TRUE;
    return _(
        "The connection was lost while a statement ran outside a transaction; how far it got is unknown.");
  }
  if (rollout->was_outside)
    return _("The statement ran outside a transaction; what was done before it remains.");
  if (rollout->rolled_back)
    return _("The transaction was rolled back.");
  return rollout->sent ? _("No transaction was open.") : _("Nothing was changed.");
}

void rollout_do_over(Rollout *rollout)
{
  static const RolloutEventKind kinds[] = {
      [OUTCOME_DONE] = ROLLOUT_EVENT_DONE,
      [OUTCOME_FAILED] = ROLLOUT_EVENT_FAILED,
      [OUTCOME_CANCELLED] = ROLLOUT_EVENT_CANCELLED,
  };
  RolloutEvent event = rollout_event(rollout, kinds[rollout->outcome]);
  if (rollout->outcome != OUTCOME_DONE)
    event.text = fate(rollout);
  else if (!rows_are(rollout, rollout->rows_expected))
    event.text = _("The version rows are not as planned; somebody else changed them.");
  event.error = rollout->error;
  event.rows = rollout->rows;
  event.rolled_back = rollout->rolled_back;
  event.outcome_unknown = rollout->unknown;
  event.outside = rollout->was_outside;
  event.elapsed_s = rollout_since(rollout->began);
  rollout->state = STATE_FINISHED;
  pg_conn_on_notice(rollout->conn, NULL, NULL);
  pg_conn_on_lost(rollout->conn, NULL, NULL);
  rollout_emit(rollout, &event);
}
