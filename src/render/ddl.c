/* DDL elements that op.execute() and a connection take: CreateSequence, CreateSchema, CreateTable, DDL, ... */
#include <glib/gi18n.h>
#include <string.h>

#include "schema.h"

static const PyHostClass ddl_class;

SqlOp *as_ddl(PyValue v)
{
  return py_payload(v, &ddl_class);
}

static PyValue ddl_value(PyInterp *interp, PyCall *call, SqlOp *op)
{
  return py_host_new(interp, call->cls, op);
}

static gboolean is_drop(const PyCall *call)
{
  return g_str_has_prefix(py_class_name(call->cls), "Drop");
}

/* CreateSequence(element, if_not_exists=False), DropSequence(element, if_exists=False) */
static PyValue sequence_element(PyInterp *interp, PyCall *call)
{
  SqlOp *op = op_new(interp, is_drop(call) ? SQL_DROP_SEQUENCE : SQL_CREATE_SEQUENCE);
  op->sequence.sequence = py_payload(call->values[0], &sequence_class);
  op->sequence.if_exists = arg_tri(call, 1) == SQL_YES && !run_is_old(interp);
  if (!op->sequence.sequence)
    return refuse(interp, _("%s(%s)"), py_class_name(call->cls), py_type_name(interp, call->values[0]));
  return ddl_value(interp, call, op);
}

/* CreateSchema(name, if_not_exists=False), DropSchema(name, cascade=False, if_exists=False) */
static PyValue schema_element(PyInterp *interp, PyCall *call)
{
  gboolean drop = is_drop(call);
  SqlOp *op = op_new(interp, drop ? SQL_DROP_SCHEMA : SQL_CREATE_SCHEMA);
  if (!arg_name(call, 0, &op->schema.name))
    return py_null();
  op->schema.cascade = drop && arg_tri(call, 1) == SQL_YES;
  op->schema.if_exists = arg_tri(call, drop ? 2 : 1) == SQL_YES;
  return ddl_value(interp, call, op);
}

/* CreateTable(element, include_foreign_key_constraints=None, if_not_exists=False), DropTable(element, if_exists) */
static PyValue table_element(PyInterp *interp, PyCall *call)
{
  TableObject *object = py_payload(call->values[0], &table_class);
  gboolean drop = is_drop(call);
  SqlOp *op = op_new(interp, drop ? SQL_DROP_TABLE : SQL_CREATE_TABLE);
  if (!object || (!drop && py_arg_given(call, 1)))
    return refuse(interp, _("%s(%s)"), py_class_name(call->cls), py_type_name(interp, call->values[0]));
  if (drop) {
    op->drop_table.name = object->table->name;
    op->drop_table.schema = object->table->schema;
    op->drop_table.direct = TRUE;
    op->drop_table.if_exists = arg_tri(call, 1) == SQL_YES;
  } else {
    if (!table_check_references(interp, object))
      return py_null();
    op->create_table.table = object->table;
    op->create_table.only_table = TRUE;
    op->create_table.if_not_exists = arg_tri(call, 2) == SQL_YES;
  }
  return ddl_value(interp, call, op);
}

/* CreateIndex(element, if_not_exists=False), DropIndex(element, if_exists=False) */
static PyValue index_element(PyInterp *interp, PyCall *call)
{
  IndexObject *object = py_payload(call->values[0], &index_class);
  gboolean drop = is_drop(call);
  SqlOp *op = op_new(interp, drop ? SQL_DROP_INDEX : SQL_CREATE_INDEX);
  if (!object || !object->table)
    return refuse(interp, _("%s(%s)"), py_class_name(call->cls), py_type_name(interp, call->values[0]));
  if (drop) {
    op->drop_index.name = object->index->name;
    op->drop_index.expressions = object->index->expressions;
    op->drop_index.table = object->table->name;
    op->drop_index.schema = object->table->schema;
    op->drop_index.direct = TRUE;
    op->drop_index.concurrently = object->index->concurrently;
    op->drop_index.if_exists = arg_tri(call, 1) == SQL_YES;
  } else {
    op->create_index.table = object->table->name;
    op->create_index.schema = object->table->schema;
    op->create_index.index = object->index;
    op->create_index.direct = TRUE;
    op->create_index.if_not_exists = arg_tri(call, 1) == SQL_YES;
  }
  return ddl_value(interp, call, op);
}

/* postgresql.CreateEnumType(enum), DropEnumType(enum) and the same for domains */
static PyValue type_element(PyInterp *interp, PyCall *call)
{
  const SqlType *type = py_payload(call->values[0], &type_engine_class);
  SqlOp *op = op_new(interp, is_drop(call) ? SQL_DROP_TYPE : SQL_CREATE_TYPE);
  if (!type || (!type->enumeration && !type->domain))
    return refuse(interp, _("%s(%s)"), py_class_name(call->cls), py_type_name(interp, call->values[0]));
  op->type.enumeration = type->enumeration;
  op->type.domain = type->domain;
  return ddl_value(interp, call, op);
}

/* DDL(statement, context=None): % applied to context and the target's names, which execute() does not have. */
static PyValue text_element(PyInterp *interp, PyCall *call)
{
  PyValue values = py_is_none(call->values[1]) ? py_dict(interp) : call->values[1];
  PyValue text = py_is(call->values[0], PY_STR) ? py_percent(interp, call->values[0], values) : py_null();
  if (py_is_null(text))
    return py_failed(interp) ? text : refuse(interp, _("DDL(%s)"), py_type_name(interp, call->values[0]));
  SqlOp *op = op_new(interp, SQL_DDL_TEXT);
  op->ddl.text = arena_strdup(py_arena(interp), py_text(text));
  return ddl_value(interp, call, op);
}

static const PyHostClass ddl_class = {
    .name = "ExecutableDDLElement",
    .module = "sqlalchemy.sql.ddl",
    REFUSE_REST,
};

#define DDL_CLASS(symbol, class_name, constructor, signature) \
  static const PyHostClass symbol = {                         \
      .name = class_name,                                     \
      .module = "sqlalchemy.sql.ddl",                         \
      .base = &ddl_class,                                     \
      .construct = constructor,                               \
      .params = signature,                                    \
  }

DDL_CLASS(create_sequence_class, "CreateSequence", sequence_element, "element, if_not_exists=False");
DDL_CLASS(drop_sequence_class, "DropSequence", sequence_element, "element, if_exists=False");
DDL_CLASS(create_schema_class, "CreateSchema", schema_element, "name, if_not_exists=False");
DDL_CLASS(drop_schema_class, "DropSchema", schema_element, "name, cascade=False, if_exists=False");
DDL_CLASS(create_table_class, "CreateTable", table_element,
          "element, include_foreign_key_constraints=None, if_not_exists=False");
DDL_CLASS(drop_table_class, "DropTable", table_element, "element, if_exists=False");
DDL_CLASS(create_index_class, "CreateIndex", index_element, "element, if_not_exists=False");
DDL_CLASS(drop_index_class, "DropIndex", index_element, "element, if_exists=False");
DDL_CLASS(create_enum_class, "CreateEnumType", type_element, "element");
DDL_CLASS(drop_enum_class, "DropEnumType", type_element, "element");
DDL_CLASS(create_domain_class, "CreateDomainType", type_element, "element");
DDL_CLASS(drop_domain_class, "DropDomainType", type_element, "element");
DDL_CLASS(text_ddl_class, "DDL", text_element, "statement, context=None");

const PyHostClass *const ddl_classes[] = {
    &create_sequence_class, &drop_sequence_class,
    &create_schema_class,   &drop_schema_class,
    &create_table_class,    &drop_table_class,
    &create_index_class,    &drop_index_class,
    &text_ddl_class,        NULL,
};

const PyHostClass *const pg_ddl_classes[] = {
    &create_enum_class, &drop_enum_class, &create_domain_class, &drop_domain_class, NULL,
};
