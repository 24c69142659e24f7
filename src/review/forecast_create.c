/* CREATE: what a new object needs of those that exist, and what later statements may know about it. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

static gboolean exists(const Reading *r, const PgQuery__RangeVar *var)
{
  return model_catalog(r->session->model) != NULL &&
         model_find(r->session->model, var->schemaname, var->relname) != NULL;
}

static ReviewRelation *create(Reading *r, const PgQuery__RangeVar *var, char kind)
{
  const char *schema = strcmp(var->relpersistence, "t") == 0 ? "pg_temp" : var->schemaname;
  ReviewRelation *relation = model_create(r->session->model, schema, var->relname, kind);
  relation->persistence = *var->relpersistence != '\0' ? *var->relpersistence : 'p';
  return relation;
}

/* ---- columns ---- */

static guint own_sequence(Reading *r, guint table, const char *column)
{
  const ReviewRelation *owner = look(r, table);
  g_autofree char *schema = g_strdup(owner->schema);
  g_autofree char *name = g_strdup_printf("%s_%s_seq", owner->name, column);
  ReviewRelation *sequence = model_create(r->session->model, schema, name, 'S');
  sequence->owned_by = table;
  sequence->owned_by_column = g_strdup(column);
  guint id = sequence->id;
  g_array_append_val(model_edit(r->session->model, table)->sequences, id);
  return id;
}

void define_column(Reading *r, guint table, const PgQuery__ColumnDef *def)
{
  g_auto(TypeRef) type = type_ref(def->type_name);
  const ReviewType *known = model_type(r->session->model, type.schema, type.name);
  ReviewRelation *changed = model_edit(r->session->model, table);
  ReviewColumn *column = review_relation_add_column(changed, def->colname, type.name, type.typmod);
  if (type.schema != NULL || known != NULL) {
    g_free(column->type_schema);
    column->type_schema = g_strdup(type.schema != NULL ? type.schema : known->schema);
  }
  gboolean serial = type_is_serial(def->type_name);
  column->not_null = serial || def->is_not_null;
  column->has_default = serial;
  for (gsize i = 0; i < def->n_constraints; i++) {
    const PgQuery__Constraint *c = def->constraints[i]->constraint;
    switch (c->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL: column->not_null = TRUE; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT: column->has_default = TRUE; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED: column->generated = 's'; break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
      column->identity = 'd';
      column->not_null = serial = TRUE;
      break;
    default: break;
    }
  }
  column->local = column->made = TRUE;
  gboolean identity = column->identity != '\0';
  if (serial) {
    guint sequence = own_sequence(r, table, def->colname);
    if (!identity)
      review_relation_add_draw(model_edit(r->session->model, table), def->colname, sequence);
  }
  for (gsize i = 0; i < def->n_constraints; i++)
    if (def->constraints[i]->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT)
      set_draw(r, table, def->colname, def->constraints[i]->constraint->raw_expr);
  for (gsize i = 0; i < def->n_constraints; i++)
    define_constraint(r, table, def->constraints[i]->constraint, def->colname);
}

ReviewRelation *define_index(Reading *r, guint table, const char *name, const PgQuery__IndexStmt *index)
{
  g_autofree char *schema = g_strdup(look(r, table)->schema);
  ReviewRelation *made =
      model_create(r->session->model, schema, name, look(r, table)->kind == 'p' ? 'I' : 'i');
  g_array_append_val(model_edit(r->session->model, table)->indexes, made->id);
  ReviewIndex *about = made->index = g_new0(ReviewIndex, 1);
  about->table = table;
  about->valid = TRUE;
  if (index == NULL)
    return made;
  GPtrArray *keys = g_ptr_array_new(), *mentions = g_ptr_array_new();
  for (gsize i = 0; i < index->n_index_params; i++) {
    const PgQuery__IndexElem *element = index->index_params[i]->index_elem;
    g_ptr_array_add(keys, g_strdup(element->name));
    if (element->name[0] != '\0')
      g_ptr_array_add(mentions, g_strdup(element->name));
    about->expressions |= element->expr != NULL;
    g_auto(GStrv) used = columns_mentioned(element->expr);
    for (char **column = used; *column != NULL; column++)
      g_ptr_array_add(mentions, g_strdup(*column));
  }
  for (gsize i = 0; i < index->n_index_including_params; i++)
    g_ptr_array_add(mentions, g_strdup(index->index_including_params[i]->index_elem->name));
  g_auto(GStrv) used = columns_mentioned(index->where_clause);
  for (char **column = used; *column != NULL; column++)
    g_ptr_array_add(mentions, g_strdup(*column));
  about->n_keys = keys->len;
  g_ptr_array_add(keys, NULL);
  g_ptr_array_add(mentions, NULL);
  about->keys = (GStrv)g_ptr_array_free(keys, FALSE);
  about->mentions = (GStrv)g_ptr_array_free(mentions, FALSE);
  about->method = g_strdup(index->access_method);
  about->predicate = index->where_clause != NULL;
  about->unique = index->unique;
  return made;
}

/* ---- tables ---- */

static void references(Reading *r, const PgQuery__Constraint *c, const ReviewRelation *table)
{
  if (c->contype != PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN)
    return;
  const ReviewRelation *other = relation_of(r, c->pktable);
  if (other != table)
    lock_referenced(r, c);
}

/* CREATE_TABLE_LIKE_DEFAULTS */
#define LIKE_DEFAULTS (1u << 3)

static void copy_like(Reading *r, guint table, const PgQuery__TableLikeClause *like)
{
  const ReviewRelation *source = relation_of(r, like->relation);
  lock(r, source, AS, _("the new table is made like it"));
  lock_types_of(r, source, NULL);
  if ((like->options & LIKE_DEFAULTS) != 0 && locks_dependencies(r))
    lock_drawn(r, source, NULL, AS);
  for (guint i = 0; i < source->columns->len; i++) {
    const ReviewColumn *column = g_ptr_array_index(source->columns, i);
    ReviewColumn *copy = review_relation_add_column(model_edit(r->session->model, table), column->name,
                                                    column->type, column->typmod);
    copy->not_null = column->not_null;
  }
}

void lock_column_type(Reading *r, const PgQuery__ColumnDef *column)
{
  g_auto(TypeRef) type = type_ref(column->type_name);
  const ReviewRelation *relation = model_find(r->session->model, type.schema, type.name);
  if (relation != NULL && relation->kind == 'c' && locks_dependencies(r))
    lock(r, relation, AS, _("the column is of its type"));
}

static void read_elements(Reading *r, guint table, const PgQuery__CreateStmt *create)
{
  for (gsize i = 0; i < create->n_table_elts; i++) {
    const PgQuery__Node *element = create->table_elts[i];
    if (element->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
      for (gsize k = 0; k < element->column_def->n_constraints; k++)
        references(r, element->column_def->constraints[k]->constraint, look(r, table));
      if (locks_dependencies(r))
        lock_sequences(r, &element->column_def->base, AS);
      lock_column_type(r, element->column_def);
      define_column(r, table, element->column_def);
    } else if (element->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE) {
      copy_like(r, table, element->table_like_clause);
    }
  }
  for (gsize i = 0; i < create->n_table_elts; i++)
    if (create->table_elts[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
      references(r, create->table_elts[i]->constraint, look(r, table));
      define_constraint(r, table, create->table_elts[i]->constraint, NULL);
    }
}

static void read_create_table(Reading *r, const PgQuery__CreateStmt *statement)
{
  if (statement->if_not_exists) {
    if (exists(r, statement->relation))
      return;
    if (model_catalog(r->session->model) == NULL)
      add_note(r, _("IF NOT EXISTS: nothing happens when it exists"));
  }
  if (statement->of_typename != NULL) {
    g_auto(TypeRef) type = type_ref(statement->of_typename);
    lock(r, model_find(r->session->model, type.schema, type.name), AS, _("the new table is made of it"));
  }
  ReviewRelation *table = create(r, statement->relation, statement->partspec != NULL ? 'p' : 'r');
  guint id = table->id;
  for (gsize i = 0; i < statement->n_inh_relations; i++) {
    const ReviewRelation *parent = relation_of(r, statement->inh_relations[i]->range_var);
    if (statement->partbound != NULL) {
      read_new_partition(r, parent, table, statement->partbound->is_default);
      continue;
    }
    lock(r, parent, SUX, _("it gets a child"));
    lock_types_of(r, parent, NULL);
    if (locks_dependencies(r))
      lock_drawn(r, parent, NULL, AS);
    g_array_append_val(model_edit(r->session->model, parent->id)->children, id);
    g_array_append_val(table->parents, parent->id);
  }
  read_elements(r, id, statement);
}

static void lock_result_type(Reading *r, const PgQuery__SelectStmt *select, const char *column)
{
  for (gsize i = 0; i < select->n_from_clause; i++)
    if (select->from_clause[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
      lock_types_of(r, relation_of(r, select->from_clause[i]->range_var), column);
}

/* Columns of composite types among those that a table or view is made of. */
static void lock_result_types(Reading *r, const PgQuery__Node *query)
{
  const PgQuery__SelectStmt *select =
      query != NULL && query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT ? query->select_stmt : NULL;
  for (gsize i = 0; select != NULL && i < select->n_target_list; i++) {
    const PgQuery__Node *value = select->target_list[i]->node_case == PG_QUERY__NODE__NODE_RES_TARGET
                                     ? select->target_list[i]->res_target->val
                                     : NULL;
    if (value == NULL || value->node_case != PG_QUERY__NODE__NODE_COLUMN_REF ||
        value->column_ref->n_fields == 0)
      continue;
    const PgQuery__Node *last = value->column_ref->fields[value->column_ref->n_fields - 1];
    lock_result_type(r, select, last->node_case == PG_QUERY__NODE__NODE_A_STAR ? NULL : node_text(last));
  }
}

static void read_create_table_as(Reading *r, const PgQuery__CreateTableAsStmt *statement)
{
  gboolean view = statement->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW;
  if (statement->query->node_case == PG_QUERY__NODE__NODE_EXECUTE_STMT)
    set_unknown(r, _("what a prepared statement runs is not visible here"));
  lock_result_types(r, statement->query);
  if (statement->if_not_exists && exists(r, statement->into->rel)) {
    read_query(r, &statement->query->base, QUERY_NAMED, _("it is looked at all the same"));
    return;
  }
  read_query(r, &statement->query->base, statement->into->skip_data ? QUERY_NAMED : QUERY_RUN,
             _("it is filled from it"));
  if (!statement->into->skip_data)
    judge_scans_of(r, &statement->query->base);
  create(r, statement->into->rel, view ? 'm' : 'r');
}

static void read_create_view(Reading *r, const PgQuery__ViewStmt *statement)
{
  const ReviewRelation *old =
      model_find(r->session->model, statement->view->schemaname, statement->view->relname);
  gboolean replaces = statement->replace && (old != NULL || model_catalog(r->session->model) == NULL);
  if (replaces)
    lock(r, relation_of(r, statement->view), AX, NULL);
  read_query(r, &statement->query->base, QUERY_NAMED, _("the view reads it"));
  if (locks_dependencies(r))
    lock_sequences(r, &statement->query->base, AS);
  lock_result_types(r, statement->query);
  if (!replaces)
    create(r, statement->view, 'v');
}

/* ---- indexes ---- */

static char *index_name(const ReviewRelation *table, const PgQuery__IndexStmt *index)
{
  if (index->idxname[0] != '\0')
    return g_strdup(index->idxname);
  GString *name = g_string_new(table->name);
  for (gsize i = 0; i < index->n_index_params; i++) {
    const char *column = index->index_params[i]->index_elem->name;
    g_string_append_printf(name, "_%s", column[0] != '\0' ? column : "expr");
  }
  g_string_append(name, "_idx");
  return g_string_free(name, FALSE);
}

/* On a partitioned table it is built, or found, on every partition. */
static void index_partitions(Reading *r, const ReviewRelation *table)
{
  g_autoptr(GArray) ids = tree_of(r, table);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    build_index(r, rel);
  }
}

static void read_create_index(Reading *r, const PgQuery__IndexStmt *index)
{
  const ReviewRelation *table = relation_of(r, index->relation);
  g_autofree char *name = index_name(table, index);
  const ReviewRelation *old = model_find(r->session->model, table->schema, name);
  r->forecast->no_transaction |= index->concurrent;
  lock(r, table, index->concurrent ? SUX : SH, NULL);
  if (table->kind == 'p' && index->relation->inh && !index->concurrent)
    lock_tree(r, table, SH, _("the index is built on every partition"));
  if (index->if_not_exists && !index->concurrent)
    add_finding(r, CHECK_GUARD_LOCKS, table);
  if (index->if_not_exists && old != NULL)
    return;
  if (index->concurrent) {
    build_index(r, table);
    add_finding(r, table->kind == 'p' ? CHECK_CONCURRENTLY_PARTITIONED : CHECK_CONCURRENTLY_LEFTOVER, table);
    if (r->session->number >= 140000 && r->session->number < 140004)
      add_finding(r, CHECK_CONCURRENTLY_CORRUPTS, table);
    if (!table->made)
      add_note(r, _("it waits for every older transaction"));
  } else {
    if (table->kind == 'p' && index->relation->inh)
      index_partitions(r, table);
    else
      build_index(r, table);
    add_finding(r, CHECK_INDEX_NOT_CONCURRENT, table);
  }
  define_index(r, table->id, name, index);
}

/* ---- the rest ---- */

static void read_create_sequence(Reading *r, const PgQuery__CreateSeqStmt *statement)
{
  if (statement->if_not_exists && exists(r, statement->sequence))
    return;
  create(r, statement->sequence, 'S');
  for (gsize i = 0; i < statement->n_options; i++) {
    const PgQuery__DefElem *option = statement->options[i]->def_elem;
    if (strcmp(option->defname, "owned_by") == 0 && option->arg != NULL &&
        option->arg->node_case == PG_QUERY__NODE__NODE_LIST && option->arg->list->n_items > 1)
      lock(r, relation_of_words(r, option->arg->list->items, option->arg->list->n_items, 1), AS,
           _("the sequence belongs to it"));
  }
}

static void note_part(Reading *r, guint table, char letter, const char *name)
{
  g_ptr_array_add(model_edit(r->session->model, table)->parts, g_strdup_printf("%c %s", letter, name));
}

static void read_create_trigger(Reading *r, const PgQuery__CreateTrigStmt *trigger)
{
  const ReviewRelation *table = relation_of(r, trigger->relation);
  if (table->kind == 'p' && trigger->row)
    lock_tree(r, table, SRX, NULL);
  else
    lock(r, table, SRX, NULL);
  if (trigger->constrrel != NULL)
    lock(r, relation_of(r, trigger->constrrel), AS, _("the constraint trigger refers to it"));
  note_part(r, table->id, 't', trigger->trigname);
  ReviewRelation *changed = model_edit(r->session->model, table->id);
  changed->triggers |= ((trigger->events & 4) != 0 ? REVIEW_INSERT : 0) |
                       ((trigger->events & 8) != 0 ? REVIEW_DELETE : 0) |
                       ((trigger->events & 16) != 0 ? REVIEW_UPDATE : 0);
}

static void read_create_policy(Reading *r, const PgQuery__CreatePolicyStmt *policy)
{
  const ReviewRelation *table = relation_of(r, policy->table);
  lock(r, table, AX, NULL);
  const PgQuery__Node *parts[] = {policy->qual, policy->with_check};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
    if (parts[i] != NULL)
      read_query(r, &parts[i]->base, QUERY_NAMED, _("the policy reads it"));
  note_part(r, table->id, 'p', policy->policy_name);
}

static void read_create_rule(Reading *r, const PgQuery__RuleStmt *rule)
{
  const ReviewRelation *table = relation_of(r, rule->relation);
  lock(r, table, AX, NULL);
  gboolean changes = r->forecast->changes_rows;
  for (gsize i = 0; i < rule->n_actions; i++)
    read_query(r, &rule->actions[i]->base, QUERY_NAMED, _("the rule uses it"));
  r->forecast->changes_rows = changes; /* later, when the rule applies */
  note_part(r, table->id, 'r', rule->rulename);
}

static void read_create_stats(Reading *r, const PgQuery__CreateStatsStmt *stats)
{
  for (gsize i = 0; i < stats->n_relations; i++)
    if (stats->relations[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
      lock(r, relation_of(r, stats->relations[i]->range_var), SUX, NULL);
}

static void read_create_type(Reading *r, PgQuery__Node *const *names, gsize n, char kind)
{
  if (n == 0)
    return;
  ReviewType *type = g_new0(ReviewType, 1);
  type->schema = g_strdup(n > 1 ? node_text(names[n - 2]) : model_default_schema(r->session->model));
  type->name = g_strdup(node_text(names[n - 1]));
  type->kind = kind;
  type->base_typmod = -1;
  model_add_type(r->session->model, type);
}

static void read_create_domain(Reading *r, const PgQuery__CreateDomainStmt *domain)
{
  gsize n = domain->n_domainname;
  if (n == 0)
    return;
  g_auto(TypeRef) base = type_ref(domain->type_name);
  ReviewType *type = g_new0(ReviewType, 1);
  type->schema =
      g_strdup(n > 1 ? node_text(domain->domainname[n - 2]) : model_default_schema(r->session->model));
  type->name = g_strdup(node_text(domain->domainname[n - 1]));
  type->kind = 'd';
  type->base_schema = g_strdup(base.schema);
  type->base = g_strdup(base.name);
  type->base_typmod = base.typmod;
  for (gsize i = 0; i < domain->n_constraints; i++) {
    PgQuery__ConstrType kind = domain->constraints[i]->constraint->contype;
    type->constrained |=
        kind == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK || kind == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL;
  }
  model_add_type(r->session->model, type);
}

static gboolean is_query(const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_SELECT_STMT:
  case PG_QUERY__NODE__NODE_INSERT_STMT:
  case PG_QUERY__NODE__NODE_UPDATE_STMT:
  case PG_QUERY__NODE__NODE_DELETE_STMT:
  case PG_QUERY__NODE__NODE_MERGE_STMT: return TRUE;
  default: return FALSE;
  }
}

/* The server reads the body of an SQL function, and locks what it names for that long. */
static void read_body(Reading *r, const PgQuery__CreateFunctionStmt *function, const char *language,
                      const char *body)
{
  gboolean changes = r->forecast->changes_rows;
  guint losses = r->forecast->losses->len;
  if (function->sql_body != NULL)
    read_query(r, &function->sql_body->base, QUERY_EXPANDED, _("the function's body names it"));
  if (g_ascii_strcasecmp(language, "sql") == 0 && body != NULL) {
    g_autoptr(SqlTree) tree = sql_tree_parse(body);
    for (gsize i = 0; tree->root != NULL && i < tree->root->n_stmts; i++)
      if (tree->root->stmts[i]->stmt != NULL && is_query(tree->root->stmts[i]->stmt))
        read_query(r, &tree->root->stmts[i]->stmt->base, QUERY_EXPANDED, _("the function's body names it"));
  }
  r->forecast->changes_rows = changes; /* later, when it is called */
  g_ptr_array_set_size(r->forecast->losses, (int)losses);
}

static void read_create_function(Reading *r, const PgQuery__CreateFunctionStmt *function)
{
  char volatility = 'v';
  const char *language = "", *body = NULL;
  for (gsize i = 0; i < function->n_options; i++) {
    const PgQuery__DefElem *option = function->options[i]->def_elem;
    const char *word = option->arg != NULL ? node_text(option->arg) : "";
    if (strcmp(option->defname, "volatility") == 0)
      volatility = *word;
    if (strcmp(option->defname, "language") == 0)
      language = word;
    if (strcmp(option->defname, "as") == 0 && option->arg != NULL &&
        option->arg->node_case == PG_QUERY__NODE__NODE_LIST && option->arg->list->n_items > 0)
      body = node_text(option->arg->list->items[0]);
  }
  read_body(r, function, language, body);
  if (function->n_funcname > 0)
    model_add_function(r->session->model, node_text(function->funcname[function->n_funcname - 1]),
                       volatility);
}

static void read_publication(Reading *r, PgQuery__Node *const *objects, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    const PgQuery__PublicationObjSpec *spec =
        objects[i]->node_case == PG_QUERY__NODE__NODE_PUBLICATION_OBJ_SPEC ? objects[i]->publication_obj_spec
                                                                           : NULL;
    if (spec != NULL && spec->pubtable != NULL) {
      const ReviewRelation *table = relation_of(r, spec->pubtable->relation);
      if (table->kind == 'p' || !spec->pubtable->relation->inh)
        lock(r, table, SUX, _("it is published"));
      else
        lock_tree(r, table, SUX, _("it is published"));
    }
  }
}

/* What it publishes so far. */
static void lock_published(Reading *r, const char *publication)
{
  g_autofree char *need = g_strdup_printf("publication %s", publication);
  g_autoptr(GArray) ids = model_ids(r->session->model);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *table = look(r, g_array_index(ids, guint, i));
    if (table != NULL && g_ptr_array_find_with_equal_func(table->needs, need, g_str_equal, NULL))
      lock(r, table, SUX, _("it was published"));
  }
  if (model_catalog(r->session->model) == NULL)
    add_note(r, _("tables published so far are locked SHARE UPDATE EXCLUSIVE as well"));
}

static void read_create_schema(Reading *r, const PgQuery__CreateSchemaStmt *schema)
{
  if (schema->n_schema_elts > 0)
    set_unknown(r, _("what is created inside CREATE SCHEMA is not looked at"));
}

gboolean read_create_statement(Reading *r, const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_CREATE_STMT: read_create_table(r, s->create_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
    read_create_table(r, s->create_foreign_table_stmt->base_stmt);
    return TRUE;
  case PG_QUERY__NODE__NODE_INDEX_STMT: read_create_index(r, s->index_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_VIEW_STMT: read_create_view(r, s->view_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
    read_create_table_as(r, s->create_table_as_stmt);
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT: read_create_sequence(r, s->create_seq_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT: read_create_trigger(r, s->create_trig_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_STATS_STMT: read_create_stats(r, s->create_stats_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT: read_create_policy(r, s->create_policy_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_RULE_STMT: read_create_rule(r, s->rule_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
    read_create_type(r, s->create_enum_stmt->type_name, s->create_enum_stmt->n_type_name, 'e');
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
    read_create_type(r, s->create_range_stmt->type_name, s->create_range_stmt->n_type_name, 'r');
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT: read_create_domain(r, s->create_domain_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
    read_create_function(r, s->create_function_stmt);
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT: read_create_schema(r, s->create_schema_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT:
    read_publication(r, s->create_publication_stmt->pubobjects, s->create_publication_stmt->n_pubobjects);
    return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT:
    if (s->alter_publication_stmt->action == PG_QUERY__ALTER_PUBLICATION_ACTION__AP_SetObjects)
      lock_published(r, s->alter_publication_stmt->pubname);
    read_publication(r, s->alter_publication_stmt->pubobjects, s->alter_publication_stmt->n_pubobjects);
    return TRUE;
  default: return FALSE;
  }
}
