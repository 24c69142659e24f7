/* Results of queries that a database answers: rows, scalars and mappings, read once from front to back. */
#include <glib/gi18n.h>
#include <string.h>

#include "answers.h"

typedef struct {
  const char *sql;
  const char *what;
  const SqlQuery *query;
  const QueryAnswer *answer; /* NULL: not asked yet */
  guint at;                  /* the next row */
  gboolean closed;           /* by a method that reads one row */
  gboolean iterated;         /* a for loop has it: how far it went is not known */
} Cursor;

typedef enum {
  VIEW_ROWS,
  VIEW_SCALARS,
  VIEW_MAPPINGS,
} View;

typedef struct {
  Cursor *cursor;
  View view;
  guint index; /* VIEW_SCALARS: of the column */
} Result;

typedef struct {
  Cursor *cursor;
  PyValue values; /* a tuple */
} Row;

static const PyHostClass result_class;
static const PyHostClass row_class;
static const PyHostClass mapping_class;

/* ---- asking, once somebody wants to know ---- */

static gboolean is_plain(PyInterp *interp, const SqlType *type, const char *server)
{
  if (!type)
    return TRUE;
  if (run_is_opaque(interp, type))
    return FALSE;
  switch (type->kind) {
  case SQL_TYPE_NULL:
  case SQL_TYPE_VARCHAR:
  case SQL_TYPE_TEXT:
  case SQL_TYPE_CHAR:
  case SQL_TYPE_INTEGER:
  case SQL_TYPE_SMALLINT:
  case SQL_TYPE_BIGINT:
  case SQL_TYPE_BOOLEAN:
  case SQL_TYPE_DATE:
  case SQL_TYPE_TIME:
  case SQL_TYPE_TIMESTAMP:
  case SQL_TYPE_DATETIME:
  case SQL_TYPE_JSON:
  case SQL_TYPE_JSONB: return TRUE;
  case SQL_TYPE_UUID: return !type->text_uuid && !run_is_old(interp);
  case SQL_TYPE_NUMERIC:
  case SQL_TYPE_DECIMAL: return strcmp(server, "numeric") == 0;
  case SQL_TYPE_FLOAT:
  case SQL_TYPE_DOUBLE_PRECISION:
  case SQL_TYPE_DOUBLE:
  case SQL_TYPE_REAL: return strcmp(server, "float4") == 0 || strcmp(server, "float8") == 0;
  case SQL_TYPE_ARRAY: return *server == '_' && is_plain(interp, type->item, server + 1);
  default: return FALSE;
  }
}

/* What SQLAlchemy's type of a column would make of a value must be nothing. */
static gboolean check_types(PyInterp *interp, const Cursor *cursor)
{
  const SqlQuery *query = cursor->query;
  const QueryAnswer *answer = cursor->answer;
  while (query && query->kind == SQL_QUERY_COMPOUND)
    query = query->selects.n ? query->selects.items[0] : NULL;
  if (!query || (query->kind == SQL_QUERY_TEXT && query->expr->kind == SQL_EXPR_TEXT))
    return TRUE;
  SqlExprList columns = query->columns;
  if (query->kind == SQL_QUERY_TEXT)
    columns = (SqlExprList){.items = (SqlExpr **)&query->expr, .n = 1};
  if (columns.n != answer->n_columns) {
    refuse(interp, _("the columns of %s"), cursor->what);
    return FALSE;
  }
  for (guint i = 0; i < columns.n; i++)
    if (!is_plain(interp, columns.items[i]->type, answer->types[i])) {
      refuse(interp, _("the column %s of %s, whose type converts it in Python"), answer->names[i],
             cursor->what);
      return FALSE;
    }
  return TRUE;
}

static gboolean ask(PyInterp *interp, Cursor *cursor)
{
  if (!cursor->answer)
    cursor->answer = answers_ask(interp, cursor->sql, cursor->what);
  return cursor->answer && check_types(interp, cursor);
}

/* Before anything is read. */
static gboolean ready(PyInterp *interp, Cursor *cursor)
{
  if (cursor->closed) {
    raise_sa(interp, "ResourceClosedError", "This result object is closed.");
    return FALSE;
  }
  if (cursor->iterated) {
    refuse(interp, _("reading on from %s after a loop over it"), cursor->what);
    return FALSE;
  }
  return ask(interp, cursor);
}

PyValue result_value(PyInterp *interp, const char *sql, const SqlQuery *query, const char *what)
{
  Cursor *cursor = arena_new0(py_arena(interp), Cursor);
  Result *result = arena_new0(py_arena(interp), Result);
  cursor->sql = arena_strdup(py_arena(interp), sql);
  cursor->what = arena_strdup(py_arena(interp), what);
  cursor->query = query;
  result->cursor = cursor;
  return py_host_object(interp, &result_class, result);
}

/* ---- rows ---- */

/* The column of that name: -1 when there is none, -2 when there are several. */
static int column_named(const QueryAnswer *answer, const char *name)
{
  int found = -1;
  for (guint i = 0; i < answer->n_columns; i++)
    if (strcmp(answer->names[i], name) == 0)
      found = found == -1 ? (int)i : -2;
  return found;
}

/* A key of a mapping or of getattr: text, or a column of the query. */
static PyValue by_key(PyInterp *interp, const Row *row, PyValue key)
{
  const SqlExpr *x = py_is_host(key, &column_element_class) ? as_expr(interp, key) : NULL;
  const char *name = to_text(key) ? to_text(key) : x ? x->name.text : NULL;
  int i = name ? column_named(row->cursor->answer, name) : -1;
  if (i < 0)
    return refuse(interp, _("%s in a row of %s"), name ? name : py_type_name(interp, key), row->cursor->what);
  return row->values.list->items[i];
}

static PyValue row_names(PyInterp *interp, const Cursor *cursor)
{
  PyValue names = py_tuple(interp, NULL, cursor->answer->n_columns);
  for (guint i = 0; i < cursor->answer->n_columns; i++)
    names.list->items[i] = py_str(interp, cursor->answer->names[i], -1);
  return names;
}

static PyValue row_dict(PyInterp *interp, const Row *row)
{
  const QueryAnswer *answer = row->cursor->answer;
  PyValue dict = py_dict(interp);
  for (guint i = 0; i < answer->n_columns; i++)
    py_dict_set_text(interp, dict.dict, answer->names[i], row->values.list->items[i]);
  return dict;
}

static Row *row_of(PyValue self)
{
  Row *row = py_payload(self, &row_class);
  return row ? row : py_payload(self, &mapping_class);
}

static PyValue row_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  static const char *const own[] = {"t", "tuple", "count", "index", "keys", "values", "items", NULL};
  Row *row = row_of(self);
  const char *n = name->data;
  if (strcmp(n, "_mapping") == 0)
    return py_host_object(interp, &mapping_class, row);
  if (strcmp(n, "_fields") == 0)
    return row_names(interp, row->cursor);
  if (*n == '_' || g_strv_contains(own, n) || column_named(row->cursor->answer, n) < 0)
    return refuse_getattr(interp, self, name);
  return row->values.list->items[column_named(row->cursor->answer, n)];
}

static PyValue row_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  Row *row = row_of(self);
  if (to_text(key) || py_host_of(key))
    return run_is_old(interp) ? by_key(interp, row, key)
                              : refuse(interp, _("a row's item by %s"), py_type_name(interp, key));
  return py_getitem(interp, row->values, key);
}

static gssize row_len(PyInterp *interp, PyValue self)
{
  (void)interp;
  return (gssize)row_of(self)->values.list->len;
}

static PyValue row_iter(PyInterp *interp, PyValue self)
{
  (void)interp;
  return row_of(self)->values;
}

static int row_contains(PyInterp *interp, PyValue self, PyValue item)
{
  PyList *values = row_of(self)->values.list;
  if (run_is_old(interp)) {
    refuse(interp, _("`in` for a row"));
    return -1;
  }
  for (gsize i = 0; i < values->len; i++) {
    int equal = py_equal(interp, values->items[i], item);
    if (equal != 0)
      return equal;
  }
  return 0;
}

static PyValue row_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  Row *right = py_payload(other, &row_class);
  PyValue a = row_of(self)->values, b = right ? right->values : other;
  if (!right && !py_is(other, PY_TUPLE))
    return refuse(interp, _("a row with %s"), py_type_name(interp, other));
  return reflected ? py_binary(interp, op, b, a) : py_binary(interp, op, a, b);
}

static int row_truth(PyInterp *interp, PyValue self)
{
  return row_len(interp, self) > 0;
}

static PyValue row_repr(PyInterp *interp, PyValue self)
{
  return py_repr(interp, row_of(self)->values);
}

static PyValue row_asdict(PyInterp *interp, PyCall *call)
{
  return row_dict(interp, row_of(call->self));
}

static PyValue row_tuple(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return row_of(call->self)->values;
}

static const PyMethod row_methods[] = {
    {"_asdict", row_asdict, "", 0},
    {"_tuple", row_tuple, "", 0},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass row_class = {
    .name = "Row",
    .module = "sqlalchemy.engine.row",
    .methods = row_methods,
    .getattr = row_getattr,
    .setattr = refuse_setattr,
    .getitem = row_getitem,
    .contains = row_contains,
    .len = row_len,
    .iter = row_iter,
    .binary = row_binary,
    .truth = row_truth,
    .repr = row_repr,
};

/* ---- mappings ---- */

static PyValue mapping_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  return by_key(interp, row_of(self), key);
}

static int mapping_contains(PyInterp *interp, PyValue self, PyValue item)
{
  if (to_text(item))
    return column_named(row_of(self)->cursor->answer, to_text(item)) != -1;
  refuse(interp, _("%s in a row"), py_type_name(interp, item));
  return -1;
}

static PyValue mapping_iter(PyInterp *interp, PyValue self)
{
  return row_names(interp, row_of(self)->cursor);
}

static PyValue mapping_repr(PyInterp *interp, PyValue self)
{
  return py_repr(interp, row_dict(interp, row_of(self)));
}

static PyValue mapping_view(PyInterp *interp, PyCall *call)
{
  return py_call_method(interp, row_dict(interp, row_of(call->self)), call->function, NULL, 0);
}

static PyValue mapping_get(PyInterp *interp, PyCall *call)
{
  const char *name = to_text(call->values[0]);
  if (name && column_named(row_of(call->self)->cursor->answer, name) == -1)
    return call->values[1];
  return by_key(interp, row_of(call->self), call->values[0]);
}

static const PyMethod mapping_methods[] = {
    {"keys", mapping_view, "", 0},  {"values", mapping_view, "", 0},
    {"items", mapping_view, "", 0}, {"get", mapping_get, "key, default=None", 0},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass mapping_class = {
    .name = "RowMapping",
    .module = "sqlalchemy.engine.row",
    .methods = mapping_methods,
    .getattr = refuse_getattr,
    .setattr = refuse_setattr,
    .getitem = mapping_getitem,
    .contains = mapping_contains,
    .len = row_len,
    .iter = mapping_iter,
    .truth = row_truth,
    .repr = mapping_repr,
};

/* ---- reading ---- */

static PyValue row_values(PyInterp *interp, const Cursor *cursor, guint at)
{
  const QueryAnswer *answer = cursor->answer;
  PyValue values = py_tuple(interp, NULL, answer->n_columns);
  for (guint i = 0; i < answer->n_columns; i++) {
    PyValue value = answer_cell(interp, answer->types[i], answer->cells[at * answer->n_columns + i]);
    if (py_is_null(value))
      return value;
    values.list->items[i] = value;
  }
  return values;
}

/* The next row as the view shows it; there has to be one. */
static PyValue take(PyInterp *interp, const Result *result)
{
  Cursor *cursor = result->cursor;
  PyValue values = py_spend(interp, 10) ? row_values(interp, cursor, cursor->at++) : py_null();
  if (py_is_null(values))
    return values;
  if (result->view == VIEW_SCALARS)
    return values.list->items[result->index];
  Row *row = arena_new0(py_arena(interp), Row);
  row->cursor = cursor;
  row->values = values;
  return py_host_object(interp, result->view == VIEW_ROWS ? &row_class : &mapping_class, row);
}

static guint rows_left(const Cursor *cursor)
{
  return cursor->answer->n_rows - cursor->at;
}

static PyValue take_many(PyInterp *interp, const Result *result, guint n)
{
  PyValue list = py_list(interp, n);
  for (guint i = 0; i < n; i++) {
    PyValue item = take(interp, result);
    if (py_is_null(item))
      return item;
    py_list_append(interp, list.list, item);
  }
  return list;
}

static Result *result_of(PyCall *call)
{
  return py_payload(call->self, &result_class);
}

static PyValue result_all(PyInterp *interp, PyCall *call)
{
  Result *result = result_of(call);
  return ready(interp, result->cursor) ? take_many(interp, result, rows_left(result->cursor)) : py_null();
}

static PyValue result_fetchone(PyInterp *interp, PyCall *call)
{
  Result *result = result_of(call);
  if (!ready(interp, result->cursor))
    return py_null();
  return rows_left(result->cursor) ? take(interp, result) : py_none();
}

static PyValue result_next(PyInterp *interp, PyCall *call)
{
  Result *result = result_of(call);
  if (!ready(interp, result->cursor))
    return py_null();
  return rows_left(result->cursor) ? take(interp, result) : py_raise(interp, "StopIteration", "%s", "");
}

static PyValue result_fetchmany(PyInterp *interp, PyCall *call)
{
  Result *result = result_of(call);
  gint64 n = 0;
  if (!ready(interp, result->cursor) || !py_arg_int(call, 0, &n))
    return py_null();
  return take_many(interp, result, (guint)CLAMP(n, 0, (gint64)rows_left(result->cursor)));
}

/* first(), one(), scalar() and their kin read one row and close.  few: what none and many are worth. */
static PyValue only(PyInterp *interp, Result *result, gboolean need_one, gboolean not_many)
{
  if (!ready(interp, result->cursor))
    return py_null();
  guint n = rows_left(result->cursor);
  result->cursor->closed = TRUE;
  if (n == 0 && need_one)
    return raise_sa(interp, "NoResultFound", "No row was found when one was required");
  if (n > 1 && not_many)
    return raise_sa(interp, "MultipleResultsFound", "Multiple rows were found when %s was required",
                    need_one ? "exactly one" : "one or none");
  return n == 0 ? py_none() : take(interp, result);
}

static PyValue result_first(PyInterp *interp, PyCall *call)
{
  return only(interp, result_of(call), FALSE, FALSE);
}

static PyValue result_one(PyInterp *interp, PyCall *call)
{
  return only(interp, result_of(call), TRUE, TRUE);
}

static PyValue result_one_or_none(PyInterp *interp, PyCall *call)
{
  return only(interp, result_of(call), FALSE, TRUE);
}

/* The same of the first column. */
static PyValue only_scalar(PyInterp *interp, PyCall *call, gboolean need_one, gboolean not_many)
{
  Result *result = result_of(call);
  if (result->view != VIEW_ROWS)
    return refuse(interp, _("%s() of scalars or mappings"), call->function);
  Result scalars = {.cursor = result->cursor, .view = VIEW_SCALARS};
  return only(interp, &scalars, need_one, not_many);
}

static PyValue result_scalar(PyInterp *interp, PyCall *call)
{
  return only_scalar(interp, call, FALSE, FALSE);
}

static PyValue result_scalar_one(PyInterp *interp, PyCall *call)
{
  return only_scalar(interp, call, TRUE, TRUE);
}

static PyValue result_scalar_one_or_none(PyInterp *interp, PyCall *call)
{
  return only_scalar(interp, call, FALSE, TRUE);
}

static PyValue result_view(PyInterp *interp, PyCall *call, View view, gint64 index)
{
  Result *result = result_of(call);
  if (result->view != VIEW_ROWS)
    return refuse(interp, _("%s() of scalars or mappings"), call->function);
  if (!ready(interp, result->cursor))
    return py_null();
  if (index < 0 || index >= result->cursor->answer->n_columns)
    return refuse(interp, _("column %ld of %s"), (glong)index, result->cursor->what);
  Result *other = arena_new0(py_arena(interp), Result);
  *other = (Result){.cursor = result->cursor, .view = view, .index = (guint)index};
  return py_host_object(interp, &result_class, other);
}

static PyValue result_scalars(PyInterp *interp, PyCall *call)
{
  gint64 index = 0;
  const char *name = to_text(call->values[0]);
  if (name && ask(interp, result_of(call)->cursor))
    index = column_named(result_of(call)->cursor->answer, name);
  else if (name || !py_arg_int(call, 0, &index))
    return py_null();
  return result_view(interp, call, VIEW_SCALARS, index);
}

static PyValue result_mappings(PyInterp *interp, PyCall *call)
{
  return result_view(interp, call, VIEW_MAPPINGS, 0);
}

static PyValue result_keys(PyInterp *interp, PyCall *call)
{
  Cursor *cursor = result_of(call)->cursor;
  if (!ask(interp, cursor))
    return py_null();
  PyValue names = row_names(interp, cursor), list = py_list(interp, 0);
  for (gsize i = 0; i < names.list->len; i++)
    py_list_append(interp, list.list, names.list->items[i]);
  return list;
}

static PyValue result_close(PyInterp *interp, PyCall *call)
{
  (void)interp;
  result_of(call)->cursor->closed = TRUE;
  return py_none();
}

static PyValue result_iter(PyInterp *interp, PyValue self)
{
  Result *result = py_payload(self, &result_class);
  if (!ready(interp, result->cursor))
    return py_null();
  PyValue items = take_many(interp, result, rows_left(result->cursor));
  result->cursor->iterated = TRUE;
  return items;
}

static PyValue result_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  Result *result = py_payload(self, &result_class);
  if (strcmp(name->data, "returns_rows") == 0)
    return py_bool(TRUE);
  if (strcmp(name->data, "rowcount") == 0)
    return ask(interp, result->cursor) ? py_int(result->cursor->answer->n_rows) : py_null();
  return refuse_getattr(interp, self, name);
}

static const PyMethod result_methods[] = {
    {"all", result_all, "", 0},
    {"fetchall", result_all, "", 0},
    {"fetchone", result_fetchone, "", 0},
    {"fetchmany", result_fetchmany, "size", 0},
    {"__next__", result_next, "", 0},
    {"first", result_first, "", 0},
    {"one", result_one, "", 0},
    {"one_or_none", result_one_or_none, "", 0},
    {"scalar", result_scalar, "", 0},
    {"scalar_one", result_scalar_one, "", 0},
    {"scalar_one_or_none", result_scalar_one_or_none, "", 0},
    {"scalars", result_scalars, "index=0", 0},
    {"mappings", result_mappings, "", 0},
    {"keys", result_keys, "", 0},
    {"close", result_close, "", 0},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass result_class = {
    .name = "CursorResult",
    .module = "sqlalchemy.engine.cursor",
    .methods = result_methods,
    .iter = result_iter,
    .getattr = result_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
};
