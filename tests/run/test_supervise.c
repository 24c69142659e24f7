/* The supervised rollout on a real server: its order, its questions, and that it can be stopped anywhere. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/run/repair.h"
#include "retort/run/supervise.h"
#include "rollout_support.h"

typedef struct Watch Watch;
struct Watch {
  RolloutFixture *f; /* plan and scripts */
  PgParams *params;
  RolloutPolicy *policy;
  SupervisionOptions options;
  Supervision *supervision;
  SupervisedEngine engine; /* of every step */
  Project *project;
  GString *log;
  gboolean ended;
  SupervisionOutcome outcome;
  GError *error;
  char *rows;
  char *path;  /* of the record */
  char *state; /* $XDG_STATE_HOME */
  guint events;
  guint skip;                   /* statements of the first step */
  SupervisionAnswer answers[8]; /* by question */
  void (*hook)(const SupervisionEvent *event, Watch *watch);
};

static Watch *watch_new(const char *schema)
{
  Watch *w = g_new0(Watch, 1);
  w->state = g_dir_make_tmp("retort-supervise-XXXXXX", NULL);
  g_setenv("XDG_STATE_HOME", w->state, TRUE);
  g_autofree char *path = g_strdup_printf("-c search_path=%s", schema);
  w->f = rollout_fixture_new(schema);
  w->params = pg_params_default();
  pg_params_set(w->params, "options", path);
  w->policy = rollout_policy_new(NULL, NULL, NULL, NULL, NULL);
  w->policy->backup = BACKUP_POLICY_NO;
  w->policy->mutex_key = g_str_hash(schema); /* other tests run in the same database */
  w->policy->retry_first_ms = 1;
  w->policy->retry_max_ms = 1;
  w->options.transaction = ROLLOUT_PER_MIGRATION;
  w->options.create_version_table = TRUE;
  w->log = g_string_new(NULL);
  return w;
}

static void watch_free(Watch *w)
{
  supervision_free(w->supervision);
  rollout_fixture_free(w->f);
  pg_params_free(w->params);
  rollout_policy_free(w->policy);
  g_string_free(w->log, TRUE);
  g_clear_error(&w->error);
  g_free(w->rows);
  g_free(w->path);
  test_remove(w->state);
  g_free(w->state);
  g_free(w);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watch, watch_free)

static void log_event(Watch *w, const SupervisionEvent *event)
{
  static const char *const phases[] = {"new",    "connecting", "mutex",     "rows",   "preflight", "consent",
                                       "backup", "steps",      "aftermath", "verify", "over"};
  if (w->log->len > 0)
    g_string_append_c(w->log, ' ');
  switch (event->kind) {
  case SUPERVISION_PHASE: g_string_append(w->log, phases[event->phase]); break;
  case SUPERVISION_QUESTION:
    g_string_append_printf(w->log, "ask%u:%u", event->question, event->answers);
    break;
  case SUPERVISION_VERIFIED: g_string_append(w->log, "verified"); break;
  case SUPERVISION_BRAKE: g_string_append(w->log, "brake"); break;
  case SUPERVISION_LOCKS: g_string_append_printf(w->log, "[%s]", event->text); break;
  case SUPERVISION_MUTEX: g_string_append_printf(w->log, "holder%d", event->holder->pid > 0); break;
  case SUPERVISION_ROLLOUT:
    if (event->rollout->kind == ROLLOUT_EVENT_COMMIT)
      g_string_append_printf(w->log, "commit%u", event->step);
    else if (event->rollout->kind == ROLLOUT_EVENT_RETRY)
      g_string_append(w->log, "retry");
    else
      g_string_truncate(w->log, w->log->len - (w->log->len > 0));
    break;
  case SUPERVISION_ENGINE: g_string_append_printf(w->log, "engine%u", event->engine->kind); break;
  case SUPERVISION_ENDED: g_string_append_printf(w->log, "end%u", event->outcome); break;
  default: g_string_truncate(w->log, w->log->len - (w->log->len > 0)); break;
  }
}

static void on_event(const SupervisionEvent *event, void *data)
{
  Watch *w = data;
  cr_assert(!w->ended, "nothing comes after the last event");
  w->events++;
  log_event(w, event);
  if (event->kind == SUPERVISION_ENDED) {
    w->ended = TRUE;
    w->outcome = event->outcome;
    w->error = event->error != NULL ? g_error_copy(event->error) : NULL;
    w->rows = event->rows != NULL ? g_strjoinv(" ", event->rows) : NULL;
    w->path = g_strdup(supervision_journal_path(w->supervision));
  }
  if (w->hook != NULL)
    w->hook(event, w);
  if (event->kind == SUPERVISION_QUESTION && w->supervision != NULL && w->answers[event->question] != 0)
    supervision_answer(w->supervision, w->answers[event->question]);
}

static void watch_start(Watch *w, const char *before)
{
  g_autofree SupervisedStep *steps = g_new0(SupervisedStep, w->f->plan->len + 1);
  g_auto(GStrv) rows = *before != '\0' ? g_strsplit(before, " ", -1) : g_new0(char *, 1);
  for (guint i = 0; i < w->f->plan->len; i++)
    steps[i] = (SupervisedStep){.step = g_ptr_array_index(w->f->plan, i),
                                .script = g_ptr_array_index(w->f->scripts, i),
                                .engine = w->engine,
                                .skip = i == 0 ? w->skip : 0};
  w->options.policy = w->policy;
  supervision_free(w->supervision);
  g_string_truncate(w->log, 0);
  g_clear_error(&w->error);
  g_clear_pointer(&w->rows, g_free);
  g_clear_pointer(&w->path, g_free);
  w->ended = FALSE;
  w->events = 0;
  w->supervision = supervision_new(w->params, w->project, steps, w->f->plan->len, (const char *const *)rows,
                                   &w->options, on_event, w);
  supervision_start(w->supervision);
}

/* Far more than any of these rollouts takes: one that hangs fails, and says where it was. */
#define LIMIT_S 120

static gboolean too_late(G_GNUC_UNUSED void *data)
{
  return G_SOURCE_CONTINUE; /* wakes the loop */
}

static void watch_wait(Watch *w)
{
  gint64 deadline = g_get_monotonic_time() + LIMIT_S * G_USEC_PER_SEC;
  guint waker = g_timeout_add_seconds(LIMIT_S, too_late, NULL);
  while (!w->ended && w->supervision != NULL) {
    g_main_context_iteration(NULL, TRUE);
    cr_assert(g_get_monotonic_time() < deadline, "the rollout hangs: %s", w->log->str);
  }
  g_source_remove(waker);
}

static void watch_run(Watch *w, const char *before)
{
  watch_start(w, before);
  watch_wait(w);
}

static void expect(Watch *w, const char *log, const char *rows)
{
  cr_expect(strcmp(w->log->str, log) == 0, "events: %s\nwanted: %s (%s)", w->log->str, log,
            w->error != NULL ? w->error->message : "");
  cr_expect(g_strcmp0(w->rows, rows) == 0, "rows: %s, wanted %s", w->rows, rows);
}

static gboolean recorded(const Watch *w, const char *event)
{
  g_autoptr(GPtrArray) lines = w->path != NULL ? journal_read(w->path, NULL) : NULL;
  for (guint i = 0; lines != NULL && i < lines->len; i++)
    if (strcmp(json_object_get_string_member(g_ptr_array_index(lines, i), "event"), event) == 0)
      return TRUE;
  return FALSE;
}

Test(supervise, everything_in_its_order)
{
  g_autoptr(Watch) w = watch_new("supervise_order");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "a>b", "CREATE INDEX i ON t (x)", NULL);
  watch_run(w, "");
  expect(w, "connecting mutex rows preflight steps commit0 commit1 verify verified over end0", "b");
  const char *const lines[] = {"start",   "plan",   "preflight", "backup-skipped",
                               "started", "commit", "verified",  "done"};
  for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
    cr_expect(recorded(w, lines[i]), "the record has %s", lines[i]);
}

Test(supervise, a_plan_without_steps_makes_the_version_table)
{
  g_autoptr(Watch) w = watch_new("supervise_none");
  watch_run(w, "");
  g_autofree char *there = test_ask(w->f->other, "SELECT count(*) FROM alembic_version");
  cr_expect(w->outcome == SUPERVISED_DONE && strcmp(there, "0") == 0, "%s: %s", w->log->str, there);
}

Test(supervise, one_at_a_time)
{
  g_autoptr(Watch) w = watch_new("supervise_mutex");
  w->policy->mutex_key = 77001;
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  test_sql(w->f->other, "SELECT pg_advisory_lock(77001)");
  watch_run(w, "");
  expect(w, "connecting mutex over end1", NULL);
  cr_expect(strstr(w->error->message, "Another rollout is at work") != NULL, "%s", w->error->message);
  cr_expect(w->path == NULL, "who did not begin leaves no record");
}

Test(supervise, other_rows_than_planned_are_refused)
{
  g_autoptr(Watch) w = watch_new("supervise_rows");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  test_sql(w->f->other,
           "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('z')");
  watch_run(w, "");
  cr_expect(w->outcome == SUPERVISED_FAILED && strstr(w->error->message, "stands at z") != NULL, "%s",
            w->error->message);
}

Test(supervise, a_stop_of_the_preflight_needs_an_override)
{
  g_autoptr(Watch) w = watch_new("supervise_stop");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  pg_params_set(w->params, "options", "-c search_path=supervise_stop -c default_transaction_read_only=on");
  w->answers[QUESTION_PREFLIGHT] = ANSWER_ABORT;
  watch_run(w, "");
  cr_expect(w->outcome == SUPERVISED_CANCELLED && recorded(w, "answer"), "%s", w->log->str);
  w->answers[QUESTION_PREFLIGHT] = ANSWER_OVERRIDE;
  watch_run(w, "");
  cr_expect(w->outcome == SUPERVISED_FAILED && strstr(w->error->message, "read-only") != NULL, "%s: %s",
            w->log->str, w->error->message);
}

Test(supervise, the_backup_is_asked_for_and_its_skipping_recorded)
{
  g_autoptr(Watch) w = watch_new("supervise_backup");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  w->policy->backup = BACKUP_POLICY_ASK;
  w->answers[QUESTION_BACKUP] = ANSWER_SKIP;
  watch_run(w, "");
  cr_expect(w->outcome == SUPERVISED_DONE && recorded(w, "backup-skipped"), "%s", w->log->str);
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "a>b", "CREATE TABLE u (x int)", NULL);
  g_ptr_array_remove_index(w->f->plan, 0);
  g_ptr_array_remove_index(w->f->scripts, 0);
  w->policy->backup = BACKUP_POLICY_REQUIRED;
  watch_run(w, "a");
  cr_expect(w->outcome == SUPERVISED_DONE && recorded(w, "backup"), "%s: %s", w->log->str,
            w->error != NULL ? w->error->message : "");
  double age;
  g_autofree char *path = backup_newest(w->policy->backup_folder,
                                        g_getenv("PGDATABASE") ? g_getenv("PGDATABASE") : "postgres", &age);
  cr_expect(path != NULL, "there is a backup in %s", w->policy->backup_folder);
}

/* ---- The brake ------------------------------------------------------------------------------------------------- */

static void ignore(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results,
                   G_GNUC_UNUSED const GError *error, G_GNUC_UNUSED void *data)
{
}

/* Once the lock is granted somebody wants to read. */
static void reader_waits(const SupervisionEvent *event, Watch *w)
{
  RolloutEventKind kind = event->kind == SUPERVISION_ROLLOUT ? event->rollout->kind : ROLLOUT_EVENT_STARTED;
  if (kind == ROLLOUT_EVENT_PAUSED && pg_conn_state(w->f->conn) == PG_CONN_IDLE)
    pg_conn_exec(w->f->conn, "SELECT count(*) FROM t", NULL, ignore, NULL);
  if (kind == ROLLOUT_EVENT_RETRY)
    supervision_set_pause(w->supervision, ROLLOUT_PAUSE_NEVER);
}

static void brake(Watch *w, const char *log)
{
  test_sql(w->f->other, "CREATE TABLE t (x int)");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "ALTER TABLE t ADD y int", NULL);
  w->options.pause = ROLLOUT_PAUSE_COMMIT;
  w->policy->brake = (BrakeLimits){.longest_s = 0.3};
  w->hook = reader_waits;
  watch_run(w, "");
  expect(w, log, "a");
  cr_expect(recorded(w, "sample"), "who waited is in the record");
}

/* The lock was granted; a reader waits behind it while the operator looks at the transaction. */
Test(supervise, the_brake_lets_go_of_a_granted_lock)
{
  g_autoptr(Watch) w = watch_new("supervise_brake");
  w->policy->brake_action = BRAKE_CANCEL;
  brake(w, "connecting mutex rows preflight steps brake retry commit0 verify verified over end0");
}

Test(supervise, the_brake_asks_first)
{
  g_autoptr(Watch) w = watch_new("supervise_brake_ask");
  w->answers[QUESTION_BRAKE] = ANSWER_CANCEL_STATEMENT;
  brake(w, "connecting mutex rows preflight steps ask5:192 retry commit0 verify verified over end0");
}

/* ---- What is left behind --------------------------------------------------------------------------------------- */

static void plan_unique_index(Watch *w)
{
  test_sql(w->f->other, "CREATE TABLE t (x int); INSERT INTO t VALUES (1), (1)");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE before (x int)",
                      "!CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)", "CREATE TABLE behind (x int)", NULL);
}

static char *invalid_indexes(Watch *w)
{
  return test_ask(w->f->other, "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass");
}

Test(supervise, what_a_failed_statement_left_is_cleaned_up)
{
  g_autoptr(Watch) w = watch_new("supervise_cleanup");
  plan_unique_index(w);
  w->answers[QUESTION_AFTERMATH] = ANSWER_CLEANUP;
  watch_run(w, "");
  cr_expect(w->outcome == SUPERVISED_FAILED && strstr(w->log->str, "ask6:769") != NULL, "%s", w->log->str);
  g_autofree char *left = invalid_indexes(w);
  cr_expect(strcmp(left, "0") == 0 && recorded(w, "repair-done"), "%s invalid indexes", left);
}

static void remove_duplicates(const SupervisionEvent *event, Watch *w)
{
  if (event->kind == SUPERVISION_QUESTION && event->question == QUESTION_AFTERMATH)
    test_sql(w->f->other, "DELETE FROM t WHERE ctid <> (SELECT min(ctid) FROM t)");
}

Test(supervise, or_the_statement_runs_again)
{
  g_autoptr(Watch) w = watch_new("supervise_again");
  plan_unique_index(w);
  w->answers[QUESTION_AFTERMATH] = ANSWER_RETRY;
  w->hook = remove_duplicates;
  watch_run(w, "");
  expect(w,
         "connecting mutex rows preflight steps commit0 aftermath ask6:769 steps commit0 verify verified "
         "over end0",
         "a");
  g_autofree char *valid =
      test_ask(w->f->other, "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_x'::regclass");
  g_autofree char *behind = test_ask(w->f->other, "SELECT count(*) FROM behind");
  cr_expect(strcmp(valid, "t") == 0 && strcmp(behind, "0") == 0, "%s, %s", valid, behind);
}

/* ---- Locks beside the forecast --------------------------------------------------------------------------------- */

Test(supervise, a_lock_that_no_forecast_spoke_of_is_told)
{
  g_autoptr(Watch) w = watch_new("supervise_locks");
  test_sql(w->f->other, "CREATE TABLE t (x int); CREATE FUNCTION f() RETURNS void LANGUAGE sql AS "
                        "'LOCK TABLE t IN SHARE MODE'");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "SELECT f()", NULL);
  watch_run(w, "");
  cr_expect(strstr(w->log->str, "[Locked beyond the forecast: SHARE supervise_locks.t.]") != NULL, "%s",
            w->log->str);
}

/* ---- The project's Alembic ------------------------------------------------------------------------------------- */

static gboolean is_pause(const SupervisionEvent *event)
{
  return event->kind == SUPERVISION_ROLLOUT && event->rollout->kind == ROLLOUT_EVENT_PAUSED;
}

static void stop_at_pause(const SupervisionEvent *event, Watch *w)
{
  if (is_pause(event))
    supervision_cancel(w->supervision);
}

static void go_on_at_pause(const SupervisionEvent *event, Watch *w)
{
  if (is_pause(event))
    supervision_continue(w->supervision);
}

Test(supervise, steps_of_the_projects_alembic)
{
  g_autoptr(Watch) w = watch_new("supervise_engine");
  g_autofree char *folder = g_dir_make_tmp("retort-supervise-XXXXXX", NULL);
  g_autofree char *script = g_build_filename(folder, "alembic", NULL);
  g_autofree char *config = g_build_filename(folder, "alembic.ini", NULL);
  Project project = {.config_path = config, .script_location = folder};
  g_file_set_contents(script,
                      "#!/bin/sh\n[ \"$3\" = current ] && { echo 'a (head)'; exit; }\n"
                      "exec psql -Atqc \"INSERT INTO supervise_engine.alembic_version VALUES ('a')\" -c "
                      "'SHOW lock_timeout'\n",
                      -1, NULL);
  g_chmod(script, 0755);
  test_sql(w->f->other, "CREATE TABLE alembic_version (version_num text)");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", NULL);
  w->policy->alembic = g_strdup(script);
  w->project = &project;
  w->engine = SUPERVISED_ALEMBIC;
  w->answers[QUESTION_CONSENT] = ANSWER_ALLOW;
  w->options.verify_with_alembic = TRUE;
  /* Alembic would commit by itself: it has not begun when we pause. */
  w->options.pause = ROLLOUT_PAUSE_COMMIT;
  w->hook = stop_at_pause;
  watch_run(w, "");
  cr_expect(w->outcome == SUPERVISED_CANCELLED && strstr(w->log->str, "ask2:9 ") &&
                !strstr(w->log->str, "engine"),
            "stopped: %s", w->log->str);
  w->hook = go_on_at_pause;
  watch_run(w, "");
  cr_expect(recorded(w, "paused"), "%s", w->log->str);
  cr_expect(w->outcome == SUPERVISED_DONE, "%s: %s", w->log->str, w->error != NULL ? w->error->message : "");
  cr_expect(strcmp(w->rows, "a") == 0 && recorded(w, "output"), "%s", w->rows);
  test_remove(folder);
}

static void add_engine_step(Watch *w, const char *path, const char *text)
{
  g_file_set_contents(path, text, -1, NULL);
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", NULL);
  PlanStep *step = g_ptr_array_index(w->f->plan, w->f->plan->len - 1);
  step->revision->path = g_strdup(path);
  cr_assert(file_stamp(path, &step->revision->stamp), "a stamp");
}

/* Alembic's step is tried again when the rows and its file say that nothing of it is there. */
Test(supervise, a_step_of_the_projects_alembic_is_tried_again_after_a_lock_timeout)
{
  static const struct {
    const char *file, *says, *log;
    SupervisionOutcome outcome;
  } cases[] = {
      {"op.get_bind().fill()", "psycopg2.errors.LockNotAvailable: canceling statement",
       "engine0 engine1 engine4 retry engine0 engine1 engine4 retry engine0 engine3 verify", SUPERVISED_DONE},
      {"op.get_bind().fill()", "sqlalchemy.exc.ProgrammingError", "engine0 engine1 engine4 over",
       SUPERVISED_FAILED},
      {"with op.get_context().autocommit_block(): fill()", "ERROR: canceling statement due to lock timeout",
       "engine0 engine1 engine4 over", SUPERVISED_FAILED},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *schema = g_strdup_printf("supervise_engine_%u", i);
    g_autoptr(Watch) w = watch_new(schema);
    g_autofree char *folder = g_dir_make_tmp("retort-supervise-XXXXXX", NULL);
    g_autofree char *script = g_build_filename(folder, "alembic", NULL);
    g_autofree char *config = g_build_filename(folder, "alembic.ini", NULL);
    g_autofree char *migration = g_build_filename(folder, "a.py", NULL);
    Project project = {.config_path = config, .script_location = folder};
    g_autofree char *text =
        g_strdup_printf("#!/bin/sh\ncd %s\n[ -f 2 ] && exec psql -qc \"INSERT INTO %s.alembic_version VALUES "
                        "('a')\"\n[ -f 1 ] && touch 2\ntouch 1\necho '%s'\nexit 1\n",
                        folder, schema, cases[i].says);
    g_file_set_contents(script, text, -1, NULL);
    g_chmod(script, 0755);
    test_sql(w->f->other, "CREATE TABLE alembic_version (version_num text)");
    add_engine_step(w, migration, cases[i].file);
    w->policy->alembic = g_strdup(script);
    w->project = &project;
    w->engine = SUPERVISED_ALEMBIC;
    w->options.alembic_allowed = TRUE;
    watch_run(w, "");
    cr_expect(w->outcome == cases[i].outcome && strstr(w->log->str, cases[i].log), "case %u: %u %s: %s", i,
              w->outcome, w->log->str, w->error ? w->error->message : "");
    cr_expect(recorded(w, "retry") == (cases[i].outcome == SUPERVISED_DONE), "case %u: in the record", i);
    test_remove(folder);
  }
}

Test(supervise, alembic_does_not_run_a_file_that_changed)
{
  g_autoptr(Watch) w = watch_new("supervise_pinned");
  g_autofree char *folder = g_dir_make_tmp("retort-supervise-XXXXXX", NULL);
  g_autofree char *config = g_build_filename(folder, "alembic.ini", NULL);
  g_autofree char *migration = g_build_filename(folder, "a.py", NULL);
  Project project = {.config_path = config, .script_location = folder};
  test_sql(w->f->other, "CREATE TABLE alembic_version (version_num text)");
  add_engine_step(w, migration, "fill()");
  g_file_set_contents(migration, "drop_everything()", -1, NULL);
  w->policy->alembic = g_strdup("true");
  w->project = &project;
  w->engine = SUPERVISED_ALEMBIC;
  w->options.alembic_allowed = TRUE;
  watch_run(w, "");
  cr_expect(w->outcome == SUPERVISED_FAILED && strstr(w->error->message, "changed since it was shown"),
            "%s: %s", w->log->str, w->error ? w->error->message : "");
  test_remove(folder);
}

/* ---- Stopped anywhere ------------------------------------------------------------------------------------------ */

static guint act_at;

static void cancel_there(G_GNUC_UNUSED const SupervisionEvent *event, Watch *w)
{
  if (w->events == act_at && !w->ended)
    supervision_cancel(w->supervision);
}

static void free_there(G_GNUC_UNUSED const SupervisionEvent *event, Watch *w)
{
  if (w->events == act_at)
    g_clear_pointer(&w->supervision, supervision_free);
}

static void wait_for_quiet(Watch *w)
{
  g_autofree char *left = NULL;
  do {
    g_free(left);
    left = test_ask(w->f->other,
                    "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('retort-rollout', "
                    "'retort-mutex')");
  } while (strcmp(left, "0") != 0);
}

/* Event by event until the rollout comes to its end before; each time it is whole, or as before. */
static void stop_everywhere(const char *schema, void (*hook)(const SupervisionEvent *event, Watch *w))
{
  g_autoptr(Watch) w = watch_new(schema);
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)",
                      "!CREATE INDEX CONCURRENTLY t_x ON t (x)", NULL);
  w->policy->backup = BACKUP_POLICY_ASK;
  w->answers[QUESTION_BACKUP] = ANSWER_SKIP;
  /* Cancelled while it builds, the index is left invalid. */
  w->answers[QUESTION_AFTERMATH] = ANSWER_CLEANUP;
  w->hook = hook;
  for (act_at = 1;; act_at++) {
    cr_assert(act_at < 60, "it comes to its end: %s", w->log->str);
    watch_run(w, "");
    gboolean done = w->ended && w->outcome == SUPERVISED_DONE;
    wait_for_quiet(w);
    cr_expect(!w->ended || w->outcome != SUPERVISED_FAILED, "event %u: %s: %s", act_at, w->log->str,
              w->error != NULL ? w->error->message : "");
    if (done)
      break;
    test_sql(w->f->other, "DROP TABLE IF EXISTS t, alembic_version");
  }
  cr_expect(act_at > 12, "only %u events", act_at);
}

Test(supervise, can_be_cancelled_at_any_event)
{
  stop_everywhere("supervise_cancel", cancel_there);
}

Test(supervise, can_be_freed_in_any_event)
{
  stop_everywhere("supervise_free", free_there);
}

/* ---- Half applied ---------------------------------------------------------------------------------------------- */

typedef struct {
  Repair *repair;
  gboolean done;
} Examined;

static void examined(Repair *repair, const GError *error, void *data)
{
  cr_assert(error == NULL, "%s", error != NULL ? error->message : "");
  *(Examined *)data = (Examined){repair, TRUE};
}

static Repair *examine(Watch *w)
{
  Examined answer = {0};
  const Script *script = g_ptr_array_index(w->f->scripts, 0);
  repair_examine(w->f->conn, script->statements, NULL, examined, &answer);
  while (!answer.done)
    g_main_context_iteration(NULL, TRUE);
  return answer.repair;
}

/* Somebody else's tool died on the way: after n statements, with or without the broken index. */
Test(supervise, what_somebody_left_half_applied_is_finished)
{
  static const struct {
    const char *done;
    guint resume_at, n_prepare;
    gboolean half;
  } cases[] = {
      {"SELECT 1", 0, 0, FALSE},
      {"CREATE TABLE before (x int); UPDATE t SET x = x", 2, 0, TRUE},
      {"CREATE TABLE before (x int)|CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)", 2, 1, TRUE},
      {"CREATE TABLE before (x int)|DELETE FROM t WHERE ctid <> (SELECT min(ctid) FROM t)|CREATE UNIQUE "
       "INDEX "
       "CONCURRENTLY t_x ON t (x)",
       3, 0, TRUE},
      {"CREATE TABLE before (x int)|DELETE FROM t WHERE ctid <> (SELECT min(ctid) FROM t)|CREATE UNIQUE "
       "INDEX "
       "CONCURRENTLY t_x ON t (x)|CREATE TABLE behind (x int)",
       4, 0, FALSE},
  };
  for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *schema = g_strdup_printf("supervise_half_%u", i);
    g_autoptr(Watch) w = watch_new(schema);
    test_sql(w->f->other, "CREATE TABLE t (x int); INSERT INTO t VALUES (1), (1)");
    rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE before (x int)", "UPDATE t SET x = x",
                        "!CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)", "CREATE TABLE behind (x int)",
                        NULL);
    g_auto(GStrv) statements = g_strsplit(cases[i].done, "|", -1);
    for (char **sql = statements; *sql != NULL; sql++)
      g_free(test_ask(w->f->other, *sql));
    g_autoptr(Repair) repair = examine(w);
    cr_expect(repair->may_continue && repair->resume_at == cases[i].resume_at &&
                  g_strv_length(repair->prepare) == cases[i].n_prepare && repair->half == cases[i].half,
              "case %u: from %u with %u: %s", i, repair->resume_at, g_strv_length(repair->prepare),
              repair->text);
    test_sql(w->f->other, "DELETE FROM t WHERE ctid <> (SELECT min(ctid) FROM t)");
    w->options.prepare = (const char *const *)repair->prepare;
    w->skip = repair->resume_at;
    watch_run(w, "");
    cr_expect(w->outcome == SUPERVISED_DONE && strcmp(w->rows, "a") == 0, "case %u: %s: %s", i, w->log->str,
              w->error != NULL ? w->error->message : "");
    g_autofree char *whole =
        test_ask(w->f->other, "SELECT indisvalid FROM pg_index, (SELECT FROM before, behind) x "
                              "RIGHT JOIN (SELECT 1) y ON true WHERE indexrelid = 't_x'::regclass");
    cr_expect(strcmp(whole, "t") == 0, "case %u: all is there: %s", i, whole);
  }
}

/* An index that an earlier failure left invalid is in the way of the plan. */
Test(supervise, leftovers_are_found_before_the_first_step)
{
  g_autoptr(Watch) w = watch_new("supervise_leftover");
  plan_unique_index(w);
  g_free(test_ask(w->f->other, "CREATE UNIQUE INDEX CONCURRENTLY t_x ON t (x)"));
  test_sql(w->f->other, "DELETE FROM t WHERE ctid <> (SELECT min(ctid) FROM t)");
  w->answers[QUESTION_AFTERMATH] = ANSWER_RETRY;
  watch_run(w, "");
  expect(w,
         "connecting mutex rows preflight steps aftermath ask6:385 steps commit0 commit0 verify verified "
         "over end0",
         "a");
}

/* ---- CREATE INDEX CONCURRENTLY and an old snapshot ------------------------------------------------------------- */

static gboolean saw_wait;

static void cancel_when_it_waits(const SupervisionEvent *event, Watch *w)
{
  const Progress *progress = event->report != NULL ? event->report->progress : NULL;
  /* Before that it may have to wait for somebody else's, such as autovacuum's. */
  if (event->kind != SUPERVISION_REPORT || progress == NULL ||
      g_strcmp0(progress->phase, "waiting for old snapshots") != 0 ||
      progress->waits_for != pg_conn_backend_pid(w->f->conn))
    return;
  cr_expect(progress->overall > 0.99, "all but done: %f", progress->overall);
  saw_wait = TRUE;
  supervision_cancel(w->supervision);
}

Test(supervise, a_concurrent_build_that_waits_is_cancelled_and_cleaned_up)
{
  g_autoptr(Watch) w = watch_new("supervise_snapshot");
  test_sql(w->f->other, "CREATE TABLE t (x int); INSERT INTO t VALUES (1); CREATE TABLE elsewhere (x int)");
  test_sql(w->f->conn, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM elsewhere");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "!CREATE INDEX CONCURRENTLY t_x ON t (x)", NULL);
  w->hook = cancel_when_it_waits;
  w->answers[QUESTION_AFTERMATH] = ANSWER_CLEANUP;
  watch_run(w, "");
  cr_expect(saw_wait && w->outcome == SUPERVISED_CANCELLED && recorded(w, "repair-done"), "%s", w->log->str);
  g_autofree char *left = invalid_indexes(w);
  cr_expect(strcmp(left, "0") == 0, "%s indexes are left", left);
}

Test(supervise, nothing_is_changed_on_a_read_only_target)
{
  g_autoptr(Watch) w = watch_new("supervise_read_only");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  w->policy->read_only = TRUE;
  watch_run(w, "");
  expect(w, "connecting over end1", NULL);
}

Test(supervise, can_be_cancelled_before_it_begins)
{
  g_autoptr(Watch) w = watch_new("supervise_early");
  rollout_fixture_add(w->f, DIRECTION_UPGRADE, "+a", "CREATE TABLE t (x int)", NULL);
  watch_start(w, "");
  supervision_cancel(w->supervision);
  watch_wait(w);
  expect(w, "over end2", NULL);
}
