/* What a statement will lock, rewrite, scan and lose, before it runs.
 *
 * A session reads the statements of one plan in order, so that it knows which relations the plan itself has created:
 * nobody else uses those yet.  Each statement is parsed with the server's own parser; the rules are the measured ones
 * for PostgreSQL 11 to 18.  A form that the parser or the rules do not know is reported as unknown, never as harmless.
 *
 *   g_autoptr(ForecastSession) session = forecast_session_new(150000);
 *   g_autoptr(Forecast) forecast = forecast_statement(session, "ALTER TABLE orders ADD COLUMN note text");
 */
#pragma once

#include <glib.h>

#include "retort/pg/lockmode.h"
#include "retort/review/check.h"

typedef struct {
  char *relation; /* as written: "orders" or "sales.orders" */
  LockMode mode;
  char *because;   /* translated; NULL: the statement names it as its own object */
  gboolean is_new; /* made by this plan: nobody else uses it yet */
} ForecastLock;

typedef enum {
  LOSS_TABLE,
  LOSS_COLUMN,
  LOSS_ROWS,  /* DELETE, TRUNCATE */
  LOSS_OTHER, /* a schema or type with CASCADE, a materialized view, ... */
} LossKind;

/* Data that is gone afterwards. */
typedef struct {
  LossKind kind;
  char *relation;
  char *column; /* LOSS_COLUMN */
} ForecastLoss;

typedef struct {
  GPtrArray *locks;        /* ForecastLock*, the strongest for each relation, in the order met */
  GPtrArray *rewrites;     /* char*: relations written anew as a whole */
  GPtrArray *scans;        /* char*: relations read as a whole */
  GPtrArray *rebuilds;     /* char*: tables whose indexes are built or rebuilt under the lock */
  GPtrArray *losses;       /* ForecastLoss* */
  GPtrArray *findings;     /* Finding*, what the checks say of this statement */
  GPtrArray *notes;        /* char*, translated: what depends on things the statement alone does not tell */
  gboolean no_transaction; /* must run outside of one */
  gboolean changes_rows;   /* INSERT, UPDATE, DELETE, ... */
  char *unknown;           /* translated: why the forecast is not complete; NULL: it is */
  char *added_column;      /* ADD COLUMN and DROP COLUMN, as "table.column", for comparing neighbours */
  char *dropped_column;
} Forecast;

typedef struct ForecastSession ForecastSession;

/* server_version as libpq gives it (150008); 0: not known, then the least favourable version is assumed and noted. */
ForecastSession *forecast_session_new(int server_version);
void forecast_session_free(ForecastSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ForecastSession, forecast_session_free)

/* sql may hold several statements: their forecasts are added up.  Never NULL. */
Forecast *forecast_statement(ForecastSession *session, const char *sql);
void forecast_free(Forecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Forecast, forecast_free)

/* The strongest lock on a relation that others may use; LOCK_MODE_NONE when there is none. */
LockMode forecast_strongest(const Forecast *forecast);
/* One line: "catalog only", "rewrites the table: reads and writes wait", "reads every row: writes wait", ...
 * translated; the caller's. */
char *forecast_summary(const Forecast *forecast);
/* Worth a second look: a rewrite or a scan under a lock that keeps the application out, lost data, or unknown. */
typedef enum {
  FORECAST_CALM,
  FORECAST_CARE,
  FORECAST_DANGER,
} ForecastLevel;
ForecastLevel forecast_level(const Forecast *forecast);
