/* Carrying out a plan from the command line: on the server, or as a script on stdout. */
#pragma once

#include "retort/history/plan.h"
#include "retort/run/rollout.h"
#include "session.h"

/* Makes the plan from rows, which are the server's or the ones that --sql starts from. */
typedef Plan *(*PlanFunc)(const RevisionMap *map, const char *const *rows, gconstpointer data,
                          GError **error);

/* retort's own options of the commands that change a database as Alembic would. */
#define MIGRATE_OPTIONS                                                                                   \
  {0,                                                                                                     \
   "confirm",                                                                                             \
   ARG_VALUE,                                                                                             \
   "NAME",                                                                                                \
   N_("The name of the production target, typed here rather than asked for."),                            \
   TRUE},                                                                                                 \
      {0,                                                                                                 \
       "ddl-lock-timeout",                                                                                \
       ARG_VALUE,                                                                                         \
       "DURATION",                                                                                        \
       N_("How long a statement waits for a lock (PostgreSQL's lock_timeout; 2.5s)."),                    \
       TRUE},                                                                                             \
      {0,                                                                                                 \
       "retries",                                                                                         \
       ARG_VALUE,                                                                                         \
       "N",                                                                                               \
       N_("How often a transaction is tried again after a lock time-out (10)."),                          \
       TRUE},                                                                                             \
  {                                                                                                       \
    0, "mutex-wait", ARG_VALUE, "DURATION", N_("How long to wait for another rollout to end (0s)."), TRUE \
  }

/* Reads the rows, plans, renders, refuses what is not exact before anything is sent, and runs it. */
gboolean migrate_online(Session *session, PlanFunc plan, gconstpointer data, GError **error);
/* "INFO  [alembic.runtime.migration] Running upgrade a -> b, message" */
void migrate_log_step(const Session *session, const PlanStep *step);
/* start: what stands left of the colon, or NULL.  Prints the script. */
gboolean migrate_offline(Session *session, const char *start, PlanFunc plan, gconstpointer data,
                         GError **error);

/* Parts "a:b" of an --sql target: *start is NULL without a colon.  Fails for two colons, as Alembic does. */
gboolean migrate_split(const char *word, char **start, char **end, GError **error);
/* What stands around the statements of a script, as env.py has it: TRUE when there is a BEGIN and a COMMIT. */
gboolean migrate_has_transaction(const Project *project);
/* The transactions that env.py would have. */
RolloutTransaction migrate_transaction(const Project *project);
void migrate_render_options(const Session *session, gboolean online, RenderOptions *options);
/* Whether retort knows what env.py would do for --sql; else an error. */
gboolean migrate_may_print(Session *session, GError **error);
/* Whether this run may change the database, whose position is known; else an error. */
gboolean migrate_may_change(Session *session, GError **error);
/* The same, and retort knows how env.py would do it. */
gboolean migrate_may_write(Session *session, GError **error);
