/* What the heads of a merge do to each other, worked out beside the screen (edit/conflict.h). */
#pragma once

#include "textview.h"
#include "workspace.h"

typedef enum {
  VERDICT_CALM,   /* independent */
  VERDICT_CARE,   /* the same object is touched, or something is not known */
  VERDICT_DANGER, /* contradictory */
} VerdictWeight;

typedef struct {
  VerdictWeight weight;
  char *text; /* one line, escaped */
} VerdictLine;

typedef struct {
  GPtrArray *pairs;   /* VerdictLine*: "8d41… and 77ab…: independent: no object in common" */
  GPtrArray *details; /* VerdictLine*: clash by clash, with file and line, and what each side does */
} MergeVerdict;

void merge_verdict_free(MergeVerdict *verdict);
/* Called on the main context unless cancellable was cancelled; verdict is the callee's. */
typedef void (*MergeVerdictFunc)(MergeVerdict *verdict, void *data);
/* heads: char*, two or more ids of the workspace's map. */
void merge_verdict_ask(Workspace *ws, const GPtrArray *heads, GCancellable *cancellable,
                       MergeVerdictFunc func, void *data);
void merge_verdict_add_details(const MergeVerdict *verdict, TextView *view);
