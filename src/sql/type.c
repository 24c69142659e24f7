#include "retort/sql/type.h"

#include <string.h>

static const SqlType plain[] = {
#define X(name, spelling, family) [SQL_TYPE_##name] = {.kind = SQL_TYPE_##name},
    SQL_TYPES(X)
#undef X
};

static const SqlAffinity affinities[] = {
#define X(name, spelling, family) [SQL_TYPE_##name] = SQL_AFFINITY_##family,
    SQL_TYPES(X)
#undef X
};

const SqlType *sql_type(SqlTypeKind kind)
{
  return &plain[kind];
}

SqlAffinity sql_type_affinity(const SqlType *type)
{
  return type == NULL ? SQL_AFFINITY_NONE : affinities[type->kind];
}

static const SqlType time_with_zone = {.kind = SQL_TYPE_TIME, .timezone = TRUE};
static const SqlType timestamp_with_zone = {.kind = SQL_TYPE_TIMESTAMP, .timezone = TRUE};

/* Whether a time, or the time of "date time", ends in an offset. */
static gboolean has_offset(const char *text)
{
  const char *space = strchr(text, ' ');
  return strpbrk(space != NULL ? space : text, "+-") != NULL;
}

/* Needs 32 bits or more, sign aside. */
static gboolean is_big(const char *digits)
{
  gint64 n = g_ascii_strtoll(digits, NULL, 10);
  return n > G_MAXINT32 || n < -(gint64)G_MAXINT32;
}

const SqlType *sql_type_of_value(const SqlValue *value)
{
  switch (value == NULL ? SQL_VALUE_NULL : value->kind) {
  case SQL_VALUE_BOOL: return sql_type(SQL_TYPE_BOOLEAN);
  case SQL_VALUE_INT: return is_big(value->text) ? sql_type(SQL_TYPE_BIGINT) : sql_type(SQL_TYPE_INTEGER);
  case SQL_VALUE_FLOAT: return sql_type(SQL_TYPE_FLOAT);
  case SQL_VALUE_DECIMAL: return sql_type(SQL_TYPE_NUMERIC);
  case SQL_VALUE_STRING:
  case SQL_VALUE_ENUM: return sql_type(SQL_TYPE_VARCHAR);
  case SQL_VALUE_BYTES: return sql_type(SQL_TYPE_BYTEA);
  case SQL_VALUE_DATE: return sql_type(SQL_TYPE_DATE);
  case SQL_VALUE_TIME: return has_offset(value->text) ? &time_with_zone : sql_type(SQL_TYPE_TIME);
  case SQL_VALUE_DATETIME:
    return has_offset(value->text) ? &timestamp_with_zone : sql_type(SQL_TYPE_TIMESTAMP);
  case SQL_VALUE_INTERVAL: return sql_type(SQL_TYPE_INTERVAL);
  case SQL_VALUE_UUID: return sql_type(SQL_TYPE_UUID);
  default: return sql_type(SQL_TYPE_NULL);
  }
}

const SqlType *sql_type_in_schema(Arena *arena, const SqlType *type, SqlName schema)
{
  if (type == NULL || schema.text == NULL)
    return type;

  SqlType *copy = arena_new0(arena, SqlType);
  *copy = *type;
  if (type->kind == SQL_TYPE_ARRAY) {
    copy->item = sql_type_in_schema(arena, type->item, schema);
    return copy->item == type->item ? type : copy;
  }
  if (type->kind != SQL_TYPE_ENUM || !type->enumeration->inherit_schema)
    return type;
  copy->enumeration = arena_new0(arena, SqlEnum);
  *copy->enumeration = *type->enumeration;
  copy->enumeration->schema = schema;
  return copy;
}
