/* How rollouts are to be done, from the configuration. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/run/mutex.h"
#include "retort/run/policy.h"

static RolloutPolicy *policy_of(const char *text, const char *target, GError **error)
{
  g_autoptr(Settings) settings = settings_parse("config", text, strlen(text), error);
  return settings != NULL ? rollout_policy_new(settings, target, "shop", "/srv/shop", error) : NULL;
}

Test(policy, has_defaults)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(RolloutPolicy) p = rollout_policy_new(NULL, NULL, NULL, NULL, &error);
  cr_assert(p != NULL, "%s", error != NULL ? error->message : "");
  cr_expect(p->ddl_lock_timeout_ms == 2500 && p->statement_timeout_ms == 0 && p->retries == 10,
            "time-outs, retries");
  cr_expect(p->retry_first_ms == 1000 && p->retry_max_ms == 60000, "pauses");
  cr_expect(p->mutex_key == ROLLOUT_MUTEX_KEY && p->mutex_wait_ms == 0, "the mutex");
  cr_expect(p->backup == BACKUP_POLICY_ASK && p->backup_folder != NULL, "the backup");
  cr_expect(p->brake_action == BRAKE_ASK && p->brake.waiting == 20 && p->brake.longest_s > 9.9, "the brake");
}

Test(policy, the_target_comes_before_the_project_and_that_before_all)
{
  static const char text[] =
      "[retort]\nretries = 1\nbrake = off\nddl_lock_timeout = 5 s\n"
      "[project shop]\nretries = 2\nbackup = no\nmutex_key = -77\n"
      "[target prod]\nretries = 3\nproduction = yes\nbrake_after = 500ms\nmutex_wait = forever\n"
      "statement_timeout = 1.5h\nbackup_folder = /var/backups\nredact_queries = yes\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(RolloutPolicy) prod = policy_of(text, "prod", &error);
  cr_assert(prod != NULL, "%s", error != NULL ? error->message : "");
  cr_expect(prod->retries == 3 && prod->production && strcmp(prod->name, "prod") == 0, "of the target");
  cr_expect(prod->brake.longest_s > 0.49 && prod->brake.longest_s < 0.51, "%f", prod->brake.longest_s);
  cr_expect(prod->mutex_wait_ms == G_MAXUINT && prod->statement_timeout_ms == 5400000, "durations");
  cr_expect(prod->redact && strcmp(prod->backup_folder, "/var/backups") == 0, "texts");
  cr_expect(prod->backup == BACKUP_POLICY_NO && prod->mutex_key == -77, "of the project");
  cr_expect(prod->brake_action == BRAKE_OFF && prod->ddl_lock_timeout_ms == 5000, "of all");
  g_autoptr(RolloutPolicy) none = policy_of(text, NULL, &error);
  cr_expect(none != NULL && none->retries == 2 && none->name == NULL && !none->production,
            "without a target");
}

Test(policy, what_cannot_be_understood_is_named)
{
  static const char *const wrong[] = {
      "ddl_lock_timeout = 2500",
      "ddl_lock_timeout = forever",
      "statement_timeout = soon",
      "retries = -1",
      "retries = many",
      "mutex_key = retort",
      "brake = maybe",
      "backup = sometimes",
      "backup_jobs = 1e3",
      "brake_after = 10 lightyears",
      "old_transaction = 1000h10",
  };
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf("[target prod]\n%s\n", wrong[i]);
    g_autoptr(RolloutPolicy) p = policy_of(text, "prod", &error);
    cr_expect(p == NULL && g_error_matches(error, RETORT_ERROR, RETORT_ERROR_CONFIG) &&
                  strstr(error->message, wrong[i]) != NULL,
              "%s: %s", wrong[i], error != NULL ? error->message : "taken");
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(RolloutPolicy) p = policy_of("", "prod", &error);
  cr_expect(p == NULL && strstr(error->message, "prod") != NULL, "a target that is not there");
}

Test(policy, durations)
{
  static const struct {
    const char *text;
    guint ms;
  } cases[] = {{"0", 0},          {"none", 0},     {"1ms", 1},      {"2.5s", 2500},         {"2.5 s", 2500},
               {"10min", 600000}, {"10m", 600000}, {"1h", 3600000}, {"forever", G_MAXUINT}, {"1d", 86400000}};
  static const char *const wrong[] = {"", "5", "s", "-1s", "1 year", "30d", "nan s", "1s 2"};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    guint ms = 1;
    cr_expect(policy_parse_duration(cases[i].text, &ms) && ms == cases[i].ms, "%s: %u", cases[i].text, ms);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
    guint ms;
    cr_expect(!policy_parse_duration(wrong[i], &ms), "%s is none", wrong[i]);
  }
}
