#include "retort/sql/literal.h"

#include <string.h>

SqlValue *sql_value_null(Arena *arena)
{
  return arena_new0(arena, SqlValue);
}

SqlValue *sql_value_bool(Arena *arena, gboolean b)
{
  SqlValue *value = arena_new0(arena, SqlValue);
  value->kind = SQL_VALUE_BOOL;
  value->boolean = b;
  return value;
}

SqlValue *sql_value_int(Arena *arena, gint64 n)
{
  SqlValue *value = arena_new0(arena, SqlValue);
  value->kind = SQL_VALUE_INT;
  value->text = arena_printf(arena, "%" G_GINT64_FORMAT, n);
  return value;
}

SqlValue *sql_value_text(Arena *arena, SqlValueKind kind, const char *text)
{
  SqlValue *value = arena_new0(arena, SqlValue);
  value->kind = kind;
  value->text = arena_strdup(arena, text);
  value->len = text == NULL ? 0 : strlen(text);
  return value;
}

SqlValue *sql_value_string(Arena *arena, const char *text)
{
  return sql_value_text(arena, SQL_VALUE_STRING, text);
}

SqlValue *sql_value_bytes(Arena *arena, const void *bytes, gsize len)
{
  SqlValue *value = arena_new0(arena, SqlValue);
  value->kind = SQL_VALUE_BYTES;
  value->text = arena_strndup(arena, bytes, (gssize)len);
  value->len = len;
  return value;
}

SqlValue *sql_value_list(Arena *arena, SqlValueList items, const char *repr)
{
  SqlValue *value = arena_new0(arena, SqlValue);
  value->kind = SQL_VALUE_LIST;
  value->items = items;
  value->repr = arena_strdup(arena, repr);
  return value;
}

/* repr() of a str. */
static const char *string_repr(Arena *arena, const char *text)
{
  g_autoptr(GString) out = g_string_new(NULL);
  char quote = strchr(text, '\'') != NULL && strchr(text, '"') == NULL ? '"' : '\'';

  g_string_append_c(out, quote);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char_validated(p, -1);
    if (c == (gunichar)-1 || c == (gunichar)-2)
      return arena_printf(arena, "%c...%c", quote, quote);
    if (c == '\n')
      g_string_append(out, "\\n");
    else if (c == '\r')
      g_string_append(out, "\\r");
    else if (c == '\t')
      g_string_append(out, "\\t");
    else if (c == '\\' || c == (gunichar)quote)
      g_string_append_printf(out, "\\%c", (char)c);
    else if (c < 0x20 || c == 0x7f)
      g_string_append_printf(out, "\\x%02x", c);
    else
      g_string_append_unichar(out, c);
  }
  g_string_append_c(out, quote);
  return arena_strdup(arena, out->str);
}

static const char *list_repr(Arena *arena, const SqlValue *value)
{
  g_autoptr(GString) out = g_string_new("[");

  for (guint i = 0; i < value->items.n; i++) {
    if (i > 0)
      g_string_append(out, ", ");
    g_string_append(out, sql_value_repr(arena, value->items.items[i]));
  }
  g_string_append_c(out, ']');
  return arena_strdup(arena, out->str);
}

const char *sql_value_repr(Arena *arena, const SqlValue *value)
{
  if (value->repr != NULL)
    return value->repr;
  switch (value->kind) {
  case SQL_VALUE_NULL: return "None";
  case SQL_VALUE_BOOL: return value->boolean ? "True" : "False";
  case SQL_VALUE_DECIMAL: return arena_printf(arena, "Decimal('%s')", value->text);
  case SQL_VALUE_UUID: return arena_printf(arena, "UUID('%s')", value->text);
  case SQL_VALUE_STRING: return string_repr(arena, value->text);
  case SQL_VALUE_LIST: return list_repr(arena, value);
  default: return value->text != NULL ? value->text : "...";
  }
}

void sql_append_string(GString *out, const char *text, SqlEscape escape)
{
  g_string_append_c(out, '\'');
  for (const char *p = text; *p != '\0'; p++) {
    g_string_append_c(out, *p);
    if (*p == '\'' || (*p == '\\' && escape.double_backslashes) || (*p == '%' && escape.double_percents))
      g_string_append_c(out, *p);
  }
  g_string_append_c(out, '\'');
}
