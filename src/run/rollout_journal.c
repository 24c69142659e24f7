#include "rollout_journal.h"

/* Events by kind: their name in the record, and when they have to be on the disk. */
static const struct {
  const char *name;
  JournalSync sync;
} kinds[] = {
    [ROLLOUT_EVENT_STARTED] = {"started", JOURNAL_LAZY},
    [ROLLOUT_EVENT_STEP] = {"step", JOURNAL_LAZY},
    [ROLLOUT_EVENT_BEGIN] = {"begin", JOURNAL_LAZY},
    [ROLLOUT_EVENT_STATEMENT] = {"statement", JOURNAL_LAZY},
    [ROLLOUT_EVENT_STATEMENT_DONE] = {"statement-done", JOURNAL_LAZY},
    [ROLLOUT_EVENT_NOTICE] = {"notice", JOURNAL_LAZY},
    [ROLLOUT_EVENT_COMMIT] = {"commit", JOURNAL_SOON},
    [ROLLOUT_EVENT_STEP_DONE] = {"step-done", JOURNAL_LAZY},
    [ROLLOUT_EVENT_PAUSED] = {"paused", JOURNAL_LAZY},
    [ROLLOUT_EVENT_FAILED] = {"failed", JOURNAL_NOW},
    [ROLLOUT_EVENT_CANCELLED] = {"cancelled", JOURNAL_NOW},
    [ROLLOUT_EVENT_DONE] = {"done", JOURNAL_NOW},
    [ROLLOUT_EVENT_RETRY] = {"retry", JOURNAL_LAZY},
    [ROLLOUT_EVENT_LOCKS] = {"locks", JOURNAL_LAZY},
};

/* The end of a part is not the end of the record. */
static const char *name_of(const Rollout *rollout, RolloutEventKind kind)
{
  switch (rollout->options.part ? kind : ROLLOUT_EVENT_STARTED) {
  case ROLLOUT_EVENT_FAILED: return "part-failed";
  case ROLLOUT_EVENT_CANCELLED: return "part-cancelled";
  case ROLLOUT_EVENT_DONE: return "part-done";
  default: return kinds[kind].name;
  }
}

static const char *direction_name(Direction direction)
{
  switch (direction) {
  case DIRECTION_UPGRADE: return "upgrade";
  case DIRECTION_DOWNGRADE: return "downgrade";
  default: return "stamp";
  }
}

static void add_error(JsonObject *object, const GError *error)
{
  const PgErrorInfo *info = pg_error_info(error);
  json_object_set_string_member(object, "error", error->message);
  if (info == NULL)
    return;
  json_object_set_string_member(object, "sqlstate", info->sqlstate);
  if (info->hint != NULL)
    json_object_set_string_member(object, "hint", info->hint);
}

static void add_step(JsonObject *object, const Rollout *rollout, const RolloutEvent *event)
{
  if (event->step >= rollout->steps->len)
    return;
  const StepCopy *step = g_ptr_array_index(rollout->steps, event->step);
  json_object_set_int_member(object, "step", rollout->options.first_step + event->step);
  if (event->kind != ROLLOUT_EVENT_STEP)
    return;
  g_autofree char *rows = rollout_rows_text((const char *const *)step->rows_after);
  json_object_set_string_member(object, "revision", step->revision);
  json_object_set_string_member(object, "direction", direction_name(step->direction));
  json_object_set_string_member(object, "rows_after", rows);
  json_object_set_int_member(object, "statements", step->statements->len + step->row_ops->len);
  if (step->skip > 0)
    json_object_set_int_member(object, "skip", step->skip);
}

static void add_statement(JsonObject *object, const RolloutEvent *event)
{
  if (event->statement != ROLLOUT_VERSION_TABLE)
    json_object_set_int_member(object, "statement", event->statement);
  if (event->kind != ROLLOUT_EVENT_STATEMENT || event->sql == NULL)
    return;
  /* Migrations may be written in any encoding; the record is UTF-8. */
  g_autofree char *sql = g_utf8_make_valid(event->sql, -1);
  json_object_set_string_member(object, "sql", sql);
  if (!event->in_transaction)
    json_object_set_boolean_member(object, "outside", TRUE);
}

static void add_end(JsonObject *object, const RolloutEvent *event)
{
  if (event->rows != NULL) {
    g_autofree char *rows = rollout_rows_text((const char *const *)event->rows);
    json_object_set_string_member(object, "rows", rows);
  }
  json_object_set_boolean_member(object, "rolled_back", event->rolled_back);
  if (event->outcome_unknown)
    json_object_set_boolean_member(object, "unknown", TRUE);
}

static void add_locks(JsonObject *object, const GPtrArray *locks)
{
  JsonArray *array = json_array_new();
  for (guint i = 0; i < locks->len; i++) {
    const HeldLock *lock = g_ptr_array_index(locks, i);
    g_autofree char *text = g_strdup_printf("%s %s", lock_mode_name(lock->mode), lock->relation);
    json_array_add_string_element(array, text);
  }
  json_object_set_array_member(object, "held", array);
}

static gboolean is_end(RolloutEventKind kind)
{
  return kind == ROLLOUT_EVENT_FAILED || kind == ROLLOUT_EVENT_CANCELLED || kind == ROLLOUT_EVENT_DONE;
}

void rollout_journal(Rollout *rollout, const RolloutEvent *event)
{
  if (rollout->options.journal == NULL)
    return;
  JsonObject *object = json_object_new();
  add_step(object, rollout, event);
  if (event->kind == ROLLOUT_EVENT_STATEMENT || event->kind == ROLLOUT_EVENT_STATEMENT_DONE)
    add_statement(object, event);
  if (event->text != NULL)
    json_object_set_string_member(object, "text", event->text);
  if (event->elapsed_s > 0)
    json_object_set_double_member(object, "elapsed_s", event->elapsed_s);
  if (event->error != NULL)
    add_error(object, event->error);
  if (event->kind == ROLLOUT_EVENT_RETRY) {
    json_object_set_int_member(object, "attempt", event->attempt);
    json_object_set_double_member(object, "wait_s", event->wait_s);
  }
  if (event->kind == ROLLOUT_EVENT_COMMIT || event->kind == ROLLOUT_EVENT_STARTED) {
    g_autofree char *rows = rollout_rows_text((const char *const *)rollout->rows_expected);
    json_object_set_string_member(object, "rows", rows);
    json_object_set_int_member(object, "steps", rollout->options.first_step + rollout->steps_committed);
  }
  if (event->locks != NULL)
    add_locks(object, event->locks);
  if (is_end(event->kind))
    add_end(object, event);
  /* Outside a transaction every statement is a commit point of its own. */
  gboolean outside = event->kind == ROLLOUT_EVENT_STATEMENT && !event->in_transaction;
  JournalSync sync = outside || rollout->outside_journaled ? JOURNAL_NOW : kinds[event->kind].sync;
  rollout->outside_journaled = outside;
  journal_write(rollout->options.journal, name_of(rollout, event->kind), object, sync);
}

void rollout_journal_commit(Rollout *rollout)
{
  const Op *op = rollout_op(rollout);
  if (rollout->options.journal == NULL)
    return;
  JsonObject *object = json_object_new();
  json_object_set_int_member(object, "step", rollout->options.first_step + op->step);
  if (rollout->xid != NULL)
    json_object_set_string_member(object, "xid", rollout->xid);
  if (rollout->server_start != NULL)
    json_object_set_string_member(object, "server_start", rollout->server_start);
  if (rollout->witnessed)
    json_object_set_boolean_member(object, "witnessed", TRUE);
  if (rollout->rows_pending != NULL) {
    g_autofree char *rows = rollout_rows_text((const char *const *)rollout->rows_pending);
    json_object_set_string_member(object, "rows_after", rows);
    json_object_set_int_member(object, "steps", rollout->options.first_step + rollout->steps_pending);
  }
  /* Without the version rows in it only the record and the server know of this COMMIT. */
  journal_write(rollout->options.journal, "committing", object,
                rollout->rows_pending != NULL ? JOURNAL_SOON : JOURNAL_NOW);
}
