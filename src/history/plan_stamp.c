/* Stamping: the rows go where they are told to, and no migration runs (alembic.md 5.5). */
#include <glib/gi18n.h>

#include "plan-private.h"
#include "retort/base/error.h"
#include "symbol.h"
#include "walk.h"

typedef struct {
  const RevisionMap *map;
  Plan *plan;
  GHashTable *rows;    /* char*: borrowed from revisions or from the caller's rows */
  GPtrArray *relevant; /* Revision*: rows that share lineage with a target, as they were at the start */
  NodeSet *is_relevant;
} Stamp;

/* The rows that any of the targets speaks for. */
static GPtrArray *relevant_rows(const RevisionMap *map, const GPtrArray *current, const char *const *targets,
                                GError **error)
{
  g_autoptr(GPtrArray) result = g_ptr_array_new();
  for (; *targets; targets++) {
    if (!**targets)
      continue;
    g_autoptr(GPtrArray) some = symbol_filter(map, current, *targets, TRUE, error);
    if (!some)
      return NULL;
    for (guint i = 0; i < some->len; i++)
      if (!g_ptr_array_find(result, some->pdata[i], NULL))
        g_ptr_array_add(result, some->pdata[i]);
  }
  return g_steal_pointer(&result);
}

static char **relevant_ids(const Stamp *stamp)
{
  GPtrArray *ids = g_ptr_array_new();
  for (guint i = 0; i < stamp->relevant->len; i++)
    g_ptr_array_add(ids, g_strdup(((Revision *)stamp->relevant->pdata[i])->id));
  g_ptr_array_add(ids, NULL);
  return (char **)g_ptr_array_free(ids, FALSE);
}

static gboolean any_relevant(const Stamp *stamp, const NodeSet *set)
{
  for (guint i = 0; i < stamp->relevant->len; i++)
    if (set[((Revision *)stamp->relevant->pdata[i])->index])
      return TRUE;
  return FALSE;
}

static void insert_row(Stamp *stamp, PlanStep *step, const Revision *to)
{
  if (!g_hash_table_add(stamp->rows, to->id))
    return;
  plan_add_row_op(step, ROW_INSERT, NULL, to->id);
}

/* All relevant rows become the one of the destination.  Alembic reckons from the rows at the start and dies when an
 * earlier target has taken one away; here only those that are left are moved. */
static void move_rows(Stamp *stamp, PlanStep *step, const Revision *to)
{
  g_autoptr(GPtrArray) from = g_ptr_array_new();
  for (guint i = 0; i < stamp->relevant->len; i++) {
    char *id = ((Revision *)stamp->relevant->pdata[i])->id;
    if (g_hash_table_contains(stamp->rows, id) && id != to->id)
      g_ptr_array_add(from, id);
  }
  gboolean there = g_hash_table_contains(stamp->rows, to->id);
  for (guint i = 0; i < from->len; i++) {
    gboolean last = i + 1 == from->len && !there;
    plan_add_row_op(step, last ? ROW_UPDATE : ROW_DELETE, from->pdata[i], last ? to->id : NULL);
    g_hash_table_remove(stamp->rows, from->pdata[i]);
  }
  if (from->len == 0)
    insert_row(stamp, step, to);
  else
    g_hash_table_add(stamp->rows, to->id);
}

static void stamp_base(Stamp *stamp)
{
  for (guint i = 0; i < stamp->relevant->len; i++) {
    Revision *row = stamp->relevant->pdata[i];
    if (!g_hash_table_remove(stamp->rows, row->id))
      continue;
    PlanStep *step =
        plan_add_step(stamp->plan, DIRECTION_STAMP, NULL, plan_words(row->id, NULL), g_new0(char *, 1));
    plan_add_row_op(step, ROW_DELETE, row->id, NULL);
  }
}

/* An upgrade whose starting rows are not all there counts as a new branch. */
static gboolean all_there(const Stamp *stamp)
{
  for (guint i = 0; i < stamp->relevant->len; i++)
    if (!g_hash_table_contains(stamp->rows, ((Revision *)stamp->relevant->pdata[i])->id))
      return FALSE;
  return TRUE;
}

static gboolean stamp_revision(Stamp *stamp, Revision *to, GError **error)
{
  if (stamp->is_relevant[to->index])
    return TRUE;
  g_autofree NodeSet *above = node_set_new(stamp->map), *below = node_set_new(stamp->map);
  walk_add(above, to, WALK_ALL_NEXT);
  walk_add(below, to, WALK_PARENTS);
  gboolean down = any_relevant(stamp, above), up = any_relevant(stamp, below);
  if (down && up) {
    g_set_error(error, SYMBOL_ERROR, SYMBOL_ERROR_TRACEBACK,
                _("revision %s lies between version rows: some are above it, some below"), to->id);
    return FALSE;
  }
  char **from = down || up ? relevant_ids(stamp) : g_new0(char *, 1);
  PlanStep *step = plan_add_step(stamp->plan, DIRECTION_STAMP, to, from, plan_words(to->id, NULL));
  if (down || (up && (all_there(stamp) || g_hash_table_contains(stamp->rows, to->id))))
    move_rows(stamp, step, to);
  else
    insert_row(stamp, step, to);
  return TRUE;
}

static gboolean stamp_all(Stamp *stamp, const GPtrArray *current, const char *const *targets, GError **error)
{
  stamp->relevant = relevant_rows(stamp->map, current, targets, error);
  if (!stamp->relevant)
    return FALSE;
  for (guint i = 0; i < stamp->relevant->len; i++)
    stamp->is_relevant[((Revision *)stamp->relevant->pdata[i])->index] = 1;
  g_autoptr(GPtrArray) destinations = symbol_all_of(stamp->map, targets, error);
  if (!destinations) {
    /* Alembic resolves these in a step of its own, with the general wording. */
    symbol_translate(error, NULL);
    return FALSE;
  }
  if (destinations->len == 0)
    stamp_base(stamp);
  for (guint i = 0; i < destinations->len; i++) {
    Revision *to = destinations->pdata[i];
    if (to == SYMBOL_BASE) {
      g_set_error(error, SYMBOL_ERROR, SYMBOL_ERROR_TRACEBACK,
                  _("a relative target of stamp leads to the base"));
      return FALSE;
    }
    if (!to)
      stamp_base(stamp);
    else if (!stamp_revision(stamp, to, error))
      return FALSE;
  }
  return TRUE;
}

/* A row like "-1" is a word of its own; what it leads to may be no revision. */
static gboolean only_revisions(const GPtrArray *list, GError **error)
{
  for (guint i = 0; i < list->len; i++) {
    if (list->pdata[i] && list->pdata[i] != SYMBOL_BASE)
      continue;
    g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_TRACEBACK, _("a version row names no revision"));
    return FALSE;
  }
  return TRUE;
}

static const char *const base_target[] = {"base", NULL};

Plan *plan_stamp(const RevisionMap *map, const char *const *rows, const char *const *targets, gboolean purge,
                 GError **error)
{
  static const char *const none[] = {NULL};
  if (map->fault) {
    g_propagate_error(error, g_error_copy(map->fault));
    return NULL;
  }
  if (purge || !rows)
    rows = none;
  g_autoptr(Plan) plan = plan_new(rows);
  g_autoptr(GError) inner = NULL;
  g_autoptr(GPtrArray) current = symbol_all_of(map, rows, &inner);
  Stamp stamp = {.map = map, .plan = plan};

  gboolean ok = current && only_revisions(current, &inner);
  if (ok) {
    stamp.rows = g_hash_table_new(g_str_hash, g_str_equal);
    stamp.is_relevant = node_set_new(map);
    for (guint i = 0; rows[i]; i++)
      g_hash_table_add(stamp.rows, (char *)rows[i]);
    ok = stamp_all(&stamp, current, targets && targets[0] ? targets : base_target, &inner);
    g_hash_table_unref(stamp.rows);
    g_free(stamp.is_relevant);
    g_clear_pointer(&stamp.relevant, g_ptr_array_unref);
  }
  if (ok)
    return g_steal_pointer(&plan);
  symbol_translate(&inner,
                   &(SymbolWording){.heads = "Multiple heads are present; please specify a single target "
                                             "revision"});
  g_propagate_error(error, g_steal_pointer(&inner));
  return NULL;
}

void plan_purge_rows(Plan *plan, const char *const *rows)
{
  if (!rows[0])
    return;
  if (plan->steps->len == 0)
    plan_add_step(plan, DIRECTION_STAMP, NULL, g_new0(char *, 1), g_new0(char *, 1));
  PlanStep *first = plan->steps->pdata[0];
  for (guint i = 0; rows[i]; i++) {
    RowOp *op = g_new0(RowOp, 1);
    op->kind = ROW_DELETE;
    op->from = g_strdup(rows[i]);
    g_ptr_array_insert(first->row_ops, (int)i, op);
  }
  g_strfreev(plan->rows_before);
  plan->rows_before = g_strdupv((char **)rows);
}
