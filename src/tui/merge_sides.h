/* The sides of a merge: what each head brings that the others have not, and whether the sides meet. */
#pragma once

#include "workspace.h"

typedef struct {
  char *id;
  char *doc;         /* escaped */
  char *author;      /* escaped, or NULL */
  gint64 time;       /* 0: unknown */
  guint own;         /* revisions that only this side has */
  GPtrArray *tables; /* char*: relations they touch; NULL: not surveyed yet */
  gboolean chosen;
} MergeSide;

/* One a head of the project's map, in its order: MergeSide*. */
GPtrArray *merge_sides_new(const Workspace *ws);
/* Works out own and tables for the chosen sides. */
void merge_sides_compare(GPtrArray *sides, const Workspace *ws);
/* A sentence on what the chosen sides have in common; *calm tells whether that is nothing.  The caller's. */
char *merge_sides_verdict(const GPtrArray *sides, gboolean *calm);
guint merge_sides_chosen(const GPtrArray *sides);
/* "merge billing and 8d41c0b2e9aa"; the caller's. */
char *merge_sides_message(const GPtrArray *sides, const Workspace *ws);
