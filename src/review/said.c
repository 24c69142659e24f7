#include "said.h"

#include <string.h>

#include "change-private.h"
#include "retort/review/tree.h"
#include "retort/sql/stmt.h"

static void said_type_free(void *data)
{
  SaidType *said = data;
  g_free(said->table);
  g_free(said->column);
  g_free(said->text);
  type_ref_clear(&said->type);
  g_free(said);
}

static SaidType *note_type(GPtrArray *types, const char *table, const PgQuery__ColumnDef *column,
                           const char *name)
{
  if (column->type_name == NULL)
    return NULL;
  SaidType *said = g_new0(SaidType, 1);
  said->table = g_strdup(forecast_display(table));
  said->column = g_strdup(name);
  said->type = type_ref(column->type_name);
  said->type.schema = NULL; /* it belongs to the tree, which goes */
  said->text = change_type_text(column->type_name);
  g_ptr_array_add(types, said);
  return said;
}

static void note_command(GPtrArray *types, const char *table, const PgQuery__AlterTableCmd *cmd)
{
  if (cmd->def == NULL || cmd->def->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
    return;
  const PgQuery__ColumnDef *column = cmd->def->column_def;
  if (cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn) {
    note_type(types, table, column, column->colname);
  } else if (cmd->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType) {
    SaidType *said = note_type(types, table, column, cmd->name);
    if (said != NULL) {
      said->altered = TRUE;
      said->cast = column->raw_default != NULL;
    }
  }
}

static void note_statement(Reading *r, GPtrArray *types, const PgQuery__Node *statement)
{
  if (statement->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT) {
    const PgQuery__AlterTableStmt *alter = statement->alter_table_stmt;
    g_autofree char *table = relation_name(r, alter->relation);
    for (gsize i = 0; i < alter->n_cmds; i++)
      if (alter->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
        note_command(types, table, alter->cmds[i]->alter_table_cmd);
  } else if (statement->node_case == PG_QUERY__NODE__NODE_CREATE_STMT) {
    const PgQuery__CreateStmt *create = statement->create_stmt;
    g_autofree char *table = relation_name(r, create->relation);
    for (gsize i = 0; i < create->n_table_elts; i++)
      if (create->table_elts[i]->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
        note_type(types, table, create->table_elts[i]->column_def,
                  create->table_elts[i]->column_def->colname);
  }
}

GPtrArray *said_types(ForecastSession *session, const GPtrArray *statements)
{
  GPtrArray *types = g_ptr_array_new_with_free_func(said_type_free);
  Reading r = {.session = session};
  for (guint i = 0; i < statements->len; i++) {
    const Statement *statement = g_ptr_array_index(statements, i);
    g_autoptr(SqlTree) tree = sql_tree_parse(statement->sql);
    for (gsize k = 0; tree->root != NULL && k < tree->root->n_stmts; k++)
      if (tree->root->stmts[k]->stmt != NULL)
        note_statement(&r, types, tree->root->stmts[k]->stmt);
  }
  return types;
}

const SaidType *said_find(const GPtrArray *types, const char *table, const char *column)
{
  for (guint i = 0; i < types->len; i++) {
    const SaidType *said = g_ptr_array_index(types, i);
    if (strcmp(said->table, forecast_display(table)) == 0 && strcmp(said->column, column) == 0)
      return said;
  }
  return NULL;
}

static ReviewColumn as_column(const SaidType *said)
{
  return (ReviewColumn){.name = said->column, .type = said->type.name, .typmod = said->type.typmod};
}

TypeChange said_change(ForecastSession *session, const SaidType *from, const SaidType *to)
{
  Reading r = {.session = session};
  ReviewColumn column = as_column(from);
  return type_change(&r, &column, &to->type);
}

gboolean said_narrows(const SaidType *from, const SaidType *to)
{
  ReviewColumn column = as_column(from);
  return type_narrows(&column, &to->type);
}
