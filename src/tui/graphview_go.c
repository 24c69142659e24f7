#include <glib/gi18n.h>
#include <string.h>

#include "graphview-private.h"
#include "retort/base/text.h"

static gboolean show(GraphView *view, const Revision *revision)
{
  int row = revision ? graphview_find(view, revision) : -1;
  if (row < 0)
    return FALSE;
  list_show(&view->list, (guint)row);
  return TRUE;
}

/* A revision of the project's map as the drawn map has it. */
static const Revision *drawn(const GraphView *view, const Revision *revision)
{
  return view->merged && revision ? revision_map_get(view->merged, revision->id) : revision;
}

/* The next row below (above) the selection, around the end, whose revision is one of those wanted. */
static gboolean show_wanted(GraphView *view, int direction,
                            gboolean (*wanted)(const GraphView *view, const Revision *revision))
{
  guint n = graphview_rows(view);
  for (guint i = 1; i <= n; i++) {
    guint row = (view->list.selected + (direction > 0 ? i : n - i)) % n;
    const GraphRow *graph_row = graphview_row(view, row);
    if (graph_row && graph_row->revision && wanted(view, graph_row->revision)) {
      list_show(&view->list, row);
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean show_next(GraphView *view,
                          gboolean (*wanted)(const GraphView *view, const Revision *revision))
{
  return show_wanted(view, 1, wanted);
}

static gboolean wanted_finding(const GraphView *view, const Revision *revision)
{
  const Revision *own = view->merged ? revision_map_get(view->snapshot->map, revision->id) : revision;
  return own && workspace_worst(view->ws, own) >= (int)SEVERITY_CARE;
}

gboolean graphview_finding(GraphView *view, int direction)
{
  view->touched = TRUE;
  return view->graph && show_wanted(view, direction, wanted_finding);
}

static gboolean wanted_head(const GraphView *view, const Revision *revision)
{
  return view->facts[revision->index] & FACT_HEAD;
}

static gboolean wanted_base(const GraphView *view, const Revision *revision)
{
  (void)view;
  return revision_is_base(revision);
}

static gboolean wanted_position(const GraphView *view, const Revision *revision)
{
  return view->facts[revision->index] & FACT_POSITION;
}

static gboolean wanted_junction(const GraphView *view, const Revision *revision)
{
  (void)view;
  return revision_is_merge_point(revision) || revision_is_branch_point(revision);
}

/* Parents or children one after the other: the same key again, right after, goes to the sibling of where it led. */
static gboolean show_relative(GraphView *view, gboolean up)
{
  Revision *selected = graphview_revision(view, view->list.selected);
  if (!selected)
    return FALSE;
  gboolean again = view->jump_to == selected && view->jump_from &&
                   (up ? view->jump_from->all_next : view->jump_from->down)->len > 1;
  const Revision *from = again ? view->jump_from : selected;
  /* The last revision of a fold is the one that has a parent to show. */
  const GraphRow *row = graphview_row(view, view->list.selected);
  for (guint i = 1; !up && !again && i < row->folded && from->down->len == 1; i++)
    from = g_ptr_array_index(from->down, 0);
  const GPtrArray *next = up ? from->all_next : from->down;
  if (next->len == 0 && !up)
    next = from->deps;
  if (next->len == 0)
    return FALSE;
  view->jump = again ? view->jump + 1 : 0;
  const Revision *to = g_ptr_array_index(next, view->jump % next->len);
  if (!show(view, to))
    return FALSE;
  view->jump_from = from;
  view->jump_to = to;
  return TRUE;
}

static void toggle_fold(GraphView *view)
{
  view->fold = !view->fold || g_hash_table_size(view->unfolded) > 0;
  g_hash_table_remove_all(view->unfolded);
  graphview_rebuild(view);
}

gboolean graphview_unfold(GraphView *view)
{
  const GraphRow *row = graphview_row(view, view->list.selected);
  if (!row || row->folded == 0)
    return FALSE;
  const Revision *revision = row->fold_first;
  for (guint i = 0; i < row->folded && revision; i++) {
    g_hash_table_add(view->unfolded, g_strdup(revision->id));
    revision = revision->down->len > 0 ? g_ptr_array_index(revision->down, 0) : NULL;
  }
  graphview_rebuild(view);
  return TRUE;
}

gboolean graphview_act(GraphView *view, ActionId action, const char **problem)
{
  *problem = NULL;
  view->touched = TRUE;
  if (list_act(&view->list, action))
    return TRUE;
  if (!view->graph)
    return FALSE;
  switch (action) {
  case ACTION_GOTO_HEAD:
    if (!show_next(view, wanted_head))
      *problem = _("there is no head");
    return TRUE;
  case ACTION_GOTO_BASE:
    if (!show_next(view, wanted_base))
      *problem = _("there is no base in sight: z unfolds");
    return TRUE;
  case ACTION_GOTO_POSITION:
    if (!show_next(view, wanted_position))
      *problem = view->ws->rows ? _("the database stands at base: nothing is applied")
                                : _("where the database stands is not known");
    return TRUE;
  case ACTION_GOTO_JUNCTION:
    if (!show_next(view, wanted_junction))
      *problem = _("there is no merge or branch point");
    return TRUE;
  case ACTION_GOTO_PARENT:
    if (!show_relative(view, FALSE))
      *problem = _("this is a base: it has no parent");
    return TRUE;
  case ACTION_GOTO_CHILD:
    if (!show_relative(view, TRUE))
      *problem = _("this is a head: it has no child");
    return TRUE;
  case ACTION_FOLD: toggle_fold(view); return TRUE;
  default: return FALSE;
  }
}

gboolean graphview_goto(GraphView *view, const char *prefix, gboolean *ambiguous)
{
  *ambiguous = FALSE;
  if (!view->map || !*prefix)
    return FALSE;
  view->touched = TRUE;
  const Revision *exact = g_hash_table_lookup(view->snapshot->map->by_id, prefix);
  if (!exact && view->merged)
    exact = revision_map_get(view->merged, prefix);
  if (exact)
    return show(view, drawn(view, exact));
  const Revision *found = NULL;
  for (guint i = 0; i < view->map->revisions->len; i++) {
    const Revision *revision = g_ptr_array_index(view->map->revisions, i);
    if (!g_str_has_prefix(revision->id, prefix))
      continue;
    if (found)
      *ambiguous = TRUE;
    else
      found = revision;
  }
  return show(view, found);
}

static gboolean contains(const char *text, const char *folded)
{
  if (!text)
    return FALSE;
  g_autofree char *own = g_utf8_casefold(text, -1);
  return strstr(own, folded) != NULL;
}

gboolean graphview_matches(void *data, guint row, const char *folded)
{
  GraphView *view = data;
  const NoteRow *note = graphview_note(view, row);
  if (note)
    return contains(note->text, folded);
  const GraphRow *graph_row = graphview_row(view, row);
  const Revision *revision = graph_row ? graph_row->revision : NULL;
  if (graph_row && graph_row->folded > 0)
    revision = graph_row->fold_first;
  for (guint i = 0; revision && i < MAX(graph_row->folded, 1); i++) {
    const GitNote *git = workspace_git_note(view->ws, revision->path);
    if (contains(revision->id, folded) || contains(revision->doc, folded) ||
        (git && contains(git->author, folded)))
      return TRUE;
    for (guint j = 0; revision->branch_labels && revision->branch_labels[j]; j++)
      if (contains(revision->branch_labels[j], folded))
        return TRUE;
    revision = revision->down->len > 0 ? g_ptr_array_index(revision->down, 0) : NULL;
  }
  return FALSE;
}

gboolean graphview_search(GraphView *view, const char *text)
{
  view->touched = TRUE;
  return list_search(&view->list, text);
}

gboolean graphview_search_next(GraphView *view, int direction)
{
  return list_search_next(&view->list, direction);
}

void graphview_click(GraphView *view, int line)
{
  int row = list_row_at(&view->list, line);
  view->touched = TRUE;
  if (row >= 0)
    list_select(&view->list, (guint)row);
}

void graphview_scroll(GraphView *view, int rows)
{
  view->touched = TRUE;
  list_scroll(&view->list, rows);
}
