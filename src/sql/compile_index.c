/* CREATE INDEX and DROP INDEX. */
#include "compile-private.h"

#include <string.h>

SqlIndex *sql_column_index(SqlCompiler *c, const SqlColumn *column)
{
  SqlIndex *index = arena_new0(c->arena, SqlIndex);
  SqlName key = column->key != NULL ? sql_name(column->key) : column->name;

  index->unique = column->unique;
  sql_expr_list_add(c->arena, &index->expressions, sql_column(c->arena, key, column->type, NULL));
  return index;
}

/* One element: columns bare, operators in parentheses, text as it is; then its operator class. */
static void put_element(SqlCompiler *c, GString *out, const SqlIndex *index, SqlExpr *expr,
                        const SqlTable *table)
{
  if (expr->kind == SQL_EXPR_COLUMN) {
    const SqlColumn *column = sql_table_column(table, expr->name.text);
    sql_put_name(c, out, column != NULL ? column->name : expr->name);
  } else {
    sql_put_ddl_expr(c, out, sql_self_group(c->arena, expr, SQL_OP_NONE));
  }
  const char *op_class = sql_pair_value(&index->ops, sql_expr_key(expr));
  if (op_class != NULL)
    g_string_append_printf(out, " %s", op_class);
}

static void put_storage(SqlCompiler *c, GString *out, const SqlIndex *index)
{
  if (index->with.n > 0) {
    g_string_append(out, " WITH (");
    for (guint i = 0; i < index->with.n; i++)
      g_string_append_printf(out, "%s%s = %s", i > 0 ? ", " : "", index->with.items[i].key,
                             index->with.items[i].value);
    g_string_append_c(out, ')');
  }
  if (index->tablespace.text != NULL && *index->tablespace.text != '\0') {
    g_string_append(out, " TABLESPACE ");
    sql_put_name(c, out, index->tablespace);
  }
  if (index->where != NULL) {
    g_string_append(out, " WHERE ");
    sql_put_ddl_expr(c, out, index->where);
  }
}

static void put_method(SqlCompiler *c, GString *out, const SqlIndex *index)
{
  if (index->using == NULL || *index->using == '\0')
    return;
  g_autoptr(GString) method = g_string_new(NULL);
  sql_put_phrase(c, method, index->using, SQL_INDEX_METHODS);
  g_string_ascii_down(method);
  g_string_append_printf(out, "USING %s ", method->str);
}

void sql_emit_create_index(SqlCompiler *c, const SqlIndex *index, const SqlTable *table,
                           gboolean if_not_exists)
{
  if (c->error != NULL)
    return;
  SqlName name = sql_index_name(c, index, table);
  GString *text = g_string_new("CREATE ");
  if (index->unique)
    g_string_append(text, "UNIQUE ");
  g_string_append(text, "INDEX ");
  if (index->concurrently)
    g_string_append(text, "CONCURRENTLY ");
  if (if_not_exists)
    g_string_append(text, "IF NOT EXISTS ");
  if (name.text != NULL)
    sql_put_fitted(c, text, name);
  else
    sql_fail(c, SQL_ERROR_COMPILE, "CREATE INDEX requires that the index have a name");
  g_string_append(text, " ON ");
  sql_put_qualified(c, text, table->schema, table->name);
  g_string_append_c(text, ' ');
  put_method(c, text, index);
  g_string_append_c(text, '(');
  for (guint i = 0; i < index->expressions.n; i++) {
    if (i > 0)
      g_string_append(text, ", ");
    put_element(c, text, index, index->expressions.items[i], table);
  }
  g_string_append_c(text, ')');
  sql_put_include(c, text, &index->include, table);
  if (index->nulls_not_distinct != SQL_UNSAID)
    g_string_append(text, index->nulls_not_distinct == SQL_YES ? " NULLS NOT DISTINCT" : " NULLS DISTINCT");
  put_storage(c, text, index);
  sql_emit(c, text);
}

/* The name under which an element joins the table Alembic makes up: columns and text do, functions do not. */
static const char *element_name(const SqlExpr *expr)
{
  if (expr->kind == SQL_EXPR_COLUMN)
    return expr->name.text;
  return expr->kind == SQL_EXPR_TEXT ? expr->text : NULL;
}

static void check_duplicates(SqlCompiler *c, const SqlOp *op)
{
  const SqlExprList *list = &op->create_index.index->expressions;

  for (guint i = 0; i < list->n; i++) {
    const char *name = element_name(list->items[i]);
    for (guint k = 0; name != NULL && k < i; k++) {
      if (g_strcmp0(element_name(list->items[k]), name) == 0)
        sql_fail(c, SQL_ERROR_DUPLICATE_COLUMN,
                 "A column with name '%s' is already present in table '%s'. Specify replace_existing=True to "
                 "Table.append_column() to replace an existing column.",
                 name, op->create_index.table.text);
    }
  }
}

void sql_compile_create_index(SqlCompiler *c, const SqlOp *op)
{
  SqlTable table = {.name = op->create_index.table, .schema = op->create_index.schema};

  if (!sql_is_old(c))
    check_duplicates(c, op);
  else if (op->create_index.index->nulls_not_distinct != SQL_UNSAID)
    sql_fail_option(c, "nulls_not_distinct", "Index");
  sql_emit_create_index(c, op->create_index.index, &table,
                        op->create_index.if_not_exists && (op->create_index.direct || !sql_is_old(c)));
}

void sql_compile_drop_index(SqlCompiler *c, const SqlOp *op)
{
  SqlName table_name = op->drop_index.table.text != NULL ? op->drop_index.table : sql_name("no_table");
  SqlTable table = {.name = table_name, .schema = op->drop_index.schema};
  SqlIndex index = {.name = op->drop_index.name, .expressions = op->drop_index.expressions};
  SqlName name = sql_index_name(c, &index, &table);
  GString *text = g_string_new("\nDROP INDEX ");

  if (op->drop_index.concurrently)
    g_string_append(text, "CONCURRENTLY ");
  if (op->drop_index.if_exists && (op->drop_index.direct || !sql_is_old(c)))
    g_string_append(text, "IF EXISTS ");
  if (table.schema.text != NULL && *table.schema.text != '\0') {
    sql_put_name(c, text, table.schema);
    g_string_append_c(text, '.');
  }
  if (name.text != NULL)
    sql_put_fitted(c, text, name);
  else
    sql_fail(c, SQL_ERROR_COMPILE, "DROP INDEX requires that the index have a name");
  sql_emit(c, text);
}
