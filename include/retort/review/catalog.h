/* What the review knows of the relations in a database: plain data, filled from a live connection or by hand.
 *
 *   review_catalog_load(conn, statements, loaded, data);         a few queries for the relations the statements name
 *   forecast_session_use(session, catalog);                      the forecasts of this session know it from now on
 *
 * Relations refer to each other by id (their OID in the server), so that one of them can be copied and changed without
 * the others: a forecast session does so when the plan alters a relation.  The catalog itself never changes once it is
 * loaded and may be used by any number of threads and sessions.
 *
 * Loading takes no lock that waits: of relations that somebody locks ACCESS EXCLUSIVE, or waits to, the size is an
 * estimate and expressions stay NULL.
 */
#pragma once

#include <glib.h>

#include "retort/pg/conn.h"
#include "retort/pg/lockmode.h"

typedef struct {
  char *name;
  char *type_schema; /* "pg_catalog" for the server's own */
  char *type;        /* pg_type.typname: "int4", "varchar", "_text" */
  int typmod;        /* as in pg_attribute; -1: none */
  char *collation;   /* name, when it is not the type's own; or NULL */
  gboolean not_null;
  gboolean has_default;
  gboolean inherited; /* from a parent */
  gboolean local;     /* defined on the table itself, whether or not a parent has it as well */
  gboolean made;      /* by the plan itself: nobody uses it yet */
  char generated;     /* 's' stored, 'v' virtual, 0 */
  char identity;      /* 'a', 'd', 0 */
} ReviewColumn;

typedef struct {
  char *name;
  char type;        /* pg_constraint.contype: c f p u x t n */
  GStrv columns;    /* names; CHECK: those it mentions */
  guint referenced; /* 'f': id of the other table */
  GStrv referenced_columns;
  guint index;      /* id of the index behind p, u, x; of the referenced one behind f */
  char *expression; /* 'c': as the server writes it; NULL: not known */
  gboolean validated;
  gboolean deferrable;
  gboolean deferred; /* until the COMMIT, unless SET CONSTRAINTS says otherwise */
  char on_delete;    /* 'f': pg_constraint.confdeltype: a r c n d */
  char on_update;
  gboolean inherited; /* from a parent */
  guint parent;       /* 'f', 'p', 'u' on a partition: id of the table whose constraint it is part of, or 0 */
} ReviewConstraint;

/* The part of a relation that only indexes have. */
typedef struct {
  guint table;
  char *method; /* "btree" */
  GStrv keys;   /* names of the columns, "" for an expression; included ones after n_keys */
  guint n_keys;
  GStrv mentions; /* every column it depends on, in expressions and predicate too */
  gboolean expressions;
  gboolean predicate;
  gboolean unique;
  gboolean primary;
  gboolean exclusion;
  gboolean valid;
  gboolean constraint; /* it belongs to one */
} ReviewIndex;

/* A column that a view, or a rule of another table, is written with. */
typedef struct {
  guint base;
  char *column;
} ReviewUse;

/* A session that uses a relation just now. */
typedef struct {
  int pid;       /* 0: a prepared transaction */
  LockMode mode; /* the strongest it holds or waits for */
  double xact_s; /* age of its transaction; < 0: not known */
  gboolean idle; /* idle in transaction */
  gboolean autovacuum;
} ReviewUser;

typedef struct {
  guint id;
  char *schema;
  char *name;
  char *owner;      /* NULL: not known */
  char kind;        /* pg_class.relkind; 0: not known */
  char persistence; /* 'p', 'u', 't' */
  char *method;     /* access method of a table: "heap"; or NULL */
  char *tablespace; /* NULL: the database's own */
  gint64 rows;      /* estimate; -1: never counted */
  gint64 bytes;     /* the table with TOAST, without indexes; -1: not known */
  gboolean toast;
  gboolean partition;     /* of its parent */
  gboolean is_default;    /* the DEFAULT partition */
  char *bound;            /* of a partition, as the server writes it */
  char *partition_key;    /* of a partitioned table: "RANGE (at)" */
  GPtrArray *columns;     /* ReviewColumn*, in order */
  GPtrArray *constraints; /* ReviewConstraint* */
  GArray *indexes;        /* guint ids */
  GArray *parents;        /* guint ids: inherited from, partition of; of an index likewise */
  GArray *children;
  GArray *referenced_by; /* guint ids of tables with a foreign key to it */
  GArray *dependents;    /* guint ids of views and materialized views that read it */
  GArray *bases;         /* of a view: guint ids it reads */
  GPtrArray *uses;       /* of a view, or a table with rules: ReviewUse* */
  GPtrArray *parts;  /* char*: "t name", "r name", "p name" for its triggers, rules and policies; "f name" for
                            functions that its triggers call */
  GArray *sequences; /* guint ids: owned by its columns */
  GPtrArray *draws;  /* ReviewUse*: sequences that the defaults of its columns draw from */
  GPtrArray *needs; /* char*: what goes with CASCADE takes something of it along: "function f", "collation c",
                            "server s", "wrapper w", "relation 16400" and "column 16400.name" for what its policies
                            read; and "publication p" for those it is in */
  guint type;       /* of a table made OF a composite type: id of that type's relation, or 0 */
  guint owned_by;   /* of a sequence: id of its table, or 0 */
  char *owned_by_column;
  ReviewIndex *index; /* of an index, else NULL */
  guint triggers;     /* events of its row and statement triggers: bits of ReviewEvent */
  GArray *users;      /* ReviewUser; who uses it now, ours left out */
  gboolean known;     /* all of the above is so; FALSE: only what the statements say */
  gboolean made;      /* by the plan itself: nobody uses it yet */
} ReviewRelation;

typedef enum {
  REVIEW_INSERT = 1 << 0,
  REVIEW_UPDATE = 1 << 1,
  REVIEW_DELETE = 1 << 2,
  REVIEW_TRUNCATE = 1 << 3,
} ReviewEvent;

typedef struct {
  char *schema;
  char *name;
  char kind;         /* pg_type.typtype: e d c b r */
  char *base_schema; /* of a domain */
  char *base;
  int base_typmod;
  gboolean constrained; /* a domain with CHECK or NOT NULL */
  char volatility;      /* of a domain's default; 0: it has none */
} ReviewType;

/* CREATE STATISTICS, and triggers whose functions or names lead to a table. */
typedef struct {
  char *schema;
  char *name;
  guint table;
} ReviewStatistics;

typedef struct {
  GHashTable *relations;  /* guint id -> ReviewRelation* */
  GHashTable *names;      /* "schema.name" -> ReviewRelation*, borrowed */
  GPtrArray *types;       /* ReviewType* */
  GPtrArray *statistics;  /* ReviewStatistics* */
  GHashTable *functions;  /* char* name -> volatility: 'i', 's', 'v'; the most volatile of that name */
  GHashTable *extensions; /* char*: those that are installed */
  GStrv search_path;      /* schemas that exist, in order */
  char *user;
  char *time_zone;   /* of the session, or NULL */
  int version;       /* 150008 */
  gboolean complete; /* every user relation is in it, not only those that some statements name */
  gint refs;
} ReviewCatalog;

/* By hand.  names are taken over where not said otherwise; ids must be unique. */
ReviewCatalog *review_catalog_new(int version);
ReviewCatalog *review_catalog_ref(const ReviewCatalog *catalog);
void review_catalog_unref(ReviewCatalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReviewCatalog, review_catalog_unref)
ReviewRelation *review_relation_new(guint id, const char *schema, const char *name, char kind);
ReviewRelation *review_relation_copy(const ReviewRelation *relation);
void review_relation_free(ReviewRelation *relation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReviewRelation, review_relation_free)
void review_catalog_add(ReviewCatalog *catalog, ReviewRelation *relation);
ReviewRelation *review_catalog_find(const ReviewCatalog *catalog, const char *schema, const char *name);
ReviewColumn *review_relation_add_column(ReviewRelation *relation, const char *name, const char *type,
                                         int typmod);
ReviewColumn *review_relation_column(const ReviewRelation *relation, const char *name);
ReviewConstraint *review_relation_add_constraint(ReviewRelation *relation, const char *name, char type);
ReviewConstraint *review_relation_constraint(const ReviewRelation *relation, const char *name);
/* The default of the column draws from the sequence. */
void review_relation_add_draw(ReviewRelation *relation, const char *column, guint sequence);
/* A view or rule uses the column of the base. */
gboolean review_relation_uses(const ReviewRelation *relation, guint base, const char *column);
void review_column_free(void *column);
void review_constraint_free(void *constraint);
void review_type_free(void *type);
ReviewType *review_catalog_type(const ReviewCatalog *catalog, const char *schema, const char *name);

/* sql: char*, the statements whose relations (and what hangs together with them) are wanted; NULL: all user relations.
 * catalog NULL: error says why.  The connection must be idle, and is again when func is called. */
typedef void (*ReviewCatalogFunc)(ReviewCatalog *catalog, const GError *error, void *data);
void review_catalog_load(PgConn *conn, const GPtrArray *sql, ReviewCatalogFunc func, void *data);
/* For the command line: turns the context until the answer is there. */
ReviewCatalog *review_catalog_load_sync(PgConn *conn, const GPtrArray *sql, GError **error);
