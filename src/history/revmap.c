#include "retort/history/revmap.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "revmap-private.h"

gboolean revision_is_base(const Revision *revision)
{
  return !revision->down_revision || !revision->down_revision[0];
}

gboolean revision_is_branch_point(const Revision *revision)
{
  return revision->next->len > 1;
}

gboolean revision_is_merge_point(const Revision *revision)
{
  return !revision_is_base(revision) && revision->down_revision[1];
}

gboolean revision_is_head(const Revision *revision)
{
  return revision->next->len == 0;
}

gboolean revision_is_real_head(const Revision *revision)
{
  return revision->all_next->len == 0;
}

Revision *revision_map_get(const RevisionMap *map, const char *id)
{
  Revision *revision = g_hash_table_lookup(map->by_id, id);
  return revision && g_str_equal(revision->id, id) ? revision : NULL;
}

void revision_map_free(RevisionMap *map)
{
  if (!map)
    return;
  g_clear_pointer(&map->by_id, g_hash_table_unref);
  g_clear_pointer(&map->heads, g_ptr_array_unref);
  g_clear_pointer(&map->real_heads, g_ptr_array_unref);
  g_clear_pointer(&map->bases, g_ptr_array_unref);
  g_clear_pointer(&map->real_bases, g_ptr_array_unref);
  g_clear_pointer(&map->revisions, g_ptr_array_unref);
  g_clear_pointer(&map->missing, g_ptr_array_unref);
  g_clear_pointer(&map->warnings, g_ptr_array_unref);
  g_clear_pointer(&map->diags, diag_list_free);
  g_clear_error(&map->fault);
  g_free(map);
}

static void missing_parent_free(void *data)
{
  MissingParent *missing = data;
  g_free(missing->child);
  g_free(missing->missing);
  g_free(missing);
}

/* Most lists of most revisions are empty or one long: the empty ones are all the same array. */
static GPtrArray *empty_list(void)
{
  static gsize empty;
  if (g_once_init_enter(&empty))
    g_once_init_leave(&empty, (gsize)g_ptr_array_new());
  return g_ptr_array_ref((GPtrArray *)empty);
}

static void list_reset(GPtrArray **list)
{
  g_clear_pointer(list, g_ptr_array_unref);
  *list = empty_list();
}

void revmap_list_add(GPtrArray **list, void *item)
{
  if ((*list)->len == 0) {
    g_ptr_array_unref(*list);
    *list = g_ptr_array_new();
  }
  g_ptr_array_add(*list, item);
}

/* Adds to a list that is filled one child at a time: a repeat can only be its last item. */
static void list_add_once(GPtrArray **list, void *item)
{
  if ((*list)->len == 0 || (*list)->pdata[(*list)->len - 1] != item)
    revmap_list_add(list, item);
}

static void register_revision(RevisionMap *map, Revision *revision, guint index)
{
  revision->index = revision->rank = index;
  revision->depth = 0;
  revision->shadowed = FALSE;
  GPtrArray **lists[] = {&revision->down, &revision->deps,     &revision->normalized_deps, &revision->parents,
                         &revision->next, &revision->all_next, &revision->labels};
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
    list_reset(lists[i]);

  revmap_check_id(map, revision);
  Revision *other = g_hash_table_lookup(map->by_id, revision->id);
  if (other) {
    if (!map->fault)
      g_ptr_array_add(map->warnings, g_strdup_printf("Revision %s is present more than once", revision->id));
    diag_add(map->diags, DIAG_ERROR, revision->path, 0, 0,
             _("revision %s is in %s as well; this file counts, the other does not"), revision->id,
             other->path);
    other->shadowed = TRUE;
    revision->rank = other->rank;
  }
  g_hash_table_replace(map->by_id, revision->id, revision);
}

static void register_labels(RevisionMap *map, Revision *revision)
{
  for (char **label = revision->branch_labels; label && *label; label++) {
    Revision *other = g_hash_table_lookup(map->by_id, *label);
    if (!other) {
      g_hash_table_insert(map->by_id, *label, revision);
      continue;
    }
    diag_add(map->diags, DIAG_ERROR, revision->path, 0, 0, _("label '%s' is already used by revision %s"),
             *label, other->id);
    revmap_fault(map, RETORT_ERROR_COMMAND, "Branch name '%s' in revision %s already used by revision %s",
                 *label, revision->id, other->id);
  }
}

static void add_missing(RevisionMap *map, const Revision *revision, const char *name, gboolean dependency)
{
  MissingParent *missing = g_new0(MissingParent, 1);
  missing->child = g_strdup(revision->id);
  missing->missing = g_strdup(name);
  missing->dependency = dependency;
  g_ptr_array_add(map->missing, missing);
  diag_add(map->diags, DIAG_ERROR, revision->path, revision->down_revision_line, 0,
           dependency ? _("revision %s depends on %s, which no file has")
                      : _("revision %s comes after %s, which no file has"),
           revision->id, name);
}

static void resolve_dependencies(RevisionMap *map, Revision *revision)
{
  for (char **name = revision->depends_on; name && *name; name++) {
    Revision *other = g_hash_table_lookup(map->by_id, *name);
    if (!other) {
      add_missing(map, revision, *name, TRUE);
      revmap_fault(map, RETORT_ERROR_TRACEBACK,
                   _("revision %s depends on %s, which no file has (partial identifiers do not count here)"),
                   revision->id, *name);
    } else if (other != revision) {
      revmap_list_add(&revision->deps, other);
    }
  }
}

/* What Alembic prints for a revision in its warning: marks are those known so far in its own pass. */
static char *describe(const Revision *revision)
{
  g_autofree char *down = revision_is_base(revision) ? NULL : g_strjoinv(", ", revision->down_revision);
  return g_strdup_printf(
      "%s -> %s%s%s%s, %s", down ? down : "<base>", revision->id, revision_is_head(revision) ? " (head)" : "",
      revision_is_branch_point(revision) ? " (branchpoint)" : "",
      revision_is_merge_point(revision) ? " (mergepoint)" : "", revision->doc ? revision->doc : "");
}

static void missing_down(RevisionMap *map, const Revision *revision, const char *name)
{
  add_missing(map, revision, name, FALSE);
  if (map->fault)
    return;
  g_autofree char *text = describe(revision);
  g_ptr_array_add(map->warnings,
                  g_strdup_printf("Revision %s referenced from %s is not present", name, text));
  revmap_fault(map, RETORT_ERROR_TRACEBACK, _("revision %s comes after %s, which no file has"), revision->id,
               name);
}

static void link_revision(RevisionMap *map, Revision *revision)
{
  for (char **name = revision->down_revision; name && *name; name++) {
    Revision *other = g_hash_table_lookup(map->by_id, *name);
    if (!other) {
      if (!revision->shadowed)
        missing_down(map, revision, *name);
      continue;
    }
    if (other == revision)
      continue;
    revmap_list_add(&revision->down, other);
    if (revision->shadowed)
      continue;
    list_add_once(&other->next, revision);
    list_add_once(&other->all_next, revision);
  }
  for (guint i = 0; i < revision->deps->len && !revision->shadowed; i++)
    list_add_once(&((Revision *)revision->deps->pdata[i])->all_next, revision);
}

static void collect_parents(Revision *revision)
{
  const GPtrArray *sources[] = {revision->down, revision->normalized_deps};
  for (guint s = 0; s < G_N_ELEMENTS(sources); s++)
    for (guint i = 0; i < sources[s]->len; i++)
      if (!g_ptr_array_find(revision->parents, sources[s]->pdata[i], NULL))
        revmap_list_add(&revision->parents, sources[s]->pdata[i]);
}

static int by_rank(const void *a, const void *b)
{
  const Revision *x = *(Revision *const *)a, *y = *(Revision *const *)b;
  return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* The revisions that count, in the map's order. */
static GPtrArray *unshadowed(const RevisionMap *map)
{
  GPtrArray *list = g_ptr_array_sized_new(map->revisions->len);
  gboolean moved = FALSE;
  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    moved |= revision->shadowed;
    if (!revision->shadowed)
      g_ptr_array_add(list, revision);
  }
  if (moved)
    g_ptr_array_sort(list, by_rank);
  return list;
}

/* Heads and bases.  A shadowed revision is one in Alembic's eyes; what it is resolved to is the one that counts. */
static void collect_ends(RevisionMap *map)
{
  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    Revision *counts = revision->shadowed ? g_hash_table_lookup(map->by_id, revision->id) : revision;
    if (revision_is_head(revision))
      g_ptr_array_add(map->heads, counts);
    if (revision_is_real_head(revision))
      g_ptr_array_add(map->real_heads, counts);
    if (!revision_is_base(revision))
      continue;
    g_ptr_array_add(map->bases, counts);
    if (!revision->depends_on || !revision->depends_on[0])
      g_ptr_array_add(map->real_bases, counts);
  }
}

static void link_all(RevisionMap *map)
{
  for (guint i = 0; i < map->revisions->len; i++)
    register_labels(map, map->revisions->pdata[i]);
  for (guint i = 0; i < map->revisions->len; i++)
    resolve_dependencies(map, map->revisions->pdata[i]);

  g_autoptr(GPtrArray) counting = unshadowed(map);
  for (guint i = 0; i < counting->len; i++)
    link_revision(map, counting->pdata[i]);
  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    if (revision->shadowed)
      link_revision(map, revision);
  }
  collect_ends(map);

  gboolean acyclic = revmap_check_cycles(map, counting);
  revmap_normalize(map, acyclic);
  for (guint i = 0; i < map->revisions->len; i++)
    collect_parents(map->revisions->pdata[i]);
  revmap_spread_labels(map);
}

/* What one file has SQLAlchemy write otherwise, all others send otherwise. */
static void spread_compiles(GPtrArray *revisions)
{
  const Revision *first = NULL;
  for (guint i = 0; i < revisions->len && !first; i++) {
    const Revision *revision = revisions->pdata[i];
    first = revision->compiles_line ? revision : NULL;
  }
  for (guint i = 0; i < revisions->len; i++) {
    Revision *revision = revisions->pdata[i];
    revision->compiled_by = revision == first ? NULL : first;
  }
}

RevisionMap *revision_map_new(GPtrArray *revisions)
{
  RevisionMap *map = g_new0(RevisionMap, 1);
  map->revisions = revisions;
  g_ptr_array_set_free_func(revisions, (GDestroyNotify)revision_free);
  map->by_id = g_hash_table_new(g_str_hash, g_str_equal);
  map->heads = g_ptr_array_new();
  map->real_heads = g_ptr_array_new();
  map->bases = g_ptr_array_new();
  map->real_bases = g_ptr_array_new();
  map->missing = g_ptr_array_new_with_free_func(missing_parent_free);
  map->warnings = g_ptr_array_new_with_free_func(g_free);
  map->diags = diag_list_new();
  for (guint i = 0; i < revisions->len; i++)
    register_revision(map, revisions->pdata[i], i);
  link_all(map);
  spread_compiles(revisions);
  return map;
}
