/* A check: what it asks, and what it makes of the answer. */
#pragma once

#include "retort/run/preflight.h"

typedef struct {
  PgConn *conn;
  PreflightInput input;
  char *names;         /* SQL array of the plan's relations */
  gboolean *rewritten; /* by relation, or NULL */
  char **rows;         /* or NULL */
  char *backup_folder; /* or NULL */
  char *env_obstacle;  /* or NULL */
  char *project_name;  /* or NULL */
  GPtrArray *items;    /* PreflightItem* */
  const char *check;   /* at work */
} Preflight;

typedef struct {
  const char *name;
  int since; /* server version */
  /* The question; NULL: there is nothing to ask for this plan. */
  char *(*ask)(const Preflight *preflight);
  void (*judge)(Preflight *preflight, const PGresult *result);
} PreflightCheck;

extern const PreflightCheck preflight_checks[];
extern const guint n_preflight_checks;

/* Adds an item; advice may be NULL, text and advice are taken over. */
void preflight_add(Preflight *preflight, PreflightLevel level, char *text, char *advice);
