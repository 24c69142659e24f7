/* ON CONFLICT of PostgreSQL's INSERT. */
#include <string.h>

#include "compile-private.h"

/* Inside the target, columns print without their table. */
static void put_target(SqlCompiler *c, GString *out, const SqlConflict *conflict)
{
  gboolean hide_table = c->hide_table;

  if (conflict->constraint.text != NULL) {
    g_string_append(out, " ON CONSTRAINT ");
    sql_put_fitted(c, out, conflict->constraint);
    return;
  }
  if (conflict->elements.n == 0)
    return;
  c->hide_table = TRUE;
  g_string_append(out, " (");
  sql_put_exprs(c, out, &conflict->elements, ", ");
  g_string_append_c(out, ')');
  if (conflict->element_where != NULL) {
    g_string_append(out, " WHERE ");
    sql_put_condition(c, out, conflict->element_where);
  }
  c->hide_table = hide_table;
}

static void put_assignment(SqlCompiler *c, GString *out, const SqlAssignment *item, const SqlColumn *column,
                           gboolean *first)
{
  SqlExpr *value = sql_self_group(c->arena, item->value, SQL_OP_NONE);

  g_string_append(out, *first ? "" : ", ");
  *first = FALSE;
  sql_put_name(c, out, column != NULL ? column->name : item->column);
  g_string_append(out, " = ");
  if (value->kind == SQL_EXPR_BIND && column != NULL && (value->free_type || !sql_has_type(value))) {
    SqlExpr *typed = arena_new0(c->arena, SqlExpr);
    *typed = *value;
    typed->free_type = FALSE;
    typed->type = column->type;
    value = typed;
  }
  sql_put_expr(c, out, value);
}

/* SET in the table's order, then names that are no columns. */
static void put_assignments(SqlCompiler *c, GString *out, const SqlTable *table, const SqlConflict *conflict)
{
  gboolean first = TRUE;

  for (guint i = 0; i < table->columns.n; i++) {
    const SqlColumn *column = table->columns.items[i];
    const char *key = column->key != NULL ? column->key : column->name.text;
    for (guint k = 0; k < conflict->set.n; k++) {
      if (strcmp(conflict->set.items[k].column.text, key) == 0)
        put_assignment(c, out, &conflict->set.items[k], column, &first);
    }
  }
  for (guint k = 0; k < conflict->set.n; k++) {
    if (sql_table_column(table, conflict->set.items[k].column.text) == NULL)
      put_assignment(c, out, &conflict->set.items[k], NULL, &first);
  }
}

void sql_put_conflict(SqlCompiler *c, GString *out, const SqlQuery *insert)
{
  const SqlConflict *conflict = &insert->conflict;
  gboolean hide_schema = c->hide_schema;
  gboolean named_binds = c->named_binds;

  if (conflict->action == SQL_CONFLICT_NONE)
    return;
  c->hide_schema = TRUE;
  c->named_binds = named_binds || sql_is_old(c); /* SQLAlchemy 1.4 lost literal_binds here */
  g_string_append(out, " ON CONFLICT");
  put_target(c, out, conflict);
  if (conflict->action == SQL_CONFLICT_DO_NOTHING) {
    g_string_append(out, " DO NOTHING");
  } else {
    g_string_append(out, " DO UPDATE SET ");
    put_assignments(c, out, insert->target->table, conflict);
    if (conflict->where != NULL) {
      g_string_append(out, " WHERE ");
      sql_put_condition(c, out, conflict->where);
    }
  }
  c->hide_schema = hide_schema;
  c->named_binds = named_binds;
}
