#include "retort/sql/ident.h"

#include <stdlib.h>
#include <string.h>

/* Sorted for bsearch(). */
static const char *const reserved[] = {
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "new",
    "not",
    "notnull",
    "null",
    "of",
    "off",
    "offset",
    "old",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
};

static int compare_words(const void *key, const void *element)
{
  return strcmp(key, *(const char *const *)element);
}

gboolean sql_is_reserved(const char *word)
{
  return bsearch(word, reserved, G_N_ELEMENTS(reserved), sizeof *reserved, compare_words) != NULL;
}

/* Python's [A-Z0-9_$] with IGNORECASE also takes these two, which are their own lower case. */
static gboolean is_legal(const char *p)
{
  gunichar c = g_utf8_get_char(p);
  return (c < 128 && (g_ascii_isalnum((char)c) || c == '_' || c == '$')) || c == 0x131 || c == 0x17f;
}

gboolean sql_name_needs_quotes(SqlName name)
{
  const char *text = name.text;

  if (*text == '\0' || g_ascii_isdigit(*text) || *text == '$')
    return TRUE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
    gboolean is_last_newline = *p == '\n' && p[1] == '\0' && p > text;
    if (g_ascii_isupper(*p) || !(is_legal(p) || is_last_newline))
      return TRUE;
  }
  return sql_is_reserved(text);
}

void sql_append_name(GString *out, SqlName name, gboolean double_percents)
{
  gboolean quote =
      name.quote == SQL_QUOTE_ALWAYS || (name.quote == SQL_QUOTE_AUTO && sql_name_needs_quotes(name));

  if (!quote) {
    g_string_append(out, name.text);
    return;
  }
  g_string_append_c(out, '"');
  for (const char *p = name.text; *p != '\0'; p++) {
    g_string_append_c(out, *p);
    if (*p == '"' || (*p == '%' && double_percents))
      g_string_append_c(out, *p);
  }
  g_string_append_c(out, '"');
}

void sql_append_qualified(GString *out, SqlName schema, SqlName name, gboolean double_percents)
{
  if (schema.text != NULL && *schema.text != '\0') {
    sql_append_name(out, schema, double_percents);
    g_string_append_c(out, '.');
  }
  sql_append_name(out, name, double_percents);
}

void sql_append_qualified_split(GString *out, SqlName schema, SqlName name, gboolean double_percents)
{
  gboolean is_plain = schema.quote == SQL_QUOTE_AUTO && !schema.final;

  if (schema.text == NULL || *schema.text == '\0' || !is_plain) {
    sql_append_qualified(out, schema, name, double_percents);
    return;
  }
  g_auto(GStrv) parts = g_strsplit(schema.text, ".", -1);
  for (char **part = parts; *part != NULL; part++) {
    sql_append_name(out, sql_name(*part), double_percents);
    g_string_append_c(out, '.');
  }
  sql_append_name(out, name, double_percents);
}

gboolean sql_name_fit(Arena *arena, SqlName name, SqlName *fitted)
{
  *fitted = name;
  if (g_utf8_strlen(name.text, -1) <= SQL_MAX_IDENTIFIER)
    return TRUE;
  if (!name.final)
    return FALSE;

  g_autofree char *md5 = g_compute_checksum_for_string(G_CHECKSUM_MD5, name.text, -1);
  const char *cut = g_utf8_offset_to_pointer(name.text, SQL_MAX_IDENTIFIER - 8);
  fitted->text = arena_printf(arena, "%.*s_%s", (int)(cut - name.text), name.text, md5 + strlen(md5) - 4);
  return TRUE;
}
