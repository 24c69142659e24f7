/* What the files about expressions share. */
#pragma once

#include "bind.h"

/* left op right, or what SQLAlchemy raises. */
PyValue expr_operate(PyInterp *interp, SqlOperator op, SqlExpr *left, SqlExpr *right);
extern const PyMethod element_methods[];
/* not_(x) */
PyValue expr_not(PyInterp *interp, SqlExpr *x);
PyValue expr_or_raise(PyInterp *interp, SqlExpr *expr, GError *error);
/* Converts a bare value that meets a column whose type does so in Python; FALSE when that cannot be followed. */
gboolean check_opaque(PyInterp *interp, SqlExpr *a, SqlExpr *b);
/* The bind for key in text, with the type the text's own parameter has. */
SqlExpr *text_bind(PyInterp *interp, const SqlExpr *text, const char *key, const SqlValue *value);
/* x.table_valued(...) */
PyValue function_table(PyInterp *interp, SqlExpr *function, PyCall *call);
/* x.over(partition_by, order_by, rows, range_, groups) */
PyValue over_value(PyInterp *interp, SqlExpr *x, const PyValue *args);
/* FALSE and ArgumentError "role expected, got ..." when v is a plain value where SQL is wanted. */
gboolean check_role(PyInterp *interp, PyValue v, const char *role);
/* What stands in a WHERE: True and False become true() and false(), a str is an ArgumentError. */
SqlExpr *to_condition(PyInterp *interp, PyValue v);
extern const PyMethod pg_expr_functions[];
