/* Errors of the program, and what the shell is told about them.
 *
 * Functions that can fail take a GError ** last.  Messages are one sentence, name the object and are translated; they
 * are not wrapped again on the way up.  A code says which kind of failure it is, so that a face can choose what to
 * offer next and which status to exit with.
 */
#pragma once

#include <glib.h>

#define RETORT_ERROR (retort_error_quark())
GQuark retort_error_quark(void);

typedef enum {
  RETORT_ERROR_FAILED,     /* anything without a code of its own */
  RETORT_ERROR_COMMAND,    /* Alembic's CommandError: "FAILED: message" on stdout, status 255 */
  RETORT_ERROR_TRACEBACK,  /* where Alembic dies with a traceback: a clear message on stderr, status 1 */
  RETORT_ERROR_USAGE,      /* wrong words on the command line, status 2 */
  RETORT_ERROR_CONFIG,     /* a configuration that cannot be used */
  RETORT_ERROR_FILE,       /* a file that cannot be read or is not what it should be */
  RETORT_ERROR_CONNECTION, /* no server, wrong credentials, connection lost */
  RETORT_ERROR_DATABASE,   /* the server answered with an error */
  RETORT_ERROR_REFUSED,    /* retort will not do this, and says why */
  RETORT_ERROR_CANCELLED,  /* the operator stopped it */
} RetortError;

/* What goes with an error of the database (pg/conn.h: PgErrorInfo): reference counted, lives and is copied with it.
 * Only codes CONNECTION and DATABASE carry any. */
typedef void *(*RetortDetailsRef)(void *details);
/* Takes details over. */
void retort_error_attach(GError *error, void *details, RetortDetailsRef ref, GDestroyNotify unref);
/* Borrowed; NULL when there are none, also for foreign errors. */
const void *retort_error_details(const GError *error);
