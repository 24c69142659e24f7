/* Lines of the record that are not the rollout's own. */
#include <glib/gi18n.h>
#include <string.h>

#include "supervise-private.h"

JsonObject *supervision_object(const char *name, const char *value)
{
  JsonObject *object = json_object_new();
  g_autofree char *text = g_utf8_make_valid(value != NULL ? value : "", -1);
  json_object_set_string_member(object, name, text);
  return object;
}

void supervision_record(Supervision *s, const char *event, JsonObject *details, JournalSync sync)
{
  if (s->journal == NULL)
    g_clear_pointer(&details, json_object_unref);
  else
    journal_write(s->journal, event, details, sync);
}

static void record_plan(Supervision *s)
{
  JsonObject *object = json_object_new();
  JsonArray *revisions = json_array_new();
  for (guint i = 0; i < s->infos->len; i++)
    json_array_add_string_element(revisions, ((StepInfo *)g_ptr_array_index(s->infos, i))->label);
  json_object_set_array_member(object, "revisions", revisions);
  g_autofree char *rows = rollout_rows_text((const char *const *)s->rows_after);
  json_object_set_string_member(object, "rows_after", rows);
  json_object_set_int_member(object, "ddl_lock_timeout_ms", s->policy->ddl_lock_timeout_ms);
  json_object_set_int_member(object, "statement_timeout_ms", s->policy->statement_timeout_ms);
  json_object_set_int_member(object, "retries", s->policy->retries);
  if (s->policy->name != NULL)
    json_object_set_string_member(object, "target", s->policy->name);
  json_object_set_string_member(object, "server", s->server->version_text);
  json_object_set_int_member(object, "backend", pg_conn_backend_pid(s->conn));
  supervision_record(s, "plan", object, JOURNAL_LAZY);
}

/* A record that cannot be made does not stop the work: what happens to the database matters more. */
void supervision_open_journal(Supervision *s)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = s->project != NULL && s->project->config_path != NULL
                                ? g_path_get_dirname(s->project->config_path)
                                : g_get_current_dir();
  JournalHead head = {.database = s->params->display,
                      .system_id = s->server->system_id,
                      .project = folder,
                      .command = s->command};
  if (s->options.no_journal)
    return;
  s->journal = journal_new(&head, &error);
  if (s->journal == NULL) {
    g_autofree char *text = g_strdup_printf(_("This rollout is not recorded: %s"), error->message);
    supervision_note(s, text);
    return;
  }
  record_plan(s);
}

void supervision_record_items(Supervision *s, const char *event, const GPtrArray *items)
{
  static const char *const levels[] = {"ok", "warning", "stop"};
  JsonArray *array = json_array_new();
  for (guint i = 0; i < items->len; i++) {
    const PreflightItem *item = g_ptr_array_index(items, i);
    JsonObject *object = supervision_object("check", item->check);
    json_object_set_string_member(object, "level", levels[item->level]);
    json_object_set_string_member(object, "text", item->text);
    json_array_add_object_element(array, object);
  }
  JsonObject *object = json_object_new();
  json_object_set_array_member(object, "items", array);
  supervision_record(s, event, object, JOURNAL_LAZY);
}

/* ---- Samples --------------------------------------------------------------------------------------------------- */

/* Takes text over; TRUE when it is not what the last sample said. */
static gboolean is_news(char **last, char *text)
{
  gboolean news = g_strcmp0(*last, text) != 0;
  g_free(*last);
  *last = text;
  return news;
}

static void record_locks(Supervision *s, const GPtrArray *locks)
{
  g_autoptr(GString) text = g_string_new(NULL);
  JsonArray *array = json_array_new();
  for (guint i = 0; i < locks->len; i++) {
    const HeldLock *lock = g_ptr_array_index(locks, i);
    g_autofree char *line = g_strdup_printf("%s %s%s", lock_mode_name(lock->mode), lock->relation,
                                            lock->granted ? "" : " (waits)");
    g_string_append_printf(text, "%s\n", line);
    json_array_add_string_element(array, line);
  }
  if (!is_news(&s->samples.locks, g_strdup(text->str))) {
    json_array_unref(array);
    return;
  }
  JsonObject *object = json_object_new();
  json_object_set_array_member(object, "held", array);
  supervision_record(s, "locks", object, JOURNAL_LAZY);
}

static void record_progress(Supervision *s, const Progress *progress)
{
  g_autofree char *text = g_strdup_printf("%s/%s/%.3f/%d", progress->command, progress->phase,
                                          progress->overall, progress->waits_for);
  if (!is_news(&s->samples.progress, g_steal_pointer(&text)))
    return;
  JsonObject *object = supervision_object("command", progress->command);
  json_object_set_string_member(object, "phase", progress->phase != NULL ? progress->phase : "");
  if (progress->overall >= 0)
    json_object_set_double_member(object, "overall", progress->overall);
  json_object_set_int_member(object, "done", (gint64)progress->done);
  json_object_set_int_member(object, "total", (gint64)progress->total);
  if (progress->waits_for != 0)
    json_object_set_int_member(object, "waits_for", progress->waits_for);
  supervision_record(s, "progress", object, JOURNAL_LAZY);
}

static JsonObject *node_object(const Supervision *s, const LockNode *node)
{
  JsonObject *object = json_object_new();
  json_object_set_int_member(object, "backend", node->pid);
  const char *const members[][2] = {{"user", node->user},
                                    {"application", node->application},
                                    {"client", node->client},
                                    {"state", node->state},
                                    {"mode", node->lock_mode},
                                    {"relation", node->lock_relation},
                                    {"query", s->policy->redact ? NULL : node->query}};
  for (guint i = 0; i < G_N_ELEMENTS(members); i++)
    if (members[i][1] != NULL)
      json_object_set_string_member(object, members[i][0], members[i][1]);
  if (node->wait_s >= 0)
    json_object_set_double_member(object, "wait_s", node->wait_s);
  if (node->xact_s >= 0)
    json_object_set_double_member(object, "transaction_s", node->xact_s);
  return object;
}

/* A crowd in a record helps nobody. */
#define NODES_RECORDED 20

static JsonArray *nodes_array(const Supervision *s, const GPtrArray *nodes)
{
  JsonArray *array = json_array_new();
  for (guint i = 0; i < nodes->len && i < NODES_RECORDED; i++)
    json_array_add_object_element(array, node_object(s, g_ptr_array_index(nodes, i)));
  return array;
}

/* Who is in our way, and who waits behind us. */
static void record_waits(Supervision *s, const LockSnapshot *snapshot, const Blast *blast)
{
  int pid = supervision_backend_pid(s);
  g_autoptr(GPtrArray) culprits = lock_snapshot_culprits(snapshot, pid);
  g_autoptr(GPtrArray) victims = lock_snapshot_victims(snapshot, pid);
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < culprits->len; i++)
    g_string_append_printf(text, "%d ", ((LockNode *)g_ptr_array_index(culprits, i))->pid);
  g_string_append_printf(text, "/%u", blast->waiting);
  gboolean news = is_news(&s->samples.blast, g_strdup(text->str));
  if (!news || (culprits->len == 0 && victims->len == 0))
    return;
  JsonObject *object = json_object_new();
  json_object_set_array_member(object, "blocked_by", nodes_array(s, culprits));
  json_object_set_array_member(object, "behind", nodes_array(s, victims));
  json_object_set_int_member(object, "waiting", blast->waiting);
  json_object_set_double_member(object, "longest_s", blast->longest_s);
  supervision_record(s, "waits", object, JOURNAL_LAZY);
}

void supervision_record_report(Supervision *s, const LockReport *report, const Blast *blast)
{
  if (s->journal == NULL || s->phase != PHASE_STEPS)
    return;
  if (report->locks != NULL && report->locks->len > 0)
    record_locks(s, report->locks);
  if (report->progress != NULL)
    record_progress(s, report->progress);
  if (report->snapshot != NULL)
    record_waits(s, report->snapshot, blast);
}

/* ---- The end --------------------------------------------------------------------------------------------------- */

void supervision_record_end(Supervision *s)
{
  static const char *const names[] = {"done", "failed", "cancelled"};
  JsonObject *object = json_object_new();
  if (s->rows != NULL) {
    g_autofree char *rows = rollout_rows_text((const char *const *)s->rows);
    json_object_set_string_member(object, "rows", rows);
  }
  if (s->error != NULL)
    json_object_set_string_member(object, "error", s->error->message);
  if (s->unknown)
    json_object_set_boolean_member(object, "unknown", TRUE);
  json_object_set_int_member(object, "steps", s->steps_committed);
  supervision_record(s, names[s->outcome], object, JOURNAL_NOW);
}
