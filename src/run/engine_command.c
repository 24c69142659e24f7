/* Which command runs the project's own Alembic. */
#include "retort/run/engine.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"

gboolean alembic_takes(const Project *project, const Script *script)
{
  return script != NULL && (script->state == RENDER_PYTHON || (project != NULL && project->by_alembic));
}

void alembic_command_free(AlembicCommand *command)
{
  if (command == NULL)
    return;
  g_strfreev(command->argv);
  g_free(command->why);
  g_free(command);
}

static AlembicCommand *command_new(const char *const *argv, char *why)
{
  AlembicCommand *command = g_new0(AlembicCommand, 1);
  command->argv = g_strdupv((char **)argv);
  command->why = why;
  return command;
}

static AlembicCommand *in_environment(const char *folder, const char *environment)
{
  g_autofree char *program = g_build_filename(folder, environment, "bin", "alembic", NULL);
  if (!g_file_test(program, G_FILE_TEST_IS_EXECUTABLE))
    return NULL;
  return command_new((const char *const[]){program, NULL},
                     g_strdup_printf(_("found in the virtual environment %s"), program));
}

/* Managers that keep the environment elsewhere, by their lock file. */
static const struct {
  const char *lock;
  const char *manager;
} managers[] = {{"uv.lock", "uv"}, {"poetry.lock", "poetry"}, {"pdm.lock", "pdm"}};

static AlembicCommand *by_manager(const char *folder)
{
  for (guint i = 0; i < G_N_ELEMENTS(managers); i++) {
    g_autofree char *lock = g_build_filename(folder, managers[i].lock, NULL);
    g_autofree char *program = g_find_program_in_path(managers[i].manager);
    if (program != NULL && g_file_test(lock, G_FILE_TEST_IS_REGULAR))
      return command_new((const char *const[]){program, "run", "alembic", NULL},
                         g_strdup_printf(_("run by %s, because of %s"), managers[i].manager, lock));
  }
  return NULL;
}

/* From the configuration's folder upwards, as far as the repository (or the root) goes. */
static AlembicCommand *near_project(const Project *project)
{
  static const char *const environments[] = {".venv", "venv", "env"};
  g_autofree char *folder = project != NULL && project->config_path != NULL
                                ? g_path_get_dirname(project->config_path)
                                : g_get_current_dir();
  for (;;) {
    AlembicCommand *command = NULL;
    for (guint i = 0; command == NULL && i < G_N_ELEMENTS(environments); i++)
      command = in_environment(folder, environments[i]);
    if (command == NULL)
      command = by_manager(folder);
    g_autofree char *git = g_build_filename(folder, ".git", NULL);
    g_autofree char *parent = g_path_get_dirname(folder);
    if (command != NULL || g_file_test(git, G_FILE_TEST_EXISTS) || strcmp(parent, folder) == 0)
      return command;
    g_free(folder);
    folder = g_steal_pointer(&parent);
  }
}

AlembicCommand *alembic_command_find(const Project *project, const char *configured, GError **error)
{
  if (configured != NULL && *configured != '\0') {
    g_auto(GStrv) argv = NULL;
    if (g_shell_parse_argv(configured, NULL, &argv, NULL))
      return command_new((const char *const *)argv, g_strdup(_("as configured")));
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG,
                _("The Alembic command \"%s\" has unbalanced quotes."), configured);
    return NULL;
  }
  const char *active = g_getenv("VIRTUAL_ENV");
  AlembicCommand *command = active != NULL ? in_environment(active, "") : NULL;
  if (command == NULL)
    command = near_project(project);
  g_autofree char *program = command == NULL ? g_find_program_in_path("alembic") : NULL;
  if (program != NULL)
    command =
        command_new((const char *const[]){program, NULL}, g_strdup_printf(_("found in PATH: %s"), program));
  if (command == NULL)
    g_set_error_literal(
        error, RETORT_ERROR, RETORT_ERROR_CONFIG,
        _("No Alembic was found for this project; name it in retort's configuration (alembic = ...)."));
  return command;
}
