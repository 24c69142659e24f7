/* Loading the project beside the screen, and loading it again when its files change. */
#include <glib/gi18n.h>

#include "retort/base/settings.h"
#include "retort/base/text.h"
#include "workspace-private.h"

/* A checkout or an editor touches many files in one go: wait until it is quiet. */
#define QUIET_MS 250

typedef struct {
  ProjectOptions options;
  GPtrArray *environments; /* or NULL */
  int environment;
} LoadJob;

static void load_job_free(void *data)
{
  LoadJob *job = data;
  g_clear_pointer(&job->environments, g_ptr_array_unref);
  g_free(job);
}

static void load(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  (void)cancellable;
  const LoadJob *job = task_data;
  GError *error = NULL;
  g_autoptr(Project) project =
      job->environment >= 0
          ? project_open_candidate(g_ptr_array_index(job->environments, job->environment), &error)
          : project_open(&job->options, &error);
  g_autoptr(Settings) settings = project ? settings_load(NULL, NULL) : NULL;
  if (settings)
    project_apply_settings(project, settings);
  RevisionMap *map = project ? revision_map_load(project, &error) : NULL;
  if (!map)
    g_task_return_error(task, error);
  else
    g_task_return_pointer(task, snapshot_new(g_steal_pointer(&project), map), (GDestroyNotify)snapshot_unref);
}

static void loaded(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  g_autoptr(GError) error = NULL;
  Snapshot *snapshot = g_task_propagate_pointer(G_TASK(result), &error);
  if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  Workspace *ws = data;
  ws->loading = FALSE;
  if (!snapshot) {
    g_free(ws->load_error);
    ws->load_error = text_escape(error->message, -1, FALSE);
    workspace_announce(ws, CHANGED_PROJECT);
    if (!ws->options.project.config_files)
      workspace_find_environments(ws);
    return;
  }
  gboolean first = ws->snapshot == NULL || ws->fresh;
  ws->fresh = FALSE;
  workspace_take_snapshot(ws, snapshot);
  workspace_watch_files(ws);
  workspace_survey(ws);
  workspace_ask_git(ws);
  if (first)
    workspace_connect(ws);
}

void workspace_reload(Workspace *ws)
{
  if (ws->loading)
    return;
  ws->loading = TRUE;
  g_autoptr(GTask) task = g_task_new(NULL, ws->cancellable, loaded, ws);
  LoadJob *job = g_new0(LoadJob, 1);
  *job = (LoadJob){ws->options.project, ws->environments ? g_ptr_array_ref(ws->environments) : NULL,
                   ws->environment};
  g_task_set_task_data(task, job, load_job_free);
  g_task_run_in_thread(task, load);
  workspace_announce(ws, 0);
}

static void search(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  (void)cancellable;
  g_task_return_pointer(task, project_find_all(task_data), (GDestroyNotify)g_ptr_array_unref);
}

static void searched(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  g_autoptr(GError) error = NULL;
  GPtrArray *found = g_task_propagate_pointer(G_TASK(result), &error);
  if (!found)
    return;
  Workspace *ws = data;
  ws->searching = FALSE;
  /* A chosen one stays chosen: the list is only replaced while there is none. */
  if (ws->environment >= 0) {
    g_ptr_array_unref(found);
    return;
  }
  g_clear_pointer(&ws->environments, g_ptr_array_unref);
  ws->environments = found;
  workspace_announce(ws, CHANGED_FOUND);
}

void workspace_find_environments(Workspace *ws)
{
  if (ws->searching)
    return;
  ws->searching = TRUE;
  g_autoptr(GTask) task = g_task_new(NULL, ws->cancellable, searched, ws);
  g_task_set_task_data(task, g_strdup(ws->options.project.start ? ws->options.project.start : "."), g_free);
  g_task_run_in_thread(task, search);
}

void workspace_choose(Workspace *ws, guint environment)
{
  g_return_if_fail(ws->environments && environment < ws->environments->len);
  ws->environment = (int)environment;
  g_clear_pointer(&ws->rows, version_rows_free);
  g_hash_table_remove_all(ws->git_notes);
  g_ptr_array_set_size(ws->foreign, 0);
  ws->fresh = TRUE;
  workspace_reload(ws);
}

static gboolean quiet(void *data)
{
  Workspace *ws = data;
  ws->sources->reload_timer = 0;
  if (ws->loading)
    ws->sources->reload_timer = g_timeout_add(QUIET_MS, quiet, ws);
  else
    workspace_reload(ws);
  return G_SOURCE_REMOVE;
}

static void file_changed(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                         void *data)
{
  (void)monitor;
  (void)other;
  Workspace *ws = data;
  if (event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED || event == G_FILE_MONITOR_EVENT_PRE_UNMOUNT)
    return;
  /* Caches that other programs write beside the migrations are no news. */
  g_autofree char *name = g_file_get_basename(file);
  if (g_str_has_prefix(name, "__pycache__") || g_str_has_suffix(name, ".lock") ||
      g_str_has_suffix(name, "~") || g_str_has_suffix(name, ".swp"))
    return;
  if (ws->sources->reload_timer)
    g_source_remove(ws->sources->reload_timer);
  ws->sources->reload_timer = g_timeout_add(QUIET_MS, quiet, ws);
}

static void watch(Workspace *ws, const char *path, gboolean folder)
{
  if (!path)
    return;
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GFileMonitor *monitor = folder ? g_file_monitor_directory(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL)
                                 : g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, NULL);
  /* A file system without notification: F5 is left. */
  if (!monitor)
    return;
  g_signal_connect(monitor, "changed", G_CALLBACK(file_changed), ws);
  g_ptr_array_add(ws->sources->monitors, monitor);
}

void workspace_watch_files(Workspace *ws)
{
  workspace_unwatch_files(ws);
  const Project *project = ws->snapshot->project;
  watch(ws, project->config_path, FALSE);
  watch(ws, project->toml_path, FALSE);
  watch(ws, project->env.path, FALSE);
  for (guint i = 0; i < project->version_locations->len; i++)
    watch(ws, g_ptr_array_index(project->version_locations, i), TRUE);
  if (ws->git && ws->git->workdir) {
    /* Written by every commit, checkout and reset. */
    g_autofree char *log = g_build_filename(ws->git->workdir, ".git", "logs", "HEAD", NULL);
    watch(ws, log, FALSE);
  }
}

void workspace_unwatch_files(Workspace *ws)
{
  GPtrArray *monitors = ws->sources->monitors;
  for (guint i = 0; i < monitors->len; i++) {
    g_signal_handlers_disconnect_by_data(g_ptr_array_index(monitors, i), ws);
    g_file_monitor_cancel(g_ptr_array_index(monitors, i));
  }
  g_ptr_array_set_size(monitors, 0);
}
