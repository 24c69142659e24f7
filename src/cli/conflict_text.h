/* What the sides of several heads do to each other, on stdout or as JSON. */
#pragma once

#include <json-glib/json-glib.h>

#include "retort/edit/conflict.h"
#include "retort/history/collisions.h"
#include "session.h"

void conflict_print(const Session *session, const Conflict *conflict);
/* Members "sides" and "pairs" of the object that builder has open. */
void conflict_json(JsonBuilder *builder, const Conflict *conflict);

/* The sides of a collision put into one map, and compared.  It keeps what the conflict borrows. */
typedef struct {
  RevisionMap *map;
  Conflict *conflict; /* NULL: a side could not be read; see why */
  guint left_out;     /* sides that were too many to compare */
  char *why;
} Explanation;

/* render: as for conflict_new().  working: the map of the working folder, or NULL. */
Explanation *explanation_new(GitRefs *refs, RenderSession *render, const Collision *collision,
                             const RevisionMap *working);
void explanation_free(Explanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Explanation, explanation_free)
