/* Confirming a step: what exactly will run, where, and what it meets; then run it, or not. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/text.h"
#include "retort/run/engine.h"
#include "retort/run/fallback.h"
#include "retort/run/pinned.h"
#include "step_facts.h"
#include "step_text.h"
#include "steps.h"

typedef struct {
  Screen screen;
  Workspace *ws;
  char *target;
  char *title;
  char **rows; /* the plan starts from */
  guint generation;
  PlannedScripts *planned; /* NULL until rendered */
  char *obstacle;
  StepInquiry *inquiry; /* NULL until rendered */
  RolloutPolicy *policy;
  BackupChoice backup;
  TextView *view;
  GCancellable *cancellable;
  RolloutPause pause; /* of the run that is being confirmed */
  /* A plan from a file. */
  PinnedPlan *pinned; /* NULL: there is none */
  char *pinned_path;
  guint pinned_at;        /* its first step that is still to do */
  GPtrArray *differences; /* char*: from what was pinned; NULL: not compared yet */
} StepScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_STEP;
}

static void rewrite(StepScreen *self)
{
  StepText text = {.ws = self->ws,
                   .planned = self->planned,
                   .facts = self->inquiry ? step_inquiry_facts(self->inquiry) : NULL,
                   .policy = self->policy,
                   .backup = self->backup,
                   .pinned = self->pinned_path,
                   .differences = self->differences};
  step_text_write(&text, self->view);
  app_repaint(self->screen.app);
}

/* With the server known: is it all as it was reviewed? */
static void compare(StepScreen *self)
{
  const StepFacts *facts = step_inquiry_facts(self->inquiry);
  if (!self->pinned || self->differences || !facts->server)
    return;
  const Project *project = self->planned->snapshot->project;
  g_autoptr(GError) error = NULL;
  g_autoptr(PinnedPlan) now = pinned_plan_new(project, self->planned->plan, self->planned->scripts,
                                              facts->server, steps_transaction(project), &error);
  if (now) {
    self->differences = pinned_plan_differences(self->pinned, now, self->pinned_at);
  } else {
    self->differences = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(self->differences, text_escape(error->message, -1, FALSE));
  }
}

static void facts_changed(void *data)
{
  StepScreen *self = data;
  compare(self);
  rewrite(self);
}

static void plan_ready(PlannedScripts *planned, void *data)
{
  StepScreen *self = data;
  self->planned = planned;
  self->obstacle = step_text_obstacle(planned);
  self->inquiry = step_inquiry_new(self->ws, planned, self->policy, facts_changed, self);
  rewrite(self);
}

/* Painting */

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  StepScreen *self = (StepScreen *)screen;
  char buffer[32];
  g_autofree char *note = g_strdup_printf("%s", textview_place(self->view, buffer, sizeof buffer));
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, self->title, note);
  inside.x++;
  inside.width -= 2;
  if (!self->planned) {
    canvas_put(canvas, inside.x, inside.y, STYLE_FAINT, theme_spinner(g_get_monotonic_time()));
    canvas_text(canvas, inside.x + 2, inside.y, inside.width - 2, STYLE_FAINT, _("rendering"));
    return;
  }
  textview_paint(self->view, canvas, inside);
}

static const char *stale(const StepScreen *self)
{
  if (self->generation != self->ws->generation)
    return _("files changed since this was shown: Esc, and look again");
  if (self->ws->database != DATABASE_READY)
    return _("the connection is gone: Esc, then C");
  if (!self->ws->rows ||
      !g_strv_equal((const char *const *)self->rows, (const char *const *)self->ws->rows->rows))
    return _("the database moved since this was shown: Esc, and look again");
  if (self->pinned && !self->differences)
    return _("still comparing with the file");
  if (self->pinned && self->differences->len > 0)
    return _("something differs from what was reviewed: see the top");
  return NULL;
}

static void status(Screen *screen, Canvas *canvas, Rect rect)
{
  StepScreen *self = (StepScreen *)screen;
  const char *why = self->planned ? stale(self) : NULL;
  Style style = STYLE_CARE;
  g_autofree char *text = NULL;
  if (why) {
    text = g_strdup(why);
  } else if (self->obstacle) {
    text = g_strdup(self->obstacle);
  } else {
    text = g_strdup_printf(_("on %s  %s"), self->ws->database_name ? self->ws->database_name : "",
                           self->ws->server ? self->ws->server : "");
    style = STYLE_FAINT;
  }
  canvas_text_clipped(canvas, rect.x + 1, rect.y, rect.width - 1, style, text);
}

/* Running */

static gboolean needs_consent(const StepScreen *self)
{
  for (guint i = 0; i < self->planned->scripts->len; i++) {
    const Script *script = g_ptr_array_index(self->planned->scripts, i);
    if (script && !script->error && alembic_takes(self->planned->snapshot->project, script))
      return TRUE;
  }
  return FALSE;
}

static const char *refuse_allow(const StepScreen *self)
{
  if (!self->planned)
    return _("still rendering");
  if (!needs_consent(self))
    return _("none of these steps is for the project's own Alembic");
  if (!self->planned->snapshot->project->config_path)
    return _("without a configuration there is no Alembic to run");
  return fallback_allowed(self->planned->snapshot->project) ? _("it is allowed already") : NULL;
}

static const char *refuse(Screen *screen, ActionId action)
{
  StepScreen *self = (StepScreen *)screen;
  const char *why;
  switch (action) {
  case ACTION_RUN:
  case ACTION_RUN_STATEMENTS:
  case ACTION_RUN_PAUSE:
  case ACTION_RUN_CAREFULLY:
    if (!self->planned)
      return _("still rendering");
    why = stale(self);
    return why ? why : self->obstacle;
  case ACTION_ALLOW: return refuse_allow(self);
  case ACTION_BACKUP_CHOICE:
    if (self->policy->backup == BACKUP_POLICY_NO)
      return _("the configuration says: no backups here");
    return self->policy->backup == BACKUP_POLICY_REQUIRED ? _("the configuration requires a backup here")
                                                          : NULL;
  case ACTION_PIN:
    if (self->pinned)
      return _("it comes from a file already");
    return !self->planned ? _("still rendering") : stale(self);
  default: return NULL;
  }
}

static void start(StepScreen *self)
{
  App *app = self->screen.app;
  g_autofree char *command = self->pinned ? g_strdup_printf("rollout %s", self->pinned_path) : NULL;
  StepChoices choices = {.command = command,
                         .pause = self->pause,
                         .policy = g_steal_pointer(&self->policy),
                         .backup = self->backup,
                         .target = self->target};
  g_clear_pointer(&self->inquiry, step_inquiry_free);
  Screen *run = screen_run_new(app, g_steal_pointer(&self->planned), &choices);
  app_close(app, &self->screen);
  app_push(app, run);
}

static void answered(gboolean yes, void *data)
{
  StepScreen *self = data;
  const char *why = yes ? refuse(&self->screen, ACTION_RUN) : NULL;
  if (why)
    app_message(self->screen.app, STYLE_CARE, "%s", why);
  else if (yes)
    start(self);
}

/* Data that goes, or production, wants the name typed; something dangerous wants a word; the rest is what Enter is for. */
static void confirm(StepScreen *self, RolloutPause pause)
{
  self->pause = pause;
  const char *name = workspace_target_name(self->ws);
  g_autofree char *losses = step_text_losses(self->planned);
  g_autofree char *dangers = step_text_dangers(self->planned);
  if (losses) {
    g_autofree char *question = dangers
                                    ? g_strdup_printf(_("Data is lost for good: %s.  %s."), losses, dangers)
                                    : g_strdup_printf(_("Data is lost for good: %s."), losses);
    app_confirm_typed(self->screen.app, question, name, answered, self);
  } else if (self->policy->production) {
    g_autofree char *question = dangers ? g_strdup_printf(_("This is production.  %s."), dangers)
                                        : g_strdup(_("This is production."));
    app_confirm_typed(self->screen.app, question, name, answered, self);
  } else if (dangers) {
    g_autofree char *question = g_strdup_printf(_("run all the same?  %s"), dangers);
    app_confirm(self->screen.app, question, answered, self);
  } else {
    answered(TRUE, self);
  }
}

/* Python */

static void render(StepScreen *self);

static void allowed(gboolean yes, void *data)
{
  StepScreen *self = data;
  g_autoptr(GError) error = NULL;
  if (!yes || !self->planned)
    return;
  if (fallback_allow(self->planned->snapshot->project, TRUE, &error))
    render(self);
  else
    app_message(self->screen.app, STYLE_CARE, "%s", error->message);
}

static void ask_allow(StepScreen *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(AlembicCommand) command =
      alembic_command_find(self->planned->snapshot->project, self->policy->alembic, &error);
  if (!command) {
    app_message(self->screen.app, STYLE_CARE, "%s", error->message);
    return;
  }
  g_autofree char *line = g_strjoinv(" ", command->argv);
  g_autofree char *shown = text_escape(line, -1, FALSE);
  g_autofree char *question = g_strdup_printf(_("run this project's Python with %s, from now on?"), shown);
  app_confirm(self->screen.app, question, allowed, self);
}

/* Writing the plan down */

static void pin(const char *path, void *data)
{
  StepScreen *self = data;
  if (!path || !*path || !self->planned)
    return;
  const Project *project = self->planned->snapshot->project;
  const StepFacts *facts = step_inquiry_facts(self->inquiry);
  g_autoptr(GError) error = NULL;
  g_autoptr(PinnedPlan) plan = pinned_plan_new(project, self->planned->plan, self->planned->scripts,
                                               facts->server, steps_transaction(project), &error);
  gboolean written = plan && pinned_plan_write(plan, path, &error);
  g_autofree char *shown = text_escape(written ? path : error->message, -1, FALSE);
  app_message(self->screen.app, written ? STYLE_DONE : STYLE_CARE,
              written ? _("wrote %s: retort rollout runs exactly that") : "%s", shown);
}

static void ask_pin(StepScreen *self)
{
  g_autofree char *name = g_strdelimit(g_strdup(self->target), "/@: ", '-');
  PromptSpec spec = {.label = g_strdup(_("write the plan to: ")),
                     .initial = g_strdup_printf("plan-%s.json", name),
                     .done = pin,
                     .data = self};
  app_prompt(self->screen.app, &spec);
}

/* "2.5s", "500ms", "2" (seconds), "" or "0": none; FALSE when it is no time. */
static gboolean parse_timeout(const char *text, guint *ms)
{
  char *end;
  double value = g_ascii_strtod(text, &end);
  while (*end == ' ')
    end++;
  if (strcmp(end, "ms") == 0)
    value /= 1000;
  else if (*end && strcmp(end, "s") != 0)
    return FALSE;
  if (value < 0 || value > 86400 || (end == text && *text))
    return FALSE;
  *ms = (guint)(value * 1000 + 0.5);
  return TRUE;
}

static void timeout_done(const char *text, void *data)
{
  StepScreen *self = data;
  if (!text)
    return;
  if (!parse_timeout(text, &self->policy->ddl_lock_timeout_ms)) {
    g_autofree char *shown = text_escape(text, -1, FALSE);
    app_message(self->screen.app, STYLE_CARE, _("“%s” is no time: 2.5s, 500ms, or nothing for none"), shown);
  }
  if (self->planned) {
    rewrite(self);
    step_inquiry_look_again(self->inquiry);
  }
}

static void ask_timeout(StepScreen *self)
{
  PromptSpec spec = {.label = g_strdup(_("lock time-out (2.5s, 500ms, empty for none): ")),
                     .initial = self->policy->ddl_lock_timeout_ms
                                    ? g_strdup_printf("%gs", self->policy->ddl_lock_timeout_ms / 1000.0)
                                    : NULL,
                     .done = timeout_done,
                     .data = self};
  app_prompt(self->screen.app, &spec);
}

static guint act(Screen *screen, ActionId action)
{
  StepScreen *self = (StepScreen *)screen;
  if (textview_act(self->view, action))
    return SCREEN_DONE;
  switch (action) {
  case ACTION_RUN: confirm(self, ROLLOUT_PAUSE_NEVER); return SCREEN_DONE;
  case ACTION_RUN_STATEMENTS: confirm(self, ROLLOUT_PAUSE_STATEMENT); return SCREEN_DONE;
  case ACTION_RUN_PAUSE: confirm(self, ROLLOUT_PAUSE_COMMIT); return SCREEN_DONE;
  case ACTION_RUN_CAREFULLY: confirm(self, ROLLOUT_PAUSE_WARNING); return SCREEN_DONE;
  case ACTION_ALLOW: ask_allow(self); return SCREEN_DONE;
  case ACTION_PIN: ask_pin(self); return SCREEN_DONE;
  case ACTION_BACKUP_CHOICE:
    self->backup = (BackupChoice)((self->backup + 1) % 3);
    if (self->planned)
      rewrite(self);
    return SCREEN_DONE;
  case ACTION_LOCK_TIMEOUT: ask_timeout(self); return SCREEN_DONE;
  case ACTION_COPY_TEXT: {
    g_autofree char *text = textview_text(self->view);
    app_copy(screen->app, text, _("the plan"));
    return SCREEN_DONE;
  }
  default: return 0;
  }
}

static TextView *text_view(Screen *screen)
{
  return ((StepScreen *)screen)->view;
}

/* Reading the files again is no change as long as these are the same. */
static gboolean same_files(const StepScreen *self)
{
  const RevisionMap *map = self->ws->snapshot->map;
  for (guint i = 0; i < self->planned->plan->steps->len; i++) {
    const PlanStep *step = g_ptr_array_index(self->planned->plan->steps, i);
    const Revision *now = step->revision ? revision_map_get(map, step->revision->id) : NULL;
    if (step->revision && (!now || strcmp(now->path, step->revision->path) != 0 ||
                           !file_stamp_equal(&now->stamp, &step->revision->stamp)))
      return FALSE;
  }
  return TRUE;
}

static void changed(Screen *screen, guint what)
{
  StepScreen *self = (StepScreen *)screen;
  if ((what & CHANGED_PROJECT) && self->planned && self->ws->snapshot && same_files(self))
    self->generation = self->ws->generation;
}

static gboolean animated(Screen *screen)
{
  return ((StepScreen *)screen)->planned == NULL;
}

static void free_screen(Screen *screen)
{
  StepScreen *self = (StepScreen *)screen;
  g_cancellable_cancel(self->cancellable);
  g_object_unref(self->cancellable);
  step_inquiry_free(self->inquiry);
  planned_scripts_free(self->planned);
  rollout_policy_free(self->policy);
  textview_free(self->view);
  g_clear_pointer(&self->pinned, pinned_plan_free);
  g_clear_pointer(&self->differences, g_ptr_array_unref);
  g_free(self->pinned_path);
  g_strfreev(self->rows);
  g_free(self->target);
  g_free(self->title);
  g_free(self->obstacle);
  g_free(self);
}

static const ScreenClass step_class = {
    .name = N_("Step"),
    .contexts = contexts,
    .paint = paint,
    .status = status,
    .refuse = refuse,
    .act = act,
    .text_view = text_view,
    .changed = changed,
    .animated = animated,
    .free = free_screen,
};

/* Once more, with the same plan: what Alembic may say now is not known yet. */
static void render(StepScreen *self)
{
  Plan *plan = g_steal_pointer(&self->planned->plan);
  g_clear_pointer(&self->inquiry, step_inquiry_free);
  g_clear_pointer(&self->planned, planned_scripts_free);
  g_clear_pointer(&self->obstacle, g_free);
  workspace_render_plan(self->ws, plan, self->cancellable, plan_ready, self);
}

static char *title_of(const Workspace *ws, const Plan *plan)
{
  const PlanStep *first = g_ptr_array_index(plan->steps, 0);
  const char *name = workspace_target_name(ws);
  guint n = plan->steps->len;
  return first->direction == DIRECTION_DOWNGRADE
             ? g_strdup_printf(ngettext("Downgrade %s by %u revision", "Downgrade %s by %u revisions", n),
                               name, n)
             : g_strdup_printf(ngettext("Upgrade %s by %u revision", "Upgrade %s by %u revisions", n), name,
                               n);
}

Screen *screen_step_new(App *app, Plan *plan, const char *target, GError **error)
{
  RolloutPolicy *policy = workspace_policy(app_workspace(app), error);
  if (!policy) {
    plan_free(plan);
    return NULL;
  }
  StepScreen *self = g_new0(StepScreen, 1);
  self->screen = (Screen){&step_class, app};
  self->ws = app_workspace(app);
  self->policy = policy;
  /* Where nobody is hurt a backup is taken when asked for; production is asked about. */
  self->backup =
      policy->backup == BACKUP_POLICY_ASK && !policy->production ? BACKUP_CHOICE_SKIP : BACKUP_CHOICE_ASK;
  self->target = g_strdup(target);
  self->rows = g_strdupv(plan->rows_before);
  self->generation = self->ws->generation;
  self->view = textview_new();
  self->cancellable = g_cancellable_new();
  self->title = title_of(self->ws, plan);
  workspace_render_plan(self->ws, plan, self->cancellable, plan_ready, self);
  return &self->screen;
}

/* What is left of it from where the database stands. */
static Plan *remaining(const Workspace *ws, const PinnedPlan *pinned, guint *at, GError **error)
{
  *at = pinned_plan_position(pinned, (const char *const *)ws->rows->rows);
  if (*at < pinned->steps->len)
    return pinned_plan_remaining(pinned, ws->snapshot->map, *at, error);
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                      *at == G_MAXUINT ? _("The database stands nowhere on the way of this plan.")
                                       : _("All steps of this plan are done."));
  return NULL;
}

Screen *screen_step_pinned(App *app, const char *path, GError **error)
{
  guint at = 0;
  g_autoptr(PinnedPlan) pinned = pinned_plan_read(path, error);
  Plan *plan = pinned ? remaining(app_workspace(app), pinned, &at, error) : NULL;
  if (!plan)
    return NULL;
  const PinnedStep *last = g_ptr_array_index(pinned->steps, pinned->steps->len - 1);
  Screen *screen = screen_step_new(app, plan, last->revision ? last->revision : "base", error);
  if (!screen)
    return NULL;
  StepScreen *self = (StepScreen *)screen;
  self->pinned = g_steal_pointer(&pinned);
  self->pinned_path = g_strdup(path);
  self->pinned_at = at;
  return screen;
}
