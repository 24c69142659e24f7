/* Locks: who waits for whom, refreshed each second, and the keys that help. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "header.h"
#include "list.h"
#include "lockview.h"
#include "retort/base/text.h"
#include "textview.h"

#define QUERY_ROWS 7

typedef struct {
  Screen screen;
  Workspace *ws;
  List list;
  int kept_pid; /* selected, also after a refresh */
  Rect list_rect;
  /* The session a question is about. */
  LockNode *asked; /* a copy: the server says whether it is still there */
  SignalVerb asked_verb;
} LocksScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_LOCKS;
}

static guint row_count(void *data)
{
  const LocksScreen *self = data;
  return self->ws->locks ? self->ws->locks->rows->len : 0;
}

static LockNode *node_at(const LocksScreen *self, guint row)
{
  if (row >= row_count((void *)self))
    return NULL;
  return ((LockRow *)g_ptr_array_index(self->ws->locks->rows, row))->node;
}

static void paint_row(void *data, guint row, Canvas *canvas, Rect rect, gboolean selected, gboolean focused)
{
  (void)selected;
  (void)focused;
  const LocksScreen *self = data;
  lockview_paint_row(self->ws->locks, row, canvas, rect);
}

static gboolean matches(void *data, guint row, const char *folded)
{
  const LockNode *node = node_at(data, row);
  const char *texts[] = {node->user, node->application, node->lock_relation, node->query, node->state};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *text = texts[i] ? g_utf8_casefold(texts[i], -1) : g_strdup("");
    if (strstr(text, folded))
      return TRUE;
  }
  return FALSE;
}

static const ListModel model = {.count = row_count, .paint = paint_row, .matches = matches};

static void remember(LocksScreen *self)
{
  const LockNode *node = node_at(self, self->list.selected);
  self->kept_pid = node ? node->pid : 0;
}

static void find_again(LocksScreen *self)
{
  for (guint i = 0; i < row_count(self); i++)
    if (node_at(self, i)->pid == self->kept_pid) {
      list_select_at(&self->list, i, (int)self->list.selected - (int)self->list.top);
      return;
    }
}

static void paint_selected(LocksScreen *self, Canvas *canvas, Rect rect)
{
  const LockNode *node = node_at(self, self->list.selected);
  if (!node || rect.height < 3)
    return;
  g_autofree char *title = lockview_describe(node);
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER, STYLE_NORMAL, title, NULL);
  g_autoptr(TextView) text = textview_new();
  g_autofree char *line =
      g_strdup_printf(_("user %s   from %s   waits on %s"), node->user ? node->user : "-",
                      node->client ? node->client : "-", node->wait_event ? node->wait_event : "-");
  textview_add(text, STYLE_FAINT, line);
  g_autofree char *caution = lock_signal_caution(node);
  if (caution)
    textview_add_marked(text, STYLE_CARE, "! ", STYLE_CARE, caution);
  if (node->query)
    textview_add_code(text, LANGUAGE_SQL, 0, NULL, node->query, -1);
  textview_paint(text, canvas, inside);
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  LocksScreen *self = (LocksScreen *)screen;
  const LockSnapshot *locks = self->ws->locks;
  g_autofree char *note = NULL;
  if (locks) {
    guint busy = lockview_busy_rows(locks);
    note = busy ? g_strdup_printf(ngettext("%u session involved", "%u sessions involved", busy), busy)
                : g_strdup(_("quiet"));
  }
  Rect detail = rect.height >= 16 ? rect_cut_bottom(&rect, QUERY_ROWS) : (Rect){0, 0, 0, 0};
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, _("Locks"), note);
  self->list_rect = inside;
  if (!locks) {
    canvas_text_clipped(canvas, inside.x + 1, inside.y, inside.width - 1, STYLE_FAINT, _("looking ..."));
    return;
  }
  if (locks->rows->len == 0)
    canvas_text_clipped(canvas, inside.x + 1, inside.y, inside.width - 1, STYLE_FAINT,
                        _("nobody waits for a lock"));
  list_paint(&self->list, canvas, inside, TRUE);
  paint_selected(self, canvas, detail);
}

static const char *refuse(Screen *screen, ActionId action)
{
  LocksScreen *self = (LocksScreen *)screen;
  if (action != ACTION_SIGNAL_CANCEL && action != ACTION_SIGNAL_TERMINATE)
    return NULL;
  const LockNode *node = node_at(self, self->list.selected);
  if (self->ws->options.read_only)
    return _("read-only: no session is signalled on this target");
  if (!node)
    return _("no session is selected");
  if (node->pid == 0)
    return _("a prepared transaction has no session: ROLLBACK PREPARED or COMMIT PREPARED ends it");
  if (node->own)
    return _("this is retort itself: Esc in the rollout cancels it");
  if (action == ACTION_SIGNAL_CANCEL && node->state && g_str_has_prefix(node->state, "idle"))
    return _("it runs no query that could be cancelled: t terminates it");
  return NULL;
}

static void signal_done(gboolean sent, const char *text, void *data)
{
  App *app = data;
  app_message(app, sent ? STYLE_DONE : STYLE_CARE, "%s", text);
}

static void answered(gboolean yes, void *data)
{
  LocksScreen *self = data;
  if (yes)
    workspace_signal(self->ws, self->asked, self->asked_verb, signal_done, self->screen.app);
}

static void ask_signal(LocksScreen *self, SignalVerb verb)
{
  const LockNode *node = node_at(self, self->list.selected);
  g_clear_pointer(&self->asked, lock_node_free);
  self->asked = lockview_copy(node);
  self->asked_verb = verb;
  g_autofree char *who = lockview_describe(node);
  g_autofree char *caution = lock_signal_caution(node);
  g_autofree char *question =
      g_strdup_printf(verb == SIGNAL_CANCEL ? _("cancel the query of %s?") : _("terminate %s?"), who);
  g_autofree char *whole = caution ? g_strdup_printf("%s %s", caution, question) : g_strdup(question);
  app_confirm(self->screen.app, whole, answered, self);
}

static guint act(Screen *screen, ActionId action)
{
  LocksScreen *self = (LocksScreen *)screen;
  if (list_act(&self->list, action)) {
    remember(self);
    return SCREEN_DONE;
  }
  switch (action) {
  case ACTION_SIGNAL_CANCEL: ask_signal(self, SIGNAL_CANCEL); return SCREEN_DONE;
  case ACTION_SIGNAL_TERMINATE: ask_signal(self, SIGNAL_TERMINATE); return SCREEN_DONE;
  default: return 0;
  }
}

static guint mouse(Screen *screen, const MouseEvent *event)
{
  LocksScreen *self = (LocksScreen *)screen;
  if (event->kind == MOUSE_WHEEL_UP || event->kind == MOUSE_WHEEL_DOWN) {
    list_scroll(&self->list, event->kind == MOUSE_WHEEL_UP ? -3 : 3);
  } else if (rect_contains(self->list_rect, event->x, event->y)) {
    int row = list_row_at(&self->list, event->y - self->list_rect.y);
    if (row >= 0)
      list_select(&self->list, (guint)row);
  }
  remember(self);
  return SCREEN_DONE;
}

static gboolean search(Screen *screen, const char *text)
{
  LocksScreen *self = (LocksScreen *)screen;
  gboolean found = list_search(&self->list, text);
  remember(self);
  return found;
}

static gboolean search_next(Screen *screen, int direction)
{
  LocksScreen *self = (LocksScreen *)screen;
  gboolean found = list_search_next(&self->list, direction);
  remember(self);
  return found;
}

static void changed(Screen *screen, guint what)
{
  LocksScreen *self = (LocksScreen *)screen;
  if (what & CHANGED_LOCKS)
    find_again(self);
}

static void free_screen(Screen *screen)
{
  LocksScreen *self = (LocksScreen *)screen;
  workspace_follow_locks(self->ws, FALSE);
  list_clear(&self->list);
  g_clear_pointer(&self->asked, lock_node_free);
  g_free(self);
}

static const ScreenClass locks_class = {
    .name = N_("Locks"),
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

Screen *screen_locks_new(App *app)
{
  LocksScreen *self = g_new0(LocksScreen, 1);
  self->screen = (Screen){&locks_class, app};
  self->ws = app_workspace(app);
  list_init(&self->list, &model, self);
  workspace_follow_locks(self->ws, TRUE);
  remember(self);
  return &self->screen;
}
