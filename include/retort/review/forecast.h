/* What a statement will lock, rewrite, scan and lose, before it runs.
 *
 * A session reads the statements of one plan in order, so that it knows what the plan itself has created, changed and
 * dropped: nobody else uses a new table yet.  Each statement is parsed with the server's own parser; the rules are the
 * measured ones for PostgreSQL 11 to 18.  A form that the parser or the rules do not know is reported as unknown, never
 * as harmless.  With a catalog (catalog.h) the forecast knows indexes, foreign keys, partitions, views and sizes;
 * without one it says what the statement alone tells, and notes what else may be touched.
 *
 *   g_autoptr(ForecastSession) session = forecast_session_new(150000);
 *   forecast_session_use(session, catalog);                            optional
 *   g_autoptr(Forecast) forecast = forecast_statement(session, "ALTER TABLE orders ADD COLUMN note text");
 *
 * Relations are written in full, "public.orders"; a name without a schema is in the first schema of the search path.
 */
#pragma once

#include <glib.h>

#include "retort/pg/lockmode.h"
#include "retort/review/catalog.h"
#include "retort/review/check.h"

typedef struct {
  char *relation; /* "public.orders" */
  LockMode mode;
  char *because;   /* translated; NULL: the statement names it as its own object */
  gboolean is_new; /* made by this plan: nobody else uses it yet */
  char kind;       /* pg_class.relkind; 0: not known */
  char *table;     /* of an index: its table; or NULL */
  gint64 rows;     /* -1: not known */
  gint64 bytes;    /* -1: not known */
  guint users;     /* sessions whose locks conflict with this one just now: it would wait for them */
  double oldest_s; /* age of the oldest of their transactions; < 0: not known or none */
  guint id;        /* in the session's model */
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

/* How long the work takes, judged from sizes. */
typedef enum {
  DURATION_UNKNOWN, /* there is work, and no size is known */
  DURATION_MOMENT,  /* less than a second, once the locks are granted */
  DURATION_SECONDS, /* less than a minute */
  DURATION_MINUTES, /* less than half an hour */
  DURATION_LONGER,
} ForecastDuration;

/* The server versions whose rules are known; an unknown server is judged as the oldest, the least favourable one. */
#define FORECAST_OLDEST_VERSION 11
#define FORECAST_NEWEST_VERSION 18

struct Effects;

typedef struct {
  GPtrArray *locks;        /* ForecastLock*, the strongest for each relation, in the order met */
  GPtrArray *rewrites;     /* char*: relations that get a new file: written anew, or emptied */
  GPtrArray *scans;        /* char*: relations read as a whole */
  GPtrArray *rebuilds;     /* char*: indexes that exist and are built anew */
  GPtrArray *builds;       /* char*: tables on which a new index is built */
  GPtrArray *losses;       /* ForecastLoss* */
  GPtrArray *findings;     /* Finding*, what the checks say of this statement */
  GPtrArray *notes;        /* char*, translated: what depends on things that are not known here */
  gboolean no_transaction; /* must run outside of one */
  gboolean changes_rows;   /* INSERT, UPDATE, DELETE, ... */
  gboolean truncates;      /* rewrites are files emptied, not written anew */
  ForecastDuration duration;
  char *unknown;      /* translated: why the forecast is not complete; NULL: it is */
  char *added_column; /* ADD COLUMN and DROP COLUMN, as "schema.table.column", for comparing neighbours */
  char *dropped_column;
  struct Effects
      *effects; /* what it creates, drops and changes, for comparing with a downgrade; may be NULL */
} Forecast;

typedef struct ForecastSession ForecastSession;

/* server_version as libpq gives it (150008); 0: not known, then the least favourable version is assumed and noted. */
ForecastSession *forecast_session_new(int server_version);
void forecast_session_free(ForecastSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ForecastSession, forecast_session_free)
/* From now on; NULL is allowed and changes nothing.  What the plan did before is kept. */
void forecast_session_use(ForecastSession *session, const ReviewCatalog *catalog);
/* What the plan made so far is in use from now on, as when its migrations are released one by one. */
void forecast_session_settle(ForecastSession *session);
/* What the session knows of a relation ("public.orders", or a name in the search path) as it is now, catalog and plan
 * together; borrowed until the next statement.  NULL: nothing. */
const ReviewRelation *forecast_session_relation(const ForecastSession *session, const char *relation);

/* sql may hold several statements: their forecasts are added up.  Never NULL. */
Forecast *forecast_statement(ForecastSession *session, const char *sql);
void forecast_free(Forecast *forecast);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Forecast, forecast_free)

/* A relation's name for people: without "public."; points into it. */
const char *forecast_display(const char *relation);
/* The lock on a relation, or NULL. */
const ForecastLock *forecast_lock(const Forecast *forecast, const char *relation);
/* The strongest lock on a relation that others may use; LOCK_MODE_NONE when there is none. */
LockMode forecast_strongest(const Forecast *forecast);
/* One line: "catalog only", "rewrites the table: reads and writes wait", "reads every row: writes wait", ...
 * translated; the caller's. */
char *forecast_summary(const Forecast *forecast);
/* "a moment", "seconds", "minutes", "longer than half an hour"; "" when not known; translated. */
const char *forecast_duration_text(ForecastDuration duration);
/* Worth a second look: a rewrite or a scan under a lock that keeps the application out, lost data, or unknown. */
typedef enum {
  FORECAST_CALM,
  FORECAST_CARE,
  FORECAST_DANGER,
} ForecastLevel;
ForecastLevel forecast_level(const Forecast *forecast);

/* A lock that a transaction holds from the statement that took it until its commit. */
typedef struct {
  char *relation;
  LockMode mode;
  guint from;                /* number of the statement that takes it, from 0 */
  guint until;               /* the last statement before the commit */
  guint behind;              /* the one in between that takes longest; G_MAXUINT: none takes long */
  ForecastDuration duration; /* how long it is held at least */
} HeldThrough;

/* What the transactions of a migration hold longer than the statement needs it: locks in use that keep writers out.
 * autocommit: gboolean for each forecast, those that run outside a transaction and end one; NULL: none does.
 * HeldThrough*, those held longest first. */
GPtrArray *forecast_held(const GPtrArray *forecasts, const gboolean *autocommit);
