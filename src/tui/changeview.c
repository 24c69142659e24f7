#include "changeview.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/file.h"
#include "retort/base/text.h"
#include "retort/edit/hooks.h"

/* From this height on graph and difference are both shown. */
#define TALL 26

/* A run of hooks in a thread; the view may be gone before it ends. */
typedef struct {
  gatomicrefcount refs;
  ChangeView *view; /* NULL: gone; main thread only */
  Snapshot *snapshot;
  char *path;
  GCancellable *cancellable;
  GError *error;
} HookJob;

struct ChangeView {
  App *app;
  char *report;
  void (*done)(void *data);
  void *data;
  Snapshot *snapshot;
  Changes *changes; /* the wizard's; NULL: nothing to write */
  char *problem;    /* why; escaped */
  GraphPane *graph;
  TextView *texts[N_PANES]; /* PANE_GRAPH: none */
  ChangePane pane;
  gboolean both; /* graph and difference are on the screen */
  gboolean stage;
  char *shown;  /* first file of the difference: another one is read from its top */
  HookJob *job; /* hooks are running */
};

static void job_unref(HookJob *job)
{
  if (!g_atomic_ref_count_dec(&job->refs))
    return;
  snapshot_unref(job->snapshot);
  g_object_unref(job->cancellable);
  g_clear_error(&job->error);
  g_free(job->path);
  g_free(job);
}

ChangeView *changeview_new(App *app, const char *report, void (*done)(void *data), void *data)
{
  ChangeView *view = g_new0(ChangeView, 1);
  view->app = app;
  view->report = g_strdup(report);
  view->done = done;
  view->data = data;
  view->graph = graphpane_new();
  for (ChangePane pane = PANE_DIFFERENCE; pane < N_PANES; pane++)
    view->texts[pane] = textview_new();
  view->pane = PANE_DIFFERENCE;
  return view;
}

static void let_go(ChangeView *view)
{
  if (!view->job)
    return;
  view->job->view = NULL;
  g_cancellable_cancel(view->job->cancellable);
  g_clear_pointer(&view->job, job_unref);
}

void changeview_free(ChangeView *view)
{
  if (!view)
    return;
  let_go(view);
  graphpane_free(view->graph);
  for (ChangePane pane = PANE_DIFFERENCE; pane < N_PANES; pane++)
    textview_free(view->texts[pane]);
  snapshot_unref(view->snapshot);
  g_free(view->report);
  g_free(view->problem);
  g_free(view->shown);
  g_free(view);
}

/* What is shown */

static char *folder_of(const Snapshot *snapshot)
{
  const char *config = snapshot->project->config_path;
  return config ? g_path_get_dirname(config) : g_strdup(snapshot->project->script_location);
}

/* The names behind --- and +++ say what git's own lines above them say. */
static char *without_headers(const char *diff)
{
  g_auto(GStrv) lines = g_strsplit(diff, "\n", -1);
  g_autoptr(GString) out = g_string_new(NULL);
  for (char **line = lines; *line; line++)
    if (!g_str_has_prefix(*line, "diff --git ") && !g_str_has_prefix(*line, "index ") &&
        !g_str_has_prefix(*line, "new file mode ") && !g_str_has_prefix(*line, "deleted file mode "))
      g_string_append_printf(out, "%s%s", *line, line[1] ? "\n" : "");
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static void fill_difference(ChangeView *view)
{
  TextView *text = view->texts[PANE_DIFFERENCE];
  textview_clear(text);
  if (view->problem)
    textview_add_marked(text, STYLE_CARE, "! ", STYLE_CARE, view->problem);
  if (!view->changes)
    return;
  g_autofree char *folder = folder_of(view->snapshot);
  g_autofree char *diff = changes_diff(view->changes, folder);
  g_autofree char *shown = without_headers(diff);
  textview_add_code(text, LANGUAGE_DIFF, 0, NULL, shown, (gssize)strlen(shown));
}

static void take(ChangeView *view, Snapshot *snapshot, Changes *changes, RevisionMap *map,
                 const GPtrArray *marked)
{
  if (snapshot != view->snapshot) {
    snapshot_unref(view->snapshot);
    view->snapshot = snapshot_ref(snapshot);
  }
  const FileChange *first = changes ? g_ptr_array_index(changes->files, 0) : NULL;
  if (first && g_strcmp0(first->path, view->shown) != 0) {
    textview_rewind(view->texts[PANE_DIFFERENCE]);
    g_free(view->shown);
    view->shown = g_strdup(first->path);
  }
  view->changes = changes;
  graphpane_show(view->graph, map, app_workspace(view->app), marked);
  fill_difference(view);
}

void changeview_show(ChangeView *view, Snapshot *snapshot, Changes *changes, RevisionMap *map,
                     const GPtrArray *marked)
{
  g_clear_pointer(&view->problem, g_free);
  take(view, snapshot, changes, map, marked);
}

void changeview_refuse(ChangeView *view, const char *problem, Snapshot *snapshot, RevisionMap *map,
                       const GPtrArray *marked)
{
  g_free(view->problem);
  view->problem = g_strdup(problem);
  take(view, snapshot, NULL, map, marked);
}

TextView *changeview_text(ChangeView *view, ChangePane pane)
{
  g_return_val_if_fail(pane != PANE_GRAPH, NULL);
  return view->texts[pane];
}

void changeview_set_pane(ChangeView *view, ChangePane pane)
{
  view->pane = pane;
}

/* Writing */

gboolean changeview_written(const ChangeView *view)
{
  return view->changes && view->changes->applied;
}

gboolean changeview_busy(const ChangeView *view)
{
  return view->job != NULL;
}

const char *changeview_refusal(const ChangeView *view, ActionId action)
{
  gboolean written = changeview_written(view);
  gboolean ours =
      action == ACTION_WRITE || action == ACTION_STAGE || action == ACTION_UNDO || action == ACTION_EDIT_FILE;
  if (ours && view->job)
    return _("post-write hooks are running: Esc stops them");
  switch (action) {
  case ACTION_WRITE:
    if (written)
      return _("it is written already: Esc goes back, z undoes it");
    return view->changes ? NULL : view->problem ? view->problem : _("there is nothing to write");
  case ACTION_UNDO: return written ? NULL : _("nothing is written yet");
  case ACTION_EDIT_FILE: return written ? NULL : _("write it first, then edit it");
  default: return NULL;
  }
}

static const FileChange *first_file(const ChangeView *view)
{
  return g_ptr_array_index(view->changes->files, 0);
}

static char *shown_path(const ChangeView *view)
{
  g_autofree char *folder = folder_of(view->snapshot);
  g_autofree char *path = file_relative(first_file(view)->path, folder);
  return text_escape(path, -1, FALSE);
}

static void complain(ChangeView *view, Style style, const char *format, const GError *error)
{
  g_autofree char *text = g_strdup_printf(format, error->message);
  g_autofree char *shown = text_escape(text, -1, FALSE);
  app_message(view->app, style, "%s", shown);
}

/* Of files that were written before: they stay. */
static void put_into_index(ChangeView *view)
{
  g_autoptr(GError) error = NULL;
  if (changes_stage(view->changes, &error))
    return;
  view->stage = FALSE;
  complain(view, STYLE_CARE, _("written, but not staged: %s"), error);
}

void changeview_adopt(ChangeView *view, Snapshot *snapshot, Changes *changes, RevisionMap *map,
                      const GPtrArray *marked)
{
  changeview_show(view, snapshot, changes, map, marked);
  if (view->stage)
    put_into_index(view);
}

/* What cannot be finished leaves the tree as it was. */
static void take_back(ChangeView *view, const GError *why)
{
  g_autoptr(GError) error = NULL;
  if (changes_settle(view->changes, &error) && changes_undo(view->changes, &error))
    complain(view, STYLE_DANGER, _("taken back: %s"), why);
  else
    complain(view, STYLE_DANGER, _("it failed, and undoing too: %s"), error);
  fill_difference(view);
  workspace_reload(app_workspace(view->app));
  view->done(view->data);
}

/* All is written and formatted. */
static void finish(ChangeView *view)
{
  g_autoptr(GError) error = NULL;
  if (view->stage && !changes_stage(view->changes, &error)) {
    view->stage = FALSE;
    take_back(view, error);
    return;
  }
  /* Which files these are stands in the title. */
  guint heads = graphpane_map(view->graph)->heads->len;
  app_message(view->app, STYLE_DONE,
              ngettext("written: %u head left.  z undoes it", "written: %u heads left.  z undoes it", heads),
              heads);
  fill_difference(view);
  workspace_reload(app_workspace(view->app));
  view->done(view->data);
}

typedef struct {
  HookJob *job;
  char *line;
} HookLine;

static gboolean show_line(void *data)
{
  HookLine *said = data;
  if (said->job->view) {
    textview_add(said->job->view->texts[PANE_REPORT], STYLE_NORMAL, said->line);
    app_repaint(said->job->view->app);
  }
  job_unref(said->job);
  g_free(said->line);
  g_free(said);
  return G_SOURCE_REMOVE;
}

static void say(HookJob *job, char *line)
{
  HookLine *said = g_new0(HookLine, 1);
  g_atomic_ref_count_inc(&job->refs);
  *said = (HookLine){job, line};
  g_idle_add(show_line, said);
}

static void hook_begins(const char *name, void *data)
{
  say(data, g_strdup_printf("Running post write hook '%s' ...", name));
}

static void hook_said(const char *line, void *data)
{
  say(data, g_strdup(line));
}

static void hook_failed(const char *name, int status, void *data)
{
  say(data, g_strdup_printf(_("post write hook '%s' ended with status %d"), name, status));
}

static void hooks_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  (void)cancellable;
  HookJob *job = task_data;
  HookSink sink = {.before = hook_begins, .said = hook_said, .failed = hook_failed};
  HookLimits limits = {.cancellable = job->cancellable};
  hooks_run(job->snapshot->project, job->path, &sink, job, &limits, &job->error);
  g_task_return_boolean(task, TRUE);
}

/* A hook may leave no revision behind. */
static gboolean still_a_revision(const ChangeView *view, GError **error)
{
  g_autoptr(Revision) revision = revision_read(first_file(view)->path, error);
  return revision != NULL;
}

static void hooks_done(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  (void)data;
  HookJob *job = g_task_get_task_data(G_TASK(result));
  ChangeView *view = job->view;
  if (!view)
    return;
  g_autoptr(GError) error = g_steal_pointer(&job->error);
  view->job = NULL;
  job->view = NULL;
  if (error || !changes_settle(view->changes, &error) || !still_a_revision(view, &error))
    take_back(view, error);
  else
    finish(view);
  job_unref(job);
}

static void start_hooks(ChangeView *view)
{
  HookJob *job = g_new0(HookJob, 1);
  g_atomic_ref_count_init(&job->refs);
  g_atomic_ref_count_inc(&job->refs); /* the view's and the task's */
  job->view = view;
  job->snapshot = snapshot_ref(view->snapshot);
  job->path = g_strdup(first_file(view)->path);
  job->cancellable = g_cancellable_new();
  view->job = job;
  textview_clear(view->texts[PANE_REPORT]);
  textview_follow(view->texts[PANE_REPORT]);
  view->pane = PANE_REPORT;
  g_autoptr(GTask) task = g_task_new(NULL, NULL, hooks_done, NULL);
  g_task_set_task_data(task, job, (GDestroyNotify)job_unref);
  g_task_run_in_thread(task, hooks_thread);
}

void changeview_write(ChangeView *view, gboolean hooks)
{
  g_autoptr(GError) error = NULL;
  if (!changes_apply(view->changes, &error)) {
    complain(view, STYLE_DANGER, "%s", error);
    return;
  }
  const GPtrArray *list = view->snapshot->project->hooks;
  if (hooks && list && list->len > 0)
    start_hooks(view);
  else
    finish(view);
}

void changeview_undo(ChangeView *view)
{
  g_autoptr(GError) error = NULL;
  if (!changes_undo(view->changes, &error)) {
    complain(view, STYLE_CARE, _("not undone: %s"), error);
    return;
  }
  app_message(view->app, STYLE_NORMAL, "%s", _("undone: the files are as they were"));
  fill_difference(view);
  workspace_reload(app_workspace(view->app));
  view->done(view->data);
}

void changeview_toggle_stage(ChangeView *view)
{
  view->stage = !view->stage;
  if (view->stage && changeview_written(view) && !view->changes->index_before)
    put_into_index(view);
}

gboolean changeview_stages(const ChangeView *view)
{
  return view->stage;
}

void changeview_interrupt(ChangeView *view)
{
  if (view->job)
    g_cancellable_cancel(view->job->cancellable);
}

/* Panes */

static gboolean has_pane(const ChangeView *view, ChangePane pane)
{
  if (view->both && pane == PANE_GRAPH)
    return FALSE;
  return pane == PANE_GRAPH || pane == PANE_DIFFERENCE || textview_lines(view->texts[pane]) > 0;
}

static void next_pane(ChangeView *view, int direction)
{
  for (int i = 0; i < N_PANES; i++) {
    view->pane = (ChangePane)(((int)view->pane + direction + N_PANES) % N_PANES);
    if (has_pane(view, view->pane))
      return;
  }
}

TextView *changeview_shown_text(const ChangeView *view)
{
  return view->texts[view->pane == PANE_GRAPH ? PANE_DIFFERENCE : view->pane];
}

/* What was edited from here may still be undone from here. */
static void edit_file(ChangeView *view)
{
  g_autoptr(GError) error = NULL;
  app_edit(view->app, first_file(view)->path, 1);
  if (!changes_settle(view->changes, &error))
    complain(view, STYLE_CARE, "%s", error);
  fill_difference(view);
}

gboolean changeview_act(ChangeView *view, ActionId action)
{
  switch (action) {
  case ACTION_PANE_NEXT: next_pane(view, 1); return TRUE;
  case ACTION_PANE_PREVIOUS: next_pane(view, -1); return TRUE;
  case ACTION_STAGE: changeview_toggle_stage(view); return TRUE;
  case ACTION_EDIT_FILE: edit_file(view); return TRUE;
  case ACTION_PAGE_UP:
  case ACTION_PAGE_DOWN:
    if (view->pane != PANE_GRAPH)
      return textview_act(changeview_shown_text(view), action);
    graphpane_scroll(view->graph, action == ACTION_PAGE_UP ? -8 : 8);
    return TRUE;
  default: return FALSE;
  }
}

void changeview_wheel(ChangeView *view, int rows)
{
  if (view->pane == PANE_GRAPH)
    graphpane_scroll(view->graph, rows);
  else
    textview_scroll(changeview_shown_text(view), rows);
}

/* Painting */

static const char *pane_name(const ChangeView *view, ChangePane pane)
{
  switch (pane) {
  case PANE_GRAPH: return _("Afterwards");
  case PANE_DIFFERENCE: return _("Difference");
  case PANE_SQL: return _("SQL and review");
  default: return view->report;
  }
}

static void paint_tabs(const ChangeView *view, Canvas *canvas, Rect rect)
{
  int x = rect.x + 1;
  for (ChangePane pane = 0; pane < N_PANES; pane++)
    if (has_pane(view, pane)) {
      Style style = pane == view->pane ? STYLE_ACCENT | STYLE_BOLD | STYLE_UNDERLINE : STYLE_FAINT;
      x += canvas_text(canvas, x, rect.y, rect.x + rect.width - x, style, pane_name(view, pane)) + 2;
    }
  char buffer[32];
  const char *place =
      view->pane == PANE_GRAPH ? "" : textview_place(changeview_shown_text(view), buffer, sizeof buffer);
  int width = text_width(place);
  if (x + width <= rect.x + rect.width)
    canvas_text(canvas, rect.x + rect.width - width, rect.y, -1, STYLE_FAINT, place);
}

static void paint_pane(ChangeView *view, Canvas *canvas, Rect rect)
{
  if (view->pane != PANE_GRAPH) {
    rect_cut_left(&rect, 1);
    textview_paint(changeview_shown_text(view), canvas, rect);
  } else if (graphpane_map(view->graph)) {
    graphpane_paint(view->graph, canvas, rect);
  } else {
    canvas_text_clipped(canvas, rect.x + 1, rect.y, rect.width - 1, STYLE_CARE,
                        view->problem ? view->problem : "");
  }
}

static char *title_of(const ChangeView *view)
{
  if (!view->changes)
    return g_strdup(_("nothing to write"));
  guint n = view->changes->files->len;
  return n == 1 ? shown_path(view) : g_strdup_printf(ngettext("%u file", "%u files", n), n);
}

void changeview_paint(ChangeView *view, Canvas *canvas, Rect rect)
{
  view->both = rect.height >= TALL;
  if (view->both && view->pane == PANE_GRAPH)
    view->pane = PANE_DIFFERENCE;
  if (view->both) {
    Rect top = rect_cut_top(&rect, rect.height * 2 / 5);
    Rect inside = canvas_box(canvas, top, STYLE_BORDER, STYLE_NORMAL, pane_name(view, PANE_GRAPH), NULL);
    graphpane_paint(view->graph, canvas, inside);
  }
  g_autofree char *title = title_of(view);
  gboolean written = changeview_written(view);
  const char *note = view->job                                ? _("hooks are running")
                     : written && view->changes->index_before ? _("written, staged")
                     : written                                ? _("written")
                     : view->stage                            ? _("will be staged")
                                                              : NULL;
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER, written ? STYLE_DONE : STYLE_NORMAL, title, note);
  Rect tabs = rect_cut_top(&inside, 1);
  /* The pane first: how much of it is shown stands beside the tabs. */
  paint_pane(view, canvas, inside);
  paint_tabs(view, canvas, tabs);
}
