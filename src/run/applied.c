#include "applied.h"

#include <string.h>

#include "retort/run/journal.h"

/* Rollouts looked at, the newest first. */
#define JOURNALS_READ 200

static void record_free(void *data)
{
  AppliedRecord *record = data;
  if (record == NULL)
    return;
  g_free(record->database);
  g_free(record->time);
  g_ptr_array_unref(record->statements);
  g_free(record);
}

static const char *text_member(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == G_TYPE_STRING
             ? json_node_get_string(node)
             : NULL;
}

/* The step that is being read. */
typedef struct {
  AppliedRecord *record;
  char *revision;
} Step;

static void drop_step(Step *step)
{
  g_clear_pointer(&step->record, record_free);
  g_clear_pointer(&step->revision, g_free);
}

static void begin_step(Step *step, JsonObject *line, const JournalEntry *entry)
{
  drop_step(step);
  const char *revision = text_member(line, "revision");
  if (revision == NULL || g_strcmp0(text_member(line, "direction"), "upgrade") != 0 ||
      json_object_has_member(line, "skip"))
    return;
  step->revision = g_strdup(revision);
  step->record = g_new0(AppliedRecord, 1);
  step->record->database = g_strdup(entry->database);
  step->record->time = g_strdup(entry->time);
  step->record->statements = g_ptr_array_new_with_free_func(g_free);
}

static void read_line(Step *step, JsonObject *line, const JournalEntry *entry, GHashTable *records)
{
  const char *event = text_member(line, "event");
  if (g_strcmp0(event, "step") == 0) {
    begin_step(step, line, entry);
  } else if (step->record == NULL) {
    return;
  } else if (g_strcmp0(event, "retry") == 0) {
    g_ptr_array_set_size(step->record->statements, 0);
  } else if (g_strcmp0(event, "statement") == 0) {
    const char *sql = text_member(line, "sql");
    if (sql != NULL && json_object_has_member(line, "statement"))
      g_ptr_array_add(step->record->statements, g_strdup(sql));
  } else if (g_strcmp0(event, "step-done") == 0) {
    if (!g_hash_table_contains(records, step->revision))
      g_hash_table_insert(records, g_steal_pointer(&step->revision), g_steal_pointer(&step->record));
    drop_step(step);
  }
}

GHashTable *applied_records(const char *project_folder)
{
  GHashTable *records = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, record_free);
  g_autoptr(GPtrArray) entries = journal_list(NULL);
  for (guint i = 0; entries != NULL && i < entries->len && i < JOURNALS_READ; i++) {
    const JournalEntry *entry = g_ptr_array_index(entries, i);
    if (g_strcmp0(entry->project, project_folder) != 0 || entry->alive)
      continue;
    g_autoptr(GPtrArray) lines = journal_read(entry->path, NULL);
    Step step = {0};
    for (guint k = 0; lines != NULL && k < lines->len; k++)
      read_line(&step, g_ptr_array_index(lines, k), entry, records);
    drop_step(&step);
  }
  return records;
}
