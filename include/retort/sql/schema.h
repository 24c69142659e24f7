/* Tables, columns, constraints, indexes, sequences as descriptions.
 *
 * These are what sa.Table, sa.Column and their friends say, not what a database holds.  Everything is a plain struct;
 * zero means "not said".  Lists keep the order in which things were written, because that order is printed.
 *
 *   SqlColumn id = {.name = sql_name("id"), .type = sql_type(SQL_TYPE_INTEGER), .primary_key = TRUE};
 *   SqlTable t = {.name = sql_name("t"), .columns = SQL_LIST(&id)};
 */
#pragma once

#include <glib.h>

#include "retort/sql/expr.h"
#include "retort/sql/naming.h"

typedef struct SqlTable SqlTable;
typedef struct SqlColumn SqlColumn;
typedef struct SqlConstraint SqlConstraint;
typedef struct SqlIndex SqlIndex;
SQL_DEFINE_LIST(SqlColumnList, sql_column_list, SqlColumn *)
SQL_DEFINE_LIST(SqlConstraintList, sql_constraint_list, SqlConstraint *)
SQL_DEFINE_LIST(SqlIndexList, sql_index_list, SqlIndex *)
SQL_DEFINE_LIST(SqlTableList, sql_table_list, SqlTable *)
SQL_DEFINE_LIST(SqlSequenceList, sql_sequence_list, const SqlSequence *)

/* Options shared by sequences and identity columns. */
typedef struct {
  SqlInt start;
  SqlInt increment;
  SqlInt min_value;
  SqlInt max_value;
  gboolean no_min_value;
  gboolean no_max_value;
  SqlTri cycle;
  SqlInt cache;
  gboolean order; /* accepted, printed by the old flavor only */
} SqlSequenceOptions;

struct SqlSequence {
  SqlName name;
  SqlName schema;
  SqlSequenceOptions options;
  const SqlType *data_type; /* AS INTEGER */
  gboolean optional;
};

typedef struct {
  gboolean always;
  SqlTri on_null;
  SqlSequenceOptions options;
} SqlIdentity;

typedef struct {
  const SqlExpr *expression; /* TEXT for a plain string */
  SqlTri persisted;
} SqlComputed;

typedef enum {
  SQL_DEFAULT_NONE,
  SQL_DEFAULT_STRING,     /* server_default="text": a quoted literal */
  SQL_DEFAULT_EXPRESSION, /* text(), func.now(), literal(), Sequence.next_value() ... */
  SQL_DEFAULT_IDENTITY,
  SQL_DEFAULT_COMPUTED,
  SQL_DEFAULT_FETCHED, /* FetchedValue(): prints nothing */
} SqlDefaultKind;

typedef struct {
  SqlDefaultKind kind;
  const char *text;          /* STRING */
  const SqlExpr *expression; /* EXPRESSION */
  const SqlIdentity *identity;
  const SqlComputed *computed;
} SqlDefault;

typedef enum {
  SQL_AUTOINCREMENT_AUTO,
  SQL_AUTOINCREMENT_ON,
  SQL_AUTOINCREMENT_OFF,
  SQL_AUTOINCREMENT_IGNORE_FK,
} SqlAutoincrement;

struct SqlColumn {
  SqlName name;
  const char *key; /* Column(key=...): how Python code names it; NULL: as name */
  const SqlType *type;
  SqlTri nullable; /* unsaid: nullable, unless part of the primary key */
  gboolean primary_key;
  SqlAutoincrement autoincrement;
  gboolean unique;
  gboolean index;
  gboolean system; /* left out of CREATE TABLE */
  SqlDefault server_default;
  const SqlSequence *sequence;   /* Sequence() as default */
  gboolean has_python_default;   /* default=...: no SERIAL, NULL in INSERT */
  gboolean has_python_onupdate;  /* onupdate=...: takes part in UPDATE */
  const SqlExpr *default_value;  /* default=scalar or expression; NULL when it is a callable or none */
  const SqlExpr *onupdate_value; /* the same for onupdate */
  const char *comment;
  SqlConstraintList constraints; /* ForeignKey, CheckConstraint written inside Column(...) */
};

typedef enum {
  SQL_CONSTRAINT_PRIMARY_KEY,
  SQL_CONSTRAINT_UNIQUE,
  SQL_CONSTRAINT_CHECK,
  SQL_CONSTRAINT_FOREIGN_KEY,
  SQL_CONSTRAINT_EXCLUDE,
} SqlConstraintKind;

typedef struct {
  const SqlExpr *expression; /* COLUMN for a plain string */
  SqlText operator;          /* "&&" */
} SqlExcludeItem;
SQL_DEFINE_LIST(SqlExcludeList, sql_exclude_list, SqlExcludeItem)

/* name, value pairs in the order written: postgresql_ops, postgresql_with. */
typedef struct {
  SqlText key;
  SqlText value;
} SqlPair;
SQL_DEFINE_LIST(SqlPairList, sql_pair_list, SqlPair)

struct SqlConstraint {
  SqlConstraintKind kind;
  SqlName name;
  SqlNameList columns;       /* PRIMARY KEY, UNIQUE, FOREIGN KEY: keys of the columns of its own table */
  const SqlExpr *expression; /* CHECK: TEXT for a plain string */
  SqlTri deferrable;
  const char *initially;
  /* FOREIGN KEY; ForeignKey("s.o.id") is split by sql_split_reference(). */
  SqlName referred_schema;
  SqlName referred_table;
  SqlNameList referred_columns;
  const char *ondelete;
  const char *onupdate;
  const char *match;
  gboolean use_alter; /* left out of CREATE TABLE */
  /* postgresql_* */
  SqlNameList include;
  SqlTri nulls_not_distinct;
  gboolean not_valid;
  /* EXCLUDE */
  SqlExcludeList excludes;
  const char *using; /* NULL: gist */
  const SqlExpr *where;
  SqlPairList ops;
  const char *comment;
};

struct SqlIndex {
  SqlName name;
  SqlExprList expressions; /* COLUMN (by key), TEXT, functions, DESC ... */
  gboolean named_by_text;  /* a convention takes a TEXT for a column of that name */
  gboolean unique;
  gboolean concurrently;
  const char *using;
  const SqlExpr *where;
  SqlPairList ops; /* by column name, text or label */
  SqlNameList include;
  SqlTri nulls_not_distinct;
  SqlPairList with;
  SqlName tablespace;
};

struct SqlTable {
  SqlName name;
  SqlName schema;
  SqlColumnList columns;
  SqlConstraintList constraints; /* as written, PRIMARY KEY included */
  SqlIndexList indexes;
  const char *comment; /* NULL: none */
  SqlTextList prefixes;
  /* postgresql_* */
  SqlNameList inherits;
  const char *partition_by;
  const char *using;
  SqlTri with_oids;
  const char *on_commit;
  SqlName tablespace;
  gboolean light;          /* sa.table(): no RETURNING, no defaults */
  const SqlNaming *naming; /* MetaData(naming_convention=...) of its own; NULL: the context's */
  SqlFrom *from;           /* its one node in FROM lists; made by sql_table_from() */
};

/* The table's columns by key; NULL when it has none such. */
SqlColumn *sql_table_column(const SqlTable *table, const char *key);
/* "s.o.id" -> schema, table, column; "o.id" has no schema; "o" alone has no column (text NULL). */
void sql_split_reference(Arena *arena, const char *spec, SqlName *schema, SqlName *table, SqlName *column);
/* The column that SQLAlchemy would render SERIAL, or NULL (alembic.md 10.2). */
const SqlColumn *sql_table_autoincrement(const SqlTable *table);
/* The columns of the primary key, in its order. */
SqlColumnList sql_table_primary_key(Arena *arena, const SqlTable *table);
