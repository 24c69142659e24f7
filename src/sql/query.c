/* Constructors of row statements. */
#include "compile-private.h"

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

/* Lists of the copy borrow the original's items: room 0 makes the next add move them. */
SqlQuery *sql_query_copy(Arena *arena, const SqlQuery *query)
{
  SqlQuery *copy = arena_new0(arena, SqlQuery);

  *copy = *query;
  copy->columns.room = copy->from.room = copy->group_by.room = copy->order_by.room = 0;
  copy->distinct_on.room = copy->prefixes.room = copy->correlate.room = copy->correlate_except.room = 0;
  copy->selects.room = copy->rows.room = copy->names.room = copy->returning.room = copy->ctes.room = 0;
  return copy;
}

/* --- select.join() --- */

static gboolean reaches(Arena *arena, SqlFrom *from, const SqlFromSet *wanted)
{
  SqlFromSet flat = {0};

  sql_flatten_from(arena, from, &flat);
  for (guint i = 0; i < wanted->n; i++) {
    if (sql_from_set_has(&flat, wanted->items[i]))
      return TRUE;
  }
  return FALSE;
}

/* Which of the select's FROM entries the new join continues: the first one its condition speaks of. */
static SqlFrom *left_side(Arena *arena, const SqlFromSet *froms, SqlFrom *right, SqlExpr *on)
{
  SqlFromSet used = {0};

  if (on != NULL)
    sql_collect_froms(arena, on, &used);
  for (guint i = 0; i < froms->n; i++) {
    if (froms->items[i] != right && reaches(arena, froms->items[i], &used))
      return froms->items[i];
  }
  return froms->n > 0 ? froms->items[0] : NULL;
}

gboolean sql_select_join(Arena *arena, SqlQuery *query, SqlFrom *right, SqlExpr *on, gboolean outer,
                         gboolean full, GError **error)
{
  SqlFromSet froms = sql_select_froms(arena, query);
  SqlFrom *left = left_side(arena, &froms, right, on);
  SqlFromList from = {0};
  gboolean replaced = FALSE;

  if (left == NULL || left == right) {
    g_set_error_literal(error, SQL_ERROR, SQL_ERROR_INVALID_REQUEST,
                        "Can't determine which FROM clause to join from, please use an explicit ON clause");
    return FALSE;
  }
  SqlFrom *join = sql_join(arena, left, right, on, outer, full, error);
  if (join == NULL)
    return FALSE;
  for (guint i = 0; i < query->from.n; i++) {
    sql_from_list_add(arena, &from, query->from.items[i] == left ? join : query->from.items[i]);
    replaced = replaced || query->from.items[i] == left;
  }
  if (!replaced)
    sql_from_list_add(arena, &from, join);
  query->from = from;
  return TRUE;
}
