/* A line of a record, as a line of a timeline. */
#include "journal_text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "supervised.h"

const char *journal_outcome_text(const JournalEntry *entry)
{
  switch (entry->outcome) {
  case JOURNAL_DONE: return _("done");
  case JOURNAL_FAILED: return _("failed");
  case JOURNAL_CANCELLED: return _("cancelled");
  case JOURNAL_OPEN: return entry->alive ? _("at work") : _("interrupted");
  }
  return "";
}

const char *journal_text_of(JsonObject *line, const char *name)
{
  JsonNode *node = json_object_get_member(line, name);
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_get_string(node)
             : NULL;
}

double journal_number_of(JsonObject *line, const char *name, double fallback)
{
  JsonNode *node = json_object_get_member(line, name);
  if (!node || !JSON_NODE_HOLDS_VALUE(node))
    return fallback;
  GType type = json_node_get_value_type(node);
  return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double(node) : fallback;
}

JsonArray *journal_array_of(JsonObject *line, const char *name)
{
  JsonNode *node = json_object_get_member(line, name);
  return node && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

/* The strings of an array, parted by ", "; the caller's. */
static char *join(JsonArray *array)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; array && i < json_array_get_length(array); i++) {
    JsonNode *node = json_array_get_element(array, i);
    if (JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING)
      g_string_append_printf(out, "%s%s", out->len ? ", " : "", json_node_get_string(node));
  }
  return g_string_free(out, FALSE);
}

/* ---- One function a kind of line: appends what there is to say -------------------------------------------------- */

static void say_member(GString *out, JsonObject *line, const char *name)
{
  const char *text = journal_text_of(line, name);
  if (text)
    g_string_append_printf(out, "%s%s", out->len ? "  " : "", text);
}

static void say_elapsed(GString *out, JsonObject *line)
{
  double seconds = journal_number_of(line, "elapsed_s", -1);
  g_autofree char *elapsed = seconds >= 0 ? supervised_duration(seconds) : NULL;
  if (elapsed)
    g_string_append_printf(out, "%s%s", out->len ? "  " : "", elapsed);
}

static void say_start(GString *out, JsonObject *line)
{
  const char *members[] = {"command", "database", "who", "project"};
  for (guint i = 0; i < G_N_ELEMENTS(members); i++)
    say_member(out, line, members[i]);
}

static void say_plan(GString *out, JsonObject *line)
{
  g_autofree char *revisions = join(journal_array_of(line, "revisions"));
  const char *server = journal_text_of(line, "server");
  g_string_append_printf(out, "%s", revisions);
  if (server)
    g_string_append_printf(out, "  (PostgreSQL %s)", server);
}

static void say_items(GString *out, JsonObject *line)
{
  JsonArray *items = journal_array_of(line, "items");
  say_member(out, line, "text");
  for (guint i = 0; items && i < json_array_get_length(items); i++) {
    JsonNode *node = json_array_get_element(items, i);
    JsonObject *item = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const char *level = item ? journal_text_of(item, "level") : NULL;
    if (level && strcmp(level, "ok") != 0)
      g_string_append_printf(out, "\n%s: %s", level, journal_text_of(item, "text"));
  }
}

static void say_step(GString *out, JsonObject *line)
{
  say_member(out, line, "direction");
  say_member(out, line, "revision");
}

static void say_statement(GString *out, JsonObject *line)
{
  g_autofree char *sql = g_strdup(journal_text_of(line, "sql"));
  g_string_append(out, sql ? g_strstrip(sql) : "");
  if (json_object_has_member(line, "outside"))
    g_string_append_printf(out, "\n%s", _("(outside a transaction)"));
}

static void say_text(GString *out, JsonObject *line)
{
  const char *members[] = {"text", "sql", "by", "path", "error"};
  for (guint i = 0; i < G_N_ELEMENTS(members); i++)
    say_member(out, line, members[i]);
  say_elapsed(out, line);
}

static void say_commit(GString *out, JsonObject *line)
{
  say_elapsed(out, line);
  const char *rows = journal_text_of(line, "rows");
  if (rows)
    g_string_append_printf(out, "  %s %s", _("then at"), rows);
}

static void say_retry(GString *out, JsonObject *line)
{
  say_member(out, line, "error");
  g_autofree char *wait = supervised_duration(MAX(0, journal_number_of(line, "wait_s", 0)));
  g_string_append_printf(out, "\n%s %.0f, %s", _("attempt"), journal_number_of(line, "attempt", 0), wait);
}

static void say_locks(GString *out, JsonObject *line)
{
  g_autofree char *held = join(journal_array_of(line, "held"));
  g_string_append(out, held);
}

/* Only when somebody waits: for us, or we. */
static void say_sample(GString *out, JsonObject *line)
{
  double waiting = journal_number_of(line, "waiting", 0);
  JsonArray *locks = journal_array_of(line, "locks");
  for (guint i = 0; locks && i < json_array_get_length(locks); i++) {
    JsonNode *element = json_array_get_element(locks, i);
    JsonObject *node = JSON_NODE_HOLDS_OBJECT(element) ? json_node_get_object(element) : NULL;
    JsonArray *blockers = node ? journal_array_of(node, "blocked_by") : NULL;
    gboolean own = node && json_object_has_member(node, "own") && json_object_get_boolean_member(node, "own");
    for (guint k = 0; own && blockers && k < json_array_get_length(blockers); k++)
      g_string_append_printf(out, "%s%" G_GINT64_FORMAT, out->len ? ", " : _("waits for pid "),
                             json_array_get_int_element(blockers, k));
  }
  if (waiting > 0)
    g_string_append_printf(out, "%s%.0f %s", out->len ? "; " : "", waiting, _("wait behind"));
}

static void say_end(GString *out, JsonObject *line)
{
  const char *rows = journal_text_of(line, "rows");
  say_member(out, line, "error");
  if (rows)
    g_string_append_printf(out, "%s%s %s", out->len ? "  " : "", _("the database stands at"),
                           *rows ? rows : "base");
}

static void say_nothing(G_GNUC_UNUSED GString *out, G_GNUC_UNUSED JsonObject *line)
{
}

static const struct {
  const char *event;
  void (*say)(GString *out, JsonObject *line);
  gboolean always; /* a line without text is one as well */
} kinds[] = {
    {"start", say_start, TRUE},
    {"plan", say_plan, TRUE},
    {"preflight", say_items, TRUE},
    {"verified", say_items, TRUE},
    {"step", say_step, TRUE},
    {"statement", say_statement, TRUE},
    {"commit", say_commit, TRUE},
    {"begin", say_nothing, TRUE},
    {"started", say_nothing, FALSE},
    {"step-done", say_nothing, FALSE},
    {"committing", say_nothing, FALSE},
    {"part-done", say_nothing, FALSE},
    {"retry", say_retry, TRUE},
    {"locks", say_locks, TRUE},
    {"sample", say_sample, FALSE},
    {"waits", say_sample, FALSE},
    {"done", say_end, TRUE},
    {"failed", say_end, TRUE},
    {"cancelled", say_end, TRUE},
};

static char *clock_of(JsonObject *line)
{
  const char *time = journal_text_of(line, "time");
  g_autoptr(GDateTime) utc = time ? g_date_time_new_from_iso8601(time, NULL) : NULL;
  g_autoptr(GDateTime) local = utc ? g_date_time_to_local(utc) : NULL;
  g_autofree char *whole = local ? g_date_time_format(local, "%H:%M:%S") : NULL;
  return local ? g_strdup_printf("%s.%03d", whole, g_date_time_get_microsecond(local) / 1000) : g_strdup("");
}

static void note_step(JsonObject *line, const char *event, char **step)
{
  const char *revision = strcmp(event, "step") == 0 ? journal_text_of(line, "revision") : NULL;
  if (!revision)
    return;
  g_free(*step);
  *step = g_strdup(revision);
}

char *journal_line_text(JsonObject *line, char **step)
{
  const char *event = journal_text_of(line, "event");
  g_autoptr(GString) text = g_string_new(NULL);
  gboolean known = FALSE, always = FALSE;
  if (!event)
    return NULL;
  note_step(line, event, step);
  for (guint i = 0; i < G_N_ELEMENTS(kinds) && !known; i++)
    if (strcmp(kinds[i].event, event) == 0) {
      known = TRUE;
      always = kinds[i].always;
      kinds[i].say(text, line);
    }
  if (!known)
    say_text(text, line);
  if (known && !always && text->len == 0)
    return NULL;
  g_autofree char *at = clock_of(line);
  g_autofree char *safe = text_escape(text->str, (gssize)text->len, TRUE);
  g_autofree char *name = text_escape(event, -1, FALSE);
  g_auto(GStrv) rows = g_strsplit(safe, "\n", -1);
  g_autofree char *indented = g_strjoinv("\n                              ", rows);
  return g_strdup_printf("%-12s  %-14s  %s", at, name, indented);
}
