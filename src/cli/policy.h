/* How a rollout is to be carried out, as the configuration says and the command line overrides. */
#pragma once

#include "retort/run/policy.h"
#include "session.h"

/* Rows for the option table of a command whose policy is made by policy_from_session(). */
#define POLICY_OPTIONS                                                                                         \
  {0,                                                                                                          \
   "ddl-lock-timeout",                                                                                         \
   ARG_VALUE,                                                                                                  \
   "DURATION",                                                                                                 \
   N_("How long a statement waits for a lock (PostgreSQL's lock_timeout; 2.5s)."),                             \
   TRUE},                                                                                                      \
      {0, "statement-timeout", ARG_VALUE, "DURATION", N_("How long a statement may take (none)."), TRUE},      \
      {0,                                                                                                      \
       "retries",                                                                                              \
       ARG_VALUE,                                                                                              \
       "N",                                                                                                    \
       N_("How often a transaction is tried again after a lock time-out (10)."),                               \
       TRUE},                                                                                                  \
      {0, "mutex-wait", ARG_VALUE, "DURATION", N_("How long to wait for another rollout to end (0s)."), TRUE}, \
      {0,   "brake", ARG_VALUE, "ask|cancel|off", N_("What to do when others wait behind us for too long."),   \
       TRUE},                                                                                                  \
      {0, "brake-waiting", ARG_VALUE, "N", N_("... when more sessions than this wait (20)."), TRUE},           \
      {0, "brake-after", ARG_VALUE, "DURATION", N_("... when one waits for longer (10s)."), TRUE},             \
      {0, "backup", ARG_FLAG, NULL, N_("Take a backup first, without asking."), TRUE},                         \
      {0, "skip-backup", ARG_FLAG, NULL, N_("Take no backup; the record says so."), TRUE},                     \
  {                                                                                                            \
    0, "backup-folder", ARG_VALUE, "FOLDER", N_("Where the backup goes."), TRUE                                \
  }

/* RETORT_ERROR_USAGE for a value of the command line that cannot be understood. */
RolloutPolicy *policy_from_session(const Session *session, GError **error);
