/* Rollouts that meet what rollouts meet, each on the real screen with a real server. */
#include <criterion/criterion.h>
#include <glib.h>
#include <signal.h>
#include <string.h>

#include "shop.h"

/* Up one step to the confirmation. */
static void plan_step(Vt *vt)
{
  shop_expect(vt, "pending");
  shop_expect_line(vt, "◉", "c");
  vt_keys(vt, "u");
  shop_expect(vt, "Upgrade ");
  shop_expect(vt, "preflight: ");
}

static void leave(Vt *vt)
{
  vt_keys(vt, "Enter");
  shop_expect_line(vt, "u up", "q quit");
  vt_keys(vt, "q");
  int status = vt_exit(vt, SHOP_SOON);
  cr_expect_eq(status, 0, "left with status %d:\n%s", status, vt_last(vt));
}

Test(rollout, waits_behind_a_blocker_brakes_for_the_queue_tries_again_and_ends_the_blocker, .timeout = 240)
{
  /* Pauses between attempts are so long that only a key ends them in time. */
  g_autoptr(Shop) shop =
      shop_new("e2e_waits", "ddl_lock_timeout = 60s\nbrake = ask\nbrake_waiting = 100\n"
                            "brake_after = 300ms\nretry_pause = 100s\nretry_pause_limit = 100s\n"
                            "backup = no\n");
  PGconn *blocker = shop_reader(shop, "reporting", "orders");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 120, 36);
  plan_step(vt);
  shop_expect_line(vt, "reporting", "in the way");
  vt_keys(vt, "Enter");
  shop_expect_line(vt, "of 1 m 00 s", "for orders ACCESS EXCLUSIVE");
  shop_expect_line(vt, "behind", "reporting (idle in transaction");
  shop_expect_line(vt, "reporting", "holds orders ACCESS SHARE");

  PGconn *queued = shop_session(shop, "checkout");
  cr_assert(PQsendQuery(queued, "SELECT count(*) FROM orders"));
  shop_expect_line(vt, "before 1 session", "checkout");
  shop_expect_line(vt, "checkout", "waits for orders ACCESS SHARE");
  shop_expect(vt, "Brake?");
  vt_keys(vt, "Enter");
  shop_expect(vt, "there is a question first");
  vt_keys(vt, "c");
  shop_expect(vt, "Waiting to try again");
  shop_expect(vt, "Enter: now, w: wait, Esc: give up");
  /* We gave way: the queue went on. */
  PGresult *result = PQgetResult(queued);
  cr_expect(PQresultStatus(result) == PGRES_TUPLES_OK, "the queued query ran: %s", PQerrorMessage(queued));
  PQclear(result);
  vt_keys(vt, "w");
  shop_expect(vt, "waits for you");
  vt_keys(vt, "Enter");
  shop_expect_line(vt, "Statement 1 of 2", "try 2");
  shop_expect_line(vt, "behind", "reporting (idle in transaction");
  vt_keys(vt, "t");
  shop_expect(vt, "terminate");
  vt_type(vt, "y");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c1.");
  shop_expect(vt, "1 retry");
  PQfinish(queued);
  PQfinish(blocker);
  leave(vt);
}

Test(rollout, ends_the_blocker_between_two_tries, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_between", "ddl_lock_timeout = 1500ms\nretry_pause = 100s\n"
                                                 "retry_pause_limit = 100s\nbackup = no\n");
  PGconn *blocker = shop_reader(shop, "reporting", "orders");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 80, 24);
  plan_step(vt);
  vt_keys(vt, "Enter");
  shop_expect(vt, "In the way at the last try");
  shop_expect_line(vt, "reporting", "holds orders ACCESS SHARE");
  vt_keys(vt, "t");
  shop_expect(vt, "terminate");
  vt_type(vt, "y");
  vt_keys(vt, "Enter");
  shop_expect(vt, "terminated ");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c1.");
  PQfinish(blocker);
  leave(vt);
}

static char *notes(PGconn *conn)
{
  return shop_value(conn, "SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND "
                          "attname = 'note'");
}

Test(rollout, gives_up_between_two_tries, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_giveup", "ddl_lock_timeout = 500ms\nretry_pause = 100s\n"
                                                "retry_pause_limit = 100s\nbackup = no\n");
  PGconn *blocker = shop_reader(shop, "reporting", "orders");
  PGconn *other = shop_session(shop, "test");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 80, 24);
  plan_step(vt);
  vt_keys(vt, "Enter");
  shop_expect(vt, "Enter: now, w: wait, Esc: give up");
  vt_keys(vt, "Esc");
  shop_expect(vt, "✗ cancelled");
  shop_expect(vt, "prod stands at c0.");
  shop_sql(blocker, "COMMIT");
  g_autofree char *none = notes(other);
  cr_expect_str_eq(none, "0", "%s columns", none);
  PQfinish(blocker);
  PQfinish(other);
  leave(vt);
}

Test(rollout, pauses_before_commit_to_look_and_rolls_back_or_commits, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_pause", "backup = no\n");
  PGconn *other = shop_session(shop, "test");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 120, 36);
  plan_step(vt);
  vt_keys(vt, "p");
  shop_expect(vt, "paused before COMMIT");
  shop_expect_line(vt, "✓", "UPDATE 1");
  shop_expect_line(vt, "orders", "as foreseen");
  shop_expect(vt, "we hold orders ACCESS EXCLUSIVE");
  g_autofree char *held = shop_value(
      other,
      "SELECT count(*) FROM pg_locks WHERE relation = 'orders'::regclass AND mode = 'AccessExclusiveLock'");
  cr_expect_str_eq(held, "1", "%s locks are held", held);
  vt_keys(vt, "Esc");
  shop_expect(vt, "The transaction was rolled back.");
  shop_expect(vt, "prod stands at c0.");
  g_autofree char *none = notes(other);
  cr_expect_str_eq(none, "0", "%s columns after it was rolled back", none);

  vt_keys(vt, "Enter");
  plan_step(vt);
  vt_keys(vt, "p");
  shop_expect(vt, "paused before COMMIT");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c1.");
  g_autofree char *one = notes(other);
  cr_expect_str_eq(one, "1", "%s columns after the commit", one);
  PQfinish(other);
  leave(vt);
}

Test(rollout, stops_at_the_preflight_until_it_is_overridden, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_stop", "backup = no\n");
  shop_change_env(shop, "context.configure(",
                  "engine.connect().exec_driver_sql('SET work_mem = 65536')\ncontext.configure(");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 120, 36);
  plan_step(vt);
  shop_expect_line(vt, "‼", "env.py:5:");
  shop_expect(vt, "ignore_env");
  vt_keys(vt, "Enter");
  shop_expect(vt, "The preflight says stop.");
  vt_keys(vt, "Esc");
  shop_expect(vt, "prod stands at c0.");
  vt_keys(vt, "Enter");
  plan_step(vt);
  vt_keys(vt, "Enter");
  shop_expect(vt, "The preflight says stop.");
  vt_keys(vt, "o");
  shop_expect(vt, "Type prod:");
  vt_type(vt, "prod");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c1.");
  leave(vt);
}

/* The project's own Alembic, under the same watch: allowed once, kept waiting, tried again. */
Test(rollout, has_alembic_run_what_needs_python, .timeout = 400)
{
  if (!shop_has_alembic())
    cr_skip_test("no Alembic with psycopg2 is installed");
  g_autoptr(Shop) shop = shop_new("e2e_alembic", "ddl_lock_timeout = 1500ms\nretry_pause = 100s\n"
                                                 "retry_pause_limit = 100s\nbackup = no\n");
  shop_change(shop, "c1", "    op.add_column",
              "    import os\n    assert os.getppid() > 1\n    op.add_column");
  PGconn *blocker = shop_reader(shop, "reporting", "orders");
  PGconn *other = shop_session(shop, "test");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 120, 36);
  plan_step(vt);
  shop_expect(vt, "c1 needs Python: y lets the project's own Alembic run it");
  vt_keys(vt, "Enter");
  shop_expect(vt, "c1 needs Python: y lets the project's own Alembic run it");
  vt_keys(vt, "y");
  shop_expect(vt, "from now on?");
  vt_type(vt, "y");
  vt_keys(vt, "Enter");
  shop_expect(vt, "run by the project's own Alembic, for c1_.py:");
  shop_expect(vt, "ALTER TABLE orders ADD COLUMN note TEXT");
  vt_keys(vt, "Enter");
  shop_expect_line(vt, "reporting", "holds orders ACCESS SHARE");
  shop_expect(vt, "Enter: now, w: wait, Esc: give up");
  g_autofree char *none = notes(other);
  cr_expect_str_eq(none, "0", "%s columns after the time-out", none);
  shop_sql(blocker, "COMMIT");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c1.");
  g_autofree char *one = notes(other);
  cr_expect_str_eq(one, "1", "%s columns", one);
  PQfinish(blocker);
  PQfinish(other);
  leave(vt);
}

Test(rollout, shows_whom_an_index_build_waits_for_and_cleans_up_when_it_fails, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_index", "backup = no\n");
  const char *words[] = {"upgrade", "c1", NULL};
  cr_assert_eq(shop_command(shop, words), 0, "upgrade c1");
  PGconn *reader = shop_reader(shop, "reporting", "customers");
  PGconn *other = shop_session(shop, "test");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 120, 36);
  plan_step(vt);
  shop_expect(vt, "outside a transaction (autocommit)");
  vt_keys(vt, "Enter");
  shop_expect_line(vt, "100%", "waiting for old snapshots, waits for");
  shop_expect_line(vt, "retort", "waits for older transactions to end");
  shop_expect_line(vt, "reporting", "holds an old snapshot");
  g_autofree char *cancelled =
      shop_value(other, "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_progress_create_index");
  cr_expect_str_eq(cancelled, "1", "%s index builds", cancelled);
  shop_expect(vt, "Something was left behind");
  shop_expect(vt, "DROP INDEX CONCURRENTLY");
  g_autofree char *invalid = shop_value(other, "SELECT count(*) FROM pg_index WHERE NOT indisvalid");
  cr_expect_str_eq(invalid, "1", "%s invalid indexes", invalid);
  shop_sql(reader, "COMMIT");
  vt_keys(vt, "r");
  shop_expect(vt, "✓ prod stands at c2.");
  g_autofree char *left = shop_value(other, "SELECT count(*) FROM pg_index WHERE NOT indisvalid");
  cr_expect_str_eq(left, "0", "%s invalid indexes are left", left);
  PQfinish(reader);
  PQfinish(other);
  leave(vt);
}

Test(rollout, repairs_what_a_kill_left_without_running_anything_twice, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_repair", "backup = no\n");
  const char *words[] = {"upgrade", "c1", NULL};
  cr_assert_eq(shop_command(shop, words), 0, "upgrade c1");
  PGconn *reader = shop_reader(shop, "reporting", "customers");
  PGconn *other = shop_session(shop, "test");
  Vt *killed = shop_open(shop, "prod", 80, 24);
  plan_step(killed);
  vt_keys(killed, "Enter");
  shop_expect(killed, "waiting for old snapshots");
  kill(vt_pid(killed), SIGKILL);
  vt_exit(killed, SHOP_SOON);
  vt_free(killed);

  /* The server does not know yet that nobody listens: the index is still being built. */
  g_autoptr(Vt) vt = shop_open(shop, "prod", 80, 24);
  shop_expect(vt, "Upgrade to c2");
  shop_expect_line(vt, "still runs", "CREATE UNIQUE INDEX CONCURRENTLY");
  vt_keys(vt, "Enter");
  shop_expect(vt, "a session is still at work on it");
  shop_sql(reader, "COMMIT");
  for (g_autofree char *n = NULL; !n || strcmp(n, "0") != 0;) {
    g_free(n);
    n = shop_value(other, "SELECT count(*) FROM pg_index WHERE NOT indisvalid");
  }
  vt_keys(vt, "r");
  shop_expect_line(vt, "done", "CREATE UNIQUE INDEX CONCURRENTLY");
  shop_expect(vt, "all statements are done, the version rows follow");
  vt_keys(vt, "Enter");
  shop_expect(vt, "done already by an earlier rollout");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c2.");
  PQfinish(reader);
  PQfinish(other);
  leave(vt);
}

Test(rollout, stamps_only_when_the_name_is_typed, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_stamp", "backup = no\n");
  PGconn *other = shop_session(shop, "test");
  shop_sql(other, "ALTER TABLE orders ADD COLUMN note text");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 120, 36);
  shop_expect_line(vt, "◉", "c0");
  vt_keys(vt, "R");
  shop_expect(vt, "1 of 1 statement is done");
  shop_expect(vt, "DROP COLUMN");
  vt_keys(vt, "s");
  shop_expect(vt, "Only the version rows move.  Type prod:");
  vt_type(vt, "prod");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c1.");
  PQfinish(other);
  leave(vt);
}

Test(rollout, brings_a_missing_revision_back_from_git, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_missing", "backup = no\n");
  const char *words[] = {"upgrade", "c1", NULL};
  cr_assert_eq(shop_command(shop, words), 0, "upgrade c1");
  shop_git(shop,
           "git init -q && git add -A && git commit -qm all && git rm -q migrations/versions/c[123]_.py && "
           "git commit -qm 'roll the deploy back'");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 120, 36);
  shop_expect_line(vt, "c1: the database stands here", "no file has it");
  vt_keys(vt, "R");
  shop_expect(vt, "ALTER TABLE orders DROP COLUMN note;");
  vt_keys(vt, "w");
  shop_expect(vt, "wrote 1 file");
  shop_expect_line(vt, "◉", "c1");
  vt_keys(vt, "d");
  shop_expect(vt, "Downgrade prod by 1 revision");
  shop_expect(vt, "orders.note: 0 values in 0 rows");
  vt_keys(vt, "Enter");
  vt_type(vt, "prod");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c0.");
  leave(vt);
}

Test(rollout, runs_a_written_plan_only_while_nothing_differs, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_plan", "backup = no\n");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 120, 36);
  plan_step(vt);
  vt_keys(vt, "w");
  shop_expect(vt, "write the plan to: plan-c1.json");
  vt_keys(vt, "Enter");
  shop_expect(vt, "wrote plan-c1.json");
  vt_keys(vt, "Esc o");
  vt_type(vt, "plan-c1.json");
  vt_keys(vt, "Enter");
  shop_expect(vt, "from plan-c1.json: all is as it was reviewed");

  shop_change(shop, "c1", "sa.Text()", "sa.Integer()");
  shop_expect(vt, "files changed since this was shown");
  vt_keys(vt, "Esc o");
  vt_type(vt, "plan-c1.json");
  vt_keys(vt, "Enter");
  shop_expect(vt, "this differs from what was reviewed");
  vt_keys(vt, "Enter");
  shop_expect(vt, "something differs from what was reviewed: see the top");
  shop_change(shop, "c1", "sa.Integer()", "sa.Text()");
  vt_keys(vt, "Home");
  shop_expect(vt, "files changed since this was shown");
  vt_keys(vt, "Esc o");
  vt_type(vt, "plan-c1.json");
  vt_keys(vt, "Enter");
  shop_expect(vt, "from plan-c1.json: all is as it was reviewed");
  vt_keys(vt, "Enter");
  shop_expect(vt, "✓ prod stands at c1.");
  leave(vt);
}

Test(rollout, says_who_rolls_out_already_and_a_second_person_can_watch, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_watch", "backup = no\nddl_lock_timeout = 60s\nmutex_wait = forever\n");
  PGconn *blocker = shop_reader(shop, "reporting", "orders");
  g_autoptr(Vt) first = shop_open(shop, "prod", 120, 36);
  plan_step(first);
  g_autoptr(Vt) second = shop_open(shop, "prod", 120, 36);
  plan_step(second);
  vt_keys(first, "Enter");
  shop_expect_line(first, "waits", "for orders ACCESS EXCLUSIVE");
  vt_keys(second, "Enter");
  shop_expect(second, "another rollout is at work");
  vt_keys(second, "Esc");
  shop_expect(second, "cancelled");
  vt_keys(second, "Enter l");
  shop_expect_line(second, "at work", "upgrade c1");
  vt_keys(second, "Enter");
  shop_expect_line(second, "reporting", "holds orders ACCESS SHARE");
  shop_expect(second, "at work: shown as it happens");
  shop_sql(blocker, "COMMIT");
  shop_expect(second, "the database stands at c1");
  shop_expect(second, "altogether");
  shop_expect(first, "✓ prod stands at c1.");
  PQfinish(blocker);
  leave(first);
}

Test(rollout, wants_production_typed_and_the_backup_decided, .timeout = 240)
{
  g_autoptr(Shop) shop = shop_new("e2e_prod", "production = yes\n");
  g_autoptr(Vt) vt = shop_open(shop, "prod", 80, 24);
  shop_expect(vt, "(production)");
  plan_step(vt);
  vt_keys(vt, "Enter");
  shop_expect(vt, "This is production.  Type prod:");
  vt_type(vt, "yes");
  vt_keys(vt, "Enter");
  shop_expect(vt, "was not typed: nothing was done");
  vt_keys(vt, "Enter");
  vt_type(vt, "prod");
  vt_keys(vt, "Enter");
  shop_expect(vt, "Backup first?");
  vt_keys(vt, "b");
  shop_expect(vt, "✓ prod stands at c1.");
  leave(vt);
  g_autofree char *folder = g_build_filename(shop->folder, "state", "retort", "backup", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name = dir ? g_dir_read_name(dir) : NULL;
  cr_expect(name && g_str_has_prefix(name, "e2e_prod-") && g_str_has_suffix(name, "-c0.dump"), "backup: %s",
            name);
}
