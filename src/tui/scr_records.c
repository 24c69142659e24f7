/* Past rollouts, and those at work: the list from which one is read, replayed or watched. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "list.h"
#include "retort/base/text.h"
#include "retort/run/journal.h"
#include "textview.h"

/* What is at work moves on. */
#define LOOK_INTERVAL_S 2
#define DETAIL_ROWS 6

typedef struct {
  Screen screen;
  List list;
  GPtrArray *entries; /* JournalEntry*, newest first; NULL until read */
  char *problem;
  GCancellable *cancellable;
  guint timer;
  gboolean reading;
  char *kept; /* path of the selected one, also after reading anew */
  Rect list_rect;
} RecordsScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_RECORDS;
}

/* Reading the folder, in a thread */

static void list_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  (void)task_data;
  (void)cancellable;
  GError *error = NULL;
  GPtrArray *entries = journal_list(&error);
  if (entries)
    g_task_return_pointer(task, entries, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error(task, error);
}

static const JournalEntry *entry_at(const RecordsScreen *self, guint row)
{
  return self->entries && row < self->entries->len ? g_ptr_array_index(self->entries, row) : NULL;
}

static void remember(RecordsScreen *self)
{
  const JournalEntry *entry = entry_at(self, self->list.selected);
  g_free(self->kept);
  self->kept = entry ? g_strdup(entry->path) : NULL;
}

static void find_again(RecordsScreen *self)
{
  for (guint i = 0; self->kept && i < self->entries->len; i++)
    if (strcmp(entry_at(self, i)->path, self->kept) == 0) {
      list_select_at(&self->list, i, (int)self->list.selected - (int)self->list.top);
      return;
    }
  remember(self);
}

static void listed(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) entries = g_task_propagate_pointer(G_TASK(result), &error);
  if (g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    return;
  RecordsScreen *self = data;
  self->reading = FALSE;
  g_clear_pointer(&self->problem, g_free);
  if (entries) {
    g_clear_pointer(&self->entries, g_ptr_array_unref);
    self->entries = g_steal_pointer(&entries);
    find_again(self);
  } else {
    self->problem = text_escape(error->message, -1, FALSE);
  }
  app_repaint(self->screen.app);
}

static gboolean look(void *data)
{
  RecordsScreen *self = data;
  if (self->reading)
    return G_SOURCE_CONTINUE;
  self->reading = TRUE;
  g_autoptr(GTask) task = g_task_new(NULL, self->cancellable, listed, self);
  g_task_run_in_thread(task, list_thread);
  return G_SOURCE_CONTINUE;
}

/* Painting */

typedef struct {
  gunichar glyph;
  Style style;
  const char *word;
} Outcome;

static Outcome outcome_of(const JournalEntry *entry)
{
  switch (entry->outcome) {
  case JOURNAL_DONE: return (Outcome){GLYPH_DONE, STYLE_DONE, _("done")};
  case JOURNAL_FAILED: return (Outcome){GLYPH_FAILED, STYLE_DANGER, _("failed")};
  case JOURNAL_CANCELLED: return (Outcome){GLYPH_FAILED, STYLE_CARE, _("cancelled")};
  default: break;
  }
  return entry->alive ? (Outcome){GLYPH_CURRENT, STYLE_ACCENT | STYLE_BOLD, _("at work")}
                      : (Outcome){GLYPH_DANGER, STYLE_DANGER, _("interrupted")};
}

/* "2026-11-23 18:15" of "2026-11-23T18:15:00.123456Z", in this place's time. */
static char *local_time(const char *time)
{
  g_autoptr(GDateTime) utc = time ? g_date_time_new_from_iso8601(time, NULL) : NULL;
  g_autoptr(GDateTime) local = utc ? g_date_time_to_local(utc) : NULL;
  return local ? g_date_time_format(local, "%Y-%m-%d %H:%M") : text_escape(time ? time : "?", -1, FALSE);
}

static char *clean(const char *text)
{
  return text_escape(text ? text : "", -1, FALSE);
}

static guint row_count(void *data)
{
  const RecordsScreen *self = data;
  return self->entries ? self->entries->len : 0;
}

static void paint_row(void *data, guint row, Canvas *canvas, Rect rect, gboolean selected, gboolean focused)
{
  (void)selected;
  (void)focused;
  const JournalEntry *entry = entry_at(data, row);
  Outcome outcome = outcome_of(entry);
  g_autofree char *time = local_time(entry->time);
  g_autofree char *database = clean(entry->database);
  g_autofree char *command = clean(entry->command);
  g_autofree char *who = clean(entry->who);
  gboolean wide = rect.width >= 110;
  int x = rect.x, end = rect.x + rect.width, database_width = MAX(rect.width / 3, 20);
  canvas_put(canvas, x, rect.y, outcome.style, outcome.glyph);
  canvas_text(canvas, x + 2, rect.y, 12, outcome.style, outcome.word);
  canvas_text(canvas, x + 15, rect.y, 16, STYLE_FAINT, time);
  x += 33;
  if (wide) {
    canvas_text_clipped(canvas, x, rect.y, database_width - 2, STYLE_NORMAL, database);
    x += database_width;
    int who_width = MIN(text_width(who), 30);
    canvas_text_clipped(canvas, end - who_width, rect.y, who_width, STYLE_FAINT, who);
    end -= who_width + 2;
  }
  canvas_text_clipped(canvas, x, rect.y, end - x, STYLE_TITLE, command);
}

static gboolean matches(void *data, guint row, const char *folded)
{
  const JournalEntry *entry = entry_at(data, row);
  const char *texts[] = {entry->time, entry->database, entry->command,
                         entry->who,  entry->rows,     entry->project};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *text = texts[i] ? g_utf8_casefold(texts[i], -1) : NULL;
    if (text && strstr(text, folded))
      return TRUE;
  }
  return FALSE;
}

static const ListModel model = {.count = row_count, .paint = paint_row, .matches = matches};

static void paint_fact(Canvas *canvas, Rect *rect, const char *name, const char *value)
{
  Rect line = rect_cut_top(rect, 1);
  canvas_text_clipped(canvas, line.x, line.y, 10, STYLE_FAINT, name);
  canvas_text_clipped(canvas, line.x + 11, line.y, line.width - 11, STYLE_NORMAL, value);
}

static void paint_details(const RecordsScreen *self, Canvas *canvas, Rect rect)
{
  const JournalEntry *entry = entry_at(self, self->list.selected);
  if (!entry || rect.height < 3)
    return;
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER, STYLE_NORMAL, outcome_of(entry).word, NULL);
  g_autofree char *database = clean(entry->database);
  g_autofree char *who = clean(entry->who);
  g_autofree char *path = clean(entry->path);
  g_autofree char *rows = clean(entry->rows && *entry->rows ? entry->rows : entry->rows ? "base" : "?");
  g_autofree char *steps = g_strdup_printf(
      ngettext("%u migration committed, then at %s", "%u migrations committed, then at %s", entry->steps),
      entry->steps, rows);
  paint_fact(canvas, &inside, _("database"), database);
  paint_fact(canvas, &inside, _("by"), who);
  paint_fact(canvas, &inside, _("result"), steps);
  paint_fact(canvas, &inside, _("file"), path);
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  RecordsScreen *self = (RecordsScreen *)screen;
  Rect details = rect.height >= 16 ? rect_cut_bottom(&rect, DETAIL_ROWS) : (Rect){0, 0, 0, 0};
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, _("Rollouts"), NULL);
  self->list_rect = inside;
  const char *empty = self->problem             ? self->problem
                      : !self->entries          ? _("looking ...")
                      : self->entries->len == 0 ? _("no rollout was recorded yet")
                                                : NULL;
  if (empty)
    canvas_text_clipped(canvas, inside.x + 1, inside.y, inside.width - 1,
                        self->problem ? STYLE_CARE : STYLE_FAINT, empty);
  else
    list_paint(&self->list, canvas, inside, TRUE);
  paint_details(self, canvas, details);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  RecordsScreen *self = (RecordsScreen *)screen;
  if (action == ACTION_REPLAY && !entry_at(self, self->list.selected))
    return _("there is no rollout to open");
  return NULL;
}

static void open_path(App *app, const char *path)
{
  g_autoptr(GError) error = NULL;
  Screen *replay = screen_replay_new(app, path, &error);
  g_autofree char *why = replay ? NULL : text_escape(error->message, -1, FALSE);
  if (replay)
    app_push(app, replay);
  else
    app_message(app, STYLE_CARE, "%s", why);
}

static void path_typed(const char *text, void *data)
{
  RecordsScreen *self = data;
  if (text && *text)
    open_path(self->screen.app, text);
}

static guint act(Screen *screen, ActionId action)
{
  RecordsScreen *self = (RecordsScreen *)screen;
  if (list_act(&self->list, action)) {
    remember(self);
    return SCREEN_DONE;
  }
  if (action == ACTION_REPLAY) {
    open_path(screen->app, entry_at(self, self->list.selected)->path);
    return SCREEN_DONE;
  }
  if (action == ACTION_OPEN_RECORD) {
    PromptSpec spec = {
        .label = g_strdup(_("file of a rollout's record: ")), .done = path_typed, .data = self};
    app_prompt(screen->app, &spec);
    return SCREEN_DONE;
  }
  return 0;
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  RecordsScreen *self = (RecordsScreen *)screen;
  if (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN) {
    list_scroll(&self->list, event->kind == MOUSE_WHEEL_UP ? -3 : 3);
  } else if (rect_contains(self->list_rect, event->x, event->y)) {
    int row = list_row_at(&self->list, event->y - self->list_rect.y);
    if (row >= 0)
      list_select(&self->list, (guint)row);
    if (row >= 0 && event->kind == MOUSE_DOUBLE)
      act(screen, ACTION_REPLAY);
  }
  remember(self);
  return SCREEN_DONE;
}

static gboolean search(Screen *screen, const char *text)
{
  return list_search(&((RecordsScreen *)screen)->list, text);
}

static gboolean search_next(Screen *screen, int direction)
{
  return list_search_next(&((RecordsScreen *)screen)->list, direction);
}

static gboolean animated(Screen *screen)
{
  return ((RecordsScreen *)screen)->entries == NULL && !((RecordsScreen *)screen)->problem;
}

static void free_screen(Screen *screen)
{
  RecordsScreen *self = (RecordsScreen *)screen;
  g_cancellable_cancel(self->cancellable);
  g_object_unref(self->cancellable);
  g_source_remove(self->timer);
  list_clear(&self->list);
  g_clear_pointer(&self->entries, g_ptr_array_unref);
  g_free(self->problem);
  g_free(self->kept);
  g_free(self);
}

static const ScreenClass records_class = {
    .name = N_("Rollouts"),
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

Screen *screen_records_new(App *app)
{
  RecordsScreen *self = g_new0(RecordsScreen, 1);
  self->screen = (Screen){&records_class, app};
  self->cancellable = g_cancellable_new();
  list_init(&self->list, &model, self);
  self->timer = g_timeout_add_seconds(LOOK_INTERVAL_S, look, self);
  look(self);
  return &self->screen;
}
