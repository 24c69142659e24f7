/* The SQL of revisions, each by itself: what a migration's body sends, in either direction. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "handover.h"
#include "json.h"
#include "migrate.h"
#include "out.h"
#include "chosen.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/render/offline.h"
#include "retort/run/answers.h"
#include "retort/run/fallback.h"

const ArgOption sql_options[] = {
    {0, "upgrade", ARG_FLAG, NULL, N_("Only the upgrades."), TRUE},
    {0, "downgrade", ARG_FLAG, NULL, N_("Only the downgrades."), TRUE},
    {0, "database", ARG_FLAG, NULL, N_("Ask the database, read-only, what migrations ask it."), TRUE},
    {0, "allow-python", ARG_FLAG, NULL,
     N_("Let the project's own Alembic render what needs Python, from now on."), TRUE},
    {0, "no-python", ARG_FLAG, NULL, N_("Do not, and take a permission given before back."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static const char *const states[] = {
    [RENDER_EXACT] = "exact", [RENDER_DATABASE] = "database", [RENDER_PYTHON] = "python"};

typedef struct {
  Session *session;
  RenderSession *renderer;
  RenderSession *live;       /* --database: asks it; else NULL */
  FallbackOptions *fallback; /* allowed: the project's own Alembic; else NULL */
  JsonBuilder *builder;      /* NULL: text */
  guint not_exact;
} Output;

static void add_reason(JsonBuilder *builder, guint line, guint column, const char *path, const char *what)
{
  json_builder_begin_object(builder);
  json_add_int(builder, "line", line);
  json_add_int(builder, "column", column);
  if (path)
    json_add_text(builder, "path", path);
  json_add_text(builder, "what", what);
  json_builder_end_object(builder);
}

static void add_statements(JsonBuilder *builder, const Script *script)
{
  json_builder_set_member_name(builder, "statements");
  json_builder_begin_array(builder);
  for (guint i = 0; i < script->statements->len; i++) {
    g_autofree char *text = statement_offline_text(script->statements->pdata[i]);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_builder_add_string_value(builder, valid);
  }
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "autocommit");
  json_builder_begin_array(builder);
  for (guint i = 0; i < script->statements->len; i++)
    json_builder_add_boolean_value(builder, ((const Statement *)script->statements->pdata[i])->autocommit);
  json_builder_end_array(builder);
}

static void add_answer(JsonBuilder *builder, const QueryAnswer *answer)
{
  json_builder_begin_object(builder);
  json_add_int(builder, "line", answer->line);
  json_add_text(builder, "query", answer->sql);
  json_add_strings(builder, "columns", (const char *const *)answer->names);
  json_add_strings(builder, "types", (const char *const *)answer->types);
  json_builder_set_member_name(builder, "rows");
  json_builder_begin_array(builder);
  for (guint row = 0; row < answer->n_rows; row++) {
    json_builder_begin_array(builder);
    for (guint i = 0; i < answer->n_columns; i++) {
      const char *cell = answer->cells[(gsize)row * answer->n_columns + i];
      g_autofree char *valid = cell ? g_utf8_make_valid(cell, -1) : NULL;
      if (valid)
        json_builder_add_string_value(builder, valid);
      else
        json_builder_add_null_value(builder);
    }
    json_builder_end_array(builder);
  }
  json_builder_end_array(builder);
  json_builder_end_object(builder);
}

/* "18:05:09" in local time, or the whole in UTC for programs. */
static char *answered_at(const Script *script, gboolean for_people)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(script->answered_at / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_local(utc);
  return for_people ? g_date_time_format(local, "%H:%M:%S") : g_date_time_format_iso8601(utc);
}

/* Only with --database: what the statements rest on, and since when. */
static void add_answers(JsonBuilder *builder, const Script *script)
{
  g_autofree char *at = answered_at(script, FALSE);
  json_add_truth(builder, "answered", script->answered);
  json_add_text(builder, "answered_at", at);
  json_builder_set_member_name(builder, "answers");
  json_builder_begin_array(builder);
  for (guint i = 0; i < script->answers->len; i++)
    add_answer(builder, script->answers->pdata[i]);
  json_builder_end_array(builder);
}

static void print_json(JsonBuilder *builder, const Revision *revision, const Script *script,
                       Direction direction)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "revision", revision->id);
  json_add_text(builder, "path", revision->path);
  json_add_text(builder, "direction", direction == DIRECTION_UPGRADE ? "upgrade" : "downgrade");
  json_add_text(builder, "state", states[script->state]);
  add_statements(builder, script);
  json_builder_set_member_name(builder, "reasons");
  json_builder_begin_array(builder);
  for (guint i = 0; i < script->reasons->len; i++) {
    const RenderReason *reason = script->reasons->pdata[i];
    add_reason(builder, reason->line, reason->column, reason->path, reason->what);
  }
  json_builder_end_array(builder);
  if (script->answers)
    add_answers(builder, script);
  if (script->engine)
    json_add_text(builder, "engine", script->engine);
  if (script->error) {
    json_builder_set_member_name(builder, "error");
    add_reason(builder, script->error_line, 0, NULL, script->error);
  }
  json_builder_end_object(builder);
}

static void note_reasons(const Revision *revision, const Script *script)
{
  if (script->error)
    out_note("%s:%u: %s", revision->path, script->error_line, script->error);
  if (script->answered) {
    g_autofree char *at = answered_at(script, TRUE);
    out_note(_("%s: as the database answered at %s"), revision->path, at);
    return;
  }
  if (script->engine) {
    out_note(_("%s: as the project's own Alembic rendered it"), revision->path);
    return;
  }
  for (guint i = 0; i < script->reasons->len; i++) {
    const RenderReason *reason = script->reasons->pdata[i];
    out_note("%s:%u:%u: %s: %s", reason->path ? reason->path : revision->path, reason->line, reason->column,
             script->state == RENDER_DATABASE ? _("needs the database") : _("needs Python"), reason->what);
  }
}

/* As Alembic prints a body; statements outside the transaction between their COMMIT and BEGIN. */
static void print_text(const Script *script, const Project *project)
{
  const EnvSetting *ddl = project ? &project->env_offline.transactional_ddl : NULL;
  g_autoptr(GString) out = g_string_new(NULL);
  script_offline_text(script, !ddl || ddl->state != ENV_LITERAL || ddl->truth, out);
  out_text(out->str);
}

/* What the migration sends, with its values and with percent signs as the server gets them, whatever this project's
 * env.py leaves out of --sql scripts or doubles in them. */
static void choose_options(const Session *session, gboolean online, RenderOptions *options)
{
  migrate_render_options(session, online, options);
  options->no_literal_binds = options->pyformat = FALSE;
}

static Script *render_alone(RenderSession *renderer, const Revision *revision, Direction direction)
{
  render_session_restart(renderer);
  return render_revision(renderer, revision, direction);
}

static void emit(Output *output, const Revision *revision, Direction direction)
{
  g_autoptr(Script) script = render_alone(output->renderer, revision, direction);
  if (output->live && script->state == RENDER_DATABASE) {
    script_free(script);
    script = render_alone(output->live, revision, direction);
  }
  if (output->fallback && script->state == RENDER_PYTHON) {
    g_autoptr(GError) error = NULL;
    if (!fallback_fill(output->fallback, revision, direction, script, &error))
      out_note("%s: %s", revision->path, error->message);
  }
  gboolean whole = script->state == RENDER_EXACT || script->answered || script->engine;
  if (!whole || script->error)
    output->not_exact++;
  if (output->builder) {
    print_json(output->builder, revision, script, direction);
    return;
  }
  /* Half a script could be taken for a whole one. */
  if (whole)
    print_text(script, output->session->project);
  note_reasons(revision, script);
}

/* With --database: one snapshot for all that is asked. */
static gboolean ask_database(Session *session, RunAnswers **answers, RenderSession **live, GError **error)
{
  RenderOptions options;
  if (!args_has(session->args, "database"))
    return TRUE;
  PgConn *conn = session_connect(session, error);
  *answers = conn ? run_answers_new(conn, 0, error) : NULL;
  if (!*answers)
    return FALSE;
  choose_options(session, TRUE, &options);
  options.answers = run_answers_source(*answers);
  *live = render_session_new(session->project, &options);
  return TRUE;
}

/* Python code of the project runs only for who said so: now, or once for this project.  *command stays NULL else. */
static gboolean allow_python(Session *session, AlembicCommand **command, GError **error)
{
  gboolean now = args_has(session->args, "allow-python"), never = args_has(session->args, "no-python");
  if (now && (!session->project || !session->project->config_path)) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                        _("Without a configuration there is no Alembic to run."));
    return FALSE;
  }
  if (!session->project || ((now || never) && !fallback_allow(session->project, !never, error)))
    return !session->project;
  if (!session->project->config_path || !fallback_allowed(session->project))
    return TRUE;
  *command = handover_command(session, error);
  return *command != NULL;
}

COMMAND_RUN(sql)
{
  g_auto(Chosen) chosen = {NULL, NULL};
  if (!chosen_revisions(session, session->args->positionals, &chosen, error))
    return FALSE;
  GPtrArray *revisions = chosen.revisions;
  g_autoptr(RunAnswers) answers = NULL;
  g_autoptr(RenderSession) live = NULL;
  if (!ask_database(session, &answers, &live, error))
    return FALSE;
  RenderOptions options;
  choose_options(session, FALSE, &options);
  g_autoptr(RenderSession) renderer = render_session_new(session->project, &options);
  g_autoptr(JsonBuilder) builder = session->json ? json_builder_new() : NULL;
  g_autoptr(AlembicCommand) command = NULL;
  if (!allow_python(session, &command, error))
    return FALSE;
  FallbackOptions fallback = {
      .project = session->project, .command = command, .anew = args_has(session->args, "allow-python")};
  Output output = {session, renderer, live, command ? &fallback : NULL, builder, 0};
  gboolean up = args_has(session->args, "upgrade") || !args_has(session->args, "downgrade");
  gboolean down = args_has(session->args, "downgrade") || !args_has(session->args, "upgrade");
  if (builder)
    json_builder_begin_array(builder);
  for (guint i = 0; i < revisions->len; i++) {
    if (up)
      emit(&output, revisions->pdata[i], DIRECTION_UPGRADE);
    if (down)
      emit(&output, revisions->pdata[i], DIRECTION_DOWNGRADE);
  }
  if (builder) {
    json_builder_end_array(builder);
    out_json(json_builder_get_root(builder));
  }
  if (output.not_exact && !builder)
    session->status = 1;
  return TRUE;
}
