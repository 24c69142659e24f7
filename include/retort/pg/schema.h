/* What is in a database, object by object as text, and how two such pictures differ.
 *
 *   g_autoptr(GPtrArray) before = schema_read_sync(conn, &ignored, &error);
 *   ...
 *   g_autoptr(GPtrArray) after = schema_read_sync(conn, &ignored, &error);
 *   g_autoptr(GPtrArray) differences = schema_compare(before, after);
 *
 * Tables, partitions, columns and their order, constraints, indexes, sequences, views, types, functions, triggers,
 * rules, policies, statistics, comments, privileges, owners and extensions: what `pg_dump --schema-only` would say of
 * them, but one object at a time, so that a difference has a name.  Left out are what belongs to an extension, system
 * schemas, data, and what migrations hardly touch: publications, event triggers, operators, casts, text search.  It is one statement, read from the session's own snapshot: inside a transaction it
 * sees what that has not committed yet.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"

typedef struct {
  char *kind;       /* "table", "column", "index", ...: an SQL word, not translated */
  char *name;       /* "public.orders.total"; foreign bytes, not escaped */
  char *definition; /* all there is to say of it; may hold newlines */
  char *parent;     /* name of the table (or view) that it goes with, or NULL */
} SchemaObject;

void schema_object_free(SchemaObject *object);

/* schema and table of the version table, which is left out; table NULL: none. */
typedef struct {
  const char *schema;
  const char *table;
} SchemaIgnore;

/* objects: SchemaObject*, sorted by kind and name, with its free function; the callee's. NULL on an error. */
typedef void (*SchemaFunc)(GPtrArray *objects, const GError *error, void *data);
void schema_read(PgConn *conn, const SchemaIgnore *ignore, SchemaFunc func, void *data);
GPtrArray *schema_read_sync(PgConn *conn, const SchemaIgnore *ignore, GError **error);

typedef enum {
  SCHEMA_ADDED,   /* only b has it */
  SCHEMA_REMOVED, /* only a had it */
  SCHEMA_CHANGED,
} SchemaChange;

typedef struct {
  SchemaChange change;
  char *kind;
  char *name;
  char *before; /* definition; NULL when added */
  char *after;  /* NULL when removed */
  /* The order of a table's columns, which only SELECT * and INSERT without a list notice. */
  gboolean minor;
} SchemaDifference;

/* SchemaDifference*, by kind and name; empty when both are the same.  What belongs to an object that is altogether new
 * or gone (the columns of a dropped table) is not listed again. */
GPtrArray *schema_compare(const GPtrArray *a, const GPtrArray *b);
/* "index public.ix_orders: is gone (CREATE INDEX ...)": a sentence or a few lines, translated and escaped; the
 * caller's. */
char *schema_difference_text(const SchemaDifference *difference);
