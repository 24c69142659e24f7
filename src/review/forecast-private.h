/* Inside the room: what the families of statements share while one statement is being read. */
#pragma once

#include <pg_query/pg_query.pb-c.h>

#include "retort/review/forecast.h"

/* The server versions whose rules are known; an unknown server is judged as the oldest, the least favourable one. */
#define OLDEST_VERSION 11
#define NEWEST_VERSION 18

struct ForecastSession {
  int version; /* major; OLDEST_VERSION when not known */
  gboolean version_known;
  GHashTable *created;     /* char*: relations the plan has made, as written */
  GHashTable *index_table; /* char* -> char*: indexes the plan has made and their tables */
};

/* One statement in work. */
typedef struct {
  ForecastSession *session;
  Forecast *forecast;
} Reading;

/* "schema.name", or "name". */
char *relation_name(const PgQuery__RangeVar *var);
/* The same from a list of String nodes, leaving out the last skip of them; NULL when nothing is left. */
char *relation_name_from_list(PgQuery__Node *const *names, gsize n, gsize skip);

void add_lock(Reading *r, const char *relation, LockMode mode, const char *because);
void add_lock_var(Reading *r, const PgQuery__RangeVar *var, LockMode mode, const char *because);
void add_name(GPtrArray *names, const char *name);
void add_loss(Reading *r, LossKind kind, const char *relation, const char *column);
void add_finding(Reading *r, CheckId check, const char *object);
void add_note(Reading *r, const char *note);
void set_unknown(Reading *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
void note_created(Reading *r, const char *relation);
gboolean is_created(const Reading *r, const char *relation);

/* How often what an expression gives changes: decides whether a default rewrites a table. */
typedef enum {
  VOLATILITY_CONSTANT, /* immutable or stable: worked out once */
  VOLATILITY_VOLATILE,
  VOLATILITY_UNKNOWN, /* calls a function that is not one of the server's well-known ones */
} Volatility;
Volatility expression_volatility(const PgQuery__Node *expression);

/* Calls visit for every message below root, outermost first; visit answers FALSE to stay out of one. */
typedef gboolean (*MessageVisit)(const ProtobufCMessage *message, void *data);
void visit_messages(const ProtobufCMessage *root, MessageVisit visit, void *data);

void read_alter_table(Reading *r, const PgQuery__AlterTableStmt *alter);
/* The parts of a table or column definition that reach other tables, or make work. */
void read_column(Reading *r, const char *table, const PgQuery__ColumnDef *column, gboolean existing_table);
void read_constraint(Reading *r, const char *table, const PgQuery__Constraint *constraint,
                     gboolean existing_table);

/* FALSE when the statement is of another family. */
gboolean read_object_statement(Reading *r, const PgQuery__Node *statement);
gboolean read_row_statement(Reading *r, const PgQuery__Node *statement);
/* Locks of a query's own reading: ACCESS SHARE, or ROW SHARE under FOR UPDATE. */
void read_query(Reading *r, const ProtobufCMessage *query, const char *because);
