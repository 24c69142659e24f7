#include "symbol.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"

G_DEFINE_QUARK(retort - symbol - error - quark, symbol_error)

Revision symbol_base = {.id = (char *)"base"};

gboolean symbol_translate(GError **error, const SymbolWording *wording)
{
  if (!error || !*error || (*error)->domain != SYMBOL_ERROR)
    return FALSE;
  g_autoptr(GError) inner = g_steal_pointer(error);
  switch ((SymbolError)inner->code) {
  case SYMBOL_ERROR_REVISION:
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, inner->message);
    break;
  case SYMBOL_ERROR_RESOLUTION:
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_COMMAND, "Can't locate revision identified by '%s'",
                inner->message);
    break;
  case SYMBOL_ERROR_HEADS:
    if (wording && wording->heads) {
      g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND, wording->heads);
      break;
    }
    const char *word = wording && wording->end ? wording->end : inner->message;
    g_set_error(
        error, RETORT_ERROR, RETORT_ERROR_COMMAND,
        "Multiple head revisions are present for given argument '%s'; please specify a specific target "
        "revision, '<branchname>@%s' to narrow to a specific head, or 'heads' for all heads",
        word, word);
    break;
  case SYMBOL_ERROR_RANGE:
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_COMMAND,
                        wording && wording->range ? wording->range : inner->message);
    break;
  case SYMBOL_ERROR_TRACEBACK:
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, inner->message);
    break;
  }
  return FALSE;
}

gboolean symbol_int(const char *text, gint64 *value)
{
  gboolean negative = FALSE, digits = FALSE;
  gint64 n = 0;

  if (!g_utf8_validate(text, -1, NULL))
    return FALSE;
  while (g_unichar_isspace(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  if (*text == '+' || *text == '-')
    negative = *text++ == '-';
  for (; *text; text = g_utf8_next_char(text)) {
    if (*text == '_' && digits && g_unichar_isdigit(g_utf8_get_char(text + 1)))
      continue;
    gunichar c = g_utf8_get_char(text);
    if (!g_unichar_isdigit(c))
      break;
    digits = TRUE;
    n = MIN(n * 10 + g_unichar_digit_value(c), G_MAXINT64 / 16);
  }
  while (g_unichar_isspace(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  *value = negative ? -n : n;
  return digits && !*text;
}

/* Which revisions a filter lets through; set NULL lets everything through. */
typedef struct {
  NodeSet *set;
} Lineage;

static void lineage_add(const RevisionMap *map, Lineage *lineage, Revision *revision, gboolean dependencies)
{
  /* Upwards and downwards separately: a relative of a relative does not share the lineage. */
  g_autofree NodeSet *up = node_set_new(map), *down = node_set_new(map);
  walk_add(up, revision, dependencies ? WALK_ALL_NEXT : WALK_NEXT);
  walk_add(down, revision, dependencies ? WALK_PARENTS : WALK_DOWN);
  if (!lineage->set)
    lineage->set = node_set_new(map);
  for (guint i = 0; i < map->revisions->len; i++)
    lineage->set[i] |= up[i] | down[i];
}

/* The lineage of all that symbol stands for. */
static gboolean lineage_of(const RevisionMap *map, const GPtrArray *ids, const char *label,
                           gboolean dependencies, Lineage *lineage, GError **error)
{
  if (label && *label) {
    Revision *revision = symbol_lookup(map, label, NULL, error);
    if (!revision)
      return FALSE;
    lineage_add(map, lineage, revision, dependencies);
  }
  for (guint i = 0; i < ids->len; i++) {
    Revision *revision = symbol_lookup(map, ids->pdata[i], NULL, error);
    if (!revision)
      return FALSE;
    lineage_add(map, lineage, revision, dependencies);
  }
  return TRUE;
}

static GPtrArray *lineage_keep(const Lineage *lineage, const GPtrArray *targets)
{
  GPtrArray *kept = g_ptr_array_new();
  for (guint i = 0; i < targets->len; i++)
    if (!lineage->set || lineage->set[((Revision *)targets->pdata[i])->index])
      g_ptr_array_add(kept, targets->pdata[i]);
  return kept;
}

GPtrArray *symbol_filter(const RevisionMap *map, const GPtrArray *targets, const char *symbol,
                         gboolean dependencies, GError **error)
{
  g_autoptr(GPtrArray) ids = NULL;
  g_autofree char *label = NULL;
  Lineage lineage = {NULL};
  GPtrArray *kept = NULL;

  if (!symbol_split(map, symbol, &ids, &label, error))
    return NULL;
  /* Without targets Alembic does not look at the label, so that a wrong one passes. */
  if (targets->len == 0 || lineage_of(map, ids, label, dependencies, &lineage, error))
    kept = lineage_keep(&lineage, targets);
  g_free(lineage.set);
  return kept;
}

static GPtrArray *ids_of(const GPtrArray *revisions)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < revisions->len; i++)
    g_ptr_array_add(ids, g_strdup(((Revision *)revisions->pdata[i])->id));
  return ids;
}

static GPtrArray *split_head(const RevisionMap *map, const char *label, GError **error)
{
  g_autoptr(GPtrArray) heads = NULL;
  if (label && *label)
    heads = symbol_filter(map, map->heads, label, FALSE, error);
  else
    heads = g_ptr_array_ref(map->heads);
  if (!heads)
    return NULL;
  if (heads->len <= 1)
    return ids_of(heads);
  if (label && *label)
    g_set_error(error, SYMBOL_ERROR, SYMBOL_ERROR_HEADS, "%s@head", label);
  else
    g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_HEADS, "head");
  return NULL;
}

static GPtrArray *split_heads(const RevisionMap *map, const char *label, GError **error)
{
  if (!label || !*label)
    return ids_of(map->real_heads);
  g_autoptr(GPtrArray) heads = symbol_filter(map, map->heads, label, FALSE, error);
  return heads ? ids_of(heads) : NULL;
}

gboolean symbol_split(const RevisionMap *map, const char *id, GPtrArray **ids, char **label, GError **error)
{
  const char *at = id ? strchr(id, '@') : NULL;
  g_autofree char *branch = at ? g_strndup(id, at - id) : NULL;
  const char *word = at ? at + 1 : id;

  if (g_strcmp0(word, "heads") == 0) {
    *ids = split_heads(map, branch, error);
  } else if (g_strcmp0(word, "head") == 0) {
    *ids = split_head(map, branch, error);
  } else {
    *ids = g_ptr_array_new_with_free_func(g_free);
    if (word && !g_str_equal(word, "base"))
      g_ptr_array_add(*ids, g_strdup(word));
  }
  *label = *ids ? g_steal_pointer(&branch) : NULL;
  return *ids != NULL;
}

Revision *symbol_branch(const RevisionMap *map, const char *label, GError **error)
{
  g_autoptr(GError) inner = NULL;
  Revision *revision = symbol_lookup(map, label, NULL, &inner);
  if (!revision && g_error_matches(inner, SYMBOL_ERROR, SYMBOL_ERROR_RESOLUTION))
    g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_RESOLUTION, label);
  else if (!revision)
    g_propagate_error(error, g_steal_pointer(&inner));
  return revision;
}

/* All keys (identifiers and labels) of more than three characters that begin with the word. */
static GPtrArray *lookup_partial(const RevisionMap *map, const char *word)
{
  GPtrArray *found = g_ptr_array_new();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init(&iter, map->by_id);
  while (g_hash_table_iter_next(&iter, &key, &value))
    if (g_str_has_prefix(key, word) && g_utf8_strlen(key, -1) > 3)
      g_ptr_array_add(found, value);
  return found;
}

Revision *symbol_lookup(const RevisionMap *map, const char *id, const char *branch, GError **error)
{
  Revision *branch_revision = NULL;
  if (branch && *branch && !(branch_revision = symbol_branch(map, branch, error)))
    return NULL;
  Revision *revision = g_hash_table_lookup(map->by_id, id);
  if (!revision && !*id) {
    g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_TRACEBACK,
                        _("a revision is missing: the word is empty"));
    return NULL;
  }
  if (!revision) {
    g_autoptr(GPtrArray) found = lookup_partial(map, id);
    if (branch_revision) {
      g_autoptr(GPtrArray) kept = symbol_filter(map, found, branch, FALSE, error);
      if (!kept)
        return NULL;
      g_ptr_array_unref(found);
      found = g_steal_pointer(&kept);
    }
    revision = found->len == 1 ? found->pdata[0] : NULL;
  }
  if (revision && branch_revision) {
    Lineage lineage = {NULL};
    lineage_add(map, &lineage, branch_revision, FALSE);
    if (!lineage.set[revision->index])
      revision = NULL;
    g_free(lineage.set);
  }
  if (!revision)
    g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_RESOLUTION, id);
  return revision;
}

/* LABEL@-N: N down from every real head that carries the label. */
static GPtrArray *walk_from_heads(const RevisionMap *map, gint64 steps, const char *label, GError **error)
{
  g_autoptr(GPtrArray) result = g_ptr_array_new();
  for (guint i = 0; i < map->real_heads->len; i++) {
    Revision *head = map->real_heads->pdata[i], *end = NULL;
    gboolean member = !label;
    for (guint j = 0; j < head->labels->len && !member; j++)
      member = g_str_equal(head->labels->pdata[j], label);
    if (!member)
      continue;
    if (!symbol_walk(map, head, steps, NULL, FALSE, &end, error))
      return NULL;
    g_ptr_array_add(result, end);
  }
  return g_steal_pointer(&result);
}

GPtrArray *symbol_all(const RevisionMap *map, const char *id, GError **error)
{
  g_autoptr(GPtrArray) ids = NULL;
  g_autofree char *label = NULL;
  gint64 number = 0;

  if (!symbol_split(map, id, &ids, &label, error))
    return NULL;
  if (ids->len == 1 && symbol_int(ids->pdata[0], &number) && number < 0)
    return walk_from_heads(map, number, label, error);
  g_autoptr(GPtrArray) result = g_ptr_array_new();
  for (guint i = 0; i < ids->len; i++) {
    Revision *revision = symbol_lookup(map, ids->pdata[i], label, error);
    if (!revision)
      return NULL;
    g_ptr_array_add(result, revision);
  }
  return g_steal_pointer(&result);
}

GPtrArray *symbol_all_of(const RevisionMap *map, const char *const *ids, GError **error)
{
  g_autoptr(GPtrArray) result = g_ptr_array_new();
  for (; ids && *ids; ids++) {
    g_autoptr(GPtrArray) some = symbol_all(map, *ids, error);
    if (!some)
      return NULL;
    g_ptr_array_extend(result, some, NULL, NULL);
  }
  return g_steal_pointer(&result);
}

gboolean symbol_one(const RevisionMap *map, const char *id, Revision **revision, GError **error)
{
  g_autoptr(GPtrArray) ids = NULL;
  g_autofree char *label = NULL;

  *revision = NULL;
  if (!symbol_split(map, id, &ids, &label, error))
    return FALSE;
  if (ids->len > 1) {
    g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_HEADS, id);
    return FALSE;
  }
  if (ids->len == 0) {
    /* base, but an unknown LABEL@base is still an error */
    return !label || !*label || symbol_branch(map, label, error);
  }
  *revision = symbol_lookup(map, ids->pdata[0], label, error);
  return *revision != NULL;
}

static const GPtrArray *parents_of(const RevisionMap *map, const Revision *at)
{
  return at ? at->down : map->heads;
}

static gboolean ambiguous(GError **error)
{
  g_set_error_literal(error, SYMBOL_ERROR, SYMBOL_ERROR_REVISION, "Ambiguous walk");
  return FALSE;
}

/* One step up: the children, at forks only those of the label's branch, whose lineage is resolved when first needed. */
static GPtrArray *children_of(const RevisionMap *map, const Revision *at, const char *label, Lineage *lineage,
                              GError **error)
{
  const GPtrArray *all = at ? at->next : map->bases;
  if (!label || !*label || all->len == 0)
    return lineage_keep(&(Lineage){NULL}, all);
  if (!lineage->set) {
    g_autoptr(GPtrArray) ids = NULL;
    g_autofree char *branch = NULL;
    if (!symbol_split(map, label, &ids, &branch, error) ||
        !lineage_of(map, ids, branch, FALSE, lineage, error))
      return NULL;
  }
  return lineage_keep(lineage, all);
}

static gboolean walk_up(const RevisionMap *map, Revision *start, gint64 steps, const char *label,
                        gboolean stop_at_end, Revision **end, GError **error)
{
  Lineage lineage = {NULL};
  gboolean ok = TRUE;

  for (*end = start; ok && steps > 0; steps--) {
    g_autoptr(GPtrArray) children = children_of(map, *end, label, &lineage, error);
    if (!children) {
      ok = FALSE;
    } else if (children->len > 1) {
      ok = ambiguous(error);
    } else if (children->len == 1) {
      *end = children->pdata[0];
    } else {
      if (!stop_at_end)
        *end = NULL;
      break;
    }
  }
  g_free(lineage.set);
  return ok;
}

gboolean symbol_walk(const RevisionMap *map, Revision *start, gint64 steps, const char *label,
                     gboolean stop_at_end, Revision **end, GError **error)
{
  if (steps >= 0)
    return walk_up(map, start, steps, label, stop_at_end, end, error);
  for (*end = start; steps < 0; steps++) {
    if (*end == SYMBOL_BASE) {
      if (!stop_at_end)
        *end = NULL;
      return TRUE;
    }
    const GPtrArray *parents = parents_of(map, *end);
    if (parents->len > 1)
      return ambiguous(error);
    *end = parents->len == 1 ? parents->pdata[0] : SYMBOL_BASE;
  }
  return TRUE;
}
