/* Git's index and unified diffs, for changes.c: the only user of libgit2 here. */
#pragma once

#include "retort/edit/changes.h"

/* Puts the index back as it was before changes_stage(), where nobody has touched it since. */
gboolean stage_undo(Changes *changes, GError **error);
