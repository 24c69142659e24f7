/* What became of a statement, when nobody heard its answer, it failed outside a transaction, or somebody else ran it.
 *
 * The catalog is compared with what the statement would have done.  That is known for the statements that have to run
 * outside a transaction: CREATE, DROP and REINDEX INDEX CONCURRENTLY, DETACH PARTITION CONCURRENTLY, VALIDATE
 * CONSTRAINT, ALTER TYPE ... ADD VALUE; and for those whose work has a name: tables, columns, constraints, views, types,
 * schemas made, dropped or renamed.  Anything else is AFTERMATH_UNKNOWN, never "done".
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"

typedef enum {
  AFTERMATH_UNKNOWN,
  AFTERMATH_DONE,
  AFTERMATH_NOT_DONE, /* it left nothing: run it again */
  AFTERMATH_BROKEN,   /* it left something behind: cleanup or finish first */
  AFTERMATH_RUNNING,  /* its session is still at work */
} AftermathState;

typedef struct {
  AftermathState state;
  char *text;    /* a sentence, translated */
  char *cleanup; /* SQL, outside a transaction, after which the statement can run again; NULL: none needed */
  char *
      finish; /* SQL that completes what was begun, instead of running the statement again; NULL: there is none */
  char *undo; /* SQL that takes back what is AFTERMATH_DONE; NULL: not known, or nothing can bring it back */
} Aftermath;

void aftermath_free(Aftermath *aftermath);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Aftermath, aftermath_free)

typedef void (*AftermathFunc)(Aftermath *aftermath, const GError *error,
                              void *data); /* the callee's to keep */
void aftermath_examine(PgConn *conn, const char *sql, AftermathFunc func, void *data);
/* The same with data that destroy frees should the connection be freed before func was called. */
void aftermath_examine_owned(PgConn *conn, const char *sql, AftermathFunc func, void *data,
                             GDestroyNotify destroy);

/* The question that is asked for a statement, or NULL when none is known; the caller's. */
char *aftermath_query(const char *sql);
