#include "retort/history/plan.h"

#include <glib/gi18n.h>

#include "plan-private.h"
#include "retort/base/error.h"
#include "select.h"
#include "symbol.h"

static void row_op_free(void *data)
{
  RowOp *op = data;
  g_free(op->from);
  g_free(op->to);
  g_free(op);
}

static void plan_step_free(void *data)
{
  PlanStep *step = data;
  g_strfreev(step->from);
  g_strfreev(step->to);
  g_ptr_array_unref(step->row_ops);
  g_free(step);
}

Plan *plan_new(const char *const *rows)
{
  Plan *plan = g_new0(Plan, 1);
  plan->steps = g_ptr_array_new_with_free_func(plan_step_free);
  plan->warnings = g_ptr_array_new_with_free_func(g_free);
  plan->rows_before = rows ? g_strdupv((char **)rows) : g_new0(char *, 1);
  return plan;
}

void plan_free(Plan *plan)
{
  if (!plan)
    return;
  g_ptr_array_unref(plan->steps);
  g_ptr_array_unref(plan->warnings);
  g_strfreev(plan->rows_before);
  g_free(plan);
}

PlanStep *plan_add_step(Plan *plan, Direction direction, Revision *revision, char **from, char **to)
{
  PlanStep *step = g_new0(PlanStep, 1);
  step->direction = direction;
  step->revision = revision;
  step->from = from;
  step->to = to;
  step->row_ops = g_ptr_array_new_with_free_func(row_op_free);
  g_ptr_array_add(plan->steps, step);
  return step;
}

void plan_add_row_op(PlanStep *step, RowOpKind kind, const char *from, const char *to)
{
  RowOp *op = g_new0(RowOp, 1);
  op->kind = kind;
  op->from = g_strdup(from);
  op->to = g_strdup(to);
  g_ptr_array_add(step->row_ops, op);
}

char **plan_words(const char *first, const char *second)
{
  return g_strdupv((char *[]){(char *)first, (char *)second, NULL});
}

/* The revision itself and what it comes after: the two sides of a step's log line. */
static PlanStep *add_revision_step(Plan *plan, Direction direction, Revision *revision)
{
  char **self = plan_words(revision->id, NULL);
  char **below = revision->down_revision ? g_strdupv(revision->down_revision) : g_new0(char *, 1);
  if (direction == DIRECTION_UPGRADE)
    return plan_add_step(plan, direction, revision, below, self);
  return plan_add_step(plan, direction, revision, self, below);
}

static gboolean fault(const RevisionMap *map, GError **error)
{
  if (!map->fault)
    return FALSE;
  g_propagate_error(error, g_error_copy(map->fault));
  return TRUE;
}

static Plan *fail(GError *inner, const char *verb, const char *target, GError **error)
{
  g_autofree char *range =
      g_strdup_printf("Destination %s is not a valid %s target from current head(s)", target, verb);
  symbol_translate(&inner, &(SymbolWording){.range = range, .end = target});
  g_propagate_error(error, inner);
  return NULL;
}

Plan *plan_upgrade(const RevisionMap *map, const char *const *rows, const char *target, GError **error)
{
  static const char *const none[] = {NULL};
  g_auto(Selection) selection = {0};
  g_autoptr(GPtrArray) sorted = NULL;
  g_autoptr(Plan) plan = plan_new(rows);
  GError *inner = NULL;

  if (fault(map, error))
    return NULL;
  if (!select_upgrade(map, (SelectEnd){.symbol = target}, (SelectEnd){.rows = rows ? rows : none},
                      (SelectOptions){.implicit_base = TRUE}, &selection, &inner) ||
      !(sorted = select_sort(map, &selection, &inner)))
    return fail(inner, "upgrade", target, error);
  g_autoptr(PlanRows) state = plan_rows_new(map, rows, &inner);
  if (!state)
    return fail(inner, "upgrade", target, error);
  for (guint i = sorted->len; i > 0; i--) {
    Revision *revision = sorted->pdata[i - 1];
    plan_rows_upgrade(state, revision, add_revision_step(plan, DIRECTION_UPGRADE, revision));
  }
  return g_steal_pointer(&plan);
}

Plan *plan_downgrade(const RevisionMap *map, const char *const *rows, const char *target, GError **error)
{
  static const char *const none[] = {NULL};
  g_auto(Selection) selection = {0};
  g_autoptr(GPtrArray) sorted = NULL;
  g_autoptr(Plan) plan = plan_new(rows);
  GError *inner = NULL;

  if (fault(map, error))
    return NULL;
  if (!select_downgrade(map, rows ? rows : none, target, plan->warnings, &selection, &inner) ||
      !(sorted = select_sort(map, &selection, &inner)))
    return fail(inner, "downgrade", target, error);
  g_autoptr(PlanRows) state = plan_rows_new(map, rows, &inner);
  if (!state)
    return fail(inner, "downgrade", target, error);
  for (guint i = 0; i < sorted->len; i++) {
    Revision *revision = sorted->pdata[i];
    if (!plan_rows_downgrade(state, revision, add_revision_step(plan, DIRECTION_DOWNGRADE, revision), &inner))
      return fail(inner, "downgrade", target, error);
  }
  return g_steal_pointer(&plan);
}

/* Takes every copy of the row out, as the statement would; only a table without primary key can hold two. */
static void remove_row(GPtrArray *rows, const char *row)
{
  guint index = 0;
  while (g_ptr_array_find_with_equal_func(rows, row, g_str_equal, &index))
    g_ptr_array_remove_index(rows, index);
}

void plan_rows_apply(GPtrArray *rows, const PlanStep *step)
{
  for (guint i = 0; i < step->row_ops->len; i++) {
    const RowOp *op = step->row_ops->pdata[i];
    if (op->kind != ROW_INSERT)
      remove_row(rows, op->from);
    if (op->kind != ROW_DELETE)
      g_ptr_array_add(rows, g_strdup(op->to));
  }
}

char **plan_rows_after(const Plan *plan, guint n_steps)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);
  for (char **row = plan->rows_before; *row; row++)
    g_ptr_array_add(rows, g_strdup(*row));
  for (guint i = 0; i < n_steps && i < plan->steps->len; i++)
    plan_rows_apply(rows, plan->steps->pdata[i]);
  g_ptr_array_add(rows, NULL);
  return (char **)g_ptr_array_free(rows, FALSE);
}

char *plan_step_log(const PlanStep *step, gboolean with_doc)
{
  static const char *const verbs[] = {"upgrade", "downgrade", "stamp_revision"};
  g_autofree char *from = g_strjoinv(", ", step->from), *to = g_strjoinv(", ", step->to);
  const char *doc = with_doc && step->direction != DIRECTION_STAMP && step->revision && step->revision->doc
                        ? step->revision->doc
                        : "";
  return g_strdup_printf("Running %s %s -> %s%s%s", verbs[step->direction], from, to, *doc ? ", " : "", doc);
}

gboolean *plan_applied(const RevisionMap *map, const char *const *rows, GPtrArray *unknown)
{
  gboolean *applied = g_new0(gboolean, map->revisions->len + 1);
  g_autofree NodeSet *set = node_set_new(map);

  for (; rows && *rows; rows++) {
    Revision *revision = symbol_lookup(map, *rows, NULL, NULL);
    if (revision)
      walk_add(set, revision, WALK_PARENTS);
    else if (unknown)
      g_ptr_array_add(unknown, (char *)*rows);
  }
  for (guint i = 0; i < map->revisions->len; i++)
    applied[i] = set[i];
  return applied;
}
