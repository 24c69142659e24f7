/* Two pictures of a database, side by side. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "retort/pg/schema.h"

/* Of a function's or view's text, in a sentence. */
#define DEFINITION_SHOWN 400

static void difference_free(void *data)
{
  SchemaDifference *difference = data;
  g_free(difference->kind);
  g_free(difference->name);
  g_free(difference->before);
  g_free(difference->after);
  g_free(difference);
}

static char *object_key(const SchemaObject *object)
{
  return g_strconcat(object->kind, "\n", object->name, NULL);
}

/* Key -> SchemaObject*, borrowed. */
static GHashTable *index_objects(const GPtrArray *objects)
{
  GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < objects->len; i++)
    g_hash_table_insert(table, object_key(objects->pdata[i]), objects->pdata[i]);
  return table;
}

static gboolean is_parent(const SchemaObject *object)
{
  return object->parent == NULL && strcmp(object->kind, "type") != 0 && strcmp(object->kind, "function") != 0;
}

/* Names of tables, views, ... of `objects` that the other side does not have. */
static GHashTable *only_here(const GPtrArray *objects, GHashTable *other)
{
  GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < objects->len; i++) {
    const SchemaObject *object = objects->pdata[i];
    g_autofree char *key = object_key(object);
    if (is_parent(object) && !g_hash_table_contains(other, key))
      g_hash_table_add(names, object->name);
  }
  return names;
}

static void add(GPtrArray *out, SchemaChange change, const SchemaObject *a, const SchemaObject *b)
{
  const SchemaObject *either = a != NULL ? a : b;
  SchemaDifference *difference = g_new0(SchemaDifference, 1);
  difference->change = change;
  difference->kind = g_strdup(either->kind);
  difference->name = g_strdup(either->name);
  difference->before = a != NULL ? g_strdup(a->definition) : NULL;
  difference->after = b != NULL ? g_strdup(b->definition) : NULL;
  g_ptr_array_add(out, difference);
}

/* Another order of the same columns; where columns came or went, that is said already. */
static gboolean same_words(const char *a, const char *b)
{
  g_auto(GStrv) x = g_strsplit(a, ", ", -1), y = g_strsplit(b, ", ", -1);
  if (g_strv_length(x) != g_strv_length(y))
    return FALSE;
  for (char **word = x; *word != NULL; word++)
    if (!g_strv_contains((const char *const *)y, *word))
      return FALSE;
  return TRUE;
}

static void compare_definitions(GPtrArray *out, const SchemaObject *a, const SchemaObject *b)
{
  gboolean order = strcmp(a->kind, "column order") == 0;
  if (g_strcmp0(a->definition, b->definition) == 0 ||
      (order &&
       !same_words(a->definition != NULL ? a->definition : "", b->definition != NULL ? b->definition : "")))
    return;
  add(out, SCHEMA_CHANGED, a, b);
  ((SchemaDifference *)out->pdata[out->len - 1])->minor = order;
}

static void collect_missing(GPtrArray *out, const GPtrArray *objects, GHashTable *other, SchemaChange change)
{
  g_autoptr(GHashTable) parents = only_here(objects, other);
  for (guint i = 0; i < objects->len; i++) {
    const SchemaObject *object = objects->pdata[i];
    g_autofree char *key = object_key(object);
    gboolean implied = object->parent != NULL && g_hash_table_contains(parents, object->parent);
    if (implied || g_hash_table_contains(other, key) || strcmp(object->kind, "column order") == 0)
      continue;
    add(out, change, change == SCHEMA_REMOVED ? object : NULL, change == SCHEMA_ADDED ? object : NULL);
  }
}

static int by_name(gconstpointer x, gconstpointer y)
{
  const SchemaDifference *a = *(SchemaDifference *const *)x, *b = *(SchemaDifference *const *)y;
  int kinds = strcmp(a->kind, b->kind);
  return kinds != 0 ? kinds : strcmp(a->name, b->name);
}

GPtrArray *schema_compare(const GPtrArray *a, const GPtrArray *b)
{
  GPtrArray *out = g_ptr_array_new_with_free_func(difference_free);
  g_autoptr(GHashTable) in_a = index_objects(a);
  g_autoptr(GHashTable) in_b = index_objects(b);
  collect_missing(out, a, in_b, SCHEMA_REMOVED);
  collect_missing(out, b, in_a, SCHEMA_ADDED);
  for (guint i = 0; i < a->len; i++) {
    g_autofree char *key = object_key(a->pdata[i]);
    const SchemaObject *there = g_hash_table_lookup(in_b, key);
    if (there != NULL)
      compare_definitions(out, a->pdata[i], there);
  }
  g_ptr_array_sort(out, by_name);
  return out;
}

static char *shown(const char *definition)
{
  g_autofree char *safe = text_escape(definition != NULL ? definition : "", -1, FALSE);
  glong length = g_utf8_strlen(safe, -1);
  if (length <= DEFINITION_SHOWN)
    return g_steal_pointer(&safe);
  *g_utf8_offset_to_pointer(safe, DEFINITION_SHOWN) = '\0';
  return g_strconcat(safe, "...", NULL);
}

char *schema_difference_text(const SchemaDifference *difference)
{
  g_autofree char *name = text_escape(difference->name, -1, FALSE);
  g_autofree char *before = shown(difference->before);
  g_autofree char *after = shown(difference->after);
  switch (difference->change) {
  case SCHEMA_ADDED: return g_strdup_printf(_("%s %s is new: %s"), difference->kind, name, after);
  case SCHEMA_REMOVED: return g_strdup_printf(_("%s %s is gone: %s"), difference->kind, name, before);
  default: return g_strdup_printf(_("%s %s differs:\n  - %s\n  + %s"), difference->kind, name, before, after);
  }
}
