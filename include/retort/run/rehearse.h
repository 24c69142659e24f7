/* The rehearsal: a plan carried out where it does no harm, to see what it really locks, how long it takes, and whether
 * its downgrades undo it.
 *
 *   g_autoptr(Rehearsal) rehearsal = rehearse(params, &request, cancellable, &error);
 *
 * REHEARSE_TRANSACTION runs on the database itself inside one transaction that is rolled back: its locks are real while
 * it lasts, and a statement that cannot run in a transaction is refused beforehand.  The others run on a scratch
 * database (run/scratch.h), migration by migration, each rendered when its turn comes, so that what it asks is answered
 * by what the ones before it have made.
 *
 * A round trip goes there, back, and there again; the catalog is compared (pg/schema.h) with what it was at the same
 * place before.  This function blocks, turning the thread's default main context.
 */
#pragma once

#include <gio/gio.h>

#include "retort/history/plan.h"
#include "retort/history/project.h"
#include "retort/pg/conn.h"
#include "retort/pg/schema.h"
#include "retort/render/render.h"

typedef enum {
  REHEARSE_TRANSACTION,
  REHEARSE_SCHEMA,   /* a scratch copy of the schema, without data */
  REHEARSE_TEMPLATE, /* a scratch copy of everything; nobody may be connected to the original */
} RehearsalPlace;

typedef struct {
  char *sql;
  gboolean autocommit;
  double elapsed_s;
  GPtrArray *locks; /* char*: "ACCESS EXCLUSIVE public.orders", that it took anew on what was there before */
  GPtrArray *unforeseen; /* char*: those of them that the forecast does not have */
} RehearsedStatement;

typedef struct {
  char *revision;
  Direction direction;
  guint pass;            /* 0: there, 1: back, 2: there again */
  GPtrArray *statements; /* RehearsedStatement*: that succeeded */
  double elapsed_s;
} RehearsedStep;

typedef struct {
  RehearsalPlace place;
  char *scratch;       /* name of the scratch database, which is gone; or NULL */
  GPtrArray *steps;    /* RehearsedStep* */
  char *error;         /* what failed in the last step, with its statement in failed_sql; NULL: all is well */
  char *failed_sql;    /* or NULL */
  gboolean round_trip; /* it was made whole */
  GPtrArray
      *not_undone; /* SchemaDifference*: between before and after going back; NULL: it did not come to that */
  GPtrArray *not_redone; /* ... between there and there again */
} Rehearsal;

void rehearsal_free(Rehearsal *rehearsal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rehearsal, rehearsal_free)

typedef struct {
  const Project *project;
  const Plan *plan;
  RehearsalPlace place;
  gboolean round_trip;
  guint lock_timeout_ms; /* 0: wait for ever */
  /* Renders a step in a direction; conn is idle, or NULL when nothing can be asked.  What it returns is the caller's;
   * NULL with an error, or a script that is not whole, ends the rehearsal. */
  Script *(*render)(Revision *revision, Direction direction, PgConn *conn, void *data, GError **error);
  /* A statement succeeded; may be NULL. */
  void (*statement)(const RehearsedStep *step, const RehearsedStatement *statement, void *data);
  /* A step begins; may be NULL. */
  void (*step)(const RehearsedStep *step, void *data);
  void *data;
} RehearsalRequest;

/* NULL with an error when it could not begin; a migration that fails is no error of this function. */
Rehearsal *rehearse(const PgParams *params, const RehearsalRequest *request, GCancellable *cancellable,
                    GError **error);
