/* Reading a repository's trees and commits, raw and with memory.  (repo_ because git_ is libgit2's.)
 *
 * libgit2 opens the repository and finds objects; commits and trees are scanned from their bytes, because a walk over
 * tens of thousands of commits asks for one entry of each tree only.  A RepoReader belongs to one thread.
 */
#pragma once

#include <git2.h>

#include "retort/history/git.h"
#include "revision-private.h"

/* One commit, as far as walks need it. */
typedef struct {
  git_oid id;
  git_oid tree;
  gint64 time; /* of the committer: orders the walk */
  guint n_parents;
  git_oid *parents;
  git_oid *folders; /* repo_folders(); NULL until asked for */
  gboolean queued;
} RepoCommit;

typedef struct {
  git_repository *git;
  gboolean owns_git;
  git_odb *odb;
  GPtrArray *folders; /* char*: watched folders below the repository's root, "" for the root itself */
  gboolean recursive;
  GHashTable *commits; /* git_oid -> RepoCommit*, NULL for what cannot be read */
  GPtrArray *memos;    /* GHashTable*: one for every level of every folder, tree -> subtree */
  guint moves;         /* moved folders followed to get here */
} RepoReader;

/* A revision file in a watched folder at some commit. */
typedef struct {
  char *path; /* below the repository's root */
  git_oid blob;
} RepoEntry;

/* Opens the repository around a folder; NULL with the reason. */
git_repository *repo_open(const char *folder, GError **error);
/* The repository's working folder as a real path without a slash at its end; NULL for a bare one. */
char *repo_workdir(git_repository *git);
/* A file's or folder's real path below the working folder; NULL when it is elsewhere. */
char *repo_relative(git_repository *git, const char *path);
/* A reader of the project's version folders; NULL when there is no repository or they are outside of it. */
RepoReader *repo_reader_open(const Project *project, GError **error);
/* The same for any folders, which are taken over.  git stays the caller's. */
RepoReader *repo_reader_new(git_repository *git, GPtrArray *folders, gboolean recursive, GError **error);
void repo_reader_free(RepoReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RepoReader, repo_reader_free)

/* NULL when the object is missing (the edge of a shallow clone) or is no commit. */
RepoCommit *repo_commit(RepoReader *reader, const git_oid *id);
/* The tree of each watched folder at the commit; all zero when it is absent.  The commit's. */
const git_oid *repo_folders(RepoReader *reader, const RepoCommit *commit);
/* Do both have the same in all watched folders? */
gboolean repo_commit_same(RepoReader *reader, const RepoCommit *a, const RepoCommit *b);
/* The entry name of a tree, or FALSE. */
gboolean repo_tree_entry(RepoReader *reader, const git_oid *tree, const char *name, gsize len, git_oid *id);

/* What changed from one commit to another: RepoEntry* in each list, owned. */
typedef struct {
  GPtrArray *added;
  GPtrArray *deleted;
  GPtrArray *before; /* files with other content: as they were, */
  GPtrArray *after;  /* and as they became */
} RepoChanges;

RepoChanges *repo_changes(RepoReader *reader, const RepoCommit *old, const RepoCommit *commit);
void repo_changes_free(RepoChanges *changes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RepoChanges, repo_changes_free)
/* All revision files at a commit. */
GPtrArray *repo_files(RepoReader *reader, const RepoCommit *commit);

/* The bytes of a blob; NULL when it is missing.  The caller's. */
char *repo_blob(RepoReader *reader, const git_oid *blob, gsize *len);
/* A blob as the revision file path, imported constants looked for beside imports_from; NULL when it is none. */
Revision *repo_revision(RepoReader *reader, const git_oid *blob, const char *path, const char *imports_from);
/* The same, with the reason. */
Revision *repo_revision_scan(RepoReader *reader, const git_oid *blob, const char *path,
                             const char *imports_from, RevisionFault *fault);

/* Commits newest first, each once. */
typedef struct {
  RepoReader *reader;
  GPtrArray *heap;
} RepoQueue;

void repo_queue_init(RepoQueue *queue, RepoReader *reader);
void repo_queue_clear(RepoQueue *queue); /* also forgets which commits were queued */
void repo_queue_push(RepoQueue *queue, RepoCommit *commit);
RepoCommit *repo_queue_pop(RepoQueue *queue);

/* A file whose introduction is looked for. */
typedef struct {
  const char *path; /* below the repository's root, at the commit that the walk starts from */
  gpointer data;
} RepoWanted;

/* Called with the data of a file and the commit that brought it in. */
typedef void (*RepoFound)(gpointer wanted, const git_oid *commit, gpointer data);

/* What an earlier walk found out: at its commit the files that it knows need not be followed any further. */
typedef struct {
  git_oid head;
  GHashTable *introduced; /* char*, path below the repository's root -> git_oid* */
} RepoKnown;

/* Finds the commit that brought each file in, following renames.  Stops when all are found, after limit commits (0:
 * none), or when cancelled.  What lies behind the edge of a shallow clone is not found.  known: NULL, or an earlier
 * walk's result. */
void repo_find_introductions(RepoReader *reader, const git_oid *start, const GArray *wanted,
                             const RepoKnown *known, guint limit, GCancellable *cancellable, RepoFound found,
                             gpointer data);

/* Who made a commit, when, and its first line; any may be NULL, what is set is the caller's. */
void repo_describe(git_repository *git, const git_oid *id, char **author, char **email, gint64 *when,
                   char **summary);

typedef struct {
  char *name; /* shortest: "feature/x", "origin/feature/x" */
  git_oid commit;
} RepoRef;

/* Branches, local before remote, then tags if asked for; RepoRef*, owned. */
GPtrArray *repo_refs(git_repository *git, gboolean tags);
/* References whose name matches: names as above, or whole ones when the glob begins with refs/. */
GPtrArray *repo_refs_matching(git_repository *git, const char *glob);

gboolean repo_error(GError **error, const char *what);
guint repo_oid_hash(gconstpointer id);
gboolean repo_oid_equal(gconstpointer a, gconstpointer b);
