/* Heads to come: branches compared with the trunk, beside the screen and after everything else that git is asked. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "workspace-private.h"

/* The heap of a repository with tens of thousands of branches is the thread's own: what is announced is small. */
static void find_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  Snapshot *snapshot = task_data;
  GError *error = NULL;
  CollisionOptions options = {.working = snapshot->map};
  g_autoptr(GitRefs) refs = git_refs_open(snapshot->project, &error);
  Collisions *found = refs ? git_collisions(refs, &options, cancellable, &error) : NULL;
  if (found)
    g_task_return_pointer(task, found, (GDestroyNotify)collisions_unref);
  else
    g_task_return_error(task, error);
}

static void found(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  g_autoptr(GError) error = NULL;
  Collisions *collisions = g_task_propagate_pointer(G_TASK(result), &error);
  if (g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result)))) {
    collisions_unref(collisions);
    return;
  }
  Workspace *ws = data;
  /* of revisions that were read anew meanwhile: the next walk asks again */
  if (g_task_get_task_data(G_TASK(result)) != ws->snapshot) {
    collisions_unref(collisions);
    return;
  }
  collisions_unref(ws->collisions);
  ws->collisions = collisions;
  g_free(ws->collisions_error);
  ws->collisions_error = error ? text_escape(error->message, -1, FALSE) : NULL;
  workspace_announce(ws, CHANGED_CONFLICTS);
}

void workspace_find_conflicts(Workspace *ws)
{
  g_autoptr(GTask) task = g_task_new(NULL, ws->cancellable, found, ws);
  g_task_set_check_cancellable(task, FALSE);
  g_task_set_task_data(task, snapshot_ref(ws->snapshot), (GDestroyNotify)snapshot_unref);
  g_task_run_in_thread(task, find_thread);
}

guint workspace_conflicts(const Workspace *ws)
{
  return ws->collisions ? ws->collisions->collisions->len : 0;
}

gboolean workspace_adds_head(const Workspace *ws, const char *id)
{
  for (guint i = 0; i < workspace_conflicts(ws); i++) {
    const Collision *collision = g_ptr_array_index(ws->collisions->collisions, i);
    for (guint k = 0; k < collision->sides->len; k++) {
      const CollisionSide *side = g_ptr_array_index(collision->sides, k);
      if (!side->in_trunk && strcmp(side->revision, id) == 0)
        return TRUE;
    }
  }
  return FALSE;
}
