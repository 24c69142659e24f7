/* What context.c offers to the module tables. */
#pragma once

#include "bind.h"

PyValue engine_value(PyInterp *interp);
PyValue connection_execute(PyInterp *interp, PyCall *call);
extern const PyHostClass session_class;
extern const PyHostClass inspector_class;
extern const PyMethod orm_functions[];
extern const PyMethod inspect_functions[];
extern const PyMethod alembic_context_functions[];
