/* What the checks are tested with: migrations in a few words, and whether a check fires on them. */
#pragma once

#include <glib.h>

#include "retort/review/catalog.h"
#include "retort/review/migration.h"

typedef struct {
  const char *check;
  gboolean fires;
  const char *up;   /* statements, parted by " ;; "; those that begin with "!" run outside the transaction */
  const char *down; /* likewise; NULL: not known; "": it does nothing */
  int version;      /* 0: 15 */
  const char *source;   /* of the file, or NULL */
  gboolean catalog;     /* judged with the catalog of cases.c */
  guint line;           /* of the first statement; each of the others is a line below */
  MigrationFacts facts; /* beyond that: is_merge, changed, ... */
} CheckCase;

extern const CheckCase check_cases[];
extern const guint n_check_cases;

Review *case_review(const CheckCase *c, const ReviewPolicy *policy);
/* "name" for each finding of all statements and of the whole, parted by blanks; silenced ones in brackets. */
char *case_fired(const Review *review);
