#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "revmap-private.h"
#include "walk.h"

void revmap_fault(RevisionMap *map, int code, const char *format, ...)
{
  if (map->fault)
    return;
  va_list args;
  va_start(args, format);
  map->fault = g_error_new_valist(RETORT_ERROR, code, format, args);
  va_end(args);
}

void revmap_check_id(RevisionMap *map, const Revision *revision)
{
  static const char reserved[] = "+-:@"; /* in the order Alembic names them */

  if (revision->down_revision &&
      g_strv_contains((const char *const *)revision->down_revision, revision->id)) {
    diag_add(map->diags, DIAG_ERROR, revision->path, revision->down_revision_line, 0,
             _("revision %s names itself as its down_revision"), revision->id);
    revmap_fault(map, RETORT_ERROR_COMMAND, "Self-loop is detected in revisions (%s)", revision->id);
  } else if (revision->depends_on &&
             g_strv_contains((const char *const *)revision->depends_on, revision->id)) {
    diag_add(map->diags, DIAG_ERROR, revision->path, 0, 0, _("revision %s depends on itself"), revision->id);
    revmap_fault(map, RETORT_ERROR_COMMAND, "Dependency self-loop is detected in revisions (%s)",
                 revision->id);
  }
  if (!strpbrk(revision->id, reserved))
    return;
  g_autoptr(GString) found = g_string_new(NULL);
  for (const char *c = reserved; *c; c++)
    if (strchr(revision->id, *c))
      g_string_append_printf(found, "%s%c", found->len > 0 ? ", " : "", *c);
  diag_add(map->diags, DIAG_ERROR, revision->path, 0, 0,
           _("revision identifier '%s' has reserved characters: %s"), revision->id, found->str);
  revmap_fault(map, RETORT_ERROR_COMMAND, "Character(s) '%s' not allowed in revision identifier '%s'",
               found->str, revision->id);
}

/* Removes revisions from below, parents before children, and returns how many are left over: those on a cycle and
 * those above one.  waiting: zeroed, one count a revision; what is left over keeps a count above 0. */
static guint peel(const GPtrArray *counting, gboolean dependencies, guint *waiting)
{
  g_autoptr(GPtrArray) todo = g_ptr_array_sized_new(counting->len);
  guint left = counting->len;

  for (guint i = 0; i < counting->len; i++) {
    const Revision *revision = counting->pdata[i];
    const GPtrArray *next = dependencies ? revision->all_next : revision->next;
    for (guint j = 0; j < next->len; j++)
      waiting[((Revision *)next->pdata[j])->index]++;
  }
  for (guint i = 0; i < counting->len; i++)
    if (waiting[((Revision *)counting->pdata[i])->index] == 0)
      g_ptr_array_add(todo, counting->pdata[i]);
  while (todo->len > 0) {
    Revision *revision = g_ptr_array_steal_index_fast(todo, todo->len - 1);
    const GPtrArray *next = dependencies ? revision->all_next : revision->next;
    left--;
    for (guint j = 0; j < next->len; j++) {
      Revision *child = next->pdata[j];
      child->depth = MAX(child->depth, revision->depth + 1);
      if (--waiting[child->index] == 0)
        g_ptr_array_add(todo, child);
    }
  }
  return left;
}

static char *join_ids(GPtrArray *revisions)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < revisions->len; i++)
    g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", ((Revision *)revisions->pdata[i])->id);
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static int by_id(const void *a, const void *b)
{
  return strcmp((*(Revision *const *)a)->id, (*(Revision *const *)b)->id);
}

/* Alembic's test: everything must be reachable from the heads downwards and from the bases upwards. */
static GPtrArray *not_between(const RevisionMap *map, const GPtrArray *counting, gboolean dependencies)
{
  g_autofree NodeSet *below = node_set_new(map), *above = node_set_new(map);
  GPtrArray *rest = g_ptr_array_new();
  guint heads = 0, bases = 0;

  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    gboolean depends = revision->depends_on && revision->depends_on[0];
    if (dependencies ? revision_is_real_head(revision) : revision_is_head(revision)) {
      heads++;
      walk_add(below, revision, dependencies ? WALK_ALL_DOWN : WALK_DOWN);
    }
    if (revision_is_base(revision) && !(dependencies && depends)) {
      bases++;
      walk_add(above, revision, dependencies ? WALK_ALL_NEXT : WALK_NEXT);
    }
  }
  for (guint i = 0; i < counting->len; i++) {
    Revision *revision = counting->pdata[i];
    if (heads == 0 || bases == 0 || !below[revision->index] || !above[revision->index])
      g_ptr_array_add(rest, revision);
  }
  if (heads > 0 && bases > 0)
    g_ptr_array_sort(rest, by_id);
  return rest;
}

static void report_cycle(RevisionMap *map, GPtrArray *revisions, gboolean dependencies)
{
  g_autofree char *ids = join_ids(revisions);
  for (guint i = 0; i < revisions->len && i < 20; i++) {
    const Revision *revision = revisions->pdata[i];
    diag_add(map->diags, DIAG_ERROR, revision->path, revision->down_revision_line, 0,
             dependencies ? _("revision %s is on or beside a cycle of dependencies")
                          : _("revision %s is on or beside a cycle"),
             revision->id);
  }
  revmap_fault(map, RETORT_ERROR_COMMAND, "%s is detected in revisions (%s)",
               dependencies ? "Dependency cycle" : "Cycle", ids);
}

/* A down_revision that is a label: Alembic dies looking it up, as soon as its own walks get there. */
static void check_label_parents(RevisionMap *map, const GPtrArray *counting)
{
  for (guint i = 0; i < counting->len && !map->fault; i++) {
    const Revision *revision = counting->pdata[i];
    for (char **name = revision->down_revision; name && *name; name++) {
      const Revision *other = g_hash_table_lookup(map->by_id, *name);
      if (!other || g_str_equal(other->id, *name))
        continue;
      diag_add(map->diags, DIAG_ERROR, revision->path, revision->down_revision_line, 0,
               _("down_revision of %s is the branch label '%s'; Alembic wants the revision identifier"),
               revision->id, *name);
      revmap_fault(map, RETORT_ERROR_TRACEBACK,
                   _("down_revision of %s is '%s', which is a label, not a revision"), revision->id, *name);
    }
  }
}

gboolean revmap_check_cycles(RevisionMap *map, const GPtrArray *counting)
{
  g_autofree guint *waiting = g_new0(guint, map->revisions->len + 1);
  guint left = peel(counting, TRUE, waiting);

  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    for (guint j = 0; revision->shadowed && j < revision->down->len; j++)
      revision->depth = MAX(revision->depth, ((Revision *)revision->down->pdata[j])->depth + 1);
  }
  if (left == 0) {
    check_label_parents(map, counting);
    return TRUE;
  }
  g_autoptr(GPtrArray) rest = not_between(map, counting, FALSE);
  gboolean dependencies = rest->len == 0;
  if (rest->len < counting->len)
    check_label_parents(map, counting);
  if (dependencies) {
    g_ptr_array_unref(rest);
    rest = not_between(map, counting, TRUE);
  }
  if (rest->len == 0) {
    /* A cycle with a way in from below and a way out above escapes Alembic's test, and misleads it later. */
    for (guint i = 0; i < counting->len; i++)
      if (waiting[((Revision *)counting->pdata[i])->index] > 0)
        g_ptr_array_add(rest, counting->pdata[i]);
    g_ptr_array_sort(rest, by_id);
    memset(waiting, 0, sizeof(*waiting) * map->revisions->len);
    dependencies = peel(counting, FALSE, waiting) == 0;
  }
  report_cycle(map, rest, dependencies);
  return FALSE;
}

/* For each revision that others depend on: by how many, and the lowest of them. */
typedef struct {
  guint count;
  guint depth;
} Dependents;

/* Drops from list what any down_revision ancestor of the revision depends on, looking no deeper than floor. */
static void drop_inherited(const Revision *revision, GPtrArray *list, guint floor, guint *seen)
{
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  const Revision *at = revision;

  for (;;) {
    for (guint i = 0; i < at->down->len; i++) {
      Revision *below = at->down->pdata[i];
      if (below->depth < floor || seen[below->index] == revision->index + 1)
        continue;
      seen[below->index] = revision->index + 1;
      g_ptr_array_add(todo, below);
    }
    if (todo->len == 0 || list->len == 0)
      return;
    at = g_ptr_array_steal_index_fast(todo, todo->len - 1);
    for (guint i = 0; i < at->deps->len; i++)
      g_ptr_array_remove(list, at->deps->pdata[i]);
  }
}

static void normalize_one(Revision *revision, const Dependents *dependents, guint *seen)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  guint floor = G_MAXUINT;

  for (guint i = 0; i < revision->deps->len; i++) {
    Revision *dep = revision->deps->pdata[i];
    if (g_ptr_array_find(list, dep, NULL))
      continue;
    g_ptr_array_add(list, dep);
    if (dependents && dependents[dep->index].count > 1)
      floor = MIN(floor, dependents[dep->index].depth);
  }
  if (floor < revision->depth)
    drop_inherited(revision, list, floor, seen);
  for (guint i = 0; i < list->len; i++)
    revmap_list_add(&revision->normalized_deps, list->pdata[i]);
}

void revmap_normalize(RevisionMap *map, gboolean acyclic)
{
  g_autofree Dependents *dependents = g_new0(Dependents, map->revisions->len + 1);
  g_autofree guint *seen = g_new0(guint, map->revisions->len + 1);

  for (guint i = 0; i < map->revisions->len; i++) {
    const Revision *revision = map->revisions->pdata[i];
    for (guint j = 0; j < revision->deps->len; j++) {
      Dependents *d = &dependents[((Revision *)revision->deps->pdata[j])->index];
      d->depth = d->count++ == 0 ? revision->depth : MIN(d->depth, revision->depth);
    }
  }
  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    if (revision->deps->len > 0)
      normalize_one(revision, acyclic ? dependents : NULL, seen);
  }
}

static void add_labels(Revision *revision, char *const *labels)
{
  for (; labels && *labels; labels++) {
    gboolean known = FALSE;
    for (guint i = 0; i < revision->labels->len && !known; i++)
      known = g_str_equal(revision->labels->pdata[i], *labels);
    if (!known)
      revmap_list_add(&revision->labels, *labels);
  }
}

/* A line of revisions without forks above a labelled one hands the label down as well, up to the first fork or merge
 * below; with a fork above it does not. */
static void spread_down(const Revision *owner, Revision *tip, guint limit)
{
  gboolean met = FALSE;
  for (Revision *at = tip; limit-- > 0; at = at->down->pdata[0]) {
    met |= at == owner;
    if (at->all_next->len > 1 || revision_is_merge_point(at))
      return;
    if (met)
      add_labels(at, owner->branch_labels);
    if (at->down->len != 1)
      return;
  }
}

static void spread_from(RevisionMap *map, Revision *owner)
{
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_autofree NodeSet *seen = node_set_new(map);
  Revision *last = owner;

  g_ptr_array_add(todo, owner);
  while (todo->len > 0) {
    Revision *revision = g_ptr_array_steal_index_fast(todo, todo->len - 1);
    if (seen[revision->index])
      continue;
    seen[revision->index] = 1;
    last = revision;
    add_labels(revision, owner->branch_labels);
    for (guint i = 0; i < revision->next->len; i++)
      g_ptr_array_add(todo, revision->next->pdata[i]);
  }
  spread_down(owner, last, map->revisions->len);
}

void revmap_spread_labels(RevisionMap *map)
{
  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    add_labels(revision, revision->branch_labels);
  }
  for (guint i = 0; i < map->revisions->len; i++) {
    Revision *revision = map->revisions->pdata[i];
    if (revision->branch_labels && revision->branch_labels[0])
      spread_from(map, revision);
  }
}
