/* Alembic's own ALTER TABLE statements: renames, columns.  They split a dotted schema into its parts. */
#include "compile-private.h"

static GString *alter_table(SqlCompiler *c, SqlName schema, SqlName table)
{
  GString *text = g_string_new("ALTER TABLE ");

  sql_put_altered(c, text, schema, table);
  return text;
}

void sql_compile_rename_table(SqlCompiler *c, const SqlOp *op)
{
  GString *text = alter_table(c, op->rename_table.schema, op->rename_table.name);

  g_string_append(text, " RENAME TO ");
  sql_put_name(c, text, op->rename_table.new_name);
  sql_emit(c, text);
}

void sql_compile_drop_column(SqlCompiler *c, const SqlOp *op)
{
  GString *text = alter_table(c, op->drop_column.schema, op->drop_column.table);

  g_string_append(text, " DROP COLUMN ");
  if (op->drop_column.if_exists)
    g_string_append(text, "IF EXISTS ");
  sql_put_name(c, text, op->drop_column.column);
  sql_emit(c, text);
}

/* The one foreign key inline_references may print inside the column; NULL when there is not exactly one. */
static const SqlConstraint *inline_reference(const SqlOp *op)
{
  const SqlConstraint *found = NULL;
  const SqlColumn *column = op->add_column.column;

  if (!op->add_column.inline_references)
    return NULL;
  for (guint i = 0; i < column->constraints.n; i++) {
    if (column->constraints.items[i]->kind != SQL_CONSTRAINT_FOREIGN_KEY)
      continue;
    if (found != NULL)
      return NULL;
    found = column->constraints.items[i];
  }
  return found;
}

static void emit_add_column(SqlCompiler *c, const SqlOp *op, const SqlTable *table)
{
  const SqlColumn *column = op->add_column.column;
  const SqlConstraint *reference = inline_reference(op);
  GString *text = alter_table(c, op->add_column.schema, op->add_column.table);

  g_string_append(text, " ADD COLUMN ");
  if (op->add_column.if_not_exists)
    g_string_append(text, "IF NOT EXISTS ");
  sql_put_column_spec(c, text, column, table);
  if (op->add_column.inline_primary_key && column->primary_key)
    g_string_append(text, " PRIMARY KEY");
  if (reference != NULL)
    sql_put_references(c, text, reference);
  sql_put_column_checks(c, text, column, table);
  sql_emit(c, text);
}

void sql_compile_add_column(SqlCompiler *c, const SqlOp *op)
{
  SqlColumn *column = op->add_column.column;
  SqlTable table = {
      .name = op->add_column.table, .schema = op->add_column.schema, .columns = SQL_LIST(column)};
  const SqlConstraint *reference = inline_reference(op);
  SqlConstraintList constraints = {0};

  sql_check_autoincrement(c, &table);
  if (c->error == NULL)
    emit_add_column(c, op, &table);
  sql_column_constraints(c, column, &table, &constraints);
  for (guint i = 0; i < constraints.n && c->error == NULL; i++) {
    if (constraints.items[i] != reference)
      sql_emit_add_constraint(c, constraints.items[i], &table);
  }
  if (column->index)
    sql_emit_create_index(c, sql_column_index(c, column), &table, FALSE);
  if (column->comment != NULL && *column->comment != '\0' && c->error == NULL)
    sql_emit_column_comment(c, table.schema, table.name, column->name, column->comment);
}

static GString *alter_column(SqlCompiler *c, const SqlOp *op)
{
  GString *text = alter_table(c, op->alter_column.schema, op->alter_column.table);

  g_string_append(text, " ALTER COLUMN ");
  sql_put_name(c, text, op->alter_column.column);
  g_string_append_c(text, ' ');
  return text;
}

/* CHECK constraints that a type brings along (non-native Enum), for a table with that one column. */
static SqlConstraintList type_checks(SqlCompiler *c, const SqlOp *op, const SqlType *type, SqlTable *table)
{
  SqlColumn *column = arena_new0(c->arena, SqlColumn);
  SqlConstraintList constraints = {0};

  *column = (SqlColumn){.name = op->alter_column.column, .type = type};
  *table = (SqlTable){.name = op->alter_column.table, .schema = op->alter_column.schema};
  sql_column_list_add(c->arena, &table->columns, column);
  sql_column_constraints(c, column, table, &constraints);
  return constraints;
}

static void drop_type_checks(SqlCompiler *c, const SqlOp *op)
{
  SqlTable table;
  SqlConstraintList checks = type_checks(c, op, op->alter_column.existing_type, &table);

  for (guint i = 0; i < checks.n; i++) {
    SqlName name = sql_constraint_name(c, checks.items[i], &table);
    GString *text = g_string_new("ALTER TABLE ");
    sql_put_qualified(c, text, table.schema, table.name);
    g_string_append(text, " DROP CONSTRAINT ");
    if (name.text == NULL)
      sql_fail(c, SQL_ERROR_COMPILE,
               "Can't emit DROP CONSTRAINT for constraint CheckConstraint(); it has no name");
    else
      sql_put_fitted(c, text, name);
    sql_emit(c, text);
  }
}

static void add_type_checks(SqlCompiler *c, const SqlOp *op)
{
  SqlTable table;
  SqlConstraintList checks = type_checks(c, op, op->alter_column.type, &table);

  for (guint i = 0; i < checks.n; i++)
    sql_emit_add_constraint(c, checks.items[i], &table);
}

static void alter_type(SqlCompiler *c, const SqlOp *op)
{
  GString *text = alter_column(c, op);

  g_string_append(text, "TYPE ");
  sql_put_type(c, text, op->alter_column.type);
  if (op->alter_column.using != NULL && *op->alter_column.using != '\0')
    g_string_append_printf(text, " USING %s", op->alter_column.using);
  sql_emit(c, text);
}

static gboolean is_kind(const SqlOp *op, SqlDefaultKind kind)
{
  return op->alter_column.server_default.kind == kind ||
         (op->alter_column.has_existing_default && op->alter_column.existing_default.kind == kind);
}

static void alter_default(SqlCompiler *c, const SqlOp *op)
{
  const SqlDefault *value = &op->alter_column.server_default;

  if (is_kind(op, SQL_DEFAULT_COMPUTED)) {
    sql_fail(c, SQL_ERROR_COMPILE,
             "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an existing "
             "column "
             "is not supported.");
    return;
  }
  GString *text = alter_column(c, op);
  if (is_kind(op, SQL_DEFAULT_IDENTITY)) {
    sql_put_altered_identity(c, text, op);
  } else if (value->kind == SQL_DEFAULT_NONE) {
    g_string_append(text, "DROP DEFAULT");
  } else if (value->kind == SQL_DEFAULT_FETCHED) {
    sql_fail(c, SQL_ERROR_ASSERTION, "%s", "");
  } else {
    g_string_append(text, "SET DEFAULT ");
    sql_put_default(c, text, value);
  }
  sql_emit(c, text);
}

/* COMMENT ON through Alembic: the name is split like in its ALTERs. */
static void alter_comment(SqlCompiler *c, const SqlOp *op)
{
  GString *text = g_string_new("COMMENT ON COLUMN ");

  sql_put_altered(c, text, op->alter_column.schema, op->alter_column.table);
  g_string_append_c(text, '.');
  sql_put_name(c, text, op->alter_column.column);
  g_string_append(text, " IS ");
  if (op->alter_column.comment != NULL)
    sql_put_string(c, text, op->alter_column.comment);
  else
    g_string_append(text, "NULL");
  sql_emit(c, text);
}

void sql_compile_alter_column(SqlCompiler *c, const SqlOp *op)
{
  const SqlType *type = op->alter_column.type;

  if (type != NULL && op->alter_column.existing_type != NULL)
    drop_type_checks(c, op);
  if (c->error == NULL && op->alter_column.using != NULL && type == NULL)
    sql_fail(c, SQL_ERROR_COMMAND, "postgresql_using must be used with the type_ parameter");
  if (c->error == NULL && type != NULL)
    alter_type(c, op);
  if (c->error == NULL && op->alter_column.nullable != SQL_UNSAID) {
    GString *text = alter_column(c, op);
    g_string_append(text, op->alter_column.nullable == SQL_YES ? "DROP NOT NULL" : "SET NOT NULL");
    sql_emit(c, text);
  }
  if (c->error == NULL && op->alter_column.set_default)
    alter_default(c, op);
  if (c->error == NULL && op->alter_column.set_comment)
    alter_comment(c, op);
  if (c->error == NULL && op->alter_column.new_name.text != NULL) {
    GString *text = alter_table(c, op->alter_column.schema, op->alter_column.table);
    g_string_append(text, " RENAME ");
    sql_put_name(c, text, op->alter_column.column);
    g_string_append(text, " TO ");
    sql_put_name(c, text, op->alter_column.new_name);
    sql_emit(c, text);
  }
  if (c->error == NULL && type != NULL)
    add_type_checks(c, op);
}
