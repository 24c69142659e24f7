/* The alembic_version rows: where the database stands.
 *
 * The table is looked up as Alembic does: with a schema, in that schema; without, anywhere on the search path but
 * pg_catalog.  A table that does not exist is no error: exists is FALSE and rows is empty.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"

typedef struct {
  gboolean exists;
  char **rows; /* as SELECT returned them, NULL-terminated, never NULL */
} VersionRows;

void version_rows_free(VersionRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VersionRows, version_rows_free)

typedef void (*VersionRowsFunc)(VersionRows *rows, const GError *error,
                                void *data); /* rows: the callee's to keep */
/* table NULL: "alembic_version"; schema may be NULL. */
void version_rows_read(PgConn *conn, const char *table, const char *schema, VersionRowsFunc func, void *data);
VersionRows *version_rows_read_sync(PgConn *conn, const char *table, const char *schema, GError **error);
