/* Reading cells of a result, and the life of a catalog question. */
#pragma once

#include "conn-private.h"
#include "retort/pg/catalog.h"

/* NULL for NULL; valid UTF-8, the caller's. */
char *cell_text(const PGresult *result, int row, int column);
gboolean cell_true(const PGresult *result, int row, int column);
gint64 cell_int(const PGresult *result, int row, int column);
/* < 0 for NULL, never below 0 otherwise. */
double cell_seconds(const PGresult *result, int row, int column);

/* Any of the callbacks in catalog.h. */
typedef void (*CatalogFunc)(void);
/* Makes the typed answer of a result and hands it to func, whose true type it knows. */
typedef void (*CatalogReader)(const PGresult *result, const GError *error, CatalogFunc func, void *data);
void catalog_ask(PgConn *conn, const char *sql, CatalogReader reader, CatalogFunc func, void *data);
