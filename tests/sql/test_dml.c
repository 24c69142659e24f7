#include "check.h"

TestSuite(dml, .init = begin, .fini = end);

typedef struct {
  SqlTable *table;
  SqlFrom *from;
} Target;

/* sa.table("t", id, name, f) */
static Target light_table(void)
{
  Target t = {.table = table_named("t")};
  t.table->light = TRUE;
  add_column(t.table, "id", SQL_TYPE_INTEGER);
  add_column(t.table, "name", SQL_TYPE_VARCHAR);
  add_column(t.table, "f", SQL_TYPE_BOOLEAN);
  t.from = sql_table_from(A, t.table);
  return t;
}

/* sa.table("o", id, tid, schema="s") */
static SqlFrom *other_table(void)
{
  SqlTable *o = table_named("o");
  o->schema = sql_name("s");
  o->light = TRUE;
  add_column(o, "id", SQL_TYPE_INTEGER);
  add_column(o, "tid", SQL_TYPE_INTEGER);
  return sql_table_from(A, o);
}

static SqlExpr *c(SqlFrom *from, const char *key)
{
  SqlExpr *column = sql_from_column(A, from, key);
  cr_assert(column != NULL, "no column %s", key);
  return column;
}

static void set(SqlQuery *query, const char *name, SqlExpr *value)
{
  if (query->rows.n == 0)
    sql_row_list_add(A, &query->rows, arena_new0(A, SqlAssignmentList));
  sql_assignment_list_add(A, query->rows.items[query->rows.n - 1],
                          (SqlAssignment){.column = sql_name(name), .value = value});
}

Test(dml, inserts_in_the_order_of_the_table)
{
  Target t = light_table();
  SqlQuery *insert = sql_insert(A, t.from);
  set(insert, "name", str("x"));
  set(insert, "id", sql_text(A, "3"));
  check_query("values", &new_offline, insert, "INSERT INTO t (id, name) VALUES (3, 'x')");
  set(insert, "zz", num(1));
  check_query("unknown", &new_offline, insert, "!! CompileError: Unconsumed column names: zz");
}

Test(dml, inserts_several_rows)
{
  Target t = light_table();
  SqlContext named = {.no_literal_binds = TRUE};
  SqlQuery *insert = sql_insert(A, t.from);
  insert->multi = TRUE;
  set(insert, "id", num(1));
  set(insert, "name", str("a"));
  sql_row_list_add(A, &insert->rows, arena_new0(A, SqlAssignmentList));
  set(insert, "name", none());
  set(insert, "id", num(2));
  check_query("rows", &new_offline, insert, "INSERT INTO t (id, name) VALUES (1, 'a'), (2, NULL)");
  check_query("~named", &named, insert,
              "INSERT INTO t (id, name) VALUES (:id_m0, :name_m0), (:id_m1, :name_m1)");
}

Test(dml, inserts_without_values)
{
  Target t = light_table();
  SqlQuery *insert = sql_insert(A, t.from);
  check_query("~parameters", &new_offline, insert, "INSERT INTO t (id, name, f) VALUES (:id, :name, :f)");
  check_query("online", &new_online, insert, "INSERT INTO t DEFAULT VALUES");
  sql_row_list_add(A, &insert->rows, arena_new0(A, SqlAssignmentList));
  check_query("defaults", &new_offline, insert, "INSERT INTO t DEFAULT VALUES");
}

/* sa.Table("t", id primary key, p, z with defaults, schema="s") */
static Target full_table(void)
{
  Target t = {.table = table_named("t")};
  t.table->schema = sql_name("s");
  add_column(t.table, "id", SQL_TYPE_INTEGER)->primary_key = TRUE;
  add_column(t.table, "p", SQL_TYPE_INTEGER);
  SqlColumn *z = add_column(t.table, "z", SQL_TYPE_INTEGER);
  z->has_python_default = z->has_python_onupdate = TRUE;
  z->default_value = num(3);
  z->onupdate_value = sql_function(A, "foo", (SqlExprList){0}, NULL);
  t.from = sql_table_from(A, t.table);
  return t;
}

static SqlQuery *insert_p(Target t)
{
  SqlQuery *insert = sql_insert(A, t.from);
  set(insert, "p", num(1));
  return insert;
}

Test(dml, fetches_keys_the_server_makes)
{
  Target t = full_table();
  SqlQuery *with_key = insert_p(t);
  SqlQuery *inlined = insert_p(t);
  SqlQuery *computed = sql_insert(A, t.from);
  SqlQuery *conflict = insert_p(t);
  SqlQuery *returning = insert_p(t);
  set(with_key, "id", num(1));
  inlined->inline_ = TRUE;
  set(computed, "id", sql_function(A, "foo", (SqlExprList){0}, NULL));
  conflict->conflict.action = SQL_CONFLICT_DO_NOTHING;
  returning->has_returning = TRUE;
  returning->returning = exprs(c(t.from, "p"), NULL);
  check_query("none given", &new_offline, insert_p(t),
              "INSERT INTO s.t (p, z) VALUES (1, NULL) RETURNING s.t.id");
  check_query("given", &new_offline, with_key, "INSERT INTO s.t (id, p, z) VALUES (1, 1, NULL)");
  check_query("inline", &new_offline, inlined, "INSERT INTO s.t (p, z) VALUES (1, NULL)");
  check_query("computed", &new_offline, computed,
              "INSERT INTO s.t (id, z) VALUES (foo(), NULL) RETURNING s.t.id");
  check_query("conflict", &new_offline, conflict,
              "INSERT INTO s.t (p, z) VALUES (1, NULL) ON CONFLICT DO NOTHING RETURNING s.t.id");
  check_query("returning", &new_offline, returning,
              "INSERT INTO s.t (p, z) VALUES (1, NULL) RETURNING s.t.p");
  check_query("online", &new_online, insert_p(t), "INSERT INTO s.t (p, z) VALUES (1, 3) RETURNING s.t.id");
}

Test(dml, inserts_from_selects)
{
  Target t = full_table();
  SqlFrom *o = other_table();
  SqlQuery *insert = sql_insert(A, t.from);
  insert->names = names("p", NULL);
  insert->select = sql_select(A);
  insert->select->columns = exprs(c(o, "id"), NULL);
  check_query("select", &new_offline, insert,
              "INSERT INTO s.t (p, z) SELECT s.o.id, NULL AS anon_1 \nFROM s.o");
  insert->no_defaults = TRUE;
  check_query("without defaults", &new_offline, insert, "INSERT INTO s.t (p) SELECT s.o.id \nFROM s.o");
}

Test(dml, updates)
{
  Target t = light_table();
  SqlFrom *o = other_table();
  SqlQuery *update = sql_update(A, t.from);
  set(update, "name", op2(SQL_OP_ADD, c(t.from, "name"), str("-x")));
  set(update, "id", num(5));
  update->where = sql_and_where(A, NULL, op2(SQL_OP_EQ, c(t.from, "id"), c(o, "tid")));
  check_query("from another table", &new_offline, update,
              "UPDATE t SET id=5, name=(t.name || '-x') FROM s.o WHERE t.id = s.o.tid");
  update->ordered = TRUE;
  update->where = c(t.from, "f");
  update->has_returning = TRUE;
  update->returning =
      exprs(c(t.from, "id"), sql_function(A, "lower", exprs(c(t.from, "name"), NULL), NULL), NULL);
  check_query("ordered", &new_offline, update,
              "UPDATE t SET name=(t.name || '-x'), id=5 WHERE t.f RETURNING t.id, lower(t.name) AS lower_1");
  check_query("~parameters", &new_offline, sql_update(A, t.from), "UPDATE t SET id=:id, name=:name, f=:f");
}

Test(dml, updates_columns_of_their_own_accord)
{
  Target t = full_table();
  SqlQuery *update = sql_update(A, t.from);
  set(update, "p", num(3));
  check_query("onupdate", &new_offline, update, "UPDATE s.t SET p=3, z=foo()");
}

Test(dml, deletes)
{
  Target t = light_table();
  SqlFrom *o = other_table();
  SqlQuery *delete = sql_delete(A, t.from);
  SqlQuery *select = sql_select(A);
  delete->where = op2(SQL_OP_EQ, c(t.from, "id"), c(o, "tid"));
  check_query("using", &new_offline, delete, "DELETE FROM t USING s.o WHERE t.id = s.o.tid");
  select->columns = exprs(c(o, "tid"), NULL);
  delete->where = sql_in_query(A, c(t.from, "id"), select, FALSE);
  check_query("in a query", &new_offline, delete, "DELETE FROM t WHERE t.id IN (SELECT s.o.tid \nFROM s.o)");
}

Test(dml, resolves_conflicts)
{
  Target t = light_table();
  SqlFrom *excluded = sql_excluded(A, t.table);
  SqlQuery *insert = sql_insert(A, t.from);
  SqlAssignment assignments[] = {{sql_name("name"), c(excluded, "name")},
                                 {sql_name("id"), op2(SQL_OP_ADD, c(t.from, "id"), num(1))}};
  set(insert, "id", num(1));
  insert->conflict = (SqlConflict){.action = SQL_CONFLICT_DO_UPDATE,
                                   .elements = exprs(c(t.from, "id"), NULL),
                                   .element_where = c(t.from, "f"),
                                   .set = {assignments, 2, 0},
                                   .where = c(t.from, "f")};
  check_query("update", &new_offline, insert,
              "INSERT INTO t (id) VALUES (1) ON CONFLICT (id) WHERE f DO UPDATE SET id = (t.id + 1), name = "
              "excluded.name WHERE t.f");
  check_query(
      "~old", &old_offline, insert,
      "INSERT INTO t (id) VALUES (1) ON CONFLICT (id) WHERE f DO UPDATE SET id = (t.id + :id_1), name = "
      "excluded.name WHERE t.f");
  insert->conflict.constraint = sql_name("Uq");
  insert->conflict.action = SQL_CONFLICT_DO_NOTHING;
  check_query("nothing", &new_offline, insert,
              "INSERT INTO t (id) VALUES (1) ON CONFLICT ON CONSTRAINT \"Uq\" DO NOTHING");
}

Test(dml, inserts_in_bulk)
{
  Target t = full_table();
  SqlCell first[] = {{.column = sql_name("p"), .value = sql_value_string(A, "7")}};
  SqlCell second[] = {{.column = sql_name("id"), .value = sql_value_int(A, 3)},
                      {.column = sql_name("p"), .expr = sql_inline_literal(A, sql_value_int(A, 4), NULL)}};
  SqlCellList rows[] = {{first, 1, 0}, {second, 2, 0}};
  SqlOp op = {.kind = SQL_BULK_INSERT,
              .bulk_insert = {.table = t.table, .rows = SQL_LIST(&rows[0], &rows[1])}};
  check_op("rows", &new_offline, &op,
           "INSERT INTO s.t (p, z) VALUES (7, NULL);\nINSERT INTO s.t (id, p, z) VALUES (3, 4, NULL);\n");
  first[0].column = sql_name("nope");
  check_op("unknown", &new_offline, &op, "!! KeyError: 'nope'");
}

Test(dml, sends_values_online_as_the_driver_would)
{
  SqlTable *table = table_named("t");
  SqlType ints = {.kind = SQL_TYPE_ARRAY, .item = sql_type(SQL_TYPE_INTEGER)};
  SqlValueList items = SQL_LIST((const SqlValue *)sql_value_int(A, 1));
  SqlValue *json = sql_value_list(A, (SqlValueList){0}, NULL);
  SqlQuery *insert;
  json->kind = SQL_VALUE_JSON;
  json->json = "{\"a\": 1}";
  table->light = TRUE;
  add_column(table, "a", SQL_TYPE_NULL)->type = &ints;
  add_column(table, "j", SQL_TYPE_JSONB);
  add_column(table, "d", SQL_TYPE_NULL);
  add_column(table, "s", SQL_TYPE_VARCHAR);
  insert = sql_insert(A, sql_table_from(A, table));
  set(insert, "a", sql_bind_value(A, sql_value_list(A, items, NULL), NULL));
  set(insert, "j", sql_bind_value(A, json, NULL));
  set(insert, "d", sql_bind_value(A, sql_value_text(A, SQL_VALUE_DATE, "2020-01-02"), NULL));
  set(insert, "s", str("b\\s"));
  check_query(
      "online", &new_online, insert,
      "INSERT INTO t (a, j, d, s) VALUES (ARRAY[1]::INTEGER[], '{\"a\": 1}'::JSONB, '2020-01-02'::date, "
      "'b\\s')");
}
