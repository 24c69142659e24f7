/* Steps to operations: where transactions begin and end. */
#include "rollout-private.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "retort/render/offline.h"

static RowOp *row_op_copy(const RowOp *op)
{
  RowOp *copy = g_new0(RowOp, 1);
  *copy = (RowOp){op->kind, g_strdup(op->from), g_strdup(op->to)};
  return copy;
}

static void row_op_free(void *data)
{
  RowOp *op = data;
  if (op == NULL)
    return;
  g_free(op->from);
  g_free(op->to);
  g_free(op);
}

static char **rows_copy(const GPtrArray *rows)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
  for (guint i = 0; i < rows->len; i++)
    g_strv_builder_add(builder, g_ptr_array_index(rows, i));
  return g_strv_builder_end(builder);
}

StepCopy *step_copy_new(const Project *project, const RolloutStep *given, GPtrArray *rows)
{
  const Revision *revision = given->step->revision;
  StepCopy *step = g_new0(StepCopy, 1);
  step->statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  step->row_ops = g_ptr_array_new_with_free_func(row_op_free);
  step->row_sql = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; given->script != NULL && i < given->script->statements->len; i++) {
    const Statement *statement = g_ptr_array_index(given->script->statements, i);
    g_ptr_array_add(step->statements,
                    statement_new(statement->sql, statement->autocommit, statement->line, statement->column));
  }
  if (given->script != NULL && given->script->answers != NULL)
    step->answers = g_ptr_array_ref(given->script->answers);
  for (guint i = 0; i < given->step->row_ops->len; i++) {
    const RowOp *op = g_ptr_array_index(given->step->row_ops, i);
    g_ptr_array_add(step->row_ops, row_op_copy(op));
    g_ptr_array_add(step->row_sql, version_row_sql(project, op));
  }
  plan_rows_apply(rows, given->step);
  step->rows_after = rows_copy(rows);
  step->direction = given->step->direction;
  step->skip = MIN(given->skip, step->statements->len);
  if (given->levels != NULL)
    step->levels = g_memdup2(given->levels, step->statements->len);
  step->revision = g_strdup(revision != NULL ? revision->id : "base");
  /* A stamp runs nothing of the file. */
  if (given->script != NULL)
    step_copy_pin(step, revision);
  return step;
}

void step_copy_pin(StepCopy *step, const Revision *revision)
{
  /* One from memory has no file. */
  if (revision == NULL || revision->path == NULL || revision->stamp.inode == 0)
    return;
  g_free(step->path);
  step->path = g_strdup(revision->path);
  step->stamp = revision->stamp;
}

void step_copy_free(StepCopy *step)
{
  if (step == NULL)
    return;
  g_ptr_array_unref(step->statements);
  g_clear_pointer(&step->answers, g_ptr_array_unref);
  g_ptr_array_unref(step->row_ops);
  g_ptr_array_unref(step->row_sql);
  g_strfreev(step->rows_after);
  g_free(step->path);
  g_free(step->revision);
  g_free(step->levels);
  g_free(step);
}

static void op_free(void *data)
{
  Op *op = data;
  row_op_free(op->row);
  g_free(op->sql);
  g_free(op->asks);
  g_free(op);
}

/* One message to the server for both questions. */
static char *rollout_xid_sql(gboolean observe_locks)
{
  static const char xid[] = "SELECT pg_catalog.txid_current_if_assigned(), extract(epoch FROM "
                            "pg_catalog.pg_postmaster_start_time())";
  g_autofree char *locks = observe_locks ? catalog_locks_sql(0) : NULL;
  return g_strconcat(xid, locks != NULL ? "; " : NULL, locks, NULL);
}

typedef struct {
  GPtrArray *ops;
  const RolloutOptions *options;
  gboolean open; /* a transaction */
} Builder;

static Op *add(Builder *builder, OpKind kind, guint step, const char *sql)
{
  Op *op = g_new0(Op, 1);
  op->kind = kind;
  op->step = step;
  op->sql = g_strdup(sql);
  g_ptr_array_add(builder->ops, op);
  return op;
}

static void open_transaction(Builder *builder, guint step)
{
  if (builder->open)
    return;
  add(builder, OP_BEGIN, step, "BEGIN");
  builder->open = TRUE;
}

static void close_transaction(Builder *builder, guint step)
{
  if (!builder->open)
    return;
  g_autofree char *sql = rollout_xid_sql(builder->options->observe_locks);
  Op *last = g_ptr_array_index(builder->ops, builder->ops->len - 1);
  /* One message less for each migration. */
  if (last->kind == OP_ROW)
    last->asks = g_steal_pointer(&sql);
  else
    add(builder, OP_XID, step, sql);
  add(builder, OP_COMMIT, step, "COMMIT");
  builder->open = FALSE;
}

static void add_statement(Builder *builder, guint step, guint index, const Statement *statement)
{
  gboolean patient = statement->autocommit && builder->options->lock_timeout_ms > 0;
  if (statement->autocommit)
    close_transaction(builder, step);
  else
    open_transaction(builder, step);
  if (patient)
    add(builder, OP_PATIENT, step, "SET lock_timeout = 0");
  Op *op = add(builder, OP_STATEMENT, step, statement->sql);
  op->statement = index;
  op->own = TRUE;
  op->outside = statement->autocommit;
  if (patient) {
    g_autofree char *sql = g_strdup_printf("SET lock_timeout = %u", builder->options->lock_timeout_ms);
    add(builder, OP_STRICT, step, sql);
  }
}

static void add_step(Builder *builder, guint index, const StepCopy *step, const char *create_table)
{
  add(builder, OP_STEP, index, NULL);
  if (create_table != NULL) {
    open_transaction(builder, index);
    add(builder, OP_STATEMENT, index, create_table)->statement = ROLLOUT_VERSION_TABLE;
  }
  /* What is done already may have changed the answers. */
  for (guint i = 0; step->answers != NULL && step->skip == 0 && i < step->answers->len; i++) {
    const QueryAnswer *answer = g_ptr_array_index(step->answers, i);
    open_transaction(builder, index);
    add(builder, OP_ANSWER, index, answer->sql)->answer = answer;
  }
  for (guint i = step->skip; i < step->statements->len; i++)
    add_statement(builder, index, i, g_ptr_array_index(step->statements, i));
  open_transaction(builder, index);
  for (guint i = 0; i < step->row_ops->len; i++) {
    Op *op = add(builder, OP_ROW, index, g_ptr_array_index(step->row_sql, i));
    op->statement = step->statements->len + i;
    op->row = row_op_copy(g_ptr_array_index(step->row_ops, i));
  }
  if (builder->options->transaction != ROLLOUT_ALL)
    close_transaction(builder, index);
  add(builder, OP_STEP_DONE, index, NULL);
}

GPtrArray *rollout_program(GPtrArray *steps, const RolloutOptions *options, const char *create_table)
{
  Builder builder = {g_ptr_array_new_with_free_func(op_free), options, FALSE};
  if (steps->len == 0 && create_table != NULL) {
    open_transaction(&builder, 0);
    add(&builder, OP_STATEMENT, 0, create_table)->statement = ROLLOUT_VERSION_TABLE;
  }
  for (guint i = 0; i < steps->len; i++)
    add_step(&builder, i, g_ptr_array_index(steps, i), i == 0 ? create_table : NULL);
  close_transaction(&builder, steps->len > 0 ? steps->len - 1 : 0);
  return builder.ops;
}

/* ---- Version rows ---------------------------------------------------------------------------------------------- */

char *rollout_row_complaint(const RowOp *row, const char *version_table, guint64 n)
{
  if (n == 1 || row->kind == ROW_INSERT)
    return NULL;
  if (row->kind == ROW_DELETE)
    return g_strdup_printf(
        "Online migration expected to match one row when deleting '%s' in '%s'; %" G_GUINT64_FORMAT " found",
        row->from, version_table, n);
  return g_strdup_printf("Online migration expected to match one row when updating '%s' to '%s' in '%s'; "
                         "%" G_GUINT64_FORMAT " found",
                         row->from, row->to, version_table, n);
}

char *rollout_answer_complaint(const QueryAnswer *answer, const PGresult *result)
{
  gboolean same = (guint)PQnfields(result) == answer->n_columns && (guint)PQntuples(result) == answer->n_rows;
  for (guint i = 0; same && i < answer->n_columns; i++)
    same = strcmp(PQfname(result, (int)i), answer->names[i]) == 0;
  for (gsize i = 0; same && i < (gsize)answer->n_columns * answer->n_rows; i++) {
    int row = (int)(i / answer->n_columns), column = (int)(i % answer->n_columns);
    const char *now = PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
    same = g_strcmp0(now, answer->cells[i]) == 0;
  }
  return same ? NULL
              : g_strdup_printf(
                    _("Line %u of the migration asks the database, which now answers otherwise than "
                      "for the preview: look at it again."),
                    answer->line);
}

static int compare_texts(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **sorted(const char *const *rows)
{
  char **copy = g_strdupv((char **)rows);
  qsort(copy, g_strv_length(copy), sizeof *copy, compare_texts);
  return copy;
}

gboolean rollout_rows_equal(const char *const *a, const char *const *b)
{
  g_auto(GStrv) x = sorted(a);
  g_auto(GStrv) y = sorted(b);
  return g_strv_equal((const char *const *)x, (const char *const *)y);
}

char *rollout_rows_text(const char *const *rows)
{
  return rows[0] != NULL ? g_strjoinv(", ", (char **)rows) : g_strdup("base");
}
