/* A migration that is half applied: what is there, and the ways out. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "interrupted.h"
#include "lost.h"
#include "migrate.h"
#include "out.h"
#include "pin.h"
#include "policy.h"
#include "production.h"
#include "retort/base/error.h"
#include "retort/base/text.h"
#include "supervised.h"

const ArgOption recover_options[] = {
    {0, "continue", ARG_FLAG, NULL, N_("Clean up where needed, and run the statements that are left."), TRUE},
    {0, "undo", ARG_FLAG, NULL, N_("Print the SQL that takes back what is done; nothing is run."), TRUE},
    {0, "stamp", ARG_FLAG, NULL, N_("Write the version row as if all of it were done; nothing else is run."),
     TRUE},
    {0, "restore", ARG_FLAG, NULL, N_("Write files back that the database's position needs, from git."),
     TRUE},
    {0, "confirm", ARG_VALUE, "NAME",
     N_("The name of the production target, typed here rather than asked for."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

/* The migration in question and all that is known of it. */
typedef struct {
  VersionRows *rows;
  Recovery *recovery; /* or NULL */
  Plan *plan;         /* its first step is the one; NULL: there is nothing to recover */
  GPtrArray *scripts;
  Repair *repair; /* NULL: the step cannot be half applied */
  gboolean lost;  /* the files lack where the database stands, and that has been seen to */
} Case;

static void case_clear(Case *what)
{
  g_clear_pointer(&what->rows, version_rows_free);
  g_clear_pointer(&what->recovery, recovery_free);
  g_clear_pointer(&what->plan, plan_free);
  g_clear_pointer(&what->scripts, g_ptr_array_unref);
  g_clear_pointer(&what->repair, repair_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Case, case_clear)

static gboolean is_partial(const Recovery *recovery)
{
  return recovery && (recovery->state == RECOVERY_PARTIAL || recovery->state == RECOVERY_FOREIGN);
}

/* The step that the record names, or the next one that is pending. */
static gboolean find_step(Session *session, Case *what, const char *word, GError **error)
{
  const char *const *rows = (const char *const *)what->rows->rows;
  const Recovery *recovery = is_partial(what->recovery) ? what->recovery : NULL;
  const Revision *revision = recovery && !word ? revision_map_get(session->map, recovery->revision) : NULL;
  if (revision && recovery->direction == DIRECTION_DOWNGRADE)
    what->plan = plan_downgrade(session->map, rows,
                                revision->down_revision[0] ? revision->down_revision[0] : "base", error);
  else
    what->plan = plan_upgrade(session->map, rows, revision ? revision->id : word ? word : "heads", error);
  if (!what->plan)
    return FALSE;
  if (what->plan->steps->len == 0)
    g_clear_pointer(&what->plan, plan_free);
  if (!what->plan || !revision || ((PlanStep *)what->plan->steps->pdata[0])->revision == revision)
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
              _("from %s the way does not begin with revision %s, which the record has"),
              what->rows->rows[0] ? what->rows->rows[0] : "base", revision->id);
  return FALSE;
}

static gboolean render(Session *session, Case *what, GError **error)
{
  g_ptr_array_set_size(what->plan->steps, 1);
  what->scripts = pin_render(session, what->plan, error);
  if (!what->scripts)
    return FALSE;
  const Script *script = what->scripts->pdata[0];
  const PlanStep *step = what->plan->steps->pdata[0];
  gboolean whole = script->state == RENDER_EXACT || script->answered || script->engine;
  const Recovery *recovery =
      what->recovery && interrupted_concerns(what->recovery, step) ? what->recovery : NULL;
  /* A record that ends elsewhere says that this one has not begun. */
  gboolean begun = recovery || (!what->recovery && interrupted_can_be_half(script));
  if (!whole || !begun)
    return TRUE;
  what->repair = interrupted_repair(session, script, recovery, error);
  return what->repair != NULL;
}

static gboolean examine(Session *session, Case *what, GError **error)
{
  what->rows = session_rows(session, error);
  if (!what->rows || !session_map(session, error) ||
      !lost_recover(session, (const char *const *)what->rows->rows, &what->lost, error))
    return FALSE;
  if (what->lost)
    return TRUE;
  g_autoptr(GError) problem = NULL;
  g_autoptr(ServerInfo) server = session_server(session, error);
  if (!server)
    return FALSE;
  what->recovery = interrupted_find(session, server->system_id, &problem);
  if (problem) {
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
  }
  return find_step(session, what, args_positional(session->args, 0), error) &&
         (!what->plan || render(session, what, error));
}

static gboolean needs_repair(const Case *what)
{
  return (what->repair && (what->repair->half || what->repair->running || what->repair->contradictory)) ||
         is_partial(what->recovery);
}

/* ---- Showing ---------------------------------------------------------------------------------------------------- */

static void print_undo(const Session *session, const Repair *repair, const char *indent)
{
  for (char **sql = repair->undo; sql && *sql; sql++) {
    g_autofree char *safe = text_escape(*sql, -1, TRUE);
    out_line(session, "%s%s;", indent, g_strstrip(safe));
  }
}

static void print_ways(const Session *session, const Case *what)
{
  const Repair *repair = what->repair;
  const PlanStep *step = what->plan->steps->pdata[0];
  g_auto(GStrv) after = plan_rows_after(what->plan, 1);
  g_autofree char *rows = g_strjoinv(", ", after);
  if (repair && repair->running) {
    out_line(session, "\n%s", _("A session is still at work on it: look again when it has ended."));
    return;
  }
  out_line(session, "\n%s", _("The ways out:"));
  if (repair && repair->may_continue) {
    out_line(session, _("  continue with statement %u:  retort recover --continue"), repair->resume_at + 1);
    for (char **sql = repair->prepare; sql && *sql; sql++) {
      g_autofree char *safe = text_escape(*sql, -1, FALSE);
      out_line(session, "    %s %s;", _("after"), safe);
    }
  }
  if (repair && repair->undo && repair->undo[0]) {
    out_line(session, "  %s",
             repair->undo_whole ? _("take back by hand what is done (retort recover --undo):")
                                : _("take back by hand a part of what is done (retort recover --undo):"));
    print_undo(session, repair, "    ");
  }
  out_line(session, _("  count revision %s as done:  retort recover --stamp"), step->revision->id);
  out_line(session,
           _("    then the rows say %s, whatever the tables look like: later migrations may fail on it"),
           *rows ? rows : "base");
}

static void show(Session *session, const Case *what)
{
  g_autofree char *rows = g_strjoinv(", ", what->rows->rows);
  if (what->recovery)
    interrupted_print(session, what->recovery);
  else
    out_line(session, _("The database stands at %s; no rollout of ours was interrupted here."),
             *rows ? rows : "base");
  if (what->repair)
    interrupted_print_repair(session, what->repair);
  gboolean repair = needs_repair(what);
  if (repair && what->plan)
    print_ways(session, what);
  else if (!repair)
    out_line(session, "%s", _("Nothing is half applied."));
  session->status = repair || (what->recovery && what->recovery->state == RECOVERY_UNKNOWN) ? 1 : 0;
}

/* ---- Doing ------------------------------------------------------------------------------------------------------ */

static gboolean refuse(GError **error, const char *why)
{
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_REFUSED, why);
  return FALSE;
}

static gboolean run_step(Session *session, const Case *what, const SupervisedStep *step, gboolean stamp,
                         GError **error)
{
  g_autoptr(RolloutPolicy) policy = policy_from_session(session, error);
  g_autoptr(PgParams) params = policy ? session_params(session, error) : NULL;
  if (!params)
    return FALSE;
  static const char *const all[] = {"all", NULL};
  policy->backup = BACKUP_POLICY_NO;
  SupervisedAnswers answers = {.overrides = all, .interactive = production_interactive(session)};
  SupervisionOptions options = {
      .policy = policy,
      .transaction = migrate_transaction(session->project),
      .create_version_table = TRUE,
      .no_preflight = TRUE,
      .prepare = stamp || !what->repair ? NULL : (const char *const *)what->repair->prepare,
      .command = stamp ? "recover --stamp" : "recover --continue"};
  return supervised_run(session, params, step, 1, (const char *const *)what->rows->rows, &options, &answers,
                        error);
}

static gboolean go_on(Session *session, const Case *what, GError **error)
{
  if (!needs_repair(what))
    return refuse(error, _("nothing is half applied, so there is nothing to continue"));
  if (!what->repair || !what->repair->may_continue)
    return refuse(error, _("there is no safe way to continue from here; see the other ways"));
  SupervisedStep step = {.step = what->plan->steps->pdata[0],
                         .script = what->scripts->pdata[0],
                         .engine = SUPERVISED_NATIVE,
                         .skip = what->repair->resume_at};
  return run_step(session, what, &step, FALSE, error);
}

/* The step's own row changes, and none of its statements. */
static gboolean stamp(Session *session, const Case *what, GError **error)
{
  if (!needs_repair(what))
    return refuse(error, _("nothing is half applied; to stamp all the same, use retort stamp"));
  const PlanStep *from = what->plan->steps->pdata[0];
  g_autoptr(Plan) plan = plan_new((const char *const *)what->rows->rows);
  PlanStep *step =
      plan_add_step(plan, DIRECTION_STAMP, from->revision, g_strdupv(from->from), g_strdupv(from->to));
  for (guint i = 0; i < from->row_ops->len; i++) {
    const RowOp *op = from->row_ops->pdata[i];
    plan_add_row_op(step, op->kind, op->from, op->to);
  }
  SupervisedStep supervised = {.step = step, .engine = SUPERVISED_NATIVE};
  return run_step(session, what, &supervised, TRUE, error);
}

static gboolean one_word(const Session *session, GError **error)
{
  guint n = args_has(session->args, "continue") + args_has(session->args, "undo") +
            args_has(session->args, "stamp") + args_has(session->args, "restore");
  if (n <= 1)
    return TRUE;
  g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                      _("only one of --continue, --undo, --stamp and --restore makes sense"));
  return FALSE;
}

static gboolean act(Session *session, const Case *what, GError **error)
{
  gboolean continues = args_has(session->args, "continue");
  show(session, what);
  if (!continues && !args_has(session->args, "stamp"))
    return TRUE;
  session->status = 0;
  if (!what->plan)
    return refuse(error, _("nothing is half applied, so there is nothing to continue"));
  if (!migrate_may_write(session, error) ||
      !production_confirm(session, args_value(session->args, "confirm"), _("a repair"), error))
    return FALSE;
  return continues ? go_on(session, what, error) : stamp(session, what, error);
}

COMMAND_RUN(recover)
{
  g_auto(Case) what = {0};
  if (!one_word(session, error) || !session_project(session, error) || !examine(session, &what, error))
    return FALSE;
  if (what.lost)
    return TRUE;
  if (args_has(session->args, "restore"))
    return refuse(error, _("the files have everything that the database's position needs"));
  if (!args_has(session->args, "undo"))
    return act(session, &what, error);
  if (!what.repair || !what.repair->undo || !what.repair->undo[0])
    return refuse(error, _("there is nothing that could be taken back with SQL"));
  print_undo(session, what.repair, "");
  if (!what.repair->undo_whole)
    out_note("%s", _("this does not take back everything that is done"));
  return TRUE;
}
