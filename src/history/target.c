#include "retort/history/target.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "select.h"
#include "symbol.h"

/* FALSE, with a copy of the map's fault, when Alembic would refuse the map. */
static gboolean usable(const RevisionMap *map, GError **error)
{
  if (!map->fault)
    return TRUE;
  g_propagate_error(error, g_error_copy(map->fault));
  return FALSE;
}

/* Alembic dies printing what a walk past the bases gives. */
static gboolean only_revisions(const GPtrArray *list, const char *symbol, GError **error)
{
  for (guint i = 0; i < list->len; i++) {
    if (list->pdata[i] && list->pdata[i] != SYMBOL_BASE)
      continue;
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("'%s' leads below the base"), symbol);
    return FALSE;
  }
  return TRUE;
}

GPtrArray *target_resolve(const RevisionMap *map, const char *symbol, const char *const *rows, GError **error)
{
  g_autoptr(GError) inner = NULL;
  g_autoptr(GPtrArray) list = NULL;

  if (!usable(map, error))
    return NULL;
  if (rows && g_str_equal(symbol, "current"))
    list = symbol_all_of(map, rows, &inner);
  else
    list = symbol_all(map, symbol, &inner);
  if (!list) {
    symbol_translate(&inner, NULL);
    g_propagate_error(error, g_steal_pointer(&inner));
    return NULL;
  }
  return only_revisions(list, symbol, error) ? g_steal_pointer(&list) : NULL;
}

gboolean target_resolve_one(const RevisionMap *map, const char *symbol, const char *const *rows,
                            Revision **revision, GError **error)
{
  g_autoptr(GError) inner = NULL;

  *revision = NULL;
  if (!usable(map, error))
    return FALSE;
  if (rows && g_str_equal(symbol, "current")) {
    if (rows[0] && rows[1]) {
      g_set_error_literal(&inner, SYMBOL_ERROR, SYMBOL_ERROR_HEADS, symbol);
    } else if (!rows[0] || symbol_one(map, rows[0], revision, &inner)) {
      return TRUE;
    }
  } else if (symbol_one(map, symbol, revision, &inner)) {
    return TRUE;
  }
  symbol_translate(&inner, NULL);
  g_propagate_error(error, g_steal_pointer(&inner));
  return FALSE;
}

/* A word or the rows, for messages. */
static const char *end_text(SelectEnd end)
{
  return end.symbol ? end.symbol : end.rows && end.rows[0] ? end.rows[0] : "base";
}

GPtrArray *target_walk(const RevisionMap *map, const char *base, const char *head, const char *const *rows,
                       GError **error)
{
  SelectEnd lower = {.symbol = base && *base ? base : "base"},
            upper = {.symbol = head && *head ? head : "heads"};
  g_autoptr(GError) inner = NULL;
  g_auto(Selection) selection = {0};

  if (!usable(map, error))
    return NULL;
  if (rows && g_str_equal(upper.symbol, "current"))
    upper = (SelectEnd){.rows = rows};
  else if (rows && g_str_equal(lower.symbol, "current"))
    lower = (SelectEnd){.rows = rows};
  if (upper.rows && !rows[0])
    upper = (SelectEnd){.symbol = "heads"}; /* no rows: as if no end was given */
  if (lower.rows && !rows[0])
    lower = (SelectEnd){.symbol = "base"};

  GPtrArray *sorted = NULL;
  if (select_upgrade(map, upper, lower, (SelectOptions){.inclusive = TRUE, .clip = TRUE}, &selection, &inner))
    sorted = select_sort(map, &selection, &inner);
  if (sorted)
    return sorted;
  g_autofree char *range =
      g_strdup_printf("Requested range %s:%s does not refer to ancestor/descendant revisions "
                      "along the same branch",
                      end_text(lower), end_text(upper));
  symbol_translate(&inner, &(SymbolWording){.range = range, .end = end_text(upper)});
  g_propagate_error(error, g_steal_pointer(&inner));
  return NULL;
}

GPtrArray *target_history_range(const RevisionMap *map, const char *range, const char *const *rows,
                                GError **error)
{
  if (!range)
    return target_walk(map, NULL, NULL, rows, error);
  if (!strchr(range, ':')) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND,
                        "History range requires [start]:[end], [start]:, or :[end]");
    return NULL;
  }
  g_autofree char *trimmed = g_strstrip(g_strdup(range));
  g_auto(GStrv) ends = g_strsplit(trimmed, ":", -1);
  if (g_strv_length(ends) != 2) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("history range '%s' has more than one colon"),
                range);
    return NULL;
  }
  return target_walk(map, ends[0], ends[1], rows, error);
}

GPtrArray *target_current(const RevisionMap *map, const char *const *rows, GError **error)
{
  g_autoptr(GError) inner = NULL;

  if (!usable(map, error))
    return NULL;
  GPtrArray *list = select_current(map, rows, &inner);
  if (!list) {
    symbol_translate(&inner, NULL);
    g_propagate_error(error, g_steal_pointer(&inner));
  }
  return list;
}

void new_revision_clear(NewRevision *revision)
{
  g_clear_pointer(&revision->parents, g_ptr_array_unref);
  g_clear_pointer(&revision->depends_on, g_strfreev);
}

static gboolean check_new_id(const char *id, GError **error)
{
  g_autoptr(GString) found = g_string_new(NULL);
  for (const char *c = "+-:@"; *c; c++)
    if (strchr(id, *c))
      g_string_append_printf(found, "%s%c", found->len > 0 ? ", " : "", *c);
  if (found->len == 0)
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND,
              "Character(s) '%s' not allowed in revision identifier '%s'", found->str, id);
  return FALSE;
}

/* Parents as given: no repeats, heads only unless spliced; NULL items (walked past a base) drop out. */
static gboolean check_parents(GPtrArray *parents, gboolean splice, GError **error)
{
  for (guint i = 0; i < parents->len; i++) {
    for (guint j = 0; j < i; j++) {
      if (parents->pdata[i] != parents->pdata[j])
        continue;
      g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Duplicate head revisions specified");
      return FALSE;
    }
  }
  for (guint i = 0; i < parents->len && !splice; i++) {
    const Revision *parent = parents->pdata[i];
    if (!parent || revision_is_head(parent))
      continue;
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND,
                "Revision %s is not a head revision; please specify --splice to create a new branch from "
                "this revision",
                parent->id);
    return FALSE;
  }
  while (g_ptr_array_remove(parents, NULL))
    continue;
  return TRUE;
}

/* Alembic finds a label that is taken only after it has written the file, and dies. */
static gboolean check_labels(const RevisionMap *map, const char *id, const char *const *labels,
                             GError **error)
{
  for (; labels && *labels; labels++) {
    const Revision *other = g_hash_table_lookup(map->by_id, *labels);
    if (!other)
      continue;
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK,
                "Branch name '%s' in revision %s already used by revision %s", *labels, id, other->id);
    return FALSE;
  }
  return TRUE;
}

static char **resolve_depends_on(const RevisionMap *map, const char *const *symbols, GError **error)
{
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  for (; *symbols; symbols++) {
    Revision *revision = NULL;
    if (!symbol_one(map, *symbols, &revision, error)) {
      symbol_translate(error, NULL);
      return NULL;
    }
    if (!revision) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("'%s' is no revision to depend on"),
                  *symbols);
      return NULL;
    }
    gboolean label = g_ptr_array_find_with_equal_func(revision->labels, *symbols, g_str_equal, NULL);
    g_ptr_array_add(ids, g_strdup(label ? *symbols : revision->id));
  }
  g_ptr_array_add(ids, NULL);
  return (char **)g_ptr_array_steal(ids, NULL);
}

gboolean target_new_revision(const RevisionMap *map, const char *id, const char *const *heads,
                             gboolean splice, const char *const *branch_labels, const char *const *depends_on,
                             NewRevision *result, GError **error)
{
  static const char *const default_heads[] = {"head", NULL}, *const none[] = {NULL};
  g_autoptr(GError) inner = NULL;

  *result = (NewRevision){0};
  if (!check_new_id(id, error) || !usable(map, error))
    return FALSE;
  g_autoptr(GPtrArray) parents = symbol_all_of(map, heads ? heads : default_heads, &inner);
  if (!parents) {
    symbol_translate(
        &inner, &(SymbolWording){.heads = "Multiple heads are present; please specify the head revision "
                                          "on "
                                          "which the new revision should be based, or perform a merge."});
    g_propagate_error(error, g_steal_pointer(&inner));
    return FALSE;
  }
  for (guint i = 0; i < parents->len; i++) {
    if (parents->pdata[i] != SYMBOL_BASE)
      continue;
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("a relative head leads to the base"));
    return FALSE;
  }
  if (!check_parents(parents, splice, error))
    return FALSE;
  char **dependencies = resolve_depends_on(map, depends_on ? depends_on : none, &inner);
  if (!dependencies) {
    g_propagate_error(error, g_steal_pointer(&inner));
    return FALSE;
  }
  if (!check_labels(map, id, branch_labels, error)) {
    g_strfreev(dependencies);
    return FALSE;
  }
  result->parents = g_steal_pointer(&parents);
  result->depends_on = dependencies;
  return TRUE;
}
