/* Whole `alembic upgrade a:b --sql` scripts, as recorded beside the graph cases of room history. */
#include <criterion/criterion.h>
#include <string.h>

#include "../history/cases.h"
#include "retort/history/target.h"
#include "retort/render/offline.h"
#include "support.h"

static const char *text_member(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

/* The rows an offline run starts from. */
static char **start_rows(const RevisionMap *map, const char *start, GError **error)
{
  g_autoptr(GStrvBuilder) rows = g_strv_builder_new();
  if (start && strcmp(start, "base") != 0) {
    g_autoptr(GPtrArray) found = target_resolve(map, start, NULL, error);
    if (!found)
      return NULL;
    for (guint i = 0; i < found->len; i++)
      g_strv_builder_add(rows, ((Revision *)found->pdata[i])->id);
  }
  return g_strv_builder_end(rows);
}

static gboolean has_part(JsonArray *others, const char *part)
{
  for (guint i = 0; i < json_array_get_length(others); i++) {
    const char *sql = text_member(json_array_get_object_element(others, i), "sql");
    if (sql && strstr(sql, part))
      return TRUE;
  }
  return FALSE;
}

/* Where Python's hash seed decides, the recorded answers are a sample: every step must be one that was seen. */
static gboolean accepts(JsonObject *query, const char *sql)
{
  if (g_strcmp0(text_member(query, "sql"), sql) == 0)
    return TRUE;
  JsonNode *node = json_object_get_member(query, "alternatives");
  g_auto(GStrv) parts = g_strsplit(sql, "-- Running ", -1);
  for (char **part = parts; node && *part; part++)
    if (!has_part(json_node_get_array(node), *part))
      return FALSE;
  return node != NULL;
}

static gboolean check_query(const char *name, const RevisionMap *map, JsonObject *query)
{
  const char *kind = text_member(query, "kind"), *target = text_member(query, "target");
  g_autoptr(GError) error = NULL;
  if (!g_str_has_prefix(kind, "offline_") || !text_member(query, "sql") ||
      json_object_has_member(query, "error"))
    return FALSE;
  g_auto(GStrv) rows = start_rows(map, text_member(query, "start"), &error);
  g_autoptr(Plan) plan = NULL;
  if (rows)
    plan = strcmp(kind, "offline_upgrade") == 0
               ? plan_upgrade(map, (const char *const *)rows, target, &error)
               : plan_downgrade(map, (const char *const *)rows, target, &error);
  cr_expect(plan, "%s %s %s: %s", name, kind, target, error ? error->message : "");
  if (!plan)
    return TRUE;
  g_autoptr(RenderSession) session = render_session_new(NULL, NULL);
  g_autoptr(GString) out = g_string_new(NULL);
  gboolean ok = offline_script(session, NULL, plan, out, &error);
  cr_expect(ok && accepts(query, out->str), "%s %s %s:%s: %s\n--- expected\n%s\n--- printed\n%s", name, kind,
            text_member(query, "start"), target, error ? error->message : "", text_member(query, "sql"),
            out->str);
  return TRUE;
}

Test(offline, scripts_are_byte_for_byte_those_of_alembic)
{
  JsonNode *root = case_file_load("graph_cases");
  JsonArray *records = json_node_get_array(root);
  g_autofree char *empty = test_path("empty_migration.py");
  guint n = 0;
  for (guint i = 0; i < json_array_get_length(records); i++) {
    JsonObject *record = json_array_get_object_element(records, i);
    g_autoptr(RevisionMap) map = case_graph_map(json_object_get_array_member(record, "graph"));
    JsonArray *queries = json_object_get_array_member(record, "queries");
    for (guint r = 0; r < map->revisions->len; r++) {
      Revision *revision = map->revisions->pdata[r];
      g_free(revision->path);
      revision->path = g_strdup(empty);
    }
    for (guint q = 0; q < json_array_get_length(queries); q++)
      n += check_query(text_member(record, "name"), map, json_array_get_object_element(queries, q));
  }
  cr_expect(n > 100, "only %u scripts were compared", n);
  json_node_unref(root);
}
