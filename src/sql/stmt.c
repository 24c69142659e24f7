#include "retort/sql/stmt.h"

#include <string.h>

Statement *statement_new(const char *sql, gboolean autocommit, guint line, guint column)
{
  Statement *statement = g_new0(Statement, 1);
  statement->sql = g_strdup(sql);
  statement->autocommit = autocommit;
  statement->line = line;
  statement->column = column;
  return statement;
}

void statement_free(Statement *statement)
{
  if (statement == NULL)
    return;
  g_free(statement->sql);
  g_free(statement);
}

/* Python's str.strip(): Unicode white space and the separators \x1c..\x1f, which GLib does not count. */
static gboolean is_stripped(gunichar c)
{
  return g_unichar_isspace(c) || (c >= 0x1c && c <= 0x1f) || c == 0x0b || c == 0x85;
}

char *statement_offline_text(const Statement *statement)
{
  GString *text = g_string_new(NULL);
  const char *start = statement->sql;
  const char *end = start + strlen(start);

  while (start < end && is_stripped(g_utf8_get_char(start)))
    start = g_utf8_next_char(start);
  while (end > start) {
    const char *last = g_utf8_find_prev_char(start, end);
    if (last == NULL || !is_stripped(g_utf8_get_char(last)))
      break;
    end = last;
  }
  for (const char *p = start; p < end; p++) {
    if (*p == '\t')
      g_string_append(text, "    ");
    else
      g_string_append_c(text, *p);
  }
  return g_string_free(text, FALSE);
}
