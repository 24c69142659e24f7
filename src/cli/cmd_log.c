/* What rollouts did, from their records. */
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "journal_text.h"
#include "json.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/run/journal.h"

const ArgOption log_options[] = {
    {'n', "number", ARG_VALUE, "N", N_("List at most N rollouts (default: 20)."), TRUE},
    {0, "markdown", ARG_FLAG, NULL, N_("Print one as Markdown, for the change ticket."), TRUE},
    {0, "watch", ARG_FLAG, NULL, N_("Follow one that is at work until it ends; changes nothing."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

#define LISTED_BY_DEFAULT 20
#define LOOK_EVERY_MS 200 /* at a record that somebody writes */

static const char *const outcomes[] = {
    [JOURNAL_DONE] = "done",
    [JOURNAL_FAILED] = "failed",
    [JOURNAL_CANCELLED] = "cancelled",
    [JOURNAL_OPEN] = "open",
};

/* ---- The list --------------------------------------------------------------------------------------------------- */

static void print_entry(const Session *session, guint number, const JournalEntry *entry)
{
  g_autoptr(GString) line = g_string_new(NULL);
  const char *parts[] = {entry->time, journal_outcome_text(entry), entry->database, entry->command};
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

static void list(const Session *session, const GPtrArray *entries, guint number)
{
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
}

/* ---- One record ------------------------------------------------------------------------------------------------- */

/* Its lines as they were written. */
static void print_json(const GPtrArray *lines)
{
  JsonArray *array = json_array_new();
  for (guint i = 0; i < lines->len; i++)
    json_array_add_object_element(array, json_object_ref(lines->pdata[i]));
  JsonNode *node = json_node_init_array(json_node_alloc(), array);
  json_array_unref(array);
  out_json(node);
}

static void print_line(const Session *session, JsonObject *line, char **step)
{
  g_autofree char *text = journal_line_text(line, step);
  if (text)
    out_line(session, "%s", text);
}

static gboolean is_last(JsonObject *line)
{
  static const char *const ends[] = {"done", "failed", "cancelled", NULL};
  const char *event = journal_text_of(line, "event");
  return event && g_strv_contains(ends, event);
}

/* Every line as it is written, until the last one, or until nobody is there to write it. */
static gboolean watch(const Session *session, const JournalEntry *entry, GError **error)
{
  g_autofree char *step = NULL;
  for (guint shown = 0;;) {
    gboolean alive = journal_alive(entry->path);
    g_autoptr(GPtrArray) lines = journal_read(entry->path, error);
    if (!lines)
      return FALSE;
    for (; shown < lines->len; shown++) {
      if (session->json) {
        g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), lines->pdata[shown]);
        g_autofree char *text = json_to_string(node, FALSE);
        puts(text);
      } else {
        print_line(session, lines->pdata[shown], &step);
      }
    }
    fflush(stdout);
    if (lines->len > 0 && is_last(lines->pdata[lines->len - 1]))
      return TRUE;
    if (!alive) {
      out_note("%s", _("the rollout was interrupted: nobody writes this record any more"));
      return TRUE;
    }
    g_usleep(LOOK_EVERY_MS * 1000);
  }
}

static gboolean print_one(const Session *session, const JournalEntry *entry, GError **error)
{
  if (args_has(session->args, "watch"))
    return watch(session, entry, error);
  g_autoptr(GPtrArray) lines = journal_read(entry->path, error);
  if (!lines)
    return FALSE;
  g_autofree char *step = NULL;
  if (args_has(session->args, "markdown")) {
    g_autofree char *page = journal_markdown(entry, lines);
    out_text(page);
  } else if (session->json) {
    print_json(lines);
  } else {
    for (guint i = 0; i < lines->len; i++)
      print_line(session, lines->pdata[i], &step);
  }
  return TRUE;
}

/* ---- The command ------------------------------------------------------------------------------------------------ */

/* A positive number, or 0 with an error. */
static guint parse_number(const char *word, GError **error)
{
  guint64 n = 0;
  if (g_ascii_string_to_unsigned(word, 10, 1, G_MAXUINT, &n, NULL))
    return (guint)n;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("\"%s\" is no number from 1 on"), word);
  return 0;
}

static const JournalEntry *choose(const GPtrArray *entries, const char *word, GError **error)
{
  guint number = parse_number(word, error);
  if (number == 0)
    return NULL;
  if (number <= entries->len)
    return entries->pdata[number - 1];
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_FAILED,
              ngettext("there is only %u record", "there are only %u records", entries->len), entries->len);
  return NULL;
}

COMMAND_RUN(log)
{
  g_autoptr(GPtrArray) entries = journal_list(error);
  const char *most = args_value(session->args, "number");
  guint number = entries && most ? parse_number(most, error) : LISTED_BY_DEFAULT;
  if (!entries || number == 0)
    return FALSE;
  const char *word = args_positional(session->args, 0);
  /* What only makes sense for one means the newest. */
  if (!word && (args_has(session->args, "markdown") || args_has(session->args, "watch")))
    word = "1";
  if (!word) {
    list(session, entries, number);
    return TRUE;
  }
  const JournalEntry *entry = choose(entries, word, error);
  return entry && print_one(session, entry, error);
}
