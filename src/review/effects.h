/* What a statement means to its neighbours: collected while it is read (judge.c), weighed in findings.c. */
#pragma once

#include <glib.h>

typedef enum {
  TRANSACTION_STAYS,
  TRANSACTION_BEGINS,
  TRANSACTION_ENDS, /* COMMIT or ROLLBACK: what follows runs outside of one */
} TransactionVerb;

/* A foreign key that the statement adds; whether an index serves it shows when the plan is over. */
typedef struct {
  guint table; /* id in the session's model */
  char **columns;
  gboolean on_new; /* table or columns are new, so that all indexes on them are the plan's own */
} AddedKey;

/* Statements of one string are added up. */
typedef struct Effects {
  TransactionVerb transaction;
  GPtrArray *keys;      /* AddedKey* */
  GPtrArray *made;      /* char*: views, schemas and types it creates */
  GPtrArray *dropped;   /* char*: those it drops */
  GPtrArray *analyzed;  /* char*: tables, "" for all */
  GPtrArray *not_valid; /* char* "schema.table.constraint": added without a look at the rows */
  GPtrArray *validated; /* likewise */
  char *enum_value;     /* that it adds, or NULL */
  char *enum_type;
  gboolean sets_lock_timeout;
  struct RemedySubject *subject; /* of the one statement, when something was found; or NULL */
  gboolean few_rows;             /* what rows it changes it names: INSERT ... VALUES, WHERE id = 1 */
  gboolean type_changed;         /* ALTER COLUMN TYPE */
} Effects;

void effects_free(Effects *effects);
