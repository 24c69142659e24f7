/* A plan that was reviewed, carried out under watch. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "handover.h"
#include "interrupted.h"
#include "migrate.h"
#include "out.h"
#include "pin.h"
#include "policy.h"
#include "production.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "retort/run/fallback.h"
#include "reviewed.h"
#include "supervised.h"

const ArgOption rollout_options[] = {
    {0, "confirm", ARG_VALUE, "NAME",
     N_("The name of the production target, typed here rather than asked for."), TRUE},
    {0, "pause", ARG_VALUE, "WHEN",
     N_("Pause before each statement, commit or migration, or at each warning."), TRUE},
    {0, "override", ARG_APPEND, "CHECK",
     N_("Go on although this check of the preflight says stop; all: any."), TRUE},
    {0, "continue", ARG_FLAG, NULL,
     N_("Go on in the middle of a migration where an earlier rollout ended; without, it is asked."), TRUE},
    {0, "allow-python", ARG_FLAG, NULL,
     N_("Let the project's own Alembic run the migrations that need Python, from now on."), TRUE},
    POLICY_OPTIONS,
    {0, NULL, 0, NULL, NULL, FALSE},
};

static gboolean choose_pause(const Session *session, RolloutPause *pause, GError **error)
{
  static const struct {
    const char *word;
    RolloutPause pause;
  } words[] = {{"statement", ROLLOUT_PAUSE_STATEMENT},
               {"commit", ROLLOUT_PAUSE_COMMIT},
               {"migration", ROLLOUT_PAUSE_MIGRATION},
               {"warning", ROLLOUT_PAUSE_WARNING}};
  const char *word = args_value(session->args, "pause");
  *pause = ROLLOUT_PAUSE_NEVER;
  if (!word)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (strcmp(words[i].word, word) == 0)
      *pause = words[i].pause;
  if (*pause == ROLLOUT_PAUSE_NEVER) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                _("--pause takes statement, commit, migration or warning"));
    return FALSE;
  }
  if (production_interactive(session))
    return TRUE;
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE, _("--pause needs a terminal to go on from"));
  return FALSE;
}

/* Where the first step begins, when part of it is there already. */
typedef struct {
  guint skip;
  Repair *repair; /* whose prepare has to run first, or NULL */
} Resume;

static void resume_clear(Resume *resume)
{
  g_clear_pointer(&resume->repair, repair_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Resume, resume_clear)

static gboolean agree(Session *session, const char *question, GError **error)
{
  if (args_has(session->args, "continue") || (production_interactive(session) && production_ask(question)))
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("%s Nothing was done; look, and say --continue"),
              question);
  return FALSE;
}

/* Half of the next migration is there: goes on behind what is done, once the operator has looked. */
static gboolean resume_half(Session *session, const PlanStep *next, Resume *resume, GError **error)
{
  const Repair *repair = resume->repair;
  interrupted_print_repair(session, repair);
  if (!repair->may_continue) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                _("revision %s is half applied, and there is no safe way on from here; see retort recover"),
                next->revision->id);
    return FALSE;
  }
  for (char **sql = repair->prepare; sql && *sql; sql++) {
    g_autofree char *safe = text_escape(*sql, -1, FALSE);
    out_line(session, "  %s %s", _("to clean up:"), safe);
  }
  g_autofree char *question = g_strdup_printf(_("Go on with statement %u of revision %s?"),
                                              repair->resume_at + 1, next->revision->id);
  resume->skip = repair->resume_at;
  return agree(session, question, error);
}

static gboolean refuse_other(const Recovery *recovery, GError **error)
{
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
              _("revision %s is half applied, which this plan does not begin with; see retort recover"),
              recovery->revision);
  return FALSE;
}

/* An earlier rollout, or Alembic, may have ended within the migration that is next. */
static gboolean find_resume(Session *session, const PinnedPlan *pinned, const PinnedRest *rest,
                            Resume *resume, GError **error)
{
  const PlanStep *next = rest->left->steps->pdata[0];
  const Script *script = rest->scripts->pdata[0];
  GError *problem = NULL;
  g_autoptr(Recovery) recovery = interrupted_find(session, pinned->system_id, &problem);
  if (problem) {
    g_propagate_error(error, problem);
    return FALSE;
  }
  gboolean ours = recovery && interrupted_concerns(recovery, next);
  if (recovery && !session->json)
    interrupted_print(session, recovery);
  if (recovery && recovery->state == RECOVERY_PARTIAL && !ours)
    return refuse_other(recovery, error);
  if (recovery && recovery->state == RECOVERY_UNKNOWN)
    return agree(session, _("Go on from the version rows?"), error);
  /* A record that ends elsewhere says that the next step has not begun. */
  if (!ours && (recovery || !interrupted_can_be_half(script)))
    return TRUE;
  resume->repair = interrupted_repair(session, script, ours ? recovery : NULL, error);
  if (!resume->repair)
    return FALSE;
  if (resume->repair->half || resume->repair->running || resume->repair->contradictory ||
      (ours && recovery->state == RECOVERY_PARTIAL))
    return resume_half(session, next, resume, error);
  g_clear_pointer(&resume->repair, repair_free);
  return TRUE;
}

static gboolean run_steps(Session *session, const PinnedPlan *pinned, const PinnedRest *rest,
                          const Resume *resume, const RolloutPolicy *policy, RolloutPause pause,
                          GError **error)
{
  g_autofree SupervisedStep *steps = g_new0(SupervisedStep, rest->left->steps->len);
  for (guint i = 0; i < rest->left->steps->len; i++) {
    const PinnedStep *step = pinned->steps->pdata[rest->position + i];
    gboolean alembic = pinned_step_by_alembic(step);
    steps[i] = (SupervisedStep){.step = rest->left->steps->pdata[i],
                                .script = alembic ? NULL : rest->scripts->pdata[i],
                                .engine = alembic ? SUPERVISED_ALEMBIC : SUPERVISED_NATIVE,
                                .skip = i == 0 ? resume->skip : 0};
  }
  g_autofree const char **overrides = args_values(session->args, "override");
  g_autofree char *name = text_escape(args_positional(session->args, 0), -1, FALSE);
  g_autofree char *command = g_strconcat("rollout ", name, NULL);
  gboolean allowed = fallback_allowed(session->project);
  SupervisedAnswers answers = {.overrides = overrides,
                               .skip_backup = args_has(session->args, "skip-backup"),
                               .allow_python = allowed,
                               .interactive = production_interactive(session)};
  SupervisionOptions options = {.policy = policy,
                                .transaction = pinned->transaction,
                                .pause = pause,
                                .create_version_table = TRUE,
                                .alembic_allowed = allowed,
                                .verify_with_alembic = session->project->config_path != NULL,
                                .prepare =
                                    resume->repair ? (const char *const *)resume->repair->prepare : NULL,
                                .command = command};
  g_autoptr(PgParams) params = session_params(session, error);
  return params && supervised_run(session, params, steps, rest->left->steps->len,
                                  (const char *const *)rest->left->rows_before, &options, &answers, error);
}

/* Before the name is typed the operator sees what that will cost. */
static gboolean show_losses(Session *session, const PinnedPlan *pinned, GError **error)
{
  if (session->json)
    return TRUE;
  g_autoptr(GPtrArray) reviews = reviewed_pinned(pinned);
  reviewed_print_worst(session, reviews);
  return reviewed_print_losses(session, reviews, error);
}

/* Reading, comparing and asking: nothing is changed yet. */
static gboolean prepare(Session *session, const PinnedPlan *pinned, PinnedRest *rest, Resume *resume,
                        GError **error)
{
  g_autoptr(VersionRows) rows = session_rows(session, error);
  if (!rows || !session_map(session, error))
    return FALSE;
  if (!pin_compare(session, pinned, (const char *const *)rows->rows, rest, error))
    return FALSE;
  return !rest->left || find_resume(session, pinned, rest, resume, error);
}

/* What env.py does besides is for retort to worry about where it takes steps itself. */
static gboolean may_run(Session *session, const PinnedPlan *pinned, GError **error)
{
  const Project *project = session_project(session, error);
  gboolean native = FALSE;
  for (guint i = 0; project && i < pinned->steps->len; i++)
    native = native || (!project->by_alembic && !pinned_step_by_alembic(pinned->steps->pdata[i]));
  return project && (native ? migrate_may_write(session, error) : migrate_may_change(session, error));
}

COMMAND_RUN(rollout)
{
  const char *path = args_positional(session->args, 0);
  RolloutPause pause;
  if (!choose_pause(session, &pause, error))
    return FALSE;
  g_autoptr(PinnedPlan) pinned = pinned_plan_read(path, error);
  if (!pinned || !may_run(session, pinned, error))
    return FALSE;
  if (args_has(session->args, "allow-python") && !fallback_allow(session->project, TRUE, error))
    return FALSE;
  g_autoptr(RolloutPolicy) policy = policy_from_session(session, error);
  if (!policy)
    return FALSE;
  g_auto(PinnedRest) rest = {0};
  g_auto(Resume) resume = {0};
  if (!prepare(session, pinned, &rest, &resume, error))
    return FALSE;
  if (!rest.left) {
    out_line(session, "%s", _("nothing is left to do: the database stands where this plan leads"));
    return TRUE;
  }
  g_autofree char *what =
      g_strdup_printf(ngettext("%u step", "%u steps", rest.left->steps->len), rest.left->steps->len);
  return show_losses(session, pinned, error) &&
         production_confirm(session, args_value(session->args, "confirm"), what, error) &&
         run_steps(session, pinned, &rest, &resume, policy, pause, error);
}
