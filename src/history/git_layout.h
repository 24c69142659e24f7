/* Inside the room: where revision files are at other commits, as each one's own configuration says.
 *
 * A folder of revisions that was moved, or added to version_locations, is found in the commits before and after alike.
 * A commit whose configuration is the one at hand costs a look at its blobs; every other one is opened once.
 */
#pragma once

#include "git_refs.h"

/* A commit opened by itself. */
typedef struct {
  Project *project;
  RepoReader *reader; /* does not own the repository */
  char *config;       /* its configuration below the repository's root; NULL: it has none */
} LayoutOpened;

gboolean layout_open(git_repository *git, const git_oid *commit, const ProjectOptions *options,
                     LayoutOpened *opened, GError **error);

/* What refs->reader stands for: the project of the working folder, or of the commit that was opened (whose config is
 * taken over). */
void layout_of_working(GitRefs *refs, const Project *project);
void layout_of_commit(GitRefs *refs, const git_oid *commit, LayoutOpened *opened);
void layout_clear(GitRefs *refs);

/* The reader of that commit's folders: refs->reader or one that lives as long as refs; NULL: it has no environment.
 * RepoCommits belong to the reader they were asked from. */
RepoReader *layout_at(GitRefs *refs, const RepoCommit *commit);
/* The same of an index, such as a merge makes. */
RepoReader *layout_of_index(GitRefs *refs, git_index *index);
/* A reader of every folder that any of the references has; a new one, or refs->reader when there are no others. */
RepoReader *layout_of_all(GitRefs *refs, const GPtrArray *references);
