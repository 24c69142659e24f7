/* Queries and statements on rows: which tables they read and which they change. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"
#include "walk.h"

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

static void open_tree_of(const Walk *walk, const ReviewRelation *relation, LockMode mode,
                         const char *because);

static void open_relation(const Walk *walk, const ReviewRelation *relation, LockMode mode,
                          const char *because, guint depth)
{
  Reading *r = walk->r;
  lock(r, relation, mode, because);
  if (walk->use == QUERY_NAMED || depth > MOST_VIEWS_DEEP)
    return;
  if (relation->kind == 'v') {
    for (guint i = 0; i < relation->bases->len; i++) {
      const ReviewRelation *base = look(r, g_array_index(relation->bases, guint, i));
      if (base != NULL && base->children->len > 0)
        open_tree_of(walk, base, mode == RS ? RS : AS, _("the view reads it"));
      else if (base != NULL)
        open_relation(walk, base, mode == RS ? RS : AS, _("the view reads it"), depth + 1);
    }
    return;
  }
  if (walk->use >= QUERY_PLANNED)
    lock_indexes(r, relation, mode);
}

/* A partition's bounds are read from its parents, the first time that a session needs them. */
void lock_ancestors(Reading *r, const ReviewRelation *table)
{
  for (guint depth = 0; table != NULL && table->partition && depth < MOST_VIEWS_DEEP; depth++) {
    table = table->parents->len > 0 ? look(r, g_array_index(table->parents, guint, 0)) : NULL;
    lock(r, table, AS, _("its bounds are checked"));
  }
}

/* A query on a partitioned table goes to its partitions; up to 15 its own indexes are not looked at. */
void open_tree(const Walk *walk, const ReviewRelation *relation, LockMode mode, gboolean recurse)
{
  if (walk->use >= QUERY_PLANNED && relation->kind == 'p')
    lock_ancestors(walk->r, relation);
  if (!recurse || relation->children->len == 0)
    open_relation(walk, relation, mode, walk->because, 0);
  else
    open_tree_of(walk, relation, mode, walk->because);
}

static void open_tree_of(const Walk *walk, const ReviewRelation *relation, LockMode mode, const char *because)
{
  Reading *r = walk->r;
  g_autoptr(GArray) ids = tree_of(r, relation);
  for (guint i = 0; i < (walk->use >= QUERY_PLANNED ? ids->len : 1); i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    lock(r, rel, mode, i == 0 ? because : NULL);
    if (walk->use >= QUERY_PLANNED && (rel->kind != 'p' || version_since(r, 16)))
      lock_indexes(r, rel, mode);
  }
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
    read_merge(walk, (const PgQuery__MergeStmt *)message);
  if (message->descriptor == &pg_query__into_clause__descriptor)
    return FALSE;
  if (message->descriptor != &pg_query__range_var__descriptor ||
      g_hash_table_contains(walk->targets, message))
    return TRUE;
  const PgQuery__RangeVar *var = (const PgQuery__RangeVar *)message;
  if (var->schemaname[0] != '\0' || !g_hash_table_contains(walk->ctes, var->relname))
    open_tree(walk, relation_of(walk->r, var), mode_of(walk, var), var->inh && walk->use >= QUERY_PLANNED);
  return TRUE;
}

void read_query(Reading *r, const ProtobufCMessage *query, QueryUse use, const char *because)
{
  g_autoptr(GHashTable) ctes = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GHashTable) targets = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) locked = g_hash_table_new(g_str_hash, g_str_equal);
  Walk walk = {r, ctes, targets, locked, AS, use, because};
  visit_messages(query, note_cte, &walk);
  visit_messages(query, lock_tables, &walk);
  if (use == QUERY_RUN)
    lock_sequences(r, query, RX);
}

/* ---- statements ---- */

static void read_copy(Reading *r, const PgQuery__CopyStmt *copy)
{
  if (copy->relation != NULL && copy->is_from) {
    const ReviewRelation *table = relation_of(r, copy->relation);
    read_copied_rows(r, table, copy->attlist, copy->n_attlist);
  } else if (copy->relation != NULL) {
    const ReviewRelation *table = relation_of(r, copy->relation);
    if (version_since(r, 13)) /* before it is let go at once */
      lock(r, table, AS, NULL);
    scan(r, table);
  }
  if (copy->query != NULL) {
    read_query(r, &copy->query->base, QUERY_RUN, NULL);
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
    lock_ancestors(r, table);
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
  for (gsize i = 0; i < statement->n_relations; i++)
    add_finding(r, CHECK_LOCKS_TABLE, relation_of(r, statement->relations[i]->range_var));
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
  read_query(r, &statement->base, QUERY_RUN, NULL);
  judge_scans_of(r, &statement->base);
  if (select->into_clause != NULL && select->into_clause->rel != NULL)
    model_create(r->session->model, select->into_clause->rel->schemaname, select->into_clause->rel->relname,
                 'r');
  CallWalk walk = {r, FALSE};
  visit_messages(&statement->base, calls_function, &walk);
  if (walk.calls && expression_volatility(r, statement) != VOLATILITY_CONSTANT)
    add_note(r, _("it calls a function; what that does is not visible here"));
}

static gboolean is_on(const PgQuery__Node *value)
{
  static const char *const off[] = {"false", "off", "0", NULL};
  return value == NULL || (!g_strv_contains(off, node_text(value)) &&
                           !(value->node_case == PG_QUERY__NODE__NODE_INTEGER && value->integer->ival == 0));
}

/* ANALYZE runs it. */
static void read_explain(Reading *r, const PgQuery__ExplainStmt *explain)
{
  gboolean runs = FALSE;
  for (gsize i = 0; i < explain->n_options; i++)
    runs |= strcmp(explain->options[i]->def_elem->defname, "analyze") == 0 &&
            is_on(explain->options[i]->def_elem->arg);
  const PgQuery__Node *query = explain->query->node_case == PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT
                                   ? explain->query->create_table_as_stmt->query
                                   : explain->query;
  read_query(r, &query->base, runs ? QUERY_RUN : QUERY_PLANNED, NULL);
  if (runs)
    judge_scans_of(r, &query->base);
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
    read_query(r, &s->base, QUERY_RUN, NULL);
    judge_scans_of(r, &s->base);
    return TRUE;
  case PG_QUERY__NODE__NODE_COPY_STMT: read_copy(r, s->copy_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_TRUNCATE_STMT: read_truncate(r, s->truncate_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_LOCK_STMT: read_lock_table(r, s->lock_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_PREPARE_STMT:
    read_query(r, &s->prepare_stmt->query->base, QUERY_EXPANDED, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
    read_query(r, &s->declare_cursor_stmt->query->base, QUERY_RUN, NULL);
    return TRUE;
  case PG_QUERY__NODE__NODE_EXPLAIN_STMT: read_explain(r, s->explain_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_FETCH_STMT: return TRUE;
  default: return FALSE;
  }
}
