/* What a database answers while a migration is rendered.
 *
 * The renderer itself talks to no server.  Given a source of answers it asks for the rows of the queries whose results
 * a migration looks at, and for what the catalog says where the migration inspects it; what it was told stays with the
 * script.  A source must change nothing: it asks inside one read-only snapshot (run/answers.h).
 */
#pragma once

#include <glib.h>

typedef struct {
  char *sql;
  guint line; /* of the migration that asked; 0: not known */
  guint n_columns;
  guint n_rows;
  char **names; /* of the columns, n_columns and a NULL */
  /* pg_type.typname, "_int4" for an array of int4, "schema.name" for types outside pg_catalog, "enum" for any enum. */
  char **types;
  char **cells; /* n_rows * n_columns texts as the server sends them, row by row; NULL is SQL's NULL */
} QueryAnswer;

/* Columns and cells are all NULL, for the caller to fill in. */
QueryAnswer *query_answer_new(const char *sql, guint n_columns, guint n_rows);
void query_answer_free(QueryAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(QueryAnswer, query_answer_free)
/* The same question with the same columns and rows. */
gboolean query_answer_equal(const QueryAnswer *a, const QueryAnswer *b);

typedef struct {
  /* The rows of one query, or why there is no answer: it changes something, it fails, it is too large. */
  QueryAnswer *(*query)(const char *sql, void *data, GError **error);
  /* Whether a statement is known to change nothing at all. */
  gboolean (*only_reads)(const char *sql, void *data);
  void *data;
} AnswerSource;
