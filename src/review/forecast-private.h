/* Inside the room: what the families of statements share while one statement is being read. */
#pragma once

#include "model.h"
#include "retort/review/forecast.h"
#include "retort/review/tree.h"

#define AS LOCK_MODE_ACCESS_SHARE
#define RS LOCK_MODE_ROW_SHARE
#define RX LOCK_MODE_ROW_EXCLUSIVE
#define SUX LOCK_MODE_SHARE_UPDATE_EXCLUSIVE
#define SH LOCK_MODE_SHARE
#define SRX LOCK_MODE_SHARE_ROW_EXCLUSIVE
#define AX LOCK_MODE_ACCESS_EXCLUSIVE

struct ForecastSession {
  Model *model;
  int version; /* major; FORECAST_OLDEST_VERSION when not known */
  int number;  /* as libpq gives it; 0: not known */
  gboolean version_known;
  gint64 deadlock_ms; /* deadlock_timeout */
};

/* One statement in work. */
typedef struct {
  ForecastSession *session;
  Forecast *forecast;
} Reading;

/* The forecast of a statement that is parsed already. */
Forecast *forecast_tree(ForecastSession *session, const SqlTree *tree);

/* ---- names (names.c) ---- */

/* The relation a statement names; made up when nothing is known of it, never NULL. */
const ReviewRelation *relation_of(Reading *r, const PgQuery__RangeVar *var);
/* The same from a list of String nodes, leaving out the last skip of them; NULL when nothing is left. */
const ReviewRelation *relation_of_words(Reading *r, PgQuery__Node *const *words, gsize n, gsize skip);
/* TRUE when the catalog says that there is no such relation, so that IF EXISTS makes the statement do nothing. */
gboolean surely_missing(const Reading *r, const PgQuery__RangeVar *var);
gboolean surely_missing_words(const Reading *r, PgQuery__Node *const *words, gsize n);
/* "schema.name" of what a statement names; the caller's. */
char *relation_name(Reading *r, const PgQuery__RangeVar *var);
/* Text of a String node, or "". */
const char *node_text(const PgQuery__Node *node);
/* Names from a list of String nodes. */
GStrv node_words(PgQuery__Node *const *nodes, gsize n);

/* ---- what a statement does (effects on the forecast) ---- */

void lock(Reading *r, const ReviewRelation *relation, LockMode mode, const char *because);
void lock_indexes(Reading *r, const ReviewRelation *table, LockMode mode);
/* A table and all that inherits from it, partitions among them. */
void lock_tree(Reading *r, const ReviewRelation *table, LockMode mode, const char *because);
void scan(Reading *r, const ReviewRelation *relation);
void rewrite(Reading *r, const ReviewRelation *relation);
/* Written anew with all its indexes, under the lock that is already taken. */
void rewrite_table(Reading *r, const ReviewRelation *table);
void rebuild(Reading *r, const ReviewRelation *index);
void build_index(Reading *r, const ReviewRelation *table);
/* Tables made OF, and columns of, composite types: the types are relations, too, and locked with what is made anew of
 * them.  column NULL: all of them. */
void lock_types_of(Reading *r, const ReviewRelation *relation, const char *column);
/* The sequences that the column's default, or that of any column, draws from. */
void lock_drawn(Reading *r, const ReviewRelation *table, const char *column, LockMode mode);
/* Everything that needs it ("function f", see ReviewRelation.needs) and so loses something: views go, indexes too. */
void lock_needing(Reading *r, const char *need, const char *because);
void add_loss(Reading *r, LossKind kind, const ReviewRelation *relation, const char *column);
void add_finding(Reading *r, CheckId check, const ReviewRelation *object);
void add_finding_detail(Reading *r, CheckId check, const ReviewRelation *object, const char *detail);
void add_note(Reading *r, const char *note);
void add_note_format(Reading *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
void set_unknown(Reading *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Ids of a table and everything below it, the table first. */
GArray *tree_of(const Reading *r, const ReviewRelation *table);
gboolean version_since(const Reading *r, int version);
/* The server locks what a new object depends on, indexes and sequences among it, ACCESS SHARE. */
gboolean locks_dependencies(const Reading *r);

/* ---- expressions (expressions.c) ---- */

/* How often what an expression gives changes: decides whether a default rewrites a table. */
typedef enum {
  VOLATILITY_CONSTANT, /* immutable or stable: worked out once */
  VOLATILITY_VOLATILE,
  VOLATILITY_UNKNOWN, /* calls a function of which nothing is known */
} Volatility;
Volatility expression_volatility(const Reading *r, const PgQuery__Node *expression);
/* Sequences that nextval() and its like name in it are locked. */
void lock_sequences(Reading *r, const ProtobufCMessage *expression, LockMode mode);
/* From now on the default of the column is that expression, or none (NULL). */
void set_draw(Reading *r, guint table, const char *column, const PgQuery__Node *expression);
/* The text that names the sequence in nextval() and its like; NULL: it is none of them, or not a constant. */
const char *sequence_used(const PgQuery__FuncCall *call);
/* The text that names the table in pg_get_serial_sequence(); NULL likewise. */
const char *serial_sequence_of(const PgQuery__FuncCall *call);
/* A CHECK as the server writes it proves that a column is not null. */
gboolean check_proves_not_null(const char *check, const char *column);
gboolean expression_proves_not_null(const PgQuery__Node *expression, const char *column);
/* Columns an expression mentions. */
GStrv columns_mentioned(const PgQuery__Node *expression);

/* Calls visit for every message below root, outermost first; visit answers FALSE to stay out of one. */
typedef gboolean (*MessageVisit)(const ProtobufCMessage *message, void *data);
void visit_messages(const ProtobufCMessage *root, MessageVisit visit, void *data);

/* ---- names in statements (catalog_names.c) ---- */

/* ARRAY['"a"', ...]::text[] of everything in the statements (char*) that may be a relation or a type; the caller's. */
char *catalog_names_of(const GPtrArray *sql);
/* What the statements touch is more than what hangs together with their names. */
gboolean catalog_names_reach_far(const GPtrArray *sql);

/* ---- types (types.c) ---- */

/* A type as a statement or the catalog says it. */
typedef struct {
  const char *schema; /* NULL: the search path decides */
  char *name;         /* pg_type.typname, "_int4" for an array */
  int typmod;
} TypeRef;

TypeRef type_ref(const PgQuery__TypeName *type);
void type_ref_clear(TypeRef *type);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TypeRef, type_ref_clear)
gboolean type_is_serial(const PgQuery__TypeName *type);
gboolean type_is_builtin(const PgQuery__TypeName *type);

typedef enum {
  CHANGE_NONE,    /* the same type */
  CHANGE_RELABEL, /* every value stays as it is stored */
  CHANGE_REINDEX, /* likewise, but indexes sort it differently */
  CHANGE_REWRITE,
} TypeChange;
/* Ends at CHANGE_REWRITE when it is not sure. */
TypeChange type_change(const Reading *r, const ReviewColumn *from, const TypeRef *to);
/* It, or a domain it is made of, checks its values. */
gboolean domain_is_constrained(const Reading *r, const char *schema, const char *name);
/* The type is that domain, or a domain upon it. */
gboolean type_is_made_of(const Reading *r, const char *schema, const char *name, const char *domain);
gboolean type_narrows(const ReviewColumn *from, const TypeRef *to);

/* Estimates how long the forecast takes (weight.c). */
void weigh(Reading *r);

/* ---- families ---- */

void read_alter_table(Reading *r, const PgQuery__AlterTableStmt *alter);
/* Tables made OF a composite type change with it. */
void lock_typed_tables(Reading *r, const ReviewRelation *type);
void read_alter_type(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                     gboolean recurse);
void read_add_column(Reading *r, const ReviewRelation *table, const PgQuery__ColumnDef *column,
                     gboolean recurse);
void read_set_not_null(Reading *r, const ReviewRelation *table, const char *column, gboolean recurse);
void read_drop_column(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                      gboolean recurse);
void read_add_constraint(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c,
                         gboolean recurse);
void read_validate_constraint(Reading *r, const ReviewRelation *table, const char *name, gboolean recurse);
void read_drop_constraint(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                          gboolean recurse);
void read_attach(Reading *r, const ReviewRelation *parent, const PgQuery__PartitionCmd *cmd);
void read_detach(Reading *r, const ReviewRelation *parent, const PgQuery__PartitionCmd *cmd);
void read_detach_finalize(Reading *r, const ReviewRelation *parent, const PgQuery__PartitionCmd *cmd);
void read_attach_index(Reading *r, const ReviewRelation *parent, const PgQuery__PartitionCmd *cmd);
/* CREATE TABLE ... PARTITION OF: what the parent and its other partitions go through. */
void read_new_partition(Reading *r, const ReviewRelation *parent, ReviewRelation *child, gboolean is_default);

/* The table a foreign key points at, and the index that makes its key unique. */
void lock_referenced(Reading *r, const PgQuery__Constraint *c);
/* Rows of both are compared; a new table has none. */
void compare_foreign_key(Reading *r, const ReviewRelation *table, const ReviewRelation *other);

/* A composite type of the column is a relation, too. */
void lock_column_type(Reading *r, const PgQuery__ColumnDef *column);
/* Constraints and columns of a table in the making, into the model and the locks on others. */
void define_column(Reading *r, guint table, const PgQuery__ColumnDef *column);
void define_constraint(Reading *r, guint table, const PgQuery__Constraint *c, const char *column);
/* An index appears in the model; mentions may be NULL. */
ReviewRelation *define_index(Reading *r, guint table, const char *name, const PgQuery__IndexStmt *index);

/* FALSE when the statement is of another family. */
gboolean read_create_statement(Reading *r, const PgQuery__Node *statement);
gboolean read_drop_statement(Reading *r, const PgQuery__Node *statement);
gboolean read_object_statement(Reading *r, const PgQuery__Node *statement);
gboolean read_row_statement(Reading *r, const PgQuery__Node *statement);
/* A relation goes, with what hangs on it. */
void drop_relation(Reading *r, const ReviewRelation *relation, gboolean cascade, const char *because);
/* What is done with a query; each does what the ones before it do, too. */
typedef enum {
  QUERY_NAMED,    /* kept: what it names is looked up */
  QUERY_EXPANDED, /* what is behind views is looked up as well: a function's body */
  QUERY_PLANNED,  /* partitions and indexes are opened: EXPLAIN */
  QUERY_RUN,      /* what it changes is checked */
} QueryUse;
/* Locks of a query's own reading: ACCESS SHARE, or ROW SHARE under FOR UPDATE. */
void read_query(Reading *r, const ProtobufCMessage *query, QueryUse use, const char *because);
/* What a query, its parts included, reads from end to end (scans.c). */
void judge_scans_of(Reading *r, const ProtobufCMessage *query);
