/* Statements that can also run inside a transaction: whether what they make is there, what they drop is gone.  Whoever
 * finds a migration half applied asks them one by one. */
#include <string.h>

#include "aftermath-private.h"
#include "retort/pg/catalog.h"

/* done: an SQL condition; undo: an SQL text, or NULL. */
static char *question(const char *done, const char *undo)
{
  g_autofree char *literal = undo != NULL ? pg_quote_literal(undo) : g_strdup("NULL");
  return g_strdup_printf("SELECT CASE WHEN %s THEN 'done' ELSE 'not done' END, NULL, NULL, %s", done,
                         literal);
}

/* As it is written in a statement. */
static char *written(const char *schema, const char *name)
{
  g_autofree char *quoted_schema = aftermath_given(schema) != NULL ? pg_quote_ident(schema) : NULL;
  g_autofree char *quoted_name = pg_quote_ident(name);
  return quoted_schema != NULL ? g_strconcat(quoted_schema, ".", quoted_name, NULL)
                               : g_steal_pointer(&quoted_name);
}

static char *relation_is_there(const PgQuery__RangeVar *var, const char *kind)
{
  g_autofree char *relation = aftermath_regclass_of(var);
  if (relation == NULL)
    return NULL;
  g_autofree char *done = g_strconcat(relation, " IS NOT NULL", NULL);
  g_autofree char *name = written(var->schemaname, var->relname);
  g_autofree char *undo = g_strdup_printf("DROP %s %s", kind, name);
  return question(done, undo);
}

static char *ask_create_enum(const PgQuery__CreateEnumStmt *stmt)
{
  const char *schema, *name;
  if (!aftermath_names(stmt->type_name, stmt->n_type_name, &schema, &name))
    return NULL;
  g_autofree char *type = aftermath_regtype(schema, name);
  g_autofree char *done = g_strconcat(type, " IS NOT NULL", NULL);
  g_autofree char *plain = written(schema, name);
  g_autofree char *undo = g_strconcat("DROP TYPE ", plain, NULL);
  return question(done, undo);
}

static char *ask_create_schema(const PgQuery__CreateSchemaStmt *stmt)
{
  if (aftermath_given(stmt->schemaname) == NULL)
    return NULL;
  g_autofree char *literal = pg_quote_literal(stmt->schemaname);
  g_autofree char *done =
      g_strdup_printf("EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s)", literal);
  g_autofree char *name = pg_quote_ident(stmt->schemaname);
  g_autofree char *undo = g_strconcat("DROP SCHEMA ", name, NULL);
  return question(done, undo);
}

/* The name of the one object that is dropped. */
static gboolean dropped_name(const PgQuery__DropStmt *stmt, const char **schema, const char **name)
{
  if (stmt->n_objects != 1)
    return FALSE;
  const PgQuery__Node *object = stmt->objects[0];
  if (object->node_case == PG_QUERY__NODE__NODE_LIST)
    return aftermath_names(object->list->items, object->list->n_items, schema, name);
  if (object->node_case == PG_QUERY__NODE__NODE_TYPE_NAME)
    return aftermath_names(object->type_name->names, object->type_name->n_names, schema, name);
  return FALSE;
}

static char *ask_drop(const PgQuery__DropStmt *stmt)
{
  const char *schema, *name;
  if (!dropped_name(stmt, &schema, &name))
    return NULL;
  g_autofree char *object = NULL;
  switch (stmt->remove_type) {
  case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
  case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
  case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
  case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
  case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE: object = aftermath_regclass(schema, name); break;
  case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE: object = aftermath_regtype(schema, name); break;
  default: return NULL;
  }
  g_autofree char *done = g_strconcat(object, " IS NULL", NULL);
  return question(done, NULL);
}

/* ---- ALTER TABLE ----------------------------------------------------------------------------------------------- */

static char *has_column(const char *table, const char *column, const char *more)
{
  g_autofree char *literal = pg_quote_literal(column);
  return g_strdup_printf(
      "EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = %s AND attname = %s AND "
      "attnum > 0 AND NOT attisdropped%s)",
      table, literal, more);
}

static char *has_constraint(const char *table, const char *constraint)
{
  g_autofree char *literal = pg_quote_literal(constraint);
  return g_strdup_printf(
      "EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE conrelid = %s AND conname = %s)", table, literal);
}

/* A table that is not there has no column, which says nothing about a DROP COLUMN. */
static char *without(const char *table, char *condition)
{
  g_autofree char *owned = condition;
  return g_strdup_printf("%s IS NOT NULL AND NOT %s", table, owned);
}

static const char *added_constraint(const PgQuery__AlterTableCmd *command)
{
  return command->def != NULL && command->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT
             ? aftermath_given(command->def->constraint->conname)
             : NULL;
}

static const char *added_column(const PgQuery__AlterTableCmd *command)
{
  return command->def != NULL && command->def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF
             ? aftermath_given(command->def->column_def->colname)
             : NULL;
}

/* The condition that a command is done, and its undo as "ADD ..." or "DROP ..." behind ALTER TABLE; or NULL. */
static char *command_done(const char *table, const PgQuery__AlterTableCmd *command, char **undo)
{
  const char *name = aftermath_given(command->name);
  g_autofree char *quoted = NULL;
  switch (command->subtype) {
  case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
    name = added_column(command);
    quoted = name != NULL ? pg_quote_ident(name) : NULL;
    *undo = g_strconcat("DROP COLUMN ", quoted, NULL);
    return name != NULL ? has_column(table, name, "") : NULL;
  case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
    name = added_constraint(command);
    quoted = name != NULL ? pg_quote_ident(name) : NULL;
    *undo = g_strconcat("DROP CONSTRAINT ", quoted, NULL);
    return name != NULL ? has_constraint(table, name) : NULL;
  case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
    return name != NULL ? without(table, has_column(table, name, "")) : NULL;
  case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
    return name != NULL ? without(table, has_constraint(table, name)) : NULL;
  case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
    quoted = name != NULL ? pg_quote_ident(name) : NULL;
    *undo = g_strdup_printf("ALTER COLUMN %s DROP NOT NULL", quoted);
    return name != NULL ? has_column(table, name, " AND attnotnull") : NULL;
  case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
    quoted = name != NULL ? pg_quote_ident(name) : NULL;
    *undo = g_strdup_printf("ALTER COLUMN %s SET NOT NULL", quoted);
    return name != NULL ? has_column(table, name, " AND NOT attnotnull") : NULL;
  default: return NULL;
  }
}

/* Commands of one statement are done together, so that the first one that can be seen speaks for all. */
static char *ask_alter(const PgQuery__AlterTableStmt *stmt)
{
  g_autofree char *table = aftermath_regclass_of(stmt->relation);
  for (gsize i = 0; table != NULL && i < stmt->n_cmds; i++) {
    g_autofree char *undo = NULL;
    g_autofree char *done = stmt->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD
                                ? command_done(table, stmt->cmds[i]->alter_table_cmd, &undo)
                                : NULL;
    if (done == NULL)
      continue;
    g_autofree char *name = written(stmt->relation->schemaname, stmt->relation->relname);
    g_autofree char *whole =
        undo != NULL && stmt->n_cmds == 1 ? g_strdup_printf("ALTER TABLE %s %s", name, undo) : NULL;
    return question(done, whole);
  }
  return NULL;
}

static char *ask_rename(const PgQuery__RenameStmt *stmt)
{
  g_autofree char *table = aftermath_regclass_of(stmt->relation);
  if (table == NULL || aftermath_given(stmt->newname) == NULL)
    return NULL;
  g_autofree char *new_name = pg_quote_ident(stmt->newname);
  g_autofree char *old_name = written(stmt->relation->schemaname, stmt->relation->relname);
  if (stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN && aftermath_given(stmt->subname) != NULL) {
    g_autofree char *is_new = has_column(table, stmt->newname, "");
    g_autofree char *is_old = has_column(table, stmt->subname, "");
    g_autofree char *done = g_strdup_printf("%s AND NOT %s", is_new, is_old);
    g_autofree char *column = pg_quote_ident(stmt->subname);
    g_autofree char *undo =
        g_strdup_printf("ALTER TABLE %s RENAME COLUMN %s TO %s", old_name, new_name, column);
    return question(done, undo);
  }
  if (stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
    g_autofree char *is_new = aftermath_regclass(stmt->relation->schemaname, stmt->newname);
    g_autofree char *done = g_strdup_printf("%s IS NOT NULL AND %s IS NULL", is_new, table);
    g_autofree char *now = written(stmt->relation->schemaname, stmt->newname);
    g_autofree char *before = pg_quote_ident(stmt->relation->relname);
    g_autofree char *undo = g_strdup_printf("ALTER TABLE %s RENAME TO %s", now, before);
    return question(done, undo);
  }
  return NULL;
}

char *aftermath_ask_object(const PgQuery__Node *node)
{
  switch (node->node_case) {
  case PG_QUERY__NODE__NODE_CREATE_STMT: return relation_is_there(node->create_stmt->relation, "TABLE");
  case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
    return relation_is_there(node->create_seq_stmt->sequence, "SEQUENCE");
  /* One that is replaced was there before. */
  case PG_QUERY__NODE__NODE_VIEW_STMT:
    return node->view_stmt->replace ? NULL : relation_is_there(node->view_stmt->view, "VIEW");
  case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT: return ask_create_enum(node->create_enum_stmt);
  case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT: return ask_create_schema(node->create_schema_stmt);
  case PG_QUERY__NODE__NODE_DROP_STMT: return ask_drop(node->drop_stmt);
  case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT: return ask_alter(node->alter_table_stmt);
  case PG_QUERY__NODE__NODE_RENAME_STMT: return ask_rename(node->rename_stmt);
  default: return NULL;
  }
}
