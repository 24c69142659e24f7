/* Deleting a revision that was just made: what goes away, who has it already, and the way back. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "changeview.h"
#include "rebase_guard.h"
#include "retort/base/text.h"
#include "retort/edit/rebase.h"

#define REASONS_SHOWN 6

typedef struct {
  Screen screen;
  Workspace *ws;
  Snapshot *snapshot;
  char *id;
  Changes *changes; /* NULL: see the view's problem */
  ChangeView *view;
  RebaseGuard *guard;
} DeleteScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_DELETE;
}

static RevisionMap *map_without(const RevisionMap *map, const char *id)
{
  GPtrArray *left = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  for (guint i = 0; i < map->revisions->len; i++) {
    const Revision *revision = g_ptr_array_index(map->revisions, i);
    if (strcmp(revision->id, id) != 0)
      g_ptr_array_add(left, revision_copy(revision));
  }
  return revision_map_new(left);
}

static void begin(DeleteScreen *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) marked = g_ptr_array_new(), gone = g_ptr_array_new();
  changeview_refuse(self->view, "", self->ws->snapshot, NULL, marked);
  g_clear_pointer(&self->changes, changes_free);
  snapshot_unref(self->snapshot);
  self->snapshot = snapshot_ref(self->ws->snapshot);
  const RevisionMap *map = self->snapshot->map;
  Revision *revision = revision_map_get(map, self->id);
  self->changes = revision ? revision_removal(self->snapshot->project, map, revision, &error) : NULL;
  if (self->changes) {
    g_ptr_array_add(gone, revision);
    for (guint i = 0; i < revision->down->len; i++)
      g_ptr_array_add(marked, ((const Revision *)g_ptr_array_index(revision->down, i))->id);
    changeview_show(self->view, self->snapshot, self->changes, map_without(map, self->id), marked);
  } else {
    g_autofree char *problem = text_escape(error ? error->message : _("the revision is gone"), -1, FALSE);
    changeview_refuse(self->view, problem, self->snapshot, NULL, marked);
  }
  rebase_guard_ask(self->guard, self->snapshot, gone);
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  DeleteScreen *self = (DeleteScreen *)screen;
  g_autofree char *id = text_escape(self->id, -1, FALSE);
  g_autofree char *title = g_strdup_printf(_("Delete %s"), id);
  int lines = (int)MAX(rebase_guard_lines(self->guard, REASONS_SHOWN), 1);
  Rect inside =
      canvas_box(canvas, rect_cut_top(&rect, lines + 2), STYLE_BORDER_FOCUS, STYLE_TITLE, title, NULL);
  rebase_guard_paint(self->guard, canvas, inside);
  changeview_paint(self->view, canvas, rect);
}

static const char *refuse(Screen *screen, ActionId action)
{
  DeleteScreen *self = (DeleteScreen *)screen;
  const char *why = changeview_refusal(self->view, action);
  return why || action != ACTION_WRITE ? why : rebase_guard_refusal(self->guard);
}

static void confirmed(gboolean yes, void *data)
{
  DeleteScreen *self = data;
  if (yes && self->changes && !changeview_written(self->view))
    changeview_write(self->view, FALSE);
}

static char *difference(const DeleteScreen *self)
{
  return self->changes ? changes_diff(self->changes, "/") : NULL;
}

static void write_files(DeleteScreen *self)
{
  if (rebase_guard_asking(self->guard)) {
    g_autofree char *agreed = difference(self);
    rebase_guard_want(self->guard, agreed);
    return;
  }
  g_autofree char *question = rebase_guard_question(self->guard);
  if (question)
    app_confirm_typed(self->screen.app, question, self->id, confirmed, self);
  else
    changeview_write(self->view, FALSE);
}

static guint act(Screen *screen, ActionId action)
{
  DeleteScreen *self = (DeleteScreen *)screen;
  if (changeview_act(self->view, action))
    return SCREEN_DONE;
  if (rebase_guard_wanted(self->guard) && action != ACTION_WRITE) {
    rebase_guard_forget(self->guard);
    app_message(screen->app, STYLE_NORMAL, "%s", _("nothing will be deleted"));
    if (action == ACTION_BACK)
      return SCREEN_DONE;
  }
  switch (action) {
  case ACTION_WRITE: write_files(self); return SCREEN_DONE;
  case ACTION_UNDO: changeview_undo(self->view); return SCREEN_DONE;
  default: return 0;
  }
}

static TextView *text_view(Screen *screen)
{
  return changeview_shown_text(((DeleteScreen *)screen)->view);
}

static void changed(Screen *screen, guint what)
{
  DeleteScreen *self = (DeleteScreen *)screen;
  if ((what & CHANGED_PROJECT) && !changeview_written(self->view))
    begin(self);
}

static gboolean animated(Screen *screen)
{
  return rebase_guard_asking(((DeleteScreen *)screen)->guard);
}

static void news(void *data)
{
  DeleteScreen *self = data;
  rebase_guard_fill(self->guard, changeview_text(self->view, PANE_REPORT));
  g_autofree char *now = difference(self);
  if (rebase_guard_due(self->guard, now))
    app_run_late(self->screen.app, &self->screen, ACTION_WRITE);
  app_repaint(self->screen.app);
}

static void free_screen(Screen *screen)
{
  DeleteScreen *self = (DeleteScreen *)screen;
  changeview_free(self->view);
  rebase_guard_free(self->guard);
  g_clear_pointer(&self->changes, changes_free);
  snapshot_unref(self->snapshot);
  g_free(self->id);
  g_free(self);
}

static const ScreenClass delete_class = {
    .name = N_("Delete"),
    .contexts = contexts,
    .paint = paint,
    .refuse = refuse,
    .act = act,
    .text_view = text_view,
    .changed = changed,
    .animated = animated,
    .free = free_screen,
};

Screen *screen_delete_new(App *app, const char *revision)
{
  DeleteScreen *self = g_new0(DeleteScreen, 1);
  self->screen = (Screen){&delete_class, app};
  self->ws = app_workspace(app);
  self->id = g_strdup(revision);
  self->view = changeview_new(app, _("Who has it"), news, self);
  self->guard = rebase_guard_new(app, news, self);
  rebase_guard_set_purpose(self->guard, GUARD_OF_DELETE);
  begin(self);
  return &self->screen;
}
