/* CREATE TABLE with all it brings, and DROP TABLE. */
#include "compile-private.h"

#include <string.h>

static const char *const separator = ", \n\t";

static const char *key_of(const SqlColumn *column)
{
  return column->key != NULL ? column->key : column->name.text;
}

static const char *class_of(SqlConstraintKind kind)
{
  switch (kind) {
  case SQL_CONSTRAINT_PRIMARY_KEY: return "PrimaryKeyConstraint";
  case SQL_CONSTRAINT_UNIQUE: return "UniqueConstraint";
  case SQL_CONSTRAINT_FOREIGN_KEY: return "ForeignKeyConstraint";
  default: return "ExcludeConstraint";
  }
}

/* Errors that SQLAlchemy finds while the Table is put together, before anything is printed. */
static void check_table(SqlCompiler *c, const SqlTable *table)
{
  for (guint i = 0; i < table->columns.n; i++) {
    const SqlColumn *column = table->columns.items[i];
    for (guint k = 0; k < i && !sql_is_old(c); k++) {
      if (strcmp(table->columns.items[k]->name.text, column->name.text) == 0)
        sql_fail(c, SQL_ERROR_DUPLICATE_COLUMN, "A column with name '%s' is already present in table '%s'.",
                 column->name.text, table->name.text);
    }
  }
  sql_check_autoincrement(c, table);
  if (table->using != NULL && sql_is_old(c))
    sql_fail_option(c, "using", "Table");
  for (guint i = 0; i < table->constraints.n; i++) {
    const SqlConstraint *constraint = table->constraints.items[i];
    sql_check_constraint_options(c, constraint);
    if (constraint->kind == SQL_CONSTRAINT_CHECK)
      continue;
    for (guint k = 0; k < constraint->columns.n; k++) {
      const char *wanted = constraint->columns.items[k].text;
      if (sql_table_column(table, wanted) == NULL && sql_is_old(c))
        sql_fail(c, SQL_ERROR_KEY, "'%s'", wanted);
      else if (sql_table_column(table, wanted) == NULL)
        sql_fail(c, SQL_ERROR_CONSTRAINT_COLUMN,
                 "Can't create %s on table '%s': no column named '%s' is present.",
                 class_of(constraint->kind), table->name.text, wanted);
    }
  }
}

/* The primary key as it is printed, or NULL: the explicit one, or what the columns' flags make. */
static SqlConstraint *primary_key(SqlCompiler *c, const SqlTable *table)
{
  SqlColumnList columns = sql_table_primary_key(c->arena, table);
  SqlConstraint *key = arena_new0(c->arena, SqlConstraint);
  gboolean implicit = TRUE;

  if (columns.n == 0)
    return NULL;
  key->kind = SQL_CONSTRAINT_PRIMARY_KEY;
  for (guint i = 0; i < table->constraints.n; i++) {
    if (table->constraints.items[i]->kind == SQL_CONSTRAINT_PRIMARY_KEY) {
      *key = *table->constraints.items[i];
      key->columns = (SqlNameList){0};
      implicit = FALSE;
    }
  }
  const SqlColumn *first = implicit ? sql_table_autoincrement(table) : NULL;
  if (first != NULL)
    sql_name_list_add(c->arena, &key->columns, sql_name(key_of(first)));
  for (guint i = 0; i < columns.n; i++) {
    if (columns.items[i] != first)
      sql_name_list_add(c->arena, &key->columns, sql_name(key_of(columns.items[i])));
  }
  return key;
}

SqlConstraintList sql_table_all_constraints(SqlCompiler *c, const SqlTable *table)
{
  SqlConstraintList all = {0};
  SqlConstraint *key = primary_key(c, table);

  if (key != NULL)
    sql_constraint_list_add(c->arena, &all, key);
  for (guint i = 0; i < table->constraints.n; i++) {
    if (table->constraints.items[i]->kind != SQL_CONSTRAINT_PRIMARY_KEY)
      sql_constraint_list_add(c->arena, &all, table->constraints.items[i]);
  }
  for (guint i = 0; i < table->columns.n; i++)
    sql_column_constraints(c, table->columns.items[i], table, &all);
  return all;
}

/* Adds where in the table an error came up. */
static void place_error(SqlCompiler *c, const SqlTable *table, const SqlColumn *column)
{
  if (c->error == NULL || !g_error_matches(c->error, SQL_ERROR, SQL_ERROR_COMPILE))
    return;
  g_autofree char *message = g_steal_pointer(&c->error->message);
  c->error->message =
      g_strdup_printf("(in table '%s', column '%s'): %s", table->name.text, column->name.text, message);
}

/* SQLAlchemy 1.4 lets a later column of the same name take an earlier one's place. */
static gboolean is_replaced(const SqlTable *table, guint at)
{
  for (guint i = at + 1; i < table->columns.n; i++) {
    if (strcmp(table->columns.items[i]->name.text, table->columns.items[at]->name.text) == 0)
      return TRUE;
  }
  return FALSE;
}

static void put_columns(SqlCompiler *c, GString *text, const SqlTable *table, const char **before)
{
  for (guint i = 0; i < table->columns.n && c->error == NULL; i++) {
    const SqlColumn *column = table->columns.items[i];
    if (column->system || is_replaced(table, i))
      continue;
    g_string_append(text, *before);
    *before = separator;
    sql_put_column_spec(c, text, column, table);
    sql_put_column_checks(c, text, column, table);
    place_error(c, table, column);
  }
}

static void put_constraints(SqlCompiler *c, GString *text, const SqlTable *table, const char **before)
{
  SqlConstraintList all = sql_table_all_constraints(c, table);
  g_autoptr(GString) joined = g_string_new(NULL);
  const char *between = "";

  for (guint i = 0; i < all.n && c->error == NULL; i++) {
    if (all.items[i]->use_alter)
      continue;
    g_string_append(joined, between);
    sql_put_constraint(c, joined, all.items[i], table);
    between = separator;
  }
  /* One of no columns has no text, but keeps its comma beside others. */
  if (joined->len == 0)
    return;
  g_string_append_printf(text, "%s%s", *before, joined->str);
  *before = separator;
}

static void put_options(SqlCompiler *c, GString *text, const SqlTable *table)
{
  if (table->inherits.n > 0) {
    g_string_append(text, "\n INHERITS ( ");
    for (guint i = 0; i < table->inherits.n; i++) {
      if (i > 0)
        g_string_append(text, ", ");
      sql_put_name(c, text, table->inherits.items[i]);
    }
    g_string_append(text, " )");
  }
  if (table->partition_by != NULL && *table->partition_by != '\0')
    g_string_append_printf(text, "\n PARTITION BY %s", table->partition_by);
  if (table->using != NULL && *table->using != '\0')
    g_string_append_printf(text, "\n USING %s", table->using);
  if (table->with_oids != SQL_UNSAID)
    g_string_append(text, table->with_oids == SQL_YES ? "\n WITH OIDS" : "\n WITHOUT OIDS");
  if (table->on_commit != NULL && *table->on_commit != '\0') {
    g_autofree char *upper = g_utf8_strup(table->on_commit, -1);
    g_strdelimit(upper, "_", ' ');
    g_string_append_printf(text, "\n ON COMMIT %s", upper);
  }
  if (table->tablespace.text != NULL && *table->tablespace.text != '\0') {
    g_string_append(text, "\n TABLESPACE ");
    sql_put_name(c, text, table->tablespace);
  }
}

void sql_emit_create_table(SqlCompiler *c, const SqlTable *table, gboolean if_not_exists)
{
  GString *text = g_string_new("\nCREATE ");
  const char *before = "\n\t";

  for (guint i = 0; i < table->prefixes.n; i++)
    g_string_append_printf(text, "%s ", table->prefixes.items[i]);
  g_string_append(text, "TABLE ");
  if (if_not_exists)
    g_string_append(text, "IF NOT EXISTS ");
  sql_put_qualified(c, text, table->schema, table->name);
  g_string_append(text, " (");
  put_columns(c, text, table, &before);
  put_constraints(c, text, table, &before);
  g_string_append(text, "\n)");
  put_options(c, text, table);
  g_string_append(text, "\n\n");
  sql_emit(c, text);
}

/* SQLAlchemy keeps a table's indexes in a set, without order; here those written as Index() come first. */
static void emit_indexes(SqlCompiler *c, const SqlTable *table)
{
  for (guint i = 0; i < table->indexes.n; i++)
    sql_emit_create_index(c, table->indexes.items[i], table, FALSE);
  for (guint i = 0; i < table->columns.n; i++) {
    if (table->columns.items[i]->index)
      sql_emit_create_index(c, sql_column_index(c, table->columns.items[i]), table, FALSE);
  }
}

/* Alembic skips empty comments, SQLAlchemy only absent ones. */
static gboolean wants_comment(const char *comment, gboolean direct)
{
  return comment != NULL && (direct || *comment != '\0');
}

static void emit_comments(SqlCompiler *c, const SqlTable *table, gboolean direct)
{
  if (wants_comment(table->comment, direct) && c->error == NULL)
    sql_emit_table_comment(c, table->schema, table->name, table->comment);
  for (guint i = 0; i < table->columns.n && c->error == NULL; i++) {
    const SqlColumn *column = table->columns.items[i];
    if (wants_comment(column->comment, direct))
      sql_emit_column_comment(c, table->schema, table->name, column->name, column->comment);
  }
}

static void emit_types(SqlCompiler *c, const SqlTable *table)
{
  for (guint i = 0; i < table->columns.n && c->error == NULL; i++)
    sql_create_types_of(c, table->columns.items[i]->type, table->schema);
}

static void emit_sequences(SqlCompiler *c, const SqlTable *table)
{
  for (guint i = 0; i < table->columns.n && c->error == NULL; i++) {
    const SqlSequence *sequence = table->columns.items[i]->sequence;
    if (sequence != NULL && !sequence->optional)
      sql_emit_create_sequence(c, sequence, FALSE);
  }
}

/* Table.create(): types are remembered for this one call, sequences of columns are created. */
static void emit_direct_preparations(SqlCompiler *c, const SqlTable *table)
{
  const SqlContext *outer = c->context;
  g_autoptr(SqlRun) run = sql_run_new();
  SqlContext inner = *outer;

  inner.run = run;
  c->context = &inner;
  emit_types(c, table);
  c->context = outer;
  emit_sequences(c, table);
}

void sql_compile_create_table(SqlCompiler *c, const SqlOp *op)
{
  const SqlTable *table = op->create_table.table;
  gboolean direct = op->create_table.direct;
  gboolean known =
      direct || op->create_table.only_table; /* Alembic 1.8's own create_table knows no IF NOT EXISTS */

  check_table(c, table);
  if (c->error != NULL)
    return;
  if (!op->create_table.only_table) {
    if (direct)
      emit_direct_preparations(c, table);
    else
      emit_types(c, table);
  }
  if (c->error == NULL)
    sql_emit_create_table(c, table, op->create_table.if_not_exists && (known || !sql_is_old(c)));
  if (c->error != NULL || op->create_table.only_table)
    return;
  emit_indexes(c, table);
  emit_comments(c, table, direct);
}

void sql_compile_drop_table(SqlCompiler *c, const SqlOp *op)
{
  GString *text = g_string_new("\nDROP TABLE ");
  const SqlTable *typed = op->drop_table.drop_types_of;

  if (op->drop_table.if_exists && (op->drop_table.direct || !sql_is_old(c)))
    g_string_append(text, "IF EXISTS ");
  sql_put_qualified(c, text, op->drop_table.schema, op->drop_table.name);
  sql_emit(c, text);
  for (guint i = 0; typed != NULL && i < typed->columns.n; i++) {
    const SqlSequence *sequence = typed->columns.items[i]->sequence;
    if (sequence != NULL && !sequence->optional)
      sql_emit_drop_sequence(c, sequence, FALSE);
  }
  for (guint i = 0; typed != NULL && i < typed->columns.n; i++)
    sql_drop_types_of(c, typed->columns.items[i]->type, typed->schema);
}

/* --- MetaData.create_all(), drop_all() --- */

/* Each type of the MetaData once, however many tables have it. */
static void emit_registered_types(SqlCompiler *c, const SqlTableList *tables)
{
  for (guint i = 0; i < tables->n; i++)
    emit_types(c, tables->items[i]);
}

static void drop_registered_types(SqlCompiler *c, const SqlTableList *tables)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  GPtrArray *out = c->out;

  c->out = all;
  for (guint i = 0; i < tables->n; i++) {
    const SqlTable *table = tables->items[i];
    for (guint k = 0; k < table->columns.n; k++)
      sql_drop_types_of(c, table->columns.items[k]->type, table->schema);
  }
  c->out = out;
  for (guint i = 0; i < all->len; i++) {
    guint first = 0;
    while (strcmp(((Statement *)all->pdata[first])->sql, ((Statement *)all->pdata[i])->sql) != 0)
      first++;
    if (first == i)
      sql_emit(c, g_string_new(((Statement *)all->pdata[i])->sql));
  }
}

void sql_compile_create_all(SqlCompiler *c, const SqlOp *op)
{
  const SqlContext *outer = c->context;
  g_autoptr(SqlRun) run = sql_run_new();
  SqlContext inner = *outer;

  for (guint i = 0; i < op->all.tables.n && c->error == NULL; i++)
    check_table(c, op->all.tables.items[i]);
  inner.run = run;
  c->context = &inner;
  emit_registered_types(c, &op->all.registered);
  c->context = outer;
  for (guint i = 0; i < op->all.sequences.n && c->error == NULL; i++)
    sql_emit_create_sequence(c, op->all.sequences.items[i], FALSE);
  for (guint i = 0; i < op->all.tables.n && c->error == NULL; i++) {
    const SqlTable *table = op->all.tables.items[i];
    emit_sequences(c, table);
    sql_emit_create_table(c, table, FALSE);
    emit_indexes(c, table);
    emit_comments(c, table, TRUE);
  }
}

void sql_compile_drop_all(SqlCompiler *c, const SqlOp *op)
{
  for (guint i = 0; i < op->all.tables.n; i++) {
    const SqlTable *table = op->all.tables.items[i];
    SqlOp drop = {.kind = SQL_DROP_TABLE, .drop_table = {table->name, table->schema, .direct = TRUE}};
    sql_compile_drop_table(c, &drop);
  }
  for (guint i = 0; i < op->all.sequences.n; i++)
    sql_emit_drop_sequence(c, op->all.sequences.items[i], FALSE);
  drop_registered_types(c, &op->all.registered);
}
