/* What the operator's own configuration says where env.py says nothing that can be read. */
#include "retort/base/settings.h"
#include "retort/history/project.h"

static const char *find(const Project *project, const Settings *settings, const char *key)
{
  g_autofree char *folder = project->config_path ? g_path_get_dirname(project->config_path) : NULL;
  return settings_get(settings, project->name, folder, key);
}

static void override_text(const Project *project, const Settings *settings, const char *key,
                          EnvSetting *setting)
{
  const char *value = find(project, settings, key);
  if (!value || setting->state == ENV_LITERAL)
    return;
  setting->state = ENV_LITERAL;
  g_free(setting->text);
  setting->text = g_strdup(value);
}

static void override_truth(const Project *project, const Settings *settings, const char *key,
                           EnvSetting *setting)
{
  const char *value = find(project, settings, key);
  if (!value || setting->state == ENV_LITERAL)
    return;
  setting->state = ENV_LITERAL;
  setting->truth = settings_truth(value, FALSE);
}

static void override_all(const Project *project, const Settings *settings, EnvScript *env)
{
  override_text(project, settings, "version_table", &env->version_table);
  override_text(project, settings, "version_table_schema", &env->version_table_schema);
  override_truth(project, settings, "version_table_pk", &env->version_table_pk);
  override_truth(project, settings, "transaction_per_migration", &env->transaction_per_migration);
  override_truth(project, settings, "transactional_ddl", &env->transactional_ddl);
  override_truth(project, settings, "literal_binds", &env->literal_binds);
  if (!settings_truth(find(project, settings, "ignore_env"), FALSE))
    return;
  for (guint i = 0; i < N_ENV_DOINGS; i++)
    if (i != ENV_OWN_DATABASE)
      env->does[i] = 0;
  env->expands_line = 0;
  env->begins_transaction = TRUE;
}

void project_apply_settings(Project *project, const Settings *settings)
{
  override_all(project, settings, &project->env);
  override_all(project, settings, &project->env_offline);
  project->by_alembic = project->config_path && g_strcmp0(find(project, settings, "engine"), "alembic") == 0;
}
