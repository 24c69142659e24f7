/* The project's own Alembic for a command that retort does not do itself, with its words read line by line.
 *
 *   g_autoptr(AlembicCommand) command = alembic_command_find(project, configured, &error);      run/engine.h
 *   AlembicChild *child = alembic_child_new(project, command, words, said, ended, data, &error);
 *
 * It runs in the folder of the configuration, with -c and -n as the project was opened, its standard input empty.
 * Python code of the project runs there: ask the operator first (run/fallback.h).
 */
#pragma once

#include "retort/history/project.h"
#include "retort/run/engine.h"

typedef struct AlembicChild AlembicChild;

/* line: valid UTF-8, not escaped. */
typedef void (*AlembicLineFunc)(const char *line, void *data);
/* Once, on the main context; may free the child. */
typedef void (*AlembicEndFunc)(gboolean success, void *data);

/* words: the command and its arguments, NULL-terminated. */
AlembicChild *alembic_child_new(const Project *project, const AlembicCommand *command,
                                const char *const *words, AlembicLineFunc line, AlembicEndFunc end,
                                void *data, GError **error);
/* Kills it if it still runs; nobody is told any more. */
void alembic_child_free(AlembicChild *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AlembicChild, alembic_child_free)
/* Asks it to end, as Ctrl-C does. */
void alembic_child_interrupt(AlembicChild *child);
