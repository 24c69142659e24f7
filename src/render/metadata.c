/* MetaData: the tables it holds, created and dropped as a whole. */
#include <glib/gi18n.h>
#include <string.h>

#include "schema.h"

/* ---- foreign keys to other tables ---- */

/* Whether the constraint leads to the table. */
static gboolean table_is_referred(const SqlTable *table, const SqlConstraint *constraint)
{
  return constraint->kind == SQL_CONSTRAINT_FOREIGN_KEY &&
         g_strcmp0(constraint->referred_table.text, table->name.text) == 0 &&
         g_strcmp0(constraint->referred_schema.text, table->schema.text) == 0;
}

/* A Table of a MetaData must find the tables its foreign keys name there; SQLAlchemy fails otherwise. */
static gboolean reference_known(const PyDict *tables, const SqlConstraint *constraint)
{
  if (constraint->kind != SQL_CONSTRAINT_FOREIGN_KEY)
    return TRUE;
  g_autofree char *key =
      constraint->referred_schema.text
          ? g_strdup_printf("%s.%s", constraint->referred_schema.text, constraint->referred_table.text)
          : g_strdup(constraint->referred_table.text);
  return !py_is_null(py_dict_get_text(tables, key));
}

static gboolean check_references(PyInterp *interp, const MetaDataObject *metadata, const SqlTable *table)
{
  gboolean known = TRUE;
  for (guint i = 0; i < table->constraints.n; i++)
    known = known && reference_known(metadata->tables, table->constraints.items[i]);
  for (guint i = 0; i < table->columns.n; i++)
    for (guint k = 0; k < table->columns.items[i]->constraints.n; k++)
      known = known && reference_known(metadata->tables, table->columns.items[i]->constraints.items[k]);
  if (!known)
    refuse(interp, _("Table(%s) with a foreign key to a table that its MetaData does not have"),
           table->name.text);
  return known;
}

gboolean table_check_references(PyInterp *interp, const TableObject *object)
{
  const MetaDataObject *metadata = py_payload(object->metadata, &metadata_class);
  if (metadata && metadata->naming_missing) {
    py_stop_because(interp, metadata->naming_missing);
    return FALSE;
  }
  return !metadata || check_references(interp, metadata, object->table);
}

/* ---- MetaData(schema=None, quote_schema=None, naming_convention=None, info=None) ---- */

static SqlNaming *to_naming(PyInterp *interp, PyValue v)
{
  static const char *const names[SQL_N_NAMING] = {"ix", "uq", "ck", "fk", "pk"};
  SqlNaming *naming = arena_new0(py_arena(interp), SqlNaming);
  PyValue key, value;
  for (gsize at = 0; py_dict_next(v.dict, &at, &key, &value);) {
    int kind = -1;
    for (int i = 0; i < SQL_N_NAMING && to_text(key); i++)
      if (strcmp(names[i], to_text(key)) == 0)
        kind = i;
    if (kind < 0 || !to_text(value)) {
      refuse(interp, _("a naming_convention that is not plain text"));
      return NULL;
    }
    naming->templates[kind] = arena_strdup(py_arena(interp), to_text(value));
  }
  return naming;
}

static PyValue metadata_new(PyInterp *interp, PyCall *call)
{
  MetaDataObject *metadata = arena_new0(py_arena(interp), MetaDataObject);
  metadata->tables = py_dict(interp).dict;
  /* bind= went away with SQLAlchemy 2. */
  PyValue *rest;
  gsize n;
  for (guint i = 0; i < 3; i++)
    if (py_find_unknown(call->values[i]))
      return py_unknown_because(py_find_unknown(call->values[i]));
  py_sequence(call->values[0], &rest, &n);
  if (n > 0 && !(n == 1 && to_text(rest[0])))
    return refuse(interp, _("MetaData(%s)"), py_type_name(interp, rest[0]));
  if (!to_name(interp, n == 1 ? rest[0] : call->values[1], &metadata->schema))
    return py_null();
  if (metadata->schema.text && py_arg_given(call, 2))
    metadata->schema.quote = py_is_true(call->values[2]) ? SQL_QUOTE_ALWAYS : SQL_QUOTE_NEVER;
  metadata->naming_missing = py_find_unknown(call->values[3]);
  if (py_arg_given(call, 3) && !metadata->naming_missing) {
    if (!py_is(call->values[3], PY_DICT))
      return refuse(interp, _("MetaData(naming_convention=%s)"), py_type_name(interp, call->values[3]));
    if (!(metadata->naming = to_naming(interp, call->values[3])))
      return py_null();
    metadata->naming_given = call->values[3];
  }
  return py_host_new(interp, call->cls, metadata);
}

/* ---- create_all(), drop_all() ---- */

/* The MetaData's tables, as they came; those named in tables= only, unless that is not given. */
static gboolean chosen_tables(PyInterp *interp, const MetaDataObject *metadata, PyValue chosen,
                              SqlTableList *out)
{
  PyValue key, value;
  PyList *items = NULL;
  if (!py_is_null(chosen) && !py_is_none(chosen) && !(items = py_collect(interp, chosen)))
    return FALSE;
  for (gsize i = 0; items && i < items->len; i++) {
    TableObject *object = py_payload(items->items[i], &table_class);
    if (!object || py_payload(object->metadata, &metadata_class) != metadata) {
      refuse(interp, _("a table of another MetaData"));
      return FALSE;
    }
    sql_table_list_add(py_arena(interp), out, object->table);
  }
  for (gsize at = 0; !items && py_dict_next(metadata->tables, &at, &key, &value);)
    sql_table_list_add(py_arena(interp), out, ((TableObject *)py_payload(value, &table_class))->table);
  return TRUE;
}

/* Whether table must be there before other: a foreign key of other's leads to it. */
static gboolean is_needed_by(const SqlTable *table, const SqlTable *other)
{
  guint n_own = other->constraints.n;
  for (guint i = 0; table != other && i < n_own; i++)
    if (table_is_referred(table, other->constraints.items[i]))
      return TRUE;
  for (guint i = 0; table != other && i < other->columns.n; i++)
    for (guint k = 0; k < other->columns.items[i]->constraints.n; k++)
      if (table_is_referred(table, other->columns.items[i]->constraints.items[k]))
        return TRUE;
  return FALSE;
}

static gboolean is_waiting(const SqlTableList *tables, const gboolean *done, guint at)
{
  for (guint i = 0; i < tables->n; i++)
    if (!done[i] && is_needed_by(tables->items[i], tables->items[at]))
      return TRUE;
  return FALSE;
}

/* In rounds, each of what waits for nothing any more.  FALSE: some wait for each other. */
static gboolean sort_tables(Arena *arena, const SqlTableList *tables, SqlTableList *sorted)
{
  g_autofree gboolean *done = g_new0(gboolean, tables->n + 1);
  while (sorted->n < tables->n) {
    guint first = sorted->n;
    g_autofree gboolean *ready = g_new0(gboolean, tables->n + 1);
    for (guint i = 0; i < tables->n; i++)
      ready[i] = !done[i] && !is_waiting(tables, done, i);
    for (guint i = 0; i < tables->n; i++)
      if (ready[i]) {
        sql_table_list_add(arena, sorted, tables->items[i]);
        done[i] = TRUE;
      }
    if (sorted->n == first)
      return FALSE;
  }
  return TRUE;
}

static gboolean has_late_constraint(const SqlTable *table)
{
  for (guint i = 0; i < table->constraints.n; i++)
    if (table->constraints.items[i]->use_alter)
      return TRUE;
  for (guint i = 0; i < table->columns.n; i++)
    for (guint k = 0; k < table->columns.items[i]->constraints.n; k++)
      if (table->columns.items[i]->constraints.items[k]->use_alter)
        return TRUE;
  return FALSE;
}

/* A type that belongs to a MetaData has its place among the others by when it was made, which nobody kept. */
static gboolean has_type_of_metadata(const SqlTable *table)
{
  for (guint i = 0; i < table->columns.n; i++) {
    const SqlType *type = sql_type_innermost(table->columns.items[i]->type);
    if (type && ((type->kind == SQL_TYPE_ENUM && type->enumeration->has_metadata) ||
                 (type->kind == SQL_TYPE_DOMAIN && type->domain->has_metadata)))
      return TRUE;
  }
  return FALSE;
}

static gboolean check_table(PyInterp *interp, const MetaDataObject *metadata, SqlTable *table)
{
  if (has_late_constraint(table)) {
    refuse(interp, _("a foreign key with use_alter in a MetaData that is created or dropped as a whole"));
    return FALSE;
  }
  if (has_type_of_metadata(table)) {
    refuse(interp, _("a type of its MetaData in one that is created or dropped as a whole"));
    return FALSE;
  }
  return check_references(interp, metadata, table);
}

static gboolean has_sequence(const SqlSequenceList *list, const SqlSequence *sequence)
{
  for (guint i = 0; i < list->n; i++)
    if (list->items[i] == sequence)
      return TRUE;
  return FALSE;
}

/* Once, and not the optional ones: PostgreSQL can do without. */
static void add_sequence(PyInterp *interp, SqlSequenceList *list, const SqlSequence *sequence)
{
  if (sequence && !sequence->optional && !has_sequence(list, sequence))
    sql_sequence_list_add(py_arena(interp), list, sequence);
}

/* Those of columns are created with their tables, and dropped with the MetaData's own. */
static gboolean take_sequences(PyInterp *interp, const MetaDataObject *metadata, SqlOp *op)
{
  SqlSequenceList of_columns = {0};
  for (guint i = 0; i < op->all.registered.n; i++) {
    const SqlTable *table = op->all.registered.items[i];
    for (guint k = 0; k < table->columns.n; k++)
      add_sequence(interp, &of_columns, table->columns.items[k]->sequence);
  }
  for (guint i = 0; i < metadata->sequences.n; i++)
    if (!has_sequence(&of_columns, metadata->sequences.items[i]))
      add_sequence(interp, &op->all.sequences, metadata->sequences.items[i]);
  if (op->kind == SQL_CREATE_ALL)
    return TRUE;
  if (op->all.sequences.n > 0 && of_columns.n > 0) {
    refuse(interp, _("sequences of columns and of a MetaData, dropped together"));
    return FALSE;
  }
  for (guint i = 0; i < of_columns.n; i++)
    add_sequence(interp, &op->all.sequences, of_columns.items[i]);
  return TRUE;
}

/* With checkfirst: only the tables that are not there yet, or that are still there. */
static gboolean keep_needed(PyInterp *interp, const SqlOp *op, SqlTableList *tables)
{
  SqlTableList kept = {0};
  gboolean others = op->all.sequences.n > 0;
  for (guint i = 0; i < op->all.registered.n; i++)
    others = others || table_has_companions(op->all.registered.items[i]);
  if (others) {
    needs_database(interp, _("which types and sequences exist decides what is done"));
    return FALSE;
  }
  for (guint i = 0; i < tables->n; i++) {
    int exists = table_exists(interp, tables->items[i]);
    if (exists < 0)
      return FALSE;
    if (exists == (op->kind == SQL_DROP_ALL))
      sql_table_list_add(py_arena(interp), &kept, tables->items[i]);
  }
  *tables = kept;
  return TRUE;
}

static PyValue metadata_all(PyInterp *interp, PyCall *call, SqlOpKind kind)
{
  MetaDataObject *metadata = py_payload(call->self, &metadata_class);
  SqlTableList chosen = {0}, sorted = {0};
  SqlOp *op = op_new(interp, kind);
  const PyReason *missing = metadata->missing ? metadata->missing : metadata->naming_missing;
  if (missing)
    return py_stop_because(interp, missing);
  if (!is_bind(call->values[0]))
    return refuse(interp, _("%s() without a connection"), call->function);
  if (!chosen_tables(interp, metadata, py_null(), &op->all.registered) ||
      !chosen_tables(interp, metadata, call->values[1], &chosen) || !take_sequences(interp, metadata, op))
    return py_null();
  if (py_is_true(call->values[2]) && run_of(interp)->options->online && !keep_needed(interp, op, &chosen))
    return py_null();
  for (guint i = 0; i < op->all.registered.n; i++)
    if (!check_table(interp, metadata, op->all.registered.items[i]))
      return py_null();
  if (!sort_tables(py_arena(interp), &chosen, &sorted))
    return refuse(interp, _("%s() of tables that refer to each other"), call->function);
  for (guint i = 0; i < sorted.n; i++)
    sql_table_list_add(py_arena(interp), &op->all.tables,
                       sorted.items[kind == SQL_DROP_ALL ? sorted.n - 1 - i : i]);
  return run_emit(interp, op) ? py_none() : py_null();
}

static PyValue metadata_create_all(PyInterp *interp, PyCall *call)
{
  return metadata_all(interp, call, SQL_CREATE_ALL);
}

static PyValue metadata_drop_all(PyInterp *interp, PyCall *call)
{
  return metadata_all(interp, call, SQL_DROP_ALL);
}

static int compare_keys(gconstpointer a, gconstpointer b, gpointer arena)
{
  return strcmp(table_key(arena, *(SqlTable *const *)a), table_key(arena, *(SqlTable *const *)b));
}

static PyValue sorted_tables(PyInterp *interp, const MetaDataObject *metadata)
{
  Arena *arena = py_arena(interp);
  SqlTableList tables = {0}, sorted = {0};
  PyValue list = py_list(interp, 0);
  chosen_tables(interp, metadata, py_null(), &tables);
  if (tables.n > 0)
    g_qsort_with_data(tables.items, (gint)tables.n, sizeof(SqlTable *), compare_keys, arena);
  for (guint i = 0; i < tables.n; i++)
    if (!check_references(interp, metadata, tables.items[i]))
      return py_null();
  if (!sort_tables(arena, &tables, &sorted))
    return refuse(interp, _("%s of tables that refer to each other"), "sorted_tables");
  for (guint i = 0; i < sorted.n; i++)
    py_list_append(interp, list.list, py_dict_get_text(metadata->tables, table_key(arena, sorted.items[i])));
  return list;
}

static PyValue metadata_reflect(PyInterp *interp, PyCall *call)
{
  (void)call;
  return needs_database(interp, _("MetaData.reflect() reads the database"));
}

static const PyMethod metadata_methods[] = {
    {"create_all", metadata_create_all, "bind, tables=None, checkfirst=True", 0},
    {"drop_all", metadata_drop_all, "bind, tables=None, checkfirst=True", 0},
    {"reflect", metadata_reflect, "*args, **kw", PY_TAKES_UNKNOWN},
    {NULL, NULL, NULL, 0},
};

static PyValue metadata_getattr(PyInterp *interp, PyValue self, PyStr *name)
{
  MetaDataObject *metadata = py_payload(self, &metadata_class);
  gboolean lists = strcmp(name->data, "tables") == 0 || strcmp(name->data, "sorted_tables") == 0;
  if (lists && metadata->missing)
    return py_unknown_because(metadata->missing);
  if (strcmp(name->data, "tables") == 0)
    return (PyValue){.type = PY_DICT, .dict = metadata->tables};
  if (strcmp(name->data, "schema") == 0)
    return metadata->schema.text ? py_str(interp, metadata->schema.text, -1) : py_none();
  if (strcmp(name->data, "sorted_tables") == 0)
    return sorted_tables(interp, metadata);
  if (strcmp(name->data, "naming_convention") == 0 && !py_is_null(metadata->naming_given))
    return metadata->naming_given;
  return refuse_getattr(interp, self, name);
}

/* SQLAlchemy 2 has no bound MetaData: what a migration of older days sets there is an attribute like any other. */
static gboolean metadata_setattr(PyInterp *interp, PyValue self, PyStr *name, PyValue value)
{
  if (strcmp(name->data, "bind") != 0 || run_is_old(interp))
    return refuse_setattr(interp, self, name, value);
  py_instance_set_attr(interp, self, name->data, value);
  return TRUE;
}

const PyHostClass metadata_class = {
    .name = "MetaData",
    .module = "sqlalchemy.sql.schema",
    .construct = metadata_new,
    .params = "*args, schema=None, quote_schema=None, naming_convention=None, info=None",
    .flags = PY_TAKES_UNKNOWN,
    .methods = metadata_methods,
    .getattr = metadata_getattr,
    .setattr = metadata_setattr,
    .class_getattr = refuse_class_getattr,
};
