#include "header.h"

#include <string.h>

#include "action.h"
#include "retort/base/text.h"

#define MAX_SEGMENTS 12

/* A piece of the header; pieces with the highest rank go first when there is no room. */
typedef struct {
  char *text;
  Style style;
  int rank;
  gboolean right;
} Segment;

typedef struct {
  Segment list[MAX_SEGMENTS];
  int n;
} Segments;

static void add(Segments *segments, int rank, gboolean right, Style style, char *text)
{
  if (segments->n < MAX_SEGMENTS && text && *text)
    segments->list[segments->n++] = (Segment){text, style, rank, right};
  else
    g_free(text);
}

static void add_database(Segments *segments, const Workspace *ws)
{
  switch (ws->database) {
  case DATABASE_NONE: add(segments, 3, FALSE, STYLE_FAINT, g_strdup(_("no database"))); return;
  case DATABASE_CONNECTING: {
    char spinner[7] = "";
    g_unichar_to_utf8(theme_spinner(g_get_monotonic_time()), spinner);
    add(segments, 3, FALSE, STYLE_FAINT, g_strdup_printf("%s %s", spinner, ws->database_name));
    return;
  }
  case DATABASE_FAILED:
  case DATABASE_LOST:
    add(segments, 2, FALSE, STYLE_DANGER, g_strdup_printf(_("✗ not connected")));
    add(segments, 4, FALSE, STYLE_FAINT, g_strdup(ws->database_name));
    return;
  case DATABASE_READY:
    add(segments, 3, FALSE, STYLE_NORMAL, g_strdup(ws->database_name));
    add(segments, 6, FALSE, STYLE_FAINT, g_strdup(ws->server));
    return;
  }
}

static void add_git(Segments *segments, const Workspace *ws)
{
  const GitStatus *git = ws->git;
  if (!git || !git->available || !git->branch)
    return;
  g_autofree char *branch = text_escape(git->branch, -1, FALSE);
  g_autofree char *clipped = text_clip(branch, 28, FALSE);
  if (git->head && !strchr(branch, '('))
    add(segments, 5, TRUE, STYLE_NORMAL, g_strdup_printf("%s %.7s", clipped, git->head));
  else
    add(segments, 5, TRUE, STYLE_NORMAL, g_steal_pointer(&clipped));
}

static void add_counts(Segments *segments, const Workspace *ws)
{
  guint heads = workspace_heads(ws), pending = workspace_pending(ws);
  if (ws->snapshot && ws->snapshot->map->revisions->len > 0)
    add(segments, 1, TRUE, heads > 1 ? STYLE_CARE | STYLE_BOLD : STYLE_NORMAL,
        g_strdup_printf(heads == 1 ? _("%u head") : _("%u HEADS"), heads));
  if (ws->applied && ws->unknown->len == 0)
    add(segments, 1, TRUE, pending ? STYLE_TITLE : STYLE_DONE,
        pending ? g_strdup_printf(_("%u pending"), pending) : g_strdup(_("up to date")));
  guint broken = ws->snapshot ? diag_count(ws->snapshot->map->diags, DIAG_ERROR) : 0;
  if (broken > 0)
    add(segments, 1, TRUE, STYLE_DANGER,
        g_strdup_printf(ngettext("%u problem", "%u problems", broken), broken));
  guint conflicts = workspace_conflicts(ws);
  if (conflicts > 0)
    add(segments, 4, TRUE, STYLE_CARE, g_strdup_printf(_("%u to come"), conflicts));
  guint dangers = workspace_dangers(ws);
  if (dangers > 0)
    add(segments, 2, TRUE, STYLE_DANGER, g_strdup_printf("‼%u", dangers));
  if (ws->unknown->len > 0)
    add(segments, 1, TRUE, STYLE_DANGER,
        g_strdup_printf(ngettext("✕ %u position unknown", "✕ %u positions unknown", ws->unknown->len),
                        ws->unknown->len));
}

static void collect(Segments *segments, const Workspace *ws)
{
  const TuiOptions *options = &ws->options;
  g_autofree char *project =
      ws->snapshot ? text_escape(ws->snapshot->project->name, -1, FALSE) : g_strdup("retort");
  if (options->target)
    add(segments, 0, FALSE, STYLE_TITLE, g_strdup_printf("%s ▸ %s", project, options->target));
  else
    add(segments, 0, FALSE, STYLE_TITLE, g_steal_pointer(&project));
  if (options->production)
    add(segments, 1, FALSE, STYLE_DANGER, g_strdup(_("(production)")));
  if (options->read_only)
    add(segments, 1, FALSE, STYLE_CARE, g_strdup(_("read-only")));
  add_database(segments, ws);
  if (ws->filter)
    add(segments, 1, TRUE, STYLE_CARE, g_strdup_printf("&%s", ws->filter));
  add_git(segments, ws);
  add_counts(segments, ws);
}

static int total_width(const Segments *segments)
{
  int width = 1;
  for (int i = 0; i < segments->n; i++)
    width += text_width(segments->list[i].text) + 2;
  return width;
}

static void drop_lowest(Segments *segments)
{
  int worst = 0;
  for (int i = 1; i < segments->n; i++)
    if (segments->list[i].rank >= segments->list[worst].rank)
      worst = i;
  g_free(segments->list[worst].text);
  segments->n--;
  memmove(&segments->list[worst], &segments->list[worst + 1], sizeof(Segment) * (gsize)(segments->n - worst));
}

void header_paint(const Workspace *ws, Canvas *canvas, Rect rect)
{
  Segments segments = {.n = 0};
  collect(&segments, ws);
  while (segments.n > 1 && total_width(&segments) > rect.width)
    drop_lowest(&segments);
  int right_width = 0;
  for (int i = 0; i < segments.n; i++)
    if (segments.list[i].right)
      right_width += text_width(segments.list[i].text) + 2;
  int left = rect.x + 1, right = rect.x + rect.width - right_width + 1;
  for (int i = 0; i < segments.n; i++) {
    Segment *segment = &segments.list[i];
    int *x = segment->right ? &right : &left;
    int room = rect.x + rect.width - *x;
    *x += canvas_text_clipped(canvas, *x, rect.y, room, segment->style, segment->text) + 2;
    g_free(segment->text);
  }
}

/* The line above the footer */

/* libpq begins with the server, which the line above names already, and goes on with what one might look at: neither
 * would leave room for the reason. */
static char *reason_only(const char *why)
{
  const char *reason = g_str_has_prefix(why, "connection to server ") ? strstr(why, " failed: ") : NULL;
  reason = reason ? reason + strlen(" failed: ") : why;
  if (g_str_has_prefix(reason, "FATAL:"))
    for (reason += strlen("FATAL:"); *reason == ' ';)
      reason++;
  return g_strndup(reason, strcspn(reason, "\n"));
}

static void paint_trouble(const Workspace *ws, Canvas *canvas, Rect rect)
{
  g_autofree char *why = reason_only(ws->database_error ? ws->database_error : "");
  const char *again = ws->supervision ? "" : _("C tries again");
  int again_width = text_width(again);
  int x = rect.x + 1;
  x += canvas_text(canvas, x, rect.y, -1, STYLE_DANGER,
                   ws->database == DATABASE_FAILED ? _("✗ no connection: ") : "✗ ");
  x += canvas_text_clipped(canvas, x, rect.y, rect.x + rect.width - x - again_width - 3, STYLE_DANGER, why);
  canvas_text(canvas, x + 2, rect.y, -1, STYLE_KEY, again);
}

static void paint_locks(const Workspace *ws, Canvas *canvas, Rect rect)
{
  int x = rect.x + 1;
  const GPtrArray *roots = ws->locks->roots;
  x += canvas_text(canvas, x, rect.y, -1, STYLE_FAINT, _("locks: "));
  if (roots->len == 0) {
    canvas_text(canvas, x, rect.y, -1, STYLE_FAINT, _("quiet"));
    return;
  }
  const LockNode *root = g_ptr_array_index(roots, 0);
  guint waiting = 0;
  for (guint i = 0; i < roots->len; i++)
    waiting += ((const LockNode *)g_ptr_array_index(roots, i))->descendants;
  g_autofree char *application = text_escape(root->application ? root->application : "", -1, FALSE);
  g_autofree char *text =
      g_strdup_printf(ngettext("! %u waits behind %d %s (%s)", "! %u wait behind %d %s (%s)", waiting),
                      waiting, root->pid, application, root->state ? root->state : "?");
  canvas_text_clipped(canvas, x, rect.y, rect.x + rect.width - x, STYLE_CARE, text);
}

void locks_line_paint(const Workspace *ws, Canvas *canvas, Rect rect)
{
  if (ws->database == DATABASE_FAILED || ws->database == DATABASE_LOST) {
    paint_trouble(ws, canvas, rect);
  } else if (ws->database == DATABASE_NONE && ws->snapshot) {
    const char *hint = ws->database_hint;
    g_autofree char *text =
        hint ? g_strdup_printf(_("no database: %s"), hint)
             : g_strdup(_("no database (--url, DATABASE_URL, sqlalchemy.url): browsing works"));
    canvas_text_clipped(canvas, rect.x + 1, rect.y, rect.width - 1, STYLE_FAINT, text);
  } else if (ws->database == DATABASE_READY && ws->locks_error) {
    g_autofree char *text = g_strdup_printf(_("locks: %s"), ws->locks_error);
    canvas_text_clipped(canvas, rect.x + 1, rect.y, rect.width - 1, STYLE_CARE, text);
  } else if (ws->database == DATABASE_READY && ws->locks) {
    paint_locks(ws, canvas, rect);
  }
}
