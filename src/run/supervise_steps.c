/* The steps: runs of native ones as one rollout each, those that need Python one by one (supervise_engine.c). */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "supervise-private.h"

static const StepInfo *info_at(const Supervision *s, guint step)
{
  return g_ptr_array_index(s->infos, step);
}

/* ---- Native steps ---------------------------------------------------------------------------------------------- */

/* A statement begins: what the brake and the forecasts look at. */
static void note_statement(Supervision *s, const RolloutEvent *event)
{
  if (event->statement == ROLLOUT_VERSION_TABLE)
    return;
  s->statement_step = event->step;
  s->statement = event->statement;
  s->brake_silent = FALSE;
  if (s->question == QUESTION_BRAKE)
    supervision_unask(s);
}

static void note_event(Supervision *s, const RolloutEvent *event)
{
  switch (event->kind) {
  case ROLLOUT_EVENT_STEP: s->at = event->step; break;
  case ROLLOUT_EVENT_BEGIN:
    s->at_work = TRUE;
    s->transaction_step = event->step;
    s->transaction_first = event->statement;
    break;
  case ROLLOUT_EVENT_STATEMENT:
    s->at_work = TRUE;
    note_statement(s, event);
    break;
  case ROLLOUT_EVENT_STATEMENT_DONE: s->at_work = event->in_transaction; break;
  case ROLLOUT_EVENT_COMMIT:
  case ROLLOUT_EVENT_RETRY: s->at_work = FALSE; break;
  case ROLLOUT_EVENT_LOCKS: supervision_check_locks(s, event->locks); break;
  default: break;
  }
  if (!s->at_work && s->question == QUESTION_BRAKE)
    supervision_unask(s);
}

/* How many steps of the plan the rows imply; what was known when they tell nothing. */
static guint steps_in_rows(const Supervision *s, char **rows, guint known)
{
  for (guint i = s->infos->len; rows != NULL && i > known; i--) {
    char **after = i == s->infos->len ? s->rows_after : info_at(s, i)->rows_before;
    if (rollout_rows_equal((const char *const *)rows, (const char *const *)after))
      return i;
  }
  return known;
}

void supervision_take_rows(Supervision *s, char **rows)
{
  char **copy = g_strdupv(rows);
  g_strfreev(s->rows);
  s->rows = copy;
  s->steps_committed = steps_in_rows(s, s->rows, s->steps_committed);
}

/* A part came to its end. */
static void part_over(Supervision *s, const RolloutEvent *event)
{
  g_autoptr(GError) error = event->error != NULL ? g_error_copy(event->error) : NULL;
  gboolean cancelled = event->kind == ROLLOUT_EVENT_CANCELLED;
  supervision_take_rows(s, event->rows);
  s->unknown = event->outcome_unknown;
  s->at_work = FALSE;
  if (event->outside && event->statement != ROLLOUT_VERSION_TABLE) {
    s->aftermath_step = event->step;
    s->aftermath_statement = event->statement;
    g_free(s->aftermath_sql);
    s->aftermath_sql = g_strdup(event->sql);
    s->aftermath_outcome = cancelled ? SUPERVISED_CANCELLED : SUPERVISED_FAILED;
    g_clear_error(&s->aftermath_error);
    s->aftermath_error = g_steal_pointer(&error);
    g_clear_pointer(&s->rollout, rollout_free);
    supervision_do_aftermath(s);
    return;
  }
  g_clear_pointer(&s->rollout, rollout_free);
  if (event->kind == ROLLOUT_EVENT_DONE) {
    s->at = s->part_to;
    supervision_do_steps(s);
  } else {
    supervision_end(s, cancelled ? SUPERVISED_CANCELLED : SUPERVISED_FAILED, error);
  }
}

static void on_rollout(const RolloutEvent *rollout, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  note_event(s, rollout);
  if (rollout->kind == ROLLOUT_EVENT_STARTED)
    supervision_watch_pid(s, pg_conn_backend_pid(s->conn));
  SupervisionEvent event = supervision_event(s, SUPERVISION_ROLLOUT);
  event.step = rollout->step;
  event.rollout = rollout;
  event.text = rollout->text;
  supervision_emit(s, &event);
  gboolean over = rollout->kind == ROLLOUT_EVENT_DONE || rollout->kind == ROLLOUT_EVENT_FAILED ||
                  rollout->kind == ROLLOUT_EVENT_CANCELLED;
  if (over && !s->freed)
    part_over(s, rollout);
  supervision_leave(s);
}

static void start_native(Supervision *s)
{
  static const RolloutSink sink = {on_rollout};
  g_autoptr(GPtrArray) part = g_ptr_array_new();
  for (s->part_to = s->at; s->part_to < s->steps->len; s->part_to++) {
    if (info_at(s, s->part_to)->engine != SUPERVISED_NATIVE)
      break;
    g_ptr_array_add(part, g_ptr_array_index(s->steps, s->part_to));
  }
  const char *const *before = s->infos->len > 0 ? (const char *const *)info_at(s, s->at)->rows_before
                                                : (const char *const *)s->rows_after;
  RolloutOptions options = {
      .transaction = s->options.transaction,
      .pause = s->options.pause,
      .create_version_table = s->options.create_version_table,
      .lock_timeout_ms = s->policy->ddl_lock_timeout_ms,
      .statement_timeout_ms = s->policy->statement_timeout_ms,
      .retries = s->policy->retries,
      .retry_first_ms = s->policy->retry_first_ms,
      .retry_max_ms = s->policy->retry_max_ms,
      .journal = s->journal,
      .side = s->side,
      .observe_locks = !s->options.plain,
      .shared = s->server->pooled,
      .first_step = s->at,
      .part = TRUE,
  };
  s->rollout = rollout_new_copied(s->conn, s->project, part, before, &options, &sink, s);
  rollout_start(s->rollout);
}

/* ---- One after the other --------------------------------------------------------------------------------------- */

void supervision_do_steps(Supervision *s)
{
  supervision_set_phase(s, PHASE_STEPS);
  if (supervision_stopped(s))
    return;
  /* A plan without steps may still have to make the version table. */
  gboolean only_table = s->steps->len == 0 && s->options.create_version_table && !s->table_made;
  s->table_made = TRUE;
  if (only_table) {
    start_native(s);
  } else if (s->at >= s->steps->len) {
    supervision_do_verify(s);
  } else if (info_at(s, s->at)->engine == SUPERVISED_ALEMBIC) {
    supervision_start_engine(s);
  } else {
    start_native(s);
  }
}

void supervision_resume(Supervision *s, guint step, guint statement)
{
  StepCopy *copy = g_ptr_array_index(s->steps, step);
  s->at = step;
  copy->skip = MIN(statement, copy->statements->len);
  supervision_do_steps(s);
}
