/* What git knows, streamed in. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "retort/history/where.h"
#include "workspace-private.h"

/* One walk through the repository; it outlives the workspace when that ends first. */
typedef struct {
  Workspace *ws;
  GCancellable *cancellable;
  Snapshot *snapshot; /* what is walked for */
  gboolean fresh;     /* nothing has arrived yet */
} GitWalk;

static gboolean stale(const GitWalk *walk)
{
  return g_cancellable_is_cancelled(walk->cancellable) || walk->ws->snapshot != walk->snapshot;
}

static void take_file(Workspace *ws, const GitFileInfo *info)
{
  GitNote *note = g_new0(GitNote, 1);
  note->commit = g_strdup(info->commit);
  note->author = info->author ? text_escape(info->author, -1, FALSE) : NULL;
  note->summary = info->summary ? text_escape(info->summary, -1, FALSE) : NULL;
  note->time = info->time;
  note->state = info->state;
  g_hash_table_replace(ws->git_notes, g_strdup(info->path), note);
}

static void files_arrived(GPtrArray *files, void *data)
{
  GitWalk *walk = data;
  if (stale(walk))
    return;
  for (guint i = 0; i < files->len; i++)
    take_file(walk->ws, g_ptr_array_index(files, i));
  workspace_announce(walk->ws, CHANGED_GIT);
}

static gboolean known_foreign(const Workspace *ws, const char *id)
{
  for (guint i = 0; i < ws->foreign->len; i++) {
    const ForeignNote *note = g_ptr_array_index(ws->foreign, i);
    if (strcmp(note->revision->id, id) == 0)
      return TRUE;
  }
  return FALSE;
}

static void foreign_arrived(GPtrArray *foreign, void *data)
{
  GitWalk *walk = data;
  if (stale(walk))
    return;
  Workspace *ws = walk->ws;
  if (walk->fresh)
    g_ptr_array_set_size(ws->foreign, 0);
  walk->fresh = FALSE;
  for (guint i = 0; i < foreign->len; i++) {
    const GitForeignRevision *found = g_ptr_array_index(foreign, i);
    if (known_foreign(ws, found->revision->id) || revision_map_get(ws->snapshot->map, found->revision->id))
      continue;
    ForeignNote *note = g_new0(ForeignNote, 1);
    note->revision = revision_copy(found->revision);
    note->ref = text_escape(found->ref, -1, FALSE);
    note->commit = g_strdup(found->commit);
    note->author = found->author ? text_escape(found->author, -1, FALSE) : NULL;
    note->time = found->time;
    g_ptr_array_add(ws->foreign, note);
  }
  workspace_announce(ws, CHANGED_FOREIGN);
}

static void walk_done(const GError *error, void *data)
{
  GitWalk *walk = data;
  (void)error;
  if (!g_cancellable_is_cancelled(walk->cancellable)) {
    Workspace *ws = walk->ws;
    if (!stale(walk) && walk->fresh && ws->foreign->len > 0) {
      g_ptr_array_set_size(ws->foreign, 0);
      workspace_announce(ws, CHANGED_FOREIGN);
    }
    ws->git_loading = FALSE;
    workspace_announce(ws, CHANGED_GIT);
    if (!stale(walk))
      workspace_find_conflicts(ws);
  }
  snapshot_unref(walk->snapshot);
  g_object_unref(walk->cancellable);
  g_free(walk);
}

static void status_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  (void)cancellable;
  Snapshot *snapshot = task_data;
  const Project *project = snapshot->project;
  const char *folder = project->script_location;
  if (!folder && project->version_locations->len > 0)
    folder = g_ptr_array_index(project->version_locations, 0);
  g_task_return_pointer(task, git_status(folder ? folder : "."), (GDestroyNotify)git_status_free);
}

static void status_known(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  g_autoptr(GitStatus) status = g_task_propagate_pointer(G_TASK(result), NULL);
  if (!status || g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    return;
  Workspace *ws = data;
  Snapshot *snapshot = g_task_get_task_data(G_TASK(result));
  git_status_free(ws->git);
  ws->git = g_steal_pointer(&status);
  workspace_announce(ws, CHANGED_GIT);
  if (!ws->git->available || ws->snapshot != snapshot)
    return;
  workspace_watch_files(ws);
  static const GitAnnotateSink sink = {files_arrived, foreign_arrived, walk_done};
  GitWalk *walk = g_new0(GitWalk, 1);
  *walk = (GitWalk){ws, g_object_ref(ws->cancellable), snapshot_ref(snapshot), TRUE};
  ws->git_loading = TRUE;
  git_annotate(snapshot->project, ws->git_memory, ws->cancellable, &sink, walk);
}

void workspace_ask_git(Workspace *ws)
{
  g_autoptr(GTask) task = g_task_new(NULL, ws->cancellable, status_known, ws);
  g_task_set_task_data(task, snapshot_ref(ws->snapshot), (GDestroyNotify)snapshot_unref);
  g_task_run_in_thread(task, status_thread);
}

/* Version rows that no file has: where did git last see them? */

typedef struct {
  Snapshot *snapshot;
  char *id;
} SightingJob;

static void sighting_job_free(void *data)
{
  SightingJob *job = data;
  snapshot_unref(job->snapshot);
  g_free(job->id);
  g_free(job);
}

static void sighting_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  SightingJob *job = task_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GitRefs) refs = git_refs_open(job->snapshot->project, &error);
  g_autoptr(GPtrArray) found = refs ? git_where(refs, job->id, cancellable, &error) : NULL;
  g_autofree char *advice = found ? where_advice(found->len > 0 ? found->pdata[0] : NULL, job->id) : NULL;
  g_task_return_pointer(task, text_escape(advice ? advice : error->message, -1, FALSE), g_free);
}

static void sighting_known(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  char *text = g_task_propagate_pointer(G_TASK(result), NULL);
  if (!text)
    return;
  Workspace *ws = data;
  SightingJob *job = g_task_get_task_data(G_TASK(result));
  g_hash_table_replace(ws->sightings, g_strdup(job->id), text);
  workspace_announce(ws, CHANGED_DATABASE);
}

void workspace_find_unknown(Workspace *ws)
{
  for (guint i = 0; ws->snapshot && i < ws->unknown->len; i++) {
    const char *id = g_ptr_array_index(ws->unknown, i);
    if (g_hash_table_contains(ws->sightings, id))
      continue;
    g_hash_table_replace(ws->sightings, g_strdup(id), g_strdup(_("looking for it in git ...")));
    SightingJob *job = g_new0(SightingJob, 1);
    *job = (SightingJob){snapshot_ref(ws->snapshot), g_strdup(id)};
    g_autoptr(GTask) task = g_task_new(NULL, ws->cancellable, sighting_known, ws);
    g_task_set_task_data(task, job, sighting_job_free);
    g_task_run_in_thread(task, sighting_thread);
  }
}
