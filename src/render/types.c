/* sqlalchemy.types and the PostgreSQL ones: one row a class. */
#include <glib/gi18n.h>
#include <string.h>

#include "types.h"

typedef enum {
  IN_SA = 1 << 0,      /* sqlalchemy, sqlalchemy.types */
  IN_TYPES = 1 << 1,   /* sqlalchemy.types only */
  IN_PG = 1 << 2,      /* sqlalchemy.dialects.postgresql */
  SINCE_2 = 1 << 3,    /* not in SQLAlchemy 1.4 */
  SA_SINCE_2 = 1 << 4, /* not in its sqlalchemy, only in the dialect */
} TypeWhere;

/* How the arguments become a SqlType. */
typedef enum {
  BUILD_PLAIN,
  BUILD_LENGTH,      /* length */
  BUILD_STRING,      /* length, collation */
  BUILD_NUMERIC,     /* precision, scale */
  BUILD_PRECISION,   /* precision */
  BUILD_TIMEZONE,    /* timezone */
  BUILD_PG_TIME,     /* timezone, precision */
  BUILD_INTERVAL,    /* native, second_precision */
  BUILD_PG_INTERVAL, /* precision, fields */
  BUILD_UUID,        /* as_uuid, native_uuid */
  BUILD_ARRAY,       /* item_type, as_tuple, dimensions */
  BUILD_BIT,         /* length, varying */
  BUILD_JSON,        /* none_as_null */
} TypeBuild;

typedef struct {
  PyHostClass host;
  SqlTypeKind kind;
  TypeBuild build;
  TypeWhere where;
} TypeClass;

static PyValue type_new(PyInterp *interp, PyCall *call);
static PyValue type_getattr(PyInterp *interp, PyValue self, PyStr *name);

static PyValue type_repr(PyInterp *interp, PyValue self)
{
  return refuse(interp, _("the text of a %s type object"), py_type_name(interp, self));
}

/* str() of the types that all dialects spell alike. */
static PyValue type_str(PyInterp *interp, PyValue self)
{
  static const struct {
    SqlTypeKind kind;
    const char *text;
  } spellings[] = {
      {SQL_TYPE_INTEGER, "INTEGER"}, {SQL_TYPE_SMALLINT, "SMALLINT"}, {SQL_TYPE_BIGINT, "BIGINT"},
      {SQL_TYPE_TEXT, "TEXT"},       {SQL_TYPE_VARCHAR, "VARCHAR"},   {SQL_TYPE_BOOLEAN, "BOOLEAN"},
      {SQL_TYPE_DATE, "DATE"},       {SQL_TYPE_JSON, "JSON"},         {SQL_TYPE_JSONB, "JSONB"}};
  const SqlType *type = py_payload(self, &type_engine_class);
  for (guint i = 0; type && !type->collation && i < G_N_ELEMENTS(spellings); i++)
    if (spellings[i].kind == type->kind)
      return type->length.given ? py_strf(interp, "%s(%d)", spellings[i].text, (int)type->length.value)
                                : py_str(interp, spellings[i].text, -1);
  return type_repr(interp, self);
}

/* A variant is spelled for its database, but offers the operators of the type it varies. */
static const SqlType *with_operators_of(PyInterp *interp, const SqlType *variant, const SqlType *base)
{
  gboolean json = base && base->kind == SQL_TYPE_JSON && base->generic_json;
  SqlType *copy = arena_new0(py_arena(interp), SqlType);
  if (!json)
    return variant;
  *copy = *variant;
  copy->generic_json = TRUE;
  return copy;
}

/* with_variant(T, "postgresql") is T; variants for other databases change nothing here. */
static PyValue type_with_variant(PyInterp *interp, PyCall *call)
{
  PyValue *dialects;
  gsize n;
  py_sequence(call->values[1], &dialects, &n);
  if (n > 1 && run_is_old(interp))
    return py_raise(interp, "TypeError",
                    "TypeEngine.with_variant() takes 3 positional arguments but %u were given", (guint)n + 2);
  for (gsize i = 0; i < n; i++) {
    const char *name = py_text(dialects[i]);
    if (!name)
      return refuse(interp, _("with_variant() for an unknown database"));
    if (strcmp(name, "postgresql") != 0)
      continue;
    const SqlType *type;
    if (!py_require_known(interp, call->values[0]) || !to_type(interp, call->values[0], &type))
      return py_null();
    return type_value(interp, with_operators_of(interp, type, py_payload(call->self, &type_engine_class)));
  }
  return call->self;
}

static PyValue type_copy(PyInterp *interp, PyCall *call)
{
  (void)interp;
  return call->self;
}

static const PyMethod type_methods[] = {
    {"with_variant", type_with_variant, "type_, *dialects", PY_TAKES_UNKNOWN},
    {"copy", type_copy, "", 0},
    {NULL, NULL, NULL, 0},
};

const PyHostClass type_engine_class = {
    .name = "TypeEngine",
    .module = "sqlalchemy.sql.type_api",
    .methods = type_methods,
    .getattr = type_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
    .repr = type_repr,
    .str = type_str,
};

/* symbol, class name, base symbol, kind, builder, signature, where */
#define STRING_ARGS "length=None, collation=None"
#define NUMERIC_ARGS "precision=None, scale=None, decimal_return_scale=None, asdecimal=True"
#define FLOAT_ARGS "precision=None, asdecimal=False, decimal_return_scale=None"
#define BOTH (IN_SA | IN_PG)
#define TYPE_CLASSES(X)                                                                                \
  X(string, "String", type_engine, VARCHAR, STRING, STRING_ARGS, IN_SA)                                \
  X(unicode, "Unicode", string, VARCHAR, STRING, STRING_ARGS, IN_SA)                                   \
  X(varchar, "VARCHAR", string, VARCHAR, STRING, STRING_ARGS, BOTH)                                    \
  X(text, "Text", string, TEXT, STRING, STRING_ARGS, IN_SA)                                            \
  X(unicode_text, "UnicodeText", text, TEXT, STRING, STRING_ARGS, IN_SA)                               \
  X(upper_text, "TEXT", text, TEXT, STRING, STRING_ARGS, BOTH)                                         \
  X(clob, "CLOB", text, CLOB, STRING, STRING_ARGS, IN_SA)                                              \
  X(char, "CHAR", string, CHAR, STRING, STRING_ARGS, BOTH)                                             \
  X(nchar, "NCHAR", unicode, NCHAR, STRING, STRING_ARGS, IN_SA)                                        \
  X(nvarchar, "NVARCHAR", unicode, NVARCHAR, STRING, STRING_ARGS, IN_SA)                               \
  X(citext, "CITEXT", upper_text, CITEXT, STRING, STRING_ARGS, IN_PG | SINCE_2)                        \
  X(integer, "Integer", type_engine, INTEGER, PLAIN, "", IN_SA)                                        \
  X(upper_integer, "INTEGER", integer, INTEGER, PLAIN, "", BOTH)                                       \
  X(small_integer, "SmallInteger", integer, SMALLINT, PLAIN, "", IN_SA)                                \
  X(smallint, "SMALLINT", small_integer, SMALLINT, PLAIN, "", BOTH)                                    \
  X(big_integer, "BigInteger", integer, BIGINT, PLAIN, "", IN_SA)                                      \
  X(bigint, "BIGINT", big_integer, BIGINT, PLAIN, "", BOTH)                                            \
  X(numeric, "Numeric", type_engine, NUMERIC, NUMERIC, NUMERIC_ARGS, IN_SA)                            \
  X(upper_numeric, "NUMERIC", numeric, NUMERIC, NUMERIC, NUMERIC_ARGS, BOTH)                           \
  X(decimal, "DECIMAL", numeric, DECIMAL, NUMERIC, NUMERIC_ARGS, IN_SA)                                \
  X(float, "Float", numeric, FLOAT, PRECISION, FLOAT_ARGS, IN_SA)                                      \
  X(upper_float, "FLOAT", float, FLOAT, PRECISION, FLOAT_ARGS, BOTH)                                   \
  X(double, "Double", float, DOUBLE_PRECISION, PRECISION, FLOAT_ARGS, IN_SA | SINCE_2)                 \
  X(upper_double, "DOUBLE", double, DOUBLE, PRECISION, FLOAT_ARGS, IN_SA | SINCE_2)                    \
  X(double_precision, "DOUBLE_PRECISION", double, DOUBLE_PRECISION, PRECISION, FLOAT_ARGS,             \
    BOTH | SA_SINCE_2)                                                                                 \
  X(real, "REAL", float, REAL, PRECISION, FLOAT_ARGS, BOTH)                                            \
  X(boolean, "Boolean", type_engine, BOOLEAN, PLAIN,                                                   \
    "create_constraint=False, name=None, _create_events=True, _adapted_from=None", IN_SA)              \
  X(upper_boolean, "BOOLEAN", boolean, BOOLEAN, PLAIN,                                                 \
    "create_constraint=False, name=None, _create_events=True, _adapted_from=None", BOTH)               \
  X(date, "Date", type_engine, DATE, PLAIN, "", IN_SA)                                                 \
  X(upper_date, "DATE", date, DATE, PLAIN, "", BOTH)                                                   \
  X(time, "Time", type_engine, TIME, TIMEZONE, "timezone=False", IN_SA)                                \
  X(upper_time, "TIME", time, TIME, TIMEZONE, "timezone=False", IN_SA)                                 \
  X(pg_time, "TIME", upper_time, TIME, PG_TIME, "timezone=False, precision=None", IN_PG)               \
  X(date_time, "DateTime", type_engine, TIMESTAMP, TIMEZONE, "timezone=False", IN_SA)                  \
  X(upper_datetime, "DATETIME", date_time, DATETIME, TIMEZONE, "timezone=False", IN_SA)                \
  X(timestamp, "TIMESTAMP", date_time, TIMESTAMP, TIMEZONE, "timezone=False", IN_SA)                   \
  X(pg_timestamp, "TIMESTAMP", timestamp, TIMESTAMP, PG_TIME, "timezone=False, precision=None", IN_PG) \
  X(interval, "Interval", type_engine, INTERVAL, INTERVAL,                                             \
    "native=True, second_precision=None, day_precision=None", IN_SA)                                   \
  X(pg_interval, "INTERVAL", type_engine, INTERVAL, PG_INTERVAL, "precision=None, fields=None", IN_PG) \
  X(large_binary, "LargeBinary", type_engine, BYTEA, PLAIN, "length=None", IN_SA)                      \
  X(bytea, "BYTEA", large_binary, BYTEA, PLAIN, "length=None", IN_PG)                                  \
  X(blob, "BLOB", large_binary, BLOB, LENGTH, "length=None", IN_SA)                                    \
  X(binary, "BINARY", type_engine, BINARY, LENGTH, "length=None", IN_SA)                               \
  X(varbinary, "VARBINARY", type_engine, VARBINARY, LENGTH, "length=None", IN_SA)                      \
  X(pickle, "PickleType", type_engine, BYTEA, PLAIN,                                                   \
    "protocol=None, pickler=None, comparator=None, impl=None", IN_SA)                                  \
  X(json, "JSON", type_engine, JSON, JSON, "none_as_null=False", IN_SA)                                \
  X(pg_json, "JSON", json, JSON, JSON, "none_as_null=False, astext_type=None", IN_PG)                  \
  X(jsonb, "JSONB", pg_json, JSONB, JSON, "none_as_null=False, astext_type=None", IN_PG)               \
  X(jsonpath, "JSONPATH", type_engine, JSONPATH, PLAIN, "", IN_PG | SINCE_2)                           \
  X(hstore, "HSTORE", type_engine, HSTORE, PLAIN, "text_type=None", IN_PG)                             \
  X(uuid, "Uuid", type_engine, UUID, UUID, "as_uuid=True, native_uuid=True", IN_SA | SINCE_2)          \
  X(upper_uuid, "UUID", uuid, UUID, UUID, "as_uuid=True", IN_SA | SINCE_2)                             \
  X(pg_uuid, "UUID", uuid, UUID, UUID, "as_uuid=True", IN_PG)                                          \
  X(array, "ARRAY", type_engine, ARRAY, ARRAY,                                                         \
    "item_type, as_tuple=False, dimensions=None, zero_indexes=False", IN_SA)                           \
  X(pg_array, "ARRAY", array, ARRAY, ARRAY,                                                            \
    "item_type, as_tuple=False, dimensions=None, zero_indexes=False", IN_PG)                           \
  X(null, "NullType", type_engine, NULL, PLAIN, "", IN_TYPES)                                          \
  X(inet, "INET", type_engine, INET, PLAIN, "", IN_PG)                                                 \
  X(cidr, "CIDR", type_engine, CIDR, PLAIN, "", IN_PG)                                                 \
  X(macaddr, "MACADDR", type_engine, MACADDR, PLAIN, "", IN_PG)                                        \
  X(macaddr8, "MACADDR8", type_engine, MACADDR8, PLAIN, "", IN_PG)                                     \
  X(money, "MONEY", type_engine, MONEY, PLAIN, "", IN_PG)                                              \
  X(oid, "OID", type_engine, OID, PLAIN, "", IN_PG)                                                    \
  X(regclass, "REGCLASS", type_engine, REGCLASS, PLAIN, "", IN_PG)                                     \
  X(regconfig, "REGCONFIG", type_engine, REGCONFIG, PLAIN, "", IN_PG | SINCE_2)                        \
  X(tsvector, "TSVECTOR", type_engine, TSVECTOR, PLAIN, "", IN_PG)                                     \
  X(tsquery, "TSQUERY", type_engine, TSQUERY, PLAIN, "", IN_PG | SINCE_2)                              \
  X(bit, "BIT", type_engine, BIT, BIT, "length=None, varying=False", IN_PG)                            \
  X(int4range, "INT4RANGE", type_engine, INT4RANGE, PLAIN, "", IN_PG)                                  \
  X(int8range, "INT8RANGE", type_engine, INT8RANGE, PLAIN, "", IN_PG)                                  \
  X(numrange, "NUMRANGE", type_engine, NUMRANGE, PLAIN, "", IN_PG)                                     \
  X(daterange, "DATERANGE", type_engine, DATERANGE, PLAIN, "", IN_PG)                                  \
  X(tsrange, "TSRANGE", type_engine, TSRANGE, PLAIN, "", IN_PG)                                        \
  X(tstzrange, "TSTZRANGE", type_engine, TSTZRANGE, PLAIN, "", IN_PG)                                  \
  X(int4multirange, "INT4MULTIRANGE", type_engine, INT4MULTIRANGE, PLAIN, "", IN_PG | SINCE_2)         \
  X(int8multirange, "INT8MULTIRANGE", type_engine, INT8MULTIRANGE, PLAIN, "", IN_PG | SINCE_2)         \
  X(nummultirange, "NUMMULTIRANGE", type_engine, NUMMULTIRANGE, PLAIN, "", IN_PG | SINCE_2)            \
  X(datemultirange, "DATEMULTIRANGE", type_engine, DATEMULTIRANGE, PLAIN, "", IN_PG | SINCE_2)         \
  X(tsmultirange, "TSMULTIRANGE", type_engine, TSMULTIRANGE, PLAIN, "", IN_PG | SINCE_2)               \
  X(tstzmultirange, "TSTZMULTIRANGE", type_engine, TSTZMULTIRANGE, PLAIN, "", IN_PG | SINCE_2)

enum {
#define X(symbol, name, base, kind, build, params, where) ROW_##symbol,
  TYPE_CLASSES(X)
#undef X
      N_ROWS
};
/* A row's base stands in the same table, so its address is known. */
#define BASE(symbol) BASE_##symbol
static const TypeClass rows[N_ROWS];
#define ROW_HOST(symbol) (&rows[ROW_##symbol].host)

#define BASE_type_engine &type_engine_class
#define BASE_string ROW_HOST(string)
#define BASE_unicode ROW_HOST(unicode)
#define BASE_text ROW_HOST(text)
#define BASE_upper_text ROW_HOST(upper_text)
#define BASE_integer ROW_HOST(integer)
#define BASE_small_integer ROW_HOST(small_integer)
#define BASE_big_integer ROW_HOST(big_integer)
#define BASE_numeric ROW_HOST(numeric)
#define BASE_float ROW_HOST(float)
#define BASE_double ROW_HOST(double)
#define BASE_boolean ROW_HOST(boolean)
#define BASE_date ROW_HOST(date)
#define BASE_time ROW_HOST(time)
#define BASE_upper_time ROW_HOST(upper_time)
#define BASE_date_time ROW_HOST(date_time)
#define BASE_timestamp ROW_HOST(timestamp)
#define BASE_large_binary ROW_HOST(large_binary)
#define BASE_json ROW_HOST(json)
#define BASE_pg_json ROW_HOST(pg_json)
#define BASE_uuid ROW_HOST(uuid)
#define BASE_array ROW_HOST(array)

static const TypeClass rows[N_ROWS] = {
#define X(symbol, class_name, base_symbol, type_kind, builder, signature, places)                       \
  [ROW_##symbol] = {                                                                                    \
      .host = {.name = class_name,                                                                      \
               .module = (places)&IN_PG ? "sqlalchemy.dialects.postgresql" : "sqlalchemy.sql.sqltypes", \
               .base = BASE(base_symbol),                                                               \
               .construct = type_new,                                                                   \
               .flags = PY_PURE,                                                                        \
               .params = signature},                                                                    \
      .kind = SQL_TYPE_##type_kind,                                                                     \
      .build = BUILD_##builder,                                                                         \
      .where = places},
    TYPE_CLASSES(X)
#undef X
};

static const TypeClass *row_of_class(PyClass *cls)
{
  const PyHostClass *host = py_host_of(py_class_value(cls));
  const TypeClass *row = (const TypeClass *)host;
  return row >= rows && row < rows + N_ROWS ? row : NULL;
}

static gboolean build_string(PyInterp *interp, PyCall *call, SqlType *type)
{
  gboolean ok = TRUE;
  if (!to_int(interp, call->values[0], call->function, &type->length))
    return FALSE;
  type->collation = arena_strdup(py_arena(interp), py_arg_text_opt(call, 1, &ok));
  return ok;
}

static gboolean build_interval(PyInterp *interp, PyCall *call, SqlType *type)
{
  int native = py_arg_bool(call, 0, FALSE);
  if (native < 0)
    return FALSE;
  if (!native) {
    type->kind = SQL_TYPE_TIMESTAMP;
    return TRUE;
  }
  return to_int(interp, call->values[1], "Interval", &type->precision);
}

static gboolean is_pg_array(PyInterp *interp, PyValue v)
{
  PyClass *cls = py_is(v, PY_CLASS) ? v.cls : py_class_of(interp, v);
  return py_class_is_subclass(cls, py_host_class(interp, ROW_HOST(pg_array)));
}

static gboolean build_array(PyInterp *interp, PyCall *call, SqlType *type)
{
  if (!to_type(interp, call->values[0], &type->item) ||
      !to_int(interp, call->values[2], "ARRAY", &type->dimensions))
    return FALSE;
  gboolean pg = py_class_is_subclass(call->cls, py_host_class(interp, ROW_HOST(pg_array)));
  if (type->item && type->item->kind == SQL_TYPE_ENUM && type->item->enumeration->non_native &&
      type->item->enumeration->create_constraint) {
    refuse(interp, _("an ARRAY of an Enum with a CHECK"));
    return FALSE;
  }
  if (pg && type->item && type->item->kind == SQL_TYPE_ARRAY && !is_pg_array(interp, call->values[0])) {
    refuse(interp, _("an ARRAY of SQLAlchemy's own ARRAY"));
    return FALSE;
  }
  if (type->item && type->item->kind == SQL_TYPE_ARRAY) {
    py_raise(interp, "ValueError",
             "Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype");
    return FALSE;
  }
  return TRUE;
}

/* SQLAlchemy 1.4 has PostgreSQL's own only, of strings unless told otherwise. */
static gboolean build_uuid(PyCall *call, gboolean old, SqlType *type)
{
  gboolean given = call->n_args > 0 || call->n_keywords > 0;
  int as_uuid = old && !given ? FALSE : py_arg_bool(call, 0, TRUE);
  type->text_uuid = as_uuid == 0;
  if (as_uuid < 0 || call->n_values < 2)
    return as_uuid >= 0;
  int native = py_arg_bool(call, 1, FALSE);
  if (native == 0)
    type->kind = SQL_TYPE_UUID_CHAR;
  return native >= 0;
}

static gboolean build(PyInterp *interp, PyCall *call, TypeBuild how, SqlType *type)
{
  gboolean ok = TRUE;
  int truth;
  switch (how) {
  case BUILD_PLAIN: return TRUE;
  case BUILD_LENGTH: return to_int(interp, call->values[0], call->function, &type->length);
  case BUILD_STRING: return build_string(interp, call, type);
  case BUILD_NUMERIC:
    return to_int(interp, call->values[0], call->function, &type->precision) &&
           to_int(interp, call->values[1], call->function, &type->scale);
  case BUILD_PRECISION: return to_int(interp, call->values[0], call->function, &type->precision);
  case BUILD_PG_TIME:
    if (!to_int(interp, call->values[1], call->function, &type->precision))
      return FALSE;
    G_GNUC_FALLTHROUGH;
  case BUILD_TIMEZONE:
    truth = py_arg_bool(call, 0, FALSE);
    type->timezone = truth > 0;
    return truth >= 0;
  case BUILD_INTERVAL: return build_interval(interp, call, type);
  case BUILD_PG_INTERVAL:
    type->fields = arena_strdup(py_arena(interp), py_arg_text_opt(call, 1, &ok));
    return ok && to_int(interp, call->values[0], "INTERVAL", &type->precision);
  case BUILD_UUID: return build_uuid(call, run_is_old(interp), type);
  case BUILD_ARRAY: return build_array(interp, call, type);
  case BUILD_JSON:
    type->generic_json = row_of_class(call->cls) == &rows[ROW_json];
    truth = py_arg_bool(call, 0, FALSE);
    type->none_as_null = truth > 0;
    return truth >= 0;
  case BUILD_BIT:
    truth = py_arg_bool(call, 1, FALSE);
    type->varying = truth > 0;
    return truth >= 0 && to_int(interp, call->values[0], "BIT", &type->length);
  }
  refuse(interp, _("%s(...) is not understood"), call->function);
  return FALSE;
}

static PyValue type_new(PyInterp *interp, PyCall *call)
{
  const TypeClass *row = row_of_class(call->cls);
  SqlType *type = arena_new0(py_arena(interp), SqlType);
  type->kind = row->kind;
  if (py_class_is_user(call->cls))
    return py_unknown(interp, PY_NEEDS_PYTHON, _("%s, a type derived from %s"), py_class_name(call->cls),
                      row->host.name);
  if (!build(interp, call, row->build, type))
    return py_null();
  if (row == &rows[ROW_pickle])
    run_mark_opaque(interp, type, py_null());
  return py_host_new(interp, call->cls, type);
}

/* What migrations ask of a type object. */
static PyValue type_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  const SqlType *type = py_payload(self, &type_engine_class);
  const char *n = name->data;
  if (!type)
    return refuse_getattr(interp, self, name);
  if (strcmp(n, "length") == 0 && sql_type_affinity(type) == SQL_AFFINITY_STRING)
    return type->length.given ? py_int(type->length.value) : py_none();
  if (strcmp(n, "precision") == 0 && type->kind == SQL_TYPE_NUMERIC)
    return type->precision.given ? py_int(type->precision.value) : py_none();
  if (strcmp(n, "scale") == 0 && type->kind == SQL_TYPE_NUMERIC)
    return type->scale.given ? py_int(type->scale.value) : py_none();
  if (strcmp(n, "timezone") == 0 && type->kind == SQL_TYPE_TIMESTAMP)
    return py_bool(type->timezone);
  if (strcmp(n, "item_type") == 0 && type->kind == SQL_TYPE_ARRAY)
    return type_value(interp, type->item);
  return refuse_getattr(interp, self, name);
}

PyValue type_value(PyInterp *interp, const SqlType *type)
{
  if (type->kind == SQL_TYPE_ENUM)
    return enum_type_value(interp, type);
  for (guint i = 0; i < N_ROWS; i++)
    if (rows[i].kind == type->kind)
      return py_host_object(interp, &rows[i].host, (gpointer)type);
  return py_host_object(interp, &type_engine_class, (gpointer)type);
}

gboolean is_type(PyValue v)
{
  return py_is_host(v, &type_engine_class) || py_is_host_class(v, &type_engine_class);
}

gboolean to_type(PyInterp *interp, PyValue v, const SqlType **type)
{
  *type = NULL;
  if (py_is_null(v) || py_is_none(v))
    return TRUE;
  if (!py_require_known(interp, v))
    return FALSE;
  if (py_is_host_class(v, &type_engine_class)) {
    v = py_call(interp, v, NULL, 0);
    if (py_is_null(v) || !py_require_known(interp, v))
      return FALSE;
  }
  if (py_is_host(v, &type_engine_class)) {
    const SqlType *found = py_payload(v, &type_engine_class);
    *type = py_is_host(v, &user_type_class) ? user_type(interp, v) : found;
    if (!*type && !py_failed(interp))
      refuse(interp, _("%s is not understood as a type"), py_type_name(interp, v));
    return *type != NULL;
  }
  refuse(interp, _("%s is not understood as a type"), py_type_name(interp, v));
  return FALSE;
}

PyValue types_lookup(PyInterp *interp, const char *module, const char *name, gboolean *missing)
{
  gboolean pg = g_str_has_prefix(module, "sqlalchemy.dialects.postgresql");
  TypeWhere wanted = pg ? IN_PG : strcmp(module, "sqlalchemy") == 0 ? IN_SA : (IN_SA | IN_TYPES);
  if (!pg && strcmp(name, "INT") == 0)
    name = "INTEGER";
  if (!pg && strcmp(name, "NULLTYPE") == 0)
    return py_host_object(interp, ROW_HOST(null), (gpointer)sql_type(SQL_TYPE_NULL));
  for (guint i = 0; i < N_ROWS; i++)
    if ((rows[i].where & wanted) && strcmp(rows[i].host.name, name) == 0) {
      *missing = (rows[i].where & (pg ? SINCE_2 : SINCE_2 | SA_SINCE_2)) && run_is_old(interp);
      if (*missing)
        return py_null();
      return py_class_value(py_host_class(interp, &rows[i].host));
    }
  return named_types_lookup(interp, pg, name);
}
