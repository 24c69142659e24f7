#include <glib/gi18n.h>

#include "plan-private.h"
#include "symbol.h"
#include "walk.h"

struct PlanRows {
  const RevisionMap *map;
  GHashTable *rows;    /* char*: a set, as Alembic keeps it */
  NodeSet *is_row;     /* revisions that a row names */
  NodeSet *active;     /* those and everything below them */
  guint *active_above; /* how many active revisions have this one below them directly; by index */
  guint *seen;         /* by index: number of the search */
  guint search;
};

static void set_active(PlanRows *state, const Revision *revision, gboolean active)
{
  const GPtrArray *lists[] = {revision->down, revision->deps};
  if (state->active[revision->index] == active)
    return;
  state->active[revision->index] = active;
  state->search++;
  for (guint l = 0; l < G_N_ELEMENTS(lists); l++) {
    for (guint i = 0; i < lists[l]->len; i++) {
      guint below = ((Revision *)lists[l]->pdata[i])->index;
      if (state->seen[below] == state->search)
        continue;
      state->seen[below] = state->search;
      state->active_above[below] += active ? 1 : -1;
    }
  }
}

PlanRows *plan_rows_new(const RevisionMap *map, const char *const *rows, GError **error)
{
  g_autoptr(GPtrArray) current = symbol_all_of(map, rows, error);
  if (!current)
    return NULL;
  guint n = map->revisions->len + 1;
  PlanRows *state = g_new0(PlanRows, 1);
  state->map = map;
  state->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  state->is_row = node_set_new(map);
  state->active = node_set_new(map);
  state->active_above = g_new0(guint, n);
  state->seen = g_new0(guint, n);
  for (; rows && *rows; rows++)
    g_hash_table_add(state->rows, g_strdup(*rows));
  g_autofree NodeSet *active = walk_reach(map, current, WALK_PARENTS);
  for (guint i = 0; i < current->len; i++)
    state->is_row[((Revision *)current->pdata[i])->index] = 1;
  for (guint i = 0; i < map->revisions->len; i++)
    if (active[i])
      set_active(state, map->revisions->pdata[i], TRUE);
  return state;
}

void plan_rows_free(PlanRows *state)
{
  g_hash_table_unref(state->rows);
  g_free(state->is_row);
  g_free(state->active);
  g_free(state->active_above);
  g_free(state->seen);
  g_free(state);
}

static void mark_row(PlanRows *state, const char *row, gboolean is_row)
{
  const Revision *revision = symbol_lookup(state->map, row, NULL, NULL);
  if (revision)
    state->is_row[revision->index] = is_row;
  if (is_row)
    g_hash_table_add(state->rows, g_strdup(row));
  else
    g_hash_table_remove(state->rows, row);
}

static void insert_row(PlanRows *state, PlanStep *step, const char *to)
{
  plan_add_row_op(step, ROW_INSERT, NULL, to);
  mark_row(state, to, TRUE);
}

static void delete_row(PlanRows *state, PlanStep *step, const char *from)
{
  plan_add_row_op(step, ROW_DELETE, from, NULL);
  mark_row(state, from, FALSE);
}

static void update_row(PlanRows *state, PlanStep *step, const char *from, const char *to)
{
  plan_add_row_op(step, ROW_UPDATE, from, to);
  mark_row(state, from, FALSE);
  mark_row(state, to, TRUE);
}

/* What covers a parent of a step's revision, so that it needs no row of its own. */
typedef enum {
  BY_ROWS_BESIDE_PARENTS, /* it lies below a row that is no parent */
  BY_OTHER_ROWS,          /* it is, or lies below, a row other than the revision itself */
  BY_PARENTS,             /* it lies below another parent */
} Cover;

static gboolean covers(const PlanRows *state, const Revision *revision, const Revision *at, Cover cover)
{
  switch (cover) {
  case BY_ROWS_BESIDE_PARENTS:
    return state->is_row[at->index] && !g_ptr_array_find(revision->parents, at, NULL);
  case BY_OTHER_ROWS: return state->is_row[at->index];
  case BY_PARENTS: return g_ptr_array_find(revision->parents, at, NULL);
  }
  return FALSE;
}

/* Searches upwards from the parent through what is active. */
static gboolean is_covered(PlanRows *state, const Revision *revision, Revision *parent, Cover cover)
{
  g_autoptr(GPtrArray) todo = g_ptr_array_new();

  if (cover == BY_OTHER_ROWS && covers(state, revision, parent, cover))
    return TRUE;
  /* With one parent only, what else is above it is there because of another row. */
  if (cover == BY_OTHER_ROWS && revision->parents->len == 1)
    return state->active_above[parent->index] > 1;
  state->search++;
  for (Revision *at = parent;; at = g_ptr_array_steal_index_fast(todo, todo->len - 1)) {
    guint more = state->active_above[at->index];
    for (guint i = 0; more > 0 && i < at->all_next->len; i++) {
      Revision *child = at->all_next->pdata[i];
      if (!state->active[child->index])
        continue;
      more--;
      if (child == revision || state->seen[child->index] == state->search)
        continue;
      state->seen[child->index] = state->search;
      /* What is not below the revision is active because of another row. */
      if (cover != BY_PARENTS && child->depth >= revision->depth)
        return TRUE;
      if (covers(state, revision, child, cover))
        return TRUE;
      g_ptr_array_add(todo, child);
    }
    if (todo->len == 0)
      return FALSE;
  }
}

/* The parents of the revision that the rest does not cover. */
static GPtrArray *uncovered_parents(PlanRows *state, const Revision *revision, Cover cover)
{
  GPtrArray *list = g_ptr_array_new();
  for (guint i = 0; i < revision->parents->len; i++)
    if (!is_covered(state, revision, revision->parents->pdata[i], cover))
      g_ptr_array_add(list, revision->parents->pdata[i]);
  return list;
}

static GPtrArray *keep_rows(const PlanRows *state, const GPtrArray *revisions)
{
  GPtrArray *list = g_ptr_array_new();
  for (guint i = 0; i < revisions->len; i++)
    if (g_hash_table_contains(state->rows, ((Revision *)revisions->pdata[i])->id))
      g_ptr_array_add(list, revisions->pdata[i]);
  return list;
}

/* Several rows become one.  Alembic takes parents that are no rows (because a dependency of another parent stands
 * for them) along and dies deleting them; leaving those out leads where it wanted to go. */
static void merge_rows(PlanRows *state, const Revision *revision, const GPtrArray *rows, PlanStep *step)
{
  g_autoptr(GPtrArray) bare = g_hash_table_size(state->rows) > rows->len
                                  ? uncovered_parents(state, revision, BY_ROWS_BESIDE_PARENTS)
                                  : g_ptr_array_ref(revision->parents);
  g_autoptr(GPtrArray) from = keep_rows(state, bare);
  const GPtrArray *list = from->len > 0 ? from : rows;

  for (guint i = 0; i + 1 < list->len; i++)
    delete_row(state, step, ((Revision *)list->pdata[i])->id);
  update_row(state, step, ((Revision *)list->pdata[list->len - 1])->id, revision->id);
}

void plan_rows_upgrade(PlanRows *state, Revision *revision, PlanStep *step)
{
  g_autoptr(GPtrArray) rows = keep_rows(state, revision->parents);

  if (rows->len == 0)
    insert_row(state, step, revision->id);
  else if (rows->len == 1)
    update_row(state, step, ((Revision *)rows->pdata[0])->id, revision->id);
  else
    merge_rows(state, revision, rows, step);
  set_active(state, revision, TRUE);
}

gboolean plan_rows_downgrade(PlanRows *state, Revision *revision, PlanStep *step, GError **error)
{
  if (!g_hash_table_contains(state->rows, revision->id)) {
    g_set_error(error, SYMBOL_ERROR, SYMBOL_ERROR_TRACEBACK,
                _("revision %s is to be taken back, but no version row names it"), revision->id);
    return FALSE;
  }
  gboolean alone = g_hash_table_size(state->rows) == 1;
  g_autoptr(GPtrArray) to = uncovered_parents(state, revision, alone ? BY_PARENTS : BY_OTHER_ROWS);

  if (to->len == 0)
    delete_row(state, step, revision->id);
  for (guint i = 0; i + 1 < to->len; i++)
    insert_row(state, step, ((Revision *)to->pdata[i])->id);
  if (to->len > 0)
    update_row(state, step, revision->id, ((Revision *)to->pdata[to->len - 1])->id);
  set_active(state, revision, FALSE);
  return TRUE;
}
