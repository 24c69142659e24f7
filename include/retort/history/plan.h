/* Plans: which revisions run in which order, and what happens to the version rows (alembic.md 5). */
#pragma once

#include <glib.h>

#include "retort/history/revmap.h"

typedef enum {
  DIRECTION_UPGRADE,
  DIRECTION_DOWNGRADE,
  DIRECTION_STAMP,
} Direction;

typedef enum {
  ROW_INSERT, /* to */
  ROW_UPDATE, /* from -> to */
  ROW_DELETE, /* from */
} RowOpKind;

typedef struct {
  RowOpKind kind;
  char *from;
  char *to;
} RowOp;

typedef struct {
  Direction direction;
  Revision *revision; /* borrowed; NULL for a stamp to base */
  char **from;        /* left of "->" in the log line */
  char **to;          /* right of it */
  GPtrArray *row_ops; /* RowOp* */
} PlanStep;

typedef struct {
  GPtrArray *steps;    /* PlanStep* */
  GPtrArray *warnings; /* char*: UserWarning texts Alembic would print */
  char **rows_before;
} Plan;

/* rows: version rows as SELECT returns them, NULL-terminated, may be empty. */
Plan *plan_upgrade(const RevisionMap *map, const char *const *rows, const char *target, GError **error);
Plan *plan_downgrade(const RevisionMap *map, const char *const *rows, const char *target, GError **error);
/* targets as given to `stamp`; purge: all rows go first, whatever they are. */
Plan *plan_stamp(const RevisionMap *map, const char *const *rows, const char *const *targets, gboolean purge,
                 GError **error);
/* Lets the first step of a purging stamp also delete the rows that are there, so that the plan can be carried out on a
 * live database.  A plan without steps gets one that says nothing (from and to are empty). */
void plan_purge_rows(Plan *plan, const char *const *rows);

/* A plan made by hand, as from a file: what its steps do to the rows is the caller's to know. */
Plan *plan_new(const char *const *rows);
/* Takes from and to over. */
PlanStep *plan_add_step(Plan *plan, Direction direction, Revision *revision, char **from, char **to);
void plan_add_row_op(PlanStep *step, RowOpKind kind, const char *from, const char *to);

void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* Does a step to rows (char*, owned by an array with g_free): the version rows in the order SELECT would return them,
 * where an update moves a row to the end.  Rows that are not there are left out. */
void plan_rows_apply(GPtrArray *rows, const PlanStep *step);
/* The rows after the first n_steps of the plan; the caller's (g_strfreev).  To look at every step, start with
 * plan_rows_after(plan, 0) and apply the steps one by one instead. */
char **plan_rows_after(const Plan *plan, guint n_steps);

/* "Running upgrade a -> b, message", as Alembic logs it; with_doc FALSE for the comment in --sql output. */
char *plan_step_log(const PlanStep *step, gboolean with_doc);

/* Which revisions the rows imply: applied (ancestors of rows, dependencies included).  gboolean by Revision index;
 * the caller's.  Rows that no revision has are skipped and, if unknown is given, listed there (borrowed). */
gboolean *plan_applied(const RevisionMap *map, const char *const *rows, GPtrArray *unknown);
