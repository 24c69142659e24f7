#include "session.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "handover.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/base/file.h"

#define ENV_LIMIT ((gsize)1024 * 1024)
#define MANY_CANDIDATES 8 /* named on stderr; the screen lists them all */

gboolean session_flag(const Session *session, const char *name)
{
  return args_has(session->global, name) || (session->args && args_has(session->args, name));
}

const char *session_value(const Session *session, const char *name)
{
  const char *value = session->args ? args_value(session->args, name) : NULL;
  return value ? value : args_value(session->global, name);
}

gboolean session_ascii(const Session *session)
{
  return session_flag(session, "ascii") || g_getenv("RETORT_ASCII") || !g_get_charset(NULL) ||
         settings_truth(settings_get(session->settings, NULL, NULL, "ascii"), FALSE);
}

void session_project_options(const Session *session, ProjectOptions *options)
{
  *options = (ProjectOptions){
      .config_files = session->config_files[0] ? session->config_files : NULL,
      .section = args_value(session->global, "name"),
      .folder = session_value(session, "folder"),
  };
}

static void print_diags(const DiagList *diags)
{
  for (guint i = 0; i < diags->items->len; i++) {
    g_autofree char *line = diag_format(diags->items->pdata[i]);
    fflush(stdout);
    fprintf(stderr, "%s\n", line);
  }
}

/* Other environments in reach, when the one asked for is not there. */
static void note_candidates(const ProjectOptions *options)
{
  if (options->config_files || options->section || options->folder)
    return;
  g_autofree char *folder = g_get_current_dir();
  g_autoptr(GPtrArray) found = project_find_all(folder);
  for (guint i = 0; found && i < found->len && i < MANY_CANDIDATES; i++) {
    const ProjectCandidate *candidate = found->pdata[i];
    if (!candidate->config_path) {
      out_note(_("found an environment: retort -d %s"), candidate->script_location);
      continue;
    }
    gboolean named = candidate->section && strcmp(candidate->section, "alembic") != 0;
    out_note(_("found an environment: retort -c %s%s%s"), candidate->config_path, named ? " -n " : "",
             named ? candidate->section : "");
  }
}

Project *session_project_quietly(Session *session)
{
  if (session->project)
    return session->project;
  ProjectOptions options;
  session_project_options(session, &options);
  session->project = project_open(&options, NULL);
  if (session->project)
    project_apply_settings(session->project, session->settings);
  return session->project;
}

Project *session_project(Session *session, GError **error)
{
  if (session->project)
    return session->project;
  ProjectOptions options;
  session_project_options(session, &options);
  session->project = project_open(&options, error);
  if (!session->project) {
    note_candidates(&options);
    return NULL;
  }
  project_apply_settings(session->project, session->settings);
  print_diags(session->project->diags);
  return session->project;
}

/* Whether a file could not be read; one that was read may still be wrong, as the second of two with the same id. */
static gboolean has_unread_files(const RevisionMap *map)
{
  g_autoptr(GHashTable) read = g_hash_table_new(g_str_hash, g_str_equal);
  if (diag_count(map->diags, DIAG_ERROR) == 0)
    return FALSE;
  for (guint i = 0; i < map->revisions->len; i++)
    g_hash_table_add(read, ((Revision *)map->revisions->pdata[i])->path);
  for (guint i = 0; i < map->diags->items->len; i++) {
    const Diag *diag = map->diags->items->pdata[i];
    if (diag->severity == DIAG_ERROR && diag->path && !g_hash_table_contains(read, diag->path))
      return TRUE;
  }
  return FALSE;
}

static RevisionMap *load_map(Session *session, GError **error)
{
  if (session->map)
    return session->map;
  Project *project = session_project(session, error);
  if (!project)
    return NULL;
  session->map = revision_map_load(project, error);
  if (!session->map)
    return NULL;
  for (guint i = 0; i < session->map->warnings->len; i++)
    out_warning(session->map->warnings->pdata[i]);
  print_diags(session->map->diags);
  session->incomplete = has_unread_files(session->map);
  return session->map;
}

RevisionMap *session_map(Session *session, GError **error)
{
  RevisionMap *map = load_map(session, error);
  if (!map || !map->fault)
    return map;
  g_propagate_error(error, g_error_copy(map->fault));
  return NULL;
}

RevisionMap *session_map_to_read(Session *session, GError **error)
{
  RevisionMap *map = load_map(session, error);
  if (map && session->incomplete && g_error_matches(map->fault, RETORT_ERROR, RETORT_ERROR_TRACEBACK))
    g_clear_error(&map->fault);
  return map ? session_map(session, error) : NULL;
}

RevisionMap *session_map_with_faults(Session *session, GError **error)
{
  RevisionMap *map = load_map(session, error);
  if (map && map->fault)
    out_note("%s", map->fault->message);
  return map;
}

/* The name under which messages know a URL's origin, and the URL itself. */
static const char *find_url(Session *session, const char **source)
{
  const char *url = session_value(session, "url");
  *source = "--url";
  if (!url && session->target) {
    url = session->target->url;
    *source = session->target->name;
  }
  if (!url && !session->target) {
    url = g_getenv("DATABASE_URL");
    *source = "DATABASE_URL";
  }
  if (!url && !session->target && session->project) {
    url = session->project->url;
    *source = "sqlalchemy.url";
  }
  return url && *url ? url : NULL;
}

PgParams *session_params(Session *session, GError **error)
{
  const char *source;
  const char *url = find_url(session, &source);
  return url ? pg_params_parse(url, source, error) : pg_params_default();
}

char *session_display_url(Session *session)
{
  const char *source;
  const char *url = find_url(session, &source);
  if (url)
    return pg_url_redact(url);
  return session->conn ? g_strconcat("postgresql://", pg_conn_display(session->conn), NULL) : g_strdup("");
}

gboolean session_names_database(Session *session)
{
  const char *source;
  return find_url(session, &source) || session->target || g_getenv("PGHOST") || g_getenv("PGSERVICE") ||
         g_getenv("PGDATABASE") || g_getenv("PGPORT");
}

/* Alembic logs once env.py has called fileConfig() on an ini file that lets its logger through. */
static gboolean would_log(const Project *project)
{
  if (!project->ini || !project->env.path)
    return FALSE;
  g_autofree char *text = file_read(project->env.path, ENV_LIMIT, NULL, NULL, NULL);
  if (!text || !strstr(text, "fileConfig"))
    return FALSE;
  const char *section = ini_has_section(project->ini, "logger_alembic") ? "logger_alembic" : "logger_root";
  const char *level = ini_get_raw(project->ini, section, "level");
  return level && (strcmp(level, "INFO") == 0 || strcmp(level, "DEBUG") == 0 || strcmp(level, "NOTSET") == 0);
}

void session_enter_env(Session *session, gboolean offline)
{
  session->logging = !session->command->own && session->project && would_log(session->project);
  const EnvScript *env = offline ? &session->project->env_offline : &session->project->env;
  const EnvSetting *ddl = &env->transactional_ddl;
  out_log(session, "INFO", "alembic.runtime.migration", "Context impl PostgresqlImpl.");
  if (offline)
    out_log(session, "INFO", "alembic.runtime.migration", "Generating static SQL");
  gboolean transactional = ddl->state != ENV_LITERAL || ddl->truth;
  out_log(session, "INFO", "alembic.runtime.migration",
          transactional ? "Will assume transactional DDL." : "Will assume non-transactional DDL.");
}

static gboolean refuse_database(Session *session, const char *why, GError **error)
{
  g_autofree char *line = handover_line(session);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
              _("%s; name the database with --url or --target, or run: %s"), why, line);
  return FALSE;
}

/* Where a command of Alembic's would go is for env.py to say.  What only Python knows is not replaced by a guess, and
 * a DATABASE_URL that env.py does not look at must not lead elsewhere. */
static gboolean check_database(Session *session, const PgParams *params, GError **error)
{
  const Project *project = session->project;
  const char *source;
  find_url(session, &source);
  if (session->command->own || !project || !project->env.path || strcmp(source, "--url") == 0 ||
      session->target)
    return TRUE;
  gboolean variable = strcmp(source, "DATABASE_URL") == 0;
  guint line = project->env.does[ENV_OWN_DATABASE];
  if (line && !(variable && project->env.names_database_url)) {
    g_autofree char *why = g_strdup_printf(
        _("%s:%u: env.py takes its database from elsewhere than sqlalchemy.url"), project->env.path, line);
    return refuse_database(session, why, error);
  }
  if (!session_names_database(session)) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                        _("no database: set --url, DATABASE_URL or sqlalchemy.url"));
    return FALSE;
  }
  if (line || !variable || !project->url)
    return TRUE;
  g_autoptr(PgParams) written = pg_params_parse(project->url, "sqlalchemy.url", NULL);
  if (!written || strcmp(written->display, params->display) == 0)
    return TRUE;
  g_autofree char *why =
      g_strdup_printf(_("DATABASE_URL names %s, but sqlalchemy.url, which env.py reads, %s"), params->display,
                      written->display);
  return refuse_database(session, why, error);
}

PgConn *session_connect(Session *session, GError **error)
{
  if (session->conn)
    return session->conn;
  g_autoptr(PgParams) params = session_params(session, error);
  if (!params || !check_database(session, params, error))
    return NULL;
  PgConnOptions options = {.application_name = "retort"};
  g_autoptr(PgConn) conn = pg_conn_new(params, &options);
  if (!pg_conn_connect_sync(conn, error))
    return NULL;
  session->conn = g_steal_pointer(&conn);
  if (session->project)
    session_enter_env(session, FALSE);
  return session->conn;
}

/* Several databases, or one that -x chooses: one answer would be half of it.  An operator who names one means it. */
static gboolean check_one_database(Session *session, GError **error)
{
  const EnvScript *env = &session->project->env;
  const char *source;
  guint runs = env->does[ENV_OWN_RUNS], line = runs;
  if (!line && session->x_arguments[0])
    line = env->does[ENV_READS_X];
  find_url(session, &source);
  if (!line || session->command->own || session->target || strcmp(source, "--url") == 0)
    return TRUE;
  g_autofree char *run = handover_line(session);
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
              _("%s:%u: %s; name one database with --url or --target, or run: %s"), env->path, line,
              runs ? _("env.py runs for several databases, or with arguments")
                   : _("env.py decides something by -x"),
              run);
  return FALSE;
}

gboolean session_check_position(Session *session, GError **error)
{
  const EnvScript *env = &session->project->env;
  const struct {
    const char *key;
    const EnvSetting *setting;
  } settings[] = {{"version_table", &env->version_table},
                  {"version_table_schema", &env->version_table_schema}};
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
    if (settings[i].setting->state == ENV_UNKNOWN) {
      g_autofree char *path = settings_path();
      g_set_error(
          error, RETORT_ERROR, RETORT_ERROR_REFUSED,
          _("%s:%u: env.py computes %s, so where the position is kept is not known: set it in %s under "
            "[project %s]"),
          env->path, settings[i].setting->line, settings[i].key, path, session->project->name);
      return FALSE;
    }
  if (!check_one_database(session, error))
    return FALSE;
  guint line = env->does[ENV_SEARCH_PATH];
  if (!line || session->command->own)
    return TRUE;
  g_autofree char *path = settings_path();
  g_set_error(
      error, RETORT_ERROR, RETORT_ERROR_REFUSED,
      _("%s:%u: env.py chooses a schema, so where the position is kept is not known: give it to --url "
        "(options=-csearch_path%%3D...) and set ignore_env = yes in %s under [project %s]"),
      env->path, line, path, session->project->name);
  return FALSE;
}

VersionRows *session_rows(Session *session, GError **error)
{
  if (!session_project(session, error) || !session_check_position(session, error))
    return NULL;
  PgConn *conn = session_connect(session, error);
  if (!conn)
    return NULL;
  const char *schema = NULL;
  const char *table = project_version_table(session->project, &schema);
  return version_rows_read_sync(conn, table, schema, error);
}

typedef struct {
  ServerInfo *info;
  GError *error;
  gboolean done;
} ServerWait;

static void on_server(ServerInfo *info, const GError *error, void *data)
{
  ServerWait *wait = data;
  wait->info = info;
  wait->error = error ? g_error_copy(error) : NULL;
  wait->done = TRUE;
}

ServerInfo *session_server(Session *session, GError **error)
{
  ServerWait wait = {0};
  PgConn *conn = session_connect(session, error);
  if (!conn)
    return NULL;
  catalog_server(conn, on_server, &wait);
  while (!wait.done)
    g_main_context_iteration(NULL, TRUE);
  if (wait.error)
    g_propagate_error(error, wait.error);
  return wait.info;
}

RenderFlavor session_flavor(const Session *session)
{
  g_autofree char *folder = session->project && session->project->config_path
                                ? g_path_get_dirname(session->project->config_path)
                                : NULL;
  const char *version = settings_get(session->settings, session->project ? session->project->name : NULL,
                                     folder, "alembic_version");
  return version && g_str_has_prefix(version, "1.8") ? RENDER_AS_OLD : RENDER_AS_NEW;
}

void session_clear(Session *session)
{
  g_clear_pointer(&session->conn, pg_conn_free);
  g_clear_pointer(&session->map, revision_map_free);
  g_clear_pointer(&session->project, project_free);
  g_clear_pointer(&session->settings, settings_free);
  g_clear_pointer(&session->args, args_free);
  g_clear_pointer(&session->global, args_free);
  g_clear_pointer(&session->config_files, g_free);
  g_clear_pointer(&session->x_arguments, g_free);
}
