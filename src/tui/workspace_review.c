/* A revision's review for the screen: by the project's policy, with both directions, what git and the journal know. */
#include "retort/base/settings.h"
#include "workspace-private.h"

struct SnapshotReview {
  GMutex lock;
  gboolean begun;
  ReviewPolicy *policy;
  RenderSession *back;  /* renders the other direction */
  FileHistory *history; /* NULL until asked for */
};

SnapshotReview *snapshot_review_new(void)
{
  SnapshotReview *shared = g_new0(SnapshotReview, 1);
  g_mutex_init(&shared->lock);
  return shared;
}

void snapshot_review_free(SnapshotReview *shared)
{
  if (!shared)
    return;
  review_policy_free(shared->policy);
  render_session_free(shared->back);
  file_history_free(shared->history);
  g_mutex_clear(&shared->lock);
  g_free(shared);
}

/* What is wrong in the configuration is told by `retort review`. */
static void begin(SnapshotReview *shared, const Project *project, const RenderOptions *options)
{
  g_autoptr(DiagList) diags = diag_list_new();
  g_autoptr(Settings) settings = settings_load(NULL, NULL);
  shared->policy = inspect_policy(project, settings, diags);
  shared->back = render_session_new(project, options);
  shared->begun = TRUE;
}

Review *workspace_review(const Snapshot *snapshot, const RenderOptions *options, ForecastSession *session,
                         const Revision *revision, Direction direction, const Script *script,
                         gboolean history)
{
  SnapshotReview *shared = snapshot->review;
  /* a live database's answers belong to the one who renders the script */
  RenderOptions back = *options;
  back.answers = NULL;
  g_mutex_lock(&shared->lock);
  if (!shared->begun)
    begin(shared, snapshot->project, &back);
  if (history && !shared->history)
    shared->history = file_history_new(snapshot->project, NULL, NULL);
  InspectOptions inspect = {.project = snapshot->project,
                            .map = snapshot->map,
                            .back_renderer = shared->back,
                            .session = session,
                            .policy = shared->policy,
                            .history = history ? shared->history : NULL,
                            .downwards = direction == DIRECTION_DOWNGRADE};
  Review *review = inspect_script(&inspect, revision, script);
  g_mutex_unlock(&shared->lock);
  return review;
}
