/* op.batch_alter_table() and where directives send their operations.
 *
 * On PostgreSQL a batch is a queue: what it is told goes out as plain ALTERs when its block ends, in order; execute()
 * does not wait in it. */
#include <glib/gi18n.h>
#include <string.h>

#include "op.h"

gboolean target_of_call(PyCall *call, int table, int schema, Target *target)
{
  *target = (Target){0};
  if (!arg_name(call, (guint)table, &target->table) ||
      (schema >= 0 && !arg_name(call, (guint)schema, &target->schema)))
    return FALSE;
  if (target->table.text)
    return TRUE;
  refuse(call->interp, _("%s() without a table"), call->function);
  return FALSE;
}

Target target_of_batch(PyCall *call)
{
  Batch *batch = py_payload(call->self, &batch_class);
  return (Target){.table = batch->op->batch.table, .schema = batch->op->batch.schema, .batch = batch->op};
}

PyValue submit(PyInterp *interp, const Target *target, SqlOp *op)
{
  if (py_failed(interp))
    return py_null();
  if (target->batch) {
    sql_op_list_add(py_arena(interp), &target->batch->batch.ops, op);
    return py_none();
  }
  return run_emit(interp, op) ? py_none() : py_null();
}

gboolean since_new(PyInterp *interp, PyCall *call, guint i, const char *name)
{
  if (!run_is_old(interp) || !py_arg_given(call, i))
    return TRUE;
  py_raise(interp, "TypeError", "%s() got an unexpected keyword argument '%s'", call->function, name);
  return FALSE;
}

SqlTri new_only(PyInterp *interp, PyCall *call, guint i, const char *name)
{
  if (!run_is_old(interp) || !arg_passed(call, i) || py_is_none(call->values[i]))
    return arg_tri(call, i);
  g_autofree char *text =
      g_strdup_printf("Can't validate argument '%s'; can't locate any SQLAlchemy dialect named 'if'", name);
  run_warn(interp, text);
  return SQL_UNSAID;
}

/* ---- the batch ---- */

static PyValue batch_forward(PyInterp *interp, PyCall *call)
{
  PyValue op = py_getattr(interp, py_import(interp, "alembic.op"), call->function);
  return py_is_null(op) ? op : py_call(interp, op, call->args, call->n_args);
}

static PyValue batch_execute(PyInterp *interp, PyCall *call)
{
  return execute_value(interp, call->values[0], py_null()) ? py_none() : py_null();
}

/* What both flavors' BatchOperations lack is an error in the migration, and everything else is listed. */
static PyValue batch_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  const PyMethod *const tables[] = {batch_column_methods, batch_constraint_methods, batch_table_methods};
  for (guint t = 0; t < G_N_ELEMENTS(tables); t++)
    for (const PyMethod *m = tables[t]; m->name; m++)
      if (strcmp(m->name, name->data) == 0)
        return py_native_bound(interp, m, self);
  if (strcmp(name->data, "rename_table") == 0 && !run_is_old(interp))
    return py_null();
  return refuse_getattr(interp, self, name);
}

static const PyMethod batch_methods[] = {
    {"execute", batch_execute, "sqltext, *, execution_options=None", 0},
    {"f", batch_forward, NULL, 0},
    {"inline_literal", batch_forward, NULL, 0},
    {"get_bind", batch_forward, NULL, 0},
    {"get_context", batch_forward, NULL, 0},
    {NULL, NULL, NULL, 0},
};

const PyHostClass batch_class = {
    .name = "BatchOperations",
    .module = "alembic.operations.base",
    .methods = batch_methods,
    .getattr = batch_getattr,
    .setattr = refuse_setattr,
};

static const PyHostClass batch_manager_class;

/* `with op.batch_alter_table(...) as batch`: the manager is not yet the batch. */
static PyValue batch_enter(PyInterp *interp, PyValue self)
{
  return py_host_object(interp, &batch_class, py_payload(self, &batch_manager_class));
}

static int batch_exit(PyInterp *interp, PyValue self, PyValue exception)
{
  Batch *batch = py_payload(self, &batch_manager_class);
  if (!py_is_null(exception))
    return 0;
  return run_emit(interp, batch->op) ? 0 : -1;
}

static const PyHostClass batch_manager_class = {
    .name = "_GeneratorContextManager",
    .module = "contextlib",
    .enter = batch_enter,
    .exit = batch_exit,
    REFUSE_REST,
};

/* table_name, schema, recreate, partial_reordering, copy_from, table_args, table_kwargs, reflect_args,
 * reflect_kwargs, naming_convention: all but the first three only matter when the table is made anew. */
PyValue op_batch_alter_table(PyInterp *interp, PyCall *call)
{
  SqlOp *op = op_new(interp, SQL_BATCH);
  const char *recreate = to_text(call->values[2]);
  if (!arg_name(call, 0, &op->batch.table) || !arg_name(call, 1, &op->batch.schema))
    return py_null();
  if (recreate && strcmp(recreate, "auto") == 0)
    op->batch.recreate = SQL_BATCH_AUTO;
  else if (recreate && strcmp(recreate, "never") == 0)
    op->batch.recreate = SQL_BATCH_NEVER;
  else if (recreate && strcmp(recreate, "always") == 0)
    op->batch.recreate = SQL_BATCH_ALWAYS;
  else
    return py_raise(interp, "ValueError", "recreate may be one of 'auto', 'always', or 'never'.");
  if (op->batch.recreate == SQL_BATCH_ALWAYS) {
    if (run_of(interp)->options->online && !py_arg_given(call, 4))
      return needs_database(interp,
                            _("batch_alter_table(recreate=\"always\") reads the table from the database"));
    if (py_arg_given(call, 4))
      return refuse(interp, _("batch_alter_table(copy_from=...)"));
  }
  Batch *batch = arena_new0(py_arena(interp), Batch);
  batch->op = op;
  return py_host_object(interp, &batch_manager_class, batch);
}
