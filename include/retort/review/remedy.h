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
#include "retort/review/forecast.h"

typedef struct {
  char *alembic; /* NULL: nothing to write */
  char *sql;
  int since; /* the first major version of PostgreSQL that knows it; 0: all */
} Remedy;

/* sql: of the statement; NULL: the finding is about the migration.  Never NULL. */
Remedy *remedy_for(const Finding *finding, const char *sql);
/* The same for one of the forecast's findings: what its reading noted need not be read again. */
Remedy *remedy_of(const Finding *finding, const Forecast *forecast, const char *sql);
void remedy_free(Remedy *remedy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Remedy, remedy_free)
