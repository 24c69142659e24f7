#include "retort/review/forecast.h"

#include <glib/gi18n.h>
#include <string.h>

#include "effects.h"
#include "forecast-private.h"
#include "judge.h"
#include "retort/review/tree.h"

/* ---- sessions ---- */

ForecastSession *forecast_session_new(int server_version)
{
  ForecastSession *session = g_new0(ForecastSession, 1);
  session->version_known = server_version > 0;
  session->number = server_version;
  session->version = server_version > 0 ? server_version / 10000 : FORECAST_OLDEST_VERSION;
  session->model = model_new();
  session->deadlock_ms = 1000; /* as the server has it unless it was changed */
  return session;
}

void forecast_session_free(ForecastSession *session)
{
  if (session == NULL)
    return;
  model_free(session->model);
  g_free(session);
}

void forecast_session_use(ForecastSession *session, const ReviewCatalog *catalog)
{
  if (catalog != NULL)
    model_use(session->model, catalog);
}

void forecast_session_settle(ForecastSession *session)
{
  model_settle(session->model);
}

const ReviewRelation *forecast_session_relation(const ForecastSession *session, const char *relation)
{
  const char *dot = strchr(relation, '.');
  g_autofree char *schema = dot != NULL ? g_strndup(relation, (gsize)(dot - relation)) : NULL;
  return model_find(session->model, schema, dot != NULL ? dot + 1 : relation);
}

/* ---- results ---- */

static void lock_free(gpointer data)
{
  ForecastLock *entry = data;
  g_free(entry->relation);
  g_free(entry->because);
  g_free(entry->table);
  g_free(entry);
}

static void loss_free(gpointer data)
{
  ForecastLoss *loss = data;
  g_free(loss->relation);
  g_free(loss->column);
  g_free(loss);
}

static Forecast *forecast_new(void)
{
  Forecast *forecast = g_new0(Forecast, 1);
  forecast->locks = g_ptr_array_new_with_free_func(lock_free);
  forecast->losses = g_ptr_array_new_with_free_func(loss_free);
  forecast->findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);
  GPtrArray **names[] = {&forecast->rewrites, &forecast->scans, &forecast->rebuilds, &forecast->builds,
                         &forecast->notes};
  for (guint i = 0; i < G_N_ELEMENTS(names); i++)
    *names[i] = g_ptr_array_new_with_free_func(g_free);
  return forecast;
}

void forecast_free(Forecast *forecast)
{
  if (forecast == NULL)
    return;
  GPtrArray *lists[] = {forecast->locks,  forecast->rewrites, forecast->scans,    forecast->rebuilds,
                        forecast->builds, forecast->losses,   forecast->findings, forecast->notes};
  for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
    g_ptr_array_unref(lists[i]);
  effects_free(forecast->effects);
  g_free(forecast->unknown);
  g_free(forecast->added_column);
  g_free(forecast->dropped_column);
  g_free(forecast);
}

const ForecastLock *forecast_lock(const Forecast *forecast, const char *relation)
{
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *entry = g_ptr_array_index(forecast->locks, i);
    if (strcmp(entry->relation, relation) == 0)
      return entry;
  }
  return NULL;
}

LockMode forecast_strongest(const Forecast *forecast)
{
  LockMode strongest = LOCK_MODE_NONE;
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *entry = g_ptr_array_index(forecast->locks, i);
    if (!entry->is_new)
      strongest = MAX(strongest, entry->mode);
  }
  return strongest;
}

/* ---- statements ---- */

static void read_statement(Reading *r, const PgQuery__Node *statement)
{
  if (statement->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT)
    read_alter_table(r, statement->alter_table_stmt);
  else if (!read_row_statement(r, statement) && !read_create_statement(r, statement) &&
           !read_drop_statement(r, statement) && !read_object_statement(r, statement))
    set_unknown(r, _("retort has no rule for this kind of statement"));
}

static void note_unknown_relations(Reading *r)
{
  if (model_catalog(r->session->model) == NULL)
    return;
  for (guint i = 0; i < r->forecast->locks->len; i++) {
    const ForecastLock *entry = g_ptr_array_index(r->forecast->locks, i);
    const ReviewRelation *relation = model_look(r->session->model, entry->id);
    if (relation != NULL && !relation->known && !relation->made)
      add_note_format(r, _("%s is not in the database now"), forecast_display(entry->relation));
  }
}

static void read_tree(Reading *r, const PgQuery__ParseResult *tree)
{
  for (gsize i = 0; i < tree->n_stmts; i++) {
    if (tree->stmts[i]->stmt == NULL)
      continue;
    read_statement(r, tree->stmts[i]->stmt);
    judge_statement(r, tree->stmts[i]->stmt, tree->n_stmts);
  }
}

Forecast *forecast_tree(ForecastSession *session, const SqlTree *tree)
{
  Reading r = {.session = session, .forecast = forecast_new()};
  if (tree->root != NULL)
    read_tree(&r, tree->root);
  else
    set_unknown(&r, _("it does not parse: %s"), tree->error);
  if (session->version < FORECAST_OLDEST_VERSION)
    set_unknown(&r, _("PostgreSQL %d is older than the rules, which begin with %d"), session->version,
                FORECAST_OLDEST_VERSION);
  note_unknown_relations(&r);
  if (session->version > FORECAST_NEWEST_VERSION)
    add_note(&r, _("this server is newer than the rules"));
  if (!session->version_known)
    add_note(&r, _("the server's version is not known: judged as the oldest, 11"));
  weigh(&r);
  return r.forecast;
}

Forecast *forecast_statement(ForecastSession *session, const char *sql)
{
  g_autoptr(SqlTree) tree = sql_tree_parse(sql);
  return forecast_tree(session, tree);
}
