/* Growing arrays in an arena, one C type for each kind of element.
 *
 *   SqlExprList list = {0};
 *   sql_expr_list_add(arena, &list, expr);
 *   for (guint i = 0; i < list.n; i++)
 *     use(list.items[i]);
 *
 * A list can also be written down: SqlExprList list = SQL_LIST(a, b, c), which borrows a compound literal (its life is
 * the enclosing block's, so this is for tests and for calls that do not keep the list).
 */
#pragma once

#include <glib.h>
#include <string.h>

#include "retort/base/arena.h"

#define SQL_DEFINE_LIST(List, prefix, Element)                                          \
  typedef struct {                                                                      \
    Element *items;                                                                     \
    guint n;                                                                            \
    guint room; /* 0 when items is borrowed */                                          \
  } List;                                                                               \
  static inline G_GNUC_UNUSED void prefix##_add(Arena *arena, List *list, Element item) \
  {                                                                                     \
    if (list->n >= list->room) {                                                        \
      guint room = list->n < 4 ? 4 : list->n * 2;                                       \
      Element *items = arena_array(arena, Element, room);                               \
      if (list->n > 0)                                                                  \
        memcpy(items, list->items, sizeof(Element) * list->n);                          \
      list->items = items;                                                              \
      list->room = room;                                                                \
    }                                                                                   \
    list->items[list->n++] = item;                                                      \
  }

/* The elements must share one type: SQL_LIST(sql_name("a"), sql_name("b")). */
#define SQL_LIST(first, ...)                                                             \
  {                                                                                      \
    .items = (__typeof__(first)[]){first, ##__VA_ARGS__},                                \
    .n = sizeof((__typeof__(first)[]){first, ##__VA_ARGS__}) / sizeof(__typeof__(first)) \
  }

/* An integer that may be absent: precision 0 and no precision are two things.  {0} is absent. */
typedef struct {
  gboolean given;
  gint64 value;
} SqlInt;
#define SQL_INT(n) ((SqlInt){TRUE, (n)})

/* Yes, no, or not said.  {0} is not said. */
typedef enum {
  SQL_UNSAID,
  SQL_NO,
  SQL_YES,
} SqlTri;

typedef const char *SqlText; /* so that lists of strings read well */
SQL_DEFINE_LIST(SqlTextList, sql_text_list, SqlText)
