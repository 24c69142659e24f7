#include "policy.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"

static gboolean bad(const char *option, const char *value, GError **error)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--%s does not understand \"%s\""), option, value);
  return FALSE;
}

static gboolean override_duration(const Session *session, const char *option, guint *ms, GError **error)
{
  const char *value = args_value(session->args, option);
  return !value || policy_parse_duration(value, ms) || bad(option, value, error);
}

static gboolean override_number(const Session *session, const char *option, guint *number, GError **error)
{
  const char *value = args_value(session->args, option);
  guint64 n = 0;
  if (!value)
    return TRUE;
  if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT, &n, NULL))
    return bad(option, value, error);
  *number = (guint)n;
  return TRUE;
}

static gboolean override_brake(const Session *session, RolloutPolicy *policy, GError **error)
{
  static const char *const words[] = {[BRAKE_ASK] = "ask", [BRAKE_CANCEL] = "cancel", [BRAKE_OFF] = "off"};
  const char *value = args_value(session->args, "brake");
  guint after_ms = (guint)(policy->brake.longest_s * 1000);
  if (!override_number(session, "brake-waiting", &policy->brake.waiting, error) ||
      !override_duration(session, "brake-after", &after_ms, error))
    return FALSE;
  policy->brake.longest_s = after_ms / 1000.0;
  for (guint i = 0; value && i < G_N_ELEMENTS(words); i++)
    if (strcmp(words[i], value) == 0) {
      policy->brake_action = (BrakeAction)i;
      return TRUE;
    }
  return !value || bad("brake", value, error);
}

static gboolean override_backup(const Session *session, RolloutPolicy *policy, GError **error)
{
  const char *folder = args_value(session->args, "backup-folder");
  gboolean take = args_has(session->args, "backup"), skip = args_has(session->args, "skip-backup");
  if (take && skip) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--backup and --skip-backup contradict"));
    return FALSE;
  }
  if (folder) {
    g_free(policy->backup_folder);
    policy->backup_folder = g_canonicalize_filename(folder, NULL);
  }
  if (take)
    policy->backup = BACKUP_POLICY_REQUIRED;
  if (!skip)
    return TRUE;
  if (policy->backup == BACKUP_POLICY_REQUIRED) {
    g_autofree const char **overrides = args_values(session->args, "override");
    if (!g_strv_contains(overrides, "backup")) {
      g_set_error_literal(
          error, RETORT_ERROR, RETORT_ERROR_REFUSED,
          _("the configuration requires a backup here; to go without one say --override backup as well"));
      return FALSE;
    }
  }
  /* Asked and answered, so that the record shows whose choice it was. */
  policy->backup = BACKUP_POLICY_ASK;
  return TRUE;
}

RolloutPolicy *policy_from_session(const Session *session, GError **error)
{
  const Project *project = session->project;
  g_autofree char *folder = project && project->config_path ? g_path_get_dirname(project->config_path) : NULL;
  g_autoptr(RolloutPolicy) policy =
      rollout_policy_new(session->settings, session->target ? session->target->name : NULL,
                         project ? project->name : NULL, folder, error);
  if (!policy || !override_duration(session, "ddl-lock-timeout", &policy->ddl_lock_timeout_ms, error) ||
      !override_duration(session, "statement-timeout", &policy->statement_timeout_ms, error) ||
      !override_duration(session, "mutex-wait", &policy->mutex_wait_ms, error) ||
      !override_number(session, "retries", &policy->retries, error) ||
      !override_brake(session, policy, error) || !override_backup(session, policy, error))
    return NULL;
  return g_steal_pointer(&policy);
}
