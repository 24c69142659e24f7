/* Statements on rows: select, insert, update, delete, text, and what they select from.
 *
 * A SqlFrom is one entry of a FROM list and has identity: two references to the same table object must share one
 * SqlFrom (sql_table_from() keeps it), an alias is a new one.  A SqlQuery is a statement; a select can also stand in a
 * FROM (subquery, CTE) or in an expression (expr.h).  FROM lists are found from the columns used, as SQLAlchemy does.
 *
 *   SqlFrom *t = sql_table_from(arena, table);
 *   SqlQuery *q = sql_select(arena);
 *   sql_expr_list_add(arena, &q->columns, sql_from_column(arena, t, "id"));
 *   q->where = sql_and_where(arena, q->where, condition);
 */
#pragma once

#include <glib.h>

#include "retort/sql/expr.h"
#include "retort/sql/schema.h"

SQL_DEFINE_LIST(SqlFromList, sql_from_list, SqlFrom *)
SQL_DEFINE_LIST(SqlQueryList, sql_query_list, SqlQuery *)

typedef enum {
  SQL_FROM_TABLE,    /* table */
  SQL_FROM_ALIAS,    /* element AS name */
  SQL_FROM_SUBQUERY, /* (query) AS name */
  SQL_FROM_CTE,      /* name, with WITH name AS (query) at the top */
  SQL_FROM_JOIN,     /* left JOIN right ON on */
  SQL_FROM_VALUES,   /* (VALUES (...), (...)) AS name (columns) */
  SQL_FROM_FUNCTION, /* function AS name, function.table_valued(...) */
  SQL_FROM_TEXT,     /* text verbatim (select_from(text("..."))) */
  SQL_FROM_EXCLUDED, /* the excluded row of ON CONFLICT, of table */
} SqlFromKind;

struct SqlFrom {
  SqlFromKind kind;
  SqlTable *table;
  SqlFrom *element;
  SqlName name; /* text NULL: anonymous (anon_1, t_1) */
  SqlQuery *query;
  gboolean lateral;
  gboolean recursive; /* CTE */
  SqlTri materialized;
  gboolean nesting;
  SqlFrom *left;
  SqlFrom *right;
  SqlExpr *on; /* NULL: found from the foreign keys of the tables */
  gboolean outer;
  gboolean full;
  SqlExprList rows; /* VALUES: TUPLEs */
  SqlExpr *function;
  gboolean with_ordinality;
  gboolean render_derived;
  const char *text;
  SqlExprList columns; /* what sql_from_column() has made, or the columns of VALUES and FUNCTION */
};

typedef enum {
  SQL_QUERY_SELECT,
  SQL_QUERY_COMPOUND, /* UNION and its likes */
  SQL_QUERY_INSERT,
  SQL_QUERY_UPDATE,
  SQL_QUERY_DELETE,
  SQL_QUERY_TEXT, /* text(), or a bare function / expression given to execute() */
} SqlQueryKind;

typedef enum {
  SQL_UNION,
  SQL_UNION_ALL,
  SQL_EXCEPT,
  SQL_EXCEPT_ALL,
  SQL_INTERSECT,
  SQL_INTERSECT_ALL,
} SqlCompound;

/* with_for_update(...) */
typedef struct {
  gboolean given;
  gboolean nowait;
  gboolean read;
  gboolean skip_locked;
  gboolean key_share;
  SqlFromList of;
} SqlForUpdate;

/* name = value of SET and VALUES. */
typedef struct {
  SqlName column;
  SqlExpr *value;
} SqlAssignment;
SQL_DEFINE_LIST(SqlAssignmentList, sql_assignment_list, SqlAssignment)
SQL_DEFINE_LIST(SqlRowList, sql_row_list, SqlAssignmentList *)

typedef enum {
  SQL_CONFLICT_NONE,
  SQL_CONFLICT_DO_NOTHING,
  SQL_CONFLICT_DO_UPDATE,
} SqlConflictAction;

typedef struct {
  SqlConflictAction action;
  SqlName constraint;     /* ON CONSTRAINT */
  SqlExprList elements;   /* index_elements */
  SqlExpr *element_where; /* index_where */
  SqlAssignmentList set;
  SqlExpr *where;
} SqlConflict;

struct SqlQuery {
  SqlQueryKind kind;
  /* SELECT */
  SqlExprList columns;
  SqlFromList from; /* select_from() and joins; the rest is found from the columns */
  SqlExpr *where;   /* UPDATE, DELETE too */
  SqlExprList group_by;
  SqlExpr *having;
  gboolean distinct;
  SqlExprList distinct_on;
  SqlTextList prefixes; /* between SELECT/INSERT/... and what follows */
  SqlForUpdate for_update;
  SqlFromList correlate; /* correlate(...) */
  gboolean correlate_none;
  SqlFromList correlate_except;
  gboolean has_correlate_except;
  /* SELECT, COMPOUND */
  SqlExprList order_by;
  SqlExpr *limit;
  SqlExpr *offset;
  SqlExpr *fetch;
  gboolean fetch_percent;
  gboolean fetch_with_ties;
  /* COMPOUND */
  SqlCompound compound;
  SqlQueryList selects;
  /* INSERT, UPDATE, DELETE */
  SqlFrom *target;
  SqlRowList
      rows;       /* INSERT: one or several rows; UPDATE: one row of assignments; none: every column a bind */
  gboolean multi; /* INSERT ... VALUES given a list: (a, b), (c, d) and binds a_m0 */
  gboolean ordered;     /* UPDATE.ordered_values(): keep the order given */
  SqlQuery *select;     /* INSERT ... SELECT */
  SqlNameList names;    /* its columns */
  gboolean no_defaults; /* from_select(include_defaults=False) */
  gboolean inline_;     /* inline(): no implicit RETURNING */
  SqlConflict conflict;
  SqlExprList returning;
  gboolean has_returning;
  /* all */
  SqlFromList ctes; /* add_cte() */
  /* TEXT */
  SqlExpr *expr;
};

/* The table's one SqlFrom; made on first use. */
SqlFrom *sql_table_from(Arena *arena, SqlTable *table);
SqlFrom *sql_alias(Arena *arena, SqlFrom *element, SqlName name);
SqlFrom *sql_subquery(Arena *arena, SqlQuery *query, SqlName name);
SqlFrom *sql_cte(Arena *arena, SqlQuery *query, SqlName name, gboolean recursive);
/* cte.union(query), cte.union_all(query): the same CTE (its references stay good) with one more part. */
void sql_cte_extend(Arena *arena, SqlFrom *cte, SqlCompound compound, SqlQuery *query);
/* values(column("a", T), ..., name=...).data(rows): columns are COLUMN expressions, rows TUPLEs of bare values. */
SqlFrom *sql_values(Arena *arena, SqlExprList columns, SqlExprList rows, SqlName name);
/* func.f(...).table_valued("a", "b", name=...) and .alias(name): columns are COLUMN expressions, none for alias(). */
SqlFrom *sql_function_from(Arena *arena, SqlExpr *function, SqlExprList columns, SqlName name);
/* The one column of alias() and column_valued(): printed as the alias itself. */
SqlExpr *sql_function_from_column(Arena *arena, SqlFrom *from);
/* What insert.excluded is. */
SqlFrom *sql_excluded(Arena *arena, SqlTable *table);
/* select.join(right, on): joins right to the select's FROM, as SQLAlchemy finds the left side. */
gboolean sql_select_join(Arena *arena, SqlQuery *query, SqlFrom *right, SqlExpr *on, gboolean outer,
                         gboolean full, GError **error);
/* on NULL: from the foreign keys between the two; NoForeignKeys/Ambiguous are InvalidRequestError. */
SqlFrom *sql_join(Arena *arena, SqlFrom *left, SqlFrom *right, SqlExpr *on, gboolean outer, gboolean full,
                  GError **error);
/* from.c.key: the same node for the same key; NULL when there is no such column. */
SqlExpr *sql_from_column(Arena *arena, SqlFrom *from, const char *key);
/* from.c in order: what select(table) selects. */
SqlExprList sql_from_columns(Arena *arena, SqlFrom *from);
/* Keys of from.c in order. */
SqlTextList sql_from_keys(Arena *arena, SqlFrom *from);

SqlQuery *sql_select(Arena *arena);
SqlQuery *sql_compound(Arena *arena, SqlCompound compound, SqlQueryList selects);
SqlQuery *sql_insert(Arena *arena, SqlFrom *target);
SqlQuery *sql_update(Arena *arena, SqlFrom *target);
SqlQuery *sql_delete(Arena *arena, SqlFrom *target);
SqlQuery *sql_query_of(Arena *arena, SqlExpr *expr); /* text("..."), func.setval(...) given to execute() */
/* A copy to change generatively: lists may be added to without touching the original. */
SqlQuery *sql_query_copy(Arena *arena, const SqlQuery *query);
/* where AND condition, as select.where() chains them; where may be NULL. */
SqlExpr *sql_and_where(Arena *arena, SqlExpr *where, SqlExpr *condition);
