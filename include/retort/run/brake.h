/* The brake: who waits behind us, and whether that is too much.
 *
 *   Blast blast;
 *   blast_measure(report->snapshot, pid, &blast);
 *   g_autofree char *reason = brake_reason(&limits, &blast);
 *   if (reason != NULL) rollout_cancel(rollout);  (or ask the operator first)
 *
 * It counts everybody who waits for our session at any distance: those queued behind the lock we wait for, and those
 * kept out by a lock we were granted.
 */
#pragma once

#include <glib.h>

#include "retort/pg/locks.h"

typedef struct {
  guint waiting;      /* sessions behind us */
  double longest_s;   /* the longest of their waits; 0: nobody waits */
  int longest_pid;    /* 0: nobody */
  char *applications; /* "web, worker (3)": most first, at most four names; NULL: nobody */
} Blast;

/* Fills blast (clear it with blast_clear()); a pid that is not in the snapshot has nobody behind it. */
void blast_measure(const LockSnapshot *snapshot, int pid, Blast *blast);
void blast_clear(Blast *blast);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Blast, blast_clear)

typedef struct {
  guint waiting;        /* stop when more than so many wait; 0: no limit */
  double longest_s;     /* stop when anybody waits longer; 0: no limit */
  double replica_lag_s; /* stop when a replica is further behind; 0: no limit */
} BrakeLimits;

/* Why to stop, as a sentence, the caller's; NULL: go on. */
char *brake_reason(const BrakeLimits *limits, const Blast *blast);
/* The same for the replica that is furthest behind; lag_s < 0: not known. */
char *brake_lag_reason(const BrakeLimits *limits, double lag_s);
