/* Inside the room: what maps of commits, merges and collisions share. */
#pragma once

#include "git-private.h"
#include "retort/history/refs.h"

/* What one content is, parsed once under each base name, because that may stand in for the id. */
typedef struct RefsParsed RefsParsed;
struct RefsParsed {
  Revision *revision; /* NULL: see fault */
  RevisionFault fault;
  char *file;
  RefsParsed *next; /* the same content under another name */
};

/* Where revision files are at other commits: git_layout.h. */
typedef struct Layouts Layouts;

struct GitRefs {
  RepoReader *reader;
  char *workdir;      /* or NULL */
  Project *project;   /* of git_refs_open_bare() */
  GHashTable *parsed; /* git_oid -> RefsParsed* */
  Layouts *layouts;   /* git_layout.h */
  gboolean in_memory; /* objects that are made are not written to the repository */
};

/* A revision file of a commit. */
typedef struct {
  char *path; /* below the repository's root */
  char *name; /* of the commit, for messages */
  git_oid blob;
  const Revision *working; /* of the working folder instead; borrowed */
} RefsFile;

/* The commit that a branch, tag, id or expression stands for. */
gboolean refs_resolve(git_repository *git, const char *name, git_oid *commit, GError **error);
RepoCommit *refs_commit(GitRefs *refs, const char *name, GError **error);
/* Lives as long as refs. */
const RefsParsed *refs_parse(GitRefs *refs, const git_oid *blob, const char *path);
RefsFile *refs_file_new(const char *path, const git_oid *blob, const char *name);
void refs_file_free(void *file);
/* The revision files of a commit in the reader's folders: RefsFile*, owned. */
GPtrArray *refs_files(RepoReader *reader, const RepoCommit *commit, const char *name);
/* Puts the files into the load order of the reader's folders and makes a map of them. */
GitRevisions *refs_build(GitRefs *refs, const RepoReader *reader, GPtrArray *files, const char *name,
                         const RepoCommit *commit);

/* The newest commit that both have; NULL: none, or it is behind the edge of a shallow clone. */
RepoCommit *refs_merge_base(GitRefs *refs, RepoCommit *a, RepoCommit *b);
