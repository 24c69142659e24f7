/* A whole plan as one SQL script, byte for byte as `alembic upgrade A:B --sql` prints it: BEGIN/COMMIT, "-- Running ..."
 * lines, the version table and its rows (alembic.md 7 and 8). */
#pragma once

#include <glib.h>

#include "retort/render/render.h"

/* Appends to out.  On an error what was produced before stays in out, as Alembic leaves it on stdout. */
gboolean offline_script(RenderSession *session, const Project *project, const Plan *plan, GString *out,
                        GError **error);

/* What one script adds to such output: every statement, a semicolon and an empty line; COMMIT and BEGIN around its
 * autocommit blocks when DDL is transactional. */
void script_offline_text(const Script *script, gboolean transactional_ddl, GString *out);

/* The statements that keep the version table, as sent to the server; project NULL: defaults. */
char *version_table_create_sql(const Project *project);
char *version_row_sql(const Project *project, const RowOp *op);
/* The first of them as --sql prints it, for which env.py may have configured another table. */
char *version_table_create_offline_sql(const Project *project);
