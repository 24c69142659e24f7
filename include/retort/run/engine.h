/* The other engine: the project's own Alembic, for migrations that need Python, under the same watch.
 *
 *   g_autoptr(AlembicCommand) command = alembic_command_find(project, configured);
 *   g_autoptr(AlembicRun) run = alembic_run_new(conn, project, command, &options, event, data);
 *   alembic_run_start(run);                        events arrive on the main context
 *
 * It runs exactly one revision (`alembic upgrade REVISION`), in the folder of the configuration, with PGAPPNAME and
 * PGOPTIONS set: by its application_name its backend is found, for the lock monitor and for cancelling; by its options
 * it gets the time-outs.  Afterwards the version rows are read, and only rows as planned are a success: that also
 * catches an env.py that connects to another database.  Python code of the project runs here; ask the operator first.
 */
#pragma once

#include <glib.h>

#include "retort/history/plan.h"
#include "retort/history/project.h"
#include "retort/pg/conn.h"
#include "retort/render/render.h"

/* Whether a step with this script is for the project's own Alembic: it needs Python, or the operator wants it so
 * (`engine = alembic`).  script NULL, a stamp: never. */
gboolean alembic_takes(const Project *project, const Script *script);

typedef struct {
  char **argv; /* {"uv", "run", "alembic"} */
  char *why;   /* where it was found, a sentence, translated */
} AlembicCommand;

void alembic_command_free(AlembicCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlembicCommand, alembic_command_free)
/* project NULL: looked for from the current folder.  configured: as in retort's configuration, shell words, or NULL.  Else: an active virtual environment, one beside the
 * configuration or above it (.venv, venv), uv.lock, poetry.lock or pdm.lock there, and alembic from PATH.
 * RETORT_ERROR_CONFIG when there is none. */
AlembicCommand *alembic_command_find(const Project *project, const char *configured, GError **error);

/* The whole command line for a verb and its argument (or NULL): the configuration and section are named as well.  The
 * caller's (g_strfreev). */
char **alembic_command_line(const Project *project, const AlembicCommand *command, const char *verb,
                            const char *argument);

typedef struct {
  Direction direction;
  const char *target;            /* revision id (or "base") given to the command */
  const char *const *rows_after; /* the plan's */
  guint lock_timeout_ms;         /* 0: leave as it is */
  guint statement_timeout_ms;
} AlembicRunOptions;

typedef enum {
  ENGINE_STARTED,
  ENGINE_OUTPUT,  /* a line it said */
  ENGINE_BACKEND, /* its session was found: pid */
  ENGINE_DONE,    /* rows are as planned */
  ENGINE_FAILED,  /* error; rows tell where the database stands */
} EngineEventKind;

typedef struct {
  EngineEventKind kind;
  const char *text; /* STARTED: the command; OUTPUT: the line, not escaped */
  int pid;          /* of its backend; 0: not found (asyncpg and others ignore PGAPPNAME) */
  char **rows;      /* DONE, FAILED; NULL: unknown */
  double elapsed_s;
  const GError *error; /* RETORT_ERROR_CANCELLED after alembic_run_cancel() */
} EngineEvent;

typedef void (*EngineFunc)(const EngineEvent *event, void *data);

typedef struct AlembicRun AlembicRun;
/* conn: borrowed, idle, to the same database; used to find the backend, to cancel, to read the rows. */
AlembicRun *alembic_run_new(PgConn *conn, const Project *project, const AlembicCommand *command,
                            const AlembicRunOptions *options, EngineFunc func, void *data);
/* Kills the command if it still runs; its transaction is rolled back by the server.  May be called from func. */
void alembic_run_free(AlembicRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlembicRun, alembic_run_free)
void alembic_run_start(AlembicRun *run);
/* Cancels its statement and interrupts it; kills it when that does not help. */
void alembic_run_cancel(AlembicRun *run);
