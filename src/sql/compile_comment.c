/* COMMENT ON, schemas, sequences and verbatim DDL: the small statements. */
#include "compile-private.h"

static void put_comment(SqlCompiler *c, GString *text, const char *comment)
{
  g_string_append(text, " IS ");
  if (comment != NULL)
    sql_put_string(c, text, comment);
  else
    g_string_append(text, "NULL");
  sql_emit(c, text);
}

void sql_emit_table_comment(SqlCompiler *c, SqlName schema, SqlName table, const char *comment)
{
  GString *text = g_string_new("COMMENT ON TABLE ");

  sql_put_qualified(c, text, schema, table);
  put_comment(c, text, comment);
}

void sql_emit_column_comment(SqlCompiler *c, SqlName schema, SqlName table, SqlName column,
                             const char *comment)
{
  GString *text = g_string_new("COMMENT ON COLUMN ");

  sql_put_qualified(c, text, schema, table);
  g_string_append_c(text, '.');
  sql_put_name(c, text, column);
  put_comment(c, text, comment);
}

void sql_compile_table_comment(SqlCompiler *c, const SqlOp *op)
{
  if (sql_is_old(c) && op->comment.comment == NULL && !op->comment.drop) {
    sql_fail(c, SQL_ERROR_COMPILE,
             "Could not render literal value \"None\" with datatype VARCHAR; see parent stack trace for more "
             "detail.");
    return;
  }
  sql_emit_table_comment(c, op->comment.schema, op->comment.table, op->comment.comment);
}

void sql_compile_column_comment(SqlCompiler *c, const SqlOp *op)
{
  sql_emit_column_comment(c, op->comment.schema, op->comment.table, op->comment.column, op->comment.comment);
}

void sql_compile_constraint_comment(SqlCompiler *c, const SqlOp *op)
{
  SqlTable table = {.name = op->comment.table, .schema = op->comment.schema};
  SqlName name = sql_constraint_name(c, op->comment.constraint, &table);
  GString *text = g_string_new("COMMENT ON CONSTRAINT ");

  if (name.text == NULL)
    sql_fail(c, SQL_ERROR_COMPILE, "Can't emit COMMENT ON for constraint: it has no name");
  else
    sql_put_fitted(c, text, name);
  g_string_append(text, " ON ");
  sql_put_qualified(c, text, table.schema, table.name);
  put_comment(c, text, op->comment.comment);
}

void sql_compile_create_schema(SqlCompiler *c, const SqlOp *op)
{
  GString *text = g_string_new("CREATE SCHEMA ");

  if (op->schema.if_exists && !sql_is_old(c))
    g_string_append(text, "IF NOT EXISTS ");
  sql_put_name(c, text, op->schema.name);
  sql_emit(c, text);
}

void sql_compile_drop_schema(SqlCompiler *c, const SqlOp *op)
{
  GString *text = g_string_new("DROP SCHEMA ");

  if (op->schema.if_exists && !sql_is_old(c))
    g_string_append(text, "IF EXISTS ");
  sql_put_name(c, text, op->schema.name);
  if (op->schema.cascade)
    g_string_append(text, " CASCADE");
  sql_emit(c, text);
}

void sql_emit_create_sequence(SqlCompiler *c, const SqlSequence *sequence, gboolean if_not_exists)
{
  GString *text = g_string_new("CREATE SEQUENCE ");
  SqlSequenceOptions options = sequence->options;

  if (if_not_exists && !sql_is_old(c))
    g_string_append(text, "IF NOT EXISTS ");
  sql_put_qualified(c, text, sequence->schema, sequence->name);
  if (sequence->data_type != NULL) {
    g_string_append(text, " AS ");
    sql_put_type(c, text, sequence->data_type);
  }
  options.order = options.order && sql_is_old(c);
  if (sql_is_old(c) && !options.start.given)
    options.start = SQL_INT(1);
  sql_put_sequence_options(text, &options, " ");
  sql_emit(c, text);
}

void sql_compile_create_sequence(SqlCompiler *c, const SqlOp *op)
{
  sql_emit_create_sequence(c, op->sequence.sequence, op->sequence.if_exists);
}

void sql_emit_drop_sequence(SqlCompiler *c, const SqlSequence *sequence, gboolean if_exists)
{
  GString *text = g_string_new("DROP SEQUENCE ");

  if (if_exists && !sql_is_old(c))
    g_string_append(text, "IF EXISTS ");
  sql_put_qualified(c, text, sequence->schema, sequence->name);
  sql_emit(c, text);
}

void sql_compile_drop_sequence(SqlCompiler *c, const SqlOp *op)
{
  sql_emit_drop_sequence(c, op->sequence.sequence, op->sequence.if_exists);
}

void sql_compile_ddl_text(SqlCompiler *c, const SqlOp *op)
{
  GString *text = g_string_new(NULL);

  sql_put_verbatim(c, text, op->ddl.text);
  sql_emit(c, text);
}
