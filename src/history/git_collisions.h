/* Inside the room: a hunt for collisions, from branches to groups. */
#pragma once

#include "git_refs.h"
#include "retort/history/collisions.h"

/* References that stand at one commit. */
typedef struct {
  RepoCommit *commit; /* NULL: the working folder */
  GPtrArray *refs;    /* RepoRef*, borrowed */
  GPtrArray *own;     /* Addition* */
} Tip;

/* A revision that some branch has and the trunk has not. */
typedef struct {
  char *key;                /* id and parents */
  const Revision *revision; /* of the parse cache or the working folder */
  char *path;
  git_oid blob;    /* zero: not committed */
  GPtrArray *tips; /* Tip* */
  GPtrArray *next; /* Addition* that come after it, of any branch */
  gboolean introduced;
  git_oid commit_id;
  char *commit; /* that added it */
  char *author;
  gint64 time;
} Addition;

typedef struct {
  GitRefs *refs;
  GCancellable *cancellable;
  Collisions *result;
  RepoCommit *trunk;
  RepoCommit *head;
  GitRevisions *at_trunk;
  const RevisionMap *trunk_map;
  GHashTable *ancestry;  /* RepoCommit*: the trunk's; NULL until needed */
  GHashTable *additions; /* key -> Addition* */
  GPtrArray *order;      /* Addition*, as met */
  GHashTable *faulty;    /* contents already complained of */
  gboolean no_base;      /* where some branch left the trunk is not known */
  Tip working;
} Hunt;

/* From additions to collisions in hunt->result. */
void collisions_group(Hunt *hunt, const CollisionOptions *options);
void collisions_introduced(gpointer wanted, const git_oid *commit, gpointer data);
void collision_free(void *data);
