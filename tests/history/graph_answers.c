/* Answers questions about graphs: one JSON object {"graph": [...], "queries": [...]} a line on standard input, one
 * array of {"result": ...} or {"error": {"code", "message"}} a line on standard output.  For diff_graph.py. */
#include <stdio.h>

#include "answers.h"

static JsonObject *answer_json(const Question *question)
{
  Answer answer = {0};
  JsonObject *object = json_object_new();

  if (question->map->fault && !g_str_equal(question->kind, "load"))
    answer.error = g_error_copy(question->map->fault);
  else if (!answer_question(question, &answer))
    g_error("no answer to %s", question->kind);
  if (answer.result) {
    json_object_set_member(object, "result", g_steal_pointer(&answer.result));
  } else {
    JsonObject *error = json_object_new();
    json_object_set_int_member(error, "code", answer.error->code);
    json_object_set_string_member(error, "message", answer.error->message);
    json_object_set_object_member(object, "error", error);
  }
  answer_clear(&answer);
  return object;
}

static void answer_line(const char *line)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = json_from_string(line, &error);
  if (!root)
    g_error("%s", error->message);
  JsonObject *object = json_node_get_object(root);
  g_autoptr(RevisionMap) map = case_graph_map(json_object_get_array_member(object, "graph"));
  JsonArray *queries = json_object_get_array_member(object, "queries"), *answers = json_array_new();

  for (guint i = 0; i < json_array_get_length(queries); i++) {
    Question question = {.map = map, .query = json_array_get_object_element(queries, i)};
    question.kind = json_object_get_string_member(question.query, "kind");
    json_array_add_object_element(answers, answer_json(&question));
  }
  g_autoptr(JsonNode) node = answer_array(answers);
  g_autofree char *text = json_to_string(node, FALSE);
  puts(text);
  fflush(stdout);
}

int main(void)
{
  g_autofree char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, stdin) > 0)
    answer_line(line);
  return 0;
}
