/* func.name(...): names SQLAlchemy knows, their types, and how a call is written. */
#include <string.h>

#include "compile-private.h"

typedef enum {
  RESULT_UNKNOWN,
  RESULT_FIXED,    /* type */
  RESULT_FROM_ARG, /* the first argument's that has one */
} Result;

typedef struct {
  const char *name; /* lower case: known names match in any case and print like this */
  const char *spelling;
  gboolean bare; /* without arguments it takes no parentheses */
  Result result;
  SqlTypeKind type;
} Known;

static const SqlType timestamp_zone = {.kind = SQL_TYPE_TIMESTAMP, .timezone = TRUE};

static const Known known[] = {
    {"aggregate_strings", "string_agg", FALSE, RESULT_FIXED, SQL_TYPE_VARCHAR},
    {"array_agg", "array_agg", FALSE, RESULT_UNKNOWN, SQL_TYPE_NULL},
    {"char_length", "char_length", FALSE, RESULT_FIXED, SQL_TYPE_INTEGER},
    {"coalesce", "coalesce", FALSE, RESULT_FROM_ARG, SQL_TYPE_NULL},
    {"concat", "concat", FALSE, RESULT_FIXED, SQL_TYPE_VARCHAR},
    {"count", "count", FALSE, RESULT_FIXED, SQL_TYPE_INTEGER},
    {"cube", "CUBE", FALSE, RESULT_UNKNOWN, SQL_TYPE_NULL},
    {"cume_dist", "cume_dist", FALSE, RESULT_FIXED, SQL_TYPE_NUMERIC},
    {"current_date", "CURRENT_DATE", TRUE, RESULT_FIXED, SQL_TYPE_DATE},
    {"current_time", "CURRENT_TIME", TRUE, RESULT_FIXED, SQL_TYPE_TIME},
    {"current_timestamp", "CURRENT_TIMESTAMP", TRUE, RESULT_FIXED, SQL_TYPE_TIMESTAMP},
    {"current_user", "CURRENT_USER", TRUE, RESULT_FIXED, SQL_TYPE_VARCHAR},
    {"dense_rank", "dense_rank", FALSE, RESULT_FIXED, SQL_TYPE_INTEGER},
    {"grouping_sets", "GROUPING SETS", FALSE, RESULT_UNKNOWN, SQL_TYPE_NULL},
    {"localtime", "LOCALTIME", TRUE, RESULT_FIXED, SQL_TYPE_TIMESTAMP},
    {"localtimestamp", "LOCALTIMESTAMP", TRUE, RESULT_FIXED, SQL_TYPE_TIMESTAMP},
    {"max", "max", FALSE, RESULT_FROM_ARG, SQL_TYPE_NULL},
    {"min", "min", FALSE, RESULT_FROM_ARG, SQL_TYPE_NULL},
    {"mode", "mode", FALSE, RESULT_UNKNOWN, SQL_TYPE_NULL},
    {"now", "now", FALSE, RESULT_FIXED, SQL_TYPE_TIMESTAMP},
    {"percent_rank", "percent_rank", FALSE, RESULT_FIXED, SQL_TYPE_NUMERIC},
    {"percentile_cont", "percentile_cont", FALSE, RESULT_UNKNOWN, SQL_TYPE_NULL},
    {"percentile_disc", "percentile_disc", FALSE, RESULT_UNKNOWN, SQL_TYPE_NULL},
    {"phraseto_tsquery", "phraseto_tsquery", FALSE, RESULT_FIXED, SQL_TYPE_TSQUERY},
    {"plainto_tsquery", "plainto_tsquery", FALSE, RESULT_FIXED, SQL_TYPE_TSQUERY},
    {"random", "random", FALSE, RESULT_UNKNOWN, SQL_TYPE_NULL},
    {"rank", "rank", FALSE, RESULT_FIXED, SQL_TYPE_INTEGER},
    {"rollup", "ROLLUP", FALSE, RESULT_UNKNOWN, SQL_TYPE_NULL},
    {"session_user", "SESSION_USER", TRUE, RESULT_FIXED, SQL_TYPE_VARCHAR},
    {"sum", "sum", FALSE, RESULT_FROM_ARG, SQL_TYPE_NULL},
    {"sysdate", "sysdate", TRUE, RESULT_FIXED, SQL_TYPE_TIMESTAMP},
    {"to_tsquery", "to_tsquery", FALSE, RESULT_FIXED, SQL_TYPE_TSQUERY},
    {"to_tsvector", "to_tsvector", FALSE, RESULT_FIXED, SQL_TYPE_TSVECTOR},
    {"ts_headline", "ts_headline", FALSE, RESULT_FIXED, SQL_TYPE_TEXT},
    {"user", "USER", TRUE, RESULT_FIXED, SQL_TYPE_VARCHAR},
    {"websearch_to_tsquery", "websearch_to_tsquery", FALSE, RESULT_FIXED, SQL_TYPE_TSQUERY},
};

static const Known *find_known(const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
    if (g_ascii_strcasecmp(known[i].name, name) == 0)
      return &known[i];
  }
  return NULL;
}

/* The full text search functions of the PostgreSQL dialect: their first argument of two may be a configuration. */
static gboolean takes_regconfig(const char *name)
{
  return g_str_has_suffix(name, "to_tsvector") || g_str_has_suffix(name, "to_tsquery") ||
         strcmp(name, "plainto_tsquery") == 0 || strcmp(name, "phraseto_tsquery") == 0 ||
         strcmp(name, "ts_headline") == 0;
}

static SqlExprList grouped_args(Arena *arena, const SqlExprList *args, const char *key)
{
  SqlExprList list = {0};

  for (guint i = 0; i < args->n; i++) {
    SqlExpr *arg = sql_settle(arena, args->items[i], NULL, key);
    sql_expr_list_add(arena, &list, sql_self_group(arena, arg, SQL_OP_COMMA));
  }
  return list;
}

/* A string before another argument names a text search configuration. */
static void type_regconfig(Arena *arena, SqlExprList *args)
{
  SqlExpr *first = args->n > 1 ? args->items[0] : NULL;

  if (first == NULL || first->kind != SQL_EXPR_BIND || sql_type_affinity(first->type) != SQL_AFFINITY_STRING)
    return;
  SqlExpr *typed = arena_new0(arena, SqlExpr);
  *typed = *first;
  typed->type = sql_type(SQL_TYPE_REGCONFIG);
  args->items[0] = typed;
}

static const SqlType *result_type(Arena *arena, const Known *function, const SqlExprList *args)
{
  if (strcmp(function->name, "array_agg") == 0 && args->n > 0) {
    SqlType *array = arena_new0(arena, SqlType);
    array->kind = SQL_TYPE_ARRAY;
    array->item = args->items[0]->type;
    return array;
  }
  if (function->result == RESULT_FIXED)
    return strcmp(function->name, "now") == 0 ? &timestamp_zone : sql_type(function->type);
  for (guint i = 0; function->result == RESULT_FROM_ARG && i < args->n; i++) {
    if (sql_has_type(args->items[i]))
      return args->items[i]->type;
  }
  return NULL;
}

gboolean sql_is_known_function(const SqlExpr *function)
{
  return find_known(function->name.text) != NULL;
}

SqlExpr *sql_function(Arena *arena, const char *name, SqlExprList args, const SqlType *type)
{
  SqlExpr *expr = arena_new0(arena, SqlExpr);
  const char *dot = strrchr(name, '.');
  const Known *function = dot == NULL ? find_known(name) : NULL;

  expr->kind = SQL_EXPR_FUNCTION;
  expr->name = sql_name(arena_strdup(arena, name));
  expr->args = grouped_args(arena, &args, dot != NULL ? dot + 1 : name);
  expr->type = type;
  if (function == NULL)
    return expr;
  expr->name = sql_name(function->name);
  if (takes_regconfig(function->name))
    type_regconfig(arena, &expr->args);
  if (strcmp(function->name, "count") == 0 && args.n == 0)
    sql_expr_list_add(arena, &expr->args, sql_star(arena));
  if (type == NULL)
    expr->type = result_type(arena, function, &expr->args);
  return expr;
}

/* --- Printing --- */

/* A part of a name is quoted only for characters that no bare name could hold, whatever its case. */
static void put_part(SqlCompiler *c, GString *out, const char *part, gboolean force)
{
  gboolean legal = strspn(part, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_$") == strlen(part);
  SqlName name = {.text = part, .quote = legal && !force ? SQL_QUOTE_NEVER : SQL_QUOTE_ALWAYS};

  sql_put_name(c, out, name);
}

static void put_name(SqlCompiler *c, GString *out, const SqlExpr *function)
{
  g_auto(GStrv) parts = g_strsplit(function->name.text, ".", -1);

  for (char **part = parts; *part != NULL; part++) {
    if (part > parts)
      g_string_append_c(out, '.');
    put_part(c, out, *part, function->quoted && part[1] == NULL);
  }
}

static void put_substring(SqlCompiler *c, GString *out, const SqlExpr *function)
{
  static const char *const words[] = {"SUBSTRING(", " FROM ", " FOR "};

  for (guint i = 0; i < MIN(function->args.n, 3); i++) {
    g_string_append(out, words[i]);
    sql_put_expr(c, out, function->args.items[i]);
  }
  g_string_append_c(out, ')');
}

void sql_put_function(SqlCompiler *c, GString *out, const SqlExpr *function)
{
  const Known *spelled = find_known(function->name.text);

  if (g_ascii_strcasecmp(function->name.text, "substring") == 0 && function->args.n >= 2) {
    put_substring(c, out, function);
    return;
  }
  if (spelled != NULL)
    g_string_append(out, spelled->spelling);
  else
    put_name(c, out, function);
  if (spelled != NULL && spelled->bare && function->args.n == 0)
    return;
  g_string_append_c(out, '(');
  sql_put_exprs(c, out, &function->args, ", ");
  g_string_append_c(out, ')');
}
