/* The screen of a rollout, told events by hand: each situation as it was looked at once. */
#include <criterion/criterion.h>
#include <string.h>

#include "../../src/tui/run_view.h"
#include "bench.h"
#include "retort/base/error.h"

/* A plan of two steps with what they send. */
static PlanStep *step_new(const char *id, const char *doc)
{
  PlanStep *step = g_new0(PlanStep, 1);
  step->revision = g_new0(Revision, 1);
  step->revision->id = g_strdup(id);
  step->revision->doc = g_strdup(doc);
  step->row_ops = g_ptr_array_new();
  step->from = g_strsplit("2f0b6d1e77c4", ",", -1);
  step->to = g_strsplit(id, ",", -1);
  return step;
}

static void step_free(void *data)
{
  PlanStep *step = data;
  revision_free(step->revision);
  g_ptr_array_unref(step->row_ops);
  g_strfreev(step->from);
  g_strfreev(step->to);
  g_free(step);
}

static Script *script_new(const char *first, const char *second)
{
  Script *script = g_new0(Script, 1);
  script->statements = g_ptr_array_new_with_free_func((GDestroyNotify)statement_free);
  g_ptr_array_add(script->statements, statement_new(first, FALSE, 0, 0));
  if (second)
    g_ptr_array_add(script->statements, statement_new(second, FALSE, 0, 0));
  return script;
}

typedef struct {
  Plan plan;
  PlannedScripts planned;
  RunState *state;
  LockSnapshot *snapshot;
  LockReport report;
  GPtrArray *held;
} Stage;

static void add_step(Stage *stage, ForecastSession *session, PlanStep *step, Script *script)
{
  g_ptr_array_add(stage->plan.steps, step);
  g_ptr_array_add(stage->planned.scripts, script);
  g_ptr_array_add(stage->planned.reviews, review_statements(session, script->statements));
}

static void script_drop(void *data)
{
  Script *script = data;
  g_ptr_array_unref(script->statements);
  g_free(script);
}

static Stage *stage_new(void)
{
  Stage *stage = g_new0(Stage, 1);
  stage->plan.steps = g_ptr_array_new_with_free_func(step_free);
  stage->planned.plan = &stage->plan;
  stage->planned.scripts = g_ptr_array_new_with_free_func(script_drop);
  stage->planned.reviews = g_ptr_array_new_with_free_func((GDestroyNotify)review_free);
  g_autoptr(ForecastSession) session = forecast_session_new(150004);
  add_step(stage, session, step_new("51c2aa90d3f1", "orders: note for the courier"),
           script_new("ALTER TABLE orders ADD COLUMN courier_note TEXT",
                      "ALTER TABLE invoices ADD FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID"));
  add_step(stage, session, step_new("8d41c0b2e9aa", "orders: index on placed_at"),
           script_new("CREATE INDEX CONCURRENTLY ix_placed ON orders (placed_at)", NULL));
  g_autoptr(Settings) settings = settings_parse("config", "", 0, NULL);
  stage->state = run_state_new("prod", &stage->planned, rollout_policy_new(settings, NULL, NULL, NULL, NULL));
  return stage;
}

static void held_free(void *data)
{
  HeldLock *lock = data;
  g_free(lock->relation);
  g_free(lock);
}

static void stage_free(Stage *stage)
{
  run_state_free(stage->state);
  lock_snapshot_free(stage->snapshot);
  g_clear_pointer(&stage->held, g_ptr_array_unref);
  g_ptr_array_unref(stage->planned.scripts);
  g_ptr_array_unref(stage->planned.reviews);
  g_ptr_array_unref(stage->plan.steps);
  g_free(stage);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stage, stage_free)

/* Events */

static void tell(Stage *stage, const SupervisionEvent *event)
{
  run_state_event(stage->state, event);
}

static void tell_rollout(Stage *stage, const RolloutEvent *rollout)
{
  tell(stage, &(SupervisionEvent){.kind = SUPERVISION_ROLLOUT, .phase = PHASE_STEPS, .rollout = rollout});
}

static void begin(Stage *stage)
{
  tell_rollout(stage, &(RolloutEvent){.kind = ROLLOUT_EVENT_STEP});
  tell_rollout(stage, &(RolloutEvent){.kind = ROLLOUT_EVENT_BEGIN});
  tell_rollout(stage, &(RolloutEvent){.kind = ROLLOUT_EVENT_STATEMENT,
                                      .sql = "ALTER TABLE orders ADD COLUMN courier_note TEXT",
                                      .in_transaction = TRUE});
}

static LockNode *node(int pid, const char *application, const char *state, int behind, gboolean queued)
{
  LockNode *made = lock_node_new(pid);
  made->user = g_strdup("app");
  made->application = g_strdup(application);
  made->state = g_strdup(state);
  made->backend_start = g_strdup("2026-11-23");
  made->query = g_strdup("SELECT total FROM orders WHERE id = 4711");
  made->lock_relation = g_strdup("public.orders");
  made->lock_mode = g_strdup(behind ? "ACCESS SHARE" : "ROW EXCLUSIVE");
  made->xact_s = made->state_s = 252;
  if (behind) {
    g_array_append_val(made->blocked_by, behind);
    if (queued)
      g_array_append_val(made->queued_behind, behind);
    made->wait_s = 1.4;
  }
  return made;
}

/* A session idle in a transaction, we behind it, and two readers that queue behind us. */
static void look(Stage *stage)
{
  GPtrArray *nodes = g_ptr_array_new_with_free_func((GDestroyNotify)lock_node_free);
  LockNode *own = node(4790, "retort-rollout", "active", 4711, FALSE);
  own->own = TRUE;
  g_free(own->lock_mode);
  own->lock_mode = g_strdup("ACCESS EXCLUSIVE");
  g_ptr_array_add(nodes, node(4711, "web3", "idle in transaction", 0, FALSE));
  g_ptr_array_add(nodes, own);
  g_ptr_array_add(nodes, node(4802, "web1", "active", 4790, TRUE));
  g_ptr_array_add(nodes, node(4803, "worker", "active", 4790, TRUE));
  stage->snapshot = lock_snapshot_build(nodes);
  stage->held = g_ptr_array_new_with_free_func(held_free);
  HeldLock lock = {.relation = g_strdup("public.orders"),
                   .mode = LOCK_MODE_ACCESS_EXCLUSIVE,
                   .granted = FALSE,
                   .kind = 'r'};
  g_ptr_array_add(stage->held, g_memdup2(&lock, sizeof lock));
  stage->report =
      (LockReport){.snapshot = stage->snapshot, .locks = stage->held, .connected = TRUE, .replica_lag_s = -1};
  g_auto(Blast) blast = {0};
  blast_measure(stage->snapshot, 4790, &blast);
  stage->state->pid = 4790;
  tell(stage, &(SupervisionEvent){.kind = SUPERVISION_REPORT,
                                  .phase = PHASE_STEPS,
                                  .report = &stage->report,
                                  .blast = &blast,
                                  .replica_lag_s = -1});
}

static void ask(Stage *stage, SupervisionPhase phase, SupervisionQuestion question, guint answers,
                const char *text)
{
  tell(stage, &(SupervisionEvent){.kind = SUPERVISION_QUESTION,
                                  .phase = phase,
                                  .question = question,
                                  .answers = answers,
                                  .text = text,
                                  .replica_lag_s = -1});
}

/* Situations */

static void waiting(Stage *stage)
{
  begin(stage);
  look(stage);
}

static void braking(Stage *stage)
{
  waiting(stage);
  ask(stage, PHASE_STEPS, QUESTION_BRAKE, ANSWER_CANCEL_STATEMENT | ANSWER_GO_ON,
      "2 sessions wait behind us, one of them for 1.4 s.");
}

static void retrying(Stage *stage)
{
  waiting(stage);
  g_autoptr(GError) error =
      g_error_new_literal(RETORT_ERROR, RETORT_ERROR_DATABASE, "canceling statement due to lock timeout");
  tell_rollout(stage,
               &(RolloutEvent){.kind = ROLLOUT_EVENT_RETRY, .error = error, .attempt = 2, .wait_s = 40});
}

static void stopped(Stage *stage)
{
  char fine[] = "The server accepts changes.", old[] = "A transaction has been open for 12 m: 4711 of app.",
       end_it[] = "An index build waits for it: end it first.",
       taken[] = "Backend 4700 of deploy rolls out already.", wait[] = "Wait for it to end.";
  PreflightItem items[] = {{"server", PREFLIGHT_OK, fine, NULL},
                           {"old-transactions", PREFLIGHT_WARNING, old, end_it},
                           {"mutex", PREFLIGHT_STOP, taken, wait}};
  g_autoptr(GPtrArray) card = g_ptr_array_new();
  for (gsize i = 0; i < G_N_ELEMENTS(items); i++)
    g_ptr_array_add(card, &items[i]);
  tell(stage, &(SupervisionEvent){.kind = SUPERVISION_PREFLIGHT, .phase = PHASE_PREFLIGHT, .items = card});
  ask(stage, PHASE_PREFLIGHT, QUESTION_PREFLIGHT, ANSWER_OVERRIDE | ANSWER_AGAIN | ANSWER_ABORT,
      "The preflight says stop.");
}

static void backing_up(Stage *stage)
{
  BackupEvent backup = {.kind = BACKUP_PROGRESS,
                        .table = "public.orders",
                        .done = 600,
                        .total = 1000,
                        .elapsed_s = 62,
                        .remaining_s = 41};
  tell(stage, &(SupervisionEvent){.kind = SUPERVISION_BACKUP, .phase = PHASE_BACKUP, .backup = &backup});
}

static void left_behind(Stage *stage)
{
  char text[] = "The index ix_placed is there, but invalid.",
       cleanup[] = "DROP INDEX CONCURRENTLY \"ix_placed\"";
  Aftermath aftermath = {.state = AFTERMATH_BROKEN, .text = text, .cleanup = cleanup};
  tell_rollout(stage, &(RolloutEvent){.kind = ROLLOUT_EVENT_STEP, .step = 1});
  tell_rollout(stage, &(RolloutEvent){.kind = ROLLOUT_EVENT_STATEMENT,
                                      .step = 1,
                                      .sql = "CREATE INDEX CONCURRENTLY ix_placed ON orders (placed_at)"});
  tell(stage, &(SupervisionEvent){.kind = SUPERVISION_QUESTION,
                                  .phase = PHASE_AFTERMATH,
                                  .question = QUESTION_AFTERMATH,
                                  .answers = ANSWER_RETRY | ANSWER_CLEANUP | ANSWER_ABORT,
                                  .aftermath = &aftermath});
}

static void paused(Stage *stage)
{
  begin(stage);
  stage->state->pause = ROLLOUT_PAUSE_COMMIT;
  char orders[] = "public.orders", invoices[] = "public.invoices", customers[] = "public.customers";
  HeldLock locks[] = {
      {.relation = orders, .mode = LOCK_MODE_ACCESS_EXCLUSIVE, .granted = TRUE, .kind = 'r'},
      {.relation = invoices, .mode = LOCK_MODE_ACCESS_EXCLUSIVE, .granted = TRUE, .kind = 'r'},
      {.relation = customers, .mode = LOCK_MODE_SHARE, .granted = TRUE, .kind = 'r'}};
  g_autoptr(GPtrArray) held = g_ptr_array_new();
  for (gsize i = 0; i < G_N_ELEMENTS(locks); i++)
    g_ptr_array_add(held, &locks[i]);
  tell_rollout(stage, &(RolloutEvent){.kind = ROLLOUT_EVENT_STATEMENT_DONE, .text = "ALTER TABLE"});
  tell_rollout(stage, &(RolloutEvent){.kind = ROLLOUT_EVENT_LOCKS, .locks = held});
  tell_rollout(stage,
               &(RolloutEvent){.kind = ROLLOUT_EVENT_PAUSED, .text = "before COMMIT", .sql = "COMMIT"});
}

static void failed(Stage *stage)
{
  begin(stage);
  g_autoptr(GError) error =
      g_error_new_literal(RETORT_ERROR, RETORT_ERROR_DATABASE, "column \"courier_note\" already exists");
  char row[] = "2f0b6d1e77c4", *rows[] = {row, NULL};
  tell_rollout(stage, &(RolloutEvent){.kind = ROLLOUT_EVENT_FAILED, .error = error, .text = "Rolled back."});
  tell(stage, &(SupervisionEvent){.kind = SUPERVISION_ENDED,
                                  .phase = PHASE_OVER,
                                  .outcome = SUPERVISED_FAILED,
                                  .error = error,
                                  .rows = rows});
}

static const struct {
  const char *name;
  void (*play)(Stage *stage);
  int width, height;
  gboolean ascii;
} situations[] = {
    {"run-waiting-80x24", waiting, 80, 22, FALSE},   {"run-waiting-ascii", waiting, 80, 22, TRUE},
    {"run-waiting-200x50", waiting, 200, 48, FALSE}, {"run-brake-80x24", braking, 80, 22, FALSE},
    {"run-retry-80x24", retrying, 80, 22, FALSE},    {"run-preflight-80x24", stopped, 80, 22, FALSE},
    {"run-backup-80x24", backing_up, 80, 22, FALSE}, {"run-left-80x24", left_behind, 80, 22, FALSE},
    {"run-pause-120x36", paused, 120, 34, FALSE},    {"run-failed-80x24", failed, 80, 22, FALSE},
};

static void compare(const char *name, Canvas *canvas)
{
  g_autofree char *dump = canvas_dump(canvas);
  /* Whatever frame the spinner is in. */
  g_autoptr(GRegex) spinner = g_regex_new("[⠁-⣿]|(?<=[|])[-|/\\\\](?= [a-z0-9])", 0, 0, NULL);
  g_autofree char *got = g_regex_replace_literal(spinner, dump, -1, 0, "*", 0, NULL);
  g_autofree char *file = g_strconcat(name, ".txt", NULL);
  g_autofree char *path = g_build_filename(bench_srcdir(), "tests", "tui", "screens", file, NULL);
  g_autofree char *expected = NULL;
  if (g_getenv("UPDATE_SCREENS")) {
    cr_assert(g_file_set_contents(path, got, -1, NULL), "cannot write %s", path);
    return;
  }
  cr_assert(g_file_get_contents(path, &expected, NULL, NULL), "no %s: run with UPDATE_SCREENS=1 and read it",
            path);
  cr_expect(strcmp(got, expected) == 0, "screen %s: expected\n%s\ngot\n%s", name, expected, got);
}

Test(run_view, situations_are_as_they_were_read)
{
  g_autoptr(Keymap) keymap = keymap_new();
  for (gsize i = 0; i < G_N_ELEMENTS(situations); i++) {
    g_autoptr(Stage) stage = stage_new();
    situations[i].play(stage);
    if (stage->snapshot)
      stage->snapshot->taken = g_get_monotonic_time();
    stage->state->now = g_get_monotonic_time();
    g_autoptr(Canvas) canvas = canvas_new(situations[i].width, situations[i].height, situations[i].ascii);
    run_view_paint(stage->state, keymap, canvas, (Rect){0, 0, situations[i].width, situations[i].height});
    compare(situations[i].name, canvas);
  }
}

Test(run_view, every_answer_has_a_key_and_words)
{
  g_autoptr(Keymap) keymap = keymap_new();
  for (guint bit = ANSWER_ABORT; bit <= ANSWER_FINISH; bit <<= 1) {
    ActionId action = run_view_action((SupervisionAnswer)bit);
    cr_assert_neq(action, ACTION_NONE, "answer %x has no action", bit);
    g_autofree char *key = keymap_key(keymap, action);
    cr_expect(key, "answer %x has no key", bit);
    cr_expect(action_info(action)->contexts & CONTEXT_RUN, "%s works in rollouts", action_info(action)->name);
  }
}
