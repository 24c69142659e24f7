/* op.create_table(), drop_table(), rename_table(), comments */
#include <glib/gi18n.h>
#include <string.h>

#include "op.h"

static PyValue op_create_table(PyInterp *interp, PyCall *call)
{
  SqlName name;
  gboolean if_not_exists = FALSE;
  if (!arg_name(call, 0, &name))
    return py_null();
  if (!name.text)
    return refuse(interp, _("create_table() without a name"));
  SqlTable *table = table_build(interp, name, call->values[1], call->values[3], &if_not_exists);
  if (!table)
    return py_null();
  SqlOp *op = op_new(interp, SQL_CREATE_TABLE);
  op->create_table.table = table;
  op->create_table.if_not_exists = new_only(interp, call, 2, "if_not_exists") == SQL_YES;
  return run_emit(interp, op) ? table_value(interp, table, py_none()) : py_null();
}

static PyValue op_drop_table(PyInterp *interp, PyCall *call)
{
  SqlName name, schema;
  if (!arg_name(call, 0, &name) || !arg_name(call, 1, &schema))
    return py_null();
  /* Other keywords are those of a Table. */
  if (!table_build(interp, name, py_tuple(interp, NULL, 0), call->values[3], NULL))
    return py_null();
  SqlOp *op = op_new(interp, SQL_DROP_TABLE);
  op->drop_table.name = name;
  op->drop_table.schema = schema;
  op->drop_table.if_exists = new_only(interp, call, 2, "if_exists") == SQL_YES;
  return run_emit(interp, op) ? py_none() : py_null();
}

static PyValue op_rename_table(PyInterp *interp, PyCall *call)
{
  SqlOp *op = op_new(interp, SQL_RENAME_TABLE);
  if (!arg_name(call, 0, &op->rename_table.name) || !arg_name(call, 1, &op->rename_table.new_name) ||
      !arg_name(call, 2, &op->rename_table.schema))
    return py_null();
  if (!op->rename_table.name.text || !op->rename_table.new_name.text)
    return refuse(interp, _("rename_table() without a name"));
  return run_emit(interp, op) ? py_none() : py_null();
}

/* ---- comments ---- */

static PyValue table_comment(PyInterp *interp, const Target *target, PyValue comment, gboolean drop)
{
  SqlOp *op = op_new(interp, SQL_TABLE_COMMENT);
  op->comment.table = target->table;
  op->comment.schema = target->schema;
  op->comment.drop = drop;
  op->comment.comment = arena_strdup(py_arena(interp), to_text(comment));
  if (!op->comment.comment && !py_is_none(comment))
    return refuse(interp, _("a comment that is no text"));
  return submit(interp, target, op);
}

static PyValue op_create_comment(PyInterp *interp, PyCall *call)
{
  Target target;
  return target_of_call(call, 0, 3, &target) ? table_comment(interp, &target, call->values[1], FALSE)
                                             : py_null();
}

static PyValue op_drop_comment(PyInterp *interp, PyCall *call)
{
  Target target;
  return target_of_call(call, 0, 2, &target) ? table_comment(interp, &target, py_none(), TRUE) : py_null();
}

static PyValue batch_create_comment(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return table_comment(interp, &target, call->values[0], FALSE);
}

static PyValue batch_drop_comment(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return table_comment(interp, &target, py_none(), TRUE);
}

const PyMethod op_table_methods[] = {
    {"create_table", op_create_table, "table_name, *columns, if_not_exists=None, **kw", 0},
    {"drop_table", op_drop_table, "table_name, *, schema=None, if_exists=None, **kw", 0},
    {"rename_table", op_rename_table, "old_table_name, new_table_name, *, schema=None", 0},
    {"create_table_comment", op_create_comment, "table_name, comment, *, existing_comment=None, schema=None",
     0},
    {"drop_table_comment", op_drop_comment, "table_name, *, existing_comment=None, schema=None", 0},
    {NULL, NULL, NULL, 0},
};

const PyMethod batch_table_methods[] = {
    {"create_table_comment", batch_create_comment, "comment, *, existing_comment=None", 0},
    {"drop_table_comment", batch_drop_comment, "*, existing_comment=None", 0},
    {NULL, NULL, NULL, 0},
};
