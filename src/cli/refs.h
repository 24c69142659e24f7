/* Commands that look at other commits: with a working folder or without. */
#pragma once

#include "retort/history/refs.h"
#include "session.h"

/* Of the project at hand; in a bare repository, as the commit at (NULL: HEAD) configures it, and *bare is TRUE. */
GitRefs *refs_open(Session *session, const char *at, gboolean *bare, GError **error);
/* The revisions of both ends of "A..B", of "A...B" (from where B left A) or "A" (to the working folder); what is wrong in their files
 * goes to stderr. */
gboolean refs_open_range(Session *session, const char *range, GitRevisions **a, GitRevisions **b,
                         GError **error);
/* session_map_to_read(); in a bare repository, where there are no files, the map as of HEAD, which *then owns. */
RevisionMap *refs_map_to_read(Session *session, GitRevisions **then, GError **error);
/* What is wrong in revision files of a commit, to stderr; TRUE when something could not be read. */
gboolean refs_report(const GitRevisions *revisions);
/* The first line of a message, the caller's. */
char *refs_message(const char *message);
/* "ana 2d" and such: age and author, escaped for a terminal; the caller's. */
char *refs_age(const char *author, gint64 time);
