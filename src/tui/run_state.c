#include "run_state.h"

#include <glib/gi18n.h>
#include <string.h>

#include "lockview.h"
#include "retort/base/text.h"

RunState *run_state_new(const char *name, const PlannedScripts *planned, RolloutPolicy *policy)
{
  RunState *state = g_new0(RunState, 1);
  guint n = planned->plan->steps->len;
  state->name = g_strdup(name);
  state->planned = planned;
  state->policy = policy;
  state->log = run_log_new(name, n);
  state->steps = g_new0(RunStep, MAX(n, 1));
  state->started = g_get_monotonic_time();
  state->replica_lag_s = -1;
  state->asked = g_ptr_array_new_with_free_func(g_free);
  return state;
}

void run_state_free(RunState *state)
{
  if (!state)
    return;
  g_clear_pointer(&state->kept, lock_snapshot_free);
  run_log_free(state->log);
  rollout_policy_free(state->policy);
  g_ptr_array_unref(state->asked);
  g_free(state->backup.path);
  g_free(state->backup.table);
  g_free(state->holder);
  g_free(state->steps);
  g_free(state->name);
  g_free(state);
}

const PlanStep *run_state_step(const RunState *state, guint index)
{
  return g_ptr_array_index(state->planned->plan->steps, index);
}

GPtrArray *run_state_foreseen(const RunState *state, guint step)
{
  GPtrArray *locks = g_ptr_array_new();
  const Review *review =
      step < state->planned->reviews->len ? g_ptr_array_index(state->planned->reviews, step) : NULL;
  for (guint i = 0; review && i < review->forecasts->len; i++) {
    const Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    for (guint j = 0; j < forecast->locks->len; j++)
      g_ptr_array_add(locks, g_ptr_array_index(forecast->locks, j));
  }
  return locks;
}

const LockNode *run_state_own(const RunState *state)
{
  const LockSnapshot *locks = state->report ? state->report->snapshot : NULL;
  return locks && state->pid ? lock_snapshot_find(locks, state->pid) : NULL;
}

gboolean run_state_between_tries(const RunState *state)
{
  return state->kept && run_log_retry_at(state->log) != 0;
}

static const LockNode *worst_of(const GPtrArray *nodes)
{
  const LockNode *found = NULL;
  for (guint i = 0; i < nodes->len; i++) {
    const LockNode *node = g_ptr_array_index(nodes, i);
    if (node->blocked_by->len == 0 && (!found || node->xact_s > found->xact_s))
      found = node;
  }
  return found;
}

const LockNode *run_state_culprit(const RunState *state)
{
  const LockNode *own = run_state_own(state);
  if (run_state_between_tries(state))
    return worst_of(state->kept->nodes);
  if (!own || own->blocked_by->len == 0)
    return NULL;
  g_autoptr(GPtrArray) culprits = lock_snapshot_culprits(state->report->snapshot, own->pid);
  return worst_of(culprits);
}

/* A session that is idle in a transaction is in the way at the next try as well. */
static void keep_culprits(RunState *state)
{
  const LockNode *own = run_state_own(state);
  if (!own || own->blocked_by->len == 0)
    return;
  g_autoptr(GPtrArray) culprits = lock_snapshot_culprits(state->report->snapshot, own->pid);
  GPtrArray *copies = g_ptr_array_new_with_free_func((GDestroyNotify)lock_node_free);
  for (guint i = 0; i < culprits->len; i++)
    g_ptr_array_add(copies, lockview_copy(g_ptr_array_index(culprits, i)));
  g_clear_pointer(&state->kept, lock_snapshot_free);
  state->kept = lock_snapshot_build(copies);
}

/* Statements */

static void mark_step(RunState *state, guint step, StepMark mark, double elapsed_s)
{
  if (step >= state->planned->plan->steps->len)
    return;
  state->steps[step].mark = mark;
  state->steps[step].elapsed_s = elapsed_s;
}

static void begin_step(RunState *state, guint index)
{
  if (index >= state->planned->plan->steps->len)
    return;
  const PlanStep *step = run_state_step(state, index);
  const Script *script = g_ptr_array_index(state->planned->scripts, index);
  const char *why = NULL;
  if (state->steps[index].engine == SUPERVISED_ALEMBIC)
    why = script && script->state == RENDER_PYTHON ? _("needs Python: the project's own Alembic runs it")
                                                   : _("the project's own Alembic runs it");
  state->step = index;
  mark_step(state, index, STEP_RUNNING, 0);
  run_log_step(state->log, step, (script ? script->statements->len : 0) + step->row_ops->len, why);
}

static void take_rollout(RunState *state, const RolloutEvent *event)
{
  switch (event->kind) {
  case ROLLOUT_EVENT_STEP: begin_step(state, event->step); return;
  case ROLLOUT_EVENT_STATEMENT_DONE: g_clear_pointer(&state->kept, lock_snapshot_free); break;
  case ROLLOUT_EVENT_STEP_DONE: mark_step(state, event->step, STEP_DONE, event->elapsed_s); break;
  case ROLLOUT_EVENT_LOCKS: {
    g_autoptr(GPtrArray) foreseen = run_state_foreseen(state, event->step);
    if (state->pause == ROLLOUT_PAUSE_COMMIT || state->pause == ROLLOUT_PAUSE_STATEMENT)
      run_log_locks(state->log, event->locks, foreseen);
    return;
  }
  default: break;
  }
  run_log_event(state->log, event);
}

static void take_engine(RunState *state, const SupervisionEvent *event)
{
  if (event->engine->kind == ENGINE_STARTED && run_log_retry_at(state->log) != 0)
    run_log_resume(state->log);
  else if (event->engine->kind == ENGINE_STARTED)
    begin_step(state, event->step);
  if (event->engine->kind == ENGINE_DONE)
    mark_step(state, event->step, STEP_DONE, event->engine->elapsed_s);
  run_log_engine(state->log, event->engine);
}

/* What stands around them */

static void take_holder(RunState *state, const MutexHolder *holder)
{
  g_free(state->holder);
  g_autofree char *since = text_duration(holder ? MAX(holder->since_s, 0) : 0);
  state->holder =
      !holder || holder->pid == 0
          ? g_strdup(_("another rollout is at work on this database"))
          : g_strdup_printf(_("another rollout is at work: %d %s, %s from %s, connected for %s"), holder->pid,
                            holder->application ? holder->application : "", holder->user ? holder->user : "?",
                            holder->client ? holder->client : "?", since);
  run_log_note(state->log, STYLE_CARE, "! ", state->holder);
}

static void take_backup(RunState *state, const BackupEvent *event)
{
  RunBackup *backup = &state->backup;
  backup->begun = TRUE;
  backup->kind = event->kind;
  backup->done = event->done;
  backup->total = event->total;
  backup->elapsed_s = event->elapsed_s;
  backup->remaining_s = event->remaining_s;
  g_free(backup->path);
  backup->path = g_strdup(event->path);
  g_free(backup->table);
  backup->table = g_strdup(event->table);
  if (event->kind == BACKUP_DONE) {
    g_autofree char *size = text_size(event->bytes);
    g_autofree char *since = text_duration(event->elapsed_s);
    g_autofree char *text =
        g_strdup_printf(_("backup: %s, checked, %s: %s"), size, since, event->path ? event->path : "");
    run_log_note(state->log, STYLE_DONE, "✓ ", text);
  } else if (event->kind == BACKUP_FAILED) {
    g_autofree char *text = g_strdup_printf(_("no backup: %s"), event->error ? event->error->message : "");
    run_log_note(state->log, STYLE_DANGER, "✗ ", text);
  }
}

static void take_report(RunState *state, const SupervisionEvent *event)
{
  state->report = event->report;
  state->replica_lag_s = event->replica_lag_s;
  keep_culprits(state);
  if (event->blast)
    state->longest_s = MAX(state->longest_s, event->blast->longest_s);
}

static void add_asked(RunState *state, const char *mark, const char *text)
{
  if (text && *text)
    g_ptr_array_add(state->asked, g_strconcat(mark, text, NULL));
}

static void take_question(RunState *state, const SupervisionEvent *event)
{
  state->question = event->question;
  state->answers = event->answers;
  g_ptr_array_set_size(state->asked, 0);
  add_asked(state, "", event->text);
  if (event->question == QUESTION_PREFLIGHT && event->items)
    for (guint i = 0; i < event->items->len; i++) {
      const PreflightItem *item = g_ptr_array_index(event->items, i);
      if (item->level == PREFLIGHT_STOP)
        add_asked(state, "‼ ", item->text);
    }
  if (event->sql)
    add_asked(state, "> ", event->sql);
  if (event->aftermath) {
    add_asked(state, "", event->aftermath->text);
    if (event->aftermath->cleanup)
      add_asked(state, "> ", event->aftermath->cleanup);
    if (event->aftermath->finish)
      add_asked(state, "> ", event->aftermath->finish);
  }
}

static void close_question(RunState *state)
{
  state->question = QUESTION_NONE;
  state->answers = 0;
  g_ptr_array_set_size(state->asked, 0);
}

static void finish(RunState *state, const SupervisionEvent *event)
{
  state->finished = TRUE;
  state->report = NULL;
  state->pid = 0;
  close_question(state);
  if (event->outcome != SUPERVISED_DONE && state->steps[state->step].mark == STEP_RUNNING)
    mark_step(state, state->step, STEP_FAILED, 0);
  RunEnd end = {.outcome = event->outcome,
                .error = event->error,
                .rows = event->rows,
                .unknown = event->unknown,
                .elapsed_s = (double)(g_get_monotonic_time() - state->started) / G_USEC_PER_SEC,
                .steps = event->steps_committed,
                .longest_s = state->longest_s};
  run_log_end(state->log, &end);
}

void run_state_event(RunState *state, const SupervisionEvent *event)
{
  RunLog *log = state->log;
  state->phase = event->phase;
  if (event->phase > PHASE_MUTEX)
    g_clear_pointer(&state->holder, g_free);
  switch (event->kind) {
  case SUPERVISION_PHASE: break;
  case SUPERVISION_MUTEX: take_holder(state, event->holder); break;
  case SUPERVISION_PREFLIGHT: run_log_items(log, _("preflight"), event->items); break;
  case SUPERVISION_BACKUP: take_backup(state, event->backup); break;
  case SUPERVISION_ROLLOUT: take_rollout(state, event->rollout); break;
  case SUPERVISION_ENGINE: take_engine(state, event); break;
  case SUPERVISION_REPORT: take_report(state, event); break;
  case SUPERVISION_BRAKE: run_log_note(log, STYLE_DANGER, "‼ ", event->text); break;
  case SUPERVISION_LOCKS: run_log_note(log, STYLE_CARE, "! ", event->text); break;
  case SUPERVISION_QUESTION: take_question(state, event); break;
  case SUPERVISION_ANSWERED: close_question(state); break;
  case SUPERVISION_NOTE: run_log_note(log, STYLE_ACCENT, "· ", event->text); break;
  case SUPERVISION_VERIFIED: run_log_items(log, _("verified"), event->items); break;
  case SUPERVISION_ENDED: finish(state, event); break;
  }
}
