/* A query on its way through the tables it names: shared by the files that read queries (forecast_rows.c) and changes of
 * rows (forecast_changes.c). */
#pragma once

#include "forecast-private.h"

/* Views on views: the server allows more, nobody writes them. */
#define MOST_VIEWS_DEEP 32

typedef struct {
  Reading *r;
  GHashTable *ctes; /* char*: names that are no tables here */
  GHashTable
      *targets; /* PgQuery__RangeVar*: what is inserted into, updated, ..., and the words of FOR UPDATE OF */
  GHashTable *locked; /* char*: tables and aliases after FOR UPDATE OF; none: all of them */
  LockMode mode;
  QueryUse use;
  const char *because;
} Walk;

void open_tree(const Walk *walk, const ReviewRelation *relation, LockMode mode, gboolean recurse);
void lock_ancestors(Reading *r, const ReviewRelation *table);

void read_insert(Walk *walk, const PgQuery__InsertStmt *insert);
void read_update(Walk *walk, const PgQuery__UpdateStmt *update);
void read_delete(Walk *walk, const PgQuery__DeleteStmt *deletion);
void read_merge(Walk *walk, const PgQuery__MergeStmt *merge);
/* COPY ... FROM: columns (of Strings) as named; none: all of them. */
void read_copied_rows(Reading *r, const ReviewRelation *table, PgQuery__Node *const *columns, gsize n);
void note_triggers(Reading *r, const ReviewRelation *table, guint event);
