/* Moves on a graph of identifiers: parents as they are to be, over what the files say.
 *
 * A move is made on a copy, looked at, and only then kept; so a move that is refused has never happened, and taking
 * one back is going to the copy before. */
#include "retort/edit/rebase.h"

#include <glib/gi18n.h>
#include <string.h>

#include "rebase-private.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

static gboolean G_GNUC_PRINTF(2, 3) refuse(GError **error, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  g_autofree char *text = g_strdup_vprintf(format, args);
  va_end(args);
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED, text);
  return FALSE;
}

static GHashTable *table_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
}

static GHashTable *table_copy(GHashTable *table)
{
  GHashTable *copy = table_new();
  GHashTableIter iter;
  gpointer id, parents;
  g_hash_table_iter_init(&iter, table);
  while (g_hash_table_iter_next(&iter, &id, &parents))
    g_hash_table_insert(copy, g_strdup(id), g_strdupv(parents));
  return copy;
}

Rebase *rebase_new(const Project *project, const RevisionMap *map)
{
  Rebase *rebase = g_new0(Rebase, 1);
  rebase->project = project;
  rebase->map = map;
  rebase->parents = table_new();
  rebase->history = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
  return rebase;
}

void rebase_free(Rebase *rebase)
{
  if (rebase == NULL)
    return;
  g_hash_table_unref(rebase->parents);
  g_ptr_array_unref(rebase->history);
  g_free(rebase);
}

const char *const *rebase_parents(const Rebase *rebase, const char *id)
{
  static const char *const none[] = {NULL};
  const char *const *parents = g_hash_table_lookup(rebase->parents, id);
  if (parents != NULL)
    return parents;
  const Revision *revision = revision_map_get(rebase->map, id);
  return revision != NULL ? (const char *const *)revision->down_revision : none;
}

static gboolean same_parents(const char *const *a, const char *const *b)
{
  return g_strv_equal(a, b);
}

GPtrArray *rebase_moved(const Rebase *rebase)
{
  GPtrArray *moved = g_ptr_array_new();
  for (guint i = 0; i < rebase->map->revisions->len; i++) {
    Revision *revision = rebase->map->revisions->pdata[i];
    const char *const *parents = g_hash_table_lookup(rebase->parents, revision->id);
    if (parents != NULL && !revision->shadowed &&
        !same_parents(parents, (const char *const *)revision->down_revision))
      g_ptr_array_add(moved, revision);
  }
  return moved;
}

RevisionMap *rebase_map(const Rebase *rebase)
{
  GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
  for (guint i = 0; i < rebase->map->revisions->len; i++) {
    Revision *revision = revision_copy(rebase->map->revisions->pdata[i]);
    const char *const *parents = g_hash_table_lookup(rebase->parents, revision->id);
    if (parents != NULL) {
      g_strfreev(revision->down_revision);
      revision->down_revision = g_strdupv((char **)parents);
      revision->down_revision_is_scalar = parents[0] != NULL && parents[1] == NULL;
    }
    g_ptr_array_add(revisions, revision);
  }
  return revision_map_new(revisions);
}

/* ---- looking at the graph ---- */

static void set_parents(Rebase *rebase, const char *id, const char *const *parents)
{
  g_hash_table_insert(rebase->parents, g_strdup(id), g_strdupv((char **)parents));
}

/* id and all below it; with dependencies also what they name.  Borrowed ids of the map. */
static GHashTable *below(const Rebase *rebase, const char *id, gboolean dependencies)
{
  GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) todo = g_ptr_array_new();
  g_ptr_array_add(todo, (void *)id);
  while (todo->len > 0) {
    const char *next = g_ptr_array_steal_index(todo, todo->len - 1);
    const Revision *revision = revision_map_get(rebase->map, next);
    if (revision == NULL || !g_hash_table_add(seen, revision->id))
      continue;
    for (const char *const *p = rebase_parents(rebase, next); *p != NULL; p++)
      g_ptr_array_add(todo, (void *)*p);
    for (guint i = 0; dependencies && i < revision->deps->len; i++)
      g_ptr_array_add(todo, ((const Revision *)revision->deps->pdata[i])->id);
  }
  return seen;
}

/* Revisions that name id among their parents: Revision*, load order. */
static GPtrArray *children_of(const Rebase *rebase, const char *id)
{
  GPtrArray *children = g_ptr_array_new();
  for (guint i = 0; i < rebase->map->revisions->len; i++) {
    Revision *revision = rebase->map->revisions->pdata[i];
    if (!revision->shadowed && g_strv_contains(rebase_parents(rebase, revision->id), id))
      g_ptr_array_add(children, revision);
  }
  return children;
}

/* parents with one of them replaced by others, each named once. */
static char **replaced(const char *const *parents, const char *old, const char *const *by)
{
  g_autoptr(GPtrArray) out = g_ptr_array_new();
  for (const char *const *p = parents; *p != NULL; p++) {
    const char *const single[] = {*p, NULL};
    const char *const *come = strcmp(*p, old) == 0 ? by : single;
    for (; *come != NULL; come++)
      if (!g_ptr_array_find_with_equal_func(out, *come, g_str_equal, NULL))
        g_ptr_array_add(out, (void *)*come);
  }
  g_ptr_array_add(out, NULL);
  return g_strdupv((char **)out->pdata);
}

/* ---- what a graph must not have ---- */

/* Somebody in the set that depends on itself by way of the moved revision; NULL: nobody. */
static const Revision *depends_upwards(const Rebase *rebase, const char *id)
{
  g_autoptr(GHashTable) line = below(rebase, id, FALSE);
  GHashTableIter iter;
  gpointer member;
  g_hash_table_iter_init(&iter, line);
  while (g_hash_table_iter_next(&iter, &member, NULL)) {
    const Revision *revision = revision_map_get(rebase->map, member);
    for (guint i = 0; i < revision->deps->len; i++) {
      const Revision *wanted = revision->deps->pdata[i];
      g_autoptr(GHashTable) under = below(rebase, wanted->id, TRUE);
      if (g_hash_table_contains(under, revision->id))
        return revision;
    }
  }
  return NULL;
}

static gboolean check_parents(const Rebase *rebase, const char *id, GError **error)
{
  const char *const *parents = rebase_parents(rebase, id);
  for (const char *const *p = parents; *p != NULL; p++) {
    if (revision_map_get(rebase->map, *p) == NULL)
      return refuse(error, _("there is no revision %s"), *p);
    g_autoptr(GHashTable) line = below(rebase, *p, FALSE);
    if (g_hash_table_contains(line, id))
      return refuse(error, _("%s stands on %s already: the other way round it would be a cycle"), *p, id);
  }
  return TRUE;
}

/* A merge of a revision with its own ancestor says nothing, and Alembic's rows do not expect it. */
static gboolean check_merges(const Rebase *rebase, const char *moved, GError **error)
{
  for (guint i = 0; i < rebase->map->revisions->len; i++) {
    const Revision *merge = rebase->map->revisions->pdata[i];
    const char *const *parents = rebase_parents(rebase, merge->id);
    if (parents[0] == NULL || parents[1] == NULL)
      continue;
    g_autoptr(GHashTable) whole = below(rebase, merge->id, FALSE);
    for (guint a = 0; g_hash_table_contains(whole, moved) && parents[a] != NULL; a++) {
      g_autoptr(GHashTable) line = below(rebase, parents[a], FALSE);
      for (guint b = 0; parents[b] != NULL; b++)
        if (a != b && g_hash_table_contains(line, parents[b]))
          return refuse(error, _("%s, line %u: %s merges %s and %s, of which one would stand on the other"),
                        merge->path, merge->down_revision_line, merge->id, parents[a], parents[b]);
    }
  }
  return TRUE;
}

static guint line_of_dependencies(const char *path)
{
  g_autofree char *text = file_read(path, FILE_LIMIT, NULL, NULL, NULL);
  g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix(lines[i], "depends_on"))
      return i + 1;
  return 1;
}

static gboolean check(const Rebase *rebase, GPtrArray *touched, GError **error)
{
  for (guint i = 0; i < touched->len; i++)
    if (!check_parents(rebase, touched->pdata[i], error))
      return FALSE;
  for (guint i = 0; i < touched->len; i++) {
    const char *id = touched->pdata[i];
    const Revision *revision = revision_map_get(rebase->map, id);
    const Revision *odd = depends_upwards(rebase, id);
    if (odd != NULL)
      return refuse(error, _("%s, line %u: %s depends on a revision that would stand on it"), odd->path,
                    line_of_dependencies(odd->path), odd->id);
    if (!check_merges(rebase, id, error))
      return FALSE;
    if (g_str_has_suffix(revision->path, ".pyc") || g_str_has_suffix(revision->path, ".pyo"))
      return refuse(error, _("%s is compiled: there is no source to change"), revision->path);
  }
  return TRUE;
}

static gboolean check_known(const Rebase *rebase, const char *id, GError **error)
{
  const Revision *revision = revision_map_get(rebase->map, id);
  if (revision == NULL)
    return refuse(error, _("there is no revision %s"), id);
  for (guint i = 0; i < rebase->map->revisions->len; i++) {
    const Revision *other = rebase->map->revisions->pdata[i];
    if (other->shadowed && strcmp(other->id, id) == 0)
      return refuse(error, _("%s has the id %s, too: one of them has to go first"), other->path, id);
  }
  return TRUE;
}

/* ---- moves ---- */

/* Begins a move on a copy. */
static void begin(Rebase *rebase)
{
  GHashTable *copy = table_copy(rebase->parents);
  g_ptr_array_add(rebase->history, rebase->parents);
  rebase->parents = copy;
}

gboolean rebase_take_back(Rebase *rebase)
{
  if (rebase->history->len == 0)
    return FALSE;
  g_hash_table_unref(rebase->parents);
  rebase->parents = g_ptr_array_steal_index(rebase->history, rebase->history->len - 1);
  return TRUE;
}

/* Keeps the move, or takes it back. */
static gboolean finish(Rebase *rebase, GPtrArray *touched, GError **error)
{
  if (check(rebase, touched, error))
    return TRUE;
  rebase_take_back(rebase);
  return FALSE;
}

gboolean rebase_set_parents(Rebase *rebase, const char *id, const char *const *parents, GError **error)
{
  if (!check_known(rebase, id, error))
    return FALSE;
  for (guint i = 0; parents[i] != NULL; i++) {
    if (strcmp(parents[i], id) == 0)
      return refuse(error, _("%s cannot stand on itself"), id);
    for (guint j = 0; j < i; j++)
      if (strcmp(parents[i], parents[j]) == 0)
        return refuse(error, _("%s is named twice"), parents[i]);
  }
  if (same_parents(parents, rebase_parents(rebase, id)))
    return refuse(error, _("%s stands there already"), id);
  begin(rebase);
  set_parents(rebase, id, parents);
  g_autoptr(GPtrArray) touched = g_ptr_array_new();
  g_ptr_array_add(touched, (void *)id);
  return finish(rebase, touched, error);
}

/* The parents of one revision of the side: onto, unless some of the side are among them, which stand on onto, too. */
static char **moved_parents(const Rebase *rebase, const char *id, GHashTable *side, const char *onto)
{
  g_autoptr(GPtrArray) out = g_ptr_array_new();
  for (const char *const *p = rebase_parents(rebase, id); *p != NULL; p++)
    if (g_hash_table_contains(side, *p))
      g_ptr_array_add(out, (void *)*p);
  if (out->len == 0)
    g_ptr_array_add(out, (void *)onto);
  g_ptr_array_add(out, NULL);
  return g_strdupv((char **)out->pdata);
}

gboolean rebase_onto(Rebase *rebase, const char *side, const char *onto, GError **error)
{
  if (!check_known(rebase, side, error) || !check_known(rebase, onto, error))
    return FALSE;
  if (strcmp(side, onto) == 0)
    return refuse(error, _("%s cannot stand on itself"), side);
  g_autoptr(GHashTable) mine = below(rebase, side, FALSE);
  g_autoptr(GHashTable) theirs = below(rebase, onto, FALSE);
  if (g_hash_table_contains(theirs, side))
    return refuse(error, _("%s is below %s: there is nothing to move"), side, onto);
  GHashTableIter iter;
  gpointer id;
  g_hash_table_iter_init(&iter, theirs);
  while (g_hash_table_iter_next(&iter, &id, NULL))
    g_hash_table_remove(mine, id);
  g_autoptr(GPtrArray) touched = g_ptr_array_new();
  begin(rebase);
  for (guint i = 0; i < rebase->map->revisions->len; i++) {
    const Revision *revision = rebase->map->revisions->pdata[i];
    if (revision->shadowed || !g_hash_table_contains(mine, revision->id))
      continue;
    g_auto(GStrv) parents = moved_parents(rebase, revision->id, mine, onto);
    if (same_parents((const char *const *)parents, rebase_parents(rebase, revision->id)))
      continue;
    set_parents(rebase, revision->id, (const char *const *)parents);
    g_ptr_array_add(touched, revision->id);
  }
  if (touched->len > 0)
    return finish(rebase, touched, error);
  rebase_take_back(rebase);
  return refuse(error, _("%s stands on %s already"), side, onto);
}

/* What stands on a revision comes to stand on its parents. */
static void lift(Rebase *rebase, const char *id, GPtrArray *touched)
{
  g_autoptr(GPtrArray) children = children_of(rebase, id);
  g_auto(GStrv) parents = g_strdupv((char **)rebase_parents(rebase, id));
  for (guint i = 0; i < children->len; i++) {
    const Revision *child = children->pdata[i];
    g_auto(GStrv) now = replaced(rebase_parents(rebase, child->id), id, (const char *const *)parents);
    set_parents(rebase, child->id, (const char *const *)now);
    g_ptr_array_add(touched, child->id);
  }
}

/* A lifted revision comes between onto and what stands there; line: what it had below it, of which only its own line
 * follows it down. */
static void insert(Rebase *rebase, const char *id, const char *onto, GHashTable *line, GPtrArray *touched)
{
  const char *const single[] = {id, NULL}, *const under[] = {onto, NULL};
  g_autoptr(GPtrArray) children = onto != NULL ? children_of(rebase, onto) : g_ptr_array_new();
  gboolean down = onto != NULL && g_hash_table_contains(line, onto);
  for (guint i = 0; i < children->len; i++) {
    const Revision *child = children->pdata[i];
    if (strcmp(child->id, id) == 0 || (down && !g_hash_table_contains(line, child->id)))
      continue;
    g_auto(GStrv) now = replaced(rebase_parents(rebase, child->id), onto, single);
    set_parents(rebase, child->id, (const char *const *)now);
    g_ptr_array_add(touched, child->id);
  }
  set_parents(rebase, id, under);
  g_ptr_array_add(touched, (void *)id);
}

static gboolean is_merge(const Rebase *rebase, const char *id)
{
  const char *const *parents = rebase_parents(rebase, id);
  return parents[0] != NULL && parents[1] != NULL;
}

gboolean rebase_alone(Rebase *rebase, const char *id, const char *onto, GError **error)
{
  if (!check_known(rebase, id, error) || (onto != NULL && !check_known(rebase, onto, error)))
    return FALSE;
  if (g_strcmp0(id, onto) == 0)
    return refuse(error, _("%s cannot stand on itself"), id);
  if (is_merge(rebase, id))
    return refuse(error, _("%s is a merge: it holds its sides together and cannot be taken out"), id);
  const char *const under[] = {onto, NULL};
  if (same_parents(under, rebase_parents(rebase, id)))
    return refuse(error, _("%s stands there already"), id);
  g_autoptr(GPtrArray) touched = g_ptr_array_new();
  g_autoptr(GHashTable) line = below(rebase, id, FALSE);
  begin(rebase);
  lift(rebase, id, touched);
  insert(rebase, id, onto, line, touched);
  return finish(rebase, touched, error);
}

gboolean rebase_swap(Rebase *rebase, const char *id, gboolean up, GError **error)
{
  if (!check_known(rebase, id, error))
    return FALSE;
  if (!up) {
    const char *const *parents = rebase_parents(rebase, id);
    if (parents[0] == NULL)
      return refuse(error, _("%s stands on nothing: it is at the bottom"), id);
    if (parents[1] != NULL)
      return refuse(error, _("%s is a merge: it stays on its sides"), id);
    g_autofree char *parent = g_strdup(parents[0]);
    return rebase_swap(rebase, parent, TRUE, error);
  }
  g_autoptr(GPtrArray) children = children_of(rebase, id);
  if (children->len == 0)
    return refuse(error, _("nothing stands on %s: it is at the top"), id);
  if (children->len > 1)
    return refuse(error, _("%u revisions stand on %s: which of them should it pass?"), children->len, id);
  const Revision *child = children->pdata[0];
  if (is_merge(rebase, id) || is_merge(rebase, child->id))
    return refuse(error, _("%s is a merge: it stays on its sides"), is_merge(rebase, id) ? id : child->id);
  g_autoptr(GPtrArray) touched = g_ptr_array_new();
  g_autoptr(GHashTable) line = below(rebase, id, FALSE);
  begin(rebase);
  lift(rebase, id, touched);
  insert(rebase, id, child->id, line, touched);
  return finish(rebase, touched, error);
}

gboolean rebase_repeat(Rebase *rebase, const Rebase *before, GError **error)
{
  g_autoptr(GPtrArray) moved = rebase_moved(before), touched = g_ptr_array_new();
  for (guint i = 0; i < moved->len; i++)
    if (!check_known(rebase, ((const Revision *)moved->pdata[i])->id, error))
      return FALSE;
  begin(rebase);
  for (guint i = 0; i < moved->len; i++) {
    const char *id = ((const Revision *)moved->pdata[i])->id;
    set_parents(rebase, id, rebase_parents(before, id));
    g_ptr_array_add(touched, (void *)id);
  }
  return finish(rebase, touched, error);
}
