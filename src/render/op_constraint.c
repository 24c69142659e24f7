/* op.create_*_constraint(), create_foreign_key(), create_primary_key(), drop_constraint(), create_index(), drop_index() */
#include <glib/gi18n.h>
#include <string.h>

#include "op.h"

/* ---- what keywords of constraints have in common ---- */

static gboolean take_add_option(PyInterp *interp, const char *name, PyValue value, void *data,
                                gboolean *known)
{
  SqlConstraint *constraint = data;
  gboolean fk = constraint->kind == SQL_CONSTRAINT_FOREIGN_KEY;
  *known = TRUE;
  if (!py_require_known(interp, value))
    return FALSE;
  if (strcmp(name, "info") == 0 || (strcmp(name, "comment") == 0 && constraint->kind != SQL_CONSTRAINT_CHECK))
    return TRUE;
  if (strcmp(name, "deferrable") == 0 && !fk) {
    constraint->deferrable = to_tri(interp, value);
    return !py_failed(interp);
  }
  if (strcmp(name, "initially") == 0 && !fk) {
    constraint->initially = arena_strdup(py_arena(interp), to_text(value));
    return TRUE;
  }
  /* ALTER TABLE is what use_alter asks for. */
  if (fk && (strcmp(name, "use_alter") == 0 || strcmp(name, "link_to_name") == 0))
    return TRUE;
  return take_constraint_option(interp, name, value, constraint, known);
}

static SqlConstraint *new_constraint(PyInterp *interp, SqlConstraintKind kind)
{
  SqlConstraint *constraint = arena_new0(py_arena(interp), SqlConstraint);
  constraint->kind = kind;
  return constraint;
}

static PyValue add_constraint(PyInterp *interp, const Target *target, SqlConstraint *constraint)
{
  SqlOp *op = op_new(interp, SQL_ADD_CONSTRAINT);
  op->add_constraint.table = target->table;
  op->add_constraint.schema = target->schema;
  op->add_constraint.constraint = constraint;
  return submit(interp, target, op);
}

/* ---- keys ---- */

static PyValue create_key(PyInterp *interp, const Target *target, SqlConstraintKind kind, PyValue name,
                          PyValue columns, PyValue kw)
{
  SqlConstraint *constraint = new_constraint(interp, kind);
  if (!to_name(interp, name, &constraint->name) || !to_name_list(interp, columns, &constraint->columns))
    return py_null();
  if (!take_dialect_options(interp, kw, "UniqueConstraint", take_add_option, constraint))
    return py_null();
  return add_constraint(interp, target, constraint);
}

static PyValue op_create_primary_key(PyInterp *interp, PyCall *call)
{
  Target target;
  if (!target_of_call(call, 1, 3, &target))
    return py_null();
  return create_key(interp, &target, SQL_CONSTRAINT_PRIMARY_KEY, call->values[0], call->values[2], py_none());
}

static PyValue batch_create_primary_key(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return create_key(interp, &target, SQL_CONSTRAINT_PRIMARY_KEY, call->values[0], call->values[1], py_none());
}

static PyValue op_create_unique(PyInterp *interp, PyCall *call)
{
  Target target;
  if (!target_of_call(call, 1, 3, &target))
    return py_null();
  return create_key(interp, &target, SQL_CONSTRAINT_UNIQUE, call->values[0], call->values[2],
                    call->values[4]);
}

static PyValue batch_create_unique(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return create_key(interp, &target, SQL_CONSTRAINT_UNIQUE, call->values[0], call->values[1],
                    call->values[2]);
}

/* ---- check ---- */

static PyValue create_check(PyInterp *interp, const Target *target, PyValue name, PyValue condition,
                            PyValue kw)
{
  SqlConstraint *constraint = new_constraint(interp, SQL_CONSTRAINT_CHECK);
  if (!to_name(interp, name, &constraint->name) ||
      !(constraint->expression = to_sql_text(interp, condition)) ||
      !take_dialect_options(interp, kw, "CheckConstraint", take_add_option, constraint))
    return py_null();
  return add_constraint(interp, target, constraint);
}

static PyValue op_create_check(PyInterp *interp, PyCall *call)
{
  Target target;
  if (!target_of_call(call, 1, 3, &target))
    return py_null();
  return create_check(interp, &target, call->values[0], call->values[2], call->values[4]);
}

static PyValue batch_create_check(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return create_check(interp, &target, call->values[0], call->values[1], call->values[2]);
}

/* ---- foreign key ---- */

/* args: onupdate, ondelete, deferrable, initially, match */
static gboolean foreign_key_options(PyCall *call, guint first, SqlConstraint *constraint)
{
  const char **texts[] = {&constraint->onupdate, &constraint->ondelete, NULL, &constraint->initially,
                          &constraint->match};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
    gboolean ok = TRUE;
    if (!texts[i])
      constraint->deferrable = arg_tri(call, first + i);
    else
      *texts[i] = arena_strdup(py_arena(call->interp), py_arg_text_opt(call, first + i, &ok));
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

static PyValue create_foreign_key(PyInterp *interp, const Target *target, SqlConstraint *constraint,
                                  PyValue name, PyValue columns, PyValue referred, PyValue kw)
{
  if (!to_name(interp, name, &constraint->name) || !to_name_list(interp, columns, &constraint->columns) ||
      !to_name_list(interp, referred, &constraint->referred_columns))
    return py_null();
  if (constraint->columns.n != constraint->referred_columns.n)
    return raise_sa(
        interp, "ArgumentError",
        "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.");
  if (constraint->columns.n == 0)
    return py_raise(interp, "IndexError", "list index out of range");
  if (!take_dialect_options(interp, kw, "ForeignKeyConstraint", take_add_option, constraint))
    return py_null();
  return add_constraint(interp, target, constraint);
}

static PyValue op_create_foreign_key(PyInterp *interp, PyCall *call)
{
  Target target;
  SqlConstraint *constraint = new_constraint(interp, SQL_CONSTRAINT_FOREIGN_KEY);
  if (!target_of_call(call, 1, 10, &target) || !arg_name(call, 2, &constraint->referred_table) ||
      !arg_name(call, 11, &constraint->referred_schema) || !foreign_key_options(call, 5, constraint))
    return py_null();
  if (constraint->referred_schema.text && !*constraint->referred_schema.text)
    return refuse(interp, _("an empty name of a schema"));
  return create_foreign_key(interp, &target, constraint, call->values[0], call->values[3], call->values[4],
                            call->values[12]);
}

static PyValue batch_create_foreign_key(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  SqlConstraint *constraint = new_constraint(interp, SQL_CONSTRAINT_FOREIGN_KEY);
  if (!py_is_null(py_dict_get_text(call->values[10].dict, "source_schema")))
    return refuse(interp, _("batch.create_foreign_key(source_schema=...)"));
  if (!arg_name(call, 1, &constraint->referred_table) || !arg_name(call, 4, &constraint->referred_schema) ||
      !foreign_key_options(call, 5, constraint))
    return py_null();
  return create_foreign_key(interp, &target, constraint, call->values[0], call->values[2], call->values[3],
                            call->values[10]);
}

/* ---- exclude ---- */

static PyValue create_exclude(PyInterp *interp, Target *target, PyValue name, PyValue elements, PyValue kw)
{
  SqlConstraint *constraint = new_constraint(interp, SQL_CONSTRAINT_EXCLUDE);
  PyValue schema = py_dict_get_text(kw.dict, "schema");
  PyValue *items, *pair;
  gsize n, width;
  if (!py_is_null(schema)) {
    if (!to_name(interp, schema, &target->schema) ||
        !py_dict_del(interp, kw.dict, py_str(interp, "schema", -1)))
      return py_null();
  }
  /* Alembic makes a Column of every element, which text() has no name for. */
  py_sequence(elements, &items, &n);
  for (gsize i = 0; i < n; i++)
    if (py_sequence(items[i], &pair, &width) && width > 0 && py_is_host(pair[0], &text_clause_class))
      return raise_sa(
          interp, "ArgumentError", "%s",
          run_is_old(interp)
              ? "'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got NullType()"
              : "Column must be constructed with a non-blank name or assign a non-blank .name before "
                "adding to a Table.");
  if (!exclude_elements(interp, elements, constraint) || !exclude_options(interp, kw, constraint) ||
      !to_name(interp, name, &constraint->name))
    return py_null();
  return add_constraint(interp, target, constraint);
}

static PyValue op_create_exclude(PyInterp *interp, PyCall *call)
{
  Target target;
  if (!target_of_call(call, 1, -1, &target))
    return py_null();
  return create_exclude(interp, &target, call->values[0], call->values[2], call->values[3]);
}

static PyValue batch_create_exclude(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return create_exclude(interp, &target, call->values[0], call->values[1], call->values[2]);
}

/* ---- drop_constraint ---- */

static PyValue drop_constraint(PyInterp *interp, const Target *target, PyValue name, PyValue type,
                               SqlTri if_exists)
{
  SqlOp *op = op_new(interp, SQL_DROP_CONSTRAINT);
  op->drop_constraint.table = target->table;
  op->drop_constraint.schema = target->schema;
  op->drop_constraint.type = arena_strdup(py_arena(interp), to_text(type));
  op->drop_constraint.if_exists = if_exists == SQL_YES;
  if (!op->drop_constraint.type && !py_is_none(type))
    return refuse(interp, _("drop_constraint(type_=%s)"), py_type_name(interp, type));
  return to_name(interp, name, &op->drop_constraint.name) ? submit(interp, target, op) : py_null();
}

static PyValue op_drop_constraint(PyInterp *interp, PyCall *call)
{
  Target target;
  if (!since_new(interp, call, 4, "if_exists") || !target_of_call(call, 1, 3, &target))
    return py_null();
  return drop_constraint(interp, &target, call->values[0], call->values[2], arg_tri(call, 4));
}

static PyValue batch_drop_constraint(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return drop_constraint(interp, &target, call->values[0], call->values[1], SQL_UNSAID);
}

/* ---- indexes ---- */

static gboolean take_create_index_option(PyInterp *interp, const char *name, PyValue value, void *data,
                                         gboolean *known)
{
  SqlIndex *index = data;
  *known = TRUE;
  if (!py_require_known(interp, value))
    return FALSE;
  if (strcmp(name, "info") == 0)
    return TRUE;
  if (strcmp(name, "quote") == 0) {
    if (!py_is_none(value))
      index->name.quote = py_is_true(value) ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
    return TRUE;
  }
  return take_index_option(interp, name, value, index, known);
}

/* args: unique, if_not_exists */
static PyValue create_index(PyInterp *interp, PyCall *call, const Target *target, PyValue name,
                            PyValue columns, guint args, PyValue kw)
{
  SqlOp *op = op_new(interp, SQL_CREATE_INDEX);
  SqlIndex *index = op->create_index.index = arena_new0(py_arena(interp), SqlIndex);
  if (!to_name(interp, name, &index->name) || !to_index_expressions(interp, columns, &index->expressions))
    return py_null();
  if (!index->name.text && !check_unnamed_index(interp, columns, TRUE))
    return py_null();
  index->named_by_text = TRUE;
  index->unique = arg_tri(call, args) == SQL_YES;
  op->create_index.table = target->table;
  op->create_index.schema = target->schema;
  op->create_index.if_not_exists = new_only(interp, call, args + 1, "if_not_exists") == SQL_YES;
  if (!take_dialect_options(interp, kw, "Index", take_create_index_option, index))
    return py_null();
  return submit(interp, target, op);
}

static PyValue op_create_index(PyInterp *interp, PyCall *call)
{
  Target target;
  if (!target_of_call(call, 1, 3, &target))
    return py_null();
  return create_index(interp, call, &target, call->values[0], call->values[2], 4, call->values[6]);
}

static PyValue batch_create_index(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return create_index(interp, call, &target, call->values[0], call->values[1], 2, call->values[4]);
}

/* What it takes to drop an index is less than Alembic lets pass. */
static gboolean take_drop_index_option(PyInterp *interp, const char *name, PyValue value, void *data,
                                       gboolean *known)
{
  if (strcmp(name, "unique") == 0) {
    *known = TRUE;
    return TRUE;
  }
  return take_create_index_option(interp, name, value, data, known);
}

static PyValue drop_index(PyInterp *interp, const Target *target, PyValue name, SqlTri if_exists, PyValue kw)
{
  SqlOp *op = op_new(interp, SQL_DROP_INDEX);
  SqlIndex *index = arena_new0(py_arena(interp), SqlIndex);
  if (!py_is_null(py_dict_get_text(kw.dict, "columns")))
    return py_raise(interp, "TypeError", "SchemaObjects.index() got multiple values for argument 'columns'");
  if (!to_name(interp, name, &index->name) ||
      !take_dialect_options(interp, kw, "Index", take_drop_index_option, index))
    return py_null();
  op->drop_index.name = index->name;
  /* Alembic has an index of a column x made up. */
  sql_expr_list_add(py_arena(interp), &op->drop_index.expressions,
                    sql_column(py_arena(interp), sql_name("x"), NULL, NULL));
  op->drop_index.table = target->table;
  op->drop_index.schema = target->schema;
  op->drop_index.concurrently = index->concurrently;
  op->drop_index.if_exists = if_exists == SQL_YES;
  return submit(interp, target, op);
}

static PyValue op_drop_index(PyInterp *interp, PyCall *call)
{
  Target target = {0};
  if (!arg_name(call, 1, &target.table) || !arg_name(call, 2, &target.schema))
    return py_null();
  return drop_index(interp, &target, call->values[0], new_only(interp, call, 3, "if_exists"),
                    call->values[4]);
}

static PyValue batch_drop_index(PyInterp *interp, PyCall *call)
{
  Target target = target_of_batch(call);
  return drop_index(interp, &target, call->values[0], new_only(interp, call, 1, "if_exists"),
                    call->values[2]);
}

#define FK_PARAMS "onupdate=None, ondelete=None, deferrable=None, initially=None, match=None"

const PyMethod op_constraint_methods[] = {
    {"create_primary_key", op_create_primary_key, "constraint_name, table_name, columns, *, schema=None", 0},
    {"create_unique_constraint", op_create_unique,
     "constraint_name, table_name, columns, *, schema=None, **kw", 0},
    {"create_check_constraint", op_create_check,
     "constraint_name, table_name, condition, *, schema=None, **kw", 0},
    {"create_foreign_key", op_create_foreign_key,
     "constraint_name, source_table, referent_table, local_cols, remote_cols, *, " FK_PARAMS
     ", source_schema=None, referent_schema=None, **dialect_kw",
     0},
    {"create_exclude_constraint", op_create_exclude, "constraint_name, table_name, *elements, **kw", 0},
    {"drop_constraint", op_drop_constraint,
     "constraint_name, table_name, type_=None, *, schema=None, if_exists=None", 0},
    {"create_index", op_create_index,
     "index_name, table_name, columns, *, schema=None, unique=False, if_not_exists=None, **kw", 0},
    {"drop_index", op_drop_index, "index_name, table_name=None, *, schema=None, if_exists=None, **kw", 0},
    {NULL, NULL, NULL, 0},
};

const PyMethod batch_constraint_methods[] = {
    {"create_primary_key", batch_create_primary_key, "constraint_name, columns", 0},
    {"create_unique_constraint", batch_create_unique, "constraint_name, columns, **kw", 0},
    {"create_check_constraint", batch_create_check, "constraint_name, condition, **kw", 0},
    {"create_foreign_key", batch_create_foreign_key,
     "constraint_name, referent_table, local_cols, remote_cols, *, referent_schema=None, " FK_PARAMS
     ", **dialect_kw",
     0},
    {"create_exclude_constraint", batch_create_exclude, "constraint_name, *elements, **kw", 0},
    {"drop_constraint", batch_drop_constraint, "constraint_name, type_=None", 0},
    {"create_index", batch_create_index, "index_name, columns, *, unique=False, if_not_exists=None, **kw", 0},
    {"drop_index", batch_drop_index, "index_name, *, if_exists=None, **kw", 0},
    {NULL, NULL, NULL, 0},
};
