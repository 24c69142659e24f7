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

static char *items_text(const GPtrArray *items)
{
  guint counts[3] = {0};
  for (guint i = 0; i < items->len; i++)
    counts[((PreflightItem *)g_ptr_array_index(items, i))->level]++;
  return g_strdup_printf(_("%u ok, %u warnings, %u stops"), counts[PREFLIGHT_OK], counts[PREFLIGHT_WARNING],
                         counts[PREFLIGHT_STOP]);
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
  g_autofree char *text = items_text(items);
  JsonObject *object = supervision_object("text", text);
  json_object_set_array_member(object, "items", array);
  supervision_record(s, event, object, JOURNAL_LAZY);
}

/* ---- Samples --------------------------------------------------------------------------------------------------- */

/* A line is written when this changes: times that only go on are no part of it. */
static void sign_locks(GString *sign, JsonArray *held, const GPtrArray *locks)
{
  for (guint i = 0; i < locks->len; i++) {
    const HeldLock *lock = g_ptr_array_index(locks, i);
    g_autofree char *line = g_strdup_printf("%s %s%s", lock_mode_name(lock->mode), lock->relation,
                                            lock->granted ? "" : " (waits)");
    g_string_append_printf(sign, "%s\n", line);
    json_array_add_string_element(held, line);
  }
}

static JsonObject *progress_object(GString *sign, const Progress *progress)
{
  JsonObject *object = supervision_object("command", progress->command);
  json_object_set_string_member(object, "phase", progress->phase != NULL ? progress->phase : "");
  if (progress->relation != NULL)
    json_object_set_string_member(object, "relation", progress->relation);
  if (progress->unit != NULL)
    json_object_set_string_member(object, "unit", progress->unit);
  if (progress->overall >= 0)
    json_object_set_double_member(object, "overall", progress->overall);
  json_object_set_int_member(object, "done", (gint64)progress->done);
  json_object_set_int_member(object, "total", (gint64)progress->total);
  if (progress->waits_for != 0)
    json_object_set_int_member(object, "waits_for", progress->waits_for);
  g_string_append_printf(sign, "%s/%s/%.3f/%" G_GUINT64_FORMAT "/%d\n", progress->command, progress->phase,
                         progress->overall, progress->done, progress->waits_for);
  return object;
}

static JsonArray *pids_array(const GArray *pids)
{
  JsonArray *array = json_array_new();
  for (guint i = 0; i < pids->len; i++)
    json_array_add_int_element(array, g_array_index(pids, int, i));
  return array;
}

static void add_text(JsonObject *object, const char *name, const char *text)
{
  if (text != NULL)
    json_object_set_string_member(object, name, text);
}

static void add_seconds(JsonObject *object, const char *name, double seconds)
{
  if (seconds >= 0)
    json_object_set_double_member(object, name, seconds);
}

static JsonObject *node_object(const Supervision *s, const LockNode *node)
{
  JsonObject *object = json_object_new();
  json_object_set_int_member(object, "pid", node->pid);
  json_object_set_array_member(object, "blocked_by", pids_array(node->blocked_by));
  json_object_set_array_member(object, "queued_behind", pids_array(node->queued_behind));
  add_text(object, "user", node->user);
  add_text(object, "application", node->application);
  add_text(object, "client", node->client);
  add_text(object, "backend_type", node->backend_type);
  add_text(object, "state", node->state);
  add_text(object, "wait_event", node->wait_event);
  add_seconds(object, "xact_s", node->xact_s);
  add_seconds(object, "state_s", node->state_s);
  add_seconds(object, "wait_s", node->wait_s);
  add_text(object, "mode", node->lock_mode);
  add_text(object, "relation", node->lock_relation);
  add_text(object, "type", node->lock_type);
  add_text(object, "query", s->policy->redact ? NULL : node->query);
  if (node->lock_granted)
    json_object_set_boolean_member(object, "granted", TRUE);
  if (node->own)
    json_object_set_boolean_member(object, "own", TRUE);
  if (node->gids != NULL) {
    JsonArray *gids = json_array_new();
    for (char **gid = node->gids; *gid != NULL; gid++)
      json_array_add_string_element(gids, *gid);
    json_object_set_array_member(object, "gids", gids);
  }
  return object;
}

/* A crowd in a record helps nobody. */
#define NODES_RECORDED 40

static void add_nodes(const Supervision *s, GString *sign, JsonArray *array, const GPtrArray *nodes)
{
  for (guint i = 0; i < nodes->len && i < NODES_RECORDED; i++) {
    const LockNode *node = g_ptr_array_index(nodes, i);
    json_array_add_object_element(array, node_object(s, node));
    g_string_append_printf(sign, "%d %s\n", node->pid, node->state != NULL ? node->state : "");
  }
}

/* Who is in our way, ourselves, and who waits behind us. */
static JsonArray *locks_array(const Supervision *s, GString *sign, const LockSnapshot *snapshot)
{
  int pid = supervision_backend_pid(s);
  JsonArray *array = json_array_new();
  LockNode *own = lock_snapshot_find(snapshot, pid);
  g_autoptr(GPtrArray) culprits = lock_snapshot_culprits(snapshot, pid);
  g_autoptr(GPtrArray) victims = lock_snapshot_victims(snapshot, pid);
  add_nodes(s, sign, array, culprits);
  if (own != NULL)
    json_array_add_object_element(array, node_object(s, own));
  add_nodes(s, sign, array, victims);
  return array;
}

void supervision_record_report(Supervision *s, const LockReport *report, const Blast *blast)
{
  if (s->journal == NULL || s->phase != PHASE_STEPS || report->snapshot == NULL)
    return;
  g_autoptr(GString) sign = g_string_new(NULL);
  JsonObject *object = json_object_new();
  JsonArray *held = json_array_new();
  json_object_set_array_member(object, "locks", locks_array(s, sign, report->snapshot));
  if (report->locks != NULL)
    sign_locks(sign, held, report->locks);
  json_object_set_array_member(object, "held", held);
  if (report->progress != NULL)
    json_object_set_object_member(object, "progress", progress_object(sign, report->progress));
  if (blast->waiting > 0) {
    json_object_set_int_member(object, "waiting", blast->waiting);
    json_object_set_double_member(object, "longest_s", blast->longest_s);
    add_text(object, "applications", blast->applications);
  }
  gboolean news = sign->len > 0 && g_strcmp0(s->sample, sign->str) != 0;
  g_free(s->sample);
  s->sample = g_strdup(sign->str);
  if (news)
    supervision_record(s, "sample", object, JOURNAL_LAZY);
  else
    json_object_unref(object);
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
