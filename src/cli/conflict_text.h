/* What the sides of several heads do to each other, on stdout or as JSON. */
#pragma once

#include <json-glib/json-glib.h>

#include "retort/edit/conflict.h"
#include "retort/history/collisions.h"
#include "retort/run/proof.h"
#include "session.h"

void conflict_print(const Session *session, const Conflict *conflict);
/* Members "sides" and "pairs" of the object that builder has open. */
void conflict_json(JsonBuilder *builder, const Conflict *conflict);

/* Runs both orders on scratch databases and says how that went: TRUE, also when they differ, which is in the session's
 * status; an error is printed as what kept it from being done. */
void proof_print(Session *session, GitRefs *refs, const Project *project, const RevisionMap *map,
                 const GPtrArray *heads);
/* The same as member "proof" of the object that builder has open. */
void proof_json(JsonBuilder *builder, Session *session, GitRefs *refs, const Project *project,
                const RevisionMap *map, const GPtrArray *heads);

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
