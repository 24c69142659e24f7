/* From an SQLAlchemy URL (or libpq's own) to libpq connection parameters, and a form of it that is safe to show.
 *
 *   g_autoptr(PgParams) params = pg_params_parse(url, "--url", &error);
 *   g_autoptr(PgConn) conn = pg_conn_new(params, NULL);
 *
 * URLs are taken apart by SQLAlchemy's rules, whatever driver they name, because that is what env.py would do with
 * them; what those rules cannot read is given to libpq.  Options that only a Python driver knows are translated where
 * libpq has the same (asyncpg's ssl=require) and left out with a note otherwise.  A password never appears in
 * display, notes or an error.
 */
#pragma once

#include <glib.h>

typedef struct {
  GPtrArray *keywords; /* char*, parallel to values */
  GPtrArray *values;
  char *display;    /* "app@db1:5432/shop": no password, escaped */
  char *source;     /* where it came from: "--url", "DATABASE_URL", "sqlalchemy.url", "libpq defaults" */
  GPtrArray *notes; /* char*: options that were left out, a sentence each */
} PgParams;

/* postgresql://, postgresql+driver://, postgres://, or a libpq conninfo string ("service=prod").  RETORT_ERROR_CONFIG
 * names the scheme when it is another database. */
PgParams *pg_params_parse(const char *url, const char *source, GError **error);
/* Nothing but PG* variables and service files. */
PgParams *pg_params_default(void);
PgParams *pg_params_copy(const PgParams *params);
void pg_params_free(PgParams *params);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PgParams, pg_params_free)
/* value NULL removes the keyword. */
void pg_params_set(PgParams *params, const char *keyword, const char *value);
/* What was set for this keyword, borrowed; NULL when libpq's defaults decide. */
const char *pg_params_get(const PgParams *params, const char *keyword);
/* The URL with its password replaced by ***, as Alembic shows it: "postgresql://user:***@host/db". The caller's. */
char *pg_url_redact(const char *url);
