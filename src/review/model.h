/* What a forecast session knows of the relations: the catalog it was given, and over it what the plan's own statements
 * have changed.
 *
 * model_find() answers what exists; model_get() makes up a relation of which nothing is known when there is none, so
 * that a statement without a catalog has something to stand on.  What the plan changes is copied first
 * (model_edit()).  Pointers stay valid until the next model_edit(), model_create() or model_drop().
 */
#pragma once

#include "retort/review/catalog.h"

typedef struct Model Model;

Model *model_new(void);
void model_free(Model *model);
void model_use(Model *model, const ReviewCatalog *catalog);
/* What the plan made is in use from now on. */
void model_settle(Model *model);
const ReviewCatalog *model_catalog(const Model *model); /* or NULL */
/* SET search_path: comma-separated list; NULL: as the catalog says. */
void model_set_search_path(Model *model, GStrv schemas);
const char *model_default_schema(const Model *model);

/* schema NULL or "": the search path decides. */
const ReviewRelation *model_find(const Model *model, const char *schema, const char *name);
const ReviewRelation *model_get(Model *model, const char *schema, const char *name);
const ReviewRelation *model_look(const Model *model, guint id); /* NULL: dropped or unknown */
ReviewRelation *model_edit(Model *model, guint id);
ReviewRelation *model_create(Model *model, const char *schema, const char *name, char kind);
void model_drop(Model *model, guint id);
void model_rename(Model *model, guint id, const char *schema, const char *name);
/* "schema.name"; the caller's. */
char *model_full_name(const ReviewRelation *relation);

/* A type that the plan has made, changed or that the catalog knows; NULL: neither. */
const ReviewType *model_type(const Model *model, const char *schema, const char *name);
/* The plan made it, and nobody uses it yet. */
gboolean model_made_type(const Model *model, const char *name);
void model_add_type(Model *model, ReviewType *type); /* takes it over */
/* 'i', 's', 'v', or 0: not known. */
char model_function(const Model *model, const char *name);
void model_add_function(Model *model, const char *name, char volatility);

/* Every relation there is, catalog and plan together: guint ids. */
GArray *model_ids(const Model *model);
