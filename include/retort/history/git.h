/* What git knows of the revisions, streamed so that nobody waits for it.
 *
 * git_annotate() walks the repository in a worker thread and delivers batches on the main context that was current
 * when it was called.  No repository, a bare one, a shallow clone, a linked worktree and a submodule are all fine:
 * what cannot be known stays unknown, with the reason in GitStatus.  Names, messages and paths are foreign bytes.
 */
#pragma once

#include <gio/gio.h>

#include "retort/history/revmap.h"

typedef enum {
  GIT_CLEAN,
  GIT_UNTRACKED, /* never committed */
  GIT_ADDED,     /* staged, not committed */
  GIT_MODIFIED,  /* differs from HEAD */
} GitFileState;

/* Who brought one revision file in. */
typedef struct {
  char *path;   /* absolute, as in Revision */
  char *commit; /* 40 hex digits, or NULL while uncommitted */
  char *author;
  char *email;
  gint64 time; /* seconds; 0 when unknown */
  char *summary;
  GitFileState state;
} GitFileInfo;

/* A revision that only other branches have. */
typedef struct {
  Revision *revision; /* parsed from the blob; path is "ref:path" */
  char *ref;          /* shortest name: "feature/x", "origin/feature/x" */
  char *commit;       /* the one that brought it in there */
  char *author;
  gint64 time;
} GitForeignRevision;

typedef struct {
  gboolean available;
  char *branch;  /* current branch, "(detached 3f9c2e1)", or NULL */
  char *head;    /* commit id or NULL before the first commit */
  char *workdir; /* NULL for a bare repository */
  gboolean shallow;
  char *reason;    /* why there is nothing, when available is FALSE */
  GPtrArray *tags; /* char*: "name" of tags pointing at HEAD */
} GitStatus;

GitStatus *git_status(const char *folder);
void git_status_free(GitStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GitStatus, git_status_free)

typedef struct {
  /* files: GitFileInfo*, owned by the callee for the call only; copy what is kept. */
  void (*files)(GPtrArray *files, void *data);
  /* foreign: GitForeignRevision*, likewise. */
  void (*foreign)(GPtrArray *foreign, void *data);
  void (*done)(const GError *error, void *data);
} GitAnnotateSink;

/* What the walks of one project have found so far: with it a walk after new commits reads only those.  Walks that
 * share one may overlap. */
typedef struct GitMemory GitMemory;
GitMemory *git_memory_new(void);
void git_memory_unref(GitMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GitMemory, git_memory_unref)

/* A file may come twice: first its state, later with its commit.  When cancelled, nothing comes any more but
 * done(RETORT_ERROR_CANCELLED); data must live until done().  Without a repository only done(NULL) comes.
 * memory: NULL, or kept by the caller from walk to walk. */
void git_annotate(const Project *project, GitMemory *memory, GCancellable *cancellable,
                  const GitAnnotateSink *sink, void *data);

/* "git log -1 -p" of one file's introducing or latest change as text, for the details pane; the caller's. */
char *git_file_log(const char *path, GError **error);

/* The bytes of a file on another branch or in a commit, as "ref:path" (Revision.path of a foreign revision); the
 * caller's, NUL-terminated beyond *len. */
char *git_read_file(const Project *project, const char *spec, gsize *len, GError **error);
