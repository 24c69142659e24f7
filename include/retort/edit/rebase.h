/* Rearranging revisions: one side on top of the other, an order changed, a parent set by hand.
 *
 *   g_autoptr(Rebase) rebase = rebase_new(project, map);
 *   rebase_onto(rebase, "77ab19fe01c2", "8d41c0b2e9aa", &error);      any number of moves
 *   g_autoptr(RebasePlan) plan = rebase_plan(rebase, &error);
 *   show(changes_diff(plan->changes, folder)); draw(plan->map);
 *   ... edit/guard.h: is it wise? ...
 *   changes_apply(plan->changes, &error);                             edit/changes.h
 *
 * A move changes down_revision of as few revisions as it can; what stands on them comes along by itself.  Merges
 * inside a side stay merges, labels and depends_on go with their revision.  A move that would make a cycle (also
 * through depends_on), or a merge of a revision with its own ancestor, is RETORT_ERROR_REFUSED with the reason, and
 * nothing has moved.  Files are read only by rebase_plan(): it refuses what was changed since the map was loaded, and
 * a down_revision that Python computes, with file and line.
 *
 * Revisions are named by their ids; symbols are for the caller to resolve (history/target.h).  Project and map must
 * outlive the rebase and its plans.
 */
#pragma once

#include "retort/edit/changes.h"
#include "retort/history/project.h"
#include "retort/history/revmap.h"

typedef struct Rebase Rebase;

Rebase *rebase_new(const Project *project, const RevisionMap *map);
void rebase_free(Rebase *rebase);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rebase, rebase_free)

/* Everything that side has below it and onto has not comes to stand on onto. */
gboolean rebase_onto(Rebase *rebase, const char *side, const char *onto, GError **error);
/* This revision alone: what stood on it stands on its parents, and what stood on onto stands on it (when it goes down
 * its own line, only that line).  onto NULL: base. */
gboolean rebase_alone(Rebase *rebase, const char *id, const char *onto, GError **error);
/* Changes places with the revision above (up) or below it in a line. */
gboolean rebase_swap(Rebase *rebase, const char *id, gboolean up, GError **error);
/* The parents by hand; empty makes it a base. */
gboolean rebase_set_parents(Rebase *rebase, const char *id, const char *const *parents, GError **error);
/* Takes the last move back; FALSE when there is none. */
gboolean rebase_take_back(Rebase *rebase);

/* The moves of another one, whose map was loaded before, as one move; FALSE when they make no sense here any more. */
gboolean rebase_repeat(Rebase *rebase, const Rebase *before, GError **error);

/* Parents after the moves so far, NULL-terminated; borrowed until the next move. */
const char *const *rebase_parents(const Rebase *rebase, const char *id);
/* Revisions (Revision* of the map, load order) that stand on others than their files say; the caller's. */
GPtrArray *rebase_moved(const Rebase *rebase);

/* The map after the moves so far, without reading a file: for drawing.  The caller's. */
RevisionMap *rebase_map(const Rebase *rebase);

typedef struct {
  gboolean date; /* the files that change get a new Create Date, and a new date in their names */
  gint64 now;    /* µs; 0: the clock */
} RebaseOptions;

typedef struct {
  GPtrArray *moved; /* Revision* of the old map */
  Changes *changes; /* one a moved revision, in the same order */
  RevisionMap *map; /* as it will be */
  GPtrArray *notes; /* char*: what is worth knowing, sentences */
} RebasePlan;

/* options may be NULL. */
RebasePlan *rebase_plan(const Rebase *rebase, const RebaseOptions *options, GError **error);
void rebase_plan_free(RebasePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RebasePlan, rebase_plan_free)

/* The file of one revision taken away, for one that was just made: refused when another stands on it or depends on it,
 * and when it is elsewhere and only a link leads to it.  Whether a database has it is the guard's question.  The caller's. */
Changes *revision_removal(const Project *project, const RevisionMap *map, const Revision *revision,
                          GError **error);
