#include "retort/run/preflight_plan.h"

#include "retort/pg/url.h"
#include "retort/run/touched.h"

/* The line of env.py that may lead to another database than this one; 0: none does. */
static guint leads_elsewhere(PgConn *conn, const Project *project)
{
  const char *variable = project->env.names_database_url ? g_getenv("DATABASE_URL") : NULL;
  g_autoptr(PgParams) params = variable != NULL ? pg_params_parse(variable, "DATABASE_URL", NULL) : NULL;
  if (params != NULL && g_strcmp0(params->display, pg_conn_display(conn)) == 0)
    return 0;
  return project->env.does[ENV_OWN_DATABASE];
}

void preflight_run_plan(PgConn *conn, const PreflightPlan *plan, PreflightFunc func, void *data)
{
  g_autoptr(Touched) touched = touched_new();
  for (guint i = 0; i < plan->reviews->len; i++) {
    const Review *review = g_ptr_array_index(plan->reviews, i);
    for (guint j = 0; review != NULL && j < review->forecasts->len; j++)
      touched_add(touched, g_ptr_array_index(review->forecasts, j));
  }
  const Project *project = plan->project;
  g_autofree char *obstacle =
      project != NULL && plan->native ? project_env_obstacle(project, TRUE, plan->x_given) : NULL;
  PreflightInput input = {
      .lock_timeout_ms = plan->policy->ddl_lock_timeout_ms,
      .mutex_key = plan->policy->mutex_key,
      .old_transaction_s = plan->policy->old_transaction_s,
      .replica_lag_s = (guint)plan->policy->brake.replica_lag_s,
      .backup_folder = plan->policy->backup_folder,
      .rows = plan->rows,
      .mutex_held = plan->mutex_held,
      .judge_env = plan->native && project != NULL && project->env.path != NULL,
      .env_obstacle = obstacle,
      .env_database = plan->by_alembic && project != NULL ? leads_elsewhere(conn, project) : 0,
      .project_name = project != NULL ? project->name : NULL,
  };
  touched_input(touched, &input);
  preflight_run(conn, &input, func, data);
}
