/* Before the first operation: the rows and files are the plan's, the session is as the options say. */
#include "rollout-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/pg/version_table.h"

/* The file of every step is the one that was previewed. */
gboolean rollout_file_unchanged(const StepCopy *step, GError **error)
{
  FileStamp now;
  if (step->path == NULL || (file_stamp(step->path, &now) && file_stamp_equal(&now, &step->stamp)))
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
              _("The file of revision %s changed since it was shown (%s); look at it again."), step->revision,
              step->path);
  return FALSE;
}

static gboolean all_unchanged(const Rollout *rollout, GError **error)
{
  for (guint i = 0; i < rollout->steps->len; i++)
    if (!rollout_file_unchanged(g_ptr_array_index(rollout->steps, i), error))
      return FALSE;
  return TRUE;
}

char *rollout_rows_complaint(const char *const *now, const char *const *expected)
{
  if (rollout_rows_equal(now, expected))
    return NULL;
  g_autofree char *here = rollout_rows_text(now);
  g_autofree char *there = rollout_rows_text(expected);
  return g_strdup_printf(_("The database stands at %s, but this plan starts from %s; plan again."), here,
                         there);
}

static gboolean rows_as_expected(const Rollout *rollout, const VersionRows *rows, GError **error)
{
  g_autofree char *complaint =
      rollout_rows_complaint((const char *const *)rows->rows, (const char *const *)rollout->rows_expected);
  if (complaint == NULL)
    return TRUE;
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED, complaint);
  return FALSE;
}

static void rows_read(VersionRows *rows, const GError *error, void *data)
{
  Rollout *rollout = data;
  g_autoptr(GError) problem = error != NULL ? g_error_copy(error) : NULL;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  if (problem != NULL || !rows_as_expected(rollout, rows, &problem) || !all_unchanged(rollout, &problem)) {
    rollout_end(rollout, OUTCOME_FAILED, problem);
  } else if (rollout->ops == NULL) {
    gboolean create = rollout->options.create_version_table && !rows->exists;
    rollout->ops = rollout_program(rollout->steps, &rollout->options, create ? rollout->create_sql : NULL);
    rollout->state = STATE_SETTINGS;
  } else {
    rollout->state = STATE_READY;
  }
  version_rows_free(rows);
  rollout_turn(rollout);
  rollout_leave(rollout);
}

void rollout_do_rows(Rollout *rollout)
{
  if (pg_conn_transaction(rollout->conn) == PQTRANS_INTRANS ||
      pg_conn_transaction(rollout->conn) == PQTRANS_INERROR) {
    g_autoptr(GError) error =
        g_error_new(RETORT_ERROR, RETORT_ERROR_REFUSED,
                    _("The connection has a transaction open already; nothing was done."));
    rollout_end(rollout, OUTCOME_FAILED, error);
    return;
  }
  rollout->waiting = TRUE;
  pg_conn_set_drop_rows(rollout->conn, FALSE);
  version_rows_read(rollout->conn, rollout->version_table, rollout->version_schema, rows_read, rollout);
}

/* Results: the old values, the SETs, the new values. */
static gboolean settings_hold(Rollout *rollout, GPtrArray *results, GError **error)
{
  const PGresult *before = g_ptr_array_index(results, 0);
  const PGresult *after = g_ptr_array_index(results, results->len - 1);
  GString *restore = g_string_new(NULL);
  for (int i = 0; i < PQntuples(before); i++)
    g_string_append_printf(restore, "SET %s = %s; ", PQgetvalue(before, i, 0), PQgetvalue(before, i, 1));
  rollout->old_settings = g_string_free(restore, FALSE);
  for (int i = 0; i < PQntuples(after); i++) {
    gboolean is_lock = strcmp(PQgetvalue(after, i, 0), "lock_timeout") == 0;
    guint wanted = is_lock ? rollout->options.lock_timeout_ms : rollout->options.statement_timeout_ms;
    if (wanted == 0 || g_ascii_strtoull(PQgetvalue(after, i, 1), NULL, 10) == wanted)
      continue;
    g_set_error(
        error, RETORT_ERROR, RETORT_ERROR_REFUSED,
        _("The server does not keep %s = %u ms for this session (it says %s); is there a pooler in between?"),
        PQgetvalue(after, i, 0), wanted, PQgetvalue(after, i, 1));
    return FALSE;
  }
  return TRUE;
}

static void settings_made(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Rollout *rollout = data;
  g_autoptr(GError) problem = error != NULL ? g_error_copy(error) : NULL;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  if (problem != NULL || !settings_hold(rollout, results, &problem))
    rollout_end(rollout, OUTCOME_FAILED, problem);
  rollout_turn(rollout);
  rollout_leave(rollout);
}

static void liveness_set(PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error, void *data)
{
  Rollout *rollout = data;
  rollout_enter(rollout);
  rollout->waiting = FALSE;
  /* Some platforms cannot do this; only a lost connection matters. */
  if (pg_conn_state(conn) != PG_CONN_IDLE)
    rollout_end(rollout, OUTCOME_FAILED, error);
  rollout_turn(rollout);
  rollout_leave(rollout);
}

/* Should this process be killed, a statement that waits for a lock is to end, not to go on waiting with the queue
 * behind it. */
static gboolean set_liveness(Rollout *rollout)
{
  if (rollout->liveness_set || rollout->options.shared || pg_conn_server_version(rollout->conn) < 140000)
    return FALSE;
  rollout->liveness_set = TRUE;
  rollout_send(rollout, "SET client_connection_check_interval = 2000", liveness_set);
  return TRUE;
}

void rollout_do_settings(Rollout *rollout)
{
  static const char ask[] = "SELECT name, setting FROM pg_catalog.pg_settings "
                            "WHERE name IN ('lock_timeout', 'statement_timeout');";
  const RolloutOptions *options = &rollout->options;
  if (set_liveness(rollout))
    return;
  if ((options->lock_timeout_ms == 0 && options->statement_timeout_ms == 0) ||
      rollout->old_settings != NULL) {
    rollout->state = STATE_READY;
    RolloutEvent event = rollout_event(rollout, ROLLOUT_EVENT_STARTED);
    rollout_emit(rollout, &event);
    return;
  }
  g_autoptr(GString) sql = g_string_new(ask);
  if (options->lock_timeout_ms > 0)
    g_string_append_printf(sql, "SET lock_timeout = %u;", options->lock_timeout_ms);
  if (options->statement_timeout_ms > 0)
    g_string_append_printf(sql, "SET statement_timeout = %u;", options->statement_timeout_ms);
  g_string_append(sql, ask);
  pg_conn_set_drop_rows(rollout->conn, FALSE);
  rollout_send(rollout, sql->str, settings_made);
}
