/* Partitions: attached, detached, made. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

static const ReviewRelation *default_partition(const Reading *r, const ReviewRelation *parent)
{
  for (guint i = 0; i < parent->children->len; i++) {
    const ReviewRelation *child = look(r, g_array_index(parent->children, guint, i));
    if (child != NULL && child->is_default)
      return child;
  }
  return NULL;
}

/* Columns of "RANGE (at)" or "LIST (lower(kind), region)": words in the parentheses. */
static gboolean key_has(const char *key, const char *column)
{
  g_autofree char *pattern = g_regex_escape_string(column, -1);
  g_autofree char *word = g_strdup_printf("\\b%s\\b", pattern);
  return key != NULL && g_regex_match_simple(word, key, 0, 0);
}

/* A validated CHECK may prove that all rows belong here.  Whether it does is the server's to say; it can when it speaks
 * of the key, and says that the key is not null when the bound does not. */
static gboolean may_be_proven(const ReviewRelation *parent, const ReviewRelation *child)
{
  gboolean bounded = FALSE, not_null = FALSE;
  for (guint i = 0; i < child->columns->len; i++) {
    const ReviewColumn *column = g_ptr_array_index(child->columns, i);
    if (!key_has(parent->partition_key, column->name))
      continue;
    not_null |= column->not_null;
    for (guint k = 0; k < child->constraints->len; k++) {
      const ReviewConstraint *c = g_ptr_array_index(child->constraints, k);
      if (c->type != 'c' || !c->validated || c->columns == NULL ||
          !g_strv_contains((const char *const *)c->columns, column->name))
        continue;
      gboolean only =
          c->expression != NULL && g_regex_match_simple("^\\(?\\w+ IS NOT NULL\\)?$", c->expression, 0, 0);
      bounded |= !only;
      not_null |= check_proves_not_null(c->expression, column->name);
    }
  }
  return bounded && not_null;
}

/* The rows of the DEFAULT partition are read: none may belong to the new one. */
static void disturb_default(Reading *r, const ReviewRelation *parent)
{
  const ReviewRelation *rest = default_partition(r, parent);
  if (rest == NULL) {
    if (!parent->known)
      add_note(r, _("a DEFAULT partition, if there is one, is locked and read"));
    return;
  }
  lock_tree(r, rest, AX, _("the DEFAULT partition may have rows of it"));
  g_autoptr(GArray) ids = tree_of(r, rest);
  for (guint i = 0; i < ids->len && !may_be_proven(parent, rest); i++)
    scan(r, look(r, g_array_index(ids, guint, i)));
}

/* The parent's foreign keys become the partition's; those that point at the parent, too. */
static void share_foreign_keys(Reading *r, const ReviewRelation *parent, const ReviewRelation *child,
                               LockMode mode)
{
  for (guint i = 0; i < parent->constraints->len; i++) {
    const ReviewConstraint *c = g_ptr_array_index(parent->constraints, i);
    const ReviewRelation *other = c->type == 'f' ? look(r, c->referenced) : NULL;
    if (other == NULL)
      continue;
    lock(r, other, mode, _("the foreign key points at it"));
    if (child == NULL)
      continue;
    if (locks_dependencies(r))
      lock(r, look(r, c->index), AS, _("it makes the key unique"));
    if (!child->made)
      compare_foreign_key(r, child, other);
  }
  for (guint i = 0; i < parent->referenced_by->len; i++)
    lock(r, look(r, g_array_index(parent->referenced_by, guint, i)), version_since(r, 15) ? SRX : AS,
         _("its foreign key points at the parent"));
}

static void link_partition(Reading *r, guint parent, guint child, gboolean is_default)
{
  g_array_append_val(model_edit(r->session->model, parent)->children, child);
  ReviewRelation *changed = model_edit(r->session->model, child);
  g_array_append_val(changed->parents, parent);
  changed->partition = TRUE;
  changed->is_default = is_default;
}

void read_new_partition(Reading *r, const ReviewRelation *parent, ReviewRelation *child, gboolean is_default)
{
  lock(r, parent, AX, _("it gets a partition"));
  add_finding(r, CHECK_PARTITION_LOCKS_PARENT, parent);
  disturb_default(r, parent);
  share_foreign_keys(r, parent, child, version_since(r, 12) ? SRX : AS);
  for (guint i = 0; i < parent->indexes->len; i++) {
    const ReviewRelation *index = look(r, g_array_index(parent->indexes, guint, i));
    if (index == NULL || index->index == NULL)
      continue;
    if (version_since(r, 12))
      lock(r, index, SUX, NULL);
    g_autofree char *name = g_strdup_printf("%s_%s", child->name, index->name);
    ReviewRelation *own = define_index(r, child->id, name, NULL);
    own->index->keys = g_strdupv(index->index->keys);
    own->index->mentions = g_strdupv(index->index->mentions);
    own->index->n_keys = index->index->n_keys;
    g_array_append_val(own->parents, index->id);
  }
  for (guint i = 0; i < parent->columns->len; i++) {
    const ReviewColumn *column = g_ptr_array_index(parent->columns, i);
    ReviewColumn *copy = review_relation_add_column(child, column->name, column->type, column->typmod);
    g_free(copy->type_schema);
    copy->type_schema = g_strdup(column->type_schema);
    copy->not_null = column->not_null;
    copy->inherited = TRUE;
  }
  link_partition(r, parent->id, child->id, is_default);
}

/* ---- attaching ---- */

static gboolean bound_is_default(const PgQuery__PartitionCmd *cmd)
{
  return cmd->bound != NULL && cmd->bound->is_default;
}

static GStrv keys_of(const ReviewRelation *index)
{
  return index != NULL && index->index != NULL ? index->index->keys : NULL;
}

static const ReviewRelation *alike(const Reading *r, const ReviewRelation *table, const ReviewRelation *index)
{
  for (guint i = 0; i < table->indexes->len; i++) {
    const ReviewRelation *own = look(r, g_array_index(table->indexes, guint, i));
    if (keys_of(own) != NULL && keys_of(index) != NULL && own->parents->len == 0 &&
        g_strv_equal((const char *const *)keys_of(own), (const char *const *)keys_of(index)) &&
        own->index->unique >= index->index->unique && own->index->predicate == index->index->predicate &&
        own->index->expressions == index->index->expressions)
      return own;
  }
  return NULL;
}

/* Every index of the parent finds its like on the partition, or is built there. */
static void attach_indexes(Reading *r, const ReviewRelation *parent, const ReviewRelation *child)
{
  if (version_since(r, 12))
    lock_indexes(r, parent, SUX);
  for (guint i = 0; i < parent->indexes->len; i++) {
    const ReviewRelation *index = look(r, g_array_index(parent->indexes, guint, i));
    const ReviewRelation *own = alike(r, child, index);
    if (own == NULL)
      build_index(r, child);
    else
      g_array_append_val(model_edit(r->session->model, own->id)->parents, index->id);
  }
}

/* Foreign keys that point at the parent point at the partition's own index from now on. */
static void lock_referenced_keys(Reading *r, const ReviewRelation *parent, guint child_id)
{
  const ReviewRelation *child = look(r, child_id);
  for (guint i = 0; i < child->indexes->len && parent->referenced_by->len > 0 && locks_dependencies(r); i++) {
    const ReviewRelation *own = look(r, g_array_index(child->indexes, guint, i));
    if (own != NULL && own->parents->len > 0 && own->index->constraint)
      lock(r, own, AS, _("it makes the key unique"));
  }
}

void read_attach(Reading *r, const ReviewRelation *parent, const PgQuery__PartitionCmd *cmd)
{
  const ReviewRelation *child = relation_of(r, cmd->name);
  lock(r, parent, version_since(r, 12) ? SUX : AX, NULL);
  lock_tree(r, child, AX, _("it becomes a partition"));
  gboolean proven = child->known && may_be_proven(parent, child);
  gboolean rest = bound_is_default(cmd);
  if (!proven && !(rest && parent->known && parent->children->len == 0)) {
    g_autoptr(GArray) ids = tree_of(r, child);
    for (guint i = 0; i < ids->len; i++)
      scan(r, look(r, g_array_index(ids, guint, i)));
    add_finding(r, CHECK_PARTITION_SCAN, child);
  }
  if (!rest)
    disturb_default(r, parent);
  share_foreign_keys(r, parent, child, version_since(r, 12) ? SRX : RS);
  attach_indexes(r, parent, child);
  lock_referenced_keys(r, parent, child->id);
  link_partition(r, parent->id, child->id, rest);
}

void read_attach_index(Reading *r, const ReviewRelation *parent, const PgQuery__PartitionCmd *cmd)
{
  const ReviewRelation *child = relation_of(r, cmd->name);
  lock(r, parent, version_since(r, 12) ? SUX : AX, NULL);
  lock(r, child, AX, _("it becomes part of the index"));
  if (parent->index != NULL)
    lock(r, look(r, parent->index->table), AS, _("the index is on it"));
  if (child->index != NULL)
    lock(r, look(r, child->index->table), AS, _("the index is on it"));
  g_array_append_val(model_edit(r->session->model, child->id)->parents, parent->id);
}

/* ---- detaching ---- */

static void unlink_partition(Reading *r, guint parent, guint child)
{
  ReviewRelation *up = model_edit(r->session->model, parent);
  for (guint i = up->children->len; i > 0; i--)
    if (g_array_index(up->children, guint, i - 1) == child)
      g_array_remove_index(up->children, i - 1);
  ReviewRelation *down = model_edit(r->session->model, child);
  g_array_set_size(down->parents, 0);
  down->partition = down->is_default = FALSE;
}

static void detach_indexes(Reading *r, const ReviewRelation *child)
{
  for (guint i = 0; i < child->indexes->len; i++) {
    const ReviewRelation *index = look(r, g_array_index(child->indexes, guint, i));
    if (index != NULL && index->parents->len > 0)
      lock(r, index, AX, _("it is no longer part of the parent's"));
  }
}

void read_detach(Reading *r, const ReviewRelation *parent, const PgQuery__PartitionCmd *cmd)
{
  const ReviewRelation *child = relation_of(r, cmd->name);
  lock(r, parent, cmd->concurrent ? SUX : AX, NULL);
  /* Before 14 it is the triggers it got from its parent that lock it so. */
  gboolean exclusive = version_since(r, 14) || parent->triggers != 0 || parent->referenced_by->len > 0;
  lock(r, child, exclusive ? AX : SUX, _("it stops being a partition"));
  for (guint i = 0; i < child->children->len; i++)
    lock_tree(r, look(r, g_array_index(child->children, guint, i)), AX, NULL);
  r->forecast->no_transaction |= cmd->concurrent;
  if (!cmd->concurrent) {
    add_finding(r, CHECK_DETACH_BLOCKS, parent);
    lock(r, default_partition(r, parent), AX, _("the DEFAULT partition's bounds change"));
  }
  share_foreign_keys(r, parent, NULL, SRX);
  for (guint i = 0; i < parent->referenced_by->len; i++) {
    /* No row may point into the partition that goes. */
    const ReviewRelation *other = look(r, g_array_index(parent->referenced_by, guint, i));
    lock(r, other, AX, NULL);
    scan(r, other);
    scan(r, child);
  }
  detach_indexes(r, child);
  unlink_partition(r, parent->id, child->id);
}

void read_detach_finalize(Reading *r, const ReviewRelation *parent, const PgQuery__PartitionCmd *cmd)
{
  const ReviewRelation *child = relation_of(r, cmd->name);
  lock(r, parent, SUX, NULL);
  lock(r, child, AX, _("it stops being a partition"));
  detach_indexes(r, child);
  unlink_partition(r, parent->id, child->id);
}
