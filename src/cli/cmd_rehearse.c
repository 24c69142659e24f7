/* A plan tried where it does no harm. */
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "handover.h"
#include "json.h"
#include "migrate.h"
#include "out.h"
#include "pin.h"
#include "policy.h"
#include "production.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/run/answers.h"
#include "retort/run/fallback.h"
#include "retort/run/rehearse.h"
#include "supervised.h"

const ArgOption rehearse_options[] = {
    {0, "round-trip", ARG_FLAG, NULL, N_("Go there, back, and there again, and compare the catalog."), TRUE},
    {0, "scratch", ARG_VALUE, "schema|template",
     N_("On a copy of the schema, or of the whole database, rather than in a transaction."), TRUE},
    {0, "ddl-lock-timeout", ARG_VALUE, "DURATION",
     N_("How long a statement waits for a lock (PostgreSQL's lock_timeout; 2.5s)."), TRUE},
    {0, "confirm", ARG_VALUE, "NAME",
     N_("The name of the production target, typed here rather than asked for."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static const char *const directions[] = {"upgrade", "downgrade", "stamp"};

static gboolean choose_place(const Session *session, RehearsalPlace *place, GError **error)
{
  const char *word = args_value(session->args, "scratch");
  *place = !word ? REHEARSE_TRANSACTION : strcmp(word, "template") == 0 ? REHEARSE_TEMPLATE : REHEARSE_SCHEMA;
  if (!word || *place == REHEARSE_TEMPLATE || strcmp(word, "schema") == 0)
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--scratch takes schema or template"));
  return FALSE;
}

static void fill_by_alembic(Session *session, const Revision *revision, Direction direction, Script *script)
{
  g_autoptr(GError) error = NULL;
  if (!session->project->config_path || !fallback_allowed(session->project))
    return;
  g_autoptr(AlembicCommand) command = handover_command(session, &error);
  FallbackOptions options = {.project = session->project, .command = command};
  if (!command || !fallback_fill(&options, revision, direction, script, &error))
    out_note("%s: %s", revision->path, error->message);
}

static Script *render(Revision *revision, Direction direction, PgConn *conn, void *data, GError **error)
{
  Session *session = data;
  RenderOptions options;
  migrate_render_options(session, TRUE, &options);
  g_autoptr(RunAnswers) answers = conn ? run_answers_new(conn, 0, error) : NULL;
  if (conn && !answers)
    return NULL;
  options.answers = answers ? run_answers_source(answers) : NULL;
  g_autoptr(RenderSession) renderer = render_session_new(session->project, &options);
  Script *script = render_revision(renderer, revision, direction);
  if (script->state == RENDER_PYTHON)
    fill_by_alembic(session, revision, direction, script);
  return script;
}

/* ---- Telling ---------------------------------------------------------------------------------------------------- */

static void print_step(const RehearsedStep *step, void *data)
{
  const char *passes[] = {"", _(" (back)"), _(" (again)")};
  out_line(data, "%s %s%s", directions[step->direction], step->revision, passes[step->pass]);
}

static void print_locks(const Session *session, const char *title, const GPtrArray *locks)
{
  for (guint i = 0; i < locks->len; i++) {
    g_autofree char *safe = text_escape(locks->pdata[i], -1, FALSE);
    out_line(session, "              %s %s", title, safe);
  }
}

static void print_statement(const RehearsedStep *step, const RehearsedStatement *statement, void *data)
{
  const Session *session = data;
  g_autofree char *elapsed = supervised_duration(statement->elapsed_s);
  g_autofree char *sql = out_flat(statement->sql);
  out_line(session, "  %9s  %s", elapsed, sql);
  if (step->pass > 0)
    return;
  print_locks(session, "·", statement->locks);
  print_locks(session, _("! not forecast:"), statement->unforeseen);
  fflush(stdout);
}

static void print_differences(const Session *session, const char *title, const char *none,
                              const GPtrArray *differences)
{
  out_line(session, "%s", differences->len ? title : none);
  for (guint i = 0; i < differences->len; i++) {
    g_autofree char *text = schema_difference_text(differences->pdata[i]);
    out_line(session, "  %s", text);
  }
}

static void print_result(const Session *session, const Rehearsal *rehearsal)
{
  if (rehearsal->error) {
    g_autofree char *sql = rehearsal->failed_sql ? out_flat(rehearsal->failed_sql) : NULL;
    g_autofree char *error = text_escape(rehearsal->error, -1, FALSE);
    if (sql)
      out_line(session, "  %9s  %s", _("failed"), sql);
    out_note("%s", error);
  }
  if (rehearsal->not_undone)
    print_differences(session, _("what going back did not undo:"), _("going back undid everything"),
                      rehearsal->not_undone);
  if (rehearsal->round_trip)
    print_differences(session, _("what the second time made otherwise:"),
                      _("the second time made the same as the first"), rehearsal->not_redone);
  if (rehearsal->place == REHEARSE_TRANSACTION)
    out_line(session, "%s", _("everything was rolled back"));
  else
    out_line(session, _("the scratch database %s is dropped"), rehearsal->scratch);
  if (rehearsal->place == REHEARSE_SCHEMA)
    out_line(session, "%s", _("it held no rows: these are not the times of your tables"));
}

static void add_differences(JsonBuilder *builder, const char *name, const GPtrArray *differences)
{
  static const char *const changes[] = {"added", "removed", "changed"};
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; differences && i < differences->len; i++) {
    const SchemaDifference *difference = differences->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "change", changes[difference->change]);
    json_add_text(builder, "kind", difference->kind);
    json_add_text(builder, "name", difference->name);
    json_add_text(builder, "before", difference->before);
    json_add_text(builder, "after", difference->after);
    json_add_truth(builder, "minor", difference->minor);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void add_statement(JsonBuilder *builder, const RehearsedStatement *statement)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "sql", statement->sql);
  json_add_truth(builder, "autocommit", statement->autocommit);
  json_builder_set_member_name(builder, "elapsed_s");
  json_builder_add_double_value(builder, statement->elapsed_s);
  json_add_array(builder, "locks", statement->locks);
  json_add_array(builder, "unforeseen", statement->unforeseen);
  json_builder_end_object(builder);
}

static void print_json(const Rehearsal *rehearsal)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_add_text(builder, "scratch", rehearsal->scratch);
  json_builder_set_member_name(builder, "steps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < rehearsal->steps->len; i++) {
    const RehearsedStep *step = rehearsal->steps->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "revision", step->revision);
    json_add_text(builder, "direction", directions[step->direction]);
    json_add_int(builder, "pass", step->pass);
    json_builder_set_member_name(builder, "statements");
    json_builder_begin_array(builder);
    for (guint k = 0; k < step->statements->len; k++)
      add_statement(builder, step->statements->pdata[k]);
    json_builder_end_array(builder);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_add_text(builder, "error", rehearsal->error);
  json_add_text(builder, "failed_sql", rehearsal->failed_sql);
  json_add_truth(builder, "round_trip", rehearsal->round_trip);
  add_differences(builder, "not_undone", rehearsal->not_undone);
  add_differences(builder, "not_redone", rehearsal->not_redone);
  json_builder_end_object(builder);
  out_json(json_builder_get_root(builder));
}

/* ---- Doing ------------------------------------------------------------------------------------------------------ */

static gboolean on_signal(void *data)
{
  g_cancellable_cancel(data);
  return G_SOURCE_CONTINUE;
}

static Rehearsal *play(Session *session, const Plan *plan, RehearsalPlace place, guint lock_timeout_ms,
                       GError **error)
{
  g_autoptr(PgParams) params = session_params(session, error);
  g_autoptr(GCancellable) cancellable = g_cancellable_new();
  if (!params)
    return NULL;
  /* A template must have no sessions, and ours has done its work. */
  g_clear_pointer(&session->conn, pg_conn_free);
  RehearsalRequest request = {
      .project = session->project,
      .plan = plan,
      .place = place,
      .round_trip = args_has(session->args, "round-trip"),
      .lock_timeout_ms = lock_timeout_ms,
      .render = render,
      .statement = session->json ? NULL : print_statement,
      .step = session->json ? NULL : print_step,
      .data = session,
  };
  guint sources[] = {g_unix_signal_add(SIGINT, on_signal, cancellable),
                     g_unix_signal_add(SIGTERM, on_signal, cancellable)};
  Rehearsal *rehearsal = rehearse(params, &request, cancellable, error);
  for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
    g_source_remove(sources[i]);
  return rehearsal;
}

static gboolean allowed(Session *session, RehearsalPlace place, GError **error)
{
  if (place != REHEARSE_TRANSACTION && session->read_only) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                        _("`rehearse` would make a database on a server that is read-only here"));
    return FALSE;
  }
  if (place != REHEARSE_TRANSACTION)
    return session_check_position(session, error);
  /* Rolled back, but its locks are real while it lasts. */
  return migrate_may_write(session, error) &&
         production_confirm(session, args_value(session->args, "confirm"), _("a rehearsal in a transaction"),
                            error);
}

COMMAND_RUN(rehearse)
{
  RehearsalPlace place;
  if (!choose_place(session, &place, error) || !session_project(session, error) ||
      !allowed(session, place, error))
    return FALSE;
  g_autoptr(RolloutPolicy) policy = policy_from_session(session, error);
  g_autoptr(VersionRows) rows = policy ? session_rows(session, error) : NULL;
  if (!rows || !session_map(session, error))
    return FALSE;
  g_autoptr(Plan) plan =
      pin_towards(session->map, (const char *const *)rows->rows, args_positional(session->args, 0), error);
  g_autoptr(Rehearsal) rehearsal =
      plan ? play(session, plan, place, policy->ddl_lock_timeout_ms, error) : NULL;
  if (!rehearsal)
    return FALSE;
  if (session->json)
    print_json(rehearsal);
  else
    print_result(session, rehearsal);
  gboolean differs =
      rehearsal->round_trip && (rehearsal->not_undone->len > 0 || rehearsal->not_redone->len > 0);
  session->status = rehearsal->error || differs ? 1 : 0;
  return TRUE;
}
