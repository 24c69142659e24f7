#include "compile-private.h"

void sql_recreate_table(SqlCompiler *c, const SqlOp *op)
{
  sql_fail(c, SQL_ERROR_COMMAND, "recreating table \"%s\" is not printed yet", op->batch.table.text);
}
