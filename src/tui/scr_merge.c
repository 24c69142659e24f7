/* The merge wizard: choose heads, hear what they do to each other, see the file and the graph afterwards, write, undo. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "changeview.h"
#include "list.h"
#include "merge_proof.h"
#include "merge_sides.h"
#include "merge_verdict.h"
#include "retort/base/text.h"
#include "retort/edit/draft.h"

#define PAIRS_SHOWN 3
#define WIDE 120

typedef struct {
  Screen screen;
  Workspace *ws;
  Snapshot *snapshot; /* that the heads are of */
  GPtrArray *sides;   /* MergeSide* */
  List list;
  char *message;
  gboolean own_message; /* typed rather than made up */
  char *label;
  char *depends_on; /* as typed */
  char *rev_id;
  gint64 now;
  RevisionDraft *draft; /* NULL: see the view's problem */
  ChangeView *view;
  MergeVerdict *verdict;   /* NULL: not known yet */
  GCancellable *proving;   /* NULL: nothing is being proved */
  GCancellable *comparing; /* NULL: nothing is compared */
  Rect list_rect;
} MergeScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_MERGE;
}

static GPtrArray *chosen_heads(const MergeScreen *self)
{
  GPtrArray *heads = g_ptr_array_new();
  for (guint i = 0; i < self->sides->len; i++) {
    const MergeSide *side = g_ptr_array_index(self->sides, i);
    if (side->chosen)
      g_ptr_array_add(heads, side->id);
  }
  return heads;
}

/* What the chosen heads do to each other */

static void compared(MergeVerdict *verdict, void *data)
{
  MergeScreen *self = data;
  g_clear_object(&self->comparing);
  merge_verdict_free(self->verdict);
  self->verdict = verdict;
  TextView *text = changeview_text(self->view, PANE_REPORT);
  textview_clear(text);
  merge_verdict_add_details(verdict, text);
  app_repaint(self->screen.app);
}

static void stop_comparing(MergeScreen *self)
{
  if (self->comparing)
    g_cancellable_cancel(self->comparing);
  g_clear_object(&self->comparing);
}

static void compare(MergeScreen *self)
{
  g_autoptr(GPtrArray) heads = chosen_heads(self);
  stop_comparing(self);
  g_clear_pointer(&self->verdict, merge_verdict_free);
  textview_clear(changeview_text(self->view, PANE_REPORT));
  merge_sides_compare(self->sides, self->ws);
  if (heads->len < 2)
    return;
  self->comparing = g_cancellable_new();
  merge_verdict_ask(self->ws, heads, self->comparing, compared, self);
}

/* The proof */

static void stop_proving(MergeScreen *self)
{
  if (self->proving)
    g_cancellable_cancel(self->proving);
  g_clear_object(&self->proving);
}

static void proved(MergeProof *proof, void *data)
{
  MergeScreen *self = data;
  static const Style styles[] = {STYLE_DONE, STYLE_CARE, STYLE_DANGER};
  g_clear_object(&self->proving);
  TextView *text = changeview_text(self->view, PANE_REPORT);
  textview_clear(text);
  merge_proof_add(proof, text);
  textview_add(text, STYLE_NORMAL, "");
  if (self->verdict)
    merge_verdict_add_details(self->verdict, text);
  app_message(self->screen.app, styles[proof->weight], "%s", proof->sentence);
  merge_proof_free(proof);
}

static void prove(MergeScreen *self)
{
  g_autoptr(GPtrArray) heads = chosen_heads(self);
  stop_proving(self);
  self->proving = g_cancellable_new();
  changeview_set_pane(self->view, PANE_REPORT);
  merge_proof_ask(self->ws, heads, self->proving, proved, self);
}

/* The draft anew, after heads or texts have changed. */
static void redraft(MergeScreen *self)
{
  g_autoptr(GPtrArray) heads = chosen_heads(self), marked = g_ptr_array_new();
  g_autoptr(GError) error = NULL;
  g_ptr_array_add(heads, NULL);
  g_ptr_array_add(marked, self->rev_id);
  if (!self->own_message) {
    g_free(self->message);
    self->message = merge_sides_message(self->sides, self->ws);
  }
  changeview_refuse(self->view, _("choose two heads or more"), self->snapshot, NULL, marked);
  g_clear_pointer(&self->draft, revision_draft_free);
  if (heads->len < 3)
    return;
  const char *labels[] = {self->label, NULL};
  g_auto(GStrv) depends_on = g_strsplit_set(self->depends_on, " ,", -1);
  guint n = 0;
  for (char **word = depends_on; *word; word++)
    if (**word)
      depends_on[n++] = *word;
    else
      g_free(*word);
  depends_on[n] = NULL;
  RevisionRequest request = {.message = *self->message ? self->message : NULL,
                             .rev_id = self->rev_id,
                             .heads = (const char *const *)heads->pdata,
                             .merge = TRUE,
                             .branch_labels = *self->label ? labels : NULL,
                             .depends_on = n > 0 ? (const char *const *)depends_on : NULL,
                             .now = self->now};
  self->draft = revision_draft_new(self->snapshot->project, self->snapshot->map, &request, &error);
  RevisionMap *map = self->draft ? revision_draft_map(self->draft, self->snapshot->map, &error) : NULL;
  if (map) {
    changeview_show(self->view, self->snapshot, self->draft->changes, map, marked);
    return;
  }
  g_autofree char *problem = text_escape(error->message, -1, FALSE);
  changeview_refuse(self->view, problem, self->snapshot, NULL, marked);
}

static void begin(MergeScreen *self)
{
  changeview_refuse(self->view, "", self->ws->snapshot, NULL, NULL);
  g_clear_pointer(&self->sides, g_ptr_array_unref);
  g_clear_pointer(&self->snapshot, snapshot_unref);
  self->snapshot = snapshot_ref(self->ws->snapshot);
  self->sides = merge_sides_new(self->ws);
  redraft(self);
  compare(self);
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

static guint verdict_lines(const MergeScreen *self)
{
  return self->verdict ? MIN(MAX(self->verdict->pairs->len, 1), PAIRS_SHOWN) : 1;
}

static void paint_verdict(const MergeScreen *self, Canvas *canvas, Rect rect)
{
  static const Style styles[] = {STYLE_NORMAL, STYLE_CARE, STYLE_DANGER};
  static const char *const marks[] = {"✓ ", "! ", "‼ "};
  if (self->proving) {
    canvas_put(canvas, rect.x + 1, rect.y, STYLE_FAINT, theme_spinner(g_get_monotonic_time()));
    canvas_text_clipped(canvas, rect.x + 3, rect.y, rect.width - 3, STYLE_FAINT,
                        _("applying the sides in both orders on scratch databases"));
    return;
  }
  if (!self->verdict) {
    gboolean calm;
    g_autofree char *tables = merge_sides_verdict(self->sides, &calm);
    if (self->comparing)
      canvas_put(canvas, rect.x + 1, rect.y, STYLE_FAINT, theme_spinner(g_get_monotonic_time()));
    canvas_text_clipped(canvas, rect.x + 3, rect.y, rect.width - 3, calm ? STYLE_NORMAL : STYLE_CARE, tables);
    return;
  }
  const GPtrArray *pairs = self->verdict->pairs;
  for (guint i = 0; i < pairs->len && (int)i < rect.height; i++) {
    const VerdictLine *line = g_ptr_array_index(pairs, i);
    int y = rect.y + (int)i;
    gboolean more = (int)i == rect.height - 1 && i + 1 < pairs->len;
    g_autofree char *rest =
        more ? g_strdup_printf(ngettext("and %u pair more", "and %u pairs more", pairs->len - i),
                               pairs->len - i)
             : NULL;
    int x = rect.x + 1 + canvas_text(canvas, rect.x + 1, y, -1, styles[line->weight], marks[line->weight]);
    canvas_text_clipped(canvas, x, y, rect.x + rect.width - x, styles[line->weight],
                        more ? rest : line->text);
  }
}

static int paint_field(Canvas *canvas, int x, int y, int room, const char *name, const char *value)
{
  g_autofree char *shown = text_escape(value, -1, FALSE);
  int used = canvas_text(canvas, x, y, room, STYLE_FAINT, name) + 2;
  used += canvas_text_clipped(canvas, x + used, y, MAX(room - used, 0), STYLE_NORMAL, *value ? shown : "–");
  return used + 3;
}

static void paint_fields(const MergeScreen *self, Canvas *canvas, Rect rect)
{
  int x = rect.x + 1, end = rect.x + rect.width;
  gboolean extras = *self->label || *self->depends_on || rect.width >= 90;
  x +=
      paint_field(canvas, x, rect.y, extras ? MAX(rect.width / 2, 30) : end - x, _("message"), self->message);
  if (extras && x < end)
    x += paint_field(canvas, x, rect.y, end - x, _("label"), self->label);
  if (extras && x < end)
    paint_field(canvas, x, rect.y, end - x, _("depends on"), self->depends_on);
}

static void paint_top(MergeScreen *self, Canvas *canvas, Rect rect)
{
  guint n = self->sides->len;
  g_autofree char *title = g_strdup_printf(ngettext("Resolve %u head", "Resolve %u heads", n), n);
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, title, NULL);
  Rect foot = rect_cut_bottom(&inside, 2 + (int)verdict_lines(self));
  self->list_rect = inside;
  list_paint(&self->list, canvas, inside, TRUE);
  rect_cut_top(&foot, 1);
  paint_fields(self, canvas, rect_cut_bottom(&foot, 1));
  paint_verdict(self, canvas, foot);
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  MergeScreen *self = (MergeScreen *)screen;
  int rows = (int)(self->sides->len + verdict_lines(self)) + 4;
  paint_top(self, canvas, rect_cut_top(&rect, MIN(rows, rect.height / 2)));
  changeview_paint(self->view, canvas, rect);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  MergeScreen *self = (MergeScreen *)screen;
  gboolean written = changeview_written(self->view);
  switch (action) {
  case ACTION_TOGGLE:
  case ACTION_MESSAGE:
  case ACTION_LABEL:
  case ACTION_DEPENDS_ON:
  case ACTION_REBASE: return written ? _("the file is written: z undoes that first") : NULL;
  case ACTION_PROVE:
    if (self->proving)
      return _("the proof is at work: Esc stops it");
    if (!self->ws->params)
      return _("no server to try it on: set --url, DATABASE_URL or sqlalchemy.url");
    return merge_sides_chosen(self->sides) < 2 ? _("choose two heads or more") : NULL;
  default: return changeview_refusal(self->view, action);
  }
}

static void set(MergeScreen *self, char **field, const char *text)
{
  if (!text)
    return;
  g_free(*field);
  *field = g_strstrip(g_strdup(text));
  redraft(self);
}

static void message_done(const char *text, void *data)
{
  MergeScreen *self = data;
  self->own_message = text ? *text != '\0' : self->own_message;
  set(self, &self->message, text);
}

static void label_done(const char *text, void *data)
{
  MergeScreen *self = data;
  set(self, &self->label, text);
}

static void depends_done(const char *text, void *data)
{
  MergeScreen *self = data;
  set(self, &self->depends_on, text);
}

static void ask(MergeScreen *self, const char *label, const char *initial, void (*done)(const char *, void *))
{
  PromptSpec spec = {.label = g_strdup(label), .initial = g_strdup(initial), .done = done, .data = self};
  app_prompt(self->screen.app, &spec);
}

static void toggle(MergeScreen *self)
{
  MergeSide *side = g_ptr_array_index(self->sides, self->list.selected);
  side->chosen = !side->chosen;
  redraft(self);
  compare(self);
}

static void rebase_instead(MergeScreen *self)
{
  App *app = self->screen.app;
  const MergeSide *side = g_ptr_array_index(self->sides, self->list.selected);
  Screen *rebase = screen_rebase_new(app, side->id);
  app_close(app, &self->screen);
  app_push(app, rebase);
}

static guint act(Screen *screen, ActionId action)
{
  MergeScreen *self = (MergeScreen *)screen;
  if (changeview_act(self->view, action) || list_act(&self->list, action))
    return SCREEN_DONE;
  switch (action) {
  case ACTION_TOGGLE: toggle(self); return SCREEN_DONE;
  case ACTION_MESSAGE: ask(self, _("message: "), self->message, message_done); return SCREEN_DONE;
  case ACTION_LABEL: ask(self, _("branch label: "), self->label, label_done); return SCREEN_DONE;
  case ACTION_DEPENDS_ON:
    ask(self, _("depends on (revisions or labels): "), self->depends_on, depends_done);
    return SCREEN_DONE;
  case ACTION_WRITE: changeview_write(self->view, TRUE); return SCREEN_DONE;
  case ACTION_UNDO: changeview_undo(self->view); return SCREEN_DONE;
  case ACTION_REBASE: rebase_instead(self); return SCREEN_DONE;
  case ACTION_PROVE: prove(self); return SCREEN_DONE;
  case ACTION_BACK:
    if (self->proving) {
      stop_proving(self);
      return SCREEN_DONE;
    }
    if (!changeview_busy(self->view))
      return 0;
    changeview_interrupt(self->view);
    return SCREEN_DONE;
  default: return 0;
  }
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  MergeScreen *self = (MergeScreen *)screen;
  if (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN) {
    changeview_wheel(self->view, event->kind == MOUSE_WHEEL_UP ? -3 : 3);
    return SCREEN_DONE;
  }
  int row = rect_contains(self->list_rect, event->x, event->y)
                ? list_row_at(&self->list, event->y - self->list_rect.y)
                : -1;
  if (row < 0)
    return SCREEN_TAKEN;
  list_select(&self->list, (guint)row);
  return event->kind == MOUSE_DOUBLE && !changeview_written(self->view) ? act(screen, ACTION_TOGGLE)
                                                                        : SCREEN_DONE;
}

static TextView *text_view(Screen *screen)
{
  return changeview_shown_text(((MergeScreen *)screen)->view);
}

static void changed(Screen *screen, guint what)
{
  MergeScreen *self = (MergeScreen *)screen;
  /* What was written stays as it is, to be undone; before that the heads are those of the newest look. */
  if (changeview_written(self->view) || changeview_busy(self->view))
    return;
  if (what & CHANGED_PROJECT)
    begin(self);
  else if (what & CHANGED_RENDER)
    merge_sides_compare(self->sides, self->ws);
}

static gboolean animated(Screen *screen)
{
  const MergeScreen *self = (const MergeScreen *)screen;
  return self->comparing || self->proving || changeview_busy(self->view);
}

static gboolean busy(Screen *screen)
{
  return changeview_busy(((MergeScreen *)screen)->view);
}

static void interrupt(Screen *screen)
{
  changeview_interrupt(((MergeScreen *)screen)->view);
}

static void written_or_undone(void *data)
{
  app_repaint(((MergeScreen *)data)->screen.app);
}

static void free_screen(Screen *screen)
{
  MergeScreen *self = (MergeScreen *)screen;
  stop_comparing(self);
  stop_proving(self);
  list_clear(&self->list);
  changeview_free(self->view);
  revision_draft_free(self->draft);
  merge_verdict_free(self->verdict);
  g_ptr_array_unref(self->sides);
  snapshot_unref(self->snapshot);
  g_free(self->message);
  g_free(self->rev_id);
  g_free(self->label);
  g_free(self->depends_on);
  g_free(self);
}

static const ScreenClass merge_class = {
    .name = N_("Merge"),
    .contexts = contexts,
    .paint = paint,
    .refuse = refuse,
    .act = act,
    .mouse = mouse,
    .text_view = text_view,
    .changed = changed,
    .animated = animated,
    .busy = busy,
    .interrupt = interrupt,
    .free = free_screen,
};

Screen *screen_merge_new(App *app)
{
  MergeScreen *self = g_new0(MergeScreen, 1);
  self->screen = (Screen){&merge_class, app};
  self->ws = app_workspace(app);
  self->view = changeview_new(app, _("Conflict"), written_or_undone, self);
  self->label = g_strdup("");
  self->depends_on = g_strdup("");
  self->message = g_strdup("");
  self->rev_id = revision_make_id();
  self->now = g_get_real_time();
  list_init(&self->list, &model, self);
  begin(self);
  return &self->screen;
}
