/* The proof that a merge's sides may run in any order, on scratch databases beside the screen (run/proof.h). */
#pragma once

#include "merge_verdict.h"

typedef struct {
  VerdictWeight weight; /* CALM: proved; DANGER: disproved; CARE: it could not be carried out */
  char *sentence;       /* escaped */
  GPtrArray *details;   /* char*: differences, or what failed */
} MergeProof;

void merge_proof_free(MergeProof *proof);
/* Called on the main context unless cancellable was cancelled; proof is the callee's. */
typedef void (*MergeProofFunc)(MergeProof *proof, void *data);
/* heads: char*, ids of the workspace's map; the workspace has a database. */
void merge_proof_ask(Workspace *ws, const GPtrArray *heads, GCancellable *cancellable, MergeProofFunc func,
                     void *data);
void merge_proof_add(const MergeProof *proof, TextView *view);
