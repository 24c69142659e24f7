/* Recursive descent over the text; one function per rule of the grammar.  Faults unwind as FALSE or NULL with
 * reader->error set once.
 */
#include "retort/base/toml.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "retort/base/arena.h"
#include "retort/base/error.h"

enum {
  ORIGIN_IMPLIED, /* a table that only [a.b] has named so far: [a] may still come */
  ORIGIN_HEADER,  /* [table] */
  ORIGIN_DOTTED,  /* a.b = 1 */
  ORIGIN_CLOSED,  /* an inline table or array: nothing may be added */
  ORIGIN_TABLES,  /* an array made by [[name]] */
};

struct Toml {
  Arena *arena;
  TomlValue *root;
};

typedef struct {
  Toml *toml;
  const char *path;
  const char *p;
  const char *end;
  guint line;
  guint depth;
  GError **error;
} TomlReader;

static void *fault(TomlReader *r, const char *what)
{
  if (r->error && !*r->error)
    g_set_error(r->error, RETORT_ERROR, RETORT_ERROR_TRACEBACK, "%s:%u: %s", r->path, r->line, what);
  return NULL;
}

static void free_items(void *data)
{
  g_ptr_array_free(data, TRUE);
}

static TomlValue *value_new(TomlReader *r, TomlKind kind)
{
  TomlValue *value = arena_new0(r->toml->arena, TomlValue);

  value->kind = kind;
  value->line = r->line;
  if (kind == TOML_ARRAY || kind == TOML_TABLE) {
    value->items = g_ptr_array_new();
    arena_own(r->toml->arena, value->items, free_items);
  }
  return value;
}

static int peek(const TomlReader *r)
{
  return r->p < r->end ? (guchar)*r->p : -1;
}

static gboolean accept(TomlReader *r, const char *word)
{
  gsize n = strlen(word);

  if ((gsize)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
    return FALSE;
  r->p += n;
  return TRUE;
}

static void skip_blank(TomlReader *r)
{
  while (peek(r) == ' ' || peek(r) == '\t')
    r->p++;
}

/* A line's end; FALSE when something else is there. */
static gboolean skip_newline(TomlReader *r)
{
  if (!accept(r, "\n") && !accept(r, "\r\n"))
    return FALSE;
  r->line++;
  return TRUE;
}

static gboolean is_control(int c)
{
  return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f;
}

static gboolean skip_comment(TomlReader *r)
{
  if (peek(r) != '#')
    return TRUE;
  while (r->p < r->end && *r->p != '\n' && !(r->p[0] == '\r' && r->p + 1 < r->end && r->p[1] == '\n')) {
    if (is_control(peek(r)))
      return fault(r, _("a control character in a comment")) != NULL;
    r->p++;
  }
  return TRUE;
}

/* Blanks, comments and line ends, as they may stand between the elements of an array. */
static gboolean skip_filler(TomlReader *r)
{
  do {
    skip_blank(r);
    if (!skip_comment(r))
      return FALSE;
  } while (skip_newline(r));
  return TRUE;
}

static gboolean read_code_point(TomlReader *r, guint digits, GString *out)
{
  gunichar c = 0;

  for (guint i = 0; i < digits; i++, r->p++) {
    int digit = r->p < r->end ? g_ascii_xdigit_value(*r->p) : -1;
    if (digit < 0)
      return fault(r, _("a \\u or \\U needs 4 or 8 hexadecimal digits")) != NULL;
    c = c * 16 + (gunichar)digit;
  }
  if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
    return fault(r, _("an escape that is no character")) != NULL;
  g_string_append_unichar(out, c);
  return TRUE;
}

/* Behind a backslash at the end of a line: blanks and line ends up to the next text vanish. */
static gboolean read_line_continuation(TomlReader *r)
{
  const char *p = r->p;

  while (p < r->end && (*p == ' ' || *p == '\t'))
    p++;
  if (p >= r->end || (*p != '\n' && !(*p == '\r' && p + 1 < r->end && p[1] == '\n')))
    return FALSE;
  do
    skip_blank(r);
  while (skip_newline(r));
  return TRUE;
}

static gboolean read_escape(TomlReader *r, GString *out, gboolean multiline)
{
  static const char letters[] = "btnfr\"\\";
  static const char meanings[] = "\b\t\n\f\r\"\\";

  if (multiline && read_line_continuation(r))
    return TRUE;
  int c = peek(r);
  const char *letter = c > 0 ? strchr(letters, c) : NULL;
  if (letter) {
    r->p++;
    g_string_append_c(out, meanings[letter - letters]);
    return TRUE;
  }
  if (c == 'u' || c == 'U') {
    r->p++;
    return read_code_point(r, c == 'u' ? 4 : 8, out);
  }
  return fault(r, _("an unknown escape in a string")) != NULL;
}

/* At a string's end the quotes may be one or two more than three: those belong to the text. */
static gboolean read_closing(TomlReader *r, char quote, gboolean multiline, GString *out)
{
  guint quotes = 0;

  if (!multiline) {
    r->p++;
    return TRUE;
  }
  while (r->p + quotes < r->end && r->p[quotes] == quote && quotes < 5)
    quotes++;
  for (guint i = 0; i < (quotes < 3 ? quotes : quotes - 3); i++)
    g_string_append_c(out, quote);
  r->p += quotes;
  return quotes >= 3;
}

static gboolean read_string_body(TomlReader *r, char quote, gboolean multiline, GString *out)
{
  while (r->p < r->end) {
    int c = peek(r);
    if (c == quote) {
      if (read_closing(r, quote, multiline, out))
        return TRUE;
    } else if (c == '\\' && quote == '"') {
      r->p++;
      if (!read_escape(r, out, multiline))
        return FALSE;
    } else if (multiline && skip_newline(r)) {
      g_string_append_c(out, '\n');
    } else if (is_control(c)) {
      return fault(r, c == '\n' ? _("a string that does not end on its line")
                                : _("a control character in a string")) != NULL;
    } else {
      g_string_append_c(out, (char)c);
      r->p++;
    }
  }
  return fault(r, _("a string without an end")) != NULL;
}

static const char *read_string(TomlReader *r, gboolean may_be_multiline, gsize *len)
{
  g_autoptr(GString) out = g_string_new(NULL);
  char quote = *r->p;
  gboolean multiline = may_be_multiline && r->end - r->p >= 3 && r->p[1] == quote && r->p[2] == quote;

  r->p += multiline ? 3 : 1;
  if (multiline)
    skip_newline(r);
  if (!read_string_body(r, quote, multiline, out))
    return NULL;
  *len = out->len;
  return arena_strndup(r->toml->arena, out->str, (gssize)out->len);
}

static const char *read_key(TomlReader *r)
{
  gsize len;

  if (peek(r) == '"' || peek(r) == '\'') {
    const char *key = read_string(r, FALSE, &len);
    if (key && strlen(key) != len)
      return fault(r, _("a NUL in a key"));
    return key;
  }
  const char *start = r->p;
  while (r->p < r->end && (g_ascii_isalnum(*r->p) || *r->p == '_' || *r->p == '-'))
    r->p++;
  if (r->p == start)
    return fault(r, _("a key is expected"));
  return arena_strndup(r->toml->arena, start, r->p - start);
}

const TomlValue *toml_get(const TomlValue *value, const char *key)
{
  if (!value || value->kind != TOML_TABLE)
    return NULL;
  for (guint i = 0; i < value->items->len; i++) {
    const TomlValue *item = value->items->pdata[i];
    if (strcmp(item->key, key) == 0)
      return item;
  }
  return NULL;
}

static TomlValue *member(const TomlValue *table, const char *key)
{
  return (TomlValue *)toml_get(table, key);
}

static TomlValue *add_member(TomlReader *r, TomlValue *table, const char *key, TomlKind kind, guint8 origin)
{
  TomlValue *value = value_new(r, kind);

  if (table->items->len >= TOML_MEMBERS)
    return fault(r, _("more members in one table than retort reads"));
  value->key = key;
  value->origin = origin;
  g_ptr_array_add(table->items, value);
  return value;
}

static gboolean read_value(TomlReader *r, TomlValue *value);

/* a.b.c = value, into table. */
static gboolean read_pair(TomlReader *r, TomlValue *table)
{
  const char *key = read_key(r);

  for (guint depth = 0; key; depth++) {
    skip_blank(r);
    if (!accept(r, "."))
      break;
    if (depth >= TOML_DEPTH)
      return fault(r, _("nested too deeply")) != NULL;
    skip_blank(r);
    TomlValue *next = member(table, key);
    if (!next && !(next = add_member(r, table, key, TOML_TABLE, ORIGIN_DOTTED)))
      return FALSE;
    if (next->origin == ORIGIN_IMPLIED)
      next->origin = ORIGIN_DOTTED;
    if (next->kind != TOML_TABLE || next->origin != ORIGIN_DOTTED)
      return fault(r, _("a dotted key reaches into something defined elsewhere")) != NULL;
    table = next;
    key = read_key(r);
  }
  if (!key)
    return FALSE;
  if (!accept(r, "="))
    return fault(r, _("\"=\" is expected after a key")) != NULL;
  skip_blank(r);
  if (member(table, key)) {
    g_autofree char *what = g_strdup_printf(_("the key \"%s\" is there twice"), key);
    return fault(r, what) != NULL;
  }
  TomlValue *value = add_member(r, table, key, TOML_STRING, ORIGIN_CLOSED);
  return value && read_value(r, value);
}

static void become(TomlReader *r, TomlValue *value, TomlKind kind)
{
  TomlValue *fresh = value_new(r, kind);

  fresh->key = value->key;
  fresh->line = value->line;
  fresh->origin = ORIGIN_CLOSED;
  *value = *fresh;
}

static void close_tables(TomlValue *table)
{
  for (guint i = 0; i < table->items->len; i++) {
    TomlValue *item = table->items->pdata[i];
    item->origin = ORIGIN_CLOSED;
    if (item->kind == TOML_TABLE)
      close_tables(item);
  }
}

static gboolean read_inline_table(TomlReader *r, TomlValue *value)
{
  become(r, value, TOML_TABLE);
  r->p++;
  skip_blank(r);
  if (accept(r, "}"))
    return TRUE;
  do {
    skip_blank(r);
    if (!read_pair(r, value))
      return FALSE;
    skip_blank(r);
  } while (accept(r, ","));
  if (!accept(r, "}"))
    return fault(r, _("\"}\" or \",\" is expected")) != NULL;
  close_tables(value);
  return TRUE;
}

static gboolean read_array(TomlReader *r, TomlValue *value)
{
  become(r, value, TOML_ARRAY);
  r->p++;
  for (;;) {
    if (!skip_filler(r))
      return FALSE;
    if (accept(r, "]"))
      return TRUE;
    TomlValue *item = value_new(r, TOML_STRING);
    if (!read_value(r, item))
      return FALSE;
    g_ptr_array_add(value->items, item);
    if (!skip_filler(r))
      return FALSE;
    if (!accept(r, ",") && peek(r) != ']')
      return fault(r, _("\"]\" or \",\" is expected")) != NULL;
  }
}

#define DATE "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
#define TIME "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?"
#define DECIMAL "(0|[1-9](_?[0-9])*)"

typedef enum { RULE_INTEGER, RULE_FLOAT, RULE_TIME, N_RULES } Rule;

static void *compile_rules(void *data)
{
  static const char *const patterns[N_RULES] = {
      [RULE_INTEGER] =
          "^[+-]?" DECIMAL "$|^0x[0-9A-Fa-f](_?[0-9A-Fa-f])*$|^0o[0-7](_?[0-7])*$|^0b[01](_?[01])*$",
      [RULE_FLOAT] = "^[+-]?(inf|nan)$|^[+-]?" DECIMAL
                     "((\\.[0-9](_?[0-9])*)?[eE][+-]?[0-9](_?[0-9])*|\\.[0-9](_?[0-9])*)$",
      [RULE_TIME] = "^" DATE "([Tt ]" TIME "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?$|^" TIME "$",
  };
  GRegex **rules = g_new(GRegex *, N_RULES);

  (void)data;
  for (guint i = 0; i < N_RULES; i++)
    rules[i] = g_regex_new(patterns[i], G_REGEX_OPTIMIZE | G_REGEX_DOLLAR_ENDONLY, 0, NULL);
  return rules;
}

/* Matches text against one rule of the grammar for numbers and times; compiled once for the whole process. */
static gboolean follows(const char *text, Rule rule)
{
  static GOnce once = G_ONCE_INIT;
  GRegex **rules = g_once(&once, compile_rules, NULL);

  return g_regex_match(rules[rule], text, 0, NULL);
}

static gboolean read_integer(TomlReader *r, TomlValue *value, const char *digits)
{
  gboolean prefixed = digits[0] == '0' && g_ascii_isalpha(digits[1]);
  int base = !prefixed ? 10 : digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : 2;

  errno = 0;
  value->kind = TOML_INTEGER;
  value->integer = g_ascii_strtoll(prefixed ? digits + 2 : digits, NULL, (guint)base);
  if (errno == ERANGE)
    return fault(r, _("a number that does not fit 64 bits")) != NULL;
  return TRUE;
}

static gboolean read_number(TomlReader *r, TomlValue *value, const char *text)
{
  g_autoptr(GString) digits = g_string_new(text);

  g_string_replace(digits, "_", "", 0);
  if (follows(text, RULE_INTEGER))
    return read_integer(r, value, digits->str);
  if (follows(text, RULE_FLOAT)) {
    value->kind = TOML_FLOAT;
    value->real = g_ascii_strtod(digits->str, NULL);
    return TRUE;
  }
  if (follows(text, RULE_TIME)) {
    value->kind = TOML_DATETIME;
    return TRUE;
  }
  return fault(r, _("no value that TOML knows")) != NULL;
}

static gboolean read_scalar(TomlReader *r, TomlValue *value)
{
  const char *start = r->p;

  while (r->p < r->end && (g_ascii_isalnum(*r->p) || strchr("+-_.:", *r->p)) && *r->p)
    r->p++;
  /* a blank may stand between date and time */
  if (r->p - start == 10 && r->end - r->p > 2 && *r->p == ' ' && start[4] == '-' && g_ascii_isdigit(r->p[1]))
    for (r->p++; r->p < r->end && *r->p && (g_ascii_isalnum(*r->p) || strchr("+-.:", *r->p));)
      r->p++;
  value->text = arena_strndup(r->toml->arena, start, r->p - start);
  value->len = (gsize)(r->p - start);
  if (strcmp(value->text, "true") == 0 || strcmp(value->text, "false") == 0) {
    value->kind = TOML_BOOLEAN;
    value->truth = value->text[0] == 't';
    return TRUE;
  }
  return read_number(r, value, value->text);
}

static gboolean read_value(TomlReader *r, TomlValue *value)
{
  gboolean done = FALSE;

  if (r->depth >= TOML_DEPTH)
    return fault(r, _("nested too deeply")) != NULL;
  r->depth++;
  switch (peek(r)) {
  case '"':
  case '\'':
    value->text = read_string(r, TRUE, &value->len);
    done = value->text != NULL;
    break;
  case '[': done = read_array(r, value); break;
  case '{': done = read_inline_table(r, value); break;
  default: done = read_scalar(r, value);
  }
  r->depth--;
  return done;
}

/* The table that a header's key before its last names. */
static TomlValue *step_into(TomlReader *r, TomlValue *table, const char *key)
{
  TomlValue *next = member(table, key);

  if (!next)
    return add_member(r, table, key, TOML_TABLE, ORIGIN_IMPLIED);
  if (next->kind == TOML_ARRAY && next->origin == ORIGIN_TABLES)
    return next->items->pdata[next->items->len - 1];
  if (next->kind != TOML_TABLE || next->origin == ORIGIN_CLOSED)
    return fault(r, _("a table's name goes through something that is no table"));
  return next;
}

static TomlValue *open_table(TomlReader *r, TomlValue *parent, const char *key)
{
  TomlValue *table = member(parent, key);

  if (!table)
    return add_member(r, parent, key, TOML_TABLE, ORIGIN_HEADER);
  if (table->kind != TOML_TABLE || table->origin != ORIGIN_IMPLIED) {
    g_autofree char *what = g_strdup_printf(_("the table \"%s\" is there twice"), key);
    return fault(r, what);
  }
  table->origin = ORIGIN_HEADER;
  table->line = r->line;
  return table;
}

static TomlValue *open_array_item(TomlReader *r, TomlValue *parent, const char *key)
{
  TomlValue *array = member(parent, key);

  if (!array && !(array = add_member(r, parent, key, TOML_ARRAY, ORIGIN_TABLES)))
    return NULL;
  if (array->kind != TOML_ARRAY || array->origin != ORIGIN_TABLES)
    return fault(r, _("[[...]] names something that is no array of tables"));
  TomlValue *item = value_new(r, TOML_TABLE);
  item->origin = ORIGIN_HEADER;
  g_ptr_array_add(array->items, item);
  return item;
}

static TomlValue *read_header(TomlReader *r)
{
  gboolean array = accept(r, "[[");
  TomlValue *table = r->toml->root;
  const char *key = NULL;

  if (!array)
    r->p++;
  for (guint depth = 0; depth < TOML_DEPTH; depth++) {
    skip_blank(r);
    if (key && !(table = step_into(r, table, key)))
      return NULL;
    key = read_key(r);
    if (!key)
      return NULL;
    skip_blank(r);
    if (accept(r, "."))
      continue;
    if (!accept(r, array ? "]]" : "]"))
      return fault(r, _("\"]\" is expected at the end of a table's name"));
    return array ? open_array_item(r, table, key) : open_table(r, table, key);
  }
  return fault(r, _("nested too deeply"));
}

static gboolean read_document(TomlReader *r)
{
  TomlValue *table = r->toml->root;

  for (;;) {
    if (!skip_filler(r))
      return FALSE;
    if (r->p >= r->end)
      return TRUE;
    if (peek(r) == '[') {
      table = read_header(r);
      if (!table)
        return FALSE;
    } else if (!read_pair(r, table)) {
      return FALSE;
    }
    skip_blank(r);
    if (!skip_comment(r))
      return FALSE;
    if (r->p < r->end && !skip_newline(r))
      return fault(r, _("something follows where the line should end")) != NULL;
  }
}

Toml *toml_parse(const char *path, const char *text, gsize len, GError **error)
{
  g_autoptr(Toml) toml = g_new0(Toml, 1);
  g_autoptr(GError) local = NULL;
  TomlReader reader = {.toml = toml, .path = path, .p = text, .end = text + len, .line = 1, .error = &local};
  const char *bad;

  toml->arena = arena_new(ARENA_NO_LIMIT);
  toml->root = value_new(&reader, TOML_TABLE);
  toml->root->origin = ORIGIN_HEADER;
  if (!g_utf8_validate(text, (gssize)len, &bad)) {
    for (const char *p = text; p < bad; p++)
      reader.line += *p == '\n';
    fault(&reader, _("a byte that is no UTF-8"));
  } else if (read_document(&reader)) {
    return g_steal_pointer(&toml);
  }
  g_propagate_error(error, g_steal_pointer(&local));
  return NULL;
}

void toml_free(Toml *toml)
{
  if (!toml)
    return;
  arena_free(toml->arena);
  g_free(toml);
}

const TomlValue *toml_root(const Toml *toml)
{
  return toml->root;
}

const TomlValue *toml_find(const TomlValue *value, ...)
{
  va_list keys;
  const char *key;

  va_start(keys, value);
  while (value && (key = va_arg(keys, const char *)))
    value = toml_get(value, key);
  va_end(keys);
  return value;
}
