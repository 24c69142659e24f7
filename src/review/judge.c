#include "judge.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "remedy-private.h"

#define AT(name) PG_QUERY__ALTER_TABLE_TYPE__AT_##name
#define OBJECT(name) PG_QUERY__OBJECT_TYPE__OBJECT_##name

static void added_key_free(void *data)
{
  AddedKey *key = data;
  g_strfreev(key->columns);
  g_free(key);
}

static Effects *effects_of(Reading *r)
{
  Effects *effects = r->forecast->effects;
  if (effects == NULL) {
    effects = r->forecast->effects = g_new0(Effects, 1);
    effects->keys = g_ptr_array_new_with_free_func(added_key_free);
    effects->made = g_ptr_array_new_with_free_func(g_free);
    effects->dropped = g_ptr_array_new_with_free_func(g_free);
    effects->analyzed = g_ptr_array_new_with_free_func(g_free);
    effects->not_valid = g_ptr_array_new_with_free_func(g_free);
    effects->validated = g_ptr_array_new_with_free_func(g_free);
  }
  return effects;
}

void effects_free(Effects *effects)
{
  if (effects == NULL)
    return;
  g_ptr_array_unref(effects->keys);
  g_ptr_array_unref(effects->made);
  g_ptr_array_unref(effects->dropped);
  g_ptr_array_unref(effects->analyzed);
  g_ptr_array_unref(effects->not_valid);
  g_ptr_array_unref(effects->validated);
  remedy_subject_free(effects->subject);
  g_free(effects->enum_value);
  g_free(effects->enum_type);
  g_free(effects);
}

/* ---- time-outs and transactions ---- */

/* Milliseconds of '2s', 500, '1min'; -1: not understood. */
static gint64 duration_ms(const PgQuery__AConst *value)
{
  if (value->val_case == PG_QUERY__A__CONST__VAL_IVAL)
    return value->ival->ival;
  if (value->val_case != PG_QUERY__A__CONST__VAL_SVAL)
    return -1;
  char *unit;
  double n = g_ascii_strtod(value->sval->sval, &unit);
  if (unit == value->sval->sval)
    return -1;
  static const struct {
    const char *name;
    double ms;
  } units[] = {{"", 1},        {"us", 0.001},  {"ms", 1},      {"s", 1000},
               {"min", 60000}, {"h", 3600000}, {"d", 86400000}};
  g_autofree char *name = g_strstrip(g_strdup(unit));
  for (guint i = 0; i < G_N_ELEMENTS(units); i++)
    if (strcmp(units[i].name, name) == 0)
      return (gint64)(n * units[i].ms);
  return -1;
}

static void judge_lock_timeout(Reading *r, const PgQuery__Node *value)
{
  effects_of(r)->sets_lock_timeout = TRUE;
  gint64 ms =
      value != NULL && value->node_case == PG_QUERY__NODE__NODE_A_CONST ? duration_ms(value->a_const) : -1;
  if (ms <= 0 || ms > r->session->deadlock_ms)
    return;
  g_autofree char *detail = g_strdup_printf(_("%lld ms"), (long long)ms);
  finding_add(r->forecast->findings, CHECK_LOCK_TIMEOUT_SHORT, NULL, detail);
}

static void judge_setting(Reading *r, const PgQuery__VariableSetStmt *set)
{
  if (g_ascii_strcasecmp(set->name, "lock_timeout") == 0)
    judge_lock_timeout(r, set->n_args > 0 ? set->args[0] : NULL);
  if (g_ascii_strcasecmp(set->name, "deadlock_timeout") == 0 && set->n_args > 0 &&
      set->args[0]->node_case == PG_QUERY__NODE__NODE_A_CONST && duration_ms(set->args[0]->a_const) > 0)
    r->session->deadlock_ms = duration_ms(set->args[0]->a_const);
}

/* SELECT set_config('lock_timeout', '2s', true) */
static void judge_set_config(Reading *r, const PgQuery__SelectStmt *select)
{
  for (gsize i = 0; i < select->n_target_list; i++) {
    const PgQuery__Node *value = select->target_list[i]->res_target->val;
    const PgQuery__FuncCall *call =
        value != NULL && value->node_case == PG_QUERY__NODE__NODE_FUNC_CALL ? value->func_call : NULL;
    if (call == NULL || call->n_args < 2 || call->n_funcname == 0 ||
        strcmp(node_text(call->funcname[call->n_funcname - 1]), "set_config") != 0 ||
        call->args[0]->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        call->args[0]->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL)
      continue;
    if (g_ascii_strcasecmp(call->args[0]->a_const->sval->sval, "lock_timeout") == 0)
      judge_lock_timeout(r, call->args[1]);
  }
}

static void judge_transaction(Reading *r, const PgQuery__TransactionStmt *transaction)
{
  switch (transaction->kind) {
  case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_BEGIN:
  case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_START:
    effects_of(r)->transaction = TRANSACTION_BEGINS;
    break;
  case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
  case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
    effects_of(r)->transaction = transaction->chain ? TRANSACTION_BEGINS : TRANSACTION_ENDS;
    break;
  default: break;
  }
}

/* ---- foreign keys ---- */

static void note_key(Reading *r, const ReviewRelation *table, GStrv columns, gboolean on_new)
{
  if (table == NULL || columns == NULL || columns[0] == NULL) {
    g_strfreev(columns);
    return;
  }
  AddedKey *key = g_new0(AddedKey, 1);
  *key = (AddedKey){table->id, columns, on_new || table->made};
  g_ptr_array_add(effects_of(r)->keys, key);
}

static void note_column_keys(Reading *r, const ReviewRelation *table, const PgQuery__ColumnDef *column)
{
  for (gsize i = 0; i < column->n_constraints; i++)
    if (column->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
        column->constraints[i]->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN) {
      const char *name[] = {column->colname, NULL};
      note_key(r, table, g_strdupv((char **)name), TRUE);
    }
}

static void note_constraint_key(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c)
{
  if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN)
    note_key(r, table, node_words(c->fk_attrs, c->n_fk_attrs), FALSE);
}

/* The first columns of some index are those of the key, in any order. */
static gboolean served(const ForecastSession *session, const ReviewRelation *table, char **columns)
{
  guint n = g_strv_length(columns);
  for (guint i = 0; i < table->indexes->len; i++) {
    const ReviewRelation *index = model_look(session->model, g_array_index(table->indexes, guint, i));
    if (index == NULL || index->index == NULL || index->index->predicate || index->index->n_keys < n)
      continue;
    guint found = 0;
    for (guint k = 0; k < n && index->index->keys[k] != NULL; k++)
      found += g_strv_contains((const char *const *)columns, index->index->keys[k]);
    if (found == n)
      return TRUE;
  }
  return FALSE;
}

static const ReviewConstraint *find_key(const ReviewRelation *table, char **columns)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const ReviewConstraint *c = g_ptr_array_index(table->constraints, i);
    if (c->type == 'f' && c->columns != NULL &&
        g_strv_equal((const char *const *)c->columns, (const char *const *)columns))
      return c;
  }
  return NULL;
}

/* text and varchar are one and the same to an index and to a comparison. */
static gboolean same_values(const char *a, const char *b)
{
  static const char *const texts[] = {"text", "varchar", NULL};
  return strcmp(a, b) == 0 || (g_strv_contains(texts, a) && g_strv_contains(texts, b));
}

static void judge_types(const ForecastSession *session, const ReviewRelation *table,
                        const ReviewConstraint *key, GPtrArray *findings)
{
  const ReviewRelation *referenced = model_look(session->model, key->referenced);
  if (referenced == NULL || key->referenced_columns == NULL)
    return;
  for (guint i = 0; key->columns[i] != NULL && key->referenced_columns[i] != NULL; i++) {
    const ReviewColumn *from = review_relation_column(table, key->columns[i]);
    const ReviewColumn *to = review_relation_column(referenced, key->referenced_columns[i]);
    if (from == NULL || to == NULL || from->type == NULL || to->type == NULL ||
        same_values(from->type, to->type))
      continue;
    g_autofree char *object = g_strdup_printf("%s.%s.%s", table->schema, table->name, from->name);
    g_autofree char *detail =
        g_strdup_printf(_("%s here, %s in %s.%s"), from->type, to->type, referenced->name, to->name);
    finding_add(findings, CHECK_FK_TYPE_MISMATCH, object, detail);
  }
}

/* A table may have several foreign keys, each with its columns. */
static gboolean tells_already(const GPtrArray *findings, const Finding *finding)
{
  for (guint i = 0; i < findings->len; i++) {
    const Finding *other = g_ptr_array_index(findings, i);
    if (other->check == finding->check && g_strcmp0(other->object, finding->object) == 0 &&
        g_strcmp0(other->detail, finding->detail) == 0)
      return TRUE;
  }
  return FALSE;
}

void judge_key(ForecastSession *session, const AddedKey *key, GPtrArray *findings)
{
  const ReviewRelation *table = model_look(session->model, key->table);
  if (table == NULL)
    return;
  if ((table->known || key->on_new) && !served(session, table, key->columns)) {
    g_autofree char *columns = g_strjoinv(", ", key->columns);
    g_autofree char *object = g_strdup_printf("%s.%s", table->schema, table->name);
    Finding *finding = finding_new(CHECK_FK_WITHOUT_INDEX, forecast_display(object), columns);
    if (tells_already(findings, finding))
      finding_free(finding);
    else
      g_ptr_array_add(findings, finding);
  }
  const ReviewConstraint *constraint = find_key(table, key->columns);
  if (constraint != NULL)
    judge_types(session, table, constraint, findings);
}

/* ---- ALTER TABLE, CREATE and DROP ---- */

/* What a name tells when there is no catalog to ask. */
static gboolean named_like_a_foreign_key(const char *name)
{
  g_autofree char *lower = g_ascii_strdown(name, -1);
  return g_str_has_prefix(lower, "fk") || g_str_has_suffix(lower, "_fk") || strstr(lower, "fkey") != NULL ||
         strstr(lower, "_fk_") != NULL || strstr(lower, "foreign") != NULL;
}

/* "schema.table.constraint"; a constraint that the server names is none in particular. */
static void note_constraint(GPtrArray *list, const ReviewRelation *table, const char *name)
{
  g_ptr_array_add(list, g_strdup_printf("%s.%s.%s", table->schema, table->name, name));
}

static void judge_json(Reading *r, const ReviewRelation *table, const char *column,
                       const PgQuery__TypeName *type)
{
  if (type == NULL || type->n_names == 0 || strcmp(node_text(type->names[type->n_names - 1]), "json") != 0)
    return;
  g_autofree char *name = model_full_name(table);
  finding_add(r->forecast->findings, CHECK_JSON_TYPE, name, column);
}

static void judge_command(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd)
{
  switch (cmd->subtype) {
  case AT(AddColumn): note_column_keys(r, table, cmd->def->column_def); break;
  case AT(AddConstraint):
    note_constraint_key(r, table, cmd->def->constraint);
    if (cmd->def->constraint->skip_validation && !table->made)
      note_constraint(effects_of(r)->not_valid, table, cmd->def->constraint->conname);
    break;
  case AT(ValidateConstraint): note_constraint(effects_of(r)->validated, table, cmd->name); break;
  case AT(AlterColumnType):
    effects_of(r)->type_changed = TRUE;
    judge_json(r, table, cmd->name, cmd->def->column_def->type_name);
    break;
  case AT(DropConstraint):
    if (!table->known && !table->made && named_like_a_foreign_key(cmd->name))
      add_finding_detail(r, CHECK_LOCKS_OTHER_TABLE, table, cmd->name);
    break;
  case AT(DetachPartition):
    if (!cmd->def->partition_cmd->concurrent)
      add_finding(r, CHECK_DETACH_BLOCKS, table);
    break;
  default: break;
  }
}

static void judge_alter(Reading *r, const PgQuery__AlterTableStmt *alter)
{
  if (alter->relation == NULL)
    return;
  const ReviewRelation *table = relation_of(r, alter->relation);
  for (gsize i = 0; i < alter->n_cmds; i++)
    if (alter->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
      judge_command(r, table, alter->cmds[i]->alter_table_cmd);
}

static void judge_new_column(Reading *r, const ReviewRelation *table, const PgQuery__ColumnDef *column)
{
  note_column_keys(r, table, column);
  judge_json(r, table, column->colname, column->type_name);
}

static void judge_create_table(Reading *r, const PgQuery__CreateStmt *create)
{
  const ReviewRelation *table = relation_of(r, create->relation);
  for (gsize i = 0; i < create->n_table_elts; i++) {
    const PgQuery__Node *element = create->table_elts[i];
    if (element->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
      judge_new_column(r, table, element->column_def);
    else if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
      note_constraint_key(r, table, element->constraint);
  }
  if (create->partbound != NULL && create->n_inh_relations > 0)
    add_finding(r, CHECK_PARTITION_LOCKS_PARENT, relation_of(r, create->inh_relations[0]->range_var));
}

static void judge_concurrent(Reading *r, const ReviewRelation *table)
{
  if (r->session->number >= 140000 && r->session->number < 140004)
    add_finding(r, CHECK_CONCURRENTLY_CORRUPTS, table);
}

static void judge_index(Reading *r, const PgQuery__IndexStmt *index)
{
  const ReviewRelation *table = relation_of(r, index->relation);
  if (!index->concurrent)
    return;
  judge_concurrent(r, table);
  if (table->kind == 'p')
    finding_add(r->forecast->findings, CHECK_CONCURRENTLY_PARTITIONED, index->relation->relname, NULL);
}

static char *last_words(const PgQuery__Node *object)
{
  switch (object->node_case) {
  case PG_QUERY__NODE__NODE_STRING: return g_strdup(object->string->sval);
  case PG_QUERY__NODE__NODE_LIST: {
    g_auto(GStrv) words = node_words(object->list->items, object->list->n_items);
    return g_strjoinv(".", words);
  }
  case PG_QUERY__NODE__NODE_TYPE_NAME: {
    g_auto(GStrv) words = node_words(object->type_name->names, object->type_name->n_names);
    return g_strjoinv(".", words);
  }
  default: return NULL;
  }
}

static void judge_drop(Reading *r, const PgQuery__DropStmt *drop)
{
  switch (drop->remove_type) {
  case OBJECT(SCHEMA):
  case OBJECT(VIEW):
  case OBJECT(MATVIEW): break;
  default: return;
  }
  for (gsize i = 0; i < drop->n_objects; i++) {
    char *name = last_words(drop->objects[i]);
    if (name != NULL)
      g_ptr_array_add(effects_of(r)->dropped, name);
  }
}

static void note_made(Reading *r, const PgQuery__Node *s)
{
  const PgQuery__RangeVar *var = NULL;
  g_auto(GStrv) words = NULL;
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_VIEW_STMT: var = s->view_stmt->view; break;
  case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT: var = s->create_table_as_stmt->into->rel; break;
  case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT: var = s->composite_type_stmt->typevar; break;
  case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
    words = node_words(s->create_enum_stmt->type_name, s->create_enum_stmt->n_type_name);
    break;
  case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
    words = node_words(s->create_domain_stmt->domainname, s->create_domain_stmt->n_domainname);
    break;
  case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
    g_ptr_array_add(effects_of(r)->made, g_strdup(s->create_schema_stmt->schemaname));
    return;
  default: return;
  }
  char *name = words != NULL                ? g_strjoinv(".", words)
               : var->schemaname[0] != '\0' ? g_strdup_printf("%s.%s", var->schemaname, var->relname)
                                            : g_strdup(var->relname);
  g_ptr_array_add(effects_of(r)->made, name);
}

/* ---- rows ---- */

/* WHERE finds its rows by a value: id = 1, name IN ('a', 'b'), and not by what holds for many: IS NULL, a join. */
static gboolean names_rows(const PgQuery__Node *where)
{
  if (where->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR) {
    const PgQuery__BoolExpr *expr = where->bool_expr;
    gboolean any = FALSE, all = TRUE;
    for (gsize i = 0; i < expr->n_args; i++) {
      gboolean names = names_rows(expr->args[i]);
      any |= names;
      all &= names;
    }
    return expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR  ? any
           : expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR ? all
                                                               : FALSE;
  }
  if (where->node_case != PG_QUERY__NODE__NODE_A_EXPR)
    return FALSE;
  const PgQuery__AExpr *expr = where->a_expr;
  if (expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP && expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_IN &&
      expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY)
    return FALSE;
  if (expr->n_name != 1 || strcmp(node_text(expr->name[0]), "=") != 0)
    return FALSE;
  return expr->rexpr != NULL && expr->rexpr->node_case != PG_QUERY__NODE__NODE_COLUMN_REF &&
         expr->rexpr->node_case != PG_QUERY__NODE__NODE_SUB_LINK;
}

/* Few enough for nobody to notice. */
static gboolean is_small(const ReviewRelation *table)
{
  return table->made || (table->known && table->rows >= 0 && table->rows < 10000);
}

static void judge_rows(Reading *r, const PgQuery__RangeVar *target, const PgQuery__Node *where)
{
  const ReviewRelation *table = relation_of(r, target);
  gboolean named = where != NULL && names_rows(where);
  effects_of(r)->few_rows = named || is_small(table);
  if (!effects_of(r)->few_rows)
    add_finding(r, CHECK_WHOLE_TABLE_CHANGE, table);
}

typedef struct {
  Reading *r;
  const PgQuery__Node *top;
} NestedWalk;

/* WITH moved AS (UPDATE ...) ... */
static gboolean judge_nested(const ProtobufCMessage *message, void *data)
{
  const NestedWalk *walk = data;
  const PgQuery__CommonTableExpr *cte = message->descriptor == &pg_query__common_table_expr__descriptor
                                            ? (const PgQuery__CommonTableExpr *)message
                                            : NULL;
  const PgQuery__Node *query = cte != NULL ? cte->ctequery : NULL;
  if (query == NULL)
    return TRUE;
  const Effects *effects = walk->r->forecast->effects;
  gboolean few =
      walk->top->node_case == PG_QUERY__NODE__NODE_SELECT_STMT || (effects != NULL && effects->few_rows);
  if (query->node_case == PG_QUERY__NODE__NODE_UPDATE_STMT)
    judge_rows(walk->r, query->update_stmt->relation, query->update_stmt->where_clause);
  else if (query->node_case == PG_QUERY__NODE__NODE_DELETE_STMT)
    judge_rows(walk->r, query->delete_stmt->relation, query->delete_stmt->where_clause);
  else
    return TRUE;
  effects_of(walk->r)->few_rows &= few;
  return TRUE;
}

static void judge_insert(Reading *r, const PgQuery__InsertStmt *insert)
{
  const PgQuery__Node *source = insert->select_stmt;
  gboolean values = source == NULL ||
                    (source->node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
                     (source->select_stmt->n_values_lists > 0 || source->select_stmt->n_from_clause == 0));
  effects_of(r)->few_rows = values || is_small(relation_of(r, insert->relation));
}

/* ---- types ---- */

static void judge_enum(Reading *r, const PgQuery__AlterEnumStmt *alter)
{
  Effects *effects = effects_of(r);
  g_auto(GStrv) words = node_words(alter->type_name, alter->n_type_name);
  if (alter->old_val[0] != '\0') {
    finding_add(r->forecast->findings, CHECK_RENAMED, alter->old_val, NULL);
    return;
  }
  g_free(effects->enum_type);
  g_free(effects->enum_value);
  effects->enum_type = g_strjoinv(".", words);
  effects->enum_value = g_strdup(alter->new_val);
}

static void judge_rename(Reading *r, const PgQuery__RenameStmt *rename)
{
  if (rename->rename_type == OBJECT(SCHEMA))
    finding_add(r->forecast->findings, CHECK_RENAMED, rename->subname, NULL);
}

static void judge_vacuum(Reading *r, const PgQuery__VacuumStmt *vacuum)
{
  for (gsize i = 0; i < vacuum->n_rels; i++)
    g_ptr_array_add(effects_of(r)->analyzed, relation_name(r, vacuum->rels[i]->vacuum_relation->relation));
  if (vacuum->n_rels == 0)
    g_ptr_array_add(effects_of(r)->analyzed, g_strdup(""));
}

/* ---- all ---- */

void judge_statement(Reading *r, const PgQuery__Node *s, gsize n_statements)
{
  if (n_statements > 1 && r->forecast->no_transaction)
    finding_add(r->forecast->findings, CHECK_CONCURRENTLY_IN_TRANSACTION, NULL,
                _("several statements in one string"));
  note_made(r, s);
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT: judge_setting(r, s->variable_set_stmt); break;
  case PG_QUERY__NODE__NODE_SELECT_STMT: judge_set_config(r, s->select_stmt); break;
  case PG_QUERY__NODE__NODE_TRANSACTION_STMT: judge_transaction(r, s->transaction_stmt); break;
  case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT: judge_alter(r, s->alter_table_stmt); break;
  case PG_QUERY__NODE__NODE_CREATE_STMT: judge_create_table(r, s->create_stmt); break;
  case PG_QUERY__NODE__NODE_INDEX_STMT: judge_index(r, s->index_stmt); break;
  case PG_QUERY__NODE__NODE_REINDEX_STMT:
    if (r->forecast->no_transaction && s->reindex_stmt->relation != NULL)
      judge_concurrent(r, relation_of(r, s->reindex_stmt->relation));
    break;
  case PG_QUERY__NODE__NODE_DROP_STMT: judge_drop(r, s->drop_stmt); break;
  case PG_QUERY__NODE__NODE_UPDATE_STMT:
    judge_rows(r, s->update_stmt->relation, s->update_stmt->where_clause);
    break;
  case PG_QUERY__NODE__NODE_DELETE_STMT:
    judge_rows(r, s->delete_stmt->relation, s->delete_stmt->where_clause);
    break;
  case PG_QUERY__NODE__NODE_INSERT_STMT: judge_insert(r, s->insert_stmt); break;
  case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: judge_enum(r, s->alter_enum_stmt); break;
  case PG_QUERY__NODE__NODE_RENAME_STMT: judge_rename(r, s->rename_stmt); break;
  case PG_QUERY__NODE__NODE_VACUUM_STMT: judge_vacuum(r, s->vacuum_stmt); break;
  default: break;
  }
  if (r->forecast->changes_rows) {
    NestedWalk walk = {r, s};
    visit_messages(&s->base, judge_nested, &walk);
  }
  const Effects *effects = r->forecast->effects;
  gboolean likely = r->forecast->findings->len > 0 || (effects != NULL && effects->keys->len > 0);
  if (n_statements == 1 && likely)
    effects_of(r)->subject = remedy_subject_read(s);
}
