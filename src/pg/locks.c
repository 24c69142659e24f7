/* The forest of waiting backends, and signals to them. */
#include "retort/pg/locks.h"

#include <glib/gi18n.h>
#include <string.h>

#include "conn-private.h"
#include "locks-private.h"
#include "retort/base/error.h"
#include "retort/base/text.h"

LockNode *lock_node_new(int pid)
{
  LockNode *node = g_new0(LockNode, 1);
  node->pid = pid;
  node->blocked_by = g_array_new(FALSE, FALSE, sizeof(int));
  node->queued_behind = g_array_new(FALSE, FALSE, sizeof(int));
  node->children = g_ptr_array_new();
  node->xact_s = node->state_s = node->wait_s = -1;
  return node;
}

void lock_node_free(LockNode *node)
{
  if (node == NULL)
    return;
  char *texts[] = {node->database,      node->user,      node->application,   node->client,
                   node->backend_type,  node->state,     node->query,         node->wait_event,
                   node->backend_start, node->lock_mode, node->lock_relation, node->lock_type};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_strfreev(node->gids);
  g_array_unref(node->blocked_by);
  g_array_unref(node->queued_behind);
  g_ptr_array_unref(node->children);
  g_free(node);
}

LockNode *lock_node_copy(const LockNode *node)
{
  LockNode *copy = lock_node_new(node->pid);
  copy->database = g_strdup(node->database);
  copy->user = g_strdup(node->user);
  copy->application = g_strdup(node->application);
  copy->client = g_strdup(node->client);
  copy->backend_type = g_strdup(node->backend_type);
  copy->state = g_strdup(node->state);
  copy->wait_event = g_strdup(node->wait_event);
  copy->backend_start = g_strdup(node->backend_start);
  copy->xact_s = node->xact_s;
  copy->state_s = node->state_s;
  copy->wait_s = node->wait_s;
  copy->query = g_strdup(node->query);
  copy->lock_mode = g_strdup(node->lock_mode);
  copy->lock_relation = g_strdup(node->lock_relation);
  copy->lock_type = g_strdup(node->lock_type);
  copy->lock_granted = node->lock_granted;
  copy->gids = g_strdupv(node->gids);
  copy->own = node->own;
  return copy;
}

void lock_snapshot_free(LockSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  g_ptr_array_unref(snapshot->rows);
  g_ptr_array_unref(snapshot->listed);
  g_ptr_array_unref(snapshot->roots);
  g_ptr_array_unref(snapshot->nodes);
  g_free(snapshot);
}

/* ---- Building -------------------------------------------------------------------------------------------------- */

static gboolean has_pid(const GArray *pids, int pid)
{
  for (guint i = 0; i < pids->len; i++)
    if (g_array_index(pids, int, i) == pid)
      return TRUE;
  return FALSE;
}

static gboolean is_queued(const LockNode *node, const LockNode *blocker)
{
  return has_pid(node->queued_behind, blocker->pid);
}

/* Somebody of the snapshot holds something against it, so that queue neighbours need not be drawn. */
static gboolean is_held_up(const LockNode *node)
{
  return node->blocked_by->len > node->queued_behind->len;
}

static gboolean hangs_under(const LockNode *node, const LockNode *blocker)
{
  return !is_queued(node, blocker) || !is_held_up(node);
}

/* Longest wait first: the head of the queue. */
static int compare_waiters(const void *a, const void *b)
{
  const LockNode *x = *(LockNode *const *)a, *y = *(LockNode *const *)b;
  return x->wait_s != y->wait_s ? (x->wait_s < y->wait_s ? 1 : -1) : x->pid - y->pid;
}

static int compare_roots(const void *a, const void *b)
{
  const LockNode *x = *(LockNode *const *)a, *y = *(LockNode *const *)b;
  return x->xact_s != y->xact_s ? (x->xact_s < y->xact_s ? 1 : -1) : x->pid - y->pid;
}

/* Drops edges to backends that are gone (or to itself) and sets children. */
static void link_nodes(LockSnapshot *snapshot)
{
  g_autoptr(GHashTable) by_pid = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < snapshot->nodes->len; i++) {
    LockNode *node = g_ptr_array_index(snapshot->nodes, i);
    g_hash_table_insert(by_pid, GINT_TO_POINTER(node->pid), node);
  }
  for (guint i = 0; i < snapshot->nodes->len; i++) {
    LockNode *node = g_ptr_array_index(snapshot->nodes, i);
    for (guint j = node->blocked_by->len; j-- > 0;) {
      int pid = g_array_index(node->blocked_by, int, j);
      LockNode *blocker = g_hash_table_lookup(by_pid, GINT_TO_POINTER(pid));
      if (blocker != NULL && blocker != node) {
        g_ptr_array_add(blocker->children, node);
        continue;
      }
      g_array_remove_index(node->blocked_by, j);
      for (guint k = node->queued_behind->len; k-- > 0;)
        if (g_array_index(node->queued_behind, int, k) == pid)
          g_array_remove_index(node->queued_behind, k);
    }
  }
  for (guint i = 0; i < snapshot->nodes->len; i++)
    g_ptr_array_sort(((LockNode *)g_ptr_array_index(snapshot->nodes, i))->children, compare_waiters);
}

typedef struct {
  LockSnapshot *snapshot;
  GHashTable *drawn; /* LockNode* -> number of the root it was last drawn under */
  guint root;
} Drawing;

static LockRow *draw_row(Drawing *drawing, LockNode *node, LockNode *parent, guint depth)
{
  LockRow *row = g_new0(LockRow, 1);
  row->node = node;
  row->parent = parent;
  row->depth = depth;
  row->queued = parent != NULL && is_queued(node, parent);
  row->again = g_hash_table_contains(drawing->drawn, node);
  row->last = TRUE;
  g_ptr_array_add(drawing->snapshot->rows, row);
  g_hash_table_insert(drawing->drawn, node, GUINT_TO_POINTER(drawing->root));
  if (!row->again) {
    node->depth = depth;
    g_ptr_array_add(drawing->snapshot->listed, node);
  }
  return row;
}

/* Depth first; `drawn` keeps it finite when backends wait in a circle (a deadlock about to be found). */
static void draw_subtree(Drawing *drawing, LockNode *node, LockNode *parent, guint depth)
{
  if (draw_row(drawing, node, parent, depth)->again)
    return;
  LockRow *before = NULL;
  for (guint i = 0; i < node->children->len; i++) {
    LockNode *child = g_ptr_array_index(node->children, i);
    guint under = GPOINTER_TO_UINT(g_hash_table_lookup(drawing->drawn, child));
    if (under == drawing->root || !hangs_under(child, node))
      continue;
    if (before != NULL)
      before->last = FALSE;
    guint at = drawing->snapshot->rows->len;
    draw_subtree(drawing, child, node, depth + 1);
    before = g_ptr_array_index(drawing->snapshot->rows, at);
  }
}

static void draw_root(Drawing *drawing, LockNode *node)
{
  drawing->root++;
  draw_subtree(drawing, node, NULL, 0);
}

static void draw(LockSnapshot *snapshot)
{
  g_autoptr(GHashTable) drawn = g_hash_table_new(NULL, NULL);
  Drawing drawing = {snapshot, drawn, 0};
  for (guint i = 0; i < snapshot->roots->len; i++)
    draw_root(&drawing, g_ptr_array_index(snapshot->roots, i));
  /* What only waits in circles has no root: it starts anywhere.  Then those that have nothing to do with it. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < snapshot->nodes->len; i++) {
      LockNode *node = g_ptr_array_index(snapshot->nodes, i);
      if (!g_hash_table_contains(drawn, node) && (pass == 1 || node->children->len > 0))
        draw_root(&drawing, node);
    }
}

static void collect(LockNode *node, GHashTable *seen, GPtrArray *found, gboolean down, GHashTable *by_pid)
{
  guint n = down ? node->children->len : node->blocked_by->len;
  for (guint i = 0; i < n; i++) {
    LockNode *next =
        down ? g_ptr_array_index(node->children, i)
             : g_hash_table_lookup(by_pid, GINT_TO_POINTER(g_array_index(node->blocked_by, int, i)));
    if (next == NULL || !g_hash_table_add(seen, next))
      continue;
    g_ptr_array_add(found, next);
    collect(next, seen, found, down, by_pid);
  }
}

static GPtrArray *around(const LockSnapshot *snapshot, LockNode *node, gboolean down)
{
  GPtrArray *found = g_ptr_array_new();
  g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
  g_autoptr(GHashTable) by_pid = g_hash_table_new(NULL, NULL);
  for (guint i = 0; !down && i < snapshot->nodes->len; i++) {
    LockNode *other = g_ptr_array_index(snapshot->nodes, i);
    g_hash_table_insert(by_pid, GINT_TO_POINTER(other->pid), other);
  }
  if (node != NULL) {
    g_hash_table_add(seen, node);
    collect(node, seen, found, down, by_pid);
  }
  return found;
}

GPtrArray *lock_snapshot_culprits(const LockSnapshot *snapshot, int pid)
{
  return around(snapshot, lock_snapshot_find(snapshot, pid), FALSE);
}

GPtrArray *lock_snapshot_victims(const LockSnapshot *snapshot, int pid)
{
  return around(snapshot, lock_snapshot_find(snapshot, pid), TRUE);
}

/* In a crowd every waiter is behind all before it, so counting below each of them would be cubic; there only those
 * are counted that the screen asks about: roots and ours. */
#define CROWD 200

static void count_descendants(LockSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->nodes->len; i++) {
    LockNode *node = g_ptr_array_index(snapshot->nodes, i);
    node->descendants = node->children->len;
    if (snapshot->nodes->len > CROWD && node->blocked_by->len > 0 && !node->own)
      continue;
    g_autoptr(GPtrArray) below = around(snapshot, node, TRUE);
    node->descendants = below->len;
  }
}

static void lock_row_free(void *row)
{
  g_free(row);
}

LockSnapshot *lock_snapshot_build(GPtrArray *nodes)
{
  LockSnapshot *snapshot = g_new0(LockSnapshot, 1);
  snapshot->nodes = nodes;
  g_ptr_array_set_free_func(nodes, (GDestroyNotify)lock_node_free);
  snapshot->roots = g_ptr_array_new();
  snapshot->rows = g_ptr_array_new_with_free_func(lock_row_free);
  snapshot->listed = g_ptr_array_new();
  snapshot->taken = g_get_monotonic_time();
  link_nodes(snapshot);
  for (guint i = 0; i < nodes->len; i++) {
    LockNode *node = g_ptr_array_index(nodes, i);
    if (node->blocked_by->len == 0 && node->children->len > 0)
      g_ptr_array_add(snapshot->roots, node);
  }
  g_ptr_array_sort(snapshot->roots, compare_roots);
  count_descendants(snapshot);
  draw(snapshot);
  return snapshot;
}

LockNode *lock_snapshot_find(const LockSnapshot *snapshot, int pid)
{
  for (guint i = 0; i < snapshot->nodes->len; i++)
    if (((LockNode *)g_ptr_array_index(snapshot->nodes, i))->pid == pid)
      return g_ptr_array_index(snapshot->nodes, i);
  return NULL;
}

/* ---- Asking the server ----------------------------------------------------------------------------------------- */

typedef struct {
  GArray *own; /* int */
  LockSnapshotFunc func;
  void *data;
} SnapshotRequest;

static void snapshot_request_free(void *data)
{
  SnapshotRequest *request = data;
  g_array_unref(request->own);
  g_free(request);
}

static void snapshot_arrived(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  SnapshotRequest *request = data;
  LockSnapshot *snapshot = NULL;
  if (error == NULL) {
    GPtrArray *nodes = lock_nodes_from_result(g_ptr_array_index(results, 0));
    g_autoptr(GPtrArray) facts = lock_facts_from_result(g_ptr_array_index(results, 1));
    for (guint i = 0; i < nodes->len; i++) {
      LockNode *node = g_ptr_array_index(nodes, i);
      node->own = node->pid != 0 && has_pid(request->own, node->pid);
    }
    lock_nodes_add_facts(nodes, facts);
    snapshot = lock_snapshot_build(nodes);
  }
  request->func(snapshot, error, request->data);
  snapshot_request_free(request);
}

void lock_snapshot_take(PgConn *conn, const int *own, LockSnapshotFunc func, void *data)
{
  SnapshotRequest *request = g_new0(SnapshotRequest, 1);
  request->own = g_array_new(FALSE, FALSE, sizeof(int));
  for (const int *pid = own; pid != NULL && *pid != 0; pid++)
    g_array_append_val(request->own, *pid);
  request->func = func;
  request->data = data;
  g_autofree char *sql = lock_query(pg_conn_server_version(conn), own);
  pg_conn_exec_owned(conn, sql, NULL, snapshot_arrived, request, snapshot_request_free);
}

/* ---- Signals --------------------------------------------------------------------------------------------------- */

typedef struct {
  SignalFunc func;
  void *data;
} SignalRequest;

static void signalled(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  g_autofree SignalRequest *request = data;
  const PGresult *result = error == NULL ? g_ptr_array_index(results, 0) : NULL;
  gboolean sent = result != NULL && PQntuples(result) == 1 && *PQgetvalue(result, 0, 0) == 't';
  if (request->func != NULL)
    request->func(sent, error, request->data);
}

void lock_signal(PgConn *conn, const LockNode *node, SignalVerb verb, SignalFunc func, void *data)
{
  SignalRequest *request = g_new0(SignalRequest, 1);
  *request = (SignalRequest){func, data};
  g_autofree char *pid = g_strdup_printf("%d", node->pid);
  g_autofree char *sql =
      g_strdup_printf("SELECT pg_catalog.%s(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1 "
                      "AND (extract(epoch FROM backend_start) * 1000000)::bigint::text = $2",
                      verb == SIGNAL_CANCEL ? "pg_cancel_backend" : "pg_terminate_backend");
  const char *params[] = {pid, node->backend_start != NULL ? node->backend_start : "", NULL};
  pg_conn_exec_owned(conn, sql, params, signalled, request, g_free);
}

SignalVerb lock_verb(const LockNode *node)
{
  if (g_strcmp0(node->backend_type, "autovacuum worker") == 0)
    return SIGNAL_CANCEL;
  /* A session that runs nothing has nothing to cancel: the request would be lost without a word. */
  return node->state != NULL && g_str_has_prefix(node->state, "idle") ? SIGNAL_TERMINATE : SIGNAL_CANCEL;
}

static char *prepared_text(const LockNode *node)
{
  g_autofree char *name =
      pg_quote_literal(node->gids != NULL && node->gids[0] != NULL ? node->gids[0] : "gid");
  return g_strdup_printf(_("This is a prepared transaction; its owner ends it with ROLLBACK PREPARED %s."),
                         name);
}

char *lock_verb_unavailable(const LockNode *node, SignalVerb verb, const ServerInfo *server)
{
  if (node->pid == 0)
    return prepared_text(node);
  if (g_strcmp0(node->backend_type, "parallel worker") == 0)
    return g_strdup(_("This is a worker of a parallel query; signal the session that leads it."));
  if (verb == SIGNAL_CANCEL && node->state != NULL && g_str_has_prefix(node->state, "idle"))
    return g_strdup(_("It runs no query that could be cancelled; only terminating it frees its locks."));
  if (server != NULL && !server->may_signal && g_strcmp0(node->user, server->user) != 0) {
    g_autofree char *user = text_escape(node->user != NULL ? node->user : "?", -1, FALSE);
    g_autofree char *ours = text_escape(server->user, -1, FALSE);
    return g_strdup_printf(_("%s may not signal sessions of %s; that takes pg_signal_backend."), ours, user);
  }
  return NULL;
}

/* Replication, background workers, and what else is no session of somebody. */
static gboolean is_session(const LockNode *node)
{
  return node->backend_type == NULL || strcmp(node->backend_type, "client backend") == 0 ||
         strcmp(node->backend_type, "autovacuum worker") == 0;
}

char *lock_signal_caution(const LockNode *node)
{
  if (node->pid == 0)
    return prepared_text(node);
  if (node->own)
    return g_strdup(_("This is our own session; cancel the step instead."));
  if (node->backend_type != NULL && g_str_has_prefix(node->backend_type, "walsender"))
    return g_strdup(_("This is a WAL sender: a standby or a logical subscriber would lose its connection."));
  if (g_strcmp0(node->backend_type, "autovacuum worker") == 0 && node->query != NULL &&
      strstr(node->query, "to prevent wraparound") != NULL)
    return g_strdup(_("This vacuum prevents transaction id wraparound; it would start again at once."));
  if (node->application != NULL && g_str_has_prefix(node->application, "retort"))
    return g_strdup(_("This is another retort; ask who runs it."));
  if (!is_session(node)) {
    g_autofree char *type = text_escape(node->backend_type, -1, FALSE);
    return g_strdup_printf(_("This is no session of an application but a process of the server (%s)."), type);
  }
  return NULL;
}
