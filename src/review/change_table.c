/* Columns and constraints: in CREATE TABLE and ALTER TABLE. */
#include <string.h>

#include "change-private.h"

#define AT(name) PG_QUERY__ALTER_TABLE_TYPE__AT_##name
#define CONSTR(name) PG_QUERY__CONSTR_TYPE__CONSTR_##name

/* The server's own types need no migration to make them. */
static void use_type(GPtrArray *changes, const PgQuery__TypeName *type)
{
  if (!type || type->n_names == 0 || strcmp(change_word(type->names[0]), "pg_catalog") == 0)
    return;
  g_autofree char *name = change_name_from_list(type->names, type->n_names, 0);
  change_add(changes, CHANGE_USE, OBJECT_TYPE, NULL, name);
}

static void append_words(GString *name, PgQuery__Node *const *words, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_string_append_printf(name, "_%s", change_word(words[i]));
}

/* The name that the server makes up; without the number that it may put behind it. */
static char *constraint_name(const char *table, const PgQuery__Constraint *c, const char *column)
{
  const char *dot = strrchr(table, '.');
  GString *name = g_string_new(dot ? dot + 1 : table);

  switch (c->contype) {
  case CONSTR(PRIMARY): return g_string_free(g_string_append(name, "_pkey"), FALSE);
  case CONSTR(FOREIGN):
    append_words(name, c->fk_attrs, c->n_fk_attrs);
    if (column)
      g_string_append_printf(name, "_%s", column);
    return g_string_free(g_string_append(name, "_fkey"), FALSE);
  case CONSTR(CHECK):
    if (column)
      g_string_append_printf(name, "_%s", column);
    return g_string_free(g_string_append(name, "_check"), FALSE);
  case CONSTR(EXCLUSION): return g_string_free(g_string_append(name, "_excl"), FALSE);
  default:
    append_words(name, c->keys, c->n_keys);
    if (column)
      g_string_append_printf(name, "_%s", column);
    return g_string_free(g_string_append(name, "_key"), FALSE);
  }
}

void changes_read_constraint(GPtrArray *changes, const char *table, const PgQuery__Constraint *c,
                             const char *column)
{
  if (c->contype != CONSTR(PRIMARY) && c->contype != CONSTR(UNIQUE) && c->contype != CONSTR(CHECK) &&
      c->contype != CONSTR(FOREIGN) && c->contype != CONSTR(EXCLUSION))
    return;
  g_autofree char *name = *c->conname ? g_strdup(c->conname) : constraint_name(table, c, column);
  change_add(changes, CHANGE_CREATE, OBJECT_CONSTRAINT, table, name);
  for (gsize i = 0; i < c->n_keys; i++)
    change_add(changes, CHANGE_USE, OBJECT_COLUMN, table, change_word(c->keys[i]));
  for (gsize i = 0; i < c->n_fk_attrs; i++)
    change_add(changes, CHANGE_USE, OBJECT_COLUMN, table, change_word(c->fk_attrs[i]));
  if (!c->pktable)
    return;
  g_autofree char *target = change_relation(c->pktable);
  change_add(changes, CHANGE_USE, OBJECT_TABLE, target, target);
  for (gsize i = 0; i < c->n_pk_attrs; i++)
    change_add(changes, CHANGE_USE, OBJECT_COLUMN, target, change_word(c->pk_attrs[i]));
}

void changes_read_column(GPtrArray *changes, const char *table, const PgQuery__ColumnDef *column)
{
  Change *change = change_add(changes, CHANGE_CREATE, OBJECT_COLUMN, table, column->colname);

  change->aspect = g_strdup("type");
  change->value = column->type_name ? change_type_text(column->type_name) : NULL;
  use_type(changes, column->type_name);
  for (gsize i = 0; i < column->n_constraints; i++)
    if (column->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
      changes_read_constraint(changes, table, column->constraints[i]->constraint, column->colname);
}

static void alter_column(GPtrArray *changes, const char *table, const char *column, const char *aspect,
                         char *value)
{
  Change *change = change_add(changes, CHANGE_ALTER, OBJECT_COLUMN, table, column);

  change->aspect = g_strdup(aspect);
  change->value = value;
}

static void read_command(GPtrArray *changes, const char *table, const PgQuery__AlterTableCmd *cmd)
{
  const PgQuery__Node *def = cmd->def;
  const PgQuery__ColumnDef *column =
      def && def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF ? def->column_def : NULL;

  switch (cmd->subtype) {
  case AT(AddColumn):
    if (column) {
      guint first = changes->len;
      changes_read_column(changes, table, column);
      ((Change *)changes->pdata[first])->guarded = cmd->missing_ok;
    }
    break;
  case AT(DropColumn):
    change_add(changes, CHANGE_DROP, OBJECT_COLUMN, table, cmd->name)->guarded = cmd->missing_ok;
    break;
  case AT(AddConstraint):
    if (def && def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
      changes_read_constraint(changes, table, def->constraint, NULL);
    break;
  case AT(DropConstraint):
    change_add(changes, CHANGE_DROP, OBJECT_CONSTRAINT, table, cmd->name)->guarded = cmd->missing_ok;
    break;
  case AT(ValidateConstraint): {
    Change *change = change_add(changes, CHANGE_ALTER, OBJECT_CONSTRAINT, table, cmd->name);
    change->aspect = g_strdup("valid");
    change->value = g_strdup("yes");
    break;
  }
  case AT(AlterConstraint): change_add(changes, CHANGE_ALTER, OBJECT_CONSTRAINT, table, cmd->name); break;
  case AT(AlterColumnType):
    alter_column(changes, table, cmd->name, "type",
                 column && column->type_name ? change_type_text(column->type_name) : NULL);
    use_type(changes, column ? column->type_name : NULL);
    break;
  case AT(ColumnDefault):
    alter_column(changes, table, cmd->name, "default", def ? change_expression_text(def) : NULL);
    break;
  case AT(SetNotNull): alter_column(changes, table, cmd->name, "not null", g_strdup("yes")); break;
  case AT(DropNotNull): alter_column(changes, table, cmd->name, "not null", g_strdup("no")); break;
  case AT(AddIdentity):
  case AT(SetIdentity):
  case AT(DropIdentity): alter_column(changes, table, cmd->name, "identity", NULL); break;
  case AT(AttachPartition):
  case AT(DetachPartition):
    if (def && def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD && def->partition_cmd->name) {
      g_autofree char *child = change_relation(def->partition_cmd->name);
      change_add(changes, CHANGE_ALTER, OBJECT_TABLE, child, child)->aspect = g_strdup("partition");
    }
    break;
  default:
    if (*cmd->name)
      alter_column(changes, table, cmd->name, "settings", NULL);
    else
      change_add(changes, CHANGE_ALTER, OBJECT_TABLE, table, table)->aspect = g_strdup("settings");
  }
}

void changes_read_alter_table(GPtrArray *changes, const PgQuery__AlterTableStmt *alter)
{
  g_autofree char *table = change_relation(alter->relation);

  change_add(changes, CHANGE_USE, OBJECT_TABLE, table, table);
  for (gsize i = 0; i < alter->n_cmds; i++)
    if (alter->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
      read_command(changes, table, alter->cmds[i]->alter_table_cmd);
}
