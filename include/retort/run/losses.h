/* What a downgrade (or any plan) will lose, counted on the live database: rows of tables that go, values of columns
 * that go.
 *
 *   losses_count(conn, reviews, 0, counted, data);
 *
 * Nothing is changed, and no lock is waited for longer than a moment.  What cannot be counted in time is estimated from
 * the statistics, and says so; what cannot even be estimated has no number.
 */
#pragma once

#include "retort/pg/conn.h"
#include "retort/review/findings.h"

typedef struct {
  LossKind kind;
  char *relation;
  char *column;       /* LOSS_COLUMN */
  gint64 rows;        /* of the relation; -1: not known */
  gint64 non_null;    /* LOSS_COLUMN: values that are not null; -1: not known */
  gboolean missing;   /* there is no such relation: nothing is lost, as yet */
  gboolean estimated; /* the numbers are the statistics' */
} LossCount;

void loss_count_free(LossCount *count);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LossCount, loss_count_free)
/* "column orders.note: 41M values in 52M rows (estimated)", translated and escaped; the caller's. */
char *loss_count_text(const LossCount *count);

/* counts: LossCount*, one for each loss in the order of the plan, each once; the callee's. */
typedef void (*LossesFunc)(GPtrArray *counts, const GError *error, void *data);
/* reviews: Review*, one a step; may hold NULL.  conn: idle, outside a transaction.  timeout_ms: for one table; 0: 2 s.
 * error: the connection failed on the way. */
void losses_count(PgConn *conn, const GPtrArray *reviews, guint timeout_ms, LossesFunc func, void *data);
