#include "answers.h"

#include <string.h>

#include "../../src/history/select.h"
#include "../../src/history/symbol.h"
#include "retort/base/error.h"
#include "retort/history/format.h"
#include "retort/history/plan.h"
#include "retort/history/target.h"

static const char *text(const Question *c, const char *member)
{
  return json_object_has_member(c->query, member)
             ? json_object_get_string_member_with_default(c->query, member, NULL)
             : NULL;
}

static gboolean truth(const Question *c, const char *member)
{
  return json_object_get_boolean_member_with_default(c->query, member, FALSE);
}

static char **words(const Question *c, const char *member)
{
  return case_strings(json_object_get_member(c->query, member));
}

JsonNode *answer_array(JsonArray *array)
{
  JsonNode *node = json_node_new(JSON_NODE_ARRAY);
  json_node_take_array(node, array);
  return node;
}

static JsonNode *string_node(const char *value)
{
  JsonNode *node = json_node_new(value ? JSON_NODE_VALUE : JSON_NODE_NULL);
  if (value)
    json_node_set_string(node, value);
  return node;
}

static JsonArray *ids(const GPtrArray *revisions)
{
  JsonArray *array = json_array_new();
  for (guint i = 0; i < revisions->len; i++) {
    Revision *revision = revisions->pdata[i];
    if (!revision)
      json_array_add_null_element(array);
    else
      json_array_add_string_element(array, revision->id);
  }
  return array;
}

static JsonArray *strings(char *const *list, guint n)
{
  JsonArray *array = json_array_new();
  for (guint i = 0; i < n; i++)
    json_array_add_string_element(array, list[i]);
  return array;
}

static int compare_strings(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static JsonArray *sorted_ids(const GPtrArray *revisions)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (guint i = 0; i < revisions->len; i++)
    g_ptr_array_add(names, ((Revision *)revisions->pdata[i])->id);
  g_ptr_array_sort(names, compare_strings);
  return strings((char *const *)names->pdata, names->len);
}

static void take_list(Answer *answer, GPtrArray *list)
{
  g_autoptr(GPtrArray) owned = list;
  if (owned)
    answer->result = answer_array(ids(owned));
}

/* Simple questions. */

static void answer_load(const Question *c, Answer *answer)
{
  if (c->map->fault)
    answer->error = g_error_copy(c->map->fault);
  else
    answer->result = string_node("ok");
}

static void answer_heads(const Question *c, Answer *answer)
{
  answer->result = answer_array(ids(c->map->heads));
}

static void answer_effective_heads(const Question *c, Answer *answer)
{
  answer->result = answer_array(ids(c->map->real_heads));
}

static void answer_bases(const Question *c, Answer *answer)
{
  answer->result = answer_array(ids(c->map->bases));
}

static void answer_real_bases(const Question *c, Answer *answer)
{
  answer->result = answer_array(ids(c->map->real_bases));
}

static void points(const Question *c, Answer *answer, gboolean (*is_point)(const Revision *))
{
  g_autoptr(GPtrArray) list = g_ptr_array_new();
  for (guint i = 0; i < c->map->revisions->len; i++) {
    Revision *revision = c->map->revisions->pdata[i];
    if (!revision->shadowed && is_point(revision))
      g_ptr_array_add(list, revision);
  }
  answer->result = answer_array(sorted_ids(list));
}

static void answer_branch_points(const Question *c, Answer *answer)
{
  points(c, answer, revision_is_branch_point);
}

static void answer_merge_points(const Question *c, Answer *answer)
{
  points(c, answer, revision_is_merge_point);
}

static void one_of(const GPtrArray *list, const char *message, Answer *answer)
{
  if (list->len > 1)
    answer->error = g_error_new_literal(RETORT_ERROR, RETORT_ERROR_COMMAND, message);
  else
    answer->result = string_node(list->len == 1 ? ((Revision *)list->pdata[0])->id : NULL);
}

static void answer_current_head(const Question *c, Answer *answer)
{
  one_of(c->map->heads,
         "The script directory has multiple heads (due to branching).Please use get_heads(), or merge the "
         "branches "
         "using alembic merge.",
         answer);
}

static void answer_get_base(const Question *c, Answer *answer)
{
  one_of(c->map->bases, "The script directory has multiple bases. Please use get_bases().", answer);
}

static void answer_branches_output(const Question *c, Answer *answer)
{
  g_autoptr(GPtrArray) all = target_history_range(c->map, NULL, NULL, &answer->error);
  if (!all)
    return;
  JsonArray *array = json_array_new();
  for (guint i = 0; i < all->len; i++) {
    const Revision *revision = all->pdata[i];
    if (!revision_is_branch_point(revision))
      continue;
    g_autofree char *printed = format_branch_point(revision, FALSE);
    g_auto(GStrv) lines = g_strsplit(printed, "\n", -1);
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    for (guint j = 1; lines[j] && *lines[j]; j++)
      g_ptr_array_add(children, lines[j] + g_utf8_strlen(revision->id, -1) + strlen(" -> "));
    g_ptr_array_sort(children, compare_strings);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "head_line", lines[0]);
    json_object_set_array_member(object, "children_unordered",
                                 strings((char *const *)children->pdata, children->len));
    json_array_add_object_element(array, object);
  }
  answer->result = answer_array(array);
}

static void set_line(JsonObject *object, const char *member, const Revision *revision, FormatFlags flags)
{
  g_autofree char *line = format_line(revision, flags);
  json_object_set_string_member(object, member, line);
}

static void answer_revision_info(const Question *c, Answer *answer)
{
  const Revision *revision = revision_map_get(c->map, text(c, "revision"));
  JsonObject *object = json_object_new();
  g_autoptr(GPtrArray) labels = g_ptr_array_copy(revision->labels, NULL, NULL);

  g_ptr_array_sort(labels, compare_strings);
  json_object_set_array_member(object, "down_revision", ids(revision->down));
  json_object_set_array_member(object, "dependencies_resolved", ids(revision->deps));
  json_object_set_array_member(object, "dependencies_normalized", sorted_ids(revision->normalized_deps));
  json_object_set_array_member(object, "branch_labels", strings((char *const *)labels->pdata, labels->len));
  json_object_set_array_member(object, "next", sorted_ids(revision->next));
  json_object_set_array_member(object, "all_next", sorted_ids(revision->all_next));
  json_object_set_boolean_member(object, "is_head", revision_is_head(revision));
  json_object_set_boolean_member(object, "is_real_head", revision_is_real_head(revision));
  json_object_set_boolean_member(object, "is_base", revision_is_base(revision));
  json_object_set_boolean_member(object, "is_branch_point", revision_is_branch_point(revision));
  json_object_set_boolean_member(object, "is_merge_point", revision_is_merge_point(revision));
  set_line(object, "heads_line", revision, FORMAT_OF_HEADS);
  set_line(object, "current_line", revision, FORMAT_OF_CURRENT);
  set_line(object, "history_line", revision, FORMAT_OF_HISTORY);
  answer->result = json_node_new(JSON_NODE_OBJECT);
  json_node_take_object(answer->result, object);
}

/* Symbols. */

static void answer_get_revisions(const Question *c, Answer *answer)
{
  take_list(answer, symbol_all(c->map, text(c, "id"), &answer->error));
  if (!answer->result)
    symbol_translate(&answer->error, NULL);
}

static void answer_get_revision(const Question *c, Answer *answer)
{
  Revision *revision = NULL;
  if (target_resolve_one(c->map, text(c, "id"), NULL, &revision, &answer->error))
    answer->result = string_node(revision ? revision->id : NULL);
}

static void answer_show(const Question *c, Answer *answer)
{
  g_autoptr(GPtrArray) list = target_resolve(c->map, text(c, "id"), NULL, &answer->error);
  if (!list)
    return;
  JsonArray *array = json_array_new();
  for (guint i = 0; i < list->len; i++) {
    g_autofree char *block = format_block(list->pdata[i], 0);
    json_array_add_string_element(array, block);
  }
  answer->result = answer_array(array);
}

static void answer_walk(const Question *c, Answer *answer)
{
  take_list(answer, target_walk(c->map, text(c, "base"), text(c, "head"), NULL, &answer->error));
}

static void answer_iterate(const Question *c, Answer *answer)
{
  g_auto(Selection) selection = {0};
  SelectOptions options = {.inclusive = truth(c, "inclusive"), .implicit_base = truth(c, "implicit_base")};
  if (select_upgrade(c->map, (SelectEnd){.symbol = text(c, "upper")}, (SelectEnd){.symbol = text(c, "lower")},
                     options, &selection, &answer->error))
    take_list(answer, select_sort(c->map, &selection, &answer->error));
}

static void answer_current(const Question *c, Answer *answer)
{
  g_auto(GStrv) rows = words(c, "from");
  g_autoptr(GPtrArray) list = target_current(c->map, (const char *const *)rows, &answer->error);
  if (list)
    answer->result = answer_array(sorted_ids(list));
}

static JsonArray *heads_after(const Question *c, const NewRevision *new_revision, const char *id)
{
  JsonArray *array = json_array_new();
  for (guint i = 0; i < c->map->heads->len; i++) {
    Revision *head = c->map->heads->pdata[i];
    if (!g_ptr_array_find(new_revision->parents, head, NULL) && !g_str_equal(head->id, id))
      json_array_add_string_element(array, head->id);
  }
  json_array_add_string_element(array, id);
  return array;
}

static char *python_value(const char *name, char *const *values, gboolean tuple, gboolean list)
{
  GString *line = g_string_new(name);
  guint n = values ? g_strv_length((char **)values) : 0;
  gboolean many = n > 1 || tuple;
  if (n == 0)
    g_string_append(line, " = None");
  else
    g_string_append(line, many ? list ? " = [" : " = (" : " = ");
  for (guint i = 0; i < n; i++)
    g_string_append_printf(line, "%s'%s'", i > 0 ? ", " : "", values[i]);
  if (n > 0 && many)
    g_string_append(line, list ? "]" : n == 1 ? ",)" : ")");
  return g_string_free(line, FALSE);
}

static void answer_new_revision(const Question *c, Answer *answer)
{
  g_auto(GStrv) heads = words(c, "head"), depends_on = words(c, "depends_on"),
                labels = words(c, "branch_label");
  g_auto(NewRevision) new_revision = {0};
  const char *id = text(c, "rev_id");

  if (!target_new_revision(c->map, id, (const char *const *)heads, truth(c, "splice"),
                           (const char *const *)labels, (const char *const *)depends_on, &new_revision,
                           &answer->error))
    return;
  g_autoptr(GPtrArray) parents = g_ptr_array_new();
  for (guint i = 0; i < new_revision.parents->len; i++)
    g_ptr_array_add(parents, ((Revision *)new_revision.parents->pdata[i])->id);
  g_ptr_array_add(parents, NULL);
  g_autofree char *slug = format_slug(text(c, "message"), 40);
  g_autofree char *file = g_strdup_printf("%s_%s.py", id, slug);
  g_autofree char *down = python_value("down_revision", (char *const *)parents->pdata, FALSE, FALSE);
  g_autofree char *label = python_value("branch_labels", labels, TRUE, FALSE);
  g_autofree char *depends = python_value("depends_on", new_revision.depends_on, FALSE, TRUE);
  JsonObject *object = json_object_new();
  json_object_set_string_member(object, "file", file);
  json_object_set_string_member(object, "down_revision_py", down);
  json_object_set_string_member(object, "branch_labels_py", label);
  json_object_set_string_member(object, "depends_on_py", depends);
  json_object_set_array_member(object, "heads_after", heads_after(c, &new_revision, id));
  answer->result = json_node_new(JSON_NODE_OBJECT);
  json_node_take_object(answer->result, object);
}

/* Plans. */

static JsonArray *row_ops_json(const PlanStep *step)
{
  static const char *const names[] = {"INSERT", "UPDATE", "DELETE"};
  JsonArray *ops = json_array_new();
  for (guint i = 0; i < step->row_ops->len; i++) {
    const RowOp *op = step->row_ops->pdata[i];
    JsonArray *one = json_array_new();
    json_array_add_string_element(one, names[op->kind]);
    if (op->from)
      json_array_add_string_element(one, op->from);
    if (op->to)
      json_array_add_string_element(one, op->to);
    json_array_add_array_element(ops, one);
  }
  return ops;
}

static JsonArray *rows_json(const GPtrArray *rows)
{
  g_autoptr(GHashTable) unique = g_hash_table_new(g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) sorted = g_ptr_array_new();
  for (guint i = 0; i < rows->len; i++)
    if (g_hash_table_add(unique, rows->pdata[i]))
      g_ptr_array_add(sorted, rows->pdata[i]);
  g_ptr_array_sort(sorted, compare_strings);
  return strings((char *const *)sorted->pdata, sorted->len);
}

static JsonObject *step_json(const PlanStep *step, GPtrArray *rows)
{
  static const char *const verbs[] = {"upgrade", "downgrade", "stamp_revision"};
  JsonObject *object = json_object_new();
  g_autofree char *log = plan_step_log(step, TRUE);

  plan_rows_apply(rows, step);
  json_object_set_string_member(object, "op", verbs[step->direction]);
  json_object_set_array_member(object, "from", strings(step->from, g_strv_length(step->from)));
  json_object_set_array_member(object, "to", strings(step->to, g_strv_length(step->to)));
  json_object_set_string_member(object, "log", log + strlen("Running "));
  if (step->direction != DIRECTION_STAMP)
    json_object_set_string_member(object, "revision", step->revision->id);
  json_object_set_array_member(object, "row_ops", row_ops_json(step));
  json_object_set_array_member(object, "rows", rows_json(rows));
  return object;
}

static void answer_plan(const Question *c, Answer *answer)
{
  g_auto(GStrv) rows = words(c, "from"), targets = words(c, "target");
  const char *const *from = (const char *const *)rows;
  g_autoptr(Plan) plan = NULL;

  if (g_str_equal(c->kind, "upgrade"))
    plan = plan_upgrade(c->map, from, targets[0], &answer->error);
  else if (g_str_equal(c->kind, "downgrade"))
    plan = plan_downgrade(c->map, from, targets[0], &answer->error);
  else
    plan = plan_stamp(c->map, from, (const char *const *)targets, truth(c, "purge"), &answer->error);
  if (!plan)
    return;
  g_auto(GStrv) before = plan_rows_after(plan, 0);
  g_autoptr(GPtrArray) now = g_ptr_array_new_with_free_func(g_free);
  for (char **row = before; *row; row++)
    g_ptr_array_add(now, g_strdup(*row));
  JsonArray *steps = json_array_new();
  for (guint i = 0; i < plan->steps->len; i++)
    json_array_add_object_element(steps, step_json(plan->steps->pdata[i], now));
  JsonObject *object = json_object_new();
  json_object_set_array_member(object, "steps", steps);
  json_object_set_array_member(object, "final_rows", rows_json(now));
  if (plan->warnings->len > 0)
    json_object_set_array_member(object, "warnings",
                                 strings((char *const *)plan->warnings->pdata, plan->warnings->len));
  answer->result = json_node_new(JSON_NODE_OBJECT);
  json_node_take_object(answer->result, object);
}

static const struct {
  const char *kind;
  void (*answer)(const Question *question, Answer *answer);
} kinds[] = {
    {"load", answer_load},
    {"heads", answer_heads},
    {"effective_heads", answer_effective_heads},
    {"bases", answer_bases},
    {"real_bases", answer_real_bases},
    {"branch_points", answer_branch_points},
    {"merge_points", answer_merge_points},
    {"current_head", answer_current_head},
    {"get_base", answer_get_base},
    {"branches_output", answer_branches_output},
    {"revision_info", answer_revision_info},
    {"get_revisions", answer_get_revisions},
    {"get_revision", answer_get_revision},
    {"show", answer_show},
    {"walk", answer_walk},
    {"iterate", answer_iterate},
    {"current", answer_current},
    {"new_revision", answer_new_revision},
    {"upgrade", answer_plan},
    {"downgrade", answer_plan},
    {"stamp", answer_plan},
};

gboolean answer_question(const Question *question, Answer *answer)
{
  for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
    if (!g_str_equal(kinds[i].kind, question->kind))
      continue;
    kinds[i].answer(question, answer);
    return TRUE;
  }
  return FALSE;
}

void answer_clear(Answer *answer)
{
  g_clear_pointer(&answer->result, json_node_unref);
  g_clear_error(&answer->error);
}
