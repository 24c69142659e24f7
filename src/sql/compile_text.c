/* text(): its parameters, and binds in general.
 *
 * A parameter is :name where neither side continues a word, no colon touches it and no backslash escapes it; quotes do
 * not matter.  "\:" loses its backslash afterwards, also inside what a parameter was replaced with: SQLAlchemy makes two
 * passes, and so does this.
 */
#include <string.h>

#include "compile-private.h"

static gboolean is_word(gunichar c)
{
  return c == '_' || g_unichar_isalnum(c);
}

/* The end of the run of word characters and "$" that starts at p. */
static const char *word_end(const char *p)
{
  while (*p != '\0' && (*p == '$' || is_word(g_utf8_get_char(p))))
    p = g_utf8_next_char(p);
  return p;
}

/* Whether the colon at p, after previous, starts a parameter; end is where its name ends. */
static gboolean starts_bind(const char *p, gunichar previous, const char **end)
{
  if (*p != ':' || previous == ':' || previous == '$' || previous == '\\' || is_word(previous))
    return FALSE;
  *end = word_end(p + 1);
  return *end > p + 1 && **end != ':';
}

gboolean sql_text_has_bind(const char *text, const char *name)
{
  gunichar previous = ' ';
  gsize len = strlen(name);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
    const char *end;
    if (starts_bind(p, previous, &end) && (gsize)(end - p - 1) == len && strncmp(p + 1, name, len) == 0)
      return TRUE;
    previous = g_utf8_get_char(p);
  }
  return FALSE;
}

/* --- Names of binds that stay --- */

static gboolean binds_are_inline(const SqlCompiler *c)
{
  return c->ddl || c->context->online || (!c->context->no_literal_binds && !c->named_binds);
}

/* Characters that would end a name in the driver's eyes. */
static char *driver_name(const SqlCompiler *c, const char *name)
{
  static const char from[] = "%():[] .", to[] = "PAZC____";
  char *text = g_strdup(name);
  for (char *p = text; *p != '\0'; p++) {
    const char *found = *p == '.' && sql_is_old(c) ? NULL : strchr(from, *p);
    if (found != NULL)
      *p = to[found - from];
  }
  return text;
}

static void put_name(SqlCompiler *c, GString *out, const char *name)
{
  g_autofree char *text = driver_name(c, name);
  g_string_append_printf(out, c->context->pyformat ? "%%(%s)s" : ":%s", text);
}

/* Arrays and JSON are cast where the driver sends them as parameters. */
static void put_bind_cast(SqlCompiler *c, GString *out, const SqlType *type)
{
  SqlAffinity affinity = sql_type_affinity(type);
  gboolean since_2 = affinity == SQL_AFFINITY_JSON || affinity == SQL_AFFINITY_RANGE ||
                     (type != NULL && type->kind == SQL_TYPE_UUID);

  if (affinity != SQL_AFFINITY_ARRAY && (!since_2 || sql_is_old(c)))
    return;
  g_string_append(out, "::");
  sql_put_type(c, out, type);
}

/* A key as part of a name: [%() $] become "_", and none at the ends. */
static char *sanitized(const char *key)
{
  g_autofree char *name = g_strdelimit(g_strdup(key), "%() $", '_');
  char *start = name;
  while (*start == '_')
    start++;
  gsize len = strlen(start);
  while (len > 0 && start[len - 1] == '_')
    len--;
  return g_strndup(start, len);
}

const char *sql_anonymous_name(SqlCompiler *c, const void *object, const char *key)
{
  if (c->names == NULL) {
    c->names = g_hash_table_new(NULL, NULL);
    c->counters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  }
  const char *known = g_hash_table_lookup(c->names, object);
  if (known != NULL)
    return known;
  guint count = GPOINTER_TO_UINT(g_hash_table_lookup(c->counters, key)) + 1;
  const char *name = arena_printf(c->arena, "%s_%u", key, count);
  g_hash_table_insert(c->counters, g_strdup(key), GUINT_TO_POINTER(count));
  g_hash_table_insert(c->names, (gpointer)object, (gpointer)name);
  return name;
}

void sql_put_bind_name(SqlCompiler *c, GString *out, const SqlExpr *bind)
{
  const char *name = bind->name.text;

  if (bind->unique) {
    g_autofree char *key = sanitized(name);
    name = sql_anonymous_name(c, bind, key);
  }
  if (bind->expanding) {
    g_string_append_printf(out, "(__[POSTCOMPILE_%s])", name);
    return;
  }
  put_name(c, out, name);
  put_bind_cast(c, out, bind->type);
}

/* --- Values of binds --- */

static void put_bound_value(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  if (!c->context->online || c->ddl) {
    sql_put_literal(c, out, value, type);
    return;
  }
  sql_put_adapted(c, out, value, type);
  put_bind_cast(c, out, type);
}

/* The items of an expanding bind, with its parentheses. */
static void put_expanded(SqlCompiler *c, GString *out, const SqlExpr *bind)
{
  const SqlValueList *items = &bind->value->items;
  const SqlType *type = sql_has_type(bind) ? bind->type : sql_type_of_value(items->items[0]);

  if (!sql_has_type(bind) && items->items[0]->kind == SQL_VALUE_LIST) {
    sql_fail(c, SQL_ERROR_ATTRIBUTE, "'NullType' object has no attribute 'types'");
    return;
  }
  if (sql_is_old(c) && !sql_has_type(bind) && items->items[0]->kind == SQL_VALUE_UUID)
    type = sql_type(SQL_TYPE_NULL); /* 1.4 does not know UUIDs by themselves */
  g_string_append_c(out, '(');
  for (guint i = 0; i < items->n; i++) {
    if (i > 0)
      g_string_append(out, ", ");
    put_bound_value(c, out, items->items[i], type);
  }
  g_string_append_c(out, ')');
}

/* None in a JSON column is JSON's null when it is sent (offline SQLAlchemy writes NULL before it asks the type). */
static gboolean is_json_null(const SqlCompiler *c, const SqlExpr *bind)
{
  gboolean is_json =
      sql_type_affinity(bind->type) == SQL_AFFINITY_JSON && bind->type->kind != SQL_TYPE_JSONPATH;
  return is_json && bind->value != NULL && c->context->online && !c->ddl && !bind->type->none_as_null;
}

static void put_json_null(SqlCompiler *c, GString *out, const SqlType *type)
{
  g_string_append(out, "'null'");
  put_bind_cast(c, out, type);
}

void sql_put_bind(SqlCompiler *c, GString *out, const SqlExpr *bind)
{
  const SqlType *type = bind->free_type ? sql_type_of_value(bind->value) : bind->type;
  gboolean is_null = bind->value == NULL || bind->value->kind == SQL_VALUE_NULL;

  if (c->error != NULL)
    return;
  if (!binds_are_inline(c))
    sql_put_bind_name(c, out, bind);
  else if (is_null && bind->required && c->context->online && !c->ddl)
    sql_fail(c, SQL_ERROR_STATEMENT, "A value is required for bind parameter '%s'", bind->name.text);
  else if (is_null && is_json_null(c, bind))
    put_json_null(c, out, bind->type);
  else if (is_null)
    g_string_append(out, bind->expanding ? "(NULL)" : "NULL");
  else if (bind->expanding && bind->value->items.n == 0)
    sql_put_empty_set(c, out, bind);
  else if (bind->expanding)
    put_expanded(c, out, bind);
  else
    put_bound_value(c, out, bind->value, type);
}

/* --- text() --- */

static const SqlExpr *given_bind(const SqlExpr *text, const char *name, gsize len)
{
  for (guint i = 0; i < text->args.n; i++) {
    const char *key = text->args.items[i]->name.text;
    if (strlen(key) == len && strncmp(key, name, len) == 0)
      return text->args.items[i];
  }
  return NULL;
}

/* The parameter name..end of text. */
static void put_text_bind(SqlCompiler *c, GString *out, const SqlExpr *text, const char *name,
                          const char *end)
{
  gsize len = (gsize)(end - name);
  g_autofree char *key = g_strndup(name, len);
  const SqlExpr *given = given_bind(text, name, len);
  SqlExpr unknown = {.kind = SQL_EXPR_BIND, .name = sql_name(key), .required = TRUE};

  /* text() itself does not count "$" as part of a name, so such a parameter is nobody's and stays. */
  if (strchr(key, '$') != NULL)
    put_name(c, out, key);
  else
    sql_put_bind(c, out, given != NULL ? given : &unknown);
}

/* Text with its parameters replaced. */
static void substitute(SqlCompiler *c, GString *out, const SqlExpr *text)
{
  gunichar previous = ' ';
  const char *p = text->text;

  while (*p != '\0') {
    const char *end;
    if (starts_bind(p, previous, &end)) {
      put_text_bind(c, out, text, p + 1, end);
      previous = g_utf8_get_char(g_utf8_prev_char(end));
      p = end;
      continue;
    }
    previous = g_utf8_get_char(p);
    if (previous == '%' && sql_double_percents(c))
      g_string_append_c(out, '%');
    const char *next = g_utf8_next_char(p);
    g_string_append_len(out, p, next - p);
    p = next;
  }
}

/* "\:name" to ":name", unless a colon or a word follows the name. */
static void unescape(GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '\\' && p[1] == ':') {
      const char *end = word_end(p + 2);
      if (*end != ':') {
        g_string_append_len(out, p + 1, end - p - 1);
        p = end - 1;
        continue;
      }
    }
    g_string_append_c(out, *p);
  }
}

void sql_put_text(SqlCompiler *c, GString *out, const SqlExpr *text)
{
  g_autoptr(GString) replaced = g_string_new(NULL);

  substitute(c, replaced, text);
  unescape(out, replaced->str);
}
