/* ALTER TABLE: each subcommand with the lock it takes; those that need a closer look are in files of their own. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

#define AT(name) PG_QUERY__ALTER_TABLE_TYPE__AT_##name

/* Subcommands that only write to the catalog.  Down: they go to what inherits from the table, too. */
static const struct {
  PgQuery__AlterTableType type;
  LockMode mode;
  gboolean down;
} plain[] = {
    {AT(CookedColumnDefault), AX, TRUE},
    {AT(DropExpression), AX, TRUE},
    {AT(SetStatistics), SUX, TRUE},
    {AT(SetOptions), SUX, FALSE},
    {AT(ResetOptions), SUX, FALSE},
    {AT(SetStorage), AX, TRUE},
    {AT(SetCompression), AX, FALSE},
    {AT(AlterConstraint), AX, FALSE},
    {AT(AlterColumnGenericOptions), AX, FALSE},
    {AT(GenericOptions), AX, FALSE},
    {AT(DropCluster), SUX, FALSE},
    {AT(DropOids), AX, FALSE},
    {AT(EnableRule), AX, FALSE},
    {AT(EnableAlwaysRule), AX, FALSE},
    {AT(EnableReplicaRule), AX, FALSE},
    {AT(DisableRule), AX, FALSE},
    {AT(DropOf), AX, FALSE},
    {AT(EnableRowSecurity), AX, FALSE},
    {AT(DisableRowSecurity), AX, FALSE},
    {AT(ForceRowSecurity), AX, FALSE},
    {AT(NoForceRowSecurity), AX, FALSE},
};

static const PgQuery__AlterTableType triggers[] = {
    AT(EnableTrig),    AT(EnableAlwaysTrig), AT(EnableReplicaTrig), AT(DisableTrig),
    AT(EnableTrigAll), AT(DisableTrigAll),   AT(EnableTrigUser),    AT(DisableTrigUser)};

static void lock_down(Reading *r, const ReviewRelation *table, LockMode mode, gboolean down)
{
  if (down)
    lock_tree(r, table, mode, NULL);
  else
    lock(r, table, mode, NULL);
}

static void read_default(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                         gboolean recurse)
{
  lock_down(r, table, AX, recurse);
  if (cmd->def != NULL && locks_dependencies(r))
    lock_sequences(r, &cmd->def->base, AS);
  set_draw(r, table->id, cmd->name, cmd->def);
}

static gboolean read_plain(Reading *r, const ReviewRelation *table, PgQuery__AlterTableType type,
                           gboolean recurse)
{
  for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
    if (plain[i].type == type) {
      lock_down(r, table, plain[i].mode, plain[i].down && recurse);
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS(triggers); i++)
    if (triggers[i] == type) {
      /* A partitioned table's row triggers live on its partitions; at first, a partition's were no user's. */
      gboolean users = type == AT(EnableTrigUser) || type == AT(DisableTrigUser);
      gboolean has = table->triggers != 0 && (version_since(r, 13) || !users || !table->partition);
      lock_down(r, table, SRX, table->kind == 'p' && recurse && has);
      return TRUE;
    }
  return FALSE;
}

/* ---- the table as a whole ---- */

static void read_rel_options(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd)
{
  /* Those that scans and changes look at while they run. */
  static const char *const strong[] = {
      "user_catalog_table", "buffering",  "security_barrier",       "security_invoker",
      "check_option",       "fastupdate", "gin_pending_list_limit", "pages_per_range",
      "autosummarize",      NULL};
  LockMode mode = SUX;
  const PgQuery__List *options =
      cmd->def != NULL && cmd->def->node_case == PG_QUERY__NODE__NODE_LIST ? cmd->def->list : NULL;
  for (gsize i = 0; options != NULL && i < options->n_items; i++) {
    if (options->items[i]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM)
      continue;
    if (g_strv_contains(strong, options->items[i]->def_elem->defname))
      mode = AX;
  }
  lock(r, table, mode, NULL);
}

/* The owner of a table owns its indexes and sequences. */
static void read_owner(Reading *r, const ReviewRelation *table, const PgQuery__RoleSpec *owner)
{
  lock(r, table, AX, NULL);
  const ReviewCatalog *catalog = model_catalog(r->session->model);
  const char *name = owner == NULL                                                   ? NULL
                     : owner->roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_CSTRING ? owner->rolename
                     : catalog != NULL                                               ? catalog->user
                                                                                     : NULL;
  if (table->owner != NULL && g_strcmp0(name, table->owner) == 0)
    return;
  lock_indexes(r, table, AX);
  for (guint i = 0; i < table->sequences->len; i++)
    lock(r, model_look(r->session->model, g_array_index(table->sequences, guint, i)), AX,
         _("it belongs to a column of the table"));
}

static void read_persistence(Reading *r, const ReviewRelation *table, char to)
{
  lock(r, table, AX, NULL);
  if (table->known && table->persistence == to)
    return;
  add_finding(r, CHECK_FULL_REWRITE, table);
  rewrite_table(r, table);
  if (!table->known)
    rewrite(r, table);
  for (guint i = 0; i < table->sequences->len && version_since(r, 15); i++) {
    const ReviewRelation *sequence = model_look(r->session->model, g_array_index(table->sequences, guint, i));
    lock(r, sequence, AX, _("it belongs to a column of the table"));
    rewrite(r, sequence);
  }
  ReviewRelation *changed = model_edit(r->session->model, table->id);
  changed->persistence = to;
}

static void read_move(Reading *r, const ReviewRelation *table, const char *now, const char *to,
                      gboolean indexes)
{
  lock(r, table, AX, NULL);
  if (table->known && g_strcmp0(now, to) == 0)
    return;
  add_finding(r, CHECK_FULL_REWRITE, table);
  if (indexes)
    rewrite_table(r, table);
  else
    rewrite(r, table);
}

static void read_replica_identity(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd)
{
  lock(r, table, AX, NULL);
  const PgQuery__ReplicaIdentityStmt *identity =
      cmd->def != NULL && cmd->def->node_case == PG_QUERY__NODE__NODE_REPLICA_IDENTITY_STMT
          ? cmd->def->replica_identity_stmt
          : NULL;
  if (identity != NULL && identity->name[0] != '\0')
    lock(r, model_get(r->session->model, table->schema, identity->name), SH, _("it becomes the identity"));
}

static void read_cluster_on(Reading *r, const ReviewRelation *table, const char *index)
{
  lock(r, table, SUX, NULL);
  lock(r, model_get(r->session->model, table->schema, index), SUX, NULL);
}

static void read_inherit(Reading *r, const ReviewRelation *table, const PgQuery__RangeVar *parent,
                         gboolean add)
{
  const ReviewRelation *other = relation_of(r, parent);
  lock(r, table, AX, NULL);
  lock(r, other, add ? SUX : AS, add ? _("it becomes the parent") : _("it was the parent"));
  if (add)
    for (guint i = 0; i < table->children->len; i++)
      lock_tree(r, model_look(r->session->model, g_array_index(table->children, guint, i)), AS, NULL);
  guint child_id = table->id, parent_id = other->id;
  ReviewRelation *child = model_edit(r->session->model, child_id);
  ReviewRelation *up = model_edit(r->session->model, parent_id);
  if (add) {
    g_array_append_val(child->parents, parent_id);
    g_array_append_val(up->children, child_id);
    return;
  }
  for (guint i = child->parents->len; i > 0; i--)
    if (g_array_index(child->parents, guint, i - 1) == parent_id)
      g_array_remove_index(child->parents, i - 1);
  for (guint i = up->children->len; i > 0; i--)
    if (g_array_index(up->children, guint, i - 1) == child_id)
      g_array_remove_index(up->children, i - 1);
}

static void read_add_of(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd)
{
  lock(r, table, AX, NULL);
  if (cmd->def == NULL || cmd->def->node_case != PG_QUERY__NODE__NODE_TYPE_NAME)
    return;
  g_auto(TypeRef) type = type_ref(cmd->def->type_name);
  lock(r, model_find(r->session->model, type.schema, type.name), AS, _("the table becomes one of the type"));
}

/* ---- identity ---- */

static const ReviewRelation *identity_sequence(const Reading *r, const ReviewRelation *table,
                                               const char *column)
{
  for (guint i = 0; i < table->sequences->len; i++) {
    const ReviewRelation *sequence = model_look(r->session->model, g_array_index(table->sequences, guint, i));
    if (sequence != NULL && g_strcmp0(sequence->owned_by_column, column) == 0)
      return sequence;
  }
  return NULL;
}

static void read_identity(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                          gboolean recurse)
{
  gboolean down = recurse && version_since(r, 17) && table->kind == 'p';
  lock_down(r, table, AX, down);
  const ReviewColumn *column = review_relation_column(table, cmd->name);
  const ReviewRelation *sequence = identity_sequence(r, table, cmd->name);
  if (column != NULL && table->known && column->identity == '\0')
    return; /* a serial's sequence, or none: IF EXISTS, or an error */
  if (cmd->subtype == AT(DropIdentity)) {
    lock(r, sequence, AX, _("it belongs to the column"));
    if (sequence != NULL)
      model_drop(r->session->model, sequence->id);
  } else if (cmd->subtype == AT(SetIdentity)) {
    const PgQuery__List *options =
        cmd->def != NULL && cmd->def->node_case == PG_QUERY__NODE__NODE_LIST ? cmd->def->list : NULL;
    gboolean restarts = FALSE;
    for (gsize i = 0; options != NULL && i < options->n_items; i++)
      if (options->items[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
          strcmp(options->items[i]->def_elem->defname, "generated") != 0)
        restarts = TRUE;
    lock(r, sequence, SRX, _("it belongs to the column"));
    if (restarts)
      rewrite(r, sequence);
  }
}

/* ---- columns ---- */

static void read_drop_not_null(Reading *r, const ReviewRelation *table, const char *column, gboolean recurse)
{
  /* From 18 on it drops a constraint, or finds that there is none. */
  const ReviewColumn *now = review_relation_column(table, column);
  if (version_since(r, 18) && now != NULL && now->not_null)
    for (guint i = 0; i < table->children->len; i++)
      lock(r, model_look(r->session->model, g_array_index(table->children, guint, i)), AX, NULL);
  recurse &= !version_since(r, 18) || now == NULL || now->not_null;
  g_autoptr(GArray) ids = recurse ? tree_of(r, table) : g_array_new(FALSE, FALSE, sizeof(guint));
  if (!recurse)
    g_array_append_val(ids, table->id);
  for (guint i = 0; i < ids->len; i++) {
    guint id = g_array_index(ids, guint, i);
    lock(r, model_look(r->session->model, id), AX, NULL);
    ReviewRelation *changed = model_edit(r->session->model, id);
    ReviewColumn *found = review_relation_column(changed, column);
    if (found != NULL)
      found->not_null = FALSE;
  }
}

static void read_command(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                         gboolean recurse)
{
  switch (cmd->subtype) {
  case AT(AddColumn):
    read_add_column(r, table, cmd->def->column_def, recurse);
    if (cmd->missing_ok)
      add_finding(r, CHECK_GUARD_LOCKS, table);
    break;
  case AT(ColumnDefault): read_default(r, table, cmd, recurse); break;
  case AT(SetNotNull): read_set_not_null(r, table, cmd->name, recurse); break;
  case AT(DropNotNull): read_drop_not_null(r, table, cmd->name, recurse); break;
  case AT(DropColumn): read_drop_column(r, table, cmd, recurse); break;
  case AT(AddConstraint): read_add_constraint(r, table, cmd->def->constraint, recurse); break;
  case AT(ValidateConstraint): read_validate_constraint(r, table, cmd->name, recurse); break;
  case AT(DropConstraint): read_drop_constraint(r, table, cmd, recurse); break;
  case AT(AlterColumnType): read_alter_type(r, table, cmd, recurse); break;
  case AT(SetRelOptions):
  case AT(ResetRelOptions):
  case AT(ReplaceRelOptions): read_rel_options(r, table, cmd); break;
  case AT(ChangeOwner): read_owner(r, table, cmd->newowner); break;
  case AT(SetLogged): read_persistence(r, table, 'p'); break;
  case AT(SetUnLogged): read_persistence(r, table, 'u'); break;
  case AT(SetAccessMethod): read_move(r, table, table->method, cmd->name, TRUE); break;
  case AT(SetTableSpace):
    read_move(r, table, table->tablespace, strcmp(cmd->name, "pg_default") == 0 ? NULL : cmd->name, FALSE);
    break;
  case AT(ReplicaIdentity): read_replica_identity(r, table, cmd); break;
  case AT(ClusterOn): read_cluster_on(r, table, cmd->name); break;
  case AT(AddInherit): read_inherit(r, table, cmd->def->range_var, TRUE); break;
  case AT(DropInherit): read_inherit(r, table, cmd->def->range_var, FALSE); break;
  case AT(AddOf): read_add_of(r, table, cmd); break;
  case AT(AddIdentity):
  case AT(SetIdentity):
  case AT(DropIdentity): read_identity(r, table, cmd, recurse); break;
  case AT(AttachPartition): read_attach(r, table, cmd->def->partition_cmd); break;
  case AT(DetachPartition): read_detach(r, table, cmd->def->partition_cmd); break;
  case AT(DetachPartitionFinalize): read_detach_finalize(r, table, cmd->def->partition_cmd); break;
  default:
    if (!read_plain(r, table, cmd->subtype, recurse)) {
      lock(r, table, AX, NULL);
      set_unknown(r, _("retort has no rule for this ALTER TABLE"));
    }
  }
}

/* ---- other kinds of relations come in the same shape ---- */

static void read_index_command(Reading *r, const ReviewRelation *index, const PgQuery__AlterTableCmd *cmd)
{
  switch (cmd->subtype) {
  case AT(AttachPartition): read_attach_index(r, index, cmd->def->partition_cmd); break;
  case AT(SetStatistics): lock(r, index, SUX, NULL); break;
  case AT(SetRelOptions):
  case AT(ResetRelOptions): read_rel_options(r, index, cmd); break;
  case AT(SetTableSpace):
    lock(r, index, AX, NULL);
    if (!index->known ||
        g_strcmp0(index->tablespace, strcmp(cmd->name, "pg_default") == 0 ? NULL : cmd->name) != 0)
      rebuild(r, index);
    break;
  default: lock(r, index, AX, NULL);
  }
}

void lock_typed_tables(Reading *r, const ReviewRelation *type)
{
  if (!type->known)
    add_note(r, _("tables made of this type are locked ACCESS EXCLUSIVE as well"));
  g_autoptr(GArray) ids = model_ids(r->session->model);
  for (guint i = 0; i < ids->len && type->known; i++) {
    const ReviewRelation *relation = model_look(r->session->model, g_array_index(ids, guint, i));
    if (relation != NULL && relation->type == type->id)
      lock(r, relation, AX, _("it is made of the type"));
  }
}

static gboolean read_other_kind(Reading *r, const ReviewRelation *relation,
                                const PgQuery__AlterTableStmt *alter)
{
  switch (alter->objtype) {
  case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
    for (gsize i = 0; i < alter->n_cmds; i++)
      read_index_command(r, relation, alter->cmds[i]->alter_table_cmd);
    return TRUE;
  case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
    for (gsize i = 0; i < alter->n_cmds; i++) {
      PgQuery__AlterTableType type = alter->cmds[i]->alter_table_cmd->subtype;
      if (type == AT(SetLogged) || type == AT(SetUnLogged))
        read_persistence(r, relation, type == AT(SetLogged) ? 'p' : 'u');
      else
        lock(r, relation, AX, NULL);
    }
    return TRUE;
  case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
    for (gsize i = 0; i < alter->n_cmds; i++) {
      PgQuery__AlterTableType type = alter->cmds[i]->alter_table_cmd->subtype;
      if (type == AT(SetRelOptions) || type == AT(ResetRelOptions))
        read_rel_options(r, relation, alter->cmds[i]->alter_table_cmd);
      else
        lock(r, relation, AX, NULL);
    }
    return TRUE;
  case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    for (gsize i = 0; i < alter->n_cmds; i++)
      if (alter->cmds[i]->alter_table_cmd->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        lock_typed_tables(r, relation);
    if (relation->known)
      lock(r, relation, AX, NULL);
    return TRUE;
  default: return FALSE;
  }
}

void read_alter_table(Reading *r, const PgQuery__AlterTableStmt *alter)
{
  if (alter->missing_ok && surely_missing(r, alter->relation))
    return;
  guint id = relation_of(r, alter->relation)->id;
  if (read_other_kind(r, model_look(r->session->model, id), alter))
    return;
  for (gsize i = 0; i < alter->n_cmds; i++)
    if (alter->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
      read_command(r, model_look(r->session->model, id), alter->cmds[i]->alter_table_cmd,
                   alter->relation->inh);
}
