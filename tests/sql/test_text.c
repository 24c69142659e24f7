#include "check.h"

TestSuite(text, .init = begin, .fini = end);

Test(text, reads_parameters_wherever_they_stand)
{
  static const struct {
    const char *text;
    const char *expected;
  } cases[] = {
      {"select :x", "select NULL"},
      {"select ':x'", "select 'NULL'"},
      {"{\"a\":true}", "{\"a\"NULL}"},
      {"a:b 12:30 x[1:2] a::text \"a\": 1 k:\"v\" https://h",
       "a:b 12:30 x[1:2] a::text \"a\": 1 k:\"v\" https://h"},
      {"\\:x \\::x", ":x \\::x"},
      {":x::text", ":x::text"},
      {":a$b :$x :e:", ":a$b :$x :e:"},
      {"(:x)", "(NULL)"},
      {"\303\274:x :\303\274", "\303\274:x NULL"},
      {"back\\slash", "back\\slash"},
      {":", ":"},
      {"50% of :x", "50% of NULL"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    SqlQuery *query = sql_query_of(A, sql_text(A, cases[i].text));
    g_autofree char *name = g_strconcat("~", cases[i].text, NULL);
    check_query(name, &new_offline, query, cases[i].expected);
  }
}

static SqlExpr *with_bind(SqlExpr *text, SqlExpr *bind)
{
  SqlExpr *bound = sql_text_with_bind(A, text, bind, NULL);
  cr_assert(bound != NULL, "the text has that parameter");
  return bound;
}

Test(text, prints_values_of_parameters)
{
  SqlExpr *text = sql_text(A, "select :x, :y");
  SqlExpr *bound = with_bind(text, sql_bind_named(A, "x", sql_value_string(A, "it's"), NULL));
  bound = with_bind(bound, sql_bind_named(A, "y", sql_value_int(A, 3), NULL));
  check_query("two values", &new_offline, sql_query_of(A, bound), "select 'it''s', 3");
  bound = with_bind(bound, sql_bind_named(A, "x", sql_value_int(A, 9), NULL));
  check_query("replaced", &new_offline, sql_query_of(A, bound), "select 9, 3");
  check_query("the first text is as it was", &new_offline, sql_query_of(A, text), "select NULL, NULL");
}

Test(text, prints_expanding_parameters_as_lists)
{
  SqlValueList items = SQL_LIST((const SqlValue *)sql_value_int(A, 1), (const SqlValue *)sql_value_int(A, 2));
  SqlExpr *bind = sql_bind_named(A, "ids", sql_value_list(A, items, NULL), sql_type(SQL_TYPE_INTEGER));
  SqlExpr *text = sql_text(A, "select 1 where 1 IN :ids");

  bind->expanding = TRUE;
  check_query("expanding", &new_offline, sql_query_of(A, with_bind(text, bind)),
              "select 1 where 1 IN (1, 2)");
}

Test(text, refuses_values_for_unknown_parameters)
{
  g_autoptr(GError) error = NULL;
  SqlExpr *bound = sql_text_with_bind(A, sql_text(A, "select 1"), sql_bind_named(A, "x", NULL, NULL), &error);

  cr_expect(bound == NULL && error != NULL, "a bind without a parameter must fail");
  cr_expect_str_eq(sql_error_class(error), "ArgumentError", "got %s", sql_error_class(error));
}

Test(text, needs_values_online)
{
  check_query("online", &new_online, sql_query_of(A, sql_text(A, "select :x")),
              "!! StatementError: A value is required for bind parameter 'x'");
}

Test(text, keeps_parameters_when_told)
{
  SqlContext named = {.no_literal_binds = TRUE};
  SqlContext pyformat = {.no_literal_binds = TRUE, .pyformat = TRUE};
  SqlQuery *query = sql_query_of(A, sql_text(A, "select '5%', :x"));

  check_query("~named", &named, query, "select '5%', :x");
  check_query("~pyformat", &pyformat, query, "select '5%%', %(x)s");
}
