/* While it works: the lock monitor, samples for the record, the brake, forecasts beside what is really locked. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/text.h"
#include "supervise-private.h"

/* ---- The brake ------------------------------------------------------------------------------------------------- */

static void brake(Supervision *s, char *reason)
{
  if (s->policy->brake_action == BRAKE_ASK) {
    supervision_ask(s, QUESTION_BRAKE, ANSWER_CANCEL_STATEMENT | ANSWER_GO_ON, reason);
    return;
  }
  supervision_record(s, "brake", supervision_object("text", reason), JOURNAL_LAZY);
  SupervisionEvent event = supervision_event(s, SUPERVISION_BRAKE);
  event.text = reason;
  supervision_emit(s, &event);
  if (s->freed)
    return;
  if (s->rollout != NULL)
    rollout_yield(s->rollout, reason);
  else if (s->run != NULL)
    supervision_yield_engine(s);
}

static void look_at_brake(Supervision *s, const LockReport *report, const Blast *blast)
{
  if (!s->at_work || s->brake_silent || s->question != QUESTION_NONE || s->cancelled ||
      s->policy->brake_action == BRAKE_OFF)
    return;
  g_autofree char *reason = brake_reason(&s->policy->brake, blast);
  if (reason == NULL)
    reason = brake_lag_reason(&s->policy->brake, report->replica_lag_s);
  if (reason != NULL)
    brake(s, reason);
}

static void reported(G_GNUC_UNUSED LockMonitor *monitor, const LockReport *report, void *data)
{
  Supervision *s = data;
  g_auto(Blast) blast = {0};
  int pid = supervision_backend_pid(s);
  if (report->snapshot != NULL && pid != 0)
    blast_measure(report->snapshot, pid, &blast);
  supervision_enter(s);
  if (report->error == NULL)
    supervision_record_report(s, report, &blast);
  SupervisionEvent event = supervision_event(s, SUPERVISION_REPORT);
  event.report = report;
  event.blast = &blast;
  event.replica_lag_s = report->replica_lag_s;
  supervision_emit(s, &event);
  if (!s->freed && !s->ending && report->error == NULL)
    look_at_brake(s, report, &blast);
  supervision_leave(s);
}

void supervision_start_watch(Supervision *s)
{
  if (s->monitor != NULL)
    return;
  s->monitor = lock_monitor_new(s->params, reported, s);
  lock_monitor_watch_replicas(s->monitor, s->policy->brake.replica_lag_s > 0);
  supervision_watch_pid(s, pg_conn_backend_pid(s->conn));
  lock_monitor_set_active(s->monitor, TRUE);
}

void supervision_watch_pid(Supervision *s, int pid)
{
  if (s->monitor != NULL)
    lock_monitor_watch(s->monitor, (int[]){pid, 0});
}

/* ---- Signals --------------------------------------------------------------------------------------------------- */

static void record_signal(Supervision *s, const LockNode *node, SignalVerb verb)
{
  g_autofree char *text =
      g_strdup_printf(verb == SIGNAL_CANCEL ? _("The operator cancels the query of backend %d.")
                                            : _("The operator terminates backend %d."),
                      node->pid);
  JsonObject *object = supervision_object("verb", verb == SIGNAL_CANCEL ? "cancel" : "terminate");
  json_object_set_string_member(object, "text", text);
  json_object_set_int_member(object, "backend", node->pid);
  const char *const members[][2] = {
      {"user", node->user}, {"application", node->application}, {"state", node->state}};
  for (guint i = 0; i < G_N_ELEMENTS(members); i++)
    if (members[i][1] != NULL)
      json_object_set_string_member(object, members[i][0], members[i][1]);
  if (!s->policy->redact && node->query != NULL)
    json_object_set_string_member(object, "query", node->query);
  supervision_record(s, "signal", object, JOURNAL_SOON);
}

void supervision_signal(Supervision *s, const LockNode *node, SignalVerb verb, SignalFunc func, void *data)
{
  if (s->monitor == NULL)
    return;
  record_signal(s, node, verb);
  lock_monitor_signal(s->monitor, node, verb, func, data);
}

/* ---- Locks as they really are ---------------------------------------------------------------------------------- */

static const char *without_schema(const char *relation)
{
  const char *dot = strrchr(relation, '.');
  return dot != NULL ? dot + 1 : relation;
}

/* The strongest lock that any statement of this transaction was said to take there.  Statements name relations with
 * or without a schema. */
static LockMode foreseen(const Supervision *s, const char *relation)
{
  LockMode strongest = LOCK_MODE_NONE;
  for (guint i = s->transaction_step; i <= s->statement_step && i < s->infos->len; i++) {
    const StepInfo *info = g_ptr_array_index(s->infos, i);
    for (guint j = 0; info->review != NULL && j < info->review->forecasts->len; j++) {
      const Forecast *forecast = g_ptr_array_index(info->review->forecasts, j);
      for (guint k = 0; k < forecast->locks->len; k++) {
        const ForecastLock *lock = g_ptr_array_index(forecast->locks, k);
        const char *name = strchr(lock->relation, '.') != NULL ? relation : without_schema(relation);
        if (strcmp(lock->relation, name) == 0)
          strongest = MAX(strongest, lock->mode);
      }
    }
  }
  return strongest;
}

/* What the plan makes itself is locked as strongly as can be, and nobody is kept out by that. */
static gboolean is_surprise(const Supervision *s, const HeldLock *held)
{
  return g_hash_table_contains(s->tables_before, GUINT_TO_POINTER(held->oid)) && held->granted &&
         held->mode > LOCK_MODE_ROW_EXCLUSIVE &&
         strcmp(without_schema(held->relation), s->version_table) != 0 &&
         foreseen(s, held->relation) < held->mode;
}

void supervision_check_locks(Supervision *s, const GPtrArray *held)
{
  g_autoptr(GString) text = g_string_new(NULL);
  for (guint i = 0; i < held->len; i++) {
    const HeldLock *lock = g_ptr_array_index(held, i);
    if (!is_surprise(s, lock))
      continue;
    g_autofree char *name = text_escape(lock->relation, -1, FALSE);
    g_string_append_printf(text, "%s%s %s", text->len > 0 ? ", " : "", lock_mode_name(lock->mode), name);
  }
  if (text->len == 0)
    return;
  g_autofree char *sentence = g_strdup_printf(_("Locked beyond the forecast: %s."), text->str);
  supervision_record(s, "locks-differ", supervision_object("text", sentence), JOURNAL_LAZY);
  SupervisionEvent event = supervision_event(s, SUPERVISION_LOCKS);
  event.text = sentence;
  supervision_emit(s, &event);
}
