/* The alembic_version rows: where the database stands. */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"

typedef struct {
  gboolean exists;
  char **rows; /* as SELECT returned them, NULL-terminated */
} VersionRows;

void version_rows_free(VersionRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VersionRows, version_rows_free)

typedef void (*VersionRowsFunc)(VersionRows *rows, const GError *error, void *data); /* rows: the callee's to keep */
void version_rows_read(PgConn *conn, const char *table, const char *schema, VersionRowsFunc func, void *data);
VersionRows *version_rows_read_sync(PgConn *conn, const char *table, const char *schema, GError **error);
