/* Migrations that need Python, rendered by the project's own Alembic: `alembic upgrade PREV:REV --sql` in a child.
 *
 *   if (fallback_allowed(project))
 *     fallback_fill(&options, revision, DIRECTION_UPGRADE, script, &error);
 *
 * Python code of the project runs there, with its env.py, in our environment and the folder of the configuration; it
 * has a time limit.  So the operator is asked first, once for a project: who agreed is kept in
 * $XDG_STATE_HOME/retort/consent, one environment's folder a line.
 *
 * What Alembic printed is kept in $XDG_CACHE_HOME/retort/python under a hash of the migration, env.py, the
 * configuration and the command.  Other modules that the migration imports are not part of it: ask anew when in doubt.
 */
#pragma once

#include <glib.h>

#include "retort/history/plan.h"
#include "retort/history/project.h"
#include "retort/render/render.h"
#include "retort/run/engine.h"

gboolean fallback_allowed(const Project *project);
/* Remembers or forgets it. */
gboolean fallback_allow(const Project *project, gboolean allow, GError **error);

typedef struct {
  const Project *project; /* with a configuration */
  const AlembicCommand *command;
  guint timeout_ms; /* 0: a minute */
  gboolean anew;    /* whatever the cache has */
} FallbackOptions;

/* Gives the script, which stays RENDER_PYTHON, the statements that Alembic prints, and its engine.  The revision may
 * have one parent at most and no dependencies: what Alembic prints for others is more than that one revision. */
gboolean fallback_fill(const FallbackOptions *options, const Revision *revision, Direction direction,
                       Script *script, GError **error);

/* The part without a child: the body of the one revision in what `alembic --sql` printed.  blocks as in a Script. */
GPtrArray *fallback_statements(const char *output, const char *version_table, GArray *blocks, GError **error);
