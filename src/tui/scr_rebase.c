/* The rebase wizard: move sides, single revisions and parents in a list, see what becomes of the graph and the files,
 * hear who has them already, write, undo. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "changeview.h"
#include "list.h"
#include "rebase_guard.h"
#include "retort/base/text.h"
#include "retort/edit/rebase.h"
#include "retort/history/target.h"

/* What is in the list where nobody knows what is applied. */
#define LIST_LIMIT 200
#define WIDE 120
#define REASONS_SHOWN 5

typedef struct {
  Screen screen;
  Workspace *ws;
  Snapshot *snapshot;
  Rebase *rebase;
  RebasePlan *plan; /* NULL: see the view's problem */
  RevisionMap *map; /* as it would be; for the list */
  GPtrArray *rows;  /* Revision* of map, newest first: those that may be moved */
  List list;
  ChangeView *view;
  RebaseGuard *guard;
  gboolean date;
  char *asked;    /* id that a prompt is about */
  gboolean alone; /* the prompt moves it alone */
  Rect list_rect;
} RebaseScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_REBASE;
}

static const Revision *selected(const RebaseScreen *self)
{
  return self->rows && self->list.selected < self->rows->len
             ? g_ptr_array_index(self->rows, self->list.selected)
             : NULL;
}

/* The revisions in play */

static gboolean is_applied(const RebaseScreen *self, const char *id)
{
  const Revision *revision = revision_map_get(self->snapshot->map, id);
  return self->ws->snapshot == self->snapshot && self->ws->applied && revision &&
         self->ws->applied[revision->index];
}

static void fill_rows(RebaseScreen *self, const char *select)
{
  g_clear_pointer(&self->rows, g_ptr_array_unref);
  self->rows = g_ptr_array_new();
  g_autoptr(Graph) graph = graph_layout(self->map, NULL);
  for (guint i = 0; i < graph->rows->len && self->rows->len < LIST_LIMIT; i++) {
    Revision *revision = graph_row(graph, i)->revision;
    if (revision && !revision->shadowed && !is_applied(self, revision->id))
      g_ptr_array_add(self->rows, revision);
  }
  for (guint i = 0; select && i < self->rows->len; i++)
    if (strcmp(((const Revision *)g_ptr_array_index(self->rows, i))->id, select) == 0)
      list_select(&self->list, i);
}

static const char untouched[] =
    N_("nothing has moved yet: o puts the selected revision on top of another, K and J "
       "change its place, p sets its parents");

/* Everything anew after a move. */
static void replan(RebaseScreen *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *select = g_strdup(selected(self) ? selected(self)->id : NULL);
  g_autoptr(GPtrArray) marked = g_ptr_array_new(), moved = rebase_moved(self->rebase);
  for (guint i = 0; i < moved->len; i++)
    g_ptr_array_add(marked, ((const Revision *)g_ptr_array_index(moved, i))->id);
  changeview_refuse(self->view, "", self->snapshot, NULL, marked);
  g_clear_pointer(&self->plan, rebase_plan_free);
  g_clear_pointer(&self->rows, g_ptr_array_unref);
  g_clear_pointer(&self->map, revision_map_free);
  self->map = rebase_map(self->rebase);
  fill_rows(self, select);
  RebaseOptions options = {.date = self->date};
  self->plan = rebase_plan(self->rebase, &options, &error);
  if (self->plan) {
    changeview_show(self->view, self->snapshot, self->plan->changes, rebase_map(self->rebase), marked);
  } else {
    g_autofree char *problem = text_escape(error->message, -1, FALSE);
    changeview_refuse(self->view, moved->len > 0 ? problem : _(untouched), self->snapshot,
                      rebase_map(self->rebase), marked);
  }
  rebase_guard_ask(self->guard, self->snapshot, moved);
  rebase_guard_fill(self->guard, changeview_text(self->view, PANE_REPORT));
}

/* The side that is moved first: the younger one. */
static gboolean is_younger(const RebaseScreen *self, const Revision *a, const Revision *b)
{
  const GitNote *x = workspace_git_note(self->ws, a->path), *y = workspace_git_note(self->ws, b->path);
  gint64 p = x && x->time ? x->time : x ? G_MAXINT64 : 0, q = y && y->time ? y->time : y ? G_MAXINT64 : 0;
  if (p != q)
    return p > q;
  return g_strcmp0(a->create_date, b->create_date) > 0;
}

static void complain(RebaseScreen *self, const GError *error)
{
  g_autofree char *text = text_escape(error->message, -1, FALSE);
  app_message(self->screen.app, STYLE_CARE, "%s", text);
}

static gboolean moves_applied(const RebaseScreen *self)
{
  g_autoptr(GPtrArray) moved = rebase_moved(self->rebase);
  for (guint i = 0; i < moved->len; i++)
    if (is_applied(self, ((const Revision *)g_ptr_array_index(moved, i))->id))
      return TRUE;
  return FALSE;
}

/* Of two heads, side (NULL: the one that may be moved, else the younger) on top of the other. */
static void propose(RebaseScreen *self, const Revision *side)
{
  g_autoptr(GError) error = NULL;
  const GPtrArray *heads = self->snapshot->map->heads;
  if (heads->len != 2)
    return;
  const Revision *a = g_ptr_array_index(heads, 0), *b = g_ptr_array_index(heads, 1);
  const Revision *first = side ? side : is_younger(self, a, b) ? a : b, *second = first == a ? b : a;
  if (!rebase_onto(self->rebase, first->id, second->id, &error)) {
    complain(self, error);
    return;
  }
  if (side || !moves_applied(self))
    return;
  rebase_take_back(self->rebase);
  if (rebase_onto(self->rebase, second->id, first->id, NULL) && !moves_applied(self))
    return;
  rebase_take_back(self->rebase);
  rebase_onto(self->rebase, first->id, second->id, NULL);
}

/* On what was just loaded; moves made before are repeated there. */
static void begin(RebaseScreen *self)
{
  Snapshot *before = self->snapshot; /* whose map the old moves are on */
  g_autoptr(Rebase) moves = g_steal_pointer(&self->rebase);
  changeview_refuse(self->view, "", self->ws->snapshot, NULL, NULL);
  g_clear_pointer(&self->plan, rebase_plan_free);
  g_clear_pointer(&self->rows, g_ptr_array_unref);
  g_clear_pointer(&self->map, revision_map_free);
  self->snapshot = snapshot_ref(self->ws->snapshot);
  self->rebase = rebase_new(self->snapshot->project, self->snapshot->map);
  if (moves)
    rebase_repeat(self->rebase, moves, NULL);
  else
    propose(self, NULL);
  snapshot_unref(before);
  replan(self);
}

/* The list */

static guint row_count(void *data)
{
  const RebaseScreen *self = data;
  return self->rows ? self->rows->len : 0;
}

static gboolean same_parents(const Revision *a, const Revision *b)
{
  return g_strv_equal((const char *const *)a->down_revision, (const char *const *)b->down_revision);
}

static void paint_row(void *data, guint row, Canvas *canvas, Rect rect, gboolean is_selected,
                      gboolean focused)
{
  (void)is_selected;
  (void)focused;
  const RebaseScreen *self = data;
  const Revision *revision = g_ptr_array_index(self->rows, row);
  const Revision *old = revision_map_get(self->snapshot->map, revision->id);
  gboolean moved = old && !same_parents(old, revision);
  int x = rect.x + 1, end = rect.x + rect.width;
  g_autofree char *id = text_escape(revision->id, -1, FALSE);
  g_autofree char *doc = text_escape(revision->doc ? revision->doc : "", -1, FALSE);
  g_autofree char *parents =
      revision->down_revision[0] ? g_strjoinv(", ", revision->down_revision) : g_strdup("base");
  g_autofree char *on = g_strdup_printf(moved ? _("now on %s") : _("on %s"), parents);
  g_autofree char *shown = text_escape(on, -1, FALSE);
  int tail = MIN(text_width(shown), MAX((end - x) / 3, 16));
  canvas_put(canvas, x, rect.y, moved ? STYLE_ADDED | STYLE_BOLD : STYLE_NORMAL,
             revision_is_merge_point(revision) ? GLYPH_MERGE : GLYPH_PENDING);
  x += 2;
  x += canvas_text_clipped(canvas, x, rect.y, MIN(24, end - x), moved ? STYLE_ADDED | STYLE_BOLD : STYLE_ID,
                           id) +
       1;
  if (revision_is_head(revision) && x < end)
    x += canvas_text(canvas, x, rect.y, end - x, STYLE_HEAD, _("HEAD")) + 1;
  if (end - tail - 2 > x)
    canvas_text_clipped(canvas, x, rect.y, end - tail - 2 - x, STYLE_NORMAL, doc);
  canvas_text_clipped(canvas, MAX(end - tail - 1, x), rect.y, tail, moved ? STYLE_ADDED : STYLE_FAINT, shown);
}

static const ListModel model = {.count = row_count, .paint = paint_row};

/* Painting */

static void paint_left(RebaseScreen *self, Canvas *canvas, Rect rect)
{
  guint n = self->plan ? self->plan->changes->files->len : 0;
  g_autofree char *note =
      n > 0 ? g_strdup_printf(ngettext("%u file changes", "%u files change", n), n) : NULL;
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE,
                           self->date ? _("Rebase, with a new date") : _("Rebase"), note);
  int lines = (int)rebase_guard_lines(self->guard, REASONS_SHOWN);
  Rect foot = rect_cut_bottom(&inside, MIN(lines + 1, inside.height / 2));
  self->list_rect = inside;
  if (row_count(self) == 0)
    canvas_text_clipped(canvas, inside.x + 1, inside.y, inside.width - 1, STYLE_FAINT,
                        _("everything is applied: nothing here may be moved"));
  list_paint(&self->list, canvas, inside, TRUE);
  rect_cut_top(&foot, 1);
  rebase_guard_paint(self->guard, canvas, foot);
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  RebaseScreen *self = (RebaseScreen *)screen;
  if (canvas->width >= WIDE) {
    paint_left(self, canvas, rect_cut_left(&rect, rect.width / 2));
  } else {
    int rows = (int)row_count(self) + (int)rebase_guard_lines(self->guard, REASONS_SHOWN) + 3;
    paint_left(self, canvas, rect_cut_top(&rect, CLAMP(rows, 6, rect.height / 2)));
  }
  changeview_paint(self->view, canvas, rect);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  RebaseScreen *self = (RebaseScreen *)screen;
  gboolean written = changeview_written(self->view);
  switch (action) {
  case ACTION_UNDO: return NULL;
  case ACTION_OTHER_SIDE:
    if (self->snapshot->map->heads->len != 2)
      return _("there are not two heads: o says what to move");
    return written ? _("it is written: z undoes that first") : NULL;
  case ACTION_LIFT:
  case ACTION_LOWER:
  case ACTION_ONTO:
  case ACTION_ALONE:
  case ACTION_PARENTS:
    if (!selected(self))
      return _("no revision is selected");
    return written ? _("it is written: z undoes that first") : NULL;
  case ACTION_DATE: return written ? _("it is written: z undoes that first") : NULL;
  case ACTION_MERGE_INSTEAD:
    if (self->snapshot->map->heads->len < 2)
      return _("there is one head: nothing to merge");
    return written ? _("it is written: z undoes that first") : NULL;
  case ACTION_WRITE: {
    const char *why = changeview_refusal(self->view, action);
    return why ? why : rebase_guard_refusal(self->guard);
  }
  default: return changeview_refusal(self->view, action);
  }
}

static void moved(RebaseScreen *self, gboolean done, GError **error)
{
  if (done)
    replan(self);
  else
    complain(self, *error);
}

static char *resolve(RebaseScreen *self, const char *text, GError **error)
{
  g_autofree char *name = g_strstrip(g_strdup(text));
  Revision *found = NULL;
  if (!target_resolve_one(self->snapshot->map, name, NULL, &found, error))
    return NULL;
  return found ? g_strdup(found->id) : g_strdup("");
}

static void onto_done(const char *text, void *data)
{
  RebaseScreen *self = data;
  g_autofree char *side = g_steal_pointer(&self->asked);
  g_autoptr(GError) error = NULL;
  if (!text || !*text)
    return;
  g_autofree char *onto = resolve(self, text, &error);
  if (!onto) {
    complain(self, error);
    return;
  }
  const char *to = *onto ? onto : NULL;
  if (!to && !self->alone) {
    const char *const none[] = {NULL};
    moved(self, rebase_set_parents(self->rebase, side, none, &error), &error);
    return;
  }
  moved(self,
        self->alone ? rebase_alone(self->rebase, side, to, &error)
                    : rebase_onto(self->rebase, side, to, &error),
        &error);
}

static void parents_done(const char *text, void *data)
{
  RebaseScreen *self = data;
  g_autofree char *side = g_steal_pointer(&self->asked);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) parents = g_ptr_array_new_with_free_func(g_free);
  if (!text)
    return;
  g_auto(GStrv) words = g_strsplit_set(text, " ,", -1);
  for (char **word = words; *word; word++) {
    char *id = **word ? resolve(self, *word, &error) : NULL;
    if (error) {
      complain(self, error);
      return;
    }
    if (id && *id)
      g_ptr_array_add(parents, id);
    else
      g_free(id);
  }
  g_ptr_array_add(parents, NULL);
  moved(self, rebase_set_parents(self->rebase, side, (const char *const *)parents->pdata, &error), &error);
}

/* Completes the last word of a list of revisions. */
static GPtrArray *complete(const char *word, void *data)
{
  RebaseScreen *self = data;
  GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
  const char *last = MAX(strrchr(word, ' '), strrchr(word, ','));
  gsize head = last ? (gsize)(last + 1 - word) : 0;
  const GPtrArray *revisions = self->snapshot->map->revisions;
  for (guint i = revisions->len; i-- > 0 && found->len < 20;) {
    const Revision *revision = g_ptr_array_index(revisions, i);
    if (g_str_has_prefix(revision->id, word + head))
      g_ptr_array_add(found, g_strdup_printf("%.*s%s", (int)head, word, revision->id));
  }
  return found;
}

static void ask(RebaseScreen *self, char *label, const char *initial, void (*done)(const char *, void *))
{
  g_free(self->asked);
  self->asked = g_strdup(selected(self)->id);
  PromptSpec spec = {
      .label = label, .initial = g_strdup(initial), .complete = complete, .done = done, .data = self};
  app_prompt(self->screen.app, &spec);
}

static void ask_onto(RebaseScreen *self, gboolean alone)
{
  const GPtrArray *heads = self->map->heads;
  const char *id = selected(self)->id, *other = NULL;
  for (guint i = 0; i < heads->len; i++)
    if (strcmp(((const Revision *)g_ptr_array_index(heads, i))->id, id) != 0)
      other = ((const Revision *)g_ptr_array_index(heads, i))->id;
  self->alone = alone;
  g_autofree char *shown = text_escape(id, -1, FALSE);
  ask(self,
      g_strdup_printf(alone ? _("%s alone onto: ") : _("%s, and what it alone has below it, onto: "), shown),
      alone ? NULL : other, onto_done);
}

static void ask_parents(RebaseScreen *self)
{
  g_autofree char *now = g_strjoinv(", ", selected(self)->down_revision);
  g_autofree char *shown = text_escape(selected(self)->id, -1, FALSE);
  ask(self, g_strdup_printf(_("parents of %s (none: a base): "), shown), now, parents_done);
}

static void swap_sides(RebaseScreen *self)
{
  const GPtrArray *heads = self->snapshot->map->heads;
  g_autoptr(GPtrArray) before = rebase_moved(self->rebase);
  const Revision *first = g_ptr_array_index(heads, 0), *second = g_ptr_array_index(heads, 1);
  /* What stands on the first one now was moved: so the first is next. */
  const GPtrArray *now = self->map->heads;
  const Revision *top = now->len == 1 ? g_ptr_array_index(now, 0) : NULL;
  gboolean first_moved = top && strcmp(top->id, first->id) == 0;
  while (rebase_take_back(self->rebase))
    ;
  propose(self, before->len == 0 ? NULL : first_moved ? second : first);
  replan(self);
}

static void swap(RebaseScreen *self, gboolean up)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *id = g_strdup(selected(self)->id);
  moved(self, rebase_swap(self->rebase, id, up, &error), &error);
}

static void confirmed(gboolean yes, void *data)
{
  RebaseScreen *self = data;
  if (yes && self->plan && !changeview_written(self->view))
    changeview_write(self->view, FALSE);
}

static char *difference(const RebaseScreen *self)
{
  return self->plan ? changes_diff(self->plan->changes, "/") : NULL;
}

/* What speaks against it has to be typed away; who has not answered yet is waited for. */
static void write_files(RebaseScreen *self)
{
  if (rebase_guard_asking(self->guard)) {
    g_autofree char *agreed = difference(self);
    rebase_guard_want(self->guard, agreed);
    return;
  }
  g_autofree char *question = rebase_guard_question(self->guard);
  if (!question)
    changeview_write(self->view, FALSE);
  else
    app_confirm_typed(self->screen.app, question,
                      ((const Revision *)g_ptr_array_index(self->plan->moved, 0))->id, confirmed, self);
}

static void undo(RebaseScreen *self)
{
  if (changeview_written(self->view))
    changeview_undo(self->view);
  else if (rebase_take_back(self->rebase))
    replan(self);
  else
    app_message(self->screen.app, STYLE_CARE, "%s", _("nothing has moved yet"));
}

static void merge_instead(RebaseScreen *self)
{
  App *app = self->screen.app;
  Screen *merge = screen_merge_new(app);
  app_close(app, &self->screen);
  app_push(app, merge);
}

static guint act(Screen *screen, ActionId action)
{
  RebaseScreen *self = (RebaseScreen *)screen;
  if (changeview_act(self->view, action) || list_act(&self->list, action))
    return SCREEN_DONE;
  if (rebase_guard_wanted(self->guard) && action != ACTION_WRITE) {
    rebase_guard_forget(self->guard);
    app_message(screen->app, STYLE_NORMAL, "%s", _("nothing will be written"));
    if (action == ACTION_BACK)
      return SCREEN_DONE;
  }
  switch (action) {
  case ACTION_OTHER_SIDE: swap_sides(self); return SCREEN_DONE;
  case ACTION_LIFT: swap(self, TRUE); return SCREEN_DONE;
  case ACTION_LOWER: swap(self, FALSE); return SCREEN_DONE;
  case ACTION_ONTO: ask_onto(self, FALSE); return SCREEN_DONE;
  case ACTION_ALONE: ask_onto(self, TRUE); return SCREEN_DONE;
  case ACTION_PARENTS: ask_parents(self); return SCREEN_DONE;
  case ACTION_DATE:
    self->date = !self->date;
    replan(self);
    return SCREEN_DONE;
  case ACTION_WRITE: write_files(self); return SCREEN_DONE;
  case ACTION_UNDO: undo(self); return SCREEN_DONE;
  case ACTION_MERGE_INSTEAD: merge_instead(self); return SCREEN_DONE;
  default: return 0;
  }
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  RebaseScreen *self = (RebaseScreen *)screen;
  gboolean in_list = rect_contains(self->list_rect, event->x, event->y);
  if (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN) {
    int rows = event->kind == MOUSE_WHEEL_UP ? -3 : 3;
    if (in_list)
      list_scroll(&self->list, rows);
    else
      changeview_wheel(self->view, rows);
    return SCREEN_DONE;
  }
  int row = in_list ? list_row_at(&self->list, event->y - self->list_rect.y) : -1;
  if (row < 0)
    return SCREEN_TAKEN;
  list_select(&self->list, (guint)row);
  return SCREEN_DONE;
}

static TextView *text_view(Screen *screen)
{
  return changeview_shown_text(((RebaseScreen *)screen)->view);
}

static void changed(Screen *screen, guint what)
{
  RebaseScreen *self = (RebaseScreen *)screen;
  /* What was written stays as it is, to be undone; before that the list is of the newest look. */
  if (changeview_written(self->view))
    return;
  if (what & CHANGED_PROJECT) {
    begin(self);
  } else if (what & CHANGED_DATABASE) {
    g_autofree char *select = g_strdup(selected(self) ? selected(self)->id : NULL);
    fill_rows(self, select);
  }
}

static gboolean animated(Screen *screen)
{
  return rebase_guard_asking(((RebaseScreen *)screen)->guard);
}

static void guard_news(void *data)
{
  RebaseScreen *self = data;
  rebase_guard_fill(self->guard, changeview_text(self->view, PANE_REPORT));
  g_autofree char *now = difference(self);
  if (rebase_guard_due(self->guard, now))
    app_run_late(self->screen.app, &self->screen, ACTION_WRITE);
  app_repaint(self->screen.app);
}

static void written_or_undone(void *data)
{
  app_repaint(((RebaseScreen *)data)->screen.app);
}

static void free_screen(Screen *screen)
{
  RebaseScreen *self = (RebaseScreen *)screen;
  list_clear(&self->list);
  changeview_free(self->view);
  rebase_guard_free(self->guard);
  g_clear_pointer(&self->plan, rebase_plan_free);
  g_clear_pointer(&self->rows, g_ptr_array_unref);
  g_clear_pointer(&self->map, revision_map_free);
  rebase_free(self->rebase);
  snapshot_unref(self->snapshot);
  g_free(self->asked);
  g_free(self);
}

static const ScreenClass rebase_class = {
    .name = N_("Rebase"),
    .contexts = contexts,
    .paint = paint,
    .refuse = refuse,
    .act = act,
    .mouse = mouse,
    .text_view = text_view,
    .changed = changed,
    .animated = animated,
    .free = free_screen,
};

Screen *screen_rebase_new(App *app, const char *revision)
{
  RebaseScreen *self = g_new0(RebaseScreen, 1);
  self->screen = (Screen){&rebase_class, app};
  self->ws = app_workspace(app);
  self->view = changeview_new(app, _("Who has it"), written_or_undone, self);
  self->guard = rebase_guard_new(app, guard_news, self);
  list_init(&self->list, &model, self);
  begin(self);
  if (self->plan)
    revision = ((const Revision *)g_ptr_array_index(self->plan->moved, 0))->id;
  fill_rows(self, revision);
  return &self->screen;
}
