/* Heads to come: branches that are single-headed, each by itself, and would not be once they are merged.
 *
 * Every branch is compared with the trunk (the branch that others are merged into) by what it adds since it left it.
 * Revisions that branches and trunk hang under the same parent collide, unless a merge revision joins them already.
 * A revision that the trunk has got by another way, or has had and deleted, is no addition.  What a merge would leave
 * without a parent or twice is told as well.
 */
#pragma once

#include "retort/history/refs.h"

typedef struct {
  char *ref;
  char *commit; /* its newest, 40 hex digits */
  char *author;
  gint64 time;
} CollisionBranch;

/* One of the lines that begin at the same parent. */
typedef struct {
  char *revision; /* the first of the line, */
  char *message;
  char *path; /* below the repository's root */
  char *blob; /* its content: "" when it is not committed */
  char *head; /* and the last, the same when there is one only */
  guint length;
  char *commit; /* that brought the first one in; NULL when not known */
  char *author;
  gint64 time;
  GPtrArray *
      branches; /* CollisionBranch*: that have it, newest first; the trunk stands for all that come from it */
  gboolean in_trunk;
  gboolean here; /* in the current branch or the working folder */
} CollisionSide;

typedef struct {
  char *parent;      /* NULL: each side begins a history of its own */
  char *parent_path; /* NULL when no file has it */
  GPtrArray *sides;  /* CollisionSide*: the trunk's first */
} Collision;

/* A revision that Alembic could not load, or not as it is meant, once its branch is merged. */
typedef struct {
  char *revision;
  char *path;          /* below the repository's root */
  char *parent;        /* that neither the branch nor the trunk has; NULL: it is there twice, */
  char *other;         /* in this file of the trunk as well */
  GPtrArray *branches; /* CollisionBranch*, newest first */
  gboolean here;
} Breakage;

/* Shared by reference counting. */
typedef struct {
  gint references;
  char *trunk;
  guint n_refs;          /* looked at */
  guint n_adding;        /* that add revisions to the trunk */
  GPtrArray *collisions; /* Collision*, newest first */
  GPtrArray *broken;     /* Breakage*, as met */
  GPtrArray *notes;      /* char*: what could not be read or compared, with branch and file */
} Collisions;

typedef struct {
  const char *trunk;    /* NULL: where origin/HEAD points, else main, master, trunk, develop, else HEAD */
  const char *branches; /* a glob; with "refs/" in front of all references; NULL: all branches */
  const char *of;       /* only collisions of this branch; NULL: all */
  gint64 newer_than;    /* leave out branches whose last commit is older; 0: none */
  const RevisionMap
      *working; /* the working folder's, so that what is not committed counts; NULL: only commits */
} CollisionOptions;

Collisions *git_collisions(GitRefs *refs, const CollisionOptions *options, GCancellable *cancellable,
                           GError **error);
/* "212 references looked at, 3 of them add revisions to origin/main": translated, the caller's. */
char *collisions_looked_at(const Collisions *collisions);
/* "  fix: ...", one sentence on what to do: translated, the caller's. */
char *collision_fix(const Collision *collision);
char *breakage_fix(const Collisions *collisions, const Breakage *breakage);
Collisions *collisions_ref(Collisions *collisions);
void collisions_unref(Collisions *collisions); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Collisions, collisions_unref)
