#include "later.h"

#include <string.h>

#include "effects.h"

struct Later {
  GHashTable *made; /* name -> the last statement that does, plus 1; the texts are the forecasts' */
  GHashTable *dropped;
  GHashTable *analyzed;
  GHashTable *changed; /* tables whose rows are changed */
  GHashTable *columns; /* char* table -> ColumnMoves* */
};

static void moves_free(void *data)
{
  ColumnMoves *moves = data;
  g_ptr_array_unref(moves->dropped);
  g_ptr_array_unref(moves->added);
  g_free(moves);
}

/* Of "schema.table.column". */
static ColumnMoves *moves_of(Later *later, const char *column)
{
  const char *dot = strrchr(column, '.');
  char *table = g_strndup(column, dot != NULL ? (gsize)(dot - column) : 0);
  ColumnMoves *moves = g_hash_table_lookup(later->columns, table);
  if (moves != NULL) {
    g_free(table);
    return moves;
  }
  moves = g_new0(ColumnMoves, 1);
  moves->dropped = g_ptr_array_new();
  moves->added = g_ptr_array_new();
  g_hash_table_insert(later->columns, table, moves);
  return moves;
}

static void note_all(GHashTable *last, const GPtrArray *names, guint statement)
{
  for (guint i = 0; i < names->len; i++)
    g_hash_table_insert(last, g_ptr_array_index(names, i), GUINT_TO_POINTER(statement + 1));
}

static void note_forecast(Later *later, const Forecast *forecast, guint i)
{
  if (forecast->effects != NULL) {
    note_all(later->made, forecast->effects->made, i);
    note_all(later->analyzed, forecast->effects->analyzed, i);
  }
  for (guint k = 0; k < forecast->losses->len; k++) {
    const ForecastLoss *loss = g_ptr_array_index(forecast->losses, k);
    if (loss->kind == LOSS_TABLE && loss->relation != NULL)
      g_hash_table_insert(later->dropped, loss->relation, GUINT_TO_POINTER(i + 1));
  }
  for (guint k = 0; forecast->changes_rows && k < forecast->locks->len; k++)
    g_hash_table_add(later->changed, ((const ForecastLock *)g_ptr_array_index(forecast->locks, k))->relation);
  if (forecast->dropped_column != NULL)
    g_ptr_array_add(moves_of(later, forecast->dropped_column)->dropped, (void *)forecast);
  if (forecast->added_column != NULL)
    g_ptr_array_add(moves_of(later, forecast->added_column)->added, (void *)forecast);
}

Later *later_read(const Review *review)
{
  Later *later = g_new0(Later, 1);
  GHashTable **sets[] = {&later->made, &later->dropped, &later->analyzed, &later->changed};
  for (guint i = 0; i < G_N_ELEMENTS(sets); i++)
    *sets[i] = g_hash_table_new(g_str_hash, g_str_equal);
  later->columns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, moves_free);
  for (guint i = 0; i < review->forecasts->len; i++)
    note_forecast(later, g_ptr_array_index(review->forecasts, i), i);
  return later;
}

void later_free(Later *later)
{
  if (later == NULL)
    return;
  GHashTable *sets[] = {later->made, later->dropped, later->analyzed, later->changed, later->columns};
  for (guint i = 0; i < G_N_ELEMENTS(sets); i++)
    g_hash_table_unref(sets[i]);
  g_free(later);
}

static gboolean from_on(GHashTable *last, guint from, const char *name)
{
  return GPOINTER_TO_UINT(g_hash_table_lookup(last, name)) > from;
}

gboolean later_makes(const Later *later, guint from, const char *object)
{
  return from_on(later->made, from, object);
}

gboolean later_drops_table(const Later *later, guint from, const char *table)
{
  return from_on(later->dropped, from, table);
}

gboolean later_analyzes(const Later *later, guint from, const char *table)
{
  return from_on(later->analyzed, from, table) || from_on(later->analyzed, from, "");
}

gboolean later_changes_rows(const Later *later, const char *table)
{
  return g_hash_table_contains(later->changed, table);
}

GHashTable *later_columns(const Later *later)
{
  return later->columns;
}
