/* What context.c, orm.c and star.c offer to the module tables. */
#pragma once

#include "bind.h"

PyValue engine_value(PyInterp *interp);
PyValue connection_execute(PyInterp *interp, PyCall *call);
PyValue connection_scalar(PyInterp *interp, PyCall *call);
extern const PyHostClass inspector_class;
extern const PyHostClass *const orm_classes[];
extern const PyMethod orm_functions[];
extern const PyHostClass *const mutable_classes[];
extern const PyMethod inspect_functions[];
extern const PyMethod alembic_context_functions[];
const char *const *star_names(PyInterp *interp, const PyModuleDef *module);
