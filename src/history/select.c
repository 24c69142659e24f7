#include "select.h"

#include <glib/gi18n.h>
#include <string.h>

#include "relative.h"
#include "symbol.h"

void selection_clear(Selection *selection)
{
  g_clear_pointer(&selection->set, g_free);
  g_clear_pointer(&selection->heads, g_ptr_array_unref);
}

static gboolean fail(GError **error, SymbolError code, const char *message)
{
  g_set_error_literal(error, SYMBOL_ERROR, code, message);
  return FALSE;
}

static gboolean fail_too_far(GError **error, const Relative *relative, gboolean as_written)
{
  g_autofree char *text = relative_too_far(relative, as_written);
  return fail(error, SYMBOL_ERROR_REVISION, text);
}

static gboolean fail_dies(GError **error, const char *word)
{
  g_autofree char *text = g_strdup_printf(_("'%s' stands for no revision here: it leads past the end"), word);
  return fail(error, SYMBOL_ERROR_TRACEBACK, text);
}

/* The revisions of an end; a NULL end has none. */
static GPtrArray *resolve_end(const RevisionMap *map, SelectEnd end, GError **error)
{
  if (end.symbol)
    return symbol_all(map, end.symbol, error);
  return symbol_all_of(map, end.rows, error);
}

static guint end_length(SelectEnd end)
{
  return end.symbol ? 1 : end.rows ? g_strv_length((char **)end.rows) : 0;
}

/* The tips of what is active on the label's branch: active revisions there that no other active one there has as a
 * parent.  Empty when nothing on the branch is active. */
static GPtrArray *active_tips(const RevisionMap *map, const GPtrArray *current, const char *label,
                              GError **error)
{
  g_autofree NodeSet *active = walk_reach(map, current, WALK_PARENTS);
  g_autofree NodeSet *covered = node_set_new(map);
  g_autoptr(GPtrArray) all = g_ptr_array_new();

  for (guint i = 0; i < map->revisions->len; i++)
    if (active[i])
      g_ptr_array_add(all, map->revisions->pdata[i]);
  g_autoptr(GPtrArray) members = symbol_filter(map, all, label, FALSE, error);
  if (!members)
    return NULL;
  for (guint i = 0; i < members->len; i++) {
    const GPtrArray *parents = ((Revision *)members->pdata[i])->parents;
    for (guint j = 0; j < parents->len; j++)
      covered[((Revision *)parents->pdata[j])->index] = 1;
  }
  GPtrArray *tips = g_ptr_array_new();
  for (guint i = 0; i < members->len; i++)
    if (!covered[((Revision *)members->pdata[i])->index])
      g_ptr_array_add(tips, members->pdata[i]);
  return tips;
}

/* Alembic looks up the lineage of one revision after the other, and then of the label.  A word that leads below the
 * base (-N) has left no revision to look up. */
static gboolean lineage_known(const RevisionMap *map, const GPtrArray *current, const char *label,
                              GError **error)
{
  g_autoptr(GPtrArray) before = g_ptr_array_new();
  for (guint i = 0; i < current->len; i++) {
    if (current->pdata[i] && current->pdata[i] != SYMBOL_BASE) {
      g_ptr_array_add(before, current->pdata[i]);
      continue;
    }
    g_autoptr(GPtrArray) kept = symbol_filter(map, before, label, FALSE, error);
    if (!kept)
      return FALSE;
    return current->pdata[i] ? fail(error, SYMBOL_ERROR_RESOLUTION, "base") : fail_dies(error, label);
  }
  return TRUE;
}

/* Where +N starts: the one current revision, or the one on the label's branch; NULL stands for the base. */
static gboolean upgrade_start(const RevisionMap *map, SelectEnd lower, const char *label, Revision **start,
                              GError **error)
{
  *start = NULL;
  if (!label) {
    guint n = end_length(lower);
    if (n > 1)
      return fail(error, SYMBOL_ERROR_REVISION, "Ambiguous upgrade from multiple current revisions");
    const char *row = lower.symbol ? lower.symbol : n == 1 ? lower.rows[0] : NULL;
    return !row || symbol_one(map, row, start, error);
  }
  g_autoptr(GPtrArray) current = resolve_end(map, lower, error);
  if (!current)
    return FALSE;
  if (!lineage_known(map, current, label, error))
    return FALSE;
  g_autoptr(GPtrArray) on_branch = symbol_filter(map, current, label, FALSE, error);
  if (on_branch && on_branch->len == 0) {
    g_ptr_array_unref(on_branch);
    on_branch = active_tips(map, current, label, error);
  }
  if (!on_branch)
    return FALSE;
  if (on_branch->len > 1)
    return fail(error, SYMBOL_ERROR_REVISION, "Ambiguous upgrade from multiple current revisions");
  *start = on_branch->len == 1 ? on_branch->pdata[0] : NULL;
  return TRUE;
}

/* get_revision(SYM) or get_revision(LABEL@SYM). */
static gboolean relative_symbol(const RevisionMap *map, const char *label, const char *symbol,
                                Revision **revision, GError **error)
{
  g_autofree char *word = label ? g_strconcat(label, "@", symbol, NULL) : g_strdup(symbol);
  return symbol_one(map, word, revision, error);
}

static GPtrArray *upgrade_targets_relative(const RevisionMap *map, const Relative *relative, SelectEnd lower,
                                           gboolean clip, GError **error)
{
  gboolean up = relative->steps > 0;
  Revision *start = NULL, *end = NULL;

  if (!relative->symbol && !up) {
    fail_too_far(error, relative, FALSE);
    return NULL;
  }
  if (!relative->symbol ? !upgrade_start(map, lower, relative->label, &start, error)
                        : !relative_symbol(map, up ? NULL : relative->label, relative->symbol, &start, error))
    return NULL;
  if (!symbol_walk(map, start, relative->steps, up ? relative->label : NULL, clip, &end, error))
    return NULL;
  if (!end && !relative->symbol) {
    fail_too_far(error, relative, TRUE);
    return NULL;
  }
  GPtrArray *targets = g_ptr_array_new();
  g_ptr_array_add(targets, end);
  return targets;
}

/* What upper stands for; every item a revision. */
static GPtrArray *upgrade_targets(const RevisionMap *map, SelectEnd upper, SelectEnd lower, gboolean clip,
                                  GError **error)
{
  g_auto(Relative) relative = {0};
  g_autoptr(GPtrArray) targets = NULL;

  if (upper.symbol && relative_parse(upper.symbol, &relative))
    targets = upgrade_targets_relative(map, &relative, lower, clip, error);
  else
    targets = resolve_end(map, upper, error);
  for (guint i = 0; targets && i < targets->len; i++) {
    if (targets->pdata[i] && targets->pdata[i] != SYMBOL_BASE)
      continue;
    fail_dies(error, upper.symbol);
    return NULL;
  }
  return g_steal_pointer(&targets);
}

/* lower given as LABEL@...: only targets that carry the label. */
static gboolean keep_branch(const RevisionMap *map, const char *lower, GPtrArray *targets, GError **error)
{
  const char *at = lower ? strchr(lower, '@') : NULL;
  Revision *revision = NULL;

  if (!at)
    return TRUE;
  g_autofree char *branch = g_strndup(lower, at - lower);
  if (!symbol_one(map, branch, &revision, error))
    return FALSE;
  if (revision && g_str_equal(revision->id, branch)) {
    if (revision->labels->len != 1) {
      g_autofree char *text =
          g_strdup_printf(_("'%s' names a branch only where the revision has exactly one label"), branch);
      return fail(error, SYMBOL_ERROR_TRACEBACK, text);
    }
    g_free(branch);
    branch = g_strdup(revision->labels->pdata[0]);
  }
  for (guint i = targets->len; i > 0; i--) {
    GPtrArray *labels = ((Revision *)targets->pdata[i - 1])->labels;
    if (!g_ptr_array_find_with_equal_func(labels, branch, g_str_equal, NULL))
      g_ptr_array_remove_index(targets, i - 1);
  }
  return TRUE;
}

static gboolean parse_downgrade(const RevisionMap *map, SelectEnd current, const char *target, gboolean clip,
                                GPtrArray *warnings, char **label, Revision **revision, GError **error);

/* The lower end as revisions.  One that leads past the bases is walked again from the upper end. */
static GPtrArray *lower_revisions(const RevisionMap *map, SelectEnd upper, SelectEnd *lower, gboolean clip,
                                  GPtrArray *current, GError **error)
{
  g_autofree char *label = NULL;
  Revision *revision = NULL;

  if (current->len == 0 || current->pdata[0])
    return g_ptr_array_ref(current);
  if (!parse_downgrade(map, upper, lower->symbol, clip, NULL, &label, &revision, error))
    return NULL;
  if (!revision) {
    fail_dies(error, lower->symbol);
    return NULL;
  }
  GPtrArray *result = g_ptr_array_new();
  *lower = (SelectEnd){NULL, NULL};
  if (revision != SYMBOL_BASE) {
    lower->symbol = revision->id;
    g_ptr_array_add(result, revision);
  }
  return result;
}

static gboolean all_required(const GPtrArray *current, const NodeSet *required)
{
  for (guint i = 0; i < current->len; i++) {
    const Revision *revision = current->pdata[i];
    if (revision && (revision == SYMBOL_BASE || !required[revision->index]))
      return FALSE;
  }
  return TRUE;
}

static gboolean only_revisions(const GPtrArray *list, SelectEnd end, GError **error)
{
  for (guint i = 0; i < list->len; i++)
    if (!list->pdata[i] || list->pdata[i] == SYMBOL_BASE)
      return fail_dies(error, end.symbol ? end.symbol : "base");
  return TRUE;
}

/* Takes from required what the current revisions have already, and, unless bases are implicit, what does not descend
 * from them. */
static gboolean subtract_current(const RevisionMap *map, const GPtrArray *current, SelectEnd lower,
                                 SelectOptions options, NodeSet *required, GError **error)
{
  g_autofree NodeSet *have = walk_reach_checked(map, current, WALK_PARENTS, error);
  if (!have)
    return FALSE;
  for (guint i = 0; i < map->revisions->len; i++)
    required[i] &= !have[i];
  if (options.inclusive) {
    g_autoptr(GPtrArray) ends = resolve_end(map, lower, error);
    if (!ends || !only_revisions(ends, lower, error))
      return FALSE;
    for (guint i = 0; i < ends->len; i++)
      required[((Revision *)ends->pdata[i])->index] = 1;
  }
  if (current->len == 0 || options.implicit_base)
    return TRUE;
  g_autofree NodeSet *above = walk_reach_checked(map, current, WALK_NEXT, error);
  if (!above)
    return FALSE;
  for (guint i = 0; i < map->revisions->len; i++)
    required[i] &= above[i];
  return TRUE;
}

gboolean select_upgrade(const RevisionMap *map, SelectEnd upper, SelectEnd lower, SelectOptions options,
                        Selection *selection, GError **error)
{
  g_autoptr(GPtrArray) targets = upgrade_targets(map, upper, lower, options.clip, error);
  if (!targets || !keep_branch(map, lower.symbol, targets, error))
    return FALSE;
  g_autofree NodeSet *required = walk_reach_checked(map, targets, WALK_PARENTS, error);
  if (!required)
    return FALSE;
  g_autoptr(GPtrArray) found = resolve_end(map, lower, error);
  if (!found)
    return FALSE;
  if (!options.implicit_base && !all_required(found, required))
    return fail(error, SYMBOL_ERROR_RANGE, "not an ancestor");
  g_autoptr(GPtrArray) current = lower_revisions(map, upper, &lower, options.clip, found, error);
  if (!current || !subtract_current(map, current, lower, options, required, error))
    return FALSE;
  selection->set = g_steal_pointer(&required);
  selection->heads = g_steal_pointer(&targets);
  return TRUE;
}

/* The current revision that LABEL@-N counts from: the one row on the branch, else the one active tip on it. */
static gboolean downgrade_start_on(const RevisionMap *map, SelectEnd current, const char *label,
                                   char **symbol, GError **error)
{
  const char *const word[] = {current.symbol, NULL};
  const char *const *rows = current.symbol ? word : current.rows;
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  g_autoptr(GPtrArray) all = NULL;

  for (guint i = 0; rows && rows[i]; i++) {
    Revision *revision = symbol_lookup(map, rows[i], NULL, error);
    if (!revision)
      return FALSE;
    g_ptr_array_add(list, revision);
  }
  g_autoptr(GPtrArray) kept = symbol_filter(map, list, label, FALSE, error);
  if (kept && kept->len == 0) {
    g_ptr_array_unref(g_steal_pointer(&kept));
    if ((all = select_current(map, rows, error)))
      kept = symbol_filter(map, all, label, FALSE, error);
  }
  if (!kept)
    return FALSE;
  if (kept->len != 1) {
    g_autofree char *text = g_strdup_printf(
        _("'%s' does not say which revision to go down from: %u current ones are on that branch"), label,
        kept->len);
    return fail(error, SYMBOL_ERROR_TRACEBACK, text);
  }
  *symbol = g_strdup(((Revision *)kept->pdata[0])->id);
  return TRUE;
}

/* The row that -N counts from: the first one, which also becomes the branch to act on. */
static gboolean downgrade_start(const Relative *relative, SelectEnd current, GPtrArray *warnings,
                                char **label, char **symbol, GError **error)
{
  const char *first = current.symbol ? current.symbol : current.rows ? current.rows[0] : NULL;
  if (!first)
    return fail_too_far(error, relative, TRUE);
  for (guint i = 0; !current.symbol && current.rows[i]; i++) {
    if (g_str_equal(current.rows[i], first))
      continue;
    if (warnings)
      g_ptr_array_add(warnings, g_strdup("downgrade -1 from multiple heads is ambiguous; this usage will be "
                                         "disallowed in a future release."));
    break;
  }
  *symbol = g_strdup(first);
  *label = g_strdup(first);
  return TRUE;
}

static gboolean downgrade_relative(const RevisionMap *map, const Relative *relative, SelectEnd current,
                                   gboolean clip, GPtrArray *warnings, char **label, Revision **revision,
                                   GError **error)
{
  g_autofree char *symbol = g_strdup(relative->symbol);
  Revision *start = NULL;
  gboolean up = relative->text[0] == '+' || relative->steps == 0;

  *label = g_strdup(relative->label);
  if (up && !symbol)
    return fail_too_far(error, relative, TRUE);
  if (up) {
    if (!symbol_one(map, symbol, &start, error) ||
        !symbol_walk(map, start, relative->steps, relative->label, clip, revision, error))
      return FALSE;
    return *revision || fail(error, SYMBOL_ERROR_REVISION, "Walked too far");
  }
  if (!symbol && (relative->label ? !downgrade_start_on(map, current, relative->label, &symbol, error)
                                  : !downgrade_start(relative, current, warnings, label, &symbol, error)))
    return FALSE;
  if (!relative_symbol(map, *label, symbol, &start, error) ||
      !symbol_walk(map, start, relative->steps, NULL, clip, revision, error))
    return FALSE;
  if (*revision)
    return TRUE;
  return relative->symbol ? fail(error, SYMBOL_ERROR_REVISION, "Walked too far")
                          : fail_too_far(error, relative, TRUE);
}

/* *revision: NULL or SYMBOL_BASE for the base. */
static gboolean parse_downgrade(const RevisionMap *map, SelectEnd current, const char *target, gboolean clip,
                                GPtrArray *warnings, char **label, Revision **revision, GError **error)
{
  g_auto(Relative) relative = {0};

  *label = NULL;
  *revision = NULL;
  if (!target)
    return TRUE;
  if (relative_parse(target, &relative))
    return downgrade_relative(map, &relative, current, clip, warnings, label, revision, error);
  const char *at = strrchr(target, '@');
  *label = at && at > target ? g_strndup(target, at - target) : NULL;
  return symbol_one(map, at ? at + 1 : target, revision, error);
}

/* Whose removal, with all that hangs on them, brings the map down to target; NULL target: the base. */
static GPtrArray *downgrade_roots(const RevisionMap *map, const Revision *target, const char *label,
                                  GError **error)
{
  g_autoptr(GPtrArray) roots = g_ptr_array_new();
  guint n = 0;

  if (target) {
    g_ptr_array_extend(roots, target->next, NULL, NULL);
    n = roots->len;
  } else {
    for (guint i = 0; i < map->revisions->len; i++) {
      Revision *revision = map->revisions->pdata[i];
      if (revision->shadowed || !revision_is_base(revision))
        continue;
      g_ptr_array_add(roots, revision);
      n += 1 + (revision->branch_labels ? g_strv_length(revision->branch_labels) : 0);
    }
  }
  if (!label || n <= 1)
    return g_steal_pointer(&roots);
  Revision *branch = symbol_branch(map, label, error);
  if (!branch)
    return NULL;
  g_autofree NodeSet *below = node_set_new(map);
  walk_add(below, branch, WALK_DOWN);
  for (guint i = roots->len; i > 0; i--)
    if (!below[((Revision *)roots->pdata[i - 1])->index])
      g_ptr_array_remove_index(roots, i - 1);
  if (roots->len == 0) {
    fail(error, SYMBOL_ERROR_REVISION, "Not a valid downgrade target from current heads");
    return NULL;
  }
  return g_steal_pointer(&roots);
}

gboolean select_downgrade(const RevisionMap *map, const char *const *rows, const char *target,
                          GPtrArray *warnings, Selection *selection, GError **error)
{
  g_autofree char *label = NULL;
  Revision *revision = NULL;
  gboolean any = FALSE;

  if (!parse_downgrade(map, (SelectEnd){.rows = rows}, target, FALSE, warnings, &label, &revision, error))
    return FALSE;
  if (revision == SYMBOL_BASE)
    revision = NULL;
  g_autoptr(GPtrArray) roots = downgrade_roots(map, revision, label && *label ? label : NULL, error);
  if (!roots)
    return FALSE;
  g_autoptr(GPtrArray) heads = symbol_all_of(map, rows, error);
  if (!heads || !only_revisions(heads, (SelectEnd){.rows = rows}, error))
    return FALSE;
  g_autofree NodeSet *drop = walk_reach(map, roots, WALK_ALL_NEXT);
  g_autofree NodeSet *active = walk_reach(map, heads, WALK_PARENTS);
  for (guint i = 0; i < map->revisions->len; i++)
    any |= (drop[i] &= active[i]);
  if (revision && !any && !g_ptr_array_find(heads, revision, NULL))
    return fail(error, SYMBOL_ERROR_RANGE, "nothing to drop");
  selection->set = g_steal_pointer(&drop);
  selection->heads = g_steal_pointer(&heads);
  return TRUE;
}

GPtrArray *select_current(const RevisionMap *map, const char *const *rows, GError **error)
{
  g_autoptr(GPtrArray) top = symbol_all_of(map, rows, error);
  if (!top || !only_revisions(top, (SelectEnd){.rows = rows}, error))
    return NULL;
  g_autofree NodeSet *active = walk_reach(map, top, WALK_PARENTS);
  GPtrArray *current = g_ptr_array_new();
  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    gboolean covered = !active[i];
    for (guint j = 0; j < revision->next->len && !covered; j++)
      covered = active[((Revision *)revision->next->pdata[j])->index];
    if (!covered)
      g_ptr_array_add(current, revision);
  }
  return current;
}
