/* A review as data: an array with an object for every statement.  Written straight, because a tree of a whole
 * project's review would take longer than the review itself. */
#include <string.h>

#include "out.h"
#include "retort/pg/lockmode.h"
#include "retort/review/remedy.h"
#include "review_report.h"

/* ---- writing ---- */

typedef struct {
  GString *out;
  gboolean more; /* a comma stands before the next member */
} Writer;

static void append_quoted(GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
  const char *p = valid ? valid : text;
  g_string_append_c(out, '"');
  while (*p) {
    const char *plain = p;
    while ((guchar)*p >= 0x20 && *p != '"' && *p != '\\' && *p != 0x7f)
      p++;
    g_string_append_len(out, plain, p - plain);
    if (!*p)
      break;
    if (*p == '"' || *p == '\\')
      g_string_append_printf(out, "\\%c", *p);
    else if (*p == '\n')
      g_string_append(out, "\\n");
    else
      g_string_append_printf(out, "\\u%04x", (guchar)*p);
    p++;
  }
  g_string_append_c(out, '"');
}

static void begin(Writer *w, char bracket)
{
  if (w->more)
    g_string_append(w->out, ", ");
  g_string_append_c(w->out, bracket);
  w->more = FALSE;
}

static void end(Writer *w, char bracket)
{
  g_string_append_c(w->out, bracket);
  w->more = TRUE;
}

static void add_name(Writer *w, const char *name)
{
  if (w->more)
    g_string_append(w->out, ", ");
  g_string_append_c(w->out, '"');
  g_string_append(w->out, name);
  g_string_append(w->out, "\": ");
  w->more = TRUE;
}

static void add_text(Writer *w, const char *name, const char *text)
{
  add_name(w, name);
  if (text)
    append_quoted(w->out, text);
  else
    g_string_append(w->out, "null");
}

static void add_int(Writer *w, const char *name, gint64 value)
{
  add_name(w, name);
  g_string_append_printf(w->out, "%" G_GINT64_FORMAT, value);
}

static void begin_array(Writer *w, const char *name)
{
  add_name(w, name);
  w->more = FALSE;
  begin(w, '[');
}

static void add_array(Writer *w, const char *name, const GPtrArray *strings)
{
  begin_array(w, name);
  for (guint i = 0; i < strings->len; i++) {
    if (i > 0)
      g_string_append(w->out, ", ");
    append_quoted(w->out, strings->pdata[i]);
  }
  end(w, ']');
}

/* ---- a statement ---- */

static void add_locks(Writer *w, const Forecast *forecast)
{
  begin_array(w, "locks");
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = forecast->locks->pdata[i];
    if (lock->is_new)
      continue;
    begin(w, '{');
    add_text(w, "relation", lock->relation);
    add_text(w, "mode", lock_mode_name(lock->mode));
    if (lock->because)
      add_text(w, "because", lock->because);
    if (lock->rows >= 0)
      add_int(w, "rows", lock->rows);
    if (lock->bytes >= 0)
      add_int(w, "bytes", lock->bytes);
    if (lock->users > 0)
      add_int(w, "users", lock->users);
    end(w, '}');
  }
  end(w, ']');
}

static void add_finding(Writer *w, const Finding *finding, const Statement *statement,
                        const Forecast *forecast)
{
  CheckInfo info = check_info(finding->check);
  g_autoptr(Remedy) remedy = remedy_of(finding, forecast, statement->sql);
  begin(w, '{');
  add_text(w, "id", info.name);
  add_text(w, "severity", severity_name(finding->severity));
  add_text(w, "title", info.title);
  add_text(w, "why", info.why);
  add_text(w, "advice", info.advice);
  add_text(w, "object", finding->object);
  add_text(w, "detail", finding->detail);
  add_int(w, "line", finding->line ? finding->line : statement->line);
  add_text(w, "alembic", remedy->alembic);
  add_text(w, "sql", remedy->sql);
  if (info.since)
    add_int(w, "since", info.since);
  if (finding->silenced) {
    add_text(w, "reason", finding->silenced);
    add_text(w, "where", finding->silenced_by);
  }
  end(w, '}');
}

/* whole: findings about the migration, told with its first statement. */
static void add_findings(Writer *w, const char *name, gboolean silenced, const Forecast *forecast,
                         const GPtrArray *whole, const Statement *statement)
{
  const GPtrArray *lists[] = {forecast->findings, whole};
  begin_array(w, name);
  for (guint l = 0; l < G_N_ELEMENTS(lists); l++)
    for (guint i = 0; lists[l] && i < lists[l]->len; i++) {
      const Finding *finding = lists[l]->pdata[i];
      if ((finding->silenced != NULL) == silenced)
        add_finding(w, finding, statement, forecast);
    }
  end(w, ']');
}

static void add_statement(Writer *w, const ReviewedFile *file, const Statement *statement,
                          const Forecast *forecast, const GPtrArray *whole)
{
  const char *duration = forecast_duration_text(forecast->duration);
  begin(w, '{');
  add_text(w, "statement", statement->sql);
  add_text(w, "revision", file->revision);
  add_text(w, "path", file->path);
  add_int(w, "line", statement->line);
  add_locks(w, forecast);
  add_array(w, "rewrites", forecast->rewrites);
  add_array(w, "scans", forecast->scans);
  add_array(w, "rebuilds", forecast->rebuilds);
  add_text(w, "transaction", forecast->no_transaction ? "forbidden" : "allowed");
  add_array(w, "notes", forecast->notes);
  add_text(w, "duration", *duration ? duration : NULL);
  add_findings(w, "findings", FALSE, forecast, whole, statement);
  add_findings(w, "silenced", TRUE, forecast, whole, statement);
  add_text(w, "unknown", forecast->unknown);
  end(w, '}');
  g_string_append_c(w->out, '\n');
}

/* A migration without statements, or one whose further statements are not known. */
static void add_rest(Writer *w, const ReviewedFile *file, const GPtrArray *whole)
{
  g_autoptr(ForecastSession) session = forecast_session_new(0);
  g_autoptr(Forecast) forecast = forecast_statement(session, "");
  g_autoptr(Statement) statement = statement_new("", FALSE, file->unknown_line, 0);
  g_free(forecast->unknown);
  forecast->unknown = g_strdup(file->unknown);
  add_statement(w, file, statement, forecast, whole);
}

void review_print_json(const ReviewReport *report)
{
  g_autoptr(GString) out = g_string_new("[");
  Writer writer = {out, FALSE};
  for (guint f = 0; f < report->files->len; f++) {
    const ReviewedFile *file = report->files->pdata[f];
    const GPtrArray *whole = file->review->findings;
    for (guint s = 0; s < file->statements->len; s++)
      add_statement(&writer, file, file->statements->pdata[s], file->review->forecasts->pdata[s],
                    s == 0 ? whole : NULL);
    if (file->unknown || (file->statements->len == 0 && whole->len > 0))
      add_rest(&writer, file, file->statements->len == 0 ? whole : NULL);
  }
  g_string_append(out, "]\n");
  out_text(out->str);
}
