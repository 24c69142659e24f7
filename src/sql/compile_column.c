/* What stands after a column's name: type, default, generation, nullability. */
#include "compile-private.h"

static gboolean in_primary_key(const SqlColumn *column, const SqlTable *table)
{
  g_autoptr(Arena) arena = NULL;
  gboolean found = column->primary_key;

  if (found || table == NULL)
    return found;
  arena = arena_new(ARENA_NO_LIMIT);
  SqlColumnList key = sql_table_primary_key(arena, table);
  for (guint i = 0; i < key.n; i++)
    found = found || key.items[i] == column;
  return found;
}

gboolean sql_column_is_nullable(const SqlColumn *column, const SqlTable *table)
{
  if (column->nullable != SQL_UNSAID)
    return column->nullable == SQL_YES;
  return column->server_default.kind != SQL_DEFAULT_IDENTITY && !in_primary_key(column, table);
}

static const char *serial_of(const SqlColumn *column)
{
  switch (column->type->kind) {
  case SQL_TYPE_BIGINT: return " BIGSERIAL";
  case SQL_TYPE_SMALLINT: return " SMALLSERIAL";
  default: return " SERIAL";
  }
}

void sql_check_autoincrement(SqlCompiler *c, const SqlTable *table)
{
  SqlColumnList key = sql_table_primary_key(c->arena, table);

  for (guint i = 0; i < key.n; i++) {
    const SqlColumn *column = key.items[i];
    SqlAffinity affinity = sql_type_affinity(column->type);
    if (column->autoincrement != SQL_AUTOINCREMENT_ON || affinity == SQL_AFFINITY_INTEGER ||
        affinity == SQL_AFFINITY_NUMERIC)
      continue;
    const SqlType *type = column->type != NULL ? column->type : sql_type(SQL_TYPE_NULL);
    sql_fail(c, SQL_ERROR_ARGUMENT,
             "Column type %s on column '%s.%s' is not compatible with autoincrement=True",
             sql_type_message_name(c, type), table->name.text, column->name.text);
  }
}

static gboolean is_serial(const SqlColumn *column, const SqlTable *table)
{
  gboolean has_sequence = column->sequence != NULL && !column->sequence->optional;

  return table != NULL && column->server_default.kind != SQL_DEFAULT_IDENTITY &&
         !column->has_python_default && !has_sequence && sql_table_autoincrement(table) == column;
}

void sql_put_default(SqlCompiler *c, GString *out, const SqlDefault *value)
{
  if (value->kind == SQL_DEFAULT_STRING) {
    sql_put_string(c, out, value->text);
    return;
  }
  gboolean ddl = c->ddl;
  c->ddl = TRUE;
  sql_put_expr(c, out, value->expression);
  c->ddl = ddl;
}

static void put_computed(SqlCompiler *c, GString *out, const SqlComputed *computed)
{
  if (computed->persisted == SQL_NO) {
    sql_fail(
        c, SQL_ERROR_COMPILE,
        "PostrgreSQL computed columns do not support 'virtual' persistence; set the 'persisted' flag to None "
        "or True for PostgreSQL support.");
    return;
  }
  g_string_append(out, " GENERATED ALWAYS AS (");
  sql_put_ddl_expr(c, out, computed->expression);
  g_string_append(out, ") STORED");
}

static void put_number(GString *out, const char **before, const char *word, SqlInt number)
{
  if (!number.given)
    return;
  g_string_append_printf(out, "%s%s %" G_GINT64_FORMAT, *before, word, number.value);
  *before = " ";
}

static void put_word(GString *out, const char **before, const char *word, gboolean wanted)
{
  if (!wanted)
    return;
  g_string_append_printf(out, "%s%s", *before, word);
  *before = " ";
}

void sql_put_sequence_options(GString *out, const SqlSequenceOptions *options, const char *before)
{
  put_number(out, &before, "INCREMENT BY", options->increment);
  put_number(out, &before, "START WITH", options->start);
  put_number(out, &before, "MINVALUE", options->min_value);
  put_number(out, &before, "MAXVALUE", options->max_value);
  put_word(out, &before, "NO MINVALUE", options->no_min_value);
  put_word(out, &before, "NO MAXVALUE", options->no_max_value);
  put_number(out, &before, "CACHE", options->cache);
  put_word(out, &before, "ORDER", options->order);
  put_word(out, &before, options->cycle == SQL_YES ? "CYCLE" : "NO CYCLE", options->cycle != SQL_UNSAID);
}

void sql_put_identity(SqlCompiler *c, GString *out, const SqlIdentity *identity)
{
  SqlSequenceOptions options = identity->options;

  options.order = options.order && sql_is_old(c);
  g_string_append_printf(out, " GENERATED %s AS IDENTITY", identity->always ? "ALWAYS" : "BY DEFAULT");
  gsize before = out->len;
  sql_put_sequence_options(out, &options, " (");
  if (out->len > before)
    g_string_append_c(out, ')');
}

void sql_put_column_spec(SqlCompiler *c, GString *out, const SqlColumn *column, const SqlTable *table)
{
  const SqlDefault *value = &column->server_default;
  gboolean has_identity = value->kind == SQL_DEFAULT_IDENTITY;
  gboolean is_nullable = sql_column_is_nullable(column, table);

  sql_put_name(c, out, column->name);
  if (c->error == NULL && is_serial(column, table)) {
    g_string_append(out, serial_of(column));
  } else {
    SqlName schema = table != NULL ? table->schema : (SqlName){0};
    g_string_append_c(out, ' ');
    sql_put_type(c, out, sql_type_in_schema(c->arena, column->type, schema));
    if (value->kind == SQL_DEFAULT_STRING || value->kind == SQL_DEFAULT_EXPRESSION) {
      g_string_append(out, " DEFAULT ");
      sql_put_default(c, out, value);
    }
  }
  if (value->kind == SQL_DEFAULT_COMPUTED)
    put_computed(c, out, value->computed);
  if (has_identity)
    sql_put_identity(c, out, value->identity);
  if (!is_nullable && !has_identity)
    g_string_append(out, " NOT NULL");
  else if (is_nullable && has_identity)
    g_string_append(out, " NULL");
}

void sql_put_column_checks(SqlCompiler *c, GString *out, const SqlColumn *column, const SqlTable *table)
{
  for (guint i = 0; i < column->constraints.n; i++) {
    if (column->constraints.items[i]->kind != SQL_CONSTRAINT_CHECK)
      continue;
    g_string_append_c(out, ' ');
    sql_put_column_check(c, out, column->constraints.items[i], table);
  }
}
