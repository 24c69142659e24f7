#include "migrate.h"

#include <glib/gi18n.h>
#include <string.h>

#include "command.h"
#include "handover.h"
#include "migrate_run.h"
#include "out.h"
#include "position.h"
#include "production.h"
#include "retort/base/error.h"
#include "retort/history/target.h"
#include "retort/render/offline.h"
#include "retort/run/answers.h"

#define LOGGER "alembic.runtime.migration"

gboolean migrate_split(const char *word, char **start, char **end, GError **error)
{
  *start = *end = NULL;
  const char *colon = strchr(word, ':');
  if (!colon) {
    *end = g_strdup(word);
    return TRUE;
  }
  if (strchr(colon + 1, ':')) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("\"%s\" has more than one colon"), word);
    return FALSE;
  }
  *start = g_strndup(word, (gsize)(colon - word));
  *end = g_strdup(colon + 1);
  return TRUE;
}

static gboolean is_set(const EnvSetting *setting, gboolean fallback)
{
  return setting->state == ENV_LITERAL ? setting->truth : fallback;
}

gboolean migrate_has_transaction(const Project *project)
{
  const EnvScript *env = &project->env_offline;
  return (!env->path || env->begins_transaction) && is_set(&env->transactional_ddl, TRUE) &&
         !is_set(&env->transaction_per_migration, FALSE);
}

void migrate_render_options(const Session *session, gboolean online, RenderOptions *options)
{
  const EnvScript *env = !session->project ? NULL
                         : online          ? &session->project->env
                                           : &session->project->env_offline;
  gboolean stock = !env || !env->path;
  *options = (RenderOptions){
      .online = online,
      .flavor = session_flavor(session),
      .no_literal_binds = !stock && !is_set(&env->literal_binds, env->literal_binds.state == ENV_UNKNOWN),
      .pyformat =
          !stock && env->paramstyle.state != ENV_UNKNOWN && g_strcmp0(env->paramstyle.text, "named") != 0,
      .x_arguments = session->x_arguments,
      .tag = args_value(session->args, "tag"),
  };
}

static void print_warnings(const Plan *plan)
{
  for (guint i = 0; i < plan->warnings->len; i++)
    out_warning(plan->warnings->pdata[i]);
}

void migrate_log_step(const Session *session, const PlanStep *step)
{
  if (!step->from[0] && !step->to[0])
    return; /* `stamp --purge base` only empties the table */
  g_autofree char *text = plan_step_log(step, TRUE);
  out_log(session, "INFO", LOGGER, text);
}

/* Says on stderr why a step is not rendered exactly. */
static void note_reasons(const PlanStep *step, const Script *script)
{
  const char *path = step->revision->path;
  if (script->error)
    out_note("%s:%u: %s", path, script->error_line, script->error);
  for (guint i = 0; i < script->reasons->len; i++) {
    const RenderReason *reason = script->reasons->pdata[i];
    out_note("%s:%u:%u: %s", reason->path ? reason->path : path, reason->line, reason->column, reason->what);
  }
}

/* Its statements are known, at least as the database answers now. */
static gboolean is_whole(const Script *script)
{
  return script->state == RENDER_EXACT || script->answered;
}

/* Every script before anything runs; NULL when one of them is not exact.  Online, the database is asked, read-only,
 * what migrations ask it; the rollout asks again. */
static GPtrArray *render_steps(Session *session, const Plan *plan, gboolean online, GError **error)
{
  RenderOptions options;
  migrate_render_options(session, online, &options);
  g_autoptr(RunAnswers) answers = online ? run_answers_new(session->conn, 0, error) : NULL;
  if (online && !answers)
    return NULL;
  options.answers = answers ? run_answers_source(answers) : NULL;
  g_autoptr(RenderSession) renderer = render_session_new(session->project, &options);
  g_autoptr(GPtrArray) scripts = g_ptr_array_new_with_free_func((GDestroyNotify)script_free);
  guint refused = 0;
  for (guint i = 0; i < plan->steps->len; i++) {
    const PlanStep *step = plan->steps->pdata[i];
    Script *script = NULL;
    gboolean fails = FALSE;
    if (step->direction != DIRECTION_STAMP) {
      script = render_revision(renderer, step->revision, step->direction);
      fails = is_whole(script) && script->error;
      for (guint k = 0; k < script->warnings->len; k++)
        out_warning(script->warnings->pdata[k]);
      if (!is_whole(script) || (online && fails)) {
        note_reasons(step, script);
        refused++;
      }
    }
    g_ptr_array_add(scripts, script);
    /* --sql prints what precedes a migration that fails by itself, and says no more than Alembic does. */
    if (fails && !online)
      break;
  }
  if (refused == 0)
    return g_steal_pointer(&scripts);
  g_autofree char *line = handover_line(session);
  g_set_error(
      error, RETORT_ERROR, RETORT_ERROR_REFUSED,
      ngettext("%u migration cannot be rendered exactly, so nothing was done; run it with the project's own "
               "Alembic: %s",
               "%u migrations cannot be rendered exactly, so nothing was done; run them with the project's "
               "own Alembic: %s",
               refused),
      refused, line);
  return NULL;
}

/* The single row that --sql starts from, as Alembic takes it. */
static char **start_rows(const RevisionMap *map, const char *start, GError **error)
{
  g_autoptr(GStrvBuilder) rows = g_strv_builder_new();
  if (start && strcmp(start, "base") != 0) {
    Revision *revision = NULL;
    if (!target_resolve_one(map, start, NULL, &revision, error))
      return NULL;
    if (!revision) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("\"%s\" is no revision to start from"),
                  start);
      return NULL;
    }
    g_strv_builder_add(rows, revision->id);
  }
  return g_strv_builder_end(rows);
}

/* Nothing is half done: what env.py does besides running migrations is for Alembic. */
static gboolean check_env(Session *session, gboolean online, GError **error)
{
  const Project *project = session->project;
  if (project->config_path && !project->env.path) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, _("%s/env.py does not exist"),
                project->script_location);
    return FALSE;
  }
  g_autofree char *obstacle = project_env_obstacle(project, online, session->x_arguments[0] != NULL);
  if (!obstacle)
    return TRUE;
  g_autofree char *path = settings_path();
  if (session->command->own) {
    g_set_error(
        error, RETORT_ERROR, RETORT_ERROR_REFUSED,
        _("%s, which retort does not; in %s under [project %s], engine = alembic has the project's own "
          "Alembic take the steps of a rollout, and ignore_env = yes goes on where it makes no difference"),
        obstacle, path, project->name);
    return FALSE;
  }
  g_autofree char *line = handover_line(session);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
              _("%s, which retort does not; run: %s (or, where it makes no difference, set ignore_env = yes "
                "in %s under "
                "[project %s])"),
              obstacle, line, path, project->name);
  return FALSE;
}

/* Settings that env.py computes and nobody has set. */
static gboolean check_settings(const Session *session, gboolean online, GError **error)
{
  const Project *project = session->project;
  const EnvScript *env = online ? &project->env : &project->env_offline;
  const struct {
    const char *key;
    const EnvSetting *setting;
  } settings[] = {{"version_table", &env->version_table},
                  {"version_table_schema", &env->version_table_schema},
                  {"version_table_pk", &env->version_table_pk},
                  {"transaction_per_migration", &env->transaction_per_migration},
                  {"transactional_ddl", &env->transactional_ddl}};
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
    if (settings[i].setting->state == ENV_UNKNOWN) {
      g_autofree char *path = settings_path();
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                  _("%s:%u: env.py computes %s: set it in %s under [project %s]"), env->path,
                  settings[i].setting->line, settings[i].key, path, project->name);
      return FALSE;
    }
  return TRUE;
}

gboolean migrate_may_print(Session *session, GError **error)
{
  return session_project(session, error) && check_env(session, FALSE, error) &&
         check_settings(session, FALSE, error);
}

gboolean migrate_offline(Session *session, const char *start, PlanFunc make_plan, gconstpointer data,
                         GError **error)
{
  if (!migrate_may_print(session, error))
    return FALSE;
  session_enter_env(session, TRUE);
  RevisionMap *map = session_map(session, error);
  g_auto(GStrv) rows = map ? start_rows(map, start, error) : NULL;
  g_autoptr(Plan) plan = rows ? make_plan(map, (const char *const *)rows, data, error) : NULL;
  if (!plan) {
    /* Alembic has opened the script by then. */
    if (migrate_has_transaction(session->project))
      out_text("BEGIN;\n\n");
    return FALSE;
  }
  print_warnings(plan);
  g_autoptr(GPtrArray) scripts = render_steps(session, plan, FALSE, error);
  if (!scripts)
    return FALSE;
  for (guint i = 0; i < scripts->len; i++)
    migrate_log_step(session, plan->steps->pdata[i]);
  RenderOptions options;
  migrate_render_options(session, FALSE, &options);
  g_autoptr(RenderSession) renderer = render_session_new(session->project, &options);
  g_autoptr(GString) out = g_string_new(NULL);
  gboolean ok = offline_script(renderer, session->project, plan, out, error);
  out_text(out->str);
  const Script *last = scripts->len ? scripts->pdata[scripts->len - 1] : NULL;
  const PlanStep *step = scripts->len ? plan->steps->pdata[scripts->len - 1] : NULL;
  if (last && last->error && g_error_matches(error ? *error : NULL, RETORT_ERROR, RETORT_ERROR_TRACEBACK))
    g_prefix_error(error, "%s:%u: ", step->revision->path, last->error_line);
  return ok;
}

gboolean migrate_may_change(Session *session, GError **error)
{
  if (session->read_only) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("`%s` would change a database that is read-only here"), session->command->name);
    return FALSE;
  }
  return session_project(session, error) && session_check_position(session, error) &&
         check_settings(session, TRUE, error);
}

gboolean migrate_may_write(Session *session, GError **error)
{
  if (!migrate_may_change(session, error) || !check_env(session, TRUE, error))
    return FALSE;
  const EnvScript *env = &session->project->env;
  if (env->path && !env->begins_transaction) {
    g_set_error(
        error, RETORT_ERROR, RETORT_ERROR_REFUSED,
        _("%s never calls context.begin_transaction(), so what Alembic would commit there is not known; use "
          "the project's own Alembic"),
        env->path);
    return FALSE;
  }
  return TRUE;
}

RolloutTransaction migrate_transaction(const Project *project)
{
  const EnvScript *env = &project->env;
  if (!is_set(&env->transactional_ddl, TRUE))
    return ROLLOUT_NO_DDL;
  return is_set(&env->transaction_per_migration, FALSE) ? ROLLOUT_PER_MIGRATION : ROLLOUT_ALL;
}

/* One attempt; *again: another rollout ended meanwhile, so the plan has to be made anew. */
static gboolean migrate_once(Session *session, PlanFunc make_plan, gconstpointer data, gboolean *again,
                             GError **error)
{
  g_autoptr(VersionRows) rows = session_rows(session, error);
  RevisionMap *map = rows ? session_map(session, error) : NULL;
  if (!map)
    return FALSE;
  if (session->incomplete) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_FILE,
                        _("some revision files cannot be read (see above), so no plan is safe"));
    return FALSE;
  }
  g_autoptr(Plan) plan = make_plan(map, (const char *const *)rows->rows, data, error);
  if (!plan) {
    position_check(session, (const char *const *)rows->rows, NULL);
    return FALSE;
  }
  print_warnings(plan);
  g_autoptr(GPtrArray) scripts = render_steps(session, plan, TRUE, error);
  if (!scripts)
    return FALSE;
  /* Where there is nothing to do, nobody has to wait for others. */
  if (plan->steps->len == 0 && rows->exists)
    return TRUE;
  return migrate_run(session, plan, scripts, again, error);
}

gboolean migrate_online(Session *session, PlanFunc make_plan, gconstpointer data, GError **error)
{
  if (!migrate_may_write(session, error) ||
      !production_confirm(session, args_value(session->args, "confirm"), session->command->name, error))
    return FALSE;
  for (;;) {
    gboolean again = FALSE;
    g_autoptr(GError) problem = NULL;
    if (migrate_once(session, make_plan, data, &again, &problem))
      return TRUE;
    if (!again) {
      g_propagate_error(error, g_steal_pointer(&problem));
      return FALSE;
    }
  }
}
