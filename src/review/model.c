#include "model.h"

#include <string.h>

/* Ids that no OID of a server in use reaches soon; they only have to differ from the catalog's. */
#define FIRST_OWN_ID 0xf0000000u

struct Model {
  ReviewCatalog *catalog; /* or NULL */
  GHashTable *changed;    /* id -> ReviewRelation*: copies, and what the plan made or only named */
  GHashTable *gone;       /* id: dropped, or known under another name */
  GHashTable *names;      /* "schema.name" -> id, of changed */
  GPtrArray *types;
  guint settled_types; /* the first of them are in use for long */
  GHashTable *functions;
  GStrv search_path; /* NULL: the catalog's */
  GArray *made;      /* ids of what the plan made since it was settled last */
  guint next_id;
};

Model *model_new(void)
{
  Model *model = g_new0(Model, 1);
  model->changed = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)review_relation_free);
  model->gone = g_hash_table_new(NULL, NULL);
  model->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  model->types = g_ptr_array_new_with_free_func(review_type_free);
  model->functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  model->made = g_array_new(FALSE, FALSE, sizeof(guint));
  model->next_id = FIRST_OWN_ID;
  return model;
}

void model_free(Model *model)
{
  if (model == NULL)
    return;
  g_hash_table_unref(model->names);
  g_hash_table_unref(model->changed);
  g_hash_table_unref(model->gone);
  g_ptr_array_unref(model->types);
  g_hash_table_unref(model->functions);
  g_array_unref(model->made);
  g_strfreev(model->search_path);
  review_catalog_unref(model->catalog);
  g_free(model);
}

void model_use(Model *model, const ReviewCatalog *catalog)
{
  review_catalog_unref(model->catalog);
  model->catalog = catalog != NULL ? review_catalog_ref(catalog) : NULL;
}

const ReviewCatalog *model_catalog(const Model *model)
{
  return model->catalog;
}

void model_settle(Model *model)
{
  for (guint i = 0; i < model->made->len; i++) {
    ReviewRelation *relation =
        g_hash_table_lookup(model->changed, GUINT_TO_POINTER(g_array_index(model->made, guint, i)));
    if (relation == NULL) /* dropped since */
      continue;
    relation->rows = relation->bytes = -1;
    relation->made = FALSE;
  }
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, model->changed);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const GPtrArray *columns = ((const ReviewRelation *)value)->columns;
    for (guint i = 0; i < columns->len; i++)
      ((ReviewColumn *)g_ptr_array_index(columns, i))->made = FALSE;
  }
  model->settled_types = model->types->len;
  g_array_set_size(model->made, 0);
}

void model_set_search_path(Model *model, GStrv schemas)
{
  g_strfreev(model->search_path);
  model->search_path = schemas != NULL && schemas[0] != NULL ? g_strdupv(schemas) : NULL;
}

static const char *const *search_path(const Model *model)
{
  static const char *const usual[] = {"public", NULL};
  if (model->search_path != NULL)
    return (const char *const *)model->search_path;
  if (model->catalog != NULL && model->catalog->search_path[0] != NULL &&
      *model->catalog->search_path[0] != '\0')
    return (const char *const *)model->catalog->search_path;
  return usual;
}

const char *model_default_schema(const Model *model)
{
  return search_path(model)[0];
}

static const ReviewRelation *find_in(const Model *model, const char *schema, const char *name)
{
  g_autofree char *key = g_strconcat(schema, ".", name, NULL);
  gpointer id;
  if (g_hash_table_lookup_extended(model->names, key, NULL, &id))
    return g_hash_table_lookup(model->changed, id);
  const ReviewRelation *relation =
      model->catalog != NULL ? g_hash_table_lookup(model->catalog->names, key) : NULL;
  if (relation == NULL || g_hash_table_contains(model->gone, GUINT_TO_POINTER(relation->id)) ||
      g_hash_table_contains(model->changed, GUINT_TO_POINTER(relation->id)))
    return NULL;
  return relation;
}

const ReviewRelation *model_find(const Model *model, const char *schema, const char *name)
{
  if (schema != NULL && *schema != '\0')
    return find_in(model, schema, name);
  const ReviewRelation *relation = find_in(model, "pg_temp", name);
  for (const char *const *path = search_path(model); relation == NULL && *path != NULL; path++)
    relation = find_in(model, *path, name);
  return relation;
}

static ReviewRelation *add(Model *model, const char *schema, const char *name, char kind)
{
  guint id = model->next_id++;
  ReviewRelation *relation = review_relation_new(id, schema, name, kind);
  g_hash_table_insert(model->changed, GUINT_TO_POINTER(id), relation);
  g_hash_table_replace(model->names, model_full_name(relation), GUINT_TO_POINTER(id));
  return relation;
}

const ReviewRelation *model_get(Model *model, const char *schema, const char *name)
{
  const ReviewRelation *relation = model_find(model, schema, name);
  if (relation != NULL)
    return relation;
  return add(model, schema != NULL && *schema != '\0' ? schema : model_default_schema(model), name, 0);
}

const ReviewRelation *model_look(const Model *model, guint id)
{
  const ReviewRelation *relation = g_hash_table_lookup(model->changed, GUINT_TO_POINTER(id));
  if (relation != NULL || g_hash_table_contains(model->gone, GUINT_TO_POINTER(id)))
    return relation;
  return model->catalog != NULL ? g_hash_table_lookup(model->catalog->relations, GUINT_TO_POINTER(id)) : NULL;
}

ReviewRelation *model_edit(Model *model, guint id)
{
  ReviewRelation *relation = g_hash_table_lookup(model->changed, GUINT_TO_POINTER(id));
  if (relation != NULL)
    return relation;
  const ReviewRelation *from = model_look(model, id);
  if (from == NULL)
    return NULL;
  relation = review_relation_copy(from);
  g_hash_table_insert(model->changed, GUINT_TO_POINTER(id), relation);
  g_hash_table_replace(model->names, model_full_name(relation), GUINT_TO_POINTER(id));
  return relation;
}

ReviewRelation *model_create(Model *model, const char *schema, const char *name, char kind)
{
  if (schema == NULL || *schema == '\0')
    schema = model_default_schema(model);
  const ReviewRelation *old = find_in(model, schema, name);
  if (old != NULL)
    model_drop(model, old->id);
  ReviewRelation *relation = add(model, schema, name, kind);
  g_array_append_val(model->made, relation->id);
  relation->known = relation->made = TRUE;
  relation->rows = relation->bytes = 0;
  return relation;
}

static void forget_name(Model *model, const ReviewRelation *relation)
{
  g_autofree char *key = model_full_name(relation);
  gpointer id;
  if (g_hash_table_lookup_extended(model->names, key, NULL, &id) && GPOINTER_TO_UINT(id) == relation->id)
    g_hash_table_remove(model->names, key);
}

void model_drop(Model *model, guint id)
{
  const ReviewRelation *relation = model_look(model, id);
  if (relation == NULL)
    return;
  forget_name(model, relation);
  g_hash_table_add(model->gone, GUINT_TO_POINTER(id));
  g_hash_table_remove(model->changed, GUINT_TO_POINTER(id));
}

void model_rename(Model *model, guint id, const char *schema, const char *name)
{
  ReviewRelation *relation = model_edit(model, id);
  if (relation == NULL)
    return;
  forget_name(model, relation);
  if (schema != NULL) {
    g_free(relation->schema);
    relation->schema = g_strdup(schema);
  }
  if (name != NULL) {
    g_free(relation->name);
    relation->name = g_strdup(name);
  }
  g_hash_table_replace(model->names, model_full_name(relation), GUINT_TO_POINTER(id));
}

char *model_full_name(const ReviewRelation *relation)
{
  return g_strconcat(relation->schema, ".", relation->name, NULL);
}

const ReviewType *model_type(const Model *model, const char *schema, const char *name)
{
  for (guint i = model->types->len; i > 0; i--) {
    const ReviewType *type = g_ptr_array_index(model->types, i - 1);
    if (strcmp(type->name, name) == 0 && (schema == NULL || strcmp(type->schema, schema) == 0))
      return type;
  }
  return model->catalog != NULL ? review_catalog_type(model->catalog, schema, name) : NULL;
}

gboolean model_made_type(const Model *model, const char *name)
{
  for (guint i = model->settled_types; i < model->types->len; i++)
    if (strcmp(((const ReviewType *)g_ptr_array_index(model->types, i))->name, name) == 0)
      return TRUE;
  return FALSE;
}

void model_add_type(Model *model, ReviewType *type)
{
  g_ptr_array_add(model->types, type);
}

char model_function(const Model *model, const char *name)
{
  gpointer found = g_hash_table_lookup(model->functions, name);
  if (found == NULL && model->catalog != NULL)
    found = g_hash_table_lookup(model->catalog->functions, name);
  return (char)GPOINTER_TO_INT(found);
}

void model_add_function(Model *model, const char *name, char volatility)
{
  g_hash_table_replace(model->functions, g_strdup(name), GINT_TO_POINTER((int)volatility));
}

GArray *model_ids(const Model *model)
{
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint));
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init(&iter, model->changed);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    guint id = GPOINTER_TO_UINT(key);
    g_array_append_val(ids, id);
  }
  if (model->catalog == NULL)
    return ids;
  g_hash_table_iter_init(&iter, model->catalog->relations);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    guint id = GPOINTER_TO_UINT(key);
    if (!g_hash_table_contains(model->changed, key) && !g_hash_table_contains(model->gone, key))
      g_array_append_val(ids, id);
  }
  return ids;
}
