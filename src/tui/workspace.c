#include "workspace.h"

#include <string.h>

#include "workspace-private.h"
#include "retort/base/text.h"

Snapshot *snapshot_new(Project *project, RevisionMap *map)
{
  Snapshot *snapshot = g_atomic_rc_box_new0(Snapshot);
  snapshot->project = project;
  snapshot->map = map;
  g_mutex_init(&snapshot->render_lock);
  snapshot->review = snapshot_review_new();
  return snapshot;
}

Snapshot *snapshot_ref(Snapshot *snapshot)
{
  return g_atomic_rc_box_acquire(snapshot);
}

static void snapshot_clear(void *data)
{
  Snapshot *snapshot = data;
  render_session_free(snapshot->render);
  snapshot_review_free(snapshot->review);
  revision_map_free(snapshot->map);
  project_free(snapshot->project);
  g_mutex_clear(&snapshot->render_lock);
}

void snapshot_unref(Snapshot *snapshot)
{
  if (snapshot)
    g_atomic_rc_box_release_full(snapshot, snapshot_clear);
}

static void git_note_free(void *data)
{
  GitNote *note = data;
  g_free(note->commit);
  g_free(note->author);
  g_free(note->summary);
  g_free(note);
}

static void foreign_note_free(void *data)
{
  ForeignNote *note = data;
  revision_free(note->revision);
  g_free(note->ref);
  g_free(note->commit);
  g_free(note->author);
  g_free(note);
}

Workspace *workspace_new(const TuiOptions *options)
{
  Workspace *ws = g_new0(Workspace, 1);
  ws->options = *options;
  ws->render_options = (RenderOptions){
      .online = TRUE, .flavor = options->flavor, .x_arguments = options->x_arguments, .tag = options->tag};
  ws->cancellable = g_cancellable_new();
  ws->environment = -1;
  ws->git_memory = git_memory_new();
  ws->git_notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, git_note_free);
  ws->foreign = g_ptr_array_new_with_free_func(foreign_note_free);
  ws->unknown = g_ptr_array_new_with_free_func(g_free);
  ws->sightings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  ws->sources = g_new0(WorkspaceSources, 1);
  ws->sources->monitors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
  return ws;
}

static void free_tables(Workspace *ws)
{
  for (guint i = 0; i < ws->n_tables; i++)
    g_free(ws->tables[i]);
  g_clear_pointer(&ws->tables, g_free);
  ws->n_tables = 0;
}

static void clear_source(guint *id)
{
  if (*id)
    g_source_remove(*id);
  *id = 0;
}

void workspace_free(Workspace *ws)
{
  if (!ws)
    return;
  ws->listener = NULL;
  g_cancellable_cancel(ws->cancellable);
  workspace_unwatch_files(ws);
  g_clear_pointer(&ws->monitor, lock_monitor_free);
  clear_source(&ws->sources->locks_timer);
  clear_source(&ws->sources->position_timer);
  clear_source(&ws->sources->reload_timer);
  g_hash_table_unref(ws->sources->monitors);
  g_free(ws->sources);
  g_queue_clear_full(&ws->waiting, g_free);
  pg_conn_free(ws->conn);
  pg_params_free(ws->params);
  recovery_free(ws->recovery);
  workspace_set_resume(ws, NULL, DIRECTION_UPGRADE, 0, NULL);
  version_rows_free(ws->rows);
  review_catalog_unref(ws->catalog);
  git_status_free(ws->git);
  collisions_unref(ws->collisions);
  g_free(ws->collisions_error);
  git_memory_unref(ws->git_memory);
  snapshot_unref(ws->snapshot);
  g_hash_table_unref(ws->git_notes);
  g_hash_table_unref(ws->sightings);
  g_ptr_array_unref(ws->foreign);
  g_ptr_array_unref(ws->unknown);
  g_clear_pointer(&ws->environments, g_ptr_array_unref);
  g_free(ws->render_states);
  g_free(ws->worst);
  free_tables(ws);
  g_free(ws->filter);
  g_free(ws->applied);
  g_free(ws->load_error);
  g_free(ws->database_error);
  g_free(ws->database_hint);
  g_free(ws->database_name);
  g_free(ws->server);
  g_free(ws->locks_error);
  g_object_unref(ws->cancellable);
  g_free(ws);
}

void workspace_listen(Workspace *ws, void (*listener)(guint what, void *data), void *data)
{
  ws->listener = listener;
  ws->listener_data = data;
}

void workspace_announce(Workspace *ws, guint what)
{
  if (ws->listener)
    ws->listener(what, ws->listener_data);
}

void workspace_start(Workspace *ws)
{
  workspace_reload(ws);
  workspace_start_timers(ws);
}

/* What the version rows mean for this map. */
static void apply_rows(Workspace *ws)
{
  g_clear_pointer(&ws->applied, g_free);
  g_ptr_array_set_size(ws->unknown, 0);
  if (!ws->rows || !ws->snapshot)
    return;
  g_autoptr(GPtrArray) unknown = g_ptr_array_new();
  ws->applied = plan_applied(ws->snapshot->map, (const char *const *)ws->rows->rows, unknown);
  for (guint i = 0; i < unknown->len; i++)
    g_ptr_array_add(ws->unknown, text_escape(g_ptr_array_index(unknown, i), -1, FALSE));
}

void workspace_take_snapshot(Workspace *ws, Snapshot *snapshot)
{
  Snapshot *old = ws->snapshot;
  ws->snapshot = snapshot;
  ws->generation++;
  ws->loading = FALSE;
  g_clear_pointer(&ws->load_error, g_free);
  g_free(ws->render_states);
  guint n = snapshot->map->revisions->len;
  ws->render_states = g_malloc(MAX(n, 1));
  memset(ws->render_states, RENDER_UNKNOWN, MAX(n, 1));
  g_free(ws->worst);
  ws->worst = g_malloc(MAX(n, 1));
  memset(ws->worst, -1, MAX(n, 1));
  free_tables(ws);
  ws->tables = g_new0(char *, MAX(n, 1));
  ws->n_tables = n;
  apply_rows(ws);
  workspace_announce(ws, CHANGED_PROJECT | CHANGED_DATABASE);
  /* Until here screens could still look into the old map. */
  snapshot_unref(old);
}

void workspace_take_rows(Workspace *ws, VersionRows *rows)
{
  version_rows_free(ws->rows);
  ws->rows = rows;
  apply_rows(ws);
  workspace_announce(ws, CHANGED_DATABASE);
}

static void resume_free(Resume *resume)
{
  if (!resume)
    return;
  g_free(resume->revision);
  g_strfreev(resume->prepare);
  g_free(resume);
}

void workspace_set_resume(Workspace *ws, const char *revision, Direction direction, guint skip,
                          char **prepare)
{
  g_clear_pointer(&ws->resume, resume_free);
  if (!revision)
    return;
  ws->resume = g_new0(Resume, 1);
  *ws->resume = (Resume){g_strdup(revision), direction, skip, g_strdupv(prepare)};
}

static gboolean resumes(const Workspace *ws, const PlanStep *step)
{
  return ws->resume && step->revision && strcmp(ws->resume->revision, step->revision->id) == 0 &&
         ws->resume->direction == step->direction;
}

const char *const *workspace_prepare(const Workspace *ws, const PlanStep *step)
{
  return resumes(ws, step) && ws->resume->prepare && ws->resume->prepare[0]
             ? (const char *const *)ws->resume->prepare
             : NULL;
}

guint workspace_done_already(const Workspace *ws, const PlanStep *step)
{
  if (resumes(ws, step))
    return ws->resume->skip;
  const Recovery *recovery = ws->recovery;
  if (!recovery || recovery->state != RECOVERY_PARTIAL || !step->revision || !recovery->revision)
    return 0;
  gboolean same =
      strcmp(step->revision->id, recovery->revision) == 0 && step->direction == recovery->direction;
  return same ? recovery->resume_at : 0;
}

guint workspace_heads(const Workspace *ws)
{
  return ws->snapshot ? ws->snapshot->map->heads->len : 0;
}

guint workspace_pending(const Workspace *ws)
{
  if (!ws->applied || !ws->snapshot)
    return 0;
  guint pending = 0;
  for (guint i = 0; i < ws->snapshot->map->revisions->len; i++)
    if (!ws->applied[i])
      pending++;
  return pending;
}

int workspace_worst(const Workspace *ws, const Revision *revision)
{
  if (!ws->worst || (ws->applied && ws->applied[revision->index]))
    return -1;
  return ws->worst[revision->index];
}

guint workspace_dangers(const Workspace *ws)
{
  guint dangers = 0;
  for (guint i = 0; ws->applied && i < ws->snapshot->map->revisions->len; i++)
    if (!ws->applied[i] && ws->worst[i] >= (gint8)SEVERITY_DANGER)
      dangers++;
  return dangers;
}

const GitNote *workspace_git_note(const Workspace *ws, const char *path)
{
  return path ? g_hash_table_lookup(ws->git_notes, path) : NULL;
}

const char *workspace_target_name(const Workspace *ws)
{
  if (ws->options.target)
    return ws->options.target;
  const char *name = ws->database_name;
  const char *slash = name ? strrchr(name, '/') : NULL;
  return slash && slash[1] ? slash + 1 : name ? name : "";
}
