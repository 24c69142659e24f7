/* Revisions as any commit has them, read from git objects alone: nothing is checked out, a bare clone will do.
 *
 *   g_autoptr(GitRefs) refs = git_refs_open(project, &error);
 *   g_autoptr(GitRevisions) then = git_revisions_at(refs, "v1.4", &error);
 *   g_autoptr(GitRevisions) with = git_revisions_merged(refs, map, "origin/main", &error);
 *
 * A GitRefs parses each content of a file once, however many commits share it.  It belongs to one thread at a time, and
 * what it returns lives on without it.  Revision.path is "<commit>:<path below the repository's root>".
 */
#pragma once

#include <gio/gio.h>

#include "retort/history/revmap.h"

typedef struct GitRefs GitRefs;

/* Of an open project in a working folder. */
GitRefs *git_refs_open(const Project *project, GError **error);
/* Of a repository that need not have a working folder: the configuration is read from the commit ref (NULL: HEAD).
 * Relative file names in options count from the repository's root. */
GitRefs *git_refs_open_bare(const char *folder, const char *ref, const ProjectOptions *options,
                            GError **error);
void git_refs_free(GitRefs *refs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GitRefs, git_refs_free)

/* Only of git_refs_open_bare(): the project as that commit has it; its paths mean nothing outside.  Borrowed. */
const Project *git_refs_project(const GitRefs *refs);
/* Does the folder lie in a repository without a working folder? */
gboolean git_is_bare(const char *folder);

/* The revisions of one commit, or of a merge that was only thought of. */
typedef struct {
  char *name;   /* as asked for */
  char *commit; /* 40 hex digits; of a merge, theirs; NULL: the working folder */
  char *root;   /* of the working folder; NULL: a commit */
  gint64 time;  /* when it was committed */
  RevisionMap *map;
  GHashTable
      *blobs; /* revision id -> 40 hex digits of its file's content; of a merge not those of files in the
                        working folder */
  GPtrArray *clashes; /* char*: of a merge, revision files that git itself could not merge */
  gboolean
      no_base; /* of a merge: no common commit is known (a shallow clone), files were only put together */
} GitRevisions;

void git_revisions_free(GitRevisions *revisions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GitRevisions, git_revisions_free)

/* A branch, tag or commit.  A file that does not parse is in map->diags; an unknown name is an error. */
GitRevisions *git_revisions_at(GitRefs *refs, const char *ref, GError **error);
/* What a merge of theirs would give.  ours: the map of the working folder, with what is not committed; NULL: HEAD. */
GitRevisions *git_revisions_merged(GitRefs *refs, const RevisionMap *ours, const char *theirs,
                                   GError **error);
/* The newest commit that both have, as 40 hex digits, the caller's; NULL without an error: none is known. */
char *git_refs_base(GitRefs *refs, const char *a, const char *b, GError **error);
/* The branch that others are merged into: where origin/HEAD points, else main, master, trunk, develop, else HEAD. */
char *git_refs_trunk(GitRefs *refs);
/* The newest tag that HEAD comes from; NULL: none.  Both are the caller's. */
char *git_refs_newest_tag(GitRefs *refs);
/* The source of a revision of this GitRefs, NUL-terminated beyond *len; the caller's. */
char *git_refs_source(GitRefs *refs, const Revision *revision, gsize *len, GError **error);

/* The working folder with what is not committed, from its map: compared like a commit. */
GitRevisions *git_revisions_working(GitRefs *refs, const RevisionMap *map);
/* Both ends of "A..B", of "A...B" (from where B left A) or of "A", which ends at the working folder (working NULL: at
 * HEAD), as "A.." and "A..." do. */
gboolean git_revisions_range(GitRefs *refs, const char *range, const RevisionMap *working, GitRevisions **a,
                             GitRevisions **b, GError **error);
/* Where the file of one of its revisions is below the repository's root; borrowed. */
const char *git_revision_place(const GitRevisions *of, const Revision *revision);

/* What a commit's revisions are compared with another's. */
typedef struct {
  GPtrArray *added;   /* Revision* of b, in its order; borrowed from b */
  GPtrArray *removed; /* Revision* of a */
  GPtrArray *changed; /* Revision* of b: the same id, another content */
  GPtrArray *moved;   /* Revision* of b: the same content under another name */
} GitDifference;

GitDifference *git_difference_new(const GitRevisions *a, const GitRevisions *b);
/* One map of both: what b has, and what only a had; NULL for difference: b's alone.  The caller's. */
RevisionMap *git_difference_map(const GitDifference *difference, const GitRevisions *b);
void git_difference_free(GitDifference *difference);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GitDifference, git_difference_free)
