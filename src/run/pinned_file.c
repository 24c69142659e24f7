/* Pinned plans as JSON. */
#include "pinned-private.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "rollout-private.h"

/* The layout below; a file of another one is refused by name. */
#define FORMAT_NAME "retort-plan-1"
/* Larger than ten thousand migrations of ten statements. */
#define PLAN_LIMIT ((gsize)256 * 1024 * 1024)

static const char *const directions[] = {"upgrade", "downgrade", "stamp"};
static const char *const row_kinds[] = {
    [ROW_INSERT] = "insert", [ROW_UPDATE] = "update", [ROW_DELETE] = "delete"};
static const char *const transactions[] = {"per-migration", "all", "no-ddl"};

/* ---- Writing --------------------------------------------------------------------------------------------------- */

static void add_text(JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name(builder, name);
  if (text != NULL)
    json_builder_add_string_value(builder, text);
  else
    json_builder_add_null_value(builder);
}

static void add_rows(JsonBuilder *builder, const char *name, char **rows)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (; rows != NULL && *rows != NULL; rows++)
    json_builder_add_string_value(builder, *rows);
  json_builder_end_array(builder);
}

static void add_statement(JsonBuilder *builder, const PinnedStatement *statement)
{
  json_builder_begin_object(builder);
  add_text(builder, "sql", statement->sql);
  json_builder_set_member_name(builder, "autocommit");
  json_builder_add_boolean_value(builder, statement->autocommit);
  json_builder_set_member_name(builder, "locks");
  json_builder_begin_array(builder);
  for (guint i = 0; i < statement->locks->len; i++)
    json_builder_add_string_value(builder, g_ptr_array_index(statement->locks, i));
  json_builder_end_array(builder);
  add_text(builder, "summary", statement->summary);
  json_builder_end_object(builder);
}

static void add_row_ops(JsonBuilder *builder, const GPtrArray *row_ops)
{
  json_builder_set_member_name(builder, "row_changes");
  json_builder_begin_array(builder);
  for (guint i = 0; i < row_ops->len; i++) {
    const RowOp *op = g_ptr_array_index(row_ops, i);
    json_builder_begin_object(builder);
    add_text(builder, "change", row_kinds[op->kind]);
    add_text(builder, "from", op->from);
    add_text(builder, "to", op->to);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void add_step(JsonBuilder *builder, const PinnedStep *step)
{
  json_builder_begin_object(builder);
  add_text(builder, "revision", step->revision);
  add_text(builder, "direction", directions[step->direction]);
  add_text(builder, "path", step->path);
  add_text(builder, "sha256", step->sha256);
  add_text(builder, "engine", step->engine);
  add_text(builder, "why", step->why);
  json_builder_set_member_name(builder, "asks");
  json_builder_begin_array(builder);
  for (guint i = 0; i < step->asks->len; i++)
    json_builder_add_string_value(builder, g_ptr_array_index(step->asks, i));
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "statements");
  json_builder_begin_array(builder);
  for (guint i = 0; i < step->statements->len; i++)
    add_statement(builder, g_ptr_array_index(step->statements, i));
  json_builder_end_array(builder);
  add_rows(builder, "from", step->from);
  add_rows(builder, "to", step->to);
  add_row_ops(builder, step->row_ops);
  add_rows(builder, "rows_after", step->rows_after);
  json_builder_end_object(builder);
}

/* JSON is UTF-8; a statement that is not could not be read back as it was. */
static gboolean all_utf8(const PinnedPlan *plan, GError **error)
{
  for (guint i = 0; i < plan->steps->len; i++) {
    const PinnedStep *step = g_ptr_array_index(plan->steps, i);
    for (guint j = 0; j < step->statements->len; j++) {
      if (g_utf8_validate(((PinnedStatement *)g_ptr_array_index(step->statements, j))->sql, -1, NULL))
        continue;
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                  _("Statement %u of revision %s is not valid UTF-8."), j + 1, step->revision);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean pinned_plan_write(const PinnedPlan *plan, const char *path, GError **error)
{
  if (!all_utf8(plan, error))
    return FALSE;
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  add_text(builder, "format", FORMAT_NAME);
  add_text(builder, "created", plan->created);
  add_text(builder, "project", plan->project);
  add_text(builder, "identity", plan->identity);
  add_text(builder, "database", plan->database);
  add_text(builder, "system_id", plan->system_id);
  json_builder_set_member_name(builder, "server_version");
  json_builder_add_int_value(builder, plan->server_version);
  add_text(builder, "transaction", transactions[plan->transaction]);
  add_rows(builder, "rows_before", plan->rows_before);
  json_builder_set_member_name(builder, "steps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < plan->steps->len; i++)
    add_step(builder, g_ptr_array_index(plan->steps, i));
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  g_autofree char *text = json_to_string(root, TRUE);
  g_autofree char *whole = g_strconcat(text, "\n", NULL);
  return file_write_atomic(path, whole, strlen(whole), error);
}

/* ---- Reading: nothing of the file is trusted to be there, or to be what its name says -------------------------- */

static JsonNode *member(JsonObject *object, const char *name)
{
  return json_object_get_member(object, name);
}

static char *text_of(JsonObject *object, const char *name)
{
  JsonNode *node = member(object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_dup_string(node)
             : NULL;
}

static JsonArray *array_of(JsonObject *object, const char *name)
{
  JsonNode *node = member(object, name);
  return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

static JsonObject *object_at(JsonArray *array, guint index)
{
  JsonNode *node = json_array_get_element(array, index);
  return JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* NULL unless all elements are strings. */
static char **strings_of(JsonObject *object, const char *name)
{
  JsonArray *array = array_of(object, name);
  if (array == NULL)
    return NULL;
  g_auto(GStrv) strings = g_new0(char *, json_array_get_length(array) + 1);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonNode *node = json_array_get_element(array, i);
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING)
      return NULL;
    strings[i] = json_node_dup_string(node);
  }
  return g_steal_pointer(&strings);
}

static gboolean index_of(const char *const *names, guint n, const char *name, guint *index)
{
  for (*index = 0; *index < n; (*index)++)
    if (g_strcmp0(names[*index], name) == 0)
      return TRUE;
  return FALSE;
}

static PinnedStatement *read_statement(JsonObject *object)
{
  g_autofree char *sql = object != NULL ? text_of(object, "sql") : NULL;
  JsonNode *autocommit = object != NULL ? member(object, "autocommit") : NULL;
  if (sql == NULL || autocommit == NULL || !JSON_NODE_HOLDS_VALUE(autocommit) ||
      json_node_get_value_type(autocommit) != G_TYPE_BOOLEAN)
    return NULL;
  PinnedStatement *statement = pinned_statement_new(sql, json_node_get_boolean(autocommit));
  g_auto(GStrv) locks = strings_of(object, "locks");
  for (guint i = 0; locks != NULL && locks[i] != NULL; i++)
    g_ptr_array_add(statement->locks, g_strdup(locks[i]));
  statement->summary = text_of(object, "summary");
  return statement;
}

static gboolean read_statements(PinnedStep *step, JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length(array); i++) {
    PinnedStatement *statement = read_statement(object_at(array, i));
    if (statement == NULL)
      return FALSE;
    g_ptr_array_add(step->statements, statement);
  }
  return TRUE;
}

static gboolean read_row_ops(PinnedStep *step, JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonObject *object = object_at(array, i);
    g_autofree char *name = object != NULL ? text_of(object, "change") : NULL;
    g_autofree char *from = object != NULL ? text_of(object, "from") : NULL;
    g_autofree char *to = object != NULL ? text_of(object, "to") : NULL;
    guint kind = 0;
    if (!index_of(row_kinds, G_N_ELEMENTS(row_kinds), name, &kind) || (kind != ROW_INSERT && from == NULL) ||
        (kind != ROW_DELETE && to == NULL))
      return FALSE;
    pinned_step_add_row_op(step, (RowOpKind)kind, from, to);
  }
  return TRUE;
}

static void read_texts(PinnedStep *step, JsonObject *object)
{
  g_auto(GStrv) asks = strings_of(object, "asks");
  step->revision = text_of(object, "revision");
  step->path = text_of(object, "path");
  step->sha256 = text_of(object, "sha256");
  step->engine = text_of(object, "engine");
  step->why = text_of(object, "why");
  step->from = strings_of(object, "from");
  step->to = strings_of(object, "to");
  step->rows_after = strings_of(object, "rows_after");
  for (guint i = 0; asks != NULL && asks[i] != NULL; i++)
    g_ptr_array_add(step->asks, g_strdup(asks[i]));
}

static gboolean engine_known(const PinnedStep *step)
{
  return g_strcmp0(step->engine, "native") == 0 || (pinned_step_by_alembic(step) && step->path != NULL);
}

static PinnedStep *read_step(JsonObject *object)
{
  PinnedStep *step = pinned_step_new();
  guint direction = 0;
  g_autofree char *name = object != NULL ? text_of(object, "direction") : NULL;
  JsonArray *statements = object != NULL ? array_of(object, "statements") : NULL;
  JsonArray *row_ops = object != NULL ? array_of(object, "row_changes") : NULL;
  if (object != NULL)
    read_texts(step, object);
  if (step->revision == NULL || step->rows_after == NULL || statements == NULL || row_ops == NULL ||
      !engine_known(step) || (step->path != NULL && (step->sha256 == NULL || strlen(step->sha256) != 64)) ||
      !index_of(directions, G_N_ELEMENTS(directions), name, &direction) ||
      (direction != DIRECTION_STAMP && step->path == NULL) || !read_statements(step, statements) ||
      !read_row_ops(step, row_ops)) {
    pinned_step_free(step);
    return NULL;
  }
  step->direction = (Direction)direction;
  return step;
}

/* The rows that the file promises have to be those that its changes lead to. */
static gboolean rows_follow(const PinnedPlan *plan)
{
  g_autoptr(Plan) whole = plan_new((const char *const *)plan->rows_before);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
  for (char **row = plan->rows_before; *row != NULL; row++)
    g_ptr_array_add(rows, g_strdup(*row));
  for (guint i = 0; i < plan->steps->len; i++) {
    const PinnedStep *pinned = g_ptr_array_index(plan->steps, i);
    PlanStep *step = plan_add_step(whole, pinned->direction, NULL, NULL, NULL);
    for (guint k = 0; k < pinned->row_ops->len; k++) {
      const RowOp *op = g_ptr_array_index(pinned->row_ops, k);
      plan_add_row_op(step, op->kind, op->from, op->to);
    }
    plan_rows_apply(rows, step);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_ptr_array_extend(words, rows, NULL, NULL);
    g_ptr_array_add(words, NULL);
    if (!rollout_rows_equal((const char *const *)words->pdata, (const char *const *)pinned->rows_after))
      return FALSE;
  }
  return TRUE;
}

static gboolean read_steps(PinnedPlan *plan, JsonObject *object)
{
  JsonArray *steps = array_of(object, "steps");
  for (guint i = 0; steps != NULL && i < json_array_get_length(steps); i++) {
    PinnedStep *step = read_step(object_at(steps, i));
    if (step == NULL)
      return FALSE;
    g_ptr_array_add(plan->steps, step);
  }
  return steps != NULL;
}

static PinnedPlan *read_plan(JsonObject *object)
{
  g_autoptr(PinnedPlan) plan = g_new0(PinnedPlan, 1);
  g_autofree char *format = text_of(object, "format");
  g_autofree char *transaction = text_of(object, "transaction");
  JsonNode *version = member(object, "server_version");
  guint index = 0;
  plan->steps = g_ptr_array_new_with_free_func(pinned_step_free);
  plan->created = text_of(object, "created");
  plan->project = text_of(object, "project");
  plan->identity = text_of(object, "identity");
  plan->database = text_of(object, "database");
  plan->system_id = text_of(object, "system_id");
  plan->server_version =
      version != NULL && JSON_NODE_HOLDS_VALUE(version) ? (int)json_node_get_int(version) : 0;
  plan->rows_before = strings_of(object, "rows_before");
  if (g_strcmp0(format, FORMAT_NAME) != 0 || plan->rows_before == NULL ||
      !index_of(transactions, G_N_ELEMENTS(transactions), transaction, &index) || !read_steps(plan, object) ||
      !rows_follow(plan))
    return NULL;
  plan->transaction = (RolloutTransaction)index;
  return g_steal_pointer(&plan);
}

PinnedPlan *pinned_plan_read(const char *path, GError **error)
{
  gsize len;
  g_autofree char *text = file_read(path, PLAN_LIMIT, &len, NULL, error);
  if (text == NULL)
    return NULL;
  g_autoptr(JsonParser) parser = json_parser_new();
  PinnedPlan *plan = NULL;
  if (json_parser_load_from_data(parser, text, (gssize)len, NULL) && json_parser_get_root(parser) != NULL &&
      JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
    plan = read_plan(json_node_get_object(json_parser_get_root(parser)));
  if (plan == NULL)
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, _("%s is no plan that `retort plan` wrote."), path);
  return plan;
}
