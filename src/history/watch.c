/* File monitors for what a project is made of. */
#include "retort/history/watch.h"

#include <gio/gio.h>
#include <string.h>

#include "git-private.h"
#include "retort/base/file.h"

/* Subfolders of version locations that are watched one by one. */
#define MAX_FOLDERS 500

struct ProjectWatch {
  ProjectWatchFunc changed;
  void *data;
  gboolean recursive;
  gboolean complete;
  GHashTable *folders; /* char* version folders, and those in them -> GFileMonitor* */
  GPtrArray *files;    /* GFileMonitor* of single files */
  WatchChange pending;
  gint64 since; /* when the burst began */
  GSource *timer;
};

static void stop_timer(ProjectWatch *watch)
{
  if (!watch->timer)
    return;
  g_source_destroy(watch->timer);
  g_clear_pointer(&watch->timer, g_source_unref);
}

static gboolean on_quiet(void *data)
{
  ProjectWatch *watch = data;
  WatchChange changes = watch->pending;

  watch->pending = 0;
  stop_timer(watch);
  /* last, since the callback may free the watch */
  watch->changed(changes, watch->data);
  return G_SOURCE_REMOVE;
}

static void note(ProjectWatch *watch, WatchChange change)
{
  gint64 now = g_get_monotonic_time();

  if (!watch->pending)
    watch->since = now;
  watch->pending |= change;
  gint64 left = WATCH_LATEST_MS - (now - watch->since) / 1000;
  guint delay = (guint)CLAMP(left, 0, WATCH_QUIET_MS);
  stop_timer(watch);
  watch->timer = g_timeout_source_new(delay);
  g_source_set_callback(watch->timer, on_quiet, watch, NULL);
  g_source_attach(watch->timer, g_main_context_get_thread_default());
}

static void watch_folder(ProjectWatch *watch, const char *path);

static void on_folder(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, void *data)
{
  ProjectWatch *watch = data;
  GFile *files[] = {file, other};

  (void)monitor;
  if (event == G_FILE_MONITOR_EVENT_CHANGED || event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
    return; /* CHANGES_DONE_HINT follows when a writer is through */
  for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = files[i] ? g_file_get_path(files[i]) : NULL;
    if (!path || strstr(path, "__pycache__"))
      continue;
    if (g_str_has_suffix(path, ".py") || g_hash_table_contains(watch->folders, path))
      note(watch, WATCH_REVISIONS);
    if (watch->recursive && g_file_test(path, G_FILE_TEST_IS_DIR)) {
      watch_folder(watch, path);
      note(watch, WATCH_REVISIONS);
    }
  }
}

static void on_file(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, void *data)
{
  (void)file;
  (void)other;
  if (event != G_FILE_MONITOR_EVENT_CHANGED && event != G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
    note(data, (WatchChange)GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(monitor), "change")));
}

static void watch_folder(ProjectWatch *watch, const char *path)
{
  g_autoptr(GFile) file = g_file_new_for_path(path);

  if (g_hash_table_contains(watch->folders, path))
    return;
  GFileMonitor *monitor = g_hash_table_size(watch->folders) < MAX_FOLDERS
                              ? g_file_monitor_directory(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL)
                              : NULL;
  if (!monitor) {
    watch->complete = FALSE;
    return;
  }
  g_signal_connect(monitor, "changed", G_CALLBACK(on_folder), watch);
  g_hash_table_insert(watch->folders, g_strdup(path), monitor);
  g_auto(GStrv) names = watch->recursive ? file_list(path, NULL) : NULL;
  for (char **name = names; name && *name; name++) {
    g_autofree char *below = g_build_filename(path, *name, NULL);
    if (strcmp(*name, "__pycache__") != 0 && !g_file_test(below, G_FILE_TEST_IS_SYMLINK) &&
        g_file_test(below, G_FILE_TEST_IS_DIR))
      watch_folder(watch, below);
  }
}

static void watch_file(ProjectWatch *watch, const char *path, WatchChange change)
{
  g_autoptr(GFile) file = path ? g_file_new_for_path(path) : NULL;

  if (!file)
    return;
  GFileMonitor *monitor = g_file_monitor_file(file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (!monitor) {
    watch->complete = FALSE;
    return;
  }
  g_object_set_data(G_OBJECT(monitor), "change", GUINT_TO_POINTER(change));
  g_signal_connect(monitor, "changed", G_CALLBACK(on_file), watch);
  g_ptr_array_add(watch->files, monitor);
}

/* HEAD names the branch; its log changes with every commit, FETCH_HEAD with every fetch. */
static void watch_git(ProjectWatch *watch, const char *folder)
{
  static const char *const names[] = {"HEAD", "logs/HEAD", "FETCH_HEAD"};
  git_repository *git = repo_open(folder, NULL);

  for (guint i = 0; git && i < G_N_ELEMENTS(names); i++) {
    g_autofree char *path = g_build_filename(git_repository_path(git), names[i], NULL);
    watch_file(watch, path, WATCH_GIT);
  }
  git_repository_free(git);
}

static void monitor_free(void *monitor)
{
  g_file_monitor_cancel(monitor);
  g_object_unref(monitor);
}

ProjectWatch *project_watch_new(const Project *project, ProjectWatchFunc changed, void *data)
{
  ProjectWatch *watch = g_new0(ProjectWatch, 1);

  watch->changed = changed;
  watch->data = data;
  watch->recursive = project->recursive;
  watch->complete = TRUE;
  watch->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, monitor_free);
  watch->files = g_ptr_array_new_with_free_func(monitor_free);
  for (guint i = 0; i < project->version_locations->len; i++)
    watch_folder(watch, project->version_locations->pdata[i]);
  /* a versions folder that is yet to come */
  if (project->version_locations->len == 0 && project->script_location) {
    g_autofree char *versions = g_build_filename(project->script_location, "versions", NULL);
    watch_file(watch, versions, WATCH_CONFIG);
  }
  watch_file(watch, project->config_path, WATCH_CONFIG);
  if (g_strcmp0(project->config_path, project->toml_path) != 0)
    watch_file(watch, project->toml_path, WATCH_CONFIG);
  watch_file(watch, project->env.path, WATCH_CONFIG);
  const char *folder =
      project->version_locations->len > 0 ? project->version_locations->pdata[0] : project->script_location;
  if (folder)
    watch_git(watch, folder);
  return watch;
}

void project_watch_free(ProjectWatch *watch)
{
  if (!watch)
    return;
  stop_timer(watch);
  g_hash_table_destroy(watch->folders);
  g_ptr_array_free(watch->files, TRUE);
  g_free(watch);
}

gboolean project_watch_complete(const ProjectWatch *watch)
{
  return watch->complete;
}
