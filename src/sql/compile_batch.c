/* batch_alter_table(): on PostgreSQL the queued operations as they are, unless the table is to be recreated. */
#include "compile-private.h"

static void fail_offline(SqlCompiler *c, const SqlOp *op)
{
  sql_fail(c, SQL_ERROR_COMMAND,
           "This operation cannot proceed in --sql mode; batch mode with dialect postgresql requires a live "
           "database "
           "connection with which to reflect the table \"%s\". To generate a batch SQL migration script "
           "using table "
           "\"move and copy\", a complete Table object should be passed to the \"copy_from\" argument of the "
           "batch_alter_table() method so that table reflection can be skipped.",
           op->batch.table.text);
}

void sql_compile_batch(SqlCompiler *c, const SqlOp *op)
{
  if (op->batch.recreate != SQL_BATCH_ALWAYS) {
    for (guint i = 0; i < op->batch.ops.n; i++)
      sql_compile_nested(c, op->batch.ops.items[i]);
    return;
  }
  if (op->batch.copy_from == NULL && op->batch.reflected == NULL)
    fail_offline(c, op);
  else
    sql_recreate_table(c, op);
}
