/* What op.c, op_constraint.c, op_table.c and batch.c share: a directive is written once and bound twice, as op.x(table,
 * ...) and as batch.x(...). */
#pragma once

#include "bind.h"
#include "schema.h"

/* What a directive works on, and where its operation goes. */
typedef struct {
  SqlName table;
  SqlName schema;
  SqlOp *batch; /* queued there; NULL: compiled at once */
} Target;

typedef struct {
  SqlOp *op;
} Batch;

extern const PyHostClass batch_class;

/* op.x(): table and schema from the arguments at these places. */
gboolean target_of_call(PyCall *call, int table, int schema, Target *target);
/* batch.x(): those of the batch. */
Target target_of_batch(PyCall *call);
PyValue submit(PyInterp *interp, const Target *target, SqlOp *op);
/* The old flavor does not have the argument: a TypeError. */
gboolean since_new(PyInterp *interp, PyCall *call, guint i, const char *name);
/* The old flavor hands it to SQLAlchemy, which warns and goes on: FALSE for "not given". */
SqlTri new_only(PyInterp *interp, PyCall *call, guint i, const char *name);

extern const PyMethod op_column_methods[];
extern const PyMethod op_constraint_methods[];
extern const PyMethod op_table_methods[];
extern const PyMethod op_run_methods[];
extern const PyMethod batch_column_methods[];
extern const PyMethod batch_constraint_methods[];
extern const PyMethod batch_table_methods[];
PyValue op_batch_alter_table(PyInterp *interp, PyCall *call);
#define BATCH_ALTER_PARAMS                                                                             \
  "table_name, schema=None, recreate='auto', partial_reordering=None, copy_from=None, table_args=(), " \
  "table_kwargs=None, reflect_args=(), reflect_kwargs=None, naming_convention=None"
