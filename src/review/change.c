/* What a statement changes, from libpg_query's tree: objects other than tables' columns and constraints. */
#include "retort/review/change.h"

#include <glib/gi18n.h>
#include <pg_query.h>
#include <string.h>

#include "change-private.h"
#include "forecast-private.h"
#include "retort/review/tree.h"

#define OBJECT(name) PG_QUERY__OBJECT_TYPE__OBJECT_##name

void review_change_free(Change *change)
{
  if (!change)
    return;
  g_free(change->relation);
  g_free(change->name);
  g_free(change->aspect);
  g_free(change->value);
  g_free(change);
}

Change *change_add(GPtrArray *changes, ChangeVerb verb, ObjectClass class, const char *relation,
                   const char *name)
{
  Change *change = g_new0(Change, 1);

  change->verb = verb;
  change->class = class;
  change->relation = g_strdup(relation);
  change->name = g_strdup(name);
  g_ptr_array_add(changes, change);
  return change;
}

/* ---- names ---- */

static char *without_public(const char *schema, const char *name)
{
  return *schema && strcmp(schema, "public") != 0 ? g_strdup_printf("%s.%s", schema, name) : g_strdup(name);
}

char *change_relation(const PgQuery__RangeVar *var)
{
  return without_public(var->schemaname, var->relname);
}

const char *change_word(const PgQuery__Node *node)
{
  return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

char *change_name_from_list(PgQuery__Node *const *names, gsize n, gsize skip)
{
  if (n <= skip)
    return NULL;
  n -= skip;
  return without_public(n > 1 ? change_word(names[n - 2]) : "", change_word(names[n - 1]));
}

/* A node with the plain text of an integer constant, as type modifiers are. */
static void append_modifier(GString *out, const PgQuery__Node *node)
{
  const PgQuery__AConst *constant = node->node_case == PG_QUERY__NODE__NODE_A_CONST ? node->a_const : NULL;

  if (constant && constant->val_case == PG_QUERY__A__CONST__VAL_IVAL)
    g_string_append_printf(out, "%d", constant->ival->ival);
  else
    g_string_append(out, "?");
}

char *change_type_text(const PgQuery__TypeName *type)
{
  GString *out = g_string_new(NULL);

  for (gsize i = 0; i < type->n_names; i++) {
    const char *word = change_word(type->names[i]);
    if (i + 1 < type->n_names && (strcmp(word, "pg_catalog") == 0 || strcmp(word, "public") == 0))
      continue;
    g_string_append_printf(out, "%s%s", out->len > 0 ? "." : "", word);
  }
  for (gsize i = 0; i < type->n_typmods; i++) {
    g_string_append(out, i == 0 ? "(" : ",");
    append_modifier(out, type->typmods[i]);
  }
  g_string_append(out, type->n_typmods > 0 ? ")" : "");
  for (gsize i = 0; i < type->n_array_bounds; i++)
    g_string_append(out, "[]");
  return g_string_free(out, FALSE);
}

char *change_expression_text(const PgQuery__Node *expression)
{
  static const char prefix[] = "SELECT ";
  PgQuery__ParseResult tree = PG_QUERY__PARSE_RESULT__INIT;
  PgQuery__RawStmt raw = PG_QUERY__RAW_STMT__INIT;
  PgQuery__RawStmt *statements[] = {&raw};
  PgQuery__Node select_node = PG_QUERY__NODE__INIT;
  PgQuery__SelectStmt select = PG_QUERY__SELECT_STMT__INIT;
  PgQuery__Node target_node = PG_QUERY__NODE__INIT;
  PgQuery__ResTarget target = PG_QUERY__RES_TARGET__INIT;
  PgQuery__Node *targets[] = {&target_node};

  target.val = (PgQuery__Node *)expression;
  target_node.node_case = PG_QUERY__NODE__NODE_RES_TARGET;
  target_node.res_target = &target;
  select.target_list = targets;
  select.n_target_list = 1;
  select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
  select.op = PG_QUERY__SET_OPERATION__SETOP_NONE;
  select_node.node_case = PG_QUERY__NODE__NODE_SELECT_STMT;
  select_node.select_stmt = &select;
  raw.stmt = &select_node;
  tree.stmts = statements;
  tree.n_stmts = 1;
  gsize len = pg_query__parse_result__get_packed_size(&tree);
  g_autofree guint8 *packed = g_malloc(MAX(len, 1));
  pg_query__parse_result__pack(&tree, packed);
  PgQueryDeparseResult text =
      pg_query_deparse_protobuf((PgQueryProtobuf){.len = len, .data = (char *)packed});
  char *copy =
      g_strdup(text.query && g_str_has_prefix(text.query, prefix) ? text.query + strlen(prefix) : "?");
  pg_query_free_deparse_result(text);
  return copy;
}

/* ---- queries ---- */

static gboolean note_table(const ProtobufCMessage *message, void *data)
{
  GPtrArray *changes = data;

  if (message->descriptor == &pg_query__range_var__descriptor) {
    g_autofree char *name = change_relation((const PgQuery__RangeVar *)message);
    change_add(changes, CHANGE_USE, OBJECT_TABLE, name, name);
  }
  return TRUE;
}

static void uses_of(GPtrArray *changes, const ProtobufCMessage *message)
{
  visit_messages(message, note_table, changes);
}

static void rows_of(GPtrArray *changes, const PgQuery__RangeVar *target)
{
  g_autofree char *name = target ? change_relation(target) : NULL;

  if (name)
    change_add(changes, CHANGE_ROWS, OBJECT_TABLE, name, name);
}

static gboolean read_rows(GPtrArray *changes, const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_SELECT_STMT: break;
  case PG_QUERY__NODE__NODE_INSERT_STMT: rows_of(changes, s->insert_stmt->relation); break;
  case PG_QUERY__NODE__NODE_UPDATE_STMT: rows_of(changes, s->update_stmt->relation); break;
  case PG_QUERY__NODE__NODE_DELETE_STMT: rows_of(changes, s->delete_stmt->relation); break;
  case PG_QUERY__NODE__NODE_MERGE_STMT: rows_of(changes, s->merge_stmt->relation); break;
  case PG_QUERY__NODE__NODE_COPY_STMT:
    if (s->copy_stmt->is_from)
      rows_of(changes, s->copy_stmt->relation);
    break;
  case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
    for (gsize i = 0; i < s->truncate_stmt->n_relations; i++)
      if (s->truncate_stmt->relations[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
        rows_of(changes, s->truncate_stmt->relations[i]->range_var);
    break;
  default: return FALSE;
  }
  uses_of(changes, &s->base);
  return TRUE;
}

/* ---- creating ---- */

static void read_create_table(GPtrArray *changes, const PgQuery__CreateStmt *create)
{
  g_autofree char *table = change_relation(create->relation);

  change_add(changes, CHANGE_CREATE, OBJECT_TABLE, table, table)->guarded = create->if_not_exists;
  for (gsize i = 0; i < create->n_inh_relations; i++)
    uses_of(changes, &create->inh_relations[i]->base);
  for (gsize i = 0; i < create->n_table_elts; i++) {
    const PgQuery__Node *element = create->table_elts[i];
    if (element->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF)
      changes_read_column(changes, table, element->column_def);
    else if (element->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
      changes_read_constraint(changes, table, element->constraint, NULL);
    else
      uses_of(changes, &element->base);
  }
}

static gboolean note_column(const ProtobufCMessage *message, void *data)
{
  GPtrArray *names = data;

  if (message->descriptor == &pg_query__column_ref__descriptor) {
    const PgQuery__ColumnRef *ref = (const PgQuery__ColumnRef *)message;
    if (ref->n_fields > 0)
      g_ptr_array_add(names, g_strdup(change_word(ref->fields[ref->n_fields - 1])));
  }
  return TRUE;
}

/* The columns of the table that an index is made of. */
static void use_columns(GPtrArray *changes, const char *table, const PgQuery__IndexStmt *index)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

  for (gsize i = 0; i < index->n_index_params; i++) {
    const PgQuery__IndexElem *element = index->index_params[i]->node_case == PG_QUERY__NODE__NODE_INDEX_ELEM
                                            ? index->index_params[i]->index_elem
                                            : NULL;
    if (element && element->name && *element->name)
      g_ptr_array_add(names, g_strdup(element->name));
    else if (element && element->expr)
      visit_messages(&element->expr->base, note_column, names);
  }
  if (index->where_clause)
    visit_messages(&index->where_clause->base, note_column, names);
  for (guint i = 0; i < names->len; i++)
    change_add(changes, CHANGE_USE, OBJECT_COLUMN, table, names->pdata[i]);
}

/* The name the server makes up: table_column_..._idx. */
static char *index_name(const PgQuery__IndexStmt *index)
{
  if (*index->idxname)
    return g_strdup(index->idxname);
  GString *name = g_string_new(index->relation->relname);
  for (gsize i = 0; i < index->n_index_params; i++) {
    const PgQuery__IndexElem *element = index->index_params[i]->index_elem;
    g_string_append_printf(name, "_%s", element->name && *element->name ? element->name : "expr");
  }
  return g_string_free(g_string_append(name, "_idx"), FALSE);
}

static void read_create_index(GPtrArray *changes, const PgQuery__IndexStmt *index)
{
  g_autofree char *table = change_relation(index->relation);
  g_autofree char *own = index_name(index);
  g_autofree char *name = without_public(index->relation->schemaname, own);

  change_add(changes, CHANGE_CREATE, OBJECT_INDEX, table, name)->guarded = index->if_not_exists;
  change_add(changes, CHANGE_USE, OBJECT_TABLE, table, table);
  use_columns(changes, table, index);
}

static void add_relation(GPtrArray *changes, ObjectClass class, const PgQuery__RangeVar *var,
                         gboolean guarded)
{
  g_autofree char *name = change_relation(var);

  change_add(changes, CHANGE_CREATE, class, name, name)->guarded = guarded;
}

static void add_named(GPtrArray *changes, ObjectClass class, PgQuery__Node *const *names, gsize n,
                      gboolean guarded)
{
  g_autofree char *name = change_name_from_list(names, n, 0);

  if (name)
    change_add(changes, CHANGE_CREATE, class, NULL, name)->guarded = guarded;
}

static gboolean read_create(GPtrArray *changes, const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_CREATE_STMT: read_create_table(changes, s->create_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_INDEX_STMT: read_create_index(changes, s->index_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_VIEW_STMT:
    add_relation(changes, OBJECT_VIEW, s->view_stmt->view, FALSE);
    if (s->view_stmt->query)
      uses_of(changes, &s->view_stmt->query->base);
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT: {
    const PgQuery__CreateTableAsStmt *create = s->create_table_as_stmt;
    add_relation(changes, create->objtype == OBJECT(MATVIEW) ? OBJECT_VIEW : OBJECT_TABLE, create->into->rel,
                 create->if_not_exists);
    uses_of(changes, &create->query->base);
    return TRUE;
  }
  case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
    add_relation(changes, OBJECT_SEQUENCE, s->create_seq_stmt->sequence, s->create_seq_stmt->if_not_exists);
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
    add_named(changes, OBJECT_TYPE, s->create_enum_stmt->type_name, s->create_enum_stmt->n_type_name, FALSE);
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
    add_named(changes, OBJECT_TYPE, s->create_domain_stmt->domainname, s->create_domain_stmt->n_domainname,
              FALSE);
    return TRUE;
  case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT: {
    g_autofree char *name = change_relation(s->composite_type_stmt->typevar);
    change_add(changes, CHANGE_CREATE, OBJECT_TYPE, NULL, name);
    return TRUE;
  }
  case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
    add_named(changes, OBJECT_FUNCTION, s->create_function_stmt->funcname,
              s->create_function_stmt->n_funcname, FALSE);
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT: {
    g_autofree char *table = change_relation(s->create_trig_stmt->relation);
    change_add(changes, CHANGE_CREATE, OBJECT_TRIGGER, table, s->create_trig_stmt->trigname);
    change_add(changes, CHANGE_USE, OBJECT_TABLE, table, table);
    return TRUE;
  }
  case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
    change_add(changes, CHANGE_CREATE, OBJECT_SCHEMA, NULL, s->create_schema_stmt->schemaname)->guarded =
        s->create_schema_stmt->if_not_exists;
    return TRUE;
  case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
    change_add(changes, CHANGE_CREATE, OBJECT_EXTENSION, NULL, s->create_extension_stmt->extname)->guarded =
        s->create_extension_stmt->if_not_exists;
    return TRUE;
  default: return FALSE;
  }
}

/* ---- dropping ---- */

gboolean change_class(PgQuery__ObjectType type, ObjectClass *class)
{
  switch (type) {
  case OBJECT(TABLE):
  case OBJECT(FOREIGN_TABLE): *class = OBJECT_TABLE; return TRUE;
  case OBJECT(INDEX): *class = OBJECT_INDEX; return TRUE;
  case OBJECT(VIEW):
  case OBJECT(MATVIEW): *class = OBJECT_VIEW; return TRUE;
  case OBJECT(SEQUENCE): *class = OBJECT_SEQUENCE; return TRUE;
  case OBJECT(TYPE):
  case OBJECT(DOMAIN): *class = OBJECT_TYPE; return TRUE;
  case OBJECT(SCHEMA): *class = OBJECT_SCHEMA; return TRUE;
  case OBJECT(FUNCTION):
  case OBJECT(PROCEDURE): *class = OBJECT_FUNCTION; return TRUE;
  case OBJECT(TRIGGER): *class = OBJECT_TRIGGER; return TRUE;
  case OBJECT(POLICY): *class = OBJECT_POLICY; return TRUE;
  case OBJECT(RULE): *class = OBJECT_RULE; return TRUE;
  case OBJECT(EXTENSION): *class = OBJECT_EXTENSION; return TRUE;
  default: return FALSE;
  }
}

gboolean change_is_on_table(ObjectClass class)
{
  return class == OBJECT_TRIGGER || class == OBJECT_POLICY || class == OBJECT_RULE;
}

char *change_object_name(const PgQuery__Node *object)
{
  switch (object ? object->node_case : PG_QUERY__NODE__NODE__NOT_SET) {
  case PG_QUERY__NODE__NODE_LIST: return change_name_from_list(object->list->items, object->list->n_items, 0);
  case PG_QUERY__NODE__NODE_STRING: return g_strdup(object->string->sval);
  case PG_QUERY__NODE__NODE_TYPE_NAME:
    return change_name_from_list(object->type_name->names, object->type_name->n_names, 0);
  case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
    return change_name_from_list(object->object_with_args->objname, object->object_with_args->n_objname, 0);
  default: return NULL;
  }
}

static gboolean read_drop(GPtrArray *changes, const PgQuery__DropStmt *drop)
{
  ObjectClass class;

  if (!change_class(drop->remove_type, &class))
    return FALSE;
  for (gsize i = 0; i < drop->n_objects; i++) {
    const PgQuery__Node *object = drop->objects[i];
    gboolean listed = object->node_case == PG_QUERY__NODE__NODE_LIST;
    gboolean on_table = change_is_on_table(class) && listed && object->list->n_items > 0;
    g_autofree char *name = on_table ? g_strdup(change_word(object->list->items[object->list->n_items - 1]))
                                     : change_object_name(object);
    g_autofree char *table =
        on_table ? change_name_from_list(object->list->items, object->list->n_items, 1) : NULL;
    gboolean relation = class == OBJECT_TABLE || class == OBJECT_VIEW || class == OBJECT_SEQUENCE;
    if (name)
      change_add(changes, CHANGE_DROP, class,
                 on_table   ? table
                 : relation ? name
                            : NULL,
                 name)
          ->guarded = drop->missing_ok;
  }
  return TRUE;
}

/* ---- changing ---- */

static void read_rename(GPtrArray *changes, const PgQuery__RenameStmt *rename)
{
  g_autofree char *relation = rename->relation ? change_relation(rename->relation) : NULL;
  Change *change;
  ObjectClass class;

  if (rename->rename_type == OBJECT(COLUMN))
    change = change_add(changes, CHANGE_RENAME, OBJECT_COLUMN, relation, rename->subname);
  else if (rename->rename_type == OBJECT(TABCONSTRAINT))
    change = change_add(changes, CHANGE_RENAME, OBJECT_CONSTRAINT, relation, rename->subname);
  else if (!change_class(rename->rename_type, &class))
    return;
  else if (change_is_on_table(class))
    change = change_add(changes, CHANGE_RENAME, class, relation, rename->subname);
  else {
    g_autofree char *name = relation ? g_strdup(relation) : change_object_name(rename->object);
    change = change_add(changes, CHANGE_RENAME, class, class == OBJECT_INDEX ? NULL : relation, name);
  }
  change->guarded = rename->missing_ok;
  change->aspect = g_strdup(rename->newname);
}

static void read_alter_enum(GPtrArray *changes, const PgQuery__AlterEnumStmt *alter)
{
  g_autofree char *name = change_name_from_list(alter->type_name, alter->n_type_name, 0);

  if (!name)
    return;
  Change *change = change_add(changes, CHANGE_ALTER, OBJECT_TYPE, NULL, name);
  gboolean renames = *alter->old_val != '\0';
  change->aspect = renames ? g_strdup_printf("value %s", alter->old_val) : g_strdup("value");
  change->value = g_strdup(alter->new_val);
  change->guarded = alter->skip_if_new_val_exists;
}

static gboolean read_change(GPtrArray *changes, const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
    changes_read_alter_table(changes, s->alter_table_stmt);
    return TRUE;
  case PG_QUERY__NODE__NODE_RENAME_STMT: read_rename(changes, s->rename_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: read_alter_enum(changes, s->alter_enum_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_DROP_STMT: return read_drop(changes, s->drop_stmt);
  case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT: {
    g_autofree char *name = change_relation(s->alter_seq_stmt->sequence);
    change_add(changes, CHANGE_ALTER, OBJECT_SEQUENCE, name, name);
    return TRUE;
  }
  case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
    if (s->alter_object_schema_stmt->relation) {
      g_autofree char *name = change_relation(s->alter_object_schema_stmt->relation);
      change_add(changes, CHANGE_RENAME, OBJECT_TABLE, name, name)->aspect =
          g_strdup_printf("%s.", s->alter_object_schema_stmt->newschema);
    }
    return TRUE;
  case PG_QUERY__NODE__NODE_REINDEX_STMT:
  case PG_QUERY__NODE__NODE_VACUUM_STMT:
  case PG_QUERY__NODE__NODE_CLUSTER_STMT:
  case PG_QUERY__NODE__NODE_LOCK_STMT:
  case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
  case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
  case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
  case PG_QUERY__NODE__NODE_CONSTRAINTS_SET_STMT:
  case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
  case PG_QUERY__NODE__NODE_NOTIFY_STMT: return TRUE;
  default: return FALSE;
  }
}

void changes_read_node(GPtrArray *changes, const PgQuery__Node *s, char **unknown)
{
  if (read_rows(changes, s) || read_create(changes, s) || read_change(changes, s) ||
      changes_read_about(changes, s) || *unknown)
    return;
  *unknown = g_strdup(s->node_case == PG_QUERY__NODE__NODE_DO_STMT
                          ? _("what a DO block runs is not visible here")
                          : _("what this kind of statement changes is not known to retort"));
}

GPtrArray *changes_of_tree(const SqlTree *tree, char **unknown)
{
  GPtrArray *changes = g_ptr_array_new_with_free_func((GDestroyNotify)review_change_free);

  *unknown = tree->root ? NULL : g_strdup_printf(_("it does not parse: %s"), tree->error);
  for (gsize i = 0; tree->root && i < tree->root->n_stmts; i++)
    if (tree->root->stmts[i]->stmt)
      changes_read_node(changes, tree->root->stmts[i]->stmt, unknown);
  return changes;
}

GPtrArray *changes_read(const char *sql, char **unknown)
{
  g_autoptr(SqlTree) tree = sql_tree_parse(sql);

  return changes_of_tree(tree, unknown);
}
