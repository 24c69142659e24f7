/* CREATE, DROP, RENAME and the rest: statements about objects other than ALTER TABLE. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

#define AS LOCK_MODE_ACCESS_SHARE
#define AX LOCK_MODE_ACCESS_EXCLUSIVE
#define SRX LOCK_MODE_SHARE_ROW_EXCLUSIVE
#define SUX LOCK_MODE_SHARE_UPDATE_EXCLUSIVE
#define OBJECT(name) PG_QUERY__OBJECT_TYPE__OBJECT_##name

/* ---- creating ---- */

static void read_create_table(Reading *r, const PgQuery__CreateStmt *create)
{
  g_autofree char *table = relation_name(create->relation);
  if (create->if_not_exists)
    add_note(r, _("IF NOT EXISTS: nothing happens when it exists"));
  for (gsize i = 0; i < create->n_inh_relations; i++)
    add_lock_var(r, create->inh_relations[i]->range_var, create->partbound != NULL ? AX : SUX,
                 create->partbound != NULL ? _("it gets a partition") : _("it gets a child"));
  if (create->partbound != NULL)
    add_note(r, _("a DEFAULT partition, if there is one, is locked and read"));
  note_created(r, table);
  for (gsize i = 0; i < create->n_table_elts; i++) {
    const PgQuery__Node *element = create->table_elts[i];
    if (element->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
      read_column(r, table, element->column_def, FALSE);
    else if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
      read_constraint(r, table, element->constraint, FALSE);
    else if (element->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE)
      add_lock_var(r, element->table_like_clause->relation, AS, _("the new table is made like it"));
  }
}

static void read_create_index(Reading *r, const PgQuery__IndexStmt *index)
{
  g_autofree char *table = relation_name(index->relation);
  add_lock(r, table, index->concurrent ? SUX : LOCK_MODE_SHARE, NULL);
  if (index->concurrent) {
    r->forecast->no_transaction = TRUE;
    add_name(r->forecast->scans, table);
    add_finding(r, CHECK_CONCURRENTLY_LEFTOVER, table);
    add_note(r, _("it waits for every older transaction"));
  } else if (!is_created(r, table)) {
    add_name(r->forecast->rebuilds, table);
    add_finding(r, CHECK_INDEX_NOT_CONCURRENT, table);
  }
  if (index->if_not_exists && !index->concurrent)
    add_finding(r, CHECK_GUARD_LOCKS, table);
  if (index->idxname[0] != '\0') {
    note_created(r, index->idxname);
    g_hash_table_replace(r->session->index_table, g_strdup(index->idxname), g_strdup(table));
  }
}

static void read_create_view(Reading *r, const PgQuery__ViewStmt *view)
{
  g_autofree char *name = relation_name(view->view);
  if (view->replace)
    add_lock(r, name, AX, NULL);
  else
    note_created(r, name);
  read_query(r, &view->query->base, _("the view reads it"));
}

static void read_create_table_as(Reading *r, const PgQuery__CreateTableAsStmt *create)
{
  read_query(r, &create->query->base, _("the new table is filled from it"));
  g_autofree char *name = relation_name(create->into->rel);
  note_created(r, name);
}

static void read_create_trigger(Reading *r, const PgQuery__CreateTrigStmt *trigger)
{
  add_lock_var(r, trigger->relation, SRX, NULL);
  if (trigger->constrrel != NULL)
    add_lock_var(r, trigger->constrrel, SRX, _("the constraint trigger refers to it"));
}

static void read_create_stats(Reading *r, const PgQuery__CreateStatsStmt *stats)
{
  for (gsize i = 0; i < stats->n_relations; i++)
    if (stats->relations[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
      add_lock_var(r, stats->relations[i]->range_var, SUX, NULL);
}

/* ---- dropping ---- */

/* How deep in the list of names the relation is: DROP TRIGGER names table and trigger. */
static gsize trailing_names(PgQuery__ObjectType type)
{
  return type == OBJECT(TRIGGER) || type == OBJECT(RULE) || type == OBJECT(POLICY) ? 1 : 0;
}

static void drop_index(Reading *r, const PgQuery__DropStmt *drop, const char *name)
{
  LockMode mode = drop->concurrent ? SUX : AX;
  const char *table = g_hash_table_lookup(r->session->index_table, name);
  add_lock(r, name, mode, NULL);
  if (table != NULL)
    add_lock(r, table, mode, _("the index is on it"));
  else
    add_note(r, drop->concurrent ? _("its table is locked SHARE UPDATE EXCLUSIVE as well")
                                 : _("its table is locked ACCESS EXCLUSIVE as well"));
  if (!drop->concurrent && (table == NULL || !is_created(r, table)))
    add_finding(r, CHECK_INDEX_DROP_NOT_CONCURRENT, name);
  r->forecast->no_transaction |= drop->concurrent;
}

static void drop_one(Reading *r, const PgQuery__DropStmt *drop, const char *name)
{
  switch (drop->remove_type) {
  case OBJECT(TABLE):
  case OBJECT(FOREIGN_TABLE):
    add_lock(r, name, AX, NULL);
    add_loss(r, LOSS_TABLE, name, NULL);
    add_finding(r, CHECK_TABLE_DROPPED, name);
    if (!is_created(r, name))
      add_note(r, _("tables that its foreign keys point at are locked ACCESS EXCLUSIVE as well"));
    break;
  case OBJECT(MATVIEW):
    add_lock(r, name, AX, NULL);
    add_loss(r, LOSS_OTHER, name, NULL);
    break;
  case OBJECT(INDEX): drop_index(r, drop, name); break;
  case OBJECT(SCHEMA):
    if (drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
      add_loss(r, LOSS_OTHER, name, NULL);
    break;
  case OBJECT(VIEW):
  case OBJECT(SEQUENCE):
  case OBJECT(TRIGGER):
  case OBJECT(RULE):
  case OBJECT(POLICY): add_lock(r, name, AX, NULL); break;
  default: break;
  }
}

static void read_drop(Reading *r, const PgQuery__DropStmt *drop)
{
  for (gsize i = 0; i < drop->n_objects; i++) {
    const PgQuery__Node *object = drop->objects[i];
    g_autofree char *name = NULL;
    if (object->node_case == PG_QUERY__NODE__NODE_LIST)
      name = relation_name_from_list(object->list->items, object->list->n_items,
                                     trailing_names(drop->remove_type));
    else if (object->node_case == PG_QUERY__NODE__NODE_STRING)
      name = g_strdup(object->string->sval);
    if (name != NULL)
      drop_one(r, drop, name);
  }
  if (drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
    add_finding(r, CHECK_CASCADES, NULL);
}

/* ---- changing ---- */

static void read_rename(Reading *r, const PgQuery__RenameStmt *rename)
{
  if (rename->relation == NULL)
    return; /* types, functions, schemas: no table is locked */
  gboolean index = rename->rename_type == OBJECT(INDEX);
  g_autofree char *name = relation_name(rename->relation);
  add_lock(r, name, index && r->session->version >= 12 ? SUX : AX, NULL);
  if (rename->rename_type == OBJECT(TABLE) || rename->rename_type == OBJECT(COLUMN))
    add_finding(r, CHECK_RENAMED, name);
  if (is_created(r, name) && rename->rename_type == OBJECT(TABLE))
    note_created(r, rename->newname);
}

static void read_comment(Reading *r, const PgQuery__CommentStmt *comment)
{
  const PgQuery__Node *object = comment->object;
  if (object == NULL || object->node_case != PG_QUERY__NODE__NODE_LIST)
    return;
  gsize skip = 0;
  LockMode mode = SUX;
  switch (comment->objtype) {
  case OBJECT(TABLE):
  case OBJECT(INDEX):
  case OBJECT(VIEW):
  case OBJECT(MATVIEW):
  case OBJECT(SEQUENCE):
  case OBJECT(FOREIGN_TABLE): break;
  case OBJECT(COLUMN): skip = 1; break;
  case OBJECT(TABCONSTRAINT):
  case OBJECT(TRIGGER):
  case OBJECT(RULE):
  case OBJECT(POLICY):
    skip = 1;
    mode = AS;
    break;
  default: return;
  }
  g_autofree char *name = relation_name_from_list(object->list->items, object->list->n_items, skip);
  if (name != NULL)
    add_lock(r, name, mode, NULL);
}

static gboolean has_option(PgQuery__Node *const *options, gsize n, const char *name)
{
  for (gsize i = 0; i < n; i++)
    if (options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM &&
        strcmp(options[i]->def_elem->defname, name) == 0)
      return TRUE;
  return FALSE;
}

static void read_vacuum(Reading *r, const PgQuery__VacuumStmt *vacuum)
{
  gboolean full = has_option(vacuum->options, vacuum->n_options, "full");
  r->forecast->no_transaction |= vacuum->is_vacuumcmd;
  for (gsize i = 0; i < vacuum->n_rels; i++) {
    g_autofree char *name = relation_name(vacuum->rels[i]->vacuum_relation->relation);
    add_lock(r, name, full ? AX : SUX, NULL);
    if (full) {
      add_name(r->forecast->rewrites, name);
      add_finding(r, CHECK_FULL_REWRITE, name);
    }
  }
  if (vacuum->n_rels == 0)
    add_note(r, _("it works through every table"));
}

static void read_reindex(Reading *r, const PgQuery__ReindexStmt *reindex)
{
  gboolean concurrent = has_option(reindex->params, reindex->n_params, "concurrently");
  r->forecast->no_transaction |= concurrent;
  if (reindex->relation == NULL) {
    add_note(r, _("it rebuilds every index there"));
    return;
  }
  gboolean index = reindex->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX;
  g_autofree char *name = relation_name(reindex->relation);
  add_lock(r, name, concurrent ? SUX : index ? AX : LOCK_MODE_SHARE, NULL);
  add_name(r->forecast->rebuilds, name);
  if (!concurrent)
    add_finding(r, CHECK_REINDEX_NOT_CONCURRENT, name);
  if (!concurrent)
    add_note(r, index ? _("its table is locked SHARE as well")
                      : _("its indexes are locked ACCESS EXCLUSIVE: readers wait"));
}

static void read_refresh(Reading *r, const PgQuery__RefreshMatViewStmt *refresh)
{
  g_autofree char *name = relation_name(refresh->relation);
  add_lock(r, name, refresh->concurrent ? LOCK_MODE_EXCLUSIVE : AX, NULL);
  if (!refresh->concurrent) {
    add_name(r->forecast->rewrites, name);
    add_finding(r, CHECK_REFRESH_BLOCKS, name);
  }
}

static void read_alter_enum(Reading *r, const PgQuery__AlterEnumStmt *alter)
{
  if (alter->old_val[0] != '\0')
    return; /* RENAME VALUE */
  add_finding(r, CHECK_ENUM_VALUE, NULL);
  if (r->session->version < 12)
    r->forecast->no_transaction = TRUE;
}

static void read_alter_domain(Reading *r, const PgQuery__AlterDomainStmt *alter)
{
  /* subtype: C adds a constraint, V validates one, O sets NOT NULL */
  if (strchr("CVO", alter->subtype[0]) != NULL && alter->subtype[0] != '\0') {
    add_finding(r, CHECK_DOMAIN_CONSTRAINT, NULL);
    add_note(r, _("every table with a column of this domain is locked SHARE and read"));
  }
}

static void read_transaction(Reading *r)
{
  add_note(r, _("it controls the transaction itself"));
}

/* ---- by kind ---- */

/* Statements that lock no table that anybody uses; what they do is in the catalog. */
static gboolean locks_no_table(PgQuery__Node__NodeCase kind)
{
  switch (kind) {
  case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
  case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
  case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
  case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
  case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
  case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
  case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT:
  case PG_QUERY__NODE__NODE_DEFINE_STMT:
  case PG_QUERY__NODE__NODE_CREATE_CAST_STMT:
  case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_ROLE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_ROLE_SET_STMT:
  case PG_QUERY__NODE__NODE_DROP_ROLE_STMT:
  case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
  case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
  case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
  case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
  case PG_QUERY__NODE__NODE_NOTIFY_STMT:
  case PG_QUERY__NODE__NODE_CREATE_PLANG_STMT:
  case PG_QUERY__NODE__NODE_CREATE_CONVERSION_STMT: return TRUE;
  default: return FALSE;
  }
}

/* What runs inside cannot be seen from the statement. */
static const char *opaque(PgQuery__Node__NodeCase kind)
{
  switch (kind) {
  case PG_QUERY__NODE__NODE_DO_STMT: return _("what a DO block runs is not visible here");
  case PG_QUERY__NODE__NODE_CALL_STMT: return _("what a procedure runs is not visible here");
  case PG_QUERY__NODE__NODE_EXECUTE_STMT: return _("what a prepared statement runs is not visible here");
  case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
  case PG_QUERY__NODE__NODE_ALTER_EXTENSION_STMT:
    return _("what an extension's script runs is not visible here");
  default: return NULL;
  }
}

static void read_grant(Reading *r, const PgQuery__GrantStmt *grant)
{
  for (gsize i = 0; i < grant->n_objects && grant->objtype == OBJECT(TABLE) && r->session->version >= 18; i++)
    if (grant->objects[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
      add_lock_var(r, grant->objects[i]->range_var, AS, NULL);
}

static gboolean read_change(Reading *r, const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_RENAME_STMT: read_rename(r, s->rename_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_COMMENT_STMT: read_comment(r, s->comment_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_VACUUM_STMT: read_vacuum(r, s->vacuum_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_REINDEX_STMT: read_reindex(r, s->reindex_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT: read_refresh(r, s->refresh_mat_view_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: read_alter_enum(r, s->alter_enum_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT: read_alter_domain(r, s->alter_domain_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
    add_lock_var(r, s->alter_seq_stmt->sequence, SRX, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_CLUSTER_STMT:
    if (s->cluster_stmt->relation != NULL) {
      g_autofree char *name = relation_name(s->cluster_stmt->relation);
      add_lock(r, name, AX, NULL);
      add_name(r->forecast->rewrites, name);
      add_finding(r, CHECK_FULL_REWRITE, name);
    }
    return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
    if (s->alter_object_schema_stmt->relation != NULL)
      add_lock_var(r, s->alter_object_schema_stmt->relation, AX, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
    if (s->alter_owner_stmt->relation != NULL)
      add_lock_var(r, s->alter_owner_stmt->relation, AX, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
    add_lock_var(r, s->alter_policy_stmt->table, AX, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_GRANT_STMT: read_grant(r, s->grant_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_TRANSACTION_STMT: read_transaction(r); return TRUE;
  default: return FALSE;
  }
}

static gboolean read_create(Reading *r, const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_CREATE_STMT: read_create_table(r, s->create_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_INDEX_STMT: read_create_index(r, s->index_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_VIEW_STMT: read_create_view(r, s->view_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
    read_create_table_as(r, s->create_table_as_stmt);
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT: read_create_trigger(r, s->create_trig_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_STATS_STMT: read_create_stats(r, s->create_stats_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
    add_lock_var(r, s->create_policy_stmt->table, AX, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_RULE_STMT: add_lock_var(r, s->rule_stmt->relation, AX, NULL); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT: {
    g_autofree char *name = relation_name(s->create_seq_stmt->sequence);
    note_created(r, name);
    return TRUE;
  }
  case PG_QUERY__NODE__NODE_DROP_STMT: read_drop(r, s->drop_stmt); return TRUE;
  default: return FALSE;
  }
}

gboolean read_object_statement(Reading *r, const PgQuery__Node *statement)
{
  const char *reason = opaque(statement->node_case);
  if (reason != NULL)
    set_unknown(r, "%s", reason);
  return reason != NULL || read_create(r, statement) || read_change(r, statement) ||
         locks_no_table(statement->node_case);
}
