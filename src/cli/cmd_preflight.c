/* Is this a good moment for a rollout? */
#include <glib/gi18n.h>
#include <string.h>

#include "commands.h"
#include "json.h"
#include "out.h"
#include "pin.h"
#include "policy.h"
#include "retort/base/error.h"
#include "retort/run/preflight_plan.h"
#include "reviewed.h"
#include "supervised.h"

const ArgOption preflight_options[] = {
    POLICY_OPTIONS,
    {0, NULL, 0, NULL, NULL, FALSE},
};

typedef struct {
  GPtrArray *items;
  GError *error;
  gboolean done;
} Judged;

static void on_judged(GPtrArray *items, const GError *error, void *data)
{
  Judged *judged = data;
  judged->items = items;
  judged->error = error ? g_error_copy(error) : NULL;
  judged->done = TRUE;
}

/* The plan in question: a file, or the way to a target; without a word, to the heads. */
static PinnedPlan *find_plan(Session *session, const char *const *rows, GError **error)
{
  const char *word = args_positional(session->args, 0);
  if (word && g_file_test(word, G_FILE_TEST_IS_REGULAR))
    return pinned_plan_read(word, error);
  if (!session_map(session, error))
    return NULL;
  g_autoptr(Plan) plan = pin_towards(session->map, rows, word ? word : "heads", error);
  return plan ? pin_plan(session, plan, NULL, error) : NULL;
}

static GPtrArray *judge(Session *session, const PinnedPlan *pinned, const GPtrArray *reviews,
                        const char *const *rows, const RolloutPolicy *policy, GError **error)
{
  guint by_alembic = 0;
  for (guint i = 0; i < pinned->steps->len; i++)
    by_alembic += pinned_step_by_alembic(pinned->steps->pdata[i]);
  PreflightPlan plan = {.reviews = reviews,
                        .policy = policy,
                        .rows = rows,
                        .project = session->project,
                        .native = by_alembic<pinned->steps->len, .by_alembic = by_alembic> 0,
                        .x_given = session->x_arguments[0] != NULL};
  Judged judged = {0};
  preflight_run_plan(session->conn, &plan, on_judged, &judged);
  while (!judged.done)
    g_main_context_iteration(NULL, TRUE);
  if (judged.error)
    g_propagate_error(error, judged.error);
  return judged.items;
}

static void print_json(const GPtrArray *items)
{
  static const char *const levels[] = {"ok", "warning", "stop"};
  g_autoptr(JsonBuilder) builder = json_builder_new();
  json_builder_begin_array(builder);
  for (guint i = 0; i < items->len; i++) {
    const PreflightItem *item = items->pdata[i];
    json_builder_begin_object(builder);
    json_add_text(builder, "check", item->check);
    json_add_text(builder, "level", levels[item->level]);
    json_add_text(builder, "text", item->text);
    json_add_text(builder, "advice", item->advice);
    json_builder_end_object(builder);
  }
  json_builder_end_array(builder);
  out_json(json_builder_get_root(builder));
}

COMMAND_RUN(preflight)
{
  if (!session_project(session, error))
    return FALSE;
  g_autoptr(RolloutPolicy) policy = policy_from_session(session, error);
  g_autoptr(VersionRows) rows = policy ? session_rows(session, error) : NULL;
  if (!rows)
    return FALSE;
  const char *const *ids = (const char *const *)rows->rows;
  g_autoptr(PinnedPlan) pinned = find_plan(session, ids, error);
  g_autoptr(GPtrArray) reviews = pinned ? reviewed_pinned(pinned) : NULL;
  g_autoptr(GPtrArray) items = reviews ? judge(session, pinned, reviews, ids, policy, error) : NULL;
  if (!items)
    return FALSE;
  if (session->json) {
    print_json(items);
  } else {
    supervised_print_items(session, items);
    reviewed_print_worst(session, reviews);
  }
  session->status = preflight_level(items) == PREFLIGHT_STOP ? 1 : 0;
  return TRUE;
}
