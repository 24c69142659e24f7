/* Whether revisions may be moved or deleted: who has them already.
 *
 * Changing what a revision stands on hides the revisions slipped in beneath it from every database that has it: they
 * count as applied there and never run.  Deleting one leaves such a database at a position that no file has.  So
 * everybody who may have it is asked first, and what is not known counts against it.
 *
 *   g_autoptr(Guard) guard = guard_new(map, plan->moved, GUARD_OF_MOVE);
 *   for each database: guard_add_database(guard, ...);              where it stands: run/standing.h
 *   guard_add_uses(guard, uses);                                    edit/uses.h
 *   switch (guard_verdict(guard)) ...
 */
#pragma once

#include <glib.h>

#include "retort/history/revmap.h"

typedef enum {
  GUARD_OF_MOVE,
  GUARD_OF_DELETE,
} GuardPurpose;

typedef enum {
  GUARD_FREE,    /* nothing speaks against it */
  GUARD_CONFIRM, /* known or possible trouble: the operator has to type what is to be moved */
  GUARD_REFUSE,  /* a production database has it; or any, when it is to be deleted */
} GuardVerdict;

typedef struct {
  GuardVerdict weight; /* FREE: a good answer */
  char *text;          /* one sentence, escaped */
} GuardReason;

typedef struct {
  const RevisionMap *map; /* as it was: what the databases' rows mean */
  GPtrArray *moved;       /* Revision*, borrowed */
  GuardPurpose purpose;
  GPtrArray *reasons; /* GuardReason*, as added */
  guint databases;
} Guard;

/* map: as it was before; moved: Revision* of it.  Both must outlive the guard. */
Guard *guard_new(const RevisionMap *map, const GPtrArray *moved, GuardPurpose purpose);
void guard_free(Guard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Guard, guard_free)

typedef struct {
  const char *name;
  gboolean production;
  const char *const *rows; /* of its version table, empty when it has none; NULL: not known */
  const char *problem;     /* why not */
} GuardDatabase;

void guard_add_database(Guard *guard, const GuardDatabase *database);
/* uses: RevisionUse* (edit/uses.h); NULL: git could not be asked, because of problem. */
void guard_add_uses(Guard *guard, const GPtrArray *uses, const char *problem);
/* To be called last: without any database nothing is known. */
GuardVerdict guard_verdict(Guard *guard);
