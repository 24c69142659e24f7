/* Carrying out a plan from the command line: on the server, or as a script on stdout. */
#pragma once

#include "retort/history/plan.h"
#include "retort/run/rollout.h"
#include "session.h"

/* Makes the plan from rows, which are the server's or the ones that --sql starts from. */
typedef Plan *(*PlanFunc)(const RevisionMap *map, const char *const *rows, gconstpointer data,
                          GError **error);

/* Reads the rows, plans, renders, refuses what is not exact before anything is sent, and runs it. */
gboolean migrate_online(Session *session, PlanFunc plan, gconstpointer data, GError **error);
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
/* Whether this run may change the database and retort knows how env.py would; else an error. */
gboolean migrate_may_write(Session *session, GError **error);
