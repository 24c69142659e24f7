/* Post-write hooks: the formatters a project runs over a file that was just written.
 *
 * Each hook is announced, runs with the terminal's own streams, and its exit status is ignored, as in Alembic.  Hooks
 * are the project's own configuration and run only after the operator asked for the file to be written.
 */
#pragma once

#include <glib.h>

#include "retort/history/project.h"

/* before runs ahead of a hook ("Running post write hook 'black' ..."), after behind it with its success. */
typedef struct {
  void (*before)(const char *name, void *data);
  void (*after)(const char *name, gboolean done, void *data);
} HookSink;

/* RETORT_ERROR_COMMAND with Alembic's text for a hook that is not described well; the file stays where it is. */
gboolean hooks_run(const Project *project, const char *path, const HookSink *sink, void *data,
                   GError **error);
