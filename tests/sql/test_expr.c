#include "check.h"

TestSuite(expr, .init = begin, .fini = end);

typedef struct {
  const char *expected;
  SqlExpr *expr;
} Case;

static void check_all(const Case *cases, gsize n, const SqlContext *context)
{
  for (gsize i = 0; i < n; i++)
    check_expr(cases[i].expected, context, cases[i].expr, cases[i].expected);
}

static SqlExpr *id(void)
{
  return col("id", SQL_TYPE_INTEGER);
}

static SqlExpr *name(void)
{
  return col("name", SQL_TYPE_VARCHAR);
}

static SqlExpr *flag(void)
{
  return col("f", SQL_TYPE_BOOLEAN);
}

static SqlExpr *all_of(SqlOperator op, SqlExprList list)
{
  return sql_conjunction(A, op, list);
}

Test(expr, compares_with_none_and_booleans)
{
  SqlExpr *no = sql_bind_value(A, sql_value_bool(A, FALSE), NULL);
  const Case cases[] = {
      {"id IS NULL", op2(SQL_OP_EQ, id(), none())},
      {"id IS NOT NULL", op2(SQL_OP_NE, id(), none())},
      {"id IS NULL", op2(SQL_OP_EQ, id(), sql_null(A))},
      {"f = true", op2(SQL_OP_EQ, flag(), yes())},
      {"f != true", op2(SQL_OP_NE, flag(), yes())},
      {"f IS false", op2(SQL_OP_IS, flag(), no)},
      {"id IS DISTINCT FROM NULL", op2(SQL_OP_IS_DISTINCT_FROM, id(), none())},
      {"id IS DISTINCT FROM 3", op2(SQL_OP_IS_DISTINCT_FROM, id(), num(3))},
      {"id > 5", op2(SQL_OP_LT, num(5), id())},
      {"5 = ANY (a)", op2(SQL_OP_EQ, num(5), sql_modifier(A, SQL_OP_ANY, col("a", SQL_TYPE_NULL)))},
      {"5 < ALL (a)", op2(SQL_OP_GT, sql_modifier(A, SQL_OP_ALL, col("a", SQL_TYPE_NULL)), num(5))},
      {"NOT (5 = ANY (a))",
       sql_not(A, op2(SQL_OP_EQ, num(5), sql_modifier(A, SQL_OP_ANY, col("a", SQL_TYPE_NULL))))},
  };
  g_autoptr(GError) error = NULL;

  check_all(cases, G_N_ELEMENTS(cases), &new_offline);
  cr_expect(sql_operate(A, SQL_OP_GT, id(), none(), &error) == NULL, "id > None must fail");
  cr_expect(g_error_matches(error, SQL_ERROR, SQL_ERROR_ARGUMENT), "id > None is an ArgumentError");
}

Test(expr, puts_parentheses_where_precedence_asks)
{
  SqlExpr *sum = op2(SQL_OP_ADD, id(), num(1));
  SqlExpr *difference = op2(SQL_OP_SUB, id(), num(1));
  SqlExpr *equal = op2(SQL_OP_EQ, id(), num(1));
  const Case cases[] = {
      {"id + 1 + 2", op2(SQL_OP_ADD, sum, num(2))},
      {"(id + 1) * 2", op2(SQL_OP_MUL, sum, num(2))},
      {"id * 2 - 1", op2(SQL_OP_SUB, op2(SQL_OP_MUL, id(), num(2)), num(1))},
      {"(id - 1) - 2", op2(SQL_OP_SUB, difference, num(2))},
      {"2 - (id - 1)", op2(SQL_OP_SUB, num(2), difference)},
      {"-(id + 1)", sql_negative(A, sum)},
      {"name || 'x'", op2(SQL_OP_ADD, name(), str("x"))},
      {"(name || 'x') = 'y'", op2(SQL_OP_EQ, op2(SQL_OP_ADD, name(), str("x")), str("y"))},
      {"a || 'x'", op2(SQL_OP_ADD, col("a", SQL_TYPE_NULL), str("x"))},
      {"a + 1", op2(SQL_OP_ADD, col("a", SQL_TYPE_NULL), num(1))},
      {"id / CAST(2 AS NUMERIC)", op2(SQL_OP_DIV, id(), num(2))},
      {"id / 2", op2(SQL_OP_FLOORDIV, id(), num(2))},
      {"FLOOR(n / 2)", op2(SQL_OP_FLOORDIV, col("n", SQL_TYPE_NUMERIC), num(2))},
      {"id % 2", op2(SQL_OP_MOD, id(), num(2))},
      {"(id = 1) = f", op2(SQL_OP_EQ, equal, flag())},
      {"(name COLLATE \"C\") = 'x'", op2(SQL_OP_EQ, sql_collate(A, name(), "C"), str("x"))},
      {"(name ~ 'z') = 'y'",
       op2(SQL_OP_EQ, sql_custom_op(A, "~", 0, FALSE, name(), str("z"), NULL), str("y"))},
  };

  check_all(cases, G_N_ELEMENTS(cases), &new_offline);
  check_expr("old division", &old_offline, op2(SQL_OP_DIV, id(), num(2)), "id / 2");
}

Test(expr, joins_conditions)
{
  SqlExpr *contains = op2(SQL_OP_CONTAINS, name(), str("x"));
  SqlExpr *missing = op2(SQL_OP_EQ, id(), none());
  SqlExpr *either = all_of(SQL_OP_OR, exprs(missing, flag(), NULL));
  const Case cases[] = {
      {"(name LIKE '%' || 'x' || '%') AND id IS NULL AND f",
       all_of(SQL_OP_AND, exprs(contains, missing, flag(), NULL))},
      {"f AND (id IS NULL OR f)", all_of(SQL_OP_AND, exprs(flag(), either, NULL))},
      {"f AND f AND id IS NULL",
       all_of(SQL_OP_AND, exprs(all_of(SQL_OP_AND, exprs(flag(), flag(), NULL)), missing, NULL))},
      {"f", all_of(SQL_OP_AND, exprs(sql_true(A), flag(), NULL))},
      {"false", all_of(SQL_OP_AND, exprs(flag(), sql_false(A), flag(), NULL))},
      {"true", all_of(SQL_OP_OR, exprs(flag(), yes(), NULL))},
      {"true", all_of(SQL_OP_AND, exprs(sql_true(A), NULL))},
      {"(name LIKE '%' || 'x' || '%')", all_of(SQL_OP_AND, exprs(contains, NULL))},
      {"a = 1 AND b = 2", all_of(SQL_OP_AND, exprs(sql_text(A, "a = 1"), sql_text(A, "b = 2"), NULL))},
  };

  check_all(cases, G_N_ELEMENTS(cases), &new_offline);
}

Test(expr, negates_by_rewriting)
{
  const Case cases[] = {
      {"id != 5", sql_not(A, op2(SQL_OP_EQ, id(), num(5)))},
      {"id >= 5", sql_not(A, op2(SQL_OP_LT, id(), num(5)))},
      {"id IS NOT NULL", sql_not(A, op2(SQL_OP_EQ, id(), none()))},
      {"name NOT ILIKE 'z'", sql_not(A, op2(SQL_OP_ILIKE, name(), str("z")))},
      {"name NOT LIKE 'z' || '%'", sql_not(A, op2(SQL_OP_STARTSWITH, name(), str("z")))},
      {"NOT f", sql_not(A, flag())},
      {"f", sql_not(A, sql_not(A, flag()))},
      {"NOT id", sql_not(A, id())},
      {"false", sql_not(A, sql_true(A))},
      {"NOT (f AND id = 1)",
       sql_not(A, all_of(SQL_OP_AND, exprs(flag(), op2(SQL_OP_EQ, id(), num(1)), NULL)))},
      {"id NOT BETWEEN 1 AND 2", sql_not(A, sql_between(A, id(), num(1), num(2), FALSE, NULL))},
      {"NOT (id + 1)", sql_not(A, op2(SQL_OP_ADD, id(), num(1)))},
  };

  check_all(cases, G_N_ELEMENTS(cases), &new_offline);
  check_expr("text", &new_offline, sql_not(A, sql_text(A, "x")), "!! AssertionError: ");
  check_expr("old text", &old_offline, sql_not(A, sql_text(A, "x")), "NOT x");
}

Test(expr, matches_patterns)
{
  const Case cases[] = {
      {"name LIKE 'a%' ESCAPE '/'", sql_like(A, SQL_OP_LIKE, name(), str("a%"), "/", FALSE, NULL)},
      {"name LIKE 'x/_' || '%' ESCAPE '/'",
       sql_like(A, SQL_OP_STARTSWITH, name(), str("x_"), NULL, TRUE, NULL)},
      {"name LIKE '%' || name", op2(SQL_OP_ENDSWITH, name(), name())},
      {"name ILIKE '%' || 'x' || '%'", op2(SQL_OP_ICONTAINS, name(), str("x"))},
      {"name ~ '^x'", sql_regexp_match(A, name(), str("^x"), NULL, NULL)},
      {"name ~* '^x'", sql_regexp_match(A, name(), str("^x"), "i", NULL)},
      {"name ~ CONCAT('(?', 'ig', ')', 'a')", sql_regexp_match(A, name(), str("a"), "ig", NULL)},
      {"name !~ '^x'", sql_not(A, sql_regexp_match(A, name(), str("^x"), NULL, NULL))},
      {"REGEXP_REPLACE(name, 'a', 'b', 'g')", sql_regexp_replace(A, name(), str("a"), str("b"), "g", NULL)},
      {"name @@ plainto_tsquery('q')", op2(SQL_OP_MATCH, name(), str("q"))},
  };

  check_all(cases, G_N_ELEMENTS(cases), &new_offline);
}

Test(expr, looks_into_lists)
{
  SqlValueList pair =
      SQL_LIST((const SqlValue *)sql_value_int(A, 1), (const SqlValue *)sql_value_string(A, "a"));
  SqlExpr *row = sql_bind_value(A, sql_value_list(A, pair, NULL), NULL);
  SqlExpr *tuple = sql_tuple(A, exprs(id(), name(), NULL));
  const Case cases[] = {
      {"id IN (1, 2)", sql_in(A, id(), exprs(num(1), num(2), NULL), FALSE, NULL)},
      {"(name NOT IN ('a'))", sql_in(A, name(), exprs(str("a"), NULL), TRUE, NULL)},
      {"id IN (NULL) AND (1 != 1)", sql_in(A, id(), (SqlExprList){0}, FALSE, NULL)},
      {"(id NOT IN (NULL) OR (1 = 1))", sql_not(A, sql_in(A, id(), (SqlExprList){0}, FALSE, NULL))},
      {"id IN (1, id)", sql_in(A, id(), exprs(num(1), id(), NULL), FALSE, NULL)},
      {"(id, name) IN ((1, 'a'))", sql_in(A, tuple, exprs(row, NULL), FALSE, NULL)},
      {"id BETWEEN 1 AND 3", sql_between(A, id(), num(1), num(3), FALSE, NULL)},
      {"id BETWEEN SYMMETRIC 1 AND 3", sql_between(A, id(), num(1), num(3), TRUE, NULL)},
  };

  check_all(cases, G_N_ELEMENTS(cases), &new_offline);
}

Test(expr, calls_functions)
{
  SqlFrame frame = {SQL_FRAME_ROWS, {0}, SQL_INT(0)};
  SqlExpr *count = sql_function(A, "count", (SqlExprList){0}, NULL);
  const Case cases[] = {
      {"now()", sql_function(A, "NOW", (SqlExprList){0}, NULL)},
      {"count(*)", count},
      {"CURRENT_TIMESTAMP", sql_function(A, "current_timestamp", (SqlExprList){0}, NULL)},
      {"coalesce(max(1), 2)",
       sql_function(A, "coalesce", exprs(sql_function(A, "max", exprs(num(1), NULL), NULL), num(2), NULL),
                    NULL)},
      {"foo(1, NULL, true)", sql_function(A, "foo", exprs(num(1), none(), yes(), NULL), NULL)},
      {"Pub.\"f o\"()", sql_function(A, "Pub.f o", (SqlExprList){0}, NULL)},
      {"SUBSTRING(name FROM 1 FOR 2)",
       sql_function(A, "substring", exprs(name(), num(1), num(2), NULL), NULL)},
      {"sum(id) OVER (PARTITION BY name ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
       sql_over(A, sql_function(A, "sum", exprs(id(), NULL), NULL), exprs(name(), NULL), exprs(id(), NULL),
                frame)},
      {"count(*) FILTER (WHERE f)", sql_filter(A, count, flag())},
      {"mode() WITHIN GROUP (ORDER BY id DESC)",
       sql_within_group(A, sql_function(A, "mode", (SqlExprList){0}, NULL),
                        exprs(sql_modifier(A, SQL_OP_DESC, id()), NULL))},
      {"array_agg(name ORDER BY id DESC)",
       sql_function(
           A, "array_agg",
           exprs(sql_aggregate_order_by(A, name(), exprs(sql_modifier(A, SQL_OP_DESC, id()), NULL)), NULL),
           NULL)},
      {"count(DISTINCT id)",
       sql_function(A, "count", exprs(sql_modifier(A, SQL_OP_DISTINCT, id()), NULL), NULL)},
  };

  check_all(cases, G_N_ELEMENTS(cases), &new_offline);
  check_expr(
      "regconfig", &new_offline, sql_function(A, "to_tsvector", exprs(str("english"), name(), NULL), NULL),
      "!! CompileError: No literal value renderer is available for literal value \"'english'\" with datatype "
      "REGCONFIG");
}

Test(expr, composes)
{
  SqlSequence sequence = {.name = sql_name("it's"), .schema = sql_name("s")};
  SqlExpr *jsonb = col("jb", SQL_TYPE_JSONB);
  SqlExpr *json = col("j", SQL_TYPE_JSON);
  SqlExpr *item = sql_getitem(A, jsonb, str("a"), NULL);
  SqlExpr *deep = sql_getitem(A, sql_getitem(A, json, str("a"), NULL), str("b"), NULL);
  const Case cases[] = {
      {"CAST('x' AS TEXT)", sql_cast(A, str("x"), sql_type(SQL_TYPE_TEXT))},
      {"CASE WHEN (id > 1) THEN 'a' WHEN f THEN 'b' END",
       sql_case(A, NULL, exprs(op2(SQL_OP_GT, id(), num(1)), str("a"), flag(), str("b"), NULL), NULL)},
      {"CASE id WHEN 1 THEN 'a' ELSE 'z' END", sql_case(A, id(), exprs(num(1), str("a"), NULL), str("z"))},
      {"EXTRACT(epoch FROM ts)", sql_extract(A, "epoch", col("ts", SQL_TYPE_TIMESTAMP))},
      {"ARRAY[1, 2]", sql_array(A, exprs(num(1), num(2), NULL), NULL)},
      {"ARRAY[]::INTEGER[]", sql_array(A, (SqlExprList){0}, sql_type(SQL_TYPE_INTEGER))},
      {"nextval('s.\"it''s\"')", sql_nextval(A, &sequence)},
      {"id DESC NULLS LAST", sql_modifier(A, SQL_OP_NULLS_LAST, sql_modifier(A, SQL_OP_DESC, id()))},
      {"jb ->> 'a'", sql_astext(A, item, NULL)},
      {"jb['a']", item},
      {"((j -> 'a')) ->> 'b'", sql_astext(A, deep, NULL)},
      {"(jb ->> 'a') = 'x'", op2(SQL_OP_EQ, sql_astext(A, item, NULL), str("x"))},
      {"jb ? 'q'", op2(SQL_OP_HAS_KEY, jsonb, str("q"))},
      {"5", sql_inline_literal(A, sql_value_int(A, 5), NULL)},
      {"lower(x) || 1", sql_literal_column(A, "lower(x) || 1", NULL)},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    gboolean newer =
        g_str_has_prefix(cases[i].expected, "id DESC") || strstr(cases[i].expected, "jb[") != NULL;
    g_autofree char *label = g_strconcat(newer ? "~" : "", cases[i].expected, NULL);
    check_expr(label, &new_offline, cases[i].expr, cases[i].expected);
  }
  check_expr("old subscript", &old_offline, item, "jb -> 'a'");
}

Test(expr, stops_at_a_depth)
{
  SqlExpr *deep = id();

  for (guint i = 0; i < 2 * SQL_MAX_NESTING; i++)
    deep = op2(SQL_OP_SUB, num(1), deep);
  check_expr("deep", &new_offline, deep, "!! CompileError: expressions are nested more than 400 levels deep");
}

Test(expr, groups_less_in_the_old_flavor)
{
  SqlExpr *joined = op2(SQL_OP_ADD, name(), str("x"));
  SqlExpr *in_any = op2(SQL_OP_EQ, num(5), sql_modifier(A, SQL_OP_ANY, col("a", SQL_TYPE_NULL)));
  const Case cases[] = {
      {"name || 'x' = 'y'", op2(SQL_OP_EQ, joined, str("y"))},
      {"name || 'x' LIKE 'y'", op2(SQL_OP_LIKE, joined, str("y"))},
      {"NOT id + 1", sql_not(A, op2(SQL_OP_ADD, id(), num(1)))},
      {"5 != ANY (a)", sql_not(A, in_any)},
      {"name @@ to_tsquery('q')", op2(SQL_OP_MATCH, name(), str("q"))},
  };

  check_all(cases, G_N_ELEMENTS(cases), &old_offline);
}

Test(expr, forgets_literals_below_a_negated_match)
{
  check_expr("~match", &new_offline, sql_not(A, op2(SQL_OP_MATCH, name(), str("q"))),
             "NOT name @@ plainto_tsquery(:name_1)");
}
