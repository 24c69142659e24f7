/* A child process whose words are read line by line. */
#pragma once

#include <gio/gio.h>

typedef struct Child Child;

/* line: valid UTF-8, not escaped. */
typedef void (*ChildLineFunc)(Child *child, const char *line, void *data);
/* Called once, when it has exited and all it said was read; may free the child. */
typedef void (*ChildEndFunc)(Child *child, gboolean success, void *data);

/* environment: NULL-terminated NAME=value, whole, or NULL: ours.  folder: NULL: ours.  stdin is /dev/null; what it says
 * on stdout and stderr comes in one stream. */
Child *child_new(const char *const *argv, char **environment, const char *folder, ChildLineFunc line,
                 ChildEndFunc end, void *data, GError **error);
/* Kills it if it still runs. */
void child_free(Child *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Child, child_free)
void child_signal(Child *child, int signal);
/* The last few lines it said, joined, escaped for a terminal; the caller's. */
char *child_last_words(const Child *child);
