/* Expressions as Python sees them: operators and methods of columns, functions, text and their like. */
#include <glib/gi18n.h>
#include <string.h>

#include "expr.h"

/* ---- from Python values ---- */

SqlExpr *as_expr(PyInterp *interp, PyValue v)
{
  ColumnObject *column = py_payload(v, &column_class);
  if (column)
    return column_expr(interp, column);
  if (py_is_host(v, &column_element_class))
    return py_payload(v, &column_element_class);
  SqlQuery *query = as_query(v);
  if (!query)
    return NULL;
  if (query->kind == SQL_QUERY_SELECT || query->kind == SQL_QUERY_COMPOUND)
    return sql_scalar_subquery(py_arena(interp), query);
  return query->kind == SQL_QUERY_TEXT ? query->expr : NULL;
}

SqlExpr *to_expr(PyInterp *interp, PyValue v)
{
  if (!py_require_known(interp, v))
    return NULL;
  SqlExpr *expr = as_expr(interp, v);
  if (expr || py_failed(interp))
    return expr;
  SqlFrom *from = py_host_of(v) ? as_from(interp, v) : NULL;
  if (from || py_is(v, PY_CLASS)) {
    refuse(interp, _("%s as an expression"), py_type_name(interp, v));
    return NULL;
  }
  const SqlValue *value = to_sql_value(interp, v);
  return value ? sql_bind_value(py_arena(interp), value, NULL) : NULL;
}

gboolean to_expr_list(PyInterp *interp, const PyValue *items, gsize n, SqlExprList *list)
{
  for (gsize i = 0; i < n; i++) {
    SqlExpr *expr = to_expr(interp, items[i]);
    if (!expr)
      return FALSE;
    sql_expr_list_add(py_arena(interp), list, expr);
  }
  return TRUE;
}

SqlExpr *to_sql_text(PyInterp *interp, PyValue v)
{
  if (to_text(v))
    return check_text(interp, v) ? sql_text(py_arena(interp), arena_strdup(py_arena(interp), to_text(v)))
                                 : NULL;
  return py_is_none(v) || check_role(interp, v, "SQL expression element for DDL constraint")
             ? to_expr(interp, v)
             : NULL;
}

PyValue expr_value(PyInterp *interp, SqlExpr *expr)
{
  if (!expr)
    return py_null();
  gboolean is_plain = expr->kind == SQL_EXPR_TUPLE || expr->kind == SQL_EXPR_UNARY;
  if (!is_plain && expr->type && sql_type_affinity(expr->type) == SQL_AFFINITY_TUPLE)
    return refuse(interp, _("an expression of the type of a tuple"));
  switch (expr->kind) {
  case SQL_EXPR_TEXT: return py_host_object(interp, &text_clause_class, expr);
  case SQL_EXPR_FUNCTION: return py_host_object(interp, &function_class, expr);
  default: return py_host_object(interp, &column_element_class, expr);
  }
}

PyValue expr_or_raise(PyInterp *interp, SqlExpr *expr, GError *error)
{
  if (error)
    return raise_error(interp, error);
  return expr ? expr_value(interp, expr)
              : py_raise(interp, "NotImplementedError", "Operator is not supported on this expression");
}

/* A bare value beside the type becomes what the type makes of it. */
static gboolean convert_bare(PyInterp *interp, const SqlType *type, SqlExpr *bind)
{
  const PyValue *origin = bind->free_type && bind->value ? bind->value->origin : NULL;
  if (!origin) {
    refuse(interp, _("a value for a column whose type converts it in Python"));
    return FALSE;
  }
  if (py_is_none(*origin)) /* IS NULL, or NULL as it is */
    return TRUE;
  if (py_is(*origin, PY_BOOL)) {
    refuse(interp, _("True or False beside a column whose type converts it in Python"));
    return FALSE;
  }
  const SqlValue *value = to_typed_value(interp, *origin, type);
  if (value)
    bind->value = value;
  return value != NULL;
}

gboolean check_opaque(PyInterp *interp, SqlExpr *a, SqlExpr *b)
{
  for (guint i = 0; i < 2; i++) {
    if (run_is_opaque(interp, a->type) && b->kind == SQL_EXPR_BIND && !convert_bare(interp, a->type, b))
      return FALSE;
    SqlExpr *swap = a;
    a = b;
    b = swap;
  }
  return TRUE;
}

/* a + b + c, which SQLAlchemy keeps as one list, and what it has subclasses for of such a list: Python may ask either
 * side first. */
static gboolean is_chain_beside_list(const SqlExpr *left, const SqlExpr *right)
{
  gboolean chains = left->kind == SQL_EXPR_BINARY && left->left && left->right &&
                    ((left->left->kind == SQL_EXPR_BINARY && left->left->op == left->op) ||
                     (left->right->kind == SQL_EXPR_BINARY && left->right->op == left->op));
  return chains && (right->kind == SQL_EXPR_ARRAY || right->kind == SQL_EXPR_LIST);
}

static gboolean is_regular_expression(const SqlExpr *x)
{
  return x->kind == SQL_EXPR_BINARY && (x->op == SQL_OP_REGEXP_MATCH || x->op == SQL_OP_NOT_REGEXP_MATCH);
}

PyValue expr_operate(PyInterp *interp, SqlOperator op, SqlExpr *left, SqlExpr *right)
{
  GError *error = NULL;
  if (!check_opaque(interp, left, right))
    return py_null();
  gboolean bare = right->kind == SQL_EXPR_BIND && right->free_type && right->value;
  if ((left->kind == SQL_EXPR_ARRAY || left->kind == SQL_EXPR_TUPLE) && bare &&
      right->value->kind != SQL_VALUE_LIST && right->value->kind != SQL_VALUE_NULL)
    return refuse(interp, _("a single value beside a list of them"));
  if (op >= SQL_OP_EQ && op <= SQL_OP_GE && is_chain_beside_list(left, right))
    return refuse(interp, _("a chain of operators beside an array or a condition"));
  if (op == SQL_OP_ADD && run_is_old(interp) && (is_regular_expression(left) || is_regular_expression(right)))
    return refuse(interp, _("+ beside a regular expression with SQLAlchemy 1.4"));
  if (left->kind == SQL_EXPR_ARRAY && bare && run_is_old(interp))
    return refuse(interp, _("a list beside an array with SQLAlchemy 1.4"));
  if (left->type && left->type->decorated && bare && right->value->kind == SQL_VALUE_BOOL)
    return refuse(interp, _("True or False beside a column of a type of its own"));
  SqlExpr *result = sql_operate(py_arena(interp), op, left, right, &error);
  return expr_or_raise(interp, result, error);
}

/* ---- operators ---- */

static const struct {
  PyOp py;
  SqlOperator sql;
} binary_rows[] = {
    {PY_ADD, SQL_OP_ADD},
    {PY_SUB, SQL_OP_SUB},
    {PY_MUL, SQL_OP_MUL},
    {PY_DIV, SQL_OP_DIV},
    {PY_FLOORDIV, SQL_OP_FLOORDIV},
    {PY_MOD, SQL_OP_MOD},
    {PY_EQ, SQL_OP_EQ},
    {PY_NE, SQL_OP_NE},
    {PY_LT, SQL_OP_LT},
    {PY_LE, SQL_OP_LE},
    {PY_GT, SQL_OP_GT},
    {PY_GE, SQL_OP_GE},
};

static gboolean is_range(const SqlExpr *x)
{
  SqlAffinity affinity = x->type ? sql_type_affinity(x->type) : SQL_AFFINITY_NONE;
  return affinity == SQL_AFFINITY_RANGE;
}

/* a & b is and_(a, b). */
static PyValue expr_join(PyInterp *interp, SqlOperator op, PyValue left, PyValue right)
{
  SqlExpr *a = to_condition(interp, left), *b = a ? to_condition(interp, right) : NULL;
  SqlExprList list = {0};
  if (!b)
    return py_null();
  sql_expr_list_add(py_arena(interp), &list, a);
  sql_expr_list_add(py_arena(interp), &list, b);
  return expr_value(interp, sql_conjunction(py_arena(interp), op, list));
}

static PyValue element_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  if (py_is_unknown(other))
    return other;
  /* "...%s" % column formats text before the column is ever asked. */
  if (reflected && op == PY_MOD && py_is(other, PY_STR))
    return py_percent(interp, other, self);
  gboolean joins = op == PY_AND || op == PY_OR, shifts = op == PY_LSHIFT || op == PY_RSHIFT;
  if (reflected && (joins || shifts))
    return py_not_implemented();
  if (joins)
    return expr_join(interp, op == PY_AND ? SQL_OP_AND : SQL_OP_OR, self, other);
  SqlExpr *mine = as_expr(interp, self);
  if (mine && shifts && !is_range(mine)) /* only ranges know << and >> */
    return py_raise(interp, "NotImplementedError", "Operator '%s' is not supported on this expression",
                    op == PY_LSHIFT ? "lshift" : "rshift");
  SqlExpr *theirs = mine ? to_expr(interp, other) : NULL;
  if (!theirs)
    return py_null();
  SqlExpr *left = reflected ? theirs : mine, *right = reflected ? mine : theirs;
  gboolean compares = op >= PY_EQ && op <= PY_GE;
  if (!compares && (mine->kind == SQL_EXPR_TUPLE || theirs->kind == SQL_EXPR_TUPLE))
    return refuse(interp, _("the operator %s on a tuple"), py_op_text(op));
  if (op == PY_FLOORDIV && run_is_old(interp))
    return refuse(interp, _("// with SQLAlchemy 1.4"));
  if (is_range(mine) && op != PY_EQ && op != PY_NE)
    return refuse(interp, _("the operator %s on a range"), py_op_text(op));
  for (guint i = 0; i < G_N_ELEMENTS(binary_rows); i++)
    if (binary_rows[i].py == op)
      return expr_operate(interp, binary_rows[i].sql, left, right);
  return refuse(interp, _("the operator %s on an expression"), py_op_text(op));
}

PyValue expr_not(PyInterp *interp, SqlExpr *x)
{
  if (x->kind == SQL_EXPR_TEXT && !run_is_old(interp))
    return py_raise(interp, "AssertionError", "%s", ""); /* SQLAlchemy 2.0 cannot negate text() */
  return expr_value(interp, sql_not(py_arena(interp), x));
}

static PyValue element_unary(PyInterp *interp, PyOp op, PyValue self)
{
  SqlExpr *x = as_expr(interp, self);
  if (!x)
    return py_null();
  if (x->kind == SQL_EXPR_TUPLE || x->kind == SQL_EXPR_LABEL)
    return refuse(interp, _("the operator %s on a tuple or a label"), py_op_text(op));
  switch (op) {
  case PY_INVERT: return expr_not(interp, x);
  case PY_NEG: return expr_value(interp, sql_negative(py_arena(interp), x));
  default: return refuse(interp, _("the operator %s on an expression"), py_op_text(op));
  }
}

/* x[1:5] */
static PyValue element_slice(PyInterp *interp, SqlExpr *x, PyValue slice)
{
  PyValue start = py_getattr(interp, slice, "start"), stop = py_getattr(interp, slice, "stop");
  PyValue step = py_getattr(interp, slice, "step");
  if (!py_is_none(step) || py_is_none(start) || py_is_none(stop))
    return refuse(interp, _("a slice of an expression without both its ends"));
  SqlExpr *from = to_expr(interp, start), *to = from ? to_expr(interp, stop) : NULL;
  return to ? expr_value(interp, sql_getslice(py_arena(interp), x, from, to)) : py_null();
}

static PyValue element_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  Arena *arena = py_arena(interp);
  SqlExpr *x = as_expr(interp, self);
  GError *error = NULL;
  if (!x)
    return py_null();
  if (py_is(key, PY_SLICE))
    return element_slice(interp, x, key);
  if (py_is(key, PY_BYTES) || py_is(key, PY_BOOL))
    return refuse(interp, _("%s as an index"), py_type_name(interp, key));
  SqlExpr *index = to_expr(interp, key), *item = index ? sql_getitem(arena, x, index, &error) : NULL;
  if (index && !item && !error)
    return py_raise(interp, "NotImplementedError", "Operator 'getitem' is not supported on this expression");
  return index ? expr_or_raise(interp, item, error) : py_null();
}

/* Whether two operands, one of them a value made for this very comparison, cannot be one Python object. */
static gboolean surely_different(const SqlExpr *a, const SqlExpr *b)
{
  gboolean fresh = (a->kind == SQL_EXPR_BIND && a->unique) || a->kind == SQL_EXPR_INLINE;
  return fresh && a->kind != b->kind;
}

/* For == and != SQLAlchemy answers whether both sides are one object; other expressions have no truth. */
static int element_truth(PyInterp *interp, PyValue self)
{
  const SqlExpr *x = as_expr(interp, self);
  if (!x)
    return -1;
  gboolean compares = x->kind == SQL_EXPR_BINARY && (x->op == SQL_OP_EQ || x->op == SQL_OP_NE);
  if (compares && (surely_different(x->left, x->right) || surely_different(x->right, x->left)))
    return x->op == SQL_OP_NE;
  refuse(interp, _("the truth of %s, an SQL expression"), py_type_name(interp, self));
  return -1;
}

/* str() of a column is its name behind that of its table, as long as neither needs quotes. */
static const char *plain_column(PyInterp *interp, const SqlExpr *x)
{
  const SqlTable *table = x->from && x->from->kind == SQL_FROM_TABLE ? x->from->table : NULL;
  if (x->kind != SQL_EXPR_COLUMN || sql_name_needs_quotes(x->name) || (x->from && !table))
    return NULL;
  if (!table)
    return x->name.text;
  if (table->schema.text || sql_name_needs_quotes(table->name))
    return NULL;
  return arena_printf(py_arena(interp), "%s.%s", table->name.text, x->name.text);
}

/* A function without arguments is the same in every dialect. */
static const char *plain_function(PyInterp *interp, const SqlExpr *x)
{
  if (x->kind != SQL_EXPR_FUNCTION || x->args.n > 0 || x->quoted)
    return NULL;
  g_autofree char *text = sql_compile_expr(&run_of(interp)->sql, x, NULL);
  gboolean standard = text && !strchr(text, '('); /* CURRENT_USER and the like, which are never quoted */
  return standard || !sql_name_needs_quotes(x->name) ? arena_strdup(py_arena(interp), text) : NULL;
}

static PyValue element_text(PyInterp *interp, PyValue self)
{
  SqlExpr *x = as_expr(interp, self);
  const char *column = x ? plain_column(interp, x) : NULL;
  const char *text = column || !x ? column : plain_function(interp, x);
  if (text)
    return py_str(interp, text, -1);
  return refuse(interp, _("%s as text"), py_type_name(interp, self));
}

static PyValue element_repr(PyInterp *interp, PyValue self)
{
  return refuse(interp, _("%s as text"), py_type_name(interp, self));
}

static PyValue element_format(PyInterp *interp, PyValue self, const char *spec)
{
  PyValue text = element_text(interp, self);
  return py_is_null(text) ? text : py_format(interp, text, spec);
}

/* What migrations ask of a column. */
static PyValue element_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  SqlExpr *x = as_expr(interp, self);
  GError *error = NULL;
  const char *n = name->data;
  if (!x)
    return py_failed(interp) ? py_null() : refuse_getattr(interp, self, name);
  if ((strcmp(n, "name") == 0 || strcmp(n, "key") == 0) && x->kind == SQL_EXPR_COLUMN)
    return py_str(interp, x->name.text, -1);
  if (strcmp(n, "type") == 0 && x->type)
    return type_value(interp, x->type);
  if (strcmp(n, "table") == 0 && x->kind == SQL_EXPR_COLUMN && x->from)
    return from_value(interp, x->from);
  gboolean is_json = sql_type_affinity(x->type) == SQL_AFFINITY_JSON;
  if (strcmp(n, "astext") == 0 && x->kind == SQL_EXPR_BINARY && x->op == SQL_OP_JSON_GETITEM && !is_json)
    return refuse_getattr(interp, self, name);
  if (strcmp(n, "astext") == 0 && x->type && x->type->generic_json)
    return py_raise(interp, "AttributeError",
                    "Neither 'BinaryExpression' object nor 'Comparator' object has an attribute 'astext'");
  if (strcmp(n, "astext") != 0)
    return refuse_getattr(interp, self, name);
  SqlExpr *result = sql_astext(py_arena(interp), x, &error);
  return expr_or_raise(interp, result, error);
}

const PyHostClass column_element_class = {
    .name = "ColumnElement",
    .module = "sqlalchemy.sql.elements",
    .methods = element_methods,
    .getattr = element_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
    .binary = element_binary,
    .unary = element_unary,
    .getitem = element_getitem,
    .truth = element_truth,
    .str = element_text,
    .repr = element_repr,
    .format = element_format,
};
