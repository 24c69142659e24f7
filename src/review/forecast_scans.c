/* Which tables a query goes through from end to end, as far as the query and the indexes tell. */
#include <string.h>

#include "forecast-private.h"

/* Views on views: the server allows more, nobody writes them. */
#define MOST_VIEWS_DEEP 32

/* The tables of one FROM, or those a change goes by, and the conditions on them. */
typedef struct {
  Reading *r;
  GHashTable *ctes;  /* char*: names that are no tables here */
  GPtrArray *tables; /* PgQuery__RangeVar* */
  GPtrArray *wheres; /* PgQuery__Node* */
  gboolean outer;    /* what the query is part of finds its rows by an index */
} Source;

static const ReviewRelation *look(const Reading *r, guint id)
{
  return model_look(r->session->model, id);
}

/* ---- conditions ---- */

static gboolean is_column(const PgQuery__Node *node, const PgQuery__RangeVar *table, const char *name)
{
  if (node == NULL || node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF || node->column_ref->n_fields == 0)
    return FALSE;
  gsize n = node->column_ref->n_fields;
  const char *of = n > 1 ? node_text(node->column_ref->fields[n - 2]) : NULL;
  const char *known_as = table->alias != NULL ? table->alias->aliasname : table->relname;
  return strcmp(node_text(node->column_ref->fields[n - 1]), name) == 0 &&
         (of == NULL || strcmp(of, known_as) == 0);
}

static gboolean is_value(const PgQuery__Node *node)
{
  if (node != NULL && node->node_case == PG_QUERY__NODE__NODE_SUB_LINK)
    return node->sub_link->sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK;
  return node != NULL && node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF;
}

/* The condition picks rows by a value of the column; joined: by a column of another table. */
static gboolean picks(const PgQuery__Node *where, const PgQuery__RangeVar *table, const char *column,
                      gboolean joined)
{
  if (where->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR) {
    gboolean any = FALSE, all = TRUE;
    for (gsize i = 0; i < where->bool_expr->n_args; i++) {
      gboolean one = picks(where->bool_expr->args[i], table, column, joined);
      any |= one;
      all &= one;
    }
    return where->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR  ? any
           : where->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR ? all
                                                                           : FALSE;
  }
  if (where->node_case != PG_QUERY__NODE__NODE_A_EXPR)
    return FALSE;
  const PgQuery__AExpr *expr = where->a_expr;
  if (expr->n_name != 1 || strcmp(node_text(expr->name[0]), "=") != 0)
    return FALSE;
  return (is_column(expr->lexpr, table, column) && (joined || is_value(expr->rexpr))) ||
         (is_column(expr->rexpr, table, column) && (joined || is_value(expr->lexpr)));
}

static gboolean index_helps(const Source *source, const ReviewRelation *relation,
                            const PgQuery__RangeVar *table, gboolean joined)
{
  for (guint i = 0; i < relation->indexes->len; i++) {
    const ReviewRelation *index = look(source->r, g_array_index(relation->indexes, guint, i));
    GStrv keys = index != NULL && index->index != NULL ? index->index->keys : NULL;
    if (keys == NULL || keys[0] == NULL || keys[0][0] == '\0' || index->index->predicate)
      continue;
    for (guint k = 0; k < source->wheres->len; k++)
      if (picks(g_ptr_array_index(source->wheres, k), table, keys[0], joined))
        return TRUE;
  }
  return FALSE;
}

/* ---- tables ---- */

static void scan_tree(const Source *source, const ReviewRelation *relation, const PgQuery__RangeVar *table,
                      gboolean joined, guint depth)
{
  Reading *r = source->r;
  g_autoptr(GArray) ids = tree_of(r, relation);
  for (guint i = 0; i < (table->inh ? ids->len : 1); i++) {
    const ReviewRelation *rel = look(r, g_array_index(ids, guint, i));
    if (rel->known && rel->kind != 'v' && !index_helps(source, rel, table, FALSE) &&
        !(joined && index_helps(source, rel, table, TRUE)))
      scan(r, rel);
  }
  for (guint i = 0; relation->kind == 'v' && i < relation->bases->len && depth < MOST_VIEWS_DEEP; i++) {
    const ReviewRelation *base = look(r, g_array_index(relation->bases, guint, i));
    if (base != NULL)
      scan_tree(source, base, table, joined, depth + 1);
  }
}

static gboolean is_table(const Source *source, const PgQuery__RangeVar *var)
{
  return var->schemaname[0] != '\0' || !g_hash_table_contains(source->ctes, var->relname);
}

/* An index finds the rows of one of them, and those of the others through it. */
static gboolean begins_with_index(const Source *source)
{
  for (guint i = 0; i < source->tables->len; i++) {
    const PgQuery__RangeVar *var = g_ptr_array_index(source->tables, i);
    if (is_table(source, var) && index_helps(source, relation_of(source->r, var), var, FALSE))
      return TRUE;
  }
  return FALSE;
}

static void scan_source(const Source *source)
{
  gboolean joined = source->outer || begins_with_index(source);
  for (guint i = 0; i < source->tables->len; i++) {
    const PgQuery__RangeVar *var = g_ptr_array_index(source->tables, i);
    if (is_table(source, var))
      scan_tree(source, relation_of(source->r, var), var, joined, 0);
  }
}

static void add_where(Source *source, PgQuery__Node *where)
{
  if (where != NULL)
    g_ptr_array_add(source->wheres, where);
}

static void add_from(Source *source, const PgQuery__Node *from)
{
  if (from == NULL)
    return;
  if (from->node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
    g_ptr_array_add(source->tables, from->range_var);
  } else if (from->node_case == PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE) {
    add_from(source, from->range_table_sample->relation);
  } else if (from->node_case == PG_QUERY__NODE__NODE_JOIN_EXPR) {
    add_from(source, from->join_expr->larg);
    add_from(source, from->join_expr->rarg);
    add_where(source, from->join_expr->quals);
  }
}

/* ---- statements ---- */

static void source_begin(Source *source, const Source *outer)
{
  *source = (Source){.r = outer->r, .ctes = outer->ctes, .outer = outer->outer};
  source->tables = g_ptr_array_new();
  source->wheres = g_ptr_array_new();
}

/* What is below: an index of the statement's own tables finds few rows for it to be asked about. */
static void source_end(Source *source, Source *outer)
{
  scan_source(source);
  outer->outer |= begins_with_index(source);
  g_ptr_array_unref(source->tables);
  g_ptr_array_unref(source->wheres);
}

/* max(id) and min(id) come from the end of an index. */
static gboolean value_is_extreme(const Source *source, const PgQuery__RangeVar *var,
                                 const PgQuery__Node *value)
{
  if (value == NULL || value->node_case != PG_QUERY__NODE__NODE_FUNC_CALL ||
      value->func_call->n_funcname != 1 || value->func_call->n_args != 1)
    return FALSE;
  const char *name = node_text(value->func_call->funcname[0]);
  const ReviewRelation *table = relation_of(source->r, var);
  for (guint i = 0; i < table->indexes->len; i++) {
    const ReviewRelation *index = look(source->r, g_array_index(table->indexes, guint, i));
    if (index != NULL && index->index != NULL && index->index->n_keys > 0 &&
        is_column(value->func_call->args[0], var, index->index->keys[0]))
      return strcmp(name, "max") == 0 || strcmp(name, "min") == 0;
  }
  return FALSE;
}

static gboolean is_extreme(const Source *source, const PgQuery__SelectStmt *select)
{
  if (select->where_clause != NULL || select->n_from_clause != 1 ||
      select->from_clause[0]->node_case != PG_QUERY__NODE__NODE_RANGE_VAR)
    return FALSE;
  for (gsize i = 0; i < select->n_target_list; i++)
    if (!value_is_extreme(source, select->from_clause[0]->range_var, select->target_list[i]->res_target->val))
      return FALSE;
  return select->n_target_list > 0;
}

static void scan_select(Source *outer, const PgQuery__SelectStmt *select)
{
  Source source;
  if (select->n_from_clause == 0 || select->limit_count != NULL || is_extreme(outer, select))
    return;
  source_begin(&source, outer);
  for (gsize i = 0; i < select->n_from_clause; i++)
    add_from(&source, select->from_clause[i]);
  add_where(&source, select->where_clause);
  source_end(&source, outer);
}

/* Without WHERE a change works through the whole table, whatever is known of it. */
static void scan_changed(Source *outer, PgQuery__RangeVar *target, PgQuery__Node *const *from, gsize n_from,
                         PgQuery__Node *where)
{
  Source source;
  const ReviewRelation *table = relation_of(outer->r, target);
  if (where == NULL && n_from == 0 && !table->known)
    scan(outer->r, table);
  source_begin(&source, outer);
  g_ptr_array_add(source.tables, target);
  for (gsize i = 0; i < n_from; i++)
    add_from(&source, from[i]);
  add_where(&source, where);
  source_end(&source, outer);
}

/* Both sides are joined; what is written out in the statement finds the target's rows one by one. */
static void scan_merge(Source *outer, const PgQuery__MergeStmt *merge)
{
  Source source;
  source_begin(&source, outer);
  g_ptr_array_add(source.tables, merge->relation);
  add_from(&source, merge->source_relation);
  add_where(&source, merge->join_condition);
  source.outer |=
      merge->source_relation != NULL && merge->source_relation->node_case != PG_QUERY__NODE__NODE_RANGE_VAR;
  source_end(&source, outer);
}

static gboolean scan_message(const ProtobufCMessage *message, void *data)
{
  Source *outer = data;
  if (message->descriptor == &pg_query__select_stmt__descriptor) {
    scan_select(outer, (const PgQuery__SelectStmt *)message);
  } else if (message->descriptor == &pg_query__update_stmt__descriptor) {
    const PgQuery__UpdateStmt *update = (const PgQuery__UpdateStmt *)message;
    scan_changed(outer, update->relation, update->from_clause, update->n_from_clause, update->where_clause);
  } else if (message->descriptor == &pg_query__delete_stmt__descriptor) {
    const PgQuery__DeleteStmt *deletion = (const PgQuery__DeleteStmt *)message;
    scan_changed(outer, deletion->relation, deletion->using_clause, deletion->n_using_clause,
                 deletion->where_clause);
  } else if (message->descriptor == &pg_query__merge_stmt__descriptor) {
    scan_merge(outer, (const PgQuery__MergeStmt *)message);
  }
  return TRUE;
}

static gboolean note_cte(const ProtobufCMessage *message, void *data)
{
  if (message->descriptor == &pg_query__common_table_expr__descriptor)
    g_hash_table_add(data, ((const PgQuery__CommonTableExpr *)message)->ctename);
  return TRUE;
}

void judge_scans_of(Reading *r, const ProtobufCMessage *query)
{
  g_autoptr(GHashTable) ctes = g_hash_table_new(g_str_hash, g_str_equal);
  Source top = {.r = r, .ctes = ctes};
  visit_messages(query, note_cte, ctes);
  visit_messages(query, scan_message, &top);
}
