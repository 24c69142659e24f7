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
