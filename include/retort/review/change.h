/* What a statement changes, object by object: to be compared with what others change.
 *
 *   g_autoptr(GPtrArray) changes = changes_read("ALTER TABLE orders ADD COLUMN note text", &unknown);
 *   a Change: verb CREATE, class COLUMN, relation "orders", name "note"
 *
 * Names are as the server folds them; the schema public is left out.  Unnamed constraints have the name that the server
 * would give.
 */
#pragma once

#include <glib.h>

#include "retort/review/tree.h"

typedef enum {
  CHANGE_CREATE,
  CHANGE_DROP,
  CHANGE_RENAME, /* aspect: the new name */
  CHANGE_ALTER,  /* aspect: what of it; value: to what */
  CHANGE_ROWS,   /* rows of a table are inserted, changed or deleted */
  CHANGE_USE,    /* it must be there: columns of an index, the target of a foreign key, a column's type */
} ChangeVerb;

typedef enum {
  OBJECT_SCHEMA,
  OBJECT_TABLE,
  OBJECT_COLUMN,
  OBJECT_INDEX,
  OBJECT_CONSTRAINT,
  OBJECT_TYPE,
  OBJECT_VIEW,
  OBJECT_SEQUENCE,
  OBJECT_FUNCTION,
  OBJECT_TRIGGER,
  OBJECT_POLICY,
  OBJECT_RULE,
  OBJECT_EXTENSION,
} ObjectClass;

typedef struct {
  ChangeVerb verb;
  ObjectClass class;
  char *relation;   /* the table that it belongs to, or that it is; NULL for what belongs to none */
  char *name;       /* of the object itself */
  char *aspect;     /* or NULL */
  char *value;      /* or NULL */
  gboolean guarded; /* IF EXISTS, IF NOT EXISTS, OR REPLACE: doing it twice does no harm */
} Change;

/* Change*, owned; never NULL.  *unknown: translated, why the list may not be complete; NULL: it is.  The caller's. */
GPtrArray *changes_read(const char *sql, char **unknown);
/* The same of a statement that is parsed already. */
GPtrArray *changes_of_tree(const SqlTree *tree, char **unknown);
void review_change_free(Change *change);

/* How two changes, made by two sides that do not know each other, stand to one another. */
typedef enum {
  VERDICT_INDEPENDENT,   /* nothing in common */
  VERDICT_SAME_OBJECT,   /* the same object is touched, either order works */
  VERDICT_CONTRADICTORY, /* one of the orders fails, or they give different results */
  VERDICT_UNKNOWN,       /* not all that the sides do is known */
} Verdict;

/* Never VERDICT_UNKNOWN.  *why: translated, one clause such as "both create column orders.note"; NULL when they are
 * independent.  The caller's. */
Verdict changes_compare(const Change *a, const Change *b, char **why);
/* "orders.note", "ix_orders_note", ...; the caller's. */
char *change_object(const Change *change);
/* "creates column orders.note (text)", "drops index ix_orders_note", ...: translated, the caller's. */
char *change_text(const Change *change);
const char *object_class_name(ObjectClass class); /* "table", ...: translated */
const char *verdict_name(Verdict verdict); /* "independent", "same-object", "contradictory", "unknown" */
