/* What the journal recorded of upgrades that were carried through: the very statements. */
#pragma once

#include <glib.h>

typedef struct {
  char *database;
  char *time;
  GPtrArray *statements; /* char*, with those that keep the version rows */
} AppliedRecord;

/* Revision id -> AppliedRecord*, the newest of each, of rollouts in that folder; never NULL.  Sequences that an
 * interrupted rollout continued are left out. */
GHashTable *applied_records(const char *project_folder);
