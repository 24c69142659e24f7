/* One rollout's record: read as a whole, replayed at the pace it had, or followed while somebody else is at work. */
#include <glib/gi18n.h>
#include <string.h>

#include "app.h"
#include "lockview.h"
#include "record.h"
#include "retort/base/text.h"
#include "retort/run/journal.h"

#define TICK_MS 100
/* Nobody wants to sit through a longer silence again. */
#define SILENCE_MOST_S 3.0
#define FASTEST 64

typedef struct {
  Screen screen;
  char *path;
  Record *record;
  TextView *view;
  guint shown;    /* events in the view */
  gboolean whole; /* nothing is hidden: what arrives is shown at once */
  gboolean playing;
  gboolean alive; /* its process still writes */
  double clock;   /* of the replay, s since the start */
  guint speed;
  guint timer;
  gint64 ticked; /* monotonic */
  guint ticks;
  LockSnapshot *locks; /* as of the events shown, or NULL */
} ReplayScreen;

static guint contexts(Screen *screen)
{
  (void)screen;
  return CONTEXT_REPLAY;
}

/* The events shown */

static void show_until(ReplayScreen *self, guint n)
{
  if (n < self->shown) {
    textview_clear(self->view);
    self->shown = 0;
  }
  if (n > self->shown)
    record_write(self->record, self->shown, n, self->view);
  self->shown = n;
  g_clear_pointer(&self->locks, lock_snapshot_free);
  self->locks = record_locks(self->record, n);
}

static void go_to(ReplayScreen *self, guint n)
{
  self->playing = FALSE;
  self->whole = n >= record_length(self->record);
  show_until(self, MIN(n, record_length(self->record)));
  self->clock = self->shown ? record_time(self->record, self->shown - 1) : 0;
}

/* What is due by now; a long silence is cut short. */
static void play_on(ReplayScreen *self, double seconds)
{
  guint n = record_length(self->record), next = self->shown;
  self->clock += seconds * self->speed;
  if (next < n && record_time(self->record, next) - self->clock > SILENCE_MOST_S * self->speed)
    self->clock = record_time(self->record, next) - SILENCE_MOST_S * self->speed;
  while (next < n && record_time(self->record, next) <= self->clock)
    next++;
  if (next > self->shown)
    show_until(self, next);
  if (next >= n && !self->alive) {
    self->playing = FALSE;
    self->whole = TRUE;
  }
}

static gboolean tick(void *data)
{
  ReplayScreen *self = data;
  gint64 now = g_get_monotonic_time();
  gboolean news = FALSE;
  /* Lines that were written before the process ended are all there once it is seen to have ended. */
  gboolean alive = self->alive && (self->ticks++ % 10 != 0 || journal_alive(self->path));
  while (record_read_on(self->record))
    news = TRUE;
  /* Who has ended may keep its file open for a while. */
  alive = alive && !record_ended(self->record);
  if (self->playing)
    play_on(self, (double)(now - self->ticked) / G_USEC_PER_SEC);
  else if (self->whole && news)
    show_until(self, record_length(self->record));
  gboolean ended = self->alive && !alive;
  self->alive = alive;
  self->ticked = now;
  if (news || self->playing || ended)
    app_repaint(self->screen.app);
  if (self->playing || self->alive)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void keep_ticking(ReplayScreen *self)
{
  self->ticked = g_get_monotonic_time();
  if (!self->timer)
    self->timer = g_timeout_add(TICK_MS, tick, self);
}

/* Painting */

static char *place_text(const ReplayScreen *self)
{
  guint n = record_length(self->record);
  g_autofree char *now = text_duration(self->clock);
  g_autofree char *end = text_duration(n ? record_time(self->record, n - 1) : 0);
  if (self->playing)
    return g_strdup_printf(_("playing %s of %s, %u times as fast"), now, end, self->speed);
  if (!self->whole)
    return g_strdup_printf(_("%s of %s, event %u of %u"), now, end, self->shown, n);
  if (self->alive)
    return g_strdup_printf(_("at work: shown as it happens, %s so far"), end);
  return record_ended(self->record) ? g_strdup_printf(_("%s altogether"), end)
                                    : g_strdup_printf(_("interrupted after %s: it has no end"), end);
}

static void paint_locks(const ReplayScreen *self, Canvas *canvas, Rect rect)
{
  guint busy = lockview_busy_rows(self->locks);
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER, busy ? STYLE_CARE : STYLE_NORMAL, _("Locks then"),
                           busy ? NULL : _("quiet"));
  for (guint i = 0; i < busy && (int)i < inside.height; i++)
    lockview_paint_row(self->locks, i, canvas, (Rect){inside.x, inside.y + (int)i, inside.width, 1});
}

static void paint(Screen *screen, Canvas *canvas, Rect rect)
{
  ReplayScreen *self = (ReplayScreen *)screen;
  guint busy = self->locks ? lockview_busy_rows(self->locks) : 0;
  Rect locks = {0, 0, 0, 0};
  if (self->locks && rect.height >= 12)
    locks = rect_cut_bottom(&rect, CLAMP((int)busy + 2, 2, rect.height / 3));
  g_autofree char *command = text_escape(record_head(self->record, "command"), -1, FALSE);
  g_autofree char *database = text_escape(record_head(self->record, "database"), -1, FALSE);
  g_autofree char *title = g_strdup_printf("%s  %s", command, database);
  char buffer[32];
  g_autofree char *note = g_strdup(textview_place(self->view, buffer, sizeof buffer));
  Rect inside = canvas_box(canvas, rect, STYLE_BORDER_FOCUS, STYLE_TITLE, title, note);
  textview_paint(self->view, canvas, inside);
  if (locks.height > 0)
    paint_locks(self, canvas, locks);
}

static void status(Screen *screen, Canvas *canvas, Rect rect)
{
  ReplayScreen *self = (ReplayScreen *)screen;
  g_autofree char *text = place_text(self);
  gboolean lost = self->whole && !self->alive && !record_ended(self->record);
  canvas_put(canvas, rect.x + 1, rect.y, self->playing || self->alive ? STYLE_ACCENT : STYLE_FAINT,
             self->playing || self->alive ? theme_spinner(g_get_monotonic_time()) : ' ');
  canvas_text_clipped(canvas, rect.x + 3, rect.y, rect.width - 3, lost ? STYLE_CARE : STYLE_FAINT, text);
}

/* Actions */

static const char *refuse(Screen *screen, ActionId action)
{
  ReplayScreen *self = (ReplayScreen *)screen;
  switch (action) {
  case ACTION_NEXT_EVENT: return self->shown < record_length(self->record) ? NULL : _("this is the end");
  case ACTION_PREVIOUS_EVENT: return self->shown > 1 ? NULL : _("this is the beginning");
  case ACTION_FASTER: return self->speed < FASTEST ? NULL : _("it goes no faster");
  case ACTION_SLOWER: return self->speed > 1 ? NULL : _("this is the pace it had");
  default: return NULL;
  }
}

static void play(ReplayScreen *self)
{
  if (self->playing) {
    self->playing = FALSE;
    return;
  }
  if (self->shown >= record_length(self->record))
    go_to(self, 1);
  self->playing = TRUE;
  self->whole = FALSE;
  keep_ticking(self);
}

static guint act(Screen *screen, ActionId action)
{
  ReplayScreen *self = (ReplayScreen *)screen;
  if (textview_act(self->view, action))
    return SCREEN_DONE;
  switch (action) {
  case ACTION_PLAY: play(self); return SCREEN_DONE;
  case ACTION_NEXT_EVENT: go_to(self, self->shown + 1); return SCREEN_DONE;
  case ACTION_PREVIOUS_EVENT: go_to(self, self->shown - 1); return SCREEN_DONE;
  case ACTION_WHOLE: go_to(self, G_MAXUINT); return SCREEN_DONE;
  case ACTION_FASTER: self->speed *= 2; return SCREEN_DONE;
  case ACTION_SLOWER: self->speed /= 2; return SCREEN_DONE;
  case ACTION_COPY_TEXT: {
    g_autofree char *text = textview_text(self->view);
    app_copy(screen->app, text, _("the record"));
    return SCREEN_DONE;
  }
  default: return 0;
  }
}

static TextView *text_view(Screen *screen)
{
  return ((ReplayScreen *)screen)->view;
}

static gboolean animated(Screen *screen)
{
  return ((ReplayScreen *)screen)->playing;
}

static void free_screen(Screen *screen)
{
  ReplayScreen *self = (ReplayScreen *)screen;
  if (self->timer)
    g_source_remove(self->timer);
  record_free(self->record);
  textview_free(self->view);
  g_clear_pointer(&self->locks, lock_snapshot_free);
  g_free(self->path);
  g_free(self);
}

static const ScreenClass replay_class = {
    .name = N_("Record of a rollout"),
    .contexts = contexts,
    .paint = paint,
    .status = status,
    .refuse = refuse,
    .act = act,
    .text_view = text_view,
    .animated = animated,
    .free = free_screen,
};

Screen *screen_replay_new(App *app, const char *path, GError **error)
{
  g_autoptr(Record) record = record_open(path, error);
  if (!record)
    return NULL;
  ReplayScreen *self = g_new0(ReplayScreen, 1);
  self->screen = (Screen){&replay_class, app};
  self->path = g_strdup(path);
  self->record = g_steal_pointer(&record);
  self->view = textview_new();
  textview_follow(self->view);
  self->speed = 1;
  self->whole = TRUE;
  self->alive = journal_alive(path);
  keep_ticking(self);
  return &self->screen;
}
