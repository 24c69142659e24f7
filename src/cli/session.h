/* What one run of the program knows: its command line, and the project, map and connection once somebody asks.
 *
 * Commands ask for what they need, in the order Alembic would meet its errors: session_project(), session_map(),
 * session_connect() and session_rows().  Each loads on the first call; what they return is the session's.
 */
#pragma once

#include <glib.h>

#include "args.h"
#include "retort/base/settings.h"
#include "retort/history/plan.h"
#include "retort/history/revmap.h"
#include "retort/pg/catalog.h"
#include "retort/pg/conn.h"
#include "retort/pg/version_table.h"
#include "retort/render/render.h"

struct Command;

typedef struct {
  const struct Command *command;
  Args *global;              /* before the command */
  Args *args;                /* behind it */
  char **argv;               /* the whole command line, for handing over to Alembic */
  const char **config_files; /* -c, owned array */
  const char **x_arguments;  /* -x, owned array */
  gboolean quiet;
  gboolean json;
  gboolean read_only;
  int status; /* exit status of a run that succeeded */
  Settings *settings;
  const SettingsTarget *target; /* --target, or NULL */
  Project *project;
  RevisionMap *map;
  PgConn *conn;
  gboolean logging;    /* Alembic would have configured logging by now */
  gboolean incomplete; /* some revision file could not be read */
} Session;

/* An option given before or behind the command. */
gboolean session_flag(const Session *session, const char *name);
const char *session_value(const Session *session, const char *name);

/* Whether only ASCII may be drawn. */
gboolean session_ascii(const Session *session);

void session_project_options(const Session *session, ProjectOptions *options);
Project *session_project(Session *session, GError **error);
/* The same where a project helps but is not needed: nothing is said when there is none. */
Project *session_project_quietly(Session *session);
/* The map; an error when Alembic would refuse it. Warnings and diagnostics go to stderr. */
RevisionMap *session_map(Session *session, GError **error);
/* The same for commands that only look: one broken file does not hide the others, but the status will be 1. */
RevisionMap *session_map_to_read(Session *session, GError **error);
/* The same also when Alembic would refuse it: the fault is then a line on stderr. */
RevisionMap *session_map_with_faults(Session *session, GError **error);
/* Where to connect: --url, --target, DATABASE_URL, sqlalchemy.url, libpq. The caller's. */
PgParams *session_params(Session *session, GError **error);
/* A live connection, after the log lines that Alembic prints once it has one.  A command of Alembic's is refused one
 * where env.py would connect elsewhere, or nobody can tell. */
PgConn *session_connect(Session *session, GError **error);
/* The version rows of the live database; the caller's. */
VersionRows *session_rows(Session *session, GError **error);
/* What the server is and who we are there; waits for the answer.  NULL with an error. */
ServerInfo *session_server(Session *session, GError **error);
/* The URL in use with its password hidden, as Alembic shows it; the caller's. */
char *session_display_url(Session *session);
/* Alembic has run env.py by now: its first log lines, and logging from here on. */
void session_enter_env(Session *session, gboolean offline);
/* Whether it is known where the position is kept; else an error that says what to set. */
gboolean session_check_position(Session *session, GError **error);
/* Whether a database was named at all (so that a command that merely profits from one may ask it). */
gboolean session_names_database(Session *session);
RenderFlavor session_flavor(const Session *session);
void session_clear(Session *session);
