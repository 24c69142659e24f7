/* What operators type for revisions: ids, partial ids, head(s), base, labels, label@x, +2, -1, a:b (alembic.md 4).
 * Errors carry Alembic's message: RETORT_ERROR_COMMAND for "FAILED: ...", RETORT_ERROR_TRACEBACK where Alembic dies. */
#pragma once

#include <glib.h>

#include "retort/history/revmap.h"

/* All revisions a symbol stands for (empty for base), in Alembic's order; of borrowed Revision*, the caller's.
 * rows: current version rows for `current` and relative symbols, or NULL. */
GPtrArray *target_resolve(const RevisionMap *map, const char *symbol, const char *const *rows, GError **error);
/* Exactly one revision, or NULL for base; an error when the symbol stands for several. */
gboolean target_resolve_one(const RevisionMap *map, const char *symbol, const char *const *rows,
                            Revision **revision, GError **error);
/* `history -r a:b`: revisions newest first, both ends included. */
GPtrArray *target_history_range(const RevisionMap *map, const char *range, const char *const *rows, GError **error);
