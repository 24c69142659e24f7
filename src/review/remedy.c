#include "retort/review/remedy.h"

#include <string.h>

#include "change-private.h"
#include "effects.h"
#include "forecast-private.h"
#include "remedy-private.h"
#include "retort/review/tree.h"

#define AT(name) PG_QUERY__ALTER_TABLE_TYPE__AT_##name

/* What a template may name; NULL where the statement does not tell. */
typedef struct RemedySubject {
  const char *sql; /* of the statement, borrowed */
  char *table;     /* without its schema */
  char *relation_schema;
  char *column;
  char *columns; /* "a, b" */
  char *list;    /* "\"a\", \"b\"" */
  char *name;
  char *referenced;
  char *referenced_columns;
  char *referenced_list;
  char *type;
  char *expression;
  char *kind; /* UNIQUE, PRIMARY KEY */
  char *new_name;
} Subject;

static void subject_clear(Subject *s)
{
  char *texts[] = {
      s->table,      s->relation_schema,    s->column,          s->columns, s->list,       s->name,
      s->referenced, s->referenced_columns, s->referenced_list, s->type,    s->expression, s->kind,
      s->new_name};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static void set(char **field, const char *text)
{
  if (*field == NULL && text != NULL && *text != '\0')
    *field = g_strdup(text);
}

static void take(char **field, char *text)
{
  set(field, text);
  g_free(text);
}

/* ---- reading the statement ---- */

static void set_relation(Subject *s, const PgQuery__RangeVar *var)
{
  if (var == NULL)
    return;
  set(&s->table, var->relname);
  set(&s->relation_schema, var->schemaname);
}

static void set_columns(char **columns, char **list, GStrv names)
{
  if (names == NULL || names[0] == NULL)
    return;
  take(columns, g_strjoinv(", ", names));
  g_autofree char *joined = g_strjoinv("\", \"", names);
  take(list, g_strconcat("\"", joined, "\"", NULL));
}

static void read_index(Subject *s, const PgQuery__IndexStmt *index)
{
  set_relation(s, index->relation);
  set(&s->name, index->idxname);
  g_autoptr(GStrvBuilder) names = g_strv_builder_new();
  for (gsize i = 0; i < index->n_index_params; i++) {
    const PgQuery__IndexElem *elem = index->index_params[i]->index_elem;
    g_autofree char *expression = elem->expr != NULL ? change_expression_text(elem->expr) : NULL;
    g_strv_builder_add(names, expression != NULL ? expression : elem->name);
  }
  g_auto(GStrv) all = g_strv_builder_end(names);
  set_columns(&s->columns, &s->list, all);
}

static void read_constraint(Subject *s, const PgQuery__Constraint *c)
{
  set(&s->name, c->conname);
  if (c->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY)
    set(&s->kind, "PRIMARY KEY");
  if (c->raw_expr != NULL)
    take(&s->expression, change_expression_text(c->raw_expr));
  g_auto(GStrv) own =
      c->n_fk_attrs > 0 ? node_words(c->fk_attrs, c->n_fk_attrs) : node_words(c->keys, c->n_keys);
  set_columns(&s->columns, &s->list, own);
  set(&s->column, own != NULL && own[0] != NULL ? own[0] : NULL);
  if (c->pktable != NULL) {
    take(&s->referenced, change_relation(c->pktable));
    g_auto(GStrv) theirs = node_words(c->pk_attrs, c->n_pk_attrs);
    set_columns(&s->referenced_columns, &s->referenced_list, theirs);
  }
}

static void read_column_def(Subject *s, const PgQuery__ColumnDef *column)
{
  set(&s->column, column->colname);
  if (column->type_name != NULL)
    take(&s->type, change_type_text(column->type_name));
  for (gsize i = 0; i < column->n_constraints; i++)
    if (column->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
      read_constraint(s, column->constraints[i]->constraint);
}

static void read_command(Subject *s, const PgQuery__AlterTableCmd *cmd)
{
  switch (cmd->subtype) {
  case AT(AddConstraint): read_constraint(s, cmd->def->constraint); break;
  case AT(AddColumn): read_column_def(s, cmd->def->column_def); break;
  case AT(DropConstraint):
  case AT(ValidateConstraint): set(&s->name, cmd->name); break;
  case AT(AttachPartition):
  case AT(DetachPartition): set(&s->name, cmd->def->partition_cmd->name->relname); break;
  case AT(AlterColumnType):
    set(&s->column, cmd->name);
    read_column_def(s, cmd->def->column_def);
    break;
  default: set(&s->column, cmd->name); break;
  }
}

static void read_drop(Subject *s, const PgQuery__DropStmt *drop)
{
  const PgQuery__Node *object = drop->n_objects > 0 ? drop->objects[0] : NULL;
  if (object == NULL || object->node_case != PG_QUERY__NODE__NODE_LIST || object->list->n_items == 0)
    return;
  const PgQuery__List *words = object->list;
  set(&s->table, change_word(words->items[words->n_items - 1]));
  if (words->n_items > 1)
    set(&s->relation_schema, change_word(words->items[words->n_items - 2]));
  set(&s->name, s->table);
}

static void read_rename(Subject *s, const PgQuery__RenameStmt *rename)
{
  set_relation(s, rename->relation);
  set(&s->column, rename->subname);
  set(&s->new_name, rename->newname);
}

static void read_statement(Subject *s, const PgQuery__Node *node)
{
  switch (node->node_case) {
  case PG_QUERY__NODE__NODE_INDEX_STMT: read_index(s, node->index_stmt); break;
  case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
    set_relation(s, node->alter_table_stmt->relation);
    for (gsize i = 0; i < node->alter_table_stmt->n_cmds; i++)
      if (node->alter_table_stmt->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
        read_command(s, node->alter_table_stmt->cmds[i]->alter_table_cmd);
    break;
  case PG_QUERY__NODE__NODE_CREATE_STMT:
    if (node->create_stmt->partbound != NULL && node->create_stmt->n_inh_relations > 0) {
      set_relation(s, node->create_stmt->inh_relations[0]->range_var);
      set(&s->name, node->create_stmt->relation->relname);
    }
    set_relation(s, node->create_stmt->relation);
    break;
  case PG_QUERY__NODE__NODE_DROP_STMT: read_drop(s, node->drop_stmt); break;
  case PG_QUERY__NODE__NODE_RENAME_STMT: read_rename(s, node->rename_stmt); break;
  case PG_QUERY__NODE__NODE_UPDATE_STMT: set_relation(s, node->update_stmt->relation); break;
  case PG_QUERY__NODE__NODE_DELETE_STMT: set_relation(s, node->delete_stmt->relation); break;
  case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
    set_relation(s, node->refresh_mat_view_stmt->relation);
    break;
  default: break;
  }
}

static void read_sql(Subject *s, const char *sql)
{
  g_autoptr(SqlTree) tree = sql_tree_parse(sql);
  if (tree->root != NULL && tree->root->n_stmts > 0 && tree->root->stmts[0]->stmt != NULL)
    read_statement(s, tree->root->stmts[0]->stmt);
}

/* What the finding itself names, where the statement names nothing or several things. */
static void read_object(Subject *s, const Finding *finding)
{
  if (finding->object == NULL)
    return;
  const char *dot = strrchr(finding->object, '.');
  if (finding->check == CHECK_LOOKS_LIKE_RENAME && dot != NULL)
    set(&s->new_name, dot + 1);
  if (finding->check == CHECK_ENUM_VALUE_USED) {
    gsize n = strlen(finding->object);
    if (n > 2)
      take(&s->new_name, g_strndup(finding->object + 1, n - 2));
  }
  if (finding->check == CHECK_SILENCE_WITHOUT_REASON)
    set(&s->name, finding->object);
  if (finding->check == CHECK_LOCKS_OTHER_TABLE && finding->detail != NULL)
    set(&s->name, finding->detail);
  if ((finding->check == CHECK_FK_WITHOUT_INDEX || finding->check == CHECK_JSON_TYPE) &&
      finding->detail != NULL) {
    g_auto(GStrv) columns = g_strsplit(finding->detail, ", ", -1);
    set_columns(&s->columns, &s->list, columns);
    set(&s->column, columns[0]);
  }
  set(&s->table, dot != NULL ? dot + 1 : finding->object);
}

/* ---- filling in ---- */

static char *with_regex(const char *pattern, const char *text, const char *replacement)
{
  g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_CASELESS | G_REGEX_DOTALL, 0, NULL);
  return g_regex_replace(regex, text, -1, 0, replacement, 0, NULL);
}

static char *concurrently(const char *sql)
{
  return with_regex("^\\s*(CREATE\\s+(?:UNIQUE\\s+)?INDEX|DROP\\s+INDEX|REINDEX\\s+(?:\\([^)]*\\)\\s*)?\\w+|"
                    "REFRESH\\s+MATERIALIZED\\s+VIEW)(?!\\s+CONCURRENTLY)",
                    sql, "\\1 CONCURRENTLY");
}

/* The same change of the next ten thousand rows. */
static char *batched(const Subject *s, const char *statement)
{
  const char *table = s->table != NULL ? s->table : "TABLE";
  const char *where = NULL;
  for (const char *p = statement; (p = strcasestr(p, "where")) != NULL; p += 5)
    where = p;
  g_autofree char *head =
      g_strchomp(where != NULL ? g_strndup(statement, (gsize)(where - statement)) : g_strdup(statement));
  g_autofree char *rows = g_strstrip(g_strdup(where != NULL ? where + 5 : "<not done yet>"));
  return g_strdup_printf("%s\n WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s WHERE %s LIMIT 10000))", head,
                         table, rows);
}

/* Without blanks around it and the semicolon. */
static char *plain_statement(const char *sql)
{
  char *statement = g_strstrip(g_strdup(sql));
  gsize n = strlen(statement);
  if (n > 0 && statement[n - 1] == ';')
    statement[n - 1] = '\0';
  return statement;
}

static char *statement_as(const Subject *s, const char *key)
{
  if (s->sql == NULL)
    return g_strdup("...");
  g_autofree char *statement = plain_statement(s->sql);
  if (strcmp(key, "statement:concurrently") == 0)
    return concurrently(statement);
  if (strcmp(key, "statement:batched") == 0)
    return batched(s, statement);
  return g_steal_pointer(&statement);
}

static char *value_of(const Subject *s, const char *key, gboolean python)
{
  const char *schema = s->relation_schema;
  const char *table = s->table != NULL ? s->table : "TABLE";
  if (g_str_has_prefix(key, "statement"))
    return statement_as(s, key);
  if (strcmp(key, "schema") == 0)
    return schema != NULL ? g_strdup_printf(", schema=\"%s\"", schema) : g_strdup("");
  if (strcmp(key, "relation") == 0 || (strcmp(key, "table") == 0 && !python))
    return schema != NULL ? g_strdup_printf("%s.%s", schema, table) : g_strdup(table);
  if (strcmp(key, "table") == 0)
    return g_strdup(table);
  if (strcmp(key, "name") == 0 && s->name == NULL)
    return s->column != NULL ? g_strdup_printf("%s_%s", table, s->column)
                             : g_strdup(s->table != NULL ? table : "NAME");
  const struct {
    const char *key, *value, *otherwise;
  } plain[] = {
      {"name", s->name, ""},
      {"column", s->column, "COLUMN"},
      {"columns", s->columns != NULL ? s->columns : s->column, "COLUMN"},
      {"list", s->list, "..."},
      {"referenced", s->referenced, "REFERENCED"},
      {"referenced_columns", s->referenced_columns, "id"},
      {"referenced_list", s->referenced_list, "\"id\""},
      {"type", s->type, "TYPE"},
      {"expression", s->expression, "..."},
      {"kind", s->kind, "UNIQUE"},
      {"new", s->new_name, "NEW"},
  };
  for (guint i = 0; i < G_N_ELEMENTS(plain); i++)
    if (strcmp(plain[i].key, key) == 0)
      return g_strdup(plain[i].value != NULL ? plain[i].value : plain[i].otherwise);
  return NULL;
}

static char *fill(const char *text, const Subject *s, gboolean python)
{
  if (text == NULL)
    return NULL;
  GString *out = g_string_new(NULL);
  for (const char *p = text; *p != '\0'; p++) {
    const char *end = *p == '{' ? strchr(p, '}') : NULL;
    g_autofree char *key = end != NULL ? g_strndup(p + 1, (gsize)(end - p - 1)) : NULL;
    g_autofree char *value = key != NULL ? value_of(s, key, python) : NULL;
    if (value == NULL) {
      g_string_append_c(out, *p);
      continue;
    }
    /* "..." becomes """...""" where the text needs it */
    gboolean quote = python && out->len > 0 && out->str[out->len - 1] == '"' && end[1] == '"' &&
                     strpbrk(value, "\"\n") != NULL;
    g_string_append_printf(out, "%s%s%s", quote ? "\"\"" : "", value, quote ? "\"\"" : "");
    p = end;
  }
  return g_string_free(out, FALSE);
}

RemedySubject *remedy_subject_read(const PgQuery__Node *statement)
{
  Subject *subject = g_new0(Subject, 1);
  read_statement(subject, statement);
  return subject;
}

void remedy_subject_free(RemedySubject *subject)
{
  if (subject == NULL)
    return;
  subject_clear(subject);
  g_free(subject);
}

/* The finding's own names stand in for what the statement does not tell: borrowed ones over owned ones. */
static Subject with_object(const Subject *subject, const Subject *named)
{
  Subject both = *subject;
  if (both.table == NULL)
    both.table = named->table;
  if (both.name == NULL)
    both.name = named->name;
  if (both.new_name == NULL)
    both.new_name = named->new_name;
  if (named->columns != NULL) {
    both.column = named->column;
    both.columns = named->columns;
    both.list = named->list;
  }
  return both;
}

static Remedy *remedy_about(const Finding *finding, const Subject *subject, const char *sql)
{
  CheckInfo info = check_info(finding->check);
  Remedy *remedy = g_new0(Remedy, 1);
  g_auto(Subject) named = {0};
  read_object(&named, finding);
  Subject both = with_object(subject, &named);
  both.sql = sql;
  remedy->since = info.since;
  remedy->alembic = fill(info.alembic, &both, TRUE);
  remedy->sql = fill(info.sql, &both, FALSE);
  return remedy;
}

Remedy *remedy_for(const Finding *finding, const char *sql)
{
  g_auto(Subject) subject = {0};
  CheckInfo info = check_info(finding->check);
  gboolean names = (info.alembic != NULL && strchr(info.alembic, '{') != NULL) ||
                   (info.sql != NULL && strchr(info.sql, '{') != NULL);
  if (sql != NULL && names)
    read_sql(&subject, sql);
  return remedy_about(finding, &subject, sql);
}

Remedy *remedy_of(const Finding *finding, const Forecast *forecast, const char *sql)
{
  const Subject *subject = forecast->effects != NULL ? forecast->effects->subject : NULL;
  return subject != NULL ? remedy_about(finding, subject, sql) : remedy_for(finding, sql);
}

void remedy_free(Remedy *remedy)
{
  if (remedy == NULL)
    return;
  g_free(remedy->alembic);
  g_free(remedy->sql);
  g_free(remedy);
}
