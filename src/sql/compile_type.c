/* Column types as PostgreSQL spells them, and CREATE/DROP TYPE, CREATE/DROP DOMAIN. */
#include "compile-private.h"

#include <string.h>

static const char *const spellings[] = {
#define X(kind, spelling, affinity) [SQL_TYPE_##kind] = spelling,
    SQL_TYPES(X)
#undef X
};

/* VARCHAR(20) COLLATE "C": a length of 0 counts as none, a collation is always quoted. */
static void put_string_type(GString *out, const SqlType *type)
{
  g_string_append(out, spellings[type->kind]);
  if (type->length.value != 0)
    g_string_append_printf(out, "(%" G_GINT64_FORMAT ")", type->length.value);
  if (type->collation != NULL && *type->collation != '\0')
    g_string_append_printf(out, " COLLATE \"%s\"", type->collation);
}

static void put_numeric_type(GString *out, const SqlType *type)
{
  g_string_append(out, spellings[type->kind]);
  if (!type->precision.given)
    return;
  g_string_append_printf(out, "(%" G_GINT64_FORMAT, type->precision.value);
  if (type->scale.given)
    g_string_append_printf(out, ", %" G_GINT64_FORMAT, type->scale.value);
  g_string_append_c(out, ')');
}

static void put_time_type(GString *out, const SqlType *type)
{
  g_string_append(out, spellings[type->kind]);
  if (type->precision.given)
    g_string_append_printf(out, "(%" G_GINT64_FORMAT ")", type->precision.value);
  g_string_append(out, type->timezone ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
}

static void put_interval_type(GString *out, const SqlType *type)
{
  g_string_append(out, "INTERVAL");
  if (type->fields != NULL)
    g_string_append_printf(out, " %s", type->fields);
  if (type->precision.given)
    g_string_append_printf(out, " (%" G_GINT64_FORMAT ")", type->precision.value);
}

static void put_bit_type(GString *out, const SqlType *type)
{
  g_string_append(out, type->varying ? "BIT VARYING" : "BIT");
  if (type->length.given || !type->varying)
    g_string_append_printf(out, "(%" G_GINT64_FORMAT ")", type->length.given ? type->length.value : 1);
}

#define MOST_DIMENSIONS 100 /* PostgreSQL takes six */

/* The item's spelling with brackets before its COLLATE, if it has one. */
static void put_array_type(SqlCompiler *c, GString *out, const SqlType *type)
{
  gint64 dimensions = type->dimensions.given ? MAX(type->dimensions.value, 0) : 1;
  g_autoptr(GString) item = g_string_new(NULL);

  if (dimensions > MOST_DIMENSIONS)
    sql_fail(c, SQL_ERROR_COMPILE, "an array of %" G_GINT64_FORMAT " dimensions is not printed", dimensions);
  if (!sql_enter(c))
    return;
  sql_put_type(c, item, type->item);
  sql_leave(c);
  const char *collate = strstr(item->str, " COLLATE");
  g_string_append_len(out, item->str, collate != NULL ? collate - item->str : (gssize)item->len);
  for (gint64 i = 0; i < dimensions; i++)
    g_string_append(out, "[]");
  if (collate != NULL)
    g_string_append(out, collate);
}

static void put_enum_varchar(GString *out, const SqlEnum *enumeration)
{
  glong longest = 0;

  for (guint i = 0; i < enumeration->labels.n; i++)
    longest = MAX(longest, g_utf8_strlen(enumeration->labels.items[i], -1));
  gint64 length = enumeration->length.given ? enumeration->length.value : longest;
  g_string_append(out, "VARCHAR");
  if (length != 0)
    g_string_append_printf(out, "(%" G_GINT64_FORMAT ")", length);
}

static void put_enum_name(SqlCompiler *c, GString *out, const SqlEnum *enumeration, gboolean generic)
{
  if (enumeration->name.text == NULL || *enumeration->name.text == '\0')
    sql_fail(c, SQL_ERROR_COMPILE, "PostgreSQL %s type requires a name.", generic ? "Enum" : "ENUM");
  else
    sql_put_qualified(c, out, enumeration->schema, enumeration->name);
}

void sql_put_type(SqlCompiler *c, GString *out, const SqlType *type)
{
  if (c->error != NULL)
    return;
  switch (type == NULL ? SQL_TYPE_NULL : type->kind) {
  case SQL_TYPE_NULL:
    sql_fail(c, SQL_ERROR_COMPILE,
             "Can't generate DDL for NullType(); did you forget to specify a type on this Column?");
    break;
  case SQL_TYPE_VARCHAR:
  case SQL_TYPE_TEXT:
  case SQL_TYPE_CHAR:
  case SQL_TYPE_NCHAR:
  case SQL_TYPE_NVARCHAR:
  case SQL_TYPE_CLOB:
  case SQL_TYPE_BINARY:
  case SQL_TYPE_VARBINARY: put_string_type(out, type); break;
  case SQL_TYPE_NUMERIC:
  case SQL_TYPE_DECIMAL: put_numeric_type(out, type); break;
  case SQL_TYPE_FLOAT:
    g_string_append(out, "FLOAT");
    if (type->precision.value != 0)
      g_string_append_printf(out, "(%" G_GINT64_FORMAT ")", type->precision.value);
    break;
  case SQL_TYPE_TIME:
  case SQL_TYPE_TIMESTAMP: put_time_type(out, type); break;
  case SQL_TYPE_INTERVAL: put_interval_type(out, type); break;
  case SQL_TYPE_BIT: put_bit_type(out, type); break;
  case SQL_TYPE_ARRAY: put_array_type(c, out, type); break;
  case SQL_TYPE_ENUM:
    if (type->enumeration->non_native)
      put_enum_varchar(out, type->enumeration);
    else
      put_enum_name(c, out, type->enumeration, type->enumeration->generic && !sql_is_old(c));
    break;
  case SQL_TYPE_DOMAIN: sql_put_qualified(c, out, type->domain->schema, type->domain->name); break;
  case SQL_TYPE_CUSTOM: g_string_append(out, type->spec); break;
  default: g_string_append(out, spellings[type->kind]);
  }
}

static void emit_create_enum(SqlCompiler *c, const SqlEnum *enumeration)
{
  GString *text = g_string_new("CREATE TYPE ");

  put_enum_name(c, text, enumeration, FALSE);
  g_string_append(text, " AS ENUM (");
  for (guint i = 0; i < enumeration->labels.n; i++) {
    if (i > 0)
      g_string_append(text, ", ");
    sql_put_string(c, text, enumeration->labels.items[i]);
  }
  g_string_append_c(text, ')');
  sql_emit(c, text);
}

static void emit_create_domain(SqlCompiler *c, const SqlDomain *domain)
{
  GString *text = g_string_new("CREATE DOMAIN ");

  sql_put_qualified(c, text, domain->schema, domain->name);
  g_string_append(text, " AS ");
  sql_put_type(c, text, domain->type);
  g_string_append_c(text, ' ');
  gsize before = text->len;
  if (domain->collation != NULL) {
    g_string_append(text, "COLLATE ");
    sql_put_name(c, text, sql_name(domain->collation));
    g_string_append_c(text, ' ');
  }
  if (domain->default_value != NULL) {
    g_string_append(text, "DEFAULT ");
    sql_put_ddl_expr(c, text, domain->default_value);
    g_string_append_c(text, ' ');
  }
  if (domain->constraint_name.text != NULL) {
    g_string_append(text, "CONSTRAINT ");
    sql_put_fitted(c, text, domain->constraint_name);
    g_string_append_c(text, ' ');
  }
  if (domain->not_null == SQL_YES)
    g_string_append(text, "NOT NULL ");
  if (domain->check != NULL) {
    g_string_append(text, "CHECK (");
    sql_put_ddl_expr(c, text, domain->check);
    g_string_append(text, ") ");
  }
  if (text->len > before)
    g_string_truncate(text, text->len - 1);
  sql_emit(c, text);
}

static gboolean creates_enum(const SqlEnum *enumeration)
{
  gboolean told_not_to = enumeration->no_create && !enumeration->generic;
  return !enumeration->non_native && !enumeration->has_metadata && !told_not_to;
}

/* The enum as it is in the table's schema. */
static const SqlEnum *enum_in_schema(SqlCompiler *c, const SqlType *type, SqlName table_schema)
{
  return sql_type_in_schema(c->arena, type, table_schema)->enumeration;
}

void sql_create_types_of(SqlCompiler *c, const SqlType *type, SqlName table_schema)
{
  type = sql_type_innermost(type);
  if (type == NULL || c->error != NULL)
    return;
  if (type->kind == SQL_TYPE_ENUM && creates_enum(type->enumeration)) {
    const SqlEnum *enumeration = enum_in_schema(c, type, table_schema);
    if (enumeration->name.text == NULL ||
        sql_run_claims_type(c->context->run, enumeration->schema, enumeration->name))
      emit_create_enum(c, enumeration);
  } else if (type->kind == SQL_TYPE_DOMAIN && !type->domain->no_create && !type->domain->has_metadata) {
    sql_create_types_of(c, type->domain->type, table_schema);
    if (sql_run_claims_type(c->context->run, type->domain->schema, type->domain->name))
      emit_create_domain(c, type->domain);
  }
}

static void emit_drop(SqlCompiler *c, const char *what, SqlName schema, SqlName name)
{
  GString *text = g_string_new(what);

  sql_put_qualified(c, text, schema, name);
  sql_emit(c, text);
}

void sql_drop_types_of(SqlCompiler *c, const SqlType *type, SqlName table_schema)
{
  type = sql_type_innermost(type);
  if (type == NULL)
    return;
  if (type->kind == SQL_TYPE_ENUM && creates_enum(type->enumeration)) {
    const SqlEnum *enumeration = enum_in_schema(c, type, table_schema);
    emit_drop(c, "DROP TYPE ", enumeration->schema, enumeration->name);
  } else if (type->kind == SQL_TYPE_DOMAIN && !type->domain->no_create && !type->domain->has_metadata) {
    emit_drop(c, "DROP DOMAIN ", type->domain->schema, type->domain->name);
  }
}

void sql_compile_create_type(SqlCompiler *c, const SqlOp *op)
{
  if (op->type.domain != NULL)
    emit_create_domain(c, op->type.domain);
  else if (!op->type.enumeration->non_native)
    emit_create_enum(c, op->type.enumeration);
}

void sql_compile_drop_type(SqlCompiler *c, const SqlOp *op)
{
  if (op->type.domain != NULL) {
    emit_drop(c, "DROP DOMAIN ", op->type.domain->schema, op->type.domain->name);
    return;
  }
  if (op->type.enumeration->non_native)
    return;
  GString *text = g_string_new("DROP TYPE ");
  put_enum_name(c, text, op->type.enumeration, FALSE);
  sql_emit(c, text);
}
