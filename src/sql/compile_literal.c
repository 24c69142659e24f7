/* Values as text: literals by the type they meet, and values as the driver would send them.
 *
 * Offline, Alembic writes a value as its column's type renders literals, and fails where the type cannot.  Online the
 * driver writes it by what it is in Python, and the server converts.
 */
#include "compile-private.h"

#include <math.h>
#include <string.h>

static void put_value(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type);

const char *sql_type_message_name(SqlCompiler *c, const SqlType *type)
{
  switch (type->kind) {
  case SQL_TYPE_NULL: return "NULL";
  case SQL_TYPE_ARRAY: return "ARRAY";
  case SQL_TYPE_TIMESTAMP: return type->precision.given ? "TIMESTAMP" : "DATETIME";
  case SQL_TYPE_INTERVAL: return "DATETIME";
  case SQL_TYPE_TIME: return "TIME";
  case SQL_TYPE_BYTEA: return "BLOB";
  case SQL_TYPE_BIT: return "BIT";
  default: break;
  }
  g_autoptr(GString) text = g_string_new(NULL);
  SqlEnum as_text = {.non_native = TRUE};
  SqlType varchar = {.kind = SQL_TYPE_ENUM, .enumeration = &as_text};
  if (type->kind == SQL_TYPE_ENUM) {
    as_text.labels = type->enumeration->labels;
    as_text.length = type->enumeration->length;
    type = &varchar;
  }
  sql_put_type(c, text, type);
  return arena_strdup(c->arena, text->str);
}

static void fail_no_renderer(SqlCompiler *c, const SqlValue *value, const SqlType *type)
{
  sql_fail(c, SQL_ERROR_COMPILE,
           "No literal value renderer is available for literal value \"%s\" with datatype %s",
           sql_value_repr(c->arena, value), sql_type_message_name(c, type));
}

/* Python's str() of the value would be the answer, and that is not known here. */
static void fail_unknown(SqlCompiler *c, const SqlValue *value, const SqlType *type)
{
  sql_fail(c, SQL_ERROR_UNKNOWN, "%s as a literal of type %s", sql_value_repr(c->arena, value),
           sql_type_message_name(c, type));
}

static void fail_render(SqlCompiler *c, const SqlValue *value, const SqlType *type)
{
  sql_fail(c, SQL_ERROR_COMPILE,
           "Could not render literal value \"%s\" with datatype %s; see parent stack trace for more detail.",
           sql_value_repr(c->arena, value), sql_type_message_name(c, type));
}

/* int(text) in decimal digits, or NULL: an optional sign, digits with single underscores, white space around. */
static char *integer_text(const char *text)
{
  g_autofree char *copy = g_strstrip(g_strdup(text));
  const char *p = copy;
  gboolean negative = *p == '-';
  g_autoptr(GString) digits = g_string_new(NULL);

  if (*p == '-' || *p == '+')
    p++;
  for (; *p != '\0'; p++) {
    if (g_ascii_isdigit(*p))
      g_string_append_c(digits, *p);
    else if (*p != '_' || !g_ascii_isdigit(p[1]) || digits->len == 0)
      return NULL;
  }
  if (digits->len == 0)
    return NULL;
  const char *significant = digits->str;
  while (*significant == '0' && significant[1] != '\0')
    significant++;
  gboolean signed_zero = negative && strcmp(significant, "0") == 0;
  return g_strconcat(negative && !signed_zero ? "-" : "", significant, NULL);
}

/* The part of a float or Decimal before its point; NULL when it is not written that way ("1e+20", "nan"). */
static char *whole_part(const char *text)
{
  g_autofree char *whole = g_strdup(text);
  char *point = strchr(whole, '.');

  if (point != NULL) {
    if (strspn(point + 1, "0123456789") != strlen(point + 1))
      return NULL;
    *point = '\0';
  }
  return integer_text(whole);
}

/* int(uuid): its 128 bits as one number. */
static char *uuid_integer(const char *text)
{
  __extension__ unsigned __int128 number = 0;
  char digits[40];
  char *p = digits + sizeof digits - 1;

  for (; *text != '\0'; text++)
    if (g_ascii_isxdigit(*text))
      number = number * 16 + (unsigned)g_ascii_xdigit_value(*text);
  *p = '\0';
  do
    *--p = (char)('0' + (int)(number % 10));
  while ((number /= 10) != 0);
  return g_strdup(p);
}

static void put_integer(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  g_autofree char *digits = NULL;

  if (value->kind == SQL_VALUE_BOOL)
    digits = g_strdup(value->boolean ? "1" : "0");
  else if (value->kind == SQL_VALUE_INT || value->kind == SQL_VALUE_STRING)
    digits = integer_text(value->text);
  else if (value->kind == SQL_VALUE_FLOAT || value->kind == SQL_VALUE_DECIMAL)
    digits = whole_part(value->text);
  else if (value->kind == SQL_VALUE_UUID)
    digits = uuid_integer(value->text);
  if (digits != NULL)
    g_string_append(out, digits);
  else if (value->kind == SQL_VALUE_FLOAT || value->kind == SQL_VALUE_DECIMAL)
    fail_unknown(c, value, type);
  else
    fail_render(c, value, type);
}

/* What decimal.Decimal() takes from a str. */
static gboolean is_decimal(const char *text)
{
  return g_regex_match_simple(
      "^\\s*[-+]?((\\d[\\d_]*(\\.[\\d_]*)?|\\.\\d[\\d_]*)(e[-+]?\\d+)?|inf(inity)?|s?nan\\d*)\\s*$", text,
      G_REGEX_CASELESS, 0);
}

static void put_number(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  if (value->kind == SQL_VALUE_BOOL)
    g_string_append(out, value->boolean ? "True" : "False");
  else if (value->kind == SQL_VALUE_INT || value->kind == SQL_VALUE_FLOAT ||
           value->kind == SQL_VALUE_DECIMAL ||
           (value->kind == SQL_VALUE_STRING && (sql_is_old(c) || is_decimal(value->text))))
    g_string_append(out, value->text);
  else if (sql_is_old(c))
    fail_unknown(c, value, type); /* 1.4 writes str() of it */
  else
    fail_render(c, value, type);
}

static void put_boolean(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  gboolean is_number = value->kind == SQL_VALUE_INT || value->kind == SQL_VALUE_FLOAT;
  gdouble number = is_number ? g_ascii_strtod(value->text, NULL) : 0;

  if (value->kind == SQL_VALUE_BOOL)
    g_string_append(out, value->boolean ? "true" : "false");
  else if (is_number && (number == 0 || number == 1))
    g_string_append(out, number == 1 ? "true" : "false");
  else
    fail_render(c, value, type);
}

/* Dates and times render whatever has isoformat(): the part of it that the type keeps. */
static void put_moment(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  SqlAffinity affinity = sql_type_affinity(type);
  gboolean is_moment =
      value->kind == SQL_VALUE_DATE || value->kind == SQL_VALUE_TIME || value->kind == SQL_VALUE_DATETIME;

  if (sql_is_old(c)) {
    fail_no_renderer(c, value, type);
    return;
  }
  if (!is_moment) {
    fail_render(c, value, type);
    return;
  }
  const char *space = strchr(value->text, ' ');
  const char *start = value->text;
  gsize len = strlen(start);
  if (space != NULL && affinity == SQL_AFFINITY_DATE) {
    len = (gsize)(space - start);
  } else if (space != NULL && affinity == SQL_AFFINITY_TIME) {
    start = space + 1;
    len = strlen(start);
  }
  g_string_append_printf(out, "'%.*s'", (int)len, start);
}

static void put_uuid(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  gboolean is_text = value->kind == SQL_VALUE_STRING;

  if (value->kind != SQL_VALUE_UUID && !is_text) {
    if (type->kind == SQL_TYPE_UUID && !type->text_uuid)
      fail_unknown(c, value, type);
    else
      fail_render(c, value, type);
    return;
  }
  if (type->kind == SQL_TYPE_UUID && !type->text_uuid) {
    sql_append_string(out, value->text, (SqlEscape){.double_backslashes = !c->context->online});
    if (sql_is_old(c))
      g_string_append(out, "::UUID");
    return;
  }
  if (sql_is_old(c)) { /* as it is, nothing escaped */
    g_string_append_printf(out, "'%s'", value->text);
    return;
  }
  /* as_uuid=False takes only strings, CHAR(32) with as_uuid=True only UUIDs; both lose their hyphens. */
  if (is_text != type->text_uuid) {
    fail_render(c, value, type);
    return;
  }
  g_auto(GStrv) parts = g_strsplit(value->text, "-", -1);
  g_autofree char *bare = g_strjoinv("", parts);
  sql_append_string(out, bare, (SqlEscape){.double_backslashes = !c->context->online});
}

static void put_bytes(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  if (value->kind != SQL_VALUE_BYTES || !g_utf8_validate(value->text, (gssize)value->len, NULL)) {
    fail_render(c, value, type);
    return;
  }
  sql_append_string(out, value->text, (SqlEscape){.double_backslashes = !c->context->online});
}

/* The type's literals cannot be written at all, whatever the value. */
static gboolean has_no_renderer(SqlCompiler *c, const SqlType *type)
{
  if (type->kind == SQL_TYPE_ARRAY && sql_is_old(c))
    return TRUE;
  type = sql_type_innermost(type);
  switch (sql_type_affinity(type)) {
  case SQL_AFFINITY_NONE:
  case SQL_AFFINITY_ARRAY:
  case SQL_AFFINITY_HSTORE:
  case SQL_AFFINITY_RANGE:
  case SQL_AFFINITY_TUPLE: return TRUE;
  case SQL_AFFINITY_JSON: return type->kind != SQL_TYPE_JSONPATH;
  case SQL_AFFINITY_INTERVAL: return sql_is_old(c);
  default: return FALSE;
  }
}

/* Items of a Python sequence; a str is the sequence of its characters. */
static SqlValueList sequence_items(SqlCompiler *c, const SqlValue *value)
{
  SqlValueList items = {0};

  if (value->kind != SQL_VALUE_STRING)
    return value->items;
  for (const char *p = value->text; *p != '\0'; p = g_utf8_next_char(p)) {
    g_autofree char *one = g_strndup(p, (gsize)(g_utf8_next_char(p) - p));
    sql_value_list_add(c->arena, &items, sql_value_string(c->arena, one));
  }
  return items;
}

/* dimensions: how many levels of lists are declared; 0: as deep as the first elements go. */
static gboolean put_array(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type,
                          gint64 dimensions)
{
  gboolean is_sequence = value->kind == SQL_VALUE_LIST || value->kind == SQL_VALUE_STRING;

  if (!is_sequence || !sql_enter(c))
    return FALSE;
  SqlValueList items = sequence_items(c, value);
  gboolean innermost =
      dimensions == 1 || (dimensions == 0 && (items.n == 0 || items.items[0]->kind != SQL_VALUE_LIST));
  gboolean ok = TRUE;
  g_string_append(out, "ARRAY[");
  for (guint i = 0; ok && i < items.n; i++) {
    const SqlValue *item = items.items[i];
    if (i > 0)
      g_string_append(out, ", ");
    if (item->kind == SQL_VALUE_NULL)
      ok = FALSE;
    else if (innermost)
      put_value(c, out, item, type->item);
    else
      ok = put_array(c, out, item, type, dimensions == 0 ? 0 : dimensions - 1);
  }
  g_string_append_c(out, ']');
  sql_leave(c);
  return ok;
}

/* An element that fails makes the whole array fail, with the array in the message. */
static void put_array_literal(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  if (value->kind == SQL_VALUE_JSON || value->kind == SQL_VALUE_BYTES || value->kind == SQL_VALUE_OTHER) {
    fail_unknown(c, value, type);
    return;
  }
  gboolean ok = put_array(c, out, value, type, type->dimensions.given ? MAX(type->dimensions.value, 1) : 0);

  if (!ok || c->error != NULL) {
    g_clear_error(&c->error);
    fail_render(c, value, type);
  }
}

/* A member of a Python enum where its Enum type, or another type, is expected. */
static void put_member(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  const SqlEnum *e = type->kind == SQL_TYPE_ENUM ? type->enumeration : NULL;
  SqlAffinity affinity = sql_type_affinity(type);

  if (e != NULL && e->python_class != NULL && e->python_class == value->enum_class)
    value->member < e->labels.n ? sql_put_string(c, out, e->labels.items[value->member])
                                : fail_unknown(c, value, type);
  else if (affinity == SQL_AFFINITY_STRING && value->mixed == NULL)
    fail_render(c, value, type);
  else if (affinity == SQL_AFFINITY_STRING && value->mixed->kind == SQL_VALUE_STRING)
    sql_put_string(c, out, value->mixed->text);
  else if (affinity == SQL_AFFINITY_INTEGER && value->mixed != NULL && value->mixed->kind == SQL_VALUE_INT)
    put_integer(c, out, value->mixed, type);
  else
    fail_unknown(c, value, type);
}

static void put_value(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  if (value->kind == SQL_VALUE_ENUM) {
    put_member(c, out, value, type);
    return;
  }
  switch (sql_type_affinity(type)) {
  case SQL_AFFINITY_INTEGER: put_integer(c, out, value, type); break;
  case SQL_AFFINITY_NUMERIC: put_number(c, out, value, type); break;
  case SQL_AFFINITY_BOOLEAN: put_boolean(c, out, value, type); break;
  case SQL_AFFINITY_DATE:
  case SQL_AFFINITY_TIME:
  case SQL_AFFINITY_DATETIME: put_moment(c, out, value, type); break;
  case SQL_AFFINITY_INTERVAL:
    if (value->kind == SQL_VALUE_INTERVAL)
      g_string_append_printf(out, "make_interval(secs=>%s)", value->text);
    else
      fail_render(c, value, type);
    break;
  case SQL_AFFINITY_UUID: put_uuid(c, out, value, type); break;
  case SQL_AFFINITY_BINARY: put_bytes(c, out, value, type); break;
  case SQL_AFFINITY_ARRAY: put_array_literal(c, out, value, type); break;
  default:
    if (value->kind == SQL_VALUE_STRING)
      sql_put_string(c, out, value->text);
    else
      fail_render(c, value, type);
  }
}

/* Beside columns of these 1.4 writes text as text. */
static gboolean is_network(const SqlType *type)
{
  return type->kind == SQL_TYPE_INET || type->kind == SQL_TYPE_CIDR || type->kind == SQL_TYPE_MACADDR ||
         type->kind == SQL_TYPE_MACADDR8;
}

void sql_put_literal(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  if (c->error != NULL)
    return;
  if (type == NULL)
    type = sql_type(SQL_TYPE_NULL);
  if (type->kind == SQL_TYPE_REGCONFIG && sql_is_old(c))
    type = sql_type(SQL_TYPE_VARCHAR); /* SQLAlchemy 1.4 knows no configurations */
  if (value == NULL || value->kind == SQL_VALUE_NULL)
    g_string_append(out, "NULL");
  else if (has_no_renderer(c, type))
    sql_is_old(c) && is_network(type) ? fail_unknown(c, value, type) : fail_no_renderer(c, value, type);
  else
    put_value(c, out, value, type);
}

static void put_hex(GString *out, const SqlValue *value)
{
  g_string_append(out, "'\\x");
  for (gsize i = 0; i < value->len; i++)
    g_string_append_printf(out, "%02x", (guint8)value->text[i]);
  g_string_append(out, "'::bytea");
}

/* As the driver writes a timedelta, whose days the server keeps apart from its seconds. */
static void put_adapted_interval(GString *out, const char *total_seconds)
{
  gint64 microseconds = llround(g_ascii_strtod(total_seconds, NULL) * 1e6);
  gint64 day = (gint64)86400 * 1000 * 1000;
  gint64 days = microseconds / day - (microseconds % day < 0 ? 1 : 0);
  gint64 rest = microseconds - days * day;

  g_string_append_printf(out, "'%d days %d.%06d seconds'::interval", (int)days, (int)(rest / 1000000),
                         (int)(rest % 1000000));
}

static void put_adapted_list(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  const SqlType *item = type != NULL && type->kind == SQL_TYPE_ARRAY ? type->item : NULL;

  if (value->items.n == 0) {
    g_string_append(out, "'{}'");
    return;
  }
  if (!sql_enter(c))
    return;
  g_string_append(out, "ARRAY[");
  for (guint i = 0; i < value->items.n; i++) {
    gboolean nested = value->items.items[i]->kind == SQL_VALUE_LIST;
    if (i > 0)
      g_string_append(out, ", ");
    sql_put_adapted(c, out, value->items.items[i], nested ? type : item);
  }
  g_string_append_c(out, ']');
  sql_leave(c);
}

/* The driver knows a member only as what else it is; its Enum type hands over the label. */
static void put_adapted_member(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  if (type != NULL && type->kind == SQL_TYPE_ENUM)
    put_member(c, out, value, type);
  else if (value->mixed != NULL && value->mixed->kind == SQL_VALUE_STRING)
    sql_put_string(c, out, value->mixed->text);
  else
    fail_unknown(c, value, type != NULL ? type : sql_type(SQL_TYPE_NULL));
}

void sql_put_adapted(SqlCompiler *c, GString *out, const SqlValue *value, const SqlType *type)
{
  if (c->error != NULL)
    return;
  gboolean is_json = sql_type_affinity(type) == SQL_AFFINITY_JSON && type->kind != SQL_TYPE_JSONPATH;
  if (is_json && value->json != NULL && value->kind != SQL_VALUE_NULL) {
    sql_put_string(c, out, value->json);
    return;
  }
  switch (value->kind) {
  case SQL_VALUE_NULL: g_string_append(out, "NULL"); break;
  case SQL_VALUE_BOOL: g_string_append(out, value->boolean ? "true" : "false"); break;
  case SQL_VALUE_INT:
  case SQL_VALUE_FLOAT:
  case SQL_VALUE_DECIMAL: g_string_append(out, value->text); break;
  case SQL_VALUE_STRING: sql_put_string(c, out, value->text); break;
  case SQL_VALUE_ENUM: put_adapted_member(c, out, value, type); break;
  case SQL_VALUE_BYTES: put_hex(out, value); break;
  case SQL_VALUE_DATE: g_string_append_printf(out, "'%s'::date", value->text); break;
  case SQL_VALUE_TIME: g_string_append_printf(out, "'%s'::time", value->text); break;
  case SQL_VALUE_DATETIME: {
    const char *clock = strchr(value->text, ' ');
    gboolean zone = clock != NULL && strpbrk(clock, "+-") != NULL;
    g_string_append_printf(out, "'%s'::%s", value->text, zone ? "timestamptz" : "timestamp");
    break;
  }
  case SQL_VALUE_INTERVAL: put_adapted_interval(out, value->text); break;
  case SQL_VALUE_UUID: g_string_append_printf(out, "'%s'::uuid", value->text); break;
  case SQL_VALUE_LIST: put_adapted_list(c, out, value, type); break;
  default: sql_fail(c, SQL_ERROR_STATEMENT, "can't adapt %s", sql_value_repr(c->arena, value));
  }
}
