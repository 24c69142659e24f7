/* A reader of TOML 1.0, for pyproject.toml.
 *
 *   g_autoptr(Toml) toml = toml_parse(path, text, len, &error);
 *   const TomlValue *url = toml_find(toml_root(toml), "tool", "alembic", "sqlalchemy.url", NULL);
 *   if (url && url->kind == TOML_STRING) puts(url->text);
 *
 * Everything belongs to the Toml and dies with it.  Dates and times keep their text.  The first fault in the file is
 * RETORT_ERROR_TRACEBACK with path and line; nothing is repaired.  Nesting is limited
 * to TOML_DEPTH, the members of one table to TOML_MEMBERS (they are searched one by one).
 */
#pragma once

#include <glib.h>

#define TOML_DEPTH 100
#define TOML_MEMBERS 2000

typedef enum {
  TOML_STRING,
  TOML_INTEGER,
  TOML_FLOAT,
  TOML_BOOLEAN,
  TOML_DATETIME,
  TOML_ARRAY,
  TOML_TABLE,
} TomlKind;

typedef struct TomlValue TomlValue;
struct TomlValue {
  TomlKind kind;
  guint line;       /* from 1 */
  const char *key;  /* within a table, or NULL */
  const char *text; /* strings (UTF-8, may hold NUL), numbers and times as written */
  gsize len;        /* bytes of text */
  gint64 integer;
  double real;
  gboolean truth;
  GPtrArray *items; /* TomlValue*: elements of an array, members of a table, in file order */
  /* How a table or array came about, which decides what may still be added; for the reader. */
  guint8 origin;
};

typedef struct Toml Toml;

Toml *toml_parse(const char *path, const char *text, gsize len, GError **error);
void toml_free(Toml *toml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Toml, toml_free)

const TomlValue *toml_root(const Toml *toml);
/* Member of a table; NULL when there is none or value is NULL or no table. */
const TomlValue *toml_get(const TomlValue *value, const char *key);
/* Follows keys down to a NULL. */
const TomlValue *toml_find(const TomlValue *value, ...) G_GNUC_NULL_TERMINATED;
