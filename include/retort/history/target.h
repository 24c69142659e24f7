/* What operators type for revisions: ids, partial ids, head(s), base, labels, label@x, +2, -1, a:b (alembic.md 4).
 * Errors carry Alembic's message: RETORT_ERROR_COMMAND for "FAILED: ...", RETORT_ERROR_TRACEBACK where Alembic dies. */
#pragma once

#include <glib.h>

#include "retort/history/revmap.h"

/* All revisions a symbol stands for (empty for base), in Alembic's order; of borrowed Revision*, the caller's.
 * As for `show`: -N walks down from each head.  rows: what `current` stands for, or NULL when it is no word here. */
GPtrArray *target_resolve(const RevisionMap *map, const char *symbol, const char *const *rows,
                          GError **error);
/* Exactly one revision, or NULL for base; an error when the symbol stands for several. */
gboolean target_resolve_one(const RevisionMap *map, const char *symbol, const char *const *rows,
                            Revision **revision, GError **error);
/* `history -r a:b`: revisions newest first, both ends included; range NULL: all.  rows for the word `current`. */
GPtrArray *target_history_range(const RevisionMap *map, const char *range, const char *const *rows,
                                GError **error);
/* The same with the ends apart; NULL or empty: base and heads. */
GPtrArray *target_walk(const RevisionMap *map, const char *base, const char *head, const char *const *rows,
                       GError **error);
/* What `current` shows: all active revisions that have no active child, dependencies' branches included; the caller's.
 * An unknown row is an error. */
GPtrArray *target_current(const RevisionMap *map, const char *const *rows, GError **error);

/* What a new revision (or a merge) would stand on, checked as `alembic revision` checks it. */
typedef struct {
  GPtrArray *parents; /* Revision*; NULL items never, empty: a new base */
  char **depends_on;  /* labels as given, identifiers in full */
} NewRevision;

void new_revision_clear(NewRevision *revision);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NewRevision, new_revision_clear)
/* heads: symbols (NULL: "head"); splice: parents need not be heads; branch_labels and depends_on may be NULL. */
gboolean target_new_revision(const RevisionMap *map, const char *id, const char *const *heads,
                             gboolean splice, const char *const *branch_labels, const char *const *depends_on,
                             NewRevision *result, GError **error);
