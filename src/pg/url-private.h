/* The parts of a URL as SQLAlchemy's pattern cuts it. */
#pragma once

#include <glib.h>

typedef struct {
  char *scheme; /* "postgresql+psycopg2" */
  char *user;   /* NULL when absent, as all below */
  char *password;
  char *host;
  char *port;
  char *database;
  GPtrArray *query; /* char*: key, value, key, value, ...; blank values are left out */
} UrlParts;

/* NULL when the pattern does not match to the end; decoded as SQLAlchemy decodes (the database is not). */
UrlParts *url_parts_parse(const char *url);
void url_parts_free(UrlParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UrlParts, url_parts_free)
/* As str(URL) prints it: the password is ***, query keys sorted. */
char *url_parts_redacted(const UrlParts *parts);
/* TRUE for option names whose value is a secret. */
gboolean url_key_is_secret(const char *key);
