/* What columns.c, constraints.c, tables.c and ddl.c share. */
#pragma once

#include "bind.h"

typedef struct {
  SqlIndex *index;
  SqlTable *table; /* NULL until it is known */
} IndexObject;

/* The table an index on t.c.x belongs to, from its expressions. */
SqlTable *index_table(const SqlIndex *index);

/* FALSE and a stop when a foreign key leads out of the MetaData. */
gboolean table_check_references(PyInterp *interp, const TableObject *object);
/* Whether types or sequences are created and dropped with it. */
gboolean table_has_companions(const SqlTable *table);
/* Online, with checkfirst: whether the table exists, as the database says; -1: that cannot be asked, or what else is
 * looked for first (types, sequences) cannot. */
int table_exists(PyInterp *interp, const SqlTable *table);
/* The name a MetaData has it by: "schema.table". */
char *table_key(Arena *arena, const SqlTable *table);

/* A ForeignKey(), which stands inside Column() and nowhere else. */
gboolean is_foreign_key(PyValue v);

/* Host classes by room of sqlalchemy.schema, each list ends with NULL. */
extern const PyHostClass *const column_classes[];
extern const PyHostClass *const constraint_classes[];
extern const PyHostClass *const table_classes[];
extern const PyHostClass *const ddl_classes[];
extern const PyMethod table_functions[];
extern const PyHostClass *const pg_ddl_classes[];
/* ExcludeConstraint's elements and keywords. */
gboolean exclude_elements(PyInterp *interp, PyValue elements, SqlConstraint *constraint);
gboolean exclude_options(PyInterp *interp, PyValue kw, SqlConstraint *constraint);
extern const PyHostClass *const pg_constraint_classes[];
