/* What from.c, query.c and dml.c share. */
#pragma once

#include "expr.h"

/* Tables, aliases, ..., and text(); NULL: refused. */
SqlFrom *to_from(PyInterp *interp, PyValue v);
/* args: right, onclause, isouter, full */
PyValue join_value(PyInterp *interp, SqlFrom *left, const PyValue *args, gboolean outer);
/* Adds what select(...) lists: expressions, and all columns of a table. */
gboolean select_add(PyInterp *interp, SqlQuery *query, const PyValue *items, gsize n);
/* values(): a dict, a list of dicts or a tuple, and keywords. */
gboolean query_add_values(PyInterp *interp, SqlQuery *query, const PyValue *items, gsize n, PyDict *keywords);
extern const PyMethod select_methods[];
extern const PyHostClass select_class;
extern const PyHostClass exists_class;
extern const PyHostClass insert_class;
extern const PyHostClass update_class;
extern const PyHostClass delete_class;
PyValue query_where(PyInterp *interp, PyCall *call);
PyValue query_prefix_with(PyInterp *interp, PyCall *call);
/* FALSE: there is a positional argument or keyword at and after first, *more and **kw. */
gboolean no_more_arguments(PyInterp *interp, PyCall *call, guint first);
PyValue query_cte(PyInterp *interp, PyCall *call);
PyValue query_execution_options(PyInterp *interp, PyCall *call);
PyValue fn_values(PyInterp *interp, PyCall *call);
extern const PyMethod select_functions[];
extern const PyMethod dml_functions[];
extern const PyMethod pg_dml_functions[];
/* -x and ~x of what is no expression, but a clause. */
PyValue clause_unary(PyInterp *interp, PyOp op, PyValue self);
