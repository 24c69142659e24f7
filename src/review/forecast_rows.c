/* Queries and statements on rows: which tables they read and which they change. */
#include <glib/gi18n.h>
#include <string.h>

#include "forecast-private.h"

typedef struct {
  Reading *reading;
  GHashTable *ctes; /* char*: names that are no tables here */
  LockMode mode;
  const char *because;
} Walk;

static gboolean note_cte(const ProtobufCMessage *message, void *data)
{
  Walk *walk = data;
  if (message->descriptor == &pg_query__common_table_expr__descriptor)
    g_hash_table_add(walk->ctes, ((const PgQuery__CommonTableExpr *)message)->ctename);
  if (message->descriptor == &pg_query__locking_clause__descriptor)
    walk->mode = LOCK_MODE_ROW_SHARE;
  return TRUE;
}

static void lock_target(Walk *walk, const PgQuery__RangeVar *target)
{
  if (target == NULL)
    return;
  add_lock_var(walk->reading, target, LOCK_MODE_ROW_EXCLUSIVE, NULL);
  walk->reading->forecast->changes_rows = TRUE;
}

static gboolean lock_tables(const ProtobufCMessage *message, void *data)
{
  Walk *walk = data;
  if (message->descriptor == &pg_query__insert_stmt__descriptor)
    lock_target(walk, ((const PgQuery__InsertStmt *)message)->relation);
  if (message->descriptor == &pg_query__update_stmt__descriptor)
    lock_target(walk, ((const PgQuery__UpdateStmt *)message)->relation);
  if (message->descriptor == &pg_query__delete_stmt__descriptor) {
    const PgQuery__DeleteStmt *deletion = (const PgQuery__DeleteStmt *)message;
    lock_target(walk, deletion->relation);
    g_autofree char *name = relation_name(deletion->relation);
    add_loss(walk->reading, LOSS_ROWS, name, NULL);
  }
  if (message->descriptor == &pg_query__merge_stmt__descriptor)
    lock_target(walk, ((const PgQuery__MergeStmt *)message)->relation);
  if (message->descriptor != &pg_query__range_var__descriptor)
    return TRUE;
  const PgQuery__RangeVar *var = (const PgQuery__RangeVar *)message;
  if (var->schemaname[0] != '\0' || !g_hash_table_contains(walk->ctes, var->relname))
    add_lock_var(walk->reading, var, walk->mode, walk->because);
  return TRUE;
}

static void walk_query(Reading *r, const ProtobufCMessage *query, const char *because)
{
  g_autoptr(GHashTable) ctes = g_hash_table_new(g_str_hash, g_str_equal);
  Walk walk = {.reading = r, .ctes = ctes, .mode = LOCK_MODE_ACCESS_SHARE, .because = because};
  visit_messages(query, note_cte, &walk);
  visit_messages(query, lock_tables, &walk);
}

void read_query(Reading *r, const ProtobufCMessage *query, const char *because)
{
  walk_query(r, query, because);
}

/* An UPDATE or DELETE without WHERE works through the whole table. */
static void judge_whole_table(Reading *r, const PgQuery__RangeVar *target, const PgQuery__Node *where)
{
  if (where != NULL)
    return;
  g_autofree char *name = relation_name(target);
  add_name(r->forecast->scans, name);
  add_finding(r, CHECK_WHOLE_TABLE_CHANGE, name);
}

static void read_copy(Reading *r, const PgQuery__CopyStmt *copy)
{
  if (copy->relation != NULL)
    add_lock_var(r, copy->relation, copy->is_from ? LOCK_MODE_ROW_EXCLUSIVE : LOCK_MODE_ACCESS_SHARE, NULL);
  if (copy->query != NULL)
    walk_query(r, &copy->query->base, NULL);
  r->forecast->changes_rows |= copy->is_from;
}

static void read_truncate(Reading *r, const PgQuery__TruncateStmt *truncate)
{
  for (gsize i = 0; i < truncate->n_relations; i++) {
    g_autofree char *name = relation_name(truncate->relations[i]->range_var);
    add_lock(r, name, LOCK_MODE_ACCESS_EXCLUSIVE, NULL);
    add_loss(r, LOSS_ROWS, name, NULL);
    add_finding(r, CHECK_TRUNCATES, name);
  }
  if (truncate->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
    add_finding(r, CHECK_CASCADES, NULL);
}

static void read_lock_table(Reading *r, const PgQuery__LockStmt *lock)
{
  add_finding(r, CHECK_LOCKS_TABLE, NULL);
  for (gsize i = 0; i < lock->n_relations; i++)
    add_lock_var(r, lock->relations[i]->range_var, (LockMode)CLAMP(lock->mode, 0, LOCK_MODE_ACCESS_EXCLUSIVE),
                 NULL);
}

static gboolean calls_function(const ProtobufCMessage *message, void *data)
{
  gboolean *calls = data;
  *calls |= message->descriptor == &pg_query__func_call__descriptor;
  return TRUE;
}

static void read_select(Reading *r, const PgQuery__Node *statement)
{
  walk_query(r, &statement->base, NULL);
  const PgQuery__SelectStmt *select = statement->select_stmt;
  if (select->into_clause != NULL && select->into_clause->rel != NULL) {
    g_autofree char *name = relation_name(select->into_clause->rel);
    note_created(r, name);
  }
  gboolean calls = FALSE;
  visit_messages(&statement->base, calls_function, &calls);
  if (calls && expression_volatility(statement) != VOLATILITY_CONSTANT)
    add_note(r, _("it calls a function; what that does is not visible here"));
}

gboolean read_row_statement(Reading *r, const PgQuery__Node *statement)
{
  switch (statement->node_case) {
  case PG_QUERY__NODE__NODE_SELECT_STMT: read_select(r, statement); return TRUE;
  case PG_QUERY__NODE__NODE_INSERT_STMT:
  case PG_QUERY__NODE__NODE_MERGE_STMT: walk_query(r, &statement->base, NULL); return TRUE;
  case PG_QUERY__NODE__NODE_UPDATE_STMT:
    walk_query(r, &statement->base, NULL);
    judge_whole_table(r, statement->update_stmt->relation, statement->update_stmt->where_clause);
    return TRUE;
  case PG_QUERY__NODE__NODE_DELETE_STMT:
    walk_query(r, &statement->base, NULL);
    judge_whole_table(r, statement->delete_stmt->relation, statement->delete_stmt->where_clause);
    return TRUE;
  case PG_QUERY__NODE__NODE_COPY_STMT: read_copy(r, statement->copy_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_TRUNCATE_STMT: read_truncate(r, statement->truncate_stmt); return TRUE;
  case PG_QUERY__NODE__NODE_LOCK_STMT: read_lock_table(r, statement->lock_stmt); return TRUE;
  default: return FALSE;
  }
}
