/* What the database says about a plan before it runs: sizes of its tables, the preflight's score card, the server, and
 * how much data the plan costs.
 *
 * Everything is asked over the connection of the position, one question after the other, and the card again every few
 * seconds; changed() is called when something is news.  What cannot be asked stays NULL: nothing here is needed to run.
 */
#pragma once

#include "retort/run/losses.h"
#include "retort/run/preflight.h"
#include "workspace.h"

typedef struct {
  GPtrArray *relations; /* char*: that the plan locks */
  GPtrArray *tables;    /* TableInfo*, parallel, or NULL */
  GPtrArray *card;      /* PreflightItem*, or NULL */
  char *card_error;     /* why there is none, escaped; or NULL */
  ServerInfo *server;   /* or NULL */
  GPtrArray *losses;    /* LossCount*, or NULL */
} StepFacts;

typedef struct StepInquiry StepInquiry;
/* planned and policy are borrowed and have to live as long. */
StepInquiry *step_inquiry_new(Workspace *ws, const PlannedScripts *planned, const RolloutPolicy *policy,
                              void (*changed)(void *data), void *data);
void step_inquiry_free(StepInquiry *inquiry);
const StepFacts *step_inquiry_facts(const StepInquiry *inquiry);
/* The card anew, as soon as the connection is free. */
void step_inquiry_look_again(StepInquiry *inquiry);
