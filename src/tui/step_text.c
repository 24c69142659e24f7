#include "step_text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "details.h"
#include "retort/base/text.h"
#include "retort/render/offline.h"

/* A session idle in a transaction for less is on its way. */
#define IDLE_WORTH_S 2.0

/* NULL for a stamp. */
static const GPtrArray *forecasts_of(const PlannedScripts *planned, guint step)
{
  const Review *review = g_ptr_array_index(planned->reviews, step);
  return review ? review->forecasts : NULL;
}

char *step_text_transition(const PlanStep *step)
{
  g_autofree char *from = step->from && step->from[0] ? g_strjoinv(", ", step->from) : g_strdup("base");
  g_autofree char *to = step->to && step->to[0] ? g_strjoinv(", ", step->to) : g_strdup("base");
  g_autofree char *whole = g_strdup_printf("%s → %s", from, to);
  return text_escape(whole, -1, FALSE);
}

char *step_text_obstacle(const PlannedScripts *planned)
{
  for (guint i = 0; i < planned->scripts->len; i++) {
    const Script *script = g_ptr_array_index(planned->scripts, i);
    const PlanStep *step = g_ptr_array_index(planned->plan->steps, i);
    if (!script || (script->state == RENDER_EXACT && !script->error))
      continue;
    g_autofree char *file = g_path_get_basename(step->revision->path);
    const RenderReason *reason = script->reasons->len ? g_ptr_array_index(script->reasons, 0) : NULL;
    guint line = script->error ? script->error_line : reason ? reason->line : 0;
    const char *what = script->error ? script->error : reason ? reason->what : "";
    g_autofree char *whole = g_strdup_printf(_("cannot be run by retort: %s:%u: %s"), file, line, what);
    return text_escape(whole, -1, FALSE);
  }
  return NULL;
}

static void add_losses(GString *out, const Forecast *forecast)
{
  for (guint i = 0; i < forecast->losses->len; i++) {
    const ForecastLoss *loss = g_ptr_array_index(forecast->losses, i);
    const char *separator = out->len ? ", " : "";
    switch (loss->kind) {
    case LOSS_TABLE: g_string_append_printf(out, _("%stable %s"), separator, loss->relation); break;
    case LOSS_COLUMN:
      g_string_append_printf(out, _("%scolumn %s.%s"), separator, loss->relation, loss->column);
      break;
    case LOSS_ROWS: g_string_append_printf(out, _("%srows of %s"), separator, loss->relation); break;
    case LOSS_OTHER:
      g_string_append_printf(out, "%s%s", separator, loss->relation ? loss->relation : "?");
      break;
    }
  }
}

char *step_text_losses(const PlannedScripts *planned)
{
  g_autoptr(GString) out = g_string_new(NULL);
  for (guint i = 0; i < planned->reviews->len; i++) {
    const GPtrArray *forecasts = forecasts_of(planned, i);
    for (guint j = 0; forecasts && j < forecasts->len; j++)
      add_losses(out, g_ptr_array_index(forecasts, j));
  }
  return out->len ? text_escape(out->str, -1, FALSE) : NULL;
}

GPtrArray *step_text_relations(const PlannedScripts *planned)
{
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < planned->reviews->len; i++) {
    const GPtrArray *forecasts = forecasts_of(planned, i);
    for (guint j = 0; forecasts && j < forecasts->len; j++) {
      const Forecast *forecast = g_ptr_array_index(forecasts, j);
      for (guint k = 0; k < forecast->locks->len; k++) {
        const ForecastLock *lock = g_ptr_array_index(forecast->locks, k);
        if (lock->relation && !lock->is_new &&
            !g_ptr_array_find_with_equal_func(names, lock->relation, g_str_equal, NULL))
          g_ptr_array_add(names, g_strdup(lock->relation));
      }
    }
  }
  return names;
}

/* Statements */

typedef struct {
  TextView *view;
  guint number;     /* of the next statement */
  gboolean open;    /* a transaction is */
  GHashTable *told; /* notes */
} Writer;

static void set_open(Writer *writer, gboolean open)
{
  if (writer->open != open)
    textview_add(writer->view, STYLE_TITLE, open ? "BEGIN" : "COMMIT");
  writer->open = open;
}

static void add_statement(Writer *writer, const char *sql)
{
  char prefix[16];
  g_snprintf(prefix, sizeof prefix, "%3u  ", ++writer->number);
  textview_add_sql(writer->view, 5, prefix, sql);
}

static void add_row_ops(const StepText *step, Writer *writer, const PlanStep *plan_step)
{
  set_open(writer, TRUE);
  for (guint i = 0; i < plan_step->row_ops->len; i++) {
    g_autofree char *sql =
        version_row_sql(step->planned->snapshot->project, g_ptr_array_index(plan_step->row_ops, i));
    add_statement(writer, sql);
  }
  set_open(writer, FALSE);
}

static void add_script(const StepText *step, Writer *writer, guint skip, const Script *script,
                       const GPtrArray *forecasts)
{
  for (guint i = 0; i < script->statements->len; i++) {
    const Statement *statement = g_ptr_array_index(script->statements, i);
    set_open(writer, !statement->autocommit);
    if (statement->autocommit)
      textview_add(writer->view, STYLE_CARE,
                   _("outside a transaction (autocommit): a failure here cannot be rolled back"));
    if (i < skip)
      textview_add(writer->view, STYLE_DONE, _("✓ done already by an earlier rollout, not run again:"));
    add_statement(writer, statement->sql);
    if (i < forecasts->len)
      forecast_text_add(writer->view, g_ptr_array_index(forecasts, i), &step->sizes, writer->told);
  }
}

static void add_step(const StepText *step, TextView *view, guint index, guint *number, GHashTable *told)
{
  const PlannedScripts *planned = step->planned;
  const PlanStep *plan_step = g_ptr_array_index(planned->plan->steps, index);
  const Script *script = g_ptr_array_index(planned->scripts, index);
  g_autofree char *transition = step_text_transition(plan_step);
  const char *doc = plan_step->revision && plan_step->revision->doc ? plan_step->revision->doc : "";
  g_autofree char *title = g_strdup_printf("%s  %s", transition, doc);
  textview_add(view, STYLE_ACCENT | STYLE_BOLD, title);
  if (script && (script->state != RENDER_EXACT || script->error)) {
    details_add_script(view, script, forecasts_of(planned, index), plan_step->revision->path);
    return;
  }
  Writer writer = {view, *number, FALSE, told};
  if (script)
    add_script(step, &writer, workspace_done_already(step->ws, plan_step), script,
               forecasts_of(planned, index));
  add_row_ops(step, &writer, plan_step);
  *number = writer.number;
  textview_add(view, STYLE_NORMAL, "");
}

/* Warnings */

static void add_user(TextView *view, const TableUser *user)
{
  const char *who = user->application && *user->application ? user->application
                    : user->user                            ? user->user
                                                            : "";
  gboolean idle = user->state && g_str_has_prefix(user->state, "idle in transaction");
  if (!user->granted || (idle && user->state_s < IDLE_WORTH_S))
    return;
  g_autofree char *since = text_duration(idle ? user->state_s : MAX(user->xact_s, 0));
  g_autofree char *text =
      g_strdup_printf(_("%d %s: %s for %s, holds %s on %s; what conflicts with it will wait"), user->pid, who,
                      user->state ? user->state : "?", since, lock_mode_name(user->mode),
                      user->relation ? user->relation : "?");
  textview_add_marked(view, STYLE_CARE, idle ? "‼ " : "! ", STYLE_CARE, text);
}

static void add_warnings(const StepText *step, TextView *view)
{
  g_autofree char *losses = step_text_losses(step->planned);
  if (losses) {
    g_autofree char *text = g_strdup_printf(_("data is gone afterwards: %s"), losses);
    textview_add_marked(view, STYLE_DANGER, "‼ ", STYLE_DANGER, text);
  }
  for (guint i = 0; i < step->planned->plan->warnings->len; i++)
    textview_add_marked(view, STYLE_CARE, "! ", STYLE_CARE,
                        g_ptr_array_index(step->planned->plan->warnings, i));
  for (guint i = 0; step->users && i < step->users->len; i++)
    add_user(view, g_ptr_array_index(step->users, i));
}

void step_text_write(const StepText *step, TextView *view)
{
  guint number = 0;
  g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  textview_clear(view);
  add_warnings(step, view);
  if (textview_lines(view) > 0)
    textview_add(view, STYLE_NORMAL, "");
  for (guint i = 0; i < step->planned->plan->steps->len; i++)
    add_step(step, view, i, &number, told);
  if (step->lock_timeout_ms > 0)
    textview_addf(view, STYLE_FAINT,
                  _("a statement that waits longer than %.1f s for a lock is rolled back and tried again"),
                  step->lock_timeout_ms / 1000.0);
  else
    textview_add(view, STYLE_FAINT, _("a statement waits for locks as long as it takes; t sets a time-out"));
}
