/* sqlalchemy.inspect(bind), answered by the catalog of a database: one query a method, one JSON object an item. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "answers.h"

typedef struct {
  PyValue cache; /* dict: what this inspector said before stays what it says */
} Inspector;

static const PyHostClass live_inspector_class;

/* ---- queries ---- */

static char *quoted(const char *text)
{
  g_auto(GStrv) parts = g_strsplit(text, "'", -1);
  g_autofree char *inner = g_strjoinv("''", parts);
  return g_strdup_printf("'%s'", inner);
}

/* Which relations (or types) a schema argument means; prefix: "c.rel" has relnamespace and oid. */
static char *in_schema(const char *schema, const char *namespace, const char *visible)
{
  if (!schema)
    return g_strdup_printf("%s AND %s NOT IN (SELECT oid FROM pg_namespace WHERE nspname = 'pg_catalog')",
                           visible, namespace);
  g_autofree char *name = quoted(schema);
  return g_strdup_printf("%s = (SELECT oid FROM pg_namespace WHERE nspname = %s)", namespace, name);
}

#define IN_TABLE(schema) in_schema(schema, "c.relnamespace", "pg_table_is_visible(c.oid)")
#define IN_TYPE(schema) in_schema(schema, "t.typnamespace", "pg_type_is_visible(t.oid)")

/* %u is the table's oid. */
static const char columns_sql[] =
    "SELECT json_build_object('name', a.attname, 'format', format_type(a.atttypid, a.atttypmod), "
    "'domain', t.typtype = 'd', 'special', a.attgenerated <> '' OR a.attidentity <> '', "
    "'nullable', NOT a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid), "
    "'comment', col_description(a.attrelid, a.attnum)) "
    "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
    "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    "WHERE a.attrelid = %u AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

#define KEY_COLUMNS(keys, table)                                               \
  "(SELECT coalesce(json_agg(a.attname ORDER BY u.n), '[]') FROM unnest(" keys \
  ") WITH ORDINALITY u(attnum, n) JOIN pg_attribute a ON a.attrelid = " table " AND a.attnum = u.attnum)"

static const char primary_sql[] = "SELECT json_build_object('constrained_columns', " KEY_COLUMNS(
    "k.conkey", "k.conrelid") ", "
                              "'name', k.conname, 'comment', obj_description(k.oid, 'pg_constraint')) "
                              "FROM pg_constraint k WHERE k.conrelid = %u AND k.contype = 'p'";

static const char unique_sql[] = "SELECT json_build_object('column_names', " KEY_COLUMNS(
    "k.conkey",
    "k.conrelid") ", "
                  "'name', k.conname, 'comment', obj_description(k.oid, 'pg_constraint'), 'dialect_options', "
                  "NULL) "
                  "FROM pg_constraint k WHERE k.conrelid = %u AND k.contype = 'u' ORDER BY k.conname";

#define ACTION(name, column)                                                        \
  "'" name "', CASE k." column " WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' " \
  "WHEN 'd' THEN 'SET DEFAULT' WHEN 'r' THEN 'RESTRICT' END, "

static const char foreign_sql[] =
    "SELECT json_build_object('name', k.conname, "
    "'constrained_columns', " KEY_COLUMNS(
        "k.conkey",
        "k.conrelid") ", "
                      "'referred_schema', CASE WHEN NOT pg_table_is_visible(k.confrelid) OR n.nspname = %s "
                      "THEN n.nspname END, "
                      "'referred_table', r.relname, 'referred_columns', " KEY_COLUMNS(
                          "k.confkey",
                          "k.confrelid") ", "
                                         "'options', json_strip_nulls(json_build_object(" ACTION(
                                             "onupdate", "confupdtype")
                                             ACTION("ondelete",
                                                    "confdeltype") "'initially', CASE WHEN k.condeferred "
                                                                   "THEN 'DEFERRED' END, 'deferrable', "
                                                                   "nullif(k.condeferrable, false), "
                                                                   "'match', CASE k.confmatchtype WHEN 'f' "
                                                                   "THEN 'FULL' END)), "
                                                                   "'comment', obj_description(k.oid, "
                                                                   "'pg_constraint')) "
                                                                   "FROM pg_constraint k JOIN pg_class r ON "
                                                                   "r.oid = k.confrelid JOIN pg_namespace n "
                                                                   "ON n.oid = r.relnamespace "
                                                                   "WHERE k.conrelid = %u AND k.contype = "
                                                                   "'f' ORDER BY k.conname";

static const char check_sql[] =
    "SELECT json_build_object('name', k.conname, 'sqltext', pg_get_constraintdef(k.oid), "
    "'comment', obj_description(k.oid, 'pg_constraint')) "
    "FROM pg_constraint k WHERE k.conrelid = %u AND k.contype = 'c' ORDER BY k.conname";

static const char indexes_sql[] =
    "SELECT json_build_object('name', c.relname, 'unique', i.indisunique, 'column_names', "
    "(SELECT json_agg(CASE WHEN i.indkey[n] <> 0 THEN pg_get_indexdef(i.indexrelid, n + 1, true) END ORDER "
    "BY n) "
    "FROM generate_series(0, i.indnkeyatts - 1) n), "
    "'plain', 0 <> ALL (i.indkey::int2[]) AND 0 = ALL (i.indoption::int2[]), "
    "'constraint', EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN "
    "('p', 'u', 'x'))) "
    "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "WHERE i.indrelid = %u AND NOT i.indisprimary ORDER BY c.relname";

/* ---- asking ---- */

static const QueryAnswer *ask_catalog(PyInterp *interp, CatalogQuestion question, const char *name,
                                      const char *sql, const char *what)
{
  const Change *change = answers_catalog_spoiled(interp, question, name);
  if (!change)
    return answers_ask(interp, sql, what);
  PyValue spoiled = answers_spoiled_value(interp, what, change);
  py_stop_because(interp, spoiled.reason);
  return NULL;
}

/* "inspect(...).get_columns('orders')", in the arena. */
static const char *question_text(PyInterp *interp, const char *method, const char *name)
{
  g_autofree char *text = name ? g_strdup_printf(_("inspect(...).%s(%s) asks the database"), method, name)
                               : g_strdup_printf(_("inspect(...).%s() asks the database"), method);
  return arena_strdup(py_arena(interp), text);
}

/* All items of a one-column answer. */
static PyValue items_of(PyInterp *interp, const QueryAnswer *answer)
{
  PyValue list = py_list(interp, answer->n_rows);
  for (guint i = 0; i < answer->n_rows; i++) {
    PyValue item = answer_cell(interp, answer->types[0], answer->cells[i]);
    if (py_is_null(item))
      return item;
    py_list_append(interp, list.list, item);
  }
  return list;
}

/* The oid of a table or view as text; NULL: there is none, or the run is over. */
static const char *find_table(PyInterp *interp, CatalogQuestion question, const char *table,
                              const char *schema, const char *what)
{
  g_autofree char *condition = IN_TABLE(schema);
  g_autofree char *name = quoted(table);
  g_autofree char *sql = g_strdup_printf(
      "SELECT c.oid FROM pg_class c WHERE c.relname = %s AND %s%s", name, condition,
      run_is_old(interp) && question == CATALOG_TABLES ? "" : " AND c.relkind IN ('r', 'p', 'f', 'v', 'm')");
  const QueryAnswer *answer =
      ask_catalog(interp, question == CATALOG_TABLES ? CATALOG_TABLE : question, table, sql, what);
  return answer && answer->n_rows ? answer->cells[0] : NULL;
}

/* ---- what the rows become ---- */

static PyValue not_said(PyInterp *interp, const char *what)
{
  return py_unknown(interp, PY_NEEDS_PYTHON, _("%s, as SQLAlchemy would say it, is not understood"), what);
}

/* The types whose spelling is beyond doubt, by their class; others are unknown until somebody needs them. */
static PyValue type_of_format(PyInterp *interp, const char *format)
{
  static const struct {
    const char *format;
    const char *name;
  } plain[] = {{"integer", "INTEGER"}, {"bigint", "BIGINT"},   {"smallint", "SMALLINT"},
               {"text", "TEXT"},       {"boolean", "BOOLEAN"}, {"date", "DATE"},
               {"json", "JSON"},       {"jsonb", "JSONB"},     {"character varying", "VARCHAR"}};
  guint length = 0;
  char end = 0;
  gboolean sized = sscanf(format, "character varying(%u%c", &length, &end) == 2 && end == ')';
  PyValue size = py_int(length);
  for (guint i = 0; i < G_N_ELEMENTS(plain); i++)
    if (strcmp(plain[i].format, sized ? "character varying" : format) == 0) {
      PyValue cls = py_getattr(interp, py_import(interp, "sqlalchemy.dialects.postgresql"), plain[i].name);
      return py_is_null(cls) ? cls : py_call(interp, cls, &size, sized ? 1 : 0);
    }
  return not_said(interp, format);
}

static PyValue column_item(PyInterp *interp, PyValue raw, const char *schema)
{
  PyValue column = py_dict(interp), format = py_dict_get_text(raw.dict, "format");
  PyValue fallback = py_dict_get_text(raw.dict, "default");
  gboolean domain = py_is_true(py_dict_get_text(raw.dict, "domain"));
  gboolean special = py_is_true(py_dict_get_text(raw.dict, "special"));
  gboolean serial = py_text(fallback) && g_str_has_prefix(py_text(fallback), "nextval(");
  static const char *const same[] = {"name", "nullable", "comment"};
  for (guint i = 0; i < G_N_ELEMENTS(same); i++)
    py_dict_set_text(interp, column.dict, same[i], py_dict_get_text(raw.dict, same[i]));
  py_dict_set_text(interp, column.dict, "type",
                   domain ? not_said(interp, "a domain") : type_of_format(interp, py_text(format)));
  py_dict_set_text(interp, column.dict, "default",
                   special || domain || (serial && schema) ? not_said(interp, "the default") : fallback);
  py_dict_set_text(interp, column.dict, "autoincrement",
                   special ? not_said(interp, "autoincrement") : py_bool(serial));
  if (domain)
    py_dict_set_text(interp, column.dict, "nullable", not_said(interp, "nullable of a domain"));
  if (special) {
    py_dict_set_text(interp, column.dict, "computed", not_said(interp, "a computed column"));
    py_dict_set_text(interp, column.dict, "identity", not_said(interp, "an identity column"));
  }
  return column;
}

static PyValue index_item(PyInterp *interp, PyValue raw, const char *schema)
{
  (void)schema;
  PyValue index = py_dict(interp), name = py_dict_get_text(raw.dict, "name");
  static const char *const same[] = {"name", "unique", "column_names"};
  for (guint i = 0; i < G_N_ELEMENTS(same); i++)
    py_dict_set_text(interp, index.dict, same[i], py_dict_get_text(raw.dict, same[i]));
  if (py_is_true(py_dict_get_text(raw.dict, "constraint")))
    py_dict_set_text(interp, index.dict, "duplicates_constraint", name);
  if (!py_is_true(py_dict_get_text(raw.dict, "plain"))) {
    py_dict_set_text(interp, index.dict, "expressions", not_said(interp, "an expression"));
    py_dict_set_text(interp, index.dict, "column_sorting", not_said(interp, "an order"));
  }
  py_dict_set_text(interp, index.dict, "include_columns", not_said(interp, "include_columns"));
  py_dict_set_text(interp, index.dict, "dialect_options", not_said(interp, "dialect_options"));
  return index;
}

static PyValue constraint_item(PyInterp *interp, PyValue raw, const char *schema)
{
  (void)schema;
  py_dict_set_text(interp, raw.dict, "dialect_options", not_said(interp, "dialect_options"));
  return raw;
}

/* SQLAlchemy 1.4 says less of constraints. */
static PyValue as_old(PyInterp *interp, PyValue raw)
{
  static const char *const later[] = {"comment", "dialect_options"};
  for (guint i = 0; i < G_N_ELEMENTS(later); i++)
    if (!py_is_null(py_dict_get_text(raw.dict, later[i])))
      py_dict_del(interp, raw.dict, py_str(interp, later[i], -1));
  return raw;
}

/* "CHECK ((a > 1))" is "a > 1". */
static PyValue check_item(PyInterp *interp, PyValue raw, const char *schema)
{
  (void)schema;
  const char *text = py_text(py_dict_get_text(raw.dict, "sqltext"));
  gsize start = strlen("CHECK ("), end = strlen(text);
  if (end < start + 1 || text[end - 1] != ')') {
    py_dict_set_text(interp, raw.dict, "sqltext", not_said(interp, text));
    py_dict_set_text(interp, raw.dict, "dialect_options", not_said(interp, text));
    return raw;
  }
  for (end--; text[start] == '(' && text[end - 1] == ')'; start++, end--) {
    int depth = 0;
    gsize i = start;
    for (; i < end; i++) {
      depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
      if (depth == 0)
        break;
    }
    if (i != end - 1)
      break;
  }
  py_dict_set_text(interp, raw.dict, "sqltext", py_str(interp, text + start, (gssize)(end - start)));
  return raw;
}

/* ---- methods ---- */

typedef struct {
  const char *name;
  CatalogQuestion question;
  const char *sql;
  PyValue (*item)(PyInterp *interp, PyValue raw, const char *schema);
} TableMethod;

static const TableMethod table_rows[] = {
    {"get_columns", CATALOG_TABLE, columns_sql, column_item},
    {"get_indexes", CATALOG_TABLE, indexes_sql, index_item},
    {"get_unique_constraints", CATALOG_TABLE, unique_sql, constraint_item},
    {"get_foreign_keys", CATALOG_FOREIGN_KEYS, foreign_sql, NULL},
    {"get_check_constraints", CATALOG_TABLE, check_sql, check_item},
    {"get_pk_constraint", CATALOG_TABLE, primary_sql, constraint_item},
};

static PyValue no_primary_key(PyInterp *interp)
{
  PyValue none = py_dict(interp);
  py_dict_set_text(interp, none.dict, "constrained_columns", py_list(interp, 0));
  py_dict_set_text(interp, none.dict, "name", py_none());
  return none;
}

static char *table_sql(const TableMethod *method, const char *oid_text, const char *schema)
{
  guint oid = (guint)g_ascii_strtoull(oid_text, NULL, 10);
  g_autofree char *name = schema ? quoted(schema) : g_strdup("NULL");
  g_auto(GStrv) with_oid = g_strsplit(method->sql, "%u", -1);
  g_autofree char *number = g_strdup_printf("%u", oid);
  g_autofree char *sql = g_strjoinv(number, with_oid);
  g_auto(GStrv) with_schema = g_strsplit(sql, "%s", -1);
  return g_strjoinv(name, with_schema);
}

static PyValue describe(PyInterp *interp, const TableMethod *method, const char *table, const char *schema)
{
  const char *what = question_text(interp, method->name, table);
  const char *oid = find_table(interp, method->question, table, schema, what);
  if (!oid)
    return py_failed(interp) ? py_null() : raise_sa(interp, "NoSuchTableError", "%s", table);
  g_autofree char *sql = table_sql(method, oid, schema);
  const QueryAnswer *answer = answers_ask(interp, sql, what);
  g_clear_pointer(&sql, g_free);
  PyValue items = answer ? items_of(interp, answer) : py_null();
  for (gsize i = 0; !py_is_null(items) && i < items.list->len; i++) {
    PyValue *item = &items.list->items[i];
    if (method->item)
      *item = method->item(interp, *item, schema);
    if (run_is_old(interp) && method->item != column_item && method->item != index_item)
      *item = as_old(interp, *item);
  }
  if (py_is_null(items) || strcmp(method->name, "get_pk_constraint") != 0)
    return items;
  return items.list->len ? items.list->items[0] : no_primary_key(interp);
}

/* What was said before under this key; PY_NULL: nothing. */
static PyValue remembered(PyCall *call, const char *key)
{
  Inspector *inspector = py_payload(call->self, &live_inspector_class);
  return py_dict_get_text(inspector->cache.dict, key);
}

static PyValue remember(PyInterp *interp, PyCall *call, const char *key, PyValue value)
{
  Inspector *inspector = py_payload(call->self, &live_inspector_class);
  if (!py_is_null(value))
    py_dict_set_text(interp, inspector->cache.dict, key, value);
  return value;
}

/* table_name (unless lacking) and schema; FALSE: the run is over. */
static gboolean take_names(PyInterp *interp, PyCall *call, const char **table, const char **schema,
                           const char **key)
{
  guint n = 0;
  gboolean ok = TRUE;
  if (table && !(*table = py_arg_text(call, n++)))
    return FALSE;
  *schema = py_arg_text_opt(call, n, &ok);
  g_autofree char *text =
      g_strdup_printf("%s|%s|%s", call->function, table ? *table : "", *schema ? *schema : "\n");
  *key = arena_strdup(py_arena(interp), text);
  return ok;
}

static PyValue inspector_describe(PyInterp *interp, PyCall *call)
{
  const char *table, *schema, *key;
  if (!take_names(interp, call, &table, &schema, &key))
    return py_null();
  PyValue known = remembered(call, key);
  if (!py_is_null(known))
    return known;
  for (guint i = 0; i < G_N_ELEMENTS(table_rows); i++)
    if (strcmp(table_rows[i].name, call->function) == 0)
      return remember(interp, call, key, describe(interp, &table_rows[i], table, schema));
  return py_null();
}

/* 1.4 asks anew each time. */
static PyValue inspector_has_table(PyInterp *interp, PyCall *call)
{
  const char *table, *schema, *key;
  if (!take_names(interp, call, &table, &schema, &key))
    return py_null();
  PyValue known = run_is_old(interp) ? py_null() : remembered(call, key);
  if (!py_is_null(known))
    return known;
  const char *oid =
      find_table(interp, CATALOG_TABLES, table, schema, question_text(interp, "has_table", table));
  return py_failed(interp) ? py_null() : remember(interp, call, key, py_bool(oid != NULL));
}

static PyValue inspector_has_index(PyInterp *interp, PyCall *call)
{
  static const TableMethod *const indexes = &table_rows[1];
  gboolean ok;
  const char *table = py_arg_text(call, 0), *index = table ? py_arg_text(call, 1) : NULL;
  const char *schema = index ? py_arg_text_opt(call, 2, &ok) : NULL;
  if (!index || !ok)
    return py_null();
  PyValue items = describe(interp, indexes, table, schema);
  for (gsize i = 0; !py_is_null(items) && i < items.list->len; i++)
    if (g_strcmp0(py_text(py_dict_get_text(items.list->items[i].dict, "name")), index) == 0)
      return py_bool(TRUE);
  return py_is_null(items) ? items : py_bool(FALSE);
}

/* Lists of names: the query, %s is the condition on the schema. */
static const struct {
  const char *name;
  CatalogQuestion question;
  const char *sql;
} list_rows[] = {
    {"get_table_names", CATALOG_TABLES,
     "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND %s "
     "ORDER BY c.oid"},
    {"get_view_names", CATALOG_TABLES,
     "SELECT c.relname FROM pg_class c WHERE c.relkind = 'v' AND c.relpersistence <> 't' AND %s ORDER BY "
     "c.oid"},
    {"get_schema_names", CATALOG_TYPES,
     "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' ORDER BY nspname"},
    {"get_enums", CATALOG_TYPES,
     "SELECT json_build_object('name', t.typname, 'schema', n.nspname, 'visible', pg_type_is_visible(t.oid), "
     "'labels', (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = "
     "t.oid)) "
     "FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND %s "
     "ORDER BY n.nspname, t.typname"},
};

static PyValue inspector_list(PyInterp *interp, PyCall *call)
{
  const char *schema = NULL, *key = "schemas";
  if (call->n_values && !take_names(interp, call, NULL, &schema, &key))
    return py_null();
  PyValue known = remembered(call, key);
  guint row = 0;
  while (strcmp(list_rows[row].name, call->function) != 0)
    row++;
  if (!py_is_null(known))
    return known;
  g_autofree char *condition = strcmp(call->function, "get_enums") == 0 ? IN_TYPE(schema) : IN_TABLE(schema);
  g_auto(GStrv) parts = g_strsplit(list_rows[row].sql, "%s", -1);
  g_autofree char *sql = g_strjoinv(condition, parts);
  const QueryAnswer *answer =
      ask_catalog(interp, list_rows[row].question, NULL, sql, question_text(interp, call->function, NULL));
  g_clear_pointer(&sql, g_free);
  g_clear_pointer(&condition, g_free);
  g_clear_pointer(&parts, g_strfreev);
  return answer ? remember(interp, call, key, items_of(interp, answer)) : py_null();
}

static PyValue inspector_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  if (strcmp(name->data, "bind") == 0)
    return bind_value(interp);
  if (strcmp(name->data, "dialect") == 0)
    return dialect_value(interp);
  if (strcmp(name->data, "default_schema_name") != 0)
    return refuse_getattr(interp, self, name);
  const QueryAnswer *answer = ask_catalog(interp, CATALOG_TYPES, NULL, "SELECT current_schema()",
                                          question_text(interp, name->data, NULL));
  return answer ? answer_cell(interp, "name", answer->cells[0]) : py_null();
}

static const PyMethod live_inspector_methods[] = {
    {"get_columns", inspector_describe, "table_name, schema=None", 0},
    {"get_indexes", inspector_describe, "table_name, schema=None", 0},
    {"get_unique_constraints", inspector_describe, "table_name, schema=None", 0},
    {"get_foreign_keys", inspector_describe, "table_name, schema=None", 0},
    {"get_check_constraints", inspector_describe, "table_name, schema=None", 0},
    {"get_pk_constraint", inspector_describe, "table_name, schema=None", 0},
    {"has_table", inspector_has_table, "table_name, schema=None", 0},
    {"has_index", inspector_has_index, "table_name, index_name, schema=None", 0},
    {"get_table_names", inspector_list, "schema=None", 0},
    {"get_view_names", inspector_list, "schema=None", 0},
    {"get_schema_names", inspector_list, "", 0},
    {"get_enums", inspector_list, "schema=None", 0},
    {NULL, NULL, NULL, 0},
};

static const PyHostClass live_inspector_class = {
    .name = "PGInspector",
    .module = "sqlalchemy.dialects.postgresql.base",
    .methods = live_inspector_methods,
    .getattr = inspector_getattr,
    .setattr = refuse_setattr,
    .class_getattr = refuse_class_getattr,
};

PyValue live_inspector_value(PyInterp *interp)
{
  Inspector *inspector = arena_new0(py_arena(interp), Inspector);
  inspector->cache = py_dict(interp);
  return py_host_object(interp, &live_inspector_class, inspector);
}

int catalog_has_table(PyInterp *interp, SqlName name, SqlName schema, const char *what)
{
  const char *oid = find_table(interp, CATALOG_TABLES, name.text, schema.text, what);
  return py_failed(interp) ? -1 : oid != NULL;
}

int catalog_has_type(PyInterp *interp, SqlName name, SqlName schema, const char *what)
{
  g_autofree char *condition = IN_TYPE(schema.text);
  g_autofree char *text = quoted(name.text);
  g_autofree char *sql =
      g_strdup_printf("SELECT count(*) FROM pg_type t WHERE t.typname = %s AND %s", text, condition);
  const QueryAnswer *answer = ask_catalog(interp, CATALOG_TYPE, name.text, sql, what);
  return answer ? strcmp(answer->cells[0], "0") != 0 : -1;
}
