/* One question for each kind of statement.  Each answers: state, cleanup, finish. */
#include "retort/run/aftermath.h"

#include <glib/gi18n.h>
#include <string.h>

#include "aftermath-private.h"
#include "retort/pg/catalog.h"
#include "retort/review/tree.h"

/* ---- Names ----------------------------------------------------------------------------------------------------- */

const char *aftermath_given(const char *name)
{
  return name != NULL && *name != '\0' ? name : NULL;
}

static char *call_with_name(const char *function, const char *schema, const char *name)
{
  g_autofree char *quoted_schema = aftermath_given(schema) != NULL ? pg_quote_ident(schema) : NULL;
  g_autofree char *quoted_name = pg_quote_ident(name);
  g_autofree char *both = g_strconcat(quoted_schema != NULL ? quoted_schema : "",
                                      quoted_schema != NULL ? "." : "", quoted_name, NULL);
  g_autofree char *literal = pg_quote_literal(both);
  return g_strdup_printf("pg_catalog.%s(%s)", function, literal);
}

char *aftermath_regclass(const char *schema, const char *name)
{
  return call_with_name("to_regclass", schema, name);
}

char *aftermath_regtype(const char *schema, const char *name)
{
  return call_with_name("to_regtype", schema, name);
}

char *aftermath_regclass_of(const PgQuery__RangeVar *var)
{
  return var != NULL && aftermath_given(var->relname) != NULL
             ? aftermath_regclass(var->schemaname, var->relname)
             : NULL;
}

gboolean aftermath_names(PgQuery__Node *const *names, gsize n, const char **schema, const char **name)
{
  *schema = NULL;
  for (gsize i = 0; i < n; i++)
    if (names[i]->node_case != PG_QUERY__NODE__NODE_STRING)
      return FALSE;
  if (n == 0)
    return FALSE;
  *name = names[n - 1]->string->sval;
  if (n > 1)
    *schema = names[n - 2]->string->sval;
  return aftermath_given(*name) != NULL;
}

/* ---- Questions ------------------------------------------------------------------------------------------------- */

static char *ask_create_index(const PgQuery__IndexStmt *stmt)
{
  g_autofree char *table = aftermath_regclass_of(stmt->relation);
  if (table == NULL || aftermath_given(stmt->idxname) == NULL)
    return NULL;
  g_autofree char *name = pg_quote_literal(stmt->idxname);
  return g_strdup_printf(
      "SELECT CASE WHEN NOT coalesce(i.indisvalid, false) AND " AT_WORK " THEN 'running' "
      "WHEN i.indexrelid IS NULL THEN 'not done' WHEN i.indisvalid THEN 'done' ELSE 'broken' END, "
      "CASE WHEN NOT i.indisvalid THEN 'DROP INDEX CONCURRENTLY ' || i.indexrelid::regclass::text END, NULL, "
      "'DROP INDEX CONCURRENTLY ' || i.indexrelid::regclass::text "
      "FROM (SELECT %s::oid AS oid) t LEFT JOIN pg_catalog.pg_class tc ON tc.oid = t.oid "
      "LEFT JOIN pg_catalog.pg_class ic ON ic.relnamespace = tc.relnamespace AND ic.relname = %s "
      "AND ic.relkind IN ('i', 'I') LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = ic.oid",
      table, name);
}

static char *ask_drop_index(const PgQuery__DropStmt *stmt)
{
  const char *schema, *name;
  if (stmt->remove_type != PG_QUERY__OBJECT_TYPE__OBJECT_INDEX || stmt->n_objects != 1 ||
      stmt->objects[0]->node_case != PG_QUERY__NODE__NODE_LIST ||
      !aftermath_names(stmt->objects[0]->list->items, stmt->objects[0]->list->n_items, &schema, &name))
    return NULL;
  g_autofree char *index = aftermath_regclass(schema, name);
  return g_strdup_printf(
      "SELECT CASE WHEN x.oid IS NULL THEN 'done' WHEN " AT_WORK " THEN 'running' "
      "ELSE 'not done' END, NULL, NULL FROM (SELECT %s::oid AS oid) x "
      "LEFT JOIN LATERAL (SELECT indrelid AS oid FROM pg_catalog.pg_index WHERE indexrelid = x.oid) t "
      "ON true",
      index);
}

/* What a REINDEX did cannot be seen; what a failed one left behind can. */
static char *ask_reindex(const PgQuery__ReindexStmt *stmt)
{
  g_autofree char *relation = aftermath_regclass_of(stmt->relation);
  if (relation == NULL)
    return NULL;
  return g_strdup_printf(
      "SELECT CASE WHEN " AT_WORK " THEN 'running' WHEN b.name IS NULL THEN 'unknown' ELSE 'broken' END, "
      "'DROP INDEX CONCURRENTLY ' || b.name, NULL FROM (SELECT coalesce((SELECT indrelid FROM "
      "pg_catalog.pg_index "
      "WHERE indexrelid = r.oid), r.oid) AS oid FROM (SELECT %s::oid AS oid) r) t "
      "LEFT JOIN LATERAL (SELECT i.indexrelid::regclass::text AS name FROM pg_catalog.pg_index i "
      "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = t.oid AND NOT i.indisvalid "
      "AND c.relname ~ '_cc(new|old)[0-9]*$' ORDER BY 1 LIMIT 1) b ON true",
      relation);
}

static char *ask_add_value(const PgQuery__AlterEnumStmt *stmt)
{
  const char *schema, *name;
  if (aftermath_given(stmt->old_val) != NULL || aftermath_given(stmt->new_val) == NULL ||
      !aftermath_names(stmt->type_name, stmt->n_type_name, &schema, &name))
    return NULL;
  g_autofree char *type = aftermath_regtype(schema, name);
  g_autofree char *label = pg_quote_literal(stmt->new_val);
  return g_strdup_printf("SELECT CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_enum WHERE enumtypid = "
                         "%s AND enumlabel = %s) THEN 'done' ELSE 'not done' END, NULL, NULL",
                         type, label);
}

/* The column is there since 14, as the statement is. */
#define DETACH_PENDING "(pg_catalog.to_jsonb(i) ->> 'inhdetachpending')::boolean"

static char *ask_detach(const char *parent, const PgQuery__PartitionCmd *command)
{
  g_autofree char *child = aftermath_regclass_of(command->name);
  if (child == NULL || !command->concurrent)
    return NULL;
  return g_strdup_printf(
      "SELECT CASE WHEN i.inhrelid IS NULL THEN 'done' WHEN " AT_WORK " THEN 'running' "
      "WHEN " DETACH_PENDING " THEN 'broken' ELSE 'not done' END, NULL, CASE WHEN " DETACH_PENDING " THEN "
      "'ALTER TABLE ' || i.inhparent::regclass::text || ' DETACH PARTITION ' || i.inhrelid::regclass::text "
      "|| "
      "' FINALIZE' END FROM (SELECT %s::oid AS oid) t "
      "LEFT JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid AND i.inhrelid = %s",
      parent, child);
}

static char *ask_validate(const char *table, const char *constraint)
{
  if (aftermath_given(constraint) == NULL)
    return NULL;
  g_autofree char *name = pg_quote_literal(constraint);
  return g_strdup_printf(
      "SELECT CASE WHEN c.convalidated THEN 'done' WHEN " AT_WORK " THEN 'running' "
      "WHEN c.convalidated IS NULL THEN 'unknown' ELSE 'not done' END, NULL, NULL "
      "FROM (SELECT %s::oid AS oid) t LEFT JOIN pg_catalog.pg_constraint c ON c.conrelid = t.oid "
      "AND c.conname = %s",
      table, name);
}

static char *ask_alter_table(const PgQuery__AlterTableStmt *stmt)
{
  g_autofree char *table = aftermath_regclass_of(stmt->relation);
  if (table == NULL || stmt->n_cmds != 1 || stmt->cmds[0]->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
    return NULL;
  const PgQuery__AlterTableCmd *command = stmt->cmds[0]->alter_table_cmd;
  if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint)
    return ask_validate(table, command->name);
  if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition && command->def != NULL &&
      command->def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD)
    return ask_detach(table, command->def->partition_cmd);
  return NULL;
}

static char *ask_statement(const PgQuery__Node *node)
{
  switch (node->node_case) {
  case PG_QUERY__NODE__NODE_INDEX_STMT: return ask_create_index(node->index_stmt);
  case PG_QUERY__NODE__NODE_DROP_STMT: return ask_drop_index(node->drop_stmt);
  case PG_QUERY__NODE__NODE_REINDEX_STMT: return ask_reindex(node->reindex_stmt);
  case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: return ask_add_value(node->alter_enum_stmt);
  case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT: return ask_alter_table(node->alter_table_stmt);
  default: return NULL;
  }
}

static char *ask_any(const PgQuery__Node *node)
{
  char *question = ask_statement(node);
  return question != NULL ? question : aftermath_ask_object(node);
}

char *aftermath_query(const char *sql)
{
  g_autoptr(SqlTree) tree = sql_tree_parse(sql);
  /* Several statements in one string are one transaction, so that they cannot be of these kinds. */
  const PgQuery__Node *only = sql_tree_only(tree);
  return only != NULL ? ask_any(only) : NULL;
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

static const struct {
  const char *word;
  AftermathState state;
  const char *text;
} states[] = {
    {"unknown", AFTERMATH_UNKNOWN,
     N_("Whether this statement took effect cannot be seen; look at the database.")},
    {"done", AFTERMATH_DONE, N_("This statement took effect.")},
    {"not done", AFTERMATH_NOT_DONE, N_("This statement left nothing behind; it can run again.")},
    {"broken", AFTERMATH_BROKEN, N_("This statement left something behind that has to be dealt with first.")},
    {"running", AFTERMATH_RUNNING, N_("A session is still at work on this; wait for it.")},
};

void aftermath_free(Aftermath *aftermath)
{
  if (aftermath == NULL)
    return;
  g_free(aftermath->text);
  g_free(aftermath->cleanup);
  g_free(aftermath->finish);
  g_free(aftermath->undo);
  g_free(aftermath);
}

static Aftermath *aftermath_from(const PGresult *result)
{
  Aftermath *aftermath = g_new0(Aftermath, 1);
  guint at = 0;
  for (guint i = 1; i < G_N_ELEMENTS(states) && PQntuples(result) == 1; i++)
    if (strcmp(PQgetvalue(result, 0, 0), states[i].word) == 0)
      at = i;
  aftermath->state = states[at].state;
  aftermath->text = g_strdup(_(states[at].text));
  if (at != 0 && PQnfields(result) >= 3) {
    aftermath->cleanup = PQgetisnull(result, 0, 1) ? NULL : g_strdup(PQgetvalue(result, 0, 1));
    aftermath->finish = PQgetisnull(result, 0, 2) ? NULL : g_strdup(PQgetvalue(result, 0, 2));
    if (PQnfields(result) > 3 && aftermath->state == AFTERMATH_DONE && !PQgetisnull(result, 0, 3))
      aftermath->undo = g_strdup(PQgetvalue(result, 0, 3));
  }
  return aftermath;
}

typedef struct {
  AftermathFunc func;
  void *data;
  GDestroyNotify destroy; /* of data, should func never be called; or NULL */
} Examination;

static void examination_free(void *data)
{
  Examination *examination = data;
  if (examination->destroy != NULL)
    examination->destroy(examination->data);
  g_free(examination);
}

static void examined(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  g_autofree Examination *examination = data;
  Aftermath *aftermath = error == NULL ? aftermath_from(g_ptr_array_index(results, 0)) : NULL;
  examination->func(aftermath, error, examination->data);
}

void aftermath_examine(PgConn *conn, const char *sql, AftermathFunc func, void *data)
{
  aftermath_examine_owned(conn, sql, func, data, NULL);
}

void aftermath_examine_owned(PgConn *conn, const char *sql, AftermathFunc func, void *data,
                             GDestroyNotify destroy)
{
  Examination *examination = g_new0(Examination, 1);
  *examination = (Examination){func, data, destroy};
  g_autofree char *query = aftermath_query(sql);
  pg_conn_exec_owned(conn, query != NULL ? query : "SELECT 'unknown', NULL, NULL", NULL, examined,
                     examination, examination_free);
}
