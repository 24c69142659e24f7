/* What an interrupted rollout left behind: killed, powered off, cut from the network at whatever instant, or failed
 * between statements that no transaction held together.
 *
 *   g_autoptr(JournalEntry) entry = recovery_find(display, system_id);      one that nobody finished
 *   recovery_examine(conn, entry->path, table, schema, examined, data, &error);
 *
 * A step inside a transaction is decided by the version rows and by what the server says of the transaction whose
 * COMMIT was on its way.  Statements outside a transaction remain done: those whose answer was recorded are done, the
 * one without is in doubt, and the operator has to look (run/repair.h compares the catalog with them).  Nothing is run
 * here.  To go on, plan again from the rows; when state is RECOVERY_PARTIAL or _FOREIGN, let repair_examine() say from
 * which statement.
 */
#pragma once

#include <glib.h>

#include "retort/history/plan.h"
#include "retort/pg/conn.h"
#include "retort/run/journal.h"

typedef enum {
  FATE_NOT_DONE,
  FATE_DONE,
  FATE_IN_DOUBT, /* was at the server, outside a transaction, when the record ends; or its COMMIT is not decided */
} StatementFate;

typedef struct {
  char *sql;
  gboolean outside; /* of a transaction */
  StatementFate fate;
} RecoveredStatement;

typedef enum {
  RECOVERY_UNTOUCHED,   /* the record ends before anything was sent, or between two migrations */
  RECOVERY_ROLLED_BACK, /* a transaction was open and is gone */
  RECOVERY_COMMITTED,   /* the COMMIT whose answer nobody heard took effect */
  RECOVERY_PARTIAL,     /* part of a migration remains done, the version rows have not moved */
  RECOVERY_UNKNOWN,     /* the server no longer knows what became of the COMMIT: compare the rows */
  RECOVERY_FOREIGN,     /* the project's Alembic was at work: the catalog tells what it left (run/repair.h) */
} RecoveryState;

typedef struct {
  char *journal; /* path */
  RecoveryState state;
  char *text;     /* the state as a sentence, translated */
  guint step;     /* of the interrupted plan: the one in work */
  char *revision; /* NULL when none was */
  Direction direction;
  GPtrArray *statements; /* RecoveredStatement*: of that step, as far as the record goes */
  guint resume_at;       /* statements of that step that are done, from its first on */
  char *xid;             /* of the COMMIT on its way, or NULL */
  char *server_start;    /* when that COMMIT was sent, as the record has it; or NULL */
  gboolean witnessed;    /* the server's word about that COMMIT counts after a restart too */
  char *verdict;         /* of txid_status(): "committed", "aborted", "in progress", or NULL */
  char **rows;           /* as they are now; NULL: not read */
  char **rows_after;     /* of the step in work; NULL: not recorded */
} Recovery;

void recovery_free(Recovery *recovery);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recovery, recovery_free)

/* The newest rollout of this database that came as far as its steps, if it has no end and its process is gone, or if it ended in the middle of a
 * migration; else NULL.  The caller's.  database: its display form.  With a system_id the
 * cluster decides and the last part of the display form, however the server was reached. */
JournalEntry *recovery_find(const char *database, const char *system_id, GError **error);

typedef void (*RecoveryFunc)(Recovery *recovery, const GError *error, void *data); /* the callee's to keep */
/* FALSE: the record cannot be read, and func is not called. */
gboolean recovery_examine(PgConn *conn, const char *journal, const char *table, const char *schema,
                          RecoveryFunc func, void *data, GError **error);

/* The part that needs no server: what the lines say, given the rows now (NULL: not known) and the verdict about the
 * COMMIT on its way: "committed", "aborted", ..., NULL: there is none, or it cannot be trusted. */
Recovery *recovery_from_lines(GPtrArray *lines, const char *const *rows, const char *verdict);
