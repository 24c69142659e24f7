/* ALTER TABLE: every subcommand with the lock it takes and the work it makes. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

#define AT(name) PG_QUERY__ALTER_TABLE_TYPE__AT_##name
#define AX LOCK_MODE_ACCESS_EXCLUSIVE
#define SRX LOCK_MODE_SHARE_ROW_EXCLUSIVE
#define SUX LOCK_MODE_SHARE_UPDATE_EXCLUSIVE

typedef enum {
  WORK_NONE,
  WORK_SCAN,
  WORK_REWRITE,
} Work;

/* Subcommands whose lock and work do not depend on anything else. */
static const struct {
  PgQuery__AlterTableType type;
  LockMode mode;
  Work work;
} plain[] = {
    {AT(ColumnDefault), AX, WORK_NONE},
    {AT(CookedColumnDefault), AX, WORK_NONE},
    {AT(DropNotNull), AX, WORK_NONE},
    {AT(DropExpression), AX, WORK_NONE},
    {AT(SetStatistics), SUX, WORK_NONE},
    {AT(SetOptions), SUX, WORK_NONE},
    {AT(ResetOptions), SUX, WORK_NONE},
    {AT(SetStorage), AX, WORK_NONE},
    {AT(SetCompression), AX, WORK_NONE},
    {AT(AlterConstraint), AX, WORK_NONE},
    {AT(ValidateConstraint), SUX, WORK_SCAN},
    {AT(AlterColumnGenericOptions), AX, WORK_NONE},
    {AT(GenericOptions), AX, WORK_NONE},
    {AT(ChangeOwner), AX, WORK_NONE},
    {AT(ClusterOn), SUX, WORK_NONE},
    {AT(DropCluster), SUX, WORK_NONE},
    {AT(SetLogged), AX, WORK_REWRITE},
    {AT(SetUnLogged), AX, WORK_REWRITE},
    {AT(DropOids), AX, WORK_NONE},
    {AT(SetAccessMethod), AX, WORK_REWRITE},
    {AT(SetTableSpace), AX, WORK_REWRITE},
    {AT(EnableTrig), SRX, WORK_NONE},
    {AT(EnableAlwaysTrig), SRX, WORK_NONE},
    {AT(EnableReplicaTrig), SRX, WORK_NONE},
    {AT(DisableTrig), SRX, WORK_NONE},
    {AT(EnableTrigAll), SRX, WORK_NONE},
    {AT(DisableTrigAll), SRX, WORK_NONE},
    {AT(EnableTrigUser), SRX, WORK_NONE},
    {AT(DisableTrigUser), SRX, WORK_NONE},
    {AT(EnableRule), AX, WORK_NONE},
    {AT(EnableAlwaysRule), AX, WORK_NONE},
    {AT(EnableReplicaRule), AX, WORK_NONE},
    {AT(DisableRule), AX, WORK_NONE},
    {AT(AddOf), AX, WORK_NONE},
    {AT(DropOf), AX, WORK_NONE},
    {AT(ReplicaIdentity), AX, WORK_NONE},
    {AT(EnableRowSecurity), AX, WORK_NONE},
    {AT(DisableRowSecurity), AX, WORK_NONE},
    {AT(ForceRowSecurity), AX, WORK_NONE},
    {AT(NoForceRowSecurity), AX, WORK_NONE},
    {AT(AddIdentity), AX, WORK_NONE},
    {AT(SetIdentity), AX, WORK_NONE},
    {AT(DropIdentity), AX, WORK_NONE},
};

/* ---- columns and constraints ---- */

/* Last part of a type's name: "int4", "serial", "citext". */
static const char *type_name(const PgQuery__TypeName *type)
{
  const PgQuery__Node *last = type != NULL && type->n_names > 0 ? type->names[type->n_names - 1] : NULL;
  return last != NULL && last->node_case == PG_QUERY__NODE__NODE_STRING ? last->string->sval : "";
}

static gboolean is_serial(const PgQuery__TypeName *type)
{
  static const char *const names[] = {"serial",      "serial4", "bigserial", "serial8",
                                      "smallserial", "serial2", NULL};
  return g_strv_contains(names, type_name(type));
}

/* The server's own types: a column of any other type may be a domain, whose check would mean a rewrite. */
static gboolean is_builtin_type(const PgQuery__TypeName *type)
{
  static const char *const common[] = {
      "text",    "uuid",      "json",      "jsonb",    "bytea",   "date",      "inet",      "cidr",
      "macaddr", "macaddr8",  "money",     "oid",      "xml",     "name",      "point",     "tsvector",
      "tsquery", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", NULL};
  const PgQuery__Node *first = type != NULL && type->n_names > 0 ? type->names[0] : NULL;
  gboolean in_catalog = first != NULL && first->node_case == PG_QUERY__NODE__NODE_STRING &&
                        strcmp(first->string->sval, "pg_catalog") == 0;
  return in_catalog || g_strv_contains(common, type_name(type)) || is_serial(type);
}

static void judge_default(Reading *r, const char *table, const PgQuery__Node *expression)
{
  switch (expression_volatility(expression)) {
  case VOLATILITY_CONSTANT: break;
  case VOLATILITY_VOLATILE:
    add_name(r->forecast->rewrites, table);
    add_finding(r, CHECK_DEFAULT_REWRITES, table);
    break;
  case VOLATILITY_UNKNOWN:
    add_name(r->forecast->rewrites, table);
    add_note(r, _("the default calls a function that may be volatile: counted as a rewrite"));
    break;
  }
}

void read_constraint(Reading *r, const char *table, const PgQuery__Constraint *c, gboolean existing)
{
  switch (c->contype) {
  case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
    if (existing && !c->skip_validation) {
      add_name(r->forecast->scans, table);
      add_finding(r, CHECK_CHECK_VALIDATES, table);
    }
    break;
  case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
  case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
  case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
    if (c->indexname[0] != '\0') {
      add_lock(r, c->indexname, r->session->version >= 12 ? SUX : AX, _("it becomes the constraint's index"));
      if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
        add_finding(r, CHECK_KEY_USING_INDEX, table);
    } else if (existing) {
      add_name(r->forecast->rebuilds, table);
      add_name(r->forecast->scans, table);
      add_finding(r,
                  c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION ? CHECK_EXCLUDE_BUILDS_INDEX
                                                                        : CHECK_UNIQUE_BUILDS_INDEX,
                  table);
    }
    break;
  case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
    add_lock_var(r, c->pktable, SRX, _("the foreign key points at it"));
    if (existing && !c->skip_validation) {
      g_autofree char *referenced = relation_name(c->pktable);
      add_name(r->forecast->scans, table);
      add_name(r->forecast->scans, referenced);
      add_finding(r, CHECK_FOREIGN_KEY_VALIDATES, table);
    }
    break;
  default: break;
  }
}

void read_column(Reading *r, const char *table, const PgQuery__ColumnDef *column, gboolean existing)
{
  const PgQuery__Node *defaults = NULL;
  gboolean not_null = FALSE, filled = is_serial(column->type_name);
  const PgQuery__Constraint *reference = NULL;
  for (gsize i = 0; i < column->n_constraints; i++) {
    const PgQuery__Constraint *c = column->constraints[i]->constraint;
    switch (c->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT: defaults = c->raw_expr; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN: reference = c; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: not_null = TRUE; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
      filled = TRUE;
      if (existing) {
        add_name(r->forecast->rewrites, table);
        add_finding(r,
                    c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY ? CHECK_SERIAL_REWRITES
                                                                         : CHECK_GENERATED_REWRITES,
                    table);
      }
      break;
    default: read_constraint(r, table, c, existing);
    }
  }
  if (reference != NULL)
    /* A new column without a default holds only nulls: there is nothing to check. */
    read_constraint(r, table, reference, existing && defaults != NULL);
  if (!existing)
    return;
  if (defaults != NULL)
    judge_default(r, table, defaults);
  if (is_serial(column->type_name)) {
    add_name(r->forecast->rewrites, table);
    add_finding(r, CHECK_SERIAL_REWRITES, table);
  }
  if (not_null && defaults == NULL && !filled)
    add_finding(r, CHECK_REQUIRED_COLUMN, table);
  if (strcmp(type_name(column->type_name), "json") == 0)
    add_finding(r, CHECK_JSON_TYPE, table);
  if (!is_builtin_type(column->type_name))
    add_note(r, _("if the column's type is a domain with a check, the table is rewritten"));
}

/* ---- subcommands that need a look ---- */

static void read_type_change(Reading *r, const char *table, const PgQuery__AlterTableCmd *cmd)
{
  const PgQuery__ColumnDef *column =
      cmd->def != NULL && cmd->def->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF ? cmd->def->column_def
                                                                                 : NULL;
  const char *type = column != NULL ? type_name(column->type_name) : "";
  add_name(r->forecast->rewrites, table);
  add_name(r->forecast->scans, table);
  add_name(r->forecast->rebuilds, table);
  gboolean may_be_free =
      column != NULL && column->raw_default == NULL &&
      (strcmp(type, "text") == 0 || strcmp(type, "varchar") == 0 || strcmp(type, "numeric") == 0 ||
       strcmp(type, "timestamp") == 0 || strcmp(type, "timestamptz") == 0);
  if (may_be_free)
    add_note(r, _("no rewrite when the present type is only widened; that is not visible here"));
  add_finding(r, CHECK_TYPE_CHANGE, table);
}

static void read_set_not_null(Reading *r, const char *table)
{
  add_name(r->forecast->scans, table);
  add_finding(r, CHECK_NOT_NULL_SCANS, table);
  if (r->session->version >= 12)
    add_note(r, _("no scan when a valid CHECK already proves NOT NULL"));
}

static void read_attach(Reading *r, const char *parent, const PgQuery__PartitionCmd *cmd)
{
  g_autofree char *child = relation_name(cmd->name);
  add_lock(r, parent, r->session->version >= 12 ? SUX : AX, NULL);
  add_lock(r, child, AX, _("it becomes a partition"));
  if (!is_created(r, child))
    add_name(r->forecast->scans, child);
  add_finding(r, CHECK_PARTITION_SCAN, child);
  add_note(r, _("a DEFAULT partition, if there is one, is locked and read"));
}

static void read_detach(Reading *r, const char *parent, const PgQuery__PartitionCmd *cmd)
{
  g_autofree char *child = relation_name(cmd->name);
  add_lock(r, parent, cmd->concurrent ? SUX : AX, NULL);
  add_lock(r, child, cmd->concurrent || r->session->version >= 14 ? AX : SUX,
           _("it stops being a partition"));
  r->forecast->no_transaction |= cmd->concurrent;
}

static void read_drop_constraint(Reading *r, const char *table)
{
  add_lock(r, table, AX, NULL);
  add_note(r, _("if it is a foreign key, the table it points at is locked ACCESS EXCLUSIVE as well"));
}

static void read_drop_column(Reading *r, const char *table, const PgQuery__AlterTableCmd *cmd)
{
  add_lock(r, table, AX, NULL);
  add_loss(r, LOSS_COLUMN, table, cmd->name);
  add_finding(r, CHECK_COLUMN_DROPPED, table);
  g_free(r->forecast->dropped_column);
  r->forecast->dropped_column = g_strdup_printf("%s.%s", table, cmd->name);
  if (cmd->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
    add_finding(r, CHECK_CASCADES, table);
  add_note(r,
           _("if a foreign key leaves from it, the table it points at is locked ACCESS EXCLUSIVE as well"));
}

static void read_rel_options(Reading *r, const char *table, const PgQuery__AlterTableCmd *cmd)
{
  LockMode mode = SUX;
  const PgQuery__List *options =
      cmd->def != NULL && cmd->def->node_case == PG_QUERY__NODE__NODE_LIST ? cmd->def->list : NULL;
  for (gsize i = 0; options != NULL && i < options->n_items; i++)
    if (options->items[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
        strcmp(options->items[i]->def_elem->defname, "user_catalog_table") == 0)
      mode = AX;
  add_lock(r, table, mode, NULL);
}

static void read_add_constraint(Reading *r, const char *table, const PgQuery__Constraint *c)
{
  gboolean foreign = c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN;
  add_lock(r, table, foreign ? SRX : AX, NULL);
  read_constraint(r, table, c, TRUE);
}

static gboolean read_plain(Reading *r, const char *table, PgQuery__AlterTableType type)
{
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++) {
    if (plain[i].type != type)
      continue;
    add_lock(r, table, plain[i].mode, NULL);
    if (plain[i].work == WORK_SCAN)
      add_name(r->forecast->scans, table);
    if (plain[i].work == WORK_REWRITE) {
      add_name(r->forecast->rewrites, table);
      add_finding(r, CHECK_FULL_REWRITE, table);
    }
    return TRUE;
  }
  return FALSE;
}

static void read_command(Reading *r, const char *table, const PgQuery__AlterTableCmd *cmd)
{
  switch (cmd->subtype) {
  case AT(AddColumn):
    add_lock(r, table, AX, NULL);
    read_column(r, table, cmd->def->column_def, TRUE);
    if (cmd->missing_ok)
      add_finding(r, CHECK_GUARD_LOCKS, table);
    g_free(r->forecast->added_column);
    r->forecast->added_column = g_strdup_printf("%s.%s", table, cmd->def->column_def->colname);
    break;
  case AT(SetNotNull):
    add_lock(r, table, AX, NULL);
    read_set_not_null(r, table);
    break;
  case AT(DropColumn): read_drop_column(r, table, cmd); break;
  case AT(AddConstraint): read_add_constraint(r, table, cmd->def->constraint); break;
  case AT(DropConstraint): read_drop_constraint(r, table); break;
  case AT(AlterColumnType):
    add_lock(r, table, AX, NULL);
    read_type_change(r, table, cmd);
    break;
  case AT(SetRelOptions):
  case AT(ResetRelOptions):
  case AT(ReplaceRelOptions): read_rel_options(r, table, cmd); break;
  case AT(AddInherit):
    add_lock(r, table, AX, NULL);
    add_lock_var(r, cmd->def->range_var, SUX, _("it becomes the parent"));
    break;
  case AT(DropInherit):
    add_lock(r, table, AX, NULL);
    add_lock_var(r, cmd->def->range_var, LOCK_MODE_ACCESS_SHARE, _("it was the parent"));
    break;
  case AT(AttachPartition): read_attach(r, table, cmd->def->partition_cmd); break;
  case AT(DetachPartition): read_detach(r, table, cmd->def->partition_cmd); break;
  case AT(DetachPartitionFinalize):
    add_lock(r, table, SUX, NULL);
    add_lock_var(r, cmd->def->partition_cmd->name, AX, _("it stops being a partition"));
    break;
  default:
    if (!read_plain(r, table, cmd->subtype))
      set_unknown(r, _("retort has no rule for this ALTER TABLE"));
  }
}

/* ALTER INDEX, VIEW, SEQUENCE and MATERIALIZED VIEW come in the same shape. */
static gboolean read_other_kind(Reading *r, const char *name, const PgQuery__AlterTableStmt *alter)
{
  switch (alter->objtype) {
  case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
    for (gsize i = 0; i < alter->n_cmds; i++) {
      const PgQuery__AlterTableCmd *cmd = alter->cmds[i]->alter_table_cmd;
      if (cmd->subtype == AT(AttachPartition)) {
        add_lock(r, name, r->session->version >= 12 ? SUX : AX, NULL);
        add_lock_var(r, cmd->def->partition_cmd->name, AX, _("it becomes part of the index"));
      } else {
        gboolean light = cmd->subtype == AT(SetStatistics) || cmd->subtype == AT(SetRelOptions) ||
                         cmd->subtype == AT(ResetRelOptions);
        add_lock(r, name, light ? SUX : AX, NULL);
      }
    }
    return TRUE;
  case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
  case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW: add_lock(r, name, AX, NULL); return TRUE;
  default: return FALSE;
  }
}

void read_alter_table(Reading *r, const PgQuery__AlterTableStmt *alter)
{
  g_autofree char *table = relation_name(alter->relation);
  if (read_other_kind(r, table, alter))
    return;
  for (gsize i = 0; i < alter->n_cmds; i++)
    if (alter->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
      read_command(r, table, alter->cmds[i]->alter_table_cmd);
}
