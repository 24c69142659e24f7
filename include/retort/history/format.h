/* Revisions in Alembic's own words, byte for byte: the lines and blocks of heads, history, current, branches and show.
 *
 * Texts are the caller's, end without the newline that printing adds, and are not escaped: whoever shows them on a
 * terminal passes them through text_escape().
 */
#pragma once

#include <glib.h>

#include "retort/history/revision.h"

typedef enum {
  FORMAT_PARENTS = 1 << 0, /* "a, b (dep) -> " in front */
  FORMAT_LABELS = 1 << 1,  /* branch labels, inherited ones included */
  FORMAT_TREE = 1 << 2,    /* (branchpoint) (mergepoint) */
  FORMAT_DOC = 1 << 3,     /* message at the end */
  FORMAT_CURRENT = 1 << 4, /* (current): a version row names it */
} FormatFlags;

/* What the commands print of a revision; `branches` adds FORMAT_DOC to its child lines when verbose. */
#define FORMAT_OF_HEADS FORMAT_LABELS
#define FORMAT_OF_CURRENT FORMAT_TREE
#define FORMAT_OF_HISTORY (FORMAT_PARENTS | FORMAT_LABELS | FORMAT_TREE | FORMAT_DOC)
#define FORMAT_OF_BRANCHES (FORMAT_LABELS | FORMAT_TREE)

/* One line: "a -> b (label) (head), message". */
char *format_line(const Revision *revision, FormatFlags flags);
/* The block of `show` and of -v; of flags only FORMAT_CURRENT counts.  Ends with a newline, printing adds another. */
char *format_block(const Revision *revision, FormatFlags flags);
/* What `branches` prints for one branch point; ends with a newline, printing adds another. */
char *format_branch_point(const Revision *revision, gboolean verbose);
/* The message as it appears in a file name: words joined by "_", lower case, cut to length. */
char *format_slug(const char *message, guint length);
