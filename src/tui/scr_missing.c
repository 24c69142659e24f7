/* The database stands at a revision that no file has: the file as git last saw it, its downgrade, and the way back. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "details.h"
#include "retort/base/text.h"
#include "retort/run/lost.h"
#include "textview.h"

/* What git had, found and rendered in a thread. */
typedef struct {
  Snapshot *snapshot;
  RenderOptions options;
  int server_version;
  char **rows;
  LostRevisions *lost;
  GPtrArray *scripts; /* Script*: downgrades, parallel to lost->found */
  GPtrArray *reviews; /* Review*, parallel */
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
  g_strfreev(find->rows);
  lost_revisions_free(find->lost);
  g_clear_pointer(&find->scripts, g_ptr_array_unref);
  g_clear_pointer(&find->reviews, g_ptr_array_unref);
  g_free(find);
}

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_MISSING;
}

/* Finding */

static void render_all(Find *find)
{
  g_autoptr(RenderSession) render = render_session_new(find->snapshot->project, &find->options);
  g_autoptr(ForecastSession) forecasts = forecast_session_new(find->server_version);
  find->scripts = g_ptr_array_new_with_free_func((GDestroyNotify)script_free);
  find->reviews = g_ptr_array_new_with_free_func((GDestroyNotify)review_free);
  for (guint i = 0; i < find->lost->found->len; i++) {
    const LostRevision *lost = g_ptr_array_index(find->lost->found, i);
    Script *script = render_source(render, lost->path, lost->source, lost->len, DIRECTION_DOWNGRADE);
    g_ptr_array_add(find->scripts, script);
    g_ptr_array_add(find->reviews, review_statements(forecasts, script->statements));
  }
}

static void find_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  Find *find = task_data;
  GError *error = NULL;
  const Snapshot *snapshot = find->snapshot;
  find->lost = lost_revisions_find(snapshot->project, snapshot->map, (const char *const *)find->rows,
                                   cancellable, &error);
  if (find->lost)
    render_all(find);
  if (error)
    g_task_return_error(task, error);
  else
    g_task_return_boolean(task, find->lost != NULL);
}

static void add_lost(MissingScreen *self, guint index)
{
  TextView *view = self->view;
  const LostRevision *lost = g_ptr_array_index(self->find->lost->found, index);
  const Script *script = g_ptr_array_index(self->find->scripts, index);
  const Review *review = g_ptr_array_index(self->find->reviews, index);
  g_autofree char *place = lost_revision_text(lost);
  textview_add_marked(view, STYLE_ACCENT, "◌ ", STYLE_ACCENT | STYLE_BOLD, place);
  textview_add(view, STYLE_TITLE, _("Its downgrade"));
  details_add_script(view, script, review->forecasts, lost->path);
  textview_add(view, STYLE_TITLE, _("Its file"));
  textview_add_numbered(view, LANGUAGE_PYTHON, lost->source, (gssize)lost->len);
  textview_add(view, STYLE_NORMAL, "");
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
    const GPtrArray *missing = self->find->lost->missing;
    for (guint i = 0; i < missing->len; i++) {
      g_autofree char *text = g_strdup_printf(_("%s: git never saw it here: fetch, or ask who deployed last"),
                                              (const char *)g_ptr_array_index(missing, i));
      textview_add_marked(view, STYLE_DANGER, "✕ ", STYLE_CARE, text);
    }
    if (self->find->lost->found->len > 0)
      textview_add_marked(view, STYLE_ACCENT, "· ", STYLE_NORMAL,
                          _("w writes what git has into the versions folder; then d goes down from it, as "
                            "from any other.  Or "
                            "check out what was deployed."));
    textview_add(view, STYLE_NORMAL, "");
    for (guint i = 0; i < self->find->lost->found->len; i++)
      add_lost(self, i);
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
    self->problem = error ? text_escape(error->message, -1, FALSE) : g_strdup(_("the files have it again"));
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

static const char *refuse(Screen *screen, ActionId action)
{
  MissingScreen *self = (MissingScreen *)screen;
  if (action != ACTION_MISSING_WRITE)
    return NULL;
  if (!self->find)
    return self->problem ? _("there is no file to write") : _("still looking");
  return self->find->lost->found->len > 0 ? NULL : _("there is no file to write");
}

static void write_files(MissingScreen *self)
{
  g_autoptr(GError) error = NULL;
  const GPtrArray *found = self->find->lost->found;
  guint n = 0;
  for (guint i = 0; i < found->len && !error; i++) {
    g_autofree char *path =
        lost_revision_restore(self->find->snapshot->project, g_ptr_array_index(found, i), &error);
    n += path != NULL;
  }
  g_autofree char *why = error ? text_escape(error->message, -1, FALSE) : NULL;
  if (why)
    app_message(self->screen.app, STYLE_CARE, "%s", why);
  else
    app_message(self->screen.app, STYLE_DONE,
                ngettext("wrote %u file: d goes down from it", "wrote %u files: d goes down from them", n),
                n);
  if (n > 0)
    workspace_reload(self->ws);
}

static guint act(Screen *screen, ActionId action)
{
  MissingScreen *self = (MissingScreen *)screen;
  if (textview_act(self->view, action))
    return SCREEN_DONE;
  if (action == ACTION_MISSING_WRITE) {
    write_files(self);
    return SCREEN_DONE | SCREEN_POP;
  }
  if (action == ACTION_COPY_TEXT) {
    g_autofree char *text = textview_text(self->view);
    app_copy(screen->app, text, _("what is shown"));
    return SCREEN_DONE;
  }
  return 0;
}

static TextView *text_view(Screen *screen)
{
  return ((MissingScreen *)screen)->view;
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
    .text_view = text_view,
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
  find->rows = g_strdupv(self->ws->rows->rows);
  g_autoptr(GTask) task = g_task_new(NULL, self->cancellable, found, self);
  g_task_set_task_data(task, find, find_free);
  g_task_run_in_thread(task, find_thread);
  rewrite(self);
  return &self->screen;
}
