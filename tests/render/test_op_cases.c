/* Alembic's own answers to single directives (op_cases.json): each is rendered exactly or refused, never wrong. */
#include <criterion/criterion.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "retort/render/offline.h"
#include "support.h"

/* How many cases may be refused: tests/render/op_refused.txt lists them by name. */
typedef struct {
  guint exact;
  guint refused;
  guint wrong;
} Tally;

static const char *member(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
}

static JsonObject *child(JsonObject *object, const char *name)
{
  JsonNode *node = object ? json_object_get_member(object, name) : NULL;
  return node && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* The naming convention of a case as key, template pairs; free with g_free. */
static const char **naming_convention(JsonObject *settings)
{
  JsonObject *convention = child(settings, "naming_convention");
  if (!convention)
    return NULL;
  g_autoptr(GList) names = json_object_get_members(convention);
  const char **pairs = g_new0(const char *, 2 * g_list_length(names) + 1);
  guint n = 0;
  for (GList *l = names; l; l = l->next) {
    pairs[n++] = l->data;
    pairs[n++] = member(convention, l->data);
  }
  return pairs;
}

static gboolean accepts(JsonObject *expected, const char *sql, const char *error)
{
  JsonObject *wanted = child(expected, "error");
  if (!wanted)
    return !error && strcmp(sql, member(expected, "sql")) == 0;
  g_autofree char *text = g_strdup_printf("%s: %s", member(wanted, "type"), member(wanted, "message"));
  return error && strcmp(test_short_error(error), text) == 0;
}

/* Where Alembic leaves the order to chance, any of its answers is right. */
static gboolean accepts_any(JsonObject *expected, const char *sql, const char *error)
{
  if (accepts(expected, sql, error))
    return TRUE;
  JsonNode *node = json_object_get_member(expected, "alternatives");
  JsonArray *others = node ? json_node_get_array(node) : NULL;
  for (guint i = 0; others && i < json_array_get_length(others); i++)
    if (accepts(json_array_get_object_element(others, i), sql, error))
      return TRUE;
  return FALSE;
}

static char *wrap(const char *imports, const char *body)
{
  g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
  g_autofree char *indented = g_strjoinv("\n    ", lines);
  return g_strdup_printf("%s\n\nrevision = 'a'\ndown_revision = None\n\n\ndef upgrade():\n    %s\n", imports,
                         indented);
}

static void run_case(const char *imports, JsonObject *c, RenderFlavor flavor, GHashTable *refusable,
                     Tally *tally)
{
  JsonObject *settings = child(c, "settings");
  g_autofree const char **convention = naming_convention(settings);
  RenderOptions options = {
      .flavor = flavor,
      .naming_convention = convention,
      .no_literal_binds = settings && json_object_has_member(settings, "literal_binds"),
      .pyformat = settings && json_object_has_member(settings, "paramstyle"),
  };
  const char *id = member(c, "id");
  g_autofree char *source = wrap(imports, member(c, "body"));
  g_autoptr(RenderSession) session = render_session_new(NULL, &options);
  g_autoptr(Script) script = render_source(session, id, source, strlen(source), DIRECTION_UPGRADE);
  JsonObject *expected = flavor == RENDER_AS_OLD && child(c, "old") ? child(c, "old") : c;

  if (script->state != RENDER_EXACT) {
    tally->refused++;
    RenderReason *reason = script->reasons->len ? script->reasons->pdata[0] : NULL;
    if (refusable)
      cr_expect(g_hash_table_contains(refusable, id), "%s is refused: %s", id, reason ? reason->what : "?");
    return;
  }
  g_autoptr(GString) sql = g_string_new(NULL);
  script_offline_text(script, TRUE, sql);
  gboolean right = accepts_any(expected, sql->str, script->error);
  JsonObject *error = child(expected, "error");
  tally->exact += right;
  tally->wrong += !right;
  cr_expect(right, "%s (%s)\n--- body\n%s\n--- expected\n%s%s\n--- rendered\n%s%s", id,
            flavor == RENDER_AS_OLD ? "old" : "new", member(c, "body"), member(expected, "sql"),
            error ? member(error, "message") : "", sql->str, script->error ? script->error : "");
}

static void run_cases(RenderFlavor flavor, const char *refused_list, Tally *tally)
{
  g_autoptr(JsonParser) parser = json_parser_new();
  g_autofree char *path = test_path("op_cases.json");
  cr_assert(json_parser_load_from_file(parser, path, NULL), "%s cannot be read", path);
  g_autoptr(GHashTable) refusable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *list = test_read(refused_list);
  g_auto(GStrv) lines = g_strsplit(list, "\n", -1);
  for (char **line = lines; *line; line++)
    if (**line && **line != '#')
      g_hash_table_add(refusable, g_strndup(*line, strcspn(*line, " ")));

  JsonObject *root = json_node_get_object(json_parser_get_root(parser));
  const char *imports = member(root, "imports");
  JsonArray *cases = json_object_get_array_member(root, "cases");
  for (guint i = 0; i < json_array_get_length(cases); i++)
    run_case(imports, json_array_get_object_element(cases, i), flavor, refusable, tally);
  fprintf(stderr, "op_cases (%s): %u exact, %u refused, %u wrong\n", flavor == RENDER_AS_OLD ? "old" : "new",
          tally->exact, tally->refused, tally->wrong);
}

Test(op_cases, every_directive_is_exact_or_refused)
{
  Tally tally = {0};
  run_cases(RENDER_AS_NEW, "op_refused.txt", &tally);
  cr_expect(tally.wrong == 0, "%u cases are wrong", tally.wrong);
}

Test(op_cases, every_directive_follows_the_old_flavor_or_is_refused)
{
  Tally tally = {0};
  run_cases(RENDER_AS_OLD, "op_refused_old.txt", &tally);
  cr_expect(tally.wrong == 0, "%u cases are wrong", tally.wrong);
}
