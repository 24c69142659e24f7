/* Understanding several heads: where they parted, what each side does since, and whether that goes together.
 *
 *   g_autoptr(Conflict) conflict = conflict_new(session, map, heads, NULL, NULL);
 *   for each pair: conflict_sentence(pair), pair->clashes with their lines
 *
 * Migrations are rendered, not run; it takes a moment for long sides, so call it beside the main loop, with a render
 * session that nobody else uses meanwhile.  Revisions and map must outlive the result.
 */
#pragma once

#include "retort/history/collisions.h"
#include "retort/history/revmap.h"
#include "retort/render/render.h"
#include "retort/review/change.h"

/* One change with where it is written. */
typedef struct {
  Change *change;
  const Revision *revision;
  guint line; /* in its file; 0: not known */
  char *sql;
} SideChange;

typedef struct {
  const Revision *head;
  GPtrArray *revisions; /* Revision*: that no other head has, oldest first */
  GPtrArray *tables;    /* char*: tables that they touch, as met */
} ConflictSide;

/* Two changes that meet. */
typedef struct {
  const SideChange *left;
  const SideChange *right;
  Verdict verdict;
  char *why; /* translated: "both create column orders.note" */
} ConflictClash;

typedef struct {
  const ConflictSide *left;
  const ConflictSide *right;
  GPtrArray *ancestors; /* Revision*: the newest that both have; empty: none */
  Verdict verdict;      /* of the worst clash; UNKNOWN only when there is no contradiction */
  GPtrArray *clashes;   /* ConflictClash*, the worst first */
  GPtrArray *unknown;   /* char*: "path:line: why", what could not be compared */
} ConflictPair;

typedef struct {
  GPtrArray *sides;    /* ConflictSide*, as the heads were given */
  GPtrArray *pairs;    /* ConflictPair*: every two of them */
  GHashTable *changes; /* Revision* -> GPtrArray of SideChange* */
  GHashTable *unknown; /* Revision* -> char* */
} Conflict;

/* The source of a revision that is no file here, NUL-terminated beyond *len; the caller's. */
typedef char *(*ConflictSource)(const Revision *revision, gsize *len, void *data);

/* heads: two or more Revision* of the map.  source may be NULL: then files are read. */
Conflict *conflict_new(RenderSession *session, const RevisionMap *map, const GPtrArray *heads,
                       ConflictSource source, void *data);
void conflict_free(Conflict *conflict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conflict, conflict_free)

/* What a side does, without what follows by itself: the columns of a table that it creates, and what it only needs.
 * SideChange*, borrowed; the array is the caller's. */
GPtrArray *conflict_side_changes(const Conflict *conflict, const ConflictSide *side);
/* The worst of all pairs. */
Verdict conflict_verdict(const Conflict *conflict);
/* "independent: no object in common", "both create column orders.note; 2 more", ...: translated, the caller's. */
char *conflict_sentence(const ConflictPair *pair);

/* The sides of a collision put into one map, and compared.  It keeps what the conflict borrows. */
typedef struct {
  RevisionMap *map;
  GPtrArray *heads;   /* Revision*: of the sides */
  Conflict *conflict; /* NULL: a side could not be read; see why */
  guint left_out;     /* sides that were too many to compare */
  char *why;
} Explanation;

/* render: as for conflict_new().  working: the map of the working folder, or NULL. */
Explanation *explanation_new(GitRefs *refs, RenderSession *render, const Collision *collision,
                             const RevisionMap *working);
void explanation_free(Explanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Explanation, explanation_free)
