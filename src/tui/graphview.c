#include "graphview-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "workspace-private.h"

/* Shortest run that is worth a fold, and how far from something interesting it begins. */
#define FOLD_AT_LEAST 6
#define NEAR_STEPS 4

guint graphview_rows(const GraphView *view)
{
  guint n = view->matching ? view->matching->len : view->graph ? view->graph->rows->len : 0;
  return view->notes->len + n;
}

static guint row_count(void *data)
{
  GraphView *view = data;
  return graphview_rows(view);
}

const NoteRow *graphview_note(const GraphView *view, guint row)
{
  return row < view->notes->len ? g_ptr_array_index(view->notes, row) : NULL;
}

int graphview_graph_row(const GraphView *view, guint row)
{
  if (!view->graph || row < view->notes->len || row >= graphview_rows(view))
    return -1;
  guint index = row - view->notes->len;
  return (int)(view->matching ? g_array_index(view->matching, guint, index) : index);
}

const GraphRow *graphview_row(const GraphView *view, guint row)
{
  int index = graphview_graph_row(view, row);
  return index < 0 ? NULL : g_ptr_array_index(view->graph->rows, index);
}

static gboolean row_selectable(void *data, guint row)
{
  GraphView *view = data;
  const GraphRow *graph_row = graphview_row(view, row);
  return !graph_row || graph_row->revision || graph_row->folded > 0;
}

Revision *graphview_revision(const GraphView *view, guint row)
{
  const GraphRow *graph_row = graphview_row(view, row);
  if (!graph_row)
    return NULL;
  return graph_row->folded > 0 ? graph_row->fold_first : graph_row->revision;
}

int graphview_find(const GraphView *view, const Revision *revision)
{
  int row = view->graph ? graph_find(view->graph, revision) : -1;
  if (row < 0 || !view->matching)
    return row < 0 ? -1 : row + (int)view->notes->len;
  guint low = 0, high = view->matching->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (g_array_index(view->matching, guint, middle) < (guint)row)
      low = middle + 1;
    else
      high = middle;
  }
  gboolean found = low < view->matching->len && g_array_index(view->matching, guint, low) == (guint)row;
  return found ? (int)(low + view->notes->len) : -1;
}

static const ListModel model = {row_count, graphview_paint_row, row_selectable, graphview_matches};

static void note_free(void *data)
{
  NoteRow *note = data;
  g_free(note->text);
  g_free(note);
}

GraphView *graphview_new(Workspace *ws)
{
  GraphView *view = g_new0(GraphView, 1);
  view->ws = ws;
  view->notes = g_ptr_array_new_with_free_func(note_free);
  view->missing = g_hash_table_new(g_str_hash, g_str_equal);
  view->foreign = g_hash_table_new(g_str_hash, g_str_equal);
  view->unfolded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  view->path = g_array_new(FALSE, FALSE, sizeof(PathPart));
  view->path_nodes = g_hash_table_new(NULL, NULL);
  view->fold = TRUE;
  list_init(&view->list, &model, view);
  graphview_rebuild(view);
  return view;
}

static void forget_map(GraphView *view)
{
  g_clear_pointer(&view->graph, graph_free);
  g_clear_pointer(&view->matching, g_array_unref);
  g_clear_pointer(&view->facts, g_free);
  g_clear_pointer(&view->merged, revision_map_free);
  g_clear_pointer(&view->snapshot, snapshot_unref);
  g_hash_table_remove_all(view->missing);
  g_hash_table_remove_all(view->foreign);
  g_hash_table_remove_all(view->path_nodes);
  view->map = NULL;
  view->jump_from = view->jump_to = NULL;
}

void graphview_free(GraphView *view)
{
  if (!view)
    return;
  forget_map(view);
  list_clear(&view->list);
  filter_free(view->filter);
  g_ptr_array_unref(view->notes);
  g_hash_table_unref(view->missing);
  g_hash_table_unref(view->foreign);
  g_hash_table_unref(view->unfolded);
  g_hash_table_unref(view->path_nodes);
  g_array_unref(view->path);
  g_free(view);
}

static void add_note(GraphView *view, const Diag *diag, Style style, gunichar glyph, char *text)
{
  NoteRow *note = g_new0(NoteRow, 1);
  *note = (NoteRow){diag, text, style, glyph};
  g_ptr_array_add(view->notes, note);
}

/* Messages name files by their whole path; below the project's folder that says nothing. */
static char *shorten(const GraphView *view, const char *text)
{
  const char *config = view->snapshot->project->config_path;
  g_autofree char *folder = config ? g_path_get_dirname(config) : NULL;
  g_autofree char *prefix = folder ? g_strconcat(folder, "/", NULL) : g_strdup("");
  if (!*prefix || strcmp(prefix, "//") == 0)
    return g_strdup(text);
  g_auto(GStrv) parts = g_strsplit(text, prefix, -1);
  return g_strjoinv("", parts);
}

static void note_diags(GraphView *view, const DiagList *diags)
{
  for (guint i = 0; diags && i < diags->items->len; i++) {
    const Diag *diag = g_ptr_array_index(diags->items, i);
    if (diag->severity < DIAG_WARNING)
      continue;
    gboolean bad = diag->severity == DIAG_ERROR;
    g_autofree char *name = diag->path ? g_path_get_basename(diag->path) : g_strdup("");
    g_autofree char *place = diag->line ? g_strdup_printf("%s:%u: ", name, diag->line)
                             : *name    ? g_strdup_printf("%s: ", name)
                                        : g_strdup("");
    g_autofree char *text = shorten(view, diag->text);
    g_autofree char *whole = g_strconcat(place, text, NULL);
    add_note(view, diag, bad ? STYLE_DANGER : STYLE_CARE, bad ? GLYPH_DANGER : '!',
             text_escape(whole, -1, FALSE));
  }
}

/* Whether the fault is one of the diagnostics that are listed anyway. */
static gboolean is_reported(const RevisionMap *map)
{
  for (guint i = 0; i < map->diags->items->len; i++) {
    const Diag *diag = g_ptr_array_index(map->diags->items, i);
    if (diag->severity == DIAG_ERROR && strstr(map->fault->message, diag->text))
      return TRUE;
  }
  return FALSE;
}

static void collect_notes(GraphView *view)
{
  Workspace *ws = view->ws;
  g_ptr_array_set_size(view->notes, 0);
  if (ws->recovery) {
    g_autofree char *text = text_escape(ws->recovery->text, -1, FALSE);
    add_note(view, NULL, STYLE_CARE, '!',
             g_strdup_printf(_("an earlier rollout was interrupted: %s  (R)"), text));
  }
  for (guint i = 0; i < ws->unknown->len; i++) {
    const char *id = g_ptr_array_index(ws->unknown, i);
    const char *seen = g_hash_table_lookup(ws->sightings, id);
    add_note(view, NULL, STYLE_DANGER, GLYPH_MISSING,
             g_strdup_printf(_("%s: the database stands here, but no file has it (R)%s%s"), id,
                             seen ? "; " : "", seen ? seen : ""));
  }
  if (!view->snapshot)
    return;
  const RevisionMap *map = view->snapshot->map;
  if (map->fault && !is_reported(map)) {
    g_autofree char *message = shorten(view, map->fault->message);
    g_autofree char *text = text_escape(message, -1, FALSE);
    add_note(view, NULL, STYLE_DANGER, GLYPH_DANGER,
             g_strdup_printf(_("Alembic would refuse this project: %s"), text));
  }
  note_diags(view, view->snapshot->project->diags);
  note_diags(view, map->diags);
}

/* The project's revisions and those of other branches in one map of copies. */
static RevisionMap *merge_maps(const GraphView *view)
{
  const GPtrArray *own = view->snapshot->map->revisions;
  GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  for (guint i = 0; i < own->len; i++)
    g_ptr_array_add(all, revision_copy(g_ptr_array_index(own, i)));
  for (guint i = 0; i < view->ws->foreign->len; i++) {
    const ForeignNote *note = g_ptr_array_index(view->ws->foreign, i);
    if (!revision_map_get(view->snapshot->map, note->revision->id))
      g_ptr_array_add(all, revision_copy(note->revision));
  }
  return revision_map_new(all);
}

static void mark_near(GraphView *view, const Revision *revision, guint steps)
{
  guint8 *fact = &view->facts[revision->index];
  *fact |= FACT_NEAR;
  for (guint i = 0; steps > 0 && i < revision->down->len; i++)
    mark_near(view, g_ptr_array_index(revision->down, i), steps - 1);
}

static guint8 facts_of(const GraphView *view, const Revision *revision)
{
  const Workspace *ws = view->ws;
  const Revision *own = view->merged ? revision_map_get(view->snapshot->map, revision->id) : revision;
  if (!own)
    return FACT_ELSEWHERE | FACT_NEAR;
  guint8 facts = 0;
  if (ws->applied)
    facts |= ws->applied[own->index] ? FACT_APPLIED : FACT_PENDING | FACT_NEAR;
  if (revision_is_head(own))
    facts |= FACT_HEAD | FACT_NEAR;
  if (ws->rows && g_strv_contains((const char *const *)ws->rows->rows, own->id))
    facts |= FACT_POSITION | FACT_NEAR;
  const GitNote *note = workspace_git_note(ws, own->path);
  if ((note && note->state != GIT_CLEAN) || (own->branch_labels && own->branch_labels[0]) ||
      g_hash_table_contains(view->unfolded, own->id))
    facts |= FACT_NEAR;
  return facts;
}

/* A position that only another branch has is drawn there, and what lies below it is applied. */
static void mark_foreign_positions(GraphView *view)
{
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  for (guint i = 0; view->merged && i < view->ws->unknown->len; i++) {
    Revision *revision = revision_map_get(view->merged, g_ptr_array_index(view->ws->unknown, i));
    if (!revision)
      continue;
    view->facts[revision->index] |= FACT_POSITION | FACT_NEAR;
    g_ptr_array_add(todo, revision);
  }
  while (todo->len > 0) {
    const Revision *revision = g_ptr_array_steal_index(todo, todo->len - 1);
    view->facts[revision->index] |= FACT_APPLIED;
    view->facts[revision->index] &= (guint8)~FACT_PENDING;
    for (guint i = 0; i < revision->down->len; i++) {
      Revision *parent = g_ptr_array_index(revision->down, i);
      if (!(view->facts[parent->index] & FACT_APPLIED))
        g_ptr_array_add(todo, parent);
    }
  }
}

static void collect_facts(GraphView *view)
{
  const GPtrArray *revisions = view->map->revisions;
  view->facts = g_malloc0(MAX(revisions->len, 1));
  for (guint i = 0; i < view->snapshot->map->missing->len; i++) {
    const MissingParent *missing = g_ptr_array_index(view->snapshot->map->missing, i);
    g_hash_table_insert(view->missing, missing->child, missing->missing);
  }
  for (guint i = 0; i < view->ws->foreign->len; i++) {
    ForeignNote *note = g_ptr_array_index(view->ws->foreign, i);
    g_hash_table_insert(view->foreign, note->revision->id, note);
  }
  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = g_ptr_array_index(revisions, i);
    view->facts[revision->index] |= facts_of(view, revision);
    if (g_hash_table_contains(view->missing, revision->id))
      view->facts[revision->index] |= FACT_NEAR;
  }
  mark_foreign_positions(view);
  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = g_ptr_array_index(revisions, i);
    if (view->facts[revision->index] & (FACT_POSITION | FACT_HEAD | FACT_ELSEWHERE))
      mark_near(view, revision, NEAR_STEPS);
  }
}

static gboolean may_fold(const Revision *revision, void *data)
{
  GraphView *view = data;
  guint8 facts = view->facts[revision->index];
  return (facts & FACT_APPLIED) && !(facts & FACT_NEAR);
}

static void lay_out(GraphView *view)
{
  view->snapshot = snapshot_ref(view->ws->snapshot);
  view->merged = view->ws->foreign->len > 0 ? merge_maps(view) : NULL;
  view->map = view->merged ? view->merged : view->snapshot->map;
  collect_facts(view);
  GraphOptions options = {view->fold && !view->filter ? may_fold : NULL, view, FOLD_AT_LEAST};
  view->graph = graph_layout(view->map, &options);
  gsize widest = 0;
  for (guint i = 0; i < view->map->revisions->len; i++) {
    const Revision *revision = g_ptr_array_index(view->map->revisions, i);
    widest = MAX(widest, strlen(revision->id));
  }
  view->id_width = (int)widest;
}

static void apply_filter(GraphView *view)
{
  if (!view->filter || !view->graph)
    return;
  view->matching = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < view->graph->rows->len; i++) {
    const GraphRow *row = g_ptr_array_index(view->graph->rows, i);
    if (!row->revision)
      continue;
    const Revision *own =
        view->merged ? revision_map_get(view->snapshot->map, row->revision->id) : row->revision;
    const ForeignNote *foreign = own ? NULL : g_hash_table_lookup(view->foreign, row->revision->id);
    if (filter_matches(view->filter, view->ws, row->revision, own, foreign))
      g_array_append_val(view->matching, i);
  }
}

gboolean graphview_filter(GraphView *view, const char *text, GError **error)
{
  Filter *filter = NULL;
  if (text && *text) {
    filter = filter_parse(text, error);
    if (!filter)
      return FALSE;
  }
  filter_free(view->filter);
  view->filter = filter;
  view->touched = TRUE;
  graphview_rebuild(view);
  return TRUE;
}

gboolean graphview_filtered(const GraphView *view)
{
  return view->filter != NULL;
}

/* The topmost row whose revision is marked so; -1: none. */
static int first_with(const GraphView *view, guint8 fact)
{
  for (guint i = view->notes->len; i < graphview_rows(view); i++) {
    const GraphRow *row = graphview_row(view, i);
    if (row->revision && (view->facts[row->revision->index] & fact))
      return (int)i;
  }
  return -1;
}

/* Where to look first: where the database stands is what operators come for, else the newest head. */
static void select_first(GraphView *view)
{
  int row = first_with(view, FACT_POSITION);
  if (row < 0)
    row = first_with(view, FACT_HEAD);
  list_show(&view->list, row < 0 ? view->notes->len : (guint)row);
}

/* Who looks at the position looks at it also after it has moved one step. */
static Revision *where_it_went(const GraphView *view, Revision *from)
{
  const GPtrArray *around[] = {from->next, from->down};
  if (view->facts[from->index] & FACT_POSITION)
    return from;
  for (gsize i = 0; i < G_N_ELEMENTS(around); i++)
    for (guint j = 0; j < around[i]->len; j++) {
      Revision *near = g_ptr_array_index(around[i], j);
      if (view->facts[near->index] & FACT_POSITION)
        return near;
    }
  return from;
}

void graphview_rebuild(GraphView *view)
{
  Revision *selected = graphview_revision(view, view->list.selected);
  g_autofree char *kept = selected ? g_strdup(selected->id) : NULL;
  gboolean stood_here = selected && (view->facts[selected->index] & FACT_POSITION);
  int height = (int)view->list.selected - (int)view->list.top;
  forget_map(view);
  if (view->ws->snapshot)
    lay_out(view);
  collect_notes(view);
  if (!view->map)
    return;
  apply_filter(view);
  Revision *again = kept ? revision_map_get(view->map, kept) : NULL;
  if (again && stood_here)
    again = where_it_went(view, again);
  int row = again ? graphview_find(view, again) : -1;
  if (!view->touched)
    select_first(view);
  else if (row >= 0)
    list_select_at(&view->list, (guint)row, height);
  else
    list_select(&view->list, view->list.selected);
}

GraphSelection graphview_selection(const GraphView *view)
{
  GraphSelection selection = {0};
  const NoteRow *note = graphview_note(view, view->list.selected);
  if (note) {
    selection.diag = note->diag;
    selection.text = note->text;
    return selection;
  }
  Revision *revision = graphview_revision(view, view->list.selected);
  if (!revision)
    return selection;
  selection.revision = view->merged ? revision_map_get(view->snapshot->map, revision->id) : revision;
  if (!selection.revision)
    selection.foreign = g_hash_table_lookup(view->foreign, revision->id);
  selection.folded = graphview_row(view, view->list.selected)->folded;
  return selection;
}

char *graphview_place(const GraphView *view)
{
  if (!view->map || graphview_rows(view) == 0)
    return g_strdup("");
  return g_strdup_printf("%u/%u", view->list.selected + 1, row_count((void *)view));
}
