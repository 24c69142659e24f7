/* What statements will lock, rewrite and risk: of revisions, or of plain SQL. */
#include <glib/gi18n.h>
#include <pg_query.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "json.h"
#include "migrate.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/pg/lockmode.h"
#include "retort/review/findings.h"
#include "chosen.h"

const ArgOption review_options[] = {
    {0, "sql", ARG_VALUE, "FILE", N_("Review plain SQL from FILE, or - for standard input."), TRUE},
    {0, "server-version", ARG_VALUE, "N", N_("PostgreSQL to judge for, such as 15; default: the server's."),
     TRUE},
    {0, "fail-at", ARG_VALUE, "SEVERITY",
     N_("Exit with status 1 at a finding of note, care or danger (the default) or worse."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

typedef struct {
  Session *session;
  ForecastSession *forecasts;
  JsonBuilder *builder; /* NULL: text */
  int worst;
  guint n_statements;
  guint n_findings;
} Output;

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
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void add_findings(JsonBuilder *builder, const Forecast *forecast)
{
  json_builder_set_member_name(builder, "findings");
  json_builder_begin_array(builder);
  for (guint i = 0; i < forecast->findings->len; i++) {
    const Finding *finding = forecast->findings->pdata[i];
    CheckInfo info = check_info(finding->check);
    json_builder_begin_object(builder);
    json_add_text(builder, "id", info.name);
    json_add_text(builder, "severity", severity_name(info.severity));
    json_add_text(builder, "title", info.title);
    json_add_text(builder, "why", info.why);
    json_add_text(builder, "advice", info.advice);
    json_add_text(builder, "object", finding->object);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void print_json(JsonBuilder *builder, const Statement *statement, const Revision *revision,
                       const Forecast *forecast)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "statement", statement->sql);
  json_add_text(builder, "revision", revision ? revision->id : NULL);
  json_add_text(builder, "path", revision ? revision->path : NULL);
  json_add_int(builder, "line", statement->line);
  add_locks(builder, forecast);
  json_add_array(builder, "rewrites", forecast->rewrites);
  json_add_array(builder, "scans", forecast->scans);
  json_add_array(builder, "rebuilds", forecast->rebuilds);
  json_add_text(builder, "transaction", forecast->no_transaction ? "forbidden" : "allowed");
  add_findings(builder, forecast);
  json_add_text(builder, "unknown", forecast->unknown);
  json_builder_end_object(builder);
}

static void print_text(const Session *session, const Statement *statement, const char *path,
                       const Forecast *forecast)
{
  for (guint i = 0; i < forecast->findings->len; i++) {
    const Finding *finding = forecast->findings->pdata[i];
    CheckInfo info = check_info(finding->check);
    out_line(session, "%s:%u: %s: %s: %s", path, statement->line, severity_name(info.severity), info.name,
             info.title);
    if (finding->object)
      out_line(session, "    %s", finding->object);
    out_line(session, "    %s", info.why);
    out_line(session, "    %s", info.advice);
  }
  if (forecast->unknown)
    out_line(session, "%s:%u: %s: %s", path, statement->line, _("unknown"), forecast->unknown);
}

static void emit(Output *output, const GPtrArray *statements, const Revision *revision, const char *path)
{
  g_autoptr(Review) review = review_statements(output->forecasts, statements);
  output->worst = MAX(output->worst, review_worst(review));
  for (guint i = 0; i < statements->len; i++) {
    const Forecast *forecast = review->forecasts->pdata[i];
    output->n_statements++;
    output->n_findings += forecast->findings->len;
    if (output->builder)
      print_json(output->builder, statements->pdata[i], revision, forecast);
    else
      print_text(output->session, statements->pdata[i], path, forecast);
  }
}

/* A migration that retort cannot render is not harmless, it is unknown. */
static void emit_unrendered(Output *output, const Revision *revision, const Script *script)
{
  const RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
  g_autoptr(Forecast) forecast = forecast_statement(output->forecasts, "");
  g_autoptr(Statement) statement = statement_new("", FALSE, reason ? reason->line : script->error_line, 0);
  const char *what = reason ? reason->what : script->error;
  g_free(forecast->unknown);
  forecast->unknown = g_strdup_printf(_("cannot be rendered: %s"), what ? what : "");
  output->worst = MAX(output->worst, (int)SEVERITY_CARE);
  if (output->builder)
    print_json(output->builder, statement, revision, forecast);
  else
    print_text(output->session, statement, revision->path, forecast);
}

static guint line_of(const char *text, gsize offset)
{
  guint line = 1;
  for (gsize i = 0; i < offset; i++)
    line += text[i] == '\n';
  return line;
}

/* The statements of a file by the server's own scanner. */
static GPtrArray *split_sql(const char *path, const char *text, GError **error)
{
  g_autoptr(GPtrArray) statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  PgQuerySplitResult result = pg_query_split_with_scanner(text);
  if (result.error)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, "%s:%u: %s", path,
                line_of(text, (gsize)MAX(result.error->cursorpos - 1, 0)), result.error->message);
  for (int i = 0; !result.error && i < result.n_stmts; i++) {
    const char *start = text + result.stmts[i]->stmt_location;
    g_autofree char *sql = g_strndup(start, (gsize)result.stmts[i]->stmt_len);
    gsize blank = strspn(sql, " \t\r\n");
    if (sql[blank])
      g_ptr_array_add(statements, statement_new(g_strchomp(sql + blank), FALSE,
                                                line_of(text, (gsize)(start - text) + blank), 0));
  }
  gboolean failed = result.error != NULL;
  pg_query_free_split_result(result);
  return failed ? NULL : g_steal_pointer(&statements);
}

static char *read_all(const char *path, GError **error)
{
  if (strcmp(path, "-") != 0)
    return file_read(path, FILE_LIMIT, NULL, NULL, error);
  g_autoptr(GString) text = g_string_new(NULL);
  char buffer[65536];
  for (gssize n; (n = read(STDIN_FILENO, buffer, sizeof buffer)) > 0;) {
    g_string_append_len(text, buffer, n);
    if (text->len > FILE_LIMIT) {
      g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_FILE, _("standard input is too long"));
      return NULL;
    }
  }
  return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean review_file(Output *output, const char *path, GError **error)
{
  g_autofree char *text = read_all(path, error);
  g_autoptr(GPtrArray) statements = text ? split_sql(path, text, error) : NULL;
  if (!statements)
    return FALSE;
  emit(output, statements, NULL, path);
  return TRUE;
}

/* What the database has not got yet, oldest first. */
static gboolean select_pending(Session *session, Chosen *chosen, GError **error)
{
  g_autoptr(VersionRows) rows = session_rows(session, error);
  RevisionMap *map = rows ? session_map(session, error) : NULL;
  g_autoptr(Plan) plan = map ? plan_upgrade(map, (const char *const *)rows->rows, "heads", error) : NULL;
  if (!plan)
    return FALSE;
  chosen->revisions = g_ptr_array_new();
  for (guint i = 0; i < plan->steps->len; i++)
    g_ptr_array_add(chosen->revisions, ((const PlanStep *)plan->steps->pdata[i])->revision);
  return TRUE;
}

static gboolean review_revisions(Output *output, GError **error)
{
  Session *session = output->session;
  g_auto(Chosen) chosen = {NULL, NULL};
  GPtrArray *words = session->args->positionals;
  gboolean pending = words->len == 0 && session_project_quietly(session) && session_names_database(session);
  if (!(pending ? select_pending(session, &chosen, error) : chosen_revisions(session, words, &chosen, error)))
    return FALSE;
  RenderOptions options;
  migrate_render_options(session, TRUE, &options);
  g_autoptr(RenderSession) renderer = render_session_new(session->project, &options);
  for (guint i = 0; i < chosen.revisions->len; i++) {
    const Revision *revision = chosen.revisions->pdata[i];
    g_autoptr(Script) script = render_revision(renderer, revision, DIRECTION_UPGRADE);
    if (script->state == RENDER_EXACT && !script->error)
      emit(output, script->statements, revision, revision->path);
    else
      emit_unrendered(output, revision, script);
  }
  return TRUE;
}

/* As libpq counts versions; 0 when nobody says. */
static gboolean choose_version(Session *session, int *version, GError **error)
{
  const char *given = args_value(session->args, "server-version");
  *version = 0;
  if (given) {
    char *end;
    long n = strtol(given, &end, 10);
    gboolean minor = *end == '.' && strspn(end + 1, "0123456789.") == strlen(end + 1);
    if (n < 9 || n > 99 || (*end && !minor)) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                  _("--server-version: \"%s\" is no version of PostgreSQL"), given);
      return FALSE;
    }
    *version = (int)n * 10000;
  } else if (!args_has(session->args, "sql") && session_project_quietly(session) &&
             session_names_database(session)) {
    PgConn *conn = session_connect(session, error);
    if (!conn)
      return FALSE;
    *version = pg_conn_server_version(conn);
  }
  return TRUE;
}

static gboolean choose_threshold(const Session *session, int *threshold, GError **error)
{
  const char *given = args_value(session->args, "fail-at");
  *threshold = SEVERITY_DANGER;
  for (int s = SEVERITY_NOTE; given && s <= SEVERITY_DANGER; s++)
    if (strcmp(given, severity_name((Severity)s)) == 0) {
      *threshold = s;
      return TRUE;
    }
  if (given)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--fail-at: \"%s\" is not note, care or danger"),
                given);
  return given == NULL;
}

COMMAND_RUN(review)
{
  int version = 0;
  int threshold = SEVERITY_DANGER;
  if (!choose_threshold(session, &threshold, error) || !choose_version(session, &version, error))
    return FALSE;
  if (version == 0)
    out_note("%s", _("the server's version is not known, so the oldest is assumed (see --server-version)"));
  g_autoptr(ForecastSession) forecasts = forecast_session_new(version);
  g_autoptr(JsonBuilder) builder = session->json ? json_builder_new() : NULL;
  Output output = {session, forecasts, builder, -1, 0, 0};
  if (builder)
    json_builder_begin_array(builder);
  const char *path = args_value(session->args, "sql");
  if (!(path ? review_file(&output, path, error) : review_revisions(&output, error)))
    return FALSE;
  if (builder) {
    json_builder_end_array(builder);
    out_json(json_builder_get_root(builder));
  } else if (output.n_findings == 0 && output.worst < 0) {
    out_line(session,
             ngettext("%u statement, nothing to say", "%u statements, nothing to say", output.n_statements),
             output.n_statements);
  }
  session->status = output.worst >= threshold ? 1 : 0;
  return TRUE;
}
