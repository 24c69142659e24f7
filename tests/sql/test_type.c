#include "check.h"

TestSuite(type, .init = begin, .fini = end);

#define T(k, ...) (&(const SqlType){.kind = SQL_TYPE_##k, ##__VA_ARGS__})

Test(type, is_spelled_as_postgresql_wants_it)
{
  SqlEnum quoted = {.name = sql_name("E Upper"), .schema = sql_name("s1")};
  SqlEnum plain = {.labels = SQL_LIST((SqlText) "a", "long one"), .generic = TRUE, .non_native = TRUE};
  SqlEnum sized = plain;
  SqlEnum unnamed = {.generic = TRUE};
  SqlEnum unnamed_native = {0};
  SqlDomain domain = {.name = sql_name("d"), .schema = sql_name("S")};
  sized.length = SQL_INT(40);
  const SqlType *collated = T(VARCHAR, .length = SQL_INT(5), .collation = "C");
  const struct {
    const SqlType *type;
    const char *expected;
  } cases[] = {
      {T(VARCHAR), "VARCHAR"},
      {T(VARCHAR, .length = SQL_INT(50)), "VARCHAR(50)"},
      {T(VARCHAR, .length = SQL_INT(0)), "VARCHAR"},
      {T(VARCHAR, .length = SQL_INT(20), .collation = "C"), "VARCHAR(20) COLLATE \"C\""},
      {T(TEXT, .length = SQL_INT(200)), "TEXT(200)"},
      {T(NVARCHAR, .length = SQL_INT(5)), "NVARCHAR(5)"},
      {T(BIGINT), "BIGINT"},
      {T(NUMERIC, .scale = SQL_INT(2)), "NUMERIC"},
      {T(NUMERIC, .precision = SQL_INT(10)), "NUMERIC(10)"},
      {T(DECIMAL, .precision = SQL_INT(10), .scale = SQL_INT(0)), "DECIMAL(10, 0)"},
      {T(FLOAT, .precision = SQL_INT(24)), "FLOAT(24)"},
      {T(DOUBLE_PRECISION), "DOUBLE PRECISION"},
      {T(TIME), "TIME WITHOUT TIME ZONE"},
      {T(TIME, .precision = SQL_INT(3), .timezone = TRUE), "TIME(3) WITH TIME ZONE"},
      {T(TIMESTAMP, .precision = SQL_INT(0)), "TIMESTAMP(0) WITHOUT TIME ZONE"},
      {T(DATETIME), "DATETIME"},
      {T(INTERVAL), "INTERVAL"},
      {T(INTERVAL, .precision = SQL_INT(6)), "INTERVAL (6)"},
      {T(INTERVAL, .fields = "SECOND", .precision = SQL_INT(2)), "INTERVAL SECOND (2)"},
      {T(BYTEA, .length = SQL_INT(9)), "BYTEA"},
      {T(BINARY, .length = SQL_INT(16)), "BINARY(16)"},
      {T(UUID_CHAR), "CHAR(32)"},
      {T(BIT), "BIT(1)"},
      {T(BIT, .length = SQL_INT(8)), "BIT(8)"},
      {T(BIT, .varying = TRUE), "BIT VARYING"},
      {T(BIT, .varying = TRUE, .length = SQL_INT(8)), "BIT VARYING(8)"},
      {T(ARRAY, .item = sql_type(SQL_TYPE_INTEGER), .dimensions = SQL_INT(3)), "INTEGER[][][]"},
      {T(ARRAY, .item = collated), "VARCHAR(5)[] COLLATE \"C\""},
      {T(ENUM, .enumeration = &quoted), "s1.\"E Upper\""},
      {T(ENUM, .enumeration = &plain), "VARCHAR(8)"},
      {T(ENUM, .enumeration = &sized), "VARCHAR(40)"},
      {T(ENUM, .enumeration = &unnamed), "!! CompileError: PostgreSQL Enum type requires a name."},
      {T(ENUM, .enumeration = &unnamed_native), "!! CompileError: PostgreSQL ENUM type requires a name."},
      {T(DOMAIN, .domain = &domain), "\"S\".d"},
      {T(TSTZMULTIRANGE), "TSTZMULTIRANGE"},
      {T(CUSTOM, .spec = "geometry(POINT, 4326)"), "geometry(POINT, 4326)"},
      {T(NULL),
       "!! CompileError: Can't generate DDL for NullType(); did you forget to specify a type on this "
       "Column?"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check_type(cases[i].expected, &new_offline, cases[i].type, cases[i].expected);
}

static SqlOp create_with(const SqlType *type, const char *schema)
{
  SqlTable *table = table_named("t");
  if (schema != NULL)
    table->schema = sql_name(schema);
  add_column(table, "e", SQL_TYPE_NULL)->type = type;
  return (SqlOp){.kind = SQL_CREATE_TABLE, .create_table = {.table = table}};
}

Test(type, is_created_once_a_run)
{
  g_autoptr(SqlRun) run = sql_run_new();
  SqlContext context = {.run = run};
  SqlEnum mood = {.name = sql_name("mood"), .labels = SQL_LIST((SqlText) "a", "it's"), .generic = TRUE};
  const SqlType *item = T(ENUM, .enumeration = &mood);
  const SqlType *type = T(ARRAY, .item = item);
  SqlOp create = create_with(type, NULL);

  check_op("first", &context, &create,
           "CREATE TYPE mood AS ENUM ('a', 'it''s');\nCREATE TABLE t (\n    e mood[]\n);\n");
  check_op("again", &context, &create, "CREATE TABLE t (\n    e mood[]\n);\n");
  sql_run_restart(run);
  check_op("next run", &context, &create,
           "CREATE TYPE mood AS ENUM ('a', 'it''s');\nCREATE TABLE t (\n    e mood[]\n);\n");
}

Test(type, is_created_when_its_flags_say_so)
{
  SqlEnum quiet = {.name = sql_name("e"), .labels = SQL_LIST((SqlText) "a"), .no_create = TRUE};
  SqlEnum generic = quiet;
  SqlEnum owned = quiet;
  SqlEnum inherits = quiet;
  generic.generic = TRUE;
  owned.no_create = FALSE;
  owned.has_metadata = TRUE;
  inherits.no_create = FALSE;
  inherits.inherit_schema = TRUE;
  SqlOp op = create_with(T(ENUM, .enumeration = &quiet), NULL);
  check_op("create_type=False", &new_offline, &op, "CREATE TABLE t (\n    e e\n);\n");
  op = create_with(T(ENUM, .enumeration = &generic), NULL);
  check_op("ignored by sa.Enum", &new_offline, &op,
           "CREATE TYPE e AS ENUM ('a');\nCREATE TABLE t (\n    e e\n);\n");
  op = create_with(T(ENUM, .enumeration = &owned), NULL);
  check_op("metadata=", &new_offline, &op, "CREATE TABLE t (\n    e e\n);\n");
  op = create_with(T(ENUM, .enumeration = &inherits), "sch");
  check_op("inherit_schema", &new_offline, &op,
           "CREATE TYPE sch.e AS ENUM ('a');\nCREATE TABLE sch.t (\n    e sch.e\n);\n");
}

Test(type, creates_and_drops_by_itself)
{
  SqlEnum e = {.name = sql_name("e"), .schema = sql_name("s"), .labels = SQL_LIST((SqlText) "a")};
  SqlDomain d = {.name = sql_name("d"),
                 .schema = sql_name("s1"),
                 .type = T(VARCHAR, .length = SQL_INT(20)),
                 .collation = "C",
                 .default_value = sql_inline_literal(A, sql_value_string(A, "abc"), NULL),
                 .constraint_name = sql_name("ck"),
                 .not_null = SQL_YES,
                 .check = sql_text(A, "VALUE <> ''")};
  SqlOp create = {.kind = SQL_CREATE_TYPE, .type = {.enumeration = &e}};
  SqlOp drop = {.kind = SQL_DROP_TYPE, .type = {.enumeration = &e}};
  SqlOp create_domain = {.kind = SQL_CREATE_TYPE, .type = {.domain = &d}};
  SqlOp drop_domain = {.kind = SQL_DROP_TYPE, .type = {.domain = &d}};

  check_op("create", &new_offline, &create, "CREATE TYPE s.e AS ENUM ('a');\n");
  check_op("drop", &new_offline, &drop, "DROP TYPE s.e;\n");
  check_op(
      "create domain", &new_offline, &create_domain,
      "CREATE DOMAIN s1.d AS VARCHAR(20) COLLATE \"C\" DEFAULT 'abc' CONSTRAINT ck NOT NULL CHECK (VALUE <> "
      "'');\n");
  check_op("drop domain", &new_offline, &drop_domain, "DROP DOMAIN s1.d;\n");
}
