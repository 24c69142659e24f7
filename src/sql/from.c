/* What row statements select from: tables, aliases, subqueries, joins. */
#include <string.h>

#include "compile-private.h"

static SqlFrom *from_of_kind(Arena *arena, SqlFromKind kind, SqlName name)
{
  SqlFrom *from = arena_new0(arena, SqlFrom);
  from->kind = kind;
  from->name = name;
  return from;
}

SqlFrom *sql_table_from(Arena *arena, SqlTable *table)
{
  if (table->from == NULL) {
    table->from = from_of_kind(arena, SQL_FROM_TABLE, table->name);
    table->from->table = table;
  }
  return table->from;
}

SqlFrom *sql_alias(Arena *arena, SqlFrom *element, SqlName name)
{
  SqlFrom *from = from_of_kind(arena, SQL_FROM_ALIAS, name);
  from->element = element;
  return from;
}

SqlFrom *sql_subquery(Arena *arena, SqlQuery *query, SqlName name)
{
  SqlFrom *from = from_of_kind(arena, SQL_FROM_SUBQUERY, name);
  from->query = query;
  return from;
}

SqlFrom *sql_cte(Arena *arena, SqlQuery *query, SqlName name, gboolean recursive)
{
  SqlFrom *from = from_of_kind(arena, SQL_FROM_CTE, name);
  from->query = query;
  from->recursive = recursive;
  return from;
}

void sql_cte_extend(Arena *arena, SqlFrom *cte, SqlCompound compound, SqlQuery *query)
{
  SqlQueryList parts = {0};

  sql_query_list_add(arena, &parts, cte->query);
  sql_query_list_add(arena, &parts, query);
  cte->query = sql_compound(arena, compound, parts);
}

/* Copies the columns, as columns of from. */
static void adopt_columns(Arena *arena, SqlFrom *from, SqlExprList columns)
{
  for (guint i = 0; i < columns.n; i++)
    sql_expr_list_add(arena, &from->columns,
                      sql_column(arena, columns.items[i]->name, columns.items[i]->type, from));
}

SqlFrom *sql_values(Arena *arena, SqlExprList columns, SqlExprList rows, SqlName name)
{
  SqlFrom *from = from_of_kind(arena, SQL_FROM_VALUES, name);

  adopt_columns(arena, from, columns);
  for (guint i = 0; i < rows.n; i++) {
    SqlExpr *row = arena_new0(arena, SqlExpr);
    row->kind = SQL_EXPR_TUPLE;
    for (guint k = 0; k < rows.items[i]->args.n; k++) {
      const SqlType *type = k < columns.n ? columns.items[k]->type : NULL;
      SqlExpr *value = rows.items[i]->args.items[k];
      if (sql_is_bare(value) && (value->value == NULL || value->value->kind == SQL_VALUE_NULL))
        value = sql_null(arena);
      else if (sql_is_bare(value))
        value = sql_bind_value(arena, value->value, type != NULL ? type : sql_type_of_value(value->value));
      sql_expr_list_add(arena, &row->args, sql_self_group(arena, value, SQL_OP_COMMA));
    }
    sql_expr_list_add(arena, &from->rows, row);
  }
  return from;
}

SqlFrom *sql_function_from(Arena *arena, SqlExpr *function, SqlExprList columns, SqlName name)
{
  SqlFrom *from = from_of_kind(arena, SQL_FROM_FUNCTION, name);

  from->function = function;
  adopt_columns(arena, from, columns);
  return from;
}

SqlExpr *sql_function_from_column(Arena *arena, SqlFrom *from)
{
  return sql_column(arena, (SqlName){0}, from->function->type, from);
}

SqlFrom *sql_excluded(Arena *arena, SqlTable *table)
{
  SqlFrom *from = from_of_kind(arena, SQL_FROM_EXCLUDED, sql_name("excluded"));
  from->table = table;
  return from;
}

/* --- Columns --- */

static SqlExpr *find_column(const SqlFrom *from, const char *key)
{
  for (guint i = 0; i < from->columns.n; i++) {
    const char *known = from->columns.items[i]->text != NULL ? from->columns.items[i]->text
                                                             : from->columns.items[i]->name.text;
    if (known != NULL && strcmp(known, key) == 0)
      return from->columns.items[i];
  }
  return NULL;
}

/* A column of from under key (text keeps it when the name differs). */
static SqlExpr *add_column(Arena *arena, SqlFrom *from, const char *key, SqlName name, const SqlType *type)
{
  SqlExpr *column = sql_column(arena, name, type, from);

  if (strcmp(key, name.text) != 0)
    column->text = arena_strdup(arena, key);
  sql_expr_list_add(arena, &from->columns, column);
  return column;
}

static void add_proxy(Arena *arena, SqlFrom *from, SqlExpr *inner, const char *name)
{
  SqlExpr *column = sql_column(arena, sql_name(name), inner->type, from);

  column->left = inner;
  if (inner->kind == SQL_EXPR_LITERAL_COLUMN)
    column->name.quote = SQL_QUOTE_NEVER;
  sql_expr_list_add(arena, &from->columns, column);
}

/* The select whose columns name the query's: of a compound, the first. */
static const SqlExprList *selected(const SqlQuery *query)
{
  while (query->kind == SQL_QUERY_COMPOUND && query->selects.n > 0)
    query = query->selects.items[0];
  return query->kind == SQL_QUERY_SELECT ? &query->columns : &query->returning;
}

/* A column of from for each the query selects; left is what it stands for. */
static void add_proxies(Arena *arena, SqlFrom *from)
{
  const SqlExprList *columns = selected(from->query);

  if (from->columns.n > 0)
    return;
  for (guint i = 0; i < columns->n; i++) {
    SqlExpr *inner = columns->items[i];
    const char *name = sql_outer_name(inner);
    if (inner->kind == SQL_EXPR_TEXT || inner->kind == SQL_EXPR_STAR)
      continue;
    if (name != NULL && find_column(from, name) != NULL)
      name = NULL; /* the second of a name is known by its number */
    add_proxy(arena, from, inner, name);
  }
}

SqlExpr *sql_from_column(Arena *arena, SqlFrom *from, const char *key)
{
  if (from->kind == SQL_FROM_SUBQUERY || from->kind == SQL_FROM_CTE)
    add_proxies(arena, from);
  SqlExpr *column = find_column(from, key);
  if (column != NULL)
    return column;
  switch (from->kind) {
  case SQL_FROM_TABLE:
  case SQL_FROM_EXCLUDED: {
    const SqlColumn *described = sql_table_column(from->table, key);
    return described == NULL ? NULL : add_column(arena, from, key, described->name, described->type);
  }
  case SQL_FROM_ALIAS: {
    SqlExpr *inner = sql_from_column(arena, from->element, key);
    return inner == NULL ? NULL : add_column(arena, from, key, inner->name, inner->type);
  }
  default: return NULL;
  }
}

SqlName sql_from_column_name(const SqlFrom *from, const char *key)
{
  const SqlExprList *columns = &from->columns;

  while (from->kind == SQL_FROM_ALIAS)
    from = from->element;
  if (from->kind == SQL_FROM_TABLE || from->kind == SQL_FROM_EXCLUDED) {
    const SqlColumn *column = sql_table_column(from->table, key);
    return column != NULL ? column->name : (SqlName){0};
  }
  if (from->query != NULL)
    columns = selected(from->query);
  for (guint i = 0; i < columns->n; i++) {
    if (g_strcmp0(sql_outer_name(columns->items[i]), key) == 0)
      return sql_name(key);
  }
  return (SqlName){0};
}

SqlTextList sql_from_keys(Arena *arena, SqlFrom *from)
{
  SqlTextList keys = {0};

  switch (from->kind) {
  case SQL_FROM_TABLE:
  case SQL_FROM_EXCLUDED:
    for (guint i = 0; i < from->table->columns.n; i++) {
      const SqlColumn *column = from->table->columns.items[i];
      sql_text_list_add(arena, &keys, column->key != NULL ? column->key : column->name.text);
    }
    return keys;
  case SQL_FROM_ALIAS: return sql_from_keys(arena, from->element);
  default:
    if (from->query != NULL)
      add_proxies(arena, from);
    for (guint i = 0; i < from->columns.n; i++) {
      if (from->columns.items[i]->name.text != NULL)
        sql_text_list_add(arena, &keys, from->columns.items[i]->name.text);
    }
    return keys;
  }
}

SqlExprList sql_from_columns(Arena *arena, SqlFrom *from)
{
  SqlExprList columns = {0};

  if (from->kind == SQL_FROM_JOIN) {
    SqlExprList left = sql_from_columns(arena, from->left);
    SqlExprList right = sql_from_columns(arena, from->right);
    for (guint i = 0; i < left.n; i++)
      sql_expr_list_add(arena, &columns, left.items[i]);
    for (guint i = 0; i < right.n; i++)
      sql_expr_list_add(arena, &columns, right.items[i]);
    return columns;
  }
  if (from->query != NULL) {
    add_proxies(arena, from);
    return from->columns;
  }
  SqlTextList keys = sql_from_keys(arena, from);
  for (guint i = 0; i < keys.n; i++)
    sql_expr_list_add(arena, &columns, sql_from_column(arena, from, keys.items[i]));
  return columns;
}

/* --- Joins --- */

static gboolean same_name(SqlName a, SqlName b)
{
  return g_strcmp0(a.text, b.text) == 0;
}

/* Adds "referred = referring" for each pair of a key of from's table that points to the other's. */
static void join_by_key(Arena *arena, SqlFrom *from, SqlFrom *to, const SqlConstraint *key,
                        const char *own_key, SqlExprList *pairs)
{
  if (key->kind != SQL_CONSTRAINT_FOREIGN_KEY || !same_name(key->referred_table, to->table->name) ||
      !same_name(key->referred_schema, to->table->schema))
    return;
  for (guint i = 0; i < key->referred_columns.n; i++) {
    const char *local = i < key->columns.n ? key->columns.items[i].text : own_key;
    SqlExpr *referring = local != NULL ? sql_from_column(arena, from, local) : NULL;
    SqlExpr *referred = sql_from_column(arena, to, key->referred_columns.items[i].text);
    if (referring != NULL && referred != NULL)
      sql_expr_list_add(arena, pairs, sql_operate(arena, SQL_OP_EQ, referred, referring, NULL));
  }
}

static void join_by_keys(Arena *arena, SqlFrom *from, SqlFrom *to, SqlExprList *pairs)
{
  const SqlTable *table = from->table;

  for (guint i = 0; i < table->constraints.n; i++)
    join_by_key(arena, from, to, table->constraints.items[i], NULL, pairs);
  for (guint i = 0; i < table->columns.n; i++) {
    const SqlColumn *column = table->columns.items[i];
    const char *key = column->key != NULL ? column->key : column->name.text;
    for (guint k = 0; k < column->constraints.n; k++)
      join_by_key(arena, from, to, column->constraints.items[k], key, pairs);
  }
}

/* ON from the foreign keys between two tables, whichever points to the other. */
static SqlExpr *natural_condition(Arena *arena, SqlFrom *left, SqlFrom *right, GError **error)
{
  SqlFromSet flat = {0};
  SqlExprList pairs = {0};

  sql_flatten_from(arena, left, &flat);
  for (guint i = 0; i < flat.n; i++) {
    if (flat.items[i]->kind != SQL_FROM_TABLE || right->kind != SQL_FROM_TABLE)
      continue;
    join_by_keys(arena, right, flat.items[i], &pairs);
    if (flat.items[i] != right)
      join_by_keys(arena, flat.items[i], right, &pairs);
  }
  if (pairs.n == 0) {
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_INVALID_REQUEST,
                        "Can't find any foreign key relationships between the two sides of the join");
    return NULL;
  }
  return sql_conjunction(arena, SQL_OP_AND, pairs);
}

SqlFrom *sql_join(Arena *arena, SqlFrom *left, SqlFrom *right, SqlExpr *on, gboolean outer, gboolean full,
                  GError **error)
{
  SqlFrom *from = from_of_kind(arena, SQL_FROM_JOIN, (SqlName){0});

  from->left = left;
  from->right = right;
  from->outer = outer;
  from->full = full;
  from->on = on != NULL ? on : natural_condition(arena, left, right, error);
  return from->on != NULL ? from : NULL;
}
