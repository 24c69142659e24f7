/* Methods of expressions: x.like(y), x.in_(list), x.desc(), x.op("->")(y), ... */
#include <glib/gi18n.h>
#include <string.h>

#include "expr.h"

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
  return right ? expr_operate(interp, operator_named(call->function), left, right) : py_null();
}

/* match(x, postgresql_regconfig="english") */
static PyValue method_match(PyInterp *interp, PyCall *call)
{
  if (py_dict_len(call->values[1].dict) > 0)
    return refuse(interp, _("match() with modifiers"));
  return method_operator(interp, call);
}

/* delete_path(array or list) */
static PyValue method_delete_path(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  SqlExpr *left = as_expr(interp, call->self), *path = as_expr(interp, call->values[0]);
  SqlType *texts = arena_new0(arena, SqlType);
  if (!left || py_failed(interp))
    return py_null();
  if (!path || path->kind != SQL_EXPR_ARRAY)
    return refuse(interp, _("delete_path() of something else than an array()"));
  *texts = (SqlType){.kind = SQL_TYPE_ARRAY, .item = sql_type(SQL_TYPE_TEXT)};
  return expr_operate(interp, SQL_OP_DELETE_PATH, left, sql_cast(arena, path, texts));
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
    return expr_operate(interp, SQL_OP_PG_CONTAINS, left, right);
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
  return expr_operate(interp, SQL_OP_EQ, x, sql_modifier(py_arena(interp), op, array));
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
  if (bind && bind->kind == SQL_EXPR_SUBQUERY && bind->query)
    return expr_value(interp, sql_in_query(arena, left, bind->query, negated));
  if (bind && bind->kind == SQL_EXPR_BIND)
    return expr_value(interp, sql_in_bind(arena, left, bind, negated));
  if (bind || from)
    return refuse(interp, _("in_(%s)"), py_type_name(interp, call->values[0]));
  if (to_text(call->values[0]) || py_is(call->values[0], PY_BYTES)) {
    PyValue repr = py_repr(interp, call->values[0]);
    return py_is_null(repr)
               ? repr
               : raise_sa(interp, "ArgumentError",
                          "IN expression list, SELECT construct, or bound parameter object expected, "
                          "got %s.",
                          py_text(repr));
  }
  PyList *items = py_collect(interp, call->values[0]);
  SqlExprList list = {0};
  for (gsize i = 0; items && i < items->len; i++)
    if (py_is_host(items->items[i], &text_clause_class) ||
        (py_is_none(items->items[i]) && sql_type_affinity(left->type) == SQL_AFFINITY_JSON))
      return refuse(interp, _("in_() of such a list"));
  if (!items || !to_expr_list(interp, items->items, items->len, &list))
    return py_null();
  for (guint i = 0; i < list.n; i++)
    if (!check_opaque(interp, left, list.items[i]))
      return py_null();
  SqlExpr *result = sql_in(arena, left, list, negated, &error);
  return expr_or_raise(interp, result, error);
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
  if (name.text && !*name.text)
    return refuse(interp, _("label() without a name"));
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

/* x["a"].as_string() and its likes: the same item, of another type. */
static PyValue method_json_as(PyInterp *interp, PyCall *call)
{
  static const struct {
    const char *name;
    SqlTypeKind kind;
  } targets[] = {{"as_string", SQL_TYPE_VARCHAR},
                 {"as_integer", SQL_TYPE_INTEGER},
                 {"as_boolean", SQL_TYPE_BOOLEAN},
                 {"as_float", SQL_TYPE_FLOAT},
                 {"as_numeric", SQL_TYPE_NUMERIC}};
  SqlExpr *x = as_expr(interp, call->self);
  SqlType *type = arena_new0(py_arena(interp), SqlType);
  gboolean is_item =
      x && x->kind == SQL_EXPR_BINARY && (x->op == SQL_OP_JSON_GETITEM || x->op == SQL_OP_JSON_PATH_GETITEM);
  if (!is_item || sql_type_affinity(x->type) != SQL_AFFINITY_JSON)
    return py_failed(interp) ? py_null()
                             : refuse(interp, _("%s() of anything but an item of JSON"), call->function);
  if (strcmp(call->function, "as_json") == 0)
    return call->self;
  for (guint i = 0; i < G_N_ELEMENTS(targets); i++)
    if (strcmp(call->function, targets[i].name) == 0)
      *type = *sql_type(targets[i].kind);
  if (type->kind == SQL_TYPE_NUMERIC && (!to_int(interp, call->values[0], "precision", &type->precision) ||
                                         !to_int(interp, call->values[1], "scale", &type->scale)))
    return py_null();
  SqlExpr *copy = arena_new0(py_arena(interp), SqlExpr);
  *copy = *x;
  copy->type = type;
  return expr_value(interp, copy);
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

const PyMethod element_methods[] = {
    {"is_", method_operator, "other", PY_PURE},
    {"is_not", method_operator, "other", PY_PURE},
    {"isnot", method_operator, "other", PY_PURE},
    {"is_distinct_from", method_operator, "other", PY_PURE},
    {"is_not_distinct_from", method_operator, "other", PY_PURE},
    {"isnot_distinct_from", method_operator, "other", PY_PURE},
    {"concat", method_operator, "other", PY_PURE},
    {"match", method_match, "other, **kwargs", PY_PURE},
    {"bitwise_and", method_operator, "other", PY_PURE},
    {"bitwise_or", method_operator, "other", PY_PURE},
    {"bitwise_xor", method_operator, "other", PY_PURE},
    {"bitwise_lshift", method_operator, "other", PY_PURE},
    {"bitwise_rshift", method_operator, "other", PY_PURE},
    {"has_key", method_operator, "other", PY_PURE},
    {"has_all", method_operator, "other", PY_PURE},
    {"has_any", method_operator, "other", PY_PURE},
    {"contained_by", method_operator, "other", PY_PURE},
    {"overlap", method_operator, "other", PY_PURE},
    {"overlaps", method_operator, "other", PY_PURE},
    {"delete_path", method_delete_path, "array", PY_PURE},
    {"path_exists", method_operator, "other", PY_PURE},
    {"path_match", method_operator, "other", PY_PURE},
    {"strictly_left_of", method_operator, "other", PY_PURE},
    {"strictly_right_of", method_operator, "other", PY_PURE},
    {"not_extend_right_of", method_operator, "other", PY_PURE},
    {"not_extend_left_of", method_operator, "other", PY_PURE},
    {"adjacent_to", method_operator, "other", PY_PURE},
    {"like", method_like, "other, escape=None", PY_PURE},
    {"ilike", method_like, "other, escape=None", PY_PURE},
    {"not_like", method_like, "other, escape=None", PY_PURE},
    {"notlike", method_like, "other, escape=None", PY_PURE},
    {"not_ilike", method_like, "other, escape=None", PY_PURE},
    {"notilike", method_like, "other, escape=None", PY_PURE},
    {"contains", method_like, "other, escape=None, autoescape=False", PY_PURE},
    {"startswith", method_like, "other, escape=None, autoescape=False", PY_PURE},
    {"endswith", method_like, "other, escape=None, autoescape=False", PY_PURE},
    {"icontains", method_like, "other, escape=None, autoescape=False", PY_PURE},
    {"istartswith", method_like, "other, escape=None, autoescape=False", PY_PURE},
    {"iendswith", method_like, "other, escape=None, autoescape=False", PY_PURE},
    {"desc", method_modifier, "", PY_PURE},
    {"asc", method_modifier, "", PY_PURE},
    {"nulls_first", method_modifier, "", PY_PURE},
    {"nullsfirst", method_modifier, "", PY_PURE},
    {"nulls_last", method_modifier, "", PY_PURE},
    {"nullslast", method_modifier, "", PY_PURE},
    {"distinct", method_modifier, "", PY_PURE},
    {"any", method_any, "other, operator=None", PY_PURE},
    {"all", method_any, "other, operator=None", PY_PURE},
    {"any_", method_modifier, "", PY_PURE},
    {"all_", method_modifier, "", PY_PURE},
    {"bitwise_not", method_modifier, "", PY_PURE},
    {"in_", method_in, "other", PY_PURE},
    {"not_in", method_in, "other", PY_PURE},
    {"notin_", method_in, "other", PY_PURE},
    {"between", method_between, "cleft, cright, symmetric=False", PY_PURE},
    {"label", method_label, "name", PY_PURE},
    {"cast", method_cast, "type_", PY_PURE},
    {"as_string", method_json_as, "", PY_PURE},
    {"as_integer", method_json_as, "", PY_PURE},
    {"as_boolean", method_json_as, "", PY_PURE},
    {"as_float", method_json_as, "", PY_PURE},
    {"as_numeric", method_json_as, "precision, scale, asdecimal=True", PY_PURE},
    {"as_json", method_json_as, "", PY_PURE},
    {"collate", method_collate, "collation", PY_PURE},
    {"op", method_op, "opstring, precedence=0, is_comparison=False, return_type=None, python_impl=None",
     PY_PURE},
    {"bool_op", method_op, "opstring, precedence=0, python_impl=None", PY_PURE},
    {"regexp_match", method_regexp, "pattern, flags=None", PY_PURE},
    {"regexp_replace", method_regexp, "pattern, replacement, flags=None", PY_PURE},
    {"self_group", method_self_group, "against=None", PY_PURE},
    {NULL, NULL, NULL, 0},
};
