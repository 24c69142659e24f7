/* What the commands print, in the forms Alembic uses.
 *
 * Command output goes to stdout and is silenced by -q; messages are wrapped to the terminal as Alembic wraps them; log
 * lines and warnings go to stderr.  On a terminal, foreign bytes are made visible; into a pipe or file they go as they
 * are, so that output stays equal byte for byte.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

#include "session.h"

/* A line of command output. */
void out_line(const Session *session, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Command output as it is, also with -q (an SQL script is the product, not chatter). */
void out_text(const char *text);
/* A message: wrapped and indented when standard input is a terminal. */
void out_message(const Session *session, const char *text);
/* "text ..." without a newline, and the "  done" or "  FAILED" that completes it. */
void out_status(const Session *session, const char *text);
void out_status_end(const Session *session, gboolean done);
/* A status on a line of its own, said also with -q. */
void out_status_line(const char *text);
/* text wrapped as Python's textwrap does with an indent of two, for a terminal of so many columns; the caller's. */
char *out_wrap(const char *text, int columns);
/* "INFO  [alembic.runtime.migration] text", when Alembic would log it. */
void out_log(const Session *session, const char *level, const char *logger, const char *text);
/* A UserWarning. */
void out_warning(const char *text);
/* retort's own word on stderr: "retort: text". */
void out_note(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* Foreign SQL on one line: white space becomes single blanks, and it is escaped; the caller's. */
char *out_flat(const char *sql);
/* A GError as the program's last word; returns the exit status. */
int out_error(const Session *session, const GError *error);
/* Takes the node: prints it indented, with a newline. */
void out_json(JsonNode *node);
