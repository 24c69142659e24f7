/* Asks one check after the other. */
#include "preflight-private.h"

#include <glib/gi18n.h>

#include "retort/run/mutex.h"

typedef struct {
  Preflight preflight;
  guint next;
  PreflightFunc func;
  void *data;
} PreflightRun;

static void item_free(void *data)
{
  PreflightItem *item = data;
  g_free(item->text);
  g_free(item->advice);
  g_free(item);
}

void preflight_add(Preflight *preflight, PreflightLevel level, char *text, char *advice)
{
  PreflightItem *item = g_new0(PreflightItem, 1);
  *item = (PreflightItem){preflight->check, level, text, advice};
  g_ptr_array_add(preflight->items, item);
}

static void run_free(void *data)
{
  PreflightRun *run = data;
  g_free((void *)run->preflight.input.modes);
  g_free(run->preflight.names);
  g_free(run->preflight.rewritten);
  g_free(run->preflight.backup_folder);
  g_free(run->preflight.env_obstacle);
  g_free(run->preflight.project_name);
  g_strfreev(run->preflight.rows);
  g_clear_pointer(&run->preflight.items, g_ptr_array_unref);
  g_free(run);
}

static void finish(PreflightRun *run, const GError *error)
{
  run->func(error == NULL ? g_steal_pointer(&run->preflight.items) : NULL, error, run->data);
  run_free(run);
}

static void ask_next(PreflightRun *run);

static void answered(PgConn *conn, GPtrArray *results, const GError *error, void *data)
{
  PreflightRun *run = data;
  const PreflightCheck *check = &preflight_checks[run->next - 1];
  if (error != NULL && pg_conn_state(conn) != PG_CONN_IDLE) {
    finish(run, error);
    return;
  }
  if (error != NULL)
    preflight_add(&run->preflight, PREFLIGHT_WARNING,
                  g_strdup_printf(_("This could not be checked: %s"), error->message), NULL);
  else
    check->judge(&run->preflight, g_ptr_array_index(results, results->len - 1));
  ask_next(run);
}

static void ask_next(PreflightRun *run)
{
  Preflight *preflight = &run->preflight;
  while (run->next < n_preflight_checks) {
    const PreflightCheck *check = &preflight_checks[run->next++];
    g_autofree char *sql =
        pg_conn_server_version(preflight->conn) >= check->since ? check->ask(preflight) : NULL;
    preflight->check = check->name;
    if (sql == NULL)
      continue;
    pg_conn_exec_owned(preflight->conn, sql, NULL, answered, run, run_free);
    return;
  }
  finish(run, NULL);
}

void preflight_run(PgConn *conn, const PreflightInput *input, PreflightFunc func, void *data)
{
  PreflightRun *run = g_new0(PreflightRun, 1);
  Preflight *preflight = &run->preflight;
  preflight->conn = conn;
  preflight->input = *input;
  preflight->input.relations = NULL;
  preflight->rewritten = input->rewritten != NULL
                             ? g_memdup2(input->rewritten, sizeof *input->rewritten * input->n_relations)
                             : NULL;
  preflight->backup_folder = g_strdup(input->backup_folder);
  preflight->env_obstacle = g_strdup(input->env_obstacle);
  preflight->project_name = g_strdup(input->project_name);
  preflight->rows = g_strdupv((char **)input->rows);
  preflight->input.modes =
      input->modes != NULL ? g_memdup2(input->modes, sizeof *input->modes * input->n_relations) : NULL;
  if (preflight->input.mutex_key == 0)
    preflight->input.mutex_key = ROLLOUT_MUTEX_KEY;
  if (preflight->input.old_transaction_s == 0)
    preflight->input.old_transaction_s = 300;
  if (preflight->input.replica_lag_s == 0)
    preflight->input.replica_lag_s = 10;
  preflight->names = catalog_names_array(input->relations, input->n_relations);
  preflight->items = g_ptr_array_new_with_free_func(item_free);
  run->func = func;
  run->data = data;
  ask_next(run);
}

PreflightLevel preflight_level(const GPtrArray *items)
{
  PreflightLevel worst = PREFLIGHT_OK;
  for (guint i = 0; i < items->len; i++)
    worst = MAX(worst, ((PreflightItem *)g_ptr_array_index(items, i))->level);
  return worst;
}
