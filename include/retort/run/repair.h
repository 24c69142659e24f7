/* A migration that is half applied, by whomever: its statements beside the catalog, and the ways out.
 *
 *   repair_examine(conn, script->statements, recovery, examined, data);
 *
 * The version rows have not moved, or nobody knows.  Each statement is compared with the catalog (run/aftermath.h);
 * statements of one transaction stand and fall together, and they ran in order, so that those that the catalog says
 * nothing about are often decided by their neighbours.  A record of our own (run/recovery.h) knows more, and is believed
 * first.  Nothing is run here.
 *
 * Ways out: continue (a SupervisedStep with skip = resume_at, and SupervisionOptions.prepare = prepare); take back what
 * is done with the SQL in undo, by hand; or stamp, when the operator knows better.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"
#include "retort/run/aftermath.h"
#include "retort/run/recovery.h"
#include "retort/sql/stmt.h"

typedef struct {
  char *sql;
  gboolean outside;     /* of a transaction */
  guint group;          /* statements with the same number are one transaction */
  AftermathState state; /* as everything together says */
  gboolean seen;        /* the catalog (or our record) says so of this very statement */
  Aftermath *aftermath; /* what the catalog says */
} RepairStatement;

typedef struct {
  GPtrArray *statements;  /* RepairStatement* */
  guint done;             /* how many of them are done */
  gboolean half;          /* some are done, and not all */
  gboolean running;       /* a session is still at work on it: look again later */
  gboolean contradictory; /* some are done behind others that are not: no way to go on from here */
  gboolean may_continue;
  guint resume_at;     /* first statement still to run; all of them are done when it is their number */
  char **prepare;      /* SQL to be run before, each outside a transaction; NULL-terminated, may be empty */
  char **undo;         /* SQL that takes back what is done, in this order; NULL-terminated, may be empty */
  gboolean undo_whole; /* ... all of it */
  char *text;          /* a sentence, translated */
} Repair;

void repair_free(Repair *repair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Repair, repair_free)

typedef void (*RepairFunc)(Repair *repair, const GError *error, void *data); /* the callee's to keep */
/* statements: Statement*, of the step as it is rendered now.  recovery: of this very step, or NULL. */
void repair_examine(PgConn *conn, const GPtrArray *statements, const Recovery *recovery, RepairFunc func,
                    void *data);
