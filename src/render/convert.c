/* Python values to names, values and options of the room sql. */
#include <glib/gi18n.h>
#include <string.h>

#include "bind.h"

/* ---- names: quoted_name() and op.f() are str with something to say about quoting ---- */

static PyValue name_text(PyInterp *interp, PyValue self)
{
  NameObject *object = py_payload(self, &quoted_name_class);
  return py_str(interp, object->name.text, -1);
}

static PyValue name_repr(PyInterp *interp, PyValue self)
{
  return py_repr(interp, name_text(interp, self));
}

static PyValue name_format(PyInterp *interp, PyValue self, const char *spec)
{
  return py_format(interp, name_text(interp, self), spec);
}

static PyValue name_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  if (strcmp(name->data, "quote") == 0) {
    NameObject *object = py_payload(self, &quoted_name_class);
    return object->name.quote == SQL_QUOTE_AUTO ? py_none() : py_bool(object->name.quote == SQL_QUOTE_ALWAYS);
  }
  return py_getattr(interp, name_text(interp, self), name->data);
}

static PyValue plain(PyInterp *interp, PyValue v)
{
  return py_is_host(v, &quoted_name_class) ? name_text(interp, v) : v;
}

static PyValue name_binary(PyInterp *interp, PyOp op, PyValue self, PyValue other, gboolean reflected)
{
  if (py_is_host(other, &column_element_class))
    return refuse(interp, _("a name beside an expression"));
  PyValue a = name_text(interp, self), b = plain(interp, other);
  return reflected ? py_binary(interp, op, b, a) : py_binary(interp, op, a, b);
}

static gssize name_len(PyInterp *interp, PyValue self)
{
  return py_len(interp, name_text(interp, self));
}

static PyValue name_getitem(PyInterp *interp, PyValue self, PyValue key)
{
  return py_getitem(interp, name_text(interp, self), key);
}

static guint name_hash(PyInterp *interp, PyValue self)
{
  return py_str_hash(name_text(interp, self).str);
}

static int name_truth(PyInterp *interp, PyValue self)
{
  return py_truth(interp, name_text(interp, self));
}

static PyValue quoted_name_new(PyInterp *interp, PyCall *call)
{
  SqlName name = {0};
  if (py_is_none(call->values[0]))
    return py_none();
  if (!to_name(interp, call->values[0], &name))
    return py_null();
  if (py_arg_given(call, 1))
    name.quote = py_is_true(call->values[1]) ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
  return name_value(interp, name);
}

static PyValue conv_new(PyInterp *interp, PyCall *call)
{
  SqlName name = {0};
  if (!to_name(interp, call->values[0], &name))
    return py_null();
  name.final = TRUE;
  return name_value(interp, name);
}

const PyHostClass quoted_name_class = {
    .name = "quoted_name",
    .module = "sqlalchemy.sql.elements",
    .construct = quoted_name_new,
    .params = "value, quote",
    .getattr = name_getattr,
    .setattr = refuse_setattr,
    .binary = name_binary,
    .str = name_text,
    .repr = name_repr,
    .format = name_format,
    .len = name_len,
    .getitem = name_getitem,
    .hash = name_hash,
    .truth = name_truth,
};

const PyHostClass conv_class = {
    .name = "conv",
    .module = "sqlalchemy.sql.elements",
    .base = &quoted_name_class,
    .construct = conv_new,
    .params = "value, quote=None",
};

PyValue name_value(PyInterp *interp, SqlName name)
{
  NameObject *object = arena_new0(py_arena(interp), NameObject);
  object->name = name;
  return py_host_object(interp, name.final ? &conv_class : &quoted_name_class, object);
}

gboolean check_text(PyInterp *interp, PyValue v)
{
  if (!py_is(v, PY_STR) || (strlen(v.str->data) == v.str->len && g_utf8_validate(v.str->data, -1, NULL)))
    return TRUE;
  refuse(interp, _("text with a NUL character or half a surrogate pair"));
  return FALSE;
}

const char *to_text(PyValue v)
{
  if (py_is(v, PY_STR))
    return v.str->data;
  NameObject *object = py_payload(v, &quoted_name_class);
  return object ? object->name.text : NULL;
}

gboolean to_name(PyInterp *interp, PyValue v, SqlName *name)
{
  *name = (SqlName){0};
  if (py_is_null(v) || py_is_none(v))
    return TRUE;
  if (!py_require_known(interp, v))
    return FALSE;
  NameObject *object = py_payload(v, &quoted_name_class);
  if (object) {
    *name = object->name;
    return TRUE;
  }
  if (!py_is(v, PY_STR)) {
    refuse(interp, _("%s where a name is expected"), py_type_name(interp, v));
    return FALSE;
  }
  if (!check_text(interp, v))
    return FALSE;
  name->text = arena_strdup(py_arena(interp), v.str->data);
  return TRUE;
}

gboolean check_filled(PyInterp *interp, SqlName name)
{
  if (!name.text || *name.text)
    return TRUE;
  refuse(interp, _("an empty name of a column"));
  return FALSE;
}

gboolean to_name_list(PyInterp *interp, PyValue v, SqlNameList *names)
{
  if (py_is_null(v) || py_is_none(v))
    return TRUE;
  PyList *items = py_collect(interp, v);
  if (!items)
    return FALSE;
  for (gsize i = 0; i < items->len; i++) {
    SqlName name;
    ColumnObject *column = py_payload(items->items[i], &column_class);
    if (column)
      name = column->column->name;
    else if (!to_name(interp, items->items[i], &name) || !check_filled(interp, name))
      return FALSE;
    sql_name_list_add(py_arena(interp), names, name);
  }
  return TRUE;
}

gboolean arg_name(PyCall *call, guint i, SqlName *name)
{
  return to_name(call->interp, call->values[i], name);
}

/* ---- yes, no, numbers ---- */

SqlTri to_tri(PyInterp *interp, PyValue v)
{
  if (py_is_null(v) || py_is_none(v))
    return SQL_UNSAID;
  return py_truth(interp, v) > 0 ? SQL_YES : SQL_NO;
}

SqlTri arg_tri(PyCall *call, guint i)
{
  return to_tri(call->interp, call->values[i]);
}

gboolean to_int(PyInterp *interp, PyValue v, const char *what, SqlInt *out)
{
  *out = (SqlInt){0};
  if (py_is_null(v) || py_is_none(v))
    return TRUE;
  gint64 n;
  if (py_is(v, PY_BOOL) || !py_as_int64(v, &n)) {
    refuse(interp, _("%s: %s where a number is expected"), what, py_type_name(interp, v));
    return FALSE;
  }
  *out = SQL_INT(n);
  return TRUE;
}

gboolean to_pairs(PyInterp *interp, PyValue v, SqlPairList *pairs)
{
  if (py_is_null(v) || py_is_none(v))
    return TRUE;
  if (!py_is(v, PY_DICT)) {
    refuse(interp, _("%s where a dict is expected"), py_type_name(interp, v));
    return FALSE;
  }
  Arena *arena = py_arena(interp);
  PyValue key, value;
  for (gsize at = 0; py_dict_next(v.dict, &at, &key, &value);) {
    PyValue key_text = py_str_of(interp, key);
    PyValue value_text = py_is_null(key_text) ? py_null() : py_str_of(interp, value);
    if (py_is_null(value_text))
      return FALSE;
    if (!py_require_known(interp, key_text) || !py_require_known(interp, value_text))
      return FALSE;
    sql_pair_list_add(
        arena, pairs,
        (SqlPair){arena_strdup(arena, py_text(key_text)), arena_strdup(arena, py_text(value_text))});
  }
  return TRUE;
}

/* ---- values that become literals ---- */

static const char *text_of(PyInterp *interp, PyValue v)
{
  return py_is(v, PY_STR) ? arena_strndup(py_arena(interp), v.str->data, (gssize)v.str->len) : NULL;
}

static const SqlValue *datetime_value(PyInterp *interp, const PyDateTime *t)
{
  g_autoptr(GString) text = g_string_new(NULL);
  if (t->has_date)
    g_string_append_printf(text, "%04d-%02d-%02d", t->year, t->month, t->day);
  if (t->has_date && t->has_time)
    g_string_append_c(text, ' ');
  if (t->has_time) {
    g_string_append_printf(text, "%02d:%02d:%02d", t->hour, t->minute, t->second);
    if (t->microsecond)
      g_string_append_printf(text, ".%06d", t->microsecond);
    if (t->has_offset) {
      int offset = ABS(t->offset_seconds);
      g_string_append_printf(text, "%c%02d:%02d", t->offset_seconds < 0 ? '-' : '+', offset / 3600,
                             offset / 60 % 60);
      if (offset % 60)
        g_string_append_printf(text, ":%02d", offset % 60);
    }
  }
  SqlValueKind kind = !t->has_date ? SQL_VALUE_TIME : t->has_time ? SQL_VALUE_DATETIME : SQL_VALUE_DATE;
  return sql_value_text(py_arena(interp), kind, text->str);
}

static const SqlValue *convert(PyInterp *interp, PyValue v);

static const SqlValue *list_value(PyInterp *interp, const PyValue *items, gsize n, const char *repr)
{
  SqlValueList list = {0};
  for (gsize i = 0; i < n; i++) {
    const SqlValue *value = to_sql_value(interp, items[i]);
    if (!value)
      return NULL;
    sql_value_list_add(py_arena(interp), &list, value);
  }
  return sql_value_list(py_arena(interp), list, repr);
}

/* An enum member: Enum(PythonEnum) stores a label in its place; one that is also a str or int may stand for that. */
static const SqlValue *enum_value(PyInterp *interp, PyValue v, PyValue name, PyValue value)
{
  Arena *arena = py_arena(interp);
  gboolean mixed = py_isinstance(interp, v, py_builtin_class(interp, "str")) ||
                   py_isinstance(interp, v, py_builtin_class(interp, "int"));
  PyValue repr = py_repr(interp, v);
  PyClass *cls = py_class_of(interp, v);
  PyList *names, *values;
  if (py_is_null(repr) || !py_enum_members(interp, cls, &names, &values))
    return NULL;
  SqlValue *result = sql_value_text(arena, SQL_VALUE_ENUM, py_text(name));
  result->repr = text_of(interp, repr);
  result->enum_class = cls;
  while (result->member < names->len && py_equal(interp, names->items[result->member], name) != 1)
    result->member++;
  if (mixed)
    result->mixed = to_sql_value(interp, value);
  return py_failed(interp) ? NULL : result;
}

/* What neither SQL nor we know more about; its repr stands in the error message. */
static const SqlValue *other_value(PyInterp *interp, PyValue v, SqlValueKind kind)
{
  PyValue repr = py_repr(interp, v);
  if (py_is_null(repr) || !py_require_known(interp, repr))
    return NULL;
  SqlValue *value = sql_value_text(py_arena(interp), kind, NULL);
  value->repr = text_of(interp, repr);
  return value;
}

static const SqlValue *json_value(PyInterp *interp, PyValue v)
{
  const SqlValue *value = other_value(interp, v, SQL_VALUE_JSON);
  PyValue dumps = value ? py_getattr(interp, py_import(interp, "json"), "dumps") : py_null();
  PyValue text = py_is_null(dumps) ? py_null() : py_call(interp, dumps, &v, 1);
  if (py_is_null(text)) {
    if (value)
      py_clear(interp);
    return value;
  }
  SqlValue *result = arena_new0(py_arena(interp), SqlValue);
  *result = *value;
  result->text = result->json = text_of(interp, text);
  return result;
}

static const SqlValue *convert(PyInterp *interp, PyValue v)
{
  Arena *arena = py_arena(interp);
  if (!py_require_known(interp, v))
    return NULL;
  switch (v.type) {
  case PY_NONE: return sql_value_null(arena);
  case PY_BOOL: return sql_value_bool(arena, py_is_true(v));
  case PY_INT:
  case PY_BIGINT: return sql_value_text(arena, SQL_VALUE_INT, py_int_text(interp, v));
  case PY_FLOAT: return sql_value_text(arena, SQL_VALUE_FLOAT, text_of(interp, py_repr(interp, v)));
  case PY_STR:
    if (!check_text(interp, v))
      return NULL;
    return sql_value_string(arena, v.str->data);
  case PY_BYTES: {
    SqlValue *value = sql_value_bytes(arena, v.str->data, v.str->len);
    value->repr = text_of(interp, py_repr(interp, v));
    return value;
  }
  case PY_LIST:
  case PY_TUPLE: {
    PyValue repr = py_repr(interp, v);
    return py_is_null(repr) ? NULL : list_value(interp, v.list->items, v.list->len, text_of(interp, repr));
  }
  case PY_DICT: return json_value(interp, v);
  default: break;
  }
  PyDateTime t;
  gint64 days, seconds, microseconds;
  PyValue name, value;
  const char *text;
  SqlValue *result = NULL;
  if (to_text(v)) {
    result = sql_value_string(arena, to_text(v));
    result->untyped = TRUE;
    return result;
  }
  if (py_as_datetime(interp, v, &t)) {
    result = (SqlValue *)datetime_value(interp, &t);
  } else if (py_as_timedelta(interp, v, &days, &seconds, &microseconds)) {
    PyValue total = py_call_method(interp, v, "total_seconds", NULL, 0);
    if (py_is_null(total))
      return NULL;
    result = sql_value_text(arena, SQL_VALUE_INTERVAL, text_of(interp, py_repr(interp, total)));
  } else if ((text = py_as_uuid(interp, v))) {
    result = sql_value_text(arena, SQL_VALUE_UUID, text);
  } else if ((text = py_as_decimal(interp, v))) {
    result = sql_value_text(arena, SQL_VALUE_DECIMAL, text);
  } else if (py_enum_member(interp, v, &name, &value)) {
    return enum_value(interp, v, name, value);
  } else if (py_host_of(v)) {
    refuse(interp, _("%s as a literal value"), py_type_name(interp, v));
    return NULL;
  } else {
    return other_value(interp, v, SQL_VALUE_OTHER);
  }
  PyValue repr = py_repr(interp, v);
  if (py_is_null(repr))
    return NULL;
  result->repr = text_of(interp, repr);
  return result;
}

const SqlValue *to_sql_value(PyInterp *interp, PyValue v)
{
  const SqlValue *value = convert(interp, v);
  if (!value)
    return NULL;
  PyValue *origin = arena_new0(py_arena(interp), PyValue);
  SqlValue *copy = arena_new0(py_arena(interp), SqlValue);
  *origin = v;
  *copy = *value;
  copy->origin = origin;
  return copy;
}

/* ---- keyword arguments for one database ---- */

typedef struct {
  const char *dialect;
  const char *on;      /* class, or a part of its name all constraints have; NULL: any */
  const char *options; /* "*": any */
} DialectOptions;

/* What the other dialects of SQLAlchemy take, and where. */
static const DialectOptions other_dialects[] = {
    {"mysql", "Table", "*"},
    {"mysql", "PrimaryKeyConstraint", " using "},
    {"mysql", "Index", " using length prefix with_parser "},
    {"mariadb", "Table", "*"},
    {"mariadb", "PrimaryKeyConstraint", " using "},
    {"mariadb", "Index", " using length prefix with_parser "},
    {"sqlite", "Table", " autoincrement with_rowid strict "},
    {"sqlite", "Index", " where "},
    {"sqlite", "Column", " on_conflict_primary_key on_conflict_not_null on_conflict_unique "},
    {"sqlite", "Constraint", " on_conflict "},
    {"mssql", "PrimaryKeyConstraint", " clustered "},
    {"mssql", "UniqueConstraint", " clustered "},
    {"mssql", "Index", " clustered include where columnstore "},
    {"mssql", "Column", " identity_start identity_increment "},
    {"oracle", "Table", " resolve_synonyms on_commit compress tablespace "},
    {"oracle", "Index", " bitmap compress "},
};

/* The dialect of another database that name is an option for; *taken tells whether it has that option there. */
static const char *other_dialect(const char *name, const char *on, gboolean *taken)
{
  const char *dialect = NULL;
  *taken = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(other_dialects); i++) {
    const DialectOptions *row = &other_dialects[i];
    gsize len = strlen(row->dialect);
    if (!g_str_has_prefix(name, row->dialect) || name[len] != '_')
      continue;
    dialect = row->dialect;
    gboolean here =
        strcmp(row->on, on) == 0 || (strcmp(row->on, "Constraint") == 0 && g_str_has_suffix(on, row->on));
    g_autofree char *word = g_strdup_printf(" %s ", name + len + 1);
    if (here && (strcmp(row->options, "*") == 0 || strstr(row->options, word)))
      *taken = TRUE;
  }
  return dialect;
}

static gboolean not_accepted(PyInterp *interp, const char *name, const char *dialect, const char *what)
{
  gboolean pg = strcmp(what, "ExcludeConstraint") == 0;
  raise_sa(interp, "ArgumentError",
           "Argument '%s' is not accepted by dialect '%s' on behalf of <class 'sqlalchemy.%s.%s'>", name,
           dialect, pg ? "dialects.postgresql.ext" : "sql.schema", what);
  return FALSE;
}

gboolean take_dialect_options(PyInterp *interp, PyValue kw, const char *what, TakeOption take, void *data)
{
  PyValue key, value;
  if (!py_is(kw, PY_DICT))
    return TRUE;
  for (gsize at = 0; py_dict_next(kw.dict, &at, &key, &value);) {
    const char *name = py_text(key);
    gboolean known = FALSE;
    if (!take(interp, name, value, data, &known))
      return FALSE;
    if (known)
      continue;
    gboolean taken;
    const char *other = other_dialect(name, what, &taken);
    if (taken)
      continue;
    if (other || g_str_has_prefix(name, "postgresql_"))
      return not_accepted(interp, name, other ? other : "postgresql", what);
    const char *underscore = *name ? strchr(name + 1, '_') : NULL;
    if (!underscore || !underscore[1]) {
      py_raise(interp, "TypeError", "Additional arguments should be named <dialectname>_<argument>, got '%s'",
               name);
      return FALSE;
    }
    g_autofree char *dialect = g_strndup(name, (gsize)(underscore - name));
    g_autofree char *text = g_strdup_printf(
        "Can't validate argument '%s'; can't locate any SQLAlchemy dialect named '%s'", name, dialect);
    run_warn(interp, text);
  }
  return TRUE;
}
