/* What statements will lock, rewrite and risk: of revisions, or of plain SQL. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "chosen.h"
#include "commands.h"
#include "json.h"
#include "migrate.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/history/git.h"
#include "retort/run/answers.h"
#include "retort/run/inspect.h"
#include "review_report.h"
#include "sql_file.h"

const ArgOption review_options[] = {
    {0, "sql", ARG_VALUE, "FILE", N_("Review plain SQL from FILE, or - for standard input."), TRUE},
    {0, "all", ARG_FLAG, NULL, N_("Review every revision, each as if those before it were in use for long."),
     TRUE},
    {0, "downgrade", ARG_FLAG, NULL, N_("Review the downgrades."), TRUE},
    {0, "base", ARG_VALUE, "BRANCH",
     N_("What a branch is compared with; default: where origin/HEAD points, or main."), TRUE},
    {0, "server-version", ARG_VALUE, "N", N_("PostgreSQL to judge for, such as 15; default: the server's."),
     TRUE},
    {0, "fail-on", ARG_VALUE, "SEVERITY",
     N_("Exit with status 1 at a finding of note, care or danger (the default) or worse; off: never."), TRUE},
    {0, "at-least", ARG_VALUE, "SEVERITY", N_("Print findings of that severity and worse only."), TRUE},
    {0, "format", ARG_VALUE, "FORMAT", N_("text (the default), json, sarif or github."), TRUE},
    {0, "checks", ARG_FLAG, NULL, N_("List the checks."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

typedef void (*PrintFunc)(const Session *session, const ReviewReport *report);

static void print_json(const Session *session, const ReviewReport *report)
{
  (void)session;
  review_print_json(report);
}

static void print_sarif(const Session *session, const ReviewReport *report)
{
  (void)session;
  review_print_sarif(report);
}

static void print_github(const Session *session, const ReviewReport *report)
{
  (void)session;
  review_print_github(report);
}

static const struct {
  const char *name;
  PrintFunc print;
} formats[] = {
    {"text", review_print_text}, {"json", print_json}, {"sarif", print_sarif}, {"github", print_github}};

typedef struct {
  Session *session;
  ReviewReport *report;
  ReviewPolicy *policy;
  FileHistory *history; /* NULL: not asked */
  PgConn *conn;         /* NULL: without a database */
  int version;          /* 0: not known */
  PrintFunc print;
  Severity fail_on;
} Work;

/* ---- plain SQL ---- */

/* What the database knows of the relations that the statements name. */
static gboolean use_catalog(const Work *work, ForecastSession *forecasts, const GPtrArray *statements,
                            GError **error)
{
  if (!work->conn)
    return TRUE;
  g_autoptr(GPtrArray) sql = g_ptr_array_new();
  for (guint i = 0; i < statements->len; i++)
    g_ptr_array_add(sql, ((const Statement *)statements->pdata[i])->sql);
  g_autoptr(ReviewCatalog) catalog = review_catalog_load_sync(work->conn, sql, error);
  if (catalog)
    forecast_session_use(forecasts, catalog);
  return catalog != NULL;
}

static gboolean review_file(Work *work, const char *path, GError **error)
{
  g_autofree char *text = sql_file_read(path, error);
  g_autoptr(GPtrArray) statements = text ? sql_file_split(path, text, error) : NULL;
  g_autoptr(ForecastSession) forecasts = forecast_session_new(work->version);
  if (!statements || !use_catalog(work, forecasts, statements, error))
    return FALSE;
  MigrationFacts facts = {.path = path,
                          .source = text,
                          .source_len = strlen(text),
                          .is_sql = TRUE,
                          .upgrade = statements,
                          .upgrade_whole = TRUE};
  Review *review = review_migration(forecasts, &facts, work->policy);
  review_report_add(work->report, NULL, path, g_steal_pointer(&statements), review, NULL, 0);
  return TRUE;
}

/* ---- which revisions ---- */

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

static int by_depth(gconstpointer a, gconstpointer b)
{
  const Revision *first = *(Revision *const *)a, *second = *(Revision *const *)b;
  return first->depth != second->depth ? (int)first->depth - (int)second->depth
                                       : (int)first->index - (int)second->index;
}

/* What the branch adds or changes, oldest first; FALSE without an error when git cannot tell. */
static gboolean select_branch(Work *work, Chosen *chosen, GError **error)
{
  RevisionMap *map = session_map_with_faults(work->session, error);
  if (!map || !work->history || !file_history_base(work->history))
    return FALSE;
  chosen->revisions = g_ptr_array_new();
  for (guint i = 0; i < map->revisions->len; i++)
    if (file_history_is_ours(work->history, map->revisions->pdata[i]))
      g_ptr_array_add(chosen->revisions, map->revisions->pdata[i]);
  g_ptr_array_sort(chosen->revisions, by_depth);
  return TRUE;
}

static gboolean select_revisions(Work *work, Chosen *chosen, GError **error)
{
  Session *session = work->session;
  GPtrArray *words = session->args->positionals;
  if (words->len || args_has(session->args, "all")) {
    if (!chosen_revisions(session, words, chosen, error))
      return FALSE;
    if (words->len == 0)
      g_ptr_array_sort(chosen->revisions, by_depth);
    return TRUE;
  }
  if (work->conn && !args_has(session->args, "base"))
    return select_pending(session, chosen, error);
  g_autoptr(GError) reason = NULL;
  if (!session_project(session, error))
    return FALSE;
  if (select_branch(work, chosen, &reason)) {
    out_note(ngettext("without a database: %u revision that this branch adds to %s",
                      "without a database: %u revisions that this branch adds to %s", chosen->revisions->len),
             chosen->revisions->len, file_history_base(work->history));
    return TRUE;
  }
  if (reason) {
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
  }
  out_note("%s", _("without a database, and without a branch to compare with: every revision"));
  return chosen_revisions(session, words, chosen, error);
}

/* ---- revisions ---- */

static char *why_not_whole(const Script *script, guint *line)
{
  const RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
  if (script->error) {
    *line = script->error_line;
    return g_strdup_printf(_("it fails: %s"), script->error);
  }
  if (script->state == RENDER_EXACT || script->answered || script->engine)
    return NULL;
  *line = reason && !reason->path ? reason->line : 0;
  return g_strdup_printf(_("cannot be rendered: %s"), reason ? reason->what : "");
}

static GPtrArray *copy_statements(const GPtrArray *statements)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  for (guint i = 0; i < statements->len; i++) {
    const Statement *s = statements->pdata[i];
    g_ptr_array_add(copy, statement_new(s->sql, s->autocommit, s->line, s->column));
  }
  return copy;
}

/* All scripts first, because the catalog is asked about the relations of all of them. */
static GPtrArray *render_all(Work *work, const GPtrArray *revisions, RenderOptions *options, GError **error)
{
  g_autoptr(RunAnswers) answers = work->conn ? run_answers_new(work->conn, 0, error) : NULL;
  if (work->conn && !answers)
    return NULL;
  options->answers = answers ? run_answers_source(answers) : NULL;
  g_autoptr(RenderSession) renderer = render_session_new(work->session->project, options);
  Direction direction = args_has(work->session->args, "downgrade") ? DIRECTION_DOWNGRADE : DIRECTION_UPGRADE;
  GPtrArray *scripts = g_ptr_array_new_with_free_func((GDestroyNotify)script_free);
  for (guint i = 0; i < revisions->len; i++)
    g_ptr_array_add(scripts, render_revision(renderer, revisions->pdata[i], direction));
  options->answers = NULL;
  return scripts;
}

static gboolean use_catalog_of_scripts(const Work *work, ForecastSession *forecasts, const GPtrArray *scripts,
                                       GError **error)
{
  g_autoptr(GPtrArray) statements = g_ptr_array_new();
  for (guint i = 0; i < scripts->len; i++)
    g_ptr_array_extend(statements, ((const Script *)scripts->pdata[i])->statements, NULL, NULL);
  return use_catalog(work, forecasts, statements, error);
}

/* The catalog is of now: it tells nothing of revisions that are in it already. */
static gboolean all_pending(Work *work, const GPtrArray *revisions)
{
  g_autoptr(VersionRows) rows = work->conn ? session_rows(work->session, NULL) : NULL;
  RevisionMap *map = rows ? session_map_with_faults(work->session, NULL) : NULL;
  if (!map || args_has(work->session->args, "downgrade"))
    return map != NULL;
  g_autofree gboolean *applied = plan_applied(map, (const char *const *)rows->rows, NULL);
  for (guint i = 0; i < revisions->len; i++) {
    const Revision *revision = revisions->pdata[i];
    if (revision_map_get(map, revision->id) == revision && applied[revision->index])
      return FALSE;
  }
  return TRUE;
}

static gboolean review_revisions(Work *work, GError **error)
{
  Session *session = work->session;
  g_auto(Chosen) chosen = {NULL, NULL};
  if (!select_revisions(work, &chosen, error))
    return FALSE;
  if (work->conn && !all_pending(work, chosen.revisions)) {
    out_note("%s", _("some of these are applied already: judged without what the database has now"));
    work->conn = NULL;
  }
  RenderOptions options;
  migrate_render_options(session, TRUE, &options);
  g_autoptr(GPtrArray) scripts = render_all(work, chosen.revisions, &options, error);
  g_autoptr(ForecastSession) forecasts = forecast_session_new(work->version);
  if (!scripts || !use_catalog_of_scripts(work, forecasts, scripts, error))
    return FALSE;
  g_autoptr(RenderSession) back = render_session_new(session->project, &options);
  InspectOptions inspect = {.project = session->project,
                            .map = session->map,
                            .back_renderer = back,
                            .session = forecasts,
                            .policy = work->policy,
                            .history = work->history,
                            .downwards = args_has(session->args, "downgrade")};
  for (guint i = 0; i < chosen.revisions->len; i++) {
    const Revision *revision = chosen.revisions->pdata[i];
    const Script *script = scripts->pdata[i];
    guint line = 0;
    char *unknown = why_not_whole(script, &line);
    if (args_has(session->args, "all"))
      forecast_session_settle(forecasts);
    Review *review = inspect_script(&inspect, revision, script);
    review_report_add(work->report, revision->id, revision->path, copy_statements(script->statements), review,
                      unknown, line);
  }
  return TRUE;
}

/* ---- options ---- */

static gboolean parse_version(const char *given, int *version, GError **error)
{
  char *end;
  long n = strtol(given, &end, 10);
  long minor = *end == '.' ? strtol(end + 1, &end, 10) : 0;
  if (n < 9 || n > 99 || *end || minor < 0 || minor > 99) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                _("--server-version: \"%s\" is no version of PostgreSQL"), given);
    return FALSE;
  }
  *version = (int)(n * 10000 + minor);
  return TRUE;
}

/* The rules are those of 11 to 18 (review/forecast.h). */
static void note_version(int version)
{
  if (version == 0)
    out_note("%s", _("the server's version is not known, so the oldest is assumed (see --server-version)"));
  else if (version / 10000 < FORECAST_OLDEST_VERSION)
    out_note(_("PostgreSQL %d is older than the rules, which begin with %d"), version / 10000,
             FORECAST_OLDEST_VERSION);
  else if (version / 10000 > FORECAST_NEWEST_VERSION)
    out_note(_("PostgreSQL %d is newer than the rules, which end with %d"), version / 10000,
             FORECAST_NEWEST_VERSION);
}

/* A database that only the project's files name may be out of reach where the review runs, in CI for one. */
static gboolean connect(Work *work, GError **error)
{
  Session *session = work->session;
  g_autoptr(GError) reason = NULL;
  work->conn = session_connect(session, &reason);
  if (work->conn) {
    work->version = pg_conn_server_version(work->conn);
  } else if (session_value(session, "url") || session_value(session, "target")) {
    g_propagate_error(error, g_steal_pointer(&reason));
    return FALSE;
  } else {
    out_note(_("without a database: %s"), reason->message);
  }
  return TRUE;
}

/* As libpq counts versions; 0 when nobody says. */
static gboolean choose_version(Work *work, GError **error)
{
  Session *session = work->session;
  const char *given = args_value(session->args, "server-version");
  if (given) {
    int version = 0;
    gboolean asked = args_has(session->args, "url") || args_has(session->args, "target");
    if (!parse_version(given, &version, error) || (asked && !connect(work, error)))
      return FALSE;
    work->version = version;
    note_version(version);
    return TRUE;
  }
  session_project_quietly(session);
  if (session_names_database(session) && !connect(work, error))
    return FALSE;
  if (work->conn) {
    note_version(work->version);
    return TRUE;
  }
  work->version = review_policy_server_version(work->policy) * 10000;
  note_version(work->version);
  return TRUE;
}

static gboolean choose_severity(const Session *session, const char *option, Severity *severity,
                                GError **error)
{
  const char *given = args_value(session->args, option);
  if (!given || severity_parse(given, severity))
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--%s: \"%s\" is not note, care or danger"), option,
              given);
  return FALSE;
}

static gboolean choose_format(Work *work, GError **error)
{
  const char *given = args_value(work->session->args, "format");
  if (!given)
    given = work->session->json ? "json" : "text";
  for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
    if (strcmp(formats[i].name, given) == 0) {
      work->print = formats[i].print;
      return TRUE;
    }
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE,
              _("--format: \"%s\" is not text, json, sarif or github"), given);
  return FALSE;
}

static void list_checks(const Session *session)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_array(builder);
  for (int i = 0; i < N_CHECKS; i++) {
    CheckInfo info = check_info((CheckId)i);
    if (!session->json) {
      out_line(session, "%-30s %-7s %s", info.name, severity_name(info.severity), info.title);
      continue;
    }
    json_builder_begin_object(builder);
    json_add_text(builder, "id", info.name);
    json_add_text(builder, "severity", severity_name(info.severity));
    json_add_text(builder, "title", info.title);
    json_add_text(builder, "why", info.why);
    json_add_text(builder, "advice", info.advice);
    json_add_text(builder, "alembic", info.alembic);
    json_add_text(builder, "sql", info.sql);
    json_add_int(builder, "since", info.since);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  if (session->json)
    out_json(json_builder_get_root(builder));
}

/* ---- all ---- */

static ReviewPolicy *load_policy(const Session *session)
{
  g_autoptr(DiagList) diags = diag_list_new();
  ReviewPolicy *policy = inspect_policy(session->project, session->settings, diags);
  for (guint i = 0; i < diags->items->len; i++) {
    g_autofree char *text = diag_format(diags->items->pdata[i]);
    out_note("%s", text);
  }
  return policy;
}

/* git's absence is no fault: then only less is known. */
static FileHistory *load_history(Session *session, GError **error)
{
  const char *base = args_value(session->args, "base");
  g_autoptr(GError) reason = NULL;
  FileHistory *history = file_history_new(session->project, base, &reason);
  if (base && reason) {
    g_propagate_error(error, g_steal_pointer(&reason));
    file_history_free(history);
    return NULL;
  }
  return history;
}

/* Folder that CI's paths count from. */
static char *find_root(void)
{
  g_autofree char *here = g_get_current_dir();
  g_autoptr(GitStatus) git = git_status(here);
  return git->workdir ? g_strdup(git->workdir) : g_steal_pointer(&here);
}

static gboolean run(Work *work, GError **error)
{
  Session *session = work->session;
  const char *path = args_value(session->args, "sql");
  if (!choose_format(work, error) || !choose_severity(session, "at-least", &work->report->at_least, error))
    return FALSE;
  if (session_project_quietly(session) && !path && !(work->history = load_history(session, error)))
    return FALSE;
  work->policy = load_policy(session);
  work->fail_on = review_policy_fail_on(work->policy) != SEVERITY_OFF ? review_policy_fail_on(work->policy)
                                                                      : SEVERITY_DANGER;
  if (!choose_severity(session, "fail-on", &work->fail_on, error) || !choose_version(work, error))
    return FALSE;
  if (!(path ? review_file(work, path, error) : review_revisions(work, error)))
    return FALSE;
  if (work->print == print_sarif || work->print == print_github)
    work->report->root = find_root();
  work->print(session, work->report);
  gboolean fails = work->fail_on != SEVERITY_OFF && review_report_worst(work->report) >= (int)work->fail_on;
  session->status = fails ? 1 : 0;
  return TRUE;
}

COMMAND_RUN(review)
{
  if (args_has(session->args, "checks")) {
    list_checks(session);
    return TRUE;
  }
  g_autoptr(ReviewReport) report = review_report_new();
  Work work = {.session = session, .report = report};
  gboolean done = run(&work, error);
  review_policy_free(work.policy);
  file_history_free(work.history);
  return done;
}
