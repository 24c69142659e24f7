/* Asking a database while a migration is rendered.
 *
 * The database is asked as it stands before the run; what the run has sent by then has not happened there.  So each
 * statement leaves a Change, and a question is asked only when no change before it could alter the answer: then the
 * result stays what it is without a database, an unknown value that says which line stands in the way.
 */
#pragma once

#include "bind.h"

typedef enum {
  CHANGE_OBJECT, /* one table, index, type or sequence: its definition, not the rows of others */
  CHANGE_ROWS,   /* rows of any table (triggers, foreign keys), no definition */
  CHANGE_ANY,
} ChangeKind;

typedef struct {
  ChangeKind kind;
  char *name;      /* CHANGE_OBJECT */
  char *new_name;  /* it is renamed, or a column of it is: "" */
  gboolean tables; /* CHANGE_OBJECT: which tables there are changes */
  gboolean types;  /* ... and it may create or drop types besides */
  guint line;
} Change;

void seen_change_free(gpointer change);

/* What op, whose statements begin at first in the script, changes. */
void answers_note_change(PyInterp *interp, const SqlOp *op, guint first);
/* The run stopped: what the rest of its script changes is not known. */
void answers_note_unfinished(Run *run);
/* The run came to its end: states what the script rests on. */
void answers_conclude(Run *run);

/* Whether there is anybody to ask. */
gboolean answers_available(PyInterp *interp);
/* The answer, the script's.  NULL: the run is stopped, for what says what was asked. */
const QueryAnswer *answers_ask(PyInterp *interp, const char *sql, const char *what);
/* A value of an answer; cell may be NULL.  type: as in QueryAnswer. */
PyValue answer_cell(PyInterp *interp, const char *type, const char *cell);

/* Questions, and the first change that stands in their way (NULL: none does). */
const Change *answers_rows_spoiled(PyInterp *interp, const char *sql);
typedef enum {
  CATALOG_TABLE,        /* one table as defined */
  CATALOG_FOREIGN_KEYS, /* of one table, which name others */
  CATALOG_TABLES,       /* which tables and views there are */
  CATALOG_TYPE,         /* whether a type exists */
  CATALOG_TYPES,
} CatalogQuestion;
const Change *answers_catalog_spoiled(PyInterp *interp, CatalogQuestion question, const char *name);
/* "what: line 12 may have changed the answer", as an unknown value. */
PyValue answers_spoiled_value(PyInterp *interp, const char *what, const Change *change);

/* results.c: what executing a query gives: sql is the statement as sent, what names the call. */
PyValue result_value(PyInterp *interp, const char *sql, const SqlQuery *query, const char *what);
/* inspect.c */
PyValue live_inspector_value(PyInterp *interp);
/* Whether a table (or a view) or a type exists; -1: the run is stopped. */
int catalog_has_table(PyInterp *interp, SqlName name, SqlName schema, const char *what);
int catalog_has_type(PyInterp *interp, SqlName name, SqlName schema, const char *what);
