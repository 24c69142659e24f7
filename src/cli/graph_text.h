/* The revision graph as text, JSON, Mermaid or Graphviz, with what changed between two commits marked. */
#pragma once

#include "session.h"

typedef struct {
  const RevisionMap *map;
  GHashTable *marks; /* Revision* -> one of "added", "removed", "changed", "moved"; NULL: no difference */
} GraphPicture;

/* "text" (or NULL), "json", "mermaid" or "dot"; another word is an error. */
gboolean graph_print(const Session *session, const GraphPicture *picture, const char *format, GError **error);
