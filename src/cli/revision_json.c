#include "revision_json.h"

static void add_strings(JsonBuilder *builder, const char *name, const char *const *strings)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (; strings && *strings; strings++)
    json_builder_add_string_value(builder, *strings);
  json_builder_end_array(builder);
}

static void add_text(JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name(builder, name);
  if (text) {
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    json_builder_add_string_value(builder, valid);
  } else {
    json_builder_add_null_value(builder);
  }
}

static void add_truth(JsonBuilder *builder, const char *name, gboolean truth)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_boolean_value(builder, truth);
}

void revision_json(JsonBuilder *builder, const Revision *revision)
{
  add_text(builder, "revision", revision->id);
  add_strings(builder, "down_revision", (const char *const *)revision->down_revision);
  add_strings(builder, "depends_on", (const char *const *)revision->depends_on);
  json_builder_set_member_name(builder, "branch_labels");
  json_builder_begin_array(builder);
  for (guint i = 0; i < revision->labels->len; i++)
    json_builder_add_string_value(builder, revision->labels->pdata[i]);
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "next");
  json_builder_begin_array(builder);
  for (guint i = 0; i < revision->next->len; i++)
    json_builder_add_string_value(builder, ((const Revision *)revision->next->pdata[i])->id);
  json_builder_end_array(builder);
  add_truth(builder, "head", revision_is_head(revision));
  add_truth(builder, "effective_head", revision_is_real_head(revision));
  add_truth(builder, "branch_point", revision_is_branch_point(revision));
  add_truth(builder, "merge_point", revision_is_merge_point(revision));
  add_text(builder, "message", revision->doc);
  add_text(builder, "create_date", revision->create_date);
  add_text(builder, "path", revision->path);
}
