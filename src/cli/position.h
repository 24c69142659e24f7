/* Where the database stands, as revisions. */
#pragma once

#include "session.h"

/* The revisions of the version rows, in their order; of borrowed Revision*, the caller's.  A row that no file has is
 * Alembic's error, and a note on stderr says where git last saw that revision. */
GPtrArray *position_revisions(Session *session, GError **error);
/* Fails for the first of rows that no revision has. */
gboolean position_check(Session *session, const char *const *rows, GError **error);
