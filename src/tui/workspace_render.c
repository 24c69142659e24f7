/* SQL of revisions, rendered in worker threads.  A render workspace belongs to one thread at a time: the snapshot's is
 * used under its lock; a plan, which must remember what earlier steps created, has one of its own. */
#include "retort/base/error.h"
#include "retort/run/answers.h"
#include "retort/run/fallback.h"
#include "workspace-private.h"

/* Revisions surveyed between two looks at whether somebody waits for the lock. */
#define SURVEY_BATCH 64

typedef struct {
  Snapshot *snapshot;
  RenderOptions options;
  int server_version;
  ReviewCatalog *catalog; /* or NULL */
  const Revision *revision;
  Direction direction;
  WorkspaceScriptFunc func;
  void *data;
} RenderJob;

static ReviewCatalog *share(const ReviewCatalog *catalog)
{
  return catalog ? review_catalog_ref(catalog) : NULL;
}

static void render_job_free(void *data)
{
  RenderJob *job = data;
  snapshot_unref(job->snapshot);
  review_catalog_unref(job->catalog);
  g_free(job);
}

static RenderSession *shared_render(Snapshot *snapshot, const RenderOptions *options)
{
  if (!snapshot->render)
    snapshot->render = render_session_new(snapshot->project, options);
  return snapshot->render;
}

static Script *render_alone(RenderSession *render, const Revision *revision, Direction direction)
{
  render_session_restart(render);
  return render_revision(render, revision, direction);
}

void rendered_script_free(RenderedScript *rendered)
{
  if (!rendered)
    return;
  script_free(rendered->script);
  review_free(rendered->review);
  g_free(rendered);
}

static void render_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  RenderJob *job = task_data;
  g_mutex_lock(&job->snapshot->render_lock);
  Script *script = NULL;
  if (!g_cancellable_is_cancelled(cancellable))
    script = render_alone(shared_render(job->snapshot, &job->options), job->revision, job->direction);
  g_mutex_unlock(&job->snapshot->render_lock);
  if (!script) {
    g_task_return_pointer(task, NULL, NULL);
    return;
  }
  g_autoptr(ForecastSession) session = forecast_session_new(job->server_version);
  forecast_session_use(session, job->catalog);
  RenderedScript *rendered = g_new0(RenderedScript, 1);
  *rendered = (RenderedScript){script, workspace_review(job->snapshot, &job->options, session, job->revision,
                                                        job->direction, script, TRUE)};
  g_task_return_pointer(task, rendered, (GDestroyNotify)rendered_script_free);
}

static void rendered_one(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  (void)data;
  RenderJob *job = g_task_get_task_data(G_TASK(result));
  g_autoptr(RenderedScript) rendered = g_task_propagate_pointer(G_TASK(result), NULL);
  if (rendered && !g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    job->func(g_steal_pointer(&rendered), job->data);
}

void workspace_render(Workspace *ws, const Revision *revision, Direction direction, GCancellable *cancellable,
                      WorkspaceScriptFunc func, void *data)
{
  workspace_freshen_catalog(ws);
  RenderJob *job = g_new0(RenderJob, 1);
  *job = (RenderJob){.snapshot = snapshot_ref(ws->snapshot),
                     .options = ws->render_options,
                     .server_version = ws->server_version,
                     .catalog = share(workspace_catalog_for(ws, revision, direction)),
                     .revision = revision,
                     .direction = direction,
                     .func = func,
                     .data = data};
  g_autoptr(GTask) task = g_task_new(NULL, cancellable, rendered_one, NULL);
  g_task_set_task_data(task, job, render_job_free);
  g_task_run_in_thread(task, render_thread);
}

/* A whole plan */

typedef struct {
  RenderOptions options;
  int server_version;
  ReviewCatalog *catalog; /* or NULL */
  PlannedScripts *planned;
  PgParams *params; /* of the database to ask; NULL: there is none */
  char *alembic;    /* as configured, or NULL */
  WorkspacePlanFunc func;
  void *data;
} PlanJob;

void planned_scripts_free(PlannedScripts *planned)
{
  if (!planned)
    return;
  g_ptr_array_unref(planned->scripts);
  g_ptr_array_unref(planned->reviews);
  plan_free(planned->plan);
  g_free(planned->problem);
  snapshot_unref(planned->snapshot);
  g_free(planned);
}

static void plan_job_free(void *data)
{
  PlanJob *job = data;
  review_catalog_unref(job->catalog);
  planned_scripts_free(job->planned);
  pg_params_free(job->params);
  g_free(job->alembic);
  g_free(job);
}

static void render_steps(PlanJob *job, const RenderOptions *options, GCancellable *cancellable)
{
  PlannedScripts *planned = job->planned;
  g_autoptr(RenderSession) render = render_session_new(planned->snapshot->project, options);
  g_ptr_array_set_size(planned->scripts, 0);
  for (guint i = 0; i < planned->plan->steps->len && !g_cancellable_is_cancelled(cancellable); i++) {
    const PlanStep *step = g_ptr_array_index(planned->plan->steps, i);
    g_ptr_array_add(planned->scripts, step->revision && step->direction != DIRECTION_STAMP
                                          ? render_revision(render, step->revision, step->direction)
                                          : NULL);
  }
}

static gboolean any_needs(const PlannedScripts *planned, RenderState state)
{
  for (guint i = 0; i < planned->scripts->len; i++) {
    const Script *script = g_ptr_array_index(planned->scripts, i);
    if (script && script->state == state && !script->answered && !script->engine)
      return TRUE;
  }
  return FALSE;
}

static void keep_problem(PlannedScripts *planned, const GError *error)
{
  g_free(planned->problem);
  planned->problem = g_strdup(error->message);
}

/* Once more, with a snapshot of the database to answer; over a connection of this thread's own. */
static void ask_database(PlanJob *job, GCancellable *cancellable)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GMainContext) context = g_main_context_new();
  g_main_context_push_thread_default(context);
  PgConn *conn = pg_conn_new(job->params, &(PgConnOptions){0});
  RunAnswers *answers = pg_conn_connect_sync(conn, &error) ? run_answers_new(conn, 0, &error) : NULL;
  if (answers) {
    RenderOptions options = job->options;
    options.answers = run_answers_source(answers);
    render_steps(job, &options, cancellable);
    run_answers_free(answers);
  } else {
    keep_problem(job->planned, error);
  }
  pg_conn_free(conn);
  g_main_context_pop_thread_default(context);
}

static void ask_alembic(PlanJob *job, GCancellable *cancellable)
{
  PlannedScripts *planned = job->planned;
  const Project *project = planned->snapshot->project;
  g_autoptr(GError) error = NULL;
  g_autoptr(AlembicCommand) command = alembic_command_find(project, job->alembic, &error);
  FallbackOptions options = {.project = project, .command = command};
  for (guint i = 0; command && !error && i < planned->scripts->len; i++) {
    const PlanStep *step = g_ptr_array_index(planned->plan->steps, i);
    Script *script = g_ptr_array_index(planned->scripts, i);
    if (script && script->state == RENDER_PYTHON && !script->error &&
        !g_cancellable_is_cancelled(cancellable))
      fallback_fill(&options, step->revision, step->direction, script, &error);
  }
  if (error)
    keep_problem(planned, error);
}

static void plan_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  PlanJob *job = task_data;
  PlannedScripts *planned = job->planned;
  const Project *project = planned->snapshot->project;
  render_steps(job, &job->options, cancellable);
  if (job->params && any_needs(planned, RENDER_DATABASE))
    ask_database(job, cancellable);
  if (project->config_path && any_needs(planned, RENDER_PYTHON) && fallback_allowed(project))
    ask_alembic(job, cancellable);
  g_autoptr(ForecastSession) forecasts = forecast_session_new(job->server_version);
  forecast_session_use(forecasts, job->catalog);
  for (guint i = 0; i < planned->scripts->len; i++) {
    const Script *script = g_ptr_array_index(planned->scripts, i);
    const PlanStep *step = g_ptr_array_index(planned->plan->steps, i);
    Review *review = script ? workspace_review(planned->snapshot, &job->options, forecasts, step->revision,
                                               step->direction, script, TRUE)
                            : NULL;
    g_ptr_array_add(planned->reviews, review);
  }
  g_task_return_boolean(task, TRUE);
}

static void plan_rendered(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  (void)data;
  PlanJob *job = g_task_get_task_data(G_TASK(result));
  if (!g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    job->func(g_steal_pointer(&job->planned), job->data);
}

void workspace_render_plan(Workspace *ws, Plan *plan, GCancellable *cancellable, WorkspacePlanFunc func,
                           void *data)
{
  PlannedScripts *planned = g_new0(PlannedScripts, 1);
  planned->snapshot = snapshot_ref(ws->snapshot);
  planned->plan = plan;
  planned->scripts = g_ptr_array_new_with_free_func((GDestroyNotify)script_free);
  planned->reviews = g_ptr_array_new_with_free_func((GDestroyNotify)review_free);
  g_autoptr(RolloutPolicy) policy = workspace_policy(ws, NULL);
  PlanJob *job = g_new0(PlanJob, 1);
  *job = (PlanJob){.options = ws->render_options,
                   .server_version = ws->server_version,
                   .catalog = share(ws->catalog),
                   .planned = planned,
                   .params = ws->database == DATABASE_READY ? pg_params_copy(ws->params) : NULL,
                   .alembic = policy ? g_strdup(policy->alembic) : NULL,
                   .func = func,
                   .data = data};
  g_autoptr(GTask) task = g_task_new(NULL, cancellable, plan_rendered, NULL);
  g_task_set_task_data(task, job, plan_job_free);
  g_task_run_in_thread(task, plan_thread);
}

/* The survey: what kind of script each revision has */

typedef struct {
  Workspace *ws;
  Snapshot *snapshot;
  RenderOptions options;
  int server_version;
  ReviewCatalog *catalog; /* or NULL */
  guint survey;
  guint first;
  guint n;
  gboolean pending[SURVEY_BATCH]; /* the catalog tells what becomes of it */
  guint8 states[SURVEY_BATCH];
  gint8 worst[SURVEY_BATCH];
  char *tables[SURVEY_BATCH];
} SurveyJob;

static void survey_next(Workspace *ws, Snapshot *snapshot, guint first);

static void survey_job_free(void *data)
{
  SurveyJob *job = data;
  for (guint i = 0; i < job->n; i++)
    g_free(job->tables[i]);
  review_catalog_unref(job->catalog);
  snapshot_unref(job->snapshot);
  g_free(job);
}

static char *relations_of(const Review *review)
{
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < review->forecasts->len; i++) {
    const Forecast *forecast = g_ptr_array_index(review->forecasts, i);
    for (guint j = 0; j < forecast->locks->len; j++) {
      const ForecastLock *lock = g_ptr_array_index(forecast->locks, j);
      /* Who only reads is in nobody's way. */
      if (lock->mode > LOCK_MODE_ROW_SHARE)
        g_string_append_printf(out, "%s%s", out->len ? " " : "", forecast_display(lock->relation));
    }
  }
  return g_string_free(out, FALSE);
}

static void survey_one(SurveyJob *job, guint i)
{
  const Revision *revision = g_ptr_array_index(job->snapshot->map->revisions, job->first + i);
  g_mutex_lock(&job->snapshot->render_lock);
  g_autoptr(Script) script =
      render_alone(shared_render(job->snapshot, &job->options), revision, DIRECTION_UPGRADE);
  g_mutex_unlock(&job->snapshot->render_lock);
  g_autoptr(ForecastSession) session = forecast_session_new(job->server_version);
  forecast_session_use(session, job->pending[i] ? job->catalog : NULL);
  g_autoptr(Review) review =
      workspace_review(job->snapshot, &job->options, session, revision, DIRECTION_UPGRADE, script, FALSE);
  job->states[i] = (guint8)script->state;
  job->worst[i] = (gint8)review_worst(review);
  job->tables[i] = relations_of(review);
}

static void survey_thread(GTask *task, void *source, void *task_data, GCancellable *cancellable)
{
  (void)source;
  SurveyJob *job = task_data;
  for (guint i = 0; i < job->n && !g_cancellable_is_cancelled(cancellable); i++)
    survey_one(job, i);
  g_task_return_boolean(task, TRUE);
}

static void surveyed(GObject *source, GAsyncResult *result, void *data)
{
  (void)source;
  (void)data;
  SurveyJob *job = g_task_get_task_data(G_TASK(result));
  if (g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
    return;
  Workspace *ws = job->ws;
  if (ws->snapshot != job->snapshot || ws->survey != job->survey)
    return;
  for (guint i = 0; i < job->n; i++) {
    ws->render_states[job->first + i] = job->states[i];
    ws->worst[job->first + i] = job->worst[i];
    g_free(ws->tables[job->first + i]);
    ws->tables[job->first + i] = g_steal_pointer(&job->tables[i]);
  }
  workspace_announce(ws, CHANGED_RENDER);
  survey_next(ws, job->snapshot, job->first + job->n);
}

static void survey_next(Workspace *ws, Snapshot *snapshot, guint first)
{
  guint total = snapshot->map->revisions->len;
  if (first >= total)
    return;
  SurveyJob *job = g_new0(SurveyJob, 1);
  job->ws = ws;
  job->snapshot = snapshot_ref(snapshot);
  job->options = ws->render_options;
  job->server_version = ws->server_version;
  job->survey = ws->survey;
  job->first = first;
  job->n = MIN(total - first, SURVEY_BATCH);
  job->catalog = share(ws->catalog);
  for (guint i = 0; i < job->n; i++)
    job->pending[i] = !ws->applied || !ws->applied[first + i];
  g_autoptr(GTask) task = g_task_new(NULL, ws->cancellable, surveyed, NULL);
  g_task_set_task_data(task, job, survey_job_free);
  g_task_set_priority(task, G_PRIORITY_LOW);
  g_task_run_in_thread(task, survey_thread);
}

void workspace_survey(Workspace *ws)
{
  ws->survey++;
  survey_next(ws, ws->snapshot, 0);
}
