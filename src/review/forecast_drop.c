/* DROP: the object, and what goes or is disturbed with it. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

#define OBJECT(name) PG_QUERY__OBJECT_TYPE__OBJECT_##name

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

/* ---- relations ---- */

static gboolean is_table(const ReviewRelation *relation)
{
  return relation->kind == 'r' || relation->kind == 'p' || relation->kind == 'f' || relation->kind == 0;
}

static void drop_from_parents(Reading *r, const ReviewRelation *relation)
{
  for (guint i = 0; i < relation->parents->len; i++) {
    const ReviewRelation *parent = look(r, g_array_index(relation->parents, guint, i));
    if (parent == NULL || !relation->partition)
      continue;
    lock(r, parent, AX, _("it loses a partition"));
    if (!relation->made)
      add_finding(r, CHECK_PARTITION_LOCKS_PARENT, parent);
    for (guint k = 0; k < parent->children->len; k++) {
      const ReviewRelation *other = look(r, g_array_index(parent->children, guint, k));
      if (other != NULL && other->is_default && other != relation)
        lock(r, other, AX, _("the DEFAULT partition's bounds change"));
    }
  }
}

/* Up to 14 only the partitions of a partitioned table have triggers of the foreign key. */
static void lock_referenced_tree(Reading *r, const ReviewRelation *other)
{
  g_autoptr(GArray) ids = tree_of(r, other);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    if (rel->kind != 'p' || version_since(r, 15))
      lock(r, rel, AX, _("its foreign key points at it"));
  }
}

static void drop_foreign_keys(Reading *r, const ReviewRelation *table, gboolean cascade)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const ReviewConstraint *c = g_ptr_array_index(table->constraints, i);
    const ReviewRelation *other = c->type == 'f' ? look(r, c->referenced) : NULL;
    /* A partition's share of its parent's foreign key goes quietly. */
    if (other == NULL || other == table || c->parent != 0)
      continue;
    lock_referenced_tree(r, other);
    if (!table->made)
      add_finding(r, CHECK_LOCKS_OTHER_TABLE, other);
  }
  for (guint i = 0; i < table->referenced_by->len && cascade; i++) {
    const ReviewRelation *other = look(r, g_array_index(table->referenced_by, guint, i));
    gboolean points = FALSE;
    for (guint k = 0; other != NULL && k < other->constraints->len; k++) {
      const ReviewConstraint *c = g_ptr_array_index(other->constraints, k);
      points |= c->type == 'f' && c->referenced == table->id;
    }
    if (points)
      lock(r, other, AX, _("its foreign key points at it"));
  }
}

/* The ids are copied: dropping changes the lists. */
static void drop_list(Reading *r, const GArray *list, gboolean cascade, const char *because)
{
  g_autoptr(GArray) ids = g_array_copy((GArray *)list);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *relation = look(r, g_array_index(ids, guint, i));
    if (relation != NULL)
      drop_relation(r, relation, cascade, because);
  }
}

void drop_relation(Reading *r, const ReviewRelation *relation, gboolean cascade, const char *because)
{
  guint id = relation->id;
  lock(r, relation, AX, because);
  if (relation->kind == 'm' || relation->kind == 'v' || is_table(relation)) {
    if (cascade)
      drop_list(r, relation->dependents, TRUE, _("it reads what is dropped"));
    drop_list(r, relation->indexes, cascade, NULL);
    relation = look(r, id);
  }
  if (relation != NULL && cascade) {
    g_autofree char *need = g_strdup_printf("relation %u", id);
    lock_needing(r, need, _("its policy reads what is dropped"));
    relation = look(r, id);
  }
  if (relation != NULL && is_table(relation)) {
    drop_from_parents(r, relation);
    drop_foreign_keys(r, relation, cascade);
    drop_list(r, relation->sequences, FALSE, _("it belongs to a column of the table"));
    drop_list(r, relation->children, cascade, _("it inherits from what is dropped"));
  }
  model_drop(r->session->model, id);
}

static void drop_table(Reading *r, const ReviewRelation *table, gboolean cascade)
{
  g_autofree char *rows =
      table->rows > 0 ? g_strdup_printf(ngettext("about %lld row", "about %lld rows", (gulong)table->rows),
                                        (long long)table->rows)
                      : NULL;
  add_loss(r, LOSS_TABLE, table, NULL);
  add_finding_detail(r, CHECK_TABLE_DROPPED, table, rows);
  if (!table->known)
    add_note(r, _("tables that its foreign keys point at are locked ACCESS EXCLUSIVE as well"));
  drop_relation(r, table, cascade, NULL);
}

static void drop_index(Reading *r, const ReviewRelation *index, gboolean concurrent)
{
  LockMode mode = concurrent ? SUX : AX;
  const ReviewRelation *table = index->index != NULL ? look(r, index->index->table) : NULL;
  r->forecast->no_transaction |= concurrent;
  lock(r, index, mode, NULL);
  if (table != NULL)
    lock_tree(r, table, mode, _("the index is on it"));
  else
    add_note(r, concurrent ? _("its table is locked SHARE UPDATE EXCLUSIVE as well")
                           : _("its table is locked ACCESS EXCLUSIVE as well"));
  if (!concurrent && (table == NULL || !table->made))
    add_finding(r, CHECK_INDEX_DROP_NOT_CONCURRENT, index);
  g_autoptr(GArray) ids = tree_of(r, index);
  for (guint i = 0; i < ids->len; i++) {
    lock(r, look(r, g_array_index(ids, guint, i)), mode, NULL);
    model_drop(r->session->model, g_array_index(ids, guint, i));
  }
}

/* ---- other objects ---- */

/* A default or a policy goes from a table; views and indexes go themselves. */
static void lose(Reading *r, const ReviewRelation *relation, const char *because)
{
  switch (relation->kind) {
  case 'v':
  case 'm':
  case 'f': drop_relation(r, relation, TRUE, because); break;
  case 'i':
  case 'I':
    lock(r, relation, AX, because);
    if (relation->index != NULL)
      lock(r, look(r, relation->index->table), AX, _("it loses an index"));
    break;
  default: lock(r, relation, AX, because);
  }
}

void lock_needing(Reading *r, const char *need, const char *because)
{
  g_autoptr(GArray) ids = model_ids(r->session->model);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *relation = look(r, g_array_index(ids, guint, i));
    if (relation != NULL && g_ptr_array_find_with_equal_func(relation->needs, need, g_str_equal, NULL))
      lose(r, relation, because);
  }
}

/* Everything in it that is known; a column of the type, when it is a type. */
static void drop_schema(Reading *r, const char *name, gboolean cascade)
{
  if (!cascade)
    return;
  g_autoptr(GArray) ids = model_ids(r->session->model);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *relation = look(r, g_array_index(ids, guint, i));
    if (relation != NULL && strcmp(relation->schema, name) == 0 && relation->known)
      drop_relation(r, relation, TRUE, _("it is in the schema"));
  }
  const ReviewCatalog *catalog = model_catalog(r->session->model);
  if (catalog == NULL || !catalog->complete)
    add_note(r, _("everything in the schema is locked ACCESS EXCLUSIVE"));
  ForecastLoss *loss = g_new0(ForecastLoss, 1);
  loss->kind = LOSS_OTHER;
  loss->relation = g_strdup(name);
  g_ptr_array_add(r->forecast->losses, loss);
}

static void drop_type(Reading *r, const char *schema, const char *name, gboolean cascade)
{
  const ReviewRelation *composite = model_find(r->session->model, schema, name);
  if (composite != NULL && composite->kind == 'c')
    lock(r, composite, AX, NULL);
  if (!cascade)
    return;
  g_autoptr(GArray) ids = model_ids(r->session->model);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *relation = look(r, g_array_index(ids, guint, i));
    if (relation != NULL && composite != NULL && relation->type == composite->id) {
      drop_relation(r, relation, TRUE, _("it is made of the type"));
      continue;
    }
    for (guint k = 0; relation != NULL && k < relation->columns->len; k++) {
      const ReviewColumn *column = g_ptr_array_index(relation->columns, k);
      gboolean array = column->type[0] == '_' && strcmp(column->type + 1, name) == 0;
      if (!array && !type_is_made_of(r, column->type_schema, column->type, name))
        continue;
      if (strcmp(column->type_schema, "pg_catalog") == 0 ||
          (schema != NULL && strcmp(column->type, name) == 0 && strcmp(column->type_schema, schema) != 0))
        continue;
      lock(r, relation, AX, _("it has a column of the type"));
      add_loss(r, LOSS_COLUMN, relation, column->name);
      for (guint m = 0; m < relation->indexes->len; m++) {
        const ReviewRelation *index = look(r, g_array_index(relation->indexes, guint, m));
        if (index != NULL && index->index->mentions != NULL &&
            g_strv_contains((const char *const *)index->index->mentions, column->name))
          lock(r, index, AX, _("it has the column"));
      }
    }
  }
  if (model_catalog(r->session->model) == NULL)
    add_note(r, _("tables with a column of the type are locked ACCESS EXCLUSIVE"));
}

static void drop_statistics(Reading *r, PgQuery__Node *const *words, gsize n)
{
  const ReviewCatalog *catalog = model_catalog(r->session->model);
  const char *name = n > 0 ? node_text(words[n - 1]) : "";
  for (guint i = 0; catalog != NULL && i < catalog->statistics->len && version_since(r, 12); i++) {
    const ReviewStatistics *statistics = g_ptr_array_index(catalog->statistics, i);
    if (strcmp(statistics->name, name) == 0)
      lock(r, look(r, statistics->table), SUX, _("the statistics are about it"));
  }
  if (catalog == NULL && version_since(r, 12))
    add_note(r, _("its table is locked SHARE UPDATE EXCLUSIVE as well"));
}

/* ---- statements ---- */

static gboolean has_part(const ReviewRelation *table, PgQuery__ObjectType type, const char *name)
{
  char letter = type == OBJECT(TRIGGER) ? 't' : type == OBJECT(RULE) ? 'r' : 'p';
  for (guint i = 0; i < table->parts->len; i++) {
    const char *part = g_ptr_array_index(table->parts, i);
    if (part[0] == letter && strcmp(part + 2, name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* DROP SEQUENCE ... CASCADE: the defaults that draw from it. */
static void drop_defaults(Reading *r, guint sequence)
{
  g_autoptr(GArray) ids = model_ids(r->session->model);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *table = look(r, g_array_index(ids, guint, i));
    for (guint k = 0; table != NULL && k < table->draws->len; k++)
      if (((const ReviewUse *)g_ptr_array_index(table->draws, k))->base == sequence)
        lock(r, table, AX, _("a default of its uses the sequence"));
  }
}

static void drop_words(Reading *r, const PgQuery__DropStmt *drop, PgQuery__Node *const *words, gsize n)
{
  gboolean cascade = drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
  gsize skip = drop->remove_type == OBJECT(TRIGGER) || drop->remove_type == OBJECT(RULE) ||
                       drop->remove_type == OBJECT(POLICY)
                   ? 1
                   : 0;
  if (drop->remove_type == OBJECT(SCHEMA)) {
    drop_schema(r, node_text(words[n - 1]), cascade);
    return;
  }
  if (drop->remove_type == OBJECT(STATISTIC_EXT)) {
    drop_statistics(r, words, n);
    return;
  }
  if (n <= skip || (drop->missing_ok && surely_missing_words(r, words, n - skip)))
    return;
  const ReviewRelation *relation = relation_of_words(r, words, n, skip);
  if (drop->missing_ok && skip == 1 && relation->known &&
      !has_part(relation, drop->remove_type, node_text(words[n - 1])))
    return;
  switch (drop->remove_type) {
  case OBJECT(TABLE):
  case OBJECT(FOREIGN_TABLE): drop_table(r, relation, cascade); break;
  case OBJECT(MATVIEW):
    add_loss(r, LOSS_OTHER, relation, NULL);
    drop_relation(r, relation, cascade, NULL);
    break;
  case OBJECT(VIEW):
  case OBJECT(SEQUENCE):
    if (cascade && relation->kind != 'v')
      drop_defaults(r, relation->id);
    drop_relation(r, relation, cascade, NULL);
    break;
  case OBJECT(INDEX): drop_index(r, relation, drop->concurrent); break;
  case OBJECT(TRIGGER):
    if (relation->kind == 'p')
      lock_tree(r, relation, AX, NULL); /* its partitions have it as well */
    else
      lock(r, relation, AX, NULL);
    break;
  default: lock(r, relation, AX, NULL); /* rule, policy: their table */
  }
}

/* DROP FUNCTION ... CASCADE: the triggers that call it. */
static void drop_triggers(Reading *r, const PgQuery__Node *object)
{
  const PgQuery__ObjectWithArgs *function =
      object->node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS ? object->object_with_args : NULL;
  if (function == NULL || function->n_objname == 0)
    return;
  g_autofree char *part = g_strdup_printf("f %s", node_text(function->objname[function->n_objname - 1]));
  g_autoptr(GArray) ids = model_ids(r->session->model);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *table = look(r, g_array_index(ids, guint, i));
    if (table != NULL && g_ptr_array_find_with_equal_func(table->parts, part, g_str_equal, NULL))
      lock_tree(r, table, AX, _("its trigger calls the function"));
  }
}

static const char *last_word(const PgQuery__Node *object)
{
  if (object->node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS && object->object_with_args->n_objname > 0)
    return node_text(object->object_with_args->objname[object->object_with_args->n_objname - 1]);
  if (object->node_case == PG_QUERY__NODE__NODE_LIST && object->list->n_items > 0)
    return node_text(object->list->items[object->list->n_items - 1]);
  return node_text(object);
}

/* CASCADE takes what needs the object along: known for those that tables are commonly made with. */
static void drop_with_needs(Reading *r, PgQuery__ObjectType type, const PgQuery__Node *object)
{
  const char *word = NULL;
  switch (type) {
  case OBJECT(FUNCTION):
  case OBJECT(PROCEDURE):
  case OBJECT(ROUTINE): word = "function"; break;
  case OBJECT(COLLATION): word = "collation"; break;
  case OBJECT(FOREIGN_SERVER): word = "server"; break;
  case OBJECT(FDW): word = "wrapper"; break;
  case OBJECT(PUBLICATION): return; /* nothing is made with it */
  default: set_unknown(r, _("what depends on it goes with it, and is not looked at")); return;
  }
  g_autofree char *need = g_strdup_printf("%s %s", word, last_word(object));
  lock_needing(r, need, _("it is made with what is dropped"));
  if (type == OBJECT(FUNCTION) || type == OBJECT(ROUTINE))
    drop_triggers(r, object);
  if (model_catalog(r->session->model) == NULL)
    add_note(r, _("what depends on it goes with it, and is locked ACCESS EXCLUSIVE"));
}

static void drop_extension(Reading *r, const PgQuery__DropStmt *drop, const char *name)
{
  const ReviewCatalog *catalog = model_catalog(r->session->model);
  if (!drop->missing_ok || catalog == NULL || g_hash_table_contains(catalog->extensions, name))
    set_unknown(r, _("what belongs to an extension is not looked at"));
}

static gboolean names_relation(PgQuery__ObjectType type)
{
  static const PgQuery__ObjectType types[] = {OBJECT(TABLE),  OBJECT(FOREIGN_TABLE), OBJECT(MATVIEW),
                                              OBJECT(VIEW),   OBJECT(SEQUENCE),      OBJECT(INDEX),
                                              OBJECT(RULE),   OBJECT(TRIGGER),       OBJECT(POLICY),
                                              OBJECT(SCHEMA), OBJECT(STATISTIC_EXT)};
  for (guint i = 0; i < G_N_ELEMENTS(types); i++)
    if (types[i] == type)
      return TRUE;
  return FALSE;
}

static void read_drop(Reading *r, const PgQuery__DropStmt *drop)
{
  gboolean cascade = drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
  r->forecast->no_transaction |= drop->concurrent;
  for (gsize i = 0; i < drop->n_objects; i++) {
    const PgQuery__Node *object = drop->objects[i];
    if (names_relation(drop->remove_type)) {
      PgQuery__Node *const one[] = {(PgQuery__Node *)object};
      if (object->node_case == PG_QUERY__NODE__NODE_LIST)
        drop_words(r, drop, object->list->items, object->list->n_items);
      else if (object->node_case == PG_QUERY__NODE__NODE_STRING)
        drop_words(r, drop, one, 1);
    } else if (object->node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
      g_auto(TypeRef) type = type_ref(object->type_name);
      drop_type(r, type.schema, type.name, cascade);
    } else if (drop->remove_type == OBJECT(EXTENSION)) {
      drop_extension(r, drop, last_word(object));
    } else if (cascade) {
      drop_with_needs(r, drop->remove_type, object);
    }
  }
  if (cascade)
    add_finding(r, CHECK_CASCADES, NULL);
}

gboolean read_drop_statement(Reading *r, const PgQuery__Node *statement)
{
  switch (statement->node_case) {
  case PG_QUERY__NODE__NODE_DROP_STMT: read_drop(r, statement->drop_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_DROP_OWNED_STMT:
    set_unknown(r, _("what a role owns is not looked at"));
    return TRUE;
  default: return FALSE;
  }
}
