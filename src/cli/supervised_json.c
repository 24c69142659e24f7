/* The events of a supervised rollout as lines of JSON, for programs. */
#include "json.h"
#include "supervised.h"

static const char *const phases[] = {
    [PHASE_NEW] = "new",
    [PHASE_CONNECTING] = "connecting",
    [PHASE_MUTEX] = "mutex",
    [PHASE_ROWS] = "rows",
    [PHASE_PREFLIGHT] = "preflight",
    [PHASE_CONSENT] = "consent",
    [PHASE_BACKUP] = "backup",
    [PHASE_STEPS] = "steps",
    [PHASE_AFTERMATH] = "aftermath",
    [PHASE_VERIFY] = "verify",
    [PHASE_OVER] = "over",
};

static const char *const questions[] = {
    [QUESTION_NONE] = "none",           [QUESTION_PREFLIGHT] = "preflight",
    [QUESTION_CONSENT] = "consent",     [QUESTION_BACKUP] = "backup",
    [QUESTION_BRAKE] = "brake",         [QUESTION_BACKUP_FAILED] = "backup-failed",
    [QUESTION_AFTERMATH] = "aftermath",
};

static const char *const outcomes[] = {
    [SUPERVISED_DONE] = "done", [SUPERVISED_FAILED] = "failed", [SUPERVISED_CANCELLED] = "cancelled"};

/* Names by kind; NULL: not told. */
static const char *const rollout_kinds[] = {
    [ROLLOUT_EVENT_STEP] = "step",           [ROLLOUT_EVENT_BEGIN] = "begin",
    [ROLLOUT_EVENT_STATEMENT] = "statement", [ROLLOUT_EVENT_STATEMENT_DONE] = "statement-done",
    [ROLLOUT_EVENT_NOTICE] = "notice",       [ROLLOUT_EVENT_COMMIT] = "commit",
    [ROLLOUT_EVENT_STEP_DONE] = "step-done", [ROLLOUT_EVENT_PAUSED] = "paused",
    [ROLLOUT_EVENT_RETRY] = "retry",         [ROLLOUT_EVENT_LOCKS] = "locks",
};

static const char *const backup_kinds[] = {
    [BACKUP_STARTED] = "backup-started",     [BACKUP_PROGRESS] = "backup-progress",
    [BACKUP_VERIFYING] = "backup-verifying", [BACKUP_DONE] = "backup-done",
    [BACKUP_FAILED] = "backup-failed",
};

static const char *const engine_kinds[] = {
    [ENGINE_STARTED] = "alembic-started", [ENGINE_OUTPUT] = "alembic-output",
    [ENGINE_BACKEND] = "alembic-backend", [ENGINE_DONE] = "alembic-done",
    [ENGINE_FAILED] = "alembic-failed",
};

static void add_real(JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name(builder, name);
  json_builder_add_double_value(builder, value);
}

static void add_items(JsonBuilder *builder, const GPtrArray *items)
{
  static const char *const levels[] = {"ok", "warning", "stop"};
  json_builder_set_member_name(builder, "items");
  json_builder_begin_array(builder);
  for (guint i = 0; i < items->len; i++) {
    const PreflightItem *item = items->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "check", item->check);
    json_add_text(builder, "level", levels[item->level]);
    json_add_text(builder, "text", item->text);
    json_add_text(builder, "advice", item->advice);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
}

static void add_locks(JsonBuilder *builder, const GPtrArray *locks)
{
  json_builder_set_member_name(builder, "held");
  json_builder_begin_array(builder);
  for (guint i = 0; locks && i < locks->len; i++) {
    const HeldLock *lock = locks->pdata[i];
    g_autofree char *line = g_strdup_printf("%s %s", lock_mode_name(lock->mode), lock->relation);
    g_autofree char *valid = g_utf8_make_valid(line, -1);
    json_builder_add_string_value(builder, valid);
  }
  json_builder_end_array(builder);
}

static const char *add_rollout(JsonBuilder *builder, const RolloutEvent *event)
{
  const char *name = event->kind < G_N_ELEMENTS(rollout_kinds) ? rollout_kinds[event->kind] : NULL;
  if (!name)
    return NULL;
  json_add_int(builder, "step", event->step);
  if (event->kind == ROLLOUT_EVENT_STATEMENT || event->kind == ROLLOUT_EVENT_STATEMENT_DONE) {
    json_add_int(builder, "statement",
                 event->statement == ROLLOUT_VERSION_TABLE ? -1 : (gint64)event->statement);
    json_add_text(builder, "sql", event->sql);
  }
  if (event->text)
    json_add_text(builder, "text", event->text);
  if (event->error)
    json_add_text(builder, "error", event->error->message);
  if (event->kind == ROLLOUT_EVENT_RETRY) {
    json_add_int(builder, "attempt", event->attempt);
    add_real(builder, "wait_s", event->wait_s);
  }
  if (event->kind == ROLLOUT_EVENT_LOCKS)
    add_locks(builder, event->locks);
  add_real(builder, "elapsed_s", event->elapsed_s);
  return name;
}

static const char *add_backup(JsonBuilder *builder, const BackupEvent *event)
{
  json_add_text(builder, "path", event->path);
  json_add_text(builder, "table", event->table);
  json_add_int(builder, "done", (gint64)event->done);
  json_add_int(builder, "total", (gint64)event->total);
  json_add_int(builder, "bytes", (gint64)event->bytes);
  if (event->error)
    json_add_text(builder, "error", event->error->message);
  return backup_kinds[event->kind];
}

static const char *add_engine(JsonBuilder *builder, const SupervisionEvent *supervised)
{
  const EngineEvent *event = supervised->engine;
  json_add_int(builder, "step", supervised->step);
  json_add_text(builder, "text", event->text);
  json_add_int(builder, "backend", event->pid);
  if (event->error)
    json_add_text(builder, "error", event->error->message);
  return engine_kinds[event->kind];
}

static const char *add_question(JsonBuilder *builder, const SupervisionEvent *event)
{
  json_add_text(builder, "question", questions[event->question]);
  json_add_text(builder, "text", event->text);
  if (event->aftermath) {
    json_add_text(builder, "sql", event->sql);
    json_add_text(builder, "cleanup", event->aftermath->cleanup);
    json_add_text(builder, "finish", event->aftermath->finish);
  }
  return "question";
}

/* Only while somebody waits: a line a second says nothing else. */
static const char *add_report(JsonBuilder *builder, const SupervisionEvent *event)
{
  if (!event->blast || event->blast->waiting == 0)
    return NULL;
  json_add_int(builder, "waiting", event->blast->waiting);
  add_real(builder, "longest_s", event->blast->longest_s);
  json_add_text(builder, "applications", event->blast->applications);
  return "behind";
}

static const char *add_end(JsonBuilder *builder, const SupervisionEvent *event)
{
  json_add_text(builder, "outcome", outcomes[event->outcome]);
  json_add_text(builder, "error", event->error ? event->error->message : NULL);
  if (event->rows)
    json_add_strings(builder, "rows", (const char *const *)event->rows);
  json_add_truth(builder, "unknown", event->unknown);
  json_add_int(builder, "steps_committed", event->steps_committed);
  return "end";
}

static const char *add_members(JsonBuilder *builder, const SupervisionEvent *event)
{
  switch (event->kind) {
  case SUPERVISION_PHASE: json_add_text(builder, "phase", phases[event->phase]); return "phase";
  case SUPERVISION_MUTEX:
    json_add_int(builder, "holder", event->holder ? event->holder->pid : 0);
    return "mutex";
  case SUPERVISION_PREFLIGHT: add_items(builder, event->items); return "preflight";
  case SUPERVISION_VERIFIED: add_items(builder, event->items); return "verified";
  case SUPERVISION_BACKUP: return add_backup(builder, event->backup);
  case SUPERVISION_ROLLOUT: return add_rollout(builder, event->rollout);
  case SUPERVISION_ENGINE: return add_engine(builder, event);
  case SUPERVISION_REPORT: return add_report(builder, event);
  case SUPERVISION_BRAKE: json_add_text(builder, "text", event->text); return "brake";
  case SUPERVISION_LOCKS: json_add_text(builder, "text", event->text); return "unforeseen-locks";
  case SUPERVISION_NOTE: json_add_text(builder, "text", event->text); return "note";
  case SUPERVISION_QUESTION: return add_question(builder, event);
  case SUPERVISION_ENDED: return add_end(builder, event);
  default: return NULL;
  }
}

char *supervised_json(const SupervisionEvent *event)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  const char *name = add_members(builder, event);
  if (name)
    json_add_text(builder, "event", name);
  json_builder_end_object(builder);
  g_autoptr(JsonNode) root = json_builder_get_root(builder);
  return name ? json_to_string(root, FALSE) : NULL;
}
