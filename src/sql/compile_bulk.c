/* op.execute() and op.bulk_insert(). */
#include <string.h>

#include "compile-private.h"

void sql_compile_execute(SqlCompiler *c, const SqlOp *op)
{
  GString *text = g_string_new(NULL);

  c->ddl = FALSE;
  sql_put_query(c, text, op->execute.query);
  sql_emit(c, text);
  c->ddl = TRUE;
}

gboolean sql_column_has_insert_default(const SqlColumn *column)
{
  return column->has_python_default || (column->sequence != NULL && !column->sequence->optional);
}

/* Python calls its defaults when a statement is executed: offline nobody does, and a value prints as NULL. */
static void put_python_default(SqlCompiler *c, GString *out, const SqlColumn *column, const SqlExpr *value)
{
  if (value != NULL && value->kind != SQL_EXPR_BIND)
    sql_put_expr(c, out, value);
  else if (!c->context->online)
    g_string_append(out, "NULL");
  else if (value != NULL)
    sql_put_adapted(c, out, value->value, column->type);
  else
    sql_fail(c, SQL_ERROR_STATEMENT, "the default of column \"%s\" is computed by Python", column->name.text);
}

void sql_put_insert_default(SqlCompiler *c, GString *out, const SqlColumn *column)
{
  if (column->has_python_default)
    put_python_default(c, out, column, column->default_value);
  else
    sql_put_expr(c, out, sql_nextval(c->arena, column->sequence));
}

static const SqlCell *find_cell(const SqlCellList *row, const char *key)
{
  for (guint i = 0; i < row->n; i++) {
    if (strcmp(row->items[i].column.text, key) == 0)
      return &row->items[i];
  }
  return NULL;
}

static void put_cell(SqlCompiler *c, GString *out, const SqlCell *cell, const SqlType *type)
{
  if (cell->expr != NULL)
    sql_put_expr(c, out, cell->expr);
  else if (c->context->online)
    sql_put_adapted(c, out, cell->value, type);
  else
    sql_put_literal(c, out, cell->value, type);
}

/* One row, its columns in the table's order.  A column the row leaves out takes no part, unless it has a default on
 * Python's side, which offline prints as NULL. */
static void emit_row(SqlCompiler *c, const SqlTable *table, const SqlCellList *row)
{
  GString *text = g_string_new("INSERT INTO ");
  g_autoptr(GString) names = g_string_new(NULL);
  g_autoptr(GString) values = g_string_new(NULL);

  for (guint i = 0; i < row->n; i++) {
    if (sql_table_column(table, row->items[i].column.text) == NULL)
      sql_fail(c, SQL_ERROR_KEY, "'%s'", row->items[i].column.text);
  }
  for (guint i = 0; i < table->columns.n && c->error == NULL; i++) {
    const SqlColumn *column = table->columns.items[i];
    const SqlCell *cell = find_cell(row, column->key != NULL ? column->key : column->name.text);
    if (cell == NULL && !sql_column_has_insert_default(column))
      continue;
    if (names->len > 0) {
      g_string_append(names, ", ");
      g_string_append(values, ", ");
    }
    sql_put_name(c, names, column->name);
    if (cell != NULL)
      put_cell(c, values, cell, column->type);
    else
      sql_put_insert_default(c, values, column);
  }
  sql_put_qualified(c, text, table->schema, table->name);
  if (names->len > 0)
    g_string_append_printf(text, " (%s) VALUES (%s)", names->str, values->str);
  else
    g_string_append(text, " DEFAULT VALUES");
  sql_emit(c, text);
}

void sql_compile_bulk_insert(SqlCompiler *c, const SqlOp *op)
{
  for (guint i = 0; i < op->bulk_insert.rows.n && c->error == NULL; i++)
    emit_row(c, op->bulk_insert.table, op->bulk_insert.rows.items[i]);
}
