#include "retort/run/answers.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <pg_query.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/review/tree.h"

#define TIMEOUT_MS 30000
/* A preview must not queue behind a table lock, where others would then queue behind it. */
#define LOCK_TIMEOUT_MS 2000
/* A migration that reads more than this for its statements is beyond a preview. */
#define MAX_ROWS 10000
#define MAX_BYTES ((gsize)16 * 1024 * 1024)

struct RunAnswers {
  PgConn *conn;
  AnswerSource source;
  GHashTable *types;  /* oid -> char*: the type's name as in QueryAnswer */
  GHashTable *steady; /* char* -> whether functions of that name are never volatile */
};

static GPtrArray *ask(RunAnswers *answers, const char *sql, const char *argument, GError **error)
{
  const char *const params[] = {argument, NULL};
  return pg_conn_exec_sync(answers->conn, sql, params, error);
}

/* ---- what may be asked ---- */

/* What a tree must not have in it to be a query and nothing else. */
static gboolean is_writing(const char *member)
{
  static const char *const writing[] = {"InsertStmt", "UpdateStmt",    "DeleteStmt",
                                        "MergeStmt",  "lockingClause", "intoClause"};
  for (guint i = 0; i < G_N_ELEMENTS(writing); i++)
    if (strcmp(member, writing[i]) == 0)
      return TRUE;
  return FALSE;
}

/* The last of a.b.c as FuncCall.funcname has it; NULL when it is not as expected. */
static const char *function_name(JsonObject *call)
{
  JsonArray *names =
      json_object_has_member(call, "funcname") ? json_object_get_array_member(call, "funcname") : NULL;
  guint n = names ? json_array_get_length(names) : 0;
  JsonObject *last = n ? json_array_get_object_element(names, n - 1) : NULL;
  JsonObject *text =
      last && json_object_has_member(last, "String") ? json_object_get_object_member(last, "String") : NULL;
  return text ? json_object_get_string_member_with_default(text, "sval", NULL) : NULL;
}

/* Collects the functions called; FALSE: something in it writes. */
static gboolean walk(JsonNode *node, GPtrArray *functions)
{
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
      if (!walk(json_array_get_element(array, i), functions))
        return FALSE;
    return TRUE;
  }
  if (!JSON_NODE_HOLDS_OBJECT(node))
    return TRUE;
  JsonObjectIter iter;
  const char *member;
  JsonNode *value;
  json_object_iter_init(&iter, json_node_get_object(node));
  while (json_object_iter_next(&iter, &member, &value)) {
    if (is_writing(member) || !walk(value, functions))
      return FALSE;
    if (strcmp(member, "FuncCall") == 0) {
      const char *name = function_name(json_node_get_object(value));
      if (!name)
        return FALSE;
      g_ptr_array_add(functions, g_strdup(name));
    }
  }
  return TRUE;
}

/* The functions that one SELECT calls; NULL: it is something else. */
static GPtrArray *read_query(const char *sql)
{
  /* What passes here is not nested so deeply that the parser, or walk(), would run out of stack. */
  g_autoptr(SqlTree) tree = sql_tree_parse(sql);
  if (sql_tree_only(tree) == NULL)
    return NULL;
  PgQueryParseResult parsed = pg_query_parse(sql);
  g_autoptr(JsonParser) parser = json_parser_new();
  GPtrArray *functions = NULL;
  if (!parsed.error && json_parser_load_from_data(parser, parsed.parse_tree, -1, NULL)) {
    JsonObject *root = json_node_get_object(json_parser_get_root(parser));
    JsonArray *statements =
        json_object_has_member(root, "stmts") ? json_object_get_array_member(root, "stmts") : NULL;
    JsonObject *first = statements && json_array_get_length(statements) == 1
                            ? json_array_get_object_element(statements, 0)
                            : NULL;
    JsonNode *statement = first ? json_object_get_member(first, "stmt") : NULL;
    functions = g_ptr_array_new_with_free_func(g_free);
    if (!statement || !JSON_NODE_HOLDS_OBJECT(statement) ||
        !json_object_has_member(json_node_get_object(statement), "SelectStmt") || !walk(statement, functions))
      g_clear_pointer(&functions, g_ptr_array_unref);
  }
  pg_query_free_parse_result(parsed);
  return functions;
}

static gboolean is_steady(RunAnswers *answers, const char *function)
{
  gpointer known;
  if (g_hash_table_lookup_extended(answers->steady, function, NULL, &known))
    return GPOINTER_TO_INT(known);
  g_autoptr(GPtrArray) results =
      ask(answers, "SELECT 1 FROM pg_catalog.pg_proc WHERE proname = $1 AND provolatile = 'v' LIMIT 1",
          function, NULL);
  gboolean steady = results && PQntuples(g_ptr_array_index(results, 0)) == 0;
  g_hash_table_insert(answers->steady, g_strdup(function), GINT_TO_POINTER(steady));
  return steady;
}

/* The function of a query that could change something; "": it is no query; NULL: all is well. */
static char *objection(RunAnswers *answers, const char *sql)
{
  g_autoptr(GPtrArray) functions = read_query(sql);
  if (!functions)
    return g_strdup("");
  for (guint i = 0; i < functions->len; i++)
    if (!is_steady(answers, functions->pdata[i]))
      return g_strdup(functions->pdata[i]);
  return NULL;
}

static gboolean only_reads(const char *sql, void *data)
{
  g_autofree char *function = objection(data, sql);
  return function == NULL;
}

/* ---- asking ---- */

static const char *type_name(RunAnswers *answers, Oid oid)
{
  static const char sql[] =
      "SELECT CASE WHEN t.typtype = 'e' THEN 'enum' WHEN n.nspname = 'pg_catalog' THEN t.typname::text "
      "ELSE n.nspname || '.' || t.typname END FROM pg_catalog.pg_type t "
      "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = $1::oid";
  const char *known = g_hash_table_lookup(answers->types, GUINT_TO_POINTER(oid));
  if (known)
    return known;
  g_autofree char *number = g_strdup_printf("%u", oid);
  g_autoptr(GPtrArray) results = ask(answers, sql, number, NULL);
  const PGresult *result = results ? g_ptr_array_index(results, 0) : NULL;
  char *name = g_strdup(result && PQntuples(result) == 1 ? PQgetvalue(result, 0, 0) : number);
  g_hash_table_insert(answers->types, GUINT_TO_POINTER(oid), name);
  return name;
}

static QueryAnswer *answer_of(RunAnswers *answers, const char *sql, const PGresult *result, GError **error)
{
  guint n_columns = (guint)PQnfields(result), n_rows = (guint)PQntuples(result);
  gsize bytes = 0;
  if (n_rows > MAX_ROWS) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("it has more than %d rows"), MAX_ROWS);
    return NULL;
  }
  g_autoptr(QueryAnswer) answer = query_answer_new(sql, n_columns, n_rows);
  for (guint i = 0; i < n_columns; i++) {
    answer->names[i] = g_strdup(PQfname(result, (int)i));
    answer->types[i] = g_strdup(type_name(answers, PQftype(result, (int)i)));
  }
  for (gsize i = 0; i < (gsize)n_rows * n_columns; i++) {
    int row = (int)(i / n_columns), column = (int)(i % n_columns);
    if (!PQgetisnull(result, row, column))
      answer->cells[i] = g_strdup(PQgetvalue(result, row, column));
    bytes += answer->cells[i] ? strlen(answer->cells[i]) : 0;
  }
  if (bytes <= MAX_BYTES)
    return g_steal_pointer(&answer);
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("its rows are too large"));
  return NULL;
}

/* Behind a savepoint, because a query that fails must not end the snapshot of the others. */
static QueryAnswer *ask_inside(RunAnswers *answers, const char *sql, GError **error)
{
  g_autofree char *declare = g_strconcat("DECLARE retort_answer NO SCROLL CURSOR FOR ", sql, NULL);
  g_autofree char *fetch = g_strdup_printf("FETCH FORWARD %d FROM retort_answer", MAX_ROWS + 1);
  g_autoptr(GPtrArray) declared = ask(answers, declare, NULL, error);
  g_autoptr(GPtrArray) fetched = declared ? ask(answers, fetch, NULL, error) : NULL;
  return fetched ? answer_of(answers, sql, g_ptr_array_index(fetched, 0), error) : NULL;
}

static QueryAnswer *query(const char *sql, void *data, GError **error)
{
  RunAnswers *answers = data;
  g_autofree char *function = objection(answers, sql);
  if (function) {
    if (*function)
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s() may change something"), function);
    else
      g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("it is not a plain query"));
    return NULL;
  }
  g_autoptr(GPtrArray) begun = ask(answers, "SAVEPOINT retort_answer", NULL, error);
  if (!begun)
    return NULL;
  QueryAnswer *answer = ask_inside(answers, sql, error);
  /* Also closes the cursor. */
  GPtrArray *ended = ask(answers, "ROLLBACK TO SAVEPOINT retort_answer", NULL, NULL);
  g_clear_pointer(&ended, g_ptr_array_unref);
  return answer;
}

/* ---- the snapshot ---- */

RunAnswers *run_answers_new(PgConn *conn, guint timeout_ms, GError **error)
{
  g_autofree char *sql = g_strdup_printf(
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = %u; "
      "SET LOCAL lock_timeout = %u; SET LOCAL DateStyle = 'ISO'; SET LOCAL cursor_tuple_fraction = 1.0",
      timeout_ms > 0 ? timeout_ms : TIMEOUT_MS, LOCK_TIMEOUT_MS);
  g_autoptr(GPtrArray) results = pg_conn_exec_sync(conn, sql, NULL, error);
  if (!results)
    return NULL;
  RunAnswers *answers = g_new0(RunAnswers, 1);
  answers->conn = conn;
  answers->source = (AnswerSource){.query = query, .only_reads = only_reads, .data = answers};
  answers->types = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  answers->steady = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return answers;
}

void run_answers_free(RunAnswers *answers)
{
  if (!answers)
    return;
  if (pg_conn_state(answers->conn) == PG_CONN_IDLE) {
    GPtrArray *results = pg_conn_exec_sync(answers->conn, "ROLLBACK", NULL, NULL);
    g_clear_pointer(&results, g_ptr_array_unref);
  }
  g_hash_table_unref(answers->types);
  g_hash_table_unref(answers->steady);
  g_free(answers);
}

const AnswerSource *run_answers_source(const RunAnswers *answers)
{
  return &answers->source;
}
