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
  return to_expr(interp, v);
}

PyValue expr_value(PyInterp *interp, SqlExpr *expr)
{
  if (!expr)
    return py_null();
  switch (expr->kind) {
  case SQL_EXPR_TEXT: return py_host_object(interp, &text_clause_class, expr);
  case SQL_EXPR_FUNCTION: return py_host_object(interp, &function_class, expr);
  default: return py_host_object(interp, &column_element_class, expr);
  }
}

PyValue expr_or_raise(PyInterp *interp, SqlExpr *expr, GError *error)
{
  return error ? raise_error(interp, error) : expr_value(interp, expr);
}

gboolean check_opaque(PyInterp *interp, const SqlExpr *a, const SqlExpr *b)
{
  for (guint i = 0; i < 2; i++) {
    if (run_is_opaque(interp, a->type) && b->kind == SQL_EXPR_BIND) {
      refuse(interp, _("a value for a column whose type converts it in Python"));
      return FALSE;
    }
    const SqlExpr *swap = a;
    a = b;
    b = swap;
  }
  return TRUE;
}

static PyValue operate(PyInterp *interp, SqlOperator op, SqlExpr *left, SqlExpr *right)
{
  GError *error = NULL;
  if (!check_opaque(interp, left, right))
    return py_null();
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
    {PY_LSHIFT, SQL_OP_BITWISE_LSHIFT},
    {PY_RSHIFT, SQL_OP_BITWISE_RSHIFT},
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

static PyValue element_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  if (py_is_unknown(other))
    return py_stop_because(interp, other.reason);
  /* "...%s" % column formats text before the column is ever asked. */
  if (reflected && op == PY_MOD && py_is(other, PY_STR))
    return py_percent(interp, other, self);
  SqlExpr *mine = as_expr(interp, self), *theirs = to_expr(interp, other);
  if (!mine || !theirs)
    return py_null();
  SqlExpr *left = reflected ? theirs : mine, *right = reflected ? mine : theirs;
  if (op == PY_AND || op == PY_OR) {
    SqlExprList list = {0};
    sql_expr_list_add(py_arena(interp), &list, left);
    sql_expr_list_add(py_arena(interp), &list, right);
    return expr_value(interp, sql_conjunction(py_arena(interp), op == PY_AND ? SQL_OP_AND : SQL_OP_OR, list));
  }
  if (op == PY_FLOORDIV && run_is_old(interp))
    return refuse(interp, _("// with SQLAlchemy 1.4"));
  if (is_range(mine) && op != PY_EQ && op != PY_NE)
    return refuse(interp, _("the operator %s on a range"), py_op_text(op));
  for (guint i = 0; i < G_N_ELEMENTS(binary_rows); i++)
    if (binary_rows[i].py == op)
      return operate(interp, binary_rows[i].sql, left, right);
  return refuse(interp, _("the operator %s on an expression"), py_op_text(op));
}

static PyValue element_unary(PyInterp *interp, PyOp op, PyValue self)
{
  SqlExpr *x = as_expr(interp, self);
  if (!x)
    return py_null();
  switch (op) {
  case PY_INVERT: return expr_value(interp, sql_not(py_arena(interp), x));
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
  SqlExpr *index = to_expr(interp, key);
  return index ? expr_or_raise(interp, sql_getitem(arena, x, index, &error), error) : py_null();
}

static int element_truth(PyInterp *interp, PyValue self)
{
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

static PyValue element_text(PyInterp *interp, PyValue self)
{
  SqlExpr *x = as_expr(interp, self);
  const char *text = x ? plain_column(interp, x) : NULL;
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

/* ---- methods ---- */

/* x.name(other): one operator. */
static const struct {
  const char *name;
  SqlOperator op;
} method_rows[] = {
    {"is_", SQL_OP_IS},
    {"is_not", SQL_OP_IS_NOT},
    {"isnot", SQL_OP_IS_NOT},
    {"is_distinct_from", SQL_OP_IS_DISTINCT_FROM},
    {"is_not_distinct_from", SQL_OP_IS_NOT_DISTINCT_FROM},
    {"isnot_distinct_from", SQL_OP_IS_NOT_DISTINCT_FROM},
    {"concat", SQL_OP_CONCAT},
    {"match", SQL_OP_MATCH},
    {"bitwise_and", SQL_OP_BITWISE_AND},
    {"bitwise_or", SQL_OP_BITWISE_OR},
    {"bitwise_xor", SQL_OP_BITWISE_XOR},
    {"bitwise_lshift", SQL_OP_BITWISE_LSHIFT},
    {"bitwise_rshift", SQL_OP_BITWISE_RSHIFT},
    {"has_key", SQL_OP_HAS_KEY},
    {"has_all", SQL_OP_HAS_ALL},
    {"has_any", SQL_OP_HAS_ANY},
    {"contained_by", SQL_OP_CONTAINED_BY},
    {"overlap", SQL_OP_OVERLAP},
    {"overlaps", SQL_OP_OVERLAP},
    {"delete_path", SQL_OP_DELETE_PATH},
    {"path_exists", SQL_OP_PATH_EXISTS},
    {"path_match", SQL_OP_PATH_MATCH},
    {"strictly_left_of", SQL_OP_STRICTLY_LEFT_OF},
    {"strictly_right_of", SQL_OP_STRICTLY_RIGHT_OF},
    {"not_extend_right_of", SQL_OP_NOT_EXTEND_RIGHT_OF},
    {"not_extend_left_of", SQL_OP_NOT_EXTEND_LEFT_OF},
    {"adjacent_to", SQL_OP_ADJACENT_TO},
    /* with escape and autoescape */
    {"like", SQL_OP_LIKE},
    {"ilike", SQL_OP_ILIKE},
    {"not_like", SQL_OP_NOT_LIKE},
    {"notlike", SQL_OP_NOT_LIKE},
    {"not_ilike", SQL_OP_NOT_ILIKE},
    {"notilike", SQL_OP_NOT_ILIKE},
    {"contains", SQL_OP_CONTAINS},
    {"startswith", SQL_OP_STARTSWITH},
    {"endswith", SQL_OP_ENDSWITH},
    {"icontains", SQL_OP_ICONTAINS},
    {"istartswith", SQL_OP_ISTARTSWITH},
    {"iendswith", SQL_OP_IENDSWITH},
    /* without an argument */
    {"desc", SQL_OP_DESC},
    {"asc", SQL_OP_ASC},
    {"nulls_first", SQL_OP_NULLS_FIRST},
    {"nullsfirst", SQL_OP_NULLS_FIRST},
    {"nulls_last", SQL_OP_NULLS_LAST},
    {"nullslast", SQL_OP_NULLS_LAST},
    {"distinct", SQL_OP_DISTINCT},
    {"any_", SQL_OP_ANY},
    {"all_", SQL_OP_ALL},
    {"bitwise_not", SQL_OP_BITWISE_NOT},
};

static SqlOperator operator_named(const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS(method_rows); i++)
    if (strcmp(method_rows[i].name, name) == 0)
      return method_rows[i].op;
  g_assert_not_reached();
}

/* Types on which a.contains(b) is an operator of their own and not LIKE. */
static gboolean has_own_contains(const SqlExpr *x)
{
  switch (x->type ? sql_type_affinity(x->type) : SQL_AFFINITY_NONE) {
  case SQL_AFFINITY_ARRAY:
  case SQL_AFFINITY_HSTORE:
  case SQL_AFFINITY_RANGE:
  case SQL_AFFINITY_JSON: return TRUE;
  default: return FALSE;
  }
}

/* What SQLAlchemy 1.4 did not have. */
static gboolean is_new_method(const char *name)
{
  static const char *const names[] = {"icontains", "istartswith", "iendswith"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], name) == 0)
      return TRUE;
  return g_str_has_prefix(name, "bitwise_");
}

static gboolean method_exists(PyInterp *interp, const PyCall *call)
{
  if (!run_is_old(interp) || !is_new_method(call->function))
    return TRUE;
  refuse(interp, _("%s() with SQLAlchemy 1.4"), call->function);
  return FALSE;
}

static PyValue method_operator(PyInterp *interp, PyCall *call)
{
  if (!method_exists(interp, call))
    return py_null();
  SqlExpr *left = as_expr(interp, call->self), *right = left ? to_expr(interp, call->values[0]) : NULL;
  return right ? operate(interp, operator_named(call->function), left, right) : py_null();
}

static PyValue method_like(PyInterp *interp, PyCall *call)
{
  SqlOperator op = operator_named(call->function);
  if (!method_exists(interp, call))
    return py_null();
  SqlExpr *left = as_expr(interp, call->self), *right = left ? to_expr(interp, call->values[0]) : NULL;
  gboolean ok = TRUE;
  GError *error = NULL;
  const char *escape = py_arg_text_opt(call, 1, &ok);
  if (!ok || !right || !check_opaque(interp, left, right))
    return py_null();
  if (op == SQL_OP_CONTAINS && has_own_contains(left))
    return operate(interp, SQL_OP_PG_CONTAINS, left, right);
  gboolean autoescape = call->n_values > 2 && py_is_true(call->values[2]);
  SqlExpr *result = sql_like(py_arena(interp), op, left, right, escape, autoescape, &error);
  return expr_or_raise(interp, result, error);
}

/* arr.any(x), arr.all(x): x = ANY (arr) */
static PyValue method_any(PyInterp *interp, PyCall *call)
{
  SqlExpr *array = as_expr(interp, call->self), *x = array ? to_expr(interp, call->values[0]) : NULL;
  if (!x)
    return py_null();
  if (py_arg_given(call, 1) || !array->type || array->type->kind != SQL_TYPE_ARRAY)
    return refuse(interp, _("%s() like this"), call->function);
  SqlOperator op = strcmp(call->function, "any") == 0 ? SQL_OP_ANY : SQL_OP_ALL;
  return operate(interp, SQL_OP_EQ, x, sql_modifier(py_arena(interp), op, array));
}

static PyValue method_modifier(PyInterp *interp, PyCall *call)
{
  SqlExpr *x = as_expr(interp, call->self);
  return x ? expr_value(interp, sql_modifier(py_arena(interp), operator_named(call->function), x))
           : py_null();
}

/* x.in_(list), x.in_(select), x.in_(bindparam(expanding=True)) */
static PyValue method_in(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  gboolean negated = strcmp(call->function, "in_") != 0;
  SqlExpr *left = as_expr(interp, call->self);
  GError *error = NULL;
  if (!left)
    return py_null();
  SqlQuery *query = as_query(call->values[0]);
  if (query)
    return expr_value(interp, sql_in_query(arena, left, query, negated));
  SqlFrom *from = py_host_of(call->values[0]) ? as_from(interp, call->values[0]) : NULL;
  if (from && from->kind == SQL_FROM_SUBQUERY && !from->name.text)
    return expr_value(interp, sql_in_query(arena, left, from->query, negated));
  SqlExpr *bind = as_expr(interp, call->values[0]);
  if (bind && bind->kind == SQL_EXPR_BIND)
    return expr_value(interp, sql_in_bind(arena, left, bind, negated));
  if (bind || from)
    return refuse(interp, _("in_(%s)"), py_type_name(interp, call->values[0]));
  PyList *items = py_collect(interp, call->values[0]);
  SqlExprList list = {0};
  if (!items || !to_expr_list(interp, items->items, items->len, &list))
    return py_null();
  for (guint i = 0; i < list.n; i++)
    if (!check_opaque(interp, left, list.items[i]))
      return py_null();
  return expr_or_raise(interp, sql_in(arena, left, list, negated, &error), error);
}

static PyValue method_between(PyInterp *interp, PyCall *call)
{
  SqlExpr *x = as_expr(interp, call->self);
  SqlExpr *low = x ? to_expr(interp, call->values[0]) : NULL;
  SqlExpr *high = low ? to_expr(interp, call->values[1]) : NULL;
  GError *error = NULL;
  if (!high || !check_opaque(interp, x, low) || !check_opaque(interp, x, high))
    return py_null();
  SqlExpr *result = sql_between(py_arena(interp), x, low, high, py_is_true(call->values[2]), &error);
  return expr_or_raise(interp, result, error);
}

static PyValue method_label(PyInterp *interp, PyCall *call)
{
  SqlName name;
  SqlExpr *x = as_expr(interp, call->self);
  if (!x || !arg_name(call, 0, &name))
    return py_null();
  return expr_value(interp, sql_label(py_arena(interp), name, x));
}

static PyValue method_cast(PyInterp *interp, PyCall *call)
{
  const SqlType *type;
  SqlExpr *x = as_expr(interp, call->self);
  if (!x || !to_type(interp, call->values[0], &type))
    return py_null();
  return expr_value(interp, sql_cast(py_arena(interp), x, type));
}

static PyValue method_collate(PyInterp *interp, PyCall *call)
{
  const char *collation = py_arg_text(call, 0);
  SqlExpr *x = as_expr(interp, call->self);
  if (!x || !collation)
    return py_null();
  return expr_value(interp, sql_collate(py_arena(interp), x, arena_strdup(py_arena(interp), collation)));
}

/* x.op("->>")(y): the operator waits for its right side. */
typedef struct {
  SqlExpr *left;
  const char *text;
  int precedence;
  gboolean comparison;
} CustomOp;

static PyValue custom_call(PyInterp *interp, PyCall *call);

static const PyHostClass custom_op_class = {
    .name = "custom_op",
    .module = "sqlalchemy.sql.operators",
    .call = custom_call,
    .call_params = "other",
    REFUSE_REST,
};

static PyValue custom_call(PyInterp *interp, PyCall *call)
{
  CustomOp *op = py_payload(call->self, &custom_op_class);
  SqlExpr *right = to_expr(interp, call->values[0]);
  GError *error = NULL;
  if (!right || !check_opaque(interp, op->left, right))
    return py_null();
  SqlExpr *result =
      sql_custom_op(py_arena(interp), op->text, op->precedence, op->comparison, op->left, right, &error);
  return expr_or_raise(interp, result, error);
}

/* op(opstring, precedence=0, is_comparison=False, return_type=None, python_impl=None) and bool_op(...) */
static PyValue method_op(PyInterp *interp, PyCall *call)
{
  gboolean boolean = strcmp(call->function, "bool_op") == 0;
  CustomOp *op = arena_new0(py_arena(interp), CustomOp);
  const char *text = py_arg_text(call, 0);
  gint64 precedence = 0;
  if (!text || !py_arg_int(call, 1, &precedence))
    return py_null();
  if (!boolean && py_arg_given(call, 3))
    return refuse(interp, _("op(return_type=...)"));
  op->left = as_expr(interp, call->self);
  op->text = arena_strdup(py_arena(interp), text);
  op->precedence = (int)precedence;
  op->comparison = boolean || py_is_true(call->values[2]);
  return op->left ? py_host_object(interp, &custom_op_class, op) : py_null();
}

static PyValue method_regexp(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  gboolean replace = strcmp(call->function, "regexp_replace") == 0, ok = TRUE;
  SqlExpr *x = as_expr(interp, call->self), *pattern = x ? to_expr(interp, call->values[0]) : NULL;
  SqlExpr *replacement = pattern && replace ? to_expr(interp, call->values[1]) : NULL;
  const char *flags = arena_strdup(arena, py_arg_text_opt(call, replace ? 2 : 1, &ok));
  GError *error = NULL;
  if (!ok || !pattern || (replace && !replacement))
    return py_null();
  SqlExpr *result = replace ? sql_regexp_replace(arena, x, pattern, replacement, flags, &error)
                            : sql_regexp_match(arena, x, pattern, flags, &error);
  return expr_or_raise(interp, result, error);
}

static PyValue method_self_group(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->self;
}

static const PyMethod element_methods[] = {
    {"is_", method_operator, "other", 0},
    {"is_not", method_operator, "other", 0},
    {"isnot", method_operator, "other", 0},
    {"is_distinct_from", method_operator, "other", 0},
    {"is_not_distinct_from", method_operator, "other", 0},
    {"isnot_distinct_from", method_operator, "other", 0},
    {"concat", method_operator, "other", 0},
    {"match", method_operator, "other", 0},
    {"bitwise_and", method_operator, "other", 0},
    {"bitwise_or", method_operator, "other", 0},
    {"bitwise_xor", method_operator, "other", 0},
    {"bitwise_lshift", method_operator, "other", 0},
    {"bitwise_rshift", method_operator, "other", 0},
    {"has_key", method_operator, "other", 0},
    {"has_all", method_operator, "other", 0},
    {"has_any", method_operator, "other", 0},
    {"contained_by", method_operator, "other", 0},
    {"overlap", method_operator, "other", 0},
    {"overlaps", method_operator, "other", 0},
    {"delete_path", method_operator, "other", 0},
    {"path_exists", method_operator, "other", 0},
    {"path_match", method_operator, "other", 0},
    {"strictly_left_of", method_operator, "other", 0},
    {"strictly_right_of", method_operator, "other", 0},
    {"not_extend_right_of", method_operator, "other", 0},
    {"not_extend_left_of", method_operator, "other", 0},
    {"adjacent_to", method_operator, "other", 0},
    {"like", method_like, "other, escape=None", 0},
    {"ilike", method_like, "other, escape=None", 0},
    {"not_like", method_like, "other, escape=None", 0},
    {"notlike", method_like, "other, escape=None", 0},
    {"not_ilike", method_like, "other, escape=None", 0},
    {"notilike", method_like, "other, escape=None", 0},
    {"contains", method_like, "other, escape=None, autoescape=False", 0},
    {"startswith", method_like, "other, escape=None, autoescape=False", 0},
    {"endswith", method_like, "other, escape=None, autoescape=False", 0},
    {"icontains", method_like, "other, escape=None, autoescape=False", 0},
    {"istartswith", method_like, "other, escape=None, autoescape=False", 0},
    {"iendswith", method_like, "other, escape=None, autoescape=False", 0},
    {"desc", method_modifier, "", 0},
    {"asc", method_modifier, "", 0},
    {"nulls_first", method_modifier, "", 0},
    {"nullsfirst", method_modifier, "", 0},
    {"nulls_last", method_modifier, "", 0},
    {"nullslast", method_modifier, "", 0},
    {"distinct", method_modifier, "", 0},
    {"any", method_any, "other, operator=None", 0},
    {"all", method_any, "other, operator=None", 0},
    {"any_", method_modifier, "", 0},
    {"all_", method_modifier, "", 0},
    {"bitwise_not", method_modifier, "", 0},
    {"in_", method_in, "other", 0},
    {"not_in", method_in, "other", 0},
    {"notin_", method_in, "other", 0},
    {"between", method_between, "cleft, cright, symmetric=False", 0},
    {"label", method_label, "name", 0},
    {"cast", method_cast, "type_", 0},
    {"collate", method_collate, "collation", 0},
    {"op", method_op, "opstring, precedence=0, is_comparison=False, return_type=None, python_impl=None", 0},
    {"bool_op", method_op, "opstring, precedence=0, python_impl=None", 0},
    {"regexp_match", method_regexp, "pattern, flags=None", 0},
    {"regexp_replace", method_regexp, "pattern, replacement, flags=None", 0},
    {"self_group", method_self_group, "against=None", 0},
    {NULL, NULL, NULL, 0},
};

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
  if (strcmp(n, "astext") == 0)
    return expr_or_raise(interp, sql_astext(py_arena(interp), x, &error), error);
  return refuse_getattr(interp, self, name);
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

/* ---- text() ---- */

static PyValue text_bindparams(PyInterp *interp, PyCall *call)
{
  SqlExpr *text = py_payload(call->self, &text_clause_class);
  GError *error = NULL;
  PyValue *binds, key, value;
  gsize n;
  py_sequence(call->values[0], &binds, &n);
  for (gsize i = 0; i < n; i++) {
    SqlExpr *bind = as_expr(interp, binds[i]);
    if (!bind || bind->kind != SQL_EXPR_BIND)
      return refuse(interp, _("bindparams(%s)"), py_type_name(interp, binds[i]));
    if (!(text = sql_text_with_bind(py_arena(interp), text, bind, &error)))
      return raise_error(interp, error);
  }
  for (gsize at = 0; py_dict_next(call->values[1].dict, &at, &key, &value);) {
    SqlExpr *given = as_expr(interp, value);
    if (given)
      return refuse(interp, _("bindparams(%s=<expression>)"), py_text(key));
    const SqlValue *v = to_sql_value(interp, value);
    if (!v)
      return py_null();
    SqlExpr *bind = text_bind(interp, text, arena_strdup(py_arena(interp), py_text(key)), v);
    if (!(text = sql_text_with_bind(py_arena(interp), text, bind, &error)))
      return raise_error(interp, error);
  }
  return expr_value(interp, text);
}

SqlExpr *text_bind(PyInterp *interp, const SqlExpr *text, const char *key, const SqlValue *value)
{
  /* A value given by keyword keeps the type and the expanding flag of the parameter it replaces. */
  for (guint i = 0; i < text->args.n; i++) {
    const SqlExpr *old = text->args.items[i];
    if (!old->name.text || strcmp(old->name.text, key) != 0)
      continue;
    SqlExpr *bind = sql_bind_named(py_arena(interp), key, value, old->type);
    bind->expanding = old->expanding;
    return bind;
  }
  return sql_bind_named(py_arena(interp), key, value, NULL);
}

/* columns() only matters to a result. */
static PyValue text_columns(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->self;
}

static PyValue text_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  SqlExpr *text = py_payload(self, &text_clause_class);
  if (strcmp(name->data, "text") == 0 && !strchr(text->text, ':'))
    return py_str(interp, text->text, -1);
  return refuse_getattr(interp, self, name);
}

static PyValue text_str(PyInterp *interp, PyValue self)
{
  SqlExpr *text = py_payload(self, &text_clause_class);
  /* str() compiles with the default dialect, which changes colons and nothing else. */
  if (!strchr(text->text, ':'))
    return py_str(interp, text->text, -1);
  return refuse(interp, _("text(...) with a colon as text"));
}

static PyValue text_format(PyInterp *interp, PyValue self, const char *spec)
{
  PyValue text = text_str(interp, self);
  return py_is_null(text) ? text : py_format(interp, text, spec);
}

static const PyMethod text_methods[] = {
    {"bindparams", text_bindparams, "*binds, **names_to_values", 0},
    {"columns", text_columns, "*cols, **types", 0},
    {"execution_options", text_columns, "**kw", 0},
    {"self_group", text_columns, "against=None", 0},
    {NULL, NULL, NULL, 0},
};

/* text() has no operators of its own; on the right of one it is an operand like any other. */
static PyValue text_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  (void)self;
  (void)other;
  if (reflected)
    return py_not_implemented();
  return refuse(interp, _("the operator %s on text(...)"), py_op_text(op));
}

const PyHostClass text_clause_class = {
    .name = "TextClause",
    .module = "sqlalchemy.sql.elements",
    .base = &column_element_class,
    .methods = text_methods,
    .getattr = text_getattr,
    .binary = text_binary,
    .str = text_str,
    .format = text_format,
};

/* ---- functions ---- */

static PyValue function_over(PyInterp *interp, PyCall *call)
{
  SqlExpr *x = as_expr(interp, call->self);
  return x ? over_value(interp, x, call->values) : py_null();
}

static PyValue function_filter(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  PyValue *items;
  gsize n;
  SqlExprList list = {0};
  SqlExpr *x = as_expr(interp, call->self);
  py_sequence(call->values[0], &items, &n);
  if (!x || !to_expr_list(interp, items, n, &list))
    return py_null();
  return expr_value(interp,
                    sql_filter(arena, x, n == 1 ? list.items[0] : sql_conjunction(arena, SQL_OP_AND, list)));
}

static PyValue function_within_group(PyInterp *interp, PyCall *call)
{
  PyValue *items;
  gsize n;
  SqlExprList list = {0};
  SqlExpr *x = as_expr(interp, call->self);
  py_sequence(call->values[0], &items, &n);
  if (!x || !to_expr_list(interp, items, n, &list))
    return py_null();
  return expr_value(interp, sql_within_group(py_arena(interp), x, list));
}

static PyValue function_table_valued(PyInterp *interp, PyCall *call)
{
  return function_table(interp, as_expr(interp, call->self), call);
}

static const PyMethod function_methods[] = {
    {"table_valued", function_table_valued, "*expr, name=None, with_ordinality=None, joins_implicitly=False",
     0},
    {"over", function_over, "partition_by=None, order_by=None, rows=None, range_=None, groups=None", 0},
    {"filter", function_filter, "*criterion", 0},
    {"within_group", function_within_group, "*order_by", 0},
    {NULL, NULL, NULL, 0},
};

const PyHostClass function_class = {
    .name = "Function",
    .module = "sqlalchemy.sql.functions",
    .base = &column_element_class,
    .methods = function_methods,
};
