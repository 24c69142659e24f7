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

static void take(Workspace *ws, Snapshot *snapshot)
{
  gboolean first = ws->snapshot == NULL || ws->fresh;
  ws->fresh = FALSE;
  workspace_take_snapshot(ws, snapshot);
  workspace_watch_files(ws);
  workspace_survey(ws);
  workspace_ask_git(ws);
  if (first)
    workspace_connect(ws);
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
  } else {
    take(ws, snapshot);
  }
  if (ws->sources->load_again)
    workspace_reload(ws);
}

void workspace_reload(Workspace *ws)
{
  ws->sources->load_again = ws->loading;
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
  g_autoptr(GFile) file = g_file_new_for_path(path);
  GFileMonitor *monitor = folder ? g_file_monitor_directory(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL)
                                 : g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, NULL);
  /* A file system without notification: F5 is left. */
  if (!monitor)
    return;
  g_signal_connect(monitor, "changed", G_CALLBACK(file_changed), ws);
  g_hash_table_insert(ws->sources->monitors, g_strdup(path), monitor);
}

/* Files first, then, from *n_files on, folders. */
static char **paths_to_watch(const Workspace *ws, guint *n_files)
{
  g_autoptr(GPtrArray) paths = g_ptr_array_new();
  const Project *project = ws->snapshot->project;
  const char *const files[] = {project->config_path, project->toml_path, project->env.path};
  for (guint i = 0; i < G_N_ELEMENTS(files); i++)
    if (files[i])
      g_ptr_array_add(paths, g_strdup(files[i]));
  /* Written by every commit, checkout and reset. */
  if (ws->git && ws->git->workdir)
    g_ptr_array_add(paths, g_build_filename(ws->git->workdir, ".git", "logs", "HEAD", NULL));
  *n_files = paths->len;
  for (guint i = 0; i < project->version_locations->len; i++)
    g_ptr_array_add(paths, g_strdup(g_ptr_array_index(project->version_locations, i)));
  g_ptr_array_add(paths, NULL);
  return (char **)g_ptr_array_steal(paths, NULL);
}

/* Those of all paths but these, which may be NULL. */
static void unwatch_others(Workspace *ws, const char *const *paths)
{
  GHashTableIter iter;
  gpointer path, monitor;
  g_hash_table_iter_init(&iter, ws->sources->monitors);
  while (g_hash_table_iter_next(&iter, &path, &monitor)) {
    if (paths && g_strv_contains(paths, path))
      continue;
    g_signal_handlers_disconnect_by_data(monitor, ws);
    g_file_monitor_cancel(monitor);
    g_hash_table_iter_remove(&iter);
  }
}

/* What is watched already stays so: a monitor made anew would know nothing of what has changed since the files were
 * read. */
void workspace_watch_files(Workspace *ws)
{
  guint n_files;
  g_auto(GStrv) paths = paths_to_watch(ws, &n_files);
  unwatch_others(ws, (const char *const *)paths);
  for (guint i = 0; paths[i]; i++)
    if (!g_hash_table_contains(ws->sources->monitors, paths[i]))
      watch(ws, paths[i], i >= n_files);
}

void workspace_unwatch_files(Workspace *ws)
{
  unwatch_others(ws, NULL);
}
