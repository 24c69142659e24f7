#include "check.h"

TestSuite(alter, .init = begin, .fini = end);

static SqlOp alter_op(void)
{
  return (SqlOp){.kind = SQL_ALTER_COLUMN, .alter_column = {.table = sql_name("t"), .column = sql_name("c")}};
}

Test(alter, changes_one_thing_a_statement_in_a_fixed_order)
{
  SqlType varchar = {.kind = SQL_TYPE_VARCHAR, .length = SQL_INT(50)};
  SqlOp op = alter_op();
  op.alter_column.schema = sql_name("x.y");
  op.alter_column.type = &varchar;
  op.alter_column.using = "c::text";
  op.alter_column.nullable = SQL_NO;
  op.alter_column.set_default = TRUE;
  op.alter_column.server_default = (SqlDefault){.kind = SQL_DEFAULT_STRING, .text = "a"};
  op.alter_column.set_comment = TRUE;
  op.alter_column.comment = "it's";
  op.alter_column.new_name = sql_name("D");
  check_op("all", &new_offline, &op,
           "ALTER TABLE x.y.t ALTER COLUMN c TYPE VARCHAR(50) USING c::text;\nALTER TABLE x.y.t ALTER COLUMN "
           "c SET NOT "
           "NULL;\nALTER TABLE x.y.t ALTER COLUMN c SET DEFAULT 'a';\nCOMMENT ON COLUMN x.y.t.c IS "
           "'it''s';\nALTER "
           "TABLE x.y.t RENAME c TO \"D\";\n");
  op = alter_op();
  check_op("nothing", &new_offline, &op, "");
  op.alter_column.using = "c";
  check_op("using alone", &new_offline, &op,
           "!! CommandError: postgresql_using must be used with the type_ parameter");
}

Test(alter, drops_what_is_given_as_none)
{
  SqlOp op = alter_op();
  op.alter_column.nullable = SQL_YES;
  op.alter_column.set_default = TRUE;
  op.alter_column.set_comment = TRUE;
  check_op("none", &new_offline, &op,
           "ALTER TABLE t ALTER COLUMN c DROP NOT NULL;\nALTER TABLE t ALTER COLUMN c DROP DEFAULT;\nCOMMENT "
           "ON COLUMN "
           "t.c IS NULL;\n");
  op = alter_op();
  op.alter_column.set_default = TRUE;
  op.alter_column.server_default.kind = SQL_DEFAULT_FETCHED;
  check_op("fetched", &new_offline, &op, "!! AssertionError: ");
}

Test(alter, moves_identities)
{
  SqlIdentity wanted = {.always = TRUE,
                        .options = {.start = SQL_INT(3), .increment = SQL_INT(4), .cache = SQL_INT(5)}};
  SqlIdentity plain = {0};
  SqlOp op = alter_op();
  op.alter_column.set_default = TRUE;
  op.alter_column.server_default = (SqlDefault){.kind = SQL_DEFAULT_IDENTITY, .identity = &wanted};
  op.alter_column.has_existing_default = TRUE;
  check_op("add", &new_offline, &op,
           "ALTER TABLE t ALTER COLUMN c ADD GENERATED ALWAYS AS IDENTITY (INCREMENT BY 4 START WITH 3 CACHE "
           "5);\n");
  op.alter_column.existing_default = (SqlDefault){.kind = SQL_DEFAULT_IDENTITY, .identity = &plain};
  check_op(
      "change", &new_offline, &op,
      "ALTER TABLE t ALTER COLUMN c SET GENERATED ALWAYS SET CACHE 5 SET INCREMENT BY 4 SET START WITH 3;\n");
  op.alter_column.server_default = (SqlDefault){0};
  check_op("drop", &new_offline, &op, "ALTER TABLE t ALTER COLUMN c DROP IDENTITY;\n");
  op = alter_op();
  op.alter_column.set_default = TRUE;
  op.alter_column.server_default = (SqlDefault){.kind = SQL_DEFAULT_IDENTITY, .identity = &plain};
  check_op("~nothing to change", &new_offline, &op, "ALTER TABLE t ALTER COLUMN c;\n");
}

Test(alter, refuses_computed_columns)
{
  SqlComputed computed = {.expression = sql_text(A, "1")};
  SqlOp op = alter_op();
  op.alter_column.set_default = TRUE;
  op.alter_column.has_existing_default = TRUE;
  op.alter_column.existing_default = (SqlDefault){.kind = SQL_DEFAULT_COMPUTED, .computed = &computed};
  check_op(
      "computed", &new_offline, &op,
      "!! CompileError: Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an "
      "existing column is not supported.");
}

Test(alter, swaps_the_checks_of_types)
{
  SqlEnum old_enum = {.name = sql_name("f"),
                      .labels = SQL_LIST((SqlText) "z"),
                      .non_native = TRUE,
                      .create_constraint = TRUE};
  SqlEnum new_enum = old_enum;
  new_enum.name = sql_name("e");
  new_enum.labels = (SqlTextList)SQL_LIST((SqlText) "a", "b");
  SqlType old_type = {.kind = SQL_TYPE_ENUM, .enumeration = &old_enum};
  SqlType new_type = {.kind = SQL_TYPE_ENUM, .enumeration = &new_enum};
  SqlOp op = alter_op();
  op.alter_column.schema = sql_name("x.y");
  op.alter_column.type = &new_type;
  op.alter_column.existing_type = &old_type;
  check_op("checks", &new_offline, &op,
           "ALTER TABLE \"x.y\".t DROP CONSTRAINT f;\nALTER TABLE x.y.t ALTER COLUMN c TYPE "
           "VARCHAR(1);\nALTER TABLE "
           "\"x.y\".t ADD CONSTRAINT e CHECK (c IN ('a', 'b'));\n");
}

Test(alter, adds_columns_with_all_they_bring)
{
  SqlColumn *c = column("c", SQL_TYPE_INTEGER);
  SqlConstraint fk = {.kind = SQL_CONSTRAINT_FOREIGN_KEY,
                      .name = sql_name("fk"),
                      .referred_schema = sql_name("s"),
                      .referred_table = sql_name("o"),
                      .referred_columns = names("id", NULL),
                      .ondelete = "CASCADE"};
  SqlConstraint check = {.kind = SQL_CONSTRAINT_CHECK, .expression = sql_text(A, "c > 0")};
  SqlOp op = {
      .kind = SQL_ADD_COLUMN,
      .add_column = {.table = sql_name("t"), .schema = sql_name("x.y"), .column = c, .if_not_exists = TRUE}};
  c->nullable = SQL_NO;
  c->comment = "n";
  c->unique = TRUE;
  c->constraints = (SqlConstraintList)SQL_LIST(&fk, &check);
  check_op(
      "column", &new_offline, &op,
      "ALTER TABLE x.y.t ADD COLUMN IF NOT EXISTS c INTEGER NOT NULL CHECK (c > 0);\nALTER TABLE \"x.y\".t "
      "ADD "
      "UNIQUE (c);\nALTER TABLE \"x.y\".t ADD CONSTRAINT fk FOREIGN KEY(c) REFERENCES s.o (id) ON DELETE "
      "CASCADE;\nCOMMENT ON COLUMN \"x.y\".t.c IS 'n';\n");
  op.add_column.inline_references = TRUE;
  op.add_column.if_not_exists = FALSE;
  c->unique = FALSE;
  c->index = TRUE;
  c->comment = NULL;
  check_op("inline", &new_offline, &op,
           "ALTER TABLE x.y.t ADD COLUMN c INTEGER NOT NULL REFERENCES s.o (id) ON DELETE CASCADE CHECK (c > "
           "0);\nCREATE INDEX ix_x_y_t_c ON \"x.y\".t (c);\n");
}

Test(alter, adds_primary_keys_as_serial)
{
  SqlColumn *c = column("id", SQL_TYPE_BIGINT);
  SqlOp op = {.kind = SQL_ADD_COLUMN, .add_column = {.table = sql_name("t"), .column = c}};
  c->primary_key = TRUE;
  check_op("key", &new_offline, &op, "ALTER TABLE t ADD COLUMN id BIGSERIAL NOT NULL;\n");
  op.add_column.inline_primary_key = TRUE;
  check_op("inline key", &new_offline, &op, "ALTER TABLE t ADD COLUMN id BIGSERIAL NOT NULL PRIMARY KEY;\n");
}

Test(alter, renames_and_drops)
{
  SqlOp rename = {
      .kind = SQL_RENAME_TABLE,
      .rename_table = {.name = sql_name("user"), .schema = sql_name("s"), .new_name = sql_name("order")}};
  SqlOp drop = {.kind = SQL_DROP_COLUMN,
                .drop_column = {.table = sql_name("a%b"), .column = sql_name("c%d"), .if_exists = TRUE}};
  SqlContext pyformat = {.pyformat = TRUE};

  check_op("rename", &new_offline, &rename, "ALTER TABLE s.\"user\" RENAME TO \"order\";\n");
  check_op("drop", &new_offline, &drop, "ALTER TABLE \"a%b\" DROP COLUMN IF EXISTS \"c%d\";\n");
  check_op("pyformat", &pyformat, &drop, "ALTER TABLE \"a%%b\" DROP COLUMN IF EXISTS \"c%%d\";\n");
}

Test(alter, prints_schemas_sequences_and_plain_ddl)
{
  SqlSequence sequence = {
      .name = sql_name("Sq"), .schema = sql_name("s"), .data_type = sql_type(SQL_TYPE_SMALLINT)};
  SqlOp create = {.kind = SQL_CREATE_SEQUENCE, .sequence = {.sequence = &sequence, .if_exists = TRUE}};
  SqlOp drop = {.kind = SQL_DROP_SEQUENCE, .sequence = {.sequence = &sequence}};
  SqlOp schema = {.kind = SQL_CREATE_SCHEMA, .schema = {.name = sql_name("My"), .if_exists = TRUE}};
  SqlOp no_schema = {.kind = SQL_DROP_SCHEMA, .schema = {.name = sql_name("s"), .cascade = TRUE}};
  SqlOp ddl = {.kind = SQL_DDL_TEXT, .ddl = {.text = "select '50%' where ':x' = ''"}};

  check_op("sequence", &new_offline, &create, "CREATE SEQUENCE IF NOT EXISTS s.\"Sq\" AS SMALLINT;\n");
  check_op("drop sequence", &new_offline, &drop, "DROP SEQUENCE s.\"Sq\";\n");
  check_op("schema", &new_offline, &schema, "CREATE SCHEMA IF NOT EXISTS \"My\";\n");
  check_op("drop schema", &new_offline, &no_schema, "DROP SCHEMA s CASCADE;\n");
  check_op("ddl", &new_offline, &ddl, "select '50%' where ':x' = '';\n");
  create.sequence.if_exists = FALSE;
  check_op("old sequence", &old_offline, &create, "CREATE SEQUENCE s.\"Sq\" AS SMALLINT START WITH 1;\n");
}
