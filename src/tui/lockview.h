/* Rows of the lock forest, for the locks screen and beneath a rollout. */
#pragma once

#include "canvas.h"
#include "retort/pg/locks.h"

/* pid, who, state, how long, lock and relation, query; as much as there is room for. */
void lockview_paint_row(const LockSnapshot *snapshot, guint row, Canvas *canvas, Rect rect);
/* The rows that somebody waits in or is waited for in, from the top; the rest are bystanders. */
guint lockview_busy_rows(const LockSnapshot *snapshot);
/* "orders ACCESS EXCLUSIVE", or what a lock that is on no table stands for: "its snapshot", "a row"; the caller's. */
char *lockview_lock(const LockNode *node);
/* "4711 app (idle in transaction for 4 m 12 s)"; the caller's. */
char *lockview_describe(const LockNode *node);
/* A session without its edges, to be kept or signalled when nobody waits for it any more; the caller's
 * (lock_node_free). */
LockNode *lockview_copy(const LockNode *node);
