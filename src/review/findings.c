/* What statements mean for each other: locks held while others work, drops beside adds. */
#include "retort/review/findings.h"

#include <glib/gi18n.h>
#include <string.h>

#include "judge.h"
#include "later.h"
#include "retort/base/text.h"
#include "settle.h"

/* What the transaction that is open has done so far. */
typedef struct {
  GHashTable *exclusive;   /* char*: tables in use locked ACCESS EXCLUSIVE */
  char *first;             /* of them */
  GHashTable *enum_values; /* char* 'x', in quotes: added and not committed */
  gboolean rows;           /* many rows were changed */
  gboolean worked;         /* long work was done while something was locked */
  GHashTable *not_valid;   /* char* "schema.table.constraint": added NOT VALID */
  GHashTable *made;        /* char*: types */
  gboolean outside;        /* a COMMIT was sent: there is none */
  gboolean lock_timeout;   /* one was set */
} Transaction;

static void add(Forecast *forecast, CheckId check, const char *object)
{
  finding_add(forecast->findings, check, object, NULL);
}

static void remove_finding(Forecast *forecast, CheckId check)
{
  for (guint i = forecast->findings->len; i-- > 0;)
    if (((const Finding *)g_ptr_array_index(forecast->findings, i))->check == check)
      g_ptr_array_remove_index(forecast->findings, i);
}

static gboolean makes_work(const Forecast *forecast)
{
  return (forecast->rewrites->len > 0 && !forecast->truncates) || forecast->scans->len > 0 ||
         forecast->rebuilds->len > 0 || forecast->builds->len > 0;
}

/* Worth moving out of the transaction: not the rows of a small table, nor a few that are named. */
static gboolean changes_many_rows(const Forecast *forecast)
{
  return forecast->changes_rows && !(forecast->effects != NULL && forecast->effects->few_rows);
}

static gboolean is_table(const ForecastLock *lock)
{
  return lock->kind == 0 || strchr("rpm", lock->kind) != NULL;
}

/* ---- names ---- */

/* NAMEDATALEN - 1 */
#define NAME_BYTES 63

static const char *skip_literal(const char *p)
{
  for (p++; *p != '\0' && *p != '\''; p++)
    ;
  return *p != '\0' ? p + 1 : p;
}

static gboolean in_name(char c)
{
  return g_ascii_isalnum(c) || c == '_' || c == '$' || (guchar)c >= 0x80;
}

/* The parser has cut the names already: they are looked for in the text. */
static void judge_names(const char *sql, Forecast *forecast)
{
  if (strnlen(sql, NAME_BYTES) < NAME_BYTES)
    return;
  for (const char *p = sql; *p != '\0';) {
    if (*p == '\'') {
      p = skip_literal(p);
      continue;
    }
    gboolean quoted = *p == '"';
    const char *start = p += quoted;
    if (quoted)
      p += strcspn(p, "\"");
    else
      while (in_name(*p))
        p++;
    if (p - start > NAME_BYTES) {
      g_autofree char *name = g_strndup(start, (gsize)(p - start));
      add(forecast, CHECK_IDENTIFIER_TOO_LONG, name);
    }
    p += *p != '\0' && (quoted || p == start);
  }
}

/* ---- one transaction ---- */

static void judge_locks(Transaction *open, Forecast *forecast)
{
  /* who only reads is soon done, and in nobody's way */
  gboolean in_use = forecast_strongest(forecast) > LOCK_MODE_ROW_SHARE;
  guint before = g_hash_table_size(open->exclusive);
  gboolean works = before > 0 && in_use && (makes_work(forecast) || changes_many_rows(forecast));
  if (works && !open->worked) /* once: what follows is no news */
    add(forecast, CHECK_WORK_UNDER_LOCK, open->first);
  open->worked |= works;
  if (before > 0 && in_use && changes_many_rows(forecast))
    add(forecast, CHECK_DATA_WITH_DDL, NULL);
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (lock->is_new || lock->mode != LOCK_MODE_ACCESS_EXCLUSIVE || !is_table(lock))
      continue;
    if (open->first == NULL)
      open->first = g_strdup(lock->relation);
    g_hash_table_add(open->exclusive, g_strdup(lock->relation));
    if (open->rows && before == 0)
      add(forecast, CHECK_DATA_WITH_DDL, NULL);
  }
  if (before < 2 && g_hash_table_size(open->exclusive) >= 2)
    add(forecast, CHECK_SEVERAL_TABLES, NULL);
  if (!open->lock_timeout && lock_mode_blocks_writes(forecast_strongest(forecast)))
    add(forecast, CHECK_NO_LOCK_TIMEOUT, NULL);
  open->rows |= in_use && changes_many_rows(forecast);
}

/* One that the server named may be any of the table's. */
static gboolean was_added(const Transaction *open, const char *constraint)
{
  g_autofree char *unnamed = g_strndup(constraint, (gsize)(strrchr(constraint, '.') + 1 - constraint));
  return g_hash_table_contains(open->not_valid, constraint) ||
         g_hash_table_contains(open->not_valid, unnamed);
}

static void judge_validation(Transaction *open, Forecast *forecast)
{
  const Effects *effects = forecast->effects;
  for (guint i = 0; effects != NULL && i < effects->not_valid->len; i++)
    g_hash_table_add(open->not_valid, g_strdup(g_ptr_array_index(effects->not_valid, i)));
  for (guint i = 0; effects != NULL && i < effects->validated->len; i++)
    if (was_added(open, g_ptr_array_index(effects->validated, i))) {
      add(forecast, CHECK_VALIDATE_IN_SAME_TRANSACTION, NULL);
      return;
    }
}

static const char *without_public(const char *name)
{
  return g_str_has_prefix(name, "public.") ? name + strlen("public.") : name;
}

/* A new type's values may be used at once. */
static gboolean is_of_new_type(Transaction *open, const Effects *effects)
{
  for (guint i = 0; i < effects->made->len; i++)
    g_hash_table_add(open->made, g_strdup(without_public(g_ptr_array_index(effects->made, i))));
  return effects->enum_type != NULL && g_hash_table_contains(open->made, without_public(effects->enum_type));
}

static void judge_enum_values(const Transaction *open, const char *sql, Forecast *forecast)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, open->enum_values);
  while (g_hash_table_iter_next(&iter, &value, NULL))
    if (strstr(sql, value) != NULL)
      add(forecast, CHECK_ENUM_VALUE_USED, value);
}

static void note_enum_value(Transaction *open, Forecast *forecast)
{
  if (forecast->effects == NULL)
    return;
  if (is_of_new_type(open, forecast->effects))
    remove_finding(forecast, CHECK_ENUM_VALUE);
  else if (forecast->effects->enum_value != NULL)
    g_hash_table_add(open->enum_values, g_strdup_printf("'%s'", forecast->effects->enum_value));
}

static void end_transaction(Transaction *open)
{
  g_hash_table_remove_all(open->exclusive);
  g_hash_table_remove_all(open->enum_values);
  g_hash_table_remove_all(open->not_valid);
  g_hash_table_remove_all(open->made);
  g_clear_pointer(&open->first, g_free);
  open->rows = open->worked = FALSE;
}

static void judge_in_transaction(Transaction *open, const Statement *statement, Forecast *forecast)
{
  if (forecast->no_transaction)
    add(forecast, CHECK_CONCURRENTLY_IN_TRANSACTION, NULL);
  judge_validation(open, forecast);
  judge_enum_values(open, statement->sql, forecast);
  note_enum_value(open, forecast);
  judge_locks(open, forecast);
}

static void judge_one(Transaction *open, const Statement *statement, Forecast *forecast)
{
  TransactionVerb verb = forecast->effects != NULL ? forecast->effects->transaction : TRANSACTION_STAYS;
  open->lock_timeout |= forecast->effects != NULL && forecast->effects->sets_lock_timeout;
  if (verb != TRANSACTION_STAYS) {
    end_transaction(open);
    open->outside = verb == TRANSACTION_ENDS;
  } else if (statement->autocommit || open->outside) {
    if (!open->outside)
      end_transaction(open);
    remove_finding(forecast, CHECK_ENUM_VALUE);
    if (!open->lock_timeout && lock_mode_blocks_writes(forecast_strongest(forecast)))
      add(forecast, CHECK_NO_LOCK_TIMEOUT, NULL);
  } else {
    judge_in_transaction(open, statement, forecast);
  }
}

/* ---- the migration ---- */

static const char *column_of(const char *column)
{
  return strrchr(column, '.') + 1;
}

/* One goes and one comes: with more of them nobody can tell which would be which. */
static gboolean is_pair(const ColumnMoves *moves, const char *dropped)
{
  guint others = 1, added = 0;
  for (guint i = 0; i < moves->dropped->len; i++)
    others += strcmp(((const Forecast *)moves->dropped->pdata[i])->dropped_column, dropped) != 0;
  for (guint i = 0; i < moves->added->len; i++)
    added += strcmp(((const Forecast *)moves->added->pdata[i])->added_column, dropped) != 0;
  return others == added;
}

static void judge_renames(const Later *later)
{
  GHashTableIter iter;
  gpointer table, value;
  g_hash_table_iter_init(&iter, later_columns(later));
  while (g_hash_table_iter_next(&iter, &table, &value)) {
    const ColumnMoves *moves = value;
    if (moves->added->len == 0 || later_changes_rows(later, table)) /* somebody carries the values over */
      continue;
    for (guint i = 0; i < moves->dropped->len; i++) {
      Forecast *forecast = g_ptr_array_index(moves->dropped, i);
      for (guint k = 0; is_pair(moves, forecast->dropped_column) && k < moves->added->len; k++) {
        const char *added = ((const Forecast *)moves->added->pdata[k])->added_column;
        if (strcmp(column_of(added), column_of(forecast->dropped_column)) != 0)
          add(forecast, CHECK_LOOKS_LIKE_RENAME, added);
      }
    }
  }
}

/* An index that goes before its table goes costs nothing more. */
static void judge_index_drops(const Later *later, guint i, Forecast *forecast)
{
  for (guint k = 0; k < forecast->locks->len; k++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, k);
    if (lock->table != NULL && later_drops_table(later, i + 1, lock->table))
      remove_finding(forecast, CHECK_INDEX_DROP_NOT_CONCURRENT);
  }
}

/* The relation that the statement itself is about. */
static const ForecastLock *own_lock(const Forecast *forecast)
{
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (lock->because == NULL)
      return lock;
  }
  return NULL;
}

static void judge_aftermath(const Review *review, const Later *later)
{
  for (guint i = 0; i < review->forecasts->len; i++) {
    Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    const Effects *effects = forecast->effects;
    for (guint k = 0; effects != NULL && k < effects->dropped->len; k++) {
      const char *name = g_ptr_array_index(effects->dropped, k);
      if (!later_makes(later, 0, name))
        add(forecast, CHECK_OBJECT_DROPPED, name);
    }
    judge_index_drops(later, i, forecast);
    const ForecastLock *lock = own_lock(forecast);
    if (effects != NULL && effects->type_changed && lock != NULL && !lock->is_new &&
        !later_analyzes(later, i + 1, lock->relation))
      add(forecast, CHECK_STATISTICS_LOST, lock->relation);
  }
}

/* ALTER TABLEs that each go through the same table, where one would do. */
static void judge_scans(const Review *review, const GPtrArray *statements)
{
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (guint i = 0; i < review->forecasts->len; i++) {
    Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    const ForecastLock *lock = own_lock(forecast);
    const Statement *statement = g_ptr_array_index(statements, i);
    if (lock == NULL || lock->is_new || !lock_mode_blocks_writes(lock->mode) || !makes_work(forecast) ||
        g_ascii_strncasecmp(statement->sql, "ALTER TABLE", 11) != 0)
      continue;
    if (!g_hash_table_add(seen, lock->relation))
      add(forecast, CHECK_SEVERAL_SCANS, lock->relation);
  }
}

/* ---- sizes ---- */

/* From here on a second copy is worth a look at the disk. */
#define HEADROOM_BYTES ((gint64)1 << 30)

/* Harm that lasts as long as the work does. */
static gboolean lasts(CheckId check)
{
  switch (check) {
  case CHECK_INDEX_NOT_CONCURRENT:
  case CHECK_REINDEX_NOT_CONCURRENT:
  case CHECK_CHECK_VALIDATES:
  case CHECK_FOREIGN_KEY_VALIDATES:
  case CHECK_NOT_NULL_SCANS:
  case CHECK_UNIQUE_BUILDS_INDEX:
  case CHECK_EXCLUDE_BUILDS_INDEX:
  case CHECK_DEFAULT_REWRITES:
  case CHECK_SERIAL_REWRITES:
  case CHECK_GENERATED_REWRITES:
  case CHECK_DOMAIN_REWRITES:
  case CHECK_TYPE_CHANGE:
  case CHECK_FULL_REWRITE:
  case CHECK_PARTITION_SCAN:
  case CHECK_REFRESH_BLOCKS:
  case CHECK_VALIDATE_IN_SAME_TRANSACTION:
  case CHECK_WORK_UNDER_LOCK: return TRUE;
  default: return FALSE;
  }
}

static const ForecastLock *lock_shown_as(const Forecast *forecast, const char *name)
{
  for (guint i = 0; name != NULL && i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (strcmp(forecast_display(lock->relation), name) == 0)
      return lock;
  }
  return NULL;
}

static void tell_size(Finding *finding, const ForecastLock *lock)
{
  if (finding->detail != NULL || lock == NULL || lock->rows < 0)
    return;
  g_autofree char *rows = text_count((guint64)lock->rows);
  g_autofree char *size = lock->bytes >= 0 ? text_size((guint64)lock->bytes) : NULL;
  finding->detail =
      size != NULL ? g_strdup_printf(_("%s rows, %s"), rows, size) : g_strdup_printf(_("%s rows"), rows);
}

static void judge_sizes(const Review *review)
{
  for (guint i = 0; i < review->forecasts->len; i++) {
    Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    for (guint k = 0; k < forecast->rewrites->len && !forecast->truncates; k++) {
      const char *relation = g_ptr_array_index(forecast->rewrites, k);
      const ForecastLock *lock = forecast_lock(forecast, relation);
      if (lock != NULL && !lock->is_new && lock->bytes >= HEADROOM_BYTES)
        add(forecast, CHECK_DISK_HEADROOM, relation);
    }
    for (guint k = 0; k < forecast->findings->len; k++) {
      Finding *finding = g_ptr_array_index(forecast->findings, k);
      finding->brief = forecast->duration == DURATION_MOMENT && lasts(finding->check);
      tell_size(finding, lock_shown_as(forecast, finding->object));
    }
  }
}

static void judge_keys(ForecastSession *session, const Review *review)
{
  for (guint i = 0; i < review->forecasts->len; i++) {
    Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    for (guint k = 0; forecast->effects != NULL && k < forecast->effects->keys->len; k++)
      judge_key(session, g_ptr_array_index(forecast->effects->keys, k), forecast->findings);
  }
}

Review *review_read(ForecastSession *session, const GPtrArray *statements, const GPtrArray *trees)
{
  Review *review = g_new0(Review, 1);
  review->forecasts = g_ptr_array_new_with_free_func((GDestroyNotify)forecast_free);
  review->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
  g_autoptr(GHashTable) exclusive = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) enum_values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) not_valid = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Transaction open = {
      .exclusive = exclusive, .enum_values = enum_values, .not_valid = not_valid, .made = made};
  for (guint i = 0; i < statements->len; i++) {
    const Statement *statement = g_ptr_array_index(statements, i);
    Forecast *forecast = trees != NULL ? forecast_tree(session, g_ptr_array_index(trees, i))
                                       : forecast_statement(session, statement->sql);
    g_ptr_array_add(review->forecasts, forecast);
    judge_names(statement->sql, forecast);
    judge_one(&open, statement, forecast);
  }
  end_transaction(&open);
  g_autoptr(Later) later = later_read(review);
  judge_renames(later);
  judge_aftermath(review, later);
  judge_scans(review, statements);
  judge_keys(session, review);
  judge_sizes(review);
  return review;
}

Review *review_statements(ForecastSession *session, const GPtrArray *statements)
{
  Review *review = review_read(session, statements, NULL);
  settle_severities(review, NULL);
  return review;
}

void review_free(Review *review)
{
  if (review == NULL)
    return;
  g_ptr_array_unref(review->forecasts);
  g_ptr_array_unref(review->findings);
  g_free(review);
}

/* ---- the worst ---- */

static int worst_of(const GPtrArray *findings)
{
  int worst = -1;
  for (guint i = 0; i < findings->len; i++) {
    const Finding *finding = g_ptr_array_index(findings, i);
    if (finding->silenced == NULL)
      worst = MAX(worst, (int)finding->severity);
  }
  return worst;
}

int forecast_worst(const Forecast *forecast)
{
  return worst_of(forecast->findings);
}

int review_worst(const Review *review)
{
  int worst = worst_of(review->findings);
  for (guint i = 0; i < review->forecasts->len; i++)
    worst = MAX(worst, forecast_worst(g_ptr_array_index(review->forecasts, i)));
  return worst;
}

static const GPtrArray *findings_of(const Review *review, int statement)
{
  return statement < 0 ? review->findings
                       : ((const Forecast *)g_ptr_array_index(review->forecasts, (guint)statement))->findings;
}

guint review_silenced(const Review *review)
{
  guint n = 0;
  for (int i = -1; i < (int)review->forecasts->len; i++) {
    const GPtrArray *findings = findings_of(review, i);
    for (guint k = 0; k < findings->len; k++)
      n += ((const Finding *)g_ptr_array_index(findings, k))->silenced != NULL;
  }
  return n;
}

static int by_severity(gconstpointer a, gconstpointer b)
{
  const PlacedFinding *first = a, *second = b;
  if (first->finding->severity != second->finding->severity)
    return first->finding->severity < second->finding->severity ? 1 : -1;
  return first->statement - second->statement;
}

GArray *review_worst_findings(const Review *review, Severity at_least, guint limit)
{
  GArray *placed = g_array_new(FALSE, FALSE, sizeof(PlacedFinding));
  for (int i = -1; i < (int)review->forecasts->len; i++) {
    const GPtrArray *findings = findings_of(review, i);
    for (guint k = 0; k < findings->len; k++) {
      PlacedFinding one = {g_ptr_array_index(findings, k), i};
      if (one.finding->silenced == NULL && one.finding->severity >= at_least)
        g_array_append_val(placed, one);
    }
  }
  g_array_sort(placed, by_severity);
  if (limit > 0 && placed->len > limit)
    g_array_set_size(placed, limit);
  return placed;
}
