/* What text() and functions can do beside being expressions. */
#include <glib/gi18n.h>
#include <string.h>

#include "expr.h"

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

/* What columns can and text() cannot. */
static PyValue text_lacks(PyInterp *interp, PyCall *call)
{
  return py_raise(interp, "AttributeError", "'TextClause' object has no attribute '%s'", call->function);
}
static PyValue text_label(PyInterp *interp, PyCall *call)
{
  (void)call;
  return py_raise(interp, "NotImplementedError", "%s", "");
}

#define LACKS(name)                   \
  {                                   \
    name, text_lacks, "", PY_PROPERTY \
  }

static const PyMethod text_methods[] = {
    LACKS("in_"),
    LACKS("not_in"),
    LACKS("notin_"),
    LACKS("is_"),
    LACKS("is_not"),
    LACKS("isnot"),
    LACKS("like"),
    LACKS("ilike"),
    LACKS("op"),
    LACKS("bool_op"),
    LACKS("cast"),
    LACKS("desc"),
    LACKS("asc"),
    LACKS("between"),
    LACKS("contains"),
    LACKS("startswith"),
    LACKS("endswith"),
    LACKS("distinct"),
    LACKS("concat"),
    LACKS("collate"),
    LACKS("any_"),
    LACKS("all_"),
    LACKS("match"),
    LACKS("nulls_first"),
    LACKS("nulls_last"),
    LACKS("regexp_match"),
    {"label", text_label, "name", PY_PURE},
    {"bindparams", text_bindparams, "*binds, **names_to_values", PY_PURE},
    {"columns", text_columns, "*cols, **types", PY_PURE},
    {"execution_options", text_columns, "**kw", PY_PURE},
    {"self_group", text_columns, "against=None", PY_PURE},
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
     PY_PURE},
    {"over", function_over, "partition_by=None, order_by=None, rows=None, range_=None, groups=None", PY_PURE},
    {"filter", function_filter, "*criterion", PY_PURE},
    {"within_group", function_within_group, "*order_by", PY_PURE},
    {NULL, NULL, NULL, 0},
};

const PyHostClass function_class = {
    .name = "Function",
    .module = "sqlalchemy.sql.functions",
    .base = &column_element_class,
    .methods = function_methods,
};
