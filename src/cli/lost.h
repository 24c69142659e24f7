/* A database at a revision that no file here has: where the file is, and the ways back. */
#pragma once

#include "session.h"

/* Whether the rows name any; then it is shown, and with --restore the files are written, with --undo the SQL of their
 * downgrades printed.  *lost FALSE: the files have everything, and nothing was printed. */
gboolean lost_recover(Session *session, const char *const *rows, gboolean *lost, GError **error);
