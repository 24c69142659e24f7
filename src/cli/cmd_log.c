/* What rollouts did, from their records. */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "json.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/run/journal.h"

const ArgOption log_options[] = {
    {'n', "number", ARG_VALUE, "N", N_("List at most N rollouts (default: 20)."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

#define LISTED_BY_DEFAULT 20

static const char *const outcomes[] = {
    [JOURNAL_DONE] = "done",
    [JOURNAL_FAILED] = "failed",
    [JOURNAL_CANCELLED] = "cancelled",
    [JOURNAL_OPEN] = "open",
};

static const char *describe(const JournalEntry *entry)
{
  switch (entry->outcome) {
  case JOURNAL_DONE: return _("done");
  case JOURNAL_FAILED: return _("failed");
  case JOURNAL_CANCELLED: return _("cancelled");
  case JOURNAL_OPEN: return entry->alive ? _("at work") : _("interrupted");
  }
  return "";
}

static void print_entry(const Session *session, guint number, const JournalEntry *entry)
{
  g_autoptr(GString) line = g_string_new(NULL);
  const char *parts[] = {entry->time, describe(entry), entry->database, entry->command};
  for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autofree char *safe = text_escape(parts[i] ? parts[i] : "-", -1, FALSE);
    g_string_append_printf(line, "  %s", safe);
  }
  if (entry->rows) {
    g_autofree char *safe = text_escape(*entry->rows ? entry->rows : "base", -1, FALSE);
    g_string_append_printf(line, "  -> %s", safe);
  }
  out_line(session, "%3u%s", number, line->str);
}

static void add_entry(JsonBuilder *builder, const JournalEntry *entry)
{
  json_builder_begin_object(builder);
  json_add_text(builder, "time", entry->time);
  json_add_text(builder, "outcome", outcomes[entry->outcome]);
  json_add_truth(builder, "alive", entry->alive);
  json_add_text(builder, "database", entry->database);
  json_add_text(builder, "who", entry->who);
  json_add_text(builder, "project", entry->project);
  json_add_text(builder, "command", entry->command);
  json_add_int(builder, "steps", entry->steps);
  json_add_text(builder, "rows", entry->rows);
  json_add_text(builder, "path", entry->path);
  json_builder_end_object(builder);
}

/* One record: its lines as they were written. */
static gboolean print_lines(const Session *session, const char *path, GError **error)
{
  g_autoptr(GPtrArray) lines = journal_read(path, error);
  if (!lines)
    return FALSE;
  JsonArray *array = json_array_new();
  for (guint i = 0; i < lines->len; i++)
    json_array_add_object_element(array, json_object_ref(lines->pdata[i]));
  JsonNode *node = json_node_init_array(json_node_alloc(), array);
  json_array_unref(array);
  if (!session->quiet)
    out_json(node);
  return TRUE;
}

/* A positive number, or 0 with an error. */
static guint parse_number(const char *word, GError **error)
{
  guint64 n = 0;
  if (g_ascii_string_to_unsigned(word, 10, 1, G_MAXUINT, &n, NULL))
    return (guint)n;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("\"%s\" is no number from 1 on"), word);
  return 0;
}

static gboolean print_one(const Session *session, const GPtrArray *entries, const char *word, GError **error)
{
  guint number = parse_number(word, error);
  if (number == 0)
    return FALSE;
  if (number > entries->len) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED,
                ngettext("there is only %u record", "there are only %u records", entries->len), entries->len);
    return FALSE;
  }
  return print_lines(session, ((const JournalEntry *)entries->pdata[number - 1])->path, error);
}

COMMAND_RUN(log)
{
  g_autoptr(GPtrArray) entries = journal_list(error);
  const char *most = args_value(session->args, "number");
  guint number = entries && most ? parse_number(most, error) : LISTED_BY_DEFAULT;
  if (!entries || number == 0)
    return FALSE;
  const char *word = args_positional(session->args, 0);
  if (word)
    return print_one(session, entries, word, error);
  g_autoptr(JsonBuilder) builder = session->json ? json_builder_new() : NULL;
  if (builder)
    json_builder_begin_array(builder);
  for (guint i = 0; i < entries->len && i < number; i++) {
    if (builder)
      add_entry(builder, entries->pdata[i]);
    else
      print_entry(session, i + 1, entries->pdata[i]);
  }
  if (builder) {
    json_builder_end_array(builder);
    out_json(json_builder_get_root(builder));
  } else if (entries->len == 0) {
    out_line(session, "%s", _("no rollout was recorded yet"));
  }
  return TRUE;
}
