/* A revision brought before the review: rendered in both directions, its file read, git and the journal asked.
 *
 *   InspectOptions options = {.project = project, .map = map, .renderer = up, .back_renderer = down, .session = forecasts};
 *   g_autoptr(Inspection) inspection = inspect_revision(&options, revision);
 *   inspection->script, inspection->review
 *
 * Both faces review through this, so that they say the same.
 */
#pragma once

#include "retort/history/revmap.h"
#include "retort/render/render.h"
#include "retort/review/migration.h"

/* What git and the journal know of files as they were when they were released or applied.  Read once, for one thread. */
typedef struct FileHistory FileHistory;

/* base: the branch to compare with; NULL: the trunk.  Without a repository only the journal is known, and *error says
 * why; never NULL. */
FileHistory *file_history_new(const Project *project, const char *base, GError **error);
void file_history_free(FileHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileHistory, file_history_free)
/* Name of the branch compared with; NULL: there is no repository.  Borrowed. */
const char *file_history_base(const FileHistory *history);
/* Whether the current branch, or the working folder, adds the revision or has another content for it. */
gboolean file_history_is_ours(FileHistory *history, const Revision *revision);

typedef struct {
  const Project *project;       /* NULL: a file outside any */
  const RevisionMap *map;       /* NULL likewise */
  RenderSession *renderer;      /* for the direction that is reviewed; goes on from revision to revision */
  RenderSession *back_renderer; /* for the other one; NULL: it is not looked at */
  ForecastSession *session;
  const ReviewPolicy *policy; /* or NULL */
  FileHistory *history;       /* or NULL: not asked */
  gboolean downwards;         /* review the downgrade */
} InspectOptions;

typedef struct {
  Script *script;
  Review *review; /* of the script's statements, all or as far as they are known */
} Inspection;

/* Never NULL. */
Inspection *inspect_revision(const InspectOptions *options, const Revision *revision);
/* The same for a script that is rendered already; it stays the caller's. */
Review *inspect_script(const InspectOptions *options, const Revision *revision, const Script *script);
void inspection_free(Inspection *inspection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Inspection, inspection_free)

/* What the project's files ([retort.review] beside [alembic], [tool.retort.review]) and the operator's settings
 * ([review]; may be NULL) say of the checks.  The caller's. */
ReviewPolicy *inspect_policy(const Project *project, const Settings *settings, DiagList *diags);
