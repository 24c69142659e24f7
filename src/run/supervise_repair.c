/* A statement outside a transaction failed, was cancelled, or nobody heard its answer: what it left behind is looked
 * at, and the operator says what to do about it. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"
#include "supervise-private.h"

static void end_as_it_is(Supervision *s)
{
  s->unknown = s->unknown || (s->aftermath != NULL && s->aftermath->state == AFTERMATH_UNKNOWN);
  supervision_end(s, s->aftermath_outcome, s->aftermath_error);
}

/* ---- Looking --------------------------------------------------------------------------------------------------- */

static guint answers_for(const Aftermath *aftermath)
{
  switch (aftermath->state) {
  case AFTERMATH_DONE: return ANSWER_GO_ON | ANSWER_ABORT;
  case AFTERMATH_NOT_DONE: return ANSWER_RETRY | ANSWER_ABORT;
  case AFTERMATH_RUNNING: return ANSWER_AGAIN | ANSWER_ABORT;
  case AFTERMATH_BROKEN:
    return ANSWER_ABORT | (aftermath->cleanup != NULL ? ANSWER_RETRY | ANSWER_CLEANUP : 0) |
           (aftermath->finish != NULL ? ANSWER_FINISH : 0);
  default: return ANSWER_GO_ON | ANSWER_RETRY | ANSWER_ABORT;
  }
}

static void record_aftermath(Supervision *s)
{
  static const char *const states[] = {"unknown", "done", "not-done", "broken", "running"};
  JsonObject *object = supervision_object("state", states[s->aftermath->state]);
  json_object_set_string_member(object, "text", s->aftermath->text);
  json_object_set_int_member(object, "step", s->aftermath_step);
  json_object_set_int_member(object, "statement", s->aftermath_statement);
  if (s->aftermath->cleanup != NULL)
    json_object_set_string_member(object, "cleanup", s->aftermath->cleanup);
  if (s->aftermath->finish != NULL)
    json_object_set_string_member(object, "finish", s->aftermath->finish);
  supervision_record(s, "aftermath", object, JOURNAL_LAZY);
}

static char *question_text(const Supervision *s)
{
  g_autofree char *why =
      s->aftermath_error != NULL ? text_escape(s->aftermath_error->message, -1, FALSE) : NULL;
  return why != NULL ? g_strconcat(why, " ", s->aftermath->text, NULL) : g_strdup(s->aftermath->text);
}

/* A cancelled statement that left nothing to see to is simply the end. */
static gboolean is_over(const Supervision *s)
{
  return s->mutex_gone || (s->cancelled && s->aftermath->state != AFTERMATH_BROKEN);
}

static void examined(Aftermath *aftermath, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  g_clear_pointer(&s->aftermath, aftermath_free);
  s->aftermath = aftermath;
  if (s->freed || s->ending) {
  } else if (error != NULL) {
    s->unknown = TRUE;
    end_as_it_is(s);
  } else {
    record_aftermath(s);
    if (is_over(s)) {
      end_as_it_is(s);
    } else {
      g_autofree char *text = question_text(s);
      s->cancelled = FALSE;
      supervision_ask(s, QUESTION_AFTERMATH, answers_for(aftermath), text);
    }
  }
  supervision_leave(s);
}

void supervision_do_aftermath(Supervision *s)
{
  supervision_set_phase(s, PHASE_AFTERMATH);
  if (s->freed || s->ending)
    return;
  if (pg_conn_state(s->conn) != PG_CONN_IDLE) {
    s->unknown = TRUE;
    end_as_it_is(s);
    return;
  }
  aftermath_examine(s->conn, s->aftermath_sql, examined, s);
}

/* ---- Repairing ------------------------------------------------------------------------------------------------- */

/* In the record it counts as if the statement itself had been answered. */
static void record_done(Supervision *s)
{
  JsonObject *object = json_object_new();
  json_object_set_int_member(object, "step", s->aftermath_step);
  json_object_set_int_member(object, "statement", s->aftermath_statement);
  json_object_set_string_member(object, "text", _("seen to by the operator"));
  supervision_record(s, "statement-done", object, JOURNAL_NOW);
}

static void go_on_behind(Supervision *s)
{
  record_done(s);
  s->unknown = FALSE;
  supervision_resume(s, s->aftermath_step, s->aftermath_statement + 1);
}

static void go_on_with(Supervision *s)
{
  s->unknown = FALSE;
  supervision_resume(s, s->aftermath_step, s->aftermath_statement);
}

static void repaired(Supervision *s, SupervisionAnswer answer)
{
  if (s->checking)
    supervision_check_next(s);
  else if (answer == ANSWER_FINISH)
    go_on_behind(s);
  else if (answer == ANSWER_RETRY)
    go_on_with(s);
  else
    end_as_it_is(s);
}

static void repair_failed(Supervision *s, const GError *error)
{
  supervision_record(s, "repair-failed", supervision_object("text", error->message), JOURNAL_LAZY);
  supervision_note(s, error->message);
  if (!s->freed)
    supervision_do_aftermath(s);
}

static void time_outs_back(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error,
                           void *data)
{
  Supervision *s = data;
  SupervisionAnswer answer = s->repair;
  supervision_enter(s);
  s->repair = 0;
  if (error != NULL)
    repair_failed(s, error);
  else
    repaired(s, answer);
  supervision_leave(s);
}

static void repair_answered(PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (error != NULL) {
    s->repair = 0;
    repair_failed(s, error);
  } else {
    supervision_record(s, "repair-done", supervision_object("text", _("It is repaired.")), JOURNAL_NOW);
    pg_conn_exec(conn, "RESET lock_timeout", NULL, time_outs_back, s);
  }
  supervision_leave(s);
}

static void patient(PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error, void *data)
{
  Supervision *s = data;
  const char *sql = s->repair == ANSWER_FINISH ? s->aftermath->finish : s->aftermath->cleanup;
  supervision_enter(s);
  if (error != NULL) {
    s->repair = 0;
    repair_failed(s, error);
  } else {
    supervision_record(s, "repair", supervision_object("text", sql), JOURNAL_NOW);
    supervision_note(s, sql);
    if (!s->freed)
      pg_conn_exec(conn, sql, NULL, repair_answered, s);
  }
  supervision_leave(s);
}

/* Like the statement itself it waits as long as it takes: a lock time-out would leave more behind. */
static void run_repair(Supervision *s, SupervisionAnswer answer)
{
  s->repair = answer;
  s->at_work = TRUE;
  pg_conn_exec(s->conn, "SET lock_timeout = 0", NULL, patient, s);
}

void supervision_repair(Supervision *s, SupervisionAnswer answer)
{
  if (answer == ANSWER_ABORT)
    end_as_it_is(s);
  else if (answer == ANSWER_AGAIN)
    supervision_do_aftermath(s);
  else if (answer == ANSWER_GO_ON && s->checking)
    supervision_check_next(s);
  else if (answer == ANSWER_GO_ON)
    go_on_behind(s);
  else if (answer == ANSWER_RETRY && s->aftermath->cleanup == NULL)
    go_on_with(s);
  else
    run_repair(s, answer);
}
