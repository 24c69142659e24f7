/* Timers and monitors of a workspace, shared by its files. */
#pragma once

#include "workspace.h"

typedef struct WorkspaceSources {
  GHashTable *monitors; /* path -> GFileMonitor */
  gboolean load_again;  /* somebody asked for a load while one was under way, which may have read before */
  guint reload_timer;
  guint locks_timer;
  guint position_timer;
} WorkspaceSources;

/* workspace_review.c */
typedef struct SnapshotReview SnapshotReview;
SnapshotReview *snapshot_review_new(void);
void snapshot_review_free(SnapshotReview *shared);
/* What the checks say of a rendered script; from any thread.  history: ask git and the journal, too, which may take
 * a moment the first time. */
Review *workspace_review(const Snapshot *snapshot, const RenderOptions *options, ForecastSession *session,
                         const Revision *revision, Direction direction, const Script *script,
                         gboolean history);
