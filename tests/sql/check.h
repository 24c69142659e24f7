/* Help for the tests of sql: short constructors, and comparison of what an operation prints.
 *
 * Everything is built in the arena A, which begin() makes and end() frees: name them as .init and .fini of each Test.
 * What is expected is written as `alembic --sql` prints it, one ";" and newline after each statement; an error follows
 * as "!! Class: message".  Every statement must also be read by PostgreSQL's own parser, unless the case's name starts
 * with "~" (Alembic prints a few things that no server takes).
 */
#pragma once

#include <criterion/criterion.h>

#include "retort/sql/compile.h"

extern Arena *A;
extern const SqlContext new_offline;
extern const SqlContext old_offline;
extern const SqlContext new_online;

void begin(void);
void end(void);

SqlExpr *num(gint64 n);
SqlExpr *str(const char *s);
SqlExpr *none(void);
SqlExpr *yes(void);
/* SqlExprList of the arguments; ends with NULL. */
SqlExprList exprs(SqlExpr *first, ...) G_GNUC_NULL_TERMINATED;
SqlNameList names(const char *first, ...) G_GNUC_NULL_TERMINATED;
/* A column without a table. */
SqlExpr *col(const char *name, SqlTypeKind kind);
SqlExpr *op2(SqlOperator op, SqlExpr *left, SqlExpr *right);
SqlColumn *column(const char *name, SqlTypeKind kind);
/* Adds it and gives it back, to be filled further. */
SqlColumn *add_column(SqlTable *table, const char *name, SqlTypeKind kind);
SqlTable *table_named(const char *name);

void check_op(const char *name, const SqlContext *context, const SqlOp *op, const char *expected);
void check_expr(const char *name, const SqlContext *context, const SqlExpr *expr, const char *expected);
void check_query(const char *name, const SqlContext *context, const SqlQuery *query, const char *expected);
void check_type(const char *name, const SqlContext *context, const SqlType *type, const char *expected);
void check_literal(const char *name, const SqlContext *context, const SqlValue *value, const SqlType *type,
                   const char *expected);
