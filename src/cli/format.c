#include "format.h"

#include <string.h>

static void append_strings(GString *out, char *const *strings)
{
  for (guint i = 0; strings && strings[i]; i++)
    g_string_append_printf(out, "%s%s", i ? ", " : "", strings[i]);
}

static void append_ids(GString *out, const GPtrArray *revisions)
{
  for (guint i = 0; i < revisions->len; i++)
    g_string_append_printf(out, "%s%s", i ? ", " : "", ((const Revision *)revisions->pdata[i])->id);
}

static void append_labels(GString *out, const GPtrArray *labels)
{
  for (guint i = 0; i < labels->len; i++)
    g_string_append_printf(out, "%s%s", i ? ", " : "", (const char *)labels->pdata[i]);
}

static void append_parents(GString *out, const Revision *revision)
{
  if (revision_is_base(revision))
    g_string_append(out, "<base>");
  else
    append_strings(out, revision->down_revision);
}

char *format_line(const Revision *revision, FormatBits bits)
{
  GString *out = g_string_new(NULL);
  if (bits & FORMAT_PARENTS) {
    append_parents(out, revision);
    if (revision->depends_on && revision->depends_on[0]) {
      g_string_append(out, " (");
      append_strings(out, revision->depends_on);
      g_string_append_c(out, ')');
    }
    g_string_append(out, " -> ");
  }
  g_string_append(out, revision->id);
  if (bits & FORMAT_LABELS && revision->labels->len) {
    g_string_append(out, " (");
    append_labels(out, revision->labels);
    g_string_append_c(out, ')');
  }
  if (revision_is_head(revision))
    g_string_append(out, revision_is_real_head(revision) ? " (head)" : " (effective head)");
  if (bits & FORMAT_CURRENT)
    g_string_append(out, " (current)");
  if (bits & FORMAT_TREE && revision_is_branch_point(revision))
    g_string_append(out, " (branchpoint)");
  if (bits & FORMAT_TREE && revision_is_merge_point(revision))
    g_string_append(out, " (mergepoint)");
  if (bits & FORMAT_DOC)
    g_string_append_printf(out, ", %s", revision->doc);
  return g_string_free(out, FALSE);
}

/* Length of the line end at p by Python's str.splitlines, 0 when there is none. */
static gsize line_end(const char *p)
{
  static const char *const ends[] = {"\r\n", "\n",   "\r",       "\v",           "\f",          "\x1c",
                                     "\x1d", "\x1e", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
  for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
    if (g_str_has_prefix(p, ends[i]))
      return strlen(ends[i]);
  return 0;
}

static void append_indented(GString *out, const char *text)
{
  const char *start = text;
  for (const char *p = text; *p;) {
    gsize end = line_end(p);
    if (end == 0) {
      p++;
      continue;
    }
    g_string_append_printf(out, "    %.*s", (int)(p - start), start);
    p += end;
    start = p;
    if (*p)
      g_string_append_c(out, '\n');
  }
  if (*start)
    g_string_append_printf(out, "    %s", start);
}

char *format_block(const Revision *revision, FormatBits bits)
{
  GString *out = g_string_new(NULL);
  g_string_append_printf(out, "Rev: %s%s%s%s%s\n", revision->id, revision_is_head(revision) ? " (head)" : "",
                         revision_is_branch_point(revision) ? " (branchpoint)" : "",
                         revision_is_merge_point(revision) ? " (mergepoint)" : "",
                         bits & FORMAT_CURRENT ? " (current)" : "");
  g_string_append(out, revision_is_merge_point(revision) ? "Merges: " : "Parent: ");
  append_parents(out, revision);
  g_string_append_c(out, '\n');
  if (revision->depends_on && revision->depends_on[0]) {
    g_string_append(out, "Also depends on: ");
    append_strings(out, revision->depends_on);
    g_string_append_c(out, '\n');
  }
  if (revision_is_branch_point(revision)) {
    g_string_append(out, "Branches into: ");
    append_ids(out, revision->next);
    g_string_append_c(out, '\n');
  }
  if (revision->labels->len) {
    g_string_append(out, "Branch names: ");
    append_labels(out, revision->labels);
    g_string_append_c(out, '\n');
  }
  g_string_append_printf(out, "Path: %s\n\n", revision->path);
  append_indented(out, revision->long_doc);
  g_string_append_c(out, '\n');
  return g_string_free(out, FALSE);
}

void format_json_strings(JsonBuilder *builder, const char *name, const char *const *strings)
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

void format_json(JsonBuilder *builder, const Revision *revision)
{
  add_text(builder, "revision", revision->id);
  format_json_strings(builder, "down_revision", (const char *const *)revision->down_revision);
  format_json_strings(builder, "depends_on", (const char *const *)revision->depends_on);
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
