#include "check.h"

TestSuite(ident, .init = begin, .fini = end);

static const char *const reserved =
    "all analyse analyze and any array as asc asymmetric authorization between binary both case cast check "
    "collate "
    "column constraint create cross current_catalog current_date current_role current_schema current_time "
    "current_timestamp current_user default deferrable desc distinct do else end except false fetch for "
    "foreign "
    "freeze from full grant group having ilike in initially inner intersect into is isnull join leading left "
    "like "
    "limit localtime localtimestamp natural new not notnull null of off offset old on only or order outer "
    "over "
    "overlaps placing primary references returning right select session_user similar some symmetric table "
    "then to "
    "trailing true union unique user using variadic verbose when where window with";

static char *quoted(SqlName name)
{
  GString *out = g_string_new(NULL);
  sql_append_name(out, name, FALSE);
  return g_string_free(out, FALSE);
}

Test(ident, quotes_every_reserved_word_in_any_case)
{
  g_auto(GStrv) words = g_strsplit(reserved, " ", -1);

  cr_expect_eq(g_strv_length(words), 102, "the list has %u words", g_strv_length(words));
  for (char **word = words; *word != NULL; word++) {
    g_autofree char *upper = g_ascii_strup(*word, -1);
    g_autofree char *text = quoted(sql_name(*word));
    g_autofree char *text_upper = quoted(sql_name(upper));
    cr_expect(sql_is_reserved(*word), "\"%s\" is not reserved", *word);
    cr_expect(*text == '"' && *text_upper == '"', "%s prints as %s, %s", *word, text, text_upper);
  }
}

Test(ident, quotes_only_what_needs_it)
{
  static const struct {
    const char *name;
    const char *expected;
  } cases[] = {
      {"name", "name"},         {"type", "type"},
      {"value", "value"},       {"key", "key"},
      {"date", "date"},         {"time", "time"},
      {"lateral", "lateral"},   {"concurrently", "concurrently"},
      {"a_b$1", "a_b$1"},       {"_x", "_x"},
      {"1a", "\"1a\""},         {"$a", "\"$a\""},
      {"Abc", "\"Abc\""},       {"a b", "\"a b\""},
      {"a-b", "\"a-b\""},       {"a.b", "\"a.b\""},
      {"a\"b", "\"a\"\"b\""},   {"\303\274", "\"\303\274\""},
      {"a%b", "\"a%b\""},       {"", "\"\""},
      {"\304\261", "\304\261"}, {"a\n", "a\n"},
      {"\n", "\"\n\""},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = quoted(sql_name(cases[i].name));
    cr_expect_str_eq(text, cases[i].expected, "\"%s\": got %s, expected %s", cases[i].name, text,
                     cases[i].expected);
  }
}

Test(ident, obeys_quoted_name)
{
  g_autofree char *forced = quoted((SqlName){.text = "a", .quote = SQL_QUOTE_ALWAYS});
  g_autofree char *bare = quoted((SqlName){.text = "Select", .quote = SQL_QUOTE_NEVER});

  cr_expect_str_eq(forced, "\"a\"", "quoted_name(a, True) prints as %s", forced);
  cr_expect_str_eq(bare, "Select", "quoted_name(Select, False) prints as %s", bare);
}

Test(ident, doubles_percents_only_inside_quotes)
{
  g_autoptr(GString) out = g_string_new(NULL);

  sql_append_name(out, sql_name("a%b"), TRUE);
  cr_expect_str_eq(out->str, "\"a%%b\"", "got %s", out->str);
}

Test(ident, splits_dotted_schemas_only_for_alters)
{
  g_autoptr(GString) whole = g_string_new(NULL);
  g_autoptr(GString) split = g_string_new(NULL);
  g_autoptr(GString) forced = g_string_new(NULL);
  g_autoptr(GString) without = g_string_new(NULL);

  sql_append_qualified(whole, sql_name("x.y"), sql_name("a.b"), FALSE);
  sql_append_qualified_split(split, sql_name("X.select"), sql_name("a.b"), FALSE);
  sql_append_qualified_split(forced, (SqlName){.text = "x.y", .quote = SQL_QUOTE_ALWAYS}, sql_name("t"),
                             FALSE);
  sql_append_qualified(without, (SqlName){0}, sql_name("t"), FALSE);
  cr_expect_str_eq(whole->str, "\"x.y\".\"a.b\"", "got %s", whole->str);
  cr_expect_str_eq(split->str, "\"X\".\"select\".\"a.b\"", "got %s", split->str);
  cr_expect_str_eq(forced->str, "\"x.y\".t", "got %s", forced->str);
  cr_expect_str_eq(without->str, "t", "got %s", without->str);
}

Test(ident, shortens_final_names_and_refuses_others)
{
  g_autofree char *u63 = g_strnfill(63, 'u');
  g_autofree char *u64 = g_strnfill(64, 'u');
  SqlName fitted;

  cr_expect(sql_name_fit(A, sql_name(u63), &fitted) && fitted.text == u63,
            "63 characters must pass unchanged");
  cr_expect(!sql_name_fit(A, sql_name(u64), &fitted), "64 characters must be refused");
  cr_expect(sql_name_fit(A, (SqlName){.text = u64, .final = TRUE}, &fitted), "64 final characters must pass");
  cr_expect_str_eq(fitted.text, "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu_d947", "got %s",
                   fitted.text);
}
