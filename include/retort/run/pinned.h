/* A plan that was reviewed, pinned to a file: what `retort rollout FILE` will do, and nothing else.
 *
 *   g_autoptr(PinnedPlan) plan = pinned_plan_new(project, plan, scripts, server, ROLLOUT_PER_MIGRATION, &error);
 *   pinned_plan_write(plan, "release-42.json", &error);
 *   ...
 *   g_autoptr(PinnedPlan) pinned = pinned_plan_read("release-42.json", &error);
 *   guint at = pinned_plan_position(pinned, rows);             where an interrupted rollout goes on
 *   g_autoptr(Plan) left = pinned_plan_remaining(pinned, map, at, &error);
 *   ... render left, pin it as `now` ...
 *   g_autoptr(GPtrArray) differences = pinned_plan_differences(pinned, now, at);
 *
 * The file names the database (cluster, database, version) and the rows it was made for, and for each step its
 * revision, file and the file's hash, the engine and why, every statement with its locks, what the step does to the
 * version rows, and the rows after it.  What is carried out are these steps and row changes, whatever the project has
 * grown since; what they rest on (the files, the statements) has to be as it was.  It is JSON for programs;
 * pinned_plan_text() is for people, with the true transaction boundaries: where an autocommit block commits early, and
 * that the version row moves last.
 *
 * A migration that asks the database is pinned with the statements that follow from the answers of that moment; the
 * rollout asks again.  One that needs Python is pinned by its file alone: the project's own Alembic runs it, and the
 * statements, if there are any, are what Alembic printed with --sql, for reading.
 */
#pragma once

#include <glib.h>

#include "retort/pg/catalog.h"
#include "retort/review/catalog.h"
#include "retort/run/rollout.h"

typedef struct {
  char *sql;
  gboolean autocommit;
  GPtrArray *locks; /* char*: "ACCESS EXCLUSIVE public.orders", and the size when it is known */
  char *summary;    /* of the forecast, translated */
} PinnedStatement;

typedef struct {
  char *revision;
  Direction direction;
  char *path;            /* as the project has it, absolute; NULL for a stamp */
  char *sha256;          /* of the file; NULL for a stamp */
  char *engine;          /* "native" or "alembic" */
  char *why;             /* "alembic": what retort cannot render, with its place, or the setting; else NULL */
  GPtrArray *asks;       /* char*: questions to the database that the statements rest on */
  GPtrArray *statements; /* PinnedStatement* */
  char **from, **to;     /* as in PlanStep */
  GPtrArray *row_ops;    /* RowOp* */
  char **rows_after;
} PinnedStep;

typedef struct {
  char *created;  /* UTC */
  char *project;  /* name */
  char *identity; /* "app@db1:5432/shop" */
  char *database;
  char *system_id;    /* NULL: not known */
  int server_version; /* 0: not known */
  RolloutTransaction transaction;
  char **rows_before;
  GPtrArray *steps; /* PinnedStep* */
} PinnedPlan;

gboolean pinned_step_by_alembic(const PinnedStep *step);

/* scripts: Script* by step (NULL for stamps).  One that is neither exact nor answered is a step for the project's own
 * Alembic, and so is any when the operator wants that (run/engine.h); it takes a project with a configuration; one that fails by itself is refused.  server may be NULL. */
PinnedPlan *pinned_plan_new(const Project *project, const Plan *plan, GPtrArray *scripts,
                            const ServerInfo *server, RolloutTransaction transaction, GError **error);
void pinned_plan_free(PinnedPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PinnedPlan, pinned_plan_free)

gboolean pinned_plan_write(const PinnedPlan *plan, const char *path, GError **error);
/* RETORT_ERROR_FILE when it is no plan of ours. */
PinnedPlan *pinned_plan_read(const char *path, GError **error);
/* The first step that is still to do from these rows; the number of steps when all is done; G_MAXUINT when the rows
 * are not on the plan's way. */
guint pinned_plan_position(const PinnedPlan *plan, const char *const *rows);
/* Says again what its statements lock, now that the relations of the database are known. */
void pinned_plan_review(PinnedPlan *plan, const ReviewCatalog *catalog);
/* Its steps from `from` on, as a plan for what the map has under these ids; RETORT_ERROR_REFUSED names a revision that it
 * does not have. */
Plan *pinned_plan_remaining(const PinnedPlan *plan, const RevisionMap *map, guint from, GError **error);
/* What differs between the pinned plan from step `from` on and one made now from the present rows: sentences (char*),
 * translated and escaped; empty when they are the same. */
GPtrArray *pinned_plan_differences(const PinnedPlan *pinned, const PinnedPlan *now, guint from);
/* For people; foreign text is escaped, SQL keeps its lines. */
char *pinned_plan_text(const PinnedPlan *plan);
