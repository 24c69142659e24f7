#include "retort/pg/lockmode.h"

#include <string.h>

#define CONFLICT(mode) (1u << (mode))

static const struct {
  const char *name;
  const char *pg;
  guint conflicts; /* of CONFLICT() */
} modes[] = {
    [LOCK_MODE_NONE] = {"", "", 0},
    [LOCK_MODE_ACCESS_SHARE] = {"ACCESS SHARE", "AccessShareLock", CONFLICT(LOCK_MODE_ACCESS_EXCLUSIVE)},
    [LOCK_MODE_ROW_SHARE] = {"ROW SHARE", "RowShareLock",
                             CONFLICT(LOCK_MODE_EXCLUSIVE) | CONFLICT(LOCK_MODE_ACCESS_EXCLUSIVE)},
    [LOCK_MODE_ROW_EXCLUSIVE] = {"ROW EXCLUSIVE", "RowExclusiveLock",
                                 CONFLICT(LOCK_MODE_SHARE) | CONFLICT(LOCK_MODE_SHARE_ROW_EXCLUSIVE) |
                                     CONFLICT(LOCK_MODE_EXCLUSIVE) | CONFLICT(LOCK_MODE_ACCESS_EXCLUSIVE)},
    [LOCK_MODE_SHARE_UPDATE_EXCLUSIVE] = {"SHARE UPDATE EXCLUSIVE", "ShareUpdateExclusiveLock",
                                          CONFLICT(LOCK_MODE_SHARE_UPDATE_EXCLUSIVE) |
                                              CONFLICT(LOCK_MODE_SHARE) |
                                              CONFLICT(LOCK_MODE_SHARE_ROW_EXCLUSIVE) |
                                              CONFLICT(LOCK_MODE_EXCLUSIVE) |
                                              CONFLICT(LOCK_MODE_ACCESS_EXCLUSIVE)},
    [LOCK_MODE_SHARE] = {"SHARE", "ShareLock",
                         CONFLICT(LOCK_MODE_ROW_EXCLUSIVE) | CONFLICT(LOCK_MODE_SHARE_UPDATE_EXCLUSIVE) |
                             CONFLICT(LOCK_MODE_SHARE_ROW_EXCLUSIVE) | CONFLICT(LOCK_MODE_EXCLUSIVE) |
                             CONFLICT(LOCK_MODE_ACCESS_EXCLUSIVE)},
    [LOCK_MODE_SHARE_ROW_EXCLUSIVE] = {"SHARE ROW EXCLUSIVE", "ShareRowExclusiveLock",
                                       CONFLICT(LOCK_MODE_ROW_EXCLUSIVE) |
                                           CONFLICT(LOCK_MODE_SHARE_UPDATE_EXCLUSIVE) |
                                           CONFLICT(LOCK_MODE_SHARE) |
                                           CONFLICT(LOCK_MODE_SHARE_ROW_EXCLUSIVE) |
                                           CONFLICT(LOCK_MODE_EXCLUSIVE) |
                                           CONFLICT(LOCK_MODE_ACCESS_EXCLUSIVE)},
    [LOCK_MODE_EXCLUSIVE] = {"EXCLUSIVE", "ExclusiveLock", 0x1fe & ~CONFLICT(LOCK_MODE_ACCESS_SHARE)},
    [LOCK_MODE_ACCESS_EXCLUSIVE] = {"ACCESS EXCLUSIVE", "AccessExclusiveLock", 0x1fe},
};

const char *lock_mode_name(LockMode mode)
{
  return mode < G_N_ELEMENTS(modes) ? modes[mode].name : "";
}

LockMode lock_mode_from_pg(const char *name)
{
  for (guint i = 1; name != NULL && i < G_N_ELEMENTS(modes); i++)
    if (strcmp(modes[i].pg, name) == 0)
      return (LockMode)i;
  return LOCK_MODE_NONE;
}

gboolean lock_mode_conflicts(LockMode a, LockMode b)
{
  return a < G_N_ELEMENTS(modes) && (modes[a].conflicts & CONFLICT(b)) != 0;
}

gboolean lock_mode_blocks_writes(LockMode mode)
{
  return lock_mode_conflicts(mode, LOCK_MODE_ROW_EXCLUSIVE);
}

gboolean lock_mode_blocks_reads(LockMode mode)
{
  return lock_mode_conflicts(mode, LOCK_MODE_ACCESS_SHARE);
}
