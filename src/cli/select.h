/* Which revisions a line like `sql a:b c versions/x.py` is about. */
#pragma once

#include "session.h"

typedef struct {
  GPtrArray *revisions; /* Revision*, oldest first; borrowed from the map or from own */
  GPtrArray *own;       /* Revision*: files that are not the project's */
} Selection;

/* words: revisions, ranges and files; without any, everything.  Files alone need no project. */
gboolean select_revisions(Session *session, const GPtrArray *words, Selection *selection, GError **error);
void selection_clear(Selection *selection);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)
