/* Pinned plans: made from a plan, and made a plan again. */
#include "pinned-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "retort/base/error.h"
#include "retort/base/file.h"
#include "retort/base/text.h"
#include "retort/review/forecast.h"
#include "retort/run/engine.h"
#include "rollout-private.h"

void pinned_statement_free(void *data)
{
  PinnedStatement *statement = data;
  g_free(statement->sql);
  g_free(statement->summary);
  g_ptr_array_unref(statement->locks);
  g_free(statement);
}

void pinned_step_free(void *data)
{
  PinnedStep *step = data;
  char *texts[] = {step->revision, step->path, step->sha256, step->engine, step->why};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_ptr_array_unref(step->statements);
  g_ptr_array_unref(step->asks);
  g_ptr_array_unref(step->row_ops);
  g_strfreev(step->from);
  g_strfreev(step->to);
  g_strfreev(step->rows_after);
  g_free(step);
}

void pinned_plan_free(PinnedPlan *plan)
{
  if (plan == NULL)
    return;
  char *texts[] = {plan->created, plan->project, plan->identity, plan->database, plan->system_id};
  for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  g_strfreev(plan->rows_before);
  g_ptr_array_unref(plan->steps);
  g_free(plan);
}

static void row_op_free(void *data)
{
  RowOp *op = data;
  g_free(op->from);
  g_free(op->to);
  g_free(op);
}

void pinned_step_add_row_op(PinnedStep *step, RowOpKind kind, const char *from, const char *to)
{
  RowOp *op = g_new0(RowOp, 1);
  *op = (RowOp){kind, g_strdup(from), g_strdup(to)};
  g_ptr_array_add(step->row_ops, op);
}

gboolean pinned_step_by_alembic(const PinnedStep *step)
{
  return g_strcmp0(step->engine, "alembic") == 0;
}

PinnedStep *pinned_step_new(void)
{
  PinnedStep *step = g_new0(PinnedStep, 1);
  step->asks = g_ptr_array_new_with_free_func(g_free);
  step->row_ops = g_ptr_array_new_with_free_func(row_op_free);
  step->statements = g_ptr_array_new_with_free_func(pinned_statement_free);
  return step;
}

PinnedStatement *pinned_statement_new(const char *sql, gboolean autocommit)
{
  PinnedStatement *statement = g_new0(PinnedStatement, 1);
  statement->sql = g_strdup(sql);
  statement->autocommit = autocommit;
  statement->locks = g_ptr_array_new_with_free_func(g_free);
  return statement;
}

/* ---- Making ---------------------------------------------------------------------------------------------------- */

/* "ACCESS EXCLUSIVE public.orders, 12 GB" */
static char *describe_lock(const ForecastLock *lock)
{
  g_autofree char *size = lock->bytes > 0 ? text_size((guint64)lock->bytes) : NULL;
  return g_strdup_printf("%s %s%s%s", lock_mode_name(lock->mode), lock->relation, size != NULL ? ", " : "",
                         size != NULL ? size : "");
}

static void add_forecast(PinnedStatement *statement, ForecastSession *session)
{
  g_autoptr(Forecast) forecast = forecast_statement(session, statement->sql);
  g_ptr_array_set_size(statement->locks, 0);
  g_free(statement->summary);
  for (guint i = 0; i < forecast->locks->len; i++) {
    const ForecastLock *lock = g_ptr_array_index(forecast->locks, i);
    if (!lock->is_new && lock->table == NULL) /* an index follows its table */
      g_ptr_array_add(statement->locks, describe_lock(lock));
  }
  statement->summary = forecast_summary(forecast);
}

void pinned_plan_review(PinnedPlan *plan, const ReviewCatalog *catalog)
{
  g_autoptr(ForecastSession) session = forecast_session_new(plan->server_version);
  forecast_session_use(session, catalog);
  for (guint i = 0; i < plan->steps->len; i++) {
    const PinnedStep *step = g_ptr_array_index(plan->steps, i);
    for (guint k = 0; k < step->statements->len; k++)
      add_forecast(g_ptr_array_index(step->statements, k), session);
  }
}

static gboolean hash_file(PinnedStep *step, GError **error)
{
  gsize len;
  g_autofree char *text = file_read(step->path, FILE_LIMIT, &len, NULL, error);
  if (text == NULL)
    return FALSE;
  step->sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, len);
  return TRUE;
}

static gboolean is_native(const Script *script)
{
  return script == NULL || script->state == RENDER_EXACT || script->answered;
}

/* A migration that fails by itself is nobody's to run; one that retort cannot render is Alembic's, if there is one. */
static gboolean script_usable(const Project *project, const PlanStep *step, const Script *script,
                              GError **error)
{
  gboolean has_alembic = project != NULL && project->config_path != NULL;
  if (script != NULL && script->error != NULL && is_native(script)) {
    g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED, _("Revision %s fails by itself: %s:%u: %s"),
                step->revision->id, step->revision->path, script->error_line, script->error);
    return FALSE;
  }
  if (is_native(script) || has_alembic)
    return TRUE;
  g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
              _("Revision %s cannot be pinned: its statements are not known before it runs."),
              step->revision->id);
  return FALSE;
}

static gboolean is_for_alembic(const Project *project, const Script *script)
{
  return !is_native(script) || alembic_takes(project, script);
}

/* Why the project's own Alembic has to run it. */
static char *explain(const Project *project, const PlanStep *step, const Script *script)
{
  if (is_native(script) && is_for_alembic(project, script))
    return g_strdup(_("the configuration says engine = alembic"));
  if (is_native(script) || script->reasons == NULL || script->reasons->len == 0)
    return NULL;
  const RenderReason *reason = g_ptr_array_index(script->reasons, 0);
  g_autofree char *name = g_path_get_basename(reason->path != NULL ? reason->path : step->revision->path);
  return g_strdup_printf("%s:%u: %s: %s", name, reason->line,
                         script->state == RENDER_DATABASE ? _("needs the database") : _("needs Python"),
                         reason->what);
}

/* Of a script that stopped at what it cannot know, the statements before are not the migration. */
static gboolean has_statements(const Script *script)
{
  return script != NULL && (is_native(script) || script->engine != NULL);
}

static void pin_script(PinnedStep *pinned, const Script *script, ForecastSession *session)
{
  for (guint i = 0; has_statements(script) && i < script->statements->len; i++) {
    const Statement *statement = g_ptr_array_index(script->statements, i);
    PinnedStatement *copy = pinned_statement_new(statement->sql, statement->autocommit);
    add_forecast(copy, session);
    g_ptr_array_add(pinned->statements, copy);
  }
  for (guint i = 0; script != NULL && script->answered && script->answers != NULL && i < script->answers->len;
       i++)
    g_ptr_array_add(pinned->asks, g_strdup(((QueryAnswer *)g_ptr_array_index(script->answers, i))->sql));
}

static PinnedStep *pin_step(const Project *project, const PlanStep *step, const Script *script,
                            ForecastSession *session, GError **error)
{
  if (!script_usable(project, step, script, error))
    return NULL;
  PinnedStep *pinned = pinned_step_new();
  pinned->revision = g_strdup(step->revision != NULL ? step->revision->id : "base");
  pinned->direction = step->direction;
  pinned->engine = g_strdup(is_for_alembic(project, script) ? "alembic" : "native");
  pinned->why = explain(project, step, script);
  pinned->from = g_strdupv(step->from);
  pinned->to = g_strdupv(step->to);
  for (guint i = 0; i < step->row_ops->len; i++) {
    const RowOp *op = g_ptr_array_index(step->row_ops, i);
    pinned_step_add_row_op(pinned, op->kind, op->from, op->to);
  }
  pin_script(pinned, script, session);
  pinned->path = script != NULL && step->revision != NULL ? g_strdup(step->revision->path) : NULL;
  if (pinned->path != NULL && !hash_file(pinned, error)) {
    pinned_step_free(pinned);
    return NULL;
  }
  return pinned;
}

static char **rows_now(const GPtrArray *rows)
{
  char **copy = g_new0(char *, rows->len + 1);
  for (guint i = 0; i < rows->len; i++)
    copy[i] = g_strdup(g_ptr_array_index(rows, i));
  return copy;
}

PinnedPlan *pinned_plan_new(const Project *project, const Plan *plan, GPtrArray *scripts,
                            const ServerInfo *server, RolloutTransaction transaction, GError **error)
{
  g_autoptr(PinnedPlan) pinned = g_new0(PinnedPlan, 1);
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autoptr(ForecastSession) session = forecast_session_new(server != NULL ? server->version : 0);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
  pinned->created = g_date_time_format_iso8601(now);
  pinned->project = g_strdup(project != NULL ? project->name : NULL);
  pinned->identity = g_strdup(server != NULL ? server->identity : NULL);
  pinned->database = g_strdup(server != NULL ? server->database : NULL);
  pinned->system_id = g_strdup(server != NULL ? server->system_id : NULL);
  pinned->server_version = server != NULL ? server->version : 0;
  pinned->transaction = transaction;
  pinned->rows_before = g_strdupv(plan->rows_before);
  pinned->steps = g_ptr_array_new_with_free_func(pinned_step_free);
  for (char **row = plan->rows_before; *row != NULL; row++)
    g_ptr_array_add(rows, g_strdup(*row));
  for (guint i = 0; i < plan->steps->len; i++) {
    const PlanStep *step = g_ptr_array_index(plan->steps, i);
    PinnedStep *copy =
        pin_step(project, step, scripts != NULL ? g_ptr_array_index(scripts, i) : NULL, session, error);
    if (copy == NULL)
      return NULL;
    plan_rows_apply(rows, step);
    copy->rows_after = rows_now(rows);
    g_ptr_array_add(pinned->steps, copy);
  }
  return g_steal_pointer(&pinned);
}

guint pinned_plan_position(const PinnedPlan *plan, const char *const *rows)
{
  if (rollout_rows_equal((const char *const *)plan->rows_before, rows))
    return 0;
  for (guint i = 0; i < plan->steps->len; i++) {
    const PinnedStep *step = g_ptr_array_index(plan->steps, i);
    if (rollout_rows_equal((const char *const *)step->rows_after, rows))
      return i + 1;
  }
  return G_MAXUINT;
}

static char **copy_words(char **words)
{
  return words != NULL ? g_strdupv(words) : g_new0(char *, 1);
}

Plan *pinned_plan_remaining(const PinnedPlan *plan, const RevisionMap *map, guint from, GError **error)
{
  g_return_val_if_fail(from <= plan->steps->len, NULL);
  char **rows =
      from == 0 ? plan->rows_before : ((PinnedStep *)g_ptr_array_index(plan->steps, from - 1))->rows_after;
  g_autoptr(Plan) left = plan_new((const char *const *)rows);
  for (guint i = from; i < plan->steps->len; i++) {
    const PinnedStep *pinned = g_ptr_array_index(plan->steps, i);
    Revision *revision = revision_map_get(map, pinned->revision);
    if (revision == NULL && pinned->path != NULL) {
      g_set_error(error, RETORT_ERROR, RETORT_ERROR_REFUSED,
                  _("No file has revision %s any more; the plan has it in %s."), pinned->revision,
                  pinned->path);
      return NULL;
    }
    PlanStep *step =
        plan_add_step(left, pinned->direction, revision, copy_words(pinned->from), copy_words(pinned->to));
    for (guint k = 0; k < pinned->row_ops->len; k++) {
      const RowOp *op = g_ptr_array_index(pinned->row_ops, k);
      plan_add_row_op(step, op->kind, op->from, op->to);
    }
  }
  return g_steal_pointer(&left);
}
