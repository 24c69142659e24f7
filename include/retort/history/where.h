/* Where a revision lives: branches, tags and commits, and what happened to its file.
 *
 * Asked for when a database stands at a revision that no file here has, so the history is read through to its end,
 * with what HEAD once was (git's reflog); half a second for tens of thousands of commits.
 */
#pragma once

#include "retort/history/refs.h"

typedef enum {
  WHERE_ADDED,
  WHERE_CHANGED,
  WHERE_MOVED,
  WHERE_DELETED,
} WhereKind;

typedef struct {
  WhereKind kind;
  char *commit; /* 40 hex digits */
  char *before; /* the commit before, in which a deleted file still is; NULL when there is none */
  char *author;
  gint64 time;
  char *summary; /* first line of its message */
  char *path;    /* below the repository's root; of a deleted one, where it was */
  char *from;    /* WHERE_MOVED: where it was before */
} WhereEvent;

typedef struct {
  char *id;
  char *message;
  char *path;   /* where it is, or was last */
  char *commit; /* the newest commit of the first branch or tag that has it, or the last one that did */
  GPtrArray *branches; /* char*, local before remote */
  GPtrArray *tags;     /* char* */
  GPtrArray *events;   /* WhereEvent*, newest first */
} Where;

/* Every revision whose id begins so: Where*, owned; exactly that id, when there is one.  Empty: git has never seen
 * it. */
GPtrArray *git_where(GitRefs *refs, const char *id, GCancellable *cancellable, GError **error);
/* What to do about it, in a sentence or two: translated, the caller's.  NULL is "never seen". */
char *where_advice(const Where *where, const char *id);
const char *where_kind_name(WhereKind kind); /* "added", ...: translated */
