/* When a database may be asked, and what it said. */
#include "answers.h"

#include <glib/gi18n.h>
#include <string.h>

#include "session.h"

/* ---- answers as data ---- */

QueryAnswer *query_answer_new(const char *sql, guint n_columns, guint n_rows)
{
  QueryAnswer *answer = g_new0(QueryAnswer, 1);
  answer->sql = g_strdup(sql);
  answer->n_columns = n_columns;
  answer->n_rows = n_rows;
  answer->names = g_new0(char *, n_columns + 1);
  answer->types = g_new0(char *, n_columns + 1);
  answer->cells = g_new0(char *, (gsize)n_columns *n_rows + 1);
  return answer;
}

void query_answer_free(QueryAnswer *answer)
{
  if (!answer)
    return;
  for (gsize i = 0; i < (gsize)answer->n_columns * answer->n_rows; i++)
    g_free(answer->cells[i]);
  g_free(answer->cells);
  g_strfreev(answer->names);
  g_strfreev(answer->types);
  g_free(answer->sql);
  g_free(answer);
}

gboolean query_answer_equal(const QueryAnswer *a, const QueryAnswer *b)
{
  if (strcmp(a->sql, b->sql) != 0 || a->n_columns != b->n_columns || a->n_rows != b->n_rows)
    return FALSE;
  for (guint i = 0; i < a->n_columns; i++)
    if (g_strcmp0(a->names[i], b->names[i]) != 0 || g_strcmp0(a->types[i], b->types[i]) != 0)
      return FALSE;
  for (gsize i = 0; i < (gsize)a->n_columns * a->n_rows; i++)
    if (g_strcmp0(a->cells[i], b->cells[i]) != 0)
      return FALSE;
  return TRUE;
}

/* ---- changes ---- */

void seen_change_free(gpointer data)
{
  Change *change = data;
  g_free(change->name);
  g_free(change->new_name);
  g_free(change);
}

gboolean answers_available(PyInterp *interp)
{
  const RenderOptions *options = run_of(interp)->options;
  return options->online && options->answers;
}

static Change *object(SqlName name)
{
  Change *change = g_new0(Change, 1);
  change->kind = name.text ? CHANGE_OBJECT : CHANGE_ANY;
  change->name = g_strdup(name.text);
  return change;
}

static Change *of_kind(ChangeKind kind)
{
  Change *change = g_new0(Change, 1);
  change->kind = kind;
  return change;
}

static Change *with(Change *change, gboolean tables, gboolean types, const char *new_name)
{
  change->tables = tables;
  change->types = types;
  change->new_name = g_strdup(new_name);
  return change;
}

/* One statement that begins with one of these and has nothing behind it changes rows only. */
static gboolean changes_rows_only(const char *sql)
{
  static const char *const verbs[] = {"insert ", "update ", "delete "};
  while (g_ascii_isspace(*sql))
    sql++;
  const char *end = strchr(sql, ';');
  if (end && strspn(end, "; \t\r\n") < strlen(end))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
    if (g_ascii_strncasecmp(sql, verbs[i], strlen(verbs[i])) == 0)
      return TRUE;
  return FALSE;
}

/* NULL: it changes nothing. */
static Change *change_of_text(const AnswerSource *source, const char *sql)
{
  if (source->only_reads(sql, source->data))
    return NULL;
  return of_kind(changes_rows_only(sql) ? CHANGE_ROWS : CHANGE_ANY);
}

static Change *change_of(const AnswerSource *source, const SqlOp *op, const char *sql)
{
  switch (op->kind) {
  case SQL_CREATE_TABLE: return with(object(op->create_table.table->name), TRUE, TRUE, NULL);
  case SQL_DROP_TABLE: return with(object(op->drop_table.name), TRUE, TRUE, NULL);
  case SQL_CREATE_ALL:
  case SQL_DROP_ALL: return of_kind(CHANGE_ANY);
  case SQL_RENAME_TABLE:
    return with(object(op->rename_table.name), TRUE, FALSE, op->rename_table.new_name.text);
  case SQL_ADD_COLUMN: return with(object(op->add_column.table), FALSE, TRUE, NULL);
  case SQL_DROP_COLUMN: return object(op->drop_column.table);
  case SQL_ALTER_COLUMN:
    return with(object(op->alter_column.table), FALSE, TRUE, op->alter_column.new_name.text ? "" : NULL);
  case SQL_ADD_CONSTRAINT: return object(op->add_constraint.table);
  case SQL_DROP_CONSTRAINT:
    return op->drop_constraint.cascade ? of_kind(CHANGE_ANY) : object(op->drop_constraint.table);
  case SQL_CREATE_INDEX: return object(op->create_index.table);
  case SQL_DROP_INDEX: return object(op->drop_index.table);
  case SQL_TABLE_COMMENT:
  case SQL_COLUMN_COMMENT: return object(op->comment.table);
  case SQL_CREATE_TYPE:
  case SQL_DROP_TYPE:
    if (op->type.cascade)
      return of_kind(CHANGE_ANY);
    return object(op->type.enumeration ? op->type.enumeration->name : op->type.domain->name);
  case SQL_BULK_INSERT: return of_kind(CHANGE_ROWS);
  case SQL_EXECUTE:
  case SQL_DDL_TEXT: return change_of_text(source, sql);
  default: return of_kind(CHANGE_ANY);
  }
}

void answers_note_change(PyInterp *interp, const SqlOp *op, guint first)
{
  Run *run = run_of(interp);
  if (!answers_available(interp))
    return;
  for (guint i = first; i < run->script->statements->len; i++) {
    const Statement *statement = run->script->statements->pdata[i];
    Change *change = change_of(run->options->answers, op, statement->sql);
    if (!change)
      continue;
    change->line = statement->line;
    g_ptr_array_add(run->session->changes, change);
  }
}

void answers_note_unfinished(Run *run)
{
  g_ptr_array_add(run->session->changes, of_kind(CHANGE_ANY));
}

static gboolean mentions(const char *folded, const char *name)
{
  g_autofree char *word = name ? g_utf8_casefold(name, -1) : NULL;
  return word && *word && strstr(folded, word);
}

const Change *answers_rows_spoiled(PyInterp *interp, const char *sql)
{
  /* A definition matters to who reads it, or the catalog. */
  static const char *const catalogs[] = {"pg_", "information_schema", "to_reg", "current_schema"};
  const GPtrArray *changes = run_of(interp)->session->changes;
  g_autofree char *folded = g_utf8_casefold(sql, -1);
  for (guint i = 0; i < changes->len; i++) {
    const Change *change = changes->pdata[i];
    gboolean spoils =
        change->kind != CHANGE_OBJECT || mentions(folded, change->name) || mentions(folded, change->new_name);
    for (guint k = 0; k < G_N_ELEMENTS(catalogs) && !spoils; k++)
      spoils = strstr(folded, catalogs[k]) != NULL;
    if (spoils)
      return change;
  }
  return NULL;
}

const Change *answers_catalog_spoiled(PyInterp *interp, CatalogQuestion question, const char *name)
{
  const GPtrArray *changes = run_of(interp)->session->changes;
  for (guint i = 0; i < changes->len; i++) {
    const Change *change = changes->pdata[i];
    gboolean same = g_strcmp0(change->name, name) == 0 || g_strcmp0(change->new_name, name) == 0;
    gboolean spoils = change->kind == CHANGE_ANY;
    if (change->kind == CHANGE_OBJECT)
      spoils = question == CATALOG_TABLES         ? change->tables
               : question == CATALOG_TYPES        ? TRUE
               : question == CATALOG_TYPE         ? same || change->types
               : question == CATALOG_FOREIGN_KEYS ? same || change->new_name
                                                  : same;
    if (spoils)
      return change;
  }
  return NULL;
}

PyValue answers_spoiled_value(PyInterp *interp, const char *what, const Change *change)
{
  if (change->line == 0)
    return py_unknown(interp, PY_NEEDS_DATABASE, _("%s, which an earlier migration may change"), what);
  return py_unknown(interp, PY_NEEDS_DATABASE, _("%s, which the statement of line %u may change before"),
                    what, change->line);
}

/* ---- asking ---- */

const QueryAnswer *answers_ask(PyInterp *interp, const char *sql, const char *what)
{
  Run *run = run_of(interp);
  Script *script = run->script;
  const AnswerSource *source = run->options->answers;
  g_autoptr(GError) error = NULL;
  QueryAnswer *answer = py_spend(interp, 1000) ? source->query(sql, source->data, &error) : NULL;
  if (!answer) {
    if (error)
      needs_database(interp, "%s: %s", what, error->message);
    return NULL;
  }
  answer->line = py_here_in(interp, run->path).line;
  if (!script->answers) {
    script->answers = g_ptr_array_new_with_free_func((GDestroyNotify)query_answer_free);
    script->answered_at = g_get_real_time();
  }
  g_ptr_array_add(script->answers, answer);
  return answer;
}

static gboolean has_reason_at(const Script *script, guint line)
{
  for (guint i = 0; i < script->reasons->len; i++)
    if (((const RenderReason *)script->reasons->pdata[i])->line == line)
      return TRUE;
  return FALSE;
}

void answers_conclude(Run *run)
{
  Script *script = run->script;
  if (!script->answers)
    return;
  script->state = RENDER_DATABASE;
  script->answered = TRUE;
  for (guint i = 0; i < script->answers->len; i++) {
    const QueryAnswer *answer = script->answers->pdata[i];
    if (has_reason_at(script, answer->line))
      continue;
    RenderReason *reason = g_new0(RenderReason, 1);
    reason->line = answer->line;
    reason->what = g_strdup(_("true for what the database answers here"));
    g_ptr_array_add(script->reasons, reason);
  }
}

/* ---- values ---- */

static PyValue from_module(PyInterp *interp, const char *module, const char *function, const char *text)
{
  PyValue callee = py_getattr(interp, py_import(interp, module), function);
  PyValue argument = py_str(interp, text, -1);
  return py_is_null(callee) ? callee : py_call(interp, callee, &argument, 1);
}

/* datetime.fromisoformat() wants six digits of a fraction and minutes in an offset; the server leaves both out. */
static char *iso_time(const char *text)
{
  GString *out = g_string_new(NULL);
  const char *dot = strchr(text, '.');
  gsize zone = strcspn(text, "+");
  const char *minus = strchr(text, ':') ? strchr(strchr(text, ':'), '-') : NULL;
  zone = minus ? MIN(zone, (gsize)(minus - text)) : zone;
  g_string_append_len(out, text, (gssize)zone);
  if (dot)
    for (gsize digits = zone - (gsize)(dot + 1 - text); digits < 6; digits++)
      g_string_append_c(out, '0');
  g_string_append(out, text + zone);
  if (text[zone] && strlen(text + zone) == 3)
    g_string_append(out, ":00");
  return g_string_free(out, FALSE);
}

static PyValue time_cell(PyInterp *interp, const char *cls, const char *text)
{
  PyValue type = py_getattr(interp, py_import(interp, "datetime"), cls);
  g_autofree char *iso = iso_time(text);
  PyValue argument = py_str(interp, iso, -1);
  g_clear_pointer(&iso, g_free);
  if (py_is_null(type) || !g_ascii_isdigit(*text) || strstr(text, "BC"))
    return refuse(interp, _("the value %s of the database, which Python's %s cannot hold"), text, cls);
  return py_call_method(interp, type, "fromisoformat", &argument, 1);
}

/* '{a,"b c",NULL}', of one dimension. */
static PyValue array_cell(PyInterp *interp, const char *item, const char *text)
{
  PyValue list = py_list(interp, 0);
  Arena *arena = py_arena(interp);
  const char *p = text + 1;
  if (*text != '{' || strcmp(text, "{}") == 0)
    return *text == '{' ? list : refuse(interp, _("an array of the database that does not begin at 1"));
  for (; p[-1] != '}'; p++) {
    GString *element = g_string_new(NULL);
    gboolean quoted = *p == '"';
    if (quoted)
      for (p++; *p && *p != '"'; p++)
        g_string_append_c(element, *p == '\\' && p[1] ? *++p : *p);
    else
      for (; *p && *p != ',' && *p != '}' && *p != '{'; p++)
        g_string_append_c(element, *p == '\\' && p[1] ? *++p : *p);
    p += quoted && *p;
    const char *cell = arena_strdup(arena, element->str);
    g_string_free(element, TRUE);
    if (*p != ',' && *p != '}')
      return refuse(interp, _("an array of several dimensions from the database"));
    PyValue value = answer_cell(interp, item, !quoted && strcmp(cell, "NULL") == 0 ? NULL : cell);
    if (py_is_null(value))
      return value;
    py_list_append(interp, list.list, value);
  }
  return list;
}

static gboolean one_of(const char *word, const char *const *words)
{
  return g_strv_contains(words, word);
}

PyValue answer_cell(PyInterp *interp, const char *type, const char *cell)
{
  static const char *const integers[] = {"int2", "int4", "int8", "oid", NULL};
  static const char *const texts[] = {"text", "varchar", "bpchar", "name", "char", "enum", "unknown", NULL};
  static const char *const items[] = {"_int2", "_int4", "_int8", "_text", "_varchar", "_name", "_bool", NULL};
  if (!cell)
    return py_none();
  if (one_of(type, integers))
    return py_int(g_ascii_strtoll(cell, NULL, 10));
  if (one_of(type, texts) || g_str_has_suffix(type, ".citext"))
    return py_str(interp, cell, -1);
  if (strcmp(type, "bool") == 0)
    return py_bool(*cell == 't');
  if (strcmp(type, "float4") == 0 || strcmp(type, "float8") == 0)
    return py_float(g_ascii_strtod(cell, NULL));
  if (strcmp(type, "numeric") == 0)
    return from_module(interp, "decimal", "Decimal", cell);
  if (strcmp(type, "json") == 0 || strcmp(type, "jsonb") == 0)
    return from_module(interp, "json", "loads", cell);
  if (strcmp(type, "uuid") == 0)
    return from_module(interp, "uuid", "UUID", cell);
  if (strcmp(type, "timestamp") == 0 || strcmp(type, "timestamptz") == 0)
    return time_cell(interp, "datetime", cell);
  if (strcmp(type, "date") == 0 || strcmp(type, "time") == 0)
    return time_cell(interp, *type == 'd' ? "date" : "time", cell);
  if (one_of(type, items))
    return array_cell(interp, type + 1, cell);
  return refuse(interp, _("a value of the type %s from the database"), type);
}
