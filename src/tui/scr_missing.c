/* The database stands at a revision that no file has: the file as git last saw it, its downgrade, and the way back. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "details.h"
#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/text.h"
#include "retort/history/where.h"
#include "textview.h"

/* What git had, found in a thread. */
typedef struct {
  Snapshot *snapshot;
  RenderOptions options;
  int server_version;
  char *revision;
  char *path;   /* in the repository */
  char *advice; /* what to do about it */
  char *events; /* what happened to the file, a line each */
  char *text;   /* of the file */
  gsize len;
  Script *downgrade;
  Review *review;
} Find;

typedef struct {
  Screen screen;
  Workspace *ws;
  char *revision;
  Find *find; /* NULL until found, or not */
  char *problem;
  TextView *view;
  GCancellable *cancellable;
} MissingScreen;

static void find_free(void *data)
{
  Find *find = data;
  snapshot_unref(find->snapshot);
  g_free(find->revision);
  g_free(find->path);
  g_free(find->advice);
  g_free(find->events);
  g_free(find->text);
  script_free(find->downgrade);
  review_free(find->review);
  g_free(find);
}

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_MISSING;
}

/* Finding */

static char *events_text(const Where *where)
{
  GString *out = g_string_new(NULL);
  gint64 now = g_get_real_time() / G_USEC_PER_SEC;
  for (guint i = 0; i < where->events->len; i++) {
    const WhereEvent *event = g_ptr_array_index(where->events, i);
    g_autofree char *age = text_age(event->time, now);
    g_string_append_printf(out, "%s%.7s  %-8s %4s  %s  %s", i ? "\n" : "", event->commit,
                           where_kind_name(event->kind), age, event->author ? event->author : "",
                           event->summary ? event->summary : "");
  }
  return g_string_free(out, FALSE);
}

static gboolean read_and_render(Find *find, const Where *where, GError **error)
{
  const Project *project = find->snapshot->project;
  g_autofree char *spec = g_strdup_printf("%s:%s", where->commit, where->path);
  find->path = g_strdup(where->path);
  find->events = events_text(where);
  find->text = git_read_file(project, spec, &find->len, error);
  if (!find->text)
    return FALSE;
  g_autoptr(RenderSession) render = render_session_new(project, &find->options);
  find->downgrade = render_source(render, find->path, find->text, find->len, DIRECTION_DOWNGRADE);
  g_autoptr(ForecastSession) forecasts = forecast_session_new(find->server_version);
  find->review = review_statements(forecasts, find->downgrade->statements);
  return TRUE;
}

static void find_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  Find *find = task_data;
  GError *error = NULL;
  g_autoptr(GitRefs) refs = git_refs_open(find->snapshot->project, &error);
  g_autoptr(GPtrArray) found = refs ? git_where(refs, find->revision, cancellable, &error) : NULL;
  const Where *where = found && found->len > 0 ? g_ptr_array_index(found, 0) : NULL;
  find->advice = found ? where_advice(where, find->revision) : NULL;
  if (!error && !where)
    error = g_error_new_literal(RETORT_ERROR, RETORT_ERROR_FAILED, find->advice);
  if (error || !read_and_render(find, where, &error))
    g_task_return_error(task, error);
  else
    g_task_return_boolean(task, TRUE);
}

static void rewrite(MissingScreen *self)
{
  TextView *view = self->view;
  textview_clear(view);
  textview_add_marked(
      view, STYLE_DANGER, "✕ ", STYLE_NORMAL,
      _("The database stands here, but no file has this revision: nobody can go up or down."));
  if (self->problem)
    textview_add_marked(view, STYLE_CARE, "! ", STYLE_CARE, self->problem);
  if (self->find) {
    textview_add_marked(view, STYLE_ACCENT, "· ", STYLE_NORMAL, self->find->advice);
    textview_add_marked(
        view, STYLE_ACCENT, "· ", STYLE_NORMAL,
        _("w writes the file into the versions folder; then d goes down from it, as from any other. "
          "Or check out what was deployed."));
    textview_add(view, STYLE_NORMAL, "");
    textview_add(view, STYLE_FAINT, self->find->events);
    textview_add(view, STYLE_NORMAL, "");
    textview_add(view, STYLE_TITLE, _("Its downgrade"));
    details_add_script(view, self->find->downgrade, self->find->review->forecasts, self->find->path);
    textview_add(view, STYLE_NORMAL, "");
    textview_add(view, STYLE_TITLE, _("Its file"));
    textview_add_numbered(view, LANGUAGE_PYTHON, self->find->text, (gssize)self->find->len);
  }
  app_repaint(self->screen.app);
}

static void found(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  g_autoptr(GError) error = NULL;
  gboolean done = g_task_propagate_boolean(G_TASK(result), &error);
  Find *find = g_task_get_task_data(G_TASK(result));
  if (g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    return;
  MissingScreen *self = data;
  if (done) {
    self->find = g_new0(Find, 1);
    *self->find = *find;
    *find = (Find){0};
  } else {
    self->problem = text_escape(error->message, -1, FALSE);
  }
  rewrite(self);
}

/* Painting */

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  MissingScreen *self = (MissingScreen *)screen;
  g_autofree char *title = text_escape(self->revision, -1, FALSE);
  char buffer[32];
  g_autofree char *note = g_strdup(textview_place(self->view, buffer, sizeof buffer));
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, title, note);
  inside.x++;
  inside.width -= 2;
  textview_paint(self->view, canvas, inside);
}

/* Actions */

static char *destination(const MissingScreen *self)
{
  const GPtrArray *locations = self->find->snapshot->project->version_locations;
  g_autofree char *name = g_path_get_basename(self->find->path);
  return locations->len ? g_build_filename(g_ptr_array_index(locations, 0), name, NULL) : NULL;
}

static const char *refuse(Screen *screen, ActionId action)
{
  MissingScreen *self = (MissingScreen *)screen;
  if (action != ACTION_MISSING_WRITE)
    return NULL;
  if (!self->find)
    return self->problem ? _("there is no file to write") : _("still looking");
  g_autofree char *path = destination(self);
  if (!path)
    return _("the project has no versions folder");
  return g_file_test(path, G_FILE_TEST_EXISTS) ? _("a file of that name is there already") : NULL;
}

static void write_file(MissingScreen *self)
{
  g_autofree char *path = destination(self);
  g_autoptr(GError) error = NULL;
  gboolean written = file_write_atomic(path, self->find->text, self->find->len, &error);
  g_autofree char *shown = text_escape(written ? path : error->message, -1, FALSE);
  app_message(self->screen.app, written ? STYLE_DONE : STYLE_CARE,
              written ? _("wrote %s: d goes down from it") : "%s", shown);
  if (written)
    workspace_reload(self->ws);
}

static guint act(Screen *screen, ActionId action)
{
  MissingScreen *self = (MissingScreen *)screen;
  if (textview_act(self->view, action))
    return SCREEN_DONE;
  if (action == ACTION_MISSING_WRITE) {
    write_file(self);
    return SCREEN_DONE | SCREEN_POP;
  }
  if (action == ACTION_COPY_TEXT && self->find) {
    app_copy(screen->app, self->find->text, _("the file"));
    return SCREEN_DONE;
  }
  return 0;
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  if (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN)
    textview_scroll(((MissingScreen *)screen)->view, event->kind == MOUSE_WHEEL_UP ? -3 : 3);
  return SCREEN_DONE;
}

static gboolean search(Screen *screen, const char *text)
{
  return textview_search(((MissingScreen *)screen)->view, text);
}

static gboolean search_next(Screen *screen, int direction)
{
  return textview_search_next(((MissingScreen *)screen)->view, direction);
}

static gboolean animated(Screen *screen)
{
  MissingScreen *self = (MissingScreen *)screen;
  return !self->find && !self->problem;
}

static void free_screen(Screen *screen)
{
  MissingScreen *self = (MissingScreen *)screen;
  g_cancellable_cancel(self->cancellable);
  g_object_unref(self->cancellable);
  g_clear_pointer(&self->find, find_free);
  textview_free(self->view);
  g_free(self->problem);
  g_free(self->revision);
  g_free(self);
}

static const ScreenClass missing_class = {
    .name = N_("Missing revision"),
    .contexts = contexts,
    .paint = paint,
    .refuse = refuse,
    .act = act,
    .mouse = mouse,
    .search = search,
    .search_next = search_next,
    .animated = animated,
    .free = free_screen,
};

Screen *screen_missing_new(App *app, const char *revision)
{
  MissingScreen *self = g_new0(MissingScreen, 1);
  self->screen = (Screen){&missing_class, app};
  self->ws = app_workspace(app);
  self->revision = g_strdup(revision);
  self->view = textview_new();
  self->cancellable = g_cancellable_new();
  Find *find = g_new0(Find, 1);
  find->snapshot = snapshot_ref(self->ws->snapshot);
  find->options = self->ws->render_options;
  find->server_version = self->ws->server_version;
  find->revision = g_strdup(revision);
  g_autoptr(GTask) task = g_task_new(NULL, self->cancellable, found, self);
  g_task_set_task_data(task, find, find_free);
  g_task_run_in_thread(task, find_thread);
  rewrite(self);
  return &self->screen;
}
