#include "retort/run/policy.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/run/mutex.h"

/* Where values are looked for. */
typedef struct {
  const Settings *settings;
  const char *target, *name, *folder;
} Source;

static const char *value_of(const Source *source, const char *key)
{
  return source->settings != NULL
             ? settings_get_for(source->settings, source->target, source->name, source->folder, key)
             : NULL;
}

static gboolean refuse(const char *key, const char *value, const char *wanted, GError **error)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("%s = %s: this has to be %s"), key, value, wanted);
  return FALSE;
}

/* ---- Durations ------------------------------------------------------------------------------------------------- */

gboolean policy_parse_duration(const char *text, guint *ms)
{
  static const struct {
    const char *unit;
    double ms;
  } units[] = {{"ms", 1}, {"s", 1000}, {"min", 60000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
  if (strcmp(text, "none") == 0 || strcmp(text, "0") == 0) {
    *ms = 0;
    return TRUE;
  }
  if (strcmp(text, "forever") == 0) {
    *ms = G_MAXUINT;
    return TRUE;
  }
  char *end;
  double number = g_ascii_strtod(text, &end);
  if (end == text || !(number >= 0))
    return FALSE;
  end += strspn(end, " ");
  for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
    if (strcmp(end, units[i].unit) != 0)
      continue;
    /* PostgreSQL's own time-outs are signed 32 bit numbers of milliseconds. */
    if (number * units[i].ms > G_MAXINT)
      return FALSE;
    *ms = (guint)(number * units[i].ms + 0.5);
    return TRUE;
  }
  return FALSE;
}

typedef struct {
  const char *key;
  gsize offset; /* of a guint with milliseconds */
  gboolean forever;
} Duration;

static const Duration durations[] = {
    {"ddl_lock_timeout", G_STRUCT_OFFSET(RolloutPolicy, ddl_lock_timeout_ms), FALSE},
    {"statement_timeout", G_STRUCT_OFFSET(RolloutPolicy, statement_timeout_ms), FALSE},
    {"retry_pause", G_STRUCT_OFFSET(RolloutPolicy, retry_first_ms), FALSE},
    {"retry_pause_limit", G_STRUCT_OFFSET(RolloutPolicy, retry_max_ms), FALSE},
    {"mutex_wait", G_STRUCT_OFFSET(RolloutPolicy, mutex_wait_ms), TRUE},
};

static gboolean read_duration(const Source *source, const char *key, gboolean forever, guint *ms,
                              GError **error)
{
  const char *value = value_of(source, key);
  guint found;
  if (value == NULL)
    return TRUE;
  if (!policy_parse_duration(value, &found) || (found == G_MAXUINT && !forever))
    return refuse(key, value, _("a duration with its unit, as in 2500ms, 2.5s, 10min or none"), error);
  *ms = found;
  return TRUE;
}

static gboolean read_seconds(const Source *source, const char *key, double *seconds, GError **error)
{
  guint ms = (guint)(*seconds * 1000);
  if (!read_duration(source, key, FALSE, &ms, error))
    return FALSE;
  *seconds = ms / 1000.0;
  return TRUE;
}

static gboolean read_durations(const Source *source, RolloutPolicy *policy, GError **error)
{
  double old = policy->old_transaction_s;
  for (guint i = 0; i < G_N_ELEMENTS(durations); i++)
    if (!read_duration(source, durations[i].key, durations[i].forever,
                       G_STRUCT_MEMBER_P(policy, durations[i].offset), error))
      return FALSE;
  if (!read_seconds(source, "brake_after", &policy->brake.longest_s, error) ||
      !read_seconds(source, "brake_replica_lag", &policy->brake.replica_lag_s, error) ||
      !read_seconds(source, "backup_age", &policy->backup_age_s, error) ||
      !read_seconds(source, "old_transaction", &old, error))
    return FALSE;
  policy->old_transaction_s = (guint)old;
  return TRUE;
}

/* ---- Numbers and words ----------------------------------------------------------------------------------------- */

static gboolean read_number(const Source *source, const char *key, guint most, guint *number, GError **error)
{
  const char *value = value_of(source, key);
  guint64 found;
  if (value == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned(value, 10, 0, most, &found, NULL))
    return refuse(key, value, _("a number"), error);
  *number = (guint)found;
  return TRUE;
}

static gboolean read_key(const Source *source, gint64 *key, GError **error)
{
  const char *value = value_of(source, "mutex_key");
  if (value == NULL || g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, key, NULL))
    return TRUE;
  return refuse("mutex_key", value, _("a number"), error);
}

/* words: separated by a space; *index stays as it is when nothing is configured. */
static gboolean read_word(const Source *source, const char *key, const char *words, guint *index,
                          GError **error)
{
  const char *value = value_of(source, key);
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  if (value == NULL)
    return TRUE;
  for (guint i = 0; list[i] != NULL; i++) {
    if (strcmp(list[i], value) != 0)
      continue;
    *index = i;
    return TRUE;
  }
  g_autofree char *wanted = g_strjoinv(", ", list);
  return refuse(key, value, wanted, error);
}

static gboolean read_words(const Source *source, RolloutPolicy *policy, GError **error)
{
  guint backup = policy->backup, format = policy->backup_format, action = policy->brake_action;
  if (!read_word(source, "backup", "ask required no", &backup, error) ||
      !read_word(source, "backup_format", "custom directory", &format, error) ||
      !read_word(source, "brake", "ask cancel off", &action, error))
    return FALSE;
  policy->backup = (BackupPolicy)backup;
  policy->backup_format = (BackupFormat)format;
  policy->brake_action = (BrakeAction)action;
  return TRUE;
}

static void read_texts(const Source *source, RolloutPolicy *policy)
{
  const char *folder = value_of(source, "backup_folder");
  policy->backup_folder = folder != NULL ? g_canonicalize_filename(folder, NULL)
                                         : g_build_filename(g_get_user_state_dir(), "retort", "backup", NULL);
  policy->alembic = g_strdup(value_of(source, "alembic"));
  policy->redact = settings_truth(value_of(source, "redact_queries"), FALSE);
}

/* ---- All of them ----------------------------------------------------------------------------------------------- */

static RolloutPolicy *defaults(void)
{
  RolloutPolicy *policy = g_new0(RolloutPolicy, 1);
  policy->ddl_lock_timeout_ms = 2500;
  policy->retries = 10;
  policy->retry_first_ms = 1000;
  policy->retry_max_ms = 60000;
  policy->mutex_key = ROLLOUT_MUTEX_KEY;
  policy->brake = (BrakeLimits){.waiting = 20, .longest_s = 10};
  policy->old_transaction_s = 300;
  policy->backup_jobs = 4;
  return policy;
}

static gboolean find_target(const Source *source, RolloutPolicy *policy, GError **error)
{
  const SettingsTarget *target = source->settings != NULL && source->target != NULL
                                     ? settings_target(source->settings, source->target)
                                     : NULL;
  if (source->target == NULL)
    return TRUE;
  if (target == NULL) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_CONFIG, _("The configuration has no target \"%s\"."),
                source->target);
    return FALSE;
  }
  policy->name = g_strdup(target->name);
  policy->production = target->production;
  policy->read_only = target->read_only;
  return TRUE;
}

RolloutPolicy *rollout_policy_new(const Settings *settings, const char *target, const char *project_name,
                                  const char *project_folder, GError **error)
{
  Source source = {settings, target, project_name, project_folder};
  g_autoptr(RolloutPolicy) policy = defaults();
  read_texts(&source, policy);
  if (!find_target(&source, policy, error) || !read_durations(&source, policy, error) ||
      !read_words(&source, policy, error) || !read_key(&source, &policy->mutex_key, error) ||
      !read_number(&source, "retries", 1000, &policy->retries, error) ||
      !read_number(&source, "brake_waiting", G_MAXINT, &policy->brake.waiting, error) ||
      !read_number(&source, "backup_jobs", 256, &policy->backup_jobs, error))
    return NULL;
  return g_steal_pointer(&policy);
}

RolloutPolicy *rollout_policy_copy(const RolloutPolicy *policy)
{
  RolloutPolicy *copy = g_memdup2(policy, sizeof *policy);
  copy->name = g_strdup(policy->name);
  copy->backup_folder = g_strdup(policy->backup_folder);
  copy->alembic = g_strdup(policy->alembic);
  return copy;
}

void rollout_policy_free(RolloutPolicy *policy)
{
  if (policy == NULL)
    return;
  g_free(policy->name);
  g_free(policy->backup_folder);
  g_free(policy->alembic);
  g_free(policy);
}
