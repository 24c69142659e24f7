/* The steps: runs of native ones as one rollout each, those that need Python one by one. */
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

static void take_rows(Supervision *s, char **rows)
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
  take_rows(s, event->rows);
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

/* ---- Steps of the project's Alembic ---------------------------------------------------------------------------- */

static void record_engine_step(Supervision *s)
{
  static const char *const directions[] = {"upgrade", "downgrade", "stamp"};
  const StepCopy *step = g_ptr_array_index(s->steps, s->at);
  g_autofree char *rows = rollout_rows_text((const char *const *)step->rows_after);
  JsonObject *object = supervision_object("revision", step->revision);
  json_object_set_int_member(object, "step", s->at);
  json_object_set_string_member(object, "direction", directions[step->direction]);
  json_object_set_string_member(object, "rows_after", rows);
  json_object_set_string_member(object, "engine", "alembic");
  /* From here on only the rows and the record tell what the child may have done. */
  supervision_record(s, "step", object, JOURNAL_NOW);
}

static void record_engine(Supervision *s, const EngineEvent *event)
{
  static const char *const names[] = {"engine", "output", "engine-backend", "commit", "part-failed"};
  JsonObject *object = event->text != NULL ? supervision_object("text", event->text) : json_object_new();
  json_object_set_int_member(object, "step", s->at);
  if (event->pid != 0)
    json_object_set_int_member(object, "backend", event->pid);
  if (event->error != NULL)
    json_object_set_string_member(object, "error", event->error->message);
  if (event->rows != NULL) {
    g_autofree char *rows = rollout_rows_text((const char *const *)event->rows);
    json_object_set_string_member(object, "rows", rows);
  }
  if (event->kind == ENGINE_DONE)
    json_object_set_int_member(object, "steps", s->at + 1);
  supervision_record(s, names[event->kind], object,
                     event->kind == ENGINE_DONE || event->kind == ENGINE_FAILED ? JOURNAL_NOW : JOURNAL_LAZY);
}

static void engine_over(Supervision *s, const EngineEvent *event)
{
  g_autoptr(GError) error = event->error != NULL ? g_error_copy(event->error) : NULL;
  gboolean done = event->kind == ENGINE_DONE;
  take_rows(s, event->rows);
  s->at_work = FALSE;
  s->run_pid = 0;
  if (s->question == QUESTION_BRAKE)
    supervision_unask(s);
  g_clear_pointer(&s->run, alembic_run_free);
  if (s->freed)
    return;
  if (!done) {
    supervision_end(s, s->cancelled ? SUPERVISED_CANCELLED : SUPERVISED_FAILED, error);
    return;
  }
  s->at++;
  supervision_do_steps(s);
}

static void on_engine(const EngineEvent *engine, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  record_engine(s, engine);
  if (engine->kind == ENGINE_BACKEND) {
    s->run_pid = engine->pid;
    s->at_work = TRUE;
    supervision_watch_pid(s, engine->pid);
  }
  SupervisionEvent event = supervision_event(s, SUPERVISION_ENGINE);
  event.engine = engine;
  event.text = engine->text;
  supervision_emit(s, &event);
  if (!s->freed && (engine->kind == ENGINE_DONE || engine->kind == ENGINE_FAILED))
    engine_over(s, engine);
  supervision_leave(s);
}

static void start_engine(Supervision *s)
{
  const StepCopy *step = g_ptr_array_index(s->steps, s->at);
  g_autoptr(GError) error = NULL;
  if (!rollout_file_unchanged(step, &error)) {
    supervision_end(s, SUPERVISED_FAILED, error);
    return;
  }
  AlembicRunOptions options = {
      .direction = step->direction,
      .target = info_at(s, s->at)->target,
      .rows_after = (const char *const *)step->rows_after,
      .lock_timeout_ms = s->policy->ddl_lock_timeout_ms,
      .statement_timeout_ms = s->policy->statement_timeout_ms,
  };
  record_engine_step(s);
  s->brake_silent = FALSE;
  s->run = alembic_run_new(s->conn, s->project, s->alembic, &options, on_engine, s);
  alembic_run_start(s->run);
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
    start_engine(s);
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
