/* ALTER COLUMN on identity columns. */
#include "compile-private.h"

/* Identity's attributes in alphabetical order: the order in which changes are printed. */
typedef enum {
  ATTR_ALWAYS,
  ATTR_CACHE,
  ATTR_CYCLE,
  ATTR_INCREMENT,
  ATTR_MAXVALUE,
  ATTR_MINVALUE,
  ATTR_NOMAXVALUE,
  ATTR_NOMINVALUE,
  ATTR_START,
  N_ATTRS,
} Attr;

static SqlInt from_tri(SqlTri tri)
{
  return (SqlInt){tri != SQL_UNSAID, tri == SQL_YES};
}

static SqlInt from_flag(gboolean flag)
{
  return (SqlInt){flag, flag};
}

/* The attribute's value, absent where Python has None.  identity may be NULL. */
static SqlInt attr_value(const SqlIdentity *identity, Attr attr)
{
  const SqlSequenceOptions *options = identity != NULL ? &identity->options : NULL;

  if (options == NULL)
    return (SqlInt){0};
  switch (attr) {
  case ATTR_CACHE: return options->cache;
  case ATTR_CYCLE: return from_tri(options->cycle);
  case ATTR_INCREMENT: return options->increment;
  case ATTR_MAXVALUE: return options->max_value;
  case ATTR_MINVALUE: return options->min_value;
  case ATTR_NOMAXVALUE: return from_flag(options->no_max_value);
  case ATTR_NOMINVALUE: return from_flag(options->no_min_value);
  case ATTR_START: return options->start;
  default: return (SqlInt){0};
  }
}

/* An attribute counts as changed when it is given and differs; one that is no longer given is left alone. */
static gboolean attr_changed(const SqlIdentity *wanted, const SqlIdentity *existing, Attr attr)
{
  SqlInt new_value = attr_value(wanted, attr);
  SqlInt old_value = attr_value(existing, attr);

  if (attr == ATTR_ALWAYS)
    return wanted->always != (existing != NULL && existing->always);
  return new_value.given && (!old_value.given || new_value.value != old_value.value);
}

/* Options holding the one attribute only. */
static SqlSequenceOptions only(const SqlSequenceOptions *from, Attr attr)
{
  switch (attr) {
  case ATTR_CACHE: return (SqlSequenceOptions){.cache = from->cache};
  case ATTR_CYCLE: return (SqlSequenceOptions){.cycle = from->cycle};
  case ATTR_INCREMENT: return (SqlSequenceOptions){.increment = from->increment};
  case ATTR_MAXVALUE: return (SqlSequenceOptions){.max_value = from->max_value};
  case ATTR_MINVALUE: return (SqlSequenceOptions){.min_value = from->min_value};
  case ATTR_NOMAXVALUE: return (SqlSequenceOptions){.no_max_value = from->no_max_value};
  case ATTR_NOMINVALUE: return (SqlSequenceOptions){.no_min_value = from->no_min_value};
  default: return (SqlSequenceOptions){.start = from->start};
  }
}

/* Another default where an identity was: Alembic compares the two as if both were identities.  A string has nothing to
 * compare and prints nothing; beyond that it stumbles. */
static void fail_replacement(SqlCompiler *c, const SqlOp *op)
{
  gboolean is_string = op->alter_column.server_default.kind == SQL_DEFAULT_STRING;

  if (op->alter_column.existing_default.identity->always)
    sql_fail(c, SQL_ERROR_ATTRIBUTE, "'%s' object has no attribute 'always'",
             is_string ? "str" : "TextClause");
  else if (!is_string)
    sql_fail(c, SQL_ERROR_TYPE, "Boolean value of this clause is not defined");
}

void sql_put_altered_identity(SqlCompiler *c, GString *out, const SqlOp *op)
{
  const SqlIdentity *wanted = op->alter_column.server_default.identity;
  const SqlDefault *existing = &op->alter_column.existing_default;

  if (op->alter_column.server_default.kind == SQL_DEFAULT_NONE) {
    g_string_append(out, "DROP IDENTITY");
    return;
  }
  if (op->alter_column.server_default.kind != SQL_DEFAULT_IDENTITY) {
    fail_replacement(c, op);
    return;
  }
  if (op->alter_column.has_existing_default && existing->kind == SQL_DEFAULT_NONE) {
    g_string_append(out, "ADD");
    sql_put_identity(c, out, wanted);
    return;
  }
  const SqlIdentity *before = existing->kind == SQL_DEFAULT_IDENTITY ? existing->identity : NULL;
  for (Attr attr = 0; attr < N_ATTRS; attr++) {
    if (!attr_changed(wanted, before, attr))
      continue;
    if (attr == ATTR_ALWAYS) {
      g_string_append_printf(out, "SET GENERATED %s ", wanted->always ? "ALWAYS" : "BY DEFAULT");
    } else {
      SqlSequenceOptions options = only(&wanted->options, attr);
      sql_put_sequence_options(out, &options, "SET ");
      g_string_append_c(out, ' ');
    }
  }
}
