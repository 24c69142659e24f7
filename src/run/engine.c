/* One run of the project's own Alembic: start it, find its backend, wait for it, read the rows. */
#include "retort/run/engine.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "retort/base/error.h"
#include "retort/pg/version_table.h"
#include "rollout-private.h"

/* Between two looks for its backend. */
#define LOOK_MS 300
/* What a cancelled command gets before the next, harder signal. */
#define PATIENCE_MS 5000

struct AlembicRun {
  guint refs; /* the owner's, and one while func runs */
  gboolean freed;
  gboolean cancelled;
  gboolean asking; /* conn has a question of ours */
  gboolean ended;  /* the command; the rows are next */
  gboolean over;
  GMainContext *context;
  PgConn *conn;
  char **argv;
  char *folder;
  char *table;
  char *schema;
  char **rows_after;
  char *application; /* by which its backend is known */
  char *pg_options;
  Child *child;
  GSource *timer;
  int next_signal;
  int pid;
  gint64 began;
  GError *error;
  EngineFunc func;
  void *data;
};

static void run_unref(AlembicRun *run)
{
  if (--run->refs > 0)
    return;
  g_strfreev(run->argv);
  g_strfreev(run->rows_after);
  char *texts[] = {run->folder, run->table, run->schema, run->application, run->pg_options};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_clear_error(&run->error);
  g_main_context_unref(run->context);
  g_free(run);
}

static void emit(AlembicRun *run, EngineEvent event)
{
  event.pid = run->pid;
  event.elapsed_s = rollout_since(run->began);
  run->refs++;
  if (!run->freed)
    run->func(&event, run->data);
  run_unref(run);
}

static void stop_timer(AlembicRun *run)
{
  if (run->timer == NULL)
    return;
  g_source_destroy(run->timer);
  g_clear_pointer(&run->timer, g_source_unref);
}

static void start_timer(AlembicRun *run, guint ms, GSourceFunc func)
{
  stop_timer(run);
  run->timer = g_timeout_source_new(ms);
  g_source_set_callback(run->timer, func, run, NULL);
  g_source_attach(run->timer, run->context);
}

/* ---- The end --------------------------------------------------------------------------------------------------- */

static void judge(AlembicRun *run, char **rows)
{
  gboolean as_planned =
      rows != NULL && rollout_rows_equal((const char *const *)rows, (const char *const *)run->rows_after);
  if (run->error == NULL && !as_planned) {
    g_autofree char *now = rows != NULL ? rollout_rows_text((const char *const *)rows) : g_strdup("?");
    g_autofree char *planned = rollout_rows_text((const char *const *)run->rows_after);
    run->error = g_error_new(
        RETORT_ERROR, RETORT_ERROR_FAILED,
        _("Alembic succeeded, but this database stands at %s and not at %s; does env.py connect to "
          "another one?"),
        now, planned);
  }
  run->over = TRUE;
  emit(run, (EngineEvent){
                .kind = run->error != NULL ? ENGINE_FAILED : ENGINE_DONE, .rows = rows, .error = run->error});
}

static void rows_read(VersionRows *rows, const GError *error, void *data)
{
  AlembicRun *run = data;
  run->asking = FALSE;
  if (error != NULL && run->error == NULL)
    run->error = g_error_copy(error);
  judge(run, rows != NULL ? rows->rows : NULL);
  version_rows_free(rows);
}

static void read_rows(AlembicRun *run)
{
  run->asking = TRUE;
  version_rows_read(run->conn, run->table, run->schema, rows_read, run);
}

static void command_ended(G_GNUC_UNUSED Child *child, gboolean success, void *data)
{
  AlembicRun *run = data;
  stop_timer(run);
  run->ended = TRUE;
  if (run->cancelled) {
    run->error = g_error_new_literal(RETORT_ERROR, RETORT_ERROR_CANCELLED, _("Alembic was stopped."));
  } else if (!success) {
    g_autofree char *words = child_last_words(run->child);
    run->error = g_error_new(RETORT_ERROR, RETORT_ERROR_FAILED, _("Alembic failed: %s"), words);
  }
  if (!run->asking)
    read_rows(run);
}

static void command_said(G_GNUC_UNUSED Child *child, const char *line, void *data)
{
  emit(data, (EngineEvent){.kind = ENGINE_OUTPUT, .text = line});
}

/* ---- Its backend ----------------------------------------------------------------------------------------------- */

static gboolean look(void *data);

static void looked(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  AlembicRun *run = data;
  const PGresult *result = error == NULL ? g_ptr_array_index(results, 0) : NULL;
  run->asking = FALSE;
  if (run->ended) {
    read_rows(run);
    return;
  }
  if (result != NULL && PQntuples(result) > 0) {
    run->pid = (int)g_ascii_strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    emit(run, (EngineEvent){.kind = ENGINE_BACKEND});
  } else if (!run->cancelled) {
    start_timer(run, LOOK_MS, look);
  }
}

static gboolean look(void *data)
{
  static const char sql[] = "SELECT pid FROM pg_catalog.pg_stat_activity WHERE application_name = $1 "
                            "AND datname = pg_catalog.current_database() ORDER BY backend_start DESC LIMIT 1";
  AlembicRun *run = data;
  stop_timer(run);
  if (pg_conn_state(run->conn) != PG_CONN_IDLE)
    return G_SOURCE_REMOVE;
  run->asking = TRUE;
  pg_conn_exec(run->conn, sql, (const char *const[]){run->application, NULL}, looked, run);
  return G_SOURCE_REMOVE;
}

/* ---- Cancelling ------------------------------------------------------------------------------------------------ */

static gboolean signal_harder(void *data)
{
  AlembicRun *run = data;
  stop_timer(run);
  if (run->ended)
    return G_SOURCE_REMOVE;
  child_signal(run->child, run->next_signal);
  run->next_signal = run->next_signal == SIGINT ? SIGTERM : SIGKILL;
  start_timer(run, PATIENCE_MS, signal_harder);
  return G_SOURCE_REMOVE;
}

static void statement_cancelled(G_GNUC_UNUSED PgConn *conn, G_GNUC_UNUSED GPtrArray *results,
                                G_GNUC_UNUSED const GError *error, void *data)
{
  AlembicRun *run = data;
  run->asking = FALSE;
  if (run->ended)
    read_rows(run);
}

void alembic_run_cancel(AlembicRun *run)
{
  if (run->cancelled || run->ended || run->child == NULL)
    return;
  run->cancelled = TRUE;
  run->next_signal = SIGINT;
  /* Python hears no signal while it waits for the server: its statement has to end first. */
  if (run->pid != 0 && !run->asking && pg_conn_state(run->conn) == PG_CONN_IDLE) {
    g_autofree char *sql =
        g_strdup_printf("SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity "
                        "WHERE pid = %d AND application_name = $1",
                        run->pid);
    run->asking = TRUE;
    pg_conn_exec(run->conn, sql, (const char *const[]){run->application, NULL}, statement_cancelled, run);
  }
  start_timer(run, 0, signal_harder);
}

/* ---- The beginning --------------------------------------------------------------------------------------------- */

char **alembic_command_line(const Project *project, const AlembicCommand *command, const char *verb,
                            const char *argument)
{
  g_autoptr(GStrvBuilder) argv = g_strv_builder_new();
  g_strv_builder_addv(argv, (const char **)command->argv);
  if (project->config_path != NULL && !g_str_has_suffix(project->config_path, ".toml"))
    g_strv_builder_add_many(argv, "-c", project->config_path, NULL);
  if (project->section != NULL && strcmp(project->section, "alembic") != 0)
    g_strv_builder_add_many(argv, "-n", project->section, NULL);
  g_strv_builder_add(argv, verb);
  if (argument != NULL)
    g_strv_builder_add(argv, argument);
  return g_strv_builder_end(argv);
}

static char *connection_options(const AlembicRunOptions *options)
{
  const char *before = g_getenv("PGOPTIONS");
  GString *out = g_string_new(before);
  if (options->lock_timeout_ms > 0)
    g_string_append_printf(out, " -c lock_timeout=%u", options->lock_timeout_ms);
  if (options->statement_timeout_ms > 0)
    g_string_append_printf(out, " -c statement_timeout=%u", options->statement_timeout_ms);
  return g_string_free(out, FALSE);
}

AlembicRun *alembic_run_new(PgConn *conn, const Project *project, const AlembicCommand *command,
                            const AlembicRunOptions *options, EngineFunc func, void *data)
{
  static const char *const verbs[] = {"upgrade", "downgrade", "stamp"};
  static guint runs; /* numbers the runs of this process, to tell their backends apart */
  const char *schema = NULL;
  AlembicRun *run = g_new0(AlembicRun, 1);
  run->refs = 1;
  run->context = g_main_context_ref_thread_default();
  run->conn = conn;
  run->argv = alembic_command_line(project, command, verbs[options->direction], options->target);
  run->folder = project->config_path != NULL ? g_path_get_dirname(project->config_path) : NULL;
  run->table = g_strdup(project_version_table(project, &schema));
  run->schema = g_strdup(schema);
  run->rows_after = g_strdupv((char **)options->rows_after);
  run->application = g_strdup_printf("retort-alembic-%d-%u", (int)getpid(), ++runs);
  run->pg_options = connection_options(options);
  run->func = func;
  run->data = data;
  return run;
}

void alembic_run_start(AlembicRun *run)
{
  g_return_if_fail(run->child == NULL && !run->over);
  g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "PGAPPNAME", run->application, TRUE);
  if (*run->pg_options != '\0')
    environment = g_environ_setenv(environment, "PGOPTIONS", run->pg_options, TRUE);
  environment = g_environ_setenv(environment, "PYTHONUNBUFFERED", "1", TRUE);
  run->began = g_get_monotonic_time();
  run->child = child_new((const char *const *)run->argv, environment, run->folder, command_said,
                         command_ended, run, &run->error);
  if (run->child == NULL) {
    read_rows(run);
    return;
  }
  start_timer(run, LOOK_MS, look);
  g_autofree char *text = g_strjoinv(" ", run->argv);
  emit(run, (EngineEvent){.kind = ENGINE_STARTED, .text = text});
}

void alembic_run_free(AlembicRun *run)
{
  if (run == NULL || run->freed)
    return;
  run->freed = TRUE;
  stop_timer(run);
  if (run->asking)
    pg_conn_forget(run->conn);
  g_clear_pointer(&run->child, child_free);
  run_unref(run);
}
