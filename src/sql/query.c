/* Constructors of row statements and of what they select from. */
#include "retort/sql/dml.h"

SqlFrom *sql_table_from(Arena *arena, SqlTable *table)
{
  if (table->from == NULL) {
    table->from = arena_new0(arena, SqlFrom);
    table->from->kind = SQL_FROM_TABLE;
    table->from->table = table;
  }
  return table->from;
}

static SqlQuery *query_of_kind(Arena *arena, SqlQueryKind kind, SqlFrom *target)
{
  SqlQuery *query = arena_new0(arena, SqlQuery);
  query->kind = kind;
  query->target = target;
  return query;
}

SqlQuery *sql_select(Arena *arena)
{
  return query_of_kind(arena, SQL_QUERY_SELECT, NULL);
}

SqlQuery *sql_insert(Arena *arena, SqlFrom *target)
{
  return query_of_kind(arena, SQL_QUERY_INSERT, target);
}

SqlQuery *sql_update(Arena *arena, SqlFrom *target)
{
  return query_of_kind(arena, SQL_QUERY_UPDATE, target);
}

SqlQuery *sql_delete(Arena *arena, SqlFrom *target)
{
  return query_of_kind(arena, SQL_QUERY_DELETE, target);
}

SqlQuery *sql_compound(Arena *arena, SqlCompound compound, SqlQueryList selects)
{
  SqlQuery *query = query_of_kind(arena, SQL_QUERY_COMPOUND, NULL);
  query->compound = compound;
  query->selects = selects;
  return query;
}

SqlQuery *sql_query_of(Arena *arena, SqlExpr *expr)
{
  SqlQuery *query = query_of_kind(arena, SQL_QUERY_TEXT, NULL);
  query->expr = expr;
  return query;
}
