/* Between the backup and the first step: what a repair asked for is run, and leftovers of earlier failures that would
 * be in the way of this plan are found. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "supervise-private.h"

/* ---- Leftovers ------------------------------------------------------------------------------------------------- */

/* A statement outside a transaction that is still to come; NULL behind the last. */
static const Statement *statement_to_check(Supervision *s)
{
  for (; s->check_step < s->steps->len; s->check_step++, s->check_statement = 0) {
    const StepCopy *step = g_ptr_array_index(s->steps, s->check_step);
    for (; s->check_statement < step->statements->len; s->check_statement++) {
      const Statement *statement = g_ptr_array_index(step->statements, s->check_statement);
      if (statement->autocommit && s->check_statement >= step->skip)
        return statement;
    }
  }
  return NULL;
}

static void found(Supervision *s, Aftermath *aftermath)
{
  const StepCopy *step = g_ptr_array_index(s->steps, s->check_step);
  g_clear_pointer(&s->aftermath, aftermath_free);
  s->aftermath = aftermath;
  s->aftermath_step = s->check_step;
  s->aftermath_statement = s->check_statement;
  s->aftermath_outcome = SUPERVISED_CANCELLED;
  g_clear_error(&s->aftermath_error);
  g_free(s->aftermath_sql);
  s->aftermath_sql = g_strdup(((Statement *)g_ptr_array_index(step->statements, s->check_statement))->sql);
  supervision_set_phase(s, PHASE_AFTERMATH);
  if (supervision_stopped(s))
    return;
  supervision_ask(
      s, QUESTION_AFTERMATH, ANSWER_RETRY | ANSWER_GO_ON | ANSWER_ABORT,
      _("An earlier attempt at a statement of this plan left something behind that is in its way."));
}

static void examined(Aftermath *aftermath, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (supervision_stopped(s)) {
    aftermath_free(aftermath);
  } else if (error != NULL) {
    supervision_end(s, SUPERVISED_FAILED, error);
  } else if (aftermath->state == AFTERMATH_BROKEN && aftermath->cleanup != NULL) {
    found(s, aftermath);
  } else {
    aftermath_free(aftermath);
    supervision_check_next(s);
  }
  supervision_leave(s);
}

/* Some step commits before its version rows move. */
static gboolean commits_on_its_way(const Supervision *s)
{
  for (guint i = s->at; i < s->steps->len; i++) {
    const StepCopy *step = g_ptr_array_index(s->steps, i);
    for (guint j = 1; j < step->statements->len; j++)
      if (((Statement *)g_ptr_array_index(step->statements, j))->autocommit)
        return TRUE;
  }
  return FALSE;
}

/* Without it the rollout works as well; only a crash of the server may then leave a doubt. */
static void side_connected(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (!supervision_stopped(s))
    supervision_do_steps(s);
  supervision_leave(s);
}

static void connect_side(Supervision *s)
{
  if (!commits_on_its_way(s)) {
    supervision_do_steps(s);
    return;
  }
  s->side = pg_conn_new(s->params, &(PgConnOptions){.application_name = "retort-side"});
  pg_conn_connect(s->side, side_connected, s);
}

static void check(Supervision *s)
{
  const Statement *statement = s->options.plain ? NULL : statement_to_check(s);
  if (statement != NULL) {
    aftermath_examine(s->conn, statement->sql, examined, s);
    return;
  }
  s->checking = FALSE;
  connect_side(s);
}

void supervision_check_next(Supervision *s)
{
  s->check_statement++;
  check(s);
}

/* ---- What a repair asked for ----------------------------------------------------------------------------------- */

static void prepare_next(Supervision *s);

static void prepared(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error,
                     void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (supervision_stopped(s)) {
  } else if (error != NULL) {
    supervision_end(s, SUPERVISED_FAILED, error);
  } else {
    supervision_record(s, "repair-done", supervision_object("text", _("It is repaired.")), JOURNAL_NOW);
    s->prepared++;
    prepare_next(s);
  }
  supervision_leave(s);
}

static void time_outs_back(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error,
                           void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (supervision_stopped(s)) {
  } else if (error != NULL) {
    supervision_end(s, SUPERVISED_FAILED, error);
  } else {
    check(s);
  }
  supervision_leave(s);
}

static void prepare_next(Supervision *s)
{
  const char *sql = s->prepare[s->prepared];
  if (sql == NULL) {
    pg_conn_exec(s->conn, "RESET lock_timeout", NULL, time_outs_back, s);
    return;
  }
  supervision_record(s, "repair", supervision_object("text", sql), JOURNAL_NOW);
  supervision_note(s, sql);
  if (!supervision_stopped(s))
    pg_conn_exec(s->conn, sql, NULL, prepared, s);
}

static void patient(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error,
                    void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (supervision_stopped(s)) {
  } else if (error != NULL) {
    supervision_end(s, SUPERVISED_FAILED, error);
  } else {
    prepare_next(s);
  }
  supervision_leave(s);
}

void supervision_do_prepare(Supervision *s)
{
  s->checking = TRUE;
  if (s->prepare == NULL || s->prepare[0] == NULL) {
    check(s);
    return;
  }
  supervision_set_phase(s, PHASE_AFTERMATH);
  if (!supervision_stopped(s))
    pg_conn_exec(s->conn, "SET lock_timeout = 0", NULL, patient, s);
}
