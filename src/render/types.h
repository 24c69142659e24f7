/* Types with a life of their own: enums, domains, and classes that the migration derives from ours. */
#pragma once

#include "bind.h"

/* named_types.c: Enum, ENUM, DOMAIN */
PyValue enum_type_value(PyInterp *interp, const SqlType *type);
PyValue named_types_lookup(PyInterp *interp, gboolean postgresql, const char *name);

/* user_types.c: TypeDecorator, UserDefinedType and what is derived from them */
extern const PyHostClass user_type_class;
const SqlType *user_type(PyInterp *interp, PyValue v);
PyValue user_types_lookup(PyInterp *interp, const char *name);

/* modules.c: an object or a class of another database's dialect, which is no type here */
gboolean is_foreign_type(PyValue v);
