#include "retort/run/standing.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/pg/conn.h"
#include "retort/pg/version_table.h"

static const char read_only[] =
    "-c default_transaction_read_only=on -c statement_timeout=5000 -c lock_timeout=2000";

typedef struct {
  Standing standing;
  StandingSurvey *survey;
  char *display;
  PgConn *conn;
} Question;

struct StandingSurvey {
  GPtrArray *questions; /* Question*; their first member is what the list shows */
  char *table;
  char *schema;
  GMainContext *context;
  GSource *limit;
  StandingFunc func;
  void *data;
};

static void question_free(void *data)
{
  Question *question = data;
  g_clear_pointer(&question->conn, pg_conn_free);
  g_free(question->standing.name);
  g_strfreev(question->standing.rows);
  g_free(question->standing.problem);
  g_free(question->display);
  g_free(question);
}

static void answer(Question *question, char **rows, const char *problem)
{
  StandingSurvey *survey = question->survey;
  question->standing.answered = TRUE;
  question->standing.rows = rows;
  question->standing.problem = g_strdup(problem);
  if (survey->func != NULL)
    survey->func(survey, survey->data);
}

static void rows_arrived(VersionRows *rows, const GError *error, void *data)
{
  answer(data, rows != NULL ? g_strdupv(rows->rows) : NULL, error != NULL ? error->message : NULL);
  version_rows_free(rows);
}

static void connected(PgConn *conn, const GError *error, void *data)
{
  Question *question = data;
  if (error != NULL)
    answer(question, NULL, error->message);
  else
    version_rows_read(conn, question->survey->table, question->survey->schema, rows_arrived, question);
}

static Question *add_question(StandingSurvey *survey, const char *name, gboolean production,
                              const char *display)
{
  Question *question = g_new0(Question, 1);
  question->standing.name = g_strdup(name);
  question->standing.production = production;
  question->survey = survey;
  question->display = g_strdup(display);
  g_ptr_array_add(survey->questions, question);
  return question;
}

static void ask(Question *question, const PgParams *params)
{
  PgConnOptions options = {.options = read_only, .connect_timeout_s = SURVEY_SECONDS};
  question->conn = pg_conn_new(params, &options);
  pg_conn_connect(question->conn, connected, question);
}

static gboolean asked_already(const StandingSurvey *survey, const char *display)
{
  for (guint i = 0; i < survey->questions->len; i++)
    if (g_strcmp0(((const Question *)survey->questions->pdata[i])->display, display) == 0)
      return TRUE;
  return FALSE;
}

/* A target may say whose database it is; a revision of another project means nothing there. */
static gboolean concerns(const Project *project, const Settings *settings, const SettingsTarget *target)
{
  const char *owner = settings_get_for(settings, target->name, NULL, NULL, "project");
  g_autofree char *folder = project->config_path != NULL ? g_path_get_dirname(project->config_path) : NULL;
  return owner == NULL || strcmp(owner, project->name) == 0 || g_strcmp0(owner, folder) == 0;
}

static void ask_targets(StandingSurvey *survey, const Project *project, const Settings *settings)
{
  GPtrArray *targets = settings_targets(settings);
  for (guint i = 0; i < targets->len; i++) {
    const SettingsTarget *target = targets->pdata[i];
    g_autoptr(GError) error = NULL;
    if (!concerns(project, settings, target))
      continue;
    g_autoptr(PgParams) params =
        target->url != NULL ? pg_params_parse(target->url, target->name, &error) : pg_params_default();
    Question *question =
        add_question(survey, target->name, target->production, params != NULL ? params->display : "");
    if (params == NULL)
      answer(question, NULL, error->message);
    else
      ask(question, params);
  }
}

/* env.py computes the name of the version table: whatever is asked would be asked of the wrong one. */
static const EnvSetting *unknowable(const Project *project)
{
  const EnvSetting *settings[] = {&project->env.version_table, &project->env.version_table_schema};
  for (guint i = 0; i < G_N_ELEMENTS(settings); i++)
    if (settings[i]->state == ENV_UNKNOWN)
      return settings[i];
  return NULL;
}

static gboolean give_up(void *data)
{
  StandingSurvey *survey = data;
  for (guint i = 0; i < survey->questions->len; i++) {
    Question *question = survey->questions->pdata[i];
    if (question->standing.answered)
      continue;
    g_clear_pointer(&question->conn, pg_conn_free);
    g_autofree char *text =
        g_strdup_printf(ngettext("no answer within %d second", "no answer within %d seconds", SURVEY_SECONDS),
                        SURVEY_SECONDS);
    answer(question, NULL, text);
  }
  return G_SOURCE_REMOVE;
}

static void start_limit(StandingSurvey *survey)
{
  survey->limit = g_timeout_source_new_seconds(SURVEY_SECONDS);
  g_source_set_callback(survey->limit, give_up, survey, NULL);
  g_source_attach(survey->limit, survey->context);
}

StandingSurvey *standing_survey_new(const Project *project, const Settings *settings, const PgParams *params,
                                    const char *name, StandingFunc func, void *data)
{
  StandingSurvey *survey = g_new0(StandingSurvey, 1);
  const char *schema = NULL;
  survey->questions = g_ptr_array_new_with_free_func(question_free);
  survey->table = g_strdup(project_version_table(project, &schema));
  survey->schema = g_strdup(schema);
  survey->context = g_main_context_ref_thread_default();
  const EnvSetting *computed = unknowable(project);
  if (computed != NULL) {
    g_autofree char *text = g_strdup_printf(_("%s:%u: env.py computes where the position is kept"),
                                            project->env.path, computed->line);
    answer(add_question(survey, _("the databases"), FALSE, NULL), NULL, text);
  } else {
    if (settings != NULL)
      ask_targets(survey, project, settings);
    if (params != NULL && !asked_already(survey, params->display))
      ask(add_question(survey, name != NULL ? name : params->display, FALSE, params->display), params);
  }
  start_limit(survey);
  survey->func = func;
  survey->data = data;
  return survey;
}

void standing_survey_free(StandingSurvey *survey)
{
  if (survey == NULL)
    return;
  survey->func = NULL;
  g_source_destroy(survey->limit);
  g_source_unref(survey->limit);
  g_ptr_array_unref(survey->questions);
  g_main_context_unref(survey->context);
  g_free(survey->table);
  g_free(survey->schema);
  g_free(survey);
}

const GPtrArray *standing_survey_list(const StandingSurvey *survey)
{
  return survey->questions;
}

gboolean standing_survey_done(const StandingSurvey *survey)
{
  for (guint i = 0; i < survey->questions->len; i++)
    if (!((const Standing *)survey->questions->pdata[i])->answered)
      return FALSE;
  return TRUE;
}

void standing_survey_wait(StandingSurvey *survey)
{
  while (!standing_survey_done(survey))
    g_main_context_iteration(survey->context, TRUE);
}
