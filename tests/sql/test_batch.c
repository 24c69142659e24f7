#include "check.h"

TestSuite(batch, .init = begin, .fini = end);

static SqlOp drop_column(const char *name)
{
  return (SqlOp){.kind = SQL_DROP_COLUMN, .drop_column = {.table = sql_name("t"), .column = sql_name(name)}};
}

Test(batch, passes_operations_on_in_order)
{
  SqlOp first = drop_column("a");
  SqlOp second = {.kind = SQL_ADD_COLUMN,
                  .add_column = {.table = sql_name("t"), .column = column("b", SQL_TYPE_INTEGER)}};
  SqlOp batch = {.kind = SQL_BATCH, .batch = {.table = sql_name("t"), .ops = SQL_LIST(&first, &second)}};

  check_op("batch", &new_offline, &batch,
           "ALTER TABLE t DROP COLUMN a;\nALTER TABLE t ADD COLUMN b INTEGER;\n");
  batch.batch.recreate = SQL_BATCH_ALWAYS;
  check_op("recreate", &new_offline, &batch,
           "!! CommandError: This operation cannot proceed in --sql mode; batch mode with dialect postgresql "
           "requires a "
           "live database connection with which to reflect the table \"t\". To generate a batch SQL "
           "migration script "
           "using table \"move and copy\", a complete Table object should be passed to the \"copy_from\" "
           "argument of "
           "the batch_alter_table() method so that table reflection can be skipped.");
}

/* id, a unique, b indexed; constraints ck, uq, fk; index ixx. */
static SqlTable *known_table(void)
{
  SqlTable *t = table_named("t");
  SqlConstraint *ck = arena_new0(A, SqlConstraint);
  SqlConstraint *uq = arena_new0(A, SqlConstraint);
  SqlIndex *index = arena_new0(A, SqlIndex);

  t->schema = sql_name("s");
  add_column(t, "id", SQL_TYPE_INTEGER)->primary_key = TRUE;
  SqlColumn *a = add_column(t, "a", SQL_TYPE_VARCHAR);
  a->nullable = SQL_NO;
  a->unique = TRUE;
  add_column(t, "b", SQL_TYPE_INTEGER)->index = TRUE;
  *ck = (SqlConstraint){
      .kind = SQL_CONSTRAINT_CHECK, .name = sql_name("ck"), .expression = sql_text(A, "id > 1")};
  *uq = (SqlConstraint){
      .kind = SQL_CONSTRAINT_UNIQUE, .name = sql_name("uq"), .columns = names("a", "b", NULL)};
  *index = (SqlIndex){.name = sql_name("ixx"), .expressions = exprs(col("a", SQL_TYPE_NULL), NULL)};
  sql_constraint_list_add(A, &t->constraints, ck);
  sql_constraint_list_add(A, &t->constraints, uq);
  sql_index_list_add(A, &t->indexes, index);
  return t;
}

Test(batch, recreates_a_known_table)
{
  SqlOp alter = {.kind = SQL_ALTER_COLUMN,
                 .alter_column = {.table = sql_name("t"),
                                  .column = sql_name("a"),
                                  .new_name = sql_name("z"),
                                  .type = sql_type(SQL_TYPE_INTEGER),
                                  .nullable = SQL_YES}};
  SqlColumn *n = column("n", SQL_TYPE_INTEGER);
  SqlOp add = {.kind = SQL_ADD_COLUMN,
               .add_column = {.table = sql_name("t"), .column = n, .insert_after = "id"}};
  SqlOp drop = drop_column("b");
  SqlOp drop_check = {.kind = SQL_DROP_CONSTRAINT, .drop_constraint = {.name = sql_name("ck")}};
  SqlConstraint unique = {
      .kind = SQL_CONSTRAINT_UNIQUE, .name = sql_name("u2"), .columns = names("id", NULL)};
  SqlOp add_unique = {.kind = SQL_ADD_CONSTRAINT, .add_constraint = {.constraint = &unique}};
  SqlOp batch = {.kind = SQL_BATCH,
                 .batch = {.table = sql_name("t"),
                           .schema = sql_name("s"),
                           .recreate = SQL_BATCH_ALWAYS,
                           .copy_from = known_table(),
                           .ops = SQL_LIST(&alter, &add, &drop, &drop_check, &add_unique)}};

  n->server_default = (SqlDefault){.kind = SQL_DEFAULT_STRING, .text = "3"};
  check_op(
      "move and copy", &new_offline, &batch,
      "ALTER TABLE s.t DROP CONSTRAINT uq;\nCREATE TABLE s._alembic_tmp_t (\n    id SERIAL NOT NULL, \n    n "
      "INTEGER DEFAULT '3', \n    z INTEGER, \n    PRIMARY KEY (id), \n    CONSTRAINT u2 UNIQUE (id), \n    "
      "UNIQUE "
      "(z)\n);\nINSERT INTO s._alembic_tmp_t (id, z) SELECT s.t.id, CAST(s.t.a AS INTEGER) AS a \nFROM "
      "s.t;\nDROP "
      "TABLE s.t;\nALTER TABLE s._alembic_tmp_t RENAME TO t;\nCREATE INDEX ixx ON s.t (z);\n");
}

Test(batch, refuses_what_the_table_lacks)
{
  SqlOp drop = drop_column("nope");
  SqlOp drop_index = {.kind = SQL_DROP_INDEX, .drop_index = {.name = sql_name("nope")}};
  SqlOp drop_constraint = {.kind = SQL_DROP_CONSTRAINT, .drop_constraint = {.name = sql_name("nope")}};
  SqlOp batch = {.kind = SQL_BATCH,
                 .batch = {.table = sql_name("t"),
                           .recreate = SQL_BATCH_ALWAYS,
                           .copy_from = known_table(),
                           .ops = SQL_LIST(&drop)}};

  check_op("column", &new_offline, &batch, "!! KeyError: 'nope'");
  batch.batch.ops.items[0] = &drop_index;
  check_op("index", &new_offline, &batch, "!! ValueError: No such index: 'nope'");
  batch.batch.ops.items[0] = &drop_constraint;
  check_op("constraint", &new_offline, &batch, "!! ValueError: No such constraint: 'nope'");
}
