/* What a plan would do, without a database unless one is asked where it stands. */
#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "json.h"
#include "out.h"
#include "pin.h"
#include "position.h"
#include "retort/base/error.h"
#include "retort/history/plan.h"
#include "retort/history/target.h"
#include "retort/run/fallback.h"
#include "reviewed.h"

const ArgOption plan_options[] = {
    {0, "upgrade", ARG_FLAG, NULL, N_("Plan an upgrade."), TRUE},
    {0, "downgrade", ARG_FLAG, NULL, N_("Plan a downgrade."), TRUE},
    {0, "stamp", ARG_FLAG, NULL, N_("Plan a stamp."), TRUE},
    {0, "purge", ARG_FLAG, NULL, N_("With --stamp: empty the version table first."), TRUE},
    {0, "from", ARG_VALUE, "REV[,REV...]",
     N_("Version rows to start from, or base; default: the database's, when one is named."), TRUE},
    {'o', "output", ARG_VALUE, "FILE",
     N_("Write the plan to FILE, for `retort rollout FILE`, and show it in full."), TRUE},
    {0, "full", ARG_FLAG, NULL, N_("Show files, statements, locks and transactions of each step."), TRUE},
    {0, "allow-python", ARG_FLAG, NULL,
     N_("Let the project's own Alembic render what needs Python, from now on."), TRUE},
    {0, NULL, 0, NULL, NULL, FALSE},
};

static const char *const verbs[] = {
    [DIRECTION_UPGRADE] = "upgrade", [DIRECTION_DOWNGRADE] = "downgrade", [DIRECTION_STAMP] = "stamp"};

/* --from: identifiers as the version table would hold them, or anything else that stands for revisions.  What stands
 * for nothing stays as it is: the plan then fails as it would for such a row. */
static char **rows_from_words(const RevisionMap *map, const char *from)
{
  g_autoptr(GStrvBuilder) rows = g_strv_builder_new();
  g_auto(GStrv) words = g_strsplit(from, ",", -1);
  for (char **word = words; *word; word++) {
    g_strstrip(*word);
    if (!**word || strcmp(*word, "base") == 0)
      continue;
    g_autoptr(GPtrArray) found = revision_map_get(map, *word) ? NULL : target_resolve(map, *word, NULL, NULL);
    if (!found)
      g_strv_builder_add(rows, *word);
    for (guint i = 0; found && i < found->len; i++)
      g_strv_builder_add(rows, ((const Revision *)found->pdata[i])->id);
  }
  return g_strv_builder_end(rows);
}

static char **starting_rows(Session *session, GError **error)
{
  const char *from = args_value(session->args, "from");
  if (from)
    return session_map(session, error) ? rows_from_words(session->map, from) : NULL;
  if (!session_names_database(session))
    return g_new0(char *, 1);
  g_autoptr(VersionRows) rows = session_rows(session, error);
  if (!rows && !session->conn)
    out_note("%s", _("no database is needed to plan from given rows: use --from REV or --from base"));
  return rows ? g_strdupv(rows->rows) : NULL;
}

/* Whether the words say one thing; given: how many directions they name. */
static gboolean check_words(const Session *session, guint *given, Direction *direction, GError **error)
{
  *given = 0;
  for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
    if (args_has(session->args, verbs[i])) {
      *direction = (Direction)i;
      (*given)++;
    }
  if (*given > 1) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                        _("only one of --upgrade, --downgrade and --stamp makes sense"));
    return FALSE;
  }
  if (session->args->positionals->len > 1 && (*given == 0 || *direction != DIRECTION_STAMP)) {
    g_set_error_literal(error, RETORT_ERROR, RETORT_ERROR_USAGE,
                        _("several targets make sense with --stamp only"));
    return FALSE;
  }
  return TRUE;
}

static Plan *make_plan(Session *session, Direction direction, const char *const *rows, GError **error)
{
  const char *target = args_positional(session->args, 0);
  if (direction == DIRECTION_UPGRADE)
    return plan_upgrade(session->map, rows, target, error);
  if (direction == DIRECTION_DOWNGRADE)
    return plan_downgrade(session->map, rows, target, error);
  g_autoptr(GPtrArray) targets = g_ptr_array_new();
  g_ptr_array_extend(targets, session->args->positionals, NULL, NULL);
  g_ptr_array_add(targets, NULL);
  return plan_stamp(session->map, rows, (const char *const *)targets->pdata, args_has(session->args, "purge"),
                    error);
}

static GPtrArray *copy_rows(char *const *rows)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);
  for (; *rows; rows++)
    g_ptr_array_add(copy, g_strdup(*rows));
  return copy;
}

static void print_json(const Plan *plan)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  g_autoptr(GPtrArray) rows = copy_rows(plan->rows_before);
  json_builder_begin_object(builder);
  json_builder_set_member_name(builder, "steps");
  json_builder_begin_array(builder);
  for (guint i = 0; i < plan->steps->len; i++) {
    const PlanStep *step = plan->steps->pdata[i];
    plan_rows_apply(rows, step);
    json_builder_begin_object(builder);
    json_add_text(builder, "direction", verbs[step->direction]);
    json_add_text(builder, "revision", step->revision ? step->revision->id : NULL);
    json_add_array(builder, "rows_after", rows);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  json_builder_end_object(builder);
  out_json(json_builder_get_root(builder));
}

static void print_text(const Session *session, const Plan *plan)
{
  g_autoptr(GPtrArray) rows = copy_rows(plan->rows_before);
  for (guint i = 0; i < plan->steps->len; i++) {
    const PlanStep *step = plan->steps->pdata[i];
    g_autofree char *log = plan_step_log(step, TRUE);
    const char *text = g_str_has_prefix(log, "Running ") ? log + strlen("Running ") : log;
    plan_rows_apply(rows, step);
    g_autoptr(GString) after = g_string_new(NULL);
    for (guint k = 0; k < rows->len; k++)
      g_string_append_printf(after, "%s%s", k ? ", " : "", (const char *)rows->pdata[k]);
    out_line(session, "%s", text);
    out_line(session, "    %s %s", _("then at"), after->len ? after->str : "base");
  }
}

static void print_json_error(const GError *error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_object(builder);
  json_add_text(builder, "error", error->message);
  json_builder_end_object(builder);
  out_json(json_builder_get_root(builder));
}

/* Counted where the plan is to run, when that is known. */
static gboolean show_losses(Session *session, const PinnedPlan *pinned, GError **error)
{
  if (session->quiet || session->json)
    return TRUE;
  g_autoptr(GPtrArray) reviews = reviewed_pinned(pinned);
  reviewed_print_worst(session, reviews);
  if (!session->conn)
    return TRUE;
  return reviewed_print_losses(session, reviews, error);
}

/* The plan with everything that a rollout will hold it to: shown, and written when there is a file to write. */
static gboolean pin_and_print(Session *session, const Plan *plan, GError **error)
{
  const char *path = args_value(session->args, "output");
  if (args_has(session->args, "allow-python") && !fallback_allow(session->project, TRUE, error))
    return FALSE;
  g_autoptr(PinnedPlan) pinned = pin_plan(session, plan, NULL, error);
  if (!pinned || (path && !pinned_plan_write(pinned, path, error)))
    return FALSE;
  if (session->json) {
    print_json(plan);
    return TRUE;
  }
  g_autofree char *text = pinned_plan_text(pinned);
  if (!session->quiet)
    out_text(text);
  if (!show_losses(session, pinned, error))
    return FALSE;
  if (path)
    out_note(_("written to %s; to carry it out: retort rollout %s"), path, path);
  return TRUE;
}

static gboolean plan_and_print(Session *session, GError **error)
{
  gboolean full = args_has(session->args, "full") || args_value(session->args, "output") != NULL;
  Direction direction = DIRECTION_UPGRADE;
  guint given = 0;
  if (!check_words(session, &given, &direction, error) || !session_project(session, error))
    return FALSE;
  g_auto(GStrv) rows = starting_rows(session, error);
  if (!rows || !session_map(session, error))
    return FALSE;
  if (given == 0)
    direction = pin_direction(session->map, (const char *const *)rows, args_positional(session->args, 0));
  g_autoptr(Plan) plan = make_plan(session, direction, (const char *const *)rows, error);
  if (!plan)
    return FALSE;
  for (guint i = 0; i < plan->warnings->len; i++)
    out_warning(plan->warnings->pdata[i]);
  if (full)
    return pin_and_print(session, plan, error);
  if (session->json)
    print_json(plan);
  else
    print_text(session, plan);
  return TRUE;
}

COMMAND_RUN(plan)
{
  g_autoptr(GError) failure = NULL;
  if (plan_and_print(session, &failure))
    return TRUE;
  if (!session->json || (failure->code != RETORT_ERROR_COMMAND && failure->code != RETORT_ERROR_TRACEBACK)) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  print_json_error(failure);
  session->status = failure->code == RETORT_ERROR_COMMAND ? 255 : 1;
  return TRUE;
}
