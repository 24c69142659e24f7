/* What statements mean for each other: locks held while others work, drops beside adds. */
#include "retort/review/findings.h"

#include <string.h>

#include "forecast-private.h"

static void add(Forecast *forecast, CheckId check, const char *object)
{
  finding_add(forecast->findings, check, object, NULL);
}

/* What the transaction that is open has done so far. */
typedef struct {
  GHashTable *exclusive; /* char*: relations in use locked ACCESS EXCLUSIVE */
  gboolean ddl;
} Transaction;

static gboolean makes_work(const Forecast *forecast)
{
  return forecast->rewrites->len > 0 || forecast->scans->len > 0 || forecast->rebuilds->len > 0;
}

static const char *any_key(GHashTable *table)
{
  GHashTableIter iter;
  gpointer key = NULL;
  g_hash_table_iter_init(&iter, table);
  g_hash_table_iter_next(&iter, &key, NULL);
  return key;
}

static void judge_transaction(Transaction *open, Forecast *forecast)
{
  guint before = g_hash_table_size(open->exclusive);
  if (before > 0 && (makes_work(forecast) || forecast->changes_rows) &&
      forecast_strongest(forecast) != LOCK_MODE_NONE)
    add(forecast, CHECK_WORK_UNDER_LOCK, any_key(open->exclusive));
  if (open->ddl && forecast->changes_rows && forecast_strongest(forecast) != LOCK_MODE_NONE)
    add(forecast, CHECK_DATA_WITH_DDL, NULL);
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (lock->is_new || lock->mode != LOCK_MODE_ACCESS_EXCLUSIVE)
      continue;
    g_hash_table_add(open->exclusive, g_strdup(lock->relation));
    open->ddl = TRUE;
  }
  if (before < 2 && g_hash_table_size(open->exclusive) >= 2)
    add(forecast, CHECK_SEVERAL_TABLES, NULL);
}

/* "table.column" names of one table, one dropped and one added. */
static gboolean same_table(const char *a, const char *b)
{
  const char *dot_a = strrchr(a, '.'), *dot_b = strrchr(b, '.');
  return dot_a - a == dot_b - b && strncmp(a, b, (gsize)(dot_a - a)) == 0 && strcmp(dot_a, dot_b) != 0;
}

static void judge_neighbours(const Review *review)
{
  for (guint i = 0; i < review->forecasts->len; i++) {
    Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    for (guint k = 0; k < review->forecasts->len && forecast->dropped_column != NULL; k++) {
      const Forecast *other = g_ptr_array_index(review->forecasts, k);
      if (other->added_column != NULL && same_table(forecast->dropped_column, other->added_column))
        add(forecast, CHECK_LOOKS_LIKE_RENAME, other->added_column);
    }
  }
}

static gboolean validates(const char *sql)
{
  return g_regex_match_simple("\\bVALIDATE\\s+CONSTRAINT\\b", sql, G_REGEX_CASELESS, 0);
}

static gboolean adds_not_valid(const char *sql)
{
  return g_regex_match_simple("\\bNOT\\s+VALID\\s*;?\\s*$", sql, G_REGEX_CASELESS, 0);
}

Review *review_statements(ForecastSession *session, const GPtrArray *statements)
{
  Review *review = g_new0(Review, 1);
  review->forecasts = g_ptr_array_new_with_free_func((GDestroyNotify)forecast_free);
  g_autoptr(GHashTable) exclusive = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Transaction open = {.exclusive = exclusive};
  gboolean not_valid = FALSE;
  for (guint i = 0; i < statements->len; i++) {
    const Statement *statement = g_ptr_array_index(statements, i);
    Forecast *forecast = forecast_statement(session, statement->sql);
    g_ptr_array_add(review->forecasts, forecast);
    if (statement->autocommit) {
      g_hash_table_remove_all(exclusive);
      open.ddl = not_valid = FALSE;
      continue;
    }
    if (forecast->no_transaction)
      add(forecast, CHECK_CONCURRENTLY_IN_TRANSACTION, NULL);
    if (not_valid && validates(statement->sql))
      add(forecast, CHECK_VALIDATE_IN_SAME_TRANSACTION, NULL);
    not_valid |= adds_not_valid(statement->sql);
    judge_transaction(&open, forecast);
  }
  judge_neighbours(review);
  return review;
}

void review_free(Review *review)
{
  if (review == NULL)
    return;
  g_ptr_array_unref(review->forecasts);
  g_free(review);
}

int forecast_worst(const Forecast *forecast)
{
  int worst = -1;
  for (guint i = 0; i < forecast->findings->len; i++) {
    const Finding *finding = g_ptr_array_index(forecast->findings, i);
    worst = MAX(worst, (int)check_info(finding->check).severity);
  }
  return worst;
}

int review_worst(const Review *review)
{
  int worst = -1;
  for (guint i = 0; i < review->forecasts->len; i++)
    worst = MAX(worst, forecast_worst(g_ptr_array_index(review->forecasts, i)));
  return worst;
}
