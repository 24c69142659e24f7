/* From what the checks see to what counts: severities by the policy, silences by the file and the policy. */
#pragma once

#include "retort/review/migration.h"
#include "silence.h"

/* Everything the checks see, those that are off included.  trees: SqlTree* of each statement, or NULL. */
Review *review_read(ForecastSession *session, const GPtrArray *statements, const GPtrArray *trees);
/* Gives each finding the policy's severity; those that are off go.  policy may be NULL. */
void settle_severities(Review *review, const ReviewPolicy *policy);
/* Marks what comments (notes, may be NULL) and the policy allow, and adds findings about the silences themselves. */
void settle_silences(Review *review, const MigrationFacts *facts, const GPtrArray *statements,
                     SourceNotes *notes, const ReviewPolicy *policy);
