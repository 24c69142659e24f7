/* Which revisions a line like `sql a:b c versions/x.py` is about. */
#pragma once

#include "session.h"

typedef struct {
  GPtrArray *revisions; /* Revision*, oldest first; borrowed from the map or from own */
  GPtrArray *own;       /* Revision*: files that are not the project's */
} Chosen;

/* words: revisions, ranges and files; without any, everything.  Files alone need no project. */
gboolean chosen_revisions(Session *session, const GPtrArray *words, Chosen *chosen, GError **error);
void chosen_clear(Chosen *chosen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Chosen, chosen_clear)
