/* Inside the room: a hunt for collisions, from branches to groups. */
#pragma once

#include "git_refs.h"
#include "retort/history/collisions.h"

/* References that stand at one commit. */
typedef struct {
  RepoCommit *commit; /* NULL: the working folder */
  RepoReader *reader; /* of its folders; NULL: not looked at closely */
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

/* A file of a branch whose revision the trunk has in another file. */
typedef struct {
  const Tip *tip;
  const Revision *trunk;
  char *path;
} Twin;

typedef struct {
  GitRefs *refs;
  GCancellable *cancellable;
  Collisions *result;
  RepoCommit *trunk;
  RepoReader *reader; /* of the trunk's folders: not that of refs when they are elsewhere at hand */
  RepoCommit *head;
  GitRevisions *at_trunk;
  const RevisionMap *trunk_map;
  GHashTable *ancestry;  /* RepoCommit*: the trunk's; NULL until needed */
  GHashTable *additions; /* key -> Addition* */
  GPtrArray *order;      /* Addition*, as met */
  GHashTable *faulty;    /* contents already complained of */
  GPtrArray *twice;      /* Twin* */
  gboolean no_base;      /* where some branch left the trunk is not known */
  Tip working;
} Hunt;

/* From additions to collisions in hunt->result. */
void collisions_group(Hunt *hunt, const CollisionOptions *options);
void collisions_introduced(gpointer wanted, const git_oid *commit, gpointer data);
void collision_free(void *data);
/* What merges would break, into hunt->result. */
void collisions_break(Hunt *hunt, const CollisionOptions *options);
void collision_branch_add(GPtrArray *branches, Hunt *hunt, const char *ref, const RepoCommit *commit);
int collision_branch_newest(const void *a, const void *b);
GPtrArray *collision_branches_new(void);
const char *collision_path(const char *path);
void breakage_free(void *data);
