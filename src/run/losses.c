/* Table by table: what the statistics say, then what counting says, if it is quick enough. */
#include "retort/run/losses.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "retort/pg/catalog.h"

#define TIMEOUT_MS 2000
#define LOCK_TIMEOUT_MS 200
/* Behind so many a list says enough without numbers. */
#define COUNTED_TABLES 50

typedef struct {
  PgConn *conn;
  GPtrArray *counts; /* LossCount* */
  GPtrArray *tables; /* char*: relations to ask about, each once */
  guint at;
  guint timeout_ms;
  LossesFunc func;
  void *data;
} Counting;

void loss_count_free(LossCount *count)
{
  if (count == NULL)
    return;
  g_free(count->relation);
  g_free(count->column);
  g_free(count);
}

static void counting_free(void *data)
{
  Counting *counting = data;
  g_clear_pointer(&counting->counts, g_ptr_array_unref);
  g_ptr_array_unref(counting->tables);
  g_free(counting);
}

static void finish(Counting *counting, const GError *error)
{
  counting->func(error == NULL ? g_steal_pointer(&counting->counts) : NULL, error, counting->data);
  counting_free(counting);
}

/* ---- Questions ------------------------------------------------------------------------------------------------- */

/* "sales.orders" quoted part by part. */
static char *quoted_relation(const char *relation)
{
  g_auto(GStrv) parts = g_strsplit(relation, ".", 2);
  g_autofree char *first = pg_quote_ident(parts[0]);
  g_autofree char *second = parts[1] != NULL ? pg_quote_ident(parts[1]) : NULL;
  return second != NULL ? g_strconcat(first, ".", second, NULL) : g_strdup(first);
}

static gboolean is_about(const LossCount *count, const char *table)
{
  return strcmp(count->relation, table) == 0;
}

/* Columns of the table at work, as they are asked for; of LossCount*, borrowed. */
static GPtrArray *columns_of(const Counting *counting)
{
  const char *table = g_ptr_array_index(counting->tables, counting->at);
  GPtrArray *columns = g_ptr_array_new();
  for (guint i = 0; i < counting->counts->len; i++) {
    LossCount *count = g_ptr_array_index(counting->counts, i);
    if (is_about(count, table) && count->column != NULL)
      g_ptr_array_add(columns, count);
  }
  return columns;
}

/* One row: is it there, its rows, then for each column the share of nulls. */
static char *estimate_sql(const Counting *counting)
{
  g_autofree char *relation = quoted_relation(g_ptr_array_index(counting->tables, counting->at));
  g_autofree char *literal = pg_quote_literal(relation);
  g_autoptr(GPtrArray) columns = columns_of(counting);
  GString *sql = g_string_new("SELECT c.reltuples::bigint");
  for (guint i = 0; i < columns->len; i++) {
    g_autofree char *column = pg_quote_literal(((LossCount *)g_ptr_array_index(columns, i))->column);
    g_string_append_printf(
        sql,
        ", (SELECT null_frac FROM pg_catalog.pg_stats s WHERE s.schemaname = n.nspname AND "
        "s.tablename = c.relname AND s.attname = %s LIMIT 1)",
        column);
  }
  g_string_append_printf(
      sql,
      " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.oid = pg_catalog.to_regclass(%s)",
      literal);
  return g_string_free(sql, FALSE);
}

static char *count_sql(const Counting *counting)
{
  g_autofree char *relation = quoted_relation(g_ptr_array_index(counting->tables, counting->at));
  g_autoptr(GPtrArray) columns = columns_of(counting);
  GString *sql = g_string_new(NULL);
  g_string_printf(
      sql, "BEGIN READ ONLY; SET LOCAL statement_timeout = %u; SET LOCAL lock_timeout = %u; SELECT count(*)",
      counting->timeout_ms, LOCK_TIMEOUT_MS);
  for (guint i = 0; i < columns->len; i++) {
    g_autofree char *column = pg_quote_ident(((LossCount *)g_ptr_array_index(columns, i))->column);
    g_string_append_printf(sql, ", count(%s)", column);
  }
  g_string_append_printf(sql, " FROM %s; COMMIT", relation);
  return g_string_free(sql, FALSE);
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

static gint64 cell_number(const PGresult *result, int column)
{
  return PQgetisnull(result, 0, column) ? -1 : g_ascii_strtoll(PQgetvalue(result, 0, column), NULL, 10);
}

static void set_rows(Counting *counting, gint64 rows, gboolean missing, gboolean estimated)
{
  const char *table = g_ptr_array_index(counting->tables, counting->at);
  for (guint i = 0; i < counting->counts->len; i++) {
    LossCount *count = g_ptr_array_index(counting->counts, i);
    if (!is_about(count, table))
      continue;
    count->rows = rows;
    count->missing = missing;
    count->estimated = estimated;
  }
}

static void ask_next(Counting *counting);

static void next_table(Counting *counting)
{
  counting->at++;
  ask_next(counting);
}

static void rolled_back(PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error, void *data)
{
  if (pg_conn_state(conn) != PG_CONN_IDLE)
    finish(data, error);
  else
    next_table(data);
}

static void counted(PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Counting *counting = data;
  if (pg_conn_state(conn) != PG_CONN_IDLE) {
    finish(counting, error);
    return;
  }
  if (error != NULL) {
    /* Not in time, not allowed, or somebody locks it: the estimate has to do. */
    pg_conn_exec_owned(conn, "ROLLBACK", NULL, rolled_back, counting, counting_free);
    return;
  }
  const PGresult *result = g_ptr_array_index(results, results->len - 2);
  g_autoptr(GPtrArray) columns = columns_of(counting);
  set_rows(counting, cell_number(result, 0), FALSE, FALSE);
  for (guint i = 0; i < columns->len; i++)
    ((LossCount *)g_ptr_array_index(columns, i))->non_null = cell_number(result, (int)i + 1);
  next_table(counting);
}

static void estimated(PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Counting *counting = data;
  if (pg_conn_state(conn) != PG_CONN_IDLE) {
    finish(counting, error);
    return;
  }
  const PGresult *result = error == NULL ? g_ptr_array_index(results, 0) : NULL;
  if (result == NULL || PQntuples(result) == 0) {
    set_rows(counting, -1, error == NULL, FALSE);
    next_table(counting);
    return;
  }
  gint64 rows = cell_number(result, 0);
  g_autoptr(GPtrArray) columns = columns_of(counting);
  set_rows(counting, rows, FALSE, rows >= 0);
  for (guint i = 0; i < columns->len; i++)
    if (rows >= 0 && !PQgetisnull(result, 0, (int)i + 1))
      ((LossCount *)g_ptr_array_index(columns, i))->non_null =
          (gint64)((double)rows * (1 - g_ascii_strtod(PQgetvalue(result, 0, (int)i + 1), NULL)));
  g_autofree char *sql = count_sql(counting);
  pg_conn_exec_owned(conn, sql, NULL, counted, counting, counting_free);
}

static void ask_next(Counting *counting)
{
  if (counting->at >= MIN(counting->tables->len, COUNTED_TABLES)) {
    finish(counting, NULL);
    return;
  }
  g_autofree char *sql = estimate_sql(counting);
  pg_conn_exec_owned(counting->conn, sql, NULL, estimated, counting, counting_free);
}

/* ---- Losses ---------------------------------------------------------------------------------------------------- */

static gboolean is_known(const Counting *counting, const ForecastLoss *loss)
{
  for (guint i = 0; i < counting->counts->len; i++) {
    const LossCount *count = g_ptr_array_index(counting->counts, i);
    if (count->kind == loss->kind && is_about(count, loss->relation) &&
        g_strcmp0(count->column, loss->column) == 0)
      return TRUE;
  }
  return FALSE;
}

static void add_loss(Counting *counting, const ForecastLoss *loss)
{
  if (loss->relation == NULL || is_known(counting, loss))
    return;
  LossCount *count = g_new0(LossCount, 1);
  *count = (LossCount){.kind = loss->kind,
                       .relation = g_strdup(loss->relation),
                       .column = g_strdup(loss->column),
                       .rows = -1,
                       .non_null = -1};
  g_ptr_array_add(counting->counts, count);
  if (loss->kind != LOSS_OTHER &&
      !g_ptr_array_find_with_equal_func(counting->tables, count->relation, g_str_equal, NULL))
    g_ptr_array_add(counting->tables, count->relation);
}

static void add_review(Counting *counting, const Review *review)
{
  for (guint i = 0; review != NULL && i < review->forecasts->len; i++) {
    const Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    for (guint j = 0; j < forecast->losses->len; j++)
      add_loss(counting, g_ptr_array_index(forecast->losses, j));
  }
}

static void nothing_asked(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results,
                          G_GNUC_UNUSED const GError *error, void *data)
{
  ask_next(data);
}

void losses_count(PgConn *conn, const GPtrArray *reviews, guint timeout_ms, LossesFunc func, void *data)
{
  Counting *counting = g_new0(Counting, 1);
  *counting = (Counting){.conn = conn,
                         .counts = g_ptr_array_new_with_free_func((GDestroyNotify)loss_count_free),
                         .tables = g_ptr_array_new(),
                         .timeout_ms = timeout_ms > 0 ? timeout_ms : TIMEOUT_MS,
                         .func = func,
                         .data = data};
  for (guint i = 0; i < reviews->len; i++)
    add_review(counting, g_ptr_array_index(reviews, i));
  /* func is never called from inside this call, also when there is nothing to ask. */
  if (counting->tables->len == 0)
    pg_conn_exec_owned(conn, "SELECT 1", NULL, nothing_asked, counting, counting_free);
  else
    ask_next(counting);
}

/* ---- Words ----------------------------------------------------------------------------------------------------- */

static char *name_of(const LossCount *count)
{
  g_autofree char *both = count->column != NULL ? g_strconcat(count->relation, ".", count->column, NULL)
                                                : g_strdup(count->relation);
  return text_escape(both, -1, FALSE);
}

static char *numbers(const LossCount *count)
{
  if (count->missing)
    return g_strdup(_("not there yet"));
  if (count->rows < 0)
    return g_strdup(_("an unknown number of rows"));
  g_autofree char *rows = text_count((guint64)count->rows);
  if (count->kind != LOSS_COLUMN)
    return g_strdup_printf(ngettext("%s row", "%s rows", (gulong)count->rows), rows);
  if (count->non_null < 0)
    return g_strdup_printf(ngettext("%s row", "%s rows", (gulong)count->rows), rows);
  g_autofree char *values = text_count((guint64)count->non_null);
  return g_strdup_printf(ngettext("%s value in %s rows", "%s values in %s rows", (gulong)count->non_null),
                         values, rows);
}

char *loss_count_text(const LossCount *count)
{
  static const char *const kinds[] = {N_("table"), N_("column"), N_("rows of"), N_("object")};
  g_autofree char *name = name_of(count);
  if (count->kind == LOSS_OTHER)
    return g_strdup_printf("%s %s", _(kinds[count->kind]), name);
  g_autofree char *many = numbers(count);
  return g_strdup_printf("%s %s: %s%s%s", _(kinds[count->kind]), name, many, count->estimated ? " " : "",
                         count->estimated ? _("(estimated)") : "");
}
