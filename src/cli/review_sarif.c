/* A review as SARIF 2.1.0, which code scanning services read. */
#include <string.h>

#include "json.h"
#include "out.h"
#include "review_report.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"

static const char *level_of(Severity severity)
{
  switch (severity) {
  case SEVERITY_DANGER: return "error";
  case SEVERITY_CARE: return "warning";
  case SEVERITY_NOTE: return "note";
  default: return "none";
  }
}

typedef struct {
  const ReviewReport *report;
  JsonBuilder *builder;
} Writer;

static void add_message(JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name(builder, name);
  json_builder_begin_object(builder);
  json_add_text(builder, "text", text);
  json_builder_end_object(builder);
}

static void add_rule(JsonBuilder *builder, CheckInfo info)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "id", info.name);
  add_message(builder, "shortDescription", info.title);
  add_message(builder, "fullDescription", info.why);
  add_message(builder, "help", info.advice);
  json_builder_set_member_name(builder, "defaultConfiguration");
  json_builder_begin_object(builder);
  json_add_truth(builder, "enabled", info.severity != SEVERITY_OFF);
  json_add_text(builder, "level", level_of(info.severity));
  json_builder_end_object(builder);
  json_builder_end_object(builder);
}

static void add_tool(JsonBuilder *builder)
{
  json_builder_set_member_name(builder, "tool");
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "driver");
  json_builder_begin_object(builder);
  json_add_text(builder, "name", "retort");
  json_add_text(builder, "version", PACKAGE_VERSION);
  json_builder_set_member_name(builder, "rules");
  json_builder_begin_array(builder);
  for (int i = 0; i < N_CHECKS; i++)
    add_rule(builder, check_info((CheckId)i));
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  json_builder_end_object(builder);
}

static void add_location(const Writer *w, const ReviewedFile *file, guint line)
{
  JsonBuilder *builder = w->builder;
  g_autofree char *path = review_report_path(file, w->report->root);
  g_autofree char *uri = g_uri_escape_bytes((const guint8 *)path, strlen(path), "/~!$&'()*+,;=@");
  json_builder_set_member_name(builder, "locations");
  json_builder_begin_array(builder);
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "physicalLocation");
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "artifactLocation");
  json_builder_begin_object(builder);
  json_add_text(builder, "uri", uri);
  if (!g_path_is_absolute(path))
    json_add_text(builder, "uriBaseId", "%SRCROOT%");
  json_builder_end_object(builder);
  json_builder_set_member_name(builder, "region");
  json_builder_begin_object(builder);
  json_add_int(builder, "startLine", MAX(line, 1));
  json_builder_end_object(builder);
  json_builder_end_object(builder);
  json_builder_end_object(builder);
  json_builder_end_array(builder);
}

static void add_suppression(JsonBuilder *builder, const Finding *finding)
{
  /* in the migration "file.py:12", in a configuration only the file */
  gboolean in_source = finding->silenced_by && strchr(finding->silenced_by, ':');
  json_builder_set_member_name(builder, "suppressions");
  json_builder_begin_array(builder);
  json_builder_begin_object(builder);
  json_add_text(builder, "kind", in_source ? "inSource" : "external");
  if (finding->silenced[0])
    json_add_text(builder, "justification", finding->silenced);
  json_builder_end_object(builder);
  json_builder_end_array(builder);
}

static void add_result(const ReportedFinding *r, void *data)
{
  const Writer *w = data;
  if (r->finding->severity < w->report->at_least)
    return;
  CheckInfo info = check_info(r->finding->check);
  g_autofree char *text = finding_text(r->finding);
  g_autofree char *message = g_strdup_printf("%s. %s %s", text, info.why, info.advice);
  json_builder_begin_object(w->builder);
  json_add_text(w->builder, "ruleId", info.name);
  json_add_int(w->builder, "ruleIndex", r->finding->check);
  json_add_text(w->builder, "level", level_of(r->finding->severity));
  add_message(w->builder, "message", message);
  add_location(w, r->file, r->line);
  if (r->finding->silenced)
    add_suppression(w->builder, r->finding);
  json_builder_end_object(w->builder);
}

static void add_notification(const ReviewedFile *file, const Statement *statement, const char *why,
                             guint line, void *data)
{
  (void)statement;
  const Writer *w = data;
  json_builder_begin_object(w->builder);
  json_add_text(w->builder, "level", "warning");
  add_message(w->builder, "message", why);
  add_location(w, file, line);
  json_builder_end_object(w->builder);
}

void review_print_sarif(const ReviewReport *report)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  Writer writer = {report, builder};
  json_builder_begin_object(builder);
  json_add_text(builder, "$schema", SCHEMA);
  json_add_text(builder, "version", "2.1.0");
  json_builder_set_member_name(builder, "runs");
  json_builder_begin_array(builder);
  json_builder_begin_object(builder);
  add_tool(builder);
  json_builder_set_member_name(builder, "invocations");
  json_builder_begin_array(builder);
  json_builder_begin_object(builder);
  json_add_truth(builder, "executionSuccessful", TRUE);
  json_builder_set_member_name(builder, "toolExecutionNotifications");
  json_builder_begin_array(builder);
  review_report_each_unknown(report, add_notification, &writer);
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  json_builder_end_array(builder);
  json_builder_set_member_name(builder, "results");
  json_builder_begin_array(builder);
  review_report_each(report, add_result, &writer);
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  out_json(json_builder_get_root(builder));
}
