/* RENAME, COMMENT, REINDEX, REFRESH and the rest: statements about objects other than CREATE, DROP and ALTER TABLE. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

#define OBJECT(name) PG_QUERY__OBJECT_TYPE__OBJECT_##name

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

/* ---- names ---- */

static void rename_column(Reading *r, const ReviewRelation *table, const PgQuery__RenameStmt *rename)
{
  g_autoptr(GArray) ids = tree_of(r, table);
  for (guint i = 0; i < ids->len; i++) {
    guint id = g_array_index(ids, guint, i);
    lock(r, look(r, id), AX, NULL);
    ReviewRelation *changed = model_edit(r->session->model, id);
    ReviewColumn *column = review_relation_column(changed, rename->subname);
    if (column != NULL) {
      g_free(column->name);
      column->name = g_strdup(rename->newname);
    }
    for (guint k = 0; k < changed->constraints->len; k++) {
      ReviewConstraint *c = g_ptr_array_index(changed->constraints, k);
      for (char **name = c->columns; name != NULL && *name != NULL; name++)
        if (strcmp(*name, rename->subname) == 0) {
          g_free(*name);
          *name = g_strdup(rename->newname);
        }
    }
  }
}

static void rename_constraint(Reading *r, const ReviewRelation *table, const PgQuery__RenameStmt *rename)
{
  g_autoptr(GArray) ids = tree_of(r, table);
  const ReviewConstraint *c = review_relation_constraint(table, rename->subname);
  gboolean down = c != NULL && c->type == 'c';
  for (guint i = 0; i < (down ? ids->len : 1); i++)
    lock(r, look(r, g_array_index(ids, guint, i)), AX, NULL);
  if (c == NULL)
    return;
  if (c->index != 0 && c->type != 'f') {
    lock(r, look(r, c->index), version_since(r, 12) ? SUX : AX, _("it is the constraint's index"));
    model_rename(r->session->model, c->index, NULL, rename->newname);
  }
  ReviewConstraint *changed =
      review_relation_constraint(model_edit(r->session->model, table->id), rename->subname);
  g_free(changed->name);
  changed->name = g_strdup(rename->newname);
}

/* A composite type is a relation as well. */
static void lock_composite(Reading *r, PgQuery__ObjectType kind, const PgQuery__Node *object)
{
  if (kind != OBJECT(TYPE) || object == NULL || object->node_case != PG_QUERY__NODE__NODE_LIST ||
      object->list->n_items == 0)
    return;
  PgQuery__Node *const *words = object->list->items;
  gsize n = object->list->n_items;
  const ReviewRelation *relation =
      model_find(r->session->model, n > 1 ? node_text(words[n - 2]) : NULL, node_text(words[n - 1]));
  if (relation != NULL && relation->kind == 'c')
    lock(r, relation, AX, NULL);
}

static void read_rename(Reading *r, const PgQuery__RenameStmt *rename)
{
  lock_composite(r, rename->rename_type, rename->object);
  if (rename->relation == NULL || (rename->missing_ok && surely_missing(r, rename->relation)))
    return; /* types, functions, schemas: no table is locked */
  const ReviewRelation *relation = relation_of(r, rename->relation);
  switch (rename->rename_type) {
  case OBJECT(COLUMN):
    rename_column(r, relation, rename);
    add_finding(r, CHECK_RENAMED, relation);
    return;
  case OBJECT(TABCONSTRAINT): rename_constraint(r, relation, rename); return;
  case OBJECT(INDEX): lock(r, relation, version_since(r, 12) ? SUX : AX, NULL); break;
  case OBJECT(ATTRIBUTE):
    lock(r, relation, AX, NULL);
    if (rename->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
      lock_typed_tables(r, relation);
    return;
  case OBJECT(TABLE):
  case OBJECT(VIEW):
  case OBJECT(MATVIEW):
    lock(r, relation, AX, NULL);
    add_finding(r, CHECK_RENAMED, relation);
    break;
  case OBJECT(TRIGGER):
    if (relation->kind == 'p' && version_since(r, 15))
      lock_tree(r, relation, AX, NULL);
    else
      lock(r, relation, AX, NULL);
    return;
  case OBJECT(RULE):
  case OBJECT(POLICY): lock(r, relation, AX, NULL); return;
  default: lock(r, relation, AX, NULL);
  }
  model_rename(r->session->model, relation->id, NULL, rename->newname);
}

static void read_set_schema(Reading *r, const PgQuery__AlterObjectSchemaStmt *alter)
{
  if (alter->relation == NULL || (alter->missing_ok && surely_missing(r, alter->relation)))
    return;
  const ReviewRelation *relation = relation_of(r, alter->relation);
  lock(r, relation, AX, NULL);
  if (alter->object_type != OBJECT(SEQUENCE))
    add_finding(r, CHECK_RENAMED, relation);
  for (guint i = 0; i < relation->sequences->len; i++)
    lock(r, look(r, g_array_index(relation->sequences, guint, i)), AX,
         _("it belongs to a column of the table"));
  g_autoptr(GArray) moved = g_array_copy(relation->indexes);
  g_array_append_vals(moved, relation->sequences->data, relation->sequences->len);
  guint id = relation->id;
  for (guint i = 0; i < moved->len; i++)
    model_rename(r->session->model, g_array_index(moved, guint, i), alter->newschema, NULL);
  model_rename(r->session->model, id, alter->newschema, NULL);
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
  lock(r, relation_of_words(r, object->list->items, object->list->n_items, skip), mode, NULL);
}

/* ---- maintenance ---- */

static gboolean option_on(PgQuery__Node *const *options, gsize n, const char *name)
{
  for (gsize i = 0; i < n; i++) {
    const PgQuery__DefElem *option =
        options[i]->node_case == PG_QUERY__NODE__NODE_DEF_ELEM ? options[i]->def_elem : NULL;
    if (option == NULL || strcmp(option->defname, name) != 0)
      continue;
    const char *value = node_text(option->arg);
    return g_ascii_strcasecmp(value, "false") != 0 && g_ascii_strcasecmp(value, "off") != 0;
  }
  return FALSE;
}

static void vacuum_one(Reading *r, const ReviewRelation *table, gboolean full, gboolean analyze_only)
{
  g_autoptr(GArray) ids = tree_of(r, table);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    if (rel->kind == 'v')
      continue; /* skipped with a warning */
    if (rel != table && !rel->partition) {
      if (analyze_only || version_since(r, 18))
        lock(r, rel, version_since(r, 18) ? SUX : AS, _("it inherits from the table"));
      continue;
    }
    lock(r, rel, full && rel->kind != 'p' ? AX : rel->kind == 'p' && !analyze_only ? AS : SUX, NULL);
    if (full)
      rewrite_table(r, rel);
    else if (rel->kind != 'p')
      lock_indexes(r, rel, analyze_only ? AS : RX);
    if (full)
      add_finding(r, CHECK_FULL_REWRITE, rel);
  }
}

static void read_vacuum(Reading *r, const PgQuery__VacuumStmt *vacuum)
{
  gboolean full = option_on(vacuum->options, vacuum->n_options, "full");
  r->forecast->no_transaction |= vacuum->is_vacuumcmd;
  for (gsize i = 0; i < vacuum->n_rels; i++)
    vacuum_one(r, relation_of(r, vacuum->rels[i]->vacuum_relation->relation), full, !vacuum->is_vacuumcmd);
  if (vacuum->n_rels == 0)
    set_unknown(r, _("it works through every table"));
}

static void reindex_table(Reading *r, const ReviewRelation *table, gboolean concurrent)
{
  g_autoptr(GArray) ids = tree_of(r, table);
  if (table->kind == 'p')
    r->forecast->no_transaction = TRUE;
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    if (rel != table && !rel->partition)
      continue;
    lock(r, rel, concurrent ? SUX : SH, NULL);
    for (guint k = 0; k < rel->indexes->len; k++) {
      const ReviewRelation *index = look(r, g_array_index(rel->indexes, guint, k));
      if (rel->kind != 'p')
        lock(r, index, concurrent ? SUX : AX, NULL);
      rebuild(r, index);
    }
    if (rel->indexes->len > 0 || !rel->known)
      scan(r, rel);
  }
}

static void reindex_index(Reading *r, const ReviewRelation *index, gboolean concurrent)
{
  g_autoptr(GArray) ids = tree_of(r, index);
  if (index->kind == 'I')
    r->forecast->no_transaction = TRUE;
  if (index->index == NULL)
    add_note(r, concurrent ? _("its table is locked SHARE UPDATE EXCLUSIVE as well")
                           : _("its table is locked SHARE as well"));
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    const ReviewRelation *table = rel->index != NULL ? look(r, rel->index->table) : NULL;
    lock(r, table, concurrent ? SUX : SH, _("the index is on it"));
    lock(r, rel, concurrent ? SUX : AX, NULL);
    rebuild(r, rel);
    scan(r, table);
  }
}

static void read_reindex(Reading *r, const PgQuery__ReindexStmt *reindex)
{
  gboolean concurrent = option_on(reindex->params, reindex->n_params, "concurrently");
  r->forecast->no_transaction |= concurrent;
  if (reindex->relation == NULL) {
    r->forecast->no_transaction = TRUE;
    set_unknown(r, _("it rebuilds every index there"));
    return;
  }
  const ReviewRelation *relation = relation_of(r, reindex->relation);
  if (reindex->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX) {
    reindex_index(r, relation, concurrent);
  } else {
    reindex_table(r, relation, concurrent);
    if (!relation->known)
      add_note(r, concurrent ? _("its indexes are built anew")
                             : _("its indexes are locked ACCESS EXCLUSIVE: readers wait"));
  }
  if (!concurrent)
    add_finding(r, CHECK_REINDEX_NOT_CONCURRENT, relation);
}

/* The query is not in the statement: what it reads the catalog knows. */
static void read_bases(Reading *r, const ReviewRelation *view)
{
  for (guint i = 0; i < view->bases->len; i++) {
    const ReviewRelation *base = look(r, g_array_index(view->bases, guint, i));
    lock(r, base, AS, _("the view reads it"));
    if (base != NULL && base->kind == 'v')
      read_bases(r, base);
    else if (base != NULL) {
      lock_indexes(r, base, AS);
      scan(r, base);
    }
  }
}

static void read_refresh(Reading *r, const PgQuery__RefreshMatViewStmt *refresh)
{
  const ReviewRelation *view = relation_of(r, refresh->relation);
  lock(r, view, refresh->concurrent ? LOCK_MODE_EXCLUSIVE : AX, NULL);
  if (!refresh->skip_data)
    read_bases(r, view);
  if (refresh->concurrent) {
    lock_indexes(r, view, RX);
    scan(r, view);
    return;
  }
  lock_types_of(r, view, NULL);
  rewrite(r, view);
  if (view->indexes->len > 0 && !refresh->skip_data)
    scan(r, view);
  for (guint i = 0; i < view->indexes->len; i++) {
    const ReviewRelation *index = look(r, g_array_index(view->indexes, guint, i));
    lock(r, index, AX, NULL);
    rebuild(r, index);
  }
  add_finding(r, CHECK_REFRESH_BLOCKS, view);
}

static void read_cluster(Reading *r, const PgQuery__ClusterStmt *cluster)
{
  if (cluster->relation == NULL) {
    r->forecast->no_transaction = TRUE;
    set_unknown(r, _("it works through every table that was clustered before"));
    return;
  }
  const ReviewRelation *table = relation_of(r, cluster->relation);
  lock(r, table, AX, NULL);
  rewrite_table(r, table);
  rewrite(r, table);
  add_finding(r, CHECK_FULL_REWRITE, table);
}

/* ---- types ---- */

static void read_alter_enum(Reading *r, const PgQuery__AlterEnumStmt *alter)
{
  if (alter->old_val[0] != '\0')
    return; /* RENAME VALUE */
  add_finding(r, CHECK_ENUM_VALUE, NULL);
  if (!version_since(r, 12))
    r->forecast->no_transaction = TRUE;
}

static void read_alter_domain(Reading *r, const PgQuery__AlterDomainStmt *alter)
{
  /* subtype: C adds a constraint, V validates one, O sets NOT NULL */
  if (alter->subtype[0] == '\0' || strchr("CVO", alter->subtype[0]) == NULL)
    return;
  gboolean later = alter->subtype[0] == 'C' && alter->def != NULL &&
                   alter->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
                   alter->def->constraint->skip_validation;
  if (later)
    return;
  const char *name = alter->n_type_name > 0 ? node_text(alter->type_name[alter->n_type_name - 1]) : "";
  gboolean made = model_made_type(r->session->model, name);
  if (!made)
    add_finding(r, CHECK_DOMAIN_CONSTRAINT, NULL);
  if (!made && model_catalog(r->session->model) == NULL)
    add_note(r, _("every table with a column of this domain is locked SHARE and read"));
  g_autoptr(GArray) ids = model_ids(r->session->model);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *relation = look(r, g_array_index(ids, guint, i));
    for (guint k = 0; relation != NULL && k < relation->columns->len; k++) {
      const ReviewColumn *column = g_ptr_array_index(relation->columns, k);
      if (!type_is_made_of(r, column->type_schema, column->type, name) ||
          (relation->kind != 'r' && relation->kind != 'm'))
        continue;
      lock(r, relation, SH, _("it has a column of the domain"));
      scan(r, relation);
    }
  }
}

/* ---- sequences ---- */

static void read_alter_sequence(Reading *r, const PgQuery__AlterSeqStmt *alter)
{
  if (alter->missing_ok && surely_missing(r, alter->sequence))
    return;
  const ReviewRelation *sequence = relation_of(r, alter->sequence);
  lock(r, sequence, SRX, NULL);
  for (gsize i = 0; i < alter->n_options; i++) {
    const PgQuery__DefElem *option = alter->options[i]->def_elem;
    if (strcmp(option->defname, "owned_by") != 0) {
      rewrite(r, sequence);
      continue;
    }
    const PgQuery__List *owner =
        option->arg != NULL && option->arg->node_case == PG_QUERY__NODE__NODE_LIST ? option->arg->list : NULL;
    if (owner != NULL && owner->n_items > 1)
      lock(r, relation_of_words(r, owner->items, owner->n_items, 1), AS, _("the sequence belongs to it"));
  }
}

/* ---- settings ---- */

/* SET search_path decides where the names of later statements are looked for. */
static void read_set(Reading *r, const PgQuery__VariableSetStmt *set)
{
  if (strcmp(set->name, "search_path") != 0)
    return;
  if (set->kind != PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE) {
    model_set_search_path(r->session->model, NULL);
    return;
  }
  g_autoptr(GPtrArray) schemas = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; i < set->n_args; i++) {
    const PgQuery__Node *arg = set->args[i];
    if (arg->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        arg->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL)
      continue;
    g_auto(GStrv) parts = g_strsplit(arg->a_const->sval->sval, ",", -1);
    for (char **part = parts; *part != NULL; part++)
      if (strcmp(g_strstrip(*part), "$user") != 0 && **part != '\0')
        g_ptr_array_add(schemas, g_strdup(*part));
  }
  g_ptr_array_add(schemas, NULL);
  model_set_search_path(r->session->model, (GStrv)schemas->pdata);
}

/* ---- by kind ---- */

/* Statements that lock no table that anybody uses; what they do is in the catalog. */
static gboolean locks_no_table(PgQuery__Node__NodeCase kind)
{
  switch (kind) {
  case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT:
  case PG_QUERY__NODE__NODE_ALTER_TYPE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_OPERATOR_STMT:
  case PG_QUERY__NODE__NODE_ALTER_COLLATION_STMT:
  case PG_QUERY__NODE__NODE_ALTER_STATS_STMT:
  case PG_QUERY__NODE__NODE_DEFINE_STMT:
  case PG_QUERY__NODE__NODE_CREATE_CAST_STMT:
  case PG_QUERY__NODE__NODE_CREATE_OP_CLASS_STMT:
  case PG_QUERY__NODE__NODE_CREATE_OP_FAMILY_STMT:
  case PG_QUERY__NODE__NODE_ALTER_OP_FAMILY_STMT:
  case PG_QUERY__NODE__NODE_CREATE_TRANSFORM_STMT:
  case PG_QUERY__NODE__NODE_CREATE_AM_STMT:
  case PG_QUERY__NODE__NODE_CREATE_EVENT_TRIG_STMT:
  case PG_QUERY__NODE__NODE_ALTER_EVENT_TRIG_STMT:
  case PG_QUERY__NODE__NODE_CREATE_FDW_STMT:
  case PG_QUERY__NODE__NODE_CREATE_FOREIGN_SERVER_STMT:
  case PG_QUERY__NODE__NODE_ALTER_FOREIGN_SERVER_STMT:
  case PG_QUERY__NODE__NODE_CREATE_USER_MAPPING_STMT:
  case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_ROLE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_ROLE_SET_STMT:
  case PG_QUERY__NODE__NODE_DROP_ROLE_STMT:
  case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
  case PG_QUERY__NODE__NODE_ALTER_DATABASE_SET_STMT:
  case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
  case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
  case PG_QUERY__NODE__NODE_CHECK_POINT_STMT:
  case PG_QUERY__NODE__NODE_LISTEN_STMT:
  case PG_QUERY__NODE__NODE_UNLISTEN_STMT:
  case PG_QUERY__NODE__NODE_NOTIFY_STMT:
  case PG_QUERY__NODE__NODE_DEALLOCATE_STMT:
  case PG_QUERY__NODE__NODE_CLOSE_PORTAL_STMT:
  case PG_QUERY__NODE__NODE_CREATE_PLANG_STMT:
  case PG_QUERY__NODE__NODE_ALTER_FDW_STMT:
  case PG_QUERY__NODE__NODE_ALTER_USER_MAPPING_STMT:
  case PG_QUERY__NODE__NODE_DROP_USER_MAPPING_STMT:
  case PG_QUERY__NODE__NODE_ALTER_TSCONFIGURATION_STMT:
  case PG_QUERY__NODE__NODE_ALTER_TSDICTIONARY_STMT:
  case PG_QUERY__NODE__NODE_ALTER_DATABASE_REFRESH_COLL_STMT:
  case PG_QUERY__NODE__NODE_ALTER_TABLE_SPACE_OPTIONS_STMT:
  case PG_QUERY__NODE__NODE_LOAD_STMT:
  case PG_QUERY__NODE__NODE_CREATE_CONVERSION_STMT: return TRUE;
  default: return FALSE;
  }
}

/* Of the whole server or database: refused in a transaction, and no table's business. */
static gboolean is_server_wide(PgQuery__Node__NodeCase kind)
{
  switch (kind) {
  case PG_QUERY__NODE__NODE_CREATEDB_STMT:
  case PG_QUERY__NODE__NODE_DROPDB_STMT:
  case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
  case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
  case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT: return TRUE;
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
  for (gsize i = 0; i < grant->n_objects && version_since(r, 18); i++)
    if (grant->objects[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
      lock(r, relation_of(r, grant->objects[i]->range_var), AS, NULL);
}

static void read_alter_owner(Reading *r, const PgQuery__AlterOwnerStmt *alter)
{
  if (alter->relation != NULL)
    lock(r, relation_of(r, alter->relation), AX, NULL);
  lock_composite(r, alter->object_type, alter->object);
}

/* What it reads already stays when the statement says nothing about it. */
static void read_alter_policy(Reading *r, const PgQuery__AlterPolicyStmt *policy)
{
  const ReviewRelation *table = relation_of(r, policy->table);
  lock(r, table, AX, NULL);
  const PgQuery__Node *parts[] = {policy->qual, policy->with_check};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    if (parts[i] != NULL)
      read_query(r, &parts[i]->base, QUERY_NAMED, _("the policy reads it"));
  for (guint i = 0; i < table->needs->len && policy->qual == NULL && policy->with_check == NULL; i++) {
    const char *need = g_ptr_array_index(table->needs, i);
    if (g_str_has_prefix(need, "relation "))
      lock(r, look(r, (guint)g_ascii_strtoull(need + strlen("relation "), NULL, 10)), AS,
           _("the policy reads it"));
  }
}

/* ALTER DATABASE ... SET TABLESPACE moves its files. */
static gboolean moves_database(const PgQuery__AlterDatabaseStmt *alter)
{
  for (gsize i = 0; i < alter->n_options; i++)
    if (strcmp(alter->options[i]->def_elem->defname, "tablespace") == 0)
      return TRUE;
  return FALSE;
}

gboolean read_object_statement(Reading *r, const PgQuery__Node *s)
{
  const char *reason = opaque(s->node_case);
  if (reason != NULL)
    set_unknown(r, "%s", reason);
  r->forecast->no_transaction |= is_server_wide(s->node_case);
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_RENAME_STMT: read_rename(r, s->rename_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_COMMENT_STMT: read_comment(r, s->comment_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_VACUUM_STMT: read_vacuum(r, s->vacuum_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_REINDEX_STMT: read_reindex(r, s->reindex_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT: read_refresh(r, s->refresh_mat_view_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: read_alter_enum(r, s->alter_enum_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT: read_alter_domain(r, s->alter_domain_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT: read_alter_sequence(r, s->alter_seq_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CLUSTER_STMT: read_cluster(r, s->cluster_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
    read_set_schema(r, s->alter_object_schema_stmt);
    return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT: read_alter_owner(r, s->alter_owner_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT: read_alter_policy(r, s->alter_policy_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_OBJECT_DEPENDS_STMT:
    if (s->alter_object_depends_stmt->relation != NULL)
      lock(r, relation_of(r, s->alter_object_depends_stmt->relation),
           s->alter_object_depends_stmt->object_type == OBJECT(TRIGGER) ? AS : AX, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_DISCARD_STMT:
    r->forecast->no_transaction |= s->discard_stmt->target == PG_QUERY__DISCARD_MODE__DISCARD_ALL;
    return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
    r->forecast->no_transaction |= moves_database(s->alter_database_stmt);
    return TRUE;
  case PG_QUERY__NODE__NODE_GRANT_STMT: read_grant(r, s->grant_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT: read_set(r, s->variable_set_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
    add_note(r, _("it controls the transaction itself"));
    r->forecast->no_transaction |=
        s->transaction_stmt->kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED ||
        s->transaction_stmt->kind == PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED;
    return TRUE;
  default: return reason != NULL || is_server_wide(s->node_case) || locks_no_table(s->node_case);
  }
}
