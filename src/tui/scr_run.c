/* A rollout at work: the keys that steer it.  What it knows is in run_state.h, how it looks in run_view.h. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "lockview.h"
#include "retort/base/text.h"
#include "retort/run/fallback.h"
#include "run_view.h"
#include "steps.h"

typedef struct {
  Screen screen;
  Workspace *ws;
  PlannedScripts *planned;
  char *target;
  Supervision *supervision;
  RunState *state;
  BackupChoice backup;
  /* The session a question is about. */
  LockNode *asked; /* a copy: the server says whether it is still there */
  SignalVerb asked_verb;
} RunScreen;

static guint contexts(Screen *screen)
{
  return ((RunScreen *)screen)->state->finished ? CONTEXT_DONE : CONTEXT_RUN;
}

/* Events */

static void take_rows(RunScreen *self, char **rows)
{
  if (!rows)
    return;
  VersionRows *taken = g_new0(VersionRows, 1);
  taken->exists = TRUE;
  taken->rows = g_strdupv(rows);
  workspace_take_rows(self->ws, taken);
}

/* What the operator has said before the start. */
static void answer_ahead(RunScreen *self)
{
  if (self->state->question != QUESTION_BACKUP || self->backup == BACKUP_CHOICE_ASK)
    return;
  gboolean skip = self->backup == BACKUP_CHOICE_SKIP;
  run_log_note(self->state->log, STYLE_ACCENT, "· ",
               skip ? _("no backup, as chosen: the record keeps that") : _("a backup, as chosen"));
  supervision_answer(self->supervision, skip ? ANSWER_SKIP : ANSWER_BACKUP);
}

static void on_event(const SupervisionEvent *event, void *data)
{
  RunScreen *self = data;
  self->state->pid = supervision_backend_pid(self->supervision);
  run_state_event(self->state, event);
  if (event->kind == SUPERVISION_REPORT)
    workspace_take_report(self->ws, event->report);
  if (event->kind == SUPERVISION_ENDED) {
    workspace_take_back(self->ws);
    take_rows(self, event->rows);
    workspace_announce(self->ws, CHANGED_DATABASE);
  }
  app_repaint(self->screen.app);
  if (event->kind == SUPERVISION_QUESTION)
    answer_ahead(self);
}

/* Painting */

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  run_view_paint(((RunScreen *)screen)->state, app_keymap(screen->app), canvas, rect);
}

static void status(Screen *screen, Canvas *canvas, Rect rect)
{
  RunScreen *self = (RunScreen *)screen;
  run_view_status(self->state, self->ws->database_name, canvas, rect);
}

/* What does not work now, and why */

static const char *refuse_signal(const RunScreen *self)
{
  const LockNode *node = run_state_culprit(self->state);
  if (self->ws->options.read_only)
    return _("read-only: no session is signalled on this target");
  if (!node)
    return _("nobody is in the way");
  if (node->pid == 0)
    return _("a prepared transaction is in the way: COMMIT PREPARED or ROLLBACK PREPARED ends it");
  return NULL;
}

static const char *refuse_answer(const RunScreen *self, ActionId action)
{
  const RunState *state = self->state;
  if (run_view_answer(state, action))
    return NULL;
  if (action == ACTION_WAIT && run_log_retry_at(state->log))
    return run_log_held(state->log) ? _("it waits already: Enter tries now") : NULL;
  switch (action) {
  case ACTION_BRAKE: return _("the brake asks only when somebody waits behind us: Esc cancels everything");
  case ACTION_WAIT: return _("nothing is asked that could wait");
  case ACTION_CLEAN_UP:
  case ACTION_COMPLETE: return _("nothing was left behind");
  case ACTION_ALLOW: return _("no Python is waiting for a word");
  case ACTION_TAKE_BACKUP:
  case ACTION_SKIP_BACKUP: return _("the backup is not asked about now");
  case ACTION_OVERRIDE: return _("no check says stop");
  default: return _("nothing failed that could be done again");
  }
}

static const char *refuse(Screen *screen, ActionId action)
{
  RunScreen *self = (RunScreen *)screen;
  const RunState *state = self->state;
  switch (action) {
  case ACTION_CONTINUE:
    if (state->question != QUESTION_NONE)
      return _("there is a question first: the keys are in its box");
    return run_log_paused(state->log) ? NULL : _("it is at work: Esc cancels, P pauses");
  case ACTION_SIGNAL_BLOCKER: return refuse_signal(self);
  case ACTION_CANCEL: return state->cancelling ? _("it is being cancelled: the server has to answer") : NULL;
  case ACTION_AGAIN:
    if (run_state_step(state, 0)->direction == DIRECTION_STAMP)
      return _("stamp it from the repair screen again");
    return run_log_succeeded(state->log) ? _("all steps are done") : steps_refuse_database(self->ws);
  case ACTION_OVERRIDE:
  case ACTION_RETRY:
  case ACTION_ALLOW:
  case ACTION_TAKE_BACKUP:
  case ACTION_SKIP_BACKUP:
  case ACTION_BRAKE:
  case ACTION_WAIT:
  case ACTION_CLEAN_UP:
  case ACTION_COMPLETE: return refuse_answer(self, action);
  default: return NULL;
  }
}

/* Signals */

static void signal_done(gboolean sent, const GError *error, void *data)
{
  RunScreen *self = data;
  g_autofree char *why = error ? text_escape(error->message, -1, FALSE) : NULL;
  if (why)
    app_message(self->screen.app, STYLE_CARE, "%s", why);
  else if (!sent)
    app_message(self->screen.app, STYLE_NORMAL, _("%d is gone already"), self->asked->pid);
  else if (self->asked_verb == SIGNAL_CANCEL)
    app_message(self->screen.app, STYLE_DONE, _("asked %d to cancel its query"), self->asked->pid);
  else
    app_message(self->screen.app, STYLE_DONE, _("terminated %d"), self->asked->pid);
}

static void signal_answered(gboolean yes, void *data)
{
  RunScreen *self = data;
  if (yes)
    supervision_signal(self->supervision, self->asked, self->asked_verb, signal_done, self);
}

static void ask_signal(RunScreen *self)
{
  const LockNode *node = run_state_culprit(self->state);
  g_clear_pointer(&self->asked, lock_node_free);
  self->asked = lockview_copy(node);
  self->asked_verb = lock_verb(node);
  g_autofree char *who = lockview_describe(node);
  g_autofree char *caution = lock_signal_caution(node);
  g_autofree char *question = g_strdup_printf(
      self->asked_verb == SIGNAL_CANCEL ? _("%s%scancel the query of %s?") : _("%s%sterminate %s?"),
      caution ? caution : "", caution ? " " : "", who);
  app_confirm(self->screen.app, question, signal_answered, self);
}

/* Answers */

static void give(RunScreen *self, SupervisionAnswer answer)
{
  const char *label = supervision_answer_label(self->state->question, answer);
  run_log_note(self->state->log, STYLE_ACCENT, "→ ", label);
  supervision_answer(self->supervision, answer);
}

static void overridden(gboolean yes, void *data)
{
  RunScreen *self = data;
  if (yes && run_view_answer(self->state, ACTION_OVERRIDE))
    give(self, ANSWER_OVERRIDE);
}

/* Stops are not overridden by one key. */
static void ask_override(RunScreen *self)
{
  app_confirm_typed(self->screen.app, _("Run in spite of what preflight says."),
                    workspace_target_name(self->ws), overridden, self);
}

static void allow(RunScreen *self)
{
  g_autoptr(GError) error = NULL;
  if (!fallback_allow(self->planned->snapshot->project, TRUE, &error))
    run_log_note(self->state->log, STYLE_CARE, "! ", error->message);
  give(self, ANSWER_ALLOW);
}

static void answer(RunScreen *self, ActionId action)
{
  SupervisionAnswer chosen = run_view_answer(self->state, action);
  if (chosen == ANSWER_OVERRIDE)
    ask_override(self);
  else if (chosen == ANSWER_ALLOW)
    allow(self);
  else if (chosen)
    give(self, chosen);
  else if (action == ACTION_WAIT) {
    supervision_hold(self->supervision);
    run_log_hold(self->state->log);
  }
}

static void cancel(RunScreen *self)
{
  if (run_view_answer(self->state, ACTION_CANCEL)) {
    give(self, ANSWER_ABORT);
    return;
  }
  self->state->cancelling = TRUE;
  supervision_cancel(self->supervision);
}

/* Run on, before each statement, each COMMIT, each migration, at warnings, and run on again. */
static void change_pause(RunScreen *self)
{
  static const RolloutPause next[] = {
      [ROLLOUT_PAUSE_NEVER] = ROLLOUT_PAUSE_STATEMENT,  [ROLLOUT_PAUSE_STATEMENT] = ROLLOUT_PAUSE_COMMIT,
      [ROLLOUT_PAUSE_COMMIT] = ROLLOUT_PAUSE_MIGRATION, [ROLLOUT_PAUSE_MIGRATION] = ROLLOUT_PAUSE_WARNING,
      [ROLLOUT_PAUSE_WARNING] = ROLLOUT_PAUSE_NEVER,
  };
  self->state->pause = next[self->state->pause];
  supervision_set_pause(self->supervision, self->state->pause);
  const char *text = run_view_pause(self->state->pause);
  app_message(self->screen.app, STYLE_NORMAL, "%s", *text ? text : _("runs on without pauses"));
}

static guint again(RunScreen *self)
{
  App *app = self->screen.app;
  Direction direction = run_state_step(self->state, 0)->direction;
  g_autofree char *target = g_strdup(self->target);
  app_close(app, &self->screen);
  steps_plan(app, direction, target);
  return SCREEN_DONE;
}

static guint act(Screen *screen, ActionId action)
{
  RunScreen *self = (RunScreen *)screen;
  if (textview_act(run_log_view(self->state->log), action))
    return SCREEN_DONE;
  switch (action) {
  case ACTION_FINISH: return SCREEN_DONE | SCREEN_POP;
  case ACTION_CONTINUE:
    run_log_resume(self->state->log);
    supervision_continue(self->supervision);
    return SCREEN_DONE;
  case ACTION_CANCEL: cancel(self); return SCREEN_DONE;
  case ACTION_SIGNAL_BLOCKER: ask_signal(self); return SCREEN_DONE;
  case ACTION_PAUSE: change_pause(self); return SCREEN_DONE;
  case ACTION_AGAIN: return again(self);
  case ACTION_OVERRIDE:
  case ACTION_RETRY:
  case ACTION_ALLOW:
  case ACTION_TAKE_BACKUP:
  case ACTION_SKIP_BACKUP:
  case ACTION_BRAKE:
  case ACTION_WAIT:
  case ACTION_CLEAN_UP:
  case ACTION_COMPLETE: answer(self, action); return SCREEN_DONE;
  default: return 0;
  }
}

static TextView *text_view(Screen *screen)
{
  return run_log_view(((RunScreen *)screen)->state->log);
}

static gboolean busy(Screen *screen)
{
  return !((RunScreen *)screen)->state->finished;
}

static void interrupt(Screen *screen)
{
  RunScreen *self = (RunScreen *)screen;
  self->state->cancelling = TRUE;
  supervision_cancel(self->supervision);
}

static void free_screen(Screen *screen)
{
  RunScreen *self = (RunScreen *)screen;
  if (self->ws->supervision == self->supervision)
    workspace_take_back(self->ws);
  supervision_free(self->supervision);
  run_state_free(self->state);
  planned_scripts_free(self->planned);
  g_free(self->target);
  g_clear_pointer(&self->asked, lock_node_free);
  g_free(self);
}

static const ScreenClass run_class = {
    .name = N_("Rollout"),
    .contexts = contexts,
    .paint = paint,
    .status = status,
    .refuse = refuse,
    .act = act,
    .text_view = text_view,
    .animated = busy,
    .busy = busy,
    .interrupt = interrupt,
    .free = free_screen,
};

static SupervisedStep *supervised_steps(RunScreen *self)
{
  guint n = self->planned->plan->steps->len;
  SupervisedStep *steps = g_new0(SupervisedStep, MAX(n, 1));
  for (guint i = 0; i < n; i++) {
    const PlanStep *step = run_state_step(self->state, i);
    const Script *script = g_ptr_array_index(self->planned->scripts, i);
    gboolean alembic = alembic_takes(self->planned->snapshot->project, script);
    steps[i] = (SupervisedStep){.step = step,
                                .script = alembic ? NULL : script,
                                .engine = alembic ? SUPERVISED_ALEMBIC : SUPERVISED_NATIVE,
                                .skip = alembic ? 0 : workspace_done_already(self->ws, step)};
    self->state->steps[i].engine = steps[i].engine;
  }
  return steps;
}

Screen *screen_run_new(App *app, PlannedScripts *planned, StepChoices *choices)
{
  RunScreen *self = g_new0(RunScreen, 1);
  self->screen = (Screen){&run_class, app};
  self->ws = app_workspace(app);
  self->planned = planned;
  self->target = g_strdup(choices->target);
  self->backup = choices->backup;
  RolloutPolicy *policy = g_steal_pointer(&choices->policy);
  self->state = run_state_new(workspace_target_name(self->ws), planned, policy);
  self->state->pause = choices->pause;
  g_autofree SupervisedStep *steps = supervised_steps(self);
  const Project *project = planned->snapshot->project;
  static const char *const verbs[] = {
      [DIRECTION_UPGRADE] = "upgrade", [DIRECTION_DOWNGRADE] = "downgrade", [DIRECTION_STAMP] = "stamp"};
  const PlanStep *first = run_state_step(self->state, 0);
  g_autofree char *command = choices->command
                                 ? g_strdup(choices->command)
                                 : g_strdup_printf("%s %s", verbs[first->direction], self->target);
  SupervisionOptions options = {.policy = policy,
                                .transaction = steps_transaction(project),
                                .pause = choices->pause,
                                .create_version_table = TRUE,
                                .alembic_allowed = fallback_allowed(project),
                                .verify_with_alembic = fallback_allowed(project),
                                .command = command,
                                .prepare = workspace_prepare(self->ws, first)};
  self->supervision =
      supervision_new(self->ws->params, project, steps, planned->plan->steps->len,
                      (const char *const *)planned->plan->rows_before, &options, on_event, self);
  workspace_lend(self->ws, self->supervision);
  supervision_start(self->supervision);
  return &self->screen;
}
