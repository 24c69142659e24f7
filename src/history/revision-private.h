/* Reading a revision file, with what readers of many files need: where it is wrong and how Alembic would take it. */
#pragma once

#include "retort/history/revision.h"

typedef struct {
  guint line; /* 0: the whole file */
  char *text;
  char *id; /* of the revision, where that could be read; or NULL */
  int code; /* RetortError: what Alembic would make of it; RETORT_ERROR_FILE when Alembic could go on */
} RevisionFault;

/* data: the bytes of the file at path.  imports_from: a file beside which imported constants are looked for (path
 * itself for a file on disk).  bindings: NULL, or an array of Binding for reuse.  NULL with *fault filled. */
Revision *revision_scan(const char *path, const char *imports_from, const char *data, gsize len,
                        GArray *bindings, RevisionFault *fault);
void revision_fault_clear(RevisionFault *fault);
/* The line of the first decorator in the text that changes how SQLAlchemy writes what other revisions send; 0: none. */
guint revision_compiles_line(const char *text, gsize len);
/* Has the name one that Alembic loads? */
gboolean revision_file_name(const char *name);
