/* What a record without an end says: by hand, and from rollouts that were killed. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "retort/run/recovery.h"
#include "rollout_support.h"

static const char *const state_names[] = {"untouched", "rolled back", "committed",
                                          "partial",   "unknown",     "foreign"};

/* Events in short: "step" (the next one), "begin", "s" and "o" a statement inside and outside, "d" its answer,
 * "xid" COMMIT on its way (rows move with it; "xid-": they do not), "commit" ("commit-"), "retry", "failed",
 * "failed?" (outcome unknown). */
static GPtrArray *lines_from(const char *script)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
  g_auto(GStrv) words = g_strsplit(script, " ", -1);
  gint step = -1, statement = -1;
  for (char **word = words; *word != NULL; word++) {
    JsonObject *line = json_object_new();
    const char *event = *word;
    if (g_str_has_prefix(event, "step") && event[4] != '-') {
      if (event[4] == '+') {
        json_object_set_string_member(line, "engine", "alembic");
        json_object_set_string_member(line, "rows_after", "r");
      }
      event = "step";
      statement = -1;
      g_autofree char *revision = g_strdup_printf("rev%d", ++step);
      json_object_set_string_member(line, "revision", revision);
    } else if (strcmp(event, "s") == 0 || strcmp(event, "o") == 0) {
      json_object_set_string_member(line, "sql", "SELECT 1");
      if (*event == 'o')
        json_object_set_boolean_member(line, "outside", TRUE);
      event = "statement";
      json_object_set_int_member(line, "statement", ++statement);
    } else if (strcmp(event, "d") == 0) {
      event = "statement-done";
      json_object_set_int_member(line, "statement", statement);
    } else if (g_str_has_prefix(event, "xid")) {
      json_object_set_string_member(line, "xid", "77");
      if (event[3] == '\0')
        json_object_set_string_member(line, "rows_after", "r");
      event = "committing";
    } else if (g_str_has_prefix(event, "commit")) {
      json_object_set_int_member(line, "steps", event[6] == '-' ? step : step + 1);
      event = "commit";
    } else if (strcmp(event, "failed?") == 0) {
      json_object_set_boolean_member(line, "unknown", TRUE);
      event = "failed";
    } else if (strcmp(event, "retry") == 0) {
      statement = -1;
    } else if (strcmp(event, "again") == 0) {
      json_object_set_int_member(line, "skip", --statement + 1);
      event = "step";
    }
    json_object_set_int_member(line, "step", step);
    json_object_set_string_member(line, "event", event);
    g_ptr_array_add(lines, line);
  }
  return lines;
}

Test(recovery, decides_from_the_record)
{
  static const struct {
    const char *script;
    const char *verdict;
    RecoveryState state;
    const char *fates; /* of the step in work: - not done, x done, ? in doubt; NULL: no step */
    guint resume_at;
  } cases[] = {
      {"start", NULL, RECOVERY_UNTOUCHED, NULL, 0},
      {"start started step", NULL, RECOVERY_UNTOUCHED, "", 0},
      {"start step begin s", NULL, RECOVERY_ROLLED_BACK, "-", 0},
      {"start step begin s d s d", NULL, RECOVERY_ROLLED_BACK, "--", 0},
      {"start step begin s d xid", "committed", RECOVERY_COMMITTED, NULL, 0},
      {"start step begin s d xid", "aborted", RECOVERY_ROLLED_BACK, "-", 0},
      {"start step begin s d xid", NULL, RECOVERY_UNKNOWN, "?", 0},
      {"start step begin s d xid", "in progress", RECOVERY_UNKNOWN, "?", 0},
      {"start step begin s d xid commit", NULL, RECOVERY_UNTOUCHED, NULL, 0},
      {"start step begin s d xid commit step-done step begin s", NULL, RECOVERY_ROLLED_BACK, "-", 0},
      /* An autocommit block in the middle. */
      {"start step begin s d xid- commit- o", NULL, RECOVERY_PARTIAL, "x?", 1},
      {"start step begin s d xid- commit- o d", NULL, RECOVERY_PARTIAL, "xx", 2},
      {"start step begin s d xid- commit- o d begin s d", NULL, RECOVERY_PARTIAL, "xx-", 2},
      {"start step begin s d xid-", "committed", RECOVERY_PARTIAL, "x", 1},
      {"start step begin s d xid-", "aborted", RECOVERY_ROLLED_BACK, "-", 0},
      {"start step o", NULL, RECOVERY_PARTIAL, "?", 0},
      {"start step o d begin s d xid", "committed", RECOVERY_COMMITTED, NULL, 0},
      {"start step o d begin s d xid", "aborted", RECOVERY_PARTIAL, "x-", 1},
      /* Attempts before the last one. */
      {"start step begin s d s retry begin s", NULL, RECOVERY_ROLLED_BACK, "--", 0},
      {"start step begin s d s retry begin s d s d xid", "committed", RECOVERY_COMMITTED, NULL, 0},
      /* All steps in one transaction. */
      {"start step begin s d step-done step s d", NULL, RECOVERY_ROLLED_BACK, "-", 0},
      /* Ended, but in the middle. */
      {"start step begin s d xid- commit- o failed", NULL, RECOVERY_PARTIAL, "x-", 1},
      {"start step o failed?", NULL, RECOVERY_PARTIAL, "?", 0},
      {"start step o failed", NULL, RECOVERY_UNTOUCHED, "-", 0},
      {"start step begin s failed", NULL, RECOVERY_UNTOUCHED, "-", 0},
      /* Parts of a supervised rollout: a failed statement, seen to, and on behind it. */
      {"start step begin s d xid- commit- o part-failed d part-done", NULL, RECOVERY_PARTIAL, "xx", 2},
      {"start step begin s d xid- commit- o part-failed again o", NULL, RECOVERY_PARTIAL, "x?", 1},
      {"start step begin s d xid commit part-done step begin s", NULL, RECOVERY_ROLLED_BACK, "-", 0},
      {"start step+", NULL, RECOVERY_FOREIGN, "", 0},
      {"start step+ commit step begin s", NULL, RECOVERY_ROLLED_BACK, "-", 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) lines = lines_from(cases[i].script);
    g_autoptr(Recovery) recovery = recovery_from_lines(lines, NULL, cases[i].verdict);
    g_autoptr(GString) fates = g_string_new(NULL);
    for (guint j = 0; j < recovery->statements->len; j++)
      g_string_append_c(fates,
                        "-x?"[((RecoveredStatement *)g_ptr_array_index(recovery->statements, j))->fate]);
    cr_expect(recovery->state == cases[i].state, "%s (%s): %s, expected %s", cases[i].script,
              cases[i].verdict, state_names[recovery->state], state_names[cases[i].state]);
    cr_expect((recovery->revision == NULL) == (cases[i].fates == NULL), "%s: step in work", cases[i].script);
    cr_expect(cases[i].fates == NULL || strcmp(fates->str, cases[i].fates) == 0,
              "%s (%s): \"%s\", expected \"%s\"", cases[i].script, cases[i].verdict, fates->str,
              cases[i].fates);
    cr_expect(recovery->resume_at == cases[i].resume_at, "%s: resume at %u", cases[i].script,
              recovery->resume_at);
    cr_expect(recovery->text != NULL, "a sentence");
  }
}

Test(recovery, believes_the_rows_more_than_the_server)
{
  static const struct {
    const char *script, *row, *verdict;
    RecoveryState state;
  } cases[] = {
      {"start step begin s d xid", "r", NULL, RECOVERY_COMMITTED},
      {"start step begin s d xid", "r", "in progress", RECOVERY_COMMITTED},
      {"start step begin s d xid", "elsewhere", NULL, RECOVERY_UNKNOWN},
      {"start step begin s d xid- commit- o d begin s d xid", "r", NULL, RECOVERY_COMMITTED},
      {"start step begin s d xid-", "r", NULL, RECOVERY_UNKNOWN},
      {"start step+", "r", NULL, RECOVERY_COMMITTED},
      {"start step+", "elsewhere", NULL, RECOVERY_FOREIGN},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const char *rows[] = {cases[i].row, NULL};
    g_autoptr(GPtrArray) lines = lines_from(cases[i].script);
    g_autoptr(Recovery) recovery = recovery_from_lines(lines, rows, cases[i].verdict);
    cr_expect(recovery->state == cases[i].state, "%s at %s: %s, expected %s", cases[i].script, cases[i].row,
              state_names[recovery->state], state_names[cases[i].state]);
  }
}

Test(recovery, bears_records_of_any_kind)
{
  static const char *const texts[] = {"{}",
                                      "{\"event\":1}",
                                      "{\"event\":\"statement\"}",
                                      "{\"event\":\"statement\",\"statement\":-5}",
                                      "{\"event\":\"step\",\"skip\":99999999999,\"step\":-1}",
                                      "{\"event\":\"statement\",\"statement\":99999999999}",
                                      "{\"event\":\"committing\",\"xid\":[1]}",
                                      "{\"event\":\"commit\",\"steps\":\"x\"}",
                                      "{\"event\":\"failed\"}"};
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
  g_autoptr(JsonParser) parser = json_parser_new();
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
    cr_assert(json_parser_load_from_data(parser, texts[i], -1, NULL), "%s", texts[i]);
    g_ptr_array_add(lines, json_node_dup_object(json_parser_get_root(parser)));
  }
  g_autoptr(Recovery) recovery = recovery_from_lines(lines, NULL, "nonsense");
  cr_expect(recovery->text != NULL, "an answer");
}

/* ---- Killed for real ------------------------------------------------------------------------------------------- */

/* Runs the plan in a process that kills itself at its n-th event; FALSE when it had fewer. */
static gboolean run_killed(const char *schema, const char *folder, guint n)
{
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *here = g_path_get_dirname(self);
  g_autofree char *victim = g_build_filename(here, "victim", NULL);
  g_autofree char *number = g_strdup_printf("%u", n);
  const char *argv[] = {victim, schema, folder, number, NULL};
  int status = 0;
  g_autoptr(GError) error = NULL;
  /* Or the library would take the program for one of the test runner's own workers. */
  g_auto(GStrv) environment = g_environ_unsetenv(g_get_environ(), "BXFI_MAP");
  cr_assert(g_spawn_sync(NULL, (char **)argv, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                         &error),
            "spawns %s: %s", victim, error != NULL ? error->message : "");
  cr_assert(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0,
            "the victim: status %d", status);
  return WIFSIGNALED(status);
}

typedef struct {
  gboolean done;
  Recovery *recovery;
} Answer;

static void examined(Recovery *recovery, const GError *error, void *data)
{
  cr_assert(error == NULL, "%s", error != NULL ? error->message : "");
  *(Answer *)data = (Answer){TRUE, recovery};
}

/* NULL: the record has its end, the rollout was killed too late. */
static Recovery *examine(PgConn *conn, const char *folder)
{
  g_autoptr(GPtrArray) entries = journal_list_in(folder, NULL);
  cr_assert(entries->len == 1, "%u records", entries->len);
  JournalEntry *entry = g_ptr_array_index(entries, 0);
  if (entry->outcome == JOURNAL_DONE)
    return NULL;
  cr_expect(entry->outcome == JOURNAL_OPEN && !entry->alive, "a rollout without an end");
  Answer answer = {0};
  cr_assert(recovery_examine(conn, entry->path, NULL, NULL, examined, &answer, NULL), "readable");
  while (!answer.done)
    g_main_context_iteration(NULL, TRUE);
  g_unlink(entry->path);
  return answer.recovery;
}

/* The dead session may still be at work. */
static void wait_for_others(PgConn *conn, const char *schema)
{
  g_autofree char *sql =
      g_strdup_printf("SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
                      "datname = '%s'",
                      schema);
  for (;;) {
    g_autofree char *n = test_ask(conn, sql);
    if (strcmp(n, "0") == 0)
      return;
  }
}

/* Kills the plan at each of its events in turn; what is found is finished and has to give the same schema. */
Test(recovery, a_rollout_killed_at_every_event_is_finished)
{
  g_autofree char *folder = g_dir_make_tmp("retort-recovery-XXXXXX", NULL);
  g_autoptr(PgConn) admin = test_conn();
  guint n = 0;
  for (;; n++) {
    g_autofree char *name = g_strdup_printf("killed_%u", n);
    g_autofree char *create = g_strdup_printf("CREATE DATABASE %s TEMPLATE template0", name);
    test_sql(admin, create);
    g_setenv("PGDATABASE", name, TRUE);
    if (!run_killed("s", folder, n))
      break;
    g_autoptr(RolloutFixture) f = rollout_fixture_adopt("s");
    pg_conn_free(g_steal_pointer(&f->other));
    wait_for_others(f->conn, name);
    g_autoptr(Recovery) recovery = examine(f->conn, folder);
    if (recovery == NULL)
      break;
    g_autofree char *rows = g_strjoinv(" ", recovery->rows);
    rollout_fixture_add_victims_plan(f);
    guint done = strcmp(rows, "b") == 0 ? 2 : strcmp(rows, "a") == 0 ? 1 : 0;
    g_ptr_array_remove_range(f->plan, 0, done);
    g_ptr_array_remove_range(f->scripts, 0, done);
    cr_expect(recovery->state != RECOVERY_UNKNOWN, "event %u: %s", n, recovery->text);
    cr_expect(recovery->state != RECOVERY_PARTIAL || done == 1,
              "event %u: only the second step can be half done", n);
    if (recovery->state == RECOVERY_PARTIAL) {
      /* In doubt: the index may be there, whole or not; a new one is as good. */
      test_sql(f->conn, "DROP INDEX IF EXISTS t_x");
      f->skip = MIN(recovery->resume_at, 1);
    }
    rollout_fixture_run(f, rows);
    g_autofree char *columns =
        test_ask(f->conn, "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute "
                          "WHERE attrelid = 't'::regclass AND attnum > 0");
    g_autofree char *index =
        test_ask(f->conn, "SELECT indisvalid FROM pg_index WHERE indexrelid = 't_x'::regclass");
    g_autofree char *count = test_ask(f->conn, "SELECT count(*) FROM t");
    cr_expect(g_str_has_suffix(f->log->str, "done"), "event %u (%s): %s: %s", n, recovery->text, f->log->str,
              f->error != NULL ? f->error->message : "");
    cr_expect(strcmp(columns, "x,y,z") == 0 && strcmp(index, "t") == 0 && strcmp(count, "1") == 0,
              "event %u (%s): columns %s, index %s, rows %s", n, recovery->text, columns, index, count);
  }
  cr_expect(n > 20, "killed at %u events", n);
}
