/* A rollout at work: its steps, the statement under way, what it waits for, and how it ended. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "lockview.h"
#include "retort/base/text.h"
#include "retort/run/brake.h"
#include "run_log.h"
#include "step_text.h"
#include "steps.h"

#define WIDE 100
#define STEPS_WIDTH 40
#define STEPS_ROWS 5
#define RETRIES 10

typedef enum {
  STEP_WAITING,
  STEP_RUNNING,
  STEP_DONE,
  STEP_FAILED,
} StepState;

typedef struct {
  StepState state;
  double elapsed_s;
} StepMark;

typedef struct {
  Screen screen;
  Workspace *ws;
  PlannedScripts *planned;
  char *target;
  Rollout *rollout;
  Journal *journal; /* NULL: it cannot be recorded */
  RunLog *log;
  StepMark *marks;
  guint step;
  gint64 started; /* of all, monotonic */
  gboolean finished;
  gboolean cancelling;
  RolloutPause pause;
  /* The session a question is about. */
  int asked_pid;
  char *asked_start;
  SignalVerb asked_verb;
} RunScreen;

static guint contexts(Screen *screen)
{
  return ((RunScreen *)screen)->finished ? CONTEXT_DONE : CONTEXT_RUN;
}

static const PlanStep *step_at(const RunScreen *self, guint index)
{
  return g_ptr_array_index(self->planned->plan->steps, index);
}

/* Events */

static void mark_step(RunScreen *self, guint step, StepState state, double elapsed_s)
{
  if (step >= self->planned->plan->steps->len)
    return;
  self->marks[step].state = state;
  self->marks[step].elapsed_s = elapsed_s;
}

static void take_rows(RunScreen *self, char **rows)
{
  if (!rows)
    return;
  VersionRows *taken = g_new0(VersionRows, 1);
  taken->exists = TRUE;
  taken->rows = g_strdupv(rows);
  workspace_take_rows(self->ws, taken);
}

static void finish(RunScreen *self, const RolloutEvent *event)
{
  self->finished = TRUE;
  if (event->kind != ROLLOUT_EVENT_DONE && self->marks[self->step].state == STEP_RUNNING)
    mark_step(self, self->step, STEP_FAILED, 0);
  take_rows(self, event->rows);
  workspace_take_back(self->ws);
  workspace_announce(self->ws, CHANGED_DATABASE);
}

static void on_event(const RolloutEvent *event, void *data)
{
  RunScreen *self = data;
  switch (event->kind) {
  case ROLLOUT_EVENT_STEP:
    self->step = event->step;
    mark_step(self, event->step, STEP_RUNNING, 0);
    run_log_step(self->log, step_at(self, event->step), rollout_step_statements(self->rollout, event->step));
    break;
  case ROLLOUT_EVENT_STEP_DONE: mark_step(self, event->step, STEP_DONE, event->elapsed_s); break;
  default: break;
  }
  run_log_event(self->log, event);
  if (event->kind == ROLLOUT_EVENT_FAILED || event->kind == ROLLOUT_EVENT_CANCELLED ||
      event->kind == ROLLOUT_EVENT_DONE)
    finish(self, event);
  app_repaint(self->screen.app);
}

/* Who is in the way */

static const LockNode *own_node(const RunScreen *self)
{
  return self->ws->locks && self->ws->own_pids[0] ? lock_snapshot_find(self->ws->locks, self->ws->own_pids[0])
                                                  : NULL;
}

/* Of those we wait for, directly or not, the one that waits for nobody, longest in its transaction. */
static const LockNode *culprit(const RunScreen *self)
{
  const LockNode *own = own_node(self);
  if (!own || own->blocked_by->len == 0)
    return NULL;
  g_autoptr(GPtrArray) culprits = lock_snapshot_culprits(self->ws->locks, own->pid);
  const LockNode *found = NULL;
  for (guint i = 0; i < culprits->len; i++) {
    const LockNode *node = g_ptr_array_index(culprits, i);
    if (node->blocked_by->len == 0 && (!found || node->xact_s > found->xact_s))
      found = node;
  }
  return found;
}

/* Painting */

static void paint_step(const RunScreen *self, guint index, Canvas *canvas, Rect rect)
{
  const PlanStep *step = step_at(self, index);
  const StepMark *mark = &self->marks[index];
  static const gunichar glyphs[] = {' ', GLYPH_CURRENT, GLYPH_DONE, GLYPH_FAILED};
  static const Style styles[] = {STYLE_FAINT, STYLE_ACCENT | STYLE_BOLD, STYLE_DONE, STYLE_DANGER};
  canvas_put(canvas, rect.x, rect.y, styles[mark->state], glyphs[mark->state]);
  g_autofree char *since = mark->state == STEP_DONE ? text_duration(mark->elapsed_s) : g_strdup("");
  int width = text_width(since);
  g_autofree char *whole = g_strdup_printf("%s  %s", step->revision ? step->revision->id : "base",
                                           step->revision && step->revision->doc ? step->revision->doc : "");
  g_autofree char *shown = text_escape(whole, -1, FALSE);
  canvas_text_clipped(canvas, rect.x + 2, rect.y, rect.width - 3 - width,
                      mark->state == STEP_RUNNING ? STYLE_TITLE : STYLE_NORMAL, shown);
  canvas_text(canvas, rect.x + rect.width - width, rect.y, width, STYLE_FAINT, since);
}

/* A window over the steps that keeps the current one in sight. */
static void paint_steps(const RunScreen *self, Canvas *canvas, Rect rect)
{
  guint n = self->planned->plan->steps->len, height = (guint)MAX(rect.height, 0);
  guint top = self->step >= height ? self->step - height + 1 : 0;
  if (top + height < n && self->step == top + height - 1 && height > 1)
    top++;
  for (guint i = 0; i < height && top + i < n; i++)
    paint_step(self, top + i, canvas, (Rect){rect.x, rect.y + (int)i, rect.width, 1});
}

/* Who waits behind us, and since when. */
static void paint_blast(const RunScreen *self, const LockNode *own, Canvas *canvas, Rect *rect)
{
  g_auto(Blast) blast;
  blast_measure(self->ws->locks, own->pid, &blast);
  if (blast.waiting == 0)
    return;
  g_autofree char *since = text_duration(blast.longest_s);
  g_autofree char *applications = text_escape(blast.applications ? blast.applications : "", -1, FALSE);
  g_autofree char *text = g_strdup_printf(
      ngettext("before %u session that waits behind us for %s: %s",
               "before %u sessions that wait behind us, the longest for %s: %s", blast.waiting),
      blast.waiting, since, applications);
  Rect line = rect_cut_top(rect, 1);
  canvas_text_clipped(canvas, line.x + 2, line.y, line.width - 2, STYLE_CARE, text);
}

static void paint_culprit(const RunScreen *self, const LockNode *own, Canvas *canvas, Rect *rect)
{
  const LockNode *node = culprit(self);
  if (!node)
    return;
  g_autofree char *who = lockview_describe(node);
  g_autofree char *text = node->lock_mode ? g_strdup_printf(_("behind %s: holds %s"), who, node->lock_mode)
                                          : g_strdup_printf(_("behind %s"), who);
  Rect line = rect_cut_top(rect, 1);
  canvas_text_clipped(canvas, line.x + 2, line.y, line.width - 2, STYLE_CARE, text);
  paint_blast(self, own, canvas, rect);
}

static char *progress_text(const Progress *progress)
{
  if (progress->fraction < 0)
    return g_strdup_printf("%s: %s", progress->command, progress->phase);
  GString *bar = g_string_new(NULL);
  for (int i = 0; i < 20; i++)
    g_string_append(bar, i < (int)(progress->fraction * 20) ? "█" : "░");
  g_string_append_printf(bar, " %3.0f%%  %s: %s", progress->fraction * 100, progress->command,
                         progress->phase);
  return g_string_free(bar, FALSE);
}

/* What moves: since when, for what and because of whom. */
static void paint_live(const RunScreen *self, Canvas *canvas, Rect rect)
{
  if (self->finished)
    return;
  gint64 now = g_get_monotonic_time();
  Rect line = rect_cut_top(&rect, 1);
  const LockNode *own = own_node(self);
  gboolean waits = own && own->wait_s >= 0;
  g_autofree char *now_text = run_log_now(self->log, now);
  g_autofree char *text = NULL;
  if (waits && !run_log_paused(self->log)) {
    g_autofree char *since = text_duration(own->wait_s);
    g_autofree char *relation = text_escape(own->lock_relation ? own->lock_relation : "", -1, FALSE);
    text = g_strdup_printf(_("%s  waits %s for %s on %s"), now_text, since,
                           own->lock_mode ? own->lock_mode : _("a lock"), relation);
  } else {
    text = g_steal_pointer(&now_text);
  }
  canvas_put(canvas, line.x, line.y, STYLE_ACCENT,
             run_log_paused(self->log) ? GLYPH_CURRENT : theme_spinner(now));
  canvas_text_clipped(canvas, line.x + 2, line.y, line.width - 2,
                      waits ? STYLE_CARE | STYLE_BOLD : STYLE_TITLE,
                      self->cancelling ? _("cancelling: waiting for the server") : text);
  if (waits)
    paint_culprit(self, own, canvas, &rect);
  else if (own && own->descendants > 0)
    paint_blast(self, own, canvas, &rect);
  else if (self->ws->progress && self->ws->progress->command) {
    g_autofree char *progress = progress_text(self->ws->progress);
    g_autofree char *shown = text_escape(progress, -1, FALSE);
    canvas_text_clipped(canvas, line.x + 2, line.y + 1, line.width - 2, STYLE_NORMAL, shown);
  }
}

#define LIVE_ROWS 3

static void paint_log(RunScreen *self, Canvas *canvas, Rect rect)
{
  g_autofree char *title = run_log_title(self->log);
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, title, NULL);
  if (!self->finished) {
    Rect live = rect_cut_bottom(&inside, MIN(LIVE_ROWS, inside.height / 2));
    paint_live(self, canvas, live);
  }
  textview_paint(run_log_view(self->log), canvas, inside);
}

/* "orders ACCESS EXCLUSIVE, orders_pkey ...": what others would wait for. */
static char *held_text(const GPtrArray *held)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < held->len; i++) {
    const HeldLock *lock = g_ptr_array_index(held, i);
    const char *name =
        g_str_has_prefix(lock->relation, "public.") ? lock->relation + strlen("public.") : lock->relation;
    if (lock->granted)
      g_string_append_printf(out, "%s%s %s", out->len ? ", " : "", name, lock_mode_name(lock->mode));
  }
  g_autofree char *escaped = text_escape(out->str, -1, FALSE);
  g_string_free(out, TRUE);
  return g_steal_pointer(&escaped);
}

static void paint_locks(const RunScreen *self, Canvas *canvas, Rect rect)
{
  const LockSnapshot *locks = self->ws->locks;
  guint busy = locks ? lockview_busy_rows(locks) : 0;
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER, busy ? STYLE_CARE : STYLE_NORMAL, _("Locks"),
                           busy ? NULL : _("quiet"));
  if (!locks && self->ws->locks_error) {
    canvas_text_clipped(canvas, inside.x, inside.y, inside.width, STYLE_CARE, self->ws->locks_error);
    return;
  }
  if (busy == 0 && self->ws->held && self->ws->held->len > 0) {
    g_autofree char *held = held_text(self->ws->held);
    g_autofree char *text = g_strdup_printf(_("we hold %s"), held);
    canvas_text_clipped(canvas, inside.x, inside.y, inside.width, STYLE_FAINT, text);
  }
  for (guint i = 0; i < busy && (int)i < inside.height; i++) {
    Rect line = {inside.x, inside.y + (int)i, inside.width, 1};
    if ((int)i == inside.height - 1 && i + 1 < busy)
      canvas_printf(canvas, line.x, line.y, line.width, STYLE_FAINT, _("%u more; L shows all"), busy - i);
    else
      lockview_paint_row(locks, i, canvas, line);
  }
}

static int lock_rows(const RunScreen *self, int height)
{
  guint busy = self->ws->locks ? lockview_busy_rows(self->ws->locks) : 0;
  return height < 10 ? 0 : CLAMP((int)busy + 2, 3, MAX(height / 3, 3));
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  RunScreen *self = (RunScreen *)screen;
  Rect result =
      self->finished
          ? rect_cut_bottom(&rect, MIN(run_log_result_rows(self->log, rect.width - 2), rect.height / 2))
          : (Rect){0, 0, 0, 0};
  Rect locks = self->finished ? result : rect_cut_bottom(&rect, lock_rows(self, rect.height));
  guint n = self->planned->plan->steps->len;
  g_autofree char *title = g_strdup_printf(_("Step %u of %u"), self->step + 1, n);
  if (rect.width >= WIDE) {
    Rect left = rect_cut_left(&rect, STEPS_WIDTH);
    paint_steps(self, canvas, canvas_box(canvas, left, STYLE_BORDER, STYLE_NORMAL, title, NULL));
  } else if (n > 1 && rect.height > 12) {
    Rect top = rect_cut_top(&rect, MIN((int)n, STEPS_ROWS));
    paint_steps(self, canvas, (Rect){top.x + 1, top.y, top.width - 2, top.height});
  }
  paint_log(self, canvas, rect);
  if (self->finished)
    run_log_paint_result(self->log, canvas, result);
  else if (locks.height > 0)
    paint_locks(self, canvas, locks);
}

static void status(Screen *screen, Canvas *canvas, Rect rect)
{
  RunScreen *self = (RunScreen *)screen;
  double elapsed =
      (double)((self->finished ? run_log_ended(self->log) : g_get_monotonic_time()) - self->started) / 1e6;
  g_autofree char *since = text_duration(elapsed);
  g_autofree char *text = g_strdup_printf(
      self->pause == ROLLOUT_PAUSE_MIGRATION ? _("%s, on %s; pauses after this step") : _("%s, on %s"), since,
      self->ws->database_name ? self->ws->database_name : "");
  canvas_text_clipped(canvas, rect.x + 1, rect.y, rect.width - 1, STYLE_FAINT, text);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  RunScreen *self = (RunScreen *)screen;
  gboolean paused = run_log_paused(self->log);
  switch (action) {
  case ACTION_CONTINUE: return paused ? NULL : _("a statement runs: Esc cancels it");
  case ACTION_SIGNAL_BLOCKER: {
    const LockNode *node = culprit(self);
    if (!node)
      return _("nobody is in the way");
    return node->pid == 0
               ? _("a prepared transaction is in the way: COMMIT PREPARED or ROLLBACK PREPARED ends it")
               : NULL;
  }
  case ACTION_CANCEL: return self->cancelling ? _("it is being cancelled: the server has to answer") : NULL;
  case ACTION_AGAIN:
    return run_log_succeeded(self->log) ? _("all steps are done") : steps_refuse_database(self->ws);
  default: return NULL;
  }
}

static void signal_done(gboolean sent, const char *text, void *data)
{
  app_message(data, sent ? STYLE_DONE : STYLE_CARE, "%s", text);
}

static void answered(gboolean yes, void *data)
{
  RunScreen *self = data;
  if (!yes)
    return;
  const LockNode *node = self->ws->locks ? lock_snapshot_find(self->ws->locks, self->asked_pid) : NULL;
  if (!node || g_strcmp0(node->backend_start, self->asked_start) != 0)
    app_message(self->screen.app, STYLE_NORMAL, _("%d is gone already"), self->asked_pid);
  else
    workspace_signal(self->ws, node, self->asked_verb, signal_done, self->screen.app);
}

static void ask_signal(RunScreen *self)
{
  const LockNode *node = culprit(self);
  self->asked_pid = node->pid;
  self->asked_verb = lock_verb(node);
  g_free(self->asked_start);
  self->asked_start = g_strdup(node->backend_start);
  g_autofree char *who = lockview_describe(node);
  g_autofree char *caution = lock_signal_caution(node);
  g_autofree char *question = g_strdup_printf(
      self->asked_verb == SIGNAL_CANCEL ? _("%s%scancel the query of %s?") : _("%s%sterminate %s?"),
      caution ? caution : "", caution ? " " : "", who);
  app_confirm(self->screen.app, question, answered, self);
}

static void toggle_pause(RunScreen *self)
{
  self->pause = self->pause == ROLLOUT_PAUSE_NEVER ? ROLLOUT_PAUSE_MIGRATION : ROLLOUT_PAUSE_NEVER;
  rollout_set_pause(self->rollout, self->pause);
}

static guint again(RunScreen *self)
{
  App *app = self->screen.app;
  const PlanStep *first = step_at(self, 0);
  Direction direction = first->direction;
  g_autofree char *target = g_strdup(self->target);
  app_close(app, &self->screen);
  steps_plan(app, direction, target);
  return SCREEN_DONE;
}

static guint act(Screen *screen, ActionId action)
{
  RunScreen *self = (RunScreen *)screen;
  if (textview_act(run_log_view(self->log), action))
    return SCREEN_DONE;
  switch (action) {
  case ACTION_FINISH: return SCREEN_DONE | SCREEN_POP;
  case ACTION_CONTINUE:
    run_log_resume(self->log);
    rollout_continue(self->rollout);
    return SCREEN_DONE;
  case ACTION_CANCEL:
    self->cancelling = TRUE;
    rollout_cancel(self->rollout);
    return SCREEN_DONE;
  case ACTION_SIGNAL_BLOCKER: ask_signal(self); return SCREEN_DONE;
  case ACTION_PAUSE: toggle_pause(self); return SCREEN_DONE;
  case ACTION_AGAIN: return again(self);
  default: return 0;
  }
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  if (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN)
    textview_scroll(run_log_view(((RunScreen *)screen)->log), event->kind == MOUSE_WHEEL_UP ? -3 : 3);
  return SCREEN_DONE;
}

static gboolean search(Screen *screen, const char *text)
{
  return textview_search(run_log_view(((RunScreen *)screen)->log), text);
}

static gboolean search_next(Screen *screen, int direction)
{
  return textview_search_next(run_log_view(((RunScreen *)screen)->log), direction);
}

static gboolean busy(Screen *screen)
{
  return !((RunScreen *)screen)->finished;
}

static void interrupt(Screen *screen)
{
  RunScreen *self = (RunScreen *)screen;
  self->cancelling = TRUE;
  rollout_cancel(self->rollout);
}

static void free_screen(Screen *screen)
{
  RunScreen *self = (RunScreen *)screen;
  workspace_follow_locks(self->ws, FALSE);
  rollout_free(self->rollout);
  journal_free(self->journal);
  run_log_free(self->log);
  planned_scripts_free(self->planned);
  g_free(self->marks);
  g_free(self->target);
  g_free(self->asked_start);
  g_free(self);
}

static const ScreenClass run_class = {
    .name = N_("Rollout"),
    .contexts = contexts,
    .paint = paint,
    .status = status,
    .refuse = refuse,
    .act = act,
    .mouse = mouse,
    .search = search,
    .search_next = search_next,
    .animated = busy,
    .busy = busy,
    .interrupt = interrupt,
    .free = free_screen,
};

/* A record that cannot be written does not stop the work. */
static void begin_journal(RunScreen *self)
{
  const Project *project = self->planned->snapshot->project;
  g_autofree char *folder =
      project->config_path ? g_path_get_dirname(project->config_path) : g_get_current_dir();
  gboolean down = step_at(self, 0)->direction == DIRECTION_DOWNGRADE;
  g_autofree char *command = g_strdup_printf("%s %s", down ? "downgrade" : "upgrade", self->target);
  JournalHead head = {.database = pg_conn_display(self->ws->conn), .project = folder, .command = command};
  g_autoptr(GError) error = NULL;
  self->journal = journal_new(&head, &error);
  if (!self->journal)
    app_message(self->screen.app, STYLE_CARE, _("this rollout is not recorded: %s"), error->message);
}

Screen *screen_run_new(App *app, PlannedScripts *planned, const StepChoices *choices)
{
  RunScreen *self = g_new0(RunScreen, 1);
  self->screen = (Screen){&run_class, app};
  self->ws = app_workspace(app);
  self->planned = planned;
  self->target = g_strdup(choices->target);
  self->log = run_log_new(workspace_target_name(self->ws), planned->plan->steps->len);
  self->pause = choices->pause;
  self->started = g_get_monotonic_time();
  guint n = planned->plan->steps->len;
  self->marks = g_new0(StepMark, MAX(n, 1));
  g_autofree RolloutStep *steps = g_new0(RolloutStep, MAX(n, 1));
  for (guint i = 0; i < n; i++)
    steps[i] = (RolloutStep){.step = step_at(self, i),
                             .script = g_ptr_array_index(planned->scripts, i),
                             .skip = workspace_done_already(self->ws, step_at(self, i))};
  begin_journal(self);
  RolloutOptions options = {.journal = self->journal,
                            .transaction = steps_transaction(planned->snapshot->project),
                            .pause = choices->pause,
                            .create_version_table = TRUE,
                            .lock_timeout_ms = choices->lock_timeout_ms,
                            .retries = choices->lock_timeout_ms ? RETRIES : 0};
  static const RolloutSink sink = {on_event};
  workspace_follow_locks(self->ws, TRUE);
  self->rollout = rollout_new(workspace_lend(self->ws), planned->snapshot->project, steps, n,
                              (const char *const *)planned->plan->rows_before, &options, &sink, self);
  rollout_start(self->rollout);
  return &self->screen;
}
