/* Inside the room: what the statements of a review do after each other, looked up by name instead of gone through. */
#pragma once

#include "retort/review/findings.h"

typedef struct Later Later;

/* Columns of one table that are dropped and added: the forecasts that do it, with dropped_column or added_column set. */
typedef struct {
  GPtrArray *dropped; /* Forecast*, borrowed */
  GPtrArray *added;
} ColumnMoves;

Later *later_read(const Review *review);
void later_free(Later *later);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Later, later_free)

/* Some statement from that one on makes the object, drops the table, or analyzes the table or all. */
gboolean later_makes(const Later *later, guint from, const char *object);
gboolean later_drops_table(const Later *later, guint from, const char *table);
gboolean later_analyzes(const Later *later, guint from, const char *table);
/* Some statement, wherever it stands, changes rows of the table. */
gboolean later_changes_rows(const Later *later, const char *table);
/* char* table -> ColumnMoves* */
GHashTable *later_columns(const Later *later);
