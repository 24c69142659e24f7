/* From an SQLAlchemy URL (or libpq's own) to libpq connection parameters, and a form of it that is safe to show. */
#pragma once

#include <glib.h>

typedef struct {
  GPtrArray *keywords; /* char*, parallel to values */
  GPtrArray *values;
  char *display;       /* "app@db1:5432/shop": no password, escaped */
  char *source;        /* where it came from: "--url", "DATABASE_URL", "sqlalchemy.url", "libpq defaults" */
} PgParams;

/* postgresql://, postgresql+driver://, postgres://, or a libpq conninfo string. RETORT_ERROR_CONFIG names the scheme when
 * it is another database. */
PgParams *pg_params_parse(const char *url, const char *source, GError **error);
/* Nothing but PG* variables and service files. */
PgParams *pg_params_default(void);
void pg_params_free(PgParams *params);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PgParams, pg_params_free)
void pg_params_set(PgParams *params, const char *keyword, const char *value);
/* The URL with its password replaced by ***, as Alembic shows it: "postgresql://user:***@host/db". The caller's. */
char *pg_url_redact(const char *url);
