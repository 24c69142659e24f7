/* Constraints: added, validated and dropped, and what they mean for the tables at their other end. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

#define CONSTR(name) PG_QUERY__CONSTR_TYPE__CONSTR_##name

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

static GArray *targets(const Reading *r, const ReviewRelation *table, gboolean recurse)
{
  if (recurse)
    return tree_of(r, table);
  GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint));
  g_array_append_val(ids, table->id);
  return ids;
}

/* ---- into the model ---- */

static char *default_name(const ReviewRelation *table, GStrv columns, const char *suffix)
{
  g_autofree char *joined = columns != NULL ? g_strjoinv("_", columns) : g_strdup("");
  return g_strdup_printf("%s%s%s_%s", table->name, *joined != '\0' ? "_" : "", joined, suffix);
}

/* What of a CHECK later statements rest on: the columns it proves to be not null. */
static char *proof_of(const PgQuery__Node *expression, GStrv columns)
{
  GString *out = g_string_new(NULL);
  for (char **column = columns; *column != NULL; column++)
    if (expression_proves_not_null(expression, *column)) {
      g_autofree char *quoted = pg_quote_ident(*column);
      g_string_append_printf(out, "%s%s IS NOT NULL", out->len > 0 ? " AND " : "", quoted);
    }
  return out->len > 0 ? g_string_free(out, FALSE) : (g_string_free(out, TRUE), NULL);
}

static char type_of(const PgQuery__Constraint *c)
{
  switch (c->contype) {
  case CONSTR(CHECK): return 'c';
  case CONSTR(FOREIGN): return 'f';
  case CONSTR(PRIMARY): return 'p';
  case CONSTR(UNIQUE): return 'u';
  case CONSTR(EXCLUSION): return 'x';
  default: return 0;
  }
}

static GStrv columns_of(const PgQuery__Constraint *c, const char *column)
{
  if (c->contype == CONSTR(CHECK))
    return columns_mentioned(c->raw_expr);
  PgQuery__Node *const *list = c->contype == CONSTR(FOREIGN) ? c->fk_attrs : c->keys;
  gsize n = c->contype == CONSTR(FOREIGN) ? c->n_fk_attrs : c->n_keys;
  if (n > 0)
    return node_words(list, n);
  GStrv one = g_new0(char *, 2);
  one[0] = g_strdup(column);
  return one;
}

static GStrv referenced_columns(const PgQuery__Constraint *c, const ReviewRelation *other)
{
  if (c->n_pk_attrs > 0)
    return node_words(c->pk_attrs, c->n_pk_attrs);
  for (guint i = 0; i < other->constraints->len; i++) {
    const ReviewConstraint *key = g_ptr_array_index(other->constraints, i);
    if (key->type == 'p')
      return g_strdupv(key->columns);
  }
  return g_new0(char *, 1);
}

static void set_not_null(ReviewRelation *table, GStrv columns)
{
  for (char **name = columns; *name != NULL; name++) {
    ReviewColumn *column = review_relation_column(table, *name);
    if (column != NULL)
      column->not_null = TRUE;
  }
}

static guint define_key_index(Reading *r, guint table, const PgQuery__Constraint *c, const char *name,
                              GStrv columns)
{
  if (c->indexname[0] != '\0') {
    const ReviewRelation *used = model_find(r->session->model, look(r, table)->schema, c->indexname);
    if (used == NULL)
      return 0;
    guint id = used->id;
    model_rename(r->session->model, id, NULL, name);
    return id;
  }
  ReviewRelation *index = define_index(r, table, name, NULL);
  index->index->keys = g_strdupv(columns);
  index->index->mentions = g_strdupv(columns);
  index->index->n_keys = g_strv_length(columns);
  index->index->constraint = index->index->unique = TRUE;
  index->index->primary = c->contype == CONSTR(PRIMARY);
  index->index->exclusion = c->contype == CONSTR(EXCLUSION);
  return index->id;
}

void define_constraint(Reading *r, guint id, const PgQuery__Constraint *c, const char *column)
{
  char type = type_of(c);
  if (type == 0)
    return;
  const ReviewRelation *table = look(r, id);
  g_auto(GStrv) columns = columns_of(c, column);
  const char *suffix = type == 'c' ? "check" : type == 'f' ? "fkey" : type == 'x' ? "excl" : "key";
  g_autofree char *name = c->conname[0] != '\0'     ? g_strdup(c->conname)
                          : c->indexname[0] != '\0' ? g_strdup(c->indexname)
                          : type == 'p'             ? g_strdup_printf("%s_pkey", table->name)
                                                    : default_name(table, columns, suffix);
  guint index = type == 'p' || type == 'u' || type == 'x' ? define_key_index(r, id, c, name, columns) : 0;
  const ReviewRelation *other = type == 'f' ? relation_of(r, c->pktable) : NULL;
  ReviewRelation *changed = model_edit(r->session->model, id);
  ReviewConstraint *made = review_relation_add_constraint(changed, name, type);
  made->columns = g_strdupv(columns);
  made->index = index;
  made->validated = !c->skip_validation || changed->made;
  made->deferrable = c->deferrable;
  made->deferred = c->initdeferred;
  made->on_delete = c->fk_del_action[0] != '\0' ? c->fk_del_action[0] : 'a';
  made->on_update = c->fk_upd_action[0] != '\0' ? c->fk_upd_action[0] : 'a';
  if (type == 'p')
    set_not_null(changed, columns);
  if (type == 'c' && c->raw_expr != NULL)
    made->expression = proof_of(c->raw_expr, columns);
  if (other != NULL) {
    made->referenced = other->id;
    made->referenced_columns = referenced_columns(c, other);
    g_array_append_val(model_edit(r->session->model, other->id)->referenced_by, id);
  }
}

/* ---- adding ---- */

/* The planner opens the indexes of both; not those of a partitioned table, whose partitions it reads. */
void compare_foreign_key(Reading *r, const ReviewRelation *table, const ReviewRelation *other)
{
  if (table->kind != 'p')
    lock_indexes(r, table, AS);
  if (other->kind != 'p' || version_since(r, 16))
    lock_indexes(r, other, AS);
  if (table->made)
    return;
  scan(r, table);
  scan(r, other);
}

static gboolean same_names(GStrv a, GStrv b)
{
  return a != NULL && b != NULL && g_strv_equal((const char *const *)a, (const char *const *)b);
}

static guint key_index(const ReviewRelation *table, GStrv columns)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const ReviewConstraint *c = g_ptr_array_index(table->constraints, i);
    if ((c->type == 'p' || c->type == 'u') && same_names(c->columns, columns))
      return c->index;
  }
  return 0;
}

void lock_referenced(Reading *r, const PgQuery__Constraint *c)
{
  const ReviewRelation *other = relation_of(r, c->pktable);
  g_auto(GStrv) columns = referenced_columns(c, other);
  const ReviewRelation *index = look(r, key_index(other, columns));
  lock_tree(r, other, SRX, _("the foreign key points at it"));
  if (index != NULL && locks_dependencies(r))
    lock_tree(r, index, AS, _("it makes the key unique"));
}

/* Added just before by the same statement, and without a default: nothing but nulls, which are not looked up. */
static gboolean is_new_and_empty(const Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c)
{
  if (c->n_fk_attrs != 1 || r->forecast->added_column == NULL)
    return FALSE;
  const ReviewColumn *column = review_relation_column(table, node_text(c->fk_attrs[0]));
  g_autofree char *name = g_strconcat(table->schema, ".", table->name, ".", node_text(c->fk_attrs[0]), NULL);
  return strcmp(name, r->forecast->added_column) == 0 && column != NULL && !column->has_default;
}

static void compare_keys(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c,
                         const ReviewRelation *other)
{
  if (!is_new_and_empty(r, table, c)) {
    compare_foreign_key(r, table, other);
    return;
  }
  lock_indexes(r, table, AS);
  lock_indexes(r, other, AS);
  scan(r, table);
}

static gboolean is_partition_of_partition(const Reading *r, const ReviewRelation *relation,
                                          const ReviewRelation *top)
{
  const ReviewRelation *parent = relation->partition && relation->parents->len > 0
                                     ? look(r, g_array_index(relation->parents, guint, 0))
                                     : NULL;
  return parent != NULL && parent != top && parent->partition;
}

static void add_foreign_key(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c,
                            gboolean recurse)
{
  const ReviewRelation *other = relation_of(r, c->pktable);
  g_autoptr(GArray) ids = targets(r, table, recurse);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    /* Only partitions take part; a child by inheritance has foreign keys of its own. */
    if (rel != table && !rel->partition) {
      if (version_since(r, 18))
        lock(r, rel, SRX, _("it inherits from the table"));
      continue;
    }
    lock(r, rel, rel != table && is_partition_of_partition(r, rel, table) && !version_since(r, 12) ? AX : SRX,
         NULL);
    if (c->skip_validation || rel->kind == 'p')
      continue;
    g_autoptr(GArray) others = tree_of(r, other);
    for (guint k = 0; k < others->len; k++)
      compare_keys(r, rel, c, look(r, g_array_index(others, guint, k)));
  }
  lock_referenced(r, c);
  if (!c->skip_validation)
    add_finding(r, CHECK_FOREIGN_KEY_VALIDATES, table);
}

static gboolean any_nullable(const ReviewRelation *table, GStrv columns)
{
  for (char **name = columns; *name != NULL; name++) {
    const ReviewColumn *column = review_relation_column(table, *name);
    if (column == NULL || !column->not_null)
      return TRUE;
  }
  return FALSE;
}

static void use_index(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c)
{
  const ReviewRelation *index = model_get(r->session->model, table->schema, c->indexname);
  lock(r, table, AX, NULL);
  lock(r, index,
       version_since(r, 12) && (c->conname[0] == '\0' || strcmp(c->conname, c->indexname) != 0) ? SUX : AS,
       _("it becomes the constraint's index"));
  if (!version_since(r, 12) && c->conname[0] != '\0' && strcmp(c->conname, c->indexname) != 0)
    lock(r, index, AX, NULL);
  if (c->contype != CONSTR(PRIMARY))
    return;
  g_auto(GStrv) keys = index->index != NULL ? g_strdupv(index->index->keys) : g_new0(char *, 1);
  if (index->index == NULL || any_nullable(table, keys)) {
    if (table->known)
      scan(r, table);
    add_finding(r, CHECK_KEY_USING_INDEX, table);
  }
}

/* The key stays with the parent by inheritance, but its columns become NOT NULL in the children as well. */
static void set_children_not_null(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c)
{
  g_auto(GStrv) columns = columns_of(c, NULL);
  if (!version_since(r, 12) && !any_nullable(table, columns))
    return;
  g_autoptr(GArray) ids = tree_of(r, table);
  for (guint i = 1; i < ids->len; i++) {
    const ReviewRelation *child = look(r, g_array_index(ids, guint, i));
    lock(r, child, AX, _("it inherits from the table"));
    if (any_nullable(child, columns))
      scan(r, child);
  }
}

static void add_key(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c, gboolean recurse)
{
  if (version_since(r, 18) && recurse) /* though children by inheritance get nothing of it */
    lock_tree(r, table, AX, NULL);
  g_autoptr(GArray) ids = targets(r, table, recurse && table->kind == 'p');
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    gboolean below = i > 0;
    gboolean key = c->contype == CONSTR(PRIMARY);
    g_auto(GStrv) columns = columns_of(c, NULL);
    gboolean sets = key && any_nullable(rel, columns);
    lock(r, rel, !below || (key && sets) || version_since(r, 18) ? AX : SH, NULL);
    build_index(r, rel);
  }
  if (c->contype == CONSTR(PRIMARY) && table->kind != 'p' && recurse)
    set_children_not_null(r, table, c);
  add_finding(r, c->contype == CONSTR(EXCLUSION) ? CHECK_EXCLUDE_BUILDS_INDEX : CHECK_UNIQUE_BUILDS_INDEX,
              table);
}

static void add_check(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c, gboolean recurse)
{
  if (version_since(r, 18) && recurse)
    lock_tree(r, table, AX, NULL);
  g_autoptr(GArray) ids = targets(r, table, recurse && !c->is_no_inherit);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    lock(r, rel, AX, NULL);
    if (!c->skip_validation)
      scan(r, rel);
  }
  if (!c->skip_validation)
    add_finding(r, CHECK_CHECK_VALIDATES, table);
}

void read_add_constraint(Reading *r, const ReviewRelation *table, const PgQuery__Constraint *c,
                         gboolean recurse)
{
  gboolean down = recurse;
  switch (c->contype) {
  case CONSTR(FOREIGN):
    add_foreign_key(r, table, c, recurse);
    down = table->kind == 'p';
    break;
  case CONSTR(CHECK): add_check(r, table, c, recurse); break;
  case CONSTR(PRIMARY):
  case CONSTR(UNIQUE):
  case CONSTR(EXCLUSION):
    if (c->indexname[0] != '\0')
      use_index(r, table, c);
    else
      add_key(r, table, c, recurse);
    down = table->kind == 'p';
    break;
  default:
    lock(r, table, AX, NULL);
    set_unknown(r, _("retort has no rule for this ALTER TABLE"));
    return;
  }
  g_autoptr(GArray) ids = targets(r, table, down);
  for (guint i = 0; i < ids->len; i++)
    define_constraint(r, g_array_index(ids, guint, i), c, NULL);
}

/* ---- validating ---- */

void read_validate_constraint(Reading *r, const ReviewRelation *table, const char *name, gboolean recurse)
{
  const ReviewConstraint *c = review_relation_constraint(table, name);
  lock(r, table, SUX, NULL);
  if (c != NULL && c->validated)
    return;
  if (c == NULL) {
    scan(r, table);
    add_note(r, _("if it is a foreign key, the table it points at is locked ROW SHARE as well"));
    return;
  }
  if (c->type == 'f') {
    const ReviewRelation *other = look(r, c->referenced);
    lock(r, other, RS, _("the foreign key points at it"));
    compare_foreign_key(r, table, other);
  } else {
    g_autoptr(GArray) ids = targets(r, table, recurse);
    for (guint i = 0; i < ids->len; i++) {
      const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
      lock(r, rel, SUX, NULL);
      scan(r, rel);
    }
  }
  review_relation_constraint(model_edit(r->session->model, table->id), name)->validated = TRUE;
}

/* ---- dropping ---- */

static void drop_dependent_keys(Reading *r, const ReviewRelation *table, const ReviewConstraint *key)
{
  for (guint i = 0; i < table->referenced_by->len; i++) {
    guint id = g_array_index(table->referenced_by, guint, i);
    const ReviewRelation *other = look(r, id);
    for (guint k = 0; other != NULL && k < other->constraints->len; k++) {
      const ReviewConstraint *c = g_ptr_array_index(other->constraints, k);
      if (c->type != 'f' || c->referenced != table->id || c->index != key->index)
        continue;
      lock(r, other, AX, _("its foreign key points at the key"));
    }
  }
}

static void drop_one(Reading *r, guint id, const ReviewConstraint *c, gboolean cascade)
{
  const ReviewRelation *table = look(r, id);
  if (c->type == 'f') {
    const ReviewRelation *other = look(r, c->referenced);
    if (other != NULL) {
      lock_tree(r, other, AX, _("the foreign key points at it"));
      if (!table->made)
        add_finding(r, CHECK_LOCKS_OTHER_TABLE, other);
    }
  }
  if (c->type == 'p' || c->type == 'u' || c->type == 'x') {
    lock(r, look(r, c->index), AX, _("it goes with the constraint"));
    if (cascade)
      drop_dependent_keys(r, table, c);
    guint index = c->index;
    ReviewRelation *changed = model_edit(r->session->model, id);
    for (guint i = changed->indexes->len; i > 0; i--)
      if (g_array_index(changed->indexes, guint, i - 1) == index)
        g_array_remove_index(changed->indexes, i - 1);
    model_drop(r->session->model, index);
  }
}

/* On a partition a check has the same name; a key has one of its own. */
static const ReviewConstraint *same_key(const ReviewRelation *partition, const ReviewConstraint *key,
                                        const char *name)
{
  for (guint i = 0; i < partition->constraints->len && key->type != 'c'; i++) {
    const ReviewConstraint *c = g_ptr_array_index(partition->constraints, i);
    if (c->type == key->type && c->parent != 0 && same_names(c->columns, key->columns))
      return c;
  }
  return review_relation_constraint(partition, name);
}

void read_drop_constraint(Reading *r, const ReviewRelation *table, const PgQuery__AlterTableCmd *cmd,
                          gboolean recurse)
{
  gboolean cascade = cmd->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
  lock(r, table, AX, NULL);
  if (review_relation_constraint(table, cmd->name) == NULL) {
    if (!table->known)
      add_note(r, _("if it is a foreign key, the table it points at is locked ACCESS EXCLUSIVE as well"));
    return;
  }
  g_autoptr(ReviewRelation) before = review_relation_copy(table);
  const ReviewConstraint *key = review_relation_constraint(before, cmd->name);
  g_autoptr(GArray) ids = targets(r, table, recurse);
  for (guint i = 0; i < ids->len; i++) {
    guint id = g_array_index(ids, guint, i);
    const ReviewRelation *rel = look(r, id);
    const ReviewConstraint *c =
        i == 0 ? review_relation_constraint(rel, cmd->name) : same_key(rel, key, cmd->name);
    if (c == NULL || (i > 0 && !c->inherited && c->parent == 0 && !rel->made))
      continue;
    lock(r, rel, AX, NULL);
    g_autofree char *name = g_strdup(c->name);
    drop_one(r, id, c, cascade);
    ReviewRelation *changed = model_edit(r->session->model, id);
    g_ptr_array_remove(changed->constraints, review_relation_constraint(changed, name));
  }
}
