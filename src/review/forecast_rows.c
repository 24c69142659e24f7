/* Queries and statements on rows: which tables they read and which they change. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

/* Views on views: the server allows more, nobody writes them. */
#define MOST_VIEWS_DEEP 32

typedef struct {
  Reading *r;
  GHashTable *ctes; /* char*: names that are no tables here */
  GHashTable
      *targets; /* PgQuery__RangeVar*: what is inserted into, updated, ..., and the words of FOR UPDATE OF */
  GHashTable *locked; /* char*: tables and aliases after FOR UPDATE OF; none: all of them */
  LockMode mode;
  gboolean planned; /* run, not only looked at: indexes and what is behind views are opened */
  const char *because;
} Walk;

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

static void open_relation(const Walk *walk, const ReviewRelation *relation, LockMode mode,
                          const char *because, guint depth)
{
  Reading *r = walk->r;
  lock(r, relation, mode, because);
  if (!walk->planned || depth > MOST_VIEWS_DEEP)
    return;
  if (relation->kind == 'v') {
    for (guint i = 0; i < relation->bases->len; i++) {
      const ReviewRelation *base = look(r, g_array_index(relation->bases, guint, i));
      if (base != NULL)
        open_relation(walk, base, mode == RS ? RS : AS, _("the view reads it"), depth + 1);
    }
    return;
  }
  lock_indexes(r, relation, mode);
}

/* A query on a partitioned table goes to its partitions; up to 15 its own indexes are not looked at. */
static void open_tree(const Walk *walk, const ReviewRelation *relation, LockMode mode, gboolean recurse)
{
  Reading *r = walk->r;
  if (!recurse || relation->children->len == 0) {
    open_relation(walk, relation, mode, walk->because, 0);
    return;
  }
  g_autoptr(GArray) ids = tree_of(r, relation);
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    lock(r, rel, mode, i == 0 ? walk->because : NULL);
    if (walk->planned && (rel->kind != 'p' || version_since(r, 16)))
      lock_indexes(r, rel, mode);
  }
}

/* ---- changes and what they check ---- */

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

static void note_triggers(Reading *r, const ReviewRelation *table, guint event)
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
  if (table->partition && event != REVIEW_DELETE)
    for (guint i = 0; i < table->parents->len; i++)
      lock(walk->r, look(walk->r, g_array_index(table->parents, guint, i)), AS, _("its bounds are checked"));
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

static GStrv columns_set(PgQuery__Node *const *targets, gsize n)
{
  GStrv names = g_new0(char *, n + 1);
  for (gsize i = 0; i < n; i++)
    names[i] = g_strdup(
        targets[i]->node_case == PG_QUERY__NODE__NODE_RES_TARGET ? targets[i]->res_target->name : "");
  return names;
}

static void open_sequences(Reading *r, const ReviewRelation *table, GStrv given)
{
  for (guint i = 0; i < table->sequences->len; i++) {
    const ReviewRelation *sequence = look(r, g_array_index(table->sequences, guint, i));
    if (sequence == NULL || (given != NULL && sequence->owned_by_column != NULL &&
                             g_strv_contains((const char *const *)given, sequence->owned_by_column)))
      continue;
    lock(r, sequence, RX, _("it numbers the new rows"));
  }
}

static void read_insert(Walk *walk, const PgQuery__InsertStmt *insert)
{
  const ReviewRelation *table = change(walk, insert->relation, REVIEW_INSERT);
  g_auto(GStrv) given = insert->n_cols > 0 ? columns_set(insert->cols, insert->n_cols) : NULL;
  check_parents(walk->r, table, given);
  if (insert->on_conflict_clause != NULL && insert->on_conflict_clause->infer != NULL)
    lock_indexes(walk->r, table, RX);
  open_sequences(walk->r, table, given);
}

static void read_update(Walk *walk, const PgQuery__UpdateStmt *update)
{
  const ReviewRelation *table = change(walk, update->relation, REVIEW_UPDATE);
  g_auto(GStrv) changed = columns_set(update->target_list, update->n_target_list);
  check_parents(walk->r, table, changed);
  if (changes_key(table, changed))
    check_children(walk->r, table, changed, 0);
}

static void read_delete(Walk *walk, const PgQuery__DeleteStmt *deletion)
{
  const ReviewRelation *table = change(walk, deletion->relation, REVIEW_DELETE);
  add_loss(walk->r, LOSS_ROWS, table, NULL);
  check_children(walk->r, table, NULL, 0);
}

/* ---- walking a query ---- */

static gboolean note_cte(const ProtobufCMessage *message, void *data)
{
  Walk *walk = data;
  if (message->descriptor == &pg_query__common_table_expr__descriptor)
    g_hash_table_add(walk->ctes, ((const PgQuery__CommonTableExpr *)message)->ctename);
  if (message->descriptor == &pg_query__locking_clause__descriptor) {
    const PgQuery__LockingClause *clause = (const PgQuery__LockingClause *)message;
    walk->mode = RS;
    for (gsize i = 0; i < clause->n_locked_rels; i++) {
      g_hash_table_add(walk->targets, clause->locked_rels[i]->range_var);
      g_hash_table_add(walk->locked, clause->locked_rels[i]->range_var->relname);
    }
  }
  return TRUE;
}

static LockMode mode_of(const Walk *walk, const PgQuery__RangeVar *var)
{
  const char *known_as = var->alias != NULL ? var->alias->aliasname : var->relname;
  gboolean all = g_hash_table_size(walk->locked) == 0;
  return walk->mode == RS && (all || g_hash_table_contains(walk->locked, known_as)) ? RS : AS;
}

static gboolean lock_tables(const ProtobufCMessage *message, void *data)
{
  Walk *walk = data;
  if (message->descriptor == &pg_query__insert_stmt__descriptor)
    read_insert(walk, (const PgQuery__InsertStmt *)message);
  if (message->descriptor == &pg_query__update_stmt__descriptor)
    read_update(walk, (const PgQuery__UpdateStmt *)message);
  if (message->descriptor == &pg_query__delete_stmt__descriptor)
    read_delete(walk, (const PgQuery__DeleteStmt *)message);
  if (message->descriptor == &pg_query__merge_stmt__descriptor)
    change(walk, ((const PgQuery__MergeStmt *)message)->relation, REVIEW_INSERT | REVIEW_UPDATE);
  if (message->descriptor == &pg_query__into_clause__descriptor)
    return FALSE;
  if (message->descriptor != &pg_query__range_var__descriptor ||
      g_hash_table_contains(walk->targets, message))
    return TRUE;
  const PgQuery__RangeVar *var = (const PgQuery__RangeVar *)message;
  if (var->schemaname[0] != '\0' || !g_hash_table_contains(walk->ctes, var->relname))
    open_tree(walk, relation_of(walk->r, var), mode_of(walk, var), var->inh && walk->planned);
  return TRUE;
}

void read_query(Reading *r, const ProtobufCMessage *query, gboolean planned, const char *because)
{
  g_autoptr(GHashTable) ctes = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) targets = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) locked = g_hash_table_new(g_str_hash, g_str_equal);
  Walk walk = {r, ctes, targets, locked, AS, planned, because};
  visit_messages(query, note_cte, &walk);
  visit_messages(query, lock_tables, &walk);
  if (planned)
    lock_sequences(r, query, RX);
}

/* ---- statements ---- */

static void read_copy(Reading *r, const PgQuery__CopyStmt *copy)
{
  if (copy->relation != NULL && copy->is_from) {
    const ReviewRelation *table = relation_of(r, copy->relation);
    lock(r, table, RX, NULL);
    check_parents(r, table, NULL);
    note_triggers(r, table, REVIEW_INSERT);
  } else if (copy->relation != NULL) {
    const ReviewRelation *table = relation_of(r, copy->relation);
    if (version_since(r, 13)) /* before it is let go at once */
      lock(r, table, AS, NULL);
    scan(r, table);
  }
  if (copy->query != NULL) {
    read_query(r, &copy->query->base, TRUE, NULL);
    judge_scans_of(r, &copy->query->base);
  }
  r->forecast->changes_rows |= copy->is_from;
}

static void empty_table(Reading *r, const ReviewRelation *table)
{
  lock(r, table, AX, NULL);
  rewrite(r, table);
  for (guint i = 0; i < table->indexes->len && table->kind != 'p'; i++) {
    const ReviewRelation *index = look(r, g_array_index(table->indexes, guint, i));
    lock(r, index, AX, NULL);
    rebuild(r, index);
  }
}

static void add_referencing(const Reading *r, GArray *ids, guint from)
{
  for (guint i = from; i < ids->len; i++) {
    const ReviewRelation *table = look(r, g_array_index(ids, guint, i));
    for (guint k = 0; table != NULL && k < table->referenced_by->len; k++) {
      guint id = g_array_index(table->referenced_by, guint, k);
      gboolean seen = FALSE;
      for (guint m = 0; m < ids->len; m++)
        seen |= g_array_index(ids, guint, m) == id;
      if (!seen)
        g_array_append_val(ids, id);
    }
  }
}

static void read_truncate(Reading *r, const PgQuery__TruncateStmt *truncate)
{
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint));
  for (gsize i = 0; i < truncate->n_relations; i++) {
    const ReviewRelation *table = relation_of(r, truncate->relations[i]->range_var);
    add_loss(r, LOSS_ROWS, table, NULL);
    add_finding(r, CHECK_TRUNCATES, table);
    g_autoptr(GArray) tree = tree_of(r, table);
    g_array_append_vals(ids, tree->data, truncate->relations[i]->range_var->inh ? tree->len : 1);
  }
  if (truncate->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE) {
    add_finding(r, CHECK_CASCADES, NULL);
    add_referencing(r, ids, 0);
  }
  for (guint i = 0; i < ids->len; i++) {
    const ReviewRelation *table = look(r, g_array_index(ids, guint, i));
    empty_table(r, table);
    note_triggers(r, table, REVIEW_TRUNCATE);
    for (guint k = 0; k < table->sequences->len && truncate->restart_seqs; k++) {
      const ReviewRelation *sequence = look(r, g_array_index(table->sequences, guint, k));
      lock(r, sequence, AX, _("it belongs to a column of the table"));
      rewrite(r, sequence);
    }
  }
  for (gsize i = 0; i < truncate->n_relations && !version_since(r, 14); i++) {
    const ReviewRelation *table = relation_of(r, truncate->relations[i]->range_var);
    for (guint k = 0; table->partition && k < table->parents->len; k++)
      lock(r, look(r, g_array_index(table->parents, guint, k)), AS, _("its partition is emptied"));
  }
  r->forecast->truncates = TRUE;
}

static void lock_deep(Reading *r, const ReviewRelation *relation, LockMode mode, gboolean recurse,
                      guint depth)
{
  if (recurse)
    lock_tree(r, relation, mode, NULL);
  else
    lock(r, relation, mode, NULL);
  for (guint i = 0; relation->kind == 'v' && i < relation->bases->len && depth < MOST_VIEWS_DEEP; i++)
    lock_deep(r, look(r, g_array_index(relation->bases, guint, i)), mode, TRUE, depth + 1);
}

static void read_lock_table(Reading *r, const PgQuery__LockStmt *statement)
{
  add_finding(r, CHECK_LOCKS_TABLE, NULL);
  for (gsize i = 0; i < statement->n_relations; i++)
    lock_deep(r, relation_of(r, statement->relations[i]->range_var),
              (LockMode)CLAMP(statement->mode, 0, LOCK_MODE_ACCESS_EXCLUSIVE),
              statement->relations[i]->range_var->inh, 0);
}

typedef struct {
  Reading *r;
  gboolean calls;
} CallWalk;

static gboolean calls_function(const ProtobufCMessage *message, void *data)
{
  CallWalk *walk = data;
  walk->calls |= message->descriptor == &pg_query__func_call__descriptor;
  return TRUE;
}

static void read_select(Reading *r, const PgQuery__Node *statement)
{
  const PgQuery__SelectStmt *select = statement->select_stmt;
  read_query(r, &statement->base, TRUE, NULL);
  judge_scans_of(r, &statement->base);
  if (select->into_clause != NULL && select->into_clause->rel != NULL)
    model_create(r->session->model, select->into_clause->rel->schemaname, select->into_clause->rel->relname,
                 'r');
  CallWalk walk = {r, FALSE};
  visit_messages(&statement->base, calls_function, &walk);
  if (walk.calls && expression_volatility(r, statement) != VOLATILITY_CONSTANT)
    add_note(r, _("it calls a function; what that does is not visible here"));
}

/* ANALYZE runs it. */
static void read_explain(Reading *r, const PgQuery__ExplainStmt *explain)
{
  gboolean runs = FALSE;
  for (gsize i = 0; i < explain->n_options; i++)
    runs |= strcmp(explain->options[i]->def_elem->defname, "analyze") == 0;
  read_query(r, &explain->query->base, TRUE, NULL);
  if (runs)
    judge_scans_of(r, &explain->query->base);
  else
    r->forecast->changes_rows = FALSE;
}

gboolean read_row_statement(Reading *r, const PgQuery__Node *s)
{
  switch (s->node_case) {
  case PG_QUERY__NODE__NODE_SELECT_STMT: read_select(r, s); return TRUE;
  case PG_QUERY__NODE__NODE_INSERT_STMT:
  case PG_QUERY__NODE__NODE_MERGE_STMT:
  case PG_QUERY__NODE__NODE_UPDATE_STMT:
  case PG_QUERY__NODE__NODE_DELETE_STMT:
    read_query(r, &s->base, TRUE, NULL);
    judge_scans_of(r, &s->base);
    return TRUE;
  case PG_QUERY__NODE__NODE_COPY_STMT: read_copy(r, s->copy_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_TRUNCATE_STMT: read_truncate(r, s->truncate_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_LOCK_STMT: read_lock_table(r, s->lock_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_PREPARE_STMT:
    read_query(r, &s->prepare_stmt->query->base, FALSE, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
    read_query(r, &s->declare_cursor_stmt->query->base, TRUE, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_EXPLAIN_STMT: read_explain(r, s->explain_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_FETCH_STMT: return TRUE;
  default: return FALSE;
  }
}
