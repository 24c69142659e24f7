/* The functions that make expressions: text(), column(), and_(), case(), func.* and the others of sqlalchemy. */
#include <glib/gi18n.h>
#include <string.h>

#include "expr.h"

/* ---- leaves ---- */

static PyValue fn_text(PyInterp *interp, PyCall *call)
{
  if (!to_text(call->values[0]))
    return refuse(interp, _("text(%s)"), py_type_name(interp, call->values[0]));
  if (!check_text(interp, call->values[0]))
    return py_null();
  return expr_value(interp,
                    sql_text(py_arena(interp), arena_strdup(py_arena(interp), to_text(call->values[0]))));
}

/* column(text, type_=None, is_literal=False) */
static PyValue fn_column(PyInterp *interp, PyCall *call)
{
  SqlName name;
  const SqlType *type;
  if (!arg_name(call, 0, &name) || !to_type(interp, call->values[1], &type))
    return py_null();
  if (!name.text)
    return refuse(interp, _("column() without a name"));
  if (py_is_true(call->values[2]))
    return expr_value(interp, sql_literal_column(py_arena(interp), name.text, type));
  return expr_value(interp, sql_column(py_arena(interp), name, type, NULL));
}

static PyValue fn_literal_column(PyInterp *interp, PyCall *call)
{
  const SqlType *type;
  const char *text = to_text(call->values[0]);
  if (!text)
    return refuse(interp, _("literal_column(%s)"), py_type_name(interp, call->values[0]));
  if (!check_text(interp, call->values[0]))
    return py_null();
  if (!to_type(interp, call->values[1], &type))
    return py_null();
  return expr_value(interp, sql_literal_column(py_arena(interp), arena_strdup(py_arena(interp), text), type));
}

/* literal(value, type_=None, literal_execute=False) */
static PyValue fn_literal(PyInterp *interp, PyCall *call)
{
  const SqlType *type;
  if (py_host_of(call->values[0]) && as_expr(interp, call->values[0]))
    return refuse(interp, _("literal(%s)"), py_type_name(interp, call->values[0]));
  if (run_is_old(interp) && py_arg_given(call, 2) && py_is_true(call->values[2]))
    return py_raise(interp, "TypeError", "literal() got an unexpected keyword argument 'literal_execute'");
  if (py_failed(interp) || !to_type(interp, call->values[1], &type))
    return py_null();
  const SqlValue *value = to_typed_value(interp, call->values[0], type);
  if (!value)
    return py_null();
  if (!type)
    type = sql_type_of_value(value);
  return expr_value(interp, sql_bind_value(py_arena(interp), value, type));
}

/* bindparam(key, value=?, type_=None, unique=False, required=?, quote=None, callable_=None, expanding=False,
 * isoutparam=False, literal_execute=False) */
static PyValue fn_bindparam(PyInterp *interp, PyCall *call)
{
  Arena *arena = py_arena(interp);
  SqlName key;
  const SqlType *type;
  if (!arg_name(call, 0, &key) || !to_type(interp, call->values[2], &type))
    return py_null();
  if (py_arg_given(call, 6) || !key.text)
    return refuse(interp, _("bindparam(callable_=...) or without a key"));
  if (type && run_is_opaque(interp, type))
    return refuse(interp, _("a parameter of a type that converts it in Python"));
  const SqlValue *value = NULL;
  if (arg_passed(call, 1) && !(value = to_sql_value(interp, call->values[1])))
    return py_null();
  if (py_is_true(call->values[3]))
    return refuse(interp, _("bindparam(unique=True)"));
  SqlExpr *bind = sql_bind_named(arena, key.text, value, type);
  bind->expanding = py_is_true(call->values[7]);
  return expr_value(interp, bind);
}

static PyValue fn_null(PyInterp *interp, PyCall *call)
{
  (void)call;
  return expr_value(interp, sql_null(py_arena(interp)));
}

static PyValue fn_true(PyInterp *interp, PyCall *call)
{
  (void)call;
  return expr_value(interp, sql_true(py_arena(interp)));
}

static PyValue fn_false(PyInterp *interp, PyCall *call)
{
  (void)call;
  return expr_value(interp, sql_false(py_arena(interp)));
}

/* ---- and, or, not, and functions that are methods elsewhere ---- */

/* Values that no coercion of SQLAlchemy takes for a piece of SQL. */
static gboolean is_plain_value(PyInterp *interp, PyValue v)
{
  PyDateTime moment;
  gint64 days, seconds, microseconds;
  return py_is(v, PY_INT) || py_is(v, PY_BIGINT) || py_is(v, PY_FLOAT) || py_is(v, PY_BYTES) ||
         py_is(v, PY_LIST) || py_is(v, PY_TUPLE) || py_is(v, PY_DICT) || py_is(v, PY_SET) ||
         py_as_decimal(interp, v) || py_as_uuid(interp, v) || py_as_datetime(interp, v, &moment) ||
         py_as_timedelta(interp, v, &days, &seconds, &microseconds);
}

gboolean check_role(PyInterp *interp, PyValue v, const char *role)
{
  if (!py_require_known(interp, v))
    return FALSE;
  PyValue name, member;
  if (py_enum_member(interp, v, &name, &member)) {
    refuse(interp, _("an enum member as SQL"));
    return FALSE;
  }
  if (!is_plain_value(interp, v))
    return TRUE;
  PyValue repr = py_repr(interp, v);
  if (!py_is_null(repr) && py_require_known(interp, repr))
    raise_sa(interp, "ArgumentError", "%s expected, got %s.", role, py_text(repr));
  return FALSE;
}

SqlExpr *to_condition(PyInterp *interp, PyValue v)
{
  Arena *arena = py_arena(interp);
  if (!check_role(interp, v, "SQL expression for WHERE/HAVING role"))
    return NULL;
  if (py_is(v, PY_BOOL))
    return py_is_true(v) ? sql_true(arena) : sql_false(arena);
  if (py_is_none(v))
    return sql_null(arena);
  if (py_is_host(v, &quoted_name_class)) {
    refuse(interp, _("a name as a condition"));
    return NULL;
  }
  if (to_text(v)) {
    const char *repr = sql_value_repr(arena, sql_value_string(arena, to_text(v)));
    raise_sa(interp, "ArgumentError", "Textual SQL expression %s should be explicitly declared as text(%s)",
             repr, repr);
    return NULL;
  }
  return to_expr(interp, v);
}

static PyValue conjunction(PyInterp *interp, PyCall *call, SqlOperator op)
{
  SqlExprList list = {0};
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  for (gsize i = 0; i < n; i++) {
    SqlExpr *x = to_condition(interp, items[i]);
    if (!x)
      return py_null();
    sql_expr_list_add(py_arena(interp), &list, x);
  }
  if (n == 0)
    return refuse(interp, _("%s() without arguments"), call->function);
  return expr_value(interp, sql_conjunction(py_arena(interp), op, list));
}

static PyValue fn_and(PyInterp *interp, PyCall *call)
{
  return conjunction(interp, call, SQL_OP_AND);
}

static PyValue fn_or(PyInterp *interp, PyCall *call)
{
  return conjunction(interp, call, SQL_OP_OR);
}

static PyValue fn_not(PyInterp *interp, PyCall *call)
{
  SqlExpr *x = to_condition(interp, call->values[0]);
  return x ? expr_not(interp, x) : py_null();
}

/* desc("a"), asc(column), distinct(x), any_(x): a str names a column here. */
static PyValue fn_modifier(PyInterp *interp, PyCall *call)
{
  static const struct {
    const char *name;
    SqlOperator op;
  } modifiers[] = {
      {"desc", SQL_OP_DESC},
      {"asc", SQL_OP_ASC},
      {"nulls_first", SQL_OP_NULLS_FIRST},
      {"nullsfirst", SQL_OP_NULLS_FIRST},
      {"nulls_last", SQL_OP_NULLS_LAST},
      {"nullslast", SQL_OP_NULLS_LAST},
      {"distinct", SQL_OP_DISTINCT},
      {"any_", SQL_OP_ANY},
      {"all_", SQL_OP_ALL},
  };
  Arena *arena = py_arena(interp);
  for (guint i = 0; i < G_N_ELEMENTS(modifiers); i++) {
    if (strcmp(modifiers[i].name, call->function) != 0)
      continue;
    const char *text = to_text(call->values[0]);
    SqlExpr *x = text && i < 6 ? sql_label_reference(arena, arena_strdup(arena, text))
                               : to_expr(interp, call->values[0]);
    return x ? expr_value(interp, sql_modifier(arena, modifiers[i].op, x)) : py_null();
  }
  g_assert_not_reached();
}

/* between(x, low, high), collate(x, name), cast(x, type): the methods, written as functions. */
static PyValue fn_method(PyInterp *interp, PyCall *call)
{
  SqlExpr *x = to_expr(interp, call->values[0]);
  if (!x)
    return py_null();
  return py_call_method(interp, expr_value(interp, x), call->function, call->values + 1, call->n_values - 1);
}

static PyValue fn_cast(PyInterp *interp, PyCall *call)
{
  const SqlType *type;
  SqlExpr *x = to_expr(interp, call->values[0]);
  if (!x || !to_type(interp, call->values[1], &type))
    return py_null();
  if (run_is_opaque(interp, type) && x->kind == SQL_EXPR_BIND)
    return refuse(interp, _("a literal of a type that converts it in Python"));
  return expr_value(interp, strcmp(call->function, "cast") == 0 ? sql_cast(py_arena(interp), x, type)
                                                                : sql_type_coerce(py_arena(interp), x, type));
}

static PyValue fn_extract(PyInterp *interp, PyCall *call)
{
  const char *field = py_arg_text(call, 0);
  SqlExpr *x = field ? to_expr(interp, call->values[1]) : NULL;
  return x ? expr_value(interp, sql_extract(py_arena(interp), arena_strdup(py_arena(interp), field), x))
           : py_null();
}

static PyValue fn_tuple(PyInterp *interp, PyCall *call)
{
  SqlExprList list = {0};
  PyValue *items;
  gsize n;
  py_sequence(call->values[0], &items, &n);
  if (py_arg_given(call, 1))
    return refuse(interp, _("tuple_(types=...)"));
  if (!to_expr_list(interp, items, n, &list))
    return py_null();
  return expr_value(interp, sql_tuple(py_arena(interp), list));
}

/* postgresql.array(clauses, *, type_=None) */
static PyValue fn_array(PyInterp *interp, PyCall *call)
{
  SqlExprList list = {0};
  const SqlType *type;
  PyList *items = py_collect(interp, call->values[0]);
  if (!items || !to_type(interp, call->values[1], &type) ||
      !to_expr_list(interp, items->items, items->len, &list))
    return py_null();
  return expr_value(interp, sql_array(py_arena(interp), list, type));
}

/* aggregate_order_by(target, *order_by) */
static PyValue fn_aggregate_order_by(PyInterp *interp, PyCall *call)
{
  SqlExprList list = {0};
  PyValue *items;
  gsize n;
  SqlExpr *x = to_expr(interp, call->values[0]);
  py_sequence(call->values[1], &items, &n);
  if (!x || !to_expr_list(interp, items, n, &list))
    return py_null();
  return expr_value(interp, sql_aggregate_order_by(py_arena(interp), x, list));
}

/* ---- case() ---- */

static gboolean add_when(PyInterp *interp, PyValue condition, PyValue result, gboolean simple,
                         SqlExprList *whens)
{
  if (!simple && to_text(condition)) {
    refuse(interp, _("case() of text"));
    return FALSE;
  }
  SqlExpr *when = simple ? to_expr(interp, condition) : to_condition(interp, condition);
  SqlExpr *then = when ? to_expr(interp, result) : NULL;
  if (!then)
    return FALSE;
  sql_expr_list_add(py_arena(interp), whens, when);
  sql_expr_list_add(py_arena(interp), whens, then);
  return TRUE;
}

static gboolean add_whens(PyInterp *interp, const PyValue *items, gsize n, gboolean simple,
                          SqlExprList *whens)
{
  for (gsize i = 0; i < n; i++) {
    PyValue key, value, *pair;
    gsize len;
    if (py_is(items[i], PY_DICT)) {
      for (gsize at = 0; py_dict_next(items[i].dict, &at, &key, &value);)
        if (!add_when(interp, key, value, TRUE, whens))
          return FALSE;
    } else if (py_sequence(items[i], &pair, &len) && len == 2) {
      if (!add_when(interp, pair[0], pair[1], simple, whens))
        return FALSE;
    } else {
      refuse(interp, _("case(%s, ...)"), py_type_name(interp, items[i]));
      return FALSE;
    }
  }
  return TRUE;
}

/* case(*whens, value=None, else_=None); the old flavor takes a list, too. */
static PyValue fn_case(PyInterp *interp, PyCall *call)
{
  PyValue *items;
  gsize n;
  SqlExprList whens = {0};
  SqlExpr *value = NULL, *otherwise = NULL;
  py_sequence(call->values[0], &items, &n);
  if (n == 1 && py_is(items[0], PY_LIST)) {
    if (!run_is_old(interp))
      return raise_sa(
          interp, "ArgumentError",
          "The \"whens\" argument to case(), when referring to a sequence of items, is now passed as a "
          "series of positional elements, rather than as a list. ");
    py_sequence(items[0], &items, &n);
  }
  if (py_arg_given(call, 1) && !(value = to_expr(interp, call->values[1])))
    return py_null();
  if (py_arg_given(call, 2) && !(otherwise = to_expr(interp, call->values[2])))
    return py_null();
  if (n == 0 || !add_whens(interp, items, n, value != NULL, &whens))
    return py_failed(interp) ? py_null() : refuse(interp, _("case() without conditions"));
  return expr_value(interp, sql_case(py_arena(interp), value, whens, otherwise));
}

/* ---- windows ---- */

static gboolean to_exprs(PyInterp *interp, PyValue v, SqlExprList *list)
{
  PyValue *items = &v;
  gsize n = 1;
  if (py_is_null(v) || py_is_none(v))
    return TRUE;
  py_sequence(v, &items, &n);
  for (gsize i = 0; i < n; i++)
    if (to_text(items[i])) {
      refuse(interp, _("a window by the name of a column"));
      return FALSE;
    }
  return to_expr_list(interp, items, n, list);
}

PyValue over_value(PyInterp *interp, SqlExpr *x, const PyValue *args)
{
  static const SqlFrameKind kinds[] = {SQL_FRAME_ROWS, SQL_FRAME_RANGE, SQL_FRAME_GROUPS};
  SqlExprList partition = {0}, order = {0};
  SqlFrame frame = {0};
  if (!to_exprs(interp, args[0], &partition) || !to_exprs(interp, args[1], &order))
    return py_null();
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    PyValue *bounds;
    gsize n;
    if (py_is_none(args[2 + i]))
      continue;
    if (frame.kind || !py_sequence(args[2 + i], &bounds, &n) || n != 2)
      return refuse(interp, _("a window frame"));
    frame.kind = kinds[i];
    if (!to_int(interp, bounds[0], "rows", &frame.start) || !to_int(interp, bounds[1], "rows", &frame.end))
      return py_null();
  }
  return expr_value(interp, sql_over(py_arena(interp), x, partition, order, frame));
}

static PyValue fn_over(PyInterp *interp, PyCall *call)
{
  SqlExpr *x = to_expr(interp, call->values[0]);
  return x ? over_value(interp, x, call->values + 1) : py_null();
}

/* ---- func ---- */

/* Names that SQLAlchemy gives a class of their own, with coercions that are not followed. */
static gboolean is_odd_function(const char *name)
{
  static const char *const names[] = {"aggregate_strings",  "ansifunction", "orderedsetagg", "hstore",
                                      "returntypefromargs", "slice",        "delete",        "defined",
                                      "_regconfig_fn"};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_ascii_strcasecmp(names[i], name) == 0)
      return TRUE;
  return FALSE;
}

typedef struct {
  const char *name; /* dotted; NULL for func itself */
} FuncNamespace;

static PyValue func_getattr(PyInterp *interp, PyValue self, PyStr *name);
static PyValue func_call(PyInterp *interp, PyCall *call);

static const PyHostClass func_class = {
    .name = "_FunctionGenerator",
    .module = "sqlalchemy.sql.functions",
    .getattr = func_getattr,
    .setattr = refuse_setattr,
    .call = func_call,
    .call_params = "*c, **kwargs",
};

static PyValue func_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  const FuncNamespace *outer = py_payload(self, &func_class);
  Arena *arena = py_arena(interp);
  if (g_str_has_prefix(name->data, "__"))
    return py_null();
  gsize len = name->len;
  if (len > 1 && name->data[len - 1] == '_')
    len--;
  FuncNamespace *inner = arena_new0(arena, FuncNamespace);
  inner->name = outer->name ? arena_printf(arena, "%s.%.*s", outer->name, (int)len, name->data)
                            : arena_strndup(arena, name->data, (gssize)len);
  return py_host_object(interp, &func_class, inner);
}

/* func.cast(x, type) and func.extract(field, x) are what cast() and extract() are. */
static PyValue special_function(PyInterp *interp, const char *name, const PyValue *items, gsize n)
{
  PyCall call = {
      .interp = interp, .self = py_null(), .values = items, .n_values = (guint)n, .function = name};
  if (n != 2)
    return refuse(interp, _("func.%s() like this"), name);
  return strcmp(name, "cast") == 0 ? fn_cast(interp, &call) : fn_extract(interp, &call);
}

/* Functions whose class takes just one argument. */
static gboolean takes_arguments(PyInterp *interp, const char *name, gsize n)
{
  static const struct {
    const char *name, *argument;
  } rows[] = {{"char_length", "arg"}, {"next_value", "seq"}};
  for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (g_ascii_strcasecmp(rows[i].name, name) != 0 || n == 1)
      continue;
    if (n == 0)
      py_raise(interp, "TypeError", "%s.__init__() missing 1 required positional argument: '%s'",
               rows[i].name, rows[i].argument);
    else
      refuse(interp, _("func.%s() like this"), name);
    return FALSE;
  }
  return TRUE;
}

static PyValue func_call(PyInterp *interp, PyCall *call)
{
  const FuncNamespace *func = py_payload(call->self, &func_class);
  PyValue *items, key, value;
  gsize n;
  SqlExprList args = {0};
  const SqlType *type = NULL;
  if (!func->name)
    return py_raise(interp, "TypeError", "func is not callable");
  for (gsize at = 0; py_dict_next(call->values[1].dict, &at, &key, &value);) {
    if (strcmp(py_text(key), "type_") != 0)
      return refuse(interp, _("func.%s(%s=...)"), func->name, py_text(key));
    if (!to_type(interp, value, &type))
      return py_null();
  }
  py_sequence(call->values[0], &items, &n);
  if (g_ascii_strcasecmp(func->name, "cast") == 0 || g_ascii_strcasecmp(func->name, "extract") == 0)
    return special_function(interp, g_ascii_tolower(*func->name) == 'c' ? "cast" : "extract", items, n);
  if (is_odd_function(func->name))
    return refuse(interp, _("func.%s()"), func->name);
  if (!takes_arguments(interp, func->name, n) || !to_expr_list(interp, items, n, &args))
    return py_null();
  return expr_value(interp, sql_function(py_arena(interp), func->name, args, type));
}

PyValue func_namespace(PyInterp *interp)
{
  return py_host_object(interp, &func_class, arena_new0(py_arena(interp), FuncNamespace));
}

#define CASE_PARAMS "*whens, value=None, else_=None"

const PyMethod expr_functions[] = {
    {"text", fn_text, "text", PY_PURE},
    {"column", fn_column, "text, type_=None, is_literal=False, _selectable=None", PY_PURE},
    {"literal_column", fn_literal_column, "text, type_=None", PY_PURE},
    {"literal", fn_literal, "value, type_=None, literal_execute=False", PY_PURE},
    {"bindparam", fn_bindparam,
     "key, value=?, type_=None, unique=False, required=?, quote=None, callable_=None, expanding=False, "
     "isoutparam=False, literal_execute=False",
     PY_PURE},
    {"null", fn_null, "", PY_PURE},
    {"true", fn_true, "", PY_PURE},
    {"false", fn_false, "", PY_PURE},
    {"and_", fn_and, "*clauses", PY_PURE},
    {"or_", fn_or, "*clauses", PY_PURE},
    {"not_", fn_not, "clause", PY_PURE},
    {"desc", fn_modifier, "column", PY_PURE},
    {"asc", fn_modifier, "column", PY_PURE},
    {"nulls_first", fn_modifier, "column", PY_PURE},
    {"nullsfirst", fn_modifier, "column", PY_PURE},
    {"nulls_last", fn_modifier, "column", PY_PURE},
    {"nullslast", fn_modifier, "column", PY_PURE},
    {"distinct", fn_modifier, "expr", PY_PURE},
    {"any_", fn_modifier, "expr", PY_PURE},
    {"all_", fn_modifier, "expr", PY_PURE},
    {"between", fn_method, "expr, lower_bound, upper_bound, symmetric=False", PY_PURE},
    {"collate", fn_method, "expression, collation", PY_PURE},
    {"cast", fn_cast, "expression, type_", PY_PURE},
    {"type_coerce", fn_cast, "expression, type_", PY_PURE},
    {"extract", fn_extract, "field, expr", PY_PURE},
    {"tuple_", fn_tuple, "*clauses, types=None", PY_PURE},
    {"case", fn_case, CASE_PARAMS, PY_PURE},
    {"over", fn_over, "element, partition_by=None, order_by=None, rows=None, range_=None, groups=None",
     PY_PURE},
    {NULL, NULL, NULL, 0},
};

const PyMethod pg_expr_functions[] = {
    {"array", fn_array, "clauses, *, type_=None", PY_PURE},
    {"aggregate_order_by", fn_aggregate_order_by, "target, *order_by", PY_PURE},
    {NULL, NULL, NULL, 0},
};
