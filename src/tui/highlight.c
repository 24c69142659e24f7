#include "highlight.h"

#include <string.h>

/* Both tables are sorted, for bsearch(). */
static const char *const sql_keywords[] = {
    "add",        "all",       "alter",        "and",       "any",        "array",        "as",
    "asc",        "begin",     "between",      "by",        "cascade",    "case",         "cast",
    "check",      "collate",   "column",       "comment",   "commit",     "concurrently", "conflict",
    "constraint", "create",    "cross",        "database",  "default",    "deferrable",   "deferred",
    "delete",     "desc",      "distinct",     "do",        "domain",     "drop",         "each",
    "else",       "enable",    "end",          "enum",      "exclude",    "execute",      "exists",
    "extension",  "false",     "for",          "foreign",   "from",       "full",         "function",
    "generated",  "grant",     "group",        "having",    "identity",   "if",           "ilike",
    "in",         "include",   "index",        "inherits",  "initially",  "inner",        "insert",
    "into",       "is",        "join",         "key",       "language",   "left",         "like",
    "limit",      "lock",      "materialized", "not",       "null",       "nulls",        "of",
    "offset",     "on",        "only",         "or",        "order",      "outer",        "over",
    "owner",      "partition", "primary",      "procedure", "references", "reindex",      "rename",
    "replace",    "restrict",  "returning",    "returns",   "revoke",     "right",        "rollback",
    "row",        "schema",    "select",       "sequence",  "serial",     "set",          "table",
    "temporary",  "then",      "to",           "trigger",   "true",       "truncate",     "type",
    "union",      "unique",    "unlogged",     "update",    "using",      "valid",        "validate",
    "values",     "view",      "when",         "where",     "with",       "without",
};

static const char *const python_keywords[] = {
    "False",  "None",     "True",   "and", "as",    "assert", "async",  "await",    "break", "case",
    "class",  "continue", "def",    "del", "elif",  "else",   "except", "finally",  "for",   "from",
    "global", "if",       "import", "in",  "is",    "lambda", "match",  "nonlocal", "not",   "or",
    "pass",   "raise",    "return", "try", "while", "with",   "yield",
};

static int compare_words(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static gboolean find_word(const char *const *table, gsize n, const char *word, gsize len, gboolean fold)
{
  char copy[16];
  if (len == 0 || len >= sizeof copy)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    copy[i] = fold ? g_ascii_tolower(word[i]) : word[i];
  copy[len] = '\0';
  const char *key = copy;
  return bsearch(&key, table, n, sizeof *table, compare_words) != NULL;
}

gboolean highlight_sql_keyword(const char *word, gsize len)
{
  return find_word(sql_keywords, G_N_ELEMENTS(sql_keywords), word, len, TRUE);
}

static void run(GArray *runs, gsize start, Style style)
{
  if (runs->len > 0) {
    StyleRun *last = &g_array_index(runs, StyleRun, runs->len - 1);
    if (last->style == style)
      return;
    if (last->start == start) {
      last->style = style;
      return;
    }
  }
  StyleRun added = {(guint)start, style};
  g_array_append_val(runs, added);
}

static gboolean is_word(char c)
{
  return g_ascii_isalnum(c) || c == '_' || (guchar)c >= 0x80;
}

/* Where an open quote ends on this line: just after it, or len with the state left open. */
static gsize skip_quoted(Highlighter *state, const char *line, gsize from, gsize len, gboolean backslash)
{
  gsize n = strlen(state->quote);
  for (gsize i = from; i < len; i++) {
    if (backslash && line[i] == '\\') {
      i++;
      continue;
    }
    if (len - i >= n && memcmp(line + i, state->quote, n) == 0) {
      state->quote[0] = '\0';
      return i + n;
    }
  }
  return len;
}

static gsize skip_dollar(Highlighter *state, const char *line, gsize from, gsize len)
{
  const char *end = g_strstr_len(line + from, (gssize)(len - from), state->dollar);
  if (!end)
    return len;
  gsize after = (gsize)(end - line) + strlen(state->dollar);
  state->dollar[0] = '\0';
  return after;
}

static gsize skip_comment(Highlighter *state, const char *line, gsize from, gsize len)
{
  const char *end = g_strstr_len(line + from, (gssize)(len - from), "*/");
  state->in_comment = end == NULL;
  return end ? (gsize)(end - line) + 2 : len;
}

/* Length of a $tag$ here, or 0. */
static gsize dollar_tag(const char *s, gsize len)
{
  gsize i = 1;
  while (i < len && (g_ascii_isalnum(s[i]) || s[i] == '_'))
    i++;
  return i < len && s[i] == '$' && i + 1 < sizeof((Highlighter *)0)->dollar ? i + 1 : 0;
}

static gsize sql_token(Highlighter *state, const char *line, gsize i, gsize len, GArray *runs)
{
  char c = line[i];
  gsize tag;
  if (c == '-' && i + 1 < len && line[i + 1] == '-') {
    run(runs, i, STYLE_COMMENT);
    return len;
  }
  if (c == '/' && i + 1 < len && line[i + 1] == '*') {
    run(runs, i, STYLE_COMMENT);
    return skip_comment(state, line, i + 2, len);
  }
  if (c == '\'' || c == '"') {
    run(runs, i, c == '\'' ? STYLE_STRING : STYLE_NORMAL);
    g_strlcpy(state->quote, c == '\'' ? "'" : "\"", sizeof state->quote);
    return skip_quoted(state, line, i + 1, len, FALSE);
  }
  if (c == '$' && (tag = dollar_tag(line + i, len - i)) > 0) {
    run(runs, i, STYLE_STRING);
    g_strlcpy(state->dollar, line + i, tag + 1);
    return skip_dollar(state, line, i + tag, len);
  }
  gsize end = i;
  while (end < len && is_word(line[end]))
    end++;
  if (end == i) {
    run(runs, i, STYLE_NORMAL);
    return i + 1;
  }
  Style style = g_ascii_isdigit(c)                         ? STYLE_NUMBER
                : highlight_sql_keyword(line + i, end - i) ? STYLE_KEYWORD
                                                           : STYLE_NORMAL;
  run(runs, i, style);
  return end;
}

static gsize python_token(Highlighter *state, const char *line, gsize i, gsize len, GArray *runs)
{
  char c = line[i];
  if (c == '#') {
    run(runs, i, STYLE_COMMENT);
    return len;
  }
  gsize end = i;
  while (end < len && is_word(line[end]))
    end++;
  gboolean quote = end < len && (line[end] == '\'' || line[end] == '"') && end - i <= 2;
  if (quote) {
    run(runs, i, STYLE_STRING);
    char q = line[end];
    gboolean triple = len - end >= 3 && line[end + 1] == q && line[end + 2] == q;
    char mark[4] = {q, triple ? q : '\0', triple ? q : '\0', '\0'};
    memcpy(state->quote, mark, sizeof mark);
    gsize after = skip_quoted(state, line, end + strlen(mark), len, TRUE);
    /* A plain string does not go on to the next line. */
    if (!triple && after == len && !(len > 0 && line[len - 1] == '\\'))
      state->quote[0] = '\0';
    return after;
  }
  if (end == i) {
    run(runs, i, STYLE_NORMAL);
    return i + 1;
  }
  gboolean keyword = find_word(python_keywords, G_N_ELEMENTS(python_keywords), line + i, end - i, FALSE);
  run(runs, i, g_ascii_isdigit(c) ? STYLE_NUMBER : keyword ? STYLE_KEYWORD : STYLE_NORMAL);
  return end;
}

static void diff_line(const char *line, gsize len, GArray *runs)
{
  Style style = STYLE_NORMAL;
  if (len == 0)
    return;
  if (g_str_has_prefix(line, "+++") || g_str_has_prefix(line, "---") || g_str_has_prefix(line, "diff ") ||
      g_str_has_prefix(line, "index ") || g_str_has_prefix(line, "new file"))
    style = STYLE_FAINT;
  else if (g_str_has_prefix(line, "commit "))
    style = STYLE_ID;
  else if (line[0] == '@')
    style = STYLE_ACCENT;
  else if (line[0] == '+')
    style = STYLE_ADDED;
  else if (line[0] == '-')
    style = STYLE_REMOVED;
  run(runs, 0, style);
}

void highlight_line(Highlighter *state, const char *line, gsize len, GArray *runs)
{
  gboolean python = state->language == LANGUAGE_PYTHON;
  if (state->language == LANGUAGE_DIFF)
    diff_line(line, len, runs);
  if (state->language == LANGUAGE_DIFF || state->language == LANGUAGE_NONE)
    return;
  gsize i = 0;
  if (state->quote[0]) {
    run(runs, 0, state->quote[0] == '"' && !python ? STYLE_NORMAL : STYLE_STRING);
    i = skip_quoted(state, line, 0, len, python);
  } else if (state->dollar[0]) {
    run(runs, 0, STYLE_STRING);
    i = skip_dollar(state, line, 0, len);
  } else if (state->in_comment) {
    run(runs, 0, STYLE_COMMENT);
    i = skip_comment(state, line, 0, len);
  }
  while (i < len)
    i = python ? python_token(state, line, i, len, runs) : sql_token(state, line, i, len, runs);
}
