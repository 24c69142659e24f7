#include "check.h"

TestSuite(table, .init = begin, .fini = end);

static SqlOp create(SqlTable *table)
{
  return (SqlOp){.kind = SQL_CREATE_TABLE, .create_table = {.table = table}};
}

static void check_create(const char *name, SqlTable *table, const char *expected)
{
  SqlOp op = create(table);
  check_op(name, &new_offline, &op, expected);
}

static SqlConstraint *constraint(SqlTable *table, SqlConstraintKind kind, const char *name,
                                 SqlNameList columns)
{
  SqlConstraint *made = arena_new0(A, SqlConstraint);
  made->kind = kind;
  made->name = sql_name(name);
  made->columns = columns;
  sql_constraint_list_add(A, &table->constraints, made);
  return made;
}

Test(table, lists_columns_then_constraints)
{
  SqlTable *t = table_named("t");
  add_column(t, "id", SQL_TYPE_INTEGER);
  SqlColumn *a = add_column(t, "a", SQL_TYPE_INTEGER);
  constraint(t, SQL_CONSTRAINT_UNIQUE, "uq", names("a", NULL));
  SqlConstraint *fk = constraint(t, SQL_CONSTRAINT_FOREIGN_KEY, "fk", names("a", NULL));
  fk->referred_table = sql_name("user");
  fk->referred_columns = names("order", NULL);
  fk->ondelete = "set null";
  constraint(t, SQL_CONSTRAINT_CHECK, "ck", (SqlNameList){0})->expression = sql_text(A, "a > 1");
  constraint(t, SQL_CONSTRAINT_PRIMARY_KEY, "pk", names("id", NULL));
  a->unique = TRUE;
  a->server_default = (SqlDefault){.kind = SQL_DEFAULT_STRING, .text = "0"};
  check_create(
      "everything", t,
      "CREATE TABLE t (\n    id SERIAL NOT NULL, \n    a INTEGER DEFAULT '0', \n    CONSTRAINT pk PRIMARY "
      "KEY (id), \n    CONSTRAINT uq UNIQUE (a), \n    CONSTRAINT fk FOREIGN KEY(a) REFERENCES \"user\" "
      "(\"order\") ON DELETE set null, \n    CONSTRAINT ck CHECK (a > 1), \n    UNIQUE (a)\n);\n");
}

Test(table, decides_on_serial)
{
  static const struct {
    const char *name;
    SqlTypeKind type;
    SqlAutoincrement autoincrement;
    SqlDefaultKind default_kind;
    gboolean sequence;
    const char *expected;
  } cases[] = {
      {"integer", SQL_TYPE_INTEGER, SQL_AUTOINCREMENT_AUTO, 0, FALSE, "SERIAL NOT NULL"},
      {"bigint", SQL_TYPE_BIGINT, SQL_AUTOINCREMENT_AUTO, 0, FALSE, "BIGSERIAL NOT NULL"},
      {"smallint", SQL_TYPE_SMALLINT, SQL_AUTOINCREMENT_ON, 0, FALSE, "SMALLSERIAL NOT NULL"},
      {"numeric", SQL_TYPE_NUMERIC, SQL_AUTOINCREMENT_AUTO, 0, FALSE, "SERIAL NOT NULL"},
      {"text", SQL_TYPE_TEXT, SQL_AUTOINCREMENT_AUTO, 0, FALSE, "TEXT NOT NULL"},
      {"off", SQL_TYPE_INTEGER, SQL_AUTOINCREMENT_OFF, 0, FALSE, "INTEGER NOT NULL"},
      {"default", SQL_TYPE_INTEGER, SQL_AUTOINCREMENT_AUTO, SQL_DEFAULT_STRING, FALSE,
       "INTEGER DEFAULT '7' NOT NULL"},
      {"default loses", SQL_TYPE_INTEGER, SQL_AUTOINCREMENT_ON, SQL_DEFAULT_STRING, FALSE, "SERIAL NOT NULL"},
      {"sequence", SQL_TYPE_INTEGER, SQL_AUTOINCREMENT_AUTO, 0, TRUE, "INTEGER NOT NULL"},
  };
  SqlSequence sequence = {.name = sql_name("sq")};

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    SqlTable *t = table_named("t");
    SqlColumn *id = add_column(t, "id", cases[i].type);
    id->primary_key = TRUE;
    id->autoincrement = cases[i].autoincrement;
    id->server_default = (SqlDefault){.kind = cases[i].default_kind, .text = "7"};
    id->sequence = cases[i].sequence ? &sequence : NULL;
    g_autofree char *expected =
        g_strdup_printf("CREATE TABLE t (\n    id %s, \n    PRIMARY KEY (id)\n);\n", cases[i].expected);
    check_create(cases[i].name, t, expected);
  }
}

Test(table, refuses_autoincrement_of_text)
{
  SqlTable *t = table_named("t");
  SqlColumn *id = add_column(t, "id", SQL_TYPE_VARCHAR);
  id->primary_key = TRUE;
  id->autoincrement = SQL_AUTOINCREMENT_ON;
  check_create(
      "text", t,
      "!! ArgumentError: Column type VARCHAR on column 't.id' is not compatible with autoincrement=True");
}

Test(table, orders_composite_keys)
{
  SqlTable *t = table_named("t");
  add_column(t, "a", SQL_TYPE_INTEGER)->primary_key = TRUE;
  SqlColumn *b = add_column(t, "b", SQL_TYPE_INTEGER);
  b->primary_key = TRUE;
  check_create(
      "plain", t,
      "CREATE TABLE t (\n    a INTEGER NOT NULL, \n    b INTEGER NOT NULL, \n    PRIMARY KEY (a, b)\n);\n");
  b->autoincrement = SQL_AUTOINCREMENT_ON;
  check_create(
      "autoincrement first", t,
      "CREATE TABLE t (\n    a INTEGER NOT NULL, \n    b SERIAL NOT NULL, \n    PRIMARY KEY (b, a)\n);\n");
}

Test(table, generates_columns)
{
  SqlTable *t = table_named("t");
  SqlIdentity identity = {.always = TRUE,
                          .options = {.start = SQL_INT(3), .cycle = SQL_NO, .cache = SQL_INT(9)}};
  SqlIdentity plain = {0};
  SqlComputed computed = {.expression = sql_text(A, "id * 2")};
  SqlColumn *id = add_column(t, "id", SQL_TYPE_INTEGER);
  id->server_default = (SqlDefault){.kind = SQL_DEFAULT_IDENTITY, .identity = &identity};
  id->primary_key = TRUE;
  SqlColumn *n = add_column(t, "n", SQL_TYPE_INTEGER);
  n->server_default = (SqlDefault){.kind = SQL_DEFAULT_IDENTITY, .identity = &plain};
  n->nullable = SQL_YES;
  SqlColumn *c = add_column(t, "c", SQL_TYPE_INTEGER);
  c->server_default = (SqlDefault){.kind = SQL_DEFAULT_COMPUTED, .computed = &computed};
  c->nullable = SQL_NO;
  check_create("~generated", t,
               "CREATE TABLE t (\n    id INTEGER GENERATED ALWAYS AS IDENTITY (START WITH 3 CACHE 9 NO "
               "CYCLE), \n    n "
               "INTEGER GENERATED BY DEFAULT AS IDENTITY NULL, \n    c INTEGER GENERATED ALWAYS AS (id * 2) "
               "STORED NOT "
               "NULL, \n    PRIMARY KEY (id)\n);\n");
  computed.persisted = SQL_NO;
  check_create(
      "virtual", t,
      "!! CompileError: (in table 't', column 'c'): PostrgreSQL computed columns do not support 'virtual' "
      "persistence; set the 'persisted' flag to None or True for PostgreSQL support.");
}

Test(table, renders_defaults)
{
  const struct {
    SqlDefault value;
    const char *expected;
  } cases[] = {
      {{.kind = SQL_DEFAULT_STRING, .text = "it's\\"}, "DEFAULT 'it''s\\\\'"},
      {{.kind = SQL_DEFAULT_EXPRESSION, .expression = sql_text(A, "a || '50%'")}, "DEFAULT a || '50%'"},
      {{.kind = SQL_DEFAULT_EXPRESSION, .expression = sql_true(A)}, "DEFAULT true"},
      {{.kind = SQL_DEFAULT_EXPRESSION, .expression = sql_null(A)}, "DEFAULT NULL"},
      {{.kind = SQL_DEFAULT_EXPRESSION, .expression = num(5)}, "DEFAULT 5"},
      {{.kind = SQL_DEFAULT_EXPRESSION, .expression = op2(SQL_OP_ADD, num(1), num(2))}, "DEFAULT 1 + 2"},
      {{.kind = SQL_DEFAULT_FETCHED}, ""},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    SqlTable *t = table_named("t");
    add_column(t, "x", SQL_TYPE_INTEGER)->server_default = cases[i].value;
    g_autofree char *expected = g_strdup_printf("CREATE TABLE t (\n    x INTEGER%s%s\n);\n",
                                                *cases[i].expected != '\0' ? " " : "", cases[i].expected);
    g_autofree char *name = g_strconcat("~", cases[i].expected, NULL);
    check_create(name, t, expected);
  }
}

Test(table, prints_its_options)
{
  SqlTable *t = table_named("T");
  t->schema = sql_name("db.sch");
  t->prefixes = (SqlTextList)SQL_LIST((SqlText) "GLOBAL", "TEMPORARY");
  t->partition_by = "HASH (a)";
  t->using = "heap";
  t->tablespace = sql_name("My TS");
  t->on_commit = "delete_rows";
  t->inherits = names("z", "P2", NULL);
  t->with_oids = SQL_YES;
  add_column(t, "a", SQL_TYPE_INTEGER);
  check_create("~options", t,
               "CREATE GLOBAL TEMPORARY TABLE \"db.sch\".\"T\" (\n    a INTEGER\n)\n INHERITS ( z, \"P2\" "
               ")\n PARTITION "
               "BY HASH (a)\n USING heap\n WITH OIDS\n ON COMMIT DELETE ROWS\n TABLESPACE \"My TS\";\n");
}

Test(table, brings_indexes_and_comments)
{
  SqlTable *t = table_named("t");
  t->schema = sql_name("s");
  t->comment = "it's";
  SqlColumn *a = add_column(t, "a", SQL_TYPE_INTEGER);
  a->index = a->unique = TRUE;
  a->comment = "c \\";
  add_column(t, "b", SQL_TYPE_INTEGER)->comment = "";
  check_create(
      "flags", t,
      "CREATE TABLE s.t (\n    a INTEGER, \n    b INTEGER\n);\nCREATE UNIQUE INDEX ix_s_t_a ON s.t (a);\n"
      "COMMENT ON TABLE s.t IS 'it''s';\nCOMMENT ON COLUMN s.t.a IS 'c \\\\';\n");
}

Test(table, reports_what_does_not_fit)
{
  SqlTable *twice = table_named("t");
  SqlTable *missing = table_named("t");
  SqlTable *untyped = table_named("t");
  add_column(twice, "a", SQL_TYPE_INTEGER);
  add_column(twice, "a", SQL_TYPE_TEXT);
  add_column(missing, "id", SQL_TYPE_INTEGER);
  constraint(missing, SQL_CONSTRAINT_PRIMARY_KEY, NULL, names("nope", NULL));
  add_column(untyped, "x", SQL_TYPE_NULL);
  check_create("twice", twice,
               "!! DuplicateColumnError: A column with name 'a' is already present in table 't'.");
  check_create(
      "missing", missing,
      "!! ConstraintColumnNotFoundError: Can't create PrimaryKeyConstraint on table 't': no column named "
      "'nope' is present.");
  check_create(
      "untyped", untyped,
      "!! CompileError: (in table 't', column 'x'): Can't generate DDL for NullType(); did you forget to "
      "specify a type on this Column?");
}

Test(table, uses_names_for_keys_and_skips_system_columns)
{
  SqlTable *t = table_named("t");
  add_column(t, "a", SQL_TYPE_INTEGER)->key = "akey";
  add_column(t, "xmin", SQL_TYPE_INTEGER)->system = TRUE;
  constraint(t, SQL_CONSTRAINT_UNIQUE, "uq", names("akey", NULL));
  SqlConstraint *late = constraint(t, SQL_CONSTRAINT_FOREIGN_KEY, NULL, names("akey", NULL));
  late->use_alter = TRUE;
  check_create("keys", t, "CREATE TABLE t (\n    a INTEGER, \n    CONSTRAINT uq UNIQUE (a)\n);\n");
  check_create("empty", table_named("e"), "CREATE TABLE e (\n);\n");
}

Test(table, is_sent_as_sqlalchemy_writes_it)
{
  g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  SqlTable *t = table_named("t");
  add_column(t, "a", SQL_TYPE_INTEGER);
  SqlOp op = create(t);

  cr_assert(sql_compile(&new_online, &op, (SqlPlace){.autocommit = TRUE, .line = 3, .column = 5}, out, NULL));
  const Statement *statement = out->pdata[0];
  cr_expect_str_eq(statement->sql, "\nCREATE TABLE t (\n\ta INTEGER\n)\n\n", "got \"%s\"", statement->sql);
  cr_expect(statement->autocommit && statement->line == 3 && statement->column == 5, "the place is lost");
}

Test(table, is_dropped_and_commented)
{
  SqlOp drop = {.kind = SQL_DROP_TABLE,
                .drop_table = {.name = sql_name("t"), .schema = sql_name("s"), .if_exists = TRUE}};
  SqlOp comment = {.kind = SQL_TABLE_COMMENT, .comment = {.table = sql_name("T"), .comment = "two\nlines"}};
  SqlOp none_left = {.kind = SQL_TABLE_COMMENT, .comment = {.table = sql_name("t"), .drop = TRUE}};

  check_op("drop", &new_offline, &drop, "DROP TABLE IF EXISTS s.t;\n");
  check_op("old drop", &old_offline, &drop, "DROP TABLE s.t;\n");
  check_op("comment", &new_offline, &comment, "COMMENT ON TABLE \"T\" IS 'two\nlines';\n");
  check_op("no comment", &old_offline, &none_left, "COMMENT ON TABLE t IS NULL;\n");
}

Test(table, directly_created_makes_sequences_and_its_own_types)
{
  g_autoptr(SqlRun) run = sql_run_new();
  SqlContext context = {.run = run};
  SqlSequence sequence = {.name = sql_name("sq"), .options = {.start = SQL_INT(5), .increment = SQL_INT(2)}};
  SqlEnum e = {.name = sql_name("en"), .labels = SQL_LIST((SqlText) "a"), .generic = TRUE};
  SqlType type = {.kind = SQL_TYPE_ENUM, .enumeration = &e};
  SqlTable *t = table_named("z");
  add_column(t, "id", SQL_TYPE_INTEGER)->sequence = &sequence;
  add_column(t, "e", SQL_TYPE_NULL)->type = &type;
  SqlOp op = {.kind = SQL_CREATE_TABLE, .create_table = {.table = t, .direct = TRUE}};
  const char *expected =
      "CREATE TYPE en AS ENUM ('a');\nCREATE SEQUENCE sq INCREMENT BY 2 START WITH 5;\nCREATE TABLE "
      "z (\n    id INTEGER, \n    e en\n);\n";

  check_op("first", &context, &op, expected);
  check_op("second", &context, &op, expected);
}
