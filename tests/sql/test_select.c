#include "check.h"

/* sa.table("t", id, name, f) and sa.table("o", id, tid, schema="s") */
static SqlFrom *t;
static SqlFrom *o;

static void tables(void)
{
  begin();
  SqlTable *left = table_named("t");
  SqlTable *right = table_named("o");
  add_column(left, "id", SQL_TYPE_INTEGER);
  add_column(left, "name", SQL_TYPE_VARCHAR);
  add_column(left, "f", SQL_TYPE_BOOLEAN);
  right->schema = sql_name("s");
  add_column(right, "id", SQL_TYPE_INTEGER);
  add_column(right, "tid", SQL_TYPE_INTEGER);
  t = sql_table_from(A, left);
  o = sql_table_from(A, right);
}

TestSuite(select, .init = tables, .fini = end);

static SqlExpr *c(SqlFrom *from, const char *key)
{
  SqlExpr *column = sql_from_column(A, from, key);
  cr_assert(column != NULL, "no column %s", key);
  return column;
}

static SqlQuery *select_of(SqlExprList columns)
{
  SqlQuery *query = sql_select(A);
  query->columns = columns;
  return query;
}

static SqlExpr *count(SqlExpr *x)
{
  return sql_function(A, "count", x != NULL ? exprs(x, NULL) : (SqlExprList){0}, NULL);
}

/* select o.id where o.tid = t.id */
static SqlQuery *correlated(SqlExpr *column)
{
  SqlQuery *query = select_of(exprs(column, NULL));
  query->where = op2(SQL_OP_EQ, c(o, "tid"), c(t, "id"));
  return query;
}

Test(select, labels_what_needs_a_name)
{
  SqlQuery *same = select_of(exprs(c(t, "id"), c(o, "id"), c(t, "id"), NULL));
  SqlQuery *mixed = select_of(exprs(
      sql_cast(A, c(t, "id"), sql_type(SQL_TYPE_TEXT)), c(t, "id"), count(NULL), num(1),
      sql_label(A, sql_name("y"), str("x")), op2(SQL_OP_ADD, c(t, "id"), num(1)), sql_negative(A, c(t, "id")),
      sql_not(A, c(t, "f")), sql_text(A, "zz"), sql_literal_column(A, "q", NULL), sql_null(A), NULL));

  check_query("same names", &new_offline, same, "SELECT t.id, s.o.id AS id_1, t.id AS id__1 \nFROM t, s.o");
  check_query("kinds", &new_offline, mixed,
              "SELECT CAST(t.id AS TEXT) AS id, t.id AS id_1, count(*) AS count_1, 1 AS anon_1, 'x' AS y, "
              "t.id + 1 AS "
              "anon_2, -t.id, NOT t.f, zz, q, NULL AS anon_3 \nFROM t");
  check_query("old boolean", &old_offline, select_of(exprs(sql_not(A, c(t, "f")), NULL)),
              "SELECT NOT t.f AS f \nFROM t");
}

Test(select, lays_out_its_clauses)
{
  SqlQuery *query = select_of(exprs(count(sql_modifier(A, SQL_OP_DISTINCT, c(t, "id"))), NULL));
  SqlFrom *join = sql_join(A, t, o, op2(SQL_OP_EQ, c(t, "id"), c(o, "tid")), FALSE, FALSE, NULL);
  sql_from_list_add(A, &query->from, join);
  query->where = sql_and_where(A, sql_and_where(A, NULL, c(t, "f")), op2(SQL_OP_GT, c(t, "id"), num(3)));
  query->group_by = exprs(c(t, "name"), NULL);
  query->having = op2(SQL_OP_GT, count(NULL), num(1));
  query->order_by = exprs(sql_modifier(A, SQL_OP_DESC, c(t, "name")), count(NULL), NULL);
  query->limit = num(5);
  query->offset = num(2);
  check_query(
      "all", &new_offline, query,
      "SELECT count(DISTINCT t.id) AS count_1 \nFROM t JOIN s.o ON t.id = s.o.tid \nWHERE t.f AND t.id > 3 "
      "GROUP BY t.name \nHAVING count(*) > 1 ORDER BY t.name DESC, count(*) \n LIMIT 5 OFFSET 2");
  query = select_of(exprs(c(t, "id"), NULL));
  query->offset = num(5);
  query->distinct_on = exprs(c(t, "name"), NULL);
  query->for_update = (SqlForUpdate){.given = TRUE, .nowait = TRUE, .of = SQL_LIST(o)};
  check_query("others", &new_offline, query,
              "SELECT DISTINCT ON (t.name) t.id \nFROM t\n LIMIT ALL OFFSET 5 FOR UPDATE OF o NOWAIT");
}

Test(select, names_labels_in_order_by)
{
  SqlExpr *label = sql_label(A, sql_name("l"), op2(SQL_OP_ADD, c(t, "id"), num(1)));
  SqlQuery *query = select_of(exprs(label, NULL));
  query->order_by = exprs(sql_modifier(A, SQL_OP_DESC, label), NULL);
  check_query("label", &new_offline, query, "SELECT t.id + 1 AS l \nFROM t ORDER BY l DESC");
  query->where = op2(SQL_OP_GT, label, num(3));
  query->order_by = exprs(sql_label_reference(A, "l"), NULL);
  check_query("name", &new_offline, query, "SELECT t.id + 1 AS l \nFROM t \nWHERE t.id + 1 > 3 ORDER BY l");
  query->where = NULL;
  query->order_by = exprs(sql_modifier(A, SQL_OP_DESC, sql_label_reference(A, "name")), NULL);
  query->group_by = exprs(sql_label_reference(A, "id"), NULL);
  check_query("column", &new_offline, query,
              "SELECT t.id + 1 AS l \nFROM t GROUP BY t.id ORDER BY t.name DESC");
  query->order_by = exprs(sql_label_reference(A, "zork"), NULL);
  check_query(
      "unknown", &new_offline, query,
      "!! CompileError: Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL "
      "expression 'zork' should be explicitly declared as text('zork')");
}

Test(select, correlates_inner_selects)
{
  SqlQuery *query = select_of(exprs(c(t, "id"), NULL));
  query->where = sql_and_where(A, sql_and_where(A, NULL, sql_exists(A, correlated(sql_star(A)))),
                               op2(SQL_OP_EQ, c(t, "id"), num(1)));
  check_query(
      "exists", &new_offline, query,
      "SELECT t.id \nFROM t \nWHERE (EXISTS (SELECT * \nFROM s.o \nWHERE s.o.tid = t.id)) AND t.id = 1");
  query->where = sql_not(A, sql_exists(A, correlated(sql_star(A))));
  check_query("not exists", &new_offline, query,
              "SELECT t.id \nFROM t \nWHERE NOT (EXISTS (SELECT * \nFROM s.o \nWHERE s.o.tid = t.id))");
  query = select_of(exprs(sql_label(A, sql_name("n"), sql_scalar_subquery(A, correlated(count(c(o, "id"))))),
                          sql_scalar_subquery(A, correlated(count(c(o, "id")))), c(t, "id"), NULL));
  check_query("scalar", &new_offline, query,
              "SELECT (SELECT count(s.o.id) AS count_1 \nFROM s.o \nWHERE s.o.tid = t.id) AS n, (SELECT "
              "count(s.o.id) "
              "AS count_2 \nFROM s.o \nWHERE s.o.tid = t.id) AS anon_1, t.id \nFROM t");
  check_query("alone", &new_offline, correlated(c(o, "id")),
              "SELECT s.o.id \nFROM s.o, t \nWHERE s.o.tid = t.id");
}

Test(select, takes_aliases_and_subqueries)
{
  SqlFrom *first = sql_alias(A, t, (SqlName){0});
  SqlFrom *second = sql_alias(A, t, sql_name("B"));
  SqlQuery *twice = select_of(exprs(c(first, "id"), c(second, "id"), NULL));
  SqlQuery *inner = select_of(exprs(c(t, "id"), sql_label(A, sql_name("m"), count(c(t, "id"))), NULL));
  SqlFrom *subquery = sql_subquery(A, inner, (SqlName){0});
  SqlFrom *lateral = sql_subquery(A, correlated(c(o, "id")), sql_name("ls"));
  SqlQuery *beside = select_of(exprs(c(t, "id"), c(lateral, "id"), NULL));

  check_query("aliases", &new_offline, twice, "SELECT t_1.id, \"B\".id AS id_1 \nFROM t AS t_1, t AS \"B\"");
  check_query("subquery", &new_offline, select_of(sql_from_columns(A, subquery)),
              "SELECT anon_1.id, anon_1.m \nFROM (SELECT t.id AS id, count(t.id) AS m \nFROM t) AS anon_1");
  lateral->lateral = TRUE;
  sql_from_list_add(A, &beside->from, sql_join(A, t, lateral, sql_true(A), TRUE, FALSE, NULL));
  check_query(
      "lateral", &new_offline, beside,
      "SELECT t.id, ls.id AS id_1 \nFROM t LEFT OUTER JOIN LATERAL (SELECT s.o.id AS id \nFROM s.o \nWHERE "
      "s.o.tid = t.id) AS ls ON true");
}

Test(select, joins_by_foreign_keys)
{
  SqlConstraint fk = {.kind = SQL_CONSTRAINT_FOREIGN_KEY,
                      .referred_table = sql_name("t"),
                      .referred_columns = names("id", NULL)};
  SqlColumn *tid = sql_table_column(o->table, "tid");
  SqlQuery *query = select_of(exprs(c(t, "id"), NULL));
  g_autoptr(GError) error = NULL;

  cr_expect(!sql_select_join(A, sql_query_copy(A, query), o, NULL, FALSE, FALSE, &error),
            "nothing to join by");
  sql_constraint_list_add(A, &tid->constraints, &fk);
  cr_assert(sql_select_join(A, query, o, NULL, TRUE, FALSE, NULL));
  check_query("key", &new_offline, query, "SELECT t.id \nFROM t LEFT OUTER JOIN s.o ON t.id = s.o.tid");
}

Test(select, puts_ctes_first)
{
  SqlQuery *inner = select_of(exprs(c(t, "id"), NULL));
  SqlFrom *cte = sql_cte(A, inner, sql_name("c"), FALSE);
  SqlQuery *update = sql_update(A, t);
  SqlAssignment name = {sql_name("name"), str("x")};
  SqlAssignmentList row = {&name, 1, 0};
  SqlFrom *counter = sql_cte(A, select_of(exprs(c(t, "id"), sql_label(A, sql_name("n"), num(0)), NULL)),
                             sql_name("r"), TRUE);
  SqlQuery *step = select_of(exprs(c(counter, "id"), op2(SQL_OP_ADD, c(counter, "n"), num(1)), NULL));

  inner->where = op2(SQL_OP_GT, c(t, "id"), num(3));
  sql_row_list_add(A, &update->rows, &row);
  update->where = op2(SQL_OP_EQ, c(t, "id"), c(cte, "id"));
  check_query(
      "update", &new_offline, update,
      "WITH c AS \n(SELECT t.id AS id \nFROM t \nWHERE t.id > 3)\n UPDATE t SET name='x' FROM c WHERE t.id = "
      "c.id");
  step->where = op2(SQL_OP_LT, c(counter, "n"), num(5));
  sql_cte_extend(A, counter, SQL_UNION_ALL, step);
  check_query("recursive", &new_offline, select_of(exprs(c(counter, "id"), NULL)),
              "WITH RECURSIVE r(id, n) AS \n(SELECT t.id AS id, 0 AS n \nFROM t UNION ALL SELECT r.id AS id, "
              "r.n + 1 AS "
              "anon_1 \nFROM r \nWHERE r.n < 5)\n SELECT r.id \nFROM r");
}

Test(select, unites)
{
  SqlQuery *first = select_of(exprs(c(t, "id"), NULL));
  SqlQueryList parts = SQL_LIST(first, select_of(exprs(c(o, "id"), NULL)));
  SqlQuery *both = sql_compound(A, SQL_UNION_ALL, parts);
  first->limit = num(3);
  both->order_by = exprs(sql_label_reference(A, "id"), NULL);
  both->limit = num(4);
  check_query("union", &new_offline, both,
              "(SELECT t.id \nFROM t \n LIMIT 3) UNION ALL SELECT s.o.id \nFROM s.o ORDER BY id \n LIMIT 4");
}

Test(select, reads_values_and_functions)
{
  SqlExprList columns = exprs(col("id", SQL_TYPE_INTEGER), col("n", SQL_TYPE_VARCHAR), NULL);
  SqlExprList rows =
      exprs(sql_tuple(A, exprs(num(1), str("a"), NULL)), sql_tuple(A, exprs(num(2), none(), NULL)), NULL);
  SqlFrom *values = sql_values(A, columns, rows, sql_name("v"));
  SqlExpr *series = sql_function(A, "generate_series", exprs(num(1), num(3), NULL), NULL);
  SqlFrom *function = sql_function_from(A, series, (SqlExprList){0}, sql_name("g"));
  SqlFrom *valued = sql_function_from(A, series, exprs(col("x", SQL_TYPE_NULL), NULL), (SqlName){0});

  check_query("values", &new_offline, select_of(exprs(c(values, "id"), c(values, "n"), NULL)),
              "SELECT v.id, v.n \nFROM (VALUES (1, 'a'), (2, NULL)) AS v (id, n)");
  check_query("function", &new_offline, select_of(exprs(sql_function_from_column(A, function), NULL)),
              "SELECT g \nFROM generate_series(1, 3) AS g");
  check_query("table valued", &new_offline, select_of(exprs(c(valued, "x"), NULL)),
              "SELECT anon_1.x \nFROM generate_series(1, 3) AS anon_1");
}

Test(select, tells_where_from_and)
{
  SqlExpr *has_key = op2(SQL_OP_HAS_KEY, col("jb", SQL_TYPE_JSONB), str("q"));
  SqlQuery *query = select_of(exprs(c(t, "id"), NULL));
  query->where = sql_and_where(A, sql_and_where(A, NULL, has_key), c(t, "f"));
  check_query("where twice", &new_offline, query, "SELECT t.id \nFROM t \nWHERE jb ? 'q' AND t.f");
  query->where = sql_conjunction(A, SQL_OP_AND, exprs(has_key, c(t, "f"), NULL));
  check_query("and", &new_offline, query, "SELECT t.id \nFROM t \nWHERE (jb ? 'q') AND t.f");
  check_query("old and", &old_offline, query, "SELECT t.id \nFROM t \nWHERE jb ? 'q' AND t.f");
}

Test(select, numbers_unnamed_columns_of_subqueries)
{
  SqlQuery *inner = select_of(exprs(op2(SQL_OP_ADD, c(t, "id"), num(1)),
                                    sql_cast(A, c(t, "id"), sql_type(SQL_TYPE_TEXT)), num(7), NULL));
  SqlFrom *subquery = sql_subquery(A, inner, (SqlName){0});
  check_query("unnamed", &new_offline, select_of(sql_from_columns(A, subquery)),
              "SELECT anon_2.anon_1, anon_2.id, anon_2.anon_3 \nFROM (SELECT t.id + 1 AS anon_1, CAST(t.id "
              "AS TEXT) AS "
              "id, 7 AS anon_3 \nFROM t) AS anon_2");
}

Test(select, asks_tables_columns_before_light_ones)
{
  SqlExpr *light = col("x", SQL_TYPE_INTEGER);
  check_expr("mirrored", &new_offline, op2(SQL_OP_LT, light, c(t, "id")), "t.id > x");
  check_expr("as written", &new_offline, op2(SQL_OP_LT, c(t, "id"), light), "t.id < x");
}
