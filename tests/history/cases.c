#include "cases.h"

#include <gio/gio.h>
#include <string.h>

JsonNode *case_file_load(const char *name)
{
  const char *srcdir = g_getenv("srcdir");
  g_autofree char *path = g_strdup_printf("%s/tests/history/%s.json.gz", srcdir ? srcdir : ".", name);
  g_autoptr(GFile) file = g_file_new_for_path(path);
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) packed = G_INPUT_STREAM(g_file_read(file, NULL, &error));
  if (!packed)
    g_error("%s: %s", path, error->message);
  g_autoptr(GConverter) gunzip = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr(GInputStream) stream = g_converter_input_stream_new(packed, gunzip);
  g_autoptr(JsonParser) parser = json_parser_new_immutable();
  if (!json_parser_load_from_stream(parser, stream, NULL, &error))
    g_error("%s: %s", path, error->message);
  return json_node_ref(json_parser_get_root(parser));
}

char **case_strings(JsonNode *node)
{
  g_autoptr(GStrvBuilder) words = g_strv_builder_new();
  if (node && JSON_NODE_HOLDS_VALUE(node)) {
    g_strv_builder_add(words, json_node_get_string(node));
  } else if (node && JSON_NODE_HOLDS_ARRAY(node)) {
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
      g_strv_builder_add(words, json_array_get_string_element(array, i));
  }
  return g_strv_builder_end(words);
}

static Revision *revision_new(const char *id, char **down, char **depends_on, char **labels)
{
  Revision *revision = g_new0(Revision, 1);
  revision->id = g_strdup(id);
  revision->path = g_strdup_printf("/versions/%s.py", id);
  revision->down_revision = down;
  revision->depends_on = depends_on;
  revision->branch_labels = labels;
  revision->doc = g_strdup_printf("rev %s", id);
  revision->long_doc = g_strdup(revision->doc);
  return revision;
}

static char **split(const char *words)
{
  return words && *words ? g_strsplit(words, " ", -1) : g_new0(char *, 1);
}

Revision *case_revision(const char *id, const char *down, const char *depends_on, const char *labels)
{
  return revision_new(id, split(down), split(depends_on), split(labels));
}

RevisionMap *case_graph_map(JsonArray *graph)
{
  GPtrArray *revisions = g_ptr_array_new();
  for (guint i = 0; i < json_array_get_length(graph); i++) {
    JsonObject *row = json_array_get_object_element(graph, i);
    g_ptr_array_add(revisions, revision_new(json_object_get_string_member(row, "revision"),
                                            case_strings(json_object_get_member(row, "down_revision")),
                                            case_strings(json_object_get_member(row, "depends_on")),
                                            case_strings(json_object_get_member(row, "branch_labels"))));
  }
  return revision_map_new(revisions);
}

static Revision *parse_line(char *line)
{
  char *date = strchr(line, '#'), *labels, *depends_on, *down;
  if (date)
    *date++ = '\0';
  if ((labels = strchr(line, '@')))
    *labels++ = '\0';
  if ((depends_on = strchr(line, '>')))
    *depends_on++ = '\0';
  if ((down = strchr(line, ':')))
    *down++ = '\0';
  Revision *revision =
      case_revision(g_strstrip(line), down ? g_strstrip(down) : NULL,
                    depends_on ? g_strstrip(depends_on) : NULL, labels ? g_strstrip(labels) : NULL);
  revision->create_date = date ? g_strdup(g_strstrip(date)) : NULL;
  return revision;
}

RevisionMap *case_map_from_text(const char *text)
{
  GPtrArray *revisions = g_ptr_array_new();
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; *line; line++)
    if (**line && !g_str_has_prefix(*line, "//"))
      g_ptr_array_add(revisions, parse_line(*line));
  return revision_map_new(revisions);
}
