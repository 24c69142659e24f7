/* Comments that silence a check, and which lines of a migration they speak of.
 *
 *   op.create_index(...)  # retort: allow index-not-concurrent: the table is empty until the release
 *
 * Behind a statement, or in lines of their own above it, they speak of that statement; on or above a line that opens a
 * block (with, if, for) of all in it; on or above `def upgrade' of the whole function; outside of functions, of the
 * whole file.  Several checks are parted by commas; "all" stands for every one.  In SQL the comment begins with two
 * dashes.
 */
#pragma once

#include <glib.h>

#define SILENCE_ALL "all"

typedef struct {
  char **checks; /* names, as written */
  char *reason;  /* "" when none is given */
  guint line;    /* of the comment */
  guint first;   /* lines it speaks of; last < first: of none */
  guint last;
  gboolean used;
} Silence;

typedef struct {
  GPtrArray *silences; /* Silence* */
  guint upgrade_line;  /* of `def upgrade`; 0: there is none */
  guint downgrade_line;
  guint downgrade_end; /* its last line */
} SourceNotes;

/* A migration's text, or SQL when sql is TRUE.  Never NULL. */
SourceNotes *source_notes_read(const char *text, gsize len, gboolean sql);
void source_notes_free(SourceNotes *notes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceNotes, source_notes_free)

/* The one of them that speaks of a line and a check, by name; narrower ones come first.  NULL: none. */
Silence *source_notes_find(const SourceNotes *notes, const char *check, guint line);

/* "a, b" as names; the caller's (g_strfreev). */
char **silence_names(const char *text);
