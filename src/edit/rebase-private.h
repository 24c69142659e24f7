/* What the moves (rebase.c) leave for the plan (rebase_plan.c). */
#pragma once

#include "retort/edit/rebase.h"

struct Rebase {
  const Project *project;
  const RevisionMap *map;
  GHashTable *parents; /* id -> char**: where they are not the file's, or have been moved and come back */
  GPtrArray *history;  /* GHashTable*: parents before each move */
};
