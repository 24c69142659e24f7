/* The catalog as plain data: making, copying and finding. */
#include "retort/review/catalog.h"

#include <string.h>

void review_column_free(void *data)
{
  ReviewColumn *column = data;
  g_free(column->name);
  g_free(column->type_schema);
  g_free(column->type);
  g_free(column->collation);
  g_free(column);
}

void review_constraint_free(void *data)
{
  ReviewConstraint *constraint = data;
  g_free(constraint->name);
  g_strfreev(constraint->columns);
  g_strfreev(constraint->referenced_columns);
  g_free(constraint->expression);
  g_free(constraint);
}

void review_type_free(void *data)
{
  ReviewType *type = data;
  g_free(type->schema);
  g_free(type->name);
  g_free(type->base_schema);
  g_free(type->base);
  g_free(type);
}

static void use_free(void *data)
{
  ReviewUse *use = data;
  g_free(use->column);
  g_free(use);
}

static void statistics_free(void *data)
{
  ReviewStatistics *statistics = data;
  g_free(statistics->schema);
  g_free(statistics->name);
  g_free(statistics);
}

static void index_free(ReviewIndex *index)
{
  if (index == NULL)
    return;
  g_free(index->method);
  g_strfreev(index->keys);
  g_strfreev(index->mentions);
  g_free(index);
}

/* ---- relations ---- */

ReviewRelation *review_relation_new(guint id, const char *schema, const char *name, char kind)
{
  ReviewRelation *relation = g_new0(ReviewRelation, 1);
  relation->id = id;
  relation->schema = g_strdup(schema);
  relation->name = g_strdup(name);
  relation->kind = kind;
  relation->persistence = 'p';
  relation->rows = relation->bytes = -1;
  relation->columns = g_ptr_array_new_with_free_func(review_column_free);
  relation->constraints = g_ptr_array_new_with_free_func(review_constraint_free);
  relation->uses = g_ptr_array_new_with_free_func(use_free);
  relation->parts = g_ptr_array_new_with_free_func(g_free);
  relation->draws = g_ptr_array_new_with_free_func(use_free);
  relation->needs = g_ptr_array_new_with_free_func(g_free);
  GArray **ids[] = {&relation->indexes,    &relation->parents, &relation->children, &relation->referenced_by,
                    &relation->dependents, &relation->bases,   &relation->sequences};
  for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
    *ids[i] = g_array_new(FALSE, FALSE, sizeof(guint));
  relation->users = g_array_new(FALSE, FALSE, sizeof(ReviewUser));
  return relation;
}

void review_relation_free(ReviewRelation *relation)
{
  if (relation == NULL)
    return;
  char *texts[] = {relation->schema,     relation->name,  relation->owner,         relation->method,
                   relation->tablespace, relation->bound, relation->partition_key, relation->owned_by_column};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_ptr_array_unref(relation->columns);
  g_ptr_array_unref(relation->constraints);
  g_ptr_array_unref(relation->uses);
  g_ptr_array_unref(relation->parts);
  g_ptr_array_unref(relation->draws);
  g_ptr_array_unref(relation->needs);
  GArray *arrays[] = {relation->indexes,    relation->parents, relation->children,  relation->referenced_by,
                      relation->dependents, relation->bases,   relation->sequences, relation->users};
  for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
    g_array_unref(arrays[i]);
  index_free(relation->index);
  g_free(relation);
}

static void *copy_column(const void *data, void *unused)
{
  const ReviewColumn *from = data;
  ReviewColumn *column = g_memdup2(from, sizeof *from);
  (void)unused;
  column->name = g_strdup(from->name);
  column->type_schema = g_strdup(from->type_schema);
  column->type = g_strdup(from->type);
  column->collation = g_strdup(from->collation);
  return column;
}

static void *copy_constraint(const void *data, void *unused)
{
  const ReviewConstraint *from = data;
  ReviewConstraint *constraint = g_memdup2(from, sizeof *from);
  (void)unused;
  constraint->name = g_strdup(from->name);
  constraint->columns = g_strdupv(from->columns);
  constraint->referenced_columns = g_strdupv(from->referenced_columns);
  constraint->expression = g_strdup(from->expression);
  return constraint;
}

static void *copy_use(const void *data, void *unused)
{
  const ReviewUse *from = data;
  ReviewUse *use = g_new0(ReviewUse, 1);
  (void)unused;
  *use = (ReviewUse){from->base, g_strdup(from->column)};
  return use;
}

static void *copy_text(const void *data, void *unused)
{
  (void)unused;
  return g_strdup(data);
}

static ReviewIndex *copy_index(const ReviewIndex *from)
{
  ReviewIndex *index = g_memdup2(from, sizeof *from);
  index->method = g_strdup(from->method);
  index->keys = g_strdupv(from->keys);
  index->mentions = g_strdupv(from->mentions);
  return index;
}

static GPtrArray *copy_list(GPtrArray *from, GCopyFunc copy, GDestroyNotify destroy)
{
  GPtrArray *list = g_ptr_array_copy(from, copy, NULL);
  g_ptr_array_set_free_func(list, destroy);
  return list;
}

ReviewRelation *review_relation_copy(const ReviewRelation *from)
{
  ReviewRelation *relation = g_memdup2(from, sizeof *from);
  char **texts[] = {&relation->schema,        &relation->name,           &relation->owner,
                    &relation->method,        &relation->tablespace,     &relation->bound,
                    &relation->partition_key, &relation->owned_by_column};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = g_strdup(*texts[i]);
  GArray **arrays[] = {&relation->indexes,       &relation->parents,    &relation->children,
                       &relation->referenced_by, &relation->dependents, &relation->bases,
                       &relation->sequences,     &relation->users};
  for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
    *arrays[i] = g_array_copy(*arrays[i]);
  relation->columns = copy_list(from->columns, (GCopyFunc)copy_column, review_column_free);
  relation->constraints = copy_list(from->constraints, (GCopyFunc)copy_constraint, review_constraint_free);
  relation->uses = copy_list(from->uses, (GCopyFunc)copy_use, use_free);
  relation->parts = copy_list(from->parts, (GCopyFunc)copy_text, g_free);
  relation->draws = copy_list(from->draws, (GCopyFunc)copy_use, use_free);
  relation->needs = copy_list(from->needs, (GCopyFunc)copy_text, g_free);
  relation->index = from->index != NULL ? copy_index(from->index) : NULL;
  return relation;
}

ReviewColumn *review_relation_add_column(ReviewRelation *relation, const char *name, const char *type,
                                         int typmod)
{
  ReviewColumn *column = g_new0(ReviewColumn, 1);
  column->name = g_strdup(name);
  column->type_schema = g_strdup("pg_catalog");
  column->type = g_strdup(type);
  column->typmod = typmod;
  g_ptr_array_add(relation->columns, column);
  return column;
}

ReviewColumn *review_relation_column(const ReviewRelation *relation, const char *name)
{
  for (guint i = 0; i < relation->columns->len; i++) {
    ReviewColumn *column = g_ptr_array_index(relation->columns, i);
    if (strcmp(column->name, name) == 0)
      return column;
  }
  return NULL;
}

ReviewConstraint *review_relation_add_constraint(ReviewRelation *relation, const char *name, char type)
{
  ReviewConstraint *constraint = g_new0(ReviewConstraint, 1);
  constraint->name = g_strdup(name);
  constraint->type = type;
  constraint->validated = TRUE;
  g_ptr_array_add(relation->constraints, constraint);
  return constraint;
}

ReviewConstraint *review_relation_constraint(const ReviewRelation *relation, const char *name)
{
  for (guint i = 0; i < relation->constraints->len; i++) {
    ReviewConstraint *constraint = g_ptr_array_index(relation->constraints, i);
    if (g_strcmp0(constraint->name, name) == 0)
      return constraint;
  }
  return NULL;
}

void review_relation_add_draw(ReviewRelation *relation, const char *column, guint sequence)
{
  ReviewUse *use = g_new0(ReviewUse, 1);
  *use = (ReviewUse){sequence, g_strdup(column)};
  g_ptr_array_add(relation->draws, use);
}

gboolean review_relation_uses(const ReviewRelation *relation, guint base, const char *column)
{
  for (guint i = 0; i < relation->uses->len; i++) {
    const ReviewUse *use = g_ptr_array_index(relation->uses, i);
    if (use->base == base && strcmp(use->column, column) == 0)
      return TRUE;
  }
  return FALSE;
}

/* ---- the catalog ---- */

ReviewCatalog *review_catalog_new(int version)
{
  ReviewCatalog *catalog = g_new0(ReviewCatalog, 1);
  catalog->relations = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)review_relation_free);
  catalog->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  catalog->types = g_ptr_array_new_with_free_func(review_type_free);
  catalog->statistics = g_ptr_array_new_with_free_func(statistics_free);
  catalog->functions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  catalog->extensions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  catalog->search_path = g_strsplit("public", ",", 0);
  catalog->version = version;
  catalog->refs = 1;
  return catalog;
}

ReviewCatalog *review_catalog_ref(const ReviewCatalog *catalog)
{
  ReviewCatalog *shared = (ReviewCatalog *)catalog;
  g_atomic_int_inc(&shared->refs);
  return shared;
}

void review_catalog_unref(ReviewCatalog *catalog)
{
  if (catalog == NULL || !g_atomic_int_dec_and_test(&catalog->refs))
    return;
  g_hash_table_unref(catalog->names);
  g_hash_table_unref(catalog->relations);
  g_ptr_array_unref(catalog->types);
  g_ptr_array_unref(catalog->statistics);
  g_hash_table_unref(catalog->functions);
  g_hash_table_unref(catalog->extensions);
  g_strfreev(catalog->search_path);
  g_free(catalog->user);
  g_free(catalog->time_zone);
  g_free(catalog);
}

void review_catalog_add(ReviewCatalog *catalog, ReviewRelation *relation)
{
  g_hash_table_replace(catalog->relations, GUINT_TO_POINTER(relation->id), relation);
  g_hash_table_replace(catalog->names, g_strdup_printf("%s.%s", relation->schema, relation->name), relation);
}

ReviewRelation *review_catalog_find(const ReviewCatalog *catalog, const char *schema, const char *name)
{
  g_autofree char *key = g_strdup_printf("%s.%s", schema, name);
  return g_hash_table_lookup(catalog->names, key);
}

ReviewType *review_catalog_type(const ReviewCatalog *catalog, const char *schema, const char *name)
{
  for (guint i = 0; i < catalog->types->len; i++) {
    ReviewType *type = g_ptr_array_index(catalog->types, i);
    if (strcmp(type->name, name) == 0 && (schema == NULL || strcmp(type->schema, schema) == 0))
      return type;
  }
  return NULL;
}
