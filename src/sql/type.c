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
  case SQL_VALUE_STRING: return sql_type(value->untyped ? SQL_TYPE_NULL : SQL_TYPE_VARCHAR);
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

const SqlType *sql_type_innermost(const SqlType *type)
{
  while (type != NULL && type->kind == SQL_TYPE_ARRAY)
    type = type->item;
  return type;
}

static SqlType *copy_type(Arena *arena, const SqlType *type)
{
  SqlType *copy = arena_new0(arena, SqlType);
  *copy = *type;
  return copy;
}

const SqlType *sql_type_in_schema(Arena *arena, const SqlType *type, SqlName schema)
{
  const SqlType *item = sql_type_innermost(type);

  if (item == NULL || schema.text == NULL || item->kind != SQL_TYPE_ENUM ||
      !item->enumeration->inherit_schema)
    return type;

  SqlType *outer = copy_type(arena, type);
  SqlType *inner = outer;
  while (inner->kind == SQL_TYPE_ARRAY) {
    SqlType *next = copy_type(arena, inner->item);
    inner->item = next;
    inner = next;
  }
  inner->enumeration = arena_new0(arena, SqlEnum);
  *inner->enumeration = *item->enumeration;
  inner->enumeration->schema = schema;
  return outer;
}
