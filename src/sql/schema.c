#include "retort/sql/schema.h"

#include <string.h>

static const char *column_key(const SqlColumn *column)
{
  return column->key != NULL ? column->key : column->name.text;
}

SqlColumn *sql_table_column(const SqlTable *table, const char *key)
{
  for (guint i = 0; i < table->columns.n; i++) {
    if (strcmp(column_key(table->columns.items[i]), key) == 0)
      return table->columns.items[i];
  }
  return NULL;
}

void sql_split_reference(Arena *arena, const char *spec, SqlName *schema, SqlName *table, SqlName *column)
{
  const char *last = strrchr(spec, '.');

  *schema = *column = (SqlName){0};
  if (last == NULL) {
    *table = sql_name(arena_strdup(arena, spec));
    return;
  }
  *column = sql_name(arena_strdup(arena, last + 1));
  const char *middle = g_strrstr_len(spec, last - spec, ".");
  if (middle != NULL)
    *schema = sql_name(arena_strndup(arena, spec, middle - spec));
  const char *start = middle != NULL ? middle + 1 : spec;
  *table = sql_name(arena_strndup(arena, start, last - start));
}

/* PrimaryKeyConstraint(...) of the table: the last one counts. */
static const SqlConstraint *explicit_primary_key(const SqlTable *table)
{
  for (guint i = table->constraints.n; i > 0; i--) {
    if (table->constraints.items[i - 1]->kind == SQL_CONSTRAINT_PRIMARY_KEY)
      return table->constraints.items[i - 1];
  }
  return NULL;
}

SqlColumnList sql_table_primary_key(Arena *arena, const SqlTable *table)
{
  const SqlConstraint *key = explicit_primary_key(table);
  SqlColumnList list = {0};

  for (guint i = 0; key != NULL && i < key->columns.n; i++) {
    SqlColumn *column = sql_table_column(table, key->columns.items[i].text);
    if (column != NULL)
      sql_column_list_add(arena, &list, column);
  }
  if (list.n > 0)
    return list;
  for (guint i = 0; i < table->columns.n; i++) {
    if (table->columns.items[i]->primary_key)
      sql_column_list_add(arena, &list, table->columns.items[i]);
  }
  return list;
}

/* Whether column refers elsewhere, by its own ForeignKey or by one of the table's constraints. */
static gboolean has_foreign_key(const SqlTable *table, const SqlColumn *column)
{
  for (guint i = 0; i < column->constraints.n; i++) {
    if (column->constraints.items[i]->kind == SQL_CONSTRAINT_FOREIGN_KEY)
      return TRUE;
  }
  for (guint i = 0; i < table->constraints.n; i++) {
    const SqlConstraint *constraint = table->constraints.items[i];
    if (constraint->kind != SQL_CONSTRAINT_FOREIGN_KEY)
      continue;
    for (guint k = 0; k < constraint->columns.n; k++) {
      if (strcmp(constraint->columns.items[k].text, column_key(column)) == 0)
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean is_number(const SqlColumn *column)
{
  SqlAffinity affinity = sql_type_affinity(column->type);
  return affinity == SQL_AFFINITY_INTEGER || affinity == SQL_AFFINITY_NUMERIC;
}

/* The default "auto": a lone numeric key without a default of its own. */
static gboolean is_automatic(const SqlTable *table, const SqlColumn *column)
{
  gboolean ignores_keys = column->autoincrement == SQL_AUTOINCREMENT_IGNORE_FK;
  gboolean is_open = column->autoincrement == SQL_AUTOINCREMENT_AUTO || ignores_keys;
  SqlDefaultKind kind = column->server_default.kind;
  gboolean has_default = kind != SQL_DEFAULT_NONE && kind != SQL_DEFAULT_IDENTITY;

  return is_open && is_number(column) && !has_default && !column->has_python_default &&
         (ignores_keys || !has_foreign_key(table, column));
}

const SqlColumn *sql_table_autoincrement(const SqlTable *table)
{
  g_autoptr(Arena) arena = arena_new(ARENA_NO_LIMIT);
  SqlColumnList key = sql_table_primary_key(arena, table);

  for (guint i = 0; i < key.n; i++) {
    if (key.items[i]->autoincrement == SQL_AUTOINCREMENT_ON)
      return key.items[i];
  }
  if (key.n == 1 && is_automatic(table, key.items[0]))
    return key.items[0];
  return NULL;
}
