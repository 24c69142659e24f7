/* Every record of Alembic's own answers, in two loops.  Where hash order makes several answers right, each is taken;
 * where Alembic dies with a traceback, an error or a plan of our own is. */
#include <criterion/criterion.h>
#include <string.h>

#include "answers.h"
#include "retort/base/error.h"

typedef struct {
  const char *graph;
  Question question;
  guint bad; /* mismatches so far */
} Case;

static gboolean truth(const Case *c, const char *member)
{
  return json_object_get_boolean_member_with_default(c->question.query, member, FALSE);
}

static int compare_strings(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *show(JsonNode *node)
{
  return node ? json_to_string(node, FALSE) : g_strdup("nothing");
}

/* All words of a value in alphabetical order, so that what Python keeps in a set compares equal in any order. */
static void collect_words(JsonNode *node, GPtrArray *list)
{
  if (JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
      collect_words(json_array_get_element(array, i), list);
  } else if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING) {
    g_auto(GStrv) split = g_strsplit_set(json_node_get_string(node), " ,()\n", -1);
    for (char **word = split; *word; word++)
      if (**word)
        g_ptr_array_add(list, g_strdup(*word));
  }
}

static gboolean same_words(JsonNode *a, JsonNode *b)
{
  g_autoptr(GPtrArray) ours = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) theirs = g_ptr_array_new_with_free_func(g_free);
  collect_words(a, ours);
  collect_words(b, theirs);
  g_ptr_array_sort(ours, compare_strings);
  g_ptr_array_sort(theirs, compare_strings);
  gboolean same = ours->len == theirs->len;
  for (guint i = 0; same && i < ours->len; i++)
    same = g_str_equal(ours->pdata[i], theirs->pdata[i]);
  return same;
}

/* Which rows a step's operations take away and which they bring, whatever row is updated to whatever other. */
static JsonNode *row_changes(JsonNode *node)
{
  JsonArray *ops = json_node_get_array(node), *changes = json_array_new();
  for (guint i = 0; i < json_array_get_length(ops); i++) {
    JsonArray *op = json_array_get_array_element(ops, i);
    char kind = json_array_get_string_element(op, 0)[0];
    g_autofree char *gone = g_strconcat("-", kind == 'I' ? "" : json_array_get_string_element(op, 1), NULL);
    g_autofree char *came =
        g_strconcat("+", kind == 'D' ? "" : json_array_get_string_element(op, kind == 'U' ? 2 : 1), NULL);
    json_array_add_string_element(changes, gone);
    json_array_add_string_element(changes, came);
  }
  return answer_array(changes);
}

static gboolean same_row_changes(JsonNode *a, JsonNode *b)
{
  g_autoptr(JsonNode) ours = row_changes(a), theirs = row_changes(b);
  return same_words(ours, theirs);
}

/* Alembic takes the rows of a merge from a list when they are all there is, and from a set, in hash order, when there
 * are others; and always from a set on the way down.  The few seeds recorded may have agreed by chance. */
static gboolean rows_from_set(JsonObject *step)
{
  return !g_str_equal(json_object_get_string_member(step, "op"), "upgrade") ||
         json_array_get_length(json_object_get_array_member(step, "rows")) > 1;
}

/* The members of the recorded step are the same in ours; brief records leave some out. */
static gboolean same_step(JsonObject *recorded, JsonObject *ours, gboolean any_order)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init(&iter, recorded);
  while (json_object_iter_next(&iter, &name, &value)) {
    JsonNode *mine = json_object_get_member(ours, name);
    if (json_node_equal(value, mine))
      continue;
    if (!g_str_equal(name, "row_ops") || !(any_order || rows_from_set(ours)) ||
        !same_row_changes(value, mine))
      return FALSE;
  }
  return TRUE;
}

static gboolean same_steps(JsonObject *recorded, JsonNode *ours, gboolean any_order)
{
  JsonArray *theirs = json_object_get_array_member(recorded, "steps");
  JsonArray *mine = json_object_get_array_member(json_node_get_object(ours), "steps");

  for (guint i = 0; i < json_array_get_length(theirs); i++) {
    JsonObject *step = json_array_get_object_element(theirs, i);
    if (json_object_has_member(step, "error"))
      return TRUE; /* Alembic died here */
    if (i >= json_array_get_length(mine) ||
        !same_step(step, json_array_get_object_element(mine, i), any_order))
      return FALSE;
  }
  JsonNode *rows = json_object_get_member(recorded, "final_rows");
  return json_array_get_length(theirs) == json_array_get_length(mine) &&
         (!rows || json_node_equal(rows, json_object_get_member(json_node_get_object(ours), "final_rows")));
}

static gboolean same_error(JsonObject *recorded, const Answer *answer, gboolean load)
{
  const char *type = json_object_get_string_member(recorded, "type");
  const char *message = json_object_get_string_member(recorded, "message");

  if (g_str_equal(type, "KeyError") || (!g_str_equal(type, "CommandError") && !load)) {
    /* A traceback: an error of our own, or a plan where one plainly exists. */
    return answer->error || answer->result;
  }
  return answer->error && g_error_matches(answer->error, RETORT_ERROR, RETORT_ERROR_COMMAND) &&
         g_str_equal(answer->error->message, message);
}

static gboolean died_in_step(JsonObject *recorded)
{
  if (!json_object_has_member(recorded, "steps"))
    return FALSE;
  JsonArray *steps = json_object_get_array_member(recorded, "steps");
  guint n = json_array_get_length(steps);
  return n > 0 && json_object_has_member(json_array_get_object_element(steps, n - 1), "error");
}

/* Texts with the same words in any order; objects member by member. */
static gboolean same_result(JsonNode *recorded, JsonNode *ours)
{
  if (!JSON_NODE_HOLDS_OBJECT(recorded) || !JSON_NODE_HOLDS_OBJECT(ours))
    return same_words(recorded, ours);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  json_object_iter_init(&iter, json_node_get_object(recorded));
  while (json_object_iter_next(&iter, &name, &value))
    if (!same_words(value, json_object_get_member(json_node_get_object(ours), name)))
      return FALSE;
  return TRUE;
}

static gboolean agrees(const Case *c, JsonObject *recorded, const Answer *answer, gboolean any_order)
{
  if (json_object_has_member(recorded, "error"))
    return same_error(json_object_get_object_member(recorded, "error"), answer,
                      g_str_equal(c->question.kind, "load"));
  if (!answer->result)
    return died_in_step(recorded);
  if (json_object_has_member(recorded, "steps"))
    return same_steps(recorded, answer->result, any_order);
  JsonNode *result = json_object_get_member(recorded, "result");
  if (any_order && (g_str_equal(c->question.kind, "revision_info") || g_str_equal(c->question.kind, "show")))
    return same_result(result, answer->result);
  return json_node_equal(result, answer->result);
}

static void collect_member(JsonNode *steps, const char *member, JsonArray *values)
{
  JsonArray *array = json_node_get_array(steps);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    JsonObject *step = json_array_get_object_element(array, i);
    json_array_add_string_element(values, json_object_get_string_member_with_default(step, member, ""));
  }
}

/* The same revisions leading to the same rows, in an order that none of the recorded hash seeds gave.  Only
 * revisions with several dependencies leave a choice there. */
static gboolean other_order(JsonObject *recorded, const Answer *answer)
{
  if (!answer->result || !json_object_has_member(recorded, "steps"))
    return FALSE;
  JsonObject *ours = json_node_get_object(answer->result);
  g_autoptr(JsonNode) a = answer_array(json_array_new()), b = answer_array(json_array_new());
  collect_member(json_object_get_member(recorded, "steps"), "revision", json_node_get_array(a));
  collect_member(json_object_get_member(ours, "steps"), "revision", json_node_get_array(b));
  JsonNode *rows = json_object_get_member(recorded, "final_rows");
  return same_words(a, b) && json_node_equal(rows, json_object_get_member(ours, "final_rows"));
}

/* The alternatives are those met with a few hash seeds, not all there are. */
static gboolean agrees_with_any(const Case *c, const Answer *answer)
{
  gboolean any_order = truth(c, "nondeterministic");
  if (agrees(c, c->question.query, answer, any_order))
    return TRUE;
  if (!any_order)
    return FALSE;
  if (other_order(c->question.query, answer))
    return TRUE;
  JsonArray *others = json_object_get_array_member(c->question.query, "alternatives");
  for (guint i = 0; i < json_array_get_length(others); i++)
    if (agrees(c, json_array_get_object_element(others, i), answer, TRUE))
      return TRUE;
  return FALSE;
}

/* Alembic's warnings: those of the map, and those of the plan itself. */
static gboolean warned(const Case *c, const Answer *answer)
{
  g_auto(GStrv) expected = case_strings(json_object_get_member(c->question.query, "warnings"));
  g_autoptr(GPtrArray) ours = g_ptr_array_new();
  for (guint i = 0; i < c->question.map->warnings->len; i++)
    g_ptr_array_add(ours, c->question.map->warnings->pdata[i]);
  if (answer->result && JSON_NODE_HOLDS_OBJECT(answer->result) &&
      json_object_has_member(json_node_get_object(answer->result), "warnings")) {
    JsonArray *more = json_object_get_array_member(json_node_get_object(answer->result), "warnings");
    for (guint i = 0; i < json_array_get_length(more); i++)
      g_ptr_array_add(ours, (char *)json_array_get_string_element(more, i));
  }
  if (!expected[0] && ours->len == c->question.map->warnings->len)
    return TRUE; /* the map was loaded before */
  for (guint i = 0; expected[i]; i++)
    if (!g_ptr_array_find_with_equal_func(ours, expected[i], g_str_equal, NULL))
      return FALSE;
  return TRUE;
}

static void check(Case *c)
{
  Answer answer = {0};
  cr_expect(answer_question(&c->question, &answer), "no answer to %s", c->question.kind);
  gboolean ok = agrees_with_any(c, &answer);
  if (ok && (answer.result || g_str_equal(c->question.kind, "load")))
    ok = warned(c, &answer);
  if (!ok && c->bad++ < 10) {
    g_autofree char *query = json_to_string(json_object_get_member(c->question.query, "kind"), FALSE);
    g_autoptr(JsonNode) whole = json_node_new(JSON_NODE_OBJECT);
    json_node_set_object(whole, c->question.query);
    g_autofree char *recorded = show(whole), *ours = show(answer.result);
    cr_expect(FALSE, "%s: %s\n  recorded: %.9000s\n  answered: %.9000s%s%s", c->graph, query, recorded, ours,
              answer.error ? "\n  error: " : "", answer.error ? answer.error->message : "");
  }
  answer_clear(&answer);
}

/* Whole --sql scripts are tested where scripts are made. */
static gboolean is_script(const char *kind)
{
  return g_str_has_prefix(kind, "offline_");
}

static void check_file(const char *name, guint at_least)
{
  g_autoptr(JsonNode) root = case_file_load(name);
  JsonArray *graphs = json_node_get_array(root);
  guint n = 0, bad = 0;

  for (guint i = 0; i < json_array_get_length(graphs); i++) {
    JsonObject *graph = json_array_get_object_element(graphs, i);
    g_autoptr(RevisionMap) map = case_graph_map(json_object_get_array_member(graph, "graph"));
    JsonArray *queries = json_object_get_array_member(graph, "queries");
    Case c = {.graph = json_object_get_string_member(graph, "name"), .question = {.map = map}, .bad = bad};
    for (guint j = 0; j < json_array_get_length(queries); j++) {
      c.question.query = json_array_get_object_element(queries, j);
      c.question.kind = json_object_get_string_member(c.question.query, "kind");
      if (is_script(c.question.kind))
        continue;
      n++;
      check(&c);
    }
    bad = c.bad;
  }
  cr_expect(bad == 0, "%s: %u of %u records differ", name, bad, n);
  cr_expect(n >= at_least, "%s: only %u records", name, n);
}

Test(history_cases, graph_cases)
{
  check_file("graph_cases", 31000);
}

Test(history_cases, random_graphs)
{
  check_file("random_graphs", 3800);
}
