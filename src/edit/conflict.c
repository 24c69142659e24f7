/* What the sides of several heads do, and where they meet. */
#include "retort/edit/conflict.h"

#include <glib/gi18n.h>
#include <string.h>

/* Clashes kept for a pair: what comes after them says nothing new. */
#define MAX_CLASHES 200

static void side_change_free(void *data)
{
  SideChange *change = data;

  review_change_free(change->change);
  g_free(change->sql);
  g_free(change);
}

static void side_free(void *data)
{
  ConflictSide *side = data;

  g_ptr_array_unref(side->revisions);
  g_ptr_array_unref(side->tables);
  g_free(side);
}

static void clash_free(void *data)
{
  ConflictClash *clash = data;

  g_free(clash->why);
  g_free(clash);
}

static void pair_free(void *data)
{
  ConflictPair *pair = data;

  g_ptr_array_unref(pair->ancestors);
  g_ptr_array_unref(pair->clashes);
  g_ptr_array_unref(pair->unknown);
  g_free(pair);
}

void conflict_free(Conflict *conflict)
{
  if (!conflict)
    return;
  g_ptr_array_unref(conflict->pairs);
  g_ptr_array_unref(conflict->sides);
  g_hash_table_unref(conflict->changes);
  g_hash_table_unref(conflict->unknown);
  g_free(conflict);
}

/* ---- what a revision does ---- */

static void note_unknown(Conflict *conflict, const Revision *revision, guint line, const char *why)
{
  if (!g_hash_table_contains(conflict->unknown, revision))
    g_hash_table_insert(conflict->unknown, (void *)revision,
                        line ? g_strdup_printf("%s:%u: %s", revision->path, line, why)
                             : g_strdup_printf("%s: %s", revision->path, why));
}

static void read_statements(Conflict *conflict, const Revision *revision, const Script *script,
                            GPtrArray *list)
{
  for (guint i = 0; i < script->statements->len; i++) {
    const Statement *statement = script->statements->pdata[i];
    g_autofree char *unknown = NULL;
    g_autoptr(GPtrArray) changes = changes_read(statement->sql, &unknown);
    if (unknown)
      note_unknown(conflict, revision, statement->line, unknown);
    g_ptr_array_set_free_func(changes, NULL);
    for (guint k = 0; k < changes->len; k++) {
      SideChange *change = g_new0(SideChange, 1);
      *change = (SideChange){changes->pdata[k], revision, statement->line, g_strdup(statement->sql)};
      g_ptr_array_add(list, change);
    }
  }
}

static void read_script(Conflict *conflict, const Revision *revision, const Script *script, GPtrArray *list)
{
  read_statements(conflict, revision, script, list);
  if (script->error)
    note_unknown(conflict, revision, script->error_line, script->error);
  else if (script->state != RENDER_EXACT && script->reasons->len > 0) {
    const RenderReason *reason = script->reasons->pdata[0];
    note_unknown(conflict, revision, reason->line, reason->what);
  }
}

static void read_revision(Conflict *conflict, RenderSession *session, const Revision *revision,
                          ConflictSource source, void *data)
{
  if (g_hash_table_contains(conflict->changes, revision))
    return;
  GPtrArray *list = g_ptr_array_new_with_free_func(side_change_free);
  g_hash_table_insert(conflict->changes, (void *)revision, list);
  gsize len = 0;
  g_autofree char *text = source ? source(revision, &len, data) : NULL;
  if (source && !text) {
    note_unknown(conflict, revision, 0, _("it cannot be read"));
    return;
  }
  g_autoptr(Script) script = text ? render_source(session, revision->path, text, len, DIRECTION_UPGRADE)
                                  : render_revision(session, revision, DIRECTION_UPGRADE);
  read_script(conflict, revision, script, list);
}

static void add_tables(Conflict *conflict, ConflictSide *side, const Revision *revision)
{
  const GPtrArray *changes = g_hash_table_lookup(conflict->changes, revision);

  for (guint i = 0; i < changes->len; i++) {
    const char *name = ((SideChange *)changes->pdata[i])->change->relation;
    if (name && !g_ptr_array_find_with_equal_func(side->tables, name, g_str_equal, NULL))
      g_ptr_array_add(side->tables, g_strdup(name));
  }
}

/* ---- pairs ---- */

/* The same sentence about the same lines is said once. */
static gboolean add_clash(ConflictPair *pair, GHashTable *said, const SideChange *a, const SideChange *b)
{
  g_autofree char *why = NULL;
  Verdict verdict = changes_compare(a->change, b->change, &why);

  if (verdict == VERDICT_INDEPENDENT)
    return TRUE;
  /* several parts of one table clash in one way only: it is told of the table's lines once */
  char *key = g_strdup_printf("%s %u %u", why, verdict == VERDICT_SAME_OBJECT ? 0 : a->line,
                              verdict == VERDICT_SAME_OBJECT ? 0 : b->line);
  if (!g_hash_table_add(said, key))
    return TRUE;
  ConflictClash *clash = g_new0(ConflictClash, 1);
  *clash = (ConflictClash){a, b, verdict, g_steal_pointer(&why)};
  g_ptr_array_add(pair->clashes, clash);
  return pair->clashes->len < MAX_CLASHES;
}

static gboolean creates_table(const GPtrArray *changes, const char *name)
{
  for (guint i = 0; i < changes->len; i++) {
    const Change *change = ((SideChange *)changes->pdata[i])->change;
    if (change->verb == CHANGE_CREATE && change->class == OBJECT_TABLE && g_strcmp0(change->name, name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Where both create a table, that is all there is to say of its columns. */
static gboolean covered(const GPtrArray *left, const GPtrArray *right, const Change *change)
{
  gboolean table = change->class == OBJECT_TABLE && change->verb == CHANGE_CREATE;

  return !table && change->relation && creates_table(left, change->relation) &&
         creates_table(right, change->relation);
}

static void compare_revisions(ConflictPair *pair, GHashTable *said, const GPtrArray *left,
                              const GPtrArray *right)
{
  for (guint i = 0; i < left->len; i++) {
    const SideChange *a = left->pdata[i];
    if (covered(left, right, a->change))
      continue;
    for (guint k = 0; k < right->len; k++) {
      const SideChange *b = right->pdata[k];
      if (!covered(left, right, b->change) && !add_clash(pair, said, a, b))
        return;
    }
  }
}

static int worst_first(const void *a, const void *b)
{
  const ConflictClash *const *x = a;
  const ConflictClash *const *y = b;

  return (int)(*y)->verdict - (int)(*x)->verdict;
}

static void note_pair_unknown(Conflict *conflict, ConflictPair *pair, const GPtrArray *revisions)
{
  for (guint i = 0; i < revisions->len; i++) {
    const char *why = g_hash_table_lookup(conflict->unknown, revisions->pdata[i]);
    if (why)
      g_ptr_array_add(pair->unknown, g_strdup(why));
  }
}

static void compare_pair(Conflict *conflict, const RevisionMap *map, ConflictPair *pair)
{
  g_autoptr(GPtrArray) left_head = g_ptr_array_new();
  g_autoptr(GPtrArray) right_head = g_ptr_array_new();
  g_autoptr(GPtrArray) both = g_ptr_array_new();
  g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

  g_ptr_array_add(left_head, (void *)pair->left->head);
  g_ptr_array_add(right_head, (void *)pair->right->head);
  g_ptr_array_add(both, (void *)pair->left->head);
  g_ptr_array_add(both, (void *)pair->right->head);
  pair->ancestors = revision_map_common(map, both);
  g_autoptr(GPtrArray) left = revision_map_own(map, left_head, right_head);
  g_autoptr(GPtrArray) right = revision_map_own(map, right_head, left_head);
  for (guint i = 0; i < left->len; i++)
    for (guint k = 0; k < right->len; k++)
      compare_revisions(pair, said, g_hash_table_lookup(conflict->changes, left->pdata[i]),
                        g_hash_table_lookup(conflict->changes, right->pdata[k]));
  g_ptr_array_sort(pair->clashes, worst_first);
  note_pair_unknown(conflict, pair, left);
  note_pair_unknown(conflict, pair, right);
  Verdict worst = VERDICT_INDEPENDENT;
  for (guint i = 0; i < pair->clashes->len; i++)
    worst = MAX(worst, ((ConflictClash *)pair->clashes->pdata[i])->verdict);
  pair->verdict = worst != VERDICT_CONTRADICTORY && pair->unknown->len > 0 ? VERDICT_UNKNOWN : worst;
}

/* ---- all of it ---- */

/* Renders what any two of the heads have not in common. */
static void read_sides(Conflict *conflict, RenderSession *session, const RevisionMap *map,
                       const GPtrArray *heads, ConflictSource source, void *data)
{
  for (guint i = 0; i < heads->len; i++) {
    g_autoptr(GPtrArray) head = g_ptr_array_new();
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    ConflictSide *side = g_new0(ConflictSide, 1);
    side->head = heads->pdata[i];
    side->tables = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(head, heads->pdata[i]);
    for (guint k = 0; k < heads->len; k++) {
      if (k == i)
        continue;
      g_ptr_array_add(others, heads->pdata[k]);
      g_autoptr(GPtrArray) other = g_ptr_array_new();
      g_ptr_array_add(other, heads->pdata[k]);
      g_autoptr(GPtrArray) own = revision_map_own(map, head, other);
      render_session_restart(session);
      for (guint n = 0; n < own->len; n++)
        read_revision(conflict, session, own->pdata[n], source, data);
    }
    side->revisions = revision_map_own(map, head, others);
    for (guint n = 0; n < side->revisions->len; n++)
      add_tables(conflict, side, side->revisions->pdata[n]);
    g_ptr_array_add(conflict->sides, side);
  }
}

Conflict *conflict_new(RenderSession *session, const RevisionMap *map, const GPtrArray *heads,
                       ConflictSource source, void *data)
{
  Conflict *conflict = g_new0(Conflict, 1);

  conflict->sides = g_ptr_array_new_with_free_func(side_free);
  conflict->pairs = g_ptr_array_new_with_free_func(pair_free);
  conflict->changes = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
  conflict->unknown = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  read_sides(conflict, session, map, heads, source, data);
  for (guint i = 0; i < conflict->sides->len; i++)
    for (guint k = i + 1; k < conflict->sides->len; k++) {
      ConflictPair *pair = g_new0(ConflictPair, 1);
      pair->left = conflict->sides->pdata[i];
      pair->right = conflict->sides->pdata[k];
      pair->clashes = g_ptr_array_new_with_free_func(clash_free);
      pair->unknown = g_ptr_array_new_with_free_func(g_free);
      compare_pair(conflict, map, pair);
      g_ptr_array_add(conflict->pairs, pair);
    }
  return conflict;
}

GPtrArray *conflict_side_changes(const Conflict *conflict, const ConflictSide *side)
{
  GPtrArray *own = g_ptr_array_new();

  for (guint i = 0; i < side->revisions->len; i++) {
    GPtrArray *changes = g_hash_table_lookup(conflict->changes, side->revisions->pdata[i]);
    for (guint k = 0; k < changes->len; k++) {
      const Change *change = ((SideChange *)changes->pdata[k])->change;
      gboolean follows = change->class != OBJECT_TABLE && change->class != OBJECT_INDEX && change->relation &&
                         creates_table(changes, change->relation);
      if (change->verb != CHANGE_USE && !follows)
        g_ptr_array_add(own, changes->pdata[k]);
    }
  }
  return own;
}

Verdict conflict_verdict(const Conflict *conflict)
{
  /* a contradiction is worse than not to know */
  static const guint rank[] = {0, 1, 3, 2};
  Verdict worst = VERDICT_INDEPENDENT;

  for (guint i = 0; i < conflict->pairs->len; i++) {
    Verdict verdict = ((ConflictPair *)conflict->pairs->pdata[i])->verdict;
    if (rank[verdict] > rank[worst])
      worst = verdict;
  }
  return worst;
}

char *conflict_sentence(const ConflictPair *pair)
{
  if (pair->clashes->len == 0)
    return pair->unknown->len > 0
               ? g_strdup_printf(
                     ngettext("no object in common, as far as can be seen: %u migration cannot be read",
                              "no object in common, as far as can be seen: %u migrations cannot be read",
                              pair->unknown->len),
                     pair->unknown->len)
               : g_strdup(_("independent: no object in common"));
  const ConflictClash *first = pair->clashes->pdata[0];
  guint more = pair->clashes->len - 1;
  const char *word = first->verdict == VERDICT_CONTRADICTORY ? _("contradictory") : _("same object touched");
  if (more == 0)
    return g_strdup_printf("%s: %s", word, first->why);
  return g_strdup_printf(ngettext("%s: %s; %u more", "%s: %s; %u more", more), word, first->why, more);
}
