/* The safer way for one finding, as code to copy: the check's templates filled in from the statement.
 *
 *   g_autoptr(Remedy) remedy = remedy_for(finding, statement->sql);
 *   remedy->alembic: "with op.get_context().autocommit_block():\n    op.create_index(...)"
 *
 * What the statement does not tell stays in capitals or angle brackets.  Code is not translated.
 */
#pragma once

#include <glib.h>

#include "retort/review/check.h"

typedef struct {
  char *alembic; /* NULL: nothing to write */
  char *sql;
  int since; /* the first major version of PostgreSQL that knows it; 0: all */
} Remedy;

/* What templates may name of one statement, read once for all findings about it.  sql NULL: about the migration. */
typedef struct RemedySubject RemedySubject;
RemedySubject *remedy_subject_new(const char *sql);
void remedy_subject_free(RemedySubject *subject);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RemedySubject, remedy_subject_free)

/* Never NULL. */
Remedy *remedy_of(const Finding *finding, const RemedySubject *subject);
/* The same for a single finding; sql as above. */
Remedy *remedy_for(const Finding *finding, const char *sql);
void remedy_free(Remedy *remedy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Remedy, remedy_free)
