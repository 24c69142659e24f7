/* The record of a rollout for people: a timeline, and a page for the change ticket. */
#pragma once

#include "retort/run/journal.h"

/* "18:55:51.706  s001   CREATE TABLE t1 (id int)": a line of the timeline, or a few; NULL when it says nothing of use.
 * Foreign text is escaped; the caller's.  step: the revision in work, which a "step" line sets; begins as NULL. */
char *journal_line_text(JsonObject *line, char **step);
/* Markdown; foreign text cannot become markup.  The caller's. */
char *journal_markdown(const JournalEntry *entry, const GPtrArray *lines);
/* "done", "failed", ..., "at work": translated, borrowed. */
const char *journal_outcome_text(const JournalEntry *entry);

/* A member that is a string, or NULL; borrowed. */
const char *journal_text_of(JsonObject *line, const char *name);
/* A member that is a number, or fallback. */
double journal_number_of(JsonObject *line, const char *name, double fallback);
/* Its elements, or NULL. */
JsonArray *journal_array_of(JsonObject *line, const char *name);
