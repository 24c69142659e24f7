/* A review as data: an array with an object for every statement. */
#include "json.h"
#include "out.h"
#include "retort/pg/lockmode.h"
#include "retort/review/remedy.h"
#include "review_report.h"

static void add_locks(JsonBuilder *builder, const Forecast *forecast)
{
  json_builder_set_member_name(builder, "locks");
  json_builder_begin_array(builder);
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = forecast->locks->pdata[i];
    if (lock->is_new)
      continue;
    json_builder_begin_object(builder);
    json_add_text(builder, "relation", lock->relation);
    json_add_text(builder, "mode", lock_mode_name(lock->mode));
    if (lock->because)
      json_add_text(builder, "because", lock->because);
    if (lock->rows >= 0)
      json_add_int(builder, "rows", lock->rows);
    if (lock->bytes >= 0)
      json_add_int(builder, "bytes", lock->bytes);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void add_finding(JsonBuilder *builder, const Finding *finding, const Statement *statement)
{
  CheckInfo info = check_info(finding->check);
  g_autoptr(Remedy) remedy = remedy_for(finding, statement->sql[0] ? statement->sql : NULL);
  json_builder_begin_object(builder);
  json_add_text(builder, "id", info.name);
  json_add_text(builder, "severity", severity_name(finding->severity));
  json_add_text(builder, "title", info.title);
  json_add_text(builder, "why", info.why);
  json_add_text(builder, "advice", info.advice);
  json_add_text(builder, "object", finding->object);
  json_add_text(builder, "detail", finding->detail);
  json_add_int(builder, "line", finding->line ? finding->line : statement->line);
  json_add_text(builder, "alembic", remedy->alembic);
  json_add_text(builder, "sql", remedy->sql);
  if (info.since)
    json_add_int(builder, "since", info.since);
  if (finding->silenced) {
    json_add_text(builder, "reason", finding->silenced);
    json_add_text(builder, "where", finding->silenced_by);
  }
  json_builder_end_object(builder);
}

/* whole: findings about the migration, told with its first statement. */
static void add_findings(JsonBuilder *builder, const char *name, gboolean silenced, const Forecast *forecast,
                         const GPtrArray *whole, const Statement *statement)
{
  const GPtrArray *lists[] = {forecast->findings, whole};
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint l = 0; l < G_N_ELEMENTS(lists); l++)
    for (guint i = 0; lists[l] && i < lists[l]->len; i++) {
      const Finding *finding = lists[l]->pdata[i];
      if ((finding->silenced != NULL) == silenced)
        add_finding(builder, finding, statement);
    }
  json_builder_end_array(builder);
}

static void add_statement(JsonBuilder *builder, const ReviewedFile *file, const Statement *statement,
                          const Forecast *forecast, const GPtrArray *whole)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "statement", statement->sql);
  json_add_text(builder, "revision", file->revision);
  json_add_text(builder, "path", file->path);
  json_add_int(builder, "line", statement->line);
  add_locks(builder, forecast);
  json_add_array(builder, "rewrites", forecast->rewrites);
  json_add_array(builder, "scans", forecast->scans);
  json_add_array(builder, "rebuilds", forecast->rebuilds);
  json_add_text(builder, "transaction", forecast->no_transaction ? "forbidden" : "allowed");
  add_findings(builder, "findings", FALSE, forecast, whole, statement);
  add_findings(builder, "silenced", TRUE, forecast, whole, statement);
  json_add_text(builder, "unknown", forecast->unknown);
  json_builder_end_object(builder);
}

/* A migration without statements, or one whose further statements are not known. */
static void add_rest(JsonBuilder *builder, const ReviewedFile *file, const GPtrArray *whole)
{
  g_autoptr(ForecastSession) session = forecast_session_new(0);
  g_autoptr(Forecast) forecast = forecast_statement(session, "");
  g_autoptr(Statement) statement = statement_new("", FALSE, file->unknown_line, 0);
  g_free(forecast->unknown);
  forecast->unknown = g_strdup(file->unknown);
  add_statement(builder, file, statement, forecast, whole);
}

void review_print_json(const ReviewReport *report)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_array(builder);
  for (guint f = 0; f < report->files->len; f++) {
    const ReviewedFile *file = report->files->pdata[f];
    const GPtrArray *whole = file->review->findings;
    for (guint s = 0; s < file->statements->len; s++)
      add_statement(builder, file, file->statements->pdata[s], file->review->forecasts->pdata[s],
                    s == 0 ? whole : NULL);
    if (file->unknown || (file->statements->len == 0 && whole->len > 0))
      add_rest(builder, file, file->statements->len == 0 ? whole : NULL);
  }
  json_builder_end_array(builder);
  out_json(json_builder_get_root(builder));
}
