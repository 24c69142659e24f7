/* op.add_column(), drop_column(), alter_column() */
#include <glib/gi18n.h>
#include <string.h>

#include "op.h"
#include "types.h"

/* ---- add_column ---- */

static PyValue add_column(PyInterp *interp, PyCall *call, const Target *target, PyValue column, guint flags)
{
  ColumnObject *object = py_payload(column, &column_class);
  if (!object)
    return refuse(interp, _("add_column() of %s"), py_type_name(interp, column));
  static const char *const names[] = {"if_not_exists", "inline_references", "inline_primary_key"};
  for (guint i = 0; i < 3; i++)
    if (!since_new(interp, call, flags + i, names[i]))
      return py_null();
  if (!object->column->name.text || !*object->column->name.text)
    return raise_sa(
        interp, "ArgumentError",
        "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a "
        "Table.");
  SqlOp *op = op_new(interp, SQL_ADD_COLUMN);
  op->add_column.table = target->table;
  op->add_column.schema = target->schema;
  op->add_column.column = object->column;
  op->add_column.if_not_exists = arg_tri(call, flags) == SQL_YES;
  op->add_column.inline_references = arg_tri(call, flags + 1) == SQL_YES;
  op->add_column.inline_primary_key = arg_tri(call, flags + 2) == SQL_YES;
  return submit(interp, target, op);
}

static PyValue op_add_column(PyInterp *interp, PyCall *call)
{
  Target target;
  return target_of_call(call, 0, 2, &target) ? add_column(interp, call, &target, call->values[1], 3)
                                             : py_null();
}

static PyValue batch_add_column(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  if ((py_arg_given(call, 1) || py_arg_given(call, 2)) && target.batch->batch.recreate != SQL_BATCH_ALWAYS)
    return raise_command_error(interp,
                               "Can't specify insert_before or insert_after when using ALTER; please specify "
                               "recreate='always'");
  if (py_arg_given(call, 1) || py_arg_given(call, 2))
    return refuse(interp, _("insert_before, insert_after"));
  return add_column(interp, call, &target, call->values[0], 3);
}

/* ---- drop_column ---- */

/* Only if_exists matters on PostgreSQL; the others say things to other databases or to a downgrade. */
static gboolean drop_column_options(PyInterp *interp, PyValue kw, gboolean *if_exists)
{
  PyValue key, value;
  for (gsize at = 0; py_dict_next(kw.dict, &at, &key, &value);) {
    const char *name = py_text(key);
    if (strcmp(name, "if_exists") == 0) {
      *if_exists = !run_is_old(interp) && to_tri(interp, value) == SQL_YES;
    } else if (!g_str_has_prefix(name, "existing_") && !g_str_has_prefix(name, "mssql_")) {
      refuse(interp, _("drop_column(%s=...)"), name);
      return FALSE;
    }
  }
  return !py_failed(interp);
}

static PyValue drop_column(PyInterp *interp, const Target *target, PyValue column, PyValue kw)
{
  SqlOp *op = op_new(interp, SQL_DROP_COLUMN);
  op->drop_column.table = target->table;
  op->drop_column.schema = target->schema;
  if (!to_name(interp, column, &op->drop_column.column) ||
      !drop_column_options(interp, kw, &op->drop_column.if_exists))
    return py_null();
  if (!op->drop_column.column.text)
    return refuse(interp, _("drop_column() without a name"));
  return submit(interp, target, op);
}

static PyValue op_drop_column(PyInterp *interp, PyCall *call)
{
  Target target;
  return target_of_call(call, 0, 2, &target) ? drop_column(interp, &target, call->values[1], call->values[3])
                                             : py_null();
}

static PyValue batch_drop_column(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return drop_column(interp, &target, call->values[0], call->values[1]);
}

/* ---- alter_column ---- */

/* Arguments from nullable= on stand in the same order in both signatures. */
enum {
  NULLABLE,
  COMMENT,
  SERVER_DEFAULT,
  NEW_NAME,
  TYPE,
  EXISTING_TYPE,
  EXISTING_DEFAULT,
  EXISTING_NULLABLE,
  EXISTING_COMMENT,
};
#define ALTER_PARAMS                                                                       \
  "nullable=None, comment=False, server_default=False, new_column_name=None, type_=None, " \
  "existing_type=None, "                                                                   \
  "existing_server_default=False, existing_nullable=None, existing_comment=None"

static gboolean is_false(PyValue v)
{
  return py_is(v, PY_BOOL) && !py_is_true(v);
}

static gboolean alter_type(PyInterp *interp, const PyValue *args, SqlOp *op)
{
  if (!to_type(interp, args[TYPE], &op->alter_column.type))
    return FALSE;
  /* Without a new type the old one is never looked at, and one of another database brings no constraint along. */
  if (is_foreign_type(args[EXISTING_TYPE]))
    return TRUE;
  return !op->alter_column.type || to_type(interp, args[EXISTING_TYPE], &op->alter_column.existing_type);
}

static gboolean alter_default(PyInterp *interp, const PyValue *args, SqlOp *op)
{
  if (is_false(args[SERVER_DEFAULT]))
    return TRUE;
  op->alter_column.set_default = TRUE;
  if (!py_is_none(args[SERVER_DEFAULT]) &&
      !to_default(interp, args[SERVER_DEFAULT], &op->alter_column.server_default))
    return FALSE;
  PyValue existing = args[EXISTING_DEFAULT];
  if (!py_require_known(interp, existing))
    return FALSE;
  op->alter_column.has_existing_default = !is_false(existing);
  /* Which default it was only matters for Identity and Computed. */
  if (!py_host_of(existing) && !to_text(existing))
    return TRUE;
  return to_default(interp, existing, &op->alter_column.existing_default);
}

static gboolean alter_comment(PyInterp *interp, const PyValue *args, SqlOp *op)
{
  if (is_false(args[COMMENT]))
    return TRUE;
  op->alter_column.set_comment = TRUE;
  op->alter_column.comment = arena_strdup(py_arena(interp), to_text(args[COMMENT]));
  if (op->alter_column.comment || py_is_none(args[COMMENT]))
    return TRUE;
  if (py_require_known(interp, args[COMMENT]))
    refuse(interp, _("alter_column(comment=%s)"), py_type_name(interp, args[COMMENT]));
  return FALSE;
}

/* Keywords that collide with those by which Alembic hands things on. */
static gboolean is_taken(PyInterp *interp, const char *name, gboolean batch)
{
  static const char *const fields[] = {"modify_nullable", "modify_comment", "modify_server_default",
                                       "modify_name", "modify_type"};
  static const char *const positional[] = {"operations", "cls", "self"};
  gboolean taken = batch && strcmp(name, "schema") == 0;
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
    taken = taken || strcmp(fields[i], name) == 0;
  if (taken)
    py_raise(interp, "TypeError",
             "alembic.operations.ops.AlterColumnOp() got multiple values for keyword argument '%s'", name);
  for (guint i = 0; i < G_N_ELEMENTS(positional) && !taken; i++)
    if (strcmp(positional[i], name) == 0)
      py_raise(interp, "TypeError", "AlterColumnOp.alter_column() got multiple values for argument '%s'",
               name);
  return py_failed(interp);
}

/* Alembic passes over any other keyword. */
static gboolean alter_options(PyInterp *interp, PyValue kw, gboolean batch, SqlOp *op)
{
  PyValue key, value;
  for (gsize at = 0; py_dict_next(kw.dict, &at, &key, &value);) {
    const char *name = py_text(key);
    if (is_taken(interp, name, batch))
      return FALSE;
    if (strcmp(name, "autoincrement") == 0 || strcmp(name, "existing_autoincrement") == 0) {
      if (!py_is_none(value))
        run_warn(interp, "autoincrement and existing_autoincrement only make sense for MySQL");
    } else if (strcmp(name, "postgresql_using") == 0) {
      if (!py_require_known(interp, value))
        return FALSE;
      if (!to_text(value) && !py_is_none(value)) {
        refuse(interp, _("postgresql_using=%s"), py_type_name(interp, value));
        return FALSE;
      }
      op->alter_column.using = arena_strdup(py_arena(interp), to_text(value));
    } else if (strcmp(name, "name") == 0) {
      py_raise(interp, "TypeError",
               "alembic.ddl.postgresql.PostgresqlImpl.alter_column() got multiple values for keyword "
               "argument 'name'");
      return FALSE;
    }
  }
  return TRUE;
}

/* alter_column() that changes nothing sends nothing, whatever stands for the column's name. */
static gboolean alters_nothing(const PyValue *args, PyValue kw)
{
  return py_is_none(args[NULLABLE]) && is_false(args[COMMENT]) && is_false(args[SERVER_DEFAULT]) &&
         py_is_none(args[NEW_NAME]) && py_is_none(args[TYPE]) && py_dict_len(kw.dict) == 0;
}

static PyValue alter_column(PyInterp *interp, const Target *target, PyValue column, const PyValue *args,
                            PyValue kw)
{
  if (!target->batch && py_is_host(column, &column_class) && alters_nothing(args, kw))
    return py_none();
  SqlOp *op = op_new(interp, SQL_ALTER_COLUMN);
  op->alter_column.table = target->table;
  op->alter_column.schema = target->schema;
  if (!to_name(interp, column, &op->alter_column.column) ||
      !to_name(interp, args[NEW_NAME], &op->alter_column.new_name) ||
      !py_require_known(interp, args[NULLABLE]))
    return py_null();
  if (!op->alter_column.column.text)
    return refuse(interp, _("alter_column() without a name"));
  op->alter_column.nullable = to_tri(interp, args[NULLABLE]);
  if (!py_is_unknown(args[EXISTING_NULLABLE]))
    op->alter_column.existing_nullable = to_tri(interp, args[EXISTING_NULLABLE]);
  if (!alter_type(interp, args, op) || !alter_default(interp, args, op) || !alter_comment(interp, args, op) ||
      !alter_options(interp, kw, target->batch != NULL, op))
    return py_null();
  return submit(interp, target, op);
}

static PyValue op_alter_column(PyInterp *interp, PyCall *call)
{
  Target target;
  if (!target_of_call(call, 0, 11, &target))
    return py_null();
  return alter_column(interp, &target, call->values[1], call->values + 2, call->values[12]);
}

static PyValue batch_alter_column(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  const SqlType *type;
  if (!to_type(interp, call->values[1 + TYPE], &type))
    return py_null();
  if (type && type->kind == SQL_TYPE_ENUM && type->enumeration->metadata_schema.text)
    return refuse(interp, _("a type in the schema of a MetaData, in a batch"));
  return alter_column(interp, &target, call->values[0], call->values + 1, call->values[12]);
}

#define FLAGS "if_not_exists=None, inline_references=None, inline_primary_key=None"

const PyMethod op_column_methods[] = {
    {"add_column", op_add_column, "table_name, column, *, schema=None, " FLAGS, 0},
    {"drop_column", op_drop_column, "table_name, column_name, *, schema=None, **kw", PY_TAKES_UNKNOWN},
    {"alter_column", op_alter_column, "table_name, column_name, *, " ALTER_PARAMS ", schema=None, **kw",
     PY_TAKES_UNKNOWN},
    {NULL, NULL, NULL, 0},
};

const PyMethod batch_column_methods[] = {
    {"add_column", batch_add_column, "column, *, insert_before=None, insert_after=None, " FLAGS, 0},
    {"drop_column", batch_drop_column, "column_name, **kw", PY_TAKES_UNKNOWN},
    {"alter_column", batch_alter_column,
     "column_name, *, " ALTER_PARAMS ", insert_before=None, insert_after=None, **kw", PY_TAKES_UNKNOWN},
    {NULL, NULL, NULL, 0},
};
