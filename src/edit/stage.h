/* What the room shares of libgit2: the repository around a file, and its index. */
#pragma once

#include <git2.h>

#include "retort/edit/changes.h"

/* RETORT_ERROR_REFUSED when there is none. */
git_repository *stage_open_around(const char *path, GError **error);
/* libgit2's last error behind what was attempted; FALSE. */
gboolean stage_git_failed(GError **error, const char *what);
/* Puts the index back as it was before changes_stage(), where nobody has touched it since. */
gboolean stage_undo(Changes *changes, GError **error);
