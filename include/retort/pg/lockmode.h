/* The eight table lock modes, weakest first, and which of them get in each other's way. */
#pragma once

#include <glib.h>

typedef enum {
  LOCK_MODE_NONE,
  LOCK_MODE_ACCESS_SHARE,
  LOCK_MODE_ROW_SHARE,
  LOCK_MODE_ROW_EXCLUSIVE,
  LOCK_MODE_SHARE_UPDATE_EXCLUSIVE,
  LOCK_MODE_SHARE,
  LOCK_MODE_SHARE_ROW_EXCLUSIVE,
  LOCK_MODE_EXCLUSIVE,
  LOCK_MODE_ACCESS_EXCLUSIVE,
} LockMode;

/* "ACCESS EXCLUSIVE", as LOCK TABLE spells it; "" for none. */
const char *lock_mode_name(LockMode mode);
/* "AccessExclusiveLock", as pg_locks spells it; LOCK_MODE_NONE for anything else. */
LockMode lock_mode_from_pg(const char *name);
gboolean lock_mode_conflicts(LockMode a, LockMode b);
/* What waits while this lock is held: an INSERT, UPDATE or DELETE; a SELECT. */
gboolean lock_mode_blocks_writes(LockMode mode);
gboolean lock_mode_blocks_reads(LockMode mode);
