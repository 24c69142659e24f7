/* A migration that is half applied: the version rows and the catalog side by side, and the three ways out. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "retort/base/text.h"
#include "retort/run/repair.h"
#include "steps.h"
#include "textview.h"

#define HEAD_ROWS 5

/* A question that may outlive the screen. */
typedef struct RepairScreen RepairScreen;
typedef struct {
  RepairScreen *self; /* NULL: gone */
} Ask;

struct RepairScreen {
  Screen screen;
  Workspace *ws;
  char *revision;
  Direction direction;
  PlannedScripts *planned; /* to that revision; NULL until rendered */
  guint step;              /* of the plan: the one that is looked at */
  Repair *repair;          /* NULL until compared */
  char *problem;           /* why there is nothing to compare, escaped; or NULL */
  TextView *view;
  GCancellable *cancellable;
  Ask *ask;
};

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_REPAIR;
}

/* Of the interrupted rollout, when it is about this very step. */
static const Recovery *record_of(const RepairScreen *self)
{
  const Recovery *recovery = self->ws->recovery;
  gboolean same = recovery && g_strcmp0(recovery->revision, self->revision) == 0 &&
                  recovery->direction == self->direction;
  return same ? recovery : NULL;
}

/* Text */

typedef struct {
  const char *mark;
  Style style;
  const char *word;
} StateLook;

static StateLook look_of(AftermathState state)
{
  switch (state) {
  case AFTERMATH_DONE: return (StateLook){"✓", STYLE_DONE, _("done")};
  case AFTERMATH_NOT_DONE: return (StateLook){"·", STYLE_FAINT, _("not done")};
  case AFTERMATH_BROKEN: return (StateLook){"‼", STYLE_DANGER, _("broken")};
  case AFTERMATH_RUNNING: return (StateLook){">", STYLE_ACCENT, _("still runs")};
  default: return (StateLook){"?", STYLE_CARE, _("unknown")};
  }
}

static void add_statement(const RepairScreen *self, guint index)
{
  const RepairStatement *statement = g_ptr_array_index(self->repair->statements, index);
  StateLook look = look_of(statement->state);
  g_autofree char *word = text_clip(look.word, 10, FALSE);
  g_autofree char *padding = g_strnfill((gsize)MAX(10 - text_width(word), 0), ' ');
  g_autofree char *mark = g_strdup_printf("%s %s%s %3u  ", look.mark, word, padding, index + 1);
  g_autofree char *sql = g_strdup(statement->sql);
  textview_add_marked(self->view, look.style, mark, STYLE_NORMAL, g_strdelimit(sql, "\n\t", ' '));
  const char *said = statement->aftermath ? statement->aftermath->text : NULL;
  if (said && statement->seen)
    textview_add_marked(self->view, STYLE_FAINT, "                  ", STYLE_FAINT, said);
  if (statement->outside && statement->state == AFTERMATH_DONE)
    textview_add_marked(self->view, STYLE_FAINT, "                  ", STYLE_FAINT,
                        _("outside a transaction: stays, whatever happens later"));
}

static void add_sql_list(const RepairScreen *self, char **list)
{
  for (char **sql = list; sql && *sql; sql++)
    textview_add_sql(self->view, 6, "      ", *sql);
}

static const char *refuse(Screen *screen, ActionId action);

static void add_way(const RepairScreen *self, ActionId action, const char *text)
{
  g_autofree char *key = keymap_key(app_keymap(self->screen.app), action);
  g_autofree char *mark = g_strdup_printf(" %-6s", key ? key : "");
  const char *why = refuse((Screen *)self, action);
  textview_add_marked(self->view, why ? STYLE_FAINT : STYLE_KEY, mark, why ? STYLE_FAINT : STYLE_NORMAL,
                      text);
  if (why)
    textview_add_marked(self->view, STYLE_FAINT, "      ", STYLE_CARE, why);
}

static void add_ways(const RepairScreen *self)
{
  const Repair *repair = self->repair;
  g_autofree char *go_on = repair->resume_at < repair->statements->len
                               ? g_strdup_printf(_("continue with statement %u of %u"), repair->resume_at + 1,
                                                 repair->statements->len)
                               : g_strdup(_("continue: all statements are done, the version rows follow"));
  textview_add(self->view, STYLE_TITLE, _("Ways out"));
  add_way(self, ACTION_REPAIR_CONTINUE, go_on);
  if (repair->prepare && repair->prepare[0]) {
    textview_add(self->view, STYLE_FAINT, _("      first, outside a transaction:"));
    add_sql_list(self, repair->prepare);
  }
  add_way(self, ACTION_REPAIR_UNDO,
          repair->undo_whole ? _("take back what is done, by hand:")
                             : _("take back what is done, by hand; this is not all of it:"));
  add_sql_list(self, repair->undo);
  add_way(self, ACTION_REPAIR_STAMP, _("stamp: only the version rows move, nothing else is run or checked"));
  if (repair->done < repair->statements->len)
    textview_add_marked(self->view, STYLE_DANGER, "      ‼ ", STYLE_DANGER,
                        _("not all of it is there: whatever builds on the missing part will fail"));
}

static void rewrite(RepairScreen *self)
{
  textview_clear(self->view);
  const Recovery *record = record_of(self);
  if (self->problem) {
    textview_add_marked(self->view, STYLE_CARE, "! ", STYLE_CARE, self->problem);
  } else if (self->repair) {
    const Repair *repair = self->repair;
    gboolean calm = !repair->half && !repair->contradictory && !repair->running;
    textview_add_marked(self->view, calm ? STYLE_ACCENT : STYLE_CARE, calm ? "· " : "! ",
                        calm ? STYLE_NORMAL : STYLE_CARE, repair->text);
    if (record)
      textview_add_marked(self->view, STYLE_CARE, "! ", STYLE_NORMAL, record->text);
    textview_add(self->view, STYLE_NORMAL, "");
    for (guint i = 0; i < repair->statements->len; i++)
      add_statement(self, i);
    textview_add(self->view, STYLE_NORMAL, "");
    add_ways(self);
  }
  app_repaint(self->screen.app);
}

static void set_problem(RepairScreen *self, char *text)
{
  g_free(self->problem);
  self->problem = text;
  rewrite(self);
}

/* Comparing */

static void examined(Repair *repair, const GError *error, void *data)
{
  Ask *ask = data;
  RepairScreen *self = ask->self;
  g_free(ask);
  if (!self) {
    g_clear_pointer(&repair, repair_free);
    return;
  }
  self->ask = NULL;
  g_clear_pointer(&self->repair, repair_free);
  self->repair = repair;
  if (error)
    set_problem(self, text_escape(error->message, -1, FALSE));
  rewrite(self);
  workspace_serve(self->ws);
}

static const Script *script_of(const RepairScreen *self)
{
  return g_ptr_array_index(self->planned->scripts, self->step);
}

static void compare(PgConn *conn, void *data)
{
  RepairScreen *self = data;
  self->ask = g_new0(Ask, 1);
  self->ask->self = self;
  repair_examine(conn, script_of(self)->statements, record_of(self), examined, self->ask);
}

static void rendered(PlannedScripts *planned, void *data)
{
  RepairScreen *self = data;
  self->planned = planned;
  const Script *script = script_of(self);
  gboolean known =
      script && !script->error && (script->state == RENDER_EXACT || script->answered || script->engine);
  if (!known)
    set_problem(self, g_strdup(_("what this migration sends is not known, so it cannot be compared: see its "
                                 "Upgrade tab")));
  else
    workspace_when_free(self->ws, compare, self);
  app_repaint(self->screen.app);
}

/* Painting */

static void put(Canvas *canvas, Rect *rect, Style style, const char *text)
{
  Rect line = rect_cut_top(rect, 1);
  if (line.height > 0)
    canvas_text_clipped(canvas, line.x + 1, line.y, line.width - 2, style, text);
}

/* What the version rows say, and beside it what the catalog says. */
static void paint_head(const RepairScreen *self, Canvas *canvas, Rect rect)
{
  Rect left = rect_cut_left(&rect, rect.width / 2);
  Rect inside = canvas_box(canvas, left, STYLE_BORDER, STYLE_NORMAL, _("The version rows say"), NULL);
  g_autofree char *rows =
      self->ws->rows && self->ws->rows->rows[0] ? g_strjoinv(", ", self->ws->rows->rows) : g_strdup("base");
  g_autofree char *shown = text_escape(rows, -1, FALSE);
  g_autofree char *revision = text_escape(self->revision, -1, FALSE);
  put(canvas, &inside, STYLE_TITLE, shown);
  g_autofree char *text = g_strdup_printf(
      self->direction == DIRECTION_UPGRADE ? _("%s is not applied") : _("%s is applied"), revision);
  put(canvas, &inside, STYLE_NORMAL, text);
  inside = canvas_box(canvas, rect, STYLE_BORDER, STYLE_NORMAL, _("The catalog says"), NULL);
  if (!self->repair) {
    put(canvas, &inside, STYLE_FAINT, self->problem ? "?" : _("looking ..."));
    return;
  }
  const Repair *repair = self->repair;
  g_autofree char *done = g_strdup_printf(
      ngettext("%u of %u statement is done", "%u of %u statements are done", repair->statements->len),
      repair->done, repair->statements->len);
  put(canvas, &inside, repair->half ? STYLE_CARE | STYLE_BOLD : STYLE_TITLE, done);
  put(canvas, &inside, STYLE_NORMAL,
      repair->half        ? _("it is half applied")
      : repair->done == 0 ? _("nothing of it is there")
                          : _("all of it is there"));
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  RepairScreen *self = (RepairScreen *)screen;
  paint_head(self, canvas, rect_cut_top(&rect, MIN(HEAD_ROWS - 1, rect.height / 2)));
  g_autofree char *revision = text_escape(self->revision, -1, FALSE);
  g_autofree char *title = g_strdup_printf(
      self->direction == DIRECTION_UPGRADE ? _("Upgrade to %s") : _("Downgrade of %s"), revision);
  char buffer[32];
  g_autofree char *note = g_strdup(textview_place(self->view, buffer, sizeof buffer));
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, title, note);
  inside.x++;
  inside.width -= 2;
  textview_paint(self->view, canvas, inside);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  RepairScreen *self = (RepairScreen *)screen;
  const Repair *repair = self->repair;
  if (action != ACTION_REPAIR_CONTINUE && action != ACTION_REPAIR_UNDO && action != ACTION_REPAIR_STAMP &&
      action != ACTION_REPAIR_LOOK)
    return NULL;
  if (self->ws->database != DATABASE_READY)
    return steps_refuse_database(self->ws);
  if (action == ACTION_REPAIR_LOOK)
    return self->planned && !self->ask ? NULL : _("it is being looked at");
  if (!repair)
    return self->problem ? _("there is nothing to compare with") : _("it is being looked at");
  if (action == ACTION_REPAIR_UNDO)
    return repair->undo && repair->undo[0] ? NULL : _("nothing is known that could be taken back");
  if (self->ws->options.read_only)
    return _("read-only: nothing is changed on this target");
  if (repair->running)
    return _("a session is still at work on it: r looks again");
  if (action == ACTION_REPAIR_CONTINUE)
    return repair->may_continue ? NULL : _("from here there is no sure way to go on: look at the statements");
  return NULL;
}

static void go_on(RepairScreen *self)
{
  App *app = self->screen.app;
  workspace_set_resume(self->ws, self->revision, self->direction, self->repair->resume_at,
                       self->repair->prepare);
  const Revision *revision = revision_map_get(self->ws->snapshot->map, self->revision);
  g_autofree char *target = steps_target(self->ws, self->direction, revision);
  Direction direction = self->direction;
  app_close(app, &self->screen);
  steps_plan(app, direction, target);
}

static void stamped(PlannedScripts *planned, void *data)
{
  RepairScreen *self = data;
  App *app = self->screen.app;
  g_autoptr(GError) error = NULL;
  StepChoices choices = {
      .policy = workspace_policy(self->ws, &error), .backup = BACKUP_CHOICE_SKIP, .target = self->revision};
  if (!choices.policy) {
    app_message(app, STYLE_CARE, "%s", error->message);
    planned_scripts_free(planned);
    return;
  }
  Screen *run = screen_run_new(app, planned, &choices);
  app_close(app, &self->screen);
  app_push(app, run);
}

static void stamp_answered(gboolean yes, void *data)
{
  RepairScreen *self = data;
  const char *const *rows = (const char *const *)self->ws->rows->rows;
  g_autofree char *target = self->direction == DIRECTION_UPGRADE
                                ? g_strdup(self->revision)
                                : steps_target(self->ws, DIRECTION_DOWNGRADE,
                                               revision_map_get(self->ws->snapshot->map, self->revision));
  g_autoptr(GError) error = NULL;
  if (!yes)
    return;
  g_autoptr(Plan) plan =
      plan_stamp(self->ws->snapshot->map, rows, (const char *const[]){target, NULL}, FALSE, &error);
  if (plan && plan->steps->len > 0)
    workspace_render_plan(self->ws, g_steal_pointer(&plan), self->cancellable, stamped, self);
  else
    app_message(self->screen.app, STYLE_CARE, "%s",
                error ? error->message : _("the version rows stand there already"));
}

static void ask_stamp(RepairScreen *self)
{
  const Repair *repair = self->repair;
  g_autofree char *question =
      repair->done < repair->statements->len
          ? g_strdup_printf(_("Only the version rows move: %u of %u statements are not there."),
                            repair->statements->len - repair->done, repair->statements->len)
          : g_strdup(_("Only the version rows move."));
  app_confirm_typed(self->screen.app, question, workspace_target_name(self->ws), stamp_answered, self);
}

static guint act(Screen *screen, ActionId action)
{
  RepairScreen *self = (RepairScreen *)screen;
  if (textview_act(self->view, action))
    return SCREEN_DONE;
  switch (action) {
  case ACTION_REPAIR_CONTINUE: go_on(self); return SCREEN_DONE;
  case ACTION_REPAIR_UNDO: {
    g_autofree char *sql = g_strjoinv(";\n", self->repair->undo);
    g_autofree char *whole = g_strconcat(sql, ";\n", NULL);
    app_copy(screen->app, whole, _("the SQL that takes it back"));
    return SCREEN_DONE;
  }
  case ACTION_REPAIR_STAMP: ask_stamp(self); return SCREEN_DONE;
  case ACTION_REPAIR_LOOK: workspace_when_free(self->ws, compare, self); return SCREEN_DONE;
  case ACTION_COPY_TEXT: {
    g_autofree char *text = textview_text(self->view);
    app_copy(screen->app, text, _("the comparison"));
    return SCREEN_DONE;
  }
  default: return 0;
  }
}

static TextView *text_view(Screen *screen)
{
  return ((RepairScreen *)screen)->view;
}

static gboolean animated(Screen *screen)
{
  RepairScreen *self = (RepairScreen *)screen;
  return !self->repair && !self->problem;
}

static void free_screen(Screen *screen)
{
  RepairScreen *self = (RepairScreen *)screen;
  g_cancellable_cancel(self->cancellable);
  g_object_unref(self->cancellable);
  workspace_forget(self->ws, self);
  if (self->ask)
    self->ask->self = NULL;
  g_clear_pointer(&self->repair, repair_free);
  g_clear_pointer(&self->planned, planned_scripts_free);
  textview_free(self->view);
  g_free(self->problem);
  g_free(self->revision);
  g_free(self);
}

static const ScreenClass repair_class = {
    .name = N_("Repair"),
    .contexts = contexts,
    .paint = paint,
    .refuse = refuse,
    .act = act,
    .text_view = text_view,
    .animated = animated,
    .free = free_screen,
};

/* The plan that leads over the step, and which of its steps that is; NULL with error. */
static Plan *plan_over(RepairScreen *self, GError **error)
{
  const RevisionMap *map = self->ws->snapshot->map;
  const char *const *rows = (const char *const *)self->ws->rows->rows;
  const Revision *revision = revision_map_get(map, self->revision);
  g_autofree char *target = revision ? steps_target(self->ws, self->direction, revision) : NULL;
  g_autoptr(Plan) plan = !target                                ? NULL
                         : self->direction == DIRECTION_UPGRADE ? plan_upgrade(map, rows, target, error)
                                                                : plan_downgrade(map, rows, target, error);
  for (guint i = 0; plan && i < plan->steps->len; i++)
    if (((const PlanStep *)g_ptr_array_index(plan->steps, i))->revision == revision) {
      self->step = i;
      return g_steal_pointer(&plan);
    }
  return NULL;
}

Screen *screen_repair_new(App *app, const char *revision)
{
  RepairScreen *self = g_new0(RepairScreen, 1);
  self->screen = (Screen){&repair_class, app};
  self->ws = app_workspace(app);
  self->revision = g_strdup(revision);
  const Recovery *recovery = self->ws->recovery;
  gboolean recorded = recovery && g_strcmp0(recovery->revision, revision) == 0;
  self->direction = recorded ? recovery->direction : DIRECTION_UPGRADE;
  self->view = textview_new();
  self->cancellable = g_cancellable_new();
  g_autoptr(GError) error = NULL;
  Plan *plan = plan_over(self, &error);
  if (plan)
    workspace_render_plan(self->ws, plan, self->cancellable, rendered, self);
  else
    set_problem(self, error ? text_escape(error->message, -1, FALSE)
                            : g_strdup(_("the version rows have moved past it: nothing is half done")));
  return &self->screen;
}
