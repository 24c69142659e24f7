/* Files of plain SQL, as psql would run them.
 *
 *   g_autofree char *text = sql_file_read("-", &error);
 *   g_autoptr(GPtrArray) statements = sql_file_split("-", text, &error);
 *
 * Commands of psql that only concern psql itself, and the rows after COPY ... FROM STDIN, are left out.  A command that
 * may run other SQL (\i, \gexec, ...) is a statement of its own, which no parser of SQL takes: it is reviewed as
 * unknown.
 */
#pragma once

#include <glib.h>

/* Standard input when path is "-".  What is not text, or too long, is an error. */
char *sql_file_read(const char *path, GError **error);
/* Of Statement, each with its line; NULL: a quoted text or a comment does not end. */
GPtrArray *sql_file_split(const char *path, const char *text, GError **error);
