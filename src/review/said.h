/* Types of columns as statements say them: what a downgrade brings back is what the upgrade changed. */
#pragma once

#include "forecast-private.h"

typedef struct {
  char *table; /* "schema.name" */
  char *column;
  gboolean altered; /* by ALTER COLUMN TYPE; else the column is added */
  gboolean cast;    /* with USING */
  TypeRef type;
  char *text; /* as PostgreSQL would write it: "varchar(20)" */
} SaidType;

/* SaidType*, in order; never NULL.  statements: Statement*. */
GPtrArray *said_types(ForecastSession *session, const GPtrArray *statements);
/* The first about that column; NULL: none. */
const SaidType *said_find(const GPtrArray *types, const char *table, const char *column);
/* What the change from one to the other is for the rows; as in types.c. */
TypeChange said_change(ForecastSession *session, const SaidType *from, const SaidType *to);
gboolean said_narrows(const SaidType *from, const SaidType *to);
