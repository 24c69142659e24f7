/* Naming conventions: MetaData(naming_convention={...}) of the target metadata.
 *
 * Each template is a %-format over the tokens table_name, referred_table_name, constraint_name, column_0_name,
 * column_0_key, column_0_label, column_0N_name (all, joined), column_0_N_name (all, joined by "_"),
 * referred_column_0_name and their likes, and constants of the project's own.  SQLAlchemy's default has
 * ix = "ix_%(column_0_label)s" only; a NULL SqlNaming means that default.
 */
#pragma once

#include <glib.h>

#include "retort/sql/error.h"
#include "retort/sql/ident.h"

typedef enum {
  SQL_NAMING_IX,
  SQL_NAMING_UQ,
  SQL_NAMING_CK,
  SQL_NAMING_FK,
  SQL_NAMING_PK,
  SQL_N_NAMING,
} SqlNamingKind;

typedef struct {
  const char *templates[SQL_N_NAMING]; /* NULL: no convention for this kind */
  /* Custom tokens whose value does not depend on the constraint: name, value, name, value, ... */
  SqlTextList constants;
} SqlNaming;

/* What a template may ask about.  Columns are names as the table spells them (not quoted). */
typedef struct {
  SqlNamingKind kind;
  SqlName given; /* the name written in the migration, or none */
  SqlName table;
  SqlName schema;
  SqlNameList columns;     /* column names, in order */
  SqlNameList column_keys; /* the same columns' keys; empty: as columns */
  SqlName referred_table;
  SqlName referred_schema;
  SqlNameList referred_columns;
} SqlNamingSubject;

/* The name a constraint or index gets: the given one, the convention's, or none.  FALSE and error for the
 * InvalidRequestError of a check without a name. */
gboolean sql_naming_apply(Arena *arena, const SqlNaming *naming, const SqlNamingSubject *subject,
                          SqlName *name, GError **error);
