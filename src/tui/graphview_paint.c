#include <glib/gi18n.h>
#include <string.h>

#include "graphview-private.h"
#include "retort/base/text.h"

/* Narrower than this a column goes: author, age. */
#define AUTHOR_FROM 75
#define NAME_WIDTH 6
#define AGE_FROM 46
#define AUTHOR_WIDTH 10
#define AGE_WIDTH 4
#define MESSAGE_LEAST 8
#define MARKS_LIMIT 4
#define REF_WIDTH 20
/* Alembic's own ids have 12 characters; with less room than ID_ROOM they are cut to ID_LEAST. */
#define ID_USUAL 12
#define ID_LEAST 8
#define ID_ROOM 36

/* Lines */

static gunichar line_glyph(guint8 bits)
{
  static const gunichar glyphs[16] = {
      ' ',    0x2502, 0x2502, 0x2502, /* -, U, D, UD */
      0x2500, 0x256f, 0x256e, 0x2524, /* L: -, U, D, UD */
      0x2500, 0x2570, 0x256d, 0x251c, /* R */
      0x2500, 0x2534, 0x252c, 0x253c, /* LR */
  };
  if (bits & GRAPH_MISSING)
    return GLYPH_MISSING;
  guint8 ways = bits & (GRAPH_UP | GRAPH_DOWN | GRAPH_LEFT | GRAPH_RIGHT);
  if (bits & GRAPH_DASHED) {
    if (ways == (GRAPH_UP | GRAPH_DOWN))
      return 0x2506;
    if (ways == (GRAPH_LEFT | GRAPH_RIGHT))
      return 0x254c;
  }
  return glyphs[ways];
}

static gunichar node_glyph(const GraphView *view, const Revision *revision)
{
  guint8 facts = view->facts[revision->index];
  if (facts & FACT_POSITION)
    return GLYPH_POSITION;
  if (facts & FACT_ELSEWHERE)
    return GLYPH_ELSEWHERE;
  gboolean merge = revision_is_merge_point(revision);
  if (facts & FACT_APPLIED)
    return merge ? GLYPH_MERGE_APPLIED : GLYPH_APPLIED;
  if (merge)
    return GLYPH_MERGE;
  return facts & FACT_PENDING ? GLYPH_PENDING : GLYPH_UNPLACED;
}

static Style node_style(const GraphView *view, const Revision *revision, guint lane)
{
  guint8 facts = view->facts[revision->index];
  if (facts & FACT_POSITION)
    return STYLE_POSITION;
  if (facts & FACT_ELSEWHERE)
    return STYLE_FAINT;
  return theme_lane(lane);
}

static gboolean on_path(const GraphView *view, int row, guint lane)
{
  for (guint i = 0; i < view->path->len; i++) {
    const PathPart *part = &g_array_index(view->path, PathPart, i);
    if (part->lane == lane && row > part->from && row < part->to)
      return TRUE;
  }
  return FALSE;
}

/* Hundreds of lanes do not fit: a node out of sight is pointed to from the edge. */
static void paint_beyond(const GraphView *view, const GraphRow *row, Canvas *canvas, Rect rect)
{
  int at = (int)row->node - view->lane_scroll;
  if (at >= 0 && at < view->lanes_width)
    return;
  canvas_put(canvas, at < 0 ? rect.x : rect.x + view->lanes_width - 1, rect.y,
             row->revision ? node_style(view, row->revision, row->cells[row->node].lane) : STYLE_FAINT,
             at < 0 ? GLYPH_BEYOND_LEFT : GLYPH_BEYOND_RIGHT);
}

static void paint_lanes(GraphView *view, const GraphRow *row, int graph_row, Canvas *canvas, Rect rect)
{
  if (view->matching) {
    guint lane = row->cells[row->node].lane;
    canvas_put(canvas, rect.x, rect.y, node_style(view, row->revision, lane),
               node_glyph(view, row->revision));
    return;
  }
  Rect before = canvas_clip(canvas, (Rect){rect.x, rect.y, view->lanes_width, 1});
  for (guint i = (guint)view->lane_scroll; i < row->n_cells; i++) {
    const GraphCell *cell = &row->cells[i];
    int x = rect.x + (int)i - view->lane_scroll;
    if (x >= rect.x + view->lanes_width)
      break;
    if ((cell->bits & GRAPH_NODE) && row->revision) {
      gboolean path = g_hash_table_contains(view->path_nodes, row->revision);
      canvas_put(canvas, x, rect.y, node_style(view, row->revision, cell->lane) | (path ? STYLE_BOLD : 0),
                 node_glyph(view, row->revision));
      continue;
    }
    gunichar glyph = (cell->bits & GRAPH_NODE) ? GLYPH_FOLD : line_glyph(cell->bits);
    if (glyph == ' ')
      continue;
    Style style = (cell->bits & GRAPH_MISSING) ? STYLE_DANGER : theme_lane(cell->lane);
    canvas_put(canvas, x, rect.y, style | (on_path(view, graph_row, cell->lane) ? STYLE_BOLD : 0), glyph);
  }
  if (row->revision || row->folded > 0)
    paint_beyond(view, row, canvas, rect);
  canvas_unclip(canvas, before);
}

/* Texts at the right end and after the message */

typedef struct {
  char *text;
  Style style;
} Mark;

typedef struct {
  Mark list[16];
  guint n;
  int width; /* with a blank before each */
} Marks;

static void add_mark(Marks *marks, Style style, char *text)
{
  if (marks->n == G_N_ELEMENTS(marks->list)) {
    g_free(text);
    return;
  }
  marks->list[marks->n++] = (Mark){text, style};
  marks->width += text_width(text) + 1;
}

static char *glyph_text(gunichar glyph)
{
  char utf8[7] = "";
  utf8[g_unichar_to_utf8(glyph, utf8)] = '\0';
  return g_strdup(utf8);
}

static void add_state_marks(const GraphView *view, const Revision *own, Marks *marks)
{
  int worst = workspace_worst(view->ws, own);
  if (worst >= (int)SEVERITY_DANGER)
    add_mark(marks, STYLE_DANGER, glyph_text(GLYPH_DANGER));
  else if (worst >= (int)SEVERITY_CARE)
    add_mark(marks, STYLE_CARE, g_strdup("!"));
  const Workspace *ws = view->ws;
  guint8 state = ws->render_states ? ws->render_states[own->index] : RENDER_UNKNOWN;
  if (state == RENDER_DATABASE)
    add_mark(marks, STYLE_CARE, glyph_text(GLYPH_DATABASE));
  else if (state == RENDER_PYTHON)
    add_mark(marks, STYLE_CARE, glyph_text(GLYPH_PYTHON));
  const GitNote *note = workspace_git_note(ws, own->path);
  if (note && (note->state == GIT_UNTRACKED || note->state == GIT_ADDED))
    add_mark(marks, STYLE_CARE, g_strdup("+"));
  else if (note && note->state == GIT_MODIFIED)
    add_mark(marks, STYLE_CARE, g_strdup("~"));
}

static void add_labels(const Revision *revision, Marks *marks)
{
  for (guint i = 0; revision->branch_labels && revision->branch_labels[i] && i < MARKS_LIMIT; i++) {
    g_autofree char *label = text_escape(revision->branch_labels[i], -1, FALSE);
    add_mark(marks, STYLE_LABEL, g_strdup_printf("[%s]", label));
  }
}

static Marks collect_marks(const GraphView *view, const Revision *revision, const Revision *own)
{
  Marks marks = {.n = 0};
  guint8 facts = view->facts[revision->index];
  if (facts & FACT_POSITION)
    add_mark(&marks, STYLE_POSITION, g_strdup_printf("◀ %s", workspace_target_name(view->ws)));
  if (facts & FACT_HEAD)
    add_mark(&marks, STYLE_HEAD, g_strdup("HEAD"));
  const char *missing = g_hash_table_lookup(view->missing, revision->id);
  if (missing) {
    g_autofree char *shown = text_escape(missing, -1, FALSE);
    add_mark(&marks, STYLE_DANGER, g_strdup_printf(_("✕ no %s"), shown));
  }
  if (own)
    add_state_marks(view, own, &marks);
  add_labels(revision, &marks);
  const ForeignNote *foreign = own ? NULL : g_hash_table_lookup(view->foreign, revision->id);
  if (foreign) {
    g_autofree char *ref = text_clip(foreign->ref, REF_WIDTH, FALSE);
    add_mark(&marks, STYLE_TAG, g_strdup_printf(_("on %s"), ref));
    if (workspace_adds_head(view->ws, revision->id))
      add_mark(&marks, STYLE_CARE, g_strdup(_("adds a head")));
  }
  return marks;
}

static gint64 date_of(const char *create_date)
{
  if (!create_date)
    return 0;
  g_autofree char *iso = g_strdup(create_date);
  g_strstrip(iso);
  g_strdelimit(iso, " ", 'T');
  g_autoptr(GTimeZone) local = g_time_zone_new_local();
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, local);
  return time ? g_date_time_to_unix(time) : 0;
}

/* "Ana Maria Brun" as "Ana M" where the whole name has no room, or as "Ana" where there is less. */
static char *short_name(const char *name, int width)
{
  const char *blank = strchr(name, ' ');
  if (!blank || text_width(name) <= width)
    return g_strdup(name);
  if (width < AUTHOR_WIDTH)
    return g_strndup(name, (gsize)(blank - name));
  g_autofree char *initial = g_utf8_substring(blank + 1, 0, 1);
  return g_strdup_printf("%.*s %s", (int)(blank - name), name, initial);
}

/* As it is shown in a pane of this width; the caller's. */
static char *author_of(const GraphView *view, const Revision *revision, const Revision *own, int width)
{
  const GitNote *note = own ? workspace_git_note(view->ws, own->path) : NULL;
  const ForeignNote *foreign = own ? NULL : g_hash_table_lookup(view->foreign, revision->id);
  const char *author = note ? note->author : foreign ? foreign->author : NULL;
  return author ? short_name(author, width >= AUTHOR_FROM ? AUTHOR_WIDTH : NAME_WIDTH) : g_strdup("");
}

/* Age and author at the right edge; returns the columns they take. */
static int paint_right(const GraphView *view, const Revision *revision, const Revision *own, Canvas *canvas,
                       Rect rect)
{
  const GitNote *note = own ? workspace_git_note(view->ws, own->path) : NULL;
  const ForeignNote *foreign = own ? NULL : g_hash_table_lookup(view->foreign, revision->id);
  gint64 time = note && note->time ? note->time : foreign ? foreign->time : date_of(revision->create_date);
  int used = 0, right = rect.x + rect.width;
  if (view->author_width > 0) {
    used += view->author_width + 1;
    g_autofree char *name = author_of(view, revision, own, rect.width);
    canvas_text_clipped(canvas, right - used + 1, rect.y, view->author_width, STYLE_FAINT, name);
  }
  if (rect.width >= AGE_FROM) {
    used += AGE_WIDTH + 1;
    g_autofree char *age = time > 0 ? text_age(time, view->now) : g_strdup("");
    canvas_text(canvas, right - used + 1 + AGE_WIDTH - text_width(age), rect.y, -1, STYLE_FAINT, age);
  }
  return used;
}

/* What to call a revision beside its id: its message in one line, or its file where there is none (or only the
 * template's own lines), or nothing where the file is named after the id.  The caller's. */
static char *message_of(const Revision *revision, gboolean *named)
{
  const char *doc = revision->doc ? revision->doc : "";
  *named = *doc && !g_str_has_prefix(doc, "Create Date:") && !g_str_has_prefix(doc, "Revision ID:") &&
           !g_str_has_prefix(doc, "Revises:");
  if (*named) {
    g_autofree char *line = g_strdelimit(g_strdup(doc), "\n\r\t", ' ');
    return text_escape(line, -1, FALSE);
  }
  g_autofree char *file = g_path_get_basename(revision->path ? revision->path : "");
  return g_str_has_prefix(file, revision->id) ? g_strdup("") : text_escape(file, -1, FALSE);
}

static void paint_marks(Marks *marks, Canvas *canvas, int x, int y, int end)
{
  for (guint i = 0; i < marks->n; i++) {
    x += canvas_text_clipped(canvas, x + 1, y, end - x - 1, marks->list[i].style, marks->list[i].text) + 1;
    g_free(marks->list[i].text);
  }
}

static void paint_revision(GraphView *view, const Revision *revision, Canvas *canvas, Rect rect)
{
  const Revision *own = view->merged ? revision_map_get(view->snapshot->map, revision->id) : revision;
  gboolean elsewhere = view->facts[revision->index] & FACT_ELSEWHERE, named;
  Style path = g_hash_table_contains(view->path_nodes, revision) ? STYLE_BOLD : 0;
  int right = paint_right(view, revision, own, canvas, rect);
  int x = rect.x + view->lanes_width + 1, end = rect.x + rect.width - right;
  g_autofree char *id = text_escape(revision->id, -1, FALSE);
  g_autofree char *message = message_of(revision, &named);
  Marks marks = collect_marks(view, revision, own);
  int room = end - x;
  int id_width = MIN(view->id_width, MAX(room / 3, room < ID_ROOM ? ID_LEAST : ID_USUAL));
  /* A telling id without a message has the message's room. */
  int id_room = *message ? id_width : MAX(room - marks.width, id_width);
  int used = canvas_text_clipped(canvas, x, rect.y, id_room, (elsewhere ? STYLE_FAINT : STYLE_ID) | path, id);
  if (*message) {
    x += id_width + 2;
    room -= id_width + 2;
    used = canvas_text_clipped(canvas, x, rect.y, MAX(room - marks.width, MIN(MESSAGE_LEAST, room)),
                               (elsewhere || !named ? STYLE_FAINT : STYLE_NORMAL) | path, message);
  }
  paint_marks(&marks, canvas, x + used, rect.y, end);
}

void graphview_paint_row(void *data, guint row, Canvas *canvas, Rect rect, gboolean selected,
                         gboolean focused)
{
  (void)selected;
  (void)focused;
  GraphView *view = data;
  const NoteRow *note = graphview_note(view, row);
  if (note) {
    canvas_put(canvas, rect.x, rect.y, note->style, note->glyph);
    canvas_text_clipped(canvas, rect.x + 2, rect.y, rect.width - 2, note->style & STYLE_MASK, note->text);
    return;
  }
  const GraphRow *graph_row = graphview_row(view, row);
  paint_lanes(view, graph_row, graphview_graph_row(view, row), canvas, rect);
  if (graph_row->folded > 0)
    canvas_printf(canvas, rect.x + view->lanes_width + 1, rect.y, -1, STYLE_FAINT,
                  ngettext("%u revision applied", "%u revisions applied", graph_row->folded),
                  graph_row->folded);
  else if (graph_row->revision)
    paint_revision(view, graph_row->revision, canvas, rect);
}

/* The window */

static void add_edge(GraphView *view, const GraphRow *from, int from_row, int to_row, gboolean first)
{
  const GraphRow *to = g_ptr_array_index(view->graph->rows, to_row);
  const GraphRow *which = first ? from : to;
  PathPart part = {which->cells[which->node].lane, from_row, to_row};
  g_array_append_val(view->path, part);
}

static void follow(GraphView *view, const GPtrArray *parents, int row, gboolean first, int bottom,
                   GPtrArray *todo)
{
  for (guint i = 0; i < parents->len; i++) {
    Revision *parent = g_ptr_array_index(parents, i);
    int parent_row = graph_find(view->graph, parent);
    if (parent_row < 0)
      continue;
    if (parent_row != row)
      add_edge(view, g_ptr_array_index(view->graph->rows, row), row, parent_row, first && i == 0);
    if (parent_row < bottom && g_hash_table_add(view->path_nodes, parent))
      g_ptr_array_add(todo, parent);
  }
}

/* The selection's ancestors as far down as the window goes: rows are ordered, so nothing below leads back into it. */
static void trace_path(GraphView *view, int bottom)
{
  g_array_set_size(view->path, 0);
  g_hash_table_remove_all(view->path_nodes);
  Revision *revision = graphview_revision(view, view->list.selected);
  if (!revision || view->matching)
    return;
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_hash_table_add(view->path_nodes, revision);
  g_ptr_array_add(todo, revision);
  while (todo->len > 0) {
    Revision *next = g_ptr_array_steal_index(todo, todo->len - 1);
    int row = graph_find(view->graph, next);
    follow(view, next->down, row, TRUE, bottom, todo);
    follow(view, next->normalized_deps, row, FALSE, bottom, todo);
  }
}

/* Columns that a row wants left of age and author, without clipping. */
static int wanted_width(const GraphView *view, const Revision *revision, const Revision *own)
{
  gboolean named;
  g_autofree char *message = message_of(revision, &named);
  Marks marks = collect_marks(view, revision, own);
  for (guint i = 0; i < marks.n; i++)
    g_free(marks.list[i].text);
  return view->lanes_width + 1 + MIN(view->id_width, ID_USUAL) + 2 + text_width(message) + marks.width;
}

/* The widest author's name in the window; in a narrow pane only when no message is clipped for it. */
static void measure_authors(GraphView *view, guint top, guint bottom, int width)
{
  int limit = width >= AUTHOR_FROM ? AUTHOR_WIDTH : NAME_WIDTH, names = 0, widest = 0;
  for (guint row = top; row < bottom; row++) {
    const Revision *revision = graphview_revision(view, row);
    if (!revision)
      continue;
    const Revision *own = view->merged ? revision_map_get(view->snapshot->map, revision->id) : revision;
    g_autofree char *name = author_of(view, revision, own, width);
    names = MAX(names, MIN(text_width(name), limit));
    if (width < AUTHOR_FROM)
      widest = MAX(widest, wanted_width(view, revision, own));
  }
  gboolean fits = width >= AUTHOR_FROM || widest + AGE_WIDTH + 1 + names + 1 <= width;
  view->author_width = fits && width >= AGE_FROM ? names : 0;
}

/* Room for the lanes of visible rows, scrolled sideways so that the selection's node is in it. */
static void measure_lanes(GraphView *view, guint top, guint bottom, int width)
{
  guint cells = 1;
  view->lane_scroll = 0;
  view->lanes_width = 1;
  if (view->matching)
    return;
  for (guint row = top; row < bottom; row++) {
    const GraphRow *graph_row = graphview_row(view, row);
    if (graph_row)
      cells = MAX(cells, graph_row->n_cells);
  }
  view->lanes_width = MIN((int)cells, MAX(width / 3, 7));
  const GraphRow *selected = graphview_row(view, view->list.selected);
  int node = selected ? (int)selected->node : 0;
  view->lane_scroll = node >= view->lanes_width ? (node - view->lanes_width + 2) & ~1 : 0;
}

static const char *explain_nothing(const Workspace *ws)
{
  gboolean asks_position = ws->filter && (strstr(ws->filter, "pending") || strstr(ws->filter, "applied"));
  return asks_position && !ws->applied
             ? _("where the database stands is not known, so nothing is applied or pending; Esc shows all")
             : _("nothing matches the filter; Esc shows all");
}

void graphview_paint(GraphView *view, Canvas *canvas, Rect rect, gboolean focused)
{
  if (!view->graph)
    return;
  list_layout(&view->list, rect.height);
  guint top = view->list.top, bottom = top + (guint)rect.height;
  view->now = g_get_real_time() / G_USEC_PER_SEC;
  measure_lanes(view, top, bottom, rect.width);
  measure_authors(view, top, bottom, rect.width);
  trace_path(view, (int)bottom - (int)view->notes->len);
  list_paint(&view->list, canvas, rect, focused);
  if (view->matching && view->matching->len == 0)
    canvas_text_clipped(canvas, rect.x + 1, rect.y + (int)view->notes->len + 1, rect.width - 2, STYLE_FAINT,
                        explain_nothing(view->ws));
}
