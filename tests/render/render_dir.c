/* Renders every revision file below the folders given and prints what came out as JSON: the other half of score.py.
 *
 *   render_dir [--old] [--named] [--online] [--parse] [--time] FOLDER...
 *
 * Each body is rendered alone, as the oracle does; percent signs are doubled unless --named says that the environment
 * sets paramstyle="named"; --online renders what a server is sent; --parse tells, on stderr, what PostgreSQL's own parser says of
 * the statements of whole scripts; --time tells only how much processor time it took to read and render them.
 */
#include <json-glib/json-glib.h>
#include <pg_query.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "retort/base/file.h"
#include "retort/render/offline.h"

static const char *const state_names[] = {
    [RENDER_EXACT] = "exact",
    [RENDER_DATABASE] = "database",
    [RENDER_PYTHON] = "python",
};

static gboolean parse, only_time;
static guint n_bodies, n_statements, n_broken;

static void parse_statements(const char *path, const Script *script)
{
  for (guint i = 0; parse && script->state == RENDER_EXACT && i < script->statements->len; i++) {
    const char *sql = ((const Statement *)script->statements->pdata[i])->sql;
    PgQueryParseResult result = pg_query_parse(sql);
    n_statements++;
    if (result.error) {
      n_broken++;
      g_printerr("%s: %s\n%s\n", path, result.error->message, sql);
    }
    pg_query_free_parse_result(result);
  }
}

static void add_script(JsonBuilder *json, const Script *script)
{
  g_autoptr(GString) sql = g_string_new(NULL);
  script_offline_text(script, TRUE, sql);
  json_builder_begin_object(json);
  json_builder_set_member_name(json, "state");
  json_builder_add_string_value(json, state_names[script->state]);
  json_builder_set_member_name(json, "sql");
  json_builder_add_string_value(json, sql->str);
  if (script->error) {
    json_builder_set_member_name(json, "error");
    json_builder_add_string_value(json, script->error);
    json_builder_set_member_name(json, "error_line");
    json_builder_add_int_value(json, script->error_line);
  }
  json_builder_set_member_name(json, "raw");
  json_builder_begin_array(json);
  for (guint i = 0; i < script->statements->len; i++)
    json_builder_add_string_value(json, ((const Statement *)script->statements->pdata[i])->sql);
  json_builder_end_array(json);
  json_builder_set_member_name(json, "reasons");
  json_builder_begin_array(json);
  for (guint i = 0; i < script->reasons->len; i++) {
    RenderReason *reason = script->reasons->pdata[i];
    g_autofree char *text = g_strdup_printf("%s%s%u: %s", reason->path ? reason->path : "",
                                            reason->path ? ":" : "", reason->line, reason->what);
    json_builder_add_string_value(json, text);
  }
  json_builder_end_array(json);
  json_builder_end_object(json);
}

static void render_file(RenderSession *session, const char *root, const char *path, JsonBuilder *json)
{
  g_autofree char *text = NULL;
  gsize len = 0;
  text = file_read(path, FILE_LIMIT, &len, NULL, NULL);
  if (!text || !strstr(text, "down_revision"))
    return;
  json_builder_set_member_name(json, path + strlen(root) + 1);
  json_builder_begin_object(json);
  for (int d = DIRECTION_UPGRADE; d <= DIRECTION_DOWNGRADE; d++) {
    render_session_restart(session);
    g_autoptr(Script) script = render_source(session, path, text, len, (Direction)d);
    parse_statements(path, script);
    n_bodies++;
    if (only_time)
      continue;
    json_builder_set_member_name(json, d == DIRECTION_UPGRADE ? "upgrade" : "downgrade");
    add_script(json, script);
  }
  json_builder_end_object(json);
}

static void render_folder(RenderSession *session, const char *root, const char *folder, JsonBuilder *json)
{
  g_auto(GStrv) names = file_list(folder, NULL);
  for (char **name = names; name && *name; name++) {
    g_autofree char *path = g_build_filename(folder, *name, NULL);
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
      render_folder(session, root, path, json);
    else if (g_str_has_suffix(*name, ".py") && strcmp(*name, "__init__.py") != 0 &&
             strcmp(*name, "env.py") != 0)
      render_file(session, root, path, json);
  }
}

int main(int argc, char **argv)
{
  RenderOptions options = {.pyformat = TRUE};
  g_autoptr(JsonBuilder) json = json_builder_new();
  int first = 1;
  for (; first < argc && g_str_has_prefix(argv[first], "--"); first++) {
    if (g_str_equal(argv[first], "--old"))
      options.flavor = RENDER_AS_OLD;
    else if (g_str_equal(argv[first], "--named"))
      options.pyformat = FALSE;
    else if (g_str_equal(argv[first], "--online"))
      options.online = TRUE;
    else if (g_str_equal(argv[first], "--parse"))
      parse = TRUE;
    else if (g_str_equal(argv[first], "--time"))
      only_time = TRUE;
    else
      g_error("%s: unknown option", argv[first]);
  }
  g_autoptr(RenderSession) session = render_session_new(NULL, &options);
  json_builder_begin_object(json);
  for (int i = first; i < argc; i++)
    render_folder(session, argv[i], argv[i], json);
  json_builder_end_object(json);
  if (only_time)
    g_printerr("%u bodies in %.1f ms of processor time\n", n_bodies,
               (double)clock() / (CLOCKS_PER_SEC / 1000));
  if (parse)
    g_printerr("%u statements, %u of them do not parse\n", n_statements, n_broken);

  if (only_time)
    return 0;
  g_autoptr(JsonGenerator) generator = json_generator_new();
  g_autoptr(JsonNode) root = json_builder_get_root(json);
  json_generator_set_root(generator, root);
  json_generator_set_pretty(generator, TRUE);
  g_autofree char *out = json_generator_to_data(generator, NULL);
  puts(out);
  return 0;
}
