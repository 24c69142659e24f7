/* Constraints: their names, their text in CREATE TABLE and after ALTER TABLE ... ADD, DROP CONSTRAINT. */
#include "compile-private.h"

#include <string.h>

/* --- Names --- */

/* Keys to the names the table spells; columns the table does not know keep their key. */
static void column_names(SqlCompiler *c, const SqlTable *table, const SqlNameList *keys, SqlNameList *names)
{
  for (guint i = 0; i < keys->n; i++) {
    const SqlColumn *column = sql_table_column(table, keys->items[i].text);
    sql_name_list_add(c->arena, names, column != NULL ? column->name : keys->items[i]);
  }
}

static const SqlNaming *naming_of(SqlCompiler *c, const SqlTable *table)
{
  return table->naming != NULL ? table->naming : c->context->naming;
}

static SqlName named(SqlCompiler *c, const SqlTable *table, const SqlNamingSubject *subject)
{
  SqlName name = {0};
  GError *error = NULL;

  if (!sql_naming_apply(c->arena, naming_of(c, table), subject, &name, &error)) {
    if (c->error == NULL)
      c->error = error;
    else
      g_error_free(error);
  }
  return name;
}

SqlName sql_constraint_name(SqlCompiler *c, const SqlConstraint *constraint, const SqlTable *table)
{
  static const SqlNamingKind kinds[] = {
      [SQL_CONSTRAINT_PRIMARY_KEY] = SQL_NAMING_PK,
      [SQL_CONSTRAINT_UNIQUE] = SQL_NAMING_UQ,
      [SQL_CONSTRAINT_CHECK] = SQL_NAMING_CK,
      [SQL_CONSTRAINT_FOREIGN_KEY] = SQL_NAMING_FK,
  };
  SqlNamingSubject subject = {
      .given = constraint->name,
      .table = table->name,
      .schema = table->schema,
      .column_keys = constraint->columns,
      .referred_table = constraint->referred_table,
      .referred_schema = constraint->referred_schema,
      .referred_columns = constraint->referred_columns,
  };

  if (constraint->kind == SQL_CONSTRAINT_EXCLUDE)
    return constraint->name;
  subject.kind = kinds[constraint->kind];
  column_names(c, table, &constraint->columns, &subject.columns);
  return named(c, table, &subject);
}

SqlName sql_index_name(SqlCompiler *c, const SqlIndex *index, const SqlTable *table)
{
  SqlNamingSubject subject = {
      .kind = SQL_NAMING_IX,
      .given = index->name,
      .table = table->name,
      .schema = table->schema,
  };

  for (guint i = 0; i < index->expressions.n; i++) {
    const SqlExpr *expr = index->expressions.items[i];
    if (expr->kind == SQL_EXPR_COLUMN)
      sql_name_list_add(c->arena, &subject.column_keys, expr->name);
    else if (expr->kind == SQL_EXPR_TEXT && index->named_by_text)
      sql_name_list_add(c->arena, &subject.column_keys, sql_name(expr->text));
  }
  column_names(c, table, &subject.column_keys, &subject.columns);
  return named(c, table, &subject);
}

static void put_preamble(SqlCompiler *c, GString *out, const SqlConstraint *constraint, const SqlTable *table)
{
  SqlName name = sql_constraint_name(c, constraint, table);

  if (name.text == NULL)
    return;
  g_string_append(out, "CONSTRAINT ");
  sql_put_fitted(c, out, name);
  g_string_append_c(out, ' ');
}

/* --- Parts --- */

static void put_names(SqlCompiler *c, GString *out, const SqlNameList *names)
{
  for (guint i = 0; i < names->n; i++) {
    if (i > 0)
      g_string_append(out, ", ");
    sql_put_name(c, out, names->items[i]);
  }
}

static void put_columns(SqlCompiler *c, GString *out, const SqlTable *table, const SqlNameList *keys)
{
  SqlNameList names = {0};

  column_names(c, table, keys, &names);
  put_names(c, out, &names);
}

void sql_put_phrase(SqlCompiler *c, GString *out, const char *phrase, const char *pattern)
{
  if (g_regex_match_simple(pattern, phrase, G_REGEX_CASELESS, 0)) {
    g_string_append(out, phrase);
    return;
  }
  SqlValue element = {.kind = SQL_VALUE_STRING, .text = phrase};
  SqlValue regex = {.kind = SQL_VALUE_STRING, .text = pattern};
  sql_fail(c, SQL_ERROR_COMPILE, "Unexpected SQL phrase: %s (matching against %s)",
           sql_value_repr(c->arena, &element), sql_value_repr(c->arena, &regex));
}

static void put_deferrability(SqlCompiler *c, GString *out, const SqlConstraint *constraint)
{
  if (constraint->deferrable != SQL_UNSAID)
    g_string_append(out, constraint->deferrable == SQL_YES ? " DEFERRABLE" : " NOT DEFERRABLE");
  if (constraint->initially != NULL) {
    g_string_append(out, " INITIALLY ");
    sql_put_phrase(c, out, constraint->initially, "^(?:DEFERRED|IMMEDIATE)$");
  }
}

void sql_put_include(SqlCompiler *c, GString *out, const SqlNameList *include, const SqlTable *table)
{
  if (include->n == 0)
    return;
  g_string_append(out, " INCLUDE (");
  for (guint i = 0; i < include->n; i++) {
    const SqlColumn *column = sql_table_column(table, include->items[i].text);
    if (column == NULL && table->columns.n > 0)
      sql_fail(c, SQL_ERROR_KEY, "'%s'", include->items[i].text);
    if (i > 0)
      g_string_append(out, ", ");
    sql_put_name(c, out, column != NULL ? column->name : include->items[i]);
  }
  g_string_append_c(out, ')');
}

#define ACTION "^(?:RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT)$"
#define ACTION_WITH_COLUMNS "^(?:RESTRICT|CASCADE|SET (?:NULL|DEFAULT)(?:\\s*\\(.+\\))?|NO ACTION)$"

static void put_actions(SqlCompiler *c, GString *out, const SqlConstraint *constraint)
{
  if (constraint->match != NULL)
    g_string_append_printf(out, " MATCH %s", constraint->match);
  if (constraint->ondelete != NULL) {
    g_string_append(out, " ON DELETE ");
    sql_put_phrase(c, out, constraint->ondelete, sql_is_old(c) ? ACTION : ACTION_WITH_COLUMNS);
  }
  if (constraint->onupdate != NULL) {
    g_string_append(out, " ON UPDATE ");
    sql_put_phrase(c, out, constraint->onupdate, ACTION);
  }
  put_deferrability(c, out, constraint);
}

void sql_put_references(SqlCompiler *c, GString *out, const SqlConstraint *constraint)
{
  g_string_append(out, " REFERENCES ");
  sql_put_qualified(c, out, constraint->referred_schema, constraint->referred_table);
  g_string_append(out, " (");
  put_names(c, out, &constraint->referred_columns);
  g_string_append_c(out, ')');
  put_actions(c, out, constraint);
}

/* --- Bodies --- */

static void put_key(SqlCompiler *c, GString *out, const SqlConstraint *constraint, const SqlTable *table)
{
  put_preamble(c, out, constraint, table);
  g_string_append(out, constraint->kind == SQL_CONSTRAINT_UNIQUE ? "UNIQUE " : "PRIMARY KEY ");
  if (constraint->kind == SQL_CONSTRAINT_UNIQUE && constraint->nulls_not_distinct != SQL_UNSAID)
    g_string_append(out,
                    constraint->nulls_not_distinct == SQL_YES ? "NULLS NOT DISTINCT " : "NULLS DISTINCT ");
  g_string_append_c(out, '(');
  put_columns(c, out, table, &constraint->columns);
  g_string_append_c(out, ')');
  sql_put_include(c, out, &constraint->include, table);
  put_deferrability(c, out, constraint);
}

void sql_put_column_check(SqlCompiler *c, GString *out, const SqlConstraint *constraint,
                          const SqlTable *table)
{
  put_preamble(c, out, constraint, table);
  g_string_append(out, "CHECK (");
  sql_put_ddl_expr(c, out, constraint->expression);
  g_string_append_c(out, ')');
  put_deferrability(c, out, constraint);
}

static void put_foreign_key(SqlCompiler *c, GString *out, const SqlConstraint *constraint,
                            const SqlTable *table)
{
  put_preamble(c, out, constraint, table);
  g_string_append(out, "FOREIGN KEY(");
  put_columns(c, out, table, &constraint->columns);
  g_string_append_c(out, ')');
  sql_put_references(c, out, constraint);
  if (constraint->not_valid)
    g_string_append(out, " NOT VALID");
}

const char *sql_pair_value(const SqlPairList *pairs, const char *key)
{
  for (guint i = 0; key != NULL && i < pairs->n; i++) {
    if (strcmp(pairs->items[i].key, key) == 0)
      return pairs->items[i].value;
  }
  return NULL;
}

static void put_exclude(SqlCompiler *c, GString *out, const SqlConstraint *constraint, const SqlTable *table)
{
  g_autoptr(GString) using = g_string_new(NULL);

  put_preamble(c, out, constraint, table);
  sql_put_phrase(c, using, constraint->using != NULL ? constraint->using : "gist", SQL_INDEX_METHODS);
  g_string_ascii_down(using);
  g_string_append_printf(out, "EXCLUDE USING %s (", using->str);
  for (guint i = 0; i < constraint->excludes.n; i++) {
    const SqlExcludeItem *item = &constraint->excludes.items[i];
    const char *op_class = sql_pair_value(&constraint->ops, sql_expr_key(item->expression));
    if (i > 0)
      g_string_append(out, ", ");
    sql_put_ddl_expr(c, out, item->expression);
    if (op_class != NULL)
      g_string_append_printf(out, " %s", op_class);
    g_string_append_printf(out, " WITH %s", item->operator);
  }
  g_string_append_c(out, ')');
  if (constraint->where != NULL) {
    g_string_append(out, " WHERE (");
    sql_put_ddl_expr(c, out, constraint->where);
    g_string_append_c(out, ')');
  }
  put_deferrability(c, out, constraint);
}

void sql_put_constraint(SqlCompiler *c, GString *out, const SqlConstraint *constraint, const SqlTable *table)
{
  switch (constraint->kind) {
  case SQL_CONSTRAINT_PRIMARY_KEY:
  case SQL_CONSTRAINT_UNIQUE:
    if (constraint->columns.n > 0)
      put_key(c, out, constraint, table);
    break;
  case SQL_CONSTRAINT_CHECK:
    sql_put_column_check(c, out, constraint, table);
    if (constraint->not_valid)
      g_string_append(out, " NOT VALID");
    break;
  case SQL_CONSTRAINT_FOREIGN_KEY: put_foreign_key(c, out, constraint, table); break;
  case SQL_CONSTRAINT_EXCLUDE: put_exclude(c, out, constraint, table); break;
  }
}

/* --- What columns bring --- */

/* CHECK (x IN ('a', 'b')) of Enum(native_enum=False, create_constraint=True); NULL for other types. */
static SqlConstraint *type_check(SqlCompiler *c, const SqlColumn *column)
{
  const SqlType *type = column->type;

  if (type == NULL || type->kind != SQL_TYPE_ENUM || !type->enumeration->non_native ||
      !type->enumeration->create_constraint)
    return NULL;

  SqlConstraint *check = arena_new0(c->arena, SqlConstraint);
  SqlExprList labels = {0};
  for (guint i = 0; i < type->enumeration->labels.n; i++) {
    const SqlValue *label = sql_value_string(c->arena, type->enumeration->labels.items[i]);
    sql_expr_list_add(c->arena, &labels, sql_bind_value(c->arena, label, sql_type(SQL_TYPE_VARCHAR)));
  }
  SqlExpr *reference = sql_column(c->arena, column->name, sql_type(SQL_TYPE_VARCHAR), NULL);
  check->kind = SQL_CONSTRAINT_CHECK;
  check->name = type->enumeration->name;
  check->expression = sql_in(c->arena, reference, labels, FALSE, NULL);
  sql_name_list_add(c->arena, &check->columns,
                    sql_name(column->key != NULL ? column->key : column->name.text));
  return check;
}

void sql_column_constraints(SqlCompiler *c, const SqlColumn *column, const SqlTable *table,
                            SqlConstraintList *list)
{
  (void)table;
  if (column->unique && !column->index) {
    SqlConstraint *unique = arena_new0(c->arena, SqlConstraint);
    unique->kind = SQL_CONSTRAINT_UNIQUE;
    sql_name_list_add(c->arena, &unique->columns,
                      sql_name(column->key != NULL ? column->key : column->name.text));
    sql_constraint_list_add(c->arena, list, unique);
  }
  SqlConstraint *check = type_check(c, column);
  if (check != NULL)
    sql_constraint_list_add(c->arena, list, check);
  for (guint i = 0; i < column->constraints.n; i++) {
    SqlConstraint *constraint = column->constraints.items[i];
    if (constraint->kind == SQL_CONSTRAINT_CHECK)
      continue;
    if (constraint->columns.n == 0)
      sql_name_list_add(c->arena, &constraint->columns,
                        sql_name(column->key != NULL ? column->key : column->name.text));
    sql_constraint_list_add(c->arena, list, constraint);
  }
}

/* --- Operations --- */

void sql_emit_add_constraint(SqlCompiler *c, const SqlConstraint *constraint, const SqlTable *table)
{
  if (c->error != NULL)
    return;
  GString *text = g_string_new("ALTER TABLE ");
  sql_put_qualified(c, text, table->schema, table->name);
  g_string_append(text, " ADD ");
  sql_put_constraint(c, text, constraint, table);
  sql_emit(c, text);
}

static gboolean is_repeated(const SqlNameList *names, guint at)
{
  for (guint i = 0; i < at; i++) {
    if (strcmp(names->items[i].text, names->items[at].text) == 0)
      return TRUE;
  }
  return FALSE;
}

void sql_fail_option(SqlCompiler *c, const char *option, const char *class_name)
{
  sql_fail(c, SQL_ERROR_ARGUMENT,
           "Argument 'postgresql_%s' is not accepted by dialect 'postgresql' on behalf of <class "
           "'sqlalchemy.sql.schema.%s'>",
           option, class_name);
}

void sql_check_constraint_options(SqlCompiler *c, const SqlConstraint *constraint)
{
  gboolean is_unique = constraint->kind == SQL_CONSTRAINT_UNIQUE;

  if (!sql_is_old(c))
    return;
  if (constraint->nulls_not_distinct != SQL_UNSAID)
    sql_fail_option(c, "nulls_not_distinct", "UniqueConstraint");
  if (constraint->include.n > 0)
    sql_fail_option(c, "include", is_unique ? "UniqueConstraint" : "PrimaryKeyConstraint");
}

/* The table Alembic makes up around a constraint: its columns and nothing else. */
static void check_columns(SqlCompiler *c, const SqlConstraint *constraint, SqlTable *table)
{
  gboolean is_key =
      constraint->kind == SQL_CONSTRAINT_PRIMARY_KEY || constraint->kind == SQL_CONSTRAINT_UNIQUE;

  if (constraint->kind == SQL_CONSTRAINT_FOREIGN_KEY &&
      constraint->columns.n != constraint->referred_columns.n)
    sql_fail(
        c, SQL_ERROR_ARGUMENT,
        "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.");
  else if (constraint->kind == SQL_CONSTRAINT_FOREIGN_KEY && constraint->columns.n == 0)
    sql_fail(c, SQL_ERROR_INDEX, "list index out of range");
  else if (constraint->kind == SQL_CONSTRAINT_PRIMARY_KEY && constraint->columns.n == 0)
    sql_fail(c, SQL_ERROR_INVALID_REQUEST,
             "This constraint is not bound to a table.  Did you mean to call "
             "table.append_constraint(constraint) ?");
  for (guint i = 0; i < constraint->excludes.n; i++) {
    if (constraint->excludes.items[i].expression->kind == SQL_EXPR_TEXT)
      sql_fail(
          c, SQL_ERROR_ARGUMENT,
          "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a "
          "Table.");
  }
  for (guint i = 0; is_key && i < constraint->columns.n; i++) {
    SqlColumn *column = arena_new0(c->arena, SqlColumn);
    if (is_repeated(&constraint->columns, i) && !sql_is_old(c))
      sql_fail(c, SQL_ERROR_DUPLICATE_COLUMN, "A column with name '%s' is already present in table '%s'.",
               constraint->columns.items[i].text, table->name.text);
    column->name = constraint->columns.items[i];
    sql_column_list_add(c->arena, &table->columns, column);
  }
}

void sql_compile_add_constraint(SqlCompiler *c, const SqlOp *op)
{
  SqlTable table = {.name = op->add_constraint.table, .schema = op->add_constraint.schema};

  check_columns(c, op->add_constraint.constraint, &table);
  sql_emit_add_constraint(c, op->add_constraint.constraint, &table);
}

/* Kind of type_="...", and the class whose repr a message shows; FALSE for an unknown one. */
static gboolean parse_type(const char *type, SqlConstraintKind *kind, const char **class_name)
{
  static const struct {
    const char *type;
    SqlConstraintKind kind;
    const char *class_name;
  } types[] = {
      {"foreignkey", SQL_CONSTRAINT_FOREIGN_KEY, "ForeignKeyConstraint()"},
      {"primary", SQL_CONSTRAINT_PRIMARY_KEY, "PrimaryKeyConstraint()"},
      {"unique", SQL_CONSTRAINT_UNIQUE, "UniqueConstraint()"},
      {"check", SQL_CONSTRAINT_CHECK, "CheckConstraint()"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
    if (strcmp(types[i].type, type) == 0) {
      *kind = types[i].kind;
      *class_name = types[i].class_name;
      return TRUE;
    }
  }
  return FALSE;
}

void sql_compile_drop_constraint(SqlCompiler *c, const SqlOp *op)
{
  SqlTable table = {.name = op->drop_constraint.table, .schema = op->drop_constraint.schema};
  SqlConstraint constraint = {.name = op->drop_constraint.name};
  const char *class_name = "Constraint()";
  SqlName name = op->drop_constraint.name;

  if (op->drop_constraint.type != NULL) {
    if (!parse_type(op->drop_constraint.type, &constraint.kind, &class_name)) {
      sql_fail(c, SQL_ERROR_TYPE, "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None");
      return;
    }
    name = sql_constraint_name(c, &constraint, &table);
  }
  GString *text = g_string_new("ALTER TABLE ");
  sql_put_qualified(c, text, table.schema, table.name);
  g_string_append(text, " DROP CONSTRAINT ");
  if (op->drop_constraint.if_exists)
    g_string_append(text, "IF EXISTS ");
  if (name.text == NULL)
    sql_fail(c, SQL_ERROR_COMPILE, "Can't emit DROP CONSTRAINT for constraint %s; it has no name",
             class_name);
  else
    sql_put_fitted(c, text, name);
  if (op->drop_constraint.cascade)
    g_string_append(text, " CASCADE");
  sql_emit(c, text);
}
