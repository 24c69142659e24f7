/* roll N: what an operator does who starts retort again, whatever happened before; kills itself at its N-th event.
 *
 * The database is the one of PG*, the record is in $XDG_STATE_HOME.  It looks for an interrupted rollout, compares the
 * record and the catalog, says what it found ("found: STATE, step I, from statement J"), and carries out what is left of a
 * plan that has everything a crash can meet: migrations of one transaction, statements outside of them in front,
 * in the middle and behind, and updates that would show if they ran twice.  Exit status 0: all is done; 1: it failed;
 * 3: it could not tell how to go on. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../run/rollout_support.h"
#include "retort/run/repair.h"
#include "retort/run/supervise.h"

static void add_plan(RolloutFixture *f)
{
  rollout_fixture_add(
      f, DIRECTION_UPGRADE, "+r0", "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)",
      "INSERT INTO t (id) SELECT generate_series(1, 3000)", "CREATE TYPE mood AS ENUM ('a')", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "r0>r1", "UPDATE t SET n = n + 1",
                      "ALTER TABLE t ADD COLUMN y int", "!CREATE INDEX CONCURRENTLY t_n ON t (n)",
                      "UPDATE t SET n = n + 10", "!CREATE UNIQUE INDEX CONCURRENTLY t_u ON t (id)",
                      "UPDATE t SET n = n + 100", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "r1>r2", "!ALTER TYPE mood ADD VALUE 'b'",
                      "ALTER TABLE t ADD COLUMN m mood", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "r2>r3", "CREATE TABLE p (x int) PARTITION BY LIST (x)",
                      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "r3>r4", "UPDATE t SET n = n + 1000",
                      "!ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY", "!DROP INDEX CONCURRENTLY t_n",
                      "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID", NULL);
  rollout_fixture_add(f, DIRECTION_UPGRADE, "r4>r5", "!ALTER TABLE t VALIDATE CONSTRAINT c",
                      "UPDATE t SET n = n + 10000", "DROP TABLE p1", NULL);
}

typedef struct {
  Supervision *supervision;
  guint kill_at; /* 0: never */
  gboolean ended;
  int status;
} Run;

/* As far as there is a way on, it is taken. */
static void answer(Run *run, const SupervisionEvent *event)
{
  static const SupervisionAnswer wanted[] = {ANSWER_OVERRIDE, ANSWER_FINISH, ANSWER_RETRY, ANSWER_GO_ON,
                                             ANSWER_AGAIN};
  SupervisionAnswer chosen = ANSWER_ABORT;
  for (guint i = 0; i < G_N_ELEMENTS(wanted) && chosen == ANSWER_ABORT; i++)
    if ((event->answers & wanted[i]) != 0)
      chosen = wanted[i];
  /* What cannot be seen is not run twice. */
  if (event->aftermath != NULL && event->aftermath->state == AFTERMATH_UNKNOWN)
    chosen = ANSWER_ABORT;
  supervision_answer(run->supervision, chosen);
}

static void on_event(const SupervisionEvent *event, void *data)
{
  Run *run = data;
  if (run->kill_at > 0 && --run->kill_at == 0)
    raise(SIGKILL);
  if (event->kind == SUPERVISION_QUESTION)
    answer(run, event);
  if (event->kind != SUPERVISION_ENDED)
    return;
  run->ended = TRUE;
  run->status = event->outcome == SUPERVISED_DONE ? 0 : 1;
  if (event->error != NULL)
    printf("ended: %s%s\n", event->error->message, event->unknown ? " (outcome unknown)" : "");
}

typedef struct {
  gboolean done;
  Recovery *recovery;
  Repair *repair;
} Answer;

static void recovered(Recovery *recovery, G_GNUC_UNUSED const GError *error, void *data)
{
  *(Answer *)data = (Answer){.done = TRUE, .recovery = recovery};
}

static void examined(Repair *repair, G_GNUC_UNUSED const GError *error, void *data)
{
  *(Answer *)data = (Answer){.done = TRUE, .repair = repair};
}

static Recovery *find_recovery(PgConn *conn)
{
  Answer answer = {0};
  g_autofree char *system_id = test_ask(conn, "SELECT system_identifier FROM pg_control_system()");
  g_autoptr(JournalEntry) entry = recovery_find(pg_conn_display(conn), system_id, NULL);
  if (entry == NULL || !recovery_examine(conn, entry->path, NULL, NULL, recovered, &answer, NULL))
    return NULL;
  while (!answer.done)
    g_main_context_iteration(NULL, TRUE);
  return answer.recovery;
}

/* A session that was orphaned may still be at work: its end is waited for. */
static Repair *examine(RolloutFixture *f, guint step, const Recovery *recovery)
{
  const Script *script = g_ptr_array_index(f->scripts, step);
  for (;;) {
    Answer answer = {0};
    repair_examine(f->conn, script->statements, recovery, examined, &answer);
    while (!answer.done)
      g_main_context_iteration(NULL, TRUE);
    if (answer.repair == NULL || !answer.repair->running)
      return answer.repair;
    repair_free(answer.repair);
    test_sql(f->other, "SELECT pg_sleep(0.05)");
  }
}

static guint position(PgConn *conn)
{
  g_autofree char *there = test_ask(conn, "SELECT to_regclass('alembic_version') IS NOT NULL");
  g_autofree char *row =
      strcmp(there, "t") == 0 ? test_ask(conn, "SELECT max(version_num) FROM alembic_version") : g_strdup("");
  return *row == 'r' ? (guint)atoi(row + 1) + 1 : 0;
}

/* A record that ends with another step (or before any) says that the next one has not begun. */
static Repair *look(RolloutFixture *f, guint at)
{
  static const char *const states[] = {"untouched", "rolled back", "committed",
                                       "partial",   "unknown",     "foreign"};
  g_autofree char *next = g_strdup_printf("rev%u", at);
  g_autoptr(Recovery) recovery = find_recovery(f->conn);
  if (recovery == NULL || at >= f->plan->len)
    return NULL;
  Repair *repair = g_strcmp0(recovery->revision, next) == 0 ? examine(f, at, recovery) : NULL;
  printf("found: %s, step %u, from statement %u: %s\n", states[recovery->state], at,
         repair != NULL ? repair->resume_at : 0, repair != NULL ? repair->text : "");
  return repair;
}

static int roll(RolloutFixture *f, guint kill_at)
{
  Run run = {.kill_at = kill_at};
  guint at = position(f->conn);
  g_autoptr(Repair) repair = look(f, at);
  if (repair != NULL && !repair->may_continue)
    return 3;
  g_autofree char *before = at > 0 ? g_strdup_printf("r%u", at - 1) : NULL;
  g_autofree SupervisedStep *steps = g_new0(SupervisedStep, f->plan->len + 1);
  for (guint i = at; i < f->plan->len; i++)
    steps[i - at] =
        (SupervisedStep){.step = g_ptr_array_index(f->plan, i), .script = g_ptr_array_index(f->scripts, i)};
  if (repair != NULL)
    steps[0].skip = repair->resume_at;
  g_autoptr(PgParams) params = pg_params_default();
  g_autoptr(RolloutPolicy) policy = rollout_policy_new(NULL, NULL, NULL, NULL, NULL);
  policy->backup = BACKUP_POLICY_NO;
  /* The session of one that was killed may live a moment longer. */
  policy->mutex_wait_ms = g_getenv("RETORT_STRESS_MUTEX_WAIT") != NULL ? 0 : 10000;
  SupervisionOptions options = {.policy = policy,
                                .transaction = ROLLOUT_PER_MIGRATION,
                                .create_version_table = TRUE,
                                .prepare = repair != NULL ? (const char *const *)repair->prepare : NULL,
                                .command = "roll"};
  run.supervision = supervision_new(params, NULL, steps, f->plan->len - at,
                                    (const char *const[]){before, NULL}, &options, on_event, &run);
  supervision_start(run.supervision);
  while (!run.ended)
    g_main_context_iteration(NULL, TRUE);
  supervision_free(run.supervision);
  return run.status;
}

int main(int argc, char **argv)
{
  if (argc != 2)
    return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  g_autoptr(RolloutFixture) f = rollout_fixture_adopt("public");
  add_plan(f);
  return roll(f, (guint)atoi(argv[1]));
}
