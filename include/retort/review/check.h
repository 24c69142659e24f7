/* The checks: what can be wrong with a statement or a migration, one row each, and what one of them found.
 *
 * A row (check_table.h) is id, name, default severity, the PostgreSQL the safer way needs, title, why it matters, and
 * the safer way in words, as Alembic code and as SQL.  Everything that lists, explains, silences or counts findings
 * works from this table; adding a check is one row and the place that finds it: where a statement is read
 * (src/review/forecast_*.c, judge.c), compared with its neighbours (findings.c) or with the whole migration
 * (migration.c, undo.c).
 *
 * The rules behind them were measured on PostgreSQL 11 to 18; what is already safe (objects the same plan creates, NOT
 * VALID, CONCURRENTLY) fires nothing.
 */
#pragma once

#include <glib.h>

#include "retort/review/check_table.h"

typedef enum {
  SEVERITY_OFF = -1, /* of a check: it says nothing */
  SEVERITY_NOTE,     /* worth knowing */
  SEVERITY_CARE,     /* look before you run it */
  SEVERITY_DANGER,   /* stops the application, loses data, or fails */
} Severity;

typedef enum {
#define X(id, name, severity, since, title, why, advice, alembic, sql) CHECK_##id,
  REVIEW_CHECKS(X)
#undef X
      N_CHECKS
} CheckId;

typedef struct {
  const char *name;
  Severity severity; /* the default */
  int since;         /* first major version that knows the safer way; 0: all */
  const char *title; /* translated by check_info(), like the next two */
  const char *why;
  const char *advice;
  const char *alembic; /* templates for remedy.h; NULL: nothing to write */
  const char *sql;
} CheckInfo;

/* What the row says, translated. */
CheckInfo check_info(CheckId id);
/* -1 when there is no such check. */
int check_find(const char *name);
const char *severity_name(Severity severity); /* "off", "note", "care", "danger" */
/* FALSE when text is none of them. */
gboolean severity_parse(const char *text, Severity *severity);

typedef struct {
  CheckId check;
  Severity severity; /* the check's, or what the policy made of it */
  char *object;      /* what it is about: "orders", "orders.total", or NULL */
  char *detail;      /* translated: what is known beyond that, "41 million rows"; or NULL */
  gboolean brief;    /* the work it is about is over in a moment, by the sizes the database knows */
  guint line;        /* in the migration when it is not the statement's; 0: the statement's */
  char *silenced;    /* why it does not count: the reason somebody gave, "" for none; NULL: it counts */
  char *silenced_by; /* where that stands: "8d41c0b2e9aa.py:12", "alembic.ini"; or NULL */
} Finding;

/* The default severity; texts are copied and may be NULL, relations are named as for people (forecast_display()). */
Finding *finding_new(CheckId check, const char *object, const char *detail);
void finding_free(Finding *finding);
/* Appends to findings (of Finding*) unless the same about the same is there already; borrowed, for more. */
Finding *finding_add(GPtrArray *findings, CheckId check, const char *object, const char *detail);
/* "orders: index built while writes wait (41 million rows)"; the caller's. */
char *finding_text(const Finding *finding);
