#include "record.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"

/* What one turn of the main loop may take in. */
#define PIECE ((gsize)512 * 1024)
/* A longer line is no event. */
#define LINE_LIMIT ((gsize)16 * 1024 * 1024)
/* Columns of the time in front of each event. */
#define GUTTER 9

struct Record {
  FILE *file;
  GString *rest;     /* of a line that is not whole yet */
  GPtrArray *events; /* JsonObject* */
  GArray *times;     /* double, parallel */
  gint64 started;    /* µs since 1970 */
  JsonParser *parser;
};

Record *record_open(const char *path, GError **error)
{
  FILE *file = fopen(path, "re");
  if (!file) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_FILE, "%s: %s", path, g_strerror(errno));
    return NULL;
  }
  Record *record = g_new0(Record, 1);
  record->file = file;
  record->rest = g_string_new(NULL);
  record->events = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
  record->times = g_array_new(FALSE, FALSE, sizeof(double));
  record->parser = json_parser_new();
  return record;
}

void record_free(Record *record)
{
  if (!record)
    return;
  fclose(record->file);
  g_string_free(record->rest, TRUE);
  g_ptr_array_unref(record->events);
  g_array_unref(record->times);
  g_object_unref(record->parser);
  g_free(record);
}

/* Members of whatever type somebody wrote. */

static const JsonNode *value_of(JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member(object, name);
  return node && JSON_NODE_HOLDS_VALUE(node) ? node : NULL;
}

static const char *text_of(JsonObject *object, const char *name)
{
  const JsonNode *node = value_of(object, name);
  return node && json_node_get_value_type((JsonNode *)node) == G_TYPE_STRING
             ? json_node_get_string((JsonNode *)node)
             : NULL;
}

static double number_of(JsonObject *object, const char *name, double otherwise)
{
  const JsonNode *node = value_of(object, name);
  return node ? json_node_get_double((JsonNode *)node) : otherwise;
}

/* Reading */

static void take_line(Record *record, const char *line, gsize len)
{
  if (!json_parser_load_from_data(record->parser, line, (gssize)len, NULL))
    return;
  JsonNode *root = json_parser_get_root(record->parser);
  if (!root || !JSON_NODE_HOLDS_OBJECT(root))
    return;
  JsonObject *object = json_node_dup_object(root);
  const char *text = text_of(object, "time");
  g_autoptr(GDateTime) time = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;
  guint n = record->times->len;
  double at = n ? g_array_index(record->times, double, n - 1) : 0;
  if (time) {
    gint64 now = g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
    if (!record->started)
      record->started = now;
    /* A clock that was set back does not turn the order around. */
    at = MAX(at, (double)(now - record->started) / G_USEC_PER_SEC);
  }
  g_ptr_array_add(record->events, object);
  g_array_append_val(record->times, at);
}

gboolean record_read_on(Record *record)
{
  guint before = record->events->len;
  g_autofree char *buffer = g_malloc(PIECE);
  clearerr(record->file);
  gsize n = fread(buffer, 1, PIECE, record->file);
  g_string_append_len(record->rest, buffer, (gssize)n);
  gsize at = 0;
  const char *end;
  while ((end = memchr(record->rest->str + at, '\n', record->rest->len - at)) != NULL) {
    gsize len = (gsize)(end - record->rest->str) - at;
    take_line(record, record->rest->str + at, len);
    at += len + 1;
  }
  g_string_erase(record->rest, 0, (gssize)at);
  if (record->rest->len > LINE_LIMIT)
    g_string_truncate(record->rest, 0);
  return n > 0 || record->events->len > before;
}

guint record_length(const Record *record)
{
  return record->events->len;
}

double record_time(const Record *record, guint event)
{
  return event < record->times->len ? g_array_index(record->times, double, event) : 0;
}

static JsonObject *event_at(const Record *record, guint event)
{
  return g_ptr_array_index(record->events, event);
}

static const char *kind_of(JsonObject *event)
{
  const char *kind = text_of(event, "event");
  return kind ? kind : "";
}

gboolean record_ended(const Record *record)
{
  static const char *const ends[] = {"done", "failed", "cancelled", NULL};
  guint n = record->events->len;
  return n > 0 && g_strv_contains(ends, kind_of(event_at(record, n - 1)));
}

const char *record_head(const Record *record, const char *member)
{
  const char *text = record->events->len ? text_of(event_at(record, 0), member) : NULL;
  return text ? text : "";
}

/* Writing */

typedef struct {
  TextView *view;
  char gutter[16]; /* the time */
} Writer;

static void add_marked(Writer *writer, Style mark_style, const char *mark, Style style, const char *text)
{
  g_autofree char *whole = g_strconcat(writer->gutter, mark, NULL);
  textview_add_marked(writer->view, mark_style, whole, style, text);
}

static void add_elapsed(Writer *writer, JsonObject *event, Style mark_style, const char *mark)
{
  g_autofree char *since = text_duration(number_of(event, "elapsed_s", 0));
  const char *text = text_of(event, "text");
  g_autofree char *whole = g_strdup_printf("%s  %s", text ? text : "", since);
  add_marked(writer, mark_style, mark, STYLE_FAINT, whole);
}

static void write_start(Writer *writer, JsonObject *event)
{
  const char *who = text_of(event, "who"), *command = text_of(event, "command"),
             *database = text_of(event, "database");
  g_autofree char *text =
      g_strdup_printf(_("%s on %s: %s"), who ? who : "?", database ? database : "?", command ? command : "");
  add_marked(writer, STYLE_TITLE, "", STYLE_TITLE, text);
}

static void write_rows(Writer *writer, JsonObject *event)
{
  const char *rows = text_of(event, "rows");
  g_autofree char *text = g_strdup_printf(_("the database stands at %s"), rows && *rows ? rows : "base");
  add_marked(writer, STYLE_FAINT, "", STYLE_NORMAL, text);
}

static void write_step(Writer *writer, JsonObject *event)
{
  const char *revision = text_of(event, "revision"), *direction = text_of(event, "direction");
  g_autofree char *text = g_strdup_printf(
      text_of(event, "engine") ? _("step %.0f: %s %s, by the project's own Alembic") : _("step %.0f: %s %s"),
      number_of(event, "step", 0) + 1, direction ? direction : "", revision ? revision : "");
  add_marked(writer, STYLE_ACCENT | STYLE_BOLD, "", STYLE_ACCENT | STYLE_BOLD, text);
}

static void write_statement(Writer *writer, JsonObject *event)
{
  const char *sql = text_of(event, "sql");
  double number = number_of(event, "statement", -1);
  g_autofree char *prefix = number >= 0 ? g_strdup_printf("%s%3.0f  ", writer->gutter, number + 1)
                                        : g_strdup_printf("%s     ", writer->gutter);
  textview_add_sql(writer->view, GUTTER + 5, prefix, sql ? sql : "");
}

static void write_error(Writer *writer, JsonObject *event, Style style)
{
  const char *error = text_of(event, "error"), *sqlstate = text_of(event, "sqlstate"),
             *text = text_of(event, "text");
  if (error) {
    g_autofree char *whole = sqlstate ? g_strdup_printf("%s  %s", sqlstate, error) : g_strdup(error);
    add_marked(writer, style, "✗ ", style, whole);
  }
  if (text && *text && g_strcmp0(text, error) != 0)
    add_marked(writer, style, error ? "  " : "✗ ", error ? STYLE_NORMAL : style, text);
}

static void write_retry(Writer *writer, JsonObject *event)
{
  write_error(writer, event, STYLE_CARE);
  g_autofree char *wait = text_duration(number_of(event, "wait_s", 0));
  g_autofree char *text =
      g_strdup_printf(_("rolled back; try %.0f follows in %s"), number_of(event, "attempt", 0), wait);
  add_marked(writer, STYLE_CARE, "! ", STYLE_CARE, text);
}

static void write_end(Writer *writer, JsonObject *event)
{
  const char *kind = kind_of(event);
  if (strcmp(kind, "done") == 0) {
    g_autofree char *since = text_duration(number_of(event, "elapsed_s", 0));
    add_marked(writer, STYLE_DONE | STYLE_BOLD, "✓ ", STYLE_DONE | STYLE_BOLD,
               number_of(event, "elapsed_s", 0) > 0 ? since : _("done"));
  } else if (strstr(kind, "cancelled")) {
    add_marked(writer, STYLE_CARE | STYLE_BOLD, "✗ ", STYLE_CARE | STYLE_BOLD, _("cancelled"));
  }
  write_error(writer, event, strstr(kind, "failed") ? STYLE_DANGER : STYLE_NORMAL);
  if (text_of(event, "rows") && !g_str_has_prefix(kind, "part-"))
    write_rows(writer, event);
}

/* Whatever else was written down: its text, or else its members. */
static void write_other(Writer *writer, JsonObject *event)
{
  g_autoptr(GString) out = g_string_new(kind_of(event));
  g_string_append(out, ": ");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  const char *text = text_of(event, "text");
  if (text) {
    g_string_append(out, text);
  } else {
    json_object_iter_init_ordered(&iter, event);
    while (json_object_iter_next_ordered(&iter, &name, &node)) {
      if (strcmp(name, "time") == 0 || strcmp(name, "event") == 0)
        continue;
      g_autofree char *value = json_to_string(node, FALSE);
      g_string_append_printf(out, "%s %s  ", name, value);
    }
  }
  add_marked(writer, STYLE_ACCENT, "· ", STYLE_NORMAL, out->str);
}

static void write_literal(Writer *writer, JsonObject *event)
{
  gboolean begin = strcmp(kind_of(event), "begin") == 0;
  add_marked(writer, STYLE_TITLE, "", STYLE_TITLE, begin ? "BEGIN" : "COMMIT");
}

static void write_done(Writer *writer, JsonObject *event)
{
  add_elapsed(writer, event, STYLE_DONE, "     ✓ ");
}

static void write_notice(Writer *writer, JsonObject *event)
{
  const char *text = text_of(event, "text");
  add_marked(writer, STYLE_CARE, "     ! ", STYLE_NORMAL, text ? text : "");
}

/* Checks: how many, and what was wrong. */
static void write_items(Writer *writer, JsonObject *event)
{
  JsonNode *member = json_object_get_member(event, "items");
  JsonArray *items = member && JSON_NODE_HOLDS_ARRAY(member) ? json_node_get_array(member) : NULL;
  guint n = items ? json_array_get_length(items) : 0;
  const char *what = strcmp(kind_of(event), "verified") == 0 ? _("verified") : _("preflight");
  g_autofree char *text = g_strdup_printf(ngettext("%s: %u check", "%s: %u checks", n), what, n);
  add_marked(writer, STYLE_DONE, "· ", STYLE_NORMAL, text);
  for (guint i = 0; i < n; i++) {
    JsonNode *element = json_array_get_element(items, i);
    JsonObject *item = JSON_NODE_HOLDS_OBJECT(element) ? json_node_get_object(element) : NULL;
    const char *level = item ? text_of(item, "level") : NULL, *found = item ? text_of(item, "text") : NULL;
    if (found && g_strcmp0(level, "warning") == 0)
      add_marked(writer, STYLE_CARE, "  ! ", STYLE_CARE, found);
    else if (found && g_strcmp0(level, "stop") == 0)
      add_marked(writer, STYLE_DANGER, "  ‼ ", STYLE_DANGER, found);
  }
}

static void write_plan(Writer *writer, JsonObject *event)
{
  JsonNode *member = json_object_get_member(event, "revisions");
  guint n = member && JSON_NODE_HOLDS_ARRAY(member) ? json_array_get_length(json_node_get_array(member)) : 0;
  const char *rows = text_of(event, "rows_after"), *server = text_of(event, "server");
  g_autofree char *text = g_strdup_printf(ngettext("plan: %u migration, to stand at %s; PostgreSQL %s",
                                                   "plan: %u migrations, to stand at %s; PostgreSQL %s", n),
                                          n, rows && *rows ? rows : "base", server ? server : "?");
  add_marked(writer, STYLE_ACCENT, "· ", STYLE_NORMAL, text);
}

static void write_signal(Writer *writer, JsonObject *event)
{
  const char *verb = text_of(event, "verb"), *application = text_of(event, "application");
  g_autofree char *text = g_strdup_printf("%s %.0f %s", verb ? verb : "", number_of(event, "backend", 0),
                                          application ? application : "");
  add_marked(writer, STYLE_CARE, "! ", STYLE_CARE, text);
}

static void write_repair(Writer *writer, JsonObject *event)
{
  const char *sql = text_of(event, "text");
  g_autofree char *prefix = g_strdup_printf("%s  $  ", writer->gutter);
  textview_add_sql(writer->view, GUTTER + 5, prefix, sql ? sql : "");
}

/* A sentence with a mark before it; the style is that of both. */
static const struct {
  const char *event;
  const char *mark;
  Style style;
} sentences[] = {
    {"note", "· ", STYLE_NORMAL},         {"question", "? ", STYLE_CARE},
    {"answer", "→ ", STYLE_ACCENT},       {"brake", "‼ ", STYLE_DANGER},
    {"locks-differ", "! ", STYLE_CARE},   {"aftermath", "! ", STYLE_CARE},
    {"repair-done", "✓ ", STYLE_DONE},    {"repair-failed", "✗ ", STYLE_DANGER},
    {"backup", "✓ ", STYLE_DONE},         {"backup-failed", "✗ ", STYLE_DANGER},
    {"backup-skipped", "! ", STYLE_CARE}, {"cancel", "! ", STYLE_CARE},
    {"engine", "$ ", STYLE_TITLE},        {"output", "  ", STYLE_NORMAL},
    {"paused", "· ", STYLE_ACCENT},
};

static gboolean write_sentence(Writer *writer, JsonObject *event)
{
  const char *text = text_of(event, "text");
  for (gsize i = 0; text && i < G_N_ELEMENTS(sentences); i++)
    if (strcmp(sentences[i].event, kind_of(event)) == 0) {
      add_marked(writer, sentences[i].style, sentences[i].mark, sentences[i].style, text);
      return TRUE;
    }
  return FALSE;
}

/* NULL: nothing an operator would miss. */
static const struct {
  const char *event;
  void (*write)(Writer *writer, JsonObject *event);
} writers[] = {
    {"start", write_start},
    {"plan", write_plan},
    {"started", write_rows},
    {"step", write_step},
    {"begin", write_literal},
    {"statement", write_statement},
    {"notice", write_notice},
    {"statement-done", write_done},
    {"commit", write_literal},
    {"committing", NULL},
    {"step-done", NULL},
    {"sample", NULL},
    {"locks", NULL},
    {"retry", write_retry},
    {"failed", write_end},
    {"cancelled", write_end},
    {"done", write_end},
    {"part-done", NULL},
    {"part-failed", write_end},
    {"part-cancelled", write_end},
    {"preflight", write_items},
    {"verified", write_items},
    {"signal", write_signal},
    {"repair", write_repair},
    {"engine-backend", NULL},
};

void record_write(const Record *record, guint from, guint to, TextView *view)
{
  for (guint i = from; i < to && i < record->events->len; i++) {
    JsonObject *event = event_at(record, i);
    Writer writer = {.view = view};
    double at = record_time(record, i);
    g_snprintf(writer.gutter, sizeof writer.gutter, "%3d:%04.1f  ", (int)(at / 60), at - 60 * (int)(at / 60));
    if (write_sentence(&writer, event))
      continue;
    gsize k = 0;
    while (k < G_N_ELEMENTS(writers) && strcmp(writers[k].event, kind_of(event)) != 0)
      k++;
    if (k == G_N_ELEMENTS(writers))
      write_other(&writer, event);
    else if (writers[k].write)
      writers[k].write(&writer, event);
  }
}

/* Locks */

static void take_text(JsonObject *object, const char *name, char **to)
{
  const char *text = text_of(object, name);
  if (!text)
    return;
  g_free(*to);
  *to = g_strdup(text);
}

static void take_pids(JsonObject *object, const char *name, GArray *pids)
{
  JsonNode *node = json_object_get_member(object, name);
  if (!node || !JSON_NODE_HOLDS_ARRAY(node))
    return;
  JsonArray *array = json_node_get_array(node);
  for (guint i = 0; i < json_array_get_length(array); i++) {
    int pid = (int)json_node_get_int(json_array_get_element(array, i));
    g_array_append_val(pids, pid);
  }
}

static gboolean truth_of(JsonObject *object, const char *name)
{
  const JsonNode *node = value_of(object, name);
  return node && json_node_get_boolean((JsonNode *)node);
}

static LockNode *node_of(JsonObject *object)
{
  LockNode *node = lock_node_new((int)number_of(object, "pid", 0));
  take_pids(object, "blocked_by", node->blocked_by);
  take_pids(object, "queued_behind", node->queued_behind);
  take_text(object, "user", &node->user);
  take_text(object, "application", &node->application);
  take_text(object, "client", &node->client);
  take_text(object, "state", &node->state);
  take_text(object, "mode", &node->lock_mode);
  take_text(object, "relation", &node->lock_relation);
  take_text(object, "query", &node->query);
  node->xact_s = number_of(object, "xact_s", node->xact_s);
  node->state_s = number_of(object, "state_s", node->state_s);
  node->wait_s = number_of(object, "wait_s", node->wait_s);
  node->lock_granted = truth_of(object, "granted");
  node->own = truth_of(object, "own");
  return node;
}

LockSnapshot *record_locks(const Record *record, guint n)
{
  for (guint i = MIN(n, record->events->len); i-- > 0;) {
    JsonObject *event = event_at(record, i);
    JsonNode *member = strcmp(kind_of(event), "sample") == 0 ? json_object_get_member(event, "locks") : NULL;
    if (!member || !JSON_NODE_HOLDS_ARRAY(member))
      continue;
    JsonArray *array = json_node_get_array(member);
    GPtrArray *nodes = g_ptr_array_new_with_free_func((GDestroyNotify)lock_node_free);
    for (guint k = 0; k < json_array_get_length(array); k++) {
      JsonNode *element = json_array_get_element(array, k);
      if (JSON_NODE_HOLDS_OBJECT(element))
        g_ptr_array_add(nodes, node_of(json_node_get_object(element)));
    }
    return lock_snapshot_build(nodes);
  }
  return NULL;
}
