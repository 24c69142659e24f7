/* Handing a command over to the project's own Alembic, with the same words. */
#pragma once

#include "retort/run/engine.h"
#include "session.h"

/* Replaces this process by Alembic (run/engine.h says where it is looked for), after saying so on stderr.  Returns only on failure. */
gboolean handover_exec(Session *session, const char *why, GError **error);
/* The project's own Alembic, never retort under that name; the caller's. */
AlembicCommand *handover_command(Session *session, GError **error);
/* The command line to type for this command, without retort's own options; the caller's. */
char *handover_line(Session *session);
/* env.py finds its database by itself, so one named on our command line would silently not be the one in use: TRUE
 * with an error when there is one. */
gboolean handover_refuse_database(Session *session, GError **error);
