/* The supervised rollout's life: made, started, asked, answered, cancelled, ended. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "supervise-private.h"

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static void step_info_free(void *data)
{
  StepInfo *info = data;
  g_free(info->target);
  g_free(info->label);
  g_strfreev(info->rows_before);
  g_clear_pointer(&info->review, review_free);
  g_free(info);
}

static void stop_idle(Supervision *s)
{
  if (s->idle == NULL)
    return;
  g_source_destroy(s->idle);
  g_clear_pointer(&s->idle, g_source_unref);
}

void supervision_stop_timer(Supervision *s)
{
  if (s->engine_timer == NULL)
    return;
  g_source_destroy(s->engine_timer);
  g_clear_pointer(&s->engine_timer, g_source_unref);
}

/* Whatever runs: connections last, because the others use them. */
static void stop_all(Supervision *s)
{
  stop_idle(s);
  supervision_stop_timer(s);
  g_clear_pointer(&s->rollout, rollout_free);
  g_clear_pointer(&s->run, alembic_run_free);
  g_clear_pointer(&s->backup, backup_free);
  g_clear_pointer(&s->current, child_free);
  g_clear_pointer(&s->monitor, lock_monitor_free);
  g_clear_pointer(&s->conn, pg_conn_free);
  g_clear_pointer(&s->side, pg_conn_free);
  g_clear_pointer(&s->mutex, rollout_mutex_free);
}

static void destroy(Supervision *s)
{
  stop_all(s);
  pg_params_free(s->params);
  g_ptr_array_unref(s->infos);
  g_hash_table_unref(s->tables_before);
  g_ptr_array_unref(s->steps);
  g_strfreev(s->rows_after);
  g_strfreev(s->rows);
  g_strfreev(s->prepare);
  rollout_policy_free(s->policy);
  g_clear_pointer(&s->server, server_info_free);
  g_clear_pointer(&s->journal, journal_free);
  g_clear_pointer(&s->preflight, g_ptr_array_unref);
  g_clear_pointer(&s->verified, g_ptr_array_unref);
  g_clear_pointer(&s->alembic, alembic_command_free);
  g_clear_pointer(&s->aftermath, aftermath_free);
  g_clear_error(&s->aftermath_error);
  g_clear_error(&s->error);
  if (s->current_said != NULL)
    g_string_free(s->current_said, TRUE);
  char *texts[] = {s->version_table, s->version_schema, s->command,
                   s->sample,        s->aftermath_sql,  s->leftovers_before};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_main_context_unref(s->context);
  g_free(s);
}

void supervision_enter(Supervision *s)
{
  s->refs++;
}

void supervision_leave(Supervision *s)
{
  if (--s->refs == 0)
    destroy(s);
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

static char **rows_copy(const GPtrArray *rows)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  for (guint i = 0; i < rows->len; i++)
    g_strv_builder_add(builder, g_ptr_array_index(rows, i));
  return g_strv_builder_end(builder);
}

/* Where Alembic has to be told to go: a downgrade names the revision below, which would take back other branches
 * above that one as well; where there are others, it names one step of this branch. */
static char *alembic_target(const PlanStep *step, char **rows_before)
{
  if (step->direction == DIRECTION_DOWNGRADE && step->revision != NULL && g_strv_length(rows_before) > 1)
    return g_strconcat(step->revision->id, "@-1", NULL);
  if (step->direction == DIRECTION_DOWNGRADE)
    return g_strdup(step->to != NULL && step->to[0] != NULL ? step->to[0] : "base");
  return g_strdup(step->revision != NULL ? step->revision->id : "base");
}

static StepInfo *step_info(const SupervisedStep *given, StepCopy *copy, char **rows_before)
{
  StepInfo *info = g_new0(StepInfo, 1);
  info->engine = given->engine;
  info->target = alembic_target(given->step, rows_before);
  info->label = g_strdup(copy->revision);
  info->rows_before = rows_before;
  return info;
}

static void add_steps(Supervision *s, const SupervisedStep *steps, guint n_steps, const char *const *before)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
  for (const char *const *row = before; row != NULL && *row != NULL; row++)
    g_ptr_array_add(rows, g_strdup(*row));
  for (guint i = 0; i < n_steps; i++) {
    RolloutStep step = {.step = steps[i].step, .script = steps[i].script, .skip = steps[i].skip};
    char **rows_before = rows_copy(rows);
    StepCopy *copy = step_copy_new(s->project, &step, rows);
    if (steps[i].engine == SUPERVISED_ALEMBIC)
      step_copy_pin(copy, steps[i].step->revision);
    g_ptr_array_add(s->steps, copy);
    g_ptr_array_add(s->infos, step_info(&steps[i], copy, rows_before));
  }
  s->rows_after = rows_copy(rows);
}

Supervision *supervision_new(const PgParams *params, const Project *project, const SupervisedStep *steps,
                             guint n_steps, const char *const *rows, const SupervisionOptions *options,
                             SupervisionFunc func, void *data)
{
  const char *schema = NULL;
  Supervision *s = g_new0(Supervision, 1);
  s->refs = 1;
  s->engine_attempt = 1;
  s->context = g_main_context_ref_thread_default();
  s->params = pg_params_copy(params);
  s->project = project;
  s->version_table = g_strdup(project != NULL ? project_version_table(project, &schema) : "alembic_version");
  s->version_schema = g_strdup(schema);
  s->steps = g_ptr_array_new_with_free_func((GDestroyNotify)step_copy_free);
  s->infos = g_ptr_array_new_with_free_func(step_info_free);
  s->tables_before = g_hash_table_new(NULL, NULL);
  s->policy = rollout_policy_copy(options->policy);
  s->options = *options;
  s->command = g_strdup(options->command);
  s->prepare = g_strdupv((char **)options->prepare);
  s->func = func;
  s->data = data;
  add_steps(s, steps, n_steps, rows);
  return s;
}

void supervision_free(Supervision *s)
{
  if (s == NULL || s->freed)
    return;
  s->freed = TRUE;
  stop_all(s);
  supervision_leave(s);
}

/* ---- Events ---------------------------------------------------------------------------------------------------- */

SupervisionEvent supervision_event(const Supervision *s, SupervisionEventKind kind)
{
  return (SupervisionEvent){.kind = kind, .phase = s->phase, .step = s->at, .replica_lag_s = -1};
}

void supervision_emit(Supervision *s, SupervisionEvent *event)
{
  if (s->freed)
    return;
  supervision_enter(s);
  s->func(event, s->data);
  supervision_leave(s);
}

void supervision_set_phase(Supervision *s, SupervisionPhase phase)
{
  if (s->phase == phase)
    return;
  s->phase = phase;
  SupervisionEvent event = supervision_event(s, SUPERVISION_PHASE);
  supervision_emit(s, &event);
}

void supervision_note(Supervision *s, const char *text)
{
  SupervisionEvent event = supervision_event(s, SUPERVISION_NOTE);
  event.text = text;
  supervision_record(s, "note", supervision_object("text", text), JOURNAL_LAZY);
  supervision_emit(s, &event);
}

/* ---- Questions ------------------------------------------------------------------------------------------------- */

static const char *const question_names[] = {
    [QUESTION_NONE] = "none",           [QUESTION_PREFLIGHT] = "preflight",
    [QUESTION_CONSENT] = "consent",     [QUESTION_BACKUP] = "backup",
    [QUESTION_BRAKE] = "brake",         [QUESTION_BACKUP_FAILED] = "backup-failed",
    [QUESTION_AFTERMATH] = "aftermath",
};

static const struct {
  SupervisionAnswer answer;
  const char *name;  /* in the record */
  const char *label; /* of a button */
} answer_names[] = {
    {ANSWER_ABORT, "abort", N_("Abort")},
    {ANSWER_OVERRIDE, "override", N_("Go on all the same")},
    {ANSWER_AGAIN, "again", N_("Try again")},
    {ANSWER_ALLOW, "allow", N_("Run it")},
    {ANSWER_BACKUP, "backup", N_("Take a backup")},
    {ANSWER_SKIP, "skip", N_("Skip the backup")},
    {ANSWER_CANCEL_STATEMENT, "cancel-statement", N_("Cancel the statement")},
    {ANSWER_GO_ON, "go-on", N_("Go on")},
    {ANSWER_RETRY, "retry", N_("Run the statement again")},
    {ANSWER_CLEANUP, "cleanup", N_("Clean up and end")},
    {ANSWER_FINISH, "finish", N_("Complete it and go on")},
};

static guint answer_index(SupervisionAnswer answer)
{
  guint i = 0;
  while (i + 1 < G_N_ELEMENTS(answer_names) && answer_names[i].answer != answer)
    i++;
  return i;
}

const char *supervision_answer_label(SupervisionQuestion question, SupervisionAnswer answer)
{
  if (question == QUESTION_AFTERMATH && answer == ANSWER_GO_ON)
    return _("Count it as done and go on");
  if (question == QUESTION_AFTERMATH && answer == ANSWER_AGAIN)
    return _("Look again");
  if (question == QUESTION_AFTERMATH && answer == ANSWER_ABORT)
    return _("Leave it as it is and end");
  if (question == QUESTION_PREFLIGHT && answer == ANSWER_AGAIN)
    return _("Look again");
  return _(answer_names[answer_index(answer)].label);
}

SupervisionAnswer supervision_default_answer(SupervisionQuestion question)
{
  switch (question) {
  case QUESTION_BACKUP: return ANSWER_BACKUP;
  case QUESTION_BRAKE: return ANSWER_CANCEL_STATEMENT;
  default: return ANSWER_ABORT;
  }
}

void supervision_ask(Supervision *s, SupervisionQuestion question, guint answers, const char *text)
{
  s->question = question;
  s->answers = answers;
  JsonObject *object = supervision_object("question", question_names[question]);
  json_object_set_string_member(object, "text", text);
  supervision_record(s, "question", object, JOURNAL_LAZY);
  SupervisionEvent event = supervision_event(s, SUPERVISION_QUESTION);
  event.question = question;
  event.answers = answers;
  event.text = text;
  event.items = question == QUESTION_PREFLIGHT ? s->preflight : NULL;
  event.aftermath = question == QUESTION_AFTERMATH ? s->aftermath : NULL;
  event.sql = question == QUESTION_AFTERMATH ? s->aftermath_sql : NULL;
  supervision_emit(s, &event);
}

void supervision_unask(Supervision *s)
{
  if (s->question == QUESTION_NONE)
    return;
  SupervisionEvent event = supervision_event(s, SUPERVISION_ANSWERED);
  event.question = s->question;
  s->question = QUESTION_NONE;
  s->answers = 0;
  supervision_emit(s, &event);
}

static void end_aborted(Supervision *s)
{
  g_autoptr(GError) error = g_error_new_literal(RETORT_ERROR, RETORT_ERROR_CANCELLED,
                                                _("The rollout was stopped by the operator."));
  supervision_end(s, SUPERVISED_CANCELLED, error);
}

static void act_on_brake(Supervision *s, SupervisionAnswer answer)
{
  if (answer == ANSWER_CANCEL_STATEMENT && s->rollout != NULL)
    rollout_yield(s->rollout, _("The statement was cancelled because too many sessions waited behind it."));
  else if (answer == ANSWER_CANCEL_STATEMENT && s->run != NULL)
    supervision_yield_engine(s);
  else
    s->brake_silent = TRUE;
}

static void act(Supervision *s, SupervisionQuestion question, SupervisionAnswer answer)
{
  if (question == QUESTION_BRAKE) {
    act_on_brake(s, answer);
  } else if (question == QUESTION_AFTERMATH) {
    supervision_repair(s, answer);
  } else if (answer == ANSWER_ABORT) {
    end_aborted(s);
  } else if (question == QUESTION_PREFLIGHT) {
    if (answer == ANSWER_AGAIN)
      supervision_do_preflight(s);
    else
      supervision_do_consent(s);
  } else if (question == QUESTION_CONSENT) {
    supervision_after_consent(s);
  } else if (answer == ANSWER_SKIP) {
    supervision_skip_backup(s, "operator");
  } else {
    supervision_start_backup(s);
  }
}

void supervision_answer(Supervision *s, SupervisionAnswer answer)
{
  SupervisionQuestion question = s->question;
  if (question == QUESTION_NONE || (s->answers & answer) == 0 || s->ending)
    return;
  supervision_enter(s);
  JsonObject *object = supervision_object("question", question_names[question]);
  json_object_set_string_member(object, "answer", answer_names[answer_index(answer)].name);
  json_object_set_string_member(object, "text", supervision_answer_label(question, answer));
  supervision_record(s, "answer", object, JOURNAL_NOW);
  supervision_unask(s);
  if (!s->freed)
    act(s, question, answer);
  supervision_leave(s);
}

/* ---- The end --------------------------------------------------------------------------------------------------- */

static gboolean say_goodbye(void *data)
{
  Supervision *s = data;
  g_clear_pointer(&s->idle, g_source_unref);
  supervision_enter(s);
  stop_all(s);
  supervision_set_phase(s, PHASE_OVER);
  supervision_record_end(s);
  SupervisionEvent event = supervision_event(s, SUPERVISION_ENDED);
  event.outcome = s->outcome;
  event.error = s->error;
  event.rows = s->rows;
  event.unknown = s->unknown;
  event.steps_committed = s->steps_committed;
  supervision_emit(s, &event);
  supervision_leave(s);
  return G_SOURCE_REMOVE;
}

/* From the loop, so that nothing is torn down under the callback that brought us here. */
void supervision_end(Supervision *s, SupervisionOutcome outcome, const GError *error)
{
  if (s->ending || s->freed)
    return;
  s->ending = TRUE;
  s->outcome = outcome;
  s->error = error != NULL ? g_error_copy(error) : NULL;
  supervision_enter(s);
  supervision_unask(s);
  supervision_leave(s);
  if (s->freed)
    return;
  stop_idle(s);
  s->idle = g_idle_source_new();
  g_source_set_priority(s->idle, G_PRIORITY_DEFAULT);
  g_source_set_callback(s->idle, say_goodbye, s, NULL);
  g_source_attach(s->idle, s->context);
}

gboolean supervision_stopped(Supervision *s)
{
  if (!s->freed && !s->ending && s->cancelled)
    end_aborted(s);
  return s->freed || s->ending;
}

/* ---- Controls -------------------------------------------------------------------------------------------------- */

static gboolean kicked(void *data)
{
  Supervision *s = data;
  g_clear_pointer(&s->idle, g_source_unref);
  supervision_do_connect(s);
  return G_SOURCE_REMOVE;
}

void supervision_start(Supervision *s)
{
  g_return_if_fail(s->phase == PHASE_NEW && s->idle == NULL);
  s->idle = g_idle_source_new();
  g_source_set_priority(s->idle, G_PRIORITY_DEFAULT);
  g_source_set_callback(s->idle, kicked, s, NULL);
  g_source_attach(s->idle, s->context);
}

void supervision_continue(Supervision *s)
{
  if (s->rollout != NULL)
    rollout_continue(s->rollout);
  else
    supervision_engine_now(s);
}

void supervision_hold(Supervision *s)
{
  if (s->rollout != NULL)
    rollout_hold(s->rollout);
  else
    supervision_stop_timer(s);
}

void supervision_set_pause(Supervision *s, RolloutPause pause)
{
  s->options.pause = pause;
  if (s->rollout != NULL)
    rollout_set_pause(s->rollout, pause);
}

void supervision_cancel(Supervision *s)
{
  if (s->cancelled || s->ending || s->freed)
    return;
  s->cancelled = TRUE;
  supervision_enter(s);
  supervision_record(s, "cancel", supervision_object("text", _("The operator stops the rollout.")),
                     JOURNAL_LAZY);
  if (s->question == QUESTION_BRAKE)
    supervision_unask(s);
  if (s->rollout != NULL)
    rollout_cancel(s->rollout);
  else if (s->run != NULL)
    alembic_run_cancel(s->run);
  else if (s->backup != NULL)
    backup_cancel(s->backup);
  else if (s->repair != 0)
    pg_conn_cancel(s->conn);
  else
    end_aborted(s);
  supervision_leave(s);
}

gboolean supervision_finished(const Supervision *s)
{
  return s->phase == PHASE_OVER;
}

SupervisionPhase supervision_phase(const Supervision *s)
{
  return s->phase;
}

SupervisionQuestion supervision_question(const Supervision *s, guint *answers)
{
  if (answers != NULL)
    *answers = s->answers;
  return s->question;
}

const LockReport *supervision_report(const Supervision *s)
{
  return s->monitor != NULL ? lock_monitor_report(s->monitor) : NULL;
}

int supervision_backend_pid(const Supervision *s)
{
  return s->run != NULL ? s->run_pid : s->conn != NULL ? pg_conn_backend_pid(s->conn) : 0;
}

const char *supervision_journal_path(const Supervision *s)
{
  return s->journal != NULL ? journal_path(s->journal) : NULL;
}
