/* A revision's file with another down_revision, and nothing else changed.
 *
 * Outside the value of down_revision and the docstring's "Revises:" line the text stays byte for byte: comments,
 * quoting and layout are the author's.  Where as many parents come as there were, only the identifiers that differ are
 * replaced inside their quotes.  With a date, the text after the docstring's "Create Date:" is replaced, too.  A
 * parent that Python computes, or an assignment that is not a plain one at module level, is RETORT_ERROR_REFUSED with
 * its line.  The result is parsed again before it is given out.
 *
 * Whether it is wise is for the caller to find out first: a revision that some database has must not be moved, because
 * what is slipped in beneath it never runs there (edit/guard.h).
 */
#pragma once

#include <glib.h>

/* parents: ids, NULL-terminated; empty makes it a base.  create_date: NULL leaves it.  The new bytes of the file, the
 * caller's. */
char *revision_rewrite(const char *path, const char *text, gsize len, const char *const *parents,
                       const char *create_date, gsize *new_len, GError **error);
