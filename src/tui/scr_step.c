/* Confirming a step: what exactly will run, where, and what it meets; then run it, or not. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "retort/base/text.h"
#include "step_text.h"
#include "steps.h"

#define LOOK_INTERVAL_S 2

typedef struct StepScreen StepScreen;

/* A question to the catalog that may outlive the screen. */
typedef struct {
  StepScreen *self; /* NULL: the screen is gone */
} Ask;

struct StepScreen {
  Screen screen;
  Workspace *ws;
  char *target;
  char *title;
  char **rows; /* the plan starts from */
  guint generation;
  PlannedScripts *planned; /* NULL until rendered */
  char *obstacle;
  GPtrArray *relations; /* char*: that the plan locks */
  GPtrArray *tables;    /* TableInfo*, parallel, or NULL */
  GPtrArray *users;     /* TableUser*, or NULL */
  TextView *view;
  GCancellable *cancellable;
  guint timer; /* looks again who is on the tables */
  Ask *ask;    /* under way */
  guint lock_timeout_ms;
  RolloutPause pause; /* of the run that is being confirmed */
};

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_STEP;
}

static void rewrite(StepScreen *self)
{
  StepText text = {
      self->ws, self->planned, {self->relations, self->tables}, self->users, self->lock_timeout_ms};
  step_text_write(&text, self->view);
  app_repaint(self->screen.app);
}

/* Sizes and users of the tables: nice to know, so an error only means not to show them. */

static StepScreen *take_ask(void *data)
{
  Ask *ask = data;
  StepScreen *self = ask->self;
  if (self)
    self->ask = NULL;
  g_free(ask);
  return self;
}

static Ask *new_ask(StepScreen *self)
{
  self->ask = g_new0(Ask, 1);
  self->ask->self = self;
  return self->ask;
}

typedef struct {
  RelationName *names;
  GPtrArray *texts;
} RelationNames;

/* "schema.name" as the catalog wants it. */
static RelationNames relation_names(const GPtrArray *relations)
{
  RelationNames names = {g_new0(RelationName, relations->len + 1), g_ptr_array_new_with_free_func(g_free)};
  for (guint i = 0; i < relations->len; i++) {
    char *text = g_strdup(g_ptr_array_index(relations, i));
    g_ptr_array_add(names.texts, text);
    char *dot = strchr(text, '.');
    names.names[i] = (RelationName){dot ? text : NULL, dot ? dot + 1 : text};
    if (dot)
      *dot = '\0';
  }
  return names;
}

static void relation_names_clear(RelationNames *names)
{
  g_free(names->names);
  g_ptr_array_unref(names->texts);
}

static void users_known(GPtrArray *users, const GError *error, void *data)
{
  StepScreen *self = take_ask(data);
  (void)error;
  if (!self) {
    g_clear_pointer(&users, g_ptr_array_unref);
    return;
  }
  if (users) {
    g_clear_pointer(&self->users, g_ptr_array_unref);
    self->users = users;
  }
  rewrite(self);
  workspace_serve(self->ws);
}

static void ask_users(PgConn *conn, void *data)
{
  StepScreen *self = data;
  RelationNames names = relation_names(self->relations);
  catalog_table_users(conn, names.names, self->relations->len, users_known, new_ask(self));
  relation_names_clear(&names);
}

static gboolean look_again(void *data)
{
  StepScreen *self = data;
  if (self->planned && self->tables && !self->ask)
    workspace_when_free(self->ws, ask_users, self);
  return G_SOURCE_CONTINUE;
}

static void tables_known(GPtrArray *tables, const GError *error, void *data)
{
  StepScreen *self = take_ask(data);
  (void)error;
  if (!self) {
    g_clear_pointer(&tables, g_ptr_array_unref);
    return;
  }
  self->tables = tables;
  rewrite(self);
  workspace_when_free(self->ws, ask_users, self);
}

static void ask_tables(PgConn *conn, void *data)
{
  StepScreen *self = data;
  RelationNames names = relation_names(self->relations);
  catalog_tables(conn, names.names, self->relations->len, tables_known, new_ask(self));
  relation_names_clear(&names);
}

static void plan_ready(PlannedScripts *planned, void *data)
{
  StepScreen *self = data;
  self->planned = planned;
  self->obstacle = step_text_obstacle(planned);
  self->relations = step_text_relations(planned);
  rewrite(self);
  if (self->relations->len > 0)
    workspace_when_free(self->ws, ask_tables, self);
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

static const char *refuse(Screen *screen, ActionId action)
{
  StepScreen *self = (StepScreen *)screen;
  if (action != ACTION_RUN && action != ACTION_RUN_STATEMENTS && action != ACTION_RUN_PAUSE)
    return NULL;
  if (!self->planned)
    return _("still rendering");
  const char *why = stale(self);
  return why ? why : self->obstacle;
}

static void start(PgConn *conn, void *data)
{
  StepScreen *self = data;
  (void)conn;
  App *app = self->screen.app;
  StepChoices choices = {self->pause, self->lock_timeout_ms, self->target};
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
    workspace_when_free(self->ws, start, self);
}

static void confirm(StepScreen *self, RolloutPause pause)
{
  self->pause = pause;
  const char *name = workspace_target_name(self->ws);
  g_autofree char *losses = step_text_losses(self->planned);
  if (losses) {
    g_autofree char *question = g_strdup_printf(_("Data is lost for good: %s."), losses);
    app_confirm_typed(self->screen.app, question, name, answered, self);
  } else if (self->ws->options.production) {
    app_confirm_typed(self->screen.app, _("This is production."), name, answered, self);
  } else {
    answered(TRUE, self);
  }
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
  if (!parse_timeout(text, &self->lock_timeout_ms)) {
    g_autofree char *shown = text_escape(text, -1, FALSE);
    app_message(self->screen.app, STYLE_CARE, _("“%s” is no time: 2.5s, 500ms, or nothing for none"), shown);
  }
  if (self->planned)
    rewrite(self);
}

static void ask_timeout(StepScreen *self)
{
  PromptSpec spec = {.label = g_strdup(_("lock time-out (2.5s, 500ms, empty for none): ")),
                     .initial = self->lock_timeout_ms ? g_strdup_printf("%gs", self->lock_timeout_ms / 1000.0)
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
  case ACTION_LOCK_TIMEOUT: ask_timeout(self); return SCREEN_DONE;
  case ACTION_COPY_TEXT: {
    g_autofree char *text = textview_text(self->view);
    app_copy(screen->app, text, _("the plan"));
    return SCREEN_DONE;
  }
  default: return 0;
  }
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  if (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN)
    textview_scroll(((StepScreen *)screen)->view, event->kind == MOUSE_WHEEL_UP ? -3 : 3);
  return SCREEN_DONE;
}

static gboolean search(Screen *screen, const char *text)
{
  return textview_search(((StepScreen *)screen)->view, text);
}

static gboolean search_next(Screen *screen, int direction)
{
  return textview_search_next(((StepScreen *)screen)->view, direction);
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
  g_source_remove(self->timer);
  workspace_forget(self->ws, self);
  if (self->ask)
    self->ask->self = NULL;
  planned_scripts_free(self->planned);
  g_clear_pointer(&self->relations, g_ptr_array_unref);
  g_clear_pointer(&self->tables, g_ptr_array_unref);
  g_clear_pointer(&self->users, g_ptr_array_unref);
  textview_free(self->view);
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
    .mouse = mouse,
    .search = search,
    .search_next = search_next,
    .animated = animated,
    .free = free_screen,
};

Screen *screen_step_new(App *app, Plan *plan, const char *target)
{
  StepScreen *self = g_new0(StepScreen, 1);
  self->screen = (Screen){&step_class, app};
  self->ws = app_workspace(app);
  self->target = g_strdup(target);
  self->rows = g_strdupv(plan->rows_before);
  self->generation = self->ws->generation;
  self->view = textview_new();
  self->cancellable = g_cancellable_new();
  self->timer = g_timeout_add_seconds(LOOK_INTERVAL_S, look_again, self);
  const PlanStep *first = g_ptr_array_index(plan->steps, 0);
  guint n = plan->steps->len;
  const char *name = workspace_target_name(self->ws);
  self->title =
      first->direction == DIRECTION_DOWNGRADE
          ? g_strdup_printf(ngettext("Downgrade %s by %u revision", "Downgrade %s by %u revisions", n), name,
                            n)
          : g_strdup_printf(ngettext("Upgrade %s by %u revision", "Upgrade %s by %u revisions", n), name, n);
  workspace_render_plan(self->ws, plan, self->cancellable, plan_ready, self);
  return &self->screen;
}
