/* What a rollout writes into its record. */
#pragma once

#include "rollout-private.h"

/* Writes an event down, flushing what decides where the database stands; nothing without a journal. */
void rollout_journal(Rollout *rollout, const RolloutEvent *event);
/* COMMIT is about to be sent: from here until its answer the transaction's id is what decides. */
void rollout_journal_commit(Rollout *rollout);
