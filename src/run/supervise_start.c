/* Before the first statement: connect, take the mutex, read the rows, preflight, consent, backup. */
#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/pg/version_table.h"
#include "retort/run/fallback.h"
#include "retort/run/preflight_plan.h"
#include "supervise-private.h"

static void fail(Supervision *s, const GError *error)
{
  supervision_end(s, s->cancelled ? SUPERVISED_CANCELLED : SUPERVISED_FAILED, error);
}

static void refuse(Supervision *s, const char *text)
{
  g_autoptr(GError) error = g_error_new_literal(RETORT_ERROR, RETORT_ERROR_REFUSED, text);
  supervision_end(s, SUPERVISED_FAILED, error);
}

/* ---- The mutex ------------------------------------------------------------------------------------------------- */

static char *holder_text(const MutexHolder *holder)
{
  if (holder == NULL || holder->pid == 0)
    return g_strdup(_("Another rollout holds the lock of this database."));
  g_autofree char *user = text_escape(holder->user, -1, FALSE);
  g_autofree char *client = text_escape(holder->client, -1, FALSE);
  g_autofree char *application = text_escape(holder->application, -1, FALSE);
  g_autofree char *since = text_duration(holder->since_s);
  return g_strdup_printf(_("Another rollout is at work: %s from %s (%s, backend %d, connected for %s)."),
                         user, client, application, holder->pid, since);
}

static void tell_holder(Supervision *s, const MutexHolder *holder)
{
  g_autofree char *text = holder_text(holder);
  SupervisionEvent event = supervision_event(s, SUPERVISION_MUTEX);
  event.holder = holder;
  event.text = text;
  supervision_emit(s, &event);
}

/* Somebody else may begin now; what is open is rolled back rather than raced. */
static void mutex_lost(Supervision *s)
{
  s->mutex_gone = TRUE;
  supervision_note(
      s, _("The connection that held the lock against other rollouts was lost; this rollout stops."));
  if (!s->freed)
    supervision_cancel(s);
}

static void mutex_changed(G_GNUC_UNUSED RolloutMutex *mutex, MutexState state, const MutexHolder *holder,
                          const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (state == MUTEX_LOST) {
    mutex_lost(s);
  } else if (supervision_stopped(s)) {
  } else if (state == MUTEX_HELD) {
    supervision_open_journal(s);
    supervision_do_rows(s);
  } else if (state == MUTEX_WAITING) {
    tell_holder(s, holder);
  } else if (state == MUTEX_TIMED_OUT) {
    g_autofree char *text = holder_text(holder);
    refuse(s, text);
  } else {
    fail(s, error);
  }
  supervision_leave(s);
}

/* A lock taken through a pooler may stay behind in a session that it keeps. */
static void note_pooler(Supervision *s)
{
  s->options.no_mutex = TRUE;
  supervision_note(s, _("A connection pooler is in between, so no lock keeps other rollouts out and the "
                        "session keeps no time-outs."));
}

static void do_mutex(Supervision *s)
{
  if (s->server->pooled && !s->options.no_mutex)
    note_pooler(s);
  if (supervision_stopped(s))
    return;
  if (s->options.no_mutex) {
    supervision_open_journal(s);
    supervision_do_rows(s);
    return;
  }
  supervision_set_phase(s, PHASE_MUTEX);
  if (supervision_stopped(s))
    return;
  s->mutex = rollout_mutex_new(s->params, s->policy->mutex_key, mutex_changed, s);
  rollout_mutex_acquire(s->mutex, s->policy->mutex_wait_ms);
}

/* ---- The connection -------------------------------------------------------------------------------------------- */

/* A pooler that drops connection options would leave the rollout without its time-outs. */
static char *timeouts_complaint(const Supervision *s)
{
  const struct {
    const char *name;
    guint wanted, found;
  } settings[] = {{"lock_timeout", s->policy->ddl_lock_timeout_ms, s->server->lock_timeout_ms},
                  {"statement_timeout", s->policy->statement_timeout_ms, s->server->statement_timeout_ms}};
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
    if (settings[i].wanted != 0 && settings[i].wanted != settings[i].found)
      return g_strdup_printf(_("The server does not keep %s = %u ms for this session (it says %u); is there "
                               "a pooler in between?"),
                             settings[i].name, settings[i].wanted, settings[i].found);
  return NULL;
}

static void server_known(ServerInfo *info, const GError *error, void *data)
{
  Supervision *s = data;
  g_clear_pointer(&s->server, server_info_free);
  s->server = info;
  supervision_enter(s);
  g_autofree char *complaint = info != NULL ? timeouts_complaint(s) : NULL;
  if (supervision_stopped(s)) {
  } else if (error != NULL) {
    fail(s, error);
  } else if (complaint != NULL) {
    refuse(s, complaint);
  } else {
    do_mutex(s);
  }
  supervision_leave(s);
}

static void connected(PgConn *conn, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (supervision_stopped(s)) {
  } else if (error != NULL && strstr(error->message, "unsupported startup parameter") != NULL) {
    g_autofree char *text = g_strdup_printf(
        _("A connection pooler is in between that takes no time-outs; give the server's own address (%s)."),
        error->message);
    refuse(s, text);
  } else if (error != NULL) {
    fail(s, error);
  } else {
    catalog_server(conn, server_known, s);
  }
  supervision_leave(s);
}

void supervision_do_connect(Supervision *s)
{
  g_autoptr(GString) options = g_string_new(NULL);
  if (s->policy->ddl_lock_timeout_ms > 0)
    g_string_append_printf(options, "-c lock_timeout=%u ", s->policy->ddl_lock_timeout_ms);
  if (s->policy->statement_timeout_ms > 0)
    g_string_append_printf(options, "-c statement_timeout=%u ", s->policy->statement_timeout_ms);
  supervision_enter(s);
  supervision_set_phase(s, PHASE_CONNECTING);
  if (supervision_stopped(s)) {
  } else if (s->policy->read_only) {
    refuse(s, _("This target is configured as read-only: nothing is changed there."));
  } else {
    s->conn = pg_conn_new(s->params,
                          &(PgConnOptions){.application_name = "retort-rollout", .options = options->str});
    pg_conn_connect(s->conn, connected, s);
  }
  supervision_leave(s);
}

/* Every statement's forecast, and from it the level that pauses look at. */
static void review_steps(Supervision *s, const ReviewCatalog *catalog)
{
  g_autoptr(ForecastSession) session = forecast_session_new(s->server->version);
  forecast_session_use(session, catalog);
  for (guint i = 0; i < s->steps->len; i++) {
    StepCopy *step = g_ptr_array_index(s->steps, i);
    StepInfo *info = g_ptr_array_index(s->infos, i);
    g_clear_pointer(&info->review, review_free);
    info->review = review_statements(session, step->statements);
    g_free(step->levels);
    step->levels = g_new0(guint8, step->statements->len + 1);
    for (guint j = 0; j < info->review->forecasts->len; j++)
      step->levels[j] = (guint8)forecast_level(g_ptr_array_index(info->review->forecasts, j));
  }
}

/* ---- The rows -------------------------------------------------------------------------------------------------- */

static const char *const *rows_at_start(const Supervision *s)
{
  static const char *const none[] = {NULL};
  if (s->infos->len == 0)
    return s->rows_after != NULL ? (const char *const *)s->rows_after : none;
  return (const char *const *)((StepInfo *)g_ptr_array_index(s->infos, 0))->rows_before;
}

static void rows_read(VersionRows *rows, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  g_strfreev(s->rows);
  s->rows = rows != NULL ? g_strdupv(rows->rows) : NULL;
  g_autofree char *complaint =
      rows != NULL ? rollout_rows_complaint((const char *const *)rows->rows, rows_at_start(s)) : NULL;
  version_rows_free(rows);
  if (supervision_stopped(s)) {
  } else if (error != NULL) {
    fail(s, error);
  } else if (complaint != NULL) {
    refuse(s, complaint);
  } else if (s->options.no_preflight) {
    supervision_record(s, "preflight", supervision_object("text", _("No preflight was wanted.")),
                       JOURNAL_LAZY);
    supervision_do_consent(s);
  } else {
    supervision_do_preflight(s);
  }
  supervision_leave(s);
}

/* Forecasts are better with a catalog; without one (error) they say less, and the rollout goes on. */
static void catalog_loaded(ReviewCatalog *catalog, G_GNUC_UNUSED const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  review_steps(s, catalog);
  if (catalog != NULL)
    review_catalog_unref(catalog);
  if (!supervision_stopped(s))
    version_rows_read(s->conn, s->version_table, s->version_schema, rows_read, s);
  supervision_leave(s);
}

void supervision_do_rows(Supervision *s)
{
  g_autoptr(GPtrArray) sql = g_ptr_array_new();
  if (s->options.plain) {
    supervision_set_phase(s, PHASE_ROWS);
    if (!supervision_stopped(s))
      version_rows_read(s->conn, s->version_table, s->version_schema, rows_read, s);
    return;
  }
  for (guint i = 0; i < s->steps->len; i++) {
    const StepCopy *step = g_ptr_array_index(s->steps, i);
    for (guint j = 0; j < step->statements->len; j++)
      g_ptr_array_add(sql, ((Statement *)g_ptr_array_index(step->statements, j))->sql);
  }
  supervision_set_phase(s, PHASE_ROWS);
  if (!supervision_stopped(s))
    review_catalog_load(s->conn, sql, catalog_loaded, s);
}

/* ---- Preflight ------------------------------------------------------------------------------------------------- */

static void judged(GPtrArray *items, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (supervision_stopped(s)) {
    g_clear_pointer(&items, g_ptr_array_unref);
  } else if (error != NULL) {
    fail(s, error);
  } else {
    g_clear_pointer(&s->preflight, g_ptr_array_unref);
    s->preflight = items;
    supervision_record_items(s, "preflight", items);
    SupervisionEvent event = supervision_event(s, SUPERVISION_PREFLIGHT);
    event.items = items;
    supervision_emit(s, &event);
    if (supervision_stopped(s)) {
    } else if (preflight_level(items) == PREFLIGHT_STOP) {
      supervision_ask(s, QUESTION_PREFLIGHT, ANSWER_OVERRIDE | ANSWER_AGAIN | ANSWER_ABORT,
                      _("The preflight says stop."));
    } else {
      supervision_do_consent(s);
    }
  }
  supervision_leave(s);
}

static gboolean has_engine(const Supervision *s, SupervisedEngine engine)
{
  for (guint i = 0; i < s->infos->len; i++)
    if (((StepInfo *)g_ptr_array_index(s->infos, i))->engine == engine)
      return TRUE;
  return FALSE;
}

void supervision_do_preflight(Supervision *s)
{
  supervision_set_phase(s, PHASE_PREFLIGHT);
  if (supervision_stopped(s))
    return;
  g_autoptr(GPtrArray) reviews = g_ptr_array_new();
  for (guint i = 0; i < s->infos->len; i++)
    g_ptr_array_add(reviews, ((StepInfo *)g_ptr_array_index(s->infos, i))->review);
  PreflightPlan plan = {.reviews = reviews,
                        .policy = s->policy,
                        .rows = (const char *const *)s->rows,
                        .mutex_held = !s->options.no_mutex,
                        .project = s->project,
                        .native = has_engine(s, SUPERVISED_NATIVE),
                        .by_alembic = has_engine(s, SUPERVISED_ALEMBIC)};
  preflight_run_plan(s->conn, &plan, judged, s);
}

/* ---- Consent --------------------------------------------------------------------------------------------------- */

void supervision_do_consent(Supervision *s)
{
  g_autoptr(GError) error = NULL;
  if (!has_engine(s, SUPERVISED_ALEMBIC)) {
    supervision_do_backup(s);
    return;
  }
  supervision_set_phase(s, PHASE_CONSENT);
  if (supervision_stopped(s))
    return;
  g_clear_pointer(&s->alembic, alembic_command_free);
  s->alembic = alembic_command_find(s->project, s->policy->alembic, &error);
  if (s->alembic == NULL) {
    fail(s, error);
  } else if (s->options.alembic_allowed || (s->project != NULL && fallback_allowed(s->project))) {
    supervision_do_backup(s);
  } else {
    g_autofree char *line = g_strjoinv(" ", s->alembic->argv);
    g_autofree char *safe = text_escape(line, -1, FALSE);
    g_autofree char *text =
        g_strdup_printf(_("A step of this plan needs Python: %s would run, with the project's code (%s)."),
                        safe, s->alembic->why);
    supervision_ask(s, QUESTION_CONSENT, ANSWER_ALLOW | ANSWER_ABORT, text);
  }
}

/* The operator has agreed, which holds for this project from now on. */
void supervision_after_consent(Supervision *s)
{
  g_autoptr(GError) error = NULL;
  s->options.alembic_allowed = TRUE;
  if (s->project != NULL && !fallback_allow(s->project, TRUE, &error))
    supervision_note(s, error->message);
  if (!supervision_stopped(s))
    supervision_do_backup(s);
}

/* ---- Backup ---------------------------------------------------------------------------------------------------- */

/* Tables that are there before the first statement: nobody else can wait for the others. */
static void know_tables(Supervision *s, const PGresult *result)
{
  for (int i = 0; i < PQntuples(result); i++)
    g_hash_table_add(s->tables_before,
                     GUINT_TO_POINTER(g_ascii_strtoull(PQgetvalue(result, i, 0), NULL, 10)));
}

static void leftovers_known(G_GNUC_UNUSED PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  if (error == NULL) {
    s->leftovers_before = g_strdup(PQgetvalue(g_ptr_array_index(results, 0), 0, 0));
    know_tables(s, g_ptr_array_index(results, 1));
  }
  if (supervision_stopped(s)) {
  } else if (error != NULL) {
    fail(s, error);
  } else {
    supervision_start_watch(s);
    supervision_do_prepare(s);
  }
  supervision_leave(s);
}

static const char tables_sql[] =
    "SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', "
    "'pg_toast')";

static void begin_steps(Supervision *s)
{
  supervision_set_phase(s, PHASE_STEPS);
  g_autofree char *sql = g_strconcat(supervision_leftovers_sql, "; ", tables_sql, NULL);
  if (supervision_stopped(s))
    return;
  if (s->options.plain) {
    supervision_start_watch(s);
    supervision_do_prepare(s);
    return;
  }
  pg_conn_exec(s->conn, sql, NULL, leftovers_known, s);
}

void supervision_skip_backup(Supervision *s, const char *why)
{
  JsonObject *object = supervision_object("by", why);
  json_object_set_string_member(object, "text", _("There is no backup for this rollout."));
  supervision_record(s, "backup-skipped", object, JOURNAL_LAZY);
  begin_steps(s);
}

static gboolean has_recent_backup(Supervision *s)
{
  double age = 0;
  g_autofree char *path =
      s->policy->backup_age_s > 0 ? backup_newest(s->policy->backup_folder, s->server->database, &age) : NULL;
  if (path == NULL || age > s->policy->backup_age_s)
    return FALSE;
  g_autofree char *when = text_duration(age);
  g_autofree char *safe = text_escape(path, -1, FALSE);
  g_autofree char *text = g_strdup_printf(_("The backup %s is %s old and serves this rollout."), safe, when);
  supervision_note(s, text);
  return TRUE;
}

void supervision_do_backup(Supervision *s)
{
  if (s->policy->backup == BACKUP_POLICY_NO) {
    supervision_skip_backup(s, "policy");
    return;
  }
  supervision_set_phase(s, PHASE_BACKUP);
  if (supervision_stopped(s))
    return;
  if (has_recent_backup(s))
    begin_steps(s);
  else if (s->freed)
    return;
  else if (s->policy->backup == BACKUP_POLICY_REQUIRED)
    supervision_start_backup(s);
  else
    supervision_ask(s, QUESTION_BACKUP, ANSWER_BACKUP | ANSWER_SKIP | ANSWER_ABORT,
                    _("Take a backup of the database first?"));
}

static void backup_over(Supervision *s, const BackupEvent *event)
{
  JsonObject *object = supervision_object("path", event->path);
  if (event->kind == BACKUP_DONE) {
    json_object_set_string_member(object, "text", event->path);
    json_object_set_int_member(object, "bytes", (gint64)event->bytes);
    json_object_set_double_member(object, "elapsed_s", event->elapsed_s);
    supervision_record(s, "backup", object, JOURNAL_NOW);
    g_clear_pointer(&s->backup, backup_free);
    begin_steps(s);
    return;
  }
  g_autoptr(GError) error = g_error_copy(event->error);
  json_object_set_string_member(object, "text", error->message);
  supervision_record(s, "backup-failed", object, JOURNAL_LAZY);
  g_clear_pointer(&s->backup, backup_free);
  supervision_ask(s, QUESTION_BACKUP_FAILED, ANSWER_AGAIN | ANSWER_SKIP | ANSWER_ABORT, error->message);
}

static void on_backup(const BackupEvent *backup, void *data)
{
  Supervision *s = data;
  supervision_enter(s);
  SupervisionEvent event = supervision_event(s, SUPERVISION_BACKUP);
  event.backup = backup;
  supervision_emit(s, &event);
  gboolean over = backup->kind == BACKUP_DONE || backup->kind == BACKUP_FAILED;
  if (over && !supervision_stopped(s))
    backup_over(s, backup);
  supervision_leave(s);
}

void supervision_start_backup(Supervision *s)
{
  g_autofree char *rows = s->rows != NULL && s->rows[0] != NULL ? g_strjoinv("-", s->rows) : g_strdup("base");
  BackupOptions options = {.folder = s->policy->backup_folder,
                           .position = rows,
                           .format = s->policy->backup_format,
                           .jobs = s->policy->backup_jobs};
  s->backup = backup_new(s->params, &options, on_backup, s);
  backup_start(s->backup);
}
