#include "json.h"

static void add_string(JsonBuilder *builder, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  json_builder_add_string_value(builder, valid);
}

void json_add_text(JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name(builder, name);
  if (text)
    add_string(builder, text);
  else
    json_builder_add_null_value(builder);
}

void json_add_int(JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_int_value(builder, value);
}

void json_add_truth(JsonBuilder *builder, const char *name, gboolean truth)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_boolean_value(builder, truth);
}

void json_add_strings(JsonBuilder *builder, const char *name, const char *const *strings)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (; strings && *strings; strings++)
    add_string(builder, *strings);
  json_builder_end_array(builder);
}

void json_add_array(JsonBuilder *builder, const char *name, const GPtrArray *strings)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_array(builder);
  for (guint i = 0; i < strings->len; i++)
    add_string(builder, strings->pdata[i]);
  json_builder_end_array(builder);
}

void json_add_revision(JsonBuilder *builder, const Revision *revision)
{
  json_add_text(builder, "revision", revision->id);
  json_add_strings(builder, "down_revision", (const char *const *)revision->down_revision);
  json_add_strings(builder, "depends_on", (const char *const *)revision->depends_on);
  json_add_array(builder, "branch_labels", revision->labels);
  json_builder_set_member_name(builder, "next");
  json_builder_begin_array(builder);
  for (guint i = 0; i < revision->next->len; i++)
    add_string(builder, ((const Revision *)revision->next->pdata[i])->id);
  json_builder_end_array(builder);
  json_add_truth(builder, "head", revision_is_head(revision));
  json_add_truth(builder, "effective_head", revision_is_real_head(revision));
  json_add_truth(builder, "branch_point", revision_is_branch_point(revision));
  json_add_truth(builder, "merge_point", revision_is_merge_point(revision));
  json_add_text(builder, "message", revision->doc);
  json_add_text(builder, "create_date", revision->create_date);
  json_add_text(builder, "path", revision->path);
}
