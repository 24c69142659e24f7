/* The record of a rollout as a page for the change ticket. */
#include <glib/gi18n.h>
#include <string.h>

#include "journal_text.h"
#include "retort/base/text.h"
#include "supervised.h"

/* In running text and tables: what Markdown would take for markup is escaped. */
static void add_escaped(GString *out, const char *text)
{
  g_autofree char *safe = text_escape(text ? text : "", -1, FALSE);
  for (const char *s = safe; *s; s++) {
    if (strchr("\\`*_{}[]<>()#+!|~", *s))
      g_string_append_c(out, '\\');
    g_string_append_c(out, *s);
  }
}

static void add_row(GString *out, const char *name, const char *value)
{
  if (!value)
    return;
  g_string_append_printf(out, "| %s | ", name);
  add_escaped(out, value);
  g_string_append(out, " |\n");
}

static gboolean is(JsonObject *line, const char *event)
{
  return g_strcmp0(journal_text_of(line, "event"), event) == 0;
}

static JsonObject *find(const GPtrArray *lines, const char *event)
{
  for (guint i = lines->len; i > 0; i--)
    if (is(lines->pdata[i - 1], event))
      return lines->pdata[i - 1];
  return NULL;
}

static char *duration_of(const GPtrArray *lines)
{
  const char *ends[] = {lines->len ? journal_text_of(lines->pdata[0], "time") : NULL,
                        lines->len ? journal_text_of(lines->pdata[lines->len - 1], "time") : NULL};
  g_autoptr(GDateTime) from = ends[0] ? g_date_time_new_from_iso8601(ends[0], NULL) : NULL;
  g_autoptr(GDateTime) to = ends[1] ? g_date_time_new_from_iso8601(ends[1], NULL) : NULL;
  return from && to ? supervised_duration((double)g_date_time_difference(to, from) / G_USEC_PER_SEC) : NULL;
}

static void add_head(GString *out, const JournalEntry *entry, const GPtrArray *lines)
{
  JsonObject *plan = find(lines, "plan");
  g_autofree char *duration = duration_of(lines);
  g_string_append_printf(out, "# %s: ", _("Rollout"));
  add_escaped(out, entry->command ? entry->command : "-");
  g_string_append(out, "\n\n| | |\n|---|---|\n");
  add_row(out, _("Outcome"), journal_outcome_text(entry));
  add_row(out, _("Database"), entry->database);
  add_row(out, _("Server"), plan ? journal_text_of(plan, "server") : NULL);
  add_row(out, _("Target"), plan ? journal_text_of(plan, "target") : NULL);
  add_row(out, _("Who"), entry->who);
  add_row(out, _("Project"), entry->project);
  add_row(out, _("Began"), entry->time);
  add_row(out, _("Took"), duration);
  add_row(out, _("Stands at"), entry->rows);
}

static void add_items(GString *out, const char *title, JsonObject *line)
{
  JsonArray *items = line ? journal_array_of(line, "items") : NULL;
  if (!items)
    return;
  g_string_append_printf(out, "\n## %s\n\n", title);
  for (guint i = 0; i < json_array_get_length(items); i++) {
    JsonNode *node = json_array_get_element(items, i);
    JsonObject *item = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const char *level = item ? journal_text_of(item, "level") : NULL;
    if (!level)
      continue;
    g_string_append_printf(out, "- %s", strcmp(level, "ok") == 0 ? "" : "**");
    add_escaped(out, level);
    g_string_append(out, strcmp(level, "ok") == 0 ? ": " : "**: ");
    add_escaped(out, journal_text_of(item, "text"));
    g_string_append_c(out, '\n');
  }
}

/* A fence longer than any run of backquotes in the text. */
static void add_code(GString *out, const char *sql)
{
  g_autofree char *safe = text_escape(sql ? sql : "", -1, TRUE);
  guint longest = 2, run = 0;
  for (const char *s = safe; *s; s++) {
    run = *s == '`' ? run + 1 : 0;
    longest = MAX(longest, run);
  }
  g_autofree char *fence = g_strnfill(longest + 1, '`');
  g_string_append_printf(out, "\n%ssql\n%s\n%s\n", fence, g_strstrip(safe), fence);
}

static void add_result(GString *out, JsonObject *line)
{
  double seconds = journal_number_of(line, "elapsed_s", -1);
  g_autofree char *elapsed = seconds >= 0 ? supervised_duration(seconds) : g_strdup("");
  add_escaped(out, journal_text_of(line, "text"));
  g_string_append_printf(out, "  %s\n", elapsed);
}

static void add_step_line(GString *out, JsonObject *line)
{
  if (is(line, "step")) {
    g_string_append(out, "\n### ");
    add_escaped(out, journal_text_of(line, "direction"));
    g_string_append_c(out, ' ');
    add_escaped(out, journal_text_of(line, "revision"));
    g_string_append_c(out, '\n');
  } else if (is(line, "statement")) {
    add_code(out, journal_text_of(line, "sql"));
  } else if (is(line, "statement-done")) {
    add_result(out, line);
  } else if (is(line, "begin")) {
    g_string_append(out, "\nBEGIN\n");
  } else if (is(line, "commit")) {
    g_string_append(out, "\nCOMMIT");
    const char *rows = journal_text_of(line, "rows");
    if (rows) {
      g_string_append_printf(out, " (%s ", _("then at"));
      add_escaped(out, rows);
      g_string_append_c(out, ')');
    }
    g_string_append_c(out, '\n');
  } else if (is(line, "engine")) {
    add_code(out, journal_text_of(line, "text"));
  }
}

static void add_steps(GString *out, const GPtrArray *lines)
{
  g_string_append_printf(out, "\n## %s\n", _("Steps"));
  for (guint i = 0; i < lines->len; i++)
    add_step_line(out, lines->pdata[i]);
}

/* Choices, retries, brakes, signals, waits: what was out of the ordinary. */
static void add_events(GString *out, const GPtrArray *lines)
{
  static const char *const worth[] = {
      "answer", "backup", "backup-skipped", "backup-failed", "retry",  "brake",
      "signal", "cancel", "locks-differ",   "aftermath",     "repair", "repair-failed",
      "paused", "note",   "waits",          "sample",        NULL};
  gboolean any = FALSE;
  g_autofree char *step = NULL;
  for (guint i = 0; i < lines->len; i++) {
    JsonObject *line = lines->pdata[i];
    g_autofree char *text = journal_line_text(line, &step);
    if (!text || !g_strv_contains(worth, journal_text_of(line, "event")))
      continue;
    if (!any)
      g_string_append_printf(out, "\n## %s\n\n", _("Choices and events"));
    any = TRUE;
    g_auto(GStrv) words = g_regex_split_simple("\\s+", text, 0, 0);
    g_autofree char *flat = g_strjoinv(" ", words);
    g_string_append(out, "- ");
    add_escaped(out, flat);
    g_string_append_c(out, '\n');
  }
}

char *journal_markdown(const JournalEntry *entry, const GPtrArray *lines)
{
  GString *out = g_string_new(NULL);
  JsonObject *last = lines->len ? lines->pdata[lines->len - 1] : NULL;
  const char *error = last ? journal_text_of(last, "error") : NULL;
  add_head(out, entry, lines);
  if (error) {
    g_string_append(out, "\n**");
    add_escaped(out, error);
    g_string_append(out, "**\n");
  }
  add_items(out, _("Preflight"), find(lines, "preflight"));
  add_events(out, lines);
  add_steps(out, lines);
  add_items(out, _("Verified"), find(lines, "verified"));
  return g_string_free(out, FALSE);
}
