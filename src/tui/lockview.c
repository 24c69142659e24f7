#include "lockview.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"

/* The query is only worth its place with this many columns. */
#define QUERY_LEAST 16

static Style row_style(const LockNode *node)
{
  if (node->own)
    return STYLE_ACCENT;
  return node->wait_s >= 0 ? STYLE_NORMAL : node->children->len > 0 ? STYLE_CARE : STYLE_FAINT;
}

/* Whether a later row hangs under the same ancestor at this depth, so that its line goes on. */
static gboolean goes_on(const LockSnapshot *snapshot, guint row, guint depth)
{
  for (guint i = row + 1; i < snapshot->rows->len; i++) {
    const LockRow *later = g_ptr_array_index(snapshot->rows, i);
    if (later->depth < depth)
      return FALSE;
    if (later->depth == depth)
      return TRUE;
  }
  return FALSE;
}

static int paint_tree(const LockSnapshot *snapshot, guint row, Canvas *canvas, int x, int y)
{
  const LockRow *lock = g_ptr_array_index(snapshot->rows, row);
  for (guint depth = 1; depth <= lock->depth; depth++) {
    gboolean more = goes_on(snapshot, row, depth);
    if (depth < lock->depth) {
      canvas_text(canvas, x, y, -1, STYLE_BORDER, more ? "│  " : "   ");
    } else {
      canvas_put(canvas, x, y, STYLE_BORDER, more ? 0x251c : 0x2514);
      canvas_put(canvas, x + 1, y, STYLE_BORDER, lock->queued ? 0x254c : 0x2500);
    }
    x += 3;
  }
  return x;
}

static double duration_of(const LockNode *node)
{
  if (node->wait_s >= 0)
    return node->wait_s;
  return node->xact_s >= 0 ? node->xact_s : node->state_s;
}

char *lockview_lock(const LockNode *node)
{
  const char *type = node->lock_type ? node->lock_type : "";
  if (strcmp(type, "virtualxid") == 0)
    return g_strdup(node->wait_s >= 0 ? _("older transactions to end") : _("an old snapshot"));
  if (strcmp(type, "transactionid") == 0 || strcmp(type, "tuple") == 0)
    return g_strdup(node->wait_s >= 0 ? _("a changed row") : _("changed rows"));
  if (strcmp(type, "advisory") == 0)
    return g_strdup(_("an advisory lock"));
  g_autofree char *relation = text_escape(node->lock_relation ? node->lock_relation : "", -1, FALSE);
  const char *shown = g_str_has_prefix(relation, "public.") ? relation + strlen("public.") : relation;
  return g_strdup_printf("%s %s", shown, node->lock_mode ? node->lock_mode : "");
}

static void paint_lock(const LockNode *node, Canvas *canvas, int x, int y, int room)
{
  if (!node->lock_mode && !node->lock_relation)
    return;
  gboolean waits = node->wait_s >= 0;
  g_autofree char *lock = lockview_lock(node);
  g_autofree char *text =
      waits ? g_strdup_printf(_("waits for %s"), lock) : g_strdup_printf(_("holds %s"), lock);
  canvas_text_clipped(canvas, x, y, room, waits ? STYLE_CARE : STYLE_NORMAL, text);
}

static char *one_line(const char *query)
{
  g_autofree char *escaped = text_escape(query, -1, TRUE);
  GString *out = g_string_new(NULL);
  for (const char *p = escaped; *p; p++) {
    gboolean blank = *p == ' ' || *p == '\n' || *p == '\t';
    if (!blank)
      g_string_append_c(out, *p);
    else if (out->len > 0 && out->str[out->len - 1] != ' ')
      g_string_append_c(out, ' ');
  }
  return g_string_free(out, FALSE);
}

/* Columns of a row: who (with the tree), state, lock, query; narrower where there is less room. */
typedef struct {
  int who, state, lock;
} Columns;

static Columns columns_for(int width)
{
  if (width >= 110)
    return (Columns){30, 29, 40};
  return width >= 90 ? (Columns){26, 24, 38} : (Columns){22, 22, 0};
}

/* "idle in transaction 4 m 12 s", said shorter where it has no room. */
static char *state_text(const LockNode *node, int width)
{
  g_autofree char *since = text_duration(duration_of(node));
  g_autofree char *whole = g_strdup_printf("%s %s", node->state ? node->state : "", since);
  if (text_width(whole) < width || !node->state || !g_str_has_prefix(node->state, "idle in transaction"))
    return g_steal_pointer(&whole);
  return g_strdup_printf(_("idle in tx %s"), since);
}

static int paint_who(const LockNode *node, Canvas *canvas, int x, int y, int end)
{
  Style style = row_style(node);
  const char *name = node->application && *node->application ? node->application : node->user;
  g_autofree char *who = text_escape(node->own ? "retort" : name ? name : "", -1, FALSE);
  g_autofree char *pid = node->pid ? g_strdup_printf("%d", node->pid) : g_strdup(_("prepared"));
  x += canvas_text_clipped(canvas, x, y, end - x, style | STYLE_BOLD, pid) + 1;
  return x + canvas_text_clipped(canvas, x, y, end - x, style, who);
}

void lockview_paint_row(const LockSnapshot *snapshot, guint row, Canvas *canvas, Rect rect)
{
  const LockRow *lock = g_ptr_array_index(snapshot->rows, row);
  const LockNode *node = lock->node;
  Columns columns = columns_for(rect.width);
  int end = rect.x + rect.width, y = rect.y;
  int x = paint_tree(snapshot, row, canvas, rect.x, y);
  x = paint_who(node, canvas, x, y, MAX(rect.x + columns.who - 1, x + 8));
  if (lock->again) {
    canvas_text_clipped(canvas, x + 1, y, end - x - 1, STYLE_FAINT, _("(see above)"));
    return;
  }
  x = MAX(x + 1, rect.x + columns.who);
  g_autofree char *state = state_text(node, columns.state);
  canvas_text_clipped(canvas, x, y, MIN(columns.state - 1, end - x), STYLE_NORMAL, state);
  x += columns.state;
  paint_lock(node, canvas, x, y, MIN(columns.lock ? columns.lock - 1 : end - x, end - x));
  x += columns.lock;
  if (columns.lock && node->query && end - x >= QUERY_LEAST) {
    g_autofree char *query = one_line(node->query);
    canvas_text_clipped(canvas, x, y, end - x, STYLE_FAINT, query);
  }
}

guint lockview_busy_rows(const LockSnapshot *snapshot)
{
  guint n = 0;
  for (guint i = 0; i < snapshot->rows->len; i++) {
    const LockRow *row = g_ptr_array_index(snapshot->rows, i);
    if (row->depth == 0 && row->node->children->len == 0)
      break;
    n++;
  }
  return n;
}

char *lockview_describe(const LockNode *node)
{
  const char *name = node->application && *node->application ? node->application : node->user;
  if (node->pid == 0 && node->gids && node->gids[0])
    name = node->gids[0];
  g_autofree char *who = text_escape(name ? name : "", -1, FALSE);
  g_autofree char *since = text_duration(duration_of(node));
  if (node->pid == 0)
    return g_strdup_printf(_("prepared transaction %s, %s old"), who, since);
  /* TRANSLATORS: pid, application (state for how long) */
  return g_strdup_printf(_("%d %s (%s for %s)"), node->pid, who, node->state ? node->state : "?", since);
}

LockNode *lockview_copy(const LockNode *node)
{
  LockNode *copy = lock_node_new(node->pid);
  copy->user = g_strdup(node->user);
  copy->application = g_strdup(node->application);
  copy->client = g_strdup(node->client);
  copy->backend_type = g_strdup(node->backend_type);
  copy->state = g_strdup(node->state);
  copy->backend_start = g_strdup(node->backend_start);
  copy->query = g_strdup(node->query);
  copy->lock_mode = g_strdup(node->lock_mode);
  copy->lock_relation = g_strdup(node->lock_relation);
  copy->lock_type = g_strdup(node->lock_type);
  copy->gids = g_strdupv(node->gids);
  copy->lock_granted = node->lock_granted;
  copy->xact_s = node->xact_s;
  copy->state_s = node->state_s;
  copy->wait_s = node->wait_s;
  return copy;
}
