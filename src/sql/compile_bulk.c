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
SqlExpr *sql_insert_default_expr(SqlCompiler *c, const SqlColumn *column)
{
  SqlExpr *value = (SqlExpr *)column->default_value;

  if (!column->has_python_default)
    return sql_nextval(c->arena, column->sequence);
  if (value != NULL && value->kind != SQL_EXPR_BIND)
    return value;
  if (value != NULL && c->context->online)
    return sql_bind_value(c->arena, value->value, column->type);
  if (c->context->online)
    sql_fail(c, SQL_ERROR_STATEMENT, "the default of column \"%s\" is computed by Python", column->name.text);
  return sql_null(c->arena);
}

void sql_put_insert_default(SqlCompiler *c, GString *out, const SqlColumn *column)
{
  sql_put_expr(c, out, sql_self_group(c->arena, sql_insert_default_expr(c, column), SQL_OP_NONE));
}

static const SqlCell *find_cell(const SqlCellList *row, const char *key)
{
  for (guint i = 0; i < row->n; i++) {
    if (strcmp(row->items[i].column.text, key) == 0)
      return &row->items[i];
  }
  return NULL;
}

/* Offline a literal by the column's type, online what the driver would send. */
static void put_cell(SqlCompiler *c, GString *out, const SqlCell *cell, const SqlType *type)
{
  SqlExpr bind = {.kind = SQL_EXPR_BIND, .name = cell->column, .value = cell->value, .type = type};
  gboolean ddl = c->ddl;

  c->ddl = !c->context->online;
  sql_put_expr(c, out, cell->expr != NULL ? cell->expr : &bind);
  c->ddl = ddl;
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
