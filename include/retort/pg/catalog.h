/* Named questions to the server that screens and checks have, each asynchronous: one statement, one answer.
 *
 * Every function sends one statement on an idle connection and calls back exactly once (never from inside the call);
 * on an error the answer is NULL.  What the callback is given is the callee's to keep unless it says borrowed.  Nothing
 * here waits for a table lock: sizes of tables that somebody locks are estimates.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"
#include "retort/pg/lockmode.h"

/* The server and our session in it. */
typedef struct {
  int version;        /* 150008 */
  char *version_text; /* "15.8 (Debian 15.8-1)" */
  char *database;
  char *user;
  char *identity;     /* "app@db1:5432/shop", from the session itself; "local" for a socket */
  char *system_id;    /* of the cluster: with database, what a plan was made for; NULL when not permitted */
  gboolean standby;   /* in recovery: nothing can be written */
  gboolean read_only; /* default_transaction_read_only, or a standby */
  gboolean superuser;
  gboolean may_signal; /* superuser or member of pg_signal_backend */
  guint deadlock_timeout_ms;
  guint lock_timeout_ms;      /* of this session */
  guint statement_timeout_ms; /* of this session */
  gboolean pooled;            /* a pooler is in between: it made up the process id that it gave us */
} ServerInfo;

void server_info_free(ServerInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerInfo, server_info_free)
typedef void (*ServerInfoFunc)(ServerInfo *info, const GError *error, void *data);
void catalog_server(PgConn *conn, ServerInfoFunc func, void *data);

/* A relation as a statement names it: schema NULL means the search path decides. */
typedef struct {
  const char *schema;
  const char *name;
} RelationName;

/* ARRAY['"a"."b"', ...]::text[], for to_regclass(); the caller's. */
char *catalog_names_array(const RelationName *names, guint n);

typedef struct {
  char *schema;       /* as found; NULL when there is no such relation */
  char *name;         /* as asked for */
  guint oid;          /* 0: no such relation */
  char kind;          /* pg_class.relkind */
  guint64 bytes;      /* with indexes and TOAST */
  gint64 rows;        /* estimate; -1: never counted */
  gboolean estimated; /* bytes is an estimate: somebody locks the table */
  gboolean owned;     /* we may alter it */
} TableInfo;

/* tables: TableInfo*, in the order asked for. */
typedef void (*TablesFunc)(GPtrArray *tables, const GError *error, void *data);
void catalog_tables(PgConn *conn, const RelationName *names, guint n, TablesFunc func, void *data);

/* What a pg_stat_progress_* view says about one backend. */
typedef struct {
  char *command; /* "CREATE INDEX CONCURRENTLY"; ADD UNIQUE and PRIMARY KEY appear as "CREATE INDEX" */
  char *phase;   /* "building index: scanning table" */
  char *relation;
  guint64 done;    /* in the current phase */
  guint64 total;   /* 0: the phase counts nothing */
  char *unit;      /* "blocks", "tuples", "bytes", "sessions" */
  double fraction; /* of the phase, 0 to 1; < 0: unknown */
  double overall;  /* of the command, 0 to 1, where its phases have a known order; < 0: unknown */
  int waits_for;   /* pid it waits for, 0: none */
} Progress;

void progress_free(Progress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Progress, progress_free)
/* How far the replica furthest behind is, in seconds; < 0: there is none. */
typedef void (*ReplicaLagFunc)(double lag_s, const GError *error, void *data);
void catalog_replica_lag(PgConn *conn, ReplicaLagFunc func, void *data);
/* progress NULL without error: no view speaks of this backend. */
typedef void (*ProgressFunc)(Progress *progress, const GError *error, void *data);
void catalog_progress(PgConn *conn, int pid, ProgressFunc func, void *data);
/* A table that ALTER TABLE writes anew has no view: its progress is the size of the new file against the old one's.
 * Needs the right to call pg_stat_file(); ask catalog_may_see_files() once.  NULL: nothing is being rewritten. */
void catalog_rewrite(PgConn *conn, int pid, ProgressFunc func, void *data);
typedef void (*PrivilegeFunc)(gboolean granted, const GError *error, void *data);
void catalog_may_see_files(PgConn *conn, PrivilegeFunc func, void *data);

/* A relation lock of a backend, system catalogs left out. */
typedef struct {
  char *relation;   /* "public.orders"; "new relation 16999" for one we cannot see yet */
  LockMode mode;    /* the strongest */
  gboolean granted; /* FALSE: it waits for this one */
  guint oid;        /* of the relation */
  char kind;        /* pg_class.relkind; 0: a new relation that we cannot see yet */
} HeldLock;

/* locks: HeldLock*, strongest first. */
typedef void (*HeldLocksFunc)(GPtrArray *locks, const GError *error, void *data);
void catalog_locks(PgConn *conn, int pid, HeldLocksFunc func, void *data);
/* The same for a session that asks about itself: the question (pid 0; the caller's), and what its answer says. */
char *catalog_locks_sql(int pid);
GPtrArray *catalog_locks_read(const PGresult *result);

/* A session that holds (or waits for) a lock on one of the relations asked about. */
typedef struct {
  int pid; /* 0: a prepared transaction */
  char *user;
  char *application; /* of a prepared transaction: its gid */
  char *backend_type;
  char *state;         /* "idle in transaction", "active", ..., "prepared" */
  char *backend_start; /* as in LockNode */
  double xact_s;       /* < 0: none */
  double state_s;
  char *relation;
  LockMode mode; /* the strongest on it */
  gboolean granted;
  char *query; /* first 500 characters, foreign */
} TableUser;

/* users: TableUser*, oldest transaction first; our own session is left out. */
typedef void (*TableUsersFunc)(GPtrArray *users, const GError *error, void *data);
void catalog_table_users(PgConn *conn, const RelationName *names, guint n, TableUsersFunc func, void *data);
