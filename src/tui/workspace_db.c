/* The database beside the screen: one connection for the position (and the rollout), one to look at locks. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/settings.h"
#include "retort/base/text.h"
#include "workspace-private.h"

/* While no screen shows them, locks are looked at this often: for the line at the bottom. */
#define LOCKS_CALM_S 5
#define POSITION_INTERVAL_S 5

static void set_text(char **to, const char *text)
{
  g_free(*to);
  *to = text ? g_strdelimit(text_escape(text, -1, TRUE), "\n\t", ' ') : NULL;
}

/* "app@/run/postgresql:5432/shop" is a socket here: its folder says nothing to an operator. */
static void set_database_name(Workspace *ws, const char *display)
{
  const char *at = strstr(display, "@/"), *slash = strrchr(display, '/');
  if (at && slash > at + 1) {
    g_autofree char *name = g_strdup_printf("%.*s@local%s", (int)(at - display), display, slash);
    set_text(&ws->database_name, name);
  } else {
    set_text(&ws->database_name, display);
  }
}

static gboolean environment_names_server(void)
{
  static const char *const names[] = {"PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE", "PGPORT", "PGUSER"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_getenv(names[i]))
      return TRUE;
  return FALSE;
}

/* What env.py computes at run time, where the position is kept among it. */
static gboolean position_unknowable(Workspace *ws)
{
  const Project *project = ws->snapshot ? ws->snapshot->project : NULL;
  const EnvSetting *settings[] = {project ? &project->env.version_table : NULL,
                                  project ? &project->env.version_table_schema : NULL};
  const char *const keys[] = {"version_table", "version_table_schema"};
  for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
    if (settings[i] && settings[i]->state == ENV_UNKNOWN) {
      g_autofree char *path = settings_path();
      g_autofree char *text = g_strdup_printf(
          _("%s:%u: env.py computes %s, so where the position is kept is not known: set it in %s under "
            "[project %s]"),
          project->env.path, settings[i]->line, keys[i], path, project->name);
      set_text(&ws->database_hint, text);
      return TRUE;
    }
  return FALSE;
}

/* --url or DATABASE_URL, else sqlalchemy.url, else libpq's own variables. */
static PgParams *resolve(Workspace *ws)
{
  g_autoptr(GError) error = NULL;
  g_clear_pointer(&ws->database_hint, g_free);
  if (position_unknowable(ws))
    return NULL;
  const char *url = ws->options.url, *source = ws->options.url_source;
  const Project *project = ws->snapshot ? ws->snapshot->project : NULL;
  if (!url && project && project->url)
    url = project->url, source = "sqlalchemy.url";
  PgParams *params = url ? pg_params_parse(url, source, &error) : NULL;
  if (params)
    return params;
  if (!ws->options.url && environment_names_server())
    return pg_params_default();
  if (error)
    set_text(&ws->database_hint, error->message);
  return NULL;
}

static void set_state(Workspace *ws, DatabaseState state, const GError *error)
{
  ws->database = state;
  g_free(ws->database_error);
  ws->database_error = error ? text_escape(error->message, -1, TRUE) : NULL;
  workspace_announce(ws, CHANGED_DATABASE);
}

static gboolean same_rows(const VersionRows *a, const VersionRows *b)
{
  return a && b && a->exists == b->exists &&
         g_strv_equal((const char *const *)a->rows, (const char *const *)b->rows);
}

static void connection_lost(PgConn *conn, const GError *error, void *data)
{
  (void)conn;
  set_state(data, DATABASE_LOST, error);
}

/* A rollout that was killed or cut off: what of it remains? */

static void examined(Recovery *recovery, const GError *error, void *data)
{
  Workspace *ws = data;
  (void)error;
  g_clear_pointer(&ws->recovery, recovery_free);
  if (recovery && (recovery->state == RECOVERY_PARTIAL || recovery->state == RECOVERY_UNKNOWN))
    ws->recovery = recovery;
  else
    recovery_free(recovery);
  workspace_announce(ws, CHANGED_DATABASE);
  workspace_serve(ws);
}

static void server_known(ServerInfo *info, const GError *error, void *data)
{
  Workspace *ws = data;
  (void)error;
  const char *schema = NULL;
  const char *table = project_version_table(ws->snapshot->project, &schema);
  g_autoptr(JournalEntry) entry =
      recovery_find(pg_conn_display(ws->conn), info ? info->system_id : NULL, NULL);
  server_info_free(info);
  if (!entry || !recovery_examine(ws->conn, entry->path, table, schema, examined, ws, NULL))
    workspace_serve(ws);
}

/* The cluster says which records are this database's, by whatever name it was reached then. */
static void examine(PgConn *conn, void *data)
{
  catalog_server(conn, server_known, data);
}

static void position_arrived(Workspace *ws, VersionRows *rows, const GError *error)
{
  g_autoptr(VersionRows) taken = rows;
  if (error) {
    gboolean lost = pg_conn_state(ws->conn) != PG_CONN_IDLE;
    set_state(ws, lost ? DATABASE_LOST : DATABASE_FAILED, error);
    return;
  }
  gboolean news = ws->database != DATABASE_READY || !same_rows(ws->rows, taken);
  ws->database = DATABASE_READY;
  set_text(&ws->database_error, NULL);
  if (!ws->recovery_asked)
    workspace_when_free(ws, examine, ws);
  ws->recovery_asked = TRUE;
  if (!news)
    return;
  workspace_take_rows(ws, g_steal_pointer(&taken));
  workspace_find_unknown(ws);
  workspace_look_at_locks(ws);
  workspace_load_catalog(ws);
}

typedef struct {
  void (*func)(PgConn *conn, void *data);
  void *data;
} Waiting;

void workspace_serve(Workspace *ws)
{
  while (ws->conn && pg_conn_state(ws->conn) == PG_CONN_IDLE) {
    g_autofree Waiting *next = g_queue_pop_head(&ws->waiting);
    if (!next)
      return;
    next->func(ws->conn, next->data);
  }
}

void workspace_when_free(Workspace *ws, void (*func)(PgConn *conn, void *data), void *data)
{
  Waiting *waiting = g_new0(Waiting, 1);
  *waiting = (Waiting){func, data};
  g_queue_push_tail(&ws->waiting, waiting);
  workspace_serve(ws);
}

void workspace_forget(Workspace *ws, void *data)
{
  for (GList *link = ws->waiting.head; link;) {
    GList *next = link->next;
    if (!data || ((Waiting *)link->data)->data == data) {
      g_free(link->data);
      g_queue_delete_link(&ws->waiting, link);
    }
    link = next;
  }
}

static void show_locks(Workspace *ws, const LockReport *report)
{
  ws->locks = report ? report->snapshot : NULL;
  set_text(&ws->locks_error, report && report->error ? report->error->message : NULL);
  workspace_announce(ws, CHANGED_LOCKS);
}

void workspace_lend(Workspace *ws, Supervision *supervision)
{
  ws->supervision = supervision;
  if (ws->monitor)
    lock_monitor_set_active(ws->monitor, FALSE);
}

void workspace_take_report(Workspace *ws, const LockReport *report)
{
  show_locks(ws, report);
}

void workspace_take_back(Workspace *ws)
{
  ws->supervision = NULL;
  show_locks(ws, NULL);
  workspace_look_at_locks(ws);
  /* Whatever was left behind before, the newest rollout is the one to ask about now. */
  g_clear_pointer(&ws->recovery, recovery_free);
  workspace_set_resume(ws, NULL, DIRECTION_UPGRADE, 0, NULL);
  ws->recovery_asked = FALSE;
  PgConnState state = ws->conn ? pg_conn_state(ws->conn) : PG_CONN_CLOSED;
  if (state == PG_CONN_IDLE)
    workspace_read_position(ws);
  else
    workspace_connect(ws);
}

static void position_read(VersionRows *rows, const GError *error, void *data)
{
  Workspace *ws = data;
  ws->position_busy = FALSE;
  position_arrived(ws, rows, error);
  workspace_serve(ws);
}

void workspace_read_position(Workspace *ws)
{
  if (!ws->conn || ws->supervision || ws->position_busy || !ws->snapshot ||
      pg_conn_state(ws->conn) != PG_CONN_IDLE)
    return;
  ws->position_busy = TRUE;
  const char *schema = NULL;
  const char *table = project_version_table(ws->snapshot->project, &schema);
  version_rows_read(ws->conn, table, schema, position_read, ws);
}

static void connected(PgConn *conn, const GError *error, void *data)
{
  Workspace *ws = data;
  if (error) {
    set_state(ws, DATABASE_FAILED, error);
    return;
  }
  set_database_name(ws, pg_conn_display(conn));
  int version = pg_conn_server_version(conn);
  g_free(ws->server);
  ws->server = version >= 100000 ? g_strdup_printf("postgresql %d.%d", version / 10000, version % 10000)
                                 : g_strdup_printf("postgresql %d.%d", version / 10000, version / 100 % 100);
  if (ws->server_version != version && ws->snapshot) {
    ws->server_version = version;
    workspace_survey(ws);
  }
  ws->own_pids[0] = pg_conn_backend_pid(conn);
  pg_conn_on_lost(conn, connection_lost, ws);
  workspace_read_position(ws);
}

void workspace_connect(Workspace *ws)
{
  if (ws->supervision)
    return;
  workspace_forget(ws, NULL);
  g_clear_pointer(&ws->conn, pg_conn_free);
  g_clear_pointer(&ws->monitor, lock_monitor_free);
  ws->locks = NULL;
  ws->position_busy = FALSE;
  g_clear_pointer(&ws->params, pg_params_free);
  g_clear_pointer(&ws->locks_error, g_free);
  g_clear_pointer(&ws->catalog, review_catalog_unref);
  ws->catalog_asked = FALSE;
  ws->params = resolve(ws);
  if (!ws->params) {
    set_state(ws, DATABASE_NONE, NULL);
    return;
  }
  set_database_name(ws, ws->params->display);
  ws->conn = pg_conn_new(ws->params, &(PgConnOptions){0});
  set_state(ws, DATABASE_CONNECTING, NULL);
  pg_conn_connect(ws->conn, connected, ws);
}

/* Locks */

static void locks_reported(LockMonitor *monitor, const LockReport *report, void *data)
{
  (void)monitor;
  Workspace *ws = data;
  if (!ws->supervision)
    show_locks(ws, report);
}

void workspace_look_at_locks(Workspace *ws)
{
  if (!ws->params || ws->database != DATABASE_READY || ws->supervision)
    return;
  if (!ws->monitor)
    ws->monitor = lock_monitor_new(ws->params, locks_reported, ws);
  lock_monitor_watch(ws->monitor, ws->own_pids);
  lock_monitor_set_active(ws->monitor, ws->locks_interest > 0);
  if (ws->locks_interest == 0)
    lock_monitor_refresh(ws->monitor);
}

void workspace_follow_locks(Workspace *ws, gboolean follow)
{
  ws->locks_interest += follow ? 1 : -1;
  if (ws->monitor && !ws->supervision)
    lock_monitor_set_active(ws->monitor, ws->locks_interest > 0);
  else
    workspace_look_at_locks(ws);
}

typedef struct {
  Workspace *ws;
  WorkspaceSignalFunc func;
  void *data;
  int pid;
  SignalVerb verb;
} SignalJob;

static void signalled(gboolean sent, const GError *error, void *data)
{
  g_autofree SignalJob *job = data;
  g_autofree char *text = NULL;
  if (error)
    text = text_escape(error->message, -1, FALSE);
  else if (!sent)
    text = g_strdup_printf(_("%d is gone already"), job->pid);
  else if (job->verb == SIGNAL_CANCEL)
    text = g_strdup_printf(_("asked %d to cancel its query"), job->pid);
  else
    text = g_strdup_printf(_("terminated %d"), job->pid);
  job->func(sent, text, job->data);
}

void workspace_signal(Workspace *ws, const LockNode *node, SignalVerb verb, WorkspaceSignalFunc func,
                      void *data)
{
  if (!ws->monitor && !ws->supervision) {
    func(FALSE, _("there is no second connection yet: press the key again"), data);
    return;
  }
  SignalJob *job = g_new0(SignalJob, 1);
  *job = (SignalJob){ws, func, data, node->pid, verb};
  if (ws->supervision)
    supervision_signal(ws->supervision, node, verb, signalled, job);
  else
    lock_monitor_signal(ws->monitor, node, verb, signalled, job);
}

static gboolean locks_tick(void *data)
{
  Workspace *ws = data;
  if (ws->locks_interest == 0)
    workspace_look_at_locks(ws);
  return G_SOURCE_CONTINUE;
}

static gboolean position_tick(void *data)
{
  workspace_read_position(data);
  return G_SOURCE_CONTINUE;
}

void workspace_start_timers(Workspace *ws)
{
  ws->sources->locks_timer = g_timeout_add_seconds(LOCKS_CALM_S, locks_tick, ws);
  ws->sources->position_timer = g_timeout_add_seconds(POSITION_INTERVAL_S, position_tick, ws);
}

RolloutPolicy *workspace_policy(const Workspace *ws, GError **error)
{
  const Project *project = ws->snapshot ? ws->snapshot->project : NULL;
  g_autofree char *folder =
      project && project->config_path ? g_path_get_dirname(project->config_path) : g_get_current_dir();
  RolloutPolicy *policy = rollout_policy_new(ws->options.settings, ws->options.target,
                                             project ? project->name : NULL, folder, error);
  if (policy) {
    policy->production = policy->production || ws->options.production;
    policy->read_only = policy->read_only || ws->options.read_only;
  }
  return policy;
}
