/* INSERT, UPDATE, DELETE and MERGE: what they change, and what is checked along with it. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"
#include "walk.h"

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

/* ---- what is checked ---- */

/* Its check, and the locks of that, wait for the COMMIT. */
static gboolean is_deferred(Reading *r, const ReviewConstraint *c)
{
  if (c->deferred)
    add_note_format(r, _("%s is checked at the COMMIT"), c->name);
  return c->deferred;
}

static void check_parents(Reading *r, const ReviewRelation *table, GStrv changed)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const ReviewConstraint *c = g_ptr_array_index(table->constraints, i);
    gboolean touched = changed == NULL;
    for (char **column = c->columns; !touched && column != NULL && *column != NULL; column++)
      touched = g_strv_contains((const char *const *)changed, *column);
    const ReviewRelation *other = c->type == 'f' && touched ? look(r, c->referenced) : NULL;
    if (other == NULL || is_deferred(r, c))
      continue;
    lock_tree(r, other, RS, _("the foreign key points at it"));
    g_autoptr(GArray) ids = tree_of(r, other);
    for (guint k = 0; k < ids->len; k++) {
      const ReviewRelation *rel = look(r, g_array_index(ids, guint, k));
      if (rel->kind != 'p' || version_since(r, 16))
        lock_indexes(r, rel, RS);
    }
  }
}

/* changed: the columns that are updated; NULL: the rows go. */
static void check_children(Reading *r, const ReviewRelation *table, GStrv changed, guint depth);

/* Looked for by the key: with the help of an index that begins with its columns, or by reading all rows. */
static gboolean key_has_index(const Reading *r, const ReviewRelation *child, GStrv columns)
{
  for (guint i = 0; i < child->indexes->len && columns != NULL; i++) {
    const ReviewRelation *index = look(r, g_array_index(child->indexes, guint, i));
    GStrv keys =
        index != NULL && index->index != NULL && !index->index->predicate ? index->index->keys : NULL;
    if (keys != NULL && keys[0] != NULL && g_strv_contains((const char *const *)columns, keys[0]))
      return TRUE;
  }
  return FALSE;
}

static void check_child(Reading *r, const ReviewRelation *child, const ReviewConstraint *c, GStrv changed,
                        guint depth)
{
  char action = changed == NULL ? c->on_delete : c->on_update;
  if (action == 'a' && is_deferred(r, c))
    return;
  if (!key_has_index(r, child, c->columns))
    scan(r, child);
  gboolean cascades = action == 'c' || action == 'n' || action == 'd';
  lock(r, child, cascades ? RX : RS, _("its foreign key points at the table"));
  lock_indexes(r, child, cascades ? RX : RS);
  if (action == 'c')
    check_children(r, child, changed != NULL ? c->columns : NULL, depth + 1);
}

static gboolean points_at(const ReviewConstraint *c, const ReviewRelation *table, GStrv changed)
{
  if (c->type != 'f' || c->referenced != table->id)
    return FALSE;
  gboolean touched = changed == NULL || c->referenced_columns == NULL || c->referenced_columns[0] == NULL;
  for (char **column = c->referenced_columns; !touched && *column != NULL; column++)
    touched = g_strv_contains((const char *const *)changed, *column);
  return touched;
}

static void check_children(Reading *r, const ReviewRelation *table, GStrv changed, guint depth)
{
  for (guint i = 0; i < table->referenced_by->len && depth < MOST_VIEWS_DEEP; i++) {
    const ReviewRelation *child = look(r, g_array_index(table->referenced_by, guint, i));
    for (guint k = 0; child != NULL && k < child->constraints->len; k++) {
      const ReviewConstraint *c = g_ptr_array_index(child->constraints, k);
      if (points_at(c, table, changed))
        check_child(r, child, c, changed, depth);
    }
  }
}

static gboolean changes_key(const ReviewRelation *table, GStrv changed)
{
  for (guint i = 0; i < table->constraints->len; i++) {
    const ReviewConstraint *c = g_ptr_array_index(table->constraints, i);
    for (char **column = c->columns; (c->type == 'p' || c->type == 'u') && column != NULL && *column != NULL;
         column++)
      if (g_strv_contains((const char *const *)changed, *column))
        return TRUE;
  }
  return FALSE;
}

void note_triggers(Reading *r, const ReviewRelation *table, guint event)
{
  if ((table->triggers & event) != 0)
    add_note_format(r, _("what the triggers of %s do is not visible here"), table->name);
}

/* Changing the rows of a simple view changes those of its table. */
static const ReviewRelation *behind_view(Reading *r, const ReviewRelation *relation)
{
  for (guint depth = 0; relation->kind == 'v' && relation->bases->len == 1 && relation->triggers == 0 &&
                        depth < MOST_VIEWS_DEEP;
       depth++) {
    const ReviewRelation *base = look(r, g_array_index(relation->bases, guint, 0));
    if (base == NULL)
      break;
    lock(r, relation, RX, NULL);
    relation = base;
  }
  return relation;
}

static const ReviewRelation *change(Walk *walk, PgQuery__RangeVar *target, guint event)
{
  if (target == NULL)
    return NULL;
  g_hash_table_add(walk->targets, target);
  const ReviewRelation *table = behind_view(walk->r, relation_of(walk->r, target));
  if (walk->use < QUERY_PLANNED) { /* only looked at: a rule, a function's body */
    lock(walk->r, table, RX, walk->because);
    walk->r->forecast->changes_rows = TRUE;
    return table;
  }
  if (event != REVIEW_DELETE || !version_since(walk->r, 14))
    lock_ancestors(walk->r, table);
  if (event == REVIEW_INSERT) {
    /* The indexes are let go at once; where the rows of a partitioned table go is known only when they come. */
    if (table->kind == 'p')
      lock_tree(walk->r, table, RX, NULL);
    else
      lock(walk->r, table, RX, NULL);
  } else {
    open_tree(walk, table, RX, target->inh && event != REVIEW_INSERT);
  }
  note_triggers(walk->r, table, event);
  walk->r->forecast->changes_rows = TRUE;
  return table;
}

/* ---- columns ---- */

static gboolean is_itself(const PgQuery__ResTarget *target)
{
  const PgQuery__Node *value = target->val;
  return value != NULL && value->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
         value->column_ref->n_fields == 1 &&
         strcmp(node_text(value->column_ref->fields[0]), target->name) == 0;
}

/* The columns that an UPDATE gives other values; those set to themselves stay. */
static GStrv columns_changed(PgQuery__Node *const *targets, gsize n)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (gsize i = 0; i < n; i++)
    if (targets[i]->node_case == PG_QUERY__NODE__NODE_RES_TARGET && !is_itself(targets[i]->res_target))
      g_strv_builder_add(names, targets[i]->res_target->name);
  return g_strv_builder_end(names);
}

/* What the new rows get, as far as the statement says: it names columns, or gives them in their order. */
typedef struct {
  GStrv named;  /* NULL: nothing is known of the columns */
  GStrv filled; /* those of them that are more than NULL somewhere */
} Given;

static void given_clear(Given *given)
{
  g_strfreev(given->named);
  g_strfreev(given->filled);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Given, given_clear)

static gboolean is_star(const PgQuery__Node *target)
{
  const PgQuery__Node *value =
      target->node_case == PG_QUERY__NODE__NODE_RES_TARGET ? target->res_target->val : NULL;
  return value != NULL && value->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
         value->column_ref->n_fields > 0 &&
         value->column_ref->fields[value->column_ref->n_fields - 1]->node_case == PG_QUERY__NODE__NODE_A_STAR;
}

/* G_MAXSIZE: as many as the table has. */
static gsize values_in_row(const PgQuery__SelectStmt *source)
{
  if (source->n_values_lists > 0)
    return source->values_lists[0]->list->n_items;
  for (gsize i = 0; i < source->n_target_list; i++)
    if (is_star(source->target_list[i]))
      return G_MAXSIZE;
  return source->n_target_list > 0 ? source->n_target_list : G_MAXSIZE;
}

static gboolean is_null(const PgQuery__Node *value)
{
  return value->node_case == PG_QUERY__NODE__NODE_A_CONST && value->a_const->isnull;
}

/* In VALUES: DEFAULT everywhere, or NULL everywhere. */
static gboolean all_are(const PgQuery__SelectStmt *source, gsize column, gboolean null)
{
  for (gsize i = 0; i < source->n_values_lists; i++) {
    const PgQuery__List *row = source->values_lists[i]->list;
    if (column >= row->n_items)
      return FALSE;
    gboolean unset = row->items[column]->node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT;
    if (!unset && !(null && is_null(row->items[column])))
      return FALSE;
  }
  return source->n_values_lists > 0;
}

static Given given_by(const PgQuery__InsertStmt *insert, const ReviewRelation *table)
{
  Given given = {NULL, NULL};
  const PgQuery__SelectStmt *source =
      insert->select_stmt != NULL && insert->select_stmt->node_case == PG_QUERY__NODE__NODE_SELECT_STMT
          ? insert->select_stmt->select_stmt
          : NULL;
  gsize columns = insert->n_cols > 0 ? insert->n_cols : table->columns->len;
  if (columns == 0)
    return given;
  gsize n = source == NULL ? 0 : MIN(columns, insert->n_cols > 0 ? insert->n_cols : values_in_row(source));
  g_autoptr(GStrvBuilder) named = g_strv_builder_new();
  g_autoptr(GStrvBuilder) filled = g_strv_builder_new();
  for (gsize i = 0; i < n; i++) {
    const char *name = insert->n_cols > 0
                           ? insert->cols[i]->res_target->name
                           : ((const ReviewColumn *)g_ptr_array_index(table->columns, i))->name;
    if (!all_are(source, i, FALSE))
      g_strv_builder_add(named, name);
    if (!all_are(source, i, TRUE))
      g_strv_builder_add(filled, name);
  }
  given.named = g_strv_builder_end(named);
  given.filled = g_strv_builder_end(filled);
  return given;
}

/* ---- the statements ---- */

static gboolean has(GStrv names, const char *name)
{
  return names != NULL && name != NULL && g_strv_contains((const char *const *)names, name);
}

/* The sequence of an identity column, and those that its default draws from. */
static void number_column(Reading *r, const ReviewRelation *table, const char *name)
{
  const ReviewColumn *column = review_relation_column(table, name);
  for (guint i = 0; column != NULL && column->identity != '\0' && i < table->sequences->len; i++) {
    const ReviewRelation *sequence = look(r, g_array_index(table->sequences, guint, i));
    if (sequence != NULL && g_strcmp0(sequence->owned_by_column, name) == 0)
      lock(r, sequence, RX, _("it numbers the new rows"));
  }
  lock_drawn(r, table, name, RX);
}

static void number_rows(Reading *r, const ReviewRelation *table, GStrv given)
{
  for (guint i = 0; i < table->columns->len; i++) {
    const ReviewColumn *column = g_ptr_array_index(table->columns, i);
    if (!has(given, column->name))
      number_column(r, table, column->name);
  }
}

static void number_defaults(Reading *r, const ReviewRelation *table, PgQuery__Node *const *targets, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (targets[i]->node_case == PG_QUERY__NODE__NODE_RES_TARGET && targets[i]->res_target->val != NULL &&
        targets[i]->res_target->val->node_case == PG_QUERY__NODE__NODE_SET_TO_DEFAULT)
      number_column(r, table, targets[i]->res_target->name);
}

void read_insert(Walk *walk, const PgQuery__InsertStmt *insert)
{
  const ReviewRelation *table = change(walk, insert->relation, REVIEW_INSERT);
  if (walk->use != QUERY_RUN)
    return;
  g_auto(Given) given = given_by(insert, table);
  check_parents(walk->r, table, given.filled);
  if (insert->on_conflict_clause != NULL && insert->on_conflict_clause->infer != NULL)
    lock_indexes(walk->r, table, RX);
  number_rows(walk->r, table, given.named);
}

void read_update(Walk *walk, const PgQuery__UpdateStmt *update)
{
  const ReviewRelation *table = change(walk, update->relation, REVIEW_UPDATE);
  if (walk->use != QUERY_RUN)
    return;
  g_auto(GStrv) changed = columns_changed(update->target_list, update->n_target_list);
  check_parents(walk->r, table, changed);
  if (changes_key(table, changed))
    check_children(walk->r, table, changed, 0);
  number_defaults(walk->r, table, update->target_list, update->n_target_list);
}

void read_delete(Walk *walk, const PgQuery__DeleteStmt *deletion)
{
  const ReviewRelation *table = change(walk, deletion->relation, REVIEW_DELETE);
  add_loss(walk->r, LOSS_ROWS, table, NULL);
  if (walk->use == QUERY_RUN)
    check_children(walk->r, table, NULL, 0);
}

static void read_merge_action(Walk *walk, const ReviewRelation *table, const PgQuery__MergeWhenClause *when)
{
  g_auto(GStrv) columns = columns_changed(when->target_list, when->n_target_list);
  switch (when->command_type) {
  case PG_QUERY__CMD_TYPE__CMD_UPDATE:
    check_parents(walk->r, table, columns);
    if (changes_key(table, columns))
      check_children(walk->r, table, columns, 0);
    break;
  case PG_QUERY__CMD_TYPE__CMD_INSERT:
    check_parents(walk->r, table, columns[0] != NULL ? columns : NULL);
    if (columns[0] != NULL)
      number_rows(walk->r, table, columns);
    break;
  case PG_QUERY__CMD_TYPE__CMD_DELETE:
    add_loss(walk->r, LOSS_ROWS, table, NULL);
    check_children(walk->r, table, NULL, 0);
    break;
  default: break;
  }
}

void read_merge(Walk *walk, const PgQuery__MergeStmt *merge)
{
  const ReviewRelation *table = change(walk, merge->relation, REVIEW_INSERT | REVIEW_UPDATE);
  for (gsize i = 0; i < merge->n_merge_when_clauses && walk->use == QUERY_RUN; i++)
    if (merge->merge_when_clauses[i]->node_case == PG_QUERY__NODE__NODE_MERGE_WHEN_CLAUSE)
      read_merge_action(walk, table, merge->merge_when_clauses[i]->merge_when_clause);
}

void read_copied_rows(Reading *r, const ReviewRelation *table, PgQuery__Node *const *columns, gsize n)
{
  g_auto(GStrv) named = n > 0 ? node_words(columns, n) : NULL;
  lock_ancestors(r, table);
  if (table->kind == 'p') /* where the rows go is known only when they come */
    lock_tree(r, table, RX, NULL);
  else
    lock(r, table, RX, NULL);
  check_parents(r, table, named);
  if (named != NULL)
    number_rows(r, table, named);
  note_triggers(r, table, REVIEW_INSERT);
}
