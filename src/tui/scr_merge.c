/* The merge wizard: choose heads, see the file that would be written, write it, undo it. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "list.h"
#include "merge_sides.h"
#include "retort/base/file.h"
#include "retort/base/text.h"
#include "retort/edit/draft.h"
#include "retort/edit/hooks.h"
#include "textview.h"

typedef struct {
  Screen screen;
  Workspace *ws;
  Snapshot *snapshot; /* that the heads are of */
  GPtrArray *sides;   /* MergeSide* */
  List list;
  char *message;
  gboolean own_message; /* typed rather than made up */
  char *rev_id;
  gint64 now;
  RevisionDraft *draft; /* NULL: see problem */
  char *problem;
  TextView *preview;
  Rect list_rect;
} MergeScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_MERGE;
}

static gboolean written(const MergeScreen *self)
{
  return self->draft && self->draft->written;
}

/* The draft anew, after heads or message have changed. */
static void redraft(MergeScreen *self)
{
  g_autoptr(GPtrArray) heads = g_ptr_array_new();
  for (guint i = 0; i < self->sides->len; i++) {
    const MergeSide *side = g_ptr_array_index(self->sides, i);
    if (side->chosen)
      g_ptr_array_add(heads, side->id);
  }
  g_ptr_array_add(heads, NULL);
  merge_sides_compare(self->sides, self->ws);
  if (!self->own_message) {
    g_free(self->message);
    self->message = merge_sides_message(self->sides, self->ws);
  }
  g_clear_pointer(&self->draft, revision_draft_free);
  g_clear_pointer(&self->problem, g_free);
  textview_clear(self->preview);
  if (heads->len < 3) {
    self->problem = g_strdup(_("choose two heads or more"));
    return;
  }
  RevisionRequest request = {.message = *self->message ? self->message : NULL,
                             .rev_id = self->rev_id,
                             .heads = (const char *const *)heads->pdata,
                             .now = self->now};
  g_autoptr(GError) error = NULL;
  self->draft = revision_draft_new(self->snapshot->project, self->snapshot->map, &request, &error);
  if (!self->draft)
    self->problem = text_escape(error->message, -1, FALSE);
  else
    textview_add_code(self->preview, LANGUAGE_PYTHON, 0, NULL, self->draft->content,
                      (gssize)self->draft->len);
}

static void begin(MergeScreen *self)
{
  g_clear_pointer(&self->sides, g_ptr_array_unref);
  g_clear_pointer(&self->snapshot, snapshot_unref);
  self->snapshot = snapshot_ref(self->ws->snapshot);
  self->sides = merge_sides_new(self->ws);
  redraft(self);
}

/* The list of heads */

static guint row_count(void *data)
{
  return ((MergeScreen *)data)->sides->len;
}

static void paint_row(void *data, guint row, Canvas *canvas, Rect rect, gboolean selected, gboolean focused)
{
  (void)selected;
  (void)focused;
  const MergeScreen *self = data;
  const MergeSide *side = g_ptr_array_index(self->sides, row);
  g_autofree char *id = text_escape(side->id, -1, FALSE);
  g_autofree char *age = side->time ? text_age(side->time, g_get_real_time() / G_USEC_PER_SEC) : g_strdup("");
  int x = rect.x + 1, end = rect.x + rect.width;
  x += canvas_text(canvas, x, rect.y, -1, STYLE_NORMAL, side->chosen ? "[x] " : "[ ] ");
  x += canvas_text_clipped(canvas, x, rect.y, MIN(24, end - x), STYLE_ID, id) + 2;
  x += canvas_text_clipped(canvas, x, rect.y, MAX((end - x) / 2, 10), STYLE_NORMAL, side->doc) + 2;
  x += canvas_printf(canvas, x, rect.y, MAX(end - x, 0), STYLE_FAINT, "%s %s",
                     side->author ? side->author : "", age) +
       2;
  if (!side->tables || side->tables->len == 0)
    return;
  g_autoptr(GPtrArray) names = g_ptr_array_copy(side->tables, NULL, NULL);
  g_ptr_array_set_free_func(names, NULL);
  g_ptr_array_add(names, NULL);
  g_autofree char *joined = g_strjoinv(", ", (char **)names->pdata);
  g_autofree char *text = g_strdup_printf(_("touches %s"), joined);
  g_autofree char *shown = text_escape(text, -1, FALSE);
  canvas_text_clipped(canvas, x, rect.y, end - x, STYLE_FAINT, shown);
}

static const ListModel model = {.count = row_count, .paint = paint_row};

/* Painting */

static char *shown_path(const MergeScreen *self)
{
  const Project *project = self->snapshot->project;
  g_autofree char *folder = project->config_path ? g_path_get_dirname(project->config_path) : NULL;
  g_autofree char *path = folder ? file_relative(self->draft->path, folder) : g_strdup(self->draft->path);
  return text_escape(path, -1, FALSE);
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  MergeScreen *self = (MergeScreen *)screen;
  guint n = self->sides->len;
  g_autofree char *title = g_strdup_printf(ngettext("Resolve %u head", "Resolve %u heads", n), n);
  Rect top = rect_cut_top(&rect, MIN((int)n + 5, rect.height / 2));
  Rect inside = canvas_box(canvas, top, STYLE_BORDER_FOCUS, STYLE_TITLE, title, NULL);
  Rect foot = rect_cut_bottom(&inside, 3);
  self->list_rect = inside;
  list_paint(&self->list, canvas, inside, TRUE);
  gboolean calm;
  g_autofree char *verdict = merge_sides_verdict(self->sides, &calm);
  canvas_text_clipped(canvas, foot.x + 1, foot.y + 1, foot.width - 1, calm ? STYLE_NORMAL : STYLE_CARE,
                      verdict);
  g_autofree char *message = text_escape(self->message, -1, FALSE);
  int x = foot.x + 1 + canvas_text(canvas, foot.x + 1, foot.y + 2, -1, STYLE_FAINT, _("message  "));
  canvas_text_clipped(canvas, x, foot.y + 2, foot.x + foot.width - x, STYLE_NORMAL, message);
  g_autofree char *path = self->draft ? shown_path(self) : g_strdup(_("nothing to write"));
  inside = canvas_box(canvas, rect, STYLE_BORDER, STYLE_NORMAL, path, written(self) ? _("written") : NULL);
  if (self->problem)
    canvas_text_clipped(canvas, inside.x + 1, inside.y, inside.width - 1, STYLE_CARE, self->problem);
  else
    textview_paint(self->preview, canvas, inside);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  MergeScreen *self = (MergeScreen *)screen;
  switch (action) {
  case ACTION_TOGGLE:
  case ACTION_MESSAGE: return written(self) ? _("the file is written: z undoes that first") : NULL;
  case ACTION_WRITE:
    if (written(self))
      return _("the file is written already: Esc goes back, z undoes it");
    return self->draft ? NULL : self->problem;
  case ACTION_UNDO: return written(self) ? NULL : _("nothing is written yet");
  default: return NULL;
  }
}

static void message_done(const char *text, void *data)
{
  MergeScreen *self = data;
  if (!text)
    return;
  g_free(self->message);
  self->message = g_strdup(text);
  self->own_message = *text != '\0';
  redraft(self);
}

static void ask_message(MergeScreen *self)
{
  PromptSpec spec = {.label = g_strdup(_("message: ")),
                     .initial = g_strdup(self->message),
                     .done = message_done,
                     .data = self};
  app_prompt(self->screen.app, &spec);
}

typedef struct {
  const Project *project;
  const char *path;
  GError *error;
} HookRun;

static void run_hooks(void *data)
{
  HookRun *run = data;
  hooks_run(run->project, run->path, NULL, NULL, &run->error);
}

static void write_file(MergeScreen *self)
{
  App *app = self->screen.app;
  g_autoptr(GError) error = NULL;
  if (!revision_draft_write(self->draft, &error)) {
    g_autofree char *text = text_escape(error->message, -1, FALSE);
    app_message(app, STYLE_DANGER, "%s", text);
    return;
  }
  HookRun run = {self->snapshot->project, self->draft->path, NULL};
  if (run.project->hooks && run.project->hooks->len > 0)
    app_outside(app, run_hooks, &run);
  guint left = self->snapshot->map->heads->len - merge_sides_chosen(self->sides) + 1;
  g_autofree char *path = shown_path(self);
  if (run.error)
    app_message(app, STYLE_CARE, _("wrote %s, but: %s"), path, run.error->message);
  else
    app_message(
        app, STYLE_DONE,
        ngettext("wrote %s: %u head left.  z undoes it", "wrote %s: %u heads left.  z undoes it", left), path,
        left);
  g_clear_error(&run.error);
  workspace_reload(self->ws);
}

static void undo(MergeScreen *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = shown_path(self);
  if (revision_draft_undo(self->draft, &error)) {
    app_message(self->screen.app, STYLE_NORMAL, _("%s is gone again"), path);
  } else {
    g_autofree char *text = text_escape(error->message, -1, FALSE);
    app_message(self->screen.app, STYLE_CARE, "%s", text);
  }
  workspace_reload(self->ws);
}

static guint act(Screen *screen, ActionId action)
{
  MergeScreen *self = (MergeScreen *)screen;
  if (list_act(&self->list, action))
    return SCREEN_DONE;
  switch (action) {
  case ACTION_TOGGLE: {
    MergeSide *side = g_ptr_array_index(self->sides, self->list.selected);
    side->chosen = !side->chosen;
    redraft(self);
    return SCREEN_DONE;
  }
  case ACTION_MESSAGE: ask_message(self); return SCREEN_DONE;
  case ACTION_WRITE: write_file(self); return SCREEN_DONE;
  case ACTION_UNDO: undo(self); return SCREEN_DONE;
  default: return 0;
  }
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  MergeScreen *self = (MergeScreen *)screen;
  if (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN) {
    textview_scroll(self->preview, event->kind == MOUSE_WHEEL_UP ? -3 : 3);
    return SCREEN_DONE;
  }
  int row = rect_contains(self->list_rect, event->x, event->y)
                ? list_row_at(&self->list, event->y - self->list_rect.y)
                : -1;
  if (row < 0)
    return SCREEN_TAKEN;
  list_select(&self->list, (guint)row);
  return event->kind == MOUSE_DOUBLE && !written(self) ? act(screen, ACTION_TOGGLE) : SCREEN_DONE;
}

static gboolean search(Screen *screen, const char *text)
{
  return textview_search(((MergeScreen *)screen)->preview, text);
}

static gboolean search_next(Screen *screen, int direction)
{
  return textview_search_next(((MergeScreen *)screen)->preview, direction);
}

static void changed(Screen *screen, guint what)
{
  MergeScreen *self = (MergeScreen *)screen;
  /* What was written stays as it is, to be undone; before that the heads are those of the newest look. */
  if (written(self))
    return;
  if (what & CHANGED_PROJECT)
    begin(self);
  else if (what & CHANGED_RENDER)
    merge_sides_compare(self->sides, self->ws);
}

static void free_screen(Screen *screen)
{
  MergeScreen *self = (MergeScreen *)screen;
  list_clear(&self->list);
  revision_draft_free(self->draft);
  textview_free(self->preview);
  g_ptr_array_unref(self->sides);
  snapshot_unref(self->snapshot);
  g_free(self->message);
  g_free(self->rev_id);
  g_free(self->problem);
  g_free(self);
}

static const ScreenClass merge_class = {
    .name = N_("Merge"),
    .contexts = contexts,
    .paint = paint,
    .refuse = refuse,
    .act = act,
    .mouse = mouse,
    .search = search,
    .search_next = search_next,
    .changed = changed,
    .free = free_screen,
};

Screen *screen_merge_new(App *app)
{
  MergeScreen *self = g_new0(MergeScreen, 1);
  self->screen = (Screen){&merge_class, app};
  self->ws = app_workspace(app);
  self->preview = textview_new();
  self->message = g_strdup("");
  self->rev_id = revision_make_id();
  self->now = g_get_real_time();
  list_init(&self->list, &model, self);
  begin(self);
  return &self->screen;
}
