/* INSERT, UPDATE, DELETE. */
#include <string.h>

#include "compile-private.h"

static const char *key_of(const SqlColumn *column)
{
  return column->key != NULL ? column->key : column->name.text;
}

static const SqlAssignment *find_assignment(const SqlAssignmentList *list, const char *key)
{
  for (guint i = 0; list != NULL && i < list->n; i++) {
    if (strcmp(list->items[i].column.text, key) == 0)
      return &list->items[i];
  }
  return NULL;
}

/* Every name given must be a column of the table. */
static void check_names(SqlCompiler *c, const SqlTable *table, const SqlAssignmentList *list)
{
  for (guint i = 0; list != NULL && i < list->n; i++) {
    if (sql_table_column(table, list->items[i].column.text) == NULL)
      sql_fail(c, SQL_ERROR_COMPILE, "Unconsumed column names: %s", list->items[i].column.text);
  }
}

/* Whether a value is a plain one rather than an expression the server evaluates. */
static gboolean is_plain(const SqlExpr *value)
{
  return value->kind == SQL_EXPR_BIND;
}

/* The value as the column takes it: bare values get its type and name, operators their parentheses. */
static SqlExpr *typed_value(SqlCompiler *c, SqlExpr *value, const SqlColumn *column, const char *key)
{
  if (!is_plain(value))
    return sql_self_group(c->arena, value, SQL_OP_NONE);

  SqlExpr *bind = arena_new0(c->arena, SqlExpr);
  *bind = *value;
  if (value->free_type || !sql_has_type(value))
    bind->type = column->type;
  if (value->free_type || value->unique)
    bind->name = sql_name(key);
  bind->free_type = FALSE;
  bind->unique = FALSE;
  return bind;
}

static void put_value(SqlCompiler *c, GString *out, SqlExpr *value, const SqlColumn *column, const char *key)
{
  sql_put_expr(c, out, typed_value(c, value, column, key));
}

void sql_put_column_bind(SqlCompiler *c, GString *out, const char *key, const SqlType *type)
{
  SqlExpr bind = {.kind = SQL_EXPR_BIND, .name = sql_name(key), .type = type};

  sql_put_bind_name(c, out, &bind);
}

void sql_put_returning(SqlCompiler *c, GString *out, const SqlExprList *columns)
{
  g_string_append(out, " RETURNING ");
  sql_put_columns(c, out, columns, FALSE);
}

static void put_prefixes(GString *out, const SqlQuery *query)
{
  for (guint i = 0; i < query->prefixes.n; i++)
    g_string_append_printf(out, "%s ", query->prefixes.items[i]);
}

/* --- INSERT --- */

/* What an INSERT has gathered while it walks the table's columns. */
typedef struct {
  GString *names;
  GString *values;
  SqlExprList returning; /* primary key columns the server makes up */
} Gathered;

static void begin_column(SqlCompiler *c, Gathered *g, const SqlColumn *column)
{
  if (g->names->len > 0)
    g_string_append(g->names, ", ");
  if (g->values->len > 0)
    g_string_append(g->values, ", ");
  sql_put_name(c, g->names, column->name);
}

static gboolean in_list(const SqlColumnList *list, const SqlColumn *column)
{
  for (guint i = 0; i < list->n; i++) {
    if (list->items[i] == column)
      return TRUE;
  }
  return FALSE;
}

/* Whether the server gives a key column its value when none is sent. */
static gboolean is_server_made(const SqlTable *table, const SqlColumn *column)
{
  if (column->has_python_default)
    return column->default_value != NULL && !is_plain(column->default_value);
  return column->sequence != NULL || column->server_default.kind != SQL_DEFAULT_NONE ||
         sql_table_autoincrement(table) == column;
}

static void gather_column(SqlCompiler *c, const SqlQuery *query, const SqlColumn *column, gboolean needs_key,
                          Gathered *g)
{
  const SqlAssignment *given =
      query->rows.n > 0 ? find_assignment(query->rows.items[0], key_of(column)) : NULL;
  gboolean returned = FALSE;

  if (given != NULL) {
    g_autofree char *key = query->multi ? g_strdup_printf("%s_m0", key_of(column)) : g_strdup(key_of(column));
    begin_column(c, g, column);
    put_value(c, g->values, given->value, column, arena_strdup(c->arena, key));
    returned = needs_key && !is_plain(given->value);
  } else {
    if (sql_column_has_insert_default(column)) {
      begin_column(c, g, column);
      sql_put_insert_default(c, g->values, column);
    }
    returned = needs_key && is_server_made(query->target->table, column);
  }
  if (returned)
    sql_expr_list_add(c->arena, &g->returning,
                      sql_column(c->arena, column->name, column->type, query->target));
}

/* insert() without values: a parameter for every column. */
static void gather_parameters(SqlCompiler *c, const SqlTable *table, Gathered *g)
{
  for (guint i = 0; i < table->columns.n; i++) {
    const SqlColumn *column = table->columns.items[i];
    begin_column(c, g, column);
    sql_put_column_bind(c, g->values, key_of(column), column->type);
  }
}

/* Rows after the first of insert().values([...]): the first one's columns, or its defaults. */
static void put_further_rows(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  const SqlTable *table = query->target->table;

  for (guint r = 1; r < query->rows.n; r++) {
    gboolean first = TRUE;
    g_string_append(out, ", (");
    for (guint i = 0; i < table->columns.n; i++) {
      const SqlColumn *column = table->columns.items[i];
      const char *key = key_of(column);
      const SqlAssignment *model = find_assignment(query->rows.items[0], key);
      const SqlAssignment *given = find_assignment(query->rows.items[r], key);
      if (model == NULL && !sql_column_has_insert_default(column))
        continue;
      g_string_append(out, first ? "" : ", ");
      first = FALSE;
      if (given == NULL && model != NULL)
        given = model;
      if (given != NULL)
        put_value(c, out, given->value, column, arena_printf(c->arena, "%s_m%u", key, r));
      else
        sql_put_insert_default(c, out, column);
    }
    g_string_append_c(out, ')');
  }
}

/* INSERT ... SELECT: the names given, then columns with defaults, whose values join the select. */
static void put_insert_select(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  const SqlTable *table = query->target->table;
  SqlQuery *select = sql_query_copy(c->arena, query->select);
  g_autoptr(GHashTable) named = g_hash_table_new(g_str_hash, g_str_equal);

  g_string_append(out, " (");
  for (guint i = 0; i < query->names.n; i++) {
    const SqlColumn *column = sql_table_column(table, query->names.items[i].text);
    if (column == NULL) {
      sql_fail(c, SQL_ERROR_KEY, "'%s'", query->names.items[i].text);
      return;
    }
    g_string_append(out, i > 0 ? ", " : "");
    sql_put_name(c, out, column->name);
    g_hash_table_add(named, (gpointer)column);
  }
  for (guint i = 0; !query->no_defaults && select->kind == SQL_QUERY_SELECT && i < table->columns.n; i++) {
    const SqlColumn *column = table->columns.items[i];
    if (g_hash_table_contains(named, column) || !sql_column_has_insert_default(column))
      continue;
    g_string_append(out, ", ");
    sql_put_name(c, out, column->name);
    sql_expr_list_add(c->arena, &select->columns, sql_insert_default_expr(c, column));
  }
  g_string_append(out, ") ");
  sql_put_body(c, out, select, FALSE);
}

static void put_insert_values(SqlCompiler *c, GString *out, const SqlQuery *query, const Gathered *g)
{
  if (g->names->len == 0) {
    g_string_append(out, " DEFAULT VALUES");
    return;
  }
  g_string_append_printf(out, " (%s) VALUES (%s)", g->names->str, g->values->str);
  if (query->multi)
    put_further_rows(c, out, query);
}

void sql_put_insert(SqlCompiler *c, GString *out, const SqlQuery *query, gboolean is_top)
{
  const SqlTable *table = query->target->table;
  g_autoptr(GString) names = g_string_new(NULL);
  g_autoptr(GString) values = g_string_new(NULL);
  Gathered g = {.names = names, .values = values};
  SqlScope scope = {.outer = c->scope, .query = query};
  /* insert() without values prints parameters; sent, it has none and everything is left to defaults. */
  gboolean is_template = query->rows.n == 0 && !c->context->online;
  gboolean needs_keys = is_top && !table->light && !query->inline_ && !query->multi &&
                        !query->has_returning && query->rows.n > 0 && query->select == NULL;
  SqlColumnList key = sql_table_primary_key(c->arena, table);

  c->scope = &scope;
  g_string_append(out, "INSERT ");
  put_prefixes(out, query);
  g_string_append(out, "INTO ");
  sql_put_qualified(c, out, table->schema, table->name);
  for (guint i = 0; i < query->rows.n; i++)
    check_names(c, table, query->rows.items[i]);
  if (query->select != NULL) {
    put_insert_select(c, out, query);
  } else {
    if (is_template)
      gather_parameters(c, table, &g);
    for (guint i = 0; !is_template && i < table->columns.n; i++) {
      const SqlColumn *column = table->columns.items[i];
      gather_column(c, query, column, needs_keys && in_list(&key, column), &g);
    }
    put_insert_values(c, out, query, &g);
  }
  sql_put_conflict(c, out, query);
  if (query->has_returning)
    sql_put_returning(c, out, &query->returning);
  else if (g.returning.n > 0)
    sql_put_returning(c, out, &g.returning);
  c->scope = scope.outer;
}

/* --- UPDATE, DELETE --- */

/* The tables beside the target that the statement speaks of. */
static SqlFromSet extra_froms(SqlCompiler *c, const SqlQuery *query)
{
  SqlFromSet all = {0};
  SqlFromSet extra = {0};

  sql_collect_froms(c->arena, query->where, &all);
  for (guint r = 0; query->kind == SQL_QUERY_UPDATE && r < query->rows.n; r++) {
    for (guint i = 0; i < query->rows.items[r]->n; i++)
      sql_collect_froms(c->arena, query->rows.items[r]->items[i].value, &all);
  }
  for (guint i = 0; i < all.n; i++) {
    if (all.items[i] != query->target)
      sql_from_set_add(c->arena, &extra, all.items[i]);
  }
  return extra;
}

static void enter_scope(SqlCompiler *c, const SqlQuery *query, const SqlFromSet *extra, SqlScope *scope)
{
  *scope = (SqlScope){.outer = c->scope, .query = query};
  sql_from_set_add(c->arena, &scope->froms, query->target);
  for (guint i = 0; i < extra->n; i++)
    sql_from_set_add(c->arena, &scope->froms, extra->items[i]);
  c->scope = scope;
}

static void put_extra(SqlCompiler *c, GString *out, const char *word, const SqlFromSet *extra)
{
  for (guint i = 0; i < extra->n; i++) {
    g_string_append(out, i == 0 ? word : ", ");
    sql_put_from(c, out, extra->items[i]);
  }
}

static void put_where(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  if (query->where == NULL)
    return;
  g_string_append(out, " WHERE ");
  sql_put_condition(c, out, query->where);
}

static void put_set_item(SqlCompiler *c, GString *out, const SqlColumn *column, SqlExpr *value,
                         const char **before)
{
  g_string_append(out, *before);
  *before = ", ";
  sql_put_name(c, out, column->name);
  g_string_append_c(out, '=');
  if (value != NULL)
    put_value(c, out, value, column, key_of(column));
  else
    sql_put_column_bind(c, out, key_of(column), column->type);
}

/* onupdate=...: like a default, its value is made when the statement runs. */
static void put_onupdate(SqlCompiler *c, GString *out, const SqlColumn *column, const char **before)
{
  SqlExpr *value = (SqlExpr *)column->onupdate_value;

  if (value != NULL && (!is_plain(value) || c->context->online)) {
    put_set_item(c, out, column, value, before);
    return;
  }
  if (c->context->online)
    sql_fail(c, SQL_ERROR_STATEMENT, "the onupdate value of column \"%s\" is computed by Python",
             column->name.text);
  put_set_item(c, out, column, sql_null(c->arena), before);
}

static void put_set(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  const SqlTable *table = query->target->table;
  const SqlAssignmentList *list = query->rows.n > 0 ? query->rows.items[0] : NULL;
  const char *before = " SET ";

  check_names(c, table, list);
  for (guint i = 0; query->ordered && list != NULL && i < list->n && c->error == NULL; i++)
    put_set_item(c, out, sql_table_column(table, list->items[i].column.text), list->items[i].value, &before);
  for (guint i = 0; i < table->columns.n && c->error == NULL; i++) {
    const SqlColumn *column = table->columns.items[i];
    const SqlAssignment *given = find_assignment(list, key_of(column));
    if (given != NULL && !query->ordered)
      put_set_item(c, out, column, given->value, &before);
    else if (list == NULL)
      put_set_item(c, out, column, NULL, &before);
    else if (given == NULL && column->has_python_onupdate)
      put_onupdate(c, out, column, &before);
  }
}

void sql_put_update(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  SqlFromSet extra = extra_froms(c, query);
  SqlScope scope;

  enter_scope(c, query, &extra, &scope);
  g_string_append(out, "UPDATE ");
  put_prefixes(out, query);
  sql_put_from(c, out, query->target);
  put_set(c, out, query);
  put_extra(c, out, " FROM ", &extra);
  put_where(c, out, query);
  if (query->has_returning)
    sql_put_returning(c, out, &query->returning);
  c->scope = scope.outer;
}

void sql_put_delete(SqlCompiler *c, GString *out, const SqlQuery *query)
{
  SqlFromSet extra = extra_froms(c, query);
  SqlScope scope;

  enter_scope(c, query, &extra, &scope);
  g_string_append(out, "DELETE ");
  put_prefixes(out, query);
  g_string_append(out, "FROM ");
  sql_put_from(c, out, query->target);
  put_extra(c, out, " USING ", &extra);
  put_where(c, out, query);
  if (query->has_returning)
    sql_put_returning(c, out, &query->returning);
  c->scope = scope.outer;
}
