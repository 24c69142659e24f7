/* Post-write hooks: the formatters a project runs over a file that was just written.
 *
 * Each hook is announced, runs with the terminal's own streams (or is read line by line), and its exit status is no
 * failure, as in Alembic.  Hooks are the project's own configuration and run only after the operator asked for the file
 * to be written.  One that never ends is stopped: by its time limit, by Ctrl-C (or SIGTERM, or SIGHUP) in a
 * terminal, or through the cancellable.
 */
#pragma once

#include <gio/gio.h>

#include "retort/history/project.h"

/* No formatter takes so long, not even one that sets itself up first. */
#define HOOK_TIMEOUT_S 600

/* before runs ahead of a hook ("Running post write hook 'black' ..."), after behind it with its success.  Any may be
 * NULL. */
typedef struct {
  void (*before)(const char *name, void *data);
  void (*after)(const char *name, gboolean done, void *data);
  void (*said)(const char *line,
               void *data); /* NULL: it has the terminal; text is valid UTF-8, not escaped */
  void (*failed)(const char *name, int status, void *data); /* it ended with another status than 0 */
} HookSink;

typedef struct {
  guint timeout_ms; /* of one hook; 0: HOOK_TIMEOUT_S */
  GCancellable *cancellable;
} HookLimits;

/* RETORT_ERROR_COMMAND with Alembic's text for a hook that is not described well; RETORT_ERROR_CANCELLED for one that
 * was stopped.  The file stays where it is.  Blocks; limits may be NULL. */
gboolean hooks_run(const Project *project, const char *path, const HookSink *sink, void *data,
                   const HookLimits *limits, GError **error);
