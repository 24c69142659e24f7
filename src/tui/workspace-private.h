/* Timers and monitors of a workspace, shared by its files. */
#pragma once

#include "workspace.h"

typedef struct WorkspaceSources {
  GPtrArray *monitors; /* GFileMonitor* */
  guint reload_timer;
  guint locks_timer;
  guint position_timer;
} WorkspaceSources;
