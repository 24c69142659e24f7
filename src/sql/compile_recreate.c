/* batch_alter_table(recreate="always"): a new table beside the old one, the rows moved over, the names swapped.
 *
 * The operations are applied to a description of the table first; what comes out is created under a temporary name.
 */
#include <string.h>

#include "compile-private.h"

#define MOST_OF_TEMPORARY_NAME 50

typedef struct {
  SqlColumn *column; /* as it will be; its key is the old name */
  SqlExpr *source;   /* what the old table gives for it; NULL for an added column */
} Transfer;
SQL_DEFINE_LIST(TransferList, transfer_list, Transfer)

typedef struct {
  SqlCompiler *c;
  const SqlTable *old;
  SqlFrom *old_from;
  TransferList transfers;
  SqlConstraintList constraints; /* named ones first */
  SqlIndexList indexes;
  SqlIndexList new_indexes;
} Recreation;

/* --- Reading the old table --- */

static void take_columns(Recreation *r)
{
  for (guint i = 0; i < r->old->columns.n; i++) {
    Transfer transfer = {.column = arena_new0(r->c->arena, SqlColumn)};
    *transfer.column = *r->old->columns.items[i];
    transfer.column->key = transfer.column->name.text;
    transfer.column->unique = transfer.column->index = FALSE;
    transfer.column->constraints = (SqlConstraintList){0};
    transfer.source = sql_column(r->c->arena, transfer.column->name, transfer.column->type, r->old_from);
    for (guint k = 0; k < r->old->columns.items[i]->constraints.n; k++) {
      SqlConstraint *check = r->old->columns.items[i]->constraints.items[k];
      if (check->kind == SQL_CONSTRAINT_CHECK)
        sql_constraint_list_add(r->c->arena, &transfer.column->constraints, check);
    }
    transfer_list_add(r->c->arena, &r->transfers, transfer);
  }
}

/* A constraint that comes with a column's type comes again with the type. */
static gboolean is_of_type(const Recreation *r, const SqlConstraint *constraint)
{
  for (guint i = 0; constraint->kind == SQL_CONSTRAINT_CHECK && i < r->old->constraints.n; i++) {
    if (r->old->constraints.items[i] == constraint)
      return FALSE;
  }
  return constraint->kind == SQL_CONSTRAINT_CHECK;
}

static void take_constraints_of(Recreation *r, const SqlConstraintList *all, gboolean named)
{
  for (guint i = 0; i < all->n; i++) {
    if ((all->items[i]->name.text != NULL) == named && !is_of_type(r, all->items[i]))
      sql_constraint_list_add(r->c->arena, &r->constraints, all->items[i]);
  }
}

static void take_constraints(Recreation *r)
{
  SqlConstraintList all = sql_table_all_constraints(r->c, r->old);

  take_constraints_of(r, &all, TRUE);
  take_constraints_of(r, &all, FALSE);
}

/* --- Applying operations --- */

static Transfer *find_transfer(Recreation *r, const char *name)
{
  for (guint i = 0; i < r->transfers.n; i++) {
    if (strcmp(r->transfers.items[i].column->key, name) == 0)
      return &r->transfers.items[i];
  }
  return NULL;
}

static guint transfer_position(const Recreation *r, const char *name, guint otherwise)
{
  for (guint i = 0; name != NULL && i < r->transfers.n; i++) {
    if (strcmp(r->transfers.items[i].column->key, name) == 0)
      return i;
  }
  return otherwise;
}

static void add_constraint(Recreation *r, SqlConstraint *constraint)
{
  if (constraint->name.text == NULL) {
    sql_fail(r->c, SQL_ERROR_VALUE, "Constraint must have a name");
    return;
  }
  SqlConstraintList *list = &r->constraints;
  guint position = 0;
  while (position < list->n && list->items[position]->name.text != NULL)
    position++;
  sql_constraint_list_add(r->c->arena, list, constraint);
  memmove(&list->items[position + 1], &list->items[position],
          sizeof list->items[0] * (list->n - 1 - position));
  list->items[position] = constraint;
}

static void add_column(Recreation *r, const SqlOp *op)
{
  Transfer transfer = {.column = arena_new0(r->c->arena, SqlColumn)};
  guint end = r->transfers.n;
  guint position = end;
  SqlConstraintList brought = {0};

  *transfer.column = *op->add_column.column;
  transfer.column->key = transfer.column->name.text;
  if (op->add_column.insert_before != NULL)
    position = transfer_position(r, op->add_column.insert_before, end);
  else if (op->add_column.insert_after != NULL)
    position = MIN(transfer_position(r, op->add_column.insert_after, end) + 1, end);
  transfer_list_add(r->c->arena, &r->transfers, transfer);
  memmove(&r->transfers.items[position + 1], &r->transfers.items[position],
          sizeof(Transfer) * (end - position));
  r->transfers.items[position] = transfer;
  sql_column_constraints(r->c, op->add_column.column, r->old, &brought);
  for (guint i = 0; i < brought.n; i++)
    add_constraint(r, brought.items[i]);
  if (op->add_column.column->index)
    sql_index_list_add(r->c->arena, &r->new_indexes, sql_column_index(r->c, op->add_column.column));
}

static void drop_column(Recreation *r, const SqlOp *op)
{
  guint position = transfer_position(r, op->drop_column.column.text, G_MAXUINT);

  if (position == G_MAXUINT) {
    sql_fail(r->c, SQL_ERROR_KEY, "'%s'", op->drop_column.column.text);
    return;
  }
  memmove(&r->transfers.items[position], &r->transfers.items[position + 1],
          sizeof(Transfer) * (r->transfers.n - position - 1));
  r->transfers.n--;
}

static void alter_column(Recreation *r, const SqlOp *op)
{
  Transfer *transfer = find_transfer(r, op->alter_column.column.text);
  const SqlType *type = op->alter_column.type;

  if (transfer == NULL) {
    sql_fail(r->c, SQL_ERROR_KEY, "'%s'", op->alter_column.column.text);
    return;
  }
  if (op->alter_column.new_name.text != NULL)
    transfer->column->name = op->alter_column.new_name;
  if (type != NULL) {
    if (transfer->source != NULL && sql_type_affinity(type) != sql_type_affinity(transfer->column->type))
      transfer->source = sql_cast(r->c->arena, transfer->source, type);
    transfer->column->type = type;
  }
  if (op->alter_column.nullable != SQL_UNSAID)
    transfer->column->nullable = op->alter_column.nullable;
  if (op->alter_column.set_default)
    transfer->column->server_default = op->alter_column.server_default;
  if (op->alter_column.set_comment)
    transfer->column->comment = op->alter_column.comment;
}

static void drop_constraint(Recreation *r, const char *name)
{
  SqlConstraintList *list = &r->constraints;

  if (name == NULL) {
    sql_fail(r->c, SQL_ERROR_VALUE, "Constraint must have a name");
    return;
  }
  for (guint i = 0; i < list->n; i++) {
    const SqlConstraint *dropped = list->items[i];
    if (g_strcmp0(dropped->name.text, name) != 0)
      continue;
    for (guint k = 0; dropped->kind == SQL_CONSTRAINT_PRIMARY_KEY && k < r->transfers.n; k++)
      r->transfers.items[k].column->primary_key = FALSE;
    memmove(&list->items[i], &list->items[i + 1], sizeof list->items[0] * (list->n - i - 1));
    list->n--;
    return;
  }
  sql_fail(r->c, SQL_ERROR_VALUE, "No such constraint: '%s'", name);
}

static void drop_index(Recreation *r, const char *name)
{
  for (guint i = 0; i < r->indexes.n; i++) {
    if (g_strcmp0(r->indexes.items[i]->name.text, name) != 0)
      continue;
    memmove(&r->indexes.items[i], &r->indexes.items[i + 1],
            sizeof r->indexes.items[0] * (r->indexes.n - i - 1));
    r->indexes.n--;
    return;
  }
  sql_fail(r->c, SQL_ERROR_VALUE, "No such index: '%s'", name);
}

static void apply(Recreation *r, const SqlOp *op)
{
  switch (op->kind) {
  case SQL_ADD_COLUMN: add_column(r, op); break;
  case SQL_DROP_COLUMN: drop_column(r, op); break;
  case SQL_ALTER_COLUMN: alter_column(r, op); break;
  case SQL_ADD_CONSTRAINT: add_constraint(r, op->add_constraint.constraint); break;
  case SQL_DROP_CONSTRAINT: drop_constraint(r, op->drop_constraint.name.text); break;
  case SQL_CREATE_INDEX: sql_index_list_add(r->c->arena, &r->new_indexes, op->create_index.index); break;
  case SQL_DROP_INDEX: drop_index(r, op->drop_index.name.text); break;
  default: break; /* comments are part of the new table */
  }
}

/* --- Writing the new one --- */

static gboolean keeps_columns(Recreation *r, const SqlConstraint *constraint)
{
  for (guint i = 0; i < constraint->columns.n; i++) {
    if (find_transfer(r, constraint->columns.items[i].text) == NULL)
      return FALSE;
  }
  return TRUE;
}

static SqlTable *new_table(Recreation *r, const SqlOp *op)
{
  Arena *arena = r->c->arena;
  SqlTable *table = arena_new0(arena, SqlTable);
  g_autofree char *name = g_strconcat("_alembic_tmp_", r->old->name.text, NULL);
  g_autofree char *cut = g_utf8_substring(name, 0, MIN(g_utf8_strlen(name, -1), MOST_OF_TEMPORARY_NAME));

  *table = *r->old;
  table->name = sql_name(arena_strdup(arena, cut));
  table->columns = (SqlColumnList){0};
  table->constraints = (SqlConstraintList){0};
  table->indexes = op->batch.table_indexes;
  table->comment = NULL;
  table->from = NULL;
  for (guint i = 0; i < r->transfers.n; i++)
    sql_column_list_add(arena, &table->columns, r->transfers.items[i].column);
  for (guint i = 0; i < op->batch.table_args.n; i++)
    sql_constraint_list_add(arena, &table->constraints, op->batch.table_args.items[i]);
  for (guint i = 0; i < r->constraints.n; i++) {
    if (keeps_columns(r, r->constraints.items[i]))
      sql_constraint_list_add(arena, &table->constraints, r->constraints.items[i]);
  }
  return table;
}

/* The names of constraints must be free before the new table takes them. */
static void drop_named(Recreation *r)
{
  for (guint i = 0; i < r->old->constraints.n; i++) {
    const SqlConstraint *constraint = r->old->constraints.items[i];
    gboolean kept = FALSE;
    for (guint k = 0; constraint->name.text != NULL && k < r->constraints.n; k++)
      kept = kept || g_strcmp0(r->constraints.items[k]->name.text, constraint->name.text) == 0;
    if (!kept)
      continue;
    GString *text = g_string_new("ALTER TABLE ");
    sql_put_qualified(r->c, text, r->old->schema, r->old->name);
    g_string_append(text, " DROP CONSTRAINT ");
    sql_put_fitted(r->c, text, constraint->name);
    sql_emit(r->c, text);
  }
}

static void move_rows(Recreation *r, SqlTable *table)
{
  Arena *arena = r->c->arena;
  SqlQuery *insert = sql_insert(arena, sql_table_from(arena, table));
  GString *text = g_string_new(NULL);

  insert->select = sql_select(arena);
  insert->inline_ = TRUE;
  for (guint i = 0; i < r->transfers.n; i++) {
    if (r->transfers.items[i].source == NULL)
      continue;
    sql_name_list_add(arena, &insert->names, sql_name(r->transfers.items[i].column->key));
    sql_expr_list_add(arena, &insert->select->columns, r->transfers.items[i].source);
  }
  sql_put_query(r->c, text, insert);
  sql_emit(r->c, text);
}

static void swap_names(Recreation *r, const SqlTable *table)
{
  SqlOp drop = {.kind = SQL_DROP_TABLE, .drop_table = {.name = r->old->name, .schema = r->old->schema}};
  SqlOp rename = {.kind = SQL_RENAME_TABLE,
                  .rename_table = {.name = table->name, .schema = table->schema, .new_name = r->old->name}};

  sql_compile_nested(r->c, &drop);
  sql_compile_nested(r->c, &rename);
}

void sql_recreate_table(SqlCompiler *c, const SqlOp *op)
{
  const SqlTable *known = op->batch.copy_from != NULL ? op->batch.copy_from : op->batch.reflected;
  SqlTable *old = arena_new0(c->arena, SqlTable);
  Recreation r = {.c = c, .old = old, .indexes = known->indexes};

  *old = *known;
  old->from = NULL;
  r.old_from = sql_table_from(c->arena, old);
  r.indexes.room = 0;
  take_columns(&r);
  take_constraints(&r);
  for (guint i = 0; i < op->batch.ops.n && c->error == NULL; i++)
    apply(&r, op->batch.ops.items[i]);
  if (c->error != NULL)
    return;
  SqlTable *table = new_table(&r, op);
  drop_named(&r);
  SqlOp create = {.kind = SQL_CREATE_TABLE, .create_table = {.table = table}};
  sql_compile_nested(c, &create);
  if (c->error == NULL)
    move_rows(&r, table);
  if (c->error == NULL)
    swap_names(&r, table);
  table->name = old->name;
  for (guint i = 0; i < r.indexes.n; i++)
    sql_emit_create_index(c, r.indexes.items[i], table, FALSE);
  for (guint i = 0; i < r.new_indexes.n; i++)
    sql_emit_create_index(c, r.new_indexes.items[i], table, FALSE);
}
