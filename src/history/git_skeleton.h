/* Opening the project of a commit that is not checked out. */
#pragma once

#include <git2.h>

#include "retort/history/project.h"

/* Writes what project_open() looks at, of a commit or of an index, to a new temporary folder: its path, the caller's. */
char *git_skeleton_write(git_repository *git, const git_oid *commit, git_index *index, GError **error);
void git_skeleton_remove(const char *root);
/* The project in such a folder; relative names in options count from its root, start as well. */
Project *git_skeleton_open(const char *root, const ProjectOptions *options, GError **error);
