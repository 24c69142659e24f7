#include "pin.h"

#include <glib/gi18n.h>
#include <string.h>

#include "command.h"
#include "handover.h"
#include "migrate.h"
#include "out.h"
#include "retort/base/error.h"
#include "retort/history/target.h"
#include "retort/run/answers.h"
#include "retort/run/fallback.h"

Direction pin_direction(const RevisionMap *map, const char *const *rows, const char *target)
{
  const char *symbol = strrchr(target, '@') ? strrchr(target, '@') + 1 : target;
  if (strcmp(symbol, "base") == 0 || (symbol[0] == '-' && g_ascii_isdigit(symbol[1])))
    return DIRECTION_DOWNGRADE;
  Revision *revision = NULL;
  if (symbol[0] == '+' || !target_resolve_one(map, target, rows, &revision, NULL) || !revision)
    return DIRECTION_UPGRADE;
  g_autofree gboolean *applied = plan_applied(map, rows, NULL);
  return applied[revision->index] && !g_strv_contains(rows, revision->id) ? DIRECTION_DOWNGRADE
                                                                          : DIRECTION_UPGRADE;
}

Plan *pin_towards(const RevisionMap *map, const char *const *rows, const char *target, GError **error)
{
  return pin_direction(map, rows, target) == DIRECTION_DOWNGRADE ? plan_downgrade(map, rows, target, error)
                                                                 : plan_upgrade(map, rows, target, error);
}

/* Only for reading: what Alembic prints with --sql, where its code may run. */
static void fill_by_alembic(Session *session, const PlanStep *step, Script *script)
{
  g_autoptr(GError) error = NULL;
  if (!session->project->config_path || !fallback_allowed(session->project))
    return;
  g_autoptr(AlembicCommand) command = handover_command(session, &error);
  FallbackOptions options = {.project = session->project, .command = command};
  if (!command || !fallback_fill(&options, step->revision, step->direction, script, &error))
    out_note("%s: %s", step->revision->path, error->message);
}

GPtrArray *pin_render(Session *session, const Plan *plan, GError **error)
{
  RenderOptions options;
  migrate_render_options(session, TRUE, &options);
  g_autoptr(RunAnswers) answers = session->conn ? run_answers_new(session->conn, 0, error) : NULL;
  if (session->conn && !answers)
    return NULL;
  options.answers = answers ? run_answers_source(answers) : NULL;
  g_autoptr(RenderSession) renderer = render_session_new(session->project, &options);
  GPtrArray *scripts = g_ptr_array_new_with_free_func((GDestroyNotify)script_free);
  for (guint i = 0; i < plan->steps->len; i++) {
    const PlanStep *step = plan->steps->pdata[i];
    Script *script = step->direction == DIRECTION_STAMP
                         ? NULL
                         : render_revision(renderer, step->revision, step->direction);
    if (script && script->state != RENDER_EXACT && !script->answered)
      fill_by_alembic(session, step, script);
    g_ptr_array_add(scripts, script);
  }
  return scripts;
}

/* What they lock is known better where the tables are; a forecast without them is one all the same. */
static void review(Session *session, PinnedPlan *pinned)
{
  g_autoptr(GPtrArray) sql = g_ptr_array_new();
  for (guint i = 0; i < pinned->steps->len; i++) {
    const PinnedStep *step = pinned->steps->pdata[i];
    for (guint k = 0; k < step->statements->len; k++)
      g_ptr_array_add(sql, ((PinnedStatement *)step->statements->pdata[k])->sql);
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(ReviewCatalog) catalog = review_catalog_load_sync(session->conn, sql, &error);
  if (catalog)
    pinned_plan_review(pinned, catalog);
  else
    out_note("%s", error->message);
}

PinnedPlan *pin_plan(Session *session, const Plan *plan, GPtrArray **scripts, GError **error)
{
  g_autoptr(ServerInfo) server = session->conn ? session_server(session, error) : NULL;
  if (session->conn && !server)
    return NULL;
  g_autoptr(GPtrArray) rendered = pin_render(session, plan, error);
  PinnedPlan *pinned = rendered ? pinned_plan_new(session->project, plan, rendered, server,
                                                  migrate_transaction(session->project), error)
                                : NULL;
  if (pinned && session->conn)
    review(session, pinned);
  if (pinned && scripts)
    *scripts = g_steal_pointer(&rendered);
  return pinned;
}

void pinned_rest_clear(PinnedRest *rest)
{
  g_clear_pointer(&rest->left, plan_free);
  g_clear_pointer(&rest->scripts, g_ptr_array_unref);
}

static gboolean refuse(const GPtrArray *differences, GError **error)
{
  for (guint i = 0; i < differences->len; i++)
    out_note("%s", (const char *)differences->pdata[i]);
  g_set_error_literal(
      error, RETORT_ERROR, RETORT_ERROR_REFUSED,
      _("this is not what was reviewed, so nothing was done; make the plan anew and review it"));
  return FALSE;
}

gboolean pin_compare(Session *session, const PinnedPlan *pinned, const char *const *rows, PinnedRest *rest,
                     GError **error)
{
  rest->position = pinned_plan_position(pinned, rows);
  gboolean on_the_way = rest->position <= pinned->steps->len;
  g_autoptr(Plan) left =
      on_the_way ? pinned_plan_remaining(pinned, session->map, rest->position, error) : plan_new(rows);
  if (!left)
    return FALSE;
  g_autoptr(GPtrArray) scripts = NULL;
  g_autoptr(PinnedPlan) now = pin_plan(session, left, &scripts, error);
  if (!now)
    return FALSE;
  g_autoptr(GPtrArray) differences = pinned_plan_differences(pinned, now, rest->position);
  if (differences->len > 0)
    return refuse(differences, error);
  if (left->steps->len > 0) {
    rest->left = g_steal_pointer(&left);
    rest->scripts = g_steal_pointer(&scripts);
  }
  return TRUE;
}
