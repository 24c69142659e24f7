#include "check.h"

TestSuite(literal, .init = begin, .fini = end);

static const SqlType text_uuid = {.kind = SQL_TYPE_UUID, .text_uuid = TRUE};
static const SqlType int_array = {.kind = SQL_TYPE_ARRAY, .item = &(const SqlType){.kind = SQL_TYPE_INTEGER}};
static const SqlType text_array = {.kind = SQL_TYPE_ARRAY,
                                   .item = &(const SqlType){.kind = SQL_TYPE_VARCHAR}};
static const SqlType json_array = {.kind = SQL_TYPE_ARRAY, .item = &(const SqlType){.kind = SQL_TYPE_JSONB}};

static SqlValue *text(SqlValueKind kind, const char *s)
{
  return sql_value_text(A, kind, s);
}

static SqlValue *list(SqlValue *first, ...)
{
  SqlValueList items = {0};
  va_list args;

  va_start(args, first);
  for (SqlValue *value = first; value != NULL; value = va_arg(args, SqlValue *))
    sql_value_list_add(A, &items, value);
  va_end(args);
  return sql_value_list(A, items, NULL);
}

Test(literal, follows_the_type)
{
  const char *uuid = "00000000-0000-0000-0000-000000000001";
  SqlValue *one_two = list(sql_value_int(A, 1), sql_value_int(A, 2), NULL);
  const struct {
    const char *name;
    const SqlValue *value;
    const SqlType *type;
    const char *expected;
  } cases[] = {
      {"string", sql_value_string(A, "it's \\ 50%"), sql_type(SQL_TYPE_VARCHAR), "'it''s \\\\ 50%'"},
      {"none", sql_value_null(A), sql_type(SQL_TYPE_JSON), "NULL"},
      {"int", sql_value_int(A, 5), sql_type(SQL_TYPE_INTEGER), "5"},
      {"int of text", sql_value_string(A, " 007 "), sql_type(SQL_TYPE_INTEGER), "7"},
      {"int of bool", sql_value_bool(A, TRUE), sql_type(SQL_TYPE_BIGINT), "1"},
      {"int of float", text(SQL_VALUE_FLOAT, "5.7"), sql_type(SQL_TYPE_INTEGER), "5"},
      {"int of word", sql_value_string(A, "x"), sql_type(SQL_TYPE_INTEGER),
       "!! CompileError: Could not render literal value \"'x'\" with datatype INTEGER; see parent stack "
       "trace for "
       "more detail."},
      {"numeric of text", sql_value_string(A, "1.50"), sql_type(SQL_TYPE_NUMERIC), "1.50"},
      {"decimal", text(SQL_VALUE_DECIMAL, "12.30"), sql_type(SQL_TYPE_NUMERIC), "12.30"},
      {"numeric of bool", sql_value_bool(A, TRUE), sql_type(SQL_TYPE_NUMERIC), "True"},
      {"bool", sql_value_bool(A, FALSE), sql_type(SQL_TYPE_BOOLEAN), "false"},
      {"bool of one", sql_value_int(A, 1), sql_type(SQL_TYPE_BOOLEAN), "true"},
      {"bool of text", sql_value_string(A, "t"), sql_type(SQL_TYPE_BOOLEAN),
       "!! CompileError: Could not render literal value \"'t'\" with datatype BOOLEAN; see parent stack "
       "trace for "
       "more detail."},
      {"date", text(SQL_VALUE_DATE, "2020-01-02"), sql_type(SQL_TYPE_DATE), "'2020-01-02'"},
      {"date of datetime", text(SQL_VALUE_DATETIME, "2020-01-02 03:04:05"), sql_type(SQL_TYPE_DATE),
       "'2020-01-02'"},
      {"datetime", text(SQL_VALUE_DATETIME, "2020-01-02 03:04:05.678000+00:00"), sql_type(SQL_TYPE_TIMESTAMP),
       "'2020-01-02 03:04:05.678000+00:00'"},
      {"time of datetime", text(SQL_VALUE_DATETIME, "2020-01-02 03:04:05"), sql_type(SQL_TYPE_TIME),
       "'03:04:05'"},
      {"datetime of text", sql_value_string(A, "2020-01-01"), sql_type(SQL_TYPE_TIMESTAMP),
       "!! CompileError: Could not render literal value \"'2020-01-01'\" with datatype DATETIME; see parent "
       "stack "
       "trace for more detail."},
      {"interval", text(SQL_VALUE_INTERVAL, "86405.000007"), sql_type(SQL_TYPE_INTERVAL),
       "make_interval(secs=>86405.000007)"},
      {"uuid", text(SQL_VALUE_UUID, uuid), sql_type(SQL_TYPE_UUID), "'00000000-0000-0000-0000-000000000001'"},
      {"uuid of text", sql_value_string(A, uuid), sql_type(SQL_TYPE_UUID),
       "'00000000-0000-0000-0000-000000000001'"},
      {"uuid kept as text", sql_value_string(A, uuid), &text_uuid, "'00000000000000000000000000000001'"},
      {"bytes", sql_value_bytes(A, "it's", 4), sql_type(SQL_TYPE_BYTEA), "'it''s'"},
      {"array", one_two, &int_array, "ARRAY[1, 2]"},
      {"nested array", list(one_two, one_two, NULL), &int_array, "ARRAY[ARRAY[1, 2], ARRAY[1, 2]]"},
      {"empty array", list(NULL), &int_array, "ARRAY[]"},
      {"array of a string's characters", sql_value_string(A, "abc"), &text_array, "ARRAY['a', 'b', 'c']"},
      {"array with none",
       list(sql_value_string(A, "a"), sql_value_string(A, "it's"), sql_value_null(A), NULL), &text_array,
       "!! CompileError: Could not render literal value \"['a', \"it's\", None]\" with datatype ARRAY; see "
       "parent "
       "stack trace for more detail."},
      {"array of json", one_two, &json_array,
       "!! CompileError: No literal value renderer is available for literal value \"[1, 2]\" with datatype "
       "ARRAY"},
      {"int as text", sql_value_int(A, 5), sql_type(SQL_TYPE_VARCHAR),
       "!! CompileError: Could not render literal value \"5\" with datatype VARCHAR; see parent stack trace "
       "for more "
       "detail."},
      {"untyped", sql_value_int(A, 5), sql_type(SQL_TYPE_NULL),
       "!! CompileError: No literal value renderer is available for literal value \"5\" with datatype NULL"},
      {"inet", sql_value_string(A, "x"), sql_type(SQL_TYPE_INET),
       "!! CompileError: No literal value renderer is available for literal value \"'x'\" with datatype "
       "INET"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check_literal(cases[i].name, &new_offline, cases[i].value, cases[i].type, cases[i].expected);
}

Test(literal, renders_less_in_the_old_flavor)
{
  const SqlValue *date = text(SQL_VALUE_DATE, "2020-01-02");
  SqlValue *uuid = text(SQL_VALUE_UUID, "00000000-0000-0000-0000-000000000001");

  check_literal("old uuid", &old_offline, uuid, sql_type(SQL_TYPE_UUID),
                "'00000000-0000-0000-0000-000000000001'::UUID");
  check_literal(
      "old date", &old_offline, date, sql_type(SQL_TYPE_DATE),
      "!! CompileError: No literal value renderer is available for literal value \"2020-01-02\" with "
      "datatype DATE");
  check_literal("old number", &old_offline, sql_value_string(A, "x"), sql_type(SQL_TYPE_NUMERIC), "x");
}

Test(literal, keeps_backslashes_single_online)
{
  check_literal("online", &new_online, sql_value_string(A, "a\\b"), sql_type(SQL_TYPE_VARCHAR), "'a\\b'");
}

Test(literal, doubles_percents_for_pyformat)
{
  SqlContext pyformat = {.pyformat = TRUE};

  check_literal("pyformat", &pyformat, sql_value_string(A, "5%"), sql_type(SQL_TYPE_VARCHAR), "'5%%'");
}
