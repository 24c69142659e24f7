#include "retort/sql/compile.h"

#include "compile-private.h"

struct SqlRun {
  GHashTable *types; /* "schema\nname" of what create_table has created */
};

SqlRun *sql_run_new(void)
{
  SqlRun *run = g_new0(SqlRun, 1);
  run->types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return run;
}

void sql_run_free(SqlRun *run)
{
  if (run == NULL)
    return;
  g_hash_table_unref(run->types);
  g_free(run);
}

void sql_run_restart(SqlRun *run)
{
  g_hash_table_remove_all(run->types);
}

gboolean sql_run_claims_type(SqlRun *run, SqlName schema, SqlName name)
{
  if (run == NULL)
    return TRUE;
  return g_hash_table_add(run->types,
                          g_strdup_printf("%s\n%s", schema.text != NULL ? schema.text : "", name.text));
}

typedef void (*Compile)(SqlCompiler *c, const SqlOp *op);

static const Compile compilers[SQL_N_OP_KINDS] = {
    [SQL_CREATE_TABLE] = sql_compile_create_table,
    [SQL_DROP_TABLE] = sql_compile_drop_table,
    [SQL_CREATE_ALL] = sql_compile_create_all,
    [SQL_DROP_ALL] = sql_compile_drop_all,
    [SQL_RENAME_TABLE] = sql_compile_rename_table,
    [SQL_ADD_COLUMN] = sql_compile_add_column,
    [SQL_DROP_COLUMN] = sql_compile_drop_column,
    [SQL_ALTER_COLUMN] = sql_compile_alter_column,
    [SQL_ADD_CONSTRAINT] = sql_compile_add_constraint,
    [SQL_DROP_CONSTRAINT] = sql_compile_drop_constraint,
    [SQL_CREATE_INDEX] = sql_compile_create_index,
    [SQL_DROP_INDEX] = sql_compile_drop_index,
    [SQL_TABLE_COMMENT] = sql_compile_table_comment,
    [SQL_COLUMN_COMMENT] = sql_compile_column_comment,
    [SQL_CONSTRAINT_COMMENT] = sql_compile_constraint_comment,
    [SQL_CREATE_TYPE] = sql_compile_create_type,
    [SQL_DROP_TYPE] = sql_compile_drop_type,
    [SQL_CREATE_SEQUENCE] = sql_compile_create_sequence,
    [SQL_DROP_SEQUENCE] = sql_compile_drop_sequence,
    [SQL_CREATE_SCHEMA] = sql_compile_create_schema,
    [SQL_DROP_SCHEMA] = sql_compile_drop_schema,
    [SQL_EXECUTE] = sql_compile_execute,
    [SQL_DDL_TEXT] = sql_compile_ddl_text,
    [SQL_BULK_INSERT] = sql_compile_bulk_insert,
    [SQL_BATCH] = sql_compile_batch,
};

void sql_fail(SqlCompiler *c, SqlErrorCode code, const char *format, ...)
{
  if (c->error != NULL)
    return;
  va_list args;
  va_start(args, format);
  c->error = g_error_new_valist(SQL_ERROR, (gint)code, format, args);
  va_end(args);
}

gboolean sql_emit(SqlCompiler *c, GString *text)
{
  if (c->error == NULL)
    g_ptr_array_add(c->out, statement_new(text->str, c->place.autocommit, c->place.line, c->place.column));
  g_string_free(text, TRUE);
  return c->error == NULL;
}

gboolean sql_enter(SqlCompiler *c)
{
  if (c->depth >= SQL_MAX_NESTING)
    sql_fail(c, SQL_ERROR_COMPILE, "expressions are nested more than %d levels deep", SQL_MAX_NESTING);
  if (c->error != NULL)
    return FALSE;
  c->depth++;
  return TRUE;
}

void sql_leave(SqlCompiler *c)
{
  c->depth--;
}

gboolean sql_is_old(const SqlCompiler *c)
{
  return c->context->flavor == SQL_FLAVOR_OLD;
}

gboolean sql_double_percents(const SqlCompiler *c)
{
  return c->context->pyformat && !c->context->online;
}

SqlEscape sql_escape(const SqlCompiler *c)
{
  return (SqlEscape){.double_backslashes = !c->context->online, .double_percents = sql_double_percents(c)};
}

/* Python asks for the first character of a name before it quotes it. */
static void check_empty(SqlCompiler *c, SqlName name)
{
  if (name.text != NULL && *name.text == '\0' && name.quote == SQL_QUOTE_AUTO)
    sql_fail(c, SQL_ERROR_INDEX, "string index out of range");
}

void sql_put_name(SqlCompiler *c, GString *out, SqlName name)
{
  check_empty(c, name);
  sql_append_name(out, name, sql_double_percents(c));
}

void sql_put_qualified(SqlCompiler *c, GString *out, SqlName schema, SqlName name)
{
  check_empty(c, name);
  sql_append_qualified(out, schema, name, sql_double_percents(c));
}

void sql_put_altered(SqlCompiler *c, GString *out, SqlName schema, SqlName table)
{
  check_empty(c, table);
  sql_append_qualified_split(out, schema, table, sql_double_percents(c));
}

void sql_put_fitted(SqlCompiler *c, GString *out, SqlName name)
{
  SqlName fitted;

  if (!sql_name_fit(c->arena, name, &fitted))
    sql_fail(c, SQL_ERROR_IDENTIFIER, "Identifier '%s' exceeds maximum length of %d characters", name.text,
             SQL_MAX_IDENTIFIER);
  sql_put_name(c, out, fitted);
}

void sql_put_string(SqlCompiler *c, GString *out, const char *text)
{
  sql_append_string(out, text, sql_escape(c));
}

void sql_put_verbatim(SqlCompiler *c, GString *out, const char *text)
{
  if (!sql_double_percents(c)) {
    g_string_append(out, text);
    return;
  }
  for (const char *p = text; *p != '\0'; p++) {
    g_string_append_c(out, *p);
    if (*p == '%')
      g_string_append_c(out, '%');
  }
}

static void compiler_init(SqlCompiler *c, const SqlContext *context)
{
  *c = (SqlCompiler){.context = context, .arena = arena_new(ARENA_NO_LIMIT)};
}

static void compiler_forget_names(SqlCompiler *c)
{
  g_clear_pointer(&c->names, g_hash_table_unref);
  g_clear_pointer(&c->counters, g_hash_table_unref);
}

/* Frees what the compiler holds; its error goes to the caller. */
static gboolean compiler_finish(SqlCompiler *c, GError **error)
{
  gboolean ok = c->error == NULL;

  compiler_forget_names(c);
  g_clear_pointer(&c->ctes, g_ptr_array_unref);
  g_clear_pointer(&c->cte_seen, g_hash_table_unref);
  arena_free(c->arena);
  if (!ok)
    g_propagate_error(error, c->error);
  return ok;
}

void sql_compile_nested(SqlCompiler *c, const SqlOp *op)
{
  if (c->error == NULL)
    compilers[op->kind](c, op);
}

gboolean sql_compile(const SqlContext *context, const SqlOp *op, SqlPlace place, GPtrArray *out,
                     GError **error)
{
  SqlCompiler c;

  compiler_init(&c, context);
  c.out = out;
  c.place = place;
  c.ddl = TRUE;
  sql_compile_nested(&c, op);
  return compiler_finish(&c, error);
}

/* The text when all is well, or NULL; takes text. */
static char *finish_text(SqlCompiler *c, GString *text, GError **error)
{
  gboolean ok = compiler_finish(c, error);
  return g_string_free(text, !ok);
}

char *sql_compile_type(const SqlContext *context, const SqlType *type, GError **error)
{
  SqlCompiler c;
  GString *text = g_string_new(NULL);

  compiler_init(&c, context);
  sql_put_type(&c, text, type);
  return finish_text(&c, text, error);
}

char *sql_compile_expr(const SqlContext *context, const SqlExpr *expr, GError **error)
{
  SqlCompiler c;
  GString *text = g_string_new(NULL);

  compiler_init(&c, context);
  sql_put_expr(&c, text, expr);
  return finish_text(&c, text, error);
}

char *sql_compile_query(const SqlContext *context, const SqlQuery *query, GError **error)
{
  SqlCompiler c;
  GString *text = g_string_new(NULL);

  compiler_init(&c, context);
  sql_put_query(&c, text, query);
  return finish_text(&c, text, error);
}

char *sql_compile_literal(const SqlContext *context, const SqlValue *value, const SqlType *type,
                          GError **error)
{
  SqlCompiler c;
  GString *text = g_string_new(NULL);

  compiler_init(&c, context);
  sql_put_literal(&c, text, value, type != NULL ? type : sql_type_of_value(value));
  return finish_text(&c, text, error);
}
