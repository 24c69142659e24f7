/* Steps that the project's own Alembic takes: one run each, tried again like a native one where that is safe. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/file.h"
#include "supervise-private.h"

/* What is longer is no migration. */
#define MIGRATION_LIMIT ((gsize)16 * 1024 * 1024)

/* ---- The record ------------------------------------------------------------------------------------------------- */

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

/* ---- Another attempt -------------------------------------------------------------------------------------------- */

/* It waited for a lock for too long or met a deadlock, as the server and the drivers say it. */
static gboolean speaks_of_locks(const char *line)
{
  static const char *const words[] = {"due to lock timeout", "LockNotAvailable", "55P03",
                                      "deadlock detected",   "DeadlockDetected", "40P01"};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (strstr(line, words[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean speaks_of_commits(const char *path)
{
  static const char *const words[] = {"autocommit", "AUTOCOMMIT", "commit(", "COMMIT", "isolation_level"};
  g_autofree char *text = path != NULL ? file_read(path, MIGRATION_LIMIT, NULL, NULL, NULL) : NULL;
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS(words); i++)
    if (strstr(text, words[i]) != NULL)
      return TRUE;
  return text == NULL;
}

/* Neither the file nor env.py speaks of commits of its own: then rows that have not moved say that nothing was
 * applied. */
static gboolean is_one_transaction(const Supervision *s, const StepCopy *step)
{
  const EnvScript *env = &s->project->env;
  if (s->options.transaction == ROLLOUT_NO_DDL || env->does[ENV_OWN_RUNS] || env->does[ENV_HIDES_RUN])
    return FALSE;
  return !speaks_of_commits(step->path) && (env->path == NULL || !speaks_of_commits(env->path));
}

static gboolean worth_retrying(const Supervision *s, const EngineEvent *event)
{
  const StepInfo *info = g_ptr_array_index(s->infos, s->at);
  return !s->cancelled && (s->engine_locked || s->engine_yields) && s->engine_attempt <= s->policy->retries &&
         event->rows != NULL &&
         rollout_rows_equal((const char *const *)event->rows, (const char *const *)info->rows_before) &&
         is_one_transaction(s, g_ptr_array_index(s->steps, s->at));
}

void supervision_yield_engine(Supervision *s)
{
  s->engine_yields = TRUE;
  alembic_run_cancel(s->run);
}

static gboolean delay_passed(void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  supervision_stop_timer(s);
  s->engine_waits = FALSE;
  if (!supervision_stopped(s))
    supervision_start_engine(s);
  supervision_leave(s);
  return G_SOURCE_REMOVE;
}

static void try_again_in(Supervision *s, guint ms)
{
  supervision_stop_timer(s);
  s->engine_timer = g_timeout_source_new(ms);
  g_source_set_callback(s->engine_timer, delay_passed, s, NULL);
  g_source_attach(s->engine_timer, s->context);
}

void supervision_engine_now(Supervision *s)
{
  if (s->engine_waits)
    try_again_in(s, 0);
}

/* Told in the words of a native step, so that both look the same. */
static void schedule_retry(Supervision *s, const GError *error)
{
  guint delay = rollout_retry_delay(s->policy->retry_first_ms, s->policy->retry_max_ms, s->engine_attempt);
  s->engine_attempt++;
  s->engine_waits = TRUE;
  try_again_in(s, delay);
  JsonObject *object = supervision_object("error", error->message);
  json_object_set_int_member(object, "step", s->at);
  json_object_set_int_member(object, "attempt", s->engine_attempt);
  json_object_set_double_member(object, "wait_s", delay / 1000.0);
  supervision_record(s, "retry", object, JOURNAL_LAZY);
  RolloutEvent retry = {.kind = ROLLOUT_EVENT_RETRY,
                        .step = s->at,
                        .error = error,
                        .rolled_back = TRUE,
                        .attempt = s->engine_attempt,
                        .wait_s = delay / 1000.0};
  SupervisionEvent event = supervision_event(s, SUPERVISION_ROLLOUT);
  event.rollout = &retry;
  supervision_emit(s, &event);
}

/* ---- Its events ------------------------------------------------------------------------------------------------- */

static void engine_over(Supervision *s, const EngineEvent *event)
{
  g_autoptr(GError) error = event->error != NULL ? g_error_copy(event->error) : NULL;
  gboolean done = event->kind == ENGINE_DONE;
  gboolean again = !done && worth_retrying(s, event);
  supervision_take_rows(s, event->rows);
  s->at_work = FALSE;
  s->run_pid = 0;
  if (s->question == QUESTION_BRAKE)
    supervision_unask(s);
  g_clear_pointer(&s->run, alembic_run_free);
  if (s->freed)
    return;
  if (again) {
    schedule_retry(s, error);
    return;
  }
  if (!done) {
    supervision_end(s, s->cancelled ? SUPERVISED_CANCELLED : SUPERVISED_FAILED, error);
    return;
  }
  s->at++;
  s->engine_attempt = 1;
  supervision_do_steps(s);
}

static void on_engine(const EngineEvent *engine, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  record_engine(s, engine);
  if (engine->kind == ENGINE_OUTPUT && engine->text != NULL)
    s->engine_locked = s->engine_locked || speaks_of_locks(engine->text);
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

/* Alembic commits by itself, so whatever pause is wanted comes before it begins; once. */
static const char *pause_reason(const Supervision *s)
{
  if (s->engine_paused > s->at || s->engine_attempt > 1)
    return NULL;
  switch (s->options.pause) {
  case ROLLOUT_PAUSE_NEVER: return NULL;
  case ROLLOUT_PAUSE_MIGRATION: return s->at > 0 ? _("before a migration") : NULL;
  default: return _("before the project's own Alembic runs a migration and commits it");
  }
}

/* Until supervision_continue(). */
static void rest(Supervision *s, const char *reason)
{
  s->engine_paused = s->at + 1;
  s->engine_waits = TRUE;
  JsonObject *object = supervision_object("text", reason);
  json_object_set_int_member(object, "step", s->at);
  supervision_record(s, "paused", object, JOURNAL_LAZY);
  RolloutEvent paused = {.kind = ROLLOUT_EVENT_PAUSED, .step = s->at, .text = reason};
  SupervisionEvent event = supervision_event(s, SUPERVISION_ROLLOUT);
  event.rollout = &paused;
  event.text = reason;
  supervision_emit(s, &event);
}

void supervision_start_engine(Supervision *s)
{
  const char *reason = pause_reason(s);
  if (reason != NULL) {
    rest(s, reason);
    return;
  }
  const StepCopy *step = g_ptr_array_index(s->steps, s->at);
  g_autoptr(GError) error = NULL;
  if (!rollout_file_unchanged(step, &error)) {
    supervision_end(s, SUPERVISED_FAILED, error);
    return;
  }
  AlembicRunOptions options = {
      .direction = step->direction,
      .target = ((StepInfo *)g_ptr_array_index(s->infos, s->at))->target,
      .rows_after = (const char *const *)step->rows_after,
      .lock_timeout_ms = s->policy->ddl_lock_timeout_ms,
      .statement_timeout_ms = s->policy->statement_timeout_ms,
  };
  record_engine_step(s);
  s->brake_silent = s->engine_locked = s->engine_yields = FALSE;
  s->run = alembic_run_new(s->conn, s->project, s->alembic, &options, on_engine, s);
  alembic_run_start(s->run);
}
