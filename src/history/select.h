/* Selecting the revisions between two ends, and putting them in Alembic's order (alembic.md 5.1-5.3). */
#pragma once

#include "retort/history/revmap.h"
#include "walk.h"

/* One end: a word as typed, or version rows; neither: no end was given. */
typedef struct {
  const char *symbol;
  const char *const *rows;
} SelectEnd;

typedef struct {
  NodeSet *set;     /* what is selected */
  GPtrArray *heads; /* Revision*: where to start from above; some may lie outside */
} Selection;

void selection_clear(Selection *selection);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)

typedef struct {
  gboolean inclusive;     /* the lower end belongs to the selection */
  gboolean implicit_base; /* other branches are followed to their bases */
  gboolean clip;          /* a relative word that leads too far ends at the last revision */
} SelectOptions;

/* What upper needs and lower does not have.  Fails with SYMBOL_ERROR. */
gboolean select_upgrade(const RevisionMap *map, SelectEnd upper, SelectEnd lower, SelectOptions options,
                        Selection *selection, GError **error);
/* What must go so that the rows come down to target.  warnings: char*, appended to. */
gboolean select_downgrade(const RevisionMap *map, const char *const *rows, const char *target,
                          GPtrArray *warnings, Selection *selection, GError **error);
/* The selected revisions, newest first; fails (SYMBOL_ERROR_TRACEBACK) when the heads do not lead to all of them. */
GPtrArray *select_sort(const RevisionMap *map, const Selection *selection, GError **error);

/* All active revisions that have no active child in down_revision: what `current` shows.  In the map's order. */
GPtrArray *select_current(const RevisionMap *map, const char *const *rows, GError **error);
