/* A migration as a whole: what only a reader of both directions, of the file and of its history can see.
 *
 *   MigrationFacts facts = {.upgrade = up->statements, .upgrade_whole = TRUE, .downgrade = down->statements, ...};
 *   g_autoptr(Review) review = review_migration(session, &facts, policy);
 *
 * Rooms only look down: whoever renders, reads git and the journal fills the facts in (run/inspect.h does), and what is
 * not known stays zero and is not judged.  Everything is borrowed for the call.
 */
#pragma once

#include <glib.h>

#include "retort/review/findings.h"
#include "retort/review/policy.h"

typedef struct {
  const char *path;   /* for policies and messages; NULL: none */
  const char *source; /* the file's text, for its comments and lines; NULL: not read */
  gsize source_len;
  gboolean is_sql;            /* the source is plain SQL: no migration, only statements */
  gboolean downwards;         /* the downgrade is what is reviewed */
  const GPtrArray *upgrade;   /* Statement* */
  gboolean upgrade_whole;     /* these are all it sends */
  const GPtrArray *downgrade; /* Statement*; NULL: not rendered */
  gboolean downgrade_whole;
  const char *downgrade_error; /* it raises: what Python would say */
  guint downgrade_error_line;
  const char *asks; /* what it asks the database; NULL: nothing */
  guint asks_line;
  gboolean is_merge;
  const char *changed;     /* translated: since when, "since tag v1.4"; NULL: it is what it was */
  const char *other_heads; /* it is a head beside these ("a, b"); NULL: it is none, or the only one */
} MigrationFacts;

/* policy may be NULL.  Silences, in the file and in the policy, have been applied. */
Review *review_migration(ForecastSession *session, const MigrationFacts *facts, const ReviewPolicy *policy);
