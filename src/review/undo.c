#include "undo.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/review/change.h"
#include "change-private.h"
#include "retort/sql/stmt.h"

typedef enum {
  NOW_CREATED, /* was not there before */
  NOW_DROPPED, /* was */
  NOW_ALTERED,
} Now;

/* An object that differs from what it was before the upgrade. */
typedef struct {
  Now now;
  Change change; /* the texts are owned */
  guint statement;
  const char *sql; /* of that statement, borrowed */
  gboolean downgrade;
} Record;

/* One direction being run in the mind. */
typedef struct {
  GPtrArray *records;    /* Record* */
  GHashTable *made_anew; /* relations this direction creates: their columns and constraints come with them */
  GHashTable *parts;     /* "class name" of such parts, of both directions */
  GHashTable *traded; /* types that were renamed away, for others of their name: an enum with other values */
  gboolean downgrade;
  guint statement;
  const char *sql;  /* its text */
  gboolean unclear; /* something was done that cannot be read */
} Run;

static void record_free(void *data)
{
  Record *record = data;
  g_free(record->change.relation);
  g_free(record->change.name);
  g_free(record->change.aspect);
  g_free(record);
}

void leftover_free(Leftover *leftover)
{
  if (leftover == NULL)
    return;
  g_free(leftover->object);
  g_free(leftover->text);
  g_free(leftover);
}

/* ---- records ---- */

static gboolean is_relation(ObjectClass class)
{
  return class == OBJECT_TABLE || class == OBJECT_VIEW;
}

/* Indexes are dropped without a word of their table. */
static gboolean same_object(const Change *a, const Change *b)
{
  if (a->class != b->class || g_strcmp0(a->name, b->name) != 0)
    return FALSE;
  return is_relation(a->class) || a->class == OBJECT_INDEX || a->class == OBJECT_SEQUENCE ||
         a->relation == NULL || b->relation == NULL || strcmp(a->relation, b->relation) == 0;
}

static Record *find_record(const Run *run, const Change *change, Now now)
{
  for (guint i = 0; i < run->records->len; i++) {
    Record *record = g_ptr_array_index(run->records, i);
    if (record->now == now && same_object(&record->change, change) &&
        (now != NOW_ALTERED || g_strcmp0(record->change.aspect, change->aspect) == 0))
      return record;
  }
  return NULL;
}

static void add_record(Run *run, const Change *change, Now now)
{
  Record *record = g_new0(Record, 1);
  record->now = now;
  record->change = *change;
  record->change.relation = g_strdup(change->relation);
  record->change.name = g_strdup(change->name);
  record->change.aspect = g_strdup(change->aspect);
  record->change.value = NULL;
  record->statement = run->statement;
  record->downgrade = run->downgrade;
  record->sql = run->sql;
  g_ptr_array_add(run->records, record);
}

/* A relation goes: what else was done to it does not matter any more. */
static void forget_parts(Run *run, const char *relation)
{
  for (guint i = run->records->len; i-- > 0;) {
    const Record *record = g_ptr_array_index(run->records, i);
    if (!is_relation(record->change.class) && g_strcmp0(record->change.relation, relation) == 0)
      g_ptr_array_remove_index(run->records, i);
  }
}

static gboolean mentions(const char *sql, const char *word)
{
  gsize n = strlen(word);
  for (const char *p = sql; (p = strcasestr(p, word)) != NULL; p += n) {
    gboolean starts = p == sql || !(g_ascii_isalnum(p[-1]) || p[-1] == '_');
    if (starts && !g_ascii_isalnum(p[n]) && p[n] != '_')
      return TRUE;
  }
  return FALSE;
}

/* A column goes, and with it the indexes and constraints that mention it. */
static void forget_users(Run *run, const Change *column)
{
  for (guint i = run->records->len; i-- > 0;) {
    const Record *record = g_ptr_array_index(run->records, i);
    const Change *change = &record->change;
    gboolean altered =
        record->now == NOW_ALTERED && change->class == OBJECT_COLUMN && same_object(change, column);
    gboolean hangs_on = record->now == NOW_CREATED && change->class != OBJECT_COLUMN &&
                        !is_relation(change->class) && g_strcmp0(change->relation, column->relation) == 0 &&
                        mentions(record->sql, column->name);
    if (altered || hangs_on)
      g_ptr_array_remove_index(run->records, i);
  }
}

/* ---- running ---- */

static gboolean comes_with_its_table(const Run *run, const Change *change)
{
  return !is_relation(change->class) && change->relation != NULL &&
         g_hash_table_contains(run->made_anew, change->relation);
}

/* CREATE OR REPLACE: what was there before stays unknown.  Extensions are left behind on purpose. */
static gboolean stays_by_custom(const Run *run, const Change *change)
{
  if (change->class == OBJECT_EXTENSION)
    return change->guarded;
  return (change->class == OBJECT_FUNCTION || change->class == OBJECT_VIEW) &&
         strcasestr(run->sql, "OR REPLACE") != NULL;
}

static char *part_key(const Change *change)
{
  return g_strdup_printf("%d %s", (int)change->class, change->name);
}

static void create(Run *run, const Change *change)
{
  Record *dropped = find_record(run, change, NOW_DROPPED);
  if (is_relation(change->class)) {
    g_hash_table_add(run->made_anew, g_strdup(change->name));
  } else if (dropped == NULL && comes_with_its_table(run, change)) {
    g_hash_table_add(run->parts, part_key(change));
    return;
  }
  if (dropped != NULL)
    g_ptr_array_remove(run->records, dropped);
  else if (stays_by_custom(run, change))
    g_hash_table_add(run->parts, part_key(change));
  else if (find_record(run, change, NOW_CREATED) == NULL)
    add_record(run, change, NOW_CREATED);
}

/* The index that a constraint was made from goes with it. */
static void forget_index_of(Run *run, const Change *constraint)
{
  Change index = {.class = OBJECT_INDEX, .name = constraint->name};
  Record *created = find_record(run, &index, NOW_CREATED);
  if (created != NULL)
    g_ptr_array_remove(run->records, created);
}

static void drop(Run *run, const Change *change)
{
  if (is_relation(change->class)) {
    g_hash_table_remove(run->made_anew, change->name);
    forget_parts(run, change->name);
  } else if (comes_with_its_table(run, change)) {
    return;
  }
  if (change->class == OBJECT_COLUMN && change->relation != NULL)
    forget_users(run, change);
  if (change->class == OBJECT_CONSTRAINT)
    forget_index_of(run, change);
  Record *created = find_record(run, change, NOW_CREATED);
  g_autofree char *key = part_key(change);
  if (created != NULL)
    g_ptr_array_remove(run->records, created);
  else if (find_record(run, change, NOW_DROPPED) == NULL && !g_hash_table_contains(run->parts, key))
    add_record(run, change, NOW_DROPPED);
}

/* What was changed of a column is changed under its new name, too. */
static void rename_altered(Run *run, const Change *change)
{
  for (guint i = 0; i < run->records->len; i++) {
    Record *record = g_ptr_array_index(run->records, i);
    if (record->now != NOW_ALTERED || !same_object(&record->change, change))
      continue;
    g_free(record->change.name);
    record->change.name = g_strdup(change->aspect);
  }
}

/* As it is written from now on: a new name is given without the schema, a new schema as "schema.". */
static char *name_after(const Change *change)
{
  const char *dot = strchr(change->name, '.');
  if (change->class == OBJECT_COLUMN || change->class == OBJECT_CONSTRAINT ||
      change_is_on_table(change->class))
    return g_strdup(change->aspect);
  if (g_str_has_suffix(change->aspect, ".")) {
    const char *bare = dot != NULL ? dot + 1 : change->name;
    return strcmp(change->aspect, "public.") == 0 ? g_strdup(bare) : g_strconcat(change->aspect, bare, NULL);
  }
  return dot != NULL ? g_strdup_printf("%.*s.%s", (int)(dot - change->name), change->name, change->aspect)
                     : g_strdup(change->aspect);
}

static void rename_object(Run *run, const Change *change)
{
  g_autofree char *name = name_after(change);
  rename_altered(run, change);
  Change after = *change;
  after.name = name;
  if (change->class == OBJECT_TYPE)
    g_hash_table_add(run->traded, g_strdup(change->name));
  if (is_relation(change->class)) {
    after.relation = name;
    for (guint i = 0; i < run->records->len; i++) {
      Record *record = g_ptr_array_index(run->records, i);
      if (is_relation(record->change.class) || g_strcmp0(record->change.relation, change->name) != 0)
        continue;
      g_free(record->change.relation);
      record->change.relation = g_strdup(name);
    }
    if (g_hash_table_remove(run->made_anew, change->name))
      g_hash_table_add(run->made_anew, g_strdup(name));
  }
  if (comes_with_its_table(run, change))
    return;
  Record *created = find_record(run, change, NOW_CREATED);
  Record *dropped = find_record(run, &after, NOW_DROPPED);
  if (created != NULL)
    g_ptr_array_remove(run->records, created);
  else
    add_record(run, change, NOW_DROPPED);
  if (dropped != NULL)
    g_ptr_array_remove(run->records, dropped);
  else
    add_record(run, &after, NOW_CREATED);
}

/* Comments and rights are no part of what the next upgrade stands on, and an enum value cannot be taken back. */
static gboolean matters(const Change *change)
{
  static const char *const aspects[] = {"type", "default", "not null", "nullable", "server default", NULL};
  return change->class == OBJECT_COLUMN && change->aspect != NULL && g_strv_contains(aspects, change->aspect);
}

static void alter(Run *run, const Change *change)
{
  if (!matters(change) || comes_with_its_table(run, change))
    return;
  if (strcmp(change->aspect, "type") == 0 && change->value != NULL &&
      g_hash_table_contains(run->traded, change->value))
    return; /* it is of a type of that name before and after */
  Record *altered = find_record(run, change, NOW_ALTERED);
  if (run->downgrade && altered != NULL)
    g_ptr_array_remove(run->records, altered);
  else if (!run->downgrade && altered == NULL && find_record(run, change, NOW_CREATED) == NULL)
    add_record(run, change, NOW_ALTERED);
}

static void run_statement(Run *run, const SqlTree *tree)
{
  g_autofree char *unknown = NULL;
  g_autoptr(GPtrArray) changes = changes_of_tree(tree, &unknown);
  run->unclear |= unknown != NULL;
  for (guint i = 0; i < changes->len; i++) {
    const Change *change = g_ptr_array_index(changes, i);
    switch (change->verb) {
    case CHANGE_CREATE: create(run, change); break;
    case CHANGE_DROP: drop(run, change); break;
    case CHANGE_RENAME: rename_object(run, change); break;
    case CHANGE_ALTER: alter(run, change); break;
    default: break;
    }
  }
}

static void run_all(Run *run, const ParsedScript *script)
{
  for (guint i = 0; i < script->statements->len; i++) {
    run->statement = i;
    run->sql = ((const Statement *)g_ptr_array_index(script->statements, i))->sql;
    run_statement(run, g_ptr_array_index(script->trees, i));
  }
}

/* ---- telling ---- */

/* A name like orders_note_key: what the server makes up. */
static gboolean made_up(const Change *change)
{
  static const char *const endings[] = {"_key", "_fkey", "_check", "_pkey", "_excl"};
  gboolean ends = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(endings); i++)
    ends |= g_str_has_suffix(change->name, endings[i]);
  const char *dot = change->relation != NULL ? strrchr(change->relation, '.') : NULL;
  const char *table = dot != NULL ? dot + 1 : change->relation;
  return change->class == OBJECT_CONSTRAINT && ends && table != NULL && g_str_has_prefix(change->name, table);
}

static char *tell(const Record *record, const char *object)
{
  const char *class = object_class_name(record->change.class);
  if (record->downgrade && record->now == NOW_DROPPED)
    return g_strdup_printf(
        _("the downgrade drops %s %s, which the upgrade did not create, or which is gone by then"), class,
        object);
  switch (record->now) {
  case NOW_CREATED: return g_strdup_printf(_("%s %s stays"), class, object);
  case NOW_DROPPED: return g_strdup_printf(_("%s %s does not come back"), class, object);
  default: return g_strdup_printf(_("%s of %s %s stays changed"), record->change.aspect, class, object);
  }
}

GPtrArray *undo_compare(const ParsedScript *upgrade, const ParsedScript *downgrade)
{
  GPtrArray *leftovers = g_ptr_array_new_with_free_func((GDestroyNotify)leftover_free);
  g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func(record_free);
  g_autoptr(GHashTable) up_made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) down_made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) up_traded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) down_traded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Run up = {.records = records, .made_anew = up_made, .parts = parts, .traded = up_traded};
  Run down = {
      .records = records, .made_anew = down_made, .parts = parts, .traded = down_traded, .downgrade = TRUE};
  run_all(&up, upgrade);
  run_all(&down, downgrade);
  for (guint i = 0; i < records->len; i++) {
    const Record *record = g_ptr_array_index(records, i);
    gboolean own = record->downgrade;
    /* What the downgrade creates beside the point may be what a CASCADE of the upgrade took. */
    if ((own && (up.unclear || record->now != NOW_DROPPED || record->change.guarded)) ||
        (!own && down.unclear))
      continue;
    Leftover *leftover = g_new0(Leftover, 1);
    leftover->statement = record->statement;
    leftover->downgrade = own;
    leftover->object = change_object(&record->change);
    leftover->text = tell(record, leftover->object);
    leftover->unnamed = !own && record->now == NOW_CREATED && made_up(&record->change);
    g_ptr_array_add(leftovers, leftover);
  }
  return leftovers;
}

gboolean undo_changes_schema(const ParsedScript *script)
{
  for (guint i = 0; i < script->trees->len; i++) {
    g_autofree char *unknown = NULL;
    g_autoptr(GPtrArray) changes = changes_of_tree(g_ptr_array_index(script->trees, i), &unknown);
    for (guint k = 0; k < changes->len; k++) {
      const Change *change = g_ptr_array_index(changes, k);
      if (change->verb == CHANGE_CREATE || change->verb == CHANGE_DROP || change->verb == CHANGE_RENAME ||
          (change->verb == CHANGE_ALTER && matters(change)))
        return TRUE;
    }
  }
  return FALSE;
}
