#include "migrate_run.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>

#include "handover.h"
#include "interrupted.h"
#include "migrate.h"
#include "out.h"
#include "policy.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/run/supervise.h"
#include "supervised.h"

typedef struct {
  Session *session;
  const Plan *plan;
  GMainLoop *loop;
  Supervision *supervision;
  guint said;     /* steps that were logged; a transaction that is tried again runs them again */
  gboolean began; /* something was sent */
  char *became;   /* what became of the work, as a sentence */
  SupervisionOutcome outcome;
  GError *error;
  char **rows;
} Run;

static void note(const char *text)
{
  g_autofree char *safe = text_escape(text, -1, FALSE);
  out_note("%s", safe);
}

/* ---- Events ----------------------------------------------------------------------------------------------------- */

static void note_retry(const Run *run, const RolloutEvent *event)
{
  g_autofree char *wait = supervised_duration(event->wait_s);
  g_autofree char *why = text_escape(event->error ? event->error->message : "", -1, FALSE);
  g_autofree char *culprits = supervised_culprits(run->supervision);
  out_note(_("%s; rolled back, attempt %u begins in %s"), why, event->attempt, wait);
  if (culprits)
    out_note(_("in the way: %s"), culprits);
}

static void log_step(Run *run, guint step)
{
  if (step < run->said)
    return;
  run->said = step + 1;
  migrate_log_step(run->session, run->plan->steps->pdata[step]);
}

static void on_rollout(Run *run, const RolloutEvent *event)
{
  switch (event->kind) {
  case ROLLOUT_EVENT_STEP: log_step(run, event->step); break;
  case ROLLOUT_EVENT_RETRY: note_retry(run, event); break;
  case ROLLOUT_EVENT_FAILED:
    g_free(run->became);
    run->became = g_strdup(event->text);
    break;
  default: break;
  }
}

/* Nobody is asked: what is half done stays as it is, as Alembic would leave it, but it is said. */
static void on_question(Run *run, const SupervisionEvent *event)
{
  if (event->aftermath) {
    note(event->aftermath->text);
    if (event->aftermath->cleanup) {
      g_autofree char *sql = text_escape(event->aftermath->cleanup, -1, FALSE);
      out_note("%s %s", _("to clean up:"), sql);
    }
  }
  supervision_answer(run->supervision, supervision_default_answer(event->question));
}

static void on_event(const SupervisionEvent *event, void *data)
{
  Run *run = data;
  switch (event->kind) {
  case SUPERVISION_ROLLOUT:
    run->began = TRUE;
    on_rollout(run, event->rollout);
    break;
  case SUPERVISION_MUTEX:
  case SUPERVISION_BRAKE:
  case SUPERVISION_NOTE: note(event->text); break;
  case SUPERVISION_QUESTION: on_question(run, event); break;
  case SUPERVISION_ENDED:
    run->outcome = event->outcome;
    run->error = event->error ? g_error_copy(event->error) : NULL;
    run->rows = g_strdupv(event->rows);
    g_main_loop_quit(run->loop);
    break;
  default: break;
  }
}

static gboolean on_signal(void *data)
{
  Run *run = data;
  supervision_cancel(run->supervision);
  return G_SOURCE_CONTINUE;
}

/* ---- Before and after ------------------------------------------------------------------------------------------- */

/* Says what a rollout left behind that was killed or failed halfway; the plan starts from the rows all the same. */
static void note_interrupted(Session *session, const char *system_id)
{
  g_autoptr(Recovery) recovery = interrupted_find(session, system_id, NULL);
  if (recovery && (recovery->state == RECOVERY_PARTIAL || recovery->state == RECOVERY_UNKNOWN))
    out_note(_("an earlier rollout (%s): %s"), recovery->journal, recovery->text);
}

/* The configuration's, less what asks the operator.  Through a pooler a session keeps nothing. */
static RolloutPolicy *make_policy(Session *session, const ServerInfo *server, GError **error)
{
  RolloutPolicy *policy = policy_from_session(session, error);
  if (!policy)
    return NULL;
  policy->backup = BACKUP_POLICY_NO;
  if (policy->brake_action == BRAKE_ASK)
    policy->brake_action = BRAKE_OFF;
  if (server->pooled)
    policy->ddl_lock_timeout_ms = policy->statement_timeout_ms = 0;
  return policy;
}

static void note_outcome(const Run *run)
{
  if (run->became)
    out_note("%s", run->became);
  if (!run->rows)
    return;
  g_autofree char *rows = g_strjoinv(", ", run->rows);
  out_note(_("the database stands at %s"), *rows ? rows : "base");
}

/* By another rollout, which ended between the plan and the lock, whether or not we saw it at work. */
static gboolean rows_moved(const Run *run)
{
  return !run->began && run->rows &&
         !g_strv_equal((const char *const *)run->rows, (const char *const *)run->plan->rows_before);
}

/* TRUE when it came to its end as planned; else the error, which is taken. */
static gboolean conclude(Run *run, gboolean *again, GError **error)
{
  gboolean ok = run->outcome == SUPERVISED_DONE;
  *again = !ok && g_error_matches(run->error, RETORT_ERROR, RETORT_ERROR_REFUSED) && rows_moved(run);
  if (ok) {
    g_clear_error(&run->error);
  } else {
    if (!*again)
      note_outcome(run);
    if (run->outcome == SUPERVISED_CANCELLED)
      g_clear_error(&run->error);
    g_propagate_error(error, run->error ? run->error
                                        : g_error_new(RETORT_ERROR, RETORT_ERROR_CANCELLED,
                                                      _("interrupted; what was open is rolled back")));
  }
  g_strfreev(run->rows);
  g_free(run->became);
  return ok;
}

static SupervisedStep *make_steps(const Plan *plan, const GPtrArray *scripts)
{
  SupervisedStep *steps = g_new0(SupervisedStep, plan->steps->len + 1);
  for (guint i = 0; i < plan->steps->len; i++)
    steps[i] = (SupervisedStep){.step = plan->steps->pdata[i], .script = scripts->pdata[i]};
  return steps;
}

gboolean migrate_run(Session *session, const Plan *plan, const GPtrArray *scripts, gboolean *again,
                     GError **error)
{
  g_autofree SupervisedStep *steps = make_steps(plan, scripts);
  g_autoptr(PgParams) params = session_params(session, error);
  g_autoptr(ServerInfo) server = params ? session_server(session, error) : NULL;
  g_autoptr(RolloutPolicy) policy = server ? make_policy(session, server, error) : NULL;
  if (!policy)
    return FALSE;
  note_interrupted(session, server->system_id);
  g_autofree char *line = handover_line(session);
  const char *words = strchr(line, ' ');
  SupervisionOptions options = {.policy = policy,
                                .transaction = migrate_transaction(session->project),
                                .create_version_table = TRUE,
                                .no_preflight = TRUE,
                                .no_verify = TRUE,
                                .plain = TRUE,
                                .command = words ? words + 1 : line};
  Run run = {.session = session, .plan = plan, .loop = g_main_loop_new(NULL, FALSE)};
  run.supervision = supervision_new(params, session->project, steps, plan->steps->len,
                                    (const char *const *)plan->rows_before, &options, on_event, &run);
  guint interrupt = g_unix_signal_add(SIGINT, on_signal, &run);
  guint terminate = g_unix_signal_add(SIGTERM, on_signal, &run);
  supervision_start(run.supervision);
  g_main_loop_run(run.loop);
  g_source_remove(interrupt);
  g_source_remove(terminate);
  supervision_free(run.supervision);
  g_main_loop_unref(run.loop);
  return conclude(&run, again, error);
}
