/* Tells when a project changes on disk.
 *
 * The callback runs on the main context that was the thread's default when the watch was made, once for a burst of
 * changes: when nothing more has come for a moment, and at the latest after WATCH_LATEST_MS.  It gets what changed;
 * reading it again is the caller's business.  The watch may be freed from within the callback.
 */
#pragma once

#include <glib.h>

#include "retort/history/project.h"

#define WATCH_QUIET_MS 150
#define WATCH_LATEST_MS 1000

typedef enum {
  WATCH_REVISIONS = 1 << 0, /* a revision file came, went or changed */
  WATCH_CONFIG = 1 << 1,    /* alembic.ini, pyproject.toml or env.py: open the project again */
  WATCH_GIT = 1 << 2,       /* another branch or commit, or something was fetched */
} WatchChange;

typedef struct ProjectWatch ProjectWatch;

typedef void (*ProjectWatchFunc)(WatchChange changes, void *data);

/* Of the project only paths are taken; it need not outlive the call. */
ProjectWatch *project_watch_new(const Project *project, ProjectWatchFunc changed, void *data);
void project_watch_free(ProjectWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProjectWatch, project_watch_free)

/* FALSE: the system does not watch all of it (too many watches, a network file system): look again by hand. */
gboolean project_watch_complete(const ProjectWatch *watch);
