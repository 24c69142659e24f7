/* How a rollout on some database is to be carried out: time-outs, retries, the mutex, the brake, the backup.
 *
 *   g_autoptr(RolloutPolicy) policy = rollout_policy_new(settings, "prod", project->name, folder, &error);
 *
 * Every value is looked for in [target NAME], then [project NAME], then [retort] of the configuration, and has a
 * default: a DDL lock time-out of 2.5 s (above PostgreSQL's deadlock_timeout, so that a plain autovacuum gives way), ten
 * retries with pauses of 1 s to 60 s, no statement time-out, and a brake that asks when more than 20 sessions, or one
 * for longer than 10 s, wait behind us.  The faces may change fields before they hand the policy over.
 */
#pragma once

#include <glib.h>

#include "retort/base/settings.h"
#include "retort/run/backup.h"
#include "retort/run/brake.h"

typedef enum {
  BACKUP_POLICY_ASK,      /* the operator says: now, or skip (which the record keeps) */
  BACKUP_POLICY_REQUIRED, /* always; skipping needs an override */
  BACKUP_POLICY_NO,       /* never, without a question; the record says so */
} BackupPolicy;

typedef enum {
  BRAKE_ASK,
  BRAKE_CANCEL, /* cancels the statement at once */
  BRAKE_OFF,
} BrakeAction;

typedef struct {
  char *name; /* of the target; NULL: none */
  gboolean production;
  gboolean read_only;
  guint
      ddl_lock_timeout_ms; /* PostgreSQL's lock_timeout of statements inside transactions; 0: wait for ever */
  guint statement_timeout_ms; /* 0: none */
  guint retries;
  guint retry_first_ms, retry_max_ms;
  gint64 mutex_key;
  guint mutex_wait_ms; /* 0: do not wait; G_MAXUINT: for ever */
  BrakeLimits brake;
  BrakeAction brake_action;
  guint old_transaction_s; /* what preflight calls an old transaction */
  BackupPolicy backup;
  char *backup_folder; /* absolute; never NULL */
  BackupFormat backup_format;
  guint backup_jobs;
  double backup_age_s; /* a backup younger than this is taken as this rollout's own; 0: always a new one */
  char *alembic;       /* command line of the project's Alembic; NULL: look for it */
  gboolean redact;     /* query texts of other sessions stay out of the record */
} RolloutPolicy;

/* Every argument may be NULL.  RETORT_ERROR_CONFIG names a value that cannot be understood, or a target that the
 * configuration does not have. */
RolloutPolicy *rollout_policy_new(const Settings *settings, const char *target, const char *project_name,
                                  const char *project_folder, GError **error);
RolloutPolicy *rollout_policy_copy(const RolloutPolicy *policy);
void rollout_policy_free(RolloutPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RolloutPolicy, rollout_policy_free)

/* "2500ms", "2.5s", "10min", "1h", "none" (0), "forever" (G_MAXUINT); a number needs its unit.  FALSE: it is none of
 * these. */
gboolean policy_parse_duration(const char *text, guint *ms);
