/* Identifiers: when they are quoted, how schemas are joined to them, how long they may be.
 *
 * A name is a value (SqlName), not a string, because two Python facts travel with it: quoted_name(x, True/False)
 * forces or forbids quotes, and op.f("x") / conv("x") marks a name that no naming convention may change.
 *
 * A name is quoted when its lower-cased form is reserved, it starts with a digit or "$", holds anything outside
 * [A-Za-z0-9_$], or is not all lower case; inner double quotes are doubled, and percent signs too when the output is
 * pyformat.  The empty string is never "no name": that is text == NULL.
 */
#pragma once

#include <glib.h>

#include "retort/base/arena.h"
#include "retort/sql/list.h"

typedef enum {
  SQL_QUOTE_AUTO,   /* a plain str */
  SQL_QUOTE_ALWAYS, /* quoted_name(x, True) */
  SQL_QUOTE_NEVER,  /* quoted_name(x, False): printed as it is */
} SqlQuote;

typedef struct {
  const char *text; /* NULL: no name */
  SqlQuote quote;
  gboolean final; /* op.f(), conv(), or made by a convention: too long means truncated, not refused */
} SqlName;
SQL_DEFINE_LIST(SqlNameList, sql_name_list, SqlName)

#define SQL_MAX_IDENTIFIER 63

static inline SqlName sql_name(const char *text)
{
  return (SqlName){.text = text};
}

/* TRUE for the words PostgreSQL reserves in the list that SQLAlchemy carries; word is lower case. */
gboolean sql_is_reserved(const char *word);
gboolean sql_name_needs_quotes(SqlName name);
/* Appends name as it stands in a statement. */
void sql_append_name(GString *out, SqlName name, gboolean double_percents);
/* "schema.name" as SQLAlchemy writes it: a dotted schema is one identifier, "x.y".t. */
void sql_append_qualified(GString *out, SqlName schema, SqlName name, gboolean double_percents);
/* The same as Alembic's own ALTER statements write it: a dotted schema is split, x.y.t. */
void sql_append_qualified_split(GString *out, SqlName schema, SqlName name, gboolean double_percents);

/* name itself when it is short enough, or its first 55 characters, "_" and the last 4 hex digits of its md5 when it is
 * final; FALSE when it is too long and not final (IdentifierError). */
gboolean sql_name_fit(Arena *arena, SqlName name, SqlName *fitted);
