/* What the files that bind Python names to SQL structs share.
 *
 * Every host object is an instance of one of the classes below; its payload is a struct of the room sql (or a small
 * one of ours), allocated in the run's arena.  Two rules keep a preview honest:
 *
 *   - an attribute, method or keyword nobody bound stops the run by name (refuse_getattr, refuse_setattr); an
 *     AttributeError would claim that the migration itself is broken;
 *   - what a database would answer is PY_UNKNOWN; objects whose methods send statements never are.
 */
#pragma once

#include "retort/py/host.h"
#include "retort/render/render.h"
#include "retort/sql/compile.h"

/* One script in the making; py_data() of its interpreter. */
typedef struct {
  RenderSession *session;
  const RenderOptions *options;
  PyInterp *interp;
  Arena *arena;
  Script *script;
  const char *path;
  SqlContext sql;
  GHashTable *exceptions; /* the session's: name -> PyClass */
  GHashTable
      *opaque; /* const SqlType * -> PyValue *: types that convert values in Python; NULL: nobody knows how */
  guint autocommit; /* depth of autocommit_block() */
  gsize printed;    /* bytes in script->prints */
} Run;

Run *run_of(PyInterp *interp);
gboolean run_is_old(PyInterp *interp);
/* Compiles op and adds its statements to the script; FALSE: an exception is pending. */
gboolean run_emit(PyInterp *interp, SqlOp *op);
/* converter: the type object whose process_bind_param() says it all, or PY_NULL. */
void run_mark_opaque(PyInterp *interp, const SqlType *type, PyValue converter);
gboolean run_is_opaque(PyInterp *interp, const SqlType *type);
/* A warning Alembic or SQLAlchemy would print. */
void run_warn(PyInterp *interp, const char *text);

/* ---- raise.c: exceptions and refusals; all give PY_NULL ---- */

/* Raises what the room sql reported and frees it. */
PyValue raise_error(PyInterp *interp, GError *error);
/* sqlalchemy.exc / alembic.util.exc classes by name. */
PyValue raise_sa(PyInterp *interp, const char *cls, const char *format, ...) G_GNUC_PRINTF(3, 4);
PyValue raise_command_error(PyInterp *interp, const char *format, ...) G_GNUC_PRINTF(2, 3);
PyClass *exception_class(PyInterp *interp, const char *name); /* NULL: no such class */
/* "x is not understood" */
PyValue refuse(PyInterp *interp, const char *format, ...) G_GNUC_PRINTF(2, 3);
PyValue needs_database(PyInterp *interp, const char *format, ...) G_GNUC_PRINTF(2, 3);
PyValue refuse_getattr(PyInterp *interp, PyValue self, PyStr *name);
PyValue refuse_class_getattr(PyInterp *interp, PyClass *cls, PyStr *name);
gboolean refuse_setattr(PyInterp *interp, PyValue self, PyStr *name, PyValue value);
#define REFUSE_REST \
  .getattr = refuse_getattr, .setattr = refuse_setattr, .class_getattr = refuse_class_getattr

/* ---- convert.c: Python values to what the room sql takes ---- */

typedef struct {
  SqlName name;
} NameObject; /* quoted_name, conv */
extern const PyHostClass quoted_name_class;
extern const PyHostClass conv_class;
PyValue name_value(PyInterp *interp, SqlName name);
/* None gives no name.  TypeError for anything but text. */
gboolean to_name(PyInterp *interp, PyValue v, SqlName *name);
/* FALSE and a stop for "", which nothing can be called. */
gboolean check_filled(PyInterp *interp, SqlName name);
gboolean to_name_list(PyInterp *interp, PyValue v, SqlNameList *names);
/* Text of str and names; NULL otherwise (no exception). */
const char *to_text(PyValue v);
/* What cannot stand in a statement is refused: a NUL, half of a surrogate pair. */
gboolean check_text(PyInterp *interp, PyValue v);
const SqlValue *to_sql_value(PyInterp *interp, PyValue v);
/* The value as a column of the type takes it, which may be what the migration's own type makes of it. */
const SqlValue *to_typed_value(PyInterp *interp, PyValue v, const SqlType *type);
SqlTri to_tri(PyInterp *interp, PyValue v);
gboolean to_int(PyInterp *interp, PyValue v, const char *what, SqlInt *out);
/* {"a": "b"}: values by str(). */
gboolean to_pairs(PyInterp *interp, PyValue v, SqlPairList *pairs);

/* Arguments of a bound call by position in the signature. */
gboolean arg_name(PyCall *call, guint i, SqlName *name);
SqlTri arg_tri(PyCall *call, guint i);
/* Was it given at all, None included? */
static inline gboolean arg_passed(const PyCall *call, guint i)
{
  return call->values[i].type != PY_NULL;
}

/* Goes through **kw: dialect arguments of PostgreSQL are handed to take (which says whether it knows them), those of
 * other databases are skipped, anything else is the TypeError SQLAlchemy raises.  what: "Index". */
typedef gboolean (*TakeOption)(PyInterp *interp, const char *name, PyValue value, void *data,
                               gboolean *known);
gboolean take_dialect_options(PyInterp *interp, PyValue kw, const char *what, TakeOption take, void *data);

/* ---- types.c ---- */

extern const PyHostClass type_engine_class;
PyValue type_value(PyInterp *interp, const SqlType *type);
/* An instance or a class of a type; NULL with an exception (or a stop) otherwise.  None: NULL type and TRUE. */
gboolean to_type(PyInterp *interp, PyValue v, const SqlType **type);
gboolean is_type(PyValue v);
/* A type class by name; missing: the old flavor does not have it. */
PyValue types_lookup(PyInterp *interp, const char *module, const char *name, gboolean *missing);

/* ---- expr.c ---- */

extern const PyHostClass column_element_class;
extern const PyHostClass text_clause_class;
extern const PyHostClass function_class;
PyValue expr_value(PyInterp *interp, SqlExpr *expr);
/* Any expression, statement or plain value; NULL: an exception is pending. */
SqlExpr *to_expr(PyInterp *interp, PyValue v);
/* An expression object only; NULL without exception when v is something else. */
SqlExpr *as_expr(PyInterp *interp, PyValue v);
gboolean to_expr_list(PyInterp *interp, const PyValue *items, gsize n, SqlExprList *list);
/* A str is SQL text here (CheckConstraint, Computed, where= of Exclude); expressions as they are. */
SqlExpr *to_sql_text(PyInterp *interp, PyValue v);
extern const PyMethod expr_functions[];
PyValue func_namespace(PyInterp *interp);

/* ---- dml.c ---- */

extern const PyHostClass from_class;
extern const PyHostClass query_class;
PyValue query_value(PyInterp *interp, SqlQuery *query);
PyValue from_value(PyInterp *interp, SqlFrom *from);
SqlQuery *as_query(PyValue v);
SqlFrom *as_from(PyInterp *interp, PyValue v); /* tables included; NULL without exception */
PyValue columns_value(PyInterp *interp, SqlFrom *from);
extern const PyMethod dml_functions[];
extern const PyMethod from_methods[];

/* ---- schema.c ---- */

typedef struct {
  SqlColumn *column;
  SqlTable *table; /* NULL until it is part of one */
} ColumnObject;

typedef struct {
  SqlTable *table;
  PyValue metadata;
} TableObject;

typedef struct {
  PyDict *tables; /* key -> Table, in the order they were made */
  SqlName schema;
  SqlNaming *naming;
  PyValue naming_given;           /* the dict it was made from; PY_NULL: none */
  SqlSequenceList sequences;      /* Sequence(metadata=...) */
  const PyReason *naming_missing; /* why the convention is unknown */
  const PyReason *missing;        /* why a table of it is unknown; NULL: it has them all */
} MetaDataObject;

extern const PyHostClass column_class;
extern const PyHostClass table_class;
extern const PyHostClass constraint_class;
extern const PyHostClass index_class;
extern const PyHostClass metadata_class;
extern const PyHostClass sequence_class;
SqlExpr *column_expr(PyInterp *interp, ColumnObject *object);
PyValue table_value(PyInterp *interp, SqlTable *table, PyValue metadata);
/* What Table(...) and op.create_table(...) do with their arguments; kw is a dict.  if_not_exists is op's. */
SqlTable *table_build(PyInterp *interp, SqlName name, PyValue items, PyValue kw, gboolean *if_not_exists);
/* server_default=: NULL and FALSE on failure. */
gboolean to_default(PyInterp *interp, PyValue v, SqlDefault *def);
/* A DDL element given to execute(); NULL when v is none. */
SqlOp *as_ddl(PyValue v);
gboolean take_index_option(PyInterp *interp, const char *name, PyValue value, void *index, gboolean *known);
gboolean take_constraint_option(PyInterp *interp, const char *name, PyValue value, void *constraint,
                                gboolean *known);
/* columns= of an index: names and expressions. */
gboolean to_index_expressions(PyInterp *interp, PyValue columns, SqlExprList *list);
/* Whether a naming convention finds the columns of an index without a name; otherwise FALSE with what then happens.
 * of_operation: op.create_index(), where texts count as columns. */
gboolean check_unnamed_index(PyInterp *interp, PyValue columns, gboolean of_operation);
extern const PyHostClass *const schema_classes[];

/* ---- op.c, batch.c, context.c ---- */

/* op.execute() and bind.execute(): str, text, Core, DDL.  parameters may be PY_NULL. */
gboolean execute_value(PyInterp *interp, PyValue sql, PyValue parameters);
PyValue bind_value(PyInterp *interp);
gboolean is_bind(PyValue v);
PyValue dialect_value(PyInterp *interp);
PyValue context_value(PyInterp *interp);

/* ---- modules.c: everything importable ---- */

/* The table they live in must outlive the runtime; free it with g_free(). */
PyModuleDef *register_modules(PyRuntime *runtime);

#define NEW_OP(interp, k) op_new((interp), SQL_##k)
static inline SqlOp *op_new(PyInterp *interp, SqlOpKind kind)
{
  SqlOp *op = arena_new0(py_arena(interp), SqlOp);
  op->kind = kind;
  return op;
}
