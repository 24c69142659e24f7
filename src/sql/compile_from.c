/* FROM: tables and what stands for them. */
#include "compile-private.h"

gboolean sql_put_from_name(SqlCompiler *c, GString *out, const SqlFrom *from)
{
  if (from->kind != SQL_FROM_TABLE)
    return FALSE;
  sql_put_qualified(c, out, from->table->schema, from->table->name);
  return TRUE;
}
