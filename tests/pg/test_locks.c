/* The lock forest: built by hand, then from real sessions. */
#include <criterion/criterion.h>
#include <string.h>

#include "retort/pg/locks.h"
#include "retort/pg/lockmode.h"
#include "support.h"

/* "pid<a,b~c": pid is blocked by a and b, and queued behind c; nodes separated by spaces. */
static LockSnapshot *build(const char *text)
{
  GPtrArray *nodes = g_ptr_array_new();
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  for (guint i = 0; words[i] != NULL; i++) {
    char *rest;
    LockNode *node = lock_node_new((int)strtol(words[i], &rest, 10));
    node->wait_s = 100 - (double)i;
    node->xact_s = 1000 - (double)i;
    while (*rest != '\0') {
      gboolean queued = *rest == '~';
      int pid = (int)strtol(rest + 1, &rest, 10);
      g_array_append_val(node->blocked_by, pid);
      if (queued)
        g_array_append_val(node->queued_behind, pid);
    }
    g_ptr_array_add(nodes, node);
  }
  return lock_snapshot_build(nodes);
}

/* Lines as "1 .2 ..3~ .2=": dots for depth, ~ queued, = drawn before. */
static char *drawing(const LockSnapshot *snapshot)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < snapshot->rows->len; i++) {
    const LockRow *row = g_ptr_array_index(snapshot->rows, i);
    g_string_append(out, i > 0 ? " " : "");
    for (guint depth = 0; depth < row->depth; depth++)
      g_string_append_c(out, '.');
    g_string_append_printf(out, "%d%s%s", row->node->pid, row->queued ? "~" : "", row->again ? "=" : "");
  }
  return g_string_free(out, FALSE);
}

Test(locks, forest_is_drawn_as_a_tree)
{
  static const char *const cases[][3] = {
      /* nodes, drawing, roots */
      {"", "", ""},
      {"1", "1", ""},
      {"1 2<1", "1 .2", "1"},
      {"1 2<1 3<2", "1 .2 ..3", "1"},
      {"1 2<1 3<1", "1 .2 .3", "1"},
      /* Readers behind an ALTER that waits for an idle session. */
      {"10 20<10 30~20 31~20", "10 .20 ..30~ ..31~", "10"},
      /* Two ALTERs behind one holder: both hang under it, not one under the other. */
      {"10 20<10 21<10~20", "10 .20 .21", "10"},
      /* Behind several holders: once under each, its subtree only once. */
      {"1 2 3<1,2 4<3", "1 .3 ..4 2 .3=", "1,2"},
      /* Diamonds are drawn once under a root. */
      {"1 2<1 3<1 4<2,3", "1 .2 ..4 .3", "1"},
      /* A deadlock has no root, and is finite. */
      {"1<2 2<1", "1 .2", ""},
      {"1<3 2<1 3<2 4<3", "1 .2 ..3 ...4", ""},
      {"1 2<1,3 3<2", "1 .2 ..3", "1"},
      {"1<1", "1", ""},
      /* A blocker that is gone already. */
      {"1<99", "1", ""},
      {"1~99", "1", ""},
      /* A prepared transaction. */
      {"0 5<0", "0 .5", "0"},
      /* Ours, not involved, comes last. */
      {"7 1 2<1", "1 .2 7", "1"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = g_strdup(*cases[i][0] != '\0' ? cases[i][0] : "");
    g_strdelimit(text, ",", '<');
    g_autoptr(LockSnapshot) snapshot = *text != '\0' ? build(text) : lock_snapshot_build(g_ptr_array_new());
    g_autofree char *drawn = drawing(snapshot);
    g_autoptr(GString) roots = g_string_new(NULL);
    for (guint j = 0; j < snapshot->roots->len; j++)
      g_string_append_printf(roots, "%s%d", j > 0 ? "," : "",
                             ((LockNode *)g_ptr_array_index(snapshot->roots, j))->pid);
    cr_expect(strcmp(drawn, cases[i][1]) == 0, "%s: drawn \"%s\", expected \"%s\"", cases[i][0], drawn,
              cases[i][1]);
    cr_expect(strcmp(roots->str, cases[i][2]) == 0, "%s: roots \"%s\", expected \"%s\"", cases[i][0],
              roots->str, cases[i][2]);
    cr_expect(snapshot->listed->len == snapshot->nodes->len, "%s: every node is listed once: %u of %u",
              cases[i][0], snapshot->listed->len, snapshot->nodes->len);
  }
}

Test(locks, count_and_name_who_is_around)
{
  g_autoptr(LockSnapshot) snapshot = build("1 2<1 3~2 4~2 5<9 9");
  cr_expect(lock_snapshot_find(snapshot, 1)->descendants == 3, "below 1: %u",
            lock_snapshot_find(snapshot, 1)->descendants);
  cr_expect(lock_snapshot_find(snapshot, 2)->descendants == 2, "below 2");
  g_autoptr(GPtrArray) culprits = lock_snapshot_culprits(snapshot, 3);
  g_autoptr(GPtrArray) victims = lock_snapshot_victims(snapshot, 2);
  g_autoptr(GPtrArray) nobody = lock_snapshot_victims(snapshot, 12345);
  cr_expect(culprits->len == 2 && victims->len == 2 && nobody->len == 0, "culprits %u, victims %u",
            culprits->len, victims->len);
  cr_expect(lock_snapshot_find(snapshot, 12345) == NULL, "unknown pid");
}

Test(locks, a_crowd_is_built_quickly)
{
  GPtrArray *nodes = g_ptr_array_new();
  for (int pid = 1; pid <= 1500; pid++) {
    LockNode *node = lock_node_new(pid);
    for (int other = 1; other < pid; other++) {
      g_array_append_val(node->blocked_by, other);
      if (other > 1)
        g_array_append_val(node->queued_behind, other);
    }
    g_ptr_array_add(nodes, node);
  }
  gint64 start = g_get_monotonic_time();
  g_autoptr(LockSnapshot) snapshot = lock_snapshot_build(nodes);
  double elapsed = (double)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
  cr_expect(lock_snapshot_find(snapshot, 1)->descendants == 1499, "everybody is below the first");
  cr_expect(snapshot->rows->len == 1500, "%u rows", snapshot->rows->len);
  cr_expect(elapsed < 20, "took %.1f s", elapsed);
}

Test(locks, verb_follows_the_state)
{
  static const struct {
    const char *type, *state;
    SignalVerb verb;
  } cases[] = {
      {"client backend", "active", SIGNAL_CANCEL},
      {"client backend", "idle in transaction", SIGNAL_TERMINATE},
      {"client backend", "idle in transaction (aborted)", SIGNAL_TERMINATE},
      {"client backend", "idle", SIGNAL_TERMINATE},
      {"client backend", "fastpath function call", SIGNAL_CANCEL},
      {"client backend", "disabled", SIGNAL_CANCEL},
      {"client backend", NULL, SIGNAL_CANCEL},
      {"autovacuum worker", "active", SIGNAL_CANCEL},
      {"autovacuum worker", "idle", SIGNAL_CANCEL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    LockNode *node = lock_node_new(1);
    node->backend_type = g_strdup(cases[i].type);
    node->state = g_strdup(cases[i].state);
    cr_expect(lock_verb(node) == cases[i].verb, "%s %s: %d", cases[i].type, cases[i].state, lock_verb(node));
    lock_node_free(node);
  }
}

Test(locks, modes_conflict_as_documented)
{
  /* Rows and columns: AS RS RX SUX S SRX X AX. */
  static const char *const matrix[] = {".......x", "......xx", "....xxxx", "...xxxxx",
                                       "..xx.xxx", "..xxxxxx", ".xxxxxxx", "xxxxxxxx"};
  for (guint a = 0; a < 8; a++)
    for (guint b = 0; b < 8; b++)
      cr_expect(lock_mode_conflicts(a + 1, b + 1) == (matrix[a][b] == 'x'), "%s against %s",
                lock_mode_name(a + 1), lock_mode_name(b + 1));
  cr_expect(lock_mode_from_pg("AccessExclusiveLock") == LOCK_MODE_ACCESS_EXCLUSIVE, "name");
  cr_expect(lock_mode_from_pg("SIReadLock") == LOCK_MODE_NONE, "not a table lock mode");
}

/* ---- Real sessions --------------------------------------------------------------------------------------------- */

typedef struct {
  gboolean done;
  LockSnapshot *snapshot;
  gboolean sent;
} Answer;

static void taken(LockSnapshot *snapshot, const GError *error, void *data)
{
  Answer *answer = data;
  cr_assert(error == NULL, "snapshot: %s", error != NULL ? error->message : "");
  answer->snapshot = snapshot;
  answer->done = TRUE;
}

static LockSnapshot *take(PgConn *conn, const int *own)
{
  Answer answer = {0};
  lock_snapshot_take(conn, own, taken, &answer);
  while (!answer.done)
    g_main_context_iteration(NULL, TRUE);
  return answer.snapshot;
}

/* Takes snapshots until pid waits. */
static LockSnapshot *take_when_waiting(PgConn *conn, const int *own, int pid)
{
  for (;;) {
    LockSnapshot *snapshot = take(conn, own);
    LockNode *node = lock_snapshot_find(snapshot, pid);
    if (node != NULL && node->blocked_by->len > 0)
      return snapshot;
    lock_snapshot_free(snapshot);
  }
}

static void signalled(gboolean sent, const GError *error, void *data)
{
  Answer *answer = data;
  cr_assert(error == NULL, "signal: %s", error != NULL ? error->message : "");
  answer->sent = sent;
  answer->done = TRUE;
}

static gboolean send_signal(PgConn *conn, const LockNode *node, SignalVerb verb)
{
  Answer answer = {0};
  lock_signal(conn, node, verb, signalled, &answer);
  while (!answer.done)
    g_main_context_iteration(NULL, TRUE);
  return answer.sent;
}

typedef struct {
  gboolean done;
  char *sqlstate;
} Outcome;

static void ended(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results, const GError *error,
                  void *data)
{
  Outcome *outcome = data;
  outcome->sqlstate = g_strdup(pg_error_sqlstate(error));
  outcome->done = TRUE;
}

static void await(Outcome *outcome)
{
  while (!outcome->done)
    g_main_context_iteration(NULL, TRUE);
}

/* The lines from this root on: other tests have locks of their own, before or behind. */
static LockRow **rows_from(LockSnapshot *snapshot, int root)
{
  for (guint i = 0; i + 2 < snapshot->rows->len; i++) {
    LockRow *row = g_ptr_array_index(snapshot->rows, i);
    if (row->node->pid == root && row->depth == 0)
      return (LockRow **)&snapshot->rows->pdata[i];
  }
  cr_assert_fail("the root is drawn, with two lines below it");
  return NULL;
}

Test(locks, a_chain_of_three_sessions)
{
  g_autoptr(PgConn) monitor = test_conn();
  g_autoptr(PgConn) idle = test_conn();
  g_autoptr(PgConn) alter = test_conn();
  g_autoptr(PgConn) reader = test_conn();
  test_sql(monitor, "CREATE TABLE chain (x int)");
  test_sql(idle, "BEGIN; SELECT * FROM chain");
  Outcome altered = {0}, was_read = {0};
  int own[] = {pg_conn_backend_pid(alter), 0};
  pg_conn_exec(alter, "ALTER TABLE chain ADD y int", NULL, ended, &altered);
  lock_snapshot_free(take_when_waiting(monitor, own, own[0]));
  pg_conn_exec(reader, "SELECT * FROM chain", NULL, ended, &was_read);
  g_autoptr(LockSnapshot) snapshot = take_when_waiting(monitor, own, pg_conn_backend_pid(reader));

  LockRow **rows = rows_from(snapshot, pg_conn_backend_pid(idle));
  LockNode *root = rows[0]->node, *ours = rows[1]->node, *last = rows[2]->node;
  cr_expect(root->pid == pg_conn_backend_pid(idle) && rows[0]->depth == 0, "the idle session is the root");
  cr_expect(strcmp(root->state, "idle in transaction") == 0, "state %s", root->state);
  cr_expect(strcmp(root->lock_mode, "ACCESS SHARE") == 0 && root->lock_granted, "it holds %s",
            root->lock_mode);
  cr_expect(strcmp(root->lock_relation, "public.chain") == 0, "on %s", root->lock_relation);
  cr_expect(root->descendants == 2 && root->xact_s >= 0, "two behind it");
  cr_expect(ours->pid == own[0] && ours->own && !rows[1]->queued, "the ALTER waits for it");
  cr_expect(strcmp(ours->lock_mode, "ACCESS EXCLUSIVE") == 0 && !ours->lock_granted, "it wants %s",
            ours->lock_mode);
  cr_expect(ours->wait_s >= 0 && strcmp(ours->wait_event, "Lock: relation") == 0, "it waits");
  cr_expect(strcmp(ours->query, "ALTER TABLE chain ADD y int") == 0, "query %s", ours->query);
  cr_expect(last->pid == pg_conn_backend_pid(reader) && rows[2]->depth == 2 && rows[2]->queued,
            "the reader is queued behind the ALTER");

  cr_expect(lock_verb(root) == SIGNAL_TERMINATE, "terminate helps against idle in transaction");
  cr_expect(send_signal(monitor, last, SIGNAL_CANCEL), "the reader can be cancelled");
  await(&was_read);
  cr_expect(strcmp(was_read.sqlstate, "57014") == 0, "reader: %s", was_read.sqlstate);
  g_free(root->backend_start);
  char *start = root->backend_start = g_strdup("1");
  cr_expect(!send_signal(monitor, root, SIGNAL_TERMINATE), "another backend with that pid is spared");
  g_autoptr(LockSnapshot) again = take(monitor, own);
  cr_expect(send_signal(monitor, lock_snapshot_find(again, root->pid), SIGNAL_TERMINATE),
            "the right one is not");
  await(&altered);
  cr_expect(*altered.sqlstate == '\0', "the ALTER finishes: %s", altered.sqlstate);
  cr_expect(start == root->backend_start, "unchanged");
  g_autoptr(LockSnapshot) quiet = take(monitor, own);
  LockNode *alone = lock_snapshot_find(quiet, own[0]);
  cr_expect(alone != NULL && alone->blocked_by->len == 0 && alone->children->len == 0,
            "quiet afterwards, still listed");
  g_free(altered.sqlstate);
  g_free(was_read.sqlstate);
  test_sql(monitor, "DROP TABLE chain");
}

Test(locks, a_prepared_transaction_is_seen)
{
  g_autoptr(PgConn) monitor = test_conn();
  g_autoptr(PgConn) alter = test_conn();
  test_sql(monitor, "CREATE TABLE prep (x int)");
  test_sql(monitor, "BEGIN; INSERT INTO prep VALUES (1); PREPARE TRANSACTION 'it''s mine'");
  Outcome altered = {0};
  pg_conn_exec(alter, "ALTER TABLE prep ADD y int", NULL, ended, &altered);
  g_autoptr(LockSnapshot) snapshot = take_when_waiting(monitor, NULL, pg_conn_backend_pid(alter));
  LockNode *node = lock_snapshot_find(snapshot, 0);
  cr_assert(node != NULL && node->gids != NULL && node->gids[0] != NULL, "pid 0 is there with its name");
  cr_expect(strcmp(node->gids[0], "it's mine") == 0, "gid %s", node->gids[0]);
  cr_expect(strcmp(node->lock_mode, "ROW EXCLUSIVE") == 0, "holds %s", node->lock_mode);
  cr_expect(strcmp(node->state, "prepared") == 0 && node->xact_s >= 0, "state %s", node->state);
  g_autofree char *caution = lock_signal_caution(node);
  cr_expect(strstr(caution, "ROLLBACK PREPARED 'it''s mine'") != NULL, "%s", caution);
  test_sql(monitor, "ROLLBACK PREPARED 'it''s mine'");
  await(&altered);
  g_free(altered.sqlstate);
  test_sql(monitor, "DROP TABLE prep");
}

Test(locks, rows_locked_by_others)
{
  g_autoptr(PgConn) monitor = test_conn();
  g_autoptr(PgConn) holder = test_conn();
  g_autoptr(PgConn) waiter = test_conn();
  test_sql(monitor, "CREATE TABLE rowlock AS SELECT 1 AS x");
  test_sql(holder, "BEGIN; UPDATE rowlock SET x = 2");
  Outcome updated = {0};
  pg_conn_exec(waiter, "UPDATE rowlock SET x = 3", NULL, ended, &updated);
  g_autoptr(LockSnapshot) snapshot = take_when_waiting(monitor, NULL, pg_conn_backend_pid(waiter));
  LockNode *node = lock_snapshot_find(snapshot, pg_conn_backend_pid(waiter));
  cr_expect(strcmp(node->lock_type, "transactionid") == 0, "waits for a %s", node->lock_type);
  LockNode *root = lock_snapshot_find(snapshot, pg_conn_backend_pid(holder));
  cr_expect(g_ptr_array_find(snapshot->roots, root, NULL), "the holder is a root");
  test_sql(holder, "ROLLBACK");
  await(&updated);
  g_free(updated.sqlstate);
  test_sql(monitor, "DROP TABLE rowlock");
}

Test(locks, a_verb_that_is_not_available_says_why)
{
  static const struct {
    const char *type, *state, *user;
    int pid;
    SignalVerb verb;
    gboolean may_signal;
    const char *why; /* part of it; NULL: it is available */
  } cases[] = {
      {"client backend", "active", "app", 1, SIGNAL_CANCEL, TRUE, NULL},
      {"client backend", "idle in transaction", "app", 1, SIGNAL_CANCEL, TRUE, "no query"},
      {"client backend", "idle in transaction", "app", 1, SIGNAL_TERMINATE, TRUE, NULL},
      {"client backend", "active", "app", 1, SIGNAL_CANCEL, FALSE, "deploy may not signal sessions of app"},
      {"client backend", "active", "deploy", 1, SIGNAL_CANCEL, FALSE, NULL},
      {"parallel worker", "active", "app", 1, SIGNAL_CANCEL, TRUE, "leads"},
      {NULL, "prepared", "app", 0, SIGNAL_TERMINATE, TRUE, "ROLLBACK PREPARED"},
  };
  ServerInfo server = {.user = (char *)"deploy"};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    LockNode *node = lock_node_new(cases[i].pid);
    node->backend_type = g_strdup(cases[i].type);
    node->state = g_strdup(cases[i].state);
    node->user = g_strdup(cases[i].user);
    server.may_signal = cases[i].may_signal;
    LockNode *copy = lock_node_copy(node);
    g_autofree char *why = lock_verb_unavailable(copy, cases[i].verb, &server);
    cr_expect((why != NULL) == (cases[i].why != NULL) && (why == NULL || strstr(why, cases[i].why) != NULL),
              "case %zu: %s", i, why);
    lock_node_free(node);
    lock_node_free(copy);
  }
}

Test(locks, what_is_no_session_is_signalled_with_care)
{
  static const struct {
    const char *type;
    gboolean care;
  } cases[] = {{"client backend", FALSE},
               {"autovacuum worker", FALSE},
               {"walsender", TRUE},
               {"logical replication worker", TRUE},
               {"checkpointer", TRUE}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    LockNode *node = lock_node_new(7);
    node->backend_type = g_strdup(cases[i].type);
    g_autofree char *caution = lock_signal_caution(node);
    cr_expect((caution != NULL) == cases[i].care, "%s: %s", cases[i].type, caution);
    lock_node_free(node);
  }
}
